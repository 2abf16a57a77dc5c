"""Sentences of the Estimate screen in tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mlpm_core.services.plan.snapshots import reserve
from pages.parts.common.format import (
    counted,
    day,
    listed,
    literal,
    number,
    percent,
    plain,
    significant,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.records import EstimateSnapshot
    from mlpm_core.services.plan.snapshots import SnapshotHistory
    from mlpm_core.services.plan.task_estimates import TaskEstimateView

CARDS: Final = {
    "P50": ("At even odds", "Half of such projects need less, half more (P50). Plan with it."),
    "P80": ("To be safe", "Eight projects in ten need no more (P80). Promise nothing below it."),
    "P95": ("With reserve", "Nineteen projects in twenty need no more (P95). Hold a reserve."),
}
FORMULA: Final = (
    "Person-days of a task = its three numbers (P10, P50, P90) × the optimism all tasks share × "
    "each factor of its kind that applies × models^0.7 × (1 + further cycles × cost of a further "
    "cycle). 20,000 projects are drawn; tasks wait for each other and for somebody who is free; "
    "risks happen or not. Medians are never added up."
)
WHOSE: Final = (
    "From S. Thompson, Managing Machine Learning Projects (Manning, 2023): what is asked, the "
    "doubles for complex data, big data and a complex platform, the double of an untried guess, "
    "and tasks of ten days. MLPM's own: every range, the other factors, which factor acts on which "
    "kind of task, the modelling loop, and the schedule."
)


def sentence(view: TaskEstimateView) -> str:
    """The estimate in one sentence, with the day it is done."""
    found = view.estimated
    if found is None:
        return ""
    if found.now.p_no_go == 1:
        return f"**By its tasks.** {literal(view.explanation)}"
    done = view.figures[1].finish_on
    promise = "may be promised for" if view.is_promisable else "is not before"
    return (
        f"**By its tasks.** {literal(view.explanation)} With that, the end {promise} "
        f"**{day(done)}** (8 times in 10)."
    )


def finished(view: TaskEstimateView) -> str:
    """What a project took of which every task is done, against its day and its budget."""
    found = view.estimated
    if found is None:
        return ""
    told, done_on = f"**By its tasks.** {literal(found.now.explanation)}", view.done_on
    if done_on is None:
        return f"{told} When the last was done is not known: nobody wrote down the day of each."
    parts = [f"{told} The last was done on **{day(done_on)}**"]
    if view.needed_by is not None:
        late = (done_on - view.needed_by).days
        verdict = "on the day it was needed" if not late else (
            f"{counted(abs(late), 'day')} {'after' if late > 0 else 'before'} it was needed"
        )  # fmt: skip
        parts.append(f", {verdict}")
    if view.calendar.starts_on < done_on:  # of work that began and ended on one day it says nothing
        parts.append(f", after {counted(view.calendar.days_until(done_on), 'working day')}")
    return f"{''.join(parts)}."


def closing(closed: Mapping[str, Any]) -> str:
    """What a finished project would say of later ones."""
    estimated, taken = closed["estimated_days"], closed["actual_days"]
    return (
        f"Later estimates learn from closed projects, and this one is not among them yet: its "
        f"tasks said {number(estimated)} person-days at even odds, and it took {number(taken)}, "
        f"{number(taken / estimated, 2)} times as many."
    )


def held_against(
    view: TaskEstimateView, baseline: EstimateSnapshot | None
) -> list[tuple[str, ...]]:
    """Of a finished project: what, how much in the end, and what the baseline had said of it."""
    if view.estimated is None:
        return []
    now = view.estimated.now
    days = [None, None] if baseline is None else [baseline.duration_p50, baseline.duration_p80]
    ends = [None if d is None else day(view.calendar.date_after(d)) for d in days]
    effort = [] if baseline is None else [baseline.effort_p50, baseline.effort_p80]
    cost = [] if baseline is None else [baseline.cost_p50, baseline.cost_p80]
    return [
        ("Done on", "not known" if view.done_on is None else day(view.done_on), _baseline(ends)),
        ("Person-days", plain(now.effort.p50), _baseline([_whole(e) for e in effort])),
        ("Cost", f"{view.currency} {plain(now.cost.p50)}", _baseline([_whole(c) for c in cost])),
    ]


def _whole(amount: float | None) -> str | None:
    return None if amount is None else plain(amount)


def _baseline(told: Sequence[str | None]) -> str:
    if len(told) != 2 or None in told:
        return "no baseline was kept"
    return f"baseline: {told[0]} at even odds, {told[1]} to be safe"


def by_date(view: TaskEstimateView, chosen: date) -> str:
    """How likely it is done by a day, and what would be done by then."""
    likely = percent(view.probability_by(chosen))
    fits = view.done_by(chosen)
    n = len(view.estimated.now.plan.tasks) if view.estimated else 0
    scope = f"{len(fits)} of {counted(n, 'task')} would each be done by then 8 times in 10"
    left_out = ""
    if view.estimated and view.estimated.now.p_no_go > 0:
        none = view.estimated.now.p_no_go
        left_out = (
            f" Counting the chance that no usable model comes out ({literal(percent(none))}), it "
            f"is {literal(percent(view.probability_by(chosen) * (1 - none)))}."
        )
    return (
        f"The chance to be done by {day(chosen)} is **{literal(likely)}**{_if_usable(view)}; "
        f"{scope}.{left_out}"
    )


def at_probability(view: TaskEstimateView, share: float) -> str:
    """The day, the days and the money that are enough with a probability."""
    return (
        f"With a chance of {literal(percent(share))}: done by **{day(view.finish_on(share))}**"
        f"{_if_usable(view)}."
    )


def _if_usable(view: TaskEstimateView) -> str:
    """What a chance of a day or a budget goes by; empty where a usable model is certain."""
    none = view.estimated.now.p_no_go if view.estimated else 0.0
    return " if a usable model comes out" if none > 0 else ""


def needed(view: TaskEstimateView) -> str:
    """How likely the project's own day and budget are met; empty where it has neither."""
    parts = []
    if view.p_date is not None and view.needed_by:
        parts.append(
            f"It is needed by {day(view.needed_by)}: the chance is {literal(percent(view.p_date))}"
            f"{_if_usable(view)}"
        )
    if view.p_budget is not None:
        chance = literal(percent(view.p_budget))
        parts.append(f"the budget is enough with a chance of {chance}{_if_usable(view)}")
    if view.p_value_above_cost is not None:
        chance = literal(percent(view.p_value_above_cost))
        counted_in = ", that none comes out counted in" if _if_usable(view) else ""
        parts.append(f"its value is above all its cost with a chance of {chance}{counted_in}")
    if not parts:
        return ""
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def waiting(view: TaskEstimateView) -> str:
    """How much of the time is waiting for others, and how long waits took; empty without any."""
    found = view.estimated.waiting if view.estimated else None
    if found is None:
        return ""
    parts = []
    waits = "wait" if found.n_ahead == 1 else f"{plain(found.n_ahead)} waits"
    if found.n_ahead and round(found.days) < 1:
        n = counted(found.n_ahead, "wait")
        parts.append(f"{n} still to come: beside other work, so that the end is not later.")
    elif found.n_ahead:
        parts.append(
            f"Without the {waits} still to come the end at even odds would be "
            f"**{counted(round(found.days), 'working day')}** sooner "
            f"({literal(percent(found.share))} of the time left): ask for access and approvals now."
        )
    if found.n_over:
        took = counted(round(found.taken_days), "working day")
        parts.append(
            f"Waits that are over ({plain(found.n_over)}) took {took}; at even odds they were to "
            f"take {plain(found.planned_days)}."
        )
    return " ".join(parts)


