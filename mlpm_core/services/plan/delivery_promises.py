"""The ledger of promises of dates and costs, with those of KPI values beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.planning.promises import DeliveryOutcome, KeptRate, delivery_outcome, kept_rate
from mlpm_core.records import DeliveryPromise, Kpi, Promise, StakeholderRecord
from mlpm_core.services.ingest.meeting_rules import EVEN_ODDS

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace

__all__ = ["DeliveryOutcome", "KeptRate", "KpiPromise", "Ledger", "LedgerLine", "ledger"]

_JUDGED = (DeliveryOutcome.KEPT, DeliveryOutcome.OVER, DeliveryOutcome.MISSED)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A promise of a date or a cost with what became of it; ``made_to`` is a name or empty."""

    record: DeliveryPromise
    made_to: str
    outcome: DeliveryOutcome

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
    lines = [
        LedgerLine(
            record=p,
            made_to=names.get(p.stakeholder_id, p.stakeholder_id),
            outcome=delivery_outcome(p, day),
        )
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


def _open_first(line: LedgerLine) -> tuple[object, ...]:
    order = [DeliveryOutcome.OPEN, DeliveryOutcome.MISSED]
    rank = order.index(line.outcome) if line.outcome in order else len(order)
    return rank, -line.record.made_on.toordinal(), line.record.promise_id
