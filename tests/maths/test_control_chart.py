"""Signals: by hand, against scipy, and how often they are false or late."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.in_life.control_chart import Rule, mix_drift, variation, watched

WEEKS = 52
YEARS = 1000


def a_year(rng: np.random.Generator, change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """12 weeks of reference and a year after it, in standard errors; ``change`` is added."""
    z = rng.standard_normal(12 + WEEKS)
    z[12:] += change
    return 0.8 + 0.01 * z, np.full(len(z), 0.01)


def share_found(seed: int, change: np.ndarray, within: int, rules: set[Rule]) -> float:
    """The share of years in which one of the rules fires within some weeks of the change."""
    rng, found = np.random.default_rng(seed), 0
    for _ in range(YEARS):
        signals = watched(*a_year(rng, change)).signals
        found += any(s.rule in rules and s.index < 12 + within for s in signals)
    return found / YEARS


def test_by_hand():
    """Two reference periods 9 and 11, s.e. 1: centre 10, s.e. of it sqrt(2)/2, together
    sqrt(1.5) = 1.2247; 13 lies 3/1.2247 = 2.449 away, and so does the next: fast, since the first.
    """
    chart = watched([9, 11, 13, 13, 10, 10], [1] * 6, n_reference=2)
    assert chart.centre == 10
    assert chart.z[2] == pytest.approx(3 / math.sqrt(1.5))
    assert chart.high[0] == pytest.approx(10 + 2 * math.sqrt(1.5))
    (fast,) = chart.signals
    assert (fast.rule, fast.index, fast.since, fast.until) == (Rule.SHEWHART, 3, 2, 3)
    assert fast.direction == 1


def test_small_moves_add_up():
    """z = 1.5 each week adds 1 to the sum: after 9 weeks it passes 8, and began with the first."""
    spread = math.sqrt(1 + 1 / 12)
    chart = watched([0.0] * 12 + [1.5 * spread] * 12, [1.0] * 24)
    (slow,) = chart.signals
    assert (slow.rule, slow.index, slow.since, slow.until) == (Rule.CUSUM, 20, 12, None)
    assert slow.z == pytest.approx(9)


def test_a_fault_does_not_hide_behind_its_own_error():
    """0.7 against 0.24 with an error that the fault swelled from 0.02 to 0.4: z = 1.1 or 22.1."""
    values, errors = [0.24] * 12 + [0.7], [0.02] * 12 + [0.4]
    assert watched(values, errors).signals == ()
    chart = watched(values, errors, cases=[100] * 13)
    assert chart.signals[0].index == 12
    assert chart.z[12] == pytest.approx(0.46 / (0.02 * math.sqrt(13 / 12)))
    fewer = watched(values, errors, cases=[100] * 12 + [25])
    assert fewer.z[12] == pytest.approx(0.46 / math.hypot(0.04, 0.02 / math.sqrt(12)))
    with pytest.raises(InputError, match="number above 0"):
        watched(values, errors, cases=[0] * 13)


def test_every_excursion_is_told_once_and_a_new_one_again():
    calm, out = [0.0] * 6, [9.0] * 3
    chart = watched([0.0] * 12 + out + calm + out + calm, [1.0] * 30)
    fast = [(s.since, s.until) for s in chart.signals if s.rule is Rule.SHEWHART]
    assert fast == [(12, 14), (21, 23)]


@pytest.mark.slow
def test_false_alarms_and_detection_are_what_the_source_measured():
    """Simulated, 1,000 replicates: false alarms in 52 weeks .08 (fast) and .14 (with slow);
    a step of 3 s.e. within 8 weeks .99 and 1.00, of 2 s.e. .74 and .91, a ramp .49 and .58.
    Ours over 10,000 years: .075, .133; .99, 1.00; .73, .88; .50, .57. Bounds: 3 s.e. of both.
    """
    fast, both = {Rule.SHEWHART}, {Rule.SHEWHART, Rule.CUSUM}
    still, step = np.zeros(WEEKS), np.ones(WEEKS)
    ramp = 0.3 * np.arange(1, WEEKS + 1)
    assert share_found(1, still, WEEKS, fast) == pytest.approx(0.08, abs=0.035)
    assert share_found(2, still, WEEKS, both) == pytest.approx(0.14, abs=0.045)
    assert share_found(3, 3 * step, 8, both) >= 0.98
    assert share_found(4, 2 * step, 8, both) == pytest.approx(0.88, abs=0.04)
    assert share_found(5, ramp, 8, both) == pytest.approx(0.58, abs=0.07)


@pytest.mark.parametrize("between", [0.0, 0.7, 1.5])
def test_what_weeks_really_vary_raises_no_alarm(between):
    """Weeks that vary beyond sampling by so many standard errors. Over 500 years the rules cost .09
    to .14 false alarms a year; without the variation of the reference .12, .35 and .95. 300 years
    have a standard error of .02. A step of 3 is found as before.
    """
    rng, alarms, alone, steps = np.random.default_rng(8), 0, 0, 0
    years = 300
    for _ in range(years):
        z = math.sqrt(1 + between**2) * rng.standard_normal(12 + WEEKS)
        alarms += bool(watched(z, np.ones(len(z)), varies=True).signals)
        alone += bool(watched(z, np.ones(len(z))).signals)
        z[12:] += 3 * math.sqrt(1 + between**2)
        signals = watched(z, np.ones(len(z)), varies=True).signals
        steps += any(s.index < 20 for s in signals)
    assert alarms / years <= 0.2
    assert between == 0 or alone / years > 0.25
    assert steps / years >= 0.95


def test_variation_is_what_sampling_does_not_explain():
    """Equal errors s: Q(t) = S / (s^2 + t), so at the bound t = S / chi2(.3; 11) - s^2; here S is
    12 x .04 = .48 and chi2 is 8.148, so t = .0589 - .0025. Within sampling it is 0.
    """
    values = [0.2, -0.2] * 6
    assert variation(values, [0.05] * 12) == pytest.approx(0.48 / 8.1479 - 0.0025, rel=1e-4)
    assert variation(values, [0.3] * 12) == 0
    assert variation([1.0], [0.1]) == 0
    assert variation([0.0, 10.0], [1.0, 1.0]) == pytest.approx(50 / 0.14847 - 1, rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-20, 20), min_size=14, max_size=30),
    st.floats(0.01, 100),
    st.floats(-100, 100),
)
def test_unit_and_zero_of_the_metric_do_not_matter(moves, factor, shift):
    errors = np.ones(len(moves))
    one = watched(moves, errors)
    other = watched(np.array(moves) * factor + shift, errors * factor)
    assert other.z == pytest.approx(one.z, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-20, 20), min_size=14, max_size=30))
def test_the_mirror_image_gives_the_mirrored_signals(moves):
    one = watched(moves, [1.0] * len(moves)).signals
    other = watched([-m for m in moves], [1.0] * len(moves)).signals
    key = [(s.rule, s.index, s.since, s.until, s.direction) for s in one]
    mirrored = [(s.rule, s.index, s.since, s.until, -s.direction) for s in other]
    assert sorted(key, key=str) == sorted(mirrored, key=str)


def test_what_cannot_be_watched_says_why():
    with pytest.raises(NotEnoughDataError, match="13 are needed"):
        watched([1.0] * 12, [1.0] * 12)
    with pytest.raises(InputError, match="period 1 is 0"):
        watched([1.0] * 13, [1.0, 0.0] + [1.0] * 11)
    with pytest.raises(InputError, match="Period 2 has no finite value"):
        watched([1.0, 1.0, math.nan] + [1.0] * 10, [1.0] * 13)
    with pytest.raises(InputError, match="13 values and 12 standard errors"):
        watched([1.0] * 13, [1.0] * 12)


def test_a_mix_by_hand_and_against_scipy():
    """Shares .88/.12 against .6/.4: PSI = -.28 ln(.6/.88) + .28 ln(.4/.12) = .44435."""
    drift = mix_drift([880, 120], [300, 200])
    assert drift.psi == pytest.approx(-0.28 * math.log(0.6 / 0.88) + 0.28 * math.log(0.4 / 0.12))
    peer = chi2_contingency([[880, 120], [300, 200]], correction=False, lambda_="log-likelihood")
    assert drift.g == pytest.approx(peer.statistic)
    assert drift.p_value == pytest.approx(peer.pvalue)


def test_rare_kinds_are_pooled_for_the_test_alone():
    few = mix_drift([500, 480, 1, 1, 1], [505, 475, 0, 2, 1])
    assert few.p_value > 0.5
    assert few.psi > mix_drift([500, 480, 3], [505, 475, 3]).psi


def test_small_samples_of_the_same_mix_raise_no_alarm():
    """100 cases in 10 kinds: PSI alone would pass 0.1 in some 40 of 100 weeks."""
    rng, shares = np.random.default_rng(7), np.full(10, 0.1)
    values = [
        mix_drift(rng.multinomial(5000, shares), rng.multinomial(100, shares)) for _ in range(1000)
    ]
    assert sum(f.psi > 0.1 for f in values) > 250
    assert sum(f.is_drift for f in values) <= 8


def test_mixes_that_cannot_be_compared_say_why():
    with pytest.raises(InputError, match="2 kinds in the reference and 3 now"):
        mix_drift([1, 2], [1, 2, 3])
    with pytest.raises(InputError, match="at least 0"):
        mix_drift([1, -2], [1, 2])
    with pytest.raises(NotEnoughDataError, match="at least one case"):
        mix_drift([0, 0], [1, 2])
