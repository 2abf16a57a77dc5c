"""What the estimate of a project in tasks says: percentiles, where they come from, and chances."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.planning.quick_result import Spread, Unknown
from mlpm_core.planning.rounding import about, days_in_words, money_in_words
from mlpm_core.quantity import in_percent
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from mlpm_core.planning.project_plan import ProjectPlan
    from mlpm_core.planning.schedule import Reached
    from mlpm_core.planning.simulation import Drawn

    Array = NDArray[np.float64]

_TEN_DAYS: Final = 10
_TWENTY_DAYS: Final = 20


@dataclass(frozen=True, slots=True)
class EffortStep:
    """One step of the waterfall: P50 and P80 of the effort after it, in person-days.

    ``change`` is what it adds to P50. The first step is the sum of the tasks' own medians.
    """

    name: str
    label: str
    change: float
    p50: float
    p80: float


@dataclass(frozen=True, slots=True)
class RankDriver:
    """What moves the effort: its rank correlation with it (Spearman), in [-1, 1]."""

    name: str
    label: str
    correlation: float


@dataclass(frozen=True, slots=True)
class TaskSizes:
    """The 20-day rule for tasks: those above 10 days at even odds, and those above 20."""

    above_ten: tuple[str, ...]
    above_twenty: tuple[str, ...]

    @classmethod
    def of(cls, work: Iterable[tuple[str, float]]) -> TaskSizes:
        """The sizes of tasks, each by its name and its person-days at even odds.

        Examples
        --------
        >>> TaskSizes.of([("a", 10.0), ("b", 10.5), ("c", 21.0)])
        TaskSizes(above_ten=('b',), above_twenty=('c',))
        """
        every = list(work)
        return cls(
            tuple(name for name, days in every if _TEN_DAYS < days <= _TWENTY_DAYS),
            tuple(name for name, days in every if days > _TWENTY_DAYS),
        )

    @property
    def fires(self) -> bool:
        """Whether the estimate can be no baseline, no promise and no quote."""
        return bool(self.above_twenty)

    @property
    def sentence(self) -> str:
        """What follows."""
        if self.fires:
            return (
                f"Too large for three numbers (20-day rule): {', '.join(self.above_twenty)}. Split "
                "what is above 20 days before this becomes a baseline, a promise or a quote."
            )
        if self.above_ten:
            return f"Better split: {', '.join(self.above_ten)}. Tasks above 10 days hide surprises."
        return "Every task is small enough: at most 10 days at even odds."


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """When a task is done, in working days since the start."""

    name: str
    label: str
    end: Spread


@dataclass(frozen=True, slots=True)
class NoGo:
    """What is spent, and how long it takes, before one knows that no usable model comes out."""

    effort: Spread
    duration: Spread
    cost: Spread


@dataclass(frozen=True, slots=True, eq=False)
class ProjectEstimate:
    """The answer: effort in person-days, duration in working days, cost in the plan's currency.

    All three are those of a project that delivers; ``p_no_go`` and ``no_go`` stand beside them.
    ``effort_if_all`` is the effort if no task's days held a factor already, whatever was known
    when; ``raw_days`` is the sum of the tasks' own medians.
    """

    plan: ProjectPlan
    raw_days: float
    effort: Spread
    duration: Spread
    cost: Spread
    p_no_go: float
    no_go: NoGo | None
    waterfall: tuple[EffortStep, ...]
    drivers: tuple[RankDriver, ...]
    unknowns: tuple[Unknown, ...]
    sizes: TaskSizes
    effort_if_all: Spread
    is_held_back: bool
    reached: Reached
    draws: Drawn = field(repr=False)
    no_go_draws: Drawn | None = field(repr=False)
    _sorted: Mapping[str, Array] = field(repr=False)

    @property
    def n(self) -> int:
        """How many draws it rests on."""
        return self.draws.effort.size

    @property
    def is_promisable(self) -> bool:
        """Whether it may become a promise, a quote or a baseline."""
        return self.p_no_go <= 0.5 and not self.sizes.fires

    @property
    def is_finished(self) -> bool:
        """Whether every task is done, so that nothing is left to estimate."""
        return all(task.name in self.reached.ends for task in self.plan.tasks)

    def probability_within_effort(self, days: float) -> float:
        """Probability that a project that delivers takes at most so many person-days."""
        return self._share("effort", days)

    def probability_within_days(self, days: float) -> float:
        """Probability that a project that delivers is done within so many working days."""
        return self._share("duration", days)

    def probability_within_cost(self, budget: float) -> float:
        """Probability that a project that delivers costs at most the budget."""
        return self._share("cost", budget)

    def days_at(self, probability: float) -> float:
        """The working days within which a project that delivers is done with this probability."""
        return self._at("duration", probability)

    def cost_at(self, probability: float) -> float:
        """The cost that suffices with this probability for a project that delivers."""
        return self._at("cost", probability)

    def effort_at(self, probability: float) -> float:
        """The person-days that suffice with this probability for a project that delivers."""
        return self._at("effort", probability)

    def _share(self, what: str, amount: float) -> float:
        found = np.searchsorted(self._sorted[what], amount * (1 + 1e-12), side="right")
        return float(found) / self.n

    def _at(self, what: str, probability: float) -> float:
        if not 0 < probability < 1:
            raise InputError(f"probability is {probability!r}; write one above 0 and below 1.")
        return float(np.quantile(self._sorted[what], probability))

    def task_ends(self) -> tuple[TaskEnd, ...]:
        """When each task is done, the earliest at even odds first."""
        ends = [
            TaskEnd(task.name, task.label, spread_of(self.draws.ends[task.name]))
            for task in self.plan.tasks
        ]
        return tuple(sorted(ends, key=lambda task: task.end.p50))

    def done_by(self, day: float, probability: float = 0.8) -> tuple[str, ...]:
        """Names of the tasks that are done by a working day with at least this probability."""
        return tuple(
            task.name
            for task in self.plan.tasks
            if float(np.mean(self.draws.ends[task.name] <= day)) >= probability
        )

    @property
    def find_out_first(self) -> Unknown | None:
        """The unknown whose answer moves P80 most; None when every factor is known."""
        return self.unknowns[0] if self.unknowns else None

    @property
    def explanation(self) -> str:
        """The estimate in one sentence, for people who do not estimate."""
        return self.explained(may_be_promised=self.is_promisable)

    def explained(self, *, may_be_promised: bool) -> str:
        """The same, where more than the plan itself decides whether it may be promised."""
        if self.is_finished:
            took = self._told(self.effort.p50, self.cost.p50)
            n = len(self.plan.tasks)
            done = "The one task is done; it" if n == 1 else f"All {fig(n):,} tasks are done; they"
            return f"{done} took {about(took)}."
        if self.p_no_go == 1 and self.no_go:
            return (
                "No usable model can come out at this chance per cycle: the cycles would spend "
                f"{self._told(self.no_go.effort.p50, self.no_go.cost.p50)} for nothing."
            )
        chance = in_percent(self.p_no_go, in_words=True)
        tail = f"the chance that no usable model comes out is {chance}"
        if self.p_no_go > 0 and self.no_go:
            spent = self._told(self.no_go.effort.p50, self.no_go.cost.p50)
            when = days_in_words(self.no_go.duration.p50).replace("day", "working day")
            tail += f", known after {about(when)} and {spent}"
        return f"{self._plan(may_be_promised=may_be_promised)}; {tail}."

    def _plan(self, *, may_be_promised: bool) -> str:
        p50 = self._told(self.effort.p50, self.cost.p50)
        p80 = self._told(self.effort.p80, self.cost.p80, up=True)
        p95 = self._told(self.effort.p95, self.cost.p95, up=True)
        if may_be_promised and self.is_promisable:
            return f"We plan {p50}, promise {p80} and hold a reserve up to {p95}"
        if self.sizes.fires:
            return f"We expect at least {p50} and promise nothing before large tasks are split"
        if self.is_promisable:
            return f"We expect at least {p50}, or {p80} to be safe, and promise nothing yet"
        return (
            f"If a usable model comes out, it takes {p50}, or {p80} to be safe; promise nothing, "
            "because more likely than not none comes out"
        )

    def _told(self, days: float, cost: float, *, up: bool = False) -> str:
        money = money_in_words(cost, self.plan.currency, up=up)
        person_days = days_in_words(days, up=up).replace("day", "person-day")
        return f"{person_days} ({money})"


def spread_of(draws: Array) -> Spread:
    """Percentiles of draws."""
    return Spread(*(float(q) for q in np.quantile(draws, (0.1, 0.5, 0.8, 0.95))))
