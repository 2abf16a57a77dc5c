"""What a mechanism is worth for given quantities, with the uncertainty they carry.

One function serves plan, evaluation and life: quantities in, five dimensions and net out, against
a named baseline. Draws are scrambled Sobol points with one dimension for each input, so that two
options, or two periods, share their luck and differ by what really differs.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from mlpm_core.errors import InputError, MlpmError, NotEnoughDataError
from mlpm_core.quantity import Dimension, Quantity, Unit
from mlpm_core.quantity.written import fig
from mlpm_core.value.draws import DRAWS, SEED, OwnOrders, by_stratum, uniform_points
from mlpm_core.value.estimate import Estimate, LaterEstimates, added
from mlpm_core.value.policy import Outcome, Policy, possible
from mlpm_core.value.result import FormulaStep, Worth
from mlpm_core.value.side_by_side import Drawn, outcomes
from mlpm_core.value.together import joint_points, lineage, partners

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]
    Partners = Mapping[str, tuple[str, float]]
    Written = Mapping[str, Quantity | str]

__all__ = [
    "DRAWS", "SEED", "Estimate", "FormulaStep", "Valuation", "Worth", "added", "worth",
    "worth_by_period",
]  # fmt: skip

V = TypeVar("V")
_MAX_DRAWS: Final = 2**20


def worth(
    mechanism: Mechanism,
    quantities: Written,
    *,
    baseline: str | None = None,
    currency: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Worth:
    """What a mechanism is worth against a baseline.

    Parameters
    ----------
    mechanism : Mechanism
        How the model creates value.
    quantities : mapping of str to Quantity or str
        Every input by name, metrics and quantities alike; those with a default may be left out.
    baseline : str, optional
        "none", "all" or "incumbent"; the mechanism's natural baseline when not given.
    currency : str, optional
        The currency in which money is counted; that of the quantities when not given. An amount in
        another one is refused unless it says its rate.
    draws, seed : int
        How many Sobol points, and which.

    Returns
    -------
    Worth
        With exact quantities every estimate is exact.

    Raises
    ------
    InputError
        When inputs are missing, unknown, unreadable or impossible together; it names all of them.
    NotFoundError
        When there is no such baseline.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> shop = {"periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3"}
    >>> shop |= {"margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day"}
    >>> shop |= {"override_share_baseline": "0.25", "override_share_model": "0.15"}
    >>> shop |= {"override_minutes": "6 min", "wape_model": "0.24"}
    >>> answer = worth(find_mechanism("demand_forecast"), shop)
    >>> round(answer.net.mean, 2), answer.currency, answer.break_even["wape_model"]
    (238581.98, 'EUR', 0.3)
    """
    common = Valuation(
        mechanism, quantities, baseline=baseline, currency=currency, draws=draws, seed=seed
    )
    return common.worth({})


def worth_by_period(
    mechanism: Mechanism,
    quantities: Written,
    periods: Sequence[Written],
    *,
    baseline: str | None = None,
    currency: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[Worth]:
    """What a mechanism is worth with the metrics of each period in place of the planned ones.

    All periods share the draws of the quantities, so that they differ by their metrics only.

    Parameters
    ----------
    mechanism, quantities, baseline, currency, draws, seed
        As in ``worth``.
    periods : sequence of mappings
        Inputs that hold in one period; they replace those of ``quantities``.

    Returns
    -------
    list of Worth
        One for each period, in their order.

    Raises
    ------
    InputError, NotFoundError
        As in ``worth``.
    """
    own = {name for period in periods for name in period}
    common = Valuation(
        mechanism, quantities, own=own, baseline=baseline, currency=currency, draws=draws, seed=seed
    )
    worths = common.worths(periods)
    for one in worths:
        if isinstance(one, MlpmError):
            raise one
    return [one for one in worths if isinstance(one, Worth)]


class Valuation:
    """A mechanism with its common quantities drawn, ready to value one option after another.

    Parameters
    ----------
    mechanism, quantities, baseline, currency, draws, seed
        As in ``worth``.
    own : collection of str
        Inputs that an option may bring itself; all others are read and drawn once.
    orders : OwnOrders, optional
        Where somebody else asks for the orders of the options' own draws too, so that they are made
        once; of as many draws and the same seed.

    Raises
    ------
    InputError, NotFoundError
        As ``worth``, for what is common.
    """

    def __init__(
        self,
        mechanism: Mechanism,
        quantities: Written,
        *,
        own: Collection[str] = (),
        baseline: str | None = None,
        currency: str | None = None,
        draws: int = DRAWS,
        seed: int = SEED,
        orders: OwnOrders | None = None,
    ) -> None:
        if not isinstance(draws, int) or not 1 <= draws <= _MAX_DRAWS:
            raise InputError(
                f"draws is {draws!r}; write a whole number from 1 to {fig(_MAX_DRAWS):,}."
            )
        self._policy = Policy(mechanism, mechanism.baseline(baseline))
        self._draws, self._seed, self._currency = draws, seed, currency
        self._orders = orders or OwnOrders(draws, seed)
        self._own = [entry for entry in self._policy.inputs if entry.name in own]
        self._planned = {name: q for name, q in quantities.items() if name in own}
        common = [entry for entry in self._policy.inputs if entry.name not in own]
        given = {name: q for name, q in quantities.items() if name not in own}
        self._read = self._policy.read(common, given, currency=currency)
        self._medians = _medians(self._read)
        self._shared_draws: dict[tuple[object, ...], Array] = {}

    def worth(self, option: Written, *, stream: str | Mapping[str, str] | None = None) -> Worth:
        """What the mechanism is worth with the inputs of one option.

        Parameters
        ----------
        option : mapping of str to Quantity or str
            Inputs among ``own``; they replace the common ones of that name.
        stream : str or mapping of str to str, optional
            The option's name, when the errors of its inputs are independent of other options':
            their draws then depend on that name only. A mapping names the luck of each input
            apart. Otherwise options share their luck.

        Raises
        ------
        InputError, NotEnoughDataError
            As in ``worth``, for what the option brings.
        """
        drawn = self._draw(option, stream)
        self._policy.check(drawn.medians)
        outcome = self._policy.outcome(drawn.inputs)
        return _worth(self._policy, drawn, outcome, self._draws, self._seed)

    def worths(
        self, options: Sequence[Written], streams: Sequence[str | None] | None = None
    ) -> list[Worth | MlpmError]:
        """What each of many options is worth, computed as one array; else what ``worth`` raises.

        Options with names of their own (``streams``, as ``worth`` takes them) may be many: their
        dimensions are not held, but made again when somebody looks at them.
        """

        def make(drawn: Drawn, outcome: Outcome) -> Worth:
            holds = streams is None
            return _worth(self._policy, drawn, outcome, self._draws, self._seed, holds=holds)

        return self._each(options, streams or [None] * len(options), make)

    def by_draw(
        self,
        options: Sequence[Written],
        streams: Sequence[Mapping[str, str]],
        dimensions: Collection[Dimension] = (),
    ) -> list[dict[Dimension | None, Array] | MlpmError]:
        """Net (None) and dimensions of each of many options, draw by draw, and nothing else.

        Parameters
        ----------
        options, streams : sequence
            As ``worth`` takes them, one for each option.
        dimensions : collection of Dimension
            Which, beside net.

        Returns
        -------
        list
            Arrays of shape (draws,) in the units of the dimensions, NaN where a draw is not
            possible; or what ``worth`` raises.
        """
        rules = self._policy.mechanism.kpis

        def arrays(_: Drawn, outcome: Outcome) -> dict[Dimension | None, Array]:
            is_possible = np.broadcast_to(outcome.is_possible, (self._draws,))
            _refuse_none_possible(is_possible)
            figures: dict[Dimension | None, Array] = {None: outcome.net}
            figures |= {d: np.asarray(rules[d].in_own_unit(outcome.kpis[d])) for d in dimensions}
            return {d: np.where(is_possible, values, np.nan) for d, values in figures.items()}

        return self._each(options, streams, arrays)

    def _each(
        self,
        options: Sequence[Written],
        streams: Sequence[str | Mapping[str, str] | None],
        make: Callable[[Drawn, Outcome], V],
    ) -> list[V | MlpmError]:
        """What is made of the outcome of each option, or the error that it raises."""
        drawn: list[Drawn | MlpmError] = []
        for option, stream in zip(options, streams, strict=True):
            try:
                drawn.append(self._draw(option, stream))
            except MlpmError as error:
                drawn.append(error)
        readable = [one for one in drawn if isinstance(one, Drawn)]
        of_readable = outcomes(self._policy, readable, self._draws)
        answers: list[V | MlpmError] = []
        for one in drawn:
            if not isinstance(one, Drawn):
                answers.append(one)
                continue
            outcome = next(of_readable)
            if not isinstance(outcome, Outcome):
                answers.append(outcome)
                continue
            try:
                answers.append(make(one, outcome))
            except MlpmError as error:
                answers.append(error)
        return answers

    def _draw(self, option: Written, stream: str | Mapping[str, str] | None) -> Drawn:
        """Everything read, and drawn."""
        given = {**self._planned, **option}
        own = self._policy.read(self._own, given, self._read.values(), self._currency)
        quantities = self._read | own
        read = {e.name: quantities[e.name] for e in self._policy.inputs if e.name in quantities}
        streams = dict.fromkeys(own, stream) if isinstance(stream, str) else dict(stream or {})
        pairs = partners(read)
        inputs = {
            name: self._drawn(
                name, q, pairs, {n: whose for n, whose in streams.items() if n in own}
            )
            for name, q in read.items()
        }
        return Drawn(read, inputs, self._medians | _medians(own))

    def _drawn(
        self, name: str, quantity: Quantity, pairs: Partners, streams: Mapping[str, str]
    ) -> Array:
        """Draws of an input in base units, of shape () when it is exact."""
        factor = Unit.read(quantity.unit).factor
        line = [name, *(other for other, _ in lineage(name, pairs))]
        if not quantity.is_exact and streams.keys() & line:
            if len(line) == 1:
                own = self._own_draws(quantity.quantile, streams[name], name)
                return np.asarray(own * factor)
            points = joint_points(name, pairs, partial(self._points, streams=streams))
            return np.asarray(quantity.quantile(points) * factor)
        if len(line) == 1 and not quantity.is_exact and quantity is self._read.get(name):
            return _common_draws(quantity, *self._dimension(name), self._draws, self._seed)
        key = (name, quantity.text, *lineage(name, pairs))
        if key not in self._shared_draws:
            exact = np.array(0.5)
            at = exact if quantity.is_exact else joint_points(name, pairs, self._points)
            self._shared_draws[key] = quantity.quantile(at) * factor
        return self._shared_draws[key]

    def _points(self, name: str, streams: Mapping[str, str] | None = None) -> Array:
        """Uniform points of an input: by its stream, or in a dimension of its own."""
        if streams and name in streams:
            return self._own_draws(lambda p: p, streams[name], name)
        n_inputs, index = self._dimension(name)
        points: Array = uniform_points(n_inputs, self._draws, self._seed)[index]
        return points

    def _own_draws(self, quantile: Callable[[Array], Array], *whose: str) -> Array:
        return np.asarray(by_stratum(quantile, self._draws)[self._orders.of(*whose)])

    def _dimension(self, name: str) -> tuple[int, int]:
        """How many inputs the mechanism has, and which of them this is."""
        names = [entry.name for entry in self._policy.mechanism.all_inputs]
        return len(names), names.index(name)


@lru_cache(maxsize=256)
def _common_draws(quantity: Quantity, n_inputs: int, index: int, draws: int, seed: int) -> Array:
    """Draws of a quantity in base units: the same for plan, life and every screen; read-only."""
    drawn = quantity.quantile(uniform_points(n_inputs, draws, seed)[index])
    drawn = np.asarray(drawn * Unit.read(quantity.unit).factor)
    drawn.setflags(write=False)
    return drawn


def _medians(read: Mapping[str, Quantity]) -> dict[str, Array]:
    return {n: np.array(q.median * Unit.read(q.unit).factor) for n, q in read.items()}


def _worth(
    policy: Policy, drawn: Drawn, outcome: Outcome, draws: int, seed: int, *, holds: bool = True
) -> Worth:
    """The answer that an outcome makes; dimensions that it does not hold are made again later."""
    is_possible = np.broadcast_to(outcome.is_possible, (draws,))
    n_possible = _refuse_none_possible(is_possible)
    money = [outcome.net] if outcome.costs is None else [outcome.net, outcome.costs]
    net, *costs = Estimate.each(
        np.array([possible(figure, is_possible) for figure in money]),
        [Dimension.REVENUE.unit] * len(money),
    )
    return Worth(
        mechanism=policy.mechanism,
        baseline=policy.baseline.name,
        draws=draws,
        seed=seed,
        currency=next((q.currency for q in drawn.quantities.values() if q.currency), None),
        quantities=drawn.quantities,
        kpis=LaterEstimates(
            {d: d.unit for d in Dimension},
            policy.dimensions(outcome, is_possible),
            None if holds else partial(_dimensions, policy, drawn.inputs, is_possible),
        ),
        net=net,
        costs=costs[0] if costs else None,
        probability_of_loss=float(np.mean(net.samples < 0)),
        feasible_share=n_possible / draws,
        medians=drawn.medians,
        inputs_by_draw=drawn.inputs,
        _is_possible=is_possible,
    )


def _dimensions(
    policy: Policy, inputs: Mapping[str, Array], is_possible: NDArray[np.bool_]
) -> Array:
    return policy.dimensions(policy.outcome(inputs), is_possible)


def _refuse_none_possible(is_possible: NDArray[np.bool_]) -> int:
    """How many draws are possible."""
    n_possible = int(is_possible.sum())
    if n_possible == 0:
        raise NotEnoughDataError("None of the draws is possible; narrow the quantities.")
    return n_possible
