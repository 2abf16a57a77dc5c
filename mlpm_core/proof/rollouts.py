"""Many roll-outs of the same design, each read every week, and when a verdict comes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr, ndtri

from mlpm_core.proof.always_valid import ALPHA, multiple, paired_multiple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


MOST_WEEKS: Final = 260
FIRST_LOOK: Final = 2
_PATHS: Final = 4096
_SEED: Final = 20260630


@dataclass(frozen=True, slots=True, eq=False)
class Rollouts:
    """Simulated roll-outs: when each came to a verdict, and what was known every week.

    ``weeks`` is the week of the verdict, or one beyond the last; ``works`` whether it says that
    the model works. ``truths`` are the true effects and ``estimates`` those measured by week, both
    as a share of the planned one; ``known`` is the information by week. Shapes (paths,),
    (weeks, paths) and (weeks,).
    """

    weeks: NDArray[np.intp]
    works: NDArray[np.bool_]
    truths: Array
    estimates: Array
    known: Array

    def weeks_to(self, chance: float) -> int | None:
        """The first week by which that share has a verdict; None when it never comes."""
        at = int(np.sort(self.weeks)[int(np.ceil(chance * len(self.weeks))) - 1])
        return at if at <= len(self.known) else None

    def chance_by(self, week: float) -> float:
        """The share with a verdict by a week."""
        return float((self.weeks <= min(week, len(self.known))).mean())

    def ended(self, limit: float) -> Array:
        """When each ends: with its verdict, or at the limit without."""
        return np.minimum(self.weeks, limit).astype(float)

    def estimates_at(self, weeks: Array) -> Array:
        """What each had measured by a week of its own; 0 where nothing was known yet."""
        at = np.clip(weeks.astype(int), 1, len(self.known)) - 1
        return np.asarray(self.estimates[at, np.arange(len(at))])

    def known_at(self, weeks: Array) -> Array:
        """The information of each by a week of its own."""
        return np.asarray(self.known[np.clip(weeks.astype(int), 1, len(self.known)) - 1])


def fixed_weeks(effect: float, known: Array, power: float) -> float | None:
    """Weeks to see an effect when it is read once, two-sided at 5 %; None beyond the last week.

    Parameters
    ----------
    effect : float
    known : array of shape (weeks,)
        1 / variance of the measured effect after each week.
    power : float

    Notes
    -----
    The weeks after which effect^2 / variance is (z(.975) + z(power))^2, between whole weeks by
    the straight line.

    References
    ----------
    Cohen (1988). Statistical power analysis for the behavioral sciences, 2nd ed.

    Examples
    --------
    >>> round(fixed_weeks(0.05, np.arange(1, 261) / (2 * 0.1**2), 0.8), 1)  # 5 % under 10 % noise
    62.8
    """
    needed = float((ndtri(1 - ALPHA / 2) + ndtri(power)) ** 2) / effect**2
    if known[-1] < needed:
        return None
    weeks = np.arange(len(known) + 1.0)
    return float(np.interp(needed, np.concatenate([[0.0], known]), weeks))


def fixed_power(effect: float, information: float) -> float:
    """The chance to see an effect when it is read once, two-sided at 5 %.

    Examples
    --------
    >>> round(fixed_power(0.0081, 8 * 2350 * 0.25 / 0.3206**2), 2)
    0.41
    """
    z, critical = effect * information**0.5, ndtri(1 - ALPHA / 2)
    return float(ndtr(z - critical) + ndtr(-z - critical))


@lru_cache(maxsize=1)
def _luck() -> tuple[Array, Array]:
    """Standard normal steps, shape (weeks, paths), each path with its mirror; and ranks."""
    rng = np.random.default_rng(_SEED)
    half = rng.standard_normal((MOST_WEEKS, _PATHS // 2))
    steps = np.concatenate([half, -half], axis=1)
    ranks = ndtri((rng.permutation(_PATHS) + 0.5) / _PATHS)
    for made in (steps, ranks):
        made.setflags(write=False)
    return steps, ranks


def rollouts(
    known: Array,
    effect: float,
    smallest: float,
    tuned_weeks: float,
    *,
    is_paired: bool = False,
    prior_sd: float = 0.0,
) -> Rollouts:
    """Roll-outs in which the true effect is the one planned for, or scatters around it.

    Parameters
    ----------
    known : array of shape (weeks,)
        1 / variance of the measured effect after each week, never falling.
    effect : float
        The true effect, in the same unit.
    smallest : float
        A verdict is also an interval that leaves out this effect.
    tuned_weeks : float
        As in ``experiment``.
    is_paired : bool
        Whether the spread is known from pairs of weeks alone.
    prior_sd : float
        How far the true effect scatters, as a share of ``effect``.

    Examples
    --------
    >>> known = np.arange(1.0, 261)
    >>> run = rollouts(known, 0.5, 0.5, 31.0)
    >>> run.weeks_to(0.8), bool(run.works.mean() > 0.7)
    (53, True)
    """
    steps, ranks = _luck()
    truths = 1 + prior_sd * ranks
    weeks = np.full(_PATHS, len(known) + 1)
    works = np.zeros(_PATHS, bool)
    estimates = np.zeros((len(known), _PATHS))
    sums, squares, before, pairs = np.zeros(_PATHS), np.zeros(_PATHS), 0.0, 0
    tuned = _at(known, tuned_weeks)
    for k, now in enumerate(known.tolist()):
        gained = now - before
        if gained > 0:
            step = truths * effect * gained + gained**0.5 * steps[k]
            sums += step
            squares += np.square(step) / gained
            pairs, before = pairs + 1, now
        if now <= 0:
            continue
        measured = sums / now
        estimates[k] = measured / effect
        if k + 1 < FIRST_LOOK or gained <= 0:
            continue
        width = _width(measured, now, squares, pairs, tuned, is_paired)
        is_up = measured > width
        is_verdict = is_up | (measured < -width) | (measured + width < smallest)
        first = is_verdict & (weeks > len(known))
        weeks[first] = k + 1
        works |= first & is_up
    return Rollouts(weeks, works, truths, estimates, known)


def _at(known: Array, weeks: float) -> float:
    return float(np.interp(weeks, np.arange(1.0, len(known) + 1), known))


def _width(
    measured: Array, now: float, squares: Array, pairs: int, tuned: float, is_paired: bool
) -> Array:
    """Half the width of each interval by now."""
    if not is_paired:
        return np.full(len(measured), float(multiple(now / tuned)) / now**0.5)
    if pairs < FIRST_LOOK:
        return np.full(len(measured), np.inf)
    spread = np.maximum(squares - np.square(measured) * now, 0.0) / (pairs - 1)
    return np.sqrt(spread / now) * float(paired_multiple(pairs, now / tuned))
