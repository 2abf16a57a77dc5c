"""Grade A: what a model changed, by the cases that chance held out from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import erfc
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.proof.always_valid import TUNED_WEEKS, p_value
from mlpm_core.proof.cells import Reading
from mlpm_core.proof.grown import (
    DAYS_PER_WEEK,
    FEWEST_DAYS,
    Compared,
    Grown,
    side_by_side,
    taking_turns,
    turns,
)
from mlpm_core.proof.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray


SAMPLE_RATIO_ALPHA: Final = 0.0005
FEWEST_CASES: Final = 100
"""Cases in each group before a mean is taken as normal."""
FEWEST_HITS: Final = 5
"""Hits, and misses, that each group must expect before a share is taken as normal (Cochran)."""
FEWEST_TURNS: Final = 2
MOST_WEEKS: Final = 520


class Verdict(StrEnum):
    """What an experiment says."""

    WORKS = "works"
    DOES_NOT_WORK = "does not work"
    HARMS = "harms"
    CANNOT_TELL = "cannot tell yet"


class Doubt(StrEnum):
    """Why an experiment says nothing yet."""

    NO_HOLDOUT = "no holdout"
    NO_TREATED = "no treated"
    NEVER_SHARED = "never both in one period"
    NO_SPREAD = "no difference between cases"
    SAMPLE_RATIO = "groups not split as planned"
    TOO_SHORT = "less than two weeks"
    TOO_FEW = "too few cases"
    WIDE = "interval too wide"


@dataclass(frozen=True, slots=True)
class Look:
    """What was known when a period had ended, ``days`` into the experiment."""

    start: datetime
    days: float
    effect: Interval
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Experiment:
    """What an experiment says.

    Intervals hold the truth with 95 % however often somebody looked. ``effect`` is that of the
    model on one case, treated minus holdout, in the unit of the outcome; ``total`` that on all
    treated cases together. Both are None where ``doubt`` allows no figure.
    ``weeks_left`` is how many more weeks at this rate bring a verdict if the effect stays as it
    was measured; None when it takes more than ten years, or nothing can be said.
    ``decided_after_days`` is when the verdict was first reached. ``sample_ratio_p`` is None
    without a planned share. ``n_left_out`` periods had one group only. ``is_switchback`` says that
    the groups took turns.
    """

    verdict: Verdict
    doubt: Doubt | None
    n_treated: int
    n_holdout: int
    days: float
    n_periods: int
    n_left_out: int = 0
    effect: Interval | None = None
    total: Interval | None = None
    p: float | None = None
    weeks_left: int | None = None
    decided_after_days: float | None = None
    sample_ratio_p: float | None = None
    is_switchback: bool = False
    looks: tuple[Look, ...] = ()


def experiment(
    periods: Sequence[Compared],
    *,
    higher_is_better: bool = True,
    smallest: float | None = None,
    planned_share: float | None = None,
    tuned_weeks: float = TUNED_WEEKS,
    reading: Reading = Reading.MEAN,
) -> Experiment:
    """What an experiment says, valid however often and whenever it is read.

    Parameters
    ----------
    periods : sequence of Compared
        Without overlap. Groups are compared within each period, so that a share held out that
        changes in time is no bias; a period weighs n_t n_h / (n_t + n_h).
    smallest : float, optional
        The smallest effect worth having, above 0 whichever way is better: an effect that is surely
        smaller and may be none "does not work". Without it that is never said.
    planned_share : float, optional
        The share of cases meant to be treated, in (0, 1).
    tuned_weeks : float
        After how many weeks the interval is narrowest; fixed before the experiment.
    reading : Reading
        How the sums are read; see ``cells``.

    Returns
    -------
    Experiment
        A verdict, once reached, stays until another look reaches a different one.

    Notes
    -----
    Cases are taken as independent. Where the groups took turns (never both in one period), each
    period of one group and the next of the other make one difference, and the spread of these
    differences, not of the cases, says how exact their mean is.

    References
    ----------
    Intervals: Waudby-Smith et al. (2024), see ``always_valid``. Sample ratio: Fabijan et al.
    (2019). Diagnosing sample ratio mismatch in online controlled experiments. KDD 2019. Turns:
    Bojinov, Simchi-Levi & Zhao (2023). Design and analysis of switchback experiments. Management
    Science 69(7).

    Examples
    --------
    >>> from datetime import datetime, timedelta
    >>> from mlpm_core.proof.cells import Sums
    >>> week = timedelta(weeks=1)
    >>> found = experiment([
    ...     Compared(datetime(2026, 1, 5) + k * week, 7.0,
    ...              Sums.shares(2000, 260), Sums.shares(2000, 200)) for k in range(4)])
    >>> found.verdict.value, round(found.effect.mean, 3), round(found.total.mean)
    ('works', 0.03, 240)
    """
    ordered = sorted(periods, key=lambda p: p.start)
    is_switchback = bool(ordered) and not any(p.treated and p.holdout for p in ordered)
    pairs = turns(ordered) if is_switchback else []
    if len(pairs) < FEWEST_TURNS:  # such as all before and all after: nothing took turns
        pairs = []
    both = [p for p in ordered if p.treated and p.holdout]
    counted = [p for pair in pairs for p in pair] if is_switchback else both
    n_treated, n_holdout = _cases(counted or ordered)
    told = Experiment(
        verdict=Verdict.CANNOT_TELL,
        doubt=None,
        n_treated=n_treated,
        n_holdout=n_holdout,
        days=sum(p.days for p in counted),
        n_periods=len(counted),
        n_left_out=len(ordered) - len(counted),
        sample_ratio_p=None
        if is_switchback
        else _sample_ratio(n_treated, n_holdout, planned_share),
        is_switchback=is_switchback and bool(pairs),
    )
    doubt = _no_figure(told, ordered)
    if doubt is not None:
        return replace(told, doubt=doubt)
    grown = taking_turns(pairs, reading) if is_switchback else side_by_side(both, reading)
    if not (grown.errors[-1] > 0 and np.isfinite(grown.errors[-1])):
        return replace(told, doubt=Doubt.NO_SPREAD)
    enough = np.ones(len(grown.days), bool) if is_switchback else _enough(both)
    if not enough[-1]:
        return replace(told, doubt=Doubt.TOO_FEW)
    return _judged(told, grown, enough, 1 if higher_is_better else -1, smallest, tuned_weeks)


def _cases(periods: Sequence[Compared]) -> tuple[int, int]:
    treated = sum(p.treated.n for p in periods if p.treated)
    return treated, sum(p.holdout.n for p in periods if p.holdout)


def _sample_ratio(n_treated: int, n_holdout: int, planned_share: float | None) -> float | None:
    """How likely chance splits the cases as unevenly as they were, where it was planned."""
    if planned_share is None or not 0 < planned_share < 1 or not n_treated + n_holdout:
        return None
    n = n_treated + n_holdout
    z = (n_treated - n * planned_share) / (n * planned_share * (1 - planned_share)) ** 0.5
    return erfc(abs(z) / 2**0.5)  # chi-squared with one degree of freedom


def _no_figure(told: Experiment, ordered: Sequence[Compared]) -> Doubt | None:
    """Why there is no figure at all."""
    n_treated, n_holdout = _cases(ordered)
    if not n_treated:
        return Doubt.NO_TREATED
    if not n_holdout:
        return Doubt.NO_HOLDOUT
    if not told.n_periods:
        return Doubt.NEVER_SHARED
    if told.sample_ratio_p is not None and told.sample_ratio_p < SAMPLE_RATIO_ALPHA:
        return Doubt.SAMPLE_RATIO
    return None


def _enough(both: Sequence[Compared]) -> NDArray[np.bool_]:
    """By period, whether there were cases enough by then to take a mean as normal."""
    groups = [[s for s in (p.treated, p.holdout) if s] for p in both]
    n = np.cumsum([[s.n for s in pair] for pair in groups], axis=0)
    if not all(s.is_share for pair in groups for s in pair):
        return np.asarray(n.min(axis=1) >= FEWEST_CASES)
    hits = np.cumsum([sum(s.total for s in pair) for pair in groups])
    rate = hits / n.sum(axis=1)
    return np.asarray(n.min(axis=1) * np.minimum(rate, 1 - rate) >= FEWEST_HITS)


def _judged(
    told: Experiment,
    grown: Grown,
    enough: NDArray[np.bool_],
    sign: int,
    smallest: float | None,
    tuned_weeks: float,
) -> Experiment:
    """The figures, and the verdict that the looks came to."""
    widths, enough = grown.widths(tuned_weeks), enough & (grown.errors > 0)
    verdict, decided, looks = Verdict.CANNOT_TELL, None, []
    for start, days, effect, width, is_enough in zip(
        grown.starts, grown.days.tolist(), grown.effects.tolist(), widths.tolist(), enough,
        strict=True,
    ):  # fmt: skip
        now = Verdict.CANNOT_TELL
        if is_enough and days >= FEWEST_DAYS:
            now = _verdict(sign * effect, width, smallest)
        if now not in (Verdict.CANNOT_TELL, verdict):
            verdict, decided = now, days
        looks.append(Look(start, days, Interval(effect, effect - width, effect + width), verdict))
    effect, z = looks[-1].effect, grown.effects[-1] / grown.errors[-1]
    doubt = None
    if verdict is Verdict.CANNOT_TELL:
        doubt = Doubt.TOO_SHORT if grown.days[-1] < FEWEST_DAYS else Doubt.WIDE
    if not np.isfinite(widths[-1]):  # too few turns for any interval
        return replace(told, doubt=Doubt.TOO_FEW)
    return replace(
        told,
        verdict=verdict,
        doubt=doubt,
        effect=effect,
        total=Interval(*(told.n_treated * x for x in (effect.mean, effect.low, effect.high))),
        p=None if grown.is_paired else float(p_value(z, grown.grown(tuned_weeks)[-1])),
        weeks_left=_weeks_left(grown, smallest, tuned_weeks) if doubt else None,
        decided_after_days=decided,
        looks=tuple(look for look in looks if np.isfinite(look.effect.low)),
    )


def _verdict(gain: float, width: float, smallest: float | None) -> Verdict:
    """What one interval says; a gain is an effect in the better direction."""
    if gain > width:
        return Verdict.WORKS
    if gain < -width:
        return Verdict.HARMS
    if smallest is not None and gain + width < smallest:
        return Verdict.DOES_NOT_WORK
    return Verdict.CANNOT_TELL


def _weeks_left(grown: Grown, smallest: float | None, tuned_weeks: float) -> int | None:
    """In how many weeks a verdict comes, if the effect stays as it was measured."""
    weeks = grown.days[-1] / DAYS_PER_WEEK
    if weeks <= 0:
        return None
    ahead = np.arange(1.0, MOST_WEEKS + 1)
    clock = grown.clock[-1] * (1 + ahead / weeks)
    errors = grown.errors[-1] * np.sqrt(grown.clock[-1] / clock)
    grown_to = clock / (grown.a_week * tuned_weeks)
    widths = errors * grown.multiples(clock, grown_to)
    reached = widths < abs(grown.effects[-1])
    if smallest is not None:
        reached |= 2 * widths < smallest
    reached &= weeks + ahead >= FEWEST_DAYS / DAYS_PER_WEEK
    return int(ahead[reached.argmax()]) if reached.any() else None
