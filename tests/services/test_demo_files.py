"""The committed Bike Shop files tell story 1, and the script that wrote them measures it."""

from __future__ import annotations

import csv
import re
import statistics
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from making import demand, members, workshop

from mlpm_core.records import KINDS, METRICS, columns
from mlpm_core.records.record import ColumnKind

DEMO = Path(__file__).parents[2] / "data" / "demo"
FILES = sorted((DEMO / "bike_shop").glob("*/*.csv"))
ORDER = [
    *("projects", "models", "value_cases", "contracts", "kpis", "contract_clauses"),
    *("quantities", "deployments", "promises"),
    *("metric_results", "roles", "absences", "tasks", "closed_projects", "risks", "risk_reviews"),
    *("estimate_snapshots", "artefacts", "rebuilds", "check_results", "metric_limits"),
    *("evaluations", "estimates"),
    *("stakeholders", "delivery_promises", "findings", "decisions", "prediction_log"),
    *("annotation_plans", "cost_log", "events", "incident_log", "kpi_targets"),
    *("sourcing", "support_plans", "freed_hours", "kpi_actuals", "rollout_results"),
]
# The formulas of M1, M3 and M4 (docs/formulas.md), with the common inputs each of them reads.
INPUTS = {
    "targeted_intervention": "population prevalence recall precision uptake capacity acceptance "
    "customer_value incentive contact_cost contact_minutes non_churner_acceptance annoyance",
    "triage_automation": "population uptake coverage selective_error human_error audit_share "
    "audit_minutes human_minutes wage_per_hour cashable cost_per_error run_cost_per_case "
    "human_wait_hours automatic_wait_hours hours_per_fte_year",
    "demand_forecast": "periods mean_demand wape_baseline wape_model margin goodwill overage "
    "lead_time_hours override_share_baseline override_share_model override_minutes",
}


def kind_of(path: Path) -> str:
    match = re.fullmatch(r"\d\d_([a-z_]+?)(_\d{4}(_q\d)?)?", path.stem)
    assert match, path
    return match[1]


def rows_of(project: str, kind: str) -> list[dict[str, str]]:
    rows = []
    for path in FILES:
        if path.parent.name == project and kind_of(path) == kind:
            with path.open(encoding="utf-8", newline="") as file:
                rows += csv.DictReader(file, strict=True)
    return rows


def wape(granularity: str) -> dict[date, float]:
    return {
        date.fromisoformat(row["period_start"]): float(row["value"])
        for row in rows_of("demand", "metric_results")
        if row["metric"] == "wape"
        and row["granularity"] == granularity
        and row["model_id"] == "demand-forecast"
    }


def test_there_are_four_projects_and_they_are_small():
    assert {path.parent.name for path in FILES} == {"demand", "wearcheck", "winback", "workshop"}
    assert sum(path.stat().st_size for path in FILES) < 6_000_000


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_file_has_the_fields_of_its_record_and_only_cells_they_allow(path):
    record = KINDS[kind_of(path)]
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    described = [c for c in columns(record) if not c.by_application]
    assert header == [column.name for column in described]
    assert rows
    for row in rows:
        if kind_of(path) == "prediction_log":
            assert row[0] == ""  # long files leave the project to the import
            row[0] = "bike-shop"
        for column, cell in zip(described, row, strict=True):
            assert cell or not column.required, (path.name, column.name, row)
            if cell and column.kind is ColumnKind.NAME:
                assert cell == unicodedata.normalize("NFC", cell).strip()
                assert not re.search(r"^[=+\-@]|[<>]|[^ -~]", cell), cell
        # pydantic reads the same words; an empty cell takes the default
        record.model_validate({f: c for f, c in zip(header, row, strict=True) if c})
    key = [header.index(field) for field in record.key]
    assert len({tuple(row[i] for i in key) for row in rows}) == len(rows)


@pytest.mark.parametrize("project", ["demand", "wearcheck", "winback", "workshop"])
def test_files_come_in_an_order_in_which_each_finds_what_it_refers_to(project):
    paths = [path for path in FILES if path.parent.name == project]
    positions = [ORDER.index(kind_of(path)) for path in paths]
    assert positions == sorted(positions)
    (own,) = rows_of(project, "projects")
    assert (own["is_demo"], own["clock_on"], own["currency"]) == ("true", "2026-06-30", "EUR")
    known = {
        "model_id": {row["model_id"] for row in rows_of(project, "models")},
        "value_case_id": {row["value_case_id"] for row in rows_of(project, "value_cases")},
        "kpi_id": {row["kpi_id"] for row in rows_of(project, "kpis")},
        "contract_id": {row["contract_id"] for row in rows_of(project, "contracts")},
        "risk_id": {row["risk_id"] for row in rows_of(project, "risks")},
        "snapshot_id": {row["snapshot_id"] for row in rows_of(project, "estimate_snapshots")},
        "stakeholder_id": {row["stakeholder_id"] for row in rows_of(project, "stakeholders")},
    }
    for path in paths:
        for row in rows_of(project, kind_of(path)):
            assert row["project"] == ("" if kind_of(path) == "prediction_log" else own["project"])
            for field, names in known.items():
                assert not row.get(field) or row[field] in names


@pytest.mark.parametrize("project", ["demand", "winback", "workshop"])
def test_every_input_of_a_value_case_has_a_quantity_with_source_and_owner(project):
    for case in rows_of(project, "value_cases"):
        quantities = [
            row
            for row in rows_of(project, "quantities")
            if row["value_case_id"] == case["value_case_id"]
        ]
        assert {row["name"] for row in quantities} == set(INPUTS[case["mechanism"]].split())
        assert all(row["source"] and row["owner"] for row in quantities)


