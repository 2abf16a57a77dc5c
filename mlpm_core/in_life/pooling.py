"""How the metric of each period enters a sum of periods, so that the sum is not biased.

A prior that is added anew in every period never averages out, and a formula that bends turns the
noise of a small sample into a bias. So a share is what was counted, and periods are
pooled: until there is a hit and a miss, and where the formula bends as far as they must be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr

from mlpm_core.in_life.observation import Observation, pooled
from mlpm_core.quantity.measured import of_counts, with_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_HALF: Final = 0.5
_BIAS: Final = 0.005  # of the planned net
_APART: Final = 0.001
_ONE: Final = 1.0
_FEW: Final = 10.0
_LEAST: Final = 1e-9  # a plan of 0 or 1 says nothing of a first hit or miss


@dataclass(frozen=True, slots=True)
class Pooled:
    """What counts for a metric in one period.

    ``text`` is it in the notation of quantities. Periods with the same ``run``, the place of the
    first of them, are pooled: they share their text and their error.
    """

    text: str
    run: int


def written(
    observation: Observation,
    expected: float = _HALF,
    *,
    low: float | None = None,
    bends: bool = False,
) -> str:
    """An observation in the notation of quantities.

    Parameters
    ----------
    observation : Observation
    expected : float
        The share that is planned; it counts only where no hit, or no miss, was seen.
    low : float, optional
        The least that the metric can be.
    bends : bool
        Whether the formula bends in it, such as that of precision, which is divided by.

    Returns
    -------
    str
        A share is the Beta of its hits and misses, whose mean is the share itself, so that a sum of
        periods says what their pooled counts say. Where none was seen half a case stands for it,
        with as many of the other kind as the plan expects beside it: on 0.5 that is Jeffreys'
        prior. Where the formula bends there is at least one hit and one miss. A standard error is
        that of ``quantity.measured.with_error``.

    Examples
    --------
    >>> written(Observation(0.1, cases=50)), written(Observation(0.24, error=0.01))
    ('beta(5, 45)', 'normal(0.24, 0.01)')
    >>> written(Observation(0.0, cases=30), 0.02), written(Observation(0.24))
    ('beta(0.5, 54.5)', '0.24')
    """
    value, cases, error = observation.value, observation.cases, observation.error
    if cases:
        hits, misses = observation.hits, cases - observation.hits
        odds = expected / (1 - expected) if _LEAST < expected < 1 - _LEAST else 1.0
        if hits <= 0:
            hits, misses = _HALF, misses + _HALF / odds
        elif misses <= 0:
            hits, misses = hits + _HALF * odds, _HALF
        if bends:
            hits, misses = max(hits, _ONE), max(misses, _ONE)
        return of_counts(hits, misses)[0]
    return with_error(value, error or 0.0, low, is_share=False)[0]


def pooled_periods(
    observations: Sequence[Observation],
    days: Sequence[float],
    *,
    most_variance: float,
    most_days: float,
    expected: float = _HALF,
    low: float | None = None,
) -> list[Pooled]:
    """What counts for a metric in each period of a series.

    Parameters
    ----------
    observations : sequence of Observation
        Oldest first.
    days : sequence of float
        How long each period is.
    most_variance : float
        Periods are pooled until their variance is at most this; infinite where the formula does
        not bend in the metric: then every period with a hit and a miss stands for itself.
    most_days : float
        No more days are pooled.
    expected : float
        The share that is planned, where too few cases say it.
    low : float, optional
        The least that the metric can be.

    Returns
    -------
    list of Pooled
        One for each period. It rests on nothing later than the last period it is pooled with. The
        last run, while it is too short to say enough, is known by the periods before it too.

    Examples
    --------
    >>> weeks = [Observation(0.2, cases=10), Observation(0.4, cases=10)]
    >>> periods = pooled_periods(weeks, [7, 7], most_variance=0.015, most_days=91)
    >>> [p.run for p in periods], periods[0] == periods[1]
    ([0, 0], True)
    >>> [p.run for p in pooled_periods(weeks, [7, 7], most_variance=0.03, most_days=91)]
    [0, 1]
    """
    by_period: list[Pooled] = []
    bends = math.isfinite(most_variance)
    for start, end in _runs(observations, days, most_variance, most_days):
        part = observations[start:end]
        if end == len(observations) and _smooth_variance(pooled(part)) > most_variance:
            part = observations[_reach(observations, days, start, most_variance, most_days) :]
        text = written(pooled(part), expected, low=low, bends=bends)
        by_period += [Pooled(text, start)] * (end - start)
    return by_period


def _reach(
    observations: Sequence[Observation],
    days: Sequence[float],
    start: int,
    most: float,
    most_days: float,
) -> int:
    """How far back the last run must look, which is still too short to say enough by itself."""
    while start > 0 and sum(days[start - 1 :]) <= most_days:
        run = pooled(observations[start:])
        if _smooth_variance(run) <= most or _differ(run, observations[start - 1]):
            break
        start -= 1
    return start


def _runs(
    observations: Sequence[Observation], days: Sequence[float], most: float, most_days: float
) -> list[tuple[int, int]]:
    """From where to where periods are pooled, each end not included."""
    runs, start = [], 0
    for i in range(1, len(observations) + 1):
        run = pooled(observations[start:i])
        if i < len(observations):
            length = sum(days[start : i + 1])
            is_open = _is_one_sided(run) or _smooth_variance(run) > most
            if is_open and length <= most_days and not _differ(run, observations[i]):
                continue
        runs.append((start, i))
        start = i
    return runs


def _is_one_sided(run: Observation) -> bool:
    """Whether a share of so few cases has no hit, or no miss."""
    return bool(run.cases) and not 0 < run.hits < run.cases_


def _smooth_variance(run: Observation) -> float:
    """The variance of a run; none of no hits is not exact."""
    if not run.cases:
        return run.variance
    return run.variance_at((run.hits + _HALF) / (run.cases + 1))


def _differ(run: Observation, following: Observation) -> bool:
    """Whether the next period differs from a run by more than chance, or is of another kind."""
    if (run.cases is None) != (following.cases is None) or run.is_exact or following.is_exact:
        return True
    common = pooled([run, following]).value
    cases = min(run.cases_, following.cases_)
    if cases and min(common, 1 - common) * cases < _FEW:
        return _few_differ(run, following)
    spread = math.sqrt(run.variance_at(common) + following.variance_at(common))
    apart = abs(run.value - following.value)
    return apart > 0 and (spread == 0 or float(ndtr(-apart / spread)) < _APART / 2)


def _few_differ(run: Observation, following: Observation) -> bool:
    """The same of a few counted cases: Fisher's exact test."""
    hits, cases = round(following.hits), max(1, round(following.cases_))
    every = hits + round(run.hits), cases + max(1, round(run.cases_))
    from scipy.stats import hypergeom  # takes a second to import, see value.draws

    fewer = hypergeom.cdf(hits, every[1], every[0], cases)
    more = hypergeom.sf(hits - 1, every[1], every[0], cases)
    return float(min(fewer, more)) < _APART / 2


def largest_variance(net: Callable[[Array], Array], at: float, step: float, scale: float) -> float:
    """The variance of a metric up to which the bend of its formula biases net by 0.5 % at most.

    Parameters
    ----------
    net : callable
        Mean net a year at some levels of the metric.
    at, step : float
        Where the bend is looked at, and how far to both sides.
    scale : float
        What that is taken of: the planned net.

    Returns
    -------
    float
        Infinite where the formula does not bend, or nothing can be said.

    Notes
    -----
    An estimate with variance v, put into a formula f, is off by f'' v / 2 on average, and drawing
    from its distribution adds as much again; so |f''| v is held to 0.5 % of net.

    Examples
    --------
    >>> round(largest_variance(lambda x: 1 / x, 0.5, 0.01, 1.0), 6)
    0.000312
    >>> largest_variance(lambda x: 2 * x, 0.5, 0.1, 1.0)
    inf
    """
    low, middle, high = net(np.array([at - step, at, at + step])).tolist()
    bend = abs(high - 2 * middle + low) / step**2
    if not math.isfinite(bend) or bend * step**2 <= 1e-9 * max(abs(scale), abs(middle)):
        return math.inf
    return float(_BIAS * abs(scale) / bend)
