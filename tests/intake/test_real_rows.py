"""Rows that are not results of their own, second tables, and blank outcomes: all are counted."""

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,metric,week,value\n"
TWICE = f"{HEAD}m,recall,2024-02-05,0.8\n\n{HEAD}m2,recall,2024-02-05,0.5\nm3,mae,2024-02-05,2\n"
SUMS = f"{HEAD}m,recall,2024-02-05,0.8\nGesamt,recall,2024-02-05,0.7\n"

CASES = [
    # Totals among models.
    Case("s11", "s11_total_model.csv", asked=("totals",), choices=("leave-out", "keep")),
    Case("s11 left out", "s11_total_model.csv", answers=("totals=leave-out",), n=4, ignored=2,
         warns=("totals",)),
    Case("s11 a model", "s11_total_model.csv", answers=("totals=keep",), n=6),
    Case("in another language", SUMS, asked=("totals",)),
    Case("a model alone may be called so", f"{HEAD}Overall,recall,2024-02-05,0.8\n", n=1),
    Case("a faulty total is rejected", f"{HEAD}m,recall,2024-02-05,0.8\nTotal,,,1\n",
         rejects=("missing-value",)),
    # Second tables.
    Case("p4", "p4b.csv", asked=("second-table",)),
    Case("p4 first", "p4b.csv", answers=("second_table=first",), n=1, ignored=2),
    Case("p4 skip", "p4b.csv", answers=("second_table=skip",), n=2, ignored=1),
    Case("three rows are left", TWICE, answers=("second_table=first",), n=1, ignored=3),
    # Outcomes.
    Case("j11", "j11_blank_outcome.csv", kind="labels", n=8, ignored=4, warns=("not-known-yet",)),
    Case("words for nothing", "id,label\n1,1\n2,nan\n3,NULL\n4,NaN\n", kind="labels", n=1,
         ignored=3),
    Case("nan in a log is no class",
         "id,ts,model,prediction,actual\n1,2024-02-05T10:00:00Z,churn,1,nan\n"
         "2,2024-02-05T10:00:00Z,churn,0,0\n",
         kind="prediction_log", rows=({"y_true": ""}, {"y_true": "0"})),
    Case("yes and no in a log",
         "id,ts,model,prediction,actual\n1,2024-02-05T10:00:00Z,churn,1,yes\n"
         "2,2024-02-05T10:00:00Z,churn,0,no\n",
         kind="prediction_log", asked=("outcome-class", "outcome-class"),
         choices=("1", "0", "not known yet", "keep")),
    Case("pending in a log",
         "id,ts,model,prediction,actual\n1,2024-02-05T10:00:00Z,churn,1,pending\n"
         "2,2024-02-05T10:00:00Z,churn,0,0\n",
         kind="prediction_log", asked=("outcome-class",),
         choices=("not known yet", "0", "1", "keep")),
    Case("pending in a log, answered",
         "id,ts,model,prediction,actual\n1,2024-02-05T10:00:00Z,churn,1,pending\n"
         "2,2024-02-05T10:00:00Z,churn,0,0\n",
         kind="prediction_log", answers=("outcomes.pending=not known yet",),
         rows=({"y_true": ""}, {"y_true": "0"})),
    Case("amounts are no classes",
         "id,ts,model,prediction,actual\n1,2024-02-05T10:00:00Z,churn,10.5,11\n"
         "2,2024-02-05T10:00:00Z,churn,7,8.25\n", kind="prediction_log", n=2),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_row_is_stored_rejected_or_counted_as_ignored(case):
    holds(case)
