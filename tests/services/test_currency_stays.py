"""A project's currency stays once amounts rest on it, whichever way somebody tries to change it."""

from datetime import date

import pytest

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services.in_life.promises import Outcome, delivered
from mlpm_core.services.ingest import imports, registers, row_rules
from mlpm_core.services.ingest.undo import undo
from mlpm_core.value.mechanism import find_mechanism
from tests.in_use import CASE, PROJECT, results, save, started, week

MONEY_KPI = {
    "kpi_id": "k", "title": "K", "dimension": "revenue", "unit": "EUR/year", "direction": "higher",
    "baseline": 0, "target": 100_000, "value_case_id": CASE,
}  # fmt: skip
HOURS_KPI = MONEY_KPI | {
    "dimension": "people_intensity", "unit": "hour/kcase", "direction": "lower"
}  # fmt: skip
PROMISE = {
    "promise_id": "p", "kpi_id": "k", "promised": 50_000, "promised_for_on": week(2),
    "made_on": week(1), "made_to": "Ada", "confidence": 0.5,
}  # fmt: skip
COST = {
    "model_id": "m", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31),
    "cost_type": "licence", "amount": 900,
}  # fmt: skip
ESTIMATE = {"estimate_id": "e", "raw_days": 10, "day_rate": 800, "p_success": 0.5}


def in_dollars(workspace):
    """The project's form with another currency."""
    row = {"project": PROJECT, "title": "Works", "clock_on": week(12), "currency": "USD"}
    return registers.save(workspace.acting_as("ada"), PROJECT, "projects", [row])


def empty_case(workspace, mechanism="M1"):
    """A project in EUR with a model and a value case, and no amount yet."""
    save(workspace, "projects", {"project": PROJECT, "title": "Works", "clock_on": week(12)})
    save(workspace, "models", {"model_id": "m"})
    save(workspace, "value_cases", {"value_case_id": CASE, "title": "Case",
         "mechanism": find_mechanism(mechanism).id, "model_id": "m"})  # fmt: skip


@pytest.mark.parametrize(
    ("mechanism", "records", "what"),
    [
        ("M1", [("quantities", {"value_case_id": CASE, "name": "customer_value",
                                "written": "190"})], "1 quantity rest"),
        ("M1", [("quantities", {"value_case_id": CASE, "name": "customer_value",
                                "written": "190 EUR"})], "1 quantity rest"),
        ("M1", [("quantities", {"value_case_id": CASE, "name": "build_cost",
                                "written": "60k"})], "1 quantity rest"),
        ("M1", [("kpis", MONEY_KPI), ("promises", PROMISE)], "1 KPI and 1 promise rest"),
        ("M1", [("cost_log", COST)], "1 cost rest"),
        ("M1", [("estimates", ESTIMATE)], "1 estimate rest"),
        ("M4", [("evaluations", {"value_case_id": CASE, "candidate": "c", "metric": "wape",
                                 "value": 0.2, "fixed_cost_annual": 9})], "1 evaluation rest"),
        ("M9", [("evaluations", {"value_case_id": CASE, "candidate": "c", "metric": "rmse",
                                 "value": 12})], "1 evaluation rest"),
    ],
)  # fmt: skip
def test_what_rests_on_the_currency_keeps_it(workspace, mechanism, records, what):
    """The form says what, why, and what to do instead; nothing is stored."""
    empty_case(workspace, mechanism)
    for kind, row in records:
        save(workspace, kind, row)
    receipt = in_dollars(workspace)
    assert receipt.status is Status.REJECTED
    (reject,) = receipt.rejects
    assert reject.column == "currency"
    assert "The project counts money in EUR" in reject.message
    assert what in reject.message
    assert "make a new project in USD" in reject.message
    (row,) = registers.projects(workspace)
    assert row.currency == "EUR"


@pytest.mark.parametrize("channel", ["screen", "http", "command"])
def test_no_file_changes_it(workspace, channel):
    """Whether it comes from the screen, by HTTP or from the command."""
    started(workspace, "M1", week(12))
    text = f"project,title,currency\n{PROJECT},Works,USD\n"
    receipt = imports.import_file(
        workspace.acting_as("ada"), PROJECT, "projects", "p.csv", text.encode(), channel=channel,
        profile=Profile(restatement="confirm"),
    )  # fmt: skip
    assert receipt.status is Status.REJECTED
    assert "The project counts money in EUR" in receipt.rejects[0].message


def test_what_is_no_amount_does_not_keep_it(workspace):
    """Shares, hours and costs that name their own currency say the same in USD."""
    empty_case(workspace)
    save(workspace, "quantities", {"value_case_id": CASE, "name": "prevalence", "written": "0.05"})
    save(workspace, "kpis", HOURS_KPI)
    save(workspace, "promises", PROMISE)
    save(workspace, "cost_log", COST | {"currency": "EUR"})
    save(workspace, "kpis", MONEY_KPI | {"kpi_id": "old", "archived": True})
    assert in_dollars(workspace).status is Status.COMMITTED


def test_an_undo_does_not_change_it_either(workspace):
    """Back to EUR after amounts were written in USD; once they are gone it may."""
    empty_case(workspace)
    changed = in_dollars(workspace)
    row = {"value_case_id": CASE, "name": "customer_value", "written": "190"}
    written = registers.save(workspace.acting_as("ada"), PROJECT, "quantities", [row])
    with pytest.raises(InputError, match="cannot be undone: The project counts money in USD"):
        undo(workspace.acting_as("ada"), PROJECT, changed.batch)
    undo(workspace.acting_as("ada"), PROJECT, written.batch)
    undo(workspace.acting_as("ada"), PROJECT, changed.batch)
    assert registers.projects(workspace)[0].currency == "EUR"


def test_a_unit_that_does_not_fit_blocks_nothing(workspace, monkeypatch):
    """A store of before this rule: the KPI and its promise say why, the money is told as ever."""
    started(workspace, "M1", week(12))
    save(workspace, "kpis", MONEY_KPI, HOURS_KPI | {"kpi_id": "h"})
    save(workspace, "promises", PROMISE, PROMISE | {"promise_id": "q", "kpi_id": "h"})
    rows = [("recall", 0.6), ("precision", 0.25)]
    results(workspace, [
        {"week": i, "metric": name, "value": value, "n": 1000}
        for i in range(12) for name, value in rows
    ])  # fmt: skip
    with monkeypatch.context() as before:
        before.setattr(row_rules, "refuse_other_currency", lambda *_: None)
        assert in_dollars(workspace).status is Status.COMMITTED
    view = delivered(workspace, PROJECT, CASE)
    lines = {promise.promise_id: promise for promise in view.promises}
    assert "'EUR/year' does not fit revenue; write USD/year" in lines["p"].reason
    assert lines["p"].outcome is Outcome.UNKNOWN
    assert not lines["q"].reason
    assert lines["q"].level is not None
    levels = {k.kpi.kpi_id: [m.level for m in k.months if m.days_monitored] for k in view.kpis}
    assert set(levels["k"]) == {None}
    assert None not in levels["h"]
    assert view.total.realised is not None
