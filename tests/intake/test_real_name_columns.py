"""A column for each model, candidate or KPI, and the counts of a confusion matrix as columns."""

from datetime import datetime

import pytest

from tests.intake.real_cases import Case, holds

CASE = "constants.value_case_id=v"
CROSS = "metric,logreg,forest\naccuracy,0.81,0.79\nrecall,0.55,0.5\n"
MODELS = "week,metric,churn,upsell\n2024-02-05,recall,0.8,0.7\n2024-02-12,recall,0.81,\n"
KPIS = "month,refund-cost,response-time\n2024-01,51200,19.5\n2024-02,48100,17.2\n"
COUNTS = "model,week,TP,FP,FN,TN\nchurn,2024-02-05,80,50,20,900\n"
YES = "name_columns=yes"
OF_CROSS = (
    {"candidate": "logreg", "metric": "accuracy", "value": 0.81},
    {"candidate": "forest", "metric": "accuracy", "value": 0.79},
    {"candidate": "logreg", "metric": "recall", "value": 0.55},
)
OF_COUNTS = (
    {"metric": "precision", "value": pytest.approx(80 / 130), "numerator": 80, "denominator": 130},
    {"metric": "recall", "value": 0.8, "numerator": 80, "denominator": 100},
    {"metric": "specificity", "numerator": 900, "denominator": 950},
    {"metric": "accuracy", "numerator": 980, "denominator": 1050},
)

CASES = [
    # Candidates as columns.
    Case("candidates", CROSS, kind="evaluations", asked=("name-columns",), choices=("yes", "no"),
         says="yes: logreg, forest"),
    Case("candidates read", CROSS, kind="evaluations", answers=(YES, CASE), n=4, rows=OF_CROSS),
    Case("an empty corner", CROSS.replace("metric", ""), kind="evaluations", answers=(YES, CASE),
         n=4, rows=OF_CROSS),
    Case("a German corner", CROSS.replace("metric", "Kennzahl").replace(",", ";").replace(".", ","),
         kind="evaluations", answers=(YES, CASE, "decimal=,"), n=4, rows=OF_CROSS),
    Case("columns of another meaning", CROSS, kind="evaluations",
         answers=("name_columns=no", CASE), asked=("which-column",) * 2),
    Case("a score and its error are no candidates",
         "metric,score,error\naccuracy,0.81,0.01\nrecall,0.55,0.02\n", kind="evaluations",
         answers=(CASE,), asked=("which-column",) * 2),
    Case("one column is the value", "metric,churn\nrecall,0.8\nprecision,0.7\n",
         kind="evaluations", answers=(CASE,), asked=("which-column",) * 2),
    # Models and KPIs as columns.
    Case("models", MODELS, asked=("name-columns",), says="yes: churn, upsell"),
    Case("models read", MODELS, answers=(YES,), n=3,
         rows=({"model_id": "churn", "value": 0.8, "granularity": "P1W",
                "period_start": datetime(2024, 2, 5)},
               {"model_id": "upsell", "value": 0.7}, {"model_id": "churn", "value": 0.81})),
    Case("KPIs", KPIS, kind="kpi_actuals", asked=("name-columns",)),
    Case("KPIs read", KPIS, kind="kpi_actuals", answers=(YES,), n=4,
         rows=({"kpi_id": "refund-cost", "value": 51200, "granularity": "P1M"},
               {"kpi_id": "response-time", "value": 19.5})),
    Case("KPIs under a German header", KPIS.replace("month", "Monat"), kind="kpi_actuals",
         answers=(YES,), n=4, rows=({"kpi_id": "refund-cost", "value": 51200},)),
    Case("a KPI that is not there", KPIS.replace("refund-cost", "other"), kind="kpi_actuals",
         answers=(YES,), rejects=("unknown-reference",)),
    # Counts.
    Case("counts", COUNTS, n=4, rows=OF_COUNTS),
    Case("counts by their names, all cases beside them", n=4, rows=OF_COUNTS, file=COUNTS.replace(
         "TP,FP,FN,TN", "true_positives,False Positives,fn,tn,n").replace("900\n", "900,1050\n")),
    Case("counts without the true negatives", COUNTS.replace(",TN", "").replace(",900", ""), n=2,
         rows=OF_COUNTS[:2]),
    Case("counts of a candidate", COUNTS.replace("model,week", "candidate,evaluated_on"),
         kind="evaluations", answers=(CASE,), n=4, rows=OF_COUNTS),
    Case("nothing flagged has no precision", COUNTS.replace("80,50,20", "0,0,20"), n=3,
         rows=({"metric": "recall", "value": 0.0}, {"metric": "specificity"})),
    Case("shares of a matrix are no counts", COUNTS.replace("80,50,20,900", ".8,.05,.2,.95"),
         asked=("which-column",) * 2),
    Case("counts beside the metrics", COUNTS.replace("TN\n", "TN,recall\n").replace(
         "900\n", "900,0.8\n"), answers=("wide=recall",), n=1,
         rows=({"metric": "recall", "value": 0.8, "numerator": None},)),
    Case("a column for each unit", "kpi,month,Berlin,Hamburg\nrefund-cost,2026-01,1,2\n"
         "refund-cost,2026-02,3,4\n", kind="rollout_results", asked=("name-columns",),
         says="yes: Berlin, Hamburg"),
    Case("a column for each unit, told", "kpi,month,Berlin,Hamburg\nrefund-cost,2026-01,1,2\n"
         "refund-cost,2026-02,3,4\n", kind="rollout_results", answers=("name_columns=yes",), n=4,
         rows=({"unit_id": "Berlin", "value": 1.0}, {"unit_id": "Hamburg", "value": 2.0})),
    Case("a year beside its month is no KPI", "Year,Month,refund-cost,response-time\n"
         "2026,September,1,2\n2026,October,3,4\n", kind="kpi_actuals",
         answers=("name_columns=yes",), n=4,
         rows=({"kpi_id": "refund-cost", "period_start": datetime(2026, 9, 1)},)),
    Case("a total below the months", "Order Month,refund-cost,response-time\n2026-01,1,2\n"
         "2026-02,3,4\nTotals,4,6\n", kind="kpi_actuals", answers=("name_columns=yes",), n=4,
         ignored=2, warns=("totals",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_number_of_such_a_table_is_a_row(case):
    holds(case)
