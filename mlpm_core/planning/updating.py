"""What finished and running tasks teach: beliefs are re-weighted, and what is left is simulated.

One bias and the same factors act on all tasks, so each actual says something of the tasks to come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, quoted
from mlpm_core.planning.project_estimate import DRAWS, Details, assembled
from mlpm_core.planning.project_result import spread_of
from mlpm_core.planning.simulation import Luck, Multipliers, base_draws, draw_latents, drawn
from mlpm_core.value.draws import SEED, own_generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpm_core.planning.project_plan import Bias, ProjectPlan, TaskPlan
    from mlpm_core.planning.project_result import ProjectEstimate
    from mlpm_core.planning.quick_result import Spread
    from mlpm_core.planning.schedule import Reached
    from mlpm_core.planning.simulation import Latents

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

LEAST_LOG_SD: Final = 0.30
"""No task teaches more than one of this spread would, however narrow its three numbers are."""
_LEAST_ESS: Final = 0.05  # of the draws: 1,000 of 20,000
_MORE: Final = 10
_WIDER: Final = 1.25
_WIDEST: Final = 1.25**8
_FAN_DRAWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Belief:
    """How likely an open factor applies, before and after what the tasks took, in [0, 1]."""

    name: str
    label: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A finished task: the person-days predicted of it before any bias, and those it took."""

    name: str
    label: str
    predicted: float
    actual: float

    @property
    def ratio(self) -> float:
        """How many times the prediction it took."""
        return self.actual / self.predicted


@dataclass(frozen=True, slots=True)
class Learned:
    """What the work so far says of the estimators and of what was open.

    ``bias_median`` and ``bias_log_sd`` are those of the common bias now, ``prior`` is what it was.
    ``effective_draws`` says on how many draws the belief rests (Kish). ``n_draws`` were weighed;
    ``widened`` is what the spreads of all tasks were multiplied by because the work so far was
    next to impossible under them, 1 when it was not.
    """

    prior: Bias
    bias_median: float
    bias_log_sd: float
    beliefs: tuple[Belief, ...]
    tasks: tuple[Compared, ...]
    effective_draws: float
    n_draws: int
    widened: float

    @property
    def is_surprising(self) -> bool:
        """Whether the spreads had to be widened for the work so far to be possible."""
        return self.widened > 1


@dataclass(frozen=True, slots=True, eq=False)
class UpdatedEstimate:
    """The estimate from here on: finished tasks fixed, running ones at least what they had.

    ``spent`` are the person-days that tasks have had, management in it; ``remaining`` is what is
    left of the effort.
    """

    estimate: ProjectEstimate
    learned: Learned | None
    spent: float
    remaining: Spread


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """The person-days still to do, day by day; arrays of shape (k,).

    ``days`` are working days since the start, the first of them the day reached.
    """

    days: Array
    p10: Array
    p50: Array
    p80: Array
    p95: Array


def remaining_fan(estimate: ProjectEstimate, *, k: int = 25) -> Fan:
    """How the work that is left may burn down, to the day on which P95 of it is done.

    Each task burns evenly between its start and its end, and what is left of risks and delivery
    management in proportion to the tasks.
    """
    draws, reached, few = estimate.draws, estimate.reached, min(estimate.n, _FAN_DRAWS)
    end = max(float(np.quantile(draws.duration - draws.delay, 0.95)), reached.day)
    days = np.linspace(reached.day, end, k)
    left, all_left = np.zeros((few, k)), np.zeros((few, 1))
    for task in estimate.plan.tasks:
        if task.is_wait or task.name in reached.ends:
            continue
        name = task.name
        start, stop = draws.starts[name][:few, None], draws.ends[name][:few, None]
        todo = np.maximum(0, draws.by_task[name][:few, None] - reached.spent.get(name, 0.0))
        left += todo * np.clip((stop - days) / np.maximum(stop - start, 1e-12), 0.0, 1.0)
        all_left += todo
    spent = _spent(estimate.plan, reached) * (1 + estimate.plan.overhead_share)
    whole = np.maximum(0, draws.effort[:few, None] - spent)
    left = whole * np.divide(left, all_left, out=np.zeros_like(left), where=all_left > 0)
    return Fan(days, *(np.quantile(left, p, axis=0) for p in (0.1, 0.5, 0.8, 0.95)))


