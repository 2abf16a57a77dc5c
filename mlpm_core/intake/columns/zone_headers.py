"""Zones as people write them in the header of times, or in the cells of a column beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.zone_names import OFFSETS, PLACES, SEVERAL, UTC_NAME, place
from mlpm_core.intake.metric_names import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCAL: Final = "local"
"""What stands for a zone where a header only says that its times are local."""
ALSO_WORDS: Final = frozenset(("EST", "IST", "ART", "CAT", "EAT", "PET", "COT", "WIT", "WAT"))
"""Abbreviations that are words of another meaning, too: an estimate, German for actual."""
PLACE_OF: Final = {
    ("CET", "+01:00"): "Europe/Berlin", ("MEZ", "+01:00"): "Europe/Berlin",
    ("CEST", "+02:00"): "Europe/Berlin", ("MESZ", "+02:00"): "Europe/Berlin",
    ("WET", "+00:00"): "Europe/Lisbon", ("WEST", "+01:00"): "Europe/Lisbon",
    ("BST", "+01:00"): "Europe/London",
    ("EET", "+02:00"): "Europe/Helsinki", ("EEST", "+03:00"): "Europe/Helsinki",
    ("IST", "+02:00"): "Asia/Jerusalem", ("IDT", "+03:00"): "Asia/Jerusalem",
    ("IST", "+01:00"): "Europe/Dublin",
    ("EST", "-05:00"): "America/New_York", ("EDT", "-04:00"): "America/New_York",
    ("CST", "-06:00"): "America/Chicago", ("CDT", "-05:00"): "America/Chicago",
    ("CST", "-05:00"): "America/Havana",
    ("MST", "-07:00"): "America/Denver", ("MDT", "-06:00"): "America/Denver",
    ("PST", "-08:00"): "America/Los_Angeles", ("PDT", "-07:00"): "America/Los_Angeles",
    ("AKST", "-09:00"): "America/Anchorage", ("AKDT", "-08:00"): "America/Anchorage",
    ("AST", "-04:00"): "America/Halifax", ("ADT", "-03:00"): "America/Halifax",
    ("NST", "-03:30"): "America/St_Johns", ("NDT", "-02:30"): "America/St_Johns",
    ("CLT", "-04:00"): "America/Santiago",
    ("AEST", "+10:00"): "Australia/Sydney", ("AEDT", "+11:00"): "Australia/Sydney",
    ("ACST", "+09:30"): "Australia/Adelaide", ("ACDT", "+10:30"): "Australia/Adelaide",
    ("NZST", "+12:00"): "Pacific/Auckland", ("NZDT", "+13:00"): "Pacific/Auckland",
}  # fmt: skip
"""Whose clocks show an abbreviation in one half of the year, by its offset."""

_IN_WORDS: Final = {
    "est5edt": "America/New_York", "cst6cdt": "America/Chicago", "mst7mdt": "America/Denver",
    "pst8pdt": "America/Los_Angeles", "mest": "CEST", "\u043c\u0441\u043a": "MSK",
    "\u5317\u4eac\u65f6\u95f4": "Asia/Shanghai", "\u65e5\u672c\u6642\u9593": "Asia/Tokyo",
    "eastern": "ET", "mountain": "MT", "pacific": "PT", "eastern standard time": "EST",
    "eastern daylight time": "EDT", "eastern time": "ET",
    "central daylight time": "CDT", "mountain standard time": "MST",
    "mountain daylight time": "MDT", "mountain time": "MT", "pacific standard time": "PST",
    "pacific daylight time": "PDT", "pacific time": "PT",
    "central european standard time": "CET", "central european time": "CET",
    "central european summer time": "CEST", "british summer time": "BST",
    "coordinated universal time": UTC_NAME, "greenwich mean time": UTC_NAME, "zulu": UTC_NAME,
    # As Windows, and what runs on it, calls the clocks of places.
    "central standard time": "America/Chicago", "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin", "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest", "fle standard time": "Europe/Helsinki",
    "gtb standard time": "Europe/Bucharest", "turkey standard time": "Europe/Istanbul",
    "russian standard time": "Europe/Moscow", "israel standard time": "Asia/Jerusalem",
    "arabian standard time": "Asia/Dubai", "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai", "singapore standard time": "Asia/Singapore",
    "tokyo standard time": "Asia/Tokyo", "korea standard time": "Asia/Seoul",
    "aus eastern standard time": "Australia/Sydney", "greenwich standard time": UTC_NAME,
    "new zealand standard time": "Pacific/Auckland",
    "e. south america standard time": "America/Sao_Paulo",
    "south africa standard time": "Africa/Johannesburg",
}  # fmt: skip
_ZONES: Final = frozenset(map(normal, (
    "time zone", "timezone", "tz", "tz name", "time zone name", "time zone id", "iana time zone",
    "Zeitzone", "fuseau horaire", "huso horario", "zona horaria", "fuso orario", "tijdzone",
    "strefa czasowa", "fuso hor\u00e1rio",
)))  # fmt: skip
_OFFSETS: Final = frozenset(map(normal, (
    "utc offset", "gmt offset", "tz offset", "time zone offset", "offset from utc",
    "utc offset hours", "utc offset (hours)", "utc offset (h)", "utc offset h",
)))  # fmt: skip
_PERHAPS: Final = frozenset(map(normal, ("zone", "zone id", "zone name", "offset")))
"""Headers of zones, but also of regions and of numbers that have nothing to do with a zone."""
_BY_RANK: Final = (_ZONES, _OFFSETS, _PERHAPS)

_LOCAL_WORDS: Final = frozenset(("local", "localtime", "ortszeit", "lokalzeit"))
_LOCAL: Final = frozenset(("heure locale", "hora local", "ora locale", "lokale tijd"))
_AS_WORD: Final = frozenset((  # written small behind a name they are no word of another meaning
    "utc", "gmt", "cet", "cest", "mez", "mesz", "eet", "eest", "pst", "pdt", "mst", "mdt", "cdt",
    "edt", "jst", "kst", "msk", "sgt", "hkt", "aest", "aedt",
))  # fmt: skip
_AS_FIRST_WORD: Final = _AS_WORD - {"utc", "gmt", "mst", "mdt", "cdt", "edt"}
_BRACKETS: Final = re.compile(r"[(\[\uff08](?P<inner>.*)[)\]\uff09]")
_PARTS: Final = re.compile(r"[(),;\[\]\uff08\uff09]|\s-\s")
_BEHIND: Final = re.compile(
    r".*(?:[ ,](?P<name>[A-Z]{2,5}(?:/[A-Z]{3,5})?)|"
    r"[ ,_](?P<place>[A-Z][A-Za-z]+(?:/[A-Za-z_+-]+[0-9]*){1,2}|[A-Z]{3}[0-9][A-Z]{3}))\s*"
)
_UTC_WORD: Final = re.compile(
    r"(?:(?i:(?<![a-z])(?:utc|gmt|zulu)(?![a-z]))|(?<=[a-z])(?:UTC|Utc|GMT)(?![a-z])"
    r"|(?<![A-Za-z])(?:utc|UTC)(?=[A-Z][a-z]))(?![\s_]*(?:plus|minus|[+-]?\s?[0-9]))"
)
_NUMBER: Final = (
    r"(?P<sign>[+\u2212\u2013-])\s?(?P<hours>[01]?[0-9])"
    r"(?:(?::|(?<=[01][0-9]))(?P<minutes>[0-9]{2}))?(?![0-9])"
)
_OFFSET: Final = re.compile(rf"(?:UTC|GMT)?\s*{_NUMBER}")
_OF_UTC: Final = re.compile(rf"(?<![A-Z/])(?i:UTC|GMT)\s?{_NUMBER}")
_AT_END: Final = re.compile(
    r"(?:.*[A-Za-z )\]])?(?P<sign>[+\u2212-])(?P<hours>[01][0-9]):(?P<minutes>[0-5][0-9])"
)
_NONE_AWAY: Final = re.compile(r"(?:UTC|GMT)\s*(?:\u00b1\s*)?0?0(?::?00)?")
_SURE: Final = re.compile(r"(?:UTC|GMT).*|[+\u2212-][0-9]{2}:[0-9]{2}|[+\u2212-]0[0-9]{3}|.+/.+")
_ABOVE: Final = re.compile(
    r"(?:\b(?:time[ _-]?zone|tz|zeitzone|fuseau horaire|huso horario|zona horaria|fuso orario"
    r"|tijdzone)\b[\"' ]*[:=,;\t][\"' ]*(?P<zone>[^\"',;\t#]+)"
    r"|\btimes? (?:are |shown )*in (?:the )?(?P<times>[^\"',;\t#]+))",
    re.IGNORECASE,
)
_LONGEST: Final = 200
_FARTHEST: Final = (-12 * 60, 14 * 60)


def zone_in_header(header: str) -> str | None:
    """The zone that the header of times names, by its name or offset; `LOCAL`; None without one.

    Examples
    --------
    >>> [zone_in_header(h) for h in ("ts (CET)", "time [Europe/Berlin]", "made_at_utc", "at UTC+1")]
    ['CET', 'Europe/Berlin', 'UTC', '+01:00']
    >>> [zone_in_header(h) for h in ("local time", "started_at", "time (s)", "ts_est")]
    ['local', None, None, None]
    >>> [zone_in_header(h) for h in ("UTC Time", "cet_time", "at GMT+1 (BST)", "ts (24h, CET)")]
    ['UTC', 'CET', '+01:00', 'CET']
    """
    text = header.strip()[:_LONGEST]
    if (match := _OF_UTC.search(text)) and (offset := _offset(match)):
        return offset
    if match := _BRACKETS.search(text):
        for part in (match["inner"], *_PARTS.split(match["inner"])):
            if zone := LOCAL if _says_local(part) else zone_named(_without_time(part)):
                return zone
    if (match := _AT_END.fullmatch(text)) and (offset := _offset(match)):
        return offset
    if _says_local(text):
        return LOCAL
    if (match := _BEHIND.fullmatch(text)) and (zone := zone_named(match["name"] or match["place"])):
        return zone
    if _UTC_WORD.search(text):
        return UTC_NAME
    first, *others = [word for word in re.split(r"[\W_]+", text.lower()) if word] or [""]
    if others and others[-1] in _AS_WORD:
        return others[-1].upper()
    return first.upper() if others and first in _AS_FIRST_WORD else None


def zone_named(text: str) -> str | None:
    """A zone as it is written: an offset, an abbreviation, or a place; None for other words.

    Examples
    --------
    >>> [zone_named(t) for t in ("GMT-5", "CET/CEST", "europe/berlin", "ET", "north", "Z")]
    ['-05:00', 'Europe/Berlin', 'Europe/Berlin', 'America/New_York', None, 'UTC']
    >>> [zone_named(t) for t in ("UTC+01:00 (CET)", "EST5EDT", "W. Europe Standard Time", "+99:00")]
    ['+01:00', 'America/New_York', 'Europe/Berlin', None]
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if match := _OFFSET.fullmatch(text):
        return _offset(match)
    if text in ("Z", "UTC", "GMT", "UTC/GMT", "GMT/UTC") or _NONE_AWAY.fullmatch(text):
        return UTC_NAME
    if (meant := _IN_WORDS.get(text.lower())) is not None:
        return PLACES.get(meant, meant)
    if text in PLACES:
        return PLACES[text]
    if text in OFFSETS or text in SEVERAL:
        return text
    if (match := _BRACKETS.search(text)) and match.end() == len(text):
        both = zone_named(text[: match.start()]), zone_named(match["inner"])
        return next((z for z in both if z and z[0] in "+-"), None) if all(both) else None
    parts = text.split("/")
    if len(parts) == 2 and all(part in OFFSETS or part in SEVERAL for part in parts):
        places = [{at for (name, _), at in PLACE_OF.items() if name == part} for part in parts]
        return next(iter(places[0] & places[1]), None)
    written = re.sub(r"[A-Za-z]+", lambda word: word[0].capitalize(), text).replace("Us/", "US/")
    begun = "/".join(part[:1].upper() + part[1:] for part in parts)
    return next((t for t in (text, begun, written) if "/" in t and place(t) is not None), None)


