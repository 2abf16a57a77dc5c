"""Support: what is covered, what is not, and what help costs, from the records that are stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from mlpm_core.errors import InputError
from mlpm_core.planning.care import ClauseState, Gap, Keeper
from mlpm_core.planning.response import Answered
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.support import project_support, tried
from mlpm_core.services.plan.support_plans import LossBasis, paid_and_avoided
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

TODAY = date(2026, 6, 30)
DEPLOYMENT = {
    "deployment_id": "live", "model_id": "forecast", "value_case_id": "stock",
    "from_on": date(2024, 7, 1),
}  # fmt: skip
CONTRACT = {
    "contract_id": "standby", "counterparty": "Northlight", "contract_type": "support",
    "pricing": "standby", "fee_per_year": 6000.0, "response_hours": 4.0,
    "starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31),
}  # fmt: skip
PLAN = {
    "support_id": "help", "fix_hours": "4 | 10 | 26", "reach_alone": "8 | 24 | 118",
    "planned_hours": "140 | 198 | 295", "loss_per_hour": 220.0, "hour_rate": 104.0,
    "emergency_bill": 2400.0, "standby_reach": "1 | 2 | 4", "standby_fee": 6000.0,
    "standby_call_out": 1500.0,
}  # fmt: skip


def opened_shop(tmp_path, empty_folder):
    """A shop with a model in use, until its test ends."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    shop = workspace.acting_as("ada")
    save(shop, "projects", {"project": "shop", "title": "Shop", "clock_on": TODAY})
    save(shop, "models", {"model_id": "forecast"})
    save(shop, "value_cases", {"value_case_id": "stock", "mechanism": "demand_forecast"})
    yield shop
    workspace.close()


@pytest.fixture
def shop(tmp_path, empty_folder):
    yield from opened_shop(tmp_path, empty_folder)


def save(shop, kind, *rows):
    receipt = registers.save(shop, "shop", kind, [{"project": "shop"} | row for row in rows])
    assert receipt.status == "committed", receipt
    return receipt


def care(shop):
    (only,) = project_support(shop, "shop").cares
    return only


def test_an_empty_project_has_nothing_to_look_after(shop):
    view = project_support(shop, "shop")
    assert view.cares == view.retainers == view.sourcings == view.labellings == ()
    assert view.gap_days == 0
    assert view.facts.value_per_hour is None


def test_a_model_that_nobody_looks_after_has_a_gap_of_all_days_it_is_needed(shop):
    save(shop, "deployments", DEPLOYMENT | {"needed_until_on": TODAY + timedelta(days=99)})
    assert care(shop).keeper is Keeper.NOBODY
    assert care(shop).gap_days == 100
    assert Gap.NOBODY in care(shop).alarms


def test_days_without_cover_are_those_between_the_contract_and_the_need(shop):
    save(shop, "contracts", CONTRACT)
    save(
        shop,
        "deployments",
        DEPLOYMENT | {"contract_id": "standby", "needed_until_on": date(2027, 12, 31)},
    )
    assert care(shop).keeper is Keeper.CONTRACT
    assert care(shop).until_on == date(2027, 3, 31)
    assert care(shop).gap_days == (date(2027, 12, 31) - date(2027, 3, 31)).days == 275
    assert Gap.ENDS_BEFORE_NEED in care(shop).alarms
    save(shop, "contracts", CONTRACT | {"ends_on": None})
    assert care(shop).gap_days == 0
    assert not care(shop).alarms


def test_a_contract_that_ended_or_is_ahead_covers_nothing_today(shop):
    needed = {"contract_id": "standby", "needed_until_on": date(2026, 7, 29)}
    save(shop, "contracts", CONTRACT | {"ends_on": date(2026, 6, 29)})
    save(shop, "deployments", DEPLOYMENT | needed)
    assert (care(shop).keeper, care(shop).gap_days) == (Keeper.NOBODY, 30)
    assert Gap.CONTRACT_ENDED in care(shop).alarms
    save(shop, "contracts", CONTRACT | {"starts_on": date(2026, 7, 10)})
    assert care(shop).gap_days == 10
    assert Gap.CONTRACT_AHEAD in care(shop).alarms


def test_a_contract_for_building_looks_after_nothing(shop):
    save(shop, "contracts", CONTRACT | {"contract_type": "build"})
    save(
        shop,
        "deployments",
        DEPLOYMENT | {"contract_id": "standby", "needed_until_on": date(2026, 7, 1)},
    )
    assert care(shop).gap_days == 2
    assert care(shop).alarms == (Gap.NOT_FOR_SUPPORT,)


