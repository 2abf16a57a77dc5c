"""A project's estimate in a few figures: for lists of many projects, and for the command."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mlpm_core.planning import (
    DRAWS,
    ProjectEstimate,
    Spread,
    project_estimate,
    updated_estimate,
)
from mlpm_core.services.plan.estimates import EstimateView, project_estimates
from mlpm_core.services.plan.past_projects import own_reference
from mlpm_core.services.plan.plans import StoredPlan, stored_plan
from mlpm_core.services.plan.task_estimates import (
    NO_MODEL_LIKELIER,
    beyond_calendar,
    is_under_way,
    pays_back_of,
    task_estimate,
)
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.valuation.value_cases import kept_cases
from mlpm_core.value.draws import SEED

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.planning.reference_class import ReferenceClass
    from mlpm_core.records import Project
    from mlpm_core.services.plan.task_estimates import TaskEstimateView
    from mlpm_core.services.session.workspace import Workspace

TASKS, QUICK = "tasks", "quick"
_HALF = 0.5
_NO_DURATION = "A quick estimate has no tasks, and so no schedule: add tasks to get a duration."


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """What a list of projects shows of a plan; what is not known is None.

    ``mode`` is "tasks", "quick", or "" while nobody estimated anything; ``problem`` says why
    figures are not available. Effort is in person-days, duration in working days, cost in
    ``currency``; chances are in [0, 1] and those of a project that delivers, but for
    ``p_value_above_cost``, in which the chance that no usable model comes out is counted.
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
    own = own_reference(workspace, row)
    return kept(
        workspace, "plan summary", project, lambda: _summary(workspace, row, own), rests_on=own
    )


def _summary(workspace: Workspace, row: Project, own: ReferenceClass) -> PlanSummary:
    with workspace.store.reader() as reader:
        stored = stored_plan(reader, row, workspace.today(row.project), own)
    if stored is not None:
        return _of_tasks(workspace, row, stored)
    quick = next(iter(project_estimates(workspace, row.project)), None)
    return _of_quick(row, quick) if quick else PlanSummary(row.project, row.currency)


def _of_tasks(workspace: Workspace, row: Project, stored: StoredPlan) -> PlanSummary:
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
    case = None
    if stored.answers and stored.answers.value_case_id:
        case = kept_cases(workspace, row.project).get(stored.answers.value_case_id)
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
