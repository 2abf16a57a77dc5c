"""Whoever writes keeps others waiting for the writing alone, not while files are judged."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Model, Status
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import batches, commit, imports
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.undo import undo
from mlpm_core.store import connection
from tests.batches import add_batch, model
from tests.patience import PATIENCE
from tests.services.test_imports import HEADER, put, values

CONFIRMED = Profile(restatement="confirm")
ONE = HEADER + "m1,recall,2024-01-01,0.8,\n"
OTHER = HEADER + "m1,recall,2024-01-01,0.7,\n"
BAD = HEADER + "m1,recall,2024-01-01,high,\n"


@contextmanager
def somebody_writing(workspace):
    """Another thread has the right to write while the block runs."""
    is_in, may_end = threading.Event(), threading.Event()

    def write():
        with workspace.store.write_locked():
            is_in.set()
            may_end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write)
        assert is_in.wait(PATIENCE)
        try:
            yield
        finally:
            may_end.set()


def beside(work):
    """What work gives in a thread of its own, which must not wait."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(work).result(PATIENCE / 3)
    finally:
        pool.shutdown(wait=False)


def test_a_preview_and_a_refusal_wait_for_nobody(workspace):
    first = put(workspace, ONE)
    ada = workspace.acting_as("ada")
    with somebody_writing(workspace):
        preview = beside(lambda: undo(ada, "shop", first.batch, dry_run=True))
        assert preview.status is Status.DRY_RUN
        assert preview.warnings[0].rows == 1
        new = HEADER + "m1,recall,2024-01-08,0.8,\n"
        would_be = beside(lambda: put(workspace, new, dry_run=True))
        assert (would_be.status, would_be.new) == (Status.DRY_RUN, 1)
        assert beside(lambda: put(workspace, BAD)).status is Status.REJECTED
    assert [b["seq"] for b in all_seqs(workspace)] == [1]


def all_seqs(workspace):
    with workspace.store.reader() as reader:
        return reader.rows("all_seqs")


def test_others_write_while_a_preview_is_on_its_way(workspace, monkeypatch):
    """A preview that never commits stands in nobody's way, and tells of when it began."""
    first = put(workspace, ONE)
    resting, came = undoing._resting, []

    def slow(writer, project):
        if not came:
            came.append(beside(lambda: put(workspace, HEADER + "m1,recall,2024-02-05,0.6,\n")))
        return resting(writer, project)

    monkeypatch.setattr(undoing, "_resting", slow)
    preview = undo(workspace.acting_as("ada"), "shop", first.batch, dry_run=True)
    assert came[0].batch == "B00002"
    assert {w.code: w.rows for w in preview.warnings} == {"stops-counting": 1}
    assert len(values(workspace)) == 2
    assert all(check.ok for check in backups.verify(workspace))


@pytest.mark.parametrize("what", ["undo", "import"])
def test_a_preview_goes_on_when_somebody_takes_the_next_number(workspace, monkeypatch, what):
    """It failed: its batch, that is never kept, had the number of the one that came."""
    first = put(workspace, ONE)
    add, came = batches.add, []

    def slow(*told, **how):
        if not came:
            came.append(None)
            came[0] = beside(lambda: put(workspace, ONE, project="other"))
        add(*told, **how)

    monkeypatch.setattr(batches, "add", slow)
    if what == "undo":
        preview = undo(workspace.acting_as("ada"), "shop", first.batch, dry_run=True)
    else:
        preview = put(workspace, HEADER + "m1,recall,2024-02-05,0.6,\n", dry_run=True)
    assert preview.status is Status.DRY_RUN
    assert came[0].batch == "B00002"
    assert [b["seq"] for b in all_seqs(workspace)] == [1, 2]


def test_a_preview_begins_anew_when_somebody_changed_what_it_changes(workspace, monkeypatch):
    """Both count the days of a log anew; the one that is never kept gives way."""
    log = "prediction_id,ts,model_id,y_pred,y_true\na,2024-01-01T10:00Z,m1,3,2\n"
    put(workspace, log, kind="prediction_log")
    put(workspace, "value_case_id,mechanism,title\nc,demand_forecast,C\n", kind="value_cases")
    counted, came = commit.recount, []

    def slow(writer, touched):
        if not came:
            came.append(None)
            more = log.replace("\na,", "\nb,")
            came[0] = beside(lambda: put(workspace, more, kind="prediction_log"))
        counted(writer, touched)

    monkeypatch.setattr(commit, "recount", slow)
    third = log.replace("\na,", "\nc,")
    preview = put(workspace, third, kind="prediction_log", dry_run=True)
    assert came[0].status is Status.COMMITTED
    assert (preview.status, preview.new) == (Status.DRY_RUN, 1)
    assert all(check.ok for check in backups.verify(workspace))


