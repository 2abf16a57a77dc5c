"""The demo on the Settings screen: what of it is loaded, how to remove it, how to load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.records import KINDS, Decision
from mlpm_core.services.admin.demo import ACTOR
from pages.parts.common import commands, panels, printing, queries
from pages.parts.common.format import counted, day, inner, listed, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.admin.demo import DemoBatch, LoadedDemo

_ASKED = "demo_remove_asked"


def sentence(demo: LoadedDemo) -> str:
    """Whether it is loaded, by whom, and since when."""
    about = "The Bike Shop is a made-up company that gives every screen something to show."
    if not demo.batches:
        return f"**The demo is not loaded.** {about}"
    files = [b for b in demo.batches if b.kind != Decision.kind]  # the demo itself decides
    by = listed([_named(name) for name in sorted({b.actor for b in files})])
    since = day(min(b.received_at for b in demo.batches))
    n_projects = len({b.project for b in demo.batches})
    size = f"{counted(len(demo.batches), 'batch', 'batches')} in {counted(n_projects, 'project')}"
    part = "" if demo.is_whole else f", of {demo.n_batches} that it has"
    return f"**The demo is loaded**: {size}{part}, loaded on {since} by {by}. {about}"


def _named(actor: str) -> str:
    return f"{actor} (the first start of MLPM)" if actor == ACTOR else literal(actor)


def details(demo: LoadedDemo) -> None:
    """Its batches project by project, and those of others that are tied to it."""
    printing.rows(
        pd.DataFrame(
            [
                {
                    "Project": literal(queries.project_title(project)),
                    "Batches of the demo": sum(b.project == project for b in demo.batches),
                    "Batches of others": sum(
                        b.project == project for b in (*demo.resting, *demo.staying)
                    ),
                }
                for project in sorted({b.project for b in demo.batches})
            ]
        ),
        alt="Projects of the demo with their batches and those of others in them",
    )


def remove(demo: LoadedDemo) -> None:
    """Remove it after a question, which names what others built on it."""
    if queries.workspace().store.read_only:
        st.caption("Nothing can be removed here: this copy is read-only, or shows a past moment.")
        return
    if st.button("Remove the demo", icon=":material/delete_sweep:"):
        st.session_state[_ASKED] = True
    if not st.session_state.get(_ASKED):
        return
    with st.container(border=True):
        st.markdown(_question(demo))
        is_agreed = True
        if demo.resting:
            _table(demo.resting)
            is_agreed = st.checkbox(
                f"Also undo {_others(demo.resting)}",
                key="demo_remove_others",
            )
        with st.container(horizontal=True):
            confirmed = st.button("Yes, remove the demo", type="primary", disabled=not is_agreed)
            st.button("Keep it", on_click=_keep)
        if confirmed:
            with panels.guard(), st.spinner("Removing the demo"):
                _keep()
                commands.remove_demo([b.batch for b in demo.resting])


def _keep() -> None:
    st.session_state.pop(_ASKED, None)


def _question(demo: LoadedDemo) -> str:
    n = counted(len(demo.batches), "batch", "batches")
    question = (
        f"This undoes {n} of the demo in one step, for everybody. Their history stays in Imports, "
        "and the demo can be loaded again."
    )
    if demo.staying:
        question += f" {_others(demo.staying)} in its projects will stay."
    if demo.resting:
        question += (
            f" **{_others(demo.resting)} cannot stay**, because they refer to what the "
            "demo brought, or changed it:"
        )
    return question


def _others(batches: Sequence[DemoBatch]) -> str:
    return f"{counted(len(batches), 'batch', 'batches')} of others"


def _table(batches: Sequence[DemoBatch]) -> None:
    printing.table(
        pd.DataFrame(
            {
                "Batch": [b.batch for b in batches],
                "By": [b.actor for b in batches],
                "What": [inner(KINDS[b.kind].plural) for b in batches],
                "Project": [queries.project_title(b.project) for b in batches],
                "When (UTC)": [b.received_at for b in batches],
            }
        ),
        hide_index=True,
        height="content" if len(batches) <= 10 else 400,
        alt="Batches of others that depend on the demo",
    )


def load(demo: LoadedDemo) -> None:
    """Load it, or the rest of it."""
    word = "Load the rest of the demo" if demo.batches else "Load the demo"
    if queries.workspace().store.read_only:
        st.caption("Nothing can be loaded here: this copy is read-only, or shows a past moment.")
        return
    if st.button(word, icon=":material/science:", type="secondary" if demo.batches else "primary"):
        with panels.guard(), st.spinner("Loading the demo; this takes some seconds"):
            commands.load_demo()