def waterfall(view: TaskEstimateView) -> str:
    """What the waterfall shows."""
    if view.estimated is None:
        return ""
    first, *later = view.estimated.planned.waterfall
    if not later:
        return ""
    largest = max(later, key=lambda step: step.change)
    most = ""
    if largest.change > 0:
        most = f" Most is added by “{largest.label}” (+{plain(largest.change)})."
    before = " As planned, before what was done so far is counted." if _is_updated(view) else ""
    return literal(
        f"The tasks' own numbers add up to {plain(first.p50)} person-days; the plan is "
        f"{plain(later[-1].p50)} at even odds.{most}{before}"
    )


def nothing_to_find_out(view: TaskEstimateView) -> str:
    """Why no question is listed: all are answered, or the open ones act on no task."""
    plan = view.estimated.planned.plan if view.estimated else None
    if plan and any(0 < answer.probability < 1 for _, answer in plan.causes):
        return "No open question acts on any of the tasks."
    return "Every question is answered."


def find_out_rests_on(view: TaskEstimateView) -> str:
    """What the days beside the questions are; they are those of the plan."""
    before = ", as planned, before what was done so far is counted" if _is_updated(view) else ""
    return f"Person-days that are enough 8 times in 10{before}."


def _is_updated(view: TaskEstimateView) -> bool:
    return bool(view.estimated and view.estimated.updated and view.stored.reached.is_begun)


def narrowed(history: SnapshotHistory) -> str:
    """Whether what is safe came nearer to even odds; empty before two snapshots say it."""
    said = [(s, r) for s in history.snapshots if (r := reserve(s)) is not None]
    if len(said) < 2:
        return ""
    (first, then), (last, now) = said[0], said[-1]
    verdict = "delivery has made it surer" if now < then else "it is no surer than it was"
    return literal(
        f"To be safe took {percent(then)} more work than even odds on {day(first.taken_on)}, and "
        f"{percent(now)} more on {day(last.taken_on)}: {verdict}."
    )


def learned(view: TaskEstimateView) -> tuple[str, ...]:
    """What finished tasks taught, a sentence each."""
    updated = view.estimated.updated if view.estimated else None
    if updated is None or updated.learned is None:
        return ()
    found = updated.learned
    sentences = []
    if found.tasks:
        n = counted(len(found.tasks), "finished task")
        sentences.append(
            f"{n} taught: such tasks take about {plain(found.bias_median, 2)} times their numbers "
            f"(taken before: {plain(found.prior.median, 2)})."
        )
    moved = [b for b in found.beliefs if abs(b.after - b.before) >= 0.02]
    if moved:
        said = [f"{b.label} {percent(b.before)} to {percent(b.after)}" for b in moved]
        sentences.append(f"How likely open factors apply now: {listed(said)}.")
    if found.is_surprising:
        sentences.append(
            "What the tasks took was next to impossible under their numbers: all ranges are taken "
            f"{significant(found.widened, 2)} times as wide. Look at the numbers again."
        )
    return tuple(literal(sentence) for sentence in sentences)
