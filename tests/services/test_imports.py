"""One way in: judged, committed whole or not at all, told to the ledger, and undone."""

import base64
import hashlib
import json
import re
import shutil

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.intake import Profile
from mlpm_core.records import Kpi, MetricResult, Model, QuantityRecord, Status, ValueCase
from mlpm_core.services.admin import demo
from mlpm_core.services.ingest import batches, imports, registers
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.kpis import kpi_values
from tests.intake.test_intake_cases import CASES

HEADER = "model_id,metric,period_start,value,note\n"
TWO = HEADER + "m1,recall,2024-01-01,0.8,\nm2,recall,2024-01-01,0.7,\n"
MIXED = HEADER + "m1,recall,2024-01-01,0.8,\nm1,recall,2024-01-02,high,\n"


def put(workspace, text, *, project="shop", kind="metric_results", actor="ada", **options):
    data = text if isinstance(text, bytes) else text.encode()
    return imports.import_file(
        workspace.acting_as(actor), project, kind, "file.csv", data, **options
    )


def stored(workspace, record=MetricResult, project="shop"):
    with workspace.store.reader() as reader:
        return reader.table(record, project)


def values(workspace, project="shop"):
    return {(r["model_id"], str(r["period_start"])[:10]): r["value"]
            for r in stored(workspace, project=project)}  # fmt: skip


def kpis(workspace, project):
    with workspace.store.reader() as reader:
        return {k.kpi_id: k.value for k in kpi_values(reader, project, workspace.today)}


def state(workspace):
    """Everything an import could change."""
    with workspace.store.reader() as reader:
        seqs = reader.rows("all_seqs")
    raw = sorted(p.name for p in (workspace.settings.data / "raw").iterdir())
    return seqs, workspace.ledger.entries(), raw


def _but_the_last_quarter(workspace):
    """The demo's forecast, all files but the last quarter's results."""
    for project, kind, path in demo.files():
        if project == "bike-shop-demand" and "q2" not in path.name:
            receipt = put(workspace, path.read_bytes(), project=project, kind=kind)
            assert receipt.status is Status.COMMITTED


@pytest.fixture
def shop(filled):
    return filled(_but_the_last_quarter)


def last_quarter():
    return next(path.read_bytes() for *_, path in demo.files() if "q2" in path.name)


def test_a_committed_file_is_stored_noted_and_named_after_its_actor(workspace):
    receipt = put(workspace, TWO)
    assert (receipt.status, receipt.batch) == (Status.COMMITTED, "B00001")
    assert (receipt.actor, receipt.filename, receipt.new) == ("ada", "file.csv", 2)
    assert receipt.received_at is not None
    assert receipt.sha256 == hashlib.sha256(TWO.encode()).hexdigest()
    assert {(r["model_id"], r["value"]) for r in stored(workspace)} == {("m1", 0.8), ("m2", 0.7)}
    assert [m["model_id"] for m in stored(workspace, Model)] == ["m1", "m2"]
    assert workspace.project("shop").title == "shop"
    assert workspace.ledger.raw(receipt.sha256) == TWO.encode()
    assert [e["actor"] for e in workspace.ledger.entries()] == ["ada"]
    assert batches.receipt(workspace, "shop", "B00001") == receipt
    written = registers.history(workspace, "shop", "metric_results")
    assert {(r["actor"], r["batch"]) for r in written} == {("ada", "B00001")}


@pytest.mark.parametrize(("actor", "project"), [("", "shop"), (" ", "shop"), ("ada", "")])
def test_an_import_without_actor_or_project_is_an_error(workspace, actor, project):
    with pytest.raises(InputError, match="one of them is empty"):
        put(workspace, TWO, actor=actor, project=project)


def test_an_unknown_kind_is_not_found(workspace):
    with pytest.raises(NotFoundError, match="metric_result"):
        put(workspace, TWO, kind="metric_result")


