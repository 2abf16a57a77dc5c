"""The calculators of support: what help costs, make or buy, labelling, training runs, tools."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING, Any, TypeVar

from mlpm_core.errors import InputError, quoted
from mlpm_core.planning import annotation, compute_campaign
from mlpm_core.planning.make_or_buy import MakeOrBuy, Sourcing, make_or_buy
from mlpm_core.planning.response import DAYS_PER_YEAR
from mlpm_core.planning.retainer import (
    BreakEvenFee,
    Cover,
    CoverCost,
    Incidents,
    SupportNeed,
    break_even_fee,
    cover_costs,
    support_hours,
)
from mlpm_core.planning.sustainable_team import RoleCover, sustainable_team
from mlpm_core.quantity.written import fig
from mlpm_core.records import (
    AnnotationPlan,
    ColumnKind,
    ComputeCampaign,
    Employer,
    Record,
    SourcingRecord,
    SupportPlan,
    columns,
    stored,
)
from mlpm_core.services.ingest.support_rules import AMOUNTS, amount
from mlpm_core.services.session.computing import or_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.planning.quick_result import Spread
    from mlpm_core.quantity import Quantity
    from mlpm_core.records import Contract, Role, TeamMember
    from mlpm_core.services.plan.support_facts import IncidentFact, SupportFacts

_BETWEEN_LABELS = re.compile(r"[;,\t]")
AnyRecord = TypeVar("AnyRecord", bound=Record)
ALONE, STANDBY, BANK = "No contract", "Standby", "Bank of hours"
HOURS_A_YEAR = 1600.0
"""Hours that one full-time person works in a year; the product's own."""


class LossBasis(StrEnum):
    """Where the loss per hour comes from."""

    TYPED = "typed"
    RECORDED = "recorded"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class RetainerView:
    """What help would cost under one support plan; all None with the reason in ``problem``.

    ``loss_per_hour`` is money, ``loss_basis`` where it comes from. ``hours`` are a year's.
    """

    record: SupportPlan
    facts: SupportFacts
    incidents: Incidents | None = None
    loss_per_hour: float | None = None
    loss_basis: LossBasis | None = None
    hours: Spread | None = None
    covers: tuple[CoverCost, ...] = ()
    fee: BreakEvenFee | None = None
    problem: str | None = None

    @property
    def people(self) -> float | None:
        """Full-time people whom the P80 of the hours takes."""
        return self.hours.p80 / HOURS_A_YEAR if self.hours else None


