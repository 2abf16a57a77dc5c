"""A metric with its n and its standard error, and the two that most others are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric of a log.

    ``n`` is the number of cases that the metric is defined over: those flagged for precision, the
    actual positives for recall, all judged ones for accuracy. ``error`` is the standard error where
    the mathematics gives one; that of a share of n cases is binomial, and None at 0 and 1, where n
    says more. ``numerator`` and ``denominator`` are those of a ratio.
    """

    value: float
    n: int
    error: float | None = None
    numerator: float | None = None
    denominator: float | None = None


def share(hits: float, n: int) -> Figure | None:
    """A share of n cases; None of none.

    Examples
    --------
    >>> share(80, 100)
    Figure(value=0.8, n=100, error=0.04, numerator=80, denominator=100)
    """
    if n <= 0:
        return None
    p = hits / n
    return Figure(p, n, math.sqrt(p * (1 - p) / n) or None, hits, n)


def error_of_mean(total: float, squares: float, n: int) -> float | None:
    """The standard error of a mean, from the sum and the sum of squares."""
    if n < _FEWEST:
        return None
    error = math.sqrt(max(squares - total * (total / n), 0.0) / (n - 1) / n)
    return error if math.isfinite(error) and error > 0 else None
