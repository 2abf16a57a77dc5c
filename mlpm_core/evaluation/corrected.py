"""Every candidate's five dimensions at its measured metrics, and how far off luck may put them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.evaluation.candidate import is_share, written
from mlpm_core.evaluation.luck import correlation, correlations, scores
from mlpm_core.evaluation.promise import FEWEST, Merit, merit
from mlpm_core.quantity import Dimension, Unit
from mlpm_core.quantity.stated import with_error
from mlpm_core.value.draws import at_scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.evaluation.candidate import Candidate, Measured
    from mlpm_core.evaluation.luck import Agreement
    from mlpm_core.value.mechanism import Input
    from mlpm_core.value.policy import Policy
    from mlpm_core.value.worth import Worth

    Array = NDArray[np.float64]

__all__ = ["Corrected", "corrected"]

_EXACT: Final = 1e-18
_MONEY = (Dimension.REVENUE, Dimension.COST_SAVING)


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """The five dimensions of every candidate, draw by draw, in base units, before its fixed cost.

    ``kpis`` has arrays of shape (candidates, draws), NaN where a draw is not possible; ``merit`` is
    None when nothing was to be corrected and they are as measured. ``metrics`` are those that were
    measured of every candidate, corrected alike and in the notation of quantities.
    """

    kpis: Mapping[Dimension, Array]
    merit: Merit | None
    metrics: Mapping[str, Sequence[str]]

    @property
    def nets(self) -> Array:
        """Net of every candidate, draw by draw; shape (candidates, draws)."""
        return np.asarray(sum(self.kpis[d] for d in _MONEY))


def corrected(
    policy: Policy,
    valued: Sequence[tuple[Candidate, Worth]],
    agreements: Iterable[Agreement],
    seed: int,
) -> Corrected | None:
    """What may be promised of candidates that are compared with each other.

    Returns
    -------
    Corrected or None
        None when they are too few to tell luck from merit and nothing is known of their agreement,
        so that each is what its worth says.
    """
    if not valued:
        return None
    draws = valued[0][1].draws
    paired = _paired(policy, [candidate for candidate, _ in valued], agreements)
    names = [candidate.name for candidate, _ in valued]
    luck = {
        metric: scores(names, metric, correlations(names, known), draws, seed)
        for metric, known in paired.items()
    }
    found, metrics = None, {}
    if len(valued) >= FEWEST:
        measured, errors, luck_of = _parts(policy, valued, luck, draws)
        nets, off = (np.add(*(rows[d] for d in _MONEY)) for rows in (measured, errors))
        found = merit(nets.mean(axis=1), off, seed=seed)
        if found is not None:
            metrics = _metrics(policy, [candidate for candidate, _ in valued], luck_of, found)
    is_possible = np.array([np.isfinite(worth.net_by_draw) for _, worth in valued])
    if found is not None:
        kpis = {d: found.applied(measured[d], errors[d]) for d in Dimension}
    elif any(paired.values()):
        kpis = _as_measured(policy, valued, luck, draws)
    else:
        return None
    kpis = {d: np.where(is_possible, kpi, np.nan) for d, kpi in kpis.items()}
    return Corrected(kpis, found, metrics)


def _paired(
    policy: Policy, candidates: Sequence[Candidate], agreements: Iterable[Agreement]
) -> dict[str, dict[tuple[str, str], float]]:
    """By metric the correlation of the errors of candidates whose agreement is given."""
    by_name = {candidate.name: candidate for candidate in candidates}
    found: dict[str, dict[tuple[str, str], float]] = {m.name: {} for m in policy.mechanism.metrics}
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
            if is_share(entry):
                share = correlation(share, one.value, two.value)
            found[entry.name][agreement.one, agreement.two] = share
    return found


def _parts(
    policy: Policy,
    valued: Sequence[tuple[Candidate, Worth]],
    luck: Mapping[str, Array],
    draws: int,
) -> tuple[dict[Dimension, Array], dict[Dimension, Array], dict[str, Array]]:
    """The dimensions at the measured metrics, their errors and those of the metrics.

    All of shape (candidates, draws); metrics in the unit they are asked in.
    """
    shape = (len(valued), draws)
    off_by = {entry.name: np.zeros(shape) for entry in policy.mechanism.metrics}
    measured = {d: np.empty(shape) for d in Dimension}
    errors = {d: np.empty(shape) for d in Dimension}
    centres = {
        entry.name: _centres(entry, [candidate.measured(entry) for candidate, _ in valued])
        for entry in policy.mechanism.metrics
    }
    for i, (candidate, worth) in enumerate(valued):
        at_value, at_centre, drawn = ({} for _ in range(3))
        for entry in policy.mechanism.metrics:
            found = candidate.measured(entry)
            if found is None:
                continue
            factor, centre = Unit.read(entry.unit).factor, centres[entry.name][i]
            at_value[entry.name] = np.array(found.value * factor)
            at_centre[entry.name] = np.array(centre * factor)
            text = _around(found, centre, entry)
            drawn[entry.name] = _read(entry, text, luck[entry.name][i])
            off_by[entry.name][i] = drawn[entry.name] / factor - centre
        common = worth.inputs_by_draw
        value, centre_of, off = (
            policy.outcome({**common, **own}).kpis for own in (at_value, at_centre, drawn)
        )
        for d in Dimension:
            measured[d][i] = np.broadcast_to(value[d], draws)
            error = np.broadcast_to(off[d] - centre_of[d], draws)
            is_known = np.isfinite(error)
            mean = error[is_known].mean() if is_known.any() else 0.0
            errors[d][i] = np.where(is_known, error - mean, 0.0)
            whole = np.isfinite(measured[d][i])
            if whole.any():
                measured[d][i][~whole] = measured[d][i][whole].mean()
    return measured, errors, off_by


def _metrics(
    policy: Policy, candidates: Sequence[Candidate], off_by: Mapping[str, Array], merit: Merit
) -> dict[str, list[str]]:
    """The corrected metrics of every candidate, as written; those only that all were measured in.

    They keep the share of their distance that the nets keep, so that they give the corrected nets.
    The error of all together is left out: drawn of each on its own it would set them apart.
    """
    found = {}
    for entry in policy.mechanism.metrics:
        values = [m.value for c in candidates if (m := c.measured(entry)) is not None]
        if len(values) < len(candidates):
            continue
        errors = off_by[entry.name]
        errors = errors - errors.mean(axis=1)[:, None]
        errors -= merit.weights @ errors
        drawn = merit.applied(np.broadcast_to(np.array(values)[:, None], errors.shape), errors)
        found[entry.name] = [_written(row, entry) for row in drawn]
    return found


def _written(drawn: Array, entry: Input) -> str:
    """Draws of a metric in the notation of quantities, with their mean and spread."""
    mean, variance = float(drawn.mean()), float(drawn.var())
    if variance <= _EXACT * max(1.0, mean * mean):
        return repr(mean)
    return with_error(mean, variance**0.5, low=entry.low, is_share=is_share(entry))


def _centres(entry: Input, measured: Sequence[Measured | None]) -> list[float]:
    """Around which value the cases of each candidate are drawn again.

    Of counted shares it is drawn towards the share of all candidates: whoever was lucky would
    otherwise also look the surest.
    """
    values = [0.0 if m is None else m.value for m in measured]
    counted = [
        i for i, m in enumerate(measured)
        if m is not None and is_share(entry) and m.n and m.standard_error is None
    ]  # fmt: skip
    if not counted:
        return values
    share = np.array([values[i] for i in counted])
    n = np.array([float(m.n) for i in counted if (m := measured[i]) and m.n])
    pooled = float((share * n).sum() / n.sum())
    luck = pooled * (1 - pooled) / n
    apart = max(0.0, float(((share - pooled) ** 2 - luck).mean()))
    for i, value, own in zip(counted, share.tolist(), luck.tolist(), strict=True):
        kept = apart / (apart + own) if apart + own > 0 else 1.0
        values[i] = pooled + kept * (value - pooled)
    return values


def _around(measured: Measured, centre: float, entry: Input) -> str:
    """A metric in the notation of quantities, with its cases drawn around a centre."""
    if measured.standard_error is None and measured.n and is_share(entry) and 0 <= centre <= 1:
        hits = centre * measured.n
        return f"beta({max(hits, 1.0)!r}, {max(measured.n - hits, 1.0)!r})"
    return written(measured, entry)


def _read(entry: Input, text: str, luck: Array) -> Array:
    quantity = entry.read(text)
    if quantity.is_exact:
        return np.array(quantity.median * Unit.read(entry.unit).factor)
    return at_scores(quantity.quantile, luck) * Unit.read(entry.unit).factor


def _as_measured(
    policy: Policy,
    valued: Sequence[tuple[Candidate, Worth]],
    luck: Mapping[str, Array],
    draws: int,
) -> dict[Dimension, Array]:
    """The dimensions as measured, with errors that are alike as far as candidates agree."""
    kpis = {d: np.empty((len(valued), draws)) for d in Dimension}
    for i, (candidate, worth) in enumerate(valued):
        own = {
            entry.name: _read(entry, written(found, entry), luck[entry.name][i])
            for entry in policy.mechanism.metrics
            if (found := candidate.measured(entry)) is not None
        }
        outcome = policy.outcome({**worth.inputs_by_draw, **own})
        for d in Dimension:
            kpis[d][i] = np.broadcast_to(
                np.where(outcome.is_possible, outcome.kpis[d], np.nan), draws
            )
    return kpis
