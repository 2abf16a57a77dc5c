"""Times without an offset that need one: beside others with one, or of an hour that comes twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from mlpm_core.errors import InputError, quoted
from mlpm_core.intake.columns.rows import keyed
from mlpm_core.intake.columns.time_texts import as_usual
from mlpm_core.intake.columns.zone_names import UTC_NAME, with_offset
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.messages import Refusal, question
from mlpm_core.records import ColumnKind, MetricResult, columns

if TYPE_CHECKING:
    from datetime import tzinfo

    from mlpm_core.intake.columns.readings import Reading
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

    Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]
    Durations = np.ndarray[tuple[int], np.dtype[np.timedelta64]]

COMMON_ZONES: Final = (
    "Europe/Berlin", "Europe/London", "Europe/Helsinki", "Europe/Lisbon", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Santiago",
    "Australia/Sydney", "Pacific/Auckland", "Asia/Jerusalem",
)  # fmt: skip
_EPOCH: Final = datetime(1970, 1, 1)
_OFFSET: Final = re.compile(
    r"[0-9]:[0-9]{2}[^+-]*([+-])([0-9]{2}):?([0-9]{2})?(?: UTC)?(?: \([^()]*\))?$"
)
_UTC: Final = re.compile(r"[0-9] ?(?:Z|UTC|GMT|[+-]00(?::?00)?)$")
_MOST_LOOKED: Final = 1000
_KIND_OF: Final = {c.name: c.kind for c in columns(MetricResult)}
_KEY: Final = ("model_id", "model_version", "metric", "slice_key", "slice_value", "source")


def in_utc(
    starts: Moments, readings: dict[str, Reading], is_local: Flags, profile: Profile
) -> tuple[Moments, tuple[str, ...]]:
    """The times in UTC; those without an offset are of the zone that was answered.

    Raises
    ------
    Refusal
        With the question which zone it is, when other times have an offset, or an hour comes twice
        that only local time repeats.
    InputError
        When there is no such zone.
    """
    if profile.zone is None and profile.is_replay:
        return starts, ()
    if profile.zone is None and (
        offsets := _offsets_beside(readings["period_start"], is_local, profile)
    ):
        raise Refusal(questions=[about_mixed(starts, readings["period_start"], is_local, offsets)])
    turn = turns(starts, readings, is_local)
    if profile.zone is None:
        twice = np.unique(starts[is_local & (turn > 0)])
        zones = [z for z in COMMON_ZONES if len(twice) and all(_is_repeated(t, z) for t in twice)]
        if not zones:
            return starts, ()
        hour = twice[0].astype("datetime64[us]").item()
        asked = question("zone", "zone", [*zones, "UTC"], hour=f"{hour:%Y-%m-%d %H:%M}")
        raise Refusal(questions=[asked])
    if profile.zone == "UTC" or not is_local.any():
        return starts, ()
    starts = starts.copy()
    starts[is_local] -= from_utc(starts[is_local], profile.zone, turn[is_local] > 0)
    return starts, (f"times of the zone {profile.zone}",)


def moments_of(reading: Reading) -> Moments:
    """The moments of every record; none where there is none."""
    values = reading.array(ColumnKind.MOMENT).to_numpy(zero_copy_only=False)
    return np.array(values, dtype="datetime64[us]")


def from_utc(local: Moments, name: str, is_later: Flags | None = None) -> Durations:
    """By how much the clocks of a zone are before UTC at local times.

    Parameters
    ----------
    local : array of datetime64
        None of them missing.
    name : str
        A place such as Europe/Berlin, or an offset such as +01:00.
    is_later : array of bool, optional
        Which times are the second of two of an hour that comes twice; by default none.

    Raises
    ------
    InputError
        When there is no such zone.

    Examples
    --------
    >>> at = np.array(["2026-01-05T10:00", "2026-07-05T10:00"], "datetime64[us]")
    >>> [str(before) for before in from_utc(at, "Europe/Berlin").tolist()]
    ['1:00:00', '2:00:00']
    """
    zone = _zone(name)
    quarters = local.astype("datetime64[m]").astype(np.int64) // 15  # clocks change at none between
    halves = 2 * quarters + (0 if is_later is None else is_later)
    distinct, place = np.unique(halves, return_inverse=True)
    offsets = [
        (_EPOCH + timedelta(minutes=15 * (half // 2)))
        .replace(tzinfo=zone, fold=half % 2)
        .utcoffset()
        for half in distinct.tolist()
    ]
    before: Durations = np.array(offsets, dtype="timedelta64[us]")[place]
    return before


def offsets_of(reading: Reading, where: Flags, profile: Profile) -> dict[str, str]:
    """The offsets that some times are written with, each with a cell that bears it.

    Those that are said to be UTC, in whichever way, are so under the name of it.
    """
    others = np.flatnonzero(where & ~reading.is_faulty())[:_MOST_LOOKED]
    offsets: dict[str, str] = {}
    for text in dict.fromkeys(reading.text(i).strip(SPACES) for i in others):
        usual = as_usual(text) if profile.reads_zones else text
        plain = with_offset(usual, profile.zones, profile.date_order) or usual
        if _UTC.search(usual):
            offsets.setdefault(UTC_NAME, text)
        elif (match := _OFFSET.search(plain)) is not None:
            offsets.setdefault(f"{match[1]}{match[2]}:{match[3] or '00'}", text)
    return offsets


def _offsets_beside(reading: Reading, is_local: Flags, profile: Profile) -> dict[str, str]:
    """The offsets of times beside those without one; none where some of them are UTC.

    Then those without are UTC, too.
    """
    offsets = offsets_of(reading, ~is_local, profile) if is_local.any() else {}
    return {} if UTC_NAME in offsets else offsets


def about_mixed(
    starts: Moments, reading: Reading, is_local: Flags, offsets: dict[str, str]
) -> Question:
    """The question which of the offsets beside them the times without one have."""
    first = int(np.flatnonzero(is_local)[0])
    at = starts[first].astype("datetime64[us]").item()
    choices = [*offsets, "UTC"]
    readings_of = {
        name: (at if name == "UTC" else at - _offset(name)).strftime("%Y-%m-%d %H:%M UTC")
        for name in choices
    }
    text = reading.text(first)
    return question(
        "zone-mixed", "zone", choices, n=int(is_local.sum()), value=text,
        other=next(iter(offsets.values())),
        preview=[f"{name}: {text} is {in_words}" for name, in_words in readings_of.items()],
    )  # fmt: skip


def _offset(name: str) -> timedelta:
    """An offset such as +01:00."""
    sign = -1 if name[0] == "-" else 1
    return sign * timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))


def turns(
    starts: Moments, readings: dict[str, Reading], is_local: Flags
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each result, how many earlier ones have its time and all else of its key."""
    names = [name for name in _KEY if name in readings]
    arrays = [readings[name].array(_KIND_OF[name]) for name in names]
    key = keyed(arrays, len(starts))
    _, of_time = np.unique(starts, return_inverse=True)
    both = key * (int(of_time.max(initial=0)) + 1) + of_time
    turn = np.zeros(len(starts), dtype=np.int64)
    order = np.argsort(both, kind="stable")
    changes = np.flatnonzero(np.diff(both[order], prepend=-1))
    lengths = np.diff(np.append(changes, len(order)))
    turn[order] = np.arange(len(order)) - np.repeat(changes, lengths)
    return np.where(is_local, turn, 0)


def _is_repeated(at: np.datetime64, name: str) -> bool:
    """Whether a local time comes twice in a zone."""
    local = at.astype("datetime64[us]").item().replace(tzinfo=_zone(name))
    return bool(local.utcoffset() != local.replace(fold=1).utcoffset())


def _zone(name: str) -> tzinfo:
    if name == UTC_NAME:
        return UTC
    if _OFFSET.fullmatch(f"0:00{name}"):
        return timezone(_offset(name))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"There is no time zone {quoted(name)}; write one such as Europe/Berlin."
        ) from error
