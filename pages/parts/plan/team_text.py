"""Sentences of who works on a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.records import TaskCategory
from pages.parts.common.format import counted, day, listed, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpm_core.services.plan.team import PersonLine, TeamView
    from mlpm_core.services.plan.year_in_use import SupportDemand, YearInUse

LEVELS = "0 not at all, 1 has seen it, 2 with help, 3 alone, 4 teaches it"
COVER = {
    "covered": "✓ covered",
    "one_person": "! one person",
    "uncovered": "✕ nobody alone",
    "not_needed": "no task",
}
SHAPES = {
    "t_shaped": "T-shaped: deep in one, useful in others",
    "deep": "deep, narrow",
    "broad": "broad, not deep",
    "growing": "growing",
}
GAPS = {
    "nobody": "Nobody leads the project in technical matters.",
    "not_a_modelling_role": "{name} leads the project, and plays no role that builds models.",
    "no_depth": "{name} leads the project without a level of 3 in any work on data or models.",
    "no_delivery": "{name} leads the project with a level below 2 in managing delivery.",
}


def label(category: str) -> str:
    """A category of work as people say it."""
    return TaskCategory(category).label


def labels(categories: Iterable[str]) -> str:
    """Categories of work in a row; only the first begins with a capital."""
    return listed([label(c).lower() for c in categories])


def answer(view: TeamView) -> str:
    """Whether the team can do the work, in one sentence or two."""
    if not view.people:
        if not view.n_open_tasks:
            return "No task is open and nobody is named: add tasks first, then who does them."
        return (
            f"Nobody is named who does the {counted(view.n_open_tasks, 'open task')}: add the "
            "people, with what they can do and how much of their time the project has."
        )
    n = counted(len(view.people), "person", "people")
    if not any(row.cover != "not_needed" for row in view.cover):
        return f"{n} and no open task: what the team covers shows once there are tasks."
    if not view.uncovered and not view.on_one_person:
        return f"{n} cover all work there is, each category by two or more."
    parts = []
    if view.uncovered:
        parts.append(f"nobody does {labels(r.category for r in view.uncovered)} alone")
    if view.on_one_person:
        hang = "hang on one person each" if len(view.on_one_person) > 1 else "hangs on one person"
        parts.append(f"{labels(r.category for r in view.on_one_person)} {hang}")
    return f"{n}: {'; '.join(parts)}."


def warnings(view: TeamView) -> list[str]:
    """What must be looked at, the most pressing first."""
    found = []
    if view.people:
        found += [GAPS[gap].format(name=name) for name, gap in view.lead_gaps]
        found += [overbooked(line) for line in view.people if line.is_overbooked]
    if view.unstaffed:
        found.append(f"Tasks ask for roles that nobody plays: {listed(view.unstaffed)}.")
    if view.handovers is None:
        found.append("Tasks wait for each other in a circle: no chain can be followed.")
    if (year := view.in_use.year) and year.short_days:
        found.append(lacks_in_use(year))
    if view.n_open_tasks and not view.in_life.n_tasks and year is None:
        found.append(
            "No task and no support plan looks after the model once it is in use: add either, or "
            "say who does it."
        )
    return found


def overbooked(line: PersonLine) -> str:
    """That somebody is promised to projects beyond their time."""
    return (
        f"{line.person.name} is promised to projects with {percent(line.everywhere)} of their time."
    )


def capacity(view: TeamView) -> str:
    """Whether the days of each role are enough."""
    if view.until is None:
        return (
            "Nothing says by when the work must be done: with an estimate in tasks, or a day the "
            "project is needed by, days of people are held against it."
        )
    if not view.loads:
        return (
            "The work is not estimated by role yet: each task needs its three numbers and a role."
        )
    source = "heads of roles" if view.is_from_heads else "people"
    until = f"until {day(view.until)}"
    if not view.short:
        return f"The {source} have the days that the work asks to be safe, {until}."
    lacks = [
        f"{x.role} {number(x.short_days, 2)} of {number(x.demand_days, 2)} person-days"
        for x in view.short
    ]
    return f"To be safe (8 times in 10) the work lacks, {until}: {listed(lacks)}."


def in_life(view: TeamView) -> str:
    """What looking after the model adds."""
    after = view.in_life
    if not after.n_tasks:
        return "No task after go-live is in the plan."
    tasks = counted(after.n_tasks, "task")
    if after.p50_days is None or after.p90_days is None:
        return f"After go-live: {tasks} of monitoring and support, without days yet."
    roles = f" of {listed(after.roles)}" if after.roles else ""
    counted_in = " They are part of what the work asks." if view.loads else ""
    return (
        f"After go-live: {tasks} of monitoring and support, {number(after.p50_days, 2)} to "
        f"{number(after.p90_days, 2)} person-days{roles}.{counted_in}"
    )


def lacks_in_use(year: YearInUse) -> str:
    """That nobody has the days to look after the models."""
    return (
        f"In the year from {day(year.first)} looking after the models lacks "
        f"{number(year.short_days, 2)} person-days of {listed(year.roles)}."
    )


def in_use(demand: SupportDemand) -> str:
    """What a year of looking after the models asks, and whether somebody has the days."""
    year = demand.year
    if year is None:
        reason = demand.problem or (
            "a support plan (screen Support) says what incidents and planned work take."
        )
        return f"What a year in use asks of the team is not available: {reason}"
    asked = (
        f"Looking after {counted(year.n_models, 'model')} asks {number(year.hours.p50, 2)} hours a "
        f"year at even odds and {number(year.hours.p80, 2)} to be safe, that is "
        f"{number(year.asked_days, 2)} person-days of 8 hours (support plan {year.plan_id})."
    )
    return f"{asked} {_who_has_the_days(year)}"


def _who_has_the_days(year: YearInUse) -> str:
    if year.contracts:
        return (
            f"A contract with {listed(year.contracts)} looks after all of them throughout the "
            "year: as far as its clauses go, none of these days is asked of the team."
        )
    if year.first is None or year.last is None:
        return "Nothing says when they go live, so no year can be held against it."
    if not year.roles or year.capacity_days is None:
        return (
            "Nobody is named who would do it: give somebody a level of 3 in support, or a task "
            "after go-live its role."
        )
    begins = "from today" if year.is_in_use else "from the day the work should be done"
    work = ""
    if year.work_days:
        work = (
            f", beside {number(year.work_days, 2)} that the work still asks of them (tasks after "
            "go-live are part of it: what stands in both is counted twice)"
        )
    there = (
        f"In the year {begins} ({day(year.first)} to {day(year.last)}) {listed(year.roles)} have "
        f"{number(year.capacity_days, 2)} person-days for it{work}"
    )
    verdict = f"{number(year.short_days, 2)} lack" if year.short_days else "enough"
    return f"{there}: {verdict}. Their share of time is taken to stay as it is."


def handovers(view: TeamView) -> str:
    """How often work changes hands."""
    found = view.handovers
    if found is None or not found.n_links:
        return "No two tasks that follow each other have somebody yet: handovers cannot be counted."
    who = "people" if view.is_by_owner else "roles (no task has an owner yet)"
    text = (
        f"Work changes hands between {who} at {found.n_handovers} of "
        f"{counted(found.n_links, 'link')} between tasks"
    )
    if found.chain_handovers:
        text += f"; most in the chain {' → '.join(found.chain)} ({found.chain_handovers})"
    missing = f" {counted(found.n_unknown, 'link')} have nobody." if found.n_unknown else ""
    return f"{text}.{missing}"


def learning(view: TeamView) -> list[str]:
    """Who could learn from whom, and who needs a course."""
    found = [
        f"{x.learner} (level {x.level}) could do {labels([x.category])} with {x.teacher} (level "
        f"{x.level + 1})."
        for x in view.pairings
    ]
    found += [
        f"{name} wants to learn {labels([category])}, and nobody here is one level above: a course."
        for name, category in view.unmet
    ]
    return found
