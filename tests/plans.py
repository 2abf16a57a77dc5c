"""The plan of the worked example, and plans made at random, for tests of the estimate in tasks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from mlpm_core.planning import (
    FACTORS,
    Bias,
    FactorAnswer,
    ProjectPlan,
    RiskPlan,
    RolePlan,
    TaskPlan,
    ThreePoint,
    Tries,
)

EXAMPLE = json.loads((Path(__file__).parent / "golden" / "estimate_example.json").read_text())
NO = {name: FactorAnswer(0.0) for name in FACTORS}
CERTAIN = Bias(1.0, 0.0)


def example_plan(**changed):
    """The worked example: 16 tasks and a wait, four roles, four risks, one loop."""
    project = EXAMPLE["project"]
    loop = project["loop"]
    parts = {
        "tasks": tuple(
            TaskPlan(
                task["id"],
                ThreePoint(task["p10"], task["p50"], task["p90"]),
                task["category"],
                task["role"] or "",
                tuple(task["depends_on"]),
                in_loop=task["id"] == loop["task"],
            )
            for task in project["tasks"]
        ),
        "roles": {
            name: RolePlan(role["heads"], role["avail"], role["rate"])
            for name, role in project["roles"].items()
        },
        "bias": Bias(project["B"]["median"], project["B"]["log_sd"]),
        "factors": {name: FactorAnswer(project["factors"][name]) for name in FACTORS},
        "n_models": project["n_models"],
        "loop": Tries(loop["p"], loop["max"], repeat_share=loop["repeat"]),
        "risks": tuple(
            RiskPlan(
                risk["title"],
                risk["probability"],
                ThreePoint(risk["p10"], risk["p50"], risk["p90"]),
                risk["delay_share"],
                risk["day_rate"],
            )
            for risk in project["risks"]
        ),
        "focus": project["focus"],
        "overhead_share": project["loe"],
        "overhead_rate": project["loe_rate"],
        "fixed_cost": project["fixed"],
    }
    return ProjectPlan(**(parts | changed))


def one_task(*numbers, category="data", **rest):
    """A plan of one task that nothing multiplies."""
    task = TaskPlan("T1", ThreePoint(*numbers), category, "DE")
    parts = {"bias": CERTAIN, "factors": NO, "focus": 1.0} | rest
    return ProjectPlan((task,), {"DE": RolePlan()}, **parts)


def random_plan(rng: np.random.Generator) -> ProjectPlan:
    """A plan of 6 to 12 tasks with a bias, some factors known, some open."""
    n = int(rng.integers(6, 13))
    categories = ("data", "feature", "train", "evaluate", "deploy", "infra", "explore")
    tasks = []
    for i in range(n):
        p50 = float(rng.uniform(1, 10))
        low, high = np.exp(1.2815515655446004 * rng.uniform(0.3, 0.8, 2))
        tasks.append(
            TaskPlan(
                f"T{i}",
                ThreePoint(p50 / float(low), p50, p50 * float(high)),
                str(rng.choice(categories)),
                str(rng.choice(["DE", "DS"])),
                (f"T{i - 1}",) if i and rng.random() < 0.5 else (),
            )
        )
    return ProjectPlan(
        tuple(tasks),
        {"DE": RolePlan(1, 1.0, 500), "DS": RolePlan(1, 0.8, 600)},
        Bias(float(rng.choice([1.25, 2.0])), float(rng.uniform(0.2, 0.5))),
        {name: FactorAnswer(float(rng.choice([0, 0.2, 0.5, 1]))) for name in FACTORS},
    )


def save_example(workspace, project="forecast", **answers):
    """The worked example as records of a project, as forms would save them."""
    from mlpm_core.services.ingest import registers

    workspace = workspace.acting_as("ada")
    example = EXAMPLE["project"]
    save = registers.save
    day = {"planned_start_on": "2026-11-30", "currency": "EUR", "clock_on": "2026-11-30"}
    done = [
        save(workspace, project, "projects", [{"title": "Forecast"} | day]),
        save(
            workspace, project, "roles",
            [
                {"role_id": n, "heads": r["heads"], "availability": r["avail"],
                 "day_rate": r["rate"]}
                for n, r in example["roles"].items()
            ],
        ),
        save(workspace, project, "tasks", example_tasks()),
        save(
            workspace, project, "risks",
            [
                {
                    "risk_id": f"R{i}", "title": r["title"], "category": "data",
                    "probability": r["probability"], "p10": r["p10"], "p50": r["p50"],
                    "p90": r["p90"], "delay_share": r["delay_share"], "day_rate": r["day_rate"],
                }
                for i, r in enumerate(example["risks"])
            ],
        ),
        save(workspace, project, "estimates", [example_answers() | answers]),
        save(
            workspace, project, "findings",
            [
                {
                    "finding_id": name, "area": "data", "statement": f"Is it {name}?",
                    "factor": name, "probability": example["factors"][name],
                }
                for name in ("data_dirty", "ethics_privacy")
            ],
        ),
    ]  # fmt: skip
    assert all(receipt.status == "committed" for receipt in done), done
    return project


def example_answers():
    """The answers and settings of the worked example, as an estimate has them."""
    project, loop = EXAMPLE["project"], EXAMPLE["project"]["loop"]
    known = {n: "yes" if p == 1 else "no" if p == 0 else "unknown"
             for n, p in project["factors"].items() if n in FACTORS}  # fmt: skip
    return known | {
        "estimate_id": "plan",
        "raw_days": 76.0,
        "day_rate": 550.0,
        "p_success": loop["p"],
        "max_cycles": loop["max"],
        "repeat_share": loop["repeat"],
        "n_models": project["n_models"],
        "estimator_class": "practised",
        "focus": project["focus"],
        "overhead_share": project["loe"],
        "overhead_rate": project["loe_rate"],
        "fixed_cost": project["fixed"],
    }


def example_tasks():
    """The tasks of the worked example as rows of a register."""
    return [
        {
            "task_id": t["id"],
            "title": f"Task {t['id']}",
            "category": t["category"],
            "p10": t["p10"],
            "p50": t["p50"],
            "p90": t["p90"],
            "role": t["role"] or "",
            "depends_on": "; ".join(t["depends_on"]),
            "in_loop": t["id"] == EXAMPLE["project"]["loop"]["task"],
        }
        for t in EXAMPLE["project"]["tasks"]
    ]
