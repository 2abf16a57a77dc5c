"""Names and offsets of zones in cells: read where they say one thing, asked about where several."""

from datetime import datetime

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,metric,timestamp,value\n"


def times(*texts, n=1):
    rows = "".join(f'm,recall,"{text}",0.{8 - i}\n' for i, text in enumerate(texts * n))
    return HEAD + rows


def at(*expected):
    return tuple({"period_start": datetime.fromisoformat(e)} for e in expected)


READ = {
    "CET": ("2026-01-05 10:00 CET", "2026-01-05T09:00"),
    "CEST": ("2026-07-06T10:00:00 CEST", "2026-07-06T08:00"),
    "MSK": ("2026-01-05 10:00 MSK", "2026-01-05T07:00"),
    "EST, half days": ("2026-01-05 03:30 PM EST", "2026-01-05T20:30"),
    "Japan": ("2026-01-05 10:00:00 JST", "2026-01-05T01:00"),
    "a place in winter": ("2026-01-05 10:00 America/New_York", "2026-01-05T15:00"),
    "a place in summer": ("2026-07-06 10:00 America/New_York", "2026-07-06T14:00"),
    "Java": ("2026-01-05T10:00:00+01:00[Europe/Paris]", "2026-01-05T09:00"),
    "Java without an offset": ("2026-01-05T10:00:00[Asia/Kolkata]", "2026-01-05T04:30"),
    "an offset and its name": ("2026-01-05 10:00:00 -0500 EST", "2026-01-05T15:00"),
    "UTC and an offset": ("2026-01-05 10:00 UTC+2", "2026-01-05T08:00"),
    "in brackets": ("2026-01-05 10:00 (CET)", "2026-01-05T09:00"),
    "American": ("2026-01-05 10:00 PT", "2026-01-05T18:00"),
    "the command date": ("Mon Jan  5 10:00:00 CET 2026", "2026-01-05T09:00"),
    "a mail's": ("Mon, 05 Jan 2026 10:00:00 EST", "2026-01-05T15:00"),
    "German": ("05.01.2026 10:00 MEZ", None),
    "named month": ("5 January 2026 10:00 CET", "2026-01-05T09:00"),
    "an offset": ("2026-01-05 10:00 +02:00", "2026-01-05T08:00"),
    "Z": ("2026-01-05T10:00:00Z", "2026-01-05T10:00"),
}
TWICE = "2026-01-05 10:00 {0}", "2026-01-06 11:30 {0}"
MIXED = "2026-01-05 10:00", "2026-01-05 11:30+01:00", "2026-01-05 14:00+01:00"

