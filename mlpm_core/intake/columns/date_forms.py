"""Forms of dates that only a whole column can tell: 20240108, Q1 2024, 8 January 2024, 08.01.24.

One such cell among others could be a slip; where most cells of a column have the form, it is meant.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.dates import Moment, in_order, midnight, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NAMES: Final = (
    "january jan januar jänner jän янв января январь stycznia styczeń ocak janvier janv "
    "enero ene gennaio gen janeiro januari",
    "february feb februar фев февраля февраль lutego luty şubat février févr fév "
    "fevrier febrero febbraio fevereiro februari",
    "march mar март марта marca marzec mart mär märz mrz mars marzo março maart mrt",
    "april апр апреля апрель kwietnia kwiecień nisan apr avril avr abril abr aprile",
    "may май мая maja maj mayıs mai mayo maggio mag maio mei",
    "june июн июня июнь czerwca czerwiec haziran jun juni juin junio giugno giu junho",
    "july июл июля июль lipca lipiec temmuz jul juli juillet juil julio luglio lug julho",
    "august авг августа август sierpnia sierpień ağustos augusti aug août aout agosto ago augustus",
    "september сен сентября сентябрь września wrzesień eylül sep sept septembre "
    "septiembre settembre set setembro",
    "october окт октября октябрь października październik ekim oct oktober okt octobre "
    "octubre ottobre ott outubro out",
    "november ноя ноября ноябрь listopada listopad kasım nov novembre noviembre novembro",
    "december дек декабря декабрь grudnia grudzień aralık dec dezember dez décembre déc "
    "decembre diciembre dic dicembre dezembro",
)
_MONTH_OF: Final = {
    name: month for month, names in enumerate(_NAMES, start=1) for name in names.split()
}
_MONTH: Final = r"(?P<month>[^\W\d_]{3,12})\.?"
_TIME: Final = r"(?P<rest>(?:,? |T)[0-9].*)?"
_DAYS_FIRST: Final = r"(?:[^\W\d_]{2,10}\.?,? +)?"
_NAMED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAYS_FIRST}(?P<day>[0-9]{{1,2}})\.?[ /-]+(?:de )?{_MONTH},?[ /-]+(?:de )?"
        rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}){_TIME}",
        rf"{_DAYS_FIRST}{_MONTH} +(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? +"
        rf"(?P<year>[0-9]{{4}}){_TIME}",
        rf"{_DAYS_FIRST}{_MONTH} +(?P<day>[0-9]{{1,2}})(?P<rest> [0-9:]+)(?: (?:UTC|GMT))? "
        r"(?P<year>[0-9]{4})",
        rf"{_MONTH}[ ,/'-]*(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        r"(?P<day>[0-9]{2})(?P<month>[A-Za-z]{3})(?P<year>[0-9]{4})(?::(?P<rest>[0-9:.]+))?",
        rf"(?P<year>[0-9]{{4}})[ /-]{_MONTH}(?:[ /-](?P<day>[0-9]{{1,2}}))?",
    )
)
_BASIC: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?Z?)?"
)
_QUARTER: Final = (
    re.compile(r"(?P<y>[0-9]{4})[ /-]?[Qq](?P<q>[1-4])"),
    re.compile(r"[Qq](?P<q>[1-4])[ /'-]?(?P<y>[0-9]{4})"),
)
_WEEK: Final = (
    re.compile(r"(?P<y>[0-9]{4})[ /-]?(?:W|KW|CW|wk|week)[ -]?(?P<w>[0-9]{1,2})", re.IGNORECASE),
    re.compile(r"(?:W|KW|CW|wk|week)[ .-]*(?P<w>[0-9]{1,2})[ ,./-]+(?P<y>[0-9]{4}|[0-9]{2})", re.I),
)
_MONTH_YEAR: Final = (
    re.compile(r"(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])"),
    re.compile(r"(?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"),
    re.compile(r"(?P<y>[0-9]{4})[/.](?P<m>[0-9]{1,2})"),
)
_ZONE_NAME: Final = re.compile(r" \([^()]*\)$")
_POINTS: Final = re.compile(r"([0-9]{1,2})\.([0-9]{2})\.([0-9]{2})(?=\D|$)")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_SHORT: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2})( .+)?")
_EPOCHS: Final = {"s": (10, 1), "ms": (13, 10**3), "us": (16, 10**6), "ns": (19, 10**9)}
_LONGEST: Final = 60

EPOCH: Final = "asks epoch"


def month_of(text: str) -> int | None:
    """The number of a month by its name.

    Examples
    --------
    >>> month_of("Mai"), month_of("Sept."), month_of("soon")
    (5, 9, None)
    """
    return _MONTH_OF.get(text.strip().rstrip(".").casefold())


def _year_of(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _plain_time(rest: str) -> str:
    """A time without the words of its zone's name, and with colons."""
    plain = _ZONE_NAME.sub("", rest.replace("GMT+", "+").replace("GMT-", "-"))
    return _POINTS.sub(r"\1:\2:\3", plain)


