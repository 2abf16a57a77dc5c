"""What people planned: written by hand, with the numbers that were measured for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from making.built import answers_of_tasks
from making.demand import (
    Sales,
    fitted_model,
    model_forecast,
    override_share,
    planners_forecast,
    wape,
    wape_error,
)
from making.story import (
    BACKTEST_ON,
    BUILDER,
    INES,
    JONAS,
    LIVE_ON,
    MARA,
    PIA,
    TOM,
    WORKSHOP_LIVE_ON,
    Row,
)
from making.supported import STANDBY, TRIAGE
from mlpm_core.planning import FACTORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from making.workshop import (
        Requests,
        Triage,
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted before the start, in the notation of quantities."""

    n_skus: int
    mean_demand: float
    planners_wape: float
    planners_wape_error: float
    backtest_wape: float
    backtest_wape_error: float
    planners_override: float
    backtest_override: float


def measured_before_start(sales: Sales) -> Measured:
    """Planners' rule over the year before the start; the model on a quarter it has not seen."""
    live, year_ago = sales.day(LIVE_ON), sales.day(LIVE_ON) - 364
    year, backtest = range(year_ago, live), range(sales.day(BACKTEST_ON), live)
    planners, actual = planners_forecast(sales, year), sales.units[:, year_ago:live]
    forecast = model_forecast(fitted_model(sales, backtest[0]), sales, sales.units, backtest)
    held_out = sales.units[:, backtest[0] : live]
    return Measured(
        n_skus=len(actual),
        mean_demand=float(actual.mean()),
        planners_wape=wape(planners, actual),
        planners_wape_error=wape_error(planners, actual),
        backtest_wape=wape(forecast, held_out),
        backtest_wape_error=wape_error(forecast, held_out),
        planners_override=override_share(planners, actual),
        backtest_override=override_share(forecast, held_out),
    )


def interval(value: float, error: float) -> str:
    """A 90 % interval in the notation of quantities.

    Examples
    --------
    >>> interval(0.3, 0.01)
    '0.284 to 0.316'
    """
    return f"{value - 1.645 * error:.3f} to {value + 1.645 * error:.3f}"


def rounded(value: float, step: int = 1000) -> int:
    """A number as people tell it to each other."""
    return round(value / step) * step


def titled(project: str, fields: str, rows: Iterable[Sequence[object]]) -> list[Row]:
    """Rows of one project from tuples; ``fields`` names their columns."""
    names = fields.split()
    return [{"project": project} | dict(zip(names, row, strict=True)) for row in rows]


KPI = (
    "kpi_id title dimension unit direction baseline target target_on definition owner value_case_id"
)
QUANTITY = "value_case_id name written source owner"
DEPLOYMENT = (
    "deployment_id model_id model_version slot value_case_id from_on fresh_within_days site "
    "telemetry contract_id needed_until_on run_book rehearsed_on"
)
PROMISE = "promise_id kpi_id promised promised_for_on made_on made_to confidence"


