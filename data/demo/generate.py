"""Write the Bike Shop's files: generated sales and requests, real models, measured results.

Run ``.venv/bin/python data/demo/generate.py``; the same seed gives the same files.
Everything about the company is fiction. Every metric is measured: a scikit-learn model is trained
on the generated history and scored on what follows. No result is typed in.
"""

from __future__ import annotations

from datetime import timedelta

from making.decided import demand_decision, winback_decision
from making.demand import (
    demand_candidates,
    demand_log,
    demand_results,
    fitted_model,
    generated_sales,
    live_forecast,
    planners_forecast,
    shadow_results,
    wape,
)
from making.files import write_file, write_log, write_project
from making.measured import workshop_events, workshop_measured, workshop_targets
from making.members import winback_evaluations
from making.plans import (
    demand_plan,
    measured_before_start,
    wearcheck_plan,
    winback_plan,
    workshop_plan,
)
from making.proven import demand_costs, holdout, workshop_costs
from making.story import (
    FAULT_ON,
    FIRST_SALE_ON,
    FOLDER,
    LAST_DAY_ON,
    LIVE_ON,
    REPEAT_ON,
    ROLLED_BACK_ON,
    WORKSHOP_CALIBRATION_ON,
    WORKSHOP_FIRST_ON,
    WORKSHOP_LIVE_ON,
)
from making.supported import (
    demand_clauses,
    demand_contracts,
    demand_incidents,
    demand_sourcing,
    demand_support_plan,
    wearcheck_labelling,
    workshop_clauses,
    workshop_contracts,
)
from making.workshop import (
    generated_requests,
    triaged,
    workshop_log,
    workshop_results,
)


def main() -> None:
    """Generate, train, score and write everything, then say what came out."""
    sales = generated_sales(108, (LAST_DAY_ON - FIRST_SALE_ON).days + 1)
    live = sales.day(LIVE_ON)
    forecast = live_forecast(fitted_model(sales, live), sales)
    actual = sales.units[:, live:]
    planners = planners_forecast(sales, range(live, sales.units.shape[1]))
    write_project(
        FOLDER / "demand",
        demand_plan(measured_before_start(sales)),
        [*demand_results(forecast, actual), *shadow_results(planners, actual)],
    )
    write_log(FOLDER / "demand", demand_log(sales, forecast))
    write_file(FOLDER / "demand" / "89_evaluations.csv", demand_candidates(sales))

    live_week, calibration_week = (
        (on - WORKSHOP_FIRST_ON).days // 7 for on in (WORKSHOP_LIVE_ON, WORKSHOP_CALIBRATION_ON)
    )
    test_week = live_week - 4  # the last weeks before the start set no threshold: they test it
    requests = generated_requests((LAST_DAY_ON - WORKSHOP_FIRST_ON).days // 7 + 1, 570)
    triage = triaged(requests, calibration_week, test_week)
    write_project(
        FOLDER / "workshop",
        workshop_plan(requests, triage, range(test_week, live_week)),
        workshop_results(requests, triage, live_week),
    )
    write_log(FOLDER / "workshop", workshop_log(requests, triage, live_week))
    for number, kind, rows in (
        (98, "events", workshop_events()),
        (98, "kpi_targets", workshop_targets()),
        (99, "kpi_actuals", workshop_measured(requests, triage)),
    ):
        write_file(FOLDER / "workshop" / f"{number}_{kind}.csv", rows)
    write_file(FOLDER / "demand" / "98_cost_log.csv", demand_costs())
    for project, number, kind, support in (
        ("demand", 4, "contracts", demand_contracts()),
        ("demand", 5, "contract_clauses", demand_clauses()),
        ("demand", 98, "incident_log", demand_incidents(forecast, actual)),
        ("demand", 98, "support_plans", demand_support_plan()),
        ("demand", 98, "sourcing", demand_sourcing()),
        ("wearcheck", 98, "annotation_plans", wearcheck_labelling()),
        ("workshop", 4, "contracts", workshop_contracts()),
        ("workshop", 5, "contract_clauses", workshop_clauses()),
    ):
        write_file(FOLDER / project / f"{number:02}_{kind}.csv", support)
    write_file(FOLDER / "demand" / "99_kpi_actuals.csv", holdout(forecast, planners, actual))
    write_file(FOLDER / "workshop" / "98_cost_log.csv", workshop_costs(requests))
    write_project(FOLDER / "winback", winback_plan())
    write_project(FOLDER / "wearcheck", wearcheck_plan())
    write_file(FOLDER / "winback" / "06_evaluations.csv", winback_evaluations())

    write_file(FOLDER / "demand" / "93_decisions.csv", [demand_decision()])
    write_file(FOLDER / "winback" / "93_decisions.csv", [winback_decision()])

    days = {
        on: wape(forecast[:, [i]], actual[:, [i]])
        for on in (
            FAULT_ON - timedelta(1),
            FAULT_ON,
            ROLLED_BACK_ON,
            ROLLED_BACK_ON + timedelta(1),
            REPEAT_ON,
        )
        for i in ((on - LIVE_ON).days,)
    }
    print(f"planners' rule in life: WAPE {wape(planners, actual):.3f}")
    for on, value in days.items():
        print(f"{on}: WAPE {value:.3f}")


if __name__ == "__main__":
    main()
