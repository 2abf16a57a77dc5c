"""Options weighed by what matters to people: the reference, and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.evaluation.preferences import weigh
from mlpm_core.quantity import Dimension
from mlpm_core.services.evaluate.preferences import choosing
from mlpm_core.services.evaluate.views import LeaderboardView, Option, Range

REVENUE, COST, TIME, PEOPLE, CUSTOMER = Dimension
NAMES = "abcd"
ROWS = ((62.1, -10.8, 4.05), (50.0, -2.0, 1.0), (40.0, 0.0, 6.0), (39.0, -3.0, 1.0))
ZERO = dict.fromkeys(Dimension, 0.0)


def options(rows=ROWS, dimensions=(REVENUE, PEOPLE, CUSTOMER)):
    return {
        n: ZERO | dict(zip(dimensions, row, strict=True))
        for n, row in zip(NAMES, rows, strict=False)
    }


def test_the_reference_of_three_dimensions():
    """Pareto = the first three; shares by brute force, each over its largest difference to none.

    200,000 Dirichlet weights of numpy's own, seed 0, of rows scaled by hand: 62.1, 10.8 and 6.
    """
    preferences = weigh(options())
    assert preferences.survivors == ("a", "b", "c")
    assert preferences.dominated == {"d": "b"}
    weights = np.random.default_rng(0).dirichlet(np.ones(3), 200_000)
    scores = weights @ (np.array(ROWS[:3]) / [62.1, 10.8, 6.0]).T
    for at, name in enumerate("abc"):
        share = np.mean(scores.argmax(axis=1) == at)
        assert preferences.shares[name] == pytest.approx(share, abs=0.005)


def test_an_option_that_is_dominated_changes_nothing():
    """A (10, 6) and B (7, 10) at weights 6 to 4: A .6 + .24 = .84, B .42 + .4 = .82, A by 2 points.

    The dominated (-90, 5) widened the range of the first from 3 to 100 and that of the second from
    4 to 5, so that the same weights chose otherwise.
    """
    two = ((10.0, 6.0), (7.0, 10.0))
    weights = {REVENUE: 6, CUSTOMER: 4}
    alone = weigh(options(two, (REVENUE, CUSTOMER)))
    assert (alone.choice(weights).option, alone.choice(weights).lead) == ("a", pytest.approx(2))
    for bad in ((-90.0, 5.0), (9.9, -50.0), (10.0, 5.9), (-1e6, -1e6)):
        more = weigh(options((*two, bad), (REVENUE, CUSTOMER)))
        assert more.choice(weights) == alone.choice(weights)
        assert more.shares == alone.shares


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_one_unit_of_revenue_counts_like_one_of_cost_saving(share):
    """60k of revenue for 10k of cost is 50k, and more than 40k, however weights lie on money.

    Ranges of each dimension by itself, 20k and 10k, gave it to the 40k from a share of a half.
    """
    rows = ((60_000.0, -10_000.0), (40_000.0, 0.0), (0.0, 39_999.0))
    preferences = weigh(options(rows, (REVENUE, COST)))
    assert preferences.survivors == ("a",)
    choice = preferences.choice({REVENUE: 1 - share, COST: share})
    assert (choice.option, choice.lead) == ("a", 100)


def test_money_that_is_saved_and_earned_is_one_criterion_with_the_weight_of_both():
    """Money 50 and 20, customers 0 and 10; weights (1 + 2) to 3: .5 to .2 + .5, so b by 20 points.

    Moving t from customers to money: .5 + t = .4 (.5 + t) + .5 - t, so t = .125.
    """
    rows = ((60.0, -10.0, 0.0), (0.0, 20.0, 10.0))
    preferences = weigh(options(rows, (REVENUE, COST, CUSTOMER)))
    choice = preferences.choice({REVENUE: 1, COST: 2, CUSTOMER: 3})
    assert (choice.option, choice.lead) == ("b", pytest.approx(20))
    assert (choice.flip.of, choice.flip.to.label) == (CUSTOMER, "Money")
    assert choice.flip.points == pytest.approx(12.5)
    assert preferences.choice({COST: 1}).option == "a"


def test_what_somebody_would_choose_and_what_would_flip_it():
    """Money 0 to 10, customers 0 to 10; x (10, 0), y (0, 10), weights 70 to 30: x by 40 points.

    Moving t points from money to customers: .7 - t = .3 + t, so 20 points; then both weigh .5 and
    one bad experience is worth one unit of money, for both ranges are 10.
    """
    preferences = weigh(options(((10.0, 0.0), (0.0, 10.0)), (REVENUE, CUSTOMER)))
    choice = preferences.choice({REVENUE: 7, CUSTOMER: 3})
    assert (choice.option, choice.lead) == ("a", pytest.approx(40))
    assert (choice.flip.option, choice.flip.of, choice.flip.to) == ("b", REVENUE, CUSTOMER)
    assert choice.flip.points == pytest.approx(20)
    assert choice.flip.price == pytest.approx(1)
    dear = weigh(options(((10_000.0, 0.0), (0.0, 10.0)), (REVENUE, CUSTOMER)))
    assert dear.choice({REVENUE: 7, CUSTOMER: 3}).flip.price == pytest.approx(1000)


def test_a_weight_on_nothing_that_differs_chooses_nothing():
    preferences = weigh(options(((10.0, 0.0), (0.0, 10.0)), (REVENUE, CUSTOMER)))
    with pytest.raises(NotEnoughDataError, match="any of them will do"):
        preferences.choice({TIME: 1})
    twins = weigh(options(((1.0,), (1.0,)), (REVENUE,)))
    assert twins.shares == {"a": 0.5, "b": 0.5}
    alone = weigh(options(((3.0, 3.0), (1.0, 2.0)), (REVENUE, CUSTOMER)))
    assert (alone.survivors, alone.shares) == (("a",), {"a": 1.0})


@pytest.mark.parametrize("size", [1.0, 100.0, 1e6, 1e12])
@pytest.mark.parametrize("noise", [1e-17, -1e-17, 3e-16])
def test_what_differs_by_rounding_weighs_nothing(size, noise):
    """100 and 99 of money, hours that differ by 1e-17 of it: the 99 had won with even weights.

    A double has sixteen digits, so a difference of numbers of that size is no better than 1e-16 of
    it; scaled to its own largest it had the weight of all the money.
    """
    rows = ((size, 0.0), (0.99 * size, abs(noise) * size), (0.0, noise * size))
    preferences = weigh(options(rows, (REVENUE, PEOPLE)))
    assert (preferences.survivors, preferences.dominated) == (("a",), {"b": "a", "c": "a"})
    assert preferences.shares == {"a": 1.0}
    none = weigh(options(((size, 0.0, noise), (0.5 * size, 5.0, 0.0)), (REVENUE, CUSTOMER, COST)))
    assert list(none.criteria) == [REVENUE, CUSTOMER], "money is named after what moves"


def test_sums_that_differ_by_rounding_are_ties():
    """.1 + .2 is 4e-17 above .3."""
    preferences = weigh(options(((0.1, 0.2, 1.0), (0.3, 0.0, 2.0)), (REVENUE, COST, CUSTOMER)))
    assert preferences.survivors == ("b",)
    assert preferences.dominated == {"a": "b"}


@pytest.mark.parametrize("small", [1e-9, 1e-6, 0.001])
def test_what_is_small_but_real_weighs_like_anything_else(small):
    """Small figures of their own dimension have its whole weight, whatever a dominated one is."""
    rows = ((100.0, small), (99.0, 2 * small))
    preferences = weigh(options(rows, (REVENUE, CUSTOMER)))
    assert preferences.criteria == (REVENUE, CUSTOMER)
    assert preferences.choice({REVENUE: 1, CUSTOMER: 1}).option == "b"
    bad = weigh(options((*rows, (-1e15, -1e15)), (REVENUE, CUSTOMER)))
    assert bad.shares == preferences.shares


def test_what_cannot_be_weighed_is_named():
    with pytest.raises(NotEnoughDataError):
        weigh({})
    with pytest.raises(InputError, match="a has no customer_experience"):
        weigh({"a": {d: 1.0 for d in Dimension if d is not CUSTOMER}})
    with pytest.raises(InputError, match="b has no revenue"):
        weigh({"a": ZERO, "b": ZERO | {REVENUE: math.nan}})


rows = st.lists(st.tuples(*[st.integers(-20, 20)] * 5), min_size=1, max_size=4)
weights = st.tuples(*[st.integers(0, 10)] * 5)


@settings(max_examples=60, deadline=None)
@given(rows, weights, st.integers(0, 4), st.floats(0.1, 1000))
def test_scale_and_order_do_not_matter_and_the_dominated_never_win(
    found, given_weights, at, factor
):
    preferences = weigh(options([tuple(map(float, r)) for r in found], tuple(Dimension)))
    assert math.isclose(sum(preferences.shares.values()), 1, abs_tol=1e-9)
    assert set(preferences.shares) == set(preferences.survivors)
    assert not set(preferences.dominated) & set(preferences.survivors)
    moved_at = (0, 1) if at < 2 else (at,)  # revenue and cost saving have one scale, money
    scaled = [tuple(x * (factor if i in moved_at else 1.0) for i, x in enumerate(r)) for r in found]
    other = weigh(options(scaled, tuple(Dimension)))
    assert other.survivors == preferences.survivors
    assert other.shares == pytest.approx(preferences.shares, abs=1e-3)
    mine = dict(zip(Dimension, map(float, given_weights), strict=True))
    weight = {c: mine[c] if c in mine else mine[REVENUE] + mine[COST] for c in preferences.criteria}
    if REVENUE in weight or COST in weight:
        weight[next(c for c in weight if c in (REVENUE, COST))] = mine[REVENUE] + mine[COST]
    assume(sum(weight.values()) > 0)
    choice = preferences.choice(mine)
    assert choice.option in preferences.survivors
    assert choice.lead >= -1e-9
    if choice.flip:
        moved = dict(weight)
        total = sum(weight.values())
        step = (choice.flip.points + 1e-6) / 100 * total
        moved[choice.flip.of] -= step
        moved[choice.flip.to] += step
        assume(moved[choice.flip.of] >= 0)
        scores = {
            name: sum(
                moved[c] * preferences.scaled[k, i] for i, c in enumerate(preferences.criteria)
            )
            for k, name in enumerate(preferences.survivors)
        }
        assert scores[choice.flip.option] == pytest.approx(max(scores.values()), abs=1e-3)


def board(*found: Option) -> LeaderboardView:
    return LeaderboardView("case", "Case", "EUR", "nothing", options=found)


def option(name, **means):
    kpis = {d: Range(means.get(d.value, 0.0), 0.0, 0.0, d.unit) for d in Dimension}
    money = kpis[REVENUE].mean + kpis[COST].mean
    return Option(
        name, Range(money, money, money, "EUR/year"), kpis, 0.0, 0.0, 0.0, is_dominated=False
    )


def test_people_who_would_choose_differently_are_named_and_not_averaged():
    people = {
        "Tom": {REVENUE: 0.9, CUSTOMER: 0.1},
        "Ines": {REVENUE: 0.2, CUSTOMER: 0.8},
        "Jo": {CUSTOMER: 1.0},
    }
    told = choosing(
        board(option("rich", revenue=100), option("kind", customer_experience=9), option("none")),
        people,
    )
    assert told.camps == {"rich": ("Tom",), "kind": ("Ines", "Jo")}
    assert told.dominated == {"none": "rich"}
    assert told.conflict is not None
    assert (told.conflict.one, told.conflict.sake_of_one) == ("Tom", REVENUE)
    assert (told.conflict.two, told.conflict.sake_of_two) == ("Jo", CUSTOMER)
    together = choosing(board(option("rich", revenue=100), option("none")), people)
    assert together.camps == {"rich": ("Tom", "Ines", "Jo")}
    assert together.conflict is None
    apart = choosing(board(option("rich", revenue=9), option("quick", cycle_time=1)), people)
    assert apart.camps == {"rich": ("Tom", "Ines")}
    assert apart.undecided == ("Jo",)
    assert choosing(board(), people) is None
