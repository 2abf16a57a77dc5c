"""The sentences that open a screen or stand under a picture, made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.quantity import Dimension
from mlpm_core.services.in_life.portfolio import gap_size
from pages.parts.common.format import (
    counted,
    day,
    digits_beside,
    figure,
    inner,
    literal,
    money,
    number,
    percent,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.records import Receipt, Record, Reject
    from mlpm_core.services.in_life.portfolio import Portfolio, PortfolioRow
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.services.valuation.value_cases import CaseInput, CaseValue
    from mlpm_core.services.valuation.value_rates import RatePoint

_MOST_NAMED = 2
_ANSWERS = {
    ("hidden-rows", "read"): "Read them",
    ("hidden-rows", "skip"): "Skip them",
    ("look-alike", "new"): "A new model",
    ("look-alike", "stored"): "The stored model",
    ("new-model", "new"): "Register what is new",
    ("new-model", "stored"): "Read it as the model in brackets",
    ("restatement", "confirm"): "Change the stored values",
    ("second-table", "first"): "Read only the first table",
    ("second-table", "skip"): "Skip the repeated header",
}


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
        return f"No live model counts today: {_not_counted(stale)}."
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
    troubled = [x for x in in_life if x.health.health in ("sick", "watch")]
    silent = [x for x in counting if x.health.health == "unknown"]
    if troubled:
        size = gap_size(troubled)
        worst = max(troubled, key=lambda x: (x.health.health == "sick", size(x)))
        title, why = literal(worst.case.title), _inner(worst.health.reason)
        return f"{text}{title} needs attention first: {why}"
    if silent:
        return f"{text}{literal(silent[0].case.title)}: {_inner(silent[0].health.reason)}"
    return f"{text}None of them needs anybody today."


def _not_counted(lines: Sequence[PortfolioRow]) -> str:
    """The cases that are left out of what is delivered, and why."""
    clauses = [f"{literal(x.case.title)} ({x.case.uncounted})" for x in lines[:_MOST_NAMED]]
    more = len(lines) - _MOST_NAMED
    return ", ".join(clauses) + (f" and {more} more" if more > 0 else "")


def rate_spread(line: PortfolioRow) -> str:
    """P10 to P90 of the current value rate, and over which periods it is."""
    low, high = line.rate_range
    if low is None or high is None:
        return "no results to say it from"
    over = line.case.rests_on
    return literal(spread(low, high) + (f", over the {over}" if over and over.n > 1 else ""))


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
        rests = f"with the metrics monitored {literal(stretch.when)}"
    if is_trial:
        rests += ", with the changes tried below, not saved"
    net = literal(money(worth.net.mean, case.currency))
    against = literal(case.mechanism.baselines[case.baseline].sentence)
    text = f"**{title}** is worth **{net}** {rests}, against {against}. "
    return f"{text}{_loss(case)} {literal(costs_counted(case))}"


def _loss(case: CaseValue) -> str:
    """How likely a loss is, as far as the numbers say."""
    chance = case.best.probability_of_loss if case.best else 0.0
    if case.is_exact:
        return "Every number is taken as exact, so none of them says how likely a loss is."
    if chance == 0:
        return "A loss is very unlikely."
    return f"The chance of a loss is {literal(percent(chance))}."


def costs_counted(case: CaseValue) -> str:
    """Which costs a net benefit counts: running it, never building it."""
    written = case.run_cost
    beyond = f"{written} a year beyond what the formulas count" if written else "by the formulas"
    return f"Running costs are counted ({beyond}), what building costs is not."


def dimension(which: Dimension, case: CaseValue) -> str:
    """What a dimension counts here, for its tooltip."""
    return {
        Dimension.REVENUE: "Contribution margin from changed sales, not gross sales.",
        Dimension.COST_SAVING: "Only what really leaves the books; freed hours count by the "
        "share that is cashable.",
        Dimension.CYCLE_TIME: "Hours saved per case, mean over all cases; negative is slower.",
        Dimension.PEOPLE_INTENSITY: "Human hours saved per 1,000 cases, cashable or not. One case "
        f"is one {literal(case.mechanism.case)}.",
        Dimension.CUSTOMER_EXPERIENCE: "Bad experiences avoided per 1,000 cases. Here: "
        f"{literal(case.mechanism.bad_experience)}.",
    }[which]


def net() -> str:
    """What net is, for its tooltip."""
    return (
        "Revenue and cost saving together, after running costs. What building costs is said apart; "
        "hours and bad experiences never enter it."
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
    told = "none is a loss" if losses == 0 else f"{losses} of them, hollow, {are}"
    ends = literal(spread(worth.net.p10, worth.net.p90))
    return f"Each dot is one of fifty equally likely outcomes; {told}. {ends}."


def beside(case: CaseValue) -> str:
    """What must be known beside the value: what is left out, taken as exact or as independent."""
    return literal(" ".join(case.best.notes)) if case.best else ""


def draws(case: CaseValue) -> str:
    """How the uncertainty was computed."""
    worth = case.best
    if worth is None:
        return ""
    text = (
        f"Formulas are shown at the medians of the inputs. Uncertainty: {worth.draws:,} Sobol "
        f"draws, seed {worth.seed}, the same for every case."
    )
    if worth.feasible_share < 1:
        text += f" {percent(1 - worth.feasible_share)} of the draws were impossible and left out."
    return literal(text)


def mechanism(case: CaseValue) -> str:
    """How the model creates value, in the mechanism's words."""
    found = case.mechanism
    return (
        f"**{literal(found.name)}** ({literal(found.number or 'own')}). {literal(found.sentence)} "
        f"Compared with {literal(found.baselines[case.baseline].sentence)}."
    )


