"""Decisions: the form that records one, and the recorded ones with what came of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from mlpm_core.services.evaluate.decisions import DecisionState
from mlpm_core.services.in_life.portfolio import Grade
from mlpm_core.services.ingest.recorded_decisions import Origin
from pages.parts.common import addresses, commands, forms, panels, printing, queries, saving, work
from pages.parts.common.format import (
    NOTHING,
    counted,
    day,
    figure,
    graded,
    literal,
    option_name,
    plain,
)
from pages.parts.evaluate import rebuilt, tables, text
from pages.parts.evaluate.proof import NO_PLAN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from mlpm_core.services.evaluate.decisions import DecisionView
    from mlpm_core.services.evaluate.proof_plans import ProofChoice
    from mlpm_core.services.evaluate.views import LeaderboardView, Range
    from pages.parts.common.forms import Form

T = TypeVar("T")

_REVIEW_AFTER = timedelta(weeks=13)
_SUPERSEDES = "supersedes"  # a decision under review, in the address
_CHOSEN = {
    "chosen": "Chosen",
    "supersedes": "Supersedes",
    "runs_as": "In use as",
    "proof_by": "How will we know?",
}
_ALSO = (
    ("conditions", "Conditions", "What must be true for the decision to hold"),
    ("dissent", "Dissent", "Who disagreed, and why"),
    ("attendees", "Also present", "Who else took part"),
)
_EMPTY: dict[str, Any] = {
    "title": "",
    "why": "",
    "supersedes": "",
    "runs_as": ("", ""),
    "proof_by": NO_PLAN,
    **{name: "" for name, _, _ in _ALSO},
}
"""What the fields hold that begin empty."""


def form(
    project: str,
    view: LeaderboardView,
    today: date,
    decisions: Sequence[DecisionView],
    proofs: Mapping[str, ProofChoice],
) -> None:
    """Record a decision on the options of a value case; each one recorded empties the form.

    ``proofs`` are the designs of a proof that can be picked, by what they are called.
    """
    options = [o.name for o in view.options]
    standing = {d.decision_id: d for d in decisions if d.state is DecisionState.IN_FORCE}
    name = f"decide_{project}_{view.value_case_id}"
    # the best option, and never another one because that became the best while somebody writes
    chosen = st.session_state.get(f"{name}_chosen", options[0])
    owner = next(p.owner for p in queries.all_projects() if p.project == project)
    fields = forms.opened(
        name,
        (project, "decisions", view.value_case_id),
        None,
        _EMPTY
        | {
            "chosen": chosen if chosen in options else None,
            "supersedes": next((i for i in addresses.named(_SUPERSEDES) if i in standing), ""),
            "decided_by": owner,
            "decided_on": today,
            "review_on": today + _REVIEW_AFTER,
        },
    )
    with st.container(border=True):
        fields.head()
        values: dict[str, Any] = {
            "chosen": _choice(fields, "chosen", options, option_name),
            "title": _text(
                fields, "title", "Decision in one line", "Keep the champion this season"
            ),
            "why": st.text_area(
                "Why",
                placeholder="The main reason for this choice",
                key=fields.key("why"),
                on_change=fields.note,
            )
            or "",
        }
        with st.grid(3, min_column_width=200):
            values["decided_by"] = _text(fields, "decided_by", "Decided by", "A person or a board")
            values["decided_on"] = st.date_input(
                "Decided on",
                value=None,
                max_value=today,
                format="YYYY-MM-DD",
                help="The day of the decision. The time of recording is noted automatically.",
                key=fields.key("decided_on"),
                on_change=fields.note,
            )
            values["review_on"] = st.date_input(
                "Review date",
                value=None,
                format="YYYY-MM-DD",
                help="From this day on, this screen asks you to compare the decision with what "
                "its model really achieved.",
                key=fields.key("review_on"),
                on_change=fields.note,
            )
        with st.grid(2, min_column_width=200):
            values["supersedes"] = _choice(
                fields,
                "supersedes",
                ["", *standing],
                lambda i: f"{i}: {standing[i].title}" if i else "no earlier decision",
                "The earlier decision stays in the list, marked as superseded, and needs no "
                "further review.",
            )
            values["runs_as"] = _choice(
                fields,
                "runs_as",
                [("", ""), *view.deployed],
                lambda d: text.deployed(*d),
                "The model and version under which the chosen candidate is deployed. Choose it "
                "only if that name differs from the candidate's: the value achieved later is read "
                "from the results of this deployment.",
            )
        values["proof_by"] = _choice(
            fields,
            "proof_by",
            [NO_PLAN, *proofs],
            lambda name: name or "no plan: we may never know",
            "The design, of those under “Will we ever know?”, that the meeting picks. It is kept "
            "with the decision, and Promised and realised follows it to its verdict.",
        )
        if view.deployed and not {v for _, v in view.deployed} & set(options):
            st.caption(literal(text.in_use(view)))
        with st.expander("Conditions, dissent and participants"):
            for name, label, placeholder in _ALSO:
                values[name] = _text(fields, name, label, placeholder)
        rebuilt.before_use(project, values["chosen"])
        st.caption(
            "The options are stored as they are now. A recorded decision cannot be changed later, "
            "only superseded by a new one."
        )
        fields.remember(values)
        if st.button("Record the decision", type="primary", icon=":material/gavel:"):
            with panels.guard():
                _record(project, view.value_case_id, fields, values, proofs)


def _text(fields: Form, name: str, label: str, placeholder: str = "") -> str:
    typed = st.text_input(
        label,
        placeholder=placeholder,
        key=fields.key(name),
        live=forms.LIVE,
        on_change=fields.note,
    )
    return typed or ""


def _choice(
    fields: Form,
    name: str,
    options: Sequence[T],
    format_func: Callable[[T], str],
    help: str | None = None,
) -> T | None:
    """A choice; None once what was chosen is no longer offered."""
    key = fields.key(name)
    if st.session_state[key] not in options:
        st.session_state[key] = None
    return st.selectbox(
        _CHOSEN[name],
        options,
        index=None if st.session_state[key] is None else 0,
        format_func=format_func,
        help=help,
        key=key,
        on_change=fields.note,
    )


def _record(
    project: str,
    value_case_id: str,
    fields: Form,
    values: Mapping[str, Any],
    proofs: Mapping[str, ProofChoice],
) -> None:
    for name, label in _CHOSEN.items():
        if values[name] is None:
            st.error(
                f"Please choose again under “{label}”: the earlier choice is no longer available.",
                icon=":material/error:",
            )
            return
    decided = {name: value for name, value in values.items() if name != "proof_by"}
    receipt = commands.decide(
        project, value_case_id, proof=proofs.get(values["proof_by"]), **decided
    )
    if saving.refused(receipt):
        return
    fields.done()
    addresses.drop(_SUPERSEDES)
    work.close()
    commands.say_and_rerun(
        f"Decision recorded as {receipt.batch}, with its options as they are now.", receipt
    )


def recorded(decisions: Sequence[DecisionView]) -> None:
    """Every decision, promised beside realised, with its options as they stood then."""
    if not decisions:
        st.caption("No decision is recorded in this project yet.")
        return
    due = sum(d.is_review_due for d in decisions)
    if due:
        st.warning(
            f"{counted(due, 'decision')} should be reviewed: the review date has come.",
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
    st.header(
        f"{literal(decision.decision_id)}: {literal(decision.title)}", anchor=_anchor(decision)
    )
    _badges(decision)
    st.markdown(text.decided(decision))
    _chain(decision, anchors)
    if decision.is_promise:
        _promised_and_realised(decision)
    else:
        st.caption(literal(decision.promised_reason))
    if also := text.also_said(decision):
        st.markdown(also)
    st.caption(text.proof(decision))
    st.caption(text.came_in(decision))
    if decision.is_review_due:
        _review(decision)
    if not decision.options:
        return
    with st.expander(
        f"The {plain(len(decision.options))} options as they were then",
        icon=":material/history:",
        on_change="rerun",
        key=f"then_{_anchor(decision)}",
    ) as opened:
        if opened.open:
            printing.table(
                tables.five_dimensions(decision.options),
                hide_index=True,
                alt="Options of the decision as they were then: net benefit and five dimensions",
            )


def _review(decision: DecisionView) -> None:
    """The way to close the review: a decision that takes the place of the one under review."""
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"on_screen_only_{_anchor(decision)}"
    ):
        is_begun = st.button(
            "Close the review", icon=":material/event_available:", key=f"close_{_anchor(decision)}"
        )
        st.caption("By a decision in its place: keep the choice, change it, or stop.")
    if is_begun:
        case = {"case": decision.value_case_id, _SUPERSEDES: decision.decision_id}
        st.switch_page("evaluate/adoption.py", query_params=panels.here(**case, **work.OPENED))


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
            text.review(decision),
            icon=":material/event:",
            color="orange" if decision.is_review_due else "gray",
        )


def _chain(decision: DecisionView, anchors: dict[str, str]) -> None:
    """What it took the place of, and what took its place, each with the way there."""
    for label, other in (
        ("Supersedes", decision.supersedes),
        ("Superseded by", decision.superseded_by),
    ):
        if other:
            shown = literal(other)
            anchor = anchors.get(other)
            st.markdown(f"{label} {f'[{shown}](#{anchor})' if anchor else shown}.")


def _promised_and_realised(decision: DecisionView) -> None:
    with st.grid(2, min_column_width=200):
        with st.container():
            _range("Promised then", decision.promised, None, decision.promised_reason)
            chosen = next((o for o in decision.options if o.name == decision.chosen), None)
            for caveat in chosen.caveats if chosen and decision.promised else ():
                st.caption(literal(caveat))
            if decision.is_before_correction:
                st.caption(
                    "As measured. The luck of the best of many candidates is still in this "
                    "figure: when it was recorded, MLPM did not yet correct for it."
                )
            elif decision.measured and decision.measured != decision.promised:
                as_measured = figure(decision.measured.mean, decision.measured.unit)
                st.caption(literal(f"Corrected for luck; measured {as_measured}."))
        with st.container():
            grade = Grade.MODEL_IMPLIED
            _range("Realised now", decision.realised, grade, decision.realised_reason)
            if decision.realised_when:
                when = decision.realised_when.said(day)
                st.caption(literal(f"The chosen model, as monitored {when}."))
            if decision.instead:
                st.caption(literal(decision.instead))


def _range(label: str, value: Range | None, grade: Grade | None, otherwise: str) -> None:
    if value is None:
        st.metric(label, NOTHING)
        st.caption(literal(otherwise))
        return
    st.metric(label, literal(figure(value.mean, value.unit)))
    st.caption(literal(graded(value.p10, value.p90, grade)))
