"""Portfolio lists every project; its filter stands in the address; a search leads to a screen."""

from __future__ import annotations

import re

import pytest

from mlpm_core.services.in_life.project_list import project_list
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.snapshots import take_snapshot
from mlpm_core.services.plan.task_estimates import task_estimate
from tests.app.conftest import open_screen, plain, run, said
from tests.plans import save_example

DEMAND, WORKSHOP, WINBACK = "bike-shop-demand", "bike-shop-workshop", "bike-shop-winback"
ODD = "**x** <img> $x$ :material/bolt: [a](b)"


def save(workspace, project, kind, *rows):
    receipt = registers.save(workspace.acting_as("test"), project, kind, list(rows))
    assert receipt.status == "committed", receipt.rejects


def table(app, first="Project"):
    """The cells of the table of projects, or of groups, as a reader sees them."""
    found = next(t.value for t in app.get("table") if t.value.columns[0] == first)
    return found.map(lambda c: plain(c).replace("\u00a0", " ") if isinstance(c, str) else c)


def listed(app):
    """The projects in the table, in its order."""
    return [re.search(r"\(brief\?project=([^&)]+)", name)[1] for name in table(app)["Project"]]


def row(app, project):
    """The cells of one project by column."""
    return dict(table(app).iloc[listed(app).index(project)])


def titles(workspace):
    return {row.project: row.record.title for row in project_list(workspace)}


def test_every_project_is_listed_with_what_it_is_worth_and_lacks(demo):
    app = open_screen("portfolio")
    assert listed(app)[0] == WORKSHOP  # at risk
    assert set(listed(app)) == set(titles(demo))
    for project, title in titles(demo).items():
        assert row(app, project)["Project"].startswith(f"[{title}](brief?project={project})")
    wear, winback, demand = (row(app, p) for p in ("bike-shop-wearcheck", WINBACK, DEMAND))
    assert wear["Health"] == ":gray[○ no value case]"
    assert "grade C" in demand["Value a year"]
    assert ":gray[planned]" in winback["Value a year"]
    due, risks = demand["Due"].split("  \n")
    assert due == f"[1 decision to review](adoption?project={DEMAND})"
    assert risks.endswith(f"open risks](risks?project={DEMAND})")
    assert winback["Missing next"] == "a model"
    assert "Ines Varga" in wear["Project"]
    assert "**4 projects** · **1** without a value case · **1** decision to review" in said(app)


def test_dates_and_budgets_have_their_chance_or_the_reason_why_not(demo):
    save_example(demo)
    day = {"title": "Plan", "planned_start_on": "2026-11-30", "clock_on": "2026-11-30"}
    due = {"needed_by_on": "2027-09-03", "budget": 100_000}
    save(demo, "forecast", "projects", day | due)
    save(demo, "idea", "projects", {"title": "Idea", "needed_by_on": "2027-09-03"})
    view = task_estimate(demo, "forecast")
    app = open_screen("portfolio")
    plan, idea, quick = (row(app, p) for p in ("forecast", "idea", WINBACK))
    link = "(estimate?project=forecast)"
    assert plan["Done in time"] == f"[{view.p_date:.0%}]{link} by 3 Sep 2027"
    assert plan["Within budget"] == f"[{view.p_budget:.0%}]{link} within EUR 100k"
    assert idea["Done in time"] == "not estimated, by 3 Sep 2027"
    assert idea["Within budget"] == "not estimated"
    assert quick["Done in time"] == "no date set"
    assert quick["Within budget"].startswith("no budget set")
    assert take_snapshot(demo.acting_as("test"), "forecast").status == "committed"
    save(demo, "forecast", "projects", day | due | {"clock_on": "2026-12-14"})
    now = task_estimate(demo, "forecast")
    moved = f"{round((view.p_date - now.p_date) * 100)} points"
    assert (
        f":small[:gray[▼ {moved} since 30 Nov 2026]]"
        in row(open_screen("portfolio"), "forecast")["Done in time"]
    )


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"owner": "Jonas Weil"}, [WINBACK]),
        ({"health": "none"}, ["bike-shop-wearcheck", WINBACK]),
        ({"aim": "cycle_time"}, [WORKSHOP]),
        ({"waits": "review"}, [DEMAND]),
        ({"find": "WORKSHOP"}, [WORKSHOP]),
        ({"health": "watch", "owner": "Ines Varga"}, [WORKSHOP]),
    ],
)
@pytest.mark.usefixtures("demo")
def test_a_filter_is_followed_from_the_address_and_stays_there(query, left):
    app = open_screen("portfolio", **query)
    assert sorted(listed(app)) == sorted(left)
    assert {key: app.query_params[key] for key in query} == query
    assert not app.warning
    assert len(app.metric) >= 5  # the sums above are of all projects


