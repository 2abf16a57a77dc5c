"""What was proven of a project's KPIs and hours as other programs read it: a row a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.in_life.realisation import Grade
from mlpm_core.quantity import finite
from mlpm_core.services.in_life.experiments import (
    KpiBeforeAfter,
    KpiExperiment,
    Verdict,
    proofs,
)
from mlpm_core.services.in_life.freed_hours import case_hours
from mlpm_core.services.in_life.kpi_view import kpi_view
from mlpm_core.services.in_life.portfolio import lines_of
from mlpm_core.services.in_life.proven_beside_implied import beside_implied

if TYPE_CHECKING:
    from datetime import datetime

    from mlpm_core.proof.interval import Interval
    from mlpm_core.services.in_life.experiments import KpiRollout
    from mlpm_core.services.session.workspace import Workspace

    Measured = KpiExperiment | KpiBeforeAfter | KpiRollout

_OF_B = {True: Verdict.WORKS, False: Verdict.HARMS, None: Verdict.CANNOT_TELL}


def proven_table(workspace: Workspace, project: str) -> list[dict[str, Any]]:
    """Every figure by experiment, by control or roll-out, and of freed hours, with its range.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    rows = [
        _of_kpi(workspace, project, measured)
        for measured in proofs(workspace, project).of_kpis
        if measured.has_figure
    ]
    for line in lines_of(workspace, project):
        rows += _of_hours(workspace, project, line.case.value_case_id)
    return rows


def _of_kpi(workspace: Workspace, project: str, measured: Measured) -> dict[str, Any]:
    view = kpi_view(workspace, project, measured.kpi_id)
    found = beside_implied(view.kpi, view.implied, measured)
    row = {"project": project, "subject": measured.kpi_id, "title": measured.title}
    if isinstance(measured, KpiExperiment):
        told = measured.experiment
        design, change = "experiment", told.effect if told else None
        verdict = told.verdict if told else Verdict.CANNOT_TELL
    else:
        is_rollout = not isinstance(measured, KpiBeforeAfter)
        design = "staggered roll-out" if is_rollout else "before and after, with a control"
        change, verdict = measured.seen.change if measured.seen else None, _OF_B[measured.works]
    return (
        row
        | {"design": design, "unit": measured.unit}
        | _ranged("measured_change", change)
        | {"grade": measured.grade.value, "verdict": verdict.value}
        | _implied(found.implied if found else None)
        | _rest(measured.until, measured.batches)
    )


def _of_hours(workspace: Workspace, project: str, value_case_id: str) -> list[dict[str, Any]]:
    found = case_hours(workspace, project, value_case_id)
    if found is None or found.told is None or found.told.measured is None:
        return []
    told = found.told
    figures: list[tuple[str, str, Interval | None, Interval | None]] = [
        ("Freed hours", f"hour/{found.word}", told.measured, told.implied),
        ("Freed hours that are paid no more", "share", told.cashable, None),
    ]
    return [
        {"project": project, "subject": value_case_id, "title": title}
        | {"design": "counted, without a control", "unit": unit}
        | _ranged("measured_change", measured)
        | {"grade": Grade.ASSERTED.value, "verdict": None}
        | _implied(implied if found.is_implied else None)
        | _rest(found.until, found.batches)
        for title, unit, measured, implied in figures
        if measured is not None
    ]


def _implied(change: Interval | None) -> dict[str, Any]:
    grade = Grade.MODEL_IMPLIED.value if change else None
    return _ranged("implied_change", change) | {"implied_grade": grade}


def _ranged(name: str, figure: Interval | None) -> dict[str, float | None]:
    """A figure with the range in which it lies 19 times in 20."""
    mean, low, high = (figure.mean, figure.low, figure.high) if figure else (None, None, None)
    return {name: finite(mean), f"{name}_low": finite(low), f"{name}_high": finite(high)}


def _rest(until: datetime, batches: tuple[str, ...]) -> dict[str, Any]:
    return {"as_of": until.isoformat(), "batches": ", ".join(batches)}
