"""`mlpm verify` sees whatever is changed, added, moved or taken away behind MLPM's back."""

from __future__ import annotations

import json
import shutil

import pytest

from mlpm_core.cli import main
from mlpm_core.records import KINDS
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import batches, imports
from mlpm_core.store import Ledger
from tests.monitored_shop import SHOP, results
from tests.services.test_healing import filled, opened


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A closed store in which something was stored in every way."""
    folder = tmp_path_factory.mktemp("whole")
    workspace = filled(folder)
    imports.import_file(
        workspace.acting_as("ada"), "other", "metric_results", "new.csv",
        b"model_id,metric,period_start,value\nn,wape,2024-07-22,0.25\n",
    )  # fmt: skip
    workspace.close()
    return folder


@pytest.fixture
def copy(tmp_path, whole):
    return shutil.copytree(whole, tmp_path / "store")


def verified(folder, **more):
    """The checks that fail, by name, as the command finds them in a store that nobody holds."""
    workspace = opened(folder)
    try:
        return {c.name: c.detail for c in backups.verify(workspace, **more) if not c.ok}
    finally:
        workspace.close()


def statement(folder, sql):
    workspace = opened(folder)
    with workspace.store.writer() as writer:
        writer.execute(sql)
    workspace.close()


def test_an_untouched_store_is_in_order(copy):
    assert verified(copy) == {}


ROWS = {
    "a value": "UPDATE metric_results SET value = value + 0.001 WHERE batch_seq = 9",
    "a quantity": "UPDATE quantities SET written = written || ' ' WHERE line = 2",
    "a text": "UPDATE kpis SET title = 'Other'",
    "a moment": "UPDATE metric_results SET period_start = period_start + INTERVAL 1 DAY",
    "a day": "UPDATE projects SET clock_on = DATE '2024-08-02'",
    "a flag": "UPDATE kpis SET archived = true",
    "a count": "UPDATE metric_results SET n = 7 WHERE batch_seq = 9",
    "a row more": "INSERT INTO promises SELECT * REPLACE ('x' AS promise_id) FROM promises",
    "a row twice": "INSERT INTO metric_results SELECT * FROM metric_results WHERE batch_seq = 9",
    "a row less": "DELETE FROM metric_results WHERE line = 3",
    "a registered name": "UPDATE models SET model_id = 'o' WHERE line = 0",
    "lines swapped": "UPDATE metric_results SET line = 5 - line WHERE batch_seq = 9",
    "rows of another batch": "UPDATE metric_results SET batch_seq = 10 WHERE batch_seq = 9",
    "rows of no batch": "INSERT INTO kpis SELECT * REPLACE (99 AS batch_seq) FROM kpis",
    "a kind emptied": "DELETE FROM promises",
}


@pytest.mark.parametrize("change", list(ROWS))
def test_a_changed_row_is_seen(copy, change):
    statement(copy, ROWS[change])
    assert list(verified(copy)) == ["rows"]


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        (
            "metric_results_current",
            "CREATE OR REPLACE VIEW metric_results_current AS "
            "SELECT * REPLACE (value * 2 AS value) FROM metric_results",
        ),
        ("kpis_current", "DROP VIEW kpis_current"),
        ("twice", "CREATE MACRO twice(x) AS x * 2"),
    ],
)
def test_a_changed_view_is_seen(copy, name, sql):
    """Another view shows other figures over the same cells."""
    statement(copy, sql)
    failed = verified(copy)
    assert list(failed) == ["rows"]
    assert f"the view {name}, which was changed" in failed["rows"]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_row_of_any_kind_that_no_batch_brought_is_seen(copy, kind):
    """Every kind is hashed, whichever record is added to the product."""
    workspace = opened(copy)
    with workspace.store.writer() as writer:
        shown = writer._rows(f'DESCRIBE "{kind}"', {})
        given = {
            "VARCHAR": "''", "DOUBLE": "0.5", "BIGINT": "1", "INTEGER": "9", "BOOLEAN": "false",
            "DATE": "DATE '2026-01-31'", "TIMESTAMP": "TIMESTAMP '2026-01-31'",
        }  # fmt: skip
        values = ", ".join(given[c["column_type"]] for c in shown)
        writer.execute(f'INSERT INTO "{kind}" VALUES ({values})')
    workspace.close()
    assert list(verified(copy)) == ["rows"]


@pytest.mark.parametrize(
    ("column", "to"),
    [
        ("actor", "'eve'"),
        ("received_at", "received_at - INTERVAL 1 HOUR"),
        ("channel", "'http'"),
        ("filename", "'other.csv'"),
        ("accepted", "accepted + 1"),
        ("rejected", "rejected + 1"),
        ("sha256", "repeat('0', 64)"),
        ("notes", "replace(notes, 'false', 'true')"),
        ("stored", "stored + 1"),
        ("project", "'other'"),
    ],
)
def test_a_changed_receipt_is_seen(copy, column, to):
    statement(copy, f"UPDATE batches SET {column} = {to} WHERE seq = 9")
    failed = verified(copy)
    assert f"B00009 ({column})" in failed["receipts"]


def test_changed_rejects_are_seen(copy):
    statement(copy, "UPDATE batch_rejects SET listed = replace(listed, 'much', 'some')")
    assert "(rejected rows)" in verified(copy)["receipts"]


def test_rejects_of_no_batch_are_seen(copy):
    statement(copy, "INSERT INTO batch_rejects VALUES (99, '[]')")
    assert "batch 99, which is none" in verified(copy)["receipts"]


def test_rows_and_their_hash_changed_together_are_seen(copy):
    """The hash stands in the ledger too."""
    workspace = opened(copy)
    with workspace.store.writer() as writer:
        writer.execute("UPDATE kpis SET title = 'Other'")
        seq = writer._rows("SELECT any_value(batch_seq) AS seq FROM kpis", {})[0]["seq"]
        writer.run("set_content", seq=seq, content=writer.contents(seq)[seq])
    workspace.close()
    assert "(content)" in verified(copy)["receipts"]


def lines_of(folder):
    return (folder / "ledger.jsonl").read_text("utf-8").splitlines()


def written(folder, lines):
    (folder / "ledger.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def changed(line, **values):
    return json.dumps(json.loads(line) | values, sort_keys=True)


LEDGER = {
    "actor": lambda x: [*x[:4], changed(x[4], actor="eve"), *x[5:]],
    "time": lambda x: [*x[:4], changed(x[4], received_at="2024-01-01 00:00:00"), *x[5:]],
    "receipt": lambda x: [*x[:4], changed(x[4], accepted=99), *x[5:]],
    "hash": lambda x: [*x[:4], changed(x[4], chain="0" * 64), *x[5:]],
    "first": lambda x: [changed(x[0], actor="eve"), *x[1:]],
    "last": lambda x: [*x[:-1], changed(x[-1], actor="eve")],
    "spaces": lambda x: [*x[:4], x[4].replace(": ", ":"), *x[5:]],
    "inserted": lambda x: [*x[:4], changed(x[4], seq=77, batch="B00077"), *x[4:]],
    "doubled": lambda x: [*x[:5], x[4], *x[5:]],
    "appended": lambda x: [*x, changed(x[4], seq=78, batch="B00078")],
    "not ours": lambda x: [*x[:4], '{"seq": 79}', *x[4:]],
    "no JSON": lambda x: [*x[:4], "x", *x[4:]],
    "removed": lambda x: [*x[:4], *x[5:]],
    "first removed": lambda x: x[1:],
    "last removed": lambda x: x[:-1],
    "last two removed": lambda x: x[:-2],
    "all removed": lambda x: [],
    "swapped": lambda x: [*x[:3], x[4], x[3], *x[5:]],
    "last swapped": lambda x: [*x[:-2], x[-1], x[-2]],
    "hashes taken off": lambda x: [
        json.dumps({k: v for k, v in json.loads(line).items() if k != "chain"}) for line in x
    ],
}


@pytest.mark.parametrize("change", list(LEDGER))
def test_a_changed_ledger_is_seen_at_once_and_at_every_later_start(copy, change):
    written(copy, LEDGER[change](lines_of(copy)))
    assert "ledger" in verified(copy)
    assert "ledger" in verified(copy)


@pytest.mark.parametrize("change", list(LEDGER))
def test_a_ledger_changed_while_the_application_runs_is_seen(copy, change):
    workspace = opened(copy)
    assert all(c.ok for c in backups.verify(workspace))
    written(copy, LEDGER[change](lines_of(copy)))
    failed = [c.name for c in backups.verify(workspace) if not c.ok]
    workspace.close()
    assert "ledger" in failed


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_ledger_cut_anywhere_is_seen_and_the_next_batch_does_not_hide_it(copy, share):
    path = copy / "ledger.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    workspace = opened(copy)
    results(workspace, "2024-07-22,0.3,P1W,final\n", name="later.csv")
    workspace.close()
    assert "ledger" in verified(copy)


def test_a_ledger_written_anew_with_right_hashes_is_seen_by_the_store(copy):
    """Its lines follow from one another, yet they are not what the store says."""
    ledger = Ledger(copy)
    entries = ledger.entries()
    entries[4]["actor"] = "eve"
    ledger.rewrite(entries, copy / "aside")
    assert Ledger(copy).faults() == []
    assert "(actor)" in verified(copy)["receipts"]


def test_a_hash_noted_elsewhere_shows_that_both_were_written_anew(copy):
    head = Ledger(copy).head
    assert verified(copy, head=head) == {}
    workspace = opened(copy)
    with workspace.store.writer() as writer:
        writer.execute("UPDATE batches SET actor = 'eve' WHERE seq = 3")
    backups.rewrite_ledger(workspace)
    workspace.close()
    assert verified(copy) == {}
    assert "never ended with" in verified(copy, head=head)["ledger"]


def test_what_came_later_does_not_make_a_noted_hash_wrong(copy):
    head = Ledger(copy).head
    workspace = opened(copy)
    results(workspace, "2024-07-22,0.3,P1W,final\n", name="later.csv")
    workspace.close()
    assert verified(copy, head=head) == {}


def test_a_damaged_ledger_is_written_anew_when_somebody_says_so(copy, whole, monkeypatch, capsys):
    written(copy, LEDGER["last two removed"](lines_of(copy)))
    monkeypatch.setenv("MLPM_DATA", str(copy))
    monkeypatch.setenv("MLPM_DEMO", "0")
    assert main(["verify", "--json"]) == 1
    assert "mlpm verify --rewrite-ledger" in capsys.readouterr().out
    assert main(["verify", "--rewrite-ledger", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert main(["verify"]) == 0
    aside = list(copy.glob("quarantine/*/ledger.jsonl"))
    assert len(aside) == 1
    workspace = opened(copy)
    shown = [batches.receipts(workspace, project) for project in (SHOP, "other")]
    assert sum(map(len, shown)) == len(lines_of(whole))
    workspace.close()


def test_the_command_tells_a_hash_and_takes_it_back(copy, monkeypatch, capsys):
    monkeypatch.setenv("MLPM_DATA", str(copy))
    monkeypatch.setenv("MLPM_DEMO", "0")
    assert main(["verify"]) == 0
    head = Ledger(copy).head
    assert head in capsys.readouterr().err
    assert main(["verify", "--since", head]) == 0
    assert main(["verify", "--since", "0" * 64]) == 1


def test_a_batch_number_is_never_given_twice(copy):
    """Not even when the store lost a batch that the ledger has and that cannot come back."""
    ledger = Ledger(copy)
    seq = max(e["seq"] for e in ledger.entries()) + 1
    ledger.note({**ledger.entries()[-1], "seq": seq, "batch": f"B{seq:05d}", "sha256": "0" * 64,
                 "undoes": None})  # fmt: skip
    workspace = opened(copy)
    assert any("could not be" in sentence for sentence in workspace.healed)
    results(workspace, "2024-07-22,0.3,P1W,final\n", name="later.csv")
    numbers = [e["seq"] for e in workspace.ledger.entries()]
    workspace.close()
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == seq + 1
