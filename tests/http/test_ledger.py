"""The ledger: what was acknowledged is known outside the database, and missed when it is gone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from contextlib import ExitStack

import httpx
import pyarrow as pa
import pytest
from starlette.applications import Starlette

from mlpm_core import api
from mlpm_core.api import health
from mlpm_core.errors import StoreError
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Ledger
from tests.batches import add_batch
from tests.patience import waited_for


@pytest.fixture
def open_house(tmp_path):
    """Opens the workspace of the test's folder, after closing the one before."""
    with ExitStack() as opened:

        def open_it(**changes):
            opened.close()
            workspace = open_recovered(Settings(data=tmp_path, demo=False, **changes))
            opened.callback(workspace.close)
            return workspace

        open_it.close = opened.close
        yield open_it


def commit(workspace, seq, *, noted=True):
    with workspace.store.writer() as writer:
        add_batch(writer, seq)
    if noted:
        with workspace.store.reader() as reader:
            workspace.ledger.note(reader.rows("all_seqs")[-1])


def ready(workspace, monkeypatch):
    monkeypatch.setattr(health, "open_workspace", lambda: workspace)

    async def ask():
        transport = httpx.ASGITransport(Starlette(routes=api.ROUTES))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/readyz")

    return asyncio.run(ask())


def noted(folder):
    return [entry["seq"] for entry in Ledger(folder).entries()]


def test_a_batch_is_noted_with_what_would_find_it_again(open_house, tmp_path):
    commit(open_house(), 1)
    (entry,) = Ledger(tmp_path).entries()
    assert entry["batch"] == "B00001"
    assert entry["project"] == "shop"
    assert entry["sha256"] == "0" * 64
    assert entry["received_at"] == "2026-06-30 12:00:00"


def test_a_batch_that_was_not_noted_before_the_end_is_noted_at_the_next_start(open_house, tmp_path):
    workspace = open_house()
    commit(workspace, 1)
    commit(workspace, 2, noted=False)
    assert noted(tmp_path) == [1]
    open_house()
    assert noted(tmp_path) == [1, 2]


def test_a_line_torn_by_a_crash_is_left_out_and_noted_again(open_house, tmp_path):
    workspace = open_house()
    commit(workspace, 1)
    commit(workspace, 2)
    crashed = shutil.copytree(tmp_path, tmp_path.parent / f"{tmp_path.name}-crashed")
    path = crashed / "ledger.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert noted(crashed) == [1]
    workspace = open_recovered(Settings(data=crashed, demo=False))
    assert noted(crashed) == [1, 2]
    assert workspace.ledger.faults() == []
    workspace.close()