def updated_estimate(
    plan: ProjectPlan,
    reached: Reached,
    *,
    n: int = DRAWS,
    seed: int = SEED,
    learns: bool = True,
    details: bool = True,
) -> UpdatedEstimate:
    """Effort, duration and cost at the end, from what has been reached.

    Parameters
    ----------
    plan, reached
        The project and how far it is.
    n, seed
        As in ``project_estimate``.
    learns : bool
        Whether the tasks so far change what is believed of the bias, the factors and the loop.
    details : bool
        Whether drivers are computed too.

    Raises
    ------
    InputError
        When something is reached of a task that the plan has not, or days are below 0.

    Notes
    -----
    Importance re-weighting of latent states (bias, factors, cycles; a particle filter's one step):
    each is weighted by the density of ln(actual / (p50 * bias * factors)) of every finished task,
    times P(effort > spent) of every running one, and resampled systematically. When fewer than one
    draw in twenty is effective, ten times as many are drawn; when that is not enough, the spreads
    of the tasks are widened by 1.25, again until it is, and the result says so.

    References
    ----------
    Gordon, Salmond & Smith (1993), "Novel approach to nonlinear/non-Gaussian Bayesian state
    estimation"; Caron, Ruggeri & Merli (2013), "A Bayesian approach to improve estimate at
    completion in earned value management". The spread of at least 0.30 is the product's own.
    """
    _check(plan, reached)
    if all(task.name in reached.ends for task in plan.tasks):
        plan = replace(plan, risks=())  # nothing is left that could go wrong
    no_go = 0.0 if _loop_is_over(plan, reached) else plan.p_no_go
    posterior = _posterior(plan, reached, n, seed, no_go=no_go, learns=learns)
    plan = _widened(plan, posterior.widened)
    luck = Luck(n, seed)
    bases = base_draws(plan, luck)
    draws = drawn(plan, _days(plan, posterior.latents, luck, reached), luck, reached=reached)
    hopeless = None
    if posterior.no_go_latents and plan.loop:
        days = _days(plan, posterior.no_go_latents, luck, reached)
        hopeless = drawn(plan, days, luck, is_no_go=True, reached=reached)
    estimate = assembled(
        plan,
        draws,
        hopeless,
        p_no_go=posterior.p_no_go,
        details=Details(posterior.latents, bases, luck) if details else None,
        reached=reached,
    )
    spent = _spent(plan, reached) * (1 + plan.overhead_share)
    left = np.maximum(0.0, draws.effort - spent)
    return UpdatedEstimate(estimate, posterior.learned, spent, spread_of(left))


@dataclass(frozen=True, slots=True, eq=False)
class _Posterior:
    latents: Latents
    no_go_latents: Latents | None
    p_no_go: float
    widened: float
    learned: Learned | None


def _posterior(
    plan: ProjectPlan, reached: Reached, n: int, seed: int, *, no_go: float, learns: bool
) -> _Posterior:
    latents = draw_latents(plan, Luck(n, seed))
    all_cycles = plan.loop.max_cycles if plan.loop and no_go else 0
    if not learns:
        hopeless = latents.with_all_cycles(all_cycles) if all_cycles else None
        return _Posterior(latents, hopeless, no_go, 1.0, None)
    prior, widened = latents, 1.0
    logs = _log_weights(plan, latents, reached)
    if _effective(logs) < _LEAST_ESS * n:
        latents = draw_latents(plan, Luck(_MORE * n, seed))
        logs = _log_weights(plan, latents, reached)
        while _effective(logs) < _LEAST_ESS * n and widened < _WIDEST:
            widened *= _WIDER
            logs = _log_weights(_widened(plan, widened), latents, reached)
    taken = latents.taken(_resampled(logs, n, seed))
    hopeless, p_no_go = None, no_go
    if all_cycles:
        every = latents.with_all_cycles(all_cycles)
        no_logs = _log_weights(_widened(plan, widened), every, reached)
        hopeless = every.taken(_resampled(no_logs, n, seed))
        p_no_go = _posterior_share(no_go, no_logs, logs)
    learned = Learned(
        prior=plan.bias,
        bias_median=float(np.exp(np.mean(np.log(taken.bias)))),
        bias_log_sd=float(np.std(np.log(taken.bias))),
        beliefs=tuple(
            Belief(f.name, f.label, answer.probability, float(np.mean(taken.is_on[f.name])))
            for f, answer in plan.causes
            if 0 < answer.probability < 1
        ),
        tasks=_compared(plan, prior, reached),
        effective_draws=_effective(logs),
        n_draws=logs.size,
        widened=widened,
    )
    return _Posterior(taken, hopeless, p_no_go, widened, learned)


