"""What the records say of models at work: how often they fail, who came, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import fmean
from typing import TYPE_CHECKING

from mlpm_core.planning.care import Care, care_of
from mlpm_core.planning.response import (
    HOURS_PER_YEAR,
    IncidentClock,
    SupportYear,
    clock_of,
    model_years,
    support_years,
)
from mlpm_core.records import (
    Contract,
    ContractClause,
    Cost,
    CostType,
    Deployment,
    Incident,
    Project,
    Slot,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader

__all__ = ["IncidentFact", "ModelValue", "SupportFacts", "SupportYear", "support_facts"]


@dataclass(frozen=True, slots=True)
class ModelValue:
    """What a model in use brings an hour, in money, with P10 and P90; None with the reason.

    ``is_planned`` says that nothing is monitored, so that it is the value it was planned to have.
    """

    model_id: str
    per_hour: float | None
    low: float | None
    high: float | None
    is_planned: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """An incident with its clock, its loss and its bills, in the project's currency.

    ``loss`` is None where it is not known; ``is_loss_implied`` says that it is the hours of harm
    times what the model brings an hour, and no figure that somebody wrote down. ``is_estimate``
    says that somebody estimated it. ``bills`` are costs of type incident whose days hold its
    start; one that holds the start of several incidents is among the bills of each.
    """

    clock: IncidentClock
    loss: float | None
    is_loss_implied: bool
    is_estimate: bool
    bills: tuple[Cost, ...]

    @property
    def billed(self) -> float:
        """The sum of its bills."""
        return sum(bill.amount for bill in self.bills)


@dataclass(frozen=True, slots=True)
class SupportFacts:
    """What is recorded of the models in use and of their incidents.

    ``model_years`` and ``n_incidents`` are of all that are or were champions, ``years`` the same
    year by year; ``n_models`` are those in use today.
    """

    today: date
    cares: tuple[Care, ...]
    contracts: tuple[Contract, ...]
    incidents: tuple[IncidentFact, ...]
    values: tuple[ModelValue, ...]
    n_models: int
    n_incidents: int
    model_years: float
    years: tuple[SupportYear, ...]

    @property
    def value_per_hour(self) -> float | None:
        """What a model in use brings an hour, on average over those with a value."""
        known = [v.per_hour for v in self.values if v.per_hour is not None]
        return fmean(known) if known else None

    @property
    def recorded_loss(self) -> tuple[float, float, int] | None:
        """Losses that were written down: money, hours of harm, and incidents; None without one.

        A model that fails may do harm beyond what it no longer brings.
        """
        told = [
            (i.loss, i.clock.harm)
            for i in self.incidents
            if i.loss is not None and not i.is_loss_implied and i.loss >= 0 and i.clock.harm
        ]
        if not told:
            return None
        losses, hours = zip(*told, strict=True)
        return sum(losses), sum(hours), len(told)


def support_facts(
    workspace: Workspace, reader: Reader, project: Project, cases: Mapping[str, CaseValue]
) -> SupportFacts:
    """Everything about care and incidents that is stored of a project."""
    name = project.project
    today = workspace.today(name)
    midnight = datetime.combine(today + timedelta(days=1), time())
    now = midnight if project.clock_on else workspace.now()
    deployed = [d for d in reader.current(Deployment, name) if not d.archived]
    contracts = [c for c in reader.current(Contract, name) if not c.archived]
    clauses = [c for c in reader.current(ContractClause, name) if not c.archived]
    in_use = [d for d in deployed if _is_looked_after(d, today)]
    years = model_years(deployed, today)
    values = tuple(
        _value(model, [d for d in in_use if d.model_id == model], cases)
        for model in dict.fromkeys(d.model_id for d in in_use if d.slot is Slot.CHAMPION)
    )
    recorded = [
        i for i in reader.current(Incident, name) if i.started_at <= now and i.model_id in years
    ]
    bills = [c for c in reader.current(Cost, name) if c.cost_type is CostType.INCIDENT]
    per_hour = {v.model_id: v.per_hour for v in values}
    incidents = tuple(
        _incident(i, deployed, contracts, bills, per_hour, project.currency, now)
        for i in sorted(recorded, key=lambda i: i.started_at, reverse=True)
    )
    return SupportFacts(
        today=today,
        cares=tuple(_care(d, contracts, clauses, today) for d in in_use),
        contracts=tuple(contracts),
        incidents=incidents,
        values=values,
        n_models=len(values),
        n_incidents=len(recorded),
        model_years=sum(years.values()),
        years=support_years(
            [i.clock for i in incidents], deployed, today, year_starts_in=project.year_starts_in
        ),
    )


def _is_looked_after(deployment: Deployment, today: date) -> bool:
    """Whether it is in use and serves: a shadow harms nobody, a fallback not while it waits."""
    serves = deployment.slot in (Slot.CHAMPION, Slot.CHALLENGER)
    runs = deployment.to_on is None or deployment.to_on >= today
    return serves and runs and deployment.from_on <= today


def _care(
    deployment: Deployment,
    contracts: Iterable[Contract],
    clauses: Iterable[ContractClause],
    today: date,
) -> Care:
    contract = next((c for c in contracts if c.contract_id == deployment.contract_id), None)
    of_it = [c for c in clauses if c.contract_id == deployment.contract_id]
    return care_of(deployment, contract, of_it, today)


def _value(model: str, in_use: Sequence[Deployment], cases: Mapping[str, CaseValue]) -> ModelValue:
    """A model's value an hour, as its metrics say now, else as planned."""
    asked = {d.value_case_id for d in in_use if d.slot is Slot.CHAMPION}
    valued = [cases[c] for c in asked if c in cases and cases[c].best is not None]
    nets = [case.best.net for case in valued if case.best is not None]
    if not nets:
        reasons = [c.problem for c in (cases.get(a) for a in sorted(asked)) if c and c.problem]
        reason = reasons[0] if reasons else "Its value case is not there."
        return ModelValue(model, None, None, None, False, reason)
    mean, low, high = (
        sum(figures) / HOURS_PER_YEAR
        for figures in zip(*((n.mean, n.p10, n.p90) for n in nets), strict=True)
    )
    if mean <= 0:
        reason = "It brings nothing at present, so that nothing is lost while it stands still."
        return ModelValue(model, None, None, None, False, reason)
    is_planned = any(case.current is None for case in valued)
    return ModelValue(model, mean, low, high, is_planned, None)


def _incident(
    incident: Incident,
    deployed: Iterable[Deployment],
    contracts: Sequence[Contract],
    bills: Iterable[Cost],
    per_hour: Mapping[str, float | None],
    currency: str,
    now: datetime,
) -> IncidentFact:
    named = {d.contract_id for d in deployed if d.model_id == incident.model_id}
    others = {d.contract_id for d in deployed} - named
    clock = clock_of(incident, [c for c in contracts if c.contract_id not in others], now)
    is_ours = incident.currency in ("", currency)
    written = incident.realised_loss if incident.realised_loss is not None else incident.est_loss
    loss = written if is_ours else None
    implied = loss is None and incident.model_id in per_hour
    if implied:
        rate = per_hour[incident.model_id]
        loss = None if rate is None or clock.harm is None else rate * clock.harm
    on = incident.started_at.date()
    of_it = tuple(
        c
        for c in bills
        if c.model_id == incident.model_id
        and c.period_start <= on <= c.period_end
        and c.currency in ("", currency)
    )
    is_estimate = incident.realised_loss is None and written is not None
    return IncidentFact(clock, loss, implied and loss is not None, is_estimate, of_it)
