"""The pieces of the Health and Deployment screens: cards, limits, monitored metrics, segments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.common import (
    addresses,
    charts,
    controls,
    files,
    glossary,
    lines,
    panels,
    period_frames,
    printing,
    queries,
    tables,
    terms,
)
from pages.parts.common import text as common_text
from pages.parts.common.cache import made_once
from pages.parts.common.format import day, literal, plain
from pages.parts.in_life import events, metric_change_text, text
from pages.parts.in_life import tables as in_life_tables
from pages.parts.plan import bridges

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mlpm_core.services.in_life.deployments import DeploymentLine, DeploymentView
    from mlpm_core.services.in_life.metric_signals import WatchedMetric
    from mlpm_core.services.in_life.portfolio import PortfolioRow
    from mlpm_core.services.in_life.segments import Segments
    from mlpm_core.services.in_life.shown_period import ShownPeriod
    from pages.parts.common.event_marks import Numbered

_TABLE = "health_deployments"


def in_view(project: str) -> DeploymentView:
    """The deployment that the URL or its control names, over periods of the chosen length."""
    lines = queries.deployments(project)
    if not lines:
        panels.empty(
            "No model of this project is in use, and no results of one have come in.",
            "data/registers.py",
            "Add a deployment",
            kind="deployments",
        )
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        line = controls.deployment(lines, place)
        view = queries.deployment(project, line.deployment_id)
        if view.granularity is None:
            return view
        chosen = controls.granularity(view.granularities, view.granularity, place)
    if chosen == view.granularity:
        return view
    return queries.deployment(project, line.deployment_id, chosen)


@made_once
def over(view: DeploymentView, shown: ShownPeriod) -> DeploymentView:
    """The same with the days shown alone in value and metrics; limits and signals stay as they are.

    A metric without results in these days is left out.
    """
    kept = [
        replace(m, series=replace(m.series, points=points))
        for m in view.metrics
        if (points := tuple(p for p in m.series.points if shown.holds(p.period)))
    ]
    rates = tuple(rate for rate in view.rates if shown.holds(rate.period))
    return replace(view, rates=rates, metrics=tuple(kept))


def value_over_time(
    view: DeploymentView, whole: DeploymentView, shown: ShownPeriod, marks: Numbered
) -> None:
    """The value of each period of the days shown, with what it is compared with."""
    value = view.line.value
    if value is None:
        return
    st.header("Estimated value per week", anchor=False, help=terms.VALUE_RATE)
    if not whole.rates:
        without_value(value)
        return
    if not view.rates:
        st.caption("No results of the days shown have come in.")
        return
    charts.draw(*_value_drawn(value, view, whole, shown, marks), grade=files.IMPLIED)
    bridges.between_periods(value.case, whole.rates)


@made_once
def _value_drawn(
    value: PortfolioRow,
    view: DeploymentView,
    whole: DeploymentView,
    shown: ShownPeriod,
    marks: Numbered,
) -> tuple[pd.DataFrame, charts.Spec, str]:
    earlier = [(rate.period, rate.rate) for rate in whole.rates]
    frame = period_frames.with_earlier(tables.rates(view.rates, value), earlier, shown)
    sentence = common_text.rates(view.rates, value) + _grey(frame, shown)
    spec = charts.value_rate_over_time(
        f"{value.case.currency} / week", has_earlier=period_frames.has_earlier(frame)
    )
    drawn = charts.of_rates(frame)
    return events.on_periods(drawn, marks), spec, sentence + lines.said(drawn)


def _grey(frame: pd.DataFrame, shown: ShownPeriod) -> str:
    days = period_frames.earlier_days(frame, shown)
    return f" Grey: {literal(days)}, drawn under the days compared with it." if days else ""


def head(line: DeploymentLine) -> None:
    """The chosen deployment in short, with the way to its page."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(literal(line.case_title), anchor=False)
        panels.badge(line.health.health.label)
    st.markdown(f"{text.slot(line)}. {literal(line.health.reason)}")
    st.caption(
        f"Results to {day(line.data_to)}. {literal(line.project_title)}."
        if line.data_to
        else f"No results yet. {literal(line.project_title)}."
    )
    st.page_link(
        "in_life/deployment.py",
        label="See what happened and since when",
        icon=":material/troubleshoot:",
        query_params={"project": line.project, "deployment": line.deployment_id},
    )


