"""The pieces of the Estimate screen: percentiles, chances, and what to find out first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.errors import InputError
from mlpm_core.records import columns, record_of
from pages.parts.common import controls, panels, printing, queries, work
from pages.parts.common.format import (
    NOTHING,
    counted,
    listed,
    literal,
    number,
    percent,
    plain,
    significant,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.plan.estimates import EstimateView, Figure
    from mlpm_core.services.plan.plans import StoredPlan
    from pages.parts.common.record_form import Filled

RECORD = record_of("estimates")

_CARDS = {
    "P10": (
        "If all goes well",
        "One project in ten needs less than this (P10). Do not plan with it.",
    ),
    "P50": (
        "At even odds",
        "Half of such projects need less, half need more (P50). Plan the work with it.",
    ),
    "P80": (
        "To be safe",
        "Eight projects in ten need no more than this (P80). Promise nothing below it.",
    ),
    "P95": (
        "With reserve",
        "Nineteen projects in twenty need no more than this (P95). Hold a reserve up to it.",
    ),
}
"""How each percentile is called on the screen, and what to do with it."""
_WHOLE_DAYS = 9.5  # from here on no part of a day is told


def in_view(views: Sequence[EstimateView]) -> EstimateView:
    """One of a project's estimates; asked only when there is a choice."""
    titles = {str(v.record.estimate_id): v.title for v in views}
    chosen = controls.one_of("Estimate", titles, "estimate")
    return next(v for v in views if v.record.estimate_id == chosen)


def form_title(*, is_by_task: bool) -> str:
    """What the form asks; of a project in tasks only its answers count."""
    return "Answers and settings of the project" if is_by_task else "Own guess and answers"


def adds_another() -> bool:
    """Whether the form is for a new estimate instead of the one shown."""
    return st.toggle("Add another estimate instead of changing this one", key="estimate_another")


def tried(project: str, stored: EstimateView | None, filled: Filled) -> EstimateView | None:
    """What the form says while it differs from what is stored, else what is stored.

    A new guess that still lacks a number changes nothing; a number that cannot be is named.
    """
    if not filled.typed or filled.unread:
        return stored
    values = filled.values
    given = [c for c in columns(RECORD) if c.name in values]
    if filled.is_new and any(c.required and values[c.name] is None for c in given):
        return stored
    try:
        return queries.tried_estimate(project, values)
    except InputError as error:
        st.error(literal(error), icon=":material/error:")
        return stored


def sentence(view: EstimateView) -> str:
    """The estimate in one sentence."""
    text = f"**{literal(view.title)}.** {literal(view.estimate.explanation)}"
    return f"{text} *With the changes tried here, not saved.*" if view.is_tried else text


def warning(view: EstimateView) -> None:
    """The 20-day rule, when the work is too large for one number."""
    rule = view.estimate.twenty_day_rule
    if rule.fires and view.figures:
        st.warning(literal(rule.sentence), icon=":material/warning:")


def figure_cards(view: EstimateView) -> None:
    """Effort and cost at four percentiles, and the chance that nothing usable comes out."""
    with st.grid(5, min_column_width=140):
        for figure in view.figures:
            with st.container(border=True, height="stretch"):
                label, meaning = _CARDS[figure.name]
                st.metric(label, figure.days_text, help=meaning)
                cost = literal(figure.cost_text)
                st.caption(f"{cost}  \n{figure.meaning}")
        with st.container(border=True, height="stretch"):
            st.metric("No usable model", literal(percent(view.estimate.p_no_go)))
            cycles = counted(view.estimate.inputs.max_cycles, "cycle")
            spent = literal(view.no_go.cost_text)
            st.caption(
                f"chance after {cycles}. By then {view.no_go.days_text} ({spent}) are spent. "
                "The other cards are for a project that gets a usable model."
            )


def side_by_side(views: Sequence[EstimateView]) -> None:
    """The guesses of a project beside each other: other solutions, or the same with a stop."""
    if len(views) < 2:
        return
    st.header("All estimates of the project", anchor=False)
    figures = [{f.name: f for f in v.figures} for v in views]
    printing.table(
        pd.DataFrame(
            {
                "Estimate": [v.title for v in views],
                "At even odds": [_at(f, "P50") for f in figures],
                "To be safe": [_at(f, "P80") for f in figures],
                "No usable model": [percent(v.estimate.p_no_go) for v in views],
                "Spent until one knows": [
                    f"{v.no_go.days_text}, {v.no_go.cost_text}" if v.figures else NOTHING
                    for v in views
                ],
            }
        ),
        hide_index=True,
        alt="The estimates of the project with what each takes and what stands at risk",
    )
    st.caption(
        "As they are stored. Spent until one knows: what is gone at even odds when no usable model "
        "comes out. A simpler solution, such as a rule or fewer models, is an estimate of its own."
    )


