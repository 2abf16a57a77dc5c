"""Every uncertainty that a file states of a metric, as one measured value."""

from __future__ import annotations

from typing import Final

from scipy.optimize import brentq
from scipy.special import betaincinv, ndtri

from mlpm_core.evaluation.candidate import Measured

__all__ = ["contradiction", "stated"]

_LEVEL: Final = 0.95
_SUREST: Final = 0.9999
_FEWEST: Final = 1.0
_MOST: Final = 1e9
_ROUNDING: Final = 0.006  # values are often written with two decimals


def stated(
    value: float,
    *,
    is_share: bool,
    n: int | None = None,
    standard_error: float | None = None,
    numerator: float | None = None,
    denominator: float | None = None,
    ci: tuple[float | None, float | None] = (None, None),
    ci_level: float | None = None,
) -> Measured:
    """What was measured, by the statement that says most about how far off it may be.

    Parameters
    ----------
    value : float
    is_share : bool
        Whether it is a share of cases, so that a number of cases says how exact it is.
    n, standard_error, numerator, denominator : optional
        As stated; 0 as a standard error states nothing.
    ci : tuple of float
        The ends of a confidence interval, and in ``ci_level`` its level, .95 if nothing is said.

    Returns
    -------
    Measured
        By the standard error; else, of a share, by numerator and denominator or by n; else by the
        interval. With nothing stated it is exact.

    Examples
    --------
    >>> stated(0.0333, is_share=True, numerator=1, denominator=30)
    Measured(value=0.03333333333333333, n=30, standard_error=None)
    >>> stated(0.3, is_share=True, ci=(0.241, 0.366)).n
    204
    >>> round(stated(12.0, is_share=False, ci=(10.04, 13.96)).standard_error, 3)
    1.0
    """
    low, high = ci
    if standard_error:
        return Measured(value, n, standard_error)
    if is_share and denominator and denominator >= 1:
        share = value if numerator is None else numerator / denominator
        return Measured(share, round(denominator))
    if is_share and n:
        return Measured(value, n)
    if low is None or high is None or not low < high:
        return Measured(value, n)
    level = min(ci_level or _LEVEL, _SUREST)
    if is_share and 0 <= value <= 1:
        return Measured(value, _cases(value, high - low, level))
    return Measured(value, n, (high - low) / (2 * float(ndtri((1 + level) / 2))))


def _cases(share: float, width: float, level: float) -> int:
    """The cases of a share whose interval is so wide: that of Beta(hits + 1, misses + 1)."""

    def wider(n: float) -> float:
        shape = share * n + 1, (1 - share) * n + 1
        tails = (1 - level) / 2, (1 + level) / 2
        low, high = (float(betaincinv(*shape, tail)) for tail in tails)
        return high - low - width

    if wider(_FEWEST) <= 0:
        return 1
    if wider(_MOST) >= 0:
        return int(_MOST)
    return max(1, round(brentq(wider, _FEWEST, _MOST)))


def contradiction(
    value: float,
    *,
    is_share: bool,
    n: int | None = None,
    numerator: float | None = None,
    denominator: float | None = None,
    ci: tuple[float | None, float | None] = (None, None),
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
    low, high = ci
    if denominator == 0:
        return "denominator", "The denominator is 0, so there is no ratio; leave both empty."
    if numerator is not None and denominator is None:
        return "denominator", "There is a numerator without a denominator; write both or neither."
    if numerator is not None and denominator is not None:
        ratio = numerator / denominator
        if abs(ratio - value) > max(_ROUNDING, 0.02 * abs(value)):
            return "value", (
                f"The value is {value:g}, numerator over denominator is {ratio:g}; "
                "which of them is right?"
            )
    if is_share and n is not None and denominator is not None and n != denominator:
        return "n", (
            f"n says {n:,} cases and the denominator {denominator:,g}; which of them is right?"
        )
    if (low is None) != (high is None):
        empty = "ci_low" if low is None else "ci_high"
        return empty, "A confidence interval has two ends; write both or neither."
    if low is not None and high is not None and not low <= value <= high:
        return "ci_low", (
            f"The value {value:g} lies outside its interval, {low:g} to {high:g}; "
            "which of them is right?"
        )
    return None
