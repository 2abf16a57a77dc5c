"""An address shows what it names, or says that it cannot and asks; never another's figures."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from mlpm_core.services.ingest import batches, registers
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.editing import Edit, save_edits
from tests.app.conftest import SCREENS, open_screen, plain, run, said

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

DEMAND, WORKSHOP, WINBACK = "bike-shop-demand", "bike-shop-workshop", "bike-shop-winback"
OF_ALL = {"portfolio", "health"}  # they show every project
OF_NONE = {"settings", "start", "glossary"}
OF_ONE = [screen for screen in SCREENS if screen not in OF_ALL | OF_NONE]
# What only one project shows: titles of its value cases, KPIs, models and people.
OWN = {
    DEMAND: ["Daily orders from the central store", "demand-forecast"],
    WORKSHOP: ["Triage of workshop requests", "request-triage"],
    WINBACK: ["Letter with voucher", "voucher-letter"],
    "bike-shop-wearcheck": ["Wear check"],
}


def everything(app: AppTest) -> str:
    """All that the main part of a screen shows, with labels, figures and cells."""
    parts = [said_of(app)]
    parts += [f"{m.label} {m.value}" for m in app.main.metric]
    parts += [frame.value.to_string() for kind in ("dataframe", "table") for frame in app.get(kind)]
    return plain("\n".join(parts))


def said_of(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "success", "header")
    return "\n".join(element.value for kind in kinds for element in app.main.get(kind))


def warned(app: AppTest) -> str:
    return plain("\n".join(w.value for w in app.main.get("warning")))


def has_figures(app: AppTest) -> bool:
    return bool(app.main.metric or app.get("dataframe") or app.get("table"))


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", SCREENS)
def test_an_unknown_project_is_said_and_a_choice_leads_on(screen):
    app = open_screen(screen, project="nowhere")
    assert "There is no project “nowhere” (any more); choose one." in warned(app)
    assert app.selectbox(key="project").value is None
    assert app.query_params["project"] == "nowhere"
    if screen in OF_ONE and screen != "registers":
        assert not has_figures(app)
    run(app)
    assert "“nowhere”" in warned(app)
    app.selectbox(key="project_chosen").set_value(WORKSHOP)
    run(app)
    assert app.selectbox(key="project").value == WORKSHOP
    assert app.query_params["project"] == WORKSHOP
    assert not warned(app) or "nowhere" not in warned(app)
    run(app)
    assert app.selectbox(key="project").value == WORKSHOP


@pytest.mark.usefixtures("demo")
def test_the_sidebar_s_choice_leads_on_too():
    app = open_screen("value_case", project="nowhere")
    app.selectbox(key="project").set_value(WINBACK)
    run(app)
    assert "is worth" in said(app)
    assert app.query_params["project"] == WINBACK


# screen, key, what it may not name, the key of the control, what is chosen then
CHOICES = [
    ("value_case", "case", "case", "daily-orders"),
    ("candidates", "case", "case", "daily-orders"),
    ("adoption", "case", "case", "daily-orders"),
    ("promised", "case", "case", "daily-orders"),
    ("promised", "kpi", "kpi", "@net"),
    ("estimate", "estimate", "estimate", "orders-rework"),
    ("deployment", "deployment", "deployment", "demand-forecast-central"),
    ("deployment", "case", "deployment", "demand-forecast-central"),
    ("imports", "batch", "batch", "B00001"),
    ("mechanism", "mechanism", "mechanism", "eta"),
    ("registers", "kind", "kind", "kpis"),
    ("upload", "kind", "kind", "kpis"),
    ("registers", "record", "record", "new"),
    ("brief", "record", "record", "new"),
    ("find_kpi", "dimension", "dimension", "revenue"),
]


@pytest.mark.parametrize(("screen", "key", "control", "choice"), CHOICES)
def test_whatever_else_is_not_there_is_said_and_a_choice_leads_on(
    demo, screen, key, control, choice
):
    more = {"kind": "kpis"} if (screen, key) == ("registers", "record") else {}
    if control == "estimate":
        choice = registers.records(demo, DEMAND, "estimates")[0]["estimate_id"]
    opened = {}
    for value in ("nothing-like-it", "voucher-letter", "../../etc/passwd", ""):
        app = opened[value] = open_screen(screen, project=DEMAND, **{key: value}, **more)
        notice = warned(app)
        assert ("There is no" in notice and value in notice) if value else "leaves the" in notice
        assert "hoose one" in notice
        assert control_of(app, control).value is None
    for value in ("nothing-like-it", ""):
        app = opened[value]
        control_of(app, control).set_value(choice)
        run(app)
        assert value == "" or value not in warned(app)
        assert app.query_params[control] == choice
        run(app)
        assert app.query_params[control] == choice


def control_of(app, key):
    return next(
        w for kind in ("selectbox", "segmented_control") for w in app.get(kind) if w.key == key
    )


@pytest.mark.usefixtures("demo")
def test_an_unknown_candidate_is_said_and_all_are_offered():
    app = open_screen("find_kpi", project=WINBACK, dimension="cycle_time", candidate="zeal")
    assert "There is no KPI to find “zeal”" in warned(app)
    choose = [b for b in app.button if b.label == "Choose"]
    assert len(choose) >= 4
    choose[0].click()
    run(app)
    assert not warned(app)
    assert app.query_params["candidate"] == choose[0].key.removeprefix("finder_choose_")


@pytest.mark.usefixtures("demo")
def test_an_unknown_way_to_move_a_kpi_waits_for_a_choice():
    app = open_screen(
        "find_kpi", project=WINBACK, dimension="cycle_time", candidate="time-to-result",
        mechanism="alchemy",
    )  # fmt: skip
    assert "There is no mechanism “alchemy”" in warned(app)
    assert "5 · What must be true for the model to pay?" not in [s.value for s in app.header]
    app.radio(key="mechanism").set_value("triage_automation")
    run(app)
    assert not warned(app)
    assert app.query_params["mechanism"] == "triage_automation"


@pytest.mark.usefixtures("demo")
def test_a_length_of_period_that_is_not_there_is_said():
    app = open_screen("deployment", project=DEMAND, by="P9Z")
    assert "There are no results by “P9Z”; these are by week" in warned(app)
    assert app.query_params["by"] == "P1W"
    app = open_screen("deployment", project=WORKSHOP, deployment="request-triage-form", by="PT1H")
    assert "There are no results by “PT1H”" in warned(app)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("when", ["nonsense", "B99999", "0001-01-01T00:00+14:00", "", "9999-99"])
def test_a_moment_that_is_none_is_said(when):
    app = open_screen("portfolio", as_of=when)
    assert warned(app)
    assert "as_of" not in app.query_params
    assert "Everything here is **as of" not in plain(said_of(app))


@pytest.mark.usefixtures("demo")
def test_an_address_with_a_former_name_of_a_key_leads_there():
    app = open_screen("portfolio", known="B00001")
    assert "Everything here is **as of" in plain(said_of(app))
    assert (app.query_params["as_of"], "known" in app.query_params) == ("B00001", False)


@pytest.mark.usefixtures("demo")
def test_two_values_for_one_key_are_a_question():
    app = open_screen("value_case", project=[DEMAND, WORKSHOP])
    assert "names more than one project: “bike-shop-demand” and “bike-shop-workshop”" in warned(app)
    assert not has_figures(app)
    app = open_screen("value_case", project=[DEMAND, DEMAND])
    assert not warned(app)
    assert app.selectbox(key="project").value == DEMAND


@pytest.mark.usefixtures("demo")
def test_what_belongs_to_another_project_is_not_shown_under_this_one():
    app = open_screen("value_case", project=DEMAND, case="request-triage")
    assert "There is no value case “request-triage” in " in warned(app)
    assert not has_figures(app)
    app = open_screen("deployment", project=DEMAND, deployment="request-triage-form")
    assert "There is no model in use “request-triage-form”" in warned(app)
    assert not has_figures(app)
    app = open_screen("imports", project=DEMAND, batch="B00050")
    assert "There is no batch “B00050”" in warned(app)
    assert "Batch B" not in " ".join(s.value for s in app.header)


@pytest.mark.usefixtures("demo")
def test_another_project_takes_what_belonged_to_the_first_out_of_the_address():
    app = open_screen("value_case", project=DEMAND, case="daily-orders")
    app.selectbox(key="project").set_value(WINBACK)
    run(app)
    assert not warned(app)
    assert "case" not in app.query_params
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    app.selectbox(key="kind").set_value("models")
    run(app)
    assert not warned(app)
    assert app.query_params["record"] == "new"


def archive(workspace, project, kind, record_id):
    rows = registers.records(workspace, project, kind)
    row = next(r for r in rows if record_id in r.values())
    save_edits(workspace.acting_as("ann"), project, kind, [Edit(row, {"archived": True})])


@pytest.mark.parametrize("screen", SCREENS)
def test_an_archived_project_is_shown_as_archived_and_restored_in_place(demo, screen):
    archive(demo, WORKSHOP, "projects", WORKSHOP)
    app = open_screen(screen, project=WORKSHOP)
    assert app.selectbox(key="project").value == WORKSHOP
    assert "is archived: it is kept" in said_of(app)
    app.button(key="restore_project").click()
    run(app)
    assert "is archived: it is kept" not in said_of(app)
    assert "restored" in said_of(app)
    assert WORKSHOP in {p.project for p in registers.projects(demo)}


@pytest.mark.parametrize(
    ("screen", "key", "kind", "record_id"),
    [
        ("value_case", "case", "value_cases", "daily-orders"),
        ("deployment", "deployment", "deployments", "demand-forecast-central"),
        ("promised", "kpi", "kpis", "write-downs"),
    ],
)
def test_an_archived_record_is_said_and_restored_in_place(demo, screen, key, kind, record_id):
    if kind != "kpis":
        rows = registers.records(demo, DEMAND, kind)
        registers.save(demo.acting_as("x"), DEMAND, kind, [dict(rows[0]) | {
            "value_case_id" if kind == "value_cases" else "deployment_id": "another"}])  # fmt: skip
    archive(demo, DEMAND, kind, record_id)
    app = open_screen(screen, project=DEMAND, **{key: record_id})
    assert "is archived; restore it, or choose another one" in warned(app)
    app.button(key=f"restore_{key}").click()
    run(app)
    assert not warned(app) or "archived" not in warned(app)
    assert app.query_params[key] == record_id
    assert app.selectbox(key=key).value == record_id


def test_a_project_that_goes_while_it_is_looked_at_is_said(demo):
    registers.save(demo.acting_as("x"), "new", "projects", [{"project": "new", "title": "New"}])
    app = open_screen("value_case", project="new")
    assert not warned(app)
    batch = batches.receipts(demo, "new")[0]["receipt"].batch
    undoing.undo(demo.acting_as("x"), "new", batch)
    run(app)
    assert "There is no project “new”" in warned(app)
    assert not has_figures(app)


HOSTILE = [
    "", " ", "nonsense", "../../../etc/passwd", "..%2F..%2Fetc", "%00", "%E0%A4%A", "\x00", "a\nb",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "**bold** :red[x] $x$",
    "[x](http://evil.example)", "';DROP TABLE batches;--", "' OR 1=1 --", "{{7*7}}", "${7*7}",
    "日本語", "🚲" * 30, "\u202eright", "é́́", "ﷺ", "x" * 5000, "-1", "0", "NaN", "inf",
    "1e999", "null", "None", "undefined", "true", "[]", "{}", "@net", "@new", "new",
    "case:", "case:daily-orders", "B00001", "B00000", "B99999999999999999999", "b00001",
    "2026-13-45",
    "0001-01-01", "9999-12-31T23:59:59+14:00", "2026-06-30T25:00", "P1D", "P1W", "PT0S", "P-1D",
    "revenue", "Revenue", "REVENUE", "kpis", "Kpis", "projects", "metric_results", "mechanisms",
    DEMAND, WORKSHOP, WINBACK, f"{DEMAND} ", DEMAND.upper(), f"{DEMAND}/{WORKSHOP}", "daily-orders",
    "voucher-letter", "request-triage", "demand-forecast-central", "write-downs", "eta", "M1",
]  # fmt: skip
KEYS = [
    "project", "case", "kind", "by", "batch", "record", "made", "estimate", "mechanism", "kpi",
    "deployment", "as_of", "known", "dimension", "candidate", "draft", "embed_options", "nothing",
    "owner", "health", "aim", "waits", "group", "order", "find", "shown",
]  # fmt: skip
TURNS = 10 * int(os.environ.get("SOAK", "1"))  # addresses for each screen


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", SCREENS)
def test_no_address_breaks_a_screen_or_shows_another_project_without_a_word(screen):
    """Hundreds of addresses a run, the same in every run: see `TURNS`."""
    rng = random.Random(screen)
    for turn in range(TURNS):
        keys = rng.sample(KEYS, rng.randint(1, 5))
        query: dict[str, str | list[str]] = {
            key: rng.sample(HOSTILE, 2) if rng.random() < 0.1 else rng.choice(HOSTILE)
            for key in keys
        }
        if turn % 2:
            query["project"] = rng.choice(list(OWN))
        app = open_screen(screen, **query)
        if all(box.key != "project" for box in app.selectbox):
            assert query.get("as_of", query.get("known")) == "0001-01-01", query  # before all
            assert not has_figures(app), query
            continue
        for _ in range(2):
            _holds(app, screen, query)
            run(app)
        if app.selectbox(key="project").value is None:
            choice = rng.choice(list(OWN))
            app.selectbox(key="project").set_value(choice)
            run(app)
            assert app.query_params["project"] == choice, query


def _holds(app: AppTest, screen: str, query: dict[str, str | list[str]]) -> None:
    named, shown = query.get("project"), app.selectbox(key="project").value
    assert not app.exception, query
    assert "Traceback" not in everything(app), query
    is_there = isinstance(named, str) and named in OWN
    is_past = "Everything here is" in said_of(app)
    if named is not None and not is_there:
        assert shown is None, query
        assert "project" in warned(app), query
        if screen in OF_ONE and screen != "registers":
            assert not has_figures(app), query
    elif named is not None and not is_past:
        assert shown == named, query
    if screen in OF_ONE and shown is not None and screen != "registers":
        text = everything(app)
        for project, texts in OWN.items():
            for own in texts:
                if project != shown and own in text:
                    assert own in warned(app), (query, own)
