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
