"""Numbers in forms, as people write them: said back below, asked where two readings fit."""

from __future__ import annotations

import pytest

from mlpm_core.services.ingest import registers
from tests.app.conftest import open_screen, run, said

WINBACK, DEMAND = "bike-shop-winback", "bike-shop-demand"
POPULATION = "case_voucher-letter_population"


def plain(markdown):
    """What a reader sees of text with its Markdown escaped."""
    return markdown.replace("\\", "")


def typed(app, key, text):
    app.text_input(key=key).set_value(text)
    return run(app)


def button(app, label):
    return next(b for b in app.button if plain(b.label) == label)


def written(workspace, name):
    rows = registers.records(workspace, WINBACK, "quantities")
    return {row["name"]: row["written"] for row in rows}[name]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("tag", "text", "is_asked", "readings"),
    [
        ("de-DE", "200,000", True, ["200 customers a year", "200.000 customers a year"]),
        ("de-DE", "200.000", True, ["200 customers a year", "200.000 customers a year"]),
        ("de-DE", "200.000,5", False, ["Read as 200.000,5 customers a year"]),
        ("de-DE", "200,5", False, ["Read as 200,5 customers a year"]),
        ("fr-FR", "200,000", True, ["200 customers a year", "200\u202f000 customers a year"]),
        ("en-GB", "200,000", False, ["Read as 200,000 customers a year"]),
    ],
)
def test_a_mark_is_asked_about_where_its_reader_may_mean_two_things(tag, text, is_asked, readings):
    app = open_screen("value_case", project=WINBACK, edit="1")
    app.context = {"locale": tag}
    typed(app, POPULATION, text)
    shown = [plain(b.label) for b in app.button] if is_asked else plain(said(app)).splitlines()
    assert ("Which of the two?" in said(app)) == is_asked
    assert all(any(line.startswith(reading) for line in shown) for reading in readings)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("name", "text", "echo"),
    [
        ("population", "200,000", "Read as 200,000 customers a year (200 thousand)"),
        ("population", "1'200", "Read as 1,200 customers a year"),
        ("recall", "18%", "Read as 18%"),
        ("customer_value", "EUR 150", "Read as 150 EUR per customer"),
        ("customer_value", "€120–180", "Read as 120 to 180 EUR per customer, 9 times in 10"),
        ("contact_minutes", "2,5", "Read as 2.5 minutes per contact"),
        ("build_cost", "EUR 100,000", "Read as 100,000 EUR (100 thousand)"),
    ],
)
def test_a_field_says_at_once_what_it_understood(name, text, echo):
    app = open_screen("value_case", project=WINBACK, edit="1")
    before = app.markdown[0].value
    typed(app, f"case_voucher-letter_{name}", text)
    assert echo in plain(said(app))
    assert "Not used yet" not in said(app)
    assert button(app, "Save the changes").disabled is False
    assert app.markdown[0].value != before


def test_two_readings_are_asked_and_nothing_is_used_before_one_is_chosen(demo):
    app = open_screen("value_case", project=WINBACK, edit="1")
    before = app.markdown[0].value
    stored = written(demo, "population")
    typed(app, POPULATION, "200.000")
    assert "Which of the two? It is not used before you choose." in [w.value for w in app.warning]
    assert "Not used yet: Customers scored" in plain(said(app))
    assert app.markdown[0].value == before
    typed(app, "case_voucher-letter_customer_value", "150")
    assert button(app, "Save the changes").disabled
    button(app, "200,000 customers a year (200 thousand)").click()
    run(app)
    assert app.text_input(key=POPULATION).value == "200000"
    assert "Read as 200,000 customers a year" in plain(said(app))
    assert written(demo, "population") == stored
    button(app, "Save the changes").click()
    run(app)
    assert written(demo, "population") == "200000"
    assert written(demo, "customer_value") == "150"


@pytest.mark.usefixtures("demo")
def test_what_cannot_be_read_is_said_at_its_field_and_changes_nothing():
    app = open_screen("value_case", project=WINBACK, edit="1")
    before = app.markdown[0].value
    typed(app, POPULATION, "15 EUR")
    (fault,) = app.error
    assert "write it in customers a year" in plain(fault.value)
    assert "Not used yet: Customers scored" in plain(said(app))
    assert app.markdown[0].value == before


def test_what_was_typed_is_stored_as_the_notation_it_means(demo):
    app = open_screen("value_case", project=WINBACK, edit="1")
    typed(app, "case_voucher-letter_recall", "55 %")
    button(app, "Save the changes").click()
    run(app)
    assert written(demo, "recall") == "0.55"


KPI = f"register_kpis_{DEMAND}_write-downs_target"


def target(workspace):
    rows = registers.records(workspace, DEMAND, "kpis")
    return next(row["target"] for row in rows if row["kpi_id"] == "write-downs")


def test_a_number_of_a_record_is_read_asked_and_saved_the_same_way(demo):
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    stored = target(demo)
    assert app.text_input(key=KPI).value == f"{stored:,.15g}"
    typed(app, KPI, "590.000")
    assert "Which of the two?" in said(app)
    button(app, "Save").click()
    run(app)
    assert "Nothing was saved: settle Target first" in plain(said(app))
    assert target(demo) == stored
    button(app, "590,000 EUR a year (590 thousand)").click()
    run(app)
    assert "Read as 590,000 EUR a year" in plain(said(app))
    button(app, "Save").click()
    run(app)
    assert target(demo) == 590_000


@pytest.mark.usefixtures("demo")
def test_another_currency_is_refused_at_the_field():
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    typed(app, KPI, "590k USD")
    assert "is in USD, but money is counted in EUR here" in plain(app.error[0].value)


def test_a_quantity_in_its_register_is_read_in_the_unit_of_its_question(demo):
    app = open_screen(
        "registers", project=WINBACK, kind="quantities", record="voucher-letter · population"
    )
    form = f"register_quantities_{WINBACK}_voucher-letter_population_written"
    typed(app, form, "1.200 | 1.300 | 1.400")
    assert "Which of the two?" in said(app)
    typed(app, form, "1,200 | 1,300 | 1,400")
    assert "Read as about 1,300 customers a year; 1,200 to 1,400, 8 times in 10" in plain(said(app))
    button(app, "Save").click()
    run(app)
    assert written(demo, "population") == "1200 | 1300 | 1400"


@pytest.mark.usefixtures("demo")
def test_a_target_of_a_proxy_and_its_weeks_are_read_as_written():
    app = open_screen("find_kpi", project=DEMAND, dimension="cycle_time",
                      candidate="time-to-result")  # fmt: skip
    typed(app, f"finder_{DEMAND}_time-to-result_target", "12,5")
    assert "Read as 12.5 hours per case" in plain(said(app))
    app.text_area(key=f"finder_weekly_{DEMAND}_time-to-result").set_value("20,5\n1.200")
    run(app)
    assert "is it 1.2 hours per case or 1,200 hours per case" in plain(said(app))
    app.text_area(key=f"finder_weekly_{DEMAND}_time-to-result").set_value("20,5\n21,5")
    run(app)
    assert "21" in plain(said(app))
    assert not app.error


@pytest.mark.usefixtures("demo")
def test_the_fields_of_a_value_case_ask_with_their_period():
    app = open_screen("value_case", project=WINBACK, edit="1")
    labels = {plain(t.label) for t in app.text_input}
    assert "Customers scored, customers a year" in labels
    assert any(label.endswith("EUR per customer") for label in labels)
    assert any(label.endswith("number or %") for label in labels)
