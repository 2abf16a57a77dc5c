"""The section Team of the Estimate screen: who covers which work, and have they the days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts.common import panels, printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, literal, number, percent
from pages.parts.plan import team_queries
from pages.parts.plan import team_text as text

if TYPE_CHECKING:
    from mlpm_core.services.plan.team import Demand, TeamView


def show(project: str, demand: Demand | None = None) -> None:
    """Who covers which work, who leads and who learns, the answer first.

    ``demand`` is what the estimate in view asks of each role.
    """
    view = team_queries.team(project, demand)
    st.markdown(literal(text.answer(view)))
    for warning in text.warnings(view):
        st.warning(literal(warning), icon=":material/warning:")
    if view.people:
        _cover(view)
        _people(view)
    if view.n_open_tasks:
        _capacity(view)
    if view.n_open_tasks or view.in_use.year:
        st.header("A year in use", anchor=False)
        st.markdown(literal(text.in_use(view.in_use)))
    with st.container(horizontal=True):
        for kind, label in (
            ("team_members", "Add people"), ("roles", "Roles"), ("absences", "Absences"),
        ):  # fmt: skip
            st.page_link(
                "data/registers.py",
                label=label,
                icon=":material/group:",
                query_params=panels.here(kind=kind),
            )


def _cover(view: TeamView) -> None:
    st.header("Who covers what", anchor=False)
    printing.table(
        _cover_table(view),
        hide_index=True,
        alt="Categories of work with who does them alone, and the best level of each role",
    )
    st.caption(f"Numbers are the best level of each role: {text.LEVELS}.")


@made_once
def _cover_table(view: TeamView) -> pd.DataFrame:
    roles = list(dict.fromkeys(line.person.role for line in view.people))
    return pd.DataFrame(
        {
            "Work": [text.label(row.category) for row in view.cover],
            "Covered": [text.COVER[row.cover] for row in view.cover],
            "Alone": [", ".join(row.alone) or NOTHING for row in view.cover],
            **{role: [row.by_role[role] for row in view.cover] for role in roles},
        }
    )


def _people(view: TeamView) -> None:
    st.header("People", anchor=False)
    printing.table(
        _people_table(view),
        hide_index=True,
        alt="People with their role, share of time and the shape of their skills",
    )
    for sentence in text.learning(view):
        st.markdown(f":material/school: {literal(sentence)}")


@made_once
def _people_table(view: TeamView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Name": [x.person.name for x in view.people],
            "Role": [x.person.role for x in view.people],
            "Share of time": [percent(x.fraction) for x in view.people],
            "Shape": [text.SHAPES[x.shape.shape] for x in view.people],
            "Best level less second": [x.shape.index for x in view.people],
            "Leads": ["technical lead" if x.person.is_lead else "" for x in view.people],
        }
    )


def _capacity(view: TeamView) -> None:
    st.header("Days there are, days the work asks", anchor=False)
    st.markdown(literal(text.capacity(view)))
    if view.loads:
        printing.table(
            _capacity_table(view),
            hide_index=True,
            alt="Person-days that the work asks of each role, and those that its people have",
        )
        st.caption(
            f"Person-days. Asked is enough 8 times in 10. There: working days without absences, "
            f"times the share of time, times {percent(view.focus)} that go into tasks."
        )
    st.caption(literal(text.in_life(view)))
    st.caption(literal(text.handovers(view)))


@made_once
def _capacity_table(view: TeamView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Role": [x.role for x in view.loads],
            "Asked, to be safe": [number(x.demand_days, 2) for x in view.loads],
            "There": [
                "nobody" if x.capacity_days is None else number(x.capacity_days, 2)
                for x in view.loads
            ],
            "Load": [NOTHING if x.load is None else percent(x.load) for x in view.loads],
        }
    )
