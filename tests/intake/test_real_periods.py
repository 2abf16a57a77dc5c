"""How long a period is, where it begins and in which zone its days lie is never guessed."""

from datetime import datetime

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,metric,{},value,n\n"


def lines(header, dates, metric="recall", more=""):
    """A file with a row for each date."""
    rows = "".join(f"m,{metric},{day},0.8,100{more}\n" for day in dates)
    return HEAD.format(header) + rows


def period(start, length):
    return {"period_start": datetime.fromisoformat(start), "granularity": length}


SUNDAYS = ("2024-03-03", "2024-03-10", "2024-03-17", "2024-03-31")
FRIDAYS = ("2024-03-01", "2024-03-08", "2024-03-15")
MONTH_ENDS = ("2023-01-31", "2023-02-28", "2023-03-31")
BERLIN = ("2024-03-29 00:00:00+01:00", "2024-03-30 00:00:00+01:00", "2024-04-01T00:00:00+02:00")
ENDS = "model,metric,period_start,period_end,value\n"

CASES = [
    # A month's last day begins or ends the period.
    Case("s04b", "s04b_month_end.csv", asked=("period-end",), choices=("start", "end"),
         says="Mon 1 Jan 2024 to Wed 31 Jan 2024"),
    Case("s04b end", "s04b_month_end.csv", answers=("dates_are=end",), n=10,
         rows=(period("2024-01-01", "P1M"),), read_as="5 months, from 1 Jan 2024 to 31 May 2024"),
    Case("s04b start", "s04b_month_end.csv", answers=("dates_are=start",),
         rows=(period("2024-01-31", "P1M"),)),
    Case("month ends of another year", lines("month", MONTH_ENDS), asked=("period-end",)),
    Case("month ends, said by a cell",
         "model,metric,period_start,value,granularity\nm,recall,2024-02-29,0.8,P1M\n",
         asked=("period-end",)),
    Case("last working days", lines("month", ("2024-03-29", "2024-05-31")),
         answers=("dates_are=end",),
         rows=(period("2024-03-01", "P1M"), period("2024-05-01", "P1M"))),
    Case("quarter ends",
         "model,metric,period_start,value,granularity\nm,recall,2024-06-30,0.8,P3M\n",
         answers=("dates_are=end",), rows=(period("2024-04-01", "P3M"),)),
    # Sundays begin an American week or end another one.
    Case("tz4", "tz4_results.csv", asked=("period-end",), choices=("start", "end"),
         says="end: Mon 1 Jan 2024 to Sun 7 Jan 2024"),
    Case("tz4 end", "tz4_results.csv", answers=("dates_are=end",), n=16,
         rows=(period("2024-01-01", "P1W"),), read_as="8 weeks, Monday to Sunday"),
    Case("tz4 start", "tz4_results.csv", answers=("dates_are=start",),
         rows=(period("2024-01-07", "P1W"),), read_as="8 weeks, Sunday to Saturday"),
    Case("one Sunday", lines("week", SUNDAYS[:1]), asked=("period-end",)),
    Case("Fridays", lines("week", FRIDAYS), answers=("dates_are=end",),
         rows=(period("2024-02-24", "P1W"),), read_as="Saturday to Friday"),
    Case("Mondays need no question", lines("week", ("2024-03-04", "2024-03-11")),
         read_as="2 weeks, Monday to Sunday, from 4 Mar 2024 to 17 Mar 2024"),
    Case("the header says that they end it", lines("Week ending", SUNDAYS),
         rows=(period("2024-02-26", "P1W"),), read_as="4 weeks, Monday to Sunday"),
    Case("the header says that they begin it", lines("week_starting", SUNDAYS),
         rows=(period("2024-03-03", "P1W"),)),
    Case("month ending", lines("month_ending", MONTH_ENDS), rows=(period("2023-01-01", "P1M"),)),
    # Even spacing under a header that says nothing.
    Case("tz5", "tz5_results.csv", asked=("period-length",), choices=("P1W", "P1D", "instant"),
         says="P1W: Sun 7 Jan 2024 to Sat 13 Jan 2024"),
    Case("tz5 weeks", "tz5_results.csv", answers=("period=P1W",), asked=("period-end",)),
    Case("tz5 weeks that end", "tz5_results.csv", answers=("period=P1W", "dates_are=end"), n=16,
         rows=(period("2024-01-01", "P1W"),)),
    Case("tz5 days", "tz5_results.csv", answers=("period=P1D",),
         rows=(period("2024-01-07", "P1D"),)),
    Case("months", lines("date", ("2024-01-01", "2024-02-01", "2024-04-01")),
         asked=("period-length",), choices=("P1M", "P1D", "instant")),
    Case("month ends under a neutral header", lines("timestamp", MONTH_ENDS),
         asked=("period-length",), choices=("P1M", "P1D", "instant")),
    Case("quarters", lines("date", ("2023-10-01", "2024-01-01", "2024-04-01")),
         answers=("period=P3M",), rows=(period("2023-10-01", "P3M"),)),
    Case("a missing week", lines("period_start", ("2024-01-01", "2024-01-08", "2024-01-22")),
         asked=("period-length",)),
    Case("every morning", lines("timestamp", tuple(f"2024-01-0{d}T06:00:00Z" for d in (1, 2, 3))),
         asked=("period-length",), choices=("P1D", "instant")),
    Case("hours", lines("timestamp", tuple(f"2024-01-01T{h:02}:00:00Z" for h in (4, 5, 6))),
         answers=("period=PT1H",), rows=(period("2024-01-01T04:00", "PT1H"),)),
    Case("series of other weekdays",
         "model,metric,date,value\n" + "".join(
             f"{m},recall,2024-01-{first + 7 * i:02},0.8\n"
             for m, first in (("a", 1), ("b", 3)) for i in range(3)),
         asked=("period-length",)),
    Case("days stay days", lines("date", ("2024-01-01", "2024-01-02", "2024-01-03")),
         rows=(period("2024-01-01", "P1D"),), read_as="3 days"),
    # One or two dates under such a header: a day each, or of a longer period.
    Case("two weeks", lines("date", ("2024-01-08", "2024-01-15")), asked=("period-of-few",),
         choices=("P1D", "P1W", "instant"), says="P1W: Mon 8 Jan 2024 to Sun 14 Jan 2024, then "
         "Mon 15 Jan 2024 to Sun 21 Jan 2024 (each counts for 7 days)"),
    Case("two weeks, read", lines("date", ("2024-01-08", "2024-01-15")), answers=("period=P1W",),
         rows=(period("2024-01-08", "P1W"),), read_as="2 weeks, Monday to Sunday"),
    Case("two weeks, days", lines("date", ("2024-01-08", "2024-01-15")), answers=("period=P1D",),
         rows=(period("2024-01-08", "P1D"),), read_as="2 days"),
    Case("one Sunday under a neutral header", lines("timestamp", SUNDAYS[:1]),
         answers=("period=P1W",), asked=("period-end",)),
    Case("one Friday", lines("date", FRIDAYS[1:2]), answers=("period=P1W",),
         asked=("period-end",)),
    Case("one month's end", lines("period", ("2026-01-31",)), asked=("period-of-few",),
         choices=("P1D", "P1W", "P1M", "instant"),
         says="P1D: the day Sat 31 Jan 2026 (each counts for 1 day)"),
    Case("one month's end, read", lines("period", ("2026-01-31",)),
         answers=("period=P1M", "dates_are=end"), rows=(period("2026-01-01", "P1M"),)),
    Case("a first of a year", lines("Datum", ("01.01.2026",)),
         answers=("fields.period_start=Datum", "date_order=dmy"), asked=("period-of-few",),
         choices=("P1D", "P1M", "P3M", "P6M", "P1Y", "instant")),
    Case("of a wide file", "date,model,recall,precision\n2026-01-05,m,0.8,0.7\n",
         answers=("wide=recall,precision",), asked=("period-of-few",)),
    Case("of KPIs", "kpi,date,value\nrefund-cost,2026-01-01,7\n", kind="kpi_actuals",
         asked=("period-of-few",)),
    Case("an end alone", "model,metric,date_to,value\nm,recall,2026-01-31,0.8\n",
         asked=("period-of-few",), says="P1M: Thu 1 Jan 2026 to Sat 31 Jan 2026"),
    Case("several models, each with one of three weeks",
         HEAD.format("date") + "".join(
             f"{m},recall,{day},0.8,9\n" for m, day in zip("abc", SUNDAYS, strict=False)),
         asked=("period-length",), choices=("P1W", "P1D", "instant")),
    Case("several models, each with one of three weeks, under our own name",
         HEAD.format("period_start") + "".join(
             f"{m},recall,{day},0.8,9\n" for m, day in zip("abc", SUNDAYS, strict=False)),
         rows=(period("2024-03-03", "P1D"),), read_as="each is taken as a day"),
    # The file decides.
    Case("two days in a row", lines("date", ("2024-01-07", "2024-01-08")),
         rows=(period("2024-01-07", "P1D"),), read_as="each is taken as a day"),
    Case("a Wednesday in the midst of a month", lines("date", ("2024-01-10",)),
         rows=(period("2024-01-10", "P1D"),), read_as="each is taken as a day"),
    Case("the header says day", lines("day", ("2024-01-08",)), rows=(period("2024-01-08", "P1D"),)),
    Case("our own name", lines("period_start", ("2024-01-08",)),
         rows=(period("2024-01-08", "P1D"),), read_as="each is taken as a day"),
    Case("our own column for it",
         "model,metric,date,value,granularity\nm,recall,2024-01-08,0.8,\n",
         rows=(period("2024-01-08", "P1D"),)),
    # A start and an end.
    Case("q10", "q10_period_from_to.csv", n=2, rows=(period("2024-02-05", "P1W"),),
         read_as="2 weeks, Monday to Sunday"),
    Case("an end that is the first day after",
         ENDS + "m,recall,2024-02-01,2024-03-01,0.8\nm,recall,2024-03-01,2024-04-01,0.8\n",
         rows=(period("2024-02-01", "P1M"),)),
    Case("an end to the second", ENDS + "m,recall,2024-02-01,2024-02-29 23:59:59.999,0.8\n",
         rows=(period("2024-02-01", "P1M"),)),
    Case("one day", ENDS + "m,recall,2024-02-01,2024-02-01,0.8\n",
         rows=(period("2024-02-01", "P1D"),)),
    Case("no period of ours", ENDS + "m,recall,2024-02-01,2024-02-10,0.8\n",
         rejects=("odd-period",)),
    Case("a length that contradicts",
         "model,metric,period_start,period_end,value,granularity\n"
         "m,recall,2024-02-05,2024-02-11,0.8,P1D\n", rejects=("inconsistent",)),
    Case("from and to in one cell", lines("period", ("2024-02-05 to 2024-02-11",)),
         rows=(period("2024-02-05", "P1W"),)),
    Case("pandas' period", lines("period", ("2024-02-05/2024-02-11",)),
         rows=(period("2024-02-05", "P1W"),)),
    Case("measured KPIs too",
         "kpi,period_start,period_end,value\nrefund-cost,2024-02-01,2024-02-29,7\n",
         kind="kpi_actuals", rows=(period("2024-02-01", "P1M"),)),
    Case("month ends of KPIs", "kpi,month,value\nrefund-cost,2024-02-29,7\n", kind="kpi_actuals",
         asked=("period-end",)),
    # Days of a zone.
    Case("tz1", "tz1_results.csv", n=112, rows=(period("2024-01-01", "P1D"),),
         read_as="56 days, from 1 Jan 2024 to 25 Feb 2024, days of the zone +01:00"),
    Case("tz2", "tz2_results.csv", n=16, rows=(period("2024-01-01", "P1W"),),
         read_as="8 weeks, Monday to Sunday"),
    Case("tz0", "tz0_results.csv", n=112, rows=(period("2024-01-01", "P1D"),)),
    Case("tz3", "tz3_results.csv", n=16, rows=(period("2024-01-01", "P1W"),)),
    Case("summer time begins", lines("date", BERLIN), rows=(period("2024-03-29", "P1D"),),
         read_as="+01:00 and +02:00"),
    Case("west of Greenwich", lines("day", ("2024-03-01T00:00:00-05:00",)),
         rows=(period("2024-03-01", "P1D"),)),
    Case("moments of a zone stay moments",
         lines("timestamp", ("2024-03-01T00:00:00+01:00", "2024-03-01T07:30:00+01:00")),
         rows=(period("2024-02-29T23:00", ""),)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_periods_are_as_the_file_says_or_as_was_answered(case):
    holds(case)
