"""Scheduled sources: files as they lie, queries over them, what is kept of a run, and no secret."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from threading import Event

import duckdb
import pytest

from mlpm_core.errors import NotFoundError, StoreError
from mlpm_core.services.admin import backups
from mlpm_core.services.admin.scheduler import Scheduler
from mlpm_core.services.ingest import batches, source_runs, source_states
from mlpm_core.services.ingest import undo as undo_service
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Wanted, fetched
from tests.scheduled import DSN, FIRST, HEADER, PASSWORD, SECOND, configure, put, values


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("incoming")


def outcome(workspace, name="weekly", **how):
    return source_runs.run(workspace, name, **how)


def everything_kept(workspace):
    """Every byte under the data folder but the operator's own file."""
    paths = [p for p in workspace.settings.data.rglob("*") if p.is_file()]
    return b"".join(p.read_bytes() for p in paths if p.name != "sources.toml")


def test_each_file_of_a_folder_becomes_a_batch_in_the_name_of_the_source(workspace, folder):
    put(folder, "1.csv", FIRST)
    put(folder, "2.csv", SECOND)
    configure(workspace, folder)
    done = outcome(workspace)
    assert (done.outcome, done.n_files, done.n_stored) == ("stored", 2, 2)
    listed = batches.receipts(workspace, "shop")
    assert {row["channel"] for row in listed} == {"source"}
    assert {row["receipt"].actor for row in listed} == {"source weekly"}
    assert [row["receipt"].filename for row in listed] == ["2.csv", "1.csv"]
    assert values(workspace) == [0.5, 0.6]
    assert done.batch == listed[0]["receipt"].batch


def test_the_same_content_makes_no_new_batch_and_a_changed_file_one(workspace, folder):
    put(folder, "1.csv", FIRST)
    configure(workspace, f"{folder}/*.csv")
    assert outcome(workspace).outcome == "stored"
    again = outcome(workspace)
    assert (again.outcome, again.n_stored, again.batch) == ("unchanged", 0, "B00001")
    put(folder, "copy.csv", FIRST)
    assert outcome(workspace).outcome == "unchanged"
    put(folder, "1.csv", FIRST + SECOND.removeprefix(HEADER))
    assert outcome(workspace).outcome == "stored"
    assert values(workspace) == [0.5, 0.6]
    assert len(batches.receipts(workspace, "shop")) == 2


def test_what_was_undone_stays_undone_until_the_content_is_another(workspace, folder):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    outcome(workspace)
    undo_service.undo(workspace.acting_as("ada"), "shop", "B00001")
    done = outcome(workspace)
    assert done.outcome == "undone"
    assert done.files[0].batch == "B00001"
    assert values(workspace) == []
    put(folder, "1.csv", SECOND)
    assert outcome(workspace).outcome == "stored"
    assert values(workspace) == [0.6]


def test_a_file_with_a_bad_line_is_refused_whole_and_the_others_go_in(workspace, folder):
    put(folder, "1.csv", FIRST + "m,recall,2026-01-19,P1W,lots\n")
    put(folder, "2.csv", SECOND)
    configure(workspace, folder)
    done = outcome(workspace)
    assert (done.outcome, done.is_failing, done.n_stored) == ("rejected", True, 1)
    (fault,) = done.faults
    assert fault.startswith("1.csv: line 3: ")
    assert values(workspace) == [0.6]


def test_good_lines_go_in_alone_only_if_the_file_says_so(workspace, folder):
    put(folder, "1.csv", FIRST + "m,recall,2026-01-19,P1W,lots\n")
    configure(workspace, folder, accept_good=True)
    assert outcome(workspace).outcome == "stored"
    assert values(workspace) == [0.5]


def test_a_question_is_the_outcome_until_its_answer_stands_in_the_file(workspace, folder):
    put(folder, "1.csv", FIRST)
    put(folder, "2.csv", FIRST.replace("0.5", "0.55"))
    configure(workspace, folder)
    done = outcome(workspace)
    assert (done.outcome, done.is_failing) == ("asked", True)
    (question,) = done.questions
    assert question.key == "restatement"
    workspace.settings.source_file.unlink()
    configure(workspace, folder, answers={question.key: "confirm"})
    assert outcome(workspace).outcome == "stored"
    assert values(workspace) == [0.55]


