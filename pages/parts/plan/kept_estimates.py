"""Estimates kept on past days, on the Estimate screen: what is left of the work, and one more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts.common import charts, files, forms, panels, printing, terms, work
from pages.parts.common.cache import made_once
from pages.parts.common.format import day, literal
from pages.parts.plan import charts as plan_charts
from pages.parts.plan import task_estimate_text as text
from pages.parts.plan import task_queries

if TYPE_CHECKING:
    from mlpm_core.services.plan.snapshots import SnapshotHistory
    from mlpm_core.services.plan.task_estimates import TaskEstimateView

_KIND = "estimate_snapshots"
_KEEP = "Keep the estimate of today"


def part(project: str, view: TaskEstimateView) -> str | None:
    """What is filled in: the answers, or, where there is an estimate, why that of today is kept."""
    answers = {"estimates": "Answers and settings"}
    return work.part(answers | ({_KIND: _KEEP} if view.estimated else {}), project, "estimates")


def keep(project: str) -> None:
    """Keep the estimate of today."""
    with st.form("estimate_snapshot", enter_to_submit=False, border=False):
        reason = st.text_input("Why it is kept", placeholder="Monday, or a finished task")
        is_baseline = st.checkbox("As the baseline that the project is held against")
        if st.form_submit_button(
            "Keep it", type="primary", icon=":material/photo_camera:", shortcut=forms.SAVE
        ):
            with panels.guard():
                task_queries.take_snapshot(project, reason, is_baseline=is_baseline)


def closing(project: str, view: TaskEstimateView) -> None:
    """A finished project is offered as one that later estimates learn from."""
    row = task_queries.to_close(project, view)
    if row is None:
        return
    with printing.screen_only("closing", border=True):
        st.markdown(literal(text.closing(row)))
        if st.button("Count it among the closed projects", icon=":material/school:"):
            with panels.guard():
                task_queries.close(project, view)


def show(project: str, view: TaskEstimateView) -> None:
    """The estimates that were kept, what is left, and the way to keep today's."""
    found = task_queries.history(project)
    st.header("Work left", anchor=False, help=terms.WORK_LEFT)
    for alarm in found.alarms:
        st.warning(literal(alarm), icon=":material/warning:")
    charts.draw(
        _work_left(view, found),
        plan_charts.work_left(),
        "Person-days left: what was left on days past, and how it may burn down from here.",
        grade=files.PLANNED,
        ranges="band: 85 times in 100 (P10 to P95)",
    )
    if said := text.narrowed(found):
        st.markdown(said)
    work.opener(_KEEP, _KIND, "photo_camera")
    if found.snapshots:
        printing.table(
            _kept_table(found),
            hide_index=True,
            column_config=dict.fromkeys(
                ("Days in all (P50)", "Days in all (P80)", "Days spent"),
                st.column_config.NumberColumn(format="%.0f"),
            ),
            alt="Estimates kept on past days, in person-days",
        )


@made_once
def _work_left(view: TaskEstimateView, found: SnapshotHistory) -> pd.DataFrame:
    return plan_charts.of_work_left(task_queries.work_left(view, found.snapshots))


@made_once
def _kept_table(found: SnapshotHistory) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Day": [day(s.taken_on) for s in found.snapshots],
            "Why": [s.reason for s in found.snapshots],
            "Baseline": ["yes" if s.is_baseline else "" for s in found.snapshots],
            "Days in all (P50)": [s.effort_p50 for s in found.snapshots],
            "Days in all (P80)": [s.effort_p80 for s in found.snapshots],
            "Days spent": [s.spent_days for s in found.snapshots],
            "Made from": [s.evidence[:12] or "a file" for s in found.snapshots],
        }
    )
