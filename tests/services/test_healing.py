"""The store mends itself when it is opened, from ledger and raw files, or it says why not."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from mlpm_core.errors import StoreError
from mlpm_core.records import KINDS, record_of
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import batches, imports
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.monitored_shop import CASE, SHOP, clock, in_use, kpi, planned, promise, results

HEAD = "model_id,metric,period_start,value,granularity\n"
BAD = HEAD + "m,wape,2024-07-22,0.25,P1W\nm,wape,2024-07-29,much,P1W\n"


def opened(folder):
    return open_recovered(Settings(data=folder, demo=False))


def filled(folder):
    """A store with every way of storing in it: forms, files, answers, good rows only, an undo."""
    workspace = opened(folder)
    clock(workspace, "2024-08-01")
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    kpi(workspace, "margin", "higher", definition='say "so",\nthen')
    promise(workspace, "margin", 420_000)
    results(workspace, "2024-07-08,0.24,P1W,final\n2024-07-15,0.1,P1W,final\n")
    results(workspace, "2024-07-15,0.2,P1W,final\n", name="restated.csv")
    receipt = imports.import_file(
        workspace.acting_as("ada"),
        SHOP,
        "metric_results",
        "bad.csv",
        BAD.encode(),
        accept_good=True,
    )
    assert (receipt.status, receipt.accepted, receipt.rejected) == ("committed", 1, 1)
    gone = imports.import_file(
        workspace.acting_as("ada"), SHOP, "metric_results", "gone.csv",
        (HEAD + "m,wape,2024-07-01,0.9,P1W\n").encode(), channel="http",
    )  # fmt: skip
    undoing.undo(workspace.acting_as("ben"), SHOP, gone.batch)
    return workspace


def everything(workspace):
    """Every row of every table, and every receipt."""
    with workspace.store.reader() as reader:
        by_name = {kind: reader.history(record_of(kind), SHOP) for kind in KINDS}
        now = {kind: reader.table(record_of(kind), SHOP) for kind in KINDS}
    return by_name, now, batches.receipts(workspace, SHOP)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A closed store, and what is in it."""
    folder = tmp_path_factory.mktemp("whole")
    workspace = filled(folder)
    answers = everything(workspace)
    workspace.close()
    return folder, answers


@pytest.fixture
def copy(tmp_path, whole):
    return shutil.copytree(whole[0], tmp_path / "store")


