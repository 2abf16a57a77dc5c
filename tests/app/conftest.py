"""Screens run inside their frame, without a browser, over a store of their own."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from mlpm_core.services.lifecycle import close_workspace, open_workspace
from mlpm_core.services.session.settings import Settings
from pages.parts.common import cache
from tests.patience import PATIENCE
from tests.stores import copied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpm_core.services.session.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]

# Each AppTest would read the description of every package that is installed.
manifest_scanner.scan_component_manifests = once(manifest_scanner.scan_component_manifests)

# url, script, title: every screen of the frame
SCREENS = {
    "portfolio": ("overview/portfolio.py", "Portfolio"),
    "kpi": ("overview/kpi.py", "KPI"),
    "glossary": ("overview/glossary.py", "Glossary"),
    "brief": ("plan/brief.py", "Brief"),
    "start": ("plan/start.py", "New project"),
    "find_kpi": ("plan/find_kpi.py", "Find a KPI"),
    "value_case": ("plan/value_case.py", "Value case"),
    "mechanism": ("plan/mechanism.py", "Mechanism"),
    "estimate": ("plan/estimate.py", "Estimate"),
    "support": ("plan/support.py", "Support"),
    "risks": ("plan/risks.py", "Risks and checks"),
    "candidates": ("evaluate/candidates.py", "Candidates"),
    "adoption": ("evaluate/adoption.py", "Adoption"),
    "health": ("in_life/health.py", "Health"),
    "deployment": ("in_life/deployment.py", "Deployment"),
    "promised": ("in_life/promised.py", "Promised and realised"),
    "upload": ("data/upload.py", "Upload"),
    "imports": ("data/imports.py", "Imports"),
    "registers": ("data/registers.py", "All records"),
    "settings": ("data/settings.py", "Settings"),
}


@pytest.fixture(autouse=True)
def _lenient_session_state() -> Iterator[None]:
    """AppTest keeps a value of its own in the session that pickle refuses; browsers stay strict."""
    option = "runner.enforceSerializableSessionState"
    was = config.get_option(option)
    config.set_option(option, False)
    yield
    config.set_option(option, was)


@pytest.fixture
def demo(tmp_path: Path, demo_folder: Path, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A store with the demo loaded."""
    is_as_delivered = "monkeypatch" not in request.fixturenames
    folder = copied(demo_folder, tmp_path / "store")
    if not (is_as_delivered and _kept.is_of_the_demo):
        st.cache_resource.clear()
    _kept.is_of_the_demo = False
    with _opened(folder, demo=True) as workspace:
        loaded = workspace.version
        yield workspace
        _kept.is_of_the_demo = is_as_delivered and workspace.version == loaded


@pytest.fixture
def empty(tmp_path: Path, empty_folder: Path) -> Iterator[Workspace]:
    """A store with nothing in it."""
    st.cache_resource.clear()
    _kept.is_of_the_demo = False
    with _opened(copied(empty_folder, tmp_path), demo=False) as workspace:
        yield workspace


class _Kept:
    """Screens keep answers by the store's version, not by the store.

    Those of the demo that nobody changed are right in every copy of it: they are left for the next
    test, all others are forgotten.
    """

    is_of_the_demo = False


_kept = _Kept()


@contextmanager
def _opened(folder: Path, *, demo: bool) -> Iterator[Workspace]:
    cache.drafts.clear()
    try:
        yield open_workspace(Settings(data=folder, demo=demo))
    finally:
        close_workspace()


def open_screen(screen: str, *, language: str | None = None, **query: str) -> AppTest:
    """A screen as a deep link opens it, in a browser of some language; fails when it throws."""
    script, title = SCREENS[screen]
    app = AppTest.from_file(ROOT / "pages" / "frame.py", default_timeout=PATIENCE)
    if language:
        app.context = {"locale": language}
    for name, value in query.items():
        app.query_params[name] = value
    if screen != "portfolio":
        app.switch_page(script)
    app.run()
    assert not app.exception, app.exception
    assert app.title[0].value == title
    return app


def run(app: AppTest) -> AppTest:
    """Run once more; fails when it throws."""
    app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    """All text of a screen, as a person could read it."""
    kinds = ("markdown", "caption", "info", "error", "warning", "success", "header")
    return "\n".join(element.value for kind in kinds for element in app.get(kind))


def opening(app: AppTest) -> str:
    """The sentence that a screen opens with, below the line of what the project needs next."""
    steps = (":material/circle:", ":material/check_circle:")
    return str(next(m.value for m in app.markdown if not m.value.startswith(steps)))


def plain(text: str) -> str:
    """What a reader sees of text with its Markdown escaped."""
    return text.replace("\\", "").replace("\u2060", "")


def button(app: AppTest, start: str) -> Any:
    """The first button whose label starts so."""
    return next(b for b in app.button if b.label.startswith(start))


def labels(app: AppTest) -> list[str]:
    """What stands on the buttons of a screen."""
    return [b.label for b in app.button]