def test_a_dry_run_says_what_would_happen_and_changes_nothing(shop):
    before = state(shop), kpis(shop, "bike-shop-demand")
    dry = put(shop, last_quarter(), project="bike-shop-demand", dry_run=True)
    assert (state(shop), kpis(shop, "bike-shop-demand")) == before
    assert (dry.status, dry.batch) == (Status.DRY_RUN, None)
    real = put(shop, last_quarter(), project="bike-shop-demand")
    told = {"batch", "status", "received_at", "examples"}
    assert real.model_dump(exclude=told) == dry.model_dump(exclude=told)
    assert [(e.line, e.change) for e in dry.examples] == [(i, "new") for i in range(2, 22)]
    assert {"model_id", "metric", "period_start", "value"} <= dry.examples[0].row.keys()


def test_the_same_bytes_are_a_duplicate_in_one_project_only(workspace):
    case = CASES["50b"]
    earlier = base64.b64decode(case["options"]["before"][0]["bytes_base64"])
    assert earlier == base64.b64decode(case["bytes_base64"])
    first = put(workspace, earlier)
    was = state(workspace)
    again = put(workspace, earlier, actor="bob")
    expect = case["expect"]
    assert again.status == expect["status"]
    assert again == first.model_copy(update={"status": Status.DUPLICATE})
    assert [again.lines, again.accepted, again.rejected, again.blank, again.ignored] == [
        expect[n] for n in ("lines", "accepted", "rejected", "blank", "ignored")
    ]
    assert [w.code for w in again.warnings] == expect["warnings"]
    assert state(workspace) == was
    other = put(workspace, earlier, project="other")
    assert (other.status, other.batch) == (Status.COMMITTED, "B00002")
    assert len(stored(workspace)) == len(stored(workspace, project="other")) == 1


def test_one_bad_row_keeps_all_out_unless_the_good_ones_are_asked_for(workspace):
    was = state(workspace)
    refused = put(workspace, MIXED)
    assert (refused.status, refused.batch) == (Status.REJECTED, None)
    assert (refused.lines, refused.accepted, refused.rejected) == (2, 1, 1)
    assert state(workspace) == was
    taken = put(workspace, MIXED, accept_good=True)
    assert taken.status is Status.COMMITTED
    assert [(r.row, r.code) for r in taken.rejects] == [(3, "not-a-number")]
    assert values(workspace) == {("m1", "2024-01-01"): 0.8}
    assert batches.receipt(workspace, "shop", taken.batch).rejects == taken.rejects
    back = imports.rejected_csv(
        workspace.acting_as("ada"), "shop", "metric_results", "file.csv", MIXED.encode()
    )
    mended = put(workspace, back.replace(b"high", b"0.9"))
    assert mended.status is Status.COMMITTED
    assert values(workspace) == {("m1", "2024-01-01"): 0.8, ("m1", "2024-01-02"): 0.9}


def test_a_refused_file_is_not_taken_even_for_its_good_rows(workspace):
    refused = put(workspace, "model_id,metric\nm1,recall\n", accept_good=True)
    assert refused.status is Status.REJECTED
    assert [(r.row, r.code) for r in refused.rejects] == [(None, "missing-column")]


def test_a_restatement_says_its_effect_before_and_does_it_once_confirmed(shop):
    name = "bike-shop-demand"
    put(shop, last_quarter(), project=name)
    changed = re.sub(rb"(,wape,[0-9-]+),0\.", rb"\1,1.", last_quarter())
    was, before = state(shop), kpis(shop, name)
    asked = put(shop, changed, project=name)
    assert asked.status is Status.ASKED
    assert [q.key for q in asked.questions] == ["restatement"]
    assert (asked.lines, asked.accepted) == (0, 0)
    assert (state(shop), kpis(shop, name)) == (was, before)
    done = put(shop, changed, project=name, profile=Profile(restatement="confirm"))
    assert done.status is Status.COMMITTED
    assert done.changed > 50
    assert done.effect == asked.effect
    assert done.effect[0].title in asked.questions[0].message
    assert "KPI effect" in asked.questions[0].message
    after = kpis(shop, name)
    assert {e.kpi: (e.before, e.after) for e in done.effect} == {
        k: (before[k], after[k]) for k in before if before[k] != after[k]
    }


