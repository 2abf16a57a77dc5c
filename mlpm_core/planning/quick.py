"""The quick estimate: one engineer's guess, doubled, times what makes the work larger."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.planning.factors import DOCUMENTATION, FACTORS, PROBABILITY_ON, Answer, Factor
from mlpm_core.planning.mixture import LogNormals
from mlpm_core.planning.rounding import COST_STEP, DAYS_STEP, rounded
from mlpm_core.value.draws import DRAWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpm_core.planning.quick_inputs import QuickInputs

    Array = NDArray[np.float64]

__all__ = [
    "Driver", "QuickEstimate", "Spread", "Step", "TwentyDayRule", "Unknown",
    "quick_estimate",
]  # fmt: skip

_OPTIMISM: Final = 2.0
_OPTIMISM_LOG_SD: Final = 0.35
_MODELS_EXPONENT: Final = 0.7
_RAW_LIMIT_DAYS: Final = 20.0
_P50_LIMIT_DAYS: Final = 40.0
_HAIR: Final = 1 + 1e-9  # a limit that is met exactly is not passed by rounding


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles: ``p80`` is the figure that suffices eight times in ten."""

    p10: float
    p50: float
    p80: float
    p95: float


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
    """A factor nobody knows yet, and P80 of the effort once it is known, in person-days."""

    name: str
    label: str
    question: str
    p80_if_no: float
    p80_if_yes: float

    @property
    def swing_days(self) -> float:
        """How far P80 moves between the two answers."""
        return self.p80_if_yes - self.p80_if_no

    @property
    def sentence(self) -> str:
        """Why to find it out."""
        no, yes = (rounded(days, DAYS_STEP) for days in (self.p80_if_no, self.p80_if_yes))
        return f"{self.question} If no, P80 is {no:,} days; if yes, {yes:,} days."


