"""What a value or a metric may be said to have changed by, between unequal or unmonitored days."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.in_life.kpi_change import Missing
from mlpm_core.in_life.observation import Observation
from mlpm_core.in_life.realisation import WindowTotal
from mlpm_core.in_life.reporting import span_of
from mlpm_core.in_life.value_change import NoValueChange, summed, value_change
from mlpm_core.services.in_life.metric_changes import change_of

MAY, JUNE = span_of("2026-05-01..2026-05-31"), span_of("2026-06-01..2026-06-30")
LUCK = np.random.default_rng(4).normal(100.0, 20.0, 1024)


def total(days, a_day):
    return WindowTotal(days, 0.0, {"net": days * np.broadcast_to(a_day, 1024)} if days else {})


def changed(now, before):
    return value_change((JUNE, now), (MAY, before) if before else None, "net", "EUR/week")


def test_unequal_months_of_the_same_rate_did_not_change():
    change = changed(total(30, LUCK), total(31, LUCK))
    assert change.difference.p10 == pytest.approx(0, abs=1e-9)
    assert change.now.mean == pytest.approx(change.before.mean)


def test_an_assumption_of_both_moves_neither_and_luck_of_each_counts_twice():
    more = changed(total(30, LUCK + 5), total(31, LUCK)).difference
    assert (more.p10, more.p90) == (pytest.approx(35), pytest.approx(35))
    own = np.random.default_rng(5).normal(100.0, 20.0, 1024)
    apart = changed(total(30, own), total(31, LUCK))
    assert apart.difference.p90 - apart.difference.p10 == pytest.approx(
        7 * 2 * 1.2816 * 20 * 2**0.5, rel=0.1
    )
    assert not apart.is_beyond_chance


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [
        (0, 31, NoValueChange.NOTHING),
        (26, 31, NoValueChange.FEW_DAYS),
        (30, 0, NoValueChange.NOTHING_BEFORE),
        (30, 27, NoValueChange.FEW_DAYS_BEFORE),
        (27, 28, None),
    ],
)
def test_days_that_nobody_monitored_are_not_compared(now, before, why):
    change = changed(total(now, LUCK), total(before, LUCK))
    assert change.missing is why
    assert (change.difference is None) is (why is not None)


def test_a_metric_without_error_and_with_few_results_has_no_range():
    change = change_of([Observation(2.0)] * 2, [Observation(1.0)] * 2)
    assert (change.difference, change.low, change.no_interval) == (1.0, None, Missing.TOO_FEW)


def test_a_share_of_none_is_uncertain_too():
    change = change_of([Observation(0.0, cases=50)], [Observation(0.0, cases=50)])
    assert change.low < 0 < change.high


def test_single_results_that_vary_widely_hide_a_change(tell):
    """400 pairs of four weeks of 200 cases, whose true share itself varies by 0.05, seed 8."""
    random = np.random.default_rng(8)
    inside = 0
    for _ in range(400):
        shares = np.clip(random.normal(0.5, 0.05, 8), 0, 1)
        seen = [Observation(x / 200, cases=200) for x in random.binomial(200, shares)]
        inside += not change_of(seen[4:], seen[:4]).is_beyond_chance
    tell(f"{inside / 4:.0f}% hold no change")
    assert inside / 400 >= 0.74


def test_two_values_together_change_by_the_sum_and_their_luck_is_their_own():
    one = changed(total(30, LUCK + 5), total(31, LUCK))
    own = changed(total(29, LUCK * 2), total(31, LUCK))
    both = summed([one, own], "EUR/week")
    assert both.difference.mean == pytest.approx(one.difference.mean + own.difference.mean)
    assert both.now.mean == pytest.approx(one.now.mean + own.now.mean)
    assert both.before.mean == pytest.approx(one.before.mean + own.before.mean)
    assert (both.days, both.days_before) == (29, 31)
    twice = summed([own, own], "EUR/week").difference
    width = own.difference.p90 - own.difference.p10
    assert twice.p90 - twice.p10 == pytest.approx(width * 2**0.5, rel=0.1)


@pytest.mark.parametrize("now", [0, 26])
def test_a_part_is_never_held_against_the_whole(now):
    known = changed(total(30, LUCK), total(31, LUCK))
    both = summed([known, changed(total(now, LUCK), total(31, LUCK))], "EUR/week")
    assert (both.now, both.before, both.difference) == (None, None, None)
    assert both.missing is changed(total(now, LUCK), None).missing


def test_values_that_are_held_against_nothing_are_only_added():
    alone = summed([changed(total(30, LUCK), None)] * 2, "EUR/week")
    assert alone.now.mean == pytest.approx(2 * 7 * LUCK.mean())
    assert (alone.before, alone.difference, alone.missing) == (None, None, None)
