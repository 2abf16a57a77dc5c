"""KPIs as cards: measured first where something was, else implied, each with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.services.in_life.portfolio import Grade
from pages.parts.common import terms, text
from pages.parts.common.format import (
    ICONS,
    KPI_STATES,
    NOTHING,
    digits_beside,
    figure,
    graded,
    in_period,
    literal,
    number,
)
from pages.parts.common.panels import badge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.services.in_life.kpi_view import KpiLine
    from mlpm_core.services.valuation.kpis import KpiValue


def kpi_cards(project: str, today: date, lines: Sequence[KpiLine]) -> None:
    """KPIs with value, uncertainty, target, trend, freshness and definition."""
    if not lines:
        st.info("This project has no KPI yet. Name what the stakeholders want to improve.")
        st.page_link(
            "plan/find_kpi.py",
            label="Find a KPI",
            icon=":material/explore:",
            query_params={"project": project},
        )
        return
    with st.grid(3, min_column_width=300):
        for line in lines:
            with st.container(border=True, height="stretch"):
                _card(line, project, today)


def _card(line: KpiLine, project: str, today: date) -> None:
    kpi, value = line.kpi, line.shown
    label, icon = literal(kpi.title), ICONS[kpi.dimension]
    if value is None:
        st.metric(label, NOTHING, icon=icon)
        _badges(line)
        st.caption(literal(kpi.reason or "Not available yet."))
    else:
        target = line.target.target if line.target else None
        digits = digits_beside(value, target, kpi.baseline)
        shown = literal(figure(value, kpi.unit, digits))
        st.metric(label, shown, icon=icon, **_towards_target(line, value, digits))
        with st.container(horizontal=True, vertical_alignment="center"):
            _badges(line)
            st.caption(_evidence(line), help=terms.LIKELY)
        is_apart = line.newest is not None or line.proven is not None
        if is_apart and (implied := text.implied_beside(kpi)):
            st.caption(implied, help=terms.GRADE)
        st.caption(text.kpi(line, today))
    if kpi.proxy_told:
        st.caption(literal(kpi.proxy_told))
        st.page_link(
            "data/registers.py",
            label="Agree or change it",
            query_params={"project": project, "kind": "kpis", "record": kpi.kpi_id},
        )
    st.page_link(
        "overview/kpi.py",
        label="See it over time",
        icon=":material/monitoring:",
        query_params={"project": project, "kpi": kpi.kpi_id},
    )
    with st.popover(
        "Definition and origin",
        on_change="rerun",
        type="tertiary",
        key=f"kpi_{project}_{kpi.kpi_id}",
    ) as opened:
        if opened.open:
            _origin(kpi, project)


def _evidence(line: KpiLine) -> str:
    """Where the figure of a card comes from: counted, or implied with its range and grade."""
    if line.newest is not None:
        return literal(f"measured {in_period(line.newest.period)}")
    if line.proven is not None:
        return literal(text.proven(line.proven))
    shown = line.kpi.current or line.kpi.planned
    if shown is None:
        return ""
    grade = Grade.MODEL_IMPLIED if line.kpi.current else None
    return literal(
        f"{'implied, ' if grade else ''}{graded(shown.p10, shown.p90, grade, line.kpi.unchecked)}"
    )


def _towards_target(line: KpiLine, value: float, digits: int) -> dict[str, Any]:
    """The part of a card that compares with the target, and the line of past periods."""
    trend = list(line.spark) or None
    if line.target is None or not line.kpi.counts:
        return {"chart_data": trend}
    return {
        # Streamlit reads the arrow from an ASCII sign
        "delta": number(value - line.target.target).replace("−", "-"),
        "delta_color": "gray" if line.is_planned else KPI_STATES[line.state][2],
        "delta_description": f"from the target {literal(number(line.target.target, digits))}",
        "chart_data": trend,
    }


def _badges(line: KpiLine) -> None:
    """How a KPI stands, and whether it is provisional; one that expired is nothing else."""
    kpi = line.kpi
    if kpi.counts and line.is_planned:
        st.badge("planned", icon=":material/edit_note:", color="gray")
    elif kpi.counts and line.shown is not None:
        word, icon, colour = KPI_STATES[line.state]
        st.badge(word[2:], icon=icon, color=colour)
    if kpi.proxy_told:
        badge(kpi.state.label)


def _origin(kpi: KpiValue, project: str) -> None:
    st.markdown(f"**{literal(kpi.title)}**")
    st.caption(literal(kpi.definition or "Nobody has written its definition yet."))
    st.markdown(text.kpi_origin(kpi))
    for batch in kpi.batches:
        st.page_link(
            "data/imports.py",
            label=f"Results from batch {batch}",
            icon=":material/receipt_long:",
            query_params={"project": project, "batch": batch},
        )
    for case in kpi.moved_by:
        st.page_link(
            "plan/value_case.py",
            label="Formulas and inputs" + (f" of {literal(case)}" if kpi.further else ""),
            icon=":material/function:",
            query_params={"project": project, "case": case},
        )
