"""The section of Promised and realised that says what is proven, and when the rest will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.in_life.experiments import (
    KpiBeforeAfter,
    KpiExperiment,
    ProofState,
    Verdict,
)
from mlpm_core.services.in_life.promises import Grade
from mlpm_core.services.in_life.proven_beside_implied import beside_implied
from pages.parts.common import panels, printing, queries, terms
from pages.parts.common.cache import made_once
from pages.parts.common.format import day, digits_beside, literal, number, written_unit
from pages.parts.in_life import proof_text as say
from pages.parts.in_life import proven_beside_text as beside_text
from pages.parts.in_life import rollouts

if TYPE_CHECKING:
    from mlpm_core.services.in_life.experiments import KpiRollout, ProofsView
    from mlpm_core.services.in_life.promises import DeliveredView
    from mlpm_core.services.in_life.proven_beside_implied import BesideImplied

    Measured = KpiExperiment | KpiBeforeAfter | KpiRollout

_ICONS = {
    Verdict.WORKS: ":material/check_circle:",
    Verdict.HARMS: ":material/dangerous:",
    Verdict.DOES_NOT_WORK: ":material/cancel:",
    Verdict.CANNOT_TELL: ":material/hourglass_top:",
}


def section(project: str, *, is_in_use: bool = True) -> None:
    """Every experiment with its verdict, and the proof of every decision in force.

    Of a model that is not in use yet nothing is asked: the section is left out where it is empty.
    """
    view = queries.proofs(project)
    if not is_in_use and not view.of_kpis and not any(p.is_planned for p in view.proofs):
        return
    st.header("Proven by measurement", anchor=False, help=say.EVER)
    for measured in view.of_kpis:
        with st.container(border=True):
            _one(project, measured)
    if not view.of_kpis:
        st.info(say.nothing(), icon=":material/science:")
        st.page_link(
            "data/upload.py",
            label="Upload measured KPIs",
            icon=":material/upload:",
            query_params=panels.here(kind="kpi_actuals"),
        )
    for proof in view.proofs:
        st.markdown(say.followed(proof))
    if any(p.state is ProofState.NO_PLAN for p in view.proofs):
        st.page_link(
            "evaluate/adoption.py",
            label="Plan a proof with the next decision",
            icon=":material/gavel:",
            query_params=panels.here(),
        )


def _one(project: str, measured: Measured) -> None:
    """What was measured of one KPI, by whichever design, beside what is implied."""
    implied = beside_text.beside_implied(_beside(project, measured), measured.unit)
    if isinstance(measured, KpiExperiment):
        _experiment(measured, implied)
    elif isinstance(measured, KpiBeforeAfter):
        _before_after(measured, implied)
    else:
        rollouts.told(measured, implied)


_held_against = made_once(beside_implied)


def _beside(project: str, measured: Measured) -> BesideImplied | None:
    if not measured.has_figure:
        return None
    view = queries.kpi_view(project, measured.kpi_id)
    return _held_against(view.kpi, view.implied, measured)


def less_than_implied(project: str, kpi_id: str | None = None) -> None:
    """A warning for each KPI, or for one, of which less was proven than is implied."""
    for measured in queries.proofs(project).of_kpis:
        if kpi_id in (None, measured.kpi_id):
            found = _beside(project, measured)
            if found is not None and found.is_less:
                st.warning(
                    beside_text.less_than_implied(
                        measured, found, line=queries.kpi_view(project, measured.kpi_id).line
                    ),
                    icon=":material/difference:",
                )


def of_case(proven: ProofsView, view: DeliveredView) -> tuple[Measured, ...]:
    """What was proven with a figure on the KPIs of a value case."""
    kpis = {shown.kpi.kpi_id for shown in view.kpis}
    return tuple(m for m in proven.of_kpis if m.kpi_id in kpis and m.has_figure)


def card(measured: Measured) -> None:
    """The figure of a proof with its range and grade, beside what is implied."""
    with st.container(border=True, height="stretch"):
        if isinstance(measured, KpiBeforeAfter):
            told = say.figure_before_after(measured)
            st.metric("Before and after", literal(told.value))
        elif isinstance(measured, KpiExperiment):
            told = say.figure_of(measured)
            st.metric("By experiment", literal(told.value), help=say.EVER)
        else:
            told = rollouts.figure(measured)
            st.metric("By staggered roll-out", literal(told.value))
        st.caption(literal(told.evidence), help=terms.GRADE)


def on_kpi(project: str, kpi_id: str) -> None:
    """On the KPI screen: what an experiment on this KPI says, where there is one."""
    mine = [m for m in queries.proofs(project).of_kpis if m.kpi_id == kpi_id]
    if mine:
        st.header("Proven by measurement", anchor=False, help=say.EVER)
    for measured in mine:
        _one(project, measured)


def _before_after(told: KpiBeforeAfter, implied: str) -> None:
    verdict = Verdict.CANNOT_TELL
    if told.works is not None:
        verdict = Verdict.WORKS if told.works else Verdict.HARMS
    st.markdown(f"{_ICONS[verdict]} {say.before_after(told)} {implied}")
    st.caption(say.before_after_rests_on(told))


def _experiment(measured: KpiExperiment, implied: str) -> None:
    found = measured.experiment
    word = found.verdict if found else Verdict.CANNOT_TELL
    st.markdown(f"{_ICONS[word]} {say.verdict(measured)} {implied}")
    st.caption(say.rests_on(measured))
    if found is None or not found.looks:
        return
    printing.folded_table(
        "How it came about",
        lambda: looks(measured),
        caption=f"{measured.title}, difference in {written_unit(measured.unit)}",
        alt="What the experiment said after each period: difference, range and verdict",
        key=f"looks_{measured.kpi_id}",
    )


def looks(measured: KpiExperiment) -> pd.DataFrame:
    """What was known after each period, newest first."""
    found = measured.experiment
    rows = found.looks[::-1] if found else ()
    unit = written_unit(measured.unit)
    digits = [digits_beside(x.effect.mean, x.effect.low, x.effect.high) for x in rows]
    return pd.DataFrame(
        {
            "Period from": [day(x.start) for x in rows],
            "Days": [number(x.days) for x in rows],
            f"Difference, {unit}": [
                number(x.effect.mean, d) for x, d in zip(rows, digits, strict=True)
            ],
            "Likely from (95 in 100)": [
                number(x.effect.low, d) for x, d in zip(rows, digits, strict=True)
            ],
            "Likely to (95 in 100)": [
                number(x.effect.high, d) for x, d in zip(rows, digits, strict=True)
            ],
            "Grade": [Grade.RANDOMISED.value for _ in rows],
            "Verdict": [x.verdict.value for x in rows],
        }
    )
