"""Many rows are laid down while others may write; what these wrote is held against them."""

from __future__ import annotations

from mlpm_core.errors import StoreError
from mlpm_core.records import MetricResult, Model, Status
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import commit, imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.session.data_folder import DATABASE
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Arrival
from mlpm_core.store.log_counts import TABLES
from tests.services.test_imports import HEADER, put, values
from tests.services.test_waiting import CONFIRMED, ONE, OTHER, all_seqs, beside


def meanwhile(monkeypatch, *works):
    """Each once, right after rows were laid down and before they are a batch."""
    lay_down, came = commit.lay_down, []

    def slow(*laid):
        lay_down(*laid)
        if laid[-1].n_stored > 1 and len(came) < len(works):
            came.append(None)
            came[-1] = beside(works[len(came) - 1])

    monkeypatch.setattr(commit, "lay_down", slow)
    monkeypatch.setattr(imports, "MANY_ROWS", 2)
    return came


TWO_MODELS = ONE + "m2,recall,2024-01-01,0.5,\n"
LOG = "prediction_id,ts,model_id,y_pred,y_true,y_pred_proba\n"


def test_others_write_while_many_rows_are_laid_down(workspace, monkeypatch):
    """They have the numbers before, and two more are left free for each of them; a preview and a
    backup may come, too."""
    out = workspace.settings.data / "copy"
    came = meanwhile(monkeypatch, lambda: put(workspace, ONE, project="other"))
    done = put(workspace, TWO_MODELS)
    assert (came[0].batch, done.batch) == ("B00001", "B00004")
    assert (done.status, done.stored) == (Status.COMMITTED, 2)
    assert [b["batch"] for b in all_seqs(workspace)] == ["B00001", "B00004"]
    assert [e["seq"] for e in workspace.ledger.entries()] == [1, 4]
    assert len(values(workspace)) == 2
    with workspace.store.reader() as reader:
        assert len(reader.table(Model, "shop")) == 2
        assert reader.count(MetricResult, 4) == 2
    workspace.store.snapshot(out)
    assert all(check.ok for check in backups.verify(workspace))


def test_a_number_left_free_is_no_hole(tmp_path, monkeypatch):
    """It was never a batch: nothing misses it, neither what comes next nor who builds it anew."""
    settings = Settings(data=tmp_path / "other", demo=False)
    workspace = open_recovered(settings)
    meanwhile(monkeypatch, lambda: put(workspace, ONE, project="other"))
    done, then = put(workspace, TWO_MODELS), put(workspace, HEADER + "m3,recall,2024-01-01,0.3,\n")
    assert (done.batch, then.batch) == ("B00004", "B00005")
    undone = undo(workspace.acting_as("ada"), "shop", done.batch)
    assert (undone.batch, undone.undoes) == ("B00006", "B00004")
    was = values(workspace)
    assert was == {("m3", "2024-01-01"): 0.3}
    workspace.close()
    (settings.data / DATABASE).unlink()
    again = open_recovered(settings)
    try:
        assert values(again) == was
        assert [b["batch"] for b in all_seqs(again)] == ["B00001", "B00004", "B00005", "B00006"]
        assert all(check.ok for check in backups.verify(again))
    finally:
        again.close()


def test_where_others_wrote_before_rows_were_laid_down_these_are_laid_down_once(
    workspace, monkeypatch
):
    """Who writes while a file is read will write on: numbers are left free from the first."""
    judged, came = imports.judged_with_rules, []

    def slow(*told, **how):
        if not came:
            came.append(None)
            put(workspace, ONE, project="other")
        return judged(*told, **how)

    monkeypatch.setattr(imports, "judged_with_rules", slow)
    laid = meanwhile(monkeypatch, *2 * [lambda: put(workspace, OTHER, project="other")])
    done = put(workspace, TWO_MODELS)
    assert (done.status, done.batch, len(laid)) == (Status.COMMITTED, "B00004", 1)
    assert all(check.ok for check in backups.verify(workspace))


def test_many_rows_are_judged_again_when_their_project_was_written_to(workspace, monkeypatch):
    came = meanwhile(monkeypatch, lambda: put(workspace, OTHER))
    done = put(workspace, TWO_MODELS, profile=CONFIRMED)
    assert (came[0].batch, done.batch) == ("B00001", "B00004")
    assert (done.new, done.changed) == (1, 1)
    assert values(workspace)["m1", "2024-01-01"] == 0.8
    assert all(check.ok for check in backups.verify(workspace))


def test_many_rows_that_came_twice_at_once_are_stored_once(workspace, monkeypatch):
    came = meanwhile(monkeypatch, lambda: put(workspace, TWO_MODELS))
    done = put(workspace, TWO_MODELS)
    assert (done.status, done.batch) == (Status.DUPLICATE, came[0].batch)
    assert len(all_seqs(workspace)) == 1


