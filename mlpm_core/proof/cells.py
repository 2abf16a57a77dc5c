"""What the sums over a group's cases say of one case: a mean, one adjusted, or a ratio of two."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_ROUNDING: Final = 1e-6
_NOTHING: Final = 1e-12


class Reading(StrEnum):
    """How the sums are read."""

    MEAN = "mean"
    ADJUSTED = "adjusted"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the cases of one group in one period.

    ``n`` cases with the outcome y have the sum ``total`` and the sum of squares ``squares``. A
    second number x of every case (what it did before, or the denominator of a ratio) has
    ``second``, ``second_squares``, and ``products``, the sum of x y; without all three it is not
    there.

    Raises
    ------
    InputError
        When there are fewer cases than one, or the squares cannot belong to the sum.

    Examples
    --------
    >>> Sums.shares(200, 30)
    Sums(n=200, total=30, squares=30, second=None, second_squares=None, products=None)
    >>> Sums(4, 10.0, 20.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mlpm_core.errors.InputError: The sum of squares 20 is too small: ...
    """

    n: int
    total: float
    squares: float
    second: float | None = None
    second_squares: float | None = None
    products: float | None = None

    def __post_init__(self) -> None:
        if self.n < 1:
            raise InputError(f"A group needs at least one case, not {fig(self.n):g}.")
        least = self.total * self.total / self.n
        if self.squares < least * (1 - _ROUNDING):
            raise InputError(
                f"The sum of squares {fig(self.squares):g} is too small: {fig(self.n):,} cases "
                f"that add up to {fig(self.total):g} have at least {fig(least):g}."
            )

    @classmethod
    def shares(cls, n: int, hits: float) -> Sums:
        """Cases of which each is a hit or none."""
        return cls(n, hits, hits)

    @property
    def is_share(self) -> bool:
        """Whether every case is a hit or none."""
        return self.squares == self.total and 0 <= self.total <= self.n

    @property
    def has_second(self) -> bool:
        """Whether a second number of every case is there."""
        return None not in (self.second, self.second_squares, self.products)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One group's cases by period: of one case the value and its variance; shape (periods,)."""

    n: Array
    values: Array
    variances: Array


def cells(groups: Sequence[Sequence[Sums]], reading: Reading = Reading.MEAN) -> list[Cells]:
    """What each group's sums say of one case, by period.

    Parameters
    ----------
    groups : sequence of sequence of Sums
        The groups, all over the same periods.
    reading : Reading
        ``ADJUSTED`` takes out what x, known before the experiment, tells of y: y - theta (x - mean
        of x), theta the slope within groups and periods. ``RATIO`` is the sum of y over the sum
        of x; its variance is that of y - R x over the squared mean of x (delta method).

    Raises
    ------
    InputError
        When the reading asks for x and a cell has none, or x adds up to nothing in a ratio.

    References
    ----------
    Deng, Xu, Kohavi & Walker (2013). Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data (CUPED). WSDM 2013. Deng, Knoblich & Lu (2018). Applying the delta
    method in metric analytics: a practical guide with novel ideas. KDD 2018.

    Examples
    --------
    >>> [cell] = cells([[Sums.shares(200, 30)]])
    >>> cell.values.tolist(), cell.variances.round(4).tolist()
    ([0.15], [0.1281])
    """
    moments = [_moments(group, reading) for group in groups]
    if reading is Reading.MEAN:
        return [Cells(m.n, m.y, _filled(m, m.yy)) for m in moments]
    if reading is Reading.RATIO:
        return [_ratio(m) for m in moments]
    freedom = sum(float((m.n - 1).sum()) for m in moments)
    slope = sum(float((m.xy * (m.n - 1)).sum()) for m in moments)
    spread = sum(float((m.xx * (m.n - 1)).sum()) for m in moments)
    theta = slope / spread if freedom > 0 and spread > 0 else 0.0
    centre = sum(m.n * m.x for m in moments) / sum(m.n for m in moments)
    return [
        Cells(
            m.n,
            m.y - theta * (m.x - centre),
            _filled(m, np.maximum(m.yy - 2 * theta * m.xy + theta**2 * m.xx, 0.0)),
        )
        for m in moments
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    n: Array
    y: Array
    yy: Array
    x: Array
    xx: Array
    xy: Array


def _moments(group: Sequence[Sums], reading: Reading) -> _Moments:
    """Means by period, and variances and covariances of single cases; 0 where n is 1."""
    if reading is not Reading.MEAN and not all(cell.has_second for cell in group):
        raise InputError(
            "This reading needs, of every group and period, the sum of the second number, the sum "
            "of its squares, and the sum of its products with the outcome."
        )
    rows = [
        (s.n, s.total, s.squares, s.second or 0.0, s.second_squares or 0.0, s.products or 0.0)
        for s in group
    ]
    n, y, yy, x, xx, xy = np.array(rows, dtype=float).reshape(-1, 6).T
    freedom = np.maximum(n - 1, 1)
    return _Moments(
        n,
        y / n,
        _above_rounding(yy, yy - y * (y / n)) / freedom,
        x / n,
        _above_rounding(xx, xx - x * (x / n)) / freedom,
        (xy - x * (y / n)) / freedom,
    )


def _above_rounding(squares: Array, left: Array) -> Array:
    """What is left of squares, where it is more than their last digits."""
    return np.where(left > _NOTHING * squares, left, 0.0)


def _filled(m: _Moments, variances: Array) -> Array:
    """Variances of single cases; a period of one case has that of all the others."""
    freedom = (m.n - 1).sum()
    pooled = (variances * (m.n - 1)).sum() / freedom if freedom > 0 else 0.0
    return np.where(m.n > 1, variances, pooled)


def _ratio(m: _Moments) -> Cells:
    if (m.x <= 0).any():
        raise InputError("A ratio needs a denominator above 0 in every group and period.")
    ratio = m.y / m.x
    variances = np.maximum(m.yy - 2 * ratio * m.xy + ratio**2 * m.xx, 0.0) / m.x**2
    return Cells(m.n, ratio, _filled(m, variances))
