"""A project's plan as its records have it: tasks, roles, answers, risks, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mlpm_core.errors import MlpmError
from mlpm_core.planning import (
    BIASES,
    FACTORS,
    Answer,
    Bias,
    FactorAnswer,
    ProjectPlan,
    Reached,
    RiskPlan,
    RolePlan,
    TaskPlan,
    ThreePoint,
    Tries,
    WorkCalendar,
    each_day,
)
from mlpm_core.planning.absences import availabilities, role_absences
from mlpm_core.planning.factors import PROBABILITY_ON
from mlpm_core.planning.found_answers import FoundAnswer, found_answers
from mlpm_core.planning.mitigation import mitigation_of, reviews_in_effect
from mlpm_core.planning.project_plan import names_in
from mlpm_core.planning.risk import probability_on
from mlpm_core.records import (
    Absence,
    Documentation,
    EstimateRecord,
    EstimatorClass,
    FindingRecord,
    Risk,
    RiskReview,
    RiskStatus,
    Role,
    Task,
    TaskCategory,
    TaskStatus,
    TeamMember,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mlpm_core.planning.reference_class import ReferenceClass
    from mlpm_core.records import Project
    from mlpm_core.services.plan.past_projects import EstimatorLine, OwnHistory
    from mlpm_core.store import Reader

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """What the records of a project make a plan of; ``problem`` says why there is none.

    ``tasks`` are those that are neither archived nor dropped. ``without_numbers`` are open ones
    that nobody estimated: they are left out, and the estimate is at least so much. ``widened`` are
    the estimators whose ranges are taken as wider than they said. ``unused_answers`` are names of
    estimates that are kept besides: of several the first by its short name counts. ``found`` is
    what findings answer, which goes before ``answers``; ``ahead`` are done on a day to come.
    """

    plan: ProjectPlan | None
    reached: Reached
    calendar: WorkCalendar
    tasks: tuple[Task, ...]
    answers: EstimateRecord | None
    without_numbers: tuple[str, ...]
    problem: str | None = None
    widened: tuple[EstimatorLine, ...] = ()
    unused_answers: tuple[str, ...] = ()
    found: tuple[FoundAnswer, ...] = ()
    ahead: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Which records the plan leaves out, each a sentence."""
        sentences = []
        if self.answers and self.unused_answers:
            used, listed = self.answers, ", ".join(self.unused_answers[:5])
            sentences.append(
                f"The tasks go by the answers of the estimate “{used.title or used.estimate_id}”, "
                f"whose short name comes first; archive the others if they do not hold: {listed}."
            )
        if self.ahead:
            listed = ", ".join(self.ahead[:5])
            sentences.append(f"Done on a day that is yet to come: {listed}. Look at it again.")
        doing = {t.role for t in self.tasks if not _is_done(t)}
        roles = self.plan.roles if self.plan else {}
        slowed = [name for name, role in roles.items() if role.away and name in doing]
        if slowed:
            sentences.append(
                f"People are away on days to come: the work of {', '.join(slowed[:5])} goes on "
                "with those who are there, each task slower by the share that is missing."
            )
        return tuple(sentences)


