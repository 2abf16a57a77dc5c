"""A value case as a choice: what must be true, what to find out first, whether it pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.evaluate.insights import USE, needed, studied
from pages.parts.common import charts, files, printing, queries, terms
from pages.parts.common.format import (
    NOTHING,
    counted,
    digits_beside,
    inner,
    listed,
    literal,
    money,
    number,
    percent,
    spread,
    written_unit,
)
from pages.parts.common.text import costs_counted
from pages.parts.plan import charts as plan_charts
from pages.parts.plan import estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.evaluate.insights import Advice, Condition, Insight
    from mlpm_core.services.valuation.value_cases import CaseValue

Changes = tuple[tuple[str, str], ...]
_MOST_BARS = 9
_MOST_FIRST = 3
_HELP = {
    "Worth up to": st.column_config.Column(help=terms.WORTH),
    "Study is worth": st.column_config.Column(help=terms.STUDY),
    "Most to pay per case": st.column_config.Column(help=terms.STUDY_PER_CASE),
}
_LOOKS_BACK = (
    " The model is already in use. This figure covers the whole case from its start; the choice "
    "above does not count what is already spent."
)


def replace_first(case: CaseValue, insight: Insight) -> None:
    """Which of the typical values nobody has checked move the value most; nothing without any."""
    typical = {entry.name: entry.label for entry in case.typical}
    moving = [typical[s.name] for s in insight.swings if s.name in typical and s.size]
    if moving:
        first = listed([f"**{literal(label)}**" for label in moving[:_MOST_FIRST]])
        st.caption(f":material/rule: Replace first what moves the value most: {first}.")


def must_be_true(case: CaseValue) -> None:
    """The value of each input at which net is zero, in words; metrics first, the nearest next."""
    if case.best is None:
        return
    shown = needed(case)
    st.header("What must be true", anchor=False, help=terms.BREAK_EVEN)
    if not shown:
        st.caption("No input alone can bring the net benefit to zero.")
        return
    printing.table(
        pd.DataFrame(
            {
                "Input": [i.label for i in shown],
                "Until break-even": [margin(i, case.currency) for i in shown],
            }
        ),
        hide_index=True,
        height="content" if len(shown) <= 8 else 318,
        column_config={
            "Input": st.column_config.TextColumn(width=170),
            "Until break-even": st.column_config.TextColumn(width=190),
        },
        alt="How far each input may move before the net benefit is zero",
    )
    st.caption(
        literal(
            "Break-even: the value at which the net benefit is zero if nothing else changes. "
            f"{costs_counted(case)}"
        )
    )


def margin(entry: Condition, currency: str) -> str:
    """How far one input may move, or must, or between what it must stay."""
    unit = entry.unit.partition("/")[0].replace("money", currency)
    unit = "" if unit == "1" else f" {unit}"
    zero = entry.zero_at or 0.0
    elsewhere = "; it also pays at other values" if entry.pays_elsewhere else ""
    if entry.also_at is not None:
        low, high = sorted((zero, entry.also_at))
        digits = digits_beside(entry.taken, low, high)
        return (
            f"between {number(low, digits)} and {number(high, digits)}{unit}, "
            f"assumed {number(entry.taken, digits)}{elsewhere}"
        )
    if zero == entry.taken:
        return f"must be {'above' if entry.is_floor else 'below'} {number(zero)}{unit}{elsewhere}"
    verb = ("may" if entry.pays else "must") + (" fall" if zero < entry.taken else " rise")
    digits = digits_beside(entry.taken, zero)
    ends = f"from {number(entry.taken, digits)} to {number(zero, digits)}"
    return f"{verb} {ends}{unit}{elsewhere}"


def find_out_next(case: CaseValue, insight: Insight) -> None:
    """What knowing more is worth before the choice, the study that tells it, and the tornado."""
    st.header("What to find out next", anchor=False, help=terms.FIND_OUT)
    st.markdown(_next(case, insight))
    if insight.advice:
        printing.table(
            _advice(case, insight),
            hide_index=True,
            height="content",
            column_config=_HELP,
            alt="What to find out, what knowing it is worth, and what a study may cost",
        )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if insight.swings:
            charts.draw(
                _swings(case, insight),
                plan_charts.tornado(f"Net benefit, {case.currency} / year"),
                _tornado(insight, case.currency),
                grade=files.grade_of(case),
                period=files.A_YEAR,
                ranges="each input from its P5 to its P95, the others at their middle value",
                is_said=False,
            )
    with right:
        if insight.swings:
            swings = f"{_tornado(insight, case.currency)} {costs_counted(case)}"
            st.caption(literal(swings), help=terms.SWING)
        if unasked := _silent(insight):
            st.caption(literal(unasked))
        _study(case, insight)


def _worth(case: CaseValue, insight: Insight, value: float) -> str:
    """An amount of the choice: a year's net, or money of today over the horizon."""
    if insight.horizon_years is None:
        return money(value, case.currency)
    return f"{case.currency} {number(value)}"


