"""Health from freshness, limits and value: every word by hand."""

from __future__ import annotations

import pytest

from mlpm_core.in_life.health import Health, LimitCheck, LimitState, verdict


def limit(value, low=None, high=None, *, at_most=0.3, breach=Health.SICK, is_stale=False):
    return LimitCheck("wape", "WAPE", value, low, high, None, at_most, breach, is_stale=is_stale)


def judged(age=2, promised=100.0, current=90.0, loss=0.0, limits=(), counts=True):
    return verdict(
        age_days=age, fresh_within_days=14, promised_rate=promised, current_rate=current,
        probability_of_loss=loss, limits=limits, counts_for_value=counts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "low", "high", "state"),
    [
        (0.29, 0.27, 0.31, LimitState.INSIDE),
        (0.30, None, None, LimitState.INSIDE),
        (0.31, 0.29, 0.33, LimitState.MAY_BE_CHANCE),
        (0.35, 0.31, 0.39, LimitState.OUTSIDE),
        (0.31, None, None, LimitState.OUTSIDE),
        (None, None, None, LimitState.MISSING),
    ],
)
def test_a_limit_is_passed_only_when_the_whole_interval_is(value, low, high, state):
    assert limit(value, low, high).state is state


def test_a_lower_limit_mirrors_an_upper_one():
    check = LimitCheck("recall", "Recall", 0.55, 0.5, 0.62, 0.6, None, Health.WATCH)
    assert check.state is LimitState.MAY_BE_CHANCE
    assert (
        LimitCheck("recall", "Recall", 0.5, 0.45, 0.55, 0.6, None, Health.WATCH).health == "watch"
    )


@pytest.mark.parametrize(
    ("told", "health"),
    [
        (judged(), Health.HEALTHY),
        (judged(current=79.9), Health.WATCH),
        (judged(current=49.9), Health.SICK),
        (judged(loss=0.51), Health.SICK),
        (judged(age=None), Health.UNKNOWN),
        (judged(age=15), Health.UNKNOWN),
        (judged(age=15, current=10), Health.SICK),  # what is unknown never hides the worst word
        (judged(age=15, current=70), Health.UNKNOWN),
        (judged(limits=[limit(0.35)]), Health.SICK),
        (judged(limits=[limit(0.31, 0.29, 0.33)]), Health.WATCH),
        (judged(limits=[limit(0.2), limit(None)]), Health.UNKNOWN),
        (judged(counts=False, current=None, limits=[limit(0.2)]), Health.HEALTHY),
        (judged(counts=False, current=None), Health.UNKNOWN),
    ],
)
def test_the_worst_finding_decides(told, health):
    assert told.health is health


def test_the_reason_names_every_finding_the_worst_first():
    judgement = judged(current=70, limits=[limit(0.35)])
    assert judgement.reason == (
        "WAPE is 0.35, its limit at most 0.3; it delivers 70% of the planned value."
    )


def test_results_of_the_day_before_are_of_one_day_ago():
    health = verdict(age_days=1, fresh_within_days=0, promised_rate=100.0, current_rate=90.0,
                   probability_of_loss=0.0)  # fmt: skip
    assert health.reason == "The newest results ended 1 day ago, expected within 0."
