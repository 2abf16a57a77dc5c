"""No undo, and no change, gives stored numbers another meaning without a word."""

from __future__ import annotations

import re

import pytest

from mlpm_core.errors import InputError
from mlpm_core.records import FIRST_MECHANISM, Kpi, Status
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.undo import undo, undo_all
from tests.monitored_shop import SHOP, clock, kpi, planned, save
from tests.services.test_kpi_view import measured

OWN = "meter_reading"
DECISION = {
    "decision_id": "go", "title": "Go", "value_case_id": "orders", "why": "It pays.",
    "decided_by": "Ada", "decided_on": "2024-05-01", "proof_by": "holdout",
    "proof_kpi_id": "returns", "proof_held_out": 0.2, "proof_effect": 2.0, "proof_weeks": 12,
}  # fmt: skip


def saved(workspace, kind, row):
    return registers.save(workspace.acting_as("test"), SHOP, kind, [row])


def returns(workspace, unit):
    """A KPI that is only measured, in a unit."""
    row = {
        "kpi_id": "returns", "title": "returns", "dimension": "customer_experience", "unit": unit,
        "direction": "lower", "baseline": 10, "target": 8, "value_case_id": "",
    }  # fmt: skip
    return saved(workspace, "kpis", row)


def unit_of(workspace):
    with workspace.store.reader() as reader:
        return reader.current(Kpi, SHOP)[0].unit


def told_as(workspace, kind):
    """Something of the KPI in the unit it has by now."""
    if kind == "kpi_actuals":
        measured(workspace, "returns", "2024-07-22,9,P1W")
    elif kind == "promises":
        row = {"promise_id": "p", "kpi_id": "returns", "promised": 9, "made_to": "Ada"}
        save(workspace, kind, row | {"promised_for_on": "2024-07-01", "made_on": "2024-05-01"})
    elif kind == "kpi_targets":
        save(workspace, kind, {"kpi_id": "returns", "target_on": "2024-07-01", "target": 9})
    elif kind == "rollout_results":
        save(
            workspace, kind,
            {"kpi_id": "returns", "unit_id": "north", "period_start": "2024-07-22",
             "granularity": "P1W", "value": 9},
        )  # fmt: skip
    else:
        text = f"{','.join(DECISION)}\n{','.join(map(str, DECISION.values()))}\n"
        told = imports.import_file(
            workspace.acting_as("test"), SHOP, kind, "d.csv", text.encode(), channel="http"
        )
        assert told.status is Status.COMMITTED, told


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("kpi_actuals", "1 row of measured KPIs"),
        ("promises", "1 row of promises"),
        ("kpi_targets", "1 row of targets by date"),
        ("rollout_results", "1 row of"),
        ("decisions", "1 row of decisions"),
    ],
)
def test_the_undo_of_a_unit_does_not_read_what_came_since_in_another(workspace, kind, what):
    """It is refused with what is told in the unit; once that is gone it is done."""
    planned(workspace, "2024-08-10")
    returns(workspace, "NPS points")
    changed = returns(workspace, "%")
    told_as(workspace, kind)
    with pytest.raises(InputError, match=f"{changed.batch} cannot be undone: KPI returns") as error:
        undo(workspace.acting_as("test"), SHOP, changed.batch)
    assert "would be in NPS points again" in str(error.value)
    assert re.search(what, str(error.value))
    assert unit_of(workspace) == "%"
    again = returns(workspace, "NPS points")
    assert again.status is Status.REJECTED  # and so is the change, for the same reason
    assert what in again.rejects[0].message


def test_what_is_undone_together_stands_in_no_ones_way(workspace):
    clock(workspace, "2024-08-10")
    returns(workspace, "NPS points")
    changed = returns(workspace, "%")
    row = {"kpi_id": "returns", "target_on": "2024-07-01", "target": 9}
    target = saved(workspace, "kpi_targets", row)
    undo_all(workspace.acting_as("test"), [(SHOP, target.batch), (SHOP, changed.batch)])
    assert unit_of(workspace) == "NPS points"


def test_a_trial_of_the_undo_says_it_too(workspace):
    clock(workspace, "2024-08-10")
    returns(workspace, "NPS points")
    changed = returns(workspace, "%")
    measured(workspace, "returns", "2024-07-22,9,P1W")
    with pytest.raises(InputError, match="read in another unit"):
        undo(workspace.acting_as("test"), SHOP, changed.batch, dry_run=True)


