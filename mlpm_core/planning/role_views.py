"""What each role has to do, and what more of it would change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.planning.schedule import ends_of

if TYPE_CHECKING:
    from mlpm_core.planning.project_result import ProjectEstimate


@dataclass(frozen=True, slots=True)
class RoleView:
    """One role: its person-days, and P80 of the duration in working days with more of it.

    ``p80_one_more`` has one more head; ``p80_full_time`` all heads with all their time, None when
    the project has all of it already. ``busy_share`` is the share of the project's duration that
    the role is at work, at even odds. Only what is left counts once work has begun.
    """

    name: str
    p50_days: float
    p80_days: float
    busy_share: float
    p80_now: float
    p80_one_more: float
    p80_full_time: float | None


def role_views(estimate: ProjectEstimate) -> tuple[RoleView, ...]:
    """Every role that a task needs, in the order of the plan.

    Notes
    -----
    A head more takes the tasks of its role that could be done at the same time; it makes no task
    shorter. With the same draws, so that the difference is no luck.
    """
    plan = estimate.plan
    needed = {task.role for task in plan.tasks if not task.is_wait}
    return tuple(_role(estimate, name) for name in plan.roles if name in needed)


def _role(estimate: ProjectEstimate, name: str) -> RoleView:
    plan, draws, reached = estimate.plan, estimate.draws, estimate.reached
    role = plan.roles[name]
    tasks = [task.name for task in plan.tasks if task.role == name and not task.is_wait]
    days = np.sum(
        [draws.by_task[t] - reached.spent.get(t, 0.0) for t in tasks if t not in reached.ends]
        or [np.zeros(estimate.n)],
        axis=0,
    )
    pace = role.heads * role.availability * plan.focus

    def p80(heads: int, availability: float) -> float:
        more = replace(role, heads=heads, availability=availability)
        changed = replace(plan, roles={**plan.roles, name: more})
        _, ends = ends_of(changed, draws.by_task, reached)
        return float(np.quantile(np.max(list(ends.values()), axis=0) + draws.delay, 0.8))

    p50_days, p80_days = (float(q) for q in np.quantile(days, (0.5, 0.8)))
    duration = float(np.quantile(draws.duration, 0.5)) - reached.day
    is_needed = len(tasks) > role.heads
    return RoleView(
        name,
        p50_days,
        p80_days,
        min(1.0, p50_days / pace / duration) if duration > 0 else 0.0,
        estimate.duration.p80,
        p80(role.heads + 1, role.availability) if is_needed else estimate.duration.p80,
        p80(role.heads, 1.0) if role.availability < 1 else None,
    )
