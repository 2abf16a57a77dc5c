"""Times without an offset of which some come twice, as at the end of summer time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from mlpm_core.errors import InputError, quoted
from mlpm_core.intake.columns.rows import keyed
from mlpm_core.intake.messages import Refusal, question
from mlpm_core.records import MetricResult, columns

if TYPE_CHECKING:
    from mlpm_core.intake.columns.readings import Reading
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.profile import Profile

    Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]

_ZONES: Final = (
    "Europe/Berlin", "Europe/London", "Europe/Helsinki", "Europe/Lisbon", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Santiago",
    "Australia/Sydney", "Pacific/Auckland", "Asia/Jerusalem",
)  # fmt: skip
_KIND_OF: Final = {c.name: c.kind for c in columns(MetricResult)}
_KEY: Final = ("model_id", "model_version", "metric", "slice_key", "slice_value", "source")


def in_utc(
    starts: Moments, readings: dict[str, Reading], is_local: Flags, profile: Profile
) -> tuple[Moments, tuple[str, ...]]:
    """The times in UTC; those without an offset are of the zone that was answered.

    Raises
    ------
    Refusal
        With the question which zone it is, when an hour comes twice that only local time repeats.
    InputError
        When there is no such zone.
    """
    if profile.zone is None and profile.is_replay:
        return starts, ()
    turn = _turns(starts, readings, is_local)
    if profile.zone is None:
        twice = np.unique(starts[is_local & (turn > 0)])
        zones = [z for z in _ZONES if len(twice) and all(_is_repeated(t, z) for t in twice)]
        if not zones:
            return starts, ()
        hour = twice[0].astype("datetime64[us]").item()
        asked = question("zone", "zone", [*zones, "UTC"], hour=f"{hour:%Y-%m-%d %H:%M}")
        raise Refusal(questions=[asked])
    if profile.zone == "UTC" or not is_local.any():
        return starts, ()
    zone = _zone(profile.zone)
    starts = starts.copy()
    moved: dict[tuple[Any, bool], datetime] = {}
    for i in np.flatnonzero(is_local).tolist():
        key = (starts[i], bool(turn[i]))
        if key not in moved:
            local = starts[i].astype("datetime64[us]").item().replace(tzinfo=zone, fold=key[1])
            moved[key] = local.astimezone(UTC).replace(tzinfo=None)
        starts[i] = moved[key]
    return starts, (f"times of the zone {profile.zone}",)


def _turns(
    starts: Moments, readings: dict[str, Reading], is_local: Flags
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each record, how many earlier ones have its time and all else of its key."""
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


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"There is no time zone {quoted(name)}; write one such as Europe/Berlin."
        ) from error
