"""Dates and times as files write them: ISO 8601, year first, or day and month in a named order.

What only a whole column can tell, such as ``20240108`` or ``Q1 2024``, stands in ``date_forms``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

_ISO = re.compile(
    r"(?P<y>[0-9]{4})-(?:W(?P<w>[0-9]{2})(?:-(?P<wd>[1-7]))?"
    r"|(?P<m>[0-9]{2})(?:-(?P<d>[0-9]{2})(?P<rest>[T ].+)?)?)"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})([/.-])([0-9]{1,2})\2([0-9]{1,2})([T ].+)?")
_EAST = re.compile(r"([0-9]{4})[年년] ?([0-9]{1,2})[月월](?: ?([0-9]{1,2})[日일])?( .+)?")
_SPACED = re.compile(r"([0-9]{4})\. ([0-9]{1,2})\. ([0-9]{1,2})\.?( .+)?")
_EAST_HOUR = re.compile(r"([0-9]{1,2})[时時시] ?([0-9]{1,2})[分분](?: ?([0-9]{1,2})[秒초])?")
_ORDERED = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})([T ].+)?")
_TIME = re.compile(
    r"[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?:(Z|UTC|GMT|\(UTC\))|([+-])([0-9]{2})(?::?([0-9]{2}))?(?: UTC)?))?"
)
_BETWEEN = re.compile(r"\s+(?:to|bis|until|au|\u2013|\u2014|-)\s+|\s*(?:\.\.|,\s|\u2013|\u2014)\s*")
_TWO_ORDERED = re.compile(r"([0-9]{1,4}[/.][0-9/.]+)-([0-9]{1,4}[/.][0-9/.]+)")
_LONGEST = 80
_SERIAL = re.compile(r"([0-9]{5})(\.[0-9]+)?")
_SERIAL_START = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}
HALF = "P6M"
"""A half-year; files of before it was a length of results know it for costs alone."""

_MONTHS = {"P1M": 1, "P3M": 3, HALF: 6, "P1Y": 12}
_SPANS = {
    "PT1H": timedelta(hours=1),
    "P1D": timedelta(days=1),
    "P1W": timedelta(weeks=1),
}
_DAY = timedelta(days=1)
_NOON = 12
_FIRST_YEAR, _LAST_YEAR = 15, 35  # of two digits that may be a year in front

ASKED_SERIAL = "serial"


class Moment(NamedTuple):
    """A moment in UTC, or the question it depends on; ``grain`` is the period it names.

    ``local`` is the midnight of a zone other than UTC that it was written as; ``is_range`` says
    that a first and a last moment were given.
    """

    at: datetime | None
    grain: str = "P1D"
    has_assumed_utc: bool = False
    asks: str | None = None
    local: datetime | None = None
    is_range: bool = False


def moment(text: str, date_order: str | None, excel_serial: str | None) -> Moment | None:
    """Read a date or a time; None when it is neither.

    Examples
    --------
    >>> moment("2024-W05", None, None).at, moment("2024-W05", None, None).grain
    (datetime.datetime(2024, 1, 29, 0, 0), 'P1W')
    >>> moment("2024/1/8", None, None).at, moment("2024-01-08 09:00:00+00", None, None).at.hour
    (datetime.datetime(2024, 1, 8, 0, 0), 9)
    >>> moment("01/02/2024", None, None).asks
    'both'
    >>> moment("01/02/2024 0:00", "dmy", None).at
    datetime.datetime(2024, 2, 1, 0, 0)
    >>> moment("2024-02-05 to 2024-02-11", None, None).grain
    'P1W'
    >>> moment("20240105", None, None) is None
    True
    """
    if len(text) > _LONGEST:
        return None
    try:
        return _one(text, date_order, excel_serial) or _range(text, date_order)
    except (ValueError, OverflowError):
        return None


def _one(text: str, date_order: str | None, excel_serial: str | None) -> Moment | None:
    if iso := _ISO.fullmatch(text):
        return _iso(iso)
    if year_first := _YEAR_FIRST.fullmatch(text):
        year, _, month, day, rest = year_first.groups()
        return timed(date(int(year), int(month), int(day)), rest)
    if ordered := _ORDERED.fullmatch(text):
        return in_order(ordered, int(ordered[4]), date_order)
    if (serial := _SERIAL.fullmatch(text)) and 20_000 <= float(text) <= 80_000:
        return _serial(serial, excel_serial)
    if spaced := _SPACED.fullmatch(text):
        year, month, day, rest = spaced.groups()
        return timed(date(int(year), int(month), int(day)), rest)
    if east := _EAST.fullmatch(text):
        return _east(east)
    return None


def length_between(start: datetime, end: datetime, end_grain: str) -> str | None:
    """The ISO 8601 length of the period from a start to an end; None when it has none of ours.

    An end that is a day may be the last one of the period or the first one after it: no length of
    ours can be both.

    Examples
    --------
    >>> length_between(datetime(2024, 2, 5), datetime(2024, 2, 11), "P1D")
    'P1W'
    >>> length_between(datetime(2024, 2, 1), datetime(2024, 3, 1), "P1D")
    'P1M'
    >>> length_between(datetime(2024, 2, 1), datetime(2024, 2, 10), "P1D") is None
    True
    """
    stops = [end]
    if end_grain == "P1D" and end.time() == time(0):
        stops = [end + _DAY, end]
    elif end_grain in ("P1W", *_MONTHS):
        stops = [after(end, end_grain)]
    elif end.second == 59 or end.minute == 59:  # 23:59:59.999 and 23:59 end a day
        stops = [end.replace(second=0, microsecond=0) + timedelta(minutes=1)]
    for stop in stops:
        for grain in (*_SPANS, *_MONTHS):
            if after(start, grain) == stop:
                return grain
    return None


def after(start: datetime, grain: str) -> datetime:
    """The first moment after a period.

    Examples
    --------
    >>> after(datetime(2024, 1, 31), "P1M"), after(datetime(2024, 2, 5), "P1W")
    (datetime.datetime(2024, 2, 29, 0, 0), datetime.datetime(2024, 2, 12, 0, 0))
    """
    if grain in _SPANS:
        return start + _SPANS[grain]
    return _months_later(start, _MONTHS.get(grain, 0))


def start_of(end: datetime, grain: str) -> datetime:
    """The start of the period whose last day, or for hours whose end, is given.

    Examples
    --------
    >>> start_of(datetime(2024, 2, 29), "P1M"), start_of(datetime(2024, 1, 7), "P1W")
    (datetime.datetime(2024, 2, 1, 0, 0), datetime.datetime(2024, 1, 1, 0, 0))
    """
    if grain == "P1D":
        return end
    if grain in _SPANS:
        return end - _SPANS[grain] + (timedelta(0) if grain == "PT1H" else _DAY)
    if days_left(end) <= _ABOUT_THE_END:  # the last working day of a month ends it, too
        return _months_later(end.replace(day=1), 1 - _MONTHS[grain])
    return _months_later(end + _DAY, -_MONTHS[grain])


_ABOUT_THE_END = 2


def days_left(day: datetime) -> int:
    """How many days of its month are left after a day.

    Examples
    --------
    >>> days_left(datetime(2024, 2, 29)), days_left(datetime(2024, 2, 1))
    (0, 28)
    """
    return monthrange(day.year, day.month)[1] - day.day


def is_about_month_end(day: datetime) -> bool:
    """Whether a day is the last of its month, or its last working day.

    Examples
    --------
    >>> is_about_month_end(datetime(2024, 3, 29)), is_about_month_end(datetime(2024, 3, 15))
    (True, False)
    """
    return days_left(day) <= _ABOUT_THE_END


def _months_later(day: datetime, months: int) -> datetime:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _iso(match: re.Match[str]) -> Moment | None:
    year, week, month = int(match["y"]), match["w"], match["m"]
    if week is not None:
        weekday = int(match["wd"] or 1)
        grain = "P1D" if match["wd"] else "P1W"
        return Moment(midnight(date.fromisocalendar(year, int(week), weekday)), grain)
    if match["d"] is None:
        return Moment(midnight(date(year, int(month), 1)), "P1M")
    return timed(date(year, int(month), int(match["d"])), match["rest"])


def _east(match: re.Match[str]) -> Moment | None:
    year, month, day, rest = match.groups()
    if rest and (clock := _EAST_HOUR.fullmatch(rest.strip())):
        rest = f" {clock[1]}:{clock[2].zfill(2)}:{(clock[3] or '0').zfill(2)}"
    if day is None:
        return None if rest else Moment(midnight(date(int(year), int(month), 1)), "P1M")
    return timed(date(int(year), int(month), int(day)), rest)


def _range(text: str, order: str | None) -> Moment | None:
    """From a first to a last day, or to the first moment after it."""
    inner = text.removeprefix("{").removesuffix("}")
    parts = [p for p in _BETWEEN.split(inner) if p]
    if len(parts) != 2:
        two = _TWO_ORDERED.fullmatch(inner)
        parts = [*two.groups()] if two else inner.split("/")
    if len(parts) != 2:
        return None
    ends = [_one(part, order, "1900") for part in parts]
    first, last = ends
    if first is None or last is None:
        return None
    asks = first.asks or last.asks
    if asks is not None:
        return Moment(None, asks=asks, is_range=True)
    start, end = first.local or first.at, last.local or last.at
    if start is None or end is None:
        return None
    grain = length_between(start, end, last.grain)
    return None if grain is None else Moment(start, grain, is_range=True)


def in_order(match: re.Match[str], year: int, order: str | None) -> Moment | None:
    """A date of which the order of day and month must be known; of two digits that of the year too.

    What it asks is ``both``, ``dmy`` or ``mdy``, with ``+ymd`` where the year may come first.
    """
    one, other, last = int(match[1]), int(match[3]), int(match[4])
    fits = {"dmy": _date(year, other, one), "mdy": _date(year, one, other)}
    if len(match[4]) == 2 and _FIRST_YEAR <= one <= _LAST_YEAR:
        fits["ymd"] = _date(2000 + one, other, last)
    if order is not None:
        day = fits.get(order)
        return None if day is None else timed(day, match[5])
    possible = [o for o, day in fits.items() if day is not None and timed(day, match[5])]
    if not possible:
        return None
    two = [o for o in possible if o != "ymd"]
    asks = ["both" if len(two) == 2 else two[0]] if two else []
    return Moment(None, asks="+".join([*asks, *(["ymd"] if "ymd" in possible else [])]))


def _serial(match: re.Match[str], system: str | None) -> Moment:
    if system is None:
        return Moment(None, asks=ASKED_SERIAL)
    seconds = round(float(match[2] or 0) * 86_400)
    start = midnight(_SERIAL_START[system])
    at = start + timedelta(days=int(match[1]), seconds=seconds)
    return Moment(at, "P1D" if seconds == 0 else "", has_assumed_utc=seconds != 0)


def timed(day: date, rest: str | None) -> Moment | None:
    """A day with the time that stands behind it, if any."""
    if rest is None:
        return Moment(midnight(day))
    match = _TIME.fullmatch(rest)
    if match is None:
        return None
    hour, minute, second, fraction, half, zulu, sign, off_hours, off_minutes = match.groups()
    micro = int((fraction or "0").ljust(9, "0")[:6])
    written = time(_hour(int(hour), half), int(minute), int(second or 0), micro)
    at = local = datetime.combine(day, written)
    if sign is not None:
        if int(off_hours) > 23 or int(off_minutes or 0) > 59:
            return None
        offset = timedelta(hours=int(off_hours), minutes=int(off_minutes or 0))
        zone = timezone(offset if sign == "+" else -offset)
        at = at.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    is_local_day = at != local and written == time(0)
    return Moment(
        at,
        "P1D" if at.time() == time(0) else "",
        has_assumed_utc=zulu is None and sign is None,
        local=local if is_local_day else None,
    )


def _hour(hour: int, half: str | None) -> int:
    """The hour of a day of 24, from one of a half of it."""
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError(hour)
    return hour % _NOON + (_NOON if half in "Pp" else 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(0))