def test_the_effect_of_an_import_and_of_its_undo_are_the_kpis_recomputed(shop):
    name = "bike-shop-demand"
    before = kpis(shop, name)
    receipt = put(shop, last_quarter(), project=name)
    after = kpis(shop, name)
    assert after != before
    assert {e.kpi: (e.before, e.after) for e in receipt.effect} == {
        k: (before[k], after[k]) for k in before if before[k] != after[k]
    }
    undone = undoing.undo(shop.acting_as("bob"), name, receipt.batch)
    assert kpis(shop, name) == before
    assert {e.kpi: (e.before, e.after) for e in undone.effect} == {
        e.kpi: (e.after, e.before) for e in receipt.effect
    }
    assert batches.receipt(shop, name, undone.batch) == undone


def test_an_undo_brings_back_what_held_before_and_works_once(workspace):
    put(workspace, TWO)
    second = put(
        workspace,
        HEADER + "m1,recall,2024-01-01,0.5,\nm3,recall,2024-01-01,0.4,\n",
        profile=Profile(restatement="confirm"),
    )
    assert (second.changed, second.new) == (1, 1)
    assert values(workspace)["m1", "2024-01-01"] == 0.5
    undone = undoing.undo(workspace.acting_as("bob"), "shop", second.batch)
    assert (undone.undoes, undone.actor, undone.status) == ("B00002", "bob", Status.COMMITTED)
    assert values(workspace) == {("m1", "2024-01-01"): 0.8, ("m2", "2024-01-01"): 0.7}
    assert [m["model_id"] for m in stored(workspace, Model)] == ["m1", "m2"]
    assert len(registers.history(workspace, "shop", "metric_results")) == 4
    with pytest.raises(InputError, match="already undone by B00003"):
        undoing.undo(workspace.acting_as("bob"), "shop", second.batch)
    with pytest.raises(InputError, match="itself undid B00002"):
        undoing.undo(workspace.acting_as("bob"), "shop", undone.batch)
    with pytest.raises(NotFoundError):
        undoing.undo(workspace.acting_as("bob"), "other", second.batch)
    with pytest.raises(InputError, match="actor is empty"):
        undoing.undo(workspace.acting_as(" "), "shop", "B00001")
    assert workspace.version == 3


def test_a_file_can_be_imported_again_once_it_was_undone(workspace):
    first = put(workspace, TWO)
    undoing.undo(workspace.acting_as("ada"), "shop", first.batch)
    assert stored(workspace) == []
    again = put(workspace, TWO)
    assert (again.status, again.batch) == (Status.COMMITTED, "B00003")
    assert len(stored(workspace)) == 2


def test_a_store_that_refuses_midway_keeps_nothing_of_the_file(workspace):
    was = state(workspace)[:2]
    with workspace.store.writer() as writer:
        writer.execute("ALTER TABLE batches RENAME COLUMN channel TO way")
    failed = put(workspace, TWO)  # rows are in, the batch cannot be added
    assert (failed.status, failed.batch, failed.lines) == (Status.FAILED, None, 0)
    assert [r.code for r in failed.rejects] == ["store"]
    with workspace.store.writer() as writer:
        writer.execute("ALTER TABLE batches RENAME COLUMN way TO channel")
    assert state(workspace)[:2] == was
    with workspace.store.reader() as reader:
        tables = ("metric_results", "models", "projects")
        left = [reader._rows(f"SELECT * FROM {t}", {}) for t in tables]
    assert left == [[], [], []]
    assert put(workspace, TWO).status is Status.COMMITTED


def test_a_disk_that_refuses_the_raw_file_keeps_nothing_of_it(workspace):
    raw = workspace.settings.data / "raw"
    raw.rmdir()
    failed = put(workspace, TWO)
    assert failed.status is Status.FAILED
    assert "could not be kept" in failed.rejects[0].message
    raw.mkdir()
    assert workspace.version == 0
    assert put(workspace, TWO).batch == "B00001"


def test_a_batch_that_the_ledger_has_not_seen_is_noted_at_the_next_start(tmp_path):
    settings = Settings(data=tmp_path, demo=False)
    workspace = open_recovered(settings)
    put(workspace, TWO)
    noted = (tmp_path / "ledger.jsonl").read_text()
    crashed = shutil.copytree(tmp_path, tmp_path / "crashed")  # it died between commit and note
    workspace.close()
    ledger = crashed / "ledger.jsonl"
    ledger.write_text("")
    again = open_recovered(Settings(data=crashed, demo=False))
    assert json.loads(ledger.read_text()) == json.loads(noted)
    assert all(check.ok for check in again.checks() if check.name == "ledger")
    again.close()


