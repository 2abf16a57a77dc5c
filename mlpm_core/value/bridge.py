"""Why a value changed: an exact split of the change between two moments into its causes.

The split is Shapley's: each cause gets the mean of what it changes over all orders in which the
causes may have come, so that the parts do not hang on an order and add up to the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.quantity import LARGEST_RESULT
from mlpm_core.value.policy import Policy
from mlpm_core.value.rates import false_positive_rate, precision_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Mechanism
    from mlpm_core.value.worth import Worth

    Array = NDArray[np.float64]


MAX_CAUSES: Final = 10
"""More causes than this would need more than 2^10 valuations."""

VOLUME: Final = "volume"
UNIT_ECONOMICS: Final = "unit economics"

_RATES: Final = ("prevalence", "recall", "precision")
_HARDLY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause changed: money a year; ``cause`` is an input's name, volume or the rest."""

    cause: str
    label: str
    change: float


@dataclass(frozen=True, slots=True)
class Bridge:
    """The way from one value to another: both means in money a year, and the parts between.

    The parts sum to the difference; causes that did not change are left out.
    """

    before: float
    after: float
    parts: tuple[Part, ...]

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before


def shapley(value: Callable[[frozenset[str]], float], causes: Sequence[str]) -> dict[str, float]:
    """The exact Shapley split of a change.

    Parameters
    ----------
    value : callable
        The value when a set of causes is as it is after and all others are as before; asked once
        for each of the 2^k sets.
    causes : sequence of str
        At most ``MAX_CAUSES``.

    Returns
    -------
    dict of str to float
        The part of each cause; they sum to value(all) - value(none).

    Raises
    ------
    InputError
        When there are more than ``MAX_CAUSES``, or one is named twice.

    References
    ----------
    Shapley (1953). A value for n-person games. Contributions to the Theory of Games II.

    Examples
    --------
    >>> shapley(lambda after: 6.0 if after == {"price", "volume"} else 0.0, ["price", "volume"])
    {'price': 3.0, 'volume': 3.0}
    """
    k = len(causes)
    if k > MAX_CAUSES:
        raise InputError(f"There are {k} causes; at most {MAX_CAUSES} can be told apart.")
    if len(set(causes)) < k:
        raise InputError(f"A cause is named twice in {', '.join(causes)}; name each once.")
    sets = [frozenset(c for i, c in enumerate(causes) if n >> i & 1) for n in range(2**k)]
    values = [value(after) for after in sets]
    share = [math.factorial(m) * math.factorial(k - m - 1) / math.factorial(k) for m in range(k)]
    return {
        cause: math.fsum(
            share[len(sets[n])] * (values[n | 1 << i] - values[n])
            for n in range(2**k)
            if not n >> i & 1
        )
        for i, cause in enumerate(causes)
    }


