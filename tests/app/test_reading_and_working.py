"""A screen reads first; one button opens what is filled in, and closed it loses nothing."""

from __future__ import annotations

import pytest

from tests.app.conftest import button, labels, open_screen, run, said

DEMAND = "bike-shop-demand"
MARGIN = "case_daily-orders_margin"


@pytest.mark.usefixtures("demo")
def test_a_form_is_closed_until_its_button_and_keeps_what_was_typed():
    app = open_screen("value_case", project=DEMAND)
    assert MARGIN not in [t.key for t in app.text_input]
    net = app.metric[0].value
    button(app, "See or change the numbers").click()
    run(app)
    assert app.query_params["edit"] == "1"
    app.text_input(key=MARGIN).set_value("51")
    run(app)
    assert app.metric[0].value != net
    assert "Net benefit with these changes" in said(app)
    button(app, "Close the form").click()
    run(app)
    assert MARGIN not in [t.key for t in app.text_input]
    assert app.metric[0].value == net  # of what is saved, for nothing else is in sight
    assert "did not save is kept" in said(app)
    button(app, "See or change the numbers").click()
    run(app)
    assert app.text_input(key=MARGIN).value == "51"
    assert "Unsaved changes from" in said(app)


@pytest.mark.usefixtures("demo")
def test_a_form_that_is_closed_with_the_last_key_is_found_after_a_reload():
    app = open_screen("value_case", project=DEMAND, edit="1")
    app.text_input(key=MARGIN).set_value("51")
    button(app, "Close the form").click()  # before the run that would draw what was typed
    run(app)
    assert "did not save is kept" in said(app)
    again = open_screen("value_case", project=DEMAND, draft=app.query_params["draft"])
    assert again.text_input(key=MARGIN).value == "51"


@pytest.mark.usefixtures("demo")
def test_a_link_to_a_record_opens_its_form_and_another_one_only_reads():
    assert "Add or change" in labels(open_screen("brief", project=DEMAND))
    named = open_screen("brief", project=DEMAND, record="new")
    assert named.text_input(key="register_findings_new0_statement")
    closed = open_screen("brief", project=DEMAND, record="new", edit="0")
    assert "Add or change" in labels(closed)


@pytest.mark.usefixtures("demo")
def test_a_link_names_which_kind_of_record_is_filled_in():
    """A record of a kind that is not there belongs to no other form."""
    task = open_screen("risks", project=DEMAND, kind="tasks", record="T01")
    title = "register_tasks_bike-shop-demand_T01_title"
    assert task.text_input(key=title).value.startswith("Charter")
    person = open_screen("brief", project=DEMAND, kind="stakeholders", record="mara-lindqvist")
    keys = [t.key for t in person.text_input]
    assert "register_stakeholders_bike-shop-demand_mara-lindqvist_name" in keys
    unknown = open_screen("brief", project=DEMAND, kind="models", edit="1")
    assert "There is no kind of record “models”" in said(unknown)
    assert not [t for t in unknown.text_input if str(t.key).startswith("register_")]
    assert "Open questions" in said(unknown)


@pytest.mark.usefixtures("demo")
def test_which_kind_is_filled_in_stands_in_the_address_and_outlives_a_saved_record():
    app = open_screen("brief", project=DEMAND, edit="1")
    assert app.query_params["kind"] == "findings"
    app.segmented_control(key="kind").set_value("stakeholders")
    run(app)
    assert app.query_params["kind"] == "stakeholders"
    new = "register_stakeholders_new0_"
    app.text_input(key=f"{new}stakeholder_id").set_value("ann")
    app.text_input(key=f"{new}name").set_value("Ann")
    app.number_input(key=f"{new}influence").set_value(4)
    run(app)
    button(app, "Add the stakeholder").click()
    run(app)
    assert "Saved as" in said(app)
    assert app.text_input(key="register_stakeholders_new1_name").value == ""
