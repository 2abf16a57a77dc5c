"""Mean net at many levels of some inputs at once, everything else as it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.quantity import Unit
from mlpm_core.value.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.value.worth import Worth

    Array = NDArray[np.float64]


_MOST_DRAWS: Final = 512


def mean_nets(worth: Worth, levels: Mapping[str, Array]) -> tuple[Array, Array]:
    """Net at other levels of some inputs, and how likely it is a loss there.

    Parameters
    ----------
    worth : Worth
        Whose other inputs are kept, draw by draw.
    levels : mapping of str to array of shape (k,)
        For each input k numbers in its own unit, NaN where it is left as it is drawn.

    Returns
    -------
    means, loss_shares : arrays of shape (k,)
        Money a year, and the share of draws below 0; NaN where no draw is possible. They rest on
        the first 512 draws, the same at every level, so that differences are sharp.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> from mlpm_core.value.worth import worth
    >>> shop = {"periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3"}
    >>> shop |= {"margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day"}
    >>> shop |= {"override_share_baseline": "0.25", "override_share_model": "0.15"}
    >>> planned = worth(find_mechanism("M4"), shop | {"override_minutes": "6", "wape_model": "0.2"})
    >>> means, losses = mean_nets(planned, {"wape_model": np.array([0.2, 0.3, 0.4])})
    >>> (means / means[0]).round(6).tolist(), losses.tolist()
    ([1.0, 0.0, -1.0], [0.0, 0.0, 1.0])
    """
    n = min(worth.draws, _MOST_DRAWS)
    k = next((len(level) for level in levels.values()), 1)
    inputs = {
        name: draws[:n] if draws.ndim else draws for name, draws in worth.inputs_by_draw.items()
    }
    for name, level in levels.items():
        in_base_units = level[:, None] * Unit.read(worth.quantities[name].unit).factor
        inputs[name] = np.where(np.isnan(in_base_units), inputs[name], in_base_units)
    outcome = Policy(worth.mechanism, worth.mechanism.baseline(worth.baseline)).outcome(inputs)
    nets = np.broadcast_to(outcome.net, (k, n))
    is_possible = np.broadcast_to(outcome.is_possible, (k, n))
    n_possible = is_possible.sum(axis=1)
    with np.errstate(invalid="ignore"):
        means = np.where(is_possible, nets, 0.0).sum(axis=1) / n_possible
        losses = (is_possible & (nets < 0)).sum(axis=1) / n_possible
    return means, losses
