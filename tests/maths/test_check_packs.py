"""Checks: packs that can be asked, answers that grow old, gates, a score that is a minimum."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from mlpm_core.errors import InputError
from mlpm_core.planning.check_packs import (
    IMPACT_CHECK,
    READINESS,
    CheckState,
    Question,
    blocking,
    check_packs,
    checks_in,
    own_question,
    phases_of,
    readiness,
    state_of,
    what_is_missing,
)
from mlpm_core.records import CheckQuestion, CheckReply, CheckResult, Phase

DAY = date(2026, 3, 2)
ASKED = Question("q", "Own", "", "Is it so?", is_gate=True, stale_after_days=30)
FOLDER = Path(__file__).resolve().parents[2] / "mlpm_core" / "catalogue" / "checks"


def result(check_id="q", reply="yes", **more):
    told = {"project": "p", "check_id": check_id, "reply": reply, "answered_on": DAY}
    return CheckResult(**told | more)


def test_every_question_of_the_packs_is_asked_once_and_says_where_it_comes_from():
    packs = check_packs()
    assert len({q.check_id for q in packs}) == len(packs)
    assert {q.pack for q in packs} == {
        "Readiness", "Ethics and privacy", "Regulation", "Autonomy and failure", "Data story",
        "Impact", "Handover",
    }  # fmt: skip
    assert all(q.question.endswith("?") and q.source and q.area for q in packs)
    assert IMPACT_CHECK in {q.check_id for q in packs}
    for table in FOLDER.glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as lines:
            assert all(
                None not in row and None not in row.values() for row in csv.DictReader(lines)
            )


def test_every_phase_of_the_work_has_a_gate_and_an_ethics_question():
    for phase in (Phase.PRE_PROJECT, Phase.SPRINT_0, Phase.SPRINT_1, Phase.SPRINT_2,
                  Phase.SPRINT_3, Phase.IN_LIFE):  # fmt: skip
        asked = [q for q in check_packs() if q.is_asked_in(phase)]
        assert any(q.is_gate for q in asked), phase
        assert any(q.pack == "Ethics and privacy" for q in asked), phase


def test_a_date_of_law_is_a_row_that_says_when_its_source_was_read():
    dated = [q for q in check_packs() if q.area == "Dates"]
    assert len(dated) >= 5
    assert all(q.checked_on and "verify" in q.source and q.stale_after_days for q in dated)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (None, CheckState.UNANSWERED),
        (result(answered_on=DAY + timedelta(days=31)), CheckState.UNANSWERED),
        (result(), CheckState.YES),
        (result(reply="no"), CheckState.NO),
        (result(answered_on=DAY - timedelta(days=1)), CheckState.OLD),
        (result(reply="no", answered_on=DAY - timedelta(days=1)), CheckState.OLD),
        (result(about_version="v2"), CheckState.YES),
        (result(about_version="v1"), CheckState.OTHER_VERSION),
        (result(reply="not_applicable", reason=" "), CheckState.INCOMPLETE),
        (result(reply="not_applicable", reason="No data."), CheckState.NOT_APPLICABLE),
    ],
)
def test_an_answer_counts_only_while_it_is_whole_fresh_and_about_what_is_in_use(answer, state):
    assert state_of(ASKED, answer, DAY + timedelta(days=30), {"v2", "m7"}) is state


def test_what_nobody_knows_to_be_in_use_makes_no_answer_stale():
    assert state_of(ASKED, result(about_version="v1"), DAY, set()) is CheckState.YES


@pytest.mark.parametrize("missing", ["harm_if_works", "harm_if_fails"])
def test_impact_needs_both_who_is_harmed_if_it_works_and_if_it_fails(missing):
    told = {"harm_if_works": "Planners", "harm_if_fails": "Customers"}
    assert what_is_missing(result(IMPACT_CHECK, **told)) == ""
    assert what_is_missing(result(IMPACT_CHECK, **told | {missing: "  "})) == missing


def test_an_answer_of_one_phase_does_not_open_the_gate_of_the_next():
    answers = [result(phase="sprint_1")]
    assert blocking(checks_in([ASKED], answers, Phase.SPRINT_1, DAY, ())) == ()
    (open_gate,) = blocking(checks_in([ASKED], answers, Phase.SPRINT_2, DAY, ()))
    assert open_gate.state is CheckState.UNANSWERED


@pytest.mark.parametrize("reply", [r for r in CheckReply if r is not CheckReply.YES])
def test_only_yes_or_a_reason_opens_a_gate(reply):
    checks = checks_in([ASKED], [result(reply=reply)], Phase.NONE, DAY, ())
    assert len(blocking(checks)) == 1


def test_the_score_is_the_weakest_section_and_never_a_mean():
    ready = [q for q in check_packs() if q.pack == READINESS]
    answers = [result(q.check_id, is_automated=True) for q in ready if q.area != "Monitoring"]
    assert readiness(ready, answers, DAY, ()).score == 0
    by_hand = [result(q.check_id) for q in ready if q.area == "Monitoring"]
    told = readiness(ready, answers + by_hand, DAY, ())
    assert (told.score, told.weakest) == (3.5, ("Monitoring",))
    assert told.sections[0] == ("Data", 7, 7)
    assert readiness(ready, answers + by_hand, DAY + timedelta(days=91), ()).score == 0


def test_the_newest_answer_counts_for_the_score_whatever_phase_it_is_of():
    question = Question("q", READINESS, "Data", "Is it so?")
    later = result(reply="no", answered_on=DAY + timedelta(days=1), phase="in_life")
    told = readiness([question], [later, result(phase="sprint_3")], DAY + timedelta(days=2), ())
    assert told.score == 0
    assert readiness([], [], DAY, ()).score == 0


def test_a_phase_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="no phase"):
        phases_of("sprint_9")
    own = CheckQuestion(project="p", check_id="q", pack="Own", question="So?", phases="in_life;")
    assert own_question(own).is_asked_in(Phase.IN_LIFE)
    assert not own_question(own).is_asked_in(Phase.SPRINT_1)
