"""A proof is planned with the decision, kept with it, and followed to its verdict."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mlpm_core.errors import InputError
from mlpm_core.proof.plan import DesignKind, Missing
from mlpm_core.records import ProofDesign, Status
from mlpm_core.services.evaluate.proof_plans import (
    ProofChoice,
    ProofQuestion,
    kpis_to_prove,
    planned_proof,
)
from mlpm_core.services.in_life.experiments import Doubt, ProofState, Verdict, proofs
from mlpm_core.services.ingest import imports
from tests.meeting import CASE, WINBACK, before_the_meeting, decide, decision

ON, REVIEW = date(2026, 1, 5), date(2026, 8, 3)
LOST = ProofQuestion("members-lost", effect=40.0, spread=336.3, cases_per_week=650.0)
HALVES = ProofChoice(LOST, DesignKind.HALVES, 0.5)


@pytest.fixture
def meeting(filled):
    return filled(before_the_meeting)


def planned(workspace, choice=HALVES, **more):
    receipt = decide(workspace, decided_on=ON, review_on=REVIEW, proof=choice, **more)
    assert receipt.status is Status.COMMITTED, receipt.rejects
    return decision(workspace, "D001")


def measured(workspace, treated, holdout, weeks, n=(325, 325), start=ON, name="a.csv"):
    rows = ["kpi_id,period_start,granularity,group,value,n"]
    for k in range(weeks):
        for group, value, cases in zip(("treated", "holdout"), (treated, holdout), n, strict=True):
            rows.append(f"members-lost,{start + timedelta(weeks=k)},P1W,{group},{value},{cases}")
    receipt = imports.import_file(
        workspace.acting_as("ada"), WINBACK, "kpi_actuals", name, "\n".join(rows).encode()
    )
    assert receipt.status is Status.COMMITTED, receipt


def test_what_is_known_of_a_kpi_comes_from_its_case(meeting):
    """34,000 members a year are scored, 651.6 a week; of 130 in 1,000 one case differs by 336.3."""
    known = {k.kpi_id: k for k in kpis_to_prove(meeting, WINBACK, CASE)}
    lost, margin = known["members-lost"], known["win-back-margin"]
    assert lost.is_share
    assert lost.effect == 5
    assert lost.spread == pytest.approx((130 * 870) ** 0.5)
    assert lost.cases_per_week == pytest.approx(651.5, abs=2)
    assert lost.weekly_noise is None
    assert (margin.unit, margin.spread) == ("EUR/case", None)
    assert margin.effect == pytest.approx(abs(lost.value_per_case))


def test_noise_from_week_to_week_is_read_from_measured_weeks(meeting):
    """Weeks of 130 +- 3 around a line that rises by 1 a week: the line is no noise."""
    levels = [130 + k + (3 if k % 2 else -3) for k in range(20)]
    rows = ["kpi_id,period_start,granularity,value"]
    rows += [
        f"members-lost,{date(2025, 1, 6) + timedelta(weeks=k)},P1W,{v}"
        for k, v in enumerate(levels)
    ]
    imports.import_file(
        meeting.acting_as("ada"), WINBACK, "kpi_actuals", "w.csv", "\n".join(rows).encode()
    )
    lost = next(k for k in kpis_to_prove(meeting, WINBACK, CASE) if k.kpi_id == "members-lost")
    assert lost.weekly_noise == pytest.approx(3, rel=0.1)
    assert lost.autocorrelation == pytest.approx(-0.9, abs=0.06)
    assert lost.weeks_before == 20
    plan = planned_proof(lost, ProofQuestion("members-lost", 40, 336.3, 650, 3.0), 13)
    assert not any(d.missing for d in plan.designs)


def test_the_plan_is_kept_with_the_decision_and_nothing_of_it_changes(meeting):
    kept = planned(meeting)
    lost = next(k for k in kpis_to_prove(meeting, WINBACK, CASE) if k.kpi_id == "members-lost")
    design = planned_proof(lost, LOST, 30).designs[0]
    assert kept.proof_by is ProofDesign.HALVES
    assert (kept.proof_kpi_id, kept.proof_held_out, kept.proof_effect) == ("members-lost", 0.5, 40)
    assert (kept.proof_weeks, kept.proof_chance) == (design.weeks, design.chance)


def test_a_decision_without_a_plan_says_so(meeting):
    decide(meeting)
    assert decision(meeting, "D001").proof_by is ProofDesign.NONE
    assert [p.state for p in proofs(meeting, WINBACK).proofs] == [ProofState.NO_PLAN]


@pytest.mark.parametrize(
    ("choice", "review_on", "why"),
    [
        (HALVES, None, "review date"),
        (ProofChoice(LOST, DesignKind.HALVES, 0.37), REVIEW, "cannot be planned"),
        (ProofChoice(LOST, DesignKind.SWITCHBACK, 0.5), REVIEW, "cannot be planned"),
        (ProofChoice(ProofQuestion("margin", 1, 1, 1), DesignKind.HALVES, 0.5), REVIEW, "not one"),
        (ProofChoice(ProofQuestion("members-lost", 0, 1, 1), DesignKind.HALVES, 0.5), REVIEW,
         "above 0"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_recorded(meeting, choice, review_on, why):
    with pytest.raises(InputError, match=why):
        decide(meeting, decided_on=ON, review_on=review_on, proof=choice)
    assert proofs(meeting, WINBACK).proofs == ()


def test_it_waits_then_runs_then_has_its_verdict(meeting):
    """Due after the planned weeks from 5 January; the clock stands on 30 June."""
    kept = planned(meeting)
    [proof] = proofs(meeting, WINBACK).proofs
    assert proof.state is ProofState.WAITING
    assert proof.due_on == ON + timedelta(weeks=kept.proof_weeks)
    measured(meeting, 110, 130, 4)
    [proof] = proofs(meeting, WINBACK).proofs
    assert proof.state is ProofState.RUNNING
    assert proof.weeks_left > 4
    measured(meeting, 70, 130, 21, start=ON + timedelta(weeks=4), name="b.csv")
    view = proofs(meeting, WINBACK)
    assert view.proofs[0].state is ProofState.PROVEN
    assert view.experiments[0].experiment.verdict is Verdict.WORKS
    assert view.experiments[0].plan.decision_id == "D001"


def test_what_was_measured_before_the_decision_does_not_prove_it(meeting):
    measured(meeting, 70, 130, 8, start=ON - timedelta(weeks=8))
    assert proofs(meeting, WINBACK).experiments[0].experiment.verdict is Verdict.WORKS
    planned(meeting)
    view = proofs(meeting, WINBACK)
    assert view.experiments == ()
    assert view.proofs[0].state is ProofState.WAITING


def test_an_effect_that_the_plan_rules_out_does_not_work(meeting):
    planned(meeting)
    measured(meeting, 130, 130, 25, n=(3250, 3250))
    view = proofs(meeting, WINBACK)
    assert view.experiments[0].experiment.verdict is Verdict.DOES_NOT_WORK
    assert view.proofs[0].state is ProofState.PROVEN


def test_groups_split_otherwise_than_planned_are_not_judged(meeting):
    """Half was to be held out; a fifth was."""
    planned(meeting)
    measured(meeting, 70, 130, 10, n=(520, 130))
    [told] = proofs(meeting, WINBACK).experiments
    assert told.experiment.doubt is Doubt.SAMPLE_RATIO
    assert told.experiment.effect is None


def test_a_plan_that_never_ends_says_that_it_cannot_be_known(meeting):
    tiny = ProofQuestion("members-lost", effect=0.01, spread=336.3, cases_per_week=650)
    kept = planned(meeting, ProofChoice(tiny, DesignKind.HOLDOUT, 0.1))
    assert kept.proof_weeks is None
    assert proofs(meeting, WINBACK).proofs[0].state is ProofState.NEVER


def test_without_weekly_noise_the_designs_that_need_it_say_so(meeting):
    lost = next(k for k in kpis_to_prove(meeting, WINBACK, CASE) if k.kpi_id == "members-lost")
    missing = [d.missing for d in planned_proof(lost, LOST, 13).designs[-2:]]
    assert missing == [Missing.WEEKLY_NOISE, Missing.WEEKLY_NOISE]
