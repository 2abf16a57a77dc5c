"""Evidence lies beside the record: of any size, read back, exported, backed up, replayed."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pytest

from mlpm_core.records import Status
from mlpm_core.services.admin import backups
from mlpm_core.services.admin.exports import export
from mlpm_core.services.evaluate import candidates as evaluations
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.ingest import imports, registers, row_rules
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.lifecycle import close_workspace
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Store, connection
from tests.meeting import (
    CASE,
    WINBACK,
    before_the_meeting,
    decide,
    decision,
    measured,
    told_by_file,
)

N_CANDIDATES = 500


@pytest.fixture(scope="module")
def meeting(tmp_path_factory):
    """A meeting over 500 candidates, their board, and the decision it took."""
    folder = tmp_path_factory.mktemp("meeting")
    workspace = open_recovered(Settings(data=folder, demo=False))
    before_the_meeting(workspace)
    receipt = imports.import_file(
        workspace.acting_as("ada"), WINBACK, "evaluations", "board.csv", measured(N_CANDIDATES)
    )
    assert receipt.status is Status.COMMITTED
    board = evaluations.candidates(workspace, WINBACK, CASE)
    assert decide(workspace, chosen=board.best.name).status is Status.COMMITTED
    yield workspace, board
    workspace.close()


def evidence_hash(workspace):
    (row,) = registers.records(workspace, WINBACK, "decisions")
    return row["evidence"]


def test_a_decision_over_500_candidates_is_read_back_to_the_digit(meeting):
    workspace, board = meeting
    view = decision(workspace, "D001")
    assert len(view.options) == N_CANDIDATES + 3  # the demo's two, and adopting none
    assert view.options == board.options
    assert view.promised == board.best.net
    evidence = json.loads(workspace.ledger.raw(evidence_hash(workspace)))
    assert evidence["quantities"]["customer_value"] == "120 to 400"
    assert evidence["would_choose"]
    assert evidence["rests_on"] == f"B{workspace.version - 1:05}"


def test_every_option_of_a_decision_can_be_exported(meeting):
    workspace, board = meeting
    for file_format in ("csv", "xlsx"):
        table = export(workspace.acting_as("ada"), WINBACK, "decision_options", file_format)
        assert table.n_rows == len(board.options)
    text = export(workspace.acting_as("ada"), WINBACK, "decision_options", "csv").data.decode(
        "utf-8-sig"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["option"] for r in rows] == [o.name for o in board.options]
    assert float(rows[0]["net"]) == pytest.approx(board.best.net.mean)
    assert [r["option"] for r in rows if r["is_chosen"] == "true"] == [board.best.name]


def test_a_backup_brings_the_evidence_back(meeting, tmp_path):
    workspace, board = meeting
    file, checks = backups.backup(workspace, tmp_path / "backups")
    assert all(check.ok for check in checks)
    settings = Settings(data=tmp_path / "restored", demo=False)
    assert all(check.ok for check in backups.restore(settings, file))
    restored = open_recovered(settings)
    assert decision(restored, "D001").options == board.options
    restored.close()


def test_a_store_built_anew_from_ledger_and_files_has_the_decision(meeting, tmp_path):
    workspace, board = meeting
    file, _ = backups.backup(workspace, tmp_path / "backups")
    settings = Settings(data=tmp_path / "restored", demo=False)
    backups.restore(settings, file)
    (settings.data / "mlpm.duckdb").unlink()
    again = open_recovered(settings)
    assert "stored again" in " ".join(again.healed)
    was, view = decision(workspace, "D001"), decision(again, "D001")
    assert view == was
    assert view.options == board.options
    assert all(check.ok for check in backups.verify(again))
    again.close()


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_evidence_that_was_lost_is_named_and_promises_nothing(tmp_path, filled, damage):
    workspace = filled(before_the_meeting)
    decide(workspace)
    file = tmp_path / "raw" / f"{evidence_hash(workspace)}.zst"
    if damage == "gone":
        file.unlink()
    else:
        evidence = workspace.ledger.raw(evidence_hash(workspace))
        other = evidence.replace(b'"mean":', b'"mean":1')
        file.write_bytes(pa.compress(other, "zstd", asbytes=True))
    view = decision(workspace, "D001")
    assert (view.options, view.promised) == ((), None)
    assert "evidence cannot be read" in view.promised_reason
    (check,) = [c for c in backups.verify(workspace) if not c.ok]
    assert (check.name, file.name[:12] in check.detail) == ("raw files", True)


def test_evidence_kept_inside_the_record_is_still_read(filled):
    workspace = filled(before_the_meeting)
    decide(workspace)
    view = decision(workspace, "D001")
    (row,) = registers.records(workspace, WINBACK, "decisions")
    inline = workspace.ledger.raw(row["evidence"]).decode()
    old = row | {"decision_id": "D002", "evidence": inline}
    receipt = registers.write_rows(workspace.acting_as("ada"), WINBACK, "decisions", [old])
    assert receipt.status is Status.COMMITTED
    older = decision(workspace, "D002")
    assert (older.options, older.promised) == (view.options, view.promised)


@pytest.mark.parametrize("evidence", ["", "no json", "[]", '{"options": [{"name": "x"}]}'])
def test_a_record_whose_options_were_not_kept_says_so(filled, evidence):
    workspace = filled(before_the_meeting)
    row = {
        "decision_id": "old", "title": "t", "value_case_id": CASE, "chosen": "champion-1.0",
        "why": "y", "decided_by": "z", "decided_on": "2025-01-31", "review_on": "2026-06-30",
        "evidence": evidence,
    }  # fmt: skip
    registers.write_rows(workspace.acting_as("ada"), WINBACK, "decisions", [row])
    view = decision(workspace, "old")
    assert (view.options, view.promised, view.is_review_due) == ((), None, True)
    assert view.promised_reason


def test_a_store_of_before_keeps_its_decisions(tmp_path, monkeypatch):
    migrations = connection.migrations()
    before = tuple((number, text) for number, text in migrations if number < 9)
    monkeypatch.setattr(connection, "migrations", lambda: before)
    store = Store.open(tmp_path / "mlpm.duckdb")
    with store.writer() as writer:
        writer.execute(
            "INSERT INTO decisions VALUES (1, 2, 'p', 'D001', 't', 'c', 'a', 'w', 'b', "
            "DATE '2026-01-31', NULL, '{}')"
        )
    store.close()
    monkeypatch.setattr(connection, "migrations", lambda: migrations)
    store = Store.open(tmp_path / "mlpm.duckdb")
    with store.reader() as reader:
        (row,) = reader._rows("SELECT * FROM decisions", {})
    store.close()
    assert (row["decision_id"], row["chosen"], row["evidence"]) == ("D001", "a", "{}")
    assert {row[c] for c in ("model_id", "model_version", "supersedes", "dissent")} == {""}


def test_what_was_accepted_before_a_rule_came_is_stored_again(tmp_path, filled, monkeypatch):
    """An id used twice, and a day that lay ahead, by an MLPM that did not mind."""
    workspace = filled(before_the_meeting)
    with monkeypatch.context() as before:
        before.setattr(row_rules, "decision_fault", lambda *_: lambda row: None)
        first = told_by_file(workspace, f"D001,t,{CASE},a,w,b,2026-06-01")
        undoing.undo(workspace.acting_as("ben"), WINBACK, first.batch)
        told_by_file(workspace, f"D001,u,{CASE},a,w,b,2031-01-31")
    was = decisions.decisions(workspace, WINBACK)
    assert [d.title for d in was] == ["u", "t"]
    close_workspace()
    (tmp_path / "mlpm.duckdb").unlink()
    again = open_recovered(Settings(data=tmp_path, demo=False))
    assert decisions.decisions(again, WINBACK) == was
    assert all(check.ok for check in again.checks())
    again.close()
