"""What the Evaluate screens say, made from their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.records import METRICS
from mlpm_core.services.evaluate.candidates import NONE
from mlpm_core.services.evaluate.decisions import DecisionState
from mlpm_core.services.ingest.recorded_decisions import Origin
from pages.parts.common.format import (
    clock,
    counted,
    day,
    listed,
    literal,
    money,
    number,
    option_name,
    percent,
    plain,
    spread,
)

if TYPE_CHECKING:
    from datetime import datetime

    from mlpm_core.services.evaluate.decisions import DecisionView
    from mlpm_core.services.evaluate.funnel import Funnel
    from mlpm_core.services.evaluate.views import LeaderboardView, MetricView, Option

_MOST_NAMED = 5
MOST_DRAWN = 12
"""How many options a chart shows; tables show all of them."""


def metric_label(name: str) -> str:
    """A metric as people write it."""
    return METRICS[name].label if name in METRICS else name


def lead(view: LeaderboardView) -> str:
    """Which candidate is worth most, how sure that is, and which score says otherwise."""
    title = literal(view.title)
    if view.problem is not None:
        return f"The candidates of **{title}** cannot be valued yet. {literal(view.problem)}"
    n = len(view.options) - 1
    if not n:
        return (
            f"None of the {counted(len(view.unvalued), 'candidate')} of **{title}** can be valued; "
            "the reasons are below."
        )
    best = view.best
    against = literal(view.against)
    if best.name == NONE:
        text = f"No candidate of **{title}** is worth adopting: **{literal(view.options[1].name)}**"
        net = view.options[1].net
        text += (
            f" comes nearest with **{_net(view.options[1], view)}**, "
            f"{literal(spread(net.p10, net.p90))}, compared with {against}."
        )
        return text
    text = (
        f"**{literal(best.name)}** is worth most: **{_net(best, view)}**, "
        f"{literal(spread(best.net.p10, best.net.p90))}, compared with {against}. "
        f"The chance that it is the best of the {plain(n + 1)} options is {percent(best.p_best)}."
    )
    return text + _as_measured(view) + _score_says_otherwise(view)


def funnel(found: Funnel) -> str:
    """How far the candidates came, from measured to in use."""
    steps = (
        (found.valued, "with a value"),
        (found.undominated, "not worse in every respect than another"),
        (found.chosen, "chosen by a decision in force"),
        (found.deployed, "put to use"),
    )
    far = ", ".join(f"{plain(n)} {words}" for n, words in steps)
    return f"{counted(found.measured, 'candidate')} measured: {far}."


def _as_measured(view: LeaderboardView) -> str:
    """What the best one looks like before the luck of the best of many is taken off."""
    best = view.best
    if not view.is_corrected or best.measured is None:
        return ""
    uncorrected = literal(money(best.measured.mean, view.currency))
    return (
        f" As measured it looks like {uncorrected}, but part of that is luck with its test cases "
        "and is left out here."
    )


def _score_says_otherwise(view: LeaderboardView) -> str:
    """The candidate with a better score that carries no value, and what it is worth less."""
    best = view.best
    own = {m.name: m for m in best.metrics if not m.feeds_value}
    for option in view.options[1:]:
        for metric in option.metrics:
            if metric.name in own and _is_better(metric, own[metric.name]):
                less = literal(money(best.net.mean - option.net.mean, view.currency))
                return (
                    f" {literal(option.name)} has the better "
                    f"{literal(metric_label(metric.name))} ({literal(number(metric.value))} "
                    f"against {literal(number(own[metric.name].value))}), but is worth "
                    f"**{less}** less."
                )
    return ""


def _is_better(one: MetricView, other: MetricView) -> bool:
    better = METRICS[one.name].better if one.name in METRICS else ""
    return {"higher": one.value > other.value, "lower": one.value < other.value}.get(better, False)


def _net(option: Option, view: LeaderboardView) -> str:
    return literal(money(option.net.mean, view.currency))


def chart(view: LeaderboardView) -> str:
    """What the chart of intervals shows."""
    nets = "; ".join(
        f"{literal(option_name(o.name))} {literal(money(o.net.mean, view.currency))}"
        for o in view.options[:_MOST_NAMED]
    )
    n = len(view.options)
    more = f" Only the best of {plain(n)} are drawn; the table below has all of them."
    return (
        f"Net benefit compared with {literal(view.against)}: {nets}. The dot is the average, the "
        f"bar holds the true value 8 times in 10.{more if n > MOST_DRAWN else ''}"
    )


def board(view: LeaderboardView) -> str:
    """What to keep in mind about the table; empty when there is nothing."""
    return literal(view.caveat or "")


def rests_on(view: LeaderboardView) -> str:
    """What all options share."""
    sets = ", ".join(filter(None, view.test_sets))
    measured = f" They were measured on {sets}." if sets else ""
    return literal(
        "All options use the same numbers of the value case and what was measured of each "
        f"candidate.{measured}"
    )


def computed(view: LeaderboardView) -> str:
    """How the uncertainty of the options was computed, for a tooltip."""
    return (
        f"Every value is computed {plain(view.draws)} times, each time with other possible numbers "
        f"(Sobol draws, seed {view.seed}). All options meet the same numbers, so they can be "
        "compared fairly."
    )


def proof(decision: DecisionView) -> str:
    """How a decision is to be proven, as it was planned."""
    if not decision.proof_by:
        return "No proof was planned with it."
    held_out = decision.proof_held_out
    share = f" ({percent(held_out)} held out)" if held_out else ""
    weeks = (
        f"{counted(decision.proof_weeks, 'week')} to a verdict"
        if decision.proof_weeks
        else ("no verdict within five years")
    )
    chance = (
        ""
        if decision.proof_chance is None
        else (f", {percent(decision.proof_chance)} by the review")
    )
    return literal(
        f"To be proven by {decision.proof_by.value}{share} on {decision.proof_kpi_id}: "
        f"{weeks}{chance}."
    )


def decided(decision: DecisionView) -> str:
    """What was decided, when, by whom and why."""
    return (
        f"**{literal(option_name(decision.chosen))}** for {literal(decision.case_title)}, by "
        f"{literal(decision.decided_by)} on {day(decision.decided_on)}. {literal(decision.why)}"
    )


def review(decision: DecisionView) -> str:
    """When to look at it again."""
    if decision.review_on is None:
        return "no review date"
    if decision.state is not DecisionState.IN_FORCE:
        return "review closed"
    return f"review {'was due' if decision.is_review_due else 'on'} {day(decision.review_on)}"


def came_in(decision: DecisionView) -> str:
    """Who recorded it, when by the clock, and what became of it since."""
    by = f"by {literal(decision.recorded_by)}, {literal(decision.batch)}"
    if decision.origin is Origin.IMPORTED:
        text = (
            f"Imported on {_moment(decision.recorded_at)} {by}. The options that it chose from are "
            "not known."
        )
    else:
        text = f"Recorded on {_moment(decision.recorded_at)} {by}, with its options as they were."
    if decision.withdrawn_at is not None:
        text += (
            f" Withdrawn on {_moment(decision.withdrawn_at)} by "
            f"{literal(decision.withdrawn_by)}, {literal(decision.withdrawn_in)}."
        )
    return text


def also_said(decision: DecisionView) -> str:
    """Conditions, dissent and who was there, a line each; empty without any."""
    texts = {
        "Conditions": decision.conditions,
        "Dissent": decision.dissent,
        "Also present": decision.attendees,
        "In use as": f"{decision.model_id} {decision.model_version}",
    }
    lines = [f"{label}: {literal(text)}" for label, text in texts.items() if text.strip()]
    return "  \n".join(lines)


def deployed(model: str, version: str) -> str:
    """What is in use, as a choice names it."""
    return f"{model} {version}" if version else f"{model}, any version" if model else "its own name"


def in_use(view: LeaderboardView) -> str:
    """That no candidate is called as what is in use, so that somebody must say which one it is."""
    models = listed([deployed(*version) for version in view.deployed])
    return (
        f"In use for this value case: {models}. No candidate has one of these names. If the chosen "
        "candidate is already in use, choose its name there under “In use as”."
    )


def _moment(at: datetime) -> str:
    return f"{day(at)} at {clock(at)} UTC"
