"""Dates and times as files write them: ISO 8601 extended, or day and month in a named order."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

_ISO = re.compile(
    r"(?P<y>[0-9]{4})-(?:W(?P<w>[0-9]{2})|(?P<m>[0-9]{2})(?:-(?P<d>[0-9]{2})(?P<rest>[T ].+)?)?)"
)
_ORDERED = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})([T ].+)?")
_TIME = re.compile(
    r"[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?"
)
_SERIAL = re.compile(r"([0-9]{5})(\.[0-9]+)?")
_SERIAL_START = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}

ASKED_ORDER = ("both", "dmy", "mdy")
ASKED_SERIAL = "serial"


class Moment(NamedTuple):
    """A moment in UTC, or the question it depends on; ``grain`` is the period it names."""

    at: datetime | None
    grain: str = "P1D"
    has_assumed_utc: bool = False
    asks: str | None = None


def moment(text: str, date_order: str | None, excel_serial: str | None) -> Moment | None:
    """Read a date or a time; None when it is neither.

    Examples
    --------
    >>> moment("2024-W05", None, None).at, moment("2024-W05", None, None).grain
    (datetime.datetime(2024, 1, 29, 0, 0), 'P1W')
    >>> moment("01/02/2024", None, None).asks
    'both'
    >>> moment("01/02/2024", "dmy", None).at
    datetime.datetime(2024, 2, 1, 0, 0)
    >>> moment("20240105", None, None) is None
    True
    """
    try:
        if iso := _ISO.fullmatch(text):
            return _iso(iso)
        if ordered := _ORDERED.fullmatch(text):
            return _ordered(ordered, date_order)
        if (serial := _SERIAL.fullmatch(text)) and 20_000 <= float(text) <= 80_000:
            return _serial(serial, excel_serial)
    except (ValueError, OverflowError):
        pass
    return None


def _iso(match: re.Match[str]) -> Moment | None:
    year, week, month = int(match["y"]), match["w"], match["m"]
    if week is not None:
        return Moment(_midnight(date.fromisocalendar(year, int(week), 1)), "P1W")
    if match["d"] is None:
        return Moment(_midnight(date(year, int(month), 1)), "P1M")
    return _timed(date(year, int(month), int(match["d"])), match["rest"])


def _ordered(match: re.Match[str], order: str | None) -> Moment | None:
    one, other, year = int(match[1]), int(match[3]), int(match[4])
    fits = {"dmy": _date(year, other, one), "mdy": _date(year, one, other)}
    if order is not None:
        day = fits[order]
        return None if day is None else _timed(day, match[5])
    possible = [o for o, day in fits.items() if day is not None and _timed(day, match[5])]
    if not possible:
        return None
    return Moment(None, asks="both" if len(possible) == 2 else possible[0])


def _serial(match: re.Match[str], system: str | None) -> Moment:
    if system is None:
        return Moment(None, asks=ASKED_SERIAL)
    seconds = round(float(match[2] or 0) * 86_400)
    start = _midnight(_SERIAL_START[system])
    at = start + timedelta(days=int(match[1]), seconds=seconds)
    return Moment(at, "P1D" if seconds == 0 else "", has_assumed_utc=seconds != 0)


def _timed(day: date, rest: str | None) -> Moment | None:
    if rest is None:
        return Moment(_midnight(day))
    match = _TIME.fullmatch(rest)
    if match is None:
        return None
    hour, minute, second, fraction, zulu, sign, off_hours, off_minutes = match.groups()
    micro = int((fraction or "0").ljust(9, "0")[:6])
    at = datetime.combine(day, time(int(hour), int(minute), int(second or 0), micro))
    if sign is not None:
        if int(off_hours) > 23 or int(off_minutes) > 59:
            return None
        offset = timedelta(hours=int(off_hours), minutes=int(off_minutes))
        zone = timezone(offset if sign == "+" else -offset)
        at = at.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    grain = "P1D" if at.time() == time(0) else ""
    return Moment(at, grain, has_assumed_utc=zulu is None and sign is None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0))
