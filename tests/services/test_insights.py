"""A value case as a choice: what pays, what to find out, what changed; on the demo's cases."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.services.admin import demo
from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.insights import USE, among, between, change, insight, studied
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.estimates import of_case, project_estimates
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value
from mlpm_core.services.valuation.value_rates import value_rates

WINBACK, LETTER = "bike-shop-winback", "voucher-letter"
WORKSHOP, TRIAGE = "bike-shop-workshop", "request-triage"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A store with two projects of the demo: one planned, one in life."""
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("store"), demo=False))
    for project, kind, path in demo.files():
        if project in (WINBACK, WORKSHOP) and kind != "prediction_log":
            imports.import_file(
                workspace.acting_as("demo"), project, kind, path.name, path.read_bytes()
            )
    yield workspace
    workspace.close()


def seen(workspace, project=WINBACK, value_case_id=LETTER, **changes):
    case = case_value(workspace, project, value_case_id, changes=changes)
    return case, insight(case, of_case(project_estimates(workspace, project), case))


def test_a_case_with_an_estimate_is_a_choice_over_its_horizon(shop):
    case, found = seen(shop)
    assert found.cost_from.startswith("the estimate ")
    assert found.horizon_years == 3
    assert found.decision.best == USE
    assert found.decision.means[USE] == pytest.approx(found.pays.npv.mean)
    assert found.decision.evpi == pytest.approx(np.maximum(-found.pays.npv.samples, 0).mean())
    values = [a.learned.value for a in found.advice]
    assert values == sorted(values, reverse=True)
    assert 0 < values[0] <= found.decision.evpi
    assert found.advice[0].label == "Whether a usable model comes out"
    assert found.advice[0].study is None
    labels = {a.label for a in found.advice}
    assert not labels & set(found.silent)
    assert labels | set(found.silent) == {entry.label for entry in found.decision.inputs.values()}
    assert case.benefit_answers == {}


def test_a_study_tells_most_of_what_knowing_is_worth_and_no_more(shop):
    _, found = seen(shop)
    sampled = [a for a in found.advice if a.study]
    assert sampled
    for advice in sampled:
        assert 0.8 * advice.learned.value <= advice.study_worth.value <= advice.learned.value
        assert advice.most_per_case * advice.study.n == pytest.approx(advice.study_worth.value)
        assert advice.how == advice.study.name


def test_the_best_study_depends_on_what_a_case_costs(shop):
    case, found = seen(shop)
    key = next(a.key for a in found.advice if a.study)
    cheap, dear = (studied(found.decision, case.mechanism, key, cost) for cost in (0.01, 5.0))
    assert cheap[0].n > dear[0].n
    assert dear[1].value > dear[0].cost == dear[0].n * 5
    assert studied(found.decision, case.mechanism, key, 1e6) is None


def test_what_is_written_in_the_case_comes_before_the_estimate(shop):
    _, by_estimate = seen(shop)
    _, found = seen(shop, build_cost="10k to 15k", horizon_years="5", ramp_first_year="0.5")
    assert found.cost_from == "the value case"
    assert found.horizon_years == 5
    assert 10_000 < found.pays.build_cost.mean < 15_000
    assert found.pays.years[0].benefit.mean == pytest.approx(
        0.5 * found.pays.years[2].benefit.mean, rel=1e-6
    )
    assert by_estimate.horizon_years == 3


def test_an_answer_that_cannot_be_read_is_a_sentence_and_the_rest_stays(shop):
    _, found = seen(shop, build_cost="cheap")
    assert "build_cost: 'cheap'" in found.problem
    assert found.pays is None
    assert found.decision.means[USE] > 0


def test_without_a_cost_the_choice_is_about_a_year(shop):
    case, found = seen(shop, WORKSHOP, TRIAGE)
    assert found.pays is None
    assert found.horizon_years is None
    assert found.decision.means[USE] == pytest.approx(case.current.net.mean)
    assert found.advice == ()
    assert found.swings[0].size >= found.swings[-1].size


