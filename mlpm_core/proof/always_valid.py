"""Intervals that hold however often somebody looks, for a sum that grows week by week.

An ordinary 95 % interval that is looked at every week for a year misses the truth some time in a
third of all experiments; these miss it at any time in 5 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


ALPHA: Final = 0.05
"""How often an interval may ever miss the truth."""
TUNED_WEEKS: Final = 8.0
"""The weeks after which intervals are narrowest, where nobody planned any."""


def tuning(alpha: float = ALPHA) -> float:
    """The weight of the mixture, times the information at which intervals are to be narrowest.

    Returns
    -------
    float
        -2 log(alpha) + log(-2 log(alpha)) + 1, no unit.

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024). Time-uniform central limit theory and
    asymptotic confidence sequences. Annals of Statistics 52(6), appendix B.2.

    Examples
    --------
    >>> round(tuning(), 3)
    8.782
    """
    squared = -2 * np.log(alpha)
    return float(squared + np.log(squared) + 1)


def multiple(grown: ArrayLike, alpha: float = ALPHA) -> Array:
    """How many standard errors an always-valid interval reaches to either side.

    Parameters
    ----------
    grown : array_like
        The information gathered, in units of that at which intervals are narrowest; above 0.
        It may be cases, weeks or 1 / variance, as long as it does not depend on the outcomes.
    alpha : float

    Returns
    -------
    array
        sqrt(2 (1 + 1 / r) log(sqrt(1 + r) / alpha)), r = grown x ``tuning``; infinite at 0.

    References
    ----------
    Robbins (1970). Statistical methods related to the law of the iterated logarithm. Annals of
    Mathematical Statistics 41(5). Waudby-Smith et al. (2024), as in ``tuning``, theorem 2.2.

    Examples
    --------
    >>> multiple([0.1, 1, 10]).round(2).tolist()
    [3.76, 3.04, 3.26]
    """
    weight = np.asarray(grown, dtype=float) * tuning(alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.sqrt(2 * (1 + 1 / weight) * (np.log1p(weight) / 2 - np.log(alpha)))
    return np.where(weight > 0, reach, np.inf)


def paired_multiple(n: ArrayLike, grown: ArrayLike, alpha: float = ALPHA) -> Array:
    """The same for the mean of few differences, whose spread is known from them alone.

    Parameters
    ----------
    n : array_like
        Differences so far, at least 2; they are taken as normal and independent.
    grown, alpha
        As in ``multiple``.

    Returns
    -------
    array
        In standard errors s / sqrt(n), s with n - 1 degrees of freedom: with G = 1 + r and
        K = (sqrt(G) / alpha)^(2/n), sqrt((n - 1) (K - 1) / (1 - K / G)); infinite while K >= G.

    References
    ----------
    Wang & Ramdas (2025). Anytime-valid t-tests and confidence sequences for Gaussian means with
    unknown variance. Sequential Analysis 44(1). Lai (1976). On confidence sequences. Annals of
    Statistics 4(2).

    Examples
    --------
    >>> paired_multiple([2, 5, 20, 10_000], 1).round(2).tolist()
    [inf, 6.03, 3.39, 3.04]
    """
    count = np.asarray(n, dtype=float)
    spread = 1 + np.asarray(grown, dtype=float) * tuning(alpha)
    bound = (np.sqrt(spread) / alpha) ** (2 / count)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.sqrt((count - 1) * (bound - 1) / (1 - bound / spread))
    return np.where(bound < spread, reach, np.inf)


def p_value(z: ArrayLike, grown: ArrayLike, alpha: float = ALPHA) -> Array:
    """How surprising no effect is, at whatever moment one looks.

    Parameters
    ----------
    z : array_like
        The effect in standard errors.
    grown, alpha
        As in ``multiple``; the interval leaves out 0 when this is below alpha.

    References
    ----------
    Johari, Koomen, Pekelis & Walsh (2022). Always valid inference: continuous monitoring of A/B
    tests. Operations Research 70(3).

    Examples
    --------
    >>> p_value([0, 3.04, 5], 1).round(4).tolist()
    [1.0, 0.0494, 0.0]
    """
    weight = np.asarray(grown, dtype=float) * tuning(alpha)
    log_odds = np.log1p(weight) / 2 - weight * np.square(z) / (2 * (1 + weight))
    return np.exp(np.minimum(log_odds, 0.0))
