"""Stores that are made once in a run of the tests and copied: an empty one, one with the demo.

All workers of a run share them; nobody writes into them, which is checked when a worker ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from typing import TYPE_CHECKING

from mlpm_core.services.admin import demo as demo_service
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


def made_once(factory: pytest.TempPathFactory, name: str, *, demo: bool) -> Iterator[Path]:
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
            if demo:
                demo_service.load(workspace)
            workspace.close()
            part.rename(folder)
    was = _state(folder)
    yield folder
    assert _state(folder) == was, f"A test wrote into the store in {folder} that all share."


def copied(folder: Path, to: Path) -> Path:
    """A store of one's own, in a folder that may be there already."""
    return shutil.copytree(folder, to, dirs_exist_ok=True)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
    }