def kpi(value: KpiValue, today: date) -> str:
    """Target, baseline and freshness of a KPI."""
    shown = value.current or value.planned
    digits = digits_beside(shown.mean, value.target, value.baseline) if shown else 3
    if not value.counts:
        target = "Its target no longer counts"
    elif value.target is None:
        target = "No target yet"
    else:
        target = f"Target {literal(figure(value.target, value.unit, digits))}"
        if value.target_on:
            late = " (past)" if value.target_on < today else ""
            target += f" by {day(value.target_on)}{late}"
    text = target
    if value.baseline is not None:
        text += f"; {literal(number(value.baseline, digits))} without the model"
    if value.as_of is None:
        return f"{text}. {literal(value.reason or '')}"
    age = max((today - value.as_of.end.date()).days, 0)
    over = value.rests_on if value.rests_on and value.rests_on.n > 1 else None
    told = f"Over the {over}" if over else f"Data to {day(value.as_of.last_on)}"
    counted = f" It is not judged: {literal(value.uncounted)}." if value.uncounted else ""
    return f"{text}. {told}, {_old(age)}.{counted}"


def kpi_origin(value: KpiValue) -> str:
    """How a KPI's value was made, in a few lines."""
    sign = "plus" if value.direction == "higher" else "minus"
    baseline = "" if value.baseline is None else literal(number(value.baseline))
    lines = [
        f"{value.dimension.label}; {value.direction} is better. Owner: "
        f"{literal(value.owner or 'nobody yet')}.",
        f"Value = baseline {baseline} {sign} what the model changes according to its value case.",
    ]
    if value.planned:
        lines.append(f"Planned: {literal(figure(value.planned.mean, value.unit))}.")
    if value.trend:
        lines.append(f"Line: the last {len(value.trend)} periods.")
    return "  \n".join(lines)


def rates(points: Sequence[RatePoint], line: PortfolioRow) -> str:
    """What the value-rate chart shows."""
    last, low = points[-1], min(points, key=lambda p: p.rate)
    text = f"{literal(money(last.rate, line.case.currency, 'week'))} {literal(last.period.when)}"
    if low.period != last.period:
        text += f"; lowest {literal(number(low.rate))} {literal(low.period.when)}"
    planned = ". Dashed: planned" if line.planned_rate is not None else ""
    text = f"{text}. Band: P10 to P90{planned}."
    if line.case.redefined_at:
        changed = day(line.case.redefined_at[-1])
        text += f" The mechanism's definition changed last on {changed}; all periods rest on it."
    return text


