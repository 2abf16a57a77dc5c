"""Models in use: every deployment with its health and cost, and one of them in full."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import NotFoundError
from mlpm_core.in_life.health import WORST_FIRST, Health, LimitCheck, LimitState, Verdict
from mlpm_core.records import Deployment, Slot, ValueCase
from mlpm_core.services.in_life.deployment_lines import DeploymentLine, DeploymentView
from mlpm_core.services.in_life.health import (
    LimitsAndIncidents,
    age_in_days,
    health_of,
    held_against,
    limits_held,
    newest,
)
from mlpm_core.services.in_life.metric_signals import watched_metrics
from mlpm_core.services.in_life.portfolio import PortfolioRow, gap_size, lines_of, make_lines
from mlpm_core.services.in_life.segments import segments_of
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.session.stale import make_stale
from mlpm_core.services.valuation.mechanisms import mechanism_of_case
from mlpm_core.services.valuation.monitored import (
    as_asked,
    as_if_deployed,
    ask_recent_ahead,
    monitored_periods,
    recent_periods,
)
from mlpm_core.services.valuation.value_rates import rates_of, series_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Project
    from mlpm_core.services.session.stale import StaleProjects
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Mechanism

__all__ = [
    "DeploymentLine",
    "DeploymentView",
    "Health",
    "LimitCheck",
    "LimitState",
    "deployment",
    "deployments",
]

_SLOTS = [slot.value for slot in Slot]


def deployments(workspace: Workspace, project: str | None) -> list[DeploymentLine]:
    """Every deployment that is not archived, of one project or all, the worst health first.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    if project is not None:
        return _worst_first(_lines_of(workspace, project))
    make_stale(workspace, "deployments", _make_lines)
    names = [p.project for p in workspace.store.projects() if not p.archived]
    return _worst_first(line for name in names for line in _lines_of(workspace, name))


def deployment(
    workspace: Workspace,
    project: str,
    deployment_id: str,
    granularity: str | None = None,
) -> DeploymentView:
    """One deployment: what happened, since when, and whether it is real.

    Parameters
    ----------
    deployment_id : str
        As ``DeploymentLine.deployment_id`` has it.
    granularity : str, optional
        Length of the periods shown; that of the newest results unless told.

    Raises
    ------
    NotFoundError
        When there is no such project or deployment.
    """
    row = workspace.project(project)
    day = workspace.today(project)
    with workspace.store.reader() as reader:
        lines = _worst_first(_lines_of(workspace, project))
        by_id = {line.deployment_id: line for line in lines}
        if deployment_id not in by_id:
            raise NotFoundError.of("deployment", deployment_id, by_id)
        line = by_id[deployment_id]
        deployed = _as_deployed(line)
        mechanism, currency = _asked_by(reader, row, line.value_case_id)
        periods = monitored_periods(reader, project, deployed, day, mechanism, currency)
        monitored = as_asked(periods, mechanism, currency)
        lengths = _lengths(monitored)
        if granularity not in lengths:
            granularity = _default_length(line, monitored)
        shown = {p: m for p, m in monitored.items() if p.granularity == granularity}
        case = line.value.case if line.value else None
        rates = rates_of(reader, project, case, granularity, day) if case and granularity else []
        return DeploymentView(
            line=line,
            slots=tuple(
                sorted(
                    (x for x in lines if x.model_id == line.model_id),
                    key=lambda x: (not x.is_in_use, _SLOTS.index(x.slot), x.deployment_id),
                )
            ),
            granularities=lengths,
            granularity=granularity,
            rates=tuple(rates),
            metrics=watched_metrics(series_of(shown, case), line.checks),
            segments=segments_of(
                reader,
                project,
                deployed,
                granularity=granularity or "P1W",
                today=day,
                mechanism=mechanism,
                currency=currency,
            ),
        )


def _lines_of(workspace: Workspace, project: str) -> tuple[DeploymentLine, ...]:
    """Every deployment of a project that is not archived, kept until something is written to it."""
    return kept(workspace, "deployments", project, partial(_lines, workspace, project))


def _lines(workspace: Workspace, project: str) -> tuple[DeploymentLine, ...]:
    row = workspace.project(project)
    day = row.clock_on or workspace.now().date()
    of_cases = lines_of(workspace, project)
    with workspace.store.reader() as reader:
        return _lines_by(reader, row, of_cases, day)


def _make_lines(stale: StaleProjects) -> None:
    """Make the lines of many projects with one question a kind to the store."""
    of_cases = make_lines(stale)
    asked = [
        (project.project, record, stale.days[project.project])
        for project in stale.projects
        for record in stale.reader.current(Deployment, project.project)
        if not record.archived and not _is_champion(record, of_cases[project.project])
    ]
    ask_recent_ahead(stale.reader, asked)
    for project in stale.projects:
        name = project.project
        compute = partial(_lines_by, stale.reader, project, of_cases[name], stale.days[name])
        stale.kept("deployments", name, compute)


def _is_champion(record: Deployment, of_cases: Iterable[PortfolioRow]) -> bool:
    """Whether a deployment is the one by which its value case is valued."""
    deployed = (x.case.deployment for x in of_cases)
    return any(d and d.deployment_id == record.deployment_id for d in deployed)


