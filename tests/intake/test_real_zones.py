"""Names and offsets of zones in cells: read where they say one thing, asked about where several."""

from datetime import datetime

import pytest

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.records import record_of
from tests.intake.real_cases import NOW, Case, holds, rows_of
from tests.intake_stored import Shelf, told_of

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


WINTER, SUMMER = "2026-01-02 00:30", "2026-07-02 01:30"


def log(*rows, head="id,ts,tz,model,prediction"):
    """Predictions with a zone beside their times, or in the header."""
    return head + "\n" + "".join(f"p{i},{row},churn,1\n" for i, row in enumerate(rows))


def made(*expected):
    return tuple({"ts": datetime.fromisoformat(e)} for e in expected)


def in_header(header, *rows, answers=()):
    """A log whose header names a zone, once it is said that this is the column of times."""
    return {
        "file": log(*rows, head=f"id,{header},model,prediction"), "kind": "prediction_log",
        "answers": (f"fields.ts={header}", *answers),
    }  # fmt: skip


def results(header, *rows, answers=()):
    """Wide results whose header names a zone, answered to be the start of a period."""
    return {
        "file": f"{header},recall\n" + "".join(f"{r},0.8{i}\n" for i, r in enumerate(rows)),
        "answers": (f"fields.period_start={header}", "constants.model_id=churn", "wide=recall",
                    *answers),
    }  # fmt: skip


