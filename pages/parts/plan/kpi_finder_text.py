"""What Find a KPI says at each step, made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.quantity import Dimension
from pages.parts.common.format import counted as how_many
from pages.parts.common.format import day, figure, inner, literal, percent, written_unit

if TYPE_CHECKING:
    from mlpm_core.services.plan.kpi_finder import (
        BreakEvenView,
        CandidateView,
        GuideView,
        LeastMove,
        MechanismView,
    )
    from mlpm_core.services.plan.proxies import BaselinePlan

_LONG_WEEKS = 26

_DIMENSIONS = {
    Dimension.REVENUE: "Contribution margin from changed sales, not gross sales",
    Dimension.COST_SAVING: "Only what really leaves the books",
    Dimension.CYCLE_TIME: "Time a case takes, mean over all cases",
    Dimension.PEOPLE_INTENSITY: "Human hours per 1,000 cases, whether or not they leave the books",
    Dimension.CUSTOMER_EXPERIENCE: "Bad experiences per 1,000 cases",
}


def opening(view: GuideView) -> str:
    """Whether the project has a KPI, and what this screen leads to."""
    n_counting, total = sum(k.counts for k in view.kpis), sum(view.n_candidates.values())
    title = f"**{literal(view.title)}**"
    if not n_counting:
        expired = " any more" if view.kpis else ""
        told = f"{title} has **no KPI that counts**{expired}. Five steps lead to one"
    else:
        told = f"{title} has **{how_many(n_counting, 'KPI')}**. Five steps lead to a further one"
    told += f": {total} candidates say what can be counted, and how long"
    return f"{told}. What must be true for the model to pay stands in until it is known."


def dimension(which: Dimension, view: GuideView) -> str:
    """What the dimension counts, how many candidates it has, and how much it is wanted."""
    told = f"{_DIMENSIONS[which]}. {how_many(view.n_candidates[which], 'candidate')}."
    if view.weights is not None:
        points = f"{view.weights[which] * 100:.0f}"
        told += f" The stakeholders give it {points} of 100 points."
    return literal(told)


def candidate(view: CandidateView) -> str:
    """What to count, where it is found, and for how long."""
    found = view.candidate
    unit = written_unit(view.unit)
    return (
        f"{literal(found.count)}  \n**Where:** {literal(found.where)}.  \n"
        f"**Unit:** {literal(unit)}, {found.direction} is better.  \n"
        f"**Weeks:** {view.weeks} for a mean known to ±{literal(percent(found.within))}."
    )


def case(view: MechanismView) -> str:
    """What one case is, and a bad experience."""
    told = "" if view.case == "case" else f"One case is one {view.case}. "
    return literal(f"{told}A bad experience is {view.bad_experience}.")


def asks(view: MechanismView) -> str:
    """How much a mechanism asks."""
    n_metrics = sum(a.is_metric for a in view.asks)
    return (
        f"It asks {how_many(n_metrics, 'metric')} of the model and "
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
            f"Count for **{how_many(view.weeks, 'week')}**, {span}: weekly values usually scatter "
            f"by {spread}, and then their mean is known to {exact}, nine times in ten."
        )
    mean = literal(figure(so_far.mean, chosen.unit))
    told = f"**{how_many(so_far.weeks, 'week')}** so far: mean **{mean}**"
    if so_far.within is not None:
        told += f", known to ±{percent(so_far.within)}"
    if not view.weeks_left:
        return f"{told}. That is enough for {exact}."
    return f"{told}. **{how_many(view.weeks_left, 'week')} more**, {span}, make it {exact}."


def how_to_count(view: BaselinePlan) -> str:
    """How to go about it, and what the number of weeks rests on."""
    told = "Where past weeks are on file, count those now instead of waiting. "
    if view.weeks > _LONG_WEEKS:
        told += "More than half a year: count past weeks, or be content with a wider range. "
    return (
        f"{told}Never fewer than five weeks, so that every weekday and a month's end is in them; "
        "weeks are taken as independent of each other. Weekly values have no register of their "
        "own yet: keep the sheet, and put its lines in here."
    )


def proxy(chosen: CandidateView) -> str:
    """What writing it down means."""
    if chosen.record is not None:
        return f":material/edit_note: {literal(chosen.told)}"
    return (
        ":material/edit_note: Nobody has agreed to it yet, so it is a **proxy**: it counts until "
        "its last day, and longer only if somebody agrees."
    )


def to_be_written(view: BaselinePlan, chosen: CandidateView) -> str:
    """Which baseline goes into the record."""
    if view.measured is not None:
        return literal(f"Baseline: {figure(view.measured.mean, chosen.unit)}. {counted(view)}")
    written = chosen.record.baseline if chosen.record else None
    if written is not None:
        return literal(f"Baseline: {figure(written, chosen.unit)}, as written before.")
    return "Baseline: none yet; come back with the first weeks."


def counted(view: BaselinePlan) -> str:
    """How a baseline was counted, for the definition of the KPI; empty without weeks."""
    if view.measured is None:
        return ""
    told = f"Baseline: mean of {how_many(view.measured.weeks, 'week')}"
    if view.measured.within is None:
        return f"{told}."
    return f"{told}, known to ±{percent(view.measured.within)} nine times in ten."


def rests_on(view: BreakEvenView) -> str:
    """What the break-even rests on."""
    if not view.assumed:
        return literal(f"All {view.n_asked} numbers come from the value case {view.case_title}.")
    n_given = view.n_asked - len(view.assumed)
    told = f"{len(view.assumed)} of {view.n_asked} numbers are only what is typical so far"
    if view.value_case_id:
        return literal(f"{told}; {n_given} come from the value case {view.case_title}.")
    return f"{told}, taken at their middle. The value case asks for yours."


def least(move: LeastMove, chosen: CandidateView) -> str:
    """The break-even as a move of the KPI."""
    name = f"**{literal(chosen.candidate.name)}**"
    better, worse = ("rise", "fall") if chosen.candidate.direction == "higher" else ("fall", "rise")
    by = literal(figure(abs(move.least), chosen.unit))
    if move.least > 0:
        told = f"{name} must {better} by at least **{by}** for the model to pay"
    elif move.least < 0:
        told = f"{name} may even {worse} by **{by}**, and the model still pays"
    else:
        told = f"{name} must not get worse for the model to pay"
    taken = literal(figure(abs(move.taken), chosen.unit))
    verb = better if move.taken >= 0 else worse
    return (
        f"{told}, as far as {literal(inner(move.through))} decides it; with the numbers taken it "
        f"would {verb} by {taken}."
    )
