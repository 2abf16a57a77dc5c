"""What changed of a KPI since a day: value, metrics, what it means, and what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from mlpm_core.records import METRICS
from mlpm_core.services.in_life.events import Happening, Origin

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.in_life.periods import Period
    from mlpm_core.services.in_life.kpi_view import ImpliedLevel, KpiSeries, KpiView

__all__ = ["Happening", "Moved", "SinceDay", "since_day"]

_SETTLED = (Origin.CHANGED, Origin.REDEFINED)


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure as it was known on a day, and as it is now, each with its period.

    ``metric`` names the metric of a model; None is the KPI itself. ``of`` names the value case that
    it feeds where several move the KPI.
    """

    metric: str | None
    before: float | None
    before_in: Period | None
    now: float
    now_in: Period
    of: str = ""

    @property
    def difference(self) -> float | None:
        """Now minus before; None where nothing was known, or nothing came since."""
        if self.before is None or self.before_in == self.now_in:
            return None
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class SinceDay:
    """What changed of a KPI since a day.

    ``measured`` and ``implied`` are None where there is no value at all; ``implied_ends`` are P10
    and P90 of what is implied now. ``settled`` are changes of
    its definition, target or owner, and of the mechanism; ``events`` everything else.
    """

    day: date
    measured: Moved | None
    implied: Moved | None
    implied_ends: tuple[float, float] | None
    metrics: tuple[Moved, ...]
    settled: tuple[Happening, ...]
    events: tuple[Happening, ...]


def since_day(view: KpiView, series: KpiSeries | None, day: date) -> SinceDay:
    """What changed of a KPI since the beginning of a day.

    Before is the newest period that was over by then, whenever its value came in.
    """
    moment = datetime.combine(day, time.min)
    later = [h for h in view.events if h.at >= moment]
    whole = series.whole if series else ()
    measured = _moved(None, [(v.period, v.value) for v in whole], moment)
    implied = _moved(None, [(i.period, i.level) for i in view.implied], moment)
    return SinceDay(
        day,
        measured,
        implied,
        (view.implied[-1].low, view.implied[-1].high) if view.implied else None,
        tuple(
            moved
            for part in view.parts
            for moved in _metrics(
                part.levels, moment, part.case.title if len(view.parts) > 1 else ""
            )
        ),
        tuple(h for h in later if h.origin in _SETTLED),
        tuple(h for h in later if h.origin not in _SETTLED),
    )


def _moved(
    metric: str | None, levels: list[tuple[Period, float]], moment: datetime
) -> Moved | None:
    if not levels:
        return None
    before = next(((p, x) for p, x in reversed(levels) if p.end <= moment), (None, None))
    now_in, now = levels[-1]
    return Moved(metric, before[1], before[0], now, now_in)


def _metrics(implied: tuple[ImpliedLevel, ...], moment: datetime, of: str) -> tuple[Moved, ...]:
    """The metrics that MLPM knows, in the units of their files, shares as shares."""
    names = sorted({name for i in implied for name in i.metrics if name in METRICS})
    moved = []
    for name in names:
        levels = [(i.period, i.metrics[name].value) for i in implied if name in i.metrics]
        units = {i.metrics[name].unit for i in implied if name in i.metrics}
        one = _moved(name, levels, moment)
        if one is not None and len(units) == 1:
            moved.append(replace(one, of=of))
    return tuple(moved)
