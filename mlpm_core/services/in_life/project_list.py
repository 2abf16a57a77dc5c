"""Every project as one row: what it earns, how it stands, what is due and what it still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from mlpm_core.in_life.health import WORST_FIRST, Health
from mlpm_core.in_life.realisation import Grade
from mlpm_core.planning.risk import probability_on
from mlpm_core.quantity import Dimension
from mlpm_core.records import Incident, IncidentStatus, Kpi, Phase, Risk, RiskReview
from mlpm_core.services.evaluate.decisions import n_reviews_due
from mlpm_core.services.in_life.portfolio import lines_of, make_lines
from mlpm_core.services.ingest.registers import SetupStep, steps_of
from mlpm_core.services.session.consistent import consistent, kept
from mlpm_core.services.session.stale import make_stale
from mlpm_core.value.estimate import Estimate, added
from mlpm_core.value.kinds import Unchecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.records import Project
    from mlpm_core.services.in_life.portfolio import PortfolioRow
    from mlpm_core.services.session.stale import StaleProjects
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

STATES: Final = (*WORST_FIRST[:-1], None, WORST_FIRST[-1])
"""The states of a project, the worst first; None has no model in use."""
_OVER: Final = (Phase.CLOSED, Phase.STOPPED)
_NOT_RESOLVED: Final = (IncidentStatus.OPEN, IncidentStatus.MITIGATED)
_DIMENSIONS: Final = list(Dimension)
_QUESTION: Final = "project facts"


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the records of a project say beside its value cases, on the day it lives on.

    ``steps`` are the things that it needs before its models show a value; none when it is over.
    Open risks are those that can still happen, incidents those not resolved. ``unchecked`` holds,
    by the title of a value case, how many of its numbers are typical ones nobody has checked.
    """

    day: date
    dimensions: tuple[Dimension, ...]
    steps: tuple[SetupStep, ...]
    unchecked: Mapping[str, Unchecked]
    n_open_risks: int
    n_reviews_due: int
    n_incidents: int

    @property
    def next_step(self) -> SetupStep | None:
        """The first thing that is missing; None when it has all, or is over."""
        return next((step for step in self.steps if not step.is_done), None)


@dataclass(frozen=True)
class ProjectRow:
    """One project in the list of all."""

    record: Project
    lines: tuple[PortfolioRow, ...]
    facts: ProjectFacts

    @property
    def project(self) -> str:
        """Its short name."""
        return self.record.project

    @property
    def in_use(self) -> tuple[PortfolioRow, ...]:
        """Its value cases whose model is in use on the day, by its record or by its results."""
        return tuple(line for line in self.lines if self._is_in_use(line))

    def _is_in_use(self, line: PortfolioRow) -> bool:
        deployment = line.case.deployment
        if deployment is None or not deployment.deployment_id:
            return line.is_in_life
        begins, ends, day = deployment.from_on, deployment.to_on, self.facts.day
        return (begins is None or begins <= day) and (ends is None or ends >= day)

    @property
    def state(self) -> Health | None:
        """The worst health of its models in use; None without one."""
        found = [line.health.health for line in self.in_use]
        return min(found, key=STATES.index, default=None)

    @property
    def counted(self) -> tuple[PortfolioRow, ...]:
        """Its value cases whose results say something of today."""
        return tuple(line for line in self.lines if line.is_counted)

    @cached_property
    def net(self) -> Estimate | None:
        """Net benefit a year: of what is in life, else of what is planned; None without either.

        Results that are too old are neither: they count for nothing, and no plan stands for them.
        """
        if self.counted:
            return net_of(self.counted, self.unit)
        plans = [] if self.has_stale else [x.case.planned.net for x in self.lines if x.case.planned]
        return added(plans, self.unit) if plans else None

    @property
    def unit(self) -> str:
        """The unit of its net benefit."""
        return f"{self.record.currency}/year"

    @property
    def grade(self) -> Grade | None:
        """How far its net benefit can be put down to its models; None for a plan."""
        return Grade.MODEL_IMPLIED if self.counted else None

    @property
    def unchecked(self) -> Unchecked | None:
        """How many of the numbers that its net benefit rests on nobody has checked."""
        if self.net is None:
            return None
        cases = [line.case for line in self.counted or self.lines]
        n = sum(len(case.typical) for case in cases)
        return Unchecked(n, sum(case.n_in_use for case in cases)) if n else None

    @property
    def has_stale(self) -> bool:
        """Whether it has results, all of which are too old to say something of today."""
        return not self.counted and any(line.is_in_life for line in self.lines)

    @property
    def gap(self) -> float:
        """What it earns less than planned, as a share of the plan: 0 without either."""
        planned = sum(abs(x.planned_rate) for x in self.counted if x.planned_rate)
        gap = sum(x.gap for x in self.counted if x.gap)
        return gap / planned if planned else 0.0


def net_of(lines: Iterable[PortfolioRow], unit: str) -> Estimate | None:
    """The net benefit a year of value cases in life, all in one unit; None without any."""
    found = [line.case.current.net for line in lines if line.case.current]
    return added(found, unit) if found else None


def project_list(workspace: Workspace) -> tuple[ProjectRow, ...]:
    """Every project that is not archived, those without a value case too, by title."""
    return consistent(workspace, partial(_project_list, workspace))


def _project_list(workspace: Workspace) -> tuple[ProjectRow, ...]:
    make_stale(workspace, _QUESTION, _make_facts)
    return tuple(
        ProjectRow(p, lines_of(workspace, p.project), _facts_of(workspace, p))
        for p in workspace.store.projects()
        if not p.archived
    )


def _make_facts(stale: StaleProjects) -> None:
    lines = make_lines(stale)
    for row in stale.projects:
        day = stale.days[row.project]
        made = partial(_facts, stale.reader, row, lines[row.project], day)
        stale.kept(_QUESTION, row.project, made)


def project_facts(workspace: Workspace, project: str) -> ProjectFacts:
    """What the records of one project say, and what it needs next.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return _facts_of(workspace, workspace.project(project))


def _facts_of(workspace: Workspace, row: Project) -> ProjectFacts:
    def facts() -> ProjectFacts:
        lines = lines_of(workspace, row.project)
        with workspace.store.reader() as reader:
            return _facts(reader, row, lines, workspace.today(row.project))

    return kept(workspace, _QUESTION, row.project, facts)


def _facts(reader: Reader, row: Project, lines: Sequence[PortfolioRow], day: date) -> ProjectFacts:
    name = row.project
    cases = [line.case for line in lines]
    steps = () if row.phase in _OVER else tuple(steps_of(reader, name, cases, day))
    kpis = [kpi for kpi in reader.current(Kpi, name) if not kpi.archived]
    reviews: dict[str, list[RiskReview]] = {}
    for review in reader.current(RiskReview, name):
        if not review.archived:
            reviews.setdefault(review.risk_id, []).append(review)
    risks = [risk for risk in reader.current(Risk, name) if not risk.archived]
    chances = [probability_on(risk, reviews.get(risk.risk_id, []), day, day) for risk in risks]
    incidents = [i for i in reader.current(Incident, name) if i.status in _NOT_RESOLVED]
    return ProjectFacts(
        day=day,
        dimensions=tuple(sorted({kpi.dimension for kpi in kpis}, key=_DIMENSIONS.index)),
        steps=steps,
        unchecked={case.title: case.unchecked for case in cases if case.unchecked},
        n_open_risks=sum(chance is not None for chance in chances),
        n_reviews_due=n_reviews_due(reader, name, day),
        n_incidents=sum(i.started_at.date() <= day for i in incidents),
    )
