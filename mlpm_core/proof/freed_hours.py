"""Hours a model freed: measured beside implied, and where they went."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.proof.autoregression import mean_of
from mlpm_core.proof.interval import TAIL, Interval
from mlpm_core.quantity import LARGEST_RESULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from mlpm_core.proof.autoregression import Mixture

    Array = NDArray[np.float64]


FEWEST_PERIODS: Final = 8
"""With fewer measured periods the stated level was not held in simulations."""
_N_POINTS: Final = 64


class Destination(StrEnum):
    """Where freed hours went."""

    BACKLOG = "backlog"
    OVERTIME = "overtime"
    STAFFING = "staffing"
    ELSEWHERE = "elsewhere"


CASHABLE: Final = (Destination.OVERTIME, Destination.STAFFING)
"""Hours that are paid no more."""


class HoursReason(StrEnum):
    """Why nothing can be told of freed hours, or of their shares."""

    FEW_PERIODS = "few_periods"
    NO_NOISE = "no_noise"
    NONE_FREED = "none_freed"
    NOTHING_IMPLIED = "nothing_implied"


@dataclass(frozen=True, slots=True)
class FreedHours:
    """Hours freed in a period, as implied and as measured, and where they went.

    ``measured`` is the mean of the ``n_periods`` measured ones; ``realised`` is measured over
    implied. ``shares`` say which part of the measured hours went where, ``cashable`` which is paid
    no more (overtime and staffing), ``unaccounted`` which nobody can place: below 0 when more was
    placed than was freed. What is None has its ``reason``.
    """

    implied: Interval
    n_periods: int
    mean: float | None
    measured: Interval | None = None
    realised: Interval | None = None
    shares: Mapping[Destination, Interval] = field(default_factory=dict)
    cashable: Interval | None = None
    unaccounted: float | None = None
    reason: HoursReason | None = None


def freed_hours(
    freed: ArrayLike, went_to: Mapping[Destination, ArrayLike], implied: ArrayLike
) -> FreedHours:
    """Hours freed as measured and as implied, and the share that is paid no more.

    Parameters
    ----------
    freed : array of shape (periods,)
        Hours that were worked less than before, in equal periods; NaN where one is missing.
    went_to : mapping from Destination to array of shape (periods,)
        How many of them went where. A period counts when all of its numbers are there.
    implied : array of shape (draws,)
        Equally likely hours that the model was implied to free in a period.

    Raises
    ------
    InputError
        When shapes differ or a number is infinite.

    Notes
    -----
    A share is a ratio R of two means. Its interval is that of the mean of d = part - R x freed over
    the mean of freed, with errors d that resemble their neighbours by up to .9 (see
    ``regression``). It is not told where the interval of what was freed holds 0.

    References
    ----------
    Cochran (1977). Sampling techniques, 3rd ed., chapter 6: ratio estimators.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> freed = rng.normal(40, 5, 20)
    >>> overtime = 0.2 * freed + rng.normal(0, 1, 20)
    >>> hours = freed_hours(freed, {Destination.OVERTIME: overtime}, [80.0])
    >>> round(hours.realised.mean, 2), round(hours.cashable.mean, 2), round(hours.unaccounted, 2)
    (0.5, 0.2, 0.8)
    """
    rows = _rows(freed, went_to)
    draws = np.asarray(implied, dtype=float).reshape(-1)
    if not draws.size or not np.isfinite(draws).all():
        raise InputError("Implied hours are one or more finite numbers.")
    is_whole = np.isfinite(rows).all(axis=0)
    n = int(is_whole.sum())
    nothing = FreedHours(
        Interval.of_draws(draws), n, float(rows[0][is_whole].mean()) if n else None
    )
    if n < FEWEST_PERIODS:
        return _because(nothing, HoursReason.FEW_PERIODS)
    rows[:, ~is_whole] = np.nan
    measured = mean_of(rows[0])
    if measured is None:
        return _because(nothing, HoursReason.NO_NOISE)
    return _told(nothing, rows, measured, draws, list(went_to))


def _told(
    nothing: FreedHours, rows: Array, measured: Mixture, draws: Array, places: list[Destination]
) -> FreedHours:
    hours = Interval.of(measured)
    if hours.low <= 0:
        return FreedHours(
            nothing.implied, nothing.n_periods, nothing.mean, hours, reason=HoursReason.NONE_FREED
        )
    total = rows[0]
    cash = [row for row, place in zip(rows[1:], places, strict=True) if place in CASHABLE]
    placed = float(np.nanmean(rows[1:].sum(axis=0))) / float(np.nanmean(total))
    is_implied = nothing.implied.low > 0
    return FreedHours(
        nothing.implied,
        nothing.n_periods,
        nothing.mean,
        hours,
        _over(measured, draws) if is_implied else None,
        {p: _share(row, total) for p, row in zip(places, rows[1:], strict=True)},
        _share(np.sum(cash, axis=0), total) if cash else None,
        1 - placed,
        None if is_implied else HoursReason.NOTHING_IMPLIED,
    )


def _because(nothing: FreedHours, reason: HoursReason) -> FreedHours:
    return FreedHours(nothing.implied, nothing.n_periods, nothing.mean, reason=reason)


def _rows(freed: ArrayLike, went_to: Mapping[Destination, ArrayLike]) -> Array:
    """What was freed and where it went, a row each."""
    rows = [np.asarray(row, dtype=float) for row in (freed, *went_to.values())]
    if any(row.ndim != 1 or row.shape != rows[0].shape for row in rows):
        raise InputError("Freed hours and where they went need one number each for every period.")
    stacked = np.stack(rows)
    if np.nanmax(np.abs(stacked), initial=0.0) > LARGEST_RESULT:
        raise InputError("A number of hours is too large to be computed with.")
    return stacked


def _share(part: Array, total: Array) -> Interval:
    """A part of a total, as a ratio of their means."""
    whole = float(np.nanmean(total))
    ratio = float(np.nanmean(part)) / whole
    apart = mean_of(part - ratio * total)
    if apart is None:
        return Interval(ratio, ratio, ratio)
    low, high = apart.quantile(TAIL) / whole, apart.quantile(1 - TAIL) / whole
    return Interval(ratio, ratio + low, ratio + high)


def _over(measured: Mixture, draws: Array) -> Interval:
    """Measured over implied hours, all draws of which are likely above 0."""
    points = np.quantile(draws, (np.arange(_N_POINTS) + 0.5) / _N_POINTS)
    ratios = np.sort((measured.points()[:, None] / points[points > 0]).ravel())
    low, high = np.quantile(ratios, [TAIL, 1 - TAIL])
    return Interval(measured.mean / float(np.median(draws)), float(low), float(high))
