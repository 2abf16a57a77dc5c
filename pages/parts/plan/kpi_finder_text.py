"""What Find a KPI says at each step, made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.quantity import Dimension
from mlpm_core.quantity.written import in_form
from pages.parts.common.format import counted as how_many
from pages.parts.common.format import day, figure, inner, literal, percent, plain, written_unit

if TYPE_CHECKING:
    from mlpm_core.services.plan.kpi_finder import (
        BreakEvenView,
        CandidateView,
        KpiFinderView,
        LeastMove,
        MechanismView,
    )
    from mlpm_core.services.plan.proxies import BaselinePlan

_LONG_WEEKS = 26

_DIMENSIONS = {
    Dimension.REVENUE: "Contribution margin from changed sales, not gross sales",
    Dimension.COST_SAVING: "Only costs that really leave the books",
    Dimension.CYCLE_TIME: "Time that a case takes, on average over all cases",
    Dimension.PEOPLE_INTENSITY: "Staff hours per 1,000 cases, whether or not they save money",
    Dimension.CUSTOMER_EXPERIENCE: "Bad experiences per 1,000 cases",
}


def opening(view: KpiFinderView) -> str:
    """Whether the project has a KPI, and what this screen leads to."""
    n_counting, total = sum(k.counts for k in view.kpis), sum(view.n_candidates.values())
    title = f"**{literal(view.title)}**"
    if not n_counting:
        lacking = "no valid KPI any more" if view.kpis else "no KPI yet"
        lead = f"{title} has **{lacking}**. Five steps lead to one"
    else:
        lead = f"{title} has **{how_many(n_counting, 'KPI')}**. Five steps lead to another one"
    return (
        f"{lead}: choose from {total} KPIs that can be counted, see how long to count, and what "
        "must be true for the model to pay."
    )


def dimension(which: Dimension, view: KpiFinderView) -> str:
    """What the dimension counts, how many candidates it has, and how much it is wanted."""
    n_offered = how_many(view.n_candidates[which], "KPI")
    text = f"{in_form(_DIMENSIONS[which])}. {n_offered} to choose from."
    if view.weights is not None:
        points = plain(view.weights[which] * 100)
        text += f" The stakeholders give it {points} of 100 points."
    return literal(text)


def candidate(view: CandidateView) -> str:
    """What to count, where it is found, and for how long."""
    template = view.candidate
    unit = written_unit(view.unit)
    return (
        f"{literal(template.count)}  \n**Where to find it:** {literal(template.where)}.  \n"
        f"**Unit:** {literal(unit)}, {template.direction} is better.  \n"
        f"**Weeks to count:** {view.weeks}, for an average known to "
        f"±{literal(percent(template.within))}."
    )


def case(view: MechanismView) -> str:
    """What one case is, and a bad experience."""
    one_case = "" if view.case == "case" else f"One case is one {view.case}. "
    return literal(f"{one_case}A bad experience is {view.bad_experience}.")


def asks(view: MechanismView) -> str:
    """How much a mechanism asks."""
    n_metrics = sum(a.is_metric for a in view.asks)
    return (
        f"It needs {how_many(n_metrics, 'metric')} of the model and "
        f"{how_many(len(view.asks) - n_metrics, 'number')} of the business"
    )


def plan(view: BaselinePlan, chosen: CandidateView) -> str:
    """How many weeks to count, or what the weeks so far say."""
    exact = f"±{percent(view.within)}"
    so_far = view.measured
    span = f"from {day(view.first_on)} to {day(view.last_on)}"
    if so_far is None:
        spread = percent(chosen.candidate.spread)
        return (
            f"Count for **{how_many(view.weeks, 'week')}**, {span}. Weekly values usually vary by "
            f"{spread}; after that time their average is known to {exact}, 9 times in 10."
        )
    mean = literal(figure(so_far.mean, chosen.unit))
    text = f"**{how_many(so_far.weeks, 'week')}** so far: the average is **{mean}**"
    if so_far.within is not None:
        text += f", known to ±{percent(so_far.within)}"
    if not view.weeks_left:
        return f"{text}. That is enough for {exact}."
    return f"{text}. Count **{how_many(view.weeks_left, 'week')} more**, {span}, to reach {exact}."


def how_to_count(view: BaselinePlan) -> str:
    """How to go about it, and what the number of weeks rests on."""
    advice = "If past weeks are on file, count those now instead of waiting. "
    if view.weeks > _LONG_WEEKS:
        advice += "This is more than half a year: count past weeks, or accept a wider range. "
    return (
        f"{advice}Count at least five weeks, so that every weekday and a month's end are included. "
        "MLPM does not store the weekly values: keep the sheet, and paste its lines here each time."
    )


def proxy(chosen: CandidateView) -> str:
    """What saving it means."""
    if chosen.record is not None:
        return f":material/edit_note: {literal(chosen.sentence)}"
    return (
        ":material/edit_note: Nobody has agreed to it yet, so it is saved as a **provisional "
        "KPI**: it counts until its last day, and longer only if somebody agrees."
    )


def to_be_written(view: BaselinePlan, chosen: CandidateView) -> str:
    """Which baseline goes into the record."""
    if view.measured is not None:
        return literal(f"Baseline: {figure(view.measured.mean, chosen.unit)}. {counted(view)}")
    written = chosen.record.baseline if chosen.record else None
    if written is not None:
        return literal(f"Baseline: {figure(written, chosen.unit)}, as saved before.")
    return "There is no baseline yet: come back when the first weeks are counted."


def counted(view: BaselinePlan) -> str:
    """How a baseline was counted, for the definition of the KPI; empty without weeks."""
    if view.measured is None:
        return ""
    text = f"Baseline: average of {how_many(view.measured.weeks, 'week')}"
    if view.measured.within is None:
        return f"{text}."
    return f"{text}, known to ±{percent(view.measured.within)} 9 times in 10."


def rests_on(view: BreakEvenView) -> str:
    """What the break-even rests on."""
    if not view.assumed:
        return literal(f"All {view.n_asked} numbers come from the value case {view.case_title}.")
    n_given = view.n_asked - len(view.assumed)
    text = f"{len(view.assumed)} of {view.n_asked} numbers are typical values so far"
    if view.value_case_id:
        return literal(f"{text}; {n_given} come from the value case {view.case_title}.")
    return f"{text}, taken at their middle. Enter your own in a value case."


def least(move: LeastMove, chosen: CandidateView) -> str:
    """The break-even as a move of the KPI."""
    name = f"**{literal(chosen.candidate.name)}**"
    better, worse = ("rise", "fall") if chosen.candidate.direction == "higher" else ("fall", "rise")
    by = literal(figure(abs(move.least), chosen.unit))
    if move.least > 0:
        text = f"{name} must {better} by at least **{by}** for the model to pay"
    elif move.least < 0:
        text = f"{name} may even {worse} by **{by}**, and the model still pays"
    else:
        text = f"{name} must not get worse for the model to pay"
    taken = literal(figure(abs(move.taken), chosen.unit))
    verb = better if move.taken >= 0 else worse
    return (
        f"{text}, as far as {literal(inner(move.through))} decides it. With the numbers assumed it "
        f"would {verb} by {taken}."
    )
