"""Estimates in tasks from records: figures, dates, refusals, snapshots and the command's answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

import numpy as np
import pytest

from mlpm_core.api.reading import EstimateAnswer
from mlpm_core.cli import main
from mlpm_core.cli.backend import LocalBackend
from mlpm_core.errors import InputError, NotEnoughDataError, NotFoundError
from mlpm_core.records import EstimateSnapshot
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan import explanations, snapshots
from mlpm_core.services.plan.learning import inside_of, learning
from mlpm_core.services.plan.plan_summaries import estimate_json, plan_summary
from mlpm_core.services.plan.task_estimates import WORKING_DAYS_A_MONTH, task_estimate
from mlpm_core.value.benefits import benefits
from mlpm_core.value.estimate import Estimate
from tests.plans import EXAMPLE, example_answers, example_tasks, save_example

PROJECT = "forecast"


def _fill(workspace):
    save_example(workspace)


@pytest.fixture
def shop(filled):
    return filled(_fill)


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), PROJECT, kind, list(rows))
    assert receipt.status == "committed", receipt
    return receipt


def tasks(**changed):
    """The example's tasks with fields of some of them changed."""
    return [task | changed.get(task["task_id"], {}) for task in example_tasks()]


def test_the_worked_example_comes_back_from_its_records(shop):
    now = task_estimate(shop, PROJECT).estimated.now
    for what in ("effort", "duration", "cost"):
        expected = {k.lower(): v for k, v in EXAMPLE["results"][what].items()}
        assert asdict(getattr(now, what)) == pytest.approx(expected, rel=0.02)
    assert now.p_no_go == pytest.approx(0.064)


def test_days_are_dates_without_weekends_and_holidays(shop):
    view = task_estimate(shop, PROJECT)
    assert view.calendar.starts_on == date(2026, 11, 30)
    before = view.finish_on(0.8)
    assert before.weekday() < 5
    assert view.probability_by(before) == pytest.approx(0.8, abs=0.02)
    save(shop, "absences", {"absence_id": "A", "from_on": "2026-12-21", "to_on": "2027-01-01"})
    later = task_estimate(shop, PROJECT)
    assert (later.finish_on(0.8) - before).days == 14


def test_days_away_of_the_only_one_of_a_role_move_the_end_and_that_is_said(shop):
    before = task_estimate(shop, PROJECT)
    save(shop, "team_members", {"person_id": "bo", "name": "Bo", "role": "DE"})
    away = {"absence_id": "A", "person_id": "bo"}
    save(shop, "absences", away | {"from_on": "2026-11-30", "to_on": "2026-12-11"})
    view = task_estimate(shop, PROJECT)
    assert 10 <= (view.finish_on(0.8) - before.finish_on(0.8)).days <= 16
    assert "the work of DE goes on with those who are there" in " ".join(view.notes)
    assert view.estimated.planned.effort == before.estimated.planned.effort
    save(shop, "absences", away | {"from_on": "2026-11-02", "to_on": "2026-11-27"})
    gone = task_estimate(shop, PROJECT)
    assert (gone.notes, gone.finish_on(0.8)) == ((), before.finish_on(0.8))


def test_a_wait_that_runs_has_the_days_behind_it_that_have_passed(workspace):
    """On 30 November: one of about ten working days, begun today, two and six weeks ago."""
    wait = {"task_id": "W", "title": "Wait for access", "category": "wait", "status": "doing",
            "p10": 8, "p50": 10, "p90": 13}  # fmt: skip
    save(workspace, "projects", {"title": "Access", "clock_on": "2026-11-30"})
    save(workspace, "tasks", wait)
    unknown = "Of running tasks without days spent all days are still to come: Wait for access."
    assert unknown in task_estimate(workspace, PROJECT).notes
    ends = []
    for begun in ("2026-11-30", "2026-11-16", "2026-10-19"):
        save(workspace, "tasks", wait | {"started_on": begun})
        ends.append(task_estimate(workspace, PROJECT).finish_on(0.5))
        assert unknown not in task_estimate(workspace, PROJECT).notes
    assert date(2026, 12, 10) <= ends[0] <= date(2026, 12, 14)
    assert date(2026, 11, 30) <= ends[1] <= date(2026, 12, 3)
    assert date(2026, 11, 30) <= ends[2] <= date(2026, 12, 4)


