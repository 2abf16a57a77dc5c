"""Who works on a project: what they cover, who leads, and whether their days are enough."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from mlpm_core.planning.absences import availabilities
from mlpm_core.planning.capacity import (
    Availability,
    RoleLoad,
    capacity_by_role,
    role_loads,
    working_days,
)
from mlpm_core.planning.handovers import Handovers, Link, handovers
from mlpm_core.planning.team import (
    USUAL_ROLES,
    CategoryCover,
    Cover,
    LeadGap,
    Pairing,
    Person,
    TShape,
    coverage_matrix,
    lead_gaps,
    pairings,
    t_shape,
    unmet_wishes,
)
from mlpm_core.records import (
    Absence,
    EstimateRecord,
    Project,
    Role,
    Task,
    TaskCategory,
    TaskStatus,
    TeamMember,
)
from mlpm_core.services.plan.past_projects import asked_of_all
from mlpm_core.services.plan.year_in_use import (
    Staff,
    SupportDemand,
    Work,
    is_after_go_live,
    support_demand,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.plan.task_estimates import TaskEstimateView
    from mlpm_core.services.session.workspace import Workspace

PEOPLE: Final = (Project, TeamMember)
"""The kinds of every project that `team` rests on: somebody may work on several."""
_OVER: Final = (TaskStatus.DONE, TaskStatus.DROPPED)
_USUAL_FOCUS: Final = 0.8
_HAIR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the team, with the shape of their skills.

    ``everywhere`` is the share of their time that all projects have in which they stand under the
    same short name: above 1 is more than there is.
    """

    person: Person
    shape: TShape
    fraction: float
    everywhere: float

    @property
    def is_overbooked(self) -> bool:
        """Whether projects together have more of their time than there is."""
        return self.everywhere > 1 + _HAIR


@dataclass(frozen=True, slots=True)
class Demand:
    """What the work still asks of each role at P80 [person-days], and by when it should be done.

    ``last`` is None when nothing says by when; then there is no capacity to hold it against.
    """

    p80_by_role: Mapping[str, float]
    last: date | None = None


@dataclass(frozen=True, slots=True)
class InLife:
    """Looking after the model once it is in use: tasks of support, or of the phase in life.

    ``p50_days`` and ``p90_days`` are sums of the tasks' numbers [person-days], so that the second
    is more than would be needed 9 times in 10; None where no such task has days.
    """

    n_tasks: int
    p50_days: float | None
    p90_days: float | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamView:
    """The team of a project; see the fields' classes.

    ``loads`` is empty while the work is not estimated by role. Capacity is counted from the planned
    start, at the earliest today, to ``until``; it comes from the heads of roles while no person is
    named. Handovers are between roles while no task has an owner. ``unstaffed`` are roles that
    tasks ask for and nobody plays. ``in_use`` is the year after go-live under a support plan.
    """

    project: str
    day: date
    people: tuple[PersonLine, ...]
    cover: tuple[CategoryCover, ...]
    lead_gaps: tuple[tuple[str, LeadGap], ...]
    pairings: tuple[Pairing, ...]
    unmet: tuple[tuple[str, str], ...]
    handovers: Handovers | None
    is_by_owner: bool
    loads: tuple[RoleLoad, ...]
    is_from_heads: bool
    until: date | None
    focus: float
    in_life: InLife
    in_use: SupportDemand
    unstaffed: tuple[str, ...]
    n_open_tasks: int

    @property
    def uncovered(self) -> tuple[CategoryCover, ...]:
        """Categories with work to do that nobody does alone."""
        return tuple(row for row in self.cover if row.cover is Cover.UNCOVERED)

    @property
    def on_one_person(self) -> tuple[CategoryCover, ...]:
        """Categories with work to do that hang on one person."""
        return tuple(row for row in self.cover if row.cover is Cover.ONE_PERSON)

    @property
    def short(self) -> tuple[RoleLoad, ...]:
        """Roles with fewer days than the work asks of them at P80."""
        return tuple(load for load in self.loads if load.short_days > _HAIR)


