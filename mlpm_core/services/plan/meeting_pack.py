"""One page for a meeting: state, what changed, what must be decided, questions, unshared risks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.errors import NotFoundError
from mlpm_core.planning.brief import SETTLED
from mlpm_core.planning.mitigation import mitigation_of, reviews_in_effect
from mlpm_core.planning.risk import probability_on
from mlpm_core.quantity import in_percent
from mlpm_core.records import (
    FindingRecord,
    Interaction,
    InteractionType,
    Requirement,
    RequirementStatus,
    Risk,
    RiskReview,
    RiskStatus,
    StakeholderRecord,
    Task,
)
from mlpm_core.services.plan.meetings import happened, is_open
from mlpm_core.services.valuation.kpis import ProxyState, kpi_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.store import Reader


@dataclass(frozen=True, slots=True)
class MeetingPack:
    """What one stakeholder is told and asked at the next meeting, as of a day.

    ``since`` is the last time they were met, None before the first; changes of that day count.
    Every line is text of the project's own records.
    """

    project: str
    title: str
    hypothesis: str
    stakeholder: str
    wants: str
    day: date
    since: date | None
    needed_by_on: date | None
    kpis: tuple[KpiValue, ...]
    n_settled: int
    n_findings: int
    changes: tuple[str, ...]
    decisions: tuple[str, ...]
    questions: tuple[tuple[str, int], ...]
    risks: tuple[str, ...]


def meeting_pack(workspace: Workspace, project: str, stakeholder_id: str) -> MeetingPack:
    """One page for the next meeting with a stakeholder.

    Raises
    ------
    NotFoundError
        When there is no such project or stakeholder.
    """
    row = workspace.project(project)
    day = workspace.today(project)
    with workspace.store.reader() as reader:
        people = {p.stakeholder_id: p for p in reader.current(StakeholderRecord, project)}
        if stakeholder_id not in people:
            raise NotFoundError.of("stakeholder", stakeholder_id, people)
        past = happened(reader.current(Interaction, project), day)
        kpis = [k for k in kpi_values(reader, project, workspace.today) if k.counts]
        findings = [f for f in reader.current(FindingRecord, project) if not f.archived]
        theirs = [r for r in past if r.stakeholder_id == stakeholder_id]
        met = [r for r in theirs if r.interaction_type is not InteractionType.QUESTION]
        since = met[-1].happened_on if met else None
        return MeetingPack(
            project=project,
            title=row.title,
            hypothesis=row.question,
            stakeholder=people[stakeholder_id].name,
            wants=people[stakeholder_id].wants,
            day=day,
            since=since,
            needed_by_on=row.needed_by_on,
            kpis=tuple(kpis),
            n_settled=sum(f.confidence in SETTLED for f in findings),
            n_findings=len(findings),
            changes=tuple(_changes(reader, project, since, day)),
            decisions=tuple(_decisions(reader, project, kpis)),
            questions=tuple(
                (r.open_question.strip(), (day - r.happened_on).days)
                for r in theirs
                if is_open(r, day)
            ),
            risks=tuple(_unshared(reader, project, theirs, day)),
        )


def _changes(reader: Reader, project: str, since: date | None, day: date) -> Iterator[str]:
    """What records say happened from a day on, or at all."""

    def is_new(on: date | None) -> bool:
        return on is not None and on <= day and (since is None or on >= since)

    for finding in reader.current(FindingRecord, project):
        if not finding.archived and finding.confidence in SETTLED and is_new(finding.found_on):
            yield f"Found out ({finding.confidence.value}): {finding.statement}"
    for task in reader.current(Task, project):
        if not task.archived and is_new(task.finished_on):
            yield f"Finished: {task.title}"
    for asked in reader.current(Requirement, project):
        if not asked.archived and is_new(asked.changed_on):
            reason = asked.change_reason.strip() or "no reason is written down"
            yield f"Requirement changed: {asked.agreed or asked.asked} ({reason})"
    for risk in reader.current(Risk, project):
        if not risk.archived and is_new(risk.retired_on):
            yield f"Risk retired: {risk.title}"
        elif not risk.archived and is_new(risk.raised_on):
            yield f"New risk: {risk.title}"


def _decisions(reader: Reader, project: str, kpis: list[KpiValue]) -> Iterator[str]:
    """What waits for somebody's word."""
    for finding in reader.current(FindingRecord, project):
        if not finding.archived and finding.is_blocker and finding.confidence not in SETTLED:
            who = finding.owner.strip() or "nobody yet"
            yield f"Blocks the work, in the hands of {who}: {finding.statement}"
    for asked in reader.current(Requirement, project):
        if not asked.archived and asked.status is RequirementStatus.DRAFT:
            yield f"To be agreed: {asked.agreed or asked.asked}"
    for kpi in kpis:
        if kpi.state is ProxyState.OPEN:
            yield f"To be agreed as provisional KPI: {kpi.title}"


def _unshared(reader: Reader, project: str, theirs: list[Interaction], day: date) -> Iterator[str]:
    """Risks that can still happen, or did, of which nothing says that this person heard.

    How likely each is goes by its newest review, or by its mitigation once that is done.
    """
    reviews = [r for r in reader.current(RiskReview, project) if not r.archived]
    tasks = reader.current(Task, project)
    heard = {name.strip() for r in theirs for name in r.risks_shared.split(";")}
    for risk in reader.current(Risk, project):
        if risk.archived or risk.status is RiskStatus.RETIRED or risk.risk_id in heard:
            continue
        own = [review for review in reviews if review.risk_id == risk.risk_id]
        counted = reviews_in_effect(risk, own, mitigation_of(risk, tasks, day))
        likely = probability_on(risk, counted, day, day)
        if likely is None:
            continue
        state = risk.status.value
        if risk.status is RiskStatus.OPEN:
            state += f", {in_percent(likely, in_words=True)} likely"
        told = f"somebody heard on {risk.shared_on}" if risk.shared_on else "nobody was told"
        yield f"{risk.title} ({state}; {told})"
