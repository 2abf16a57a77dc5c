"""What it costs to be without help when a model fails, and what help on call may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betainc, gammaincinv

from mlpm_core.errors import InputError
from mlpm_core.planning.checks import check_amount, check_number
from mlpm_core.planning.quick_result import Spread
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mlpm_core.quantity import Quantity

    Array = NDArray[np.float64]

PRIOR_INCIDENTS: Final = 0.5
"""The product's own: half an incident in one model-year, before any is seen."""
PRIOR_MODEL_YEARS: Final = 1.0
MOST_INCIDENTS: Final = 200.0
"""More a year are daily work and no rare event; the product's own limit."""
_RUNS: Final = 20_000
_SEED: Final = 20260630


@dataclass(frozen=True, slots=True)
class Incidents:
    """How often models fail, from what was seen: Gamma(0.5 + seen, 1 + model years) a model-year.

    Parameters
    ----------
    n_models : int
        Models that are looked after, 1 to 10,000. They share one rate.
    seen : int
        Incidents seen, of any of them.
    model_years : float
        Over how many years of models at work; at least 0.

    Raises
    ------
    InputError
        When a number is out of its range, or more than 200 incidents a year are to be expected.

    Notes
    -----
    Gamma-Poisson (Gelman et al. 2013, Bayesian data analysis, 3rd ed., 2.6): incidents of the next
    year are negative binomial. The prior is the product's own.

    Examples
    --------
    >>> three = Incidents(n_models=3, seen=2, model_years=4.5)
    >>> round(three.per_year, 2), round(three.p_at_least(1), 2), round(three.p_at_least(3), 2)
    (1.36, 0.66, 0.18)
    """

    n_models: int
    seen: int
    model_years: float

    def __post_init__(self) -> None:
        check_number("models", self.n_models, low=1, upto=10_000, is_whole=True)
        check_number("incidents seen", self.seen, low=0, upto=1_000_000, is_whole=True)
        check_number("model-years", self.model_years, low=0, upto=1_000_000)
        if self.per_year > MOST_INCIDENTS:
            raise InputError(
                f"{fig(self.per_year):,.0f} incidents a year are to be expected; above "
                f"{MOST_INCIDENTS:g} they are daily work. Plan people for it instead."
            )

    @property
    def _shape(self) -> float:
        return PRIOR_INCIDENTS + self.seen

    @property
    def _years(self) -> float:
        return PRIOR_MODEL_YEARS + self.model_years

    @property
    def per_year(self) -> float:
        """Incidents to be expected a year, of all models together."""
        return self.n_models * self._shape / self._years

    def per_year_at(self, p: float) -> float:
        """The rate a year, of all models, below which it lies with a probability in (0, 1)."""
        return self.n_models * float(gammaincinv(self._shape, p)) / self._years

    def p_at_least(self, n: int) -> float:
        """Probability of at least ``n`` incidents in the next year; exact."""
        if n <= 0:
            return 1.0
        share = self.n_models / (self._years + self.n_models)
        return float(betainc(n, self._shape, share))

    def drawn(self, rng: np.random.Generator, runs: int) -> NDArray[np.int64]:
        """Incidents of that many possible next years; shape (runs,)."""
        rates = rng.gamma(self._shape, 1 / self._years, runs)
        return rng.poisson(self.n_models * rates)


@dataclass(frozen=True, slots=True)
class SupportNeed:
    """What looking after the models takes in a year, whoever does it.

    Parameters
    ----------
    incidents : Incidents
        How often something goes wrong.
    fix_hours : Quantity
        Hours from the moment an expert is there until the harm stops, per incident; both paid work
        and time of loss.
    planned_hours : Quantity
        Hours a year of reviews, retraining and the like, of all models together.
    loss_per_hour : float
        What an hour of harm costs the business, in money, from 0 to 1e9.
    """

    incidents: Incidents
    fix_hours: Quantity
    planned_hours: Quantity
    loss_per_hour: float

    def __post_init__(self) -> None:
        check_amount("hours to fix", self.fix_hours)
        check_amount("planned hours a year", self.planned_hours)
        check_number("loss per hour", self.loss_per_hour, low=0, upto=1e9)


@dataclass(frozen=True, slots=True)
class Cover:
    """One way to be helped: none (whoever can be found), standby, or a bank of hours.

    Parameters
    ----------
    name : str
        How it is called.
    reach_hours : Quantity
        Hours until an expert is there; all of them are hours of loss.
    fee_per_year : float
        What it costs whatever happens, in money.
    bill_per_incident : float
        What each incident costs on top of the hours: a call-out, or an emergency rate.
    rate_per_hour : float
        What an hour of work costs that is not included.
    hours_included : float
        Hours a year that the fee pays for.
    """

    name: str
    reach_hours: Quantity
    fee_per_year: float = 0.0
    bill_per_incident: float = 0.0
    rate_per_hour: float = 0.0
    hours_included: float = 0.0

    def __post_init__(self) -> None:
        check_amount(f"{self.name}: hours to reach an expert", self.reach_hours)
        for label, value in (
            ("fee a year", self.fee_per_year),
            ("bill per incident", self.bill_per_incident),
            ("rate per hour", self.rate_per_hour),
            ("hours included", self.hours_included),
        ):
            check_number(f"{self.name}: {label}", value, low=0, upto=1e9)


@dataclass(frozen=True, slots=True)
class CoverCost:
    """What a year costs with one cover, loss included; in money.

    ``p_cheapest`` is the share of possible years in which no other cover is cheaper.
    """

    cover: Cover
    mean: float
    spread: Spread
    p_cheapest: float


