"""Reports of other tools, written by the real packages (tests/real/make_foreign.py)."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Evaluation, MetricResult, Model, Status, columns
from tests.intake_stored import told_of

FOLDER = Path(__file__).resolve().parents[1] / "real" / "foreign"
NOW = datetime(2027, 1, 1)
DATED = (
    Profile().answered("constants.model_id", "m1").answered("constants.period_start", "2026-11-02")
)


def fixture(pattern):
    (path,) = FOLDER.glob(pattern)
    return path


def read(path_or_data, record=MetricResult, profile=None, name="report.json"):
    data = path_or_data
    if isinstance(data, Path):
        name, data = data.name, data.read_bytes()
    return told_of(data, name, record, now=NOW, profile=profile or DATED)


def rows(told, record=MetricResult):
    names = [c.name for c in columns(record)]
    return [dict(zip(names, row, strict=True)) for row in told.rows]


def values(told, record=MetricResult):
    return {
        (r["metric"], r.get("slice_key", ""), r.get("slice_value", "")): r["value"]
        for r in rows(told, record)
    }


def test_a_classification_report_gives_every_class_and_average():
    path = fixture("sklearn-*-report.json")
    document = json.loads(path.read_text())
    told = read(path)
    assert told.receipt.status is Status.DRY_RUN
    expected = {("accuracy", "", ""): document["accuracy"]}
    for name in ("malignant", "benign", "macro avg", "weighted avg"):
        kind = "average" if name.endswith("avg") else "class"
        for theirs, ours in (("precision", "precision"), ("recall", "recall"), ("f1-score", "f1")):
            expected[ours, kind, name] = document[name][theirs]
    assert values(told) == expected
    counted = {(r["metric"], r["slice_value"]): r["n"] for r in rows(told) if r["n"] is not None}
    assert counted == {("accuracy", ""): 143, ("recall", "malignant"): 53, ("recall", "benign"): 90}
    assert {(r["model_id"], str(r["period_start"])) for r in rows(told)} == {
        ("m1", "2026-11-02 00:00:00")
    }


def test_what_a_report_does_not_say_is_asked_all_at_once():
    receipt = read(fixture("sklearn-*-report.json"), profile=Profile()).receipt
    assert receipt.status is Status.ASKED
    assert [(q.code, q.key, q.choices) for q in receipt.questions] == [
        ("not-told", "constants.model_id", []), ("not-told", "constants.period_start", []),
    ]  # fmt: skip
    assert receipt.questions[0].message == (
        "The file does not say its model (The model that was scored). "
        "Write what holds for all of it."
    )


@pytest.mark.parametrize("name", ["mlflow-*-runs-search.json", "mlflow-*-runs-get.json"])
def test_runs_of_mlflow_give_their_metrics_with_run_model_and_moment(name):
    path = fixture(name)
    document = json.loads(path.read_text())
    runs = document.get("runs") or [document["run"]]
    metrics = [
        (run["info"]["run_id"], m["key"], m["value"], m["timestamp"])
        for run in runs
        for m in run["data"]["metrics"]
    ]
    told = read(path, profile=Profile())
    (fault,) = told.receipt.rejects  # a metric that was logged as NaN
    assert (fault.code, fault.value) == ("not-finite", "NaN")
    assert told.receipt.lines == len(metrics)
    texts = told_of(
        path.read_bytes(), path.name, MetricResult, now=NOW, accept_good=True, profile=Profile()
    )
    assert [
        (r["run_id"], r["metric"], r["value"], round(r["period_start"].timestamp() * 1000))
        for r in rows(texts)
    ] == [m for m in metrics if m[2] != "NaN"]
    assert {r["model_id"] for r in rows(texts)} == {"churn-model"}
    assert {r["granularity"] for r in rows(texts)} == {""}


def test_a_history_of_mlflow_is_a_result_for_each_step():
    path = fixture("mlflow-*-history.json")
    told = read(path)
    assert [r["value"] for r in rows(told)] == [
        m["value"] for m in json.loads(path.read_text())["metrics"]
    ]
    asked = read(path, profile=Profile()).receipt
    assert [q.key for q in asked.questions] == ["constants.model_id"]
    lines = ["key,value,timestamp,step,model_id,run_id"]
    lines += [f"loss,0.{i},{1_790_000_000_000 + i},{i},m-7,r1" for i in range(5)]
    told = read("\n".join(lines).encode(), name="metrics.csv", profile=Profile())
    assert [(r["model_id"], r["run_id"], r["value"]) for r in rows(told)] == [
        ("m-7", "r1", i / 10) for i in range(5)
    ]


@pytest.mark.parametrize("name", ["mlflow-*-experiments.csv", "mlflow-*-search-runs.csv"])
def test_a_table_of_runs_gives_every_filled_metric(name):
    told = read(fixture(name), profile=Profile())
    assert told.receipt.status is Status.DRY_RUN
    assert {r["metric"] for r in rows(told)} == {
        "accuracy",
        "precision",
        "recall",
        "roc_auc",
        "loss",
    }
    assert len(rows(told)) == 10
    assert {r["model_id"] for r in rows(told)} == {"churn-model"}
    assert len({r["run_id"] for r in rows(told)}) == 2


def test_both_formats_of_evidently_say_the_same_of_the_same_model():
    old, new = (read(fixture(f"evidently-{v}*.json")) for v in ("0.6", "0.7"))
    sklearn = values(read(fixture("sklearn-*-report.json")))
    for told in (old, new):
        assert told.receipt.status is Status.DRY_RUN
        numbers = values(told)
        for metric in ("precision", "recall", "f1"):
            assert numbers[metric, "", ""] == sklearn[metric, "class", "benign"]
            assert numbers[metric, "class", "1"] == sklearn[metric, "class", "benign"]
            assert numbers[metric, "class", "0"] == sklearn[metric, "class", "malignant"]
        assert numbers["accuracy", "", ""] == sklearn["accuracy", "", ""]
        assert numbers["specificity", "", ""] == sklearn["recall", "class", "malignant"]
    assert values(new)["value_drift", "column", "score"] == pytest.approx(0.898, abs=0.001)
    assert values(new)["drifted_columns_count_share", "", ""] == 0.0
    (unread,) = [w for w in old.receipt.warnings if w.code == "not-metrics"]
    assert "ClassificationConfusionMatrix" in unread.message
    assert "roc_auc" in unread.message  # it was not measured: null
    dated = read(
        fixture("evidently-0.6*.json"), profile=DATED.answered("constants.period_start", "")
    )
    stamp = json.loads(fixture("evidently-0.6*.json").read_text())["timestamp"]
    assert {str(r["period_start"]) for r in rows(dated)} == {stamp}


@pytest.mark.parametrize("name", ["hub-*-README.md", "hub-*-card.json"])
def test_a_model_card_gives_its_results_by_data_set(name):
    told = read(fixture(name), profile=Profile().answered("constants.period_start", "2026-11-02"))
    assert {(r["model_id"], r["metric"], r["value"], r["note"]) for r in rows(told)} == {
        ("sentiment-small", metric, value, "measured on IMDb test")
        for metric, value in (("accuracy", 0.927), ("f1", 0.921), ("loss", 0.21))
    }


def test_reports_are_evaluations_of_candidates_too():
    told = read(
        fixture("hub-*-card.json"), Evaluation, Profile().answered("constants.value_case_id", "v")
    )
    assert {r.code for r in told.receipt.rejects} == {"unknown-reference"}  # there is no such case
    assert told.receipt.lines == 3
    asked = read(fixture("sklearn-*-report.json"), Evaluation, Profile()).receipt
    assert [q.key for q in asked.questions] == [
        "constants.value_case_id", "constants.candidate", "positive_class",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (b'{"a": 1}', "wrong-type"),
        (b'{"metrics": []}', "wrong-type"),
        (b'{"metrics": [1, 2]}', "wrong-type"),
        (b'{"runs": [{"data": {"metrics": [', "wrong-type"),
        (b'{"runs": [{"data": {}}]}', "no-rows"),
        (b'{"x":' * 200_000, "wrong-type"),
        (b"[" * 1_000_000, "wrong-type"),
        (b'{"runs": [{"data": {"metrics": [{"key": "recall", "value": 1e999, "timestamp": 1}]}}]}',
         "not-finite"),
        (b'{"runs": [{"data": {"metrics": [{"key": "recall", "value": 0.5, "timestamp": "x"}]}}]}',
         "not-a-date"),
        (b'{"runs": [{"data": {"metrics": [{"key": "=1+1", "value": 0.5, "timestamp": 1e12}]}}]}',
         "unsafe-name"),
        (b"---\nmodel-index: &a [*a]\n---\n", "no-rows"),
        (b"---\nmodel-index: [\n---\n", "missing-column"),
        (b"key,value,timestamp,step\nloss,0.5,1\n", "which-column"),
    ],
)  # fmt: skip
def test_whatever_a_report_holds_it_is_read_or_refused(data, outcome):
    told = read(data, name="report" if data.startswith((b"---", b"key")) else "report.json")
    receipt = told.receipt
    assert outcome in {said.code for said in (*receipt.rejects, *receipt.questions)}, receipt


def test_other_kinds_take_no_reports():
    told = read(fixture("sklearn-*-report.json"), Model)
    assert [r.code for r in told.receipt.rejects] == ["wrong-type"]
