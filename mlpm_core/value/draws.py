"""Uniform points behind every draw: shared by what is common, separate where luck is one's own."""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Rows = TypeVar("Rows", bound="Sequence[Any] | NDArray[Any]")


DRAWS: Final = 8192
SEED: Final = 20260630
_AT_ONCE: Final = 32 * 1024  # numbers that stay in the processor's cache
_N_NODES: Final = 257  # odd, so that the median is a node


def parts(options: Rows, draws: int) -> Iterator[Rows]:
    """As many options, or rows of draws, at once as are best computed as one array.

    Examples
    --------
    >>> [len(part) for part in parts(["option"] * 10, 8192)]
    [4, 4, 2]
    """
    at_once = max(1, _AT_ONCE // draws)
    for start in range(0, len(options), at_once):
        part: Any = options[start : start + at_once]
        yield part


@lru_cache(maxsize=8)
def uniform_points(n_inputs: int, draws: int, seed: int) -> Array:
    """Scrambled Sobol points, strictly inside (0, 1); read-only.

    Parameters
    ----------
    n_inputs, draws : int
        How many dimensions, and how many points of each.
    seed : int
        Which scrambling.

    Returns
    -------
    array of shape (n_inputs, draws)
        One row for each input.
    """
    from scipy.stats import qmc  # a second of a processor to import, which not all processes need

    sobol = qmc.Sobol(n_inputs, scramble=True, bits=30, rng=seed)
    points = sobol.random_base2(max(0, math.ceil(math.log2(draws))))[:draws]
    points = np.ascontiguousarray(points.T) + 2.0**-31  # the middle of Sobol's cells
    points.setflags(write=False)
    return points


def own_generator(seed: int, *whose: str) -> np.random.Generator:
    """A generator that depends on the seed and on names, never on who was asked before.

    Examples
    --------
    >>> own_generator(1, "forest").random() == own_generator(1, "forest").random()
    True
    """
    key = "\x1f".join((str(seed), *whose)).encode("utf-8")
    digest = hashlib.blake2b(key, digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


class OwnOrders:
    """In which order the draws of each option's own inputs come, made once for all who ask.

    An order depends on the seed and on names only, as its generator does.

    Examples
    --------
    >>> orders = OwnOrders(4, seed=1)
    >>> orders.of("forest", "recall") is orders.of("forest", "recall")
    True
    """

    def __init__(self, draws: int, seed: int) -> None:
        self.draws, self.seed = draws, seed
        self._known: dict[tuple[str, ...], NDArray[np.integer[Any]]] = {}

    def of(self, *whose: str) -> NDArray[np.integer[Any]]:
        """A permutation of the numbers of all draws; read-only, in as few bytes as hold them."""
        if whose not in self._known:
            order = own_generator(self.seed, *whose).permutation(self.draws)
            order = order.astype(np.min_scalar_type(self.draws))
            order.setflags(write=False)
            self._known[whose] = order
        return self._known[whose]


def own_draws(quantile: Callable[[Array], Array], draws: int, rng: np.random.Generator) -> Array:
    """Draws of one distribution, independent of every other draw.

    Parameters
    ----------
    quantile : callable
        Inverse of the distribution, taking probabilities in (0, 1).
    draws : int
        How many.
    rng : numpy.random.Generator
        Shuffles them.

    Returns
    -------
    array of shape (draws,)
        In the unit of ``quantile``: ``by_stratum`` in random order.

    Examples
    --------
    >>> uniform = own_draws(lambda p: p, 4, np.random.default_rng(1))
    >>> sorted(uniform.round(3).tolist())
    [0.125, 0.375, 0.625, 0.875]
    """
    return by_stratum(quantile, draws)[rng.permutation(draws)]


def by_stratum(quantile: Callable[[Array], Array], draws: int) -> Array:
    """The (i + 1/2)/draws quantiles of a distribution, in their order; shape (draws,).

    Notes
    -----
    They are read off a line through 257 exact ones, evenly spaced on the scale of the normal
    distribution, because inverting a beta distribution is what would take the time of a
    leaderboard. Against exact inversion they are off by less than 0.001 of the standard deviation.
    """
    scores, nodes, probabilities = _strata(draws)
    return np.asarray(np.interp(scores, nodes, quantile(probabilities)))


@lru_cache(maxsize=8)
def _strata(draws: int) -> tuple[Array, Array, Array]:
    """Middles of equally likely strata and fewer evenly spaced nodes, on the normal's scale.

    Last come the probabilities at the nodes.
    """
    z = ndtri((np.arange(draws) + 0.5) / draws)
    nodes = np.linspace(z[0], z[-1], _N_NODES) if draws > _N_NODES else z
    return z, nodes, ndtr(nodes)
