"""The screen Risks and checks: what it opens with, what it refuses to hide, an empty project."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.planning.mitigation import Mitigation
from mlpm_core.planning.risk import SharedSince
from mlpm_core.records import Risk
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.risks import RiskView
from pages.parts.plan import risks as words
from tests.app.conftest import button, open_screen, opening, plain, run, said

ODD = "**x** :red[y] $z$ <img>"
RISK = {
    "risk_id": "late", "title": ODD, "category": "data", "probability": 0.5, "day_rate": 600,
    "p10": 4, "p50": 4, "p90": 4, "raised_on": "2026-03-02",
}  # fmt: skip


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("test"), "p", kind, rows)
    assert receipt.status == "committed", receipt.rejects


def opened(app):
    """The sentence the screen opens with, as a reader sees it."""
    return plain(opening(app)).replace("**", "")


@pytest.fixture
def shop(empty):
    """A project that lives on 30 March 2026, in its first sprint."""
    save(
        empty, "projects",
        {"project": "p", "title": "P", "clock_on": date(2026, 3, 30), "phase": "sprint_1"},
    )  # fmt: skip
    return empty


def test_an_empty_project_is_not_called_free_of_risk(shop):
    del shop
    app = open_screen("risks", project="p")
    opening = opened(app)
    assert "no risk is written down yet, which does not mean that there is none" in opening
    assert "gates of the phase Sprint 1: explore the data are open" in opening
    assert "No model is kept yet" in said(app)


def test_without_a_phase_no_gate_is_said_to_be_open_or_closed(empty):
    save(empty, "projects", {"project": "p", "title": "P"})
    opening = opened(open_screen("risks", project="p"))
    assert "Nobody has said in which phase the project is" in opening


def test_the_screen_opens_with_what_is_at_risk_against_the_start_and_who_was_not_told(shop):
    save(shop, "risks", RISK)
    save(shop, "risk_reviews", {"risk_id": "late", "reviewed_on": "2026-03-20", "probability": 0.2})
    app = open_screen("risks", project="p")
    opening = opened(app)
    assert "0.8 person-days and EUR 480 are at risk now" in opening
    assert "On 2 Mar 2026 it was 2 person-days and EUR 1,200." in opening
    assert "Nobody outside the team was told of 1 risk for over a week" in opening
    assert "x" in plain(app.warning[0].value)
    assert "**x**" not in app.warning[0].value
    assert "for 28 days" in plain(app.warning[0].value)


def test_a_small_chance_is_not_none_and_a_retired_risk_is_nobodys_knowledge(shop):
    save(shop, "risks", RISK | {"probability": 0.004})
    app = open_screen("risks", project="p")
    assert list(app.dataframe[0].value["Probability"]) == ["<1%"]
    retired = {"status": "retired", "retired_on": "2026-03-09", "evidence": "The data came."}
    save(shop, "risks", RISK | retired)
    assert "Stakeholders know" not in opened(open_screen("risks", project="p"))


def test_risks_without_a_size_or_a_rate_are_said_and_not_taken_as_nothing(shop):
    bare = {k: v for k, v in RISK.items() if k not in ("p10", "p50", "p90")}
    save(shop, "risks", bare)
    assert "nobody has said what any of them would take" in said(open_screen("risks", project="p"))
    save(shop, "risks", RISK | {"risk_id": "b", "day_rate": None})
    opening = opened(open_screen("risks", project="p"))
    assert "on average 2 person-days are at risk now. " in opening
    assert "That leaves out 1 risk without a size." in opening
    assert "Nobody wrote down what these person-days cost, so no money is given." in opening


def test_an_answer_is_given_on_the_screen_and_closes_its_gate(shop):
    app = open_screen("risks", project="p", phase="sprint_1")
    before = opening(app)
    (part,) = [g for g in app.get("button_group") if "Answer to a check" in str(g.options)]
    part.set_value("check_results")
    run(app)
    choice = next(s for s in app.selectbox if s.label == "Check")
    choice.set_value("privacy_least")
    next(s for s in app.selectbox if s.label == "Phase" and s.key != "phase").set_value("sprint_1")
    next(s for s in app.selectbox if s.label == "Answer").set_value("yes")
    next(d for d in app.date_input if d.label == "Answered on").set_value(date(2026, 3, 29))
    run(app)
    button(app, "Add the").click()
    run(app)
    app = open_screen("risks", project="p")
    assert opening(app) != before


def test_a_model_in_red_was_never_built_again(shop):
    save(
        shop, "artefacts",
        {"artefact_id": "m", "artefact_type": "model", "made_from": "d", "digest": "1f"},
    )  # fmt: skip
    shown = said(open_screen("risks", project="p"))
    assert ":red[:material/block:] **m**" in shown
    assert "It was never built again." in shown
    assert "Not kept: d." in shown


@pytest.mark.parametrize(
    ("made", "probability", "ending"),
    [
        (Mitigation(("T1",)), 0.4, "; 40% counts, and 10% once T1 is done"),
        (
            Mitigation(("T1", "T2")),
            0.05,
            "; 5% counts, and 10%, which is more, once T1 and T2 are done",
        ),
        (Mitigation(("T1",), dropped=("T1",)), 0.4, "; 40% counts, for T1 was dropped"),
        (Mitigation(unknown=("T9",)), 0.4, "; 40% counts, for the plan has no task T9"),
        (Mitigation(("T1",)), None, "reduce: T1"),
        (Mitigation(("T1",), date(2026, 3, 2)), 0.1, "; done 2 Mar 2026, so 10% counts"),
        (Mitigation(("T1",), date(2026, 3, 2)), 0.2, "and by a review since 20% counts"),
        (Mitigation(("T1",), None, ("T1",)), 0.4, "for nobody wrote down when T1 ended"),
        (Mitigation(), 0.4, "once tasks are named as its mitigation and done"),
    ],
)
def test_it_is_said_which_probability_of_a_risk_counts(made, probability, ending):
    record = Risk(
        project="p", risk_id="r", title="Late", category="data", probability=0.4,
        response="reduce", mitigation="T1", residual_probability=0.1,
    )  # fmt: skip
    view = RiskView(
        record, probability, None, SharedSince(None, None), False, None, None, mitigation=made
    )
    assert words._response(view).endswith(ending)
