"""Names of time zones behind times, as the offset that they stand for: CET, MSK, America/New_York.

Abbreviations are those of the IANA time zone database. Some stand for several zones: CST is that of
Chicago, Shanghai and Havana, so that somebody is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mlpm_core.intake.columns.date_forms import in_any_form
from mlpm_core.intake.columns.dates import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

OFFSETS: Final = {
    name: offset
    for offset, names in {
        "+00:00": "UTC GMT WET Z",
        "+01:00": "CET MEZ WEST WAT",
        "+02:00": "CEST MESZ EET SAST CAT",
        "+03:00": "MSK EEST TRT EAT IDT",
        "+03:30": "IRST", "+04:00": "SAMT", "+05:00": "PKT YEKT UZT", "+05:45": "NPT",
        "+07:00": "WIB ICT KRAT NOVT", "+08:00": "HKT SGT MYT PHT AWST IRKT",
        "+09:00": "JST KST WIT", "+09:30": "ACST", "+10:00": "AEST VLAT", "+10:30": "ACDT",
        "+11:00": "AEDT", "+12:00": "NZST", "+13:00": "NZDT",
        "-03:00": "ADT BRT ART UYT", "-03:30": "NST", "-02:30": "NDT",
        "-04:00": "EDT CLT", "-05:00": "EST CDT COT PET", "-06:00": "MDT", "-07:00": "MST PDT",
        "-08:00": "PST AKDT", "-09:00": "AKST HDT", "-10:00": "HST",
    }.items()
    for name in names.split()
}  # fmt: skip
"""Abbreviations by their offset."""

PLACES: Final = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}  # fmt: skip
SEVERAL: Final[dict[str, dict[str, str]]] = {
    "CST": {"-06:00": "Chicago", "+08:00": "Shanghai", "-05:00": "Havana"},
    "IST": {"+05:30": "India", "+02:00": "Israel", "+01:00": "Ireland"},
    "BST": {"+01:00": "London", "+06:00": "Bangladesh"},
    "AST": {"-04:00": "Halifax", "+03:00": "Riyadh"},
    "GST": {"+04:00": "Dubai", "-02:00": "South Georgia"},
    "SST": {"-11:00": "Samoa", "+08:00": "Singapore"},
    "AMT": {"-04:00": "Manaus", "+04:00": "Yerevan"},
    "ECT": {"-05:00": "Ecuador", "-04:00": "Eastern Caribbean"},
}
"""Abbreviations of several zones: by offset, where it is in use."""

_TOLD_BY: Final = {
    ("CST", "CDT"): "-06:00", ("BST", "GMT"): "+01:00", ("AST", "ADT"): "-04:00",
    ("IST", "IDT"): "+02:00",
}  # fmt: skip
"""What an abbreviation stands for beside that of the same place in the other half of the year."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}")
_ZONE: Final = (
    r"(?P<offset> ?(?:UTC|GMT)?[+\u2212-][0-9]{1,2}(?::?[0-9]{2})?)?"
    r"(?: ?[\[(]?(?P<zone>[A-Za-z]{1,5}|[A-Za-z]{3,12}(?:/[A-Za-z_+-]+[0-9]*){1,2})[\])]?)?"
)
_BEHIND: Final = (
    re.compile(rf"(?P<base>{_DAY.pattern}){_ZONE}"),
    re.compile(rf"(?P<base>.*?[0-9](?: ?[AaPp]\.?[Mm]\.?(?![A-Za-z]))?){_ZONE}"),
)
_BEFORE_YEAR: Final = re.compile(
    r"(?:[A-Za-z]{3},? +)?(?P<month>[A-Za-z]{3}) +(?P<day>[0-9]{1,2}) +(?P<time>[0-9:.]+) "
    r"(?P<zone>[A-Za-z]{1,5}) (?P<year>[0-9]{4})"
)
_NUMBER: Final = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?")
_LONGEST: Final = 80


class Zoned(NamedTuple):
    """A time apart from its zone: a name, and an offset where one is written too."""

    base: str
    zone: str
    offset: str = ""


