"""How the demand forecast was built: its tasks, who did them, and how far they were on a day."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date

from making.story import BUILDER, FOLDER, MARA, Row
from mlpm_core.planning import WorkCalendar, each_day

PROJECT = "bike-shop-demand"
BEGUN_ON, BUILT_ON = date(2023, 8, 28), date(2024, 6, 28)
ESTIMATED_ON = date(2023, 8, 21)
BUDGET = 180_000.0
HOLIDAYS = {
    "christmas-2023": (date(2023, 12, 25), date(2024, 1, 1)),
    "easter-2024": (date(2024, 3, 29), date(2024, 4, 1)),
    "may-day-2024": (date(2024, 5, 1), date(2024, 5, 1)),
    "ascension-2024": (date(2024, 5, 9), date(2024, 5, 9)),
    "whit-monday-2024": (date(2024, 5, 20), date(2024, 5, 20)),
}
CALENDAR = WorkCalendar(
    BEGUN_ON, frozenset(d for span in HOLIDAYS.values() for d in each_day(*span))
)
BEFORE_FOUND = {"data_dirty": 0.5, "ethics_privacy": 0.2}
"""How likely each open factor was before somebody looked."""


@dataclass(frozen=True, slots=True)
class Work:
    """A task: three numbers of person-days, and from which working day to which it took how many.

    ``begun`` and ``done`` count working days since ``BEGUN_ON``.
    """

    task_id: str
    title: str
    category: str
    role: str
    days: tuple[float, float, float]
    depends_on: str
    phase: str
    begun: int
    done: int
    spent: float


WORK = (
    Work("T01", "Charter: what is to get better, by how much, and who decides", "governance", "BT",
         (1.5, 2.5, 4), "", "sprint_0", 0, 8, 3.0),
    Work("T02", "Look through the sales in the ERP", "data", "DE",
         (2, 4, 8), "", "sprint_0", 0, 14, 11.0),
    Work("T03", "Agree how a forecast is judged, and what is good enough", "governance", "BT",
         (1, 2, 4), "T01", "sprint_0", 8, 15, 2.5),
    Work("W01", "Wait for access to the ERP", "wait", "",
         (3, 8, 20), "", "sprint_0", 0, 15, 15.0),
    Work("T04", "Computers, repository and nightly runs", "infra", "MLE",
         (2, 4, 9), "", "sprint_0", 0, 11, 6.0),
    Work("T05", "Bring sales and stock out of the ERP every night", "data", "DE",
         (2, 3, 6), "T02; W01", "sprint_1", 15, 27, 9.0),
    Work("T06", "Clean series for each SKU and day", "data", "DE",
         (6, 10, 18), "T05; T04", "sprint_1", 27, 84, 44.0),
    Work("T07", "Write down how orders are made today", "governance", "BT",
         (2, 3, 5), "T01", "sprint_1", 15, 26, 4.0),
    Work("T08", "Explore season, promotions and stock-outs", "explore", "DS",
         (3, 5, 9), "T05", "sprint_1", 27, 40, 7.5),
    Work("T09", "Features: what sold before, calendar, price, promotion", "feature", "DS",
         (4, 6, 11), "T06; T08", "sprint_2", 84, 118, 27.0),
    Work("T10", "Choose, train and score the models of bikes and of parts", "train", "DS",
         (5, 8, 15), "T09; T03", "sprint_2", 118, 160, 33.0),
    Work("T11", "Hold them against the planners' rule", "evaluate", "DS",
         (2, 4, 8), "T10", "sprint_2", 160, 178, 14.0),
    Work("T12", "Forecast every night where it will run", "deploy", "MLE",
         (5, 8, 15), "T06; T10", "sprint_3", 160, 180, 12.5),
    Work("T13", "Show proposals where planners order", "deploy", "MLE",
         (3, 5, 9), "T07; T11", "sprint_3", 190, 201, 7.0),
    Work("T14", "Monitoring, alarm and the way back to the planners' rule", "deploy", "MLE",
         (3, 5, 8), "T12", "sprint_3", 180, 190, 6.0),
    Work("T15", "Model card and run book", "document", "DS",
         (1.5, 2.5, 5), "T11", "sprint_3", 178, 184, 4.5),
    Work("T16", "Two weeks beside the planners, and handing over", "deploy", "MLE",
         (2, 4, 8), "T13; T14; T15", "sprint_3", 201, 209, 5.0),
)  # fmt: skip
"""Three numbers, roles and order of the tasks are those of the worked example in the tests."""

ROLES = (
    ("BT", "Business translator", 520.0, 0.5, False),
    ("DE", "Data engineer", 560.0, 1.0, False),
    ("DS", "Data scientist", 600.0, 1.0, True),
    ("MLE", "ML engineer", 620.0, 0.8, True),
)


def mondays() -> list[date]:
    """Every Monday of the work, and the day after its last."""
    n = (BUILT_ON - BEGUN_ON).days // 7 + 2
    return [date.fromordinal(BEGUN_ON.toordinal() + 7 * week) for week in range(n)]


def tasks_on(day: date) -> list[Row]:
    """The tasks at the start of a day."""
    passed = CALENDAR.days_before(day)
    return [_task(work, passed) for work in WORK]


def _task(work: Work, passed: int) -> Row:
    row: Row = {
        "project": PROJECT,
        "task_id": work.task_id,
        "title": work.title,
        "category": work.category,
        "role": work.role,
        "depends_on": work.depends_on,
        "phase": work.phase,
        "in_loop": work.task_id == "T10",
        "status": "todo",
        "estimated_by": BUILDER,
        "estimated_on": ESTIMATED_ON,
        "added_on": ESTIMATED_ON,
        "is_early_result": work.task_id == "T08",
        "source": "Kick-off of August 2023",
        "archived": False,
    }
    row |= dict(zip(("p10", "p50", "p90"), map(float, work.days), strict=True))
    if passed <= work.begun and passed < work.done:
        return row
    row["started_on"] = CALENDAR.date_after(work.begun + 1)
    if passed >= work.done:
        finished_on = CALENDAR.date_after(work.done)
        return row | {"status": "done", "finished_on": finished_on, "spent_days": work.spent}
    share = (passed - work.begun) / (work.done - work.begun)
    return row | {"status": "doing", "spent_days": max(0.5, round(2 * share * work.spent) / 2)}


def roles() -> list[Row]:
    """Who works on it, what their day costs, and how much of it they have."""
    fields = ("role_id", "title", "day_rate", "availability", "is_core_ml")
    of = {"project": PROJECT, "heads": 1, "archived": False}
    return [of | dict(zip(fields, role, strict=True)) for role in ROLES]


def absences() -> list[Row]:
    """Days on which nobody works."""
    return [
        {
            "project": PROJECT,
            "absence_id": name,
            "from_on": first,
            "to_on": last,
            "archived": False,
        }
        for name, (first, last) in HOLIDAYS.items()
    ]


def planned() -> Row:
    """What the project's record says of its plan."""
    return {"planned_start_on": BEGUN_ON, "needed_by_on": date(2024, 7, 1), "budget": BUDGET}