def test_a_model_that_is_needed_no_longer_has_no_gap(shop):
    save(shop, "deployments", DEPLOYMENT | {"needed_until_on": date(2026, 6, 1)})
    assert care(shop).gap_days == 0


def test_own_people_cover_and_an_unknown_need_is_said(shop):
    save(shop, "deployments", DEPLOYMENT | {"looked_after_by": "Pia Holm"})
    assert care(shop).keeper is Keeper.OWN_PEOPLE
    assert care(shop).gap_days is None
    assert Gap.NEED_UNKNOWN in care(shop).gaps
    assert care(shop).alarms == ()


def test_whoever_is_liable_must_see_it_and_get_at_it(shop):
    save(shop, "contracts", CONTRACT | {"is_liable": True, "ends_on": None})
    save(
        shop,
        "deployments",
        DEPLOYMENT
        | {"contract_id": "standby", "telemetry": "nothing", "needed_until_on": date(2027, 1, 1)},
    )
    assert set(care(shop).alarms) == {Gap.LIABLE_BLIND, Gap.LIABLE_LOCKED_OUT}
    save(shop, "contract_clauses", {"contract_id": "standby", "clause": "access"})
    save(
        shop,
        "deployments",
        DEPLOYMENT
        | {"contract_id": "standby", "telemetry": "file_drop", "needed_until_on": date(2027, 1, 1)},
    )
    assert care(shop).alarms == ()


def test_what_the_contract_leaves_out_is_not_done_and_what_has_no_price_is_not_paid(shop):
    save(shop, "contracts", CONTRACT)
    save(
        shop,
        "contract_clauses",
        {"contract_id": "standby", "clause": "rollback", "price": 900.0},
        {"contract_id": "standby", "clause": "retraining", "is_present": False},
        {"contract_id": "standby", "clause": "exit"},
        {"contract_id": "standby", "clause": "ERP interface", "is_present": False},
    )
    save(shop, "deployments", DEPLOYMENT | {"contract_id": "standby"})
    states = {check.clause: check.state for check in care(shop).clauses}
    assert states["rollback"] is ClauseState.PAID
    assert states["exit"] is ClauseState.UNPAID
    assert states["retraining"] is states["ERP interface"] is ClauseState.LEFT_OUT
    assert states["access"] is ClauseState.NOT_ASKED
    assert [c.clause for c in care(shop).unpaid_clauses] == ["exit"]
    assert project_support(shop, "shop").unpaid_total == 1


def incident(name, noticed, reached=None, ended=None, **more):
    return {
        "incident_id": name, "model_id": "forecast", "title": name, "started_at": noticed,
        "detected_at": noticed, "acknowledged_at": reached, "mitigated_at": ended,
        "status": "resolved" if ended else "open",
    } | more  # fmt: skip


def test_the_response_clock_is_held_against_the_contract_of_that_day(shop):
    save(shop, "contracts", CONTRACT)
    save(shop, "deployments", DEPLOYMENT | {"contract_id": "standby"})
    save(
        shop,
        "incident_log",
        incident(
            "before", datetime(2026, 3, 2, 10), datetime(2026, 3, 10, 8), datetime(2026, 3, 11)
        ),
        incident(
            "quick", datetime(2026, 5, 18, 7), datetime(2026, 5, 18, 8), datetime(2026, 5, 18, 9)
        ),
        incident(
            "slow", datetime(2026, 5, 19, 7), datetime(2026, 5, 20, 8), datetime(2026, 5, 20, 9)
        ),
        incident("open", datetime(2026, 6, 30, 12)),
        incident("later", datetime(2026, 7, 4, 12)),
    )
    view = project_support(shop, "shop")
    clocks = {i.clock.incident.incident_id: i.clock for i in view.facts.incidents}
    assert {name: c.answered for name, c in clocks.items()} == {
        "before": Answered.NOT_AGREED,
        "quick": Answered.IN_TIME,
        "slow": Answered.LATE,
        "open": Answered.LATE,  # 12 hours until the end of the day the project lives on
    }
    assert (clocks["before"].reach, clocks["before"].fix, clocks["before"].harm) == (190, 16, 206)
    assert clocks["open"].harm == 12
    assert view.facts.n_incidents == 4
    assert view.facts.model_years == pytest.approx(2.0, abs=0.01)
    assert [y.n_incidents for y in view.facts.years if y.n_incidents] == [4]
    (year,) = [y for y in view.facts.years if y.n_incidents]
    assert (year.year, year.n_timed, year.hours_per_model) == (2026, 3, None)


