"""Where each KPI stands: its record joined with the value cases that move it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.planning.proxy import Proxy, ProxyState
from mlpm_core.quantity import Dimension
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
from mlpm_core.services.valuation.case_value import Unchecked
from mlpm_core.services.valuation.moved_together import ADDED, moves, together
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
    from mlpm_core.records import Record
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.now import Computed, Stretch
    from mlpm_core.services.valuation.trends import TrendPoint
    from mlpm_core.store import Reader
    from mlpm_core.value.estimate import Estimate
    from mlpm_core.value.mechanism import Mechanism
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

    ``value_case_id`` is the value case that moves it, the first of those that it names; what the
    ``further`` ones imply is added. ``alone`` is where each of several puts it by itself, by title,
    and ``left_out`` says which of them add nothing.
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
    further: tuple[str, ...] = ()
    alone: Mapping[str, KpiStanding] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def moved_by(self) -> tuple[str, ...]:
        """The value cases that move it."""
        return (self.value_case_id, *self.further) if self.value_case_id else ()

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
    """A KPI's record joined with the value cases that move it, as it stands on a day.

    ``trends`` are by case.
    """
    is_free = is_measured_only(kpi.dimension, kpi.unit)
    mine, left_out, reason = _moving(kpi, cases)
    if is_free:
        mine, reason = (), f"No model implies this: it is only measured, in {kpi.unit}."
    counting = mine
    at = _Standings()
    if kpi.baseline is None and not is_free:
        reason = "Its baseline is still to be measured."
    elif mine and kpi.baseline is not None:
        what = f"KPI {kpi.kpi_id} of {kpi.project}"
        if len(mine) == 1:
            points = (trends or {}).get(mine[0].value_case_id, ())
            moved = partial(_moved_by_one, kpi, mine[0], kpi.baseline, points)
        else:
            moved = partial(_moved_by_all, kpi, mine, kpi.baseline, today)
        found, problem = or_reason(what, moved)
        at = found or at
        counting, left_out = at.counting or mine, left_out + at.left_out
        reason = problem or at.reason or reason
    proxy = kpi_proxy(kpi)
    copied = ("kpi_id", "title", "unit", "direction", "baseline", "target", "target_on")
    seen = [(c.as_of, c.rests_on) for c in counting if c.as_of]
    as_of, rests_on = min(seen, key=lambda of: of[0].end, default=(None, None))
    return KpiValue(
        **{name: getattr(kpi, name) for name in (*copied, "definition", "owner")},
        dimension=kpi.dimension,
        value_case_id=mine[0].value_case_id if mine else "",
        planned=at.planned,
        current=at.current,
        reason=reason,
        as_of=as_of,
        model=" and ".join(dict.fromkeys(filter(None, map(_model, counting)))) or None,
        batches=tuple(dict.fromkeys(batch for case in counting for batch in case.batches)),
        trend=at.trend,
        proxy=proxy,
        state=proxy.state(today),
        proxy_told=proxy.sentence(today),
        rests_on=rests_on,
        uncounted=_uncounted(counting),
        season=kpi.season,
        unchecked=_unchecked(counting),
        computed=tuple((i.label, i.computed) for c in counting for i in c.inputs if i.computed),
        further=tuple(c.value_case_id for c in mine[1:]),
        alone=at.alone,
        left_out=left_out,
    )


def _moving(
    kpi: Kpi, cases: Mapping[str, CaseValue]
) -> tuple[tuple[CaseValue, ...], tuple[str, ...], str | None]:
    """The value cases that move a KPI, which that it names add nothing, and why there is none."""
    named = kpi.moved_by or (tuple(cases) if len(cases) == 1 else ())
    there = [cases[name] for name in named if name in cases]
    mine = tuple(c for c in there if not c.mechanism.kpis or moves(c.mechanism, kpi.dimension))
    idle = [not_moved(c.title, c.mechanism, kpi.dimension) for c in there if c not in mine]
    gone = [name for name in named if name not in cases]
    archived = [f"The value case “{name}” is archived and adds nothing." for name in gone]
    if mine:
        return mine, (*archived, *idle), None
    if named:
        return (), (), " ".join((*archived, *idle))
    if cases:
        told = "The project has several value cases: name the one that moves this KPI."
        return (), (), told
    return (), (), "No value case says yet how the model moves this KPI."


def not_moved(title: str, mechanism: Mechanism, dimension: Dimension) -> str:
    """That a value case does not move a KPI's dimension, and what it moves instead."""
    moved = [d.label.lower() for d in Dimension if moves(mechanism, d)]
    listed = " and ".join(filter(None, (", ".join(moved[:-1]), *moved[-1:])))
    return f"The value case “{title}” moves {listed or 'nothing'}, not {dimension.label.lower()}."


