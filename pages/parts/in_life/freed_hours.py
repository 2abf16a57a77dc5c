"""Freed hours on KPI and on Promised and realised: measured, implied, and where they went."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.services.in_life import freed_hours as hours_service
from mlpm_core.services.in_life.freed_hours import FEWEST_PERIODS, Destination, HoursReason
from pages.parts.common import panels, printing, terms
from pages.parts.common.cache import shared, workspace
from pages.parts.common.format import (
    NOTHING,
    counted,
    day,
    digits_beside,
    listed,
    literal,
    number,
    percent,
    period_name,
    span,
)

if TYPE_CHECKING:
    from mlpm_core.services.in_life.freed_hours import CaseHours, FreedHours, Interval
    from mlpm_core.services.in_life.kpi_view import KpiView
    from mlpm_core.services.valuation.value_cases import CaseValue

_HELP: Final = (
    "Hours that were worked less than before, as somebody counted them, beside the hours that the "
    "model's metrics imply for the same periods. Paid no more are those that were overtime or led "
    "to fewer people; the others are free for other work and save no money by themselves. Ranges "
    "hold 19 times in 20. Counted without a control group: something else may have freed them."
)
_PLACES: Final = {
    Destination.BACKLOG: "into the backlog",
    Destination.OVERTIME: "were overtime",
    Destination.STAFFING: "into fewer people",
    Destination.ELSEWHERE: "into other work",
}
_NAMES: Final = {
    Destination.BACKLOG: "Backlog",
    Destination.OVERTIME: "Overtime",
    Destination.STAFFING: "Staffing",
    Destination.ELSEWHERE: "Elsewhere",
}


@shared
def _counted(project: str, value_case_id: str) -> CaseHours | None:
    return hours_service.case_hours(workspace(), project, value_case_id)


def section(project: str, case: CaseValue) -> None:
    """Freed hours of a value case, or what to upload where its model is said to free some."""
    found = _counted(project, case.value_case_id)
    if found is None and not frees_hours(case):
        return
    st.header("Freed hours", anchor=False, help=_HELP)
    if found is None:
        st.caption(
            "Nobody has counted yet how many hours were freed and where they went, so how many of "
            "them are paid no more is assumed, not measured."
        )
        st.page_link(
            "data/upload.py",
            label="Upload freed hours",
            icon=":material/upload_file:",
            query_params=panels.here(kind="freed_hours"),
        )
        return
    st.markdown(literal(sentence(found)))
    st.caption(literal(rests_on(found)), help=terms.GRADE)
    printing.folded_table(
        "Freed hours by period",
        lambda: table(found),
        alt="Hours freed by period, where they went, and hours implied",
        key="freed_hours",
    )


def frees_hours(case: CaseValue) -> bool:
    """Whether a value case in use says that people work less."""
    return case.current is not None and case.current.kpis[Dimension.PEOPLE_INTENSITY].mean > 0


def on_kpi(view: KpiView) -> None:
    """On the KPI screen: freed hours of the model behind a KPI of people's work."""
    if view.cases and view.kpi.dimension is Dimension.PEOPLE_INTENSITY:
        section(view.project, view.cases[0])  # no mean over cases has two


def sentence(found: CaseHours) -> str:
    """Freed hours as a manager can read them out, or why they cannot be told."""
    told = found.told
    if told is None:
        return f"Freed hours cannot be told: {found.reason or ''}"
    if told.measured is None:
        return f"How many hours the model frees cannot be told yet: {_why(found, told)}"
    hours = _hours(told.measured, found.word)
    head = f"As counted over {counted(told.n_periods, found.word)}, {hours} were freed (grade D)"
    if told.reason is HoursReason.NONE_FREED:
        return f"{head}: that may be none at all, so nothing is said of where they went."
    return f"{head}{_beside(found, told)} {_cash(told)} {_where(told)}".strip()


def _hours(hours: Interval, word: str) -> str:
    digits = digits_beside(hours.mean, hours.low, hours.high)
    ends = f"19 times in 20 {number(hours.low, digits)} to {number(hours.high, digits)}"
    return f"{number(hours.mean, digits)} hours a {word} ({ends})"


def _beside(found: CaseHours, told: FreedHours) -> str:
    """Measured beside implied hours."""
    if not found.is_implied:
        return ". No monitored metric of the same periods says how many were implied."
    if told.realised is None:
        return ". The model's metrics imply hours that cannot be told from none (grade C)."
    return (
        f": {percent(told.realised.mean)} ({_ends(told.realised)}) of the "
        f"{_hours(told.implied, found.word)} that the model's metrics imply (grade C)."
    )


def _cash(told: FreedHours) -> str:
    """How many of them are paid no more."""
    if told.cashable is None:
        return "Nobody wrote down whether any were overtime or led to fewer people."
    return (
        f"Of the freed hours {percent(told.cashable.mean)} ({_ends(told.cashable)}) are paid no "
        "more."
    )


def _where(told: FreedHours) -> str:
    """Where they went, and what nobody can place."""
    parts = [f"{percent(s.mean)} {_PLACES[place]}" for place, s in told.shares.items()]
    text = f"They went: {', '.join(parts)}." if parts else ""
    left = told.unaccounted or 0.0
    if left > 0.005:
        return f"{text} Of {percent(left)} nobody wrote down where they went.".strip()
    if left < -0.005:
        return f"{text} That is {percent(-left)} more than were freed: correct the file."
    return text


def _ends(share: Interval) -> str:
    return f"19 times in 20 {percent(share.low)} to {percent(share.high)}"


def _why(found: CaseHours, told: FreedHours) -> str:
    mean = "" if told.mean is None else f" Their mean is {number(told.mean)} hours a {found.word}."
    if told.reason is HoursReason.NO_NOISE:
        return f"the same number was counted in every {found.word}.{mean}"
    have = counted(told.n_periods, found.word)
    lack = FEWEST_PERIODS - told.n_periods
    return (
        f"{have} of the {FEWEST_PERIODS} that it takes {'is' if told.n_periods == 1 else 'are'} "
        f"counted in full; {counted(lack, f'more {found.word}')} may tell.{mean}"
    )


def rests_on(found: CaseHours) -> str:
    """Periods, sources and batches behind freed hours."""
    parts = [f"To {day(found.until - timedelta(days=1))}."]
    if found.n_left_out:
        parts.append(
            f"{counted(found.n_left_out, 'period')} left out: of another length, not over, or "
            "without monitored metrics."
        )
    parts.append(f"Counted by: {listed(found.sources)}." if found.sources else "No source is told.")
    parts.append(f"No control group. From {listed(found.batches[-3:])}.")
    return " ".join(parts)


def table(found: CaseHours) -> pd.DataFrame:
    """Every period that counts, newest first."""
    rows = found.periods[::-1]
    places = [p for p in Destination if any(p in r.went_to for r in rows)]
    return pd.DataFrame(
        {
            "Period": [period_name(r.period) for r in rows],
            "Freed, hours": [number(r.freed) for r in rows],
            "Grade": ["D" for _ in rows],
            "Implied, hours": [_number(r.implied) for r in rows],
            "Likely implied (8 times in 10)": [
                NOTHING if r.implied_ends is None else span(*r.implied_ends) for r in rows
            ],
            "Grade of implied": [NOTHING if r.implied is None else "C" for r in rows],
            **{f"{_NAMES[p]}, hours": [_number(r.went_to.get(p)) for r in rows] for p in places},
            "Batch": [r.batch for r in rows],
        }
    )


def _number(hours: float | None) -> str:
    return NOTHING if hours is None else number(hours)
