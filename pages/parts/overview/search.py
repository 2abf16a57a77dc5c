"""The search beside every title: to a project, a KPI, a model or a decision by its name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.in_life.search import FoundKind
from pages.parts.common import glossary
from pages.parts.common.format import counted, literal
from pages.parts.overview import queries

if TYPE_CHECKING:
    from mlpm_core.services.in_life.search import Found, SearchResult

_WORDS_SHOWN = 3
_LONGEST = 100  # characters that are looked for
_ICONS = {
    FoundKind.PROJECT: ":material/folder:",
    FoundKind.KPI: ":material/monitoring:",
    FoundKind.MODEL: ":material/model_training:",
    FoundKind.DECISION: ":material/gavel:",
}
_WORDS = {
    FoundKind.PROJECT: "project",
    FoundKind.KPI: "KPI",
    FoundKind.MODEL: "model",
    FoundKind.DECISION: "decision",
}


def box(shown: str) -> None:
    """The search box with what it finds; ``shown`` is the path of the screen in view.

    It is closed and empty again once another screen opens.
    """
    visit = st.session_state.get("visit", 0)
    with st.popover("Search", icon=":material/search:", key=f"searching_{visit}"):
        text = st.text_input(
            "Part of a name",
            key=f"search_{visit}",
            placeholder="Project, KPI, model, decision",
            max_chars=_LONGEST,
        )
        if text.strip():
            _results(queries.names_found(text), text, shown)
            _words(text, shown)


def _results(result: SearchResult, text: str, shown: str) -> None:
    if not result.found:
        st.caption(
            f"No project, KPI, model or decision has “{literal(text)}” in its name or "
            "description. Try a part of a word."
        )
        return
    for i, found in enumerate(result.found):
        _link(found, shown, i)
    more = result.n_found - len(result.found)
    if more > 0:
        st.caption(f"and {counted(more, 'other', 'others')}; write more of the name.")


def _words(text: str, shown: str) -> None:
    """The words of the glossary that are called so; it has a field of its own."""
    for term in glossary.about(text)[:_WORDS_SHOWN]:
        if shown != "glossary" and term.rank(text.strip()) != glossary.EXPLAINED:
            st.page_link(
                "overview/glossary.py",
                label=term.word,
                icon=":material/menu_book:",
                query_params={"term": term.word},
                help="what this word means",
            )


def _link(found: Found, shown: str, place: int) -> None:
    page, where = leads_to(found)
    label, icon, of = literal(found.title), _ICONS[found.kind], ""
    if found.kind is not FoundKind.PROJECT:
        label += f" :small[:gray[{literal(found.project_title)}]]"
        of = f" of {found.project_title}"
    meaning = literal(f"{_WORDS[found.kind]}{of}")
    if PurePosixPath(page).stem != shown:
        st.page_link(page, label=label, icon=icon, query_params=where, help=meaning)
        return
    st.button(  # a link from a screen to itself would run twice, the second time with the old URL
        label,
        icon=icon,
        key=f"found_{place}",
        type="tertiary",
        help=meaning,
        on_click=st.query_params.from_dict,
        args=(where,),
    )


def leads_to(found: Found) -> tuple[str, dict[str, str]]:
    """The screen that shows what was found, and what its address names."""
    where = {"project": found.project}
    match found.kind:
        case FoundKind.PROJECT:
            return "plan/brief.py", where
        case FoundKind.KPI:
            return "overview/kpi.py", where | {"kpi": found.id}
        case FoundKind.MODEL if found.leads_to:
            return "in_life/deployment.py", where | {"deployment": found.leads_to}
        case FoundKind.MODEL:
            return "data/registers.py", where | {"kind": "models", "record": found.id}
        case FoundKind.DECISION:
            return "evaluate/adoption.py", where | {"case": found.leads_to}
