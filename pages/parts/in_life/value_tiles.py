"""Tiles of what a model was worth a week over the days shown, and how that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.in_life.portfolio import Grade
from mlpm_core.services.in_life.value_changes import NoValueChange, ValueChanges
from mlpm_core.services.in_life.value_changes import value_changes as asked_of_service
from pages.parts.common import period, period_text, terms
from pages.parts.common.cache import shared, workspace
from pages.parts.common.format import NOTHING, Colour, counted, graded, literal, number, plain, span
from pages.parts.in_life.kpi_change_text import label

if TYPE_CHECKING:
    from mlpm_core.services.in_life.shown_period import ShownPeriod, Span
    from mlpm_core.services.in_life.value_changes import ValueChange, ValueCompared
    from mlpm_core.services.valuation.value_cases import CaseValue

_HELP = (
    "The mean value a week over the days that were monitored, of every model in use for it. The "
    "range of the change holds it 8 times in 10: it follows from the sampling of the metrics and "
    "from the assumptions, which are the same in both periods. It tells what was delivered then, "
    "not whether the model itself changed. Days without results are never filled in."
)


@shared
def value_changes(
    project: str, value_case_id: str, asked: str, against: str
) -> ValueChanges | None:
    """What a value case was worth over the days that an address asks for."""
    shown = period.of(project, asked, against)
    return asked_of_service(workspace(), project, value_case_id, shown)


def tiles(project: str, case: CaseValue, shown: ShownPeriod) -> None:
    """Value a week over the days shown and against others; nothing while all days are shown."""
    if shown.span is None:
        return
    changes = value_changes(project, case.value_case_id, shown.asked, shown.against)
    if changes is None:
        return
    with st.grid(3, min_column_width=200):
        with st.container(border=True, height="stretch"):
            _level(changes.level, shown.span, case)
        for against, compared in changes.against.items():
            with st.container(border=True, height="stretch"):
                _change(label(against), compared, case.currency)


def to_date_below(shown: ShownPeriod) -> None:
    """That what follows is of all days, while the days shown are others."""
    if not shown.is_all:
        st.caption("All figures and charts below are to date: the time range is not theirs.")


def _level(level: ValueChange, days: Span, case: CaseValue) -> None:
    told = NOTHING if level.now is None else f"{case.currency} {number(level.now.mean)}"
    st.metric("Value a week, days shown", literal(told), help=terms.VALUE_RATE)
    if level.now is not None:
        ends = graded(level.now.p10, level.now.p90, Grade.MODEL_IMPLIED, case.unchecked)
        st.caption(literal(ends), help=terms.LIKELY)
    told = f"{period_text.days(days)}, {_monitored(level.days, days)}"
    st.caption(literal(told if days.days else "No day of this period is over yet."))


def _change(label: str, compared: ValueCompared, currency: str) -> None:
    """A change in money and per cent, whether it may be chance, and of which days."""
    change, comparison = compared.change, compared.comparison
    difference = change.difference
    moved, before, now = (e.mean if e else None for e in (difference, change.before, change.now))
    told = period_text.change(moved, before, now, 3)
    st.metric(label, literal(told if moved is None else f"{currency} {told}"))
    word, colour = way(change)
    st.badge(word, color=colour)
    explained = period_text.joined(
        period_text.ranges(comparison), period_text.no_per_cent(moved, before, now), _HELP
    )
    st.caption(literal(_beside(compared, currency)), help=explained)


def way(change: ValueChange) -> tuple[str, Colour]:
    """Better, worse, or perhaps chance, with its colour."""
    if change.difference is None:
        return "not available", "gray"
    if change.difference.is_exact and change.difference.mean == 0:
        return "no change", "gray"
    if change.difference.is_exact:
        return "chance unknown", "gray"
    if not change.is_beyond_chance:
        return "may be chance", "gray"
    return ("better", "green") if change.difference.mean > 0 else ("worse", "red")


def _beside(compared: ValueCompared, currency: str) -> str:
    """What a change is held against, with its range, or why there is none."""
    change, comparison = compared.change, compared.comparison
    if comparison.missing is not None or comparison.before is None:
        return period_text.ranges(comparison)
    before = period_text.days(comparison.before)
    if change.difference is None or change.before is None:
        return why_not(change, before)
    ends = span(change.difference.p10, change.difference.p90)
    likely = f"change likely {ends} (8 times in 10)"
    if ends == "exact":
        likely = "no metric says how uncertain that is"
    monitored = _monitored(change.days_before, comparison.before)
    return (
        f"{currency} {number(change.before.mean)} a week from {before}, {monitored}; {likely}; "
        f"grade {Grade.MODEL_IMPLIED}"
    )


def why_not(change: ValueChange, before: str) -> str:
    """Why nothing is said of how a value changed.

    Examples
    --------
    >>> from mlpm_core.services.in_life.value_changes import ValueChange
    >>> why_not(ValueChange(None, 0.0, missing=NoValueChange.NOTHING), "1 to 31 May 2026")
    'No day shown was monitored while the model was in use.'
    """
    match change.missing:
        case NoValueChange.NOTHING:
            return "No day shown was monitored while the model was in use."
        case NoValueChange.FEW_DAYS:
            return "Fewer than 9 in 10 of the days shown were monitored: nothing fair to compare."
        case NoValueChange.NOTHING_BEFORE:
            return f"No day from {before} was monitored while the model was in use."
        case _:
            return f"Fewer than 9 in 10 days from {before} were monitored: nothing fair to compare."


def _monitored(days: float, of: Span) -> str:
    return f"{plain(days)} of {counted(int(of.days), 'day')} monitored"
