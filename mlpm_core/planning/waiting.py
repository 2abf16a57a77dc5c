"""How much of a project's time is spent waiting for others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.planning.schedule import ends_of

if TYPE_CHECKING:
    from mlpm_core.planning.project_result import ProjectEstimate


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for access, approvals and the like do to the end of a project.

    ``days`` is how many working days sooner the end at even odds would be without the ``n_ahead``
    waits that are still to come or run, and ``share`` that of the working days left at even odds,
    in [0, 1]. The ``n_over`` waits that are over and of which it is known took ``taken_days``; at
    even odds each alone was to take, added up, ``planned_days``.
    """

    n_ahead: int
    days: float
    share: float
    n_over: int
    taken_days: float
    planned_days: float


def waiting(estimate: ProjectEstimate) -> Waiting | None:
    """What waiting does to the end of a project; None for one without any wait.

    Notes
    -----
    The schedule is made again with the same draws and waits that take nothing. What runs beside
    other work delays nothing and counts for nothing.

    Examples
    --------
    >>> from mlpm_core.planning.factors import FACTORS
    >>> from mlpm_core.planning.project_estimate import project_estimate
    >>> from mlpm_core.planning.project_plan import (
    ...     Bias, FactorAnswer, ProjectPlan, RolePlan, TaskPlan)
    >>> from mlpm_core.planning.three_point import ThreePoint
    >>> no = {name: FactorAnswer(0.0) for name in FACTORS}
    >>> wait = TaskPlan("W", ThreePoint(6, 6, 6), "wait", "")
    >>> work = TaskPlan("T", ThreePoint(18, 18, 18), "data", "DE", ("W",))
    >>> plan = ProjectPlan((wait, work), {"DE": RolePlan()}, Bias(1, 0), no, focus=1.0)
    >>> found = waiting(project_estimate(plan, n=100))
    >>> found.n_ahead, round(found.days, 6), round(found.share, 6)
    (1, 6.0, 0.25)
    """
    plan, draws, reached = estimate.plan, estimate.draws, estimate.reached
    waits = [task for task in plan.tasks if task.is_wait]
    if not waits:
        return None
    ahead = {task.name for task in waits if task.name not in reached.ends}
    over = [task for task in waits if task.name in reached.actual]
    days, share = 0.0, 0.0
    if ahead:
        none = np.zeros(estimate.n)
        without = {name: none if name in ahead else row for name, row in draws.by_task.items()}
        _, ends = ends_of(plan, without, reached)
        sooner = float(np.quantile(np.max(list(ends.values()), axis=0) + draws.delay, 0.5))
        end = float(np.quantile(draws.duration, 0.5))
        days = max(0.0, end - sooner)
        share = min(1.0, days / (end - reached.day)) if end > reached.day else 0.0
    return Waiting(
        n_ahead=len(ahead),
        days=days,
        share=share,
        n_over=len(over),
        taken_days=sum(reached.actual[task.name] for task in over),
        planned_days=sum(task.days.p50 for task in over),
    )
