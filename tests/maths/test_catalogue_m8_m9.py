"""M8 and M9, whose money follows from a normal error: worked out in plain Python and integrated."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import integrate

from mlpm_core.errors import InputError
from mlpm_core.quantity import Dimension
from tests.catalogue_examples import answer, few, lines, near, told


def standard_normal(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def cost(promise: float, x: float) -> float:
    """A courier's job that took x minutes against its promise, without calls and churn."""
    return 1.5 * max(x - promise, 0) + 0.5 * max(promise - x, 0)


def expected(of: object, error: float, *kinks: float) -> float:
    """The mean of a function of a normal error, by numerical integration."""
    dist = NormalDist(0, error)
    points = [k for k in kinks if abs(k) < 12 * error]
    found, _ = integrate.quad(
        lambda x: of(x) * dist.pdf(x), -12 * error, 12 * error,
        points=points, epsabs=1e-13, epsrel=1e-12, limit=200,
    )  # fmt: skip
    return found


def test_a_couriers_promise_by_hand():
    """200,000 jobs, error 12 -> 9 min, late 1.50, early 0.50, badly late from 15 min.

    z = ppf(1.5 / 2) = .6744897502, phi(z) = .3177765727
    buffer: (1.5 + .5) * .3177765727 * (12 - 9) * 200,000 = 381,331.89
    badly late: 1 - Phi(.67449 + 15/12) = .0271466; 1 - Phi(.67449 + 15/9) = .0096121
    avoided: (.0271466 - .0096121) * 200,000 = 3,506.9
    hours: 3,506.9 * .3 * 6/60 = 105.21; revenue: 3,506.9 * .01 * 120 = 4,208.29
    cost_saving: 381,331.89 + 105.21 * 30 * .5 = 382,910; promise shorter: .67449 * 3 / 60 = .0337 h
    """
    z = NormalDist().inv_cdf(1.5 / (1.5 + 0.5))
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    bad = [1 - standard_normal(z + 15 / rmse) for rmse in (12, 9)]
    avoided = (bad[0] - bad[1]) * 200_000
    hours = avoided * 0.3 * 6 / 60
    saving = (1.5 + 0.5) * density * (12 - 9) * 200_000 + hours * 30 * 0.5
    result = answer("M8")
    assert told(result) == {
        "revenue": near(avoided * 0.01 * 120),
        "cost_saving": near(saving),
        "cycle_time": near(z * 3 / 60),
        "people_intensity": near(hours / 200_000 * 1000),
        "customer_experience": near(avoided / 200_000 * 1000),
        "net": near(avoided * 1.2 + saving),
    }
    # The figures of the docstring, so that a slip in both computations would show.
    assert (z, density) == (pytest.approx(0.6744897502), pytest.approx(0.3177765727))
    assert bad == pytest.approx([0.0271466, 0.0096121], abs=1e-7)
    assert result.kpis[Dimension.COST_SAVING].mean == pytest.approx(382_910, abs=1)
    assert result.break_even["rmse_model"] == 12
    at = lines(result)
    assert (at["hours"], at["bad_avoided"]) == (near(hours), near(avoided))


def test_the_best_buffer_costs_what_the_newsvendor_says():
    """(late + early) * phi(z) * rmse is the mean of late*(x - p)+ + early*(p - x)+, integrated.

    No other buffer costs less.
    """
    z = lines(answer("M8"))["z"]
    for rmse in (12.0, 9.0):
        best = expected(lambda x, rmse=rmse: cost(z * rmse, x), rmse, z * rmse)
        assert best == pytest.approx(2 * NormalDist().pdf(z) * rmse, rel=1e-9)
        for other in (z - 0.1, z + 0.1):
            assert best < expected(lambda x, b=other * rmse: cost(b, x), rmse, other * rmse)


