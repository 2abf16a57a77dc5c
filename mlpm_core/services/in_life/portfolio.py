"""What all models are worth, and which one needs attention."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.in_life.health import WORST_FIRST, Health, LimitCheck, Verdict
from mlpm_core.in_life.realisation import Grade
from mlpm_core.records import Kpi, ValueCase
from mlpm_core.services.in_life.costs import RecentCost, recent_cost, recent_rows
from mlpm_core.services.in_life.health import age_in_days, health_of, held_against, limits_held
from mlpm_core.services.in_life.implied_levels import with_trend
from mlpm_core.services.in_life.portfolio_totals import Total, kept_totals
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import consistent, kept
from mlpm_core.services.session.stale import make_stale
from mlpm_core.services.valuation.kpis import KpiValue, kpi_value
from mlpm_core.services.valuation.monitored import ask_recent_ahead, watched_deployments
from mlpm_core.services.valuation.trends import kept_trend
from mlpm_core.services.valuation.value_cases import CaseValue, cases_by_id, kept_cases
from mlpm_core.services.valuation.value_rates import rates_of
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.kpi import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.records import Project
    from mlpm_core.services.in_life.health import LimitsAndIncidents
    from mlpm_core.services.session.stale import StaleProjects
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

__all__ = [
    "Estimate",
    "Grade",
    "Health",
    "Portfolio",
    "PortfolioRow",
    "ProjectView",
    "Total",
    "gap_size",
    "lines_of",
    "portfolio",
    "project_view",
]

_PER_WEEK = 7 / DAYS_PER_YEAR
TREND_POINTS: Final = 52
"""So many of the newest periods are the trend of a KPI."""


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """A value case with its health: one row of the portfolio."""

    project: str
    project_title: str
    is_demo: bool
    case: CaseValue
    health: Verdict
    age_days: int | None
    checks: tuple[LimitCheck, ...] = ()
    cost: RecentCost | None = None

    @property
    def is_in_life(self) -> bool:
        """Whether the case has monitoring results to rest on."""
        return self.case.current is not None

    @property
    def is_counted(self) -> bool:
        """Whether its results say something of today, so that it is part of what is delivered."""
        return self.is_in_life and self.case.uncounted is None

    @property
    def planned_rate(self) -> float | None:
        """Planned value rate, money a week."""
        return self.case.planned.net.mean * _PER_WEEK if self.case.planned else None

    @property
    def current_rate(self) -> float | None:
        """Value rate that the newest results imply, money a week."""
        return self.case.current.net.mean * _PER_WEEK if self.case.current else None

    @property
    def rate_range(self) -> tuple[float | None, float | None]:
        """P10 and P90 of the current value rate, money a week."""
        if self.case.current is None:
            return None, None
        net = self.case.current.net
        return net.p10 * _PER_WEEK, net.p90 * _PER_WEEK

    @property
    def grade(self) -> Grade | None:
        """How far the current value can be put down to the model; None for a plan."""
        return Grade.MODEL_IMPLIED if self.is_in_life else None

    @property
    def planned_range(self) -> tuple[float | None, float | None]:
        """P10 and P90 of the planned value rate, money a week."""
        if self.case.planned is None:
            return None, None
        net = self.case.planned.net
        return net.p10 * _PER_WEEK, net.p90 * _PER_WEEK

    @property
    def after_actual_cost(self) -> float | None:
        """Current value rate with the recorded cost in the place of the planned, money a week."""
        return self._less_cost(self.current_rate)

    @property
    def after_actual_cost_range(self) -> tuple[float | None, float | None]:
        """P10 and P90 of it, money a week; what was recorded is taken as exact."""
        low, high = self.rate_range
        return self._less_cost(low), self._less_cost(high)

    def _less_cost(self, rate: float | None) -> float | None:
        """A value rate with the recorded cost in the place of the planned."""
        if rate is None or self.cost is None:
            return None
        return rate + self.cost.planned - self.cost.actual

    @property
    def gap(self) -> float | None:
        """Planned minus current value rate, money a week: positive is value not delivered."""
        if self.planned_rate is None or self.current_rate is None:
            return None
        return self.planned_rate - self.current_rate

    @property
    def gap_range(self) -> tuple[float | None, float | None]:
        """P10 and P90 of the gap, money a week; the plan's mean is what was promised."""
        low, high = self.rate_range
        if self.planned_rate is None or low is None or high is None:
            return None, None
        return self.planned_rate - high, self.planned_rate - low

    @property
    def gap_share(self) -> float | None:
        """The gap as a share of what was planned, whatever its sign; None where that is nothing."""
        return self.gap / abs(self.planned_rate) if self.gap and self.planned_rate else None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Every line, the worst health first and of these the largest value gap, and the totals.

    Across currencies, the largest gap is that of the largest share of its plan.

    A total holds the cases in life whose results say something of today.
    """

    lines: tuple[PortfolioRow, ...]
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class ProjectView:
    """One project with its cases and KPIs, on the day it lives on."""

    project: Project
    lines: tuple[PortfolioRow, ...]
    kpis: tuple[KpiValue, ...]
    day: date


def portfolio(workspace: Workspace) -> Portfolio:
    """What all models are worth, and which one needs attention."""
    return consistent(workspace, lambda: _portfolio(workspace))


def every_line(workspace: Workspace) -> list[PortfolioRow]:
    """The lines of every project that is not archived, by the projects' titles."""
    make_stale(workspace, "lines", make_lines)
    return [
        line
        for project in workspace.store.projects()
        if not project.archived
        for line in lines_of(workspace, project.project)
    ]


