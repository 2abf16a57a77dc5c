"""What closed projects, closed estimates and the weeks of a team say of the next ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import norm

from mlpm_core.errors import InputError
from mlpm_core.planning.burn_down import burn_down_alarm
from mlpm_core.planning.calibration import (
    Calibration,
    estimator_calibration,
    is_off_target,
    widening,
)
from mlpm_core.planning.reference_class import PastProject, reference_class
from mlpm_core.planning.throughput import (
    MOST_WEEKS,
    disagrees,
    discovery_growth,
    throughput_forecast,
)

FIVE = (1.6, 1.3, 2.1, 1.1, 1.9)


def closed(*ratios, stopped=()):
    return [PastProject(20, 20 * ratio, was_stopped=ratio in stopped) for ratio in ratios]


def test_five_closed_projects_take_the_bias_from_1_25_to_1_41_and_the_spread_from_35_to_31():
    """By hand: ln b = (4 ln 1.25 + sum ln r) / 9 = .3449; variance .88 / 9."""
    own = reference_class(closed(*FIVE))
    assert (round(own.bias, 2), round(own.log_sd, 2)) == (1.41, 0.31)
    assert own.bias == pytest.approx((1.25**4 * 1.6 * 1.3 * 2.1 * 1.1 * 1.9) ** (1 / 9))
    assert (own.n_projects, own.n_stopped) == (5, 0)


def test_without_closed_projects_nothing_is_learned():
    own = reference_class([], prior_bias=2.0, prior_log_sd=0.5)
    assert (own.bias, own.log_sd, own.ratios) == (pytest.approx(2.0), pytest.approx(0.5), ())
    view = own.outside_view(76, inside_p80=10)
    assert (view.p50, view.p80, view.p95, view.inside_is_low) == (None, None, None, False)


def test_a_stopped_project_counts_as_at_least_what_it_took():
    """One that was stopped after a third of its days does not make estimates look good."""
    as_finished = reference_class(closed(*FIVE, 0.3))
    as_stopped = reference_class(closed(*FIVE, 0.3, stopped=(0.3,)))
    without = reference_class(closed(*FIVE))
    assert as_finished.bias < without.bias
    assert as_stopped.bias == pytest.approx(without.bias, rel=0.01)
    late = reference_class(closed(*FIVE, 3.0, stopped=(3.0,)))
    assert late.bias > reference_class(closed(*FIVE, 3.0)).bias


def test_what_is_believed_of_stopped_projects_is_where_the_likelihood_is_highest():
    """Four pseudo-projects of the earlier belief, five finished, two stopped: found directly."""
    stopped = np.log([0.8, 2.5])
    finished = np.log(FIVE)

    def against(theta):
        mean, sd = theta[0], math.exp(theta[1])
        prior = 4 * (0.35**2 + (math.log(1.25) - mean) ** 2) / (2 * sd**2)
        seen = ((finished - mean) ** 2).sum() / (2 * sd**2)
        return 9 * math.log(sd) + prior + seen - norm.logsf(stopped, mean, sd).sum()

    best = minimize(against, [0.3, -1.0], method="Nelder-Mead", options={"xatol": 1e-9}).x
    own = reference_class(closed(*FIVE, 0.8, 2.5, stopped=(0.8, 2.5)))
    assert math.log(own.bias) == pytest.approx(best[0], abs=1e-4)
    assert own.log_sd == pytest.approx(math.exp(best[1]), abs=1e-4)


def test_an_estimate_that_promises_less_than_half_the_projects_took_is_warned_of():
    own = reference_class(closed(*FIVE))
    assert own.outside_view(100, inside_p80=159).inside_is_low
    assert not own.outside_view(100, inside_p80=160).inside_is_low
    assert not own.outside_view(100).inside_is_low
    view = own.outside_view(76, inside_p80=160)
    assert (view.p50, view.p80) == (pytest.approx(121.6), pytest.approx(156.56))
    assert view.p95 is None  # five projects have no worst in twenty


def test_the_outside_view_says_that_stopped_projects_make_it_a_least():
    assert reference_class(closed(*FIVE, 1.2, stopped=(1.2,))).outside_view(10).is_at_least
    assert not reference_class(closed(*FIVE)).outside_view(10).is_at_least


@pytest.mark.parametrize("n", [1, 2])
def test_two_projects_are_no_class_to_compare_with(n):
    view = reference_class(closed(*[9.0] * n)).outside_view(10, inside_p80=11)
    assert (view.p50, view.inside_is_low) == (None, False)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(1e-3, 1e5), st.floats(1e-3, 1e6), st.booleans()), min_size=0, max_size=8
    )
)
def test_no_set_of_closed_projects_gives_a_figure_that_is_none(projects):
    own = reference_class([PastProject(*project) for project in projects])
    assert 0 < own.bias < math.inf
    assert 0 < own.log_sd < math.inf


@pytest.mark.parametrize("days", [(0, 1), (1, 0), (-1, 1), (math.nan, 1), (1, math.inf)])
def test_a_closed_project_needs_days(days):
    with pytest.raises(InputError, match="above 0"):
        reference_class([PastProject(*days)])


def test_a_hit_rate_of_half_stretches_ranges_by_1_9():
    """1.2816 / z(.75) = 1.2816 / .6745."""
    assert widening(0.5) == pytest.approx(1.2816 / 0.6745, abs=1e-3)
    assert (widening(0.8), widening(0.95), widening(1.0), widening(0.0)) == (1.0, 1.0, 1.0, 3.0)


def held_of(hits, n):
    return estimator_calibration([2.0] * n, [4.0] * n, [8.0] * n, [4.0] * hits + [9.0] * (n - hits))


def test_nine_closed_estimates_change_nobodys_ranges_and_ten_do():
    assert held_of(2, 9).widening == 1.0
    assert not held_of(2, 9).is_enough
    assert held_of(2, 10).widening == 3.0
    assert held_of(5, 10).widening == pytest.approx(1.9, abs=0.01)


def test_ranges_that_hold_as_often_as_luck_allows_are_not_called_off_target():
    assert not is_off_target(held_of(8, 10))
    assert not is_off_target(held_of(10, 10))
    assert is_off_target(held_of(3, 10))
    assert is_off_target(held_of(40, 40))


def test_an_estimator_without_closed_estimates_has_no_hit_rate():
    assert estimator_calibration([], [], [], []) == Calibration(0, 0, 0, 0, None, None, None, 1.0)
    assert estimator_calibration([], [], [], []).hit_rate is None


def test_work_on_the_end_of_its_range_is_held_by_it():
    held = estimator_calibration([2, 2, 2, 3], [4, 4, 4, 3], [8, 8, 8, 3], [2, 8, 8.01, 3])
    assert (held.n_below, held.n_hit, held.n_above) == (0, 3, 1)


def test_a_guess_of_no_days_has_no_ratio():
    assert estimator_calibration([0], [0], [0], [1]).median_ratio is None


@pytest.mark.parametrize(
    "numbers", [([1], [2], [3], [-1]), ([math.nan], [2], [3], [1]), ([4], [2], [3], [1])]
)
def test_numbers_that_are_no_range_are_refused(numbers):
    with pytest.raises(InputError):
        estimator_calibration(*numbers)


def test_ranges_of_a_calibrated_estimator_hold_eight_times_in_ten():
    rng = np.random.default_rng(3)
    taken = 4 * np.exp(0.5 * rng.standard_normal(4000))
    low, high = 4 * math.exp(-0.5 * 1.28155), 4 * math.exp(0.5 * 1.28155)
    held = estimator_calibration([low] * 4000, [4] * 4000, [high] * 4000, taken)
    assert held.hit_rate == pytest.approx(0.8, abs=0.02)
    assert held.widening == pytest.approx(1.0, abs=0.06)


def test_the_pace_of_a_team_agrees_with_a_count_of_all_ways():
    """Weeks of 0 or 4 alike, 8 to do: the end is at the second week of 4, negative binomial."""
    forecast = throughput_forecast([0, 4] * 6, 8)
    ends = {k: (k - 1) * 0.5**k for k in range(2, 40)}
    reached = np.cumsum(list(ends.values()))
    exact = [2 + int(np.argmax(reached >= level)) for level in (0.1, 0.5, 0.8, 0.95)]
    assert forecast.weeks == tuple(exact)


def test_only_the_last_twelve_weeks_count():
    assert throughput_forecast([50] * 20 + [1] * 12, 10).p80 == 10


def test_growth_adds_to_what_remains():
    assert throughput_forecast([1] * 12, 20, growth=0.25).p50 == 25


def test_a_pace_of_ten_years_is_no_number_of_weeks():
    forecast = throughput_forecast([0] * 11 + [1], 10_000)
    assert forecast.p80 == math.inf
    assert throughput_forecast([1] * 12, MOST_WEEKS).p80 == MOST_WEEKS


@pytest.mark.parametrize(
    ("weeks", "remaining", "reason"),
    [
        ([], 5, "few_weeks"),
        ([3] * 7, 5, "few_weeks"),
        ([0] * 12, 5, "nothing_done"),
        ([9] * 4 + [0] * 12, 5, "nothing_done"),
        ([3] * 12, 0, "nothing_left"),
    ],
)
def test_where_the_pace_says_nothing_it_says_why(weeks, remaining, reason):
    forecast = throughput_forecast(weeks, remaining)
    assert (forecast.weeks, forecast.p80) == (None, None)
    assert forecast.reason == reason


@pytest.mark.parametrize(
    ("arguments", "growth"), [(([-1], 1), 0), (([1], -1), 0), (([1], 1), math.nan), (([1], 1), -1)]
)
def test_numbers_that_are_no_counts_are_refused(arguments, growth):
    with pytest.raises(InputError):
        throughput_forecast(*arguments, growth=growth)


def test_task_numbers_and_pace_disagree_beyond_a_quarter():
    assert [disagrees(pace, 100) for pace in (74.9, 75, 100, 125, 125.1, math.inf)] == [
        True, False, False, False, True, True,
    ]  # fmt: skip
    assert not disagrees(None, 100)
    assert not disagrees(100, None)


def test_what_was_found_is_told_per_week_and_a_plan_without_a_find_may_still_grow():
    found = discovery_growth(40, 10, 5)
    assert (found.share, found.per_week) == (0.25, 0.05)
    nothing = discovery_growth(40, 0, 5)
    assert (nothing.per_week, nothing.low < 0.001 < nothing.high) == (0.0, True)
    assert discovery_growth(0, 3, 5).share is None
    assert discovery_growth(40, 3, 0).per_week is None


def test_an_end_that_moved_twice_in_a_row_rings():
    assert burn_down_alarm([100, 116, 120], 100).has_drifted
    assert not burn_down_alarm([116, 110, 120], 100).has_drifted
    assert not burn_down_alarm([115, 115], 100).has_drifted
    assert burn_down_alarm([116, 120], 100).rise == pytest.approx(0.2)
    assert not burn_down_alarm([5, 6], 0).rings


def test_a_budget_below_even_odds_rings():
    assert burn_down_alarm([], None, budget=99, cost_p50=100).rings
    assert not burn_down_alarm([], None, budget=100, cost_p50=100).rings
    assert not burn_down_alarm([], None, budget=None, cost_p50=100).rings
    with pytest.raises(InputError):
        burn_down_alarm([math.nan], 100)
