"""A choice between options, with everything uncertain about them drawn together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError, NotFoundError
from mlpm_core.quantity import Quantity, Unit
from mlpm_core.value.draws import DRAWS, SEED, uniform_points
from mlpm_core.value.information import (
    Study,
    ValueOfInformation,
    compared,
    evpi,
    evppi,
    evsi,
    truths,
)
from mlpm_core.value.policy import Policy
from mlpm_core.value.together import joint_points, lineage, partners

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.information import Truths
    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]


NONE: Final = "none"
_FIXED: Final = "fixed_cost"
_WEEKS: Final = 52


@dataclass(frozen=True, slots=True)
class Option:
    """What could be chosen: inputs of its own, and what having it costs a year.

    An option called "none" keeps the baseline and has no inputs.
    """

    name: str
    own: Mapping[str, Quantity | str] = field(default_factory=dict)
    fixed_cost: Quantity | str = "0"


@dataclass(frozen=True, slots=True, eq=False)
class Uncertain:
    """An uncertain input: its draws in the unit it is asked in, and whether it counts cases.

    ``counted`` is the share of the cases a study looks at that tell something about it.
    """

    label: str
    unit: str
    draws: Array = field(repr=False)
    is_share: bool = False
    counted: float = 1.0


@dataclass(frozen=True, eq=False)
class DecisionAnalysis:
    """Options with their net benefit draw by draw, and what is uncertain about them.

    ``nets`` has shape (options, draws), in money, with the draws in which every option is
    possible; ``feasible_share`` says how many those are. An option's own input has the key
    "A.coverage".
    """

    names: tuple[str, ...]
    nets: Array = field(repr=False)
    inputs: Mapping[str, Uncertain]
    feasible_share: float = 1.0
    currency: str | None = None

    @cached_property
    def means(self) -> dict[str, float]:
        """Mean net benefit of each option."""
        return dict(zip(self.names, self.nets.mean(axis=1).tolist(), strict=True))

    @property
    def ends(self) -> dict[str, tuple[float, float]]:
        """P10 and P90 of the net benefit of each option."""
        low, high = np.quantile(self.nets, [0.1, 0.9], axis=1).tolist()
        return dict(zip(self.names, zip(low, high, strict=True), strict=True))

    @property
    def best(self) -> str:
        """The option with the highest mean; the first of several."""
        return max(self.means, key=lambda name: self.means[name])

    @cached_property
    def _compared(self) -> tuple[Array, Array]:
        return compared(self.nets)

    @property
    def p_best(self) -> dict[str, float]:
        """How likely each option is the best."""
        return dict(zip(self.names, self._compared[0].tolist(), strict=True))

    @property
    def expected_regret(self) -> dict[str, float]:
        """What choosing each option loses on average against what turns out best."""
        return dict(zip(self.names, self._compared[1].tolist(), strict=True))

    @cached_property
    def evpi(self) -> float:
        """What knowing everything is worth: the expected regret of the best option."""
        return evpi(self.nets)

    @cached_property
    def evppi(self) -> dict[str, ValueOfInformation]:
        """What knowing each uncertain input is worth, the most first."""
        by_input = {key: evppi(self.nets, entry.draws) for key, entry in self.inputs.items()}
        return dict(sorted(by_input.items(), key=lambda item: -item[1].value))

    @cached_property
    def _truths(self) -> dict[str, Truths]:
        return {}

    def jointly(self, *keys: str) -> ValueOfInformation:
        """What knowing several inputs together is worth; all of them, what everything is worth.

        Raises
        ------
        NotFoundError
            When one is not uncertain here.
        """
        if set(keys) >= set(self.inputs):
            return ValueOfInformation(self.evpi, 0.0)
        return evppi(self.nets, *(self._uncertain(key).draws for key in keys))

    def evsi(self, study: Study) -> ValueOfInformation:
        """What a study is worth, before its cost.

        Raises
        ------
        NotFoundError
            When what it observes is not uncertain here.
        InputError
            As ``information.evsi``.
        """
        entry = self._uncertain(study.observes)
        perfect = self.evppi[study.observes]
        if study.observes not in self._truths:
            self._truths[study.observes] = truths(self.nets, entry.draws)
        return evsi(
            self.nets,
            study,
            entry.draws,
            is_share=entry.is_share,
            counted=entry.counted,
            perfect=perfect,
            known=self._truths[study.observes],
        )

    def waiting(self, weeks: float, *, today: str = NONE, years: float = 1.0) -> float:
        """What waiting for a study costs: the lead of the best option, as long as it is not taken.

        Parameters
        ----------
        weeks : float
            How long the choice waits.
        today : str
            The option that goes on meanwhile.
        years : float
            Over how many years the nets are summed.

        Examples
        --------
        >>> choice = DecisionAnalysis(("none", "use"), np.array([[0.0, 0.0], [3.0, 101.0]]), {})
        >>> choice.waiting(26), choice.waiting(26, today="use")
        (26.0, 0.0)
        """
        lead = self.means[self.best] - self.means.get(today, 0.0)
        return max(0.0, lead) / years * weeks / _WEEKS

    def _uncertain(self, key: str) -> Uncertain:
        if key not in self.inputs:
            raise NotFoundError.of("uncertain input", key, self.inputs)
        return self.inputs[key]


def decide(
    mechanism: Mechanism,
    quantities: Mapping[str, Quantity | str],
    options: Sequence[Option],
    *,
    baseline: str | None = None,
    currency: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> DecisionAnalysis:
    """Value options side by side, each uncertain input with a Sobol dimension of its own.

    Parameters
    ----------
    mechanism : Mechanism
        How a model creates value.
    quantities : mapping of str to Quantity or str
        Inputs that are common to all options.
    options : sequence of Option
        At least one; their own inputs replace common ones of that name.
    baseline : str, optional
        "none", "all" or "incumbent"; the mechanism's natural baseline when not given.
    currency : str, optional
        The currency in which money is counted; an amount in another one needs its rate.
    draws, seed : int
        How many, and which.

    Raises
    ------
    InputError
        When inputs are missing, unknown, unreadable or impossible together, or options mix
        currencies.
    NotFoundError
        When there is no such baseline.
    NotEnoughDataError
        When there is no option, or no draw in which all are possible.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> shop = {"periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3"}
    >>> shop |= {"margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day"}
    >>> shop |= {"override_share_baseline": "0.25", "override_share_model": "0.15"}
    >>> shop |= {"override_minutes": "6 min"}
    >>> forest = Option("forest", {"wape_model": "0.22 to 0.32"}, fixed_cost="60000")
    >>> made = decide(find_mechanism("demand_forecast"), shop, [Option("none"), forest])
    >>> made.best, list(made.evppi), 0 < made.evppi["forest.wape_model"].value <= made.evpi
    ('forest', ['forest.wape_model'], True)
    """
    policy = Policy(mechanism, mechanism.baseline(baseline))
    _check(options)
    factors = {entry.name: Unit.read(entry.unit).factor for entry in policy.inputs} | {_FIXED: 1.0}
    asked: dict[str, Quantity] = {}
    spenders: dict[str, str] = {}  # of each currency the first option that is in it
    keys: list[dict[str, str]] = []  # of each option: its inputs, and what each is called here
    moved: dict[str, tuple[str, float]] = {}
    for option in options:
        read = {} if option.name == NONE else _read(policy, quantities, option, currency)
        for currency_of in sorted({q.currency for q in read.values() if q.currency}):
            spenders.setdefault(currency_of, option.name)
        pairs = partners(read)
        mine = {*option.own, _FIXED}
        mine |= {n for n in read if mine.intersection(other for other, _ in lineage(n, pairs))}
        named = {name: f"{option.name}.{name}" if name in mine else name for name in read}
        keys.append(named)
        asked |= {named[name]: quantity for name, quantity in read.items()}
        moved |= {named[name]: (named[other], by) for name, (other, by) in pairs.items()}
    if len(spenders) > 1:
        money = " and ".join(f"option {name} is in {code}" for code, name in spenders.items())
        raise InputError(
            f"Keep one currency for all options: {money}. Write every amount in the same one, or "
            "add the rate and its day to those in another."
        )
    uncertain = [key for key, quantity in asked.items() if not quantity.is_exact]
    points = dict(zip(uncertain, uniform_points(max(1, len(uncertain)), draws, seed), strict=False))
    drawn = {
        key: quantity.quantile(
            np.array(0.5) if quantity.is_exact else joint_points(key, moved, points.__getitem__)
        )
        for key, quantity in asked.items()
    }

    nets, is_possible = np.zeros((len(options), draws)), np.ones(draws, dtype=bool)
    for net, named in zip(nets, keys, strict=True):
        if named:
            inputs = {name: drawn[key] * factors[name] for name, key in named.items()}
            fixed = inputs.pop(_FIXED)
            outcome = policy.outcome(inputs)
            net[:] = outcome.net - fixed
            is_possible &= outcome.is_possible
    if not is_possible.any():
        raise NotEnoughDataError("In no draw are all options possible; narrow the quantities.")
    labels = {entry.name: entry.label for entry in policy.inputs} | {_FIXED: "Fixed cost"}
    counted: dict[str, float] = {}
    for named in keys:
        middles = {n: np.array(asked[k].median * factors[n]) for n, k in named.items()}
        for name, key in named.items():
            if key in points and key not in counted and name != _FIXED:
                counted[key] = mechanism.counted(name, middles)
    return DecisionAnalysis(
        names=tuple(option.name for option in options),
        nets=nets[:, is_possible],
        inputs={
            key: _uncertain(key, asked[key], labels, drawn[key][is_possible], counted.get(key, 1.0))
            for key in uncertain
        },
        feasible_share=float(is_possible.mean()),
        currency=currency or next(iter(spenders), None),
    )


def _check(options: Sequence[Option]) -> None:
    if not options:
        raise NotEnoughDataError("There is no option; name at least one.")
    names = [option.name for option in options]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"Every option needs a name of its own; see {', '.join(twice)}.")
    if not all(name.strip() for name in names):
        raise InputError("An option has no name; give it one.")
    for option in options:
        if option.name == NONE and (option.own or str(option.fixed_cost) != "0"):
            raise InputError("The option 'none' keeps the baseline; it has no inputs and no cost.")


def _read(
    policy: Policy,
    quantities: Mapping[str, Quantity | str],
    option: Option,
    currency: str | None,
) -> dict[str, Quantity]:
    try:
        given = {**quantities, **option.own}
        read = policy.read(policy.inputs, given, currency=currency)
        policy.check({n: np.array(q.median * Unit.read(q.unit).factor) for n, q in read.items()})
        counted_in = currency or next((q.currency for q in read.values() if q.currency), None)
        fixed = _fixed_cost(option, counted_in)
    except InputError as error:
        raise InputError(f"Option {option.name}: {error}") from None
    return read | {_FIXED: fixed}


def _fixed_cost(option: Option, currency: str | None) -> Quantity:
    cost = option.fixed_cost
    text = cost.text if isinstance(cost, Quantity) else cost
    fixed = Quantity.read(text, "money/year", currency=currency)
    if fixed.moves_with is not None:
        raise InputError("fixed_cost is independent; it cannot move with an input.")
    return fixed


def _uncertain(
    key: str, quantity: Quantity, labels: Mapping[str, str], draws: Array, counted: float
) -> Uncertain:
    option, _, name = key.rpartition(".")
    label = f"{labels[name]} of {option}" if option else labels[name]
    return Uncertain(label, quantity.unit, draws, quantity.is_share, counted)
