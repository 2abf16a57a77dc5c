"""The first and last day of a cost that a file gives as one month, quarter or year."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.cell_parser import RANGE, is_missing
from mlpm_core.intake.columns.dates import HALF, after
from mlpm_core.intake.columns.extra_columns import PERIOD
from mlpm_core.intake.columns.period_words import header_length
from mlpm_core.intake.columns.rows import ARROW
from mlpm_core.intake.messages import Refusal, question
from mlpm_core.intake.metric_names import normal
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Faults, Reading
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.profile import Profile

_LONG: Final = ("P1W", "P1M", "P3M", HALF, "P1Y")
_MONTHLY: Final = frozenset(map(normal, (PERIOD.name, *PERIOD.aliases)))
_MOST_LOOKED: Final = 1_000


def both_days(
    readings: dict[str, Reading], file: FileColumns, faults: Faults, profile: Profile
) -> dict[str, pa.Array]:
    """The columns of first and last days, where they are not as the file's own two say them.

    Returns
    -------
    dict
        Empty when the file has two columns, of which the second holds last days.

    Raises
    ------
    Refusal
        With the question whether a date is a day or its month, or whether an end is the last day.
    """
    if "period" not in file.at or "period_start" in file.at:
        return _last_days(readings, file, profile)
    reading = readings["period"]
    lengths = np.full(len(faults.lines), header_length(file.label("period")) or "", dtype=object)
    is_exact = np.zeros(len(faults.lines), dtype=bool)
    for note in reading.notes:
        grain = note.removeprefix("grain ")
        if grain in _LONG and (profile.reads_layouts or grain == HALF):
            is_exact |= reading.noting(note)  # a quarter may be that of a fiscal year
        if grain in _LONG or (grain == "P1D" and RANGE in reading.notes):
            lengths[reading.noting(note)] = grain
    is_open = (lengths == "") & ~faults.is_bad
    if is_open.any():
        lengths[is_open] = _asked_length(reading, is_open, file.label("period"), profile)
    starts: list[Any] = reading.array(ColumnKind.MOMENT).to_pylist()
    firsts: list[date | None] = []
    lasts: list[date | None] = []
    for i, start in enumerate(starts):
        if start is None:
            if not faults.is_bad[i]:
                faults.add(i, file.label("period"), "missing-value", reading.text(i))
            firsts.append(None)
            lasts.append(None)
            continue
        first = start if is_exact[i] else _first(start, lengths[i])
        firsts.append(first.date())
        lasts.append((after(first, lengths[i]) - timedelta(days=1)).date())
    day = ARROW[ColumnKind.DAY]
    return {"period_start": pa.array(firsts, day), "period_end": pa.array(lasts, day)}


def _asked_length(reading: Reading, is_open: Flags, header: str, profile: Profile) -> str:
    """What a date stands for under a header that does not say it: its month, or the day itself."""
    if normal(header) in _MONTHLY or profile.is_replay:
        return "P1M"
    if profile.period in ("P1D", *_LONG):
        return str(profile.period)
    texts = [reading.text(i) for i in np.flatnonzero(is_open)[:_MOST_LOOKED].tolist()]
    first = next((text for text in texts if not is_missing(text)), "")
    asked = question(
        "cost-days", "period", ["P1D", "P1M", "P1W", "P3M"], column=header, first=first,
        preview=[f"P1D: {first} alone", f"P1M: the month of {first}", f"P1W: a week from {first}",
                 f"P3M: the quarter of {first}"],
    )  # fmt: skip
    raise Refusal(questions=[asked])


def _last_days(
    readings: dict[str, Reading], file: FileColumns, profile: Profile
) -> dict[str, pa.Array]:
    """The last days, where those of the file may be the first days after."""
    if not {"period_start", "period_end"} <= file.at.keys() or profile.is_replay:
        return {}
    if file.label("period_end") == "period_end":  # our own template, whose ends are last days
        return {}
    starts, ends = (readings[n].array(ColumnKind.DAY) for n in ("period_start", "period_end"))
    pairs = {
        (a, b): None
        for a, b in zip(starts.to_pylist(), ends.to_pylist(), strict=True)
        if a is not None and b is not None
    }
    if not pairs or not all(_ends_after(a, b) for a, b in pairs):
        return {}
    if profile.cost_ends is None:
        first, last = next(iter(pairs))
        asked = question(
            "cost-ends", "cost_ends", ["after", "last"], column=file.label("period_end"), last=last,
            preview=[
                f"after: {first} to {last - timedelta(days=1)}", f"last: {first} to {last}",
            ],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    if profile.cost_ends == "last":
        return {}
    return {
        "period_end": pc.subtract(ends.cast(pa.int32()), pa.scalar(1, pa.int32())).cast(pa.date32())
    }


def _ends_after(first: date, end: date) -> bool:
    """Whether a period of ours ends before a day, and none with it.

    Examples
    --------
    >>> from datetime import date
    >>> [_ends_after(date(2024, 2, 1), end) for end in (date(2024, 3, 1), date(2024, 2, 29))]
    [True, False]
    """
    start, stop = (datetime(d.year, d.month, d.day) for d in (first, end))
    lengths = ("P1D", *_LONG)
    return any(after(start, n) == stop for n in lengths) and not any(
        after(start, n) == stop + timedelta(days=1) for n in lengths
    )


def _first(day: datetime, length: str) -> datetime:
    """The first day of the month, quarter or year that a day lies in; of a week the day itself.

    Examples
    --------
    >>> _first(datetime(2024, 5, 31), "P3M")
    datetime.datetime(2024, 4, 1, 0, 0)
    """
    midnight = datetime(day.year, day.month, day.day)
    if length == "P1Y":
        return midnight.replace(month=1, day=1)
    if length == HALF:
        return midnight.replace(month=1 + (day.month - 1) // 6 * 6, day=1)
    if length == "P3M":
        return midnight.replace(month=1 + (day.month - 1) // 3 * 3, day=1)
    return midnight.replace(day=1) if length == "P1M" else midnight
