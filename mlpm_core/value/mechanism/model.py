"""What a mechanism is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.quantity import Dimension, Quantity, Unit, digits_apart, is_share, said
from mlpm_core.value.formula import Formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Input:
    """A metric or quantity that a mechanism asks for, with the question in sentence form.

    When it is not given it has its ``default``, or is what another input is: ``same_as`` names it.
    ``counted`` is the formula of the share of cases looked at that tell something about it, such as
    the positives for recall; None when all do, "0" when no case does and it must be looked up.
    ``looked_at`` names those cases, in the plural, where a study draws them from a part of all.
    ``is_running_cost`` marks what a formula counts for running the model: bills take its place.
    """

    name: str
    label: str
    question: str
    unit: str
    low: float | None = None
    high: float | None = None
    default: str | None = None
    typical: str | None = None
    is_metric: bool = False
    reported_as: str = ""
    better: str | None = None
    same_as: str | None = None
    counted: str | None = None
    looked_at: str | None = None
    is_running_cost: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether there is no answer unless somebody gives one."""
        return self.default is None and self.same_as is None

    @property
    def is_share(self) -> bool:
        """Whether it counts hits among cases, so that their number says how exact it is."""
        return is_share(self.low, self.high, self.unit)

    def read(self, text: str, currency: str | None = None) -> Quantity:
        """A quantity written as the answer to this question, where money is in a currency."""
        return Quantity.read(text, self.unit, low=self.low, high=self.high, currency=currency)


@dataclass(frozen=True, slots=True)
class Rule:
    """A formula with the unit its result is given in."""

    formula: Formula
    unit: str

    def in_own_unit(self, value: Array | float) -> Array | float:
        """A result in base units, in the rule's own unit."""
        factor = Unit.read(self.unit).factor
        return value if factor == 1.0 else value / factor


