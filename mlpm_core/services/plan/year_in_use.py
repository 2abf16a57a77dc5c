"""A year of looking after the models, beside the days of the people who would do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlpm_core.planning.capacity import HOURS_A_DAY, Availability, Days, capacity_by_role
from mlpm_core.planning.care import Keeper
from mlpm_core.planning.retainer import Incidents, support_hours
from mlpm_core.planning.team import ALONE
from mlpm_core.records import Phase, SupportPlan, Task, TaskCategory, TaskStatus, TeamMember
from mlpm_core.services.plan.support_facts import support_facts
from mlpm_core.services.plan.support_plans import support_need
from mlpm_core.services.session.computing import or_reason

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mlpm_core.planning.quick_result import Spread
    from mlpm_core.records import Project
    from mlpm_core.services.plan.support_facts import SupportFacts
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

_A_YEAR = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody's time, with holidays of all, and the share of a day that goes into tasks."""

    team: Sequence[Availability]
    holidays: Collection[Days]
    focus: float


@dataclass(frozen=True, slots=True)
class YearInUse:
    """A year in which the models are in use: what looking after them asks, and who has the days.

    The year begins today where a model is in use, else on the day the work should be done; the days
    are None while nobody said that. ``hours`` are of all models under the support plan that asks
    most. ``asked_days`` are its P80 in person-days of 8 hours; ``work_days`` what the work still
    asks of the same roles (P80), counted while a model is in use already. ``capacity_days`` is None
    without a role, or without the days of the year. ``contracts`` are in force until the end of the
    year and look after every model in use, so that its hours are nobody's here.
    """

    plan_id: str
    n_models: int
    is_in_use: bool
    hours: Spread
    first: date | None = None
    last: date | None = None
    roles: tuple[str, ...] = ()
    work_days: float = 0.0
    capacity_days: float | None = None
    contracts: tuple[str, ...] = ()

    @property
    def asked_days(self) -> float:
        """Person-days that looking after the models asks in the year, enough 8 times in 10."""
        return self.hours.p80 / HOURS_A_DAY

    @property
    def short_days(self) -> float:
        """Person-days that are missing; 0 where there are enough, or nothing to hold it against."""
        if self.contracts or self.capacity_days is None:
            return 0.0
        return max(0.0, self.asked_days + self.work_days - self.capacity_days)


@dataclass(frozen=True, slots=True)
class SupportDemand:
    """The year in use under a support plan; None without one, or with the reason in ``problem``."""

    year: YearInUse | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The work before it: its tasks, the models it builds, what it asks by role, and its end."""

    tasks: Sequence[Task]
    n_models: int
    until: date | None
    p80_by_role: Mapping[str, float] = field(default_factory=dict)


def support_demand(
    workspace: Workspace, reader: Reader, project: Project, staff: Staff, work: Work
) -> SupportDemand:
    """What looking after the models asks of the team, by the support plan that asks most.

    Parameters
    ----------
    reader : Reader
        The moment of the store that the rest of the team is read from.
    """
    name = project.project
    plans = [p for p in reader.current(SupportPlan, name) if not p.archived]
    if not plans:
        return SupportDemand()
    facts = support_facts(workspace, reader, project, {})
    members = [m for m in reader.current(TeamMember, name) if not m.archived]
    n_models = facts.n_models or work.n_models

    def hours(plan: SupportPlan) -> Spread:
        incidents = Incidents(n_models, facts.n_incidents, facts.model_years)
        return support_hours(support_need(plan, incidents, 0.0, project.currency))

    def most() -> tuple[Spread, str]:
        return max(
            ((hours(plan), plan.support_id) for plan in plans), key=lambda found: found[0].p80
        )

    found, problem = or_reason(f"Support plans of {name}", most)
    if found is None:
        return SupportDemand(problem=problem)
    return SupportDemand(_year(*found, facts, staff, work, _roles(work.tasks, members)))


def _year(
    hours: Spread,
    plan_id: str,
    facts: SupportFacts,
    staff: Staff,
    work: Work,
    roles: tuple[str, ...],
) -> YearInUse:
    is_in_use = facts.n_models > 0
    first = facts.today if is_in_use else work.until
    last = first + _A_YEAR if first else None
    capacity = None
    if first and last and roles:
        days = capacity_by_role(staff.team, first, last, holidays=staff.holidays, focus=staff.focus)
        capacity = sum(days.get(role, 0.0) for role in roles)
    asked = sum(work.p80_by_role.get(role, 0.0) for role in roles)
    return YearInUse(
        plan_id=plan_id,
        n_models=facts.n_models or work.n_models,
        is_in_use=is_in_use,
        hours=hours,
        first=first,
        last=last,
        roles=roles,
        work_days=asked if is_in_use else 0.0,
        capacity_days=capacity,
        contracts=_contracts(facts, last),
    )


def _roles(tasks: Sequence[Task], members: Sequence[TeamMember]) -> tuple[str, ...]:
    """Roles of those who do support alone; else those that tasks after go-live ask for."""
    able = {m.role for m in members if m.support >= ALONE}
    asked = {t.role for t in tasks if t.role and is_after_go_live(t)}
    return tuple(sorted(able or asked))


def is_after_go_live(task: Task) -> bool:
    """Whether a task looks after a model that is in use."""
    if task.status is TaskStatus.DROPPED or task.category is TaskCategory.WAIT:
        return False
    return task.category is TaskCategory.SUPPORT or task.phase is Phase.IN_LIFE


def _contracts(facts: SupportFacts, last: date | None) -> tuple[str, ...]:
    """With whom the contracts are, where they hold every model in use for the whole year."""
    held = [
        care.contract.counterparty
        for care in facts.cares
        if care.keeper is Keeper.CONTRACT
        and care.contract is not None
        and (care.contract.ends_on is None or last is None or care.contract.ends_on >= last)
    ]
    return tuple(dict.fromkeys(held)) if len(held) == len(facts.cares) else ()
