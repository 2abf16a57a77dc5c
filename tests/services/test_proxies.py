"""A proxy KPI in the store: what it may lack, when it stops counting, and what then follows."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.records import Kpi, Status
from mlpm_core.services.in_life import portfolio, portfolio_export
from mlpm_core.services.in_life.project_list import project_facts
from mlpm_core.services.in_life.promises import Outcome, delivered
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.plan.briefs import brief
from mlpm_core.services.valuation.kpis import ProxyState
from mlpm_core.store import Store, connection

TODAY = date(2026, 6, 30)
KPI = {
    "kpi_id": "waits", "title": "Hours to wait", "dimension": "cycle_time", "unit": "hour/case",
    "direction": "lower", "value_case_id": "triage",
}  # fmt: skip
PROXY = KPI | {"stands_for": "happier customers", "expires_on": date(2026, 6, 9)}
NUMBERS = {
    "population": "50k", "coverage": "0.62", "selective_error": "0.015", "human_error": "0.03",
    "human_minutes": "8", "audit_share": "0.05", "audit_minutes": "4", "wage_per_hour": "32",
    "cashable": "0.5", "cost_per_error": "25", "run_cost_per_case": "0.04",
    "human_wait_hours": "20", "automatic_wait_hours": "0.1",
}  # fmt: skip
RESULTS = (
    b"model_id,metric,period_start,granularity,value,n\ntriage,coverage,2026-06-01,P1M,0.62,4000\n"
)


def _fill(workspace):
    """A project that lives on 30 June 2026 with a triage model, one month of results, no KPI."""
    save(workspace, "projects", {"project": "shop", "title": "Desk", "clock_on": TODAY})
    save(workspace, "models", {"model_id": "triage"})
    save(
        workspace, "value_cases",
        {"value_case_id": "triage", "mechanism": "triage_automation", "model_id": "triage"},
    )  # fmt: skip
    save(
        workspace, "quantities",
        *({"value_case_id": "triage", "name": n, "written": w} for n, w in NUMBERS.items()),
    )  # fmt: skip
    told = import_file(workspace.acting_as("ada"), "shop", "metric_results", "june.csv", RESULTS)
    assert told.status is Status.COMMITTED


@pytest.fixture
def shop(filled):
    return filled(_fill)


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), "shop", kind, rows)
    assert receipt.status == "committed", receipt.rejects


def fault(workspace, row):
    receipt = registers.save(workspace.acting_as("ada"), "shop", "kpis", [row])
    assert receipt.status is Status.REJECTED
    return [(r.column, r.message) for r in receipt.rejects]


def only_kpi(workspace):
    (kpi,) = portfolio.project_view(workspace, "shop").kpis
    return kpi


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        (KPI, "baseline", "only a provisional KPI (stands_for) may wait"),
        (KPI | {"baseline": 20}, "target", "only a provisional KPI"),
        (KPI | {"stands_for": "x"}, "expires_on", "needs an expiry date"),
        (PROXY | {"agreed_by": "Ines"}, "agreed_on", "Write both who agreed and on which day"),
        (PROXY | {"agreed_on": TODAY}, "agreed_by", "Write both who agreed and on which day"),
    ],
)
def test_what_a_kpi_may_lack_only_a_proxy_may(shop, row, column, told):
    ((found, message),) = fault(shop, row)
    assert found == column
    assert told in message


def test_a_proxy_waits_for_its_baseline_and_says_so(shop):
    save(shop, "kpis", PROXY | {"expires_on": date(2026, 7, 31)})
    kpi = only_kpi(shop)
    assert (kpi.state, kpi.counts) == (ProxyState.OPEN, True)
    assert (kpi.current, kpi.planned, kpi.value, kpi.trend) == (None, None, None, ())
    assert kpi.standing(TODAY) == "unknown"
    assert kpi.reason == "Its baseline is still to be measured."
    assert "in 4 weeks" in kpi.proxy_told


def test_an_expired_proxy_is_judged_by_nothing_until_it_is_agreed(shop):
    """20 - .62 * 19.9 = 7.662 hours without spread, against a target of 8: it would be met."""
    numbers = {"baseline": 20, "target": 8}
    save(shop, "kpis", PROXY | numbers)
    kpi = only_kpi(shop)
    assert kpi.value == pytest.approx(7.662, abs=0.05)
    assert (kpi.state, kpi.counts) == (ProxyState.EXPIRED, False)
    assert (kpi.gap_to_target, kpi.standing(TODAY)) == (None, "proxy expired")
    assert kpi.proxy_told == (
        "Provisional KPI for happier customers, not agreed, expired 3 weeks ago: agree to it or "
        "replace it."
    )
    (told,) = portfolio_export.kpis_json(shop, "shop")
    assert (told["proxy"], told["counts"]) == ("proxy expired", False)
    assert (told["stands_for"], told["expires_on"]) == ("happier customers", "2026-06-09")

    save(shop, "kpis", PROXY | numbers | {"agreed_by": "Ines", "agreed_on": TODAY})
    kpi = only_kpi(shop)
    assert (kpi.state, kpi.standing(TODAY)) == (ProxyState.AGREED, "on target")
    assert kpi.gap_to_target == pytest.approx(8 - kpi.value)

    save(shop, "kpis", KPI | numbers)
    kpi = only_kpi(shop)
    assert (kpi.state, kpi.proxy_told, kpi.standing(TODAY)) == (ProxyState.NONE, "", "on target")
    (told,) = portfolio_export.kpis_json(shop, "shop")
    assert (told["proxy"], told["stands_for"], told["counts"]) == (None, None, True)


def test_a_proxy_expires_by_the_project_s_own_clock(shop):
    save(shop, "kpis", PROXY | {"expires_on": TODAY})
    assert only_kpi(shop).counts
    save(
        shop, "projects", {"project": "shop", "title": "Desk", "clock_on": date(2026, 7, 1)}
    )  # fmt: skip
    assert not only_kpi(shop).counts


def test_promises_and_months_of_a_proxy_end_with_it(shop):
    save(shop, "kpis", PROXY | {"baseline": 20, "target": 8, "expires_on": date(2026, 7, 31)})
    save(
        shop, "promises",
        {"promise_id": "p", "kpi_id": "waits", "promised": 9, "made_on": date(2026, 5, 1),
         "promised_for_on": date(2026, 6, 1)},
    )  # fmt: skip
    realised = delivered(shop, "shop", "triage")
    assert [k.kpi.kpi_id for k in realised.kpis] == ["waits"]
    assert realised.promises[0].outcome is not Outcome.UNKNOWN
    for changed, reason in (
        (
            {"baseline": 20, "target": 8},
            "Its KPI was provisional, nobody agreed to it, and it has expired.",
        ),
        ({"expires_on": date(2026, 7, 31)}, "The baseline of its KPI is still to be measured."),
    ):
        save(shop, "kpis", PROXY | changed)
        realised = delivered(shop, "shop", "triage")
        assert realised.kpis == ()
        assert (realised.promises[0].outcome, realised.promises[0].reason) == (
            Outcome.UNKNOWN,
            reason,
        )


def test_a_project_whose_proxy_expired_needs_a_kpi_again(shop):
    def kpi_step():
        steps = project_facts(shop, "shop").steps
        return next(s.is_done for s in steps if s.kind == "kpis")

    assert not kpi_step()
    save(shop, "kpis", PROXY | {"expires_on": TODAY})
    assert kpi_step()
    save(shop, "kpis", PROXY)
    assert not kpi_step()


def test_a_store_of_before_keeps_its_kpis(tmp_path, monkeypatch):
    """Opened by the version before proxies, filled, and opened again by this one."""
    whole, path = connection.migrations(), tmp_path / "mlpm.duckdb"
    monkeypatch.setattr(connection, "migrations", lambda: tuple(m for m in whole if m[0] < 6))
    store = Store.open(path)
    with store.writer() as writer:
        writer.execute(
            "INSERT INTO kpis VALUES (1, 2, 'shop', 'k', 'K', 'revenue', '', 'EUR/year', "
            "'higher', 1, 2, DATE '2026-06-30', 'as counted', 'Ines', false)"
        )
        writer.execute(
            "INSERT INTO batches VALUES (1, 'B00001', 'shop', 'kpis', 'form', '', 'ada', "
            "TIMESTAMP '2026-06-01', NULL, '{}')"
        )
    store.close()
    monkeypatch.setattr(connection, "migrations", lambda: whole)
    store = Store.open(path)
    with store.reader() as reader:
        (row,) = reader.table(Kpi, "shop")
    store.close()
    assert row == {
        "project": "shop", "kpi_id": "k", "title": "K", "dimension": "revenue",
        "value_case_id": "", "unit": "EUR/year", "direction": "higher", "baseline": 1.0,
        "target": 2.0, "target_on": TODAY, "definition": "as counted", "owner": "Ines",
        "stands_for": "", "agreed_by": "", "agreed_on": None, "expires_on": None,
        "season": "", "also_moved_by": "", "archived": False,
    }  # fmt: skip


def test_the_brief_tells_of_proxies_and_of_no_kpi_at_all(shop):
    assert brief(shop, "shop").kpi_notes == ("No KPI is named yet.",)
    save(shop, "kpis", PROXY)
    (told,) = brief(shop, "shop").kpi_notes
    assert told.startswith(
        "Hours to wait: provisional KPI for happier customers, not agreed, expired 3 w"
    )
    assert not brief(shop, "shop").has_kpi
    save(shop, "kpis", PROXY | {"agreed_by": "Ines", "agreed_on": TODAY})
    assert brief(shop, "shop").kpi_notes == ()
    assert brief(shop, "shop").has_kpi
