"""The outside view: what earlier projects of one's own took, over what they were estimated to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import log_ndtr

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PRIOR_BIAS: Final = 1.25
"""The product's own: how much longer work takes than practised people say, as a median."""
PRIOR_LOG_SD: Final = 0.35
"""The product's own."""
PRIOR_PROJECTS: Final = 4
"""The product's own: what was believed before weighs as much as four closed projects."""
FEWEST_PROJECTS: Final = 3
"""The product's own: two closed projects are no class to compare with."""
_MOST_ROUNDS: Final = 500
_SETTLED: Final = 1e-10


@dataclass(frozen=True, slots=True)
class PastProject:
    """An earlier project: person-days estimated and taken, and whether it was stopped."""

    estimated_days: float
    actual_days: float
    was_stopped: bool = False

    @property
    def ratio(self) -> float:
        """Days taken over days estimated; of a stopped project it is at least that."""
        return self.actual_days / self.estimated_days


@dataclass(frozen=True, slots=True)
class OutsideView:
    """What a project of that raw estimate takes, if it goes as the closed ones did.

    Days are None where so few projects cannot say; ``is_at_least`` when a stopped project, which
    would have taken longer, is among them. ``inside_is_low`` says that the estimate promises
    (P80) less than half of the closed projects took.
    """

    p50: float | None
    p80: float | None
    p95: float | None
    is_at_least: bool
    inside_is_low: bool


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """How far own estimates were off, from all closed projects.

    Parameters
    ----------
    bias : float
        Median of actual over estimated days, earlier belief and closed projects together.
    log_sd : float
        Standard deviation of its logarithm from project to project.
    ratios : tuple[float, ...]
        Actual over estimated days of each closed project, rising.
    n_stopped : int
        How many of them were stopped: their ratio is at least what it says.
    """

    bias: float
    log_sd: float
    ratios: tuple[float, ...]
    n_stopped: int

    @property
    def n_projects(self) -> int:
        """How many closed projects there are, those stopped too."""
        return len(self.ratios)

    def quantile(self, level: float) -> float | None:
        """The ratio that a share of closed projects stayed below; None where they cannot say.

        Of n projects the k-th lowest stands for the level k / (n + 1) (Weibull's plotting
        positions): five projects say nothing of the worst in twenty.

        Examples
        --------
        >>> five = reference_class([PastProject(10, 10 * r) for r in (1.6, 1.3, 2.1, 1.1, 1.9)])
        >>> five.quantile(0.5), round(five.quantile(0.8), 2), five.quantile(0.95)
        (1.6, 2.06, None)
        """
        n = self.n_projects
        # a level that lies on the last project is within, whatever the rounding of n + 1
        if n < FEWEST_PROJECTS or not 1 <= round(level * (n + 1), 9) <= n:
            return None
        return float(np.quantile(self.ratios, level, method="weibull"))

    def outside_view(self, raw_days: float, inside_p80: float | None = None) -> OutsideView:
        """Days that a raw estimate becomes, beside what the estimate itself says.

        Parameters
        ----------
        raw_days : float
            Person-days of the new project as they were guessed, before any factor; above 0.
        inside_p80 : float or None
            Person-days that the estimate holds to be enough 8 times in 10.

        Raises
        ------
        InputError
            When the days are no number above 0.

        Examples
        --------
        >>> five = reference_class([PastProject(10, 10 * r) for r in (1.6, 1.3, 2.1, 1.1, 1.9)])
        >>> view = five.outside_view(100, inside_p80=150)
        >>> round(view.p50), round(view.p80), view.p95, view.inside_is_low
        (160, 206, None, True)
        """
        if not 0 < raw_days < math.inf:
            raise InputError(f"The raw estimate is {raw_days!r} days; give a number above 0.")
        levels = (self.quantile(level) for level in (0.5, 0.8, 0.95))
        p50, p80, p95 = (None if ratio is None else raw_days * ratio for ratio in levels)
        is_low = p50 is not None and inside_p80 is not None and inside_p80 < p50
        return OutsideView(p50, p80, p95, self.n_stopped > 0, is_low)