def test_a_project_that_is_written_to_all_the_time_gets_its_many_rows_too(workspace, monkeypatch):
    """After some tries nobody else may write."""
    works = [
        lambda day=day: put(workspace, HEADER + f"m1,recall,2024-01-0{day},0.6,\n")
        for day in range(1, 4)
    ]
    came = meanwhile(monkeypatch, *works)
    done = put(workspace, TWO_MODELS, profile=CONFIRMED)
    assert (len(came), done.status, done.changed) == (3, Status.COMMITTED, 1)
    assert len(values(workspace)) == 4
    assert all(check.ok for check in backups.verify(workspace))


def test_others_write_while_many_predictions_are_counted(workspace, monkeypatch):
    counted, came = commit.counted_ahead, []

    def slow(*told):
        came.append(beside(lambda: put(workspace, ONE, project="other")))
        return counted(*told)

    monkeypatch.setattr(commit, "counted_ahead", slow)
    monkeypatch.setattr(imports, "MANY_ROWS", 2)
    log = LOG + "a,2024-01-01T10:00Z,m1,1,1,0.7\nb,2024-01-01T11:00Z,m1,0,1,0.4\n"
    done = put(workspace, log, kind="prediction_log")
    assert (came[0].status, done.status) == (Status.COMMITTED, Status.COMMITTED)
    assert sum(row["n"] for row in counts(workspace)) == 4
    assert all(check.ok for check in backups.verify(workspace))


def test_many_predictions_are_counted_as_few_are(workspace, tmp_path, monkeypatch):
    """Days that are new and days that are not, corrections, labels of their own and an undo."""
    first = LOG + "".join(f"p{i},2024-01-0{1 + i % 3}T10:00Z,m1,{i % 2},,0.{i}\n" for i in range(9))
    more = first.replace("p8,", "q8,") + "r,2024-02-01T10:00Z,m2,1,0,0.9\n"
    changed = LOG + "p1,2024-03-01T10:00Z,m1,0,1,0.2\nnew,2024-01-02T10:00Z,m1,1,1,0.6\n"
    labels = "prediction_id,y_true\n" + "".join(f"p{i},{i % 2}\n" for i in range(6))
    story = [(first, "prediction_log"), (more, "prediction_log"), (labels, "labels"),
             (changed, "prediction_log")]  # fmt: skip

    def told(stored):
        seen = []
        for text, kind in story:
            done = put(stored, text, kind=kind, profile=CONFIRMED)
            seen.append((done.model_copy(update={"received_at": None}), counts(stored)))
        undo(stored.acting_as("ada"), "shop", done.batch)
        assert all(check.ok for check in backups.verify(stored))
        return [*seen, counts(stored)]

    other = open_recovered(Settings(data=tmp_path / "other", demo=False))
    few = told(other)
    other.close()
    monkeypatch.setattr(imports, "MANY_ROWS", 1)
    assert told(workspace) == few
    assert all(receipt.status is Status.COMMITTED for receipt, _ in few[:-1])


def counts(workspace):
    """All counts of logs."""
    with workspace.store.reader() as reader:
        return [
            row
            for table in TABLES
            for row in reader._rows(
                f"SELECT * FROM {table.counts_in(table.name)} ORDER BY {', '.join(table.keys)}", {}
            )
        ]


def test_many_rows_are_stored_as_few_are(workspace, tmp_path, monkeypatch):
    """Receipts, effects and what holds are the same, corrections and undo included."""
    other = open_recovered(Settings(data=tmp_path / "other", demo=False))
    texts = (TWO_MODELS, OTHER, ONE + "m1,recall,2024-02-05,0.6,\nm2,recall,2024-01-01,0.5,\n")

    def story(stored):
        receipts = [put(stored, text, profile=CONFIRMED) for text in texts]
        receipts.append(undo(stored.acting_as("ada"), "shop", receipts[1].batch))
        return [r.model_copy(update={"received_at": None}) for r in receipts], values(stored)

    few = story(other)
    other.close()
    monkeypatch.setattr(imports, "MANY_ROWS", 1)
    assert story(workspace) == few
    assert all(check.ok for check in backups.verify(workspace))


def test_a_disk_that_refuses_many_rows_leaves_nothing_of_them(workspace, monkeypatch):
    monkeypatch.setattr(imports, "MANY_ROWS", 1)
    monkeypatch.setattr(Arrival, "__call__", refusing)
    failed = put(workspace, TWO_MODELS)
    assert (failed.status, values(workspace)) == (Status.FAILED, {})
    monkeypatch.undo()
    assert put(workspace, TWO_MODELS).batch == "B00001"
    assert all(check.ok for check in backups.verify(workspace))


def refusing(arrival, sha256):
    raise StoreError("No space is left.")
