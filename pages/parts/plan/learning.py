"""The section Learning of the Estimate screen: what earlier work says of the estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts.common import charts, files, panels, printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, day, literal, number, percent
from pages.parts.plan import charts as plan_charts
from pages.parts.plan import learning_text as text
from pages.parts.plan import team_queries

if TYPE_CHECKING:
    from mlpm_core.services.plan.learning import Inside, LearningView


def show(project: str, inside: Inside | None = None, *, warns: bool = True) -> None:
    """What closed projects, estimators and the team's pace say, the answer first.

    ``inside`` is what the estimate in view says; the newest snapshot without it. Without ``warns``
    its warnings stand elsewhere.
    """
    view = team_queries.learning(project, inside)
    st.markdown(literal(text.answer(view)))
    for warning in [*text.alarms(view), *text.warnings(view)] if warns else ():
        st.warning(literal(warning), icon=":material/warning:")
    _closed(view)
    _estimators(view)
    _pace(view)


def _link(kind: str, label: str) -> None:
    st.page_link(
        "data/registers.py", label=label, icon=":material/add:", query_params=panels.here(kind=kind)
    )


def _closed(view: LearningView) -> None:
    st.header("Closed projects", anchor=False, help=literal(text.how_reference(view)))
    if view.closed:
        st.markdown(literal(text.outside(view)))
        printing.table(
            _closed_table(view),
            hide_index=True,
            alt="Closed projects with person-days estimated and taken, the newest first",
        )
        st.caption("Estimated and took are person-days. Projects of the whole workspace.")
    _link("closed_projects", "Write down a closed project")


@made_once
def _closed_table(view: LearningView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Project": [x.title for x in view.closed],
            "Estimated": [number(x.estimated_days) for x in view.closed],
            "Took": [number(x.actual_days) for x in view.closed],
            "Times": [
                f"{'at least ' if x.was_stopped else ''}{number(x.ratio, 2)}" for x in view.closed
            ],
            "Ended": [day(x.closed_on) for x in view.closed],
            "Outcome": ["stopped" if x.was_stopped else "delivered" for x in view.closed],
        }
    )


def _estimators(view: LearningView) -> None:
    st.header("Who estimates how well", anchor=False)
    st.markdown(literal(text.estimators(view)))
    if not view.estimators:
        return
    printing.table(
        _estimators_table(view),
        hide_index=True,
        alt="Everybody who estimated tasks that are done, with how often their ranges held",
    )
    st.caption(
        "A range is from 1 in 10 less to 1 in 10 more: 8 of 10 tasks should come out inside. "
        "Likely is where the true share lies 9 times in 10. Tasks of the whole workspace."
    )


@made_once
def _estimators_table(view: LearningView) -> pd.DataFrame:
    lines = [(x, x.calibration) for x in view.estimators]
    return pd.DataFrame(
        {
            "Estimated by": [x.name for x, _ in lines],
            "Closed tasks": [c.n_closed for _, c in lines],
            "Inside the range": [_share(c.hit_rate) for _, c in lines],
            "Likely": [_range(c.low, c.high) for _, c in lines],
            "Below": [c.n_below for _, c in lines],
            "Above": [c.n_above for _, c in lines],
            "Took, of even odds": [_times(c.median_ratio) for _, c in lines],
            "What follows": [text.estimator(x) for x, _ in lines],
        }
    )


def _share(value: float | None) -> str:
    return NOTHING if value is None else percent(value)


def _range(low: float | None, high: float | None) -> str:
    return NOTHING if low is None or high is None else f"{percent(low)} to {percent(high)}"


def _times(value: float | None) -> str:
    return NOTHING if value is None else f"{number(value, 2)} times"


def _pace(view: LearningView) -> None:
    st.header("The team's pace", anchor=False)
    st.markdown(literal(text.pace(view)))
    if any(view.weekly_done):
        charts.draw(
            _weekly(view),
            plan_charts.weekly_done(),
            text.pace(view),
            grade=files.COUNTED,
            is_said=False,
        )
    st.caption(literal(text.discovery(view)))
    if view.n_undated:
        st.caption(text.undated(view))


@made_once
def _weekly(view: LearningView) -> pd.DataFrame:
    start = pd.to_datetime(list(view.weeks))
    return pd.DataFrame(
        {
            "start": start,
            "end": start + pd.Timedelta(days=6),  # a gap between a week's bar and the next
            "week": [day(week) for week in view.weeks],
            "done": view.weekly_done,
        }
    )
