"""Which period each row is of: its start and its length, as the file says them or was asked.

A length is said by a cell, by the form of the date (2024-W05), by a start and an end, or by the
header. Where nothing says it and the dates stand evenly apart, it is a question; so is whether a
date begins or ends its period, where it can do both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.cell_parser import LOCAL_DAY, RANGE
from mlpm_core.intake.columns.date_forms import in_any_form
from mlpm_core.intake.columns.dates import (
    HALF,
    is_about_month_end,
    length_between,
    moment,
    start_of,
)
from mlpm_core.intake.columns.local_times import in_utc, moments_of
from mlpm_core.intake.columns.period_questions import about_ends, about_few, about_length
from mlpm_core.intake.columns.rows import Flags, array_of, distinct, flags, keyed
from mlpm_core.intake.columns.spacing import evenly_apart, may_be_of
from mlpm_core.intake.columns.time_texts import as_usual
from mlpm_core.intake.columns.zone_names import zoned
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.messages import Refusal, shown
from mlpm_core.intake.metric_names import normal
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from datetime import datetime

    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Faults, Reading
    from mlpm_core.intake.columns.spacing import Spacing
    from mlpm_core.intake.profile import Profile

    Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]
    Lengths = np.ndarray[tuple[int], np.dtype[np.int8]]

_LENGTHS: Final = ("", "PT1H", "P1D", "P1W", "P1M", "P3M", HALF, "P1Y")
_CODE: Final = {length: code for code, length in enumerate(_LENGTHS)}
"""Lengths are told apart by number: a file may have a million of them."""

_LONG: Final = _LENGTHS[_CODE["P1W"] :]
_STARTS: Final = ("start", "begin", "commenc", "from", "weekof")
_OFFSET: Final = re.compile(r"[+-][0-9]{2}(?::?[0-9]{2})?(?= \(|$)")
_MONTHS: Final = {"P3M": 3, HALF: 6, "P1Y": 12}
_DAY: Final = np.timedelta64(1, "D")
_MONDAY, _FRIDAY = 0, 4
_FEW: Final = 2  # dates whose distance says nothing


@dataclass(frozen=True, slots=True)
class Periods:
    """The period of each record.

    Attributes
    ----------
    starts, lengths : pyarrow.Array
        First moments, and lengths in ISO 8601.
    is_unsaid : array of bool
        Where nothing says the length, so that it is taken as a day, or as none of a time.
    notes : tuple of str
        What is worth saying of how they were read.
    """

    starts: pa.Array
    lengths: pa.Array
    is_unsaid: Flags
    notes: tuple[str, ...]


def periods_of(
    readings: dict[str, Reading], file: FileColumns, profile: Profile, faults: Faults
) -> Periods:
    """The periods of all records; those whose start and end make none become faulty.

    Raises
    ------
    Refusal
        With the question how long they are, or whether dates begin or end them.
    """
    period, end = readings["period_start"], readings["period_end"]
    starts = _days_of_their_zone(period)
    notes: tuple[str, ...] = _zones(period) if starts is not None else ()
    if starts is None:
        starts = moments_of(period)
    has_zones = "metric" in readings or (file.is_results and profile.reads_zones)
    if "utc-assumed" in period.notes and has_zones:
        starts, zone = in_utc(starts, readings, period.noting("utc-assumed"), profile)
        notes += zone
    lengths, is_fixed, is_unsaid = _said(readings, file, starts)
    if "period_end" in file.at:
        ends = _days_of_their_zone(end)
        ends = moments_of(end) if ends is None else ends
        if "period_start" not in file.at:
            return _from_ends(readings, file, profile, faults, ends, lengths, is_unsaid)
        _with_ends(readings, file, faults, starts, ends, lengths, is_fixed, is_unsaid)
    lengths, is_answered = _asked_length(
        starts, lengths, is_unsaid & ~faults.is_bad, readings, file, profile
    )
    is_open = (lengths >= _CODE["P1W"]) & ~is_fixed & ~faults.is_bad
    header = normal(file.label("period_start"))
    may_be_ends = _may_be_ends(starts, lengths, is_open, header, profile)
    if may_be_ends.any():
        if profile.dates_are is None and not profile.is_replay:
            where = np.flatnonzero(may_be_ends)
            lengths_in_words = [_LENGTHS[code] for code in lengths[where]]
            raise Refusal(questions=[about_ends(starts[where], lengths_in_words, profile)])
        if profile.dates_are == "end":
            starts = _shifted(starts, lengths, is_open)
            notes = (*notes, "each date is the last day of its period")
    is_unsaid &= ~is_answered
    if (is_unsaid & (lengths == _CODE["P1D"])).any():
        notes = (*notes, "nothing says how long a period is, so each is taken as a day")
    return Periods(pa.array(starts), _choice(lengths), is_unsaid, notes)


def _days_of_their_zone(reading: Reading) -> Moments | None:
    """The days of a column of which each is written as the midnight of its zone; else None."""
    if LOCAL_DAY not in reading.notes:
        return None
    is_local = reading.noting(LOCAL_DAY)
    is_day = is_local | reading.is_faulty()
    for note in reading.notes:
        if note in ("grain P1D", "grain P1W", "grain P1M"):
            is_day |= reading.noting(note)
    if not is_day.all():
        return None
    moments = moments_of(reading)
    read: dict[str, Any] = {}
    for record in np.flatnonzero(is_local).tolist():
        text = reading.text(record).strip(SPACES)
        if text not in read:
            read[text] = _local(text)
        if read[text] is not None:
            moments[record] = read[text]
    return moments


def _local(text: str) -> datetime | None:
    """The midnight that stands in a cell, whatever zone it is of."""
    text = as_usual(text)
    named = zoned(text)
    for order in ("dmy", "mdy"):
        plain = text if named is None else named.base
        written = moment(plain, order, None) or in_any_form(plain, order)
        local = None if written is None else written.local or (written.at if named else None)
        if local is not None:
            return local
    return None


def _zones(reading: Reading) -> tuple[str, ...]:
    """The offsets from UTC with which days were written."""
    texts = {reading.text(i) for i in np.flatnonzero(reading.noting(LOCAL_DAY))[:1000].tolist()}
    offsets = {m[0] for t in texts if (m := _OFFSET.search(t))}
    listed = " and ".join(sorted(offsets)[:2])
    return (f"days of the zone {listed}",) if listed else ()


def _said(
    readings: dict[str, Reading], file: FileColumns, starts: Moments
) -> tuple[Lengths, Flags, Flags]:
    """The lengths as cells, dates or headers say them; which their dates fix; and which none."""
    period, n = readings["period_start"], len(starts)
    header = file.header_length("period_start")
    is_midnight = starts.astype("datetime64[D]") == starts
    lengths = np.where(is_midnight, _CODE["P1D"], _CODE[""]).astype(np.int8)
    is_unsaid, is_fixed = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    if header is not None:
        lengths[:] = _CODE[header]
        is_unsaid[:] = False
    for note in period.notes:
        grain = note.removeprefix("grain ")
        if grain != note and grain in _LONG:
            where = period.noting(note)
            if grain == "P1M" and header in _MONTHS and file.reads_layouts:
                where &= ~_name_longer(starts, where, _MONTHS[header])
            lengths[where], is_unsaid[where], is_fixed[where] = _CODE[grain], False, True
    if RANGE in period.notes:
        where = period.noting(RANGE)
        for note in period.notes:
            if note.startswith("grain "):
                lengths[where & period.noting(note)] = _CODE[note.removeprefix("grain ")]
        is_unsaid[where], is_fixed[where] = False, True
    of_said, words = distinct(readings["granularity"].array(ColumnKind.CHOICE))
    is_said = flags(bool(w) for w in words)[of_said]
    lengths[is_said] = np.array([_CODE[w or ""] for w in words], dtype=np.int8)[of_said[is_said]]
    is_unsaid &= ~is_said
    return lengths, is_fixed, is_unsaid


def _name_longer(starts: Moments, are_months: Flags, n: int) -> Flags:
    """Which months name a longer period by its first: below ``quarter``, 2024-01 and 2024-04 do."""
    months = np.unique(starts[are_months & ~np.isnat(starts)].astype("datetime64[M]"))
    of_year = np.unique(months.astype(np.int64) % n)
    is_first = len(of_year) == 1 and (len(months) > 1 or of_year[0] == 0)
    return are_months & is_first


def _with_ends(
    readings: dict[str, Reading],
    file: FileColumns,
    faults: Faults,
    starts: Moments,
    ends: Moments,
    lengths: Lengths,
    is_fixed: Flags,
    is_unsaid: Flags,
) -> None:
    """Fill in the lengths from starts and ends; a row whose two make no period becomes faulty."""
    stated = (
        readings["granularity"].array(ColumnKind.CHOICE).to_pylist()
        if ("granularity" in file.at)
        else []
    )
    read: dict[tuple[Any, Any, str], str | None] = {}
    grains = _form_of_ends(readings["period_end"], len(starts))
    both = ~np.isnat(starts) & ~np.isnat(ends) & ~faults.is_bad
    for i in np.flatnonzero(both).tolist():
        pair = (starts[i].item(), ends[i].item(), grains[i])
        if pair not in read:
            read[pair] = length_between(*pair)
            if read[pair] == HALF and not file.reads_layouts:
                read[pair] = None
        length = read[pair]
        texts = [shown(readings[f].text(i)) for f in ("period_start", "period_end")]
        if length is None:
            faults.add(
                i, file.label("period_end"), "odd-period", texts[1], period=" to ".join(texts)
            )
        elif stated and stated[i] and stated[i] != length:
            faults.add(
                i, file.label("granularity"), "inconsistent", stated[i],
                columns=f"{file.label('granularity')} and {file.label('period_end')}",
                values=f"{stated[i]} and {' to '.join(texts)}",
            )  # fmt: skip
        else:
            lengths[i], is_fixed[i], is_unsaid[i] = _CODE[length], True, False


def _form_of_ends(reading: Reading, n: int) -> list[str]:
    grains = np.full(n, "P1D", dtype=object)
    for note in reading.notes:
        if note.startswith("grain "):
            grains[reading.noting(note)] = note.removeprefix("grain ")
    return grains.tolist()


def _from_ends(
    readings: dict[str, Reading],
    file: FileColumns,
    profile: Profile,
    faults: Faults,
    ends: Moments,
    lengths: Lengths,
    is_unsaid: Flags,
) -> Periods:
    """The periods of a file that has only their ends."""
    header = file.header_length("period_end")
    is_midnight = ends.astype("datetime64[D]") == ends
    by_time = np.where(is_midnight, _CODE["P1D"], _CODE[""])
    lengths = np.where(is_unsaid, by_time if header is None else _CODE[header], lengths).astype(
        np.int8
    )
    if header is not None:
        is_unsaid = np.zeros(len(ends), dtype=bool)
    for i in np.flatnonzero(np.isnat(ends) & ~faults.is_bad).tolist():
        faults.add(i, file.label("period_end"), "missing-value", readings["period_end"].text(i))
    lengths, is_answered = _asked_length(
        ends, lengths, is_unsaid & ~faults.is_bad, readings, file, profile
    )
    starts = _shifted(ends, lengths, ~faults.is_bad)
    notes = ("each date is the last day of its period",)
    return Periods(pa.array(starts), _choice(lengths), is_unsaid & ~is_answered, notes)


def _series(readings: dict[str, Reading]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A number for what each record is a result of: its model, its KPI (of a unit), its case."""
    name = next(n for n in ("model_id", "kpi_id", "value_case_id") if n in readings)
    names = [name, "unit_id"] if "unit_id" in readings else [name]
    keys = [readings[n].array(ColumnKind.NAME) for n in names]
    return keyed(keys, len(readings[name].is_faulty()))


