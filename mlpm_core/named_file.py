"""Files that somebody names: only a file is read, and no more of it than is taken."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Final

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 16 << 20
"""How much is read of a file that a person writes by hand."""


def open_named(path: Path) -> BinaryIO:
    """Open a file for reading; whoever calls closes it.

    Raises
    ------
    InputError
        When it cannot be read, or is no file: a pipe would be waited for, and a device never ends.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise InputError(
                f"{path} is no file but a folder, pipe or device. Name a file; what a program "
                "writes is first written to one."
            )
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} cannot be read: {_reason(error)}.") from error
    return os.fdopen(descriptor, "rb")


def read_named(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """The content of a file.

    Raises
    ------
    InputError
        When it cannot be read, is no file, or is larger than ``most_bytes``.
    """
    with open_named(path) as file:
        try:
            data = file.read(most_bytes + 1)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {_reason(error)}.") from error
    if len(data) > most_bytes:
        raise InputError(f"{path} holds more than the {most_bytes:,} bytes that are read of it.")
    return data


def text_of(path: Path, most_bytes: int = MOST_BYTES) -> str:
    """The text of a file.

    Raises
    ------
    InputError
        As ``read_named``; or when it is not UTF-8.
    """
    data = read_named(path, most_bytes)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read as text in UTF-8: {error}.") from error


def _reason(error: OSError | ValueError) -> str:
    """In a few words; ValueError is a name that no file can have."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