def _at(figures: Mapping[str, Figure], name: str) -> str:
    figure = figures.get(name)
    return f"{figure.days_text}, {figure.cost_text}" if figure else "ask first"


def chance(view: EstimateView) -> None:
    """A number of days somebody has in mind, and how likely it is enough."""
    days = [f.days for f in view.figures]
    # A slider with another end forgets what was set: the end stays while the figures fit.
    end = st.session_state.get("estimate_days_end", 0)
    if not days[-1] <= end <= 8 * days[-1]:
        end = 5 * 2 ** math.ceil(math.log2(max(2.0, days[-1] * 2 / 5)))
    st.session_state["estimate_days_end"] = end
    chosen = st.slider(
        "Days that you have in mind", 5, end, max(5, days[1]), step=5, key="estimate_days"
    )
    likely = percent(view.estimate.probability_within_days(chosen))
    bound = "" if view.estimate.is_promisable else "at most "
    rounded = " The days above are rounded, this chance is not." if chosen in days else ""
    st.caption(
        f"The chance that {plain(chosen)} person-days are enough is "
        f"{bound}{literal(likely)}.{rounded}"
    )


def waterfall(view: EstimateView) -> str:
    """What the waterfall shows."""
    first, last = view.estimate.waterfall[0], view.estimate.waterfall[-1]
    largest = max(view.estimate.waterfall[1:], key=lambda s: s.change)
    return literal(
        f"A guess of {_days(first.p50)} person-days becomes {_days(last.p50)} at even odds. Most "
        f"is added by “{largest.label}” (+{_days(largest.change)})."
    )


def _days(days: float) -> str:
    return plain(days) if days >= _WHOLE_DAYS else number(days, 2)


def steps(view: EstimateView) -> None:
    """The waterfall as a table."""
    with st.expander("The same as a table", icon=":material/table:"):
        printing.table(
            pd.DataFrame(
                {
                    "Step": [s.label for s in view.estimate.waterfall],
                    "Adds": [round(s.change, 1) for s in view.estimate.waterfall],
                    "Days after it": [round(s.p50, 1) for s in view.estimate.waterfall],
                }
            ),
            hide_index=True,
            alt="Steps from the guess to the plan, in person-days at even odds",
        )


def unknowns(view: EstimateView) -> None:
    """The open questions by how far their answer moves P80."""
    if not view.estimate.unknowns:
        st.caption("Every question is answered.")
        return
    printing.table(
        pd.DataFrame(
            {
                "Question": [u.question for u in view.estimate.unknowns],
                "Difference": [
                    round(u.p80_if_yes) - round(u.p80_if_no) for u in view.estimate.unknowns
                ],
                "If no": [round(u.p80_if_no) for u in view.estimate.unknowns],
                "If yes": [round(u.p80_if_yes) for u in view.estimate.unknowns],
            }
        ),
        hide_index=True,
        column_config={
            "Question": st.column_config.TextColumn(width=160),
            **dict.fromkeys(
                ("Difference", "If no", "If yes"), st.column_config.NumberColumn(width=50)
            ),
        },
        alt="Open questions with the person-days to be safe for either answer",
    )
    n = counted(view.n_unanswered, "question")
    verb = "is" if view.n_unanswered == 1 else "are"
    st.caption(
        f"{n} {verb} open; until somebody finds out, each answer is taken as equally likely, or as "
        "likely as a finding says. Shown are the person-days that are enough 8 times in 10."
    )


def questions(view: EstimateView) -> None:
    """What to ask before any figure is shown, and by how much each answer multiplies."""
    st.header("Questions to ask first", anchor=False)
    printing.table(
        pd.DataFrame(
            {
                "Question": [u.question for u in view.estimate.unknowns],
                "If yes, work times": [u.median for u in view.estimate.unknowns],
            }
        ),
        hide_index=True,
        column_config={"If yes, work times": st.column_config.NumberColumn(format="%.1f")},
        alt="Open questions, and by how much the answer yes multiplies the work",
    )
    st.caption(
        "Too much is open for a figure. Days, cost and payback appear once the questions that are "
        "left change the plan by a factor of four at most. Answer them under “Own guess and "
        "answers”."
    )


def found(of: EstimateView | StoredPlan) -> None:
    """Which answers are those of findings, each with its source; nothing without any."""
    if not of.found:
        return
    lines = "".join(f"\n- {literal(answer.sentence)}" for answer in of.found)
    st.markdown(
        ":material/lightbulb: **Answered by findings of the Brief**, which go before what the "
        f"estimate itself says:{lines}"
    )
    st.page_link(
        "plan/brief.py",
        label="See the findings",
        icon=":material/fact_check:",
        query_params=panels.here(),
    )


