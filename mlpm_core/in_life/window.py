"""Which of the newest periods say how a model does now, and whether its value really fell.

One week of a few cases says little. Periods are taken together, from the newest backwards, until
the value is known well enough, and never across a change that chance does not explain. A value
below plan counts only as far as chance does not explain it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr

from mlpm_core.in_life.observation import Observation, pooled
from mlpm_core.quantity import Z90

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Nets = Callable[[Mapping[str, Array]], tuple[Array, Array]]


_LENGTHS: Final = (
    *(1, 2, 3, 4, 6, 9, 13, 18, 26, 39, 52, 65, 78, 91, 128, 182, 256, 364, 512, 728, 1024, 1456),
)
_FALSE_A_YEAR: Final = 0.05
_TESTS_A_LOOK: Final = 2.0  # windows of seven lengths, hardly apart, cry wolf like two
_NEAR_ENOUGH: Final = 0.1  # of the planned value
_SHORT_OF: Final = 0.8
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Track:
    """A metric over the newest periods, oldest first; None where a period has none of it.

    ``expected`` is what the plan says, None without one; ``between`` the variance with which
    periods differ beyond sampling; ``low`` and ``high`` bound the metric.
    """

    name: str
    observations: tuple[Observation | None, ...]
    expected: float | None = None
    between: float = 0.0
    low: float | None = None
    high: float | None = None

    def newest(self, length: int, skip: int = 0) -> Observation | None:
        """So many periods as one, the newest ones skipped; None without any observation.

        Without one in the newest periods the last one before them still holds.
        """
        end = len(self.observations) - skip
        part = [o for o in self.observations[max(end - length, 0) : end] if o is not None]
        if not part and not skip:
            part = [o for o in self.observations if o is not None][-1:]
        return pooled(part).widened(self.between / len(part)) if part else None


@dataclass(frozen=True, slots=True)
class Window:
    """The newest periods that say how a model does now.

    ``settled_net`` is the mean net a year when every metric that chance explains is left as
    planned, and ``settled_loss`` the probability of a loss there; None without a plan.
    ``differing`` are the metrics that chance does not explain.
    """

    length: int
    settled_net: float | None = None
    settled_loss: float | None = None
    differing: tuple[str, ...] = ()


def current_window(tracks: Sequence[Track], nets: Nets, *, looks_a_year: float) -> Window:
    """The newest periods that count as now, and what of a fall is more than chance.

    Parameters
    ----------
    tracks : sequence of Track
        Every monitored metric that the value rests on, over the same periods.
    nets : callable
        Mean net a year, and the probability of a loss, for k levels of the metrics, NaN where a
        metric is left as planned: see ``mean_nets``.
    looks_a_year : float
        How often somebody looks: periods a year.

    Returns
    -------
    Window
        After a fall below 80 % of the plan that chance does not explain: the periods that tell it
        most clearly. Else the fewest whose sampling leaves the value within 10 % of the plan in
        80 of 100 cases, or all there are since the last change.

    Notes
    -----
    Of each length of window every metric is held against its plan by its one-sided p-value
    (binomial for counts). It counts as different below 0.05 / (2 x metrics x looks a year): the
    error of 5 % a year is spent evenly over the looks (Bonferroni), and the factor 2 pays for
    looking at windows of several lengths (a scan by generalised likelihood ratio; Lai 1995).
    A window is cut where its newer part differs from its older one by that much.

    References
    ----------
    Lai (1995). Sequential changepoint detection in quality control and dynamical systems.
    Journal of the Royal Statistical Society B 57(4).

    Examples
    --------
    >>> def nets(levels):
    ...     recall = np.where(np.isnan(levels["recall"]), 0.6, levels["recall"])
    ...     return recall * 100, np.zeros(len(recall))
    >>> weeks = [Observation(0.6, cases=96)] * 9 + [Observation(0.3, cases=96)] * 2
    >>> now = current_window([Track("recall", tuple(weeks), 0.6)], nets, looks_a_year=52)
    >>> now.length, round(now.settled_net, 6), now.differing
    (2, 30.0, ('recall',))
    """
    n = max((len(track.observations) for track in tracks), default=0)
    if not n:
        return Window(0)
    alpha = _FALSE_A_YEAR / (_TESTS_A_LOOK * max(len(tracks), 1) * max(looks_a_year, 1.0))
    longest = _since_change(tracks, n, alpha)
    lengths = [w for w in _LENGTHS if w < longest] + [longest]
    looks = [_Look.of(tracks, w, alpha) for w in lengths]
    means, losses = nets(_levels(tracks, looks))
    planned, rest = float(means[0]), means[1:].reshape(len(looks), -1)
    loss = losses[1:].reshape(len(looks), -1)[:, 1]
    enough = _first_near_enough(lengths, rest, planned)
    if any(track.expected is None for track in tracks) or not planned > 0:
        return Window(enough)
    settled = rest[:, 1]
    fallen = [i for i, net in enumerate(settled) if net < _SHORT_OF * planned]
    at = (
        min(fallen, key=lambda i: (looks[i].least_chance, -lengths[i]))
        if fallen
        else lengths.index(enough)
    )
    if not np.isfinite(settled[at]):
        return Window(lengths[at])
    return Window(lengths[at], float(settled[at]), float(loss[at]), looks[at].differing)


@dataclass(frozen=True, slots=True)
class _Look:
    """One length of window: each metric in it, and which chance does not explain."""

    pooled: tuple[Observation | None, ...]
    differing: tuple[str, ...]
    least_chance: float

    @classmethod
    def of(cls, tracks: Sequence[Track], length: int, alpha: float) -> _Look:
        observations = tuple(track.newest(length) for track in tracks)
        chances = [
            1.0 if o is None or t.expected is None else o.chance(t.expected)
            for t, o in zip(tracks, observations, strict=True)
        ]
        names = tuple(t.name for t, p in zip(tracks, chances, strict=True) if p < alpha)
        return cls(observations, names, min(chances, default=1.0))


def _since_change(tracks: Sequence[Track], n: int, alpha: float) -> int:
    """How many of the newest periods do not differ among each other by more than chance."""
    while True:
        apart = [(_apart(tracks, k, n), k) for k in _LENGTHS if k < n]
        z, k = max(apart, default=(0.0, n))
        if z <= 0 or float(ndtr(-z)) >= alpha:
            return n
        n = k


def _apart(tracks: Sequence[Track], newer: int, n: int) -> float:
    """How many standard errors the newer periods lie from those before, by the metric farthest."""
    return max(
        (standard_errors_apart(t.newest(newer), t.newest(n - newer, skip=newer)) for t in tracks),
        default=0.0,
    )


def standard_errors_apart(one: Observation | None, other: Observation | None) -> float:
    """How many standard errors of their difference two observations of one metric lie apart.

    Examples
    --------
    >>> round(standard_errors_apart(Observation(0.5, cases=100), Observation(0.6, cases=100)), 2)
    1.42
    """
    if one is None or other is None or one.value == other.value:
        return 0.0
    common = pooled([one, other]).value
    variance = one.variance_at(common) + other.variance_at(common)
    return abs(one.value - other.value) / variance**0.5 if variance > 0 else np.inf


def _levels(tracks: Sequence[Track], looks: Sequence[_Look]) -> dict[str, Array]:
    """The levels to be valued: as planned, then of each look all, the differing, and each moved."""
    rows: list[list[float]] = [[np.nan] * len(tracks)]
    for look in looks:
        at = [_level(t, o) for t, o in zip(tracks, look.pooled, strict=True)]
        rows.append(at)
        kept = [track.name in look.differing for track in tracks]
        rows.append([x if is_kept else np.nan for x, is_kept in zip(at, kept, strict=True)])
        for i, (track, o) in enumerate(zip(tracks, look.pooled, strict=True)):
            error = 0.0 if o is None else o.variance_at(at[i]) ** 0.5
            rows += [[*at[:i], _bounded(track, at[i] + side * error), *at[i + 1 :]]
                     for side in (1, -1)]  # fmt: skip
    columns = np.array(rows).T
    return {track.name: column for track, column in zip(tracks, columns, strict=True)}


def _level(track: Track, observation: Observation | None) -> float:
    """The value of a metric; a counted share without a hit, or without a miss, is not quite so."""
    if observation is None:
        return np.nan
    n = observation.cases
    if not n or 0 < observation.value < 1:
        return _bounded(track, observation.value)
    return (observation.hits + _HALF) / (n + 1)


def _bounded(track: Track, value: float) -> float:
    low = -np.inf if track.low is None else track.low
    return float(np.clip(value, low, np.inf if track.high is None else track.high))


def _first_near_enough(lengths: Sequence[int], rest: Array, planned: float) -> int:
    """The shortest window whose sampling leaves the value near enough; else the longest."""
    scale = abs(planned) if np.isfinite(planned) and planned else abs(float(rest[-1, 0]))
    for length, row in zip(lengths, rest, strict=True):
        moved = (row[2::2] - row[3::2]) / 2
        half = Z90 * float(np.sqrt(np.square(moved).sum()))
        if half <= _NEAR_ENOUGH * scale:
            return length
    return lengths[-1]
