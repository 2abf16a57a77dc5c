"""The Mechanism screen: read one, write one's own with the answer beside it, keep its versions."""

from __future__ import annotations

import pytest

from mlpm_core.services.ingest import registers
from tests.app.conftest import open_screen, run, said

WINBACK = "bike-shop-winback"


def plain(markdown):
    """What a reader sees of text with its Markdown escaped."""
    return markdown.replace("\\", "")


def table(app, column):
    return next(d.value for d in app.dataframe if column in d.value)


def button(app, label):
    return next(b for b in app.button if b.label == label)


@pytest.mark.usefixtures("demo")
def test_a_mechanism_of_ours_is_read_with_its_tree_formulas_and_questions():
    app = open_screen("mechanism", project=WINBACK, mechanism="fraud_blocking")
    assert "**Fraud blocking**: The model flags payments" in plain(said(app))
    assert table(app, "Driver")["Driver"][0] == "Net benefit"
    assert "fp" in set(table(app, "Formula")["Result"])
    assert table(app, "Question")["Question"].str.contains("share is fraud").any()
    assert not app.text_area


def test_ones_own_is_written_faults_point_and_it_is_saved(demo):
    app = open_screen("mechanism", project=WINBACK, mechanism="@new")
    assert "**Meter reading**" in plain(said(app))
    app.selectbox(key="mechanism_place").set_value("kpis.cost_saving")
    run(app)
    field = app.text_input(key="mechanism_formula_kpis.cost_saving")
    assert field.value == "hours * wage_per_hour"
    field.set_value("hours * wages")
    run(app)
    assert "'wages' at position 9 is not known here" in plain(app.error[0].value)
    assert app.get("code")[0].value.endswith("^")
    assert not [b for b in app.button if b.label == "Save the mechanism"]
    app.text_input(key="mechanism_formula_kpis.cost_saving").set_value("hours * wage_per_hour * 2")
    run(app)
    assert not app.error
    assert '"hours * wage_per_hour * 2"' in app.text_area(key="mechanism_text").value
    button(app, "Save the mechanism").click()
    run(app)
    (row,) = registers.records(demo, WINBACK, "mechanisms")
    assert row["mechanism_id"] == "meter_reading"
    assert "hours * wage_per_hour * 2" in row["definition"]


def test_the_whole_definition_may_be_written_and_the_formula_follows(demo):
    first = open_screen("mechanism", project=WINBACK, mechanism="@new")
    button(first, "Save the mechanism").click()
    run(first)
    app = open_screen("mechanism", project=WINBACK, mechanism="meter_reading")
    assert "This is the saved version" in said(app)
    text = app.text_area(key="mechanism_text").value
    app.text_area(key="mechanism_text").set_value(
        text.replace('revenue = { formula = "0" }', 'revenue = { formula = "0 * 1" }')
    )
    run(app)  # fmt: skip
    assert app.text_input(key="mechanism_formula_kpis.revenue").value == "0 * 1"
    assert '"0 * 1"' in app.text_area(key="mechanism_text").value
    app.text_input(key="mechanism_note").set_value("only to see")
    run(app)
    button(app, "Save the mechanism").click()
    run(app)
    again = open_screen("mechanism", project=WINBACK, mechanism="meter_reading")
    kept = table(again, "Version")
    assert list(kept["Version"]) == [2, 1]
    assert kept["Why"].iloc[0] == "only to see"
    assert len(registers.history(demo, WINBACK, "mechanisms")) == 2


@pytest.mark.usefixtures("demo")
def test_a_copy_of_one_of_ours_has_another_id():
    app = open_screen("mechanism", project=WINBACK, mechanism="@new")
    app.selectbox(key="mechanism_begin").set_value("eta")
    run(app)
    assert 'id = "my_eta"' in app.text_area(key="mechanism_text").value
    assert "**Arrival time**" in plain(said(app))
