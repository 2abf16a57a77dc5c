"""Files of tools in their documented forms, and tables of other shapes: each becomes rows.

Documented forms: MLflow 2 and 3 ("Download CSV" of the runs), Weights & Biases (export of a chart's
data, also of groups, and of the table of runs), NannyML 0.13 (``Result.to_df`` with and without
levels, of metrics and of univariate drift), 0.4 and 0.5 (``results.data``),
SageMaker Model Monitor (statistics of model quality, version 0), Databricks Lakehouse Monitoring
(profile metrics table), Hugging Face Transformers 4 (``all_results.json``), PyCaret 3
(``compare_models``), AutoGluon 1 (``leaderboard`` with ``extra_info``), Jira Cloud (export CSV).
"""

import json
from datetime import datetime

import pytest

from tests.intake.real_cases import Case, holds

MODEL = ("constants.model_id=churn",)
CASE = ("constants.value_case_id=v",)
DAY = "constants.period_start=2024-02-05"

WANDB_RUNS = (
    '"Name","State","Notes","User","Tags","Created","Runtime","Sweep","lr","val/recall","auc"\n'
    '"calm-fox-3","finished","","ann","","2024-02-05T09:11:02.000Z","12","","0.1","0.8","0.9"\n'
)
NANNYML_FLAT = (
    "chunk_key,chunk_chunk_index,chunk_start_index,chunk_end_index,chunk_start_date,chunk_end_date,"
    "chunk_period,f1_sampling_error,f1_realized,f1_upper_threshold,f1_lower_threshold,f1_alert,"
    "f1_value\n"
    "2014-04,0,0,9,2014-04-01,2014-04-30 23:59:59.999,reference,0.01,0.8,0.9,0.7,False,0.81\n"
    "2014-05,1,10,19,2014-05-01,2014-05-31 23:59:59.999,analysis,0.01,nan,0.9,0.7,False,0.79\n"
)
DRIFT = (  # UnivariateDriftCalculator of 0.13, to_df(), and to_df(multilevel=False) below
    "chunk,chunk,chunk,chunk,chunk,chunk,chunk,salary_range,salary_range,salary_range,"
    "salary_range,tenure,tenure,tenure,tenure\n"
    "chunk,chunk,chunk,chunk,chunk,chunk,chunk,chi2,chi2,chi2,chi2,jensen_shannon,"
    "jensen_shannon,jensen_shannon,jensen_shannon\n"
    "key,chunk_index,start_index,end_index,start_date,end_date,period,value,upper_threshold,"
    "lower_threshold,alert,value,upper_threshold,lower_threshold,alert\n"
    "2014-04,0,0,9,2014-04-01,2014-04-30 23:59:59.999999999,reference,1.2,7.8,,False,0.01,0.1,,"
    "False\n"
    "2014-05,1,10,19,2014-05-01,2014-05-31 23:59:59.999999999,analysis,9.1,7.8,,True,0.12,0.1,,"
    "True\n"
)
DRIFT_FLAT = DRIFT.split("\n", 3)[3]
DRIFT_FLAT = (
    "chunk_key,chunk_index,chunk_start_index,chunk_end_index,chunk_start_date,chunk_end_date,"
    "chunk_period,salary_range_chi2_value,salary_range_chi2_upper_threshold,"
    "salary_range_chi2_lower_threshold,salary_range_chi2_alert,tenure_jensen_shannon_value,"
    "tenure_jensen_shannon_upper_threshold,tenure_jensen_shannon_lower_threshold,"
    "tenure_jensen_shannon_alert\n" + DRIFT_FLAT
)
DRIFTED = (
    {"metric": "chi2", "slice_key": "column", "slice_value": "salary_range", "value": 9.1,
     "granularity": "P1M", "period_start": datetime(2014, 5, 1)},
    {"metric": "jensen_shannon", "slice_key": "column", "slice_value": "tenure", "value": 0.12},
)  # fmt: skip
WANDB_GROUPS = (  # wandb/wandb issues 6474 and 5349: a grouped chart's data
    '"Step","Group: ppo - val/recall","Group: ppo - val/recall__MIN",'
    '"Group: ppo - val/recall__MAX","Group: sac - val/recall","Group: sac - val/recall__MIN",'
    '"Group: sac - val/recall__MAX"\n"1","0.71","0.7","0.72","0.6","0.59","0.61"\n'
    '"2","0.81","0.79","0.83","0.7","0.69","0.71"\n'
)
WANDB_STEPS = (
    '"train/global_step","exp - 3 - _step","exp - 3 - _step__MIN","exp - 3 - _step__MAX",'
    '"exp - 3 - recall","exp - 3 - recall__MIN","exp - 3 - recall__MAX"\n'
    '"9","9","9","9","0.6","0.6","0.6"\n'
)
NANNYML_4 = (  # CBPE of 0.4: docs/tutorials/performance_estimation, results.data.to_csv()
    ",key,start_index,end_index,start_date,end_date,partition,confidence_roc_auc,"
    "realized_roc_auc,estimated_roc_auc,upper_threshold_roc_auc,lower_threshold_roc_auc,"
    "alert_roc_auc\n"
    "0,2014-04,0,9,2014-04-01,2014-04-30 23:59:59.999,reference,0.0004,0.97,0.96,0.96,0.97,False\n"
    "1,2014-05,10,19,2014-05-01,2014-05-31 23:59:59.999,analysis,0.0004,,0.9686,0.96,0.97,False\n"
    "2,2014-06,20,29,2014-06-01,2014-06-30 23:59:59.999,analysis,0.0004,0.95,0.9686,0.96,0.97,"
    "True\n"
)
NANNYML_5 = (  # CBPE of 0.5: its band is 3 times the sampling error
    "key,start_index,end_index,start_date,end_date,realized_f1,estimated_f1,upper_confidence_f1,"
    "lower_confidence_f1,upper_threshold_f1,lower_threshold_f1,alert_f1\n"
    "2014-05,0,9,2014-05-01,2014-05-31 23:59:59,nan,0.75,0.756,0.744,0.74,0.76,False\n"
)
NANNYML_5_CALCULATED = (  # PerformanceCalculator of 0.5
    "key,start_index,end_index,start_date,end_date,period,targets_missing_rate,roc_auc,"
    "roc_auc_lower_threshold,roc_auc_upper_threshold,roc_auc_alert,f1,f1_lower_threshold,"
    "f1_upper_threshold,f1_alert\n"
    "2014-05,0,9,2014-05-01,2014-05-31 23:59:59,,0,0.9,0.8,0.95,False,0.75,0.7,0.8,False\n"
    "2014-06,10,19,2014-06-01,2014-06-30 23:59:59,,0.2,0.9,0.8,0.95,False,0.75,0.7,0.8,False\n"
)
REGRESSION = {
    "version": 0.0,
    "dataset": {"item_count": 10, "start_time": "2024-02-05T00:00:00Z",
                "end_time": "2024-02-06T00:00:00Z"},
    "regression_metrics": {"mae": {"value": 0.3, "standard_deviation": 0.01},
                           "rmse": {"value": 0.5, "standard_deviation": "NaN"},
                           "r2": {"value": 0.9}},
}  # fmt: skip
TRAINER = {"epoch": 3.0, "eval_accuracy": 0.91, "eval_loss": 0.3, "eval_runtime": 3.1,
           "eval_samples": 872, "train_loss": 0.2}  # fmt: skip
