"""Saving what others may have changed too: what was kept is said, what clashes is asked."""

from __future__ import annotations

from datetime import date
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from mlpm_core.records import Column, columns, record_of
from mlpm_core.services.ingest import editing
from pages.parts.common import commands, queries
from pages.parts.common.format import counted, day, literal, significant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streamlit.delta_generator import DeltaGenerator

    from mlpm_core.records import Receipt
    from mlpm_core.services.ingest.editing import Conflict, FieldConflict, Saved
    from pages.parts.common.forms import Form

_LONG = 80  # characters of a text that stands in a block of its own
_NOWHERE: Final[Mapping[str, DeltaGenerator]] = MappingProxyType({})
_CHOICES = {"theirs": "Theirs", "mine": "Yours"}


def offered(
    form: Form,
    project: str,
    typed: Mapping[str, object],
    pressed: Callable[[], bool],
    save: Callable[[], Saved],
    names: Mapping[str, str] | None = None,
    places: Mapping[str, DeltaGenerator] | None = None,
) -> Saved | None:
    """Offer to save; what somebody else changed too is asked about, and the choice is saved.

    Parameters
    ----------
    typed : mapping
        What is to be saved; once it is another one, what was asked about it is out of date.
    pressed : callable
        Draws the button that saves, and says whether it was pressed; not called while there is
        something to settle.
    save : callable
        Writes what was typed.
    names : mapping, optional
        What people call the records of a form that changes several, by their ids.
    places : mapping, optional
        The places of the fields, where what is wrong in them is said.

    Returns
    -------
    Saved or None
        What was saved in this run; a refusal is shown instead.
    """
    conflict, typed_then = st.session_state.get(_key(form), (None, None))
    if conflict is not None and typed_then == typed:
        result = _settled(form, project, conflict, typed, names or {})
    else:
        st.session_state.pop(_key(form), None)
        result = _saved(form, typed, save) if pressed() else None
    return None if result is None or refused(result.receipt, places or {}) else result


def refused(receipt: Receipt, places: Mapping[str, DeltaGenerator] = _NOWHERE) -> bool:
    """Whether a write was not taken; says why, at the field where it has a place."""
    if receipt.status == "committed":
        return False
    if receipt.ignored and not receipt.rejects:
        st.info("Nothing changed: this is what is stored already.", icon=":material/info:")
    for reject in receipt.rejects:
        if place := places.get(reject.column or ""):
            message = literal(f"{reject.message} {reject.hint}")
            place.error(message, icon=":material/error:")
            continue
        where = f"{reject.column}: " if reject.column else ""
        st.error(literal(f"{where}{reject.message} {reject.hint}"), icon=":material/error:")
    if any(reject.column in places for reject in receipt.rejects):
        st.error("Nothing was saved: see the message at the field.", icon=":material/error:")
    for question in receipt.questions:
        st.warning(literal(question.message), icon=":material/help:")
    return True


def news(project: str, kind: str, read: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What others made of a record since it was read: the field and a sentence of each change."""
    changes = editing.changed_since(queries.workspace(), project, kind, read)
    return [(change.column, change.sentence) for change in changes]


def kept(form: Form, result: Saved) -> str:
    """What of others' changes was kept, to be said after "saved"."""
    news = [*form.followed, *(m.sentence for m in result.meanwhile)]
    return " ".join(dict.fromkeys(["", *news]))


def _saved(form: Form, typed: Mapping[str, object], save: Callable[[], Saved]) -> Saved:
    """Save, or ask in the next run what to do about what somebody else changed too."""
    try:
        return save()
    except editing.EditConflictError as error:
        st.session_state[_key(form)] = (error.conflict, dict(typed))
        st.rerun()


def _settled(
    form: Form,
    project: str,
    conflict: Conflict,
    typed: Mapping[str, object],
    names: Mapping[str, str],
) -> Saved | None:
    """Ask about each field that two people changed, and save what was chosen."""
    with st.container(border=True):
        if conflict.gone:
            return _brought_back(form, project, conflict, typed)
        n = counted(len(conflict.fields), "field")
        st.warning(
            f"Somebody else changed {n} that you changed too, so nothing was saved. Which "
            "is right?",
            icon=":material/group:",
        )
        choices = {(f.edit, f.column): _asked(form, conflict, f, names) for f in conflict.fields}
        with st.container(horizontal=True, vertical_alignment="center"):
            is_pressed = st.button(
                "Save with these choices",
                type="primary",
                icon=":material/save:",
                disabled=not all(choices.values()),
            )
            _discard(form, "Discard all of mine")
        if not is_pressed:
            return None
        theirs = {field for field, choice in choices.items() if choice == "theirs"}
        return _save_settled(form, project, conflict, theirs, typed)


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
        commands.say_and_rerun("Nothing of yours was saved; the other changes stand.")
    kind, is_new = conflict.kind, conflict.is_new_model
    save = partial(commands.save_edits, project, kind, edits, is_new_model=is_new)
    return _saved(form, typed, save)


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
    if is_long:
        for which, place in zip(_CHOICES, st.columns(2), strict=True):
            with place:
                st.caption(_CHOICES[which])
                st.code(texts[which], language=None, height=220, wrap_lines=True)
    by = f"by {field.origin}" if field.origin else ""
    return st.radio(
        literal(label),
        list(_CHOICES),
        index=None,
        format_func=lambda which: literal(
            _CHOICES[which] if is_long else f"{_CHOICES[which]}: {texts[which]}"
        ),
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
    text = significant(value, 10) if isinstance(value, float) else str(value)
    return f"{text} {column.unit}".strip()


def _key(form: Form) -> str:
    return f"conflict_{form.name}"
