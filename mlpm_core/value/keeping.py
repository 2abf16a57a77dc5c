"""Whether to go on using a model that is built: what building it cost is spent and decides nothing.

Only what is still to come differs between keeping a model and stopping it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.value.benefits import Benefits, benefits, read_benefit
from mlpm_core.value.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.quantity import Quantity

_MOST_YEARS: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What a model in use still brings: net present value of the years that are left, in money."""

    years: int
    npv: Estimate
    pays: Benefits


def ahead(
    annual_net: Estimate,
    written: Mapping[str, Quantity | str],
    years_in_use: float,
    *,
    costs: Estimate | None = None,
    currency: str | None = None,
) -> Ahead:
    """What going on is worth for the rest of the horizon, at least for one more year.

    Parameters
    ----------
    annual_net : Estimate
        Net a year at steady state, before the running cost that is written.
    written : mapping of str to Quantity or str
        Answers to ``benefit_inputs``; a build cost and the time to build are left out.
    years_in_use : float
        Of which the whole years are behind: their ramp-up and decay have been.
    costs, currency
        As ``benefits``.

    Raises
    ------
    InputError, NotEnoughDataError
        As ``benefits``.

    References
    ----------
    Arkes & Blumer (1985). The psychology of sunk cost. Organizational Behavior and Human Decision
    Processes 35(1).

    Examples
    --------
    >>> sure = Estimate.of(np.full(4, 73_700.0), "money/year")
    >>> left = ahead(sure, {"build_cost": "250k", "discount_rate": "0"}, 2.1)
    >>> left.years, left.npv.mean
    (1, 73700.0)
    """
    behind = min(math.floor(years_in_use), _MOST_YEARS - 1)
    answers = {name: text for name, text in written.items() if name != "build_cost"}
    horizon = answers.get("horizon_years", "3")
    text = horizon if isinstance(horizon, str) else horizon.text
    years = int(read_benefit("horizon_years", text).median)
    answers |= {"build_cost": "0", "build_months": "0"}
    answers |= {"horizon_years": str(max(years, behind + 1))}
    paid = benefits(annual_net, answers, costs=costs, currency=currency)
    rate = paid.drawn.get("discount_rate", paid.inputs["discount_rate"].median)
    present = sum(
        (year.flow.samples / (1 + rate) ** (year.number - behind) for year in paid.years[behind:]),
        start=np.zeros(annual_net.samples.size),
    )
    return Ahead(paid.horizon_years - behind, Estimate.of(present, "money"), paid)
