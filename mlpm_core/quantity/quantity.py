"""The uncertain number itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.quantity.apart import digits_apart
from mlpm_core.quantity.measured import distribution, of_counts
from mlpm_core.quantity.percent import is_share
from mlpm_core.quantity.reading import PERCENT, check_computable, meaning, shortened
from mlpm_core.quantity.shape import Exact, Shape
from mlpm_core.quantity.unit import Unit
from mlpm_core.quantity.written import fig, form

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_LONGEST_WRITTEN: Final = 1e15
_STRATA: Final = 4096
_WIDE: Final = 100.0  # P95 over P5
_LIFTED: Final = 2.0
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number somebody knows or guesses, in the unit it was asked in.

    Examples
    --------
    >>> wage = Quantity.read("30 to 34 EUR/hour", "money/hour", low=0)
    >>> wage.currency, round(wage.median, 3)
    ('EUR', 31.937)
    >>> Quantity.read("6 min", "hour/case").median
    0.1
    >>> Quantity.read("120 to 400", "money/customer", low=0).describe()
    'between 120 and 400, nine times in ten'
    """

    text: str
    unit: str
    low: float | None
    high: float | None
    currency: str | None
    _shape: Shape
    moves_with: tuple[str, float] | None = None

    @classmethod
    def read(
        cls,
        text: str,
        unit: str = "1",
        low: float | None = None,
        high: float | None = None,
        currency: str | None = None,
    ) -> Quantity:
        """The quantity that a text means.

        Parameters
        ----------
        text : str
            ``0.3``, ``12k``, ``120 to 400``, ``2 | 4 | 9``, ``40/2000``, ``triangular(1, 2, 4)``,
            ``beta(6, 4)``, ``lognormal(200, 0.4)``, ``normal(0, 1)``, ``samples(3, 5, 4)`` or
            ``samples(n=40, mean=4, sd=1)``; a unit may follow. ``100 USD at 0.92 EUR/USD on
            2026-05-31`` is exchanged, ``8 to 12 with recall 0.6`` moves with another input.
        unit : str
            The unit in which it is asked; another that measures the same is converted.
        low, high : float, optional
            The range allowed, in that unit. A dimensionless quantity in 0 to 1 is a share.
        currency : str, optional
            The currency in which money is counted. An amount in another one is refused unless it
            says its rate and the day of the rate.

        Returns
        -------
        Quantity
            In the unit asked.

        Raises
        ------
        InputError
            When the text cannot be read, its unit does not fit or a value is out of range.
        """
        asked = Unit.read(unit)
        written = meaning(text, asked, low, high, currency)
        _check_range(text, written.anchors, asked, low, high)
        of = written.currency or asked.currency
        return cls(text.strip(), unit, low, high, of, written.shape, written.moves_with)

    @classmethod
    def measured(
        cls,
        value: float,
        n: float | None = None,
        se: float | None = None,
        *,
        unit: str = "1",
        low: float | None = None,
        high: float | None = None,
    ) -> Quantity:
        """A number that was measured, with what says how exact it is; its mean is that number.

        Parameters
        ----------
        value : float
            In the unit asked.
        n : float, optional
            Of a share, the cases that it is the share of: Beta(hits + 1, misses + 1).
        se : float, optional
            Its standard error, which goes before ``n``. With neither the number is exact.
        unit, low, high
            As in ``read``.

        Raises
        ------
        InputError
            When it is out of range, or too large to compute with.

        Examples
        --------
        >>> Quantity.measured(0.6, n=200, low=0, high=1).text
        '120/200'
        >>> Quantity.measured(0.24, se=0.01, low=0).text
        'normal(0.24, 0.01)'
        """
        asked = Unit.read(unit)
        text, shape = distribution(value, n, se, low, is_share=is_share(low, high, unit))
        check_computable(text, shape, (value, n or 0.0))
        _check_range(text, (value,), asked, low, high)
        return cls(text, unit, low, high, asked.currency, shape)

    @classmethod
    def counted(cls, hits: float, misses: float) -> Quantity:
        """A share that is known from hits and misses, which need not be whole: their Beta.

        Examples
        --------
        >>> share = Quantity.counted(0.5, 54.5)
        >>> share.text, share.is_share
        ('beta(0.5, 54.5)', True)
        """
        text, shape = of_counts(hits, misses)
        return cls(text, "1", 0.0, 1.0, None, shape)

    @property
    def is_share(self) -> bool:
        """Whether it is asked as a share: hits among cases, from 0 to 1."""
        return is_share(self.low, self.high, self.unit)

    @property
    def is_exact(self) -> bool:
        """Whether it is one number, without spread."""
        return isinstance(self._shape, Exact)

    @property
    def median(self) -> float:
        """The value that is as often too low as too high."""
        return float(self.quantile(np.array([0.5]))[0])

    def quantile(self, p: Array) -> Array:
        """Values below which the quantity stays with the given probabilities.

        A named distribution that reaches beyond the allowed range is cut off there and the rest
        scaled up. Points that were written are hit instead: what lies beyond lies at the limit.

        Parameters
        ----------
        p : array of any shape
            Probabilities, in (0, 1).

        Returns
        -------
        array of the same shape
            In the quantity's unit.
        """
        p = np.asarray(p, dtype=np.float64)
        if self.is_exact:
            return self._shape.quantile(p)
        if self._shape.is_cut:
            below = self._shape.cdf(self.low) if self.low is not None else 0.0
            upto = self._shape.cdf(self.high) if self.high is not None else 1.0
            p = below + p * (upto - below)
        low, high = (-np.inf if self.low is None else self.low), self.high
        return self._shape.quantile(p).clip(low, np.inf if high is None else high)

    @property
    def mean(self) -> float:
        """Its average, over equally likely values."""
        return float(self.quantile((np.arange(_STRATA) + 0.5) / _STRATA).mean())

    @property
    def too_wide(self) -> str | None:
        """What a range of more than a hundred to one does, as part of a sentence; None if none.

        Examples
        --------
        >>> Quantity.read("1 to 1e9", "money", low=0).too_wide[:57]
        'spans 1,000,000,000 to 1, so that its highest values lift'
        >>> Quantity.read("1 to 50", "money", low=0).too_wide
        """
        low, middle, high = self.quantile(np.array([0.05, 0.5, 0.95]))
        if not low > 0 or high / low <= _WIDE:
            return None
        lifted = self.mean / middle
        spread = f"spans {said(high / low)} to 1"
        if lifted < _LIFTED:
            return spread
        return f"{spread}, so that its highest values lift its mean to {said(lifted)} times its P50"

    def describe(self) -> str:
        """The quantity as a part of a sentence."""
        if self.is_exact:
            return f"exactly {said(self.median)}"
        p5, p10, p50, p90, p95 = self.quantile(np.array([0.05, 0.1, 0.5, 0.9, 0.95])).tolist()
        if "|" in self.text:
            digits = digits_apart(p50, p10, p90, at_least=_DIGITS, full=_DIGITS)
            return (
                f"around {said(p50, digits)}, one time in ten below {said(p10, digits)} "
                f"and one time in ten above {said(p90, digits)}"
            )
        digits = digits_apart(p5, p95, at_least=_DIGITS, full=_DIGITS)
        return f"between {said(p5, digits)} and {said(p95, digits)}, nine times in ten"


