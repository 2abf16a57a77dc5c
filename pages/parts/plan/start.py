"""From nothing to a first value: the form of a new project, typical numbers for a value case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.quantity import CURRENCIES
from pages.parts.common import commands, forms, queries, saving, work
from pages.parts.common.format import counted, literal, money, spread
from pages.parts.plan import start_queries

if TYPE_CHECKING:
    from mlpm_core.services.plan.start import Started
    from mlpm_core.services.valuation.value_cases import CaseValue

_OTHER: Final = "@none"
_USUAL: Final = "EUR"
_CASE_PAGE: Final = "plan/value_case.py"
_MADE: Final = (
    "It begins with {numbers} that are typical for this kind of model: guesses, wide on purpose. "
    "Every figure says so until you put your own in their place."
)


def new_project() -> None:
    """The form that makes a project with its model, and a first value where its kind is known."""
    own = [p for p in queries.projects() if not p.is_demo]
    usual = own[0].currency if own else _USUAL
    fields = {"title": "", "kind": None, "currency": usual, "owner": "", "model": ""}
    form = forms.opened("start", ("", "projects", "@start"), None, fields)
    form.head()
    kinds = start_queries.kinds()
    left, right = st.columns(2, gap="medium")
    with left:
        title = st.text_input(
            "What is the project called? (required)",
            placeholder="Fewer lost subscribers",
            key=form.key("title"),
            live=forms.LIVE,
            on_change=form.note,
        )
        no_title = st.container()
        kind = st.selectbox(
            "What does its model do? (required)",
            [*kinds, _OTHER],
            index=None,
            format_func=lambda name: kinds[name].title if name in kinds else "None of these",
            placeholder="Choose what is nearest",
            key=form.key("kind"),
            on_change=form.note,
        )
        no_kind = st.container()
        with st.grid(3, min_column_width=150):
            currency = st.selectbox(
                "Currency",
                sorted(CURRENCIES),
                key=form.key("currency"),
                on_change=form.note,
                help="The one currency of the project. It cannot be changed once amounts are "
                "stored in it.",
            )
            owner = _text(form, "owner", "Owner", "Who answers for it; may stay empty.")
            model = _text(
                form,
                "model",
                "Model",
                "Its name as your result files call it; may stay empty, then one is made of the "
                "project's name.",
            )
    typed = {"title": title or "", "kind": kind, "currency": currency}
    typed |= {"owner": owner, "model": model}
    form.remember(typed)
    with right:
        _preview(kind, str(currency))
    if not st.button(
        "Create the project",
        type="primary",
        icon=":material/add:",
        key="start_create",
        shortcut=forms.SAVE,
    ):
        return
    if not (title or "").strip():
        no_title.error("Write what the project is called.", icon=":material/error:")
    if kind is None:
        no_kind.error("Choose what its model does.", icon=":material/error:")
    if kind is None or not (title or "").strip():
        return
    started = commands.start_project(
        title or "",
        kind=None if kind == _OTHER else kind,
        currency=str(currency),
        owner=owner,
        model=model,
    )
    _said(started, f"{title} is created.", form)


def first_value(project: str) -> None:
    """For a project without a value case: choose the kind of its model, and see a first value."""
    kinds = start_queries.kinds()
    kind = st.selectbox(
        "What does its model do?",
        list(kinds),
        index=None,
        format_func=lambda name: kinds[name].title,
        placeholder="Choose what is nearest",
        key="start_kind",
    )
    if kind is None:
        return
    _preview(kind, queries.currency(project))
    if st.button("Begin with typical numbers", type="primary", icon=":material/add:"):
        _said(commands.start_value(project, kind), "A value case is created.")


def fill_in(project: str, case: CaseValue) -> None:
    """For a value case that lacks numbers: typical ones for what is missing, where there are."""
    kinds = start_queries.kinds(case.mechanism.id)
    if not case.missing or not kinds:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = next(iter(kinds))
        if len(kinds) > 1:
            kind = st.selectbox(
                "Kind of model",
                list(kinds),
                format_func=lambda name: kinds[name].title,
                key="fill_kind",
            )
        n = counted(len(case.missing), "missing number")
        if st.button(
            f"Fill in {n} with typical values",
            icon=":material/auto_fix_high:",
            help="Guesses for this kind of model, wide on purpose. What is written already stays, "
            "and every figure says what nobody has checked.",
        ):
            receipt = commands.fill_in(project, case, kind)
            if not saving.refused(receipt):
                stored = counted(receipt.stored or 0, "typical number")
                commands.say_and_rerun(f"{stored} filled in; none of them is checked.", receipt)


def _text(form: forms.Form, name: str, label: str, help: str) -> str:
    text = st.text_input(label, help=help, key=form.key(name), live=forms.LIVE, on_change=form.note)
    return text or ""


def _preview(kind: str | None, currency: str) -> None:
    """What a kind of model does, and what it is worth by typical numbers."""
    with st.container(border=True, height="stretch"):
        if kind is None:
            st.markdown("**From nothing to a first value**")
            st.caption(
                "Choose what the model does: MLPM knows how such a model creates value, and which "
                "numbers are typical. You see a first value at once, and replace the numbers that "
                "matter most, one by one."
            )
            return
        if kind == _OTHER:
            st.markdown("**The project alone**")
            st.caption(
                "You choose next how its model creates value, or write a way of your own, and then "
                "fill in its numbers."
            )
            return
        shown = start_queries.kinds()[kind]
        worth = start_queries.typical_value(kind, currency)
        net = worth.net
        st.markdown(f"**{literal(shown.title)}**")
        st.markdown(literal(shown.sentence))
        st.metric("Net benefit by typical numbers", literal(money(net.mean, currency)))
        n = counted(len(shown.numbers), "number")
        st.caption(literal(f"{spread(net.p10, net.p90)}, a guess: none of its {n} is yours."))
        st.caption(literal(_MADE.format(numbers=n)))


def _said(started: Started, done: str, form: forms.Form | None = None) -> None:
    """Show what was started, or why it was refused."""
    if not started.is_done:
        saving.refused(started.receipts[-1])
        return
    if form is not None:
        form.done()
    if not started.value_case_id:
        commands.say(done, *started.receipts)
        st.switch_page(_CASE_PAGE, query_params={"project": started.project})
    commands.say(
        f"{done} Its numbers are typical ones: replace those that matter most first.",
        *started.receipts,
    )
    where = {"project": started.project, "case": started.value_case_id}
    st.switch_page(_CASE_PAGE, query_params=where | work.OPENED)
