"""What the screen Promised and realised says, made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.evaluate.candidates import NONE
from mlpm_core.services.in_life.promises import Grade, Group, LevelDoubt, Outcome
from pages.parts.common import text
from pages.parts.common.format import (
    NOTHING,
    counted,
    day,
    digits_beside,
    figure,
    literal,
    money,
    month,
    number,
    percent,
    plain,
)

if TYPE_CHECKING:
    from mlpm_core.services.in_life.promises import (
        DeliveredView,
        HitRate,
        KpiMonth,
        KpiMonths,
        Month,
        PromiseLine,
    )

_MOST_AS_PERCENT = 10.0

OUTCOMES = {
    Outcome.OVER_DELIVERED: "✓ over-delivered",
    Outcome.KEPT: "✓ kept",
    Outcome.MISSED: "✕ missed",
    Outcome.NOT_DUE: "… not due yet",
    Outcome.UNKNOWN: "? not available",
}
"""What became of a promise in a table: a sign and words, never colour alone."""

_GRADES = {
    Grade.RANDOMISED: "Measured with a control group chosen at random",
    Grade.BEFORE_AFTER: "Measured before and after, with a group that was left alone",
    Grade.MODEL_IMPLIED: "Estimated from model metrics, not measured with a control group",
    Grade.ASSERTED: "Claimed, without figures",
}


def lead(view: DeliveredView) -> str:
    """How much of what was promised arrived, and which month cost most."""
    title, total, currency = literal(view.case.title), view.total, view.case.currency
    if total is None:
        return f"**{title}** is not in use yet, so nothing can have been delivered.{_planned(view)}"
    since = f"{month(view.months[0].start, in_full=True)}"
    if total.realised is None:
        n = literal(days(total.days_in_use))
        return (
            f"**{title}** is in use since {since}, but none of its {n} was monitored, so nobody "
            f"knows what it delivered.{_planned(view)}"
        )
    realised = literal(amount(total.realised.mean, currency))
    if total.promised_same_days is None:
        return (
            f"Since {since} **{title}** delivered **{realised}**. Its plan is not filled in, so "
            "nothing says what was promised."
        )
    text = (
        f"Since {since} **{title}** delivered **{realised}** of "
        f"{literal(amount(total.promised_same_days, currency))} promised"
    )
    if total.promised_same_days > 0:
        text += f" ({literal(arrived(total.realised.mean / total.promised_same_days))})"
    worst = view.dearest
    if worst is None or worst.gap is None:
        return f"{text}; no month fell behind."
    gap = literal(amount(worst.gap, currency))
    return f"{text}; {month(worst.start, in_full=True)} cost most: {gap} less than promised."


def _planned(view: DeliveredView) -> str:
    if view.case.planned is None:
        return f" {literal(view.case.problem or 'Its plan is not filled in.')}"
    net = money(view.case.planned.net.mean, view.case.currency)
    return f" Planned: {literal(net)}."


def nothing_realised(view: DeliveredView) -> str:
    """What is missing before anything can be compared."""
    if view.unvalued:
        return unvalued(view)
    if view.total is None and view.case.deployment and view.case.deployment.from_on:
        return (
            f"It goes into use on {day(view.case.deployment.from_on)}; results of that day and "
            "later will be compared with the plan."
        )
    return (
        "No monitoring results of its days in use have come in yet. Upload a file of them, or of "
        "predictions with their outcomes."
    )


def amount(value: float, currency: str) -> str:
    """Money, whatever it is for.

    Examples
    --------
    >>> amount(158_000, "EUR"), amount(-48_000, "EUR")
    ('EUR 158k', 'EUR −48.0k')
    """
    return f"{currency} {number(value)}"


def arrived(share: float) -> str:
    """How much of what was promised arrived, where that is more than nothing.

    Examples
    --------
    >>> arrived(0.79), arrived(-0.2), arrived(4e7)
    ('79%', 'a loss', 'more than ten times that')
    """
    if share < 0:
        return "a loss"
    return "more than ten times that" if share > _MOST_AS_PERCENT else percent(share)


def shortfall(share: float) -> str:
    """How much of what was promised is missing; negative where more arrived.

    Examples
    --------
    >>> shortfall(0.25), shortfall(-0.5), shortfall(1.2)
    ('25% of the promise', '50% more than promised', 'more than all of the promise')
    >>> shortfall(-4e7)
    'more than ten times the promise on top'
    """
    if share < -_MOST_AS_PERCENT:
        return "more than ten times the promise on top"
    if share < 0:
        return f"{percent(-share)} more than promised"
    return "more than all of the promise" if share > 1 else f"{percent(share)} of the promise"


def days(n: float) -> str:
    """A number of days; parts of a day only where there are any.

    Examples
    --------
    >>> days(1), days(728), days(2.5)
    ('1 day', '728 days', '2.5 days')
    """
    return counted(int(n), "day") if n == int(n) else f"{plain(n, 1)} days"


def coverage(monitored: float, in_use: float) -> str:
    """How many of the days in use were monitored.

    Examples
    --------
    >>> coverage(23, 31)
    '23 of 31 days monitored'
    """
    return f"{days(monitored).split()[0]} of {days(in_use)} monitored"


def missing(n: float) -> str:
    """Days without results, as a chart writes them; empty when there are none.

    Examples
    --------
    >>> missing(2), missing(0)
    ('2 d', '')
    """
    return f"{plain(n)} d" if n >= 0.5 else ""


def grade(view: DeliveredView) -> str:
    """How far the realised value can be put down to the model."""
    guess = f" The value {text.unchecked(view.case.unchecked)}." if view.case.unchecked else ""
    return literal(f"{_GRADES[view.grade]} (grade {view.grade}).{guess}")


def money_chart(view: DeliveredView) -> str:
    """What the chart of net benefit by month shows."""
    monitored = [m for m in view.months if m.realised is not None]
    best = max(monitored, key=lambda m: m.realised.mean if m.realised else 0.0)
    worst = min(monitored, key=lambda m: m.realised.mean if m.realised else 0.0)
    text = "Solid: realised, with its likely range"
    if view.case.planned is not None:
        text += "; outline: promised for the same days"
        if any(map(_is_partial, view.months)):
            text += "; dashed: promised for days without results too, their number above"
    ends = f"Highest {_in_month(best, view)}"
    if worst is not best:
        ends += f", lowest {_in_month(worst, view)}"
    return literal(f"{text}. {ends}.")


def _is_partial(month: Month | KpiMonth) -> bool:
    return bool(missing(month.days_in_use - month.days_monitored))


def _in_month(shown: Month, view: DeliveredView) -> str:
    mean = shown.realised.mean if shown.realised else 0.0
    return f"{amount(mean, view.case.currency)} in {month(shown.start, in_full=True)}"


def to_date(view: DeliveredView) -> str:
    """What the chart of everything to date shows."""
    total = view.total
    if total is None or total.realised is None:
        return ""
    currency = view.case.currency
    text = f"Realised to date: {amount(total.realised.mean, currency)}, band: likely range"
    if total.promised_same_days is not None:
        promised = amount(total.promised_same_days, currency)
        text += f"; dashed: promised for the same days, {promised}"
    return literal(f"{text}.")


def kpi_chart(shown: KpiMonths) -> str:
    """What the chart of a KPI by month shows."""
    kpi, monitored = shown.kpi, [m for m in shown.months if m.level is not None]
    if not monitored and kpi.reason and any(m.days_monitored for m in shown.months):
        return literal(kpi.reason)
    if not monitored:
        return "No month of it was monitored."
    last = monitored[-1]
    mean = last.level.mean if last.level else 0.0
    digits = digits_beside(mean, last.promised, kpi.target, kpi.baseline)
    level = figure(mean, kpi.unit, digits)
    text = f"{level} in {month(last.start, in_full=True)}; {kpi.direction} is better"
    if last.promised is not None:
        text += f", promised {number(last.promised, digits)}"
    else:
        text += ", no promise is due"
    text += ", no target yet" if kpi.target is None else f", target {number(kpi.target, digits)}"
    if kpi.baseline is not None:
        text += f", {number(kpi.baseline, digits)} without the model"
    hollow = "; hollow: the promise in force" if any(m.promised for m in shown.months) else ""
    above = "; above: days without results" if any(map(_is_partial, shown.months)) else ""
    dashed = "" if kpi.target is None else "; dashed: the target"
    return literal(
        f"{text}. Solid: mean of the monitored days, with its likely range{hollow}{dashed}{above}."
    )


def not_final(view: DeliveredView) -> str:
    """Which months may still change because their labels are not final; empty when none."""
    open_months = [m for m in view.months if m.days_not_final]
    if not open_months:
        return ""
    months = ", ".join(f"{month(m.start)} ({days(m.days_not_final)})" for m in open_months)
    return literal(
        f"Outcomes are not final in {months}: the value may still change, and is drawn paler."
    )


def unvalued(view: DeliveredView) -> str:
    """What is wrong with periods that have no value; empty when nothing is."""
    if not view.unvalued:
        return ""
    n = counted(view.n_unvalued, "monitored period")
    return f"{n} cannot be valued and count as not monitored: {view.unvalued[0]}"


def hits(view: DeliveredView) -> str:
    """How many promises were kept, beside the chance that was given to them."""
    kept = view.hits
    if not kept.judged:
        return "none can be judged yet" if view.promises else "nothing was promised yet"
    if kept.held is None:
        return f"no chance was given when they were made{_doubted(kept)}"
    which = "" if kept.n_held == kept.judged else f"{kept.n_held} of them "
    mean = " on average" if kept.n_held > 1 else ""
    chance = percent(kept.held, in_words=True)
    return f"{which}given a chance of {chance}{mean} when made{_doubted(kept)}"


def _doubted(kept: HitRate) -> str:
    """How many of those counted luck may have made, and how many nobody measured.

    Examples
    --------
    >>> from mlpm_core.services.in_life.promises import HitRate
    >>> _doubted(HitRate(1, 3, None, 0, n_unsure=1, n_implied=3))
    '; 1 of 3 not beyond luck or season; judged by what the metrics imply, not as measured'
    """

    def told(n: int, text: str) -> str:
        return (
            "" if not n else f"; {text}" if n == kept.judged else f"; {n} of {kept.judged} {text}"
        )

    unsure = told(kept.n_unsure, "not beyond luck or season")
    return unsure + told(kept.n_implied, "judged by what the metrics imply, not as measured")


def promises(view: DeliveredView) -> str:
    """What became of the project's promises, in one sentence."""
    kept = view.hits
    if not kept.judged:
        return literal(f"{counted(len(view.promises), 'promise')}; {hits(view)}.")
    noun = "promise" if kept.judged == 1 else "promises"
    text = f"{kept.kept} of {kept.judged} {noun} of this project kept; {hits(view)}."
    waiting = len(view.promises) - kept.judged
    return literal(text + (f" {waiting} cannot be judged yet." if waiting else ""))


