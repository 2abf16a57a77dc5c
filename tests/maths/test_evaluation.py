"""Evaluation: the published adoption decision, what cannot be valued, and what must always hold."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.evaluation import NONE, Candidate, Measured, dominated, leaderboard
from mlpm_core.quantity import Dimension
from mlpm_core.value.draws import own_draws
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import Valuation, worth

FOLDER = Path(__file__).parents[1] / "golden"
ADOPTION = json.loads((FOLDER / "adoption_voi.json").read_text("utf-8"))
EXAMPLES = json.loads((FOLDER / "value_examples.json").read_text("utf-8"))["examples"]
M1, M3, M4 = (find_mechanism(number) for number in ("M1", "M3", "M4"))
METRICS = ("precision", "recall")
TEN = 10


def business(**changes):
    inputs = {name: v for name, v in EXAMPLES["M1"]["inputs"].items() if name not in METRICS}
    uncertain = {"customer_value": "120 to 400", "acceptance": "0.2 to 0.4"}
    return {name: str(value) for name, value in (inputs | uncertain | changes).items()}


def scored(name, precision=0.25, recall=0.6, n=400, cost=0.0):
    metrics = {"precision": Measured(precision, n), "recall": Measured(recall, n)}
    return Candidate(name, metrics, cost)


@st.composite
def fields(draw):
    shares = st.tuples(st.floats(0.15, 0.6), st.floats(0.2, 0.9), st.integers(20, 2000))
    rows = draw(st.lists(shares, min_size=1, max_size=5))
    costs = draw(st.lists(st.sampled_from([0.0, 10_000.0]), min_size=5, max_size=5))
    return [
        scored(f"c{i}", round(p, 2), round(r, 2), n, cost)
        for i, ((p, r, n), cost) in enumerate(zip(rows, costs, strict=False))
    ]


def board(candidates, draws=256, **changes):
    return leaderboard(M1, business(**changes), candidates, draws=draws)


def test_the_worked_adoption_decision_is_reproduced():
    """Golden: tests/golden/adoption_voi.json; 2 % or 30 money units, P(best) .01.

    The metrics are counts: beta(15, 985) is 14 errors in 998 cases. Waits move no money.
    """
    quantities = {**ADOPTION["quantities"], **ADOPTION["constants"]}
    quantities |= {"human_wait_hours": 1, "automatic_wait_hours": 1}
    candidates = [
        Candidate(
            name,
            {metric: Measured(row["hits"] / row["n"], row["n"]) for metric, row in metrics.items()},
            ADOPTION["fixed_cost"][name],
        )
        for name, metrics in ADOPTION["candidates"].items()
    ]
    told = leaderboard(M3, {name: str(q) for name, q in quantities.items()}, candidates)
    for name, expected in ADOPTION["results"]["expected_net"].items():
        option = told.option(name)
        assert option.net.mean == pytest.approx(expected, abs=max(30, 0.02 * expected))
        assert option.p_best == pytest.approx(ADOPTION["results"]["p_best"][name], abs=0.01)
    assert told.best.name == "B"
    assert told.best.expected_regret == pytest.approx(ADOPTION["results"]["evpi"], rel=0.02)


def test_a_candidate_is_worth_what_worth_says():
    """With exact metrics the draws of the business are those of a value case."""
    exact = Candidate("m", {"precision": Measured(0.25), "recall": Measured(0.6)})
    (option,) = (o for o in board([exact], draws=1024).options if o.name == "m")
    alone = worth(M1, business() | {"precision": "0.25", "recall": "0.6"}, draws=1024)
    assert (option.net.samples == alone.net.samples).all()
    assert option.worth.break_even["precision"] == alone.break_even["precision"]
    counted = board([scored("m")], draws=8192).option("m")
    beta = worth(M1, business() | {"precision": "100/400", "recall": "240/400"})
    assert counted.net.mean == pytest.approx(beta.net.mean, rel=0.01)
    assert counted.net.p10 == pytest.approx(beta.net.p10, abs=0.01 * beta.net.samples.std())


def test_a_fixed_cost_lowers_money_and_nothing_else():
    free, dear = (board([scored("m", cost=cost)]).option("m") for cost in (0.0, 5000.0))
    assert dear.net.mean == pytest.approx(free.net.mean - 5000)
    for dimension in Dimension:
        less = 5000 if dimension is Dimension.COST_SAVING else 0
        mean = free.kpis[dimension].mean
        assert dear.kpis[dimension].mean == pytest.approx(mean - less)
    assert dear.probability_of_loss >= free.probability_of_loss
    money = dear.kpis[Dimension.REVENUE].samples + dear.kpis[Dimension.COST_SAVING].samples
    assert money == pytest.approx(dear.net.samples)


def test_metrics_as_reported_reach_the_mechanism():
    shop = {n: str(v) for n, v in EXAMPLES["M4"]["inputs"].items() if n != "wape_model"}
    told = leaderboard(M4, shop, [Candidate("m", {"wape": Measured(0.24)})])
    assert told.option("m").net.mean == pytest.approx(EXAMPLES["M4"]["results"]["net"])
    assert "neither n nor a standard error" in told.option("m").caveats[0]


@pytest.mark.parametrize(
    ("metrics", "reason"),
    [
        (
            {"roc_auc": Measured(0.81, 500)},
            "roc_auc alone cannot be turned into value: it has no operating point.",
        ),
        (
            {"f1": Measured(0.5), "log_loss": Measured(0.3), "roc_auc": Measured(0.8)},
            "f1, log_loss and roc_auc alone cannot be turned into value: they have no operating",
        ),
        (
            {"roc_auc": Measured(0.81), "recall": Measured(0.6)},
            "targeted_intervention needs precision, which was not measured.",
        ),
        (
            {"accuracy": Measured(0.9)},
            "targeted_intervention needs precision and recall, which were not measured.",
        ),
        ({}, "Nothing was measured of it; targeted_intervention needs precision and recall."),
        ({"precision": Measured(0.02), "recall": Measured(0.6)}, "at least 0.03061"),
        ({"precision": Measured(1.2, 50), "recall": Measured(0.6)}, "precision: "),
    ],
)
def test_what_cannot_be_valued_says_why(metrics, reason):
    ranked = board([Candidate("odd", metrics), scored("m")])
    (unvalued,) = ranked.unvalued
    assert unvalued.name == "odd"
    assert reason in unvalued.reason
    assert [o.name for o in ranked.options] == ["m", NONE]
    with pytest.raises(InputError, match="odd has no value"):
        ranked.option("odd")


def test_a_planned_metric_never_stands_in_for_a_measured_one():
    half = Candidate("half", {"recall": Measured(0.6, 400)})
    ranked = board([half], precision="0.9")
    assert ranked.unvalued[0].reason.endswith("needs precision, which was not measured.")


def test_few_cases_are_a_caveat():
    """Beta(10, 4) of 9 hits in 12 has its 5 % and 95 % quantiles at .505 and .887."""
    option = board([scored("few", precision=0.75, recall=0.6, n=12)]).option("few")
    assert option.caveats[0] == (
        "Precision rests on 12 cases and may be anything from 0.51 to 0.89 (nine times in ten)."
    )
    assert board([scored("many", n=20_000)]).option("many").caveats == ()


def test_draws_left_out_are_a_caveat():
    near = Candidate("near", {"precision": Measured(0.06, 50), "recall": Measured(0.6, 400)})
    ranked = board([near, scored("m")], draws=1024)
    assert 0.5 < ranked.option("near").feasible_share < 1
    assert any("left out" in caveat for caveat in ranked.option("near").caveats)
    assert sum(o.p_best for o in ranked.options) == pytest.approx(1)


def test_a_large_field_is_a_caveat():
    assert board([scored("m")]).caveat is None
    many = board([scored(f"m{i}", 0.2 + i / 100) for i in range(TEN)])
    assert many.caveat.startswith("The best of 10 candidates")


def test_what_another_beats_in_every_criterion_is_dominated():
    """Rows (net, people, experience), Pareto = first three."""
    rows = [(62.1, -10.8, 4.05), (50, -2, 1), (40, 0, 6), (39, -3, 1)]
    assert dominated(np.array(rows)).tolist() == [False, False, False, True]


def test_a_dearer_twin_is_dominated_and_equal_ones_are_not():
    ranked = board([scored("a"), scored("b"), scored("c", cost=1.0)])
    assert [ranked.option(n).is_dominated for n in ("a", "b", "c")] == [False, False, True]


def test_options_that_tie_share_the_best():
    exact = {"precision": Measured(0.25), "recall": Measured(0.6)}
    ranked = board(
        [Candidate("a", exact), Candidate("b", exact)], customer_value="180 to 400", acceptance=0.3
    )
    assert ranked.option("a").p_best == ranked.option("b").p_best
    assert ranked.option("a").p_best == pytest.approx(0.5, abs=0.005)


def test_errors_of_two_models_are_independent():
    """With an exact business only the metrics vary: twins' nets are then uncorrelated."""
    sure = {"customer_value": 200, "acceptance": 0.3}
    ranked = board([scored("a", n=60), scored("b", n=60)], draws=4096, **sure)
    one, two = ranked.option("a").net.samples, ranked.option("b").net.samples
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.05
    assert ranked.option("a").p_best == pytest.approx(0.5, abs=0.03)
    assert np.sort(one).mean() == pytest.approx(np.sort(two).mean(), rel=0.01)


