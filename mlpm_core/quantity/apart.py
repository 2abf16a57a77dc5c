"""How many digits numbers need that stand beside each other, so that none contradicts the other."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

_FULL: Final = 6
"""Digits that what a number is held against is shown with, at least."""
_MOST: Final = 17  # a double has no more
_NOISE: Final = 1e-13  # relative: what adding and converting doubles leaves behind


def is_same(one: float, other: float) -> bool:
    """Whether two numbers differ by no more than the last digits of their computation.

    Examples
    --------
    >>> is_same(0.1 + 0.2, 0.3), is_same(0.3000001, 0.3)
    (True, False)
    """
    return math.isclose(one, other, rel_tol=_NOISE)


@lru_cache(maxsize=4096)
def digits_apart(value: float, *beside: float | None, at_least: int = 3, full: int = _FULL) -> int:
    """The significant digits at which a value, and every longer form of it, keeps its side.

    Parameters
    ----------
    value : float
        What is judged.
    beside : float or None
        What it is held against, such as the ends of a limit; shown with as many digits, and with
        ``full`` at least. None is no number.
    at_least : int
        Digits that it has anyway.

    Examples
    --------
    >>> digits_apart(0.31234, 0.3), digits_apart(0.9996, 0.9999), digits_apart(100.4, None, 100.2)
    (3, 4, 4)
    >>> digits_apart(0.3, 0.3), digits_apart(0.99999995, 0.9999999)
    (3, 8)
    >>> digits_apart(0.1 + 0.2, 0.3)  # the same, but for the last digit of a sum
    3
    """
    near = [x for x in beside if x is not None and not _is_far(value, x, at_least)]
    digits = at_least
    for n in range(at_least, _MOST):
        if not all(_side(value, other, n, full) == _sign(value, other) for other in near):
            digits = n + 1
    return digits


def _is_far(value: float, other: float, digits: int) -> bool:
    """Whether rounding to so many digits, or more, cannot bring one to the other's side."""
    most_rounded = 10.0 ** (1 - digits) * max(abs(value), abs(other))  # half of it at each
    return abs(value - other) > 2 * most_rounded  # as far apart again as no noise reaches


def _side(value: float, other: float, digits: int, full: int) -> int:
    return _sign(float(f"{value:.{digits}g}"), float(f"{other:.{max(digits, full)}g}"))


def _sign(value: float, other: float) -> int:
    return 0 if is_same(value, other) else (value > other) - (value < other)
