"""Candidates side by side: what each is worth, and how likely it is the best."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.evaluation.candidate import caveat, not_valuable, written
from mlpm_core.evaluation.pareto import dominated
from mlpm_core.quantity import Dimension
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.information import compared
from mlpm_core.value.policy import Policy
from mlpm_core.value.worth import DRAWS, SEED, Valuation, Worth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.evaluation.candidate import Candidate
    from mlpm_core.quantity import Quantity
    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]

__all__ = ["NONE", "Leaderboard", "Standing", "Unvalued", "leaderboard"]

NONE: Final = "none"
_MANY: Final = 10  # the best of so many looks better than it is


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One option: a candidate, or none of them.

    ``net`` and ``kpis`` are against the baseline, after the candidate's fixed cost; ``worth``,
    before it, says how they were made and is None for the option of adopting nothing.
    ``p_best`` is the probability that no other option nets more, ``expected_regret`` what is lost
    on average by choosing this one instead of what turns out best, in money a year.
    """

    name: str
    net: Estimate
    kpis: Mapping[Dimension, Estimate]
    probability_of_loss: float
    feasible_share: float
    p_best: float
    expected_regret: float
    is_dominated: bool
    caveats: tuple[str, ...]
    worth: Worth | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unvalued:
    """A candidate that cannot be valued, and why, in a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Leaderboard:
    """Every option by its mean net, best first, and the candidates that could not be valued."""

    baseline: str
    draws: int
    seed: int
    options: tuple[Standing, ...]
    unvalued: tuple[Unvalued, ...]

    @property
    def best(self) -> Standing:
        """The option with the highest mean net; its expected regret is the value of knowing all."""
        return self.options[0]

    @property
    def caveat(self) -> str | None:
        """What holds for the board as a whole; None when there is nothing to add."""
        n = len(self.options) - 1
        if n < _MANY:
            return None
        return (
            f"The best of {n:,} candidates measured on the same cases tends to look better than "
            "it is; measure it on fresh ones before promising its value."
        )

    def option(self, name: str) -> Standing:
        """The option of that name.

        Raises
        ------
        InputError
            When it was not valued; the sentence says why.
        """
        for standing in self.options:
            if standing.name == name:
                return standing
        why = next((u.reason for u in self.unvalued if u.name == name), "It is no candidate here.")
        raise InputError(f"{name} has no value. {why}")


def leaderboard(
    mechanism: Mechanism,
    quantities: Mapping[str, Quantity | str],
    candidates: Sequence[Candidate],
    *,
    baseline: str | None = None,
    currency: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Leaderboard:
    """What every candidate is worth, all by the same function and the same business.

    Parameters
    ----------
    mechanism : Mechanism
        How a model creates value.
    quantities : mapping of str to Quantity or str
        What the business knows, common to all. Metrics among them are ignored: a candidate is
        valued by what was measured of it, never by what was planned.
    candidates : sequence of Candidate
        Their order does not matter.
    baseline : str, optional
        "none", "all" or "incumbent"; the mechanism's natural baseline when not given.
    currency : str, optional
        The currency in which money is counted; an amount in another one needs its rate.
    draws, seed : int
        How many, and which.

    Returns
    -------
    Leaderboard
        Each candidate is either among its options or, with the reason, among its unvalued.

    Raises
    ------
    InputError
        When two candidates have one name, one is called "none", or the quantities are wrong.
    NotFoundError
        When there is no such baseline.

    Notes
    -----
    Draws of the quantities are common to all options, so that differences are sharp. Each metric
    has draws of its own that depend on the seed and the candidate's name only: errors of
    different models are taken as independent. Measured on the same cases they are correlated, as
    a rule positively, so the differences between candidates are then known better than is told.

    The option "none" keeps the baseline and nets 0. Options that tie for the best share it. In a
    draw in which a candidate's metrics are impossible together it cannot be best, and its regret
    is the mean over the others; ``feasible_share`` says how many those are. Dominance is judged in
    the five dimensions at the medians of all inputs, so that luck in drawing plays no part in it.

    References
    ----------
    Expected regret of the best option is the expected value of perfect information: Raiffa &
    Schlaifer (1961). Applied Statistical Decision Theory.

    Examples
    --------
    >>> from mlpm_core.evaluation.candidate import Candidate, Measured
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> shop = {"periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3"}
    >>> shop |= {"margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day"}
    >>> shop |= {"override_share_baseline": "0.25", "override_share_model": "0.15"}
    >>> shop |= {"override_minutes": "6 min"}
    >>> board = leaderboard(
    ...     find_mechanism("demand_forecast"),
    ...     shop,
    ...     [
    ...         Candidate("naive", {"wape": Measured(0.31, standard_error=0.01)}),
    ...         Candidate("forest", {"wape": Measured(0.24, standard_error=0.01)}),
    ...     ],
    ... )
    >>> [(o.name, round(o.p_best, 2), o.is_dominated) for o in board.options]
    [('forest', 1.0, False), ('none', 0.0, True), ('naive', 0.0, True)]
    """
    _check_names(candidates)
    metrics = [metric.name for metric in mechanism.metrics]
    common = {name: q for name, q in quantities.items() if name not in metrics}
    valuation = Valuation(
        mechanism,
        common,
        own=metrics,
        baseline=baseline,
        currency=currency,
        draws=draws,
        seed=seed,
    )
    valued: list[tuple[Candidate, Worth]] = []
    unvalued = []
    for candidate in sorted(candidates, key=lambda c: c.name):
        reason = not_valuable(candidate, mechanism)
        if reason is None:
            told = {
                metric.name: written(measured, metric)
                for metric in mechanism.metrics
                if (measured := candidate.measured(metric))
            }
            try:
                valued.append((candidate, valuation.worth(told, luck_of=candidate.name)))
            except MlpmError as error:
                reason = str(error)
        if reason is not None:
            unvalued.append(Unvalued(candidate.name, reason))
    options = _standings(mechanism, baseline, valued, draws)
    named = mechanism.baseline(baseline).name
    return Leaderboard(named, draws, seed, options, tuple(unvalued))


def _standings(
    mechanism: Mechanism,
    baseline: str | None,
    valued: list[tuple[Candidate, Worth]],
    draws: int,
) -> tuple[Standing, ...]:
    costs = [candidate.fixed_cost_annual for candidate, _ in valued]
    nets = np.zeros((len(valued) + 1, draws))
    for row, cost, (_, worth) in zip(nets[1:], costs, valued, strict=True):
        row[:] = worth.net_by_draw - cost
    p_best, regret = compared(nets)
    policy = Policy(mechanism, mechanism.baseline(baseline))
    at_medians = _at_medians(policy, [worth for _, worth in valued], np.array(costs))
    is_dominated = dominated(at_medians)
    zeros = np.zeros(draws)
    standings = [
        Standing(
            name=NONE,
            net=Estimate.of(zeros, Dimension.REVENUE.unit),
            kpis={d: Estimate.of(zeros, d.unit) for d in Dimension},
            probability_of_loss=0.0,
            feasible_share=1.0,
            p_best=float(p_best[0]),
            expected_regret=float(regret[0]),
            is_dominated=bool(is_dominated[0]),
            caveats=(),
            worth=None,
        )
    ]
    for i, (candidate, worth) in enumerate(valued, start=1):
        net, kpis = worth.net, dict(worth.kpis)
        if candidate.fixed_cost_annual:
            net = _less(net, candidate.fixed_cost_annual)
            saving = kpis[Dimension.COST_SAVING]
            kpis[Dimension.COST_SAVING] = _less(saving, candidate.fixed_cost_annual)
        standings.append(
            Standing(
                name=candidate.name,
                net=net,
                kpis=kpis,
                probability_of_loss=float(np.mean(net.samples < 0)),
                feasible_share=worth.feasible_share,
                p_best=float(p_best[i]),
                expected_regret=float(regret[i]),
                is_dominated=bool(is_dominated[i]),
                caveats=_caveats(candidate, worth),
                worth=worth,
            )
        )
    return tuple(sorted(standings, key=lambda s: (-s.net.mean, s.name)))


def _at_medians(policy: Policy, worths: Sequence[Worth], costs: Array) -> Array:
    """Improvement of every option in every dimension at the medians; adopting none first."""
    rows = np.zeros((len(worths) + 1, len(Dimension)))
    if worths:
        known = [worth.mechanism.completed(worth.medians) for worth in worths]
        medians = {name: np.array([float(m[name]) for m in known]) for name in known[0]}
        kpis = policy.outcome(medians).kpis
        for column, dimension in zip(rows.T, Dimension, strict=True):
            column[1:] = kpis[dimension]
        rows[1:, list(Dimension).index(Dimension.COST_SAVING)] -= costs
    return rows


def _less(estimate: Estimate, amount: float) -> Estimate:
    moved = Estimate.of(estimate.samples - amount, estimate.unit)
    return replace(moved, mean=estimate.mean - amount)


def _caveats(candidate: Candidate, worth: Worth) -> tuple[str, ...]:
    found = [
        caveat(measured, metric, worth.quantities[metric.name])
        for metric in worth.mechanism.metrics
        if (measured := candidate.measured(metric))
    ]
    if worth.feasible_share < 1:
        left_out = f"{1 - worth.feasible_share:.1%}".replace("%", " %")
        found.append(f"{left_out} of the draws were impossible together and left out.")
    return tuple(told for told in found if told is not None)


def _check_names(candidates: Sequence[Candidate]) -> None:
    counted = Counter(candidate.name for candidate in candidates)
    twice = sorted(name for name, n in counted.items() if n > 1)
    if twice:
        raise InputError(f"Every candidate needs a name of its own; see {', '.join(twice[:5])}.")
    if NONE in counted:
        raise InputError(f"No candidate may be called {NONE!r}: it is the option of adopting none.")
