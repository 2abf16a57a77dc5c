"""Tables copied from a sheet: merged heads, groups, marks of thousands, signs, totals."""

from datetime import datetime

import pytest

from tests.intake.real_cases import Case, holds

KPI = "refund-cost"


def table(*rows):
    """Rows as the clipboard holds them."""
    return "".join("\t".join(row.split("|")) + "\n" for row in rows)


def costs(*amounts):
    lines = [f"churn|inference|2024-0{i}|{a}" for i, a in enumerate(amounts, start=1)]
    return table("model|type|month|amount", *lines)


def months(*cells):
    return table("KPI|" + "|".join(cells), f"{KPI}|8|7")


COUNTED = table("model|metric|week|value|n", "m|recall|2024-01-01|0.8|1,200",
                "m|recall|2024-01-08|0.81|1,340")  # fmt: skip
ABOVE = table("||Jan 2024||Feb 2024|", "KPI|note|value|n|value|n", f"{KPI}|x|8|10|7|11")
GROUPS = table("model|metric|week|value", "churn|||", "|recall|2024-01-01|0.8",
               "|precision|2024-01-01|0.7", "fraud|||", "|recall|2024-01-01|0.6")  # fmt: skip
FOOTNOTES = "model,metric,week,value\nm,recall,2024-01-01,0.8\n* preliminary,,,\nSource: us,,,\n"

CASES = [
    # A number that can only have decimals settles what the other mark is.
    Case("thousands beside decimals", COUNTED, rows=({"value": 0.8, "n": 1200},),
         read_as="numbers with a decimal point and a comma for thousands"),
    Case("one such number may be a slip", COUNTED.replace("1,340", "1340"),
         asked=("decimal-mark",)),
    Case("the German way", COUNTED.replace(",", ";").replace(".", ",").replace(";", "."),
         rows=({"value": 0.8, "n": 1200},)),
    # Signs and marks together; the currency is kept.
    Case("dollars", costs("$1,200.50", "$12,345.00"), kind="cost_log", asked=("signs",),
         says="$1,200.50 is 1200.5 USD"),
    *(Case(f"amounts such as {amount}", costs(amount, "7"), kind="cost_log",
           answers=("signs=read", *more), rows=({"amount": 1200.5, "currency": currency},))
      for amount, currency, more in (
          ("$1,200.50", "USD", ()), ("1.200,50 \u20ac", "EUR", ()), ("GBP 1,200.50", "GBP", ()),
          ("CHF 1'200.50", "CHF", ("thousands='",)),
          ("1 200,50 \u20ac", "EUR", ("thousands=space",)),
      )),
    Case("brackets with thousands", costs("1,200.50", "(3,345.00)"), kind="cost_log",
         answers=("signs=read",), rows=({"amount": 1200.5}, {"amount": -3345.0})),
    # Merged heads: dates above the columns of each, and groups above their rows.
    Case("dates above", ABOVE, kind="kpi_actuals", asked=("period-columns",)),
    Case("dates above, read", ABOVE, kind="kpi_actuals", answers=("period_columns=yes",), n=2,
         rows=({"kpi_id": KPI, "period_start": datetime(2024, 1, 1), "value": 8.0, "n": 10},
               {"period_start": datetime(2024, 2, 1), "value": 7.0, "n": 11})),
    Case("groups", GROUPS, answers=("fill_down=fill",), n=3, ignored=2,
         rows=({"model_id": "churn", "metric": "recall"}, {"metric": "precision"},
               {"model_id": "fraud", "value": 0.6})),
    Case("footnotes are no merged cells", FOOTNOTES, rejects=("missing-value",)),
    # Columns called like periods, whole or within a year.
    Case("years", months("2023", "2024"), kind="kpi_actuals", answers=("period_columns=yes",),
         rows=({"granularity": "P1Y", "value": 8.0},)),
    *(Case(f"{first} and {second}", months(first, second), kind="kpi_actuals",
           answers=("period_columns=yes",), asked=("which-year",))
      for first, second in (("Jan", "Feb"), ("Q1", "Q2"), ("KW 1", "KW 2"))),
    Case("months of a year", months("Jan", "Feb"), kind="kpi_actuals",
         answers=("period_columns=yes", "year=2024"),
         rows=({"period_start": datetime(2024, 1, 1), "granularity": "P1M"},)),
    # A total row is named and leaves the others as they are; it raises no question of its own.
    Case("a total", table("model|type|month|amount", "churn|inference|2024-01|1,200.50",
                          "churn|training|2024-01|300", "Total|||1,500.50"), kind="cost_log",
         rejects=("missing-value",), n=2),
    # The columns of a log in another language.
    Case("a log", table("id|zeit|model|vorhersage|ist", "1|2024-02-01 10:00|m|ja|nein",
                        "2|2024-02-01 11:00|m|nein|nein"), kind="prediction_log",
         answers=("fields.ts=zeit",), asked=("which-column",),
         choices=("vorhersage", "ist", "none of these")),
    Case("a log, read", table("id|zeit|model|vorhersage|ist", "1|2024-02-01 10:00|m|ja|nein",
                              "2|2024-02-01 11:00|m|nein|nein"), kind="prediction_log",
         answers=("fields.ts=zeit", "fields.y_pred=vorhersage", "fields.y_true=ist"),
         rows=({"y_pred": "ja", "y_true": "nein"},)),
    Case("Markdown of candidates", "| Model | Recall | Precision |\n|:------|-----:|--:|\n"
         "| **v1** | 0.61 | 0.45 |\n| `v2` | 0.63 | 0.44 |\n", kind="evaluations",
         answers=("constants.value_case_id=v",), n=4,
         rows=({"candidate": "v1", "metric": "recall", "value": 0.61}, {"candidate": "v1"},
               {"candidate": "v2"})),
    Case("the outcome of a forecast", table("id|ts|model|Prognose|Ist", "1|2024-02-01|m|12,5|11",
                                            "2|2024-02-02|m|9|9,5", "3|2024-02-03|m|8|7"),
         kind="prediction_log", answers=("fields.y_pred=Prognose", "decimal=,"),
         asked=("which-column",),
         choices=("Ist", "none of these")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_was_copied_is_read_or_asked_about(case):
    holds(case)
