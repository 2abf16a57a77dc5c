"""What must be true: where net is zero in each input, and on which side of it the model pays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.quantity import LARGEST, Unit, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Input
    from mlpm_core.value.policy import Policy

    Array = NDArray[np.float64]


_PER_DECADE: Final = 12  # points of the search
_SMALLEST: Final = 1e-18  # of what an input may be, beside 0
_N_EVEN: Final = 256  # points spread evenly over a range, and around the value
_ROUNDS, _N_BETWEEN = 7, 257  # 256 parts, seven times over: all the digits there are
_FLAT: Final = 1e-9
_NOTHING: Final = 1e-12  # of the largest net: less is rounding
_SAME: Final = 1e-6  # a closed form and a search agree


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The value of an input at which net is zero, in its unit; or why there is none.

    Of several it is the nearest to the value taken. The model pays from ``pays_from`` to
    ``pays_to``, and ``value`` is one of the two; None means as far as the input can go.
    ``pays_elsewhere`` says that there are other values at which it pays, beyond those.
    """

    value: float | None
    reason: str | None = None
    pays_from: float | None = None
    pays_to: float | None = None
    pays_elsewhere: bool = False


def break_evens(
    policy: Policy, inputs: Mapping[str, Array], *, closed_forms: bool = True
) -> dict[str, BreakEven]:
    """The break-even of every input, the others held.

    Parameters
    ----------
    policy : Policy
        The mechanism and its baseline.
    inputs : mapping of str to float
        One number for each input, in base units.
    closed_forms : bool
        Take the digits of the mechanism's own solution where the search agrees with it.

    Returns
    -------
    dict of str to BreakEven
        In the order of the inputs; those that follow another input are left out.

    Notes
    -----
    Net is computed all over what an input can be, from one limit to the other or to 1e18, closely
    where it stops being possible and where it comes near zero, so that no side is called paying
    on which it changes sign again.
    """
    # The closed forms are written for the formulas themselves, so for the natural baseline.
    is_natural = not policy.baseline.changes and not policy.baseline.kpis
    forms = policy.mechanism.break_even if closed_forms and is_natural else {}
    values = policy.model(inputs)
    by_input = {}
    for entry in policy.inputs:
        if entry.name in inputs:
            form = forms.get(entry.name)
            solution = None if form is None else float(form(values))
            by_input[entry.name] = _Search(policy, inputs, entry).break_even(solution)
    return by_input


