"""Draws of a project: what its tasks share, what each takes, and what follows in all.

Every quantity has draws of its own, named after it: an answer that changes moves nothing but what
it multiplies, so that two estimates with one seed differ by their difference and not by luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from mlpm_core.planning.schedule import Reached, ends_of
from mlpm_core.value.draws import own_generator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.planning.project_plan import ProjectPlan, TaskPlan

    Array = NDArray[np.float64]
    Truths = NDArray[np.bool_]
    Whole = NDArray[np.int64]


@lru_cache(maxsize=8)
def _strata(n: int) -> tuple[Array, Array]:
    """The (i + 1/2)/n quantiles of a uniform and a standard normal distribution; shapes (n,)."""
    shares = (np.arange(n) + 0.5) / n
    scores = ndtri(shares)
    for array in (shares, scores):
        array.setflags(write=False)
    return shares, scores


class Luck:
    """The draws of everything that is uncertain, each by its name and made once.

    Parameters
    ----------
    n : int
        How many draws.
    seed : int
        Which; the same seed and name give the same draws whatever else is drawn.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self._seed = seed
        self._known: dict[tuple[int | str, ...], Array] = {}

    def scores(self, *whose: str) -> Array:
        """Standard normal draws, every stratum once, in an order of their own; shape (n,)."""
        return self._shuffled(1, whose)

    def shares(self, *whose: str) -> Array:
        """Uniform draws in (0, 1), every stratum once, in an order of their own; shape (n,)."""
        return self._shuffled(0, whose)

    def _shuffled(self, kind: int, whose: tuple[str, ...]) -> Array:
        key: tuple[int | str, ...] = (kind, *whose)
        if key not in self._known:
            order = own_generator(self._seed, *whose).permutation(self.n)
            self._known[key] = _strata(self.n)[kind][order]
        return self._known[key]


@dataclass(frozen=True, slots=True, eq=False)
class Latents:
    """What the tasks of a project have in common; every array has shape (n,).

    ``is_on`` says in which draws a factor applies, ``size`` what it then multiplies by, and
    ``cycles`` how many modelling cycles it takes to a usable model.
    """

    bias: Array
    is_on: Mapping[str, Truths]
    size: Mapping[str, Array]
    cycles: Array

    @property
    def n(self) -> int:
        """How many draws."""
        return self.bias.size

    def times(self, factor: str) -> Array:
        """What a factor multiplies by in each draw: 1 where it does not apply."""
        return np.where(self.is_on[factor], self.size[factor], 1.0)

    def taken(self, which: Whole) -> Latents:
        """The draws of these numbers."""
        return Latents(
            self.bias[which],
            {name: on[which] for name, on in self.is_on.items()},
            {name: size[which] for name, size in self.size.items()},
            self.cycles[which],
        )

    def with_all_cycles(self, n_cycles: int) -> Latents:
        """The same projects when no usable model comes out: every cycle is tried."""
        return Latents(self.bias, self.is_on, self.size, np.full(self.n, float(n_cycles)))


def draw_latents(plan: ProjectPlan, luck: Luck) -> Latents:
    """What the tasks have in common, given that a usable model comes out.

    Notes
    -----
    Whether one comes out depends on nothing else, so that its chance is exact,
    (1 - p)**K, and all draws serve those that deliver: k cycles with probability in proportion to
    (1 - p)**(k - 1) p.
    """
    is_on, size = {}, {}
    for factor, answer in plan.causes:
        is_on[factor.name] = luck.shares("on", factor.name) < answer.probability
        spread = factor.log_sd * luck.scores("size", factor.name)
        size[factor.name] = factor.median * np.exp(spread)
    cycles = np.ones(luck.n)
    if plan.loop:
        upto = np.cumsum(plan.loop.shares)[:-1]
        cycles += np.searchsorted(upto, luck.shares("cycles"), side="right")
    bias = plan.bias.median * np.exp(plan.bias.log_sd * luck.scores("bias"))
    return Latents(bias, is_on, size, cycles)


