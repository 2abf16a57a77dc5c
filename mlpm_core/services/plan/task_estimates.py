"""What a project takes by its tasks: the estimate, its dates, and whether its value pays for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from mlpm_core.errors import NotEnoughDataError
from mlpm_core.planning import (
    DRAWS,
    Fan,
    ProjectEstimate,
    Reached,
    RoleView,
    TaskSizes,
    UpdatedEstimate,
    days_in_words,
    money_in_words,
    project_estimate,
    read_plan,
    remaining_fan,
    role_views,
    updated_estimate,
    written_plan,
)
from mlpm_core.planning.rounding import about
from mlpm_core.planning.waiting import Waiting, waiting
from mlpm_core.quantity.words import day_in_words
from mlpm_core.quantity.written import fig
from mlpm_core.records import TaskCategory, TaskStatus
from mlpm_core.services.plan.past_projects import own_history
from mlpm_core.services.plan.plans import StoredPlan, stored_plan
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.valuation.value_cases import kept_cases
from mlpm_core.value.benefits import Benefits, benefits
from mlpm_core.value.draws import SEED
from mlpm_core.value.running_cost import before_running_costs

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.planning import WorkCalendar
    from mlpm_core.services.plan.past_projects import OwnHistory
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue

WORKING_DAYS_A_MONTH = 365.25 / 12 * 5 / 7
_MOST_WORKING_DAYS = 26_000  # some 100 years
_LATEST = 0.99
"""The latest day that a screen asks for."""
_MODELLING = (TaskCategory.TRAIN, TaskCategory.FEATURE)
NO_MODEL_LIKELIER = "More likely than not no usable model comes out."


@dataclass(frozen=True, slots=True)
class Estimated:
    """The estimate of one plan: as planned, and from here on once work has begun.

    ``digest`` is the SHA-256 of ``evidence``, the plan as text: the same text gives the same
    figures.
    """

    evidence: str
    digest: str
    planned: ProjectEstimate
    updated: UpdatedEstimate | None
    roles: tuple[RoleView, ...]
    fan: Fan
    waiting: Waiting | None

    @property
    def now(self) -> ProjectEstimate:
        """The estimate that holds: updated once work has begun."""
        return self.updated.estimate if self.updated else self.planned


def estimated(evidence: str) -> Estimated:
    """The estimate of a plan as text; kept by the text.

    Raises
    ------
    InputError
        When it is no plan.
    """
    return _estimated(evidence)


@lru_cache(maxsize=8)
def _estimated(evidence: str) -> Estimated:
    plan, reached, n, seed = read_plan(evidence)
    planned = project_estimate(plan, n=n, seed=seed)
    updated = updated_estimate(plan, reached, n=n, seed=seed) if is_under_way(reached) else None
    now = updated.estimate if updated else planned
    digest = hashlib.sha256(evidence.encode()).hexdigest()
    return Estimated(
        evidence, digest, planned, updated, role_views(now), remaining_fan(now), waiting(now)
    )


def is_under_way(reached: Reached) -> bool:
    """Whether anything is done, or the planned start has passed."""
    return reached.is_begun or reached.day > 0


def beyond_calendar(now: ProjectEstimate) -> str | None:
    """Why an estimate has no dates, as a sentence; None when it has."""
    longest = max(now.days_at(_LATEST), now.no_go.duration.p50 if now.no_go else 0.0)
    if longest <= _MOST_WORKING_DAYS:
        return None
    return (
        "The work would take more than 100 years, so that no day can be said: look at the days of "
        "the tasks and risks, and at the shares of time of the roles."
    )


@dataclass(frozen=True, slots=True)
class TaskFigure:
    """One percentile as it is told: person-days, the day it is done, and its cost.

    Everything but P50 and P10 is rounded up, because it is promised or held in reserve.
    """

    name: str
    meaning: str
    days_text: str
    cost_text: str
    duration_text: str
    finish_on: date


@dataclass(frozen=True, slots=True)
class TaskEstimateView:
    """The estimate of a project by its tasks, with dates, budget and value case.

    ``estimated`` is None with the reason in ``problem``. ``needed_by`` and ``budget`` are the
    project's; ``pays_back`` is None without a value case that has a value.
    """

    project: str
    currency: str
    stored: StoredPlan
    estimated: Estimated | None
    problem: str | None
    needed_by: date | None
    budget: float | None
    case: CaseValue | None
    pays_back: Benefits | None

    @property
    def calendar(self) -> WorkCalendar:
        """Working days from the project's start."""
        return self.stored.calendar

    @property
    def is_promisable(self) -> bool:
        """Whether the estimate may become a baseline, a promise or a quote."""
        return not self.refusals

    @property
    def is_finished(self) -> bool:
        """Whether every task is done, those too that nobody estimated: nothing is left to plan."""
        found = self.estimated
        return bool(found and found.now.is_finished and not self.stored.without_numbers)

    @property
    def done_on(self) -> date | None:
        """The day of a finished project on which its last task was; None where one has no day."""
        known = [t.finished_on for t in self.stored.tasks if t.finished_on is not None]
        return max(known) if self.is_finished and len(known) == len(self.stored.tasks) else None

    @property
    def explanation(self) -> str:
        """The estimate in one sentence, which promises nothing that may not be promised."""
        if self._now.is_finished and self.stored.without_numbers:
            return "Every task with numbers is done; how long the others take, nobody has said."
        return self._now.explained(may_be_promised=self.is_promisable)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why it may not, each a sentence; nothing when it may."""
        if self.estimated is None:
            return (self.problem or "There is no estimate.",)
        found, now = [], self.estimated.now
        if now.sizes.fires:
            found.append(now.sizes.sentence)
        if self.stored.without_numbers:
            listed = ", ".join(self.stored.without_numbers[:5])
            found.append(f"Tasks without their three numbers are left out: {listed}.")
        if self.stored.answers is None:
            found.append(
                "Nobody has answered the questions of the estimate: every factor is taken as open, "
                "the guesses as untried, and a usable model as certain."
            )
        if now.p_no_go > 0.5:
            found.append(NO_MODEL_LIKELIER)
        return tuple(found)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures leave out, each a sentence."""
        plan = self.stored.plan
        if plan is None:
            return ()
        found = list(self.stored.notes)
        is_open = not self.is_finished
        if (
            is_open
            and plan.loop
            and plan.p_no_go > 0
            and not any(task.in_loop for task in plan.tasks)
        ):
            found.append(
                "No task is marked as done again in every cycle: further cycles cost nothing here, "
                "and without a usable model all tasks are taken as done."
            )
        blank = [risk.label for risk in plan.risks if risk.days is None and risk.fixed_cost == 0]
        if blank:
            found.append(f"Risks without days or cost change nothing: {', '.join(blank[:5])}.")
        silent = [
            task.label
            for task in plan.tasks
            if task.name in self.stored.reached.ends and task.name not in self.stored.reached.actual
            if not task.is_wait
        ]
        if silent:
            listed = ", ".join(silent[:5])
            found.append(f"Of finished tasks without days spent their numbers count: {listed}.")
        spent = self.stored.reached.spent
        dated = {t.task_id for t in self.stored.tasks if t.started_on}  # of a wait that is enough
        unknown = [t for t in plan.tasks if spent.get(t.name) == 0]
        if whole := [t.label for t in unknown if not (t.is_wait and t.name in dated)]:
            listed = ", ".join(whole[:5])
            found.append(
                f"Of running tasks without days spent all days are still to come: {listed}."
            )
        for name, held in ((line.name, line.calibration) for line in self.stored.widened):
            found.append(
                f"The ranges of {name} are taken as {fig(held.widening):.2g} times as wide: "
                f"of {held.n_closed} whose work is done, {held.n_hit} held (8 in 10 should)."
            )
        return tuple(found)

    @property
    def advice(self) -> tuple[str, ...]:
        """Tasks that are better split or bounded, each a sentence; their own numbers stay."""
        found = []
        todo = [t for t in self.stored.tasks if t.status is not TaskStatus.DONE]
        work = [t for t in todo if t.category is not TaskCategory.WAIT]
        sizes = TaskSizes.of((t.title or t.task_id, t.p50 or 0.0) for t in work)
        if sizes.above_ten:
            found.append(replace(sizes, above_twenty=()).sentence)  # those are a refusal
        endless = [
            t.title or t.task_id
            for t in todo
            if t.category in _MODELLING and not t.acceptance.strip()
        ]
        if endless:
            listed = ", ".join(endless[:5])
            found.append(f"Nobody said how one sees that this modelling is done: {listed}.")
        return tuple(found)

    @property
    def figures(self) -> tuple[TaskFigure, ...]:
        """P50, P80 and P95 of a project that delivers; none without an estimate."""
        if self.estimated is None:
            return ()
        promise = "may be promised" if self.is_promisable else "at least; no promise yet"
        return (
            self._figure("P50", "enough 5 times in 10"),
            self._figure("P80", f"enough 8 times in 10; {promise}"),
            self._figure("P95", "enough 19 times in 20"),
        )

    def _figure(self, name: str, meaning: str) -> TaskFigure:
        now, low, is_up = self._now, name.lower(), name != "P50"
        return TaskFigure(
            name,
            meaning,
            days_in_words(getattr(now.effort, low), up=is_up),
            money_in_words(getattr(now.cost, low), self.currency, up=is_up),
            days_in_words(getattr(now.duration, low), up=is_up),
            self.calendar.date_after(getattr(now.duration, low)),
        )

    @property
    def no_go_text(self) -> str:
        """What is spent before one knows that no usable model comes out, and when that is."""
        no_go = self._now.no_go
        if no_go is None:
            return "A usable model is taken as certain."
        days, cost, end = (of.p50 for of in (no_go.effort, no_go.cost, no_go.duration))
        return (
            f"known about {day_in_words(self.calendar.date_after(end))}; by then "
            f"{about(days_in_words(days))} ({money_in_words(cost, self.currency)}) are spent"
        )

    def finish_on(self, probability: float) -> date:
        """The day by which a project that delivers is done with a probability in (0, 1)."""
        return self.calendar.date_after(self._now.days_at(probability))

    def probability_by(self, day: date) -> float:
        """Probability that a project that delivers is done by the end of a day."""
        return self._now.probability_within_days(self.calendar.days_until(day))

    def probability_within(self, budget: float) -> float:
        """Probability that a project that delivers costs at most a budget."""
        return self._now.probability_within_cost(budget)

    def done_by(self, day: date, probability: float = 0.8) -> tuple[str, ...]:
        """Titles of the tasks that are done by a day with at least a probability."""
        done = set(self._now.done_by(self.calendar.days_until(day), probability))
        return tuple(t.title or t.task_id for t in self.stored.tasks if t.task_id in done)

    @property
    def p_date(self) -> float | None:
        """Probability that it is done by the day it is needed; None when nobody said one."""
        if self.needed_by is None or self.estimated is None:
            return None
        return self.probability_by(self.needed_by)

    @property
    def p_budget(self) -> float | None:
        """Probability that the budget is enough; None when nobody said one."""
        if self.budget is None or self.estimated is None:
            return None
        return self.probability_within(self.budget)

    @property
    def p_value_above_cost(self) -> float | None:
        """Probability that the net present value is above 0, with the chance of no model in it."""
        return None if self.pays_back is None else self.pays_back.probability_of_gain

    @property
    def _now(self) -> ProjectEstimate:
        if self.estimated is None:
            raise NotEnoughDataError(self.problem or "There is no estimate.")
        return self.estimated.now


