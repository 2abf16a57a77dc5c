"""Own closed projects, estimators' hits, the team's pace and the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning import (
    Bias,
    WorkCalendar,
    bias_of_own_projects,
    each_day,
    outside_view,
    throughput,
    widening,
)

FIVE = [1.6, 1.3, 2.1, 1.1, 1.9]


def test_five_closed_projects_move_the_bias_as_published():
    bias = bias_of_own_projects(FIVE, Bias(1.25, 0.35))
    assert (round(bias.median, 2), round(bias.log_sd, 2)) == (1.41, 0.31)
    assert bias_of_own_projects([]) == Bias(1.25, 0.35)


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan"), float("inf")])
def test_a_ratio_that_cannot_be_says_why(ratio):
    with pytest.raises(InputError, match="above 0"):
        bias_of_own_projects([1.0, ratio])


def test_an_outside_view_needs_three_projects():
    assert outside_view(10, FIVE).p50 == pytest.approx(16)
    with pytest.raises(NotEnoughDataError, match="three closed projects"):
        outside_view(10, FIVE[:2])


def test_an_estimator_whose_ranges_hit_half_the_time_needs_ranges_1_9_times_as_wide():
    assert widening(5, 10) == pytest.approx(1.2816 / 0.6745, rel=1e-3)
    assert widening(10, 10) == widening(8, 10) == widening(4, 9) == 1.0
    assert widening(0, 50) == 3.0
    with pytest.raises(InputError):
        widening(3, 2)


def test_the_pace_of_the_team_says_how_many_weeks_are_left():
    steady = throughput([2] * 12, 10)
    assert (steady.weeks.p10, steady.weeks.p95) == (5.0, 5.0)
    assert throughput([2] * 12, 10, growth=0.5).weeks.p50 == 8.0
    uneven = throughput([0, 4] * 6, 20)
    assert uneven.weeks.p10 < uneven.weeks.p50 < uneven.weeks.p95
    assert throughput([2] * 8, 0).weeks.p95 == 0
    for pace in ([2] * 7, [0] * 12, []):
        with pytest.raises(NotEnoughDataError, match="eight weeks"):
            throughput(pace, 10)


def test_working_days_leave_out_weekends_and_holidays():
    calendar = WorkCalendar(date(2026, 6, 29), frozenset({date(2026, 7, 1)}))
    ends = [calendar.date_after(days) for days in (0, 0.5, 1, 1.01, 2.5, 4)]
    assert [end.day for end in ends] == [29, 29, 29, 30, 2, 3]
    assert calendar.date_after(4.5) == date(2026, 7, 6)
    assert calendar.days_until(date(2026, 7, 3)) == 4
    assert calendar.days_until(date(2026, 7, 5)) == 4
    assert calendar.days_until(date(2026, 6, 1)) == 0
    assert WorkCalendar(date(2026, 6, 28)).date_after(1) == date(2026, 6, 29)
    with pytest.raises(InputError, match="have no date"):
        calendar.date_after(float("nan"))


def test_each_day_of_an_absence_is_counted_once():
    assert len(each_day(date(2026, 2, 27), date(2026, 3, 2))) == 4
    assert each_day(date(2026, 3, 2), date(2026, 3, 1)) == []
