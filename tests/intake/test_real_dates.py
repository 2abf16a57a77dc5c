"""Dates that can be read in one way are read; one question settles the others of a column."""

from datetime import datetime

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,metric,period_start,value\n"


def dates(*texts, header=HEAD):
    return header + "".join(f'm,recall,"{t}",0.8\n' for t in texts)


def days(*expected):
    return tuple({"period_start": datetime.fromisoformat(d)} for d in expected)


READ = {
    "d01 year first": ("2024/1/8", "2024-01-08"),
    "points": ("2024.01.08", "2024-01-08"),
    "d03 offset of hours": ("2024-01-08 00:00:00+00", "2024-01-08"),
    "UTC": ("2024-01-08 09:00:00 UTC", "2024-01-08T09:00"),
    "offset without a colon": ("2024-01-08T09:00:00+0100", "2024-01-08T08:00"),
    "Go": ("2024-01-08 09:00:00 +0000 UTC", "2024-01-08T09:00"),
    "half days": ("2024-01-08 9:05 PM", "2024-01-08T21:05"),
    "Japanese": ("2024\u5e741\u67088\u65e5", "2024-01-08"),
    "Korean": ("2024\ub144 1\uc6d4 8\uc77c", "2024-01-08"),
    "without dashes": ("20240108", "2024-01-08"),
    "a quarter": ("2024-Q1", "2024-01-01"),
    "a month": ("Jan 2024", "2024-01-01"),
    "a month of Metabase": ("January, 2024", "2024-01-01"),
    "Excel's month": ("Jan-24", "2024-01-01"),
    "month and year": ("01/2024", "2024-01-01"),
    "written out": ("January 8, 2024", "2024-01-08"),
    "German": ("8. Januar 2024", "2024-01-08"),
    "Jira": ("08/Jan/24 3:10 AM", "2024-01-08T03:10"),
    "a mail's": ("Mon, 08 Jan 2024 09:00:00", "2024-01-08T09:00"),
    "a calendar week": ("KW 2 2024", "2024-01-08"),
    "ISO weeks": ("2024-W02", "2024-01-08"),
    "a day of an ISO week": ("2024-W02-3", "2024-01-10"),
}