def answers_of_tasks() -> Row:
    """The questions of the estimate, as they were answered before the first task."""
    return {
        "project": PROJECT,
        "estimate_id": "build",
        "title": "Forecast for all goods, by its tasks",
        "raw_days": 76.0,
        "day_rate": 550.0,
        "p_success": 0.6,
        "max_cycles": 3,
        "n_models": 2,
        "repeat_share": 0.6,
        "data_complex": "yes",
        "data_big": "no",
        "platform_complex": "no",
        "data_dirty": "unknown",
        "ethics_privacy": "unknown",
        "unstructured": "no",
        "eval_complicated": "yes",
        "documentation": "none",
        "estimator_class": "practised",
        "focus": 0.8,
        "overhead_share": 0.12,
        "overhead_rate": 550.0,
        "fixed_cost": 1_800.0,
        "made_by": BUILDER,
        "note": "A model of bikes and one of parts; every shop and the web shop.",
    }


def findings_on(day: date) -> list[Row]:
    """The answers to the open factors that were known at the start of a day."""
    with (FOLDER / "demand" / "92_findings.csv").open(encoding="utf-8", newline="") as file:
        found = [dict(row) for row in csv.DictReader(file) if row["factor"]]
    return [_finding(row, day) for row in found]


def _finding(row: dict[str, str], day: date) -> Row:
    if date.fromisoformat(row["found_on"]) < day:
        return dict(row)
    before = BEFORE_FOUND[row["factor"]]
    open_yet = {"confidence": "unknown", "found_on": "", "evidence": "", "applies": "unknown"}
    return dict(row) | open_yet | {"probability": before}


PROMISES = (
    ("season-2024", "mara-lindqvist", date(2023, 11, 20), date(2024, 5, 31), MARA,
     "The season was announced to the shops already"),
    ("all-goods", "tom-okafor", date(2023, 9, 25), date(2024, 8, 30), "", ""),
    ("new-day", "mara-lindqvist", date(2024, 4, 22), date(2024, 10, 11), "", ""),
)  # fmt: skip
"""Id, to whom, said on, promised for, and who took it on themselves, of those below even odds."""
WHAT = "Proposals for all goods on the planners' screens"


def promises(confidence: dict[str, float], snapshot_of: dict[date, str]) -> list[Row]:
    """The promised dates, each with the chance that its estimate gave it on the day it was made.

    Parameters
    ----------
    confidence : dict of str to float
        By promise, in [0, 1].
    snapshot_of : dict of date to str
        The estimate of a day that was kept on each.
    """
    return [
        {
            "project": PROJECT,
            "promise_id": name,
            "what": WHAT,
            "measure": "date",
            "made_on": made_on,
            "promised_for_on": promised_for_on,
            "stakeholder_id": to,
            "snapshot_id": snapshot_of[made_on],
            "confidence": confidence[name],
            "overridden_by": overridden_by,
            "override_reason": why,
            "delivered_on": BUILT_ON,
            "withdrawn": False,
            "archived": False,
        }
        for name, to, made_on, promised_for_on, overridden_by, why in PROMISES
    ]
