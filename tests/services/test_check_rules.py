"""What is asked of answers to checks, and of questions of one's own, before they are stored."""

from __future__ import annotations

import pytest

from tests.services.test_risk_rules import save
from tests.services.test_risk_rules import shop as shop

HARMS = {"harm_if_works": "Nobody", "harm_if_fails": "Customers wait"}


def answer(workspace, check_id, reply="yes", **more):
    told = {"check_id": check_id, "phase": "sprint_1", "reply": reply, "answered_on": "2026-03-02"}
    return save(workspace, "check_results", told | more)


def test_an_answer_says_what_it_cannot_do_without(shop):
    assert answer(shop, "no_such").column == "check_id"
    assert answer(shop, "ready_data_1", "not_applicable").column == "reason"
    assert answer(shop, "ready_data_1", "not_applicable", reason="No data") is None
    for missing in HARMS:
        assert answer(shop, "impact_harm", **HARMS | {missing: ""}).column == missing
    assert answer(shop, "impact_harm", "no", **HARMS) is None


@pytest.mark.parametrize(
    ("more", "column"),
    [({"check_id": "ready_data_1"}, "check_id"), ({"phases": "sprint_1;sprint_9"}, "phases")],
)
def test_a_question_of_ones_own_takes_no_name_and_no_phase_that_there_is_not(shop, more, column):
    own = {"check_id": "own", "pack": "Ours", "question": "Is it so?", "phases": "in_life"}
    assert save(shop, "check_questions", own | more).column == column
    assert save(shop, "check_questions", own) is None
    assert answer(shop, "own") is None
