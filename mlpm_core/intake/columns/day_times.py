"""Days and times of day that stand in two columns, as moments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.zone_headers import (
    rank_of_zones,
    zone_in_header,
    zones_beside,
)
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.metric_names import normal
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.table import DictionaryColumn, Table

_TIMES: Final = (
    "time", "time of day", "clock time", "Uhrzeit", "Zeit", "heure", "hora", "ora", "tijd", "tid",
    "klockslag", "godzina", "czas", "\u6642\u523b", "\u65f6\u95f4",
)  # fmt: skip
_HOURS: Final = ("hour", "hour of day", "hr", "Stunde")
_DAYS: Final = ("date", "day", "datum", "tag", "jour", "fecha", "data", "on")
_DAY: Final = re.compile(
    r"(?:[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}|[0-9]{1,2}\.? [^\W\d_]{3,10}\.?,? [0-9]{4}"
    r"|[^\W\d_]{3,10}\.? [0-9]{1,2},? [0-9]{4})(?P<midnight>[T ]0?0:00(?::00(?:\.0+)?)?)?"
)
_TIME: Final = re.compile(
    r"(?P<h>[01]?[0-9]|2[0-3]):(?P<m>[0-5][0-9])(?P<s>:[0-5][0-9](?:\.[0-9]{1,9})?)?"
    r"(?: Uhr)?(?P<half> ?[AaPp]\.?[Mm]\.?)?(?P<zone>Z| ?[+-][0-9]{2}:?[0-9]{2}| [A-Z]{3,4})?"
)
# A dot alone may be that of a number, such as 12.30 seconds.
_IN_WORDS: Final = re.compile(r"([01]?[0-9]|2[0-3])(?: ?[hH] ?|\.(?=.* Uhr))([0-5][0-9])(?: Uhr)?")
_MOST_LOOKED: Final = 20
_HOUR: Final = re.compile(r"[01]?[0-9]|2[0-3]")


def with_times_of_day(records: Table, header: Header, fields: Fields) -> Table:
    """The table with days and the times of day beside them as moments, where nothing else is meant.

    ``times_of_day`` of the table then says which column's times were joined to which days.
    """
    if not fields.profile.reads_zones:
        return records
    days = {
        j: normal(header.cells[j])
        for j, field in enumerate(header.fields)
        if field in fields.columns
        and fields.columns[field].kind is ColumnKind.MOMENT
        and _are_all(records.columns[j], _day)
    }
    stems = {""}.union(*map(_stems, days.values()))
    times = {
        j: (name, read)
        for j, (cell, field) in enumerate(zip(header.cells, header.fields, strict=True))
        if days and field is None and not header.is_ignored(j, fields)
        for name, read in [_named(cell)]
        if _apart(name, stems) and _are_all(records.columns[j], read)
    }
    for j, name in days.items():
        own = [k for k, (called, _) in times.items() if _apart(called, _stems(name))]
        of_any = [k for k, (called, _) in times.items() if _apart(called, {""})]
        of_this = own or (of_any if len(days) == 1 else [])
        if len(of_this) == 1:
            (k,) = of_this
            records.columns[j] = _joined(records.columns[j], records.columns[k], times[k][1])
            records.times_of_day[j] = k
    return records


def tells_of_times(header: Header, records: Table, j: int) -> bool:
    """Whether a column holds zones or times of day, which belong to times beside it."""
    column = records.columns[j]
    if rank_of_zones(header.cells[j]) is not None:
        return bool(zones_beside(header.cells[j], column.cells))
    called, read = _named(header.cells[j])
    stems = {""}.union(*(_stems(normal(cell)) for cell in header.cells))
    return _apart(called, stems) and _are_all(column, read)


def _named(header: str) -> tuple[str, Callable[[str], str | None]]:
    """What a header calls its column, without a zone that it names, and how cells are read."""
    text = header.strip()
    if zone_in_header(text) is not None:
        text = re.sub(r"[\s_(\[]+[^\s_(\[]+$", "", text) or text
    name = normal(text)
    return name, _hour if any(name.endswith(normal(word)) for word in _HOURS) else _time


def _stems(name: str) -> set[str]:
    """What the name of a column of days may share with that of its times of day."""
    return {name.removesuffix(word) for word in _DAYS if name.endswith(word)}


def _apart(called: str, stems: set[str]) -> bool:
    """Whether a column is called the time of day of one of these."""
    return any(called == stem + normal(word) for stem in stems for word in (*_TIMES, *_HOURS))


def _are_all(column: DictionaryColumn, read: Callable[[str], str | None]) -> bool:
    """Whether all cells that are filled, and at least one, can be read in a way."""
    if any(read(c) is None for c in _filled(column.first(_MOST_LOOKED))):
        return False  # most columns are none, and long ones are not made a list of to see it
    cells = _filled(column.cells)
    return bool(cells) and all(read(cell) is not None for cell in cells)


def _filled(cells: Sequence[str]) -> list[str]:
    return [c for cell in cells if not is_missing(c := cell.strip(SPACES))]


def _day(cell: str) -> str | None:
    """A day, without the midnight that a spreadsheet writes behind it.

    Examples
    --------
    >>> _day("02.03.2026 00:00:00"), _day("Mar 2, 2026"), _day("2026-03-02 10:00")
    ('02.03.2026', 'Mar 2, 2026', None)
    """
    match = _DAY.fullmatch(cell)
    return None if match is None else cell.removesuffix(match["midnight"] or "")


def _time(cell: str) -> str | None:
    """A time of day.

    Examples
    --------
    >>> _time("9:30"), _time("11:30:05 PM"), _time("9.30 Uhr"), _time("9h30"), _time("12.30")
    ('9:30', '11:30:05 PM', '9:30', '9:30', None)
    """
    in_words = _IN_WORDS.fullmatch(cell)
    if in_words is not None:
        return f"{in_words[1]}:{in_words[2]}"
    match = _TIME.fullmatch(cell)
    if match is None:
        return None
    half, zone = (match["half"] or "").strip(), match["zone"] or ""
    return f"{match['h']}:{match['m']}{match['s'] or ''}{half and ' ' + half}{zone}"


def _hour(cell: str) -> str | None:
    return f"{cell.zfill(2)}:00" if _HOUR.fullmatch(cell) else _time(cell)


def _joined(
    days: DictionaryColumn, times: DictionaryColumn, read: Callable[[str], str | None]
) -> DictionaryColumn:
    """Each day with its time; one without a time stays as it is."""

    def moment_of(cell: str, time: str) -> str:
        day, time_of_day = _day(cell.strip(SPACES)), read(time.strip(SPACES))
        return f"{day} {time_of_day}" if day and time_of_day else cell

    return days.joined(times, moment_of)
