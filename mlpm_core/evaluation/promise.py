"""The best of many candidates looks better than it is: what may be promised of it.

Whoever wins a board wins by merit and by luck with its test cases. How far all candidates lie
apart, beside how far luck alone would put them, says how much of a lead is merit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.value.draws import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


FEWEST: Final = 4
"""Fewer candidates cannot tell how far they really lie apart (James & Stein)."""

_N_GRID: Final = 1000
_PRIOR: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Merit:
    """How much of each candidate's distance from the others is merit.

    ``kept`` is the share of it that is, of shape (candidates,); ``weights``, of the same shape,
    make the mean towards which the rest is drawn.
    """

    kept: Array
    weights: Array

    def applied(self, measured: Array, errors: Array) -> Array:
        """A metric of every candidate corrected; of shape (candidates, draws).

        Parameters
        ----------
        measured : array of shape (candidates,)
            The metric as measured.
        errors : array of shape (candidates, draws)
            How far off it may be by luck with the cases, with a mean of 0.

        Notes
        -----
        Each is drawn towards the mean, its own error shrinks with it, and the mean's error, which
        is that of all, stays whole.
        """
        shared, drawn = self.weights @ errors, np.empty(errors.shape)
        figures = errors, np.sqrt(self.kept)[:, None], self._centres(measured)[:, None], drawn
        of_parts = (parts(rows, shared.size) for rows in figures)
        for own, kept, centres, out in zip(*of_parts, strict=True):
            np.subtract(own, shared, out=out)
            out *= kept
            out += shared
            out += centres
        return drawn

    def apart(self, measured: Array, errors: Array) -> tuple[Array, Array]:
        """Mean and variance of each corrected metric by itself, without the error that all share.

        Takes what ``applied`` takes; both of shape (candidates,).
        """
        return self._centres(measured), self.kept * _variances(errors, self.weights @ errors)

    def _centres(self, measured: Array) -> Array:
        mean = self.weights @ measured
        return np.asarray(mean + self.kept * (measured - mean))


def merit(measured: Array, errors: Array) -> Merit | None:
    """How much of the distances between candidates is merit.

    Parameters
    ----------
    measured : array of shape (candidates,)
        A metric of each.
    errors : array of shape (candidates, draws)
        How far off each may be by luck with its cases. Errors that all share, on the same test
        cases, put nobody ahead and count for nothing.

    Returns
    -------
    Merit or None
        None when there are fewer than four candidates, or no error.

    Examples
    --------
    >>> luck = np.random.default_rng(1).normal(size=(20, 1000))
    >>> alike, apart = luck[:, 0], luck[:, 0] + 10 * np.arange(20)
    >>> merit(alike, luck).kept.mean() < 0.1, merit(apart, luck).kept.mean() > 0.9
    (np.True_, np.True_)
    """
    k = len(errors)
    if k < FEWEST:
        return None
    variances = _variances(errors, errors.mean(axis=0)) * k / (k - 1)
    rounding = 1e-12 * float(np.square(measured).max())
    is_exact = (_variances(errors, 0.0) <= 0) | (variances <= rounding)
    variances[is_exact] = 0.0  # what is known exactly owes nothing to luck
    if is_exact.all():
        return None
    spread = true_spread(measured, variances)
    precisions = 1 / (variances + spread)
    return Merit(spread * precisions, precisions / precisions.sum())


def _variances(errors: Array, around: Array | float) -> Array:
    """The variance of each row of errors around what they share; shape (candidates,)."""
    rows = parts(errors, errors.shape[1])
    return np.concatenate([np.var(part - around, axis=1) for part in rows])


def true_spread(measured: Array, variances: Array) -> float:
    """How far candidates really lie apart: the variance of what they would be without luck.

    Parameters
    ----------
    measured, variances : array of shape (candidates,)
        A metric of each, and the variance of its own error; one at least is above 0.

    Notes
    -----
    Normal-normal: a true metric is normal around the mean with a variance t^2, a measured one is
    normal around the true one with the variance v of its own error. A share t^2 / (t^2 + v) of a
    distance is merit. The share of luck, v / (t^2 + v) at the typical v, has the prior Beta(5, 1),
    half of which lies where candidates differ by less than .39 of their error. What is taken is the
    most likely of 1,000 shares given all candidates; with equal v it is (k + 7) / S, at most 1, of
    the sum S of squared distances over v. Where luck alone explains the distances, next to nothing
    of them is kept. With Stein's k - 3 the best
    of ten was promised 4 % too much in 1,000 simulated boards.

    References
    ----------
    James & Stein (1961). Estimation with quadratic loss. 4th Berkeley Symposium 1.
    Efron & Morris (1975). Data analysis using Stein's estimator. JASA 70(350).
    Morris (1983). Parametric empirical Bayes inference: theory and applications. JASA 78(381).
    Smith & Winkler (2006). The optimizer's curse. Management Science 52(3).

    Examples
    --------
    Ten numbers of variance 1 whose squared distances are 30: 17 / 30 of it is luck, so that t^2 is
    13 / 17.

    >>> round(true_spread(np.tile([-1.0, 1.0], 5) * 3**0.5, np.ones(10)), 2)
    0.76
    """
    typical = float(np.exp(np.log(variances[variances > 0]).mean()))
    steps = (np.arange(_N_GRID) + 0.5) / _N_GRID
    luck = steps**3  # closest where luck is hardly anything, so that a clear lead stays whole
    spreads = typical * (1 - luck) / luck
    totals = variances + spreads[:, None]
    precisions = 1 / totals
    centres = (precisions * measured).sum(axis=1) / precisions.sum(axis=1)
    distances = (precisions * (measured - centres[:, None]) ** 2).sum(axis=1)
    log = -0.5 * (np.log(totals).sum(axis=1) + np.log(precisions.sum(axis=1)) + distances)
    return float(spreads[(log + (_PRIOR - 1) * np.log(luck)).argmax()])
