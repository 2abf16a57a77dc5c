"""The answer of a valuation: five dimensions and net, and how they were made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlpm_core.quantity import Dimension, Quantity, Unit, in_percent
from mlpm_core.quantity.written import fig
from mlpm_core.value.break_even import BreakEven, break_evens
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.policy import Policy
from mlpm_core.value.together import partners

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]


_PAIRS_SHOWN: Final = 4
_MONEY: Final = (Dimension.REVENUE, Dimension.COST_SAVING)


@dataclass(frozen=True, slots=True)
class FormulaStep:
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

    ``costs`` is the part of the money that is paid whatever the benefit; None when the mechanism's
    definition does not say. ``feasible_share`` is the share of draws that were possible; the others
    were left out.
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
    costs: Estimate | None
    probability_of_loss: float
    feasible_share: float
    medians: Mapping[str, Array] = field(repr=False)
    inputs_by_draw: Mapping[str, Array] = field(repr=False)
    _is_possible: NDArray[np.bool_] | Callable[[], NDArray[np.bool_]] = field(repr=False)
    _annual: Mapping[Dimension, Estimate] = field(default_factory=dict, repr=False)

    @property
    def net_by_draw(self) -> Array:
        """Net of every draw in its own place, NaN where it was not possible; shape (draws,)."""
        return self._in_place(self.net)

    def kpi_by_draw(self, dimension: Dimension) -> Array:
        """A dimension of every draw in its own place, NaN where it was not possible."""
        return self._in_place(self.kpis[dimension])

    def _in_place(self, estimate: Estimate) -> Array:
        values = np.full(self.draws, np.nan)
        values[self.which_possible] = estimate.samples
        return values

    def annual(self, dimension: Dimension) -> Estimate:
        """A dimension as it is added across projects: money, human hours, bad experiences a year.

        Raises
        ------
        InputError
            For cycle time, which is never added, or when it has no finite value a year.
        """
        unit, kpi = dimension.annual_unit, self.kpis[dimension]
        if dimension in self._annual:
            return self._annual[dimension]
        if dimension in _MONEY:
            return kpi
        volumes = self.mechanism.volumes[dimension](self.inputs_by_draw)
        kept = np.broadcast_to(volumes, (self.draws,))[self.which_possible]
        with np.errstate(all="ignore"):
            annual = kpi.samples * Unit.read("1/kcase").factor * kept
        return Estimate.of(annual, unit)

    @property
    def which_possible(self) -> NDArray[np.bool_]:
        """Which draws were possible; shape (draws,)."""
        return self._is_possible() if callable(self._is_possible) else self._is_possible

    @property
    def is_exact(self) -> bool:
        """Whether every number it rests on is taken as exact."""
        return all(quantity.is_exact for quantity in self.quantities.values())

    @property
    def followed(self) -> dict[str, str]:
        """Inputs that nobody gave, by name, each with the input that it is taken to be."""
        asked = self._policy.inputs
        return {e.name: e.same_as for e in asked if e.same_as and e.name not in self.quantities}

    @property
    def notes(self) -> tuple[str, ...]:
        """What it leaves out, takes as exact or as independent: sentences that belong beside it.

        Each has its numbers; what matters most comes first.

        Examples
        --------
        >>> from mlpm_core.value.mechanism import find_mechanism
        >>> from mlpm_core.value.worth import worth
        >>> given = {"population": "100k", "share_treated": "0.3", "uplift_at_k": "0.04",
        ...     "conversion_treated_at_k": "0.12", "value": "60", "contact_cost": "0.8",
        ...     "incentive": "5", "contact_minutes": "2", "annoyance": "0.01"}
        >>> worth(find_mechanism("uplift_targeting"), given).notes
        ('Every number is taken as exact, so nothing shows how far the result could be off.',)
        """
        return _notes(self)

    @cached_property
    def steps_at_medians(self) -> Mapping[str, Array]:
        """Every input, flow and dimension with the model, each input at its median."""
        return self._policy.model(self.medians)

    @cached_property
    def lines(self) -> tuple[FormulaStep, ...]:
        """How it was made: every flow, outcome value and dimension at the medians.

        The dimensions are those of the mechanism's own baseline, as its formulas give them.
        """
        values = self.steps_at_medians
        rules = {
            **self.mechanism.flows,
            **{f"v_{name}": rule for name, rule in self.mechanism.outcome_values.items()},
            **{d.value: rule for d, rule in self.mechanism.kpis.items()},
        }
        units = {d.value: d.unit for d in Dimension}
        return tuple(
            FormulaStep(
                name,
                rule.formula.text,
                float(rule.in_own_unit(rule.formula(values))),
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
        return {name: break_even.value for name, break_even in self.break_evens.items()}

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
            "grade": None,
            "rests_on": "quantities as written; nothing of it is measured",
            "feasible_share": self.feasible_share,
            "kpis": {d.value: kpi.to_json(currency) for d, kpi in self.kpis.items()},
            "net": {
                **self.net.to_json(currency),
                "probability_of_loss": self.probability_of_loss,
            },
            "costs": None if self.costs is None else self.costs.to_json(currency),
            "break_even": self.break_even,
            "break_even_reason": self.break_even_reasons,
            "notes": list(self.notes),
        }

    @cached_property
    def _policy(self) -> Policy:
        return Policy(self.mechanism, self.mechanism.baseline(self.baseline))


def _notes(worth: Worth) -> tuple[str, ...]:
    labels = {entry.name: entry.label for entry in worth.mechanism.all_inputs}
    sentences = []
    if worth.feasible_share < 1:
        left_out = in_percent(1 - worth.feasible_share, in_words=True)
        sentences.append(
            f"{left_out[:1].upper()}{left_out[1:]} of the draws are impossible and left out, so "
            "what is shown holds only if none of them comes true; narrow the inputs that cannot go "
            "together."
        )
    for name, quantity in worth.quantities.items():
        if quantity.too_wide is not None:
            sentences.append(f"{labels[name]} {quantity.too_wide}. Narrow it if you know more.")
    sentences += [
        f"“{labels[name]}” is the limit when every number is in the middle of its range: what the "
        "model finds beyond it has no effect."
        for name in _limits(worth)
        if name in labels
    ]
    sentences += [
        f"Nobody gave a number for “{labels[name]}”: that of “{labels[other]}” is used."
        for name, other in worth.followed.items()
    ]
    if worth.costs is None:
        sentences.append(
            "The mechanism's definition does not say what is paid whatever the benefit, so "
            "attribution, deadweight and decay would take from net."
        )
    sentences.append(_taken(worth, labels))
    return tuple(sentences)


def _limits(worth: Worth) -> tuple[str, ...]:
    """Numbers that a flow cannot exceed and that stop it, each at its median."""
    values = worth.steps_at_medians
    rules = worth.mechanism.flows.values()
    return tuple(dict.fromkeys(n for rule in rules for n in rule.formula.limits(values)))


def _taken(worth: Worth, labels: dict[str, str]) -> str:
    """Whether inputs are exact, move together or are independent."""
    if worth.is_exact:
        return "Every number is taken as exact, so nothing shows how far the result could be off."
    pairs = partners(worth.quantities)
    n_uncertain = sum(not quantity.is_exact for quantity in worth.quantities.values())
    if not pairs:
        if n_uncertain == 1:
            return "One number is uncertain; all others are taken as exact."
        return "The uncertain numbers are taken as independent of each other."
    together = [
        f"{labels[name]} moves with {labels[other]} ({fig(correlation):g})"
        for name, (other, correlation) in pairs.items()
    ]
    shown = "; ".join(together[:_PAIRS_SHOWN])
    more = (
        f"; and {len(together) - _PAIRS_SHOWN} more pairs" if len(together) > _PAIRS_SHOWN else ""
    )
    return f"{shown}{more}. Everything else that is uncertain is taken as independent."