def _uncounted(cases: Sequence[CaseValue]) -> str | None:
    """Why what moves a KPI says nothing of today; of several cases with the name of the one."""
    why = next(((c.title, c.uncounted) for c in cases if c.uncounted), None)
    if why is None:
        return None
    return why[1] if len(cases) == 1 else f"“{why[0]}”: {why[1]}"


def _unchecked(cases: Sequence[CaseValue]) -> Unchecked | None:
    """How many of the numbers behind a KPI nobody has checked; None for 0."""
    if not any(c.unchecked for c in cases):
        return None
    return Unchecked(sum(len(c.typical) for c in cases), sum(c.n_in_use for c in cases))


@dataclass(frozen=True, slots=True)
class _Standings:
    """Where a KPI stands as planned and now, where it stood, and the cases that this rests on."""

    planned: KpiStanding | None = None
    current: KpiStanding | None = None
    trend: tuple[float, ...] = ()
    counting: tuple[CaseValue, ...] = ()
    alone: Mapping[str, KpiStanding] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    reason: str | None = None


def _moved_by_one(
    kpi: Kpi, case: CaseValue, baseline: float, points: Sequence[TrendPoint]
) -> _Standings:
    dimension = kpi.dimension

    def at(worth: Worth | None) -> KpiStanding | None:
        return _standing(kpi, case, baseline, worth.kpis[dimension] if worth else None)

    factor = per_unit(dimension, kpi.unit, case.currency)
    sign = 1 if kpi.direction == Direction.HIGHER else -1
    trend = tuple(baseline + sign * factor * p.kpis[dimension] for p in points)
    reason = None
    if case.current is None:
        reason = case.problem or "No monitoring results yet: this is a plan."
    return _Standings(at(case.planned), at(case.current), trend, (case,), reason=reason)


def _moved_by_all(kpi: Kpi, cases: Sequence[CaseValue], baseline: float, today: date) -> _Standings:
    if kpi.dimension not in ADDED:
        raise InputError(not_added(kpi.unit))
    found = together(cases, kpi.dimension, today)
    planned = _standing(kpi, cases[0], baseline, found.planned)
    current = _standing(kpi, cases[0], baseline, found.current)
    alone = {
        case.title: part
        for case in found.counting
        if case.current
        and (part := _standing(kpi, case, baseline, case.current.kpis[kpi.dimension]))
    }
    return _Standings(planned, current, (), found.counting, alone, found.left_out, found.reason)


def not_added(unit: str) -> str:
    """Why what several value cases imply for a KPI in a unit is not added."""
    return (
        f"A mean over cases, such as {unit}, does not add up over value cases, for each has cases "
        "of its own: name one value case, or give each a KPI of its own."
    )


def _standing(
    kpi: Kpi, case: CaseValue, baseline: float, improvement: Estimate | None
) -> KpiStanding | None:
    if improvement is None:
        return None
    return standing(
        improvement,
        dimension=kpi.dimension,
        unit=kpi.unit,
        currency=case.currency,
        baseline=baseline,
        direction=kpi.direction,
    )


def _model(case: CaseValue) -> str | None:
    """The model and version whose results a case rests on; None while it is a plan."""
    if case.current is None or not case.deployment:
        return None
    return f"{case.deployment.model_id} {case.deployment.model_version}".strip()
