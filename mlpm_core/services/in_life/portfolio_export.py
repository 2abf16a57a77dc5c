"""KPIs and health as other programs read them: rows of JSON, and the text of Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from mlpm_core.in_life.realisation import Grade
from mlpm_core.quantity import finite
from mlpm_core.services.in_life.portfolio import every_line, lines_of, project_view
from mlpm_core.services.session.consistent import consistent
from mlpm_core.services.valuation.kpis import ProxyState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.services.in_life.portfolio import PortfolioRow
    from mlpm_core.services.session.workspace import Workspace

V = TypeVar("V")


def kpis_json(workspace: Workspace, project: str | None) -> list[dict[str, Any]]:
    """KPIs of one project or all, as the HTTP route answers them."""
    answer = []
    for view in _views(workspace, project, project_view):
        for kpi in view.kpis:
            answer.append(
                {
                    "project": view.project.project,
                    "kpi": kpi.kpi_id,
                    "title": kpi.title,
                    "dimension": kpi.dimension.value,
                    "unit": kpi.unit,
                    "direction": kpi.direction,
                    "baseline": kpi.baseline,
                    "target": kpi.target,
                    "target_on": str(kpi.target_on) if kpi.target_on else None,
                    "planned": finite(kpi.planned.mean) if kpi.planned else None,
                    "value": finite(kpi.value),
                    "p10": finite(kpi.current.p10) if kpi.current else None,
                    "p90": finite(kpi.current.p90) if kpi.current else None,
                    "grade": Grade.MODEL_IMPLIED.value if kpi.current else None,
                    "reason": kpi.reason,
                    "proxy": None if kpi.state is ProxyState.NONE else kpi.state.value,
                    "stands_for": kpi.proxy.stands_for or None,
                    "expires_on": str(kpi.proxy.expires_on) if kpi.proxy.expires_on else None,
                    "counts": kpi.counts,
                    "standing": kpi.standing(view.day),
                    "as_of": kpi.as_of.end.isoformat() if kpi.as_of else None,
                    "rests_on": str(kpi.rests_on) if kpi.rests_on else None,
                    "not_counted": kpi.uncounted,
                    "model": kpi.model,
                    "batches": list(kpi.batches),
                }
            )
    return answer


def health_json(workspace: Workspace, project: str | None) -> list[dict[str, Any]]:
    """Health of every value case of one project or all, as the HTTP route answers it."""
    return [
        {
            "project": line.project,
            "value_case": line.case.value_case_id,
            "model": line.case.deployment.model_id if line.case.deployment else None,
            "model_version": line.case.deployment.model_version if line.case.deployment else None,
            "health": line.health.health.value,
            "reason": line.health.reason,
            "age_days": line.age_days,
            "currency": line.case.currency,
            "planned_rate": finite(line.planned_rate),
            "value_rate": finite(line.current_rate),
            "value_rate_p10": finite(line.rate_range[0]),
            "value_rate_p90": finite(line.rate_range[1]),
            "rests_on": str(line.case.rests_on) if line.case.rests_on else None,
            "not_counted": line.case.uncounted,
            "value_gap": finite(line.gap),
            "value_after_actual_cost": finite(line.after_actual_cost),
            "actual_cost_rate": finite(line.cost.actual) if line.cost else None,
            "planned_cost_rate": finite(line.cost.planned) if line.cost else None,
            "grade": Grade.MODEL_IMPLIED.value if line.is_in_life else None,
        }
        for view in _views(workspace, project, _lines_of)
        for line in view.lines
    ]


def prometheus_text(workspace: Workspace) -> str:
    """Value rates and health of every case in the text format of Prometheus."""
    out = [
        "# HELP mlpm_value_rate Value a week that fresh monitored metrics imply, in the currency.",
        "# TYPE mlpm_value_rate gauge",
    ]
    rows = health_json(workspace, None)
    for row in rows:
        if row["value_rate"] is not None and row["not_counted"] is None:
            out.append(f"mlpm_value_rate{{{_labels(row, 'currency')}}} {row['value_rate']!r}")
    out += [
        "# HELP mlpm_health 1 for the health that a value case has.",
        "# TYPE mlpm_health gauge",
    ]
    out += [f"mlpm_health{{{_labels(row, 'health')}}} 1" for row in rows]
    return "\n".join(out) + "\n"


def _labels(row: Mapping[str, Any], also: str) -> str:
    def quoted(value: object) -> str:
        text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{text}"'

    return ",".join(f"{name}={quoted(row[name])}" for name in ("project", "value_case", also))


class _Lines(NamedTuple):
    """The value cases of a project alone."""

    lines: tuple[PortfolioRow, ...]


def _lines_of(workspace: Workspace, project: str) -> _Lines:
    return _Lines(lines_of(workspace, project))


def _views(
    workspace: Workspace, project: str | None, view: Callable[[Workspace, str], V]
) -> list[V]:
    def read() -> list[V]:
        if project is not None:
            return [view(workspace, project)]
        every_line(workspace)  # what the projects share is asked once for all
        names = [p.project for p in workspace.store.projects() if not p.archived]
        return [view(workspace, name) for name in names]

    return consistent(workspace, read)
