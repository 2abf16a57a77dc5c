"""The start of the real process: where it may listen, what it says, and whom it speaks to."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.serving import ROOT, free_port, own_environment, run_server
from tests.sockets import foreign, spoken_to, watching
from tests.visitor import upload, visit

BIN = Path(sys.executable).parent
MLPM, STREAMLIT = str(BIN / "mlpm"), [str(BIN / "streamlit"), "run", "app.py"]
UVICORN = [str(BIN / "uvicorn"), "app:app"]
SCREENS = {
    "": "Portfolio", "brief": "Brief", "find_kpi": "Find a KPI", "value_case": "Value case",
    "mechanism": "Mechanism", "estimate": "Estimate", "candidates": "Candidates",
    "adoption": "Adoption", "health": "Health", "deployment": "Deployment",
    "promised": "Promised and realised", "upload": "Upload", "imports": "Imports",
    "registers": "Registers",
}  # fmt: skip
SIGN_IN = """[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "made up"
client_id = "x"
client_secret = "y"
server_metadata_url = "https://accounts.example.org/.well-known/openid-configuration"
"""


def ended(folder, command, **variables):
    """Exit status and sentences of a start that must not succeed."""
    port = str(free_port())
    done = subprocess.run(
        [port if part == "PORT" else part for part in command],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=120,
        env=own_environment(folder / "store", **{"MLPM_PORT": port, "MLPM_DEMO": "0"} | variables),
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("command", "variables"),
    [
        (["make", "run"], {"MLPM_ADDRESS": "::"}),
        ([MLPM, "serve"], {"MLPM_ADDRESS": "0"}),
        ([MLPM, "serve"], {"MLPM_ADDRESS": "2130706433"}),
        ([*STREAMLIT, "--server.port", "PORT", "--server.address", "0.0.0.0"], {}),
        ([*STREAMLIT, "--server.port", "PORT", "--server.address", ""], {}),
        ([*STREAMLIT, "--server.port", "PORT", "--server.address", "::ffff:0.0.0.0"], {}),
        ([*STREAMLIT, "--server.port", "PORT"], {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}),
        ([*STREAMLIT, "--server.port", "PORT"], {"MLPM_ADDRESS": "0.0.0.0"}),
        ([*UVICORN, "--port", "PORT", "--host", "0.0.0.0"], {}),
        ([*UVICORN, "--port", "PORT", "--host", "::"], {}),
        ([*UVICORN, "--port", "PORT"], {"MLPM_ADDRESS": "192.168.1.5"}),
    ],
    ids=lambda part: " ".join(part[-4:]) if isinstance(part, list) else "+".join(part.values()),
)
def test_nothing_is_served_to_other_machines_however_it_is_started(tmp_path, command, variables):
    """With an [auth] section somewhere, too: it signs nobody in."""
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(SIGN_IN)
    status, told = ended(tmp_path, command, HOME=str(tmp_path), **variables)
    assert status == 2, told
    assert told.count("no sign-in yet and serves this machine only") == 1, told
    assert "is ready at" not in told


def test_a_made_up_sign_in_changes_nothing_on_this_machine(tmp_path):
    """Its routes are closed: they would ask another host who somebody is."""
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(SIGN_IN)
    with run_server(tmp_path, demo=False, HOME=str(tmp_path)) as server, visit(server.url) as seen:
        assert seen.headings == ["Portfolio"]
        for path in ("/auth/login", "/oauth2callback", "/auth/logout"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{server.url}{path}", timeout=30)


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("127.0.0.2", [MLPM, "serve"]),
        ("::1", [MLPM, "serve"]),
        ("localhost", [MLPM, "serve"]),
        ("127.0.0.3", None),
        ("127.0.0.4", [*UVICORN, "--port", "PORT", "--host", "127.0.0.4"]),
    ],
    ids=lambda part: part if isinstance(part, str) else None,
)
def test_every_address_of_this_machine_works_to_its_screens_and_uploads(tmp_path, address, command):
    with run_server(tmp_path, demo=False, address=address, command=command) as server:
        with visit(server.url, "upload") as seen:
            assert seen.headings == ["Upload"]
            assert upload(server.url, seen.session, b"a,b\n1,2\n") == 204
        done = subprocess.run(
            [MLPM, "verify"], capture_output=True, text=True, check=False,
            env=own_environment(server.data),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        url = server.url.replace("localhost", "127.0.0.1")
        assert f"MLPM is ready at {url}\n" in server.log.read_text()


def test_a_first_start_says_what_it_does_and_its_address_once_when_it_answers(tmp_path):
    port = free_port()
    with subprocess.Popen(
        [MLPM, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=own_environment(tmp_path / "store", MLPM_PORT=str(port), MLPM_DEM0="1"),
    ) as process:  # fmt: skip
        told = []
        for line in process.stderr:
            told.append(line.strip())
            if str(port) in line:
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as answer:
            assert answer.status == 200  # at the first try
        process.terminate()
        rest, output = process.stderr.read(), process.stdout.read()
    assert (rest, output) == ("", "")
    assert told[0] == "MLPM_DEM0 is no setting and changes nothing; did you mean MLPM_DEMO?"
    assert told[1] == "MLPM is starting; its address follows when it answers."
    assert told[-1] == f"MLPM is ready at http://127.0.0.1:{port}"
    steps = [re.fullmatch(r"MLPM is loading the demo, (\d+) of (\d+)\.", x) for x in told[2:-1]]
    assert None not in steps
    counts = [(int(step[1]), int(step[2])) for step in steps]
    assert counts == sorted(counts)
    assert counts[0][0] == 1
    assert counts[-1][0] == counts[-1][1] == counts[0][1] > 40


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = str(held.getsockname()[1])
        status, told = ended(tmp_path, [MLPM, "serve"], MLPM_PORT=port)
    assert (status, told.count("\n")) == (2, 1)
    assert f"port {port} of 127.0.0.1 (Address already in use)" in told


def test_no_other_host_is_asked_for_anything(tmp_path):
    """From the first start with the demo over every screen, an upload and a command to the end."""
    log = tmp_path / "sockets.log"
    with run_server(tmp_path, demo=True, command=[*watching(log), MLPM, "serve"]) as server:
        for page, title in SCREENS.items():
            with visit(server.url, page) as seen:
                assert title in seen.headings
        with visit(server.url, "upload") as seen:
            assert upload(server.url, seen.session, b"a,b\n1,2\n") == 204
        with pytest.raises(InvalidStatus, match="403"), visit(server.url, origin="http://[::1]:1"):
            pass  # Streamlit would ask the internet which addresses this machine has
    assert "127.0.0.1" in spoken_to(log)  # it was watched: it looked whether it answers
    assert foreign(log) == set()


@pytest.mark.parametrize(
    "talk",
    [
        "socket.socket().connect_ex(('192.0.2.1', 80))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 1))",
        "socket.socket(socket.AF_INET6).connect_ex(('2001:db8::1', 80))",
        "threading.Thread(target=socket.socket().connect_ex, args=[('192.0.2.1', 80)]).start()",
        "subprocess.run([sys.executable, '-c', 'import socket; s = socket.socket(); '"
        " 's.setblocking(False); s.connect_ex((\"192.0.2.1\", 80))'])",
    ],
)
def test_a_process_that_speaks_to_another_host_would_be_seen(tmp_path, talk):
    """Else the test above could pass though nothing was watched."""
    log = tmp_path / "sockets.log"
    script = (
        "import socket, subprocess, sys, threading\nsocket.setdefaulttimeout(0.2)\n"
        f"try:\n    {talk}\nexcept OSError:\n    pass\n"
    )
    subprocess.run([*watching(log), sys.executable, "-c", script], check=False, timeout=60)
    assert len(foreign(log)) == 1
