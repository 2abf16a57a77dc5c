"""What a mechanism is worth for given quantities, with the uncertainty they carry.

One function serves plan, evaluation and life: quantities in, five dimensions and net out, against
a named baseline. Draws are scrambled Sobol points with one dimension for each input, so that two
options, or two periods, share their luck and differ by what really differs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.stats import qmc

from mlpm_core.errors import InputError, MlpmError, NotEnoughDataError
from mlpm_core.quantity import Dimension, Quantity, Unit
from mlpm_core.value.break_even import BreakEven, break_evens
from mlpm_core.value.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]
    Written = Mapping[str, Quantity | str]

__all__ = ["DRAWS", "SEED", "Estimate", "Line", "Worth", "added", "worth", "worth_by_period"]

DRAWS: Final = 8192
SEED: Final = 20260630
_MAX_DRAWS: Final = 2**20
_MONEY: Final = (Dimension.REVENUE, Dimension.COST_SAVING)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An uncertain figure: its mean, its quantiles and the draws behind them."""

    mean: float
    p10: float
    p50: float
    p90: float
    unit: str
    samples: Array = field(repr=False, compare=False)

    @classmethod
    def of(cls, samples: Array, unit: str) -> Estimate:
        """The estimate that draws make; equal draws make an exact one."""
        samples = samples.view()
        samples.setflags(write=False)
        low, high = float(samples.min()), float(samples.max())
        if low == high:  # averaging equal numbers would only add rounding
            return cls(low, low, low, low, unit, samples)
        p10, p50, p90 = (float(q) for q in np.quantile(samples, [0.1, 0.5, 0.9]))
        return cls(float(samples.mean()), p10, p50, p90, unit, samples)

    @property
    def is_exact(self) -> bool:
        """Whether nothing about it is uncertain."""
        return self.p10 == self.p90 == self.mean

    def to_json(self, currency: str) -> dict[str, Any]:
        """Unit, mean and quantiles, in the currency given."""
        unit = self.unit.replace("money", currency)
        return {"unit": unit, "mean": self.mean, "p10": self.p10, "p50": self.p50, "p90": self.p90}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "how it was made": a formula with its result at the medians of the inputs."""

    name: str
    formula: str
    value: float
    unit: str


@dataclass(frozen=True, eq=False)
class Worth:
    """The answer: five dimensions and net against a baseline, each an estimate.

    ``feasible_share`` is the share of draws that were possible; the others were left out.
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
    _volumes: Mapping[Dimension, Array] = field(repr=False)

    def annual(self, dimension: Dimension) -> Estimate:
        """A dimension as it is added across projects: money, human hours, bad experiences a year.

        Raises
        ------
        InputError
            For cycle time, which is never added.
        """
        unit, kpi = dimension.annual_unit, self.kpis[dimension]
        if dimension in _MONEY:
            return kpi
        return Estimate.of(
            kpi.samples * Unit.read("1/kcase").factor * self._volumes[dimension], unit
        )

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """How it was made: every flow, outcome value and dimension at the medians.

        The dimensions are those of the mechanism's own baseline, as its formulas give them.
        """
        values = self._policy.model(self._medians)
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
        return break_evens(self._policy, self._medians)

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

    @cached_property
    def _medians(self) -> dict[str, Array]:
        return _medians(self.quantities)


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
    if not isinstance(draws, int) or not 1 <= draws <= _MAX_DRAWS:
        raise InputError(f"draws is {draws!r}; write a whole number from 1 to {_MAX_DRAWS:,}.")
    policy = Policy(mechanism, mechanism.baseline(baseline))
    known: dict[tuple[str, str], Array] = {}

    def drawn(read: Mapping[str, Quantity]) -> dict[str, Array]:
        points = _points(len(mechanism.all_inputs), draws, seed)
        columns = {entry.name: i for i, entry in enumerate(mechanism.all_inputs)}
        for name, quantity in read.items():
            if (name, quantity.text) not in known:
                p = np.array(0.5) if quantity.is_exact else points[columns[name]]
                values = quantity.quantile(p) * Unit.read(quantity.unit).factor
                known[name, quantity.text] = values
        return {name: known[name, quantity.text] for name, quantity in read.items()}

    results = []
    for period in periods:
        read = _read(policy, {**quantities, **period})
        results.append(_worth(policy, read, drawn(read), draws, seed))
    return results


