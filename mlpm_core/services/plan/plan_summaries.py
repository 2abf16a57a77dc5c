"""A project's estimate in a few figures: for lists of many projects, and for the command."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mlpm_core.planning import (
    DRAWS,
    ProjectEstimate,
    Spread,
    project_estimate,
    updated_estimate,
)
from mlpm_core.records import EstimateSnapshot
from mlpm_core.services.plan.estimates import EstimateView, estimates_of, project_estimates
from mlpm_core.services.plan.past_projects import own_history
from mlpm_core.services.plan.plan_trends import ChancesBefore, chances_before, last_snapshot
from mlpm_core.services.plan.plans import StoredPlan, stored_plan
from mlpm_core.services.plan.task_estimates import (
    NO_MODEL_LIKELIER,
    beyond_calendar,
    is_under_way,
    pays_back_of,
    task_estimate,
)
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.session.stale import make_stale, stale_projects
from mlpm_core.services.valuation.value_cases import cases_by_id, kept_cases
from mlpm_core.value.draws import SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from mlpm_core.records import Project
    from mlpm_core.services.plan.past_projects import OwnHistory
    from mlpm_core.services.plan.task_estimates import TaskEstimateView
    from mlpm_core.services.session.stale import StaleProjects
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader

    Cases = Callable[[], Mapping[str, CaseValue]]

TASKS, QUICK = "tasks", "quick"
_QUESTION = "plan summary"
_HALF = 0.5
_NO_DURATION = "A quick estimate has no tasks, and so no schedule: add tasks to get a duration."


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """What a list of projects shows of a plan; what is not known is None.

    ``mode`` is "tasks", "quick", or "" while nobody estimated anything; ``problem`` says why
    figures are not available. Effort is in person-days, duration in working days, cost in
    ``currency``; chances are in [0, 1] and those of a project that delivers, but for
    ``p_value_above_cost``, in which the chance that no usable model comes out is counted.
    ``before`` has the same chances by the last estimate that was kept; None without one.
    """

    project: str
    currency: str
    mode: str = ""
    effort: Spread | None = None
    duration: Spread | None = None
    cost: Spread | None = None
    p_no_go: float | None = None
    p_date: float | None = None
    p_budget: float | None = None
    p_value_above_cost: float | None = None
    finish_p80_on: date | None = None
    problem: str | None = None
    before: ChancesBefore | None = None


def plan_summary(workspace: Workspace, project: str) -> PlanSummary:
    """What a list of projects shows of a project's estimate; the same figures as on its screen.

    Raises
    ------
    NotFoundError
        When there is no such project.

    Notes
    -----
    Kept until the project is written to. Without what only the screen needs (drivers, waterfall):
    some 0.15 s of a processor for a project with tasks the first time.
    """
    row = workspace.project(project)
    own = own_history(workspace, row)

    def summary() -> PlanSummary:
        cases = partial(kept_cases, workspace, project)
        with workspace.store.reader() as reader:
            read = _read(reader, row, workspace.today(project), own, cases)
        return _summary(workspace, read)

    return kept(workspace, _QUESTION, project, summary, rests_on=own)


def plan_summaries(workspace: Workspace, *, only_kept: bool = False) -> dict[str, PlanSummary]:
    """The `plan_summary` of every project that is not archived.

    What is not kept is read with one question a kind to the store, and computed unless
    ``only_kept``; one that cannot be computed says why in its ``problem``.
    """
    own = partial(own_history, workspace)
    if not only_kept:
        reads: list[tuple[StaleProjects, _PlanRead]] = []

        def read(stale: StaleProjects) -> None:
            for row in stale.projects:
                reads.append((stale, _read_stale(stale, row, own(row))))

        make_stale(workspace, _QUESTION, read, rests_on=own)
        for stale, of_plan in reads:  # outside of the moment, which is not held so long
            name, made = of_plan.row.project, partial(_or_problem, workspace, of_plan)
            stale.kept(_QUESTION, name, made, rests_on=own(of_plan.row))
    missing = stale_projects(workspace, _QUESTION, own) if only_kept else set()
    return {
        p.project: plan_summary(workspace, p.project)
        for p in workspace.store.projects()
        if not p.archived and p.project not in missing
    }


@dataclass(frozen=True, slots=True)
class _PlanRead:
    """What the store says of a plan: its tasks, else a quick estimate, else nothing."""

    row: Project
    today: date
    stored: StoredPlan | None = None
    quick: EstimateView | None = None
    case: CaseValue | None = None
    snapshot: EstimateSnapshot | None = None
    problem: str | None = None


def _read(reader: Reader, row: Project, today: date, own: OwnHistory, cases: Cases) -> _PlanRead:
    stored = stored_plan(reader, row, today, own)
    if stored is None:
        return _PlanRead(row, today, quick=next(iter(estimates_of(reader, row, cases)), None))
    answers = stored.answers
    case = cases().get(answers.value_case_id) if answers and answers.value_case_id else None
    last = last_snapshot(reader.current(EstimateSnapshot, row.project), today)
    return _PlanRead(row, today, stored=stored, case=case, snapshot=last)


def _read_stale(stale: StaleProjects, row: Project, own: OwnHistory) -> _PlanRead:
    name, reader, day = row.project, stale.reader, stale.days[row.project]

    def cases() -> dict[str, CaseValue]:
        return stale.kept("cases", name, partial(cases_by_id, reader, row, day))

    what = f"The plan of {name}"
    read, problem = or_reason(what, partial(_read, reader, row, day, own, cases))
    return read or _PlanRead(row, day, problem=problem)


def _or_problem(workspace: Workspace, read: _PlanRead) -> PlanSummary:
    what = f"The estimate of {read.row.project}"
    summary, problem = or_reason(what, partial(_summary, workspace, read))
    return summary or PlanSummary(read.row.project, read.row.currency, problem=problem)


def _summary(workspace: Workspace, read: _PlanRead) -> PlanSummary:
    row = read.row
    if read.stored is not None:
        summary = _of_tasks(row, read.stored, read.case)
        before = chances_before(workspace, row, read.stored.calendar, read.snapshot)
        return replace(summary, before=before)
    if read.quick is not None:
        return _of_quick(row, read.quick)
    return PlanSummary(row.project, row.currency, problem=read.problem)


def _of_tasks(row: Project, stored: StoredPlan, case: CaseValue | None) -> PlanSummary:
    if stored.plan is None:
        return PlanSummary(row.project, row.currency, TASKS, problem=stored.problem)
    if is_under_way(stored.reached):
        now = updated_estimate(
            stored.plan, stored.reached, n=DRAWS, seed=SEED, details=False
        ).estimate
    else:
        now = project_estimate(stored.plan, n=DRAWS, seed=SEED, details=False)
    if problem := beyond_calendar(now):
        return PlanSummary(row.project, row.currency, TASKS, problem=problem)
    pays_back = pays_back_of(now, case)
    return PlanSummary(
        project=row.project,
        currency=row.currency,
        mode=TASKS,
        effort=now.effort,
        duration=now.duration,
        cost=now.cost,
        p_no_go=now.p_no_go,
        p_date=_p_date(now, stored, row.needed_by_on),
        p_budget=None if row.budget is None else now.probability_within_cost(row.budget),
        p_value_above_cost=pays_back.probability_of_gain if pays_back else None,
        finish_p80_on=stored.calendar.date_after(now.days_at(0.8)),
    )


def _p_date(now: ProjectEstimate, stored: StoredPlan, needed_by: date | None) -> float | None:
    if needed_by is None:
        return None
    return now.probability_within_days(stored.calendar.days_until(needed_by))


def _of_quick(row: Project, view: EstimateView) -> PlanSummary:
    estimate = view.estimate
    if estimate.ask_first is not None:
        return PlanSummary(row.project, row.currency, QUICK, problem=estimate.explanation)
    return PlanSummary(
        project=row.project,
        currency=row.currency,
        mode=QUICK,
        effort=estimate.effort,
        cost=estimate.cost,
        p_no_go=estimate.p_no_go,
        p_budget=None if row.budget is None else estimate.probability_within_cost(row.budget),
        p_value_above_cost=view.pays_back.probability_of_gain if view.pays_back else None,
    )


def estimate_json(workspace: Workspace, project: str) -> dict[str, Any]:
    """The estimate of a project as the command and HTTP answer it.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    view = task_estimate(workspace, project)
    if view is not None:
        return _tasks_json(view)
    quick = next(iter(project_estimates(workspace, project)), None)
    if quick is not None:
        return _quick_json(plan_summary(workspace, project), quick)
    reason = "Nobody has estimated this project yet: add tasks, or an engineer's own guess."
    return _blank(project, workspace.project(project).currency, "", reason)