def demand_plan(measured: Measured) -> dict[str, list[Row]]:
    """Project A, mechanism demand_forecast: everything but its results, by kind."""
    project = "bike-shop-demand"
    periods = measured.n_skus * 364
    quantities = [
        ("periods", f"{periods}", f"{measured.n_skus} SKUs x 364 days: one order decision each",
         TOM),
        ("mean_demand", f"{measured.mean_demand:.1f}",
         "ERP sales July 2023 to June 2024, units per SKU-day", PIA),
        ("wape_baseline", interval(measured.planners_wape, measured.planners_wape_error),
         f"Planners' rule (mean of the last four same weekdays) recomputed day by day on ERP "
         f"sales July 2023 to June 2024: {measured.planners_wape:.3f}", PIA),
        ("wape_model", interval(measured.backtest_wape, 2 * measured.backtest_wape_error),
         f"Backtest April to June 2024 by {BUILDER}: {measured.backtest_wape:.3f}; twice its "
         "standard error, for a year is longer", PIA),
        ("margin", "4 | 5 | 6.5",
         "Contribution margin per unit short, ERP price list 2024, weighted by units sold", TOM),
        ("goodwill", "1 to 2.2",
         "Estimate in the workshop of 2024-03-12: customers who do not come back", TOM),
        ("overage", "1.2 to 1.9",
         "Return transport, holding and write-down per unit left in a shop, accounts 2023", TOM),
        ("lead_time_hours", "36 to 72",
         "Time from order to shop when the central store is out, 40 orders looked up", TOM),
        ("override_share_baseline", f"{measured.planners_override:.3f}",
         "Share of proposals corrected: those after a day off by more than half, July 2023 to "
         "June 2024", PIA),
        ("override_share_model", f"{measured.backtest_override:.3f}",
         "The same count on the backtest April to June 2024", PIA),
        ("override_minutes", "5 to 8", "Stopwatch on two mornings in May 2024", TOM),
    ]  # fmt: skip

    # The formulas of M4 at the points of the quantities above; nothing is drawn here.
    margin, goodwill, overage, minutes = 5.0, 1.5, 1.5, 6.3
    z = NormalDist().inv_cdf((margin + goodwill) / (margin + goodwill + overage))
    loss = NormalDist().pdf(z) - z * (1 - NormalDist().cdf(z))
    sigma_year = math.sqrt(math.pi / 2) * measured.mean_demand * periods  # per unit of WAPE
    revenue = margin * loss * sigma_year
    cost = (goodwill * loss + overage * (z + loss)) * sigma_year
    hours = minutes / 60 * 1000  # per unit of override share
    lower_wape = measured.planners_wape - measured.backtest_wape
    fewer = measured.planners_override - measured.backtest_override
    lost = rounded(revenue * measured.planners_wape)
    written_down = rounded(cost * measured.planners_wape)
    corrected = round(hours * measured.planners_override, 1)
    by = date(2025, 6, 30)
    kpis = [
        ("stock-out-margin", "Margin lost to stock-outs", "revenue", "EUR/year", "lower", lost,
         rounded(lost - revenue * lower_wape), by,
         "Units asked for and not in stock on the day, times contribution margin, all shops and "
         "web, last twelve months", TOM),
        ("write-downs", "Write-downs, holding and ill will", "cost_saving", "EUR/year", "lower",
         written_down,
         rounded(written_down - cost * lower_wape), by,
         "Cost of units left over (return transport, holding, write-down) and goodwill credits "
         "for units short, last twelve months", TOM),
        ("planner-hours", "Planner hours per 1,000 order decisions", "people_intensity",
         "hour/kcase", "lower", corrected,
         round(corrected - hours * fewer, 1), by,
         "Minutes planners spend correcting proposals, per 1,000 SKU-days", TOM),
    ]  # fmt: skip
    promises = [
        ("write-downs-first-year", "write-downs", rounded(written_down - 0.9 * cost * lower_wape),
         date(2025, 6, 30), date(2024, 5, 6), MARA, 0.8),
        ("planner-hours-first-year", "planner-hours", round(corrected - 0.85 * hours * fewer, 1),
         date(2025, 6, 30), date(2024, 5, 6), TOM, 0.8),
        ("stock-outs-under-pressure", "stock-out-margin",
         rounded(lost - 1.5 * revenue * lower_wape),
         date(2025, 12, 31), date(2024, 9, 23), MARA, 0.35),
    ]  # fmt: skip
    return {
        "projects": titled(
            project, "title question owner",
            [("Demand forecast for bikes and parts",
              "Fewer stock-outs and less stock left over: a forecast per SKU and day proposes "
              "each order.", TOM)],
        ),
        "models": titled(
            project, "model_id purpose owner",
            [("demand-forecast",
            "Forecasts the units of each SKU for the next day, all shops together.", BUILDER),
            ("planners-rule",
            "Mean of the last four same weekdays; takes over when the forecast is rolled back.",
            TOM)],
        ),
        "kpis": titled(project, KPI, ((*k, "daily-orders") for k in kpis)),
        "value_cases": titled(
            project, "value_case_id title mechanism model_id",
            [("daily-orders", "Daily orders from the central store", "demand_forecast",
            "demand-forecast")],
        ),
        "quantities": titled(project, QUANTITY, (("daily-orders", *q) for q in quantities)),
        "deployments": titled(
            project, DEPLOYMENT,
            [("demand-forecast-central", "demand-forecast", "1.0", "champion", "daily-orders",
            LIVE_ON, 14, "own_cloud", "push", STANDBY, date(2027, 12, 31),
            "Wiki: when the forecast fails", date(2026, 4, 14)),
            ("planners-rule-central", "planners-rule", "", "shadow", "daily-orders", LIVE_ON, 14,
            "own_cloud", "push", "", None, "", None)],
        ),
        "promises": titled(project, PROMISE, promises),
        "estimates": [
            answers_of_tasks(),
            {"project": project, "estimate_id": "lighthouse",
             "title": "Lighthouse: one shop, one quarter of sales",
             "raw_days": 8, "day_rate": 590, "p_success": 0.6, "max_cycles": 3, "n_models": 1,
             **answers(yes="", unknown="data_dirty"), "documentation": "none",
             "made_by": BUILDER, "note": "What it found went into the task list of the project."}
        ],
    }  # fmt: skip


