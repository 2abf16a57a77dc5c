"""Where the chances of a project stood by the last estimate that was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import MlpmError
from mlpm_core.planning import WorkCalendar, project_estimate, read_plan, updated_estimate
from mlpm_core.services.plan.task_estimates import is_under_way

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlpm_core.records import EstimateSnapshot, Project
    from mlpm_core.services.session.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ChancesBefore:
    """The chances in [0, 1] by the estimate of an earlier day, for today's date and budget.

    None where the project has no date, or no budget.
    """

    taken_on: date
    p_date: float | None
    p_budget: float | None


def last_snapshot(taken: Iterable[EstimateSnapshot], today: date) -> EstimateSnapshot | None:
    """The newest estimate of an earlier day that kept the plan it was made of."""
    earlier = [s for s in taken if s.evidence and s.taken_on < today]
    return max(earlier, key=lambda s: (s.taken_on, s.snapshot_id), default=None)


def chances_before(
    workspace: Workspace,
    project: Project,
    calendar: WorkCalendar,
    snapshot: EstimateSnapshot | None,
) -> ChancesBefore | None:
    """What the plan of a snapshot says of the project's date and budget of today.

    None without a snapshot, date and budget, and when what it kept cannot be read. It is computed
    once: the plan is made again, which takes as long as an estimate.
    """
    if snapshot is None or (project.needed_by_on is None and project.budget is None):
        return None
    rests_on = (
        *(snapshot.evidence, snapshot.taken_on, calendar.holidays),
        *(project.planned_start_on, project.needed_by_on, project.budget),
    )
    made = partial(_chances, workspace, project, calendar, snapshot)
    question = "chances before"
    return workspace.answers.of(question, project.project, rests_on, lambda: (made(), True))


def _chances(
    workspace: Workspace, project: Project, calendar: WorkCalendar, snapshot: EstimateSnapshot
) -> ChancesBefore | None:
    try:
        plan, reached, n, seed = read_plan(workspace.ledger.raw(snapshot.evidence))
        if is_under_way(reached):
            then = updated_estimate(plan, reached, n=n, seed=seed, details=False).estimate
        else:
            then = project_estimate(plan, n=n, seed=seed, details=False)
    except MlpmError:
        return None
    day, budget = project.needed_by_on, project.budget
    days = None if day is None else reached.day + _days_to(day, project, calendar, snapshot)
    return ChancesBefore(
        taken_on=snapshot.taken_on,
        p_date=None if days is None else then.probability_within_days(days),
        p_budget=None if budget is None else then.probability_within_cost(budget),
    )


def _days_to(
    day: date, project: Project, calendar: WorkCalendar, snapshot: EstimateSnapshot
) -> int:
    """Working days from a snapshot, or the later start that was planned, to the end of a day."""
    since = max(snapshot.taken_on, project.planned_start_on or snapshot.taken_on)
    if day < since:
        after = WorkCalendar(day + timedelta(days=1), calendar.holidays)
        return -after.days_before(since)
    return WorkCalendar(since, calendar.holidays).days_until(day)
