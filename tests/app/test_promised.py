"""The screen Promised and realised: its sentence, its months, its promises, its empty states."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mlpm_core.services.evaluate import decisions
from mlpm_core.services.in_life.promises import delivered
from pages.parts.in_life import events, promises_charts, promises_tables, promises_text
from tests.app.conftest import open_screen, run, said
from tests.monitored_shop import (
    CASE,
    SHOP,
    WEEKS,
    clock,
    in_use,
    kpi,
    planned,
    promise,
    results,
    save,
)

DEMAND = "bike-shop-demand"
ODD = "**bold** :red[x] $x$ ![i](http://x.example/i.png)"


def shop(workspace, title="Orders"):
    """The shop on 10 August 2024 with four weeks monitored."""
    planned(workspace, "2024-08-10", title)
    in_use(workspace, "2024-07-10")
    results(workspace, WEEKS)


def link_labels(app):
    return [link.proto.label for link in app.main.get("page_link")]


def test_it_opens_with_how_much_of_the_promise_arrived(demo):
    app = open_screen("promised", project=DEMAND)
    told = delivered(demo, DEMAND, "daily-orders").total
    first = app.markdown[0].value
    share = told.realised.mean / told.promised_same_days
    assert first.startswith("Since July 2024 **Daily orders from the central store** delivered")
    assert f"EUR {told.realised.mean / 1000:.0f}k" in first
    assert rf"EUR {told.promised_same_days / 1000:.0f}k promised ({share:.0%})" in first
    assert "March 2026 cost most" in first
    assert [m.label for m in app.metric] == [
        "Promised to date", "Realised to date", "Gap", "By experiment", "By staggered roll-out",
        "Promises kept", "Actual cost to date", "Planned, same days", "Realised after actual cost",
        "Cost of a prediction", "Promised then", "Realised now",
    ]  # fmt: skip
    assert app.metric[5].value == "2 of 3"
    text = said(app)
    assert "728 of 730 days monitored" in text
    assert "given a chance of 65%" in text
    assert "2 of 3 judged by what the metrics imply, not as measured" in text
    warned = app.warning[0]
    assert "imply −5 " in warned.value
    assert "Estimated from model metrics, not measured with a control group" in text
    assert list(app.dataframe[0].value["Standing"]) == [
        "✓ over-delivered", "✕ missed", "✓ kept",
    ]  # fmt: skip


@pytest.mark.usefixtures("demo")
def test_a_kpi_is_chosen_by_the_link():
    app = open_screen("promised", project=DEMAND, kpi="write-downs")
    assert app.selectbox(key="kpi").value == "write-downs"
    assert "lower is better, promised 614k, target 597k" in said(app)
    assert "To date" not in [s.value for s in app.header]
    app.selectbox(key="kpi").set_value("@net")
    run(app)
    assert "To date" in [s.value for s in app.header]


@pytest.mark.usefixtures("demo")
def test_a_plan_without_results_leads_to_the_upload():
    app = open_screen("promised", project="bike-shop-winback")
    assert "is not in use yet" in said(app)
    assert link_labels(app)[-1] == "Upload results"
    assert not app.metric


def test_a_promise_of_a_plan_is_shown_before_there_are_results(empty):
    planned(empty, "2024-06-01")
    in_use(empty, "2024-07-10")
    kpi(empty, "k", "higher")
    promise(empty, "k", 450_000)
    app = open_screen("promised", project=SHOP)
    assert list(app.dataframe[0].value["Standing"]) == ["… not due yet"]
    assert "goes into use on 10 Jul 2024" in app.info[0].value
    clock(empty, "2024-07-20")
    app = open_screen("promised", project=SHOP)
    assert "none of its 11 days was monitored" in said(app)


def test_a_later_clock_shows_another_month(empty):
    shop(empty)
    assert "26 of 32 days monitored" in said(open_screen("promised", project=SHOP))
    clock(empty, "2024-09-02")
    assert "26 of 55 days monitored" in said(open_screen("promised", project=SHOP))


def test_without_promises_it_leads_to_the_register(empty):
    shop(empty)
    app = open_screen("promised", project=SHOP)
    assert "Nobody has recorded" in app.info[0].value
    assert "Add a promise" in link_labels(app)
    assert "nothing was promised yet" in said(app)
    assert app.metric[3].value == "–"


def test_labels_that_are_not_final_and_periods_without_a_value_are_said(empty):
    shop(empty)
    assert r"Jul 2024 \(3 days\), Aug 2024 \(4 days\)" in said(
        open_screen("promised", project=SHOP)
    )
    for name in ("margin", "goodwill", "overage"):
        save(empty, "quantities", {"value_case_id": CASE, "name": name, "written": "0"})
    app = open_screen("promised", project=SHOP)
    assert "4 monitored periods cannot be valued" in app.info[0].value


def test_a_decision_that_is_due_stands_with_what_was_promised(empty):
    shop(empty)
    row = {"value_case_id": CASE, "candidate": ODD[:8], "metric": "wape", "value": 0.2}
    save(empty, "evaluations", row)
    decisions.decide(
        empty.acting_as("ada"), SHOP, CASE, chosen=ODD[:8], title=ODD, why=ODD, decided_by=ODD,
        attendees=ODD, conditions=ODD, dissent=ODD,
        decided_on=date(2024, 7, 1), review_on=date(2024, 8, 1),
    )  # fmt: skip
    app = open_screen("promised", project=SHOP)
    assert "1 decision" in app.warning[0].value
    shown = {m.label: m.value for m in app.metric}
    assert shown["Promised then"].startswith("EUR")
    assert shown["Realised now"] == "–"  # another model is in use
    assert "Not deployed yet" in said(app)
    assert "m is in use now, since 10 Jul 2024" in said(app)
    assert "not the decided model" in app.info[0].value
    assert "**bold**" not in said(app)


def test_names_are_shown_letter_by_letter(empty):
    shop(empty, ODD)
    clock(empty, "2024-08-10", ODD)
    kpi(empty, "k", "lower", title=ODD)
    promise(empty, "k", 390_000, made_to=ODD)
    for chosen in ("@net", "k"):
        app = open_screen("promised", project=SHOP, kpi=chosen)
        text = said(app) + "".join(m.label + m.value for m in app.metric)
        assert "**bold**" not in text
        assert "![i]" not in text
        assert r"\*\*bold\*\*" in text
        table = app.dataframe[0].value
        assert (table["KPI"][0], table["Promised to"][0]) == (ODD, ODD)


def test_the_tables_say_what_the_charts_show(empty):
    shop(empty)
    kpi(empty, "k", "lower")
    promise(empty, "k", 390_000)
    view = delivered(empty, SHOP, CASE)
    money, chart = promises_tables.money_table(view), promises_tables.money_months(view)
    assert list(money["Month"]) == ["Aug 2024", "Jul 2024"] == list(chart["month"])[::-1]
    assert list(money["Realised, EUR"]) == [round(r) for r in chart["realised"]][::-1]
    assert list(money["Days monitored"]) == ["4 of 10", "22 of 22"]
    assert list(chart["missing"]) == ["", "6 d"]
    assert list(chart["labels"]) == ["not final", "not final"]
    assert list(money["Outcomes"]) == ["4 days not final", "3 days not final"]
    assert money["Realised to date, EUR"][0] == sum(money["Realised, EUR"])
    of_kpi = promises_tables.kpi_table(view.kpis[0])
    assert list(of_kpi["Promise in force"]) == ["390k", "no promise due"]


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        (
            promises_charts.promised_by_month("EUR"),
            lambda view: promises_charts.of_money_months(
                promises_tables.money_months(view).assign(promised=1.0)
            ),
        ),
        (
            promises_charts.realised_to_date("EUR"),
            lambda view: promises_charts.of_to_date(promises_tables.to_date(view)),
        ),
        (
            promises_charts.level_by_month("EUR"),
            lambda view: promises_charts.of_levels(
                promises_tables.kpi_months(view.kpis[0]).assign(promised=1.0, planned=2.0)
            ),
        ),
    ],
)
def test_every_field_of_a_chart_is_in_its_frame(empty, spec, fields):
    shop(empty)
    kpi(empty, "k", "lower")
    view = delivered(empty, SHOP, CASE)
    frame = events.on_months(fields(view), [m.start for m in view.months], ())

    made = set()  # texts that the chart makes for its tooltips

    def named(node):
        if isinstance(node, dict):
            if "calculate" in node:
                made.add(node["as"])
                yield from re.findall(r"datum\['(\w+)'\]", node["calculate"])
            yield from [node["field"]] if isinstance(node.get("field"), str) else []
            for value in node.values():
                yield from named(value)
        elif isinstance(node, list):
            for value in node:
                yield from named(value)

    used = {name for name in named(spec) if not name.startswith("full_")}  # only of outliers
    assert {"realised", "low", "high"} <= used - made <= set(frame.columns)


def test_sentences_hold_for_one_and_for_none(empty):
    planned(empty, "2024-07-14")
    results(empty, "2024-07-08,0.20,P1W,final")
    view = delivered(empty, SHOP, CASE)
    assert promises_text.lead(view).endswith("no month fell behind.")
    assert promises_text.money_chart(view).count("July") == 1
    assert promises_text.month(date(2024, 7, 1)) == "Jul 2024"
