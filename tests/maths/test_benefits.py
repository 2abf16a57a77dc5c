"""Benefits realisation: the worked example, hand calculations, and what must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError, NotEnoughDataError, NotFoundError
from mlpm_core.value.benefits import benefit_inputs, benefits, read_benefit
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.mechanism import find_mechanism

SURE = Estimate.of(np.full(8, 100_000.0), "money/year")


def test_the_worked_example():
    """By hand: flows -60,000, 12,000, 37,600, 31,840; NPV 8,622.67."""
    plan = benefits(
        SURE,
        {
            "build_cost": "60000", "run_cost": "20000", "ramp_first_year": "0.5",
            "deadweight": "0.2", "attribution": "0.8", "decay": "0.1", "discount_rate": "0.08",
        },
    )  # fmt: skip
    assert [y.flow.mean for y in plan.years] == pytest.approx([12_000, 37_600, 31_840], abs=1e-9)
    assert plan.npv.mean == pytest.approx(8_622.67, abs=0.005)
    assert plan.npv.is_exact
    assert plan.probability_of_gain == 1
    # -60,000 + 12,000 + 37,600 = -10,400; of the third year's 31,840 that takes 0.3266
    assert plan.median_years == pytest.approx(2 + 10_400 / 31_840)
    assert plan.affordable == pytest.approx(60_000 + 8_622.67, abs=0.005)


def test_a_project_that_may_deliver_nothing():
    """Cost 60,000, net 50,000 a year for 3 years undiscounted: 90,000 in 7 of 8, -20,000 in 1.

    Mean (7*90,000 - 20,000)/8 = 76,250; paid back after 1.2 years, 14.4 months.
    """
    net = Estimate.of(np.full(8, 50_000.0), "money/year")
    plan = benefits(
        net,
        {"discount_rate": "0"},
        build_cost=np.full(8, 60_000.0),
        p_no_go=0.125,
        no_go_cost=np.full(8, 20_000.0),
    )
    assert plan.npv.mean == pytest.approx(76_250)
    assert plan.probability_of_gain == 0.875
    assert plan.median_years == pytest.approx(1.2)
    assert plan.probability_by(1.1) == 0
    assert plan.sentence == (
        "It pays back within 3 years of use with a chance of 88%; half of all outcomes do so "
        "within 15 months."
    )


def test_what_never_pays_back_says_so():
    loss = Estimate.of(np.full(4, -1.0), "money/year")
    plan = benefits(loss, {"build_cost": "10", "horizon_years": "5"})
    assert plan.probability_of_gain == 0
    assert plan.median_years is None
    assert plan.sentence == (
        "It does not pay back within 5 years of use in any outcome that was computed."
    )
    mixed = Estimate.of(np.array([-1.0, -1.0, -1.0, 9.0]), "money/year")
    assert benefits(mixed, {"build_cost": "10"}).sentence == (
        "It pays back within 3 years of use with a chance of 25%; more likely than not it does "
        "not by then."
    )


def test_cost_and_value_meet_as_independent():
    """Cost N(0, 1) + 10 and value N(0, 1) + 10 of one year: the NPV has s.d. sqrt(2)."""
    z = np.sort(np.random.default_rng(3).standard_normal(8192))
    one_year = {"horizon_years": "1", "discount_rate": "0"}
    plan = benefits(Estimate.of(z + 10, "money/year"), one_year, build_cost=z + 10)
    assert plan.npv.samples.std() == pytest.approx(math.sqrt(2), rel=0.03)
    assert plan.probability_of_gain == pytest.approx(0.5, abs=0.02)


def test_spread_in_an_answer_spreads_the_npv():
    """run cost normal(20,000, 2,000) for 2 undiscounted years: s.d. 4,000."""
    net = Estimate.of(np.full(8192, 100_000.0), "money/year")
    plan = benefits(
        net,
        {"build_cost": "1", "run_cost": "normal(20000, 2000)", "horizon_years": "2",
         "discount_rate": "0"},
    )  # fmt: skip
    assert plan.npv.samples.std() == pytest.approx(4_000, rel=0.01)
    assert plan.npv.mean == pytest.approx(160_000 - 1, abs=10)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.floats(1, 1e5), st.floats(-1e5, 1e5), st.integers(1, 10), st.floats(0, 1), st.floats(0, 1)
)
def test_a_smaller_risk_of_nothing_never_pays_less(cost, annual, years, one, two):
    low, high = sorted((one, two))
    draws = np.linspace(cost, 2 * cost, 64)
    net = Estimate.of(np.linspace(annual - 1000, annual + 1000, 64), "money/year")
    asked = {"horizon_years": str(years)}
    safe, risky = (benefits(net, asked, build_cost=draws, p_no_go=p) for p in (low, high))
    assert risky.probability_of_gain <= safe.probability_of_gain
    longer = benefits(net, {"horizon_years": str(years + 1)}, build_cost=draws, p_no_go=low)
    assert longer.probability_by(years) == safe.probability_by(years)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 100))
def test_money_scales_and_every_shortfall_costs(ramp, deadweight, attribution, decay, factor):
    shares = {"ramp_first_year": ramp, "deadweight": deadweight, "attribution": attribution,
              "decay": decay}  # fmt: skip
    written = {name: f"{share:.6f}" for name, share in shares.items()} | {"build_cost": "60000"}
    plan = benefits(SURE, written)
    assert plan.npv.mean <= benefits(SURE, {"build_cost": "60000"}).npv.mean + 1e-6
    larger = benefits(
        Estimate.of(SURE.samples * factor, "money/year"),
        written | {"build_cost": f"{60_000 * factor:.6f}"},
    )
    assert larger.npv.mean == pytest.approx(plan.npv.mean * factor, rel=1e-6, abs=1e-3)


def test_wrong_answers_are_named_all_at_once():
    with pytest.raises(InputError) as told:
        benefits(SURE, {"horizon_years": "2.5", "decay": "2", "uptake": "1"})
    for word in ("uptake", "build_cost is missing", "decay", "whole number of years"):
        assert word in str(told.value)
    with pytest.raises(InputError, match="p_no_go is 2"):
        benefits(SURE, {"build_cost": "1"}, p_no_go=2)
    with pytest.raises(NotEnoughDataError, match="no draw of the build cost"):
        benefits(SURE, {}, build_cost=np.ones(0))
    with pytest.raises(NotEnoughDataError, match="no draw of the value"):
        benefits(Estimate(0, 0, 0, 0, "money/year", np.ones(0)), {"build_cost": "1"})


@pytest.mark.parametrize("entry", benefit_inputs(find_mechanism("M1")), ids=lambda e: e.name)
def test_every_question_has_a_default_or_is_asked(entry):
    assert entry.question
    assert (entry.default is None) == (entry.name in ("build_cost", "decay_later"))
    assert entry.is_needed == (entry.name == "build_cost")
    if entry.default is not None:
        entry.read(entry.default)
    if entry.typical is not None:
        entry.read(entry.typical)


def test_one_answer_is_read_as_all_of_them_are():
    assert read_benefit("horizon_years", "5").median == 5
    with pytest.raises(InputError, match="whole number of years"):
        read_benefit("horizon_years", "2 to 5")
    with pytest.raises(NotFoundError, match="no question 'uptake'"):
        read_benefit("uptake", "1")
    plan = benefits(SURE, {"build_cost": "40k to 90k"})
    assert list(plan.drawn) == ["build_cost"]
    assert plan.inputs["horizon_years"].median == 3
