"""A KPI in full: what was measured, what the models imply, where it should go and who owns it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import NotFoundError
from mlpm_core.in_life.kpi_change import Basis, Change, MeasuredValue, Missing
from mlpm_core.in_life.kpi_series import (
    KpiSeries,
    is_over,
    is_stale,
    level_within,
    periods_missing,
    series_of,
)
from mlpm_core.in_life.kpi_state import KpiState, state_at, state_of
from mlpm_core.in_life.periods import Period
from mlpm_core.records import KpiActual, Promise, RolloutResult
from mlpm_core.services.in_life.events import Happening, concerning, events
from mlpm_core.services.in_life.experiments import proofs
from mlpm_core.services.in_life.implied_levels import (
    ImpliedLevel,
    ImpliedPart,
    implied_levels,
    levels_together,
)
from mlpm_core.services.in_life.kpi_targets import (
    Target,
    in_force,
    judged,
    measured_on,
    targets,
    with_last,
)
from mlpm_core.services.in_life.portfolio import project_view
from mlpm_core.services.in_life.proven_beside_implied import ProvenLevel, proven_level
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import kept
from mlpm_core.value.kpi import is_mean_over_cases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.realisation import Span
    from mlpm_core.services.in_life.portfolio import ProjectView
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader

__all__ = [
    "Basis",
    "Change",
    "ImpliedLevel",
    "ImpliedPart",
    "KpiLine",
    "KpiSeries",
    "KpiState",
    "KpiView",
    "MeasuredValue",
    "Missing",
    "Period",
    "ProvenLevel",
    "Target",
    "as_proven",
    "is_stale",
    "kpi_lines",
    "kpi_view",
    "line_of",
    "periods_missing",
]

_SPARK: Final = 26
_STATES: Final = list(KpiState)
_AS_IMPLIED: Final = {
    "on target": KpiState.REACHED,
    "between start and target": KpiState.ON_THE_WAY,
    "between start and target, getting better": KpiState.ON_THE_WAY,
    "between start and target, getting worse": KpiState.OFF,
    "target missed": KpiState.OFF,
    "no better than before": KpiState.OFF,
}


@dataclass(frozen=True, slots=True)
class KpiLine:
    """A KPI as one row of a list.

    ``is_measured`` tells a state by measured values from one that the models imply; ``reason`` why
    it cannot be told. ``target`` is the one in force on the day. ``proven`` is where it stands by a
    proof that says less than is implied of it, of one that was not measured as a whole: its state
    then goes by that.
    """

    kpi: KpiValue
    series: KpiSeries | None
    state: KpiState
    is_measured: bool
    reason: Missing | None
    target: Target | None
    proven: ProvenLevel | None = None

    @property
    def newest(self) -> MeasuredValue | None:
        """The newest measured value of a period that is over."""
        return self.series.newest if self.series else None

    @property
    def shown(self) -> float | None:
        """The figure it is judged by: measured or proven, or else implied, or else planned."""
        if self.newest is not None:
            return self.newest.value
        if self.proven is not None:
            return self.proven.level
        standing = self.kpi.current or self.kpi.planned
        return standing.mean if standing else None

    @property
    def is_planned(self) -> bool:
        """Whether nothing but a plan says where it stands."""
        return self.newest is None and self.kpi.current is None and self.kpi.planned is not None

    @property
    def spark(self) -> Sequence[float]:
        """The newest levels, oldest first: measured, or else implied; none beside a proven one."""
        if self.proven is not None:
            return ()
        if self.series is None or self.newest is None:
            return self.kpi.trend[-_SPARK:]
        return [v.value for v in self.series.whole[-_SPARK:]]


@dataclass(frozen=True, slots=True)
class KpiView:
    """One KPI in full.

    ``series`` are its measured values by length of period, that of the newest first. ``implied`` is
    where the models' metrics put it, ``no_implied`` why nothing does. ``cases`` are the value
    cases that move it, whose ``parts`` add up to that. ``also`` are other value cases with results
    that change the same dimension and that no KPI of it names: what they imply is in no figure of
    this KPI.
    """

    project: str
    currency: str
    day: date
    line: KpiLine
    series: Mapping[str, KpiSeries]
    implied: tuple[ImpliedLevel, ...]
    no_implied: str | None
    cases: tuple[CaseValue, ...]
    targets: tuple[Target, ...]
    promises: tuple[Promise, ...]
    events: tuple[Happening, ...]
    also: tuple[CaseValue, ...] = ()
    parts: tuple[ImpliedPart, ...] = ()
    year_starts_in: int = 1

    @property
    def kpi(self) -> KpiValue:
        """The KPI."""
        return self.line.kpi

    def implied_in(self, period: Period | Span) -> float | None:
        """The implied level over a period; None where too few of its days have one."""
        return level_within({i.period: i.level for i in self.implied}, period)

    def implied_ends_in(self, period: Period | Span) -> tuple[float, float] | None:
        """P10 and P90 of the implied level over a period; None where there is no such level.

        The draws behind the levels of all days are the same, so that their ends average.
        """
        low = level_within({i.period: i.low for i in self.implied}, period)
        high = level_within({i.period: i.high for i in self.implied}, period)
        return None if low is None or high is None else (low, high)

    def measured_on(self, on: date) -> float | None:
        """What was measured in the whole period of a day; None where it was not."""
        value = measured_on(self.line.series, on)
        return None if value is None else value.value

    def measured_since(self, on: date) -> tuple[float, int] | None:
        """The mean of the whole periods that begin on a day or later, and how many these are."""
        series = self.line.series
        later = [v for v in series.whole if v.period.start.date() >= on] if series else []
        return (fmean(v.value for v in later), len(later)) if later else None


def kpi_lines(workspace: Workspace, project: str) -> tuple[KpiLine, ...]:
    """Every KPI of a project: those that are off target first, of these the measured ones.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return kept(workspace, "kpi lines", project, partial(_lines, workspace, project))


