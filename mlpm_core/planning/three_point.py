"""Three numbers for one piece of work, and the distribution that hits all three exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from mlpm_core.errors import InputError
from mlpm_core.quantity import Z90
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_MOST_DAYS: Final = 100_000.0
_LOG_ROOT_2_PI: Final = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True, slots=True)
class ThreePoint:
    """Days that are enough 1, 5 and 9 times in 10; all three are 0 for a milestone.

    Raises
    ------
    InputError
        When they do not rise, or one is no number above 0 (unless all are 0).

    Notes
    -----
    Two-piece log-normal: days = p50 * exp(s z), z standard normal, with s = ln(p50/p10)/1.28155
    below the median and s = ln(p90/p50)/1.28155 above it. Asked are percentiles and not the least
    and the most, because what people give as extremes are none (Alpert & Raiffa 1982, "A progress
    report on the training of probability assessors").

    Examples
    --------
    >>> days = ThreePoint(2, 4, 8)
    >>> days.at(np.array([-Z90, 0.0, Z90])).round(9).tolist()
    [2.0, 4.0, 8.0]
    """

    p10: float
    p50: float
    p90: float

    def __post_init__(self) -> None:
        numbers = (self.p10, self.p50, self.p90)
        if any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in numbers):
            raise InputError("all three numbers of days are needed.")
        if numbers == (0, 0, 0):
            return
        written = ", ".join(f"{fig(n):g}" for n in numbers)
        if not 0 < self.p10 <= self.p50 <= self.p90 <= _MOST_DAYS:
            raise InputError(
                f"its days are {written}; write three numbers that rise, above 0 and up to "
                f"{fig(_MOST_DAYS):,.0f}."
            )

    @property
    def log_sds(self) -> tuple[float, float]:
        """The spread of the logarithm below and above the median; 0 for a milestone."""
        if self.p50 == 0:
            return 0.0, 0.0
        return math.log(self.p50 / self.p10) / Z90, math.log(self.p90 / self.p50) / Z90

    def at(self, z: Array) -> Array:
        """The days at standard normal scores; the shape of ``z``."""
        below, above = self.log_sds
        return np.asarray(self.p50 * np.exp(np.where(z < 0, below, above) * z))

    def widened(self, times: float) -> ThreePoint:
        """The same median with both spreads multiplied.

        Examples
        --------
        >>> ThreePoint(2, 4, 8).widened(2)
        ThreePoint(p10=1.0, p50=4, p90=16.0)
        """
        if self.p50 == 0:
            return self
        return ThreePoint(
            self.p50 * (self.p10 / self.p50) ** times,
            self.p50,
            min(self.p50 * (self.p90 / self.p50) ** times, _MOST_DAYS),
        )

    def log_density(self, log_ratio: Array, *, least_log_sd: float) -> Array:
        """Log density of ln(days / p50); spreads below ``least_log_sd`` are taken as that."""
        sds = self._sds_at(log_ratio, least_log_sd)
        return np.asarray(-0.5 * (log_ratio / sds) ** 2 - np.log(sds) - _LOG_ROOT_2_PI)

    def log_beyond(self, log_ratio: Array, *, least_log_sd: float) -> Array:
        """Log probability that ln(days / p50) is more than this."""
        return np.asarray(log_ndtr(-log_ratio / self._sds_at(log_ratio, least_log_sd)))

    def beyond(self, log_ratio: Array, shares: Array, *, least_log_sd: float) -> Array:
        """Draws of ln(days / p50) given that it is more than ``log_ratio``.

        ``shares`` are uniform in (0, 1), as many as ``log_ratio`` has entries; a larger one gives a
        larger draw.
        """
        tail = self.log_beyond(log_ratio, least_log_sd=least_log_sd) + np.log1p(-shares)
        z = -ndtri_exp(tail)
        return np.asarray(np.maximum(log_ratio, z * self._sds_at(z, least_log_sd)))

    def _sds_at(self, side: Array, least: float) -> Array:
        below, above = self.log_sds
        return np.asarray(np.where(side < 0, max(below, least), max(above, least)))
