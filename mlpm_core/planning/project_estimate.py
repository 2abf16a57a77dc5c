"""The estimate of a project in tasks: simulated, because medians do not add."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.planning.project_result import (
    EffortStep,
    NoGo,
    ProjectEstimate,
    RankDriver,
    TaskSizes,
    spread_of,
)
from mlpm_core.planning.quick_result import Unknown
from mlpm_core.planning.schedule import Reached
from mlpm_core.planning.simulation import (
    Latents,
    Luck,
    Multipliers,
    base_draws,
    draw_latents,
    drawn,
    risk_draws,
    task_draws,
)
from mlpm_core.value.draws import SEED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.planning.project_plan import ProjectPlan, TaskPlan
    from mlpm_core.planning.simulation import Drawn

    Array = NDArray[np.float64]

DRAWS: Final = 20_000
_RANKED: Final = 4_000  # a rank correlation is then known to 0.016


def project_estimate(
    plan: ProjectPlan, *, n: int = DRAWS, seed: int = SEED, details: bool = True
) -> ProjectEstimate:
    """Effort, duration and cost of a project from its tasks.

    Parameters
    ----------
    plan : ProjectPlan
        Tasks, roles, answers, loop, risks.
    n : int
        How many draws. Between seeds P80 of 20,000 moves by less than 1 %.
    seed : int
        Which draws; the same plan and seed give the same bytes.
    details : bool
        Whether waterfall, drivers, unknowns and roles are computed too.

    Returns
    -------
    ProjectEstimate
        Percentiles and chances of a project that delivers, in person-days, working days and money,
        and beside them what one that does not would spend.

    Notes
    -----
    Person-days of a task = two-piece log-normal of its three numbers * common bias * factors of
    its category * models * modelling loop; all tasks share the bias and the factors, which is what
    makes sums uncertain. docs/formulas.md, "The estimate in tasks".

    References
    ----------
    Thompson, S. (2023). Managing machine learning projects. Manning: what is asked, the doubles,
    and tasks of ten days. Bernhardsson, E. (2019). Why software projects take longer than you
    think: log-normal blow-up. Hulett, D. (2011). Integrated cost-schedule risk analysis. Gower:
    simulation of schedules. The spreads, the scope of each factor and the loop are the product's.

    Examples
    --------
    >>> from mlpm_core.planning.factors import FACTORS
    >>> from mlpm_core.planning.project_plan import (
    ...     Bias, FactorAnswer, ProjectPlan, RolePlan, TaskPlan)
    >>> from mlpm_core.planning.three_point import ThreePoint
    >>> no = {name: FactorAnswer(0.0) for name in FACTORS}
    >>> task = TaskPlan("T1", ThreePoint(2, 4, 8), "data", "DE")
    >>> plan = ProjectPlan((task,), {"DE": RolePlan(day_rate=500)}, Bias(1, 0), no)
    >>> estimate = project_estimate(plan)
    >>> round(estimate.effort.p10, 1), round(estimate.effort.p50, 1)
    (2.0, 4.0)
    """
    luck = Luck(n, seed)
    latents, bases = draw_latents(plan, luck), base_draws(plan, luck)
    draws = drawn(plan, task_draws(plan, latents, bases), luck)
    no_go = None
    if plan.loop and plan.p_no_go > 0:
        all_cycles = latents.with_all_cycles(plan.loop.max_cycles)
        hopeless = task_draws(plan, all_cycles, bases)
        no_go = drawn(plan, hopeless, luck, is_no_go=True)
    return assembled(
        plan,
        draws,
        no_go,
        p_no_go=plan.p_no_go,
        details=Details(latents, bases, luck) if details else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Details:
    """The draws that say where an estimate comes from."""

    latents: Latents
    bases: Mapping[str, Array]
    luck: Luck


def assembled(
    plan: ProjectPlan,
    draws: Drawn,
    no_go: Drawn | None,
    *,
    p_no_go: float,
    details: Details | None = None,
    reached: Reached | None = None,
) -> ProjectEstimate:
    """The estimate of draws; without ``details`` it says nothing of where they come from."""
    by_amount = {
        "effort": np.sort(draws.effort),
        "duration": np.sort(draws.duration),
        "cost": np.sort(draws.cost),
    }
    effort = spread_of(by_amount["effort"])
    sums = _Sums(plan, details, draws) if details and reached is None else None
    every = effort
    is_held_back = any(
        not plan.acts_on(factor, answer, task)
        for factor, answer in plan.causes
        for task in plan.tasks
        if task.category in factor.categories
    )
    if sums and details and is_held_back:
        every = spread_of(_Sums(_every_factor(plan), details, draws).total())
    return ProjectEstimate(
        plan=plan,
        raw_days=float(sum(task.days.p50 for task in plan.tasks if not task.is_wait)),
        effort=effort,
        duration=spread_of(by_amount["duration"]),
        cost=spread_of(by_amount["cost"]),
        p_no_go=p_no_go,
        no_go=_no_go(no_go),
        waterfall=sums.waterfall() if sums else (),
        drivers=_drivers(plan, details, draws) if details else (),
        unknowns=sums.unknowns() if sums else (),
        sizes=task_sizes(plan),
        effort_if_all=every,
        is_held_back=is_held_back,
        reached=reached or Reached(),
        draws=draws,
        no_go_draws=no_go,
        _sorted=by_amount,
    )


def task_sizes(plan: ProjectPlan) -> TaskSizes:
    """Which tasks are too large to be one."""
    return TaskSizes.of((task.label, task.days.p50) for task in plan.tasks if not task.is_wait)


def _no_go(draws: Drawn | None) -> NoGo | None:
    if draws is None:
        return None
    return NoGo(*(spread_of(d) for d in (draws.effort, draws.duration, draws.cost)))


def _every_factor(plan: ProjectPlan) -> ProjectPlan:
    """The plan as if no task's days held a factor already."""
    answers = {f.name: replace(answer, on_all_tasks=True) for f, answer in plan.causes}
    tasks = tuple(replace(task, includes=()) for task in plan.tasks)
    return replace(plan, tasks=tasks, factors={**plan.factors, **answers})


