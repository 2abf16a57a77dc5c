"""A figure with the range in which the truth lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpm_core.proof.autoregression import Mixture

    Array = NDArray[np.float64]

LEVEL: Final = 0.95
"""How often an interval of this room holds the truth."""

TAIL: Final = (1 - LEVEL) / 2


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the range in which the truth lies with a probability of ``level``."""

    mean: float
    low: float
    high: float
    level: float = LEVEL

    def excludes(self, value: float) -> bool:
        """Whether a value lies outside.

        Examples
        --------
        >>> Interval(3.0, 1.0, 5.0).excludes(0.0)
        True
        """
        return not self.low <= value <= self.high

    @classmethod
    def of(cls, figure: Mixture) -> Interval:
        """The interval of an uncertain figure."""
        return cls(figure.mean, figure.quantile(TAIL), figure.quantile(1 - TAIL))

    @classmethod
    def of_draws(cls, draws: Array) -> Interval:
        """The interval of equally likely draws."""
        low, high = np.quantile(draws, [TAIL, 1 - TAIL])
        return cls(float(draws.mean()), float(low), float(high))
