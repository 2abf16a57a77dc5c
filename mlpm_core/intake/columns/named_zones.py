"""Zones that a file names for whole columns of times: in their header, or in a column beside them.

An abbreviation is often written all year for the clocks of its place, which in the other half of
the year show another time; where both readings differ for a time of the file, somebody is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.cell_parser import LOCAL_DAY, ZONE
from mlpm_core.intake.columns.local_times import (
    COMMON_ZONES,
    about_mixed,
    from_utc,
    moments_of,
    offsets_of,
    turns,
)
from mlpm_core.intake.columns.readings import PlainReading, Reading
from mlpm_core.intake.columns.zone_headers import (
    ALSO_WORDS,
    LOCAL,
    PLACE_OF,
    rank_of_zones,
    zone_above,
    zone_in_header,
    zones_beside,
)
from mlpm_core.intake.columns.zone_names import OFFSETS, SEVERAL, UTC_NAME
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.messages import question
from mlpm_core.intake.profile import FAULTY
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.local_times import Moments
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.files.table import DictionaryColumn, Table
    from mlpm_core.intake.messages import Fault
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Column, Question

_ZONES: Final = (
    *COMMON_ZONES, "America/Sao_Paulo", "Africa/Johannesburg", "Europe/Istanbul", "Europe/Moscow",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", UTC_NAME,
)  # fmt: skip
_SAYS_UTC: Final = re.compile(r".*[0-9](?:Z| (?:UTC|GMT) [0-9]{4})\s*")
_Beside = tuple[np.ndarray[Any, Any], list[str | None]]


class _MovedReading(Reading):
    """Moments of which some are of a named zone, in UTC."""

    def __init__(self, reading: Reading, moments: Moments, notes: Mapping[str, Flags]) -> None:
        self._own, self._moments, self._notes = reading, moments, notes

    @property
    def notes(self) -> Collection[str]:
        """What is worth knowing of some cells."""
        noted = {note for note, where in self._notes.items() if where.any()}
        return noted | ({*self._own.notes} - self._notes.keys())

    def noting(self, note: str) -> Flags:
        """Which records have a cell with a note."""
        return self._notes[note] if note in self._notes else self._own.noting(note)

    def is_faulty(self) -> Flags:
        """Which records have a faulty cell."""
        return self._own.is_faulty()

    def faults(self) -> Iterator[tuple[int, Fault]]:
        """Each record whose cell is faulty, and why."""
        return self._own.faults()

    def text(self, record: int) -> str:
        """The cell of a record as it stands in the file."""
        return self._own.text(record)

    def has_percent_sign(self) -> Flags:
        """Which records have a cell that ends with a percent sign."""
        return self._own.has_percent_sign()

    def array(self, kind: ColumnKind) -> pa.Array:
        """The values, null where there is none."""
        del kind
        return pa.array(self._moments)


class NamedZones:
    """The zones that one file names, and what is asked about them.

    Attributes
    ----------
    questions : dict of str to list of Question
        By field.
    used : set of int
        The positions of the columns that name zones.
    """

    def __init__(self, profile: Profile, columns: FileColumns) -> None:
        self._profile, self._columns = profile, columns
        self.questions: dict[str, list[Question]] = {}
        self.used: set[int] = set()

    def in_utc(
        self, readings: dict[str, Reading], fields: Sequence[Column], table: Table
    ) -> dict[str, Reading]:
        """The readings, with moments of a named zone in UTC; days stay the days that they are."""
        if not self._profile.reads_zones:
            return readings
        names = [
            c.name for c in fields if c.kind is ColumnKind.MOMENT and c.name in self._columns.at
        ]
        readings = readings | {name: _without_utc(readings[name]) for name in names}
        of_zones = {
            name: self._zones_of(name, readings[name], table)
            for name in names
            if "utc-assumed" in readings[name].notes
        }
        moments = {name: readings[name] for name in names}
        return readings | {
            name: self._moved(
                name, readings, zones,
                {} if zones else self._said_by_others(name, of_zones, moments),
            )
            for name, zones in of_zones.items()
        }  # fmt: skip

    def _zones_of(self, name: str, reading: Reading, table: Table) -> dict[str, Flags]:
        """Which times without a zone are of which, as a header or a column beside says."""
        header, is_local = self._columns.label(name), reading.noting("utc-assumed")
        own = zone_in_header(header)
        if own is None and (j := table.times_of_day.get(self._columns.at[name])) is not None:
            own = zone_in_header(self._columns.header_label(j))
        is_open = own in (None, LOCAL)
        beside = (self._beside(table, header) or self._beside(table, None)) if is_open else None
        if beside is None:
            zone = own or zone_above(self._columns.above)
            return {} if zone is None else {zone: is_local}
        codes, zones = beside
        return {
            zone: is_local & np.isin(codes, [i for i, z in enumerate(zones) if z == zone])
            for zone in dict.fromkeys(zones)
            if zone is not None
        }

    def _beside(self, table: Table, header: str | None) -> _Beside | None:
        """The zone of every record by its place in a list, if one column holds nothing but zones.

        With a header of times, the column is one of their own, such as started_tz.
        """
        columns: dict[int, tuple[int, _Beside]] = {}
        for j in self._columns.unused():
            label = self._columns.header_label(j)
            rank = rank_of_zones(label, header)
            if rank is None or self._columns.is_ignored(j):
                continue
            coded: DictionaryColumn = table.columns[j]
            if zones := zones_beside(label, coded.cells, header):
                columns[j] = rank, (coded.codes, zones)
        first = min((rank for rank, _ in columns.values()), default=None)
        best = {j: beside for j, (rank, beside) in columns.items() if rank == first}
        of_rows = [np.array(zones, dtype=object)[codes] for codes, zones in best.values()]
        if not best or any((zones != of_rows[0]).any() for zones in of_rows[1:]):
            return None  # of two that differ none is known to be that of all times
        self.used |= best.keys()
        return next(iter(best.values()))

    def _said_by_others(
        self,
        name: str,
        of_zones: Mapping[str, Mapping[str, Flags]],
        readings: Mapping[str, Reading],
    ) -> dict[str, str]:
        """The zones of the file's other times, each with the column that says it; none with UTC."""
        zones: dict[str, str] = {}
        for other, reading in readings.items():
            if other == name:
                continue
            of_other = of_zones.get(other, {})
            said = [z for z, where in of_other.items() if z != LOCAL and where.any()]
            said += offsets_of(reading, ~reading.noting("utc-assumed"), self._profile)
            zones |= dict.fromkeys(said, self._columns.label(other))
        return {} if UTC_NAME in zones else zones

    def _moved(
        self,
        name: str,
        readings: dict[str, Reading],
        of_zone: Mapping[str, Flags],
        said: Mapping[str, str],
    ) -> Reading:
        reading, profile = readings[name], self._profile
        header = self._columns.label(name)
        is_local = reading.noting("utc-assumed")
        if not of_zone and profile.zone is not None:
            of_zone = {LOCAL: is_local}
        if not of_zone:
            self._ask_beside(name, readings, said)
            return reading
        local, notes = moments_of(reading), {"utc-assumed": is_local.copy()}
        if self._are_days(name, readings):
            for where in of_zone.values():
                notes["utc-assumed"] &= ~where
            return _MovedReading(reading, local, notes)
        is_later = is_local & False
        if self._columns.is_results:
            is_later = turns(local, readings, is_local) > 0
        moments = local.copy()
        for zone, where in of_zone.items():
            meant = self._meant(name, header, zone, local[where]) if where.any() else None
            if meant is None:
                continue
            notes["utc-assumed"] &= ~where
            note = ZONE + (meant if "/" in meant or zone == LOCAL else zone)
            notes[note] = where | notes.get(note, where)
            moments[where] -= from_utc(local[where], meant, is_later[where])
            if "/" in meant:
                self._note_changes(notes, local, where, meant)
        return _MovedReading(reading, moments, notes)

    def _ask_beside(self, name: str, readings: dict[str, Reading], said: Mapping[str, str]) -> None:
        """Ask for the zone of times without one where others of their file have one."""
        reading, header = readings[name], self._columns.label(name)
        is_local = reading.noting("utc-assumed")
        own = offsets_of(reading, ~is_local, self._profile)
        if not (own or said):
            return
        local = moments_of(reading)
        if own:
            if UTC_NAME not in own and not self._columns.is_results:  # `local_times` asks of those
                mixed = about_mixed(local, reading, is_local, own)
                self.questions.setdefault(name, []).append(mixed)
            return
        choices = [c for zone in said for c in self._choices(zone, local[is_local])]
        if choices and not self._are_days(name, readings):
            other, n = next(iter(said.values())), int(is_local.sum())
            choices = [*dict.fromkeys([*choices, UTC_NAME])]
            self._ask(name, "zone-beside", "zone", choices, local[is_local], column=header,
                      n=n, other=other)  # fmt: skip

    def _are_days(self, name: str, readings: Mapping[str, Reading]) -> bool:
        """Whether the times of a field are days: whole periods, or those of all fields of a row."""
        at = self._columns.at
        if name not in ("period_start", "period_end"):
            fields = [f for f in at if f in readings and "utc-assumed" in readings[f].notes]
            return all(_begin_days(readings[f], "utc-assumed") for f in fields)
        said = readings["granularity"].array(ColumnKind.TEXT).unique().to_pylist()
        lengths = {*said, self._profile.period, self._columns.header_length(name)}
        starts, ends = (f in at for f in ("period_start", "period_end"))
        return (
            "PT1H" not in lengths
            and (not starts or _begin_days(readings["period_start"]))
            and (not ends or _end_days(readings["period_end"]))
        )

    def _note_changes(
        self, notes: dict[str, Flags], local: Moments, where: Flags, place: str
    ) -> None:
        """Note the times of hours that the clocks of a place show twice, or never."""
        first = from_utc(local[where], place)
        second = from_utc(local[where], place, where[where])
        is_twice = (first > second) & (not self._columns.is_results)  # theirs are told apart
        for note, those in (("hour-twice", is_twice), ("hour-never", first < second)):
            noted = notes.setdefault(note, where & False)
            noted[where] |= those

    def _meant(self, name: str, header: str, zone: str, local: Moments) -> str | None:
        """The place or offset that a zone stands for; None where that is asked, or is none."""
        profile = self._profile
        if zone == LOCAL:
            if profile.zone is None:
                self._ask(name, "zone-local", "zone", [*_ZONES], local, column=header)
            return profile.zone
        choices = self._choices(zone, local)
        is_own = zone in ALSO_WORDS and zone_in_header(header) == zone
        if is_own and zone not in profile.zones and (zone in SEVERAL or f"({zone}" not in header):
            choices.append(UTC_NAME)
        if len(choices) < 2:  # none where it was answered that it is faulty
            return next(iter(choices), None)
        self._ask(name, "zone-header", f"zones.{zone}", choices, local, column=header, name=zone)
        return None

    def _choices(self, zone: str, local: Moments) -> list[str]:
        """The places and offsets that a zone may stand for at local times; itself if it is one."""
        if (answer := self._profile.zones.get(zone)) is not None:
            return [answer] if answer != FAULTY else []
        if zone not in OFFSETS and zone not in SEVERAL:
            return [zone]
        choices = []
        for offset in SEVERAL.get(zone) or [OFFSETS[zone]]:
            at = PLACE_OF.get((zone, offset))
            if at and (from_utc(local, at) != from_utc(local, offset)).any():
                choices.append(at)
            choices.append(offset)
        return choices

    def _ask(
        self, field: str, code: str, key: str, choices: list[str], local: Moments, **filled: object
    ) -> None:
        apart = np.ptp([from_utc(local, c).astype(np.int64) for c in choices], axis=0)
        first = local[int(np.argmax(apart))]  # where they differ most
        moments = {choice: first - from_utc(first[None], choice)[0] for choice in choices}
        preview = [f"{c}: {_in_words(first)} is {_in_words(at)} UTC" for c, at in moments.items()]
        asked = question(code, key, choices, preview=preview, **filled)
        self.questions.setdefault(field, []).append(asked)


