"""What is worse in something and better in nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def dominated(rows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows another row dominates: at least as good in every column, better in one.

    Parameters
    ----------
    rows : array of shape (n, k)
        One row for each option, more is better.

    Returns
    -------
    array of shape (n,), bool
        Equal rows do not dominate each other.

    Examples
    --------
    >>> kpis = [[62.1, -10.8, 4.05], [50.0, -2.0, 1.0], [40.0, 0.0, 6.0], [39.0, -3.0, 1.0]]
    >>> dominated(np.array(kpis)).tolist()
    [False, False, False, True]
    """
    return np.array(
        [bool(((rows >= row).all(axis=1) & (rows > row).any(axis=1)).any()) for row in rows],
        dtype=np.bool_,
    )
