"""What earlier work says of an estimate: closed projects and estimators of all projects, pace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.planning import FACTORS
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.closing import to_close
from mlpm_core.services.plan.estimates import project_estimates
from mlpm_core.services.plan.learning import Inside, inside_of, learning, own_ranges
from mlpm_core.services.plan.plan_summaries import plan_summary
from mlpm_core.services.plan.task_estimates import task_estimate
from mlpm_core.services.plan.team import demand_of, team
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

TODAY = date(2026, 6, 30)
"""A Tuesday."""
RATIOS = (1.6, 1.3, 2.1, 1.1, 1.9)


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with two projects that live on 30 June 2026."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    for project in ("shop", "other"):
        row = {"project": project, "title": project, "clock_on": TODAY}
        save(workspace, "projects", row, project=project)
    yield workspace
    workspace.close()


def save(workspace, kind, *rows, project="shop"):
    receipt = registers.write_rows(workspace.acting_as("ada"), project, kind, rows)
    assert receipt.status == "committed", receipt.rejects


def closed(*ratios, outcome="delivered"):
    return [
        {"closed_id": f"c{outcome}{i}", "estimated_days": 20, "actual_days": 20 * r,
         "outcome": outcome, "closed_on": date(2025, 1, 1 + i)}
        for i, r in enumerate(ratios)
    ]  # fmt: skip


def task(task_id, **more):
    return {"task_id": task_id, "title": task_id, "category": "data", "status": "todo"} | more


def done(task_id, week, **more):
    """A task finished on the Friday so many weeks before this one."""
    friday = date(2026, 6, 26) - timedelta(weeks=week - 1)
    return task(task_id, status="done", finished_on=friday, **more)


def test_closed_projects_of_all_projects_shape_what_is_believed(shop):
    save(shop, "closed_projects", *closed(*RATIOS[:3]))
    save(shop, "closed_projects", *closed(*RATIOS[3:]), project="other")
    view = learning(shop, "shop")
    assert (round(view.reference.bias, 2), round(view.reference.log_sd, 2)) == (1.41, 0.31)
    assert [line.ratio for line in view.closed] == pytest.approx([2.1, 1.9, 1.3, 1.1, 1.6])
    assert {line.written_in for line in view.closed} == {"shop", "other"}


def test_the_demos_projects_say_nothing_of_real_ones(shop):
    demo = {"project": "demo", "title": "Demo", "is_demo": True, "clock_on": TODAY}
    save(shop, "projects", demo, project="demo")
    save(shop, "closed_projects", *closed(*RATIOS), project="demo")
    assert learning(shop, "shop").closed == ()
    assert len(learning(shop, "demo").closed) == 5


def test_a_stopped_project_is_kept_and_told(shop):
    save(shop, "closed_projects", *closed(*RATIOS), *closed(0.3, outcome="stopped"))
    view = learning(shop, "shop")
    assert (view.reference.n_projects, view.reference.n_stopped) == (6, 1)
    assert view.reference.bias == pytest.approx(1.41, abs=0.02)
    assert sum(line.was_stopped for line in view.closed) == 1


def test_an_estimate_below_the_outside_view_is_warned_of(shop):
    save(shop, "closed_projects", *closed(*RATIOS))
    save(shop, "tasks", task("a", p50=60), task("b", p50=16), task("w", category="wait", p50=99))
    view = learning(shop, "shop", Inside(effort_p80=121))
    assert view.raw_days == 76
    assert view.outside.p50 == pytest.approx(121.6)
    assert view.outside.inside_is_low
    assert not learning(shop, "shop", Inside(effort_p80=122)).outside.inside_is_low


def test_the_newest_snapshot_stands_for_the_estimate_when_none_is_given(shop):
    save(shop, "closed_projects", *closed(*RATIOS))
    save(shop, "tasks", task("a", p50=100))
    save(shop, "estimate_snapshots", {"snapshot_id": "s1", "taken_on": TODAY, "effort_p80": 120.0})
    assert learning(shop, "shop").outside.inside_is_low


def test_ranges_of_one_estimator_are_counted_in_every_project_by_name(shop):
    given = {"p10": 2, "p50": 4, "p90": 8, "status": "done"}
    mine = [task(f"m{i}", estimated_by="Ana", spent_days=5, **given) for i in range(5)]
    theirs = [task(f"t{i}", estimated_by=" ana ", spent_days=9, **given) for i in range(5)]
    save(shop, "tasks", *mine, task("open", estimated_by="Ana", p10=1, p50=2, p90=3))
    save(shop, "tasks", *theirs, task("lone", spent_days=1, **given), project="other")
    lines = learning(shop, "shop").estimators
    assert [(line.name, line.calibration.n_closed) for line in lines] == [
        ("Ana", 10), ("Nobody named", 1),
    ]  # fmt: skip
    assert lines[0].calibration.hit_rate == 0.5
    assert lines[0].calibration.widening == pytest.approx(1.9, abs=0.01)


def test_the_pace_counts_whole_weeks_and_no_waits(shop):
    tasks = [done(f"d{i}", week) for i, week in enumerate([1, 1, 2, 4, 9])]
    this_week = task("now", status="done", finished_on=TODAY)
    wait = done("w", 1) | {"category": "wait"}
    save(shop, "tasks", *tasks, this_week, wait, task("left"), task("out", status="dropped"))
    view = learning(shop, "shop")
    assert view.weekly_done == (1, 0, 0, 0, 0, 1, 0, 1, 2)
    assert view.n_remaining == 1
    assert view.pace.reason is None
    assert view.weeks[-1] == date(2026, 6, 22)


def test_the_weeks_of_finished_work_end_with_its_last_task(shop):
    save(shop, "tasks", done("a", 9), done("b", 4), task("out", status="dropped"))
    assert learning(shop, "shop").weekly_done == (1, 0, 0, 0, 0, 1)
    assert learning(shop, "shop").weeks[-1] == date(2026, 6, 1)


def test_pace_and_task_numbers_that_differ_by_a_quarter_disagree(shop):
    save(shop, "tasks", *[done(f"d{i}", i) for i in range(1, 13)], *[task(f"l{i}") for i in "abcd"])
    assert learning(shop, "shop").pace.p80 == 4
    assert learning(shop, "shop", Inside(weeks_p80=3)).pace_disagrees
    assert not learning(shop, "shop", Inside(weeks_p80=3.5)).pace_disagrees
    assert not learning(shop, "shop").pace_disagrees


def test_tasks_added_after_the_baseline_are_found_work_and_slow_the_end(shop):
    base = {"snapshot_id": "s1", "taken_on": TODAY - timedelta(weeks=4), "is_baseline": True}
    save(shop, "estimate_snapshots", base | {"effort_p80": 100.0})
    planned = [task(f"p{i}", added_on=base["taken_on"]) for i in range(4)]
    weekly = [done(f"d{i}", i) for i in range(1, 13)]
    save(shop, "tasks", *planned, *weekly, *[task(f"n{i}", added_on=TODAY) for i in range(4)])
    view = learning(shop, "shop")
    assert (view.discovery.n_planned, view.discovery.n_found) == (16, 4)
    assert view.discovery.per_week == pytest.approx(0.25 / 4)
    assert view.pace.p80 == 10  # eight are left, and a quarter more comes on top
    assert view.baseline_on == base["taken_on"]
    dropped = [task(i, added_on=TODAY, status="dropped") for i in ("n0", "n1")]
    save(shop, "tasks", *dropped, task("p0", added_on=base["taken_on"], status="dropped"))
    view = learning(shop, "shop")
    assert (view.discovery.n_planned, view.discovery.n_found) == (16, 2)


def test_an_end_that_moved_twice_and_a_small_budget_ring(shop):
    save(shop, "projects", {"title": "shop", "clock_on": TODAY, "budget": 90_000})
    days = [TODAY - timedelta(weeks=n) for n in (3, 2, 1)]
    rows = [
        {"snapshot_id": f"s{i}", "taken_on": day, "is_baseline": i == 0, "effort_p80": p80,
         "cost_p50": 98_500.0}
        for i, (day, p80) in enumerate(zip(days, (100.0, 116.0, 120.0), strict=True))
    ]  # fmt: skip
    save(shop, "estimate_snapshots", *rows)
    alarm = learning(shop, "shop").alarm
    assert (alarm.has_drifted, alarm.budget_is_short) == (True, True)
    assert alarm.rise == pytest.approx(0.2)


def test_an_empty_project_says_nothing_and_does_not_fail(shop):
    view = learning(shop, "shop")
    assert view.is_empty
    assert (view.raw_days, view.outside, view.discovery, view.estimators) == (None, None, None, ())
    assert view.pace.reason == "nothing_left"
    with pytest.raises(NotFoundError):
        learning(shop, "nowhere")


def test_days_of_a_category_come_from_five_closed_tasks_of_all_projects(shop):
    save(shop, "tasks", *[done(f"d{i}", 1, spent_days=3) for i in range(3)])
    assert own_ranges(shop, "shop") == {}
    save(shop, "tasks", *[done(f"e{i}", 1, spent_days=3) for i in range(2)], project="other")
    found = own_ranges(shop, "shop")["data"]
    assert (found.n_tasks, found.days.p50) == (5, 3)


def test_a_project_closed_elsewhere_moves_an_estimate_that_goes_by_own_history(shop):
    """What was kept of the estimate before is not shown again."""
    save(shop, "roles", {"role_id": "DE", "day_rate": 500})
    save(shop, "tasks", task("a", p10=2, p50=4, p90=8, role="DE"))
    answers = {"estimate_id": "e", "raw_days": 9, "day_rate": 500, "p_success": 1.0}
    save(shop, "estimates", answers | {"estimator_class": "own_history"})
    before, listed = task_estimate(shop, "shop"), plan_summary(shop, "shop")
    assert before.stored.plan.bias.median == pytest.approx(1.25)
    save(shop, "closed_projects", *closed(*RATIOS), project="other")
    after = task_estimate(shop, "shop")
    assert after.stored.plan.bias.median == pytest.approx(1.41, abs=0.005)
    assert plan_summary(shop, "shop").effort.p50 > listed.effort.p50


def test_the_estimate_by_tasks_is_what_team_and_learning_hold_against(shop):
    save(shop, "roles", {"role_id": "DE", "day_rate": 500})
    save(shop, "tasks", task("a", p10=2, p50=4, p90=8, role="DE"))
    view = task_estimate(shop, "shop")
    inside = inside_of(view)
    assert inside.effort_p80 == view.estimated.now.effort.p80
    assert inside.weeks_p80 == pytest.approx(view.estimated.now.duration.p80 / 5)
    demand = demand_of(view)
    assert demand.last == view.finish_on(0.8)
    (load,) = team(shop, "shop", demand).loads
    assert load.demand_days == view.estimated.roles[0].p80_days
    assert inside_of(None) is demand_of(None) is None


def finished(task_id, **more):
    return task(task_id, status="done", finished_on=date(2026, 6, 26), p10=2, p50=4, p90=8) | more


def test_a_project_is_closed_once_all_is_done_without_waits_and_work_found_later(shop):
    """Said 4 days, taken 20 with what was found, and 12 % to manage it."""
    save(shop, "roles", {"role_id": "DE", "day_rate": 600})
    first = finished("a", role="DE", spent_days=8.0, added_on="2026-05-01")
    later = finished("b", role="DE", spent_days=12.0, added_on="2026-05-02")
    wait = finished("w", category="wait", spent_days=9.0)
    save(shop, "tasks", first, later | {"status": "doing", "finished_on": None}, wait)
    baseline_on = date(2026, 5, 1)
    assert to_close(shop, task_estimate(shop, "shop"), baseline_on) is None
    save(shop, "tasks", later)
    row = to_close(shop, task_estimate(shop, "shop"), baseline_on)
    assert (row["estimated_days"], row["actual_days"]) == (4.0, pytest.approx(20 * 1.12))
    assert row["closed_on"] == date(2026, 6, 26)
    assert to_close(shop, task_estimate(shop, "shop"), None)["estimated_days"] == 8.0


def test_one_guess_is_held_against_closed_projects_by_its_own_days(shop):
    save(shop, "closed_projects", *closed(*RATIOS))
    known = {"day_rate": 600, "p_success": 1, **dict.fromkeys(FACTORS, "no")}
    save(shop, "estimates", {"estimate_id": "a", "raw_days": 3, **known},
         {"estimate_id": "b", "raw_days": 10, **known},
         {"estimate_id": "c", "raw_days": 8, "day_rate": 600, "p_success": 1})  # fmt: skip
    _, b, open_yet = project_estimates(shop, "shop")
    view = learning(shop, "shop", inside_of(b))
    assert (view.raw_days, view.outside.p50) == (10, 16)
    assert view.inside.effort_p80 == pytest.approx(26.9, abs=0.1)
    assert inside_of(open_yet) == Inside(raw_days=8)
