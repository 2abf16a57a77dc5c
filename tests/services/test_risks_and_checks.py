"""Risks and checks of a project from its records: at risk, not told, asked, due, rebuilt."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.planning.artefacts import ArtefactGap
from mlpm_core.records import Phase, RiskCategory
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.checks import checks, question_titles
from mlpm_core.services.plan.offered_risks import offered_risks, write_down
from mlpm_core.services.plan.past_projects import own_history
from mlpm_core.services.plan.plans import stored_plan
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


def test_what_making_a_risk_smaller_spares_is_held_against_what_it_takes(shop):
    """From 1/2 to 1/4 of 4 days spares 1 day on average."""
    smaller = SIZED | {"residual_probability": 0.25}
    save(
        shop, "risks",
        smaller | {"risk_id": "dear", "mitigation_days": 2},
        smaller | {"risk_id": "cheap", "mitigation_days": 0.5},
        smaller | {"risk_id": "unsaid"},
        RISK | {"risk_id": "unsized", "residual_probability": 0.25, "mitigation_days": 2},
        SIZED | {"risk_id": "worse", "residual_probability": 0.9, "mitigation_days": 0},
    )  # fmt: skip
    found = {
        r.record.risk_id: (r.spared_days, r.is_mitigation_dear) for r in risks(shop, "p").risks
    }
    assert found == {
        "dear": (1, True), "cheap": (1, False), "unsaid": (1, None), "unsized": (None, None),
        "worse": (0, False),
    }  # fmt: skip


def test_the_estimate_goes_by_the_residual_probability_once_the_mitigation_is_done(shop):
    save(shop, "roles", {"role_id": "DE", "day_rate": 500})
    asking = {
        "task_id": "ask", "title": "Ask twice", "category": "data", "role": "DE", "p10": 1,
        "p50": 1, "p90": 1,
    }  # fmt: skip
    save(shop, "tasks", asking)
    save(shop, "risks", SIZED | {"risk_id": "r", "mitigation": "ask", "residual_probability": 0.1})

    def likely():
        with shop.store.reader() as reader:
            row = shop.project("p")
            stored = stored_plan(reader, row, shop.today("p"), own_history(shop, row))
        (view,) = risks(shop, "p").risks
        assert [r.probability for r in stored.plan.risks] == [view.probability]
        return view.probability, view.spared_days

    assert likely() == (0.5, pytest.approx(1.6))
    save(shop, "tasks", asking | {"status": "done", "finished_on": shop.today("p")})
    assert likely() == (0.1, None)


def test_artefacts_with_most_unsettled_come_first(shop):
    save(
        shop, "artefacts",
        {"artefact_id": "ok", "artefact_type": "code", "owner": "P", "location": "x",
         "digest": "1"},
        {"artefact_id": "bare", "artefact_type": "dataset", "keep_until_on": "2026-03-29"},
    )  # fmt: skip
    bare, ok = checks(shop, "p").artefacts
    assert (bare.record.artefact_id, ok.gaps) == ("bare", ())
    assert ArtefactGap.KEPT_TOO_LONG in bare.gaps


IMPACT = {
    "check_id": "impact_harm", "phase": "sprint_1", "reply": "yes", "answered_on": "2026-03-20",
    "harm_if_works": "Nobody.", "harm_if_fails": "Whoever waits for a bike",
}  # fmt: skip


def offers(workspace):
    return {o.risk_id: o for o in offered_risks(workspace, "p")}


def test_a_project_without_people_harm_or_incidents_is_offered_no_risk(shop):
    assert offers(shop) == {}


def test_people_who_are_missing_and_harm_that_is_named_are_offered_as_risks(shop):
    save(shop, "roles", {"role_id": "DS", "day_rate": 500, "is_core_ml": True})
    save(
        shop, "team_members",
        {"person_id": "ana", "name": "Ana", "role": "DS", "train": 3, "governance": 1,
         "is_technical_lead": True},
        {"person_id": "bo", "name": "Bo", "role": "DS", "train": 1, "governance": 1,
         "is_technical_lead": True},
    )  # fmt: skip
    save(shop, "tasks", {"task_id": "t", "title": "T", "category": "train"})
    save(shop, "check_results", IMPACT)
    found = offers(shop)
    assert set(found) == {
        "people-lead-no_delivery", "people-lead-no_depth", "people-one-person",
        "harm-fails-impact_harm",
    }  # fmt: skip
    assert found["people-lead-no_delivery"].title.startswith("Led by Ana and Bo,")
    assert found["people-lead-no_depth"].title.startswith("Led by Bo,")
    assert found["people-one-person"].title.endswith("gone: training.")
    assert found["harm-fails-impact_harm"].category is RiskCategory.ETHICS_LEGAL


def test_a_model_with_incidents_that_no_risk_watches_is_offered_as_one(shop):
    save(shop, "models", {"model_id": "m"}, {"model_id": "n"})
    save(shop, "value_cases", {"value_case_id": "v", "mechanism": "demand_forecast"})
    use = {"value_case_id": "v", "from_on": "2026-01-01"}
    save(
        shop, "deployments",
        use | {"deployment_id": "a", "model_id": "m"},
        use | {"deployment_id": "b", "model_id": "n", "slot": "shadow"},
    )  # fmt: skip
    told = {"title": "Down", "severity": "SEV2"}
    save(
        shop, "incident_log",
        told | {"incident_id": "1", "model_id": "m", "started_at": "2026-03-01T00:00:00Z"},
        told | {"incident_id": "2", "model_id": "n", "started_at": "2026-03-01T00:00:00Z"},
        told | {"incident_id": "3", "model_id": "m", "started_at": "2026-04-01T00:00:00Z"},
    )  # fmt: skip
    (offer,) = offers(shop).values()
    assert (offer.model_id, offer.said_by) == ("m", "an incident of this model")
    save(shop, "risks", RISK | {"risk_id": "own", "model_id": "m"})
    assert offers(shop) == {}


def test_an_offered_risk_is_written_down_once_and_not_offered_again(shop):
    save(shop, "check_results", IMPACT)
    ada = shop.acting_as("ada")
    saved = write_down(ada, "p", "harm-fails-impact_harm")
    assert saved.receipt.status == "committed", saved.receipt.rejects
    (risk,) = [r.record for r in risks(shop, "p").risks]
    assert (risk.title, risk.probability) == ("Harm if it fails: Whoever waits for a bike", 0.5)
    assert risk.raised_on == date(2026, 3, 30)
    assert offers(shop) == {}
    with pytest.raises(InputError, match="not offered any more"):
        write_down(ada, "p", "harm-fails-impact_harm")
    row = {name: getattr(risk, name) for name in type(risk).model_fields}
    save(shop, "risks", row | {"archived": True})
    assert offers(shop) == {}