def _check_range(
    text: str, anchors: tuple[float, ...], asked: Unit, low: float | None, high: float | None
) -> None:
    for value in anchors:
        if (low is not None and value < low) or (high is not None and value > high):
            is_of_cases = asked.is_pure and is_share(low, high)
            hint = PERCENT if is_of_cases else f"It must be {_range(low, high)}."
            where = "not between 0 and 1" if is_of_cases else "out of range"
            raise InputError(f"{shortened(text)!r} is {where}. {hint}")


def said(value: float, digits: int = _DIGITS) -> str:
    """A number as a sentence says it, to four digits or more; in powers of ten where it is longer.

    Examples
    --------
    >>> said(62100.0), said(0.0306122), said(1234567.8)
    ('62,100', '0.03061', '1,235,000')
    >>> said(2.5e18), said(float("inf"))
    ('2.5e+18', 'no finite number')
    """
    if not math.isfinite(value):
        return "no finite number"
    if abs(value) >= _LONGEST_WRITTEN:
        return f"{fig(value):.{digits}g}"
    text = f"{float(f'{value:.{digits}g}'):,}"
    return form().number(text.removesuffix(".0"))


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"between {said(low)} and {said(high)}"
    return f"at least {said(low)}" if low is not None else f"at most {said(high or 0.0)}"
