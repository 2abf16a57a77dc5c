"""Shares: hits among cases, and percentages, so many hundredths of 1."""

from __future__ import annotations

from typing import Final

SHARE: Final = "share"
"""What the unit of a number is called once its hundredths are divided by 100."""

PERCENT_WORDS: Final = (
    *("percent", "per cent", "percentage", "pct", "pct.", "prozent", "pourcent", "porcentaje"),
    *("por ciento", "percento", "procent", "v.h.", "vh"),
)
"""Words for hundredths in the languages that files come in."""

_SPELLINGS: Final = frozenset(("%", *PERCENT_WORDS))


def is_percent(unit: str) -> bool:
    """Whether a unit says that a number counts hundredths.

    Examples
    --------
    >>> is_percent(" Percent "), is_percent("in %"), is_percent("share"), is_percent("%/week")
    (True, True, False, False)
    """
    return " ".join(unit.split()).casefold().removeprefix("in ") in _SPELLINGS


def is_share(low: float | None, high: float | None, unit: str = "1") -> bool:
    """Whether numbers in such a range and unit are shares: so many hits among cases.

    Examples
    --------
    >>> is_share(0, 1), is_share(-1, 1), is_share(0, None), is_share(0, 1, "year")
    (True, False, False, False)
    """
    return (unit, low, high) == ("1", 0, 1)
