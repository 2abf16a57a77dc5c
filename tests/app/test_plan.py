"""The Estimate screen: a guess, what becomes of it, and whether the model's value pays for it."""

from __future__ import annotations

import re

import pytest

from mlpm_core.planning import QuickInputs, quick_estimate
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.estimates import project_estimates
from tests.app.conftest import button, open_screen, opening, run, said

DEMAND, WINBACK = "bike-shop-demand", "bike-shop-winback"
GUESS = {
    "estimate_id": "first",
    "raw_days": 12,
    "day_rate": 600,
    "p_success": 0.6,
    "max_cycles": 1,
    "value_case_id": "voucher-letter",
    **dict.fromkeys(
        ("data_big", "platform_complex", "ethics_privacy", "unstructured", "eval_complicated"),
        "no",
    ),
    "data_complex": "yes",
    "data_dirty": "no",
}


def test_an_estimate_is_stored_whole_and_says_what_the_maths_says(demo):
    """Raw 12 days, complex data, one cycle: P50 48, P80 68, P95 96."""
    assert (
        registers.save(demo.acting_as("test"), WINBACK, "estimates", [GUESS]).status == "committed"
    )
    (view,) = [v for v in project_estimates(demo, WINBACK) if v.record.estimate_id == "first"]
    alone = quick_estimate(
        QuickInputs(
            12, 600, 0.6, max_cycles=1, **{k: v for k, v in GUESS.items() if v in ("yes", "no")}
        )
    )
    assert view.estimate.effort == alone.effort
    assert abs(view.estimate.effort.p50 - 48) < 0.02 * 48
    assert [f.days for f in view.figures][1:3] == [50, 70]
    assert view.pays_back is not None
    assert 0 <= view.pays_back.probability_of_gain <= 1


def test_a_stored_estimate_opens_with_its_sentence_and_the_twenty_day_rule(demo):
    large = GUESS | {"raw_days": 25, "data_dirty": "unknown"}
    registers.save(demo.acting_as("test"), WINBACK, "estimates", [large])
    app = open_screen("estimate", project=WINBACK, estimate="first", mode="quick")
    assert "We expect at least" in said(app)
    assert app.warning
    assert "cleaning" in str([d.value for d in app.dataframe if "Question" in d.value])


@pytest.mark.usefixtures("demo")
def test_a_project_of_which_every_task_is_done_says_what_it_took_and_promises_nothing():
    """Beside each figure what the baseline had said; no chances, for nothing is left to chance."""
    app = open_screen("estimate", project=DEMAND)
    shown = plain(said(app))
    assert "All 17 tasks are done; they took about 220 person-days" in shown
    assert "3 days before it was needed" in shown
    assert [m.label for m in app.metric][:3] == ["Done on", "Person-days", "Cost"]
    assert app.metric[0].value == "28 Jun 2024"
    assert "baseline: 210 at even odds, 301 to be safe" in shown
    assert "promise" not in opening(app)
    assert not [s for s in app.slider if s.label == "A day that you have in mind"]
    button(app, "Count it among the closed projects").click()
    run(app)
    assert "The project is counted among the closed ones" in app.toast[0].value
    assert "Demand forecast" in str([d.value for d in app.dataframe if "Took" in d.value])
    assert not [b for b in app.button if b.label == "Count it among the closed projects"]


def test_a_guess_is_added_by_the_form_and_shown_at_once(empty):
    registers.save(empty.acting_as("test"), "p", "projects", [{"project": "p", "title": "P"}])
    app = open_screen("estimate", project="p")
    assert "Nobody has estimated" in said(app)
    app.text_input(key="register_estimates_new0_estimate_id").set_value("quick")
    for name, value in (("raw_days", "12"), ("day_rate", "EUR 600"), ("p_success", "60%")):
        app.text_input(key=f"register_estimates_new0_{name}").set_value(value)
    next(b for b in app.button if b.label == "Add the estimate").click()
    run(app)
    app = open_screen("estimate", project="p")
    assert "quick" in opening(app)
    assert "Ask first: 7 of 7 questions are open" in plain(opening(app))
    (row,) = registers.records(empty, "p", "estimates")
    assert (row["raw_days"], row["day_rate"], row["p_success"]) == (12.0, 600.0, 0.6)


