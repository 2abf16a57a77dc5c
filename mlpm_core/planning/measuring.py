"""How many weeks to count before the mean of the weeks can be relied on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri, stdtrit

from mlpm_core.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_WEEKS: Final = 5
"""Any five weeks hold every weekday and a month's end; four can miss it (2 to 29 March 2026)."""

CONFIDENCE: Final = 0.9


def weeks_to_measure(spread: float, within: float, *, confidence: float = CONFIDENCE) -> int:
    """Weeks to count so that their mean is known to a share of itself.

    Parameters
    ----------
    spread : float
        Standard deviation of weekly values over their mean, at least 0 and at most 10.
    within : float
        How far the mean of the weeks may be off, as a share of it, 0.01 to 1.
    confidence : float
        How often it must be within that, in (0, 1).

    Returns
    -------
    int
        At least ``FEWEST_WEEKS``.

    Raises
    ------
    InputError
        When a number is out of its range.

    Notes
    -----
    The smallest n with t * spread / sqrt(n) <= within, where t is the quantile of Student's
    distribution with n - 1 degrees of freedom: the spread too is only known from those weeks.
    Weeks are taken as independent; where a good week follows a good one it takes longer.

    Examples
    --------
    >>> weeks_to_measure(0.2, 0.1), weeks_to_measure(0.2, 0.2), weeks_to_measure(0.02, 0.1)
    (13, 5, 5)
    """
    if not 0 <= spread <= 10:
        raise InputError(f"spread is {spread!r}; write a share from 0 to 10.")
    if not 0.01 <= within <= 1:
        raise InputError(f"within is {within!r}; write a share from 0.01 to 1.")
    if not 0 < confidence < 1:
        raise InputError(f"confidence is {confidence!r}; write a number above 0 and below 1.")
    # Student's quantile lies above the normal one, so the answer is not below this.
    known_spread = (float(ndtri(_upper(confidence))) * spread / within) ** 2
    weeks = max(FEWEST_WEEKS, math.floor(known_spread))
    while _half_width(spread, weeks, confidence) > within:
        weeks += 1
    return weeks


@dataclass(frozen=True, slots=True)
class Measured:
    """What some weeks of counting say: their mean, and how exactly it is known.

    ``spread`` is the standard deviation over the mean, ``within`` how far the mean may be off as a
    share of it, nine times in ten; both are None for a single week, or where the mean is 0.
    """

    weeks: int
    mean: float
    spread: float | None
    within: float | None

    def weeks_left(self, within: float, *, usual_spread: float) -> int:
        """Further weeks until the mean is known to a share of itself, judged by these weeks.

        Before there are ``FEWEST_WEEKS`` the usual spread counts where it is the larger: a few
        weeks may look steady by luck.

        Raises
        ------
        InputError
            When ``within`` is out of its range.
        """
        own = self.spread if self.spread is not None else usual_spread
        spread = own if self.weeks >= FEWEST_WEEKS else max(own, usual_spread)
        return max(0, weeks_to_measure(min(spread, 10.0), within) - self.weeks)


def measured(values: Sequence[float]) -> Measured:
    """Mean of weekly values, and how exactly it is known.

    Raises
    ------
    NotEnoughDataError
        When there is no value.
    InputError
        When a value is no finite number.

    Examples
    --------
    >>> baseline = measured([20, 24, 22, 18, 26])
    >>> baseline.mean, round(baseline.spread, 4), round(baseline.within, 4)
    (22.0, 0.1437, 0.137)
    """
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.size == 0:
        raise NotEnoughDataError("There is no week yet; write at least one value.")
    if not np.isfinite(numbers).all():
        raise InputError("A weekly value is no finite number; correct it or leave the week out.")
    mean = float(numbers.mean())
    if numbers.size == 1 or mean == 0:
        return Measured(numbers.size, mean, None, None)
    spread = float(numbers.std(ddof=1)) / abs(mean)
    return Measured(numbers.size, mean, spread, _half_width(spread, numbers.size, CONFIDENCE))


def _half_width(spread: float, weeks: int, confidence: float) -> float:
    """Half the interval of the mean, as a share of it."""
    return float(stdtrit(weeks - 1, _upper(confidence))) * spread / math.sqrt(weeks)


def _upper(confidence: float) -> float:
    return (1 + confidence) / 2
