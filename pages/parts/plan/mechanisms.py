"""The Mechanism screen: read one, or write one's own with the answer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from mlpm_core.services.ingest import editing
from mlpm_core.services.valuation.mechanisms import (
    MechanismFault,
    begun,
    excerpt,
    formulas_in,
    grown_at_typical,
    with_formula,
    written,
)
from pages.parts.common import (
    commands,
    controls,
    driver_tree,
    files,
    forms,
    printing,
    queries,
    saving,
)
from pages.parts.common.format import counted, literal, written_unit
from pages.parts.common.numbers import as_typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.valuation.mechanisms import Mechanism
    from pages.parts.common.forms import Form

NEW = "@new"
_TEXT = "mechanism_text"


def chosen(project: str) -> str:
    """The mechanism in view: one of MLPM, one of the project, or a new one."""
    choices = queries.mechanism_choices(project)
    titles = {i: m.name if m.number else f"{m.name} (own)" for i, m in choices.items()}
    titles |= {i: f"{choices[i].number} · {t}" for i, t in titles.items() if choices[i].number}
    return controls.choose("Mechanism", {NEW: "Write a new one", **titles}, "mechanism")


def read(mechanism: Mechanism, currency: str) -> None:
    """A mechanism to read: what it says, its driver tree, its formulas and its questions."""
    st.markdown(_sentence(mechanism))
    _answer(mechanism, currency)
    for source in mechanism.sources:
        st.caption(f"Source: {literal(source)}")


def write(project: str, mechanism_id: str, currency: str) -> None:
    """A definition to write, with the place of its first fault or its driver tree beside it."""
    form = _begin(project, mechanism_id)
    form.head()
    intro = st.container()
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _live_formula()
        text = st.text_area(
            "Definition",
            key=_TEXT,
            on_change=form.note,
            height=620,
            help="A text in TOML. Formulas may use + - * /, min, max, sqrt, exp, log, phi, Phi, "
            "ppf and normal_loss. The result on the right follows when you leave the field.",
        )
        _files(text)
    note = str(st.session_state.get(form.key("note"), ""))
    form.remember({"definition": text, "note": note})
    with right:
        try:
            mechanism = written(text)
        except MechanismFault as fault:
            st.error(literal(fault), icon=":material/error:")
            st.code(excerpt(text, fault), language=None)
            intro.markdown(_faulty(fault))
            return
        _answer(mechanism, currency)
    with intro:
        st.markdown(_sentence(mechanism))
        _save(project, mechanism, text, form)
    if mechanism_id != NEW:
        _versions(project, mechanism_id)


def _sentence(mechanism: Mechanism) -> str:
    asks = counted(len(mechanism.inputs), "question")
    against = mechanism.baselines[mechanism.natural].sentence
    return (
        f"**{literal(mechanism.name)}**: {literal(mechanism.sentence)} It asks {asks} and is "
        f"compared with {literal(against)}. A bad experience is "
        f"{literal(mechanism.bad_experience)}."
    )


def _faulty(fault: MechanismFault) -> str:
    where = f" in line {fault.line}" if fault.line else ""
    return f"**This cannot be computed yet**: there is an error{where}. Nothing is saved."


def _begin(project: str, mechanism_id: str) -> Form:
    """The form with the definition in view, or with what a new one begins with."""
    if mechanism_id == NEW:
        choices = queries.mechanism_choices(project)
        names = {i: f"{m.number} · {m.name}" for i, m in choices.items() if m.number}
        start = st.selectbox(
            "Start from",
            ["", *names],
            format_func=lambda i: names.get(i, "A small example"),
            key="mechanism_begin",
        )
        stored, text = None, begun(start or None)
        of = (project, "mechanisms", NEW, start or "")
    else:
        stored = _stored(project, mechanism_id)
        text = stored["definition"] if stored else ""
        of = (project, "mechanisms", mechanism_id, "")
    return forms.opened(
        "mechanism",
        of,
        stored,
        {"definition": text, "note": ""},
        lambda read: saving.news(project, "mechanisms", read),
        keys={"definition": _TEXT},
    )


def _stored(project: str, mechanism_id: str) -> Mapping[str, Any] | None:
    """The record of a mechanism as it is now."""
    rows = queries.records(project, "mechanisms")
    return next((row for row in rows if row["mechanism_id"] == mechanism_id), None)


def _live_formula() -> None:
    """One formula to write with the answer following each pause in typing."""
    text = st.session_state[_TEXT]
    formulas = formulas_in(text)
    if not formulas:
        return
    which, what = st.columns([1, 2])
    with which:
        place = st.selectbox(
            "Formula of",
            list(formulas),
            format_func=lambda p: p.partition(".")[2].replace("_", " "),
            key="mechanism_place",
        )
    key, seen = f"mechanism_formula_{place}", f"mechanism_seen_{place}"
    if st.session_state.get(seen) != formulas[place]:  # changed elsewhere: follow it
        st.session_state[key] = st.session_state[seen] = formulas[place]
    with what:
        typed = st.text_input("Formula, computed as you type", live=True, key=key)
    if typed and typed.strip() and typed != formulas[place]:
        changed = with_formula(text, place, typed)
        st.session_state[_TEXT] = changed
        st.session_state[seen] = formulas_in(changed).get(place)


def _files(text: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Download", text, "mechanism.toml", "application/toml", icon=":material/download:"
        )
        with st.popover("Open a file", icon=":material/upload_file:"):
            given = st.file_uploader(
                "A mechanism as a TOML file", type="toml", key="mechanism_file"
            )
            if given is not None:
                st.button("Use this file", on_click=_take, args=(given.getvalue(),))


def _take(data: bytes) -> None:
    st.session_state[_TEXT] = data.decode("utf-8", errors="replace")


def _save(project: str, mechanism: Mechanism, text: str, form: Form) -> None:
    stored = _stored(project, mechanism.id)
    if stored is not None and stored["definition"] == text:
        st.caption("This is the saved version. Change it to save a new one.")
        return
    with st.container(border=True):
        note = st.text_input(
            "Reason for this version",
            key=form.key("note"),
            live=forms.LIVE,
            on_change=form.note,
        )
        edits = [_edit(form, mechanism, text, note or "")]
        result = saving.offered(
            form,
            project,
            {"definition": text},
            lambda: st.button("Save the mechanism", type="primary", icon=":material/save:"),
            lambda: commands.save_edits(project, "mechanisms", edits),
        )
    if result is None:
        return
    form.done()
    st.query_params["mechanism"] = mechanism.id  # the control follows the address
    commands.say_and_rerun(
        f"Saved {mechanism.name} as {result.receipt.batch}. You can now use it in a value case."
        f"{saving.kept(form, result)}",
        result.receipt,
    )


def _edit(form: Form, mechanism: Mechanism, text: str, note: str) -> editing.Edit:
    """Another definition of the mechanism in the form, or a new one when its id is another."""
    if form.read is not None and form.read["mechanism_id"] == mechanism.id:
        return editing.Edit(form.read, {"definition": text}, {"note": note})
    return editing.Edit(None, {"mechanism_id": mechanism.id, "definition": text}, {"note": note})


def _answer(mechanism: Mechanism, currency: str) -> None:
    """The driver tree with typical numbers, every formula with its unit, every question."""
    tree, formulas, questions = st.tabs(["Driver tree", "Formulas", "Questions"])
    with tree:
        st.caption("Computed with a typical value for each input.")
        driver_tree.driver_tree(
            grown_at_typical(mechanism, driver_tree.result("mechanism_result")),
            currency,
            files.PLANNED,
        )
    with formulas:
        rules = {**mechanism.flows, **{d.value: rule for d, rule in mechanism.kpis.items()}}
        printing.table(
            pd.DataFrame(
                {
                    "Result": list(rules),
                    "Formula": [rule.formula.text for rule in rules.values()],
                    "Unit": [written_unit(rule.unit, currency) for rule in rules.values()],
                }
            ),
            hide_index=True,
            height="content",
            alt="Every formula of the mechanism with its unit",
        )
    with questions:
        printing.table(
            pd.DataFrame(
                {
                    "Input": [i.label for i in mechanism.inputs],
                    "Question": [f"{i.question} …" for i in mechanism.inputs],
                    "Unit": [written_unit(i.unit, currency) for i in mechanism.inputs],
                    "Typical": [as_typed(i.typical or i.default or "") for i in mechanism.inputs],
                }
            ),
            hide_index=True,
            height="content",
            alt="Every question of the mechanism with its unit and what is typical",
        )


def _versions(project: str, mechanism_id: str) -> None:
    versions = queries.mechanism_versions(project, mechanism_id)
    with st.expander(f"{counted(len(versions), 'version')}", icon=":material/history:"):
        printing.table(
            pd.DataFrame(
                {
                    "Version": [v.number for v in versions],
                    "Saved (UTC)": [v.saved_at for v in versions],
                    "By": [v.actor for v in versions],
                    "Why": [v.note for v in versions],
                    "Batch": [v.batch for v in versions],
                }
            ).iloc[::-1],
            hide_index=True,
            alt="Every version of the mechanism, newest first",
        )
        number = st.selectbox("Show version", [v.number for v in reversed(versions)])
        version = versions[int(number or 1) - 1]
        st.code(version.definition, language="toml", height=320)
        st.caption(
            "Value cases use the newest version. To go back to an earlier one, undo the later ones "
            "under Imports."
        )