def bridge(before: Worth, after: Worth) -> Bridge:
    """The change of mean net between two moments, split into its causes.

    Parameters
    ----------
    before, after : Worth
        Of one mechanism against one baseline, with the same draws.

    Returns
    -------
    Bridge
        Volume, prevalence and each metric are causes of their own; whatever else changed is the
        cause unit economics. In the order of the mechanism's inputs, volume first.

    Raises
    ------
    InputError
        When the two are of different mechanisms, baselines, currencies or draws.
    NotEnoughDataError
        When a mixture of before and after has no finite value in any draw.

    Notes
    -----
    Precision does not travel: it falls when positives get rarer, though the model is the same.
    Where a mechanism asks for prevalence, recall and precision, the false positive rate stands
    for precision, so that prevalence alone changes what the model cannot help. Where a model flags
    nothing it has no precision: it is taken as what it is on the other side of the bridge, and a
    recall or prevalence of 0 as 1e-12 in the mixtures. A mixture that cannot be, such as the
    uplift of one moment and the smaller conversion of another, is computed by the formulas all the
    same; it only decides which cause gets which part.
    """
    if (before.mechanism.id, before.baseline) != (after.mechanism.id, after.baseline):
        raise InputError(
            f"{before.mechanism.id} against {before.baseline} and {after.mechanism.id} against "
            f"{after.baseline} have no bridge; take two moments of one value case."
        )
    if before.currency and after.currency and before.currency != after.currency:
        raise InputError(
            f"One value is in {before.currency}, the other in {after.currency}; write both in one."
        )
    if (before.draws, before.seed) != (after.draws, after.seed):
        raise InputError("The two values rest on different draws; value both with the same.")
    policy = Policy(before.mechanism, before.mechanism.baseline(before.baseline))
    old, new = _with_fpr(*_comparable(before, after))
    causes = _causes(before.mechanism, old, new)
    whole = {frozenset(): before.net.mean, frozenset(causes): after.net.mean}

    def value(changed: frozenset[str]) -> float:
        if causes and changed in whole:
            return whole[changed]
        names = {name for cause in changed for name in causes[cause]}
        mixed = {name: (new if name in names else old)[name] for name in old}
        outcome = policy.outcome(_with_precision(mixed))
        nets = np.broadcast_to(outcome.net, (before.draws,))
        kept = nets[np.broadcast_to(outcome.is_possible, (before.draws,))]
        if kept.size == 0:
            kept = nets[np.abs(nets) <= LARGEST_RESULT]
        if kept.size == 0:
            of = " and ".join(labels[cause] for cause in causes if cause in changed)
            raise NotEnoughDataError(
                f"Net has no finite value with {of} as it is after and all else as before."
            )
        return _mean(kept)

    labels = {entry.name: entry.label for entry in before.mechanism.all_inputs}
    labels |= {"fpr": "False positive rate", VOLUME: "Volume", UNIT_ECONOMICS: "Unit economics"}
    parts = shapley(value, list(causes))
    return Bridge(
        before.net.mean,
        after.net.mean,
        tuple(Part(cause, labels[cause], parts[cause]) for cause in causes),
    )


def _mean(values: Array) -> float:
    return float(values[0] if (values == values[0]).all() else values.mean())


def _causes(
    mechanism: Mechanism, old: Mapping[str, Array], new: Mapping[str, Array]
) -> dict[str, list[str]]:
    """The inputs that changed, by cause."""
    own = {m.name for m in mechanism.metrics} | {"prevalence", "fpr"}
    causes: dict[str, list[str]] = {}
    for name in sorted(old, key=lambda n: n != mechanism.volume):
        if np.array_equal(old[name], new[name]):
            continue
        cause = VOLUME if name == mechanism.volume else name if name in own else UNIT_ECONOMICS
        causes.setdefault(cause, []).append(name)
    if UNIT_ECONOMICS in causes:
        causes[UNIT_ECONOMICS] = causes.pop(UNIT_ECONOMICS)  # last, whatever its inputs' place
    return causes


def _comparable(before: Worth, after: Worth) -> tuple[dict[str, Array], dict[str, Array]]:
    """Every input's draws; where one side flags nothing, with the precision of the other."""
    old, new = (w.mechanism.completed(w.inputs_by_draw) for w in (before, after))
    if not {"recall", "precision"} <= old.keys():
        return old, new
    precisions = old["precision"], new["precision"]
    if not all(name in old for name in _RATES):
        for values, others in ((old, precisions[1]), (new, precisions[0])):
            values["precision"] = np.where(values["recall"] == 0, others, values["precision"])
    return old, new


def _with_fpr(*moments: dict[str, Array]) -> list[dict[str, Array]]:
    """Draws with the false positive rate in the place of precision, where prevalence is known."""
    return [
        {
            "fpr" if name == "precision" else name: _fpr(values) if name == "precision" else x
            for name, x in values.items()
        }
        if all(name in values for name in _RATES)
        else values
        for values in moments
    ]


def _fpr(values: Mapping[str, Array]) -> Array:
    fpr = false_positive_rate(values["recall"], values["precision"], values["prevalence"])
    return np.where(np.isnan(fpr), 0.0, fpr)  # nothing is flagged, or there is no negative


def _with_precision(inputs: Mapping[str, Array]) -> dict[str, Array]:
    if "fpr" not in inputs or not {"prevalence", "recall"} <= inputs.keys():
        return dict(inputs)
    some = {name: np.maximum(inputs[name], _HARDLY) for name in ("prevalence", "recall")}
    precision = precision_at(some["recall"], inputs["fpr"], some["prevalence"])
    return {n: v for n, v in inputs.items() if n != "fpr"} | some | {"precision": precision}
