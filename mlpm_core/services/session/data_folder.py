"""The data folder: one writer holds it, only its owner reads it, and it is replaced whole or not.

A restore moves several files. Its journal says which, so that the next start can put back what was
there if the process died in between.
"""

from __future__ import annotations

import json
import shutil
import stat
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import StoreError
from mlpm_core.services.session.private_file import flush_folder, write_private
from mlpm_core.store import FolderLock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mlpm_core.services.session.settings import Settings

DATABASE: Final = "mlpm.duckdb"
LEDGER: Final = "ledger.jsonl"
_JOURNAL: Final = "restore.json"
_REPLACED: Final = (DATABASE, f"{DATABASE}.wal", LEDGER, "raw", "idempotency.jsonl")
"""What a restore replaces: the data, and what other programs were told about them."""


def claim(settings: Settings, *, patience: float = 0.0) -> FolderLock:
    """Hold the data folder, which is made when it is missing, and let only its owner read it.

    Parameters
    ----------
    patience : float
        For how many seconds to wait while another process holds it.

    Raises
    ------
    InputError
        When it cannot be made or written.
    StoreError
        When another process holds it.
    """
    folder = settings.data
    settings.make_folder()
    lock = FolderLock(folder, shared=settings.read_only, patience=patience)
    if not settings.read_only:
        _make_private(folder)
    return lock


def swap(folder: Path, fresh: Path) -> Path:
    """Put the data of ``fresh`` in the place of those of ``folder``, whole or not at all.

    Returns
    -------
    Path
        Where the data that were there lie now.

    Raises
    ------
    StoreError
        When the disk refuses; everything is then as it was, or the sentence says where it lies.
    """
    kept = folder / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    there = [name for name in _REPLACED if (folder / name).exists()]
    journal = {"fresh": fresh.name, "kept": kept.name, "there": there}
    try:
        kept.mkdir()
        write_private(folder / _JOURNAL, json.dumps(journal))
        for name in there:
            (folder / name).rename(kept / name)
        for name in _REPLACED:
            if (fresh / name).exists():
                (fresh / name).rename(folder / name)
        flush_folder(folder)
        flush_folder(kept)
        (folder / _JOURNAL).unlink()
    except OSError as error:
        put_back(folder)
        with suppress(OSError):
            kept.rmdir()
        raise StoreError(
            f"The data could not be replaced: {error.strerror}. They are as they were."
        ) from error
    return kept


def put_back(folder: Path) -> bool:
    """Undo a swap that did not come to its end; whether there was one.

    Raises
    ------
    StoreError
        When the disk refuses; the sentence says where the data lie.
    """
    try:
        journal = json.loads((folder / _JOURNAL).read_text("utf-8"))
        fresh, kept = folder / journal["fresh"], folder / journal["kept"]
        there = set(journal["there"])
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"A restore did not come to its end and {folder / _JOURNAL} cannot be read: {error}. "
            f"The data from before it lie in the newest folder {folder}/replaced-*."
        ) from error
    try:
        fresh.mkdir(exist_ok=True)
        for name in _REPLACED:
            place, old = folder / name, kept / name
            if place.exists() and (old.exists() or name not in there):
                place.rename(fresh / name)
            if old.exists():
                old.rename(place)
        flush_folder(folder)
        flush_folder(kept)
        (folder / _JOURNAL).unlink()
    except OSError as error:
        raise StoreError(
            f"A restore did not come to its end, and what was there before could not be put back: "
            f"{error.strerror}. It lies in {kept}; move it to {folder} by hand."
        ) from error
    shutil.rmtree(fresh, ignore_errors=True)
    with suppress(OSError):
        kept.rmdir()
    return True


def is_interrupted(folder: Path) -> bool:
    """Whether a swap did not come to its end."""
    return (folder / _JOURNAL).exists()


def set_aside(folder: Path, file: Path) -> Path:
    """Move a file of a data folder out of the way, never away."""
    aside = quarantine(folder)
    aside.mkdir(parents=True)
    return file.rename(aside / file.name)


def quarantine(folder: Path) -> Path:
    """Where something of a data folder may be set aside; it is not made yet."""
    return folder / "quarantine" / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


def _make_private(folder: Path) -> None:
    """Take from group and others what an earlier umask let them read; as far as it is ours."""
    for path in (folder, *_within(folder)):
        with suppress(OSError):
            status = path.lstat()
            if not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o077:
                path.chmod(stat.S_IMODE(status.st_mode) & 0o700)


def _within(folder: Path) -> Iterable[Path]:
    """What MLPM itself keeps in a data folder."""
    ours = ("raw", "backups", "spool", "spill", "quarantine")
    for path in folder.iterdir():
        if path.name in ours or path.name.startswith("replaced-"):
            yield path
            with suppress(OSError):
                yield from path.rglob("*")
        elif path.is_file():
            yield path