def task_estimate(workspace: Workspace, project: str) -> TaskEstimateView | None:
    """The estimate of a project by its tasks; None while it has none.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    own = own_history(workspace, workspace.project(project))
    return kept(
        workspace,
        "task estimate",
        project,
        lambda: _task_estimate(workspace, project, own),
        rests_on=own,
    )


def _task_estimate(workspace: Workspace, project: str, own: OwnHistory) -> TaskEstimateView | None:
    row, today = workspace.project(project), workspace.today(project)
    with workspace.store.reader() as reader:
        stored = stored_plan(reader, row, today, own)
    if stored is None:
        return None
    found, problem = None, stored.problem
    if stored.plan is not None:
        found = estimated(written_plan(stored.plan, stored.reached, n=DRAWS, seed=SEED))
        problem = beyond_calendar(found.now)
        found = None if problem else found
    case = None
    if stored.answers and stored.answers.value_case_id:
        case = kept_cases(workspace, project).get(stored.answers.value_case_id)
    return TaskEstimateView(
        project=project,
        currency=row.currency,
        stored=stored,
        estimated=found,
        problem=problem,
        needed_by=row.needed_by_on,
        budget=row.budget,
        case=case,
        pays_back=pays_back_of(found.now, case) if found else None,
    )


def pays_back_of(now: ProjectEstimate, case: CaseValue | None) -> Benefits | None:
    """Build cost and time to build against the value they are for, draw by draw."""
    if case is None or case.planned is None:
        return None
    return benefits(
        before_running_costs(case.planned),
        case.benefit_answers,
        costs=case.planned.costs,
        currency=case.currency,
        build_cost=now.draws.cost,
        build_months=now.draws.duration / WORKING_DAYS_A_MONTH,
        p_no_go=now.p_no_go,
        no_go_cost=now.no_go_draws.cost if now.no_go_draws else None,
    )
