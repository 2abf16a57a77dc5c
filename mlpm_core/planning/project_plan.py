"""What the estimate of a project in tasks is made from."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, NotEnoughDataError, quoted
from mlpm_core.planning.factors import (
    DOCUMENTATION,
    FACTORS,
    MODELS_CATEGORIES,
    MODELS_EXPONENT,
    Factor,
)
from mlpm_core.quantity.written import fig
from mlpm_core.records import Documentation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.planning.three_point import ThreePoint
    from mlpm_core.planning.tries import Tries

WAIT: Final = "wait"
CATEGORIES: Final = (
    "governance", "data", "infra", "explore", "feature", "train", "evaluate", "deploy",
    "document", "support", WAIT,
)  # fmt: skip
MOST_TASKS: Final = 1000
_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Bias:
    """What all tasks of a project have in common: the median it multiplies by, and its log spread.

    Raises
    ------
    InputError
        When the median is not above 0 or the spread is below 0.
    """

    median: float
    log_sd: float

    def __post_init__(self) -> None:
        if not (0 < self.median < math.inf and 0 <= self.log_sd < math.inf):
            raise InputError(
                f"The common bias is {self.median!r} with a log spread of {self.log_sd!r}; write a "
                "median above 0 and a spread of at least 0."
            )


BIASES: Final = {"untried": Bias(2.0, 0.50), "practised": Bias(1.25, 0.35)}
"""By how far the estimators can be trusted. The median of the untried is Thompson's (double the
guess); the other median and both spreads are the product's own."""


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A piece of work, or a wait, with the days it takes.

    Parameters
    ----------
    name, title : str
        Its short name, by which others depend on it, and as people say it.
    days : ThreePoint
        Person-days; for a wait working days.
    category : str
        One of ``CATEGORIES``; factors act by it.
    role : str
        Who does it; empty for a wait.
    depends_on : tuple of str
        Tasks that must be finished before it starts.
    in_loop : bool
        Whether it is done again in each modelling cycle.
    fixed_cost : float
        What it costs beyond people, in the plan's currency.
    estimated_on : date, optional
        The day the days were given: factors answered before it are taken to be in them.
    includes : tuple of str
        Factors that the days hold whatever the dates say.
    """

    name: str
    days: ThreePoint
    category: str
    role: str = ""
    depends_on: tuple[str, ...] = ()
    in_loop: bool = False
    fixed_cost: float = 0.0
    estimated_on: date | None = None
    includes: tuple[str, ...] = ()
    title: str = ""

    @property
    def is_wait(self) -> bool:
        """Whether time passes and nobody works."""
        return self.category == WAIT

    @property
    def label(self) -> str:
        """How it is called."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class Away:
    """Working days since the start, from one to another, on which so much of a role is missing.

    ``people`` is in full-time people: somebody with half of their time is half a person.
    """

    from_day: float
    to_day: float
    people: float


@dataclass(frozen=True, slots=True)
class RolePlan:
    """How many people play a role, the share of their time, and what a person-day costs.

    ``away`` are the days on which some of them are absent, in their order, none overlapping.
    """

    heads: int = 1
    availability: float = 1.0
    day_rate: float = 0.0
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class FactorAnswer:
    """Whether a factor applies, as a probability, and the day that was answered.

    ``on_all_tasks`` overrides the rule of dates: True lets it act on every task of its categories,
    False on none.
    """

    probability: float = 0.5
    answered_on: date | None = None
    on_all_tasks: bool | None = None


