"""A project with a record of every planning kind: each piece of advice is seen on its screen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mlpm_core.planning.waiting import Waiting
from mlpm_core.records import Phase
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.risks import risks
from pages.parts.plan.phases import CROSSWALK, elsewhere
from pages.parts.plan.task_estimate_text import waiting
from tests.app.conftest import button, open_screen, plain, run, said
from tests.plans import save_example

PROJECT = "forecast"
DAY = "2026-12-07"
ROWS = {
    "projects": [
        {"title": "Forecast", "question": "Fewer stock-outs.", "clock_on": DAY,
         "planned_start_on": "2026-11-30", "phase": "sprint_3", "needed_by_on": "2027-06-30",
         "budget": 100_000, "autonomy": "assistive", "failure_policy": "Planners go by the rule",
         "data_version": "v2"},
    ],
    "stakeholders": [
        {"stakeholder_id": "tom", "name": "Tom", "influence": 5, "wants": "Less stock",
         "role": "Budget holder", "has_veto": True, "cost_saving": 100, "contact_every_days": 7,
         "channel": "call"},
        {"stakeholder_id": "jo", "name": "Jo", "influence": 4, "wants": "Full shelves",
         "customer_experience": 100},
    ],
    "requirements": [
        {"requirement_id": "r", "asked": "A forecast", "why": "Too much stock",
         "agreed": "An order proposal", "decides": "Buyer", "decision": "How much to order",
         "decided_when": "each Monday", "metric": "latency", "comparison": "at_most",
         "limit": 200, "measured": 240, "unit": "ms", "changed_on": "2026-12-01",
         "change_reason": "Nobody acts on a forecast"},
    ],
    "interactions": [
        {"interaction_id": "demo", "stakeholder_id": "tom", "happened_on": "2026-12-01",
         "interaction_type": "demo", "shown": "A simple rule", "said": "Too many alarms",
         "minutes": 30, "satisfaction": 3, "open_question": "What is an order line?"},
    ],
    "estimate_snapshots": [
        {"snapshot_id": "A", "taken_on": "2026-11-30", "effort_p50": 200, "effort_p80": 300,
         "duration_p80": 200, "cost_p80": 150_000, "is_baseline": True},
        {"snapshot_id": "B", "taken_on": "2026-12-04", "effort_p50": 210, "effort_p80": 270},
    ],
    "delivery_promises": [
        {"promise_id": "p", "what": "First model", "measure": "date", "made_on": "2026-11-30",
         "promised_for_on": "2027-03-31", "snapshot_id": "A"},
    ],
    "team_members": [
        {"person_id": "ana", "name": "Ana", "role": "DS", "train": 4, "governance": 1,
         "evaluate": 3, "is_technical_lead": True, "wants_to_learn": "data"},
        {"person_id": "bo", "name": "Bo", "role": "DE", "data": 1},
    ],
    "risk_reviews": [
        {"risk_id": "R0", "reviewed_on": "2026-12-04", "probability": 0.3, "reviewed_by": "Ana",
         "note": "The first file came"},
    ],
    "check_results": [
        {"check_id": "impact_harm", "phase": "sprint_3", "reply": "yes",
         "answered_on": "2026-12-04", "harm_if_works": "nobody",
         "harm_if_fails": "Whoever waits for a bike"},
    ],
    "models": [{"model_id": "m"}],
    "value_cases": [{"value_case_id": "v", "mechanism": "demand_forecast"}],
    "contracts": [
        {"contract_id": "c", "counterparty": "Northlight", "contract_type": "support",
         "pricing": "standby", "fee_per_year": 6000, "response_hours": 4, "is_liable": True,
         "starts_on": "2026-01-01", "ends_on": "2026-12-31"},
    ],
    "contract_clauses": [
        {"contract_id": "c", "clause": "access", "is_present": False},
        {"contract_id": "c", "clause": "rollback"},
    ],
    "deployments": [
        {"deployment_id": "d", "model_id": "m", "value_case_id": "v", "from_on": "2025-06-01",
         "needed_until_on": "2027-12-31", "contract_id": "c", "telemetry": "push",
         "site": "edge"},
    ],
    "incident_log": [
        {"incident_id": "i", "model_id": "m", "title": "Units changed",
         "started_at": "2026-03-02T00:00:00Z", "detected_at": "2026-03-02T01:00:00Z",
         "acknowledged_at": "2026-03-02T09:00:00Z", "mitigated_at": "2026-03-02T10:00:00Z",
         "status": "resolved"},
    ],
    "support_plans": [
        {"support_id": "h", "fix_hours": "4 | 10 | 26", "reach_alone": "8 | 24 | 118",
         "loss_per_hour": 220, "hour_rate": 104, "standby_reach": "1 | 2 | 4",
         "standby_fee": 6000},
    ],
    "tasks": [
        {"task_id": "tool", "title": "Faster tests", "category": "infra", "p10": 1, "p50": 2,
         "p90": 4, "role": "MLE", "saves_days": 1.5},
        {"task_id": "card", "title": "Model card of m", "category": "document", "role": "DS",
         "p10": 1, "p50": 2, "p90": 3, "due_on": "2027-01-31"},
        {"task_id": "sign", "title": "Approval", "category": "wait", "p10": 2, "p50": 5,
         "p90": 20, "depends_on": "T16"},
    ],
    "artefacts": [
        {"artefact_id": "sales", "artefact_type": "dataset", "owner": "Pia",
         "location": "s3://sales", "licence": "own data", "holds_personal_data": True,
         "keep_until_on": "2026-12-01", "digest": "1f"},
        {"artefact_id": "m-v1", "artefact_type": "model", "made_from": "sales", "model_id": "m",
         "model_version": "v1", "digest": "2f"},
    ],
    "rebuilds": [
        {"artefact_id": "m-v1", "attempted_on": "2026-12-03", "metric": "wape", "original": 24.0,
         "rebuilt": 31.0},
    ],
    "compute_campaigns": [
        {"campaign_id": "tune", "gpu_hours_planned": 4000, "gpu_hour_rate": 2, "runs_done": 4,
         "gpu_hours_used": 1200, "run_hours_p50": 30, "run_hours_p95": 60},
    ],
    "sourcing": [
        {"sourcing_id": "s", "build_cost": "76k to 210k", "quote": "100k", "team_cost": "30k",
         "opportunity_cost": "20k", "supplier_cost": "120k to 160k", "p_no_model": 0.1},
    ],
    "annotation_plans": [
        {"annotation_id": "l", "items": 6000, "minutes_per_label": "0.5", "labels_per_item": 2,
         "review_share": 0.15},
    ],
    "closed_projects": [
        {"closed_id": f"c{i}", "estimated_days": 10, "actual_days": 16} for i in range(3)
    ],
}  # fmt: skip


@pytest.fixture
def shop(empty):
    """The worked example with a record of every planning kind, on 7 December 2026."""
    save_example(empty)
    for kind, rows in ROWS.items():
        receipt = registers.save(empty.acting_as("ada"), PROJECT, kind, rows)
        assert receipt.status == "committed", (kind, receipt.rejects)
    wait = next(r for r in registers.records(empty, PROJECT, "tasks") if r["category"] == "wait")
    change(
        empty, "tasks", wait,
        status="done", finished_on="2026-12-04", started_on="2026-11-30", spent_days=5.0,
    )  # fmt: skip
    (risk,) = [r for r in registers.records(empty, PROJECT, "risks") if r["risk_id"] == "R0"]
    change(
        empty, "risks", risk,
        response="reduce", mitigation="Ask twice", mitigation_days=0.1, residual_probability=0.1,
        raised_on="2026-11-30", owner="Ana",
    )  # fmt: skip
    return empty


def change(workspace, kind, row, **changes):
    receipt = registers.save(workspace.acting_as("ada"), PROJECT, kind, [row | changes])
    assert receipt.status == "committed", receipt.rejects


SHOWN = {
    ("brief", ""): {
        "A1": "Path to production: nothing has been asked yet",
        "A3": "Last contact",
        "A10": "latency at most 200 ms",
        "B1": "Influence",
        "B2": "Is it data_dirty?",
        "B3": "Architecture: nothing has been asked yet",
        "B4": "Buyer: How much to order, each Monday",
        "B7": "Too much stock",
        "B9": "Sprint 0 is **not passed**",
        "D1": "Full shelves",
        "D2": "every 7 days, call",
        "D3": "Personal notes: kept on this machine only",
        "D4": "Meeting pack: one page for the next meeting",
        "D6": "What is an order line?",
        "D7": "No early result is planned",
        "D9": "**1 of 1** was made below what the estimate calls safe",
        "D12": "6 days since the last demo",
        "D13": "Too many alarms",
        "L1": "Jo puts 100 of 100 points on customer experience, Tom 0",
    },
    ("estimate", ""): {
        "A2": "Waits that are over (1) took 5 working days",
        "B6": "Without the wait still to come the end at even odds would be",
        "C3": "Since the baseline of 30 Nov 2026",
        "C5": "Complex data",
        "C8": "Dirty data (50% likely)",
        "C9": "Ethics and privacy",
        "C10": "2 models",
        "C12": "Complicated evaluation",
        "C14": "Waits for",
        "C15": "How it is computed, and where the figures come from",
        "C16": "A small first project",
        "D10": "tasks would each be done by then 8 times in 10",
        "D11": "Person-days of a task = its three numbers",
        "F1": "with a level below 2 in managing delivery",
        "F3": "Delivery management",
        "F4": "Ana (level 0) could do data with Bo",
        "I1": "nobody does",
        "I2": "Asked, to be safe",
        "I3": "With one more",
        "I4": "Work changes hands between roles",
        "J2": "No usable model",
        "J3": "Nobody said how one sees that this modelling is done: Task T09",
        "N1": "By its tasks.",
        "N2": "More likely than not the budget is not enough.",
        "N3": "To be safe took 50% more work than even odds on 30 Nov 2026, and 29% more on",
        "O1": "What to find out first",
        "O3": "are spent",
        "P8": "Buying from a supplier",
    },
    ("estimate", "edit=1"): {
        "C6": "Big data",
        "C7": "Complex platform",
    },
    ("estimate", "mode=quick"): {
        "C1": "chance after 3 cycles",
        "C2": "Days = own guess × 2 ×",
        "C4": "promise nothing before the work is split into tasks",
    },
    ("risks", ""): {
        "A4": "Data story: 0 of",
        "A9": "held down by",
        "A11": "Ethics and privacy: 0 of",
        "A14": "Harmed if it fails: Whoever waits for a bike",
        "B5": "of the phase Sprint 3: put into production are open",
        "B10": "once tasks are named as its mitigation and done; spares",
        "B11": "Last review",
        "B12": "What went wrong with m happens again.",
        "C13": "Model card of m",
        "D8": "Nobody outside the team was told of",
        "E4": "All that it was made from is kept, with a digest",
        "E5": "Built again on 3 Dec 2026: wape 31 against 24, outside the tolerance",
        "E6": "Kept beyond the last day: sales",
        "F2": "Led by Ana, with little knowledge of delivery",
        "H1": "Called deployment in CRISP-DM",
        "H2": "In life",
        "H3": "m-v1",
        "H4": "Steps since raw",
        "H6": "Ethics and privacy: 0 of",
        "H8": "Readiness: 0 of",
        "P9": "s3://sales",
        "P10": "Handover: 0 of",
    },
    ("support", ""): {
        "G1": "Nobody looked",
        "G2": "things not settled",
        "G3": "In it, without a price",
        "G4": "has no access to it",
        "K2": "Days not covered",
        "K3": "Paid as standby: EUR 6,000 a year",
        "K4": "Until somebody came",
        "K5": "A standby pays on average up to a fee of",
        "K6": "Repair for each model and year: 2025: 0 min (0 incidents); 2026",
    },
    ("support", "part=sourcing"): {
        "P1": "cannot keep it up",
        "P2": "Make less buy",
        "P3": "Making is cheaper in",
        "P4": "more likely loses money than not",
        "P5": "Build alone (the trap)",
        "P6": "whoever builds",
        "P11": "One leaves within 3 years",
    },
    ("support", "part=labelling"): {
        "C11": "Hours = items × minutes",
        "E7": "**115 hours** at even odds",
    },
    ("support", "part=tools"): {
        "M1": "Faster tests",
        "M2": "Chance that it pays",
        "M3": "Paid back",
    },
    ("support", "part=runs"): {
        "E1": "Runs take days, on about 10 GPUs: a campaign of its own",
        "E2": "Tries a week",
        "E3": "of 4,000 planned",
    },
}


def everything(app):
    """All that stands on a screen: text, tables with their headings, choices and expanders."""
    tables = [t.value.to_string(max_colwidth=None) for t in (*app.dataframe, *app.table)]
    titles = [e.label for kind in (app.expander, app.metric, app.slider) for e in kind]
    options = [str(o) for s in app.selectbox for o in (s.label, *s.options)]
    return plain("\n".join([said(app), *tables, *titles, *options]))


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("where", SHOWN, ids=lambda where: "-".join(filter(None, where)))
def test_the_advice_is_seen_on_its_screen(where):
    screen, query = where
    asked = dict([query.split("=")]) if query else {}
    shown = everything(open_screen(screen, project=PROJECT, **asked))
    missing = {number: text for number, text in SHOWN[where].items() if text not in shown}
    assert missing == {}


def test_every_phase_of_the_work_has_its_name_elsewhere():
    work = set(Phase) - {Phase.NONE, Phase.CLOSED, Phase.STOPPED}
    assert set(CROSSWALK) == work
    assert all(elsewhere(phase).startswith("Called ") for phase in work)
    assert elsewhere(Phase.NONE) == ""
    in_life = elsewhere(Phase.IN_LIFE)
    assert "monitoring and maintenance in CRISP-ML(Q)" in in_life
    assert "It has no place in CRISP-DM" in in_life


def test_a_wait_that_delays_nothing_asks_for_nothing():
    def said_of(**found):
        told = Waiting(**{"n_over": 0, "taken_days": 0, "planned_days": 0} | found)
        return waiting(SimpleNamespace(estimated=SimpleNamespace(waiting=told)))

    assert said_of(n_ahead=1, days=0.2, share=0.01) == (
        "1 wait still to come: beside other work, so that the end is not later."
    )
    assert "**3 working days** sooner (10%" in plain(said_of(n_ahead=2, days=3.2, share=0.1))
    assert said_of(n_ahead=0, days=0, share=0) == ""


def test_an_offered_risk_is_written_down_by_one_click_with_the_way_back(shop):
    app = open_screen("risks", project=PROJECT)
    n = len(risks(shop, PROJECT).risks)
    button(app, "Write it down").click()
    run(app)
    assert len(risks(shop, PROJECT).risks) == n + 1
    assert any(b.label == "Undo" for b in app.button)
