"""What MLPM made of the plan on each Monday of the work: estimates kept, promises weighed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from making import built
from making.dangers import demand_reviews, demand_risks
from mlpm_core.records import EstimateSnapshot, Status, columns
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.snapshots import take_snapshot
from mlpm_core.services.plan.task_estimates import task_estimate
from mlpm_core.services.session.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from making.story import Row
    from mlpm_core.services.session.workspace import Workspace


def plan_on(day: date) -> dict[str, list[Row]]:
    """The records of the project at the start of a day, by kind."""
    reviews = [r for r in demand_reviews() if r["reviewed_on"] < day]
    return {
        "projects": [{"title": "Demand forecast", "clock_on": day, "currency": "EUR"}
                     | built.planned()],
        "models": [{"model_id": "demand-forecast"}],
        "roles": built.roles(),
        "absences": built.absences(),
        "tasks": built.tasks_on(day),
        "risks": demand_risks(day),
        **({"risk_reviews": reviews} if reviews else {}),
        "estimates": [built.answers_of_tasks()],
        "findings": built.findings_on(day),
    }  # fmt: skip


def kept_estimates(days: Sequence[date]) -> tuple[list[Row], list[Row]]:
    """Snapshots that the product takes on each of some days, and the promises made on them.

    Parameters
    ----------
    days : sequence of date
        In their order; the first is the baseline.

    Returns
    -------
    tuple of two lists of rows
        Of estimate_snapshots without the plan they were made of, which no file can bring, and of
        delivery_promises.
    """
    likely: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        opened = open_recovered(Settings(data=Path(folder), demo=False))
        try:
            workspace = opened.acting_as("demo")
            was: dict[str, list[Row]] = {}
            for day in days:
                was = _brought_to(workspace, plan_on(day), was)
                take_snapshot(workspace, built.PROJECT, reason=_reason(day, days),
                              is_baseline=day == days[0])  # fmt: skip
                likely |= _likely(workspace, day)
            taken = registers.records(workspace, built.PROJECT, EstimateSnapshot.kind)
        finally:
            opened.close()
    names = [c.name for c in columns(EstimateSnapshot) if not c.by_application]
    rows = sorted(({n: r[n] for n in names} for r in taken), key=lambda r: str(r["snapshot_id"]))
    by_day = {day: str(row["snapshot_id"]) for day, row in zip(days, rows, strict=True)}
    made = [p for p in built.PROMISES if p[2] in by_day]
    return rows, built.promises(likely, by_day) if len(made) == len(built.PROMISES) else []


def _brought_to(
    workspace: Workspace, plan: dict[str, list[Row]], was: dict[str, list[Row]]
) -> dict[str, list[Row]]:
    for kind, rows in plan.items():
        if rows != was.get(kind):
            receipt = registers.save(workspace, built.PROJECT, kind, rows)
            if receipt.status is not Status.COMMITTED:
                raise ValueError(f"{kind}: {receipt.rejects}")
    return plan


def _reason(day: date, days: Sequence[date]) -> str:
    if day == days[0]:
        return "Baseline, before the first task"
    return "Built and handed over" if day > built.BUILT_ON else "Monday"


def _likely(workspace: Workspace, day: date) -> dict[str, float]:
    """How likely the promises said on a day are by the estimate of that day."""
    said = [(p[0], p[3]) for p in built.PROMISES if p[2] == day]
    if not said:
        return {}
    view = task_estimate(workspace, built.PROJECT)
    if view is None:
        raise ValueError("There is no plan of which a day could be promised.")
    return {name: round(view.probability_by(by), 2) for name, by in said}
