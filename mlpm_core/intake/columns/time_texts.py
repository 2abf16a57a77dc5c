"""Times as programs and people print them, in the way in which times are usually written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.zone_headers import ALSO_WORDS, zone_named
from mlpm_core.intake.columns.zone_names import OFFSETS, SEVERAL, zoned

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME_BEHIND_OFFSET: Final = re.compile(r"(?P<base>.*[+-][0-9]{2}:?[0-9]{2}) \([^()]*\)")
_UTC_TWICE: Final = re.compile(r"(?P<base>.*[0-9]Z)\[[A-Z][A-Za-z/]*\]")
_MINUS: Final = re.compile(r"(?P<base>.*[0-9] ?)\u2212(?P<rest>[0-9]{1,2}(?::?[0-9]{2})?)")
_HOURS: Final = re.compile(r"(?P<base>.*:[0-9]{2}(?:\.[0-9]+)? ?[+-])(?P<hour>[0-9])")
_BEHIND: Final = re.compile(
    r"(?P<base>.*[0-9](?: ?[AaPp]\.?[Mm]\.?)?)"
    r" ?[(\[]?(?P<zone>[A-Za-z][^0-9+:,()\[\]]*)[)\]]?"
)
_OF_TWO: Final = re.compile(
    r"(?P<base>.*:[0-9]{2}(?: ?[AaPp][Mm])?) (?P<zone>[A-Z]{3}[0-9][A-Z]{3})"
)
_APART: Final = (  # a comma or a word between day and time; a colon, in logs of web servers
    (re.compile(r"([0-9]{4}), (?=[0-9]{1,2}:[0-9]{2})"), r"\1 "),
    (re.compile(r"([0-9]{4}) @ (?=[0-9]{1,2}:[0-9]{2})"), r"\1 "),
    (re.compile(r"(/[A-Za-z]{3}/[0-9]{4}):(?=[0-9]{2}:[0-9]{2})"), r"\1 "),
    (re.compile(r"(:[0-9]{2}) Uhr\b"), r"\1"),
    (
        re.compile(r"(:[0-9]{2})[ \u00a0\u202f]([AaPp])\.?[ \u00a0\u202f]?([Mm])(?:\.|\b)"),
        r"\1 \2\3",
    ),
)
_SPAN: Final = re.compile(
    r".*[T ](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}) ?-(?P<to>[0-9]{2}):?(?P<past>[0-9]{2})"
)
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_WEST: Final = 10 * _HOUR
_LONGEST: Final = 100


def as_usual(text: str) -> str:
    """A time as it is usually written; itself where nothing is unusual about it.

    Examples
    --------
    >>> as_usual("2026-01-05 10:00z"), as_usual("2026-01-05 10:00 +5"), as_usual("2026-01-05 10:00")
    ('2026-01-05 10:00Z', '2026-01-05 10:00 +05:00', '2026-01-05 10:00')
    >>> as_usual("Mon Jan 05 2026 10:00:00 GMT+0100 (Central European Standard Time)")
    'Mon Jan 05 2026 10:00:00 GMT+0100'
    >>> as_usual("05.01.2026, 10:00 Uhr"), as_usual("2026-01-05 10:00 US/Eastern")
    ('05.01.2026 10:00', '2026-01-05 10:00 America/New_York')
    """
    if len(text) > _LONGEST or ":" not in text:
        return text
    for pattern, written in _APART:
        text = pattern.sub(written, text)
    for pattern in (_NAME_BEHIND_OFFSET, _UTC_TWICE):
        if match := pattern.fullmatch(text):
            return match["base"]
    if match := _MINUS.fullmatch(text):
        text = f"{match['base']}-{match['rest']}"
    if match := _HOURS.fullmatch(text):
        return f"{match['base']}0{match['hour']}:00"
    match = _OF_TWO.fullmatch(text) or _BEHIND.fullmatch(text)
    zone = match and _zone(match["zone"].strip())
    if match is None or zone is None:
        return text
    return f"{match['base']}Z" if zone == "Z" else f"{match['base']} {zone}"


def are_spans(texts: Iterable[str]) -> bool:
    """Whether all times are spans of hours, whose ends would else be offsets from UTC.

    An offset does not follow the clock: the ends are those of spans where they differ, and are all
    as long after their starts; or where hardly a clock is so far behind UTC.

    Examples
    --------
    >>> are_spans(["2026-01-05 10:00-11:00", "2026-01-05 11:00-12:00"])
    True
    >>> are_spans(["2026-01-05 10:00-05:00", "2026-07-05 10:00-04:00"])
    False
    """
    ends, lengths = set(), set()
    for text in texts:
        match = _SPAN.fullmatch(text)
        if match is None:
            return False
        end = _HOUR * int(match["to"]) + int(match["past"])
        ends.add(end)
        lengths.add((end - _HOUR * int(match["hour"]) - int(match["minute"])) % _DAY)
    is_alike = len(ends) > 1 and len(lengths) == 1 and 0 < lengths.pop() <= _DAY // 2
    return is_alike or max(ends, default=0) > _WEST


def without_zone(text: str) -> str:
    """A time as it is usually written, without the name of a zone.

    Examples
    --------
    >>> without_zone("1/13/2026 10:30 PM PST"), without_zone("13.01.2026, 10:30")
    ('1/13/2026 10:30 PM', '13.01.2026 10:30')
    """
    usual = as_usual(text)
    apart = zoned(usual)
    return usual if apart is None else apart.base


def _zone(name: str) -> str | None:
    """The name of a zone by which times are known; None for other words, and for names of it."""
    upper = name.upper()
    if upper in (*OFFSETS, *SEVERAL) and (name == upper or upper not in ALSO_WORDS):
        return upper
    if name.startswith("US/"):
        return _US.get(name)
    zone = zone_named(name) if len(name) > len("ET") else None
    return zone if zone and zone[0] not in "+-" else None


_US: Final = {
    "US/Eastern": "America/New_York", "US/Central": "America/Chicago",
    "US/Mountain": "America/Denver", "US/Pacific": "America/Los_Angeles",
    "US/Arizona": "America/Phoenix", "US/Alaska": "America/Anchorage",
    "US/Hawaii": "Pacific/Honolulu", "US/Michigan": "America/Detroit",
}  # fmt: skip
