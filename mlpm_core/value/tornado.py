"""How far each input alone moves the net value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.quantity import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.quantity import Quantity
    from mlpm_core.value.policy import Policy

_ENDS: Final = np.array([0.05, 0.95])


@dataclass(frozen=True, slots=True)
class Swing:
    """Net at the P5 and the P95 of one input, the others at their medians, in money a year.

    ``low`` and ``high`` are that P5 and P95, in the unit in which the input is asked. A net is
    None where the inputs are impossible together.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    net_at_low: float | None
    net_at_high: float | None

    @property
    def size(self) -> float:
        """How far net moves; infinite when an end is impossible."""
        if self.net_at_low is None or self.net_at_high is None:
            return np.inf
        return abs(self.net_at_high - self.net_at_low)


def tornado(policy: Policy, quantities: Mapping[str, Quantity]) -> tuple[Swing, ...]:
    """The swing of every uncertain input, the largest first.

    Parameters
    ----------
    policy : Policy
        The mechanism and its baseline.
    quantities : mapping of str to Quantity
        Every input, as ``Worth.quantities``.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> from mlpm_core.value.policy import Policy
    >>> of = find_mechanism("uplift_targeting")
    >>> policy = Policy(of, of.baseline(None))
    >>> given = {"population": "100k", "share_treated": "0.3", "uplift_at_k": "0.03 to 0.05",
    ...     "conversion_treated_at_k": "0.12", "value": "50 to 70", "contact_cost": "0.8",
    ...     "incentive": "5", "contact_minutes": "2", "annoyance": "0.01"}
    >>> [(s.name, round(s.size)) for s in tornado(policy, policy.read(policy.inputs, given))]
    [('uplift_at_k', 35496), ('value', 23238)]
    """
    medians = {n: np.array(q.median * Unit.read(q.unit).factor) for n, q in quantities.items()}
    swings = []
    for entry in policy.inputs:
        quantity = quantities.get(entry.name)
        if quantity is None or quantity.is_exact:
            continue
        ends = quantity.quantile(_ENDS)
        outcome = policy.outcome({**medians, entry.name: ends * Unit.read(entry.unit).factor})
        nets = np.broadcast_to(np.where(outcome.is_possible, outcome.net, np.nan), 2)
        low, high = (None if np.isnan(net) else float(net) for net in nets)
        swings.append(
            Swing(entry.name, entry.label, entry.unit, float(ends[0]), float(ends[1]), low, high)
        )
    return tuple(sorted(swings, key=lambda swing: -swing.size))
