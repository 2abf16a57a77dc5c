"""Rates of a binary model: precision follows prevalence, recall and the false positive rate do not.

Recall and false positive rate describe the model; precision also describes how rare positives are
where it was measured. Between two populations, carry the first two and derive the third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


def precision_at(recall: ArrayLike, fpr: ArrayLike, prevalence: ArrayLike) -> Array:
    """Precision of a model where positives are so frequent.

    Parameters
    ----------
    recall, fpr, prevalence : array_like
        Shares, of shapes that broadcast.

    Returns
    -------
    array
        recall*prevalence / (recall*prevalence + fpr*(1 - prevalence)); NaN where nothing is
        flagged.

    Examples
    --------
    >>> precision_at(0.6, 0.1, [0.05, 0.25]).round(4).tolist()
    [0.24, 0.6667]
    """
    recall, fpr, prevalence = (np.asarray(x, dtype=np.float64) for x in (recall, fpr, prevalence))
    true = recall * prevalence
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(true / (true + fpr * (1 - prevalence)))


def flags_nothing(
    recall: float,
    precision: float | None,
    of_recall: float | None = None,
    of_precision: float | None = None,
) -> bool:
    """Whether measured rates say that nothing was flagged at all.

    Parameters
    ----------
    recall, precision : float
        As measured; no precision where there is none.
    of_recall, of_precision : float, optional
        The cases that each is said to rest on.

    Returns
    -------
    bool
        Precision is not defined then: tools leave it out, write 0, or 1 (``zero_division`` of
        scikit-learn), and often the positives as its cases. A precision of 0 that rests on cases of
        its own says that whatever was flagged was wrong, which is something else.

    Examples
    --------
    >>> flags_nothing(0, None), flags_nothing(0, 1), flags_nothing(0, 0, 200, 200)
    (True, True, True)
    >>> flags_nothing(0.1, 0.5), flags_nothing(0, 0, 200, 35)
    (False, False)
    """
    if recall > 0:
        return False
    return precision is None or precision > 0 or of_precision in (None, of_recall)


def false_positive_rate(recall: ArrayLike, precision: ArrayLike, prevalence: ArrayLike) -> Array:
    """Share of the negatives that a model flags, from its precision where that was measured.

    Parameters
    ----------
    recall, precision, prevalence : array_like
        Shares, of shapes that broadcast.

    Returns
    -------
    array
        recall*prevalence*(1 - precision) / (precision*(1 - prevalence)); above 1 where the three
        are impossible together.

    Examples
    --------
    >>> float(false_positive_rate(0.6, 0.24, 0.05).round(4))
    0.1
    """
    recall, precision, prevalence = (
        np.asarray(x, dtype=np.float64) for x in (recall, precision, prevalence)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(recall * prevalence * (1 - precision) / precision / (1 - prevalence))


def projected_precision(recall: float, precision: float, measured_at: float, at: float) -> float:
    """Precision where positives are otherwise frequent than where it was measured.

    Parameters
    ----------
    recall, precision : float
        As measured, shares.
    measured_at, at : float
        Prevalence there and here, between 0 and 1.

    Raises
    ------
    InputError
        When the three measured rates are impossible together.

    Examples
    --------
    >>> round(projected_precision(0.6, 0.8, measured_at=0.5, at=0.05), 4)
    0.1739
    """
    if not (0 < measured_at < 1 and 0 < at < 1 and 0 < precision <= 1 and 0 <= recall <= 1):
        raise InputError("Precision and prevalence must be above 0, and all four at most 1.")
    fpr = float(false_positive_rate(recall, precision, measured_at))
    if fpr > 1:
        floor = recall * measured_at / (recall * measured_at + 1 - measured_at)
        raise InputError(
            f"Precision must be at least {fig(floor):.4g} for recall {fig(recall):g} and "
            f"prevalence {fig(measured_at):g}; at {fig(precision):g} more negatives would be "
            "flagged than there are."
        )
    return float(precision_at(recall, fpr, at))
