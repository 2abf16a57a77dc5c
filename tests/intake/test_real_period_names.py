"""Names of periods: read where one calendar tells them, asked about where a firm's own does."""

from datetime import date, datetime

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,metric,period,value\n"
KPI = "kpi,period,value\n"


def named(*texts, head=HEAD):
    of = "m,recall" if head is HEAD else "refund-cost"
    return head + "".join(f'{of},"{t}",0.{8 - i}\n' for i, t in enumerate(texts))


def period(start, length):
    return {"period_start": datetime.fromisoformat(start), "granularity": length}


def cost(text, header="period"):
    return f"model,{header},cost_type,amount\nchurn,{text},data,9\n"


JULY = ("fiscal_start=7", "fiscal_named=ends")
CASES = [
    # One reading each.
    *(Case(text, named(text), rows=(period(start, length),))
      for text, start, length in (
          ("2026Q1", "2026-01-01", "P3M"), ("1Q26", "2026-01-01", "P3M"),
          ("Q2'26", "2026-04-01", "P3M"), ("3Q 2026", "2026-07-01", "P3M"),
          ("4. Quartal 2025", "2025-10-01", "P3M"), ("2026W12", "2026-03-16", "P1W"),
          ("W12 2026", "2026-03-16", "P1W"), ("KW 12/2026", "2026-03-16", "P1W"),
          ("KW12.2026", "2026-03-16", "P1W"), ("Sep-26", "2026-09-01", "P1M"),
          ("9/2026", "2026-09-01", "P1M"), ("2026/09", "2026-09-01", "P1M"),
          ("Sept. 2026", "2026-09-01", "P1M"))),
    Case("the year is asked", named("W12"), asked=("which-year",)),
    Case("the year is told", named("W12", "W13"), answers=("year=2026",),
         rows=(period("2026-03-16", "P1W"), period("2026-03-23", "P1W"))),
    # Half-years.
    *(Case(f"{text} of results", named(text), rows=(period(start, "P6M"),))
      for text, start in (
          ("H1 2026", "2026-01-01"), ("2026-H2", "2026-07-01"), ("1H26", "2026-01-01"),
          ("2. Halbjahr 2026", "2026-07-01"), ("HY1 2026", "2026-01-01"),
          ("1er semestre 2026", "2026-01-01"), ("2026-01-01 to 2026-06-30", "2026-01-01"))),
    Case("a half-year of a KPI", named("H1 2026", head=KPI), kind="kpi_actuals",
         rows=(period("2026-01-01", "P6M"),),
         read_as="1 half-year, from 1 Jan 2026 to 30 Jun 2026"),
    Case("a half-year whose year is asked", named("H1", "H2"), asked=("which-year",)),
    Case("a half-year whose year stands beside", "kpi,Halbjahr,Jahr,value\nrefund-cost,2,2025,8\n",
         kind="kpi_actuals", answers=("fields.period_start=Halbjahr",),
         rows=(period("2025-07-01", "P6M"),)),
    Case("a half-year of a fiscal year", named("FY26 H2"), asked=("fiscal-start",),
         says="7: FY26 H2 is 2026-01-01 to 2026-06-30"),
    Case("a half-year of a Japanese year", named("2025\u5e74\u5ea6\u4e0b\u671f"),
         answers=("fiscal_start=4", "fiscal_named=begins"), rows=(period("2025-10-01", "P6M"),)),
    Case("half-years by their first days", named("2025-01-01", "2025-07-01", "2026-01-01"),
         asked=("period-length",), choices=("P6M", "P1D", "instant")),
    Case("half-years by their first months",
         named("2025-01", "2025-07").replace("period", "half-year", 1),
         answers=("fields.period_start=half-year",),
         rows=(period("2025-01-01", "P6M"), period("2025-07-01", "P6M"))),
    Case("months of other half-years are months",
         named("2025-01", "2025-02").replace("period", "half-year", 1),
         answers=("fields.period_start=half-year",), rows=(period("2025-01-01", "P1M"),)),
    Case("half-years by their first and last days",
         "kpi,period_start,period_end,value\nrefund-cost,2025-01-01,2025-06-30,8\n",
         kind="kpi_actuals", rows=(period("2025-01-01", "P6M"),)),
    Case("half-years by their last days",
         "kpi,half_year_end,value\nrefund-cost,2025-06-30,8\n", kind="kpi_actuals",
         rows=(period("2025-01-01", "P6M"),)),
    Case("a column for each half-year", "kpi,H1 2025,H2 2025\nrefund-cost,8,9\n",
         kind="kpi_actuals", answers=("period_columns=yes",), n=2,
         rows=(period("2025-01-01", "P6M"), period("2025-07-01", "P6M"))),
    Case("a half-year among quarters", named("Q1 2025", "Q2 2025", "Q3 2025", "H1 2025"), n=4,
         rows=(*(period(f"2025-{m:02}-01", "P3M") for m in (1, 4, 7)),
               period("2025-01-01", "P6M"))),
    Case("a half-year of a cost", cost("H1 2026"), kind="cost_log",
         rows=({"period_start": date(2026, 1, 1), "period_end": date(2026, 6, 30)},)),
    Case("a half-year of a cost, year first", cost("2025-H2"), kind="cost_log",
         rows=({"period_start": date(2025, 7, 1), "period_end": date(2025, 12, 31)},)),
    # Fiscal years.
    *(Case(f"{text} is asked about", named(text), asked=("fiscal-start",), says=says)
      for text, says in (
          ("FY2026", "7: FY2026 is 2025-07-01 to 2026-06-30, or 2026-07-01 to 2027-06-30"),
          ("FY26 Q2", "1: FY26 Q2 is 2026-04-01 to 2026-06-30"),
          ("Q3 FY25/26", "4: Q3 FY25/26 is 2025-10-01 to 2025-12-31"),
          ("GJ 2025/26", "10: GJ 2025/26 is 2025-10-01 to 2026-09-30"),
          ("2025/26", "9: 2025/26 is 2025-09-01 to 2026-08-31"))),
    Case("named after which year", named("FY26 Q2"), answers=("fiscal_start=7",),
         asked=("fiscal-named",), choices=("ends", "begins"),
         says="ends: FY26 Q2 is 2025-10-01 to 2025-12-31"),
    Case("a year", named("FY2026"), answers=JULY, rows=(period("2025-07-01", "P1Y"),)),
    Case("quarters", named("FY26 Q1", "FY26 Q2"), answers=JULY,
         rows=(period("2025-07-01", "P3M"), period("2025-10-01", "P3M"))),
    Case("named after its first year", named("Q1 FY25"),
         answers=("fiscal_start=4", "fiscal_named=begins"), rows=(period("2025-04-01", "P3M"),)),
    Case("both years are named", named("Q3 FY25/26"), answers=("fiscal_start=4",),
         rows=(period("2025-10-01", "P3M"),)),
    Case("that of the calendar", named("FY2025"), answers=("fiscal_start=1",),
         rows=(period("2025-01-01", "P1Y"),)),
    Case("its third month", named("FY26 P03"), answers=JULY, rows=(period("2025-09-01", "P1M"),)),
    Case("a quarter of none of the calendar's", named("FY26 Q1"),
         answers=("fiscal_start=2", "fiscal_named=ends"), rows=(period("2025-02-01", "P3M"),)),
    Case("of a KPI", named("FY26 Q2", head=KPI), kind="kpi_actuals", answers=JULY,
         rows=(period("2025-10-01", "P3M"),)),
    Case("of a cost", cost("FY26 Q2"), kind="cost_log", answers=JULY,
         rows=({"period_start": date(2025, 10, 1), "period_end": date(2025, 12, 31)},)),
    Case("its half of a cost", cost("H1 FY25/26"), kind="cost_log", answers=("fiscal_start=4",),
         rows=({"period_start": date(2025, 4, 1), "period_end": date(2025, 9, 30)},)),
    # Years with a number: of a month or a week.
    Case("202609", named("202609", "202610"), asked=("week-or-month",), choices=("P1M", "P1W"),
         says="P1W: 2026-W09, 2026-W10 are weeks"),
    Case("202609, months", named("202609", "202610"), answers=("period=P1M",),
         rows=(period("2026-09-01", "P1M"),)),
    Case("202609, weeks", named("202609", "202610"), answers=("period=P1W",),
         rows=(period("2026-02-23", "P1W"),)),
    Case("a year has no 13th month", named("202612", "202613"),
         rows=(period("2026-03-16", "P1W"), period("2026-03-23", "P1W"))),
    Case("13/2026", named("12/2026", "13/2026"), rows=(period("2026-03-16", "P1W"),)),
    Case("December goes before January", named("202512", "202601"),
         rows=(period("2025-12-01", "P1M"), period("2026-01-01", "P1M"))),
    Case("the header says month", named("202609", head="kpi,month,value\n"), kind="kpi_actuals",
         rows=(period("2026-09-01", "P1M"),)),
    # Names of months with a number: of a year or a day.
    Case("months of several years", named("Sep-25", "Oct-25", "Jan-26"),
         rows=(period("2025-09-01", "P1M"), period("2025-10-01", "P1M"),
               period("2026-01-01", "P1M"))),
    Case("days or years", named("Sep-25", "Sep-26"), asked=("month-day",),
         choices=("year", "day", "faulty"), says="year: 2025-09, 2026-09"),
    Case("years", named("Sep-25", "Sep-26"), answers=("month_day=year",),
         rows=(period("2025-09-01", "P1M"), period("2026-09-01", "P1M"))),
    Case("days of a year", named("Sep-25", "Sep-26"), answers=("month_day=day",),
         asked=("which-year",)),
    Case("days", named("Sep-25", "Sep-26"), answers=("month_day=day", "year=2026"),
         rows=(period("2026-09-25", "P1D"), period("2026-09-26", "P1D"))),
    Case("a day first", named("5-Sep", "6-Sep"), asked=("month-day",)),
    Case("a day first, read", named("5-Sep", "6-Sep"), answers=("month_day=day", "year=2026"),
         rows=(period("2026-09-05", "P1D"),)),
    Case("neither", named("5-Sep", "6-Sep"), answers=("month_day=faulty",),
         rejects=("not-a-date",)),
    Case("one among dates is a slip", named("2026-01-05", "2026-01-06", "FY26 Q2"),
         rejects=("not-a-date",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_names_of_periods_are_read_or_asked_about(case):
    holds(case)
