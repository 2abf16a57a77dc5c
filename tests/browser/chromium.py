"""Chromium for the browser tests: find or install it, wait for Streamlit, take pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.patience import PATIENCE, PATIENCE_MS, waited_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import (
        BrowserContext,
        ConsoleMessage,
        Page,
        Playwright,
        Request,
        WebSocket,
    )

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--accept-lang=en-GB",  # days as the tests name them
]
PICTURES = Path(__file__).resolve().parents[2] / "screenshots"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def find_chromium(playwright: Playwright) -> str:
    """The path of a Chromium: on the system, else through apt, else through Playwright.

    Raises
    ------
    RuntimeError
        When none can be had; a browser test must fail then, never skip.
    """
    if path := _installed(playwright):
        return path
    apt = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    if os.geteuid() != 0:
        apt = ["sudo", "-n", *apt]
    _try(apt)
    if path := _installed(playwright):
        return path
    _try([sys.executable, "-m", "playwright", "install", "chromium"])
    if path := _installed(playwright):
        return path
    raise RuntimeError(
        "Browser tests need Chromium and neither apt nor Playwright could install it: "
        "run 'apt-get install chromium' as root and try again."
    )


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when it breaks the policy, throws, or calls a foreign host."""
    problems: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            problems.append(f"policy violation: {message.text}")

    def on_request(request: Request) -> None:
        url = urlsplit(request.url)
        is_network = url.scheme in {"http", "https", "ws", "wss"}
        if is_network and url.hostname not in {"127.0.0.1", "localhost"}:
            problems.append(f"foreign request: {request.url}")

    context.on("console", on_console)
    context.on("request", on_request)
    context.on("weberror", lambda error: problems.append(f"page error: {error.error}"))
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.set_default_navigation_timeout(PATIENCE_MS)
        _RUNS[page] = _Runs()
        page.on("websocket", _RUNS[page].watch)
        yield page
    finally:
        context.close()
    assert not problems, "\n".join(problems)


@dataclass
class _Runs:
    """What a page asked the server to run, and whether it has ended, as its websocket says."""

    n_asked: int = 0
    is_asked: bool = False
    is_running: bool = False

    def watch(self, wire: WebSocket) -> None:
        wire.on("framesent", self._sent)
        wire.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).HasField("rerun_script"):
            self.n_asked += 1
            self.is_asked = True

    def _received(self, frame: bytes | str) -> None:
        if not isinstance(frame, bytes):
            return
        message = ForwardMsg.FromString(frame)
        if message.HasField("new_session"):
            self.is_asked, self.is_running = False, True
        elif message.HasField("script_finished"):
            self.is_running = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


_RUNS: WeakKeyDictionary[Page, _Runs] = WeakKeyDictionary()
_HANDLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"


def wait_for_app(page: Page) -> None:
    """Wait until the server has run all that the page asked for and Streamlit has drawn it.

    A click is handled a moment after it was made, so the page first gets the time for that.
    """
    for _ in range(2):
        page.wait_for_selector(IDLE, state="attached")
        page.evaluate(_HANDLED)
        page.wait_for_timeout(100)
        waited_for(lambda: _has_run(page), "end of the run")
    page.wait_for_selector(IDLE, state="attached")
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')"
    )


def _has_run(page: Page) -> bool:
    page.wait_for_timeout(10)  # what came meanwhile is read only while the page is asked something
    runs = _RUNS.get(page)
    return runs is None or not (runs.is_asked or runs.is_running)


@contextmanager
def a_run_of(page: Page) -> Iterator[None]:
    """What is done in it makes the page ask for a run, at once or after a pause of its own."""
    before = _RUNS[page].n_asked
    yield

    def has_asked() -> bool:
        page.wait_for_timeout(10)
        return _RUNS[page].n_asked > before

    waited_for(has_asked, "run that was asked for")
    wait_for_app(page)


def take_picture(page: Page, name: str) -> Path:
    """The whole page as screenshots/NAME.png (a folder that git ignores).

    Streamlit scrolls inside the page, so the window is made as tall as its content first.
    """
    PICTURES.mkdir(exist_ok=True)
    size = page.viewport_size or {"width": 1280, "height": 900}
    height = page.evaluate(
        "() => Math.max(0, ...[...document.querySelectorAll("
        "'[data-testid=stMain], [data-testid=stMainBlockContainer]')].map(e => e.scrollHeight))"
    )
    page.set_viewport_size(
        {"width": size["width"], "height": min(max(size["height"], height), 8000)}
    )
    page.wait_for_timeout(300)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    page.set_viewport_size(size)
    return path


def _installed(playwright: Playwright) -> str | None:
    """A Chromium that is already on this machine."""
    bundled = playwright.chromium.executable_path
    return next(filter(None, map(shutil.which, NAMES)), None) or shutil.which(bundled)


def _try(command: list[str]) -> None:
    """Run an installer; whether it worked is seen by looking again."""
    if shutil.which(command[0]):
        subprocess.run(command, check=False, stdout=sys.stderr, timeout=PATIENCE)
