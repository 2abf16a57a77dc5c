"""The Estimate screen of a project in tasks: the answer first, refusals, and keeping it."""

from __future__ import annotations

import pytest

from mlpm_core.records import EstimateSnapshot
from mlpm_core.services.ingest import registers
from tests.app.conftest import button, open_screen, plain, run, said
from tests.plans import example_tasks, save_example

PROJECT = "forecast"


@pytest.fixture
def shop(empty):
    save_example(empty)
    return empty


def save_tasks(workspace, **changed):
    rows = [task | changed.get(task["task_id"], {}) for task in example_tasks()]
    assert registers.save(workspace.acting_as("ada"), PROJECT, "tasks", rows).status == "committed"


@pytest.mark.usefixtures("shop")
def test_the_screen_opens_with_the_sentence_and_the_three_figures():
    app = open_screen("estimate", project=PROJECT)
    text = plain(said(app))
    assert "We plan 210 person-days" in text
    assert [metric.label for metric in app.metric] == [
        "At even odds", "To be safe", "With reserve", "No usable model",
    ]  # fmt: skip
    assert app.metric[3].value == "6%"
    assert "The chance to be done by" in text
    assert "The tasks' own numbers add up to 76 person-days" in text
    assert "Thompson" in text


@pytest.mark.usefixtures("shop")
def test_how_sure_one_wants_to_be_is_a_day():
    app = open_screen("estimate", project=PROJECT)
    safe = plain(said(app)).split("With a chance of 80%: done by ")[1].split(".")[0]
    app.slider(key="estimate_share").set_value(50)
    even = plain(said(run(app))).split("With a chance of 50%: done by ")[1].split(".")[0]
    assert safe != even


@pytest.mark.usefixtures("shop")
def test_the_quick_estimate_stays_beside_the_tasks():
    app = open_screen("estimate", project=PROJECT, mode="quick")
    text = plain(said(app))
    assert "By its tasks." not in text
    assert "promise nothing before the work is split into tasks" in text


def test_a_plan_that_cannot_be_says_why_and_shows_no_figure(shop):
    save_tasks(shop, T02={"depends_on": "T05"})
    app = open_screen("estimate", project=PROJECT)
    assert not app.metric
    assert "in a circle" in plain(app.warning[0].value)


def test_an_estimate_is_kept_and_a_baseline_refused_while_a_task_is_too_large(shop):
    save_tasks(shop, T06={"p10": 10, "p50": 21, "p90": 40})
    app = open_screen("estimate", project=PROJECT)
    assert "20-day rule" in plain(said(app))
    assert not app.checkbox
    button(app, "Keep the estimate of today").click()
    run(app)
    app.checkbox[0].check()
    button(app, "Keep it").click()
    run(app)
    assert "This can be no baseline" in plain(app.error[0].value)
    app.checkbox[0].uncheck()
    button(app, "Keep it").click()
    run(app)
    assert "is kept as a snapshot" in plain(said(app))
    assert not app.checkbox
    with shop.store.reader() as reader:
        assert [s.is_baseline for s in reader.current(EstimateSnapshot, PROJECT)] == [False]


def test_work_of_less_than_a_day_has_its_sliders(shop):
    done = {"status": "dropped"}
    rows = {task["task_id"]: done for task in example_tasks()[1:]}
    first = example_tasks()[0]["task_id"]
    save_tasks(shop, **rows | {first: {"p10": 0.1, "p50": 0.2, "p90": 0.3, "depends_on": ""}})
    rare = {"title": "Rare", "category": "data", "probability": 0.0}
    risks = [{"risk_id": f"R{i}", **rare} for i in range(4)]
    receipt = registers.write_rows(shop.acting_as("ada"), PROJECT, "risks", risks)
    assert receipt.status == "committed", receipt.rejects
    app = open_screen("estimate", project=PROJECT)
    assert "The chance to be done by 1 Dec 2026 is" in plain(said(app))


@pytest.mark.usefixtures("shop")
def test_a_chance_of_a_day_says_what_it_goes_by_and_counts_tasks_one_by_one():
    text = plain(said(open_screen("estimate", project=PROJECT)))
    assert "if a usable model comes out; " in text
    assert "of 17 tasks would each be done by then 8 times in 10" in text
    assert "all tasks would be done" not in text


def test_a_finished_project_is_told_as_one(shop):
    done = {"status": "done", "spent_days": 3.0, "finished_on": "2027-01-08"}
    save_tasks(shop, **{task["task_id"]: done for task in example_tasks()})
    project = {"title": "Forecast", "currency": "EUR", "planned_start_on": "2026-11-30",
               "clock_on": "2027-02-08", "needed_by_on": "2027-03-01"}  # fmt: skip
    registers.save(shop.acting_as("ada"), PROJECT, "projects", [project])
    text = plain(said(open_screen("estimate", project=PROJECT)))
    assert "All 17 tasks are done" in text
    assert "The last was done on 8 Jan 2027, 52 days before" in text.replace("**", "")
    assert "may be promised for" not in text


def test_an_open_question_that_acts_on_no_task_is_not_called_answered(shop):
    rows = [task | {"status": "dropped"} for task in example_tasks()[1:]]
    only = example_tasks()[0] | {"category": "support", "depends_on": ""}
    registers.save(shop.acting_as("ada"), PROJECT, "tasks", [only, *rows])
    text = plain(said(open_screen("estimate", project=PROJECT)))
    assert "No open question acts on any of the tasks." in text
    assert "Every question is answered." not in text