@pytest.mark.parametrize(
    "bad", [b"PK\x03\x04 no archive", b"\x00" * 100, b"PAR1 no table PAR1", b""]
)
def test_a_broken_file_is_a_sentence_and_stores_nothing(workspace, folder, bad):
    put(folder, "1.csv", bad)
    configure(workspace, folder)
    done = outcome(workspace)
    assert done.outcome == "rejected"
    assert done.faults
    assert batches.receipts(workspace, "shop") == []


def test_a_folder_that_is_not_there_or_empty_is_a_failure_that_is_tried_again_soon(
    workspace, folder
):
    configure(workspace, folder / "nothing")
    configure(workspace, folder, name="empty")
    for name in ("weekly", "empty"):
        done = outcome(workspace, name)
        assert (done.outcome, done.is_failing) == ("unread", True)
        assert "No file is there" in done.reason
    (state, _) = source_states.states(workspace.settings, done.ended_at)
    assert state.due_at == state.last.started_at + timedelta(hours=1)


def test_a_query_reads_all_files_as_one_and_the_same_rows_are_the_same_file(workspace, folder):
    put(folder, "1.csv", FIRST)
    put(folder, "2.csv", SECOND)
    query = "SELECT * FROM files WHERE CAST(value AS DOUBLE) < 1 ORDER BY value {};"
    configure(workspace, f"{folder}/*.csv", query=query.format(""))
    done = outcome(workspace)
    assert (done.outcome, done.n_stored) == ("stored", 1)
    assert values(workspace) == [0.5, 0.6]
    workspace.settings.source_file.unlink()
    configure(workspace, f"{folder}/*.csv", query=query.format("DESC"))
    assert outcome(workspace).outcome == "unchanged"


def test_parquet_json_and_a_database_are_read_by_a_query(workspace, folder):
    rows = "(VALUES ('m', 'recall', DATE '2026-01-05', 'P1W', 0.25)) AS t(model_id, metric, "
    rows += "period_start, granularity, value)"
    with duckdb.connect(str(folder / "b.duckdb")) as database:
        database.execute(f"CREATE TABLE results AS SELECT * FROM {rows}")
        database.execute(f"COPY results TO '{folder}/b.parquet'")
        database.execute(f"COPY results TO '{folder}/b.json'")
    for project, ending in enumerate(("parquet", "json", "duckdb")):
        path = folder / f"b.{ending}"
        os.utime(path, (1_700_000_000, 1_700_000_000))
        table = "results" if ending == "duckdb" else "files"
        configure(
            workspace, path, name=ending, project=f"p{project}", query=f"SELECT * FROM {table}"
        )
        done = outcome(workspace, ending)
        assert (done.outcome, done.faults) == ("stored", [])
        raw = batches.raw_file(workspace, f"p{project}", done.batch).decode()
        assert (
            raw == "model_id,metric,period_start,granularity,value\nm,recall,2026-01-05,P1W,0.25\n"
        )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('{outside}')",
        "COPY (SELECT 1) TO '{inside}'",
        "SELECT 1; SELECT 2",
        "DROP VIEW files",
        "INSTALL httpfs",
        "SELECT * FROM 'http://127.0.0.1:1/x.csv'",
        "SELECT no_such_column FROM files",
        "",
    ],
)
def test_a_query_reaches_nothing_but_its_files_and_writes_nothing(
    workspace, folder, tmp_path_factory, query
):
    outside = put(tmp_path_factory.mktemp("outside"), "secret.csv", FIRST)
    inside = put(folder, "1.csv", FIRST)
    query = query.format(outside=outside, inside=inside) or "  ;"
    configure(workspace, folder, query=query)
    done = outcome(workspace)
    assert done.outcome == "unread"
    assert batches.receipts(workspace, "shop") == []
    assert inside.read_text() == FIRST


