"""Incidents as they were met: how long until somebody came, against what was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.records import (
    ContractType,
    IncidentStatus,
    Slot,
    fiscal_year,
    last_of_fiscal_year,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from mlpm_core.records import Contract, Deployment, Incident

DAYS_PER_YEAR: Final = 365.25
HOURS_PER_YEAR: Final = 24 * DAYS_PER_YEAR


class Answered(StrEnum):
    """Whether somebody came within the time that a contract sets."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT_AGREED = "not_agreed"
    UNKNOWN = "unknown"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class IncidentClock:
    """One incident in hours; a part is None while one of its moments is not known.

    ``reach`` is from its being noticed until somebody took it on, ``fix`` from then until the harm
    stopped, ``harm`` from its start until then, or until now while it goes on. ``agreed`` is the
    response time of the contract in force, None when none was.
    """

    incident: Incident
    notice: float | None
    reach: float | None
    fix: float | None
    harm: float | None
    is_over: bool
    contract: Contract | None
    agreed: float | None
    answered: Answered


def clock_of(incident: Incident, contracts: Sequence[Contract], now: datetime) -> IncidentClock:
    """How long each step of an incident took.

    Parameters
    ----------
    contracts : sequence of Contract
        Those that may hold for its model; the one in force on the day it was noticed is taken, the
        one with the shortest response time where there are several.
    now : datetime
        Until when the clock of an open incident runs.

    Notes
    -----
    Hours of the calendar, nights and weekends too: harm does not pause.
    """
    noticed = incident.detected_at or incident.started_at
    contract = _in_force(contracts, noticed.date())
    is_over = incident.mitigated_at is not None or incident.resolved_at is not None
    is_over = is_over or incident.status not in (IncidentStatus.OPEN,)
    ended = incident.mitigated_at or incident.resolved_at or (None if is_over else now)
    reach = _hours(noticed, incident.acknowledged_at)
    agreed = contract.response_hours if contract else None
    return IncidentClock(
        incident=incident,
        notice=_hours(incident.started_at, incident.detected_at),
        reach=reach,
        fix=_hours(incident.acknowledged_at, ended) if is_over else None,
        harm=_hours(incident.started_at, ended),
        is_over=is_over,
        contract=contract,
        agreed=agreed,
        answered=_answered(reach, agreed, waited=None if is_over else _hours(noticed, now)),
    )


def _answered(reach: float | None, agreed: float | None, *, waited: float | None) -> Answered:
    if agreed is None:
        return Answered.WAITING if reach is None and waited is not None else Answered.NOT_AGREED
    if reach is not None:
        return Answered.IN_TIME if reach <= agreed else Answered.LATE
    if waited is None:
        return Answered.UNKNOWN
    return Answered.LATE if waited > agreed else Answered.WAITING


def _in_force(contracts: Sequence[Contract], on: date) -> Contract | None:
    held = [
        c
        for c in contracts
        if c.contract_type is ContractType.SUPPORT
        and (c.starts_on is None or c.starts_on <= on)
        and (c.ends_on is None or c.ends_on >= on)
    ]
    quickest = sorted(held, key=lambda c: (c.response_hours is None, c.response_hours or 0.0))
    return quickest[0] if quickest else None


def _hours(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds() / 3600


def model_years(deployments: Iterable[Deployment], today: date) -> dict[str, float]:
    """Years that each model has been the champion, versions that overlap counted once.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import Deployment
    >>> of = {"project": "shop", "model_id": "m", "value_case_id": "v"}
    >>> two = [Deployment(deployment_id="a", from_on=date(2024, 1, 1), to_on=date(2025, 1, 10),
    ...                   **of),
    ...        Deployment(deployment_id="b", from_on=date(2025, 1, 1), **of)]
    >>> round(model_years(two, date(2026, 1, 1))["m"], 2)
    2.0
    """
    days: dict[str, list[tuple[date, date]]] = {}
    for deployment in deployments:
        last = min(deployment.to_on or today, today)
        if deployment.slot is Slot.CHAMPION and deployment.from_on <= last:
            days.setdefault(deployment.model_id, []).append((deployment.from_on, last))
    return {model: _union_days(spans) / DAYS_PER_YEAR for model, spans in days.items()}


@dataclass(frozen=True, slots=True)
class SupportYear:
    """The incidents of a year, over the years that models were champions in it.

    A year ``is_fiscal`` where it begins in another month than January; it is called by its end.
    ``fix_hours`` are added up over the ``n_timed`` incidents of which they are known.
    """

    year: int
    model_years: float
    n_incidents: int
    n_timed: int
    fix_hours: float
    is_fiscal: bool = False

    @property
    def label(self) -> str:
        """The year as people call it."""
        return f"FY{self.year}" if self.is_fiscal else str(self.year)

    @property
    def hours_per_model(self) -> float | None:
        """Hours of repair for each model and year; None while an incident has none."""
        return self.fix_hours / self.model_years if self.n_timed == self.n_incidents else None


def support_years(
    clocks: Iterable[IncidentClock],
    deployments: Sequence[Deployment],
    today: date,
    *,
    year_starts_in: int = 1,
) -> tuple[SupportYear, ...]:
    """What repairing models took, year by year up to today; years without a model are left out.

    Parameters
    ----------
    clocks : iterable of IncidentClock
        All incidents up to today.
    deployments : sequence of Deployment
        All deployments of the same models.
    year_starts_in : int
        The month in which years begin.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import Deployment
    >>> use = Deployment(project="p", deployment_id="a", model_id="m", value_case_id="v",
    ...                  from_on=date(2024, 7, 1))
    >>> [(y.year, round(y.model_years, 2)) for y in support_years([], [use], date(2025, 12, 31))]
    [(2024, 0.5), (2025, 1.0)]
    """
    ours: dict[int, list[IncidentClock]] = {}
    for clock in clocks:
        year = fiscal_year(clock.incident.started_at.date(), year_starts_in)
        ours.setdefault(year, []).append(clock)
    first = min((d.from_on for d in deployments), default=today)
    begun, now = (fiscal_year(day, year_starts_in) for day in (first, today))
    found, before, is_fiscal = [], 0.0, year_starts_in != 1
    for year in range(begun, now + 1):
        last = last_of_fiscal_year(year, year_starts_in)
        upto = sum(model_years(deployments, min(today, last)).values())
        told = ours.get(year, [])
        timed = [c.fix for c in told if c.fix is not None]
        if upto > before:
            span = upto - before
            found.append(SupportYear(year, span, len(told), len(timed), sum(timed), is_fiscal))
        before = upto
    return tuple(found)


def _union_days(spans: list[tuple[date, date]]) -> int:
    total, upto = 0, None
    for first, last in sorted(spans):
        begins = first if upto is None else max(first, upto + timedelta(days=1))
        total += max(0, (last - begins).days + 1)
        upto = last if upto is None else max(upto, last)
    return total
