"""What a model changed where units took it up at different times, against those yet to come.

The usual regression with a level for each unit and period compares late with early units and may
even turn the sign. Here each unit is compared only with units that have not taken it up yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtrit

from mlpm_core.errors import InputError
from mlpm_core.proof.interval import TAIL, Interval
from mlpm_core.quantity import LARGEST_RESULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]


FEWEST_TREATED: Final = 5
FEWEST_CONTROLS: Final = 5
FEWEST_OF_A_COHORT: Final = 2
_MOST_LEADS: Final = 3


class RolloutVerdict(StrEnum):
    """What a staggered roll-out says of a change."""

    ROSE = "rose"
    FELL = "fell"
    CANNOT_TELL = "cannot_tell"


class RolloutReason(StrEnum):
    """Why nothing is told."""

    FEW_TREATED = "few_treated"
    FEW_CONTROLS = "few_controls"
    NO_BEFORE = "no_before"
    ALL_EQUAL = "all_equal"
    PRE_TRENDS_DIFFER = "pre_trends_differ"
    TOO_NOISY = "too_noisy"


@dataclass(frozen=True, slots=True)
class CohortChange:
    """Mean change of the units that took it up in one period, measured in one period.

    The change plus and minus ``half_width`` holds the truth 95 times in 100: Welch (1947), The
    generalization of Student's problem when several different population variances are involved,
    Biometrika 34.
    """

    adopted_at: int
    period: int
    n_units: int
    change: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Rollout:
    """The mean change over all units and periods since each took it up, in the outcome's unit.

    ``leads`` are the same comparison 2, 3 and 4 periods before, when there should be none; one that
    is surely not 0 refuses the change. ``n_left_out`` units lack a value, had no period before, or
    are the only one of their cohort.
    """

    verdict: RolloutVerdict
    n_treated: int
    n_never: int
    n_left_out: int
    change: Interval | None = None
    cohorts: tuple[CohortChange, ...] = ()
    leads: tuple[Interval, ...] = ()
    reason: RolloutReason | None = None


def rollout(outcomes: ArrayLike, adopted_at: Sequence[int | None]) -> Rollout:
    """What units changed by taking something up, against units that had not yet.

    Parameters
    ----------
    outcomes : array of shape (units, periods)
        The KPI of each unit in equal periods; a unit with a missing value is left out.
    adopted_at : sequence of int or None
        The index of the first period in which each unit had it; None for never.

    Raises
    ------
    InputError
        When the shapes differ or a number is infinite.

    Notes
    -----
    The change of cohort g in period t is the mean of y(t) - y(g - 1) over its units less that over
    units that take it up after t or never; the figure is its mean over all g and t >= g, weighted
    by units. Errors come from the influence of each unit on it, so they are clustered by unit; the
    interval is Student's. The leads, t = g - 2 to g - 4 in place of t, are held together against 0
    at 5 % (Bonferroni).

    References
    ----------
    Callaway & Sant'Anna (2021). Difference-in-differences with multiple time periods. Journal of
    Econometrics 225(2). Goodman-Bacon (2021). Difference-in-differences with variation in treatment
    timing. Journal of Econometrics 225(2).

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> adopted = [4] * 10 + [6] * 10 + [None] * 10
    >>> y = rng.normal(size=(30, 1)) + rng.normal(0, 0.3, (30, 8))
    >>> y[:10, 4:] += 2; y[10:20, 6:] += 2
    >>> seen = rollout(y, adopted)
    >>> seen.verdict.value, round(seen.change.mean, 1)
    ('rose', 2.0)
    """
    y = np.asarray(outcomes, dtype=float)
    if y.ndim != 2 or len(y) != len(adopted_at):
        raise InputError("A roll-out needs a row of outcomes and one date of adoption a unit.")
    if np.nanmax(np.abs(y), initial=0.0) > LARGEST_RESULT:
        raise InputError("An outcome is too large to be computed with.")
    n_periods = y.shape[1]
    starts = np.array([n_periods if at is None or at >= n_periods else at for at in adopted_at])
    is_whole = np.isfinite(y).all(axis=1) & (starts >= 1)
    alone = [g for g in set(starts.tolist()) if (starts == g)[is_whole].sum() < FEWEST_OF_A_COHORT]
    is_whole &= ~np.isin(starts, [g for g in alone if g < n_periods])
    has_none_before = bool((starts < 1).any()) and not (starts[is_whole] < n_periods).any()
    y, starts = y[is_whole], starts[is_whole]
    panel = _Panel(y, starts)
    nothing = Rollout(
        RolloutVerdict.CANNOT_TELL,
        int((starts < n_periods).sum()),
        int((starts == n_periods).sum()),
        len(is_whole) - len(y),
    )
    return _told(nothing, panel, has_none_before=has_none_before)


def _told(nothing: Rollout, panel: _Panel, *, has_none_before: bool) -> Rollout:
    cells = panel.cells()
    treated = sum(int((panel.starts == g).sum()) for g in {g for g, _ in cells})
    if treated < FEWEST_TREATED:
        reason = RolloutReason.NO_BEFORE if has_none_before else RolloutReason.FEW_TREATED
        if nothing.n_treated >= FEWEST_TREATED:
            reason = RolloutReason.FEW_CONTROLS
        return _with(nothing, reason)
    cohorts = tuple(panel.cohort_change(g, t) for g, t in cells)
    mean, influence = panel.mean_of(cells)
    size = float(np.abs(panel.y).max())
    if np.abs(influence).max() <= 1e-12 * size:
        return _with(nothing, RolloutReason.ALL_EQUAL, cohorts)
    df = panel.df(cells)
    change = _interval(mean, influence, df, TAIL)
    leads = panel.leads()
    told = tuple(_interval(*lead, df, TAIL / max(len(leads), 1)) for lead in leads)
    if any(lead.excludes(0.0) for lead in told):
        return _with(nothing, RolloutReason.PRE_TRENDS_DIFFER, cohorts, told)
    verdict, reason = RolloutVerdict.CANNOT_TELL, RolloutReason.TOO_NOISY
    if change.excludes(0.0):
        verdict = RolloutVerdict.ROSE if change.mean > 0 else RolloutVerdict.FELL
        return Rollout(
            verdict, nothing.n_treated, nothing.n_never, nothing.n_left_out, change, cohorts, told
        )
    return Rollout(
        verdict, nothing.n_treated, nothing.n_never, nothing.n_left_out, change, cohorts, told,
        reason,
    )  # fmt: skip


def _with(
    nothing: Rollout,
    reason: RolloutReason,
    cohorts: tuple[CohortChange, ...] = (),
    leads: tuple[Interval, ...] = (),
) -> Rollout:
    return Rollout(
        nothing.verdict, nothing.n_treated, nothing.n_never, nothing.n_left_out, None, cohorts,
        leads, reason,
    )  # fmt: skip


def _interval(mean: float, influence: Array, df: int, tail: float) -> Interval:
    reach = float(stdtrit(df, 1 - tail)) * float(np.sqrt(np.square(influence).sum()))
    return Interval(mean, mean - reach, mean + reach)


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """Outcomes of shape (units, periods), and when each unit adopted; periods for never."""

    y: Array
    starts: NDArray[np.intp]

    def controls(self, cohort: int, period: int) -> Flags:
        """Units that had not taken it up, neither in the period nor when the cohort did."""
        return np.asarray((self.starts > period) & (self.starts > cohort))

    def cells(self) -> list[tuple[int, int]]:
        """Cohorts and periods since that can be told."""
        n = self.y.shape[1]
        return [
            (g, t)
            for g in sorted(set(self.starts[self.starts < n].tolist()))
            for t in range(g, n)
            if self.controls(g, t).sum() >= FEWEST_CONTROLS
        ]

    def change(self, cohort: int, period: int) -> tuple[float, Array]:
        """The change of a cohort in a period, and how much each unit adds to its error."""
        step = self.y[:, period] - self.y[:, cohort - 1]
        influence = np.zeros(len(step))
        means = []
        for sign, group in ((1, self.starts == cohort), (-1, self.controls(cohort, period))):
            n = int(group.sum())
            mean = float(step[group].mean())
            means.append(mean)
            influence[group] += sign * (step[group] - mean) / np.sqrt(n * (n - 1))
        return means[0] - means[1], influence

    def cohort_change(self, cohort: int, period: int) -> CohortChange:
        change, influence = self.change(cohort, period)
        sides = [
            (int(side.sum()), float(np.square(influence[side]).sum()))
            for side in (self.starts == cohort, self.controls(cohort, period))
        ]
        square = sum(s for _, s in sides)
        half_width = 0.0
        if square:
            df = 1 / sum((s / square) ** 2 / (n - 1) for n, s in sides)
            half_width = float(stdtrit(df, 1 - TAIL)) * float(np.sqrt(square))
        return CohortChange(cohort, period, sides[0][0], change, half_width)

    def mean_of(self, cells: Sequence[tuple[int, int]]) -> tuple[float, Array]:
        """The mean over cells, by the units of each cohort."""
        weights = np.array([float((self.starts == g).sum()) for g, _ in cells])
        weights /= weights.sum()
        changes = [self.change(g, t) for g, t in cells]
        mean = sum(w * change for w, (change, _) in zip(weights, changes, strict=True))
        influence = sum(w * part for w, (_, part) in zip(weights, changes, strict=True))
        return float(mean), np.asarray(influence)

    def leads(self) -> list[tuple[float, Array]]:
        """The same comparison before anybody took it up, 2, 3 ... periods before each did."""
        found = []
        cohorts = sorted({g for g, _ in self.cells()})
        for lead in range(2, 2 + _MOST_LEADS):
            cells = [(g, g - lead) for g in cohorts if g >= lead]
            if cells:
                found.append(self.mean_of(cells))
        return found

    def df(self, cells: Sequence[tuple[int, int]]) -> int:
        """Units beyond the means that were taken, of the scarcer side."""
        cohorts = {g for g, _ in cells}
        treated = sum(int((self.starts == g).sum()) - 1 for g in cohorts)
        controls = min(int(self.controls(g, t).sum()) - 1 for g, t in cells)
        return max(1, min(treated, controls))