GUESSED = "register_estimates_bike-shop-wearcheck_engineers-guess_raw_days"


def plain(markdown):
    """What a reader sees of text with its Markdown escaped."""
    return markdown.replace("\\", "")


def test_another_guess_is_answered_before_it_is_saved_and_then_kept(demo):
    project = "bike-shop-wearcheck"
    app = open_screen("estimate", project=project, edit="1")
    assert "at least 120 days" in opening(app)
    assert "may be promised" not in said(app)
    app.slider(key="estimate_days").set_value(200)
    app.text_input(key=GUESSED).set_value("4")
    run(app)
    assert "promise 65 days" in plain(opening(app))
    assert "not saved" in opening(app)
    assert not app.warning
    assert "may be promised" in said(app)
    assert [v.record.raw_days for v in project_estimates(demo, project)] == [12, 12]
    next(b for b in app.button if b.label == "Save").click()
    run(app)
    assert [v.record.raw_days for v in project_estimates(demo, project)] == [4, 12]
    app = open_screen("estimate", project=project)
    assert "promise 65 days" in plain(opening(app))
    assert "not saved" not in opening(app)


def test_the_days_somebody_has_in_mind_outlive_another_answer(demo):
    app = open_screen("estimate", project="bike-shop-wearcheck", edit="1")
    rounded = "The days above are rounded, this chance is not"
    assert rounded in said(app)
    app.slider(key="estimate_days").set_value(200)
    run(app)
    assert rounded not in said(app)
    app.text_input(key=GUESSED).set_value("13")
    run(app)
    assert app.slider(key="estimate_days").value == 200
    assert "The chance that 200 person-days are enough is at most" in said(app)


def test_a_number_that_cannot_be_is_named_and_what_is_stored_stays_in_view(demo):
    app = open_screen("estimate", project="bike-shop-wearcheck", edit="1")
    app.text_input(key=GUESSED).set_value("0")
    run(app)
    assert "Own guess is 0; write a number from 0.1 to 10,000." in plain(app.error[0].value)
    assert "at least 120 days" in opening(app)


def test_a_first_guess_is_answered_as_soon_as_its_numbers_are_there(empty):
    registers.save(empty.acting_as("test"), "p", "projects", [{"project": "p", "title": "P"}])
    app = open_screen("estimate", project="p")
    for name, value in (("raw_days", "12"), ("day_rate", "EUR 600"), ("p_success", "60%")):
        assert "Nobody has estimated" in said(app)
        app.text_input(key=f"register_estimates_new0_{name}").set_value(value)
        run(app)
    assert "New estimate" in opening(app)
    assert not app.metric  # nothing is told before enough is asked
    asked = next(d.value for d in app.dataframe if "If yes, work times" in d.value)
    assert len(asked) == 7
    for name in ("data_big", "platform_complex", "unstructured", "eval_complicated"):
        app.selectbox(key=f"register_estimates_new0_{name}").set_value("no")
    run(app)
    assert "To be safe" in [m.label for m in app.metric]
    unknowns = next(d.value for d in app.dataframe if "Difference" in d.value)
    assert (unknowns["Difference"] == unknowns["If yes"] - unknowns["If no"]).all()
    assert unknowns["Difference"].is_monotonic_decreasing


