"""The list of all projects: the figures of their own screens, and sums that no filter bends."""

from __future__ import annotations

import math
import shutil
from datetime import date

import pytest

from mlpm_core.in_life.health import Health
from mlpm_core.quantity import Dimension
from mlpm_core.services.evaluate.decisions import decisions
from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.in_life.project_groups import (
    GroupBy,
    Need,
    Order,
    ProjectFilter,
    grouped,
    in_order,
    together,
)
from mlpm_core.services.in_life.project_list import project_list
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.plan_summaries import plan_summaries, plan_summary
from mlpm_core.services.plan.risks import risks
from mlpm_core.services.plan.snapshots import take_snapshot
from mlpm_core.services.plan.task_estimates import task_estimate
from mlpm_core.services.session.settings import Settings
from tests.plans import example_answers, example_tasks, save_example
from tests.services.test_flat import FILES, KPI
from tests.services.test_flat import put as put_file
from tests.stores import copied

DUE = {"needed_by_on": "2027-09-03", "budget": 100_000}


def save(workspace, project, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), project, kind, list(rows))
    assert receipt.status == "committed", receipt


def project(workspace, name, **more):
    save(workspace, name, "projects", {"project": name, "title": name.capitalize()} | more)


def rows_of(workspace):
    return {row.project: row for row in project_list(workspace)}


def _fill(workspace):
    """The worked example, with a date and a budget, beside a project that nobody estimated."""
    save_example(workspace)
    rest = {"title": "Forecast", "planned_start_on": "2026-11-30", "clock_on": "2026-11-30"}
    save(workspace, "forecast", "projects", rest | DUE)
    project(workspace, "idea", **DUE)


@pytest.fixture
def planned(filled):
    return filled(_fill)


def test_the_chances_are_those_of_the_estimate_screen(planned):
    view, plans = task_estimate(planned, "forecast"), plan_summaries(planned)
    listed = plans["forecast"]
    assert 0 < view.p_date < 1
    assert 0 < view.p_budget < 1
    assert (listed.p_date, listed.p_budget) == (view.p_date, view.p_budget)
    assert listed.effort == view.estimated.now.effort
    assert listed == plan_summary(planned, "forecast")
    assert (plans["idea"].mode, plans["idea"].p_date, plans["idea"].problem) == ("", None, None)


def test_a_quick_estimate_has_a_chance_of_its_budget_and_none_of_its_date(workspace):
    project(workspace, "quick", **DUE)
    save(workspace, "quick", "estimates", example_answers())
    plan = plan_summaries(workspace)["quick"]
    assert (plan.mode, plan.p_date) == ("quick", None)
    assert 0 < plan.p_budget < 1
    assert plan == plan_summary(workspace, "quick")


def test_only_what_is_at_hand_is_given_when_nothing_may_be_computed(planned):
    assert plan_summaries(planned, only_kept=True) == {}
    every = plan_summaries(planned)
    assert plan_summaries(planned, only_kept=True) == every
    risk = {"risk_id": "r", "title": "R", "category": "data", "probability": 0.5}
    save(planned, "idea", "risks", risk)
    assert set(plan_summaries(planned, only_kept=True)) == {"forecast"}


def test_a_plan_that_cannot_be_says_why_and_hides_no_other(planned):
    wrong = example_tasks()[0] | {"depends_on": "nowhere"}
    save(planned, "forecast", "tasks", wrong)
    plans = plan_summaries(planned)
    assert "nowhere" in plans["forecast"].problem
    assert plans["forecast"].problem == task_estimate(planned, "forecast").problem
    assert set(plans) == {"forecast", "idea"}


@pytest.mark.parametrize("start", ["2026-11-02", "2026-11-30", None, "2027-01-11"])
def test_the_chances_before_are_those_that_the_estimate_said_on_its_day(planned, start):
    """Whenever the work begins: before the day of the estimate, on it, or after it."""
    row = {"title": "Forecast", "planned_start_on": start, "clock_on": "2026-11-30"} | DUE
    save(planned, "forecast", "projects", row)
    then = plan_summary(planned, "forecast")
    assert then.before is None
    assert take_snapshot(planned.acting_as("ada"), "forecast").status == "committed"
    assert plan_summary(planned, "forecast").before is None  # it is the estimate of today
    save(planned, "forecast", "projects", row | {"clock_on": "2026-12-14"})
    now = plan_summary(planned, "forecast")
    assert now.before.taken_on == date(2026, 11, 30)
    assert (now.before.p_date, now.before.p_budget) == (then.p_date, then.p_budget)
    assert 0.01 < then.p_date < 0.99
    assert start == "2027-01-11" or now.p_date < then.p_date  # two weeks in which nothing was done


