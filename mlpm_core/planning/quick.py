"""The quick estimate: one engineer's guess, doubled, times what makes the work larger."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.planning.factors import (
    DOCUMENTATION,
    FACTORS,
    MODELS_EXPONENT,
    Factor,
)
from mlpm_core.planning.mixture import LogNormals
from mlpm_core.planning.quick_result import (
    AskFirst,
    Driver,
    QuickEstimate,
    Spread,
    Step,
    TwentyDayRule,
    Unknown,
)
from mlpm_core.records import Answer

if TYPE_CHECKING:
    from mlpm_core.planning.quick_inputs import QuickInputs

ASK_FIRST_FOLD: Final = 4.0
"""The product's own: open questions that move the plan further than two doublings come first."""
OPTIMISM: Final = 2.0
"""Thompson's: double the guess."""
OPTIMISM_LOG_SD: Final = 0.35
"""The product's own."""
_CYCLES: Final = "cycles"
_RAW_LIMIT_DAYS: Final = 20.0
_P50_LIMIT_DAYS: Final = 40.0
_HAIR: Final = 1 + 1e-9  # a limit that is met exactly is not passed by rounding


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
    Effort = raw * 2 * exp(0.35 z) * product of the factors that apply * n_models**0.7
    * (1 + (cycles - 1) * loop_share * repeat_share), with each factor log-normal and an unknown
    one applying with probability 1/2, or as likely as was found; cycles are as many as it takes,
    given that one succeeds. Its logarithm is a mixture of normal distributions, so that no draws
    are needed. A project without a usable model spends all its cycles: with a stop point, the first
    up to it and the others on top. The waterfall keeps one order (another would share the same sum
    out differently) and has the spread of the optimism in each step, so that a factor that only may
    apply shows.

    References
    ----------
    Thompson, S. (2023). Managing machine learning projects. Manning: double what you think;
    complex or big data and a complex platform double it again; above 20 days it is a lot bigger.
    The spreads, the other factors and the cost of further cycles are the product's own
    (docs/formulas.md, "The quick estimate").

    Examples
    --------
    >>> from dataclasses import asdict
    >>> from mlpm_core.planning.quick_inputs import QuickInputs
    >>> no = {name: Answer.NO for name in FACTORS}
    >>> alone = quick_estimate(QuickInputs(raw_days=12, day_rate=600, p_success=1, **no))
    >>> {name: round(days) for name, days in asdict(alone.effort).items()}
    {'p10': 15, 'p50': 24, 'p80': 32, 'p95': 43}
    >>> alone.explanation  # doctest: +NORMALIZE_WHITESPACE
    'We plan 25 days (EUR 15,000), promise 35 days (EUR 21,000) and hold a reserve up to 45 days
    (EUR 27,000); the chance that no usable model comes out is 0%.'
    """
    steps = _steps(inputs)
    distribution = steps[-1].distribution
    effort = Spread.of(distribution)
    return QuickEstimate(
        inputs=inputs,
        effort=effort,
        cost=effort.times(inputs.day_rate),
        p_no_go=inputs.tries.p_no_go,
        waterfall=_waterfall(inputs.raw_days, steps),
        drivers=_drivers(inputs),
        unknowns=_unknowns(inputs),
        twenty_day_rule=_twenty_day_rule(inputs.raw_days, effort.p50),
        ask_first=_ask_first(inputs),
        _distribution=distribution,
        _one_cycle=next(s.distribution for s in reversed(steps) if s.name != _CYCLES),
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
        (FACTORS[name], probability)
        for name, probability in inputs.likely.items()
        if probability > 0
    ]
    if inputs.documentation in DOCUMENTATION:
        causes.append((DOCUMENTATION[inputs.documentation], 1.0))
    return causes


def _steps(inputs: QuickInputs) -> list[_Reached]:
    so_far = LogNormals.of(inputs.raw_days, OPTIMISM_LOG_SD)
    steps = []
    for factor, probability in _causes(inputs):
        so_far = so_far.times(factor.median, factor.log_sd, probability=probability)
        steps.append(_Reached(factor.name, factor.label, so_far))
    so_far = so_far.times(OPTIMISM)
    steps.append(_Reached("doubled", "Usual optimism", so_far))
    if inputs.n_models > 1:
        so_far = so_far.times(inputs.n_models**MODELS_EXPONENT)
        steps.append(_Reached("models", f"{inputs.n_models} models", so_far))
    if inputs.tries.shares[0] < 1:
        so_far = so_far.times_one_of(inputs.tries.sizes, inputs.tries.shares)
        steps.append(_Reached(_CYCLES, "Further cycles", so_far))
    return steps


def _waterfall(raw_days: float, steps: list[_Reached]) -> tuple[Step, ...]:
    bars = [Step("raw", "Own guess", raw_days, raw_days)]
    for step in steps:
        p50 = step.distribution.quantile(0.5)
        bars.append(Step(step.name, step.label, p50 - bars[-1].p50, p50))
    return tuple(bars)


def _drivers(inputs: QuickInputs) -> tuple[Driver, ...]:
    variances = [("optimism", "Usual optimism", OPTIMISM_LOG_SD**2)]
    for factor, p in _causes(inputs):
        log_median = math.log(factor.median)
        variance = p * factor.log_sd**2 + p * (1 - p) * log_median**2
        variances.append((factor.name, factor.label, variance))
    if inputs.tries.log_variance > 0:
        variances.append((_CYCLES, "Further cycles", inputs.tries.log_variance))
    total = math.fsum(variance for _, _, variance in variances)
    drivers = [Driver(name, label, variance / total) for name, label, variance in variances]
    return tuple(sorted(drivers, key=lambda driver: -driver.share))


def _unknowns(inputs: QuickInputs) -> tuple[Unknown, ...]:
    unknowns = []
    for name, answer in inputs.answers.items():
        if answer is Answer.UNKNOWN:
            no, yes = (
                _steps(inputs.answered([name], settled))[-1].distribution.quantile(0.8)
                for settled in (Answer.NO, Answer.YES)
            )
            factor = FACTORS[name]
            unknowns.append(Unknown(name, factor.label, factor.question, factor.median, no, yes))
    return tuple(sorted(unknowns, key=lambda unknown: -unknown.swing_days))


def _ask_first(inputs: QuickInputs) -> AskFirst | None:
    """What to ask before any figure is shown; None when little enough is open."""
    unanswered = [name for name, answer in inputs.answers.items() if answer is Answer.UNKNOWN]
    fold = math.prod(FACTORS[name].median for name in unanswered)
    if fold <= ASK_FIRST_FOLD:
        return None
    if_no, if_yes = (
        _steps(inputs.answered(unanswered, answer))[-1].distribution
        for answer in (Answer.NO, Answer.YES)
    )
    return AskFirst(
        n_open=len(unanswered),
        n_asked=len(FACTORS),
        fold=fold,
        p50_if_no=if_no.quantile(0.5),
        p50_if_yes=if_yes.quantile(0.5),
        first=FACTORS[max(unanswered, key=lambda name: FACTORS[name].median)].question,
    )


def _twenty_day_rule(raw_days: float, p50: float) -> TwentyDayRule:
    reasons = []
    if raw_days > _RAW_LIMIT_DAYS:
        reasons.append("the own guess is above 20 days")
    if p50 > _P50_LIMIT_DAYS * _HAIR:
        reasons.append("the plan is above 40 days")
    if not reasons:
        return TwentyDayRule(
            fires=False,
            sentence="Small enough for one person: at most 20 days guessed and 40 planned.",
        )
    why = " and ".join(reasons)
    return TwentyDayRule(
        fires=True,
        sentence=(
            f'Too large for one number (20-day rule): {why}. Read every figure as "at least", and '
            "use none as a baseline, a promise or a quote before the work is split into tasks of "
            "10 days or less. Think of a short first project (a sprint 0 or a lighthouse)."
        ),
    )
