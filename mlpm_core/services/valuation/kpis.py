"""Where each KPI stands: its record joined with the value case that moves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from mlpm_core.planning.proxy import Proxy, ProxyState
from mlpm_core.records import (
    Deployment,
    Direction,
    Kpi,
    Label,
    MechanismRecord,
    MetricResult,
    Prediction,
    Project,
    QuantityRecord,
    Season,
    ValueCase,
)
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.value_cases import CaseValue, project_cases
from mlpm_core.store import Writer
from mlpm_core.value.kpi import (
    KpiStanding,
    heading,
    is_measured_only,
    kpi_units,
    per_unit,
    standing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.periods import Period
    from mlpm_core.quantity import Dimension
    from mlpm_core.records import Record
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.now import Computed, Stretch
    from mlpm_core.services.valuation.trends import TrendPoint
    from mlpm_core.store import Reader
    from mlpm_core.value.kinds import Unchecked
    from mlpm_core.value.worth import Worth

__all__ = [
    "MOVING",
    "KpiValue",
    "Proxy",
    "ProxyState",
    "is_measured_only",
    "kpi_proxy",
    "kpi_units",
    "kpi_value",
    "kpi_values",
    "kpis_moved_by",
    "worst_first",
]

MOVING = frozenset(
    (
        *(Project, MechanismRecord, Kpi, ValueCase, QuantityRecord, Deployment),
        *(MetricResult, Prediction, Label),
    )
)
"""The records that a KPI's value rests on; no other can move one."""

