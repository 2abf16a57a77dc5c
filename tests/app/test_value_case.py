"""The Value case screen as a choice: what to find out next, whether it pays, what changed."""

from __future__ import annotations

import getpass

import pytest

from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.start import start_project
from tests.app.conftest import button, open_screen, run, said

WINBACK, DEMAND = "bike-shop-winback", "bike-shop-demand"


def plain(markdown):
    """What a reader sees of text with its Markdown escaped."""
    return markdown.replace("\\", "")


def table(app, column):
    return next(d.value for d in app.dataframe if column in d.value)


def field(app, label):
    return next(t for t in app.text_input if plain(t.label).startswith(label))


@pytest.mark.usefixtures("demo")
def test_a_planned_case_says_what_to_find_out_what_it_is_worth_and_how():
    app = open_screen("value_case", project=WINBACK)
    shown = plain(said(app))
    assert "**Use the model.** This goes by what it brings over 3 years, after all costs." in shown
    assert "Before deciding it is worth up to **EUR 2,102** to find out whether a usable" in shown
    assert "Customer value alone moves the net benefit between 5,860 and EUR 78.6k / year." in shown
    advice = table(app, "Find out")
    assert {"Worth up to", "How", "Study is worth", "Most to pay per case"} <= set(advice)
    assert any(how.startswith("look up ") for how in advice["How"])
    assert "try a first model" in set(advice["How"])
    assert table(app, "Until break-even")["Until break-even"].str.contains("may fall from").any()
    assert "Net present value over 3 years" in [m.label for m in app.metric]


@pytest.mark.usefixtures("demo")
def test_the_readers_cost_of_a_case_decides_how_large_the_study_is():
    app = open_screen("value_case", project=WINBACK)
    app.selectbox(key="study_of").set_value("customer_value")
    app.number_input(key="study_cost").set_value(2.0)
    run(app)
    assert "Best: **look up " in plain(said(app))
    app.number_input(key="study_cost").set_value(1e6)
    run(app)
    assert "At that cost no study is worth it" in said(app)


def test_what_it_costs_is_tried_before_it_is_saved_and_then_kept(demo):
    app = open_screen("value_case", project=DEMAND, edit="1")
    assert "What building the model costs is not known yet" in said(app)
    field(app, "Build cost").set_value("100k to 200k")
    run(app)
    shown = plain(said(app))
    assert "Net present value over 3 years" in [m.label for m in app.metric]
    assert "(from the value case)" in shown
    assert registers.records(demo, DEMAND, "quantities")
    next(b for b in app.button if b.label == "Save the changes").click()
    run(app)
    kept = {q["name"]: q["written"] for q in registers.records(demo, DEMAND, "quantities")}
    assert kept["build_cost"] == "100k to 200k"
    again = open_screen("value_case", project=DEMAND, edit="1")
    assert field(again, "Build cost").value == "100k to 200k"


@pytest.mark.usefixtures("demo")
def test_a_wrong_cost_is_a_sentence_and_the_value_stays():
    app = open_screen("value_case", project=DEMAND, edit="1")
    field(app, "Build cost").set_value("cheap")
    run(app)
    shown = plain(said(app))
    assert "'cheap' cannot be read" in plain(app.error[0].value)
    assert "Not used yet: Build cost" in shown
    assert "is worth **EUR" in shown


@pytest.mark.usefixtures("demo")
def test_a_case_in_life_says_what_moved_it_since_the_plan():
    app = open_screen("value_case", project=DEMAND)
    assert "What changed since the plan" in [s.value for s in app.header]
    assert "The largest part of it is forecast error (WAPE): EUR" in plain(said(app))
    planned = open_screen("value_case", project=WINBACK)
    assert "What changed since the plan" not in [s.value for s in planned.header]


@pytest.mark.usefixtures("demo")
def test_every_figure_opens_down_to_its_formula_and_inputs():
    app = open_screen("value_case", project=WINBACK, made="true")
    drivers = table(app, "Driver")
    assert drivers["Driver"][0] == "Net benefit"
    precise = drivers[drivers["Driver"].str.strip() == "Precision"].iloc[0]
    assert precise["Calculated as"] == "an input"
    app.segmented_control(key="made_result").set_value("people_intensity")
    run(app)
    drivers = table(app, "Driver")
    assert drivers["Driver"][0] == "People intensity"
    assert "contact_minutes" in drivers["Calculated as"][0]
    assert drivers["Driver"].str.contains("(as above)", regex=False).sum() <= 1


def test_before_there_is_a_case_the_mechanisms_are_one_press_away(empty):
    registers.save(empty.acting_as("ada"), "shop", "projects", [{"title": "Shop"}])
    app = open_screen("value_case", project="shop")
    labels = [link.proto.label for link in app.get("page_link")]
    assert labels[-3:-1] == ["See the mechanisms, or write one", "Add a value case"]


