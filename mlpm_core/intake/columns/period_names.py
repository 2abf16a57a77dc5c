"""Periods by names of many spellings, or that only the calendar of a firm tells: FY26 Q2, 1H26.

A fiscal year begins in a month that nothing in a file says; FY2026 may be named after the year in
which it begins or ends, FY25/26 after both.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from mlpm_core.intake.columns.dates import HALF, after, midnight

if TYPE_CHECKING:
    from mlpm_core.intake.profile import Profile

BEGINS: Final = "begins"
"""The answer that a fiscal year is named after the year in which it begins."""

_MONTHS_OF: Final = {"Y": 12, "H": 6, "Q": 3, "M": 1}
_LENGTH_OF: Final = {"Y": "P1Y", "H": HALF, "Q": "P3M", "M": "P1M"}
_FISCAL: Final = r"(?:FY|GJ|F\.?Y\.?|fiscal(?: year)?|Gesch\u00e4ftsjahr|ejercicio|exercice)[ .'-]*"
_YEAR: Final = r"(?P<year>(?:20)?[0-9]{2})(?:[/-](?P<next>(?:20)?[0-9]{2}))?"
_PART: Final = (
    r"(?:(?P<kind>H|HY|HJ|semest(?:er|re)|Halbjahr|half|Q|QTR|P|M)[ .]?0?(?P<n>[0-9]{1,2})"
    r"|(?P<first>[1-4])(?:st|nd|rd|er|e|\u00ba|\u00b0)?[ .]*"
    r"(?P<word>H|HY|HJ|Q|QTR|Halbjahr|semest(?:er|re)|Quartal|half(?:-year)?|quarter))"
)
_PATTERNS: Final = (
    re.compile(rf"(?P<fy>{_FISCAL}){_YEAR}(?:[ ,/-]*{_PART})?", re.IGNORECASE),
    re.compile(rf"{_PART}[ ,/'-]*(?P<fy>{_FISCAL})?{_YEAR}", re.IGNORECASE),
    re.compile(rf"(?P<fy>)(?P<year>20[0-9]{{2}})(?P<next>)[ /-]?{_PART}", re.IGNORECASE),
    re.compile(r"(?P<fy>)(?P<year>20[0-9]{2})/(?P<next>[0-9]{2})"),
    re.compile(r"(?P<year>20[0-9]{2})\u5e74(?P<fy>\u5ea6)?(?P<half>[\u4e0a\u4e0b])\u534a?\u671f"),
)
_NAMES: Final = {"HY": "H", "HJ": "H", "HALBJAHR": "H", "HALF": "H", "HALF-YEAR": "H",
                 "SEMESTER": "H", "SEMESTRE": "H", "QTR": "Q", "QUARTAL": "Q",
                 "QUARTER": "Q", "P": "M"}  # fmt: skip
_LONGEST: Final = 40


class PeriodName(NamedTuple):
    """A year, half, quarter or month of a year; ``begins`` is the year that begins it, if it says.

    ``year`` is the year after which it is named.
    """

    year: int
    kind: str
    n: int = 1
    is_fiscal: bool = False
    begins: int | None = None

    def first_day(self, profile: Profile) -> date | None:
        """Its first day; None while nobody answered when fiscal years begin.

        Examples
        --------
        >>> from mlpm_core.intake.profile import Profile
        >>> name, answered = period_name("FY26 Q2"), Profile(fiscal_start="7", fiscal_named="ends")
        >>> name.first_day(answered), name.first_day(Profile())
        (datetime.date(2025, 10, 1), None)
        """
        month, year = 1, self.year
        if self.is_fiscal:
            if profile.fiscal_start is None:
                return None
            month = int(profile.fiscal_start)
            if self.begins is not None:
                year = self.begins
            elif month > 1 and profile.fiscal_named is None:
                return None
            elif month > 1 and profile.fiscal_named != BEGINS:
                year -= 1
        later = month - 1 + (self.n - 1) * _MONTHS_OF[self.kind]
        return date(year + later // 12, later % 12 + 1, 1)

    @property
    def length(self) -> str:
        """Its length as ISO 8601 writes it."""
        return _LENGTH_OF[self.kind]

    def in_dates(self, profile: Profile) -> str | None:
        """Its first and last day, as a cell could write them.

        Examples
        --------
        >>> from mlpm_core.intake.profile import Profile
        >>> period_name("1Q26").in_dates(Profile()), period_name("H2 2026").in_dates(Profile())
        ('2026-01-01 to 2026-03-31', '2026-07-01 to 2026-12-31')
        """
        first = self.first_day(profile)
        if first is None:
            return None
        last = after(midnight(first), self.length) - timedelta(days=1)
        return f"{first} to {last:%Y-%m-%d}"


def period_name(text: str) -> PeriodName | None:
    """The period that a text names; None when it names none, or one that is a date of its own.

    Examples
    --------
    >>> period_name("FY2026"), period_name("Q3 FY25/26")
    (PeriodName(year=2026, kind='Y', n=1, is_fiscal=True, begins=None), \
PeriodName(year=2026, kind='Q', n=3, is_fiscal=True, begins=2025))
    >>> period_name("2026-H2"), period_name("H3 2026"), period_name("P2")
    (PeriodName(year=2026, kind='H', n=2, is_fiscal=False, begins=None), None, None)
    """
    plain = text.strip()
    match = None
    if len(plain) <= _LONGEST:
        match = next((m for p in _PATTERNS if (m := p.fullmatch(plain))), None)
    if match is None:
        return None
    said = match.groupdict()
    kind = (said.get("kind") or said.get("word") or "Y").upper()
    kind = _NAMES.get(kind, kind)
    n = int(said.get("n") or said.get("first") or 1)
    if half := said.get("half"):  # of the year of a firm, in Japan
        return PeriodName(_whole(said["year"]), "H", 1 + (half == "\u4e0b"), is_fiscal=True)
    year = _whole(said["year"])
    is_fiscal, begins = bool(said["fy"]), None
    if said["next"]:
        begins, year, is_fiscal = year, _whole(said["next"]), True
        if year != begins + 1 or (not said["fy"] and kind == "Y" and year % 100 <= 12):
            return None  # 2011/12 may be a month
    if not 1 <= n <= 12 // _MONTHS_OF[kind] or (kind == "M" and not is_fiscal):
        return None
    return PeriodName(year, kind, n, is_fiscal, begins)


def _whole(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)
