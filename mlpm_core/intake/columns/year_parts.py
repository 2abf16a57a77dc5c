"""Weeks, months and quarters that a file counts within a year, and the year that stands beside.

``KW 5`` or ``Q1`` is no date before its year is known: another column of the file says it, or
somebody is asked. Under a header that says week, ``2024-05`` is the fifth week, not May.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.date_forms import month_of
from mlpm_core.intake.columns.dates import HALF
from mlpm_core.intake.columns.period_words import header_length
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.files.table import DictionaryColumn
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.metric_names import normal

if TYPE_CHECKING:
    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.table import Table
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

_PERIODS: Final = ("period_start", "period", "period_end")
_YEARS: Final = frozenset(
    {
        *("year", "calendaryear", "jahr", "kalenderjahr", "ann\u00e9e", "annee", "an"),
        *("a\u00f1o", "anno", "ano", "jaar", "\u5e74"),
    }
)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_WEEK_OF: Final = (
    re.compile(r"(?P<y>(?:19|20)[0-9]{2})[ /.-]?S?(?P<w>[0-9]{1,2})"),
    re.compile(r"S?(?P<w>[0-9]{1,2})[ /.-](?P<y>(?:19|20)[0-9]{2})"),
)
_WEEK: Final = re.compile(r"(?:(?:KW|CW|WK|W|S|week|woche|semaine)[ .-]*)?([0-9]{1,2})", re.I)
_QUARTER: Final = re.compile(r"(?:(?:Q|T|quartal|quarter|trimestre)[ .-]*)?([1-4])", re.I)
_HALF: Final = re.compile(r"(?:(?:H|HJ|HY|halbjahr|half|semest(?:er|re))[ .-]*)?([12])", re.I)
_PARTS: Final = {
    "P1W": (_WEEK, 53),
    "P1M": (re.compile(r"([0-9]{1,2})"), 12),
    "P3M": (_QUARTER, 4),
    HALF: (_HALF, 2),
}
_NUMBERED: Final = (
    re.compile(r"(?P<y>(?:19|20)[0-9]{2})[/.]?(?P<w>[0-9]{2})"),
    re.compile(r"(?P<w>[0-9]{1,2})[/.](?P<y>(?:19|20)[0-9]{2})"),
)
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")
_MONTH_DAY: Final = (
    re.compile(r"(?P<month>[^\W\d_]{3,12})\.?[ /'-]?(?P<n>[0-9]{2})"),
    re.compile(r"(?P<n>[0-9]{1,2})\.?[ /-]?(?P<month>[^\W\d_]{3,12})\.?"),
)
_DAY_OF_MONTH: Final = "day of a month"
_WEEKS, _MONTHS, _DAYS, _SEVERAL = 53, 12, 31, 2
_MOST_SHOWN: Final = 3


def is_of_years(header: str) -> bool:
    """Whether a header says that its column holds the years of another one."""
    return normal(header) in _YEARS


def with_whole_dates(
    records: Table, header: Header, fields: Fields, profile: Profile
) -> tuple[Table, frozenset[int]]:
    """The table with such parts of a year as dates, and the places of the columns used for it.

    Raises
    ------
    Refusal
        With the question which year the parts are of.
    """
    used: set[int] = set()
    if profile.is_replay:
        return records, frozenset()
    for j, field in enumerate(header.fields):
        if field not in _PERIODS:
            continue
        column = records.columns[j]
        if column.has_many:
            continue
        cells = [c for cell in column.cells if not is_missing(c := cell.strip(SPACES))]
        length = _length(header.cells[j], cells)
        if length is None and header_length(header.cells[j]) is None:
            length = _numbered(header.label(j), cells, profile)
            length = length or _month_days(header.label(j), cells, profile)
        if not cells or length is None:
            continue
        if length == "P1W" and all(_week_of_year(cell) for cell in cells):
            records.columns[j] = _in_iso_weeks(column)
        elif length == _DAY_OF_MONTH:
            records.columns[j] = _with_year(column, header.label(j), cells, profile)
        elif all(_part(cell, length) for cell in cells):
            at = _years(records, header)
            if at is None and profile.year is None:
                raise Refusal(questions=[_which_year(header.label(j), cells)])
            if at is None:
                every = pa.array([str(profile.year)]).take(pa.array(np.zeros_like(column.codes)))
                years = DictionaryColumn(every)
            else:
                used.add(at)
                years = records.columns[at]
            records.columns[j] = _joined(years, column, length)
    return records, frozenset(used)


def _length(header: str, cells: list[str]) -> str | None:
    """The length of period that a header, or else all cells, speak of."""
    said = header_length(header)
    if said is not None:
        return said if said in _PARTS else None
    for length, letters in (("P3M", "QqTt"), (HALF, "Hh"), ("P1W", "KkCcWwSs")):
        if cells and all(cell[0] in letters and _part(cell, length) for cell in cells):
            return length
    if cells and all(month_of(cell) for cell in cells):
        return "P1M"
    return None


def _numbered(column: str, cells: list[str], profile: Profile) -> str | None:
    """Whether years with a number, such as 202609, are weeks; None where they are months.

    A number above 12 makes all of them weeks; months that go on from 12 to 1 make them months.

    Raises
    ------
    Refusal
        With the question what they are, where both can be.
    """
    matches = [next((m for p in _NUMBERED if (m := p.fullmatch(cell))), None) for cell in cells]
    pairs = [(int(m["y"]), int(m["w"])) for m in matches if m is not None]
    if all(n == year % 100 + 1 and "/" in c for (year, n), c in zip(pairs, cells, strict=False)):
        return None  # 2025/26 is a fiscal year
    if not pairs or len(pairs) < len(cells) or not all(1 <= n <= _WEEKS for _, n in pairs):
        return None
    if any(n > _MONTHS for _, n in pairs):
        return "P1W"
    wraps = any(n == 1 and (year - 1, _MONTHS) in pairs for year, n in pairs)
    if wraps or not all(map(_SIX_DIGITS.fullmatch, cells)) or profile.period == "P1M":
        return None
    if profile.period == "P1W":
        return "P1W"
    some = cells[:_MOST_SHOWN]
    asked = question(
        "week-or-month", "period", ["P1M", "P1W"], column=column, value=shown(cells[0]),
        preview=[
            f"P1M: {', '.join(f'{c[:4]}-{c[4:]}' for c in some)} are months",
            f"P1W: {', '.join(_week_of_year(c) or c for c in some)} are weeks",
        ],
    )  # fmt: skip
    raise Refusal(questions=[asked])


def _month_days(column: str, cells: list[str], profile: Profile) -> str | None:
    """Whether names of months with a number, such as Sep-26, are days; None where they are months.

    Raises
    ------
    Refusal
        With the question what they are, where one month has several numbers, or the number stands
        first.
    """
    pairs = [(_month_and_number(cell), cell) for cell in cells]
    if not pairs or any(pair is None for pair, _ in pairs):
        return None
    numbers: dict[int, set[int]] = {}
    for pair, _ in pairs:
        month, n = pair or (0, 0)
        numbers.setdefault(month, set()).add(n)
    is_first = any(cell[:1].isdigit() for cell in cells)
    may_be_days = all(1 <= n <= _DAYS for of_month in numbers.values() for n in of_month)
    if not may_be_days or (not is_first and max(map(len, numbers.values())) < _SEVERAL):
        return None
    if profile.month_day is None:
        asked = question(
            "month-day", "month_day", ["year", "day", "faulty"], column=column,
            value=shown(cells[0]),
            preview=[
                f"year: {', '.join(_as_month(c) for c in cells[:_MOST_SHOWN])}",
                f"day: {', '.join(cells[:_MOST_SHOWN])} are days of a year that is asked next",
                "faulty: these cells are faulty",
            ],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    return None if profile.month_day == "faulty" else _DAY_OF_MONTH


def _which_year(column: str, cells: list[str]) -> Question:
    values = ", ".join(map(shown, cells[:_MOST_SHOWN]))
    return question("which-year", "year", [], column=column, values=values)


def _month_and_number(cell: str) -> tuple[int, int] | None:
    match = next((m for p in _MONTH_DAY if (m := p.fullmatch(cell))), None)
    month = None if match is None else month_of(match["month"])
    return None if match is None or month is None else (month, int(match["n"]))


def _as_month(cell: str) -> str:
    month, n = _month_and_number(cell) or (0, 0)
    return f"20{n:02}-{month:02}"


def _with_year(
    column: DictionaryColumn, label: str, cells: list[str], profile: Profile
) -> DictionaryColumn:
    """Names of months with their number as months, or as days of the year that was answered.

    Raises
    ------
    Refusal
        With the question which year the days are of.
    """
    if profile.month_day == "day" and profile.year is None:
        raise Refusal(questions=[_which_year(label, cells)])
    texts = []
    for cell in map(str.strip, column.cells):
        pair = _month_and_number(cell)
        if pair is None:
            texts.append(cell)
        elif profile.month_day == "day":
            texts.append(f"{profile.year}-{pair[0]:02}-{pair[1]:02}")
        else:
            texts.append(_as_month(cell))
    return DictionaryColumn(pa.array(texts, pa.string()).take(pa.array(column.codes)))


def _week_of_year(cell: str) -> str | None:
    """A year and the number of its week, as ISO 8601 writes it.

    Examples
    --------
    >>> _week_of_year("2024-05"), _week_of_year("7/2024"), _week_of_year("202453")
    ('2024-W05', '2024-W07', '2024-W53')
    >>> _week_of_year("2024-01-08") is None
    True
    """
    match = next((m for p in _WEEK_OF if (m := p.fullmatch(cell))), None)
    if match is None or not 1 <= int(match["w"]) <= _PARTS["P1W"][1]:
        return None
    return f"{match['y']}-W{int(match['w']):02}"


def _part(cell: str, length: str) -> int | None:
    """The number of a week, month or quarter within its year.

    Examples
    --------
    >>> _part("KW 05", "P1W"), _part("Mai", "P1M"), _part("Q3", "P3M"), _part("13", "P1M")
    (5, 5, 3, None)
    """
    pattern, most = _PARTS[length]
    match = pattern.fullmatch(cell)
    if match is None:
        return month_of(cell) if length == "P1M" else None
    return int(match[1]) if 1 <= int(match[1]) <= most else None


def _date(year: str, cell: str, length: str) -> str | None:
    n = _part(cell.strip(SPACES), length)
    if n is None:
        return None
    return {
        "P1W": f"{year}-W{n:02}", "P1M": f"{year}-{n:02}", "P3M": f"{year}-Q{n}",
        HALF: f"{year}-H{n}",
    }[length]  # fmt: skip


def _years(records: Table, header: Header) -> int | None:
    """The place of the column that says the year of each row."""
    for j, (cell, field) in enumerate(zip(header.cells, header.fields, strict=True)):
        if field is not None or not is_of_years(cell):
            continue
        filled = [c for text in records.columns[j].cells if (c := text.strip(SPACES))]
        if all(map(_YEAR.fullmatch, filled)):
            return j
    return None


def _in_iso_weeks(column: DictionaryColumn) -> DictionaryColumn:
    weeks = [_week_of_year(cell.strip(SPACES)) or cell for cell in column.cells]
    return DictionaryColumn(pa.array(weeks, pa.string()).take(pa.array(column.codes)))


def _joined(years: DictionaryColumn, parts: DictionaryColumn, length: str) -> DictionaryColumn:
    """Parts of years as dates; one without its year stays as it is."""

    def date_of(year: str, part: str) -> str:
        year = year.strip(SPACES)
        return (_date(year, part, length) if year else None) or part

    return years.joined(parts, date_of)
