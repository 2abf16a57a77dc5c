"""Quantile dotplots: a distribution as a few equally likely outcomes one can count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import NotEnoughDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def quantile_dots(
    samples: NDArray[np.float64], *, n_dots: int = 50, n_columns: int = 20
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Where to draw equally likely outcomes, stacked into columns.

    Parameters
    ----------
    samples : array of shape (n,)
        Draws of one figure.
    n_dots, n_columns : int
        How many outcomes, and into how many columns their range is cut.

    Returns
    -------
    at : array of shape (n_dots,)
        The middle of each outcome's column.
    row : array of shape (n_dots,)
        Its place in the column, from 1.
    value : array of shape (n_dots,)
        The outcome itself: the (i + 1/2)/n_dots quantile.

    Raises
    ------
    NotEnoughDataError
        When there is no draw.

    References
    ----------
    Fernandes et al. (2018). Uncertainty displays using quantile dotplots or CDFs improve transit
    decision-making. CHI 2018.

    Examples
    --------
    >>> at, row, value = quantile_dots(np.array([1.0, 1.0, 1.0]), n_dots=3)
    >>> at.tolist(), row.tolist()
    ([1.0, 1.0, 1.0], [1, 2, 3])
    """
    if samples.size == 0:
        raise NotEnoughDataError("There are no draws to show; at least one is needed.")
    value = np.quantile(samples, (np.arange(n_dots) + 0.5) / n_dots)
    low, high = float(value[0]), float(value[-1])
    if high - low <= 1e-12 * max(1.0, abs(high)):
        column, at = np.zeros(n_dots, dtype=np.int64), np.full(n_dots, (low + high) / 2)
    else:
        width = (high - low) / n_columns
        column = np.minimum(((value - low) / width).astype(np.int64), n_columns - 1)
        at = low + (column + 0.5) * width
    row = np.array([np.sum(column[: i + 1] == column[i]) for i in range(n_dots)], dtype=np.int64)
    return at, row, value
