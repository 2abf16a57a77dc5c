"""What is a signal and what is luck: one metric over time against its own reference.

Charts of monitored metrics always move. A signal is a move that sampling, and what periods really
vary when nothing happens, would hardly make; the spread of a dozen periods alone never judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, gammaincinv, xlogy

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


N_REFERENCE: Final = 12
"""So many periods, the first ones, say what is usual."""

_BAND: Final = 2.0
_ALONE: Final = 4.0
_SLACK: Final = 0.5
_HEIGHT: Final = 8.0
_MIX_P: Final = 0.001
_MIX_PSI: Final = 0.1
_MIN_EXPECTED: Final = 5.0
_EMPTY_SHARE: Final = 1e-4


class Rule(StrEnum):
    """How a signal was found."""

    SHEWHART = "fast"
    """Two periods running more than 2 standard errors away on the same side, or one more than 4."""

    CUSUM = "slow"
    """The cumulative sum of small moves one way, z less a slack of 0.5, has passed 8."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One excursion from the reference.

    ``index`` is the period in which the rule fires, ``since`` the one in which what it saw began,
    ``until`` the last one still away (None while it goes on); all count from 0. ``direction`` is
    +1 above the reference, -1 below. ``z`` is that of the firing period, or the height of the sum.
    """

    rule: Rule
    index: int
    since: int
    direction: int
    z: float
    until: int | None = None


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A metric against its reference: its mean there, z of every period, and the signals.

    ``low`` and ``high`` are the band of 2 standard errors in which a period says nothing.
    """

    centre: float
    z: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    signals: tuple[Signal, ...]


def watched(
    values: ArrayLike,
    errors: ArrayLike,
    *,
    cases: ArrayLike | None = None,
    n_reference: int = N_REFERENCE,
    varies: bool = False,
) -> ControlChart:
    """A metric's signals.

    Parameters
    ----------
    values, errors : array of shape (n,)
        The metric and its standard error in each period, oldest first, in the metric's unit.
    cases : array of shape (n,), optional
        How many cases each period rests on. The standard error of a period is then what the
        reference's would be with as many cases: a fault often inflates its own standard error,
        and would hide behind it.
    n_reference : int
        How many of the first periods say what is usual; at least 2.
    varies : bool
        Whether periods really differ when nothing happens: ``variation`` of the reference is then
        added to the sampling error of every period.

    Returns
    -------
    ControlChart
        Each excursion once for each rule, oldest first. A fast one ends with the first of two
        periods back within 2 standard errors, a slow one when its sum is back at zero.

    Raises
    ------
    InputError
        When shapes differ, a value is no finite number, or a standard error or a number of cases
        is not above 0.
    NotEnoughDataError
        With no more periods than the reference takes.

    Notes
    -----
    z = (value - centre) / sqrt(se^2 + se_centre^2): with equal cases in all periods this is the
    sampling error times sqrt(1 + n/n_reference). Rules and limits: docs/formulas.md, where they
    cost .08 (fast) and .14 (fast or slow) false alarms in 52 weeks of no change and find a step
    of 3 standard errors within 8 weeks in 99 and 100 of 100 cases. The sum is capped at 16, so
    that after a long excursion a return is seen. With ``varies``, 52 weeks without a change cost
    .09 false alarms when periods do not vary beyond sampling and .13 to .14 when they vary .7 to
    1.3 times as much, where .35 to .86 would be; a step of 3 is found in 99 of 100 cases.

    References
    ----------
    Page (1954). Continuous inspection schemes. Biometrika 41(1/2).

    Examples
    --------
    >>> usual, later = [0.24, 0.25, 0.23, 0.24] * 3, [0.24, 0.7, 0.71, 0.24, 0.24]
    >>> chart = watched(usual + later, [0.02] * 17)
    >>> [(s.rule.value, s.index, s.direction, s.until) for s in chart.signals]
    [('fast', 13, 1, 14), ('slow', 13, 1, None)]
    """
    value, error = _checked(values, errors)
    if n_reference < 2:
        raise InputError(f"n_reference is {n_reference}; a reference takes at least 2 periods.")
    if len(value) <= n_reference:
        raise NotEnoughDataError(
            f"{len(value)} periods are too few to tell a signal from luck; "
            f"{n_reference + 1} are needed, of which {n_reference} say what is usual."
        )
    if cases is not None:
        error = _usual_errors(error, np.asarray(cases, dtype=float), n_reference)
    if varies:
        between = variation(value[:n_reference], error[:n_reference])
        error = np.sqrt(np.square(error) + between)
    centre = float(value[:n_reference].mean())
    of_centre = float(np.sqrt(np.square(error[:n_reference]).sum())) / n_reference
    spread = np.sqrt(np.square(error) + of_centre**2)
    z = (value - centre) / spread
    signals = [
        signal
        for direction in (1, -1)
        for rule in (_shewhart, _cusum)
        for signal in rule(direction * z, n_reference, direction)
    ]
    signals.sort(key=lambda s: (s.index, s.rule))
    return ControlChart(
        centre,
        tuple(z.tolist()),
        tuple((centre - _BAND * spread).tolist()),
        tuple((centre + _BAND * spread).tolist()),
        tuple(signals),
    )