@dataclass(frozen=True, slots=True)
class BreakEvenFee:
    """The yearly fee up to which a cover pays, on average, and what it is made of; in money.

    ``fee`` is ``loss_avoided`` plus ``bills_saved``; below 0 the cover is dearer even for nothing.
    ``low`` and ``high`` are the fee at the P10 and the P90 of the rate of incidents.
    """

    fee: float
    low: float
    high: float
    hours_saved_per_incident: float
    loss_avoided: float
    bills_saved: float


def support_hours(need: SupportNeed) -> Spread:
    """Hours of expert work a year, planned and unplanned.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> need = SupportNeed(Incidents(1, 0, 9), Quantity.read("2 | 4 | 8"), Quantity.read("40"), 100)
    >>> round(support_hours(need).p50)
    40
    """
    return Spread.of_draws(_Years.of(need).hours)


def cover_costs(need: SupportNeed, covers: Sequence[Cover]) -> tuple[CoverCost, ...]:
    """What a year costs under each cover: the same incidents, met in different ways.

    Returns
    -------
    tuple of CoverCost
        In the order given. The mean is computed without draws, save where hours are included.

    Raises
    ------
    InputError
        When there is no cover to compare.

    Notes
    -----
    20,000 possible years with a fixed seed. Two incidents at once are added up.
    """
    if not covers:
        raise InputError("There is no cover to compare; give at least one.")
    years = _Years.of(need)
    costs = [years.cost(cover, need.loss_per_hour) for cover in covers]
    cheapest = np.min(costs, axis=0)
    return tuple(
        CoverCost(
            cover,
            _mean(need, cover, years),
            Spread.of_draws(cost),
            float(np.mean(cost <= cheapest)),
        )
        for cover, cost in zip(covers, costs, strict=True)
    )


def break_even_fee(need: SupportNeed, without: Cover, cover: Cover) -> BreakEvenFee:
    """The yearly fee of ``cover`` at which it costs as much, on average, as ``without``.

    fee = rate x (E[hours to find help without] - E[with]) x loss per hour
    + rate x (emergency bill - call-out bill) + (hourly rate without - with) x E[hours of work].
    The fee that ``cover`` has plays no part.

    Raises
    ------
    InputError
        When a cover includes hours: what they save depends on how many are used.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> need = SupportNeed(Incidents(1, 1, 2), Quantity.read("4"), Quantity.read("0"), 100)
    >>> alone = Cover("none", Quantity.read("50"), bill_per_incident=1000)
    >>> standby = Cover("standby", Quantity.read("2"), bill_per_incident=200)
    >>> round(break_even_fee(need, alone, standby).fee)  # 0.5 a year x (48 x 100 + 800)
    2800
    """
    if without.hours_included or cover.hours_included:
        raise InputError(
            "A fee that includes hours has no break-even of its own; compare what a year costs."
        )
    hours = without.reach_hours.mean - cover.reach_hours.mean
    bill = without.bill_per_incident - cover.bill_per_incident
    dearer = without.rate_per_hour - cover.rate_per_hour
    planned = dearer * need.planned_hours.mean

    def bills(rate: float) -> float:
        return rate * (bill + dearer * need.fix_hours.mean) + planned

    def loss(rate: float) -> float:
        return rate * hours * need.loss_per_hour

    rate = need.incidents.per_year
    ends = [loss(r) + bills(r) for r in (need.incidents.per_year_at(p) for p in (0.1, 0.9))]
    return BreakEvenFee(
        fee=loss(rate) + bills(rate),
        low=min(ends),
        high=max(ends),
        hours_saved_per_incident=hours,
        loss_avoided=loss(rate),
        bills_saved=bills(rate),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Years:
    """Possible next years: incidents, hours of planned work, and each incident's own two draws."""

    counts: NDArray[np.int64]
    planned: Array
    fix: Array
    fix_of_year: Array
    luck: Array

    @classmethod
    def of(cls, need: SupportNeed) -> _Years:
        rng = np.random.default_rng(_SEED)
        counts = need.incidents.drawn(rng, _RUNS)
        planned = need.planned_hours.quantile(rng.random(_RUNS))
        n = int(counts.sum())
        fix = need.fix_hours.quantile(rng.random(n))
        return cls(counts, planned, fix, _by_year(counts, fix), rng.random(n))

    @property
    def hours(self) -> Array:
        return self.planned + self.fix_of_year

    def cost(self, cover: Cover, loss_per_hour: float) -> Array:
        reach = _by_year(self.counts, cover.reach_hours.quantile(self.luck))
        return np.asarray(
            cover.fee_per_year
            + self.counts * cover.bill_per_incident
            + (reach + self.fix_of_year) * loss_per_hour
            + self.beyond(cover) * cover.rate_per_hour
        )

    def beyond(self, cover: Cover) -> Array:
        """Hours of work that the fee does not include."""
        return np.maximum(0.0, self.hours - cover.hours_included)


def _by_year(counts: NDArray[np.int64], of_incident: Array) -> Array:
    year = np.repeat(np.arange(len(counts)), counts)
    return np.bincount(year, of_incident, len(counts)).astype(np.float64)


def _mean(need: SupportNeed, cover: Cover, years: _Years) -> float:
    rate, fix = need.incidents.per_year, need.fix_hours.mean
    work = need.planned_hours.mean + rate * fix
    if cover.hours_included:
        work = float(years.beyond(cover).mean())
    lost = rate * (cover.reach_hours.mean + fix) * need.loss_per_hour
    return cover.fee_per_year + rate * cover.bill_per_incident + lost + work * cover.rate_per_hour
