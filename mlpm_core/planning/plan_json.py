"""A plan as text: the same plan is the same bytes, and the bytes are the plan again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.planning.project_plan import (
    Away,
    Bias,
    FactorAnswer,
    ProjectPlan,
    RiskPlan,
    RolePlan,
    TaskPlan,
)
from mlpm_core.planning.schedule import Reached
from mlpm_core.planning.three_point import ThreePoint
from mlpm_core.planning.tries import Tries
from mlpm_core.records import Documentation

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = 1


def written_plan(plan: ProjectPlan, reached: Reached, *, n: int, seed: int) -> str:
    """A plan, how far it is and which draws, as JSON with sorted keys.

    Examples
    --------
    >>> task = TaskPlan("T1", ThreePoint(1, 2, 3), "data", "DE")
    >>> plan = ProjectPlan((task,), {"DE": RolePlan()})
    >>> text = written_plan(plan, Reached(), n=100, seed=1)
    >>> read_plan(text) == (plan, Reached(), 100, 1)
    True
    """
    fields = asdict(plan)
    for role in fields["roles"].values():
        if not role["away"]:  # so that a plan of before absences is still the same bytes
            del role["away"]
    document = {
        "format": FORMAT,
        "n": n,
        "seed": seed,
        "plan": fields,
        "reached": asdict(reached) | {"unestimated": sorted(reached.unestimated)},
    }
    return json.dumps(document, sort_keys=True, default=_day, ensure_ascii=False, allow_nan=False)


def read_plan(text: str | bytes) -> tuple[ProjectPlan, Reached, int, int]:
    """The plan, how far it is, the number of draws and the seed that a text holds.

    Raises
    ------
    InputError
        When it is no such text, or of a later version.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise InputError(f"The plan is of format {document['format']}; this reads {FORMAT}.")
        return (
            _plan(document["plan"]),
            _reached(document["reached"]),
            document["n"],
            document["seed"],
        )
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise InputError("This is no plan as an estimate keeps it.") from error


def _plan(fields: dict[str, Any]) -> ProjectPlan:
    tasks = tuple(
        TaskPlan(
            **task
            | {
                "days": ThreePoint(**task["days"]),
                "depends_on": tuple(task["depends_on"]),
                "includes": tuple(task["includes"]),
                "estimated_on": _date(task["estimated_on"]),
            }
        )
        for task in fields["tasks"]
    )
    risks = tuple(
        RiskPlan(**risk | {"days": ThreePoint(**risk["days"]) if risk["days"] else None})
        for risk in fields["risks"]
    )
    return ProjectPlan(
        **fields
        | {
            "tasks": tasks,
            "risks": risks,
            "roles": {name: _role(role) for name, role in fields["roles"].items()},
            "bias": Bias(**fields["bias"]),
            "factors": {name: _answer(answer) for name, answer in fields["factors"].items()},
            "documentation": Documentation(fields["documentation"]),
            "documentation_answered_on": _date(fields["documentation_answered_on"]),
            "loop": Tries(**fields["loop"]) if fields["loop"] else None,
        }
    )


def _role(fields: dict[str, Any]) -> RolePlan:
    away = tuple(Away(**days) for days in fields.get("away", ()))
    return RolePlan(**fields | {"away": away})


def _answer(fields: Mapping[str, Any]) -> FactorAnswer:
    return FactorAnswer(fields["probability"], _date(fields["answered_on"]), fields["on_all_tasks"])


def _reached(fields: dict[str, Any]) -> Reached:
    return Reached(**fields | {"unestimated": frozenset(fields["unestimated"])})


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a plan.")
