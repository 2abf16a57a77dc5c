"""The brief of a project: what its stakeholders want, and what it still needs to know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mlpm_core.planning import (
    Conflict,
    Coverage,
    Finding,
    Stakeholder,
    conflicts,
    coverage,
    project_weights,
)
from mlpm_core.quantity import Dimension
from mlpm_core.records import Area, Confidence, FindingRecord, Kpi, StakeholderRecord
from mlpm_core.services.valuation.kpis import ProxyState, kpi_proxy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlpm_core.records import Project
    from mlpm_core.services.session.workspace import Workspace

__all__ = ["BriefView", "Conflict", "Coverage", "FindingView", "StakeholderView", "brief"]


@dataclass(frozen=True, slots=True)
class StakeholderView:
    """Somebody with a say; ``influence`` and ``interest`` are 1 to 5.

    ``name`` is told apart from others of the same name. ``weights`` has every dimension, in [0, 1]
    and summing to 1; None while nobody has asked them what matters.
    """

    name: str
    role: str
    wants: str
    influence: int
    interest: int
    has_veto: bool
    weights: Mapping[Dimension, float] | None


@dataclass(frozen=True, slots=True)
class FindingView:
    """One thing that the project needs to know; ``is_overdue`` if open on the day after its due."""

    finding_id: str
    area: Area
    statement: str
    confidence: Confidence
    is_blocker: bool
    owner: str
    due_on: date | None
    found_on: date | None
    evidence: str
    is_open: bool
    is_overdue: bool

    @property
    def is_unclaimed(self) -> bool:
        """Whether it blocks the work while nobody, or no day, stands for its answer."""
        return self.is_blocker and self.is_open and not (self.owner and self.due_on)


@dataclass(frozen=True, slots=True)
class BriefView:
    """What is known of a project's purpose on a day.

    ``stakeholders`` has the most influential first, ``areas`` all six with the worst first,
    ``findings`` the most pressing first. ``weights`` are those of the project; None while no
    stakeholder has any. ``has_kpi`` is whether any KPI counts, expired proxies left out, and
    ``kpi_notes`` what to do about those that nobody agreed to.
    """

    project: Project
    day: date
    stakeholders: tuple[StakeholderView, ...]
    weights: Mapping[Dimension, float] | None
    conflicts: tuple[Conflict, ...]
    areas: tuple[Coverage, ...]
    findings: tuple[FindingView, ...]
    has_kpi: bool = False
    kpi_notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The project's name as people say it."""
        return str(self.project.title)

    @property
    def hypothesis(self) -> str:
        """What the stakeholders want to improve, and how the system will do it."""
        return str(self.project.question)

    @property
    def owner(self) -> str:
        """Who answers for the project."""
        return str(self.project.owner)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a stakeholder nor a finding."""
        return not self.stakeholders and not self.findings

    @property
    def first_missing(self) -> str:
        """The kind of record a brief needs next; empty when each has at least one."""
        if not self.hypothesis:
            return "projects"
        if not self.stakeholders:
            return "stakeholders"
        return "" if self.findings else "findings"

    @property
    def open_questions(self) -> tuple[FindingView, ...]:
        """What is unknown or only assumed."""
        return tuple(f for f in self.findings if f.is_open)

    @property
    def settled(self) -> tuple[FindingView, ...]:
        """What is checked or proven."""
        return tuple(f for f in self.findings if not f.is_open)

    @property
    def open_blockers(self) -> tuple[FindingView, ...]:
        """What work cannot go on without."""
        return tuple(f for f in self.open_questions if f.is_blocker)

    @property
    def not_asked(self) -> tuple[str, ...]:
        """Names of the stakeholders who have no weights, and are left out of the project's."""
        return tuple(s.name for s in self.stakeholders if s.weights is None)

    @property
    def n_areas_unasked(self) -> int:
        """How many of the six areas have no finding at all."""
        return sum(not area.findings for area in self.areas)

    @property
    def is_understood(self) -> bool:
        """Whether nothing is open, unasked, or wanted by one against another."""
        return not (
            self.first_missing
            or self.open_questions
            or self.not_asked
            or self.n_areas_unasked
            or self.conflicts
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the records themselves show to be missing, the most pressing first."""
        return tuple(_warnings(self))


def brief(workspace: Workspace, project: str) -> BriefView:
    """What a project is for, who wants what of it, and what it still needs to know.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    day = workspace.today(project)
    with workspace.store.reader() as reader:
        people = [s for s in reader.current(StakeholderRecord, project) if not s.archived]
        records = [f for f in reader.current(FindingRecord, project) if not f.archived]
        kpis = [k for k in reader.current(Kpi, project) if not k.archived]
    names = _names(people)
    asked = {
        person.stakeholder_id: Stakeholder(name, person.influence, _priorities(person))
        for name, person in zip(names, people, strict=True)
        if any(_priorities(person).values())
    }
    weighed = list(asked.values())
    stakeholders = [
        StakeholderView(
            name=name,
            role=person.role,
            wants=person.wants,
            influence=person.influence,
            interest=person.interest,
            has_veto=person.has_veto,
            weights=stakeholder.weights
            if (stakeholder := asked.get(person.stakeholder_id))
            else None,
        )
        for name, person in zip(names, people, strict=True)
    ]
    findings = [_finding(record, day) for record in records]
    return BriefView(
        project=row,
        day=day,
        stakeholders=tuple(sorted(stakeholders, key=lambda s: (-s.influence, -s.interest, s.name))),
        weights=project_weights(weighed) if weighed else None,
        conflicts=conflicts(weighed),
        areas=coverage([_known(record) for record in records]),
        findings=tuple(sorted(findings, key=_urgency)),
        has_kpi=any(kpi_proxy(k).state(day) is not ProxyState.EXPIRED for k in kpis),
        kpi_notes=tuple(_kpi_notes(kpis, day)),
    )


def _kpi_notes(kpis: Sequence[Kpi], day: date) -> Iterable[str]:
    """What to do about KPIs: agree proxies, those that expired first, or name one at all."""
    if not kpis:
        yield "No KPI is named yet."
    for state in (ProxyState.EXPIRED, ProxyState.OPEN):
        for kpi in kpis:
            proxy = kpi_proxy(kpi)
            if proxy.state(day) is state:
                sentence = proxy.sentence(day)
                yield f"{kpi.title}: {sentence[:1].lower()}{sentence[1:]}"


def _names(people: Sequence[StakeholderRecord]) -> list[str]:
    """Everybody's name, with the id where two have the same."""
    times = Counter(person.name for person in people)
    return [p.name if times[p.name] == 1 else f"{p.name} ({p.stakeholder_id})" for p in people]


def _priorities(person: StakeholderRecord) -> dict[Dimension, float]:
    return {dimension: getattr(person, dimension.value) for dimension in Dimension}


def _known(record: FindingRecord) -> Finding:
    return Finding(
        record.area,
        record.statement,
        record.confidence,
        record.is_blocker,
    )


def _finding(record: FindingRecord, day: date) -> FindingView:
    finding, due_on = _known(record), record.due_on
    return FindingView(
        finding_id=record.finding_id,
        area=finding.area,
        statement=finding.statement,
        confidence=finding.confidence,
        is_blocker=finding.is_blocker,
        owner=record.owner,
        due_on=due_on,
        found_on=record.found_on,
        evidence=record.evidence,
        is_open=not finding.is_settled,
        is_overdue=not finding.is_settled and due_on is not None and due_on < day,
    )


def _urgency(finding: FindingView) -> tuple[object, ...]:
    """Open before settled, blockers first, those that nobody stands for above all; then by date."""
    return (
        not finding.is_open,
        not finding.is_blocker,
        not finding.is_unclaimed,
        finding.due_on or date.max,
        list(Confidence).index(finding.confidence),
        list(Area).index(finding.area),
        finding.finding_id,
    )


def _warnings(view: BriefView) -> Iterable[str]:
    unclaimed = sum(f.is_unclaimed for f in view.findings)
    if unclaimed:
        yield f"{_blockers(unclaimed)} an owner or a date: give each both."
    overdue = sum(f.is_overdue for f in view.findings)
    if overdue:
        yield f"{_questions(overdue)} past the date by which it must be known."
    if not view.hypothesis:
        yield "Nobody has written down what should improve, and how the system will do it."
    if not view.stakeholders:
        yield "Nobody with a say in the project is named."
    else:
        if not any(s.has_veto for s in view.stakeholders):
            yield "Nobody is marked as able to stop the project alone: find out who is."
        if not any("budget" in s.role.lower() for s in view.stakeholders):
            yield "No role names the budget: find out who holds it."
    if view.not_asked:
        yield (
            f"Not asked yet what matters to them: {', '.join(view.not_asked)}. The project's "
            "weights leave them out."
        )
    silent = [s.name for s in view.stakeholders if not s.wants]
    if silent:
        yield f"What they want, and why, is not written down: {', '.join(silent)}."
    bare = sum(not f.evidence for f in view.settled)
    if bare:
        what = "finding is" if bare == 1 else "findings are"
        yield f"{bare} {what} called checked or proven without saying what that rests on."


def _blockers(n: int) -> str:
    return "1 open blocker lacks" if n == 1 else f"{n} open blockers lack"


def _questions(n: int) -> str:
    return "1 open question is" if n == 1 else f"{n} open questions are"
