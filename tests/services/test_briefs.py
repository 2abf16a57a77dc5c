"""The brief of a project from its records: who wants what, what is open, what nobody stands for."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.quantity import Dimension
from mlpm_core.records import Area, Confidence
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.briefs import brief
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

PROJECT = {
    "project": "shop",
    "title": "Forecast",
    "question": "Fewer stock-outs: a forecast proposes each order.",
    "owner": "Tom",
    "clock_on": date(2026, 6, 30),
}
# Influence, interest, and weights of revenue/cost/cycle/people/experience.
PEOPLE = {
    "mara": ("Mara", 5, 4, "budget holder", (35, 30, 10, 10, 15)),
    "tom": ("Tom", 4, 5, "product owner", (20, 60, 10, 10, 0)),
    "jonas": ("Jonas", 3, 5, "marketing", (45, 0, 0, 5, 50)),
}


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project that lives on 30 June 2026 and nothing known of it."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    save(workspace, "projects", PROJECT)
    yield workspace
    workspace.close()


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), "shop", kind, rows)
    assert receipt.status == "committed", receipt.rejects


def person(stakeholder_id, **changed):
    name, influence, interest, role, points = PEOPLE[stakeholder_id]
    weights = {d.value: p for d, p in zip(Dimension, points, strict=True)}
    told = {"stakeholder_id": stakeholder_id, "name": name, "role": role, "wants": "Less waste"}
    return told | {"influence": influence, "interest": interest} | weights | changed


def finding(finding_id, area, confidence="unknown", **more):
    told = {"finding_id": finding_id, "area": area, "statement": f"Is {finding_id} so?"}
    return told | {"confidence": confidence} | more


def seen(workspace):
    return brief(workspace, "shop")


def test_a_project_without_a_brief_is_asked_for_one_thing_after_the_other(shop):
    view = seen(shop)
    assert (view.is_empty, view.is_understood) == (True, False)
    assert (view.title, view.owner, view.hypothesis) == ("Forecast", "Tom", PROJECT["question"])
    assert view.weights is None
    assert {area.area for area in view.areas} == set(Area)
    assert view.first_missing == "stakeholders"
    save(shop, "stakeholders", person("mara"))
    assert seen(shop).first_missing == "findings"
    save(shop, "findings", finding("a", "data"))
    assert seen(shop).first_missing == ""
    save(shop, "projects", PROJECT | {"question": ""})
    assert seen(shop).first_missing == "projects"
    assert any("what should improve" in told for told in seen(shop).warnings)


def test_the_project_weighs_those_asked_by_influence_and_names_the_others(shop):
    """Mara and Tom: revenue (5*.35 + 4*.2)/9 = .283333, cost saving (5*.3 + 4*.6)/9 = .433333."""
    silent = person("jonas", has_veto=True, wants="", **dict.fromkeys(Dimension, 0))
    save(shop, "stakeholders", person("mara"), person("tom"), silent)
    view = seen(shop)
    assert view.weights[Dimension.REVENUE] == pytest.approx(2.55 / 9)
    assert view.weights[Dimension.COST_SAVING] == pytest.approx(3.9 / 9)
    assert [(s.name, s.influence, s.interest) for s in view.stakeholders] == [
        ("Mara", 5, 4), ("Tom", 4, 5), ("Jonas", 3, 5),
    ]  # fmt: skip
    assert view.stakeholders[2].weights is None
    assert view.not_asked == ("Jonas",)
    text = "\n".join(view.warnings)
    assert "Not asked yet what matters to them: Jonas." in text
    assert "why, is not written down: Jonas." in text
    assert "stop the project" not in text
    assert "budget" not in text


def test_a_conflict_stays_in_sight_beside_the_mean(shop):
    save(shop, "stakeholders", person("mara"), person("tom"), person("jonas"))
    (conflict,) = seen(shop).conflicts
    assert conflict.sentence == (
        "Jonas puts 50 of 100 points on customer experience, Tom 0; "
        "Tom puts 60 on cost saving, Jonas 0."
    )


def test_two_people_of_one_name_are_told_apart(shop):
    same = person("jonas", name="Tom")
    save(shop, "stakeholders", person("tom"), same)
    view = seen(shop)
    assert [s.name for s in view.stakeholders] == ["Tom (tom)", "Tom (jonas)"]
    assert view.stakeholders[0].weights[Dimension.COST_SAVING] == pytest.approx(0.6)
    assert view.stakeholders[1].weights[Dimension.COST_SAVING] == 0
    assert view.conflicts[0].names == ("Tom (jonas)", "Tom (tom)")


def test_open_questions_come_by_urgency_and_are_overdue_by_the_projects_own_clock(shop):
    save(
        shop, "findings",
        finding("known", "data", "proven", evidence="counted", due_on="2026-06-01"),
        finding("assumed", "data", "assumed", owner="Tom", due_on="2026-07-31"),
        finding("today", "organisation", due_on="2026-06-30"),
        finding("late", "application", "assumed", due_on="2026-06-29"),
        finding("stands", "data", is_blocker=True, owner="Pia", due_on="2026-06-10"),
        finding("nobody", "data", is_blocker=True, due_on="2026-09-01"),
        finding("undated", "data", is_blocker=True, owner="Pia"),
    )  # fmt: skip
    view = seen(shop)
    assert [f.finding_id for f in view.open_questions] == [
        "nobody", "undated", "stands", "late", "today", "assumed",
    ]  # fmt: skip
    assert [f.finding_id for f in view.settled] == ["known"]
    assert {f.finding_id for f in view.findings if f.is_overdue} == {"late", "stands"}
    assert {f.finding_id for f in view.findings if f.is_unclaimed} == {"nobody", "undated"}
    assert "2 open blockers lack an owner or a date: give each both." in view.warnings
    assert "2 open questions are past the date by which it must be known." in view.warnings
    data = view.areas[0]
    assert data.sentence == "Data: 1 of 5 findings checked or proven, 3 blockers open."
    assert list(data.by_confidence.values()) == [3, 1, 0, 1]


def test_a_settled_blocker_and_an_archived_record_trouble_nobody(shop):
    save(
        shop, "findings",
        finding("done", "data", "checked", is_blocker=True, due_on="2026-01-01", evidence="seen"),
        finding("gone", "data", is_blocker=True, archived=True),
    )  # fmt: skip
    save(shop, "stakeholders", person("tom", archived=True))
    view = seen(shop)
    assert [f.finding_id for f in view.findings] == ["done"]
    assert view.open_blockers == view.stakeholders == ()
    assert view.warnings == ("Nobody with a say in the project is named.",)


def test_missing_power_money_and_evidence_are_asked_for_only_where_the_records_show_it(shop):
    save(shop, "stakeholders", person("tom"))
    save(shop, "findings", finding("bare", "data", "proven"))
    assert seen(shop).warnings == (
        "Nobody is marked as able to stop the project alone: find out who is.",
        "No role names the budget: find out who holds it.",
        "1 finding is called checked or proven without saying what that rests on.",
    )
    save(shop, "stakeholders", person("tom", role="Holds the Budget", has_veto=True))
    save(shop, "findings", finding("bare", "data", "proven", evidence="a count"))
    assert seen(shop).warnings == ()


def test_only_a_brief_without_gaps_is_understood(shop):
    save(shop, "stakeholders", person("mara"))
    save(shop, "findings", *[finding(a.value, a.value, "checked", evidence="x") for a in Area])
    assert seen(shop).is_understood
    save(shop, "findings", finding("data", "data", Confidence.ASSUMED))
    assert not seen(shop).is_understood
    save(shop, "findings", finding("data", "data", "checked", archived=True))
    assert seen(shop).n_areas_unasked == 1
    assert not seen(shop).is_understood


def test_an_unknown_project_is_named(shop):
    with pytest.raises(NotFoundError, match="nowhere"):
        brief(shop, "nowhere")
