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
