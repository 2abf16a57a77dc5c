"""Events on a chart over time: numbered marks at their days."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

import altair as alt
import pandas as pd

from mlpm_core.records import KINDS, EventType, Kpi, columns
from mlpm_core.services.in_life.events import Happening, Origin
from pages.parts.common.format import day, day_and_time, inner
from pages.parts.common.hover import INK, MUTED, tooltip_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SIGNS: Final = {
    EventType.RELEASE: ":material/rocket_launch:",
    EventType.INCIDENT: ":material/warning:",
    EventType.CAMPAIGN: ":material/campaign:",
    EventType.DEFINITION_CHANGE: ":material/edit:",
    EventType.OTHER: ":material/event:",
}
"""The icon of each type of event."""
_LABELS: Final = {c.name: c.label for c in columns(Kpi)}
Numbered = tuple[tuple[int, Happening], ...]
"""Events with the number that each has in all charts of a screen."""


def what(happening: Happening) -> str:
    """An event in a few words, as plain text."""
    subject = happening.subject
    match happening.origin:
        case Origin.WRITTEN:
            return subject
        case Origin.DEPLOYED:
            return f"{subject} in use as {happening.after}"
        case Origin.RETIRED:
            return f"{subject} no longer in use as {happening.after}"
        case Origin.INCIDENT:
            return f"{subject} ({happening.after})"
        case Origin.UNDO:
            return f"{inner(KINDS[happening.column].plural)} of batch {subject} were undone"
        case Origin.REDEFINED:
            return f"mechanism of {subject} was defined anew"
        case Origin.CHANGED:
            label = inner(_LABELS[happening.column])
            if happening.column == "definition" or not happening.before:
                return f"{label} of {subject} was written{' anew' if happening.before else ''}"
            return f"{label} of {subject} from {happening.before} to {happening.after or 'none'}"


def when(happening: Happening) -> str:
    """The day of an event, with the time where it is known."""
    is_day = happening.is_of_a_day
    return day(happening.at) if is_day else day_and_time(happening.at)


def numbered(events: Sequence[Happening], start: datetime, end: datetime) -> Numbered:
    """The events that lie within the charts of a screen with their numbers there, oldest first."""
    return tuple(enumerate((h for h in events if start <= h.at < end), start=1))


def marked(
    frame: pd.DataFrame, starts: Sequence[datetime], end: datetime, events: Numbered
) -> pd.DataFrame:
    """A chart's frame with what its marks need: ``event_at``, ``event_no`` and ``event``.

    Parameters
    ----------
    starts : sequence of datetime
        When the period of each row begins; several rows may share one.
    end : datetime
        When the last one ends.
    """
    rows = {start: row for row, start in reversed(list(enumerate(starts)))}
    order = sorted(rows)
    at: list[datetime | None] = [None] * len(starts)
    numbers: list[list[int]] = [[] for _ in starts]
    texts: list[list[str]] = [[] for _ in starts]
    for number, happening in events:
        if not order or not order[0] <= happening.at < end:
            continue
        row = rows[order[bisect_right(order, happening.at) - 1]]
        at[row] = at[row] or happening.at
        numbers[row].append(number)
        texts[row].append(f"{when(happening)}: {what(happening)}")
    return frame.assign(
        event_at=pd.Series(at, index=frame.index, dtype="datetime64[us]"),
        event_no=pd.Series([_from_to(ns) for ns in numbers], index=frame.index, dtype="object"),
        event=pd.Series(["; ".join(t) or None for t in texts], index=frame.index, dtype="object"),
    )


def _from_to(numbers: Sequence[int]) -> str | None:
    if not numbers:
        return None
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"


def layers(x: alt.X | None = None) -> list[alt.Chart]:
    """A thin line at each event with its number above, of a frame that was ``marked``.

    Parameters
    ----------
    x : altair.X, optional
        Where a row stands when the chart has steps instead of a scale of time; above these stands
        already how many days are missing.
    """
    height = -7 if x is None else -24
    where = x if x is not None else alt.X(field="event_at", type="temporal")
    base = (
        alt.Chart()
        .transform_filter("isValid(datum['event_no'])")
        .encode(where, tooltip=[tooltip_line("event", "Event")])
    )
    return [
        base.mark_rule(color=MUTED, strokeWidth=1, strokeDash=[1, 3], opacity=0.9),
        base.mark_text(color=INK, fontSize=11, fontWeight="bold").encode(
            alt.Text(field="event_no", type="nominal"), y=alt.value(height)
        ),
    ]