@dataclass(frozen=True, slots=True)
class Check:
    """What every possible combination of inputs satisfies: a formula at least 0, or above it."""

    formula: Formula
    sentence: str
    floor: Formula | None
    is_strict: bool = False

    # Rounding must not make the limit itself impossible: "treat all" lies exactly on it.
    TOLERANCE: ClassVar[float] = -1e-9

    def holds(self, values: Mapping[str, Array]) -> NDArray[np.bool_]:
        """Whether it holds, draw by draw; NaN does not."""
        result = self.formula(values)
        return np.asarray(result > 0 if self.is_strict else result >= self.TOLERANCE)

    def sentence_for(self, values: Mapping[str, Array]) -> str:
        """The sentence for one combination, with its numbers."""
        with_floor = dict(values)
        if self.floor is not None:
            with_floor["floor"] = self.floor(values)
        names = re.findall(r"\{(\w+)\}", self.sentence)
        numbers = {name: float(with_floor[name]) for name in names}
        digits = 4
        if "floor" in numbers:
            others = [number for name, number in numbers.items() if name != "floor"]
            digits = min(10, digits_apart(numbers["floor"], *others, at_least=4, full=4))
        return re.sub(r"\{(\w+)\}", lambda word: said(numbers[word[1]], digits), self.sentence)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What happens without the model: the inputs it changes, or why it makes no sense here.

    A baseline that is no model with other inputs has ``kpis`` of its own, by the dimension's name,
    and ``costs``; both against the mechanism's natural baseline.
    """

    name: str
    sentence: str
    changes: Mapping[str, Formula] = field(default_factory=dict)
    kpis: Mapping[str, Rule] = field(default_factory=dict)
    costs: Mapping[str, Rule] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How a model creates value, read from a file and checked.

    The formulas give the value against the ``natural`` baseline. Value against another is the
    difference to the same formulas with that baseline's changes. ``costs`` is the part of the money
    that is paid whatever the benefit, by name; None when the definition does not say.
    """

    number: str
    id: str
    name: str
    sentence: str
    task: str
    case: str
    volume: str
    bad_experience: str
    natural: str
    sources: tuple[str, ...]
    inputs: tuple[Input, ...]
    flows: Mapping[str, Rule]
    kpis: Mapping[Dimension, Rule]
    volumes: Mapping[Dimension, Formula]
    costs: Mapping[str, Rule] | None
    outcome_values: Mapping[str, Rule]
    break_even: Mapping[str, Formula]
    checks: tuple[Check, ...]
    baselines: Mapping[str, Baseline]

    @property
    def metrics(self) -> tuple[Input, ...]:
        """What the model scores."""
        return tuple(i for i in self.inputs if i.is_metric)

    @property
    def metrics_by_name(self) -> dict[str, Input]:
        """What the model scores, by both names: its own and the one that it is reported as."""
        return {name: m for m in self.metrics for name in (m.name, m.reported_as)}

    @property
    def quantities(self) -> tuple[Input, ...]:
        """What the business knows."""
        return tuple(i for i in self.inputs if not i.is_metric)

    @property
    def all_inputs(self) -> tuple[Input, ...]:
        """Every input in the order of the file, those of every baseline last."""
        return (*self.inputs, *(i for b in self.baselines.values() for i in b.inputs))

    def baseline(self, name: str | None) -> Baseline:
        """The baseline of that name; the natural one for None.

        Raises
        ------
        NotFoundError
            When there is no such baseline.
        InputError
            When the baseline makes no sense for this mechanism; the sentence says why.
        """
        if name is not None and name not in self.baselines:
            raise NotFoundError.of("baseline", name, self.baselines)
        baseline = self.baselines[name or self.natural]
        if baseline.reason is not None:
            raise InputError(f"{self.id} has no baseline {baseline.name!r}: {baseline.reason}")
        return baseline

    def inputs_for(self, baseline: str | None) -> tuple[Input, ...]:
        """What must be asked for a comparison with a baseline; the natural one for None.

        Raises
        ------
        NotFoundError, InputError
            As ``baseline``.
        """
        return (*self.inputs, *self.baseline(baseline).inputs)

    def input(self, name: str) -> Input:
        """The input of that name, of whatever baseline.

        Raises
        ------
        NotFoundError
            When there is none; it lists near names.
        """
        for entry in self.all_inputs:
            if entry.name == name:
                return entry
        raise NotFoundError.of(f"input of {self.id}", name, [i.name for i in self.all_inputs])

    def counted(self, name: str, inputs: Mapping[str, Array]) -> float:
        """Of the cases that a study looks at, the share that tells something about an input.

        Parameters
        ----------
        inputs : mapping of str to float
            One number for each input, in base units.

        Returns
        -------
        float
            From 0 to 1; 0 where there are none, such as flags of a model that flags nothing.

        Examples
        --------
        >>> from mlpm_core.value.mechanism import find_mechanism
        >>> rare = {"prevalence": np.array(0.002), "recall": np.array(0.5), "precision": 0.1}
        >>> m1 = find_mechanism("M1")
        >>> [m1.counted(name, rare) for name in ("recall", "precision", "prevalence")]
        [0.002, 0.01, 1.0]
        """
        text = self.input(name).counted
        if text is None:
            return 1.0
        with np.errstate(all="ignore"):
            share = float(Formula.read(name, text)(self.completed(inputs)))
        return 0.0 if np.isnan(share) else min(1.0, max(0.0, share))

    def completed(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Inputs by name, with those that were not given as what they are the same as."""
        values = dict(inputs)
        for entry in self.all_inputs:
            if entry.same_as in values:
                values.setdefault(entry.name, values[entry.same_as])
        return values

    def values(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Inputs, flows and KPIs by name, for inputs by name; all in base units."""
        values = self.completed(inputs)
        for name, rule in self.flows.items():
            values[name] = rule.formula(values)
        for dimension, rule in self.kpis.items():
            values[dimension.value] = rule.formula(values)
        return values


def unreadable(mechanism_id: str, reason: str) -> Mechanism:
    """What stands for a mechanism that cannot be read: it asks nothing and values nothing."""
    return Mechanism(
        **dict.fromkeys(("number", "sentence", "task", "case", "volume", "bad_experience"), ""),
        id=mechanism_id,
        name=mechanism_id,
        natural="none",
        sources=(),
        inputs=(),
        flows={},
        kpis={},
        volumes={},
        costs=None,
        outcome_values={},
        break_even={},
        checks=(),
        baselines={
            name: Baseline(name, sentence="", reason=reason)
            for name in ("none", "all", "incumbent")
        },
    )
