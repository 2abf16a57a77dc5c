"""The pieces of the Support screen about what is recorded: care, gaps, clauses and incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.plan.support import ClauseState
from pages.parts.common import panels, printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, counted, day, literal, number
from pages.parts.common.locales import current
from pages.parts.plan import support_text

if TYPE_CHECKING:
    from mlpm_core.services.plan.support import Care, SupportView
    from mlpm_core.services.plan.support_facts import IncidentFact, SupportFacts

_STATES = {
    ClauseState.PAID: "In it, with a price",
    ClauseState.UNPAID: "In it, without a price",
    ClauseState.LEFT_OUT: "Left out",
    ClauseState.NOT_ASKED: "Nobody looked",
}


def alarms(view: SupportView) -> None:
    """What leaves somebody without help, or liable for what he cannot see."""
    if view.alarms:
        lines = [
            f"**{literal(care.deployment.model_id)}**: {literal(support_text.gap(care, gap))}"
            for care, gap in view.alarms
        ]
        st.warning("  \n".join(lines), icon=":material/notification_important:")
    if view.late:
        n = counted(len(view.late), "incident")
        st.warning(
            f"To {n} nobody came within the time that the contract sets.",
            icon=":material/schedule:",
        )


def care(view: SupportView) -> None:
    """Who looks after each model, until when, and what is not settled."""
    if not view.cares:
        st.page_link(
            "data/registers.py",
            label="Write down a deployment",
            icon=":material/add:",
            query_params=panels.here(kind="deployments"),
        )
        return
    rows = view.cares
    printing.table(
        _care(view),
        hide_index=True,
        column_config={
            "Days not covered": st.column_config.NumberColumn(
                help="Days of need, from today on, on which neither a support contract nor own "
                "people look after it; empty while nobody said until when it is needed.",
            ),
            **{
                name: st.column_config.DateColumn(format=current().column)
                for name in ("Covered until", "Needed until")
            },
        },
        alt="Models in use with who looks after them, until when, and days without cover",
    )
    st.caption(
        f"As of {day(view.today)}, from deployments and contracts. A day is covered when a support "
        "contract is in force, or own people are named in the deployment: they look after the "
        "model whenever no contract does."
    )
    _notes(view)
    of_contract = {c.contract.contract_id: c for c in rows if c.contract and c.clauses}
    for row in of_contract.values():
        _clauses(row, view.currency)


@made_once
def _care(view: SupportView) -> pd.DataFrame:
    rows = view.cares
    return pd.DataFrame(
        {
            "Model": [c.deployment.model_id for c in rows],
            "Days not covered": [c.gap_days for c in rows],
            "Looked after by": [support_text.keeper(c) for c in rows],
            "Covered until": [c.until_on for c in rows],
            "Needed until": [c.deployment.needed_until_on for c in rows],
            "Results come back by": [_telemetry(c) for c in rows],
            "Runs at": [_site(c) for c in rows],
        }
    )


def _telemetry(care: Care) -> str:
    return str(care.deployment.telemetry or "nobody said").replace("_", " ")


def _site(care: Care) -> str:
    return str(care.deployment.site or "nobody said").replace("_", " ")


def _notes(view: SupportView) -> None:
    notes = [
        f"**{literal(c.deployment.model_id)}**: {literal(support_text.gap(c, gap))}"
        for c in view.cares
        for gap in c.gaps
        if not gap.is_alarm
    ]
    if notes:
        title = f"{counted(len(notes), 'thing')} not settled"
        with st.expander(title, icon=":material/checklist:"):
            st.markdown("\n".join(f"- {note}" for note in notes))


def _clauses(care: Care, currency: str) -> None:
    """What the contract of a deployment settles, and what is paid for it."""
    contract = care.contract
    if contract is None:
        return
    missing, unpaid = len(care.missing_clauses), len(care.unpaid_clauses)
    title = (
        f"Contract {literal(contract.contract_id)} with {literal(contract.counterparty)}: "
        f"{counted(missing, 'clause')} not in it, {unpaid} without a price"
    )
    with st.expander(title, icon=":material/contract:"):
        printing.table(
            _clauses_table(care, currency),
            hide_index=True,
            height="content",
            alt="Clauses of the contract, whether they are in it, and their prices",
        )
        answers = (
            f"Somebody must answer within {support_text.hours(contract.response_hours)}."
            if contract.response_hours is not None
            else "No time to answer is agreed."
        )
        left = f"is left to {literal(care.own_people)}" if care.own_people else "is done by nobody"
        st.caption(f"What is not in a contract {left}. {answers}")
        st.caption(support_text.terms(contract, currency))


@made_once
def _clauses_table(care: Care, currency: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Clause": [c.title for c in care.clauses],
            "Settled": [_STATES[c.state] for c in care.clauses],
            f"Price, {currency}": [c.price for c in care.clauses],
            "Note": [c.note for c in care.clauses],
        }
    )


def incidents(view: SupportView) -> None:
    """Incidents of the models: how long until somebody came, and what it cost."""
    facts = view.facts
    if not facts.incidents:
        years = number(facts.model_years)
        st.caption(f"No incident is recorded in {years} years of models at work (model-years).")
        return
    clocks = [i.clock for i in facts.incidents]
    printing.table(
        _incidents(facts, view.currency),
        hide_index=True,
        column_config={
            "Began": st.column_config.DateColumn(format=current().column),
            **dict.fromkeys(
                (f"{name}, {view.currency}" for name in ("Loss", "Billed")), printing.AMOUNT
            ),
        },
        alt="Incidents with the hours until somebody came, against what was agreed, and their cost",
    )
    st.caption(
        f"{counted(len(clocks), 'incident')} in {number(facts.model_years)} model-years. Hours of "
        "the calendar, from when it was noticed until somebody took it on. Harm lasted from its "
        "beginning; “From then to its end” is from when somebody came. An implied loss is the "
        "hours of harm times what the model brings an hour. A bill stands at every incident that "
        "began in its days, so that these do not add up."
    )
    if said := support_text.repair(facts.years):
        st.markdown(said)


@made_once
def _incidents(facts: SupportFacts, currency: str) -> pd.DataFrame:
    clocks = [i.clock for i in facts.incidents]
    return pd.DataFrame(
        {
            "Began": [c.incident.started_at.date() for c in clocks],
            "What": [c.incident.title for c in clocks],
            "Until somebody came": [support_text.hours(c.reach) for c in clocks],
            "Agreed": [support_text.hours(c.agreed) for c in clocks],
            "Answered": [support_text.ANSWERED[c.answered] for c in clocks],
            f"Loss, {currency}": [i.loss for i in facts.incidents],
            "Loss is": [_loss_is(i) for i in facts.incidents],
            f"Billed, {currency}": [i.billed for i in facts.incidents],
            "Harm lasted": [support_text.hours(c.harm) for c in clocks],
            "From then to its end": [support_text.hours(c.fix) for c in clocks],
            "Noticed by": [c.incident.detected_by.value or NOTHING for c in clocks],
            "Cause": [c.incident.root_cause.value.replace("_", " ") for c in clocks],
            "Done about it": [c.incident.action or NOTHING for c in clocks],
        }
    )


def _loss_is(fact: IncidentFact) -> str:
    if fact.loss is None:
        return NOTHING
    if fact.is_loss_implied:
        return "implied"
    return "estimated" if fact.is_estimate else "counted"
