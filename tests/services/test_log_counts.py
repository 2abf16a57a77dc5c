"""Counts of a prediction log say what its rows say, whatever came, late, twice or was undone."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from copy import copy
from datetime import UTC, datetime, timedelta, timezone
from math import inf, nan
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services import lifecycle
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Store, connection, log_groups, migrations
from mlpm_core.store.cursor import query
from mlpm_core.store.log_counts import SCORES, TABLES, rollup, rollup_of_groups
from tests.log_by_hand import HEADERS, SHOP, assert_alike, assert_same, counted

SOAK = int(os.environ.get("SOAK", "1"))
CLASSES_USED = ["", "0", "1", "1.0", "cat", "dog"]
moments = st.builds(
    lambda hours, zone: (
        datetime(2024, 2, 28, tzinfo=UTC) + timedelta(hours=hours)
    ).astimezone(timezone(timedelta(hours=zone))).isoformat(),
    st.integers(0, 24 * 20),
    st.sampled_from([-11, 0, 2, 13]),
)  # fmt: skip
scores = st.one_of(
    st.just(""),
    st.sampled_from(["0", "1", "0.29", "0.57", "0.58", "0.999999", "1e-9"]),
    st.integers(0, 1000).map(lambda k: str(k / 1000)),
    st.floats(0, 1).map(repr),
)
predictions = st.tuples(
    st.sampled_from([f"p{i}" for i in range(12)]),
    moments,
    st.sampled_from(["m", "o'ther"]),
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "north", "south"]),
    st.one_of(st.sampled_from(CLASSES_USED), st.integers(-50, 50).map(str)),
    scores,
    st.one_of(st.sampled_from(CLASSES_USED), st.integers(-50, 50).map(str)),
    st.sampled_from(["", "1", "cat"]),
)
labels = st.tuples(
    st.sampled_from([f"p{i}" for i in range(14)]),
    st.sampled_from(["0", "1", "1.0", "dog", "7.5", "-3"]),
    st.sampled_from(["", "m", "o'ther"]),
)
batch = st.one_of(
    st.tuples(st.just("prediction_log"), st.lists(predictions, min_size=1, max_size=12,
                                                  unique_by=lambda row: (row[0], row[2]))),
    st.tuples(st.just("labels"), st.lists(labels, min_size=1, max_size=8,
                                          unique_by=lambda row: (row[0], row[2]))),
)  # fmt: skip


def put(workspace, kind, rows, *, dry_run=False):
    text = HEADERS[kind] + "".join(",".join(row) + "\n" for row in rows)
    places = (1,) if kind == "labels" else (5, 7)
    classes = {row[place] for row in rows for place in places} - {""}
    receipt = imports.import_file(
        workspace.acting_as("ada"), SHOP, kind, "part.csv", text.encode(), accept_good=True,
        dry_run=dry_run,
        profile=Profile(restatement="confirm", new_model="new",
                        outcomes=dict.fromkeys(classes, "keep")),
    )  # fmt: skip
    stored = (Status.COMMITTED, Status.DUPLICATE, Status.REJECTED)
    assert receipt.status in ((Status.DRY_RUN,) if dry_run else stored), receipt
    return receipt


@given(st.lists(batch, min_size=1, max_size=6), st.data())
@settings(
    max_examples=12 * SOAK, derandomize=SOAK == 1, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # minutes are not spent on a smaller case
)  # fmt: skip
def test_counts_are_those_of_the_rows_after_any_imports_and_undos(parts, data):
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_recovered(Settings(data=Path(folder), demo=False))
        receipts = [put(workspace, kind, rows) for kind, rows in parts]
        assert_same(workspace)
        before = counted(workspace)
        with workspace.store.reader() as reader:
            seq = int(reader.rows("last_seq")[0]["seq"])
        committed = [r.batch for r in receipts if r.status is Status.COMMITTED]
        gone = data.draw(st.permutations(committed).flatmap(
            lambda order: st.integers(0, len(order)).map(lambda n: order[:n])
        ))  # fmt: skip
        for name in gone:
            undoing.undo(workspace.acting_as("ben"), SHOP, name)
            assert_same(workspace)
        past = copy(workspace)
        past.store = workspace.store.as_of(seq)
        then = counted(past)
        assert_alike(then, before)
        workspace.close()


BUSY = [(f"q{i}", "2024-03-01T10:00:00Z", "m", "1", "north", str(i % 40), "0.29", str(i % 35), "")
        for i in range(200)]  # fmt: skip
LATE = [(f"q{i}", str(i % 3), "") for i in range(0, 200, 7)]


@pytest.fixture
def busy(workspace):
    """A log with more numbers a day than are listed, and labels that came later."""
    for kind, rows in (("prediction_log", BUSY), ("labels", LATE)):
        assert put(workspace, kind, rows).status is Status.COMMITTED
    return workspace


def test_numbers_are_counted_without_being_listed(busy):
    assert_same(busy)
    with busy.store.reader() as reader:
        rows = reader._rows("SELECT y_pred, y_true, n FROM log_counts", {})
    assert rows == [{"y_pred": None, "y_true": None, "n": 200}]


def test_segments_are_read_without_looking_at_a_single_prediction(busy):
    """What keeps a screen as fast with a million rows as with two hundred."""
    asked = {"project": "'shop'", "model_id": "'m'", "model_version": "''", "by": "'P1W'",
             "until": "TIMESTAMP '2024-03-09'"}  # fmt: skip
    text = query("log_by_segment")
    for name, value in asked.items():
        text = re.sub(rf"\${name}\b", value, text)
    with busy.store.reader() as reader:
        now = reader._rows(f"EXPLAIN {text}", {})[0]["explain_value"]
    with busy.store.as_of(1).reader() as reader:
        then = reader._rows(f"EXPLAIN {text}", {})[0]["explain_value"]
    assert "log_counts" in now
    assert "prediction_log" not in now
    assert "labels" not in now
    assert "prediction_log" in then


def test_a_score_falls_into_its_hundredth_and_what_is_none_into_no_bin():
    """Bins are exact at every hundredth; NaN, no score and one out of range are counted apart."""
    odd = [None, nan, inf, -inf, -0.001, 1.001]
    exact = [k / 100 for k in range(101)] + [k / 1000 for k in range(1000)]
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE labels_current (project VARCHAR, model_id VARCHAR, "
                       "prediction_id VARCHAR, y_true VARCHAR)")  # fmt: skip
        engine.execute(
            "CREATE TABLE prediction_log_current AS SELECT 'shop' AS project, 'm' AS model_id, "
            "'' AS model_version, '' AS segment, '' AS y_pred, '' AS decision, '1' AS y_true, "
            "'p' || i AS prediction_id, TIMESTAMP '2024-03-01' AS ts, "
            "CAST($scores AS DOUBLE[])[i] AS y_pred_proba FROM range(1, $n + 1) t(i)",
            {"scores": odd + exact, "n": len(odd + exact)},
        )
        found = engine.execute(
            f"SELECT score_bin, n, y_true, sum_p FROM ({rollup(SCORES)}) ORDER BY 1"
        ).fetchall()
    assert found[0] == (-1, len(odd), None, 0.0)
    expected = Counter(min(k, 99) for k in range(101)) + Counter(k // 10 for k in range(1000))
    assert {k: n for k, n, *_ in found[1:]} == expected
    assert sum(p for *_, p in found[1:]) == pytest.approx(sum(exact))


LOG_OF_ANY_DAY = st.lists(
    st.tuples(
        st.datetimes(datetime(1960, 1, 1), datetime(2030, 1, 1)),
        st.sampled_from(["m", "o'ther"]),
        st.sampled_from(["", "1"]),
        st.sampled_from(["", "north", "süd"]),
        st.one_of(st.sampled_from(CLASSES_USED), st.integers(0, 60).map(str)),
        st.one_of(st.none(), st.sampled_from([0.0, 0.29, 0.57, 0.58, 1.0]), st.floats(0, 1)),
        st.one_of(st.sampled_from(CLASSES_USED), st.integers(0, 60).map(str)),
        st.sampled_from(["", "1", "cat", "2"]),
    ),
    min_size=1,
    max_size=120,
)
IN_ORDER = ("ts", "model_id", "model_version", "segment", "y_pred", "y_pred_proba", "y_true",
            "decision")  # fmt: skip


@given(LOG_OF_ANY_DAY, st.sampled_from([1, 7, 1000]), st.booleans())
@settings(
    max_examples=60 * SOAK, derandomize=SOAK == 1, deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
def test_predictions_in_memory_are_counted_as_stored_ones_are(rows, piece, is_one_day):
    """Days before 1970, more classes than are listed, no score, and pieces of any size."""
    cells = dict(zip(IN_ORDER, map(list, zip(*rows, strict=True)), strict=True))
    if is_one_day:
        cells["ts"] = [datetime(1969, 12, 31, 23, 59) for _ in rows]
    log = pa.table({"project": ["shop"] * len(rows)} | cells)
    for i, field in enumerate(log.schema):
        if pa.types.is_string(field.type):
            log = log.set_column(i, field.name, log.column(i).dictionary_encode())
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as engine:
        patch.setattr(log_groups, "_PIECE", piece)
        groups = log_groups.groups_of(log)
        assert (len(groups) == len(TABLES)) or not is_one_day
        for table in TABLES:
            names = ", ".join(table.columns)
            stored = rollup(table, log="log", has_labels=False)
            expected = engine.execute(f"SELECT {names} FROM ({stored}) ORDER BY ALL").fetchall()
            if table.name not in groups:  # too many days by classes
                continue
            new_rows = groups[table.name]
            of_memory = rollup_of_groups(table, new_rows)
            counts = table.counts_in(f"({of_memory})")
            found = engine.execute(f"SELECT {names} FROM {counts} ORDER BY ALL").fetchall()
            n_sums = len(table.sums)
            assert [row[:-n_sums] for row in found] == [row[:-n_sums] for row in expected]
            for mine, theirs in zip(found, expected, strict=True):
                assert mine[-n_sums:] == pytest.approx(theirs[-n_sums:], rel=1e-9, abs=1e-12)


def test_predictions_whose_texts_all_differ_are_left_to_the_store():
    log = pa.table({
        **{name: pa.array(["", ""]).dictionary_encode()
           for name in ("project", "model_id", "model_version", "segment", "y_true", "decision")},
        "y_pred": ["0.1", "0.2"], "ts": pa.array([0, 1], pa.timestamp("us")),
        "y_pred_proba": pa.array([None, None], pa.float64()),
    })  # fmt: skip
    assert log_groups.groups_of(log).keys() == {SCORES.name}


def test_a_store_of_before_is_counted_when_it_is_opened(tmp_path, monkeypatch, busy):
    """The migration makes the counts of what is stored; what they say is what they would be."""
    expected = counted(busy)
    folder = busy.settings.data
    lifecycle.close_workspace()
    place = tmp_path / "older"
    shutil.copytree(folder, place)
    numbers = [
        n
        for n, text in migrations()
        if any(f"CREATE TABLE {table.name} (" in text for table in TABLES)
    ]
    with duckdb.connect(str(place / "mlpm.duckdb")) as engine:
        for table in TABLES:
            engine.execute(f"DROP VIEW {table.name}_known; DROP TABLE {table.name}")
        engine.execute("DELETE FROM schema_version WHERE version >= $1", [numbers[0]])
    monkeypatch.setattr(connection, "migrations", lambda: tuple(
        (n, text) for n, text in migrations() if n < numbers[0] or n in numbers
    ))  # fmt: skip
    store = Store.open(place / "mlpm.duckdb")
    older = copy(busy)
    older.store = store
    assert_alike(counted(older), expected)
    store.close()


def test_a_database_built_anew_from_the_ledger_is_counted_too(busy):
    expected = counted(busy)
    folder = busy.settings.data
    lifecycle.close_workspace()
    (folder / "mlpm.duckdb").unlink()
    workspace = open_recovered(Settings(data=folder, demo=False))
    assert workspace.healed
    assert_alike(counted(workspace), expected)
    workspace.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log_counts SET n = n + 1",
        "UPDATE log_counts SET sum_error = sum_error * (1 + 1e-6)",
        "UPDATE log_scores SET bins = [struct_update(b, score_bin := 30) FOR b IN bins]",
        "UPDATE log_scores SET bins = [struct_update(b, sum_p := b.sum_p * 2) FOR b IN bins]",
        "UPDATE log_scores SET bins = bins[2:]",
        "UPDATE log_scores SET bins = list_append(bins, NULL)",
        "UPDATE log_scores SET bins = list_concat(bins, [struct_update(b, n := 0, sum_p := 0, "
        "sum_p2 := 0, sum_p3 := 0, sum_p4 := 0) FOR b IN bins])",
        "INSERT INTO log_scores SELECT * FROM log_scores",
        "INSERT INTO log_counts SELECT * FROM log_counts",
        "UPDATE log_counts SET n = n - 1; INSERT INTO log_counts SELECT * REPLACE (1 AS n, "
        "0 AS n_followed, 0 AS n_wrong, 0 AS n_numbers, 0 AS sum_error, 0 AS sum_abs_error, "
        "0 AS sum_sq_error, 0 AS sum_actual, 0 AS sum_abs_actual, 0 AS sum_sq_actual, "
        "0 AS sum_error_actual) FROM log_counts",
        "DELETE FROM log_scores",
        "INSERT INTO log_counts SELECT * REPLACE ('x' AS segment) FROM log_counts",
    ],
)
def test_verify_names_counts_that_are_not_those_of_the_rows_and_counts_again(busy, change):
    with busy.store.writer() as writer:
        writer.execute(change)
    failed = {check.name: check.detail for check in backups.verify(busy) if not check.ok}
    assert failed.keys() == {"counts"}
    assert "counted again" in failed["counts"]
    assert all(check.ok for check in backups.verify(busy))
    assert_same(busy)


def test_a_label_replaces_the_days_of_its_predictions_and_no_others(busy):
    other = [(row[0].replace("q", "r"), "2024-03-20T10:00:00Z", *row[2:]) for row in BUSY]
    put(busy, "prediction_log", other)
    with busy.store.writer() as writer:  # a mark that only counting again takes away
        writer.execute("UPDATE log_counts SET n_followed = -1")
    put(busy, "labels", [("r1", "5", "m")])
    with busy.store.reader() as reader:
        rows = reader._rows("SELECT day, n_followed FROM log_counts ORDER BY 1", {})
    assert [(str(row["day"]), row["n_followed"] < 0) for row in rows] == [
        ("2024-03-01", True), ("2024-03-20", False),
    ]  # fmt: skip


def test_an_import_that_is_tried_only_counts_nothing(busy):
    before = counted(busy)
    put(busy, "labels", [("q1", "9", "")], dry_run=True)
    assert_alike(counted(busy), before)
    batch = put(busy, "labels", [("q1", "9", "")])
    undoing.undo(busy.acting_as("ben"), SHOP, batch.batch, dry_run=True)
    after = counted(busy)
    undoing.undo(busy.acting_as("ben"), SHOP, batch.batch)
    assert after != before
    assert_alike(counted(busy), before)
