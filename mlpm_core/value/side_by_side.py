"""Many options of one mechanism computed as one array: a row for each option."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.value.draws import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.quantity import Quantity
    from mlpm_core.value.policy import Outcome, Policy

    Array = NDArray[np.float64]


class Drawn(NamedTuple):
    """What an option is valued by: its quantities, their draws and medians in base units."""

    quantities: Mapping[str, Quantity]
    inputs: Mapping[str, Array]
    medians: Mapping[str, Array]


def outcomes(
    policy: Policy, options: Sequence[Drawn], draws: int
) -> Iterator[Outcome | InputError]:
    """The outcome of each option, or why its medians cannot be, as ``Policy.check`` says it.

    Parameters
    ----------
    options : sequence of Drawn
        Their inputs of shape (draws,), or () where exact.
    draws : int
        How many.

    Yields
    ------
    Outcome or InputError
        The figures of an outcome are of shape (draws,), or () where they are of one option alone.
    """
    for part in parts(options, draws):
        if _are_possible(policy, part):
            yield from outcomes_of(policy, [one.inputs for one in part], draws)
        else:  # which of them it is not, and what it says, each tells alone
            yield from (_one(policy, one) for one in part)


def outcomes_of(
    policy: Policy, options: Sequence[Mapping[str, Array]], draws: int
) -> Iterator[Outcome]:
    """The outcome of each option's inputs, whether or not they can be."""
    for part in parts(options, draws):
        if len(part) > 1 and all(one.keys() == part[0].keys() for one in part):
            yield from _as_one_array(policy, part, draws)
        else:
            yield from map(policy.outcome, part)


def _are_possible(policy: Policy, options: Sequence[Drawn]) -> bool:
    """Whether all options are alike and possible at their medians."""
    if any(one.inputs.keys() != options[0].inputs.keys() for one in options):
        return False
    return policy.is_accepted(_stacked([one.medians for one in options], 1))


def _one(policy: Policy, option: Drawn) -> Outcome | InputError:
    try:
        policy.check(option.medians)
    except InputError as error:
        return error
    return policy.outcome(option.inputs)


def _as_one_array(
    policy: Policy, options: Sequence[Mapping[str, Array]], draws: int
) -> list[Outcome]:
    together = policy.outcome(_stacked(options, draws))
    shape = (len(options), draws)

    def rows(values: Array) -> Array:
        return np.broadcast_to(values, shape)

    kpis = {dimension: rows(kpi) for dimension, kpi in together.kpis.items()}
    net, size, is_possible = rows(together.net), rows(together.size), together.is_possible
    possible = np.broadcast_to(is_possible, shape)
    costs = None if together.costs is None else rows(together.costs)
    return [
        replace(
            together,
            kpis={dimension: kpi[i] for dimension, kpi in kpis.items()},
            net=net[i],
            size=size[i],
            costs=None if costs is None else costs[i],
            is_possible=possible[i],
        )
        for i in range(len(options))
    ]


def _stacked(options: Sequence[Mapping[str, Array]], draws: int) -> dict[str, Array]:
    """The inputs of all options: as they are where all share them, else a row for each."""
    stacked = {}
    for name, first in options[0].items():
        arrays = [one[name] for one in options]
        if all(array is first for array in arrays):
            stacked[name] = first
        elif all(array.ndim == 0 for array in arrays):
            stacked[name] = np.array(arrays)[:, None]
        else:
            stacked[name] = np.stack([np.broadcast_to(array, (draws,)) for array in arrays])
    return stacked
