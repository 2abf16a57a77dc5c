"""An estimate on one page, for people who do not estimate: to print, or to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.planning import days_in_words, money_in_words, rounded_days
from mlpm_core.planning.found_answers import in_words
from mlpm_core.quantity import in_percent
from mlpm_core.quantity.words import day_in_words
from mlpm_core.quantity.written import fig
from mlpm_core.reports import Bar, OnePage, one_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.planning.found_answers import FoundAnswer
    from mlpm_core.services.plan.estimates import EstimateView
    from mlpm_core.services.plan.task_estimates import TaskEstimateView
    from mlpm_core.services.session.workspace import Workspace

_CASES = (("p50", "to plan with", "5 times in 10"), ("p80", "to be safe", "8 times in 10"),
          ("p95", "with reserve", "19 times in 20"))  # fmt: skip
_SAFE = 0.8
_BOOK = (
    "The doubles for complex data, big data and a complex platform, and that a first guess is "
    "doubled, are from S. Thompson, Managing Machine Learning Projects (Manning, 2023). All other "
    "figures and every range are MLPM's own."
)
_EXCLUDED = (
    "Not in it: running and supporting the model after it is in use, and work that nobody has "
    "named yet."
)


def page_of_tasks(workspace: Workspace, view: TaskEstimateView) -> str:
    """The estimate in tasks on one page, as HTML.

    Raises
    ------
    NotEnoughDataError
        When there is no estimate.
    """
    finish = {name: view.finish_on(int(name[1:]) / 100) for name, _, _ in _CASES}
    found = view.estimated
    if found is None:  # finish_on says why
        return ""
    now, plan = found.now, found.now.plan
    rows = [("", "Enough", "Person-days", "Done by", "Cost")]
    for name, use, odds in _CASES:
        is_up = name != "p50"
        rows.append(
            (
                f"{name.upper()}, {use}",
                odds,
                f"{fig(rounded_days(getattr(now.effort, name), up=is_up)):,}",
                day_in_words(finish[name]),
                money_in_words(getattr(now.cost, name), plan.currency, up=is_up),
            )
        )
    planned = found.planned
    notes = [
        f"{len(plan.tasks)} tasks, each with three numbers; all share one optimism of "
        f"{fig(plan.bias.median):g} times and the factors that apply.",
        f"Work starts on {day_in_words(view.calendar.starts_on)}; weekends and holidays of "
        "everybody are left out.",
        _EXCLUDED,
        _BOOK,
    ]
    notes[2:2] = view.notes
    notes[1:1] = _found(view.stored.found)
    if now.is_held_back:
        notes.insert(1, "Factors answered before a task was estimated are taken to be in it.")
    learned = found.updated.learned if found.updated else None
    if learned and learned.tasks:
        notes.insert(
            1,
            f"By the tasks that are finished, work takes about {fig(learned.bias_median):.2f} "
            f"times its numbers, factors aside (taken before: {fig(learned.prior.median):.2f}).",
        )
    return one_page(
        OnePage(
            title=f"Estimate: {workspace.project(view.project).title}",
            lead=view.explanation,
            warnings=view.refusals,
            figures=tuple(rows),
            chances=_chances(view),
            bars=tuple(
                Bar(s.label, s.p50 - s.change if i else 0.0, s.p50, f"{s.p50:.0f}")
                for i, s in enumerate(planned.waterfall)
            ),
            bars_title="From the own numbers to the plan (person-days at even odds)",
            drivers=tuple(d.label for d in now.drivers if d.correlation > 0)[:3],
            find_out=tuple(unknown.sentence for unknown in planned.unknowns[:3]),
            notes=tuple(notes),
            made=_made(workspace, view.project, f"Plan {found.digest[:12]}."),
        )
    )


def page_of_guess(workspace: Workspace, project: str, view: EstimateView) -> str:
    """The quick estimate on one page, as HTML; it may be one that is only tried."""
    estimate = view.estimate
    rows = [("", "Enough", "Person-days", "Cost")]
    rows += [
        (f"{f.name}, {use}", odds, f.days_text, f.cost_text)
        for (name, use, odds) in _CASES
        for f in view.figures
        if f.name.lower() == name
    ]
    rule = estimate.twenty_day_rule
    drivers = [f"{d.label}: {in_percent(d.share)} of the spread" for d in estimate.drivers[:3]]
    return one_page(
        OnePage(
            title=f"Estimate: {workspace.project(project).title}",
            lead=estimate.explanation,
            warnings=(rule.sentence,) if rule.fires else (),
            figures=tuple(rows) if len(rows) > 1 else (),
            chances=_chances_of_guess(view, workspace.project(project).budget),
            bars=tuple(
                Bar(s.label, s.p50 - s.change if i else 0.0, s.p50, f"{s.p50:.0f}")
                for i, s in enumerate(estimate.waterfall)
            )
            if view.figures
            else (),
            bars_title="From the own guess to the plan (person-days at even odds)",
            drivers=tuple(drivers) if view.figures else (),
            find_out=tuple(
                u.sentence if view.figures else u.question for u in estimate.unknowns[:3]
            ),
            notes=(
                f"One engineer's guess of the whole work: "
                f"{days_in_words(estimate.inputs.raw_days)}"
                + (f", by {view.record.made_by}." if view.record.made_by else "."),
                *([view.record.note] if view.record.note else []),
                *_found(view.found),
                _EXCLUDED,
                _BOOK,
            ),
            made=_made(workspace, project, ""),
        )
    )


def _found(answers: Sequence[FoundAnswer]) -> list[str]:
    """Which answers are those of findings, in one line."""
    said = ", ".join(f"{a.label} ({in_words(a.probability)})" for a in answers)
    return [f"Answered by findings of the Brief: {said}."] if said else []


def _chances(view: TaskEstimateView) -> tuple[str, ...]:
    chances: list[str] = []
    if view.p_date is not None and view.needed_by:
        likely = in_percent(view.p_date, in_words=True)
        chances.append(f"Done by {day_in_words(view.needed_by)}, the day it is needed: {likely}.")
        if view.p_date < _SAFE:
            chances.append(_scope(view.done_by(view.needed_by), view))
    is_open = bool(view.estimated and view.estimated.now.p_no_go > 0)
    return (*chances, *_of_money(view.p_budget, view.p_value_above_cost, is_open=is_open))


def _chances_of_guess(view: EstimateView, budget: float | None) -> tuple[str, ...]:
    if not view.figures:
        return ()
    enough = None if budget is None else view.estimate.probability_within_cost(budget)
    gain = view.pays_back.probability_of_gain if view.pays_back else None
    return _of_money(enough, gain, is_open=view.estimate.p_no_go > 0)


def _of_money(p_budget: float | None, p_value: float | None, *, is_open: bool) -> tuple[str, ...]:
    above = "Its value is above all its cost"
    if is_open:
        above += ", the chance of no usable model counted in"
    said = (("The budget is enough", p_budget), (above, p_value))
    return tuple(f"{what}: {in_percent(p, in_words=True)}." for what, p in said if p is not None)


def _scope(fits: Sequence[str], view: TaskEstimateView) -> str:
    n = len(view.estimated.now.plan.tasks) if view.estimated else 0
    return f"By that day {len(fits)} of {n} tasks are each done with a chance of 80% or more."


def _made(workspace: Workspace, project: str, what: str) -> str:
    today = workspace.today(project)
    what = f" {what}" if what else ""
    return (
        f"Made with MLPM on {day_in_words(today)}.{what} Days are rounded to 5, below 10 to 1, and "
        "what is to be safe or held in reserve is rounded up. Percentages are those of a project "
        "that gets a usable model, unless they say otherwise."
    )