CASES = [
    *(Case(name, dates(text), rows=days(day)) for name, (text, day) in READ.items()),
    Case("d01", "d01_slash_ymd.csv", answers=("period=P1W",), n=3,
         rows=days("2024-01-08", "2024-01-15", "2024-01-22")),
    Case("d02", "d02_excel_us_time.csv", asked=("date-order",), choices=("mdy", "dmy")),
    Case("d02 read", "d02_excel_us_time.csv", answers=("date_order=mdy", "period=P1W"),
         rows=days("2024-01-08", "2024-01-15")),
    Case("d03", "d03_pg_offset.csv", rows=days("2024-01-08", "2024-01-15")),
    Case("d15", "d15_epoch_s.csv", asked=("epoch",), choices=("s", "faulty"),
         says="1704672000 is 2024-01-08 00:00:00 UTC"),
    Case("d15 read", "d15_epoch_s.csv", answers=("epoch=s",),
         rows=days("2024-01-08", "2024-01-15")),
    Case("milliseconds", dates("1704672000000"), asked=("epoch",), choices=("ms", "faulty")),
    Case("not since 1970", dates("1704672000"), answers=("epoch=faulty",), rejects=("not-a-date",)),
    Case("years of two digits", dates("08.01.24", "15.01.24"), asked=("date-order",),
         choices=("dmy", "mdy")),
    Case("years of two digits read", dates("08.01.24", "15.01.24"), answers=("date_order=dmy",),
         rows=days("2024-01-08", "2024-01-15")),
    Case("months of 4, 4 and 5 weeks", dates("2026-01-31", "2026-02-28", "2026-04-04"),
         asked=("period-length",), choices=("P1M", "P1D", "instant")),
    Case("about months apart", dates("2026-01-05", "2026-02-02", "2026-03-02", "2026-04-06"),
         asked=("period-length",), says="about a month apart"),
    Case("no length apart", dates("2026-01-05", "2026-03-20", "2026-05-02", "2026-08-06"),
         rows=days("2026-01-05", "2026-03-20", "2026-05-02"), n=4),
    Case("quarters are long", dates("Q1 2024", "Q2 2024"),
         rows=({"granularity": "P3M"}, {"granularity": "P3M"})),
    Case("one of another form is a slip", dates("2024-01-08", "2024-01-09", "20240110"),
         rejects=("not-a-date",)),
    Case("no date", dates("soon"), rejects=("not-a-date",)),
    Case("of a log", 'id,ts,model,prediction\n1,"8 Jan 2024 09:00",churn,1\n',
         kind="prediction_log", rows=({"ts": datetime(2024, 1, 8, 9)},)),
    Case("a range is no moment", 'id,ts,model,prediction\n1,2024-01-08 to 2024-01-09,churn,1\n',
         kind="prediction_log", rejects=("not-a-date",)),
    # Other languages and programs.
    *(Case(form, dates(first, second), rows=days("2024-01-08", "2024-01-15"))
      for form, first, second in (
          ("Russian", "8 \u044f\u043d\u0432\u0430\u0440\u044f 2024",
           "15 \u044f\u043d\u0432. 2024"),
          ("Polish", "8 stycznia 2024", "15 stycznia 2024"),
          ("Korean with spaces", "2024. 1. 8.", "2024. 1. 15."),
          ("Hungarian", "2024. 01. 08.", "2024. 01. 15."),
          ("SAS", "08JAN2024", "15JAN2024"),
          ("JavaScript", "Mon Jan 08 2024 00:00:00 GMT+0100 (CET)",
           "Mon Jan 15 2024 00:00:00 GMT+0100 (CET)"),
      )),
    Case("Oracle's time", dates("08-JAN-24 10.30.00.000000 PM"), rows=days("2024-01-08T22:30")),
    Case("a Chinese time", dates("2024\u5e741\u67088\u65e5 10\u65f630\u5206"),
         rows=days("2024-01-08T10:30")),
    Case("seconds with a fraction", dates("1704672000.5", "1705276800.0"),
         answers=("epoch=s",), rows=days("2024-01-08T00:00:00.5", "2024-01-15")),
    Case("months without a dash", dates("202401", "202402"), answers=("period=P1M",),
         rows=({"granularity": "P1M"}, {"granularity": "P1M"})),
    Case("weeks of a year of two digits", dates("W2/24", "W3/24"),
         rows=days("2024-01-08", "2024-01-15")),
    Case("a range without spaces", dates("01/08/2024-01/14/2024"), answers=("date_order=mdy",),
         rows=({"granularity": "P1W"},)),
    # A year of two digits may come first: both readings are shown.
    Case("year first", dates("24-01-08", "24-01-15"), asked=("date-year-first",),
         choices=("ymd", "dmy"), says="ymd: 2024-01-08, 2024-01-15"),
    Case("year first read", dates("24/01/08", "24/01/15"), answers=("date_order=ymd",),
         rows=days("2024-01-08", "2024-01-15")),
    Case("the year is last where one cannot begin with it", dates("24.01.24", "08.01.24"),
         asked=("date-order",), says="24.01.24 is no date"),
    # The hour that the end of summer time repeats.
    Case("s12", "s12_dst_hours.csv", asked=("zone",), choices=("Europe/Berlin", "UTC"),
         says="2024-10-27 02:00 comes twice"),
    Case("s12 read", "s12_dst_hours.csv", answers=("zone=Europe/Berlin", "period=PT1H"), n=4,
         rows=days("2024-10-26T23:00", "2024-10-27T00:00", "2024-10-27T01:00", "2024-10-27T02:00"),
         read_as="times of the zone Europe/Berlin"),
    Case("s12 UTC", "s12_dst_hours.csv", answers=("zone=UTC", "period=PT1H"),
         rejects=("conflict",)),
    Case("the American end of it", dates("2024-11-03 01:00", "2024-11-03 01:00").replace(
        "0.8\nm", "0.7\nm"), asked=("zone",)),
    Case("twice for another reason", dates("2024-05-03 01:00", "2024-05-03 01:00").replace(
        "0.8\nm", "0.7\nm"), rejects=("conflict",)),
    # Encodings.
    Case("e01", "e01_cp932.csv", asked=("encoding",), says="cp932: \u9700\u8981\u4e88\u6e2c"),
    Case("e01 read", "e01_cp932.csv", answers=("encoding=cp932",),
         rows=({"model_id": "\u9700\u8981\u4e88\u6e2c", "metric": "wape"},)),
    Case("e01 none", "e01_cp932.csv", answers=("encoding=none of these",),
         rejects=("bad-encoding",)),
    Case("Polish", (HEAD + "\u0142\u00f3d\u017a \u017c\u00f3\u0142w,mae,2024-01-08,1\n")
         .encode("cp1250"), answers=("encoding=cp1250",),
         rows=({"model_id": "\u0142\u00f3d\u017a \u017c\u00f3\u0142w"},)),
    Case("Russian", (HEAD + "\u043c\u043e\u0434\u0435\u043b\u044c,mae,2024-01-08,1\n")
         .encode("cp1251"), asked=("encoding",),
         says="cp1251: \u043c\u043e\u0434\u0435\u043b\u044c"),
    Case("Korean text", (HEAD + "\ubaa8\ub378,mae,2024-01-08,1\n").encode("cp949"),
         asked=("encoding",), says="cp949: \ubaa8\ub378"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_dates_and_encodings_are_read_or_asked_about(case):
    holds(case)


def test_the_sentence_names_the_form_that_it_saw():
    case = Case("x", dates("2024-01-08", "2024-01-09", "Q1 2024"))
    (reject,) = case.told().receipt.rejects
    assert reject.message == "Q1 2024 is not a date (it reads like a quarter)."


def test_the_likeliest_encoding_comes_first():
    (question,) = Case("x", "e01_cp932.csv").told().receipt.questions
    assert question.choices[0] == "cp932"
    assert question.choices[-1] == "none of these"