def _portfolio(workspace: Workspace) -> Portfolio:
    lines = every_line(workspace)
    size = gap_size(lines)

    def order(x: PortfolioRow) -> tuple[object, ...]:
        return not x.is_in_life, WORST_FIRST.index(x.health.health), -size(x), x.project_title

    lines.sort(key=order)
    return Portfolio(tuple(lines), kept_totals(workspace, [x.case for x in lines if x.is_counted]))


def gap_size(lines: Iterable[PortfolioRow]) -> Callable[[PortfolioRow], float]:
    """What gaps are held against each other by: money; across currencies shares of the plans."""
    is_one_currency = len({line.case.currency for line in lines if line.gap is not None}) < 2
    return lambda line: (line.gap if is_one_currency else line.gap_share) or 0.0


def project_view(workspace: Workspace, project: str) -> ProjectView:
    """One project: its value cases with their health, and its KPIs.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return kept(workspace, "project", project, partial(_project_view, workspace, project))


def _project_view(workspace: Workspace, project: str) -> ProjectView:
    row = workspace.project(project)
    with workspace.store.reader() as reader:
        lines = lines_of(workspace, project)
        cases = {line.case.value_case_id: line.case for line in lines}
        day = workspace.today(project)
        trends = {
            name: kept_trend(
                workspace,
                project,
                case,
                day,
                partial(
                    rates_of, reader, project, case, case.as_of.granularity, day, last=TREND_POINTS
                ),
            )
            for name, case in cases.items()
            if case.as_of
        }
        records = reader.current(Kpi, project)
        kpis = [
            with_trend(
                reader, project, day, kpi_value(kpi, cases, day, trends), cases, TREND_POINTS
            )
            for kpi in records
            if not kpi.archived
        ]
    return ProjectView(row, lines, tuple(kpis), day)


def _unknown_line(project: Project, case: CaseValue) -> PortfolioRow:
    """The line of a case of which nothing can be said but why."""
    return PortfolioRow(
        project=project.project,
        project_title=project.title,
        is_demo=project.is_demo,
        case=case,
        health=Verdict(Health.UNKNOWN, case.problem or ""),
        age_days=None,
    )


def lines_of(workspace: Workspace, project: str) -> tuple[PortfolioRow, ...]:
    """Every value case of a project with its champion's health, or why nothing can be said.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return kept(workspace, "lines", project, partial(_lines, workspace, project))


def _lines(workspace: Workspace, project: str) -> tuple[PortfolioRow, ...]:
    row = workspace.project(project)
    day = row.clock_on or workspace.now().date()
    cases = kept_cases(workspace, project).values()
    with workspace.store.reader() as reader:
        costs = recent_rows(reader, {project: day}).get(project, [])
        return _lines_by(reader, row, cases, day, costs)


def _lines_by(
    reader: Reader,
    project: Project,
    cases: Iterable[CaseValue],
    day: date,
    costs: Sequence[Mapping[str, Any]],
) -> tuple[PortfolioRow, ...]:
    lines = []
    held = held_against(reader, project.project)
    rows = {case.value_case_id: case for case in reader.current(ValueCase, project.project)}
    for case in cases:
        what = f"The health of {case.value_case_id} of {project.project}"
        line, problem = or_reason(what, partial(_line, reader, project, case, day, held))
        if line and costs:
            asked = partial(recent_cost, reader, rows[case.value_case_id], case, costs, day)
            line = replace(line, cost=or_reason(f"The cost of {case.value_case_id}", asked)[0])
        lines.append(line or _unknown_line(project, replace(case, problem=problem)))
    return tuple(lines)


def make_lines(stale: StaleProjects) -> dict[str, tuple[PortfolioRow, ...]]:
    """The lines of each of many projects, as ``lines_of``, with one question a kind to the store.

    They are kept.
    """
    reader, days = stale.reader, stale.days
    asked = [
        (project.project, deployment, days[project.project])
        for project in stale.projects
        if not stale.is_kept("lines", project.project)
        for deployment in watched_deployments(reader, project.project)
    ]
    ask_recent_ahead(reader, asked)
    lines = {}
    news = [p.project for p in stale.projects if not stale.is_kept("lines", p.project)]
    costs = recent_rows(reader, {name: days[name] for name in news})
    for project in stale.projects:
        name, day = project.project, days[project.project]
        cases = stale.kept("cases", name, partial(cases_by_id, reader, project, day)).values()
        make = partial(_lines_by, reader, project, cases, day, costs.get(name, []))
        lines[name] = stale.kept("lines", name, make)
    return lines


def _line(
    reader: Reader, project: Project, case: CaseValue, day: date, held: LimitsAndIncidents
) -> PortfolioRow:
    deployment = case.deployment
    if deployment is None:
        return _unknown_line(project, case)
    age_days = age_in_days(case.as_of, day)
    mine = held.limits.get(deployment.deployment_id, ())
    checks = limits_held(
        reader, deployment, mine, mechanism=case.mechanism, project=project, today=day
    )
    return PortfolioRow(
        project=project.project,
        project_title=project.title,
        is_demo=project.is_demo,
        case=case,
        health=health_of(
            deployment,
            today=day,
            age_days=age_days,
            checks=checks,
            case=case,
            incidents=held.incidents.get(deployment.model_id, ()),
        ),
        age_days=age_days,
        checks=checks,
    )
