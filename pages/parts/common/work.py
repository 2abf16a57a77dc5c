"""Reading and working apart: a screen reads first, and one button opens what people fill in.

Whether it is open stands in the address (``edit``), so that a link can open it and Back closes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from pages.parts.common import addresses, controls, forms, printing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from streamlit.delta_generator import DeltaGenerator

_KEY: Final = "edit"
_OPEN, _CLOSED = "1", "0"
OPENED: Final = {_KEY: _OPEN}
"""What an address says for the work of its screen to be open."""


def choice(
    label: str, project: str, kinds: Collection[str], *, needed: bool = False, icon: str = "edit"
) -> bool:
    """The button that opens and closes what is filled in on a screen; whether it is open.

    It opens by itself where something was typed and not saved, where the address names a record,
    and where nothing can be read before something is written. Closed, it keeps what was typed.

    Parameters
    ----------
    label : str
        What the button says while it is closed.
    project : str
        The project in view.
    kinds : collection of str
        The kinds of record that are filled in there.
    needed : bool
        Whether there is nothing to read yet.
    icon : str
        Of the button while it is closed.
    """
    is_begun = forms.begun(project, kinds) is not None
    if is_begun:
        forms.show_kept()
    asked = addresses.named(_KEY)
    by_itself = needed or is_begun or bool(addresses.named("record"))
    is_open = asked == (_OPEN,) or (by_itself and asked != (_CLOSED,))
    with st.container(horizontal=True, vertical_alignment="center", key="on_screen_only_edit"):
        st.button(
            "Close the form" if is_open else label,
            icon=":material/close:" if is_open else f":material/{icon}:",
            key="edit_button",
            on_click=_turn,
            args=(_CLOSED if is_open else _OPEN,),
        )
        if is_begun and not is_open:
            st.caption("What you typed and did not save is kept in it for a day.")
    return is_open


def opener(label: str, kind: str, icon: str) -> None:
    """A button, where a screen is read, that opens what is filled in at one kind of record."""
    if addresses.named(_KEY) == (_OPEN,) and addresses.named("kind") == (kind,):
        return
    with printing.screen_only(kind):
        st.button(label, icon=f":material/{icon}:", on_click=_open, args=(kind,))


def _open(kind: str) -> None:
    addresses.show("kind", kind)
    _turn(_OPEN)


def part(parts: Mapping[str, str], project: str, first: str) -> str | None:
    """Which of some kinds of record is filled in, with the kind in the address; None before one is.

    Parameters
    ----------
    parts : mapping of str to str
        What each kind is called.
    project : str
        The project in view.
    first : str
        The kind that comes first: what is missing. Once it is there, the next one is offered.
    """
    was = st.session_state.get("part_first")
    if was and was[0] == project and was[1] != first and addresses.named("kind") == (was[1],):
        addresses.drop("kind")
    st.session_state["part_first"] = project, first
    if not addresses.named("kind"):  # the register in view is another screen's choice
        st.session_state.pop("kind", None)
    default = forms.begun(project, parts) or first
    return controls.segments("What to add or change", parts, "kind", default=default)


def _turn(to: str) -> None:
    """Open or close it; a callback."""
    addresses.show(_KEY, to)


def place(name: str) -> DeltaGenerator:
    """A frame for what people fill in on a screen; on paper it is left out."""
    return printing.screen_only(name, border=True)


def close() -> None:
    """Close what was filled in, for it is done."""
    addresses.drop(_KEY)
    addresses.drop("kind")


def halves(widths: Sequence[int], *, is_narrow: bool) -> Sequence[DeltaGenerator]:
    """Places side by side, or one below the other beside an open form."""
    if is_narrow and not printing.is_on():
        return [st.container() for _ in widths]
    return st.columns(list(widths), gap="medium")


def beside(name: str, *, is_first: bool = False) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A place for fields, and beside it one for the figures that they move.

    A narrow screen has the fields first, and paper only the figures. Where it ``is_first``, nothing
    is there to read yet: the fields have the whole width.
    """
    if printing.is_on() or is_first:
        return place(name), st.container()
    left, right = st.columns([3, 5], gap="medium")
    with left:
        return place(name), right
