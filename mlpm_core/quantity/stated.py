"""Every uncertainty that a file states of a value, as one."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from scipy.optimize import brentq
from scipy.special import betaincinv, ndtri

from mlpm_core.quantity.apart import digits_apart, is_same
from mlpm_core.quantity.magnitude import MOST_COUNTED
from mlpm_core.quantity.written import fig

_LEVEL: Final = 0.95
_SUREST: Final = 0.9999
_FEWEST: Final = 1.0
_ROUNDING: Final = 0.006  # values are often written with two decimals


class Stated(NamedTuple):
    """A value with its number of cases, when it is a share, or else its standard error.

    ``cases`` need not be whole. With neither the value is taken as exact.
    """

    value: float
    cases: float | None = None
    error: float | None = None


def stated(
    value: float,
    *,
    is_share: bool,
    n: float | None = None,
    error: float | None = None,
    ratio: tuple[float | None, float | None] = (None, None),
    interval: tuple[float | None, float | None] = (None, None),
    level: float | None = None,
) -> Stated:
    """What a file states of a value, by the statement that says most about how far off it may be.

    Parameters
    ----------
    value : float
    is_share : bool
        Whether it counts hits among cases, from 0 to 1, so that their number says how exact it is.
    n : float, optional
        The cases of a share.
    error : float, optional
        Standard error; 0 states nothing.
    ratio : tuple of float
        Numerator and denominator.
    interval : tuple of float
        The ends of a confidence interval, and in ``level`` its level: .95 unless it is told, and
        .9999 if it is called certain.

    Returns
    -------
    Stated
        By the standard error; else, of a share, by numerator and denominator or by n; else by the
        interval. An interval of a share that no countable number of cases makes so narrow is a
        standard error. Statements contradict each other only in files that are refused.

    Examples
    --------
    >>> stated(0.0333, is_share=True, ratio=(1, 30))
    Stated(value=0.03333333333333333, cases=30, error=None)
    >>> stated(0.3, is_share=True, interval=(0.241, 0.366)).cases
    204
    >>> round(stated(12.0, is_share=False, interval=(10.04, 13.96)).error, 3)
    1.0
    """
    numerator, denominator = ratio
    low, high = interval
    if error:
        return Stated(value, error=error)
    if is_share and denominator and denominator >= 1:
        exact = value if numerator is None else numerator / denominator
        return Stated(exact, cases=denominator)
    if is_share and n:
        return Stated(value, cases=n)
    if low is None or high is None or not low < high:
        return Stated(value)
    sure = min(level or _LEVEL, _SUREST)
    if is_share and 0 <= value <= 1:
        cases = _cases(value, high - low, sure)
        if cases is not None:
            return Stated(value, cases=cases)
    return Stated(value, error=(high - low) / (2 * float(ndtri((1 + sure) / 2))))


def _cases(share: float, width: float, level: float) -> int | None:
    """The cases of a share whose interval is so wide: that of Beta(hits + 1, misses + 1).

    The root is searched over the logarithm of their number, since rare shares need many; None when
    more would be needed than can be counted.
    """

    def wider(log_n: float) -> float:
        n = math.exp(log_n)
        shape = share * n + 1, (1 - share) * n + 1
        tails = (1 - level) / 2, (1 + level) / 2
        low, high = (float(betaincinv(*shape, tail)) for tail in tails)
        return (high - low) / width - 1

    fewest, most = math.log(_FEWEST), math.log(MOST_COUNTED)
    if wider(fewest) <= 0:
        return 1
    if wider(most) > 0:
        return None
    return max(1, round(math.exp(brentq(wider, fewest, most))))


def _digits(value: float, *beside: float) -> int:
    return digits_apart(value, *beside, at_least=6)


def contradiction(
    value: float,
    *,
    is_share: bool,
    n: int | None = None,
    numerator: float | None = None,
    denominator: float | None = None,
    interval: tuple[float | None, float | None] = (None, None),
) -> tuple[str, str] | None:
    """The first statement that another one contradicts, and a sentence that asks which is right.

    Returns
    -------
    tuple of str or None
        The column in question and the sentence; None when all fit together.

    Examples
    --------
    >>> column, sentence = contradiction(0.3, is_share=True, n=100, denominator=30)
    >>> column, sentence
    ('n', 'n says 100 cases and the denominator 30; which of them is right?')
    """
    low, high = interval
    if denominator == 0:
        return "denominator", "The denominator is 0, so there is no ratio; leave both empty."
    if numerator is not None and denominator is None:
        return "denominator", "There is a numerator without a denominator; write both or neither."
    if numerator is not None and denominator is not None:
        ratio = numerator / denominator
        if abs(ratio - value) > max(_ROUNDING, 0.02 * abs(value)):
            return "value", (
                f"The value is {fig(value):.{_digits(value, ratio)}g}, numerator over denominator "
                f"is {fig(ratio):.{_digits(ratio, value)}g}; which of them is right?"
            )
    if is_share and n is not None and denominator is not None and n != denominator:
        return "n", (
            f"n says {fig(n):,} cases and the denominator {fig(denominator):,g}; which of them "
            "is right?"
        )
    if (low is None) != (high is None):
        empty = "ci_low" if low is None else "ci_high"
        return empty, "A confidence interval has two ends; write both or neither."
    is_end = low is not None and high is not None and (is_same(value, low) or is_same(value, high))
    if low is not None and high is not None and not (low <= value <= high or is_end):
        n_digits = _digits(value, low, high)
        return "ci_low", (
            f"The value {fig(value):.{n_digits}g} lies outside its interval, "
            f"{fig(low):.{n_digits}g} to {fig(high):.{n_digits}g}; which of them is right?"
        )
    return None
