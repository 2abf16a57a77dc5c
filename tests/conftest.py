"""What tests have counted is told at the end, whichever process ran them.

No run depends on luck or on a clock: Hypothesis tries the same examples every time, however long
one takes. ``SOAK=1`` tries others.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlpm_core.services.session.workspace import Workspace
    from tests.stores import Fill, Made

TOLD = "told"

settings.register_profile(
    "same every time",
    deadline=None,
    derandomize="SOAK" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same every time")


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say a sentence in the summary of the run."""
    return lambda sentence: record_property(TOLD, sentence)


@pytest.fixture(autouse=True)
def _own_main() -> Iterator[None]:
    """AppTest leaves the screen it ran as ``__main__``; a process spawned later would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A closed store with nothing in it, to be copied: making its tables takes longer."""
    from tests.stores import made_once

    yield from made_once(tmp_path_factory, "empty_store", lambda workspace: None)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A closed store with the demo loaded, to be copied."""
    from mlpm_core.services.admin import demo
    from tests.stores import made_once

    yield from made_once(tmp_path_factory, "demo_store", demo.load, demo=True)


@pytest.fixture
def workspace(tmp_path: Path, empty_folder: Path) -> Iterator[Workspace]:
    """A store of its own, the one that this process serves."""
    from mlpm_core.services.lifecycle import close_workspace, open_workspace
    from mlpm_core.services.session.settings import Settings
    from tests.stores import copied

    close_workspace()
    yield open_workspace(Settings(data=copied(empty_folder, tmp_path), demo=False))
    close_workspace()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Stores that a function filled once in a run."""
    from tests.stores import Made

    stores = Made(tmp_path_factory)
    yield stores
    stores.check()


@pytest.fixture
def filled(tmp_path: Path, made: Made) -> Iterator[Callable[[Fill], Workspace]]:
    """Open a store of one's own as a function of the module has filled it, once for all tests."""
    from mlpm_core.services.lifecycle import close_workspace, open_workspace
    from mlpm_core.services.session.settings import Settings
    from tests.stores import copied

    close_workspace()
    yield lambda fill: open_workspace(
        Settings(data=copied(made.folder(fill), tmp_path), demo=False)
    )
    close_workspace()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was told, by test."""
    reports = [r for of_kind in terminalreporter.stats.values() for r in of_kind]
    told = [
        f"{report.nodeid}: {said}"
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, said in report.user_properties
        if name == TOLD
    ]
    if told:
        terminalreporter.section("counted")
        for line in sorted(told):
            terminalreporter.line(line)
