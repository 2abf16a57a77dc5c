"""The ledger of promises of dates and costs, with those of KPI values beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.planning.promises import DeliveryOutcome, KeptRate, delivery_outcome, kept_rate
from mlpm_core.records import (
    DeliveryPromise,
    EstimateSnapshot,
    Kpi,
    Measure,
    Promise,
    StakeholderRecord,
)
from mlpm_core.services.ingest.meeting_rules import EVEN_ODDS
from mlpm_core.services.plan.plans import work_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.planning import WorkCalendar
    from mlpm_core.services.session.workspace import Workspace

__all__ = [
    "DeliveryOutcome", "KeptRate", "KpiPromise", "Ledger", "LedgerLine", "Safety", "ledger",
]  # fmt: skip
_TO_BE_SAFE: Final = 0.8
_MOST_DAYS: Final = 100_000  # a file may say anything; beyond it a calendar has no day

_JUDGED = (DeliveryOutcome.KEPT, DeliveryOutcome.OVER, DeliveryOutcome.MISSED)


class Safety(StrEnum):
    """Whether a promise was what its estimate called enough 8 times in 10."""

    SAFE = "safe"
    TOO_EARLY = "less than safe"
    UNKNOWN = "no estimate named"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A promise of a date or a cost with what became of it; ``made_to`` is a name or empty.

    ``safe_on`` and ``safe_cost`` are P80 of the estimate of a day that it names, the first counted
    from the day on which work begins as that is known now; None where it names none.
    """

    record: DeliveryPromise
    made_to: str
    outcome: DeliveryOutcome
    safe_on: date | None = None
    safe_cost: float | None = None

    @property
    def safety(self) -> Safety:
        """Whether it was at or beyond P80: by its estimate, else by the chance it was given."""
        record = self.record
        promised = record.promised_for_on, record.promised_cost
        if record.measure is Measure.DATE and self.safe_on and promised[0]:
            return Safety.SAFE if promised[0] >= self.safe_on else Safety.TOO_EARLY
        if (
            record.measure is Measure.COST
            and self.safe_cost is not None
            and promised[1] is not None
        ):
            return Safety.SAFE if promised[1] >= self.safe_cost else Safety.TOO_EARLY
        if record.confidence is None:
            return Safety.UNKNOWN
        return Safety.SAFE if record.confidence >= _TO_BE_SAFE else Safety.TOO_EARLY

    @property
    def was_overridden(self) -> bool:
        """Whether it was made although it was less likely than not."""
        return self.record.confidence is not None and self.record.confidence < EVEN_ODDS


@dataclass(frozen=True, slots=True)
class KpiPromise:
    """A promise of a KPI value, in ``unit``; what became of it is judged from monitored values."""

    promise_id: str
    kpi_title: str
    promised: float
    unit: str
    promised_for_on: date
    made_to: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was promised of dates and costs, open and missed ones first, and the share kept.

    ``mean_confidence`` is that of the ``n_confident`` judged promises which had one, in [0, 1].
    """

    currency: str
    lines: tuple[LedgerLine, ...]
    rate: KeptRate
    mean_confidence: float | None
    n_confident: int
    kpi_promises: tuple[KpiPromise, ...]

    def count(self, outcome: DeliveryOutcome) -> int:
        """How many promises came out like this."""
        return sum(line.outcome is outcome for line in self.lines)

    def count_safety(self, safety: Safety) -> int:
        """How many promises were made so."""
        return sum(line.safety is safety for line in self.lines)


def ledger(workspace: Workspace, project: str) -> Ledger:
    """What was promised of dates, costs and KPI values up to a project's day.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    day = workspace.today(project)
    with workspace.store.reader() as reader:
        names = {p.stakeholder_id: p.name for p in reader.current(StakeholderRecord, project)}
        kpis = {k.kpi_id: k for k in reader.current(Kpi, project)}
        promises = [p for p in reader.current(Promise, project) if not p.archived]
        told = [p for p in reader.current(DeliveryPromise, project) if not p.archived]
        taken = {s.snapshot_id: s for s in reader.current(EstimateSnapshot, project)}
        calendar = work_calendar(reader, row, day)
    lines = [
        _line(p, names.get(p.stakeholder_id, p.stakeholder_id), taken, calendar, day)
        for p in told
        if p.made_on <= day
    ]
    judged = [line for line in lines if line.outcome in _JUDGED]
    n_kept = sum(line.outcome is not DeliveryOutcome.MISSED for line in judged)
    held = [c for line in judged if (c := line.record.confidence) is not None]
    return Ledger(
        currency=row.currency,
        lines=tuple(sorted(lines, key=_open_first)),
        rate=kept_rate(n_kept, len(judged)),
        mean_confidence=sum(held) / len(held) if held else None,
        n_confident=len(held),
        kpi_promises=tuple(
            KpiPromise(
                promise_id=p.promise_id,
                kpi_title=kpis[p.kpi_id].title if p.kpi_id in kpis else p.kpi_id,
                promised=p.promised,
                unit=kpis[p.kpi_id].unit if p.kpi_id in kpis else "",
                promised_for_on=p.promised_for_on,
                made_to=p.made_to,
            )
            for p in sorted(promises, key=lambda p: (p.promised_for_on, p.promise_id))
        ),
    )


def _line(
    promise: DeliveryPromise,
    made_to: str,
    taken: Mapping[str, EstimateSnapshot],
    calendar: WorkCalendar,
    day: date,
) -> LedgerLine:
    estimate = taken.get(promise.snapshot_id)
    days = None if estimate is None else estimate.duration_p80
    return LedgerLine(
        record=promise,
        made_to=made_to,
        outcome=delivery_outcome(promise, day),
        safe_on=None if days is None or days > _MOST_DAYS else calendar.date_after(days),
        safe_cost=None if estimate is None else estimate.cost_p80,
    )


def _open_first(line: LedgerLine) -> tuple[object, ...]:
    order = [DeliveryOutcome.OPEN, DeliveryOutcome.MISSED]
    rank = order.index(line.outcome) if line.outcome in order else len(order)
    return rank, -line.record.made_on.toordinal(), line.record.promise_id