def _next(case: CaseValue, insight: Insight) -> str:
    decision = insight.decision
    if insight.problem:
        return f":material/error: {literal(insight.problem)}"
    action, reason = choice(insight)
    advised = f"**{action}.** {reason}"
    most = literal(_worth(case, insight, decision.evpi))
    if not insight.advice:
        return f"{advised} {_why_nothing(case, most if decision.evpi else '')}"
    first = insight.advice[0]
    todo, value = f"to find out {inner(first.label)}", first.learned.value
    limit = "up to "
    if first.study and first.study_worth:
        todo, value, limit = f"to {first.study.name}", first.study_worth.value, ""
    return (
        f"{advised} Deciding today turns out wrong in "
        f"{literal(percent(1 - decision.p_best[decision.best]))} of the outcomes and costs {most} "
        f"on average. Before deciding it is worth {limit}"
        f"**{literal(_worth(case, insight, value))}** {literal(todo)}."
    )


def choice(insight: Insight) -> tuple[str, str]:
    """What to do, and what that goes by; of a model in use, what is spent decides nothing."""
    is_worth_it, years = insight.decision.best == USE, insight.horizon_years
    if insight.is_built:
        period = "one year" if years is None else f"the next {counted(years, 'year')}"
        action = "Keep the model" if is_worth_it else "Stop the model"
        return action, f"This goes by {period}; what building it cost is already spent."
    reason = (
        "This goes by the net benefit of one year. Add a build cost to see the payback."
        if years is None
        else f"This goes by what it brings over {counted(years, 'year')}, after all costs."
    )
    return "Use the model" if is_worth_it else "Do not use the model", reason


def _why_nothing(case: CaseValue, most: str) -> str:
    """Why nothing is worth finding out before a choice; ``most`` is what knowing all is worth."""
    if most:
        return (
            f"Knowing everything would be worth {most}, but no number alone is worth finding out."
        )
    if case.best is not None and case.best.net.is_exact:
        return "Every number is taken as exact, so there is nothing to find out first."
    return "Nothing that is still uncertain would change that."


def _advice(case: CaseValue, insight: Insight) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Find out": [a.label for a in insight.advice],
            "Worth up to": [_worth(case, insight, a.learned.value) for a in insight.advice],
            "How": [a.how for a in insight.advice],
            "Study is worth": [
                _worth(case, insight, a.study_worth.value) if a.study_worth else NOTHING
                for a in insight.advice
            ],
            "Most to pay per case": [_per_case(case, a) for a in insight.advice],
        }
    )


def _per_case(case: CaseValue, advice: Advice) -> str:
    if advice.most_per_case is None:
        return NOTHING
    return f"{case.currency} {number(advice.most_per_case)}"


def _silent(insight: Insight) -> str:
    """What is uncertain and yet not worth finding out; empty when there is nothing of the kind."""
    labels = [inner(label) for label in insight.silent]
    some = listed(labels) if len(labels) <= 4 else f"{', '.join(labels[:4])} and others"
    return f"Not worth finding out now: {some}." if labels else ""


def before_choosing(advice: Sequence[Advice], currency: str) -> None:
    """What to find out before one of several candidates is chosen."""
    st.header("What to find out before choosing", anchor=False, help=terms.FIND_OUT)
    if not advice:
        st.caption("Nothing that is still uncertain is worth finding out before you choose.")
        return
    first = advice[0]
    st.markdown(
        f"It is worth up to **{literal(money(first.learned.value, currency))}** to know "
        f"{literal(inner(first.label))} better before you choose. To find it out: "
        f"**{literal(first.how)}**."
    )
    printing.table(
        pd.DataFrame(
            {
                "Find out": [a.label for a in advice],
                "Worth up to": [money(a.learned.value, currency) for a in advice],
                "How": [a.how for a in advice],
                "Study is worth": [
                    money(a.study_worth.value, currency) if a.study_worth else NOTHING
                    for a in advice
                ],
            }
        ),
        hide_index=True,
        height="content",
        column_config=_HELP,
        alt="What to find out before choosing, what knowing it is worth, and the study that tells",
    )


