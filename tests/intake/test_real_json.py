"""JSON as people export it: rows as a list or a line each, and metrics by their names."""

import gzip
import json

import pytest

from mlpm_core.intake import Limits
from mlpm_core.records import MetricResult
from tests.intake.real_cases import NOW, Case, holds
from tests.intake_stored import told_of

ROWS = [
    {"model": "churn", "metric": "recall", "week": "2024-02-05", "value": 0.8, "n": 410},
    {"model": "churn", "metric": "recall", "week": "2024-02-12", "value": 0.81, "n": None},
]
OURS = ({"model_id": "churn", "value": 0.8, "n": 410, "granularity": "P1W"},
        {"value": 0.81, "n": None})  # fmt: skip
SPLIT = {"columns": [*ROWS[0]], "index": [0, 1], "data": [[*row.values()] for row in ROWS]}
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)

FORMS = {
    "a list of objects": (json.dumps(ROWS), "rows.json"),
    "in lines": (json.dumps(ROWS, indent=2), "rows.json"),
    "an object a line": (LINES, "rows.jsonl"),
    "an object a line, blank ones between": (LINES.replace("\n", "\n\n"), "rows.ndjson"),
    "below a name": (json.dumps({"count": 2, "data": ROWS}), "rows.json"),
    "columns beside their data": (json.dumps(SPLIT), "rows.json"),
    "with the mark of UTF-8": ("\ufeff" + json.dumps(ROWS), "rows.json"),
    "gzip": (gzip.compress(LINES.encode()), "rows.jsonl.gz"),
}


@pytest.mark.parametrize(("file", "name"), FORMS.values(), ids=FORMS)
def test_rows_of_json_are_rows(file, name):
    file = file.encode() if isinstance(file, str) else file
    holds(Case("", file, name=name, n=2, rows=OURS))


NESTED = {"id": 7, "ts": "2024-02-05T10:00:00Z", "model": {"name": "m"}, "prediction": True,
          "features": [1, 2], "long": 12345678901234567890}  # fmt: skip
MODEL, DAY = "constants.model_id=m", "constants.period_start=2024-02-05"
CASE, CANDIDATE = "constants.value_case_id=v", "constants.candidate=c"
PARTS = {"train": {"accuracy": 0.99}, "test": {"accuracy": 0.8, "recall": 0.6}, "seed": 3}
MODELS = {"logreg": {"accuracy": 0.8, "fit_time": 3}, "forest": {"accuracy": 0.79}}


def json_case(name, content, *answers, kind="metric_results", filename="metrics.json", **expected):
    return Case(name, json.dumps(content).encode(), kind=kind, name=filename, answers=answers,
                **expected)  # fmt: skip


CASES = [
    json_case("metrics below a name", [
        {"model": "churn", "day": "2026-10-05", "metrics": {"recall": 0.61, "precision": 0.45}},
        {"model": "churn", "day": "2026-10-06", "metrics": {"recall": 0.62, "precision": 0.44}},
    ], "wide=metrics.recall,metrics.precision", n=4,
        rows=({"metric": "recall", "value": 0.61}, {"metric": "precision", "value": 0.45})),
    json_case("nested objects have a point in the name", NESTED, "fields.model_id=model.name",
              kind="prediction_log", filename="log.jsonl",
              rows=({"prediction_id": "7", "model_id": "m", "y_pred": "true"},),
              warns=("extra-column",)),
    json_case("one object is no table", NESTED, rejects=("wrong-type",)),
    json_case("objects among other things are no table", [*ROWS, 7], rejects=("wrong-type",)),
    json_case("metrics by their names", {"recall_score": 0.7, "accuracy": 0.8,
                                         "example_count": 500, "note": "x"}, MODEL, DAY, n=2,
              rows=({"metric": "recall", "value": 0.7, "n": None},
                    {"metric": "accuracy", "n": 500}), warns=("not-metrics",)),
    json_case("metrics that ask for their model and day", {"recall": 0.7}, asked=("not-told",) * 2),
    json_case("of a test, not of the training", PARTS, CASE, CANDIDATE, kind="evaluations", n=2,
              rows=({"metric": "accuracy", "value": 0.8, "test_set": "test"},
                    {"metric": "recall"}), warns=("not-metrics",)),
    json_case("a model a part", MODELS, CASE, kind="evaluations", n=2,
              rows=({"candidate": "logreg", "value": 0.8}, {"candidate": "forest"})),
    json_case("no metric at all", {"a": 1, "b": {"c": 2}}, rejects=("wrong-type",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_other_json(case):
    holds(case)


def test_json_is_held_to_the_limits():
    for limits, code in ((Limits(rows=1), "limit-rows"), (Limits(columns=3), "limit-columns")):
        told = told_of(LINES.encode(), "rows.jsonl", MetricResult, now=NOW, limits=limits)
        assert [r.code for r in told.receipt.rejects] == [code]
