"""Worth: the published and hand-computed numbers, the identities, and what must always hold."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.quantity import Dimension, Quantity
from mlpm_core.value.break_even import break_evens
from mlpm_core.value.formula import Formula
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.policy import Policy
from mlpm_core.value.worth import Valuation, Worth, worth, worth_by_period

FILE = Path(__file__).parents[1] / "golden" / "value_examples.json"
GOLDEN = json.loads(FILE.read_text("utf-8"))
EXAMPLES = GOLDEN["examples"]
KPIS = {
    "revenue": Dimension.REVENUE,
    "cost_saving": Dimension.COST_SAVING,
    "cycle_h": Dimension.CYCLE_TIME,
    "people_h_1k": Dimension.PEOPLE_INTENSITY,
    "cx_1k": Dimension.CUSTOMER_EXPERIENCE,
}
M1, M3, M4 = (find_mechanism(number) for number in ("M1", "M3", "M4"))


def written(example: str, **changes: object) -> dict[str, str]:
    inputs = EXAMPLES[example]["inputs"]
    return {name: str(value) for name, value in (inputs | changes).items()}


def uncertain() -> dict[str, str]:
    return written("M1", precision="25/100", customer_value="120 to 400", acceptance="0.2 to 0.4")


def at(answer: Worth, name: str) -> float:
    return next(line.value for line in answer.lines if line.name == name)


@pytest.mark.parametrize("example", list(EXAMPLES))
def test_the_worked_examples_are_reproduced(example):
    """Golden: tests/golden/value_examples.json, every digit to 1e-9."""
    mechanism = find_mechanism(EXAMPLES[example]["mechanism"])
    answer = worth(mechanism, written(example))
    results = EXAMPLES[example]["results"]
    for name, dimension in KPIS.items():
        kpi = answer.kpis[dimension]
        assert kpi.mean == pytest.approx(results[name], rel=1e-9, abs=1e-9)
        assert kpi.p10 == kpi.p50 == kpi.p90 == kpi.mean
        assert kpi.is_exact
    assert answer.net.mean == pytest.approx(results["net"], rel=1e-9)
    assert answer.feasible_share == 1.0
    names = {"sigma_a": "sigma_baseline", "sigma_b": "sigma_model"}
    names |= {"fill_a": "fill_baseline", "fill_b": "fill_model"}
    lines = {line.name: line.value for line in answer.lines}
    for name, value in results.items():
        if names.get(name, name) in lines:
            assert lines[names.get(name, name)] == pytest.approx(value, rel=1e-9, abs=1e-9)
    if "breakeven_precision" in results:
        assert answer.break_even["precision"] == pytest.approx(results["breakeven_precision"])


def test_targeted_intervention_is_verbrakens_profit():
    """Verbraken, Verbeke & Baesens (2013), with all loyal customers taking the gift.

    net = tp_acted*[acceptance*(value - incentive) - cost] - fp_acted*(incentive + cost)
    """
    i = EXAMPLES["M1"]["inputs"]
    answer = worth(M1, written("M1"))
    gain = i["acceptance"] * (i["customer_value"] - i["incentive"]) - i["contact_cost"]
    profit = at(answer, "tp_acted") * gain
    profit -= at(answer, "fp_acted") * (i["incentive"] + i["contact_cost"])
    assert answer.net.mean == pytest.approx(profit, rel=1e-12)


def test_demand_forecast_is_the_newsvendor():
    """Snyder & Shen: expected cost at the best order is (underage + overage)*phi(z)*sigma."""
    i = EXAMPLES["M4"]["inputs"]
    answer = worth(M4, written("M4"))
    per_sigma = (i["margin"] + i["goodwill"] + i["overage"]) * float(
        Formula.read("f", "phi(z)")({"z": np.array(at(answer, "z"))})
    )
    saved = at(answer, "sigma_baseline") - at(answer, "sigma_model")
    assert answer.net.mean == pytest.approx(per_sigma * saved * i["periods"], rel=1e-12)


@pytest.mark.parametrize(
    ("overage", "underage", "mean", "sd", "order", "cost"),
    [
        (0.18, 0.70, 50.0, 8.0, None, 1.9976051931766445),
        (0.18, 0.70, 50.0, 8.0, 60.0, 2.156131552870387),
        (0.18, 0.70, 50.0, 8.0, 40.0, 7.356131552870),
        (2.0, 18.0, 120.0, 10.0, None, 35.09966638649737),
    ],
)
def test_the_order_formula_agrees_with_stockpyl(overage, underage, mean, sd, order, cost):
    """Golden: stockpyl, FoSCT example 4.3 (S 56.60395592743389) and README (S 132.815515655446)."""
    known = {"h": overage, "p": underage, "mu": mean, "sd": sd}
    values = {name: np.array(value) for name, value in known.items()}
    best = Formula.read("S", "mu + ppf(p / (p + h)) * sd")(values)
    assert {50.0: 56.60395592743389, 120.0: 132.815515655446}[mean] == pytest.approx(best)
    values["S"] = np.asarray(best if order is None else order)
    total = Formula.read("cost", "h * (S - mu) + (p + h) * sd * normal_loss((S - mu) / sd)")
    assert float(total(values)) == pytest.approx(cost, rel=1e-12)


def test_outcome_values_sum_to_net_while_capacity_does_not_bind():
    answer = worth(M1, written("M1"))
    total = sum(at(answer, cell) * at(answer, f"v_{cell}") for cell in ("tp", "fp", "fn", "tn"))
    assert total == pytest.approx(answer.net.mean, rel=1e-12)
    assert at(answer, "v_tp") == pytest.approx(50.4)
    assert at(answer, "v_fp") == pytest.approx(-9.9)


def test_value_of_automation_is_the_money_of_its_cases():
    """M3: right cases, wrong cases and cases by hand, each with its money, sum to net."""
    i = EXAMPLES["M3"]["inputs"]
    answer = worth(M3, written("M3"))
    right = at(answer, "saving_per_case") * i["cashable"] + i["human_error"] * i["cost_per_error"]
    automatic = at(answer, "automatic")
    total = automatic * (right - i["selective_error"] * i["cost_per_error"])
    assert total - i["population"] * i["run_cost_per_case"] == pytest.approx(answer.net.mean)


def test_value_against_another_baseline_is_a_difference():
    """Contacting all of 100,000 at uptake .9 hits the capacity of 15,000 at precision .05.

    750 leavers reached: revenue .3*200*750 = 45,000; cost 15,000 + 10*(.3*750 + 14,250) = 159,750.
    """
    answer = worth(M1, written("M1"), baseline="all")
    assert answer.net.mean == pytest.approx(62_100 - (45_000 - 159_750))
    assert answer.baseline == "all"
    same = written("M1", recall_incumbent=0.6, precision_incumbent=0.25)
    assert worth(M1, same, baseline="incumbent").net.mean == pytest.approx(0, abs=1e-9)


def test_value_against_a_naive_forecast_needs_its_error():
    with pytest.raises(InputError, match="needs wape_naive"):
        worth(M4, written("M4"), baseline="none")
    naive = worth(M4, written("M4", wape_naive=0.36), baseline="none")
    assert naive.net.mean == pytest.approx(2 * EXAMPLES["M4"]["results"]["net"], rel=1e-12)
    assert naive.kpis[Dimension.PEOPLE_INTENSITY].mean == pytest.approx(10.0)
    assert naive.break_even["wape_model"] == pytest.approx(0.36)


@pytest.mark.parametrize("example", ["M1", "M3", "M4"])
def test_closed_break_evens_equal_those_that_are_searched(example):
    mechanism = find_mechanism(example)
    answer = worth(mechanism, written(example))
    searched = break_evens(
        Policy(mechanism, mechanism.baseline(None)), answer.medians, closed_forms=False
    )
    assert mechanism.break_even
    for name in mechanism.break_even:
        assert searched[name].value == pytest.approx(answer.break_even[name], rel=1e-9)


@pytest.mark.parametrize("example", ["M1", "M3", "M4"])
def test_net_is_zero_at_every_break_even(example):
    mechanism = find_mechanism(example)
    answer = worth(mechanism, written(example))
    for name, value in answer.break_even.items():
        if value is None:
            assert answer.break_even_reasons[name].startswith("Net ")
        else:
            assert name not in answer.break_even_reasons
            there = worth(mechanism, written(example, **{name: repr(value)}))
            assert there.net.mean == pytest.approx(0, abs=1e-6 * abs(answer.net.mean))


def test_a_break_even_that_is_not_possible_is_refused():
    """Recall .9 and prevalence .3 put the floor at .278, above a break-even of .164."""
    answer = worth(M1, written("M1", prevalence=0.3, recall=0.9, precision=0.4))
    assert answer.break_even["precision"] is None
    assert "not possible" in answer.break_even_reasons["precision"]


def test_impossible_medians_are_refused_with_the_floor():
    with pytest.raises(InputError) as caught:
        worth(M1, written("M1", precision=0.02))
    assert "at least 0.03061 for recall 0.6 and prevalence 0.05" in str(caught.value)


def test_impossible_draws_are_left_out_and_told():
    answer = worth(M1, written("M1", precision="0.02 to 0.2"))
    assert 0.5 < answer.feasible_share < 1
    assert answer.net.samples.size == round(answer.feasible_share * answer.draws)


def test_one_error_names_every_missing_unknown_and_unreadable_input():
    with pytest.raises(InputError) as caught:
        worth(M4, {"margin": "-1", "wape": "0.2", "overage": "2"})
    for word in ("wape_model", "periods", "mean_demand", "'wape'", "margin: '-1' is out of range"):
        assert word in str(caught.value)
    assert "overage" not in str(caught.value).split(".")[0]


def test_an_input_of_another_baseline_is_refused():
    with pytest.raises(InputError, match="not asked against the baseline 'none'"):
        worth(M1, written("M1", recall_incumbent=0.5))


def test_two_currencies_are_refused():
    mixed = written("M1", incentive="10 EUR", customer_value="200 USD")
    with pytest.raises(InputError, match="EUR and USD"):
        worth(M1, mixed)


def test_a_quantity_read_in_another_unit_is_refused():
    wrong = written("M1") | {"contact_minutes": Quantity.read("6", "hour/case")}
    with pytest.raises(InputError, match="contact_minutes is asked in min/contact"):
        worth(M1, wrong)


def test_a_division_by_zero_is_named():
    with pytest.raises(InputError, match="There is no best order"):
        worth(M4, written("M4", margin=0, goodwill=0, overage=0))


@pytest.mark.parametrize("draws", [0, -1, 2**21, 1.5])
def test_a_wrong_number_of_draws_is_refused(draws):
    with pytest.raises(InputError, match="draws is"):
        worth(M1, written("M1"), draws=draws)


def test_the_mean_of_a_linear_input_is_the_value_at_its_mean():
    """Net of M3 is linear in cost_per_error: with triangular(10, 25, 40) its mean stays 74,105."""
    answer = worth(M3, written("M3", cost_per_error="triangular(10, 25, 40)"))
    assert answer.net.mean == pytest.approx(74_105, rel=1e-5)
    assert answer.net.p10 < answer.net.p50 < answer.net.p90
    assert not answer.net.is_exact


def test_the_chance_of_a_loss_is_counted():
    """Net = 330,000*a - 36,900 (M1, acceptance a): a loss below a = .1789, where Phi(z) = .1."""
    low = 0.17894736842105263
    answer = worth(M1, written("M1", acceptance=f"{low} | 0.3 | 0.4"))
    assert answer.probability_of_loss == pytest.approx(0.1, abs=2e-3)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 1000))
def test_a_currency_scale_changes_nothing_but_the_scale(scale):
    money = ("customer_value", "incentive", "contact_cost")
    base = written("M1", precision="25/100", customer_value="120 to 400")
    scaled = base | {
        "customer_value": f"{120 * scale!r} to {400 * scale!r}",
        **{n: repr(float(base[n]) * scale) for n in money[1:]},
    }
    one, two = (worth(M1, given, draws=256) for given in (base, scaled))
    assert two.net.samples == pytest.approx(one.net.samples * scale, rel=1e-9, abs=1e-6 * scale)
    assert two.break_even["precision"] == pytest.approx(one.break_even["precision"], rel=1e-9)
    people = Dimension.PEOPLE_INTENSITY
    assert two.kpis[people].mean == pytest.approx(one.kpis[people].mean)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_inputs_is_irrelevant(random):
    names = list(uncertain())
    random.shuffle(names)
    shuffled = {name: uncertain()[name] for name in names}
    before = dict(shuffled)
    one, two = worth(M1, uncertain(), draws=256), worth(M1, shuffled, draws=256)
    assert (one.net.samples == two.net.samples).all()
    assert shuffled == before


@settings(max_examples=15, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_better_metric_is_never_worth_less(a, b):
    low, high = sorted((a, b))
    nets = [
        worth(M3, written("M3", human_minutes="5 to 12", coverage=c), draws=64).net.samples
        for c in (low, high)
    ]
    assert (nets[0] <= nets[1]).all()


def test_options_share_their_draws():
    """Making one input exact leaves the draws of the others as they were."""
    one = worth(M1, uncertain())
    two = worth(M1, uncertain() | {"precision": "0.25"})
    revenue = [w.kpis[Dimension.REVENUE].samples / at(w, "tp_acted") for w in (one, two)]
    assert np.corrcoef(revenue[0], revenue[1])[0, 1] > 0.9


def test_samples_cannot_be_changed():
    answer = worth(M1, uncertain(), draws=64)
    with pytest.raises(ValueError, match="read-only"):
        answer.net.samples[0] = 0.0


def test_periods_differ_by_their_metrics_only():
    months = [{"precision": "0.25"}, {"precision": "0.25"}, {"precision": "0.2"}]
    one, same, worse = worth_by_period(M1, uncertain(), months, draws=1024)
    assert (one.net.samples == same.net.samples).all()
    assert (worse.net.samples < one.net.samples).all()
    alone = worth(M1, uncertain() | months[2], draws=1024)
    assert (alone.net.samples == worse.net.samples).all()


def test_an_input_has_the_luck_of_the_result_it_comes_from():
    """One name of luck, one error: of two inputs only the one whose name changed is drawn anew."""
    valuation = Valuation(M1, uncertain(), own={"precision", "recall"}, draws=256)
    option = {"precision": "25/100", "recall": "60/100"}

    def net(**luck: str) -> list[float]:
        return valuation.worth(option, stream=luck).net_by_draw.tolist()

    one = net(precision="may", recall="may")
    assert one == net(precision="may", recall="may")
    assert one != net(precision="may", recall="june")
    assert one == valuation.worth(option, stream="may").net_by_draw.tolist()
    assert net() == valuation.worth(option).net_by_draw.tolist()
    saved = valuation.worth(option)
    people = saved.kpi_by_draw(Dimension.PEOPLE_INTENSITY)
    assert people[~np.isnan(people)].tolist() == (
        saved.kpis[Dimension.PEOPLE_INTENSITY].samples.tolist()
    )


def test_annual_figures_add_up_over_the_volume():
    """M3: 4,030 hours and 465 errors of 50,000 cases; M4's bad experience is per unit demanded."""
    answer = worth(M3, written("M3"))
    assert answer.annual(Dimension.PEOPLE_INTENSITY).mean == pytest.approx(4030)
    assert answer.annual(Dimension.CUSTOMER_EXPERIENCE).mean == pytest.approx(465)
    assert answer.annual(Dimension.COST_SAVING).unit == "money/year"
    short = worth(M4, written("M4")).annual(Dimension.CUSTOMER_EXPERIENCE)
    assert short.mean == pytest.approx(11.216219172232233 / 1000 * 10400 * 120)
    with pytest.raises(InputError, match="never added"):
        answer.annual(Dimension.CYCLE_TIME)