def _study(case: CaseValue, insight: Insight) -> None:
    """The best size of a study at the reader's own cost of a case."""
    choices = {a.key: a.label for a in insight.advice if a.study}
    if not choices:
        return
    with st.expander("How large should the study be?", icon=":material/biotech:"):
        which, cost, once, wait = st.columns(4, vertical_alignment="bottom")
        with which:
            key = st.selectbox(
                "Find out", list(choices), format_func=lambda k: choices[k], key="study_of"
            )
        with cost:
            per_case = st.number_input(
                f"One case costs, {case.currency}", min_value=0.0, value=1.0, key="study_cost"
            )
        with once:
            start = st.number_input(
                f"Fixed cost, {case.currency}", min_value=0.0, value=0.0, key="study_once"
            )
        with wait:
            weeks = st.number_input("Weeks of delay", min_value=0.0, value=0.0, key="study_weeks")
        waiting = insight.waiting(weeks)
        best = studied(insight.decision, case.mechanism, key, per_case, start + waiting)
        if best is None:
            st.markdown("At that cost no study is worth it: decide without one.")
            return
        study, learned = best
        value, spent, left = (
            literal(f"{case.currency} {number(x)}")
            for x in (learned.value, study.cost, learned.value - study.cost)
        )
        st.markdown(
            f"Best: **{literal(study.name)}**. It is worth {value}, costs {spent} and leaves "
            f"**{left}**."
        )
        if waiting:
            lost = literal(f"{case.currency} {number(waiting)}")
            st.caption(f"Of this cost, {lost} is what the better choice would bring meanwhile.")


def _swings(case: CaseValue, insight: Insight) -> pd.DataFrame:
    shown = [s for s in insight.swings if s.net_at_low is not None and s.net_at_high is not None]
    base = _net_at_medians(case)
    rows = [
        {
            "input": s.label,
            "base": base,
            "net": net,
            "end": end,
            "taken": f"{number(at)} {written_unit(s.unit, case.currency)}",
        }
        for s in shown[:_MOST_BARS]
        for end, at, net in (
            (plan_charts.LOW_END, s.low, s.net_at_low),
            (plan_charts.HIGH_END, s.high, s.net_at_high),
        )
    ]
    return pd.DataFrame(rows, columns=["input", "base", "net", "end", "taken"])


def _net_at_medians(case: CaseValue) -> float:
    if case.best is None:
        return 0.0
    at = {line.name: line.value for line in case.best.lines}
    return at["revenue"] + at["cost_saving"]


def _tornado(insight: Insight, currency: str) -> str:
    first = insight.swings[0]
    ends = sorted(x for x in (first.net_at_low, first.net_at_high) if x is not None)
    between = ""
    if len(ends) == 2:
        between = f" between {number(ends[0])} and {money(ends[1], currency)}"
    return (
        f"{first.label} alone moves the net benefit{between}. Each bar moves one input from its "
        "low end (hollow) to its high end (solid)."
    )


def pays(project: str, case: CaseValue, insight: Insight, changes: Changes) -> None:
    """What the value leaves once building and running it are paid, and by when."""
    st.header("Does it pay?", anchor=False)
    paid = insight.pays
    if insight.problem:
        st.markdown(f":material/error: {literal(insight.problem)}")
    elif paid is not None:
        left, right = st.columns([2, 3], gap="medium")
        with left:
            npv = paid.npv
            st.metric(
                f"Net present value over {counted(paid.horizon_years, 'year')}",
                literal(f"{case.currency} {number(npv.mean)}"),
                help=terms.NPV,
            )
            st.caption(literal(spread(npv.p10, npv.p90)))
            chance = literal(percent(paid.probability_of_gain))
            above = f"The chance that it is above zero is **{chance}**."
            if npv.is_exact:
                above = "Every number is taken as exact, so it is unknown how sure this is."
            st.markdown(f"{above} {literal(paid.sentence)}")
            st.caption(
                literal(
                    f"Building it costs {case.currency} {number(paid.build_cost.mean)} on average "
                    f"(from {insight.cost_from}). {most_to_build(paid.affordable, case.currency)}"
                    f"{_LOOKS_BACK if insight.is_built else ''}"
                )
            )
        with right:
            charts.draw(
                plan_charts.of_cumulative(_cumulative(insight)),
                plan_charts.cumulative(f"{case.currency}, not discounted"),
                "What has come back after each year of use. Band: likely, 8 times in 10.",
                grade=files.grade_of(case),
            )
    estimates.of_case(
        queries.case_estimates(project, case.value_case_id, changes),
        is_trial=bool(changes),
        is_paid=paid is not None,
    )


def most_to_build(affordable: float, currency: str) -> str:
    """The most that building may cost on average; nothing, where the value itself is a loss."""
    if affordable <= 0:
        return "On average it would not pay at any build cost."
    return f"On average it pays up to a build cost of {currency} {number(affordable)}."


def _cumulative(insight: Insight) -> pd.DataFrame:
    if insight.pays is None:
        return pd.DataFrame()
    build = insight.pays.build_cost
    first = {"year": 0, "mean": -build.mean, "low": -build.p90, "high": -build.p10}
    rows = [
        {
            "year": year.number,
            "mean": year.cumulative.mean,
            "low": year.cumulative.p10,
            "high": year.cumulative.p90,
        }
        for year in insight.pays.years
    ]
    return pd.DataFrame([first, *rows])
