"""Risks and checks of a project from its records: at risk, not told, asked, due, rebuilt."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.records import Phase
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.checks import checks, question_titles
from mlpm_core.services.plan.risks import risks
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

PROJECT = {
    "project": "p", "title": "P", "clock_on": date(2026, 3, 30), "phase": "sprint_1",
    "data_version": "v2",
}  # fmt: skip
RISK = {"title": "The data comes late", "category": "data", "probability": 0.5}
SIZED = RISK | {"p10": 4, "p50": 4, "p90": 4, "raised_on": "2026-03-02"}


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project that lives on 30 March 2026."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    save(workspace, "projects", PROJECT)
    yield workspace
    workspace.close()


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), "p", kind, rows)
    assert receipt.status == "committed", receipt.rejects


def test_a_project_without_anything_is_asked_and_has_nothing_at_risk(shop):
    view = risks(shop, "p")
    assert (view.risks, view.weeks, view.kept_quiet) == ((), (), ())
    asked = checks(shop, "p")
    assert asked.phase is Phase.SPRINT_1
    assert asked.blocking
    assert (asked.documents, asked.rebuilds, asked.harms) == ((), (), ())
    with pytest.raises(NotFoundError):
        risks(shop, "q")
    with pytest.raises(NotFoundError):
        checks(shop, "q")


def test_money_at_risk_takes_the_mean_rate_of_the_heads(shop):
    roles = [{"role_id": "DE", "day_rate": 500, "heads": 3}, {"role_id": "DS", "day_rate": 900}]
    save(shop, "roles", *roles)
    save(shop, "risks", SIZED | {"risk_id": "a"}, RISK | {"risk_id": "b"})
    save(shop, "risk_reviews", {"risk_id": "a", "reviewed_on": "2026-03-20", "probability": 0.25})
    view = risks(shop, "p")
    assert [r.record.risk_id for r in view.risks] == ["b", "a"]
    assert (view.weeks[-1].days, view.weeks[-1].money, view.weeks[-1].n_unsized) == (1, 600, 1)
    assert view.weeks[0].days == 2


def test_a_meeting_in_which_a_risk_was_told_stops_its_clock(shop):
    save(shop, "stakeholders", {"stakeholder_id": "mara", "name": "Mara", "influence": 3})
    save(shop, "risks", SIZED | {"risk_id": "a"}, SIZED | {"risk_id": "b"})
    save(
        shop, "interactions",
        {"interaction_id": "i", "stakeholder_id": "mara", "happened_on": "2026-03-05",
         "interaction_type": "meeting", "risks_shared": "x; b"},
    )  # fmt: skip
    view = risks(shop, "p")
    assert [r.record.risk_id for r in view.kept_quiet] == ["a"]
    told = next(r for r in view.risks if r.record.risk_id == "b").shared
    assert (told.since, told.kept_days) == (date(2026, 3, 5), 3)


def test_an_answer_about_data_that_are_no_longer_in_use_is_asked_again(shop):
    gate = "privacy_least"
    answer = {"check_id": gate, "phase": "sprint_1", "reply": "yes", "answered_on": "2026-03-20"}
    save(shop, "check_results", answer | {"about_version": "v2"})
    assert gate not in {c.question.check_id for c in checks(shop, "p").blocking}
    save(shop, "projects", PROJECT | {"data_version": "v3"})
    (stale,) = [c for c in checks(shop, "p").blocking if c.question.check_id == gate]
    assert stale.state.is_stale
    assert gate in {c.question.check_id for c in checks(shop, "p", "sprint_2").blocking}


def test_documents_that_are_due_and_not_done_stand_in_order(shop):
    task = {"title": "T", "category": "document"}
    save(
        shop, "tasks",
        task | {"task_id": "later", "due_on": "2026-05-01"},
        task | {"task_id": "soon", "due_on": "2026-04-01"},
        task | {"task_id": "done", "due_on": "2026-04-01", "status": "done"},
        task | {"task_id": "undated"},
        task | {"task_id": "code", "due_on": "2026-04-01", "category": "train"},
    )  # fmt: skip
    assert [t.task_id for t in checks(shop, "p").documents] == ["soon", "later"]


def test_own_questions_are_asked_beside_the_packs(shop):
    save(
        shop, "check_questions",
        {"check_id": "own", "pack": "Ours", "question": "Is it so?", "is_gate": True},
    )  # fmt: skip
    assert "own" in {c.question.check_id for c in checks(shop, "p").blocking}
    assert question_titles(shop, "p")["own"] == "Ours: Is it so?"
    assert "ready_data_1" in question_titles(shop, "p")


def test_a_model_is_scored_by_what_is_kept_and_by_its_own_tries(shop):
    save(
        shop, "artefacts",
        {"artefact_id": "m", "artefact_type": "model", "made_from": "d", "digest": "1f"},
        {"artefact_id": "d", "artefact_type": "dataset", "digest": "2f"},
    )  # fmt: skip
    tried = {"artefact_id": "m", "original": 0.8, "rebuilt": 0.8}
    assert checks(shop, "p").rebuilds[0].points == 2
    save(shop, "rebuilds", tried | {"attempted_on": "2026-04-02"})
    assert checks(shop, "p").rebuilds[0].last is None
    save(shop, "rebuilds", tried | {"attempted_on": "2026-03-02"})
    assert checks(shop, "p").rebuilds[0].points == 3