def test_the_business_is_common_to_all():
    metrics = ({"precision": Measured(p), "recall": Measured(0.6)} for p in (0.25, 0.26))
    ranked = board(
        [Candidate(f"m{i}", m) for i, m in enumerate(metrics)],
        customer_value="180 to 400",
        acceptance=0.3,
    )
    assert ranked.option("m0").p_best == 0
    assert ranked.option("m1").p_best > 0.99
    nets = [ranked.option(name).net.samples for name in ("m0", "m1")]
    assert np.corrcoef(*nets)[0, 1] > 0.999


def test_another_candidate_changes_no_draw():
    few, more = board([scored("m")]), board([scored("another", 0.3), scored("m")])
    assert (few.option("m").net.samples == more.option("m").net.samples).all()


@pytest.mark.parametrize(("a", "b"), [(1, 1), (15, 985), (601, 401), (61, 2), (5001, 20_001)])
def test_own_draws_are_those_of_exact_inversion(a, b):
    exact = betaincinv(a, b, (np.arange(2048) + 0.5) / 2048)
    drawn = np.sort(own_draws(lambda p: betaincinv(a, b, p), 2048, np.random.default_rng(1)))
    assert np.abs(drawn - exact).max() < 1e-3 * exact.std()


def test_value_against_today_asks_what_today_does():
    today = {"precision_incumbent": "0.25", "recall_incumbent": "0.6"}
    told = leaderboard(
        M1, business(**today), [scored("m", n=40_000)], baseline="incumbent", draws=1024
    )
    assert told.baseline == "incumbent"
    assert told.option("m").net.mean == pytest.approx(0, abs=300)
    assert told.option("m").p_best + told.option(NONE).p_best == pytest.approx(1)
    with pytest.raises(NotFoundError):
        leaderboard(M1, business(), [scored("m")], baseline="tomorrow")


