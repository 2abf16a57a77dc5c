"""Write the Bike Shop's files: generated sales and requests, real models, measured results.

Run ``.venv/bin/python data/demo/generate.py``; the same seed gives the same files.
Everything about the company is fiction. Every metric is measured: a scikit-learn model is trained
on the generated history and scored on what follows. No result is typed in.
"""

from __future__ import annotations

from datetime import timedelta

from making import built
from making.checked import STANCES, answers_to_checks
from making.dangers import OF_PROJECTS, reviews_of, risks_of
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
from making.freed import planner_rollout, workshop_freed
from making.kept_estimates import kept_estimates
from making.measured import workshop_events, workshop_measured, workshop_targets
from making.members import winback_evaluations
from making.parts import (
    demand_artefacts,
    demand_rebuilds,
    workshop_artefacts,
    workshop_rebuilds,
)
from making.past import closed_projects
from making.plans import (
    demand_plan,
    measured_before_start,
    winback_plan,
    workshop_plan,
)
from making.proven import demand_costs, holdout, workshop_costs
from making.story import (
    CLOCK_ON,
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
    Row,
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
from making.wearcheck import wearcheck_plan
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
    model = fitted_model(sales, live)
    forecast = live_forecast(model, sales)
    actual = sales.units[:, live:]
    planners = planners_forecast(sales, range(live, sales.units.shape[1]))
    plan = with_stance(demand_plan(measured_before_start(sales)))
    plan["projects"][0] |= built.planned()
    write_project(
        FOLDER / "demand",
        plan,
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
    test_weeks = range(test_week, live_week)
    write_project(
        FOLDER / "workshop",
        with_stance(workshop_plan(requests, triage, test_weeks)),
        workshop_results(requests, triage, live_week),
    )
    write_log(FOLDER / "workshop", workshop_log(requests, triage, live_week))
    measured = workshop_measured(requests, triage)
    for number, kind, rows in (
        (98, "events", workshop_events()),
        (98, "kpi_targets", workshop_targets()),
        (99, "freed_hours", workshop_freed(measured)),
        (99, "kpi_actuals", measured),
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
        ("demand", 86, "artefacts", demand_artefacts(sales, model)),
        ("demand", 87, "rebuilds", demand_rebuilds(sales, model, forecast)),
        ("workshop", 86, "artefacts", workshop_artefacts(requests, triage, calibration_week)),
        ("workshop", 87, "rebuilds", workshop_rebuilds(requests, triage, test_weeks)),
    ):
        write_file(FOLDER / project / f"{number:02}_{kind}.csv", support)
    write_file(FOLDER / "demand" / "99_kpi_actuals.csv", holdout(forecast, planners, actual))
    write_file(FOLDER / "demand" / "99_rollout_results.csv", planner_rollout())
    write_file(FOLDER / "workshop" / "98_cost_log.csv", workshop_costs(requests))
    write_project(FOLDER / "winback", with_stance(winback_plan()))
    write_project(FOLDER / "wearcheck", with_stance(wearcheck_plan()))
    write_file(FOLDER / "winback" / "89_evaluations.csv", winback_evaluations())

    write_built()
    write_dangers()
    write_past()

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


def with_stance(plan: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """A plan whose project says in which phase it stands, and what its system does alone."""
    (project,) = plan["projects"]
    project |= STANCES[str(project["project"])]
    return plan


def write_built() -> None:
    """How the demand forecast was built, and what MLPM made of that on every Monday."""
    snapshots, promises = kept_estimates(built.mondays())
    for name, rows in (
        ("80_roles", built.roles()),
        ("81_absences", built.absences()),
        ("82_tasks", built.tasks_on(CLOCK_ON)),
        ("85_estimate_snapshots", snapshots),
        ("92_delivery_promises", promises),
    ):
        write_file(FOLDER / "demand" / f"{name}.csv", rows)


def write_dangers() -> None:
    """Risks with their reviews, and the answers to the checks, of all four projects."""
    for folder, dangers in OF_PROJECTS.items():
        project = f"bike-shop-{folder}"
        rows = {
            "83_risks": risks_of(project, dangers),
            "84_risk_reviews": reviews_of(project, dangers),
            "88_check_results": answers_to_checks(project),
        }
        for name, written in rows.items():
            if written:
                write_file(FOLDER / folder / f"{name}.csv", written)


def write_past() -> None:
    """What was built before, and how far its first estimates were off."""
    write_file(FOLDER / "wearcheck" / "82_closed_projects.csv", closed_projects())


if __name__ == "__main__":
    main()
