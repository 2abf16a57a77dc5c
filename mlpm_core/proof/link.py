"""Whether a KPI moves when a metric moves, some periods later. That is no proof of anything.

Two series that both drift look alike by chance. So season, trend and the likeness of neighbours are
taken out of each, and the strongest of several lags is held against the strongest that luck makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.proof.interval import LEVEL
from mlpm_core.quantity import LARGEST_RESULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


FEWEST_PAIRS: Final = 20
"""With fewer pairs of periods at a lag nothing is said."""

_N_RESAMPLES: Final = 999
_SEED: Final = 19
_EXACT: Final = 1e-9


class LinkReason(StrEnum):
    """Why no link can be told."""

    FEW_PERIODS = "few_periods"
    ALL_EQUAL = "all_equal"


@dataclass(frozen=True, slots=True)
class Association:
    """How a metric and the KPI so many periods later go together, in [-1, 1]."""

    lag: int
    correlation: float


@dataclass(frozen=True, slots=True)
class Link:
    """An association over time, which is no proof: ``is_proof`` is always False.

    ``strongest`` is the lag with the largest correlation; ``band`` is what the largest of all lags
    stays below by luck in 95 of 100 cases, and ``p_value`` how often luck makes one as large.
    ``pairs`` are metric and KPI at that lag, each less season and trend, in their own units.
    """

    is_linked: bool
    n_pairs: int
    lags: tuple[Association, ...] = ()
    strongest: Association | None = None
    band: float | None = None
    p_value: float | None = None
    pairs: tuple[tuple[float, float], ...] = ()
    reason: LinkReason | None = None
    is_proof: bool = False


def link(
    metric: ArrayLike, kpi: ArrayLike, *, cycles: Sequence[int] = (), longest_lag: int = 4
) -> Link:
    """The lagged association of a metric and a KPI.

    Parameters
    ----------
    metric, kpi : array of shape (periods,)
        In the same equal periods, NaN where one is missing.
    cycles : sequence of int
        Periods of each season; one counts when the series holds two of it.
    longest_lag : int
        The KPI is looked at up to so many periods later.

    Raises
    ------
    InputError
        When the shapes differ, a number is infinite, or the lag is negative.

    Notes
    -----
    Each series less its season, a straight line and its own first-order autoregression (Haugh 1976)
    is correlated with the other at every lag. The band is the 95 % quantile of the largest absolute
    correlation over all lags in 999 circular block resamples of the metric, blocks of n^(1/3)
    periods, which keep what is left of its own course and cut it loose from the KPI; it is widened
    by sqrt(n / (n - k)) for the k levels that were taken out of both.

    References
    ----------
    Haugh (1976). Checking the independence of two covariance-stationary time series. JASA 71(354).
    Politis & Romano (1992). A circular block-resampling procedure for stationary data. Westfall &
    Young (1993). Resampling-based multiple testing.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> recall = rng.normal(0.8, 0.02, 60)
    >>> kpi = np.roll(recall, 2) * 100 + rng.normal(0, 1, 60)
    >>> found = link(recall, kpi)
    >>> found.is_linked, found.strongest.lag, found.is_proof
    (True, 2, False)
    """
    x, y = (np.asarray(series, dtype=float) for series in (metric, kpi))
    if x.ndim != 1 or x.shape != y.shape:
        raise InputError("A metric and a KPI need one number each for every period.")
    if max(np.nanmax(np.abs(s), initial=0.0) for s in (x, y)) > LARGEST_RESULT:
        raise InputError("A number of a series is too large to be computed with.")
    if longest_lag < 0:
        raise InputError("A KPI is looked at 0 or more periods after its metric.")
    n_pairs = int((np.isfinite(x) & np.isfinite(y)).sum())
    rest = _without_course(x, cycles), _without_course(y, cycles)
    own = [None if r is None else _without_memory(r) for r in rest]
    if own[0] is None or own[1] is None or rest[0] is None or rest[1] is None:
        is_short = min(np.isfinite(x).sum(), np.isfinite(y).sum()) < FEWEST_PAIRS
        reason = LinkReason.FEW_PERIODS if is_short else LinkReason.ALL_EQUAL
        return Link(False, n_pairs, reason=reason)
    if _fewest(own[0], own[1], longest_lag) < FEWEST_PAIRS:
        return Link(False, n_pairs, reason=LinkReason.FEW_PERIODS)
    found = _correlations(own[0][None], own[1], longest_lag)[0]
    largest = np.abs(_correlations(_resampled(own[0]), own[1], longest_lag)).max(axis=1)
    largest *= np.sqrt(len(x) / max(len(x) - _n_columns(len(x), cycles), 1))
    best = int(np.abs(found).argmax())
    p_value = float(((largest >= abs(found[best])).sum() + 1) / (_N_RESAMPLES + 1))
    lags = tuple(Association(lag, float(r)) for lag, r in enumerate(found))
    later, earlier = rest[1][best:], rest[0][: len(x) - best]
    both = np.isfinite(later) & np.isfinite(earlier)
    return Link(
        p_value <= 1 - LEVEL,
        n_pairs,
        lags,
        lags[best],
        float(np.quantile(largest, LEVEL)),
        p_value,
        tuple(zip(earlier[both].tolist(), later[both].tolist(), strict=True)),
    )


def _without_course(series: Array, cycles: Sequence[int]) -> Array | None:
    """A series less its trend and seasons; None when nothing of it is left."""
    t = np.arange(len(series))
    columns = [np.ones(len(t)), t / max(len(t), 1) - 0.5]
    for cycle in cycles:
        if len(series) >= 2 * cycle:
            columns += [(t % cycle == place) * 1.0 for place in range(1, cycle)]
    design = np.column_stack(columns)
    is_seen = np.isfinite(series)
    if is_seen.sum() <= design.shape[1]:
        return None
    fitted, *_ = np.linalg.lstsq(design[is_seen], series[is_seen])
    rest: Array = series - design @ fitted
    size = float(np.abs(series[is_seen]).max())
    return rest if np.nanmax(np.abs(rest)) > _EXACT * size else None


def _n_columns(n: int, cycles: Sequence[int]) -> int:
    """How many levels are taken out of a series: trend, seasons and memory."""
    return 3 + sum(cycle - 1 for cycle in cycles if n >= 2 * cycle)


def _without_memory(rest: Array) -> Array | None:
    """What is new in each period; one value less, NaN after a missing one."""
    both = np.isfinite(rest[1:]) & np.isfinite(rest[:-1])
    before, now = rest[:-1][both], rest[1:][both]
    if not len(before) or not np.square(before).sum():
        return None
    alike = float(np.clip((before @ now) / (before @ before), -0.99, 0.99))
    return np.asarray(rest[1:] - alike * rest[:-1])


def _fewest(x: Array, y: Array, longest_lag: int) -> int:
    """How many pairs the lag with the fewest has."""
    n = len(x)
    if n <= longest_lag:
        return 0
    seen = np.isfinite(x), np.isfinite(y)
    return min(int((seen[0][: n - lag] & seen[1][lag:]).sum()) for lag in range(longest_lag + 1))


def _resampled(x: Array) -> Array:
    """Circular blocks of a series put together anew; shape (resamples, periods)."""
    n = len(x)
    length = max(2, round(n ** (1 / 3)))
    starts = np.random.default_rng(_SEED).integers(n, size=(_N_RESAMPLES, -(-n // length)))
    at = (starts[:, :, None] + np.arange(length)).reshape(_N_RESAMPLES, -1)[:, :n] % n
    return np.asarray(x[at])


def _correlations(rows: Array, y: Array, longest_lag: int) -> Array:
    """Of each row with what comes so many periods later; shape (rows, lags)."""
    n = len(y)
    found = []
    for lag in range(longest_lag + 1):
        a, b = rows[:, : n - lag], y[lag:]
        both = np.isfinite(a) & np.isfinite(b)
        count = np.maximum(both.sum(axis=1), 1)[:, None]
        a, b = np.where(both, a, 0.0), np.where(both, b, 0.0)
        a = np.where(both, a - a.sum(axis=1)[:, None] / count, 0.0)
        b = np.where(both, b - b.sum(axis=1)[:, None] / count, 0.0)
        size = np.sqrt(np.square(a).sum(axis=1) * np.square(b).sum(axis=1))
        found.append(np.divide((a * b).sum(axis=1), size, out=np.zeros(len(a)), where=size > 0))
    return np.column_stack(found)
