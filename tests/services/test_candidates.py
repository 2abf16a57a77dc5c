"""Candidates of a value case are valued side by side; a decision keeps what it rested on."""

from __future__ import annotations

import json
from datetime import date

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.records import Status
from mlpm_core.services.evaluate import candidates as evaluations
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.evaluate.funnel import Funnel, funnel
from mlpm_core.services.evaluate.rebuildable import rebuild_of
from mlpm_core.services.evaluate.views import LeaderboardView
from mlpm_core.services.ingest import batches, imports, registers
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.plan.checks import checks
from tests.meeting import CASE, GOOD, HEAD, WINBACK, before_the_meeting


@pytest.fixture
def shop(filled):
    return filled(before_the_meeting)


def upload(workspace, rows, name="more.csv"):
    data = (HEAD + rows).encode()
    return imports.import_file(workspace.acting_as("ada"), WINBACK, "evaluations", name, data)


def board(workspace):
    return evaluations.candidates(workspace, WINBACK, CASE)


def scores(option):
    return {m.name: m.value for m in option.metrics}


def test_the_better_metric_is_worth_less_in_story_3(shop):
    view = board(shop)
    assert [o.name for o in view.options] == ["champion-1.0", "challenger-1.1", "none"]
    best, second, none = view.options
    assert scores(second)["roc_auc"] > scores(best)["roc_auc"]
    assert best.net.mean > second.net.mean > none.net.mean == 0
    assert best.net.p10 < best.net.mean < best.net.p90
    assert sum(o.p_best for o in view.options) == pytest.approx(1)
    assert best.net.unit == "EUR/year"
    assert view.test_sets == ("members-2025",)
    assert not view.is_empty


def test_a_candidate_without_an_operating_point_has_a_reason_instead_of_a_value(shop):
    upload(shop, f"{CASE},forest,roc_auc,0.9,4000,,\n")
    ((name, reason),) = board(shop).unvalued
    assert name == "forest"
    assert "no operating point" in reason


def test_the_newest_test_set_counts_and_sets_are_never_mixed(shop):
    upload(
        shop,
        f"{CASE},champion-1.0,precision,0.9,100,old,2020-01-01\n"
        f"{CASE},challenger-1.1,precision,0.5,100,new,2026-06-20\n",
    )
    view = board(shop)
    champion = next(o for o in view.options if o.name == "champion-1.0")
    assert scores(champion)["precision"] < 0.5
    ((name, reason),) = view.unvalued  # recall was not measured on the new set
    assert name == "challenger-1.1"
    assert "recall" in reason
    assert "different test sets" in (view.caveat or "")


def test_nothing_measured_is_an_empty_board_and_missing_quantities_are_a_sentence(shop):
    registers.save(
        shop.acting_as("ada"), WINBACK, "value_cases",
        [{"value_case_id": "other", "mechanism": "targeted_intervention"}],
    )  # fmt: skip
    assert evaluations.candidates(shop, WINBACK, "other").is_empty
    upload(shop, "other,a,precision,0.3,100,,\nother,a,recall,0.5,100,,\n")
    view = evaluations.candidates(shop, WINBACK, "other")
    assert not view.options
    assert not view.is_empty
    assert "population" in (view.problem or "").lower()
    with pytest.raises(NotFoundError):
        evaluations.candidates(shop, WINBACK, "nothing")


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"{CASE},a,recall,1.2,10,,", "value", "out-of-range"),
        (f"{CASE},a,recall,0.2,0,,", "n", "out-of-range"),
        (f"{CASE},none,recall,0.2,10,,", "candidate", "missing-value"),
        ("nowhere,a,recall,0.2,10,,", "value_case_id", "unknown-reference"),
    ],
)
def test_a_row_that_cannot_be_is_refused(shop, row, column, code):
    receipt = upload(shop, row + "\n")
    assert receipt.status is Status.REJECTED
    assert [(r.column, r.code) for r in receipt.rejects] == [(column, code)]


def test_metrics_are_known_by_their_other_names_and_unknown_ones_are_told(shop):
    receipt = upload(shop, f"{CASE},a,AUC,0.8,10,,\n{CASE},a,sparkle,3,10,,\n")
    assert receipt.status is Status.COMMITTED
    assert [w.code for w in receipt.warnings] == ["unknown-metric"]
    rows = registers.records(shop, WINBACK, "evaluations")
    assert {r["metric"] for r in rows if r["candidate"] == "a"} == {"roc_auc", "sparkle"}