@pytest.mark.parametrize("what", ["undo", "import"])
def test_a_preview_that_changes_rows_is_made_while_nobody_writes(workspace, what):
    """It says what the thing itself then says, and leaves all as it was."""
    put(workspace, ONE)
    ada = workspace.acting_as("ada")
    if what == "undo":
        second = put(workspace, OTHER, profile=CONFIRMED).batch
        preview = undo(ada, "shop", second, dry_run=True)
        was = values(workspace)
        done = undo(ada, "shop", second)
    else:
        preview, was = put(workspace, OTHER, profile=CONFIRMED, dry_run=True), values(workspace)
        done = put(workspace, OTHER, profile=CONFIRMED)
    assert (preview.warnings, preview.effect) == (done.warnings, done.effect)
    assert was == {("m1", "2024-01-01"): 0.7 if what == "undo" else 0.8}
    assert values(workspace) == {("m1", "2024-01-01"): 0.8 if what == "undo" else 0.7}
    assert all(check.ok for check in backups.verify(workspace))


def test_what_came_in_while_a_file_was_judged_is_held_against_it(workspace, monkeypatch):
    """The same result twice at once: one of them is the first, the other repeats or changes it."""
    judged, came = imports.judged_with_rules, []

    def slow(*told, **how):
        plan = judged(*told, **how)
        if not came:
            came.append(None)
            came[0] = put(workspace, OTHER + "m1,recall,2024-03-04,0.9,\n")
        return plan

    monkeypatch.setattr(imports, "judged_with_rules", slow)
    done = put(workspace, ONE + "m2,recall,2024-01-01,0.5,\n")
    assert came[0].batch == "B00001"
    assert done.status is Status.ASKED
    assert values(workspace)["m1", "2024-01-01"] == 0.7
    agreed = put(workspace, ONE + "m2,recall,2024-01-01,0.5,\n", profile=CONFIRMED)
    assert (agreed.new, agreed.changed) == (1, 1)
    assert all(check.ok for check in backups.verify(workspace))


def test_rejects_are_listed_once_however_often_a_file_is_judged(workspace, monkeypatch):
    judged, came = imports.judged_with_rules, []

    def slow(*told, **how):
        plan = judged(*told, **how)
        if not came:
            came.append(None)
            put(workspace, HEADER + "m9,recall,2024-03-04,0.9,\n")
        return plan

    monkeypatch.setattr(imports, "judged_with_rules", slow)
    conflicting = ONE + "m3,recall,2024-01-01,0.5,\nm3,recall,2024-01-01,0.6,\n"
    done = put(workspace, conflicting, accept_good=True)
    assert (done.status, done.rejected, len(done.rejects)) == (Status.COMMITTED, 2, 2)


def test_the_file_is_written_out_between_two_previews_not_in_one(workspace):
    """DuckDB writes nothing out while a transaction with changes is open."""
    is_in, may_end = threading.Event(), threading.Event()

    def preview(writer):
        add_batch(writer, 1)
        writer.append(Model, 1, [model("m")])
        is_in.set()
        may_end.wait(PATIENCE)
        return len(writer.table(Model, "shop"))

    with ThreadPoolExecutor(2) as pool:
        trial = pool.submit(workspace.store.trial, preview)
        assert is_in.wait(PATIENCE)
        copied = pool.submit(workspace.store.snapshot, workspace.settings.data / "copy")
        assert not copied.done()
        may_end.set()
        assert trial.result(PATIENCE) == 1
        copied.result(PATIENCE)
    assert (workspace.settings.data / "copy").exists()
    assert workspace.version == 0


def test_a_copy_waits_for_who_still_reads_what_was_changed_meanwhile(workspace, monkeypatch):
    """DuckDB refuses to write its file out then; it was refused with the backup."""
    put(workspace, ONE)
    with workspace.store.reader() as reader:
        reader._cursor.execute("BEGIN TRANSACTION")
        assert len(reader.table(Model, "shop")) == 1
        put(workspace, OTHER, profile=CONFIRMED)
        monkeypatch.setattr(connection.time, "sleep", lambda _: reader._cursor.execute("COMMIT"))
        workspace.store.snapshot(workspace.settings.data / "copy")
    assert (workspace.settings.data / "copy").exists()
