"""What stands on every screen: the project in view, and the past moment in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.errors import MlpmError
from pages.parts.common import addresses, commands, controls, files, period, queries
from pages.parts.common.format import day, day_and_time, literal
from pages.parts.common.locales import current
from pages.parts.common.next_step import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.navigation.page import StreamlitPage

    from mlpm_core.records import Project

_OF_ALL_PROJECTS: Final = ("Portfolio", "Health", "Settings", "New project", "Glossary")
OF_RECEIPTS: Final = ("upload", "imports")
"""Screens that show what was said about a file when it came, for everybody."""
_SAMPLE: Final = "12,345.6"
_SAYS_IT_ITSELF: Final = "registers"  # once it knows which kind of record is in view


def count_visit(page: str) -> None:
    """Number the visits of screens, so that a form knows when it was left.

    A browser may still send a field of a screen that was left, when another one stands there.
    """
    if st.session_state.get("visited") != page:
        st.session_state["visited"] = page
        st.session_state["visit"] = st.session_state.get("visit", 0) + 1


def as_of() -> None:
    """The past moment that every screen shows, said on top of each with the way back."""
    moments = addresses.named("as_of")
    if addresses.is_news("as_of"):
        st.session_state["as_of"] = moments[0]
    if len(moments) > 1 or moments == ("",):
        controls.not_there("as_of", moments)
        view_as_of(None)
    try:
        queries.workspace()
    except MlpmError as error:
        st.warning(f"{literal(error)} Everything is shown as of now.", icon=":material/history:")
        view_as_of(None)
    when = st.session_state.get("as_of")
    moment = queries.workspace().moment
    if when and moment:
        addresses.show("as_of", when)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(
                f"Everything here is **as of {day_and_time(moment)} UTC**: what came in "
                "later, undos too, is left out, and nothing can be changed.",
                icon=":material/history:",
            )
            st.button("Back to now", on_click=view_as_of, args=(None,))
    else:
        addresses.drop("as_of")


def as_of_choice() -> None:
    """The sidebar's way to a past day."""
    with st.sidebar.popover("View as of …", icon=":material/history:", type="tertiary"):
        st.caption(
            "Everything as it stood at the end of a day: for a report, or to review a decision."
        )
        st.date_input(
            "Day (UTC)", value=None, key="as_of_day", max_value="today", on_change=_view_as_of_day
        )


def glossary() -> None:
    """The sidebar's way to what each word means."""
    with st.sidebar:
        st.page_link("overview/glossary.py", label="Glossary", icon=":material/menu_book:")


def view_as_of(when: str | None) -> None:
    """Show everything as of a day, a moment or a batch; None is now; a callback."""
    st.session_state["as_of"] = when


def _view_as_of_day() -> None:
    day = st.session_state["as_of_day"]
    view_as_of(day.isoformat() if day else None)


def project_in_view(projects: Sequence[Project]) -> tuple[str, ...]:
    """The sidebar's choice of project, kept across screens and in the URL.

    Returns
    -------
    tuple of str
        What the address names as a project though there is none; see `project_notice`.
    """
    archived = {p.project for p in projects if p.archived}
    with st.sidebar:
        shows_archived = bool(archived) and st.toggle(
            "Show archived projects", key="archived_projects", persist_state="session"
        )
        in_sight = {*addresses.named("project"), st.session_state.get("project")}
        titles = {
            p.project: f"{p.title} (archived)" if p.archived else p.title
            for p in projects
            if not p.archived or shows_archived or p.project in in_sight
        }
        active = [name for name in titles if name not in archived]
        unknown = addresses.follow("project", titles, next(iter(active), None))
        if not titles:
            return unknown
        chosen = st.selectbox(
            "Project",
            list(titles),
            index=None if st.session_state["project"] is None else 0,
            format_func=lambda name: titles.get(name, name),
            key="project",
            placeholder="Choose a project",
            help="Portfolio and Health show all projects; every other screen shows this one.",
            persist_state="session",
        )
        if chosen is not None:
            addresses.show("project", chosen)
            _demo_caption(next(p for p in projects if p.project == chosen))
    return unknown


