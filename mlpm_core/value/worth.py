"""What a mechanism is worth for given quantities, with the uncertainty they carry.

One function serves plan, evaluation and life: quantities in, five dimensions and net out, against
a named baseline. Draws are scrambled Sobol points with one dimension for each input, so that two
options, or two periods, share their luck and differ by what really differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.quantity import Dimension, Quantity, Unit
from mlpm_core.value.break_even import BreakEven, break_evens
from mlpm_core.value.draws import DRAWS, SEED, own_draws, own_generator, uniform_points
from mlpm_core.value.estimate import Estimate, added
from mlpm_core.value.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]
    Written = Mapping[str, Quantity | str]

__all__ = [
    "DRAWS", "SEED", "Estimate", "Line", "Valuation", "Worth", "added", "worth", "worth_by_period",
]  # fmt: skip

_MAX_DRAWS: Final = 2**20
_MONEY: Final = (Dimension.REVENUE, Dimension.COST_SAVING)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "how it was made": a formula with its result at the medians of the inputs.

    A flow may have no finite value there although the dimensions that use it have one.
    """

    name: str
    formula: str
    value: float
    unit: str


@dataclass(frozen=True, eq=False)
class Worth:
    """The answer: five dimensions and net against a baseline, each an estimate.

    ``feasible_share`` is the share of draws that were possible; the others were left out.
    ``medians`` of the inputs are in base units, each of shape (); ``inputs_by_draw`` holds their
    draws, of shape (draws,), or () where exact.
    """

    mechanism: Mechanism
    baseline: str
    draws: int
    seed: int
    currency: str | None
    quantities: Mapping[str, Quantity]
    kpis: Mapping[Dimension, Estimate]
    net: Estimate
    probability_of_loss: float
    feasible_share: float
    medians: Mapping[str, Array] = field(repr=False)
    inputs_by_draw: Mapping[str, Array] = field(repr=False)
    _is_possible: NDArray[np.bool_] = field(repr=False)

    @property
    def net_by_draw(self) -> Array:
        """Net of every draw in its own place, NaN where it was not possible; shape (draws,)."""
        return self._in_place(self.net)

    def kpi_by_draw(self, dimension: Dimension) -> Array:
        """A dimension of every draw in its own place, NaN where it was not possible."""
        return self._in_place(self.kpis[dimension])

    def _in_place(self, estimate: Estimate) -> Array:
        values = np.full(self.draws, np.nan)
        values[self._is_possible] = estimate.samples
        return values

    def annual(self, dimension: Dimension) -> Estimate:
        """A dimension as it is added across projects: money, human hours, bad experiences a year.

        Raises
        ------
        InputError
            For cycle time, which is never added, or when it has no finite value a year.
        """
        unit, kpi = dimension.annual_unit, self.kpis[dimension]
        if dimension in _MONEY:
            return kpi
        volumes = self.mechanism.volumes[dimension](self.inputs_by_draw)
        kept = np.broadcast_to(volumes, (self.draws,))[self._is_possible]
        with np.errstate(all="ignore"):
            annual = kpi.samples * Unit.read("1/kcase").factor * kept
        return Estimate.of(annual, unit)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """How it was made: every flow, outcome value and dimension at the medians.

        The dimensions are those of the mechanism's own baseline, as its formulas give them.
        """
        values = self._policy.model(self.medians)
        rules = {
            **self.mechanism.flows,
            **{f"v_{name}": rule for name, rule in self.mechanism.outcome_values.items()},
            **{d.value: rule for d, rule in self.mechanism.kpis.items()},
        }
        units = {d.value: d.unit for d in Dimension}
        return tuple(
            Line(
                name,
                rule.formula.text,
                float(rule.told(rule.formula(values))),
                units.get(name, rule.unit),
            )
            for name, rule in rules.items()
        )

    @cached_property
    def break_evens(self) -> Mapping[str, BreakEven]:
        """For each input the value at which net is zero, the others at their medians."""
        return break_evens(self._policy, self.medians)

    @property
    def break_even(self) -> dict[str, float | None]:
        """For each input the value at which net is zero, in its unit; None when there is none."""
        return {name: found.value for name, found in self.break_evens.items()}

    @property
    def break_even_reasons(self) -> dict[str, str]:
        """Why an input has no break-even."""
        return {name: b.reason for name, b in self.break_evens.items() if b.reason is not None}

    def to_json(self, currency: str = "EUR") -> dict[str, Any]:
        """The document that ``mlpm value --json`` prints.

        Parameters
        ----------
        currency : str
            ISO code for the units; a currency found in the quantities comes first.
        """
        currency = self.currency or currency
        return {
            "mechanism": self.mechanism.id,
            "baseline": self.baseline,
            "draws": self.draws,
            "seed": self.seed,
            "currency": currency,
            "feasible_share": self.feasible_share,
            "kpis": {d.value: kpi.to_json(currency) for d, kpi in self.kpis.items()},
            "net": {
                **self.net.to_json(currency),
                "probability_of_loss": self.probability_of_loss,
            },
            "break_even": self.break_even,
            "break_even_reason": self.break_even_reasons,
        }

    @cached_property
    def _policy(self) -> Policy:
        return Policy(self.mechanism, self.mechanism.baseline(self.baseline))