def _asked_length(
    starts: Moments,
    lengths: Lengths,
    is_open: Flags,
    readings: dict[str, Reading],
    file: FileColumns,
    profile: Profile,
) -> tuple[Lengths, Flags]:
    """The lengths with those that only a person can tell, and which these are."""
    where = np.flatnonzero(is_open & ~np.isnat(starts))
    even = evenly_apart(starts[where], _series(readings)[where]) if len(where) else None
    if even is not None and even.length == HALF and not file.reads_layouts:
        even = None
    if profile.period is None:
        if not profile.is_replay:
            _ask(starts[where], even, file, profile)
        return lengths, np.zeros(len(starts), dtype=bool)
    is_answered = np.zeros(len(starts), dtype=bool)
    answered = where if even is None else where[even.is_even]
    is_answered[answered] = True
    lengths = lengths.copy()
    lengths[answered] = _CODE.get(profile.period or "", _CODE[""])
    return lengths, is_answered


def _ask(starts: Moments, even: Spacing | None, file: FileColumns, profile: Profile) -> None:
    """Ask how long the periods of dates are, if they may be longer than a day.

    Of one or two days of a series nobody is asked whose file has our own column for lengths, or our
    own name for their column: there an empty length means a day, as the template says.
    """
    name = "period_end" if "period_start" not in file.at else "period_start"
    are_ends, label = name == "period_end", file.label(name)
    is_own = "granularity" in file.at or normal(label) == normal(name)
    if even is not None and (even.is_of_series or not is_own):
        raise Refusal(questions=[about_length(starts, even, profile, are_ends=are_ends)])
    if is_own:
        return
    days = np.unique(starts)
    longer = may_be_of(days) if len(days) <= _FEW else []
    if longer:
        raise Refusal(questions=[about_few(days, longer, label, profile, are_ends=are_ends)])