@dataclass(frozen=True)
class _Search:
    """Where net is zero in one input, in base units."""

    policy: Policy
    inputs: Mapping[str, Array]
    entry: Input

    def break_even(self, solution: float | None) -> BreakEven:
        """The nearest zero, with the digits of a closed solution that agrees with it."""
        factor, now = Unit.read(self.entry.unit).factor, float(self.inputs[self.entry.name])
        grid = _grid(self.entry, now / factor) * factor
        grid, nets = self.refined(grid, self.net(grid))
        if not nets.any() or np.ptp(nets) <= _NOTHING * np.abs(nets).max():
            return BreakEven(None, "Net does not depend on it.")
        is_even = self.at(now) == 0
        zeros = self.starts(grid, nets, now) if is_even else self.zeros(grid, nets, now)
        if not zeros:
            return BreakEven(None, self.why_none(solution, factor))
        zeros = [0.0 if abs(z) <= _SMALLEST else z for z in zeros]
        if solution is not None:
            zeros = [solution if abs(z - solution) <= _SAME * abs(z) else z for z in zeros]
        at = min(zeros, key=lambda x: abs(x - now))
        low, high = self.paying(zeros, at, now, nets[grid > at])
        outside = np.zeros(grid.shape, dtype=bool)
        for end, is_beyond in ((low, np.less), (high, np.greater)):
            if end is not None:
                outside |= is_beyond(grid, end) & (np.abs(grid - end) > _SAME * abs(end))
        nearest = BreakEven(at / factor, None, low, high)
        return replace(
            nearest,
            pays_from=None if low is None else low / factor,
            pays_to=None if high is None else high / factor,
            pays_elsewhere=bool((nets[outside] > 0).any()),
        )

    def net(self, values: Array) -> Array:
        """Net at some values of the input: NaN where impossible, 0 where it is only rounding."""
        outcome = self.policy.outcome({**self.inputs, self.entry.name: values})
        return np.broadcast_to(outcome.sure_net, values.shape)

    def at(self, value: float) -> float:
        return float(self.net(np.array([value]))[0])

    def refined(self, grid: Array, nets: Array) -> tuple[Array, Array]:
        """The points that are possible, with the last ones on each side and those nearest zero."""
        more = [
            self.last_possible(float(grid[i + step]), float(grid[i + 1 - step]))
            for step in (0, 1)
            for i in np.flatnonzero(np.isfinite(nets[:-1]) != np.isfinite(nets[1:]))
            if np.isfinite(nets[i + step])
        ]
        grid = np.unique(np.concatenate([grid, np.array(more)]))
        nets = self.net(grid)
        grid, nets = grid[np.isfinite(nets)], nets[np.isfinite(nets)]
        sizes = np.abs(nets) * (1 + _FLAT)
        dips = (
            np.flatnonzero((sizes[1:-1] < np.abs(nets[:-2])) & (sizes[1:-1] < np.abs(nets[2:]))) + 1
        )
        is_one_sided = (nets[dips - 1] * nets[dips] > 0) & (nets[dips] * nets[dips + 1] > 0)
        near = [
            self.nearest_zero(float(grid[i - 1]), float(grid[i + 1]), float(np.sign(nets[i])))
            for i in dips[is_one_sided]
        ]
        grid = np.unique(np.concatenate([grid, np.array(near)]))
        nets = self.net(grid)
        return grid[np.isfinite(nets)], nets[np.isfinite(nets)]

    def last_possible(self, possible: float, impossible: float) -> float:
        """The last value that is possible between one that is and one that is not."""
        for _ in range(_ROUNDS):
            between = np.linspace(possible, impossible, _N_BETWEEN)
            at = int(np.flatnonzero(np.isfinite(self.net(between)))[-1])
            possible, impossible = float(between[at]), float(between[min(at + 1, _N_BETWEEN - 1)])
        return possible

    def nearest_zero(self, low: float, high: float, sign: float) -> float:
        """Where net comes nearest to zero between two values, or beyond it."""
        for _ in range(_ROUNDS):
            between = np.linspace(low, high, _N_BETWEEN)
            at = int(np.nanargmin(sign * self.net(between)))
            low, high = between[max(at - 1, 0)], between[min(at + 1, _N_BETWEEN - 1)]
        return float(between[at])

    def crossing(self, low: float, high: float) -> float:
        """Where net changes its sign between two values."""
        for _ in range(_ROUNDS):
            between = np.linspace(low, high, _N_BETWEEN)
            signs = np.sign(self.net(between))
            at = int(np.argmax(signs != signs[0]))
            if at == 0:  # no number lies between the two any more
                break
            if signs[at] == 0:
                return float(between[at])
            low, high = float(between[at - 1]), float(between[at])
        return (low + high) / 2

    def zeros(self, grid: Array, nets: Array, now: float) -> list[float]:
        """Every value at which net changes its sign; where it is zero for a while, the nearest."""
        zeros = []
        for i, j in pairwise(np.flatnonzero(nets)):
            if nets[i] * nets[j] > 0:
                continue
            if j > i + 1:
                zeros.append(float(min(grid[i + 1 : j], key=lambda x: abs(x - now))))
                continue
            zeros.append(self.crossing(float(grid[i]), float(grid[j])))
        return zeros

    def starts(self, grid: Array, nets: Array, now: float) -> list[float]:
        """Where net becomes positive, if it is zero now: the ends of all that pays."""
        is_paying = nets > 0
        ends = []
        for i in np.flatnonzero(is_paying[1:] != is_paying[:-1]):
            inner, outer = (i, i + 1) if is_paying[i] else (i + 1, i)
            ends.append(self.last_paying(float(grid[inner]), float(grid[outer])))
        return [now if abs(x - now) <= _SAME * abs(now) else x for x in ends]

    def last_paying(self, paying: float, other: float) -> float:
        """The last value that pays between one that does and one that does not."""
        for _ in range(_ROUNDS):
            between = np.linspace(paying, other, _N_BETWEEN)
            at = int(np.flatnonzero(self.net(between) > 0)[-1])
            paying, other = float(between[at]), float(between[min(at + 1, _N_BETWEEN - 1)])
        return other

    def paying(
        self, zeros: list[float], at: float, now: float, nets_above: Array
    ) -> tuple[float | None, float | None]:
        """The zeros between which the model pays: around now, or beyond the nearest zero."""
        below = max((z for z in zeros if z < at), default=None)
        above = min((z for z in zeros if z > at), default=None)
        net_now = self.at(now)
        is_above = (at < now) if net_now > 0 else (at > now)
        if at == now or net_now == 0:
            is_above = bool(nets_above.size and nets_above[0] > 0)
        return (at, above) if is_above else (below, at)

    def why_none(self, solution: float | None, factor: float) -> str:
        low, high = _range(self.entry)
        if solution is not None:
            if not np.isfinite(solution):
                return "Net would be zero nowhere."
            at = solution / factor
            if not low <= at <= high:
                return f"Net would be zero at {said(at)}, out of its range."
            if np.isnan(self.at(solution)):
                return f"Net would be zero at {said(at)}, which is not possible here."
        is_open = (self.entry.low is None, self.entry.high is None)
        span = "" if any(is_open) else f" from {said(low)} to {said(high)}"
        return f"Net never crosses zero, whatever its value{span}."


def _grid(entry: Input, now: float) -> Array:
    """Where to look, in the input's unit: all that it can be, closely around its value."""
    low, high = _range(entry)
    n = round(np.log10(LARGEST / _SMALLEST)) * _PER_DECADE + 1
    decades = np.geomspace(_SMALLEST, LARGEST, n)
    around = abs(now) * np.geomspace(1e-3, 1e3, 6 * _PER_DECADE + 1)
    limits = np.array([low, high, now, 0.0, 2 * now])
    points = [decades, around, np.linspace(0, 2 * abs(now), _N_EVEN), limits]
    points += [-x for x in points] if low < 0 else []
    if entry.low is not None and entry.high is not None:
        points += [np.linspace(low, high, _N_EVEN), high - (high - low) * decades, low + decades]
    grid = np.unique(np.concatenate(points))
    return grid[(grid >= low) & (grid <= high)]


def _range(entry: Input) -> tuple[float, float]:
    low = -LARGEST if entry.low is None else entry.low
    return low, LARGEST if entry.high is None else entry.high
