"""How much of what was implied came true, over all closed cases, and what that says of the next.

A ratio of two uncertain figures is treacherous: where the implied one may be zero it may be
anything. So no case is divided before it is weighed, and a case whose implied change cannot be told
from zero has no ratio.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import chdtri, ndtri

from mlpm_core.errors import InputError
from mlpm_core.proof.autoregression import Mixture
from mlpm_core.proof.interval import LEVEL, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


FEWEST_CASES: Final = 3
_N_SPREADS: Final = 64
_NORMAL: Final = 10**9
_SURE: Final = float(ndtri((1 + LEVEL) / 2))
_N_STEPS: Final = 240
_ROUNDS: Final = 50
_EXACT: Final = 1e-12
_SEED: Final = 20


class FactorReason(StrEnum):
    """Why a factor cannot be told."""

    FEW_CASES = "few_cases"
    IMPLIED_NEAR_ZERO = "implied_near_zero"


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """What one project was implied to change over its closed periods, and what was measured.

    Both in one unit and for the same periods; errors are standard errors, independent of each
    other. ``measured_error`` is above 0: nothing is measured without noise.

    Raises
    ------
    InputError
        When a figure is not finite or an error is negative.
    """

    name: str
    measured: float
    measured_error: float
    implied: float
    implied_error: float = 0.0

    def __post_init__(self) -> None:
        figures = (self.measured, self.measured_error, self.implied, self.implied_error)
        if not all(map(math.isfinite, figures)):
            raise InputError(f"A figure of the closed case {self.name!r} is not a finite number.")
        if self.measured_error <= 0 or self.implied_error < 0:
            raise InputError(
                f"The standard error of what was measured in the closed case {self.name!r} must be "
                "above 0, and that of what was implied at least 0."
            )

    @property
    def has_ratio(self) -> bool:
        """Whether what was implied can be told from zero."""
        return abs(self.implied) > _SURE * self.implied_error


@dataclass(frozen=True, slots=True)
class CaseFactor:
    """Measured over implied of one case: by itself, and drawn towards that of all cases."""

    name: str
    own: Interval | None
    shrunk: Interval | None
    reason: FactorReason | None = None


@dataclass(frozen=True, slots=True)
class RealisationFactor:
    """Measured over implied, over all closed cases: 1 when everything came true as written.

    ``portfolio`` is the mean over cases like these, ``next_case`` where the factor of one more will
    lie, ``spread`` the standard deviation between cases beyond what noise explains. All are None
    when ``reason`` says why. ``n_cases`` have a ratio.
    """

    n_cases: int
    cases: tuple[CaseFactor, ...]
    portfolio: Interval | None = None
    next_case: Interval | None = None
    spread: float | None = None
    reason: FactorReason | None = None
    _next: Mixture | None = field(default=None, repr=False, compare=False)

    def applied(self, draws: Array) -> Array | None:
        """What a next case brings as these cases have come true; None when that cannot be told.

        Parameters
        ----------
        draws : array of shape (draws,)
            What it brings as written.

        Notes
        -----
        Every draw is multiplied by a factor of its own, in an order that has nothing to do with the
        draws.
        """
        if self._next is None:
            return None
        points = self._next.points()
        shares = (np.arange(len(draws)) + 0.5) / len(draws)
        factors = np.interp(shares, (np.arange(len(points)) + 0.5) / len(points), points)
        return np.asarray(draws * np.random.default_rng(_SEED).permutation(factors))


def realisation_factor(cases: Sequence[ClosedCase]) -> RealisationFactor:
    """Measured over implied, over all closed cases, and of each drawn towards that of all.

    Notes
    -----
    Factors f are normal around mu with variance tau^2, and given f, measured less f x implied is
    normal around 0 with variance s^2 + f^2 v (Fieller): a case weighs implied^2 / (s^2 + mu^2 v +
    tau^2 implied^2). mu solves the sum of w implied (measured - mu implied) = - mu times the sum of
    w v, which takes out what an uncertain implied change would draw towards 0. What is not known of
    tau counts: each tau^2 that solves Q(tau^2) = q, for the 64 middles q of chi squared with one
    degree of freedom less than there are cases, is as likely as the others (the Q profile; with
    equal errors the interval of mu is that of Hartung & Knapp). Given tau, mu and every f are
    normal.

    References
    ----------
    Fieller (1954). Some problems in interval estimation. JRSS B 16(2).
    Paule & Mandel (1982). Consensus values and weighting factors. J. Res. NBS 87(5).
    Iyer, Wang & Mathew (2004). Models and confidence intervals for true values in interlaboratory
    trials. JASA 99(468). Viechtbauer (2007). Confidence intervals for the amount of heterogeneity
    in meta-analysis. Statistics in Medicine 26(1). Fuller (1987). Measurement error models.
    Higgins, Thompson & Spiegelhalter (2009). A re-evaluation of random-effects meta-analysis.
    JRSS A 172(1).

    Examples
    --------
    >>> cases = [ClosedCase(n, m, 5.0, 100.0) for n, m in zip("abcd", (55, 70, 64, 60))]
    >>> factor = realisation_factor(cases)
    >>> round(factor.portfolio.mean, 2), factor.cases[1].shrunk.mean < 0.7
    (0.62, True)
    >>> realisation_factor(cases[:2]).reason.value
    'few_cases'
    """
    own = [_own(case) for case in cases]
    usable = [case for case in cases if case.has_ratio]
    if len(usable) < FEWEST_CASES:
        told = tuple(
            CaseFactor(case.name, ratio, None, None if ratio else FactorReason.IMPLIED_NEAR_ZERO)
            for case, ratio in zip(cases, own, strict=True)
        )
        return RealisationFactor(len(usable), told, reason=FactorReason.FEW_CASES)
    scale = max(abs(case.implied) for case in usable)
    figures = [(c.measured, c.measured_error, c.implied, c.implied_error) for c in usable]
    measured, error, implied, implied_error = np.array(figures).T / scale
    fits = _Fits.of(_Ratios(measured, error**2, implied, implied_error**2))
    shrunk = iter(fits.of_each())
    following = fits.of_next()
    return RealisationFactor(
        len(usable),
        tuple(
            CaseFactor(
                case.name,
                ratio,
                Interval.of(next(shrunk)) if case.has_ratio else None,
                None if case.has_ratio else FactorReason.IMPLIED_NEAR_ZERO,
            )
            for case, ratio in zip(cases, own, strict=True)
        ),
        Interval.of(fits.of_mean()),
        Interval.of(following),
        float(np.median(fits.spreads)) ** 0.5,
        _next=following,
    )


def _own(case: ClosedCase) -> Interval | None:
    """Fieller's interval of a ratio; None when it has no end."""
    square = _SURE**2
    a = case.implied**2 - square * case.implied_error**2
    if not case.has_ratio or a <= 0:
        return None
    b = case.measured * case.implied
    c = case.measured**2 - square * case.measured_error**2
    reach = math.sqrt(max(b * b - a * c, 0.0))
    return Interval(case.measured / case.implied, (b - reach) / a, (b + reach) / a)


