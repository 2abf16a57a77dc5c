"""A long register: a page at a time, found by any cell, ordered in the store."""

from __future__ import annotations

import pytest

from mlpm_core.records import record_of
from mlpm_core.services.ingest import registers
from pages.parts.common import registers as page_parts
from tests.app.conftest import open_screen, plain, run, said

WORKSHOP = "bike-shop-workshop"


def shown(app):
    """The register as it stands on the screen."""
    return app.dataframe[0].value


def opened(**query):
    return open_screen("registers", project=WORKSHOP, kind="prediction_log", **query)


def put(app, part, value):
    key = f"{part}_prediction_log_{WORKSHOP}"
    kind = {"find": app.text_input, "order": app.selectbox, "way": app.toggle}[part]
    kind(key=key).set_value(value)
    return run(app)


def test_a_long_register_is_read_a_page_at_a_time(demo, monkeypatch):
    whole, asked = registers.records, []
    n_rows = len(whole(demo, WORKSHOP, "prediction_log"))
    assert n_rows > 1_000
    monkeypatch.setattr(
        registers, "records", lambda w, p, k, **m: asked.append(k) or whole(w, p, k, **m)
    )
    app = opened()
    assert f"**{n_rows:,}** predictions" in said(app)
    assert len(shown(app)) == registers.PAGE
    assert f"Rows 1 to 100 of {n_rows:,}." in said(app)
    first = shown(app)
    (page,) = app.number_input
    page.set_value(2)
    run(app)
    assert f"Rows 101 to 200 of {n_rows:,}." in said(app)
    assert not set(first["Prediction"]) & set(shown(app)["Prediction"])
    record = f"{shown(app)['Prediction'].iloc[0]}"
    put(app, "find", record)
    assert list(shown(app)["Prediction"]) == [record]
    assert "**1** found" in said(app)
    put(app, "find", "no such cell anywhere")
    assert "Nothing holds that text." in said(app)
    assert "prediction_log" not in asked, "the kind was asked for whole"


def test_the_order_is_of_the_whole_register_and_not_of_the_page(demo):
    whole = registers.records(demo, WORKSHOP, "prediction_log")
    newest = max(row["ts"] for row in whole)
    app = opened()
    put(app, "order", "ts")
    put(app, "way", True)
    assert shown(app)["Made at"].iloc[0] == newest


def test_a_record_that_the_address_names_is_found_on_whatever_page(demo):
    row = registers.records(demo, WORKSHOP, "prediction_log")[700]
    named = f"{row['model_id']} · {row['prediction_id']}"
    app = opened(record=named)
    assert "There is no" not in plain(said(app))
    assert app.selectbox(key="record").value == named


@pytest.mark.usefixtures("demo")
def test_a_short_register_has_no_finder():
    app = open_screen("registers", project=WORKSHOP, kind="kpis")
    assert not app.number_input
    assert not [i for i in app.text_input if i.label == "Find"]


@pytest.mark.parametrize("model_id", ["plain", "day · night", "a ·· b", " · ", "·"])
def test_what_names_a_record_leads_back_to_it_whatever_stands_in_its_key(model_id, monkeypatch):
    """The sign between the parts of a key may stand in one of them."""
    asked, state = [], {}
    monkeypatch.setattr(page_parts.st, "session_state", state)
    monkeypatch.setattr(page_parts.addresses, "named", lambda _: ())
    monkeypatch.setattr(page_parts.queries, "record_named", lambda *a: asked.append(a[2]))
    for kind, key in (
        ("models", [model_id]),
        ("prediction_log", [model_id, "p · 1"]),
        ("prediction_log", ["", model_id]),
    ):
        record = record_of(kind)
        names = [name for name in record.key if name != "project"]
        state["record"] = page_parts._id(record, dict(zip(names, key, strict=True)))
        page_parts.with_named(record, WORKSHOP, [])
        assert asked.pop() == tuple(key)


def test_a_choice_is_found_by_the_word_that_is_shown(demo):
    rows = registers.records(demo, WORKSHOP, "metric_results")
    assert len(rows) > registers.PAGE
    app = open_screen("registers", project=WORKSHOP, kind="metric_results")
    app.text_input(key=f"find_metric_results_{WORKSHOP}").set_value("Week")
    run(app)
    weekly = sum(row["granularity"] == "P1W" for row in rows)
    assert len(shown(app)) == min(weekly, registers.PAGE) > 0