def team(workspace: Workspace, project: str, demand: Demand | None = None) -> TeamView:
    """Who covers which work of a project, and whether their days are enough.

    Parameters
    ----------
    demand : Demand, optional
        What the estimate says that each role still must give.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row, day = workspace.project(project), workspace.today(project)
    with workspace.store.one_moment() as reader:
        members = [m for m in reader.current(TeamMember, project) if not m.archived]
        roles = [r for r in reader.current(Role, project) if not r.archived]
        tasks = [t for t in reader.current(Task, project) if not t.archived]
        absences = [a for a in reader.current(Absence, project) if not a.archived]
        guesses = [e for e in reader.current(EstimateRecord, project) if not e.archived]
        focus = guesses[0].focus if guesses else _USUAL_FOCUS  # the one that the estimate takes
        everybody = [(a.from_on, a.to_on) for a in absences if not a.person_id]
        staff = Staff(_availabilities(members, roles, absences), everybody, focus)
        until = _until(demand, row, day)
        by_role = demand.p80_by_role if demand else {}
        work = Work(tasks, guesses[0].n_models if guesses else 1, until, by_role)
        in_use = support_demand(workspace, reader, row, staff, work)
        every = asked_of_all(reader, row)  # from here on: what comes before is of this one alone
        elsewhere = [m for p in every for m in reader.current(TeamMember, p) if not m.archived]
    people = [_person(member) for member in members]
    todo = [t for t in tasks if t.status not in _OVER]
    needed = {str(t.category) for t in todo if t.category is not TaskCategory.WAIT}
    by_owner = any(task.owner.strip() for task in tasks)
    loads: tuple[RoleLoad, ...] = ()
    if demand is not None and until is not None:
        first = max(day, row.planned_start_on or day)
        capacity = capacity_by_role(staff.team, first, until, holidays=everybody, focus=focus)
        loads = role_loads(by_role, capacity)
    played = {m.role for m in members} if members else {r.role_id for r in roles}
    return TeamView(
        project=project,
        day=day,
        people=_lines(members, people, elsewhere, day),
        cover=coverage_matrix(people, needed),
        lead_gaps=lead_gaps(people, {r.role_id for r in roles if r.is_core_ml}),
        pairings=pairings(people, needed),
        unmet=unmet_wishes(people),
        handovers=handovers(_links(tasks, by_owner=by_owner)),
        is_by_owner=by_owner,
        loads=loads,
        is_from_heads=not members,
        until=until,
        focus=focus,
        in_life=_in_life(todo),
        in_use=in_use,
        unstaffed=tuple(sorted({t.role for t in todo if t.role} - played)),
        n_open_tasks=len(todo),
    )


def demand_of(view: TaskEstimateView | None) -> Demand | None:
    """What an estimate by tasks still asks of each role; None without one."""
    if view is None or view.estimated is None:
        return None
    by_role = {role.name: role.p80_days for role in view.estimated.roles}
    return Demand(by_role, view.finish_on(0.8))


def _person(member: TeamMember) -> Person:
    levels = {category: getattr(member, category) for category in USUAL_ROLES}
    wants = frozenset(_parts(member.wants_to_learn.lower())) & set(USUAL_ROLES)
    return Person(
        member.person_id, member.name, member.role, levels, wants, member.is_technical_lead
    )


def _parts(text: str) -> list[str]:
    """Names with semicolons between them."""
    return [part.strip() for part in text.split(";") if part.strip()]


def _lines(
    members: Sequence[TeamMember],
    people: Sequence[Person],
    elsewhere: Sequence[TeamMember],
    day: date,
) -> tuple[PersonLine, ...]:
    booked: defaultdict[str, float] = defaultdict(float)
    for member in elsewhere:
        if (member.from_on or day) <= day <= (member.to_on or day):
            booked[member.person_id.casefold()] += member.fraction
    return tuple(
        PersonLine(person, t_shape(person), m.fraction, booked[m.person_id.casefold()])
        for m, person in zip(members, people, strict=True)
    )


def _availabilities(
    members: Sequence[TeamMember], roles: Sequence[Role], absences: Sequence[Absence]
) -> list[Availability]:
    """Everybody's time; while nobody is named, the heads of each role."""
    if not members:
        return [Availability(r.role_id, r.availability) for r in roles for _ in range(r.heads)]
    return availabilities(members, absences)


def _until(demand: Demand | None, project: Project, day: date) -> date | None:
    """By when the work should be done: the day it is needed by, else what the estimate says."""
    days = (project.needed_by_on, demand.last if demand else None)
    return next((last for last in days if last is not None and last >= day), None)


def _links(tasks: Sequence[Task], *, by_owner: bool) -> list[Link]:
    """Tasks by who does them; by their roles while nobody is named, never both mixed."""
    return [
        Link(t.task_id, t.owner.strip() if by_owner else t.role, _parts(t.depends_on))
        for t in tasks
        if t.status is not TaskStatus.DROPPED
    ]


def _in_life(todo: Sequence[Task]) -> InLife:
    after = [t for t in todo if is_after_go_live(t)]
    timed = [t for t in after if t.p50 is not None]
    p50 = math.fsum(t.p50 or 0.0 for t in timed)
    p90 = math.fsum(t.p90 if t.p90 is not None else t.p50 or 0.0 for t in timed)
    return InLife(
        n_tasks=len(after),
        p50_days=p50 if timed else None,
        p90_days=p90 if timed else None,
        roles=tuple(sorted({t.role for t in after if t.role})),
    )


def last_day(first: date, n_working_days: float) -> date:
    """The day on which so many working days are over, weekends left out; the first counts.

    Examples
    --------
    >>> last_day(date(2026, 6, 5), 2)
    datetime.date(2026, 6, 8)
    """
    n, day = max(1, math.ceil(n_working_days)), first
    day += timedelta(days=7 * ((n - 1) // 5))
    while working_days(first, day) < n:
        day += timedelta(days=1)
    return day