@dataclass(frozen=True, slots=True)
class RiskPlan:
    """What may go wrong, with the days it adds if it does.

    ``delay_share`` is the share of these days by which the project is late. Days that cost nothing
    are somebody else's, such as a late acceptance: they delay and are no effort.
    """

    name: str
    probability: float
    days: ThreePoint | None = None
    delay_share: float = 1.0
    day_rate: float = 0.0
    fixed_cost: float = 0.0
    title: str = ""

    @property
    def label(self) -> str:
        """How it is called."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """Everything that a project's estimate depends on.

    Parameters
    ----------
    tasks : tuple of TaskPlan
        At least one, at most 1,000; their order is their priority.
    roles : mapping of str to RolePlan
        By short name.
    bias : Bias
        The common optimism.
    factors : mapping of str to FactorAnswer
        By name; a factor that is not there is unknown and applies with probability 1/2.
    documentation, documentation_answered_on
        Which documents are due, and since when that is known.
    n_models : int
        How many models; training and evaluation cost ``n_models**0.7`` times one.
    loop : Tries, optional
        The modelling loop; without it a usable model is certain.
    risks : tuple of RiskPlan
        What may go wrong.
    focus : float
        Share of a day on the project that goes into its tasks, in (0, 1].
    overhead_share, overhead_rate : float
        Managing delivery, as a share of all other effort, and what a day of it costs.
    fixed_cost : float
        What the project costs beyond people, in ``currency``.
    currency : str
        ISO 4217 code.

    Raises
    ------
    NotEnoughDataError
        When there is no task.
    InputError
        Naming everything that cannot be: a circle of dependencies, a role that is unknown or that
        nobody plays, a share that is none.
    """

    tasks: tuple[TaskPlan, ...]
    roles: Mapping[str, RolePlan]
    bias: Bias = BIASES["untried"]
    factors: Mapping[str, FactorAnswer] = field(default_factory=dict)
    documentation: Documentation = Documentation.NONE
    documentation_answered_on: date | None = None
    n_models: int = 1
    loop: Tries | None = None
    risks: tuple[RiskPlan, ...] = ()
    focus: float = 0.8
    overhead_share: float = 0.0
    overhead_rate: float = 0.0
    fixed_cost: float = 0.0
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if not self.tasks:
            raise NotEnoughDataError("There are no tasks to estimate; add at least one.")
        problems = [*_task_problems(self), *_other_problems(self)]
        if not problems:
            problems = _circles(self.tasks)
        if problems:
            listed = problems[:_LISTED]
            more = len(problems) - len(listed)
            raise InputError(" ".join(listed) + (f" And {more} more." if more else ""))

    @property
    def causes(self) -> tuple[tuple[Factor, FactorAnswer], ...]:
        """The factors that can apply, with their answers, in the order of the waterfall."""
        answers = [(f, self.factors.get(name, FactorAnswer())) for name, f in FACTORS.items()]
        if self.documentation in DOCUMENTATION:
            known = FactorAnswer(1.0, self.documentation_answered_on)
            known = self.factors.get("documentation", known)
            answers.append((DOCUMENTATION[self.documentation], known))
        return tuple((factor, answer) for factor, answer in answers if answer.probability > 0)

    def acts_on(self, factor: Factor, answer: FactorAnswer, task: TaskPlan) -> bool:
        """Whether a factor multiplies a task: by its category, and by who knew what when."""
        if task.category not in factor.categories or factor.name in task.includes:
            return False
        if answer.on_all_tasks is not None:
            return answer.on_all_tasks
        if answer.answered_on is None or task.estimated_on is None:
            return True
        return answer.answered_on >= task.estimated_on

    def models_times(self, task: TaskPlan) -> float:
        """What the number of models multiplies a task by."""
        return float(self.n_models**MODELS_EXPONENT) if task.category in MODELS_CATEGORIES else 1.0

    @property
    def p_no_go(self) -> float:
        """Probability that no usable model comes out."""
        return self.loop.p_no_go if self.loop else 0.0

    @property
    def after_loop(self) -> frozenset[str]:
        """Names of the tasks that wait for a usable model: without one they are never done."""
        loop = {task.name for task in self.tasks if task.in_loop}
        later: set[str] = set()
        for task in self.in_order:
            if any(name in loop or name in later for name in task.depends_on):
                later.add(task.name)
        return frozenset(later - loop)

    @property
    def in_order(self) -> tuple[TaskPlan, ...]:
        """The tasks, each after those it depends on, else in their order."""
        place = {task.name: i for i, task in enumerate(self.tasks)}
        sorter = TopologicalSorter({task.name: task.depends_on for task in self.tasks})
        sorter.prepare()
        ready, ordered = list(sorter.get_ready()), []
        while ready:
            first = min(ready, key=place.__getitem__)
            ready.remove(first)
            ordered.append(self.tasks[place[first]])
            sorter.done(first)
            ready += sorter.get_ready()
        return tuple(ordered)


def _task_problems(plan: ProjectPlan) -> list[str]:
    names = [task.name for task in plan.tasks]
    known, problems = set(names), []
    if len(names) > MOST_TASKS:
        problems.append(
            f"There are {fig(len(names)):,} tasks; at most {fig(MOST_TASKS):,} can be estimated."
        )
    problems += [f"Task {quoted(name)} is there twice; give each a name of its own."
                 for name, n in Counter(names).items() if n > 1]  # fmt: skip
    for task in plan.tasks:
        who = f"Task {quoted(task.name)}"
        if task.category not in CATEGORIES:
            problems.append(f"{who}: its category is {quoted(task.category)}; write one of "
                            f"{', '.join(CATEGORIES)}.")  # fmt: skip
        if not task.is_wait and task.role not in plan.roles:
            role = f"role {quoted(task.role)} is unknown" if task.role else "no role does it"
            there = ", ".join(plan.roles) or "none yet"
            problems.append(f"{who}: {role}; the roles of the project are: {there}.")
        problems += [f"{who} depends on {quoted(name)}, which is no task of the project."
                     for name in task.depends_on if name not in known]  # fmt: skip
        problems += _amount(f"{who}: its fixed cost", task.fixed_cost, 0, math.inf)
    return problems


def _other_problems(plan: ProjectPlan) -> list[str]:
    problems = []
    for name, role in plan.roles.items():
        who = f"Role {quoted(name)}"
        if isinstance(role.heads, bool) or not isinstance(role.heads, int) or role.heads < 1:
            problems.append(f"{who}: nobody plays it (heads is {role.heads!r}); write at least 1.")
        problems += _amount(f"{who}: availability", role.availability, 0, 1, is_above=True)
        problems += _amount(f"{who}: its day rate", role.day_rate, 0, math.inf)
    for name, answer in plan.factors.items():
        if name not in FACTORS and name != "documentation":
            problems.append(f"{quoted(name)} is no factor; the factors are {', '.join(FACTORS)}.")
        problems += _amount(f"Factor {name}: its probability", answer.probability, 0, 1)
    for risk in plan.risks:
        who = f"Risk {quoted(risk.name)}"
        problems += _amount(f"{who}: its probability", risk.probability, 0, 1)
        problems += _amount(f"{who}: its share of delay", risk.delay_share, 0, 1)
        problems += _amount(f"{who}: its day rate", risk.day_rate, 0, math.inf)
        problems += _amount(f"{who}: its fixed cost", risk.fixed_cost, 0, math.inf)
    problems += _amount("focus", plan.focus, 0, 1, is_above=True)
    problems += _amount("The share of delivery management", plan.overhead_share, 0, 10)
    problems += _amount("The cost of a day of management", plan.overhead_rate, 0, math.inf)
    problems += _amount("The fixed cost", plan.fixed_cost, 0, math.inf)
    if isinstance(plan.n_models, bool) or not isinstance(plan.n_models, int) or plan.n_models < 1:
        problems.append(f"The number of models is {plan.n_models!r}; write at least 1.")
    return problems


_MOST_MONEY: Final = 1e12


def _amount(
    what: str, value: float, low: float, high: float, *, is_above: bool = False
) -> list[str]:
    high = min(high, _MOST_MONEY)
    if (low < value if is_above else low <= value) and value <= high:
        return []
    start = f"above {fig(low):g}" if is_above else f"from {fig(low):g}"
    return [f"{what} is {value!r}; write a number {start} to {fig(high):,.0f}."]


def _circles(tasks: tuple[TaskPlan, ...]) -> list[str]:
    try:
        TopologicalSorter({task.name: task.depends_on for task in tasks}).prepare()
    except CycleError as error:
        names = [str(name) for name in error.args[1]][::-1]
        chain = " waits for ".join(quoted(name) for name in names)
        return [f"Tasks wait for each other in a circle: {chain}. Remove one of them."]
    return []


def names_in(text: str) -> tuple[str, ...]:
    """The names of a list separated by semicolons or commas, each once.

    Examples
    --------
    >>> names_in("T1; T2,T1 ;")
    ('T1', 'T2')
    """
    return tuple(dict.fromkeys(n for part in re.split(r"[;,]", text) if (n := part.strip())))
