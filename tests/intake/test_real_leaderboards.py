"""Tables of candidates and results of trainers in their documented forms: each says what counts.

Documented forms: AutoGluon 0.7 to 1.4 (``leaderboard`` with and without data, of time series, with
``extra_metrics``: larger is always better), H2O 3 (``get_leaderboard``), scikit-learn 1.5
(``cross_validate``, ``cv_results_``), Weights & Biases (a bar chart's data), Hugging Face
Transformers 4 (``trainer_state.json``, ``predict_results.json``), Evidently 0.6 (``dict``),
OpenCost and Kubecost (allocation), Azure cost analysis, ServiceNow (list export).
"""

import json
from datetime import date
from math import sqrt

import pytest

from tests.intake.real_cases import Case, holds

CASE = ("constants.value_case_id=v",)
MODEL = ("constants.model_id=churn", "constants.period_start=2024-02-05")
STATE = json.dumps(
    {"best_metric": 0.31, "epoch": 2.0, "global_step": 20, "log_history": [
        {"epoch": 1.0, "loss": 0.6, "step": 10},
        {"epoch": 1.0, "eval_accuracy": 0.75, "eval_runtime": 3.1, "step": 10},
        {"epoch": 2.0, "eval_accuracy": 0.5, "eval_runtime": 3.1, "step": 20},
    ]}, indent=1,
)  # fmt: skip
EVIDENTLY = json.dumps(
    {"metrics": [
        {"id": "a", "metric_id": "Accuracy()", "value": 0.75},
        {"id": "b", "metric_id": "MissingValueCount(column=age)", "value": {"count": 3.0}},
    ], "tests": []}, indent=1,
)  # fmt: skip
SPREAD = sqrt(0.0002 * (1 / 2 + 1))  # of .80 and .82, over folds that share their data


def evaluated(id, file, answers=(), **said):
    return Case(id, file, kind="evaluations", answers=(*CASE, *answers), **said)


def costs(header, cells, answers, **said):
    file = f"model,{header},type,amount\nchurn,{cells},inference,6\n"
    return Case(f"{header} {cells} {answers}", file, kind="cost_log", answers=answers, **said)


def days(first, last):
    return ({"period_start": date(2024, *first), "period_end": date(2024, *last)},)


DATES = ("fields.period_start=Start", "fields.period_end=End")