def zoned(text: str) -> Zoned | None:
    """A time and the zone whose name, or the day and the zone whose offset, stands behind it.

    Examples
    --------
    >>> zoned("2026-01-05 10:00 CET"), zoned("2026-01-05T10:00:00+01:00[Europe/Paris]").offset
    (Zoned(base='2026-01-05 10:00', zone='CET', offset=''), '+01:00')
    >>> zoned("Mon Jan 5 10:00:00 MSK 2026").base, zoned("2026-01-05 10:00 PM")
    ('5 Jan 2026 10:00:00', None)
    """
    if len(text) > _LONGEST:
        return None
    if early := _BEFORE_YEAR.fullmatch(text):
        base = f"{early['day']} {early['month']} {early['year']} {early['time']}"
        return Zoned(base, early["zone"]) if _is_zone(early["zone"]) else None
    match = next((m for pattern in _BEHIND if (m := pattern.fullmatch(text))), None)
    if match is None:
        return None
    base, zone = match["base"].strip(), match["zone"] or ""
    offset = (match["offset"] or "").strip().replace("\u2212", "-")
    if zone and not _is_zone(zone):
        return None
    is_plain = zone == "Z" or (not zone and not offset.startswith(("UTC", "GMT")))
    if not (zone or offset) or (is_plain and not _DAY.fullmatch(base)):  # those are read anyway
        return None
    return Zoned(base, zone, offset)


def told_by_others(texts: Sequence[str]) -> dict[str, str]:
    """The offsets of abbreviations of several zones that others in a column tell.

    Examples
    --------
    >>> told_by_others(["2026-01-05 10:00 CST", "2026-07-05 10:00 CDT"])
    {'CST': '-06:00'}
    """
    ends = {text[-3:] for text in texts}
    return {name: offset for (name, other), offset in _TOLD_BY.items() if {name, other} <= ends}


def _is_zone(name: str) -> bool:
    if name in OFFSETS or name in SEVERAL or name in PLACES:
        return True
    return "/" in name and place(name) is not None


def place(name: str) -> ZoneInfo | None:
    """The zone of a place such as Europe/Berlin; None where there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def with_offset(text: str, answers: Mapping[str, str], order: str | None) -> str | None:
    """A time with the offset of its zone in the place of its name; None when it names no zone.

    Parameters
    ----------
    answers : mapping
        The offsets of abbreviations that stand for several zones.
    order : str or None
        The order of day and month, if it is known.

    Examples
    --------
    >>> with_offset("2026-07-05 10:00 America/New_York", {}, None)
    '2026-07-05 10:00 -04:00'
    >>> with_offset("2026-01-05 10:00 CST", {"CST": "+08:00"}, None), with_offset("2026", {}, None)
    ('2026-01-05 10:00 +08:00', None)
    >>> with_offset("2026-01-05+01:00", {}, None), with_offset("2026-01-05 10:00 UTC+2", {}, None)
    ('2026-01-05', '2026-01-05 10:00 +02:00')
    """
    apart = zoned(text)
    if apart is None:
        return None
    if _DAY.fullmatch(apart.base):  # a day of that zone, whichever it is
        return apart.base
    number = _NUMBER.search(apart.offset)
    if number is not None:
        minutes = number["minutes"] or "00"
        return f"{apart.base} {number['sign']}{number['hours'].zfill(2)}:{minutes}"
    said = OFFSETS.get(apart.zone) or answers.get(apart.zone)
    offset = None if said and "/" in said else said
    if offset is None and (zone := place(said or PLACES.get(apart.zone, apart.zone))) is not None:
        at = _local_time(apart.base, order)
        offset = None if at is None else _written(at.replace(tzinfo=zone).utcoffset())
    return apart.base if offset is None else f"{apart.base} {offset}"


def _local_time(text: str, order: str | None) -> datetime | None:
    read = moment(text, order, None) or in_any_form(text, order)
    return None if read is None else read.at


def _written(offset: timedelta | None) -> str | None:
    if offset is None:
        return None
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
