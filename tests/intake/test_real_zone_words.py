"""Zones as people and programs write them, told from words and numbers that only look like it."""

from datetime import date, datetime

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import record_of
from tests.intake.real_cases import NOW, Case, holds, rows_of
from tests.intake.test_real_zones import SUMMER, WINTER, at, in_header, log, made, times
from tests.intake_stored import Shelf, told_of

SHIFT = "2026-03-29 02:30", "2026-10-25 02:30"


def incidents(head, *rows, answers=()):
    """Incidents with the times that a head names."""
    return {
        "file": f"incident_id,model,title,{head},severity,status\n"
                + "".join(f"i{i},churn,x,{row},sev1,open\n" for i, row in enumerate(rows)),
        "kind": "incident_log", "answers": answers,
    }  # fmt: skip


def solved(started, resolved):
    """What must come of one incident."""
    return ({"started_at": datetime.fromisoformat(started),
             "resolved_at": datetime.fromisoformat(resolved)},)  # fmt: skip


def beside(header, *zones, rows=(), read_as="", warns=("extra-column", "utc-assumed"), id=""):
    """A log of one time with what stands beside it; without rows it must stay where it is."""
    text = log(*(f'{WINTER},"{zone}"' for zone in zones), head=f"id,ts,{header},model,prediction")
    return Case(f"{header} {' '.join(zones)} {id}", text, kind="prediction_log",
                rows=rows or made(*["2026-01-02T00:30"] * len(zones)), read_as=read_as,
                warns=() if rows else warns)  # fmt: skip