def workshop_plan(requests: Requests, triage: Triage, test_weeks: range) -> dict[str, list[Row]]:
    """Project B, mechanism triage_automation: everything but its results, by kind."""
    project = "bike-shop-workshop"
    tested = np.isin(requests.week, test_weeks)
    automatic = tested & triage.is_automatic
    n, n_automatic = int(tested.sum()), int(automatic.sum())
    n_wrong = int((automatic & (triage.job != requests.job)).sum())
    quantities = [
        ("population", "28k to 31k", "Workshop orders 2021 to 2023, all shops", INES),
        ("uptake", "0.9 to 0.98",
         "Share of requests that come through the form; phone calls go to the desk", INES),
        ("coverage", f"{n_automatic}/{n}",
         f"Test of August 2024 by {BUILDER}: requests above the threshold", PIA),
        ("selective_error", f"{n_wrong}/{n_automatic}",
         "Same test: automatic requests sent to a wrong bench", PIA),
        ("human_error", "31/500",
         "500 desk slips of spring 2024 compared with the bench that did the job", INES),
        ("audit_share", "0.05",
         "Agreed in the workshop of 2024-07-02: one automatic request in twenty is read", INES),
        ("audit_minutes", "3 to 5", "Estimate of two mechanics", INES),
        ("human_minutes", "7 | 9 | 12", "Desk diary of three shops, two weeks in May 2024", INES),
        ("wage_per_hour", "30 to 34", "Payroll 2024, desk staff with overhead", MARA),
        ("cashable", "0.3 to 0.5",
         "Desk hours that leave the pay bill when temps are not booked; owner's view", MARA),
        ("cost_per_error", "18 to 34",
         "Second diagnosis and moving the bike: 25 jobs costed by hand", INES),
        ("run_cost_per_case", "0.05", f"Offer of {BUILDER}, hosting per request", PIA),
        ("human_wait_hours", "14 to 26", "Time stamps of 200 requests: form sent to bench named",
         INES),
        ("automatic_wait_hours", "0.2", "Queue of the web form, every ten minutes", PIA),
        ("hours_per_fte_year", "1600", "Payroll", MARA),
    ]  # fmt: skip

    # The formulas of M3 at the points of the quantities above.
    population, uptake, wage, cashable, cost_per_error = 29_500, 0.95, 32.0, 0.4, 25.0
    minutes, audit_minutes, run_cost, wait_hours, human_error = 9.2, 0.05 * 4, 0.05, 19.8, 31 / 500
    share = uptake * n_automatic / n
    hours = population * share * (minutes - audit_minutes) / 60
    fewer_errors = population * share * (human_error - n_wrong / n_automatic)
    saving = hours * wage * cashable + fewer_errors * cost_per_error - population * run_cost
    desk = rounded(population * (minutes / 60 * wage * cashable + human_error * cost_per_error))
    desk_hours = round(minutes / 60 * 1000)
    wrong, ready_hours = round(human_error * 1000), 96
    by = date(2025, 8, 31)
    kpis = [
        ("desk-cost", "Desk and rework cost", "cost_saving", "EUR/year", "lower", desk,
         rounded(desk - saving), by,
         "Pay of desk hours that could be given back, and second diagnoses, last twelve months",
         INES),
        ("hours-to-ready", "Hours from request to bike ready", "cycle_time", "hour/case", "lower",
         ready_hours,
         round(ready_hours - share * wait_hours, 1), by,
         "Form sent to bike ready, opening hours not counted apart, mean over all requests", INES),
        ("desk-hours", "Desk hours per 1,000 requests", "people_intensity", "hour/kcase", "lower",
         desk_hours,
         round(desk_hours - hours / population * 1000), by,
         "Hours the desk spends reading and passing on requests, audits included, per 1,000 "
         "requests", INES),
        ("wrong-bench", "Requests sent to a wrong bench, per 1,000", "customer_experience",
         "1/kcase", "lower", wrong,
         round(wrong - fewer_errors / population * 1000), by,
         "Requests whose first bench was not the one that did the job, per 1,000 requests", INES),
    ]  # fmt: skip
    promises = [
        ("desk-hours-first-year", "desk-hours", round(desk_hours - 0.9 * hours / population * 1000),
         date(2025, 8, 31), date(2024, 8, 26), INES, 0.75),
        ("wrong-bench-first-year", "wrong-bench",
         round(wrong - 0.8 * fewer_errors / population * 1000),
         date(2025, 8, 31), date(2024, 8, 26), MARA, 0.7),
    ]  # fmt: skip
    return {
        "projects": titled(
            project, "title question owner",
            [("Workshop time and triage",
              "Bikes ready sooner with less desk work: clear requests go to their bench without "
              "a person.", INES)],
        ),
        "models": titled(
            project, "model_id purpose owner",
            [("request-triage",
            "Reads a workshop request and names the bench, with its confidence.", BUILDER)],
        ),
        "kpis": titled(project, KPI, ((*k, "request-triage") for k in kpis)),
        "value_cases": titled(
            project, "value_case_id title mechanism model_id",
            [("request-triage", "Triage of workshop requests", "triage_automation",
            "request-triage")],
        ),
        "quantities": titled(project, QUANTITY, (("request-triage", *q) for q in quantities)),
        "deployments": titled(
            project, DEPLOYMENT,
            [("request-triage-form", "request-triage", "1.0", "champion", "request-triage",
            WORKSHOP_LIVE_ON, 14, "own_cloud", "file_drop", TRIAGE, date(2027, 8, 31), "", None)],
        ),
        "promises": titled(project, PROMISE, promises),
    }  # fmt: skip


