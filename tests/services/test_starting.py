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

from mlpm_core.services.admin.server_file import read_server_file
from tests.patience import PATIENCE
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
    "registers": "All records", "glossary": "Glossary",
}  # fmt: skip
SIGN_IN = """[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "made up"
client_id = "x"
client_secret = "y"
server_metadata_url = "https://accounts.example.org/.well-known/openid-configuration"
"""


def made_up_sign_in(home):
    """Configure a sign-in that signs nobody in."""
    secrets = home / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(SIGN_IN)


def ended(folder, command, **variables):
    """Exit status and sentences of a start that must not succeed."""
    port = str(free_port())
    done = subprocess.run(
        [port if part == "PORT" else part for part in command],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=PATIENCE,
        env=own_environment(folder / "store", **{"MLPM_PORT": port, "MLPM_DEMO": "0"} | variables),
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("command", "variables"),
    [
        (["make", "run"], {"MLPM_ADDRESS": "::"}),
        ([MLPM, "serve"], {"MLPM_ADDRESS": "2130706433"}),
        ([*STREAMLIT, "--server.port", "PORT", "--server.address", "0.0.0.0"], {}),
        ([*STREAMLIT, "--server.port", "PORT", "--server.address", ""], {}),
        ([*STREAMLIT, "--server.port", "PORT"], {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}),
        ([*STREAMLIT, "--server.port", "PORT"], {"MLPM_ADDRESS": "0.0.0.0"}),
        ([*UVICORN, "--port", "PORT", "--host", "0.0.0.0"], {}),
    ],
    ids=lambda part: " ".join(part[-4:]) if isinstance(part, list) else "+".join(part.values()),
)
def test_nothing_is_served_to_other_machines_however_it_is_started(tmp_path, command, variables):
    """With an [auth] section somewhere, too: it signs nobody in."""
    made_up_sign_in(tmp_path)
    status, output = ended(tmp_path, command, HOME=str(tmp_path), **variables)
    assert status == 2, output
    assert output.count("no sign-in yet and serves this machine only") == 1, output
    assert "is ready at" not in output


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("::1", [MLPM, "serve"]),
        ("127.0.0.3", None),
        ("127.0.0.4", [*UVICORN, "--port", "PORT", "--host", "127.0.0.4"]),
    ],
    ids=["mlpm serve", "streamlit", "uvicorn"],
)
def test_every_address_of_this_machine_works_to_its_screens_and_uploads(tmp_path, address, command):
    """With a made-up sign-in, whose routes are closed: they would ask another host who it is."""
    made_up_sign_in(tmp_path)
    started = {"address": address, "command": command, "HOME": str(tmp_path)}
    with run_server(tmp_path, demo=False, **started) as server:
        with visit(server.url, "upload") as seen:
            assert seen.headings == ["Upload"]
            assert upload(server.url, seen.session, b"a,b\n1,2\n") == 204
        for path in ("/auth/login", "/oauth2callback", "/auth/logout"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{server.url}{path}", timeout=PATIENCE)
        token = read_server_file(server.data).token
        ask = urllib.request.Request(
            f"{server.url}/api/v1/projects", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(ask, timeout=PATIENCE) as answer:
            assert answer.status == 200
        assert server.log.read_text().count(f"MLPM is ready at {server.url}\n") == 1


def test_a_first_start_says_its_address_once_when_it_answers_and_asks_no_other_host(tmp_path):
    """From the first start with the demo over every screen and an upload to the end."""
    port, log = free_port(), tmp_path / "sockets.log"
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [*watching(log), MLPM, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=own_environment(tmp_path / "store", MLPM_PORT=str(port), MLPM_DEM0="1"),
    ) as process:  # fmt: skip
        try:
            lines = []
            for line in process.stderr:
                lines.append(line.strip())
                if str(port) in line:
                    break
            with urllib.request.urlopen(f"{url}/readyz", timeout=PATIENCE) as answer:
                assert answer.status == 200  # at the first try
            for page, title in SCREENS.items():
                with visit(url, page) as seen:
                    assert title in seen.headings
                    if page == "upload":
                        assert upload(url, seen.session, b"a,b\n1,2\n") == 204
            with pytest.raises(InvalidStatus, match="403"), visit(url, origin="http://[::1]:1"):
                pass  # Streamlit would ask the internet which addresses this machine has
        finally:
            process.terminate()
        rest, output = process.stderr.read(), process.stdout.read()
    assert (rest, output) == ("", "")
    assert lines[0] == "MLPM_DEM0 is no setting and changes nothing; did you mean MLPM_DEMO?"
    assert (
        lines[1] == "MLPM is starting, for this machine alone; its address follows when it answers."
    )
    assert lines[-1] == f"MLPM is ready at {url}"
    steps = [re.fullmatch(r"MLPM is loading the demo, (\d+) of (\d+)\.", x) for x in lines[2:-1]]
    assert None not in steps
    counts = [(int(step[1]), int(step[2])) for step in steps]
    assert counts == sorted(counts)
    assert counts[0][0] == 1
    assert counts[-1][0] == counts[-1][1] == counts[0][1] > 40
    assert "127.0.0.1" in spoken_to(log)  # it was watched: it looked whether it answers
    assert foreign(log) == set()


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = str(held.getsockname()[1])
        status, output = ended(tmp_path, [MLPM, "serve"], MLPM_PORT=port)
    assert (status, output.count("\n")) == (2, 1)
    assert f"port {port} of 127.0.0.1 (Address already in use)" in output


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
    subprocess.run([*watching(log), sys.executable, "-c", script], check=False, timeout=PATIENCE)
    assert len(foreign(log)) == 1