def cut(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def flip(path, share):
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 0x10
    path.write_bytes(bytes(data))


DAMAGE = {
    "database gone": lambda f: f.unlink(),
    "database empty": lambda f: f.write_bytes(b""),
    "database cut short": lambda f: cut(f, 0.4),
    "header flipped": lambda f: flip(f, 0.0001),
    "not a database": lambda f: f.write_bytes(b"not a database at all" * 1000),
}


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_a_database_that_cannot_be_read_comes_back_whole(copy, whole, damage):
    DAMAGE[damage](copy / "mlpm.duckdb")
    workspace = opened(copy)
    assert everything(workspace) == whole[1]
    assert any("stored again from the ledger" in told for told in workspace.healed)
    assert all(check.ok for check in workspace.checks())
    assert {c.name for c in workspace.checks()} >= {"healed"}
    workspace.close()
    again = opened(copy)
    assert again.healed == []
    assert everything(again) == whole[1]
    again.close()
    aside = [p.name for p in copy.glob("quarantine/*/*")]
    assert ("mlpm.duckdb" in aside) == (damage != "database gone")


def test_an_older_database_in_its_place_is_brought_up_to_date(copy, whole, tmp_path):
    young = opened(tmp_path / "young")
    clock(young, "2024-08-01")
    young.close()
    lines = (copy / "ledger.jsonl").read_text().splitlines()
    first = (tmp_path / "young" / "ledger.jsonl").read_text().splitlines()
    assert json.loads(first[0])["seq"] == json.loads(lines[0])["seq"] == 1
    shutil.copy(tmp_path / "young" / "mlpm.duckdb", copy / "mlpm.duckdb")
    workspace = opened(copy)
    assert len(batches.receipts(workspace, SHOP)) == len(whole[1][2])
    assert everything(workspace)[1] == whole[1][1]
    workspace.close()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("hurt", [cut, flip])
def test_a_log_of_changes_that_was_hurt_loses_nothing(tmp_path, hurt, share):
    workspace = filled(tmp_path / "store")
    answers = everything(workspace)
    copy = shutil.copytree(tmp_path / "store", tmp_path / "copy")  # as a crash leaves it
    workspace.close()
    wal = copy / "mlpm.duckdb.wal"
    assert wal.stat().st_size > 1000
    hurt(wal, share)
    healed = opened(copy)
    assert everything(healed) == answers
    healed.close()


def test_a_hole_in_the_midst_is_filled_by_starting_over(copy, whole):
    workspace = opened(copy)
    with workspace.store.writer() as writer:
        writer.execute("DELETE FROM batches WHERE seq = 5")
    workspace.close()
    healed = opened(copy)
    assert everything(healed) == whole[1]
    assert "in the middle" in healed.healed[0]
    healed.close()


def test_a_raw_file_that_is_gone_is_told_and_nothing_is_invented(copy, whole):
    (copy / "mlpm.duckdb").unlink()
    newest_first = whole[1][2]
    wanted = next(r["receipt"] for r in newest_first if r["receipt"].filename == "restated.csv")
    (copy / "raw" / f"{wanted.sha256}.zst").unlink()
    workspace = opened(copy)
    n = len(batches.receipts(workspace, SHOP))
    assert 0 < n < len(newest_first)
    assert wanted.batch in workspace.healed[-1]
    (ledger,) = [c for c in workspace.checks() if c.name == "ledger"]
    assert not ledger.ok
    assert f"{len(newest_first) - n} acknowledged" in ledger.detail
    workspace.close()


def test_a_file_that_gives_other_rows_than_it_gave_is_not_stored(copy, whole):
    (copy / "mlpm.duckdb").unlink()
    lines = [json.loads(x) for x in (copy / "ledger.jsonl").read_text().splitlines()]
    for line in lines:
        if line["filename"] == "bad.csv":
            line["notes"] = line["notes"].replace('"accept_good":true', '"accept_good":false')
    (copy / "ledger.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    workspace = opened(copy)
    assert "now gives" in workspace.healed[-1]
    workspace.close()


def test_nothing_is_set_aside_of_a_store_that_holds_nothing_yet(tmp_path):
    for _ in range(3):
        opened(tmp_path).close()
    assert not (tmp_path / "quarantine").exists()


def test_without_a_ledger_nothing_is_set_aside(tmp_path):
    (tmp_path / "mlpm.duckdb").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StoreError):
        opened(tmp_path)
    assert not (tmp_path / "quarantine").exists()


def test_a_file_that_is_read_otherwise_than_then_is_said(copy, whole):
    """As after an upgrade that reads files better: it is stored again, and nobody is misled."""
    (copy / "mlpm.duckdb").unlink()
    lines = [json.loads(x) for x in (copy / "ledger.jsonl").read_text().splitlines()]
    lines[4]["content"] = "0" * 64
    (copy / "ledger.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    workspace = opened(copy)
    assert everything(workspace) == whole[1]
    assert any("B00005 is read otherwise today" in sentence for sentence in workspace.healed)
    assert not backups.checks_json(backups.verify(workspace))["ok"]
    workspace.close()


OLD = Path(__file__).parents[1] / "old_stores" / "schema_7.zip"


@pytest.fixture
def old(tmp_path):
    """A store of schema 7: receipts with all rejects in them, a ledger whose lines hold no hash."""
    with zipfile.ZipFile(OLD) as archive:
        archive.extractall(tmp_path / "old")
    return tmp_path / "old"


@pytest.mark.parametrize("lost", ["nothing", "database", "ledger"])
def test_a_store_of_before_is_brought_up_to_date_with_all_that_was_in_it(old, lost):
    before = [json.loads(x) for x in (old / "ledger.jsonl").read_text().splitlines()]
    if lost == "database":
        (old / "mlpm.duckdb").unlink()
    if lost == "ledger":
        (old / "ledger.jsonl").unlink()
    workspace = opened(old)
    rows = {row["batch"]: row["receipt"] for row in batches.receipts(workspace, SHOP)}
    assert len(rows) == len(before) == 14
    for line in before:
        receipt = json.loads(line["receipt"])
        now = batches.receipt(workspace, SHOP, line["batch"]).model_dump(mode="json")
        unsaid = dict.fromkeys(("before_p10", "before_p90", "after_p10", "after_p90", "grade"))
        effects = [effect | unsaid for effect in receipt["effect"]]  # nobody noted a range then
        rejects = [reject | {"part": ""} for reject in receipt["rejects"]]  # nor a part of a row
        more = {"read_as": "", "shape": "", "effect": effects, "rejects": rejects}
        assert now == receipt | more
    assert len(batches.receipt(workspace, SHOP, "B00014").rejects) == 300
    assert backups.checks_json(backups.verify(workspace))["ok"]
    assert all(c.ok for c in workspace.checks())
    workspace.close()
    again = opened(old)
    assert again.healed == []
    assert not again.ledger.is_unchained
    assert backups.checks_json(backups.verify(again))["ok"]
    again.close()
    if lost == "nothing":
        assert [p.name for p in old.glob("quarantine/*/*")] == ["ledger.jsonl"]
        assert CASE == "orders"
