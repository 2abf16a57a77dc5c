"""What earlier work says of a project's estimate: closed projects, estimators, pace, and alarms."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from mlpm_core.planning.reference_class import (
    OutsideView,
    ReferenceClass,
    reference_class,
)
from mlpm_core.planning.task_templates import OwnRange, own_range
from mlpm_core.planning.throughput import (
    Discovery,
    PaceForecast,
    disagrees,
    discovery_growth,
    throughput_forecast,
)
from mlpm_core.records import (
    ClosedProject,
    EstimateRecord,
    EstimateSnapshot,
    Task,
    TaskCategory,
    TaskStatus,
)
from mlpm_core.services.plan.estimates import EstimateView
from mlpm_core.services.plan.past_projects import as_past, asked_of_all, estimators, past_projects
from mlpm_core.services.plan.snapshots import drift_alarm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlpm_core.planning.burn_down import BurnDownAlarm
    from mlpm_core.services.plan.past_projects import EstimatorLine
    from mlpm_core.services.plan.task_estimates import TaskEstimateView
    from mlpm_core.services.session.workspace import Workspace

_WEEK: Final = timedelta(days=7)
_WORKING_DAYS_A_WEEK: Final = 5
_OVER: Final = (TaskStatus.DONE, TaskStatus.DROPPED)


@dataclass(frozen=True, slots=True)
class Inside:
    """What the project's own estimate says: the inside view; None where it says nothing.

    ``effort_p80`` are person-days of the whole project, ``cost_p50`` its cost in its currency, and
    ``weeks_p80`` the calendar weeks from today to its end. ``raw_days`` is the guess behind it,
    where it is one guess of the whole.
    """

    effort_p80: float | None = None
    cost_p50: float | None = None
    weeks_p80: float | None = None
    raw_days: float | None = None


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """One closed project beside what it was estimated to take."""

    title: str
    written_in: str
    estimated_days: float
    actual_days: float
    ratio: float
    was_stopped: bool
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class LearningView:
    """What earlier work says; see the fields' classes.

    ``raw_days`` is the raw estimate [person-days] that the outside view multiplies: the sum of the
    tasks' P50, else the newest quick guess; None without both. ``n_undated`` are tasks that are
    done on no day. ``baseline_on`` is the day of the newest baseline.
    """

    project: str
    day: date
    currency: str
    closed: tuple[ClosedLine, ...]
    reference: ReferenceClass
    raw_days: float | None
    inside: Inside
    outside: OutsideView | None
    estimators: tuple[EstimatorLine, ...]
    weeks: tuple[date, ...]
    weekly_done: tuple[int, ...]
    n_remaining: int
    n_undated: int
    pace: PaceForecast
    discovery: Discovery | None
    baseline_on: date | None
    alarm: BurnDownAlarm
    budget: float | None

    @property
    def pace_disagrees(self) -> bool:
        """Whether the team's pace and the task numbers tell different ends."""
        return disagrees(self.pace.p80, self.inside.weeks_p80)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of earlier work is known yet."""
        return not (self.closed or self.estimators or any(self.weekly_done) or self.baseline_on)


def learning(workspace: Workspace, project: str, inside: Inside | None = None) -> LearningView:
    """What earlier work says of a project's estimate.

    Parameters
    ----------
    inside : Inside, optional
        What the estimate says now; without it the newest snapshot stands for it.

    Raises
    ------
    NotFoundError
        When there is no such project.

    Notes
    -----
    Closed projects and estimators are those of every project of the workspace: people estimate
    alike wherever they work. The demo's stay with the demo. Pace, discovery and alarm are of this
    project alone.
    """
    row, day = workspace.project(project), workspace.today(project)
    with workspace.store.one_moment() as reader:
        guesses = [e for e in reader.current(EstimateRecord, project) if not e.archived]
        snapshots = reader.current(EstimateSnapshot, project)
        every = asked_of_all(reader, row)  # from here on: what comes before is of this one alone
        past = past_projects(reader, every)
        others = [t for p in every for t in reader.current(Task, p) if not t.archived]
        tasks = [t for t in reader.current(Task, project) if not t.archived]
    snapshots.sort(key=lambda s: (s.taken_on, s.snapshot_id))
    snapshots = [s for s in snapshots if s.taken_on <= day]
    known = inside or _newest(snapshots)
    reference = reference_class([as_past(c) for c in past])
    raw_days = known.raw_days or _raw_days(tasks, guesses)
    baseline = next((s for s in reversed(snapshots) if s.is_baseline), None)
    discovery = _discovery(tasks, baseline, day)
    weeks = weekly_done(tasks, day)
    open_work = [t for t in tasks if t.status not in _OVER and t.category is not TaskCategory.WAIT]
    growth = (discovery.share if discovery else None) or 0.0
    return LearningView(
        project=project,
        day=day,
        currency=row.currency,
        closed=tuple(sorted(map(_line, past), key=_by_day)),
        reference=reference,
        raw_days=raw_days,
        inside=known,
        outside=reference.outside_view(raw_days, known.effort_p80) if raw_days else None,
        estimators=estimators(others),
        weeks=tuple(weeks),
        weekly_done=tuple(weeks.values()),
        n_remaining=len(open_work),
        n_undated=sum(t.status is TaskStatus.DONE and t.finished_on is None for t in tasks),
        pace=throughput_forecast(list(weeks.values()), len(open_work), growth=growth),
        discovery=discovery,
        baseline_on=baseline.taken_on if baseline else None,
        alarm=drift_alarm(snapshots, baseline, row.budget, known.cost_p50),
        budget=row.budget,
    )


def inside_of(view: TaskEstimateView | EstimateView | None) -> Inside | None:
    """What an estimate says, from here on; None without one.

    One guess of the whole, where too much is open for a figure, has its days only.
    """
    if isinstance(view, EstimateView):
        raw = view.estimate.inputs.raw_days
        if not view.figures:
            return Inside(raw_days=raw)
        return Inside(view.estimate.effort.p80, view.estimate.cost.p50, raw_days=raw)
    if view is None or view.estimated is None:
        return None
    now = view.estimated.now
    left = max(0.0, now.duration.p80 - view.stored.reached.day)
    return Inside(now.effort.p80, now.cost.p50, left / _WORKING_DAYS_A_WEEK)


def own_ranges(workspace: Workspace, project: str) -> dict[str, OwnRange]:
    """Days that closed tasks of each category took, over all projects, where there are five.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    spent: defaultdict[str, list[float]] = defaultdict(list)
    with workspace.store.one_moment() as reader:
        every = asked_of_all(reader, row)
        for task in (t for p in every for t in reader.current(Task, p)):
            if task.status is TaskStatus.DONE and task.spent_days and not task.archived:
                spent[task.category].append(task.spent_days)
    ranges = {category: own_range(days) for category, days in spent.items()}
    return {category: found for category, found in ranges.items() if found}


