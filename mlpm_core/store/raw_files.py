"""Raw files: the bytes as they came, kept compressed under the SHA-256 of what they were.

Each is one Zstandard frame (RFC 8878), so that any tool for it gives the original back; files of
before lie as they came. Whatever their size, they are written and read piece by piece.
"""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pyarrow as pa

from mlpm_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

_CHUNK: Final = 1 << 20
_ZSTD: Final = "zstd"
_SUFFIX: Final = ".zst"


class Arrival:
    """A file that is laid down while it is judged; it is kept by calling with its SHA-256."""

    def __init__(self, laid: Future[str], part: Path, raw: Path) -> None:
        self._laid, self._part, self._raw = laid, part, raw
        self._is_flushed = False

    def settle(self, sha256: str) -> None:
        """Wait until all of it is flushed to disk, for whoever has the time before it is kept.

        Raises
        ------
        StoreError
            When the disk is full or refuses, or when the file is another one by now; nothing is
            half written.
        """
        try:
            if self._laid.result() != sha256:
                raise StoreError("The file changed while it was read; nothing was changed.")
            with self._part.open("rb+") as file:
                os.fsync(file.fileno())
            self._is_flushed = True
        except OSError as error:
            raise _not_kept(error) from error

    def __call__(self, sha256: str) -> None:
        """Keep it under the SHA-256 of what was judged; on return it is flushed to disk.

        Raises
        ------
        StoreError
            As `settle` does.
        """
        if not self._is_flushed:
            self.settle(sha256)
        try:
            kept = self._raw / sha256
            self._part.replace(kept.with_suffix(_SUFFIX))  # over one that may be damaged
            kept.unlink(missing_ok=True)  # one of before, which may be damaged too
            sync_folder(self._raw)
        except OSError as error:
            raise _not_kept(error) from error


class RawFiles:
    """The raw files of a data folder."""

    def __init__(self, folder: Path) -> None:
        self._raw, self._spool = folder / "raw", folder / "spool"
        self._raw.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def arriving(self, data: bytes | Path) -> Iterator[Arrival]:
        """Lay a file down while the caller judges it; afterwards it is gone unless it was kept."""
        part = self._spool / f"{uuid4().hex}.part"
        with ThreadPoolExecutor(1) as beside:
            laid = beside.submit(_compressed, data, part)
            try:
                yield Arrival(laid, part, self._raw)
            finally:
                wait([laid])
                with suppress(OSError):
                    part.unlink(missing_ok=True)

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """The bytes kept under a hash, piece by piece; only the end shows whether all are right.

        Raises
        ------
        StoreError
            When they are missing, cannot be read or do not have that hash.
        """
        digest = hashlib.sha256()
        try:
            with self._opened(sha256) as file:
                while piece := file.read(_CHUNK):
                    digest.update(piece)
                    yield piece
        except OSError as error:
            if error.strerror is None:  # the decompressor's own
                raise _damaged(sha256) from error
            raise StoreError(
                f"The raw file {sha256[:12]} cannot be read: {error.strerror}."
            ) from error
        if digest.hexdigest() != sha256:
            raise _damaged(sha256)

    def check(self, sha256: str) -> None:
        """Read the bytes kept under a hash through.

        Raises
        ------
        StoreError
            When they are missing or no longer have that hash.
        """
        for _ in self.pieces(sha256):
            pass

    @contextmanager
    def laid_out(self, sha256: str) -> Iterator[Path]:
        """A file with the bytes kept under a hash, as they came; it is gone afterwards.

        Raises
        ------
        StoreError
            When they are missing or no longer have that hash, or the disk refuses.
        """
        copy = self._spool / f"{uuid4().hex}.raw"
        try:
            try:
                copy.parent.mkdir(exist_ok=True)
                with copy.open("wb") as file:
                    file.writelines(self.pieces(sha256))
            except OSError as error:
                raise StoreError(
                    f"The raw file {sha256[:12]} cannot be laid out: {error.strerror}."
                ) from error
            yield copy
        finally:
            with suppress(OSError):
                copy.unlink(missing_ok=True)

    @contextmanager
    def _opened(self, sha256: str) -> Iterator[io.BufferedIOBase | pa.NativeFile]:
        plain = self._raw / sha256
        compressed = plain.with_suffix(_SUFFIX)
        if not compressed.exists():
            with plain.open("rb") as file:
                yield file
            return
        with compressed.open("rb") as file, pa.CompressedInputStream(file, _ZSTD) as stream:
            yield stream


def _compressed(data: bytes | Path, part: Path) -> str:
    """Write a file's bytes compressed, and return their SHA-256."""
    part.parent.mkdir(exist_ok=True)
    sha256 = hashlib.sha256()
    came = io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
    with came, part.open("wb") as file, pa.CompressedOutputStream(file, _ZSTD) as stream:
        while piece := came.read(_CHUNK):
            sha256.update(piece)
            stream.write(piece)
    return sha256.hexdigest()


def sync_folder(folder: Path) -> None:
    """Flush a directory, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_kept(error: OSError) -> StoreError:
    return StoreError(f"The file could not be kept ({error.strerror}); nothing was changed.")


def _damaged(sha256: str) -> StoreError:
    return StoreError(f"The raw file {sha256[:12]} was damaged on disk.")
