"""Controls shared by screens. Keys bound to the URL are public: a renamed one breaks links.

``project``  the project in view      ``case``  its value case      ``kind``  a kind of record
``by``       length of a period       ``metric``  a metric          ``batch``  a batch
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["choose", "project_in_view"]


def project_in_view(projects: Sequence[dict[str, Any]]) -> None:
    """The sidebar's choice of project, kept across screens and in the URL."""
    with st.sidebar:
        if not projects:
            return
        titles = {p["project"]: p["title"] for p in projects}
        st.selectbox(
            "Project",
            list(titles),
            format_func=lambda p: titles.get(p, p),
            key="project",
            bind="query-params",
            help="Portfolio shows all projects; every other screen shows this one.",
        )
        demo = next((p for p in projects if p["project"] == st.session_state.project), None)
        if demo and demo["is_demo"]:
            st.caption(
                ":material/science: Demo data. The Bike Shop is made up; its clock stands at "
                f"{demo['clock_on']:%-d %b %Y}."
            )


def project() -> str:
    """The project in view; stops the screen with the way out when there is none."""
    chosen = st.session_state.get("project")
    if not chosen:
        st.info("There is no project yet. Create the first one, then upload its results.")
        st.page_link("data/registers.py", label="Create a project", icon=":material/add:")
        st.stop()
    return str(chosen)


def choose(label: str, options: dict[str, str], key: str, help: str | None = None) -> str:
    """A choice among ids shown by their titles, bound to the URL."""
    return str(
        st.selectbox(
            label,
            list(options),
            format_func=lambda o: options.get(o, o),
            key=key,
            bind="query-params",
            help=help,
        )
    )
