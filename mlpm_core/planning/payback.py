"""Whether what a model is worth pays for building it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.value.draws import SEED, own_generator
from mlpm_core.value.estimate import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Payback", "payback"]


@dataclass(frozen=True, slots=True, eq=False)
class Payback:
    """Benefit against build cost over a horizon, projects that deliver nothing included.

    ``gain`` is the net over the horizon less the build cost, in money; ``years`` how long each
    draw takes to pay back, infinite when it never does, shape (draws,).
    """

    horizon_years: float
    gain: Estimate
    years: Array = field(repr=False)

    @property
    def probability(self) -> float:
        """Probability that the net over the horizon exceeds the build cost."""
        return float(np.mean(self.gain.samples > 0))

    def probability_by(self, years: float) -> float:
        """Probability that it has paid back after so many years of use."""
        return float(np.mean(self.years <= years))

    @property
    def median_years(self) -> float | None:
        """Years of use by which it has paid back in half of the draws; None when it never has."""
        middle = float(np.quantile(self.years, 0.5, method="inverted_cdf"))
        return middle if math.isfinite(middle) else None

    @property
    def sentence(self) -> str:
        """The answer in words, months instead of decimals."""
        chance = f"{self.probability:.0%}".replace("%", " %")
        start = f"It pays back within {self.horizon_years:g} years with a chance of {chance}"
        if self.median_years is None:
            return f"{start}; more likely than not it never does."
        months = max(1, math.ceil(self.median_years * 12 - 1e-9))
        return f"{start}; as likely as not within {months:,} months of use."


def payback(
    build_cost: Array,
    annual_net: Estimate,
    *,
    horizon_years: float,
    p_no_go: float = 0.0,
    no_go_cost: Array | None = None,
    seed: int = SEED,
) -> Payback:
    """What remains of a model's value when building it is paid for.

    Parameters
    ----------
    build_cost : array of shape (n,)
        Draws of the build cost, such as ``QuickEstimate.cost_draws``, in the currency.
    annual_net : Estimate
        Net a year at steady state, as ``Worth.net``, in the same currency.
    horizon_years : float
        Years of use, above 0.
    p_no_go : float
        Probability that no usable model comes out, in [0, 1]: then all is cost.
    no_go_cost : array of shape (n,), optional
        The cost in that case; all of the build cost when not given.
    seed : int
        Which draw of the cost meets which of the value.

    Returns
    -------
    Payback
        With n draws.

    Raises
    ------
    InputError
        When a number is out of its range or the arrays differ in length.
    NotEnoughDataError
        When there is no draw.

    Notes
    -----
    Cost and value are taken as independent of each other and of success; every estimate uses the
    same Sobol points, so the draws are shuffled before they meet. Neither ramp-up nor discount:
    the horizon starts when the model is in full use.

    Examples
    --------
    >>> sure = Estimate.of(np.full(4, 50_000.0), "money/year")
    >>> told = payback(np.full(4, 60_000.0), sure, horizon_years=3, p_no_go=0.25)
    >>> told.probability, told.gain.mean, told.median_years
    (0.75, 52500.0, 1.2)
    """
    if not 0 < horizon_years <= 100:
        raise InputError(f"horizon_years is {horizon_years!r}; write a number above 0 to 100.")
    if not 0 <= p_no_go <= 1:
        raise InputError(f"p_no_go is {p_no_go!r}; write a number from 0 to 1.")
    n, lost = build_cost.size, build_cost if no_go_cost is None else no_go_cost
    if n == 0:
        raise NotEnoughDataError("There is no draw of the build cost; at least one is needed.")
    if lost.shape != build_cost.shape:
        raise InputError(
            f"no_go_cost has {lost.size} draws and build_cost {n}; give as many of both."
        )
    value = own_generator(seed, "value").permutation((np.arange(n) + 0.5) / n)
    annual = np.quantile(annual_net.samples, value)
    is_built = own_generator(seed, "success").permutation(n) >= round(p_no_go * n)
    gain = np.where(is_built, annual * horizon_years - build_cost, -lost)
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(is_built & (annual > 0), build_cost / annual, np.inf)
    years.setflags(write=False)
    return Payback(horizon_years, Estimate.of(gain, "money"), years)
