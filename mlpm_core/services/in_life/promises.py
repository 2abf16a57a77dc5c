"""Did we get what we were told: promised beside realised per month, and what became of promises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import NotEnoughDataError, NotFoundError
from mlpm_core.in_life.realisation import (
    Grade,
    HitRate,
    Outcome,
    PromiseOutcome,
    WindowTotal,
    hit_rate,
    judged,
    over_days,
    together,
)
from mlpm_core.records import Direction, Group, Kpi, Promise, ValueCase
from mlpm_core.services.evaluate.decisions import DecisionState, DecisionView, decisions
from mlpm_core.services.in_life.costs import CostsOfCase, costs_of_case
from mlpm_core.services.in_life.kpi_lives import lives
from mlpm_core.services.in_life.measured_levels import (
    LevelDoubt,
    MeasuredKpi,
    MeasuredLevel,
    measured_kpis,
)
from mlpm_core.services.in_life.realised_value import NET, LifeMonth, RealisedValue
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.kpis import KpiValue, kpi_value
from mlpm_core.services.valuation.value_cases import CaseValue, kept_cases
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.kpi import per_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace

__all__ = [
    "DeliveredView",
    "Estimate",
    "Grade",
    "Group",
    "HitRate",
    "KpiMonth",
    "KpiMonths",
    "LevelDoubt",
    "MeasuredLevel",
    "Month",
    "Outcome",
    "PromiseLine",
    "delivered",
]


@dataclass(frozen=True, slots=True)
class Month:
    """Net money of one calendar month, or of several, promised and realised.

    ``promised`` covers the days in use, ``promised_same_days`` only those that were monitored; both
    are None without a plan. ``realised`` is None when no day was monitored.
    """

    start: date
    days_in_use: float
    days_monitored: float
    days_not_final: float
    promised: float | None
    promised_same_days: float | None
    realised: Estimate | None

    @property
    def gap(self) -> float | None:
        """Promised minus realised over the monitored days: positive is money not delivered."""
        if self.promised_same_days is None or self.realised is None:
            return None
        return self.promised_same_days - self.realised.mean


@dataclass(frozen=True, slots=True)
class KpiMonth:
    """A KPI's mean level over the monitored days of a month, and the promise in force."""

    start: date
    days_in_use: float
    days_monitored: float
    days_not_final: float
    level: Estimate | None
    promised: float | None