def test_a_fault_of_the_business_is_no_fault_of_a_candidate():
    without = {name: q for name, q in business().items() if name != "population"}
    with pytest.raises(InputError, match="needs population"):
        leaderboard(M1, without, [scored("m")])
    with pytest.raises(InputError, match="'popularity'"):
        board([scored("m")], popularity=1)


def test_without_candidates_there_is_only_none():
    ranked = board([])
    assert (ranked.best.name, ranked.best.p_best, ranked.best.expected_regret) == (NONE, 1.0, 0.0)


def test_names_are_unique():
    with pytest.raises(InputError, match="a name of its own; see m"):
        board([scored("m"), scored("m")])
    with pytest.raises(InputError, match="may be called 'none'"):
        board([scored(NONE)])
    with pytest.raises(InputError, match="needs a name"):
        Candidate(" ")


@pytest.mark.parametrize(
    "wrong",
    [(math.nan,), (0.5, 0), (0.5, 2.5), (0.5, True), (0.5, None, 0.0), (0.5, None, math.inf)],
)
def test_a_wrong_measurement_is_refused(wrong):
    with pytest.raises(InputError, match=r"value is|n is|standard_error is"):
        Measured(*wrong)


def test_a_cost_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="fixed_cost_annual is nan"):
        Candidate("m", {}, math.nan)


