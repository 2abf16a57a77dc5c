"""KPIs and health as other programs read them: rows of JSON, and the text of Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from mlpm_core.in_life.realisation import Grade
from mlpm_core.quantity import finite
from mlpm_core.services.in_life.kpi_view import kpi_lines
from mlpm_core.services.in_life.portfolio import every_line, lines_of, project_view
from mlpm_core.services.session.consistent import consistent
from mlpm_core.services.valuation.kpis import ProxyState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.services.in_life.kpi_view import KpiLine
    from mlpm_core.services.in_life.portfolio import PortfolioRow
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.value.kinds import Unchecked
    from mlpm_core.value.kpi import KpiStanding

V = TypeVar("V")
_RATES: Final = (
    (
        "value_rate",
        "Value a week that fresh monitored metrics imply, in the currency; grade says how far it "
        "can be put down to the model.",
    ),
    ("value_rate_p10", "What the value a week is above 9 times in 10."),
    ("value_rate_p90", "What the value a week is below 9 times in 10."),
)


def kpis_json(workspace: Workspace, project: str | None) -> list[dict[str, Any]]:
    """KPIs of one project or all, as the HTTP route answers them."""
    answer = []
    for view in _views(workspace, project, project_view):
        lines = {line.kpi.kpi_id: line for line in kpi_lines(workspace, view.project.project)}
        for kpi in view.kpis:
            line = lines[kpi.kpi_id]
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
                    **_ranged("planned", *_mean_and_ends(kpi.planned)),
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
                    "state": line.state.value,
                    "judged_by": _judged_by(line),
                    "measured": finite(line.newest.value) if line.newest else None,
                    "measured_in": str(line.newest.period) if line.newest else None,
                    "proven": line.proven.level if line.proven else None,
                    "proven_low": line.proven.low if line.proven else None,
                    "proven_high": line.proven.high if line.proven else None,
                    "proven_grade": line.proven.grade.value if line.proven else None,
                    "proven_as_of": line.proven.until.isoformat() if line.proven else None,
                    "as_of": kpi.as_of.end.isoformat() if kpi.as_of else None,
                    "rests_on": str(kpi.rests_on) if kpi.rests_on else None,
                    "not_counted": kpi.uncounted,
                    "numbers_not_checked": _not_checked(kpi.unchecked),
                    "value_cases": list(kpi.moved_by),
                    "adding_nothing": list(kpi.left_out),
                    "model": kpi.model,
                    "batches": list(kpi.batches),
                }
            )
    return answer


def _judged_by(line: KpiLine) -> str:
    if line.is_measured:
        return "measured"
    return "proven" if line.proven else "implied"


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
            "unit": f"{line.case.currency}/week",
            **_ranged("planned_rate", line.planned_rate, line.planned_range),
            **_ranged("value_rate", line.current_rate, line.rate_range),
            "as_of": line.case.as_of.end.isoformat() if line.case.as_of else None,
            "rests_on": str(line.case.rests_on) if line.case.rests_on else None,
            "not_counted": line.case.uncounted,
            **_ranged("value_gap", line.gap, line.gap_range),
            **_ranged(
                "value_after_actual_cost", line.after_actual_cost, line.after_actual_cost_range
            ),
            "actual_cost_rate": finite(line.cost.actual) if line.cost else None,
            "planned_cost_rate": finite(line.cost.planned) if line.cost else None,
            "grade": line.grade.value if line.grade else None,
            "numbers_not_checked": _not_checked(line.case.unchecked),
        }
        for view in _views(workspace, project, _lines_of)
        for line in view.lines
    ]


def prometheus_text(workspace: Workspace) -> str:
    """Value rates with range, grade and end of their results, and health, for Prometheus."""
    rows = health_json(workspace, None)
    counted = [r for r in rows if r["value_rate"] is not None and r["not_counted"] is None]
    out: list[str] = []
    for name, meaning in _RATES:
        out += [f"# HELP mlpm_{name} {meaning}", f"# TYPE mlpm_{name} gauge"]
        out += [f"mlpm_{name}{{{_labels(r, *_of_rate(r))}}} {r[name]!r}" for r in counted]
    out += [
        "# HELP mlpm_value_rate_end_seconds When the newest results of the value rate end (UTC).",
        "# TYPE mlpm_value_rate_end_seconds gauge",
    ]
    for row in counted:
        end = datetime.fromisoformat(row["as_of"]).replace(tzinfo=UTC).timestamp()
        out.append(f"mlpm_value_rate_end_seconds{{{_labels(row)}}} {end!r}")
    out += [
        "# HELP mlpm_health 1 for the health that a value case has.",
        "# TYPE mlpm_health gauge",
    ]
    out += [f"mlpm_health{{{_labels(row, 'health')}}} 1" for row in rows]
    return "\n".join(out) + "\n"


def _of_rate(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells one value rate from another, and what its reader must know."""
    also = ("numbers_not_checked",) if row["numbers_not_checked"] else ()
    return ("currency", "grade", *also)


def _not_checked(of: Unchecked | None) -> str | None:
    """How many of the numbers behind a value are typical ones nobody has checked."""
    return None if of is None else f"{of.n} of {of.of}"


def _ranged(
    name: str, mean: float | None, ends: tuple[float | None, float | None]
) -> dict[str, float | None]:
    """A figure with the range in which it lies 8 times in 10."""
    low, high = ends
    return {name: finite(mean), f"{name}_p10": finite(low), f"{name}_p90": finite(high)}


def _mean_and_ends(
    figure: KpiStanding | None,
) -> tuple[float | None, tuple[float | None, float | None]]:
    return (figure.mean, (figure.p10, figure.p90)) if figure else (None, (None, None))


def _labels(row: Mapping[str, Any], *also: str) -> str:
    def quoted(value: object) -> str:
        text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{text}"'

    return ",".join(f"{name}={quoted(row[name])}" for name in ("project", "value_case", *also))


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
