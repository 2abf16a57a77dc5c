"""The retainer calculator: against figures worked out by hand, and against its own simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.planning.retainer import (
    Cover,
    Incidents,
    SupportNeed,
    break_even_fee,
    cover_costs,
    support_hours,
)
from mlpm_core.quantity import Quantity


def hours(text):
    return Quantity.read(text, "hour", low=0)


# Three models, 2 incidents in 4.5 model-years, 220 an hour. The other inputs are chosen so that
# the published example's figures come out; it does not give its own.
NEED = SupportNeed(
    Incidents(n_models=3, seen=2, model_years=4.5),
    fix_hours=hours("4 | 10 | 26"),
    planned_hours=hours("140 | 198 | 295"),
    loss_per_hour=220,
)
ALONE = Cover("none", hours("8 | 24 | 118"), bill_per_incident=2400, rate_per_hour=104)
STANDBY = Cover("standby", hours("1 | 2 | 4"), 6000, 1500, 104)
BANK = Cover("bank", hours("8 | 16 | 32"), 25_200, 500, 130, hours_included=240)

three_points = st.tuples(st.floats(0.1, 50), st.floats(1, 4), st.floats(1, 6)).map(
    lambda t: hours(f"{t[0]:.3f} | {t[0] * t[1]:.3f} | {t[0] * t[1] * t[2]:.3f}")
)


def test_an_average_that_rests_on_the_rarest_cases_is_refused():
    with pytest.raises(InputError, match="hours to fix: the high value, 41"):
        replace(NEED, fix_hours=hours("1 | 2 | 41"))
    with pytest.raises(InputError, match="planned hours a year"):
        replace(NEED, planned_hours=hours("1 to 1e9"))
    with pytest.raises(InputError, match="reach an expert is '-5 to 5'; write"):
        replace(STANDBY, reach_hours=Quantity.read("-5 to 5", "hour"))


def test_the_incidents_of_a_year_are_negative_binomial():
    seen = NEED.incidents
    assert seen.per_year == pytest.approx(1.364, abs=1e-3)
    assert 1 - seen.p_at_least(1) == pytest.approx((5.5 / 8.5) ** 2.5)
    assert 1 - seen.p_at_least(1) == pytest.approx(0.34, abs=0.005)
    assert seen.p_at_least(3) == pytest.approx(0.18, abs=0.005)
    drawn = seen.drawn(np.random.default_rng(5), 200_000)
    assert [np.mean(drawn >= n) for n in (1, 2, 3)] == pytest.approx(
        [seen.p_at_least(n) for n in (1, 2, 3)], abs=4e-3
    )


def test_nothing_seen_yet_is_half_an_incident_in_one_model_year():
    assert Incidents(4, 0, 0).per_year == 2.0


def test_the_example_of_three_models_comes_out():
    none, standby, bank = cover_costs(NEED, [ALONE, STANDBY, BANK])
    means, p95s = zip(
        *((c.mean / 1000, c.spread.p95 / 1000) for c in (none, standby, bank)), strict=True
    )
    assert means == pytest.approx((47.1, 36.5, 39.8), rel=0.05)
    assert p95s == pytest.approx((113, 58.8, 66.3), rel=0.05)
    hours = support_hours(NEED)
    assert (hours.p50, hours.p80, hours.p95) == pytest.approx((215, 275, 364), rel=0.05)
    assert hours.p80 / 1600 == pytest.approx(0.17, abs=0.01)
    fee = break_even_fee(NEED, ALONE, STANDBY)
    assert fee.fee == pytest.approx(16_500, rel=0.01)
    assert fee.low < fee.fee < fee.high


def test_at_its_break_even_fee_a_standby_costs_what_being_alone_costs():
    fee = break_even_fee(NEED, ALONE, STANDBY)
    none, standby = cover_costs(NEED, [ALONE, replace(STANDBY, fee_per_year=fee.fee)])
    assert standby.mean == pytest.approx(none.mean)


def test_the_closed_form_is_what_is_simulated():
    fee = break_even_fee(NEED, ALONE, STANDBY)
    rng = np.random.default_rng(11)
    n = NEED.incidents.drawn(rng, 400_000)
    reach = [c.reach_hours.quantile(rng.random(int(n.sum()))).mean() for c in (ALONE, STANDBY)]
    simulated = n.mean() * ((reach[0] - reach[1]) * 220 + 2400 - 1500)
    assert fee.fee == pytest.approx(simulated, rel=0.01)


def test_a_year_costs_its_fee_its_work_and_what_its_incidents_take():
    one = replace(NEED, fix_hours=hours("5"), planned_hours=hours("100"))
    fixed = Cover("fixed", hours("10"), 1000, 200, 50)
    (cost,) = cover_costs(one, [fixed])
    per_incident = 200 + 15 * 220 + 5 * 50
    assert cost.mean == pytest.approx(1000 + 100 * 50 + one.incidents.per_year * per_incident)
    assert cost.spread.p10 == 1000 + 100 * 50  # in a third of all years nothing happens


def test_included_hours_are_paid_once():
    calm = replace(NEED, planned_hours=hours("100"), fix_hours=hours("0"))
    bank = Cover("bank", hours("0"), 5000, 0, 80, hours_included=60)
    (cost,) = cover_costs(calm, [bank])
    assert cost.mean == 5000 + 40 * 80
    with pytest.raises(InputError, match="includes hours"):
        break_even_fee(calm, ALONE, bank)


def test_a_dearer_hourly_rate_of_the_cover_takes_from_its_fee():
    same = break_even_fee(NEED, ALONE, STANDBY).fee
    dearer = break_even_fee(NEED, ALONE, replace(STANDBY, rate_per_hour=124)).fee
    work = NEED.planned_hours.mean + NEED.incidents.per_year * NEED.fix_hours.mean
    assert dearer == pytest.approx(same - 20 * work)


@settings(max_examples=40, deadline=None)
@given(three_points, three_points, st.floats(0, 5000), st.floats(0, 5000))
def test_a_higher_loss_never_makes_a_quicker_expert_worth_less(slow, quick, loss, more):
    alone, standby = replace(ALONE, reach_hours=slow), replace(STANDBY, reach_hours=quick)
    fees = [
        break_even_fee(replace(NEED, loss_per_hour=x), alone, standby).fee
        for x in (loss, loss + more)
    ]
    rises = fees[1] - fees[0]
    assert rises >= -1e-6 if slow.mean >= quick.mean else rises <= 1e-6


def test_the_same_question_has_the_same_answer():
    assert cover_costs(NEED, [ALONE, BANK]) == cover_costs(NEED, [ALONE, BANK])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Incidents(0, 0, 1), "models is 0"),
        (lambda: Incidents(1, -1, 1), "incidents seen is -1"),
        (lambda: Incidents(1, 2, float("nan")), "model-years is nan"),
        (lambda: Incidents(1000, 50, 1), "daily work"),
        (lambda: replace(NEED, loss_per_hour=-1), "loss per hour is -1"),
        (lambda: replace(STANDBY, fee_per_year=float("inf")), "fee a year is inf"),
        (lambda: cover_costs(NEED, []), "no cover"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(wrong, said):
    with pytest.raises(InputError, match=said):
        wrong()
