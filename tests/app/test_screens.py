"""Every screen opens, says something made from its numbers, and leads on when it is empty."""

from __future__ import annotations

import socket

import pytest
from streamlit.testing.v1 import AppTest

from mlpm_core.services.ingest import registers
from mlpm_core.services.valuation import value_cases as valuation
from tests.app.conftest import ROOT, SCREENS, open_screen, run, said
from tests.patience import PATIENCE

DEMAND = "bike-shop-demand"


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("project", [DEMAND, "bike-shop-workshop", "bike-shop-winback"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_opens_for_every_demo_project(screen, project):
    app = open_screen(screen, project=project)
    assert not app.error
    assert app.selectbox(key="project").value == project


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("screen", SCREENS)
def test_an_empty_store_leads_to_the_first_project(screen):
    app = open_screen(screen)
    assert not app.error
    links = {link.proto.page for link in app.get("page_link")}
    assert {"start", "registers"} & links or screen in ("start", "registers", "glossary")


def test_the_portfolio_opens_with_the_sum_and_names_who_needs_somebody(demo):
    app = open_screen("portfolio")
    first = app.markdown[0].value
    cases = [
        valuation.case_value(demo, DEMAND, "daily-orders"),
        valuation.case_value(demo, "bike-shop-workshop", "request-triage"),
    ]
    total = sum(c.current.net.mean for c in cases if c.current)
    assert f"EUR {total / 1000:.0f}k" in first
    assert len(app.metric) >= 5


def test_a_chosen_project_shows_its_own_kpis(demo):
    app = open_screen("portfolio", shown="bike-shop-workshop")
    kpis = registers.records(demo, "bike-shop-workshop", "kpis")
    shown = " ".join(m.label for m in app.metric)
    assert all(k["title"].split(",")[0].replace("-", r"\-") in shown for k in kpis)


@pytest.mark.usefixtures("demo")
def test_a_changed_quantity_changes_the_value_at_once_and_a_saved_one_for_good(demo):
    app = open_screen("value_case", project=DEMAND, edit="1")
    before = app.metric[0].value
    field = next(t for t in app.text_input if t.label.startswith("Margin"))
    field.set_value("50")
    run(app)
    tried = app.metric[0].value
    assert tried != before
    assert "not saved" in app.markdown[0].value
    stored = registers.records(demo, DEMAND, "quantities")
    assert all(q["written"] != "50" for q in stored)

    app.text_input(key="case_source").set_value("a test")
    next(b for b in app.button if b.label == "Save the changes").click()
    run(app)
    run(app)
    assert app.metric[0].value == tried
    saved = {q["name"]: q for q in registers.records(demo, DEMAND, "quantities")}
    assert (saved["margin"]["written"], saved["margin"]["source"]) == ("50", "a test")


@pytest.mark.usefixtures("demo")
def test_a_number_that_cannot_be_read_is_answered_with_a_sentence():
    app = open_screen("value_case", project=DEMAND, edit="1")
    field = next(t for t in app.text_input if t.label.startswith("Margin"))
    field.set_value("a lot")
    run(app)
    assert "'a lot' cannot be read as a quantity" in said(app)
    assert "Not used yet: Margin" in said(app)
    assert "The figures still use the earlier numbers." in said(app)


@pytest.mark.usefixtures("demo")
def test_a_deployment_follows_the_length_of_period_in_the_link():
    weekly = open_screen("deployment", project=DEMAND)
    daily = open_screen("deployment", project=DEMAND, by="P1D")
    assert "week of" in said(weekly)
    assert "week of" not in said(daily).split("Monitored")[1]


@pytest.mark.usefixtures("demo")
def test_how_it_was_made_opens_from_the_link_with_formulas_inputs_and_batches():
    app = open_screen("value_case", project=DEMAND, made="true")
    tables = [set(t.value.columns) for t in app.dataframe]
    assert {"Result", "Formula", "Value", "Unit"} in tables
    assert any({"Input", "From", "Source", "Owner", "Batch"} <= t for t in tables)


def test_names_are_shown_letter_by_letter_and_never_as_markup(empty):
    odd = "**bold** :red[x] $x$ ![i](http://x.example/i.png)"
    registers.save(empty.acting_as("test"), "odd", "projects", [{"project": "odd", "title": odd}])
    registers.save(
        empty.acting_as("test"), "odd", "value_cases",
        [{"value_case_id": "c", "title": odd, "mechanism": "demand_forecast"}],
    )  # fmt: skip
    registers.save(
        empty.acting_as("test"), "odd", "kpis",
        [{"kpi_id": "k", "title": odd, "dimension": "revenue", "unit": "EUR/year",
          "direction": "higher", "baseline": 0, "target": 1}],
    )  # fmt: skip
    for screen in SCREENS:
        app = open_screen(screen, project="odd")
        for kind in ("markdown", "caption", "info", "warning", "error", "metric", "header"):
            for element in app.get(kind):
                text = getattr(element, "value", "") + getattr(element, "label", "")
                assert "**bold**" not in text, (screen, kind)
                assert "![i]" not in text, (screen, kind)


@pytest.mark.usefixtures("demo")
def test_screens_started_without_the_front_door_show_other_machines_nothing():
    with socket.create_server(("0.0.0.0", 0)):
        app = AppTest.from_file(ROOT / "pages" / "frame.py", default_timeout=PATIENCE).run()
    (error,) = app.error
    sentence = error.value.replace("\\", "")
    assert sentence.startswith("This server listens at 0.0.0.0. MLPM has no sign-in yet")
    assert not app.title
    assert not app.run().error
