"""A regression on a series whose periods resemble their neighbours, with honest intervals.

Weekly figures carry their luck on: a good week is followed by a good one. Taken as independent they
look surer than they are. Here the likeness of neighbours is estimated with the rest, and what is
not known of it widens every interval, which is what short series need.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaincinv, ndtri, stdtr, stdtrit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_N_GRID: Final = 60
_PRIOR: Final = (0.7, 0.35)  # Beta of (1 + phi) / 2: close to the reference prior, wider towards 1
_HIGHEST: Final = 0.9999
_RISES: Final = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 128.0])
_EXACT: Final = 1e-12
_SINGULAR: Final = 1e-7
_NEGLIGIBLE: Final = 1e-4
_N_POINTS: Final = 64
_N_OWN_POINTS: Final = 128
_MOST_ALIKE: Final = 0.9
_FEWEST_LEFT: Final = 2
_END: Final = 0.975


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A figure that is uncertain as a mixture of Student's t distributions.

    ``weights``, ``centres`` and ``scales`` have shape (parts,), with ``df`` degrees of freedom.
    """

    weights: Array
    centres: Array
    scales: Array
    df: int

    @property
    def mean(self) -> float:
        """Its centre: that of the parts, by their weights."""
        return float(self.weights @ self.centres)

    def probability_below(self, value: float) -> float:
        """How likely it lies below a value, in [0, 1]."""
        return float(self.weights @ stdtr(self.df, (value - self.centres) / self.scales))

    def quantile(self, share: float) -> float:
        """The value below which it lies with a probability in (0, 1).

        Examples
        --------
        >>> round(Mixture(np.ones(1), np.array([3.0]), np.array([2.0]), 10).quantile(0.975), 3)
        7.456
        """
        reach = 8 * float(self.scales.max())
        low, high = float(self.centres.min()) - reach, float(self.centres.max()) + reach
        while self.probability_below(low) > share:
            low -= high - low
        while self.probability_below(high) < share:
            high += high - low
        return float(brentq(lambda x: self.probability_below(x) - share, low, high, rtol=1e-9))

    def points(self) -> Array:
        """Equally likely points that stand for it, in order; shape (128,)."""
        shares = (np.arange(_N_OWN_POINTS) + 0.5) / _N_OWN_POINTS
        ends = self.quantile(shares[0]), self.quantile(shares[-1])
        grid = np.linspace(*ends, 2 * _N_OWN_POINTS)
        z = (grid[:, None] - self.centres) / self.scales
        return np.interp(shares, stdtr(self.df, z) @ self.weights, grid)


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """What a series says of one coefficient.

    ``autocorrelation`` is the likeness of neighbours, in (-1, 1), and ``noise_sd`` the standard
    deviation of the series around the fit, in its unit; both are means over what is possible.
    ``rise`` is how far the trend rises from the first period to the last.
    """

    coefficient: Mixture
    autocorrelation: float
    noise_sd: float
    rise: float


class Undetermined(Enum):
    """Why a regression says nothing of its coefficient."""

    NOT_TOLD_APART = 1  # the other columns, or too few values, leave it open
    NO_NOISE = 2  # the values fit without any error


