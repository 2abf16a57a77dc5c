"""How far value cases came true, on Portfolio and on Promised and realised; made when opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.in_life import come_true as come_true_service
from mlpm_core.services.in_life.come_true import FEWEST_CASES, FactorReason, as_cases_came_true
from pages.parts.common import printing, queries
from pages.parts.common.cache import shared, workspace
from pages.parts.common.format import (
    NOTHING,
    counted,
    literal,
    money,
    number,
    percent,
    span,
    spread,
    written_unit,
)

if TYPE_CHECKING:
    from mlpm_core.services.in_life.come_true import ComeTrue, Interval
    from mlpm_core.services.valuation.value_cases import CaseValue

_HELP = (
    "The realisation factor: the measured change of a KPI since its model went live, over what the "
    "model's metrics imply for the same periods; 100% when everything came true as written. Before "
    "and after without a control, so something else may have moved a KPI. Few cases say little: "
    "each is drawn towards the mean of all, the more the less is known of it."
)


@shared
def _come_true() -> ComeTrue:
    """How far value cases have come true, over all projects."""
    return come_true_service.come_true(workspace())


def section(case: CaseValue | None = None) -> None:
    """The factor over all cases, and a case as written beside as cases have come true."""
    with st.expander(
        "How far have our value cases come true?",
        icon=":material/fact_check:",
        on_change="rerun",
        key="come_true",
    ) as opened:
        if not opened.open:
            return
        told = _come_true()
        st.markdown(literal(sentence(told)), help=_HELP)
        if case is not None and (text := of_case(told, case)):
            st.markdown(literal(text))
        if told.cases:
            printing.table(
                table(told),
                hide_index=True,
                alt="Value cases with measured and implied change and how far they came true",
            )


def sentence(told: ComeTrue) -> str:
    """How much of what was implied came true over all cases, or why that cannot be said."""
    factor = told.factor
    if factor.portfolio is None or factor.next_case is None:
        have = counted(factor.n_cases, "value case")
        return (
            f"That cannot be said yet: {have} of the {FEWEST_CASES} that it takes "
            f"{'has' if factor.n_cases == 1 else 'have'} a measured change beside an implied one "
            "that can be told from zero. Upload measured KPIs of more value cases."
        )
    mean, following = factor.portfolio, factor.next_case
    return (
        f"Over {counted(factor.n_cases, 'value case')}, {percent(mean.mean)} of what was implied "
        f"came true ({_shares(mean)}, 19 times in 20). A next case like these will lie between "
        f"{percent(following.low)} and {percent(following.high)}."
    )


def of_case(told: ComeTrue, case: CaseValue) -> str:
    """What a value case is worth as written, and as cases have come true; empty without."""
    if case.planned is None:
        return ""
    net = case.planned.net
    then = as_cases_came_true(told, net)
    if then is None:
        return ""
    mean, low, high = then
    return (
        f"{case.title} as written: {money(net.mean, case.currency)} "
        f"({spread(net.p10, net.p90)}, planned). As our cases have come true: "
        f"{money(mean, case.currency)} ({spread(low, high)})."
    )


def table(told: ComeTrue) -> pd.DataFrame:
    """Every case that the factor rests on."""
    cases = told.cases
    return pd.DataFrame(
        {
            "Project": [queries.project_title(c.project) for c in cases],
            "Value case": [" + ".join(c.value_cases) for c in cases],
            "KPI": [c.kpi_title for c in cases],
            "Unit": [written_unit(c.unit) for c in cases],
            "Periods": [c.n_periods for c in cases],
            "Measured change": [number(c.measured.mean) for c in cases],
            "Measured, likely (19 in 20)": [span(c.measured.low, c.measured.high) for c in cases],
            "Implied change": [number(c.implied.mean) for c in cases],
            "Implied, likely (19 in 20)": [span(c.implied.low, c.implied.high) for c in cases],
            "Grade of implied": ["C" for _ in cases],
            "Came true": [_came_true(c.factor.own, c.factor.reason) for c in cases],
            "Beside all others": [_came_true(c.factor.shrunk, None) for c in cases],
        }
    )


def _came_true(share: Interval | None, reason: FactorReason | None) -> str:
    if share is None:
        is_none = reason is FactorReason.IMPLIED_NEAR_ZERO
        return "implied may be nothing" if is_none else NOTHING
    return f"{percent(share.mean)} ({_shares(share)})"


def _shares(share: Interval) -> str:
    return f"{percent(share.low)} to {percent(share.high)}"
