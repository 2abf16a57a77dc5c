"""What experiments say of a project's KPIs: grade A, from cases that chance held out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.in_life.periods import Period
from mlpm_core.in_life.realisation import Span, counted_parts
from mlpm_core.proof.always_valid import TUNED_WEEKS
from mlpm_core.proof.cells import Sums
from mlpm_core.proof.experiment import Doubt, Experiment, Interval, Verdict, experiment
from mlpm_core.proof.grown import Compared
from mlpm_core.records import Direction, Group, Kpi
from mlpm_core.services.session.computing import or_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlpm_core.services.session.workspace import Workspace

__all__ = ["Doubt", "Experiment", "KpiExperiment", "Lack", "Verdict", "experiments"]

_PER_THOUSAND: Final = {"1/kcase", "hour/kcase"}
_PER_CASE: Final = {"hour/case": "hour", "minute/case": "minute", "day/case": "day"}
_TOGETHER: Final = {"1/kcase": "case", "hour/kcase": "hour"} | _PER_CASE
_AGREE: Final = 0.1
"""A value and the mean of its cases may be this far apart, as a share, by rounding."""


class Lack(StrEnum):
    """What the measured values do not say, so that no experiment can be read from them."""

    CASES = "number of cases"
    SUMS = "sum and sum of squares"
    LENGTH = "length of the period"


@dataclass(frozen=True, slots=True)
class KpiExperiment:
    """A KPI that was measured by group, and what its experiment says.

    ``experiment`` holds figures of one case in ``unit`` and the total in ``total_unit``; it is None
    where ``lack`` or ``reason`` says why. ``n_unread`` values of one group and period were left
    out, for they say no cases or sums, or overlap with others. ``until`` is the first moment after
    the newest period.
    """

    kpi_id: str
    title: str
    higher_is_better: bool
    unit: str
    total_unit: str
    experiment: Experiment | None
    lack: Lack | None
    reason: str | None
    n_unread: int
    until: datetime
    batches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a recorded plan says of an experiment: see ``experiment``."""

    smallest: float | None = None
    planned_share: float | None = None
    tuned_weeks: float | None = None


