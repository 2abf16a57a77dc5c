"""Words for the list of projects: what stands in its cells, and the sentences around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mlpm_core.quantity import Dimension
from mlpm_core.services.in_life.project_groups import GroupBy, Need, Order
from mlpm_core.services.in_life.project_list import STATES
from mlpm_core.services.ingest.registers import TYPICAL
from mlpm_core.services.plan.plan_summaries import QUICK
from pages.parts.common.format import (
    NOTHING,
    WORDS,
    counted,
    day,
    grade_in_words,
    inner,
    listed,
    literal,
    money,
    number,
    percent,
    plain,
    span,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.services.in_life.portfolio import Estimate, Health
    from mlpm_core.services.in_life.project_groups import ProjectGroup
    from mlpm_core.services.in_life.project_list import ProjectRow
    from mlpm_core.services.plan.plan_summaries import PlanSummary

NOBODY: Final = "nobody yet"
NO_MODEL: Final = "no model in use"
NO_CASE: Final = "no value case"
NOT_ESTIMATED: Final = "not estimated"
BEING_MADE: Final = "being estimated …"

STATE_WORDS: Final[Mapping[Health | None, str]] = WORDS | {None: f"○ {NO_MODEL}"}
ORDERS: Final = {
    Order.WORST: "Worst first",
    Order.VALUE: "Most value first",
    Order.DATE: "Least likely in time first",
    Order.BUDGET: "Least likely within budget first",
    Order.NAME: "By name",
}
GROUPS: Final = {
    GroupBy.OWNER: "Owner",
    GroupBy.DIMENSION: "What should get better",
    GroupBy.PHASE: "Phase",
}
NEEDS: Final = {
    Need.REVIEW: "A decision to review",
    Need.INCIDENT: "An open incident",
    Need.CASE: "No value case yet",
    Need.STEP: "A step that is missing",
}
STEPS: Final = {
    "models": "a model",
    "value_cases": "a value case",
    "quantities": "numbers for its value case",
    "kpis": "a KPI",
    TYPICAL: "own numbers in the place of typical ones",
    "metric_results": "monitoring results",
}
"""What a project lacks, by the kind of record it lacks."""


def health(row: ProjectRow) -> list[str]:
    """How the models of a project are: the worst first, and how many are so when there are more.

    A value case whose model is not in use yet has no health.
    """
    if not row.lines:
        return [f"○ {NO_CASE}"]
    found = [line.health.health for line in row.in_use]
    if len(found) < 2:
        return [STATE_WORDS[row.state]]
    return [f"{found.count(s)} {WORDS[s]}" for s in STATES if s is not None and s in found]


def value(row: ProjectRow) -> str:
    """The net benefit of a project a year, or why there is none."""
    if row.net is not None:
        return f"{row.record.currency} {number(row.net.mean)}"
    if row.has_stale:
        return "results too old"
    return NOTHING if not row.lines else "not available"


def likely(row: ProjectRow) -> tuple[str, ...]:
    """The range in which that lies 8 times in 10, and how sure it is; a plan is no evidence."""
    if row.net is None:
        return ()
    ends = span(row.net.p10, row.net.p90)
    return ends if ends == "exact" else f"likely {ends}", grade_in_words(row.grade, row.unchecked)


def in_time(row: ProjectRow, plan: PlanSummary | None) -> str:
    """The chance of being done by the day it is needed, or why there is none."""
    if plan is None:
        return BEING_MADE
    needed_by = row.record.needed_by_on
    if plan.problem is not None:
        return _no_figure(plan)
    if not plan.mode:
        return NOT_ESTIMATED if needed_by is None else f"{NOT_ESTIMATED}, by {day(needed_by)}"
    if needed_by is None:
        return "no date set"
    if plan.p_date is None:
        quick = "no tasks yet" if plan.mode == QUICK else "not available"
        return f"{quick}, by {day(needed_by)}"
    return f"{percent(plan.p_date)} by {day(needed_by)}"


def within_budget(row: ProjectRow, plan: PlanSummary | None) -> str:
    """The chance that the budget is enough, or why there is none."""
    if plan is None:
        return BEING_MADE
    budget = row.record.budget
    if plan.problem is not None:
        return _no_figure(plan)
    of = "" if budget is None else f"{row.record.currency} {number(budget)}"
    if not plan.mode:
        return f"{NOT_ESTIMATED}, {of}" if of else NOT_ESTIMATED
    if not of:
        return "no budget set"
    return "not available" if plan.p_budget is None else f"{percent(plan.p_budget)} within {of}"


def _no_figure(plan: PlanSummary) -> str:
    """Why an estimate has no figures, in short."""
    return "questions open" if plan.mode == QUICK else "not available"


def pays(plan: PlanSummary | None) -> str:
    """The chance that the value is above what it costs, with that of no usable model in it."""
    chance = plan.p_value_above_cost if plan else None
    return "" if chance is None else f"pays: {percent(chance)}"


def moved_date(plan: PlanSummary | None) -> str:
    """How the chance of the date moved since the last estimate that was kept; empty without one."""
    if plan is None or plan.before is None:
        return ""
    return _moved(plan.before.p_date, plan.p_date, plan.before.taken_on)


def moved_budget(plan: PlanSummary | None) -> str:
    """How the chance of the budget moved since the last estimate that was kept."""
    if plan is None or plan.before is None:
        return ""
    return _moved(plan.before.p_budget, plan.p_budget, plan.before.taken_on)


def _moved(was: float | None, now: float | None, since: date) -> str:
    """A change of a chance as an arrow with percentage points.

    Examples
    --------
    >>> from datetime import date
    >>> _moved(0.5, 0.62, date(2026, 6, 22)), _moved(0.5, 0.503, date(2026, 6, 22))
    ('▲ 12 points since 22 Jun 2026', '→ as on 22 Jun 2026')
    """
    if was is None or now is None:
        return ""
    points = round(abs(now - was) * 100)
    if not points:  # draws alone may make as much
        return f"→ as on {day(since)}"
    return f"{'▲' if now > was else '▼'} {counted(points, 'point')} since {day(since)}"


def missing(row: ProjectRow) -> str:
    """What a project lacks next; nothing when it has all, or is over."""
    step = row.facts.next_step
    return STEPS.get(step.kind, step.kind) if step else NOTHING


def owner(name: str) -> str:
    """Who answers for a project."""
    return name or NOBODY


def in_short(row: ProjectRow) -> str:
    """Who answers for a project, where it stands and what it lacks, in a line."""
    record = row.record
    needed = f"; needed by {day(record.needed_by_on)}" if record.needed_by_on else ""
    lacks = missing(row) if row.facts.next_step else "nothing"
    return (
        f"Owner: {literal(owner(record.owner))}. Phase: "
        f"{literal(inner(record.phase.label))}{needed}. Missing next: {literal(lacks)}."
    )


def group_title(group: ProjectGroup, by: GroupBy) -> str:
    """The name of a group."""
    match by:
        case GroupBy.OWNER:
            return owner(str(group.key))
        case GroupBy.DIMENSION:
            return listed([d.label for d in group.rows[0].facts.dimensions]) or "no KPI yet"
        case GroupBy.PHASE:
            return str(group.rows[0].record.phase.label)


def no_aim(every: ProjectGroup) -> str:
    """Which dimensions no KPI of any project is of; empty where each is somebody's."""
    aims = {dimension for row in every.rows for dimension in row.facts.dimensions}
    left = [inner(d.label) for d in Dimension if d not in aims]
    return f"Without a KPI of any project: {listed(left)}." if left else ""