def rests_on(line: PromiseLine) -> str:
    """What the standing of a promise rests on, or why there is none."""
    if line.outcome is Outcome.NOT_DUE:
        return "not due" if line.now is None else f"not due; stands at {number(line.now)} now"
    if line.measured is None:
        return line.reason or f"{days(line.days_monitored)} monitored since"
    n = counted(line.measured.n_periods, line.measured.word)
    text = f"{n} measured since, to {day(line.measured.until)}"
    return text + (_DOUBTS[line.measured.doubt] if line.measured.doubt else "")


_DOUBTS = {
    LevelDoubt.FEW: ": too few to say how sure that is",
    LevelDoubt.NO_NOISE: ", all equal: nothing says how sure that is",
    LevelDoubt.SEASON: ": less than a year, so the season may have lifted or lowered it",
}


def judged_by(line: PromiseLine) -> str:
    """By what a promise was judged: what was measured, or what the metrics imply."""
    if line.measured is None:
        return "implied" if line.level else NOTHING
    return "measured, treated" if line.measured.group is Group.TREATED else "measured"


def grade_of(line: PromiseLine) -> str:
    """How far the level of a promise can be put down to the model."""
    if line.measured is None:
        return Grade.MODEL_IMPLIED.value if line.level else NOTHING
    return line.measured.grade.value if line.measured.grade else "no control"


def reviews(view: DeliveredView) -> str:
    """When the next decision is to be looked at again."""
    if view.next_review_on:
        return f"None is due; the next review is on {day(view.next_review_on)}."
    return "None is due."


def decided(view: DeliveredView) -> str:
    """That another model than the one decided last realised this; empty when it is the same."""
    decision = view.decided
    if decision is None or not decision.instead:
        return ""
    chosen = "to adopt none" if decision.chosen == NONE else f"for {literal(decision.chosen)}"
    return (
        f"The last decision, {literal(decision.decision_id)}, was **{chosen}**. "
        f"{literal(decision.realised_reason)} {literal(decision.instead)} "
        "So what is realised here is not the decided model's."
    )
