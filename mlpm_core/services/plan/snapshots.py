"""Estimates of days: kept with the plan they were made of, so that they can be made again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning import ProjectEstimate, Spread
from mlpm_core.planning.burn_down import BurnDownAlarm, burn_down_alarm
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import EstimateSnapshot
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.task_estimates import Estimated, estimated, task_estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlpm_core.records import Receipt
    from mlpm_core.services.plan.task_estimates import TaskEstimateView
    from mlpm_core.services.session.workspace import Workspace

_NUMBERED = re.compile(r"S([0-9]{1,9})")
_PERCENTILES = ("p10", "p50", "p80", "p95")


@for_everybody()
def take_snapshot(
    workspace: Workspace, project: str, *, reason: str = "", is_baseline: bool = False
) -> Receipt:
    """Keep the estimate of today, with the plan it was made of under its SHA-256.

    Parameters
    ----------
    reason : str
        Why, such as Monday, or the task that was finished.
    is_baseline : bool
        Whether the project is held against it from now on.

    Raises
    ------
    NotEnoughDataError
        When the project has no estimate in tasks.
    InputError
        When a baseline is asked of an estimate that can be none: a task is above 20 days, tasks
        have no numbers, or most likely no model comes out.
    NotFoundError
        When there is no such project.
    StoreError
        When the disk refuses; nothing is recorded.
    """
    view = task_estimate(workspace, project)
    if view is None or view.estimated is None:
        problem = view.problem if view else None
        raise NotEnoughDataError(problem or "There are no tasks to estimate; add at least one.")
    if is_baseline and view.refusals:
        raise InputError(f"This can be no baseline. {' '.join(view.refusals)}")
    with workspace.store.writer(keep=False):
        pass  # a copy that only reads says so before anything is kept
    evidence = workspace.ledger.keep_bytes(view.estimated.evidence.encode())
    row = {
        "taken_on": workspace.today(project),
        "reason": reason,
        "is_baseline": is_baseline,
        "spent_days": view.estimated.updated.spent if view.estimated.updated else 0.0,
        "evidence": evidence,
        **figures(view.estimated.now),
    }
    with workspace.store.write_locked():  # nobody else takes the id meanwhile
        taken = registers.records(workspace, project, EstimateSnapshot.kind)
        row = {"snapshot_id": _next_id(str(r["snapshot_id"]) for r in taken)} | row
        return registers.write_rows(workspace, project, EstimateSnapshot.kind, [row])


def figures(estimate: ProjectEstimate) -> dict[str, float]:
    """The figures of an estimate as a snapshot has them, by column."""
    spreads = {
        "effort": estimate.effort,
        "duration": estimate.duration,
        "cost": estimate.cost,
    }
    return {
        f"{what}_{p}": getattr(spread, p) for what, spread in spreads.items() for p in _PERCENTILES
    } | {"p_no_go": estimate.p_no_go}


def made_again(workspace: Workspace, snapshot: EstimateSnapshot) -> Estimated:
    """The estimate of a snapshot, computed anew from the plan it kept.

    Raises
    ------
    StoreError
        When what it kept cannot be read.
    InputError
        When it kept none, as one from a file.
    """
    if not snapshot.evidence:
        raise InputError(
            f"The snapshot {snapshot.snapshot_id} came without its plan and cannot be made again."
        )
    return estimated(workspace.ledger.raw(snapshot.evidence).decode("utf-8"))


@dataclass(frozen=True, slots=True)
class SnapshotHistory:
    """All snapshots of a project, the oldest first, and what they warn of.

    ``baseline`` is the newest that is one.
    """

    snapshots: tuple[EstimateSnapshot, ...]
    baseline: EstimateSnapshot | None
    alarms: tuple[str, ...]


def history(
    workspace: Workspace, project: str, view: TaskEstimateView | None = None
) -> SnapshotHistory:
    """The snapshots of a project.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    workspace.project(project)
    with workspace.store.reader() as reader:
        taken = reader.current(EstimateSnapshot, project)
    ordered = tuple(sorted(taken, key=lambda s: (s.taken_on, s.snapshot_id)))
    baseline = next((s for s in reversed(ordered) if s.is_baseline), None)
    return SnapshotHistory(ordered, baseline, tuple(_alarms(ordered, baseline, view)))


def drift_alarm(
    ordered: Sequence[EstimateSnapshot],
    baseline: EstimateSnapshot | None,
    budget: float | None,
    cost_p50: float | None,
) -> BurnDownAlarm:
    """Whether the budget is short, or the last two snapshots since the baseline are above it.

    Parameters
    ----------
    ordered
        All snapshots, the oldest first.
    baseline
        The newest that is one.
    budget, cost_p50
        In the project's currency; None where it is not known.
    """
    since = ordered[ordered.index(baseline) + 1 :] if baseline else ()
    return burn_down_alarm(
        [s.effort_p80 for s in since if s.effort_p80 is not None],
        baseline.effort_p80 if baseline else None,
        budget=budget,
        cost_p50=cost_p50,
    )


def _alarms(
    ordered: Sequence[EstimateSnapshot],
    baseline: EstimateSnapshot | None,
    view: TaskEstimateView | None,
) -> Iterable[str]:
    now = view.estimated.now if view and view.estimated else None
    budget = view.budget if view else None
    alarm = drift_alarm(ordered, baseline, budget, now.cost.p50 if now else None)
    if alarm.budget_is_short:
        yield "More likely than not the budget is not enough."
    if alarm.has_drifted:
        yield "The effort to be safe (P80) is more than 15% above the baseline, twice in a row."


def remaining(snapshot: EstimateSnapshot) -> Spread | None:
    """Person-days that were left at a snapshot; None when it does not say."""
    of = [snapshot.effort_p10, snapshot.effort_p50, snapshot.effort_p80, snapshot.effort_p95]
    if snapshot.spent_days is None or any(days is None for days in of):
        return None
    spent = snapshot.spent_days
    return Spread(*(max(0.0, days - spent) for days in of if days is not None))


def reserve(snapshot: EstimateSnapshot) -> float | None:
    """How much more P80 of the effort is than P50, as a share of it; None when one is missing.

    Examples
    --------
    >>> from datetime import date
    >>> taken = dict(project="p", snapshot_id="S001", taken_on=date(2026, 3, 2))
    >>> reserve(EstimateSnapshot(**taken, effort_p50=200, effort_p80=250))
    0.25
    >>> reserve(EstimateSnapshot(**taken, effort_p80=250)) is None
    True
    """
    even, safe = snapshot.effort_p50, snapshot.effort_p80
    return None if not even or safe is None else safe / even - 1


def _next_id(ids: Iterable[str]) -> str:
    numbers = [int(m[1]) for name in ids if (m := _NUMBERED.fullmatch(name))]
    return f"S{max(numbers, default=0) + 1:03d}"
