"""An estimate in tasks while the work goes on: risks, what is done, what may not be promised."""

from __future__ import annotations

import math
from datetime import date

import pytest

from mlpm_core.planning import FACTORS
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan import explanations
from mlpm_core.services.plan.plan_summaries import estimate_json, plan_summary
from mlpm_core.services.plan.task_estimates import task_estimate
from pages.parts.plan import task_estimate_text as text
from tests.plans import EXAMPLE, example_tasks, save_example
from tests.services.test_task_estimates import PROJECT, save, tasks


@pytest.fixture
def shop(workspace):
    save_example(workspace)
    return workspace


def test_a_risk_counts_as_its_newest_review_says(shop):
    risk, *others = task_estimate(shop, PROJECT).stored.plan.risks
    review = {"risk_id": risk.name, "reviewed_on": "2026-11-30", "probability": 0.01}
    save(shop, "risk_reviews", review)
    reviewed = {r.name: r.probability for r in task_estimate(shop, PROJECT).stored.plan.risks}
    assert reviewed == {risk.name: 0.01} | {r.name: r.probability for r in others}


def begun(shop, **changed):
    """The example with its planned start in the past."""
    row = {"title": "Forecast", "currency": "EUR", "planned_start_on": "2026-11-30",
           "clock_on": "2027-02-08"}  # fmt: skip
    save(shop, "projects", row | changed)


def test_what_may_not_be_promised_is_promised_in_no_sentence(shop):
    save(shop, "tasks", *tasks(T09={"p10": None, "p50": None, "p90": None}))
    view = task_estimate(shop, PROJECT)
    assert not view.is_promisable
    page = explanations.page_of_tasks(shop, view)
    for told in (view.explanation, estimate_json(shop, PROJECT)["explanation"], page):
        assert "promise nothing yet" in told
        assert ", promise " not in told
    assert "to promise" not in page


def test_work_beyond_any_calendar_is_a_reason_and_no_crash(shop):
    save(shop, "tasks", *tasks(T02={"p10": 9_000, "p50": 9_500, "p90": 10_000}))
    save(shop, "roles", *[
        {"role_id": n, "heads": 1, "availability": 0.01, "day_rate": 1.0}
        for n in EXAMPLE["project"]["roles"]
    ])  # fmt: skip
    view = task_estimate(shop, PROJECT)
    assert view.estimated is None
    assert "more than 100 years" in view.problem
    assert view.problem in view.refusals
    assert plan_summary(shop, PROJECT).problem == view.problem
    assert estimate_json(shop, PROJECT)["reason"] == view.problem


def test_the_page_says_what_finished_tasks_taught_only_when_any_did(shop):
    begun(shop)
    assert task_estimate(shop, PROJECT).estimated.updated is not None
    page = explanations.page_of_tasks(shop, task_estimate(shop, PROJECT))
    assert "By the tasks that are finished" not in page
    done = {"status": "done", "spent_days": 9.0, "finished_on": "2027-01-08"}
    save(shop, "tasks", *tasks(T01=done))
    page = explanations.page_of_tasks(shop, task_estimate(shop, PROJECT))
    assert "By the tasks that are finished, work takes about" in page
    assert "(taken before: 1.25)" in page


def test_a_risk_that_occurred_is_certain_until_it_is_retired(shop):
    """Else the estimate would fall on the day on which something went wrong."""
    before = task_estimate(shop, PROJECT)
    risk = before.stored.plan.risks[0]
    stored = next(r for r in registers.records(shop, PROJECT, "risks") if r["risk_id"] == risk.name)
    save(shop, "risks", stored | {"status": "occurred"})
    occurred = task_estimate(shop, PROJECT)
    assert {r.name: r.probability for r in occurred.stored.plan.risks}[risk.name] == 1.0
    assert occurred.estimated.now.effort.p80 >= before.estimated.now.effort.p80
    save(
        shop,
        "risks",
        stored | {"status": "retired", "retired_on": "2026-11-30", "evidence": "It is a task."},
    )
    assert risk.name not in {r.name for r in task_estimate(shop, PROJECT).stored.plan.risks}


def test_a_project_that_is_done_is_late_by_no_risk(shop):
    done = {"status": "done", "spent_days": 3.0, "finished_on": "2027-01-08"}
    save(shop, "tasks", *[task | done for task in example_tasks()])
    begun(shop, needed_by_on="2027-01-08")
    view = task_estimate(shop, PROJECT)
    assert view.is_finished
    assert view.p_date == 1.0
    assert view.finish_on(0.95) == date(2027, 1, 8)
    assert view.estimated.updated.remaining.p95 == pytest.approx(0.0)
    save(shop, "tasks", {"task_id": "open", "title": "Open", "category": "data"})
    assert not task_estimate(shop, PROJECT).is_finished


