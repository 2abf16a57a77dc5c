"""Infrastructure as an investment: days it costs, days it saves, and whether it paid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import NotEnoughDataError
from mlpm_core.planning.checks import check_amount, check_number, share_below, strata
from mlpm_core.planning.quick_result import Spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mlpm_core.quantity import Quantity

    Array = NDArray[np.float64]

_LEVEL: Final = 0.95
_Z95: Final = 1.959963984540054
_EXACT_UPTO: Final = 1_600  # pairs
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Investment:
    """Whether work on the infrastructure is worth it; all in person-days.

    ``pays`` is the rule: what it saves at even odds over the cycles left is more than it costs to
    be safe (P80). ``p_pays`` is the probability that it saves more than it costs, and
    ``cycles_needed`` from how many cycles on the rule holds; None when it saves nothing.
    """

    cost_p50: float
    cost_p80: float
    saving: Spread
    pays: bool
    p_pays: float
    cycles_needed: int | None


def investment(cost: Quantity, saving_per_cycle: Quantity, cycles_left: int) -> Investment:
    """Compare what an improvement costs with what it saves in the cycles that are left.

    Parameters
    ----------
    cost : ThreePoint
        Person-days to make it.
    saving_per_cycle : ThreePoint
        Person-days that each further cycle is shorter; one number for all cycles, unknown as it is.
    cycles_left : int
        Cycles still to come, at least 0.

    Notes
    -----
    Without draws: the chance is that of 4,096 x 4,096 equally likely pairs. The rule is the
    product's own reading of Thompson (2023): improve only where the team gets faster by it.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> answer = investment(Quantity.read("6 | 10 | 18"), Quantity.read("1 | 2 | 3"), 12)
    >>> answer.pays, round(answer.cost_p80, 1), answer.saving.p50, answer.cycles_needed
    (True, 14.7, 24.0, 8)
    """
    check_number("cycles left", cycles_left, low=0, upto=100_000, is_whole=True)
    check_amount("cost of the improvement", cost)
    check_amount("saving per cycle", saving_per_cycle)
    at = np.array([0.1, 0.5, 0.8, 0.95])
    saving = Spread(*(saving_per_cycle.quantile(at) * cycles_left).tolist())
    cost_p50, cost_p80 = cost.quantile(np.array([0.5, 0.8])).tolist()
    per_cycle = saving_per_cycle.median
    return Investment(
        cost_p50=cost_p50,
        cost_p80=cost_p80,
        saving=saving,
        pays=saving.p50 > cost_p80,
        p_pays=share_below(strata(cost), strata(saving_per_cycle) * cycles_left),
        cycles_needed=math.floor(cost_p80 / per_cycle) + 1 if per_cycle else None,
    )


@dataclass(frozen=True, slots=True)
class PayBack:
    """Cycle times before and after, in days.

    ``faster`` is by how much a cycle is shorter (the Hodges-Lehmann shift), ``low`` to ``high``
    hold that at least 19 times in 20; ``is_faster`` and ``is_slower`` that luck hardly makes it.
    """

    n_before: int
    n_after: int
    median_before: float
    median_after: float
    faster: float
    low: float
    high: float

    @property
    def is_faster(self) -> bool:
        """Whether cycles became shorter, beyond luck."""
        return self.low > 0

    @property
    def is_slower(self) -> bool:
        """Whether they became longer, beyond luck."""
        return self.high < 0


def pay_back(before: Sequence[float], after: Sequence[float]) -> PayBack:
    """Whether cycles are shorter since an improvement, by how long they took.

    Parameters
    ----------
    before, after : sequence of float
        Days that each cycle took, at least 0; at most 2,000 of each.

    Raises
    ------
    NotEnoughDataError
        When so few cycles are known that no difference could be told from luck: fewer than 4 and 4.
    InputError
        When a time is below 0 or no number.

    Notes
    -----
    Hodges & Lehmann (1963), Estimates of location based on rank tests, Annals of mathematical
    statistics 34(2), for the shift; its interval from the exact distribution of Mann & Whitney
    (1947), from its normal approximation above 1,600 pairs. It assumes that cycles of
    before and after differ by a shift alone and are no other work.

    Examples
    --------
    >>> answer = pay_back([10, 12, 11, 14, 13], [7, 8, 6, 9, 7])
    >>> answer.faster, answer.low, answer.high, answer.is_faster
    (5.0, 2.0, 7.0, True)
    """
    for name, times in (("before", before), ("after", after)):
        for days in times:
            check_number(f"a cycle time {name}", days, low=0, upto=100_000)
        check_number(f"cycles {name}", len(times), low=0, upto=_MOST, is_whole=True)
    n, m = len(before), len(after)
    skipped = _left_out(n, m)
    if skipped is None:
        raise NotEnoughDataError(
            f"{n} cycles before and {m} after cannot tell a change from luck; it takes about 4 of "
            "each."
        )
    was, now = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    shifts = np.sort((was[:, None] - now[None, :]).ravel())
    return PayBack(
        n_before=n,
        n_after=m,
        median_before=float(np.median(was)),
        median_after=float(np.median(now)),
        faster=float(np.median(shifts)),
        low=float(shifts[skipped]),
        high=float(shifts[-1 - skipped]),
    )


def _left_out(n: int, m: int) -> int | None:
    """How many differences at each end lie outside the interval; None when none may."""
    if n * m > _EXACT_UPTO:
        half = _Z95 * math.sqrt(n * m * (n + m + 1) / 12)
        skipped = math.floor(n * m / 2 - half)
        return skipped - 1 if skipped >= 1 else None
    if n * m == 0:
        return None
    below = np.cumsum(_mann_whitney(n, m))
    # The interval between the k-th smallest and the k-th largest difference misses with
    # probability 2 P(U <= k - 1).
    fits = int(np.searchsorted(below, (1 - _LEVEL) / 2, side="right"))
    return fits - 1 if fits >= 1 else None


def _mann_whitney(n: int, m: int) -> Array:
    """Probability of each value of Mann and Whitney's U; shape (n * m + 1,)."""
    # The generating function of U is the Gaussian binomial coefficient.
    counts = np.zeros(n * m + 1)
    counts[0] = 1.0
    for i in range(1, n + 1):
        for k in range(len(counts) - 1, m + i - 1, -1):
            counts[k] -= counts[k - (m + i)]
        for k in range(i, len(counts)):
            counts[k] += counts[k - i]
    return np.asarray(counts / counts.sum(), dtype=np.float64)
