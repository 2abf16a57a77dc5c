"""What an undo takes away, what it brings back, and what it must not leave in the air."""

import pytest

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.records import Deployment, MetricResult, Model, Project, Status
from mlpm_core.services.admin import backups
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.monitored_shop import SHOP, in_use, planned, save
from tests.services.test_imports import HEADER, put, state, stored, values

JANUARY = HEADER + "m1,recall,2024-01-01,0.8,\nm1,recall,2024-01-09,0.7,\n"
BOTH = JANUARY + "m1,recall,2024-02-05,0.6,\n"
CONFIRMED = Profile(restatement="confirm")


def codes(receipt):
    return {w.code: w.rows for w in receipt.warnings}


def test_what_a_later_file_told_again_outlives_the_undo_of_the_first(workspace):
    first, second = put(workspace, JANUARY), put(workspace, BOTH)
    assert (second.new, second.identical, second.stored) == (1, 2, 3)
    undone = undoing.undo(workspace.acting_as("ben"), "shop", first.batch)
    assert codes(undone) == {"replaced-later": 2}
    assert len(values(workspace)) == 3
    assert all(c.ok for c in backups.verify(workspace))
    undone = undoing.undo(workspace.acting_as("ben"), "shop", second.batch)
    assert codes(undone) == {"stops-counting": 3}
    assert values(workspace) == {}


def test_models_and_project_stay_registered_while_another_batch_names_them(workspace):
    first = put(workspace, JANUARY)
    put(workspace, HEADER + "m1,recall,2024-03-04,0.5,\n")
    undoing.undo(workspace.acting_as("ben"), "shop", first.batch)
    assert [m["model_id"] for m in stored(workspace, Model)] == ["m1"]
    assert workspace.project("shop").title == "shop"
    assert values(workspace) == {("m1", "2024-03-04"): 0.5}


def test_details_of_a_model_that_others_use_go_but_its_name_stays(workspace):
    put(workspace, JANUARY)
    described = put(workspace, "model_id,owner\nm1,Ida\nm2,Ben\n", kind="models",
                    profile=CONFIRMED)  # fmt: skip
    receipt = undoing.undo(workspace.acting_as("ben"), "shop", described.batch, dry_run=True)
    assert codes(receipt) == {"stops-counting": 1, "holds-again": 1}  # m1 was registered before
    undoing.undo(workspace.acting_as("ben"), "shop", "B00001")
    put(workspace, HEADER + "m2,recall,2024-02-05,0.6,\n")
    receipt = undoing.undo(workspace.acting_as("ben"), "shop", described.batch)
    assert codes(receipt) == {"stops-counting": 1, "stays-registered": 1}
    assert [(m["model_id"], m["owner"]) for m in stored(workspace, Model)] == [("m2", "")]


def test_undoing_the_newest_first_leaves_nothing(workspace):
    made = [put(workspace, JANUARY), put(workspace, BOTH)]
    for receipt in reversed(made):
        undoing.undo(workspace.acting_as("ben"), "shop", receipt.batch)
    assert stored(workspace, Model) == stored(workspace, Project) == stored(workspace) == []


def test_an_undo_that_registers_again_is_replayed_to_the_letter(tmp_path):
    settings = Settings(data=tmp_path, demo=False)
    workspace = open_recovered(settings)
    first = put(workspace, JANUARY)
    put(workspace, BOTH)
    put(workspace, HEADER + "m1,recall,2024-02-05,0.1,\n", profile=CONFIRMED)
    undoing.undo(workspace.acting_as("ben"), "shop", first.batch)
    was = values(workspace), stored(workspace, Model), batches.receipts(workspace, "shop")
    workspace.close()
    (tmp_path / "mlpm.duckdb").unlink()
    again = open_recovered(settings)
    now = values(again), stored(again, Model), batches.receipts(again, "shop")
    assert now == was
    assert all(c.ok for c in (*again.checks(), *backups.verify(again)))
    again.close()


def test_an_undo_says_what_it_will_do_before_it_does_it(workspace):
    put(workspace, JANUARY)
    second = put(workspace, BOTH.replace("0.8", "0.9"), profile=CONFIRMED)
    was = state(workspace)
    receipt = undoing.undo(workspace.acting_as("ben"), "shop", second.batch, dry_run=True)
    assert state(workspace) == was
    assert (receipt.status, receipt.batch, receipt.undoes) == (Status.DRY_RUN, None, second.batch)
    assert codes(receipt) == {"stops-counting": 1, "holds-again": 2}
    done = undoing.undo(workspace.acting_as("ben"), "shop", second.batch)
    assert done.warnings == receipt.warnings
    assert done.effect == receipt.effect


def test_what_others_rest_on_is_not_taken_away_and_the_way_out_is_named(workspace):
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "wape", "high": 0.3})
    rows = batches.receipts(workspace, SHOP)
    made = {r["kind"]: r["batch"] for r in reversed(rows)}
    was = state(workspace)
    with pytest.raises(InputError) as refused:
        undoing.undo(workspace.acting_as("ben"), SHOP, made["models"])
    message = str(refused.value)
    assert "Deployment d on m" in message
    assert f"Undo first: {made['deployments']}" in message
    assert state(workspace) == was
    for kind in ("metric_limits", "deployments", "value_cases"):
        if kind == "value_cases":
            with pytest.raises(InputError, match=r"Quantity .* on orders"):
                undoing.undo(workspace.acting_as("ben"), SHOP, made[kind])
            undoing.undo(workspace.acting_as("ben"), SHOP, made["quantities"])
        undoing.undo(workspace.acting_as("ben"), SHOP, made[kind])
    undoing.undo(workspace.acting_as("ben"), SHOP, made["models"])
    assert stored(workspace, Model, SHOP) == stored(workspace, Deployment, SHOP) == []
    assert stored(workspace, MetricResult, SHOP) == []


def test_what_was_in_the_air_before_does_not_stand_in_the_way(workspace):
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    with workspace.store.writer() as writer:  # as an older version could leave it
        writer.execute("DELETE FROM value_cases")
    log = put(workspace, JANUARY, project=SHOP)
    assert undoing.undo(workspace.acting_as("ben"), SHOP, log.batch).undoes == log.batch


def test_a_decision_taken_on_evaluations_is_told_and_labels_that_lose_their_prediction(workspace):
    planned(workspace, "2024-08-01")
    rows = [{"value_case_id": "orders", "candidate": "a", "metric": "wape", "value": 0.2}]
    save(workspace, "evaluations", *rows)
    decisions.decide(
        workspace.acting_as("ada"), SHOP, "orders",
        chosen="a", title="Take a", why="It errs less.", decided_by="Board",
    )  # fmt: skip
    log = "prediction_id,ts,model_id,y_pred\np1,2024-01-01T00:00:00Z,m,1\n"
    labels = "prediction_id,y_true\np1,1\n"
    log_batch = put(workspace, log, project=SHOP, kind="prediction_log").batch
    assert put(workspace, labels, project=SHOP, kind="labels").warnings == []
    made = {r["kind"]: r["batch"] for r in batches.receipts(workspace, SHOP)}
    receipt = undoing.undo(workspace.acting_as("ben"), SHOP, made["evaluations"], dry_run=True)
    assert "decided-on" in codes(receipt)
    assert "Decision D001" in next(w.message for w in receipt.warnings if w.code == "decided-on")
    assert codes(undoing.undo(workspace.acting_as("ben"), SHOP, log_batch))["orphan-label"] == 1
