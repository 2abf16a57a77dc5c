"""Risks: what is at risk on average, how it burned down, whom nobody told, how often it happens."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.special import gammaincinv, ndtri

from mlpm_core.errors import InputError
from mlpm_core.planning.mitigation import Mitigation, mitigation_of, reviews_in_effect
from mlpm_core.planning.risk import (
    at_risk,
    burn_down,
    exposure,
    is_review_overdue,
    mean_impact,
    probability_on,
    shared_since,
    yearly_risk,
)
from mlpm_core.records import Risk, RiskReview, Task

MONDAY = date(2026, 3, 2)
TODAY = MONDAY + timedelta(weeks=4)


def risk(risk_id="r", **more):
    told = {"project": "p", "risk_id": risk_id, "title": "Late data", "category": "data"}
    told |= {"probability": 0.5, "p10": 4, "p50": 4, "p90": 4, "raised_on": MONDAY}
    return Risk(**told | more)


def review(days, probability, risk_id="r"):
    day = MONDAY + timedelta(days=days)
    return RiskReview(project="p", risk_id=risk_id, reviewed_on=day, probability=probability)


@pytest.mark.parametrize("numbers", [(2, 4, 8), (1, 5, 6), (0.5, 10, 60), (3, 3, 9), (1, 4, 4)])
def test_the_mean_impact_is_that_of_the_quantiles(numbers):
    p10, p50, p90 = numbers
    z = ndtri((np.arange(2_000_000) + 0.5) / 2_000_000)
    spread = np.where(z < 0, np.log(p50 / p10), np.log(p90 / p50)) / 1.2815515655446004
    assert mean_impact(*numbers) == pytest.approx(np.mean(p50 * np.exp(spread * z)), rel=1e-3)


@pytest.mark.parametrize("numbers", [(1, 1, 28), (1e-9, 1, 10_000), (1e-300, 1e-300, 10_000)])
def test_a_mean_beyond_the_p90_is_not_told(numbers):
    assert mean_impact(*numbers) is None


def test_a_median_far_above_its_p10_has_a_mean_all_the_same():
    assert 5_000 < mean_impact(1e-300, 10_000, 10_000) < 10_000


@pytest.mark.parametrize("numbers", [(0, 1, 2), (2, 1, 3), (1, 3, 2), (1, 2, float("inf"))])
def test_days_that_do_not_rise_are_refused(numbers):
    with pytest.raises(InputError, match="three that rise"):
        mean_impact(*numbers)


def test_money_at_risk_takes_the_risks_own_cost_of_a_day_first():
    assert exposure(risk(day_rate=100), 0.5, 600).money == 200
    assert exposure(risk(day_rate=0), 0.5, 600).money == 0
    assert exposure(risk(), 0.5, 600).money == 1200
    assert "person-day costs" in exposure(risk(), 0.5, None).reason


def test_a_risk_that_nobody_sized_is_no_risk_of_nothing():
    bare = risk(p10=None, p50=None, p90=None)
    assert exposure(bare, 0.5, 600).days is None
    assert exposure(risk(p10=None), 0.5, 600).days is None
    fixed = risk(p10=None, p50=None, p90=None, fixed_cost=1000)
    assert exposure(fixed, 0.5, None) == exposure(fixed, 0.5, 600)
    assert (exposure(fixed, 0.5, None).days, exposure(fixed, 0.5, None).money) == (0, 500)
    now = at_risk([bare, risk("s")], {}, TODAY, TODAY, 600)
    assert (now.n, now.n_unsized, now.days) == (2, 1, 2)


def test_the_newest_review_of_each_week_counts():
    reviews = [review(8, 0.2), review(1, 0.8), review(60, 0.0)]
    weeks = burn_down([risk()], {"r": reviews}, TODAY, 600)
    assert [w.days for w in weeks] == [2, 3.2, 0.8, 0.8, 0.8]
    assert [w.money for w in weeks] == pytest.approx([1200, 1920, 480, 480, 480])


def test_before_it_is_raised_a_risk_is_nothing_and_after_it_is_retired_too():
    late = risk("s", raised_on=MONDAY + timedelta(days=8))
    day = MONDAY + timedelta(days=14)
    gone = risk("t", status="retired", retired_on=day, evidence="Seen")
    weeks = burn_down([late, gone], {"t": [review(20, 0.9, "t")]}, TODAY, 600)
    assert [w.days for w in weeks] == [2, 2, 2, 2, 2]
    assert [w.n for w in weeks] == [1, 1, 1, 1, 1]
    assert probability_on(gone, (), day - timedelta(days=1), TODAY) == 0.5
    assert probability_on(gone, (), day, TODAY) is None


def test_a_risk_without_a_day_never_looks_like_a_change():
    weeks = burn_down([risk(), risk("s", raised_on=None)], {}, TODAY, 600)
    assert {w.days for w in weeks} == {4}


def test_what_has_occurred_is_certain():
    happened = risk(status="occurred")
    weeks = burn_down([happened], {}, TODAY, 600)
    assert [w.days for w in weeks] == [2, 2, 2, 2, 4]
    assert burn_down([happened], {"r": [review(15, 0.9)]}, TODAY, 600)[-2].days == 4


def test_a_risk_raised_tomorrow_and_no_risk_at_all_give_no_figure_of_the_past():
    assert burn_down([], {}, TODAY, 600) == ()
    (only,) = burn_down([risk(raised_on=TODAY + timedelta(days=1))], {}, TODAY, 600)
    assert (only.n, only.days) == (0, 0)


def test_a_risk_kept_for_more_than_a_week_alarms_and_one_told_does_not():
    week = MONDAY + timedelta(days=7)
    assert not shared_since(risk(), (), week).is_late
    assert shared_since(risk(), (), week + timedelta(days=1)).is_late
    assert shared_since(risk(raised_on=None), (), TODAY).is_late
    assert shared_since(risk(shared_on=TODAY + timedelta(days=1)), (), TODAY).is_late
    told = shared_since(risk(shared_on=TODAY), [week, TODAY], TODAY)
    assert (told.since, told.kept_days, told.is_late) == (week, 7, False)
    assert shared_since(risk(shared_on=MONDAY - timedelta(days=3)), (), TODAY).kept_days == 0


def test_a_review_is_overdue_until_somebody_looks():
    due = risk(review_on=MONDAY + timedelta(days=7))
    assert is_review_overdue(due, [review(6, 0.2)], TODAY)
    assert not is_review_overdue(due, [review(9, 0.2)], TODAY)
    assert not is_review_overdue(due, (), due.review_on)
    assert not is_review_overdue(risk(), (), TODAY)


@pytest.mark.slow
@pytest.mark.parametrize(("k", "years"), [(0, 0.0), (1, 0.5), (12, 3.0), (0, 40.0)])
def test_the_probability_a_year_is_the_mean_of_the_belief(k, years):
    rates = gammaincinv(0.5 + k, (np.arange(1_000_000) + 0.5) / 1_000_000) / (1 + years)
    happens = -np.expm1(-rates)
    told = yearly_risk(k, years)
    assert told.probability == pytest.approx(happens.mean(), rel=1e-4)
    assert told.low == pytest.approx(np.quantile(happens, 0.1), rel=1e-3)
    assert told.high == pytest.approx(np.quantile(happens, 0.9), rel=1e-3)


@pytest.mark.parametrize(("k", "years"), [(-1, 1.0), (1, -0.1), (1, float("nan"))])
def test_incidents_that_cannot_be_counted_are_refused(k, years):
    with pytest.raises(InputError, match="at least 0"):
        yearly_risk(k, years)


def task(task_id, **more):
    return Task(project="p", task_id=task_id, title=task_id, category="data", **more)


def test_from_the_day_its_mitigation_is_done_a_risk_is_as_likely_as_afterwards():
    done_on = MONDAY + timedelta(days=14)
    smaller = risk(mitigation="T1; T2", residual_probability=0.1)
    first = task("T1", status="done", finished_on=MONDAY)
    both = [first, task("T2", status="done", finished_on=done_on)]
    made = mitigation_of(smaller, both, TODAY)
    assert made == Mitigation(("T1", "T2"), done_on)

    def weeks(*reviews):
        counted = {"r": reviews_in_effect(smaller, reviews, made)}
        return [w.days for w in burn_down([smaller], counted, TODAY, 600)]

    assert weeks() == pytest.approx([2, 2, 0.4, 0.4, 0.4])
    assert weeks(review(7, 0.8)) == pytest.approx([2, 3.2, 0.4, 0.4, 0.4])
    assert weeks(review(14, 0.2), review(21, 0.3)) == pytest.approx([2, 2, 0.8, 1.2, 1.2])


@pytest.mark.parametrize(
    ("mitigation", "tasks"),
    [
        ("T1; T2", [task("T1", status="done", finished_on=MONDAY), task("T2")]),
        ("T1", [task("T1", status="done", finished_on=TODAY + timedelta(days=1))]),
        ("T1", [task("T1", status="dropped", finished_on=MONDAY)]),
        ("T1", [task("T1", status="done", finished_on=MONDAY, archived=True)]),
        ("T1", [task("T1", status="done")]),
        ("T1, asked twice", [task("T1", status="done", finished_on=MONDAY)]),
        ("", [task("T1", status="done", finished_on=MONDAY)]),
    ],
)
def test_what_is_not_known_to_be_done_makes_no_risk_smaller(mitigation, tasks):
    smaller = risk(mitigation=mitigation, residual_probability=0.1)
    made = mitigation_of(smaller, tasks, TODAY)
    assert made.done_on is None
    assert reviews_in_effect(smaller, (), made) == ()


def test_a_mitigation_that_can_never_be_done_as_it_is_written_says_why():
    tasks = [task("T1"), task("T2", status="dropped"), task("T3", archived=True)]

    def made(mitigation):
        return mitigation_of(risk(mitigation=mitigation), tasks, TODAY)

    assert made("T1; T2") == Mitigation(("T1", "T2"), dropped=("T2",))
    assert made("T1; T9").unknown == ("T9",)
    assert made("T3").unknown == ("T3",)
    assert made("Ask twice") == Mitigation()


def test_a_risk_that_occurred_or_has_no_residual_is_not_made_smaller():
    made = Mitigation(("T1",), MONDAY)
    assert reviews_in_effect(risk(status="occurred", residual_probability=0.1), (), made) == ()
    assert reviews_in_effect(risk(), (), made) == ()
