"""The sentences that open a screen or stand under a picture, made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.quantity import Dimension
from mlpm_core.quantity.written import in_form
from mlpm_core.services.in_life.kpi_view import is_stale
from mlpm_core.services.in_life.log_words import log_notes
from mlpm_core.services.in_life.portfolio import Grade, Health, gap_size
from pages.parts.common.format import (
    computed,
    counted,
    day,
    digits_beside,
    figure,
    graded,
    in_period,
    inner,
    listed,
    literal,
    money,
    number,
    percent,
    period_name,
    plain,
    span,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.records import Record
    from mlpm_core.services.in_life.kpi_view import KpiLine, ProvenLevel
    from mlpm_core.services.in_life.portfolio import Portfolio, PortfolioRow
    from mlpm_core.services.ingest.registers import Page
    from mlpm_core.services.valuation.case_value import Unchecked
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.services.valuation.value_cases import CaseInput, CaseValue
    from mlpm_core.services.valuation.value_rates import RatePoint

_MOST_NAMED = 2


def portfolio(shown: Portfolio) -> str:
    """What all models earn now against what was planned, and which one needs attention."""
    in_life = [x for x in shown.lines if x.is_in_life]
    if not in_life:
        n = len(shown.lines)
        return (
            f"{counted(n, 'value case')} planned, none has monitoring results yet: "
            "upload a file of results to see what its model is really worth."
        )
    stale = [x for x in in_life if not x.is_counted]
    counting = [x for x in in_life if x.is_counted]
    if not counting:
        return f"No live model has a current value: {_not_counted(stale)}."
    parts = []
    for currency in sorted({x.case.currency for x in counting}):
        mine = [x for x in counting if x.case.currency == currency]
        now = sum(x.case.current.net.mean for x in mine if x.case.current)
        planned = sum(x.case.planned.net.mean for x in mine if x.case.planned)
        parts.append(
            f"**{literal(money(now, currency))}**, planned {literal(money(planned, currency))}"
        )
    verb = "earns" if len(counting) == 1 else "earn"
    text = f"{counted(len(counting), 'live model')} {verb} {'; '.join(parts)}. "
    if stale:
        text += f"Not counted: {_not_counted(stale)}. "
    text += "".join(
        f"{literal(x.case.title)} {unchecked(x.case.unchecked)}. "
        for x in counting
        if x.case.unchecked
    )
    troubled = [x for x in in_life if x.health.health in (Health.SICK, Health.WATCH)]
    silent = [x for x in counting if x.health.health is Health.UNKNOWN]
    if troubled:
        size = gap_size(troubled)
        worst = max(troubled, key=lambda x: (x.health.health is Health.SICK, size(x)))
        title, why = literal(worst.case.title), _inner(worst.health.reason)
        return f"{text}{title} needs attention first: {why}"
    if silent:
        return f"{text}{literal(silent[0].case.title)}: {_inner(silent[0].health.reason)}"
    return f"{text}None of them needs attention today."


def unchecked(of: Unchecked) -> str:
    """That a value is a guess in part or in whole, to stand behind what rests on it.

    Examples
    --------
    >>> from mlpm_core.services.valuation.case_value import Unchecked
    >>> unchecked(Unchecked(7, 9))
    'rests on typical values nobody has checked: 7 of 9 numbers'
    """
    return f"rests on typical values nobody has checked: {of.n} of {counted(of.of, 'number')}"


def _not_counted(lines: Sequence[PortfolioRow]) -> str:
    """The cases that are left out of what is delivered, and why."""
    clauses = [f"{literal(x.case.title)} ({x.case.uncounted})" for x in lines[:_MOST_NAMED]]
    more = len(lines) - _MOST_NAMED
    return ", ".join(clauses) + (f" and {more} more" if more > 0 else "")


def rate_spread(line: PortfolioRow) -> str:
    """The likely range of the current value of a week, and over which periods it is."""
    low, high = line.rate_range
    if low is None or high is None:
        return "not available without results"
    over = line.case.rests_on
    over_what = f", over the {period_name(over)}" if over and over.n > 1 else ""
    return literal(graded(low, high, line.grade, line.case.unchecked) + over_what)


def gap_spread(line: PortfolioRow) -> str:
    """The likely range of the gap, and its grade."""
    low, high = line.gap_range
    if low is None or high is None:
        return "not available without results"
    return literal(graded(low, high, line.grade, line.case.unchecked))


def freshness(line: PortfolioRow) -> str:
    """How old the newest results are."""
    if line.case.as_of is None:
        return "No results yet."
    return f"Data to {day(line.case.as_of.last_on)}, {_old(line.age_days)}."


def value_case(case: CaseValue, is_trial: bool) -> str:
    """What the case could be worth, and how likely it is a loss."""
    worth = case.best
    title = literal(case.title)
    if worth is None:
        needs = f"It still needs: {', '.join(case.missing)}." if case.missing else case.problem
        how = literal(case.mechanism.sentence)
        return f"**{title}** cannot be valued yet. {literal(needs or '')}  \n{how}"
    rests = "as planned"
    if case.current is not None and (stretch := case.rests_on or case.as_of):
        rests = f"with the metrics monitored {literal(in_period(stretch))}"
    if from_log := [i.label for i in case.inputs if i.computed]:
        rests += f", of which the prediction log gives {literal(listed(from_log))}"
    if is_trial:
        rests += ", with the changes tried here, which are not saved"
    net = literal(money(worth.net.mean, case.currency))
    against = literal(case.mechanism.baselines[case.baseline].sentence)
    text = f"**{title}** is worth **{net}** {rests}, compared with {against}. "
    guess = f" **It {unchecked(case.unchecked)}.**" if case.unchecked else ""
    return f"{text}{_loss(case)} {literal(costs_counted(case))}{guess}"


def of_log(case: CaseValue) -> str:
    """What a value takes from its prediction log, and what of the log waits; empty for nothing."""
    lines = [f"{i.label}: {computed(i.computed)}." for i in case.inputs if i.computed]
    said = [case.log.goes_by, *log_notes(case.log)] if case.log else []
    return literal(" ".join(filter(None, [*lines, *said])))


def _loss(case: CaseValue) -> str:
    """How likely a loss is, as far as the numbers say."""
    chance = case.best.probability_of_loss if case.best else 0.0
    if case.is_exact:
        return "Every number is taken as exact, so it is not known how likely a loss is."
    if chance == 0:
        return "A loss is very unlikely."
    return f"The chance of a loss is {literal(percent(chance, in_words=True))}."


def costs_counted(case: CaseValue) -> str:
    """Which costs a net benefit counts: running it, never building it."""
    written = case.run_cost
    beyond = f"{written} a year beyond what the formulas count" if written else "by the formulas"
    return f"Running costs are counted ({beyond}), building costs are not."


def dimension(which: Dimension, case: CaseValue | None = None) -> str:
    """What a dimension counts, in a value case or in general, for its help."""
    here = (
        {}
        if case is None
        else {
            Dimension.PEOPLE_INTENSITY: f" One case is one {literal(case.mechanism.case)}.",
            Dimension.CUSTOMER_EXPERIENCE: f" Here: {literal(case.mechanism.bad_experience)}.",
        }
    )
    words = {
        Dimension.REVENUE: "Contribution margin from changed sales, not gross sales.",
        Dimension.COST_SAVING: "Only money that is really no longer spent; freed hours count by "
        "the share of them that saves money.",
        Dimension.CYCLE_TIME: "Hours saved per case, mean over all cases; negative is slower.",
        Dimension.PEOPLE_INTENSITY: "Staff hours saved per 1,000 cases, whether they save money or "
        "not.",
        Dimension.CUSTOMER_EXPERIENCE: "Bad experiences avoided per 1,000 cases.",
    }
    return in_form(words[which]) + here.get(which, "")


def net() -> str:
    """What net benefit is, for its help."""
    return (
        "Revenue and cost saving together, after running costs. Building costs, hours and bad "
        "experiences are not in it. Use it to compare models and options."
    )


def question(entry: CaseInput) -> str:
    """The question an input asks, with its source, for its tooltip."""
    text = f"{literal(entry.question[:1].upper() + entry.question[1:])} …"
    if entry.source:
        text += f"  \nSource: {literal(entry.source)}"
    if entry.owner:
        text += f"  \nOwner: {literal(entry.owner)}"
    return text


def dots(case: CaseValue) -> str:
    """What the dotplot shows."""
    worth = case.best
    if worth is None:
        return ""
    if worth.net.is_exact:
        return "All fifty are one outcome: every number that decides it is taken as exact."
    losses = round(50 * worth.probability_of_loss)
    are = "is a loss" if losses == 1 else "are losses"
    loss = "none is a loss" if losses == 0 else f"{losses} of them, hollow, {are}"
    ends = literal(spread(worth.net.p10, worth.net.p90))
    ends = ends[:1].upper() + ends[1:]
    return f"Each dot is one of fifty equally likely outcomes; {loss}. {ends}."


def beside(case: CaseValue) -> str:
    """What must be known beside the value: what is left out, taken as exact or as independent."""
    return literal(" ".join(case.best.notes)) if case.best else ""


def draws(case: CaseValue) -> str:
    """How the uncertainty was computed."""
    worth = case.best
    if worth is None:
        return ""
    text = (
        "Formulas are shown with the middle value (median) of each input. The uncertainty comes "
        f"from {plain(worth.draws)} simulated outcomes (Sobol draws, seed {worth.seed}), the same "
        "for every value case."
    )
    if worth.feasible_share < 1:
        left_out = percent(1 - worth.feasible_share, in_words=True)
        text += f" {left_out[:1].upper()}{left_out[1:]} of them were impossible and left out."
    return literal(text)


def mechanism(case: CaseValue) -> str:
    """How the model creates value, in the mechanism's words."""
    used = case.mechanism
    return (
        f"**{literal(used.name)}** ({literal(used.number or 'own')}). {literal(used.sentence)} "
        f"Compared with {literal(used.baselines[case.baseline].sentence)}."
    )