@dataclass(frozen=True, slots=True)
class KpiMonths:
    """A KPI with its months."""

    kpi: KpiValue
    months: tuple[KpiMonth, ...]


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise and what became of it.

    ``level`` is the KPI's mean from the promised day on: as ``measured`` in whole periods where
    there is one, else as implied over ``days_monitored`` days. ``probability`` is how likely it is
    at least as good as promised, None where nothing says how far luck moves it; ``then`` is its
    mean over the month of that day, ``implied`` what the metrics imply beside a measured one, and
    ``now`` what the newest results imply. ``reason`` says why a promise that fell due cannot be
    judged.
    """

    promise_id: str
    kpi_title: str
    unit: str
    promised: float
    promised_for_on: date
    made_on: date
    made_to: str
    confidence: float | None
    outcome: Outcome
    reason: str = ""
    level: Estimate | None = None
    days_monitored: float = 0.0
    probability: float | None = None
    then: Estimate | None = None
    now: float | None = None
    measured: MeasuredLevel | None = None
    implied: Estimate | None = None


@dataclass(frozen=True, slots=True)
class DeliveredView:
    """What a value case was told to deliver, and what its monitored metrics say it delivered.

    ``to_date`` holds for each month the sum of all months up to it. ``unvalued`` says what is wrong
    with the ``n_unvalued`` periods that have no value. ``decided`` is the newest decision on the
    value case that still stands.
    """

    case: CaseValue
    day: date
    grade: Grade
    months: tuple[Month, ...]
    to_date: tuple[Month, ...]
    kpis: tuple[KpiMonths, ...]
    promises: tuple[PromiseLine, ...]
    hits: HitRate
    decided: DecisionView | None
    decisions_due: tuple[DecisionView, ...]
    next_review_on: date | None
    unvalued: tuple[str, ...]
    n_unvalued: int
    costs: CostsOfCase

    @property
    def total(self) -> Month | None:
        """Everything to date; None before the first day in use."""
        return self.to_date[-1] if self.to_date else None

    @property
    def dearest(self) -> Month | None:
        """The month that fell most behind its promise; None when none fell behind."""
        behind = [m for m in self.months if m.gap is not None and m.gap > 0]
        return max(behind, key=lambda m: m.gap or 0.0, default=None)


def delivered(workspace: Workspace, project: str, value_case_id: str) -> DeliveredView:
    """Promised beside realised, month by month, up to the day the project lives on.

    Realised is what the value function gives for the monitored metrics (grade C, model-implied);
    promised is the planned net, as in the value gap. Days without results are not filled in.
    Promises are judged by what was measured since their day, and by what is implied only where
    nothing was.

    Raises
    ------
    NotFoundError
        When the project or the value case does not exist.
    """
    today = workspace.today(project)
    recorded = decisions(workspace, project)
    with workspace.store.reader() as reader:
        cases = kept_cases(workspace, project)
        if value_case_id not in cases:
            raise NotFoundError.of("value case", value_case_id, cases)
        kpis = {k.kpi_id: kpi_value(k, cases, today) for k in reader.current(Kpi, project)}
        promises = [
            p for p in reader.current(Promise, project) if not p.archived and p.made_on <= today
        ]
        rows = {c.value_case_id: c for c in reader.current(ValueCase, project)}
        life, of_kpis = lives(reader, rows, value_case_id, cases, kpis, promises, today)
        hidden = {k.kpi_id for k in reader.current(Kpi, project) if k.archived}
        case = cases[value_case_id]
        costs = costs_of_case(reader, rows[value_case_id], case, life, today)
    lines = [_promise(p, kpis.get(p.kpi_id), cases, of_kpis, today) for p in promises]
    if any(line.outcome is not Outcome.NOT_DUE for line in lines):
        measured = measured_kpis(workspace, project)
        lines = [
            _measured(line, kpis.get(p.kpi_id), measured.get(p.kpi_id))
            for line, p in zip(lines, promises, strict=True)
        ]
    lines.sort(key=lambda x: (x.promised_for_on, x.made_on, x.promise_id))
    reviews = [
        d.review_on
        for d in recorded
        if d.review_on and not d.is_review_due and d.state is DecisionState.IN_FORCE
    ]
    return DeliveredView(
        case=case,
        day=today,
        grade=Grade.MODEL_IMPLIED,
        months=tuple(_month(case, (month,)) for month in life.months),
        to_date=tuple(_month(case, life.months[: i + 1]) for i in range(len(life.months))),
        kpis=tuple(
            KpiMonths(
                kpi, tuple(_kpi_month(kpi, case, m, promises) for m in of_kpis[kpi.kpi_id].months)
            )
            for kpi in kpis.values()
            if value_case_id in kpi.moved_by and kpi.kpi_id not in hidden and _is_judged(kpi)
        ),
        promises=tuple(lines),
        hits=hit_rate(
            PromiseOutcome(x.outcome, x.confidence, x.probability, x.measured is not None)
            for x in lines
        ),
        decided=next(
            (d for d in recorded if d.is_promise and d.value_case_id == value_case_id), None
        ),
        decisions_due=tuple(d for d in recorded if d.is_review_due),
        next_review_on=min(reviews, default=None),
        unvalued=life.unvalued,
        n_unvalued=life.n_unvalued,
        costs=costs,
    )


def _month(case: CaseValue, months: Sequence[LifeMonth]) -> Month:
    """Some months as one, under the name of the last."""
    annual = case.planned.net.mean if case.planned else None
    part = together([m.window_total for m in months])
    days_in_use = sum(m.days_in_use for m in months)
    return Month(
        start=months[-1].start,
        days_in_use=days_in_use,
        days_monitored=part.days,
        days_not_final=part.days_not_final,
        promised=None if annual is None else over_days(annual, days_in_use),
        promised_same_days=None if annual is None else over_days(annual, part.days),
        realised=part.total(NET, case.currency) if part.days else None,
    )


def _kpi_month(
    kpi: KpiValue, case: CaseValue, month: LifeMonth, promises: Sequence[Promise]
) -> KpiMonth:
    due = [p for p in promises if p.kpi_id == kpi.kpi_id and p.promised_for_on <= month.start]
    in_force = max(due, key=lambda p: (p.promised_for_on, p.made_on, p.promise_id), default=None)
    part = month.window_total
    return KpiMonth(
        start=month.start,
        days_in_use=month.days_in_use,
        days_monitored=part.days,
        days_not_final=part.days_not_final,
        level=_level_or_reason(kpi, case, part)[0] if part.days else None,
        promised=in_force.promised if in_force else None,
    )


def _is_judged(kpi: KpiValue) -> bool:
    """Whether a KPI can be held against a promise: no expired proxy, none without a baseline."""
    return kpi.counts and kpi.baseline is not None


def _level(kpi: KpiValue, case: CaseValue, part: WindowTotal) -> Estimate:
    """The KPI's mean level over the monitored days: its baseline, moved by the model."""
    if kpi.baseline is None:
        raise NotEnoughDataError(f"The baseline of {kpi.title} is still to be measured.")
    moved = part.mean(kpi.dimension.value, kpi.unit).samples
    sign = 1 if kpi.direction == Direction.HIGHER else -1
    factor = sign * per_unit(kpi.dimension, kpi.unit, case.currency)
    return Estimate.of(kpi.baseline + factor * moved, kpi.unit)


