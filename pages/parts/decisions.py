"""Decisions: the form that records one, and the recorded ones with what came of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.evaluations import DecisionState, Origin
from pages.parts import actions, editors, evaluate_sentences, evaluate_tables, loaders, panels
from pages.parts.figures import NOTHING, counted, figure, literal, spread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.services.evaluations import DecisionView, LeaderboardView, Range

__all__ = ["form", "recorded"]

_REVIEW_AFTER = timedelta(weeks=13)


def form(
    project: str, view: LeaderboardView, today: date, decisions: Sequence[DecisionView]
) -> None:
    """Record a decision on the options of a value case; each one recorded starts an empty form."""
    which = f"{project}_{view.value_case_id}_{len(decisions)}"
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
        with st.grid(3, min_column_width=200):
            by = st.text_input("Who decides", value=loaders.actor(), key=f"decide_by_{which}")
            decided_on = st.date_input(
                "Decided on",
                value=today,
                max_value=today,
                format="YYYY-MM-DD",
                help="When it is recorded is noted beside it, by the clock.",
                key=f"decide_on_{which}",
            )
            review_on = st.date_input(
                "Review date",
                value=today + _REVIEW_AFTER,
                format="YYYY-MM-DD",
                key=f"decide_review_{which}",
            )
        standing = {d.decision_id: d for d in decisions if d.state is DecisionState.IN_FORCE}
        with st.grid(2, min_column_width=200):
            supersedes = st.selectbox(
                "Takes the place of",
                ["", *standing],
                format_func=lambda i: f"{i}: {standing[i].title}" if i else "no earlier decision",
                help="The earlier decision stays listed as superseded, and its review is closed.",
                key=f"decide_supersedes_{which}",
            )
            runs_as = st.selectbox(
                "The chosen one runs as",
                [("", ""), *view.deployed],
                format_func=lambda d: evaluate_sentences.deployed(*d),
                help="What is realised is told by the deployments of this version. Choose it where "
                "it goes by another name than the candidate.",
                key=f"decide_runs_{which}",
            )
        if view.deployed and not {v for _, v in view.deployed} & {o.name for o in view.options}:
            st.caption(literal(evaluate_sentences.in_use(view)))
        with st.expander("Conditions, dissent, who was there"):
            conditions = st.text_input(
                "Conditions",
                placeholder="What must hold for the decision to stand",
                key=f"decide_conditions_{which}",
            )
            dissent = st.text_input(
                "Dissent", placeholder="Who disagreed, and why", key=f"decide_dissent_{which}"
            )
            attendees = st.text_input(
                "Present", placeholder="Who else was there", key=f"decide_attendees_{which}"
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
            decided_on=decided_on,
            supersedes=str(supersedes or ""),
            runs_as=runs_as or ("", ""),
            attendees=attendees,
            conditions=conditions,
            dissent=dissent,
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
    anchors = {d.decision_id: _anchor(d) for d in decisions}
    for decision in decisions:
        with st.container(border=True):
            _decision(decision, anchors)


def _anchor(decision: DecisionView) -> str:
    """Where a decision stands on its screen."""
    letters = re.sub(r"[^a-z0-9]+", "-", decision.decision_id.lower())
    return f"decision-{decision.batch.lower()}-{letters}"


def _decision(decision: DecisionView, anchors: dict[str, str]) -> None:
    st.subheader(
        f"{literal(decision.decision_id)}: {literal(decision.title)}", anchor=_anchor(decision)
    )
    _badges(decision)
    st.markdown(evaluate_sentences.decided(decision))
    _chain(decision, anchors)
    if decision.is_promise:
        _promised_and_realised(decision)
    else:
        st.caption(literal(decision.promised_reason))
    if also := evaluate_sentences.also_said(decision):
        st.markdown(also)
    st.caption(evaluate_sentences.came_in(decision))
    if not decision.options:
        return
    with st.expander(
        f"The {len(decision.options):,} options as they stood then",
        icon=":material/history:",
        on_change="rerun",
        key=f"then_{_anchor(decision)}",
    ) as opened:
        if opened.open:
            st.dataframe(
                evaluate_tables.five_dimensions(decision.options),
                hide_index=True,
                alt="Options of the decision in net and five dimensions, as they stood then",
            )


def _badges(decision: DecisionView) -> None:
    """Whether it stands, how it came in, and when to look at it again."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if decision.state is DecisionState.WITHDRAWN:
            st.badge("withdrawn", icon=":material/undo:", color="red")
        if decision.state is DecisionState.SUPERSEDED:
            st.badge("superseded", icon=":material/update:", color="gray")
        if decision.origin is Origin.IMPORTED:
            st.badge("imported", icon=":material/upload_file:", color="violet")
        st.badge(
            evaluate_sentences.review(decision),
            icon=":material/event:",
            color="orange" if decision.is_review_due else "gray",
        )


def _chain(decision: DecisionView, anchors: dict[str, str]) -> None:
    """What it took the place of, and what took its place, each with the way there."""
    for label, other in (
        ("Takes the place of", decision.supersedes),
        ("Superseded by", decision.superseded_by),
    ):
        if other:
            shown = literal(other)
            anchor = anchors.get(other)
            st.markdown(f"{label} {f'[{shown}](#{anchor})' if anchor else shown}.")


def _promised_and_realised(decision: DecisionView) -> None:
    with st.grid(2, min_column_width=200):
        with st.container():
            _range("Promised then", decision.promised, decision.promised_reason)
        with st.container():
            _range("Realised now", decision.realised, decision.realised_reason)
            if decision.realised_when:
                st.caption(literal(f"the decided model as monitored {decision.realised_when}"))
            if decision.instead:
                st.caption(literal(decision.instead))


def _range(label: str, told: Range | None, otherwise: str) -> None:
    if told is None:
        st.metric(label, NOTHING)
        st.caption(literal(otherwise))
        return
    st.metric(label, literal(figure(told.mean, told.unit)))
    st.caption(literal(spread(told.p10, told.p90)))