def earns(nets: Mapping[str, Estimate]) -> str:
    """What models in life earn a year, by currency."""
    return "; ".join(f"{name} {number(net.mean)}" for name, net in nets.items()) or NOTHING


def earns_likely(nets: Mapping[str, Estimate]) -> str:
    """The ranges in which that lies 8 times in 10, by currency."""
    return "; ".join(span(net.p10, net.p90) for net in nets.values())


def overview(every: ProjectGroup) -> str:
    """How many projects there are, and what they wait for."""
    n_steps = sum(row.facts.next_step is not None for row in every.rows)
    parts = [
        f"**{counted(len(every.rows), 'project')}**",
        f"**{plain(every.n_without_case)}** without a value case",
        f"**{plain(every.n_reviews_due)}** "
        f"{'decision' if every.n_reviews_due == 1 else 'decisions'} to review",
        f"**{plain(every.n_incidents)}** open "
        f"{'incident' if every.n_incidents == 1 else 'incidents'}",
        f"**{plain(n_steps)}** with a step missing",
    ]
    return " · ".join(parts)


def shown(group: ProjectGroup, n_all: int) -> str:
    """How many of all projects a filter leaves, and what they earn."""
    n = len(group.rows)
    if not n:
        return f"None of {counted(n_all, 'project')} is like that. Take a filter away."
    some = f"{plain(n)} of {plain(n_all)} projects"
    text = f"**{counted(n_all, 'project') if n == n_all else some}**."
    if group.nets:
        sums = [
            f"**{literal(money(net.mean, currency))}**, {literal(spread(net.p10, net.p90))}"
            for currency, net in group.nets.items()
        ]
        live = next(row.grade for row in group.rows if row.counted)
        guessed = sum(row.unchecked is not None for row in group.rows if row.counted)
        text += f" Their live models earn {'; '.join(sums)}, {grade_in_words(live)}."
        if guessed:
            text += (
                f" Of these, {counted(guessed, 'project')} rest{'s' if guessed == 1 else ''} on "
                "typical values nobody has checked."
            )
    return text
