"""A KPI in any unit: nothing implies it, and it is measured, compared and judged all the same."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.services.in_life.experiments import proofs
from mlpm_core.services.in_life.kpi_proof import kpi_proof
from mlpm_core.services.in_life.kpi_view import KpiState, kpi_lines, kpi_view
from mlpm_core.services.in_life.portfolio_export import kpis_json
from mlpm_core.services.in_life.promises import delivered
from mlpm_core.services.ingest import imports
from tests.monitored_shop import CASE, SHOP, clock, in_use, planned, results, save

HEAD = "kpi_id,title,dimension,unit,direction,baseline,target,value_case_id\n"
UNITS = ["%", "NPS points", "minutes", "count/week", "tickets", "Sterne", "1"]


def _fill(workspace):
    clock(workspace, "2024-08-01")
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    results(workspace, "2024-07-08,0.24,P1W,final\n2024-07-15,0.1,P1W,final\n")


@pytest.fixture
def shop(filled):
    return filled(_fill)


def put(workspace, text, kind="kpis"):
    return imports.import_file(workspace.acting_as("ada"), SHOP, kind, "f.csv", text.encode())


def kpi_in(workspace, unit, **more):
    row = {"dimension": "customer_experience", "value_case_id": "", "direction": "higher"} | more
    return put(
        workspace,
        f"{HEAD}k,How content,{row['dimension']},{unit},{row['direction']},20,40,"
        f"{row['value_case_id']}\n",
    )


def measured(workspace, unit, values=(21, 25, 31)):
    rows = "".join(
        f"k,2024-07-{8 + 7 * i:02},P1W,{value},{unit}\n" for i, value in enumerate(values)
    )
    return put(workspace, f"kpi_id,period_start,granularity,value,unit\n{rows}", "kpi_actuals")


@pytest.mark.parametrize("unit", UNITS)
def test_a_kpi_in_any_unit_is_measured_compared_and_judged_and_nothing_implies_it(shop, unit):
    assert kpi_in(shop, unit).status == "committed"
    told = measured(shop, unit)
    assert told.status == "committed", told.model_dump()
    view = kpi_view(shop, SHOP, "k")
    assert view.series["P1W"].newest.value == 31.0
    assert view.kpi.unit == unit
    assert (view.implied, view.cases, view.kpi.current) == ((), (), None)
    assert view.no_implied == f"No model implies this: it is only measured, in {unit}."
    assert (view.line.state, view.line.is_measured) == (KpiState.ON_THE_WAY, True)
    assert view.series["P1W"].against_previous().difference == 6.0
    assert view.series["P1W"].against_baseline(view.kpi.baseline).difference == 11.0
    (row,) = kpis_json(shop, SHOP)
    assert (row["measured"], row["value"], row["judged_by"]) == (31.0, None, "measured")
    assert kpi_proof(shop, SHOP, "k", "P1W").agreement is None
    assert [m.kpi.kpi_id for m in delivered(shop, SHOP, CASE).kpis] == []


@pytest.mark.parametrize(
    ("unit", "dimension"),
    [
        ("USD/year", "revenue"), ("EUR", "revenue"), ("EUR / yr", "cost_saving"),
        ("k€/year", "revenue"), ("hours/case", "cycle_time"), ("hour/case", "people_intensity"),
        ("Hour/Case", "cycle_time"), ("min/case", "customer_experience"),
        ("EUR/year", "cycle_time"),
        ("1/kcase", "revenue"), ("money/year", "revenue"),
    ],
)  # fmt: skip
def test_a_unit_that_only_misses_its_dimension_is_refused_and_not_taken_for_a_free_one(
    shop, unit, dimension
):
    told = kpi_in(shop, unit, dimension=dimension)
    assert told.status == "rejected"
    assert "does not fit" in told.rejects[0].message


def test_a_value_case_cannot_move_a_kpi_in_a_free_unit(shop):
    told = kpi_in(shop, "NPS points", value_case_id=CASE)
    assert told.status == "rejected"
    assert "leave the value case empty" in told.rejects[0].message
    assert "1/kcase" in told.rejects[0].message


def test_values_in_another_unit_than_the_kpi_are_refused(shop):
    kpi_in(shop, "NPS points")
    told = measured(shop, "minutes")
    assert told.status == "rejected"
    assert "The KPI is measured in NPS points." in told.rejects[0].message


def test_percent_and_share_of_one_kpi_are_converted(shop):
    kpi_in(shop, "%")
    assert measured(shop, "1", (0.21, 0.25, 0.31)).status == "committed"
    assert kpi_view(shop, SHOP, "k").series["P1W"].newest.value == pytest.approx(31.0)


def test_an_experiment_on_a_free_unit_is_told_in_it_and_never_in_money(shop):
    kpi_in(shop, "%")
    rows = "".join(
        f"k,2024-07-{8 + 7 * i:02},P1W,{group},{v},400,{4 * v},{4 * v}\n"
        for i in range(3)
        for group, v in (("treated", 40), ("holdout", 25))
    )
    told = put(
        shop, f"kpi_id,period_start,granularity,group,value,n,sum,sum_sq\n{rows}", "kpi_actuals"
    )
    assert told.status == "committed", told.model_dump()
    (found,) = proofs(shop, SHOP).experiments
    assert (found.unit, found.total_unit) == ("%", "case")
    assert found.experiment.effect.mean == pytest.approx(15.0)


def test_a_target_by_date_and_a_promise_hold_for_it_too(shop):
    kpi_in(shop, "NPS points")
    save(shop, "kpi_targets", {"kpi_id": "k", "target_on": "2024-07-20", "target": 24.0})
    measured(shop, "NPS points")
    view = kpi_view(shop, SHOP, "k")
    (dated, _) = view.targets
    assert (dated.on, dated.is_reached) == (date(2024, 7, 20), True)
    assert [line.kpi.kpi_id for line in kpi_lines(shop, SHOP)] == ["k"]
