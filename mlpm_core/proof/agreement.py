"""Whether a KPI moved as the model implies: its measured change beside the implied one."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri

from mlpm_core.errors import InputError
from mlpm_core.proof.autoregression import (
    Mixture,
    Undetermined,
    normal_points,
    regression,
    standard_error,
)
from mlpm_core.proof.interval import LEVEL, Interval
from mlpm_core.quantity import LARGEST_RESULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from mlpm_core.proof.autoregression import Regression

    Array = NDArray[np.float64]


FEWEST_BEFORE: Final = 8
FEWEST_AFTER: Final = 4
"""With fewer measured periods the stated level was not held in simulations, so nothing is said."""

_LONGEST_CYCLE: Final = 53
_N_POINTS: Final = 16
_SPARE: Final = 5
_POWER: Final = 0.8


class Verdict(StrEnum):
    """What the measured series says of the implied change."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    CANNOT_TELL = "cannot_tell"


class Reason(StrEnum):
    """Why nothing can be told."""

    NO_BEFORE = "no_before"
    FEW_BEFORE = "few_before"
    FEW_AFTER = "few_after"
    UNEQUAL_PERIODS = "unequal_periods"
    ALL_EQUAL = "all_equal"
    NO_NOISE = "no_noise"
    SEASON_UNSEEN = "season_unseen"
    NOTHING_IMPLIED = "nothing_implied"
    TOO_NOISY = "too_noisy"
    OTHER_CASES = "other_cases"


