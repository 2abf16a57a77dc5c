"""What a quick estimate says: percentiles, what they come from, and the sentences about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.planning.rounding import about, cost_in_words, days_in_words
from mlpm_core.quantity import in_percent
from mlpm_core.value.draws import DRAWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpm_core.planning.mixture import LogNormals
    from mlpm_core.planning.quick_inputs import QuickInputs

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles: ``p80`` is the figure that suffices eight times in ten."""

    p10: float
    p50: float
    p80: float
    p95: float

    @classmethod
    def of(cls, distribution: LogNormals) -> Spread:
        """The percentiles of a distribution."""
        return cls(*(distribution.quantile(p) for p in (0.1, 0.5, 0.8, 0.95)))

    @classmethod
    def of_draws(cls, draws: Array) -> Spread:
        """The percentiles of equally likely values; shape (n,), at least one."""
        return cls(*np.quantile(draws, (0.1, 0.5, 0.8, 0.95)).tolist())

    def times(self, factor: float) -> Spread:
        """The same, each multiplied."""
        return Spread(self.p10 * factor, self.p50 * factor, self.p80 * factor, self.p95 * factor)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the waterfall: what it adds to P50, and P50 after it, in person-days."""

    name: str
    label: str
    change: float
    p50: float


@dataclass(frozen=True, slots=True)
class Driver:
    """What the spread of the effort comes from.

    ``share`` is its part of the variance of the log effort, in [0, 1]; all shares sum to 1. Its
    square root is the correlation of the cause with the effort, on the log scale.
    """

    name: str
    label: str
    share: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """A factor nobody knows yet, and P80 of the effort once it is known, in person-days.

    ``median`` is what the factor multiplies by when it applies.
    """

    name: str
    label: str
    question: str
    median: float
    p80_if_no: float
    p80_if_yes: float

    @property
    def swing_days(self) -> float:
        """How far P80 moves between the two answers."""
        return self.p80_if_yes - self.p80_if_no

    @property
    def sentence(self) -> str:
        """Why to find it out."""
        no, yes = (days_in_words(days) for days in (self.p80_if_no, self.p80_if_yes))
        return f"{self.question} If no, {no} would be safe; if yes, {yes}."


@dataclass(frozen=True, slots=True)
class TwentyDayRule:
    """Whether the work is too large for one number, and what follows."""

    fires: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class AskFirst:
    """So much is open that figures would only repeat the questions.

    ``p50_if_no`` and ``p50_if_yes`` are P50 of the effort in person-days when every open question
    is answered no, and when every one is answered yes; ``fold`` is how many times that is.
    """

    n_open: int
    n_asked: int
    fold: float
    p50_if_no: float
    p50_if_yes: float
    first: str


@dataclass(frozen=True, slots=True, eq=False)
class QuickEstimate:
    """The answer: effort in person-days, cost in the currency of the inputs.

    ``effort`` and ``cost`` are those of a project that delivers; ``p_no_go`` stands beside them,
    with ``no_go``, what is spent before one knows that no usable model comes out.
    ``ask_first`` is there when too much is open for any of these figures to be shown.
    """

    inputs: QuickInputs
    effort: Spread
    cost: Spread
    p_no_go: float
    waterfall: tuple[Step, ...]
    drivers: tuple[Driver, ...]
    unknowns: tuple[Unknown, ...]
    twenty_day_rule: TwentyDayRule
    ask_first: AskFirst | None
    _distribution: LogNormals = field(repr=False)
    _one_cycle: LogNormals = field(repr=False)

    @property
    def is_promisable(self) -> bool:
        """Whether it may become a promise, a quote or a baseline."""
        is_likely = self.p_no_go <= 0.5
        return is_likely and self.ask_first is None and not self.twenty_day_rule.fires

    @property
    def no_go(self) -> Spread:
        """The effort when no usable model comes out, in person-days: every cycle was tried."""
        spread = Spread.of(self._one_cycle)
        days = np.array([spread.p10, spread.p50, spread.p80, spread.p95])
        return Spread(*self._spent_for_nothing(days).tolist())

    @property
    def effort_draws(self) -> Array:
        """Equally likely efforts in person-days, smallest first; shape (8192,), read-only."""
        return self._distribution.draws(DRAWS)

    @property
    def cost_draws(self) -> Array:
        """Equally likely costs when a usable model comes out, in the currency; shape (8192,)."""
        return self.effort_draws * self.inputs.day_rate

    @property
    def no_go_cost_draws(self) -> Array:
        """The same when none comes out: what all cycles cost up to that point; shape (8192,)."""
        return self._spent_for_nothing(self._one_cycle.draws(DRAWS)) * self.inputs.day_rate

    def _spent_for_nothing(self, one_cycle: Array) -> Array:
        """What is spent without a usable model, by the work with one cycle, in person-days."""
        stop = self.inputs.stop_point_days
        until_first = one_cycle if stop is None else np.minimum(one_cycle, stop)
        return np.asarray(until_first + self.inputs.tries.repeated * one_cycle)

    def probability_within_days(self, days: float) -> float:
        """Probability that the effort is at most so many person-days."""
        return self._distribution.cdf(days)

    def probability_within_cost(self, budget: float) -> float:
        """Probability that the cost is at most the budget, in the currency."""
        if self.inputs.day_rate == 0:
            return float(budget >= 0)
        return self._distribution.cdf(budget / self.inputs.day_rate)

    def days_at(self, probability: float) -> float:
        """The effort in person-days that suffices with a probability above 0 and below 1."""
        if not 0 < probability < 1:
            raise InputError(f"probability is {probability!r}; write one above 0 and below 1.")
        return self._distribution.quantile(probability)

    @property
    def find_out_first(self) -> Unknown | None:
        """The unknown that moves P80 most; None when every factor is known."""
        return self.unknowns[0] if self.unknowns else None

    @property
    def explanation(self) -> str:
        """The estimate in one sentence, for people who do not estimate.

        Days are told to 5, and to 1 below 10; money is the days told times the rate. What is
        promised or held in reserve is rounded up, so that the words never promise more than the
        numbers.
        """
        if self.ask_first is not None:
            return self._questions(self.ask_first)
        cycles = f"{self.inputs.max_cycles} cycle{'s' if self.inputs.max_cycles > 1 else ''}"
        spent = self._told(self.no_go.p50)
        if self.p_no_go == 1:
            chance = in_percent(self.inputs.p_success, in_words=True)
            return (
                f"No usable model can come out at a chance of {chance} per cycle: {cycles} would "
                f"spend {spent} for nothing."
            )
        share = in_percent(self.p_no_go, in_words=True)
        chance = f"the chance that no usable model comes out is {share}"
        if self.p_no_go == 0:
            return f"{self._plan()}; {chance}."
        stop = self.inputs.stop_point_days
        is_early = stop is not None and stop < self._one_cycle.quantile(0.5)
        when = "after" if is_early else "only after"
        return f"{self._plan()}; {chance}, known {when} {cycles} and {about(spent)}."

    def _plan(self) -> str:
        p50, effort = self._told(self.effort.p50), self.effort
        p80, p95 = self._told(effort.p80, up=True), self._told(effort.p95, up=True)
        if self.is_promisable:
            return f"We plan {p50}, promise {p80} and hold a reserve up to {p95}"
        if self.twenty_day_rule.fires:
            return (
                f"We expect at least {p50} and promise nothing before the work is split into tasks"
            )
        return (
            f"If a usable model comes out, it takes {p50}, or {p80} to be safe; promise nothing, "
            "because more likely than not none comes out"
        )

    def _questions(self, ask: AskFirst) -> str:
        n = f"{ask.n_open} of {ask.n_asked} questions are open"
        return (
            f"Ask first: {n}, and their answers change the plan by a factor of about "
            f"{ask.fold:.0f}, from {self._told(ask.p50_if_no)} if all are no to "
            f"{self._told(ask.p50_if_yes)} if all are yes. Begin with: {ask.first}"
        )

    def _told(self, days: float, *, up: bool = False) -> str:
        money = cost_in_words(days, self.inputs.day_rate, self.inputs.currency, up=up)
        return f"{days_in_words(days, up=up)} ({money})"
