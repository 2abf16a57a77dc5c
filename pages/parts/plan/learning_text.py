"""Sentences of what earlier work says of an estimate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pages.parts.common.format import counted, day, listed, number, percent, plain, significant

if TYPE_CHECKING:
    from mlpm_core.services.plan.learning import LearningView
    from mlpm_core.services.plan.past_projects import EstimatorLine

_EIGHT_IN_TEN = 1.2816
FEWEST_CLOSED = 3
FEWEST_ESTIMATES = 10
FEWEST_WEEKS = 8
REASONS = {
    "few_weeks": "The pace says nothing yet: {weeks} of work, and {least} are needed.",
    "nothing_done": "No task was finished in the last {weeks}, so the pace gives no end.",
    "nothing_left": "No open task is left, so there is nothing to forecast.",
}


def answer(view: LearningView) -> str:
    """What earlier work says, in one sentence."""
    if view.is_empty:
        return (
            "Nothing of earlier work is written down yet, so nobody can say how far estimates here "
            "are off. Start with closed projects, also those that were stopped: what they were "
            "estimated to take, and what they took."
        )
    return reference(view)


def reference(view: LearningView) -> str:
    """How far own estimates were off."""
    own = view.reference
    if not own.n_projects:
        return "No closed project is written down yet: nothing says how far estimates were off."
    low, high = (own.bias * math.exp(side * _EIGHT_IN_TEN * own.log_sd) for side in (-1, 1))
    stopped = f", {own.n_stopped} of them stopped" if own.n_stopped else ""
    return (
        f"The next project is expected to take {number(own.bias, 2)} times what people say at even "
        f"odds, and between {number(low, 2)} and {number(high, 2)} times 8 times in 10, by "
        f"{counted(own.n_projects, 'closed project')}{stopped}."
    )


def how_reference(view: LearningView) -> str:
    """How that figure was made."""
    own = view.reference
    stopped = (
        " A stopped project would have taken more than it did: it counts as at least that."
        if own.n_stopped
        else ""
    )
    return (
        "Person-days taken over person-days first estimated, of all closed projects here, with "
        f"MLPM's own assumption ({significant(1.25)} times, likely {significant(0.8)} to 2) "
        f"weighing as much as four projects.{stopped} These ratios hold what dirty or complex data "
        "did to those projects."
    )


def outside(view: LearningView) -> str:
    """What closed projects make of the raw estimate."""
    if view.raw_days is None:
        return "There is no estimate yet to hold against closed projects."
    raw = f"{number(view.raw_days)} person-days as first said"
    found = view.outside
    if found is None or found.p50 is None:
        n = counted(view.reference.n_projects, "closed project")
        return f"Seen from outside: {n} cannot say what {raw} become; {FEWEST_CLOSED} are needed."
    least = "at least " if found.is_at_least else ""
    text = f"Seen from outside, {raw} become {least}{number(found.p50)} at even odds"
    if found.p80 is not None:
        text += f" and {least}{number(found.p80)} to be safe (8 times in 10)"
    missing = "" if found.p95 is not None else " So few projects say nothing of the worst in 20."
    text += f", if it goes as closed projects went.{missing}"
    inside = view.inside.effort_p80
    return (
        text if inside is None else f"{text} The estimate itself holds {number(inside)} to be safe."
    )


def alarms(view: LearningView) -> list[str]:
    """What must be looked at of a project in progress."""
    found = []
    if view.alarm.budget_is_short:
        found.append(
            f"The budget of {view.currency} {plain(view.budget or 0)} is below the cost at even "
            f"odds, {view.currency} {plain(view.inside.cost_p50 or 0)}."
        )
    if view.alarm.has_drifted and view.alarm.rise is not None:
        found.append(
            f"The estimate to be safe is {percent(view.alarm.rise)} above the baseline, and was "
            "more than 15% above it the time before: agree on a new baseline or on less work."
        )
    return found


def warnings(view: LearningView) -> list[str]:
    """What earlier work holds against the estimate."""
    found = []
    if view.outside and view.outside.inside_is_low and view.outside.p50 is not None:
        found.append(
            f"The estimate holds {number(view.inside.effort_p80 or 0.0)} person-days to be safe, "
            f"and half of the closed projects would have taken more than "
            f"{number(view.outside.p50)}: look for what it leaves out."
        )
    if view.pace_disagrees:
        found.append(
            "The task numbers and the team's pace disagree: by the tasks it takes "
            f"{weeks(view.inside.weeks_p80)} to be safe, by the pace {weeks(view.pace.p80)}."
        )
    return found


def weeks(value: float | None) -> str:
    """A number of weeks in words.

    Examples
    --------
    >>> weeks(1.0), weeks(12.4), weeks(math.inf)
    ('1 week', '13 weeks', 'more than ten years')
    """
    if value is None or math.isinf(value):
        return "more than ten years"
    return counted(math.ceil(value - 1e-9), "week")


def pace(view: LearningView) -> str:
    """What the weeks of the team say of the end."""
    found = view.pace
    if found.reason is not None:
        return REASONS[found.reason].format(
            weeks=counted(found.n_weeks, "whole week"), least=FEWEST_WEEKS
        )
    grown = view.discovery.share if view.discovery else None
    more = f", and {percent(grown)} more that come on top as before," if grown else ""
    return (
        f"In the last {counted(found.n_weeks, 'week')} the team finished "
        f"{counted(found.n_done, 'task')}. At that pace the {plain(view.n_remaining)} that are "
        f"left{more} take {weeks(found.p50)} at even odds and {weeks(found.p80)} to be safe."
    )


def discovery(view: LearningView) -> str:
    """How much work came on top of the plan."""
    found = view.discovery
    if found is None:
        return "There is no baseline yet, so work found later cannot be told from the plan."
    since = f"Since the baseline of {day(view.baseline_on)}"
    tasks = counted(found.n_found, "task")
    if found.share is None:
        return f"{since} {tasks} came on top of a plan without tasks."
    text = f"{since} {tasks} came on top of {plain(found.n_planned)} ({percent(found.share)})"
    if found.per_week is None or found.low is None or found.high is None:
        return f"{text}."
    return (
        f"{text}: {percent(found.per_week)} of the plan a week, likely {percent(found.low)} to "
        f"{percent(found.high)}."
    )


def undated(view: LearningView) -> str:
    """That tasks are done of which nobody wrote down when."""
    n = counted(view.n_undated, "task")
    return f"{n} {'is' if view.n_undated == 1 else 'are'} done without a day, and not counted."


def estimators(view: LearningView) -> str:
    """What to do about the ranges of those who estimate."""
    if not view.estimators:
        return "No task with three numbers is done yet, so nobody's ranges could be held to it."
    ready = [x for x in view.estimators if x.calibration.is_enough]
    if not ready:
        return (
            f"Nobody has {FEWEST_ESTIMATES} closed tasks with three numbers yet: too few to say "
            "how well their ranges hold."
        )
    wider = [
        f"{number(x.calibration.widening, 2)} times for {x.name}"
        for x in ready
        if x.calibration.widening > 1
    ]
    if not wider:
        return "Ranges hold about 8 times in 10 or more: none is taken as wider."
    return (
        f"Some ranges held less than 8 times in 10. So that they hold as often as that, the "
        f"estimate takes both sides of them as wider: {listed(wider)}."
    )


def estimator(line: EstimatorLine) -> str:
    """What somebody's closed tasks say."""
    held = line.calibration
    if not held.is_enough:
        return f"too few to say ({FEWEST_ESTIMATES} needed)"
    if held.widening > 1:
        luck = ", or bad luck" if line.may_be_luck else ""
        return f"too narrow{luck}: taken as {number(held.widening, 2)} times as wide"
    return "ranges hold"
