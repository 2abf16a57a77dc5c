"""Distributions of a quantity, as inverse distribution functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import numpy as np
from scipy.special import betainc, betaincinv, expit, logit, ndtr, ndtri

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Shape(Protocol):
    """What every distribution can do."""

    def quantile(self, p: Array) -> Array:
        """Inverse of the distribution, at probabilities in [0, 1]."""

    def cdf(self, x: float) -> float:
        """Probability of a value up to x."""

    @property
    def is_cut(self) -> bool:
        """Whether what lies beyond the range allowed is cut off and the rest scaled up.

        If not, it lies at the limit itself, which moves no other point.
        """


@dataclass(frozen=True, slots=True)
class Exact:
    """One number."""

    value: float
    is_cut: ClassVar[bool] = False

    def quantile(self, p: Array) -> Array:
        """Inverse of the distribution."""
        return np.full(np.shape(p), self.value)

    def cdf(self, x: float) -> float:
        """Probability of a value up to x."""
        return float(x >= self.value)


SCALES: Final[Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
    "identity": (lambda x: x, lambda y: y),
    # Nothing lies below 0, so a range that starts there or lower cuts nothing off.
    "log": (lambda x: np.log(np.maximum(x, 0.0)), np.exp),
    "logit": (logit, expit),
}


@dataclass(frozen=True, slots=True)
class TwoPiece:
    """Normal on a scale, with a spread of its own on each side of the median."""

    scale: str
    median: float
    left: float
    right: float
    is_cut: bool = False

    def quantile(self, p: Array) -> Array:
        """Inverse of the distribution."""
        forward, back = SCALES[self.scale]
        z = ndtri(p)
        moved = back(forward(self.median) + np.where(z < 0, self.left, self.right) * z)
        # Through log and back costs the last digits; the median is known exactly.
        return np.where(z == 0, self.median, moved)

    def cdf(self, x: float) -> float:
        """Probability of a value up to x."""
        forward, _ = SCALES[self.scale]
        with np.errstate(divide="ignore", invalid="ignore"):
            away = float(forward(np.float64(x)) - forward(np.float64(self.median)))
        spread = self.left if away < 0 else self.right
        return float(ndtr(away / spread)) if spread > 0 else float(away >= 0)


@dataclass(frozen=True, slots=True)
class Beta:
    """A share, known from so many hits and misses (each plus one)."""

    a: float
    b: float
    is_cut: ClassVar[bool] = True

    def quantile(self, p: Array) -> Array:
        """Inverse of the distribution."""
        return np.asarray(betaincinv(self.a, self.b, p), dtype=np.float64)

    def cdf(self, x: float) -> float:
        """Probability of a value up to x."""
        return float(betainc(self.a, self.b, min(max(x, 0.0), 1.0)))


@dataclass(frozen=True, slots=True)
class Moved:
    """Another distribution times a factor, from an origin; a negative factor turns it round."""

    origin: float
    factor: float
    of: Shape
    is_cut: ClassVar[bool] = False

    def quantile(self, p: Array) -> Array:
        """Inverse of the distribution."""
        at = p if self.factor > 0 else 1 - np.asarray(p)
        return np.asarray(self.origin + self.factor * self.of.quantile(at))

    def cdf(self, x: float) -> float:
        """Probability of a value up to x."""
        below = self.of.cdf((x - self.origin) / self.factor)
        return below if self.factor > 0 else 1 - below


@dataclass(frozen=True, slots=True)
class Triangular:
    """From a to b, most likely around the mode."""

    a: float
    mode: float
    b: float
    is_cut: ClassVar[bool] = True

    def quantile(self, p: Array) -> Array:
        """Inverse of the distribution."""
        wide, turn = self.b - self.a, (self.mode - self.a) / (self.b - self.a)
        rising = self.a + np.sqrt(p * wide * (self.mode - self.a))
        return np.where(p < turn, rising, self.b - np.sqrt((1 - p) * wide * (self.b - self.mode)))

    def cdf(self, x: float) -> float:
        """Probability of a value up to x."""
        if x <= self.a or x >= self.b:
            return float(x >= self.b)
        wide = self.b - self.a
        if x < self.mode:
            return (x - self.a) ** 2 / (wide * (self.mode - self.a))
        return 1 - (self.b - x) ** 2 / (wide * (self.b - self.mode))