def test_an_undo_of_anything_else_of_a_kpi_goes_on(workspace):
    """Neither title nor direction changes what a number says."""
    planned(workspace, "2024-08-10")
    kpi(workspace, "revenue", "higher")
    row = {"kpi_id": "revenue", "title": "New", "dimension": "revenue", "unit": "EUR/year"}
    row |= {"direction": "lower", "baseline": 1, "target": 0, "value_case_id": "orders"}
    changed = saved(workspace, "kpis", row)
    measured(workspace, "revenue", "2024-07-22,9,P1W")
    undo(workspace.acting_as("test"), SHOP, changed.batch)


IN_MINUTES = FIRST_MECHANISM
IN_HOURS = FIRST_MECHANISM.replace('unit = "min/case"', 'unit = "hour/case"')


def defined(workspace, definition):
    """A mechanism of the shop's own, which asks how long typing a reading takes."""
    return saved(workspace, "mechanisms", {"mechanism_id": OWN, "definition": definition})


def typing(workspace, written):
    save(
        workspace,
        "quantities",
        {"value_case_id": "v", "name": "typing_minutes", "written": written},
    )


def own_case(workspace, written):
    clock(workspace, "2024-08-10")
    assert defined(workspace, IN_MINUTES).status is Status.COMMITTED
    save(workspace, "value_cases", {"value_case_id": "v", "title": "V", "mechanism": OWN})
    typing(workspace, written)


def test_the_unit_of_an_own_mechanism_does_not_change_beneath_a_bare_number(workspace):
    own_case(workspace, "5")
    changed = defined(workspace, IN_HOURS)
    assert changed.status is Status.REJECTED
    assert changed.rejects[0].message == (
        "“5” is written for typing_minutes of value case v in min/case, and would then be read in "
        "hour/case. Keep the unit, write the quantity with its unit first where it says one, or "
        "make another value case."
    )


def test_a_number_that_says_its_unit_may_be_asked_in_another(workspace):
    own_case(workspace, "5 min")
    changed = defined(workspace, IN_HOURS)
    assert changed.status is Status.COMMITTED, changed.rejects
    undo(workspace.acting_as("test"), SHOP, changed.batch)


def test_an_undo_of_the_definition_does_not_either(workspace):
    own_case(workspace, "5 min")
    changed = defined(workspace, IN_HOURS)
    typing(workspace, "0.1")
    with pytest.raises(InputError, match="is written for typing_minutes"):
        undo(workspace.acting_as("test"), SHOP, changed.batch)


def test_another_mechanism_does_not_read_a_quantity_in_another_unit(workspace):
    """An error of minutes is none of money: rmse_model is asked in both."""
    clock(workspace, "2024-08-10")
    case = {"value_case_id": "v", "title": "V", "mechanism": "eta"}
    save(workspace, "value_cases", case)
    save(workspace, "quantities", {"value_case_id": "v", "name": "rmse_model", "written": "12"})
    changed = saved(workspace, "value_cases", case | {"mechanism": "pricing"})
    assert changed.status is Status.REJECTED
    assert changed.rejects[0].column == "mechanism"
    assert "would then be read in money/quote" in changed.rejects[0].message


@pytest.mark.parametrize(
    ("kind", "row", "what"),
    [
        ("roles", {"role_id": "r", "day_rate": 800}, "1 role rest"),
        ("tasks", {"task_id": "t", "title": "T", "category": "data", "fixed_cost": 100},
         "1 task rest"),
        ("delivery_promises",
         {"promise_id": "p", "what": "W", "measure": "cost", "made_on": "2024-05-01",
          "promised_cost": 9000}, "1 promise of delivery rest"),
    ],
)  # fmt: skip
def test_amounts_of_a_plan_keep_the_currency_too(workspace, kind, row, what):
    clock(workspace, "2024-08-10")
    save(workspace, kind, row)
    changed = saved(workspace, "projects", {"project": SHOP, "title": "S", "currency": "USD"})
    assert changed.status is Status.REJECTED
    assert what in changed.rejects[0].message