def _log_weights(plan: ProjectPlan, latents: Latents, reached: Reached) -> Array:
    """Log likelihood of the work so far in each draw; shape (n,)."""
    times = Multipliers(plan, latents)
    logs = np.zeros(latents.n)
    for task in plan.tasks:
        if task.is_wait or task.days.p50 == 0 or task.name in reached.unestimated:
            continue
        actual, spent = reached.actual.get(task.name, 0.0), reached.spent.get(task.name, 0.0)
        if task.name in reached.ends and actual > 0:
            ratio = math.log(actual / task.days.p50) - np.log(times.of(task))
            logs += task.days.log_density(ratio, least_log_sd=LEAST_LOG_SD)
        elif spent > 0:
            ratio = math.log(spent / task.days.p50) - np.log(times.of(task))
            logs += task.days.log_beyond(ratio, least_log_sd=LEAST_LOG_SD)
    return logs


def _effective(logs: Array) -> float:
    """How many equal draws the weights are worth: (sum w)**2 / sum w**2 (Kish 1965)."""
    weights = np.exp(logs - logs.max())
    return float(weights.sum() ** 2 / np.sum(weights**2))


def _resampled(logs: Array, n: int, seed: int) -> Whole:
    """Numbers of n draws in proportion to their weights, systematically; shape (n,)."""
    upto = np.cumsum(np.exp(logs - logs.max()))
    start = own_generator(seed, "resample").random()
    which = np.searchsorted(upto / upto[-1], (np.arange(n) + start) / n)
    return np.asarray(np.minimum(which, logs.size - 1), dtype=np.int64)


def _posterior_share(prior: float, logs: Array, others: Array) -> float:
    """The probability of what has ``logs``, by Bayes' rule with the mean weights of both."""
    if prior == 1:
        return 1.0
    most = max(logs.max(), others.max())
    mine = prior * float(np.mean(np.exp(logs - most)))
    rest = (1 - prior) * float(np.mean(np.exp(others - most)))
    return mine / (mine + rest)


def _compared(plan: ProjectPlan, latents: Latents, reached: Reached) -> tuple[Compared, ...]:
    times = Multipliers(plan, latents)
    return tuple(
        Compared(
            task.name,
            task.label,
            task.days.p50 * float(np.median(times.of(task) / latents.bias)),
            reached.actual[task.name],
        )
        for task in plan.tasks
        if reached.actual.get(task.name, 0) > 0 and task.days.p50 > 0 and not task.is_wait
        if task.name not in reached.unestimated
    )


def _days(plan: ProjectPlan, latents: Latents, luck: Luck, reached: Reached) -> dict[str, Array]:
    """The days of each task from here on: fixed when finished, at least what it had when begun."""
    times = Multipliers(plan, latents)
    return {task.name: _task_days(task, times, luck, reached) for task in plan.tasks}


def _task_days(task: TaskPlan, times: Multipliers, luck: Luck, reached: Reached) -> Array:
    if task.name in reached.actual:
        return np.full(luck.n, reached.actual[task.name])
    spent = reached.spent.get(task.name, 0.0)
    if spent > 0 and task.days.p50 == 0:
        return np.full(luck.n, spent)
    middle = task.days.p50 * times.of(task)
    if spent == 0:
        return task.days.at(luck.scores("task", task.name)) * times.of(task)
    shares = luck.shares("task", task.name)
    log_ratio = np.log(spent / middle)
    beyond = task.days.beyond(log_ratio, shares, least_log_sd=LEAST_LOG_SD)
    return np.asarray(middle * np.exp(beyond))


def _spent(plan: ProjectPlan, reached: Reached) -> float:
    work = {task.name for task in plan.tasks if not task.is_wait}
    both = (*reached.actual.items(), *reached.spent.items())
    return math.fsum(days for name, days in both if name in work)


def _loop_is_over(plan: ProjectPlan, reached: Reached) -> bool:
    """Whether there is a usable model: the loop is done, or what waits for it has begun."""
    loop = {task.name for task in plan.tasks if task.in_loop}
    begun = set(reached.ends) | set(reached.spent)
    return bool(plan.after_loop & begun) or (bool(loop) and loop <= set(reached.ends))


def _widened(plan: ProjectPlan, times: float) -> ProjectPlan:
    if times == 1:
        return plan
    tasks = tuple(replace(task, days=task.days.widened(times)) for task in plan.tasks)
    return replace(plan, tasks=tasks)


def _check(plan: ProjectPlan, reached: Reached) -> None:
    names = {task.name for task in plan.tasks}
    for days in (reached.ends, reached.actual, reached.spent):
        for name, amount in days.items():
            if name not in names:
                raise InputError(f"There is no task {quoted(name)} of which something is reached.")
            if not 0 <= amount < math.inf:
                raise InputError(f"Task {quoted(name)}: {amount!r} days; write at least 0.")
    for name in reached.ends:
        if name in reached.spent:
            raise InputError(f"Task {quoted(name)} cannot be finished and still run.")
    if not 0 <= reached.day < math.inf:
        raise InputError(f"The day is {reached.day!r}; write working days since the start.")
