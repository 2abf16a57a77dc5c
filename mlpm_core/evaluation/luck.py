"""Errors of measurement of several candidates: each one's own, or alike on the same cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import ndtri

from mlpm_core.errors import InputError
from mlpm_core.value.draws import by_stratum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mlpm_core.value.draws import OwnOrders

    Array = NDArray[np.float64]
    Order = NDArray[np.integer[Any]]


_MOST: Final = 0.999


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike two candidates err in one metric on the same test cases.

    Parameters
    ----------
    one, two, metric : str
        The candidates' names, and the metric as the mechanism calls it.
    share : float
        Of the cases the metric counts, those on which both are right or both wrong, from 0 to 1;
        of what is no share the correlation of the two errors, from -1 to 1.

    Raises
    ------
    InputError
        When it is out of its range, or of one candidate with itself.
    """

    one: str
    two: str
    metric: str
    share: float

    def __post_init__(self) -> None:
        if not -1 <= self.share <= 1:
            raise InputError(f"agreement is {self.share!r}; write a number from -1 to 1.")
        if self.one == self.two:
            raise InputError(f"{self.one} always agrees with itself; name another candidate.")


def correlation(share: float, one: float, two: float) -> float:
    """How far two measured shares err together, by the cases on which both models agree.

    Parameters
    ----------
    share : float
        Of the cases, those on which both are right or both wrong.
    one, two : float
        The shares themselves.

    Notes
    -----
    Both hit on (one + two + share - 1) / 2 of the cases; the correlation of the two indicators is
    that of their means (the phi coefficient; McNemar (1947). Psychometrika 12(2)).

    Examples
    --------
    >>> round(correlation(0.95, 0.6, 0.6), 3), correlation(0.5, 0.5, 0.5)
    (0.896, 0.0)
    """
    both = (one + two + share - 1) / 2
    spread = np.sqrt(one * (1 - one) * two * (1 - two))
    if not spread > 0:
        return 0.0
    return float(np.clip((both - one * two) / spread, -_MOST, _MOST))


def correlations(names: Sequence[str], by_pair: dict[tuple[str, str], float]) -> Array:
    """The correlation of every two candidates' errors; shape (candidates, candidates).

    Candidates that are compared through others, but not with each other, have the mean of what is
    given. What is given need not fit together: the nearest that does is taken.
    """
    matrix = np.eye(len(names))
    if not by_pair:
        return matrix
    order = {name: i for i, name in enumerate(names)}
    groups = {name: {name} for name in names}
    for one, two in by_pair:
        merged = groups[one] | groups[two]
        for name in merged:
            groups[name] = merged
    usual = float(np.mean(list(by_pair.values())))
    for one in names:
        for two in groups[one] - {one}:
            given = by_pair.get((one, two), by_pair.get((two, one), usual))
            matrix[order[one], order[two]] = given
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < 0:
        matrix = vectors @ np.diag(values.clip(1e-9)) @ vectors.T
        scale = np.sqrt(np.diag(matrix))
        matrix = matrix / scale / scale[:, None]
    return np.asarray(matrix)


def strata(names: Sequence[str], metric: str, matrix: Array, orders: OwnOrders) -> list[Order]:
    """In which stratum each draw of the error of one metric lies, of every candidate.

    Every candidate's own depend on the seed and its name only, and are mixed as ``matrix`` says;
    each holds every stratum of ``draws.by_stratum`` once, shape (draws,).
    """
    own = [orders.of(name, metric) for name in names]
    if np.array_equal(matrix, np.eye(len(names))):
        return own
    values, vectors = np.linalg.eigh(matrix)
    scores = by_stratum(ndtri, orders.draws)[np.array(own)]
    mixed = vectors @ (np.sqrt(values.clip(0))[:, None] * (vectors.T @ scores))
    return [np.asarray(row) for row in mixed.argsort(axis=1).argsort(axis=1)]
