"""What was accepted, told outside the database: raw bytes by hash and one line per batch.

A database can lose its tail without a word (a write-ahead log cut short opens cleanly), so what was
acknowledged is also written here, flushed to disk before anybody is told "committed".
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Ledger"]


class Ledger:
    """The folder of raw files and the append-only list of batches."""

    def __init__(self, folder: Path) -> None:
        self._raw = folder / "raw"
        self._file = folder / "ledger.jsonl"
        self._raw.mkdir(parents=True, exist_ok=True)

    def keep(self, data: bytes | Path) -> str:
        """Store bytes, or a file's bytes, under their SHA-256, flushed to disk; return the hash.

        Raises
        ------
        StoreError
            When the disk is full or refuses; nothing is half written.
        """
        with nullcontext(io.BytesIO(data)) if isinstance(data, bytes) else data.open("rb") as came:
            sha256 = hashlib.file_digest(came, "sha256").hexdigest()
            size = came.tell()
        path = self._raw / sha256
        if path.exists() and path.stat().st_size == size:
            return sha256
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    with data.open("rb") as came:
                        shutil.copyfileobj(came, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync_folder(self._raw)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StoreError(
                f"The file could not be kept ({error.strerror}); nothing was changed."
            ) from error
        return sha256

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


def _sync_folder(folder: Path) -> None:
    """Flush a directory, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