def cards(view: DeploymentView) -> None:
    """Value and health of a champion; of another slot its days, limits and health."""
    line = view.line
    if line.value is not None:
        panels.health_cards(line.value)
        return
    kept = sum(c.state.value == "inside" and not c.is_stale for c in line.checks)
    with st.grid(4, min_column_width=150):
        with st.container(border=True, height="stretch"):
            st.metric("Slot", line.slot.capitalize(), help=terms.SLOT)
            st.caption("only the champion counts for value")
        with st.container(border=True, height="stretch"):
            st.metric("Days in the slot", plain(line.days_in_slot or 0))
            st.caption(f"{day(line.from_on)} to {day(line.to_on) if line.to_on else 'today'}")
        with st.container(border=True, height="stretch"):
            st.metric("Limits kept", f"{kept} of {len(line.checks)}")
            st.caption("by the newest value of each metric")
        with st.container(border=True, height="stretch"):
            st.caption("Health", help=terms.HEALTH)
            panels.badge(line.health.health.label)
            st.caption(f"Results to {day(line.data_to)}." if line.data_to else "No results yet.")


def without_value(line: PortfolioRow) -> None:
    """Why results have no value, and where to fix that."""
    problem = line.case.problem or ""
    st.info(
        literal(f"The metrics have come in, but their value is not available. {problem}"),
        icon=":material/info:",
    )
    st.page_link(
        "plan/value_case.py",
        label="Fill in what is missing",
        icon=":material/arrow_forward:",
        query_params=panels.here(case=line.case.value_case_id),
    )


def slots(view: DeploymentView) -> None:
    """Every part that this model plays or played, with its days."""
    st.header("Slots of this model", anchor=False, help=terms.SLOT)
    printing.table(
        in_life_tables.slots(view.slots),
        hide_index=True,
        alt="Deployments of this model with slot, version, days and health",
    )
    if not view.line.is_recorded:
        st.page_link(
            "data/registers.py",
            label="Record this deployment",
            icon=":material/add:",
            query_params=panels.here(kind="deployments"),
        )


def limits(view: DeploymentView) -> None:
    """The limits with the newest values, and the way to set one where none is."""
    if view.line.checks:
        printing.table(
            in_life_tables.limits(view.line),
            hide_index=True,
            alt="Metric limits with the newest value of each metric and its state",
        )
    if not view.line.is_recorded or not (view.without_limit or not view.line.checks):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        names = ", ".join(m.series.metric.label for m in view.without_limit)
        st.caption(literal(f"No limit is set for {names}." if names else "No limit is set."))
        st.page_link(
            "data/registers.py",
            label="Set a limit",
            icon=":material/add:",
            query_params=panels.here(kind="metric_limits"),
        )


def metrics(
    view: DeploymentView, whole: DeploymentView, shown: ShownPeriod, marks: Numbered = ()
) -> None:
    """Every metric monitored in the days shown, with its limit, its signals and its change."""
    if goes_by := text.goes_by(whole):
        st.caption(goes_by)
    every = {m.series.metric.name: m for m in whole.metrics}
    with st.grid(2, min_column_width=380):
        for watched in view.metrics:
            label, of_all = watched.series.metric.label, every[watched.series.metric.name]
            with st.container():
                st.markdown(f"**{literal(label)}**", help=glossary.help_of(label))
                charts.draw(*_metric_drawn(watched, of_all, shown, marks), grade=files.COUNTED)
                metric_change_text.change(of_all, shown)
    if len(view.metrics) < len(whole.metrics):
        names = [
            m.series.metric.label
            for m in whole.metrics
            if m.series.metric.name not in {v.series.metric.name for v in view.metrics}
        ]
        st.caption(literal(f"No results in the days shown: {', '.join(names)}."))
    st.caption(text.reading(), help=terms.SIGNAL)