@pytest.mark.usefixtures("demo")
def test_what_is_filtered_by_hand_stands_in_the_address_and_leaves_it_again():
    app = open_screen("portfolio")
    assert not {"owner", "health", "find", "order", "group"} & set(app.query_params)
    app.selectbox(key="owner").set_value("Jonas Weil")
    run(app)
    assert (app.query_params["owner"], len(listed(app))) == ("Jonas Weil", 1)
    app.selectbox(key="owner").set_value("")
    app.text_input(key="find").set_value("wear check")
    run(app)
    assert "owner" not in app.query_params
    assert (app.query_params["find"], len(listed(app))) == ("wear check", 1)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("key", ["owner", "health", "aim", "waits", "group", "order", "shown"])
def test_a_filter_that_is_not_there_is_said_and_leaves_nothing_out(key):
    app = open_screen("portfolio", **{key: "**nobody**"})
    assert "“**nobody**”" in plain(app.warning[0].value)
    assert len(listed(app)) == 4
    run(app)
    assert app.warning


@pytest.mark.usefixtures("demo")
def test_a_filter_that_leaves_nothing_says_so():
    app = open_screen("portfolio", find="*")
    assert "None of 4 projects is like that." in said(app)
    assert not app.get("table")


def test_groups_add_up_to_all_projects(demo):
    app = open_screen("portfolio", group="owner")
    groups = table(app, "Owner")
    assert dict(zip(groups["Owner"], groups["Projects"], strict=True)) == {
        "Ines Varga": 2, "Jonas Weil": 1, "Tom Okafor": 1,
    }  # fmt: skip
    owners = [row(app, p)["Project"].split("[")[-1].split(",")[0] for p in listed(app)]
    assert owners == ["Ines Varga", "Ines Varga", "Jonas Weil", "Tom Okafor"]
    assert groups["Decisions to review"].sum() == 1
    assert set(listed(app)) == set(titles(demo))


def test_projects_in_groups_by_dimension_name_those_that_nobody_has(empty):
    save(empty, "p", "projects", {"project": "p", "title": "P"})
    kpi = {"kpi_id": "hours", "title": "Hours", "dimension": "people_intensity", "unit": "hour",
           "direction": "lower", "baseline": 40, "target": 30}  # fmt: skip
    save(empty, "p", "kpis", kpi, kpi | {"kpi_id": "days", "dimension": "cycle_time"})
    app = open_screen("portfolio", group="dimension")
    assert list(table(app, "What should get better")["Projects"]) == [1]
    assert "Without a KPI of any project: revenue, cost saving and customer experience." in said(
        app
    )
    assert "Without a KPI of any project" not in said(open_screen("portfolio", group="owner"))


def test_one_project_in_short_follows_the_filter_and_the_address(demo):
    app = open_screen("portfolio", shown=WINBACK)
    assert f"**{titles(demo)[WINBACK]}**" in plain(said(app))
    assert "Owner: Jonas Weil." in plain(said(app))
    app.selectbox(key="owner").set_value("Tom Okafor")
    run(app)
    assert not app.warning
    assert f"**{titles(demo)[DEMAND]}**" in plain(said(app))


