"""What was accepted, told outside the database: raw bytes by hash and one line per batch.

A database can lose its tail without a word (a write-ahead log cut short opens cleanly), so what was
acknowledged is also written here, flushed to disk before anybody is told "committed".
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mlpm_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

__all__ = ["Ledger"]

_CHUNK = 1 << 20


class Ledger:
    """The folder of raw files and the append-only list of batches."""

    def __init__(self, folder: Path) -> None:
        self._raw = folder / "raw"
        self._spool = folder / "spool"
        self._file = folder / "ledger.jsonl"
        self._raw.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def arriving(self, data: bytes | Path) -> Iterator[Callable[[str], None]]:
        """Lay a file down while the caller judges it; afterwards it is gone unless it was kept.

        Yields
        ------
        callable
            Takes the SHA-256 of what was judged, and returns once the bytes are flushed to disk
            under it. It raises `StoreError` when the disk is full or refuses, or when the file is
            another one by now; nothing is half written.
        """
        part = self._spool / f"{uuid4().hex}.part"
        with ThreadPoolExecutor(1) as beside:
            laid = beside.submit(_laid, data, part)
            try:
                yield partial(self._keep, laid, part)
            finally:
                wait([laid])
                with suppress(OSError):
                    part.unlink(missing_ok=True)

    def _keep(self, laid: Future[str], part: Path, sha256: str) -> None:
        try:
            if laid.result() != sha256:
                raise StoreError("The file changed while it was read; nothing was changed.")
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(self._raw / sha256)  # over one that may be damaged
            _sync_folder(self._raw)
        except OSError as error:
            raise StoreError(
                f"The file could not be kept ({error.strerror}); nothing was changed."
            ) from error

    def raw(self, sha256: str) -> bytes:
        """The bytes kept under a hash.

        Raises
        ------
        StoreError
            When they are missing or no longer have that hash.
        """
        try:
            data = (self._raw / sha256).read_bytes()
        except OSError as error:
            raise StoreError(
                f"The raw file {sha256[:12]} cannot be read: {error.strerror}."
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(f"The raw file {sha256[:12]} was damaged on disk.")
        return data

    def keep_bytes(self, data: bytes) -> str:
        """Keep bytes under their SHA-256, flushed to disk, and return it.

        Raises
        ------
        StoreError
            When the disk refuses; nothing is half written.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        with self.arriving(data) as keep:
            keep(sha256)
        return sha256

    def note(self, entry: Mapping[str, Any]) -> None:
        """Append one batch and flush it to disk.

        Raises
        ------
        StoreError
            When the disk refuses.
        """
        line = json.dumps(entry, sort_keys=True, default=str) + "\n"
        try:
            with self._file.open("a+b") as file:
                if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                    line = "\n" + line  # else a torn last line would swallow this one
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"The ledger could not be written: {error.strerror}.") from error

    def entries(self) -> list[dict[str, Any]]:
        """Every batch noted, by number; a torn or damaged line is left out.

        A batch that was noted again, since it was known better, stands as it was noted last.
        """
        if not self._file.exists():
            return []
        entries: dict[int, dict[str, Any]] = {}
        for line in self._file.read_bytes().split(b"\n"):
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and isinstance(entry.get("seq"), int):
                entries[entry["seq"]] = entry
        return [entries[seq] for seq in sorted(entries)]

    def missing(self, stored: Iterable[int]) -> tuple[list[int], list[int]]:
        """Sequence numbers the database lacks, and those the ledger lacks."""
        noted, stored = {int(e["seq"]) for e in self.entries()}, set(stored)
        return sorted(noted - stored), sorted(stored - noted)


def _laid(data: bytes | Path, part: Path) -> str:
    """Write a file's bytes and return their SHA-256."""
    part.parent.mkdir(exist_ok=True)
    sha256 = hashlib.sha256()
    came = io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
    with came, part.open("wb") as file:
        while chunk := came.read(_CHUNK):
            sha256.update(chunk)
            file.write(chunk)
    return sha256.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Flush a directory, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