def added(estimates: Sequence[Estimate], unit: str) -> Estimate:
    """The sum of figures of different projects, taken as independent of each other.

    Every project uses the same Sobol points, so its draws are shuffled before they are added:
    otherwise all projects would be lucky at once.

    Raises
    ------
    NotEnoughDataError
        When there is nothing to add.
    """
    if not estimates:
        raise NotEnoughDataError("There is nothing to add; at least one figure is needed.")
    if len(estimates) == 1:
        return replace(estimates[0], unit=unit)
    n = max(e.samples.size for e in estimates)
    rng = np.random.default_rng(SEED)
    grid = (np.arange(n) + 0.5) / n
    total = np.zeros(n)
    for estimate in estimates:
        total += np.quantile(estimate.samples, rng.permutation(grid))
    return replace(Estimate.of(total, unit), mean=math.fsum(e.mean for e in estimates))


@lru_cache(maxsize=8)
def _points(n_inputs: int, draws: int, seed: int) -> Array:
    """Uniform points, one row for each input, strictly inside (0, 1)."""
    sobol = qmc.Sobol(n_inputs, scramble=True, bits=30, rng=seed)
    points = sobol.random_base2(max(0, math.ceil(math.log2(draws))))[:draws]
    points = np.ascontiguousarray(points.T) + 2.0**-31  # the middle of Sobol's cells
    points.setflags(write=False)
    return points


def _medians(read: Mapping[str, Quantity]) -> dict[str, Array]:
    return {n: np.array(q.median * Unit.read(q.unit).factor) for n, q in read.items()}


def _read(policy: Policy, given: Written) -> dict[str, Quantity]:
    """Every input that is asked, read; or one error that names all that is wrong."""
    mechanism, asked = policy.mechanism, policy.inputs
    faults, read = [], {}
    missing = [e.name for e in asked if e.name not in given and e.default is None]
    if missing:
        faults.append(f"{mechanism.id} needs {', '.join(missing)}.")
    names = [entry.name for entry in asked]
    for name in given:
        if name not in names:
            try:
                mechanism.input(name)
                faults.append(f"{name} is not asked against the baseline {policy.baseline.name!r}.")
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
    currencies = sorted({q.currency for q in read.values() if q.currency})
    if len(currencies) > 1:
        faults.append(f"Keep one currency: the quantities mix {' and '.join(currencies)}.")
    if faults:
        raise InputError(" ".join(faults))
    return read


def _worth(
    policy: Policy, read: Mapping[str, Quantity], inputs: Mapping[str, Array], draws: int, seed: int
) -> Worth:
    policy.check(_medians(read))
    outcome = policy.outcome(inputs)
    is_possible = np.broadcast_to(outcome.is_possible, (draws,))
    n_possible = int(is_possible.sum())
    if n_possible == 0:
        raise NotEnoughDataError("None of the draws is possible; narrow the quantities.")

    def kept(values: Array) -> Array:
        full = np.broadcast_to(values, (draws,))
        return full if n_possible == draws else full[is_possible]

    rules = policy.mechanism.kpis
    told = {d: np.asarray(rules[d].told(outcome.kpis[d])) for d in Dimension}
    net = Estimate.of(kept(outcome.net), Dimension.REVENUE.unit)
    return Worth(
        mechanism=policy.mechanism,
        baseline=policy.baseline.name,
        draws=draws,
        seed=seed,
        currency=next((q.currency for q in read.values() if q.currency), None),
        quantities=read,
        kpis={d: Estimate.of(kept(told[d]), d.unit) for d in Dimension},
        net=net,
        probability_of_loss=float(np.mean(net.samples < 0)),
        feasible_share=n_possible / draws,
        _volumes={d: kept(f(inputs)) for d, f in policy.mechanism.volumes.items()},
    )
