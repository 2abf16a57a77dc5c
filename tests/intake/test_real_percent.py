"""Percent in units, headers, cells and names, in the words that files use."""

import pytest

from tests.intake.real_cases import Case, holds


def long(metric, *values, unit="", header="value", delimiter=","):
    """A file with a row a week."""
    head = delimiter.join(["model", "metric", "week", header, *(["unit"] if unit else [])])
    lines = [
        delimiter.join(["m", metric, f"2024-01-{1 + 7 * i:02}", value, *([unit] if unit else [])])
        for i, value in enumerate(values)
    ]
    return "\n".join([head, *lines, ""])


WORDS = ("pct", "Prozent", "in %", "percentage", "pourcent", "porcentaje", "v.H.")
SHARE = {"metric": "wape", "value": 0.125, "unit": "share"}

CASES = [
    *(Case(f"the unit {word}", long("wape", "12.5", "11", unit=word), rows=(SHARE,))
      for word in WORDS),
    # "Anteil" stands above shares and above percentages.
    Case("the unit Anteil", long("wape", "12.5", "11", unit="Anteil"), asked=("percent-errors",)),
    Case("a share by another name", long("wape", "0.125", "0.11", unit="Anteil"), rows=(SHARE,)),
    *(Case(f"the header value_{word}", long("wape", "12.5", "11", header=f"value_{word}"),
           asked=("column-match",), says="value in %: 12.5 is 0.125")
      for word in ("pct", "percent", "Prozent", "%")),
    *(Case(f"the header {word}", long("wape", "12.5", "11", header=word),
           answers=(f"fields.value={word}",), asked=("column-match",), says="12.5 is 0.125")
      for word in ("Prozent", "percent", "pct", "percentage")),
    *(Case(f"cells in {word}", long("recall", f"81.5{word}", f"79{word}"), answers=("signs=read",),
           rows=({"value": 0.815}, {"value": 0.79}))
      for word in ("%", " pct", " percent", " Prozent", " pourcent")),
    Case("a comma before the sign", long("recall", "81,5 %", "79 %", delimiter=";"),
         asked=("decimal-mark",)),
    Case("a comma before the sign, read", long("recall", "81,5 %", "79 %", delimiter=";"),
         answers=("decimal=,", "signs=read"), rows=({"value": 0.815}, {"value": 0.79})),
    # What is stored is what a person computes: 81.4 % is 0.814.
    *(Case(f"the figure {cell}", long("wape", cell, "11", unit="%"), rows=({"value": value},))
      for cell, value in (("81.4", 0.814), ("56.9", 0.569), ("8.14", 0.0814), ("1e-7", 1e-9))),
    Case("a figure in percent by its name", long("recall", "81.4", "57"),
         answers=("metrics.recall=recall in %",), rows=({"value": 0.814}, {"value": 0.57})),
    Case("a figure in percent, asked", long("mape", "8.14", "5.7"), answers=("errors_in=percent",),
         rows=({"value": 0.0814}, {"value": 0.057})),
    Case("per mille", long("fpr", "8.1 \u2030", "7 \u2030"), answers=("signs=read",),
         rows=({"value": 0.0081}, {"value": 0.007})),
    Case("basis points in cells", long("fpr", "81 bps", "7 bps"), answers=("signs=read",),
         rows=({"value": 0.0081}, {"value": 0.0007})),
    Case("a factor of cases", "model,metric,week,value,samples\nm,recall,2024-01-01,0.8,4.5\n",
         answers=("columns.samples=n times 1000",), rows=({"n": 4500},)),
    Case("a factor that leaves parts of cases",
         "model,metric,week,value,samples\nm,recall,2024-01-01,0.8,4500\n",
         answers=("columns.samples=n times 0.001",), rejects=("not-an-integer",)),
    # Shares that all lie above 1 are percentages, or faulty: one question, not a reject a row.
    Case("shares above 1", long("recall", "81.5", "79"), asked=("percent-shares",),
         choices=("recall in %", "recall"), says="recall in %: 81.5 is 0.815, 79 is 0.79"),
    Case("shares above 1 in percent", long("Sensitivity", "81.25", "79"),
         answers=("metrics.Sensitivity=recall in %",),
         rows=({"metric": "recall", "value": 0.8125, "unit": "share"},)),
    Case("shares above 1 as they are", long("recall", "81.5", "79"),
         answers=("metrics.recall=recall",), rejects=("out-of-range",)),
    Case("one share above 1 is a slip", long("recall", "81.5", "0.79"), rejects=("out-of-range",)),
    Case("above 100 is no percentage", long("recall", "815", "79"), rejects=("out-of-range",)),
    Case("basis points are no percentages", long("recall", "81.5", "79", unit="bps"),
         rejects=("out-of-range",)),
    Case("a column of shares above 1", "model,week,recall,rmse\nm,2024-01-01,81,7\n"
         "m,2024-01-08,80,7\n", answers=("wide=recall,rmse",), asked=("percent-shares",)),
    Case("a column of shares above 1 in percent", "model,week,recall,rmse\nm,2024-01-01,81,7\n"
         "m,2024-01-08,80,7\n", answers=("wide=recall,rmse", "metrics.recall=recall in %"),
         rows=({"metric": "recall", "value": 0.81}, {"metric": "rmse", "value": 7.0})),
    # A wide file of which no column is called like a metric as it stands.
    Case("columns in percent", "model,week,Recall %,WAPE pct\nm,2024-01-01,81,12.5\n",
         asked=("metric-name", "metric-name"), choices=("recall in %", "recall", "ignore")),
    Case("columns in Prozent", "model;week;Recall (Prozent);Precision in Prozent\n"
         "m;2024-01-01;81;72\n",
         answers=("metrics.Recall (Prozent)=recall in %", "wide=Recall (Prozent)",
                  "metrics.Precision in Prozent=ignore"),
         rows=({"metric": "recall", "value": 0.81},), n=1),
    # A file of which one share is in percent.
    Case("a share beside one in percent", "model,metric,week,value\nm,coverage,2024-01-01,72\n"
         "m,coverage,2024-01-08,73\nm,selective_error,2024-01-01,0.9\n",
         asked=("percent-shares", "percent-beside"), choices=("coverage in %", "coverage")),
    Case("a share beside one told to be in percent", "model,metric,week,value\n"
         "m,coverage,2024-01-01,72\nm,coverage,2024-01-08,73\nm,selective_error,2024-01-01,0.9\n",
         answers=("metrics.coverage=coverage in %",), asked=("percent-beside",),
         choices=("selective_error in %", "selective_error"),
         says="selective_error in %: 0.9 is 0.009"),
    Case("a share beside one in percent is none", "model,metric,week,value\n"
         "m,coverage,2024-01-01,72\nm,selective_error,2024-01-01,0.9\n",
         answers=("metrics.coverage=coverage in %",
                  "metrics.selective_error=selective_error"),
         rows=({"value": 0.72}, {"value": 0.9})),
    Case("a header that says percent says it of itself",
         "model,week,Coverage (%),selective_error\nm,2024-01-01,72,0.009\n",
         answers=("metrics.Coverage (%)=coverage in %", "wide=Coverage (%),selective_error"),
         rows=({"value": 0.72}, {"value": 0.009})),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_percentage_becomes_a_share_by_word_or_by_answer(case):
    holds(case)
