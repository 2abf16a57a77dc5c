"""Rows that are not results of their own, second tables, and blank outcomes: all are counted."""

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,metric,week,value\n"
TWICE = f"{HEAD}m,recall,2024-02-05,0.8\n\n{HEAD}m2,recall,2024-02-05,0.5\nm3,mae,2024-02-05,2\n"
SUMS = f"{HEAD}m,recall,2024-02-05,0.8\nGesamt,recall,2024-02-05,0.7\n"

WEEKS = "".join(f"m,volume,2024-02-{d:02},{v}\n" for d, v in ((5, 10), (12, 20), (19, 12.5)))
COSTS = "model;period_start;period_end;cost_type;amount\n" + "".join(
    f"churn;2024-0{i}-01;2024-0{i}-{last};data;{v}\n"
    for i, last, v in ((1, 31, 9), (2, 29, 4), (3, 31, 7))
)
STORES = "kpi,unit_id,week,value\n" + "".join(
    f"refund-cost,{name},2024-02-{day:02},{v}\n"
    for day, of in ((5, (4, 6, 10)), (12, (5, 2, 7)))
    for name, v in zip(("North", "South", "Germany"), of, strict=True)
)
MONTHS = "kpi,month,value\n" + "".join(
    f"refund-cost,2024-0{i},{v}\n" for i, v in ((1, 10), (2, 20), (3, 31))
)
FLAT = "kpi,month,value\n" + "".join(f"refund-cost,2024-0{i},0\n" for i in range(1, 6))

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
    # Totals that can be no rows of their own: below three others they are left out.
    *(Case(f"{word} in the place of the model", f"{HEAD}{WEEKS}{word},,,42.5\n", n=3, ignored=1,
           warns=("totals",))
      for word in ("Total", "Grand total:", "SUMME", "Gesamt", "Sub-total North", "Total 2024",
                   "Average", "Totals", "\u0418\u0442\u043e\u0433\u043e", "\u5408\u8a08",
                   "Sous-total")),
    Case("the word in the date", f"{HEAD}{WEEKS}m,volume,Total,42.5\n", n=3, ignored=1),
    Case("the word in a column that is not used",
         f"region,{HEAD}" + "".join(f"x,{row}\n" for row in WEEKS.splitlines())
         + "Gesamt,,,,42.5\n", n=3, ignored=1),
    Case("a short line", f"{HEAD}{WEEKS}Total,42.5\n", n=3, ignored=1, warns=("totals",)),
    Case("subtotals and their sum", f"{HEAD}{WEEKS}Subtotal,,,42.5\n"
         + WEEKS.replace("m,", "o,") + "Subtotal,,,42.5\nTotal,,,85\n", n=6, ignored=3),
    Case("the word in a closed list", f"{COSTS}churn;2024-01-01;2024-03-31;Total;20\n",
         kind="cost_log", n=3, ignored=1, warns=("totals",)),
    Case("no word, but the sum below an empty name", f"{HEAD}{WEEKS},,,42.5\n", n=3, ignored=1,
         warns=("totals",)),
    Case("the mean, as it is rounded", f"{HEAD}{WEEKS},volume,,14.17\n", n=3, ignored=1),
    Case("costs without a word", f"{COSTS};;;;20\n", kind="cost_log", n=3, ignored=1),
    Case("an empty name with another figure is a fault", f"{HEAD}{WEEKS},,,41\n",
         rejects=("missing-value",)),
    Case("of two rows it may be a slip", f"{HEAD}{WEEKS[:-24]}Total,,,30\n",
         rejects=("missing-value",)),
    Case("a name that only begins so is a model",
         f"{HEAD}{WEEKS}Total churn,volume,2024-02-05,3\n", n=4),
    Case("they are kept as rows where that is answered", f"{HEAD}{WEEKS}Total,,,42.5\n",
         answers=("totals=keep",), rejects=("missing-value",)),
    # Sums that may be rows of their own.
    Case("the last row is the sum", f"{MONTHS}refund-cost,2024-04,61\n", kind="kpi_actuals",
         asked=("sums",), choices=("leave-out", "keep"), says="keep: value adds up to 122"),
    Case("the last row is the sum, left out", f"{MONTHS}refund-cost,2024-04,61\n",
         kind="kpi_actuals", answers=("totals=leave-out",), n=3, ignored=1, warns=("totals",)),
    Case("the last row is the sum, kept", f"{MONTHS}refund-cost,2024-04,61\n",
         kind="kpi_actuals", answers=("totals=keep",), n=4),
    Case("the last row is no sum", f"{MONTHS}refund-cost,2024-04,60\n", kind="kpi_actuals", n=4),
    Case("nothing adds up to nothing", FLAT, kind="kpi_actuals", n=5),
    Case("one unit is the sum of the others", STORES, kind="rollout_results", asked=("sums",),
         says="Germany holds the sum of the other names in each period"),
    Case("one unit is the sum of the others, left out", STORES, kind="rollout_results",
         answers=("totals=leave-out",), n=4, ignored=2),
    Case("one unit is the sum of the others in one week only", STORES.replace(",7\n", ",8\n"),
         kind="rollout_results", n=6),
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
