"""Decisions: the form that records one, and the recorded ones with what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import actions, editors, evaluate_sentences, evaluate_tables, loaders, panels
from pages.parts.figures import NOTHING, counted, figure, literal, spread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.services.evaluations import DecisionView, LeaderboardView, Range

__all__ = ["form", "recorded"]

_REVIEW_AFTER = timedelta(weeks=13)


def form(project: str, view: LeaderboardView, today: date, turn: int) -> None:
    """Record a decision on the options of a value case; each ``turn`` starts an empty form."""
    which = f"{project}_{view.value_case_id}_{turn}"
    with st.form(f"decide_{which}"):
        chosen = st.selectbox(
            "Chosen",
            [o.name for o in view.options],
            format_func=evaluate_sentences.named,
            key=f"decide_chosen_{which}",
        )
        title = st.text_input(
            "What is decided",
            placeholder="Keep the champion this season",
            key=f"decide_title_{which}",
        )
        why = st.text_area("Why", placeholder="What tipped the balance", key=f"decide_why_{which}")
        left, right = st.columns(2)
        by = left.text_input("Who decides", value=loaders.actor(), key=f"decide_by_{which}")
        review_on = right.date_input(
            "Review date",
            value=today + _REVIEW_AFTER,
            format="YYYY-MM-DD",
            key=f"decide_review_{which}",
        )
        st.caption("The options are kept as they stand now. A decision is never changed later.")
        if not st.form_submit_button(
            "Record the decision", type="primary", icon=":material/gavel:"
        ):
            return
    with panels.guard():
        receipt = actions.decide(
            project,
            view.value_case_id,
            chosen=str(chosen),
            title=title,
            why=why,
            decided_by=by,
            review_on=review_on,
        )
        if not editors.refused(receipt):
            actions.say_and_rerun(f"Recorded as {receipt.batch}; its options are frozen.")


def recorded(decisions: Sequence[DecisionView]) -> None:
    """Every decision, promised beside realised, with its options as they stood then."""
    if not decisions:
        st.caption("None is recorded in this project yet.")
        return
    due = sum(d.is_review_due for d in decisions)
    if due:
        st.warning(
            f"{counted(due, 'decision')} should be looked at again: the review date has come.",
            icon=":material/event:",
        )
    for decision in decisions:
        with st.container(border=True):
            _decision(decision)


def _decision(decision: DecisionView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(decision.decision_id)}: {literal(decision.title)}**")
        st.badge(
            evaluate_sentences.review(decision),
            icon=":material/event:",
            color="orange" if decision.is_review_due else "gray",
        )
    st.markdown(evaluate_sentences.decided(decision))
    with st.grid(2, min_column_width=200):
        with st.container():
            _range("Promised then", decision.promised, "Its options were not kept.")
        with st.container():
            _range(
                "Realised now", decision.realised, "Nothing of this value case is monitored yet."
            )
            if decision.realised_when:
                st.caption(literal(f"value case as monitored {decision.realised_when}"))
    if not decision.options:
        return
    with st.expander(
        "Options as they stood then",
        icon=":material/history:",
        on_change="rerun",
        key=f"then_{decision.decision_id}",
    ) as opened:
        if opened.open:
            st.dataframe(
                evaluate_tables.five_dimensions(decision.options),
                hide_index=True,
                alt="Options of the decision in net and five dimensions, as they stood then",
            )


def _range(label: str, told: Range | None, otherwise: str) -> None:
    if told is None:
        st.metric(label, NOTHING)
        st.caption(otherwise)
        return
    st.metric(label, literal(figure(told.mean, told.unit)))
    st.caption(literal(spread(told.p10, told.p90)))