def kpi_view(workspace: Workspace, project: str, kpi_id: str) -> KpiView:
    """One KPI in full.

    Raises
    ------
    NotFoundError
        When there is no such project or KPI.
    """
    lines = {line.kpi.kpi_id: line for line in kpi_lines(workspace, project)}
    if kpi_id not in lines:
        raise NotFoundError.of("KPI", kpi_id, lines)
    line, view = lines[kpi_id], project_view(workspace, project)
    happenings = events(workspace, project)
    cases = _cases(view, line.kpi)
    with workspace.store.reader() as reader:
        measured = _measured(reader, project, view).get(kpi_id, {})
        dated = targets(reader, project).get(kpi_id, ())
        implied, parts, reason = _implied(reader, view, line.kpi, cases)
        promises = tuple(
            p
            for p in reader.current(Promise, project)
            if p.kpi_id == kpi_id and not p.archived and p.made_on <= view.day
        )
    return KpiView(
        project=project,
        currency=view.project.currency,
        day=view.day,
        line=line,
        series=measured,
        implied=implied,
        no_implied=reason,
        cases=cases,
        targets=tuple(
            judged(t, line.series, line.kpi.direction) for t in with_last(dated, line.kpi)
        ),
        promises=promises,
        events=concerning(happenings, kpis=[kpi_id], models=_models(cases)),
        also=_also(view, line.kpi) if implied else (),
        parts=parts,
        year_starts_in=view.project.year_starts_in,
    )


def _also(view: ProjectView, kpi: KpiValue) -> tuple[CaseValue, ...]:
    """Other value cases that may act on a KPI."""
    named = {n for k in view.kpis if k.dimension is kpi.dimension for n in k.moved_by}
    others = [x.case for x in view.lines if x.case.value_case_id not in named]
    return tuple(case for case in others if case.current and case.current.kpis[kpi.dimension].mean)


def _lines(workspace: Workspace, project: str) -> tuple[KpiLine, ...]:
    view = project_view(workspace, project)
    with workspace.store.reader() as reader:
        measured = _measured(reader, project, view)
        by_kpi = targets(reader, project)
        has_groups = any(reader.holds_any(kind, project) for kind in (RolloutResult, KpiActual))
    lines = []
    for kpi in view.kpis:
        mine, dated = measured.get(kpi.kpi_id, {}), by_kpi.get(kpi.kpi_id, ())
        line = line_of(kpi, mine, dated, view.day)
        is_implied = line.newest is None and kpi.current is not None and kpi.baseline is not None
        if has_groups and is_implied and is_mean_over_cases(kpi.unit):
            line = as_proven(line, _proven(workspace, view, kpi), view.day)
        lines.append(line)
    return tuple(sorted(lines, key=_worst_first))


