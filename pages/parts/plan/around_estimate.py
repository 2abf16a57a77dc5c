"""What stands beside an estimate: packs of tasks, the team, and what earlier work says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.plan.learning import inside_of
from mlpm_core.services.plan.team import demand_of
from pages.parts.common import printing
from pages.parts.common.format import literal
from pages.parts.plan import (
    learning,
    learning_text,
    task_estimate_text,
    task_packs,
    team,
    team_queries,
)

if TYPE_CHECKING:
    from mlpm_core.services.plan.estimates import EstimateView
    from mlpm_core.services.plan.task_estimates import TaskEstimateView


def warnings(project: str, whole: TaskEstimateView | None) -> None:
    """What earlier work holds against the estimate; its alarms stand with the snapshots."""
    view = team_queries.learning(project, inside_of(whole))
    for warning in learning_text.warnings(view):
        st.warning(literal(warning), icon=":material/warning:")


def waiting(whole: TaskEstimateView) -> None:
    """How much of the time is waiting for others."""
    if said := task_estimate_text.waiting(whole):
        st.markdown(f":material/hourglass_empty: {said}")


def show(project: str, whole: TaskEstimateView | None, guess: EstimateView | None = None) -> None:
    """Three tabs; ``whole`` is the estimate by tasks, where there is one, else the guess counts."""
    tab_packs, tab_team, tab_learning = printing.tabs(
        ["Tasks to begin with", "Team", "Learning"], left_out="Tasks to begin with"
    )
    with tab_packs:
        task_packs.show(project)
    with tab_team:
        team.show(project, demand_of(whole))
    with tab_learning:
        is_told = whole is not None and whole.estimated is not None
        learning.show(project, inside_of(whole or guess), warns=not is_told)