def variation(values: ArrayLike, errors: ArrayLike, *, level: float = 0.7) -> float:
    """How much periods really vary, beyond what sampling does to them: a variance.

    Parameters
    ----------
    values, errors : array of shape (n,)
        A metric and its standard error in periods in which nothing is known to have happened.
    level : float
        The confidence with which the variance is at most this. A dozen periods know it badly, and
        as an estimate at the middle would be too small in every other case it is taken above that.

    Returns
    -------
    float
        0 when sampling explains it: Cochran's Q is below its own quantile of that level.

    References
    ----------
    Viechtbauer (2007). Confidence intervals for the amount of heterogeneity in meta-analysis.
    Statistics in Medicine 26(1).

    Examples
    --------
    >>> calm, wild = [0.24, 0.25, 0.23, 0.24] * 3, [0.2, 0.3, 0.1, 0.36] * 3
    >>> variation(calm, [0.02] * 12), round(variation(wild, [0.02] * 12) ** 0.5, 3)
    (0.0, 0.118)
    """
    value, error = _checked(values, errors)
    usual, goal = (2 * float(gammaincinv((len(value) - 1) / 2, q)) for q in (level, 1 - level))

    def excess(between: float) -> float:
        weights = 1 / (np.square(error) + between)
        mean = (weights * value).sum() / weights.sum()
        return float((weights * np.square(value - mean)).sum() - goal)

    if len(value) < 2 or excess(0.0) <= usual - goal:
        return 0.0
    most = float(np.square(value - value.mean()).sum() / goal)
    return float(brentq(excess, 0.0, most))


def _checked(values: ArrayLike, errors: ArrayLike) -> tuple[Array, Array]:
    value, error = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    if value.ndim != 1 or value.shape != error.shape:
        raise InputError(
            f"There are {value.size} values and {error.size} standard errors; give one of each "
            "for every period."
        )
    if not np.isfinite(value).all():
        raise InputError(f"Period {int(np.argmin(np.isfinite(value)))} has no finite value.")
    is_good = np.isfinite(error) & (error > 0)
    if not is_good.all():
        first = int(np.argmin(is_good))
        raise InputError(
            f"The standard error of period {first} is {fig(error[first]):g}; it must be above 0."
        )
    return value, error


def _usual_errors(error: Array, cases: Array, n_reference: int) -> Array:
    """The standard error that each period would have if its cases were as in the reference."""
    if cases.shape != error.shape or not (np.isfinite(cases) & (cases > 0)).all():
        raise InputError("The cases of every period are a number above 0; leave them out else.")
    of_one = float(np.median((error * np.sqrt(cases))[:n_reference]))
    return np.asarray(of_one / np.sqrt(cases))


def _shewhart(z: Array, first: int, direction: int) -> list[Signal]:
    """Excursions upwards by the fast rule."""
    signals: list[Signal] = []
    is_out, i, n = z > _BAND, first, len(z)
    while i < n:
        is_pair = bool(is_out[i] and i > first and is_out[i - 1])
        if not (is_pair or z[i] > _ALONE):
            i += 1
            continue
        since = i - 1 if is_pair else i
        later = range(i + 1, n)
        back = next((j for j in later if not is_out[j] and not is_out[min(j + 1, n - 1)]), None)
        until = None if back is None else back - 1
        signals.append(Signal(Rule.SHEWHART, i, since, direction, direction * float(z[i]), until))
        i = n if back is None else back
    return signals


