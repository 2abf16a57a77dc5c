"""What must be true: the value of each input at which the net value is zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import brentq

from mlpm_core.quantity import Unit, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Input
    from mlpm_core.value.policy import Policy

    Array = NDArray[np.float64]

__all__ = ["BreakEven", "break_evens"]

_N_GRID: Final = 256
_DECADES: Final = 6  # an unbounded input is searched this far above and below its value


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The value of an input at which net is zero, in its unit; or why there is none."""

    value: float | None
    reason: str | None = None


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
        Use the mechanism's own solution where it has one; else search.

    Returns
    -------
    dict of str to BreakEven
        In the order of the inputs; those that follow another input are left out.
    """
    # The closed forms are written for the formulas themselves, so for the natural baseline.
    forms = policy.mechanism.break_even if closed_forms and not policy.baseline.changes else {}
    values = policy.model(inputs)
    found = {}
    for entry in policy.inputs:
        if entry.name not in inputs:
            continue
        if entry.name in forms:
            found[entry.name] = _solved(policy, inputs, entry, float(forms[entry.name](values)))
        else:
            found[entry.name] = _searched(policy, inputs, entry)
    return found


def _net(policy: Policy, inputs: Mapping[str, Array], name: str, value: Array) -> Array:
    outcome = policy.outcome({**inputs, name: value})
    return np.where(outcome.is_possible, outcome.net, np.nan)


def _solved(policy: Policy, inputs: Mapping[str, Array], entry: Input, at: float) -> BreakEven:
    told = at / Unit.read(entry.unit).factor
    low, high = _range(entry)
    if not (np.isfinite(told) and low <= told <= high):
        where = f"at {said(told)}, out of its range" if np.isfinite(told) else "nowhere"
        return BreakEven(None, f"Net would be zero {where}.")
    if np.isnan(_net(policy, inputs, entry.name, np.array(at))):
        return BreakEven(None, f"Net would be zero at {said(told)}, which is not possible here.")
    return BreakEven(told)


def _searched(policy: Policy, inputs: Mapping[str, Array], entry: Input) -> BreakEven:
    factor, now = Unit.read(entry.unit).factor, float(inputs[entry.name])
    grid = _grid(entry, now / factor) * factor

    def net(value: Array) -> Array:
        return _net(policy, inputs, entry.name, value)

    nets = np.broadcast_to(net(grid), grid.shape)
    known = nets[np.isfinite(nets)]
    if known.size == 0 or np.ptp(known) <= 1e-12 * np.abs(known).max():
        return BreakEven(None, "Net does not depend on it.")
    zeros = [float(x) for x in grid[1:-1][_crosses(nets)]]
    for i in np.flatnonzero(nets[:-1] * nets[1:] < 0):
        a, b = float(grid[i]), float(grid[i + 1])
        tight = max(abs(a), abs(b)) * 1e-15
        zeros.append(brentq(lambda x: float(net(np.array(x))), a, b, xtol=tight, rtol=1e-12))
    if not zeros:
        low, high = _range(entry)
        span = f" from {said(low)} to {said(high)}" if np.isfinite(high - low) else ""
        return BreakEven(None, f"Net never crosses zero, whatever its value{span}.")
    return BreakEven(min(zeros, key=lambda x: abs(x - now)) / factor)


def _crosses(nets: Array) -> NDArray[np.bool_]:
    """Grid points, without the ends, that are exactly zero with a change of sign around them."""
    return np.asarray((nets[1:-1] == 0) & (nets[:-2] * nets[2:] < 0))


def _grid(entry: Input, now: float) -> Array:
    """Where to look, in the input's unit: its range, else decades around its value."""
    low, high = _range(entry)
    size = abs(now) or 1.0
    decades = size * np.logspace(-_DECADES, _DECADES, _N_GRID)
    points = [decades, -decades, np.linspace(0, 2 * size, _N_GRID), np.array([now])]
    if np.isfinite(low) and np.isfinite(high):
        points.append(np.linspace(low, high, _N_GRID))
    points.append(np.array([x for x in (low, high) if np.isfinite(x)]))
    grid = np.unique(np.concatenate(points))
    return grid[(grid >= low) & (grid <= high)]


def _range(entry: Input) -> tuple[float, float]:
    low = -np.inf if entry.low is None else entry.low
    return low, np.inf if entry.high is None else entry.high