@pytest.mark.usefixtures("demo")
def test_money_on_every_card_is_its_days_times_the_rate():
    """590 a day: 590 times the days of each card, also for what is spent without a model."""
    app = open_screen("estimate", project="bike-shop-wearcheck")
    cards = [m for m in app.metric if m.value.endswith(" days")]
    assert [m.label for m in cards] == [
        "If all goes well", "At even odds", "To be safe", "With reserve",
    ]  # fmt: skip
    shown = plain(said(app))
    for card in cards:
        days = int(card.value.split()[0].replace(",", ""))
        assert f"EUR {days * 590:,}" in shown
    days, money = re.search(r"By then ([\d,]+) days \(EUR ([\d,]+)\) are spent", shown).groups()
    assert int(days.replace(",", "")) * 590 == int(money.replace(",", ""))


@pytest.mark.usefixtures("demo")
def test_the_screen_says_the_formula_and_whose_its_figures_are():
    app = open_screen("estimate", project="bike-shop-wearcheck")
    told = next(d.value for d in app.dataframe if "Source" in d.value).set_index("What")
    assert set(told[told["Source"] == "Thompson"].index) == {
        "Complex data", "Big data", "Complex platform", "Usual optimism",
    }  # fmt: skip
    assert told.loc["Each further cycle", "Multiplies by"] == "1.15"
    assert told.loc["Complex data", "Answered"] == "yes"
    assert "Days = own guess × 2 × each factor that applies" in plain(said(app))
    assert "Managing Machine Learning Projects" in plain(said(app))


def test_a_guess_out_of_range_is_refused_with_a_sentence(empty):
    registers.save(empty.acting_as("test"), "p", "projects", [{"project": "p", "title": "P"}])
    receipt = registers.save(
        empty.acting_as("test"), "p", "estimates", [GUESS | {"p_success": 60, "value_case_id": ""}]
    )
    assert receipt.status == "rejected"
    assert "out-of-range" in {r.code for r in receipt.rejects}


def test_a_finding_that_answers_a_question_is_named_beside_the_guess_and_its_form(demo):
    """Complex data is the double of it; found not complex, the plan is half of what it was."""
    project = "bike-shop-wearcheck"
    before = open_screen("estimate", project=project)
    assert "Answered by findings" not in said(before)
    finding = {"finding_id": "simple", "area": "data", "statement": "One **table**, three columns",
               "confidence": "checked", "factor": "data_complex", "applies": "no"}  # fmt: skip
    registers.save(demo.acting_as("ada"), project, "findings", [finding])
    app = open_screen("estimate", project=project, edit="1")
    shown = plain(said(app))
    assert "Answered by findings of the Brief" in shown.replace("**", "")
    assert "Complex data: no, by “One **table**, three columns” (checked)" in shown
    assert "The estimate itself says yes." in shown
    assert "Findings of the Brief answer Complex data" in shown
    assert "at least 60 days" in opening(app)
    answered = next(d.value for d in app.dataframe if "Answered" in d.value).set_index("What")
    assert answered.loc["Complex data", "Answered"] == "no, by a finding"
    assert answered.loc["Dirty data", "Answered"] == "no"


@pytest.mark.usefixtures("demo")
def test_two_ways_to_do_it_stand_beside_each_other():
    """The lighthouse changes nothing but what is gone when no model comes out."""
    app = open_screen("estimate", project="bike-shop-wearcheck")
    ways = next(d.value for d in app.dataframe if "Spent until one knows" in d.value)
    first, lighthouse = (row for _, row in ways.iterrows())
    assert first["Estimate"] == "Twelve days, says the engineer"
    assert first["At even odds"] == lighthouse["At even odds"] == "120 days, EUR 70,800"
    assert first["No usable model"] == lighthouse["No usable model"] == "22%"
    gone = [int(row["Spent until one knows"].split()[0]) for row in (first, lighthouse)]
    assert gone[1] < gone[0] / 2
    assert "Seen from outside, 12 person-days as first said become 19.2 at even odds" in plain(
        said(app)
    )
    alone = open_screen("estimate", project="bike-shop-winback")
    assert not [d for d in alone.dataframe if "Spent until one knows" in d.value]
