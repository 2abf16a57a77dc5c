"""What help would cost: a standby, a bank of hours, or nobody; and the fee that still pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.plan import support_plans
from mlpm_core.services.plan.support_plans import LossBasis
from pages.parts.common import printing
from pages.parts.common.format import (
    counted,
    day,
    literal,
    number,
    percent,
    plain,
    significant,
    span,
)
from pages.parts.plan import support_text

if TYPE_CHECKING:
    from mlpm_core.services.plan.support_facts import SupportFacts
    from mlpm_core.services.plan.support_plans import RetainerView

_AVERAGE, _P10, _P50 = "On average", "1 year in 10 below (P10)", "Even odds (P50)"
_P80, _P95 = "To be safe (P80)", "1 year in 20 above (P95)"
_MONEY = dict.fromkeys((_AVERAGE, _P10, _P50, _P80, _P95), printing.AMOUNT)
NOT_SAVED = " *With the changes tried here, not saved.*"


def retainer(view: RetainerView, currency: str, is_tried: bool) -> None:
    """The break-even fee, what a year costs under each cover, and how it was made."""
    st.markdown(_sentence(view, currency) + (NOT_SAVED if is_tried else ""))
    _cards(view, currency)
    printing.table(
        pd.DataFrame(
            [
                {
                    "Cover": cost.cover.name,
                    _AVERAGE: round(cost.mean),
                    _P10: round(cost.spread.p10),
                    _P50: round(cost.spread.p50),
                    _P80: round(cost.spread.p80),
                    _P95: round(cost.spread.p95),
                    "Cheapest in": percent(cost.p_cheapest),
                }
                for cost in view.covers
            ]
        ),
        hide_index=True,
        column_config=_MONEY,
        alt=f"What a year costs under each cover, in {currency}, loss included",
    )
    st.caption(
        f"{currency} a year: fee, bills, hours of work and the loss while a model does harm. A "
        "cover pays by its average and its bad years; in a quiet year it costs more than nothing."
    )
    _how(view, currency)


def _sentence(view: RetainerView, currency: str) -> str:
    if view.fee is None:
        return "Nobody offers a standby in this plan: write the hours within which it would come."
    fee, asked = view.fee, view.record.standby_fee
    if fee.fee <= 0:
        return (
            "A standby does **not pay** at any fee: on average it saves less than its call-outs "
            "and hours cost more."
        )
    likely = f"(likely {currency} {span(fee.low, fee.high)}, 8 times in 10)"
    text = (
        f"A standby pays on average up to a fee of **{currency} {number(fee.fee)} a year** "
        f"{likely}."
    )
    if not asked:
        return text
    verdict = "so that it **pays**" if asked < fee.fee else "so that it **does not pay**"
    if fee.low < asked < fee.high:
        verdict += ", though the incidents seen so far do not settle it"
    return f"{text} {currency} {number(asked)} is asked, {verdict}."


def _cards(view: RetainerView, currency: str) -> None:
    incidents, hours = view.incidents, view.hours
    if incidents is None or hours is None or view.people is None or view.loss_per_hour is None:
        return
    with st.grid(3, min_column_width=170):
        with st.container(border=True, height="stretch"):
            st.metric("Incidents expected", f"{number(incidents.per_year)} a year")
            low, high = incidents.per_year_at(0.1), incidents.per_year_at(0.9)
            st.caption(
                f"likely {span(low, high)}; none in {percent(1 - incidents.p_at_least(1))}, three "
                f"or more in {percent(incidents.p_at_least(3))} of years. From "
                f"{counted(incidents.seen, 'incident')} in {number(incidents.model_years)} "
                "model-years."
            )
        with st.container(border=True, height="stretch"):
            st.metric("Hours of support, to be safe", f"{number(hours.p80)} h a year")
            st.caption(
                f"P80; at even odds {number(hours.p50)} h, P95 {number(hours.p95)} h. That is "
                f"{number(view.people)} of a full-time person ({plain(support_plans.HOURS_A_YEAR)} "
                "h a year). Plan them like any other work."
            )
        with st.container(border=True, height="stretch"):
            st.metric("Loss per hour", f"{currency} {number(view.loss_per_hour)}")
            st.caption(f"while a model does harm: {_basis(view, currency)}.")


def _basis(view: RetainerView, currency: str) -> str:
    """Where the loss per hour comes from, and what else it could rest on."""
    if view.loss_basis is LossBasis.VALUE:
        return "what the models in use bring an hour by their value cases, on average"
    facts, others = view.facts, []
    if facts.value_per_hour is not None:
        others.append(f"{currency} {number(facts.value_per_hour)} by the value cases alone")
    if facts.recorded_loss is not None:
        loss, harm, n = facts.recorded_loss
        counted_up = f"{counted(n, 'incident')}, {number(loss)} in {number(harm)} h"
        if view.loss_basis is LossBasis.RECORDED:
            return "; ".join([f"what recorded incidents cost ({counted_up})", *others])
        others.append(f"{number(loss / harm)} by the incidents recorded ({counted_up})")
    return "; ".join(["as written in the plan", *others])


def _how(view: RetainerView, currency: str) -> None:
    fee, incidents = view.fee, view.incidents
    if fee is None or incidents is None or view.loss_per_hour is None:
        return
    with st.expander("How it is computed", icon=":material/function:"):
        st.markdown(
            literal(
                f"Break-even fee = {number(incidents.per_year)} incidents a year × "
                f"{number(fee.hours_saved_per_incident)} hours sooner × {currency} "
                f"{number(view.loss_per_hour)} = {number(fee.loss_avoided)}, and "
                f"{number(fee.bills_saved)} less in bills."
            )
        )
        st.caption(
            f"Incidents a year: models × ({significant(0.5)} + incidents seen) / (1 + "
            "model-years), Gamma-Poisson with a prior of half an incident in one model-year, "
            "which is MLPM's own. The fee is computed without draws; its range comes from how "
            f"uncertain that rate is. The other percentiles are of {plain(20_000)} possible years. "
            "All models are taken to fail equally often."
        )


def values(facts: SupportFacts, currency: str) -> None:
    """What each model in use brings an hour, which is what is lost while it stands still."""
    if not facts.values:
        return
    with st.expander("What an hour of each model is worth", icon=":material/balance:"):
        for value in facts.values:
            name = f"**{literal(value.model_id)}**"
            if value.per_hour is None or value.low is None or value.high is None:
                st.markdown(f"{name}: not known. {literal(value.problem or '')}")
                continue
            basis = "as planned" if value.is_planned else "by what is monitored"
            st.markdown(
                f"{name}: {currency} {number(value.per_hour)} an hour {basis} (likely "
                f"{span(value.low, value.high)}, 8 times in 10)"
            )
        st.caption(f"Net benefit a year / {plain(8_766)} hours, nights and weekends too.")


def avoided(view: RetainerView, currency: str) -> None:
    """Contract by contract, what was paid and what was avoided."""
    lines = support_plans.paid_and_avoided(view)
    if not lines:
        return
    st.markdown("**Paid and avoided so far**")
    printing.table(
        pd.DataFrame(
            [
                {
                    "Contract": line.contract.contract_id,
                    "Since": day(line.contract.starts_on),
                    "Incidents": line.n_incidents,
                    "Until somebody came": support_text.hours(line.reach_hours),
                    "Usual without contract": support_text.hours(line.usual_hours),
                    f"Loss avoided, {currency}": line.avoided and round(line.avoided),
                    f"Paid, {currency}": line.paid and round(line.paid),
                }
                for line in lines
            ]
        ),
        hide_index=True,
        column_config=dict.fromkeys(
            (f"{name}, {currency}" for name in ("Loss avoided", "Paid")), printing.AMOUNT
        ),
        alt="What each support contract cost and what it avoided",
    )
    st.caption(
        "Avoided: incidents × (usual hours without contract − hours until somebody came) × loss "
        "per hour; below 0 where help came later than usual. Paid: the fee for the "
        "days in force and the bills of its incidents. Implied (grade C): nobody counts what did "
        "not happen."
    )
