"""Counts of a prediction log say what its rows say, whatever came, late, twice or was undone."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from math import floor, isfinite, isnan
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, Status
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import log_counts, migrations
from mlpm_core.store.log_counts import CLASSES, SCORES, rollup
from mlpm_core.store.schema import KNOWN, current_view, table

SOAK = int(os.environ.get("SOAK", "1"))
HEADERS = {
    "prediction_log": (
        "prediction_id,ts,model_id,model_version,segment,y_pred,y_pred_proba,y_true,decision\n"
    ),
    "labels": "prediction_id,y_true,model_id\n",
}
SHOP = "shop"


def rows_of(workspace, record):
    with workspace.store.reader() as reader:
        return reader.table(KINDS[record], SHOP)


def number(text):
    """What a text counts as when it is a number; None when it is none."""
    try:
        return float(text)
    except ValueError:
        return None


def outcomes(workspace):
    """The rows of the log that hold with the outcome each has, by hand."""
    told = {(r["model_id"], r["prediction_id"]): r["y_true"] for r in rows_of(workspace, "labels")}
    for row in rows_of(workspace, "prediction_log"):
        name = row["prediction_id"]
        late = told.get((row["model_id"], name), told.get(("", name)))
        yield row | {"y_true": row["y_true"] if late is None else late}


def is_wrong(row):
    predicted, happened = number(row["y_pred"]), number(row["y_true"])
    if predicted is None or happened is None:
        return row["y_pred"] != row["y_true"]
    return predicted != happened


def by_hand(workspace):
    """Figures by model, version, day and segment, each row looked at by itself."""
    figures = defaultdict(lambda: defaultdict(float))
    for row in outcomes(workspace):
        key = row["model_id"], row["model_version"], row["ts"].date(), row["segment"]
        of = figures[key]
        of["n"] += 1
        of["n_followed"] += row["decision"] in ("", row["y_pred"])
        score = row["y_pred_proba"]
        k = -1 if score is None else min(floor(floor(score * 1000) / 10), 99)
        of["bin", k] += 1
        if score is not None:
            of["scored", row["y_true"]] += 1
            for power in range(1, 5):
                of["score", power] += score**power
        if row["y_pred"] == "" or row["y_true"] == "":
            continue
        of["n_judged"] += 1
        of["n_wrong"] += is_wrong(row)
        predicted, happened = number(row["y_pred"]), number(row["y_true"])
        if predicted is not None and happened is not None and isfinite(predicted - happened):
            error = predicted - happened
            of["n_numbers"] += 1
            of["sum_error"] += error
            of["sum_abs_error"] += abs(error)
            of["sum_sq_error"] += error * error
            of["sum_actual"] += happened
            of["sum_abs_actual"] += abs(happened)
            of["sum_sq_actual"] += happened * happened
            of["sum_error_actual"] += abs(error * happened)
    return figures


def counted(workspace):
    """The same figures from the counts."""
    figures = defaultdict(lambda: defaultdict(float))
    with workspace.store.reader() as reader:
        classes = reader._rows("SELECT * FROM log_counts_known", {})
        scores = reader._rows("SELECT * FROM log_scores_known", {})
    for row in classes:
        of = figures[row["model_id"], row["model_version"], row["day"], row["segment"]]
        for name in (*CLASSES.counts, *CLASSES.sums):
            of[name] += row[name]
        if row["y_pred"] != "" and row["y_true"] != "":
            of["n_judged"] += row["n"]
    for row in scores:
        of = figures[row["model_id"], row["model_version"], row["day"], row["segment"]]
        of["bin", row["score_bin"]] += row["n"]
        if row["score_bin"] >= 0:
            of["scored", row["y_true"]] += row["n"]
        for power, name in enumerate(SCORES.sums, 1):
            of["score", power] += row[name]
    return figures


def assert_same(workspace):
    expected, found = by_hand(workspace), counted(workspace)
    assert found.keys() == expected.keys()
    for key, of in expected.items():
        names = of.keys() | found[key].keys()
        assert {n: found[key][n] for n in names} == pytest.approx(
            {n: of[n] for n in names}, rel=1e-9, abs=1e-9
        ), key
    with workspace.store.reader() as reader:
        assert log_counts.wrong_counts(reader) == 0


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


def put(workspace, kind, rows):
    text = HEADERS[kind] + "".join(",".join(row) + "\n" for row in rows)
    receipt = imports.import_file(
        workspace.acting_as("ada"), SHOP, kind, "part.csv", text.encode(), accept_good=True,
        profile=Profile(restatement="confirm", new_model="new"),
    )  # fmt: skip
    assert receipt.status in (Status.COMMITTED, Status.DUPLICATE, Status.REJECTED), receipt
    return receipt


@given(st.lists(batch, min_size=1, max_size=6), st.data())
@settings(
    max_examples=25 * SOAK, derandomize=SOAK == 1, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
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
        past = workspace.store.as_of(seq)
        now, workspace.store = workspace.store, past
        then = counted(workspace)
        workspace.store = now
        assert then.keys() == before.keys()
        for key, of in before.items():
            assert then[key] == pytest.approx(of, rel=1e-9, abs=1e-9), key
        workspace.close()
