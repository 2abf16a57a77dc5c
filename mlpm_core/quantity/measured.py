"""The distribution of a measured value, and the notation in which it is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from mlpm_core.quantity.shape import Beta, Exact, TwoPiece

if TYPE_CHECKING:
    from mlpm_core.quantity.shape import Shape

_FEWEST_OF_BETA: Final = 0.1  # where an error is stated that no share can have
_SKEWED: Final = 1 / 3
_WHOLE: Final = 0.01


def of_counts(hits: float, misses: float) -> tuple[str, Shape]:
    """A share of so many hits and misses, which need not be whole; both are above 0.

    Examples
    --------
    >>> of_counts(5, 45)
    ('beta(5, 45)', Beta(a=5, b=45))
    """
    return f"beta({hits:.12g}, {misses:.12g})", Beta(hits, misses)


def of_cases(share: float, n: float) -> tuple[str, Shape]:
    """A share of n cases: Beta(hits + 1, misses + 1). A rounded share is no whole count.

    Examples
    --------
    >>> of_cases(0.6, 200)[0], of_cases(0.333, 20)[0]
    ('120/200', 'beta(7.66, 14.34)')
    """
    hits = share * n
    if abs(hits - round(hits)) < _WHOLE:
        hits = round(hits)
        return f"{hits}/{n:.0f}", Beta(hits + 1, n - hits + 1)
    return of_counts(hits + 1, n - hits + 1)


def distribution(
    value: float, n: float | None, se: float | None, low: float | None, *, is_share: bool
) -> tuple[str, Shape]:
    """A value with the cases of a share or a standard error, which goes first; else exact."""
    if se is None and n is not None and is_share and 0 <= value <= 1:
        return of_cases(value, n)
    return with_error(value, se or 0.0, low, is_share=is_share)


def with_error(value: float, se: float, low: float | None, *, is_share: bool) -> tuple[str, Shape]:
    """A value with a standard error, with just that mean.

    A normal, where it fits: cut off at a limit it would have another mean. A share is the Beta of
    as much error; what cannot be below 0, and is known with less than a third of its size, a
    lognormal. Without an error it is exact.

    Examples
    --------
    >>> with_error(0.24, 0.01, 0, is_share=False)[0], with_error(0.2, 0.1, 0, is_share=True)[0]
    ('normal(0.24, 0.01)', 'beta(3, 12)')
    >>> with_error(0.2, 0.3, 0, is_share=False)[0].partition("(")[0]
    'lognormal'
    """
    if not se > 0:
        return repr(float(value)), Exact(float(value))
    if is_share and 0 < value < 1:
        cases = max(value * (1 - value) / se**2 - 1, _FEWEST_OF_BETA)
        return of_counts(value * cases, (1 - value) * cases)
    if low == 0 and value > 0 and se > _SKEWED * value:
        variance = math.log1p((se / value) ** 2)
        median, spread = value * math.exp(-variance / 2), math.sqrt(variance)
        notation = f"lognormal({median:.12g}, {spread:.12g})"
        return notation, TwoPiece("log", median, spread, spread, is_cut=True)
    return f"normal({value!r}, {se!r})", TwoPiece("identity", value, se, se, is_cut=True)