NAMED = [
    # In the header: of one reading, or of two that differ for a time of the file.
    *(Case(f"header {header}", **in_header(header, WINTER), rows=made(expected), read_as=says)
      for header, expected, says in (
          ("ts (CET)", "2026-01-01T23:30", "times of the zone CET"),
          ("time [Europe/Berlin]", "2026-01-01T23:30", "times of the zone Europe/Berlin"),
          ("made at (UTC+1)", "2026-01-01T23:30", "times of the zone +01:00"),
          ("made at GMT-05:00", "2026-01-02T05:30", "times of the zone -05:00"),
          ("made_at_pst", "2026-01-02T08:30", "times of the zone PST"),
          ("time (CET/CEST)", "2026-01-01T23:30", "times of the zone Europe/Berlin"),
          ("Zeit (MEZ)", "2026-01-01T23:30", "times of the zone MEZ"),
          ("at (ET)", "2026-01-02T05:30", "times of the zone America/New_York"),
          ("made_at_utc", "2026-01-02T00:30", "times of the zone UTC"))),
    Case("a place in summer", **in_header("at (Europe/Berlin)", SUMMER),
         rows=made("2026-07-01T23:30")),
    Case("CET all year", **in_header("ts (CET)", WINTER, SUMMER), asked=("zone-header",),
         choices=("Europe/Berlin", "+01:00"),
         says="Europe/Berlin: 2026-07-02 01:30 is 2026-07-01 23:30 UTC"),
    Case("CET all year, as clocks", rows=made("2026-01-01T23:30", "2026-07-01T23:30"),
         **in_header("ts (CET)", WINTER, SUMMER, answers=("zones.CET=Europe/Berlin",)),
         read_as="times of the zone Europe/Berlin"),
    Case("CET all year, as one offset", rows=made("2026-01-01T23:30", "2026-07-02T00:30"),
         **in_header("ts (CET)", WINTER, SUMMER, answers=("zones.CET=+01:00",))),
    Case("CST in winter", **in_header("ts (CST)", WINTER), asked=("zone-header",),
         choices=(*("-06:00", "+08:00", "America/Havana", "-05:00")[:2], "-05:00")),
    Case("MESZ in winter", **in_header("ts MESZ", WINTER), asked=("zone-header",),
         choices=("Europe/Berlin", "+02:00")),
    Case("local time", **in_header("local time", WINTER), asked=("zone-local",),
         says="Europe/Berlin: 2026-01-02 00:30 is 2026-01-01 23:30 UTC"),
    Case("local time, answered", **in_header("local time", SUMMER, answers=("zone=Asia/Kolkata",)),
         rows=made("2026-07-01T20:00"), read_as="times of the zone Asia/Kolkata"),
    Case("no zone", **in_header("ts (checked)", WINTER), rows=made("2026-01-02T00:30")),
    Case("own zones of cells", **in_header("ts (CET)", WINTER + "Z", SUMMER),
         asked=("zone-header",)),
    Case("own zones of cells hold", **in_header("ts (CET)", SUMMER + "Z", WINTER),
         rows=made("2026-07-02T01:30", "2026-01-01T23:30")),
    Case("results", rows=at("2026-01-01T23:30", "2026-01-02T00:30"),
         **results("timestamp (CET)", WINTER, "2026-01-02 01:30", answers=("period=PT1H",))),
    Case("results of the hour that comes twice", rows=at(
        "2025-10-25T23:30", "2025-10-26T00:30", "2025-10-26T01:30", "2025-10-26T02:30"),
         **results("time [Europe/Berlin]", "2025-10-26 01:30", "2025-10-26 02:30",
                   "2025-10-26 02:30", "2025-10-26 03:30", answers=("period=PT1H",))),
    Case("wide results of an hour that comes twice", asked=("zone",),
         **results("timestamp", "2025-10-26 01:30", "2025-10-26 02:30", "2025-10-26 02:30",
                   "2025-10-26 03:30")),
    Case("days are days of their zone", rows=at("2026-01-02", "2026-07-03"),
         **results("day (CET)", "2026-01-02 00:00:00", "2026-07-03 00:00:00",
                   answers=("period=P1D",))),
    Case("days that end before midnight", file="start (CET),end (CET),recall\n"
         "2026-01-02 00:00,2026-01-02 23:59:59,0.8\n", rows=at("2026-01-02"), n=1,
         answers=("fields.period_start=start (CET)", "fields.period_end=end (CET)",
                  "constants.model_id=churn", "wide=recall")),
    # In a column beside.
    Case("beside", log(f"{WINTER},Europe/Berlin", f"{SUMMER},Europe/Berlin"),
         kind="prediction_log", rows=made("2026-01-01T23:30", "2026-07-01T23:30")),
    Case("several beside", log(f"{WINTER},CET", f"{WINTER},America/New_York", f"{WINTER}Z,CET"),
         kind="prediction_log", rows=made("2026-01-01T23:30", "2026-01-02T05:30",
                                          "2026-01-02T00:30")),
    Case("none for one row", log(f"{WINTER},CET", f"{WINTER},"), kind="prediction_log",
         rows=made("2026-01-01T23:30", "2026-01-02T00:30"), warns=("utc-assumed",)),
    Case("offsets beside", log(f"{WINTER},+01:00", f"{WINTER},-5",
                               head="id,ts,utc_offset,model,prediction"),
         kind="prediction_log", rows=made("2026-01-01T23:30", "2026-01-02T05:30")),
    Case("beside, to be asked", log(f"{SUMMER},EST"), kind="prediction_log",
         asked=("zone-header",), choices=("America/New_York", "-05:00")),
    Case("regions are no zones", log(f"{WINTER},north", head="id,ts,zone,model,prediction"),
         kind="prediction_log", rows=made("2026-01-02T00:30"), warns=("extra-column",)),
    Case("put aside", log(f"{WINTER},CET"), kind="prediction_log", answers=("columns.tz=ignore",),
         rows=made("2026-01-02T00:30"), warns=("utc-assumed",)),
    Case("days first beside", log("13/03/2026 10:00,CET"), kind="prediction_log",
         answers=("date_order=dmy",), rows=made("2026-03-13T09:00")),
    # Said for a whole file.
    Case("a log of a zone", log(f"{WINTER}", head="id,ts,model,prediction"), kind="prediction_log",
         answers=("zone=Europe/Berlin",), rows=made("2026-01-01T23:30"),
         read_as="times of the zone Europe/Berlin"),
    Case("a log of which some have an offset", kind="prediction_log", asked=("zone-mixed",),
         file=log(WINTER, f"{WINTER}+01:00", head="id,ts,model,prediction"),
         choices=("+01:00", "UTC")),
    Case("two columns of two zones", kind="incident_log", rows=(
        {"started_at": datetime(2026, 1, 2, 22, 30), "detected_at": datetime(2026, 1, 2, 23, 40)},),
         answers=("fields.started_at=started (CET)", "columns.detected_at_utc=detected_at"),
         file="incident_id,model,title,started (CET),detected_at_utc,severity,status\n"
              "i1,churn,x,2026-01-02 23:30,2026-01-02 23:40,sev1,open\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", NAMED, ids=lambda case: case.id)
def test_zones_of_whole_columns_are_read_or_asked_about(case):
    holds(case)


@pytest.mark.parametrize("before", ["is_replay", "before_layouts", "before_zones"])
def test_a_file_that_was_stored_before_is_read_as_it_was(before):
    told = told_of(
        log(f"{WINTER},CET").encode(), "f.csv", record_of("prediction_log"), now=NOW,
        profile=Profile(**{before: True}), stored=Shelf(models=["churn"]),
    )  # fmt: skip
    assert rows_of(told, "prediction_log")[0]["ts"] == datetime(2026, 1, 2, 0, 30)


def test_an_answer_that_is_no_zone_is_refused():
    with pytest.raises(InputError, match="Europe/Berlin"):
        Profile().answered("zones.CET", "Europe/Atlantis")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_zones_are_read_or_asked_about(case):
    holds(case)
