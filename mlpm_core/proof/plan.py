"""Will we ever know? Designs of a proof, with the weeks to a verdict and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.proof.always_valid import TUNED_WEEKS
from mlpm_core.proof.rollouts import MOST_WEEKS, fixed_weeks, rollouts
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


POWER: Final = 0.8
HOLDOUTS: Final = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""The shares held out that are compared; half and half is an A/B."""


class DesignKind(StrEnum):
    """How a proof is come by."""

    HALVES = "half and half"
    HOLDOUT = "holdout"
    SWITCHBACK = "switchback"
    BEFORE_AFTER = "before and after"


class Missing(StrEnum):
    """What a design needs and nobody has said."""

    WEEKLY_NOISE = "weekly noise"
    WEEKS_BEFORE = "weeks before"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a plan rests on.

    Parameters
    ----------
    effect : float
        The change of one case's outcome that the proof shall be able to see, above 0 for the
        better, in the outcome's unit.
    spread : float
        Standard deviation of one case's outcome, in the same unit; sqrt(p (1 - p)) of a share p.
    cases_per_week : float
    review_weeks : int
        Weeks until somebody decides with what is known by then.
    weekly_noise : float, optional
        Standard deviation of the whole KPI from week to week, in the same unit, with trend and
        season taken out; without it nothing is said of designs that compare weeks.
    autocorrelation : float
        Of the weekly KPI with the week before, in (-1, 1).
    weeks_before : int
        Weeks of the KPI measured before the model.
    control_correlation : float
        Of the weekly KPI with a series that the model does not touch, in [0, 1).
    value_per_case, value_sd : float, optional
        What the model is thought to bring for one treated case if its effect is the one above, and
        how uncertain that is; money.
    cost_per_case : float
        What it costs to treat one case, included in the value; saved when it is switched off.
    horizon_weeks : int
        For how long the model is to be used.

    Raises
    ------
    InputError
        When one is out of its range.
    """

    effect: float
    spread: float
    cases_per_week: float
    review_weeks: int
    weekly_noise: float | None = None
    autocorrelation: float = 0.0
    weeks_before: int = 0
    control_correlation: float = 0.0
    value_per_case: float | None = None
    value_sd: float = 0.0
    cost_per_case: float = 0.0
    horizon_weeks: int = 156

    def __post_init__(self) -> None:
        for name, words in (
            ("effect", "The effect to be seen"),
            ("spread", "The spread of one case"),
            ("cases_per_week", "The number of cases a week"),
            ("review_weeks", "The number of weeks until the review"),
            ("horizon_weeks", "The number of weeks of use"),
        ):
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(f"{words} must be above 0, not {fig(getattr(self, name)):g}.")
        if self.weekly_noise is not None and not 0 < self.weekly_noise < np.inf:
            raise InputError(f"The weekly noise must be above 0, not {fig(self.weekly_noise):g}.")
        if not -1 < self.autocorrelation < 1:
            raise InputError(
                f"The autocorrelation must lie between -1 and 1, not {fig(self.autocorrelation):g}."
            )
        if not 0 <= self.control_correlation < 1:
            raise InputError(
                "The correlation with the control series must be 0 or more and below 1, not "
                f"{fig(self.control_correlation):g}."
            )
        if self.value_sd < 0 or self.cost_per_case < 0 or self.weeks_before < 0:
            raise InputError("Spread, cost and weeks before cannot be below 0.")

    @property
    def noise(self) -> float:
        """Standard deviation of the KPI from week to week: at least what its cases explain."""
        return max(self.weekly_noise or 0.0, self.spread / float(np.sqrt(self.cases_per_week)))


@dataclass(frozen=True, slots=True)
class Design:
    """One way to a proof.

    ``weeks`` is the first week by which a verdict has come in 80 % of all roll-outs in which the
    effect is the one planned for, read every week; None beyond five years.
    ``fixed_weeks`` is how many it takes when it is read once, at the end, and never before.
    ``chance`` is that of a verdict by the review date. ``missing`` is what has to be known before
    any of this can be said. ``cost`` is what is not earned meanwhile
    where the model works as planned [money], ``total`` what the use brings over its horizon, on
    average over how well it may work, with what is learnt acted upon [money]; both are None without
    a value per case. ``tuned_weeks`` is for ``experiment``.
    """

    kind: DesignKind
    held_out: float
    grade: str
    weeks: int | None
    fixed_weeks: float | None
    chance: float | None
    tuned_weeks: float
    missing: Missing | None = None
    cost: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class ProofPlan:
    """All designs, and which share held out brings most.

    ``recommended`` is the share whose ``total`` is highest, 0 when none brings more than treating
    everybody at once, which brings ``total_without`` and teaches nothing; None without a value per
    case.
    """

    designs: tuple[Design, ...]
    recommended: float | None
    total_without: float | None

    @property
    def worth_of_knowing(self) -> float | None:
        """What the best share held out brings more than treating everybody at once [money]."""
        totals = [d.total for d in self.designs if _is_split(d.kind) and d.total is not None]
        if self.total_without is None or not totals:
            return None
        return max(totals) - self.total_without


def proof_plan(setting: Setting) -> ProofPlan:
    """Every design with its weeks to a verdict, its cost and its chance.

    Notes
    -----
    Found by 4,096 simulated roll-outs with fixed seeds, read every week from the second on as
    ``experiment`` reads them: a verdict is an interval that leaves out no effect, or the effect
    planned for. Noise is taken as normal. After the verdict, or at the review without one, the
    model is used on when that is worth it on average given prior and measurement: value per case
    ~ normal(value_per_case, value_sd), in proportion to the effect.

    References
    ----------
    Raiffa & Schlaifer (1961). Applied statistical decision theory. Azevedo, Deng, Montiel Olea, Rao
    & Weyl (2020). A/B testing with fat tails. Journal of Political Economy 128(12).

    Examples
    --------
    >>> plan = proof_plan(Setting(effect=0.0081, spread=0.3206, cases_per_week=2350,
    ...                           review_weeks=26))
    >>> [(d.kind.value, round(d.fixed_weeks)) for d in plan.designs
    ...  if d.fixed_weeks and d.held_out in (0.1, 0.5)]
    [('half and half', 21), ('holdout', 58)]
    """
    designs = tuple(_designed(setting, kind, share) for kind, share in _kinds())
    without = _everybody(setting)
    if without is None:
        return ProofPlan(designs, None, None)
    by_share = {0.0: without}
    by_share |= {d.held_out: d.total for d in designs if _is_split(d.kind) and d.total is not None}
    return ProofPlan(designs, max(by_share, key=lambda share: by_share[share]), without)


def _kinds() -> Iterator[tuple[DesignKind, float]]:
    for share in reversed(HOLDOUTS):
        yield (DesignKind.HALVES if share == 0.5 else DesignKind.HOLDOUT), share
    yield DesignKind.SWITCHBACK, 0.5
    yield DesignKind.BEFORE_AFTER, 0.0


def _is_split(kind: DesignKind) -> bool:
    return kind in (DesignKind.HALVES, DesignKind.HOLDOUT)


def information(setting: Setting, kind: DesignKind, held_out: float) -> Array:
    """What a design knows after each week: 1 / variance of the effect; shape (weeks,).

    Groups side by side: k c h (1 - h) / spread^2. Turns, a coin deciding which of two weeks comes
    first: k / (4 noise^2 (1 - a)), whole pairs only. Before and after:
    1 / (noise^2 (1 - r^2) (1 + a) / (1 - a) (1 / before + 1 / k)), a the autocorrelation and r the
    correlation with the control.

    Examples
    --------
    >>> setting = Setting(effect=0.05, spread=1, cases_per_week=100, review_weeks=9,
    ...                   weeks_before=63)
    >>> float(information(setting, DesignKind.BEFORE_AFTER, 0)[62]).__round__()
    3150
    """
    week = np.arange(1.0, MOST_WEEKS + 1)
    if kind is DesignKind.SWITCHBACK:
        pairs = np.floor(week / 2)
        return pairs / (2 * setting.noise**2 * (1 - setting.autocorrelation))
    if kind is DesignKind.BEFORE_AFTER:
        a = setting.autocorrelation
        one = setting.noise**2 * (1 - setting.control_correlation**2) * (1 + a) / (1 - a)
        before = setting.weeks_before
        return week * before / (week + before) / one
    return week * setting.cases_per_week * held_out * (1 - held_out) / setting.spread**2


def _missing(setting: Setting, kind: DesignKind) -> Missing | None:
    if not _is_split(kind) and setting.weekly_noise is None:
        return Missing.WEEKLY_NOISE
    if kind is DesignKind.BEFORE_AFTER and not setting.weeks_before:
        return Missing.WEEKS_BEFORE
    return None


def _designed(setting: Setting, kind: DesignKind, held_out: float) -> Design:
    grade = "B" if kind is DesignKind.BEFORE_AFTER else "A"
    if missing := _missing(setting, kind):
        return Design(kind, held_out, grade, None, None, None, TUNED_WEEKS, missing)
    known = information(setting, kind, held_out)
    fixed = fixed_weeks(setting.effect, known, POWER)
    tuned = float(min(max(fixed or MOST_WEEKS, 2.0), MOST_WEEKS))
    is_paired = kind is DesignKind.SWITCHBACK
    planned = rollouts(known, setting.effect, setting.effect, tuned, is_paired=is_paired)
    design = Design(
        kind,
        held_out,
        grade,
        planned.weeks_to(POWER),
        fixed,
        planned.chance_by(setting.review_weeks),
        tuned,
    )
    if setting.value_per_case is None:
        return design
    weeks = planned.ended(setting.review_weeks)
    cost = setting.value_per_case * setting.cases_per_week * held_out * float(weeks.mean())
    return replace(design, cost=cost, total=_total(setting, known, held_out, tuned, is_paired))


def _prior(setting: Setting) -> tuple[float, float]:
    """Mean and standard deviation of the true effect, as a share of the one planned for."""
    gross = (setting.value_per_case or 0.0) + setting.cost_per_case
    return 1.0, setting.value_sd / gross if gross > 0 else 0.0


def _everybody(setting: Setting) -> float | None:
    """What the use brings when everybody is treated from the first week to the last."""
    if setting.value_per_case is None:
        return None
    return setting.value_per_case * setting.cases_per_week * setting.horizon_weeks


def _total(setting: Setting, known: Array, held_out: float, tuned: float, is_paired: bool) -> float:
    """What the use brings on average, when it ends or goes on by what the design finds."""
    mean, spread = _prior(setting)
    run = rollouts(
        known, setting.effect, setting.effect, tuned, is_paired=is_paired, prior_sd=spread
    )
    weeks = np.minimum(run.ended(setting.review_weeks), setting.horizon_weeks)
    gross = (setting.value_per_case or 0.0) + setting.cost_per_case
    value = gross * run.truths - setting.cost_per_case
    at_end, precision = run.estimates_at(weeks), run.known_at(weeks) * setting.effect**2
    if spread > 0:
        believed = (mean / spread**2 + at_end * precision) / (1 / spread**2 + precision)
    else:
        believed = np.full(len(weeks), mean)
    goes_on = gross * believed > setting.cost_per_case
    later = (setting.horizon_weeks - weeks) * goes_on
    return float((setting.cases_per_week * value * (weeks * (1 - held_out) + later)).mean())
