"""Metrics of predicted numbers, from sums over their errors."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final

from mlpm_core.in_life.log_figures.figure import Figure, error_of_mean

_FEWEST: Final = 2


@dataclass(slots=True)
class Numbers:
    """Sums over predictions of a number whose outcome is known; an error is predicted - actual.

    ``error_actual`` adds up the sizes of error times actual.
    """

    n: int = 0
    error: float = 0.0
    abs_error: float = 0.0
    sq_error: float = 0.0
    actual: float = 0.0
    abs_actual: float = 0.0
    sq_actual: float = 0.0
    error_actual: float = 0.0

    def add(self, other: Numbers) -> None:
        """Add the sums of other predictions."""
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))

    def figures(self) -> dict[str, Figure]:
        """MAE, MSE, RMSE, bias (the mean error), WAPE and R², in the unit of the predictions.

        The errors of MSE and RMSE are those of normally distributed errors: fourth powers are not
        counted (Cramér 1946, Mathematical Methods of Statistics, 28.3).

        Examples
        --------
        >>> week = Numbers(n=2, error=-1, abs_error=3, sq_error=5, actual=30, abs_actual=30,
        ...                sq_actual=500, error_actual=50)  # 11 for 10, and 18 for 20
        >>> {name: round(figure.value, 3) for name, figure in week.figures().items()}
        {'mae': 1.5, 'mse': 2.5, 'rmse': 1.581, 'bias': -0.5, 'wape': 0.1, 'r2': 0.9}
        """
        if not self.n:
            return {}
        n, mse = self.n, self.sq_error / self.n
        found = {
            "mae": Figure(self.abs_error / n, n, error_of_mean(self.abs_error, self.sq_error, n)),
            "mse": Figure(mse, n, _positive(mse * math.sqrt(2 / n)) if n >= _FEWEST else None),
            "rmse": Figure(
                math.sqrt(mse), n, _positive(math.sqrt(mse / (2 * n))) if n >= _FEWEST else None
            ),
            "bias": Figure(self.error / n, n, error_of_mean(self.error, self.sq_error, n)),
        }
        if self.abs_actual > 0:
            wape = self.abs_error / self.abs_actual
            found["wape"] = Figure(
                wape, n, self._error_of_wape(wape), self.abs_error, self.abs_actual
            )
        spread = self.sq_actual - self.actual**2 / n
        if spread > 1e-12 * self.sq_actual:  # else rounding is all there is
            found["r2"] = Figure(1 - self.sq_error / spread, n)
        return {name: f for name, f in found.items() if math.isfinite(f.value)}

    def _error_of_wape(self, wape: float) -> float | None:
        """The error of a ratio of two means over the same cases."""
        if self.n < _FEWEST:
            return None
        squares = self.sq_error - 2 * wape * self.error_actual + wape * wape * self.sq_actual
        variance = max(squares, 0.0) / (self.n - 1) / self.n
        error = math.sqrt(variance) / (self.abs_actual / self.n)
        return error if math.isfinite(error) and error > 0 else None


def _positive(error: float) -> float | None:
    return error if math.isfinite(error) and error > 0 else None