def stored_plan(
    reader: Reader, project: Project, today: date, own: OwnHistory
) -> StoredPlan | None:
    """The plan of a project as of a day; None while it has no task.

    Parameters
    ----------
    today : date
        What is not done by then is still to do.
    own : ReferenceClass
        How far own estimates were off, for estimates that go by own closed projects, and whose
        ranges held too seldom: these are widened.
    """
    name = project.project
    every = reader.current(Task, name)
    tasks = tuple(t for t in every if not t.archived and t.status != TaskStatus.DROPPED)
    if not tasks:
        return None
    estimates = _shown(reader.current(EstimateRecord, name))
    answers = estimates[0] if estimates else None
    calendar = work_calendar(reader, project, today)
    blank = [t for t in tasks if None in (t.p10, t.p50, t.p90)]
    unestimated = {t.task_id for t in blank if _is_done(t) and t.spent_days is not None}
    missing = tuple(t.title or t.task_id for t in blank if t.task_id not in unestimated)
    counted = [t for t in tasks if t not in blank or t.task_id in unestimated]
    found = found_answers(reader.current(FindingRecord, name), answers)
    plan, problem, reached = None, None, Reached()
    try:
        reached = _reached(counted, unestimated, calendar, today)
        roles = _shown(reader.current(Role, name))
        people = availabilities(
            _shown(reader.current(TeamMember, name)), _shown(reader.current(Absence, name))
        )
        plan = ProjectPlan(
            tasks=_task_plans(counted, unestimated, _Waited(every, counted), own),
            roles={
                r.role_id: RolePlan(
                    r.heads, r.availability, r.day_rate, role_absences(r, people, calendar, today)
                )
                for r in roles
            },
            bias=_bias(answers, own.reference),
            factors=_factors(answers, found),
            documentation=answers.documentation if answers else Documentation.NONE,
            documentation_answered_on=answers.answered_on if answers else None,
            n_models=answers.n_models if answers else 1,
            loop=_loop(answers),
            risks=_risks(
                _shown(reader.current(Risk, name)),
                _shown(reader.current(RiskReview, name)),
                every,
                roles,
                today,
            ),
            focus=answers.focus if answers else 0.8,
            overhead_share=answers.overhead_share if answers else 0.12,
            overhead_rate=_overhead_rate(answers, roles),
            fixed_cost=answers.fixed_cost if answers else 0.0,
            currency=project.currency,
        )
    except MlpmError as error:
        problem = str(error)
    lines = {line.name: line for t in counted if (line := own.of(t.estimated_by))}
    return StoredPlan(
        plan=plan,
        reached=reached,
        calendar=calendar,
        tasks=tasks,
        answers=answers,
        without_numbers=missing,
        problem=problem,
        widened=tuple(lines.values()),
        unused_answers=tuple(e.title or e.estimate_id for e in estimates[1:]),
        found=found,
        ahead=tuple(t.title or t.task_id for t in tasks if t.finished_on and t.finished_on > today),
    )


def _shown(records: Sequence[T]) -> list[T]:
    return [record for record in records if not getattr(record, "archived", False)]


def _is_done(task: Task) -> bool:
    return task.status == TaskStatus.DONE or task.finished_on is not None


def work_calendar(reader: Reader, project: Project, today: date) -> WorkCalendar:
    """The working days of a project from the day it begins, or began; without both from today."""
    name = project.project
    tasks = [t for t in _shown(reader.current(Task, name)) if t.status != TaskStatus.DROPPED]
    begun = [t.started_on or t.finished_on for t in tasks]
    days = [day for day in (project.planned_start_on, *begun) if day is not None]
    everybody = [a for a in _shown(reader.current(Absence, name)) if not a.person_id]
    holidays = frozenset(day for a in everybody for day in each_day(a.from_on, a.to_on))
    return WorkCalendar(min(days, default=today), holidays)


def _reached(
    tasks: Sequence[Task], unestimated: Iterable[str], calendar: WorkCalendar, today: date
) -> Reached:
    day = float(calendar.days_before(today))
    done = [t for t in tasks if _is_done(t)]
    ends = {
        t.task_id: float(calendar.days_until(t.finished_on)) if t.finished_on else day for t in done
    }
    running = {
        t.task_id: _had(t, calendar, day)
        for t in tasks
        if not _is_done(t) and (t.status == TaskStatus.DOING or t.spent_days)
    }
    actual = {t.task_id: t.spent_days for t in done if t.spent_days is not None}
    return Reached(day, actual, ends, running, frozenset(unestimated))


def _had(task: Task, calendar: WorkCalendar, day: float) -> float:
    """The days that a running task has had; of a wait the working days since it began."""
    if task.spent_days is None and task.category is TaskCategory.WAIT and task.started_on:
        return max(0.0, day - calendar.days_before(task.started_on))
    return task.spent_days or 0.0


class _Waited:
    """What a task waits for: through what is left out of the plan to what that waited for."""

    def __init__(self, every: Sequence[Task], counted: Sequence[Task]) -> None:
        self._counted = {t.task_id for t in counted}
        self._left_out = {
            t.task_id: names_in(t.depends_on) for t in every if t.task_id not in self._counted
        }

    def of(self, task: Task) -> tuple[str, ...]:
        """Names of the tasks in the plan; one that is nowhere stays, for the plan to refuse."""
        todo, seen, waited = list(names_in(task.depends_on)), {task.task_id}, []
        if task.task_id in todo:
            waited.append(task.task_id)
        while todo:
            name = todo.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if name in self._left_out:
                todo += self._left_out[name]
            else:
                waited.append(name)
        return tuple(waited)


