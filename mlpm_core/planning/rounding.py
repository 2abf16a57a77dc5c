"""How figures of an estimate are told: never more exact than they are."""

from __future__ import annotations

import math
from typing import Final

from mlpm_core.errors import InputError

__all__ = ["COST_STEP", "DAYS_STEP", "rounded"]

DAYS_STEP: Final = 5
COST_STEP: Final = 1000


def rounded(amount: float, step: int, *, up: bool = False) -> int:
    """An amount as a stakeholder should see it.

    Parameters
    ----------
    amount : float
        Days or money, at least 0.
    step : int
        ``DAYS_STEP`` for days, ``COST_STEP`` for money.
    up : bool
        Round up, as for what is promised or held in reserve; else to the nearest step.

    Returns
    -------
    int
        A whole number of steps; at least one for anything above 0, since no work takes no days.

    Raises
    ------
    InputError
        When the amount is below 0 or no number.

    Examples
    --------
    >>> rounded(242.2, DAYS_STEP), rounded(366.0, DAYS_STEP, up=True), rounded(1.5, DAYS_STEP)
    (240, 370, 5)
    >>> rounded(121_499.0, COST_STEP), rounded(122_500.0, COST_STEP)
    (121000, 123000)
    """
    if not 0 <= amount < math.inf:
        raise InputError(f"{amount!r} cannot be rounded; give a number of at least 0.")
    steps = amount / step
    # Up to a hair above a step is that step: 30.000000001 days are 30.
    n_steps = math.ceil(steps - 1e-9) if up else math.floor(steps + 0.5)
    return step * max(n_steps, 1 if amount > 0 else 0)
