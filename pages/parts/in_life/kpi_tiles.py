"""The tiles of the KPI screen: measured, how it changed, and what the model implies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.in_life.kpi_changes import kpi_changes
from pages.parts.common import period_text, terms
from pages.parts.common.format import KPI_STATES, NOTHING, in_period, literal, number, written_unit
from pages.parts.in_life import kpi_change_text, kpi_text

if TYPE_CHECKING:
    from mlpm_core.services.in_life.kpi_changes import Compared, KpiChanges
    from mlpm_core.services.in_life.kpi_view import KpiSeries, KpiView
    from mlpm_core.services.in_life.shown_period import ShownPeriod


def tiles(view: KpiView, series: KpiSeries, shown: ShownPeriod) -> None:
    """The KPI over the days shown, against others and the baseline, and what is implied."""
    newest = series.newest
    if newest is None:
        return
    changes = kpi_changes(view, series, shown)
    digits = kpi_text.digits_of(view, newest)
    word = newest.period.word if shown.is_all else ""
    with st.grid(5, min_column_width=145):
        with st.container(border=True, height="stretch"):
            _measured(view, series, shown, changes)
        for against, compared in changes.against.items():
            with st.container(border=True, height="stretch"):
                label = kpi_change_text.label(against, word)
                _changed(label, compared, view.kpi.direction, digits)
                told = kpi_change_text.beside(compared, against, series, digits)
                st.caption(told, help=kpi_change_text.explained(compared) or None)
        with st.container(border=True, height="stretch"):
            _implied(view, series, shown, changes)


def _measured(view: KpiView, series: KpiSeries, shown: ShownPeriod, changes: KpiChanges) -> None:
    """The newest value, or the mean of the days shown."""
    level, newest = changes.level, series.newest
    if newest is None:
        return
    value = NOTHING if level.now is None else number(level.now, kpi_text.digits_of(view, newest))
    st.metric("Measured", literal(value))
    state, icon, colour = KPI_STATES[view.line.state]
    unit = written_unit(view.kpi.unit)
    if shown.span is None:
        st.badge(state[2:], icon=icon, color=colour)
        st.caption(literal(f"{unit}, {in_period(newest.period)}"))
        return
    if level.now is None:
        st.caption(literal(kpi_change_text.missing(_alone(changes), series)))
        return
    mean = kpi_change_text.mean_of(level, newest.period.word)
    st.caption(literal(f"{unit}, {mean}, {period_text.days(shown.span)}"))
    if level.missing is not None:
        st.caption(":material/warning: Fewer than 9 in 10 of these days have a value.")


def _alone(changes: KpiChanges) -> Compared:
    """The mean of the days shown as a change against nothing, for why there is none."""
    compared = next(iter(changes.against.values()))
    return type(compared)(changes.level)


def _changed(label: str, compared: Compared, direction: str, digits: int) -> None:
    change = compared.change
    told = period_text.change(change.difference, change.before, change.now, digits)
    st.metric(label, literal(told))
    words, colour = kpi_change_text.way(change, direction)
    st.badge(words, color=colour)


def _implied(view: KpiView, series: KpiSeries, shown: ShownPeriod, changes: KpiChanges) -> None:
    """What the models explain of the value, and what is left."""
    newest = series.newest
    period = shown.span or (newest.period if newest else None)
    measured = None if changes.level.missing else changes.level.now
    told = kpi_text.other(view, period, measured) if period else None
    if told is None:
        st.metric("Implied by the model", NOTHING)
        st.caption(literal(kpi_text.no_other(view)))
        return
    implied, other = told
    st.metric("Implied by the model", implied, help=terms.GRADE)
    st.badge("grade C", color="gray")
    st.caption(other)
