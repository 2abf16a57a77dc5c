"""A second opinion on the end: how many tasks the team really finished, week by week."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import gammaincinv

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LAST_WEEKS: Final = 12
FEWEST_WEEKS: Final = 8
"""The product's own: with fewer weeks one holiday decides the answer."""
DISAGREE: Final = 0.25
"""The product's own: task numbers and pace may differ by a quarter at P80."""
MOST_WEEKS: Final = 520
"""Ten years: a pace that takes longer takes "more than ten years"."""
_RUNS: Final = 10_000
_LEVELS: Final = (0.1, 0.5, 0.8, 0.95)


class NoForecast(StrEnum):
    """Why the pace of a team says nothing about the end."""

    FEW_WEEKS = "few_weeks"
    NOTHING_DONE = "nothing_done"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class PaceForecast:
    """Weeks until the remaining items are done at the team's pace.

    ``weeks`` are P10, P50, P80 and P95; one beyond ``MOST_WEEKS`` is infinite. When nothing can be
    said, ``reason`` says why, and ``weeks`` is None.
    """

    n_weeks: int
    n_done: int
    n_to_finish: float
    weeks: tuple[float, float, float, float] | None = None
    reason: NoForecast | None = None

    @property
    def p50(self) -> float | None:
        """Weeks that are enough 5 times in 10."""
        return self.weeks[1] if self.weeks else None

    @property
    def p80(self) -> float | None:
        """Weeks that are enough 8 times in 10."""
        return self.weeks[2] if self.weeks else None


def throughput_forecast(
    weekly_done: Sequence[int], n_remaining: int, *, growth: float = 0.0, seed: int = 1
) -> PaceForecast:
    """When the remaining items are done, if weeks go on as the last twelve went.

    Parameters
    ----------
    weekly_done : sequence of int
        Items finished in each whole week, the latest last, weeks without any too. Of more than
        twelve the last twelve count.
    n_remaining : int
        Items that are still to be done.
    growth : float
        Items that came on top, over those planned at first: as much is taken to come on top of
        those that remain.
    seed : int
        Seed of the draws.

    Returns
    -------
    PaceForecast
        With a reason instead of weeks where nothing can be said.

    Raises
    ------
    InputError
        When a count is negative, or the growth is no number of at least 0.

    Notes
    -----
    10,000 times: weeks are drawn from the last twelve, with replacement, until n_remaining *
    (1 + growth) items are done. It knows nothing of how large an item is, of who is away, or of
    what waits for what.

    References
    ----------
    Vacanti, D. (2015). Actionable agile metrics for predictability. ActionableAgile Press.
    Magennis, T. (2011). Forecasting and simulating software development projects. FocusedObjective.

    Examples
    --------
    >>> steady = throughput_forecast([2] * 12, 10)
    >>> steady.weeks, throughput_forecast([2] * 12, 10, growth=0.3).p50
    ((5.0, 5.0, 5.0, 5.0), 7.0)
    >>> throughput_forecast([3, 1], 10).reason.value
    'few_weeks'
    """
    if any(count < 0 for count in weekly_done) or n_remaining < 0:
        raise InputError("Numbers of items must be at least 0.")
    if not 0 <= growth < math.inf:
        raise InputError(f"The growth is {growth!r}; give a share of at least 0.")
    last = list(weekly_done)[-LAST_WEEKS:]
    to_finish = n_remaining * (1 + growth)
    said = PaceForecast(len(last), sum(last), to_finish)
    if n_remaining == 0:
        return _without(said, NoForecast.NOTHING_LEFT)
    if len(last) < FEWEST_WEEKS:
        return _without(said, NoForecast.FEW_WEEKS)
    if sum(last) == 0:
        return _without(said, NoForecast.NOTHING_DONE)
    weeks = _weeks_needed(np.asarray(last, dtype=np.float64), to_finish, seed)
    levels = np.quantile(weeks, _LEVELS, method="inverted_cdf").tolist()
    return PaceForecast(len(last), sum(last), to_finish, weeks=tuple(levels))


def _without(said: PaceForecast, reason: NoForecast) -> PaceForecast:
    return PaceForecast(said.n_weeks, said.n_done, said.n_to_finish, reason=reason)


def _weeks_needed(last: NDArray[np.float64], to_finish: float, seed: int) -> NDArray[np.float64]:
    """Weeks of each run until as many items are done; infinite beyond ``MOST_WEEKS``."""
    rng = np.random.default_rng(seed)
    done, weeks = np.zeros(_RUNS), np.full(_RUNS, np.inf)
    least = to_finish - 1e-9  # a hair below a whole item is that item
    for week in range(1, MOST_WEEKS + 1):
        done += last[rng.integers(last.size, size=_RUNS)]
        weeks[np.isinf(weeks) & (done >= least)] = week
        if np.isfinite(weeks).all():
            break
    return weeks


def disagrees(pace_p80: float | None, tasks_p80: float | None) -> bool:
    """Whether the team's pace and the task numbers tell different ends at P80.

    Parameters
    ----------
    pace_p80, tasks_p80 : float or None
        Time to the end at P80, both in the same unit; None when one of them cannot say.

    Returns
    -------
    bool
        True beyond 25 % of what the task numbers say; False when one of them says nothing.

    Examples
    --------
    >>> disagrees(126, 100), disagrees(74, 100), disagrees(125, 100), disagrees(None, 100)
    (True, True, False, False)
    """
    if pace_p80 is None or tasks_p80 is None:
        return False
    if not math.isfinite(pace_p80):
        return math.isfinite(tasks_p80)
    return abs(pace_p80 - tasks_p80) > DISAGREE * tasks_p80 * (1 + 1e-12)


@dataclass(frozen=True, slots=True)
class Discovery:
    """Work found after the baseline: how much, and how fast it comes.

    ``share`` is what came on top over what was planned, ``per_week`` the share of the plan that
    comes on top in a week, with where it lies 8 times in 10; None where it cannot be said.
    """

    n_planned: int
    n_found: int
    n_weeks: float
    share: float | None
    per_week: float | None
    low: float | None
    high: float | None


def discovery_growth(n_planned: int, n_found: int, n_weeks: float) -> Discovery:
    """How fast new work comes on top of the plan.

    Parameters
    ----------
    n_planned : int
        Items in the plan on the day of the baseline.
    n_found : int
        Items added since.
    n_weeks : float
        Weeks since the baseline.

    Raises
    ------
    InputError
        When a number is negative or not finite.

    Notes
    -----
    Items are taken to come at a constant rate (Poisson); the range is that of Gamma(n_found + 1/2)
    over the weeks (Jeffreys), so that a plan in which nothing was found yet may still grow.

    Examples
    --------
    >>> found = discovery_growth(n_planned=40, n_found=10, n_weeks=5)
    >>> found.share, found.per_week, round(found.low, 3), round(found.high, 3)
    (0.25, 0.05, 0.033, 0.074)
    >>> discovery_growth(40, 0, 0).per_week is None
    True
    """
    if n_planned < 0 or n_found < 0 or not 0 <= n_weeks < math.inf:
        raise InputError("Numbers of items and weeks must be at least 0.")
    share = n_found / n_planned if n_planned else None
    if share is None or n_weeks <= 0:
        return Discovery(n_planned, n_found, n_weeks, share, None, None, None)
    low, high = (float(gammaincinv(n_found + 0.5, p)) / n_weeks / n_planned for p in (0.1, 0.9))
    return Discovery(n_planned, n_found, n_weeks, share, share / n_weeks, low, high)
