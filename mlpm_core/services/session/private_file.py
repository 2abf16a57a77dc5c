"""Files beside the store that only their owner can read: written whole, changed one at a time."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DRAFT: Final = ".part"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let nobody else change a file while the block runs: no thread and no other process.

    The lock is one on ``.NAME.lock`` beside it, which stays; the system lets go of it when the
    process ends, however it ends. Drafts that an ended process left behind are deleted.

    Raises
    ------
    OSError
        When the lock file cannot be opened.
    """
    lock = path.with_name(f".{path.name}.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for left in path.parent.glob(f".{path.name}.*{_DRAFT}"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


def write_private(path: Path, text: str) -> None:
    """Put a text in the place of a file: private from its first byte, flushed before it counts.

    Raises
    ------
    OSError
        When the disk refuses; what was there is left.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_DRAFT)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        flush_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def append_private(path: Path, line: str) -> None:
    """Add a line to a private file, flushed before it counts; a torn last line is closed first.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "r+b") as file:
        os.fchmod(file.fileno(), 0o600)
        if file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
            line = f"\n{line}"
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def read_private(path: Path) -> bytes:
    """The content of a file that nobody but its owner can have written.

    Raises
    ------
    FileNotFoundError
        When there is none.
    StoreError
        When another user could have written it, or it is a link; the sentence says how to fix it.
    OSError
        When it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise StoreError(
                f"{path} is a link to another place and is not believed: delete it."
            ) from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        for what, status in (
            (path, os.fstat(file.fileno())),
            (path.parent, path.parent.stat()),
        ):
            if fault := _stranger(status):
                raise StoreError(f"{what} {fault}, so what {path.name} says is not believed.")
        return file.read()


def _stranger(status: os.stat_result) -> str | None:
    """How a user other than the one who runs this could have written a file; None if in no way."""
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return "is no file"
    if status.st_uid not in (os.geteuid(), 0):
        return f"belongs to user number {status.st_uid}, not to the one who runs MLPM"
    is_shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    is_sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    if is_shared and not is_sticky:
        return "can be written by other users (chmod go-w it)"
    return None


def flush_folder(folder: Path) -> None:
    """Flush a folder, so that what was replaced in it stays replaced after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
