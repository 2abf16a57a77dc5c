"""What a value case tells beyond its value: whether it pays, what to find out, what changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import MlpmError
from mlpm_core.planning import Condition, conditions
from mlpm_core.quantity import Unit
from mlpm_core.quantity.written import fig
from mlpm_core.value.benefits import Benefits, benefit_inputs, benefits
from mlpm_core.value.bridge import Bridge, bridge
from mlpm_core.value.decision import NONE, DecisionAnalysis, Option, Uncertain, decide
from mlpm_core.value.information import Study, ValueOfInformation
from mlpm_core.value.keeping import ahead
from mlpm_core.value.policy import Policy
from mlpm_core.value.running_cost import before_running_costs
from mlpm_core.value.tornado import Swing, tornado
from mlpm_core.value.tree import DriverTree, driver_tree
from mlpm_core.value.worth import worth_by_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.evaluate.views import LeaderboardView
    from mlpm_core.services.evaluate.views import Option as BoardOption
    from mlpm_core.services.plan.estimates import EstimateView
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.services.valuation.value_rates import RatePoint
    from mlpm_core.value.mechanism import Mechanism
    from mlpm_core.value.worth import Worth

__all__ = [
    "USE",
    "Advice",
    "Change",
    "Condition",
    "Insight",
    "advised",
    "among",
    "between",
    "change",
    "grown",
    "insight",
    "needed",
    "studied",
]

USE: Final = "use"
_TWO: Final = 2
_CLOSEST: Final = 6  # options between which the choice lies
_MOST: Final = 6  # things to find out at once
_SUCCESS: Final = "success"
_LOOKED_UP: Final = {"build_cost", "run_cost", "fixed_cost", _SUCCESS}
_SIZES: Final = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_MOST_CASES: Final = 10**9
_LEAST: Final = 0.01  # of the worth of knowing everything: less is not worth a line
_ENOUGH: Final = 0.8  # of what knowing it exactly is worth


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to find out: what knowing it is worth, and the study that tells most of it.

    ``study`` is None for what is looked up rather than sampled, such as a yearly volume.
    """

    key: str
    label: str
    learned: ValueOfInformation
    study: Study | None
    study_worth: ValueOfInformation | None

    @property
    def how(self) -> str:
        """What to do, in a few words."""
        if self.study is not None:
            return self.study.name
        return "try a first model" if self.key == _SUCCESS else "look it up"

    @property
    def most_per_case(self) -> float | None:
        """The most that looking at one case may cost, in money."""
        if self.study is None or self.study_worth is None:
            return None
        return self.study_worth.value / self.study.n


@dataclass(frozen=True, slots=True, eq=False)
class Insight:
    """A value case seen as a choice: use the model, or leave it; once in use, keep it or stop it.

    ``pays`` counts what building costs; without a build cost it is None and the choice is about
    one year's net, which ``horizon_years`` None says. Once the model ``is_built`` that cost is
    spent: ``horizon_years`` are then the years ahead, and the choice is about them alone.
    ``advice`` is by worth; ``silent`` are the labels of the uncertain inputs that are hardly or not
    at all worth finding out.
    """

    decision: DecisionAnalysis
    horizon_years: int | None
    pays: Benefits | None
    cost_from: str
    swings: tuple[Swing, ...]
    advice: tuple[Advice, ...]
    silent: tuple[str, ...]
    problem: str | None = None
    is_built: bool = False

    def waiting(self, weeks: float) -> float:
        """What it costs to wait so long for a study, in the unit of the choice's nets.

        A model in use works on meanwhile; one that is not brings nothing.
        """
        today = USE if self.is_built else NONE
        return self.decision.waiting(weeks, today=today, years=self.horizon_years or 1)


@dataclass(frozen=True, slots=True)
class Change:
    """The way from the planned value to the current one, or why it cannot be said."""

    bridge: Bridge | None
    problem: str | None = None


