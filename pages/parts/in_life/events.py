"""The events of a screen, and the list that explains their numbers in its charts."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from mlpm_core.services.in_life.events import concerning
from pages.parts.common import event_marks, panels, queries
from pages.parts.common.format import counted, literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.services.in_life.deployments import DeploymentView
    from mlpm_core.services.in_life.promises import DeliveredView
    from pages.parts.common.event_marks import Numbered

_MOST_LISTED: Final = 12


def of_deployment(view: DeploymentView) -> Numbered:
    """The events of a model in use, within the time of its charts."""
    periods = [rate.period for rate in view.rates]
    periods += [point.period for m in view.metrics for point in m.series.points]
    if not periods:
        return ()
    every = concerning(queries.events(view.line.project), models=[view.line.model_id])
    return event_marks.numbered(every, min(p.start for p in periods), max(p.end for p in periods))


def of_promises(project: str, view: DeliveredView) -> Numbered:
    """The events of a value case, its model and its KPIs, within its months in use."""
    starts = month_starts([m.start for m in view.months])
    if not starts:
        return ()
    deployment = view.case.deployment
    every = concerning(
        queries.events(project),
        kpis=[months.kpi.kpi_id for months in view.kpis],
        models=[deployment.model_id] if deployment else [],
    )
    return event_marks.numbered(every, starts[0], end_of_month(starts[-1]))


def month_starts(days: Sequence[date]) -> list[datetime]:
    """The moments at which months begin."""
    return [datetime.combine(day, time.min) for day in days]


def end_of_month(start: datetime) -> datetime:
    """The first moment of the next month."""
    return (pd.Timestamp(start) + pd.offsets.MonthBegin(1)).to_pydatetime()


def on_months(frame: pd.DataFrame, days: Sequence[date], events: Numbered) -> pd.DataFrame:
    """A frame of a row for each month with the events to draw in it."""
    starts = month_starts(days)
    end = end_of_month(starts[-1]) if starts else datetime.min
    return event_marks.marked(frame, starts, end, events)


def on_periods(frame: pd.DataFrame, events: Numbered) -> pd.DataFrame:
    """A frame with a column ``start`` with the events to draw in it, up to the newest event."""
    starts = [pd.Timestamp(start).to_pydatetime() for start in frame["start"]]
    return event_marks.marked(frame, starts, datetime.max, events)


def listing(events: Numbered) -> None:
    """What the numbers in the charts stand for, and the way to add another event."""
    shown = events[-_MOST_LISTED:]
    lines = [
        f"**{n}** {event_marks.SIGNS[h.event_type]} {literal(event_marks.when(h))}: "
        f"{literal(event_marks.what(h))}"
        for n, h in shown
    ]
    if len(shown) < len(events):
        earlier = counted(len(events) - len(shown), "earlier event")
        lines.insert(0, f"{earlier}: point at the numbers in the chart.")
    if lines:
        st.caption("  \n".join(lines))
    st.page_link(
        "data/registers.py",
        label="Add an event" if lines else "No event in this time: add one",
        icon=":material/event:",
        query_params=panels.here(kind="events"),
    )
