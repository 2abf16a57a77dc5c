"""An uncertain figure, and the sum of several."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.quantity import LARGEST_RESULT
from mlpm_core.value.draws import SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Ordered = NDArray[np.float32]


K = TypeVar("K")
_ENDS = np.array([0.1, 0.5, 0.9])
_ORDERS_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Estimate:
    """An uncertain figure: its mean, its quantiles and the draws behind them."""

    mean: float
    p10: float
    p50: float
    p90: float
    unit: str
    _samples: Array | Callable[[], Array] = field(repr=False, compare=False)
    _ordered: Ordered | None = field(default=None, repr=False, compare=False)

    @property
    def samples(self) -> Array:
        """The draws behind it; a figure that was kept without them makes them again."""
        return self._samples() if callable(self._samples) else self._samples

    @property
    def ordered(self) -> Ordered:
        """The draws from the lowest to the highest, in single precision; one where all are equal.

        That is all that a sum of figures asks of one.
        """
        if self._ordered is not None:
            return self._ordered
        ordered = np.sort(self.samples)
        return (ordered if ordered[0] < ordered[-1] else ordered[:1]).astype(np.float32)

    @classmethod
    def of(cls, samples: Array, unit: str) -> Estimate:
        """The estimate that draws make; equal draws make an exact one.

        Raises
        ------
        InputError
            As ``each``.
        """
        return cls.each(samples[None], [unit])[0]

    @classmethod
    def each(cls, rows: Array, units: Sequence[str]) -> list[Estimate]:
        """The estimate that each row of draws makes; shape (estimates, draws).

        Raises
        ------
        InputError
            When a draw is too large to be computed with, or no number.
        """
        rows = rows.view()
        rows.setflags(write=False)
        lows, highs = _ends(rows)
        means, spread = rows.mean(axis=1), highs > lows
        means[~spread] = lows[~spread]  # averaging equal numbers would only add rounding
        ends = np.tile(lows, (len(_ENDS), 1))
        ends[:, spread] = _quantiles(rows[spread])
        figures_of_rows = zip(means.tolist(), *ends.tolist(), units, rows, strict=True)
        return [cls(*figures) for figures in figures_of_rows]

    def without_draws(self, again: Callable[[], Array]) -> Estimate:
        """The same figures, whose draws are made again when somebody asks for them."""
        return replace(self, _samples=again)

    @property
    def is_exact(self) -> bool:
        """Whether nothing about it is uncertain."""
        return self.p10 == self.p90 == self.mean

    def to_json(self, currency: str) -> dict[str, Any]:
        """Unit, mean and quantiles, in the currency given."""
        unit = self.unit.replace("money", currency)
        return {"unit": unit, "mean": self.mean, "p10": self.p10, "p50": self.p50, "p90": self.p90}


class LaterEstimates(Mapping[K, Estimate]):
    """The estimate that each row of draws makes, made when the first of them is looked at.

    Parameters
    ----------
    units : mapping
        Of each row, by its key and in their order.
    rows : array of shape (estimates, draws)
    again : callable, optional
        Makes the rows again, so that they need not be held until somebody looks.

    Raises
    ------
    InputError
        At once, when a draw is too large to be computed with, or no number.
    """

    def __init__(
        self, units: Mapping[K, str], rows: Array, again: Callable[[], Array] | None = None
    ) -> None:
        _ends(rows)
        self._units, self._rows = units, again or rows

    @cached_property
    def _made(self) -> dict[K, Estimate]:
        rows = self._rows() if callable(self._rows) else self._rows
        made = Estimate.each(rows, list(self._units.values()))
        return dict(zip(self._units, made, strict=True))

    def __getitem__(self, key: K) -> Estimate:
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)

    def __repr__(self) -> str:
        """As a dictionary: what it holds and nothing else."""
        return repr(self._made)


def _ends(rows: Array) -> tuple[Array, Array]:
    """The lowest and the highest draw of each row.

    Raises
    ------
    InputError
        When one is too large to be computed with, or no number.
    """
    lows, highs = rows.min(axis=1), rows.max(axis=1)
    if not (lows.min() >= -LARGEST_RESULT and highs.max() <= LARGEST_RESULT):  # NaN is neither
        raise InputError(
            "A figure has no finite value: the numbers behind it are too large to be computed "
            "with. Look for one with too many digits."
        )
    return lows, highs


def _quantiles(rows: Array) -> Array:
    """What ``np.quantile`` gives of each row, which is put in another order; in rows of quantiles.

    Shape (quantiles, estimates). ``np.quantile`` walks through rows in strides and copies them, and
    sorting takes half the time of finding six places in a row one after the other.
    """
    at = _ENDS * (rows.shape[1] - 1)
    below = np.floor(at).astype(np.intp)
    above = np.minimum(below + 1, rows.shape[1] - 1)
    rows.sort(axis=1)
    low, high = rows[:, below], rows[:, above]
    part = at - below
    nearer_high = high - (high - low) * (1 - part)  # as numpy rounds
    return np.asarray(np.where(part < 0.5, low + (high - low) * part, nearer_high).T)


def added(estimates: Sequence[Estimate], unit: str) -> Estimate:
    """The sum of figures of different projects, taken as independent of each other.

    Every project uses the same Sobol points, so its draws are shuffled before they are added:
    otherwise all projects would be lucky at once. In whatever order they are given, the same
    figures have the same sum.

    Raises
    ------
    NotEnoughDataError
        When there is nothing to add.
    """
    if not estimates:
        raise NotEnoughDataError("There is nothing to add; at least one figure is needed.")
    if len(estimates) == 1:
        return replace(estimates[0], unit=unit)
    estimates = sorted(estimates, key=lambda e: (e.mean, e.p10, e.p50, e.p90))
    uncertain = [(e.ordered, i) for i, e in enumerate(estimates) if e.ordered.size > 1]
    n = max((ordered.size for ordered, _ in uncertain), default=1)
    total = np.full(n, sum(e.p50 for e in estimates if e.ordered.size == 1), dtype=float)
    orders = _orders(n, len(estimates)) if uncertain else ()
    for ordered, i in uncertain:
        total += _at_middles(ordered, n)[orders[i]]
    return replace(Estimate.of(total, unit), mean=math.fsum(e.mean for e in estimates))


def _at_middles(ordered: Ordered, n: int) -> Array:
    """The quantiles at the middles of n equally likely strata."""
    below, part = _middles(ordered.size, n)
    draws = ordered.astype(float)
    return np.asarray(draws[below] + np.diff(draws)[below] * part)


@lru_cache(maxsize=8)
def _middles(m: int, n: int) -> tuple[NDArray[np.intp], Array]:
    """Where in m ordered draws the middles of n strata lie: after which draw, and how far."""
    at = (np.arange(n) + 0.5) / n * (m - 1)
    below = at.astype(np.intp)
    return below, at - below


def _orders(n: int, k: int) -> Sequence[NDArray[np.integer]]:
    """The first k of a fixed row of orders of n things."""
    with _ORDERS_LOCK:
        rng, orders = _rows_of_orders(n)
        while len(orders) < k:
            orders.append(rng.permutation(n).astype(np.min_scalar_type(n)))
        return tuple(orders[:k])


@lru_cache(maxsize=4)
def _rows_of_orders(n: int) -> tuple[np.random.Generator, list[NDArray[np.integer]]]:
    return np.random.default_rng(SEED), []