def zone_above(lines: Sequence[str]) -> str | None:
    """The zone that one of the lines above a header names for a whole file.

    Examples
    --------
    >>> zone_above(["# Report", "# Time zone: Europe/Berlin"]), zone_above(["All times in UTC."])
    ('Europe/Berlin', 'UTC')
    >>> zone_above(["Region: north", "tz=mine"]) is None
    True
    """
    said = {m["zone"] or m["times"] for line in lines if (m := _ABOVE.search(line[:_LONGEST]))}
    zones = {zone_named(text.strip(" \t.)")) for text in said}
    return zones.pop() if len(zones) == 1 else None


def zones_beside(header: str, cells: Sequence[str], of: str | None = None) -> list[str | None]:
    """The zone of each cell of a column of zones; none at all when it is no such column.

    Parameters
    ----------
    of : str, optional
        The header of times that the column must be named after, such as started_at for
        started_at_tz; by default it is named after none.

    Examples
    --------
    >>> zones_beside("tz", ["CET", ""]), zones_beside("zone", ["north"]), zones_beside("tz", ["1"])
    (['CET', None], [], [])
    >>> zones_beside("offset", ["-1"]), zones_beside("utc_offset", ["-5", "5.5"])
    ([], ['-05:00', '+05:30'])
    >>> zones_beside("started_tz", ["cet"], "started_at"), zones_beside("user_tz", ["CET"])
    (['CET'], [])
    """
    name = _apart(header, of)
    if not any(name in names for names in _BY_RANK):
        return []
    zones: list[str | None] = []
    for cell in cells:
        text = cell.strip()
        zone = _hours(text) if name in _OFFSETS else None
        if name not in _PERHAPS or _SURE.fullmatch(text) or text.lower() in _AS_WORD:
            zone = zone or zone_named(text) or zone_named(text.upper())
        if zone is None and text and not is_missing(text):
            return []
        zones.append(zone)
    return zones if any(zones) else []


