"""What was typed outlives a reload and a walk to another screen, and can be let go."""

from __future__ import annotations

import pytest
import streamlit as st

from mlpm_core.services.ingest import registers
from pages.parts.common import cache
from tests.app.conftest import SCREENS, button, open_screen, plain, run, said

DEMAND, WORKSHOP, WINBACK = "bike-shop-demand", "bike-shop-workshop", "bike-shop-winback"
KPI = f"register_kpis_{DEMAND}_write-downs"


def reloaded(app, screen):
    """The same address in a new session, as a reload makes one."""
    return open_screen(screen, **{k: app.query_params[k] for k in app.query_params})


@pytest.mark.usefixtures("demo")
def test_a_reload_keeps_what_was_typed_and_says_so_until_it_is_discarded():
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    stored = app.text_input(key=f"{KPI}_owner").value
    assert "draft" not in app.query_params
    app.text_input(key=f"{KPI}_owner").set_value("Half a na")
    app.text_input(key=f"{KPI}_target").set_value("5")
    run(app)
    again = reloaded(app, "registers")
    assert again.text_input(key=f"{KPI}_owner").value == "Half a na"
    assert again.text_input(key=f"{KPI}_target").value == "5"
    assert "Unsaved changes from" in said(again)
    assert "restored" in said(again)
    button(again, "Discard").click()
    run(again)
    assert again.text_input(key=f"{KPI}_owner").value == stored
    assert "Unsaved changes" not in said(again)
    assert "draft" not in again.query_params


def test_a_record_that_is_being_added_is_restored_and_then_saved_once(empty):
    registers.save(empty.acting_as("x"), "p", "projects", [{"project": "p", "title": "P"}])
    app = open_screen("registers", project="p", kind="models")
    app.text_input(key="register_models_new0_model_id").set_value("m")
    app.text_input(key="register_models_new0_purpose").set_value("Sorts")
    run(app)
    again = reloaded(app, "registers")
    assert again.text_input(key="register_models_new0_purpose").value == "Sorts"
    button(again, "Add the model").click()
    run(again)
    assert [m["purpose"] for m in registers.records(empty, "p", "models")] == ["Sorts"]
    assert "draft" not in again.query_params
    assert again.text_input(key="register_models_new1_model_id").value == ""
    late = open_screen("registers", project="p", kind="models")
    assert late.text_input(key="register_models_new0_model_id").value == ""


# screen, more of its address, how a value is typed, and where it is looked for
TYPED = [
    ("value_case", {"edit": "1"}, "text_input", f"case_{'daily-orders'}_margin", "51"),
    ("brief", {"record": "new"}, "text_input", "register_findings_new0_statement", "Who?"),
    ("mechanism", {"mechanism": "@new"}, "text_input", "mechanism_note", "because"),
    ("find_kpi", {"dimension": "cycle_time", "candidate": "time-to-result"}, "text_input",
     f"finder_{DEMAND}_time-to-result_owner", "Ann"),
    ("find_kpi", {"dimension": "cycle_time", "candidate": "time-to-result"}, "text_area",
     f"finder_weekly_{DEMAND}_time-to-result", "20\n21"),
    ("registers", {"kind": "metric_limits"}, "text_input",
     "register_metric_limits_new0_high", "0.5"),
    ("registers", {"kind": "findings"}, "checkbox", "register_findings_new0_is_blocker", True),
    ("adoption", {"edit": "1"}, "text_input", f"decide_{DEMAND}_daily-orders_title", "Keep it"),
    ("adoption", {"edit": "1"}, "text_area", f"decide_{DEMAND}_daily-orders_why", "It pays."),
    ("adoption", {"edit": "1"}, "selectbox", f"decide_{DEMAND}_daily-orders_supersedes", "D001"),
    ("adoption", {"edit": "1"}, "text_input", f"decide_{DEMAND}_daily-orders_dissent", "Tom"),
]  # fmt: skip


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(("screen", "more", "kind", "key", "value"), TYPED)
def test_every_form_keeps_what_was_typed(screen, more, kind, key, value):
    app = open_screen(screen, project=DEMAND, **more)
    getattr(app, kind)(key=key).set_value(value)
    run(app)
    again = reloaded(app, screen)
    assert getattr(again, kind)(key=key).value == value
    assert "Unsaved changes from" in said(again) or "weekly" in key


