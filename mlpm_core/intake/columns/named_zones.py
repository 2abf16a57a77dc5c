"""Zones that a file names for whole columns of times: in their header, or in a column beside them.

An abbreviation is often written all year for the clocks of its place, which in the other half of
the year show another time; where both readings differ for a time of the file, somebody is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.cell_parser import ZONE
from mlpm_core.intake.columns.local_times import (
    COMMON_ZONES,
    UTC_NAME,
    about_mixed,
    from_utc,
    offsets_beside,
    turns,
)
from mlpm_core.intake.columns.readings import Reading
from mlpm_core.intake.columns.zone_names import OFFSETS, PLACES, SEVERAL, place
from mlpm_core.intake.messages import question
from mlpm_core.intake.metric_names import normal
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

LOCAL: Final = "local"
"""What stands for a zone where a header only says that its times are local."""

_ZONES: Final = (
    *COMMON_ZONES, "America/Sao_Paulo", "Africa/Johannesburg", "Europe/Istanbul", "Europe/Moscow",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", UTC_NAME,
)  # fmt: skip
_PLACE_OF: Final = {
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

_HEADERS: Final = frozenset(map(normal, (
    "zone", "time zone", "timezone", "tz", "tz name", "tzname", "zone id", "utc offset", "offset",
    "Zeitzone", "fuseau horaire", "huso horario", "zona horaria", "fuso orario", "tijdzone",
)))  # fmt: skip
_LOCAL_WORDS: Final = frozenset(
    ("local", "local time", "localtime", "ortszeit", "lokalzeit", "heure locale", "hora local")
)
_AS_WORD: Final = frozenset((  # written small behind a name they are no word of another meaning
    "utc", "gmt", "cet", "cest", "mez", "mesz", "eet", "eest", "pst", "pdt", "mst", "mdt", "cdt",
    "edt", "jst", "kst", "msk", "sgt", "hkt", "aest", "aedt",
))  # fmt: skip
_IN_BRACKETS: Final = re.compile(r".*[(\[]\s*(?P<zone>[^()\[\]]+?)\s*[)\]]\s*")
_BEHIND: Final = re.compile(r".*[ ,](?P<zone>[A-Z]{2,5}(?:/[A-Z]{3,5})?|[A-Z][A-Za-z]+/\w+)\s*")
_AFTER: Final = re.compile(r".*[_. ](?P<zone>[A-Za-z]{3,5})\s*")
_OFFSET: Final = re.compile(
    r"(?:UTC|GMT)?\s*(?P<sign>[+\u2212-])\s*(?P<hours>[01]?[0-9])(?::?(?P<minutes>[0-9]{2}))?"
)


def zone_in_header(header: str) -> str | None:
    """The zone that the header of times names, by its name or offset; `LOCAL`; None without one.

    Examples
    --------
    >>> [zone_in_header(h) for h in ("ts (CET)", "time [Europe/Berlin]", "made_at_utc", "at UTC+1")]
    ['CET', 'Europe/Berlin', 'UTC', '+01:00']
    >>> [zone_in_header(h) for h in ("local time", "started_at", "time (s)", "ts_est")]
    ['local', None, None, None]
    """
    text = header.strip()
    if normal(text).removesuffix(" time") in _LOCAL_WORDS or normal(text) in _LOCAL_WORDS:
        return LOCAL
    if match := _IN_BRACKETS.fullmatch(text):
        return LOCAL if match["zone"].lower() in _LOCAL_WORDS else zone_named(match["zone"])
    if match := re.fullmatch(rf".*[ _](?P<zone>(?:UTC|GMT){_OFFSET.pattern})", text):
        return zone_named(match["zone"])
    if match := _BEHIND.fullmatch(text):
        return zone_named(match["zone"])
    match = _AFTER.fullmatch(text)
    if match is None:
        return None
    word = match["zone"].lower()
    return LOCAL if word == "local" else word.upper() if word in _AS_WORD else None


def zone_named(text: str) -> str | None:
    """A zone as it is written: an offset, an abbreviation, or a place; None for other words.

    Examples
    --------
    >>> [zone_named(t) for t in ("GMT-5", "CET/CEST", "europe/berlin", "ET", "north", "Z")]
    ['-05:00', 'Europe/Berlin', 'Europe/Berlin', 'America/New_York', None, 'UTC']
    """
    text = text.strip()
    if match := _OFFSET.fullmatch(text):
        sign = "-" if match["sign"] != "+" else "+"
        return f"{sign}{match['hours'].zfill(2)}:{match['minutes'] or '00'}"
    if text in ("Z", "UTC", "GMT", "UTC/GMT", "GMT/UTC"):
        return UTC_NAME
    if text in PLACES:
        return PLACES[text]
    if text in OFFSETS or text in SEVERAL:
        return text
    parts = text.split("/")
    if len(parts) == 2 and all(part in OFFSETS or part in SEVERAL for part in parts):
        both = [{at for (name, _), at in _PLACE_OF.items() if name == part} for part in parts]
        return next(iter(both[0] & both[1]), None)
    written = "/".join(part[:1].upper() + part[1:] for part in parts)
    return next((t for t in (text, written) if "/" in t and place(t) is not None), None)


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
        The position of the column that names zones, if there is one.
    """

    def __init__(self, profile: Profile, columns: FileColumns) -> None:
        self._profile, self._columns = profile, columns
        self.questions: dict[str, list[Question]] = {}
        self.used: set[int] = set()

    def in_utc(
        self, readings: dict[str, Reading], fields: Sequence[Column], table: Table
    ) -> dict[str, Reading]:
        """The readings, with moments of a named zone in UTC; days stay the days that they are."""
        moments = [
            c.name
            for c in fields
            if c.kind is ColumnKind.MOMENT
            and c.name in self._columns.at
            and "utc-assumed" in readings[c.name].notes
        ]
        if not self._profile.reads_zones or not moments:
            return readings
        beside = self._beside(table)
        return readings | {name: self._moved(name, readings, beside) for name in moments}

    def _beside(self, table: Table) -> tuple[np.ndarray[Any, Any], list[str | None]] | None:
        """The zone of every record by its place in a list, if a column holds nothing but zones."""
        for j in self._columns.unused():
            if normal(self._columns.header_label(j)) not in _HEADERS or self._columns.is_ignored(j):
                continue
            coded: DictionaryColumn = table.columns[j]
            zones = [zone_named(cell) for cell in coded.cells]
            named = [
                bool(zone) for zone, cell in zip(zones, coded.cells, strict=True) if cell.strip()
            ]
            if named and all(named):
                self.used.add(j)
                return coded.codes, zones
        return None

    def _moved(
        self,
        name: str,
        readings: dict[str, Reading],
        beside: tuple[np.ndarray[Any, Any], list[str | None]] | None,
    ) -> Reading:
        reading = readings[name]
        header = self._columns.label(name)
        own = zone_in_header(header)
        is_local, local = reading.noting("utc-assumed"), _moments(reading)
        if own is not None:
            of_zone = {own: is_local}
        elif beside is not None:
            codes, zones = beside
            of_zone = {
                zone: is_local & np.isin(codes, [i for i, z in enumerate(zones) if z == zone])
                for zone in zones
                if zone is not None
            }
        elif self._profile.zone is not None and not self._columns.is_results:
            of_zone = {LOCAL: is_local}
        else:
            if not self._columns.is_results and (  # of which `local_times` knows more
                offsets := offsets_beside(reading, is_local, self._profile)
            ):
                mixed = about_mixed(local, reading, is_local, offsets)
                self.questions.setdefault(name, []).append(mixed)
            return reading
        notes = {"utc-assumed": is_local.copy()}
        if _are_days(readings.get("period_start", reading) if name == "period_end" else reading):
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
        return _MovedReading(reading, moments, notes)

    def _meant(self, name: str, header: str, zone: str, local: Moments) -> str | None:
        """The place or offset that a zone stands for; None where that is asked, or is none."""
        profile = self._profile
        if zone == LOCAL:
            if profile.zone is None:
                self._ask(name, "zone-local", "zone", [*_ZONES], local, column=header)
            return profile.zone
        if zone == UTC_NAME or "/" in zone or _OFFSET.fullmatch(zone):
            return zone
        if zone in profile.zones:
            answer = profile.zones[zone]
            return None if answer == FAULTY else answer
        choices = []
        for offset in SEVERAL.get(zone) or [OFFSETS[zone]]:
            at = _PLACE_OF.get((zone, offset))
            if at and (from_utc(local, at) != from_utc(local, offset)).any():
                choices.append(at)
            choices.append(offset)
        if len(choices) == 1:
            return choices[0]
        self._ask(name, "zone-header", f"zones.{zone}", choices, local, column=header, name=zone)
        return None

    def _ask(
        self, field: str, code: str, key: str, choices: list[str], local: Moments, **filled: object
    ) -> None:
        apart = np.ptp([from_utc(local, c).astype(np.int64) for c in choices], axis=0)
        first = local[int(np.argmax(apart))]  # where they differ most
        moments = {choice: first - from_utc(first[None], choice)[0] for choice in choices}
        preview = [f"{c}: {_in_words(first)} is {_in_words(at)} UTC" for c, at in moments.items()]
        asked = question(code, key, choices, preview=preview, **filled)
        self.questions.setdefault(field, []).append(asked)


def _moments(reading: Reading) -> Moments:
    values = reading.array(ColumnKind.MOMENT).to_numpy(zero_copy_only=False)
    return np.array(values, dtype="datetime64[us]")


def _are_days(reading: Reading) -> bool:
    """Whether times without a zone are all midnights, which stand for days wherever they are."""
    local = _moments(reading)[reading.noting("utc-assumed")]
    return bool((local == local.astype("datetime64[D]")).all())


def _in_words(at: np.datetime64) -> str:
    return str(at.astype("datetime64[m]")).replace("T", " ")
