"""The best of many candidates looks better than it is: what may be promised of it.

Whoever wins a board wins by merit and by luck with its test cases. How far all candidates lie
apart, beside how far luck alone would put them, says how much of a lead is merit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.value.draws import SEED, own_generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["FEWEST", "Merit", "merit"]

FEWEST: Final = 4
"""Fewer candidates cannot tell how far they really lie apart (James & Stein)."""

_N_GRID: Final = 200
_PRIOR: Final = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Merit:
    """How much of each candidate's distance from the others is merit.

    ``kept`` is the share of it that is, draw by draw, of shape (candidates, draws); ``weights``, of
    shape (candidates,), make the mean towards which the rest is drawn.
    """

    kept: Array
    weights: Array

    def applied(self, measured: Array, errors: Array) -> Array:
        """A metric of every candidate corrected; of shape (candidates, draws).

        Parameters
        ----------
        measured : array of shape (candidates, 1)
            The metric as measured.
        errors : array of shape (candidates, draws)
            How far off it may be by luck with the cases, with a mean of 0.

        Notes
        -----
        Each is drawn towards the mean, its own error shrinks with it, and the mean's error, which
        is that of all, stays whole.
        """
        mean = self.weights @ measured
        shared = self.weights @ errors
        own = np.sqrt(self.kept) * (errors - shared)
        return np.asarray(mean + shared + self.kept * (measured - mean) + own)


def merit(measured: Array, errors: Array, *, seed: int = SEED) -> Merit | None:
    """How much of the distances between candidates is merit.

    Parameters
    ----------
    measured : array of shape (candidates,)
        A metric of each.
    errors : array of shape (candidates, draws)
        How far off each may be by luck with its cases. Errors that all share, on the same test
        cases, put nobody ahead and count for nothing.
    seed : int
        Which draw of the true spread meets which of the errors.

    Returns
    -------
    Merit or None
        None when there are fewer than four candidates, or no error.

    Notes
    -----
    Normal-normal: a true metric is normal around the mean with a spread t^2, a measured one is
    normal around the true one with the variance v of its own error. A share t^2 / (t^2 + v) of a
    distance is merit. Of v / (t^2 + v) at the typical v the prior is Beta(8, 1), so that half of it
    lies where candidates differ by less than a third of their error; its posterior given all of
    them is summed over a grid of 200, and every draw has a spread of its own. With a prior that is
    flat the best of ten is still promised too much: ``make soak`` measures it.

    References
    ----------
    James & Stein (1961). Estimation with quadratic loss. 4th Berkeley Symposium 1.
    Efron & Morris (1975). Data analysis using Stein's estimator. JASA 70(350).
    Daniels (1999). A prior for the variance in hierarchical models. Canadian J. Statistics 27(3).
    Smith & Winkler (2006). The optimizer's curse. Management Science 52(3).

    Examples
    --------
    >>> luck = np.random.default_rng(1).normal(size=(20, 1000))
    >>> alike, apart = luck[:, 0], luck[:, 0] + 10 * np.arange(20)
    >>> merit(alike, luck).kept.mean() < 0.3, merit(apart, luck).kept.mean() > 0.9
    (np.True_, np.True_)
    """
    k, draws = errors.shape
    if k < FEWEST:
        return None
    variances = np.var(errors - errors.mean(axis=0), axis=1) * k / (k - 1)
    variances[np.var(errors, axis=1) <= 0] = 0.0  # what is known exactly owes nothing to luck
    is_measured = variances > 1e-12 * max(1e-300, float(np.square(measured).max()))
    if not is_measured.any():
        return None
    typical = float(np.exp(np.log(variances[is_measured]).mean()))
    steps = (np.arange(_N_GRID) + 0.5) / _N_GRID
    luck = steps**3  # closest where luck is hardly anything, so that a clear lead stays whole
    spreads = typical * (1 - luck) / luck
    totals = variances + spreads[:, None]
    precisions = 1 / totals
    centres = (precisions * measured).sum(axis=1) / precisions.sum(axis=1)
    log = (
        -0.5
        * (
            np.log(totals).sum(axis=1)
            + np.log(precisions.sum(axis=1))
            + (precisions * (measured - centres[:, None]) ** 2).sum(axis=1)
        )
        + (_PRIOR - 1) * np.log(luck)
        + 2 * np.log(steps)
    )
    likely = np.exp(log - log.max())
    likely /= likely.sum()
    points = own_generator(seed, "spread").permutation((np.arange(draws) + 0.5) / draws)
    drawn = spreads[np.searchsorted(likely.cumsum(), points).clip(0, _N_GRID - 1)]
    weights = likely @ (precisions / precisions.sum(axis=1)[:, None])
    return Merit(drawn / (drawn + variances[:, None]), weights)
