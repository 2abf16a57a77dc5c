"""The figures of a worth, kept without the draws behind them, which are made again when asked for.

A worth with its draws is a megabyte, its figures are a page of text. Screens over many value cases
show figures; the few that look into one need its draws.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import numpy as np

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import Dimension
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.result import Worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlpm_core.value.estimate import Ordered
    from mlpm_core.value.mechanism import Mechanism

V = TypeVar("V")
_NET: Final = "net"
_COSTS: Final = "costs"
_ANNUAL: Final = "annual "
LARGEST_ADDED: Final = 3e38
"""The largest figure that single precision holds, in which draws are kept to be added."""


class Revaluation:
    """A worth that is made when it is asked for; the newest ones stay made.

    Parameters
    ----------
    make : callable
        Values the same as often as it is called.
    """

    N_MADE: ClassVar[int] = 24
    _lock: ClassVar[threading.Lock] = threading.Lock()
    _made: ClassVar[OrderedDict[Revaluation, Worth]] = OrderedDict()

    def __init__(self, make: Callable[[], Worth]) -> None:
        self._make = make

    def __call__(self) -> Worth:
        """The worth with its draws."""
        with self._lock:
            worth = self._made.get(self)
        return self.hold(self._make() if worth is None else worth)

    def hold(self, worth: Worth) -> Worth:
        """Have this worth at hand, until others were asked for."""
        with self._lock:
            self._made[self] = worth
            self._made.move_to_end(self)
            while len(self._made) > self.N_MADE:
                self._made.popitem(last=False)
        return worth


class _Later(Mapping[str, V]):
    """A mapping that is made when it is looked into."""

    def __init__(self, make: Callable[[], Mapping[str, V]]) -> None:
        self._make = make

    def __getitem__(self, key: str) -> V:
        return self._make()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())

    def __or__(self, other: Mapping[str, V]) -> dict[str, V]:
        return {**self._make(), **other}

    def __ror__(self, other: Mapping[str, V]) -> dict[str, V]:
        return {**other, **self._make()}

    def __repr__(self) -> str:
        """As a dictionary: what it holds and nothing else."""
        return repr(dict(self._make()))


def figures_of(worth: Worth) -> dict[str, Any]:
    """The figures of a worth, in types that JSON has; ``kept_worth`` makes one of them."""
    figures = {_NET: worth.net} | {d.value: kpi for d, kpi in worth.kpis.items()}
    figures |= {} if worth.costs is None else {_COSTS: worth.costs}
    figures |= {_ANNUAL + d.value: annual for d, annual in _annual(worth).items()}
    return {
        "figures": {name: (e.mean, e.p10, e.p50, e.p90, e.unit) for name, e in figures.items()},
        "currency": worth.currency,
        "probability_of_loss": worth.probability_of_loss,
        "feasible_share": worth.feasible_share,
    }


def can_be_added(worth: Worth) -> bool:
    """Whether each figure that is added over projects fits into single precision."""
    added = (worth.net, *_annual(worth).values())
    return all(bool((np.abs(e.samples) <= LARGEST_ADDED).all()) for e in added)


def draws_to_add(worth: Worth) -> dict[str, Ordered]:
    """Of each figure that is added over projects the draws in order (``Estimate.ordered``)."""
    draws = {_NET: worth.net.ordered}
    return draws | {_ANNUAL + d.value: annual.ordered for d, annual in _annual(worth).items()}


def kept_worth(
    figures: Mapping[str, Any],
    draws: Mapping[str, Ordered],
    again: Callable[[], Worth],
    *,
    mechanism: Mechanism,
    baseline: str,
    n_draws: int,
    seed: int,
) -> Worth:
    """The worth that has these figures, whose draws are made again when they are asked for.

    Parameters
    ----------
    figures, draws : mapping
        Of ``figures_of`` and ``draws_to_add``; of the draws some or none.
    again : callable
        The same worth with its draws, such as a ``Revaluation``.
    mechanism, baseline, n_draws, seed
        Of the worth.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> from mlpm_core.value.worth import worth
    >>> shop = {"periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.2 to 0.3"}
    >>> shop |= {"margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day"}
    >>> shop |= {"override_share_baseline": "0.25", "override_share_model": "0.15"}
    >>> shop |= {"override_minutes": "6", "wape_model": "0.2"}
    >>> full = worth(find_mechanism("M4"), shop)
    >>> kept = kept_worth(
    ...     figures_of(full), {}, Revaluation(lambda: full), mechanism=full.mechanism,
    ...     baseline=full.baseline, n_draws=full.draws, seed=full.seed,
    ... )
    >>> kept.net == full.net, (kept.net_by_draw == full.net_by_draw).all()
    (True, np.True_)
    """
    known = figures["figures"]

    def figure(name: str, samples: Callable[[], Estimate]) -> Estimate:
        mean, p10, p50, p90, unit = known[name]
        return Estimate(mean, p10, p50, p90, unit, lambda: samples().samples, draws.get(name))

    def kpi(dimension: Dimension) -> Estimate:
        return figure(dimension.value, lambda: again().kpis[dimension])

    def annual(dimension: Dimension) -> Estimate:
        return figure(_ANNUAL + dimension.value, lambda: again().annual(dimension))

    def costs() -> Estimate:
        made = again().costs
        return again().net if made is None else made

    return Worth(
        mechanism=mechanism,
        baseline=baseline,
        draws=n_draws,
        seed=seed,
        currency=figures["currency"],
        quantities=_Later(lambda: again().quantities),
        kpis={d: kpi(d) for d in Dimension},
        net=figure(_NET, lambda: again().net),
        costs=figure(_COSTS, costs) if _COSTS in known else None,
        probability_of_loss=figures["probability_of_loss"],
        feasible_share=figures["feasible_share"],
        medians=_Later(lambda: again().medians),
        inputs_by_draw=_Later(lambda: again().inputs_by_draw),
        _is_possible=lambda: again().which_possible,
        _annual={d: annual(d) for d in Dimension if _ANNUAL + d.value in known},
    )


def _annual(worth: Worth) -> dict[Dimension, Estimate]:
    """The dimensions as they are added over projects; those that can be."""
    annual: dict[Dimension, Estimate] = {}
    for dimension in Dimension:
        if dimension is Dimension.CYCLE_TIME:
            continue
        try:
            annual[dimension] = worth.annual(dimension)
        except MlpmError:
            continue
    return annual
