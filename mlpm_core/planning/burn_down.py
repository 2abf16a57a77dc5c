"""When a project in progress must be looked at: its budget, and its end that moves away."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

DRIFT: Final = 0.15
"""The product's own: a P80 that is more than 15 % above the baseline has moved."""
IN_A_ROW: Final = 2
"""The product's own: it must have moved twice in a row; once may be chance."""


@dataclass(frozen=True, slots=True)
class BurnDownAlarm:
    """What is wrong with a project in progress.

    Parameters
    ----------
    budget_is_short : bool
        The budget is less than the cost at even odds (P50 of the estimate at completion).
    has_drifted : bool
        The last two P80 are each more than 15 % above that of the baseline.
    rise : float or None
        Rise of the last P80 over the baseline, as a share of it; None without both.
    """

    budget_is_short: bool
    has_drifted: bool
    rise: float | None

    @property
    def rings(self) -> bool:
        """Whether somebody must look at it."""
        return self.budget_is_short or self.has_drifted


def burn_down_alarm(
    p80_since: Sequence[float],
    baseline_p80: float | None,
    *,
    budget: float | None = None,
    cost_p50: float | None = None,
) -> BurnDownAlarm:
    """Whether a project in progress needs somebody.

    Parameters
    ----------
    p80_since : sequence of float
        P80 of the estimate at completion of each snapshot after the baseline, the latest last.
    baseline_p80 : float or None
        P80 of the baseline, in the same unit.
    budget, cost_p50 : float or None
        Money there is, and the cost at completion at even odds, in the same currency.

    Raises
    ------
    InputError
        When a number is negative or not finite.

    Examples
    --------
    >>> burn_down_alarm([116, 118], 100).has_drifted
    True
    >>> burn_down_alarm([118], 100).has_drifted, burn_down_alarm([118, 115], 100).has_drifted
    (False, False)
    >>> burn_down_alarm([], None, budget=90_000, cost_p50=98_500).budget_is_short
    True
    """
    given = [x for x in (*p80_since, baseline_p80, budget, cost_p50) if x is not None]
    if not all(0 <= x < math.inf for x in given):
        raise InputError("Days and money of a snapshot must be finite numbers of at least 0.")
    is_short = budget is not None and cost_p50 is not None and budget < cost_p50
    if not p80_since or not baseline_p80:
        return BurnDownAlarm(is_short, has_drifted=False, rise=None)
    limit = baseline_p80 * (1 + DRIFT) * (1 + 1e-12)
    last = p80_since[-IN_A_ROW:]
    has_drifted = len(last) == IN_A_ROW and all(p80 > limit for p80 in last)
    return BurnDownAlarm(is_short, has_drifted, p80_since[-1] / baseline_p80 - 1)