class Multipliers:
    """What the tasks are multiplied by, computed once for all tasks of which the same is true.

    Parameters
    ----------
    plan, latents
        The project and its draws.
    """

    def __init__(self, plan: ProjectPlan, latents: Latents) -> None:
        self.plan = plan
        self.latents = latents
        self._known: dict[tuple[object, ...], Array] = {}

    def factors_of(self, task: TaskPlan) -> tuple[str, ...]:
        """The factors that act on a task."""
        return tuple(
            factor.name
            for factor, answer in self.plan.causes
            if self.plan.acts_on(factor, answer, task)
        )

    def of(self, task: TaskPlan) -> Array:
        """What a task is multiplied by in each draw, the common bias in it; shape (n,)."""
        if task.is_wait:
            return np.ones(self.latents.n)
        key = (self.factors_of(task), self.plan.models_times(task), task.in_loop)
        if key not in self._known:
            times = self.latents.bias * self.plan.models_times(task)
            for factor in key[0]:
                times = times * self.latents.times(factor)
            self._known[key] = times * self.cycles(task)
        return self._known[key]

    def cycles(self, task: TaskPlan) -> Array | float:
        """What the modelling loop multiplies a task by."""
        if not task.in_loop or self.plan.loop is None:
            return 1.0
        return 1 + (self.latents.cycles - 1) * self.plan.loop.repeat_share


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a project takes in each draw; shapes (n,), and ``by_task`` and ``ends`` hold one each.

    ``effort`` is in person-days with risks and delivery management in it, ``duration`` in working
    days since the start, ``cost`` in the plan's currency.
    """

    by_task: Mapping[str, Array]
    tasks_effort: Array
    risks_effort: Array
    effort: Array
    duration: Array
    cost: Array
    ends: Mapping[str, Array]
    starts: Mapping[str, Array]
    delay: Array


def base_draws(plan: ProjectPlan, luck: Luck) -> dict[str, Array]:
    """What each task would take by its own three numbers alone, by name; shapes (n,)."""
    return {task.name: task.days.at(luck.scores("task", task.name)) for task in plan.tasks}


def task_draws(plan: ProjectPlan, latents: Latents, bases: Mapping[str, Array]) -> dict[str, Array]:
    """The days of every task in each draw, by name; of a wait its working days; shapes (n,)."""
    times = Multipliers(plan, latents)
    return {task.name: bases[task.name] * times.of(task) for task in plan.tasks}


def drawn(
    plan: ProjectPlan,
    days: Mapping[str, Array],
    luck: Luck,
    *,
    is_no_go: bool = False,
    reached: Reached | None = None,
) -> Drawn:
    """What follows from the days of the tasks: effort, schedule and cost.

    Parameters
    ----------
    days : mapping of str to array of shape (n,)
        Of every task, by name.
    is_no_go : bool
        No usable model comes out: the tasks that wait for one are not done and cost nothing.
    reached : Reached, optional
        How far the work is.
    """
    skipped = plan.after_loop if is_no_go else frozenset()
    n = luck.n
    days = {name: np.zeros(n) if name in skipped else row for name, row in days.items()}
    effort, cost = np.zeros(n), np.full(n, plan.fixed_cost)
    for task in plan.tasks:
        if task.name in skipped:
            continue
        cost = cost + task.fixed_cost
        if not task.is_wait:
            effort += days[task.name]
            cost += days[task.name] * plan.roles[task.role].day_rate
    risks_effort, risks_cost, delay = _risks(plan, luck)
    all_effort = effort + risks_effort
    overhead = all_effort * plan.overhead_share
    starts, ends = ends_of(plan, days, reached or Reached())
    return Drawn(
        by_task=days,
        tasks_effort=effort,
        risks_effort=risks_effort,
        effort=all_effort + overhead,
        duration=np.max(list(ends.values()), axis=0) + delay,
        cost=cost + risks_cost + overhead * plan.overhead_rate,
        ends=ends,
        starts=starts,
        delay=delay,
    )


def risk_draws(plan: ProjectPlan, luck: Luck) -> dict[str, tuple[Truths, Array]]:
    """Whether each risk happens, and the days it then adds; shapes (n,)."""
    return {
        risk.name: (
            luck.shares("risk", risk.name) < risk.probability,
            risk.days.at(luck.scores("impact", risk.name)) if risk.days else np.zeros(luck.n),
        )
        for risk in plan.risks
    }


def _risks(plan: ProjectPlan, luck: Luck) -> tuple[Array, Array, Array]:
    """Effort, cost and delay by what goes wrong; shapes (n,)."""
    effort, cost, delay = np.zeros(luck.n), np.zeros(luck.n), np.zeros(luck.n)
    draws = risk_draws(plan, luck)
    for risk in plan.risks:
        happens, days = draws[risk.name]
        added = np.where(happens, days, 0.0)
        cost += added * risk.day_rate + happens * risk.fixed_cost
        delay += added * risk.delay_share
        if risk.day_rate > 0:
            effort += added
    return effort, cost, delay