def test_the_chances_before_are_for_the_date_and_budget_of_today(planned):
    take_snapshot(planned.acting_as("ada"), "forecast")
    row = {"title": "Forecast", "planned_start_on": "2026-11-30", "clock_on": "2026-12-14"} | DUE
    save(planned, "forecast", "projects", row | {"budget": 1e9, "needed_by_on": "2026-12-01"})
    before = plan_summary(planned, "forecast").before
    assert (before.p_date, before.p_budget) == (0, 1)
    save(planned, "forecast", "projects", row | {"budget": None, "needed_by_on": None})
    assert plan_summary(planned, "forecast").before is None


def test_a_snapshot_that_came_without_its_plan_tells_no_trend(planned):
    told = {"snapshot_id": "S9", "taken_on": "2026-11-01", "effort_p50": 10}
    save(planned, "forecast", "estimate_snapshots", told)
    assert plan_summary(planned, "forecast").before is None


def test_projects_without_value_case_model_or_estimate_are_listed_and_archived_ones_are_not(
    planned,
):
    project(planned, "gone", archived=True)
    rows = rows_of(planned)
    assert set(rows) == {"forecast", "idea"}
    idea = rows["idea"]
    assert (idea.lines, idea.state, idea.net, idea.grade) == ((), None, None, None)
    assert idea.facts.next_step.kind == "models"
    project(planned, "idea", phase="stopped")
    assert rows_of(planned)["idea"].facts.next_step is None  # it is over


@pytest.mark.parametrize("archived", [None, True])
def test_nothing_is_listed_where_nothing_is(workspace, archived):
    if archived:
        project(workspace, "gone", archived=True)
    assert project_list(workspace) == ()
    assert plan_summaries(workspace) == {}
    every = together(())
    assert (every.nets, every.n_open_risks, grouped((), GroupBy.OWNER)) == ({}, 0, ())


def test_open_risks_and_decisions_due_are_those_of_their_screens(demo_folder, tmp_path, planned):
    view = risks(planned, "forecast")
    assert rows_of(planned)["forecast"].facts.n_open_risks == len(view.risks) == 4
    save(
        planned, "forecast", "risks",
        {"risk_id": "R0", "title": "Late", "category": "data", "probability": 0.5,
         "status": "retired", "retired_on": "2026-11-30", "evidence": "It came."},
    )  # fmt: skip
    view = risks(planned, "forecast")
    open_ones = [risk for risk in view.risks if risk.probability is not None]
    assert rows_of(planned)["forecast"].facts.n_open_risks == len(open_ones) == 3
    demo = open_recovered(Settings(data=copied(demo_folder, tmp_path / "demo"), demo=False))
    due = {name: sum(d.is_review_due for d in decisions(demo, name)) for name in rows_of(demo)}
    assert {name: row.facts.n_reviews_due for name, row in rows_of(demo).items()} == due
    assert sum(due.values()) > 0
    demo.close()


@pytest.fixture(scope="module")
def _shops(tmp_path_factory):
    """Four shops of two owners in two currencies; of one the results are old, one is an idea."""
    folder = tmp_path_factory.mktemp("shops")
    workspace = open_recovered(Settings(data=folder, demo=False))
    for name, owner, clock in (
        ("north", "Ada", "2024-08-02"), ("south", "Ada", "2024-08-02"),
        ("old", "Ben", "2025-08-02"),
    ):  # fmt: skip
        for kind, text in FILES.items():
            put_file(workspace, name, kind, text)
        row = {"title": f"Shop {name}", "owner": owner, "clock_on": clock, "phase": "in_life"}
        project(workspace, name, **row)
    put_file(workspace, "south", "kpis", KPI)
    incident = {
        "incident_id": "i",
        "title": "Down",
        "model_id": "m",
        "started_at": "2024-07-30",
        "severity": "SEV3",
    }
    save(workspace, "south", "incident_log", incident)
    project(workspace, "idea", owner="", question="Fewer **x** <img> $x$ 100% returns")
    workspace.close()
    return folder


