"""The pieces of the KPI screen: the list, the answer, the tiles, the chart, and who owns it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.services.evaluate.insights import grown
from mlpm_core.services.in_life.kpi_since import since_day
from pages.parts.common import (
    charts,
    controls,
    driver_tree,
    files,
    lines,
    panels,
    period_frames,
    printing,
    queries,
    terms,
)
from pages.parts.common.format import figure, literal, written_unit
from pages.parts.in_life import events, kpi_charts, kpi_tables
from pages.parts.in_life import kpi_text as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.in_life.kpi_view import KpiLine, KpiSeries, KpiView
    from mlpm_core.services.in_life.shown_period import ShownPeriod
    from mlpm_core.services.valuation.value_cases import CaseValue

_TABLE: Final = "kpi_list"
_FOUR_WEEKS: Final = timedelta(weeks=4)


def in_view(project: str) -> KpiView | None:
    """The KPI that the address or a choice names; None while the list is shown."""
    lines = queries.kpi_lines(project)
    if not lines:
        panels.empty(
            "This project has no KPI yet. Name what the stakeholders want to improve.",
            "plan/find_kpi.py",
            "Find a KPI",
        )
    titles = {x.kpi.kpi_id: x.kpi.title for x in lines}
    if controls.picked("kpi", titles) is None:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = controls.choose("KPI", titles, "kpi")
        st.button("All KPIs", icon=":material/list:", on_click=controls.pick, args=("kpi", None))
    return queries.kpi_view(project, chosen)


def listed(lines: Sequence[KpiLine]) -> None:
    """Every KPI of the project; a cell that is clicked opens its KPI."""

    def opened() -> None:
        cells = st.session_state[_TABLE].selection.cells
        if cells and cells[0][0] < len(lines):
            controls.pick("kpi", lines[cells[0][0]].kpi.kpi_id)

    st.markdown(say.lead_of_list(tuple(lines)))
    printing.table(
        kpi_tables.lines(lines),
        hide_index=True,
        on_select=opened,
        selection_mode="single-cell",
        key=_TABLE,
        column_config={"Newest values": st.column_config.LineChartColumn(width="small")},
        alt="KPIs of the project with state, value, target, newest values, freshness and owner",
    )
    printing.hint(
        "Click a KPI to open it. The line shows up to 26 of its newest periods.", key="kpis"
    )
    st.page_link(
        "plan/find_kpi.py",
        label="Find another KPI",
        icon=":material/explore:",
        query_params=panels.here(),
    )


def series_in_view(view: KpiView) -> KpiSeries | None:
    """Measured values of the chosen length of period; asked only when there are several."""
    if not view.series:
        return None
    lengths = list(view.series)
    chosen = controls.granularity(lengths, lengths[0], st.container())
    return view.series[chosen]


def chart(view: KpiView, series: KpiSeries | None, shown: ShownPeriod) -> None:
    """Measured and implied over the days shown, with what they are compared with."""
    frame, marks = kpi_tables.over_time(view, series, shown)
    if frame.empty:
        if not shown.is_all:
            st.caption("There is nothing to draw in the days shown.")
        return
    drawn = kpi_charts.of_kpi(frame)
    sentence = say.chart(view, series, period_frames.earlier_days(frame, shown))
    spec = kpi_charts.kpi_over_time(
        written_unit(view.kpi.unit),
        has_implied=bool(view.implied),
        has_earlier=period_frames.has_earlier(frame),
    )
    charts.draw(
        drawn,
        spec,
        sentence + lines.said(drawn),
        grade=files.COUNTED_AND_IMPLIED if view.implied else files.COUNTED,
        name=view.kpi.title,
    )
    events.listing(marks)


def nothing_measured(view: KpiView) -> None:
    """What to upload so that there is something measured."""
    st.info(
        literal(
            f"Upload what the business measured: a file with the columns kpi_id "
            f"({view.kpi.kpi_id}), period_start, granularity and value in "
            f"{written_unit(view.kpi.unit)}, a row for each period. With n, sum and sum_sq of the "
            "cases, MLPM can say how much of a change is chance."
        ),
        icon=":material/info:",
    )
    st.page_link(
        "data/upload.py",
        label="Upload measured values",
        icon=":material/upload_file:",
        query_params=panels.here(kind="kpi_actuals"),
    )


def who_and_what(view: KpiView, series: KpiSeries | None) -> None:
    """Who owns it, how it is counted, where its values come from and how old they are."""
    kpi = view.kpi
    st.header("Who owns it, and what was promised", anchor=False)
    lines = [
        f"**Owner**: {literal(kpi.owner or 'nobody yet')}. {kpi.dimension.label}; "
        f"{kpi.direction} is better.",
        f"**Definition**: {literal(kpi.definition or 'nobody has written it yet')}",
    ]
    if kpi.baseline is not None:
        lines.append(f"**Without the model**: {literal(figure(kpi.baseline, kpi.unit))}")
    newest = series.newest if series else None
    if series is not None and newest is not None:
        lines.append(f"**Freshness**: {say.age(view, series)}")
        lines.append(f"**Source**: {literal(newest.source or 'not told by the file')}")
    if kpi.proxy_told:
        lines.append(literal(kpi.proxy_told))
    st.markdown("  \n".join(lines))
    with st.container(horizontal=True):
        if newest is not None:
            st.page_link(
                "data/imports.py",
                label=f"Newest value from batch {newest.batch}",
                icon=":material/receipt_long:",
                query_params=panels.here(batch=newest.batch),
            )
        st.page_link(
            "data/registers.py",
            label="Change definition, target or owner",
            icon=":material/edit:",
            query_params=panels.here(kind="kpis", record=kpi.kpi_id),
        )
    _told(view)


def _told(view: KpiView) -> None:
    """Targets by date and promises, each with what was measured then."""
    if len(view.targets) > 1:
        printing.table(
            kpi_tables.targets(view), hide_index=True, alt="Targets by date and what was measured"
        )
    if not view.promises:
        st.caption("Nobody has recorded a promise about this KPI.")
        return
    printing.table(
        kpi_tables.promises(view), hide_index=True, alt="Promises about this KPI and to whom"
    )
    st.page_link(
        "in_life/promised.py",
        label="Were the promises kept?",
        icon=":material/handshake:",
        query_params=panels.here(kpi=view.kpi.kpi_id, case=view.kpi.value_case_id),
    )


def what_moves_it(view: KpiView) -> None:
    """What each value case adds, and how that grows out of the metrics of its model."""
    st.header("What moves it", anchor=False)
    if not view.cases:
        st.caption(literal(view.no_implied or "No model moves it."))
        return
    if len(view.cases) > 1:
        st.markdown(literal(say.together(view)))
        if view.kpi.alone:
            printing.table(
                kpi_tables.parts(view),
                hide_index=True,
                alt="What each value case moves the KPI by, and all of them together",
            )
    for case in view.cases:
        _driven(view, case)


def _driven(view: KpiView, case: CaseValue) -> None:
    """The driver tree from the KPI's dimension down to the metrics of the model."""
    tree = grown(case, view.kpi.dimension.value)
    if tree is None:
        st.caption(literal(case.problem or "Its value case has no value yet."))
    else:
        st.caption(
            literal(
                f"{case.title}: what the model adds to {view.kpi.dimension.label.lower()}, down to "
                "its metrics. Estimated from model metrics (grade C)."
            ),
            help=terms.GRADE,
        )
        driver_tree.driver_tree(tree, case.currency, files.grade_of(case))
    deployment = case.deployment
    of_case = f" of {literal(case.title)}" if len(view.cases) > 1 else ""
    with st.container(horizontal=True):
        st.page_link(
            "in_life/deployment.py",
            label=f"The model's metrics over time{of_case}",
            icon=":material/troubleshoot:",
            query_params=panels.here(
                deployment=(deployment.deployment_id if deployment else "")
                or f"case:{case.value_case_id}"
            ),
        )
        st.page_link(
            "plan/value_case.py",
            label=f"Formulas and inputs{of_case}",
            icon=":material/function:",
            query_params=panels.here(case=case.value_case_id),
        )


def since(view: KpiView, series: KpiSeries | None) -> None:
    """What changed since a day that one picks."""
    st.header("What changed since a day", anchor=False)
    chosen = st.date_input(
        "Since",
        value=view.day - _FOUR_WEEKS,
        max_value="today",
        key="since",
        bind="query-params",
        width=220,
    )
    if not isinstance(chosen, date):
        return
    changed = since_day(view, series, chosen)
    frame = kpi_tables.since(view, changed)
    if frame.empty:
        st.caption("There is no figure to compare.")
    else:
        printing.table(frame, hide_index=True, alt="The KPI and the model's metrics then and now")
    st.markdown(say.since(changed))


def table(view: KpiView, series: KpiSeries) -> None:
    """What the chart shows, as a table; made when opened."""
    printing.folded_table(
        "Every measured value as a table",
        lambda: kpi_tables.values(view, series),
        alt="Measured values by period with what the model implies, cases and batch",
        key="kpi_values",
    )
