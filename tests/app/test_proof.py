"""What the screens say of proofs: experiments on Promised and realised, designs on Adoption."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from mlpm_core.proof.cells import Sums
from mlpm_core.proof.control_series import controlled_change
from mlpm_core.proof.experiment import experiment
from mlpm_core.proof.grown import Compared
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.in_life.experiments import KpiBeforeAfter, KpiExperiment, Lack
from mlpm_core.services.ingest import imports
from pages.parts.in_life import proof_text
from tests.app.conftest import open_screen, plain, run, said

WINBACK, WORKSHOP = "bike-shop-winback", "bike-shop-workshop"
FORM = f"decide_{WINBACK}_voucher-letter"


def measured(found, **more):
    told = KpiExperiment(
        kpi_id="k", title="Late *orders*", higher_is_better=False, unit="1/kcase",
        total_unit="case", experiment=found, lack=None, reason=None, n_unread=0,
        until=datetime(2026, 2, 2), batches=("B00007",),
    )  # fmt: skip
    return replace(told, **more)


def four_weeks(treated, holdout, n=2000, days=7.0):
    return experiment(
        [
            Compared(
                datetime(2026, 1, 5 + 7 * k), days, Sums.shares(n, treated), Sums.shares(n, holdout)
            )
            for k in range(4)
        ],
        higher_is_better=False,
    )


def test_a_verdict_can_be_read_out():
    """The maths gives shares; per 1,000 cases is the service's. So .05 here."""
    text = plain(proof_text.verdict(measured(four_weeks(300, 400))))
    assert text.startswith("Measured by experiment (grade A): **the model works**.")
    assert "“Late *orders*” is **0.05 per 1,000 cases** lower than without it" in text
    assert "Over the 8,000 treated cases of 28 days that makes 400 cases fewer" in text
    harm = plain(proof_text.verdict(measured(four_weeks(400, 300))))
    assert "**the model does harm**" in harm
    assert "400 cases more" in harm


def test_what_is_not_known_yet_says_how_long_it_takes():
    text = plain(proof_text.verdict(measured(four_weeks(390, 400))))
    assert "**too early to tell**" in text
    assert "more weeks at this rate bring a verdict" in text
    same = plain(proof_text.verdict(measured(four_weeks(400, 400))))
    assert "is the same" in same
    assert "not even ten more years" in same
    short = plain(proof_text.verdict(measured(four_weeks(300, 400, days=0.0))))
    assert "two whole weeks" in short


@pytest.mark.parametrize("lack", Lack)
def test_what_is_lacking_names_the_column(lack):
    text = plain(proof_text.verdict(measured(None, lack=lack)))
    assert "Upload them with the column" in text


@pytest.mark.usefixtures("demo")
def test_without_groups_the_screen_says_how_to_prove_anything():
    app = open_screen("promised", project=WORKSHOP)
    assert "Proven by measurement" in [s.value for s in app.header]
    assert "Nothing here is proven yet" in said(app)


def test_an_experiment_stands_on_the_screen_of_promises(demo):
    rows = ["kpi_id,period_start,granularity,group,value,n"]
    for day in ("2026-05-04", "2026-05-11", "2026-05-18"):
        rows += [f"wrong-bench,{day},P1W,treated,40,4000", f"wrong-bench,{day},P1W,holdout,62,1000"]
    receipt = imports.import_file(
        demo.acting_as("ada"), WORKSHOP, "kpi_actuals", "a.csv", "\n".join(rows).encode()
    )
    assert receipt.status == "committed"
    text = plain(said(open_screen("promised", project=WORKSHOP)))
    assert "is **22 per 1,000 cases** lower than without it" in text
    assert "12,000 treated and 3,000 held-out cases in 3 periods" in text
    assert f"From {receipt.batch}." in text


def test_a_meeting_picks_a_design_and_the_promises_follow_it(demo):
    app = open_screen("adoption", project=WINBACK, proof_kpi="members-lost", edit="1")
    [table] = [d.value for d in app.dataframe if "Weeks to a verdict" in d.value]
    assert list(table["Grade"]) == ["A"] * 8 + ["B"]
    assert set(table["Weeks to a verdict"][:7]) == {"more than 260"}
    assert "**No.** No design that can be planned sees an effect of 5" in plain(said(app))
    app.number_input(key="proof_members-lost_effect").set_value(60.0)
    run(app)
    assert "after" in said(app)
    app.selectbox(key=f"{FORM}_proof_by").set_value("20% held out")
    app.text_input(key=f"{FORM}_title").set_value("Try it")
    app.text_area(key=f"{FORM}_why").set_value("To know")
    next(b for b in app.button if b.label == "Record the decision").click()
    run(app)
    newest = decisions.decisions(demo, WINBACK)[0]
    assert (newest.proof_by, newest.proof_held_out, newest.proof_effect) == ("holdout", 0.2, 60)
    assert "To be proven by holdout (20% held out) on members-lost" in plain(said(app))
    assert "No proof was planned with it." in said(app)  # of the decision before
    promised = plain(said(open_screen("promised", project=WINBACK)))
    assert "20% of all cases held out. No group has been measured yet." in promised


def compared(effect, *, weeks=20, is_due=True, higher=False, before=60):
    rng = np.random.default_rng(5)
    shared = 130 + np.cumsum(rng.normal(size=before + weeks))
    treated, alone = shared + rng.normal(0, 0.5, (2, before + weeks))
    treated[before:] += effect
    return KpiBeforeAfter(
        kpi_id="k", title="Late *orders*", higher_is_better=higher, unit="hour/case",
        live_on=date(2025, 9, 1), due_on=date(2026, 1, 19), is_due=is_due, word="week",
        seen=controlled_change(treated, np.array([alone]), before), reason=None,
        until=datetime(2026, 1, 19), batches=("B00007",),
        plan=SimpleNamespace(decision_id="D001"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (compared(-12.0), ["(grade B): **the model works**", "fell by", "h per case",
                           "1 Sep 2025"]),
        (compared(-12.0, higher=True), ["(grade B): **the model does harm**"]),
        (compared(12.0), ["**the model does harm**", "rose by"]),
        (compared(-12.0, is_due=False),
         ["**cannot be told**", "judged once, on 19 Jan 2026"]),
        (compared(0.0), ["**cannot be told**", "Chance alone could explain the change."]),
        (compared(0.0, weeks=1), ["cannot be judged", "since the model"]),
        (replace(compared(0.0), seen=None, reason="Too large."),
         ["cannot be compared", "Too large"]),
    ],
)  # fmt: skip
def test_before_and_after_is_said_with_its_grade_its_range_or_the_reason(told, words):
    text = plain(proof_text.before_after(told))
    for word in words:
        assert word in text, text
    assert "Late *orders*" in text
    card = proof_text.figure_before_after(told)
    if told.has_figure:
        assert "grade B" in card.evidence
        assert "likely" in card.evidence
    else:
        assert card == ("–", "")
    assert "From B00007." in plain(proof_text.before_after_rests_on(told))
