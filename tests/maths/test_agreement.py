"""Measured beside implied: what a noisy, seasonal, growing series can say of a model's change."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.proof.agreement import Reason, Side, Verdict, agreement, implied_change
from mlpm_core.proof.autoregression import regression
from mlpm_core.proof.interval import Interval
from tests.maths.series import IS_LONG, holds_at_least, is_size, neighbours_alike, times

N = times(50, 2000)
SERIES = [  # periods before and after, likeness of neighbours, cycle, season, rise in noise sds
    (8, 4, 0.0, (), 0, 0),
    (12, 8, 0.6, (), 0, 0),
    (26, 12, 0.8, (), 0, 0),
    (26, 12, 0.3, (), 0, 10),
    (52, 26, 0.3, (), 0, 2),
    (24, 12, 0.4, (12,), 3, 0),
]


if IS_LONG:  # neighbours much alike in short series, where a wrong verdict came most often
    SERIES += [
        (8, 4, 0.8, (), 0, 0),
        (12, 8, 0.8, (), 0, 0),
        (12, 8, 0.9, (), 0, 0),
        (26, 26, 0.8, (), 0, 0),
        (52, 26, 0.9, (), 0, 0),
    ]


def measured(rng, before, after, phi, cycles, season, rise):
    n = before + after
    t = np.arange(n)
    series = neighbours_alike(rng, n, phi) + rise * t / n
    for cycle in cycles:
        series += season * np.sin(2 * np.pi * (t / cycle + rng.random()))
        series += season * (t % cycle == cycle - 1)  # a peak, as before a feast
    return series


@pytest.mark.slow
@pytest.mark.parametrize("case", SERIES, ids=str)
def test_the_interval_of_the_change_holds_the_truth_as_often_as_it_states(case):
    rng = np.random.default_rng(7)
    before, _, _, cycles, _, _ = case
    covered = wrongly_contradicted = wrongly_supported = 0
    for _ in range(N):
        series = measured(rng, *case)
        truth = 1.0
        implied = implied_change(truth + 0.5 * rng.normal(), 0.5)
        with_effect = agreement(series[:before], series[before:] + truth, implied, cycles=cycles)
        without = agreement(series[:before], series[before:], [1.0], cycles=cycles)
        covered += not with_effect.measured.excludes(truth)
        wrongly_contradicted += with_effect.verdict is Verdict.CONTRADICTS
        wrongly_supported += without.verdict is Verdict.SUPPORTS
    assert holds_at_least(covered, N)
    assert is_size(wrongly_contradicted, N)
    assert is_size(wrongly_supported, N)


@pytest.mark.slow
def test_an_interval_is_not_wide_without_need():
    """26 and 12 weeks of independent noise: the two means alone are known to +-.69."""
    rng = np.random.default_rng(3)
    widths = []
    for _ in range(40):
        series = rng.normal(size=38)
        seen = agreement(series[:26], series[26:], [0.0], cycles=()).measured
        widths.append(seen.high - seen.low)
    assert 1.3 < np.median(widths) < 2.6


@pytest.mark.slow
def test_after_the_periods_it_asks_for_a_change_shows_in_most_cases():
    rng = np.random.default_rng(11)
    supported = asked = 0
    for _ in range(times(40, 400)):
        series = neighbours_alike(rng, 220, 0.0)
        series[60:] += 1.0
        early = agreement(series[:60], series[60:66], [1.0], cycles=(), horizon=150)
        if early.more_periods is None:
            continue
        asked += 1
        later = series[60 : 66 + early.more_periods]
        supported += agreement(series[:60], later, [1.0], cycles=()).verdict is Verdict.SUPPORTS
    assert asked > 20
    assert supported / asked > 0.6


def test_the_difference_from_an_exact_change_is_as_wide_as_what_was_measured():
    """Points that stood for the measured change left out its tails, so that 94.3% held for 95%."""
    series = neighbours_alike(np.random.default_rng(3), 12, 0.8)
    seen = agreement(series[:8], series[8:], [1.0], cycles=())
    for end in ("mean", "low", "high"):
        told = getattr(seen.measured, end) - 1.0
        assert getattr(seen.difference, end) == pytest.approx(told, abs=1e-6)


def test_an_interval_is_wider_where_neighbours_may_be_alike_than_where_they_are_not():
    for phi, least, most in [(0.9, 1.05, 1.35), (-0.9, 1.0, 1.06)]:
        series = neighbours_alike(np.random.default_rng(3), 20, phi)
        after = (np.arange(20) >= 12) * 1.0
        bold, cautious = (
            Interval.of(
                regression(series, after, np.ones((20, 1)), trend=True, is_cautious=c).coefficient
            )
            for c in (False, True)
        )
        assert least <= (cautious.high - cautious.low) / (bold.high - bold.low) <= most


def test_a_change_beyond_the_implied_one_says_on_which_side():
    rng = np.random.default_rng(1)
    old, new = rng.normal(100, 1, 40), rng.normal(95, 1, 20)
    for implied, higher, side in [(-1, True, "worse"), (-1, False, "better"), (-9, False, "worse")]:
        seen = agreement(old, new, [implied], cycles=(), higher_is_better=higher)
        assert (seen.verdict, seen.side) == (Verdict.CONTRADICTS, Side(side))
        assert seen.difference.mean == pytest.approx(seen.measured.mean - implied, abs=0.05)


def test_a_season_that_was_not_seen_before_is_not_taken_for_a_change():
    """Half a year, and the summer is better anyway."""
    t = np.arange(38)
    rng = np.random.default_rng(2)
    series = 100 + 10 * np.sin(2 * np.pi * t / 52) + rng.normal(size=38)
    seen = agreement(series[:26], series[26:], [-10.0], cycles=(52,))
    assert (seen.verdict, seen.reason) == (Verdict.CANNOT_TELL, Reason.SEASON_UNSEEN)
    assert seen.more_periods == 52 + 1 + 5 - 38
    assert seen.measured is None
    assert seen.mean_after < seen.mean_before


def test_a_series_that_rose_anyway_is_not_taken_for_a_change():
    rng = np.random.default_rng(5)
    series = np.arange(60) + rng.normal(size=60)
    seen = agreement(series[:40], series[40:], [30.0], cycles=())
    assert seen.verdict is Verdict.CONTRADICTS
    assert seen.measured.low < 0 < seen.measured.high
    assert seen.rise == pytest.approx(60, abs=3)


@pytest.mark.parametrize(
    ("before", "after", "reason", "more"),
    [
        ([], range(20), Reason.NO_BEFORE, None),
        ([np.nan] * 9, range(20), Reason.NO_BEFORE, None),
        (range(7), range(20), Reason.FEW_BEFORE, None),
        (range(20), [], Reason.FEW_AFTER, 4),
        (range(20), [1, 2, np.nan], Reason.FEW_AFTER, 2),
        ([5] * 20, range(20), Reason.ALL_EQUAL, None),
        ([5] * 20, [5] * 20, Reason.ALL_EQUAL, None),
        ([1, 2, 3, 4] * 5, [11, 12, 13, 14] * 3, None, None),
        (range(20), range(20, 40), Reason.NO_NOISE, None),
        ([1e15, -1e15] * 10, [1e15, -1e15] * 5, Reason.TOO_NOISY, None),
    ],
)  # fmt: skip
def test_what_a_series_cannot_say_has_a_reason(before, after, reason, more):
    seen = agreement(list(before), list(after), [1.0], cycles=())
    assert (seen.reason, seen.more_periods) == (reason, more)
    assert seen.verdict is Verdict.CANNOT_TELL or reason is None
    for name in ("mean_before", "mean_after", "noise_sd", "autocorrelation"):
        figure = getattr(seen, name)
        assert figure is None or np.isfinite(figure)


def test_a_missing_week_changes_little_and_is_not_closed_up():
    rng = np.random.default_rng(9)
    old, new = rng.normal(10, 1, 30), rng.normal(12, 1, 20)
    whole = agreement(old, new, [2.0], cycles=())
    old[[3, 17]], new[5] = np.nan, np.nan
    gappy = agreement(old, new, [2.0], cycles=())
    assert (gappy.n_before, gappy.n_after) == (28, 19)
    assert gappy.measured.mean == pytest.approx(whole.measured.mean, abs=0.4)


def test_the_unit_of_a_kpi_changes_nothing_but_the_unit():
    rng = np.random.default_rng(9)
    old, new = rng.normal(10, 1, 30), rng.normal(12, 1, 20)
    plain = agreement(old, new, [2.0], cycles=())
    for factor in (1e-9, 1e12, -1.0):
        scaled = agreement(factor * old, factor * new, [factor * 2.0], cycles=())
        assert scaled.verdict is plain.verdict
        assert scaled.measured.mean == pytest.approx(factor * plain.measured.mean, rel=1e-6)


def test_implied_changes_of_each_period_count_where_the_kpi_was_measured():
    rng = np.random.default_rng(9)
    old, new = rng.normal(10, 1, 30), np.append(rng.normal(12, 1, 19), np.nan)
    rows = np.vstack([np.full((19, 8), 2.0), np.full((1, 8), 1000.0)])
    assert agreement(old, new, rows, cycles=()).implied.mean == 2.0


@pytest.mark.parametrize(
    ("before", "implied", "cycles"),
    [
        ([1, np.inf], [1.0], ()),
        ([1, 1e300], [1.0], ()),
        ([[1, 2]], [1.0], ()),
        ([1, 2], [], ()),
        ([1, 2], [np.nan], ()),
        ([1, 2], np.ones((3, 2)), ()),
        ([1, 2], [1.0], (1,)),
        ([1, 2], [1.0], (365,)),
    ],
)
def test_what_is_no_series_is_refused_with_a_sentence(before, implied, cycles):
    with pytest.raises(InputError, match=r"\.$"):
        agreement(before, [1.0, 2.0], implied, cycles=cycles)


@pytest.mark.parametrize("gap", [3, 50, 75])
def test_a_place_in_the_season_that_was_never_measured_leaves_the_others_to_judge(gap):
    """Of 90 weeks 14 of the 52 places come once; a gap in one of them was an internal error."""
    rng = np.random.default_rng(1)
    series = 400 + rng.normal(0, 4, 90)
    series[60:] += 70
    whole = agreement(series[:60], series[60:], [70.0], cycles=(52,))
    series[gap] = np.nan
    seen = agreement(series[:60], series[60:], [70.0], cycles=(52,))
    assert seen.verdict is whole.verdict is Verdict.SUPPORTS
    assert seen.measured.mean == pytest.approx(whole.measured.mean, abs=2)
