"""What changed a value between two moments, cause by cause: since the plan, or between periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.evaluate.insights import between
from pages.parts.common import charts, files, terms
from pages.parts.common.format import inner, literal, money, number, period_name
from pages.parts.plan import charts as plan_charts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.evaluate.insights import Change
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.services.valuation.value_rates import RatePoint


def since_the_plan(case: CaseValue, change: Change) -> None:
    """What moved the value from the plan to what is monitored."""
    if case.current is None or case.planned is None:
        return
    st.header("What changed since the plan", anchor=False, help=terms.PARTS)
    _draw(change, case.currency, ("Planned", "Now"))


def between_periods(case: CaseValue, points: Sequence[RatePoint]) -> None:
    """What moved the value between two periods that the reader chooses; computed when opened."""
    if len(points) < 2:
        return
    with st.expander(
        "Compare two periods",
        icon=":material/compare_arrows:",
        on_change="rerun",
        key="between",
    ) as opened:
        if not opened.open:
            return
        at = {period_name(point.period): point for point in points}
        names, best = list(at), max(points, key=lambda point: point.rate)
        left, right = st.columns(2)
        with left:
            highest = names.index(period_name(best.period))
            one = st.selectbox("From", names, index=highest, key="between_1")
        with right:
            two = st.selectbox("To", names, index=len(names) - 1, key="between_2")
        st.caption("What changed the value between the two.", help=terms.PARTS)
        _draw(between(case, at[one], at[two]), case.currency, (one, two))


def _draw(change: Change, currency: str, ends: tuple[str, str]) -> None:
    if change.bridge is None:
        st.caption(literal(change.problem or "Not available."))
        return
    caption = _caption(change, currency)
    charts.draw(
        _steps(change, ends),
        plan_charts.bridge(f"Net benefit, {currency} / year"),
        caption,
        grade=files.IMPLIED,
        period=f"{ends[0]} to {ends[1]}",
    )


def _caption(change: Change, currency: str) -> str:
    bridge = change.bridge
    if bridge is None or not bridge.parts:
        return "No number behind the value changed between the two."
    largest = max(bridge.parts, key=lambda part: abs(part.change))
    return (
        f"The net benefit changed by {money(bridge.change, currency)}. The largest part of it is "
        f"{inner(largest.label)}: {money(largest.change, currency)}."
    )


def _steps(change: Change, ends: tuple[str, str]) -> pd.DataFrame:
    bridge = change.bridge
    if bridge is None:
        return pd.DataFrame()
    rows, at = [(ends[0], 0.0, bridge.before, bridge.before, "planned")], bridge.before
    for part in bridge.parts:
        kind = "gain" if part.change >= 0 else "loss"
        rows.append((part.label, at, at + part.change, part.change, kind))
        at += part.change
    rows.append((f"{ends[1]} ", 0.0, bridge.after, bridge.after, "now"))  # a row of its own
    return pd.DataFrame(
        [
            {
                "order": i,
                "step": step,
                "from": start,
                "to": end,
                "change": moved,
                "kind": kind,
                "right": max(start, end),
                "label": _signed(moved) if kind in ("gain", "loss") else number(moved),
            }
            for i, (step, start, end, moved, kind) in enumerate(rows)
        ]
    )


def _signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)
