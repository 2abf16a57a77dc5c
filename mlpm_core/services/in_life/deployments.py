"""Models in use: every deployment with its health and cost, and one of them in full."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import NotFoundError
from mlpm_core.in_life.health import WORST_FIRST, Health, LimitCheck, LimitState, Verdict
from mlpm_core.records import Deployment, Slot, ValueCase
from mlpm_core.services.in_life.health import (
    LimitsAndIncidents,
    age_in_days,
    health_of,
    held_against,
    limit_checks,
    newest,
)
from mlpm_core.services.in_life.metric_signals import WatchedMetric, watched_metrics
from mlpm_core.services.in_life.portfolio import PortfolioRow, gap_size, lines_of
from mlpm_core.services.in_life.segments import Segments, segments_of
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.mechanisms import mechanism_of_case
from mlpm_core.services.valuation.monitored import as_asked, as_if_deployed, monitored_periods
from mlpm_core.services.valuation.value_rates import RatePoint, rates_of, series_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Project
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


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """A model version in a slot, with its health and what it costs.

    ``deployment_id`` names it in links: that of its record, or ``case:`` and a value case for a
    model that reports results without a record. ``value`` is the value case that it stands for as
    champion, None in another slot: only the champion counts for value.
    """

    project: str
    project_title: str
    is_demo: bool
    deployment_id: str
    is_recorded: bool
    model_id: str
    model_version: str
    slot: str
    value_case_id: str
    case_title: str
    from_on: date | None
    to_on: date | None
    days_in_slot: int | None
    is_in_use: bool
    fresh_within_days: int
    health: Verdict
    age_days: int | None
    data_to: date | None
    checks: tuple[LimitCheck, ...]
    value: PortfolioRow | None

    @property
    def model(self) -> str:
        """The model and its version."""
        return f"{self.model_id} {self.model_version}".strip()

    @property
    def gap(self) -> float | None:
        """Planned minus current value rate, money a week; champions only."""
        return self.value.gap if self.value and self.is_in_use else None


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One deployment in full, over periods of one length.

    ``rates`` is empty when it does not count for value; ``slots`` are all deployments of the same
    model, this one included.
    """

    line: DeploymentLine
    slots: tuple[DeploymentLine, ...]
    granularities: tuple[str, ...]
    granularity: str | None
    rates: tuple[RatePoint, ...]
    metrics: tuple[WatchedMetric, ...]
    segments: tuple[Segments, ...]

    @property
    def without_limit(self) -> tuple[WatchedMetric, ...]:
        """The metrics for which nobody has set a limit."""
        return tuple(m for m in self.metrics if m.check is None)


def deployments(workspace: Workspace, project: str | None) -> list[DeploymentLine]:
    """Every deployment that is not archived, of one project or all, the worst health first.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    rows = [workspace.project(project)] if project is not None else None
    with workspace.store.reader() as reader:
        if rows is None:
            rows = [p for p in reader.projects() if not p.archived]
        lines = [line for row in rows for line in _lines(workspace, reader, row)]
    return _worst_first(lines)


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
        lines = _worst_first(_lines(workspace, reader, row))
        by_id = {line.deployment_id: line for line in lines}
        if deployment_id not in by_id:
            raise NotFoundError.of("deployment", deployment_id, by_id)
        line = by_id[deployment_id]
        deployed = _as_deployed(line)
        mechanism, currency = _asked_by(reader, row, line.value_case_id)
        monitored = as_asked(monitored_periods(reader, project, deployed, day), mechanism, currency)
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


def _lines(workspace: Workspace, reader: Reader, project: Project) -> list[DeploymentLine]:
    """Champions from their value case's line, so that both say the same; the rest by themselves."""
    day = workspace.today(project.project)
    cases = {x.case.value_case_id: x for x in lines_of(workspace, project.project)}
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
            and monitored_periods(reader, project.project, deployed, day)
        ):
            lines.append(_champion(project, of_case, deployed, day))
    return lines


def _asked_by(reader: Reader, project: Project, value_case_id: str) -> tuple[Mechanism | None, str]:
    """In whose units, and in which currency, a model's results are asked, whatever its slot."""
    name = project.project
    case = reader.one(ValueCase, (name, value_case_id))
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
    reported = monitored_periods(reader, project.project, record, day)
    monitored = as_asked(reported, *_asked_by(reader, project, record.value_case_id))
    as_of = newest(reported)
    checks = limit_checks(
        held.limits.get(record.deployment_id, ()),
        monitored,
        today=day,
        fresh_within_days=record.fresh_within_days,
    )
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
