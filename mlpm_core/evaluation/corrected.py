"""Every candidate's five dimensions at its metrics, corrected for the luck of the best of many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.evaluation.candidate import quantity_of
from mlpm_core.evaluation.luck import correlation, correlations, strata
from mlpm_core.evaluation.promise import FEWEST, merit, true_spread
from mlpm_core.quantity import Dimension, Quantity, Unit
from mlpm_core.quantity.measured import with_error
from mlpm_core.value.draws import by_stratum
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.policy import Policy, possible
from mlpm_core.value.side_by_side import outcomes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.evaluation.candidate import Candidate, Measured
    from mlpm_core.evaluation.luck import Agreement, Order
    from mlpm_core.value.draws import OwnOrders
    from mlpm_core.value.mechanism import Input
    from mlpm_core.value.policy import Outcome
    from mlpm_core.value.worth import Worth

    Array = NDArray[np.float64]


_EXACT: Final = 1e-18


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """What every candidate is worth before its fixed cost, corrected for luck.

    ``nets`` has shape (candidates, draws), NaN where a draw is not possible; ``estimates`` are, for
    each candidate in that order, its net and the five dimensions. ``means`` and ``metrics`` are, by
    candidate, the metrics that were corrected: the mean, in the unit in which it is asked, and as
    written. What was not to be corrected is not among them.
    """

    nets: Array
    estimates: Sequence[tuple[Estimate, Mapping[Dimension, Estimate]]]
    means: Mapping[str, Mapping[str, float]]
    metrics: Mapping[str, Mapping[str, str]]

    @property
    def is_corrected(self) -> bool:
        """Whether luck was to be corrected."""
        return any(self.means.values())


def corrected(
    policy: Policy,
    valued: Sequence[tuple[Candidate, Worth]],
    agreements: Iterable[Agreement],
    orders: OwnOrders,
) -> Corrected | None:
    """What may be promised of candidates that are compared with each other.

    Each metric is corrected by itself: candidates may differ in one and not in another, and the
    formulas then make of the corrected metrics what they make of measured ones.

    Returns
    -------
    Corrected or None
        None when they are too few to tell luck from merit and nothing is known of their agreement,
        so that each is what its worth says.
    """
    if not valued:
        return None
    candidates = [candidate for candidate, _ in valued]
    names = [candidate.name for candidate in candidates]
    paired = _paired(policy, candidates, agreements)
    drawn: dict[str, list[Array | None]] = {}
    means: dict[str, dict[str, float]] = {name: {} for name in names}
    metrics: dict[str, dict[str, str]] = {name: {} for name in names}
    compared = [i for i, candidate in enumerate(candidates) if not candidate.is_idle]
    for entry in policy.mechanism.metrics:
        measured = [candidate.measured(entry) for candidate in candidates]
        luck = strata(names, entry.name, correlations(names, paired[entry.name]), orders)
        of_metric: list[Array | None] = [None] * len(names)
        drawn[entry.name] = of_metric
        comparable = [m for i in compared if (m := measured[i]) is not None]
        as_measured = set(range(len(names)))
        if FEWEST <= len(comparable) == len(compared):
            values, errors = _errors(entry, comparable, [luck[i] for i in compared])
            if correction := merit(values, errors):
                apart = (figures.tolist() for figures in correction.apart(values, errors))
                applied = correction.applied(values, errors)
                for i, own, mean, variance in zip(compared, applied, *apart, strict=True):
                    of_metric[i] = own
                    means[names[i]][entry.name] = mean
                    metrics[names[i]][entry.name] = _written(mean, variance, entry)
                as_measured -= set(compared)
        for i in sorted(as_measured):
            if (one := measured[i]) is not None:
                of_metric[i] = _drawn(quantity_of(one, entry), luck[i])
    if not any(means.values()) and not any(paired.values()):
        return None
    return Corrected(*_estimates(policy, valued, drawn), means, metrics)


def _paired(
    policy: Policy, candidates: Sequence[Candidate], agreements: Iterable[Agreement]
) -> dict[str, dict[tuple[str, str], float]]:
    """By metric the correlation of the errors of candidates whose agreement is given."""
    by_name = {candidate.name: candidate for candidate in candidates}
    by_metric: dict[str, dict[tuple[str, str], float]] = {
        m.name: {} for m in policy.mechanism.metrics
    }
    for agreement in agreements:
        for entry in policy.mechanism.metrics:
            pair = [by_name.get(agreement.one), by_name.get(agreement.two)]
            both = [c.measured(entry) for c in pair if c is not None]
            if agreement.metric not in (entry.name, entry.reported_as) or len(both) != len(pair):
                continue
            one, two = both
            if one is None or two is None:
                continue
            share = agreement.share
            if entry.is_share:
                share = correlation(share, one.value, two.value)
            by_metric[entry.name][agreement.one, agreement.two] = share
    return by_metric


def _errors(
    entry: Input, measured: Sequence[Measured], luck: Sequence[Order]
) -> tuple[Array, Array]:
    """A metric of every candidate, and how far off luck may put it; shape (candidates, draws)."""
    errors = np.empty((len(luck), luck[0].size))
    for row, one, centre, own in zip(
        errors, measured, _centres(entry, measured).tolist(), luck, strict=True
    ):
        row[:] = _drawn(_around(one, centre, entry), own)
        row -= row.mean()
    return np.array([m.value for m in measured]), errors


def _estimates(
    policy: Policy,
    valued: Sequence[tuple[Candidate, Worth]],
    drawn: Mapping[str, Sequence[Array | None]],
) -> tuple[Array, list[tuple[Estimate, Mapping[Dimension, Estimate]]]]:
    """Nets and estimates of all candidates at these metrics."""
    nets = np.empty((len(valued), valued[0][1].draws))
    estimates: list[tuple[Estimate, Mapping[Dimension, Estimate]]] = []
    units = [Dimension.REVENUE.unit, *(d.unit for d in Dimension)]
    inputs = []
    for i, (_, worth) in enumerate(valued):
        own = {
            entry.name: np.clip(draws, entry.low, entry.high) * Unit.read(entry.unit).factor
            for entry in policy.mechanism.metrics
            if (draws := drawn[entry.name][i]) is not None
        }
        inputs.append({**worth.inputs_by_draw, **own})
    outcomes = outcomes_of(policy, inputs, nets.shape[1])
    for net_by_draw, own, outcome in zip(nets, inputs, outcomes, strict=True):
        is_possible = np.broadcast_to(outcome.is_possible, net_by_draw.shape)
        net_by_draw[:] = np.where(is_possible, outcome.net, np.nan)
        again = [partial(_row_of, policy, own, nets.shape[1], row) for row in range(len(units))]
        again[0] = partial(possible, net_by_draw, is_possible)
        made = Estimate.each(_rows(policy, outcome, is_possible), units)
        net, *kpis = (e.without_draws(a) for e, a in zip(made, again, strict=True))
        estimates.append((net, dict(zip(Dimension, kpis, strict=True))))
    nets.setflags(write=False)
    return nets, estimates


def _rows(policy: Policy, outcome: Outcome, is_possible: NDArray[np.bool_]) -> Array:
    """Net and the five dimensions by possible draw; shape (6, possible draws)."""
    rows = np.empty((1 + len(Dimension), int(is_possible.sum())))
    rows[0] = possible(outcome.net, is_possible)
    policy.dimensions(outcome, is_possible, rows[1:])
    return rows


def _row_of(policy: Policy, inputs: Mapping[str, Array], draws: int, row: int) -> Array:
    """One of these rows, made again: to hold all costs a large board more than making few."""
    outcome = policy.outcome(inputs)
    rows = _rows(policy, outcome, np.broadcast_to(outcome.is_possible, (draws,)))
    return np.asarray(rows[row])


def _written(mean: float, variance: float, entry: Input) -> str:
    """A metric in the notation of quantities, with its mean and spread."""
    if variance <= _EXACT * max(1.0, mean * mean):
        return repr(mean)
    return with_error(mean, variance**0.5, entry.low, is_share=entry.is_share)[0]


def _centres(entry: Input, measured: Sequence[Measured]) -> Array:
    """Around which value the cases of each candidate are drawn again.

    Of counted shares it is drawn towards the share of all, as far as luck put it: whoever was lucky
    would otherwise also look the surest. How far, is judged with the error that the share of all
    would have on the cases of each.
    """
    values = np.array([m.value for m in measured])
    is_counted = np.array(
        [bool(entry.is_share and m.n and m.standard_error is None) for m in measured]
    )
    if not is_counted.any():
        return values
    share, n = values[is_counted], np.array([float(m.n or 0) for m in measured])[is_counted]
    pooled = float((share * n).sum() / n.sum())
    if 0 < pooled < 1:
        luck = pooled * (1 - pooled) / n
        spread = true_spread(share, luck)
        values[is_counted] = pooled + spread / (spread + luck) * (share - pooled)
    return values


def _around(measured: Measured, centre: float, entry: Input) -> Quantity:
    """A metric with its cases drawn around a centre."""
    if measured.standard_error is None and measured.n and entry.is_share and 0 <= centre <= 1:
        hits = centre * measured.n
        return Quantity.counted(max(hits, 1.0), max(measured.n - hits, 1.0))
    return quantity_of(measured, entry)


def _drawn(quantity: Quantity, luck: Order) -> Array:
    """Draws of a metric that lie in these strata, in the unit in which it is asked."""
    if quantity.is_exact:
        return np.array(quantity.median)
    return by_stratum(quantity.quantile, luck.size)[luck]
