"""The sentences that open a screen or stand under a picture, made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.parts.figures import day, literal, money, number, percent, spread

if TYPE_CHECKING:
    import pandas as pd

    from mlpm_core.records import Metric
    from mlpm_core.services.portfolio import Line, Portfolio, ProjectView
    from mlpm_core.services.valuation import CaseValue, RatePoint

__all__ = ["dots", "health", "metric", "portfolio", "problem", "rates", "value_case"]


def portfolio(shown: Portfolio) -> str:
    """What all models earn now against what was planned, and which one needs somebody."""
    lines = shown.lines
    in_life = [x for x in lines if x.is_in_life]
    if not in_life:
        n = len(lines)
        return (
            f"{n} value case{'s' if n != 1 else ''} planned, none has monitoring results yet: "
            "upload a file of results to see what its model is really worth."
        )
    parts = []
    for currency in sorted({x.case.currency for x in in_life}):
        mine = [x for x in in_life if x.case.currency == currency]
        now = sum(x.case.current.net.mean for x in mine if x.case.current)
        planned = sum(x.case.planned.net.mean for x in mine if x.case.planned)
        parts.append(f"**{literal(money(now, currency))}** of {literal(money(planned, currency))}")
    sick = [x for x in in_life if x.health.health in ("sick", "watch")]
    unknown = [x for x in in_life if x.health.health == "unknown"]
    n = len(in_life)
    text = f"{n} model{'s' if n != 1 else ''} in life deliver {' and '.join(parts)} planned. "
    if n == 1:
        text = text.replace("deliver ", "delivers ")
    if sick:
        worst = max(sick, key=lambda x: x.gap or 0.0)
        text += f"{literal(worst.case.title)} needs somebody first: {literal(worst.health.reason)}"
    elif unknown:
        text += f"{literal(unknown[0].case.title)}: {literal(unknown[0].health.reason)}"
    else:
        text += "None of them needs anybody today."
    return text


def health(line: Line, view: ProjectView) -> str:
    """Is the model still worth what was planned?"""
    title = literal(line.case.title)
    if line.current_rate is None:
        return f"**{title}** has no value yet. {literal(line.health.reason)}"
    rate = literal(money(line.current_rate, line.case.currency, "week"))
    text = f"**{title}** is worth **{rate}** now"
    if line.planned_rate is not None:
        text += f", planned {literal(money(line.planned_rate, line.case.currency, 'week'))}"
    return f"{text}. {literal(line.health.reason)}"


def value_case(case: CaseValue, is_trial: bool) -> str:
    """What the case could be worth, and how likely it is a loss."""
    worth = case.best
    title = literal(case.title)
    if worth is None:
        return f"**{title}**: {literal(case.mechanism.sentence)}"
    rests = "as tried out below, not saved" if is_trial else "as planned"
    if case.current is not None:
        rests = (
            "with the metrics of the "
            f"{literal(str(case.as_of))}{' and the numbers tried below' if is_trial else ''}"
        )
    net = literal(money(worth.net.mean, case.currency))
    text = f"**{title}** is worth **{net}** {rests}, against {literal(baseline(case))}. "
    if worth.probability_of_loss == 0:
        return text + "No outcome in sight is a loss."
    return text + f"The chance of a loss is {literal(percent(worth.probability_of_loss))}."


def baseline(case: CaseValue) -> str:
    """What the case is compared with, in the mechanism's words."""
    return case.mechanism.baselines[case.baseline].sentence


def problem(case: CaseValue) -> str:
    """What is missing before the case can be valued."""
    return f"Its value cannot be said yet. {literal(case.problem or '')}"


def dots(case: CaseValue) -> str:
    """What the dotplot shows."""
    worth = case.best
    if worth is None:
        return ""
    ends = literal(spread(worth.net.p10, worth.net.p90))
    losses = round(50 * worth.probability_of_loss)
    told = "none is a loss" if losses == 0 else f"{losses} of them (hollow) are losses"
    return f"Each dot is one of fifty equally likely outcomes; {told}. {ends}."


def rates(points: list[RatePoint], line: Line) -> str:
    """What the value-rate chart shows."""
    last, low = points[-1], min(points, key=lambda p: p.rate)
    text = (
        f"{number(last.rate)} {literal(line.case.currency)} a week in the {literal(str(last.period))}"
    )
    if low.period != last.period:
        text += f"; lowest {number(low.rate)} in the {literal(str(low.period))}"
    return text + ". Band: P10 to P90. Dashed: planned."


def metric(frame: pd.DataFrame, shown: Metric) -> str:
    """What a metric's chart shows."""
    last = frame.iloc[-1]
    text = f"{literal(shown.label)}: {number(last['value'])} in the {literal(last['period'])}"
    if last["n"] == last["n"] and last["n"] is not None:
        text += f" over {number(float(last['n']))} cases"
    return f"{text}. Batch {literal(last['batch'])}. Better: {shown.better}."


def freshness(line: Line, view: ProjectView) -> str:
    """How old the newest results are."""
    if line.case.as_of is None:
        return "no results yet"
    ago = {0: "today", 1: "yesterday"}.get(line.age_days or 0, f"{line.age_days} days ago")
    return f"data to {day(line.case.as_of.end)}, {ago}"