def _month_name(text: str, order: str | None) -> Moment | None:
    del order
    for pattern in _NAMED:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        month = _MONTH_OF.get(match["month"].lower())
        if month is None:
            continue
        groups = match.groupdict()
        year = _year_of(match["year"])
        if groups.get("day") is None:
            return Moment(midnight(date(year, month, 1)), "P1M")
        rest = _plain_time(groups.get("rest") or "")
        clock = f" {rest.lstrip(', T')}" if rest else None
        return timed(date(year, month, int(groups["day"])), clock)
    return None


def _basic(text: str, order: str | None) -> Moment | None:
    del order
    match = _BASIC.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = match.groups()
    rest = None if hour is None else f" {hour}:{minute}:{second or '00'}"
    return timed(date(int(year), int(month), int(day)), rest)


def _quarter(text: str, order: str | None) -> Moment | None:
    del order
    match = next((m for p in _QUARTER if (m := p.fullmatch(text))), None)
    if match is None:
        return None
    return Moment(midnight(date(int(match["y"]), 3 * int(match["q"]) - 2, 1)), "P3M")


def _week(text: str, order: str | None) -> Moment | None:
    del order
    match = next((m for p in _WEEK if (m := p.fullmatch(text))), None)
    if match is None:
        return None
    return Moment(midnight(date.fromisocalendar(_year_of(match["y"]), int(match["w"]), 1)), "P1W")


def _month_year(text: str, order: str | None) -> Moment | None:
    del order
    match = next((m for p in _MONTH_YEAR if (m := p.fullmatch(text))), None)
    if match is None:
        return None
    return Moment(midnight(date(int(match["y"]), int(match["m"]), 1)), "P1M")


def _year(text: str, order: str | None) -> Moment | None:
    del order
    return Moment(midnight(date(int(text), 1, 1)), "P1Y") if _YEAR.fullmatch(text) else None


def _short(text: str, order: str | None) -> Moment | None:
    match = _SHORT.fullmatch(text)
    return None if match is None else in_order(match, 2000 + int(match[4]), order)


def _epoch(unit: str) -> Callable[[str, str | None], Moment | None]:
    digits, per_second = _EPOCHS[unit]

    def read(text: str, order: str | None) -> Moment | None:
        del order
        whole, _, part = text.partition(".")
        if len(whole) != digits or not (whole + part).isascii() or not (whole + part).isdigit():
            return None
        micro = int(whole) * 10**6 // per_second + int(part[:6].ljust(6, "0")) // per_second
        at = datetime(1970, 1, 1) + timedelta(microseconds=micro)
        return Moment(at, "P1D" if at.time() == time() else "")

    return read


_FORMS: Final[dict[str, Callable[[str, str | None], Moment | None]]] = {
    "month-name": _month_name, "basic": _basic, "quarter": _quarter, "week": _week,
    "month-year": _month_year, "year": _year, "short": _short,
    **{f"epoch-{unit}": _epoch(unit) for unit in _EPOCHS},
}  # fmt: skip


def in_form(text: str, form: str, order: str | None) -> Moment | None:
    """A date of a form; None when the text is none.

    Examples
    --------
    >>> in_form("Q1 2024", "quarter", None).grain, in_form("KW 5 2024", "week", None).at.day
    ('P3M', 29)
    >>> in_form("January 8, 2024", "month-name", None).at
    datetime.datetime(2024, 1, 8, 0, 0)
    >>> in_form("05/Feb/24 3:10 PM", "month-name", None).at
    datetime.datetime(2024, 2, 5, 15, 10)
    >>> in_form("08.01.24", "short", None).asks
    'both'
    """
    if len(text) > _LONGEST:
        return None
    try:
        return _FORMS[form](text, order)
    except (ValueError, OverflowError):
        return None


def in_any_form(text: str, order: str | None) -> Moment | None:
    """A date of whatever form; None when the text is none."""
    return next((m for form in _FORMS if (m := in_form(text, form, order)) is not None), None)


def form_of(texts: Sequence[str]) -> str | None:
    """The form that more than half of some cells have; None when there is none.

    Examples
    --------
    >>> form_of(["20240108", "20240115"]), form_of(["20240108", "soon"])
    ('basic', None)
    """
    for form in _FORMS:
        n = sum(in_form(text, form, None) is not None for text in texts)
        if 2 * n > len(texts):
            return form
    return None


def form_in_words(text: str) -> str:
    """What an unread date reads like, for a sentence; empty when it reads like none.

    Examples
    --------
    >>> form_in_words("Q1 2024")
    ' (it reads like a quarter)'
    """
    words = {
        "month-name": "a date with a name of a month", "basic": "a date without dashes",
        "quarter": "a quarter", "week": "a week", "month-year": "a month", "year": "a year",
        "short": "a date with a year of two digits",
    }  # fmt: skip
    form = form_of([text])
    if form is None:
        return ""
    return f" (it reads like {words.get(form, 'a count of seconds since 1970')})"