def insight(case: CaseValue, estimates: Sequence[EstimateView]) -> Insight | None:
    """A value case as it stands, seen as a choice; None while it has no value.

    A build cost written in the case comes before that of an estimate.
    """
    worth = case.best
    if worth is None:
        return None
    pays, cost_from, problem = _paid(case, worth, estimates)
    uncertain = _uncertain(worth)
    years, nets = None, worth.net.samples
    if pays is not None:
        years, nets, drawn = pays.horizon_years, pays.npv.samples, pays.drawn
        if case.years_in_use is not None:
            left = ahead(
                before_running_costs(worth),
                case.benefit_answers,
                case.years_in_use,
                costs=worth.costs,
                currency=case.currency,
            )
            years, nets, drawn = left.years, left.npv.samples, left.pays.drawn
        asked = {entry.name: entry for entry in benefit_inputs()}
        for name, draws in drawn.items():
            entry = asked[name]
            uncertain[name] = Uncertain(entry.label, entry.unit, draws)
        if not pays.is_built.all():
            label = "Whether a usable model comes out"
            uncertain[_SUCCESS] = Uncertain(label, "1", pays.is_built.astype(np.float64))
    decision = DecisionAnalysis((NONE, USE), np.array([np.zeros(nets.size), nets]), uncertain)
    advice = advised(decision, case.mechanism)
    heard = {item.key for item in advice}
    return Insight(
        decision=decision,
        horizon_years=years,
        pays=pays,
        cost_from=cost_from,
        swings=tornado(
            Policy(worth.mechanism, worth.mechanism.baseline(worth.baseline)), worth.quantities
        ),
        advice=advice,
        silent=tuple(entry.label for key, entry in uncertain.items() if key not in heard),
        problem=problem,
        is_built=case.years_in_use is not None,
    )


def advised(decision: DecisionAnalysis, mechanism: Mechanism) -> tuple[Advice, ...]:
    """What to find out before a choice, the most worth knowing first, with a study of each."""
    advice = []
    for key, learned in list(decision.evppi.items())[:_MOST]:
        if not learned.is_detectable or learned.value < _LEAST * decision.evpi:
            continue
        study = _study(decision, key, mechanism, learned)
        worth = decision.evsi(study) if study else None
        advice.append(Advice(key, decision.inputs[key].label, learned, study, worth))
    return tuple(advice)


def studied(
    decision: DecisionAnalysis,
    mechanism: Mechanism,
    key: str,
    cost_per_case: float,
    cost_once: float = 0.0,
) -> tuple[Study, ValueOfInformation] | None:
    """The size of study that is worth most after its cost; None when none is worth it."""
    counted = decision.inputs[key].counted
    looked_at = [size for n in _SIZES if (size := _looked_at(n, counted))]
    studies = [_named(key, n, mechanism, cost_once + n * cost_per_case, counted) for n in looked_at]
    if not studies:
        return None
    valued = [(study, decision.evsi(study)) for study in studies]
    best = max(valued, key=lambda x: x[1].value - x[0].cost)
    return best if best[1].value > best[0].cost else None


def among(case: CaseValue, board: LeaderboardView) -> tuple[Advice, ...]:
    """What to find out before one of the candidates of a leaderboard is chosen.

    Only the few best options are looked at: an option that is hardly ever best changes no choice.
    Where the board is corrected for luck, so are the metrics that the choice rests on.
    """
    if board.quantities is None or len(board.options) < _TWO:
        return ()
    metrics = {m.name: m for m in case.mechanism.metrics}
    metrics |= {m.reported_as: m for m in case.mechanism.metrics}
    options = [
        Option(
            option.name,
            {
                metrics[m.name].name: m.corrected or m.written
                for m in option.metrics
                if m.name in metrics and m.written
            },
            repr(option.fixed_cost) if option.fixed_cost else "0",
        )
        for option in board.options[:_CLOSEST]
        if _is_measured(option, case.mechanism)
    ]
    if len(options) < _TWO:
        return ()
    decision = decide(
        case.mechanism,
        board.quantities,
        options,
        baseline=case.baseline,
        currency=case.currency,
    )
    return advised(decision, case.mechanism)


def _is_measured(option: BoardOption, mechanism: Mechanism) -> bool:
    """Whether an option is none, or has each metric: one that flags nothing may lack precision."""
    names = {m.name for m in option.metrics if m.written}
    needed = [m for m in mechanism.metrics if m.is_needed]
    return option.name == NONE or all(names & {m.name, m.reported_as} for m in needed)


def change(case: CaseValue) -> Change:
    """What moved the value from planned to current."""
    if case.planned is None or case.current is None:
        return Change(None, "There are no monitoring results yet to compare with the plan.")
    try:
        return Change(bridge(case.planned, case.current))
    except MlpmError as error:
        return Change(None, str(error))


