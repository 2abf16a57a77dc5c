"""Will we ever know: the designs that could prove a value case, as Adoption shows them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.evaluate import proof_plans
from mlpm_core.services.evaluate.proof_plans import (
    DesignKind,
    Missing,
    ProofChoice,
    ProofQuestion,
)
from pages.parts.common import controls, panels, printing
from pages.parts.common.cache import shared, workspace
from pages.parts.common.format import (
    NOTHING,
    counted,
    figure,
    literal,
    number,
    percent,
    plain,
    written_unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.evaluate.proof_plans import Design, KpiToProve, ProofPlan

NO_PLAN = ""
_REVIEW_AFTER = timedelta(weeks=13)
_HELP = (
    "A proof needs cases, or weeks, without the model. For each design: after how many weeks a "
    "verdict has come in 8 of 10 roll-outs that work as planned, read every week; what is not "
    "earned meanwhile; and how likely a verdict is by the review date."
)
_MISSING = {
    Missing.WEEKLY_NOISE: "needs the noise from week to week",
    Missing.WEEKS_BEFORE: "needs weeks measured before",
}


def section(project: str, value_case_id: str, today: date) -> Mapping[str, ProofChoice]:
    """The designs as a table; gives back those that can be picked, by what they are called."""
    st.header("Will we ever know?", anchor=False, help=_HELP)
    kpis = _kpis_to_prove(project, value_case_id)
    if not kpis:
        st.info(
            "No KPI belongs to this value case, so nothing could prove that it works.",
            icon=":material/info:",
        )
        st.page_link(
            "data/registers.py",
            label="Add a KPI",
            icon=":material/add:",
            query_params=panels.here(kind="kpis"),
        )
        return {}
    titles = {k.kpi_id: k.title for k in kpis}
    chosen = controls.one_of("Prove it on", titles, "proof_kpi")
    kpi = next(k for k in kpis if k.kpi_id == chosen)
    weeks = _weeks_to_review(project, value_case_id, today)
    question = _question(kpi)
    if question is None:
        st.info(
            "Enter the effect to be seen, the cases a week and how much single cases differ. "
            "Without them nobody can say how long a proof takes.",
            icon=":material/info:",
        )
        return {}
    plan = None
    with panels.guard():
        plan = _planned_proof(project, value_case_id, question, weeks)
    if plan is None:
        return {}
    st.markdown(lead(plan, kpi, question, weeks))
    printing.table(
        designs(plan, kpi),
        hide_index=True,
        alt="Designs of a proof: weeks to a verdict, cost, chance by the review date",
    )
    st.caption(caveats(plan, kpi))
    return {
        design_name(d): ProofChoice(question, d.kind, d.held_out)
        for d in plan.designs
        if d.missing is None
    }


def _weeks_to_review(project: str, value_case_id: str, today: date) -> int:
    """Weeks to the review date that stands in the form of a decision."""
    typed = st.session_state.get(f"decide_{project}_{value_case_id}_review_on")
    review_on = typed if isinstance(typed, date) else today + _REVIEW_AFTER
    return max((review_on - today).days // 7, 1)


def _question(kpi: KpiToProve) -> ProofQuestion | None:
    """What the meeting says of the proof; None until it says enough."""
    unit, key = written_unit(kpi.unit), f"proof_{kpi.kpi_id}"
    with st.grid(3, min_column_width=200):
        effect = _number(
            f"Effect to be seen, {unit}",
            kpi.effect,
            f"{key}_effect",
            "The change of one case that the proof shall be able to see: by default what is "
            "planned. Half the effect takes four times as long.",
        )
        cases = _number(
            "Cases a week", kpi.cases_per_week, f"{key}_cases", "By default as the value case says."
        )
        spread = _number(
            f"How much single cases differ, {unit}",
            kpi.spread,
            f"{key}_spread",
            "Standard deviation of one case: from the measured sums, or, of a share, from the "
            "baseline.",
        )
    with st.expander("Designs that compare weeks"), st.grid(3, min_column_width=200):
        noise = _number(
            f"Noise from week to week, {unit}",
            kpi.weekly_noise,
            f"{key}_noise",
            "Standard deviation of the whole KPI from one week to another, around its trend: from "
            "12 measured weeks or more.",
        )
        likeness = st.number_input(
            "Likeness of neighbouring weeks",
            -0.9,
            0.9,
            value=min(max(kpi.autocorrelation, -0.9), 0.9),
            key=f"{key}_likeness",
            help="Autocorrelation: 0 when one week says nothing of the next, near 1 when they "
            "hardly differ.",
        )
        control = st.number_input(
            "Likeness of a control series",
            0.0,
            0.95,
            value=0.0,
            key=f"{key}_control",
            help="Correlation of the KPI with a series that the model does not touch; 0 when there "
            "is none.",
        )
    if not (effect and cases and spread):
        return None
    return ProofQuestion(kpi.kpi_id, effect, spread, cases, noise or None, likeness, control)


def _number(label: str, default: float | None, key: str, help_text: str) -> float | None:
    shown = None if default is None else float(f"{default:.4g}")
    return st.number_input(
        literal(label), 0.0, None, value=shown, key=key, help=help_text, format="%.6g"
    )


def design_name(design: Design) -> str:
    """What a design is called.

    Examples
    --------
    >>> from mlpm_core.proof.plan import Design
    >>> design_name(Design(DesignKind.HOLDOUT, 0.2, "A", 55, 33.0, 0.4, 33.0))
    '20% held out'
    """
    match design.kind:
        case DesignKind.HALVES:
            return "Half and half (A/B)"
        case DesignKind.HOLDOUT:
            return f"{percent(design.held_out)} held out"
        case DesignKind.SWITCHBACK:
            return "Weeks taking turns (switchback)"
        case _:
            return "Before and after, with a control series"


def designs(plan: ProofPlan, kpi: KpiToProve) -> pd.DataFrame:
    """Every design with what it takes."""
    return pd.DataFrame(
        {
            "Design": [design_name(d) for d in plan.designs],
            "Grade": [d.grade for d in plan.designs],
            "Weeks to a verdict": [_weeks(d) for d in plan.designs],
            "Chance by the review": [
                NOTHING if d.chance is None else percent(d.chance) for d in plan.designs
            ],
            "Cost of holding out": [
                NOTHING if d.cost is None else f"{kpi.currency} {number(d.cost)}"
                for d in plan.designs
            ],
            "Worth of the use": [
                NOTHING if d.total is None else f"{kpi.currency} {number(d.total)}"
                for d in plan.designs
            ],
        }
    )


def _weeks(design: Design) -> str:
    if design.missing is not None:
        return _MISSING[design.missing]
    return "more than 260" if design.weeks is None else plain(design.weeks)


def lead(plan: ProofPlan, kpi: KpiToProve, question: ProofQuestion, weeks: int) -> str:
    """Whether a verdict will come by the review, and which share held out brings most."""
    soonest = _soonest(plan.designs)
    effect = literal(figure(question.effect, kpi.unit))
    if soonest is None or soonest.chance is None:
        return (
            f"**No.** No design that can be planned sees an effect of {effect} within five years, "
            f"at {literal(number(question.cases_per_week))} cases a week."
        )
    word = _likely(soonest.chance)
    text = (
        f"**{word} by the review in {counted(weeks, 'week')}.** An effect of {effect} is seen "
        f"soonest by *{literal(design_name(soonest))}*: after {plain(soonest.weeks or 0)} weeks in "
        f"8 of 10 roll-outs, by the review in {percent(soonest.chance)} of them."
    )
    return f"{text} {literal(_recommended(plan, kpi))}".strip()


def _soonest(planned: Sequence[Design]) -> Design | None:
    can = [d for d in planned if d.weeks is not None]
    return min(can, key=lambda d: (d.weeks or 0, d.held_out), default=None)


def _likely(chance: float) -> str:
    if chance >= 0.8:
        return "Yes"
    return "Perhaps" if chance >= 0.4 else "Hardly"


def _recommended(plan: ProofPlan, kpi: KpiToProve) -> str:
    gain = plan.worth_of_knowing
    if plan.recommended is None or gain is None:
        return ""
    if plan.recommended == 0:
        return (
            "In money alone none of these shares pays: what could be learnt by the review is "
            f"worth less than it costs ({kpi.currency} {number(-gain)} at best). Hold some cases "
            "out if somebody must be convinced."
        )
    return (
        f"Most is earned over three years with {percent(plan.recommended)} held out: "
        f"{kpi.currency} {number(gain)} more than by treating everybody at once, for a model that "
        "fails is found out."
    )


def caveats(plan: ProofPlan, kpi: KpiToProve) -> str:
    """How the table was made."""
    read_once = next((d.fixed_weeks for d in plan.designs if d.kind is DesignKind.HALVES), None)
    text = (
        "A verdict may be read in any week, which takes longer than one look at a planned end "
        + (f"(half and half: {plain(read_once)} weeks)." if read_once else "would.")
        + " Grade A: chance decides who is held out. Grade B: compared before and after. Worth of "
        "the use: over three years, with the model switched off once it turns out not to pay."
    )
    if kpi.value_per_case is None:
        text += " The value case has no value yet, so nothing is said of money."
    else:
        each = number(kpi.value_per_case)
        text += f" Each treated case is taken to be worth {kpi.currency} {each}, as planned."
    return literal(text)


@shared
def _kpis_to_prove(project: str, value_case_id: str) -> tuple[KpiToProve, ...]:
    """The KPIs on which a value case could be proven, with what is known of each."""
    return proof_plans.kpis_to_prove(workspace(), project, value_case_id)


@shared
def _planned_proof(
    project: str, value_case_id: str, question: ProofQuestion, review_weeks: int
) -> ProofPlan:
    """The designs that could prove a value case on the KPI of a question."""
    kpis = {k.kpi_id: k for k in _kpis_to_prove(project, value_case_id)}
    return proof_plans.planned_proof(kpis[question.kpi_id], question, review_weeks)
