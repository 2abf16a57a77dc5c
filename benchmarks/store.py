"""What a start, a large store and a long log take: time, memory, disk, and others' turn to write.

Time is CPU time of a process, memory the most it ever held (VmHWM of Linux). Stores are filled
through the import, as in `growth.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.growth import MODEL_HEAD, copy_of_demo, cpu_ms, opened, put, write_forecasts
from benchmarks.screens import HERE, ROOT, Visit, served
from mlpm_core.records import Status
from mlpm_core.services.ingest import commit
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.store.turns import Turns
from tests.peak import peak_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.screens import Server

RESULTS = HERE / "store_results.json"
MEGABYTE = 2**20
PROJECT = "p000-bike-shop-demand"
SCREENS = ("", "health", "deployment", "promised", "kpi", "value_case", "candidates", "imports",
           "registers")  # fmt: skip
Line = tuple[str, float, str, str]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, default=20, help="copies of the demo's projects")
    parser.add_argument("--rows", type=int, default=5_000_000, help="predictions of the log")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        lines = [*of_starts(home, given.copies), *of_a_log(home, given.rows)]
    for work, figure, unit, goal in lines:
        print(f"{work:<66}{figure:>10,.2f} {unit:<8} goal {goal}")
    RESULTS.write_text(json.dumps(lines, indent=1) + "\n", "utf-8")
    print(f"Written: {RESULTS.name}")


def of_starts(home: Path, copies: int) -> list[Line]:
    """CPU seconds until it answers and until the first screen, and memory after many screens."""
    data = home / "demo"
    lines = []
    for work, goal in (("Start with the demo, until ready", "6"), ("Start again", "3")):
        with server(data, demo=True) as app:
            lines.append((work, app.cpu_ms() / 1000, "CPU s", goal))
    with opened(home / "copies") as workspace:
        for number in range(copies):
            copy_of_demo(workspace, number)
    with server(home / "copies", demo=False) as app, ExitStack() as stack:
        at_start = peak(app)
        front = Visit("front door", app, query=f"project={PROJECT}")
        navigation = front.open(stack)
        assert navigation is not None, "the frame drew no navigation"
        work = f"Start with {3 * copies} projects, until the first screen"
        lines.append((work, app.cpu_ms() / 1000, "CPU s", "8"))
        pages = {p.url_pathname: p.page_script_hash for p in navigation.navigation.app_pages}
        for name in SCREENS:
            Visit(name, app, query=front.query, page=pages[name]).open(stack)
        lines.append(("Memory at the start", at_start, "MB", "300"))
        work = f"Memory with {3 * copies} projects, after {len(SCREENS)} screens"
        lines.append((work, peak(app), "MB", "500"))
    return lines


def of_a_log(home: Path, n_rows: int) -> list[Line]:
    """Disk, memory and the turn to write, by a long log beside a short one."""
    data, file = home / "log", home / "log.csv"
    with opened(home / "short") as workspace:
        copy_of_demo(workspace, 0)
    write_forecasts(file, n_rows)
    with opened(data) as workspace, held() as turns:
        copy_of_demo(workspace, 0)
        turns.clear()
        whole = cpu_ms(lambda: imported(workspace, file))
        alone = max(turns)
        put(workspace, "elsewhere", "models", "model_id\nm\n")
    others = {whose: turn_beside(home / whose, file, whose) for whose in ("elsewhere", PROJECT)}
    stored = sum(f.stat().st_size for f in data.rglob("*") if f.is_file())
    size = file.stat().st_size
    lines = [
        (f"Import of {n_rows:,} predictions", whole / 1000, "CPU s", "none"),
        ("of which nobody else may write", alone / 1000, "CPU s", "1"),
        ("the same, a file came elsewhere meanwhile", others["elsewhere"] / 1000, "CPU s", "1"),
        ("the same, a file came into the project", others[PROJECT] / 1000, "CPU s", "1"),
        ("Its store, beside its file", stored / size, "times", "0.5"),
    ]
    for work in ("verify", "backup"):
        small, large = (
            peak_of(work, home / name, *([home / f"{name}-out"] if work == "backup" else []))
            for name in ("short", "log")
        )
        more = large.above(small).application / MEGABYTE
        lines.append((f"Memory of {work}, more than without the log", more, "MB", "300"))
    peaks = []
    for name in ("short", "log"):
        (backup,) = (home / f"{name}-out").glob("*.zip")
        peaks.append(peak_of("restore", home / f"{name}-back", backup))
    more = peaks[1].above(peaks[0]).application / MEGABYTE
    return [*lines, ("Memory of restore, more than without the log", more, "MB", "300")]


def turn_beside(data: Path, file: Path, project: str) -> float:
    """CPU milliseconds of the longest turn to write of a log while a file comes for a project."""
    with opened(data) as workspace, held() as turns:
        copy_of_demo(workspace, 0)
        work = partial(put, workspace, project, "models", f"{MODEL_HEAD}another\n")
        turns.clear()
        with coming(work) as came:
            imported(workspace, file)
        assert came, "nothing came meanwhile"
        return max(turns)


@contextmanager
def coming(work: Callable[[], None]) -> Iterator[list[None]]:
    """Do some work once when many rows were laid down, before they are a batch."""
    lay_down, came = commit.lay_down, list[None]()

    def slow(*laid: Any) -> None:
        lay_down(*laid)
        if laid[-1].n_stored >= commit.MANY_ROWS and not came:
            came.append(None)
            with ThreadPoolExecutor(1) as beside:
                beside.submit(work).result()

    commit.lay_down = slow
    try:
        yield came
    finally:
        commit.lay_down = lay_down


def imported(workspace: object, file: Path) -> None:
    """Import the log; it must be taken."""
    receipt = import_file(workspace, PROJECT, "prediction_log", file.name, file)
    assert receipt.status is Status.COMMITTED, receipt


@contextmanager
def held() -> Iterator[list[float]]:
    """CPU milliseconds of each turn in which nobody else may write, while the block runs."""
    turns: list[float] = []
    was = Turns.writing

    @contextmanager
    def writing(self: Turns) -> Iterator[None]:
        with was(self):
            is_inner, began = bool(depth), time.process_time()
            depth.append(None)
            try:
                yield
            finally:
                depth.pop()
                if not is_inner:
                    turns.append((time.process_time() - began) * 1000)

    depth: list[None] = []
    Turns.writing = writing
    try:
        yield turns
    finally:
        Turns.writing = was


@contextmanager
def server(data: Path, *, demo: bool) -> Iterator[Server]:
    """The application over a folder, ready."""
    settings = {"MLPM_DATA": str(data), "MLPM_DEMO": str(int(demo))}
    with served(ROOT / "app.py", "/readyz", **settings) as app:
        yield app


def peak(app: Server) -> float:
    """The most megabytes a server ever held."""
    status = Path(f"/proc/{app.process.pid}/status").read_text()
    kilobytes = status.partition("VmHWM:")[2].split()[0]
    return int(kilobytes) / 1024


if __name__ == "__main__":
    sys.exit(main())