def test_date_and_budget_of_the_project_have_a_chance(shop):
    assert task_estimate(shop, PROJECT).p_date is None
    save(
        shop, "projects",
        {"title": "Forecast", "currency": "EUR", "planned_start_on": "2026-11-30",
         "clock_on": "2026-11-30", "needed_by_on": "2027-09-03", "budget": 100_000},
    )  # fmt: skip
    view = task_estimate(shop, PROJECT)
    assert view.p_budget == pytest.approx(0.30, abs=0.01)
    assert 0.3 < view.p_date < 0.7
    assert "More likely than not the budget" in snapshots.history(shop, PROJECT, view).alarms[0]
    summary = plan_summary(shop, PROJECT)
    assert (summary.p_date, summary.p_budget) == (view.p_date, view.p_budget)
    assert summary.effort == view.estimated.now.effort
    assert summary.finish_p80_on == view.finish_on(0.8)


def test_a_found_answer_goes_before_the_estimates_and_feeds_it(shop):
    before = task_estimate(shop, PROJECT).estimated.now.effort.p80
    save(
        shop, "findings",
        {"finding_id": "data_dirty", "area": "data", "statement": "It is clean.",
         "factor": "data_dirty", "applies": "no", "probability": None},
    )  # fmt: skip
    after = task_estimate(shop, PROJECT).estimated.now
    assert after.effort.p80 == pytest.approx(268, rel=0.02)
    assert after.effort.p80 < before
    assert [unknown.name for unknown in after.unknowns] == ["ethics_privacy"]


def test_answers_given_before_the_tasks_were_estimated_are_taken_to_be_in_them(shop):
    save(shop, "estimates", example_answers() | {"answered_on": "2026-11-02"})
    save(shop, "tasks", *[task | {"estimated_on": "2026-11-03"} for task in example_tasks()])
    now = task_estimate(shop, PROJECT).estimated.now
    assert now.is_held_back
    assert "data_complex" not in [step.name for step in now.waterfall]
    assert now.effort.p50 < 180
    assert now.effort_if_all.p50 == pytest.approx(209, rel=0.02)


def test_once_every_task_is_done_nothing_is_left_to_chance_and_no_risk_adds_to_it(shop):
    """An open risk of a project that is over says nothing of the days it took."""
    done = {"status": "done", "finished_on": "2027-01-08", "spent_days": 10.0}
    names = [task["task_id"] for task in example_tasks()]
    all_but_last = tasks(**dict.fromkeys(names[:-1], done))
    save(shop, "tasks", *all_but_last)
    view = task_estimate(shop, PROJECT)
    assert not view.is_finished
    assert view.estimated.now.plan.risks
    save(shop, "tasks", *tasks(**dict.fromkeys(names, done)))
    view = task_estimate(shop, PROJECT)
    assert view.is_finished
    now = view.estimated.now
    assert now.effort.p10 == now.effort.p95 == pytest.approx(16 * 10 * 1.12)
    assert now.explanation.startswith("All 17 tasks are done; they took about 180 person-days")
    assert "promise" not in now.explanation
    assert {view.finish_on(p) for p in (0.1, 0.9)} == {date(2027, 1, 8)}


