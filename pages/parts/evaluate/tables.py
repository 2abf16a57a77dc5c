"""Options of a value case as tidy frames, for their chart and their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mlpm_core.quantity import Dimension
from mlpm_core.services.evaluate.candidates import NONE
from pages.parts.common.format import NOTHING, number, option_name, percent, span, written_unit
from pages.parts.evaluate.text import MOST_DRAWN, metric_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.evaluate.views import LeaderboardView, Option, Range


def options(view: LeaderboardView) -> pd.DataFrame:
    """Every option with its value, its risk and what was measured of it."""
    shown = view.options
    metrics = dict.fromkeys(m.name for o in shown for m in o.metrics)
    has_caveats = any(o.caveats for o in shown)
    return pd.DataFrame(
        {
            "Option": [option_name(o.name) for o in shown],
            f"Net, {view.currency} / year": [number(o.net.mean) for o in shown],
            "P10 to P90": [_ends(o.net) for o in shown],
            **(
                {"As measured": [number(o.measured.mean) if o.measured else NOTHING for o in shown]}
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
            "Chance best": [percent(o.p_best) for o in shown],
            f"Regret, {view.currency} / year": [number(o.expected_regret) for o in shown],
            "Dominated": ["yes" if o.is_dominated else "no" for o in shown],
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
        }
    )


def in_chart(view: LeaderboardView) -> tuple[Option, ...]:
    """The options that a chart has room for: the best, and adopting none wherever it stands."""
    best = view.options[:MOST_DRAWN]
    return best + tuple(o for o in view.options[MOST_DRAWN:] if o.name == NONE)


def unvalued(view: LeaderboardView) -> pd.DataFrame:
    """The candidates without a value, and why."""
    return pd.DataFrame(view.unvalued, columns=["Candidate", "Why it has no value"])


def five_dimensions(shown: Sequence[Option]) -> pd.DataFrame:
    """Options one under the other, with net and the five dimensions of each."""
    cells = {"Option": [option_name(o.name) for o in shown]}
    ranges = {"Net": [o.net for o in shown]}
    ranges |= {d.label: [o.kpis[d] for o in shown] for d in Dimension}
    for label, values in ranges.items():
        unit = f", {written_unit(values[0].unit)}" if values else ""
        cells[label + unit] = [_with_ends(value) for value in values]
    return pd.DataFrame(cells)


def _ends(told: Range) -> str:
    return span(told.p10, told.p90)


def _with_ends(told: Range) -> str:
    if told.p10 == told.p90 == told.mean == 0:
        return "no change"
    return f"{number(told.mean)} ({_ends(told)})"


def _metric(option: Option, name: str) -> str:
    found = next((m for m in option.metrics if m.name == name), None)
    return number(found.value) if found else NOTHING