def test_the_json_is_that_of_the_command():
    told = worth(M1, written("M1", incentive="10 CHF")).to_json()
    assert told["mechanism"] == "targeted_intervention"
    assert (told["baseline"], told["draws"]) == ("none", 8192)
    assert told["kpis"]["revenue"] == {
        "unit": "CHF/year", "mean": 162000.0, "p10": 162000.0, "p50": 162000.0, "p90": 162000.0
    }  # fmt: skip
    assert [kpi["unit"] for kpi in told["kpis"].values()][2:] == [
        "hour/case", "hour/kcase", "1/kcase"
    ]  # fmt: skip
    assert told["net"]["probability_of_loss"] == 0.0
    assert told["break_even"]["capacity"] is None
    assert told["break_even_reason"]["capacity"]
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert worth(M1, written("M1")).to_json()["net"]["unit"] == "EUR/year"
    assert worth(M1, written("M1")).to_json(currency="USD")["net"]["unit"] == "USD/year"


def test_lines_show_formula_number_and_unit():
    lines = {line.name: line for line in worth(M3, written("M3")).lines}
    assert lines["hours"].value == pytest.approx(4030)
    assert lines["hours"].unit == "hour/year"
    assert "human_minutes" in lines["hours"].formula
    assert lines["customer_experience"].unit == "1/kcase"


def test_an_answer_survives_pickling():
    answer = worth(M1, uncertain(), draws=64)
    again = pickle.loads(pickle.dumps(answer))
    assert again.to_json() == answer.to_json()


def test_a_capacity_that_stops_what_the_model_would_do_is_said_beside_the_value():
    given = {
        "population": "100k", "prevalence": ".05", "recall": ".6", "precision": ".25",
        "uptake": ".9", "acceptance": ".3", "customer_value": "200", "incentive": "10",
        "contact_cost": "1", "contact_minutes": "6", "non_churner_acceptance": "1",
        "annoyance": ".05",
    }  # fmt: skip
    m1 = find_mechanism("M1")
    # 12,000 are flagged and 10,800 contacted: from there on capacity is no limit
    said = {
        capacity: [n for n in worth(m1, given | {"capacity": capacity}).notes if "limit" in n]
        for capacity in ("5.4k", "10.8k", "15k")
    }
    assert said["5.4k"][0].startswith("“Capacity” is the limit when every number is in the middle")
    assert said["10.8k"] == said["15k"] == []
