"""Periods in words: as a question shows them, and as a receipt says how a file was read."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.dates import HALF, after
from mlpm_core.intake.columns.rows import distinct
from mlpm_core.intake.metric_names import normal

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.intake.columns.rows import Flags, Rows

    Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]

INSTANT: Final = "instant"
EACH: Final = {
    "PT1H": "an hour", "P1D": "a day", "P1W": "a week", "P1M": "a month", "P3M": "a quarter",
    HALF: "a half-year",     "P1Y": "a year",
}  # fmt: skip


_LENGTH_OF: Final = {
    "PT1H": "stunde heure hora ora", "P1D": "tag jour giorno",
    "P1W": "woche wochen semaine semana settimana kw cw wk isoweek kalenderwoche \u9031 \u5468",
    "P1M": "monat mois mes mese maand \u6708",
    "P3M": "q qtr quartal trimestre kwartaal",
    HALF: "halbjahr hj semester semestre halfjaar halv\u00e5r",
    "P1Y": "jahr ann\u00e9e annee a\u00f1o anno jaar",
}  # fmt: skip
_IN_ENGLISH: Final = {
    "hour": "PT1H", "week": "P1W", "month": "P1M", "quarter": "P3M", "half": HALF, "year": "P1Y",
}  # fmt: skip
_BEFORE: Final = ("calendar", "iso", "reporting", "invoice", "billing")


def header_length(header: str) -> str | None:
    """The length of a period that the header of its date names.

    Examples
    --------
    >>> header_length("week"), header_length("Month ending"), header_length("timestamp")
    ('P1W', 'P1M', None)
    >>> header_length("Woche ab"), header_length("calendar week"), header_length("Q")
    ('P1W', 'P1W', 'P3M')
    """
    name = normal(header)
    if name == "day":
        return "P1D"
    for word in _BEFORE:
        name = name.removeprefix(word)
    english = next((length for word, length in _IN_ENGLISH.items() if name.startswith(word)), None)
    if english is not None:
        return english
    words = set(re.findall(r"[^\W\d_]+", header.casefold()))
    return next((n for n, of in _LENGTH_OF.items() if not words.isdisjoint(of.split())), None)


def in_words(start: datetime, length: str) -> str:
    """A period as its first and last day."""
    if length == INSTANT:
        return f"the moment {start:%Y-%m-%d %H:%M}, which counts for no time"
    if length == "P1D":
        return f"the day {day_in_words(start)}"
    if length == "PT1H":
        return f"the hour from {start:%Y-%m-%d %H:%M}"
    last = after(start, length) - timedelta(days=1)
    return f"{day_in_words(start)} to {day_in_words(last)}"


def day_in_words(at: date) -> str:
    """A day with its day of the week."""
    return f"{at:%a} {at.day} {at:%b %Y}"


def periods_in_words(rows: Rows) -> list[str]:
    """The periods of some rows, as a receipt says them: "8 weeks, Monday to Sunday, from ...".

    Examples
    --------
    >>> from mlpm_core.intake.columns.rows import Rows
    >>> weeks = pa.array([datetime(2024, 1, 1), datetime(2024, 1, 8)])
    >>> fields = {"period_start": weeks, "granularity": pa.array(["P1W", "P1W"])}
    >>> periods_in_words(Rows(np.arange(2), fields))
    ['2 weeks, Monday to Sunday, from 1 Jan 2024 to 14 Jan 2024']
    """
    starts = rows.fields["period_start"]
    codes, lengths = distinct(rows.fields["granularity"])
    return [
        _counted(length, days)
        for code, length in enumerate(lengths)
        if length is not None and len(days := _days(starts, codes == code))
    ]


def spans_in_words(rows: Rows) -> list[str]:
    """The periods of rows that have a first and a last day, as a receipt says them.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.intake.columns.rows import Rows
    >>> first, last = [date(2024, 1, 1), date(2024, 2, 1)], [date(2024, 1, 31), date(2024, 2, 29)]
    >>> fields = {"period_start": pa.array(first), "period_end": pa.array(last)}
    >>> spans_in_words(Rows(np.arange(2), fields))
    ['2 months, from 1 Jan 2024 to 29 Feb 2024']
    """
    days = [rows.fields[name].cast(pa.timestamp("us")) for name in ("period_start", "period_end")]
    pairs = pa.table(days, ["first", "last"]).group_by(["first", "last"]).aggregate([]).to_pylist()
    starts: dict[str, list[datetime]] = {}
    others: list[tuple[datetime, datetime]] = []
    for first, last in sorted((p["first"], p["last"]) for p in pairs if None not in p.values()):
        length = next((x for x in _OF_DAYS if after(first, x) == last + timedelta(days=1)), None)
        if length is None:
            others.append((first, last))
        else:
            starts.setdefault(length, []).append(first)
    said = [_counted(x, np.array(at, "datetime64[us]")) for x, at in starts.items()]
    if others:
        n = f"{len(others):,} other period{'s' * (len(others) > 1)}"
        last = max(last for _, last in others)
        said.append(f"{n}, from {_date(others[0][0])} to {_date(last)}")
    return said


_OF_DAYS: Final = ("P1D", "P1W", "P1M", "P3M", HALF, "P1Y")
_PLURAL: Final = {
    "": "moment", "PT1H": "hour", "P1D": "day", "P1W": "week", "P1M": "month", "P3M": "quarter",
    HALF: "half-year", "P1Y": "year",
}  # fmt: skip


def _days(starts: pa.Array, where: Flags) -> Moments:
    """The distinct starts of some rows, in order."""
    some = starts if where.all() else starts.filter(pa.array(where))
    return np.sort(some.unique().drop_null().to_numpy().astype("datetime64[us]"))


def _counted(length: str, starts: Moments) -> str:
    n, word = len(starts), _PLURAL[length]
    parts = [f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"]
    first, newest = starts[0].item(), starts[-1].item()
    weekdays = np.unique(starts.astype("datetime64[D]").astype(np.int64) % 7)
    if length == "P1W" and len(weekdays) == 1:
        parts.append(f"{first:%A} to {after(first, 'P1W') - timedelta(days=1):%A}")
    days = [_date(day) for day in (first, max(newest, after(newest, length) - datetime.resolution))]
    parts.append(days[0] if days[0] == days[1] else f"from {days[0]} to {days[1]}")
    return ", ".join(parts)


def _date(day: datetime) -> str:
    return f"{day.day} {day:%b %Y}"
