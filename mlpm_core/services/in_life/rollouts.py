"""Grade B: a KPI of units that took a model up at different times, beside those yet to come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.in_life.periods import Period, following
from mlpm_core.in_life.realisation import Grade
from mlpm_core.proof.staggered import (
    FEWEST_CONTROLS,
    FEWEST_TREATED,
    Rollout,
    RolloutReason,
    RolloutVerdict,
    rollout,
)
from mlpm_core.records import Direction
from mlpm_core.services.session.computing import or_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.records import Kpi
    from mlpm_core.services.evaluate.decisions import DecisionView

    Row = Mapping[str, Any]

__all__ = [
    "FEWEST_CONTROLS", "FEWEST_TREATED", "KpiRollout", "Rollout", "RolloutReason",
    "RolloutVerdict", "rollouts",
]  # fmt: skip

_MOST: Final = 0.9
"""The first and the last period count from where so many of the units have a value."""


@dataclass(frozen=True, slots=True)
class KpiRollout:
    """What a KPI changed in the units that took a model up, beyond those that had not yet.

    ``seen`` holds figures of one unit and period in ``unit``, its indices are of ``periods``; it is
    None where ``reason`` says why. Where a decision in force says when it is read (``read_on``), it
    is read once: no period after that day counts, and before it nothing is a verdict (``is_due``).
    ``first_on`` is the first day of the first unit.
    """

    kpi_id: str
    title: str
    higher_is_better: bool
    unit: str
    periods: tuple[Period, ...]
    seen: Rollout | None
    reason: str | None
    n_units: int
    first_on: date | None
    read_on: date | None
    is_due: bool
    until: datetime
    batches: tuple[str, ...]

    @property
    def word(self) -> str:
        """Week, month ..."""
        return self.periods[0].word if self.periods else "period"

    @property
    def grade(self) -> Grade:
        """How far its figure can be put down to the model."""
        return Grade.BEFORE_AFTER

    @property
    def has_figure(self) -> bool:
        """Whether a change is told."""
        return self.seen is not None and self.seen.change is not None

    @property
    def works(self) -> bool | None:
        """Whether it changed for the better; None without a verdict."""
        if self.seen is None or not self.is_due:
            return None
        if self.seen.verdict is RolloutVerdict.CANNOT_TELL:
            return None
        return (self.seen.verdict is RolloutVerdict.ROSE) is self.higher_is_better


def rollouts(
    rows: Iterable[Row], kpis: Mapping[str, Kpi], in_force: Sequence[DecisionView], today: date
) -> tuple[KpiRollout, ...]:
    """What the measured units of each KPI say.

    Parameters
    ----------
    rows : iterable of mapping
        Of the query ``rollout_results``.
    kpis : mapping
        The KPIs of the project that are shown, by id.
    in_force : sequence of DecisionView
        The decisions in force, newest first.
    today : date
    """
    by_kpi: dict[str, list[Row]] = {}
    for row in rows:
        by_kpi.setdefault(row["kpi_id"], []).append(row)
    return tuple(
        _rollout(kpis[kpi_id], own, in_force, today)
        for kpi_id, own in by_kpi.items()
        if kpi_id in kpis
    )


def _rollout(
    kpi: Kpi, rows: Sequence[Row], in_force: Sequence[DecisionView], today: date
) -> KpiRollout:
    first_on = min((r["live_on"] for r in rows if r["live_on"]), default=None)
    read_on = _read_on(kpi, in_force, first_on)
    last = today + timedelta(days=1)
    until = datetime.combine(last if read_on is None else min(last, read_on), time())
    counted = [r for r in rows if r["granularity"] and _period(r).end <= until]
    length = Counter(r["granularity"] for r in counted).most_common(1)
    counted = [r for r in counted if r["granularity"] == length[0][0]]
    what = f"The roll-out of KPI {kpi.kpi_id}"
    told, reason = or_reason(what, partial(_seen, counted, rows))
    seen, periods = told or (None, ())
    return KpiRollout(
        kpi_id=kpi.kpi_id,
        title=kpi.title,
        higher_is_better=kpi.direction == Direction.HIGHER,
        unit=kpi.unit,
        periods=periods,
        seen=seen,
        reason=reason,
        n_units=len({r["unit_id"] for r in counted}),
        first_on=first_on,
        read_on=read_on,
        is_due=read_on is None or read_on <= today,
        until=max((_period(r).end for r in counted), default=until),
        batches=tuple(dict.fromkeys(r["batch"] for r in rows)),
    )


def _period(row: Row) -> Period:
    return Period(row["period_start"], row["granularity"])


def _read_on(kpi: Kpi, in_force: Sequence[DecisionView], first_on: date | None) -> date | None:
    """The day on which a decision said it would be read: after the first unit, known before it."""
    for decision in in_force:
        if decision.proof_kpi_id == kpi.kpi_id and decision.proof_weeks is not None:
            due_on: date | None = decision.decided_on + timedelta(weeks=decision.proof_weeks)
        elif decision.value_case_id in kpi.moved_by:
            due_on = decision.review_on
        else:
            continue
        if due_on is not None and first_on is not None and due_on > first_on:
            return due_on
    return None


def _seen(counted: Sequence[Row], rows: Sequence[Row]) -> tuple[Rollout, tuple[Period, ...]]:
    """What the units say, and over which periods."""
    values = {(r["unit_id"], _period(r)): float(r["value"]) for r in counted}
    units = sorted({unit for unit, _ in values})
    periods = _shared(values, len(units))
    if values and not periods:
        raise InputError("The periods of the units do not follow each other.")
    began = {unit: _began(unit, rows) for unit in units}
    outcomes = np.array([[values.get((u, p), np.nan) for p in periods] for u in units])
    outcomes = outcomes.reshape(len(units), len(periods))
    return rollout(outcomes, [_index(began[u], periods) for u in units]), periods


def _shared(values: Mapping[tuple[str, Period], float], n_units: int) -> tuple[Period, ...]:
    """Every period from the first to the last that nearly all units have."""
    n_of = Counter(period for _, period in values)
    every = following(n_of)
    full = [p for p in every if n_of[p] >= _MOST * n_units]
    return tuple(p for p in every if full and full[0] <= p <= full[-1])


def _began(unit: str, rows: Sequence[Row]) -> date | None:
    """The first day of a unit, told by one row of it or more."""
    days = sorted({r["live_on"] for r in rows if r["unit_id"] == unit and r["live_on"]})
    if len(days) > 1:
        raise InputError(
            f"The unit {unit} is live on {days[0]} in one row and on {days[-1]} in another. "
            "Correct one of the two."
        )
    return days[0] if days else None


def _index(began: date | None, periods: Sequence[Period]) -> int | None:
    """The first period in which a unit had the model; None for not yet."""
    if began is None:
        return None
    return next((i for i, p in enumerate(periods) if p.last_on >= began), None)
