"""Weeks, months and quarters that are counted within a year, and starts with their ends."""

from datetime import date, datetime

import pytest

from tests.intake.real_cases import Case, holds


def lines(header, cells, more=""):
    """A file with a row for each cell of a column of dates."""
    head = f"model,metric,{header}{',' + more if more else ''},value\n"
    return head + "".join(f"m,recall,{cell},0.8\n" for cell in cells)


def period(start, length):
    return {"period_start": datetime.fromisoformat(start), "granularity": length}


def costs(header, cell):
    return f"model,{header},type,amount\nchurn,{cell},inference,12.5\n"


FROM_TO = "model,metric,{},value\nm,recall,2024-01-01,2024-01-07,0.8\n"
THIRD = (period("2024-01-15", "P1W"),)

CASES = [
    # Under a header that says week, a year and a number are a week, never a month.
    *(Case(f"{header} {cell}", lines(header, [cell]), answers=(f"fields.period_start={header}",),
           rows=THIRD, read_as="1 week, Monday to Sunday")
      for header, cell in (("calendar week", "2024/03"), ("KW", "3/2024"), ("wk", "202403"),
                           ("Woche", "2024-3"), ("semaine", "S03 2024"), ("CW", "CW 3 2024"))),
    Case("week 2024-03", lines("week", ["2024-03"]), rows=THIRD),
    Case("week of a date", lines("week", ["2024-01-15"]), rows=THIRD),
    Case("month 2024-03", lines("month", ["2024-03"]), rows=(period("2024-03-01", "P1M"),)),
    Case("Woche of a date", lines("Woche", ["2024-01-15"]),
         answers=("fields.period_start=Woche",), rows=THIRD),
    # The year stands in a column of its own.
    Case("a year beside", lines("month", ["1,2023", "2,2024"], "year"), n=2,
         rows=(period("2023-01-01", "P1M"), period("2024-02-01", "P1M"))),
    Case("a year beside names of months", lines("month", ["Mai,2023", "Dez.,2024"], "Jahr"),
         rows=(period("2023-05-01", "P1M"), period("2024-12-01", "P1M"))),
    Case("a year beside quarters", lines("quarter", ["Q1,2023", "Q4,2024"], "year"),
         asked=("which-column",), choices=("quarter", "year", "none of these")),
    Case("a year beside quarters, chosen", lines("quarter", ["1,2023", "4,2024"], "year"),
         answers=("fields.period_start=quarter",),
         rows=(period("2023-01-01", "P3M"), period("2024-10-01", "P3M"))),
    Case("a year beside weeks", lines("KW", ["1,2024", "53,2020"], "Jahr"),
         answers=("fields.period_start=KW",),
         rows=(period("2024-01-01", "P1W"), period("2020-12-28", "P1W"))),
    Case("week 53 of a year of 52", lines("KW", ["1,2024", "53,2024"], "Jahr"),
         answers=("fields.period_start=KW",), rejects=("not-a-date",)),
    Case("a row without its year", lines("month", ["1,2024", "2,"], "year"),
         rejects=("not-a-date",)),
    # Nothing says the year: it is asked.
    *(Case(f"{header} {cell}", lines(header, [cell]), answers=(f"fields.period_start={header}",),
           asked=("which-year",), says=header)
      for header, cell in (("Q", "3"), ("Quartal", "Q3"), ("KW", "KW 3"), ("Monat", "Mai"),
                           ("week no", "7"), ("Zeit", "Q3"), ("Zeit", "KW 7"))),
    Case("the year is told", lines("Q", ["3"]), answers=("fields.period_start=Q", "year=2024"),
         rows=(period("2024-07-01", "P3M"),)),
    # A first and a last day under any of their words.
    *(Case(f"{first} to {last}", FROM_TO.format(f"{first},{last}"),
           answers=(f"fields.period_start={first}",), asked=("column-match",),
           choices=("period_end", "ignore"))
      for first, last in (("from", "to"), ("von", "bis"), ("start", "end"), ("begin", "until"),
                          ("du", "au"), ("valid from", "valid through"))),
    Case("from to", FROM_TO.format("from,to"),
         answers=("fields.period_start=from", "columns.to=period_end"),
         rows=(period("2024-01-01", "P1W"),)),
    Case("from without to", FROM_TO.format("from,to"),
         answers=("fields.period_start=from", "columns.to=ignore"),
         asked=("period-of-few",)),
    # A cost's one column of weeks or quarters.
    Case("a cost of a quarter", costs("Q", "Q1 2024"), kind="cost_log", asked=("which-column",),
         choices=("Q", "none of these")),
    Case("a cost of a quarter, read", costs("Q", "Q1 2024"), kind="cost_log",
         answers=("fields.period=Q",),
         rows=({"period_start": date(2024, 1, 1), "period_end": date(2024, 3, 31)},)),
    Case("a cost of a week, read", costs("KW", "KW 5 2024"), kind="cost_log",
         answers=("fields.period=KW",),
         rows=({"period_start": date(2024, 1, 29), "period_end": date(2024, 2, 4)},)),
    # A question about periods says how their dates were read.
    Case("the order is named", lines("date", ["01/02/2024", "08/02/2024", "15/02/2024"]),
         answers=("date_order=dmy",), asked=("period-length",), says="read with the day first"),
    Case("the order of ends is named", lines("month", ["31/01/2024", "29/02/2024"]),
         answers=("date_order=dmy",), asked=("period-end",), says="read with the day first"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_part_of_a_year_is_a_period_once_its_year_is_known(case):
    holds(case)


def test_a_file_of_which_every_row_is_rejected_says_nothing_of_its_periods():
    told = Case("bad", lines("date", ["soon", "later"])).told()
    assert told.receipt.rejected == 2
    assert told.receipt.read_as == ""


def test_a_year_that_was_used_is_not_called_unused():
    told = Case("used", lines("month", ["1,2024"], "year")).told()
    assert told.receipt.accepted == 1
    assert "extra-column" not in {w.code for w in told.receipt.warnings}