def test_finished_tasks_change_what_is_left(shop):
    state = EXAMPLE["day_50_state"]
    done = {
        name: {"status": "done", "spent_days": s.get("actual"), "finished_on": "2027-01-08"}
        if "end" in s
        else {"status": "doing", "spent_days": s["spent"]}
        for name, s in state.items()
    }
    save(shop, "tasks", *tasks(**done))
    save(
        shop, "projects",
        {"title": "Forecast", "currency": "EUR", "planned_start_on": "2026-11-30",
         "clock_on": "2027-02-08"},
    )  # fmt: skip
    view = task_estimate(shop, PROJECT)
    assert view.stored.reached.day == 50
    updated = view.estimated.updated
    assert updated.estimate.effort.p80 == pytest.approx(238, rel=0.02)
    assert updated.learned.bias_median == pytest.approx(1.33, rel=0.02)
    assert view.estimated.planned.effort.p80 == pytest.approx(300, rel=0.02)
    assert plan_summary(shop, PROJECT).effort == updated.estimate.effort


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"T02": {"depends_on": "T05"}}, "in a circle"),
        ({"T02": {"depends_on": "T99"}}, "'T99', which is no task"),
        ({"T02": {"role": ""}}, "no role does it"),
        ({"T02": {"p10": 5}}, "Task 'T02': its days are 5, 4, 8"),
        ({"T02": {"p10": 0}}, "write three numbers that rise"),
    ],
)
def test_a_plan_that_cannot_be_is_a_reason_and_no_figure(shop, changed, says):
    save(shop, "tasks", *tasks(**changed))
    view = task_estimate(shop, PROJECT)
    assert view.estimated is None
    assert says in view.problem
    answer = estimate_json(shop, PROJECT)
    assert answer["effort"] is None
    assert says in answer["reason"]
    assert says in plan_summary(shop, PROJECT).problem
    with pytest.raises(NotEnoughDataError, match="T"):
        snapshots.take_snapshot(shop.acting_as("ada"), PROJECT)


def test_a_dropped_task_leaves_what_it_waited_for_between_its_neighbours(shop):
    save(shop, "tasks", *tasks(T05={"status": "dropped"}))
    plan = task_estimate(shop, PROJECT).stored.plan
    waits = {task.name: set(task.depends_on) for task in plan.tasks}
    assert "T05" not in waits
    assert waits["T06"] == {"T02", "W01", "T04"}
    assert waits["T08"] == {"T02", "W01"}


def test_tasks_without_numbers_are_named_and_block_a_baseline(shop):
    save(shop, "tasks", *tasks(T09={"p10": None, "p50": None, "p90": None}))
    view = task_estimate(shop, PROJECT)
    assert view.stored.without_numbers == ("Task T09",)
    assert not view.is_promisable
    with pytest.raises(InputError, match="left out: Task T09"):
        snapshots.take_snapshot(shop.acting_as("ada"), PROJECT, is_baseline=True)
    assert snapshots.take_snapshot(shop.acting_as("ada"), PROJECT).status == "committed"


def test_what_the_figures_leave_out_is_said(shop):
    assert task_estimate(shop, PROJECT).notes == ()
    save(
        shop, "tasks",
        *tasks(T10={"in_loop": False}, T01={"status": "done"}, T02={"status": "doing"}),
    )  # fmt: skip
    save(shop, "risks", {"risk_id": "RX", "title": "Strike", "category": "people",
                         "probability": 0.5})  # fmt: skip
    notes = " ".join(task_estimate(shop, PROJECT).notes)
    assert "No task is marked as done again in every cycle" in notes
    assert "Risks without days or cost change nothing: Strike." in notes
    assert "Of finished tasks without days spent their numbers count: Task T01." in notes
    assert "Of running tasks without days spent all days are still to come: Task T02." in notes
    save(shop, "estimates", example_answers() | {"archived": True})
    view = task_estimate(shop, PROJECT)
    assert "Nobody has answered the questions" in view.refusals[0]
    assert not view.is_promisable


