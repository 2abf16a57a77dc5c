"""A proof that is planned before and after reaches grade B, and never passes for an experiment."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from mlpm_core.proof.plan import DesignKind
from mlpm_core.records import Status
from mlpm_core.services.evaluate.proof_plans import ProofChoice, ProofQuestion
from mlpm_core.services.in_life.before_after import ControlReason, ControlVerdict
from mlpm_core.services.in_life.experiments import ProofState, proofs
from mlpm_core.services.ingest import imports
from tests.meeting import WINBACK, before_the_meeting, decide, decision

ON, REVIEW = date(2025, 9, 1), date(2026, 8, 3)
BEFORE = 60
PLAN = ProofChoice(
    ProofQuestion("members-lost", 12.0, 336.3, 650.0, 4.0, 0.2, 0.6), DesignKind.BEFORE_AFTER, 0.0
)


@pytest.fixture
def meeting(filled):
    return filled(before_the_meeting)


def put(workspace, rows, name="a.csv"):
    head = "kpi_id,period_start,granularity,group,value\n"
    receipt = imports.import_file(
        workspace.acting_as("ada"), WINBACK, "kpi_actuals", name, (head + "".join(rows)).encode()
    )
    assert receipt.status is Status.COMMITTED, receipt


def series(n, effect, seed=1, slope=0.0):
    """Two groups that share a course; the treated one changes by ``effect`` at ``BEFORE``."""
    rng = np.random.default_rng(seed)
    shared = 130 + np.cumsum(rng.normal(size=300))
    treated, alone = shared + rng.normal(0, 0.5, (2, 300))
    treated += slope * np.arange(300)
    treated[BEFORE:] += effect
    return treated[: BEFORE + n], alone[: BEFORE + n]


def rows_of(treated, alone, groups=("treated", "holdout")):
    first = ON - timedelta(weeks=BEFORE)
    return [
        f"members-lost,{first + timedelta(weeks=k)},P1W,{group},{values[k]:.4f}\n"
        for group, values in zip(groups, (treated, alone), strict=True)
        for k in range(len(treated))
    ]


def planned(workspace):
    receipt = decide(workspace, decided_on=ON, review_on=REVIEW, proof=PLAN)
    assert receipt.status is Status.COMMITTED, receipt.rejects
    return decision(workspace, "D001")


def only(workspace):
    view = proofs(workspace, WINBACK)
    assert view.experiments == (), "nobody says that chance chose the group"
    return view.proofs[0], *view.compared


def test_it_waits_for_the_group_left_alone(meeting):
    first, _ = series(0, 0.0)
    put(meeting, rows_of(first, first, ("all", "all"))[:BEFORE])
    assert planned(meeting).proof_weeks is not None
    (proof,) = only(meeting)
    assert proof.state is ProofState.WAITING


@pytest.mark.parametrize("groups", [("treated", "holdout"), ("all", "holdout")])
@pytest.mark.parametrize(("effect", "works"), [(-12.0, True), (12.0, False)])
def test_a_change_beyond_the_group_left_alone_is_a_verdict_of_grade_b(
    meeting, groups, effect, works
):
    """Fewer members lost is better."""
    put(meeting, rows_of(*series(0, 0.0), groups=("all", "holdout"))[:BEFORE], "before.csv")
    weeks = planned(meeting).proof_weeks
    put(meeting, rows_of(*series(weeks, effect), groups=groups))
    proof, told = only(meeting)
    assert (proof.state, told.is_due, told.works) == (ProofState.PROVEN, True, works)
    assert told.seen.change.low <= effect <= told.seen.change.high
    assert told.until.date() <= told.due_on
    assert told.seen.n_before == BEFORE


def test_it_is_judged_once_and_later_weeks_change_nothing(meeting):
    put(meeting, rows_of(*series(0, 0.0), groups=("all", "holdout"))[:BEFORE], "before.csv")
    weeks = planned(meeting).proof_weeks
    treated, alone = series(weeks, -12.0)
    put(meeting, rows_of(treated, alone))
    _, then = only(meeting)
    more = [np.concatenate([values, values[-2:] + 90]) for values in (treated, alone)]
    more[0] += np.r_[np.zeros(len(treated)), 40.0, 40.0]
    late = [r for r in rows_of(*more) if str(ON + timedelta(weeks=weeks)) <= r.split(",")[1]]
    assert len(late) == 4
    put(meeting, late, "late.csv")
    _, now = only(meeting)
    assert now.seen == then.seen


def test_before_its_day_there_is_no_verdict(meeting, monkeypatch):
    put(meeting, rows_of(*series(0, 0.0), groups=("all", "holdout"))[:BEFORE], "before.csv")
    weeks = planned(meeting).proof_weeks
    put(meeting, rows_of(*series(weeks - 1, -12.0)))
    monkeypatch.setattr(
        type(meeting), "today", lambda *_: ON + timedelta(weeks=weeks - 1), raising=True
    )
    proof, told = only(meeting)
    assert (proof.state, told.is_due, told.works) == (ProofState.RUNNING, False, None)
    assert told.seen.verdict is ControlVerdict.FELL


@pytest.mark.parametrize(
    ("effect", "slope", "reason"),
    [(0.0, 0.0, ControlReason.TOO_NOISY), (-12.0, 0.6, ControlReason.PRE_TRENDS_DIFFER)],
)
def test_where_nothing_can_be_told_it_cannot_be_known(meeting, effect, slope, reason):
    put(meeting, rows_of(*series(0, 0.0), groups=("all", "holdout"))[:BEFORE], "before.csv")
    weeks = planned(meeting).proof_weeks
    put(meeting, rows_of(*series(weeks, effect, slope=slope)))
    proof, told = only(meeting)
    assert (proof.state, told.works, told.seen.reason) == (ProofState.NEVER, None, reason)


def test_one_week_or_a_constant_series_is_a_reason_and_no_crash(meeting):
    put(meeting, rows_of(*series(0, 0.0), groups=("all", "holdout"))[:BEFORE], "before.csv")
    planned(meeting)
    put(meeting, [f"members-lost,{ON},P1W,holdout,130\n"])
    _, told = only(meeting)
    assert (told.seen.reason, told.works) == (ControlReason.FEW_BEFORE, None)
    flat = np.full(BEFORE + 20, 130.0)
    put(meeting, rows_of(flat, flat), "flat.csv")
    _, told = only(meeting)
    assert (told.seen.reason, told.has_figure) == (ControlReason.NO_NOISE, False)
