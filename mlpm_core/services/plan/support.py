"""Support: who looks after the models, until when, what is not covered, and what help costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from mlpm_core.planning.care import Care, ClauseState, Gap, Keeper
from mlpm_core.planning.investment import Investment, PayBack, investment, pay_back
from mlpm_core.planning.make_or_buy import MakeOrBuy
from mlpm_core.planning.response import Answered
from mlpm_core.quantity import Quantity
from mlpm_core.records import (
    AnnotationPlan,
    ComputeCampaign,
    EstimateRecord,
    Role,
    SourcingRecord,
    SupportPlan,
    Task,
    TaskStatus,
    TeamMember,
)
from mlpm_core.services.plan import support_plans as plans
from mlpm_core.services.plan.support_facts import support_facts
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.value_cases import kept_cases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.services.plan.support_facts import IncidentFact, SupportFacts
    from mlpm_core.services.plan.support_plans import (
        AnnotationView,
        CampaignView,
        RetainerView,
        SourcingView,
    )
    from mlpm_core.services.session.workspace import Workspace

__all__ = [
    "Answered",
    "Care",
    "ClauseState",
    "Gap",
    "ImprovementView",
    "Keeper",
    "MakeOrBuy",
    "SupportView",
    "Tried",
    "project_support",
    "tried",
    "with_cycles",
]

_WEEKS_UNTIL_CHECKED = 4
Tried: TypeAlias = "RetainerView | SourcingView | AnnotationView | CampaignView"


@dataclass(frozen=True, slots=True)
class ImprovementView:
    """Work on the infrastructure as an investment; ``paid_back`` once it is done for four weeks.

    Each of ``answer`` and ``paid_back`` is None with the reason in ``problem`` or
    ``not_paid_back``. ``cycles_left`` is what the answer takes as still to come.
    """

    task: Task
    cycles_left: int
    answer: Investment | None
    problem: str | None
    paid_back: PayBack | None
    not_paid_back: str | None


@dataclass(frozen=True, slots=True)
class SupportView:
    """Everything the Support screen says of a project."""

    project: str
    title: str
    currency: str
    facts: SupportFacts
    retainers: tuple[RetainerView, ...]
    sourcings: tuple[SourcingView, ...]
    labellings: tuple[AnnotationView, ...]
    campaigns: tuple[CampaignView, ...]
    improvements: tuple[ImprovementView, ...]

    @property
    def today(self) -> date:
        """The day the project lives on."""
        return self.facts.today

    @property
    def cares(self) -> tuple[Care, ...]:
        """The deployments in use, those with most days without cover first."""
        return tuple(
            sorted(
                self.facts.cares,
                key=lambda c: (-(c.gap_days or 0), -len(c.alarms), c.deployment.deployment_id),
            )
        )

    @property
    def gap_days(self) -> int:
        """Days without cover, of the deployment with most of them."""
        return max((care.gap_days or 0 for care in self.facts.cares), default=0)

    @property
    def alarms(self) -> tuple[tuple[Care, Gap], ...]:
        """What leaves somebody without help, or liable for what he cannot see."""
        return tuple((care, gap) for care in self.cares for gap in care.alarms)

    @property
    def late(self) -> tuple[IncidentFact, ...]:
        """Incidents to which nobody came in the time that was agreed."""
        return tuple(i for i in self.facts.incidents if i.clock.answered is Answered.LATE)

    @property
    def unpaid_total(self) -> int:
        """Clauses of contracts in force without a price."""
        unpaid = {
            (care.contract.contract_id, check.clause)
            for care in self.cares
            if care.contract
            for check in care.unpaid_clauses
        }
        return len(unpaid)


def project_support(workspace: Workspace, project: str) -> SupportView:
    """What is settled for the models of a project, and what help would cost.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    cases = kept_cases(workspace, project)
    with workspace.store.reader() as reader:
        facts = support_facts(workspace, reader, row, cases)
        currency = row.currency

        def current(record: type[plans.AnyRecord]) -> list[plans.AnyRecord]:
            return [r for r in reader.current(record, project) if not r.archived]  # type: ignore[attr-defined]

        tasks, roles, people = current(Task), current(Role), current(TeamMember)
        cycles = max((e.max_cycles for e in current(EstimateRecord)), default=1)
        return SupportView(
            project=project,
            title=row.title,
            currency=currency,
            facts=facts,
            retainers=tuple(plans.retainer(r, facts, currency) for r in current(SupportPlan)),
            sourcings=tuple(
                plans.sourcing(r, currency, roles, people) for r in current(SourcingRecord)
            ),
            labellings=tuple(plans.labelling(r, currency) for r in current(AnnotationPlan)),
            campaigns=tuple(plans.campaign(r) for r in current(ComputeCampaign)),
            improvements=tuple(
                improvement(t, tasks, cycles, facts.today) for t in tasks if t.saves_days
            ),
        )