def _demo_caption(project: Project) -> None:
    if not project.is_demo:
        return
    st.caption(
        ":material/science: Demo data: the Bike Shop is made up, and its clock stands at "
        f"{day(project.clock_on)}."
    )
    st.page_link(
        "data/settings.py",
        label="Remove it in Settings",
        query_params={"project": project.project},
    )


def next_step(page: StreamlitPage, projects: Sequence[Project]) -> None:
    """What the project of a screen needs next, and what of it nobody has checked."""
    shown = _shown(page.title, projects)
    if shown is not None and not shown.archived and page.url_path != _SAYS_IT_ITSELF:
        line(shown.project, page.url_path)


def tab_title(screen: str, projects: Sequence[Project]) -> str:
    """What the browser's tab and a bookmark are called: the screen, and the project it shows."""
    shown = _shown(screen, projects)
    return " · ".join([screen, *([shown.title] if shown else []), "MLPM"])


def header(screen: str, projects: Sequence[Project]) -> str:
    """Whose figures a screen shows, who answers for them, and as of when: on paper too."""
    shown = _shown(screen, projects)
    parts = ["All projects"]
    if shown:
        parts = [f"**{literal(shown.title)}**"]
        parts += [f"owner {literal(shown.owner)}"] if shown.owner else []
    if _has_demo(shown, projects):
        parts.append("demo data")
    parts.append(f"as of {_as_of(shown, projects)}")
    if (here := current()).form.number(_SAMPLE) != here.types.number(_SAMPLE):
        parts.append(f"numbers here are written {_SAMPLE}, as receipts have them for everybody")
    return " · ".join(parts)


def begin_files(screen: str, projects: Sequence[Project]) -> None:
    """The same for the files of a screen, as plain text."""
    shown = _shown(screen, projects)
    title = shown.title if shown else "All projects"
    at = _as_of(shown, projects)
    if moment := queries.workspace().moment:
        at += f", as known on {day_and_time(moment)} UTC"
    demo = " (demo data)" if _has_demo(shown, projects) else ""
    files.begin(title + demo, at, queries.workspace().now().replace(microsecond=0))


def _has_demo(shown: Project | None, projects: Sequence[Project]) -> bool:
    if shown:
        return shown.is_demo
    return any(p.is_demo and not p.archived for p in projects)


def _as_of(shown: Project | None, projects: Sequence[Project]) -> str:
    """The day of the project's clock, or of all projects' where they agree; else today."""
    return day(period.day_of([shown] if shown else [p for p in projects if not p.archived]))


def _shown(screen: str, projects: Sequence[Project]) -> Project | None:
    """The project of a screen; None for those that show all, and while there is none."""
    chosen = st.session_state.get("project")
    if screen in _OF_ALL_PROJECTS:
        return None
    return next((p for p in projects if p.project == chosen), None)


def project_notice(projects: Sequence[Project], unknown: Sequence[str]) -> None:
    """That the project of the address is not there, with a choice; or that it is archived."""
    if unknown:
        controls.not_there("project", unknown)
        active = {p.project: p.title for p in projects if not p.archived}
        if active:
            st.selectbox(
                "Choose a project",
                list(active),
                index=None,
                format_func=lambda name: active.get(name, name),
                placeholder="All projects that there are",
                key="project_chosen",
                on_change=_take_chosen,
            )
        return
    chosen = st.session_state.get("project")
    shown = next((p for p in projects if p.project == chosen and p.archived), None)
    if shown is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"**{literal(shown.title)}** is archived: it is kept, and left out of Portfolio and "
            "Health.",
            icon=":material/inventory_2:",
        )
        st.button(
            "Restore",
            icon=":material/unarchive:",
            key="restore_project",
            on_click=commands.restore,
            args=(str(chosen), "projects", dict(shown)),
        )


def _take_chosen() -> None:
    st.session_state["project"] = st.session_state["project_chosen"]