def regression(
    values: Array,
    asked: Array,
    others: Array,
    *,
    trend: bool,
    most_alike: float = 1.0,
    is_cautious: bool = False,
) -> Regression | Undetermined:
    """A coefficient of a regression whose errors are autoregressive of first order.

    Parameters
    ----------
    values : array of shape (periods,)
        The series in equal periods, NaN where a period is missing.
    asked : array of shape (periods,)
        The column whose coefficient is asked.
    others : array of shape (periods, columns)
        What is estimated with it; a constant is among them.
    trend : bool
        Whether the series may also rise or fall in a straight line.
    most_alike : float
        The largest likeness of neighbours that is thought possible, at most 1. A level, other than
        a change of one, is known only below 1.
    is_cautious : bool
        Whether intervals are widened where neighbours may be much alike, so that a short series
        whose likeness is taken for less than it is holds the stated level too.

    Returns
    -------
    Regression or Undetermined

    Notes
    -----
    Errors e(t) = phi e(t - 1) + u(t), stationary with standard deviation sigma; phi is on a grid
    with the prior Beta(.7, .35) of (1 + phi) / 2, coefficients flat, 1 / sigma for the scale. The
    rise of a trend over the series has the prior N(0, (tau sigma)^2) with tau on the grid .5, 1, 2,
    4 ... 32, 128, each as likely. Given phi and tau the coefficient is t distributed around the
    generalised least squares estimate; their weights are the marginal (restricted) likelihood
    |R|^-1/2 |X'R^-1 X|^-1/2 RSS^-(n - k)/2. Cautious ones are the cube root of t(.975; (n - k)(1 -
    phi^4)) / t(.975; n - k) times as wide for phi > 0, at least 2 degrees of freedom, which held
    5 % in simulations.

    References
    ----------
    Chib (1993). Bayes regression with autoregressive errors. Journal of Econometrics 58(3).
    Berger & Yang (1994). Noninformative priors and Bayesian testing for the AR(1) model.
    Econometric Theory 10(3-4). Cheang & Reinsel (2000). Bias reduction of autoregressive estimates
    in time series regression model through restricted maximum likelihood. JASA 95(452).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> after = (np.arange(40) >= 20) * 1.0
    >>> found = regression(5 * after + rng.normal(size=40), after, np.ones((40, 1)), trend=False)
    >>> round(found.coefficient.mean, 1), round(found.coefficient.quantile(0.025), 1)
    (4.9, 4.2)
    """
    at = np.flatnonzero(np.isfinite(values))
    others = others[at]
    others = others[:, others.any(axis=0)]  # a place in the season that was never measured
    n, k = len(at), others.shape[1] + 1
    if n <= k + 1:
        return Undetermined.NOT_TOLD_APART
    centre = float(values[at].mean())
    size = float(np.abs(values[at] - centre).max())
    length = float(np.sqrt(np.square(asked[at]).sum()))
    if not size:
        return Undetermined.NO_NOISE
    if not length:
        return Undetermined.NOT_TOLD_APART
    line = at / len(values) - 0.5
    columns = [others, asked[at] / length, line - line.mean(), (values[at] - centre) / size]
    tails, log_spread = _tails(np.column_stack(columns), np.diff(at))
    if tails is None:
        return Undetermined.NOT_TOLD_APART
    rises = _RISES if trend else np.zeros(1)
    a, b, c, d, e, r = (x[:, None] for x in tails)
    kept = d**2 * rises**2 / (1 + d**2 * rises**2)
    slope = np.divide(e, d, out=np.zeros_like(e), where=d != 0) * kept
    rss = r**2 + e**2 * (1 - kept)
    if (r**2 if trend else rss).max() <= _EXACT * n:
        return Undetermined.NO_NOISE
    df = n - k
    log = log_spread[:, None] - 0.5 * np.log1p(d**2 * rises**2) - df / 2 * np.log(rss)
    log[_grid() > most_alike] = -np.inf
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    extra = (b / a) ** 2 * rises**2 / (1 + d**2 * rises**2)
    scales = np.sqrt(rss / df * (1 / a**2 + extra))
    if is_cautious:
        scales = scales * _caution(df)[:, None]
    unit = size / length
    is_kept = weights > _NEGLIGIBLE
    coefficient = Mixture(
        weights[is_kept] / weights[is_kept].sum(),
        ((c - b * slope) / a)[is_kept] * unit,
        scales[is_kept] * unit,
        df,
    )
    return Regression(
        coefficient,
        float(weights.sum(axis=1) @ _grid()),
        float(np.sqrt((weights * rss).sum() / df)) * size,
        float((weights * slope).sum()) * size,
    )


