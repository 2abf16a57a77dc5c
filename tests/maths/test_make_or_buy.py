"""Make or buy: the published example's shape, and what neither option can remove."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.planning.make_or_buy import Sourcing, make_or_buy
from mlpm_core.planning.sustainable_team import sustainable_team
from mlpm_core.quantity import Quantity


def euros(text):
    return Quantity.read(text, low=0)


NOTHING = euros("0")
# Three years, a quote of 165k and a chance of change orders of 35% are published; 0.2 specialists
# are taken as 15k a year, and the other inputs are chosen so that the published figures come out.
ASKED = Sourcing(
    build_cost=euros("76.2k | 127.2k | 210k"),
    quote=euros("165k"),
    hiring_cost=euros("14k | 22k | 60k"),
    team_cost=euros("27k | 38k | 66k"),
    opportunity_cost=NOTHING,
    change_orders=euros("8k | 16k | 36k"),
    buyer_cost=euros("15k"),
    support_fee=euros("16k | 18k | 22k"),
    supplier_cost=euros("60k | 95k | 150k"),
    years=3,
    build_months=9,
    p_no_model=0.064,
    p_leaves=0.25,
    p_change_orders=0.35,
)


def thousands(spread):
    return [x / 1000 for x in (spread.p50, spread.p80, spread.p95)]


def test_the_example_of_three_years_comes_out():
    answer = make_or_buy(ASKED)
    assert thousands(answer.make.spread) == pytest.approx([272, 350, 465], rel=0.03)
    assert thousands(answer.buy.spread) == pytest.approx([254, 267, 287], rel=0.03)
    assert answer.p_make_cheaper == pytest.approx(0.36, abs=0.06)


def test_build_alone_is_the_trap_that_looks_cheaper_than_the_quote():
    answer = make_or_buy(ASKED)
    assert answer.is_trap
    assert answer.build_alone.p50 == pytest.approx(127e3, rel=0.01)
    assert answer.build_alone.p50 < 165e3
    assert answer.make.spread.p50 > answer.buy.spread.p50
    assert answer.make.spread.p95 > 1.5 * answer.buy.spread.p95
    assert not make_or_buy(replace(ASKED, quote=euros("120k"))).is_trap


def test_nobody_buys_the_risk_away():
    sure = make_or_buy(replace(ASKED, p_no_model=1, p_change_orders=0))
    assert sure.make.lines["Keeping the people"] == 0 == sure.buy.lines["Supplier's support"]
    assert sure.buy.if_no_model == pytest.approx(165e3 + 15e3 * 0.75)
    assert sure.make.spread.p50 == sure.make.if_no_model
    never = make_or_buy(replace(ASKED, p_no_model=0))
    assert never.make.if_no_model is None is never.buy.if_no_model


def test_a_milestone_contract_leaves_the_buyer_less_to_pay_for_nothing():
    sure = make_or_buy(replace(ASKED, p_no_model=1, paid_without_model=0.4, p_change_orders=0))
    assert sure.buy.if_no_model == pytest.approx(0.4 * 165e3 + 15e3 * 0.75)


def test_the_parts_of_an_option_are_its_whole():
    answer = make_or_buy(ASKED)
    for option in (answer.make, answer.buy):
        assert math.fsum(option.lines.values()) == pytest.approx(option.mean)


def test_without_luck_the_sums_are_exact():
    answer = make_or_buy(
        Sourcing(
            *map(euros, ("50k", "70k", "8k", "20k", "10k", "7k", "30k", "12k")),
            supplier_cost=None, years=2, p_change_orders=1,
        )
    )  # fmt: skip
    assert answer.make.mean == pytest.approx(50e3 + 8e3 + 1.5 * 20e3 + 2 * 10e3)
    assert answer.buy.mean == pytest.approx(70e3 + 7e3 + 2 * 30e3 + 1.5 * 12e3)
    assert answer.p_make_cheaper == 1
    assert answer.supplier is None


def test_who_leaves_is_hired_again():
    calm = replace(ASKED, hiring_cost=euros("10k"), p_no_model=0, p_leaves=0)
    assert make_or_buy(calm).make.lines["Replacing who leaves"] == 0
    leaving = make_or_buy(replace(calm, p_leaves=0.25)).make.lines["Replacing who leaves"]
    assert leaving == pytest.approx(-math.log(0.75) * 3 * 10e3, rel=0.02)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.floats(0, 2e5), st.floats(0, 0.9), st.floats(0, 1e5))
def test_what_is_added_to_making_never_makes_it_cheaper(hiring, leave, forgone):
    base = replace(ASKED, hiring_cost=NOTHING, p_leaves=0)
    more = replace(
        ASKED,
        hiring_cost=euros(f"{hiring:.2f}"),
        p_leaves=leave,
        opportunity_cost=euros(f"{forgone:.2f}"),
    )
    less, dearer = (make_or_buy(asked).make.spread for asked in (base, more))
    for p in ("p10", "p50", "p80", "p95"):
        assert getattr(dearer, p) >= getattr(less, p) - 1e-6


def test_a_quote_below_what_the_work_costs_half_of_the_time_is_a_warning():
    for quote, is_too_low in (("94k", True), ("96k", False)):
        supplier = make_or_buy(replace(ASKED, quote=euros(quote))).supplier
        assert supplier.is_too_low is is_too_low
        assert supplier.percentile == pytest.approx(0.5, abs=0.02)
    low = make_or_buy(replace(ASKED, quote=euros("60k"))).supplier
    assert low.percentile == pytest.approx(0.1, abs=1e-3)
    # Where the quote itself is a guess, both are uncertain.
    both = make_or_buy(replace(ASKED, quote=ASKED.supplier_cost)).supplier
    assert both.percentile == pytest.approx(0.5, abs=1e-3)


def test_a_role_with_one_person_is_not_sustained():
    needed = {"Data scientist": 1.5, "ML engineer": 0.5, "Data engineer": 0.5}
    ds, mle, de = sustainable_team(
        needed, {"Data scientist": 1, "ML engineer": 2}, years=3, leave_per_year=0.1
    )
    assert (ds.short_heads, ds.has_stand_in, ds.is_sustained) == (0.5, False, False)
    assert mle.is_sustained
    assert mle.p_somebody_leaves == pytest.approx(1 - 0.9**6)
    assert (de.people, de.short_heads, de.p_somebody_leaves) == (0, 0.5, 0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: replace(ASKED, p_no_model=1.1), "no usable model is 1.1"),
        (lambda: replace(ASKED, build_months=48), "only 3 years"),
        (lambda: replace(ASKED, years=float("nan")), "years compared is nan"),
        (lambda: replace(ASKED, p_leaves=1), "one leaves is 1"),
        (lambda: replace(ASKED, p_change_orders=-0.1), "change orders is -0.1"),
        (lambda: replace(ASKED, team_cost=euros("1k | 2k | 90k")), "team cost: the high value"),
        (lambda: replace(ASKED, supplier_cost=euros("1 to 1e9")), "supplier cost: the high value"),
        (lambda: sustainable_team({}, {}, years=1, leave_per_year=0), "No role"),
        (lambda: sustainable_team({"x": 1}, {"x": -1}, years=1, leave_per_year=0), "do x is -1"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(wrong, said):
    with pytest.raises(InputError, match=said):
        wrong()
