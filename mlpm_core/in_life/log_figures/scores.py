"""Metrics of scores against outcomes, from counts by bins of a hundredth."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.in_life.log_figures.classes import Confusion
from mlpm_core.in_life.log_figures.figure import Figure, error_of_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

N_BINS: Final = 100
_CALIBRATION_BINS: Final = 10
_FEWEST: Final = 2


def _zeros() -> NDArray[np.float64]:
    return np.zeros(N_BINS)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Cases with a score and a known outcome, by bin: bin k holds scores from k/100 on.

    Parameters
    ----------
    positives, negatives : array of shape (100,)
        Cases with the positive outcome, and the rest.
    sum_p : array of shape (100,)
        Sum of their scores.
    powers : array of shape (2, 4)
        Sums of the first four powers of the score, of the negatives and of the positives.
    """

    positives: NDArray[np.float64] = field(default_factory=_zeros)
    negatives: NDArray[np.float64] = field(default_factory=_zeros)
    sum_p: NDArray[np.float64] = field(default_factory=_zeros)
    powers: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, 4)))

    def put(self, score_bin: int, powers: Sequence[float], n: int, *, is_positive: bool) -> None:
        """Add cases of one bin and outcome, with the sums of four powers of their scores."""
        (self.positives if is_positive else self.negatives)[score_bin] += n
        self.sum_p[score_bin] += powers[0]
        self.powers[int(is_positive)] += powers

    def at(self, threshold: float) -> Confusion:
        """What would have been predicted by flagging scores of at least a threshold.

        Raises
        ------
        InputError
            When the threshold is no whole hundredth from 0 to 1: the counts know no other.

        Examples
        --------
        >>> scores = Scores()
        >>> scores.put(80, (0.8, 0.64, 0.512, 0.4096), 1, is_positive=True)
        >>> scores.put(20, (0.2, 0.04, 0.008, 0.0016), 1, is_positive=False)
        >>> scores.at(0.5)
        Confusion(tp=1, fp=0, fn=0, tn=1)
        """
        k = round(threshold * N_BINS) if math.isfinite(threshold) else -1
        if not (0 <= k <= N_BINS and math.isclose(k / N_BINS, threshold, abs_tol=1e-12)):
            raise InputError(
                f"The threshold is {threshold!r}; scores are counted by hundredths, so write one "
                "from 0 to 1 with at most two decimals, such as 0.35."
            )
        tp, fp = self.positives[k:].sum(), self.negatives[k:].sum()
        fn, tn = self.positives[:k].sum(), self.negatives[:k].sum()
        return Confusion(int(tp), int(fp), int(fn), int(tn))

    def figures(self) -> dict[str, Figure]:
        """ROC AUC, Gini, KS, average precision, Brier and ECE.

        Those that compare positives with negatives need one of each.

        Examples
        --------
        >>> scores = Scores()
        >>> for k, is_positive in ((20, False), (40, True), (60, False), (80, True)):
        ...     p = k / 100
        ...     scores.put(k, (p, p**2, p**3, p**4), 1, is_positive=is_positive)
        >>> {name: round(figure.value, 4) for name, figure in scores.figures().items()}
        {'brier': 0.2, 'ece': 0.4, 'roc_auc': 0.75, 'gini': 0.5, 'ks': 0.5, 'pr_auc': 0.8333}
        """
        n_positive, n_negative = int(self.positives.sum()), int(self.negatives.sum())
        n = n_positive + n_negative
        if not n:
            return {}
        found = {"brier": self._brier(n_positive, n), "ece": self._ece(n)}
        if n_positive and n_negative:
            auc = self._auc(n_positive, n_negative)
            error = None if auc.error is None else 2 * auc.error
            below = np.cumsum([self.positives / n_positive, self.negatives / n_negative], axis=1)
            found |= {
                "roc_auc": auc,
                "gini": Figure(2 * auc.value - 1, n, error),
                "ks": Figure(float(np.abs(below[0] - below[1]).max()), n),
                "pr_auc": self._average_precision(n_positive, n),
            }
        return found

    def _brier(self, n_positive: int, n: int) -> Figure:
        negative, positive = self.powers
        total = float(negative[1] + positive[1] - 2 * positive[0]) + n_positive
        fourth = float(negative[3] + positive @ (-4.0, 6.0, -4.0, 1.0)) + n_positive
        return Figure(max(total, 0.0) / n, n, error_of_mean(total, fourth, n))

    def _ece(self, n: int) -> Figure:
        gap = (self.sum_p - self.positives).reshape(_CALIBRATION_BINS, -1).sum(axis=1)
        return Figure(float(np.abs(gap).sum()) / n, n)

    def _auc(self, n_positive: int, n_negative: int) -> Figure:
        """The area, and its error by DeLong's placements, which bins give as they are."""
        positives, negatives = self.positives, self.negatives
        of_positive = (np.cumsum(negatives) - negatives / 2) / n_negative
        of_negative = 1 - (np.cumsum(positives) - positives / 2) / n_positive
        area = float(positives @ of_positive) / n_positive
        error = None
        if min(n_positive, n_negative) >= _FEWEST:
            s10 = float(positives @ (of_positive - area) ** 2) / (n_positive - 1)
            s01 = float(negatives @ (of_negative - area) ** 2) / (n_negative - 1)
            error = math.sqrt(s10 / n_positive + s01 / n_negative) or None
        return Figure(area, n_positive + n_negative, error)

    def _average_precision(self, n_positive: int, n: int) -> Figure:
        hits = np.cumsum(self.positives[::-1])
        flagged = np.cumsum((self.positives + self.negatives)[::-1])
        precision = np.divide(hits, flagged, out=np.zeros(N_BINS), where=flagged > 0)
        gained = np.diff(hits, prepend=0.0) / n_positive
        return Figure(float(precision @ gained), n)
