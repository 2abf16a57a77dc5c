"""What own closed projects and finished tasks say of the next estimate.

The outside view: not what this plan says, but what became of plans like it (Kahneman & Tversky
1979, "Intuitive prediction"; Flyvbjerg 2006, "From Nobel Prize to project management").
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning.project_plan import BIASES, Bias
from mlpm_core.planning.quick_result import Spread
from mlpm_core.value.draws import SEED, own_generator

if TYPE_CHECKING:
    from collections.abc import Sequence

PRIOR_PROJECTS: Final = 4
"""The product's own: what is assumed of estimators counts as four closed projects."""
LEAST_ESTIMATES: Final = 10
_Z90: Final = 1.2815515655446004
_WIDEST: Final = 3.0
_WEEKS: Final = 12
_MOST_WEEKS: Final = 520


def bias_of_own_projects(ratios: Sequence[float], prior: Bias = BIASES["practised"]) -> Bias:
    """The common bias after closed projects, by what each took over what was estimated.

    Raises
    ------
    InputError
        When a ratio is not above 0.

    Notes
    -----
    mu = (n0 ln m0 + sum ln r) / (n0 + J) and tau^2 = (n0 tau0^2 + n0 (ln m0 - mu)^2 + sum (ln r -
    mu)^2) / (n0 + J), with n0 = 4: the means of a normal-inverse-gamma update, spread and mean
    weighed alike (Gelman et al. 2013, Bayesian data analysis, 3.3). Projects that were stopped
    count too: those that were finished are the lucky ones.

    Examples
    --------
    >>> bias = bias_of_own_projects([1.6, 1.3, 2.1, 1.1, 1.9])
    >>> round(bias.median, 2), round(bias.log_sd, 2)
    (1.41, 0.31)
    """
    logs = _logs(ratios)
    middle = math.log(prior.median)
    n = PRIOR_PROJECTS + logs.size
    mean = (PRIOR_PROJECTS * middle + float(logs.sum())) / n
    squares = PRIOR_PROJECTS * (prior.log_sd**2 + (middle - mean) ** 2)
    return Bias(math.exp(mean), math.sqrt((squares + float(((logs - mean) ** 2).sum())) / n))


def outside_view(raw_days: float, ratios: Sequence[float]) -> Spread:
    """The effort that own closed projects suggest, in person-days: the sum times their ratios.

    Raises
    ------
    NotEnoughDataError
        With fewer than three projects.

    Examples
    --------
    >>> round(outside_view(76, [1.6, 1.3, 2.1, 1.1, 1.9]).p50, 1)
    121.6
    """
    logs = _logs(ratios)
    if logs.size < 3:
        raise NotEnoughDataError(
            f"An outside view needs three closed projects; there are {logs.size}."
        )
    return Spread(
        *(raw_days * math.exp(float(np.quantile(logs, p))) for p in (0.1, 0.5, 0.8, 0.95))
    )


def _logs(ratios: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    for ratio in ratios:
        if not 0 < ratio < math.inf:
            raise InputError(
                f"A project took {ratio!r} times its estimate; write a number above 0."
            )
    return np.log(np.asarray(ratios, dtype=np.float64))


def widening(n_hits: int, n_closed: int) -> float:
    """What an estimator's spreads should be multiplied by, from 1 to 3.

    Parameters
    ----------
    n_hits : int
        Finished tasks whose actual lay between P10 and P90.
    n_closed : int
        Finished tasks; below ten nothing is said, and the answer is 1.

    Notes
    -----
    If a share h of actuals lies in what was called an 80 % range, the range is one of h:
    1.2816 / z((1 + h) / 2).

    Examples
    --------
    >>> widening(8, 10), round(widening(5, 10), 2), widening(0, 12), widening(1, 3)
    (1.0, 1.9, 3.0, 1.0)
    """
    if not 0 <= n_hits <= n_closed:
        raise InputError(f"{n_hits} of {n_closed} cannot be; write how many of how many.")
    if n_closed < LEAST_ESTIMATES:
        return 1.0
    z = float(ndtri((1 + n_hits / n_closed) / 2)) if n_hits else 0.0
    return min(_WIDEST, max(1.0, _Z90 / z)) if z > 0 else _WIDEST


@dataclass(frozen=True, slots=True)
class Throughput:
    """How many weeks the tasks that are left take at the team's pace."""

    weeks: Spread
    n_weeks_seen: int


def throughput(
    done_per_week: Sequence[int], n_left: int, *, growth: float = 0.0, seed: int = SEED
) -> Throughput:
    """How long the tasks that are left take, by how many were done in each of the last weeks.

    Parameters
    ----------
    done_per_week : sequence of int
        Tasks done in each past week, oldest first; the last twelve count.
    n_left : int
        Tasks that are left.
    growth : float
        Share by which the number of tasks grows while they are done.

    Raises
    ------
    NotEnoughDataError
        With fewer than eight weeks, or when nothing was done in them.

    Notes
    -----
    Weeks are drawn from those seen until all is done, 2,000 times (Vacanti 2015, Actionable agile
    metrics for predictability). It knows nothing of the three numbers, and so checks them.

    Examples
    --------
    >>> throughput([2] * 8, 10).weeks.p80
    5.0
    """
    seen = np.asarray(done_per_week[-_WEEKS:], dtype=np.float64)
    if seen.size < 8 or seen.sum() == 0:
        raise NotEnoughDataError(
            "The team's pace needs eight weeks, with a task done in one of them at least."
        )
    todo = n_left * (1 + max(0.0, growth))
    rng = own_generator(seed, "throughput")
    weeks = np.zeros(2000)
    left = np.full(2000, todo)
    for _ in range(_MOST_WEEKS):
        is_open = left > 1e-9
        if not is_open.any():
            break
        weeks += is_open
        left -= rng.choice(seen, 2000)
    return Throughput(Spread(*(float(q) for q in np.quantile(weeks, (0.1, 0.5, 0.8, 0.95)))),
                      seen.size)  # fmt: skip
