"""Parquet files with types that no cell of a CSV has: zones, durations, lists and records."""

import io
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlpm_core.records import MetricResult, Prediction
from tests.intake.real_cases import NOW, rows_of
from tests.intake_stored import told_of

NOON = datetime(2024, 2, 4, 12)


def file_of(**columns):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def results(**columns):
    data = file_of(**{"model": ["m"], "metric": ["recall"], "value": [0.8]} | columns)
    return told_of(data, "results.parquet", MetricResult, now=NOW)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "+01:00", "America/New_York"])
def test_a_moment_is_the_same_in_whatever_zone_its_column_is(zone):
    told = results(timestamp=pa.array([NOON], pa.timestamp("us", tz=zone)))
    assert rows_of(told, "metric_results")[0]["period_start"] == NOON


def test_the_midnight_of_a_zone_begins_a_day_of_it():
    told = results(day=pa.array([datetime(2024, 2, 4, 23)], pa.timestamp("us", "Europe/Berlin")))
    (row,) = rows_of(told, "metric_results")
    assert (row["period_start"], row["granularity"]) == (datetime(2024, 2, 5), "P1D")


@pytest.mark.parametrize(
    ("span", "written"),
    [(timedelta(minutes=5), "0:05:00"), (timedelta(days=2, seconds=1.5), "48:00:01.500000")],
)
def test_a_duration_is_no_number_of_a_unit_that_nobody_said(span, written):
    told = results(week=["2024-02-05"], value=pa.array([span]))
    assert [(r.code, r.value) for r in told.receipt.rejects] == [("not-a-number", written)]


@pytest.mark.parametrize("features", [[{"a": 1, "b": 2}], [["x", "y"]], [b"\x00\x01"]])
def test_features_beside_a_prediction_do_not_keep_it_out(features):
    told = told_of(
        file_of(features=features, id=["1"], ts=[NOON], model=["m"], prediction=["1"]),
        "log.parquet", Prediction, now=NOW,
    )  # fmt: skip
    (row,) = rows_of(told, "prediction_log")
    assert (row["prediction_id"], row["y_pred"], row["ts"]) == ("1", "1", NOON)
    assert "features" in next(w.message for w in told.receipt.warnings if w.code == "extra-column")