def _cusum(z: Array, first: int, direction: int) -> list[Signal]:
    """Excursions upwards by the slow rule."""
    signals: list[Signal] = []
    total, since, fired = 0.0, first, None
    for i in range(first, len(z)):
        if total == 0:
            since = i
        total = min(max(0.0, total + z[i] - _SLACK), 2 * _HEIGHT)
        if fired is None and total > _HEIGHT:
            fired = Signal(Rule.CUSUM, i, since, direction, direction * total)
        elif fired is not None and total == 0:
            signals.append(_ended(fired, i - 1))
            fired = None
    return signals if fired is None else [*signals, fired]


def _ended(signal: Signal, until: int) -> Signal:
    return Signal(signal.rule, signal.index, signal.since, signal.direction, signal.z, until)


@dataclass(frozen=True, slots=True)
class MixDrift:
    """How far a mix of cases lies from the reference's, and whether luck explains it.

    ``psi`` is the size of the shift, ``g`` its test statistic, ``p_value`` the probability of one
    as large without any shift.
    """

    psi: float
    g: float
    p_value: float
    is_drift: bool


def mix_drift(reference: Sequence[float] | Array, counts: Sequence[float] | Array) -> MixDrift:
    """Whether the mix of cases has shifted.

    Parameters
    ----------
    reference, counts : array of shape (k,)
        Cases of each kind in the reference and now.

    Returns
    -------
    MixDrift
        Drift means a population stability index of at least 0.1 that luck makes in less than one
        of a thousand cases.

    Raises
    ------
    InputError
        When shapes differ or a count is no number of at least 0.
    NotEnoughDataError
        When one side has no cases.

    Notes
    -----
    PSI = sum (q - p) ln(q / p) over shares, an empty cell taken as 0.0001. G = 2 sum O ln(O / E)
    over both samples with E from the pooled margins, against chi squared with k - 1 degrees of
    freedom; kinds are pooled, rarest first, until each expects 5 cases on either side. Index bands
    without the test cry wolf on small samples.

    Examples
    --------
    >>> drift = mix_drift([880, 120], [300, 200])
    >>> round(drift.psi, 3), drift.is_drift, mix_drift([880, 120], [440, 60]).is_drift
    (0.444, True, False)
    """
    before, now = np.asarray(reference, dtype=float), np.asarray(counts, dtype=float)
    if before.ndim != 1 or before.shape != now.shape:
        raise InputError(
            f"There are {before.size} kinds in the reference and {now.size} now; give the same."
        )
    both = np.stack([before, now])
    if not (np.isfinite(both).all() and (both >= 0).all()):
        raise InputError("A count of cases is a number of at least 0.")
    if (both.sum(axis=1) == 0).any():
        raise NotEnoughDataError("A mix needs at least one case on either side.")
    shares = np.maximum(both / both.sum(axis=1, keepdims=True), _EMPTY_SHARE)
    psi = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    pooled = _pooled(both)
    expected = np.outer(pooled.sum(axis=1), pooled.sum(axis=0)) / pooled.sum()
    g = max(0.0, 2 * float(xlogy(pooled, pooled / expected).sum()))
    p_value = float(chdtrc(pooled.shape[1] - 1, g)) if pooled.shape[1] > 1 else 1.0
    return MixDrift(psi, g, p_value, p_value < _MIX_P and psi >= _MIX_PSI)


def _pooled(both: Array) -> Array:
    """Columns joined, rarest first, until each expects enough cases on either side."""
    columns = sorted((column for column in both.T if column.any()), key=lambda c: float(c.sum()))
    share = both.sum(axis=1).min() / both.sum()
    while len(columns) > 1 and columns[0].sum() * share < _MIN_EXPECTED:
        columns = sorted([columns[0] + columns[1], *columns[2:]], key=lambda c: float(c.sum()))
    return np.array(columns).T