def reference_class(
    projects: Sequence[PastProject],
    *,
    prior_bias: float = PRIOR_BIAS,
    prior_log_sd: float = PRIOR_LOG_SD,
) -> ReferenceClass:
    """What is believed of own estimates after some projects came to an end.

    Parameters
    ----------
    projects : sequence of PastProject
        All closed projects; leaving out those that were stopped would make estimates look better
        than they are.
    prior_bias, prior_log_sd : float
        Median of actual over estimated, and the spread of its logarithm, believed before.

    Returns
    -------
    ReferenceClass
        Without any project what was believed before.

    Raises
    ------
    InputError
        When a number of days is not above 0.

    Notes
    -----
    With y = ln(actual / estimated) and n0 = 4: mu = (n0 ln b0 + sum y) / (n0 + J), bias = exp(mu)
    and log_sd**2 = (n0 tau0**2 + n0 (ln b0 - mu)**2 + sum (y - mu)**2) / (n0 + J). A stopped
    project would have taken more than it did, so that its y is only known to lie above: mean and
    mean square of y given that are put in its place until nothing moves (EM for values cut off on
    the right). Without a stopped project that is the formula as it stands.

    References
    ----------
    Flyvbjerg, B. (2006). From Nobel Prize to project management: getting risks right. Project
    Management Journal 37(3): the reference class. Dempster, A., Laird, N. & Rubin, D. (1977),
    Journal of the Royal Statistical Society B 39(1): values cut off. The weight of the earlier
    belief is the product's own.

    Examples
    --------
    >>> five = reference_class([PastProject(10, 10 * r) for r in (1.6, 1.3, 2.1, 1.1, 1.9)])
    >>> round(five.bias, 2), round(five.log_sd, 2)
    (1.41, 0.31)
    """
    if not (0 < prior_bias < math.inf and 0 < prior_log_sd < math.inf):
        raise InputError("What was believed before needs a bias and a spread above 0.")
    for project in projects:
        if not all(0 < d < math.inf for d in (project.estimated_days, project.actual_days)):
            raise InputError("Days of a closed project must be numbers above 0.")
    logs = np.log([project.ratio for project in projects]) if projects else np.empty(0)
    stopped = np.array([project.was_stopped for project in projects], dtype=bool)
    mean, log_sd = _fitted(logs, stopped, math.log(prior_bias), prior_log_sd)
    ratios = tuple(sorted(project.ratio for project in projects))
    return ReferenceClass(math.exp(mean), log_sd, ratios, int(stopped.sum()))


def _fitted(
    logs: Array, stopped: NDArray[np.bool_], prior_mean: float, prior_sd: float
) -> tuple[float, float]:
    """Mean and spread of the logarithm, stopped projects at least as large as they look."""
    total = PRIOR_PROJECTS + logs.size
    mean, sd = prior_mean, prior_sd
    for _ in range(_MOST_ROUNDS):
        first, second = logs.copy(), logs**2
        first[stopped], second[stopped] = _beyond(logs[stopped], mean, sd)
        new_mean = (PRIOR_PROJECTS * prior_mean + float(first.sum())) / total
        squares = float((second - 2 * new_mean * first + new_mean**2).sum())
        prior_squares = PRIOR_PROJECTS * (prior_sd**2 + (prior_mean - new_mean) ** 2)
        new_sd = math.sqrt((prior_squares + max(0.0, squares)) / total)
        is_settled = abs(new_mean - mean) + abs(new_sd - sd) < _SETTLED
        mean, sd = new_mean, new_sd
        if is_settled:
            break
    return mean, sd


def _beyond(least: Array, mean: float, sd: float) -> tuple[Array, Array]:
    """Mean and mean square of a normal variable known to lie above each of ``least``."""
    z = (least - mean) / sd
    hazard = np.exp(-(z**2) / 2 - 0.5 * math.log(2 * math.pi) - log_ndtr(-z))
    first = mean + sd * hazard
    second = sd**2 * (1 + z * hazard) + 2 * mean * first - mean**2
    return first, second