def test_a_project_without_value_case_is_listed_alone(empty):
    save(empty, "p", "projects", {"project": "p", "title": ODD, "owner": ODD})
    app = open_screen("portfolio", find="<img>")
    assert row(app, "p")["Project"].startswith(f"[{ODD}](brief?project=p)")
    assert "No project has a value case yet" in said(app)
    assert row(app, "p")["Missing next"] == "a model"
    for kind in ("markdown", "caption", "info"):
        assert not [e.value for e in app.get(kind) if "**x**" in e.value or "[a](b)" in e.value]
    assert f"Owner: {ODD}." in plain(said(app))


def test_archived_projects_alone_are_said_with_the_way_to_them(empty):
    save(empty, "p", "projects", {"project": "p", "title": "P", "archived": True})
    app = open_screen("portfolio")
    assert "Every project is archived." in plain(said(app))
    assert "registers" in {link.proto.page for link in app.get("page_link")}


def test_with_many_estimates_to_make_the_list_comes_first_and_then_the_chances(empty):
    for i in range(6):
        save_example(empty, f"plan-{i}")
        row = {"title": f"Plan {i}", "clock_on": "2026-11-30", "budget": 100_000}
        save(empty, f"plan-{i}", "projects", row)
    app = open_screen("portfolio")
    assert all(" within EUR 100k" in text for text in table(app)["Within budget"])
    batch = f"B{empty.version:05d}"
    past = open_screen("portfolio", as_of=batch)  # of which nothing is kept
    assert listed(past) == listed(app)
    assert f"&as_of={batch})" in table(past)["Within budget"][0]


def find(app, text):
    box = next(t for t in app.main.text_input if t.placeholder == "Project, KPI, model, decision")
    box.set_value(text)
    return run(app)


def links(app):
    return {link.proto.label: link.proto for link in app.main.get("page_link")}


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", ["portfolio", "settings"])
def test_the_search_leads_to_what_it_finds(screen):
    found = links(find(open_screen(screen), "forecast"))
    pages = {plain(label).split(" :small")[0]: link.page for label, link in found.items()}
    assert pages["Demand forecast for bikes and parts"] == "brief"
    assert pages["demand-forecast"] == "deployment"
    assert pages["Let the forecast propose the daily orders"] == "adoption"
    assert f"kpi={'desk-cost'}" in str(links(find(open_screen(screen), "desk and rework")))


@pytest.mark.usefixtures("demo")
def test_a_search_that_finds_nothing_says_so_letter_by_letter():
    app = find(open_screen("portfolio"), "%**x**$")
    told = plain(" ".join(c.value for c in app.main.caption))
    assert "No project, KPI, model or decision has “%**x**$” in its name" in told
    told = plain(" ".join(c.value for c in find(app, "  ").main.caption))
    assert "No project, KPI" not in told


def test_a_search_shows_names_letter_by_letter(empty):
    save(empty, "p", "projects", {"project": "p", "title": ODD})
    kpi = {"kpi_id": "k", "title": ODD, "dimension": "revenue", "unit": "EUR/year",
           "direction": "higher", "baseline": 0, "target": 1}  # fmt: skip
    save(empty, "p", "kpis", kpi)
    labels = [label for label in links(find(open_screen("settings"), "<img>")) if "img" in label]
    assert [plain(label) for label in labels] == [ODD, f"{ODD} :small[:gray[{ODD}]]"]
    assert not [label for label in labels if "**x**" in label or "[a](b)" in label]


@pytest.mark.usefixtures("demo")
def test_a_search_leads_on_within_the_screen_it_leads_to():
    app = open_screen("kpi", project=WORKSHOP, kpi="desk-cost")
    find(app, "write-downs")
    next(b for b in app.main.button if b.key == "found_0").click()
    run(app)
    shown = (app.query_params["project"], app.query_params["kpi"], app.title[0].value)
    assert shown == (DEMAND, "write-downs", "KPI")