def kpi(line: KpiLine, today: date) -> str:
    """Target, baseline and freshness of a KPI."""
    value, in_force = line.kpi, line.target
    aim = in_force.target if in_force else None
    digits = 3 if line.shown is None else digits_beside(line.shown, aim, value.baseline)
    if not value.counts:
        target = "Its target no longer counts"
    elif in_force is None:
        target = "No target yet"
    else:
        target = f"Target {literal(figure(in_force.target, value.unit, digits))}"
        if in_force.on:
            late = " (past)" if in_force.on < today else ""
            target += f" by {day(in_force.on)}{late}"
    text = target
    if value.baseline is not None:
        text += f"; {literal(number(value.baseline, digits))} without the model"
    if line.newest is not None:
        age = max((today - line.newest.period.end.date()).days, 0)
        stale = " It is not judged: too old." if is_stale(line.newest.period, today) else ""
        return f"{text}. Data to {day(line.newest.period.last_on)}, {_old(age)}.{stale}"
    if line.proven is not None:
        until = line.proven.until.date()
        return f"{text}. Proof to {day(until)}, {_old(max((today - until).days, 0))}."
    if value.as_of is None:
        return f"{text}. {literal(value.reason or '')}"
    age = max((today - value.as_of.end.date()).days, 0)
    over = value.rests_on if value.rests_on and value.rests_on.n > 1 else None
    periods = f"Over the {period_name(over)}" if over else f"Data to {day(value.as_of.last_on)}"
    why = f" It is not judged: {literal(value.uncounted)}." if value.uncounted else ""
    return f"{text}. {periods}, {_old(age)}.{why}"