def test_rules_of_a_kind_reject_like_any_other_check(workspace):
    bad = put(
        workspace,
        "kpi_id,title,dimension,unit,direction,baseline,target\n"
        "a,A,revenue,EUR/year,higher,1,2\nb,B,revenue,hour/case,higher,1,2\n",
        kind="kpis",
    )
    assert bad.status is Status.REJECTED
    assert [(r.row, r.column, r.code) for r in bad.rejects] == [(3, "unit", "rule")]
    assert (bad.accepted, bad.rejected) == (1, 1)
    case = put(workspace, "value_case_id,mechanism\nv,alchemy\n", kind="value_cases")
    assert [(r.row, r.column) for r in case.rejects] == [(2, "mechanism")]


def test_templates_of_all_kinds_import_in_order_with_the_rules_applied(workspace):
    kinds = ["projects", "models", "value_cases", "kpis", "quantities", "deployments", "promises",
             "metric_results"]  # fmt: skip
    for kind in kinds:
        receipt = put(workspace, registers.template_csv(kind), kind=kind)
        assert receipt.status is Status.COMMITTED, (kind, receipt.rejects)


def test_a_form_replaces_a_record_without_asking_and_can_be_undone(workspace):
    put(workspace, registers.template_csv("value_cases"), kind="value_cases")
    put(workspace, registers.template_csv("kpis"), kind="kpis")
    row = stored(workspace, Kpi)[0]
    receipt = registers.save(workspace.acting_as("bob"), "shop", "kpis", [row | {"target": 7.5}])
    assert (receipt.status, receipt.changed) == (Status.COMMITTED, 1)
    assert stored(workspace, Kpi)[0] == row | {"target": 7.5}
    undoing.undo(workspace.acting_as("bob"), "shop", receipt.batch)
    assert stored(workspace, Kpi)[0] == row
    with pytest.raises(InputError, match="nothing to save"):
        registers.save(workspace.acting_as("bob"), "shop", "kpis", [])


def test_a_form_can_set_a_value_back_to_what_it_was(workspace):
    put(workspace, registers.template_csv("kpis"), kind="kpis")
    row = stored(workspace, Kpi)[0]
    for target in (7.0, 8.0, 7.0):
        receipt = registers.save(
            workspace.acting_as("bob"), "shop", "kpis", [row | {"target": target}]
        )
        assert (receipt.status, receipt.changed) == (Status.COMMITTED, 1)
        assert stored(workspace, Kpi)[0]["target"] == target


def test_a_form_writes_back_every_kind_as_it_was_stored(shop):
    name = "bike-shop-demand"
    for record in (Model, ValueCase, Kpi, QuantityRecord):
        rows = stored(shop, record, name)
        receipt = registers.save(shop.acting_as("bob"), name, record.kind, rows)
        assert receipt.status is Status.COMMITTED
        assert (receipt.identical, receipt.accepted) == (len(rows), 0)
        assert stored(shop, record, name) == rows


def test_rows_never_show_in_another_project(workspace):
    put(workspace, TWO)
    put(workspace, TWO.replace("0.8", "0.1"), project="other")
    assert values(workspace)["m1", "2024-01-01"] == 0.8
    assert values(workspace, "other")["m1", "2024-01-01"] == 0.1
    wall = put(workspace, "project," + HEADER + "other,m1,recall,2024-01-01,0.3,\n")
    assert [r.code for r in wall.rejects] == ["not-a-choice"]


def test_rows_after_the_day_on_which_a_project_stands_are_told(workspace):
    """They change no KPI yet, and nothing had said why."""
    put(workspace, "project,title,clock_on\nshop,Shop,2024-01-05\n", kind="projects")
    rows = "m1,recall,2024-01-05,0.8,\nm1,recall,2024-01-06,0.7,\n"
    done = put(workspace, HEADER + rows)
    (said,) = [w for w in done.warnings if w.code == "later-days"]
    assert said.rows == 1
    assert said.message.startswith("Rows of later days than 5 Jan 2024, on which this project")
    until = put(workspace, HEADER + "m1,recall,2024-01-04,0.8,\n")
    assert "later-days" not in {w.code for w in until.warnings}
