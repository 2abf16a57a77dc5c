"""Before and after beside control series: what a KPI changed that its likes did not (grade B)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.proof.autoregression import Undetermined, regression
from mlpm_core.proof.interval import TAIL, Interval
from mlpm_core.quantity import LARGEST_RESULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from mlpm_core.proof.autoregression import Mixture

    Array = NDArray[np.float64]


FEWEST_BEFORE: Final = 12
FEWEST_AFTER: Final = 4
_SPARE: Final = 6
_MOST_PLACEBOS: Final = 4


class ControlVerdict(StrEnum):
    """What the KPI did beside its controls."""

    ROSE = "rose"
    FELL = "fell"
    CANNOT_TELL = "cannot_tell"


class ControlReason(StrEnum):
    """Why no change is told."""

    NO_CONTROLS = "no_controls"
    FEW_BEFORE = "few_before"
    FEW_AFTER = "few_after"
    NO_NOISE = "no_noise"
    PRE_TRENDS_DIFFER = "pre_trends_differ"
    PLACEBO_IN_TIME = "placebo_in_time"
    PLACEBO_ON_CONTROLS = "placebo_on_controls"
    TOO_NOISY = "too_noisy"


@dataclass(frozen=True, slots=True)
class Placebo:
    """A change where none can be: at a period before the model, or in a control.

    ``period`` is the index of the pretended start; ``control`` that of the control, or None. The
    intervals of one kind are held together against 0 at 5 %.
    """

    period: int
    control: int | None
    change: Interval

    @property
    def is_passed(self) -> bool:
        """Whether it holds no change, as it should."""
        return not self.change.excludes(0.0)


@dataclass(frozen=True, slots=True)
class ControlledChange:
    """The change of a KPI beyond what its controls explain, in its unit.

    ``change`` is None when ``reason`` refuses it. ``slope_apart`` is how far the KPI rose against
    its controls over the periods before.
    """

    verdict: ControlVerdict
    n_before: int
    n_after: int
    n_controls: int
    change: Interval | None = None
    slope_apart: Interval | None = None
    placebos: tuple[Placebo, ...] = ()
    reason: ControlReason | None = None


def controlled_change(series: ArrayLike, controls: ArrayLike, live_at: int) -> ControlledChange:
    """What a KPI changed when the model went live, beyond what its controls did.

    Parameters
    ----------
    series : array of shape (periods,)
        The KPI in equal periods, NaN where one is missing.
    controls : array of shape (controls, periods)
        Series that share its season and course and that the model cannot move.
    live_at : int
        The index of the first period with the model.

    Raises
    ------
    InputError
        When the shapes differ, a number is infinite or ``live_at`` lies outside.

    Notes
    -----
    The KPI is regressed on its controls, a trend and the change, with autoregressive errors (see
    ``regression``). It is refused when the KPI rises against its controls before the model; when
    one of up to four pretended starts before shows a change; or when a control, explained by the
    others, changes at the start: the model moves it, or something else came at that time.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010). Synthetic control methods for comparative case studies.
    JASA 105(490), on placebo tests. Bertrand, Duflo & Mullainathan (2004). How much should we trust
    differences-in-differences estimates? QJE 119(1), on autocorrelation.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> shared = np.cumsum(rng.normal(size=60))
    >>> controls = shared + rng.normal(0, 0.3, (2, 60))
    >>> kpi = shared + rng.normal(0, 0.3, 60) + 2 * (np.arange(60) >= 40)
    >>> seen = controlled_change(kpi, controls, 40)
    >>> seen.verdict.value, all(p.is_passed for p in seen.placebos)
    ('rose', True)
    """
    y, others = _checked(series, controls, live_at)
    is_whole = np.isfinite(y) & np.isfinite(others).all(axis=0)
    y = np.where(is_whole, y, np.nan)
    n_before, n_after = int(is_whole[:live_at].sum()), int(is_whole[live_at:].sum())
    nothing = ControlledChange(ControlVerdict.CANNOT_TELL, n_before, n_after, len(others))
    if not len(others):
        return replace(nothing, reason=ControlReason.NO_CONTROLS)
    if n_before < max(FEWEST_BEFORE, len(others) + _SPARE):
        return replace(nothing, reason=ControlReason.FEW_BEFORE)
    if n_after < FEWEST_AFTER:
        return replace(nothing, reason=ControlReason.FEW_AFTER)
    found = _change(y, others, live_at)
    apart = _slope(y[:live_at], others[:, :live_at])
    if found is None or apart is None:
        return replace(nothing, reason=ControlReason.NO_NOISE)
    placebos = (*_in_time(y, others, live_at), *_on_controls(others, live_at))
    told = replace(nothing, slope_apart=Interval.of(apart), placebos=placebos)
    reason = _refusal(told)
    if reason is not None:
        return replace(told, reason=reason)
    change = Interval.of(found)
    if not change.excludes(0.0):
        return replace(told, change=change, reason=ControlReason.TOO_NOISY)
    verdict = ControlVerdict.ROSE if change.mean > 0 else ControlVerdict.FELL
    return replace(told, change=change, verdict=verdict)


def _refusal(told: ControlledChange) -> ControlReason | None:
    if told.slope_apart is not None and told.slope_apart.excludes(0.0):
        return ControlReason.PRE_TRENDS_DIFFER
    failed = [placebo for placebo in told.placebos if not placebo.is_passed]
    if any(placebo.control is None for placebo in failed):
        return ControlReason.PLACEBO_IN_TIME
    return ControlReason.PLACEBO_ON_CONTROLS if failed else None


def _checked(series: ArrayLike, controls: ArrayLike, live_at: int) -> tuple[Array, Array]:
    y, others = np.asarray(series, dtype=float), np.asarray(controls, dtype=float)
    if not others.size:
        others = np.empty((0, y.size))
    if y.ndim != 1 or others.ndim != 2 or others.shape[1] != len(y):
        raise InputError("A KPI and its controls need one number each for every period.")
    if not 0 <= live_at <= len(y):
        raise InputError("The model goes live in one of the periods.")
    if max(np.nanmax(np.abs(s), initial=0.0) for s in (y, others)) > LARGEST_RESULT:
        raise InputError("A number of a series is too large to be computed with.")
    return y, others


def _columns(others: Array) -> Array:
    """A constant and every control that varies, each around 0 and of size 1."""
    filled = np.where(np.isfinite(others), others, 0.0)
    centred = filled - filled.mean(axis=1, keepdims=True)
    sizes = np.abs(centred).max(axis=1, keepdims=True)
    varying = (sizes > 0).ravel()
    return np.column_stack([np.ones(others.shape[1]), (centred[varying] / sizes[varying]).T])


def _change(y: Array, others: Array, live_at: int) -> Mixture | None:
    after = (np.arange(len(y)) >= live_at).astype(np.float64)
    fit = regression(y, after, _columns(others), trend=True)
    return None if isinstance(fit, Undetermined) else fit.coefficient


def _slope(y: Array, others: Array) -> Mixture | None:
    """How far the KPI rises against its controls."""
    line = np.arange(len(y)) / len(y) - 0.5
    fit = regression(y, line, _columns(others), trend=False)
    return None if isinstance(fit, Undetermined) else fit.coefficient


def _in_time(y: Array, others: Array, live_at: int) -> Iterator[Placebo]:
    """Pretended starts before the model, spread over what is long enough on both sides."""
    first, last = max(FEWEST_BEFORE, len(others) + _SPARE), live_at - FEWEST_AFTER
    if last < first:
        return
    starts = np.unique(np.linspace(first, last, _MOST_PLACEBOS).astype(int)).tolist()
    for start in starts:
        found = _change(y[:live_at], others[:, :live_at], start)
        if found is not None:
            yield Placebo(start, None, _together(found, len(starts)))


def _on_controls(others: Array, live_at: int) -> Iterator[Placebo]:
    """Each control as though it were the KPI, explained by the others."""
    if len(others) < 2:
        return
    for i, control in enumerate(others):
        found = _change(control, np.delete(others, i, axis=0), live_at)
        if found is not None:
            yield Placebo(live_at, i, _together(found, len(others)))


def _together(found: Mixture, n: int) -> Interval:
    """An interval such that all n of a kind hold the truth in 95 of 100 cases."""
    tail = TAIL / n
    return Interval(found.mean, found.quantile(tail), found.quantile(1 - tail), 1 - 2 * tail)
