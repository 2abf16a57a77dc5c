"""Controls shared by screens. Keys in the URL are public: a renamed one breaks links.

``project``  the project in view      ``case``  its value case      ``kind``  a kind of record
``by``       length of a period       ``batch`` a batch             ``record``  one record
``made``     is "how it was made" open     ``estimate`` one of its estimates
``mechanism``  how a model creates value, or ``@new``
``kpi``      a KPI, or ``@net`` for net money     ``deployment``  a model in use
``known``    the day, moment or batch as of which all is told
``dimension``  what should get better     ``candidate``  a KPI to find     ``mechanism``  how
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.records import KINDS
from pages.parts import actions, in_life_tables, loaders, tables
from pages.parts.figures import day, literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from mlpm_core.services.deployments import DeploymentLine
    from mlpm_core.services.portfolio import Line

__all__ = [
    "batch_of_table",
    "choose",
    "deployment",
    "deployment_of_table",
    "granularity",
    "known_at",
    "known_choice",
    "known_from",
    "line",
    "line_of_table",
    "pick",
    "picked",
    "project",
    "project_in_view",
    "radio",
    "segments",
    "show_register",
]

T = TypeVar("T")

_LENGTHS = {
    "": "Moment",
    "PT1H": "Hour",
    "P1D": "Day",
    "P1W": "Week",
    "P1M": "Month",
    "P3M": "Quarter",
    "P1Y": "Year",
}


def known_at() -> None:
    """The past moment as of which every screen tells, said on top of each with the way back."""
    told = st.query_params.get("known")
    if told is not None and told != st.session_state.get("url_known"):
        st.session_state["known"] = told
    try:
        loaders.workspace()
    except MlpmError as error:
        st.warning(literal(error), icon=":material/history:")
        known_from(None)
    when = st.session_state.get("known")
    if when:
        _shown_in_url("known", when)
        with st.container(horizontal=True, vertical_alignment="center"):
            moment = loaders.workspace().known_at
            st.info(
                f"Everything here is **as known at {moment:%Y-%m-%d %H:%M} UTC**: what came in "
                "later, undos too, is left out, and nothing can be changed.",
                icon=":material/history:",
            )
            st.button("Back to now", on_click=known_from, args=(None,))
    else:
        st.session_state.pop("url_known", None)
        st.query_params.pop("known", None)


def known_choice() -> None:
    """The sidebar's way to a past day."""
    with st.sidebar.popover("As known at …", icon=":material/history:", type="tertiary"):
        st.caption(
            "What was known at the end of a day: for a report, or a decision looked back on."
        )
        st.date_input(
            "Day (UTC)", value=None, key="known_day", max_value="today", on_change=_known_from_day
        )


def known_from(when: str | None) -> None:
    """Tell everything as known at a day, a moment or a batch; None is now; a callback."""
    st.session_state["known"] = when


def _known_from_day() -> None:
    day = st.session_state["known_day"]
    known_from(day.isoformat() if day else None)


def project_in_view(projects: Sequence[Mapping[str, Any]]) -> None:
    """The sidebar's choice of project, kept across screens and in the URL."""
    if not projects:
        return
    titles = {p["project"]: p["title"] for p in projects}
    with st.sidebar:
        chosen = choose(
            "Project",
            titles,
            "project",
            help="Portfolio and Health show all projects; every other screen shows this one.",
        )
        found = next(p for p in projects if p["project"] == chosen)
        if found["is_demo"]:
            st.caption(
                ":material/science: Demo data: the Bike Shop is made up, and its clock stands at "
                f"{day(found['clock_on'])}."
            )
            if st.button("Remove the demo", icon=":material/delete_sweep:", type="tertiary"):
                actions.remove_demo()


def project() -> str:
    """The project in view; stops the screen with the way out when there is none."""
    chosen = st.session_state.get("project")
    if not chosen:
        st.info(
            "There is no project yet. Create the first one, then upload its results.",
            icon=":material/info:",
        )
        st.page_link("data/registers.py", label="Create a project", icon=":material/add:")
        st.stop()
    return str(chosen)


def line(lines: Sequence[Line]) -> Line:
    """One of a project's value cases; asked only when there is a choice."""
    if len(lines) == 1:
        return lines[0]
    titles = {x.case.value_case_id: x.case.title for x in lines}
    chosen = choose("Value case", titles, "case")
    return next(x for x in lines if x.case.value_case_id == chosen)


def line_of_table(lines: Sequence[Line]) -> Line:
    """The value cases as a table; the chosen row, else the first."""
    alt = "Value cases with health, value rate now and planned, and the gap"
    return _line_of(tables.cases(lines), lines, "portfolio_cases", alt)


def deployment(lines: Sequence[DeploymentLine]) -> DeploymentLine:
    """One of a project's deployments; a link may name the value case of a champion instead."""
    by_id = {x.deployment_id: x for x in lines}
    case = st.query_params.get("case")
    if case and "deployment" not in st.query_params and "deployment" not in st.session_state:
        for x in lines:
            if x.value and x.value_case_id == case:
                st.session_state["deployment"] = x.deployment_id
    titles = {i: f"{x.model} · {x.slot} · {x.case_title}" for i, x in by_id.items()}
    return by_id[choose("Deployment", titles, "deployment")]