def test_hours_of_repair_are_told_for_each_model_and_year(shop):
    """In force since mid 2024: two repairs of 16 hours in 2025, none in half of 2026."""
    save(shop, "deployments", DEPLOYMENT)
    noticed = [datetime(2025, month, 2, 7) for month in (3, 9)]
    save(
        shop, "incident_log",
        *[
            incident(f"i{t.month}", t, t + timedelta(hours=1), t + timedelta(hours=17))
            for t in noticed
        ],
    )  # fmt: skip
    years = {y.year: y for y in project_support(shop, "shop").facts.years}
    assert years[2025].hours_per_model == pytest.approx(32 / (365 / 365.25))
    assert (years[2026].hours_per_model, years[2026].n_incidents) == (0, 0)
    assert sum(y.model_years for y in years.values()) == pytest.approx(2.0, abs=0.01)


def test_a_loss_is_the_one_written_down_before_one_that_is_implied(shop):
    save(shop, "deployments", DEPLOYMENT)
    noticed, ended = datetime(2026, 3, 2, 10), datetime(2026, 3, 3, 10)
    save(
        shop,
        "incident_log",
        incident("a", noticed, None, ended, est_loss=500.0),
        incident("b", noticed, None, ended, est_loss=500.0, realised_loss=700.0),
        incident("c", noticed, None, ended, est_loss=500.0, currency="USD"),
        incident("d", noticed, None, ended),
    )
    save(
        shop,
        "cost_log",
        {
            "model_id": "forecast", "period_start": date(2026, 3, 2),
            "period_end": date(2026, 3, 15), "cost_type": "incident", "amount": 4300.0,
        },
    )  # fmt: skip
    facts = {i.clock.incident.incident_id: i for i in project_support(shop, "shop").facts.incidents}
    assert [facts[n].loss for n in "abcd"] == [500, 700, None, None]
    assert facts["a"].is_estimate
    assert not facts["b"].is_estimate
    assert facts["a"].billed == 4300


def test_a_bill_of_two_incidents_is_paid_once(shop):
    save(shop, "contracts", CONTRACT)
    save(shop, "deployments", DEPLOYMENT | {"contract_id": "standby"})
    save(shop, "support_plans", PLAN)
    at = datetime(2026, 5, 4, 9)
    save(
        shop, "incident_log",
        incident("a", at, at, at + timedelta(hours=3)),
        incident("b", at + timedelta(days=2), None, at + timedelta(days=2, hours=3)),
    )  # fmt: skip
    bill = {
        "model_id": "forecast", "period_start": date(2026, 5, 1), "period_end": date(2026, 5, 31),
        "cost_type": "incident", "amount": 1500.0,
    }  # fmt: skip
    save(shop, "cost_log", bill)
    view = project_support(shop, "shop")
    assert [i.billed for i in view.facts.incidents] == [1500, 1500]
    (line,) = paid_and_avoided(view.retainers[0])
    days = (TODAY - date(2026, 4, 1)).days + 1
    assert line.paid == pytest.approx(6000 * days / 365.25 + 1500)


def test_a_retainer_rests_on_the_incidents_that_are_stored(shop):
    save(shop, "support_plans", PLAN)
    (before,) = project_support(shop, "shop").retainers
    assert "No model is in use" in before.problem
    save(shop, "deployments", DEPLOYMENT)
    (calm,) = project_support(shop, "shop").retainers
    save(
        shop,
        "incident_log",
        incident("a", datetime(2026, 3, 2), datetime(2026, 3, 2), datetime(2026, 3, 3)),
        incident("b", datetime(2026, 4, 2), datetime(2026, 4, 2), datetime(2026, 4, 3)),
    )
    (after,) = project_support(shop, "shop").retainers
    assert after.incidents.per_year == pytest.approx(2.5 / 3.0, rel=0.01)
    assert after.fee.fee > 4 * calm.fee.fee > 0
    assert [c.cover.name for c in after.covers] == ["No contract", "Standby"]
    assert after.loss_basis is LossBasis.TYPED


def test_without_a_loss_nobody_can_say_what_help_is_worth(shop):
    save(shop, "deployments", DEPLOYMENT)
    save(shop, "support_plans", PLAN | {"loss_per_hour": None})
    (view,) = project_support(shop, "shop").retainers
    assert view.fee is None
    assert "no incident has a loss" in view.problem