AUTOGLUON = (
    "model,score_test,score_val,eval_metric,pred_time_test\n"
    "WeightedEnsemble_L2,-3.5,-3.4,root_mean_squared_error,0.1\n"
)
JIRA = (
    "Summary,Issue key,Issue id,Status,Priority,Assignee,Created,Resolved\n"
    "Feature pipeline stale,ML-7,10007,Done,Highest,ann,05/Feb/24 3:10 AM,06/Feb/24 9:00 AM\n"
)
TWICE = "model,recall,TPR,precision\nA,0.6,0.7,0.5\n"
RUNS = "run_id,start_time,metrics.recall,metrics.recall\nr1,2024-02-05T09:11:02Z,0.6,0.7\n"
CROSSTAB = "model,metric,2024-W05,2024-W06\nm,recall,0.8,0.82\nm,precision,0.5,\n"

CASES = [
    Case("t03", "t03_mlflow_ui.csv", asked=("not-told",)),
    Case("t03 read", "t03_mlflow_ui.csv", answers=MODEL, n=6,
         rows=({"metric": "accuracy", "value": 0.871}, {"metric": "f1", "value": 0.64}),
         warns=("not-metrics",)),
    Case("t06", "t06_wandb_chart.csv", asked=("not-told",)),
    Case("t06 read", "t06_wandb_chart.csv", answers=(DAY,), n=1,
         rows=({"model_id": "fiery-owl-12", "metric": "recall", "value": 0.78},),
         warns=("not-metrics",)),
    Case("groups of runs", WANDB_GROUPS, answers=(DAY,), n=2, warns=("not-metrics",),
         rows=({"model_id": "ppo", "metric": "recall", "value": 0.81, "run_id": "Group: ppo"},
               {"model_id": "sac", "value": 0.7})),
    Case("a run with its steps", WANDB_STEPS, answers=(DAY,), n=1,
         rows=({"model_id": "exp - 3", "metric": "recall", "value": 0.6},)),
    Case("runs as candidates", WANDB_GROUPS, kind="evaluations", answers=CASE, n=2,
         rows=({"candidate": "ppo", "metric": "recall", "value": 0.81},)),
    Case("t07", WANDB_RUNS, answers=MODEL, n=2,
         rows=({"metric": "recall", "value": 0.8, "run_id": "calm-fox-3"},
               {"metric": "roc_auc", "value": 0.9})),
    Case("t08", "t08_nannyml_multi.csv", answers=MODEL, n=2,
         rows=({"metric": "roc_auc", "value": 0.9666, "value_se": 0.0018, "granularity": "P1M",
                "period_start": datetime(2014, 5, 1), "label_status": "final"},)),
    Case("t09", NANNYML_FLAT, answers=MODEL, n=1,
         rows=({"metric": "f1", "value": 0.79, "label_status": "estimated"},),
         warns=("not-metrics",)),
    Case("NannyML 0.4", NANNYML_4, answers=MODEL, n=2, warns=("not-metrics",),
         rows=({"metric": "roc_auc", "value": 0.9686, "value_se": 0.0004, "granularity": "P1M",
                "label_status": "estimated"}, {"value": 0.95, "label_status": "final"})),
    Case("NannyML 0.5", NANNYML_5, answers=MODEL, n=1,
         rows=({"metric": "f1", "value": 0.75, "value_se": 0.002, "ci_low": None},)),
    Case("NannyML 0.5, calculated", NANNYML_5_CALCULATED, answers=MODEL, n=4,
         rows=({"metric": "roc_auc", "value": 0.9, "label_status": "final"}, {"metric": "f1"},
               {"metric": "roc_auc", "label_status": "partial"})),
    Case("what was realised counts", NANNYML_FLAT.replace("nan,0.9", "0.7,0.9"), answers=MODEL,
         n=1, rows=({"metric": "f1", "value": 0.7, "label_status": "final"},)),
    Case("drift", DRIFT, answers=MODEL, n=2, rows=DRIFTED, warns=("not-metrics",)),
    Case("drift in one line", DRIFT_FLAT, answers=MODEL, n=2, rows=DRIFTED, warns=("not-metrics",)),
    Case("t11", "t11_sagemaker_quality.json", answers=MODEL, n=2,
         rows=({"metric": "recall", "value": 0.837, "n": 92, "value_se": 0.012,
                "granularity": "PT1H"}, {"metric": "precision", "n": 97})),
    Case("regression", json.dumps(REGRESSION).encode(), name="statistics.json", answers=MODEL, n=3,
         rows=({"metric": "mae", "value": 0.3, "granularity": "P1D"},)),
    Case("t13", "t13_databricks.csv", n=3,
         rows=({"model_id": "churn", "metric": "accuracy", "value": 0.871, "granularity": "P1W",
                "period_start": datetime(2024, 2, 5)},)),
    Case("Hugging Face", json.dumps(TRAINER).encode(), name="all_results.json",
         answers=(*MODEL, DAY), n=2,
         rows=({"metric": "accuracy", "value": 0.91, "n": 872}, {"metric": "loss"}),
         warns=("not-metrics",)),
    # Evaluations.
    Case("pycaret", "churn_pycaret.csv", kind="evaluations", asked=("not-told",)),
    Case("pycaret read", "churn_pycaret.csv", kind="evaluations", answers=CASE, n=15,
         rows=({"candidate": "logreg", "metric": "accuracy", "value": 0.8077},
               {"metric": "roc_auc"}, {"metric": "recall"}, {"metric": "precision"})),
    Case("AutoGluon", AUTOGLUON, kind="evaluations", answers=CASE, n=1,
         rows=({"candidate": "WeightedEnsemble_L2", "metric": "rmse", "value": 3.5},)),
    Case("one metric twice", TWICE, kind="evaluations", answers=CASE,
         rejects=("one-metric-twice",)),
    Case("one metric twice by an answer", TWICE.replace("TPR", "val_recall"), kind="evaluations",
         answers=(*CASE, "metrics.val_recall=recall"), rejects=("one-metric-twice",)),
    Case("one of two names is another metric", TWICE.replace("TPR", "val_recall"), n=3,
         kind="evaluations", answers=(*CASE, "metrics.val_recall=keep"),
         rows=({"metric": "recall", "value": 0.6}, {"metric": "val_recall", "value": 0.7})),
    Case("one value under two names", TWICE.replace("0.7", "0.60"), kind="evaluations", n=2,
         ignored=1, answers=CASE,
         rows=({"metric": "recall", "value": 0.6}, {"metric": "precision"})),
    Case("two columns of one name", TWICE.replace("TPR", "recall"), kind="evaluations",
         answers=CASE, rejects=("duplicate-label",)),
    Case("two columns of one name in runs", WANDB_RUNS.replace('"lr"', '"auc"'), answers=MODEL,
         rejects=("duplicate-label",)),
    Case("two columns of one name in a search of runs", RUNS, answers=MODEL,
         rejects=("duplicate-label",)),
    Case("t20", "churn_report_boost.json", kind="evaluations",
         answers=(*CASE, "constants.candidate=boost"), asked=("positive-class",),
         choices=("1", "0", "none of these")),
    Case("t20 read", "churn_report_boost.json", kind="evaluations", n=4,
         answers=(*CASE, "constants.candidate=boost", "positive_class=1"),
         rows=({"metric": "precision", "n": 636}, {"metric": "recall", "n": 748},
               {"metric": "f1"}, {"metric": "accuracy", "n": 2818})),
    Case("t20 none of these", "churn_report_boost.json", kind="evaluations", n=1,
         answers=(*CASE, "constants.candidate=boost", "positive_class=none of these"),
         rows=({"metric": "accuracy"},)),
    # Incidents.
    Case("Jira", JIRA, kind="incident_log", asked=("which-column",)),
    Case("Jira's words", JIRA, kind="incident_log", answers=MODEL, asked=("word", "word")),
    Case("Jira read", JIRA, kind="incident_log",
         answers=(*MODEL, "words.severity.Highest=SEV1", "words.status.Done=closed"),
         rows=({"incident_id": "ML-7", "title": "Feature pipeline stale", "severity": "SEV1",
                "status": "closed", "started_at": datetime(2024, 2, 5, 3, 10),
                "resolved_at": datetime(2024, 2, 6, 9)},)),
    # Columns of periods, models above columns.
    Case("l01", "l01_month_columns.csv", kind="kpi_actuals", asked=("period-columns",),
         choices=("yes", "no")),
    Case("l01 read", "l01_month_columns.csv", kind="kpi_actuals", answers=("period_columns=yes",),
         n=6, rows=({"kpi_id": "refund-cost", "value": 51200.0, "granularity": "P1M",
                     "period_start": datetime(2024, 1, 1)},)),
    Case("results in columns of weeks", CROSSTAB, answers=("period_columns=yes",), n=3,
         rows=({"metric": "recall", "value": 0.8, "granularity": "P1W",
                "period_start": datetime(2024, 1, 29)},)),
    Case("l18 costs", "model,cost_type,2024-01,2024-02\nchurn,data,7,8\n", kind="cost_log",
         answers=("period_columns=yes",), n=2, rows=({"amount": 7.0}, {"amount": 8.0})),
    Case("l03b", "l03b_two_headers_two_models.csv", asked=("models-above",),
         says="churn: precision, recall; stock: mae, wape"),
    Case("l03b read", "l03b_two_headers_two_models.csv", answers=("models_above=yes",), n=8,
         rows=({"model_id": "churn", "metric": "precision", "granularity": "P1W"},
               {"model_id": "churn", "metric": "recall"}, {"model_id": "stock", "metric": "mae"})),
    Case("l03b no models", "l03b_two_headers_two_models.csv", answers=("models_above=no",),
         asked=("preamble",), says="1: ,churn,,stock,"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_tool_writes_becomes_rows(case):
    holds(case)


def test_a_faulty_cell_is_named_by_its_line_of_the_file():
    text = "kpi,2024-01,2024-02\nrefund-cost,1,2\nresponse-time,x,4\n"
    case = Case("x", text, kind="kpi_actuals", answers=("period_columns=yes",))
    assert [(r.row, r.value) for r in case.told().receipt.rejects] == [(3, "x")]


@pytest.mark.parametrize(
    "text", ["\n\n", "\nmodel,metric\n", ",\n", "Step\n1\n", "chunk,a\nkey,b\n"]
)
def test_the_first_lines_of_no_table_break_nothing(text):
    for kind in ("metric_results", "evaluations"):
        assert Case("x", text, kind=kind).told().receipt.status in ("rejected", "asked")
