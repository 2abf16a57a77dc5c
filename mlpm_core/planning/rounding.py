"""How figures of an estimate are told: never more exact than they are."""

from __future__ import annotations

import math
from typing import Final

from mlpm_core.errors import InputError

__all__ = ["cost_of", "rounded_days"]

_STEP_DAYS: Final = 5
_FEW_DAYS: Final = 10  # below it five days more or less would be another figure


def rounded_days(days: float, *, up: bool = False) -> int:
    """Days as a stakeholder should see them: to five, and to one below ten.

    Parameters
    ----------
    days : float
        At least 0.
    up : bool
        Round up, as for what is promised or held in reserve; else to the nearest step.

    Returns
    -------
    int
        At least one for anything above 0, since no work takes no days.

    Raises
    ------
    InputError
        When the days are below 0 or no number.

    Examples
    --------
    >>> rounded_days(242.2), rounded_days(366.0, up=True), rounded_days(3.4), rounded_days(0.2)
    (240, 370, 3, 1)
    """
    if not 0 <= days < math.inf:
        raise InputError(f"{days!r} days cannot be rounded; give a number of at least 0.")
    step = 1 if days < _FEW_DAYS else _STEP_DAYS
    n_steps = days / step
    # Up to a hair above a step is that step: 30.000000001 days are 30.
    whole = math.ceil(n_steps - 1e-9) if up else math.floor(n_steps + 0.5)
    return step * max(whole, 1 if days > 0 else 0)


def cost_of(days: int, day_rate: float) -> int:
    """What the days that are shown cost, in whole units of the currency.

    Money is never rounded apart from its days: whoever multiplies the days shown by the rate comes
    to the money shown.

    Examples
    --------
    >>> cost_of(25, 600.0), cost_of(25, 612.3)
    (15000, 15307)
    """
    return math.floor(days * day_rate + 0.5)
