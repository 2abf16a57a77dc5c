"""Make or buy: both options over the same years, with the same chance that nothing comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.planning.checks import check_amount, check_number, share_below, strata
from mlpm_core.planning.quick_result import Spread
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.quantity import Quantity

    Array = NDArray[np.float64]

_RUNS: Final = 20_000
_SEED: Final = 20260630
_LIKELIEST_TO_LEAVE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Sourcing:
    """What building a system with own people takes, and what having it built; one currency.

    Parameters
    ----------
    build_cost : Quantity
        Money to build it in house.
    quote : Quantity
        The supplier's price for building it.
    hiring_cost : Quantity
        Money to find and train the people, once, and again for each who leaves.
    team_cost : Quantity
        Money a year, once it is in use, to keep those in house who can look after it.
    opportunity_cost : Quantity
        Money a year that the business loses because these people do nothing else for it.
    change_orders : Quantity
        Money for changes of a fixed price, where they come.
    buyer_cost : Quantity
        Money a year, building included, for own people who steer and check the supplier.
    support_fee : Quantity
        Money a year, once it is in use, for the supplier's support.
    supplier_cost : Quantity, optional
        What building it costs the supplier himself, as far as one can tell.
    years : float
        The years compared, from the first day of work; above 0.
    build_months : float
        Months until it is in use or given up; not longer than ``years``.
    p_no_model : float
        Probability that no usable model comes out, whoever builds; in [0, 1].
    p_leaves : float
        Probability that one of the people is lost within a year; from 0 to 0.95.
    p_change_orders : float
        Probability that change orders come, in [0, 1].
    paid_without_model : float
        Share of the quote that is due although no usable model comes out, in [0, 1].

    Raises
    ------
    InputError
        Naming the number that is out of its range.
    """

    build_cost: Quantity
    quote: Quantity
    hiring_cost: Quantity
    team_cost: Quantity
    opportunity_cost: Quantity
    change_orders: Quantity
    buyer_cost: Quantity
    support_fee: Quantity
    supplier_cost: Quantity | None
    years: float
    build_months: float = 6.0
    p_no_model: float = 0.0
    p_leaves: float = 0.0
    p_change_orders: float = 0.0
    paid_without_model: float = 1.0

    def __post_init__(self) -> None:
        for name in (
            *("build_cost", "quote", "hiring_cost", "team_cost", "opportunity_cost"),
            *("change_orders", "buyer_cost", "support_fee"),
        ):
            check_amount(name.replace("_", " "), getattr(self, name))
        if self.supplier_cost is not None:
            check_amount("supplier cost", self.supplier_cost)
        check_number("years compared", self.years, above=0, upto=30)
        check_number("months to build", self.build_months, above=0, upto=120)
        check_number("chance of no usable model", self.p_no_model, low=0, upto=1)
        check_number("chance that one leaves", self.p_leaves, low=0, upto=_LIKELIEST_TO_LEAVE)
        check_number("chance of change orders", self.p_change_orders, low=0, upto=1)
        check_number("share paid without a model", self.paid_without_model, low=0, upto=1)
        if self.build_months / 12 > self.years:
            raise InputError(
                f"Building takes {fig(self.build_months):g} months and only {fig(self.years):g} "
                "years are compared; compare at least the years that it takes to build."
            )


@dataclass(frozen=True, slots=True)
class Option:
    """What one option costs over the years, in money.

    ``lines`` are the averages of its parts over all runs; they sum to ``mean``. ``if_no_model`` is
    what is spent, at even odds, when no usable model comes out; None when one always does.
    """

    spread: Spread
    mean: float
    lines: Mapping[str, float]
    if_no_model: float | None


@dataclass(frozen=True, slots=True)
class SupplierCost:
    """Where a quote lies in what the work may cost the supplier.

    ``percentile`` is the probability that the work costs him less than he asks; ``is_too_low``
    that he more likely loses money than not, and will cut corners or fail.
    """

    percentile: float
    p50: float
    p80: float
    is_too_low: bool


@dataclass(frozen=True, slots=True)
class MakeOrBuy:
    """Both options beside each other, in money over the years compared.

    ``difference`` is make less buy: negative where making is cheaper. ``build_alone`` is the build
    in house without anything around it, and ``is_trap`` says that it looks cheaper than the quote
    while making is dearer at even odds.
    """

    make: Option
    buy: Option
    p_make_cheaper: float
    difference: Spread
    build_alone: Spread
    is_trap: bool
    supplier: SupplierCost | None


def make_or_buy(asked: Sourcing) -> MakeOrBuy:
    """Simulate both options; neither removes the risk that nothing comes out.

    Notes
    -----
    The product's own model: 20,000 runs with a fixed seed. In a run without a usable model all ends
    after the months of building: its cost is spent, and of the quote what is due. Money is not
    discounted. Those who leave are Poisson, at -ln(1 - p_leaves) a year.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> def euros(text): return Quantity.read(text, low=0)
    >>> nothing = euros("0")
    >>> answer = make_or_buy(Sourcing(
    ...     build_cost=euros("60k"), quote=euros("80k"), hiring_cost=euros("5k"),
    ...     team_cost=euros("30k"), opportunity_cost=nothing, change_orders=nothing,
    ...     buyer_cost=nothing, support_fee=euros("10k"), supplier_cost=None, years=1.5))
    >>> round(answer.make.mean), round(answer.buy.mean), answer.p_make_cheaper, answer.is_trap
    (95000, 90000, 0.0, True)
    """
    from scipy.stats import poisson  # see draws.uniform_points

    rng = np.random.default_rng(_SEED)
    is_nothing = rng.random(_RUNS) < asked.p_no_model
    building = asked.build_months / 12
    in_use = np.where(is_nothing, 0.0, asked.years - building)
    until = np.where(is_nothing, building, asked.years)

    def drawn(amount: Quantity) -> Array:
        return amount.quantile(rng.random(_RUNS))

    alone, hiring = drawn(asked.build_cost), drawn(asked.hiring_cost)
    # By a uniform each: whatever the rate, what is drawn after it stays the same.
    leaving = -np.log1p(-asked.p_leaves) * until
    leavers = np.maximum(poisson.ppf(rng.random(_RUNS), leaving), 0.0)
    made = {
        "Building": alone,
        "Hiring": hiring,
        "Replacing who leaves": leavers * hiring,
        "Keeping the people": in_use * drawn(asked.team_cost),
        "What they do not do elsewhere": until * drawn(asked.opportunity_cost),
    }
    quote = drawn(asked.quote) * np.where(is_nothing, asked.paid_without_model, 1.0)
    is_changed = rng.random(_RUNS) < asked.p_change_orders
    bought = {
        "Quote": quote,
        "Change orders": is_changed * drawn(asked.change_orders),
        "Own people who steer it": until * drawn(asked.buyer_cost),
        "Supplier's support": in_use * drawn(asked.support_fee),
    }
    make, buy = _option(made, is_nothing), _option(bought, is_nothing)
    difference = _total(made) - _total(bought)
    return MakeOrBuy(
        make=make,
        buy=buy,
        p_make_cheaper=float(np.mean(difference < 0)),
        difference=Spread.of_draws(difference),
        build_alone=Spread.of_draws(alone),
        is_trap=asked.build_cost.median < asked.quote.median and make.spread.p50 > buy.spread.p50,
        supplier=_supplier(asked.quote, asked.supplier_cost),
    )


def _total(parts: Mapping[str, Array]) -> Array:
    return np.asarray(np.sum(list(parts.values()), axis=0), dtype=np.float64)


def _option(parts: Mapping[str, Array], is_nothing: NDArray[np.bool_]) -> Option:
    total = _total(parts)
    return Option(
        spread=Spread.of_draws(total),
        mean=float(total.mean()),
        lines={name: float(part.mean()) for name, part in parts.items()},
        if_no_model=float(np.median(total[is_nothing])) if is_nothing.any() else None,
    )


def _supplier(quote: Quantity, cost: Quantity | None) -> SupplierCost | None:
    if cost is None:
        return None
    p50, p80 = cost.quantile(np.array([0.5, 0.8])).tolist()
    return SupplierCost(share_below(strata(cost), strata(quote)), p50, p80, quote.median < p50)
