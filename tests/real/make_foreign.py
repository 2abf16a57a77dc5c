"""Writes tests/real/foreign/ with the real packages: ``python make_foreign.py WHAT FOLDER``.

Run by hand, once per environment that has one of them; the version goes into the file's name.

    uv venv a; uv pip install --python a mlflow scikit-learn
    uv venv b; uv pip install --python b evidently==0.6.7 "pandas<3"
    uv venv c; uv pip install --python c evidently==0.7.21 "pandas<3"
    uv venv d; uv pip install --python d huggingface_hub jinja2
    a/bin/python make_foreign.py sklearn FOLDER; a/bin/python make_foreign.py mlflow FOLDER
    b/bin/python make_foreign.py evidently FOLDER; c/bin/python make_foreign.py evidently FOLDER
    d/bin/python make_foreign.py hub FOLDER
"""

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path


def folder():
    return Path(sys.argv[2])


def write(name, text):
    folder().joinpath(name).write_text(text, "utf-8")
    print(name, len(text))


def model_and_test():
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split

    x, y = load_breast_cancer(return_X_y=True)
    x, x_test, y, y_test = train_test_split(x, y, random_state=0)
    model = LogisticRegression(max_iter=5000).fit(x, y)
    return y_test, model.predict(x_test), model.predict_proba(x_test)[:, 1]


def sklearn():
    from sklearn.metrics import classification_report

    y, predicted, _ = model_and_test()
    names = ["malignant", "benign"]
    report = classification_report(y, predicted, target_names=names, output_dict=True)
    write(f"sklearn-{version('scikit-learn')}-report.json", json.dumps(report, indent=1))


def mlflow():
    import subprocess
    import time
    import urllib.request

    import mlflow
    from sklearn.metrics import accuracy_score, precision_score, recall_score, roc_auc_score

    y, _, score = model_and_test()
    where = f"sqlite:///{tempfile.mkdtemp()}/mlflow.db"
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", where, "--port", "5057"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = "http://127.0.0.1:5057"
    for _ in range(120):
        try:
            urllib.request.urlopen(url).close()
            break
        except OSError:
            time.sleep(0.5)
    mlflow.set_tracking_uri(url)
    experiment = mlflow.set_experiment("churn").experiment_id
    for run_name, shift in (("monday", 0.0), ("tuesday", 0.1)):
        with mlflow.start_run(run_name=run_name) as run:
            mlflow.set_tag("model_id", "churn-model")
            mlflow.log_param("threshold", 0.5 + shift)
            flagged = score > 0.5 + shift
            mlflow.log_metric("accuracy", accuracy_score(y, flagged))
            mlflow.log_metric("precision", precision_score(y, flagged))
            mlflow.log_metric("recall", recall_score(y, flagged))
            mlflow.log_metric("roc_auc", roc_auc_score(y, score))
            for step in range(4):
                mlflow.log_metric("loss", 0.5 / (step + 1), step=step)
                time.sleep(0.01)
    mlflow.log_metric("broken", float("nan"), run_id=run.info.run_id)

    def ask(path, body=None):
        request = urllib.request.Request(f"{url}/api/2.0/mlflow/{path}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        return urllib.request.urlopen(request).read().decode()

    number = version("mlflow")
    write(f"mlflow-{number}-runs-search.json", ask("runs/search", {"experiment_ids": [experiment]}))
    write(f"mlflow-{number}-runs-get.json", ask(f"runs/get?run_id={run.info.run_id}"))
    write(
        f"mlflow-{number}-history.json",
        ask(f"metrics/get-history?run_id={run.info.run_id}&metric_key=loss"),
    )
    mlflow.search_runs([experiment]).to_csv(
        folder() / f"mlflow-{number}-search-runs.csv", index=False
    )
    out = subprocess.run(
        [sys.executable, "-m", "mlflow", "experiments", "csv", "-x", experiment],
        capture_output=True,
        text=True,
        env={**os.environ, "MLFLOW_TRACKING_URI": url},
    ).stdout
    write(f"mlflow-{number}-experiments.csv", out)
    server.terminate()


def evidently():
    import pandas as pd

    y, predicted, score = model_and_test()
    frame = pd.DataFrame({"target": y, "prediction": predicted, "score": score})
    older = tuple(map(int, version("evidently").split(".")[:2])) < (0, 7)
    if older:
        from evidently import ColumnMapping
        from evidently.metric_preset import ClassificationPreset, DataDriftPreset
        from evidently.report import Report

        mapping = ColumnMapping(target="target", prediction="prediction")
        report = Report([ClassificationPreset(), DataDriftPreset()])
        report.run(current_data=frame, reference_data=frame[:70], column_mapping=mapping)
        document = json.loads(report.json())
    else:
        from evidently import BinaryClassification, DataDefinition, Dataset, Report
        from evidently.presets import ClassificationPreset, DataDriftPreset

        definition = DataDefinition(
            classification=[BinaryClassification(target="target", prediction_labels="prediction")],
            numerical_columns=["score"],
        )
        data = Dataset.from_pandas(frame, data_definition=definition)
        past = Dataset.from_pandas(frame[:70], data_definition=definition)
        document = json.loads(
            Report([ClassificationPreset(), DataDriftPreset()]).run(data, past).json()
        )
    write(f"evidently-{version('evidently')}.json", json.dumps(document))


def hub():
    from huggingface_hub import EvalResult, ModelCard, ModelCardData

    results = [
        EvalResult(
            task_type="text-classification",
            dataset_type="imdb",
            dataset_name="IMDb",
            dataset_split="test",
            metric_type=kind,
            metric_value=value,
            metric_name=name,
        )
        for kind, name, value in (
            ("accuracy", "Accuracy", 0.927),
            ("f1", "F1", 0.921),
            ("loss", "Loss", 0.21),
        )
    ]
    data = ModelCardData(
        language="en",
        license="apache-2.0",
        model_name="sentiment-small",
        eval_results=results,
        tags=["sentiment"],
    )
    card = ModelCard.from_template(data, model_id="sentiment-small", model_description="Small.")
    number = version("huggingface_hub")
    write(f"hub-{number}-README.md", str(card))
    write(f"hub-{number}-card.json", json.dumps(data.to_dict()))


if __name__ == "__main__":
    {"sklearn": sklearn, "mlflow": mlflow, "evidently": evidently, "hub": hub}[sys.argv[1]]()
