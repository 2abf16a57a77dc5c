"""A real server and a real browser, shared by all browser tests.

Everything lives for this package only: Playwright's synchronous API keeps an event loop running in
the main thread, and tests elsewhere must not see it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from browser.chromium import FLAGS, find_chromium, watched
from mlpm_core.services.server_file import read_server_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A running application: where it answers, its data and its log."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def token(self) -> str:
        """The token that opens its API."""
        found = read_server_file(self.data)
        assert found is not None, "the application runs but left no server.json"
        return found.token


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


@contextmanager
def run_server(folder: Path, *, demo: bool) -> Iterator[Server]:
    """`streamlit run app.py` on a free port with data of its own, from ready to cleanly stopped."""
    port = _free_port()
    data, log = folder / "store", folder / "server.log"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("MLPM_", "STREAMLIT_"))},
        "MLPM_DATA": str(data),
        "MLPM_PORT": str(port),
        "MLPM_ADDRESS": "127.0.0.1",
        "MLPM_DEMO": "1" if demo else "0",
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        server = Server(f"http://127.0.0.1:{port}", data, log, process)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _is_ready(server.url):
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"The application did not get ready:\n{log.read_text()[-4000:]}")
                time.sleep(0.1)
            yield server
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)
        finally:
            process.kill()
    text = log.read_text()
    assert process.returncode in {0, -signal.SIGTERM}, f"It stopped badly:\n{text[-4000:]}"
    assert "Traceback" not in text, f"The log has a trace:\n{text[-4000:]}"
    assert not (data / "server.json").exists(), "It stopped and left server.json behind."


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application with the demo loaded; shared, so tests undo what they import."""
    with run_server(tmp_path_factory.mktemp("demo"), demo=True) as running:
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
    window = {"width": 1280, "height": 900}
    with watched(browser.new_context(viewport=window, color_scheme="light")) as window_page:
        yield window_page


@pytest.fixture
def dark_page(browser: Browser) -> Iterator[Page]:
    """A desktop window, dark theme."""
    window = {"width": 1280, "height": 900}
    with watched(browser.new_context(viewport=window, color_scheme="dark")) as window_page:
        yield window_page


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    """A phone: 390 by 844, touch, light theme."""
    window = {"width": 390, "height": 844}
    context = browser.new_context(
        viewport=window, color_scheme="light", is_mobile=True, has_touch=True, device_scale_factor=2
    )
    with watched(context) as window_page:
        yield window_page
