"""A tracker's export of issues becomes tasks: nothing is guessed that moves a number.

Documented forms: Jira Cloud ("Export CSV (all fields)": "Due date", "Original estimate", a column
for each component and label, "Status Category") and Jira Data Center ("CSV (all fields)": "Due
Date", "Original Estimate", "Component/s", a delimiter of the reader's choice). Time is in seconds
in both; the form of dates is set by the reader or the administrator.
"""

from datetime import date

import pytest

from tests.intake.real_cases import Case, holds

CLOUD = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Assignee,Created,Resolved,Components,"
    "Components,Due date,Labels,Labels,Description,Original estimate,Remaining Estimate,Time Spent,"
    "Inward issue link (Blocks),Σ Time Spent,Status Category,Resolution\n"
    "Read the sales table,ML-2,102,Task,Done,ML,Ana,03/Mar/26 9:10 AM,12/Mar/26 4:00 PM,data,,,"
    'backend,,"Two lines,\nin quotes",57600,0,86400,,86400,Done,Done\n'
    "Demand forecast,ML-1,101,Epic,In Progress,ML,,01/Mar/26 9:00 AM,,,,,,,,,,,,,In Progress,\n"
    "First model,ML-3,103,Story,In QA,ML,Ben,04/Mar/26 9:10 AM,,train,data,30/Apr/26 12:00 AM,,,"
    ",144000,,28800,ML-2,28800,In Progress,\n"
    "Buy a cluster,ML-4,104,Task,Done,ML,,04/Mar/26 9:10 AM,05/Mar/26 9:10 AM,infra,,,,,,,,,,,"
    "Done,Won't Do\n"
)
CENTER = (
    "Summary;Issue key;Issue id;Issue Type;Status;Assignee;Created;Resolved;Component/s;Due Date;"
    "Labels;Original Estimate;Time Spent\n"
    "Clean the orders;DC-7;7;Task;Closed;ana;2026-03-03 09:10;2026-03-12 16:00;ETL;;;28800;43200\n"
    "Watch it;DC-8;8;Task;Waiting for Ops;;2026-03-04 09:10;;;;support;;\n"
)
HOURS = "hours_per_day=8"
READ = ("words.category.ETL=data", "words.status.Waiting for Ops=blocked")
DUE = {
    "task_id": "ML-3", "category": "train", "status": "doing", "owner": "Ben", "p50": 5.0,
    "due_on": date(2026, 4, 30), "spent_days": 1.0, "depends_on": "ML-2", "finished_on": None,
}  # fmt: skip
DONE = {
    "task_id": "ML-2", "title": "Read the sales table", "category": "data", "status": "done",
    "owner": "Ana", "added_on": date(2026, 3, 3), "finished_on": date(2026, 3, 12), "p10": None,
    "p50": 2.0, "p90": None, "spent_days": 3.0, "source": "Jira",
}  # fmt: skip
DROPPED = {"task_id": "ML-4", "status": "dropped", "finished_on": date(2026, 3, 5), "p50": None}
CLEANED = {
    "task_id": "DC-7", "category": "data", "status": "done", "p50": 1.0, "spent_days": 1.5,
    "added_on": date(2026, 3, 3), "finished_on": date(2026, 3, 12),
}  # fmt: skip
WATCHED = {"task_id": "DC-8", "category": "support", "status": "blocked", "spent_days": None}
UNTIMED = (
    CENTER.replace("28800;43200", ";").replace("ETL", "data").replace("Waiting for Ops", "Open")
)
US = CENTER.replace("2026-03-03 09:10", "3/4/2026 9:10 AM").replace("2026-03-12 16:00", "")
WIDE = UNTIMED + "Cut off;DC-9;9;Task\n" + "Too;DC-10;10;Task;Open;;;;data;;;;;;;x;y\n"
CASES = [
    Case("cloud asks the hours", CLOUD, kind="tasks", asked=("hours-per-day",),
         choices=("8", "7.8", "7.7", "7.6", "7.5", "7.25", "7", "6"), says="hours"),
    Case("cloud", CLOUD, kind="tasks", answers=(HOURS,), rows=(DONE, DUE, DROPPED), n=3,
         warns=("epics-left-out",)),
    Case("seven hours a day", CLOUD, kind="tasks", answers=("hours_per_day=7.5",),
         rows=({"p50": 2.1333},)),
    Case("data center asks words", CENTER, kind="tasks", answers=(HOURS,), asked=("word", "word"),
         says="ETL"),
    Case("data center", CENTER, kind="tasks", answers=(HOURS, *READ), rows=(CLEANED, WATCHED), n=2),
    Case("by bars", CENTER.replace(";", "|"), kind="tasks", answers=(HOURS, *READ),
         rows=(CLEANED, WATCHED)),
    Case("without times nothing is asked", UNTIMED, kind="tasks", n=2,
         rows=({"p50": None, "spent_days": None},)),
    Case("day or month first", US, kind="tasks", answers=(HOURS, *READ), asked=("date-order",)),
    Case("month first", US, kind="tasks", answers=(HOURS, *READ, "date_order=mdy"),
         rows=({"added_on": date(2026, 3, 4)},)),
    Case("no category", UNTIMED.replace(";data;", ";;"), kind="tasks", asked=("word",),
         says="Task"),
    Case("one line is damaged", WIDE, kind="tasks", rejects=("extra-cell", "missing-cell")),
    Case("not seconds", CENTER.replace("43200", "5h"), kind="tasks", answers=(HOURS, *READ),
         rejects=("not-a-number",)),
    Case("only a header", UNTIMED.split("\n")[0] + "\n\n", kind="tasks", rejects=("no-rows",)),
    Case("only epics", CLOUD.split("\n")[0] + "\nE,ML-1,1,Epic,To Do" + "," * 17 + "\n",
         kind="tasks", rejects=("no-rows",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_export_of_issues_becomes_tasks(case):
    holds(case)


def test_a_fault_is_told_of_the_line_of_the_export_and_not_of_what_was_made_from_it():
    """The issue on line 3 holds a line break; the faulty one after it begins on line 5."""
    text = CLOUD.replace("144000", "5d")
    told = Case("line", text, kind="tasks", answers=(HOURS,)).told()
    assert [(r.row, r.column) for r in told.receipt.rejects] == [(5, "p50")]


def test_a_file_of_tasks_that_is_no_export_is_read_as_ever():
    own = "task_id,title,category,status\nt1,Look,data,done\n"
    holds(Case("own", own, kind="tasks", rows=({"task_id": "t1", "status": "done"},), n=1))
