"""How a KPI stands towards its target, by its newest measured value."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mlpm_core.in_life.kpi_change import Missing
from mlpm_core.in_life.kpi_series import KpiSeries, is_stale

if TYPE_CHECKING:
    from datetime import date


class KpiState(StrEnum):
    """How a KPI stands towards its target, in four words."""

    OFF = "off"
    CANNOT_TELL = "cannot tell"
    ON_THE_WAY = "on the way"
    REACHED = "reached"


def state_of(
    series: KpiSeries | None,
    *,
    target: float | None,
    target_on: date | None,
    baseline: float | None,
    direction: str,
    today: date,
) -> tuple[KpiState, Missing | None]:
    """How the newest whole period stands towards a target, on a day.

    Off is: no better than the baseline, the day of the target is past, or getting worse beyond
    chance. None of it is told of values that are out of date.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from mlpm_core.in_life.kpi_change import MeasuredValue
    >>> from mlpm_core.in_life.periods import Period
    >>> value = MeasuredValue(Period(datetime(2026, 6, 22), "P1W"), 12.0)
    >>> series = KpiSeries("P1W", "minute/case", (value,))
    >>> asked = {"target_on": None, "baseline": 14.0, "direction": "lower"}
    >>> state_of(series, target=10.0, today=date(2026, 6, 30), **asked)[0].value
    'on the way'
    """
    newest = series.newest if series else None
    if series is None or newest is None or target is None:
        return KpiState.CANNOT_TELL, Missing.NO_VALUE if newest is None else None
    if is_stale(newest.period, today):
        return KpiState.CANNOT_TELL, Missing.GAP
    state = state_at(
        newest.value,
        target=target,
        target_on=target_on,
        baseline=baseline,
        direction=direction,
        today=today,
    )
    if state is not KpiState.ON_THE_WAY:
        return state, None
    scale = abs(target - (newest.value if baseline is None else baseline))
    if series.heading(direction, scale) < 0:
        return KpiState.OFF, None
    return KpiState.ON_THE_WAY, None


def state_at(
    level: float,
    *,
    target: float,
    target_on: date | None,
    baseline: float | None,
    direction: str,
    today: date,
) -> KpiState:
    """How a level stands towards a target on a day, whichever way it goes.

    Examples
    --------
    >>> from datetime import date
    >>> asked = {"target_on": None, "baseline": 14.0, "direction": "lower"}
    >>> state_at(14.0, target=10.0, today=date(2026, 6, 30), **asked).value
    'off'
    """
    sign = 1 if direction == "higher" else -1
    if sign * (level - target) >= 0:
        return KpiState.REACHED
    if target_on is not None and target_on < today:
        return KpiState.OFF
    if baseline is not None and sign * (level - baseline) <= 0:
        return KpiState.OFF
    return KpiState.ON_THE_WAY