def _task_plans(
    tasks: Sequence[Task], unestimated: Iterable[str], waited: _Waited, own: OwnHistory
) -> tuple[TaskPlan, ...]:
    fixed = set(unestimated)
    plans = []
    for t in tasks:
        try:
            days = (
                ThreePoint(*(t.spent_days or 0.0,) * 3)
                if t.task_id in fixed
                else ThreePoint(t.p10, t.p50, t.p90)  # type: ignore[arg-type]
            )
            if line := own.of(t.estimated_by):
                days = days.widened(line.calibration.widening)
        except MlpmError as error:
            raise type(error)(f"Task {t.task_id!r}: {error}") from error
        plans.append(
            TaskPlan(
                name=t.task_id,
                days=days,
                category=str(t.category),
                role=t.role,
                depends_on=waited.of(t),
                in_loop=t.in_loop,
                fixed_cost=t.fixed_cost,
                estimated_on=t.estimated_on,
                includes=names_in(t.includes),
                title=t.title,
            )
        )
    return tuple(plans)


def _bias(answers: EstimateRecord | None, own: ReferenceClass) -> Bias:
    chosen = answers.estimator_class if answers else EstimatorClass.UNTRIED
    if chosen == EstimatorClass.OWN_HISTORY:
        return Bias(own.bias, own.log_sd)
    return BIASES[str(chosen)]


def _factors(
    answers: EstimateRecord | None, found: Iterable[FoundAnswer]
) -> dict[str, FactorAnswer]:
    """Each factor's answer: what was found last, else what the estimate says."""
    known = {name: FactorAnswer() for name in FACTORS}
    if answers:
        known = {
            name: FactorAnswer(PROBABILITY_ON[Answer(getattr(answers, name))], answers.answered_on)
            for name in FACTORS
        }
    return known | {f.name: FactorAnswer(f.probability, f.finding.found_on) for f in found}


def _loop(answers: EstimateRecord | None) -> Tries | None:
    if answers is None:
        return None
    return Tries(answers.p_success, answers.max_cycles, answers.loop_share, answers.repeat_share)


def _mean_rate(roles: Sequence[Role]) -> float:
    heads = sum(r.heads for r in roles)
    return sum(r.heads * r.day_rate for r in roles) / heads if heads else 0.0


def _overhead_rate(answers: EstimateRecord | None, roles: Sequence[Role]) -> float:
    if answers is None:
        return _mean_rate(roles)
    return answers.day_rate if answers.overhead_rate is None else answers.overhead_rate


def _risks(
    risks: Sequence[Risk],
    reviews: Sequence[RiskReview],
    tasks: Sequence[Task],
    roles: Sequence[Role],
    today: date,
) -> tuple[RiskPlan, ...]:
    """The risks that are not retired, as likely as their newest reviews say.

    From the day its mitigation is done, a risk is as likely as it is afterwards. One that occurred
    counts as certain, or the estimate would fall on the day that it happens; once what it takes
    stands in the tasks, it is retired.
    """
    plans = []
    for r in risks:
        own = [review for review in reviews if review.risk_id == r.risk_id]
        counted = reviews_in_effect(r, own, mitigation_of(r, tasks, today))
        probability = probability_on(r, counted, today, today)
        if r.status is RiskStatus.RETIRED or probability is None:
            continue
        try:
            days = (
                None
                if r.p10 is None or r.p50 is None or r.p90 is None
                else ThreePoint(r.p10, r.p50, r.p90)
            )
        except MlpmError as error:
            raise type(error)(f"Risk {r.risk_id!r}: {error}") from error
        rate = _mean_rate(roles) if r.day_rate is None else r.day_rate
        plans.append(
            RiskPlan(r.risk_id, probability, days, r.delay_share, rate, r.fixed_cost, r.title)
        )
    return tuple(plans)
