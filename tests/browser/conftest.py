"""A real server and a real browser, shared by all browser tests.

Everything lives for this package only: Playwright's synchronous API keeps an event loop running in
the main thread, and tests elsewhere must not see it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, find_chromium, watched
from tests.serving import Server, run_server
from tests.stores import copied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where a browser waited in vain a test is tried once more, and the summary counts it.

    On a machine at its limits a click may meet what was about to be drawn anew; what a screen says
    and does not is never tried again.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path) -> Iterator[Server]:
    """The application with the demo loaded; shared, so tests undo what they import."""
    folder = tmp_path_factory.mktemp("demo")
    copied(demo_folder, folder / "store")
    with run_server(folder, demo=True) as running:
        yield running


@pytest.fixture(scope="package")
def server_without_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application with an empty store."""
    with run_server(tmp_path_factory.mktemp("empty"), demo=False) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        found = find_chromium(playwright)
        chromium = playwright.chromium.launch(executable_path=found, headless=True, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desktop window, light theme."""
    yield from _window(browser, "light")


@pytest.fixture
def dark_page(browser: Browser) -> Iterator[Page]:
    """A desktop window, dark theme."""
    yield from _window(browser, "dark")


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    """A phone: 390 by 844, touch, light theme."""
    yield from _window(browser, "phone")


@pytest.fixture(params=["dark", "phone"])
def any_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A journey's window: once in dark on a desk, and once in light on a phone."""
    yield from _window(browser, request.param)


def _window(browser: Browser, kind: str) -> Iterator[Page]:
    desktop = {"viewport": {"width": 1280, "height": 900}}
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    options = phone | {"device_scale_factor": 2} if kind == "phone" else desktop
    scheme = "dark" if kind == "dark" else "light"
    with watched(browser.new_context(color_scheme=scheme, **options)) as window_page:
        yield window_page