def between(case: CaseValue, one: RatePoint, two: RatePoint) -> Change:
    """What moved the value of a case from one period to another."""
    try:
        before, after = worth_by_period(
            case.mechanism,
            one.inputs,
            [one.inputs, two.inputs],
            baseline=case.baseline,
            currency=case.currency,
        )
        return Change(bridge(before, after))
    except MlpmError as error:
        return Change(None, str(error))


def needed(case: CaseValue) -> tuple[Condition, ...]:
    """What each input of a value case must be for a gain, as it stands; those that decide only.

    Metrics come first, those with the thinnest margin before the others.
    """
    all_conditions = () if case.best is None else conditions(case.best)
    return tuple(condition for condition in all_conditions if condition.zero_at is not None)


def grown(case: CaseValue, root: str) -> DriverTree | None:
    """How a result of a value case grows out of its inputs, at their medians.

    The formulas are those against the mechanism's natural baseline. None without a value.

    Raises
    ------
    NotFoundError
        When the mechanism has no such result.
    """
    worth = case.best
    if worth is None:
        return None
    return driver_tree(case.mechanism, worth.medians, root)


def _paid(
    case: CaseValue, worth: Worth, estimates: Sequence[EstimateView]
) -> tuple[Benefits | None, str, str | None]:
    """Whether it pays, where the build cost comes from, and what is wrong with the answers."""
    answers, net = case.benefit_answers, before_running_costs(worth)
    try:
        if "build_cost" in answers:
            paid = benefits(net, answers, costs=worth.costs, currency=case.currency)
            return paid, "the value case", None
        view = next((e for e in estimates if e.estimate.ask_first is None), None)
        if view is not None:
            paid = benefits(
                net,
                answers,
                costs=worth.costs,
                currency=case.currency,
                build_cost=view.estimate.cost_draws,
                p_no_go=view.estimate.p_no_go if case.years_in_use is None else 0.0,
                no_go_cost=view.estimate.no_go_cost_draws,
            )
            return paid, f"the estimate {view.title}", None
    except MlpmError as error:
        return None, "", str(error)
    return None, "", None


def _uncertain(worth: Worth) -> dict[str, Uncertain]:
    """Every uncertain input with its draws in the unit it is asked in, where all is possible."""
    is_possible = np.isfinite(worth.net_by_draw)
    entries = {entry.name: entry for entry in worth.mechanism.all_inputs}
    return {
        name: Uncertain(
            entries[name].label,
            entries[name].unit,
            draws[is_possible] / Unit.read(entries[name].unit).factor,
            worth.quantities[name].is_share,
            worth.mechanism.counted(name, worth.medians),
        )
        for name, draws in worth.inputs_by_draw.items()
        if draws.ndim
    }


def _study(
    decision: DecisionAnalysis, key: str, mechanism: Mechanism, learned: ValueOfInformation
) -> Study | None:
    """The smallest study that tells most of what knowing the input is worth."""
    entry = decision.inputs[key]
    is_sampled = entry.is_share or (entry.unit != "1" and not entry.unit.endswith("/year"))
    if not is_sampled or key in _LOOKED_UP or (not entry.is_share and entry.draws.min() <= 0):
        return None
    study = None
    for size in _SIZES:
        n = _looked_at(size, entry.counted)
        if not n:
            break
        study = _named(key, n, mechanism, counted=entry.counted)
        if decision.evsi(study).value >= _ENOUGH * learned.value:
            break
    return study


def _looked_at(n: int, counted: float) -> int | None:
    """How many cases must be looked at for n of them to count; None when far too many."""
    if n > counted * _MOST_CASES:
        return None
    return math.ceil(round(n / counted, 6))


def _named(
    key: str, n: int, mechanism: Mechanism, cost: float = 0.0, counted: float = 1.0
) -> Study:
    option, _, name = key.rpartition(".")
    entry = next((e for e in mechanism.all_inputs if e.name == name), None)
    of = f" of {option}" if option else ""
    few = f" ({fig(round(n * counted)):,} of them count)" if counted < 1 else ""
    if entry is not None and entry.is_metric:
        study_name = f"label {fig(n):,} more {entry.looked_at or 'cases'}{of}{few}"
    elif entry is not None and entry.unit == "1":
        study_name = f"pilot with {fig(n):,} {entry.looked_at or mechanism.case + 's'}{of}{few}"
    elif entry is not None and "money" in entry.unit:
        study_name = f"look up {fig(n):,} past cases{of}"
    else:
        study_name = f"measure {fig(n):,} cases{of}"
    return Study(study_name, key, n, cost)
