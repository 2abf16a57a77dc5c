"""Who works on a project: what is covered, by when their days are enough, and packs of tasks."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.intake import Profile
from mlpm_core.records import Role, Task
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo_all
from mlpm_core.services.plan.task_templates import add_template, template_views
from mlpm_core.services.plan.team import Demand, last_day, team
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

TODAY = date(2026, 6, 1)
"""A Monday."""
FRIDAY = date(2026, 6, 12)


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project that lives on 1 June 2026."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    save(workspace, "projects", {"title": "Forecast", "clock_on": TODAY})
    yield workspace
    workspace.close()


def save(workspace, kind, *rows, project="shop"):
    receipt = registers.write_rows(workspace.acting_as("ada"), project, kind, rows)
    assert receipt.status == "committed", receipt.rejects


def role(role_id, **more):
    return {"role_id": role_id, "day_rate": 500} | more


def person(name, role_id, **more):
    return {"person_id": name.lower(), "name": name, "role": role_id, "fraction": 1.0} | more


def task(task_id, category="data", **more):
    return {"task_id": task_id, "title": task_id, "category": category, "status": "todo"} | more


def test_what_the_team_covers_follows_from_levels_and_open_tasks(shop):
    save(shop, "roles", role("DS", is_core_ml=True), role("DE"), role("MLE"))
    save(
        shop, "team_members", person("Ana", "DS", train=4, governance=2, is_technical_lead=True),
        person("Ben", "DE", data=3, train=3, wants_to_learn="train; deploy"),
    )  # fmt: skip
    save(
        shop, "tasks", task("a"), task("b", "train"), task("c", "deploy", role="MLE"),
        task("d", "document", status="done"), task("w", "wait"),
    )  # fmt: skip
    view = team(shop, "shop")
    assert [row.category for row in view.uncovered] == ["deploy"]
    assert [(row.category, row.alone) for row in view.on_one_person] == [("data", ("Ben",))]
    assert view.lead_gaps == ()
    assert [(p.category, p.learner, p.teacher) for p in view.pairings] == [("train", "Ben", "Ana")]
    assert view.unmet == (("Ben", "deploy"),)
    assert view.unstaffed == ("MLE",)


def test_days_of_people_are_held_against_what_the_work_asks(shop):
    save(shop, "roles", role("DS"), role("DE", heads=2, availability=0.5), role("MLE"))
    save(
        shop, "team_members", person("Ana", "DS", fraction=0.5),
        person("Ben", "DE", to_on=date(2026, 6, 5)),
    )  # fmt: skip
    save(
        shop, "absences",
        {"absence_id": "h", "from_on": date(2026, 6, 4), "to_on": date(2026, 6, 4)},
        {"absence_id": "a", "person_id": "ana", "from_on": date(2026, 6, 8),
         "to_on": date(2026, 6, 9)},
    )  # fmt: skip
    demand = Demand({"DS": 4.0, "DE": 3.0, "MLE": 1.0}, last=FRIDAY)
    view = team(shop, "shop", demand)
    found = {load.role: (load.capacity_days, load.short_days) for load in view.loads}
    assert found["DS"] == (pytest.approx(7 * 0.5 * 0.8), pytest.approx(1.2))
    assert found["DE"] == (pytest.approx(4 * 0.8), 0.0)
    assert found["MLE"] == (None, 1.0)
    assert [load.role for load in view.short] == ["DS", "MLE"]


def test_while_no_person_is_named_the_heads_of_roles_count(shop):
    save(shop, "roles", role("DE", heads=2, availability=0.5))
    view = team(shop, "shop", Demand({"DE": 9.0}, last=FRIDAY))
    assert view.is_from_heads
    assert view.loads[0].capacity_days == pytest.approx(2 * 0.5 * 10 * 0.8)


def test_days_before_the_planned_start_are_no_days_for_the_work(shop):
    save(
        shop, "projects",
        {"title": "Forecast", "clock_on": TODAY, "planned_start_on": date(2026, 6, 8)},
    )  # fmt: skip
    save(shop, "roles", role("DE"))
    view = team(shop, "shop", Demand({"DE": 9.0}, last=FRIDAY))
    assert view.loads[0].capacity_days == pytest.approx(5 * 0.8)


def test_the_share_of_a_day_is_that_of_the_estimate(shop):
    save(shop, "roles", role("DE"))
    guess = {"raw_days": 9, "day_rate": 500, "p_success": 1.0}
    save(
        shop, "estimates", {"estimate_id": "a", "focus": 0.5, **guess},
        {"estimate_id": "b", "focus": 1.0, **guess},
    )  # fmt: skip
    assert team(shop, "shop", Demand({"DE": 9.0}, last=FRIDAY)).focus == 0.5


def test_without_a_day_to_be_done_by_there_is_no_capacity_to_compare(shop):
    assert team(shop, "shop", Demand({"DE": 9.0})).loads == ()
    save(shop, "projects", {"title": "Forecast", "clock_on": TODAY, "needed_by_on": FRIDAY})
    assert team(shop, "shop", Demand({"DE": 9.0})).until == FRIDAY
    late = {"title": "Forecast", "clock_on": TODAY, "needed_by_on": date(2026, 5, 1)}
    save(shop, "projects", late)
    assert team(shop, "shop", Demand({"DE": 9.0})).until is None


def test_somebody_promised_to_two_projects_for_more_than_their_time_is_named(shop):
    save(shop, "projects", {"title": "Other"}, project="other")
    for project in ("shop", "other"):
        save(shop, "roles", role("DS"), project=project)
        save(shop, "team_members", person("Ana", "DS", fraction=0.6), project=project)
    (line,) = team(shop, "shop").people
    assert line.is_overbooked
    assert line.everywhere == pytest.approx(1.2)


def test_looking_after_the_model_is_part_of_the_plan(shop):
    save(shop, "roles", role("MLE"))
    save(
        shop, "tasks", task("s", "support", p50=2, p90=4, role="MLE"),
        task("r", "evaluate", p50=1, phase="in_life"), task("d", p50=9),
    )  # fmt: skip
    after = team(shop, "shop").in_life
    assert (after.n_tasks, after.p50_days, after.p90_days, after.roles) == (2, 3.0, 5.0, ("MLE",))


def test_handovers_are_between_owners_once_any_task_has_one(shop):
    save(shop, "roles", role("DS"), role("DE"))
    chain = [
        task("a", role="DE"), task("b", role="DS", depends_on="a"),
        task("c", role="DE", depends_on="b"),
    ]  # fmt: skip
    save(shop, "tasks", *chain)
    view = team(shop, "shop")
    assert (view.is_by_owner, view.handovers.n_handovers) == (False, 2)
    save(shop, "tasks", chain[0] | {"owner": "Ana"}, chain[1] | {"owner": "Ana"})
    view = team(shop, "shop")
    assert (view.is_by_owner, view.handovers.n_handovers, view.handovers.n_unknown) == (True, 0, 1)


def test_an_empty_project_has_an_empty_team(shop):
    view = team(shop, "shop")
    assert (view.people, view.loads, view.unstaffed, view.n_open_tasks) == ((), (), (), 0)
    with pytest.raises(NotFoundError):
        team(shop, "nowhere")


@pytest.mark.parametrize(
    ("first", "n", "last"),
    [
        (date(2026, 6, 5), 1, date(2026, 6, 5)),
        (date(2026, 6, 5), 2, date(2026, 6, 8)),
        (date(2026, 6, 6), 1, date(2026, 6, 8)),  # from a Saturday
        (date(2026, 6, 1), 10.2, date(2026, 6, 15)),
        (date(2026, 6, 3), 0, date(2026, 6, 3)),
    ],
)
def test_working_days_end_on_a_working_day(first, n, last):
    assert last_day(first, n) == last


def test_a_pack_brings_its_tasks_and_the_roles_it_needs_and_both_can_be_undone(shop):
    ada = shop.acting_as("ada")
    receipts = add_template(ada, "shop", "first_project", day_rate=600)
    assert [(r.kind, r.status) for r in receipts] == [
        ("roles", "committed"),
        ("tasks", "committed"),
    ]
    with shop.store.reader() as reader:
        tasks, roles = reader.current(Task, "shop"), reader.current(Role, "shop")
    assert len(tasks) == 13
    assert {t.added_on for t in tasks} == {TODAY}
    assert {t.source for t in tasks} == {"template first_project"}
    assert {r.day_rate for r in roles} == {600}
    undo_all(ada, [(r.project, r.batch) for r in reversed(receipts)])
    with shop.store.reader() as reader:
        assert reader.current(Task, "shop") == reader.current(Role, "shop") == []


def test_a_pack_changes_no_task_that_is_there(shop):
    save(shop, "tasks", task("get-access", "wait", status="done", spent_days=8))
    views = {v.template.id: v for v in template_views(shop, "shop")}
    assert (views["forecast"].n_there, len(views["forecast"].template.tasks)) == (1, 17)
    ada = shop.acting_as("ada")
    add_template(ada, "shop", "forecast", day_rate=600)
    with shop.store.reader() as reader:
        there = {t.task_id: t for t in reader.current(Task, "shop")}
    assert there["get-access"].spent_days == 8
    with pytest.raises(InputError, match="already"):
        add_template(ada, "shop", "forecast", day_rate=600)


def test_a_pack_asks_what_a_day_costs_before_it_adds_a_role(shop):
    with pytest.raises(InputError, match="person-day"):
        add_template(shop.acting_as("ada"), "shop", "assistant")
    with shop.store.reader() as reader:
        assert reader.current(Task, "shop") == []
    save(shop, "estimates", {"estimate_id": "e", "raw_days": 9, "day_rate": 450, "p_success": 0.5})
    assert add_template(shop.acting_as("ada"), "shop", "assistant")[-1].status == "committed"


def test_days_of_a_pack_come_from_own_closed_tasks_where_there_are_five(shop):
    save(shop, "tasks", *[task(f"t{i}", status="done", spent_days=2) for i in range(5)])
    pack = next(v.template for v in template_views(shop, "shop") if v.template.id == "forecast")
    own = {t.task_id for t in pack.tasks if t.n_own}
    assert own == {t.task_id for t in pack.tasks if t.category == "data"}


def test_a_pack_as_a_file_imports_as_the_button_adds_it(shop):
    save(shop, "roles", *[role(name) for name in ("BT", "DE", "DS", "MLE")])
    pack = template_views(shop, "shop")[0].template
    receipt = import_file(shop.acting_as("ada"), "shop", "tasks", "tasks.csv", pack.csv().encode())
    assert (receipt.status, receipt.accepted) == ("committed", len(pack.tasks)), receipt.rejects


JIRA = (
    "Summary,Issue key,Issue id,Issue Type,Status,Created,Resolved,Components,Original estimate,"
    "Time Spent\n"
    "Read,ML-{n},1{n},Task,Done,03/Mar/26 9:10 AM,12/Mar/26 4:00 PM,backend,57600,86400\n"
)


def test_what_a_tracker_does_not_say_is_asked_once(shop):
    ada = shop.acting_as("ada")
    asked = import_file(ada, "shop", "tasks", "jira.csv", JIRA.format(n=1).encode())
    assert [q.key for q in asked.questions] == ["hours_per_day"]
    profile = Profile(hours_per_day="8", words={"category.backend": "deploy"})
    first = import_file(
        ada, "shop", "tasks", "jira.csv", JIRA.format(n=1).encode(), profile=profile
    )
    again = import_file(ada, "shop", "tasks", "jira.csv", JIRA.format(n=2).encode())
    assert (first.status, again.status) == ("committed", "committed"), again
    with shop.store.reader() as reader:
        rows = [(t.task_id, t.category, t.spent_days) for t in reader.current(Task, "shop")]
    assert rows == [("ML-1", "deploy", 3.0), ("ML-2", "deploy", 3.0)]


HELP = {
    "support_id": "help", "fix_hours": "4 | 10 | 26", "reach_alone": "8 | 24 | 118",
    "planned_hours": "140 | 198 | 295", "loss_per_hour": 220.0, "hour_rate": 104.0,
}  # fmt: skip


def test_a_year_in_use_is_held_against_the_days_of_whoever_does_support(shop):
    save(shop, "roles", role("DS"), role("MLE"))
    save(
        shop, "team_members", person("Ana", "DS", fraction=0.5),
        person("Ben", "MLE", support=3, fraction=0.1), person("Cem", "MLE", to_on=FRIDAY),
    )  # fmt: skip
    assert (team(shop, "shop").in_use.year, team(shop, "shop").in_use.problem) == (None, None)
    save(shop, "support_plans", HELP)
    undated = team(shop, "shop").in_use.year
    assert (undated.first, undated.capacity_days, undated.short_days) == (None, None, 0.0)
    year = team(shop, "shop", Demand({"MLE": 9.0}, last=FRIDAY)).in_use.year
    assert (year.first, year.last, year.roles) == (FRIDAY, date(2027, 6, 11), ("MLE",))
    assert year.hours.p80 / 8 == year.asked_days > 25
    assert year.work_days == 0.0
    # Ben has a tenth of 261 working days; Cem has the first of them only.
    assert year.capacity_days == pytest.approx((26.1 + 1) * 0.8, abs=0.05)
    assert year.short_days == pytest.approx(year.asked_days - year.capacity_days)


def test_while_a_model_is_in_use_support_and_work_ask_for_the_same_days(shop):
    save(shop, "roles", role("MLE"))
    save(shop, "tasks", task("watch", "support", role="MLE", p10=1, p50=2, p90=4))
    save(shop, "support_plans", HELP)
    save(shop, "models", {"model_id": "m"})
    save(shop, "value_cases", {"value_case_id": "v", "mechanism": "demand_forecast"})
    contract = {
        "contract_id": "c", "counterparty": "Northlight", "contract_type": "support",
        "starts_on": date(2026, 1, 1),
    }  # fmt: skip
    save(shop, "contracts", contract)
    live = {
        "deployment_id": "d", "model_id": "m", "value_case_id": "v", "from_on": date(2026, 1, 1),
    }  # fmt: skip
    save(shop, "deployments", live)
    year = team(shop, "shop", Demand({"MLE": 190.0}, last=FRIDAY)).in_use.year
    assert (year.first, year.is_in_use, year.work_days) == (TODAY, True, 190.0)
    assert year.short_days == pytest.approx(year.asked_days + 190 - 261 * 0.8)
    save(shop, "deployments", live | {"contract_id": "c"})
    year = team(shop, "shop", Demand({"MLE": 190.0}, last=FRIDAY)).in_use.year
    assert (year.contracts, year.short_days) == (("Northlight",), 0.0)
    save(shop, "contracts", contract | {"ends_on": date(2026, 12, 31)})
    assert not team(shop, "shop", Demand({"MLE": 190.0}, last=FRIDAY)).in_use.year.contracts
