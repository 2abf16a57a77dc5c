"""What may be compared of a measured KPI, and how far a difference is chance: by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from mlpm_core.in_life.kpi_change import Basis, Change, MeasuredValue, Missing
from mlpm_core.in_life.kpi_series import (
    KpiSeries,
    is_over,
    is_stale,
    level_within,
    periods_missing,
    series_of,
)
from mlpm_core.in_life.kpi_state import KpiState, state_of
from mlpm_core.in_life.periods import Period
from mlpm_core.in_life.reporting import year_before

MONDAY = datetime(2024, 1, 1)


def week(n: int) -> Period:
    return Period(MONDAY + timedelta(weeks=n), "P1W")


def weekly(*values: float, unit: str = "minute/case", **more: object) -> KpiSeries:
    made = (MeasuredValue(week(n), v, **more) for n, v in enumerate(values))
    return KpiSeries("P1W", unit, tuple(made))


def test_a_change_is_the_difference_of_two_neighbouring_weeks_with_the_noise_of_the_others():
    """Ten values of 10 and 11 in turn differ by 1 each: mean square 1, halved is 0.5, its root
    0.7071. Nine of them stand before the newest: 8 differences, 2 x 8^2 / 23 = 5.565 degrees of
    freedom. Tables give t at 90 % as 1.476 for 5 and 1.440 for 6, so 1.4537 by 1 / freedom between
    them. The difference of two weeks has the deviation 0.7071 x sqrt 2 = 1.
    """
    change = weekly(*[10, 11] * 5).against_previous()
    assert (change.before, change.difference, change.basis) == (10, 1, Basis.NOISE)
    assert change.high - change.difference == pytest.approx(1.4537, abs=2e-3)
    assert change.difference - change.low == pytest.approx(change.high - change.difference)
    assert not change.is_beyond_chance


def test_the_newest_change_does_not_hide_itself_in_the_noise():
    steady = weekly(*[10, 11] * 5, 20).against_previous()
    assert steady.difference == 9
    assert steady.is_beyond_chance


def test_the_baseline_is_taken_as_exact_so_one_noise_counts():
    change = weekly(*[10, 11] * 5).against_baseline(14.0)
    assert (change.before, change.period, change.difference) == (14.0, None, -3.0)
    assert change.high - change.difference == pytest.approx(1.4537 / 2**0.5, abs=2e-3)


def test_sums_over_cases_give_an_interval_where_the_periods_are_too_few():
    """100 cases of mean 12 and deviation 2: sum of squares 100 x 144 + 99 x 4; error 0.2. Two of
    them differ with 0.2828, 1.28155 times that is 0.36248."""
    sums = {"n": 100, "total": 1200.0, "squares": 14796.0}
    change = weekly(12, 12, **sums).against_previous()
    assert (change.difference, change.basis) == (0, Basis.CASES)
    assert change.high == pytest.approx(0.36248, abs=1e-5)


def test_a_value_per_thousand_cases_has_a_thousand_times_the_error_of_its_mean():
    value = MeasuredValue(week(0), 12_000.0, n=100, total=1200.0, squares=14796.0)
    assert value.error("hour/kcase") == pytest.approx(200.0)
    assert value.error("hour/case") is None  # no mean of these cases


@pytest.mark.parametrize(
    ("sums", "why"),
    [
        ({}, "no sums"),
        ({"n": 1, "total": 12.0, "squares": 144.0}, "one case"),
        ({"n": 100, "total": 1200.0, "squares": 14399.0}, "squares below those of the mean"),
        ({"n": 0, "total": 0.0, "squares": 0.0}, "no case"),
        ({"n": 100, "total": 0.0, "squares": 0.0}, "another mean"),
    ],
)
def test_without_enough_periods_or_sums_there_is_no_interval_and_a_reason(sums, why):
    change = weekly(12, 12.5, **sums).against_previous()
    assert (change.difference, change.no_interval, change.low) == (0.5, Missing.TOO_FEW, None), why
    assert not change.is_beyond_chance


def test_a_series_that_never_moved_tells_no_chance():
    change = weekly(*[10] * 12, 11).against_previous()
    assert (change.difference, change.no_interval) == (1, Missing.NEVER_MOVED)


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1e9, 1e150])
def test_noise_neither_overflows_nor_vanishes_whatever_the_size(size):
    noise = weekly(*(size * v for v in [10, 11] * 6)).noise()
    assert noise[0] == pytest.approx(0.5**0.5 * size)


def test_a_half_week_is_compared_with_nothing_and_is_not_the_newest():
    whole = weekly(12.0, 12.5).values
    series = KpiSeries("P1W", "minute/case", (*whole, MeasuredValue(week(2), 3.0, is_whole=False)))
    assert series.newest.value == 12.5
    assert series.unfinished.value == 3.0
    assert series.against_previous().difference == 0.5


def test_a_half_week_alone_says_so():
    series = weekly(12.0, is_whole=False)
    assert series.newest is None
    assert series.against_previous() == Change(missing=Missing.NOT_OVER)
    assert series.against_baseline(14.0) == Change(missing=Missing.NOT_OVER)
    assert weekly().against_year_ago() == Change(missing=Missing.NO_VALUE)


def test_a_missing_week_is_said_and_not_jumped_over():
    values = (MeasuredValue(week(0), 12.0), MeasuredValue(week(2), 12.5))
    series = KpiSeries("P1W", "minute/case", values)
    assert series.against_previous() == Change(missing=Missing.GAP)
    assert weekly(12.0).against_previous() == Change(missing=Missing.NO_EARLIER)


def test_the_same_week_a_year_ago_is_52_weeks_back_and_a_month_has_its_name():
    year = weekly(*range(60))
    assert year.against_year_ago().before == 59 - 52
    assert weekly(*range(52)).against_year_ago() == Change(missing=Missing.NO_YEAR)
    assert year_before(datetime(2024, 2, 29), "P1M") == datetime(2023, 2, 28)
    assert year_before(datetime(2024, 3, 1), "P3M") == datetime(2023, 3, 1)


def test_months_that_count_a_total_are_held_against_each_other_for_as_many_days():
    """3,100 in the 31 days of January is 100 a day; 2,900 in the 29 of February 2024 is so too."""
    months = (
        MeasuredValue(Period(datetime(2024, 1, 1), "P1M"), 3100.0),
        MeasuredValue(Period(datetime(2024, 2, 1), "P1M"), 2900.0),
    )
    total = KpiSeries("P1M", "EUR/month", months).against_previous()
    assert total.before == pytest.approx(2900.0)
    assert total.difference == pytest.approx(0.0, abs=1e-9)
    assert total.scaled == pytest.approx(29 / 31)
    mean = KpiSeries("P1M", "EUR/year", months).against_previous()
    assert (mean.difference, mean.scaled) == (-200.0, None)


def test_lengths_of_period_are_never_mixed_and_the_newest_leads():
    month = MeasuredValue(Period(datetime(2024, 1, 1), "P1M"), 50.0)
    by_length = series_of([month, *weekly(1, 2, 3, 4, 5, 6).values], "minute/case")
    assert list(by_length) == ["P1W", "P1M"]
    assert [v.value for v in by_length["P1W"].values] == [1, 2, 3, 4, 5, 6]


def test_a_value_that_came_before_its_week_was_over_stays_a_part_of_it():
    over = date(2024, 3, 1)
    assert is_over(week(0), over, datetime(2024, 1, 8))
    assert is_over(week(0), over, datetime(2024, 1, 7, 12))  # Monday already, at the date line
    assert not is_over(week(0), over, datetime(2024, 1, 3))
    assert not is_over(week(0), date(2024, 1, 7))


def test_freshness_counts_the_whole_periods_that_ended_since():
    assert [periods_missing(week(0), date(2024, 1, d)) for d in (7, 8, 14, 15, 22)] == [
        0,
        0,
        0,
        1,
        2,
    ]
    january = Period(datetime(2024, 1, 1), "P1M")
    assert [periods_missing(january, d) for d in (date(2024, 2, 29), date(2024, 3, 1))] == [0, 1]
    assert periods_missing(Period(MONDAY, ""), date(2030, 1, 1)) is None
    assert is_stale(week(0), date(2024, 1, 22))
    assert not is_stale(week(0), date(2024, 1, 15))


def test_the_implied_level_of_a_month_is_the_mean_of_its_weeks_by_days():
    """January 2024 holds 4 whole weeks at 1, 2, 3, 4 and three days of the one at 5."""
    levels = {week(n): float(n + 1) for n in range(5)}
    told = level_within(levels, Period(MONDAY, "P1M"))
    assert told == pytest.approx((7 * (1 + 2 + 3 + 4) + 3 * 5) / 31)
    assert level_within({week(0): 1.0}, Period(MONDAY, "P1M")) is None
    assert level_within({}, Period(MONDAY, "")) is None
    assert level_within(levels, Period(datetime(2024, 1, 10), "")) == 2.0


ASKED = {"target": 10.0, "target_on": date(2024, 12, 31), "baseline": 14.0, "direction": "lower"}


@pytest.mark.parametrize(
    ("values", "changed", "state"),
    [
        ([10.0], {}, KpiState.REACHED),
        ([9.0], {"target_on": date(2024, 1, 1)}, KpiState.REACHED),
        ([12.0], {}, KpiState.ON_THE_WAY),
        ([12.0], {"baseline": None}, KpiState.ON_THE_WAY),
        ([12.0], {"target_on": date(2024, 1, 1)}, KpiState.OFF),
        ([14.0], {}, KpiState.OFF),
        ([15.0], {}, KpiState.OFF),
        ([12.0, 12.2, 12.4, 12.6, 12.8, 13.0, 13.2], {}, KpiState.OFF),
        ([13.2, 13.0, 12.8, 12.6, 12.4, 12.2, 12.0], {}, KpiState.ON_THE_WAY),
        ([12.0], {"target": None}, KpiState.CANNOT_TELL),
        ([], {}, KpiState.CANNOT_TELL),
        ([15.0], {"direction": "higher", "baseline": 9.0}, KpiState.REACHED),
        ([8.0], {"direction": "higher", "baseline": 9.0}, KpiState.OFF),
    ],
)
def test_the_state_follows_the_way_a_kpi_should_move_and_the_day(values, changed, state):
    series = weekly(*values)
    today = week(max(len(values) - 1, 0)).end.date()
    assert state_of(series, today=today, **{**ASKED, **changed})[0] is state


def test_values_out_of_date_tell_no_state():
    assert state_of(weekly(10.0), today=date(2024, 3, 1), **ASKED) == (
        KpiState.CANNOT_TELL, Missing.GAP,
    )  # fmt: skip
    assert state_of(None, today=date(2024, 3, 1), **ASKED)[0] is KpiState.CANNOT_TELL


@pytest.mark.slow
@pytest.mark.parametrize("n", [10, 20, 60])
def test_eight_in_ten_intervals_hold_what_did_not_change(n, tell):
    """2,000 series of noise alone, seed 7: the true change, none, lies inside 8 times in 10."""
    draws = np.random.default_rng(7).normal(100.0, 5.0, (2000, n))
    changes = [weekly(*row).against_previous() for row in draws.tolist()]
    inside = np.mean([not c.is_beyond_chance for c in changes])
    tell(f"{n} weeks: {inside:.1%} of intervals hold no change")
    assert inside == pytest.approx(0.8, abs=0.03)
