"""What each screen costs the server, as a ratio to a minimal page measured in the same run.

Two servers run side by side: the application with its demo, and `minimal.py`. A client speaks
Streamlit's protocol over a raw websocket, so that no browser takes part. Rounds are interleaved:
in each, every page is run again a number of times, and the server's CPU time is read before and
after. A noisy machine then disturbs both servers alike, and the median over rounds drops what is
left.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit import __version__ as streamlit_version
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results.json"
GOAL = 4.0
PROJECT = "bike-shop-demand"
START_SECONDS = 90
RUN_SECONDS = 60
MINIMAL = "minimal page"


@dataclass
class Server:
    """A running server and the process whose CPU time counts."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu_ms(self) -> float:
        """User and system time of the process so far, in milliseconds."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@dataclass
class Visit:
    """One open page: its connection, and how to run it again."""

    name: str
    server: Server
    query: str = ""
    page: str = ""
    first_ms: float = 0.0
    rerun_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    socket: ClientConnection | None = None

    def open(self, stack: ExitStack) -> ForwardMsg | None:
        """Connect and run the page for the first time; what the navigation says, if it speaks."""
        url = f"ws://127.0.0.1:{self.server.port}/_stcore/stream"
        before = self.server.cpu_ms()
        self.socket = stack.enter_context(
            connect(url, subprotocols=["streamlit"], max_size=None, compression=None)
        )
        told = self.run()
        self.first_ms = self.server.cpu_ms() - before
        return told

    def run(self) -> ForwardMsg | None:
        """One run of the page's script, from the request to its end."""
        assert self.socket is not None
        request = BackMsg()
        request.rerun_script.query_string = self.query
        request.rerun_script.page_script_hash = self.page
        self.socket.send(request.SerializeToString())
        navigation = None
        while True:
            message = ForwardMsg.FromString(self.socket.recv(timeout=RUN_SECONDS))
            kind = message.WhichOneof("type")
            if kind == "navigation":
                navigation = message
            elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(f"{self.name} broke: {message.delta.new_element.exception}")
            elif kind == "script_finished":
                return navigation

    def measure(self, n_runs: int) -> None:
        """Run the page again so many times and note the mean cost of one run."""
        cpu, wall = self.server.cpu_ms(), time.perf_counter()
        for _ in range(n_runs):
            self.run()
        self.rerun_ms.append((self.server.cpu_ms() - cpu) / n_runs)
        self.wall_ms.append((time.perf_counter() - wall) * 1000 / n_runs)


@contextmanager
def served(script: Path, is_ready: str, **settings: str) -> Iterator[Server]:
    """`streamlit run script` in a process group of its own, from ready to stopped."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("MLPM_", "STREAMLIT_"))},
        "MLPM_PORT": str(port),
        **settings,
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,  # the same .streamlit/config.toml for both
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(f"http://127.0.0.1:{port}{is_ready}"):
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(f"{script.name} did not start:\n{log.read().decode()}")
                time.sleep(0.1)
            yield Server(port, process)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        return False


def opened(app: Server, minimal: Server, stack: ExitStack) -> list[Visit]:
    """Every page of both servers, visited once: the screens are those the navigation names."""
    visits = [Visit(MINIMAL, minimal)]
    visits[0].open(stack)
    door = Visit("front door", app, query=f"project={PROJECT}")
    navigation = door.open(stack)
    assert navigation is not None, "the frame drew no navigation"
    for page in navigation.navigation.app_pages:
        visit = Visit(page.page_name, app, door.query, page.page_script_hash)
        visit.open(stack)
        if page.is_default:  # the server's very first visitor has paid for it
            visit.first_ms = door.first_ms
        visits.append(visit)
    return visits


def measured(visits: list[Visit], *, n_rounds: int, n_runs: int) -> None:
    """Interleaved rounds over all pages, after one that only warms them."""
    for visit in visits:
        visit.measure(n_runs)
        visit.rerun_ms.clear()
        visit.wall_ms.clear()
    for _ in range(n_rounds):
        for visit in visits:
            visit.measure(n_runs)


def summary(visits: list[Visit]) -> list[dict[str, object]]:
    """One entry for each page: the median of its rounds, and of its ratio to the yardstick."""
    yardstick = visits[0]
    entries: list[dict[str, object]] = []
    for visit in visits:
        # rounds are paired: what ran next to each other is compared with each other
        ratios = [a / b for a, b in zip(visit.rerun_ms, yardstick.rerun_ms, strict=True)]
        entries.append(
            {
                "page": visit.name,
                "rerun_cpu_ms": round(statistics.median(visit.rerun_ms), 2),
                "rerun_wall_ms": round(statistics.median(visit.wall_ms), 2),
                "ratio": round(statistics.median(ratios), 2),
                "ratio_low": round(min(ratios), 2),
                "ratio_high": round(max(ratios), 2),
                "first_cpu_ms": round(visit.first_ms),
                "first_ratio": round(visit.first_ms / max(yardstick.first_ms, 10), 1),
            }
        )
    return entries


def main() -> int:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--runs", type=int, default=20, help="runs of a page in one round")
    given = parser.parse_args()
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory())
        minimal = stack.enter_context(served(HERE / "minimal.py", "/_stcore/health"))
        app = stack.enter_context(served(ROOT / "app.py", "/readyz", MLPM_DATA=data, MLPM_DEMO="1"))
        visits = opened(app, minimal, stack)
        measured(visits, n_rounds=given.rounds, n_runs=given.runs)
    entries = summary(visits)
    print(f"{'page':<16}{'rerun CPU':>11}{'ratio':>8}{'(range)':>14}{'wall':>10}{'first CPU':>12}")
    for e in entries:
        spread = f"({e['ratio_low']}-{e['ratio_high']})"
        print(
            f"{e['page']:<16}{e['rerun_cpu_ms']:>8} ms{e['ratio']:>8}{spread:>14}"
            f"{e['rerun_wall_ms']:>7} ms{e['first_cpu_ms']:>9} ms"
        )
    slow = [e["page"] for e in entries if float(str(e["ratio"])) > GOAL]
    print(
        f"Over {GOAL:g} times the minimal page: {', '.join(map(str, slow))}."
        if slow
        else f"Every screen is within {GOAL:g} times the minimal page."
    )
    RESULTS.write_text(
        json.dumps(
            {
                "screens": {
                    "goal": GOAL,
                    "rounds": given.rounds,
                    "runs_per_round": given.runs,
                    "streamlit": streamlit_version,
                    "python": platform.python_version(),
                    "cpus": os.cpu_count(),
                    "pages": entries,
                }
            },
            indent=2,
        )
        + "\n"
    )
    print(f"Written: {RESULTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
