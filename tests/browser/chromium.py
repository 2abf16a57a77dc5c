"""Chromium for the browser tests: find or install it, wait for Streamlit, take pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import (
        BrowserContext,
        ConsoleMessage,
        Page,
        Playwright,
        Request,
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
        yield context.new_page()
    finally:
        context.close()
    assert not problems, "\n".join(problems)


def wait_for_app(page: Page, timeout_ms: float = 30_000) -> None:
    """Wait until Streamlit has drawn its page and no script runs, twice in a row.

    A click reaches the server a moment after it was made, so one look at the state could still see
    the calm before the run.
    """
    for _ in range(2):
        page.wait_for_selector(IDLE, state="attached", timeout=timeout_ms)
        page.wait_for_timeout(150)
    page.wait_for_selector(IDLE, state="attached", timeout=timeout_ms)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')",
        timeout=timeout_ms,
    )


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
        subprocess.run(command, check=False, stdout=sys.stderr, timeout=900)
