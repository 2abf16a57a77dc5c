"""When tasks are done: one after the other for each head of a role, each after what it waits for.

The serial schedule generation scheme with the tasks' order as priority: a task starts once all it
depends on is finished and somebody who plays its role is free (Kolisch & Hartmann 1999,
"Heuristic algorithms for the resource-constrained project scheduling problem").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.planning.project_plan import ProjectPlan, RolePlan

    Array = NDArray[np.float64]

_HAIR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the work is on a day; days are working days since the start.

    ``ends`` are the finished tasks with the day each ended, and ``actual`` the person-days they
    took, of those of which that is known. ``spent`` are the tasks that run with the person-days
    they have had, and waits with the working days they last. ``unestimated`` were finished
    without an estimate of their own, so that they teach nothing.
    """

    day: float = 0.0
    actual: Mapping[str, float] = field(default_factory=dict)
    ends: Mapping[str, float] = field(default_factory=dict)
    spent: Mapping[str, float] = field(default_factory=dict)
    unestimated: frozenset[str] = frozenset()

    @property
    def is_begun(self) -> bool:
        """Whether anything is finished or runs."""
        return bool(self.ends or self.spent)


def ends_of(
    plan: ProjectPlan, days: Mapping[str, Array], reached: Reached
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Start and end of every task in each draw, in working days since the project's start.

    Parameters
    ----------
    plan : ProjectPlan
        Its roles say how many work at once, how many person-days one does in a working day, and
        when some are absent: all heads of a role are then slower by the share that is missing.
    days : mapping of str to array of shape (n,)
        Person-days of each task in all, working days of each wait.
    reached : Reached
        What is finished stays as it is; what runs has its spent days behind it; nothing else
        starts before the day.

    Returns
    -------
    tuple of two dicts of str to array of shape (n,)
        Starts and ends; a task that is finished or runs has its start taken as the day itself or
        its end, because only what is left is planned.
    """
    n = next(iter(days.values())).size
    free = {name: _Heads(role, _n_tasks(plan, name), n, reached.day)
            for name, role in plan.roles.items()}  # fmt: skip
    starts: dict[str, Array] = {}
    ends: dict[str, Array] = {}
    # Who works on a task goes on with it before anything new is begun.
    ordered = sorted(plan.in_order, key=lambda task: task.name not in reached.spent)
    for task in ordered:
        if task.name in reached.ends:
            starts[task.name] = ends[task.name] = np.full(n, reached.ends[task.name])
    for task in ordered:
        if task.name in reached.ends:
            continue
        ready = np.full(n, reached.day)
        if task.name not in reached.spent:
            for name in task.depends_on:
                ready = np.maximum(ready, ends[name])
        left = np.maximum(0.0, days[task.name] - reached.spent.get(task.name, 0.0))
        if task.is_wait:
            starts[task.name], ends[task.name] = ready, ready + left
        else:
            pace = plan.roles[task.role].availability * plan.focus
            starts[task.name], ends[task.name] = free[task.role].work(ready, left / pace)
    return starts, ends


def _n_tasks(plan: ProjectPlan, role: str) -> int:
    return sum(task.role == role for task in plan.tasks)


class _Heads:
    """When each head of a role is free; shape (heads, n)."""

    def __init__(self, role: RolePlan, n_tasks: int, n: int, day: float) -> None:
        self._free = np.full((max(1, min(role.heads, n_tasks)), n), day)
        self._which = np.arange(n)
        self._present = _Present(role) if role.away else None

    def work(self, ready: Array, days: Array) -> tuple[Array, Array]:
        """Start and end of a task for whoever is free first."""
        if len(self._free) == 1:
            start = np.maximum(ready, self._free[0])
            self._free[0] = self._end(start, days)
            return start, self._free[0].copy()
        first = np.argmin(self._free, axis=0)
        start = np.maximum(ready, self._free[first, self._which])
        end = self._end(start, days)
        self._free[first, self._which] = end
        return start, end

    def _end(self, start: Array, days: Array) -> Array:
        return start + days if self._present is None else self._present.end(start, days)


class _Present:
    """How far work comes in time while some of a role are absent: a line with flatter pieces."""

    def __init__(self, role: RolePlan) -> None:
        edges, shares = [0.0], []
        for away in role.away:
            if away.from_day > edges[-1]:
                edges.append(away.from_day)
                shares.append(1.0)
            edges.append(away.to_day)
            shares.append(max(0.0, 1 - away.people / (role.heads * role.availability)))
        self._days, self._shares = np.array(edges), np.array([*shares, 1.0])
        self._done = np.concatenate([[0.0], np.cumsum(np.diff(self._days) * self._shares[:-1])])

    def end(self, start: Array, days: Array) -> Array:
        """When so many days of full presence are over; where nobody is there, time stands still."""
        piece = np.searchsorted(self._days, start, side="right") - 1
        done = self._done[piece] + (start - self._days[piece]) * self._shares[piece] + days
        piece = np.maximum(np.searchsorted(self._done, done - _HAIR) - 1, 0)
        with_nobody = self._shares[piece] == 0  # only at the very start: nothing is done before it
        share = np.where(with_nobody, 1.0, self._shares[piece])
        end: Array = self._days[piece] + (done - self._done[piece]) / share
        return np.maximum(start, end)
