"""A model's policy against a baseline: the same formulas with two sets of inputs, subtracted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.quantity import LARGEST_RESULT, Dimension, Quantity
from mlpm_core.records.metrics import without_value
from mlpm_core.value.together import check_partners

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Baseline, Check, Input, Mechanism, Rule

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Improvement in each dimension and net in base units, and which draws are possible.

    ``size`` is how large the money is that net is the difference of. ``costs`` is the part of net
    that is paid whatever the benefit, so that net = benefit - costs; None when the mechanism does
    not say.
    """

    kpis: Mapping[Dimension, Array]
    net: Array
    size: Array
    costs: Array | None
    is_possible: NDArray[np.bool_]

    NOTHING: ClassVar[float] = 1e-12  # of the money that net is the difference of

    @property
    def sure_net(self) -> Array:
        """Net where its sign can be told: NaN where impossible, 0 where it is only rounding."""
        with np.errstate(all="ignore"):
            is_rounding = np.abs(self.net) <= self.NOTHING * self.size
            return np.where(self.is_possible, np.where(is_rounding, 0.0, self.net), np.nan)


@dataclass(frozen=True, slots=True)
class Policy:
    """A mechanism compared with one of its baselines; all numbers in base units."""

    mechanism: Mechanism
    baseline: Baseline

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What must be asked."""
        return (*self.mechanism.inputs, *self.baseline.inputs)

    def read(
        self,
        asked: Sequence[Input],
        given: Mapping[str, Quantity | str],
        beside: Collection[Quantity] = (),
        currency: str | None = None,
    ) -> dict[str, Quantity]:
        """Every input that is asked, read; or one error that names all that is wrong.

        ``beside`` were read before: all must share a currency, which is ``currency`` if given.

        Raises
        ------
        InputError
            When inputs are missing, unknown, unreadable or mix currencies.
        """
        mechanism = self.mechanism
        faults, read = [], {}
        missing = [e.name for e in asked if e.name not in given and e.is_needed]
        if missing:
            faults.append(f"{mechanism.id} needs {', '.join(missing)}.")
        names = [entry.name for entry in asked]
        needed = [metric.reported_as for metric in mechanism.metrics if metric.is_needed]
        for name in given:
            if name not in names and (alone := without_value([name], needed)):
                faults.append(alone)
            elif name not in names:
                try:
                    mechanism.input(name)
                    faults.append(
                        f"{name} is not asked against the baseline {self.baseline.name!r}."
                    )
                except MlpmError as error:
                    faults.append(str(error))
        for entry in asked:
            written = given.get(entry.name, entry.default)
            if written is None:
                continue
            if isinstance(written, Quantity) and written.unit != entry.unit:
                faults.append(f"{entry.name} is asked in {entry.unit}, not in {written.unit}.")
                continue
            if isinstance(written, Quantity) and _is_answer(written, entry, currency):
                read[entry.name] = written
                continue
            try:
                # A quantity that was read with another range is read again.
                read[entry.name] = entry.read(
                    written.text if isinstance(written, Quantity) else written, currency
                )
            except InputError as error:
                faults.append(f"{entry.name}: {error}")
        currencies = sorted({q.currency for q in (*read.values(), *beside) if q.currency})
        if len(currencies) > 1:
            faults.append(f"Keep one currency: the quantities mix {' and '.join(currencies)}.")
        faults += check_partners(read, [entry.name for entry in self.inputs])
        if faults:
            raise InputError(" ".join(faults))
        return read

    def model(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Every input, flow and dimension with the model."""
        return self.mechanism.values(inputs)

    def without(self, inputs: Mapping[str, Array]) -> dict[str, Array] | None:
        """The same without the model; None for the baseline the formulas are written against.

        Of a baseline with dimensions of its own there are no flows.
        """
        completed = self.mechanism.completed(inputs)
        if self.baseline.kpis:
            return completed | {
                n: rule.formula(completed) for n, rule in self.baseline.kpis.items()
            }
        changes = self.baseline.changes
        if not changes:
            return None
        return self.mechanism.values({**completed, **{n: f(completed) for n, f in changes.items()}})

    def outcome(self, inputs: Mapping[str, Array]) -> Outcome:
        """What the model changes, draw by draw."""
        model, without = self.model(inputs), self.without(inputs)
        kpis = {d: model[d.value] for d in Dimension}
        is_possible = self._holds(model)
        with np.errstate(all="ignore"):
            costs = self._costs(model, without)
            size = _size(model)
            if without is not None:
                size = size + _size(without)
                kpis = {d: kpi - without[d.value] for d, kpi in kpis.items()}
                is_possible = is_possible & self._holds(without, is_model=False)
            net = kpis[Dimension.REVENUE] + kpis[Dimension.COST_SAVING]
            for figure in (*kpis.values(), 0.0 if costs is None else costs):
                is_possible = is_possible & (np.abs(figure) <= LARGEST_RESULT)  # NaN is not either
        return Outcome(kpis, net, size, costs, is_possible)

    def dimensions(
        self, outcome: Outcome, is_possible: NDArray[np.bool_], out: Array | None = None
    ) -> Array:
        """The five dimensions in their own units by possible draw; shape (5, possible draws)."""
        rules = self.mechanism.kpis
        rows = np.empty((len(Dimension), int(is_possible.sum()))) if out is None else out
        for row, d in zip(rows, Dimension, strict=True):
            row[:] = possible(rules[d].in_own_unit(outcome.kpis[d]), is_possible)
        return rows

    def check(self, inputs: Mapping[str, Array]) -> None:
        """Refuse one combination of inputs that cannot be.

        Raises
        ------
        InputError
            With the sentence of the check that it breaks, or the formula that has no result.
        """
        model, without = self.model(inputs), self.without(inputs)
        for values, of_whom in ((model, ""), (without, f"Baseline {self.baseline.name!r}: ")):
            if values is None:
                continue
            is_model = values is model
            for check in self._checks(is_model=is_model):
                if not check.holds(values).all():
                    raise InputError(of_whom + check.sentence_for(values))
            for d in Dimension:
                if not np.isfinite(values[d.value]).all():
                    raise InputError(of_whom + self._no_number(values, d, is_model=is_model))
                if (np.abs(values[d.value]) > LARGEST_RESULT).any():
                    raise InputError(
                        f"{of_whom}{d.label} is beyond {LARGEST_RESULT:g} for these inputs; look "
                        "for one with too many digits or in another unit."
                    )

    def is_accepted(self, inputs: Mapping[str, Array]) -> bool:
        """Whether ``check`` refuses none of many combinations of inputs."""
        model, without = self.model(inputs), self.without(inputs)
        return all(
            all(check.holds(values).all() for check in self._checks(is_model=values is model))
            and all((np.abs(values[d.value]) <= LARGEST_RESULT).all() for d in Dimension)
            for values in (model, without)
            if values is not None
        )

    def _no_number(
        self, values: Mapping[str, Array], dimension: Dimension, *, is_model: bool
    ) -> str:
        """Why a dimension has no number: a sentence that names what is infinite or undefined."""
        names = [n for n in values if n not in {d.value for d in Dimension}] + [dimension.value]
        first = next(n for n in names if not np.isfinite(values[n]).all())
        # What a baseline changes is not what was written for the model.
        written = [e for e in self.inputs if is_model or e.name not in self.baseline.changes]
        zeros = [entry.label for entry in written if np.all(values.get(entry.name, 1.0) == 0)]
        look = f" These are 0: {', '.join(zeros)}." if zeros else ""
        return (
            f"{first} has no finite value for these inputs; look for a zero that it is divided by, "
            f"or for what grows without bound.{look}"
        )

    def _checks(self, *, is_model: bool) -> tuple[Check, ...]:
        """What must hold; a baseline with dimensions of its own has no flows to be checked."""
        return () if self.baseline.kpis and not is_model else self.mechanism.checks

    def _holds(self, values: Mapping[str, Array], *, is_model: bool = True) -> NDArray[np.bool_]:
        holds = np.array(True)
        for check in self._checks(is_model=is_model):
            holds = holds & check.holds(values)
        return holds

    def _costs(
        self, model: Mapping[str, Array], without: Mapping[str, Array] | None
    ) -> Array | None:
        """What is paid more whatever the benefit, in base units; None when nobody says."""
        if self.mechanism.costs is None:
            return None
        paid = _sum(self.mechanism.costs, model)
        if without is None:
            return paid
        return paid - _sum(
            self.baseline.costs if self.baseline.kpis else self.mechanism.costs, without
        )


def possible(values: Array | float, is_possible: NDArray[np.bool_]) -> Array:
    """A figure of every draw, or one for all, by the draws that are possible."""
    full = np.broadcast_to(values, is_possible.shape)
    return full if is_possible.all() else full[is_possible]


def _size(values: Mapping[str, Array]) -> Array:
    return np.asarray(np.abs(values[Dimension.REVENUE]) + np.abs(values[Dimension.COST_SAVING]))


def _sum(rules: Mapping[str, Rule], values: Mapping[str, Array]) -> Array:
    return np.asarray(sum((rule.formula(values) for rule in rules.values()), start=np.array(0.0)))


def _is_answer(quantity: Quantity, entry: Input, currency: str | None) -> bool:
    """Whether a quantity was read, or measured, as this input is asked."""
    is_in_range = (quantity.low, quantity.high) == (entry.low, entry.high)
    return is_in_range and quantity.currency in (None, currency)
