"""Inputs that move together: one number between two quantities, everything else independent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr, ndtri

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from mlpm_core.quantity import Quantity

    Array = NDArray[np.float64]
    Partners = Mapping[str, tuple[str, float]]


_OUTERMOST: Final = 2.0**-31  # as near to 0 and 1 as the points of one input come


def check_partners(read: Mapping[str, Quantity], names: Collection[str]) -> list[str]:
    """What is wrong with the inputs that quantities say they move with, in sentences.

    Parameters
    ----------
    read : mapping of str to Quantity
        Quantities by the input they answer.
    names : collection of str
        Every input that is asked.
    """
    faults = []
    for name, quantity in read.items():
        if quantity.moves_with is None:
            continue
        other, _ = quantity.moves_with
        if other == name:
            faults.append(f"{name} moves with itself; name another input.")
        elif other not in names:
            faults.append(f"{name} moves with {other!r}, which is not asked here.")
    return faults


def partners(read: Mapping[str, Quantity]) -> dict[str, tuple[str, float]]:
    """The input with which each uncertain one moves, and the correlation of their normal scores.

    What is exact moves with nothing.

    Raises
    ------
    InputError
        When inputs name each other in a circle.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> texts = {"margin": "2 to 4", "goodwill": "1 to 2 with margin 0.7"}
    >>> partners({name: Quantity.read(text, "money") for name, text in texts.items()})
    {'goodwill': ('margin', 0.7)}
    """
    pairs: dict[str, tuple[str, float]] = {}
    for name, quantity in read.items():
        if quantity.moves_with is None or quantity.is_exact:
            continue
        other, correlation = quantity.moves_with
        if other not in read or read[other].is_exact:
            continue
        if pairs.get(other) != (name, correlation):  # the same said from both sides is said once
            pairs[name] = (other, correlation)
    for name in pairs:
        seen = [name]
        while seen[-1] in pairs:
            seen.append(pairs[seen[-1]][0])
            if seen.count(seen[-1]) > 1:
                raise InputError(
                    f"{' moves with '.join(seen)}: inputs move together in pairs, not in a circle."
                )
    return pairs


def lineage(name: str, pairs: Partners) -> tuple[tuple[str, float], ...]:
    """The inputs an input moves with, one after the other, each with its correlation."""
    path: list[tuple[str, float]] = []
    while name in pairs:
        path.append(pairs[name])
        name = pairs[name][0]
    return tuple(path)


def joint_points(name: str, pairs: Partners, own: Callable[[str], Array]) -> Array:
    """Uniform points of an input, correlated on the normal scale with those it moves with.

    Parameters
    ----------
    name : str
        The input.
    pairs : mapping
        As ``partners`` gives.
    own : callable
        Independent uniform points of an input, strictly between 0 and 1, of shape (draws,).

    Notes
    -----
    A Gaussian copula: every input keeps its distribution, whatever it moves with.

    References
    ----------
    Iman & Conover (1982). A distribution-free approach to inducing rank correlation among input
    variables. Communications in Statistics 11(3).

    Examples
    --------
    >>> points = {"a": np.array([0.1, 0.9]), "b": np.array([0.3, 0.6])}
    >>> joint_points("b", {"b": ("a", 1.0)}, points.__getitem__).round(3).tolist()
    [0.1, 0.9]
    """
    if name not in pairs:
        return own(name)
    other, correlation = pairs[name]
    rest = math.sqrt(1 - correlation * correlation)
    z = correlation * ndtri(joint_points(other, pairs, own)) + rest * ndtri(own(name))
    return np.asarray(ndtr(z)).clip(_OUTERMOST, 1 - _OUTERMOST)
