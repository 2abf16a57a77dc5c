"""Value cases that may act on a KPI beside those that it names: what each verdict rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from scipy.special import ndtri

from mlpm_core.in_life.kpi_series import level_within
from mlpm_core.proof.agreement import Reason, Verdict
from mlpm_core.proof.interval import TAIL, Interval
from mlpm_core.quantity import Z90
from mlpm_core.records import Slot
from mlpm_core.services.in_life.events import Origin
from mlpm_core.services.in_life.implied_levels import implied_levels
from mlpm_core.services.valuation.moved_together import ADDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from mlpm_core.in_life.periods import Period
    from mlpm_core.proof.agreement import Agreement
    from mlpm_core.services.in_life.events import Happening
    from mlpm_core.services.in_life.implied_levels import ImpliedLevel
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader

    Grid = Mapping[Period, float]
    Effect = Mapping[Period, tuple[float, float]]

_WIDER: Final = float(ndtri(1 - TAIL)) / Z90
"""By this the ends of 8 times in 10 become those of 19 in 20, for a normal effect."""
_UNSEEN: Final = float("nan")


def live_at(happenings: Iterable[Happening], implied: Sequence[ImpliedLevel]) -> datetime | None:
    """When the first champion came into use; a model without a deployment: its first results."""
    begun = [
        h.at for h in happenings if h.origin is Origin.DEPLOYED and h.after == Slot.CHAMPION.value
    ]
    return min(begun, default=implied[0].period.start if implied else None)


def without_others(
    reader: Reader,
    project: str,
    day: date,
    kpi: KpiValue,
    others: Sequence[CaseValue],
    grid: Grid,
    happenings: Sequence[Happening],
) -> tuple[Grid, Grid] | None:
    """A KPI's measured values less what other cases imply at least, and at most, for each.

    At least and at most hold together 19 times in 20.

    A value is NaN in a period of which one of them implies nothing though it was in use. None where
    what cases imply does not add up.
    """
    if kpi.dimension not in ADDED or kpi.baseline is None:
        return None
    effects = []
    for case in others:
        levels = implied_levels(reader, project, day, kpi, case)
        model = case.deployment.model_id if case.deployment else None
        mine = [h for h in happenings if h.model_id == model]
        effects.append(_effect(levels, live_at(mine, levels), kpi.baseline, grid))
    low = {p: x - sum(effect[p][0] for effect in effects) for p, x in grid.items()}
    high = {p: x - sum(effect[p][1] for effect in effects) for p, x in grid.items()}
    return low, high


def _effect(
    levels: Sequence[ImpliedLevel], began_at: datetime | None, baseline: float, grid: Grid
) -> Effect:
    """What a case adds to a KPI in each period, at least and at most: nothing before its use."""
    lows = {x.period: x.level - baseline + _WIDER * (x.low - x.level) for x in levels}
    highs = {x.period: x.level - baseline + _WIDER * (x.high - x.level) for x in levels}
    effect = {}
    for period in grid:
        if began_at is not None and period.end <= began_at:
            effect[period] = (0.0, 0.0)
            continue
        low, high = level_within(lows, period), level_within(highs, period)
        effect[period] = (_UNSEEN if low is None else low, _UNSEEN if high is None else high)
    return effect


def whichever(
    alone: Agreement,
    rest: tuple[Grid, Grid] | None,
    judged: Callable[[Grid], Agreement | None],
) -> tuple[Agreement, Interval | None]:
    """A verdict that holds whether other cases move the KPI or not; else none.

    Parameters
    ----------
    alone : Agreement
        With the named cases as all that moved it.
    rest : pair of grids, optional
        Measured values less what the others imply, at least and at most.
    judged : callable
        The agreement of measured values with the named cases.

    Returns
    -------
    Agreement
        ``alone`` where all three say the same, else the same figures and ``OTHER_CASES``.
    Interval or None
        The change that is left beside the others, over both ends; None where it cannot be said.

    Notes
    -----
    The mean of the difference is linear in the share of the others' effect and its spread is
    convex, so a contradiction that holds at all ends holds for every share between.
    """
    readings = [judged(one) for one in rest] if rest else []
    left = [r.measured for r in readings if r is not None and r.measured is not None]
    is_whole = len(left) == 2
    if is_whole and all((r.verdict, r.side) == (alone.verdict, alone.side) for r in readings if r):
        return alone, _hull(left)
    undecided = replace(
        alone,
        verdict=Verdict.CANNOT_TELL,
        reason=Reason.OTHER_CASES,
        side=None,
        more_periods=None,
    )
    return undecided, _hull(left) if is_whole else None


def _hull(intervals: Sequence[Interval]) -> Interval:
    """What several intervals cover together."""
    return Interval(
        sum(x.mean for x in intervals) / len(intervals),
        min(x.low for x in intervals),
        max(x.high for x in intervals),
    )
