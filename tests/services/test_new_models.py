"""A model's name typed wrong is asked about, never a model by itself."""

from __future__ import annotations

import pytest

from mlpm_core.intake import Profile, diff
from mlpm_core.records import Status
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.services.test_imports import put

COST = "model_id,period_start,period_end,cost_type,amount\n{},2026-01-01,2026-01-31,inference,10\n"
INCIDENT = "incident_id,model_id,title,started_at\ni1,{},Late,2026-01-02\n"
RESULT = "model_id,metric,period_start,value\n{},recall,2026-01-05,0.5\n"
PREDICTION = "prediction_id,ts,model_id,y_pred\np1,2026-01-05T00:00:00Z,{},1\n"
BY_KIND = {
    "cost_log": COST, "incident_log": INCIDENT, "metric_results": RESULT,
    "prediction_log": PREDICTION,
}  # fmt: skip


def models(workspace):
    return [m["model_id"] for m in registers.records(workspace, "shop", "models")]


@pytest.fixture
def shop(workspace):
    """A project with one model."""
    assert put(workspace, "model_id\ndemand-forecast\n", kind="models").status == "committed"
    return workspace


@pytest.mark.parametrize("kind", BY_KIND)
@pytest.mark.parametrize("name", ["demand-forcast", "demnad-forecast", "demand-forecastt"])
def test_a_slip_is_asked_about_whatever_the_kind(shop, kind, name):
    text = BY_KIND[kind].format(name)
    asked = put(shop, text, kind=kind)
    assert asked.status is Status.ASKED
    (question,) = asked.questions
    assert (question.code, question.key) == ("new-model", "new_model")
    assert f"{name} (did you mean demand-forecast?)" in question.message
    assert question.choices == ["new", "stored"]
    assert models(shop) == ["demand-forecast"]


@pytest.mark.parametrize(("answer", "listed"), [
    ("stored", ["demand-forecast"]), ("new", ["demand-forcast", "demand-forecast"]),
])  # fmt: skip
@pytest.mark.parametrize("kind", BY_KIND)
def test_the_answer_settles_it(shop, kind, answer, listed):
    text = BY_KIND[kind].format("demand-forcast")
    receipt = put(shop, text, kind=kind, profile=Profile().answered("new_model", answer))
    assert receipt.status is Status.COMMITTED
    assert models(shop) == listed
    (row,) = registers.records(shop, "shop", kind)
    assert row["model_id"] == ("demand-forecast" if answer == "stored" else "demand-forcast")


@pytest.mark.parametrize("kind", ["cost_log", "incident_log"])
def test_where_a_model_must_exist_every_new_name_is_asked_about(shop, kind):
    asked = put(shop, BY_KIND[kind].format("chat-assistant"), kind=kind)
    (question,) = asked.questions
    assert question.choices == ["new"]
    assert "chat-assistant" in question.message
    assert "did you mean" not in question.message


@pytest.mark.parametrize("kind", ["metric_results", "prediction_log"])
def test_the_first_results_of_a_model_register_it_with_a_note(shop, kind):
    receipt = put(shop, BY_KIND[kind].format("chat-assistant"), kind=kind)
    assert receipt.status is Status.COMMITTED
    assert "new-model" in {w.code for w in receipt.warnings}
    assert models(shop) == ["chat-assistant", "demand-forecast"]


@pytest.mark.parametrize("kind", BY_KIND)
def test_a_project_without_models_has_nothing_to_mistake(workspace, kind):
    assert put(workspace, BY_KIND[kind].format("demand-forcast"), kind=kind).status == "committed"


def test_all_names_of_a_file_are_asked_about_at_once_and_none_the_next_time(shop):
    text = COST.format("demand-forcast") + COST.format("other").split("\n")[1] + "\n"
    (question,) = put(shop, text, kind="cost_log").questions
    assert "demand-forcast" in question.message
    assert "other" in question.message
    assert question.choices == ["new"]
    agreed = Profile(new_model="new")
    assert put(shop, text, kind="cost_log", profile=agreed).status is Status.COMMITTED
    another = COST.format("third").replace("10", "11")
    assert put(shop, another, kind="cost_log").status is Status.ASKED  # agreed to for one file only


def test_kinds_that_refer_to_models_refuse_an_unknown_one_and_name_the_nearest(shop):
    receipt = put(
        shop, "value_case_id,mechanism,model_id\nv,triage_automation,demand-forcast\n",
        kind="value_cases",
    )  # fmt: skip
    assert receipt.rejects[0].code == "unknown-reference"
    assert "did you mean demand-forecast?" in receipt.rejects[0].message


def test_a_form_registers_a_model_only_when_it_says_that_it_is_new(shop):
    row = {
        "model_id": "demand-forcast", "period_start": "2026-01-01", "period_end": "2026-01-31",
        "cost_type": "inference", "amount": 10,
    }  # fmt: skip
    asked = registers.save(shop.acting_as("ada"), "shop", "cost_log", [row])
    assert {q.code for q in asked.questions} == {"new-model"}
    alike = registers.save(
        shop.acting_as("ada"), "shop", "cost_log", [row | {"model_id": "DemandForecast"}]
    )
    assert {q.code for q in alike.questions} == {"look-alike"}
    assert models(shop) == ["demand-forecast"]
    done = registers.save(shop.acting_as("ada"), "shop", "cost_log", [row], is_new_model=True)
    assert done.status is Status.COMMITTED
    assert models(shop) == ["demand-forcast", "demand-forecast"]


def test_a_file_of_before_it_was_asked_about_is_stored_again_as_it_was(tmp_path, monkeypatch):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    put(workspace, "model_id\ndemand-forecast\n", kind="models")
    with monkeypatch.context() as before:
        before.setattr(diff, "_new_models_agreed", lambda rows, *_: (rows, []))
        for kind, text in BY_KIND.items():
            put(workspace, text.format("demand-forcast"), kind=kind)
    put(workspace, INCIDENT.format("demand-forcst"), kind="incident_log",
        profile=Profile(new_model="stored", restatement="confirm"))  # fmt: skip
    was = models(workspace), registers.records(workspace, "shop", "incident_log")
    workspace.close()
    (tmp_path / "mlpm.duckdb").unlink()
    again = open_recovered(Settings(data=tmp_path, demo=False))
    assert (models(again), registers.records(again, "shop", "incident_log")) == was
    assert all(check.ok for check in again.checks())
    again.close()
