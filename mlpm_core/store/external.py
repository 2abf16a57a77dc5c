"""What lies outside MLPM: files of others and Postgres, read by a process that can be stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_READER: Final = Path(__file__).with_name("external_reader.py")  # alone it starts sooner
_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read, and what of it is taken at most.

    ``files`` is a file, a folder or a pattern; ``query`` asks it (as the table ``files``) or, with
    ``dsn``, Postgres. ``held`` are the SHA-256 of files that need not be copied.
    """

    name: str
    files: str = ""
    query: str = ""
    dsn: str = ""
    dsn_env: str = ""
    seconds: float = 300.0
    most_bytes: int = 512 * 2**20
    most_rows: int = 1_000_000
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that came: where its copy lies, None when it is held already or has no row."""

    name: str
    sha256: str
    path: Path | None
    error: str = ""
    rows: int | None = None


@contextmanager
def fetched(wanted: Wanted, spool: Path, stop: Event | None = None) -> Iterator[list[Fetched]]:
    """What was asked for, as files that are there while the block runs.

    Parameters
    ----------
    wanted : Wanted
    spool : Path
        The folder under which the copies lie.
    stop : Event, optional
        Gives up as soon as it is set.

    Raises
    ------
    InputError
        When it cannot be read; the sentence names no secret.
    StoreError
        When the disk refuses, or the reader was stopped or broke.
    """
    try:
        spool.mkdir(exist_ok=True)
        folder = TemporaryDirectory(dir=spool, prefix="source-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StoreError(f"What a source gives could not be kept: {error.strerror}.") from error
    with folder:
        answer = _asked(wanted, folder.name, stop or Event())
        if "error" in answer:
            raise InputError(answer["error"])
        yield [
            Fetched(**entry | {"path": Path(entry["path"]) if entry["path"] else None})
            for entry in answer["files"]
        ]


def _asked(wanted: Wanted, folder: str, stop: Event) -> dict[str, Any]:
    """The answer of a process of its own, which is ended when it takes too long."""
    request = {name: getattr(wanted, name) for name in Wanted.__slots__}
    request |= {"folder": folder, "held": sorted(wanted.held)}
    allowed = {n: v for n, v in os.environ.items() if n.startswith("PG") or n in ("HOME", "PATH")}
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, "-P", str(_READER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a trace could hold what must not be shown
        cwd="/",
        env=allowed | {"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    ) as process:
        until = monotonic() + wanted.seconds
        given: bytes | None = json.dumps(request).encode()
        try:
            while True:
                try:
                    out, _ = process.communicate(given, timeout=_POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    given = None  # it is on its way
                    if stop.is_set():
                        raise StoreError("MLPM was stopped while it was read.") from None
                    if monotonic() > until:
                        raise StoreError(
                            f"It took more than {wanted.seconds:g} seconds and was cut off."
                        ) from None
        finally:
            process.kill()
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        raise StoreError(
            f"Its reader broke off with status {process.returncode}, with too little memory for "
            "instance."
        ) from None
    return answer