def _level_or_reason(
    kpi: KpiValue, case: CaseValue, part: WindowTotal
) -> tuple[Estimate | None, str | None]:
    """The level, or why it cannot be said, such as a unit that does not fit the project."""
    return or_reason(f"KPI {kpi.kpi_id}", partial(_level, kpi, case, part))


def _promise(
    promise: Promise,
    kpi: KpiValue | None,
    cases: Mapping[str, CaseValue],
    of_kpis: Mapping[str, RealisedValue],
    today: date,
) -> PromiseLine:
    copied = ("promise_id", "promised", "promised_for_on", "made_on", "made_to", "confidence")
    line = PromiseLine(
        **{name: getattr(promise, name) for name in copied},
        kpi_title=kpi.title if kpi else promise.kpi_id,
        unit=kpi.unit if kpi else "",
        outcome=Outcome.UNKNOWN,
        now=kpi.value if kpi else None,
    )
    due_on = promise.promised_for_on
    if due_on > today:
        return replace(line, outcome=Outcome.NOT_DUE)
    if kpi is None:
        return replace(line, reason="Its KPI is no longer there.")
    if not kpi.counts:
        return replace(
            line, reason="Its KPI was provisional, nobody agreed to it, and it has expired."
        )
    if kpi.baseline is None:
        return replace(line, reason="The baseline of its KPI is still to be measured.")
    if not kpi.value_case_id:
        return replace(line, reason=kpi.reason or "No value case moves its KPI.")
    case, life = cases[kpi.value_case_id], of_kpis[kpi.kpi_id]
    part = life.since[due_on]
    of_month = [m.window_total for m in life.months if m.start == due_on.replace(day=1)]
    then = next((_level_or_reason(kpi, case, m)[0] for m in of_month if m.days), None)
    if not part.days:
        return replace(line, then=then, reason="No results from the promised day on.")
    level, problem = _level_or_reason(kpi, case, part)
    if level is None:
        return replace(line, reason=problem or "")
    judgement = judged(level, promise.promised, higher_is_better=kpi.direction == Direction.HIGHER)
    return replace(
        line,
        outcome=judgement.outcome,
        probability=judgement.probability,
        level=level,
        then=then,
        days_monitored=part.days,
    )


def _measured(line: PromiseLine, kpi: KpiValue | None, measured: MeasuredKpi | None) -> PromiseLine:
    """The same, judged by what was measured since the promised day, where something was."""
    if line.outcome is Outcome.NOT_DUE or kpi is None or not kpi.counts or measured is None:
        return line
    found = measured.since(line.promised_for_on)
    if found is None:
        return line
    then = measured.in_month(line.promised_for_on)
    judgement = judged(
        found.level, line.promised, higher_is_better=kpi.direction == Direction.HIGHER
    )
    is_kept = judgement.outcome is not Outcome.MISSED
    return replace(
        line,
        outcome=judgement.outcome if found.doubt is None or not is_kept else Outcome.KEPT,
        probability=judgement.probability if found.doubt is None else None,
        reason="",
        level=found.level,
        then=then.level if then else None,
        measured=found,
        implied=line.level,
    )