def test_a_query_without_rows_is_empty_and_no_failure(workspace, folder):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder, query="SELECT * FROM files WHERE false")
    done = outcome(workspace)
    assert (done.outcome, done.is_failing) == ("empty", False)


def test_more_than_the_limits_is_refused(tmp_path, folder):
    put(folder, "1.csv", FIRST + SECOND.removeprefix(HEADER))
    asked = {"name": "x", "files": str(folder), "query": "SELECT * FROM files"}
    for limit, word in (({"most_rows": 1}, "1 rows"), ({"most_bytes": 10}, "10 bytes")):
        with pytest.raises(ValueError, match=word), fetched(Wanted(**asked, **limit), tmp_path):
            pass
    with fetched(Wanted("x", files=str(folder), most_bytes=10), tmp_path) as found:
        assert [(each.path, "10 bytes" in each.error) for each in found] == [(None, True)]
    assert list(tmp_path.glob("source-*")) == []


def test_a_source_that_takes_too_long_is_cut_off_and_one_that_is_stopped_too(tmp_path, folder):
    put(folder, "1.csv", FIRST)
    endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c"
    slow = Wanted("x", files=str(folder), query=endless, seconds=0.5)
    with pytest.raises(StoreError, match="cut off"), fetched(slow, tmp_path):
        pass
    stop = Event()
    stop.set()
    with pytest.raises(StoreError, match="stopped"), fetched(slow, tmp_path, stop):
        pass


def test_a_dry_run_keeps_nothing(workspace, folder):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    done = outcome(workspace, dry_run=True)
    assert (done.outcome, done.files[0].rows) == ("judged", 1)
    assert batches.receipts(workspace, "shop") == []
    assert source_states.states(workspace.settings, done.ended_at)[0].last is None


def test_a_copy_that_only_reads_runs_nothing(workspace, folder, monkeypatch):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    monkeypatch.setattr(
        workspace, "settings", workspace.settings.model_copy(update={"read_only": True})
    )
    with pytest.raises(StoreError, match="only reads"):
        outcome(workspace)
    scheduler = Scheduler(workspace)
    scheduler.start()
    scheduler.stop()
    assert not scheduler._thread.is_alive()
    assert batches.receipts(workspace, "shop") == []


def test_verify_and_a_rebuilt_store_agree_about_what_a_source_brought(workspace, folder):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    outcome(workspace)
    assert all(check.ok for check in backups.verify(workspace))


def test_an_unknown_source_is_named_with_near_ones(workspace, folder):
    configure(workspace, folder)
    with pytest.raises(NotFoundError, match="weekly"):
        outcome(workspace, "wekly")


def test_no_secret_is_kept_or_logged(workspace, monkeypatch, caplog, capfd):
    configure(workspace, connection="postgres", query="SELECT 1", dsn_env="SALES_DSN")
    for dsn in (DSN, f"postgres:{PASSWORD}", f"host=127.0.0.1 port=1 password={PASSWORD}"):
        monkeypatch.setenv("SALES_DSN", dsn)
        with caplog.at_level(logging.DEBUG):
            done = outcome(workspace)
        assert done.outcome == "unread"
        assert done.reason
        assert PASSWORD not in done.model_dump_json()
    workspace.acknowledge()
    assert PASSWORD.encode() not in everything_kept(workspace)
    assert PASSWORD not in caplog.text + "".join(capfd.readouterr())


def test_a_variable_that_is_not_set_is_named(workspace, monkeypatch):
    configure(workspace, connection="postgres", query="SELECT 1", dsn_env="SALES_DSN")
    monkeypatch.delenv("SALES_DSN", raising=False)
    assert "SALES_DSN is not set" in outcome(workspace).reason
    assert not source_states.check_json(workspace.settings)["ok"]


def test_the_settings_name_the_file(tmp_path):
    assert Settings(data=tmp_path).source_file == tmp_path / "sources.toml"
    assert Settings(data=tmp_path, sources=tmp_path / "x.toml").source_file == tmp_path / "x.toml"