MISSED: Final = "target missed"
NO_BETTER: Final = "no better than before"
NOT_CURRENT: Final = "not current"
ON_TARGET: Final = "on target"
UNKNOWN: Final = "unknown"
_BETWEEN: Final = {
    -1: "between start and target, getting worse",
    0: "between start and target",
    1: "between start and target, getting better",
}
_WORST_FIRST: Final = (
    MISSED, NO_BETTER, *_BETWEEN.values(), ProxyState.EXPIRED.value, NOT_CURRENT, UNKNOWN,
    ON_TARGET,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KpiValue:
    """A KPI with the value that the model's metrics imply, in the KPI's unit.

    ``baseline`` and ``target`` are None only for a proxy that still waits for them. ``model`` is
    the model and version whose results the value rests on, ``rests_on`` their periods,
    ``uncounted`` why they say nothing of today, ``computed`` the metrics that come from a
    prediction log, ``unchecked`` how many of the numbers behind it are typical ones that nobody
    has checked. ``state`` and ``proxy_told`` say how a proxy stands on the day it was asked.
    """

    kpi_id: str
    title: str
    dimension: Dimension
    unit: str
    direction: str
    baseline: float | None
    target: float | None
    target_on: date | None
    definition: str
    owner: str
    value_case_id: str
    planned: KpiStanding | None
    current: KpiStanding | None
    reason: str | None
    as_of: Period | None
    model: str | None
    batches: tuple[str, ...]
    trend: tuple[float, ...]
    proxy: Proxy
    state: ProxyState
    proxy_told: str
    rests_on: Stretch | None = None
    uncounted: str | None = None
    computed: tuple[tuple[str, Computed], ...] = ()
    season: Season = Season.NATURAL
    unchecked: Unchecked | None = None

    @property
    def counts(self) -> bool:
        """Whether it may be judged, promised and added: not once it is an expired proxy."""
        return self.state is not ProxyState.EXPIRED

    @property
    def gap_to_target(self) -> float | None:
        """How far the value is from its target; negative while it falls short, whichever way.

        None without a value or a target, and for a proxy that expired.
        """
        if self.value is None or self.target is None or not self.counts:
            return None
        sign = 1 if self.direction == Direction.HIGHER else -1
        return sign * (self.value - self.target)

    def standing(self, today: date) -> str:
        """How it stands towards its target on a day, in a few words.

        They follow the date (a target that was not reached by its day is missed) and the way that
        the newest periods went.
        """
        if not self.counts:
            return self.state.value
        if self.current is None or self.target is None or self.baseline is None:
            return UNKNOWN
        if self.uncounted is not None:
            return NOT_CURRENT
        if (self.gap_to_target or 0.0) >= 0:
            return ON_TARGET
        if self.target_on and self.target_on < today:
            return MISSED
        sign = 1 if self.direction == Direction.HIGHER else -1
        gained = sign * (self.current.mean - self.baseline)
        if gained <= 0:
            return NO_BETTER
        return _BETWEEN[heading(self.trend, self.direction, self.target - self.baseline)]

    @property
    def value(self) -> float | None:
        """The mean implied value, in the KPI's unit."""
        return self.current.mean if self.current else None


def kpis_moved_by(
    workspace: Workspace, record: type[Record], project: str, reader: Reader
) -> list[KpiValue]:
    """The KPIs of a project, if rows of this kind can move one."""
    return kpi_values(reader, project, workspace.today) if record in MOVING else []


def kpi_values(reader: Reader, project: str, today: Callable[[], date]) -> list[KpiValue]:
    """Every KPI of a project with the value its model's metrics imply.

    Works inside an open transaction, so that an import can show its effect before it is kept.
    """
    if isinstance(reader, Writer):  # it would read every kind again for every case
        reader = reader.as_it_is()
    row = reader.one(Project, (project,))
    if row is None:
        return []
    kpis = [kpi for kpi in reader.current(Kpi, project) if not kpi.archived]
    if not kpis:
        return []
    day = row.clock_on or today()
    cases = {c.value_case_id: c for c in project_cases(reader, row, day)}
    return [kpi_value(kpi, cases, day) for kpi in kpis]


def worst_first(values: Iterable[KpiValue], today: date) -> list[KpiValue]:
    """KPIs by how they stand on a day: what was missed first, what is on target last."""
    return sorted(values, key=lambda kpi: _WORST_FIRST.index(kpi.standing(today)))


def kpi_proxy(kpi: Kpi) -> Proxy:
    """What a KPI's record says of its being a proxy."""
    return Proxy(kpi.stands_for, kpi.agreed_by, kpi.agreed_on, kpi.expires_on)


def kpi_value(
    kpi: Kpi,
    cases: Mapping[str, CaseValue],
    today: date,
    trends: Mapping[str, Sequence[TrendPoint]] | None = None,
) -> KpiValue:
    """A KPI's record joined with the value case that moves it, as it stands on a day.

    ``trends`` are by case.
    """
    baseline: float | None = kpi.baseline
    case, reason = None, None
    if is_measured_only(kpi.dimension, kpi.unit):
        reason = f"No model implies this: it is only measured, in {kpi.unit}."
    elif kpi.value_case_id in cases:
        case = cases[kpi.value_case_id]
    elif len(cases) == 1:
        case = next(iter(cases.values()))
    elif cases:
        reason = "The project has several value cases: name the one that moves this KPI."
    else:
        reason = "No value case says yet how the model moves this KPI."
    if case is not None and case.current is None:
        reason = case.problem or "No monitoring results yet: this is a plan."
    at: _Standings = _Standings()
    if baseline is None and not is_measured_only(kpi.dimension, kpi.unit):
        reason = "Its baseline is still to be measured."
    elif case is not None and baseline is not None:
        points = (trends or {}).get(case.value_case_id, ())
        what = f"KPI {kpi.kpi_id} of {kpi.project}"
        standings, problem = or_reason(what, partial(_standings, kpi, case, baseline, points))
        at, reason = standings or at, problem or reason
    proxy = kpi_proxy(kpi)
    copied = ("kpi_id", "title", "unit", "direction", "baseline", "target", "target_on")
    return KpiValue(
        **{name: getattr(kpi, name) for name in (*copied, "definition", "owner")},
        dimension=kpi.dimension,
        value_case_id=case.value_case_id if case else "",
        planned=at.planned,
        current=at.current,
        reason=reason,
        as_of=case.as_of if case else None,
        model=_model(case),
        batches=case.batches if case else (),
        trend=at.trend,
        proxy=proxy,
        state=proxy.state(today),
        proxy_told=proxy.sentence(today),
        rests_on=case.rests_on if case else None,
        uncounted=case.uncounted if case else None,
        season=kpi.season,
        unchecked=case.unchecked if case else None,
        computed=tuple((i.label, i.computed) for i in case.inputs if i.computed) if case else (),
    )


@dataclass(frozen=True, slots=True)
class _Standings:
    """Where a KPI stands as planned and now, and where it stood."""

    planned: KpiStanding | None = None
    current: KpiStanding | None = None
    trend: tuple[float, ...] = ()


def _standings(
    kpi: Kpi, case: CaseValue, baseline: float, points: Sequence[TrendPoint]
) -> _Standings:
    dimension = kpi.dimension

    def at(worth: Worth | None) -> KpiStanding | None:
        if worth is None:
            return None
        return standing(
            worth.kpis[dimension],
            dimension=dimension,
            unit=kpi.unit,
            currency=case.currency,
            baseline=baseline,
            direction=kpi.direction,
        )

    factor = per_unit(dimension, kpi.unit, case.currency)
    sign = 1 if kpi.direction == Direction.HIGHER else -1
    trend = tuple(baseline + sign * factor * p.kpis[dimension] for p in points)
    return _Standings(at(case.planned), at(case.current), trend)


def _model(case: CaseValue | None) -> str | None:
    """The model and version whose results a case rests on; None while it is a plan."""
    if case is None or case.current is None or not case.deployment:
        return None
    return f"{case.deployment.model_id} {case.deployment.model_version}".strip()
