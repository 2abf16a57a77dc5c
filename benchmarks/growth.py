"""How the cost of work grows with what is stored, as ratios of a large store to a small one.

Every figure is CPU time of this process, so that a busy machine disturbs little; what grows with
the number of value cases is told for each of them. Stores are filled through the import, with the
demo's own files under other names of projects.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services.admin import demo
from mlpm_core.services.evaluate import candidates as boards
from mlpm_core.services.evaluate import insights
from mlpm_core.services.in_life import deployments, portfolio
from mlpm_core.services.ingest import batches, registers, undo
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.registers import PageRequest
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlpm_core.services.session.workspace import Workspace

RESULTS = Path(__file__).resolve().parent / "growth_results.json"
LEFT_OUT = ("prediction_log", "labels", "decisions")
CASES_OF_DEMO = 3
MODEL_HEAD = "model_id\n"
BOARD = ("bike-shop-winback", "voucher-letter")
N_REJECTED_FILES = 12


@dataclass(frozen=True)
class Row:
    """One line of the table: the same work on a small and on a large store."""

    work: str
    small_ms: float
    large_ms: float
    goal: float
    of: str = "in all"

    @property
    def ratio(self) -> float:
        """How many times as dear it is on the large store."""
        return self.large_ms / max(self.small_ms, 0.5)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, default=20, help="copies of the demo's projects")
    parser.add_argument("--rows", type=int, default=1_000_000, help="predictions of the large log")
    parser.add_argument("--batches", type=int, default=1000, help="batches before the last import")
    parser.add_argument("--candidates", type=int, default=1000)
    parser.add_argument("--rejects", type=int, default=9990, help="bad rows of each of 12 files")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rows = [
            *of_projects(home, given.copies),
            *of_logs(home, given.rows),
            of_batches(home, given.batches),
            *of_rejects(home, given.rejects),
            *of_candidates(home, given.candidates),
        ]
    print(f"{'work':<58}{'small':>10}{'large':>11}{'ratio':>8}{'goal':>7}")
    for row in rows:
        name = f"{row.work} ({row.of})"
        print(
            f"{name:<58}{row.small_ms:>7.1f} ms{row.large_ms:>8.1f} ms{row.ratio:>8.2f}"
            f"{row.goal:>7.1f}"
        )
    RESULTS.write_text(
        json.dumps([asdict(row) | {"ratio": row.ratio} for row in rows], indent=1) + "\n", "utf-8"
    )
    print(f"Written: {RESULTS.name}")


def of_projects(home: Path, copies: int) -> list[Row]:
    """What grows with the number of value cases, and what a write elsewhere makes dear."""
    figures: dict[str, list[float]] = {}
    for n in (1, copies):
        data, cases = home / f"projects-{n}", n * CASES_OF_DEMO
        with opened(data) as workspace:
            for i in range(n):
                copy_of_demo(workspace, i)
        with opened(data) as workspace:
            figures.setdefault("Portfolio, the first time after a restart", []).append(
                cpu_ms(partial(portfolio.portfolio, workspace)) / cases
            )
            figures.setdefault("Health after Portfolio", []).append(
                cpu_ms(partial(deployments.deployments, workspace, None)) / cases
            )
            after = []
            for k in range(5):
                put(workspace, f"elsewhere-{k}", "models", f"{MODEL_HEAD}m{k}\n")
                after.append(cpu_ms(partial(portfolio.portfolio, workspace)))
            figures.setdefault("Portfolio after a write elsewhere", []).append(
                statistics.median(after)
            )
    return [
        Row(work, small, large, 1.5, "a value case" if "elsewhere" not in work else "in all")
        for work, (small, large) in figures.items()
    ]


def of_logs(home: Path, n_rows: int) -> list[Row]:
    """What grows with the number of predictions in a log."""
    figures: dict[str, list[float]] = {}
    project = "p000-bike-shop-demand"
    for n in (n_rows // 100, n_rows):
        file = home / "log.csv"
        write_forecasts(file, n)
        with opened(home / f"log-{n}") as workspace:
            copy_of_demo(workspace, 0)
            receipt = import_file(workspace, project, "prediction_log", "log.csv", file)
            assert receipt.status is Status.COMMITTED, receipt
            for work, do in works_on(workspace, project, str(receipt.batch)).items():
                figures.setdefault(work, []).append(cpu_ms(do))
    return [Row(work, small, large, 4.0) for work, (small, large) in figures.items()]


def works_on(workspace: Workspace, project: str, batch: str) -> dict[str, Callable[[], object]]:
    """What people do with a log, in the order in which it is measured."""
    return {
        "A page of a register": partial(
            registers.page, workspace, project, "prediction_log", PageRequest()
        ),
        "Deployment with its log": partial(
            deployments.deployment, workspace, project, "demand-forecast-central"
        ),
        "What an undo of a log would do": partial(
            undo.undo, workspace, project, batch, dry_run=True
        ),
        "Undo of a log": partial(undo.undo, workspace, project, batch),
    }


def write_forecasts(path: Path, n_rows: int) -> None:
    """Forecasts of one model over half a year, with what happened, in two segments."""
    with path.open("w", encoding="utf-8") as file:
        file.write("prediction_id,ts,model_id,y_pred,y_true,model_version,segment\n")
        for i in range(n_rows):
            day, hour = i % 180, i // 180 % 24
            file.write(
                f"f{i:07},2026-{1 + day // 30:02}-{1 + day % 28:02}T{hour:02}:00Z,demand-forecast,"
                f"{i * 7919 % 97 / 10:.1f},{i * 7907 % 11},1.0,{('bike', 'part')[i % 2]}\n"
            )


def of_batches(home: Path, n_batches: int) -> Row:
    """One small import after few and after many others."""
    costs = []
    with opened(home / "batches") as workspace:
        copy_of_demo(workspace, 0)
        project = "p000-bike-shop-demand"
        for n in range(n_batches):
            cost = cpu_ms(partial(put, workspace, project, "models", f"{MODEL_HEAD}m{n}\n"))
            costs.append(cost)
    return Row(
        f"A small import after {n_batches:,} others",
        statistics.median(costs[:20]),
        statistics.median(costs[-20:]),
        1.5,
    )


def of_rejects(home: Path, n_rejects: int) -> list[Row]:
    """Lists of imports after files of which few, and of which most rows were rejected."""
    figures: dict[str, list[float]] = {}
    project = "p000-bike-shop-demand"
    for n in (1, n_rejects):
        with opened(home / f"rejects-{n}") as workspace:
            copy_of_demo(workspace, 0)
            for k in range(N_REJECTED_FILES):
                text = f"{MODEL_HEAD}m{k}\n" + f"{'x' * 300}\n" * n
                put(workspace, project, "models", text, accept_good=True)
            listed = partial(batches.receipts, workspace, project)
            works = {
                "The list of imports, 12 files with rejects": listed,
                "Whether it is ready, 12 files with rejects": workspace.checks,
            }
            for work, do in works.items():
                do()  # once, so that what is kept is there
                costs = [cpu_ms(do) for _ in range(20)]
                figures.setdefault(work, []).append(statistics.mean(costs))
    return [Row(work, small, large, 1.5) for work, (small, large) in figures.items()]


def of_candidates(home: Path, n: int) -> list[Row]:
    """A board of few and of many candidates, and what to find out before one is chosen."""
    figures: dict[str, list[float]] = {}
    works = (f"A board of {n:,} candidates", "The same board again", "What to find out among them")
    project, case = BOARD
    for number in (n // 20, n):
        with opened(home / f"board-{number}") as workspace:
            for of, kind, path in demo.files():
                if of == project and kind not in LEFT_OUT:
                    import_file(workspace, of, kind, path.name, path.read_bytes())
            put(workspace, project, "evaluations", evaluations(case, number))
            board = partial(boards.candidates, workspace, project, case)
            value = case_value(workspace, project, case)
            costs = [cpu_ms(board) / number, cpu_ms(board)]
            costs.append(cpu_ms(partial(insights.among, value, board())))
            for work, cost in zip(works, costs, strict=True):
                figures.setdefault(work, []).append(cost)
    units = ("a candidate", "in all", "in all")
    return [
        Row(work, *ends, 1.5, of) for (work, ends), of in zip(figures.items(), units, strict=True)
    ]


def evaluations(case: str, n: int) -> str:
    """Candidates along a line of precision and recall."""
    lines = ["value_case_id,candidate,metric,value,n,test_set,evaluated_on"]
    for i in range(n):
        recall = 0.3 + 0.5 * i / max(n - 1, 1)
        for metric, value, cases in (("precision", 0.13 / recall, 900), ("recall", recall, 456)):
            lines.append(f"{case},candidate-{i:04},{metric},{value:.4f},{cases},board,2026-06-20")
    return "\n".join(lines) + "\n"


def copy_of_demo(workspace: Workspace, number: int) -> None:
    """The demo's files, without logs and decisions, under projects of another name."""
    for project, kind, path in demo.files():
        if kind in LEFT_OUT:
            continue
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        name, text = f"p{number:03}-{project}", io.StringIO()
        out = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(row | {"project": name} for row in rows)
        put(workspace, name, kind, text.getvalue())


def put(
    workspace: Workspace, project: str, kind: str, text: str, *, accept_good: bool = False
) -> None:
    """Import a small file; it must be taken, whole unless its good rows are enough."""
    profile = Profile(restatement="confirm", new_model="new", look_alike="new")
    receipt = import_file(
        workspace, project, kind, f"{kind}.csv", text.encode(), profile=profile,
        accept_good=accept_good,
    )  # fmt: skip
    assert receipt.status is Status.COMMITTED, (project, kind, receipt)
    assert bool(receipt.rejected) == accept_good, (project, kind, receipt)


@contextmanager
def opened(data: Path) -> Iterator[Workspace]:
    """A store, open."""
    workspace = open_recovered(Settings(data=data, demo=False))
    try:
        yield workspace.acting_as("bench")
    finally:
        workspace.close()


def cpu_ms(work: Callable[[], object]) -> float:
    """Milliseconds of this process's CPU time."""
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


if __name__ == "__main__":
    sys.exit(main())
