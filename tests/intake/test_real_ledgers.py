"""Amounts as ledgers, banks and dashboards write them, each with its unit, sign and side."""

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,type,month"


def ledger(header, *rows):
    lines = "".join(f"churn,inference,2026-{i:02d},{row}\n" for i, row in enumerate(rows, start=1))
    return f"{HEAD},{header}\n{lines}"


def asked_unit(header, unit, says):
    return Case(header, ledger(header, "100.2"), kind="cost_log", asked=("column-match",),
                choices=(f"amount in {unit}", "amount", "ignore"), says=says)  # fmt: skip


CASES = [
    # Units of headers.
    asked_unit("cost USD thousands", "USD thousands", "100.2 is 100,200 USD"),
    asked_unit("cost $M", "$M", "100.2 is 100,200,000 USD"),
    asked_unit("cost USDm", "USDm", "100.2 is 100,200,000 USD"),
    asked_unit("cost EUR '000", "EUR '000", "100.2 is 100,200 EUR"),
    asked_unit("cost INR Cr", "INR Cr", "100.2 is 1,002,000,000 INR"),
    asked_unit("amount (Rs in lakh)", "Rs in lakh", "100.2 is 10,020,000 INR"),
    asked_unit("cost \u4e07\u5186", "\u4e07\u5186", "100.2 is 1,002,000 JPY"),
    asked_unit("amount\uff08\u5343\u5186\uff09", "\u5343\u5186", "100.2 is 100,200 JPY"),
    asked_unit("cost mln z\u0142", "mln z\u0142", "100.2 is 100,200,000 PLN"),
    asked_unit("Cost USD (thousands)", "USD thousands", "100.2 is 100,200 USD"),
    asked_unit("Cost in thousands of EUR", "thousands of EUR", "100.2 is 100,200 EUR"),
    asked_unit("cost million", "million", "100.2 is 100,200,000"),
    Case("a scale without a currency is of ours", ledger("cost million", "1.5"), kind="cost_log",
         answers=("columns.cost million=amount in million",),
         rows=({"amount": 1_500_000.0, "currency": ""},)),
    Case("lakhs, told", ledger("amount (Rs in lakh)", "1.5"), kind="cost_log",
         answers=("columns.amount (Rs in lakh)=amount in Rs in lakh",),
         rows=({"amount": 150_000.0, "currency": "INR"},)),
    Case("a word is no unit", ledger("cost all", "1.5"), kind="cost_log", asked=("column-match",),
         choices=("amount", "ignore")),
    # Credits.
    Case("credits beside", ledger("amount,Dr/Cr", "12.5,Dr", "7,Cr"), kind="cost_log",
         asked=("credits",), choices=("negative", "positive"), says="negative: 7 with Cr is -7"),
    Case("credits are refunds", ledger("amount,Soll/Haben", "12.5,S", "7,H", ",H"),
         kind="cost_log", answers=("credits=negative",), rejects=("missing-value",),
         rows=({"amount": 12.5}, {"amount": -7.0}), n=2),
    Case("credits are none", ledger("amount,side", "12.5,debit", "7,credit"), kind="cost_log",
         answers=("credits=positive",), rows=({"amount": 12.5}, {"amount": 7.0}),
         warns=("extra-column",)),
    Case("credits that are negative", ledger("amount,Dr/Cr", "12.5,Dr", "-7,Cr"),
         kind="cost_log", rows=({"amount": 12.5}, {"amount": -7.0})),
    Case("debits alone say nothing", ledger("amount,Dr/Cr", "12.5,Dr", "7,Dr"), kind="cost_log",
         rows=({"amount": 12.5}, {"amount": 7.0})),
    # Signs.
    Case("a credit behind", ledger("amount", '"$1,000.00 CR"', "$7.00 DR"), kind="cost_log",
         answers=("signs=read",),
         rows=({"amount": -1000.0, "currency": "USD"}, {"amount": 7.0, "currency": "USD"})),
    Case("a triangle is a minus", ledger("amount", "\u00a5120", "\u25b2\u00a520", "\u25b37"),
         kind="cost_log", answers=("signs=read",),
         rows=({"amount": 120.0}, {"amount": -20.0}, {"amount": -7.0, "currency": "JPY"})),
    Case("the sign of the first amount is that of all", ledger("amount", "$12.50", "(7)", "3"),
         kind="cost_log", asked=("signs",),
         says="$12.50 is 12.5 USD, (7) is -7 USD, 3 is 3 USD"),
    Case("the sign of all, told", ledger("amount", "$12.50", "(7)", "3"), kind="cost_log",
         answers=("signs=read",),
         rows=tuple({"amount": a, "currency": "USD"} for a in (12.5, -7.0, 3.0))),
    Case("two signs are of their own", ledger("amount", "$12.50", "\u20ac7", "3"),
         kind="cost_log", answers=("signs=read",),
         rows=tuple({"currency": c} for c in ("USD", "EUR", ""))),
    Case("words for nothing among signs", "id,model,title,started_at,est_loss\n"
         "1,churn,x,2024-02-05,12.5k\n2,churn,y,2024-02-06,unknown\n", kind="incident_log",
         answers=("signs=read",), asked=("missing-words",)),
    Case("money and percent of several KPIs", "kpi,month,value\nrefund-cost,2026-01,\u20ac12\n"
         "response-time,2026-01,4%\nresponse-time,2026-02,7\n", kind="kpi_actuals",
         asked=("signs",), says="\u20ac12 is 12 EUR, 4% is 0.04, 7 is 7"),
    # Periods.
    Case("days of German headers", "Modell;Art;Betrag;Datum von;Datum bis\n"
         "churn;inference;1,5;01.10.2026;31.10.2026\nchurn;training;2,5;01.10.2026;31.10.2026\n",
         kind="cost_log", answers=("decimal=,",),
         asked=("which-column",) * 5, says="Model"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_amounts_of_ledgers_are_read_or_asked_about(case):
    holds(case)


def test_two_columns_of_days_are_the_ends_of_a_period():
    """One of them alone, as the period, would put a month's cost on its last day."""
    case = next(c for c in CASES if c.id == "days of German headers")
    keys = [q.key for q in case.told().receipt.questions]
    assert {"fields.period_start", "fields.period_end"} <= {*keys}


TOTALS = [
    Case("a title is no total", "id,model,title,started_at\n1,churn,a,2024-02-05\n"
         "2,churn,b,2024-02-06\n3,churn,c,2024-02-07\n4,churn,Total outage,\nTotal,,,\n",
         kind="incident_log", rejects=("missing-value",), n=3, ignored=1),
    Case("a segment is no total", "id,timestamp,model,prediction,segment\n"
         "1,2024-02-05,churn,1,x\n2,2024-02-05,churn,1,x\n3,2024-02-05,churn,0,x\n"
         "4,,churn,0,Mean Street\n", kind="prediction_log", rejects=("missing-value",), n=3),
]  # fmt: skip


@pytest.mark.parametrize("case", TOTALS, ids=lambda case: case.id)
def test_a_row_is_a_total_by_what_it_calls_itself(case):
    holds(case)


def test_a_total_below_months_is_named_by_its_line_of_the_file():
    text = (
        "Model,Metric,Jan 2026,Feb 2026\nchurn,recall,0.1,0.2\nchurn,precision,0.3,0.4\n"
        "Average,,0.2,0.3\n"
    )
    told = Case("", text, answers=("period_columns=yes",)).told()
    (said,) = [w.message for w in told.receipt.warnings if w.code == "totals"]
    assert said == (
        "Rows of totals that are left out: 2, Average (line 4, column Jan 2026), "
        "Average (line 4, column Feb 2026)."
    )