def _without_utc(reading: Reading) -> Reading:
    """A column of times of which none that ends with UTC counts as one without a zone."""
    if isinstance(reading, PlainReading) or "utc-assumed" not in reading.notes:
        return reading
    places = reading.cells.notes["utc-assumed"]
    said = [i for i in places if _SAYS_UTC.fullmatch(reading.texts[i].strip(SPACES))]
    if not said:
        return reading
    is_local = reading.noting("utc-assumed") & ~np.isin(reading.codes, said)
    return _MovedReading(reading, moments_of(reading), {"utc-assumed": is_local})


def _begin_days(reading: Reading, note: str = "") -> bool:
    """Whether times, or those with a note, are all midnights, which stand for days anywhere."""
    at = moments_of(reading)
    is_day = (at == at.astype("datetime64[D]")) | reading.noting(LOCAL_DAY)
    return bool(is_day[reading.noting(note) if note else ~np.isnat(at)].all())


def _end_days(reading: Reading) -> bool:
    """Whether times without a zone are all midnights, or within the last minute of a day."""
    at = moments_of(reading)[reading.noting("utc-assumed")]
    last = (at + np.timedelta64(1, "m")).astype("datetime64[D]")
    is_end = (at == at.astype("datetime64[D]")) | (at < last)
    return bool(is_end.all())


def _in_words(at: np.datetime64) -> str:
    return str(at.astype("datetime64[m]")).replace("T", " ")
