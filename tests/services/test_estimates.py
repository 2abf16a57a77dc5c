"""Estimates as records: stored whole, tried without a trace, too large for one number."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.planning import FACTORS, LOOP_SHARE, REPEAT_SHARE
from mlpm_core.records import EstimateRecord, columns
from mlpm_core.services.admin import demo
from mlpm_core.services.evaluate.insights import insight
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.plan.estimates import project_estimates, tried
from mlpm_core.services.plan.explanations import page_of_guess

WINBACK, CASE = "bike-shop-winback", "voucher-letter"
SMALL = {"estimate_id": "mine", "raw_days": 12.0, "day_rate": 600.0, "p_success": 0.4} | (
    dict.fromkeys(FACTORS, "no")
)


def _fill(workspace):
    """A store with the win-back project of the demo."""
    for project, kind, path in demo.files():
        if project == WINBACK and kind != "estimates":
            imports.import_file(
                workspace.acting_as("demo"), project, kind, path.name, path.read_bytes()
            )


@pytest.fixture
def shop(filled):
    return filled(_fill)


def stored(workspace):
    return project_estimates(workspace, WINBACK)


def save(workspace, **changed):
    return registers.save(workspace.acting_as("ada"), WINBACK, "estimates", [SMALL | changed])


def test_every_field_comes_back_as_it_was_saved(shop):
    given = SMALL | {
        "title": "A *guess*, =1+1",
        "value_case_id": CASE,
        "max_cycles": 2,
        "n_models": 3,
        "loop_share": 0.4,
        "repeat_share": 0.5,
        "stop_point_days": 9.0,
        "data_dirty": "unknown",
        "unstructured": "yes",
        "documentation": "full",
        "made_by": "Pia",
        "note": "two\nlines",
        "answered_on": date(2026, 3, 2),
        "estimator_class": "practised",
        "focus": 0.7,
        "overhead_share": 0.1,
        "overhead_rate": 500.0,
        "fixed_cost": 1800.0,
        "archived": False,
    }
    assert set(given) | {"project"} == {c.name for c in columns(EstimateRecord)}
    assert save(shop, **given).status == "committed"
    (view,) = stored(shop)
    assert {name: getattr(view.record, name) for name in given} == given
    assert view.n_unanswered == 1
    assert view.estimate.no_go.p50 == pytest.approx(
        9 + 0.4 * 0.5 * view.estimate.effort.p50, rel=0.1
    )


def test_only_three_numbers_are_needed_and_nothing_is_answered_then(shop):
    needed = {k: SMALL[k] for k in ("estimate_id", "raw_days", "day_rate", "p_success")}
    registers.save(shop.acting_as("ada"), WINBACK, "estimates", [needed])
    (view,) = stored(shop)
    assert view.n_unanswered == len(FACTORS) == 7
    assert len(view.estimate.unknowns) == 7
    assert view.title == "mine"
    assert view.pays_back is None
    assert view.estimate.inputs.loop_share == LOOP_SHARE
    assert view.estimate.inputs.repeat_share == REPEAT_SHARE
    assert view.estimate.inputs.stop_point_days is None


def test_before_enough_is_asked_there_is_no_figure_and_nothing_rests_on_one(shop):
    """Once a guess of 10 days with nothing answered was told as P95 = 563 days."""
    needed = {k: SMALL[k] for k in ("estimate_id", "raw_days", "day_rate", "p_success")}
    view = tried(shop, WINBACK, needed | {"value_case_id": CASE})
    assert view.figures == ()
    assert view.pays_back is None
    assert view.estimate.explanation.startswith("Ask first: 7 of 7 questions are open")
    valued = view.case
    insights = insight(valued, [view])
    assert insights.pays is None
    answered = tried(shop, WINBACK, SMALL | {"value_case_id": CASE})
    assert insight(valued, [view, answered]).cost_from == f"the estimate {answered.title}"


def test_days_times_rate_is_the_money_on_every_card(shop):
    for day_rate in (600.0, 612.5, 0.0, 333.33, 999_999.0):
        view = tried(shop, WINBACK, SMALL | {"day_rate": day_rate})
        assert len(view.figures) == 4
        for figure in (*view.figures, view.no_go):
            assert abs(figure.cost - figure.days * day_rate) <= 0.5


def test_an_archived_estimate_is_not_shown(shop):
    save(shop, archived=True)
    assert stored(shop) == []


def test_a_value_case_pays_for_the_cost_or_not(shop):
    save(shop, value_case_id=CASE)
    (view,) = stored(shop)
    dear = tried(shop, WINBACK, SMALL | {"value_case_id": CASE, "day_rate": 1e6})
    assert view.pays_back.probability_of_gain > dear.pays_back.probability_of_gain == 0


@pytest.mark.parametrize(
    ("changed", "fires"),
    [({}, False), ({"raw_days": 20.0, "max_cycles": 1, "p_success": 0.6}, False),
     ({"raw_days": 20.1}, True), ({"data_complex": "yes"}, True),
     ({"max_cycles": 100, "p_success": 0.05}, True)],
)  # fmt: skip
def test_what_is_too_large_for_one_number_is_nowhere_called_a_promise(shop, changed, fires):
    view = tried(shop, WINBACK, SMALL | changed)
    assert view.estimate.twenty_day_rule.fires is fires
    text = " ".join(f.meaning for f in view.figures)
    assert ("may be promised" in text) is not fires
    assert ("promise nothing" in view.estimate.explanation) is fires


def test_what_is_tried_is_what_would_be_saved_and_leaves_no_trace(shop):
    before = shop.version
    attempt = tried(shop, WINBACK, SMALL | {"value_case_id": CASE})
    assert attempt.is_tried
    assert shop.version == before
    assert stored(shop) == []
    save(shop, value_case_id=CASE)
    (view,) = stored(shop)
    assert not view.is_tried
    assert view.figures == attempt.figures
    assert view.pays_back.probability_of_gain == attempt.pays_back.probability_of_gain


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"raw_days": None}, "Own guess is empty; write a number."),
        ({"raw_days": 0.0}, "Own guess is 0; write a number from 0.1 to 10,000."),
        (
            {"day_rate": 2e6},
            "Cost of a person-day is 2,000,000; write a number from 0 to 1,000,000.",
        ),
        ({"p_success": 60.0}, "Chance of a usable model per cycle is 60; write a number from 0"),
        ({"max_cycles": 0}, "Cycles at most is 0; write a number from 1 to 100."),
    ],
)
def test_what_could_not_be_saved_cannot_be_tried(shop, changed, sentence):
    with pytest.raises(InputError) as refused:
        tried(shop, WINBACK, SMALL | changed)
    assert sentence in str(refused.value)
    assert save(shop, **changed).status == "rejected"


def test_an_unknown_project_is_named(shop):
    with pytest.raises(NotFoundError, match="nowhere"):
        tried(shop, "nowhere", SMALL)


def find(workspace, **changed):
    finding = {"finding_id": "f", "area": "data", "statement": "A sample of 40 was counted."}
    receipt = registers.save(workspace.acting_as("ada"), WINBACK, "findings", [finding | changed])
    assert receipt.status == "committed", receipt.rejects


def guess(workspace):
    return next(v for v in stored(workspace) if v.record.estimate_id == "mine")


def test_a_finding_goes_before_the_answer_of_a_guess_and_is_named(shop):
    save(shop, p_success=1.0)  # one cycle, so that the product of the medians is the median
    alone = guess(shop)
    assert alone.found == ()
    find(shop, factor="data_dirty", applies="yes", found_on="2026-05-04", confidence="checked")
    dirty = guess(shop)
    assert dirty.estimate.effort.p50 == pytest.approx(1.5 * alone.estimate.effort.p50, rel=1e-6)
    assert "Dirty data" in [step.label for step in dirty.estimate.waterfall]
    (answer,) = dirty.found
    assert answer.sentence == (
        "Dirty data: yes, by “A sample of 40 was counted” (checked, 4 May 2026). The estimate "
        "itself says no."
    )
    assert "findings of the Brief: Dirty data (yes)." in page_of_guess(shop, WINBACK, dirty)
    assert "findings of the Brief" not in page_of_guess(shop, WINBACK, alone)
    (row,) = [a for a in dirty.assumptions if a.is_found]
    assert (row.label, row.answer) == ("Dirty data", "yes")
    assert tried(shop, WINBACK, SMALL | {"p_success": 1.0}).estimate.effort == dirty.estimate.effort

    find(shop, finding_id="g", factor="data_dirty", applies="no", found_on="2026-05-03")
    assert guess(shop).estimate.effort == dirty.estimate.effort  # the older says nothing
    find(shop, finding_id="g", factor="data_dirty", applies="no", found_on="2026-05-05")
    assert guess(shop).estimate.effort == alone.estimate.effort
    find(shop, finding_id="g", factor="data_dirty", applies="no", archived=True)
    assert guess(shop).estimate.effort == dirty.estimate.effort


def test_a_finding_that_only_makes_it_likely_leaves_the_question_open(shop):
    save(shop, data_dirty="yes")
    find(shop, factor="data_dirty", probability=0.2)
    view = guess(shop)
    assert view.n_unanswered == 1
    (open_yet,) = view.estimate.unknowns
    assert open_yet.p80_if_no < view.estimate.effort.p80 < open_yet.p80_if_yes
    even = tried(shop, WINBACK, SMALL | {"data_dirty": "unknown"})
    assert even.estimate.effort == view.estimate.effort  # the finding goes before that too
    assert [a.answer for a in view.assumptions if a.is_found] == ["20% likely"]
    assert "Dirty data: 20% likely" in view.found[0].sentence


def test_a_guess_that_findings_make_too_large_is_no_baseline(shop):
    """12 days are 24 at even odds, and with data both complex and unstructured 72."""
    snapshot = {"snapshot_id": "s", "taken_on": "2026-06-01", "effort_p50": 24.0,
                "is_baseline": True}  # fmt: skip
    save(shop)
    find(shop, factor="data_complex", applies="yes")
    find(shop, finding_id="g", factor="unstructured", applies="yes")
    refused = registers.save(shop.acting_as("ada"), WINBACK, "estimate_snapshots", [snapshot])
    assert "20-day rule" in refused.rejects[0].message
    find(shop, factor="data_complex", applies="no")
    kept = registers.save(shop.acting_as("ada"), WINBACK, "estimate_snapshots", [snapshot])
    assert kept.status == "committed"