def improvement(
    task: Task, tasks: Sequence[Task], cycles_left: int, today: date
) -> ImprovementView:
    """Whether an improvement pays over the cycles left, and whether it did.

    Parameters
    ----------
    tasks : sequence of Task
        All of the project: those of every cycle that are done say how long cycles took before and
        after.
    """
    answer, problem = _investment(task, cycles_left)
    paid, reason = _paid_back(task, tasks, today)
    return ImprovementView(task, cycles_left, answer, problem, paid, reason)


def with_cycles(view: ImprovementView, cycles_left: int) -> ImprovementView:
    """An improvement with another number of cycles still to come."""
    answer, problem = _investment(view.task, cycles_left)
    return replace(view, cycles_left=cycles_left, answer=answer, problem=problem)


def _investment(task: Task, cycles_left: int) -> tuple[Investment | None, str | None]:
    if None in (task.p10, task.p50, task.p90):
        return None, "The task has no three numbers yet; write what it takes."

    def answer() -> Investment:
        cost = Quantity.read(f"{task.p10} | {task.p50} | {task.p90}", low=0)
        return investment(cost, Quantity.read(str(task.saves_days), low=0), cycles_left)

    return or_reason(f"Improvement {task.task_id}", answer)


def _paid_back(task: Task, tasks: Sequence[Task], today: date) -> tuple[PayBack | None, str | None]:
    done_on = task.finished_on if task.status is TaskStatus.DONE else None
    if done_on is None:
        return None, "It is not done yet."
    if (today - done_on).days < 7 * _WEEKS_UNTIL_CHECKED:
        return None, f"It is checked {_WEEKS_UNTIL_CHECKED} weeks after {done_on}."
    cycles = [
        (t.started_on, (t.finished_on - t.started_on).days + 1)
        for t in tasks
        if t.in_loop and t.started_on and t.finished_on and t.finished_on >= t.started_on
    ]
    before = [days for began, days in cycles if began + timedelta(days - 1) <= done_on]
    after = [days for began, days in cycles if began > done_on]
    return or_reason(f"Pay-back of {task.task_id}", lambda: pay_back(before, after))


def tried(workspace: Workspace, project: str, kind: str, values: Mapping[str, object]) -> Tried:
    """What a plan would say; nothing is stored.

    Parameters
    ----------
    kind : str
        ``support_plans``, ``sourcing``, ``annotation_plans`` or ``compute_campaigns``.

    Raises
    ------
    InputError
        Naming the field that is empty or out of its range.
    NotFoundError
        When there is no such project.
    """
    currency = workspace.project(project).currency
    if kind == SupportPlan.kind:
        facts = project_support(workspace, project).facts
        return plans.retainer(plans.tried_record(SupportPlan, values), facts, currency)
    if kind == SourcingRecord.kind:
        with workspace.store.reader() as reader:
            roles = [r for r in reader.current(Role, project) if not r.archived]
            people = [p for p in reader.current(TeamMember, project) if not p.archived]
        return plans.sourcing(plans.tried_record(SourcingRecord, values), currency, roles, people)
    if kind == AnnotationPlan.kind:
        return plans.labelling(plans.tried_record(AnnotationPlan, values), currency)
    return plans.campaign(plans.tried_record(ComputeCampaign, values))
