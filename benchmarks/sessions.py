"""How long visitors wait: many sessions, with and without writes beside, next to a minimal page.

Each session holds a screen open over Streamlit's protocol, thinks for a while, and runs it again.
The same sessions visit the minimal page, the application at rest, and the application while a small
file a second comes in for a project that nobody looks at. Ratios of the three are what counts.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.screens import HERE, PROJECT, ROOT, Visit, served
from mlpm_core.services.admin.server_file import read_server_file

if TYPE_CHECKING:
    from benchmarks.screens import Server

RESULTS = HERE / "sessions_results.json"
SCREENS = ("", "health", "deployment", "candidates", "imports")
GOAL_WRITES, GOAL_MINIMAL = 2.0, 4.0


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, nargs="+", default=[10, 40, 100])
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two clicks")
    parser.add_argument("--clicks", type=int, default=10, help="of each session")
    given = parser.parse_args()
    told = []
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        minimal = stack.enter_context(served(HERE / "minimal.py", "/_stcore/health"))
        app = stack.enter_context(
            served(ROOT / "app.py", "/readyz", MLPM_DATA=str(data), MLPM_DEMO="1")
        )
        pages = pages_of(app)
        for n in given.sessions:
            load = (n, given.think, given.clicks)
            waits = {"minimal page": waited(minimal, [""], *load)}
            waits["at rest"] = waited(app, pages, *load)
            stop = threading.Event()
            writer = threading.Thread(target=keep_writing, args=(app, data, stop))
            writer.start()
            waits["with writes"] = waited(app, pages, *load)
            stop.set()
            writer.join()
            told.append({"sessions": n} | {name: ends(of) for name, of in waits.items()})
    print(f"{'sessions':<10}{'':<14}{'p50':>9}{'p95':>9}")
    for line in told:
        for name in ("minimal page", "at rest", "with writes"):
            p50, p95 = line[name]
            print(f"{line['sessions']:<10}{name:<14}{p50:>6.0f} ms{p95:>6.0f} ms")
        print(
            f"{'':<10}p95 with writes is {line['with writes'][1] / line['at rest'][1]:.2f} times "
            f"that at rest (goal {GOAL_WRITES:g}), at rest "
            f"{line['at rest'][1] / line['minimal page'][1]:.2f} times the minimal page's "
            f"(goal {GOAL_MINIMAL:g})"
        )
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(f"Written: {RESULTS.name}")


def pages_of(app: Server) -> list[str]:
    """Under which hashes the application knows the screens that are visited."""
    with ExitStack() as stack:
        navigation = Visit("front door", app, query=f"project={PROJECT}").open(stack)
    assert navigation is not None, "the frame drew no navigation"
    by_name = {p.url_pathname: p.page_script_hash for p in navigation.navigation.app_pages}
    return [by_name[name] for name in SCREENS]


def waited(server: Server, pages: list[str], n: int, think: float, clicks: int) -> list[float]:
    """Milliseconds of every click of so many sessions."""
    waits: list[float] = []
    faults: list[BaseException] = []

    def visitor(number: int) -> None:
        luck = random.Random(number)
        page = pages[number % len(pages)]
        visit = Visit(page, server, query=f"project={PROJECT}", page=page)
        try:
            with ExitStack() as stack:
                time.sleep(luck.uniform(0, think))
                visit.open(stack)
                for _ in range(clicks):
                    time.sleep(luck.uniform(0.5, 1.5) * think)
                    began = time.perf_counter()
                    visit.run()
                    waits.append((time.perf_counter() - began) * 1000)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{len(faults)} of {n} sessions broke; the first: {faults[0]!r}")
    return waits


def keep_writing(server: Server, data: Path, stop: threading.Event) -> None:
    """A small file a second into a project that nobody looks at."""
    told = read_server_file(data)
    assert told is not None, "the application runs but left no server.json"
    url = f"http://127.0.0.1:{server.port}/api/v1/projects/elsewhere/imports"
    n = 0
    while not stop.wait(1.0):
        n += 1
        ask = urllib.request.Request(
            f"{url}?kind=models&filename=models.csv",
            data=f"model_id\nm{n}\n".encode(),
            headers={"Authorization": f"Bearer {told.token}", "Content-Type": "text/csv"},
            method="POST",
        )
        with urllib.request.urlopen(ask, timeout=60) as answer:
            assert answer.status < 300, answer.status


def ends(waits: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(waits), statistics.quantiles(waits, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
