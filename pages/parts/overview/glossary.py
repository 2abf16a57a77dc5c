"""The screen Glossary: every word with what it means and what to do with it, to be searched."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.quantity.written import in_form
from pages.parts.common import glossary
from pages.parts.common.format import counted, literal
from pages.parts.overview import filters

if TYPE_CHECKING:
    from pages.parts.common.glossary import Term

_BREAK: Final = "  \n"


def listing() -> None:
    """The words that a text names, which the address holds, the best first; else all of them."""
    wanted = filters.find("Find a word", "term", "Such as WAPE, net, shadow or EVPI")
    found = glossary.about(wanted)
    if not wanted:
        for section, terms in groupby(found, key=lambda t: t.section):
            st.header(section, anchor=False)
            st.markdown("\n".join(_entry(t) for t in terms))
        return
    if not found:
        st.info(
            f"No word here is called “{literal(wanted)}”, nor is it explained with it. Try a part "
            "of it, or what it is about.",
            icon=":material/search_off:",
        )
        return
    st.header(counted(len(found), "word"), anchor=False)
    st.markdown("\n".join(_entry(t) for t in found))


def _entry(term: Term) -> str:
    """One word as an item of a list."""
    also = f", also called {', '.join(term.also)}" if term.also else ""
    parts = [f"- **{term.word}**{also}", term.said]
    if term.to_do:
        parts.append(f"*What to do:* {term.to_do}")
    if term.unit:
        parts.append(f":small[:gray[Unit: {literal(term.unit)}]]")
    return in_form(f"{_BREAK}  ".join(parts))