def test_a_decision_keeps_the_options_as_they_stood(shop):
    then = board(shop).best
    receipt = decisions.decide(
        shop.acting_as("ada"), WINBACK, CASE, **GOOD, review_on=date(2026, 9, 30)
    )
    assert receipt.status is Status.COMMITTED
    registers.save(
        shop.acting_as("ada"), WINBACK, "quantities",
        [{"value_case_id": CASE, "name": "customer_value", "written": "1"}],
    )  # fmt: skip
    assert board(shop).best.name == "none"
    (decision,) = decisions.decisions(shop, WINBACK)
    assert decision.promised == then.net
    assert decision.options[0] == then
    assert decision.realised is None
    assert (decision.decided_on, decision.is_review_due) == (date(2026, 6, 30), False)
    (row,) = registers.records(shop, WINBACK, "decisions")
    evidence = json.loads(shop.ledger.raw(row["evidence"]))
    assert evidence["quantities"]["customer_value"] == "120 to 400"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"chosen": "nobody"}, "not one of the options"),
        ({"why": " "}, "why"),
        ({"title": ""}, "the decision in one line"),
        ({"decided_by": ""}, "who decided"),
        ({"review_on": date(2026, 6, 30)}, "not after the day of the decision"),
    ],
)
def test_a_decision_says_what_why_who_and_when(shop, wrong, told):
    with pytest.raises(InputError, match=told):
        decisions.decide(shop.acting_as("ada"), WINBACK, CASE, **(GOOD | wrong))
    assert registers.records(shop, WINBACK, "decisions") == []


def test_a_decision_outlives_its_value_case(shop):
    decisions.decide(shop.acting_as("ada"), WINBACK, CASE, **GOOD)
    for row in batches.receipts(shop, WINBACK):  # the newest first
        if row["kind"] in ("models", "projects", "decisions", "value_cases"):
            continue
        undoing.undo(shop.acting_as("ada"), WINBACK, row["batch"])
    (batch,) = [r["batch"] for r in batches.receipts(shop, WINBACK) if r["kind"] == "value_cases"]
    undone = undoing.undo(shop.acting_as("ada"), WINBACK, batch)
    assert "Decision D001" in next(w.message for w in undone.warnings if w.code == "decided-on")
    (decision,) = decisions.decisions(shop, WINBACK)
    assert (decision.case_title, decision.realised) == (CASE, None)
    assert decision.promised is not None


def test_how_far_candidates_came_is_counted_from_measured_to_in_use(shop):
    upload(shop, f"{CASE},forest,roc_auc,0.9,4000,,\n")
    before = funnel(board(shop), decisions.decisions(shop, WINBACK))
    assert (before.measured, before.valued, before.chosen) == (3, 2, 0)
    assert before.deployed == 0
    rows = {
        "models": {"model_id": "letters"},
        "deployments": {
            "deployment_id": "d", "model_id": "letters", "model_version": "champion-1.0",
            "value_case_id": CASE, "from_on": "2026-06-22",
        },
    }  # fmt: skip
    for kind, row in rows.items():
        registers.save(shop.acting_as("ada"), WINBACK, kind, [row])
    decisions.decide(shop.acting_as("ada"), WINBACK, CASE, **GOOD)
    after = funnel(board(shop), decisions.decisions(shop, WINBACK))
    assert (after.measured, after.chosen, after.deployed) == (3, 1, 1)


def test_without_a_candidate_nothing_is_counted_as_one():
    empty = LeaderboardView("v", "V", "EUR", "today")
    assert funnel(empty, []) == Funnel(0, 0, 0, 0, 0)


def test_the_rebuild_score_is_that_of_the_model_a_candidate_is_called_after(shop):
    registers.save(shop.acting_as("ada"), WINBACK, "models", [{"model_id": "letters"}])
    model = {"artefact_type": "model", "made_from": "d", "model_id": "letters"}
    registers.save(
        shop.acting_as("ada"), WINBACK, "artefacts",
        [model | {"artefact_id": "a", "model_version": "champion-1.0"},
         {"artefact_id": "forest", "artefact_type": "dataset"}],
    )  # fmt: skip
    view = checks(shop, WINBACK)
    assert rebuild_of(view, "champion-1.0").artefact_id == "a"
    assert rebuild_of(view, "letters champion-1.0").artefact_id == "a"
    assert rebuild_of(view, "a").artefact_id == "a"
    assert rebuild_of(view, "challenger-1.1") is None
    assert rebuild_of(view, "forest") is None
