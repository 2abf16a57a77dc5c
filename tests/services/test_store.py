"""The store and its ledger: locked down, whole or not at all, and never silently short of a batch.

Each of the escapes was tried against DuckDB 1.5.6.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from mlpm_core.errors import StoreError
from mlpm_core.records import MetricResult, Model, columns
from mlpm_core.store import Reader, Store, connection
from tests.batches import NOON, add_batch, add_models, model
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "mlpm.duckdb")
    yield store
    store.close()


def models(store):
    with store.reader() as reader:
        return [row["model_id"] for row in reader.table(Model, "shop")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM parquet_scan('/etc/passwd')",
        "SELECT * FROM read_json('/etc/passwd')",
        "ATTACH '/tmp/other.duckdb'",
        "ATTACH '{backup}/../other.duckdb' AS other",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "COPY models TO '/tmp/out.parquet'",
        "COPY models FROM '/etc/passwd'",
        "EXPORT DATABASE '/tmp/out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "SET allowed_directories = ['/']",
        "RESET enable_external_access",
        "PRAGMA enable_profiling='json'; PRAGMA profiling_output='/tmp/profile.json'",
        "SELECT * FROM read_text('{backup}/../secret.txt')",
        "SELECT * FROM read_text('{backup}/../../../../../../../etc/passwd')",
        "COPY (SELECT 1) TO '{backup}/../out.csv'",
    ],
)
def test_an_open_store_lets_no_statement_out(store, tmp_path, sql):
    (tmp_path / "secret.txt").write_text("secret")
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(StoreError), store.writer() as writer:
        writer.execute(sql.format(backup=tmp_path / "backup"))
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_table_s_name_never_reads_a_python_variable(store):
    secrets = pd.DataFrame({"token": ["abc"]})
    with store.reader() as reader, pytest.raises(StoreError, match="secrets"):
        reader._rows("SELECT * FROM secrets", {})
    assert len(secrets) == 1


def test_a_frame_being_appended_is_not_seen_by_another_reader(store):
    with store.writer() as writer, store.reader() as reader:
        writer._cursor.register("new_rows", pd.DataFrame({"i": [1]}))
        with pytest.raises(StoreError):
            reader._rows("SELECT * FROM new_rows", {})


def test_readers_in_many_threads_each_get_their_own_rows(store):
    """341 of 800 answers were wrong on a connection that threads shared."""
    n_batches = 40
    with store.writer() as writer:
        for seq in range(1, n_batches + 1):
            add_batch(writer, seq, project=f"p{seq}")

    def ask(i):
        seq = i % n_batches + 1
        with store.reader() as reader:
            rows = reader.rows("batch_project", batch=f"B{seq:05d}")
        return rows == [{"project": f"p{seq}"}]

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(800))) == 800


def test_one_writer_at_a_time_loses_no_number(store):
    """The next number is read and taken inside the lock, so none is taken twice."""

    def add(i):
        with store.writer() as writer:
            seq = writer.rows("last_seq")[0]["seq"] + 1
            add_batch(writer, seq)
            writer.append(Model, seq, [model(f"m{i}")])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(60)))
    with store.reader() as reader:
        assert [r["seq"] for r in reader.rows("all_seqs")] == list(range(1, 61))
    assert len(models(store)) == 60


def test_a_second_writer_waits_for_the_first(store):
    order, first_is_in, may_end = [], threading.Event(), threading.Event()

    def first():
        with store.writer() as writer:
            first_is_in.set()
            may_end.wait(PATIENCE)
            add_batch(writer, 1)
            order.append("first")

    def second():
        with store.writer() as writer:
            order.append(f"second after {writer.rows('last_seq')[0]['seq']}")

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert first_is_in.wait(PATIENCE)
        two = pool.submit(second)
        may_end.set()
        one.result(PATIENCE)
        two.result(PATIENCE)
    assert order == ["first", "second after 1"]


@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt()])
def test_any_error_rolls_everything_back(store, error):
    def work():
        with store.writer() as writer:
            add_batch(writer, 1)
            raise error

    with pytest.raises(type(error)):
        work()
    with store.reader() as reader:
        assert reader.rows("all_seqs") == []
    add_models(store, 1, "m1")
    assert models(store) == ["m1"]


def test_a_statement_the_table_refuses_takes_the_whole_batch_with_it(store):
    """A COMMIT after a failed statement writes nothing without a word."""
    row = dict.fromkeys((c.name for c in columns(MetricResult)), "")
    row |= {"project": "shop", "model_id": "m", "metric": "recall", "period_start": NOON}
    row |= dict.fromkeys(
        ("n", "value_se", "ci_low", "ci_high", "numerator", "denominator", "labelled_share")
    )
    good, bad = (row | {"value": v} for v in (0.5, float("inf")))

    def work():
        with store.writer() as writer:
            add_batch(writer, 1)
            writer.append(MetricResult, 1, [good, bad])

    with pytest.raises(StoreError):
        work()
    with store.reader() as reader:
        assert reader.rows("all_seqs") == []
        assert reader.table(MetricResult, "shop") == []


def test_what_would_happen_is_rolled_back(store):
    with store.writer(keep=False) as writer:
        add_batch(writer, 1)
        writer.append(Model, 1, [model("m1")])
        assert len(writer.current(Model, "shop")) == 1
    assert models(store) == []


def newest(store):
    return store.cached_rows("last_seq")[0]["seq"]


def test_what_is_remembered_is_asked_again_after_a_write(store):
    assert newest(store) == 0
    add_models(store, 1, "a")
    assert newest(store) == 1
    with store.writer(keep=False) as writer:
        add_batch(writer, 2)
    assert newest(store) == 1
    assert (newest(store.as_of(0)), newest(store)) == (0, 1)


def test_what_was_read_before_a_write_is_not_remembered_after_it(store, monkeypatch):
    rows, is_first = Reader.rows, True

    def slow(reader, query, **parameters):
        nonlocal is_first
        stored = rows(reader, query, **parameters)
        if query == "last_seq" and is_first:
            is_first = False
            add_models(store, 1, "a")
        return stored

    monkeypatch.setattr(Reader, "rows", slow)
    assert [newest(store), newest(store)] == [0, 1]


def test_a_later_row_replaces_and_an_undo_brings_the_earlier_back(store):
    add_models(store, 1, "m1")
    with store.writer() as writer:
        add_batch(writer, 2)
        writer.append(Model, 2, [model("m1", "newer")])
    with store.reader() as reader:
        assert [r["purpose"] for r in reader.table(Model, "shop")] == ["newer"]
    with store.writer() as writer:
        add_batch(writer, 3, undoes=2)
    with store.reader() as reader:
        assert [r["purpose"] for r in reader.table(Model, "shop")] == [""]
        assert [r["purpose"] for r in reader.history(Model, "shop")] == ["", "newer"]


def test_rows_survive_a_close_and_a_kill(tmp_path):
    path = tmp_path / "mlpm.duckdb"
    store = Store.open(path)
    add_models(store, 1, "closed")
    store.close()
    script = (
        "import os, sys; from pathlib import Path; from tests.batches import add_models\n"
        "from mlpm_core.store import Store; store = Store.open(Path(sys.argv[1]))\n"
        "add_models(store, 2, 'killed'); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path],
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    store = Store.open(path)
    assert models(store) == ["closed", "killed"]
    store.close()


def test_a_failed_migration_leaves_the_old_version(tmp_path, monkeypatch):
    path = tmp_path / "mlpm.duckdb"
    store = Store.open(path)
    add_models(store, 1, "m1")
    store.close()
    steps = connection.migrations()
    broken = "CREATE TABLE half_done (i INTEGER); INSERT INTO no_such_table VALUES (1);"
    monkeypatch.setattr(connection, "migrations", lambda: (*steps, (steps[-1][0] + 1, broken)))
    with pytest.raises(StoreError, match="no_such_table"):
        Store.open(path)
    monkeypatch.setattr(connection, "migrations", lambda: steps)
    store = Store.open(path)
    assert models(store) == ["m1"]
    with store.reader() as reader:
        assert (
            reader._rows("SELECT max(version) AS v FROM schema_version", {})[0]["v"]
            == (steps[-1][0])
        )
        tables = reader._rows("SELECT table_name AS t FROM duckdb_tables()", {})
    assert "half_done" not in {row["t"] for row in tables}
    store.close()


def test_a_migration_runs_once(tmp_path, monkeypatch):
    path = tmp_path / "mlpm.duckdb"
    steps = connection.migrations()
    newer = (*steps, (steps[-1][0] + 1, "CREATE TABLE added (i INTEGER);"))
    Store.open(path).close()
    monkeypatch.setattr(connection, "migrations", lambda: newer)
    for _ in range(2):
        Store.open(path).close()
    store = Store.open(path)
    with store.reader() as reader:
        versions = reader._rows("SELECT version FROM schema_version ORDER BY version", {})
    assert [row["version"] for row in versions] == [n for n, _ in newer]
    store.close()


def test_a_store_of_a_newer_version_is_not_touched(tmp_path, monkeypatch):
    path = tmp_path / "mlpm.duckdb"
    steps = connection.migrations()
    newer = (*steps, (steps[-1][0] + 1, "CREATE TABLE added (i INTEGER);"))
    monkeypatch.setattr(connection, "migrations", lambda: newer)
    Store.open(path).close()
    monkeypatch.setattr(connection, "migrations", lambda: steps)
    with pytest.raises(StoreError, match="start the newer MLPM"):
        Store.open(path)


def test_a_second_process_is_told_who_holds_the_store(store, tmp_path):
    script = (
        "import sys; from pathlib import Path; from mlpm_core.store import Store\n"
        "from mlpm_core.errors import StoreError\n"
        "try: Store.open(Path(sys.argv[1]))\n"
        "except StoreError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "mlpm.duckdb"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "held by another process" in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_file_that_is_no_database_is_a_sentence(tmp_path):
    path = tmp_path / "mlpm.duckdb"
    path.write_bytes(b"this is not a database" * 1000)
    with pytest.raises(StoreError, match=r"mlpm\.duckdb"):
        Store.open(path)
    assert path.read_bytes().startswith(b"this is not")


def test_a_read_only_store_answers_and_refuses_to_write(tmp_path):
    path = tmp_path / "mlpm.duckdb"
    store = Store.open(path)
    add_models(store, 1, "m1")
    store.close()
    store = Store.open(path, read_only=True)
    assert models(store) == ["m1"]
    with pytest.raises(StoreError, match="only reads"), store.writer():
        pass
    with store.reader() as reader, pytest.raises(StoreError):
        reader._rows("INSERT INTO schema_version VALUES (9, now())", {})
    store.close()
