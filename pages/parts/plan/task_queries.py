"""What the Estimate screen asks of a project's tasks, kept until the project is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pandas as pd

from mlpm_core.services.plan import closing, explanations, snapshots, task_estimates
from mlpm_core.services.plan.past_projects import PAST_WORK
from pages.parts.common import commands, work
from pages.parts.common.cache import shared, shared_with, workspace
from pages.parts.common.format import day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.records import EstimateSnapshot
    from mlpm_core.services.plan.estimates import EstimateView
    from mlpm_core.services.plan.snapshots import SnapshotHistory
    from mlpm_core.services.plan.task_estimates import TaskEstimateView


@shared_with(*PAST_WORK)
def task_estimate(project: str) -> TaskEstimateView | None:
    """The estimate of a project by its tasks; past work of others counts."""
    return task_estimates.task_estimate(workspace(), project)


@shared_with(*PAST_WORK)
def history(project: str) -> SnapshotHistory:
    """The snapshots of a project, with what they warn of."""
    return snapshots.history(workspace(), project, task_estimate(project))


def work_left(view: TaskEstimateView, kept: Sequence[EstimateSnapshot]) -> pd.DataFrame:
    """What was left on days past and how it may burn down, for its chart."""
    names = ("p10", "p50", "p80", "p95")
    rows = []
    for snapshot in kept:
        left = snapshots.remaining(snapshot)
        if left is not None:
            rows.append((snapshot.taken_on, "was left", *(getattr(left, n) for n in names)))
    if view.estimated is not None and not view.is_finished:
        fan = view.estimated.fan
        ahead = zip(fan.days, fan.p10, fan.p50, fan.p80, fan.p95, strict=True)
        rows += [
            (view.calendar.date_after(float(at) + 1e-6), "from here on", *(float(n) for n in of))
            for at, *of in ahead
        ]
    frame = pd.DataFrame(rows, columns=["day", "part", *names])
    frame["told"] = [day(on) for on in frame["day"]]
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


def page_of_tasks(view: TaskEstimateView) -> str:
    """The estimate in tasks on one page."""
    return explanations.page_of_tasks(workspace(), view)


def page_of_guess(project: str, view: EstimateView) -> str:
    """The quick estimate on one page."""
    return explanations.page_of_guess(workspace(), project, view)


@shared
def to_close(project: str, _view: TaskEstimateView) -> Mapping[str, object] | None:
    """A finished project as a closed one, while it is not written down as one."""
    return closing.to_close(workspace(), _view, _baseline_on(project))


def close(project: str, view: TaskEstimateView) -> NoReturn:
    """Write it down as one, say so, and show it."""
    receipt = closing.close(workspace(), view, _baseline_on(project))
    commands.say_and_rerun("The project is counted among the closed ones.", receipt)


def _baseline_on(project: str) -> date | None:
    baseline = history(project).baseline
    return baseline.taken_on if baseline else None


def take_snapshot(project: str, reason: str, *, is_baseline: bool) -> NoReturn:
    """Keep the estimate of today, say so, and show it."""
    receipt = snapshots.take_snapshot(workspace(), project, reason=reason, is_baseline=is_baseline)
    work.close()
    kept = "the baseline" if is_baseline else "a snapshot"
    commands.say_and_rerun(f"The estimate of today is kept as {kept}.", receipt)
