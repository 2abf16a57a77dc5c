"""Models in use with a plan of exact numbers and weekly results, for whatever mechanism."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services.ingest import imports, registers
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth
from tests.catalogue_examples import EXAMPLES, GIVEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlpm_core.records import Receipt
    from mlpm_core.services.session.workspace import Workspace

PROJECT, CASE, MODEL = "works", "case", "m"
FIRST = date(2025, 1, 6)
"""A Monday."""

_COLUMNS = (
    *("model_id", "metric", "period_start", "value", "granularity", "n", "value_se", "ci_low"),
    *("ci_high", "ci_level", "numerator", "denominator", "unit"),
)
_SIZES = {"M12": {"applications": 20_000}}


def planned_inputs(mechanism: str) -> dict[str, float]:
    """The published or worked-out example of a mechanism, at the size that the tests speak of."""
    given = GIVEN.get(mechanism) or EXAMPLES[mechanism]["inputs"]
    return dict(given) | _SIZES.get(mechanism, {})


def net_a_year(mechanism: str, inputs: Mapping[str, float]) -> float:
    """Net of exact inputs by the formulas, money a year."""
    texts = {name: repr(float(value)) for name, value in inputs.items()}
    return worth(find_mechanism(mechanism), texts).net.mean


def save(workspace: Workspace, kind: str, *rows: Mapping[str, object]) -> None:
    """Records as a form gives them; fails when they are refused."""
    receipt = registers.save(workspace.acting_as("test"), PROJECT, kind, rows)
    assert receipt.status in (Status.COMMITTED, Status.DUPLICATE), receipt.rejects


def started(
    workspace: Workspace, mechanism: str, today: date, inputs: Mapping[str, object] | None = None
) -> None:
    """A value case with its plan, its model in use since the first Monday."""
    given = planned_inputs(mechanism) if inputs is None else inputs
    clock(workspace, today)
    save(workspace, "models", {"model_id": MODEL})
    save(
        workspace, "value_cases",
        {"value_case_id": CASE, "title": "Case", "mechanism": find_mechanism(mechanism).id,
         "model_id": MODEL},
    )  # fmt: skip
    save(
        workspace, "quantities",
        *({"value_case_id": CASE, "name": n, "written": str(v)} for n, v in given.items()),
    )  # fmt: skip
    save(
        workspace, "deployments",
        {"deployment_id": "d", "model_id": MODEL, "value_case_id": CASE, "from_on": FIRST},
    )  # fmt: skip


def clock(workspace: Workspace, today: date) -> None:
    """Turn the project's clock."""
    save(workspace, "projects", {"project": PROJECT, "title": "Works", "clock_on": today})


def week(i: int) -> date:
    """The first day of a week, counted from 0."""
    return FIRST + timedelta(weeks=i)


def results(
    workspace: Workspace,
    rows: Iterable[Mapping[str, object]],
    *,
    name: str = "results.csv",
    kept: bool = True,
    answers: Mapping[str, str] | None = None,
) -> Receipt:
    """Import monitoring results; ``week`` in a row stands for a week's first day and its length."""
    lines = [",".join(_COLUMNS)]
    for row in rows:
        told = dict(row)
        if "week" in told:
            told |= {"period_start": week(int(str(told.pop("week")))), "granularity": "P1W"}
        told = {"model_id": MODEL} | told
        lines.append(",".join(str(told.get(column, "")) for column in _COLUMNS))
    receipt = imports.import_file(
        workspace.acting_as("test"), PROJECT, "metric_results", name,
        "\n".join([*lines, ""]).encode(),
        profile=Profile.model_validate({"restatement": "confirm"} | dict(answers or {})),
    )  # fmt: skip
    if kept:
        assert receipt.status is Status.COMMITTED, receipt
    return receipt
