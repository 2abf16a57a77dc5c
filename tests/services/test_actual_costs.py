"""What a model really cost beside the plan, over a real store, by hand."""

from __future__ import annotations

import pytest

from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.in_life.portfolio_export import health_json
from mlpm_core.services.in_life.promises import delivered
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests import in_use as works
from tests.monitored_shop import (
    CASE,
    NET_PER_POINT,
    SHOP,
    WEEKS,
    in_use,
    planned,
    results,
    save,
)
from tests.stores import copied

A_DAY = NET_PER_POINT / 365.25
MODEL = "m"


def _fill(workspace):
    """The shop on 10 August 2024, in use since 10 July: 32 days of use, 26 monitored."""
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-10")
    results(workspace, WEEKS)


@pytest.fixture
def shop(filled):
    return filled(_fill)


def cost(first, last, amount, **more):
    return {
        "project": SHOP, "model_id": more.pop("model_id", MODEL), "period_start": first,
        "period_end": last, "cost_type": "inference", "amount": amount, **more,
    }  # fmt: skip


def planned_to_run(workspace, text):
    save(
        workspace,
        "quantities",
        {"project": SHOP, "value_case_id": CASE, "name": "run_cost", "written": text},
    )


def costs(workspace):
    return delivered(workspace, SHOP, CASE).costs


def test_without_a_record_the_plan_stands_and_nothing_is_netted(shop):
    planned_to_run(shop, "36525")
    told = costs(shop)
    assert not told.is_recorded
    assert told.planned_annual == pytest.approx(36525, rel=1e-9)
    assert told.net is None
    assert told.per_case is None


def test_bills_take_the_place_of_the_planned_running_cost_by_the_day(shop):
    """Planned 100 a day. July's bill of 3,100 is 100 a day, of which 22 days are of use: 2,200.
    The 10 days of August have no bill: the plan counts 1,000 there. Net before cost is 0.93 points.
    """
    planned_to_run(shop, "36525")
    save(shop, "cost_log", cost("2024-07-01", "2024-07-31", 6200))
    view = delivered(shop, SHOP, CASE)
    told = view.costs
    assert told.total.recorded == pytest.approx(4400, rel=1e-9)
    assert (told.total.days, told.total.days_recorded) == (32, 22)
    assert told.total.planned_recorded == pytest.approx(2200, rel=1e-9)
    assert told.total.overrun == pytest.approx(2200, rel=1e-9)
    assert told.net.mean == pytest.approx(0.93 * A_DAY - 4400 - 1000, rel=1e-6)
    assert view.total.realised.mean == pytest.approx(0.93 * A_DAY - 26 * 100, rel=1e-6)
    assert [m.recorded for m in told.months] == pytest.approx([4400, 0])
    assert [m.planned for m in told.months] == pytest.approx([2200, 1000])


def test_a_bill_replaces_the_estimate_for_the_same_and_a_refund_counts_against_it(shop):
    save(
        shop,
        "cost_log",
        cost("2024-07-10", "2024-07-19", 1000, is_estimate=True),
        cost("2024-07-10", "2024-07-14", 700),
        cost("2024-07-10", "2024-07-10", -50, item="credit"),
        cost("2024-07-10", "2024-07-19", 80, cost_type="licence", is_estimate=True),
    )
    total = costs(shop).total
    assert total.by_category == pytest.approx({"inference": 700 + 500 - 50, "licence": 80})
    assert total.estimated == pytest.approx(580)


def test_money_that_no_case_carries_is_shown_as_such_and_other_currencies_are_not_exchanged(shop):
    save(shop, "models", {"model_id": "another"})
    save(
        shop,
        "cost_log",
        cost("2024-07-10", "2024-07-19", 10),
        cost("2024-07-10", "2024-07-19", 99, model_id="another"),
        cost("2024-07-10", "2024-07-19", 7, currency="USD", item="abroad"),
    )
    told = costs(shop)
    assert told.total.recorded == pytest.approx(10)
    assert [(u.model_id, u.amount, u.n_cases) for u in told.unallocated] == [("another", 99, 0)]
    assert told.elsewhere == {"USD": 7}


def test_the_portfolio_takes_what_was_spent_in_the_last_quarter_off_its_value_rate(shop):
    """Planned 100 a day, spent 300 a day on the 32 days of use: 200 x 7 a week less."""
    planned_to_run(shop, "36525")
    save(shop, "cost_log", cost("2024-07-01", "2024-08-10", 300 * 41))
    (line,) = portfolio(shop).lines
    assert line.cost.actual == pytest.approx(2100, rel=1e-9)
    assert line.cost.planned == pytest.approx(700, rel=1e-9)
    assert line.after_actual_cost == pytest.approx(line.current_rate - 1400, rel=1e-9)
    (told,) = health_json(shop, SHOP)
    assert told["value_after_actual_cost"] == line.after_actual_cost


def test_a_prediction_costs_what_the_days_cost_whose_predictions_are_logged(shop):
    """100 a day on 32 days of use; 4 predictions are logged, on 2 of these days."""
    save(shop, "cost_log", cost("2024-07-10", "2024-08-10", 3200))
    log = "prediction_id,ts,model_id,y_pred,y_true\n" + "".join(
        f"{i},2024-07-{20 + i % 2}T10:00Z,m,{i % 2},{int(i == 3)}\n" for i in range(4)
    )
    receipt = imports.import_file(
        shop.acting_as("test"), SHOP, "prediction_log", "log.csv", log.encode()
    )
    assert receipt.new == 4
    told = costs(shop)
    assert told.cases.n == told.cases.n_judged == 4
    assert told.cases.n_wrong == 1
    assert told.per_case == pytest.approx(200 / 4)
    assert told.per_right == pytest.approx(200 / 3)


def test_costs_after_the_day_the_project_lives_on_are_not_known_yet(shop):
    save(shop, "cost_log", cost("2024-08-11", "2024-08-20", 500))
    told = costs(shop)
    assert not told.is_recorded
    assert told.newest_on is None


def test_a_running_cost_inside_the_formulas_is_replaced_too(tmp_path, empty_folder):
    """Triage counts a running cost for each case in its formula: a bill of nothing frees it."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    inputs = works.planned_inputs("M3")
    works.started(workspace, "M3", works.week(8), inputs)
    metrics = ("coverage", "selective_error")
    works.results(
        workspace,
        ({"week": i, "metric": m, "value": inputs[m], "n": 500} for m in metrics for i in range(4)),
    )
    free = works.net_a_year("M3", inputs | {"run_cost_per_case": 0.0})
    counted = free - works.net_a_year("M3", inputs)
    bill = {"model_id": works.MODEL, "cost_type": "inference", "amount": 0.0}
    works.save(
        workspace, "cost_log", bill | {"period_start": "2025-01-01", "period_end": "2030-01-01"}
    )
    view = delivered(workspace, works.PROJECT, works.CASE)
    assert view.costs.planned_annual == pytest.approx(counted, rel=1e-6)
    assert counted > 0
    realised = view.total.realised
    assert view.costs.net.mean == pytest.approx(realised.mean + counted * 28 / 365.25, rel=1e-3)
    workspace.close()
