"""The pieces of the Brief screen on promises: of dates and costs, and of KPI values beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.records import Measure
from mlpm_core.services.plan.delivery_promises import DeliveryOutcome, Safety
from pages.parts.common import panels, printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, counted, day, figure, number, percent

if TYPE_CHECKING:
    from mlpm_core.services.plan.delivery_promises import Ledger, LedgerLine


def sentence(view: Ledger) -> str:
    """How many promises of a date or a cost were kept, of how many, and how sure that share is."""
    if not view.lines:
        return "No date and no cost is promised yet."
    words = [f"{n} {o.value}" for o in DeliveryOutcome if (n := view.count(o))]
    rate = view.rate
    if rate.share is None:
        text = f"{counted(len(view.lines), 'promise')}: {', '.join(words)}. None can be judged yet."
        return text + _early(view)
    text = (
        f"**{rate.kept} of {counted(rate.n, 'judged promise')} kept** ({percent(rate.share)}, "
        f"likely {percent(rate.low)} to {percent(rate.high)}, 8 times in 10): {', '.join(words)}."
    )
    if view.mean_confidence is not None:
        text += (
            f" They were held to be {percent(view.mean_confidence)} likely on average "
            f"(of {view.n_confident} with a confidence)."
        )
    return text + _early(view)


def _early(view: Ledger) -> str:
    """How many were made below what their estimate called safe."""
    early = view.count_safety(Safety.TOO_EARLY)
    told = len(view.lines) - view.count_safety(Safety.UNKNOWN)
    if not told:
        return " None names its estimate, so that nobody can tell whether they were safe to make."
    if not early:
        return " None was made below what its estimate calls enough 8 times in 10 (P80)."
    was = "was" if early == 1 else "were"
    return f" **{early} of {told}** {was} made below what the estimate calls safe (P80)."


def table(view: Ledger) -> None:
    """Every promise of a date or a cost with what became of it."""
    if not view.lines:
        return
    printing.table(
        _table(view),
        hide_index=True,
        alt="Promises of dates and costs with what became of them, open and missed ones first",
    )


@made_once
def _table(view: Ledger) -> pd.DataFrame:
    lines = view.lines
    return pd.DataFrame(
        {
            "Promised": [line.record.what for line in lines],
            "For": [_promised(line, view.currency) for line in lines],
            "Made to": [line.made_to or NOTHING for line in lines],
            "Made on": [day(line.record.made_on) for line in lines],
            "Likely then": [_confidence(line) for line in lines],
            "By its estimate": [_safety(line, view.currency) for line in lines],
            "Came to": [_delivered(line, view.currency) for line in lines],
            "Outcome": [line.outcome.value for line in lines],
        }
    )


def _promised(line: LedgerLine, currency: str) -> str:
    record = line.record
    if record.measure is Measure.DATE:
        return day(record.promised_for_on)
    by = f" by {day(record.promised_for_on)}" if record.promised_for_on else ""
    return f"{_money(record.promised_cost, currency)}{by}"


def _delivered(line: LedgerLine, currency: str) -> str:
    record = line.record
    if record.measure is Measure.DATE:
        return day(record.delivered_on)
    return _money(record.delivered_cost, currency)


def _money(amount: float | None, currency: str) -> str:
    return NOTHING if amount is None else f"{currency} {number(amount)}"


def _confidence(line: LedgerLine) -> str:
    record = line.record
    if record.confidence is None:
        return NOTHING
    text = percent(record.confidence)
    if line.was_overridden:
        text += f", on the word of {record.overridden_by}: {record.override_reason}"
    return text


def _safety(line: LedgerLine, currency: str) -> str:
    """Whether it was safe to make, with the date or cost that would have been."""
    words = line.safety.value
    if line.record.measure is Measure.DATE and line.safe_on:
        return f"{words} (P80 {day(line.safe_on)})"
    if line.record.measure is Measure.COST and line.safe_cost is not None:
        return f"{words} (P80 {_money(line.safe_cost, currency)})"
    return words


def kpi_promises(view: Ledger) -> None:
    """The promises of KPI values, and where they are judged."""
    if not view.kpi_promises:
        st.caption("No KPI value is promised yet.")
        return
    printing.table(
        _kpi_promises(view),
        hide_index=True,
        alt="Promises of KPI values",
    )
    st.page_link(
        "in_life/promised.py",
        label="What became of them",
        icon=":material/fact_check:",
        query_params=panels.here(),
    )


@made_once
def _kpi_promises(view: Ledger) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "KPI": [p.kpi_title for p in view.kpi_promises],
            "Promised": [
                figure(p.promised, p.unit) if p.unit else number(p.promised)
                for p in view.kpi_promises
            ],
            "For": [day(p.promised_for_on) for p in view.kpi_promises],
            "Made to": [p.made_to or NOTHING for p in view.kpi_promises],
        }
    )
