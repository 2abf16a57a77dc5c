"""Signals and mixes at their very limits, each worked out by hand, and every word they refuse with.

A reference of two noughts with next to no error makes z the values themselves.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.in_life.control_chart import mix_drift, watched

NEARLY_NONE = 2.0**-30


def signals(*z, usual=(0.0, 0.0)):
    """Rule, period of firing, of beginning and of the end (from 0 behind the reference), and z."""
    errors = [NEARLY_NONE] * 2 + [1.0] * len(z)
    return [
        (s.rule.value, s.index - 2, s.since - 2, s.until and s.until - 2, s.direction, s.z)
        for s in watched([*usual, *z], errors, n_reference=2).signals
    ]


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([2.0, 2.0], []),
        ([2.1, 2.1], [("fast", 1, 0, None, 1, 2.1)]),
        ([0.0, 2.1, 2.1, 0.0, 0.0], [("fast", 2, 1, 2, 1, 2.1)]),
        ([2.1, -2.1], []),
        ([4.0], []),
        ([4.2], [("fast", 0, 0, None, 1, 4.2)]),
        ([0.0, -4.2, 0.0], [("fast", 1, 1, 1, -1, -4.2)]),
        ([4.2, 0.0], [("fast", 0, 0, 0, 1, 4.2)]),
        ([4.2, 1.0, 2.1, 1.0, 1.0], [("fast", 0, 0, 2, 1, 4.2)]),
        ([4.2, 2.0, 2.0, 4.2], [("fast", 0, 0, 0, 1, 4.2), ("fast", 3, 3, None, 1, 4.2)]),
    ],
)  # fmt: skip
def test_two_running_beyond_two_or_one_beyond_four(z, expected):
    assert [s for s in signals(*z) if s[0] == "fast"] == expected


def test_an_excursion_of_the_reference_does_not_count_towards_a_pair():
    assert signals(2.1, usual=(-1.0, 1.0)) == []


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([1.5] * 8, []),
        ([1.5] * 9, [("slow", 8, 0, None, 1, 9.0)]),
        ([-1.5] * 9, [("slow", 8, 0, None, -1, -9.0)]),
        ([0.0, *[1.5] * 9], [("slow", 9, 1, None, 1, 9.0)]),
        ([0.5, *[1.5] * 9], [("slow", 9, 1, None, 1, 9.0)]),
        ([1.5, -9.0, *[1.5] * 9], [("slow", 10, 2, None, 1, 9.0)]),
    ],
)
def test_the_sum_of_small_moves_beyond_a_half_passes_eight(z, expected):
    assert [
        s for s in signals(*z) if s[0] == "slow" and s[4] == (-1 if z[0] < 0 else 1)
    ] == expected


def test_the_sum_is_capped_at_sixteen_and_ends_at_nought():
    """3.5 a period: 10.5 after three, 16 after five; 8.5 less twice is nought."""
    events = signals(*[4.0] * 10, -8.0, -8.0, -8.0)
    assert [s for s in events if s[:1] == ("slow",) and s[4] == 1] == [("slow", 2, 0, 10, 1, 10.5)]


def test_after_its_end_the_sum_may_fire_again():
    """Four of 2.5 give 10; 16 is never reached; 11 less is nought, and nine of 1 give 9."""
    up = [s for s in signals(*[3.0] * 4, -10.5, *[1.5] * 9) if s[0] == "slow" and s[4] == 1]
    assert up == [("slow", 3, 0, 3, 1, 10.0), ("slow", 13, 5, None, 1, 9.0)]


def test_signals_stand_in_the_order_of_their_periods():
    events = signals(-5.0, 0.0, 0.0, 5.0, 0.0)
    assert [(s[1], s[4]) for s in events] == [(0, -1), (3, 1)]
    assert [s[0] for s in signals(*[4.5] * 3)] == ["fast", "slow"]


def test_the_band_is_two_standard_errors_on_either_side_of_the_centre():
    chart = watched([9.0, 11.0, 10.0], [NEARLY_NONE] * 2 + [3.0], n_reference=2)
    assert (chart.centre, chart.low[2], chart.high[2]) == (10.0, 4.0, 16.0)


def test_one_case_in_a_period_is_enough():
    chart = watched([0.0] * 13, [1.0] * 13, cases=[1.0] * 13)
    assert chart.z == (0.0,) * 13


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (
            {"n_reference": 1},
            InputError,
            "n_reference is 1; a reference takes at least 2 periods.",
        ),
        (
            {"n_reference": 3},
            NotEnoughDataError,
            "3 periods are too few to tell a signal from luck; 4 are needed, of which 3 say what "
            "is usual.",
        ),
        (
            {"values": [0.0, 1.0]},
            InputError,
            "There are 2 values and 3 standard errors; give one of each for every period.",
        ),
        ({"values": [0.0, math.inf, 1.0]}, InputError, "Period 1 has no finite value."),
        (
            {"errors": [1.0, 1.0, -1 / 3]},
            InputError,
            "The standard error of period 2 is -0.333333; it must be above 0.",
        ),
        (
            {"cases": [1.0, 0.0, 1.0]},
            InputError,
            "The cases of every period are a number above 0; leave them out else.",
        ),
        (
            {"cases": [1.0, 1.0]},
            InputError,
            "The cases of every period are a number above 0; leave them out else.",
        ),
    ],
)
def test_what_cannot_be_watched_is_told_word_for_word(change, error, sentence):
    given = {"values": [0.0] * 3, "errors": [1.0] * 3, "n_reference": 2} | change
    with pytest.raises(error) as told:
        watched(given.pop("values"), given.pop("errors"), **given)
    assert str(told.value) == sentence


@pytest.mark.parametrize(
    ("reference", "counts", "error", "sentence"),
    [
        (
            [1, 2, 3],
            [1, 2],
            InputError,
            "There are 3 kinds in the reference and 2 now; give the same.",
        ),
        ([[1, 2]], [[1, 2]], InputError, "There are 2 kinds in the reference and 2 now; give the "
         "same."),
        ([1, 2], [1, -2], InputError, "A count of cases is a number of at least 0."),
        ([1, 2], [1, math.nan], InputError, "A count of cases is a number of at least 0."),
        ([1, 2], [0, 0], NotEnoughDataError, "A mix needs at least one case on either side."),
    ],
)  # fmt: skip
def test_mixes_that_cannot_be_compared_are_told_word_for_word(reference, counts, error, sentence):
    with pytest.raises(error) as told:
        mix_drift(reference, counts)
    assert str(told.value) == sentence


def g_by_hand(table):
    """2 sum O ln(O / E) over the filled cells."""
    cells = np.array(table, dtype=float)
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
    return 2 * sum(o * math.log(o / e) for o, e in zip(cells.flat, expected.flat, strict=True) if o)


@pytest.mark.parametrize(
    ("reference", "counts"), [([100, 20], [100, 0]), ([100, 19], [100, 1]), ([80, 20], [40, 40])]
)
def test_an_empty_cell_adds_nothing_and_a_case_of_one_its_share(reference, counts):
    assert mix_drift(reference, counts).g == pytest.approx(g_by_hand([reference, counts]))


def test_an_empty_cell_counts_as_one_in_ten_thousand():
    """Shares 1/0 against .8/.2: .2 ln(.8)(-1) and (.2 - .0001) ln(2000)."""
    drift = mix_drift([100, 0], [80, 20])
    assert drift.psi == pytest.approx(-0.2 * math.log(0.8) + 0.1999 * math.log(2000))


def test_kinds_that_expect_fewer_than_five_cases_on_either_side_are_pooled():
    """10 of 200 expect 5 on a side of 100, and stay; 9 expect 4.5, and join the next rarest."""
    stays, joins = ([60, 36, 4], [50, 44, 6]), ([60, 36, 4], [51, 44, 5])
    assert mix_drift(*stays).g == pytest.approx(g_by_hand(stays))
    assert mix_drift(*joins).g == pytest.approx(g_by_hand([[60, 40], [51, 49]]))


def test_two_kinds_of_which_one_is_rare_are_one_kind():
    assert mix_drift([60, 2], [50, 1]).g == mix_drift([3, 0], [4, 0]).g == 0.0


def test_one_kind_alone_has_nothing_to_shift():
    drift = mix_drift([50, 0], [70, 0])
    assert (drift.psi, drift.g, drift.p_value, drift.is_drift) == (0.0, 0.0, 1.0, False)


def both(share, n):
    """A half and a half against this share and the rest, ``n`` cases each: PSI, p and drift."""
    drift = mix_drift([n / 2, n / 2], [share * n, (1 - share) * n])
    return drift.psi, drift.p_value, drift.is_drift


def test_drift_takes_an_index_of_a_tenth_and_luck_below_one_in_a_thousand():
    for share, is_drift in ((0.654, False), (0.658, True)):
        psi, p_value, said = both(share, 10_000)
        assert (psi >= 0.1, said) == (is_drift, is_drift)
        assert abs(psi - 0.1) < 0.004
        assert p_value < 1e-9
    for n, is_drift in ((204, False), (206, True)):
        psi, p_value, said = both(0.66, n)
        assert (p_value < 0.001, said) == (is_drift, is_drift)
        assert abs(p_value - 0.001) < 0.00007
        assert psi > 0.1
