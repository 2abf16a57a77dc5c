"""M10 to M12: worked examples, one of them by hand, and the money of single cases."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from tests.catalogue_examples import EXAMPLES, EXTRA, answer, few, lines, near, share, size, told


def test_the_assistant_worked_out_by_hand():
    """By hand: naive hours are 9,450 / 8,134 = +16 %.

    break-even: .8 - 90,770.40 / (75,600 * (7.5 * .9 * .26 + .01 * 150)) = .4311316
    """
    result = answer("M10")
    at, results = lines(result), EXAMPLES["M10"]["results"]
    assert at["hours"] == near(results["hours"])
    assert at["naive_hours"] == near(results["naive_hours"])
    assert at["naive_hours"] / at["hours"] == pytest.approx(1.16, abs=0.002)
    assert at["minutes_before"] - at["minutes_after"] == near(results["hours"] * 60)
    by_hand = 0.8 - 90_770.40 / (75_600 * (7.5 * 0.9 * 0.26 + 0.01 * 150))
    assert result.break_even["resolution_rate"] == near(by_hand)
    assert by_hand == pytest.approx(0.4311316, abs=1e-7)


@few
@given(share, share, share, share, share, st.floats(0, 2), st.floats(0, 300))
def test_contacts_times_their_money_are_net(
    eligible, contained, resolved, back, cut, handoff, customer
):
    result = answer(
        "M10", eligible_share=eligible, containment_rate=contained, resolution_rate=resolved,
        recontact_share=back, assist_cut=cut, handoff_minutes=handoff, customer_value=customer,
    )  # fmt: skip
    at = lines(result)
    kinds = [("resolved", "resolved"), ("false_contained", "false"), ("escalated", "escalated")]
    total = sum(at[count] * at[f"v_{kind}"] for count, kind in kinds)
    assert total == pytest.approx(result.net.mean, abs=1e-9 * size(result))


def test_a_resolution_rate_out_of_range_is_no_break_even():
    """Without churn and with dear conversations, even resolving everything would not pay."""
    result = answer("M10", llm_cost=3.0, customer_value=0)
    assert result.break_even["resolution_rate"] is None
    assert "out of its range" in result.break_even_reasons["resolution_rate"]


@pytest.mark.parametrize(
    ("name", "net", "break_even"),
    [
        ("M11_uplift", 30_000, 0.0233333),
        ("M11_response", -6_000, 0.0233333),
        ("M11_all", -35_000, (0.8 + 5 * 0.09) / 60),
    ],
)
def test_the_same_accuracy_has_opposite_signs(name, net, break_even):
    """By hand: break-even uplift (.8 + 5 * .12) / 60 = .0233333."""
    inputs = EXAMPLES[name]["inputs"]
    result = answer("M11", **inputs)
    assert result.net.mean == near(net)
    assert result.break_even["uplift_at_k"] == near(
        (0.8 + 5 * inputs["conversion_treated_at_k"]) / 60
    )
    assert result.break_even["uplift_at_k"] == pytest.approx(break_even, abs=1e-7)


def test_treating_everybody_is_worse_than_the_model_by_both_values():
    result = answer("M11", "all", **EXTRA["M11", "all"])
    assert result.net.mean == near(30_000 - (-35_000))


@pytest.mark.parametrize(
    ("uplift", "conversion", "sentence"),
    [
        (0.2, 0.12, "Uplift 0.2 cannot be above the conversion of the treated, 0.12"),
        (-0.95, 0.12, "Uplift must be at least -0.88 for a conversion of the treated of 0.12"),
    ],
)
def test_an_uplift_that_no_test_can_show_is_refused(uplift, conversion, sentence):
    with pytest.raises(InputError, match=sentence):
        answer("M11", uplift_at_k=uplift, conversion_treated_at_k=conversion)


def test_a_lender_by_hand():
    """10,000 applications, 6 % would default; precision .3, recall .5.

    tp: 10,000 * .06 * .5 = 300; fp: 300 * .7 / .3 = 700; fn: 600 - 300 = 300; tn: 8,700
    revenue: -700 * .1 * 8,000 = -560,000; hours: .7 * 10,000 * 30/60 = 3,500
    cost_saving: 300 * .5 * 8,000 + 3,500 * 36 * .5 = 1,200,000 + 63,000 = 1,263,000
    net: 703,000; cycle: .7 * (48 - .5) = 33.25 h; people: 350; cx: -70
    labour: .7 * .5 * 36 * .5 = 6.3; v_tp 4,006.3; v_fp -793.7; v_fn = v_tn = 6.3
    break-even precision: .1 / (.6 + 6.3 / (8,000 * .06 * .5)) = .1 / .62625 = .1596806;
    of the declines alone: .1 / .6 = .1666667
    """
    result = answer("M12")
    assert told(result) == {
        "revenue": near(-560_000),
        "cost_saving": near(1_263_000),
        "cycle_time": near(33.25),
        "people_intensity": near(350),
        "customer_experience": near(-70),
        "net": near(703_000),
    }
    expected_lines = {
        "tp": 300, "fp": 700, "fn": 300, "tn": 8700, "hours": 3500, "labour": 6.3,
        "v_tp": 4006.3, "v_fp": -793.7, "v_fn": 6.3, "v_tn": 6.3,
        "decision_break_even_precision": 0.1 / 0.6,
    }  # fmt: skip
    at = lines(result)
    assert {name: at[name] for name in expected_lines} == {
        name: near(value) for name, value in expected_lines.items()
    }
    assert result.break_even["precision"] == near(0.1 / 0.62625)


def test_declining_everyone_costs_the_margin_of_all():
    """All declined: 600 * 4,000 - 9,400 * 800 + 63,000 = -5,057,000; 703,000 + 5,057,000."""
    assert answer("M12", "all").net.mean == near(5_760_000)


rates = {"precision": st.floats(0.05, 1), "recall": share, "prevalence": st.floats(0.01, 0.5)}
loans = st.fixed_dictionaries(
    {
        **rates,
        "loss_given_default": share,
        "return_on_investment": st.floats(0.01, 0.5),
        "automatic_share": share,
        "exposure_at_default": st.floats(100, 50_000),
    }
).filter(lambda x: x["precision"] > x["recall"] * x["prevalence"] / (
    x["recall"] * x["prevalence"] + 1 - x["prevalence"]))  # fmt: skip


@few
@given(loans)
def test_outcome_values_times_counts_are_net(changes):
    result = answer("M12", **changes)
    at = lines(result)
    total = sum(at[cell] * at[f"v_{cell}"] for cell in ("tp", "fp", "fn", "tn"))
    assert total == pytest.approx(result.net.mean, abs=1e-9 * size(result))


@few
@given(loans)
def test_the_decision_break_even_judges_the_declines_alone(changes):
    """At it, the declines are worth nothing, and net is the money of the hours saved."""
    at = lines(answer("M12", **changes))
    there = changes | {"precision": at["decision_break_even_precision"]}
    reach = there["recall"] * there["prevalence"]
    assume(there["precision"] > reach / (reach + 1 - there["prevalence"]))
    result = answer("M12", **there)
    hours_in_money = lines(result)["hours"] * 36 * 0.5
    assert result.net.mean == pytest.approx(hours_in_money, abs=1e-9 * size(result))
    alone = answer("M12", **(there | {"automatic_share": 0}))
    assert alone.net.mean == pytest.approx(0, abs=1e-9 * size(alone))


def test_a_precision_below_its_floor_is_refused():
    """recall .5 and prevalence .06: .03 / (.03 + .94) = .03093."""
    with pytest.raises(InputError) as caught:
        answer("M12", precision=0.03)
    assert "at least 0.03093 for recall 0.5 and prevalence 0.06" in str(caught.value)
    assert answer("M12", precision=0.031).feasible_share == 1
