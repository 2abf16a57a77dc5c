"""Headers that are not ours: every missing field offers the columns of the file."""

from datetime import datetime

import pytest

from tests.intake.real_cases import Case, holds

GERMAN = "Modell;Kennzahl;Woche;Wert;Anzahl\nm;recall;2024-02-05;0.8;410\n"
FRENCH = "Modèle;Indicateur;Semaine;Valeur\nm;recall;2024-02-05;0.8\n"
JAPANESE = "\u30e2\u30c7\u30eb,\u6307\u6a19,\u65e5\u4ed8,\u5024\nm,recall,2024-02-05,0.8\n"
LOG = "id,ts,prediction,score\n1,2024-02-05T10:00:00Z,1,0.9\n2,2024-02-06T10:00:00Z,0,0.1\n"
REPAID = LOG.replace("score", "repaid").replace("0.9", "1").replace("0.1", "0")
OURS = {"model_id": "m", "metric": "recall", "value": 0.8, "period_start": datetime(2024, 2, 5)}


def fields(**of):
    return tuple(f"fields.{field}={header}" for field, header in of.items())


CASES = [
    Case("q03", "q03a_header.csv", asked=("which-column",) * 3,
         choices=("Model Name", "Metric Name", "Sample Size", "Metric Value", "none of these")),
    Case("q03 read", "q03a_header.csv",
         answers=(*fields(model_id="Model Name", metric="Metric Name", value="Metric Value"),
                  "columns.Sample Size=n"),
         rows=({"model_id": "churn", "metric": "recall", "value": 0.81, "n": 410},)),
    Case("German", GERMAN, asked=("which-column",) * 4,
         choices=("Modell", "Kennzahl", "Wert", "Anzahl", "Woche", "none of these")),
    Case("German read", GERMAN,
         answers=fields(model_id="Modell", metric="Kennzahl", period_start="Woche", value="Wert",
                        n="Anzahl"),
         rows=({**OURS, "n": 410},)),
    Case("French read", FRENCH,
         answers=fields(model_id="Modèle", metric="Indicateur", period_start="Semaine",
                        value="Valeur"),
         rows=(OURS,)),
    Case("Japanese", JAPANESE, asked=("which-column",) * 4),
    Case("Japanese read", JAPANESE,
         answers=(*fields(model_id="\u30e2\u30c7\u30eb", metric="\u6307\u6a19",
                          period_start="\u65e5\u4ed8", value="\u5024"), "period=P1D"),
         rows=(OURS,)),
    Case("a date of a wide file", "Datum,model,recall,precision\n2024-02-05,m,0.8,0.7\n",
         asked=("which-column",), choices=("Datum", "none of these")),
    Case("no column is left", "model,metric,week\nm,recall,2024-02-05\n",
         rejects=("missing-column",)),
    Case("none of these, and no way around", "model,metric,week,a\nm,recall,2024-02-05,b\n",
         answers=("fields.value=none of these",), rejects=("missing-column",)),
    Case("one model for the file", "metric,week,value\nrecall,2024-02-05,0.8\n",
         asked=("which-constant",), says="which is it for the whole file?"),
    Case("one model for the file, told", "metric,week,value\nrecall,2024-02-05,0.8\n",
         answers=("constants.model_id=m",), rows=({"model_id": "m", "value": 0.8},)),
    # Prediction logs.
    Case("c-log", LOG, kind="prediction_log", asked=("which-constant",)),
    Case("c-log told", LOG, kind="prediction_log", answers=("constants.model_id=m",), n=2,
         rows=({"model_id": "m", "y_pred": "1"},)),
    Case("c-log outcomes", REPAID, kind="prediction_log",
         answers=("constants.model_id=m",),
         asked=("which-column",), choices=("repaid", "none of these")),
    Case("c-log outcomes told", REPAID, kind="prediction_log",
         answers=("constants.model_id=m", "fields.y_true=repaid"),
         rows=({"y_pred": "1", "y_true": "1"}, {"y_true": "0"})),
    Case("a log without ids", LOG.replace("id,ts", "model,ts"), kind="prediction_log",
         rejects=("missing-column",)),
    Case("ids stand in numbers", "Vorgang;Datum;Modell;Vorhersage\n17;2024-02-05;m;ja\n"
         "18;2024-02-06;m;nein\n", kind="prediction_log", asked=("which-column",) * 3,
         choices=("Vorgang", "Modell", "Vorhersage", "Datum", "none of these")),
    Case("scores under another name", LOG.replace("prediction,score", "x,churn_proba"),
         kind="prediction_log", answers=("constants.model_id=m",), asked=("which-column",),
         choices=("churn_proba", "x", "none of these")),
    Case("c-log without outcomes", REPAID, kind="prediction_log",
         answers=("constants.model_id=m", "fields.y_true=none of these"), rows=({"y_true": ""},),
         warns=("extra-column",)),
]  # fmt: skip


def scores(*values, header="score"):
    rows = "".join(f"{i},2024-02-05,m,{v}\n" for i, v in enumerate(values))
    return f"id,ts,model,{header}\n{rows}"


CASES += [
    # Scores that are no shares of 1, and numbers with a comma.
    Case("scores in percent", scores("90", "2.5"), kind="prediction_log", asked=("column-match",),
         choices=("y_pred_proba in %", "y_pred_proba", "ignore"), says="90 is 0.9"),
    Case("scores in percent, told", scores("90", "100"), kind="prediction_log",
         answers=("columns.score=y_pred_proba in %",),
         rows=({"y_pred_proba": 0.9}, {"y_pred_proba": 1.0})),
    Case("scores as they stand", scores("90", "2.5"), kind="prediction_log",
         answers=("columns.score=y_pred_proba",), rejects=("out-of-range",)),
    Case("scores to 1000", scores("910", "25"), kind="prediction_log",
         answers=("columns.score=y_pred_proba times 0.001",),
         rows=({"y_pred_proba": 0.91}, {"y_pred_proba": 0.025})),
    Case("scores beyond 100 %", scores("90", "120"), kind="prediction_log",
         answers=("columns.score=y_pred_proba in %",), rejects=("out-of-range",)),
    Case("a slip among shares", scores("0.9", "1.2"), kind="prediction_log",
         rejects=("out-of-range",)),
    Case("logits", scores("2.3", "-1.2"), kind="prediction_log", rejects=("out-of-range",)),
    Case("amounts with a comma",
         "id;ts;model;prediction;actual\n1;2024-02-05;m;12,5;11,0\n2;2024-02-06;m;9,1;10,25\n",
         kind="prediction_log", asked=("decimal-mark",)),
    Case("amounts with a comma, told",
         "id;ts;model;prediction;actual\n1;2024-02-05;m;12,5;11,0\n2;2024-02-06;m;9,1;10,25\n",
         kind="prediction_log", answers=("decimal=,",),
         rows=({"y_pred": "12.5", "y_true": "11"}, {"y_pred": "9.1", "y_true": "10.25"})),
    Case("amounts with both marks",
         "id;label\n1;1.234,5\n2;10,25\n", kind="labels",
         rows=({"y_true": "1234.5"}, {"y_true": "10.25"})),
    Case("classes with a comma are classes", "id;label\n1;a,b\n2;7,0\n", kind="labels",
         rows=({"y_true": "a,b"}, {"y_true": "7,0"})),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_columns_are_mapped_by_the_answers(case):
    holds(case)
