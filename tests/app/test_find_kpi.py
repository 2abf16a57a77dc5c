"""Find a KPI: from what should get better to a proxy, and what must be true meanwhile."""

from __future__ import annotations

import pytest

from mlpm_core.services.ingest import registers
from tests.app.conftest import open_screen, run, said

WINBACK = "bike-shop-winback"
WAITS = "time-to-result"


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
    registers.save(
        empty.acting_as("test"), "desk", "projects", [{"project": "desk", "title": "Desk"}]
    )
    app = open_screen("find_kpi", project="desk")
    assert "**no KPI yet**" in said(app)
    app.segmented_control(key="dimension").set_value("cycle_time")
    run(app)
    first = next(b for b in app.button if b.key.startswith("finder_choose_"))
    candidate = first.key.removeprefix("finder_choose_")
    first.click()
    run(app)
    shown = plain(said(app))
    assert "Count for **" in shown
    assert "The model pays when" in shown
    next(t for t in app.text_input if t.label == "Stands for").set_value("less waiting")
    run(app)
    button(app, "Save as provisional KPI").click()
    run(app)
    (kpi,) = registers.records(empty, "desk", "kpis")
    assert (kpi["kpi_id"], kpi["stands_for"], kpi["baseline"]) == (candidate, "less waiting", None)
    assert kpi["expires_on"] is not None
    assert kpi["agreed_on"] is None
    button(app, "Create the value case").click()
    app.run()
    (case,) = registers.records(empty, "desk", "value_cases")
    (kpi,) = registers.records(empty, "desk", "kpis")
    assert kpi["value_case_id"] == case["value_case_id"]


def test_weeks_counted_become_the_baseline_with_how_well_it_is_known(empty):
    registers.save(
        empty.acting_as("test"), "desk", "projects", [{"project": "desk", "title": "Desk"}]
    )
    app = open_screen("find_kpi", project="desk")
    app.segmented_control(key="dimension").set_value("cycle_time")
    run(app)
    next(b for b in app.button if b.key.startswith("finder_choose_")).click()
    run(app)
    app.text_area[0].set_value("20\n24\n22\n21\n23\n22")
    run(app)
    assert "**6 weeks** so far: the average is **22" in plain(said(app))
    app.text_area[0].set_value("20\nabout 24")
    run(app)
    assert "Line 2 of the weekly values is 'about 24'" in plain(app.error[0].value)
    app.text_area[0].set_value("20\n24\n22\n21\n23\n22")
    run(app)
    next(t for t in app.text_input if t.label == "Stands for").set_value("less waiting")
    run(app)
    button(app, "Save as provisional KPI").click()
    run(app)
    (kpi,) = registers.records(empty, "desk", "kpis")
    assert kpi["baseline"] == 22
    assert "average of 6 weeks" in kpi["definition"]


def test_a_proxy_that_says_nothing_is_refused_and_the_break_even_stays(empty):
    registers.save(
        empty.acting_as("test"), "desk", "projects", [{"project": "desk", "title": "Desk"}]
    )
    app = open_screen("find_kpi", project="desk", dimension="cycle_time", candidate=WAITS)
    button(app, "Save as provisional KPI").click()
    run(app)
    assert "Write what the provisional KPI stands for" in plain(app.error[0].value)
    assert "The model pays when" in plain(said(app))
    assert registers.records(empty, "desk", "kpis") == []


def test_an_expired_proxy_is_offered_a_new_last_day(empty):
    """From Tuesday 30 June 2026: 13 weeks from Monday 6 July, and four more to agree."""
    project = {"project": "desk", "title": "Desk", "clock_on": "2026-06-30"}
    registers.save(empty.acting_as("test"), "desk", "projects", [project])
    row = {
        "kpi_id": WAITS, "title": "Waits", "dimension": "cycle_time", "unit": "hour/case",
        "direction": "lower", "stands_for": "less waiting", "expires_on": "2026-06-09",
    }  # fmt: skip
    assert registers.save(empty.acting_as("test"), "desk", "kpis", [row]).status == "committed"
    app = open_screen("find_kpi", project="desk", dimension="cycle_time", candidate=WAITS)
    assert "no valid KPI any more" in said(app)
    assert "expired 3 weeks ago: agree to it or replace it" in plain(said(app))
    assert str(app.date_input[0].value) == "2026-11-01"
    button(app, "Save the provisional KPI").click()
    run(app)
    assert str(registers.records(empty, "desk", "kpis")[0]["expires_on"]) == "2026-11-01"
    assert "has **1 KPI**" in said(run(app))


def test_the_brief_and_the_next_step_lead_to_a_kpi_where_none_counts(empty):
    registers.save(
        empty.acting_as("test"), "desk", "projects", [{"project": "desk", "title": "Desk"}]
    )
    for screen in ("brief", "registers"):
        app = open_screen(screen, project="desk")
        assert "find_kpi" in {link.proto.page for link in app.get("page_link")}
    assert "No KPI is named yet." in plain(said(open_screen("brief", project="desk")))
    row = {
        "kpi_id": "wait", "title": "Wait", "dimension": "cycle_time", "unit": "hour/case",
        "direction": "lower", "stands_for": "less waiting", "expires_on": "2020-06-01",
    }  # fmt: skip
    assert registers.save(empty.acting_as("test"), "desk", "kpis", [row]).status == "committed"
    told = plain(said(open_screen("brief", project="desk")))
    assert "Wait: provisional KPI for less waiting, not agreed, expired" in told
    assert "agree to it or replace it" in told


def test_the_portfolio_card_of_a_proxy_says_how_it_stands(demo):
    rows = [
        {"kpi_id": name, "title": name, "dimension": "revenue", "unit": "EUR/year",
         "direction": "higher", "baseline": 0, "target": 1, "stands_for": "loyal members"} | more
        for name, more in {
            "gone": {"expires_on": "2026-06-09"},
            "open": {"expires_on": "2026-07-31"},
            "kept": {"agreed_by": "Jonas", "agreed_on": "2026-06-01"},
        }.items()
    ]  # fmt: skip
    assert registers.save(demo.acting_as("test"), WINBACK, "kpis", rows).status == "committed"
    app = open_screen("portfolio", shown=WINBACK)
    shown = plain(said(app))
    assert "not agreed, expired 3 weeks ago: agree to it or replace it." in shown
    assert "agree to it by 31 Jul 2026, in 4 weeks, or it stops counting." in shown
    assert "agreed by Jonas on 1 Jun 2026." in shown
    deltas = {m.label.split()[-1]: m.delta for m in app.metric}
    assert deltas["gone"] == ""
    assert "Its target no longer counts; 0 without the model" in shown
    links = [link for link in app.get("page_link") if link.proto.label == "Agree or change it"]
    assert len(links) == 3
    assert deltas["open"] != ""
    for word in ("provisional, expired", "provisional, not agreed", "provisional, agreed"):
        assert f" {word}]" in shown


def test_an_expired_proxy_asks_to_be_agreed(demo):
    row = {
        "kpi_id": "wait", "title": "Wait", "dimension": "cycle_time", "unit": "hour/case",
        "direction": "lower", "stands_for": "happier members", "expires_on": "2026-06-01",
    }  # fmt: skip
    assert registers.save(demo.acting_as("test"), WINBACK, "kpis", [row]).status == "committed"
    app = open_screen("find_kpi", project=WINBACK)
    assert "has **2 KPIs**" in plain(said(app))
    assert "expired" in plain(said(app))
    assert "Agree or change it" in {link.proto.label for link in app.get("page_link")}
