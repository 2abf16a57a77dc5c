"""A percentage beside a number: so many hundredths of 1."""

from __future__ import annotations

from typing import Final

SHARE: Final = "share"
"""What the unit of a number is called once its hundredths are divided by 100."""

_SPELLINGS: Final = frozenset(("%", "percent", "per cent"))


def is_percent(unit: str) -> bool:
    """Whether a unit says that a number counts hundredths.

    Examples
    --------
    >>> is_percent(" Percent "), is_percent("%"), is_percent("share"), is_percent("%/week")
    (True, True, False, False)
    """
    return " ".join(unit.split()).casefold() in _SPELLINGS