@dataclass(frozen=True, slots=True, eq=False)
class _Ratios:
    """Measured and implied changes with the variances of their errors; each of shape (cases,)."""

    measured: Array
    variances: Array
    implied: Array
    implied_variances: Array

    def means(self, spreads: Array) -> tuple[Array, Array]:
        """For each variance between cases the mean factor and its standard error."""
        square = np.square(self.implied)
        means = np.full(len(spreads), np.median(self.measured / self.implied))
        for _ in range(_ROUNDS):
            weights = 1 / self._totals(means, spreads)
            known = weights @ (square - self.implied_variances)
            previous, means = means, weights @ (self.implied * self.measured) / known
            if np.abs(means - previous).max() <= _EXACT * max(1.0, float(np.abs(means).max())):
                break
        return means, np.sqrt(weights @ square) / known

    def likely_spreads(self) -> Array:
        """Equally likely variances between cases: those at which Q is a quantile of its own."""
        steps = np.geomspace(1e-6, 1e6, _N_STEPS) * max(
            float(np.var(self.measured / self.implied)), float(np.min(self._noise()))
        )
        spreads = np.concatenate([[0.0], steps])
        means, _ = self.means(spreads)
        apart = np.square(self.measured - means[:, None] * self.implied)
        distances = (apart / self._totals(means, spreads)).sum(axis=1)
        middles = (np.arange(_N_SPREADS) + 0.5) / _N_SPREADS
        wanted = chdtri(len(self.measured) - 1, middles)
        return np.asarray(
            np.interp(-wanted, -distances, spreads)
        )  # Q falls; 0 where it is less without any

    def _noise(self) -> Array:
        """Variance of each ratio at a factor of 1."""
        return np.asarray((self.variances + self.implied_variances) / np.square(self.implied))

    def _totals(self, factors: Array, spreads: Array) -> Array:
        """Variances of measured less factor times implied; shape (factors, cases)."""
        noise = self.variances + np.square(factors)[:, None] * self.implied_variances
        return np.asarray(noise + spreads[:, None] * np.square(self.implied))


@dataclass(frozen=True, slots=True, eq=False)
class _Fits:
    """What the cases say for each variance between them; arrays of shape (spreads,)."""

    ratios: _Ratios
    spreads: Array
    means: Array
    errors: Array

    @classmethod
    def of(cls, ratios: _Ratios) -> _Fits:
        spreads = ratios.likely_spreads()
        return cls(ratios, spreads, *ratios.means(spreads))

    def of_mean(self) -> Mixture:
        return self._mixed(self.means, self.errors**2)

    def of_next(self) -> Mixture:
        return self._mixed(self.means, self.errors**2 + self.spreads)

    def of_each(self) -> list[Mixture]:
        """The factor of each case, drawn towards the mean as far as noise explains its distance."""
        r = self.ratios
        each = []
        for i in range(len(r.measured)):
            noise = r.variances[i] + self.means**2 * r.implied_variances[i]
            noise = noise / r.implied[i] ** 2
            kept = self.spreads / (self.spreads + noise)
            centres = self.means + kept * (r.measured[i] / r.implied[i] - self.means)
            each.append(self._mixed(centres, kept * noise + (1 - kept) ** 2 * self.errors**2))
        return each

    def _mixed(self, centres: Array, variances: Array) -> Mixture:
        weights = np.full(len(centres), 1 / len(centres))
        return Mixture(weights, centres, np.sqrt(variances), _NORMAL)