def proven(level: ProvenLevel) -> str:
    """What a proven level rests on, with its range and grade."""
    return (
        f"proven with a control, 19 times in 20 {span(level.low, level.high)}, grade {level.grade}"
    )


def implied_beside(value: KpiValue) -> str:
    """What the models imply beside a measured value, with its range and grade; or why nothing."""
    if value.current is None:
        return literal(f"Nothing is implied beside it. {value.reason or ''}".strip())
    implied = figure(value.current.mean, value.unit)
    ends = graded(value.current.p10, value.current.p90, Grade.MODEL_IMPLIED, value.unchecked)
    return literal(f"The model's metrics imply {implied} ({ends}).")


def kpi_origin(value: KpiValue) -> str:
    """How a KPI's value was made, in a few lines."""
    sign = "plus" if value.direction == "higher" else "minus"
    baseline = "" if value.baseline is None else literal(number(value.baseline))
    lines = [
        f"{value.dimension.label}; {value.direction} is better. Owner: "
        f"{literal(value.owner or 'nobody yet')}.",
        f"Value: baseline {baseline} {sign} what {_changing(value)}.",
    ]
    if value.planned:
        lines.append(f"Planned: {literal(figure(value.planned.mean, value.unit))}.")
    lines += [f"{literal(f'{label}: {computed(of)}')}." for label, of in value.computed]
    lines += [literal(sentence) for sentence in value.left_out]
    if value.trend:
        lines.append(f"The line shows the last {len(value.trend)} periods.")
    return "  \n".join(lines)


def _changing(value: KpiValue) -> str:
    if not value.further:
        return "the model changes, by its value case"
    return f"{len(value.moved_by)} value cases change, added draw by draw"


def rates(points: Sequence[RatePoint], line: PortfolioRow) -> str:
    """What the chart of the value of each week shows."""
    last, low = points[-1], min(points, key=lambda p: p.rate)
    rate = literal(money(last.rate, line.case.currency, "week"))
    text = f"{rate} {literal(in_period(last.period))}"
    if low.period != last.period:
        text += f"; lowest {literal(number(low.rate))} {literal(in_period(low.period))}"
    planned = ". Dashed: planned" if line.planned_rate is not None else ""
    text = f"{text}. Band: likely range, 8 times in 10{planned}."
    if line.case.redefined_at:
        changed = day(line.case.redefined_at[-1])
        text += (
            f" The mechanism's definition changed last on {changed}; it is used for all periods."
        )
    return text


def register(record: type[Record], page: Page, project: str) -> str:
    """How many records a register holds, and how many of them were looked for."""
    word = record.singular if page.n_shown == 1 else record.plural
    where = f" in {literal(project)}" if project else ""
    matching = f", **{plain(page.n_found)}** found" if page.n_found != page.n_shown else ""
    what = f"{literal(inner(word))}{where}{matching}"
    return f"**{plain(page.n_shown)}** {what}. {literal(record.__doc__ or '')}"


def _old(days: int | None) -> str:
    return counted(days, "day") + " old" if days else "less than a day old"


def _inner(sentence: str) -> str:
    """A sentence that goes on after a colon."""
    return literal(sentence[:1].lower() + sentence[1:])