@dataclass(frozen=True, slots=True)
class SourcingView:
    """One comparison of make and buy; ``answer`` is None with the reason in ``problem``.

    ``team`` says role by role whether own people can keep it up; empty while no role is written
    down.
    """

    record: SourcingRecord
    answer: MakeOrBuy | None
    problem: str | None = None
    team: tuple[RoleCover, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnotationView:
    """One labelling plan; ``plan`` is None with the reason in ``problem``; costs are money."""

    record: AnnotationPlan
    plan: annotation.AnnotationPlan | None
    problem: str | None = None

    def cost(self, hours: float) -> float:
        """What hours of labelling cost, at the day rate for the hours of a day."""
        return hours / self.record.hours_per_day * self.record.day_rate


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One compute campaign; ``counted`` is None with the reason in ``problem``."""

    record: ComputeCampaign
    counted: compute_campaign.Campaign | None
    problem: str | None = None


def retainer(record: SupportPlan, facts: SupportFacts, currency: str) -> RetainerView:
    """What a year costs alone and with help, by the incidents and values that are stored."""
    if not facts.n_models:
        return RetainerView(
            record,
            facts,
            problem="No model is in use yet, so that nothing can fail. Write down a deployment.",
        )
    known = _loss(record, facts)
    if known is None:
        return RetainerView(
            record,
            facts,
            problem="What an hour of harm costs is not known: no incident has a loss, and no model "
            "in use has a value. Write the loss per hour into the plan.",
        )
    compute = partial(_retainer, record, facts, currency, *known)
    view, problem = or_reason(f"Support plan {record.support_id}", compute)
    return view or RetainerView(record, facts, problem=problem)


def _loss(record: SupportPlan, facts: SupportFacts) -> tuple[float, LossBasis] | None:
    """What is written in the plan, else what incidents cost, else what the models bring."""
    if record.loss_per_hour is not None:
        return record.loss_per_hour, LossBasis.TYPED
    if facts.recorded_loss is not None:
        loss, hours, _ = facts.recorded_loss
        return loss / hours, LossBasis.RECORDED
    value = facts.value_per_hour
    return None if value is None else (value, LossBasis.VALUE)


def _retainer(
    record: SupportPlan, facts: SupportFacts, currency: str, loss: float, basis: LossBasis
) -> RetainerView:
    read = partial(_amount, record, currency)
    incidents = Incidents(facts.n_models, facts.n_incidents, facts.model_years)
    need = support_need(record, incidents, loss, currency)
    alone = Cover(
        ALONE,
        read("reach_alone"),
        bill_per_incident=record.emergency_bill,
        rate_per_hour=record.hour_rate,
    )
    covers, fee = [alone], None
    if record.standby_reach:
        standby = Cover(
            STANDBY,
            read("standby_reach"),
            fee_per_year=record.standby_fee,
            bill_per_incident=record.standby_call_out,
            rate_per_hour=record.hour_rate,
        )
        covers.append(standby)
        fee = break_even_fee(need, alone, standby)
    if record.bank_reach:
        covers.append(
            Cover(
                BANK,
                read("bank_reach"),
                fee_per_year=record.bank_fee,
                rate_per_hour=record.bank_rate,
                hours_included=record.bank_hours,
            )
        )
    return RetainerView(
        record,
        facts,
        incidents,
        loss,
        basis,
        support_hours(need),
        cover_costs(need, covers),
        fee,
    )


def support_need(
    record: SupportPlan, incidents: Incidents, loss_per_hour: float, currency: str
) -> SupportNeed:
    """What a year takes by a support plan, with incidents as often as they are to be expected.

    Raises
    ------
    InputError
        When an amount of the plan cannot be read.
    """
    read = partial(_amount, record, currency)
    return SupportNeed(incidents, read("fix_hours"), read("planned_hours"), loss_per_hour)


@dataclass(frozen=True, slots=True)
class PaidAndAvoided:
    """What a support contract cost so far, and what it spared; money in the project's currency.

    ``avoided`` is (the usual hours without contract - ``reach_hours``) x loss per hour x incidents:
    below 0 where help came later than it usually does. ``paid`` are its fee for the days it was in
    force and the bills of its incidents; None where the contract says no fee. ``reach_hours`` is
    the average until somebody came, over ``n_reached`` incidents of which that is known.
    """

    contract: Contract
    n_incidents: int
    n_reached: int
    reach_hours: float | None
    usual_hours: float
    avoided: float | None
    paid: float | None


def paid_and_avoided(view: RetainerView) -> tuple[PaidAndAvoided, ...]:
    """Contract by contract, what was paid and what was avoided; none without a plan that holds."""
    if not view.covers or view.loss_per_hour is None:
        return ()
    facts = view.facts
    usual, loss = view.covers[0].cover.reach_hours.mean, view.loss_per_hour
    lines = []
    for contract in sorted(facts.contracts, key=lambda c: c.starts_on or date.min):
        of_it = [i for i in facts.incidents if i.clock.contract == contract]
        if not of_it:
            continue
        reached = [i.clock.reach for i in of_it if i.clock.reach is not None]
        fee, last = contract.fee_per_year, min(contract.ends_on or facts.today, facts.today)
        paid = None
        if fee is not None and contract.starts_on is not None:
            days = (last - contract.starts_on).days + 1
            paid = fee * days / DAYS_PER_YEAR + _billed_once(of_it)
        lines.append(
            PaidAndAvoided(
                contract,
                len(of_it),
                len(reached),
                fmean(reached) if reached else None,
                usual,
                sum(usual - hours for hours in reached) * loss if reached else None,
                paid,
            )
        )
    return tuple(lines)


def _billed_once(incidents: Sequence[IncidentFact]) -> float:
    """What incidents were billed; a bill of several incidents counts once."""
    bills = {id(bill): bill.amount for incident in incidents for bill in incident.bills}
    return math.fsum(bills.values())


def sourcing(
    record: SourcingRecord, currency: str, roles: Sequence[Role], people: Sequence[TeamMember]
) -> SourcingView:
    """Make or buy, as it is written down, and the team that making would rest on."""
    what = f"Comparison {record.sourcing_id}"
    answer, problem = or_reason(what, lambda: make_or_buy(_sourcing(record, currency)))
    team, _ = or_reason(f"Team of {what}", lambda: _team(record, roles, people))
    return SourcingView(record, answer, problem, team or ())


def _team(
    record: SourcingRecord, roles: Sequence[Role], people: Sequence[TeamMember]
) -> tuple[RoleCover, ...]:
    own = [p.role for p in people if p.employer is Employer.INTERNAL]
    needed = {r.role_id: r.heads * r.availability for r in roles}
    there = {r.role_id: own.count(r.role_id) for r in roles}
    return (
        sustainable_team(needed, there, years=record.years, leave_per_year=record.p_leaves)
        if needed
        else ()
    )


def _sourcing(record: SourcingRecord, currency: str) -> Sourcing:
    amounts = {
        name: _amount(record, currency, name) if getattr(record, name) else None
        for name in AMOUNTS[SourcingRecord]
    }
    numbers: dict[str, Any] = {
        name: getattr(record, name)
        for name in (
            *("years", "build_months", "p_no_model", "p_leaves", "p_change_orders"),
            "paid_without_model",
        )
    }
    return Sourcing(**amounts, **numbers)  # type: ignore[arg-type]  # only one of them may be None


def labelling(record: AnnotationPlan, currency: str) -> AnnotationView:
    """Hours, weeks and progress of labelling, as it is written down."""

    def plan() -> annotation.AnnotationPlan:
        return annotation.AnnotationPlan(
            items=record.items,
            minutes=_amount(record, currency, "minutes_per_label"),
            labels_per_item=record.labels_per_item,
            review_share=record.review_share,
            people=record.people,
            hours_per_day=record.hours_per_day,
            labelled=record.items_done,
        )

    planned, problem = or_reason(f"Labelling plan {record.annotation_id}", plan)
    return AnnotationView(record, planned, problem)


def agreement(text: str) -> annotation.Agreement:
    r"""Agreement of two labellers, from one line an item: what the first and the second said.

    Raises
    ------
    InputError
        Naming the line that has not two labels.
    NotEnoughDataError
        With fewer than two items, or when all have one label.

    Examples
    --------
    >>> round(agreement("worn; worn\nfine; fine\nworn; fine\nfine; fine").kappa, 2)
    0.5
    """
    pairs = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        labels = [part.strip() for part in _BETWEEN_LABELS.split(line)]
        if len(labels) != 2 or not all(labels):
            raise InputError(
                f"Line {number} has not two labels: {quoted(line.strip())}. Write what the first "
                "and the second person said, with a semicolon, a comma or a tab between."
            )
        pairs.append((labels[0], labels[1]))
    return annotation.kappa(pairs)


def campaign(record: ComputeCampaign) -> CampaignView:
    """What a series of training runs used and cost, as it is written down."""

    def counted() -> compute_campaign.Campaign:
        return compute_campaign.Campaign(
            gpu_hours_planned=record.gpu_hours_planned,
            gpu_hours_used=record.gpu_hours_used,
            gpu_hours_failed=record.gpu_hours_failed,
            price=record.gpu_hour_rate,
            runs=record.runs_done,
            runs_failed=record.runs_failed,
            run_hours_p50=record.run_hours_p50,
            run_hours_p95=record.run_hours_p95,
        )

    answer, problem = or_reason(f"Compute campaign {record.campaign_id}", counted)
    return CampaignView(record, answer, problem)


def _amount(record: Record, currency: str, name: str) -> Quantity:
    return amount(type(record), name, getattr(record, name), currency)


def tried_record(record: type[AnyRecord], values: Mapping[str, object]) -> AnyRecord:
    """A record of what a form holds; nothing is stored.

    Raises
    ------
    InputError
        Naming the field that is empty or out of its range: what can be tried can be saved.
    """
    blank = {c.name: c.default for c in columns(record)}
    row = stored(record, blank | dict(values))
    for column in (c for c in columns(record) if c.kind in (ColumnKind.NUMBER, ColumnKind.WHOLE)):
        value, low, high = getattr(row, column.name), column.low, column.high
        if value is None and (column.required or column.default is not None):
            raise InputError(f"{column.label} is empty; write a number.")
        said = f"{column.label} is {fig(value or 0):,.12g}"
        if value is not None and low is not None and not low <= value:
            raise InputError(f"{said}; write a number from {fig(low):g}.")
        if value is not None and high is not None and not value <= high:
            raise InputError(f"{said}; write at most {fig(high):,.12g}.")
    return row
