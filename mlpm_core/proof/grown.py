"""An effect as it grew, period by period: groups side by side, or groups that took turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.proof.always_valid import multiple, paired_multiple
from mlpm_core.proof.cells import cells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from mlpm_core.proof.cells import Cells, Reading, Sums

    Array = NDArray[np.float64]


DAYS_PER_WEEK: Final = 7.0
FEWEST_DAYS: Final = 14.0
"""An experiment is not judged before two whole weeks: weekdays differ."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One period of an experiment: the cases with the model, and those held out from it.

    A group that had no case in the period is None; ``days`` is 0 where the length is not known.
    """

    start: datetime
    days: float
    treated: Sums | None
    holdout: Sums | None


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """An effect as it grew with the periods, and the clock of what was known; shape (periods,)."""

    effects: Array
    errors: Array
    clock: Array
    days: Array
    is_paired: bool
    starts: tuple[datetime, ...]

    def widths(self, tuned_weeks: float) -> Array:
        """Half the width of the interval at every look."""
        return self.errors * self.multiples(self.clock, self.grown(tuned_weeks))

    def grown(self, tuned_weeks: float) -> Array:
        """The clock in units of that at which intervals are narrowest."""
        return self.clock / (self.a_week * tuned_weeks)

    def multiples(self, clock: Array, grown: Array) -> Array:
        """Standard errors to either side."""
        return paired_multiple(clock, grown) if self.is_paired else multiple(grown)

    @property
    def a_week(self) -> float:
        """What the clock gained a week in the first two weeks; it knows no outcome."""
        first = int(np.searchsorted(self.days, FEWEST_DAYS))
        first = min(first, len(self.days) - 1)
        weeks = self.days[first] / DAYS_PER_WEEK
        return float(self.clock[first] / (weeks or 1.0))


def turns(ordered: Sequence[Compared]) -> list[tuple[Compared, Compared]]:
    """Each period of one group with the next one, if that is the other group's, treated first."""
    pairs, i = [], 0
    while i + 1 < len(ordered):
        one, two = ordered[i], ordered[i + 1]
        if bool(one.treated) != bool(two.treated):
            pairs.append((one, two) if one.treated else (two, one))
            i += 1
        i += 1
    return pairs


def side_by_side(both: Sequence[Compared], reading: Reading) -> Grown:
    """The effect as it grew with the periods in which both groups had cases."""
    treated, holdout = _both(both, reading)
    weights = treated.n * holdout.n / (treated.n + holdout.n)
    differences = treated.values - holdout.values
    variances = treated.variances / treated.n + holdout.variances / holdout.n
    clock = np.cumsum(weights)
    return Grown(
        effects=np.cumsum(weights * differences) / clock,
        errors=np.sqrt(np.cumsum(weights**2 * variances)) / clock,
        clock=clock,
        days=np.cumsum([p.days for p in both]),
        is_paired=False,
        starts=tuple(p.start for p in both),
    )


def _both(periods: Sequence[Compared], reading: Reading) -> tuple[Cells, Cells]:
    groups = (
        [p.treated for p in periods if p.treated],
        [p.holdout for p in periods if p.holdout],
    )
    treated, holdout = cells(groups, reading)
    return treated, holdout


def taking_turns(pairs: Sequence[tuple[Compared, Compared]], reading: Reading) -> Grown:
    """The effect as it grew with pairs of periods of which each had one group."""
    flat = [p for pair in pairs for p in pair]
    treated, holdout = _both(flat, reading)
    differences = treated.values - holdout.values
    n = np.arange(1.0, len(pairs) + 1)
    means = np.cumsum(differences) / n
    spread = np.array(
        [np.square(differences[:k] - means[k - 1]).sum() for k in range(1, len(n) + 1)]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.where(n > 1, np.sqrt(spread / (n - 1) / n), np.inf)
    return Grown(
        effects=means,
        errors=errors,
        clock=n,
        days=np.cumsum([one.days + two.days for one, two in pairs]),
        is_paired=True,
        starts=tuple(max(one.start, two.start) for one, two in pairs),
    )
