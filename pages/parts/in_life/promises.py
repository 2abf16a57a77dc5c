"""The pieces of the screen Promised and realised: cards, months, promises, decisions due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.common import charts, controls, files, panels, printing, terms
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, figure, graded, literal, written_unit
from pages.parts.evaluate import decisions
from pages.parts.in_life import events, promises_charts, proof
from pages.parts.in_life import promises_tables as tables
from pages.parts.in_life import promises_text as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mlpm_core.services.in_life.promises import DeliveredView, KpiMonths
    from pages.parts.common.event_marks import Numbered

_NET = "@net"  # no name begins with this sign


def cards(view: DeliveredView, proven: Sequence[proof.Measured] = ()) -> None:
    """Promised and realised to date, the gap between them, what is proven, and promises kept."""
    total, currency = view.total, view.case.currency
    if total is None or total.realised is None:
        return
    promised, gap = total.promised_same_days, total.gap
    with st.grid(4, min_column_width=150):
        with st.container(border=True, height="stretch"):
            st.metric("Promised to date", literal(_amount(promised, currency)))
            st.caption(literal(_promised_for(view)))
        with st.container(border=True, height="stretch"):
            st.metric("Realised to date", literal(_amount(total.realised.mean, currency)))
            ends = graded(total.realised.p10, total.realised.p90, view.grade, view.case.unchecked)
            st.caption(literal(ends), help=terms.LIKELY)
        with st.container(border=True, height="stretch"):
            st.metric("Gap", literal(_amount(gap, currency)))
            share = (
                f", {say.shortfall(gap / promised)}" if gap and promised and promised > 0 else ""
            )
            text = f"promised minus realised, same days{share}"
            if promised is not None:
                low, high = promised - total.realised.p90, promised - total.realised.p10
                text += f"; {graded(low, high, view.grade, view.case.unchecked)}"
            st.caption(literal(text))
        for measured in proven:
            proof.card(measured)
        with st.container(border=True, height="stretch"):
            kept = f"{view.hits.kept} of {view.hits.judged}" if view.hits.judged else NOTHING
            st.metric("Promises kept", kept)
            st.caption(literal(say.hits(view)))
    st.caption(say.grade(view), help=terms.GRADE)
    if decided := say.decided(view):
        st.info(decided, icon=":material/gavel:")


def _promised_for(view: DeliveredView) -> str:
    total = view.total
    if total is None or total.promised is None:
        return "the value case is not filled in"
    coverage = say.coverage(total.days_monitored, total.days_in_use)
    if total.days_monitored == total.days_in_use:
        return coverage
    return f"{coverage}; {_amount(total.promised, view.case.currency)} for all of them"


def _amount(value: float | None, currency: str) -> str:
    return NOTHING if value is None else say.amount(value, currency)


def months(view: DeliveredView, marks: Numbered = ()) -> KpiMonths | None:
    """Net benefit by month and to date, or the months of a chosen KPI, which is given back."""
    st.header("Month by month", anchor=False)
    shown = _chosen(view)
    if shown is not None:
        charts.draw(
            _kpi_months(shown, marks),
            promises_charts.level_by_month(written_unit(shown.kpi.unit)),
            say.kpi_chart(shown),
            grade=files.IMPLIED,
        )
    else:
        charts.draw(
            _money_months(view, marks),
            promises_charts.promised_by_month(f"{view.case.currency} / month"),
            say.money_chart(view),
            grade=files.IMPLIED,
        )
    for sentence in (say.not_final(view), literal(say.unvalued(view))):
        if sentence:
            st.caption(sentence)
    if shown is not None:
        st.page_link(
            "overview/kpi.py",
            label="This KPI as it was measured",
            icon=":material/monitoring:",
            query_params=panels.here(kpi=shown.kpi.kpi_id),
        )
    else:
        st.header("To date", anchor=False)
        spec = promises_charts.realised_to_date(view.case.currency)
        charts.draw(_to_date(view, marks), spec, say.to_date(view), grade=files.IMPLIED)
    return shown


@made_once
def _kpi_months(shown: KpiMonths, marks: Numbered) -> pd.DataFrame:
    frame = promises_charts.of_levels(tables.kpi_months(shown))
    return events.on_months(frame, [m.start for m in shown.months], marks)


@made_once
def _money_months(view: DeliveredView, marks: Numbered) -> pd.DataFrame:
    frame = promises_charts.of_money_months(tables.money_months(view))
    return events.on_months(frame, [m.start for m in view.months], marks)


@made_once
def _to_date(view: DeliveredView, marks: Numbered) -> pd.DataFrame:
    frame = events.on_months(tables.to_date(view), [m.start for m in view.to_date], marks)
    return promises_charts.of_to_date(frame)


def _chosen(view: DeliveredView) -> KpiMonths | None:
    """The chosen KPI; None for net benefit."""
    if not view.kpis:
        return None
    titles = {_NET: "Net benefit"} | {k.kpi.kpi_id: k.kpi.title for k in view.kpis}
    chosen = controls.choose("Show", titles, "kpi")
    return next((k for k in view.kpis if k.kpi.kpi_id == chosen), None)


def promises(view: DeliveredView) -> None:
    """Every promise of the project, and what became of it."""
    st.header("Promises", anchor=False)
    if not view.promises:
        st.info(
            "Nobody has recorded what was promised to whom. A promise is a KPI's value on a date, "
            "with the chance that was given to it.",
            icon=":material/info:",
        )
        st.page_link(
            "data/registers.py",
            label="Add a promise",
            icon=":material/add:",
            query_params=panels.here(kind="promises"),
        )
        return
    st.markdown(say.promises(view))
    printing.table(
        tables.promises(view),
        hide_index=True,
        alt="Promises of the project with standing, promised and realised level, and for when",
    )
    st.caption(
        "Judged by the KPI as it was measured since the promised date, and as the monitored "
        "metrics imply it (grade C) only where nothing was measured. Kept: the average since then "
        "is at least as good as promised. Over-delivered: it is better with a chance of 90% or "
        "more. Grade: how far a measured KPI can be put down to the model."
    )


def decisions_due(view: DeliveredView) -> None:
    """Decisions whose review date has come, promised beside realised."""
    st.header("Decisions to review", anchor=False)
    if view.decisions_due:
        decisions.recorded(view.decisions_due)
    else:
        st.caption(say.reviews(view))
    st.page_link(
        "evaluate/adoption.py",
        label="All decisions",
        icon=":material/gavel:",
        query_params=panels.here(case=view.case.value_case_id),
    )


def table(view: DeliveredView, shown: KpiMonths | None) -> None:
    """What the charts show, as a table; loaded when opened."""
    with st.expander("The same as a table", icon=":material/table:", on_change="rerun") as opened:
        if not opened.open:
            return
        if shown is None:
            st.caption(literal(f"Net benefit, {view.case.currency}"))
            printing.table(
                tables.money_table(view),
                hide_index=True,
                alt="Net benefit by month, promised and realised, with days monitored",
            )
            return
        unit, baseline = shown.kpi.unit, figure(shown.kpi.baseline or 0.0, shown.kpi.unit)
        st.caption(
            literal(f"{shown.kpi.title}, {written_unit(unit)}; {baseline} without the model")
        )
        printing.table(
            tables.kpi_table(shown),
            hide_index=True,
            alt="The KPI by month, promised and realised, with days monitored",
        )
