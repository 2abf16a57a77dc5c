"""Forms that lose nothing: what is typed outlives a reload, and others' changes are followed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from pages.parts.common import addresses, cache, drafts
from pages.parts.common.format import clock, day, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

SAVE = "Ctrl+Enter"
"""Saves what a form holds from any of its fields.

Enter alone never does: in a field of one line it would send a form that is half filled.
"""
LIVE = "300ms"
"""After such a pause in typing a text is sent, so that no reload and no link takes it away."""

Read = dict[str, Any]
_BETWEEN = "\x1f"  # parts of an identity


@dataclass(frozen=True, slots=True)
class Form:
    """One form: what it was filled from, and what its fields show while nobody types.

    ``name`` begins the keys of its fields. ``identity`` says whose record it is: another one is
    another form, though its fields have the same keys. ``keys`` are those of fields that have one
    of their own.
    """

    name: str
    identity: tuple[str, ...]
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def read(self) -> Read | None:
        """The record as the form was filled from; None when there was none."""
        read: Read | None = self._state["read"]
        return read

    @property
    def initial(self) -> dict[str, object]:
        """What each field shows while nobody types."""
        initial: dict[str, object] = self._state["initial"]
        return initial

    @property
    def followed(self) -> list[str]:
        """What others changed while the form was open, as sentences."""
        followed: list[str] = self._state["followed"]
        return followed

    @property
    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = st.session_state[f"form_{self.name}"]
        return state

    def key(self, name: str) -> str:
        """The key of a field."""
        return self.keys.get(name, f"{self.name}_{name}")

    def changes(self, values: Mapping[str, object]) -> dict[str, object]:
        """What was typed, of the values that the fields hold."""
        return {k: v for k, v in values.items() if v != self.initial[k]}

    def note(self) -> None:
        """Keep what a field holds by now; the callback of every field.

        The run that follows may be cut short by a click on a link, before it comes to the form.
        """
        if f"form_{self.name}" in st.session_state:
            held = {k: st.session_state.get(self.key(k), was) for k, was in self.initial.items()}
            typed = {k: "" if v is None and self.initial[k] == "" else v for k, v in held.items()}
            self._keep(self.changes(typed))

    def put(self, name: str, text: str) -> None:
        """Put a text into a field as if it was typed; a callback."""
        st.session_state[self.key(name)] = text
        self.note()

    def remember(self, values: Mapping[str, object]) -> dict[str, object]:
        """Keep what was typed until it is saved, and give it back; to be called on every run."""
        typed = self.changes(values)
        self._keep(typed)
        if typed:
            addresses.show("draft", st.session_state["draft"])
        else:
            self._state["restored_at"] = None
        return typed

    def _keep(self, typed: dict[str, object]) -> None:
        store, draft_id = cache.drafts(), _draft_id()
        if not typed:
            if draft_id is not None:
                store.drop(draft_id, self._draft)
                _forget_id(draft_id)
            return
        if draft_id is None:
            draft_id = st.session_state["draft"] = drafts.new_id()
        before = store.find(draft_id, self._draft)
        if before is None or before.typed != typed or before.read != self.read:
            now = datetime.now(UTC)
            store.keep(draft_id, self._draft, drafts.Draft(self.read, self.initial, typed, now))

    def done(self) -> None:
        """Fill the form anew in the next run, for what was typed is saved or let go; a callback."""
        self._state["is_done"] = True
        draft_id = _draft_id()
        if draft_id is not None:
            cache.drafts().drop(draft_id, self._draft)
            _forget_id(draft_id)

    def head(self) -> None:
        """What a person should know before going on: restored text, and what others changed."""
        restored_at = self._state["restored_at"]
        if restored_at is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.info(
                    f"Unsaved changes from {_clock(restored_at)} restored.",
                    icon=":material/restore_page:",
                )
                st.button(
                    "Discard",
                    icon=":material/delete:",
                    key=f"discard_{self.name}",
                    on_click=self.done,
                )
        elif st.session_state.pop("draft_lost", False):
            st.info(
                "What was typed here earlier and not saved is gone: it is kept for a day, and "
                "until the server is started again.",
                icon=":material/restore_page:",
            )
        if self.followed:
            st.info(literal(" ".join(self.followed)), icon=":material/group:")

    @property
    def _draft(self) -> str:
        """What its draft is kept under."""
        return _BETWEEN.join(self.identity)


def begun(project: str, kinds: Collection[str]) -> str | None:
    """The kind of record, of these, of which something was typed last and not saved."""
    draft_id = _draft_id()
    kept = [] if draft_id is None else cache.drafts().forms(draft_id)
    identities = [name.split(_BETWEEN) for name in kept]
    return next((i[1] for i in identities if i[0] == project and i[1] in kinds), None)


def show_kept() -> None:
    """Have the address name what was typed and not saved, so that a reload finds it.

    A form does so itself where it is drawn: one that was closed right after the last key was not.
    """
    draft_id = _draft_id()
    if draft_id is not None and cache.drafts().holds(draft_id):
        addresses.show("draft", draft_id)


def opened(
    name: str,
    identity: Sequence[str],
    read: Mapping[str, Any] | None,
    initial: Mapping[str, object],
    meanwhile: Callable[[Read], Sequence[tuple[str, str]]] | None = None,
    *,
    keys: Mapping[str, str] | None = None,
) -> Form:
    """A form whose fields are filled, to be drawn with the keys it gives and without values.

    Once it is filled it stays as it is while somebody types: a field that nobody touched follows
    what others save, one that was touched keeps what was typed.

    Parameters
    ----------
    read : mapping, optional
        The record as it is now; None when there is none yet.
    initial : mapping
        What each field shows for it.
    meanwhile : callable, optional
        What others changed in the record since it was read, as pairs of field and sentence.
    keys : mapping, optional
        Keys of fields that do not begin with the name.
    """
    form = Form(name, tuple(identity), keys or {})
    _lost_draft()
    of_fields = {column: form.key(column) for column in initial}
    state = st.session_state.get(f"form_{name}")
    is_open = (
        state is not None
        and state["identity"] == form.identity
        and not state["is_done"]
        and state["visit"] == st.session_state.get("visit")
        and any(key in st.session_state for key in of_fields.values())
    )
    if not is_open:
        _fill(form, read, initial, was_done=bool(state and state["is_done"]))
    _follow(form, read, initial, meanwhile)
    for column, key in of_fields.items():
        if key not in st.session_state:
            st.session_state[key] = form.initial[column]
    return form


def _fill(
    form: Form, read: Mapping[str, Any] | None, initial: Mapping[str, object], *, was_done: bool
) -> None:
    """Put into the fields what is stored, or what was typed before a reload."""
    draft_id = _draft_id()
    draft = None
    if draft_id is not None and not was_done:
        draft = cache.drafts().find(draft_id, form._draft)
    typed: Mapping[str, object] = {}
    if draft is not None:
        read, typed = draft.read, draft.typed
        initial = dict(initial) | dict(draft.initial)
    st.session_state[f"form_{form.name}"] = {
        "identity": form.identity,
        "read": None if read is None else dict(read),
        "initial": dict(initial),
        "is_done": False,
        "restored_at": None if draft is None else draft.changed_at,
        "followed": [],
        "visit": st.session_state.get("visit"),
    }
    for column, value in (dict(initial) | dict(typed)).items():
        st.session_state[form.key(column)] = value


def _follow(
    form: Form,
    read: Mapping[str, Any] | None,
    initial: Mapping[str, object],
    meanwhile: Callable[[Read], Sequence[tuple[str, str]]] | None,
) -> None:
    """Let the fields that nobody touched show what is stored by now."""
    state = form._state
    before: dict[str, object] = state["initial"]
    touched = {
        column
        for column, was in before.items()
        if st.session_state.get(form.key(column), was) != was
    }
    was_read: Read | None = state["read"]
    if was_read is not None and read is not None and dict(read) != was_read:
        if meanwhile is not None and touched:  # else the fields simply show what is there
            news = [sentence for column, sentence in meanwhile(was_read) if column not in touched]
            state["followed"] += [
                sentence for sentence in news if sentence not in state["followed"]
            ]
        state["read"] = {k: was_read.get(k) if k in touched else v for k, v in read.items()}
    elif was_read is None and read is not None and not touched:
        state["read"] = dict(read)
    for column, now in initial.items():
        if column not in before or (column not in touched and before[column] != now):
            st.session_state[form.key(column)] = before[column] = now


def _draft_id() -> str | None:
    """The id of this session's drafts: its own, or that of the address after a reload."""
    draft_ids = addresses.named("draft")
    if len(draft_ids) == 1 and cache.drafts().holds(draft_ids[0]):
        st.session_state["draft"] = draft_ids[0]
    draft_id: str | None = st.session_state.get("draft")
    return draft_id


def _lost_draft() -> None:
    """Note that the address names drafts which are not kept any more."""
    draft_ids = addresses.named("draft")
    if draft_ids and not any(cache.drafts().holds(draft_id) for draft_id in draft_ids):
        st.session_state["draft_lost"] = list(draft_ids) != [st.session_state.get("draft")]
        addresses.drop("draft")


def _forget_id(draft_id: str) -> None:
    if not cache.drafts().holds(draft_id):
        addresses.drop("draft")


def _clock(moment: datetime) -> str:
    """The time of a moment where the reader is; with its day, unless that is today."""
    zone: tzinfo = UTC
    with suppress(ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(st.context.timezone or "UTC")
    zone_suffix = " UTC" if str(zone) == "UTC" else ""
    here = moment.astimezone(zone)
    on = "" if here.date() == datetime.now(zone).date() else f"{day(here)} "
    return f"{on}{clock(here)}{zone_suffix}"
