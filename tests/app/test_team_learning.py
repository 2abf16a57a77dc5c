"""What stands beside an estimate: a pack in one click, the team, and what earlier work says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mlpm_core.planning.calibration import estimator_calibration
from mlpm_core.planning.quick_result import Spread
from mlpm_core.records import Task
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.learning import Inside, learning
from mlpm_core.services.plan.past_projects import EstimatorLine
from mlpm_core.services.plan.team import Demand, team
from mlpm_core.services.plan.year_in_use import SupportDemand, YearInUse
from pages.parts.plan import learning_text, team_text
from tests.app.conftest import button, open_screen, plain, run, said

TODAY = date(2026, 6, 30)


def save(workspace, kind, *rows, project="shop"):
    receipt = registers.write_rows(workspace.acting_as("ada"), project, kind, rows)
    assert receipt.status == "committed", receipt.rejects


@pytest.fixture
def shop(empty):
    save(empty, "projects", {"title": "Forecast", "clock_on": TODAY, "budget": 90_000})
    return empty


def test_an_empty_project_is_told_where_to_begin(shop):
    assert "Start with closed projects" in learning_text.answer(learning(shop, "shop"))
    assert "add tasks first" in team_text.answer(team(shop, "shop"))
    assert team_text.warnings(team(shop, "shop")) == []


def test_what_closed_projects_say_is_told_with_its_spread_and_stopped_ones(shop):
    rows = [
        {"closed_id": f"c{i}", "estimated_days": 10, "actual_days": 10 * r}
        for i, r in enumerate((1.6, 1.3, 2.1, 1.1, 1.9))
    ]
    save(shop, "closed_projects", *rows)
    save(shop, "tasks", {"task_id": "a", "title": "a", "category": "data", "p50": 76})
    view = learning(shop, "shop", Inside(effort_p80=100, cost_p50=98_500, weeks_p80=9))
    answer = learning_text.answer(view)
    assert "1.4 times" in answer
    assert "between 0.95 and 2.1 times" in answer
    assert "5 closed projects." in answer
    assert "become 122 at even odds and 157 to be safe" in learning_text.outside(view)
    (budget,), (low,) = learning_text.alarms(view), learning_text.warnings(view)
    assert "EUR 90,000 is below the cost at even odds, EUR 98,500" in budget
    assert "holds 100 person-days to be safe" in low
    save(shop, "closed_projects", rows[0] | {"outcome": "stopped"})
    view = learning(shop, "shop")
    assert "1 of them stopped" in learning_text.answer(view)
    assert "become at least 122" in learning_text.outside(view)


def test_an_estimator_is_not_called_narrow_for_what_luck_may_do():
    lines = [
        EstimatorLine("Ana", estimator_calibration([2] * n, [4] * n, [8] * n, actual))
        for n, actual in ((10, [4] * 7 + [9] * 3), (10, [9] * 10), (9, [9] * 9), (10, [4] * 10))
    ]
    assert [learning_text.estimator(line) for line in lines] == [
        "too narrow, or bad luck: taken as 1.2 times as wide",
        "too narrow: taken as 3 times as wide",
        "too few to say (10 needed)",
        "ranges hold",
    ]


def test_the_team_is_told_what_nobody_covers_and_which_days_lack(shop):
    save(shop, "roles", {"role_id": "DS", "day_rate": 500}, {"role_id": "MLE", "day_rate": 500})
    save(
        shop, "team_members",
        {"person_id": "ana", "name": "Ana", "role": "DS", "train": 3, "governance": 2,
         "is_technical_lead": True, "wants_to_learn": "deploy"},
    )  # fmt: skip
    save(
        shop, "tasks",
        {"task_id": "a", "title": "a", "category": "train", "role": "DS"},
        {"task_id": "b", "title": "b", "category": "deploy", "role": "MLE", "depends_on": "a"},
    )  # fmt: skip
    view = team(shop, "shop", Demand({"DS": 5.0, "MLE": 2.0}, last=date(2026, 7, 3)))
    assert team_text.answer(view) == (
        "1 person: nobody does deployment alone; training hangs on one person."
    )
    assert "MLE 2 of 2" in team_text.capacity(view)
    assert "DS 1.8 of 5 person-days" in team_text.capacity(view)
    assert "1 of 1 link" in team_text.handovers(view)
    assert team_text.learning(view) == [
        "Ana wants to learn deployment, and nobody here is one level above: a course."
    ]
    warnings = " ".join(team_text.warnings(view))
    assert "roles that nobody plays: MLE" in warnings
    assert "looks after the model" in warnings


def test_what_a_year_in_use_asks_is_said_with_who_has_the_days_or_why_not():
    year = YearInUse("help", 2, is_in_use=False, hours=Spread(100, 200, 280, 400))
    asked = "asks 200 hours a year at even odds and 280 to be safe, that is 35 person-days"
    assert asked in team_text.in_use(SupportDemand(year))
    assert "Nothing says when they go live" in team_text.in_use(SupportDemand(year))
    dated = replace(year, first=TODAY, last=date(2027, 6, 29))
    assert "Nobody is named who would do it" in team_text.in_use(SupportDemand(dated))
    short = replace(dated, roles=("MLE",), capacity_days=20.0)
    assert "MLE have 20 person-days for it: 15 lack." in team_text.in_use(SupportDemand(short))
    assert team_text.lacks_in_use(short).endswith("lacks 15 person-days of MLE.")
    held = replace(short, contracts=("Northlight",))
    assert "A contract with Northlight" in team_text.in_use(SupportDemand(held))
    assert "not available: too much" in team_text.in_use(SupportDemand(problem="too much"))
    assert "a support plan (screen Support) says" in team_text.in_use(SupportDemand())


def test_one_task_without_a_day_is_one(shop):
    save(shop, "tasks", {"task_id": "a", "title": "a", "category": "data", "status": "done"})
    one = learning(shop, "shop")
    assert learning_text.undated(one) == "1 task is done without a day, and not counted."


def test_a_pack_is_added_with_one_click_and_said_with_its_undo(shop):
    screen = open_screen("estimate", project="shop")
    screen.number_input(key="task_pack_rate").set_value(600.0)
    run(screen)
    button(screen, "Add 13 tasks").click()
    run(screen)
    with shop.store.reader() as reader:
        assert len(reader.current(Task, "shop")) == 13
    assert "13 tasks and 4 roles added" in plain(said(screen))
    screen.button(key="undo_notice").click()
    run(screen)
    with shop.store.reader() as reader:
        assert reader.current(Task, "shop") == []
