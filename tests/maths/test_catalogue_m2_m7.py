"""M2, M5, M6 and M7: an example of each worked out by hand, outcome values, known mistakes."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth
from tests.catalogue_examples import (
    CARDS,
    EXTRA,
    GIVEN,
    answer,
    few,
    lines,
    near,
    share,
    size,
    told,
)


def test_blocked_payments_by_hand():
    """1,000,000 payments, .2 % fraud, recall .6, precision .25, 70 % of the money.

    frauds 2,000; tp 1,200; fp 3,600; reviews 4,800 * .2 = 960 of 6 min = 96 h, 96 * 30 * .5 = 1,440
    a decline loses 60 * .1 * .5 + .01 * 200 = 5; revenue -3,600 * 5 = -18,000
    caught: .7 * 2,000 * 150 * .8 = 168,000, fees 20 * 1,200 = 24,000; cost_saving 190,560
    net 172,560; cycle -960 * 2 / 1m = -.00192 h; people -.096; cx (1,200 - 3,600)/1,000 = -2.4
    v_tp: .7/.6 * 150 * .8 + 20 = 160, less a review of .2 * .1 * 30 * .5 = .3: 159.7
    v_fp: -5 - .3 = -5.3; break-even (5 + .3) / (160 + 5) = .0321212
    """
    result = answer("M2")
    assert told(result) == {
        "revenue": near(-18_000),
        "cost_saving": near(190_560),
        "cycle_time": near(-0.00192),
        "people_intensity": near(-0.096),
        "customer_experience": near(-2.4),
        "net": near(172_560),
    }
    at = lines(result)
    assert (at["v_tp"], at["v_fp"]) == (near(159.7), near(-5.3))
    assert result.break_even["precision"] == near(5.3 / 165)


def test_fraud_money_is_caught_like_frauds_unless_somebody_knows_better():
    """Recall .6 of the money as of the frauds: 24,000 less than with 70 %."""
    inputs = {n: repr(x) for n, x in CARDS.items() if n != "value_detection_rate"}
    valued = worth(find_mechanism("M2"), inputs)
    assert valued.net.mean == near(172_560 - 24_000)
    assert "value_detection_rate" not in valued.quantities
    assert "value_detection_rate" not in valued.break_even
    spread = worth(find_mechanism("M2"), inputs | {"recall": "0.5 to 0.7"})
    exact = worth(find_mechanism("M2"), inputs | {"recall": "0.5 to 0.7",
                                                  "value_detection_rate": "0.6"})  # fmt: skip
    assert spread.net.p90 - spread.net.p10 > exact.net.p90 - exact.net.p10
    today = {k: repr(v) for k, v in EXTRA["M2", "incumbent"].items() if "value" not in k}
    against = worth(find_mechanism("M2"), inputs | today, baseline="incumbent")
    alone = answer("M2", value_detection_rate=0.6)
    rule = answer("M2", precision=0.2, recall=0.4, value_detection_rate=0.4)
    assert against.net.mean == near(alone.net.mean - rule.net.mean)


def test_a_ranking_by_hand():
    """1,000,000 sessions, 80 % exposed, clicks 1.0 -> 1.1, first click at 6 -> 5.

    a click: .05 * 20 * .75 = .75; revenue 800,000 * .1 * .75 = 60,000
    cost_saving: -800,000 * .002 + 400 * 30 * .5 = -1,600 + 6,000 = 4,400; net 64,400
    cycle .8 * 1 * 1.8 / 3600 = .0004 h; people .4; cx .8 * .05 * 1000 = 40
    break-even clicks 1 - 4,400 / (800,000 * .75) = .9926667
    """
    result = answer("M5")
    assert told(result) == {
        "revenue": near(60_000),
        "cost_saving": near(4_400),
        "cycle_time": near(0.0004),
        "people_intensity": near(0.4),
        "customer_experience": near(40),
        "net": near(64_400),
    }
    assert result.break_even["clicks_model"] == near(1 - 4_400 / 600_000)


def test_ndcg_may_order_two_rankings_the_other_way_round():
    """DCG/ideal: A (2.0/2.5, .1/.5), B (1.5/2.5, .45/.5).

    Mean nDCG: A .5 < B .75. Mean DCG: A 1.05 > B .975, and money follows DCG.
    """
    a, b = ((2.0, 0.1), (1.5, 0.45))
    ideal = (2.5, 0.5)
    ndcg = [sum(x / y for x, y in zip(of, ideal, strict=True)) / 2 for of in (a, b)]
    assert ndcg == [pytest.approx(0.5), pytest.approx(0.75)]
    nets = [answer("M5", clicks_model=sum(of) / 2).net.mean for of in (a, b)]
    assert nets[0] > nets[1]


def test_pumps_by_hand():
    """500 pumps fail .4 times a year; recall .6, precision .4, 90 % acted on, 80 % in time.

    failures 200; tp 120; fp 180; detected 108; in time 86.4; late 21.6; false 162
    revenue 86.4 * 20 * 100 = 172,800; cost_saving 86.4 * 3,000 - 183.6 * 200 = 222,480
    net 395,280; cycle 86.4 * 20 / 500 = 3.456 h
    people (86.4 * 10 - 183.6 * 2) / 500 * 1000 = 993.6; cx 172.8
    in time 3,000 + 2,000 = 5,000; v_tp .9 * (.8 * 5,000 - .2 * 200) = 3,564; v_fp -180
    break-even 200 / (.8 * 5,200) = .0480769
    """
    result = answer("M6")
    assert told(result) == {
        "revenue": near(172_800),
        "cost_saving": near(222_480),
        "cycle_time": near(3.456),
        "people_intensity": near(993.6),
        "customer_experience": near(172.8),
        "net": near(395_280),
    }
    at = lines(result)
    assert (at["v_tp"], at["v_fp"]) == (near(3_564), near(-180))
    assert result.break_even["precision"] == near(200 / 4_160)


def test_a_better_model_is_never_worth_less():
    """200 failures of 8,000, planned repair 2,500, no downtime, all in time.

    The copied formula C_f(F - TP) - C_p(TP + FP) gives 1,600,000 without a model and -500,000
    with a perfect one; right is C_f TP - C_p(TP + FP): 0 and 1,100,000. Ours charges a false
    alarm what the planned repair costs, so inspection_cost is 2,500 here.
    """
    plain = {
        "assets": 500, "failure_rate": 0.4, "uptake": 1, "lead_ok": 1, "failure_cost": 8000,
        "planned_cost": 2500, "inspection_cost": 2500, "unplanned_downtime": 0,
        "planned_downtime": 0,
    }  # fmt: skip
    assert answer("M6", **plain, recall=0, precision=1).net.mean == 0
    assert answer("M6", **plain, recall=1, precision=1).net.mean == near(1_100_000)
    for recall, precision in ((0.5, 0.5), (0.8, 0.4)):
        tp, fp = 200 * recall, 200 * recall * (1 - precision) / precision
        ours = answer("M6", **plain, recall=recall, precision=precision).net.mean
        assert ours == near(8000 * tp - 2500 * (tp + fp))
    nets = [answer("M6", **plain, recall=r / 10, precision=0.9).net.mean for r in range(11)]
    assert nets == sorted(nets)
    copied = [8000 * (200 - tp) - 2500 * tp for tp in (0, 200)]
    assert copied == [1_600_000, -500_000]


def test_frames_by_hand():
    """1,000,000 frames, 1 % defective; escapes 20 % -> 5 %, overkill 3 % -> 2 %.

    rejected .01 * .95 + .99 * .02 = .0293; escapes avoided .0015; overkill avoided .0099
    a frame: .3 - .05 + .15 + .0396 - .01465 = .42495; net 424,950
    cycle (18 - 1 - .0293 * 36) / 3600 = (17 - 1.0548) / 3600 = .00442922 h
    people (18 - 1.0548) / 3600 * 1000 = 4.707; cx 1.5
    break-even escapes .05 + 424,950 / (10,000 * 99.5) = .4770854
    break-even overkill .02 + 424,950 / (990,000 * 4.5) = .1153872
    """
    result = answer("M7")
    assert told(result) == {
        "revenue": near(0),
        "cost_saving": near(424_950),
        "cycle_time": near(15.9452 / 3600),
        "people_intensity": near(4.707),
        "customer_experience": near(1.5),
        "net": near(424_950),
    }
    assert result.break_even["escape_rate_model"] == near(0.05 + 424_950 / 995_000)
    assert result.break_even["overkill_rate_model"] == near(0.02 + 424_950 / 4_455_000)


def test_inspecting_every_unit_pays_above_demings_point():
    """Out of the Crisis, chapter 15: inspect all when p > k1 / k2, for an inspection without error.

    k1 = .3 to inspect, k2 = 60 for a defect shipped: p = .005. Against none, and with errors too.
    """
    sure = {
        "escape_rate_model": 0, "overkill_rate_model": 0, "inspection_cost_model": 0.3,
        "escape_cost": 60, "review_cost": 0,
    }  # fmt: skip
    assert lines(answer("M7", **sure))["inspect_all_above"] == near(0.3 / 60)
    for erring in ({}, {"escape_rate_model": 0.1, "overkill_rate_model": 0.02}):
        inputs = sure | erring
        at = lines(answer("M7", **inputs))["inspect_all_above"]
        below, above = (
            answer("M7", "none", **inputs, defect_rate=p).net.mean for p in (at - 1e-4, at + 1e-4)
        )
        assert below < 0 < above
        there = answer("M7", "none", **inputs, defect_rate=at)
        assert there.net.mean == pytest.approx(0, abs=1e-6)


rate = st.floats(0.01, 0.4)


@pytest.mark.parametrize("number", ["M2", "M6", "M12"])
@few
@given(share, share, rate, st.floats(0.2, 1))
def test_the_confusion_counts_times_their_money_are_net(number, precision, recall, few_of, uptake):
    """Cells that the mechanism does not count are worth nothing."""
    name = {"M6": "failure_rate"}.get(number, "prevalence")
    floor = recall * few_of / (recall * few_of + 1 - few_of)
    assume(number == "M6" or precision > floor + 1e-6)
    more = {"uptake": uptake} if number == "M6" else {}
    result = answer(number, precision=precision, recall=recall, **{name: few_of}, **more)
    at = lines(result)
    total = sum(at.get(cell, 0.0) * at[f"v_{cell}"] for cell in ("tp", "fp", "fn", "tn"))
    assert total == pytest.approx(result.net.mean, abs=1e-9 * size(result))


@few
@given(share, share, rate, share, share, st.floats(0, 10))
def test_inspected_units_times_their_money_are_net(
    escape, overkill, defects, was, rejected, review
):
    result = answer(
        "M7", escape_rate_model=escape, overkill_rate_model=overkill, defect_rate=defects,
        escape_rate_baseline=was, overkill_rate_baseline=rejected, review_cost=review,
    )  # fmt: skip
    at = lines(result)
    total = sum(at[cell] * at[f"v_{cell}"] for cell in ("tp", "fp", "fn", "tn"))
    assert total == pytest.approx(result.net.mean, abs=1e-9 * size(result))
    assert at["tp"] + at["fp"] + at["fn"] + at["tn"] == pytest.approx(GIVEN["M7"]["units"])


def test_more_payments_than_there_are_cannot_be_blocked():
    """recall .6, prevalence .002: floor .0012 / (.0012 + .998) = .0012010."""
    with pytest.raises(InputError, match=r"at least 0\.001201 .* more good payments"):
        answer("M2", precision=0.001)
