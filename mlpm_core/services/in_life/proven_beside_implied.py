"""What was proven of a KPI with a control, beside what the model's metrics imply for that time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time
from statistics import fmean
from typing import TYPE_CHECKING, Final

from scipy.special import ndtri

from mlpm_core.proof.interval import TAIL, Interval
from mlpm_core.quantity import Z90
from mlpm_core.services.in_life.experiments import KpiBeforeAfter, KpiExperiment
from mlpm_core.value.kpi import is_mean_over_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mlpm_core.in_life.realisation import Grade
    from mlpm_core.services.in_life.experiments import KpiRollout
    from mlpm_core.services.in_life.implied_levels import ImpliedLevel
    from mlpm_core.services.valuation.kpis import KpiValue

_Z: Final = float(ndtri(1 - TAIL))


@dataclass(frozen=True, slots=True)
class BesideImplied:
    """The change that the metrics imply over the time of a proof, and measured less implied."""

    implied: Interval
    difference: Interval

    @property
    def is_less(self) -> bool | None:
        """Whether less was measured than implied, beyond chance, or more; None within chance."""
        if not self.difference.excludes(0.0):
            return None
        return self.difference.mean * self.implied.mean < 0


@dataclass(frozen=True, slots=True)
class ProvenLevel:
    """Where a KPI stands by what was proven of it with a control: its baseline and the change.

    ``low`` and ``high`` hold it 19 times in 20; ``until`` is the first moment after the proof.
    """

    level: float
    low: float
    high: float
    grade: Grade
    until: datetime


def proven_level(
    kpi: KpiValue,
    implied: Sequence[ImpliedLevel],
    proofs: Iterable[KpiExperiment | KpiBeforeAfter | KpiRollout],
    newest_on: date | None,
) -> ProvenLevel | None:
    """Where a KPI stands as proven, where that is less than its metrics imply beyond chance.

    None where the strongest proof that can be held against them says no less, is not due, or is of
    a model before the newest one, which came into use on ``newest_on``.
    """
    for measured in proofs:
        is_settled = isinstance(measured, KpiExperiment) or measured.is_due
        told = beside_implied(kpi, implied, measured) if is_settled else None
        proven = _proven(measured)
        if told is None or proven is None or kpi.baseline is None:
            continue
        if newest_on is not None and datetime.combine(newest_on, time.min) >= measured.until:
            continue
        if not told.is_less:
            return None
        change, at = proven[0], kpi.baseline
        ends = at + change.low, at + change.high
        return ProvenLevel(at + change.mean, *ends, measured.grade, measured.until)
    return None


def beside_implied(
    kpi: KpiValue,
    implied: Sequence[ImpliedLevel],
    measured: KpiExperiment | KpiBeforeAfter | KpiRollout,
) -> BesideImplied | None:
    """What a proof says beside what is implied; None where the two are not of one kind.

    They are where the KPI is a mean over cases, so that a part of the cases changes by as much as
    all of them would, and where metrics were monitored while it was measured.
    """
    baseline, proven = kpi.baseline, _proven(measured)
    if proven is None or baseline is None or not is_mean_over_cases(kpi.unit):
        return None
    change, since = proven
    over = [x for x in implied if x.period.start >= since and x.period.end <= measured.until]
    if not over:
        return None
    mean = fmean(x.level for x in over) - baseline
    half = _Z / Z90 * fmean((x.high - x.low) / 2 for x in over)  # draws are common to all periods
    apart = math.hypot((change.high - change.low) / 2, half)
    return BesideImplied(_around(mean, half), _around(change.mean - mean, apart))


def _around(mean: float, half: float) -> Interval:
    return Interval(mean, mean - half, mean + half)


def _proven(
    measured: KpiExperiment | KpiBeforeAfter | KpiRollout,
) -> tuple[Interval, datetime] | None:
    """The measured change in the KPI's unit, and since when it is one."""
    if isinstance(measured, KpiExperiment):
        found = measured.experiment
        if found is None or found.effect is None or not found.looks:
            return None
        return found.effect, found.looks[0].start
    began_on = measured.live_on if isinstance(measured, KpiBeforeAfter) else measured.first_on
    change = measured.seen.change if measured.seen else None
    if change is None or began_on is None:
        return None
    return change, datetime.combine(began_on, time.min)
