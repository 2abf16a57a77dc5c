"""How a monitored metric changed between the days shown and others, below its chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.in_life.metric_changes import Missing, metric_changes
from pages.parts.common import period_text
from pages.parts.common.format import Colour, literal, number, span

if TYPE_CHECKING:
    from mlpm_core.services.in_life.metric_changes import Change
    from mlpm_core.services.in_life.metric_signals import WatchedMetric
    from mlpm_core.services.in_life.shown_period import Comparison, ShownPeriod

_HELP = (
    "The results of both periods are pooled. The range of the change holds it 8 times in 10: it "
    "adds the sampling of both and how much their single results vary beyond that."
)
_WHY = {
    Missing.NONE_IN_IT: "no result of the days shown",
    Missing.FEW_DAYS: "fewer than 9 in 10 of the days shown have a result",
    Missing.NOTHING_BEFORE: "no result of these days",
    Missing.FEW_DAYS_BEFORE: "fewer than 9 in 10 of these days have a result",
}


def change(watched: WatchedMetric, shown: ShownPeriod) -> None:
    """The change against each of the other periods; nothing while all days are shown."""
    if shown.is_all:
        return
    series = watched.series
    for moved, comparison in metric_changes(series, shown).values():
        word, colour = way(moved, series.metric.better)
        explained = period_text.joined(
            period_text.ranges(comparison),
            period_text.no_per_cent(moved.difference, moved.before, moved.now),
            _HELP,
        )
        st.caption(f":{colour}[{word}]: {literal(told(moved, comparison))}", help=explained)


def told(moved: Change, comparison: Comparison) -> str:
    """A change with what it is held against, or why there is none."""
    if comparison.before is None:
        return period_text.ranges(comparison)
    before = period_text.days(comparison.before)
    if moved.difference is None or moved.before is None or moved.now is None:
        why = _WHY.get(moved.missing, "no result") if moved.missing else "no result"
        return f"against {before} nothing is compared, for there is {why}."
    figures = period_text.change(moved.difference, moved.before, moved.now, 3)
    text = f"{figures} to {number(moved.now)}, from {number(moved.before)} of {before}"
    if moved.low is None or moved.high is None:
        return f"{text}; nothing says how much of that is chance."
    return f"{text}; change likely {span(moved.low, moved.high)} (8 times in 10)."


def way(moved: Change, better: str) -> tuple[str, Colour]:
    """Better or worse by which way is better, or perhaps chance, with its colour.

    Examples
    --------
    >>> from mlpm_core.services.in_life.metric_changes import Change
    >>> fallen = Change(before=0.5, difference=-0.1, now=0.4, low=-0.2, high=-0.05)
    >>> way(fallen, "higher"), way(fallen, "lower"), way(fallen, "zero"), way(fallen, "")
    (('worse', 'red'), ('better', 'green'), ('better', 'green'), ('changed', 'gray'))
    >>> way(Change(), "higher")
    ('not available', 'gray')
    """
    if moved.difference is None or moved.before is None or moved.now is None:
        return "not available", "gray"
    if moved.low is None:
        return "chance unknown", "gray"
    if not moved.is_beyond_chance:
        return "may be chance", "gray"
    gained = {
        "higher": moved.difference,
        "lower": -moved.difference,
        "zero": abs(moved.before) - abs(moved.now),
    }.get(better, 0.0)
    if not gained:
        return "changed", "gray"
    return ("better", "green") if gained > 0 else ("worse", "red")
