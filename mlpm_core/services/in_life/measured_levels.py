"""Where the KPIs of a project stood since a day, as the business counted them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import stdtrit

from mlpm_core.in_life.kpi_change import MeasuredValue, Missing, shares_of, spread_of_level
from mlpm_core.in_life.kpi_series import is_over, series_of
from mlpm_core.in_life.periods import Period
from mlpm_core.records import Group, Season
from mlpm_core.services.evaluate.proof_plans import is_per_case
from mlpm_core.services.in_life.experiments import proofs
from mlpm_core.services.in_life.kpi_view import kpi_lines
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.kpi import DAYS_PER_YEAR, is_mean_over_cases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.kpi_series import KpiSeries
    from mlpm_core.in_life.realisation import Grade
    from mlpm_core.services.session.workspace import Workspace

_AGREE: Final = 0.1
_DAYS: Final = {"year": DAYS_PER_YEAR, "month": DAYS_PER_YEAR / 12, "week": 7.0}
_A_YEAR: Final = 364  # days: 52 weeks
_POINTS: Final = (np.arange(512) + 0.5) / 512


class LevelDoubt(StrEnum):
    """Why nothing is said of how far a mean lies from where a KPI is."""

    FEW = "few"
    NO_NOISE = "no_noise"
    SEASON = "season"


_DOUBTS: Final = {Missing.TOO_FEW: LevelDoubt.FEW, Missing.NEVER_MOVED: LevelDoubt.NO_NOISE}


@dataclass(frozen=True, slots=True)
class MeasuredLevel:
    """The mean of a KPI over whole periods, in its unit.

    Periods count as on the KPI screen: by their cases or their days. Without a ``doubt`` it says
    how far the luck of periods moves it; with one it is a plain mean: of few periods, of equal
    ones, or of less than a year of a KPI with a season. ``grade`` is how
    far the KPI can be put down to the model: A by experiment, B beside a group left alone or over a
    roll-out, None without a control. ``group`` says whose it is, ``until`` the last day that it
    covers.
    """

    level: Estimate
    doubt: LevelDoubt | None
    n_periods: int
    word: str
    group: Group
    grade: Grade | None
    until: date


@dataclass(frozen=True, slots=True)
class MeasuredKpi:
    """What was measured of a KPI: all cases where they were, else those that the model treated."""

    series: KpiSeries
    group: Group
    grade: Grade | None
    has_season: bool

    def since(self, on: date) -> MeasuredLevel | None:
        """The mean of the whole periods that begin on a day or later; None where there is none."""
        return self._mean([v for v in self.series.whole if v.period.start.date() >= on])

    def in_month(self, on: date) -> MeasuredLevel | None:
        """The mean of the whole periods that begin in the month of a day."""
        month = (on.year, on.month)
        starts = [(v, v.period.start) for v in self.series.whole]
        return self._mean([v for v, start in starts if (start.year, start.month) == month])

    def _mean(self, values: Sequence[MeasuredValue]) -> MeasuredLevel | None:
        if not values:
            return None
        shares = shares_of(values, self.series.unit, by_cases=self.series.by_cases)
        level = math.fsum(share * v.value for share, v in zip(shares, values, strict=True))
        spread = spread_of_level(values, shares)
        draws, doubt = np.array([level]), None
        if self.has_season and sum(v.period.days for v in values) < _A_YEAR:
            doubt = LevelDoubt.SEASON
        elif isinstance(spread, Missing):
            doubt = _DOUBTS[spread]
        else:
            draws = level + spread.error * stdtrit(spread.freedom, _POINTS)
        return MeasuredLevel(
            Estimate.of(draws, self.series.unit),
            doubt,
            len(values),
            values[-1].period.word,
            self.group,
            self.grade,
            values[-1].period.last_on,
        )


def measured_kpis(workspace: Workspace, project: str) -> dict[str, MeasuredKpi]:
    """The KPIs of a project of which a whole period was measured, by id.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    grades: dict[str, Grade] = {}
    for measured in reversed(proofs(workspace, project).of_kpis):
        if measured.has_figure:
            grades[measured.kpi_id] = measured.grade
    lines = {line.kpi.kpi_id: line for line in kpi_lines(workspace, project)}
    of_treated = _treated(workspace, project, {k: line.kpi.unit for k, line in lines.items()})
    found = {}
    for kpi_id, line in lines.items():
        has_season = line.kpi.season is not Season.NONE
        for series, group in ((line.series, Group.ALL), (of_treated.get(kpi_id), Group.TREATED)):
            if kpi_id not in found and series is not None and series.newest is not None:
                found[kpi_id] = MeasuredKpi(series, group, grades.get(kpi_id), has_season)
    return found


def _treated(workspace: Workspace, project: str, units: Mapping[str, str]) -> dict[str, KpiSeries]:
    """The measured values of the cases that a model treated, of the newest length of period."""
    day = workspace.today(project)
    until = datetime.combine(day + timedelta(days=1), time())
    with workspace.store.reader() as reader:
        rows = reader.rows("kpis_by_group", project=project, until=until)
    held_out = {_place(r): r["n"] for r in rows if r["group"] == Group.HOLDOUT}
    values: dict[str, list[MeasuredValue]] = {}
    for row in rows:
        if row["group"] != Group.TREATED or row["kpi_id"] not in units:
            continue
        if _is_level(row, held_out.get(_place(row)), units[row["kpi_id"]]):
            period = Period(row["period_start"], row["granularity"])
            one = MeasuredValue(
                period, row["value"], n=row["n"], batch=row["batch"], is_whole=is_over(period, day)
            )
            values.setdefault(row["kpi_id"], []).append(one)
    return {k: next(iter(series_of(v, units[k]).values())) for k, v in values.items()}


def _place(row: Mapping[str, Any]) -> tuple[str, Period]:
    return row["kpi_id"], Period(row["period_start"], row["granularity"])


def _is_level(row: Mapping[str, Any], n_held_out: int | None, unit: str) -> bool:
    """Whether a group's value is where the whole KPI stands, and no amount of the group alone.

    A mean over cases is, and so is an amount that is nearer to what all cases would make at the
    group's mean than to the sum over the group; without cases and sum that cannot be told.
    """
    n, total = row["n"], row["sum"]
    if n == 0 or is_mean_over_cases(unit):
        return bool(n != 0)
    if n is None or total is None:
        return False
    if is_per_case(unit):
        return math.isclose(total / n, row["value"], rel_tol=_AGREE)
    per_day = _DAYS.get(unit.partition("/")[2])
    days = Period(row["period_start"], row["granularity"]).days
    if per_day is None or not n_held_out or not days:
        return False
    told = row["value"] * days / per_day
    of_all = total * (n + n_held_out) / n
    return bool(abs(told - of_all) < abs(told - total))