def test_what_incidents_cost_goes_before_what_the_models_bring(shop):
    save(shop, "deployments", DEPLOYMENT)
    save(shop, "support_plans", PLAN | {"loss_per_hour": None})
    noticed = datetime(2026, 3, 2)
    save(
        shop,
        "incident_log",
        incident("a", noticed, None, datetime(2026, 3, 3), est_loss=2400.0),
        incident("b", noticed, None, datetime(2026, 3, 4), realised_loss=1200.0),
        incident("c", noticed, None, datetime(2026, 3, 4)),
    )
    (view,) = project_support(shop, "shop").retainers
    assert view.loss_basis is LossBasis.RECORDED
    assert view.loss_per_hour == pytest.approx(3600 / 72)


def test_a_plan_is_tried_without_a_trace_and_a_wrong_number_is_named(shop):
    save(shop, "deployments", DEPLOYMENT)
    cheap = tried(shop, "shop", "support_plans", PLAN | {"loss_per_hour": 10.0})
    dear = tried(shop, "shop", "support_plans", PLAN | {"loss_per_hour": 1000.0})
    assert dear.fee.fee > cheap.fee.fee
    assert project_support(shop, "shop").retainers == ()
    wide = tried(shop, "shop", "support_plans", PLAN | {"fix_hours": "1 | 2 | 99"})
    assert "more than 20 times the middle" in wide.problem
    with pytest.raises(InputError, match="Hourly rate is -1"):
        tried(shop, "shop", "support_plans", PLAN | {"hour_rate": -1.0})


@pytest.mark.parametrize(
    ("kind", "row", "column"),
    [
        ("support_plans", PLAN | {"fix_hours": "a while"}, "fix_hours"),
        ("support_plans", PLAN | {"standby_reach": "2 EUR"}, "standby_reach"),
        ("sourcing", {"sourcing_id": "s", "build_cost": "100k", "quote": "-5"}, "quote"),
        ("annotation_plans", {"annotation_id": "a", "items": 5, "minutes_per_label": "x"},
         "minutes_per_label"),
        ("contracts", CONTRACT | {"ends_on": date(2026, 3, 1)}, "ends_on"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_no_record(shop, kind, row, column):
    receipt = registers.save(shop, "shop", kind, [{"project": "shop"} | row])
    assert receipt.status == "rejected"
    assert [reject.column for reject in receipt.rejects] == [column]


def test_the_other_calculators_answer_from_their_records(shop):
    make = {"build_cost": "60k", "hiring_cost": "5k", "team_cost": "30k"}
    buy = {"quote": "80k", "support_fee": "10k EUR/year"}
    save(shop, "sourcing", {"sourcing_id": "s", "years": 1.5} | make | buy)
    labels = {
        "annotation_id": "photos", "items": 6000, "minutes_per_label": "0.5",
        "labels_per_item": 2, "review_share": 0.15, "items_done": 1500, "day_rate": 200.0,
    }  # fmt: skip
    save(shop, "annotation_plans", labels)
    runs = {
        "campaign_id": "c", "gpu_hours_planned": 100.0, "gpu_hour_rate": 2.0,
        "gpu_hours_used": 50.0, "runs_done": 5, "runs_failed": 6,
    }  # fmt: skip
    save(shop, "compute_campaigns", runs)
    view = project_support(shop, "shop")
    (make_or_buy,), (photos,), (runs,) = view.sourcings, view.labellings, view.campaigns
    assert make_or_buy.answer.make.mean == pytest.approx(95e3)
    assert make_or_buy.answer.buy.mean == pytest.approx(90e3)
    assert photos.plan.hours.p50 == pytest.approx(115)
    assert photos.plan.share_done == 0.25
    assert photos.cost(photos.plan.hours.p50) == pytest.approx(115 / 4 * 200)
    assert runs.counted is None
    assert "6 of 5 runs failed" in runs.problem


@pytest.mark.parametrize(
    ("kind", "row", "counted"),
    [
        ("contracts", CONTRACT, "1 contract"),
        ("support_plans", PLAN, "1 support plan"),
        ("sourcing", {"sourcing_id": "s", "build_cost": "1k", "quote": "2k"}, "1 comparison"),
        ("compute_campaigns", {"campaign_id": "c", "gpu_hours_planned": 1.0, "gpu_hour_rate": 2.0},
         "1 compute campaign"),
    ],
)  # fmt: skip
def test_the_currency_stays_under_what_help_costs(shop, kind, row, counted):
    save(shop, kind, row)
    other = {"project": "shop", "title": "Shop", "clock_on": TODAY, "currency": "USD"}
    receipt = registers.save(shop, "shop", "projects", [other])
    assert receipt.status == "rejected"
    assert counted in receipt.rejects[0].message
