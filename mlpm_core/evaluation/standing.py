"""One option of a leaderboard: what it is worth, how surely, and beside which others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.evaluation.candidate import caveat
from mlpm_core.evaluation.pareto import dominated
from mlpm_core.quantity import Dimension, Unit, in_percent
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.information import compared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.evaluation.candidate import Candidate
    from mlpm_core.evaluation.corrected import Corrected
    from mlpm_core.value.policy import Policy
    from mlpm_core.value.worth import Worth

    Array = NDArray[np.float64]


NONE: Final = "none"
_IDLE: Final = (
    "It flagged nothing, so its precision is undefined; what it is worth comes from elsewhere."
)
_COST_SAVING: Final = list(Dimension).index(Dimension.COST_SAVING)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One option: a candidate, or none of them.

    ``net`` and ``kpis`` are what may be promised, against the baseline and after the candidate's
    fixed cost: corrected for the luck of the best of many. ``measured`` is the net as it was
    measured; the two are equal where nothing was to be corrected. ``metrics`` are those that were
    corrected alike, in the notation of quantities. ``worth``, as measured and before
    the cost, says how it was made and is None for the option of adopting nothing.
    ``p_best`` is the probability that no other option nets more, ``expected_regret`` what is lost
    on average by choosing this one instead of what turns out best, in money a year.
    """

    name: str
    net: Estimate
    measured: Estimate
    kpis: Mapping[Dimension, Estimate]
    probability_of_loss: float
    feasible_share: float
    p_best: float
    expected_regret: float
    is_dominated: bool
    caveats: tuple[str, ...]
    worth: Worth | None = field(repr=False)
    metrics: Mapping[str, str] = field(default_factory=dict)


def standings(
    policy: Policy,
    valued: Sequence[tuple[Candidate, Worth]],
    fair: Corrected | None,
    draws: int,
) -> tuple[Standing, ...]:
    """Every candidate and the option of adopting none, the highest mean net first."""
    costs = np.array([candidate.fixed_cost_annual for candidate, _ in valued])
    nets = np.zeros((len(valued) + 1, draws))
    if fair is not None:
        nets[1:] = fair.nets - costs[:, None]
    else:
        for row, cost, (_, worth) in zip(nets[1:], costs, valued, strict=True):
            row[:] = worth.net_by_draw - cost
    p_best, regret = compared(nets)
    is_dominated = dominated(_at_medians(policy, valued, costs, fair))
    zeros = np.zeros(draws)
    none = Estimate.of(zeros, Dimension.REVENUE.unit)
    options = [
        Standing(
            name=NONE,
            net=none,
            measured=none,
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
    for i, (candidate, worth) in enumerate(valued):
        net = measured = worth.net
        kpis = worth.kpis
        if fair is not None:
            net, kpis = fair.estimates[i]
        if candidate.fixed_cost_annual:
            cost = candidate.fixed_cost_annual
            net, measured = _less(net, cost), _less(measured, cost)
            saved = _less(kpis[Dimension.COST_SAVING], cost)
            kpis = {**kpis, Dimension.COST_SAVING: saved}
        options.append(
            Standing(
                name=candidate.name,
                net=net,
                measured=measured,
                kpis=kpis,
                probability_of_loss=float(np.mean(net.samples < 0)),
                feasible_share=worth.feasible_share,
                p_best=float(p_best[i + 1]),
                expected_regret=float(regret[i + 1]),
                is_dominated=bool(is_dominated[i + 1]),
                caveats=_caveats(candidate, worth),
                worth=worth,
                metrics={} if fair is None else fair.metrics[candidate.name],
            )
        )
    return tuple(sorted(options, key=lambda s: (-s.net.mean, s.name)))


def _at_medians(
    policy: Policy,
    valued: Sequence[tuple[Candidate, Worth]],
    costs: Array,
    fair: Corrected | None,
) -> Array:
    """Improvement of every option in every dimension at the medians; adopting none first.

    Where luck is corrected a metric is its corrected mean.
    """
    rows = np.zeros((len(valued) + 1, len(Dimension)))
    if not valued:
        return rows
    means = fair.means if fair is not None else {}
    units = {entry.name: Unit.read(entry.unit).factor for entry in policy.mechanism.metrics}
    taken = []
    for candidate, worth in valued:
        corrected = means.get(candidate.name, {})
        own = {name: np.array(mean * units[name]) for name, mean in corrected.items()}
        taken.append(worth.mechanism.completed(dict(worth.medians) | own))
    kpis = policy.outcome({n: np.array([float(m[n]) for m in taken]) for n in taken[0]}).kpis
    for column, dimension in zip(rows.T, Dimension, strict=True):
        column[1:] = kpis[dimension]
    rows[1:, _COST_SAVING] -= costs
    return rows


def _less(estimate: Estimate, amount: float) -> Estimate:
    moved = Estimate.of(estimate.samples - amount, estimate.unit)
    return replace(moved, mean=estimate.mean - amount)


def _caveats(candidate: Candidate, worth: Worth) -> tuple[str, ...]:
    if candidate.is_idle:
        return (_IDLE,)
    caveats = [
        caveat(measured, metric, worth.quantities[metric.name])
        for metric in worth.mechanism.metrics
        if (measured := candidate.measured(metric))
    ]
    if worth.feasible_share < 1:
        left_out = in_percent(1 - worth.feasible_share, in_words=True)
        caveats.append(f"{left_out} of the draws were impossible together and left out.")
    return tuple(text for text in caveats if text is not None)
