"""The mean of values that somebody looked up, as uncertain as so few of them leave it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri, stdtrit

from mlpm_core.quantity.shape import Beta, Moved, Shape, TwoPiece

if TYPE_CHECKING:
    from collections.abc import Sequence


_Z95: Final = float(ndtri(0.95))
_WIDEST: Final = 1.3
"""Of a logarithm, in standard deviations: P95 is then 3.6 times the mean, P50 less than half."""
_FEWEST: Final = 0.3  # hits, and misses, of a Beta: with fewer its P50 is hardly above 0
_STEEPEST: Final = 3.0  # times as far to one side as to the other
_HALF: Final = 1 / math.sqrt(2 * math.pi)  # mean of what a standard normal has above 0


@dataclass(frozen=True, slots=True)
class Sample:
    """What a mean is known from: so many values, their mean, standard deviation and skewness.

    ``sd`` has n - 1 below the line, ``skew`` is the mean cube of (value - mean) over its spread.

    Examples
    --------
    >>> sample = Sample.of([0, 0, 0, 100])
    >>> sample.n, sample.mean, round(sample.sd, 9), round(sample.skew, 3)
    (4, 25.0, 50.0, 1.155)
    """

    n: int
    mean: float
    sd: float
    skew: float = 0.0

    @classmethod
    def of(cls, values: Sequence[float]) -> Sample:
        """The sample that values make; at least two of them, not all the same."""
        given = np.asarray(values, dtype=np.float64)
        mean = math.fsum(given.tolist()) / given.size
        away = given - mean
        size = float(np.abs(away).max())
        spread = float(np.sqrt(np.mean((away / size) ** 2)))
        skew = float(np.mean((away / size) ** 3)) / spread**3
        sd = spread * size * math.sqrt(given.size / (given.size - 1))
        return cls(given.size, mean, sd, skew)

    def shape(self, low: float | None, high: float | None) -> Shape:
        """How uncertain the mean is, where it must lie in a range; its own mean is the sample's.

        Parameters
        ----------
        low, high : float, optional
            What no mean can be below or above, in the unit of the values; the sample's lies
            between.

        Notes
        -----
        From P5 to P95 it is Student's interval, widened on the side to which the values are skewed
        (Johnson 1978). Without a range it is normal with a spread on each side. Where the mean has
        a least value it is lognormal above that, with the upper end of the interval of the
        logarithm as its P95; between two limits it is a Beta. So nothing is cut off, and the mean
        of the draws stays the sample's: from two values that limits how far P95 may lie.

        References
        ----------
        Student (1908). The probable error of a mean. Biometrika 6(1).
        Johnson (1978). Modified t tests and confidence intervals for asymmetrical populations.
        Journal of the American Statistical Association 73(363).
        """
        if low is not None and high is not None:
            return Moved(low, high - low, self._between(low, high))
        if low is not None:
            return Moved(low, 1.0, self._above(self.mean - low, self._wide(self.skew)))
        if high is not None:
            return Moved(high, -1.0, self._above(high - self.mean, self._wide(-self.skew)))
        return self._anywhere()

    def _wide(self, skew: float) -> float:
        """How far P95 lies above the mean, as if nothing limited it."""
        t = float(stdtrit(self.n - 1, 0.95))
        more = max(skew, 0.0) * (1 + 2 * t * t) / (6 * math.sqrt(self.n))
        return (t + more) * self.sd / math.sqrt(self.n)

    def _anywhere(self) -> Shape:
        left, right = self._wide(-self.skew), self._wide(self.skew)
        least = max(left, right) / _STEEPEST
        left, right = max(left, least), max(right, least)
        # The mean of a normal with two spreads is its middle + (right - left) * _HALF.
        pull = _HALF / _Z95
        middle = self.mean - pull * (right - left) / (1 - 2 * pull)
        return TwoPiece(
            "identity",
            middle,
            (middle - self.mean + left) / _Z95,
            (self.mean + right - middle) / _Z95,
        )

    def _above(self, mean: float, wide: float) -> Shape:
        # The lognormal whose mean is given has its P95 at mean * exp(1.645 s - s * s / 2).
        root = _Z95 * _Z95 - 2 * wide / mean
        spread = min(_WIDEST, _Z95 - math.sqrt(root)) if root > 0 else _WIDEST
        return TwoPiece("log", mean * math.exp(-spread * spread / 2), spread, spread)

    def _between(self, low: float, high: float) -> Shape:
        share = (self.mean - low) / (high - low)
        sd = max(self._wide(self.skew), self._wide(-self.skew)) / _Z95 / (high - low)
        known_from = max(share * (1 - share) / (sd * sd) - 1, _FEWEST / min(share, 1 - share))
        return Beta(share * known_from, (1 - share) * known_from)
