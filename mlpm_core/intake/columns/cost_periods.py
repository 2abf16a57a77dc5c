"""The first and last day of a cost that a file gives as one month, quarter or year."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.dates import after
from mlpm_core.intake.columns.period_words import header_length
from mlpm_core.intake.columns.rows import ARROW
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Faults, Reading


def both_days(
    readings: dict[str, Reading], file: FileColumns, faults: Faults
) -> dict[str, pa.Array]:
    """The columns of first and last days, from the one column of periods that a file has.

    Returns
    -------
    dict
        Empty when the file has two columns of its own.
    """
    if "period" not in file.at or "period_start" in file.at:
        return {}
    reading = readings["period"]
    n = len(faults.lines)
    lengths = np.full(n, header_length(file.label("period")) or "P1M", dtype=object)
    for note in reading.notes:
        grain = note.removeprefix("grain ")
        if grain in ("P1W", "P1M", "P3M", "P1Y"):
            lengths[reading.noting(note)] = grain
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
        first = _first(start, lengths[i])
        firsts.append(first.date())
        lasts.append((after(first, lengths[i]) - timedelta(days=1)).date())
    day = ARROW[ColumnKind.DAY]
    return {"period_start": pa.array(firsts, day), "period_end": pa.array(lasts, day)}


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
    if length == "P3M":
        return midnight.replace(month=1 + (day.month - 1) // 3 * 3, day=1)
    return midnight.replace(day=1) if length == "P1M" else midnight
