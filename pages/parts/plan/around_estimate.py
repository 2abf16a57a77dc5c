"""What stands beside an estimate: packs of tasks, the team, and what earlier work says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.plan import learning, task_packs, team

if TYPE_CHECKING:
    from mlpm_core.services.plan.learning import Inside
    from mlpm_core.services.plan.team import Demand


def show(project: str, inside: Inside | None = None, demand: Demand | None = None) -> None:
    """Three tabs. ``inside`` and ``demand`` are what the estimate in view says, where it does."""
    tab_packs, tab_team, tab_learning = st.tabs(["Tasks to begin with", "Team", "Learning"])
    with tab_packs:
        task_packs.show(project)
    with tab_team:
        team.show(project, demand)
    with tab_learning:
        learning.show(project, inside)
