"""What the Support screen says: who looks after the models, until when, what is not covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.plan.support import Answered, Gap, Keeper
from pages.parts.common.format import counted, day, listed, literal, number, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.records import Contract
    from mlpm_core.services.plan.support import Care, SupportView
    from mlpm_core.services.plan.support_facts import SupportYear

_FEW = 3

GAPS = {
    Gap.NOBODY: "Nobody looks after it: name a contract or a person in its deployment.",
    Gap.CONTRACT_UNKNOWN: "The contract it names is not there, or is archived.",
    Gap.NOT_FOR_SUPPORT: "Its contract is not a support contract, so that nobody looks after it.",
    Gap.CONTRACT_ENDED: "Its contract has ended.",
    Gap.CONTRACT_AHEAD: "Its contract has not begun yet.",
    Gap.ENDS_BEFORE_NEED: "Its contract ends before the business stops needing it.",
    Gap.LIABLE_BLIND: "Whoever is liable for it sees no results of it: agree on telemetry.",
    Gap.LIABLE_LOCKED_OUT: "Whoever is liable for it has no access to it in the contract.",
    Gap.NEED_UNKNOWN: "Nobody said until when it is needed, so that days without cover are not "
    "known.",
    Gap.NOT_IN_CONTRACT: "Some of the usual clauses are not in its contract: left to {own}.",
    Gap.UNPAID: "Some clauses of its contract have no price.",
    Gap.NO_RESPONSE_TIME: "Its contract sets no time within which somebody must answer.",
    Gap.NO_TELEMETRY: "No results of it come back.",
    Gap.OWN_PEOPLE_ONLY: "Its contract is not in force: {own} alone.",
    Gap.NO_RUN_BOOK: "It has no run book: what to do when it fails.",
    Gap.NOT_REHEARSED: "Going back to the version before was not tried within a year.",
}
"""What each gap means, as a sentence about a model; own people are put in by ``gap``."""

ANSWERED = {
    Answered.IN_TIME: "In time",
    Answered.LATE: "Late",
    Answered.NOT_AGREED: "No time agreed",
    Answered.UNKNOWN: "Not known",
    Answered.WAITING: "Waiting",
}


def sentence(view: SupportView) -> str:
    """Who looks after the models, until when, and what is not covered; in Markdown."""
    title = f"**{literal(view.title)}**"
    if not view.cares:
        return (
            f"{title}: no model is in use, so that there is nothing to look after yet. The "
            "calculators below can be used all the same."
        )
    if len(view.cares) <= _FEW:
        text = f"{title}: " + "; ".join(_of(care, view.today) for care in view.cares) + "."
    else:
        text = f"{title}: {_of_many(view)}."
    if view.alarms:
        text += f" **{counted(len(view.alarms), 'alarm')}**."
    return text


def _of(care: Care, today: date) -> str:
    model = f"**{literal(care.deployment.model_id)}**"
    return f"{model} {_kept(care, today)}{_uncovered(care, today)}"


def _kept(care: Care, today: date) -> str:
    contract, own = care.contract, literal(care.own_people)
    if care.keeper is Keeper.CONTRACT and contract is not None:
        until = f"until {day(contract.ends_on)}" if contract.ends_on else "without an end"
        words = f"is looked after by {literal(contract.counterparty)} {until}"
        if not own:
            return words
        then = ", and afterwards for all" if contract.ends_on else ""
        return f"{words}, and by {own} for what the contract leaves out{then}"
    if care.keeper is Keeper.OWN_PEOPLE:
        words = f"is looked after by {own}, without a contract"
        if begins := _begins(care, today):
            words += f" until {literal(begins.counterparty)} begins on {day(begins.starts_on)}"
        return words
    if begins := _begins(care, today):
        until = f"until {day(begins.ends_on)}" if begins.ends_on else "without an end"
        who = f"{literal(begins.counterparty)} {until}"
        return f"is looked after only from {day(begins.starts_on)} on, by {who}"
    return "is looked after by **nobody**"


def _begins(care: Care, today: date) -> Contract | None:
    """Its support contract, where that is still to come."""
    contract = care.contract if care.clauses else None
    starts_on = contract.starts_on if contract else None
    return contract if starts_on is not None and starts_on > today else None


def gap(care: Care, what: Gap) -> str:
    """What a gap of a deployment means, as a sentence."""
    return GAPS[what].format(own=care.own_people or "nobody")


def _uncovered(care: Care, today: date) -> str:
    needed = care.deployment.needed_until_on
    if needed is None:
        return ", and nobody said until when it is needed"
    if needed < today:
        return f", and was needed until {day(needed)} only"
    if care.gap_days:
        days = counted(care.gap_days, "day")
        return f", and **{days} are not covered** until {day(needed)}, the last day of need"
    return f", and needed until {day(needed)}, all of it covered"


def _of_many(view: SupportView) -> str:
    parts = []
    for keeper, words in (
        (Keeper.CONTRACT, "under contract"),
        (Keeper.OWN_PEOPLE, "by your own people"),
        (Keeper.NOBODY, "by nobody"),
    ):
        n = sum(care.keeper is keeper for care in view.cares)
        if n:
            parts.append(f"{n} {words}")
    contracts = [c.contract for c in view.cares if c.keeper is Keeper.CONTRACT and c.contract]
    ends = [contract.ends_on for contract in contracts if contract.ends_on is not None]
    first = f"; the first contract ends {day(min(ends))}" if ends else ""
    uncovered = f"; at worst {counted(view.gap_days, 'day')} of need are not covered"
    models = counted(len(view.cares), "model in use", "models in use")
    return f"{models} looked after: {listed(parts)}{first}{uncovered if view.gap_days else ''}"


def keeper(care: Care) -> str:
    """Who looks after a model, for a table."""
    contract, own = care.contract, care.own_people
    if care.keeper is Keeper.CONTRACT and contract is not None:
        company = str(contract.counterparty)
        ends = f" until {day(contract.ends_on)}" if contract.ends_on else ""
        return f"{company}{ends}, {own} for the rest" if own else company
    if care.keeper is Keeper.OWN_PEOPLE:
        return own
    if contract is not None and Gap.CONTRACT_AHEAD in care.gaps:
        return f"nobody yet: {contract.counterparty} from {day(contract.starts_on)}"
    return "nobody"


def terms(contract: Contract, currency: str) -> str:
    """How a contract is paid."""
    fees = (
        (contract.amount, f"{currency} {{}} in all"),
        (contract.fee_per_year, f"{currency} {{}} a year"),
        (contract.hours_included, "{} hours a year in it"),
        (contract.hour_rate, f"{currency} {{}} a further hour"),
        (contract.call_out_fee, f"{currency} {{}} a call"),
    )
    said = [words.format(number(value)) for value, words in fees if value is not None]
    kind = contract.pricing.value.replace("_", " ")
    return literal(f"Paid as {kind}: {listed(said) if said else 'no amount is written down'}.")


def repair(years: Sequence[SupportYear]) -> str:
    """What repairing the models took, year by year; empty before there are two years."""
    if len(years) < 2:
        return ""
    parts = [
        f"{y.label}: {hours(y.hours_per_model)} ({counted(y.n_incidents, 'incident')})"
        for y in years
    ]
    return f"Repair for each model and year: {'; '.join(parts)}."


def hours(value: float | None) -> str:
    """Hours as people say them: minutes below one, days from four on.

    Examples
    --------
    >>> hours(0.25), hours(3.0), hours(190.0), hours(None)
    ('15 min', '3 h', '7.92 days', '–')
    """
    if value is None:
        return "–"
    if value < 1:
        return f"{plain(value * 60)} min"
    return f"{number(value)} h" if value < 96 else f"{number(value / 24)} days"