def weekly_done(tasks: Iterable[Task], day: date) -> dict[date, int]:
    """Tasks finished by the Monday of each whole week before a day, from the first that was begun.

    Where nothing is left to do, the weeks end with the last task. Waits are left out: nobody works
    at them.
    """
    work = [t for t in tasks if t.category is not TaskCategory.WAIT]
    done = [t.finished_on for t in work if t.status is TaskStatus.DONE and t.finished_on]
    begun = [t.started_on for t in work if t.started_on]
    if not done and not begun:
        return {}
    first, this_week = _monday(min([*done, *begun])), _monday(day)
    by_week = Counter(_monday(d) for d in done)
    is_over = all(t.status in _OVER for t in work)
    end = min(this_week, _monday(max(done)) + _WEEK) if is_over and done else this_week
    n_weeks = max(0, (end - first).days // _WEEK.days)
    return {week: by_week[week] for week in (first + i * _WEEK for i in range(n_weeks))}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _newest(snapshots: Sequence[EstimateSnapshot]) -> Inside:
    """The newest snapshot as the inside view; how long is left it does not say."""
    if not snapshots:
        return Inside()
    return Inside(snapshots[-1].effort_p80, snapshots[-1].cost_p50)


def _line(closed: ClosedProject) -> ClosedLine:
    past = as_past(closed)
    return ClosedLine(
        title=closed.title or closed.closed_id,
        written_in=closed.project,
        estimated_days=closed.estimated_days,
        actual_days=closed.actual_days,
        ratio=past.ratio,
        was_stopped=past.was_stopped,
        closed_on=closed.closed_on,
    )


def _by_day(line: ClosedLine) -> tuple[object, ...]:
    """The newest first, those without a day last."""
    return (line.closed_on is None, -(line.closed_on or date.min).toordinal(), line.title)


def _raw_days(tasks: Sequence[Task], guesses: Sequence[EstimateRecord]) -> float | None:
    """The raw estimate: the tasks' P50 where any task has one, else the quick guess in use."""
    days = [
        t.p50
        for t in tasks
        if t.p50 and t.status is not TaskStatus.DROPPED and t.category is not TaskCategory.WAIT
    ]
    if days:
        return math.fsum(days)
    return guesses[0].raw_days if guesses else None


def _discovery(
    tasks: Sequence[Task], baseline: EstimateSnapshot | None, day: date
) -> Discovery | None:
    """Work that was added after the baseline and not dropped since; None without one."""
    if baseline is None:
        return None
    added = [t for t in tasks if t.added_on is not None and t.added_on > baseline.taken_on]
    found = sum(t.status != TaskStatus.DROPPED for t in added)
    weeks = (day - baseline.taken_on) / _WEEK
    return discovery_growth(len(tasks) - len(added), found, weeks)
