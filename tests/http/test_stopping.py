"""The end of the real process: in time, whatever a client does, and with all data whole."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mlpm_core import cli
from mlpm_core.services.lifecycle import close_workspace
from tests.http_client import GOOD
from tests.patience import PATIENCE
from tests.serving import ROOT, free_port, own_environment, run_server
from tests.visitor import FILE, page_headers, visit

MLPM = str(Path(sys.executable).with_name("mlpm"))
UVICORN = [str(Path(sys.executable).with_name("uvicorn")), "app:app", "--port", "PORT"]
TOKEN = "token-given-to-a-pipeline"
HEAD = f"HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
IMPORT = b"POST /api/v1/projects/shop/imports?kind=metric_results&filename=f.csv " + HEAD


@contextmanager
def wire(server, *, buffer=None):
    parts = urlsplit(server.url)
    with socket.socket() as held:
        held.settimeout(PATIENCE)
        if buffer is not None:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        held.connect((parts.hostname, parts.port))
        yield held


def begin(held, head, part):
    """Send a head, and once the application waits for its body, the first part of that."""
    held.sendall(head + b"Expect: 100-continue\r\n\r\n")
    assert held.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    held.sendall(part)


def given_up(held):
    """Whether the answer says that the server ends."""
    return held.recv(65536).startswith(b"HTTP/1.1 503 ")


@contextmanager
def silent_upload(server):
    """Half of a body, and then nothing; it is answered when the server ends."""
    with wire(server) as held:
        begin(held, IMPORT + b"Content-Length: %d\r\n" % (2 * len(GOOD)), GOOD)
        yield
        assert given_up(held)


@contextmanager
def silent_chunks(server):
    """A body of unknown length, of which a first part came."""
    with wire(server) as held:
        begin(held, IMPORT + b"Transfer-Encoding: chunked\r\n", b"5\r\nmodel\r\n")
        yield
        assert given_up(held)


@contextmanager
def silent_page_upload(server):
    """A file handed in on screen that stops coming."""
    with visit(server.url, "upload") as seen, wire(server) as held:
        lines = [
            f"PUT /_stcore/upload_file/{seen.session}/1 HTTP/1.1",
            f"Host: {urlsplit(server.url).netloc}",
            "Content-Length: 1000",
            *(f"{name}: {value}" for name, value in page_headers(server.url).items()),
        ]
        begin(held, "".join(f"{line}\r\n" for line in lines).encode(), FILE)
        yield
        assert given_up(held)


@contextmanager
def half_a_head(server):
    with wire(server) as held:
        held.sendall(IMPORT[:60])
        yield


@contextmanager
def open_screens(server):
    with visit(server.url), visit(server.url, "imports"):
        yield


@contextmanager
def deaf_client(server):
    """Asks for more than fits on the way, and reads none of it."""
    with wire(server, buffer=4096) as held:
        held.settimeout(1)
        with suppress(TimeoutError):
            while True:
                held.sendall((b"GET /api/v1/openapi.json " + HEAD + b"\r\n") * 1_000)
        yield


HOLDS = (
    silent_upload, silent_chunks, silent_page_upload, half_a_head, open_screens, deaf_client,
)  # fmt: skip


@pytest.fixture
def mlpm(monkeypatch, capsys):
    """Status and document of a command in this process."""

    def command(data, *arguments):
        monkeypatch.setenv("MLPM_DATA", str(data))
        status = cli.main([*arguments, "--json"])
        return status, json.loads(capsys.readouterr().out)

    yield command
    close_workspace()


@pytest.mark.parametrize(
    ("holds", "stop", "command"),
    [
        (HOLDS, signal.SIGTERM, None),
        (HOLDS, signal.SIGINT, None),
        ((silent_upload,), signal.SIGTERM, UVICORN),
    ],
    ids=["TERM", "INT", "uvicorn"],
)
def test_it_ends_in_time_whoever_holds_on_to_it(tmp_path, mlpm, holds, stop, command):
    """`run_server` wants the end, no trace and no server.json; what held on was answered 503.

    Had it ended only because bodies had been silent for too long, they would be answered 408.
    """
    file = tmp_path / "results.csv"
    file.write_bytes(GOOD)
    imported = ("import", str(file), "--kind", "metric_results", "--project", "shop")
    started = {"command": command, "stop": stop, "MLPM_TOKEN": TOKEN}
    with ExitStack() as held:
        with run_server(tmp_path, demo=False, **started) as server:
            assert mlpm(server.data, *imported)[1]["status"] == "committed"
            for hold in holds:
                held.enter_context(hold(server))
        held.close()
    assert mlpm(server.data, *imported)[1]["status"] == "duplicate"
    status, verified = mlpm(server.data, "verify")
    assert (status, verified["ok"]) == (0, True)


def stopped_first_start(data, stop):
    """Exit status, and what was said after a signal in the midst of loading the demo."""
    with subprocess.Popen(
        [MLPM, "serve"], stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=own_environment(data, MLPM_PORT=str(free_port())),
    ) as process:  # fmt: skip
        for line in process.stderr:
            if "loading the demo, 1 " in line:
                break
        process.send_signal(stop)
        rest = process.stderr.read()
    return process.returncode, rest


def test_a_first_start_is_stopped_at_once_and_completed_by_the_next(tmp_path, mlpm):
    status, rest = stopped_first_start(tmp_path / "store", signal.SIGTERM)
    assert status == -signal.SIGTERM
    assert "ready" not in rest
    assert "Traceback" not in rest
    with run_server(tmp_path, demo=True) as server:
        n_files = re.search(r"loading the demo, \d+ of (\d+)", server.log.read_text())[1]
        status, verified = mlpm(server.data, "verify")
    assert (status, verified["ok"]) == (0, True)
    assert any(check["detail"].startswith(f"{n_files} batches") for check in verified["checks"])


def test_a_first_start_is_stopped_from_the_keyboard_too(tmp_path):
    status, rest = stopped_first_start(tmp_path / "store", signal.SIGINT)
    assert status == -signal.SIGINT
    assert "ready" not in rest
    assert "Traceback" not in rest


def test_what_does_not_end_by_itself_is_ended_and_the_store_closed_first():
    """A process of its own: a thread that never ends, a close that does."""
    script = """
