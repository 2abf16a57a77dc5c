"""Series with a known truth, and how often an interval may miss it in so many of them."""

from __future__ import annotations

import os

import numpy as np

IS_LONG = bool(os.environ.get("SOAK"))
TOLERANCE = 0.03


def times(few: int, many: int) -> int:
    """How many series are drawn; many with ``SOAK=``."""
    return many if IS_LONG else few


def neighbours_alike(rng: np.random.Generator, n: int, phi: float) -> np.ndarray:
    """Noise of standard deviation 1 in which neighbours resemble each other (AR(1))."""
    noise = rng.normal(size=n)
    for i in range(1, n):
        noise[i] = phi * noise[i - 1] + np.sqrt(1 - phi * phi) * noise[i]
    return noise


def luck(share: float, n: int) -> float:
    """How far a share may be off by the luck of n series: three standard errors."""
    return 3 * float(np.sqrt(share * (1 - share) / n))


def holds(covered: int, n: int, level: float = 0.95) -> bool:
    """Whether intervals held the truth as often as they state, within 3 points and luck."""
    return abs(covered / n - level) <= TOLERANCE + luck(level, n)


def holds_at_least(covered: int, n: int, level: float = 0.95) -> bool:
    """Whether intervals held the truth at least as often as they state, within the same."""
    return covered / n >= level - TOLERANCE - luck(level, n)


def is_size(rejected: int, n: int, size: float = 0.05) -> bool:
    """Whether a test of this size rejected a truth no more often than that, within luck."""
    return rejected / n <= size + luck(size, n)