@settings(max_examples=25, deadline=None)
@given(fields())
def test_the_best_is_shared_out_and_regret_is_what_it_costs(candidates):
    ranked = board(candidates)
    assert sum(o.p_best for o in ranked.options) == pytest.approx(1)
    assert len(ranked.options) + len(ranked.unvalued) == len(candidates) + 1
    means = [o.net.mean for o in ranked.options]
    assert means == sorted(means, reverse=True)
    assert all(o.expected_regret >= 0 for o in ranked.options)
    for option in ranked.options:
        if option.feasible_share == 1:
            gap = ranked.option(NONE).expected_regret - option.expected_regret
            assert gap == pytest.approx(option.net.mean, rel=1e-9, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(fields(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_is_irrelevant(candidates, random):
    shuffled = list(candidates)
    random.shuffle(shuffled)
    for one, two in zip(board(candidates).options, board(shuffled).options, strict=True):
        assert (one.name, one.p_best, one.expected_regret) == (
            two.name,
            two.p_best,
            two.expected_regret,
        )
        assert (one.net.samples == two.net.samples).all()
        assert one.is_dominated == two.is_dominated


@settings(max_examples=15, deadline=None)
@given(fields(), st.floats(0.01, 1000))
def test_a_currency_scale_changes_only_money(candidates, scale):
    base = business()
    money = {"customer_value": f"{120 * scale!r} to {400 * scale!r}"}
    money |= {n: repr(float(base[n]) * scale) for n in ("incentive", "contact_cost")}
    scaled = [replace(c, fixed_cost_annual=c.fixed_cost_annual * scale) for c in candidates]
    one, two = board(candidates), board(scaled, **money)
    for option in one.options:
        same = two.option(option.name)
        assert same.p_best == pytest.approx(option.p_best)
        assert same.net.mean == pytest.approx(option.net.mean * scale, rel=1e-9)
        regret = option.expected_regret * scale
        assert same.expected_regret == pytest.approx(regret, rel=1e-9, abs=1e-9 * scale)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.2, 0.5), st.floats(0.01, 0.2))
def test_a_better_metric_never_stands_lower(precision, more):
    metrics = (
        {"precision": Measured(p), "recall": Measured(0.6)} for p in (precision, precision + more)
    )
    low, high = (Candidate(name, m) for name, m in zip(("low", "high"), metrics, strict=True))
    ranked = board([low, high])
    assert ranked.option("high").expected_regret <= ranked.option("low").expected_regret
    assert ranked.option("low").p_best <= ranked.option("high").p_best


def test_an_option_brings_only_what_is_its_own():
    common = Valuation(M1, business(), own=METRICS, draws=64)
    with pytest.raises(InputError, match="population"):
        common.worth({"precision": "0.25", "recall": "0.6", "population": "5"})
    with pytest.raises(InputError, match="EUR and USD"):
        Valuation(M1, business(incentive="10 EUR", contact_cost="1 USD"), own=METRICS)
