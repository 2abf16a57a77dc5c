"""Tables of a project as files: every kind of record, its history, and where KPIs stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mlpm_core import __version__
from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.in_life.realisation import Grade
from mlpm_core.quantity import Dimension
from mlpm_core.records import KINDS, Decision, Project, columns
from mlpm_core.reports import FORMATS, Table, csv_bytes, xlsx_bytes
from mlpm_core.services.evaluate.decisions import decisions
from mlpm_core.services.in_life import portfolio_export
from mlpm_core.services.in_life.proven_export import proven_table
from mlpm_core.services.ingest import registers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mlpm_core.services.evaluate.views import Range
    from mlpm_core.services.session.workspace import Workspace

__all__ = ["FORMATS", "Export", "decisions_table", "export", "options_table", "tables"]

_HISTORY = "_history"
_COPIED = tuple(c.name for c in columns(Decision) if c.name != "project" and not c.by_application)
_STANDING: Mapping[str, Callable[[Workspace, str | None], list[dict[str, Any]]]] = {
    "kpi_values": portfolio_export.kpis_json,
    "health": portfolio_export.health_json,
}
_LEGEND: Final = (
    (
        "Ranges",
        "A figure lies between its p10 and its p90 8 times in 10, and between its low and its high "
        "19 times in 20.",
    ),
    (
        "Grades",
        "How sure it is that the model caused a figure. A: cases held out at random. B: before "
        "and after, beside a control. C: computed from the model's metrics. D: somebody's word. "
        "No grade: a plan, or what somebody typed in.",
    ),
)
_TAKEN_BACK = ("channel", "undone_in", "undone_by", "undone_at")


@dataclass(frozen=True, slots=True)
class Export:
    """A table as a file: its bytes, how many rows it has, and the moment it holds for (UTC)."""

    filename: str
    data: bytes
    n_rows: int
    as_of: datetime


def tables() -> tuple[str, ...]:
    """Every table that can be exported."""
    return (
        *KINDS,
        *(f"{kind}{_HISTORY}" for kind in KINDS),
        *_STANDING,
        "proven",
        "decision_options",
    )


def export(workspace: Workspace, project: str, table: str, file_format: str) -> Export:
    """A table of a project as CSV or XLSX.

    Raises
    ------
    NotFoundError
        When there is no such project or table.
    InputError
        When the format is another, or the table is too long for a workbook.
    """
    if file_format not in FORMATS:
        raise InputError(f"The format is {file_format!r}; write {' or '.join(FORMATS)}.")
    if table not in tables():
        raise NotFoundError.of("table", table, tables())
    title, as_of = workspace.project(project).title, workspace.now().replace(microsecond=0)
    names, rows = _read(workspace, project, table)
    content = Table(
        title=table,
        columns=names,
        rows=[[row[name] for name in names] for row in rows],
        about=(
            ("Project", f"{title} ({project})"),
            ("As of (UTC)", as_of.isoformat(sep=" ")),
            ("Clock of the project", workspace.today(project).isoformat()),
            ("Filter", f"project = {project}"),
            ("Rows", f"{len(rows):,}"),
            *_LEGEND,
            ("Exported by", workspace.actor),
            ("Made with", f"MLPM {__version__}"),
        ),
    )
    data = csv_bytes(content) if file_format == "csv" else xlsx_bytes(content, as_of)
    return Export(f"{project}-{table}.{file_format}".replace("/", "-"), data, len(rows), as_of)


def _read(workspace: Workspace, project: str, table: str) -> tuple[list[str], list[dict[str, Any]]]:
    """The columns of a table and its rows."""
    if table in _STANDING:
        standing = _STANDING[table](workspace, project)
        rows = [{name: _flat(value) for name, value in row.items()} for row in standing]
        return list(rows[0]) if rows else ["project"], rows
    if table in _OF_PROJECT:
        rows = _OF_PROJECT[table](workspace, project)
        is_decided = table != "proven"
        empty = [c.name for c in columns(Decision) if not c.by_application] if is_decided else []
        return list(rows[0]) if rows else empty or ["project"], rows
    kind = table.removesuffix(_HISTORY) if table not in KINDS else table
    names = [c.name for c in columns(KINDS[kind])]
    if kind != table:
        rows = registers.history(workspace, project, kind)
        origin = ["origin"] if kind == Decision.kind else []
        return ["received_at", "actor", "batch", *names, *_TAKEN_BACK, *origin], rows
    rows = registers.records(workspace, project, kind)
    if KINDS[kind] is Project:
        rows = [row for row in rows if row["project"] == project]
    return names, rows


def _flat(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def decisions_table(workspace: Workspace, project: str) -> list[dict[str, Any]]:
    """Every decision as it is exported, with its origin and state; what cannot be said is None.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return [
        {"project": project}
        | {name: getattr(d, name) for name in _COPIED}
        | {
            "origin": d.origin.value,
            "state": d.state.value,
            "superseded_by": d.superseded_by,
            "batch": d.batch,
            "recorded_at": d.recorded_at,
            "recorded_by": d.recorded_by,
            "withdrawn_at": d.withdrawn_at,
            "withdrawn_by": d.withdrawn_by,
            **_ranged("promised", d.promised, d.promised_reason),
            **_ranged("promised_as_measured", d.measured),
            "promised_before_correction": d.is_before_correction,
            **_ranged("realised", d.realised, d.realised_reason),
            "realised_grade": Grade.MODEL_IMPLIED.value if d.realised else None,
            "realised_when": d.realised_when.when if d.realised_when else None,
            "in_use_instead": d.instead or None,
        }
        for d in decisions(workspace, project)
    ]


def options_table(workspace: Workspace, project: str) -> list[dict[str, Any]]:
    """The options that every decision was taken on, as they stood then: a row each.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return [
        {
            "project": project,
            "decision_id": d.decision_id,
            "batch": d.batch,
            "state": d.state.value,
            "option": option.name,
            "is_chosen": option.name == d.chosen,
            **_ranged("net", option.net),
            **_ranged("measured", option.measured),
            "probability_of_loss": option.probability_of_loss,
            "p_best": option.p_best,
            "expected_regret": option.expected_regret,
            "is_dominated": option.is_dominated,
            **{
                name: cell
                for dimension in Dimension
                for name, cell in _ranged(dimension.value, option.kpis[dimension]).items()
            },
        }
        for d in decisions(workspace, project)
        for option in d.options
    ]


def _ranged(name: str, value: Range | None, reason: str | None = None) -> dict[str, object]:
    """The columns of a range: mean, P10, P90 and unit, and why there is none where that is told."""
    cells: dict[str, object] = {
        name: value.mean if value else None,
        f"{name}_p10": value.p10 if value else None,
        f"{name}_p90": value.p90 if value else None,
        f"{name}_unit": value.unit if value else None,
    }
    return cells if reason is None else cells | {f"{name}_reason": reason or None}


_OF_PROJECT: Mapping[str, Callable[[Workspace, str], list[dict[str, Any]]]] = {
    Decision.kind: decisions_table,
    "decision_options": options_table,
    "proven": proven_table,
}
