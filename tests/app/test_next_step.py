"""The line under the title: what a project needs next, the way there, and what nobody checked."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from mlpm_core.services.in_life.project_list import ProjectFacts
from mlpm_core.services.ingest.registers import TYPICAL, SetupStep
from mlpm_core.services.valuation.case_value import Unchecked
from pages.parts.common import controls, next_step
from tests.app.parts import links_as_text, shown
from tests.patience import PATIENCE

STEPS = {
    "models": "Add it -> data/registers.py?project=shop&kind=models",
    "value_cases": "Choose it -> plan/value_case.py?project=shop",
    "quantities": "Fill in -> plan/value_case.py?project=shop&edit=1",
    TYPICAL: "See them -> plan/value_case.py?project=shop&edit=1",
    "metric_results": "Upload -> data/upload.py?project=shop&kind=metric_results",
}
FIND = "Nobody has named a KPI? Find one -> plan/find_kpi.py?project=shop"
NEXT = r":material/flag: Next for this project: do \*this\*\."


@pytest.fixture
def facts(monkeypatch):
    """What the project in view lacks; its steps can be changed."""
    links_as_text(monkeypatch)
    found = {"steps": (), "unchecked": {}, "moment": None}

    def of(_project):
        return ProjectFacts(date(2026, 6, 30), (), found["steps"], found["unchecked"], 0, 0, 0)

    monkeypatch.setattr(next_step.queries, "project_facts", of)
    monkeypatch.setattr(
        next_step.queries, "workspace", lambda: SimpleNamespace(moment=found["moment"])
    )
    return found


def lines(here="estimate", kind=""):
    return shown(next_step.line, "shop", here, kind, project="shop")


@pytest.mark.parametrize("kind", STEPS)
def test_the_next_step_leads_on(facts, kind):
    done = SetupStep("projects", "name it.", is_done=True)
    facts["steps"] = (done, SetupStep(kind, "do *this*.", is_done=False))
    found = lines()
    assert found[:2] == [NEXT, STEPS[kind]]
    assert found[2:] == [
        r":material/check_circle: Name it\.",
        r":material/circle: Do \*this\*\.",
        STEPS[kind],
    ]


def test_a_project_without_a_kpi_is_led_to_one_that_can_be_counted(facts):
    facts["steps"] = (SetupStep("kpis", "do *this*.", is_done=False),)
    assert lines()[:3] == [NEXT, "Add it -> data/registers.py?project=shop&kind=kpis", FIND]
    assert FIND not in lines("find_kpi")


def test_no_link_leads_from_a_screen_to_itself(facts):
    facts["steps"] = (SetupStep("quantities", "do *this*.", is_done=False),)
    assert STEPS["quantities"] not in lines("value_case")
    facts["steps"] = (SetupStep("models", "do *this*.", is_done=False),)
    assert "False" in lines("registers", "kpis")  # a button, not pressed
    assert "False" not in lines("registers", "models")


def test_on_the_screen_of_all_records_a_button_turns_to_the_kind(facts, monkeypatch):
    facts["steps"] = (SetupStep("value_cases", "do *this*.", is_done=False),)
    monkeypatch.setitem(next_step._WAYS, "value_cases", next_step._WAYS["models"])
    asked = []
    monkeypatch.setattr(controls, "show_register", asked.append)

    def screen(next_step):
        next_step.line("shop", "registers", "kpis")

    app = AppTest.from_function(screen, args=(next_step,)).run(timeout=PATIENCE)
    app.button(key="register_next").click().run(timeout=PATIENCE)
    assert asked == ["value_cases"]


def test_nothing_is_said_of_a_project_that_has_all_or_of_none(facts):
    facts["steps"] = (SetupStep("kpis", "do *this*.", is_done=True),)
    assert lines() == []
    assert shown(next_step.line, None, "estimate") == []


def test_values_nobody_checked_are_named_on_every_screen_of_the_project_and_in_the_past(facts):
    facts["steps"] = (SetupStep("kpis", "do *this*.", is_done=False),)
    facts["unchecked"] = {"*Churn*": Unchecked(7, 9)}
    facts["moment"] = "2026-01-01"  # nothing of the past can be changed
    says = r"\*Churn\* rests on typical values nobody has checked\: 7 of 9 numbers\."
    assert lines() == [f":material/rule: {says}"]
