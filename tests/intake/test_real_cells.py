"""Units, percentages, marks and words in cells: read once one answer says how, never guessed."""

from datetime import date

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Cost, KpiActual
from tests.intake.real_cases import NOW, STORED, Case, holds, rows_of
from tests.intake_stored import Shelf, told_of

COST = "model;period_start;period_end;cost_type;amount\n"


def costs(*amounts, delimiter=";"):
    rows = "".join(
        f"churn;2024-0{i}-01;2024-0{i}-28;inference;{a}\n" for i, a in enumerate(amounts, start=1)
    )
    return (COST + rows).replace(";", delimiter)


def results(*values, n="", header="model,metric,week,value,n"):
    rows = "".join(f"m,recall,2024-0{i}-01,{v},{n or i}\n" for i, v in enumerate(values, start=1))
    return f"{header}\n{rows}"


def amounts(*expected):
    return tuple({"amount": pytest.approx(a)} for a in expected)


def incidents(severity, status="open"):
    return f"id,model,title,started_at,severity,status\nI1,churn,x,2024-02-05,{severity},{status}\n"


NAN_CELLS = (
    "model,metric,week,value,n\nm,recall,2024-02-05,0.8,nan\nm,recall,2024-02-12,0.8,1e400\n"
)

CASES = [
    # Percent signs.
    Case("n01", "n01_percent.csv", asked=("signs",), choices=("read", "faulty"),
         says="81.4% is 0.814"),
    Case("n01 read", "n01_percent.csv", answers=("signs=read",),
         rows=({"value": 0.814, "n": 410}, {"value": 0.821})),
    Case("n01 not read", "n01_percent.csv", answers=("signs=faulty",), rejects=("not-a-number",)),
    Case("percent with a space", results("81 %", "79.5 %"), answers=("signs=read",),
         rows=({"value": 0.81}, {"value": 0.795})),
    Case("shares among percentages", results("81%", "0.79"), asked=("signs",),
         says="81% is 0.81, 0.79 is 0.79"),
    Case("numbers among percentages", results("81%", "7.9"),
         rejects=("not-a-number", "out-of-range")),
    Case("wide percentages", "week,model,recall\n2024-02-05,m,81%\n",
         answers=("wide=recall", "signs=read"), rows=({"value": 0.81},)),
    # Currency signs, brackets, a minus behind.
    Case("euros", costs("\u20ac12.50", "\u20ac7"), kind="cost_log", asked=("signs",)),
    Case("euros read", costs("12.50 \u20ac", "7 \u20ac"), kind="cost_log",
         answers=("signs=read",), rows=amounts(12.5, 7)),
    Case("brackets", costs("12.5", "(7)"), kind="cost_log", answers=("signs=read",),
         rows=amounts(12.5, -7)),
    Case("a minus behind", costs("12.5", "7-"), kind="cost_log", answers=("signs=read",),
         rows=amounts(12.5, -7)),
    Case("thousands by a letter", costs("51.2k", "1.5M"), kind="cost_log", asked=("signs",),
         says="51.2k is 51200, 1.5M is 1500000"),
    Case("thousands by a letter read", costs("51,2 T\u20ac", "1,5 Mio. EUR", "7 TEUR"),
         kind="cost_log", answers=("decimal=,", "signs=read"),
         rows=({"amount": 51200, "currency": "EUR"}, {"amount": 1.5e6, "currency": "EUR"},
               {"amount": 7000, "currency": "EUR"})),
    Case("a T alone says nothing", costs("5 T", "7"), kind="cost_log", rejects=("not-a-number",)),
    Case("a printed minus", costs("12.5", "\u22127"), kind="cost_log", answers=("signs=read",),
         rows=amounts(12.5, -7)),
    Case("a currency in the header", costs("12.5").replace("amount", "amount_usd"),
         kind="cost_log", asked=("column-match",), choices=("amount in usd", "amount", "ignore"),
         says="12.5 is 12.5 USD"),
    *(Case(f"dollars {cell}", costs(cell, "7"), kind="cost_log", answers=("signs=read",),
           rows=({"amount": 12.5, "currency": currency},))
      for cell, currency in (
          ("$12.50", "USD"), ("US$ 12.50", "USD"), ("A$12.50", "AUD"), ("12.50 C$", "CAD"),
          ("NZ$12.50", "NZD"), ("R$ 12.50", "BRL"))),
    Case("a sign in the column of the currency",
         "model,month,cost_type,amount,currency\nchurn,2024-01,data,12.5,$\n", kind="cost_log",
         rows=({"amount": 12.5, "currency": "USD"},)),
    Case("a currency in the header, told", costs("12.5").replace("amount", "CostUSD"),
         kind="cost_log", answers=("columns.CostUSD=amount in USD",),
         rows=({"amount": 12.5, "currency": "USD"},)),
    Case("nonsense among signs", costs("12.5", "(7)", "x"), kind="cost_log", asked=("signs",),
         says="read: (7) is -7"),
    Case("nonsense among signs, told", costs("12.5", "(7)", "x"), kind="cost_log",
         answers=("signs=read",), rejects=("not-a-number",), rows=amounts(12.5, -7.0), n=2),
    Case("nonsense, most of it", costs("12.5", "(7)", "x", "y", "z"), kind="cost_log",
         rejects=("not-a-number",)),
    # Marks.
    Case("n16", "n16_german_all_over_1000.csv", kind="cost_log", rows=amounts(1234.56, 2345.6),
         read_as="numbers with a decimal comma and a point for thousands"),
    Case("English, all over 1000", costs('"1,234.56"', '"2,345.60"', delimiter=","),
         kind="cost_log", rows=amounts(1234.56, 2345.6)),
    Case("both marks settle the others", costs("1.234,56", "7,5", "2.000"), kind="cost_log",
         rows=amounts(1234.56, 7.5, 2000)),
    Case("n07", "n07_fr_nbsp_mixed.csv", kind="cost_log", asked=("thousands",),
         choices=("space", "none"), says="space: 1 234,56 is 1234.56"),
    Case("n07 read", "n07_fr_nbsp_mixed.csv", kind="cost_log", answers=("thousands=space",),
         rows=amounts(1234.56, 910)),
    Case("n06", costs("1\u202f234,56", "2\u202f345,60"), kind="cost_log", asked=("thousands",)),
    Case("apostrophes", costs("1'234.50", "910.5"), kind="cost_log", asked=("thousands",),
         choices=("'", "none")),
    Case("apostrophes read", costs("1'234.50", "910.5"), kind="cost_log",
         answers=("thousands='",), rows=amounts(1234.5, 910.5)),
    Case("Indian", costs('"1,23,456.50"', '"91,234.5"', delimiter=","), kind="cost_log",
         answers=("thousands=indian",), rows=amounts(123456.5, 91234.5)),
    Case("Indian, without a question", costs('"1,23,456"', '"91,234"', delimiter=","),
         kind="cost_log", rows=amounts(123456, 91234), read_as="a comma for thousands"),
    Case("a mark that comes twice marks thousands", costs("1.234.567", "950", "2.345"),
         kind="cost_log", rows=amounts(1234567, 950, 2345)),
    Case("in English", costs('"1,234,567"', "950", '"2,345"', delimiter=","), kind="cost_log",
         rows=amounts(1234567, 950, 2345)),
    Case("a version is no number", costs("1.2.3", "7"), kind="cost_log",
         rejects=("not-a-number",)),
    Case("a comma before an exponent", costs("5,12E+04", "4,81e4"), kind="cost_log",
         asked=("decimal-mark",), says="5.12E+04"),
    Case("a comma before an exponent, answered", costs("5,12E+04", "4,81e4"), kind="cost_log",
         answers=("decimal=,",), rows=amounts(51200, 48100)),
    # Words for nothing.
    Case("l16", "l16_missing_words.csv", asked=("missing-words",), choices=("empty", "faulty"),
         says="NaN, nan, NaT"),
    Case("l16 read", "l16_missing_words.csv", answers=("missing_words=empty",), n=12,
         rows=({"n": None},)),
    Case("l16 not read", "l16_missing_words.csv", answers=("missing_words=faulty",),
         rejects=("not-a-number", "not-finite")),
    Case("a word that is repeated", results("0.8", "0.7", "0.6", n="keine"),
         asked=("missing-words",)),
    Case("a word of another language", results("0.8", "0.7", n="#NV"), asked=("missing-words",),
         says="#NV"),
    Case("a number beyond all is no word", NAN_CELLS, rejects=("not-finite",)),
    Case("in a required column", results("nan", "0.7"), rejects=("not-finite",)),
    # Words of a closed list.
    Case("t32", "t32_incident_words.csv", kind="incident_log", asked=("word", "word"),
         choices=("SEV2", "SEV1", "SEV3", "SEV4", "keep")),
    Case("t32 read", "t32_incident_words.csv", kind="incident_log",
         answers=("words.severity.P2=SEV2", "words.severity.Critical=SEV1"),
         rows=({"severity": "SEV2", "status": "resolved"}, {"severity": "SEV1"},
               {"severity": "SEV1", "status": "closed"})),
    Case("case and dashes do not matter", incidents("Sev-1", "RESOLVED"), kind="incident_log",
         rows=({"severity": "SEV1", "status": "resolved"},)),
    Case("Jira's words", incidents("Highest", "In Progress"), kind="incident_log",
         asked=("word", "word"), choices=("SEV1", "SEV2", "SEV3", "SEV4", "keep")),
    Case("none of these", incidents("pink"), kind="incident_log",
         answers=("words.severity.pink=keep",), rejects=("not-a-choice",)),
    Case("of costs", costs("7").replace("inference", "Serving"), kind="cost_log", asked=("word",),
         choices=("inference", "training", "licence", "data", "labelling", "human_review",
                  "maintenance", "incident", "other", "keep")),
    Case("of KPIs", "kpi,month,value,group\nrefund-cost,2024-01,7,Treated\n", kind="kpi_actuals",
         rows=({"group": "treated"},)),
    # Units in headers.
    Case("s08", "s08_value_pct.csv", asked=("column-match",),
         choices=("value in %", "value", "ignore"), says="value in %: 12.4 is 0.124"),
    Case("s08 percent", "s08_value_pct.csv", answers=("columns.value (%)=value in %",),
         rows=({"metric": "mape", "value": 0.124, "unit": "share"},)),
    Case("amounts in thousands", costs("51.2").replace("amount", "amount (k EUR)"),
         kind="cost_log", asked=("column-match",),
         choices=("amount in k EUR", "amount", "ignore"), says="51.2 is 51,200 EUR"),
    Case("amounts in thousands read", costs("51.2").replace("amount", "amount (k EUR)"),
         kind="cost_log", answers=("columns.amount (k EUR)=amount in k EUR",),
         rows=({"amount": 51_200.0, "currency": "EUR"},)),
    # Costs of a month.
    Case("t28", "t28_cost_month.csv", kind="cost_log",
         rows=({"period_start": date(2024, 1, 1), "period_end": date(2024, 1, 31)},
               {"period_start": date(2024, 2, 1), "period_end": date(2024, 2, 29)})),
    Case("t29", "model,period_start,period_end,cost_type,amount\nchurn,2024-01,2024-03,data,7\n",
         kind="cost_log",
         rows=({"period_start": date(2024, 1, 1), "period_end": date(2024, 3, 31)},)),
    Case("a month by its first day",
         "model,billing_month,cost_type,amount\nchurn,2024-02-01,data,7\n",
         kind="cost_log",
         rows=({"period_start": date(2024, 2, 1), "period_end": date(2024, 2, 29)},)),
    Case("a cost with its first day alone",
         "model,period_start,cost_type,amount\nchurn,2024-02-01,data,7\n", kind="cost_log",
         asked=("cost-days",), says="P1M: the month of 2024-02-01"),
    Case("a cost with its last day alone",
         "model,period_end,cost_type,amount\nchurn,2024-02-29,data,7\n", kind="cost_log",
         answers=("period=P1M",),
         rows=({"period_start": date(2024, 2, 1), "period_end": date(2024, 2, 29)},)),
    Case("a cost whose last day has another name",
         "model,period_start,through,cost_type,amount\nchurn,2024-02-01,2024-02-05,data,7\n",
         kind="cost_log", asked=("which-column",)),
    Case("thousands of a forecast", "id;ts;model;y_pred;y_true\ns1;2024-02-05;f;1.204;1.180\n"
         "s2;2024-02-06;f;904;1.010\n", kind="prediction_log", asked=("decimal-mark",),
         choices=(".", ","), says=",: 1204"),
    Case("thousands of a forecast, told", "id;ts;model;y_pred;y_true\n"
         "s1;2024-02-05;f;1.204;1.180\ns2;2024-02-06;f;904;1.010\n", kind="prediction_log",
         answers=("decimal=,", "thousands=."),
         rows=({"y_pred": "1204", "y_true": "1180"}, {"y_pred": "904", "y_true": "1010"})),
    Case("decimals of a forecast", "id;ts;model;y_pred;y_true\ns1;2024-02-05;f;1.204;1.1\n"
         "s2;2024-02-06;f;904;1.010\n", kind="prediction_log",
         rows=({"y_pred": "1.204", "y_true": "1.1"},)),
    Case("a number measured before a number planned", "KPI,Month,Plan,Ist\n"
         "refund-cost,2026-01,4,3\n", kind="kpi_actuals", asked=("which-column",),
         choices=("Ist", "Plan", "none of these")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cells_are_read_as_the_file_settles_or_as_was_answered(case):
    holds(case)


def test_what_was_stored_with_the_sign_of_a_currency_is_read_again_as_it_was():
    data = b"kpi,month,value\nrefund-cost,2024-01,$12.50\n"
    again = Profile(signs="read", is_replay=True)
    told = told_of(data, "k.csv", KpiActual, now=NOW, profile=again, stored=Shelf(**STORED))
    (row,) = rows_of(told, "kpi_actuals")
    assert row["value"] == 12.5


@pytest.mark.parametrize(
    ("own", "cell", "currency"),
    [
        ("AUD", "$12.50", "AUD"), ("SGD", "12.50 $", "SGD"), ("AUD", "US$ 12.50", "USD"),
        ("EUR", "$12.50", "USD"), ("CNY", "\u00a512.50", "CNY"), ("EUR", "\u00a512.50", "JPY"),
    ],
)  # fmt: skip
def test_a_sign_of_several_currencies_is_that_of_the_project_if_it_can_be(own, cell, currency):
    profile = Profile(own_currency=own)
    (question,) = told_of(costs(cell).encode(), "f.csv", Cost, now=NOW, profile=profile,
                          stored=Shelf(**STORED)).receipt.questions  # fmt: skip
    assert question.preview[0] == f"read: {cell} is 12.5 {currency}"
    read = told_of(costs(cell).encode(), "f.csv", Cost, now=NOW, stored=Shelf(**STORED),
                   profile=profile.answered("signs", "read"))  # fmt: skip
    assert rows_of(read, "cost_log")[0]["currency"] == currency
