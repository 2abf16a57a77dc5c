"""The days shown in frames for charts, with what they are compared with drawn under them."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, TypeVar

from pages.parts.common import period_text
from pages.parts.common.format import NOTHING, period_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pandas as pd

    from mlpm_core.services.in_life.kpi_view import Period
    from mlpm_core.services.in_life.shown_period import ShownPeriod

T = TypeVar("T")


def under(
    starts: Sequence[datetime], values: Iterable[tuple[Period, T]], shown: ShownPeriod
) -> dict[datetime, tuple[Period, T]]:
    """Each earlier value with its period, by the start of the one that it is compared with.

    A value that lies half a period or more from every start is left out.
    """
    placed: dict[datetime, tuple[Period, T]] = {}
    for period, value in values:
        at = shown.earlier(period)
        if at is None or not starts:
            continue
        nearest = min(starts, key=lambda start: abs(start - at))
        if abs(nearest - at) * 2 <= period.end - period.start:
            placed[nearest] = (period, value)
    return placed


def with_earlier(
    frame: pd.DataFrame, values: Iterable[tuple[Period, float]], shown: ShownPeriod
) -> pd.DataFrame:
    """A frame with a column ``start`` with the columns ``earlier`` and ``earlier_period``."""
    starts = [start.to_pydatetime() for start in frame["start"]]
    placed = under(starts, values, shown)
    found = [placed.get(start) for start in starts]
    return frame.assign(
        earlier=[nan if one is None else one[1] for one in found],
        earlier_period=[NOTHING if one is None else period_name(one[0]) for one in found],
    )


def has_earlier(frame: pd.DataFrame) -> bool:
    """Whether a frame holds anything that is compared with."""
    return bool(frame["earlier"].notna().any())


def earlier_days(frame: pd.DataFrame, shown: ShownPeriod) -> str:
    """From when to when the earlier values are that a chart draws; empty without any."""
    if not has_earlier(frame):
        return ""
    before = shown.comparison.before
    return f"from {period_text.days(before)}" if before else "a year before"
