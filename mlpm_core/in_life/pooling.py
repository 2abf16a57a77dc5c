"""How the metric of each period enters a sum of periods, so that the sum is not biased.

A prior that is added anew in every period never averages out, and a formula that bends turns the
noise of a small sample into a bias. So the prior is centred on what was counted so far, and periods
are pooled, but only where the formula bends and only as far as it must be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr

from mlpm_core.in_life.observation import Observation, pooled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Pooled", "largest_variance", "pooled_periods", "written"]

_HALF: Final = 0.5
_BIAS: Final = 0.005  # of the planned net
_APART: Final = 0.001
_SKEWED: Final = 1 / 3
_ONE_HIT: Final = 1.0


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
    centre: float = _HALF,
    *,
    low: float | None = None,
    bends: bool = False,
) -> str:
    """An observation in the notation of quantities.

    Parameters
    ----------
    observation : Observation
    centre : float
        The share that the prior is centred on, in (0, 1).
    low : float, optional
        The least that the metric can be.
    bends : bool
        Whether the formula bends in it, such as that of precision, which is divided by.

    Returns
    -------
    str
        A share of n cases is a Beta, whose prior has half a case on the rarer side and so many on
        the other that its mean is the centre: on a centre of 0.5 it is Jeffreys'. Where the formula
        bends there is at least one hit and one miss. What cannot be below 0, but is known with
        less than a third of its size, is lognormal, since a normal cut off at 0 has another mean;
        else a standard error makes a normal.

    Examples
    --------
    >>> written(Observation(0.1, cases=50), 0.1), written(Observation(0.24, error=0.01))
    ('beta(5.5, 49.5)', 'normal(0.24, 0.01)')
    >>> written(Observation(0.0, cases=30), 0.02), written(Observation(0.24))
    ('beta(0.5, 54.5)', '0.24')
    """
    value, cases, error = observation.value, observation.cases, observation.error
    if cases:
        rarer = min(centre, 1 - centre)
        hits = observation.hits + _HALF * centre / rarer
        misses = cases - observation.hits + _HALF * (1 - centre) / rarer
        if bends:
            hits, misses = max(hits, _ONE_HIT), max(misses, _ONE_HIT)
        return f"beta({hits:.12g}, {misses:.12g})"
    if not error:
        return repr(float(value))
    if low == 0 and value > 0 and error > _SKEWED * value:
        spread = math.log1p((error / value) ** 2)
        return f"lognormal({value * math.exp(-spread / 2):.12g}, {math.sqrt(spread):.12g})"
    return f"normal({value!r}, {error!r})"


def pooled_periods(
    observations: Sequence[Observation],
    days: Sequence[float],
    *,
    most_variance: float,
    most_days: float,
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
        not bend in the metric: then every period stands for itself.
    most_days : float
        No more days are pooled.
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
    >>> told = pooled_periods(weeks, [7, 7], most_variance=0.015, most_days=91)
    >>> [p.run for p in told], told[0] == told[1]
    ([0, 0], True)
    >>> [p.run for p in pooled_periods(weeks, [7, 7], most_variance=0.03, most_days=91)]
    [0, 1]
    """
    found: list[Pooled] = []
    hits, cases, bends = 0.0, 0.0, math.isfinite(most_variance)
    runs = _runs(observations, days, most_variance, most_days)
    for start, end in runs:
        part = observations[start:end]
        hits += math.fsum(o.hits for o in part)
        cases += math.fsum(o.cases_ for o in part)
        centre = (hits + _HALF) / (cases + 1)
        if end == len(observations) and _smooth_variance(pooled(part)) > most_variance:
            part = observations[_reach(observations, days, start, most_variance, most_days) :]
        text = written(pooled(part), centre, low=low, bends=bends)
        found += [Pooled(text, start)] * (end - start)
    return found


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
            is_open = _smooth_variance(run) > most and length <= most_days
            if is_open and not _differ(run, observations[i]):
                continue
        runs.append((start, i))
        start = i
    return runs


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
    spread = math.sqrt(run.variance_at(common) + following.variance_at(common))
    apart = abs(run.value - following.value)
    return apart > 0 and (spread == 0 or float(ndtr(-apart / spread)) < _APART / 2)


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