def test_results_are_known_metrics_inside_their_range():
    for project in ("demand", "workshop"):
        for row in rows_of(project, "metric_results"):
            metric = METRICS[row["metric"]]
            assert metric.low <= float(row["value"]) <= metric.high
            assert date.fromisoformat(row["period_start"]) <= date(2026, 6, 28)


def test_the_fault_is_seen_on_its_day_and_gone_the_day_after_the_rollback():
    daily = wape("P1D")
    before = [value for on, value in daily.items() if on < date(2026, 3, 2)]
    assert statistics.median(before) < 0.28
    assert daily[date(2026, 3, 2)] > 0.55
    assert daily[date(2026, 3, 2)] > statistics.mean(before) + 10 * statistics.stdev(before)
    assert all(daily[date(2026, 3, day)] > 0.55 for day in range(2, 12))
    after = [value for on, value in daily.items() if date(2026, 3, 12) <= on < date(2026, 5, 18)]
    assert daily[date(2026, 3, 12)] < 0.28
    assert statistics.median(after) < 0.28


def test_the_week_of_the_fault_stands_out_from_twenty_good_months():
    weekly = wape("P1W")
    first = min(weekly)
    assert [(on - first) // timedelta(days=7) for on in sorted(weekly)] == list(range(104))
    before = [value for on, value in weekly.items() if on < date(2026, 3, 2)]
    assert statistics.mean(before) == pytest.approx(0.24, abs=0.02)
    assert weekly[date(2026, 3, 2)] > statistics.mean(before) + 5 * statistics.stdev(before)


def test_the_repeat_in_may_is_one_small_day():
    daily = wape("P1D")
    assert 0.29 < daily[date(2026, 5, 18)] < 0.45
    assert daily[date(2026, 5, 17)] < 0.28
    assert daily[date(2026, 5, 19)] < 0.28


def test_triage_errs_a_little_more_from_season_to_season_and_never_leaps():
    error = [
        float(row["value"])
        for row in rows_of("workshop", "metric_results")
        if row["metric"] == "selective_error"
    ]
    assert statistics.mean(error[-26:]) > statistics.mean(error[:26]) + 0.005
    assert max(error) < 0.09


def test_the_same_seed_gives_the_same_results_and_another_seed_does_not():
    def forecast(seed: int) -> np.ndarray:
        sales = demand.generated_sales(12, 240, seed)
        model = demand.fitted_model(sales, 200, trees=15)
        return demand.model_forecast(model, sales, sales.units, range(200, 240))

    assert np.array_equal(forecast(1), forecast(1))
    assert not np.array_equal(forecast(1), forecast(2))


def test_results_rest_on_the_model_and_the_fault_on_its_inputs():
    sales = demand.generated_sales(12, 240)
    model = demand.fitted_model(sales, 200, trees=15)
    days, actual = range(200, 240), sales.units[:, 200:]
    forecast = demand.model_forecast(model, sales, sales.units, days)
    measured = demand.wape(forecast, actual)
    shuffled = np.random.default_rng(1).permutation(forecast, axis=1)
    assert measured < demand.wape(shuffled, actual)
    assert measured < demand.wape(demand.planners_forecast(sales, days), actual)
    boxed = demand.boxed_skus(sales, 210, 0.4)
    seen = demand.as_delivered(sales, 210, 212, boxed)
    wrong = demand.model_forecast(model, sales, seen, range(210, 213))
    assert np.array_equal(wrong[~boxed], forecast[~boxed, 10:13])
    assert demand.wape(wrong, actual[:, 10:13]) > 2 * measured


def test_weekly_rows_are_the_errors_of_their_days():
    actual = np.full((4, 14), 10.0)
    forecast = actual + np.where(np.arange(14) < 7, 2.0, -1.0)
    rows = demand.demand_results(forecast, actual)
    assert [(r["metric"], r["value"]) for r in rows] == [
        ("wape", 0.2), ("bias", 2.0), ("wape", 0.1), ("bias", -1.0),
    ]  # fmt: skip


def test_a_triage_that_names_every_bench_right_makes_no_error():
    requests = workshop.generated_requests(12, 60)
    triage = workshop.triaged(requests, 8, 10)
    automatic = triage.is_automatic
    assert 0.2 < automatic.mean() < 1
    assert (triage.job != requests.job)[automatic].mean() < (triage.job != requests.job).mean()
    perfect = workshop.Triage(requests.job, triage.confidence, automatic)
    rows = workshop.workshop_results(requests, perfect, 10)
    assert {row["value"] for row in rows if row["metric"] == "selective_error"} == {0.0}


def test_candidates_are_measured_on_members_the_models_have_not_seen():
    rows = members.winback_evaluations(3_000, 1_000)
    assert rows == members.winback_evaluations(3_000, 1_000)
    by_name = {(r["candidate"], r["metric"]): (r["value"], r["n"]) for r in rows}
    _, has_left = members.generated_members(4_000)
    for name in ("champion-1.0", "challenger-1.1"):
        (precision, n_flagged), (recall, n_leavers) = (
            by_name[name, "precision"],
            by_name[name, "recall"],
        )
        assert n_leavers == has_left[3_000:].sum()
        assert precision * n_flagged == pytest.approx(recall * n_leavers)
        assert 0.6 < by_name[name, "roc_auc"][0] < 0.9
