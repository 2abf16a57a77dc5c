"""Saving what others may have changed too: what was kept is said, what clashes is asked."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.records import Column, columns, record_of
from mlpm_core.services.editing import EditConflictError
from pages.parts import actions
from pages.parts.figures import counted, day, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.services.editing import Conflict, FieldConflict, Saved
    from pages.parts.forms import Form

__all__ = ["kept", "saved", "settled"]

_LONG = 80  # characters of a text that stands in a block of its own


def saved(form: Form, typed: Mapping[str, object], save: Callable[[], Saved]) -> Saved | None:
    """Save, or ask in the next run what to do about what somebody else changed too."""
    try:
        return save()
    except EditConflictError as error:
        st.session_state[_key(form)] = (error.conflict, dict(typed))
        st.rerun()


def settled(
    form: Form,
    project: str,
    typed: Mapping[str, object],
    names: Mapping[str, str] | None = None,
) -> tuple[bool, Saved | None]:
    """Ask about each field that two people changed, and save what was chosen.

    Parameters
    ----------
    names : mapping, optional
        What people call the records of a form that changes several, by their ids.

    Returns
    -------
    tuple of bool and Saved or None
        Whether there is something to settle, and what was saved once it is settled.
    """
    conflict, typed_then = st.session_state.get(_key(form), (None, None))
    if conflict is None or typed_then != typed:
        st.session_state.pop(_key(form), None)
        return False, None
    with st.container(border=True):
        if conflict.gone:
            return True, _brought_back(form, project, conflict, typed)
        n = counted(len(conflict.fields), "field")
        st.warning(
            f"Somebody else changed {n} that you changed too, so nothing was saved. Which "
            "is right?",
            icon=":material/group:",
        )
        chosen = {
            (f.edit, f.column): _asked(form, conflict, f, names or {}) for f in conflict.fields
        }
        is_answered = all(chosen.values())
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                "Save with these choices",
                type="primary",
                icon=":material/save:",
                disabled=not is_answered,
            ):
                theirs = {field for field, choice in chosen.items() if choice == "theirs"}
                return True, _save_settled(form, project, conflict, theirs, typed)
            _discard(form, "Discard all of mine")
    return True, None


def kept(form: Form, result: Saved) -> str:
    """What of others' changes was kept, to be said after "saved"."""
    news = [*form.followed, *(m.sentence for m in result.meanwhile)]
    return " ".join(dict.fromkeys(["", *news]))


def _save_settled(
    form: Form,
    project: str,
    conflict: Conflict,
    theirs: set[tuple[int, str]],
    typed: Mapping[str, object],
) -> Saved | None:
    edits = conflict.settled(theirs)
    st.session_state.pop(_key(form), None)
    if not edits:
        form.done()
        actions.say_and_rerun("Nothing of yours was saved; the other changes stand.")
    kind, is_new = conflict.kind, conflict.is_new_model
    save = partial(actions.save_edits, project, kind, edits, is_new_model=is_new)
    return saved(form, typed, save)


def _brought_back(
    form: Form, project: str, conflict: Conflict, typed: Mapping[str, object]
) -> Saved | None:
    st.warning(literal(conflict.sentence), icon=":material/group:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Add it again with what is here", icon=":material/add:"):
            return _save_settled(form, project, conflict, set(), typed)
        _discard(form, "Discard mine")
    return None


def _discard(form: Form, label: str) -> None:
    st.button(label, key=f"discard_all_{form.name}", on_click=form.done)


def _asked(
    form: Form, conflict: Conflict, field: FieldConflict, names: Mapping[str, str]
) -> str | None:
    """One field with both changes and whose the other one is; which of them stays."""
    column = next(c for c in columns(record_of(conflict.kind)) if c.name == field.column)
    label = names.get(field.record_id, field.label)
    texts = {"theirs": _text(column, field.theirs), "mine": _text(column, field.mine)}
    was = _text(column, field.read)
    is_long = any(len(text) > _LONG or "\n" in text for text in texts.values())
    names = {"theirs": "Theirs", "mine": "Yours"}
    if is_long:
        for which, place in zip(names, st.columns(2), strict=True):
            with place:
                st.caption(names[which])
                st.code(texts[which], language=None, height=220, wrap_lines=True)
    by = f"by {field.origin}" if field.origin else ""
    return st.radio(
        literal(label),
        list(names),
        index=None,
        format_func=lambda w: literal(names[w] if is_long else f"{names[w]}: {texts[w]}"),
        captions=[literal(by), "" if is_long else literal(f"before: {was}")],
        key=f"settle_{form.name}_{field.edit}_{field.column}",
    )


def _text(column: Column, value: object) -> str:
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case date():
            return day(value)
        case float():
            return f"{value:,.10g}"
        case _:
            text = str(value)
            return f"{text} {column.unit}".strip()


def _key(form: Form) -> str:
    return f"conflict_{form.name}"
