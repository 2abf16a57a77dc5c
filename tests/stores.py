"""Stores that are made once in a run of the tests and copied: empty, with the demo, as tests begin.

All workers of a run share them; nobody writes into them, which is checked when a worker ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from typing import TYPE_CHECKING

from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from mlpm_core.services.session.workspace import Workspace

    Fill = Callable[[Workspace], object]


def made_once(
    factory: pytest.TempPathFactory, name: str, fill: Fill, *, demo: bool = False
) -> Iterator[Path]:
    """A closed store to be copied; the first worker that wants it makes it, the others wait."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            part = shared / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            workspace = open_recovered(Settings(data=part, demo=demo))
            fill(workspace)
            workspace.close()
            part.rename(folder)
    was = _state(folder)
    yield folder
    assert _state(folder) == was, f"A test wrote into the store in {folder} that all share."


class Made:
    """The stores that tests begin with, each filled once in a run by a function of a module."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._folders: dict[Fill, tuple[Path, Iterator[Path]]] = {}

    def folder(self, fill: Fill) -> Path:
        """The closed store that this function filled, to be copied."""
        if fill not in self._folders:
            assert fill.__closure__ is None, "It is known by its name, so it must depend on none."
            making = made_once(self._factory, f"{fill.__module__}.{fill.__qualname__}", fill)
            self._folders[fill] = next(making), making
        return self._folders[fill][0]

    def check(self) -> None:
        """Fail when a test wrote into one of them."""
        for _, making in self._folders.values():
            next(making, None)


def copied(folder: Path, to: Path) -> Path:
    """A store of one's own, in a folder that may be there already."""
    return shutil.copytree(folder, to, dirs_exist_ok=True)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
    }