def test_what_is_noted_after_a_torn_line_is_not_swallowed_by_it(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.note({"seq": 1})
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(b'{"seq": 2, "ba')
    ledger.note({"seq": 3})
    assert noted(tmp_path) == [1, 3]


@pytest.mark.parametrize("damage", [b"\0" * 40 + b"\n", b"5\n", b'{"no": "seq"}\n', b"\xff\xfe\n"])
def test_a_line_that_says_nothing_is_left_out(tmp_path, damage):
    ledger = Ledger(tmp_path)
    ledger.note({"seq": 1})
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(damage)
    ledger.note({"seq": 2})
    assert noted(tmp_path) == [1, 2]
    assert ledger.missing([1]) == ([2], [])


def test_a_store_that_lost_an_acknowledged_batch_is_not_ready(open_house, tmp_path, monkeypatch):
    """An older copy of the database opens cleanly; only the ledger knows what is missing."""
    workspace = open_house()
    commit(workspace, 1)
    open_house.close()
    shutil.copy(tmp_path / "mlpm.duckdb", tmp_path / "older")
    workspace = open_house()
    commit(workspace, 2)
    assert ready(workspace, monkeypatch).status_code == 200
    open_house.close()
    (tmp_path / "older").replace(tmp_path / "mlpm.duckdb")
    answer = ready(open_house(), monkeypatch)
    assert answer.status_code == 503
    checks = {check["name"]: check for check in answer.json()["checks"]}
    assert checks["ledger"] == {
        "name": "ledger",
        "ok": False,
        "detail": "1 acknowledged batch is not in the store: 2",
    }
    assert checks["store"]["ok"] is True
    assert noted(tmp_path) == [1, 2]


def test_a_copy_that_only_reads_leaves_the_ledger_alone(open_house, tmp_path):
    workspace = open_house()
    commit(workspace, 1, noted=False)
    open_house(read_only=True)
    assert noted(tmp_path) == []


def keep(ledger, data):
    sha256 = hashlib.sha256(data).hexdigest()
    with ledger.arriving(data) as kept:
        kept(sha256)
    return sha256


def raw(folder, sha256):
    return folder / "raw" / f"{sha256}.zst"


def left(folder):
    return [p.name for where in ("raw", "spool") for p in (folder / where).glob("*")]


def test_raw_bytes_are_kept_under_their_hash_and_come_back(tmp_path):
    ledger, data = Ledger(tmp_path), b"model_id,value\nm,1\n"
    sha256 = keep(ledger, data)
    assert keep(ledger, data) == sha256
    assert ledger.raw(sha256) == data
    assert left(tmp_path) == [f"{sha256}.zst"]


def test_a_raw_file_of_before_is_read_as_it_lies_and_kept_again_compressed(tmp_path):
    ledger, data = Ledger(tmp_path), pa.compress(b"model_id,value\n", "zstd", asbytes=True)
    sha256 = hashlib.sha256(data).hexdigest()
    (tmp_path / "raw" / sha256).write_bytes(data)  # itself compressed, as somebody sent it
    assert ledger.raw(sha256) == data
    with ledger.raw_files.laid_out(sha256) as path:
        assert path.read_bytes() == data
    assert keep(ledger, data) == sha256
    assert left(tmp_path) == [f"{sha256}.zst"]
    assert ledger.raw(sha256) == data


def test_a_large_raw_file_lies_small_and_is_read_in_pieces(tmp_path):
    """Of 64 MB no piece is larger than 1 MB, however far they are compressed."""
    ledger, line = Ledger(tmp_path), b"m1,recall,2024-01-01,0.8,\n"
    (tmp_path / "big.csv").write_bytes(line * (2**26 // len(line)))
    with (tmp_path / "big.csv").open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with ledger.arriving(tmp_path / "big.csv") as kept:
        kept(sha256)
    assert raw(tmp_path, sha256).stat().st_size < 2**20
    sizes = [len(piece) for piece in ledger.raw_files.pieces(sha256)]
    assert (sum(sizes), max(sizes)) == (2**26 // len(line) * len(line), 2**20)
    ledger.raw_files.check(sha256)
    with ledger.raw_files.laid_out(sha256) as path, path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256
    assert left(tmp_path) == [f"{sha256}.zst"]


def test_a_file_that_is_not_kept_is_gone(tmp_path):
    with Ledger(tmp_path).arriving(b"abc"):
        pass
    assert left(tmp_path) == []


def test_a_file_that_changes_while_it_is_judged_is_not_kept(tmp_path):
    ledger, file = Ledger(tmp_path), tmp_path / "growing.csv"
    file.write_bytes(b"abc")
    judged = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(b"abcd")
    with (
        pytest.raises(StoreError, match="changed while it was read"),
        ledger.arriving(file) as kept,
    ):
        kept(judged)
    assert left(tmp_path) == []


def test_what_a_killed_process_left_of_a_file_is_gone_at_the_next_start(open_house, tmp_path):
    (tmp_path / "spool").mkdir()
    with Ledger(tmp_path).arriving(b"abc") as kept:
        (part,) = waited_for(lambda: _whole_parts(tmp_path / "spool"), "part")
        open_house()
        assert not part.exists()
        with pytest.raises(StoreError, match="could not be kept"):
            kept(hashlib.sha256(b"abc").hexdigest())


def _whole_parts(folder):
    return [p for p in folder.iterdir() if p.stat().st_size]  # it is written in one piece


def test_raw_bytes_that_changed_on_disk_are_not_given_out(tmp_path):
    ledger = Ledger(tmp_path)
    sha256 = keep(ledger, b"abc")
    raw(tmp_path, sha256).write_bytes(pa.compress(b"abd", "zstd", asbytes=True))
    with pytest.raises(StoreError, match="damaged"):
        ledger.raw(sha256)
    raw(tmp_path, sha256).unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        ledger.raw(sha256)


@pytest.mark.parametrize("damaged", [b"", b"abd", pa.compress(b"abd", "zstd", asbytes=True)])
def test_a_raw_file_that_was_damaged_is_written_again(tmp_path, damaged):
    ledger = Ledger(tmp_path)
    sha256 = keep(ledger, b"abc")
    raw(tmp_path, sha256).write_bytes(damaged)
    with pytest.raises(StoreError, match="damaged"):
        ledger.raw(sha256)
    assert ledger.raw(keep(ledger, b"abc")) == b"abc"


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_refuses_is_a_sentence_and_leaves_nothing(tmp_path, monkeypatch, call):
    ledger = Ledger(tmp_path)

    def refuse(*_):
        raise OSError(28, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", refuse)
    else:
        monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(StoreError, match="No space left on device"):
        keep(ledger, b"abc")
    with pytest.raises(StoreError, match="No space left on device"):
        ledger.note({"seq": 1})
    assert left(tmp_path) == []


def test_the_ledger_is_lines_of_json(open_house, tmp_path):
    workspace = open_house()
    for seq in (1, 2):
        commit(workspace, seq)
    lines = (tmp_path / "ledger.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2]
