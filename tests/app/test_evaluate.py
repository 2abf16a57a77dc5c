"""The Evaluate screens: candidates side by side, a decision recorded and found again."""

from __future__ import annotations

import pytest

from mlpm_core.services import evaluations, registers
from tests.app.conftest import open_screen, run, said

WINBACK = "bike-shop-winback"
FORM = f"{WINBACK}_voucher-letter_1"  # one decision is recorded in the demo


def press(app):
    """Press the button that records."""
    next(b for b in app.button if b.label == "Record the decision").click()
    run(app)


def test_candidates_open_with_the_best_and_the_score_that_says_otherwise(demo):
    app = open_screen("candidates", project=WINBACK)
    best = evaluations.candidates(demo, "test", WINBACK, "voucher-letter").best
    first = app.markdown[0].value
    assert first.startswith(r"**champion\-1\.0** is worth most")
    assert rf"{best.net.mean / 1000:.1f}k".replace(".", r"\.") in first
    assert "ROC AUC" in first
    shown = app.dataframe[0].value
    assert list(shown["Option"]) == ["champion-1.0", "challenger-1.1", "adopt none"]
    assert {"Chance of loss", "Chance best", "Dominated", "ROC AUC"} <= set(shown.columns)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", ["candidates", "adoption"])
def test_without_candidates_a_screen_leads_on(screen):
    app = open_screen(screen, project="bike-shop-workshop")
    assert "measured" in app.info[0].value
    (link,) = app.main.get("page_link")
    assert link.proto.page == ("upload" if screen == "candidates" else "candidates")
    assert not app.dataframe


def test_a_candidate_without_a_value_is_shown_with_the_reason(demo):
    row = {"value_case_id": "voucher-letter", "candidate": "forest", "metric": "roc_auc"}
    registers.save(demo, "test", WINBACK, "evaluations", [row | {"value": 0.9}])
    app = open_screen("candidates", project=WINBACK)
    (reasons,) = [d.value for d in app.dataframe if "Why it has no value" in d.value]
    assert "operating point" in reasons.iloc[0, 1]


def test_a_decision_is_recorded_and_found_again_beside_what_was_promised(demo):
    app = open_screen("adoption", project=WINBACK)
    app.selectbox(key=f"decide_chosen_{FORM}").set_value("champion-1.0")
    app.text_input(key=f"decide_title_{FORM}").set_value("Keep **it**")
    app.text_area(key=f"decide_why_{FORM}").set_value("It is worth more.")
    press(app)
    row = next(
        r
        for r in registers.records(demo, "test", WINBACK, "decisions")
        if r["decision_id"] == "D002"
    )
    assert (row["chosen"], row["why"]) == ("champion-1.0", "It is worth more.")
    assert row["review_on"] is not None
    run(app)
    assert [t.value for t in app.text_area] == [""]

    app = open_screen("adoption", project=WINBACK)
    assert r"D002: Keep \*\*it\*\*" in said(app)
    promised, realised, *_ = app.metric
    assert promised.value.startswith("EUR")
    assert realised.value == "–"


@pytest.mark.usefixtures("demo")
def test_a_decision_without_a_reason_is_refused_and_keeps_what_was_typed():
    app = open_screen("adoption", project=WINBACK)
    app.text_input(key=f"decide_title_{FORM}").set_value("Keep it")
    press(app)
    assert "why" in app.error[0].value
    assert app.text_input(key=f"decide_title_{FORM}").value == "Keep it"


@pytest.mark.usefixtures("demo")
def test_a_meeting_sees_who_would_choose_what_and_why():
    app = open_screen("adoption", project="bike-shop-winback")
    shown = said(app).replace("\\", "")
    assert "Who would choose what" in [s.value for s in app.subheader]
    assert "Mara Lindqvist" in shown
    assert "would choose **champion-1.0**" in shown
    people = next(d.value for d in app.dataframe if "Would choose" in d.value)
    assert people["Would change"].str.contains("points from").any()


@pytest.mark.usefixtures("demo")
def test_before_choosing_it_is_told_what_to_find_out():
    app = open_screen("candidates", project="bike-shop-winback")
    advice = next(d.value for d in app.dataframe if "Find out" in d.value)
    assert advice["How"].str.len().gt(0).all()
    assert "Find this out before choosing" in [s.value for s in app.subheader]