def test_the_kind_of_its_model_gives_a_project_a_first_value(empty):
    registers.save(empty.acting_as("ada"), "shop", "projects", [{"title": "Shop"}])
    app = open_screen("value_case", project="shop")
    app.selectbox(key="start_kind").set_value("fraud")
    run(app)
    assert "a guess: none of its 18 numbers is yours" in plain(said(app))
    next(b for b in app.button if b.label == "Begin with typical numbers").click()
    run(app)
    shown = plain(said(app))
    assert "**It rests on typical values nobody has checked: 18 of 18 numbers.**" in shown
    assert "Replace first what moves the value most" in shown
    field(app, "Amount of a fraud").set_value("150")
    run(app)
    assert "checked: 17 of 18 numbers" in plain(said(app))
    next(b for b in app.button if b.label == "Save the changes").click()
    run(app)
    saved = {q["name"]: q for q in registers.records(empty, "shop", "quantities")}
    assert saved["fraud_amount"]["source"] == ""  # nobody's guess any more
    assert saved["retry"]["source"].startswith("Typical value, not checked (Fraud")


def test_a_typical_value_that_is_right_is_marked_as_checked_with_how_that_is_known(empty):
    start_project(empty.acting_as("ada"), "Shop", kind_id="churn", currency="EUR")
    app = open_screen("value_case", project="shop", edit="1")
    app.multiselect(key="confirm_right").set_value(["recall", "capacity"])
    run(app)
    assert button(app, "Mark them as checked").disabled
    app.text_input(key="confirm_source").set_value("Counted in the CRM")
    run(app)
    button(app, "Mark them as checked").click()
    run(app)
    assert "**It rests on typical values nobody has checked: 11 of 13 numbers.**" in plain(
        said(app)
    )
    saved = {q["name"]: q for q in registers.records(empty, "shop", "quantities")}
    assert saved["recall"]["source"] == "Counted in the CRM"
    assert saved["recall"]["written"] == "0.4 to 0.65"
    assert "2 typical values marked as checked." in said(app).replace("\\", "")


@pytest.mark.parametrize(
    ("of_project", "typed", "saved"),
    [("Ines", "", "Ines"), ("Ines", " Tom ", "Tom"), ("", "", getpass.getuser())],
)
def test_who_answers_for_a_number_is_asked_and_the_projects_owner_proposed(
    empty, of_project, typed, saved
):
    """It was the account of the server, which is nobody."""
    ada = empty.acting_as("ada")
    start_project(ada, "Shop", kind_id="churn", currency="EUR", owner=of_project)
    app = open_screen("value_case", project="shop", edit="1")
    field(app, "Customer value").set_value("300")
    run(app)
    (owner,) = [t for t in app.text_input if t.label == "Who answers for them?"]
    assert (owner.value, owner.placeholder) == ("", of_project or getpass.getuser())
    owner.set_value(typed)
    run(app)
    button(app, "Save the changes").click()
    run(app)
    numbers = registers.records(empty, "shop", "quantities")
    assert next(q["owner"] for q in numbers if q["name"] == "customer_value") == saved


def test_what_a_case_lacks_is_filled_in_with_typical_numbers_and_said(empty):
    actor = empty.acting_as("ada")
    registers.save(actor, "shop", "projects", [{"title": "Shop"}])
    case = {"value_case_id": "sorting", "mechanism": "triage_automation"}
    registers.save(actor, "shop", "value_cases", [case])
    app = open_screen("value_case", project="shop")
    app.selectbox(key="fill_kind").set_value("documents")
    next(b for b in app.button if b.label.startswith("Fill in ")).click()
    run(app)
    assert "It rests on typical values nobody has checked" in plain(said(app))
    assert not [b for b in app.button if b.label.startswith("Fill in ")]


def test_a_second_project_says_what_is_missing_at_its_field_and_comes_into_view(demo):
    app = open_screen("start", project=DEMAND)
    button(app, "Create the project").click()
    run(app)
    assert [e.value for e in app.error] == [
        "Write what the project is called.", "Choose what its model does.",
    ]  # fmt: skip
    app.text_input(key="start_title").set_value("Zu spät geliefert")
    app.selectbox(key="start_kind").set_value("arrival")
    app.selectbox(key="start_currency").set_value("JPY")
    run(app)
    assert "JPY 43" in "".join(m.value for m in app.metric)
    button(app, "Create the project").click()
    run(app)
    assert app.title[0].value == "Value case"
    assert "**Arrival times** is worth **JPY 43" in plain(said(app))
    assert "Zu spat geliefert" not in said(app)
    assert [p.project for p in demo.store.projects() if p.currency == "JPY"] == [
        "zu-spat-geliefert"
    ]