def _may_be_ends(
    starts: Moments, lengths: Lengths, is_open: Flags, header: str, profile: Profile
) -> Flags:
    """Which dates may as well be the last day of their period as its first."""
    may_be = np.zeros(len(starts), dtype=bool)
    if not is_open.any():
        return may_be
    is_calendar = is_open & (lengths >= _CODE["P1M"])
    days = np.unique(starts[is_calendar])
    if len(days) and all(is_about_month_end(d.item()) for d in days):
        may_be |= is_calendar
    is_week = is_open & (lengths == _CODE["P1W"])
    days = np.unique(starts[is_week].astype("datetime64[D]"))
    weekdays = {d.item().weekday() for d in days}
    says_start = any(word in header for word in _STARTS)
    if len(weekdays) == 1 and weekdays != {_MONDAY} and not says_start:
        ends_a_week = weekdays.pop() >= _FRIDAY
        if ends_a_week or len(days) > 1 or profile.dates_are is not None:
            may_be |= is_week
    return may_be


def _shifted(ends: Moments, lengths: Lengths, where: Flags) -> Moments:
    """The starts of the chosen periods, of which the ends are given."""
    starts = ends.copy()
    for code in np.unique(lengths[where]).tolist():
        length, mine = _LENGTHS[code], where & (lengths == code) & ~np.isnat(ends)
        if length and mine.any():
            days, codes = np.unique(ends[mine], return_inverse=True)
            moved = [start_of(d.item(), length) for d in days]
            starts[mine] = np.array(moved, dtype="datetime64[us]")[codes]
    return starts


def _choice(lengths: Lengths) -> pa.Array:
    return array_of(ColumnKind.CHOICE, lengths.astype(np.int64), _LENGTHS)
