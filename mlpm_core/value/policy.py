"""A model's policy against a baseline: the same formulas with two sets of inputs, subtracted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.quantity import LARGEST_RESULT, Dimension, Quantity
from mlpm_core.records.metrics import without_value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Baseline, Input, Mechanism

    Array = NDArray[np.float64]

__all__ = ["Outcome", "Policy"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Improvement in each dimension and net in base units, and which draws are possible."""

    kpis: Mapping[Dimension, Array]
    net: Array
    is_possible: NDArray[np.bool_]


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
    ) -> dict[str, Quantity]:
        """Every input that is asked, read; or one error that names all that is wrong.

        ``beside`` were read before: all must share a currency.

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
            try:
                # A quantity is read again, for it may have been read with another range.
                read[entry.name] = entry.read(
                    written.text if isinstance(written, Quantity) else written
                )
            except InputError as error:
                faults.append(f"{entry.name}: {error}")
        currencies = sorted({q.currency for q in (*read.values(), *beside) if q.currency})
        if len(currencies) > 1:
            faults.append(f"Keep one currency: the quantities mix {' and '.join(currencies)}.")
        if faults:
            raise InputError(" ".join(faults))
        return read

    def model(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Every input, flow and dimension with the model."""
        return self.mechanism.values(inputs)

    def without(self, inputs: Mapping[str, Array]) -> dict[str, Array] | None:
        """The same without the model; None for the baseline the formulas are written against."""
        changes = self.baseline.changes
        if not changes:
            return None
        known = self.mechanism.completed(inputs)
        return self.mechanism.values({**known, **{n: f(known) for n, f in changes.items()}})

    def outcome(self, inputs: Mapping[str, Array]) -> Outcome:
        """What the model changes, draw by draw."""
        model, without = self.model(inputs), self.without(inputs)
        kpis = {d: model[d.value] for d in Dimension}
        is_possible = self._holds(model)
        with np.errstate(all="ignore"):
            if without is not None:
                kpis = {d: kpi - without[d.value] for d, kpi in kpis.items()}
                is_possible = is_possible & self._holds(without)
            net = kpis[Dimension.REVENUE] + kpis[Dimension.COST_SAVING]
            for kpi in kpis.values():
                is_possible = is_possible & (np.abs(kpi) <= LARGEST_RESULT)  # NaN is not either
        return Outcome(kpis, net, is_possible)

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
            for check in self.mechanism.checks:
                if not check.holds(values).all():
                    raise InputError(of_whom + check.told(values))
            for d in Dimension:
                if not np.isfinite(values[d.value]).all():
                    first = next(n for n, value in values.items() if not np.isfinite(value).all())
                    raise InputError(
                        f"{of_whom}{first} has no finite value for these inputs; look for a zero "
                        "that it is divided by."
                    )
                if (np.abs(values[d.value]) > LARGEST_RESULT).any():
                    raise InputError(
                        f"{of_whom}{d.label} is beyond {LARGEST_RESULT:g} for these inputs; look "
                        "for one with too many digits or in another unit."
                    )

    def _holds(self, values: Mapping[str, Array]) -> NDArray[np.bool_]:
        holds = np.array(True)
        for check in self.mechanism.checks:
            holds = holds & check.holds(values)
        return holds