def test_ranges_that_held_too_seldom_are_widened_wherever_their_estimator_works(shop):
    """Six of ten held: by 1.2816 / z(.8) on the logarithm, and no longer once they are enough."""
    others = registers.save(shop.acting_as("ada"), "past", "projects", [{"title": "Past"}])
    assert others.status == "committed"
    done = {"category": "data", "p10": 2.0, "p50": 4.0, "p90": 8.0, "status": "done",
            "estimated_by": "Kim  Park"}  # fmt: skip
    closed = [
        done | {"task_id": f"t{i}", "title": f"T{i}", "spent_days": 5.0 if i < 6 else 20.0}
        for i in range(10)
    ]
    save(shop, "tasks", *tasks(T06={"estimated_by": "kim park"}))
    before = task_estimate(shop, PROJECT)
    told = registers.save(shop.acting_as("ada"), "past", "tasks", closed)
    assert told.status == "committed", told.rejects
    view = task_estimate(shop, PROJECT)
    was, now = ({t.name: t.days for t in v.stored.plan.tasks}["T06"] for v in (before, view))
    assert now.p50 == was.p50
    times = math.log(now.p90 / now.p50) / math.log(was.p90 / was.p50)
    assert times == pytest.approx(1.2816 / 0.8416, rel=1e-3)
    assert math.log(now.p50 / now.p10) / math.log(was.p50 / was.p10) == pytest.approx(times)
    others = {t.name: t.days for t in view.stored.plan.tasks if t.name != "T06"}
    assert others == {t.name: t.days for t in before.stored.plan.tasks if t.name != "T06"}
    assert view.estimated.now.effort.p80 > before.estimated.now.effort.p80
    (note,) = [n for n in view.notes if "Kim Park" in n]
    assert "1.5 times as wide: of 10 whose work is done, 6 held" in note


def test_a_chance_with_no_model_counted_in_says_so_on_the_page(shop):
    begun(shop, clock_on="2026-11-30", budget=100_000)
    view = task_estimate(shop, PROJECT)
    page = explanations.page_of_tasks(shop, view)
    assert "counted in" not in page
    said = explanations._of_money(0.3, 0.4, is_open=True)
    assert said[1].startswith("Its value is above all its cost, the chance of no usable model")


def test_a_baseline_from_a_file_keeps_the_twenty_day_rule_too(shop):
    row = {"snapshot_id": "file", "taken_on": "2026-12-07", "effort_p50": 200.0}
    save(shop, "tasks", *tasks(T06={"p10": 10, "p50": 21, "p90": 40}))
    told = registers.save(
        shop.acting_as("ada"), PROJECT, "estimate_snapshots", [row | {"is_baseline": True}]
    )
    assert told.status == "rejected"
    assert "(20-day rule): Task T06. Split" in told.rejects[0].message
    save(shop, "estimate_snapshots", row)
    save(shop, "tasks", *tasks(T06={"p10": 10, "p50": 20, "p90": 40}))
    save(shop, "estimate_snapshots", row | {"snapshot_id": "small", "is_baseline": True})


@pytest.mark.parametrize(("raw_days", "is_taken"), [(8, True), (21, False)])
def test_a_guess_that_is_too_large_for_one_number_is_no_baseline(shop, raw_days, is_taken):
    known = {name: "no" for name in FACTORS}
    guess = {"estimate_id": "g", "raw_days": raw_days, "day_rate": 500, "p_success": 1}
    rows = {
        "projects": {"title": "Q"},
        "estimates": guess | known,
        "estimate_snapshots": {"snapshot_id": "b", "taken_on": "2026-12-07", "is_baseline": True},
    }
    done = [registers.save(shop.acting_as("ada"), "q", kind, [row]) for kind, row in rows.items()]
    assert [receipt.status for receipt in done] == [
        "committed", "committed", "committed" if is_taken else "rejected",
    ]  # fmt: skip


def test_a_task_above_ten_days_and_modelling_without_an_end_are_named(shop):
    assert task_estimate(shop, PROJECT).advice == (
        "Nobody said how one sees that this modelling is done: Task T09, Task T10.",
    )
    bounded = {"acceptance": "Its figure stands beside the rule's"}
    save(
        shop, "tasks",
        *tasks(T06={"p10": 6, "p50": 11, "p90": 20}, T09=bounded, T10={"status": "dropped"}),
    )  # fmt: skip
    (only,) = task_estimate(shop, PROJECT).advice
    assert only.startswith("Better split: Task T06. ")


@pytest.mark.parametrize(
    ("kind", "row", "first", "last"),
    [
        ("absences", {"absence_id": "a"}, "from_on", "to_on"),
        ("team_members", {"person_id": "bo", "name": "Bo", "role": "DE"}, "from_on", "to_on"),
        ("tasks", {"task_id": "t", "title": "T", "category": "wait"}, "started_on", "finished_on"),
        ("contracts", {"contract_id": "c", "counterparty": "N", "contract_type": "support",
                       "pricing": "standby"}, "starts_on", "ends_on"),
    ],
)  # fmt: skip
def test_a_last_day_before_the_first_is_refused_and_the_same_day_is_not(
    shop, kind, row, first, last
):
    ada = shop.acting_as("ada")
    days = {first: "2026-12-02", last: "2026-12-01"}
    (reject,) = registers.save(ada, PROJECT, kind, [row | days]).rejects
    assert reject.column == last
    assert "(2026-12-01) comes before" in reject.message
    save(shop, kind, row | {first: "2026-12-01", last: "2026-12-01"})


def test_a_finished_project_says_the_day_of_its_last_task_or_that_nobody_wrote_it_down(shop):
    begun(shop)
    done = {"status": "done", "spent_days": 3.0, "finished_on": "2027-01-08"}
    names = [task["task_id"] for task in example_tasks()]
    save(
        shop, "tasks", *tasks(**dict.fromkeys(names, done) | {"T01": done | {"finished_on": None}})
    )
    view = task_estimate(shop, PROJECT)
    assert view.is_finished
    assert view.done_on is None
    assert "not known: nobody wrote down the day of each" in text.finished(view)
    assert text.held_against(view, None)[0][1] == "not known"
    last = done | {"finished_on": "2027-03-01"}
    save(shop, "tasks", *tasks(**dict.fromkeys(names, done) | {"T01": last}))
    view = task_estimate(shop, PROJECT)
    assert view.done_on == date(2027, 3, 1)
    assert any(note.startswith("Done on a day that is yet to come") for note in view.notes)
