"""What must be true for a model to pay: break-evens in words, and how far they are away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.quantity import Unit, digits_apart, in_percent, said
from mlpm_core.value.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.quantity import Dimension
    from mlpm_core.value.mechanism import Input
    from mlpm_core.value.worth import Worth

    Array = NDArray[np.float64]


_ROUNDING: Final = 1e-9
_TIMES: Final = 2.0  # more than that is told as a multiple
_LEAST: Final = 1e-9  # a number on its border moves by next to nothing, not by nothing
_MOST_TIMES: Final = 1e7  # more than that says nothing: where it leads is told
_DIGITS: Final = 4
_MOST_DIGITS: Final = 10  # what differs beyond them is the same


@dataclass(frozen=True, slots=True)
class Condition:
    """What an input must be for the model to pay, the others at their medians.

    ``zero_at`` is where net is zero and ``taken`` the input's median, in its unit. ``is_floor``
    says that the model pays above ``zero_at``, not below, and ``also_at`` up or down to where;
    ``pays_elsewhere`` that there are other values at which it pays.
    Without a break-even ``zero_at`` is None and ``reason`` says why. ``pays`` is whether the model
    pays with everything at its median.
    """

    name: str
    label: str
    unit: str
    is_metric: bool
    typical: str | None
    taken: float
    pays: bool
    zero_at: float | None
    is_floor: bool
    reason: str
    also_at: float | None = None
    pays_elsewhere: bool = False

    @property
    def margin(self) -> float | None:
        """How far the input is from its break-even, as a share of itself.

        Positive is safety, negative what is missing; None without a break-even, or when the input
        is taken as 0.
        """
        if self.zero_at is None or self.taken == 0:
            return None
        away = abs(self.taken - self.zero_at) / abs(self.taken)
        return away if self.pays else -away

    def sentence(self, currency: str) -> str:
        """The condition in words, with its safety margin.

        Parameters
        ----------
        currency : str
            Where the unit has money.
        """
        if self.zero_at is None:
            if self.pays:
                outcome = f"the model pays, and no {self._name} makes it a loss"
            else:
                outcome = f"the model does not pay, whatever {self._name} is"
            return f"With everything else as assumed, {outcome}."
        unit = _unit(self.unit, currency)
        is_open = self.zero_at in (0, self.taken)  # there, net is zero or not yet positive
        words = ("above", "below") if is_open else ("at least", "at most")
        side = f"{words[0] if self.is_floor else words[1]} {self._said(self.zero_at)}"
        if self.also_at is not None:
            low, high = sorted((self.zero_at, self.also_at))
            side = f"between {self._said(low)} and {self._said(high)}"
        sentence = f"The model pays when {self._name} is {side}{unit}"
        if self.typical:
            sentence += f"; typical is {self.typical}"
        also = " It also pays at other values." if self.pays_elsewhere else ""
        return f"{sentence}. {self._distance()}{also}"

    def _distance(self) -> str:
        margin = self.margin
        if margin is None:
            return "It is assumed to be 0."
        falls = self.is_floor == self.pays
        far = self._far(abs(margin), falls=falls)
        verb = "fall" if falls else "rise"
        taken = self._said(self.taken)
        if self.pays:
            return f"It is assumed to be {taken}: it may {verb} {far}, and the model still pays."
        return f"It is assumed to be {taken}: it must {verb} {far} before the model pays."

    def _said(self, number: float) -> str:
        """One of the numbers of the sentence, with as many digits as tell them apart."""
        beside = (self.zero_at, self.also_at)
        digits = digits_apart(self.taken, *beside, at_least=_DIGITS, full=_DIGITS)
        return said(number, min(digits, _MOST_DIGITS))

    def _far(self, share: float, *, falls: bool) -> str:
        """A change by a share, or to where it leads when percent would be hard to picture."""
        if (share >= 1 and falls) or share >= _MOST_TIMES:  # to 0 or beyond, or from next to 0
            return f"to {self._said(self.zero_at or 0.0)}"
        if share >= _TIMES:
            times = float(f"{share + 1:.2g}")
            return f"to {said(times)} times that"
        return f"by {in_percent(max(share, _LEAST), in_words=True)}"

    @property
    def _name(self) -> str:
        is_name = self.label[:2].isupper()
        return self.label if is_name else self.label[:1].lower() + self.label[1:]


@dataclass(frozen=True, slots=True)
class LeastMove:
    """How far a dimension must move for the model to pay, when one input decides it.

    ``least`` is the improvement where net is zero, ``taken`` the one with everything at its
    median, both in the dimension's unit; ``through`` is the input's label.
    """

    least: float
    taken: float
    through: str


def conditions(worth: Worth) -> list[Condition]:
    """What every input must be, metrics first, those with the thinnest margin before the others.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> from mlpm_core.value.typical import typical_worth
    >>> condition = conditions(typical_worth(find_mechanism("demand_forecast")).worth)[0]
    >>> condition.label, condition.is_floor, round(condition.zero_at, 4), round(condition.margin, 4)
    ('Forecast error (WAPE)', False, 0.2739, 0.3693)
    """
    policy, medians = _at_medians(worth)
    pays = float(policy.outcome(medians).sure_net) > 0
    asked = [entry for entry in policy.inputs if entry.name in worth.quantities]
    by_input = [_condition(worth, entry, pays=pays) for entry in asked]
    return sorted(by_input, key=_thinnest_first)


def least_move(worth: Worth, dimension: Dimension) -> LeastMove | None:
    """How far a dimension must move for the model to pay: the break-even told as a KPI.

    It goes through the first metric that has a break-even and moves the dimension along with net;
    None when there is none.

    Examples
    --------
    >>> from mlpm_core.quantity import Dimension
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> from mlpm_core.value.typical import typical_worth
    >>> worth = typical_worth(find_mechanism("triage_automation")).worth
    >>> move = least_move(worth, Dimension.CYCLE_TIME)
    >>> move.through, move.least < move.taken
    ('Coverage', True)
    """
    policy, medians = _at_medians(worth)
    rule = worth.mechanism.kpis[dimension]

    def improved(inputs: Mapping[str, Array]) -> float:
        return float(np.asarray(rule.in_own_unit(policy.outcome(inputs).kpis[dimension])))

    taken, net = improved(medians), float(policy.outcome(medians).net)
    for entry in worth.mechanism.metrics:
        zero_at = worth.break_even.get(entry.name)
        if zero_at is None:
            continue
        least = improved(_with(medians, entry, zero_at))
        size = max(abs(taken), abs(least))
        if abs(taken - least) > _ROUNDING * size and (taken > least) == (net > 0):
            return LeastMove(0.0 if abs(least) < _ROUNDING * size else least, taken, entry.label)
    return None


def _condition(worth: Worth, entry: Input, *, pays: bool) -> Condition:
    break_even = worth.break_evens[entry.name]
    is_floor = break_even.value is not None and break_even.value == break_even.pays_from
    return Condition(
        name=entry.name,
        label=entry.label,
        unit=entry.unit,
        is_metric=entry.is_metric,
        typical=entry.typical,
        taken=worth.quantities[entry.name].median,
        pays=pays,
        zero_at=break_even.value,
        is_floor=is_floor,
        reason=break_even.reason or "",
        also_at=break_even.pays_to if is_floor else break_even.pays_from,
        pays_elsewhere=break_even.pays_elsewhere,
    )


def _at_medians(worth: Worth) -> tuple[Policy, dict[str, Array]]:
    policy = Policy(worth.mechanism, worth.mechanism.baseline(worth.baseline))
    medians = {
        name: np.array(q.median * Unit.read(q.unit).factor) for name, q in worth.quantities.items()
    }
    return policy, medians


def _with(medians: Mapping[str, Array], entry: Input, value: float) -> dict[str, Array]:
    return {**medians, entry.name: np.array(value * Unit.read(entry.unit).factor)}


def _net(policy: Policy, inputs: Mapping[str, Array]) -> float:
    return float(policy.outcome(inputs).net)


def _thinnest_first(condition: Condition) -> tuple[object, ...]:
    margin = condition.margin
    return (not condition.is_metric, margin is None, abs(margin) if margin is not None else 0.0)


def _unit(unit: str, currency: str) -> str:
    if unit == "1":
        return ""
    unit_text = unit.replace("money", currency).replace("sku_period", "SKU-period")
    return " " + unit_text.replace("/", " per ")
