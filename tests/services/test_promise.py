"""The honest promise: the best of many candidates is not promised at what luck makes it look."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import norm

from mlpm_core.evaluation import Agreement, Candidate, Measured, leaderboard
from mlpm_core.evaluation.luck import correlation, correlations
from mlpm_core.evaluation.promise import FEWEST, merit
from mlpm_core.quantity import Dimension
from mlpm_core.records import Decision
from mlpm_core.services.admin.exports import decisions_table, options_table
from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.decisions import decide, decisions
from mlpm_core.services.evaluate.views import thawed
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.value.decision import Option as Among
from mlpm_core.value.decision import decide as decide_among
from mlpm_core.value.mechanism import find_mechanism
from tests.monitored_shop import CASE, NET_PER_POINT, QUANTITIES, SHOP, planned, save
from tests.promise_boards import EXAMPLES as GOLDEN
from tests.promise_boards import simulate
from tests.stores import copied

EXAMPLES = json.loads(GOLDEN.read_text("utf-8"))["examples"]
M4 = find_mechanism("M4")
STOCK = {name: text for name, text in QUANTITIES.items() if name != "wape_model"}
ERRORS = (0.230, 0.235, 0.238, 0.241, 0.244, 0.247, 0.250, 0.262)


@pytest.fixture
def workspace(tmp_path, empty_folder):
    opened = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield opened
    opened.close()


def forecasts(errors, se=0.01):
    return [
        Candidate(f"c{i}", {"wape": Measured(e, standard_error=se)}) for i, e in enumerate(errors)
    ]


@pytest.mark.parametrize(
    ("k", "boards", "is_common"), [(10, 24, False), (10, 24, True), (40, 6, False)]
)
def test_the_best_of_many_is_worth_what_is_promised(k, boards, is_common):
    """Fixed seed; as measured the winner is 7 to 14 % too high and mostly below its P10."""
    result = simulate(k, 500, 0.02, boards, is_common=is_common, draws=256)
    assert abs(result.bias) < 0.045
    assert result.measured_bias > 0.05
    assert result.below <= 0.3
    assert result.gain > -0.02


def test_the_correction_is_normal_normal_shrinkage():
    """Eight errors of one spread: each lead is kept by t^2 / (t^2 + v) at the likeliest t, by hand.

    Independent errors of equal variance have the mean of all as their centre. The share of luck has
    the density of Beta(5, 1) and the likelihood of 7 degrees of freedom: (8 + 7) / S of the sum S
    of squared leads over v. Here the errors are known to half of .01, so that S is above 15.
    """
    shown = leaderboard(M4, STOCK, forecasts(ERRORS, se=0.005))
    nets = NET_PER_POINT * (0.3 - np.array(ERRORS))
    variance = (NET_PER_POINT * 0.005) ** 2
    kept = 1 - 15 / (np.square(nets - nets.mean()).sum() / variance)
    assert 0.3 < kept < 0.6
    for i, net in enumerate(nets):
        option = shown.option(f"c{i}")
        expected = nets.mean() + kept * (net - nets.mean())
        assert option.net.mean == pytest.approx(expected, abs=0.02 * np.sqrt(variance))
        assert option.measured.mean == pytest.approx(net, abs=0.01 * np.sqrt(variance))
        money = option.kpis[Dimension.REVENUE].samples + option.kpis[Dimension.COST_SAVING].samples
        assert money == pytest.approx(option.net.samples)
    assert shown.is_corrected
    assert [o.name for o in shown.options][:8] == [f"c{i}" for i in range(8)]


def test_what_is_to_be_found_out_is_asked_of_the_corrected_candidates():
    """Its metrics, as corrected, give the corrected nets; as measured they would say too much."""
    shown = leaderboard(M4, STOCK, forecasts(ERRORS))
    named = [f"c{i}" for i in range(len(ERRORS))]
    fair, raw = (
        decide_among(
            M4, STOCK, [Among("none"), *(Among(n, {"wape_model": text(n)}) for n in named)]
        )
        for text in (
            lambda name: shown.option(name).metrics["wape_model"],
            lambda name: f"normal({ERRORS[int(name[1:])]}, 0.01)",
        )
    )
    for name in named:
        net = shown.option(name).net
        assert fair.means[name] == pytest.approx(net.mean, abs=0.05 * NET_PER_POINT * 0.01)
    told = shown.best.expected_regret
    assert fair.evpi == pytest.approx(told, rel=0.15)
    assert raw.evpi > 1.5 * told


def test_shares_are_corrected_as_shares():
    """Recall of four, precision of three: the first stays within 0 and 1, the other as measured."""
    m1 = find_mechanism("M1")
    business = {n: str(v) for n, v in EXAMPLES["M1"]["inputs"].items()}
    models = [
        Candidate(f"c{i}", {"recall": Measured(r, n=20), "precision": Measured(0.4, n=50)})
        for i, r in enumerate((0.9, 0.95, 1.0, 0.85))
    ]
    shown = leaderboard(m1, business, models)
    for candidate in models:
        text = shown.option(candidate.name).metrics["recall"]
        assert text.startswith("beta(")
        recall = m1.input("recall").read(text)
        assert 0.85 < recall.quantile(np.array(0.5)) < 1


def test_what_is_far_apart_or_exact_keeps_its_lead():
    apart = leaderboard(M4, STOCK, forecasts(ERRORS, se=1e-5))
    exact = leaderboard(
        M4, STOCK, [Candidate(f"c{i}", {"wape": Measured(e)}) for i, e in enumerate(ERRORS)]
    )
    for i, error in enumerate(ERRORS):
        net = NET_PER_POINT * (0.3 - error)
        assert apart.option(f"c{i}").net.mean == pytest.approx(net, rel=1e-3)
        assert exact.option(f"c{i}").net.mean == pytest.approx(net, rel=1e-6)
    assert (apart.is_corrected, exact.is_corrected) == (True, False)


def test_few_candidates_cannot_tell_luck_from_merit_and_it_is_said():
    few = leaderboard(M4, STOCK, forecasts(ERRORS[: FEWEST - 1]))
    assert not few.is_corrected
    assert all(o.net.mean == o.measured.mean for o in few.options)
    assert "too few to tell luck from merit" in few.caveat
    assert merit(np.zeros(3), np.ones((3, 8))) is None
    many = leaderboard(M4, STOCK, forecasts(ERRORS))
    assert many.caveat.startswith("The best of 8 candidates looks better than it is")


def test_what_is_measured_worse_is_drawn_further_towards_the_others():
    """Two share the lowest error; the one known to .03 keeps less of its lead than that to .005."""
    shown = leaderboard(
        M4,
        STOCK,
        [
            *forecasts(ERRORS),
            Candidate("sure", {"wape": Measured(0.225, standard_error=0.005)}),
            Candidate("unsure", {"wape": Measured(0.225, standard_error=0.03)}),
        ],
    )
    sure, unsure = shown.option("sure"), shown.option("unsure")
    assert sure.measured.mean == pytest.approx(unsure.measured.mean, rel=0.01)
    assert sure.net.mean > 1.02 * unsure.net.mean
    assert shown.best.name == "sure"
    assert not sure.is_dominated
    assert unsure.is_dominated


@pytest.mark.parametrize(
    ("ahead", "rho", "chance"), [(0.0091, 0.0, 0.74), (0.0091, 0.883, 0.97), (0.004, 0.5, 0.656)]
)
def test_the_same_cases_tell_two_candidates_apart(ahead, rho, chance):
    """P(best) = Phi(lead / (s sqrt(2 (1 - rho)))): .74 taken as independent, .97 paired."""
    pair = forecasts((0.24, 0.24 + ahead))
    agreements = [Agreement("c0", "c1", "wape", rho)] if rho else []
    shown = leaderboard(M4, STOCK, pair, agreements=agreements)
    expected = norm.cdf(ahead / (0.01 * np.sqrt(2 * (1 - rho))))
    assert expected == pytest.approx(chance, abs=0.005)
    assert shown.option("c0").p_best == pytest.approx(expected, abs=0.01)
    assert ("taken as independent" in (shown.caveat or "")) == (not rho)


@pytest.mark.parametrize(
    ("one", "two", "alike"), [(0.6, 0.6, 0.8), (0.9, 0.85, 0.5), (0.05, 0.1, 0.9)]
)
def test_agreement_is_the_correlation_of_hits(one, two, alike):
    """Hits of two models drawn together on 400,000 cases: the formula is their correlation."""
    rng = np.random.default_rng(3)
    common, own = rng.normal(size=400_000), rng.normal(size=(2, 400_000))
    z = np.sqrt(alike) * common + np.sqrt(1 - alike) * own
    a, b = z[0] < norm.ppf(one), z[1] < norm.ppf(two)
    found = correlation(float((a == b).mean()), float(a.mean()), float(b.mean()))
    assert found == pytest.approx(np.corrcoef(a, b)[0, 1], abs=1e-6)


def test_candidates_compared_through_another_err_alike_too():
    matrix = correlations("abcd", {("a", "b"): 0.8, ("c", "a"): 0.6})
    assert matrix[1, 2] == pytest.approx(0.7)
    assert matrix[3].tolist() == [0, 0, 0, 1]
    torn = correlations("abc", {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9})
    assert np.linalg.eigvalsh(torn).min() > -1e-9
    assert np.diag(torn) == pytest.approx(1)


def stored(workspace, **of_second):
    planned(workspace, "2025-07-15")
    rows = [
        {"value_case_id": CASE, "candidate": f"c{i}", "metric": "wape", "value": e,
         "value_se": 0.01, "test_set": "spring"}
        for i, e in enumerate(ERRORS)
    ]  # fmt: skip
    rows[1] |= of_second
    save(workspace, "evaluations", *rows)


def test_a_decision_freezes_both_and_promises_the_corrected_one(workspace):
    stored(workspace)
    board = candidates(workspace, SHOP, CASE)
    best = board.best
    assert board.is_corrected
    assert best.net.mean < 0.99 * best.measured.mean
    decide(
        workspace.acting_as("ada"), SHOP, CASE, chosen="c0", title="t", why="w", decided_by="ada"
    )
    (decision,) = decisions(workspace, SHOP)
    assert (decision.promised, decision.measured) == (best.net, best.measured)
    assert not decision.is_before_correction
    (row,) = decisions_table(workspace, SHOP)
    assert row["promised"] == best.net.mean
    assert row["promised_as_measured"] == best.measured.mean
    kept = {r["option"]: r for r in options_table(workspace, SHOP)}
    assert kept["c0"]["net"] < kept["c0"]["measured"]


def test_evidence_of_before_stays_and_says_so(workspace):
    """Options kept before nets were corrected have no measured net of their own."""
    stored(workspace)
    decide(
        workspace.acting_as("ada"), SHOP, CASE, chosen="c0", title="t", why="w", decided_by="ada"
    )
    with workspace.store.reader() as reader:
        (row,) = reader.table(Decision, SHOP)
    option = json.loads(workspace.ledger.raw(row["evidence"]))["options"][0]
    for later in ("measured", "fixed_cost"):
        option.pop(later)
    for metric in option["metrics"]:
        metric.pop("written")
    (old,) = thawed(json.dumps({"options": [option]}))
    assert old.measured is None
    assert old.net.mean == option["net"]["mean"]


def test_agreement_in_a_file_pairs_two_candidates(workspace):
    stored(workspace, compared_with="c0", agreement=0.95)
    paired = candidates(workspace, SHOP, CASE)
    assert "taken as independent" not in paired.caveat
    save(workspace, "evaluations", {"value_case_id": CASE, "candidate": "c1", "metric": "wape",
         "value": ERRORS[1], "value_se": 0.01, "test_set": "spring"})  # fmt: skip
    apart = candidates(workspace, SHOP, CASE)
    assert "taken as independent" in apart.caveat
    (c0,) = (o for o in paired.options if o.name == "c0")
    (alone,) = (o for o in apart.options if o.name == "c0")
    assert c0.p_best != alone.p_best
