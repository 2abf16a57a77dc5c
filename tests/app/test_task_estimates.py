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
    app.checkbox[0].check()
    button(app, "Keep the estimate").click()
    run(app)
    assert "This can be no baseline" in plain(app.error[0].value)
    app.checkbox[0].uncheck()
    button(app, "Keep the estimate").click()
    run(app)
    assert "is kept as a snapshot" in plain(said(app))
    with shop.store.reader() as reader:
        assert [s.is_baseline for s in reader.current(EstimateSnapshot, PROJECT)] == [False]