def rank_of_zones(header: str, of: str | None = None) -> int | None:
    """How surely a header is that of a column of zones, from 0; None when it is none of them.

    Examples
    --------
    >>> [rank_of_zones(header) for header in ("timezone", "utc_offset", "zone", "region")]
    [0, 1, 2, None]
    """
    name = _apart(header, of)
    return next((i for i, names in enumerate(_BY_RANK) if name in names), None)


def _apart(header: str, of: str | None) -> str:
    """The header of a column of zones without that of the times that it is named after."""
    name = normal(header)
    if of is None:
        return name
    return next((name.removeprefix(n) for n in _stems(of) if name.startswith(n)), "")


def _stems(header: str) -> list[str]:
    """What the header of a column of zones begins with that is of one column of times."""
    name = normal(header)
    ends = ("timestamp", "datetime", "time", "date", "at", "on", "ts")
    return [name, *(name.removesuffix(e) for e in ends if name.endswith(e) and name != e)]


def _says_local(text: str) -> bool:
    words = re.split(r"[\W_]+", text.lower())
    return not _LOCAL_WORDS.isdisjoint(words) or any(p in text.lower() for p in _LOCAL)


def _without_time(text: str) -> str:
    """What stands before the word time, but for names of zones that end so."""
    plain = text.strip()
    is_name = plain.lower() in _IN_WORDS or not plain.lower().endswith(" time")
    return plain if is_name else plain[: -len(" time")]


def _offset(match: re.Match[str]) -> str | None:
    """An offset such as +01:00; None where no clock is so far from UTC."""
    sign = "+" if match["sign"] == "+" else "-"
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    return _written((1 if sign == "+" else -1) * (60 * hours + minutes)) if minutes < 60 else None


def _hours(text: str) -> str | None:
    """An offset from a number of hours."""
    if re.fullmatch(r"[+\u2212-]?[0-9]{1,2}(?:[.,][0-9]{1,2})?", text) is None:
        return None
    minutes = 60 * float(text.replace("\u2212", "-").replace(",", "."))
    return _written(int(minutes)) if minutes.is_integer() else None


def _written(minutes: int) -> str | None:
    if minutes % 15 or not _FARTHEST[0] <= minutes <= _FARTHEST[1]:
        return None
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