CASES = [
    *(Case(name, times(text), rows=at(day)) for name, (text, day) in READ.items() if day),
    Case("day first", times(READ["German"][0]), asked=("date-order",)),
    Case("day first, read", times(READ["German"][0]), answers=("date_order=dmy",),
         rows=at("2026-01-05T09:00"), read_as="times of the zone MEZ"),
    Case("American dates of a place", times("1/5/2026 10:00 America/Chicago"),
         asked=("date-order",)),
    Case("American dates of a place, read", times("1/5/2026 10:00 America/Chicago"),
         answers=("date_order=mdy",), rows=at("2026-01-05T16:00")),
    Case("winter and summer in one column",
         times("2026-03-28 10:00 CET", "2026-03-30 10:00 CEST"),
         rows=at("2026-03-28T09:00", "2026-03-30T08:00"),
         read_as="times of the zone CEST and CET"),
    Case("several zones in one column", times("2026-01-05 10:00 CET", "2026-01-05 10:00 MSK"),
         rows=at("2026-01-05T09:00", "2026-01-05T07:00")),
    Case("several offsets in one column",
         times("2026-01-05 10:00+01:00", "2026-01-05 10:00-05:00"),
         rows=at("2026-01-05T09:00", "2026-01-05T15:00")),
    # Midnight of a zone is a day of it.
    Case("days of a zone", times("2026-01-05 00:00 CET", "2026-01-06 00:00 CET"),
         rows=({"period_start": datetime(2026, 1, 5), "granularity": "P1D"},)),
    Case("days of a place", times("2026-03-28 00:00 Europe/Berlin", "2026-03-29 00:00 "
         "Europe/Berlin", "2026-03-30 00:00 Europe/Berlin"),
         rows=({"period_start": datetime(2026, 3, 28), "granularity": "P1D"},
               {"period_start": datetime(2026, 3, 29)}, {"period_start": datetime(2026, 3, 30)})),
    Case("days of a zone that others tell", times("2026-01-05 00:00 CST", "2026-07-07 00:00 CDT"),
         rows=({"period_start": datetime(2026, 1, 5), "granularity": "P1D"},)),
    Case("days of a zone that was answered", times("2026-01-05 00:00 IST", "2026-01-06 00:00 IST"),
         answers=("zones.IST=+05:30",),
         rows=({"period_start": datetime(2026, 1, 5), "granularity": "P1D"},)),
    Case("days with an offset, as XML has them",
         HEAD.replace("timestamp", "day") + "m,recall,2026-01-05+01:00,0.8\n",
         rows=({"period_start": datetime(2026, 1, 5), "granularity": "P1D"},)),
    # Abbreviations of several zones.
    *(Case(f"{name} is asked about", times(*(t.format(name) for t in TWICE)),
           asked=("zone-name",), choices=(*offsets, "faulty"), says=says)
      for name, offsets, says in (
          ("CST", ("-06:00", "+08:00", "-05:00"),
           "-06:00: Chicago, 2026-01-05 10:00 CST is 2026-01-05 16:00 UTC"),
          ("IST", ("+05:30", "+02:00", "+01:00"), "2026-01-05 04:30 UTC"),
          ("BST", ("+01:00", "+06:00"), "ends in BST"))),
    Case("CST of China", times(*(t.format("CST") for t in TWICE)), answers=("zones.CST=+08:00",),
         rows=at("2026-01-05T02:00", "2026-01-06T03:30"), read_as="times of the zone CST"),
    Case("CST beside CDT", times("2026-01-05 10:00 CST", "2026-07-06 10:00 CDT"),
         rows=at("2026-01-05T16:00", "2026-07-06T15:00")),
    Case("BST beside GMT", times("2026-01-05 10:00 GMT", "2026-07-06 10:00 BST"),
         rows=at("2026-01-05T10:00", "2026-07-06T09:00")),
    Case("none of these", times(*(t.format("IST") for t in TWICE)), answers=("zones.IST=faulty",),
         rejects=("not-a-date",)),
    Case("an offset beside it tells which", times("2026-01-05 10:00 +0800 CST"),
         rows=at("2026-01-05T02:00")),
    Case("of a log", 'id,ts,model,prediction\n1,2026-01-05 10:00 CST,churn,1\n',
         kind="prediction_log", asked=("zone-name",)),
    Case("of a log, read", 'id,ts,model,prediction\n1,2026-01-05 10:00 CET,churn,1\n',
         kind="prediction_log", rows=({"ts": datetime(2026, 1, 5, 9)},)),
    # Some with an offset, some without.
    Case("some have no zone", times(*MIXED), asked=("zone-mixed",), choices=("+01:00", "UTC"),
         says="+01:00: 2026-01-05 10:00 is 2026-01-05 09:00 UTC"),
    Case("some have no zone, read", times(*MIXED), answers=("zone=+01:00",),
         rows=at("2026-01-05T09:00", "2026-01-05T10:30")),
    Case("some have no zone, UTC", times(*MIXED), answers=("zone=UTC",),
         rows=at("2026-01-05T10:00", "2026-01-05T10:30")),
    Case("some have Z", times("2026-01-05 10:00", "2026-01-05 11:30Z"),
         rows=at("2026-01-05T10:00", "2026-01-05T11:30")),
    Case("no zone of ours", times("2026-01-05 10:00 XYZ"), rejects=("not-a-date",)),
    Case("no place of ours", times("2026-01-05 10:00 Europe/Atlantis"), rejects=("not-a-date",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_zones_are_read_or_asked_about(case):
    holds(case)
