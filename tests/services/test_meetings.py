"""Who was met, shown and answered, early results, and the page for the next meeting."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.records import Project
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.meeting_pack import meeting_pack
from mlpm_core.services.plan.meetings import EarlyState, meetings
from mlpm_core.services.session.settings import Settings
from pages.parts.plan.meetings import pack_text
from tests.stores import copied

PROJECT = {"project": "shop", "title": "S", "clock_on": date(2026, 6, 30)}


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project that lives on 30 June 2026, and two stakeholders."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    save(workspace, "projects", PROJECT)
    save(
        workspace, "stakeholders",
        {"stakeholder_id": "tom", "name": "Tom", "influence": 5, "contact_every_days": 7},
        {"stakeholder_id": "mara", "name": "Mara", "influence": 3, "contact_every_days": 7},
    )  # fmt: skip
    yield workspace
    workspace.close()


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), "shop", kind, rows)
    assert receipt.status == "committed", receipt.rejects


def met(interaction_id, happened_on, stakeholder_id="tom", interaction_type="meeting", **more):
    return {
        "interaction_id": interaction_id,
        "happened_on": happened_on,
        "stakeholder_id": stakeholder_id,
        "interaction_type": interaction_type,
    } | more


def contact(workspace, name):
    return next(c for c in meetings(workspace, "shop").contacts if c.name == name)


def test_whoever_was_never_met_waits_and_what_lies_ahead_is_no_contact(shop):
    save(shop, "interactions", met("a", "2026-06-23"), met("b", "2026-07-01", "mara", "demo"))
    view = meetings(shop, "shop")
    assert [c.name for c in view.due] == ["Mara"]
    assert (contact(shop, "Tom").days_since, contact(shop, "Mara").days_since) == (7, None)
    assert (view.demo_days, view.never_shown) == (None, ("Mara", "Tom"))
    save(shop, "projects", PROJECT | {"clock_on": date(2026, 7, 1)})
    view = meetings(shop, "shop")
    assert [c.name for c in view.due] == ["Tom"]
    assert (view.demo_days, view.never_shown) == (0, ("Tom",))


def test_days_to_answer_are_a_median_of_answered_questions_and_say_how_many_are_open(shop):
    question = {"open_question": "Which stores?"}
    save(
        shop, "interactions",
        met("a", "2026-05-01", **question, answered_on="2026-05-01"),
        met("b", "2026-05-01", **question, answered_on="2026-05-05"),
        met("c", "2026-05-01", **question, answered_on="2026-06-10"),
        met("d", "2026-06-20", **question), met("e", "2026-06-10", "mara", **question),
        met("f", "2026-06-28", **question, answered_on="2026-07-02"),
    )  # fmt: skip
    tom = contact(shop, "Tom")
    assert (tom.answer_days, tom.n_answered, tom.n_open) == (4, 3, 2)
    assert [(q.stakeholder, q.age_days) for q in meetings(shop, "shop").questions] == [
        ("Mara", 20), ("Tom", 10), ("Tom", 2),
    ]  # fmt: skip


def test_minutes_are_those_of_thirty_days_and_an_untimed_meeting_is_not_nothing(shop):
    save(
        shop, "interactions",
        met("old", "2026-05-31", minutes=500), met("first", "2026-06-01", minutes=30),
        met("today", "2026-06-30", minutes=15), met("untimed", "2026-06-10"),
        met("gone", "2026-06-10", minutes=99, archived=True),
    )  # fmt: skip
    tom = contact(shop, "Tom")
    assert (tom.minutes, tom.n_untimed) == (45, 1)


def test_how_content_they_are_comes_in_the_order_of_days(shop):
    save(
        shop, "interactions",
        met("z", "2026-06-01", satisfaction=2), met("a", "2026-06-20", satisfaction=5),
        met("m", "2026-06-10"),
    )  # fmt: skip
    assert contact(shop, "Tom").content == (2, 5)


@pytest.mark.parametrize(("last", "is_due"), [("2026-06-16", False), ("2026-06-15", True)])
def test_more_than_fourteen_days_without_a_demo_is_an_alarm(shop, last, is_due):
    save(shop, "interactions", met("a", "2026-01-01"), met("b", last, interaction_type="demo"))
    assert meetings(shop, "shop").is_demo_due is is_due


def test_a_project_that_never_showed_anything_is_alarmed_once_it_runs_two_weeks(shop):
    assert not meetings(shop, "shop").is_demo_due
    save(shop, "projects", PROJECT | {"planned_start_on": "2026-06-15"})
    assert meetings(shop, "shop").is_demo_due


def test_a_project_asked_by_name_has_every_field_of_its_record(shop):
    row = {
        "phase": "sprint_1", "planned_start_on": date(2026, 6, 1), "needed_by_on": date(2026, 9, 1),
        "budget": 5000.0, "autonomy": "assistive", "failure_policy": "By hand",
        "data_version": "v2", "lighthouse_for": "big", "owner": "Tom", "question": "Why",
    }  # fmt: skip
    save(shop, "projects", PROJECT | row)
    with shop.store.reader() as reader:
        stored = reader.one(Project, ("shop",))
    assert dict(shop.project("shop")) == dict(stored)
    assert {k: dict(stored)[k] for k in row} == row


def test_an_early_result_counts_only_within_the_first_ten_working_days(shop):
    """Monday 29 June 2026 is the first, Friday 10 July the tenth working day."""
    save(shop, "projects", PROJECT | {"planned_start_on": "2026-06-29"})
    task = {"task_id": "t", "title": "Chart", "category": "explore", "is_early_result": True}
    early = meetings(shop, "shop").early
    assert (early.state, early.until_on) == (EarlyState.NONE, date(2026, 7, 10))
    for more, state in (
        ({}, EarlyState.UNDATED),
        ({"due_on": "2026-07-13"}, EarlyState.LATE),
        ({"due_on": "2026-07-10"}, EarlyState.PLANNED),
        ({"due_on": "2026-06-29"}, EarlyState.LATE),  # was due yesterday and is not done
        ({"due_on": "2026-07-13", "finished_on": "2026-06-30"}, EarlyState.DONE),
        ({"due_on": "2026-07-10", "status": "dropped"}, EarlyState.NONE),
    ):
        save(shop, "tasks", task | more)
        assert meetings(shop, "shop").early.state is state, more


def test_an_answer_without_its_question_or_before_it_is_refused(shop):
    for more, sentence in (
        ({"answered_on": "2026-06-02"}, "no question"),
        ({"open_question": "Who?", "answered_on": "2026-05-31"}, "before the question"),
    ):
        receipt = registers.save(
            shop.acting_as("ada"), "shop", "interactions", [met("a", "2026-06-01", **more)]
        )
        assert receipt.status == "rejected"
        assert sentence in receipt.rejects[0].message


def test_the_pack_tells_what_changed_since_they_were_met_and_what_they_have_not_heard(shop):
    save(
        shop, "interactions",
        met("a", "2026-06-10", risks_shared="r1; r2", open_question="Which stores?"),
        met("b", "2026-06-20", "mara", risks_shared="r3"),
        met("c", "2026-06-25", interaction_type="question"),
    )  # fmt: skip
    known = {"area": "data", "confidence": "proven"}
    save(
        shop, "findings",
        {"finding_id": "old", "statement": "Old", "found_on": "2026-06-09", **known},
        {"finding_id": "new", "statement": "New", "found_on": "2026-06-10", **known},
        {"finding_id": "block", "statement": "Who has it?", "area": "data", "is_blocker": True},
    )  # fmt: skip
    risk = {"category": "data", "probability": 0.25}
    save(
        shop, "risks",
        *[{"risk_id": f"r{i}", "title": f"Risk {i}", **risk} for i in (1, 2, 3)],
        {"risk_id": "r4", "title": "Risk 4", "status": "retired",
         "retired_on": "2026-05-01", "evidence": "It was tried", **risk},
    )  # fmt: skip
    pack = meeting_pack(shop, "shop", "tom")
    assert pack.since == date(2026, 6, 10)
    assert pack.changes == ("Found out (proven): New",)
    assert pack.decisions == ("Blocks the work, in the hands of nobody yet: Who has it?",)
    assert pack.questions == (("Which stores?", 20),)
    assert pack.risks == ("Risk 3 (open, 25% likely; nobody was told)",)
    save(
        shop, "risk_reviews",
        {"risk_id": "r3", "reviewed_on": "2026-06-20", "probability": 0.004},
    )  # fmt: skip
    save(
        shop, "risks",
        {"risk_id": "r4", "title": "Risk 4", "status": "occurred", **risk},
        {"risk_id": "r5", "title": "Risk 5", "raised_on": "2026-07-01", **risk},
    )  # fmt: skip
    assert meeting_pack(shop, "shop", "tom").risks == (
        "Risk 3 (open, less than 1% likely; nobody was told)",
        "Risk 4 (occurred; nobody was told)",
    )
    text = pack_text(pack)
    assert "WHAT CHANGED SINCE 10 JUN 2026\n- Found out (proven): New" in text
    assert "- 2 of 3 findings are checked or proven." in text


def test_a_pack_stays_on_one_page_and_works_with_nothing_known(shop):
    empty = pack_text(meeting_pack(shop, "shop", "mara"))
    assert "never met before" in empty.lower()
    assert "No KPI is named yet." in empty
    risk = {"category": "data", "probability": 0.25}
    save(shop, "risks", *[{"risk_id": f"r{i}", "title": f"R{i}", **risk} for i in range(40)])
    text = pack_text(meeting_pack(shop, "shop", "mara"))
    assert "and 34 more" in text
    assert len(text.splitlines()) < 60
    with pytest.raises(NotFoundError, match="nobody"):
        meeting_pack(shop, "shop", "nobody")


def test_what_was_shown_stands_with_what_they_said_the_newest_first(shop):
    save(
        shop, "interactions",
        met("a", "2026-06-01", shown="A rule", said="Too many alarms"),
        met("b", "2026-06-20", "mara", "demo", shown="A model"),
        met("c", "2026-06-25"),
        met("d", "2026-07-01", shown="Tomorrow's"),
    )  # fmt: skip
    view = meetings(shop, "shop")
    assert [(f.stakeholder, f.shown, f.said) for f in view.feedback] == [
        ("Mara", "A model", ""), ("Tom", "A rule", "Too many alarms"),
    ]  # fmt: skip
    assert view.unanswered_demos == 1
