"""Days and times of day in two columns: joined where nothing else is meant, and said."""

from datetime import datetime

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import record_of
from tests.intake.real_cases import NOW, Case, holds, rows_of
from tests.intake_stored import Shelf, told_of


def log(head, *rows, answers=("fields.ts=Date",), **more):
    """Predictions with a day and a time of day."""
    text = f"id,{head},model,prediction\n" + "".join(
        f"p{i},{row},churn,1\n" for i, row in enumerate(rows)
    )
    return {"file": text, "kind": "prediction_log", "answers": answers, **more}


def made(*expected):
    return tuple({"ts": datetime.fromisoformat(e)} for e in expected)


INCIDENT = "incident_id,model,title,severity,status,"
CASES = [
    Case("a date and a time", **log("Date,Time", "2026-03-02,23:30", "2026-03-03,9:05"),
         rows=made("2026-03-02T23:30", "2026-03-03T09:05"), read_as="times of day from Time"),
    Case("half days", rows=made("2026-03-02T23:30:15"),
         **log("Date,Time", "2026-03-02,11:30:15 PM")),
    Case("a spreadsheet's midnights", **log("Date,Time", "2026-03-02 00:00:00,23:30:00"),
         rows=made("2026-03-02T23:30")),
    Case("German", **log("Datum,Uhrzeit", "13.03.2026,9.30 Uhr", "14.03.2026,21:30",
                         answers=("fields.ts=Datum", "date_order=dmy")),
         rows=made("2026-03-13T09:30", "2026-03-14T21:30"), read_as="times of day from Uhrzeit"),
    Case("day or month first is asked", asked=("date-order",),
         **log("Date,Time", "03/04/2026,23:30", "04/04/2026,22:30")),
    Case("hours", **log("Date,Hour", "2026-03-02,0", "2026-03-02,23"),
         rows=made("2026-03-02T00:00", "2026-03-02T23:00")),
    Case("a time that is missing", **log("Date,Time", "2026-03-02,23:30", "2026-03-03,"),
         rows=made("2026-03-02T23:30", "2026-03-03")),
    Case("a zone in the header of times", **log("Date,Time (UTC)", "2026-03-02,23:30"),
         rows=made("2026-03-02T23:30"), read_as="times of the zone UTC"),
    Case("clocks of a place in it", asked=("zone-header",),
         **log("Date,Time (CET)", "2026-03-02,23:30", "2026-07-02,23:30")),
    Case("a zone beside", **log("Date,Time,tz", "2026-03-02,23:30,CET"),
         rows=made("2026-03-02T22:30")),
    Case("an offset at the time", **log("Date,Time", "2026-03-02,23:30+01:00"),
         rows=made("2026-03-02T22:30")),
    # What is no time of day stays beside, and is named.
    *(Case(f"{cell} is none", **log("Date,Time", f"2026-03-02,{cell}"), rows=made("2026-03-02"),
           warns=("extra-column",)) for cell in ("25:10", "12.5 s", "12.30", "soon", "90")),
    Case("put aside", **log("Date,Time", "2026-03-02,23:30",
                            answers=("fields.ts=Date", "columns.Time=ignore")),
         rows=made("2026-03-02")),
    Case("a moment has its time", **log("Date,Time", "2026-03-02T10:00,23:30"),
         rows=made("2026-03-02T10:00"), warns=("extra-column",)),
    Case("results", "Date,Time,model,metric,value\n2026-03-02,23:00,churn,recall,0.8\n",
         rows=({"period_start": datetime(2026, 3, 2, 23)},)),
    Case("each of two with its own", kind="incident_log", file=INCIDENT
         + "start date,start time,end date,end time\ni1,churn,x,sev1,resolved,2026-03-02,23:30,"
         "2026-03-03,01:15\n",
         answers=("fields.started_at=start date", "fields.resolved_at=end date"),
         rows=({"started_at": datetime(2026, 3, 2, 23, 30),
                "resolved_at": datetime(2026, 3, 3, 1, 15)},)),
    Case("one time beside two days is of neither", kind="incident_log", file=INCIDENT
         + "start,end,time\ni1,churn,x,sev1,resolved,2026-03-02,2026-03-03,01:15\n",
         answers=("fields.started_at=start", "fields.resolved_at=end"),
         rows=({"started_at": datetime(2026, 3, 2)},), warns=("extra-column",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_days_and_times_of_day_are_moments(case):
    holds(case)


@pytest.mark.parametrize("before", ["is_replay", "before_layouts", "before_zones"])
def test_a_file_that_was_stored_before_is_read_as_it_was(before):
    given = log("Date,Time", "2026-03-02,23:30")
    profile = Profile(**{before: True}).answered("fields.ts", "Date")
    told = told_of(
        given["file"].encode(), "f.csv", record_of("prediction_log"), now=NOW, profile=profile,
        stored=Shelf(models=["churn"]),
    )  # fmt: skip
    assert rows_of(told, "prediction_log")[0]["ts"] == datetime(2026, 3, 2)
