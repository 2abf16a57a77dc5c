"""The form of the Brief screen for personal notes: no record, draft or cache holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.services.plan.personal_notes import LONGEST_NOTE, PersonalNote, PersonalNotes
from pages.parts.common.cache import workspace
from pages.parts.common.format import literal

if TYPE_CHECKING:
    from mlpm_core.services.plan.meetings import MeetingsView

_ABOUT = (
    "What one should know before talking to somebody, and who said so. Notes lie in a file of this "
    "machine that only its owner reads. They are in no record, export, backup, route or log, a "
    "restore does not bring them back, and erasing leaves nothing in the folder."
)


def form(project: str, view: MeetingsView) -> None:
    """Read, keep or erase the personal note on a stakeholder; built when opened."""
    if not view.contacts:
        return
    with st.expander(
        "Personal notes: kept on this machine only", icon=":material/lock:", on_change="rerun"
    ) as opened:
        if opened.open:
            note_form(project, {c.stakeholder_id: c.name for c in view.contacts})


def note_form(project: str, names: dict[str, str]) -> None:
    """The note on one of the stakeholders, named by id, with what keeps and what erases it."""
    st.caption(_ABOUT)
    notes = PersonalNotes(workspace())
    who = st.selectbox("About whom", list(names), format_func=lambda s: names[s], key="note_about")
    try:
        note = notes.of(project, who)
    except MlpmError as error:
        st.error(literal(error), icon=":material/error:")
        return
    turn = st.session_state.setdefault("note_turn", 0)
    with st.form(f"note_{project}_{who}_{turn}", enter_to_submit=False, border=False):
        text = st.text_area("Note", note.text if note else "", max_chars=LONGEST_NOTE)
        source = st.text_input("Who said so", note.source if note else "", max_chars=200)
        with st.container(horizontal=True):
            is_kept = st.form_submit_button("Keep", icon=":material/save:")
            is_erased = st.form_submit_button(
                "Erase for good", icon=":material/delete_forever:", disabled=note is None
            )
    try:
        if is_kept:
            notes.keep(project, who, PersonalNote(text or "", source or ""))
        elif is_erased:
            notes.erase(project, who)
    except MlpmError as error:
        st.error(literal(error), icon=":material/error:")
        return
    if is_kept or is_erased:
        st.session_state["note_turn"] += 1  # the next form holds nothing of what was typed
        st.toast("The note is kept." if is_kept else "The note is erased.")
        st.rerun()
