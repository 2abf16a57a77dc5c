"""When a metric left its usual range and came back, worked out by hand.

Twelve noughts with next to no error are what is usual, so that z of a later week is its value.
"""

from __future__ import annotations

import math

import pytest

from mlpm_core.in_life.health import Health, LimitCheck
from mlpm_core.in_life.observation import binomial_error
from mlpm_core.services.in_life.metric_signals import (
    Episode,
    Mark,
    Rule,
    WatchedMetric,
    watched_metrics,
)
from tests.by_hand import point, watched, week

NEARLY_NONE = 2.0**-30
FAST, SLOW = Rule.SHEWHART, Rule.CUSUM


def series(*points, metric="wape"):
    return watched(*points, metric=metric).series


def told_of(*points, metric="wape"):
    (told,) = watched_metrics([series(*points, metric=metric)], [])
    return told


def after_usual(*z):
    usual = [point(i, 0.0, se=NEARLY_NONE) for i in range(12)]
    return told_of(*usual, *(point(12 + i, value, se=1.0) for i, value in enumerate(z)))


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([2.0, 2.0, 4.0], []),
        ([4.2], [(FAST, 0, 0, None, 4.2)]),
        ([4.2, 2.0], [(FAST, 0, 0, 1, 4.2)]),
        ([4.2, 2.1, 2.0], [(FAST, 0, 0, 2, 4.2)]),
        ([0.0, 4.2, 0.0, 0.0], [(FAST, 1, 1, 2, 4.2)]),
        ([3.0, 2.1, 0.0], [(FAST, 0, 1, 2, 3.0)]),
        ([-2.1, -2.1, -3.0, 1.0], [(FAST, 0, 1, 3, -3.0)]),
        ([4.2, 0.0, -4.3, 0.0], [(FAST, 0, 0, 1, 4.2), (FAST, 2, 2, 3, -4.3)]),
        ([*[4.5] * 4, *[0.0] * 6], [(FAST, 0, 0, 4, 4.5)]),
        ([4.2, *[1.9] * 6], [(FAST, 0, 0, 1, 4.2)]),
        ([4.2, *[-1.9] * 6], [(FAST, 0, 0, 1, 4.2), (SLOW, 1, 6, None, -1.9)]),
        ([1.5] * 9, [(SLOW, 0, 8, None, 1.5)]),
        ([*[1.5] * 9, *[0.0] * 3], [(SLOW, 0, 8, None, 1.5)]),
        ([*[1.5] * 9, *[0.0] * 4], [(SLOW, 0, 8, 9, 1.5)]),
        ([*[1.5] * 9, *[0.5] * 4], [(SLOW, 0, 8, 9, 1.5)]),
        ([*[1.5] * 9, *[1.0] * 4], [(SLOW, 0, 8, 9, 1.5)]),
        ([*[1.5] * 9, *[1.1] * 4], [(SLOW, 0, 8, None, 1.5)]),
        ([*[1.5] * 9, 0.0, 0.0, 0.0, 3.0, *[0.0] * 4], [(SLOW, 0, 8, 13, 3.0)]),
    ],
)
def test_the_times_outside_of_the_usual_range(z, expected):
    assert after_usual(*z).episodes == tuple(
        Episode(
            rule,
            week(12 + since),
            week(12 + noticed),
            None if back is None else week(12 + back),
            far,
        )
        for rule, since, noticed, back, far in expected
    )


def test_every_week_in_which_a_rule_fires_is_marked():
    chart = after_usual(*[4.5] * 3, 0.0)
    assert chart.marks == (Mark(week(12), FAST, 4.5), Mark(week(14), SLOW, 12.0))
    assert chart.centre == 0.0


def test_the_latest_is_the_one_that_began_last():
    assert after_usual(0.0).latest is None
    chart = after_usual(4.2, 0.0, 0.0, -4.2, 0.0, 5.0)
    assert [e.since for e in chart.episodes] == [week(12), week(15), week(17)]
    assert chart.latest is chart.episodes[2]


def test_twelve_weeks_with_an_error_are_usual_and_the_thirteenth_is_held_against_them():
    weeks = [point(i, float(i), se=1.0) for i in range(13)]
    assert told_of(*weeks).centre == 5.5
    assert told_of(*weeks[:12]) == WatchedMetric(series(*weeks[:12]), None)
    without = [*weeks[:4], point(4, 4.0), *weeks[5:]]
    assert told_of(*without) == WatchedMetric(series(*without), None)
    assert told_of(*without, point(13, 13.0, se=1.0)).centre == (66 - 4 + 12) / 12


def test_cases_tell_an_error_of_shares_alone():
    weeks = [point(i, 0.5, n=100) for i in range(13)]
    assert told_of(*weeks, metric="recall").centre == 0.5
    assert told_of(*weeks).centre is None


def test_with_cases_in_every_week_the_usual_error_counts_else_its_own():
    """4 away: 4 / sqrt(1 + 1/12) with the usual error of 1, 0.4 with its own of 10."""
    usual, late = [point(i, 0.0, n=50, se=1.0) for i in range(12)], point(12, 4.5, n=50, se=10.0)
    (mark,) = told_of(*usual, late).marks
    assert mark.z == pytest.approx(4.5 / math.sqrt(13 / 12))
    assert told_of(*usual[:11], point(11, 0.0, se=1.0), late).marks == ()


def test_a_share_by_hits_and_cases_is_held_against_the_usual_error_and_no_other_value_is():
    """What one case scatters is taken from the reference for a share: 12 of 20 there, then 20 of 20
    of which its own error would make more."""
    usual = binomial_error(0.6, 20)
    weeks = [point(i, 0.6, numerator=12.0, denominator=20.0) for i in range(12)]
    weeks.append(point(12, 1.0, numerator=20.0, denominator=20.0))
    weeks.append(point(13, 1.0, numerator=20.0, denominator=20.0))
    (mark,) = told_of(*weeks, metric="recall").marks
    assert mark.z == pytest.approx(0.4 / (usual * math.sqrt(13 / 12)))
    rows = [point(i, 0.0, se=1.0, numerator=0.0, denominator=50.0) for i in range(12)]
    late = point(12, 4.5, se=10.0, numerator=225.0, denominator=50.0)
    assert told_of(*rows, late).marks == ()


def test_weeks_that_always_went_up_and_down_are_no_signal_when_they_go_on():
    """12 weeks at 5 and -5, each known to 1: a thirteenth at 9 is 9 away for sampling alone."""
    weeks = [point(i, 5.0 if i % 2 else -5.0, se=1.0) for i in range(12)]
    assert told_of(*weeks, point(12, 9.0, se=1.0)).marks == ()
    (mark,) = told_of(*weeks, point(12, 40.0, se=1.0)).marks
    assert mark.z < 8


def test_metrics_keep_their_order_and_each_has_its_own_limit():
    check = LimitCheck("wape", "WAPE", 0.31, 0.29, 0.33, None, 0.30, Health.SICK)
    given = [series(metric="recall"), series(metric="wape")]
    assert watched_metrics(given, [check]) == (
        WatchedMetric(given[0], None), WatchedMetric(given[1], check),
    )  # fmt: skip
    long = series(*(point(i, 0.3, se=0.1) for i in range(13)))
    assert [w.check for w in watched_metrics([long], [check])] == [check]
    assert [w.series for w in watched_metrics([long], [check])] == [long]