def worth(
    mechanism: Mechanism,
    quantities: Written,
    *,
    baseline: str | None = None,
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
    return worth_by_period(mechanism, quantities, [{}], baseline=baseline, draws=draws, seed=seed)[
        0
    ]


def worth_by_period(
    mechanism: Mechanism,
    quantities: Written,
    periods: Sequence[Written],
    *,
    baseline: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[Worth]:
    """What a mechanism is worth with the metrics of each period in place of the planned ones.

    All periods share the draws of the quantities, so that they differ by their metrics only.

    Parameters
    ----------
    mechanism, quantities, baseline, draws, seed
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
    common = Valuation(mechanism, quantities, own=own, baseline=baseline, draws=draws, seed=seed)
    return [common.worth(period) for period in periods]


class Valuation:
    """A mechanism with its common quantities drawn, ready to value one option after another.

    Parameters
    ----------
    mechanism, quantities, baseline, draws, seed
        As in ``worth``.
    own : collection of str
        Inputs that an option may bring itself; all others are read and drawn once.

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
        draws: int = DRAWS,
        seed: int = SEED,
    ) -> None:
        if not isinstance(draws, int) or not 1 <= draws <= _MAX_DRAWS:
            raise InputError(f"draws is {draws!r}; write a whole number from 1 to {_MAX_DRAWS:,}.")
        self._policy = Policy(mechanism, mechanism.baseline(baseline))
        self._draws, self._seed = draws, seed
        self._own = [entry for entry in self._policy.inputs if entry.name in own]
        self._planned = {name: q for name, q in quantities.items() if name in own}
        common = [entry for entry in self._policy.inputs if entry.name not in own]
        given = {name: q for name, q in quantities.items() if name not in own}
        self._read = self._policy.read(common, given)
        self._medians = _medians(self._read)
        self._known: dict[tuple[str, str], Array] = {}

    def worth(self, option: Written, *, luck_of: str | Mapping[str, str] | None = None) -> Worth:
        """What the mechanism is worth with the inputs of one option.

        Parameters
        ----------
        option : mapping of str to Quantity or str
            Inputs among ``own``; they replace the common ones of that name.
        luck_of : str or mapping of str to str, optional
            The option's name, when the errors of its inputs are independent of other options':
            their draws then depend on that name only. A mapping names the luck of each input
            apart. Otherwise options share their luck.

        Raises
        ------
        InputError, NotEnoughDataError
            As in ``worth``, for what the option brings.
        """
        given = {**self._planned, **option}
        own = self._policy.read(self._own, given, self._read.values())
        found = self._read | own
        read = {e.name: found[e.name] for e in self._policy.inputs if e.name in found}
        luck = dict.fromkeys(own, luck_of) if isinstance(luck_of, str) else dict(luck_of or {})
        inputs = {
            name: self._drawn(name, q, luck.get(name) if name in own else None)
            for name, q in read.items()
        }
        medians = self._medians | _medians(own)
        return _worth(self._policy, read, inputs, medians, self._draws, self._seed)

    def _drawn(self, name: str, quantity: Quantity, luck_of: str | None) -> Array:
        if luck_of is not None and not quantity.is_exact:
            rng = own_generator(self._seed, luck_of, name)
            factor = Unit.read(quantity.unit).factor
            return own_draws(quantity.quantile, self._draws, rng) * factor
        if (name, quantity.text) not in self._known:
            self._known[name, quantity.text] = _drawn(
                self._policy.mechanism, name, quantity, self._draws, self._seed
            )
        return self._known[name, quantity.text]


def _drawn(mechanism: Mechanism, name: str, quantity: Quantity, draws: int, seed: int) -> Array:
    """Draws of an input in base units; each input of a mechanism has a dimension of its own."""
    factor = Unit.read(quantity.unit).factor
    if quantity.is_exact:
        return quantity.quantile(np.array(0.5)) * factor
    names = [entry.name for entry in mechanism.all_inputs]
    return quantity.quantile(uniform_points(len(names), draws, seed)[names.index(name)]) * factor


def _medians(read: Mapping[str, Quantity]) -> dict[str, Array]:
    return {n: np.array(q.median * Unit.read(q.unit).factor) for n, q in read.items()}


def _worth(
    policy: Policy,
    read: Mapping[str, Quantity],
    inputs: Mapping[str, Array],
    medians: Mapping[str, Array],
    draws: int,
    seed: int,
) -> Worth:
    policy.check(medians)
    outcome = policy.outcome(inputs)
    is_possible = np.broadcast_to(outcome.is_possible, (draws,))
    n_possible = int(is_possible.sum())
    if n_possible == 0:
        raise NotEnoughDataError("None of the draws is possible; narrow the quantities.")

    def kept(values: Array) -> Array:
        full = np.broadcast_to(values, (draws,))
        return full if n_possible == draws else full[is_possible]

    rules = policy.mechanism.kpis
    rows = np.empty((len(Dimension) + 1, n_possible))
    rows[0] = kept(outcome.net)
    for row, dimension in zip(rows[1:], Dimension, strict=True):
        row[:] = kept(np.asarray(rules[dimension].told(outcome.kpis[dimension])))
    net, *kpis = Estimate.each(rows, [Dimension.REVENUE.unit, *(d.unit for d in Dimension)])
    return Worth(
        mechanism=policy.mechanism,
        baseline=policy.baseline.name,
        draws=draws,
        seed=seed,
        currency=next((q.currency for q in read.values() if q.currency), None),
        quantities=read,
        kpis=dict(zip(Dimension, kpis, strict=True)),
        net=net,
        probability_of_loss=float(np.mean(net.samples < 0)),
        feasible_share=n_possible / draws,
        medians=medians,
        inputs_by_draw=inputs,
        _is_possible=is_possible,
    )