def _blank(project: str, currency: str, mode: str, reason: str) -> dict[str, Any]:
    return {
        "project": project,
        "mode": mode,
        "currency": currency,
        "effort": None,
        "duration": None,
        "cost": None,
        "p_no_go": None,
        "drivers": [],
        "snapshot": None,
        "reason": reason,
        "explanation": reason,
        "is_promisable": False,
        "refusals": [reason],
        "finish_on": None,
        "p_date": None,
        "p_budget": None,
        "p_value_above_cost": None,
    }


def _tasks_json(view: TaskEstimateView) -> dict[str, Any]:
    if view.estimated is None:
        return _blank(view.project, view.currency, TASKS, view.problem or "")
    now = view.estimated.now
    return _blank(view.project, view.currency, TASKS, "") | {
        "effort": _percentiles(now.effort),
        "duration": _percentiles(now.duration),
        "cost": _percentiles(now.cost),
        "p_no_go": now.p_no_go,
        "drivers": [asdict(driver) for driver in now.drivers],
        "snapshot": view.estimated.digest,
        "reason": None,
        "explanation": view.explanation,
        "is_promisable": view.is_promisable,
        "refusals": list(view.refusals),
        "finish_on": {f"P{p}": view.finish_on(p / 100).isoformat() for p in (10, 50, 80, 95)},
        "p_date": view.p_date,
        "p_budget": view.p_budget,
        "p_value_above_cost": view.p_value_above_cost,
    }


def _quick_json(summary: PlanSummary, view: EstimateView) -> dict[str, Any]:
    estimate = view.estimate
    if estimate.ask_first is not None:
        return _blank(summary.project, view.currency, QUICK, estimate.explanation)
    refusals = []
    if estimate.twenty_day_rule.fires:
        refusals.append(estimate.twenty_day_rule.sentence)
    if estimate.p_no_go > _HALF:
        refusals.append(NO_MODEL_LIKELIER)
    return _blank(summary.project, view.currency, QUICK, _NO_DURATION) | {
        "effort": _percentiles(estimate.effort),
        "cost": _percentiles(estimate.cost),
        "p_no_go": estimate.p_no_go,
        "drivers": [asdict(driver) for driver in estimate.drivers],
        "explanation": estimate.explanation,
        "is_promisable": estimate.is_promisable,
        "refusals": refusals,
        "p_budget": summary.p_budget,
        "p_value_above_cost": summary.p_value_above_cost,
    }


def _percentiles(spread: Spread) -> dict[str, float]:
    return {name.upper(): days for name, days in asdict(spread).items()}