class _Sums:
    """The effort of all tasks as a sum over groups of which the same is true.

    What multiplies the tasks of a group is the same, so a factor more or less is one product a
    group instead of one a task.
    """

    def __init__(self, plan: ProjectPlan, details: Details, draws: Drawn) -> None:
        self.plan, self.latents, self.draws = plan, details.latents, draws
        self._times = Multipliers(plan, self.latents)
        self._groups: dict[tuple[tuple[str, ...], float, bool], Array] = {}
        for task in plan.tasks:
            if task.is_wait:
                continue
            key = (self._times.factors_of(task), plan.models_times(task), task.in_loop)
            days = details.bases[task.name]
            self._groups[key] = self._groups[key] + days if key in self._groups else days
        self._loop = self._times.cycles(next((t for t in plan.tasks if t.in_loop), plan.tasks[0]))

    def total(self, **settled: Array) -> Array:
        """The whole effort, risks and management in it, with factors settled otherwise."""
        effort = np.zeros(self.latents.n)
        for (factors, models, in_loop), days in self._groups.items():
            times = self.latents.bias * models * (self._loop if in_loop else 1.0)
            for name in factors:
                times = times * settled.get(name, self.latents.times(name))
            effort += days * times
        return (effort + self.draws.risks_effort) * (1 + self.plan.overhead_share)

    def _added(self, rows: Mapping[tuple[tuple[str, ...], float, bool], Array]) -> Array:
        return np.asarray(np.sum([np.zeros(self.latents.n), *rows.values()], axis=0))

    def waterfall(self) -> tuple[EffortStep, ...]:
        """What each cause adds, in an order that stays the same."""
        raw = sum(task.days.p50 for task in self.plan.tasks if not task.is_wait)
        steps = [EffortStep("raw", "Own numbers", raw, raw, raw)]
        rows = dict(self._groups)

        def reach(name: str, label: str, effort: Array) -> None:
            p50, p80 = (float(q) for q in np.quantile(effort, (0.5, 0.8)))
            steps.append(EffortStep(name, label, p50 - steps[-1].p50, p50, p80))

        reach("ranges", "Ranges of the tasks", self._added(rows))
        for factor, answer in self.plan.causes:
            if any(factor.name in key[0] for key in rows):
                times = self.latents.times(factor.name)
                rows = {k: r * times if factor.name in k[0] else r for k, r in rows.items()}
                maybe = "" if answer.probability == 1 else f" ({answer.probability:.0%} likely)"
                reach(factor.name, f"{factor.label}{maybe}", self._added(rows))
        if self.plan.n_models > 1 and any(key[1] != 1 for key in rows):
            rows = {key: row * key[1] for key, row in rows.items()}
            reach("models", f"{self.plan.n_models} models", self._added(rows))
        if any(key[2] for key in rows) and self.plan.loop:
            rows = {k: row * self._loop if k[2] else row for k, row in rows.items()}
            reach("cycles", "Further cycles", self._added(rows))
        effort = self._added(rows) * self.latents.bias
        if self.plan.bias.log_sd > 0 or self.plan.bias.median != 1:
            reach("bias", "Optimism that tasks share", effort)
        if self.plan.risks:
            effort = effort + self.draws.risks_effort
            reach("risks", "Risks", effort)
        if self.plan.overhead_share > 0:
            effort = effort * (1 + self.plan.overhead_share)
            reach("overhead", "Delivery management", effort)
        return tuple(steps)

    def unknowns(self) -> tuple[Unknown, ...]:
        """P80 of the effort once each open factor is known, the widest difference first."""
        found = []
        for factor, answer in self.plan.causes:
            is_open = 0 < answer.probability < 1
            if not is_open or not any(factor.name in key[0] for key in self._groups):
                continue
            no, yes = (
                float(np.quantile(self.total(**{factor.name: times}), 0.8))
                for times in (np.ones(self.latents.n), self.latents.size[factor.name])
            )
            label, question = factor.label, factor.question
            found.append(Unknown(factor.name, label, question, factor.median, no, yes))
        return tuple(sorted(found, key=lambda unknown: -unknown.swing_days))


