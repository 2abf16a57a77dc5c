"""The metrics that hold in each period of a series, as they enter a sum of periods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.in_life.observation import pooled
from mlpm_core.in_life.pooling import largest_variance, pooled_periods
from mlpm_core.services.valuation.monitored import seen
from mlpm_core.value.levels import mean_nets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.in_life.observation import Observation
    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.value.mechanism import Input

    Held = dict[str, tuple[str, Period]]


_MOST_DAYS: Final = 182.0
"""No more than half a year is pooled."""


def settled_metrics(
    case: CaseValue, periods: Mapping[Period, Mapping[str, Monitored]]
) -> list[Held]:
    """Of each period the metrics that hold in it, as written, with the period that tells each.

    Periods of one length, oldest first. A metric missing in a period carries its last value. Where
    the formula bends in a metric, periods are pooled: the first of them is told for all. A period
    in which the model flagged nothing is worth just that, and lends nothing to the others.
    Periods without a single hit, or miss, are pooled too.
    """
    observed = [seen(case.mechanism, p, metrics, case.currency) for p, metrics in periods.items()]
    own: list[Held] = [{} for _ in observed]
    for entry in case.mechanism.inputs:
        telling = [
            (i, p, s.observations[entry.name])
            for i, (p, s) in enumerate(zip(periods, observed, strict=True))
            if entry.name in s.observations
            and not (s.is_idle and s.observations[entry.name].value == 0)
        ]
        pools = pooled_periods(
            [o for _, _, o in telling],
            [p.days for _, p, _ in telling],
            most_variance=_most_variance(case, entry, [o for _, _, o in telling]),
            most_days=_MOST_DAYS,
            expected=_planned(case, entry),
            low=entry.low,
        )
        for (i, _, _), settled in zip(telling, pools, strict=True):
            own[i][entry.name] = (settled.text, telling[settled.run][1])
    last: Held = {}
    held = []
    for period, one, mine in zip(periods, observed, own, strict=True):
        last |= mine
        idle = {n: ("0", period) for n, o in one.observations.items() if n not in mine}
        held.append(last | idle)
    return held


def _planned(case: CaseValue, entry: Input) -> float:
    """What is planned of a share; a half where nothing is, or it is no share."""
    if case.planned is None or entry.name not in case.planned.quantities or not entry.is_share:
        return 0.5
    return float(np.mean(case.planned.inputs_by_draw[entry.name]))


def _most_variance(case: CaseValue, entry: Input, observations: Sequence[Observation]) -> float:
    """The variance up to which the metric's error does not bias the value; infinite for none."""
    worth = case.planned or case.current
    if worth is None or len(observations) < 2 or entry.name not in worth.quantities:
        return math.inf
    centre = pooled(observations).value
    typical = pooled(observations).variance_at(centre) * len(observations)
    room = [math.sqrt(typical)]
    room += [(centre - entry.low) / 2] if entry.low is not None else []
    room += [(entry.high - centre) / 2] if entry.high is not None else []
    step = min(room)
    if step <= 0:
        return math.inf
    return largest_variance(
        lambda levels: mean_nets(worth, {entry.name: levels})[0],
        centre,
        step,
        worth.net.mean,
    )