@pytest.mark.usefixtures("demo")
def test_a_definition_that_is_being_written_is_restored():
    app = open_screen("mechanism", project=WINBACK, mechanism="@new")
    text = app.text_area(key="mechanism_text").value + "\n# more"
    app.text_area(key="mechanism_text").set_value(text)
    run(app)
    assert reloaded(app, "mechanism").text_area(key="mechanism_text").value == text


@pytest.mark.usefixtures("demo")
def test_a_brief_opens_where_something_was_typed():
    app = open_screen("brief", project=DEMAND, edit="1")
    app.segmented_control[-1].set_value("projects")
    run(app)
    app.text_input(key=f"brief_{DEMAND}_owner").set_value("Zed")
    run(app)
    again = reloaded(app, "brief")
    assert again.text_input(key=f"brief_{DEMAND}_owner").value == "Zed"


@pytest.mark.usefixtures("demo")
def test_a_walk_to_another_screen_and_back_keeps_it_too():
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    app.text_input(key=f"{KPI}_owner").set_value("Half a na")
    run(app)
    app.switch_page("overview/portfolio.py")
    run(app)
    app.switch_page("data/registers.py")
    run(app)
    assert app.text_input(key=f"{KPI}_owner").value == "Half a na"
    assert "Unsaved changes from" in said(app)


@pytest.mark.usefixtures("demo")
def test_who_has_another_address_sees_nothing_of_it():
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    app.text_input(key=f"{KPI}_owner").set_value("Half a na")
    run(app)
    for draft in (None, "guessed", app.query_params["draft"][:-1]):
        more = {} if draft is None else {"draft": draft}
        other = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs", **more)
        assert other.text_input(key=f"{KPI}_owner").value != "Half a na"
        assert "Unsaved changes" not in said(other)
        assert "draft" not in other.query_params


@pytest.mark.usefixtures("demo")
def test_what_is_kept_no_longer_is_said():
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    app.text_input(key=f"{KPI}_owner").set_value("Half a na")
    run(app)
    st.cache_resource.clear()  # as a restart of the server does
    again = reloaded(app, "registers")
    assert "is gone: it is kept for a day" in said(again)
    assert "draft" not in again.query_params


@pytest.mark.usefixtures("demo")
def test_the_draft_of_one_record_or_project_is_not_that_of_another():
    app = open_screen("registers", project=DEMAND, kind="models")
    app.text_input(key="register_models_new0_model_id").set_value("mine")
    run(app)
    app.selectbox(key="project").set_value(WORKSHOP)
    run(app)
    assert app.text_input(key="register_models_new0_model_id").value == ""
    app.selectbox(key="project").set_value(DEMAND)
    run(app)
    assert app.text_input(key="register_models_new0_model_id").value == "mine"


def test_a_restored_form_still_asks_about_what_somebody_changed_meanwhile(demo):
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    app.text_input(key=f"{KPI}_target").set_value("5")
    run(app)
    row = next(k for k in registers.records(demo, DEMAND, "kpis")
               if k["kpi_id"] == "write-downs")  # fmt: skip
    registers.save(
        demo.acting_as("cy"), DEMAND, "kpis", [dict(row) | {"target": 7.0, "owner": "Cy"}]
    )
    again = reloaded(app, "registers")
    assert again.text_input(key=f"{KPI}_target").value == "5"
    assert again.text_input(key=f"{KPI}_owner").value == "Cy"
    assert "Owner of write-downs was changed to “Cy” by cy" in plain(said(again))
    button(again, "Save").click()
    run(again)
    assert "Somebody else changed 1 field" in said(again)


@pytest.mark.usefixtures("demo")
def test_nothing_is_kept_while_nothing_is_typed():
    for screen in SCREENS:
        open_screen(screen, project=DEMAND)
    assert not cache.drafts()._kept