def _proven(workspace: Workspace, view: ProjectView, kpi: KpiValue) -> ProvenLevel | None:
    """Where a KPI stands by a proof that says less than is implied of it."""
    project = view.project.project
    mine = [m for m in proofs(workspace, project).of_kpis if m.kpi_id == kpi.kpi_id]
    if not mine:
        return None
    cases = _cases(view, kpi)
    with workspace.store.reader() as reader:
        implied, _, _ = _implied(reader, view, kpi, cases)
    from_on = [c.deployment.from_on for c in cases if c.deployment and c.deployment.from_on]
    return proven_level(kpi, implied, mine, max(from_on, default=None))


def as_proven(line: KpiLine, proven: ProvenLevel | None, day: date) -> KpiLine:
    """A KPI whose state goes by what was proven of it, where something was."""
    kpi, target = line.kpi, line.target
    if proven is None or target is None:
        return replace(line, proven=proven)
    state = state_at(
        proven.level,
        target=target.target,
        target_on=target.on,
        baseline=kpi.baseline,
        direction=kpi.direction,
        today=day,
    )
    return replace(line, state=state, proven=proven)


def _cases(view: ProjectView, kpi: KpiValue) -> tuple[CaseValue, ...]:
    """The value cases that move a KPI."""
    by_id = {x.case.value_case_id: x.case for x in view.lines}
    return tuple(by_id[name] for name in kpi.moved_by)


def _worst_first(line: KpiLine) -> tuple[object, ...]:
    return _STATES.index(line.state), not line.is_measured, line.kpi.title


def line_of(
    kpi: KpiValue, measured: Mapping[str, KpiSeries], dated: Sequence[Target], day: date
) -> KpiLine:
    """A KPI with its measured values by length of period and its targets by date, judged."""
    series = next(iter(measured.values()), None)
    target = in_force(with_last(dated, kpi), day) if kpi.counts else None
    if series is None or series.newest is None:
        state = _AS_IMPLIED.get(kpi.standing(day), KpiState.CANNOT_TELL)
        is_planned = kpi.current is None
        state = KpiState.CANNOT_TELL if is_planned else state
        return KpiLine(kpi, series, state, is_measured=False, reason=None, target=target)
    state, reason = state_of(
        series,
        target=target.target if target else None,
        target_on=target.on if target else None,
        baseline=kpi.baseline,
        direction=kpi.direction,
        today=day,
    )
    return KpiLine(kpi, series, state, is_measured=True, reason=reason, target=target)


def _measured(reader: Reader, project: str, view: ProjectView) -> dict[str, dict[str, KpiSeries]]:
    """The measured values of every KPI of a project, by length of period."""
    units = {kpi.kpi_id: kpi.unit for kpi in view.kpis}
    values: dict[str, list[MeasuredValue]] = {}
    stands_still = view.project.clock_on is not None  # what came in since was the future then
    for row in reader.rows("measured_kpis", project=project):
        period = Period(row["period_start"], row["granularity"])
        if row["n"] == 0 or period.start.date() > view.day:
            continue
        received_at = None if stands_still else row["received_at"]
        values.setdefault(row["kpi_id"], []).append(
            MeasuredValue(
                period,
                row["value"],
                n=row["n"],
                total=row["total"],
                squares=row["squares"],
                batch=row["batch"],
                source=row["source"],
                is_whole=is_over(period, view.day, received_at),
            )
        )
    return {k: series_of(found, units[k]) for k, found in values.items() if k in units}


def _implied(
    reader: Reader, view: ProjectView, kpi: KpiValue, cases: Sequence[CaseValue]
) -> tuple[tuple[ImpliedLevel, ...], tuple[ImpliedPart, ...], str | None]:
    """Where the metrics of each period put a KPI, oldest first, by each case; or why nothing."""
    asked = reader, view.project.project, view.day, kpi
    if not cases or kpi.baseline is None or kpi.current is None:
        return (), (), kpi.reason or "No model's results say anything of it."

    def levels() -> tuple[tuple[ImpliedLevel, ...], tuple[ImpliedPart, ...]]:
        parts = tuple(ImpliedPart(case, implied_levels(*asked, case)) for case in cases)
        return levels_together(*asked, cases) if len(cases) > 1 else parts[0].levels, parts

    found, reason = or_reason(f"What models imply of KPI {kpi.kpi_id}", levels)
    implied, parts = found or ((), ())
    return implied, parts, reason


def _models(cases: Sequence[CaseValue]) -> tuple[str, ...]:
    """The models that move a KPI."""
    return tuple(dict.fromkeys(c.deployment.model_id for c in cases if c.deployment))
