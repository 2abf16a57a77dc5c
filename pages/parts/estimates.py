"""The pieces of the Estimate screen: percentiles, chances, and what to find out first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.records import record_of
from pages.parts import controls
from pages.parts.figures import counted, literal, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.estimates import EstimateView

__all__ = [
    "RECORD",
    "adds_another",
    "chance",
    "figure_cards",
    "in_view",
    "sentence",
    "unknowns",
    "warning",
    "waterfall",
]

RECORD = record_of("estimates")


def in_view(views: Sequence[EstimateView]) -> EstimateView:
    """One of a project's estimates; asked only when there is a choice."""
    if len(views) == 1:
        return views[0]
    titles = {str(v.record["estimate_id"]): v.title for v in views}
    chosen = controls.choose("Estimate", titles, "estimate", keep=False)
    return next(v for v in views if v.record["estimate_id"] == chosen)


def adds_another() -> bool:
    """Whether the form is for a new estimate instead of the one shown."""
    return st.toggle("Add another estimate instead of changing this one", key="estimate_another")


def sentence(view: EstimateView) -> str:
    """The estimate in one sentence."""
    return f"**{literal(view.title)}.** {literal(view.estimate.explanation)}"


def warning(view: EstimateView) -> None:
    """The 20-day rule, when the work is too large for one number."""
    rule = view.estimate.twenty_day_rule
    if rule.fires:
        st.warning(literal(rule.sentence), icon=":material/warning:")


def figure_cards(view: EstimateView) -> None:
    """Effort and cost at four percentiles, and the chance that nothing usable comes out."""
    with st.grid(5, min_column_width=140):
        for figure in view.figures:
            with st.container(border=True, height="stretch"):
                st.metric(figure.name, f"{figure.days:,} days")
                cost = literal(f"{view.currency} {figure.cost:,}")
                st.caption(f"{cost}  \n{figure.meaning}")
        with st.container(border=True, height="stretch"):
            st.metric("No usable model", literal(percent(view.estimate.p_no_go)))
            cycles = counted(view.estimate.inputs.max_cycles, "cycle")
            st.caption(f"chance after {cycles}; the days are those of a project that delivers")


def chance(view: EstimateView) -> None:
    """A number of days somebody has in mind, and how likely it suffices."""
    days = [f.days for f in view.figures]
    chosen = st.slider(
        "Your days", 5, max(10, 2 * days[-1]), max(5, days[1]), step=5, key="estimate_days"
    )
    likely = percent(view.estimate.probability_within_days(chosen))
    st.caption(f"{chosen:,} person-days suffice with a chance of {literal(likely)}.")


def waterfall(view: EstimateView) -> str:
    """What the waterfall shows."""
    first, last = view.estimate.waterfall[0], view.estimate.waterfall[-1]
    largest = max(view.estimate.waterfall[1:], key=lambda s: s.change)
    return literal(
        f"P50 in person-days: {first.p50:.0f} guessed become {last.p50:.0f}; most comes from "
        f"{largest.label.lower()} (+{largest.change:.0f}). The order is fixed."
    )


def unknowns(view: EstimateView) -> None:
    """The open questions by how far their answer moves P80."""
    if not view.estimate.unknowns:
        st.caption("Every question is answered.")
        return
    st.dataframe(
        pd.DataFrame(
            {
                "Question": [u.question for u in view.estimate.unknowns],
                "P80 if no": [round(u.p80_if_no) for u in view.estimate.unknowns],
                "P80 if yes": [round(u.p80_if_yes) for u in view.estimate.unknowns],
            }
        ),
        hide_index=True,
        alt="Open questions with P80 in person-days for either answer",
    )
    n = counted(view.n_unanswered, "question")
    st.caption(f"{n} open; each counts half until somebody finds out. Days at P80.")