def experiments(
    workspace: Workspace, project: str, planned: Mapping[str, Planned] | None = None
) -> tuple[KpiExperiment, ...]:
    """Every KPI of a project of which both groups, or one of them, were measured.

    Parameters
    ----------
    planned : mapping, optional
        By KPI what a plan says; ``smallest`` in the unit of the KPI's experiment.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    until = datetime.combine(workspace.today(project) + timedelta(days=1), time())
    with workspace.store.reader() as reader:
        kpis = {k.kpi_id: k for k in reader.current(Kpi, project)}
        rows = reader.rows("kpis_by_group", project=project, until=until)
    by_kpi: dict[str, list[dict[str, Any]]] = {}
    for measured in rows:
        by_kpi.setdefault(measured["kpi_id"], []).append(measured)
    return tuple(
        _read(kpis[kpi_id], row.currency, own, (planned or {}).get(kpi_id, Planned()))
        for kpi_id, own in by_kpi.items()
        if kpi_id in kpis and not kpis[kpi_id].archived
    )


def units_of(kpi_unit: str, currency: str) -> tuple[str, str, float]:
    """The unit of one case's outcome, of the sum over cases, and how many of the first one is.

    Examples
    --------
    >>> units_of("1/kcase", "EUR"), units_of("EUR/year", "EUR")
    (('1/kcase', 'case', 1000.0), ('EUR/case', 'EUR', 1.0))
    """
    if kpi_unit in _TOGETHER:
        return kpi_unit, _TOGETHER[kpi_unit], 1000.0 if kpi_unit in _PER_THOUSAND else 1.0
    return f"{currency}/case", currency, 1.0


def _read(
    kpi: Kpi, currency: str, rows: Sequence[Mapping[str, Any]], planned: Planned
) -> KpiExperiment:
    unit, total_unit, scale = units_of(kpi.unit, currency)
    newest = max(Period(r["period_start"], r["granularity"]).end for r in rows)
    lacks = [_lack(r, kpi.unit) for r in rows]
    usable = [r for r, lack in zip(rows, lacks, strict=True) if lack is None]
    found, reason, n_read = None, None, 0
    if usable:
        what = f"The experiment on KPI {kpi.kpi_id}"
        told, reason = or_reason(what, partial(_judged, kpi, usable, scale, planned))
        found, n_read = told or (None, 0)
    lack = next((x for x in lacks if x), None) if not usable else None
    return KpiExperiment(
        kpi_id=kpi.kpi_id,
        title=kpi.title,
        higher_is_better=kpi.direction == Direction.HIGHER,
        unit=unit,
        total_unit=total_unit,
        experiment=found,
        lack=lack,
        reason=reason,
        n_unread=len(rows) - n_read,
        until=newest,
        batches=tuple(dict.fromkeys(r["batch"] for r in rows)),
    )


def _lack(row: Mapping[str, Any], kpi_unit: str) -> Lack | None:
    """What a measured value does not say."""
    if not row["granularity"]:
        return Lack.LENGTH
    if row["n"] is None:
        return Lack.CASES
    is_share = kpi_unit == "1/kcase" and 0 <= row["value"] <= 1000
    has_sum = row["sum"] is not None or kpi_unit in _TOGETHER
    if is_share or (has_sum and row["sum_sq"] is not None):
        return None
    return Lack.SUMS


def _judged(
    kpi: Kpi, rows: Iterable[Mapping[str, Any]], scale: float, planned: Planned
) -> tuple[Experiment, int]:
    """What the values say, and how many of them were read."""
    periods, n_read = _periods(kpi, rows, scale)
    told = experiment(
        periods,
        higher_is_better=kpi.direction == Direction.HIGHER,
        smallest=planned.smallest / scale if planned.smallest else None,
        planned_share=planned.planned_share,
        tuned_weeks=planned.tuned_weeks or TUNED_WEEKS,
    )
    return _in_unit(told, scale), n_read


def _in_unit(told: Experiment, scale: float) -> Experiment:
    """The same with the effect on one case in the KPI's unit, such as per 1,000 cases."""

    def scaled(x: Interval) -> Interval:
        return Interval(x.mean * scale, x.low * scale, x.high * scale)

    return replace(
        told,
        effect=scaled(told.effect) if told.effect else None,
        looks=tuple(replace(look, effect=scaled(look.effect)) for look in told.looks),
    )


def _periods(
    kpi: Kpi, rows: Iterable[Mapping[str, Any]], scale: float
) -> tuple[list[Compared], int]:
    """Periods without overlap, and how many values they hold.

    Those of both groups go first, of these the shorter ones.
    """
    groups: dict[Period, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(Period(row["period_start"], row["granularity"]), {})[row["group"]] = row
    ordered = sorted(groups, key=lambda p: (-len(groups[p]), p.days, p.start))
    spans = [Span(p.start, p.end) for p in ordered]
    periods, n_read = [], 0
    for period, span, parts in zip(ordered, spans, counted_parts(spans), strict=True):
        if parts != (span,):
            continue
        sums = {g: _sums(kpi, row, period, scale) for g, row in groups[period].items()}
        periods.append(
            Compared(period.start, period.days, sums.get(Group.TREATED), sums.get(Group.HOLDOUT))
        )
        n_read += len(sums)
    return periods, n_read


def _sums(kpi: Kpi, row: Mapping[str, Any], period: Period, scale: float) -> Sums | None:
    """The sums over the cases of one group; None when it had no case."""
    n, value = row["n"], row["value"] / scale
    if n == 0:
        return None
    total = value * n if row["sum"] is None else row["sum"]
    squares = total if row["sum_sq"] is None else row["sum_sq"]
    if kpi.unit in _TOGETHER and abs(total / n - value) > _AGREE * max(abs(total / n), abs(value)):
        raise InputError(
            f"Of the group {row['group']} {period.when} the value is {row['value']:g} "
            f"{kpi.unit}, but its sum over {n:,} cases makes {scale * total / n:g}. Correct one of "
            "the two."
        )
    return Sums(n, total, squares)
