"""Labelling, training runs and tools as work that is planned."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning.annotation import AnnotationPlan, kappa
from mlpm_core.planning.compute_campaign import Campaign
from mlpm_core.planning.investment import investment, pay_back
from mlpm_core.quantity import Quantity


def amount(text):
    return Quantity.read(text, low=0)


PHOTOS = AnnotationPlan(
    6000, amount("0.5"), labels_per_item=2, review_share=0.15, people=2, hours_per_day=1
)


def test_six_thousand_photos_twice_are_115_hours():
    assert PHOTOS.hours.p50 == pytest.approx(115)
    assert PHOTOS.hours.p95 == pytest.approx(115)
    assert PHOTOS.weeks_left.p50 == pytest.approx(11.5)


def test_what_is_labelled_is_no_longer_to_do():
    half = replace(PHOTOS, labelled=3000)
    assert half.share_done == 0.5
    assert half.hours_left.p50 == pytest.approx(57.5)
    done = replace(PHOTOS, labelled=6000)
    assert done.hours_left.p95 == 0 == done.weeks_left.p95


def test_the_spread_of_the_minutes_is_the_spread_of_the_hours():
    wide = replace(PHOTOS, minutes=amount("0.25 | 0.5 | 1"))
    assert wide.hours.p10 == pytest.approx(57.5)
    assert wide.hours.p80 > wide.hours.p50 == pytest.approx(115)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"items": 0}, "items is 0"),
        ({"labelled": 6001}, "6,001 items are labelled"),
        ({"people": 0}, "people who label is 0"),
        ({"review_share": 1.5}, "share reviewed is 1.5"),
        ({"labels_per_item": float("nan")}, "labels per item is nan"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(changed, said):
    with pytest.raises(InputError, match=said):
        replace(PHOTOS, **changed)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=60))
def test_kappa_is_that_of_scikit_learn(pairs):
    from sklearn.metrics import cohen_kappa_score

    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) == 1:
        with pytest.raises(NotEnoughDataError, match="same one label"):
            kappa(pairs)
        return
    answer = kappa(pairs)
    assert answer.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert answer.low <= answer.kappa + 1e-12
    assert answer.kappa <= answer.high + 1e-12


def test_the_interval_of_kappa_holds_it_19_times_in_20():
    rng = np.random.default_rng(3)
    for agree, n in ((0.5, 40), (0.8, 60), (0.95, 120)):
        held = 0
        for _ in range(600):
            first = rng.random(n) < 0.4
            copied = rng.random(n) < agree
            second = np.where(copied, first, rng.random(n) < 0.4)
            answer = kappa(list(zip(first.astype(str), second.astype(str), strict=True)))
            held += answer.low <= agree <= answer.high  # whoever does not copy agrees by luck
        assert 0.92 <= held / 600 <= 0.99, (agree, n)


def test_full_agreement_on_few_items_is_not_certain():
    answer = kappa([("worn", "worn")] * 4 + [("fine", "fine")] * 4)
    assert answer.kappa == 1 == answer.high
    assert answer.low < 0.5


def test_kappa_is_never_below_minus_one_however_rare_a_label_is():
    rare = kappa([("fine", "fine")] * 60 + [("worn", "fine"), ("fine", "worn")])
    assert -1 <= rare.low <= rare.kappa < 0
    assert rare.high <= 1


def test_no_pair_has_no_agreement():
    with pytest.raises(NotEnoughDataError, match="there are 0"):
        kappa([])


def campaign(**changed):
    counted = {
        "gpu_hours_planned": 5000.0, "gpu_hours_used": 4416.0, "gpu_hours_failed": 960.0,
        "price": 2.0, "runs": 20, "runs_failed": 2, "run_hours_p50": 24.0, "run_hours_p95": 60.0,
    }  # fmt: skip
    return Campaign(**counted | changed)


def test_a_campaign_counts_what_failed_and_how_often_one_can_try():
    done = campaign()
    assert done.share_used == pytest.approx(0.8832)
    assert (done.cost, done.failed_cost) == (8832, 1920)
    assert done.per_run == pytest.approx(441.6)
    assert done.per_result == pytest.approx(8832 / 18)
    assert (done.per_week, done.per_week_to_be_safe) == (7, 2.8)
    assert done.runs_left == 2  # 584 hours are left, a run took 220.8


def test_before_the_first_run_nothing_is_divided_by_nothing():
    none = campaign(
        gpu_hours_planned=0, gpu_hours_used=0, gpu_hours_failed=0, runs=0, runs_failed=0
    )
    assert (none.share_used, none.per_run, none.per_result, none.runs_left) == (None,) * 4
    lost = campaign(runs=2, runs_failed=2)
    assert lost.per_result is None
    assert campaign(run_hours_p50=None, run_hours_p95=None).per_week is None
    assert campaign(gpu_hours_used=6000).runs_left == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"runs_failed": 21}, "21 of 20 runs failed"),
        ({"gpu_hours_failed": 5000}, "count again"),
        ({"run_hours_p95": 10}, "the first is the larger"),
        ({"run_hours_p50": 0}, "hours of a run is 0"),
        ({"price": float("nan")}, "price of a GPU-hour is nan"),
    ],
)
def test_a_count_that_cannot_be_is_refused(changed, said):
    with pytest.raises(InputError, match=said):
        campaign(**changed)


def test_an_improvement_pays_when_it_saves_more_at_even_odds_than_it_costs_to_be_safe():
    cost, saves = amount("6 | 10 | 18"), amount("1 | 2 | 3")
    needed = investment(cost, saves, 1).cycles_needed
    assert [investment(cost, saves, n).pays for n in (needed - 1, needed)] == [False, True]
    rng = np.random.default_rng(7)
    paid = saves.quantile(rng.random(200_000)) * needed > cost.quantile(rng.random(200_000))
    assert investment(cost, saves, needed).p_pays == pytest.approx(paid.mean(), abs=5e-3)
    with pytest.raises(InputError, match="saving per cycle: the high value"):
        investment(cost, amount("1 | 2 | 90"), 5)


def test_what_saves_nothing_never_pays():
    nothing = investment(amount("1 | 2 | 3"), amount("0"), 50)
    assert (nothing.pays, nothing.p_pays, nothing.cycles_needed) == (False, 0, None)
    late = investment(amount("1 | 2 | 3"), amount("1 | 2 | 3"), 0)
    assert (late.pays, late.p_pays, late.saving.p95) == (False, 0, 0)


@pytest.mark.slow
def test_the_interval_of_a_pay_back_holds_the_change_19_times_in_20():
    rng = np.random.default_rng(9)
    for n, m in ((4, 4), (6, 9), (45, 50)):
        held = 0
        for _ in range(800):
            answer = pay_back(rng.gamma(4, 3, n) + 5, rng.gamma(4, 3, m) + 2)
            held += answer.low <= 3 <= answer.high
        assert held / 800 >= 0.93, (n, m)


def test_luck_is_not_called_faster():
    same = pay_back([10, 12, 9, 14, 11], [11, 10, 13, 9, 12])
    assert not same.is_faster
    assert not same.is_slower
    slower = pay_back([5, 6, 5, 6, 5], [9, 9, 10, 11, 9])
    assert slower.is_slower
    assert slower.faster < 0


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 50), (3, 3), (1, 30), (2, 2)])
def test_too_few_cycles_are_said_to_be_too_few(n, m):
    with pytest.raises(NotEnoughDataError, match=f"{n} cycles before and {m} after"):
        pay_back([10.0] * n, [5.0] * m)


def test_a_cycle_time_that_cannot_be_is_refused():
    for wrong in (-1, math.nan, math.inf):
        with pytest.raises(InputError, match="cycle time after"):
            pay_back([1, 2, 3, 4], [1, 2, 3, wrong])


def test_runs_of_hours_are_work_like_any_other_and_runs_of_days_a_campaign():
    """4,416 GPU-hours over 20 runs of 24 hours are 9.2 GPUs at a time."""
    assert campaign().is_ordinary is False
    assert campaign(run_hours_p95=24.0).is_ordinary is True
    assert campaign(run_hours_p50=5.0, run_hours_p95=None).is_ordinary is True
    assert campaign(run_hours_p50=None, run_hours_p95=None).is_ordinary is None
    assert campaign().gpus_at_once == pytest.approx(9.2)
    assert campaign(run_hours_p50=None).gpus_at_once is None
    none = campaign(gpu_hours_used=0, gpu_hours_failed=0, runs=0, runs_failed=0)
    assert none.gpus_at_once is None