def deployment_of_table(lines: Sequence[DeploymentLine]) -> DeploymentLine:
    """Deployments as a table; the chosen row, else the first."""
    alt = "Deployments with health, reason, value gap, slot and age of their results"
    return _line_of(in_life_tables.deployments(lines), lines, "health_deployments", alt)


def _line_of(table: pd.DataFrame, lines: Sequence[T], key: str, alt: str) -> T:
    """A table of some lines; the chosen one, else the first."""
    chosen = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt=alt,
    )
    rows = [r for r in chosen.selection.rows if r < len(lines)]
    return lines[rows[0]] if rows else lines[0]


def batch_of_table(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The batches as a table; the chosen one, which the URL names."""
    by_batch = {str(row["receipt"].batch): row for row in rows}

    def follow() -> None:
        chosen = st.session_state["imports_batches"].selection.rows
        if chosen and chosen[0] < len(rows):
            st.session_state["batch"] = str(rows[chosen[0]]["receipt"].batch)

    st.dataframe(
        tables.batches(rows, {kind: record.plural for kind, record in KINDS.items()}),
        hide_index=True,
        height=285,
        on_select=follow,
        selection_mode="single-row",
        key="imports_batches",
        alt="Every batch that came into the project, newest first",
    )
    return by_batch[
        choose("Batch", {b: _batch_title(r) for b, r in by_batch.items()}, "batch", keep=False)
    ]


def _batch_title(row: Mapping[str, Any]) -> str:
    receipt = row["receipt"]
    what = f"undoes {receipt.undoes}" if receipt.undoes else receipt.filename
    return f"{receipt.batch} · {what}"


def granularity(lengths: Sequence[str], default: str) -> str:
    """The length of the periods shown; asked only when there is a choice."""
    if len(lengths) == 1:
        return default
    _follow_url("by", lengths)
    chosen = st.segmented_control(
        "Period",
        lengths,
        default=default,
        required=True,
        format_func=lambda g: _LENGTHS[g],
        key="by",
        persist_state="session",
    )
    return _shown_in_url("by", str(chosen or default))


def choose(
    label: str, options: Mapping[str, str], key: str, help: str | None = None, *, keep: bool = True
) -> str:
    """A choice among ids shown by their titles, with the id in the URL.

    ``keep`` holds the choice while other screens are visited.
    """
    _follow_url(key, options)
    chosen = st.selectbox(
        label,
        list(options),
        format_func=lambda o: options.get(o, o),
        key=key,
        help=help,
        persist_state="session" if keep else None,
    )
    return _shown_in_url(key, str(chosen))


def segments(
    label: str, options: Mapping[str, str], key: str, *, default: str | None = None
) -> str | None:
    """A choice among a few in sight, with the id in the URL; None before it is made."""
    _follow_url(key, options)
    chosen = st.segmented_control(
        label,
        list(options),
        default=default,
        required=True,
        format_func=lambda o: options.get(o, o),
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    return _shown_in_url(key, str(chosen)) if chosen else None


def radio(label: str, options: Mapping[str, str], captions: Sequence[str], key: str) -> str:
    """A choice among a few that need a sentence each, with the id in the URL."""
    _follow_url(key, options)
    chosen = st.radio(
        label,
        list(options),
        format_func=lambda o: options.get(o, o),
        captions=list(captions),
        key=key,
        label_visibility="collapsed",
    )
    return _shown_in_url(key, str(chosen))


def picked(key: str, options: Collection[str]) -> str | None:
    """What a button picked with ``pick``, with the id in the URL; None before anything is."""
    _follow_url(key, options)
    chosen = st.session_state.get(key)
    if chosen:
        return _shown_in_url(key, str(chosen))
    st.session_state.pop(f"url_{key}", None)
    st.query_params.pop(key, None)
    return None


def pick(key: str, value: str | None) -> None:
    """Pick one of what ``picked`` offers, or none; a callback."""
    st.session_state[key] = value


def show_register(kind: str) -> None:
    """Turn the register in view to another kind of record; a callback."""
    st.session_state["kind"] = kind


# Streamlit's own bind="query-params" writes titles into the URL: a renamed project would break
# every link to it. So the URL holds ids, and whoever wrote last wins: the link or the control.
def _follow_url(key: str, options: Collection[str]) -> None:
    """Take what the URL says, unless it is only what the control itself wrote there."""
    told = st.query_params.get(key)
    if told in options and told != st.session_state.get(f"url_{key}"):
        st.session_state[key] = told
    elif key in st.session_state and st.session_state[key] not in options:
        del st.session_state[key]  # what was chosen is gone


def _shown_in_url(key: str, value: str) -> str:
    st.session_state[f"url_{key}"] = value
    if st.query_params.get(key) != value:
        st.query_params[key] = value
    return value
