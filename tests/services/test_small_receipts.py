"""A receipt is small: what was rejected lies beside it, and only who asks for it pays for it."""

from __future__ import annotations

import json
import shutil

import pytest

from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import batches, imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings

HEAD = "model_id,metric,period_start,value\n"
GOOD = HEAD + "m,recall,2026-01-05,0.5\n"
BAD = GOOD + "m,recall,2026-01-12,much\n" * 9990


def put(workspace, text, name, **more):
    receipt = imports.import_file(
        workspace.acting_as("ada"),
        "shop",
        "metric_results",
        name,
        text.encode(),
        accept_good=True,
        **more,
    )
    assert receipt.status == "committed", receipt
    return receipt


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """The same three imports, once with 9,990 rejects in each."""
    made = {}
    for what in ("good", "bad"):
        workspace = open_recovered(Settings(data=tmp_path_factory.mktemp(what), demo=False))
        receipts = [
            put(workspace, (BAD if what == "bad" else GOOD).replace("m,", f"m{i},"), f"{i}.csv")
            for i in range(3)
        ]
        made[what] = workspace, receipts
    yield made
    for workspace, _ in made.values():
        workspace.close()


def read(workspace):
    """How many characters come out of the store and the ledger for what many screens ask."""
    with workspace.store.reader() as reader:
        rows = {
            "imports list": reader.rows("batches", project="shop"),
            "readyz": reader.rows("all_seqs"),
            "same bytes again": reader.rows(
                "batches_of_file", project="shop", kind="metric_results", sha256="0" * 64
            ),
            "earlier answers": reader.rows("answered", project="shop", kind="metric_results"),
            "what the ledger lacks": reader.rows("batch_rows", after=0),
        }
    sizes = {name: len(json.dumps(found, default=str)) for name, found in rows.items()}
    return sizes | {"ledger": (workspace.settings.data / "ledger.jsonl").stat().st_size}


def test_whoever_does_not_ask_for_the_rejects_does_not_read_them(stores):
    good, bad = (read(workspace) for workspace, _ in stores.values())
    for what in good:
        assert bad[what] < good[what] + 400, what  # longer counts, and one hash a batch


def test_whoever_asks_gets_them_all_as_they_were_told(stores):
    workspace, receipts = stores["bad"]
    for told in receipts:
        assert len(told.rejects) == 9990
        assert batches.receipt(workspace, "shop", str(told.batch)) == told
    listed = batches.receipts(workspace, "shop")
    assert [row["receipt"].rejected for row in listed] == [9990] * 3
    assert [row["receipt"].rejects for row in listed] == [[]] * 3


def test_the_same_file_again_is_answered_with_the_whole_receipt(stores):
    workspace, receipts = stores["bad"]
    again = imports.import_file(
        workspace.acting_as("ben"),
        "shop",
        "metric_results",
        "0.csv",
        BAD.replace("m,", "m0,").encode(),
    )
    assert again == receipts[0].model_copy(update={"status": "duplicate"})


def test_they_come_back_with_a_database_that_is_built_anew(stores, tmp_path):
    workspace, receipts = stores["bad"]
    copy = shutil.copytree(workspace.settings.data, tmp_path / "copy")
    for path in copy.glob("mlpm.duckdb*"):
        path.unlink()
    anew = open_recovered(Settings(data=copy, demo=False))
    assert [batches.receipt(anew, "shop", str(r.batch)) for r in receipts] == receipts
    assert backups.checks_json(backups.verify(anew))["ok"]
    anew.close()