def mean_of(series: Array) -> Mixture | None:
    """The mean of a series whose neighbours resemble each other by up to .9; None without noise.

    Its centre is the plain mean, as whoever adds up the series finds it; its range is that of the
    generalised least squares estimate, which held the truth as often around either.

    Parameters
    ----------
    series : array of shape (periods,)
        In equal periods, NaN where one is missing; 3 values or more tell something.

    Examples
    --------
    >>> mean = mean_of(np.array([4.0, 6.0, 5.0, 5.5, 4.5, 5.0, 6.5, 3.5]))
    >>> round(mean.mean), mean_of(np.full(9, 5.0)) is None
    (5, True)
    """
    nothing_else = np.empty((len(series), 0))
    fit = regression(
        series, np.ones(len(series)), nothing_else, trend=False, most_alike=_MOST_ALIKE
    )
    if isinstance(fit, Undetermined):
        return None
    found = fit.coefficient
    centres = found.centres - found.mean + np.nanmean(series)
    return Mixture(found.weights, centres, found.scales, found.df)


def standard_error(asked: Array, others: Array, autocorrelation: float, noise_sd: float) -> float:
    """The standard error that a coefficient would have with such noise.

    Parameters
    ----------
    asked : array of shape (periods,)
    others : array of shape (periods, columns)
    autocorrelation : float
        In (-1, 1).
    noise_sd : float
        Standard deviation of the series around the fit.

    Examples
    --------
    >>> after = (np.arange(50) >= 25) * 1.0
    >>> round(standard_error(after, np.ones((50, 1)), 0.0, 1.0), 4)  # sqrt(1 / 25 + 1 / 25)
    0.2828
    """
    columns = np.column_stack([others, asked])
    lag = autocorrelation
    white = np.vstack([columns[:1], (columns[1:] - lag * columns[:-1]) / np.sqrt(1 - lag * lag)])
    triangle = np.asarray(np.linalg.qr(white, mode="r"))
    return noise_sd / abs(float(triangle[-1, -1]))


def normal_points(mean: float, sd: float, n: int = _N_POINTS) -> Array:
    """Equally likely points with the mean and standard deviation of a normal distribution."""
    points = ndtri((np.arange(n) + 0.5) / n)
    return np.asarray(mean + sd * points / points.std())


@lru_cache(maxsize=1)
def _grid() -> Array:
    middles = (np.arange(_N_GRID) + 0.5) / _N_GRID
    grid: Array = np.clip(2 * betaincinv(*_PRIOR, middles) - 1, -_HIGHEST, _HIGHEST)
    grid.setflags(write=False)
    return grid


def _caution(df: int) -> Array:
    """How much wider an interval is for each phi on the grid."""
    left = np.maximum(df * (1 - np.maximum(_grid(), 0.0) ** 4), min(df, _FEWEST_LEFT))
    return np.asarray(np.cbrt(stdtrit(left, _END) / stdtrit(df, _END)))


def _tails(columns: Array, gaps: NDArray[np.intp]) -> tuple[tuple[Array, ...] | None, Array]:
    """For each phi the last triangle of the whitened columns, and the logarithm of its weight.

    The triangle is (a b c; d e; r) for the asked column, the trend and the values; None when the
    asked column follows from those before it.
    """
    likeness = _grid()[:, None] ** gaps
    white = np.empty((_N_GRID, *columns.shape))
    white[:, 0] = columns[0]
    white[:, 1:] = columns[1:] - likeness[:, :, None] * columns[:-1]
    white[:, 1:] /= np.sqrt(1 - likeness**2)[:, :, None]
    triangle = np.asarray(np.linalg.qr(white, mode="r"))
    sides = np.abs(np.diagonal(triangle, axis1=1, axis2=2))[:, :-2]
    if (sides <= _SINGULAR * np.linalg.norm(white, axis=1)[:, :-2]).any():
        return None, sides
    log = -np.log(sides).sum(axis=1) - 0.5 * np.log1p(-(likeness**2)).sum(axis=1)
    i, j = np.triu_indices(3)
    return tuple(triangle[:, -3:, -3:][:, i, j].T), log
