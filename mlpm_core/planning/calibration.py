"""How well somebody's ranges hold: the hit rate of P10 to P90, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betaincinv, ndtri

from mlpm_core.errors import InputError
from mlpm_core.quantity import Z90

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TARGET: Final = 0.8
"""From P10 to P90 what comes out should lie 8 times in 10."""
FEWEST_ESTIMATES: Final = 10
"""The product's own: fewer closed estimates change nobody's ranges."""
WIDEST: Final = 3.0
"""The product's own: no range is made wider than that."""
_TAIL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often somebody's P10 to P90 held what came out.

    Parameters
    ----------
    n_closed : int
        Estimates whose work is done.
    n_below, n_hit, n_above : int
        Work that took less than the P10, something between, and more than the P90.
    median_ratio : float or None
        Median of what it took over the P50; None without a closed estimate.
    low, high : float or None
        Where the true hit rate lies 9 times in 10 (Clopper & Pearson); None without a closed
        estimate.
    widening : float
        By how much both sides of every range are to be stretched, on the logarithm: 1 leaves
        them. It is 1 until there are ten closed estimates.
    """

    n_closed: int
    n_below: int
    n_hit: int
    n_above: int
    median_ratio: float | None
    low: float | None
    high: float | None
    widening: float

    @property
    def hit_rate(self) -> float | None:
        """Share of closed estimates that held; None without any."""
        return self.n_hit / self.n_closed if self.n_closed else None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough closed estimates to change a range by."""
        return self.n_closed >= FEWEST_ESTIMATES


def widening(hit_rate: float) -> float:
    """By how much ranges with that hit rate must be stretched to hold 8 times in 10.

    Parameters
    ----------
    hit_rate : float
        Share of P10 to P90 ranges that held, 0 to 1.

    Returns
    -------
    float
        1.2816 / z((1 + h) / 2), from 1 (never narrower) to 3. A normal range that holds a share h
        reaches z((1 + h) / 2) standard deviations to each side, one that holds .8 reaches 1.2816.

    Examples
    --------
    >>> [round(widening(h), 2) for h in (1.0, 0.8, 0.6, 0.5, 0.0)]
    [1.0, 1.0, 1.52, 1.9, 3.0]
    """
    reached = float(ndtri((1 + hit_rate) / 2))
    return min(WIDEST, max(1.0, Z90 / reached)) if reached > 0 else WIDEST


def estimator_calibration(
    p10: ArrayLike, p50: ArrayLike, p90: ArrayLike, actual: ArrayLike
) -> Calibration:
    """Hold ranges against what came out.

    Parameters
    ----------
    p10, p50, p90, actual : array of shape (n,)
        The three numbers and what the work took, all in person-days, of one estimator.

    Returns
    -------
    Calibration
        What lies on an end of its range is held by it.

    Raises
    ------
    InputError
        When shapes differ, a number is negative or not finite, or a P10 is above its P90.

    References
    ----------
    Hubbard, D. (2014). How to measure anything. Wiley: ranges are held against what came out.
    Clopper, C. & Pearson, E. (1934), Biometrika 26(4): the interval. The stretching, and from how
    many estimates on, is the product's own.

    Examples
    --------
    >>> held = estimator_calibration([2] * 10, [4] * 10, [8] * 10, [5] * 6 + [9] * 4)
    >>> held.hit_rate, held.n_above, held.median_ratio, round(held.widening, 2)
    (0.6, 4, 1.25, 1.52)
    """
    lows, middles, highs, taken = (
        np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (p10, p50, p90, actual)
    )
    if not lows.shape == middles.shape == highs.shape == taken.shape:
        raise InputError("Each estimate needs its three numbers and what the work took.")
    everything = np.concatenate([lows, middles, highs, taken])
    if not np.isfinite(everything).all() or (everything < 0).any():
        raise InputError("Days of an estimate must be finite numbers of at least 0.")
    if (lows > highs).any():
        raise InputError("A P10 is above its P90; exchange the two.")
    n, n_below = taken.size, int((taken < lows).sum())
    n_above = int((taken > highs).sum())
    n_hit = n - n_below - n_above
    with_middle = middles > 0
    ratios = taken[with_middle] / middles[with_middle]
    low, high = _interval(n_hit, n) if n else (None, None)
    return Calibration(
        n_closed=n,
        n_below=n_below,
        n_hit=n_hit,
        n_above=n_above,
        median_ratio=float(np.median(ratios)) if ratios.size else None,
        low=low,
        high=high,
        widening=widening(n_hit / n) if n >= FEWEST_ESTIMATES else 1.0,
    )


def _interval(hits: int, n: int) -> tuple[float, float]:
    """Where a share lies 9 times in 10, and hardly ever less often."""
    low = float(betaincinv(hits, n - hits + 1, _TAIL)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1 - _TAIL)) if hits < n else 1.0
    return low, high


def is_off_target(calibration: Calibration) -> bool:
    """Whether luck hardly explains that the ranges hold so rarely, or so often.

    Examples
    --------
    >>> is_off_target(estimator_calibration([2] * 10, [4] * 10, [8] * 10, [5] * 7 + [9] * 3))
    False
    """
    low, high = calibration.low, calibration.high
    return low is not None and high is not None and not low <= TARGET <= high
