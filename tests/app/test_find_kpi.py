"""Find a KPI: from what should get better to a proxy, and what must be true meanwhile."""

from __future__ import annotations

import pytest

from mlpm_core.services import registers
from tests.app.conftest import open_screen, run, said

WINBACK = "bike-shop-winback"


def plain(markdown):
    """What a reader sees of text with its Markdown escaped."""
    return markdown.replace("\\", "")


def button(app, label):
    return next(b for b in app.button if b.label == label)


@pytest.mark.usefixtures("demo")
def test_the_dimension_that_people_want_most_is_picked_first():
    app = open_screen("find_kpi", project=WINBACK)
    assert "**Member win-back** has **2 KPIs**" in plain(said(app))
    assert app.segmented_control(key="dimension").value == "customer_experience"
    assert [b.label for b in app.button].count("Choose") >= 4
    assert "The stakeholders give it 36 of 100 points" in plain(said(app))


def test_a_project_without_a_kpi_gets_a_proxy_and_a_value_case(empty):
    registers.save(empty, "test", "desk", "projects", [{"project": "desk", "title": "Desk"}])
    app = open_screen("find_kpi", project="desk")
    assert "**no KPI that counts**" in said(app)
    app.segmented_control(key="dimension").set_value("cycle_time")
    run(app)
    first = next(b for b in app.button if b.key.startswith("guide_choose_"))
    candidate = first.key.removeprefix("guide_choose_")
    first.click()
    run(app)
    shown = plain(said(app))
    assert "Count for **" in shown
    assert "The model pays when" in shown
    next(t for t in app.text_input if t.label == "It stands for").set_value("less waiting")
    run(app)
    button(app, "Write it down as a proxy").click()
    run(app)
    (kpi,) = registers.records(empty, "test", "desk", "kpis")
    assert (kpi["kpi_id"], kpi["stands_for"], kpi["baseline"]) == (candidate, "less waiting", None)
    assert kpi["expires_on"] is not None
    assert kpi["agreed_on"] is None
    button(app, "Create the value case").click()
    app.run()
    (case,) = registers.records(empty, "test", "desk", "value_cases")
    (kpi,) = registers.records(empty, "test", "desk", "kpis")
    assert kpi["value_case_id"] == case["value_case_id"]


def test_weeks_counted_become_the_baseline_with_how_well_it_is_known(empty):
    registers.save(empty, "test", "desk", "projects", [{"project": "desk", "title": "Desk"}])
    app = open_screen("find_kpi", project="desk")
    app.segmented_control(key="dimension").set_value("cycle_time")
    run(app)
    next(b for b in app.button if b.key.startswith("guide_choose_")).click()
    run(app)
    app.text_area[0].set_value("20\n24\n22\n21\n23\n22")
    run(app)
    assert "**6 weeks** so far: mean **22" in plain(said(app))
    app.text_area[0].set_value("20\nabout 24")
    run(app)
    assert "Line 2 of the weekly values is 'about 24'" in plain(app.error[0].value)
    app.text_area[0].set_value("20\n24\n22\n21\n23\n22")
    run(app)
    next(t for t in app.text_input if t.label == "It stands for").set_value("less waiting")
    run(app)
    button(app, "Write it down as a proxy").click()
    run(app)
    (kpi,) = registers.records(empty, "test", "desk", "kpis")
    assert kpi["baseline"] == 22
    assert "mean of 6 weeks" in kpi["definition"]


def test_an_expired_proxy_asks_to_be_agreed(demo):
    row = {
        "kpi_id": "wait", "title": "Wait", "dimension": "cycle_time", "unit": "hour/case",
        "direction": "lower", "stands_for": "happier members", "expires_on": "2026-06-01",
    }  # fmt: skip
    assert registers.save(demo, "test", WINBACK, "kpis", [row]).status == "committed"
    app = open_screen("find_kpi", project=WINBACK)
    assert "has **2 KPIs**" in plain(said(app))
    assert "expired" in plain(said(app))
    assert "Agree or change it" in {link.proto.label for link in app.get("page_link")}
