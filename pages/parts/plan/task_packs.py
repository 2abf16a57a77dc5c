"""Packs of tasks on the Estimate screen: added in one click, or downloaded as a CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.records import Status
from pages.parts.common import commands, printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import counted, listed, literal, number
from pages.parts.plan import team_queries

if TYPE_CHECKING:
    from mlpm_core.services.plan.task_templates import TemplateView


def show(project: str) -> None:
    """Choose a pack, look at it, and add its tasks to the project."""
    views = {view.template.id: view for view in team_queries.task_templates(project)}
    chosen = st.selectbox(
        "Pack of tasks",
        list(views),
        format_func=lambda name: views[name].template.title,
        key="task_pack",
    )
    view = views[str(chosen)]
    st.markdown(literal(view.template.sentence))
    if not view.template.tasks:
        st.info("Every task of this pack is in the project already.", icon=":material/info:")
        return
    st.caption(literal(about(view)))
    _table(view)
    rate = view.day_rate
    if view.missing_roles:
        roles = listed(list(view.missing_roles))
        rate = st.number_input(
            literal(f"Cost of a person-day of {roles}"),
            min_value=0.0,
            max_value=1_000_000.0,
            value=view.day_rate,
            help="The pack needs these roles, and the project has none of them yet.",
            key="task_pack_rate",
        )
    with st.container(horizontal=True):
        if st.button(
            f"Add {counted(len(view.template.tasks), 'task')}",
            icon=":material/playlist_add:",
            disabled=bool(view.missing_roles) and rate is None,
            type="primary",
        ):
            _add(project, view, rate)
        st.download_button(
            "CSV",
            view.template.csv(),
            file_name=f"tasks-{view.template.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="The same tasks as a file to change and import on the screen Upload. Each role in "
            "it must be a role of the project.",
        )


def about(view: TemplateView) -> str:
    """How much work a pack is, and whose days these are."""
    pack = view.template
    there = f" {counted(view.n_there, 'task')} of it {_are(view.n_there)} here already."
    days = (
        "The days are guesses that came with MLPM: replace them by your own."
        if pack.n_guessed == len(pack.tasks)
        else f"The days of {pack.n_guessed} tasks are guesses that came with MLPM, the others are "
        "those of your own closed tasks of the same category."
        if pack.n_guessed
        else "The days are those of your own closed tasks of the same category."
    )
    return (
        f"{counted(len(pack.tasks), 'task')}, {number(pack.p50_days)} person-days at even odds, "
        f"before any factor. {days}{there if view.n_there else ''}"
    )


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _table(view: TemplateView) -> None:
    with st.expander("The tasks", icon=":material/checklist:"):
        printing.table(
            _tasks_table(view),
            hide_index=True,
            column_config={"Task": st.column_config.TextColumn(width="large")},
            alt="Tasks of the pack with their days, role and acceptance",
        )


@made_once
def _tasks_table(view: TemplateView) -> pd.DataFrame:
    tasks = view.template.tasks
    return pd.DataFrame(
        {
            "Task": [t.title for t in tasks],
            "Days": [
                f"{number(t.days.p10)} to {number(t.days.p90)}, even {number(t.days.p50)}"
                for t in tasks
            ],
            "Role": [t.role for t in tasks],
            "Done when": [t.acceptance for t in tasks],
            "Days from": ["guess" if t.n_own is None else f"{t.n_own} own" for t in tasks],
        }
    )


def _add(project: str, view: TemplateView, rate: float | None) -> None:
    try:
        receipts = commands.add_template(project, view.template.id, rate)
    except MlpmError as error:
        st.error(literal(error), icon=":material/error:")
        return
    last = receipts[-1]
    if last.status is not Status.COMMITTED:
        message = last.rejects[0].message if last.rejects else "Nothing was added."
        st.error(literal(message), icon=":material/error:")
        return
    n = counted(len(view.template.tasks), "task")
    roles = f" and {counted(len(view.missing_roles), 'role')}" if view.missing_roles else ""
    commands.say_and_rerun(f"{n}{roles} added: {view.template.title}.", *receipts)
