"""What a prediction log says, had from its rows by hand and from its counts, and held together."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from math import floor, isfinite

import pytest

from mlpm_core.records import KINDS
from mlpm_core.store import wrong_counts
from mlpm_core.store.cursor import query
from mlpm_core.store.log_counts import CLASSES, SCORES

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
            of["n_known"] += row["y_true"] != ""
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
            of["n_known"] += row["n"] if row["y_true"] != "" else 0
        for power, name in enumerate(SCORES.sums, 1):
            of["score", power] += row[name]
    return figures


def assert_alike(found, expected):
    """Counts to the unit, sums to their last digits; classes only where they are listed."""
    assert found.keys() == expected.keys()
    for key, of in expected.items():
        names = of.keys() | found[key].keys()
        if ("scored", None) in names:
            names = {n for n in names if n[0] != "scored"}
        assert {n: found[key][n] for n in names} == pytest.approx(
            {n: of[n] for n in names}, rel=1e-9, abs=1e-9
        ), key


def assert_same(workspace):
    assert_alike(counted(workspace), by_hand(workspace))
    with workspace.store.reader() as reader:
        assert wrong_counts(reader) == 0
        assert_same_segments(reader)


FROM_ROWS = """\
WITH outcome AS (
    SELECT prediction_id, max_by(y_true, model_id) AS y_true
    FROM labels_current WHERE project = $project AND model_id IN ('', $model_id)
    GROUP BY prediction_id
), told AS (
    SELECT CAST(CASE $by WHEN 'P1D' THEN date_trunc('day', ts)
                WHEN 'P1M' THEN date_trunc('month', ts)
                ELSE date_trunc('week', ts) END AS TIMESTAMP) AS period_start,
           segment, y_true, y_pred <> '' AND y_true <> '' AS is_judged,
           TRY_CAST(y_pred AS DOUBLE) AS predicted, TRY_CAST(y_true AS DOUBLE) AS happened,
           CASE WHEN predicted IS NULL OR happened IS NULL THEN y_pred <> y_true
                ELSE predicted <> happened END AS is_wrong,
           decision IN ('', y_pred) AS is_followed
    FROM (SELECT p.* RENAME (y_true AS told_then), coalesce(o.y_true, p.y_true) AS y_true
          FROM prediction_log_current p LEFT JOIN outcome o USING (prediction_id))
    WHERE project = $project AND model_id = $model_id
      AND ($model_version = '' OR model_version = $model_version) AND ts < $until
), outcomes AS (
    SELECT count(DISTINCT y_true) AS n_outcomes FROM told WHERE is_judged
)
SELECT period_start, segment, count(*) AS n, count(*) FILTER (is_judged) AS n_judged,
       count(*) FILTER (is_judged AND is_wrong) AS n_wrong,
       count(*) FILTER (is_judged AND isfinite(predicted - happened)) AS n_numbers,
       sum(abs(predicted - happened)) FILTER (is_judged AND isfinite(predicted - happened))
           AS sum_error,
       count(*) FILTER (is_followed) AS n_followed, any_value(n_outcomes) AS n_outcomes
FROM told CROSS JOIN outcomes
GROUP BY period_start, segment
ORDER BY period_start, segment
"""


def segments(reader, query, by, version):
    """What the screen of a deployment reads of the segments of its log."""
    asked = {
        "project": SHOP, "model_id": "m", "model_version": version, "by": by,
        "until": datetime(2024, 3, 9),
    }  # fmt: skip
    rows = reader._rows(query, asked)
    return [row | {"sum_error": row["sum_error"] or 0.0} for row in rows]


def few(rows):
    """The same, where no more than that outcomes are many need be known of them."""
    return [row | {"n_outcomes": min(row["n_outcomes"], 11)} for row in rows]


def assert_same_segments(reader):
    for by in ("P1D", "P1W", "P1M"):
        for version in ("", "1"):
            found = few(segments(reader, query("log_by_segment"), by, version))
            expected = few(segments(reader, FROM_ROWS, by, version))
            assert len(found) == len(expected)
            for row, wanted in zip(found, expected, strict=True):
                assert row.pop("sum_error") == pytest.approx(wanted.pop("sum_error"))
                assert row == wanted