class Side(StrEnum):
    """Where the measured change lies when it contradicts the implied one."""

    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The measured change of a KPI beside the implied one, in the KPI's unit.

    ``measured`` is the mean after the model went live less the mean before, season (``cycles``)
    and trend taken out; ``difference`` is measured less implied. Both are None
    when ``reason`` says why. ``mean_before`` and ``mean_after`` are plain means of the ``n_before``
    and ``n_after`` measured periods. ``noise_sd`` is how far periods scatter and
    ``autocorrelation`` how much neighbours resemble each other, in (-1, 1); ``rise`` is how far the
    trend that was taken out rises over the whole series. ``more_periods`` is how
    many more after today would make a change as large as implied show in 8 of 10 cases, None when
    more than ``horizon`` or when that cannot be said.
    """

    verdict: Verdict
    implied: Interval
    n_before: int
    n_after: int
    horizon: int
    reason: Reason | None = None
    measured: Interval | None = None
    difference: Interval | None = None
    side: Side | None = None
    mean_before: float | None = None
    mean_after: float | None = None
    noise_sd: float | None = None
    autocorrelation: float | None = None
    rise: float | None = None
    cycles: tuple[int, ...] = ()
    more_periods: int | None = None


def implied_change(mean: float, sd: float) -> Array:
    """Equally likely changes with this mean and standard deviation, for a normal one.

    Examples
    --------
    >>> change = implied_change(3.0, 0.5)
    >>> round(float(change.mean()), 9), round(float(change.std()), 9)
    (3.0, 0.5)
    """
    if not (math.isfinite(mean) and math.isfinite(sd) and sd >= 0):
        raise InputError(
            "An implied change has a finite mean and a standard deviation of 0 or more."
        )
    return normal_points(mean, sd) if sd else np.array([mean])


def agreement(
    before: ArrayLike,
    after: ArrayLike,
    implied: ArrayLike,
    *,
    cycles: Sequence[int],
    higher_is_better: bool = True,
    horizon: int = 52,
) -> Agreement:
    """The measured change since the model went live, beside the change it implies.

    Parameters
    ----------
    before, after : array of shape (periods,)
        The KPI as measured, in equal periods that follow each other; NaN where one is missing. The
        period in which the model went live belongs to neither and is a NaN at the end of
        ``before``.
    implied : array of shape (draws,) or (periods after, draws)
        Equally likely changes of the KPI for one period, in its unit, a fall negative; with a row
        for each period after, the measured ones are averaged.
    cycles : sequence of int
        Periods of each season that the KPI may have, from 2 to 53: (52,) for weeks of a year, (12,)
        for months. Empty only where somebody says that it has none.
    higher_is_better : bool
    horizon : int
        Periods of a year: what takes longer is told as never.

    Raises
    ------
    InputError
        When a value is infinite or nothing implied is given.

    Notes
    -----
    The level before and after, a level for each place in the season, a trend and an autoregressive
    error are estimated together (see ``regression``), so that what is not known of one widens the
    interval of the other. A season asks for five measured periods more than its length.
    *Contradicts*: the interval of the difference does not hold 0. *Supports*: it does, and that of
    the measured change does not and lies on the implied side.

    References
    ----------
    Box & Tiao (1975). Intervention analysis with applications to economic and environmental
    problems. JASA 70(349).

    Examples
    --------
    >>> rng = np.random.default_rng(4)
    >>> old, new = rng.normal(100, 2, 30), rng.normal(104, 2, 20)
    >>> seen = agreement(old, new, implied_change(4, 1), cycles=())
    >>> seen.verdict.value, round(seen.measured.mean, 1)
    ('supports', 4.6)
    >>> agreement([1, 2, 3], [4, 5], [1.0], cycles=()).reason.value
    'few_before'
    """
    if not all(2 <= cycle <= _LONGEST_CYCLE for cycle in cycles):
        raise InputError(f"A season lasts from 2 to {_LONGEST_CYCLE} periods.")
    old, new = _series(before), _series(after)
    change = _implied(implied, new)
    n_before, n_after = int(np.isfinite(old).sum()), int(np.isfinite(new).sum())
    nothing = Agreement(
        Verdict.CANNOT_TELL,
        Interval.of_draws(change),
        n_before,
        n_after,
        horizon,
        mean_before=float(np.nanmean(old)) if n_before else None,
        mean_after=float(np.nanmean(new)) if n_after else None,
        cycles=tuple(cycles),
    )
    model = _Model(len(old), len(new), tuple(cycles))
    reason = _reason(old, new, model)
    if reason is not None:
        more = _until_enough(nothing, reason, model.columns().shape[1])
        return replace(nothing, reason=reason, more_periods=more)
    series = np.concatenate([old, new])
    fit = regression(series, model.after(), model.columns(), trend=True, is_cautious=True)
    if isinstance(fit, Undetermined):
        is_exact = fit is Undetermined.NO_NOISE
        return replace(nothing, reason=Reason.NO_NOISE if is_exact else Reason.SEASON_UNSEEN)
    return _judged(nothing, fit, change, model, higher_is_better=higher_is_better)


@dataclass(frozen=True, slots=True)
class _Model:
    """What a series is made of beside its noise and its trend."""

    n_before: int
    n_after: int
    cycles: tuple[int, ...]

    def after(self, more: int = 0) -> Array:
        """1 for the periods after; shape (periods,)."""
        is_after = np.arange(self.n_before + self.n_after + more) >= self.n_before
        return is_after.astype(np.float64)

    def columns(self, more: int = 0) -> Array:
        """A constant and the places in each season; shape (periods, columns)."""
        t = np.arange(self.n_before + self.n_after + more)
        columns = [np.ones(len(t))]
        for cycle in self.cycles:
            columns += [(t % cycle == place) * 1.0 for place in range(1, cycle)]
        return np.column_stack(columns)


def _judged(
    nothing: Agreement, fit: Regression, change: Array, model: _Model, *, higher_is_better: bool
) -> Agreement:
    measured = Interval.of(fit.coefficient)
    difference = _difference(fit.coefficient, change)
    told = replace(
        nothing,
        measured=measured,
        difference=difference,
        noise_sd=fit.noise_sd,
        autocorrelation=fit.autocorrelation,
        rise=fit.rise,
    )
    if difference.excludes(0.0):
        is_better = (difference.mean > 0) == higher_is_better
        side = Side.BETTER if is_better else Side.WORSE
        return replace(told, verdict=Verdict.CONTRADICTS, side=side)
    implied = told.implied.mean
    if measured.excludes(0.0) and measured.mean * implied > 0:
        return replace(told, verdict=Verdict.SUPPORTS)
    if implied == 0.0:
        return replace(told, reason=Reason.NOTHING_IMPLIED)
    more = _more_periods(fit, model, measured, abs(implied), told.horizon)
    return replace(told, reason=Reason.TOO_NOISY, more_periods=more)


def _series(values: ArrayLike) -> Array:
    """A series with NaN where a period is missing."""
    series = np.asarray(values, dtype=float)
    if series.ndim != 1:
        raise InputError("A measured series is one row of numbers, one for each period.")
    if np.nanmax(np.abs(series), initial=0.0) > LARGEST_RESULT:
        raise InputError("A measured value is too large to be computed with.")
    return series


def _implied(implied: ArrayLike, after: Array) -> Array:
    """Draws of the implied change, over the measured periods after."""
    draws = np.asarray(implied, dtype=float)
    if not draws.size or not np.isfinite(draws).all() or draws.ndim > 2:
        raise InputError("An implied change is one or more finite numbers.")
    if draws.ndim < 2:
        return np.array(draws.reshape(-1), dtype=np.float64)
    if len(draws) != len(after):
        raise InputError(
            f"There are implied changes of {len(draws)} periods and measured values of "
            f"{len(after)}; give one row for each period after."
        )
    is_seen = np.isfinite(after)
    rows: Array = draws[is_seen] if is_seen.any() else draws
    return np.asarray(rows.mean(axis=0), dtype=float)


def _difference(measured: Mixture, change: Array) -> Interval:
    """Measured less implied, the two independent of each other."""
    points = change
    if len(change) > _N_POINTS:  # equally likely points with the mean and spread of all draws
        points = np.quantile(change, (np.arange(_N_POINTS) + 0.5) / _N_POINTS)
        spread = points.std()
        points = change.mean() + (points - points.mean()) * (change.std() / spread if spread else 0)
    n = len(points)
    return Interval.of(
        Mixture(
            np.tile(measured.weights / n, n),
            (measured.centres - points[:, None]).ravel(),
            np.tile(measured.scales, n),
            measured.df,
        )
    )


def _reason(old: Array, new: Array, model: _Model) -> Reason | None:
    """Why nothing can be told, before anything is computed."""
    seen_before, seen_after = old[np.isfinite(old)], new[np.isfinite(new)]
    n = len(seen_before) + len(seen_after)
    if not len(seen_before):
        return Reason.NO_BEFORE
    if len(seen_before) < FEWEST_BEFORE:
        return Reason.FEW_BEFORE
    if len(seen_after) < FEWEST_AFTER:
        return Reason.FEW_AFTER
    if (seen_before == seen_before[0]).all():
        return Reason.ALL_EQUAL
    if model.cycles and n < model.columns().shape[1] + 1 + _SPARE:
        return Reason.SEASON_UNSEEN
    return None


def _until_enough(nothing: Agreement, reason: Reason, n_columns: int) -> int | None:
    """How many more periods until anything can be told; what lacks before never comes."""
    if reason is Reason.FEW_AFTER:
        return FEWEST_AFTER - nothing.n_after
    if reason is Reason.SEASON_UNSEEN:
        more = n_columns + 1 + _SPARE - nothing.n_before - nothing.n_after
        return more if more <= nothing.horizon else None
    return None


def _more_periods(
    fit: Regression, model: _Model, measured: Interval, change: float, horizon: int
) -> int | None:
    """How many more periods until a change of this size is seen 8 times in 10."""
    sure = float(ndtri((1 + LEVEL) / 2))

    def error(more: int) -> float:
        after, columns = model.after(more), model.columns(more)
        return standard_error(after, columns, fit.autocorrelation, fit.noise_sd)

    # what trend and likeness of neighbours leave open today stays in proportion
    wider = (measured.high - measured.low) / (2 * sure * error(0))
    enough = change / (sure + float(ndtri(_POWER))) / wider
    if error(horizon) > enough:
        return None
    return bisect_left(range(1, horizon + 1), True, key=lambda more: error(more) <= enough) + 1