def test_answers_of_a_second_estimate_never_come_in_without_a_word(shop):
    was = task_estimate(shop, PROJECT).estimated
    other = example_answers() | {"estimate_id": "zz-later", "title": "Second look", "focus": 0.4}
    save(shop, "estimates", other)
    view = task_estimate(shop, PROJECT)
    assert view.estimated.digest == was.digest
    assert "archive the others if they do not hold: Second look." in " ".join(view.notes)
    save(shop, "estimates", other | {"estimate_id": "aa-earlier", "title": "First look"})
    view = task_estimate(shop, PROJECT)
    assert view.estimated.digest != was.digest
    assert "The tasks go by the answers of the estimate “First look”" in " ".join(view.notes)
    save(shop, "estimates", *[other | {"estimate_id": i, "archived": True}
                              for i in ("aa-earlier", "zz-later")])  # fmt: skip
    assert task_estimate(shop, PROJECT).notes == ()


def test_a_task_above_twenty_days_blocks_a_baseline(shop):
    save(shop, "tasks", *tasks(T06={"p10": 10, "p50": 21, "p90": 40}))
    with pytest.raises(InputError, match="20-day rule"):
        snapshots.take_snapshot(shop.acting_as("ada"), PROJECT, is_baseline=True)


def test_a_snapshot_is_made_again_from_what_it_kept(shop):
    receipt = snapshots.take_snapshot(shop.acting_as("ada"), PROJECT, is_baseline=True)
    assert receipt.status == "committed"
    was = task_estimate(shop, PROJECT).estimated
    save(shop, "tasks", *tasks(T06={"p10": 7, "p50": 12, "p90": 30}))
    assert task_estimate(shop, PROJECT).estimated.digest != was.digest
    found = snapshots.history(shop, PROJECT)
    assert found.baseline == found.snapshots[0]
    assert found.baseline.evidence == was.digest
    again = snapshots.made_again(shop, found.baseline)
    kept = {name: getattr(found.baseline, name) for name in snapshots.figures(again.now)}
    assert snapshots.figures(again.now) == pytest.approx(kept, rel=1e-12)
    assert again.now.draws.cost.tobytes() == was.now.draws.cost.tobytes()
    with pytest.raises(InputError, match="cannot be made again"):
        snapshots.made_again(shop, found.baseline.model_copy(update={"evidence": ""}))


def test_p80_far_above_the_baseline_twice_is_an_alarm(shop):
    snapshots.take_snapshot(shop.acting_as("ada"), PROJECT, is_baseline=True)
    with shop.store.reader() as reader:
        (base,) = reader.current(EstimateSnapshot, PROJECT)
    row = {name: getattr(base, name) for name in EstimateSnapshot.model_fields}
    rows = [
        row | {"snapshot_id": f"X{i}", "taken_on": day, "is_baseline": False,
               "effort_p80": base.effort_p80 * 1.2}
        for i, day in enumerate(["2026-12-07", "2026-12-14"])
    ]  # fmt: skip
    save(shop, "estimate_snapshots", rows[0])
    assert snapshots.history(shop, PROJECT).alarms == ()
    save(shop, "estimate_snapshots", rows[1])
    assert "15% above the baseline" in snapshots.history(shop, PROJECT).alarms[0]
    left = snapshots.remaining(snapshots.history(shop, PROJECT).snapshots[0])
    assert left.p80 == pytest.approx(base.effort_p80)


def test_the_commands_answer_has_what_it_promises(shop):
    answer = estimate_json(shop, PROJECT)
    assert answer["mode"] == "tasks"
    assert set(answer["effort"]) == set(answer["duration"]) == {"P10", "P50", "P80", "P95"}
    assert answer["cost"]["P80"] == pytest.approx(176_400, rel=0.02)
    assert answer["drivers"][0]["name"] == "bias"
    assert answer["snapshot"] == task_estimate(shop, PROJECT).estimated.digest