@pytest.fixture
def shops(_shops, tmp_path):
    folder = shutil.copytree(_shops, tmp_path / "shops")
    workspace = open_recovered(Settings(data=folder, demo=False))
    yield workspace
    workspace.close()


def test_what_live_models_earn_is_the_sum_of_the_portfolio(shops):
    rows, sums = project_list(shops), portfolio(shops).totals
    (net,) = [total for total in sums if total.dimension is None]
    every = together(rows)
    assert every.nets["EUR"].mean == pytest.approx(net.realised.mean)
    assert every.nets["EUR"].p10 == pytest.approx(net.realised.p10)
    of_each = [row.net.mean for row in rows if row.counted]
    assert len(of_each) == 2
    assert math.fsum(of_each) == pytest.approx(net.realised.mean)
    old = next(row for row in rows if row.project == "old")
    assert (old.has_stale, old.net, old.grade) == (True, None, None)


@pytest.mark.parametrize("by", GroupBy)
def test_groups_lose_and_double_no_project(shops, by):
    rows = project_list(shops)
    groups, every = grouped(rows, by), together(rows)
    assert sorted(r.project for g in groups for r in g.rows) == sorted(r.project for r in rows)
    for count in ("n_open_risks", "n_reviews_due", "n_incidents", "n_without_case"):
        assert sum(getattr(g, count) for g in groups) == getattr(every, count), count
    assert sum((g.n_by_state for g in groups), start=type(every.n_by_state)()) == every.n_by_state
    parts = [net.mean for g in groups for net in g.nets.values()]
    assert math.fsum(parts) == pytest.approx(every.nets["EUR"].mean)
    assert (every.n_incidents, every.n_without_case) == (1, 1)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ProjectFilter(), {"north", "south", "old", "idea"}),
        (ProjectFilter(owner="Ada"), {"north", "south"}),
        (ProjectFilter(owner=""), {"idea"}),
        (ProjectFilter(owner="Nobody of that name"), set()),
        (ProjectFilter(state=None), {"idea"}),
        (ProjectFilter(state=Health.UNKNOWN), {"old"}),
        (ProjectFilter(dimension=Dimension.COST_SAVING), {"south"}),
        (ProjectFilter(need=Need.INCIDENT), {"south"}),
        (ProjectFilter(need=Need.CASE), {"idea"}),
        (ProjectFilter(text="  SHOP n "), {"north"}),
        (ProjectFilter(text="**x** <img> $x$ 100%"), {"idea"}),
        (ProjectFilter(text=".*"), set()),
        (ProjectFilter(owner="Ada", text="south"), {"south"}),
    ],
)
def test_a_filter_takes_what_it_says_and_nothing_else(shops, wanted, found):
    assert {row.project for row in project_list(shops) if wanted.takes(row)} == found


def test_every_filter_of_one_kind_takes_each_project_once(shops):
    rows = project_list(shops)
    states = [sum(ProjectFilter(state=s).takes(r) for s in (*Health, None)) for r in rows]
    owners = {row.record.owner for row in rows}
    assert states == [1] * 4
    assert [sum(ProjectFilter(owner=o).takes(r) for o in owners) for r in rows] == [1] * 4


def test_the_worst_come_first_and_what_is_not_known_last(shops, planned):
    rows = project_list(shops)
    worst = [row.project for row in in_order(rows, Order.WORST, {})]
    assert worst.index("old") < worst.index("idea")  # unknown health before no model in use
    assert worst.index("south") < worst.index("north") or rows[1].state != rows[0].state
    values = in_order(rows, Order.VALUE, {})
    assert [row.net is None for row in values] == sorted(row.net is None for row in values)
    assert [r.project for r in in_order(rows, Order.NAME, {})] == ["idea", "north", "old", "south"]
    plans = plan_summaries(planned)
    by_date = in_order(project_list(planned), Order.DATE, plans)
    assert [row.project for row in by_date] == ["forecast", "idea"]