@dataclass(frozen=True, slots=True)
class TwentyDayRule:
    """Whether the work is too large for one number, and what follows."""

    fires: bool
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class QuickEstimate:
    """The answer: effort in person-days, cost in the currency of the inputs.

    Effort and cost are those of a project that delivers; ``p_no_go`` stands beside them.
    """

    inputs: QuickInputs
    effort: Spread
    cost: Spread
    p_no_go: float
    waterfall: tuple[Step, ...]
    drivers: tuple[Driver, ...]
    unknowns: tuple[Unknown, ...]
    twenty_day_rule: TwentyDayRule
    _distribution: LogNormals = field(repr=False)

    @property
    def is_promisable(self) -> bool:
        """Whether it may become a promise, a quote or a baseline."""
        return not self.twenty_day_rule.fires

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
        """The same when none comes out: what is spent up to the stop point; shape (8192,)."""
        stop = self.inputs.stop_point_days
        efforts = self.effort_draws
        return (efforts if stop is None else np.minimum(efforts, stop)) * self.inputs.day_rate

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

        Days are told to 5 and money to 1,000. What is promised or held in reserve is rounded up,
        so that the words never promise more than the numbers.
        """
        if self.is_promisable:
            plan = (
                f"We plan for P50 = {self._told(self.effort.p50, self.cost.p50)}, "
                f"promise P80 = {self._told(self.effort.p80, self.cost.p80, up=True)}, "
                f"hold reserve to P95 = {self._told(self.effort.p95, self.cost.p95, up=True)}"
            )
        else:
            plan = (
                f"We expect at least {self._told(self.effort.p50, self.cost.p50)} and promise "
                "nothing before the work is split into tasks"
            )
        chance = f"chance that no usable model comes out {_percent(self.p_no_go)}"
        if self.p_no_go == 0:
            return f"{plan}; {chance}."
        stop = self.inputs.stop_point_days
        if stop is None or stop >= self.effort.p50:
            return f"{plan}; {chance}, known only when P50 is spent."
        days, cost = rounded(stop, DAYS_STEP), rounded(stop * self.inputs.day_rate, COST_STEP)
        return f"{plan}; {chance}, known after {days:,} days for {self.inputs.currency} {cost:,}."

    def _told(self, days: float, cost: float, *, up: bool = False) -> str:
        told_days, told_cost = rounded(days, DAYS_STEP, up=up), rounded(cost, COST_STEP, up=up)
        return f"{told_days:,} days ({self.inputs.currency} {told_cost:,})"


def quick_estimate(inputs: QuickInputs) -> QuickEstimate:
    """Effort and cost from one guess and a few answers.

    Parameters
    ----------
    inputs : QuickInputs
        The guess and the answers.

    Returns
    -------
    QuickEstimate
        Computed exactly: no seed, no noise.

    Notes
    -----
    Effort = raw * 2 * exp(0.35 z) * product of the factors that apply * n_models**0.7, with each
    factor log-normal and an unknown one applying with probability 1/2. Its logarithm is a mixture
    of normal distributions, so that no draws are needed. The waterfall keeps one order (another
    would share the same sum out differently) and has the spread of the optimism in each step, so
    that a factor that only may apply shows.

    References
    ----------
    Thompson: double what you think; complex or big data and a complex platform double it again;
    above 20 days it is a lot bigger. Other figures: planning notes, c.2 to c.5.

    Examples
    --------
    >>> from dataclasses import asdict
    >>> from mlpm_core.planning.quick_inputs import QuickInputs
    >>> no = {name: Answer.NO for name in FACTORS}
    >>> alone = quick_estimate(QuickInputs(raw_days=12, day_rate=600, p_success=0.4, **no))
    >>> {name: round(days) for name, days in asdict(alone.effort).items()}
    {'p10': 15, 'p50': 24, 'p80': 32, 'p95': 43}
    >>> alone.explanation  # doctest: +NORMALIZE_WHITESPACE
    'We plan for P50 = 25 days (EUR 14,000), promise P80 = 35 days (EUR 20,000), hold reserve to
    P95 = 45 days (EUR 26,000); chance that no usable model comes out 22 %, known only when P50 is
    spent.'
    """
    steps = _steps(inputs)
    distribution = steps[-1].distribution
    effort, rate = _spread(distribution), inputs.day_rate
    return QuickEstimate(
        inputs=inputs,
        effort=effort,
        cost=Spread(effort.p10 * rate, effort.p50 * rate, effort.p80 * rate, effort.p95 * rate),
        p_no_go=inputs.p_no_go,
        waterfall=_waterfall(inputs.raw_days, steps),
        drivers=_drivers(inputs),
        unknowns=_unknowns(inputs),
        twenty_day_rule=_twenty_day_rule(inputs.raw_days, effort.p50),
        _distribution=distribution,
    )


@dataclass(frozen=True, slots=True)
class _Reached:
    """The effort after one more cause."""

    name: str
    label: str
    distribution: LogNormals


def _causes(inputs: QuickInputs) -> list[tuple[Factor, float]]:
    """The factors that can apply, each with its probability, in the order of the waterfall."""
    causes = [
        (FACTORS[name], PROBABILITY_ON[answer])
        for name, answer in inputs.answers.items()
        if answer is not Answer.NO
    ]
    if inputs.documentation in DOCUMENTATION:
        causes.append((DOCUMENTATION[inputs.documentation], 1.0))
    return causes


def _steps(inputs: QuickInputs) -> list[_Reached]:
    so_far = LogNormals.of(inputs.raw_days, _OPTIMISM_LOG_SD)
    steps = []
    for factor, probability in _causes(inputs):
        so_far = so_far.times(factor.median, factor.log_sd, probability=probability)
        steps.append(_Reached(factor.name, factor.label, so_far))
    so_far = so_far.times(_OPTIMISM)
    steps.append(_Reached("doubled", "Doubled", so_far))
    if inputs.n_models > 1:
        so_far = so_far.times(inputs.n_models**_MODELS_EXPONENT)
        steps.append(_Reached("models", f"{inputs.n_models} models", so_far))
    return steps


def _spread(distribution: LogNormals) -> Spread:
    p10, p50, p80, p95 = (distribution.quantile(p) for p in (0.1, 0.5, 0.8, 0.95))
    return Spread(p10, p50, p80, p95)


def _waterfall(raw_days: float, steps: list[_Reached]) -> tuple[Step, ...]:
    found = [Step("raw", "Raw guess", raw_days, raw_days)]
    for step in steps:
        p50 = step.distribution.quantile(0.5)
        found.append(Step(step.name, step.label, p50 - found[-1].p50, p50))
    return tuple(found)


def _drivers(inputs: QuickInputs) -> tuple[Driver, ...]:
    variances = [("optimism", "Optimism of the guess", _OPTIMISM_LOG_SD**2)]
    for factor, p in _causes(inputs):
        log_median = math.log(factor.median)
        variance = p * factor.log_sd**2 + p * (1 - p) * log_median**2
        variances.append((factor.name, factor.label, variance))
    total = math.fsum(variance for _, _, variance in variances)
    drivers = [Driver(name, label, variance / total) for name, label, variance in variances]
    return tuple(sorted(drivers, key=lambda driver: -driver.share))


def _unknowns(inputs: QuickInputs) -> tuple[Unknown, ...]:
    found = []
    for name, answer in inputs.answers.items():
        if answer is Answer.UNKNOWN:
            no, yes = (
                _steps(replace(inputs, **{name: known}))[-1].distribution.quantile(0.8)  # type: ignore[arg-type]
                for known in (Answer.NO, Answer.YES)
            )
            factor = FACTORS[name]
            found.append(Unknown(name, factor.label, factor.question, no, yes))
    return tuple(sorted(found, key=lambda unknown: -unknown.swing_days))


def _twenty_day_rule(raw_days: float, p50: float) -> TwentyDayRule:
    reasons = []
    if raw_days > _RAW_LIMIT_DAYS:
        reasons.append("the raw guess is above 20 days")
    if p50 > _P50_LIMIT_DAYS * _HAIR:
        reasons.append("P50 is above 40 days")
    if not reasons:
        return TwentyDayRule(
            fires=False, sentence="Small enough for one person: at most 20 days raw and 40 at P50."
        )
    why = " and ".join(reasons)
    return TwentyDayRule(
        fires=True,
        sentence=(
            f'The 20-day rule applies: {why}, so read every figure as "at least". It cannot be '
            "a baseline, a promise or a quote before the work is split into tasks of 10 days or "
            "less; think of a sprint 0 or a lighthouse first."
        ),
    )


def _percent(probability: float) -> str:
    if 0 < probability < 0.005:
        return "under 1 %"
    if 0.995 < probability < 1:
        return "over 99 %"
    return f"{probability * 100:.0f} %"
