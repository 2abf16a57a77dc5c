"""Options of a value case as tidy frames, for their chart and their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.services.evaluate.candidates import NONE
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, number, option_name, percent, span, written_unit
from pages.parts.evaluate.text import MOST_DRAWN, metric_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.evaluate.views import LeaderboardView, Option, Range

LIKELY = "Likely range"
IN_BRACKETS = "In brackets: the range in which the true value lies 8 times in 10."
MEASURED = "As measured"
BEST = "Chance of being best"
LOSS = "Expected loss if wrong"
BEATEN = "Worse in every respect"


def explained(view: LeaderboardView) -> dict[str, Any]:
    """What each column of the options says and what to do with it, for its tooltip."""
    a_year = f", {view.currency} / year"
    texts = {
        f"Net benefit{a_year}": "What the option earns and saves a year after its running costs, "
        "on average. What building it costs is not in it.",
        LIKELY: "The true net benefit lies in this range 8 times in 10 (P10 to P90). Ranges that "
        "overlap widely mean that the options are hard to tell apart.",
        MEASURED: "The net benefit before luck is taken off: the best of many candidates usually "
        "also had luck with its test cases. Promise the corrected figure, not this one.",
        "Chance of loss": "How likely the net benefit is below zero.",
        BEST: "How likely no other option has a higher net benefit.",
        f"{LOSS}{a_year}": "What you lose on average if you choose this option and another one "
        "turns out to be better (expected regret). The smaller, the safer the choice.",
        BEATEN: "Yes: another option is at least as good in all five dimensions and better in one, "
        "so there is no reason to choose this one (it is dominated).",
    }
    return {name: st.column_config.Column(help=text) for name, text in texts.items()}


def options(view: LeaderboardView) -> pd.DataFrame:
    """Every option with its value, its risk and what was measured of it."""
    shown = view.options
    metrics = dict.fromkeys(m.name for o in shown for m in o.metrics)
    has_caveats = any(o.caveats for o in shown)
    return pd.DataFrame(
        {
            "Option": [option_name(o.name) for o in shown],
            f"Net benefit, {view.currency} / year": [number(o.net.mean) for o in shown],
            LIKELY: [_ends(o.net) for o in shown],
            **(
                {MEASURED: [number(o.measured.mean) if o.measured else NOTHING for o in shown]}
                if view.is_corrected
                else {}
            ),
            **(
                {
                    f"Cost a year, {view.currency}": [
                        number(o.fixed_cost) if o.fixed_cost else NOTHING for o in shown
                    ]
                }
                if any(o.fixed_cost for o in shown)
                else {}
            ),
            "Chance of loss": [percent(o.probability_of_loss) for o in shown],
            BEST: [percent(o.p_best) for o in shown],
            f"{LOSS}, {view.currency} / year": [number(o.expected_regret) for o in shown],
            BEATEN: ["yes" if o.is_dominated else "no" for o in shown],
            **{metric_label(name): [_metric(o, name) for o in shown] for name in metrics},
            **({"Keep in mind": [" ".join(o.caveats) for o in shown]} if has_caveats else {}),
        }
    )


def intervals(view: LeaderboardView) -> pd.DataFrame:
    """Net of the best options for their chart, adopting none among them."""
    shown = in_chart(view)
    return pd.DataFrame(
        {
            "option": [option_name(o.name) for o in shown],
            "mean": [o.net.mean for o in shown],
            "low": [o.net.p10 for o in shown],
            "high": [o.net.p90 for o in shown],
            "label": [number(o.net.mean) for o in shown],
        }
    )


def in_chart(view: LeaderboardView) -> tuple[Option, ...]:
    """The options that a chart has room for: the best, and adopting none wherever it stands."""
    best = view.options[:MOST_DRAWN]
    return best + tuple(o for o in view.options[MOST_DRAWN:] if o.name == NONE)


def unvalued(view: LeaderboardView) -> pd.DataFrame:
    """The candidates without a value, and why."""
    return pd.DataFrame(view.unvalued, columns=["Candidate", "Why it has no value"])


@made_once
def five_dimensions(shown: Sequence[Option]) -> pd.DataFrame:
    """Options one under the other, with net and the five dimensions of each."""
    cells = {"Option": [option_name(o.name) for o in shown]}
    ranges = {"Net benefit": [o.net for o in shown]}
    ranges |= {d.label: [o.kpis[d] for o in shown] for d in Dimension}
    for label, values in ranges.items():
        unit = f", {written_unit(values[0].unit)}" if values else ""
        cells[label + unit] = [_with_ends(value) for value in values]
    return pd.DataFrame(cells)


def _ends(value: Range) -> str:
    return span(value.p10, value.p90)


def _with_ends(value: Range) -> str:
    if value.p10 == value.p90 == value.mean == 0:
        return "no change"
    return f"{number(value.mean)} ({_ends(value)})"


def _metric(option: Option, name: str) -> str:
    metric = next((m for m in option.metrics if m.name == name), None)
    return number(metric.value) if metric else NOTHING