def receipt(told: Receipt) -> str:
    """What an import found, in one sentence."""
    sums = (
        f"{counted(told.lines, 'line')} = {told.accepted:,} accepted + {told.rejected:,} rejected"
        f" + {told.blank:,} blank + {told.ignored:,} ignored"
    )
    match told.status:
        case "committed":
            return f"**Stored as {literal(told.batch)}.** {sums}."
        case "dry_run":
            return f"**Ready to store.** {sums}."
        case "duplicate":
            when = day(told.received_at)
            return (
                f"**This file is already imported**, as {literal(told.batch)} on {when} by "
                f"{literal(told.actor)}. Nothing was done again."
            )
        case "asked":
            return (
                f"**{counted(len(told.questions), 'question')} first.** Nothing is judged or "
                "stored before the answer."
            )
        case "failed":
            return "**It failed and nothing was stored.**"
        case _:
            if told.lines == 0:
                return "**The file cannot be taken as it is.** Nothing was stored."
            as_is = "as it is" if told.rejected == 1 else "as they are"
            return f"**{counted(told.rejected, 'line')} cannot be taken {as_is}.** {sums}."


def stored(told: Receipt) -> str:
    """What the accepted and ignored lines are to the store."""
    return (
        f"New {told.new:,}, changing a stored value {told.changed:,}, equal to what is stored "
        f"{told.identical:,}. Blank and ignored lines need nothing."
    )


def batch(told: Receipt, channel: str) -> str:
    """Who brought a batch, when and how."""
    when = f"{told.received_at:%-d %b %Y %H:%M} UTC" if told.received_at else "an unknown time"
    what = f"undoes {literal(told.undoes)}" if told.undoes else f"file {literal(told.filename)}"
    return f"By {literal(told.actor)} on {when}, through {channel}: {what}."


def answer(code: str, choice: str) -> str:
    """An answer in words; what comes from the file, such as a header, stays as it is."""
    told = _ANSWERS.get((code, choice)) or (f"“{choice}”" if len(choice) == 1 else choice)
    return literal(told)


def fault(told: Reject) -> str:
    """One fault: where it is, and what is wrong."""
    line = "" if told.row is None else f"line {told.row}"
    where = ", ".join(filter(None, (line, told.column)))
    return f"{literal(where)}: {literal(told.message)}" if where else literal(told.message)


def undo(told: Receipt) -> str:
    """What taking a batch back means."""
    return (
        f"Undo **{literal(told.batch)}**? Its {told.accepted:,} accepted lines stop counting and "
        "what they replaced is current again. The file and its receipt are kept."
    )


def imports(rows: Sequence[Mapping[str, Any]]) -> str:
    """What came in, and when last."""
    undone = sum(bool(r["undone_by"]) for r in rows)
    newest = rows[0]
    told = f"**{counted(len(rows), 'batch', 'batches')}** came in"
    told += f", {undone} of them undone" if undone else ""
    return (
        f"{told}; the newest is {literal(newest['receipt'].batch)} of "
        f"{day(newest['received_at'])} by {literal(newest['actor'])}."
    )


def register(record: type[Record], rows: Sequence[object], project: str) -> str:
    """How many records a register holds."""
    word = record.singular if len(rows) == 1 else record.plural
    where = f" in {literal(project)}" if project else ""
    return f"**{len(rows):,}** {literal(inner(word))}{where}. {literal(record.__doc__ or '')}"


def _old(days: int | None) -> str:
    return counted(days, "day") + " old" if days else "less than a day old"


def _inner(sentence: str) -> str:
    """A sentence that goes on after a colon."""
    return literal(sentence[:1].lower() + sentence[1:])