def _lines_by(
    reader: Reader, project: Project, of_cases: Iterable[PortfolioRow], day: date
) -> tuple[DeploymentLine, ...]:
    """Champions from their value case's line, so that both say the same; the rest by themselves."""
    cases = {x.case.value_case_id: x for x in of_cases}
    held = held_against(reader, project.project)
    lines = []
    for record in reader.current(Deployment, project.project):
        if record.archived:
            continue
        of_case = cases.get(record.value_case_id)
        title = of_case.case.title if of_case else record.value_case_id
        deployed = of_case.case.deployment if of_case else None
        if of_case and deployed and deployed.deployment_id == record.deployment_id:
            lines.append(_champion(project, of_case, record, day))
        else:
            what = f"The health of {record.deployment_id} of {project.project}"
            compute = partial(_other, reader, project, record, title, day, held)
            line, problem = or_reason(what, compute)
            lines.append(line or _unknown(project, record, title, day, problem or ""))
    for of_case in cases.values():
        deployed = of_case.case.deployment
        if (
            deployed
            and not deployed.deployment_id
            and recent_periods(
                reader, project.project, deployed, day, of_case.case.mechanism, project.currency
            )
        ):
            lines.append(_champion(project, of_case, deployed, day))
    return tuple(lines)


def _asked_by(reader: Reader, project: Project, value_case_id: str) -> tuple[Mechanism | None, str]:
    """In whose units, and in which currency, a model's results are asked, whatever its slot."""
    name = project.project
    cases = (c for c in reader.current(ValueCase, name) if c.value_case_id == value_case_id)
    case = next(cases, None)
    return (mechanism_of_case(reader, name, case) if case else None), project.currency


def _champion(
    project: Project, line: PortfolioRow, record: Deployment, day: date
) -> DeploymentLine:
    return _line(
        project,
        record,
        day,
        case_id=line.case.value_case_id,
        title=line.case.title,
        health=line.health,
        as_of=line.case.as_of,
        checks=line.checks,
        value=line,
    )


def _other(
    reader: Reader,
    project: Project,
    record: Deployment,
    title: str,
    day: date,
    held: LimitsAndIncidents,
) -> DeploymentLine:
    mechanism, currency = _asked_by(reader, project, record.value_case_id)
    as_of = newest(recent_periods(reader, project.project, record, day, mechanism, currency))
    limits = held.limits.get(record.deployment_id, ())
    checks = limits_held(reader, record, limits, mechanism=mechanism, project=project, today=day)
    health = health_of(
        record,
        today=day,
        age_days=age_in_days(as_of, day),
        checks=checks,
        case=None,
        incidents=held.incidents.get(record.model_id, ()),
    )
    return _line(
        project,
        record,
        day,
        case_id=record.value_case_id,
        title=title,
        health=health,
        as_of=as_of,
        checks=checks,
        value=None,
    )


def _unknown(
    project: Project, record: Deployment, title: str, day: date, problem: str
) -> DeploymentLine:
    """The line of a deployment of which nothing can be said but why."""
    return _line(
        project,
        record,
        day,
        case_id=record.value_case_id,
        title=title,
        health=Verdict(Health.UNKNOWN, problem),
        as_of=None,
        checks=(),
        value=None,
    )


def _line(
    project: Project,
    record: Deployment,
    day: date,
    *,
    case_id: str,
    title: str,
    health: Verdict,
    as_of: Period | None,
    checks: tuple[LimitCheck, ...],
    value: PortfolioRow | None,
) -> DeploymentLine:
    from_on, to_on = record.from_on, record.to_on
    last = min(to_on, day) if to_on else day
    return DeploymentLine(
        project=project.project,
        project_title=project.title,
        is_demo=project.is_demo,
        deployment_id=record.deployment_id or f"case:{case_id}",
        is_recorded=bool(record.deployment_id),
        model_id=record.model_id,
        model_version=record.model_version,
        slot=record.slot,
        value_case_id=case_id,
        case_title=title,
        from_on=from_on,
        to_on=to_on,
        days_in_slot=max((last - from_on).days + 1, 0) if from_on else None,
        is_in_use=(from_on is None or from_on <= day) and (to_on is None or to_on >= day),
        fresh_within_days=record.fresh_within_days,
        health=health,
        age_days=age_in_days(as_of, day),
        data_to=as_of.last_on if as_of else None,
        checks=checks,
        value=value,
    )


def _as_deployed(line: DeploymentLine) -> Deployment:
    """What ``monitored_periods`` asks of a deployment."""
    deployed = as_if_deployed(line.model_id)
    return deployed.model_copy(
        update={"model_version": line.model_version, "slot": Slot(line.slot)}
    )


def _worst_first(lines: Iterable[DeploymentLine]) -> list[DeploymentLine]:
    """The worst health first, of these the largest value gap; those out of use last."""
    listed = list(lines)
    size = gap_size([x.value for x in listed if x.value and x.gap is not None])

    def order(line: DeploymentLine) -> tuple[object, ...]:
        return (
            not line.is_in_use,
            WORST_FIRST.index(line.health.health),
            line.gap is None,
            -size(line.value) if line.value and line.gap is not None else 0.0,
            line.project_title,
            _SLOTS.index(line.slot),
            line.deployment_id,
        )

    return sorted(listed, key=order)


def _lengths(monitored: Iterable[Period]) -> tuple[str, ...]:
    """The lengths of period there are results for, the shortest first."""
    lengths = {p.granularity: p.end - p.start for p in monitored}
    return tuple(sorted(lengths, key=lambda granularity: lengths[granularity]))


def _default_length(
    line: DeploymentLine, monitored: Mapping[Period, Mapping[str, Monitored]]
) -> str | None:
    """The length of the newest results, of those the value rests on where there are."""
    as_of = (line.value.case.as_of if line.value else None) or newest(monitored)
    return as_of.granularity if as_of else None