@made_once
def _metric_drawn(
    watched: WatchedMetric, of_all: WatchedMetric, shown: ShownPeriod, marks: Numbered
) -> tuple[pd.DataFrame, charts.Spec, str]:
    earlier = [(p.period, p.value) for p in of_all.series.points]
    frame = period_frames.with_earlier(in_life_tables.metric(watched), earlier, shown)
    sentence = text.metric(watched) + _grey(frame, shown)
    digits = in_life_tables.digits(watched)
    spec = charts.metric_over_time(
        watched.series.metric.label, digits, has_earlier=period_frames.has_earlier(frame)
    )
    drawn = charts.of_metric(frame, digits)
    return events.on_periods(drawn, marks), spec, sentence + lines.said(drawn)


def segments(view: DeploymentView, marks: Numbered = (), *, is_all: bool = True) -> None:
    """How the mix of cases moved and where the model errs; nothing without segments."""
    if not view.segments:
        return
    st.header("Segments", anchor=False)
    if not is_all:
        st.caption("Segments are shown for all days.")
    for segment in view.segments:
        st.markdown(text.segments(segment), help=terms.SHIFT)
        with st.grid(2, min_column_width=380):
            for frame, spec, title in _segments_drawn(segment, marks):
                with st.container():
                    st.markdown(f"**{literal(title)}**")
                    charts.draw(frame, spec, title, grade=files.COUNTED, is_said=False)
        if segment.followed_share is not None:
            st.caption(text.followed(segment))


@made_once
def _segments_drawn(
    segment: Segments, marks: Numbered
) -> list[tuple[pd.DataFrame, charts.Spec, str]]:
    drawn = []
    for frame, title, number_format in (
        (in_life_tables.shares(segment), text.shares(segment), ".0%"),
        (
            in_life_tables.errors(segment),
            text.errors(segment),
            ".0%" if segment.is_share else ".3~g",
        ),
    ):
        if not frame.empty:
            spec = charts.segments_over_time(title, number_format)
            named = lines.named_series(frame, "segment", pixels=charts.SEGMENTS_HEIGHT - 60)
            drawn.append((events.on_periods(named, marks), spec, title))
    return drawn


def table(view: DeploymentView) -> None:
    """What the charts show, as tables; made when opened."""
    with st.expander("The same as a table", icon=":material/table:", on_change="rerun") as opened:
        if not opened.open:
            return
        for segment in view.segments:
            printing.table(
                in_life_tables.segments(segment), hide_index=True, alt="Segments by period"
            )
        printing.table(
            in_life_tables.by_period(view),
            hide_index=True,
            alt="Estimated value and monitored metrics by period",
        )


def chosen_of_table(lines: Sequence[DeploymentLine]) -> DeploymentLine | None:
    """Deployments as a table; the one whose cell was clicked, which the address names.

    The first while it names none, and None where that is not there.
    """
    by_id = {f"{line.project}/{line.deployment_id}": line for line in lines}
    first = next(iter(by_id))

    def choose() -> None:
        cells = st.session_state[_TABLE].selection.cells
        if cells and cells[0][0] < len(lines):
            st.session_state["model"] = list(by_id)[cells[0][0]]

    unknown = addresses.follow("model", by_id, first)
    if unknown:
        controls.not_there("model", unknown)
    printing.table(
        in_life_tables.deployments(lines),
        hide_index=True,
        on_select=choose,
        selection_mode="single-cell",
        key=_TABLE,
        alt="Deployments with health, reason, value gap, slot and age of their results",
    )
    chosen: str | None = st.session_state["model"]
    if chosen is None:
        return None
    if chosen == first:
        addresses.drop("model")
    else:
        addresses.show("model", chosen)
    return by_id[chosen]