def test_a_case_that_is_as_likely_a_loss_is_worth_a_question(shop):
    _, sure = seen(shop, WORKSHOP, TRIAGE)
    _, torn = seen(shop, WORKSHOP, TRIAGE, run_cost_per_case="0.5 to 2")
    assert torn.decision.evpi > 100 * sure.decision.evpi
    assert torn.advice


def test_a_case_without_a_value_is_no_choice(shop):
    case, found = seen(shop, customer_value="many")
    assert case.planned is None
    assert found is None


def test_the_way_from_the_plan_to_today_adds_up(shop):
    case, _ = seen(shop, WORKSHOP, TRIAGE)
    told = change(case)
    assert told.problem is None
    assert told.bridge.before == pytest.approx(case.planned.net.mean)
    assert told.bridge.after == pytest.approx(case.current.net.mean)
    assert sum(p.change for p in told.bridge.parts) == pytest.approx(told.bridge.change, rel=1e-9)
    assert {p.cause for p in told.bridge.parts} == {"coverage", "selective_error"}
    planned, _ = seen(shop)
    assert "no monitoring results" in change(planned).problem


@pytest.mark.parametrize(
    ("name", "written", "sentence"),
    [
        ("build_cost", "about 5", "cannot be read"),
        ("horizon_years", "2 to 4", "whole number of years"),
        ("decay", "2", "not between 0 and 1"),
        ("payback", "1", "no input of targeted_intervention 'payback'"),
    ],
)
def test_a_wrong_answer_is_refused_when_it_is_saved(shop, name, written, sentence):
    row = {"value_case_id": LETTER, "name": name, "written": written}
    receipt = registers.save(shop.acting_as("ada"), WINBACK, "quantities", [row])
    assert receipt.status == "rejected"
    assert sentence in receipt.rejects[0].message


def test_an_answer_is_kept_like_every_quantity(shop):
    rows = [
        {"value_case_id": LETTER, "name": "build_cost", "written": "8k to 12k", "source": "offer"},
        {"value_case_id": LETTER, "name": "decay", "written": "0.1"},
    ]
    receipt = registers.save(shop.acting_as("ada"), WINBACK, "quantities", rows)
    assert receipt.status == "committed"
    case, found = seen(shop)
    assert case.benefit_answers == {"build_cost": "8k to 12k", "decay": "0.1"}
    assert next(i for i in case.realisation if i.name == "build_cost").source == "offer"
    assert found.cost_from == "the value case"
    undoing.undo(shop.acting_as("ada"), WINBACK, receipt.batch)
    assert seen(shop)[0].benefit_answers == {}


def test_before_candidates_are_chosen_it_is_told_what_to_find_out(shop):
    """The values of knowing are those of the board's options; names may hold dots."""
    case, _ = seen(shop)
    board = candidates(shop, WINBACK, LETTER)
    advice = among(case, board)
    assert advice
    assert advice[0].learned.value < 1.1 * board.best.expected_regret
    labels = [a.label for a in advice]
    assert len(set(labels)) == len(labels)
    assert among(case, candidates(shop, WORKSHOP, TRIAGE)) == ()


def test_the_way_between_any_two_periods_adds_up(shop):
    case, _ = seen(shop, WORKSHOP, TRIAGE)
    points = value_rates(shop, WORKSHOP, TRIAGE, "P1W")
    best, last = max(points, key=lambda p: p.rate), points[-1]
    told = between(case, best, last).bridge
    assert sum(p.change for p in told.parts) == pytest.approx(told.change, rel=1e-9)
    assert told.change < 0
    assert {p.cause for p in told.parts} <= {"coverage", "selective_error"}
    back = between(case, last, best).bridge
    assert back.change == pytest.approx(-told.change, rel=1e-9)
    assert between(case, last, last).bridge.parts == ()