def winback_plan() -> dict[str, list[Row]]:
    """Project C, mechanism targeted_intervention: still a plan, nothing measured in life."""
    project = "bike-shop-winback"
    quantities = [
        ("population", "33k to 35k",
         "Loyalty programme: 38,000 members, less those without consent", JONAS),
        ("prevalence", "0.10 to 0.16",
         "Members of 2022 and 2023 without a purchase in the year after", JONAS),
        ("recall", "186/310", f"Backtest by {BUILDER}: leavers of 2023 among those flagged", PIA),
        ("precision", "186/620", "Same backtest: flagged members who left", PIA),
        ("uptake", "0.85 to 0.95",
         "Flagged members who get a letter; branch managers may strike names", JONAS),
        ("capacity", "12000", "Letters per year in the marketing budget", JONAS),
        ("acceptance", "0.07 | 0.11 | 0.15",
         "Earlier letter campaigns; no control group, hence the width", JONAS),
        ("customer_value", "120 to 400",
         "Contribution margin of a member over two years, loyalty programme", JONAS),
        ("incentive", "10", "Voucher", JONAS),
        ("contact_cost", "1.1 to 1.4", "Print and postage, offer of the printer", JONAS),
        ("contact_minutes", "0.5 to 1", "Estimate: sorting and answering calls", JONAS),
        ("non_churner_acceptance", "0.15 to 0.35",
         "Loyal members who redeem any voucher, campaigns 2022 and 2023", JONAS),
        ("annoyance", "40/2000", "Complaints and withdrawn consents after 2,000 letters in 2023",
         JONAS),
    ]  # fmt: skip
    by = date(2027, 6, 30)
    kpis = [
        ("win-back-margin", "Margin of members won back", "revenue", "EUR/year", "higher", 0,
         60_000, by,
         "Contribution margin over two years of members who bought again after a letter and "
         "would have left", JONAS),
        ("members-lost", "Members lost or annoyed, per 1,000", "customer_experience", "1/kcase",
         "lower", 130, 125, by,
         "Members without a purchase for a year, or who complained about a letter, per 1,000 "
         "with consent", JONAS),
    ]  # fmt: skip
    return {
        "projects": titled(
            project, "title question owner",
            [("Member win-back",
              "Fewer members lost: a letter with a voucher for those most likely to leave.",
              JONAS)],
        ),
        "kpis": titled(project, KPI, ((*k, "voucher-letter") for k in kpis)),
        "value_cases": titled(
            project, "value_case_id title mechanism",
            [("voucher-letter", "Letter with voucher", "targeted_intervention")],
        ),
        "quantities": titled(project, QUANTITY, (("voucher-letter", *q) for q in quantities)),
        "estimates": [
            {"project": project, "estimate_id": "letter-model", "title": "Model behind the letter",
             "value_case_id": "voucher-letter", "raw_days": 12, "day_rate": 590,
             "p_success": 0.7, "max_cycles": 2, "n_models": 1,
             **answers(yes="ethics_privacy", unknown=""), "documentation": "none",
             "made_by": PIA, "note": "Consent and postcode rules are checked with Dr. Rahmani."}
        ],
    }  # fmt: skip


def answers(*, yes: str, unknown: str) -> Row:
    """The answer to every factor of an estimate; no where nothing else is said."""
    told = dict.fromkeys(FACTORS, "no")
    told |= dict.fromkeys(yes.split(), "yes") | dict.fromkeys(unknown.split(), "unknown")
    return dict(told)