def answered_elsewhere(of: EstimateView | StoredPlan | None) -> None:
    """Beside the form: the questions of it that a finding answers, whatever is chosen there."""
    if of and of.found:
        labels = listed([answer.label for answer in of.found])
        st.caption(
            f"Findings of the Brief answer {labels}: what is chosen here counts once they are "
            "archived, and to change it now, change the finding."
        )


def whose(view: EstimateView) -> None:
    """The formula, each of its figures, and who says so."""
    inputs = view.estimate.inputs
    with st.expander(
        "How it is computed, and where the figures come from", icon=":material/function:"
    ):
        st.markdown(
            f"Days = own guess × 2 × each factor that applies × models\\^{significant(0.7)} × (1 + "
            f"further cycles × {significant(inputs.loop_share)} × "
            f"{significant(inputs.repeat_share)}). Cost = days × day rate. A factor that nobody "
            "knows applies in half of all cases, or as likely as a finding says."
        )
        rows = view.assumptions
        printing.table(
            pd.DataFrame(
                {
                    "What": [row.label for row in rows],
                    "Multiplies by": [significant(row.times, 3) for row in rows],
                    "Likely (8 times in 10)": [_range(row.low, row.high) for row in rows],
                    "Answered": [
                        f"{row.answer}, by a finding" if row.is_found else row.answer or NOTHING
                        for row in rows
                    ],
                    "Source": ["Thompson" if row.is_published else "MLPM" for row in rows],
                }
            ),
            hide_index=True,
            height="content",
            alt="Everything that multiplies the guess, by how much, and its source",
        )
        st.caption(
            "Thompson: S. Thompson, Managing Machine Learning Projects (Manning, 2023). The book "
            "doubles a guess below 20 days, and doubles it again for complex data, big data and a "
            "complex platform. Above 20 days it only says that the work is a lot bigger. Every "
            "range and every other figure is MLPM's own."
        )


def _range(low: float, high: float) -> str:
    return "always" if low == high else f"{significant(low, 3)} to {significant(high, 3)}"


def of_case(views: Sequence[EstimateView], *, is_trial: bool, is_paid: bool) -> None:
    """What the work costs that a value case would pay for, and whether it does."""
    if not views:
        with st.container(horizontal=True, vertical_alignment="center"):
            if not is_paid:
                st.caption(
                    "What building the model costs is not known yet. Add a build cost to this "
                    "value case or an estimate of the work to see the payback."
                )
            st.page_link(
                "plan/estimate.py",
                label="Estimate the work",
                icon=":material/calculate:",
                query_params=panels.here(),
            )
        return
    for view in views:
        with st.container(border=True):
            st.markdown(_paid(view))
            st.page_link(
                "plan/estimate.py",
                label="See its assumptions",
                icon=":material/calculate:",
                query_params=panels.here(estimate=str(view.record.estimate_id)),
            )
    trial = " (with the changes tried here)" if is_trial else ""
    st.caption(
        f"Compared: the planned net benefit a year{trial} and the cost of building the model once. "
        "If no usable model comes out, there is no benefit."
    )


def _paid(view: EstimateView) -> str:
    """What the work costs and whether the value case pays for it."""
    costs = {figure.name: literal(figure.cost_text) for figure in view.figures}
    least = "" if view.estimate.is_promisable else "at least "
    if not view.figures:
        return f"**{literal(view.title)}**: {literal(view.estimate.explanation)}"
    verdict = view.pays_back.sentence if view.pays_back else "The value case has no value yet."
    return (
        f"**{literal(view.title)}** costs {least}**{costs['P50']}** at even odds, and to be safe "
        f"{least}**{costs['P80']}**. {literal(verdict)}"
    )


def payback(view: EstimateView) -> None:
    """Whether the value case pays for the work."""
    if view.case is None:
        st.caption(
            "Choose a value case under “Own guess and answers” to see whether its value "
            "pays for the work."
        )
        return
    with st.container(border=True):
        verdict = "The value case has no value yet."
        if view.pays_back:
            verdict = view.pays_back.sentence
        elif not view.figures:
            verdict = "Answer the questions first to see whether its value pays for the work."
        st.markdown(f":material/balance: **{literal(view.case.title)}**: {literal(verdict)}")
        st.caption(
            "Compared: the planned net benefit a year and the cost above. If no usable model comes "
            "out, there is no benefit."
        )
        st.page_link(
            "plan/value_case.py",
            label="See its assumptions",
            icon=":material/function:",
            query_params=panels.here(case=view.case.value_case_id) | work.OPENED,
        )
