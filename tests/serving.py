"""The application as a process of its own, for tests that need it to run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlpm_core.services.admin.server_file import read_server_file
from tests.patience import PATIENCE, waited_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]


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


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_environment(data: Path, **more: str) -> dict[str, str]:
    """This process's environment with settings of the test's own in place of ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLPM_", "STREAMLIT_"))}
    return {**kept, "MLPM_DATA": str(data), "MLPM_ADDRESS": "127.0.0.1", **more}


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


@contextmanager
def run_server(
    folder: Path,
    *,
    demo: bool,
    command: Sequence[str] | None = None,
    address: str = "127.0.0.1",
    stop: signal.Signals = signal.SIGTERM,
    **environment: str,
) -> Iterator[Server]:
    """The application on a free port with data of its own, from ready to cleanly stopped.

    Parameters
    ----------
    folder
        Its data go to ``store`` in it, its log to ``server.log``.
    demo
        Load the demo into the empty store?
    command
        What starts it; ``streamlit run app.py`` unless something else is named. ``PORT`` in it
        becomes the port.
    address
        Where it listens.
    stop
        The signal that ends it.
    **environment
        Variables besides the folder, port and address.
    """
    port = free_port()
    data, log = folder / "store", folder / "server.log"
    streamlit = [sys.executable, "-m", "streamlit", "run", "app.py"]
    streamlit += ["--server.port", "PORT", "--server.address", address]
    host = f"[{address}]" if ":" in address else address
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [str(port) if part == "PORT" else part for part in command or streamlit],
            cwd=ROOT,
            env=own_environment(
                data,
                **{"MLPM_ADDRESS": address, "MLPM_PORT": str(port), "MLPM_DEMO": str(int(demo))},
                **environment,
            ),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        server = Server(f"http://{host}:{port}", data, log, process)
        try:
            waited_for(lambda: process.poll() is not None or _is_ready(server.url), "first answer")
            if process.poll() is not None:
                pytest.fail(f"The application did not get ready:\n{log.read_text()[-4000:]}")
            yield server
            process.send_signal(stop)
            process.wait(PATIENCE)
        finally:
            process.kill()
    text = log.read_text()
    # Streamlit says "Aborted!" and ends with 1 when somebody types Ctrl-C
    fine = {0, -stop, 1} if stop == signal.SIGINT else {0, -stop}
    assert process.returncode in fine, f"It stopped badly:\n{text[-4000:]}"
    assert "Traceback" not in text, f"The log has a trace:\n{text[-4000:]}"
    assert not (data / "server.json").exists(), "It stopped and left server.json behind."