import asyncio, os, signal, threading, time
from mlpm_core.services.admin.stopping import Stop
signal.signal(signal.SIGTERM, lambda *_: None)  # a server that hears and does not end
async def serve():
    with Stop().watched(lambda: print("closed", flush=True), grace=0.2):
        print("begun", flush=True)
        await asyncio.sleep(3600)
asyncio.run(serve())
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        output, words = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (0, "closed\n")
    assert words.startswith("Something did not stop within 0.2 seconds, so MLPM was ended.")


def test_a_close_that_hangs_does_not_keep_the_process_either():
    script = """
import asyncio, signal, time
from mlpm_core.services.admin import stopping
stopping.CLOSE_SECONDS = 0.2
signal.signal(signal.SIGTERM, lambda *_: None)
async def serve():
    with stopping.Stop().watched(lambda: time.sleep(3600), grace=0.1):
        print("begun", flush=True)
        while True:
            time.sleep(0.01)  # the loop itself is busy
asyncio.run(serve())
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
def test_a_server_that_leaves_signals_to_the_system_ends_by_them(stop):
    script = f"""
import asyncio, signal
from mlpm_core.services.admin.stopping import Stop
signal.signal(signal.{stop.name}, signal.SIG_DFL)
async def serve():
    with Stop().watched(lambda: None):
        print("begun", flush=True)
        await asyncio.sleep(3600)
asyncio.run(serve())
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "begun\n"
        process.send_signal(stop)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == -stop
