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
    from mlpm_core.services.in_life.experiments import KpiRollout
    from mlpm_core.services.in_life.kpi_view import KpiView

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


def beside_implied(
    view: KpiView, measured: KpiExperiment | KpiBeforeAfter | KpiRollout
) -> BesideImplied | None:
    """What a proof says beside what is implied; None where the two are not of one kind.

    They are where the KPI is a mean over cases, so that a part of the cases changes by as much as
    all of them would, and where metrics were monitored while it was measured.
    """
    baseline, proven = view.kpi.baseline, _proven(measured)
    if proven is None or baseline is None or not is_mean_over_cases(view.kpi.unit):
        return None
    change, since = proven
    over = [x for x in view.implied if x.period.start >= since and x.period.end <= measured.until]
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