CASES = [
    evaluated("AutoGluon without data", "model,score_val,eval_metric,pred_time_val,fit_time\n"
              "LightGBM,0.75,accuracy,0.1,3\n",
              rows=({"candidate": "LightGBM", "metric": "accuracy", "value": 0.75},)),
    evaluated("AutoGluon, no metric said", "model,score_test,score_val,pred_time_test,fit_order\n"
              "Naive,-0.5,-0.25,0.1,1\n", asked=("not-told",), says="metric"),
    evaluated("AutoGluon, time series", "model,score_test,score_val,pred_time_test,fit_order\n"
              "Naive,-0.5,-0.25,0.1,1\n", ("constants.metric=wape",),
              rows=({"metric": "wape", "value": 0.5},), warns=("not-metrics",)),
    evaluated("AutoGluon, an r2 below 0 keeps its sign",
              "model,score_test,eval_metric,rmse\nA,-0.25,r2,-12.5\n",
              rows=({"metric": "r2", "value": -0.25}, {"metric": "rmse", "value": 12.5})),
    evaluated("AutoGluon, extra metrics", "model,score_test,accuracy,mcc,recall,score_val,"
              "eval_metric\nA,0.75,0.75,0.5,0.25,0.7,accuracy\n", n=3,
              rows=({"metric": "accuracy"}, {"metric": "mcc", "value": 0.5})),
    evaluated("H2O", "model_id,auc,logloss,aucpr,mean_per_class_error,rmse,mse\n"
              "GBM_1,0.75,0.5,0.5,0.25,0.4,0.16\n",
              rows=({"candidate": "GBM_1", "metric": "roc_auc", "value": 0.75},)),
    evaluated("cross_validate", ",fit_time,score_time,test_recall,test_neg_log_loss\n"
              "0,0.1,0.01,0.80,-0.5\n1,0.1,0.01,0.82,-0.7\n",
              ("constants.candidate=A", "metrics.neg_log_loss=-log_loss"),
              rows=({"candidate": "A", "metric": "recall", "value": 0.81,
                     "value_se": pytest.approx(SPREAD)},
                    {"metric": "log_loss", "value": pytest.approx(0.6)})),
    evaluated("cv_results_", "mean_fit_time,param_C,params,split0_test_recall,split1_test_recall,"
              "mean_test_recall,std_test_recall,rank_test_recall\n"
              "0.1,1,{\'C\': 1},0.80,0.82,0.81,0.01,1\n",
              rows=({"candidate": "{\'C\': 1}", "metric": "recall", "value": 0.81,
                     "value_se": pytest.approx(SPREAD)},), n=1),
    evaluated("cv_results_ of one score", "params,split0_test_score,split1_test_score,"
              "mean_test_score,std_test_score\na,0.8,0.82,0.81,0.01\n", asked=("not-told",)),
    evaluated("a bar chart of W&B", '"Name","val_recall"\n"bold-1","0.75"\n"bold-2","0.5"\n',
              asked=("metric-name",), choices=("recall", "keep")),
    evaluated("columns in percent", "Model,Recall (%),Precision (%)\na,75,50\n",
              ("metrics.Recall (%)=recall in %", "metrics.Precision (%)=precision in %"),
              rows=({"metric": "recall", "value": 0.75},)),
    *(Case(f"W&B by {axis}", f'"{axis}","run - val_recall","run - val_recall__MIN"\n"1","0.5","0"\n'
           '"2","0.75","0"\n', answers=(MODEL[1], "metrics.val_recall=recall"),
           rows=({"model_id": "run", "metric": "recall", "value": 0.75},), n=1)
      for axis in ("Relative Time (Process)", "Wall Time", "train/global_step")),
    Case("NannyML with the index", ",chunk,chunk,chunk,chunk,roc_auc,roc_auc\n,key,chunk_index,"
         "start_date,end_date,value,sampling_error\n0,a,0,2024-02-05,2024-02-11 23:59:59.999,0.75,"
         "0.01\n", answers=MODEL[:1], rows=({"metric": "roc_auc", "granularity": "P1W"},)),
    Case("trainer_state.json", STATE, name="trainer_state.json", answers=MODEL, n=1,
         rows=({"metric": "accuracy", "value": 0.5},), warns=("not-metrics",)),
    evaluated("predict_results.json", '{"predict_accuracy": 0.75, "predict_runtime": 3.1, '
              '"predict_samples": 872}\n', ("constants.candidate=A",), name="predict_results.json",
              rows=({"metric": "accuracy", "value": 0.75, "n": 872, "test_set": "test"},)),
    Case("Evidently 0.6", EVIDENTLY, name="report.json", answers=MODEL,
         rows=({"metric": "accuracy", "value": 0.75},
               {"metric": "missing_value_count_count", "slice_value": "age"})),
    # Costs: an end may be the first day after, and a date its day or its month.
    costs("Start,End", "2024-02-01T00:00:00Z,2024-02-02T00:00:00Z", DATES, asked=("cost-ends",),
          choices=("after", "last"), says="after: 2024-02-01 to 2024-02-01"),
    costs("Start,End", "2024-02-01,2024-03-01", (*DATES, "cost_ends=after"),
          rows=days((2, 1), (2, 29))),
    costs("Start,End", "2024-02-01,2024-03-01", (*DATES, "cost_ends=last"),
          rows=days((2, 1), (3, 1))),
    costs("Start,End", "2024-02-01,2024-02-29", DATES, rows=days((2, 1), (2, 29))),
    costs("Start,End", "2024-02-03,2024-02-20", DATES, rows=days((2, 3), (2, 20))),
    costs("UsageDate", "2024-02-05", ("fields.period=UsageDate",), asked=("cost-days",),
          choices=("P1D", "P1M", "P1W", "P3M")),
    costs("UsageDate", "2024-02-05", ("fields.period=UsageDate", "period=P1D"),
          rows=days((2, 5), (2, 5))),
    costs("UsageDate", "2024-02-05", ("fields.period=UsageDate", "period=P1M"),
          rows=days((2, 1), (2, 29))),
    costs("Window", "2024-02-01T00:00:00Z/2024-02-02T00:00:00Z", ("fields.period=Window",),
          rows=days((2, 1), (2, 1))),
    Case("ServiceNow", "number,short_description,priority,state,opened_at,cmdb_ci\n"
         "INC1,late,2 - High,Closed,2024-02-05 15:10:00,churn\n", kind="incident_log",
         answers=("fields.incident_id=number", "fields.title=short_description",
                  "fields.model_id=cmdb_ci"),
         asked=("word",), choices=("SEV2", "SEV1", "SEV3", "SEV4", "keep")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_table_says_of_candidates_and_costs_is_what_becomes_of_it(case):
    holds(case)


FOLDS = "model,fold,accuracy\nA,1,0.80\nA,2,0.82\nB,1,0.7\nB,2,0.7\n"
PULLED = (  # PyCaret 3, pull() after create_model
    "Fold,Accuracy,AUC,Kappa\n0,0.80,0.84,0.4\n1,0.82,0.84,0.4\nMean,0.81,0.84,0.4\nStd,0.01,0,0\n"
)
OF_FOLDS = (
    {"candidate": "A", "metric": "accuracy", "value": pytest.approx(0.81),
     "value_se": pytest.approx(SPREAD)},
    {"candidate": "B", "value": pytest.approx(0.7), "value_se": pytest.approx(0, abs=1e-9)},
)  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        Case("a row a fold", FOLDS, kind="evaluations", answers=CASE, n=2, rows=OF_FOLDS),
        Case("with a decimal comma", FOLDS.replace(",", ";").replace(".", ","), n=2,
             kind="evaluations", answers=(*CASE,), rows=OF_FOLDS),
        Case("folds of one candidate", PULLED, kind="evaluations", n=2,
             answers=(*CASE, "constants.candidate=A"), rows=(OF_FOLDS[0], {"metric": "roc_auc"})),
        Case("a name with a space", "Model Name,Validation LogLoss,Holdout AUC\nA,0.4,0.8\n",
             kind="evaluations", n=2,
             answers=(*CASE, "metrics.Validation LogLoss=log_loss", "metrics.Holdout AUC=roc_auc"),
             rows=({"candidate": "A", "metric": "log_loss"}, {"metric": "roc_auc"})),
    ],
    ids=lambda case: case.id,
)  # fmt: skip
def test_rows_of_folds_are_one_candidate(case):
    holds(case)