def _drivers(plan: ProjectPlan, details: Details, draws: Drawn) -> tuple[RankDriver, ...]:
    """Rank correlations with the effort, the strongest first; what does not vary is none."""
    from scipy.stats import rankdata  # takes a second to import, see value.draws

    latents, luck = details.latents, details.luck
    causes: list[tuple[str, str, Array]] = [("bias", "Optimism that tasks share", latents.bias)]
    causes += [(f.name, f.label, latents.times(f.name)) for f, _ in plan.causes]
    causes.append(("cycles", "Further cycles", latents.cycles))
    causes += [
        (f"task:{task.name}", f"{task.label}: own spread", _own(task, draws, luck))
        for task in plan.tasks
        if not task.is_wait
    ]
    causes += [
        (f"risk:{risk.name}", risk.label, happens * days)
        for risk, (happens, days) in zip(plan.risks, risk_draws(plan, luck).values(), strict=True)
        if risk.day_rate > 0
    ]
    effort = rankdata(draws.effort[:_RANKED])
    if float(np.ptp(effort)) == 0:
        return ()
    found = [
        RankDriver(name, label, float(np.corrcoef(rankdata(cause[:_RANKED]), effort)[0, 1]))
        for name, label, cause in causes
        if float(np.ptp(cause[:_RANKED])) > 0
    ]
    return tuple(sorted(found, key=lambda driver: -abs(driver.correlation)))


def _own(task: TaskPlan, draws: Drawn, luck: Luck) -> Array:
    """A task's own score; nothing that varies when it is finished or has no spread."""
    if task.days.log_sds == (0.0, 0.0) or float(np.ptp(draws.by_task[task.name])) == 0:
        return np.zeros(luck.n)
    return luck.scores("task", task.name)