def test_the_money_of_single_jobs_adds_up_to_net():
    """Each job costs its minutes, and its call and churn when it is badly late."""
    result = answer("M8")
    z, bad = lines(result)["z"], 0.3 * 6 / 60 * 30 * 0.5 + 0.01 * 120

    def mean(rmse: float) -> float:
        promise = z * rmse
        return expected(
            lambda x: cost(promise, x) + bad * (x > promise + 15), rmse, promise, promise + 15
        )

    assert result.net.mean / 200_000 == pytest.approx(mean(12) - mean(9), rel=1e-9)


def test_one_promise_for_every_job_is_the_policy_without_a_prediction():
    """Net is additive over the error: 20 -> 12 and 12 -> 9 are 20 -> 9."""
    whole = answer("M8", "none", rmse_without_prediction=20).net.mean
    first = answer("M8", rmse_baseline=20, rmse_model=12).net.mean
    assert whole == pytest.approx(first + answer("M8").net.mean, rel=1e-9)


def test_a_cost_of_zero_has_no_best_buffer():
    with pytest.raises(InputError, match="There is no best promise"):
        answer("M8", early_cost_per_minute=0)


def test_a_price_by_hand():
    """20,000 quotes, 0.0002 sales lost for each unit of money, error 300 -> 200.

    revenue: 20,000 * .0002 * (90,000 - 40,000) = 200,000
    hours: (.6 - .2) * 20,000 * 30/60 = 4,000; cost_saving: 4,000 * 40 * .5 = 80,000
    net: 280,000; cycle: .4 * (24 - .5) = 9.4 h; people: 4,000 / 20 = 200 per 1,000 quotes
    off: 2 * (1 - Phi(400/300)) = .1824224; 2 * (1 - Phi(2)) = .0455003; cx: 136.9221
    break-even error: sqrt(300^2 + 80,000 / (20,000 * .0002)) = sqrt(110,000) = 331.66248
    """
    off = [2 * (1 - standard_normal(400 / rmse)) for rmse in (300, 200)]
    result = answer("M9")
    assert told(result) == {
        "revenue": near(200_000),
        "cost_saving": near(80_000),
        "cycle_time": near(9.4),
        "people_intensity": near(200),
        "customer_experience": near((off[0] - off[1]) * 1000),
        "net": near(280_000),
    }
    assert off == pytest.approx([0.1824224, 0.0455003], abs=1e-7)
    assert result.break_even["rmse_model"] == near(math.sqrt(110_000))


@few
@given(
    st.lists(st.floats(-400, 400), min_size=2, max_size=8),
    st.floats(1e-5, 1e-2),
    st.floats(50, 500),
)
def test_with_linear_demand_the_loss_is_the_slope_times_the_mean_square(errors, slope, margin):
    """profit(p) = (p - cost) * (a - slope * p) falls by slope * error^2 beside its best price."""
    assume(max(map(abs, errors)) > 1)
    unit_cost, best = 100.0, 100.0 + margin
    sales_at_zero = slope * (2 * best - unit_cost)  # where the best price is the best price

    def profit(price: float) -> float:
        return (price - unit_cost) * (sales_at_zero - slope * price)

    losses = [profit(best) - profit(best + error) for error in errors]
    mse = sum(error * error for error in errors) / len(errors)
    result = answer("M9", demand_slope=slope, rmse_baseline=math.sqrt(mse), rmse_model=0.0)
    per_quote = result.kpis[Dimension.REVENUE].mean / 20_000
    assert per_quote == pytest.approx(sum(losses) / len(losses), rel=1e-6, abs=1e-9)


def test_no_error_pays_for_a_large_loss_of_automation():
    """The root would be of 90,000 - 100,000.

    hours: (.1 - .6) * 20,000 * .5 = -5,000; cost_saving: -5,000 * 40 * 1 = -200,000;
    200,000 / (20,000 * .0001) = 100,000; error today: 300^2 = 90,000.
    """
    result = answer(
        "M9", automatic_share_baseline=0.6, automatic_share_model=0.1, cashable=1.0,
        demand_slope=0.0001,
    )  # fmt: skip
    assert result.break_even["rmse_model"] is None
    assert result.break_even_reasons["rmse_model"] == "Net would be zero nowhere."