def test_the_command_prints_one_document_or_a_table_with_the_sentence(shop, capsys, monkeypatch):
    monkeypatch.setattr("mlpm_core.cli.backend._app_or_store", lambda _: LocalBackend(shop))
    monkeypatch.setattr(LocalBackend, "close", lambda _: None)
    assert main(["estimate", PROJECT, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == json.loads(json.dumps(estimate_json(shop, PROJECT)))
    assert main(["estimate", PROJECT]) == 0
    printed = capsys.readouterr().out
    assert "by its tasks" in printed
    assert "We plan 210 person-days" in printed
    assert "working days" in printed
    assert main(["estimate", "nowhere"]) == 2


def test_the_route_answers_as_the_command_does(shop):
    answer = EstimateAnswer.model_validate(estimate_json(shop, PROJECT))
    assert pytest.approx(300, rel=0.02) == answer.effort.P80


def test_without_tasks_the_quick_estimate_answers_and_says_so(shop):
    save(shop, "tasks", *[task | {"archived": True} for task in example_tasks()])
    answer = estimate_json(shop, PROJECT)
    assert answer["mode"] == "quick"
    assert answer["duration"] is None
    assert "no tasks" in answer["reason"]
    assert answer["effort"]["P50"] > 100
    assert plan_summary(shop, PROJECT).mode == "quick"
    save(shop, "estimates", example_answers() | {"archived": True})
    nobody = estimate_json(shop, PROJECT)
    assert (nobody["mode"], nobody["effort"]) == ("", None)
    assert "Nobody has estimated" in nobody["reason"]
    assert plan_summary(shop, PROJECT).mode == ""
    with pytest.raises(NotFoundError):
        estimate_json(shop, "none")


def test_own_closed_projects_move_the_bias_and_give_an_outside_view(shop):
    closed = [
        {"closed_id": f"C{i}", "estimated_days": 10.0, "actual_days": 10 * r}
        for i, r in enumerate((1.6, 1.3, 2.1, 1.1, 1.9))
    ]
    save(shop, "closed_projects", *closed)
    view = task_estimate(shop, PROJECT)
    assert view.stored.plan.bias.median == 1.25
    learned = learning(shop, PROJECT, inside_of(view))
    assert learned.outside.p50 == pytest.approx(76 * 1.6)
    assert not learned.outside.inside_is_low
    save(shop, "estimates", example_answers() | {"estimator_class": "own_history"})
    assert task_estimate(shop, PROJECT).stored.plan.bias.median == pytest.approx(1.41, abs=0.005)


def test_the_page_for_stakeholders_says_plan_promise_reserve_and_escapes_names(shop):
    save(
        shop, "projects",
        {"title": "<b>Forecast</b>", "currency": "EUR", "planned_start_on": "2026-11-30",
         "clock_on": "2026-11-30", "needed_by_on": "2027-09-03", "budget": 100_000},
    )  # fmt: skip
    page = explanations.page_of_tasks(shop, task_estimate(shop, PROJECT))
    assert "&lt;b&gt;Forecast&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "We plan 210 person-days" in page
    assert "The budget is enough: 30%." in page or "The budget is enough: 31%." in page
    assert "of 17 tasks are each done with" in page
    assert "Does the data need cleaning?" in page
    assert page.count("<rect") == 11


def test_what_does_not_pay_for_itself_says_so_with_the_time_to_build_in_it(shop):
    """A value of exactly 100,000 a year for three years, against some 124,000 and ten months."""
    now = task_estimate(shop, PROJECT).estimated.now
    sure = Estimate.of(np.full(8192, 100_000.0), "money/year")
    built = {"build_cost": now.draws.cost, "p_no_go": now.p_no_go}
    months = now.draws.duration / WORKING_DAYS_A_MONTH
    at_once = benefits(sure, {}, **built)
    later = benefits(sure, {}, **built, build_months=months)
    assert later.npv.mean < 0.95 * at_once.npv.mean
    assert later.probability_of_gain <= at_once.probability_of_gain
    assert later.build_cost.mean == pytest.approx(at_once.build_cost.mean)