OTHERS = [
    # Headers as people write them: the zone first, among other words, or by its long name.
    *(Case(f"header {header}", **in_header(header, WINTER),
           rows=made(expected), read_as=f"times of the zone {says}")
      for header, expected, says in (
          ("UTC Timestamp", "2026-01-02T00:30", "UTC"), ("tsUTC", "2026-01-02T00:30", "UTC"),
          ("(UTC+01:00) at", "2026-01-01T23:30", "+01:00"),
          ("UTC+1 at", "2026-01-01T23:30", "+01:00"),
          ("at_utc+1", "2026-01-01T23:30", "+01:00"), ("at +05:30", "2026-01-01T19:00", "+05:30"),
          ("at GMT+1 (BST)", "2026-01-01T23:30", "+01:00"),
          ("at (UTC±0)", "2026-01-02T00:30", "UTC"),
          ("at (24h; CET)", "2026-01-01T23:30", "CET"), ("cet_time", "2026-01-01T23:30", "CET"),
          ("at (UTC time)", "2026-01-02T00:30", "UTC"),
          ("at (EST5EDT)", "2026-01-02T05:30", "America/New_York"),
          ("at_America/Argentina/Salta", "2026-01-02T03:30", "America/Argentina/Salta"),
          ("at (Etc/GMT+5)", "2026-01-02T05:30", "Etc/GMT+5"),  # whose sign is the other way round
          ("at (W. Europe Standard Time)", "2026-01-01T23:30", "Europe/Berlin"),
          ("at (Eastern Time)", "2026-01-02T05:30", "America/New_York"),
          ("at (МСК)", "2026-01-01T21:30", "MSK"),
          ("时间（北京时间）", "2026-01-01T16:30", "Asia/Shanghai"))),
    *(Case(f"header {header} is local", **in_header(header, WINTER), asked=("zone-local",))
      for header in ("local_ts", "at (your local time)", "heure locale")),
    *(Case(f"header {header} names no zone", **in_header(header, WINTER), warns=("utc-assumed",),
           rows=made("2026-01-02T00:30"))
      for header in ("end (est)", "test_ist", "at (dd.mm.yyyy)", "ts AM", "mst_updated",
                     "utc_plus_2")),
    Case("IST may be German", **in_header("ENDE IST", WINTER), asked=("zone-header",),
         choices=("+05:30", "+02:00", "Europe/Dublin", "+01:00", "UTC")),
    Case("EST may be an estimate", **in_header("END EST", WINTER), asked=("zone-header",),
         choices=("-05:00", "UTC")),
    Case("IST is no zone", **in_header("ENDE IST", WINTER, answers=("zones.IST=UTC",)),
         rows=made("2026-01-02T00:30")),
    # Numbers and regions beside times move none; offsets from UTC do.
    *(beside(header, *numbers) for header, *numbers in (
        ("offset", "-1", "-2"), ("offset", "+1", "+2"), ("offset", "0", "1"), ("offset", "-5"),
        ("zone", "-1"), ("zone", "PT"), ("zone", "EST"), ("tz", "1", "2"), ("tz", "+15:00"),
        ("utc_offset", "-300"), ("tz", "-300"), ("utc_offset", "3600"), ("tz", "Atlantis", "CET"))),
    beside("utc_offset", "-5", "1", "5.5", read_as="+05:30",
           rows=made("2026-01-02T05:30", "2026-01-01T23:30", "2026-01-01T19:00")),
    beside("offset", "+01:00", "-0500", rows=made("2026-01-01T23:30", "2026-01-02T05:30")),
    beside("tz", "CET", "n/a", rows=made("2026-01-01T23:30", "2026-01-02T00:30")),
    *(beside("tz", zone, rows=made(expected)) for zone, expected in (
        ("cet", "2026-01-01T23:30"), ("EUROPE/BERLIN", "2026-01-01T23:30"),
        ("america/new_york", "2026-01-02T05:30"), ("UTC+01:00 (CET)", "2026-01-01T23:30"),
        ("Asia/Kathmandu", "2026-01-01T18:45"), ("z", "2026-01-02T00:30"))),
    Case("times that are said to be UTC stay", kind="prediction_log", warns=("extra-column",),
         file=f"id,utc_time,timezone,model,prediction\n1,{WINTER},Europe/Berlin,churn,1\n",
         answers=("fields.ts=utc_time",), rows=made("2026-01-02T00:30")),
    *(Case(f"a cell that says UTC stays: {text}", log(f"{text},Europe/Berlin"),
           kind="prediction_log", rows=made("2026-01-02T00:30"))
      for text in ("20260102T003000Z", "Fri Jan 2 00:30:00 UTC 2026")),
    Case("seconds since 1970 stay", log("1767313800,Europe/Berlin"), kind="prediction_log",
         answers=("epoch=s",), rows=made("2026-01-02T00:30")),
    Case("a zone of their own", rows=solved("2026-01-02T09:00", "2026-01-02T17:00"),
         **incidents("started_at,started_tz,resolved_at,resolved_at_timezone",
                     "2026-01-02 10:00,Europe/Berlin,2026-01-02 12:00,America/New_York")),
    Case("of two zones none is that of all", warns=("extra-column", "utc-assumed"),
         rows=solved("2026-01-02T10:00", "2026-01-02T12:00"),
         **incidents("started_at,tz,resolved_at,timezone",
                     "2026-01-02 10:00,Europe/Berlin,2026-01-02 12:00,America/New_York")),
    *(Case(f"zones that say the same {head}", rows=solved("2026-01-02T09:00", "2026-01-02T11:00"),
           read_as="times of the zone Europe/Berlin",
           **incidents(f"started_at,resolved_at,{head}",
                       f"2026-01-02 10:00,2026-01-02 12:00,Europe/Berlin,{more}"))
      for head, more in (("tz,utc_offset", "+01:00"), ("tz,time_zone", "Europe/Berlin"),
                         ("tz,zone", "UTC+1"))),
    # A zone for only one of two columns of times.
    *(Case(f"zone of one column: {head} {row}", asked=("zone-beside",), choices=(zone, "UTC"),
           says=f"{zone}: 2026-01-02 12:00 is 2026-01-02 11:00 UTC",
           **incidents(head, row, answers=answers))
      for head, row, zone, *answers in (
          ("started (CET),resolved_at", "2026-01-02 10:00,2026-01-02 12:00", "+01:00",
           "fields.started_at=started (CET)"),
          ("started_at,resolved_at", "2026-01-02 10:00+01:00,2026-01-02 12:00", "+01:00"),
          ("started_at,resolved_at", "2026-01-02 10:00 CET,2026-01-02 12:00", "+01:00"),
          ("started_at,started_tz,resolved_at", "2026-01-02 10:00,Europe/Berlin,2026-01-02 12:00",
           "Europe/Berlin"))),
    Case("zone of one column, answered", rows=solved("2026-01-02T09:00", "2026-01-02T11:00"),
         **incidents("started_at,resolved_at", "2026-01-02 10:00+01:00,2026-01-02 12:00",
                     answers=("zone=+01:00",))),
    Case("UTC of one column", rows=solved("2026-01-02T10:00", "2026-01-02T12:00"),
         warns=("utc-assumed",),
         **incidents("started_at,resolved_at", "2026-01-02 10:00Z,2026-01-02 12:00")),
    Case("days beside times of a zone", rows=solved("2026-01-02T09:00", "2026-01-03T00:00"),
         **incidents("started_at,resolved_at", "2026-01-02 10:00+01:00,2026-01-03")),
    *(Case(f"zone of one end {start} {end}", asked=("zone-beside",), kind="kpi_actuals",
           file=f"kpi_id,{start},{end},value\nrefund-cost,2026-01-02 10:00,2026-01-02 11:00,5\n",
           answers=(f"fields.period_start={start}", f"fields.period_end={end}"))
      for start, end in (("from (CET)", "to"), ("from", "to (CET)"))),
    *(Case(f"zone of one end, answered {kind}", kind=kind, rows=at("2026-01-02T09:00"), n=1,
           file=f"{ids},from (CET),to,value\n{of},2026-01-02 10:00,2026-01-02 11:00,0.5\n",
           answers=("fields.period_start=from (CET)", "fields.period_end=to", "zone=+01:00"))
      for kind, ids, of in (("kpi_actuals", "kpi_id", "refund-cost"),
                            ("metric_results", "model,metric", "m,recall"))),
    Case("a column that is local, and one of no zone", asked=("zone-local",),
         **incidents("started local,resolved_at", "2026-01-02 10:00,2026-01-02 12:00",
                     answers=("fields.started_at=started local",))),
    Case("a zone that is none beside times without", warns=("utc-assumed",),
         rows=solved("2026-01-02T10:00", "2026-01-02T12:00"),
         **incidents("started (EST),resolved_at", "2026-01-02 10:00,2026-01-02 12:00",
                     answers=("fields.started_at=started (EST)", "zones.EST=faulty"))),
    # Local times beside the zones of their rows, and a zone above the header.
    Case("local times beside their zones", kind="prediction_log", answers=("fields.ts=local time",),
         file=log(f"{WINTER},Europe/Berlin", f"{WINTER},Asia/Tokyo",
                  head="id,local time,timezone,model,prediction"),
         rows=made("2026-01-01T23:30", "2026-01-01T15:30")),
    *(Case(f"above the header {line}", line + "\n" + log(WINTER, head="id,ts,model,prediction"),
           kind="prediction_log", answers=("skip_lines=1",), rows=made(expected), read_as=says)
      for line, expected, says in (
          ("time_zone=CET", "2026-01-01T23:30", "times of the zone CET"),
          ("# Zeitzone: Europe/Berlin", "2026-01-01T23:30", "times of the zone Europe/Berlin"),
          ("All times are in UTC", "2026-01-02T00:30", "times of the zone UTC"),
          ('"Time zone","America/New_York"', "2026-01-02T05:30", "America/New_York"),
          ("Delivery zone: north", "2026-01-02T00:30", ""))),
    Case("above the header, asked", kind="prediction_log", answers=("skip_lines=1",),
         file="Timezone: CET\n" + log(WINTER, SUMMER, head="id,ts,model,prediction"),
         asked=("zone-header",), choices=("Europe/Berlin", "+01:00")),
    Case("a header is nearer than the line above", kind="prediction_log",
         answers=("skip_lines=1", "fields.ts=ts_utc"), rows=made("2026-01-02T00:30"),
         file="Timezone: CET\n" + log(WINTER, head="id,ts_utc,model,prediction")),
    # Periods that only their ends tell, or both.
    *(Case(f"hours that {kind} end, {zone}", rows=at("2026-01-02T09:00", "2026-01-02T10:00"),
           file=f"{ids},period_end,value,tz\n" + "".join(
               f"{of},2026-01-02 {hour}:00,0.5,{zone}\n" for hour in (11, 12)),
           kind=kind, answers=("period=PT1H", *answers))
      for kind, ids, of in (("kpi_actuals", "kpi_id", "refund-cost"),
                            ("metric_results", "model,metric", "m,recall"))
      for zone, *answers in (("CET",), ("", "zone=Europe/Berlin"))),
    Case("days that end before midnight, of a zone", kind="kpi_actuals",
         file="kpi_id,period_end,value,tz\nrefund-cost,2026-01-02 23:59:59,5,America/New_York\n",
         answers=("period=P1D",), n=1, warns=()),
    *(Case(f"an hour at midnight, as {length} says", kind="kpi_actuals", answers=answers,
           rows=at("2026-01-01T23:00"), file=f"kpi_id,{head},value,tz\nrefund-cost,{row},5,CET\n")
      for length, head, row, answers in (
          ("a column", "period_start,granularity", "2026-01-02 00:00,PT1H", ()),
          ("its end", "period_start,period_end", "2026-01-02 00:00,2026-01-02 01:00", ()),
          ("somebody", "period_start", "2026-01-02 00:00", ("period=PT1H",)))),
    Case("midnight beside another time", rows=solved("2026-01-01T23:00", "2026-01-02T01:00"),
         **incidents("started_at,resolved_at,tz", "2026-01-02 00:00,2026-01-02 02:00,CET")),
    *(Case(f"days of costs of a zone {end}", kind="cost_log",
           rows=({"period_start": date(2026, 1, 1), "period_end": date(2026, 1, 31)},),
           file="model,period_start,period_end,cost_type,amount,currency\n"
                f"churn,2026-01-01T00:00:00{end},2026-01-31T00:00:00{end},inference,9,EUR\n")
      for end in ("+01:00", "-05:00", "Z")),
    Case("times of a day are no days", kind="cost_log", rejects=("not-a-date",),
         file="model,period_start,period_end,cost_type,amount,currency\n"
              "churn,2026-01-01T23:00:00Z,2026-01-31T23:00:00Z,inference,9,EUR\n"),
    Case("both ends of an answered zone", rows=at("2026-01-02T09:00"), n=1,
         file="model,metric,period_start,period_end,value\n"
              "m,recall,2026-01-02 10:00,2026-01-02 11:00,0.8\n", answers=("zone=Europe/Berlin",)),
    Case("starts of which all have a zone", asked=("zone-beside",), choices=("+01:00", "UTC"),
         file="model,metric,period_start,period_end,value\n"
              "m,recall,2026-01-02 10:00+01:00,2026-01-02 11:00,0.8\n"),
    # Hours that clocks show twice, or never.
    *(Case(f"hours of the change {name}", text, kind="prediction_log",
           warns=("hour-twice", "hour-never"), rows=made("2026-03-29T01:30", "2026-10-25T00:30"))
      for name, text in (
          ("beside", log(*(f"{t},Europe/Berlin" for t in SHIFT))),
          ("in the cells", log(*(f"{t} Europe/Berlin" for t in SHIFT),
                               head="id,ts,model,prediction")))),
    Case("hours of the change in the south", log("2026-04-05 02:10,Australia/Sydney",
         "2026-10-04 02:10,Australia/Sydney"), kind="prediction_log",
         rows=made("2026-04-04T15:10", "2026-10-03T16:10"), warns=("hour-twice", "hour-never")),
    # Times as programs print them.
    *(Case(f"printed {text}", times(text), rows=at(expected)) for text, expected in (
        ("2026-01-05T10:00:00z", "2026-01-05T10:00"), ("2026-01-05 10:00 cet", "2026-01-05T09:00"),
        ("2026-01-05 10:00 \u221205:00", "2026-01-05T15:00"),
        ("2026-01-05 10:00 +5", "2026-01-05T05:00"),
        ("2026-01-05 10:00 US/Eastern", "2026-01-05T15:00"),
        ("2026-01-05 10:00 EST5EDT", "2026-01-05T15:00"),
        ("2026-01-05T10:00:00.000Z[UTC]", "2026-01-05T10:00"),
        ("Mon Jan 05 2026 10:00:00 GMT+0100 (Central European Standard Time)", "2026-01-05T09:00"),
        ("2026-01-05 10:00 Eastern Standard Time", "2026-01-05T15:00"),
        ("05/Jan/2026:10:00:00 +0100", "2026-01-05T09:00"),
        ("Jan 5, 2026 @ 10:00:00.000", "2026-01-05T10:00"))),
    *(Case(f"printed {text}", times(text), answers=("date_order=mdy",), rows=at(expected))
      for text, expected in (("1/13/2026, 10:05:00\u202fPM", "2026-01-13T22:05"),
                             ("1/13/2026 10:05 p.\u00a0m.", "2026-01-13T22:05"))),
    Case("a zone in words behind a month", times("5 January 2026 10:00 (Central European Time)"),
         rows=at("2026-01-05T09:00")),
    *(Case(f"spans of hours {first} are no offsets", times(first, second), rejects=("not-a-date",))
      for first, second in (("2026-01-05 10:00-11:00", "2026-01-05 11:00-12:00"),
                            ("2026-01-05 06:00-14:00", "2026-01-05 14:00-22:00"),
                            ("2026-01-05 10:00-11:00", "2026-01-06 10:00-11:00"),
                            ("2026-01-05 08:00-16:00", "2026-01-06 08:00-16:00"),
                            ("2026-01-05 10:00\u201311:00", "2026-01-05 11:00\u201312:00"))),
    Case("offsets of winter and summer", times("2026-01-05 03:00-05:00", "2026-07-06 03:00-04:00"),
         rows=at("2026-01-05T08:00", "2026-07-06T07:00")),
    Case("printed in German", times("13.01.2026, 10:00 Uhr"), answers=("date_order=dmy",),
         rows=at("2026-01-13T10:00")),
    Case("American with a zone", times("1/13/2026 10:30 PM PST"), asked=("date-order",),
         says="mdy: 1/13/2026 10:30 PM PST is Tue 13 Jan 2026"),
    *(Case(f"no zone of lower case: {word}", times(f"2026-01-05 10:00 {word}"),
           rejects=("not-a-date",)) for word in ("est", "ist", "h")),
]  # fmt: skip


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.id)
def test_zones_are_told_from_words_and_numbers_that_are_none(case):
    holds(case)


@pytest.mark.parametrize("text", [
    log(f"{WINTER},-5", head="id,ts,utc_offset,model,prediction"),
    log("20260102T003000Z,CET"),
    log(f"{WINTER},Europe/Berlin", head="id,ts,ts_tz,model,prediction"),
])  # fmt: skip
def test_times_that_were_stored_before_stay(text):
    told = told_of(text.encode(), "f.csv", record_of("prediction_log"), now=NOW,
                   profile=Profile(before_zones=True), stored=Shelf())  # fmt: skip
    assert rows_of(told, "prediction_log")[0]["ts"] == datetime(2026, 1, 2, 0, 30)


def test_times_that_were_rejected_before_are_so_when_their_file_is_read_again():
    text = times("2026-01-05T10:00:00z")
    told = told_of(text.encode(), "f.csv", record_of("metric_results"),
                   now=NOW, profile=Profile(before_zones=True), stored=Shelf())  # fmt: skip
    assert [r.code for r in told.receipt.rejects] == ["not-a-date"]
