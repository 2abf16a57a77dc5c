"""One process writes a data folder: a lock that the system releases when the process ends."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InUseError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

_NAME: Final = ".lock"
_POLL_SECONDS: Final = 0.05


class FolderLock:
    """The right to write a data folder, or to read it while nobody writes; held until it is closed.

    The file of the lock is never removed: a process that waits for it would then hold a lock that
    nobody else sees. `flock` belongs to the open file, so that opening and closing any file of the
    folder leaves it alone, and the system drops it with the process, however that ends.

    Parameters
    ----------
    folder : Path
        It must exist.
    shared : bool
        Only read: others may read too.
    patience : float
        For how many seconds to wait while another process holds it.

    Raises
    ------
    InUseError
        When another process holds it; the sentence says which.
    StoreError
        When the folder cannot be written.
    """

    def __init__(self, folder: Path, *, shared: bool = False, patience: float = 0.0) -> None:
        self._folder, self._file = folder, folder / _NAME
        self._descriptor = self._opened(shared=shared)
        # what is made here, a backup by a reader too, is nobody else's to read, whatever was set
        self._umask: int | None = os.umask(0o077)
        try:
            self._take(shared=shared, patience=patience)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let others in; to do it again does no harm."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._umask is not None:
            os.umask(self._umask)
            self._umask = None

    def _opened(self, *, shared: bool) -> int | None:
        try:
            return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            if shared:  # a folder on a medium that only reads; nobody can write it then
                with suppress(OSError):
                    return os.open(self._file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
                return None
            raise StoreError(
                f"The folder {self._folder} cannot be written: {error.strerror}. Choose another "
                "one with MLPM_DATA, or set MLPM_READ_ONLY=1 to read only."
            ) from error

    def _take(self, *, shared: bool, patience: float) -> None:
        if self._descriptor is None:
            return
        try:
            import fcntl
        except ImportError:  # not on Windows, where an open file is locked by itself
            return
        how = fcntl.LOCK_NB | (fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._descriptor, how)
                break
            except OSError:
                if time.monotonic() >= until:
                    raise InUseError(
                        f"The data in {self._folder} are in use by {self._holder()}. Commands find "
                        "a running server by themselves; else wait for that process or stop it."
                    ) from None
                time.sleep(_POLL_SECONDS)
        if not shared:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, json.dumps({"pid": os.getpid()}).encode(), 0)

    def _holder(self) -> str:
        try:
            process = json.loads(self._file.read_text("utf-8"))["pid"]
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"
        return f"another process ({process})"
