"""What may be read from outside: projects, KPIs, health, and the numbers Prometheus collects."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_jsonable_python
from starlette.responses import JSONResponse, PlainTextResponse, Response

from mlpm_core.api.endpoint import (
    Endpoint,
    Parameter,
    actor,
    flag,
    guarded,
    refuse_foreign_batch,
)
from mlpm_core.api.health import CheckAnswer
from mlpm_core.api.imports import NAMED
from mlpm_core.errors import InputError
from mlpm_core.quantity import Dimension
from mlpm_core.records import Direction, Project, Status
from mlpm_core.services.admin import backups, demo, exports
from mlpm_core.services.admin.tokens import Action
from mlpm_core.services.in_life import portfolio_export
from mlpm_core.services.ingest import registers

if TYPE_CHECKING:
    from starlette.requests import Request

    from mlpm_core.services.session.workspace import Workspace


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class KpiAnswer(_Answer):
    """Where a KPI stands, in its unit; what cannot be said is null, with a reason.

    The value rests on the results of ``model``, whatever was decided.

    ``rests_on`` are the periods of these results, ``not_counted`` says why they say nothing of
    today, ``standing`` how the KPI stands towards its target.

    Baseline and target are null only for a proxy that still waits for them. A proxy that expired
    does not count: leave it out of sums and targets.
    """

    project: str
    kpi: str
    title: str
    dimension: Dimension
    unit: str
    direction: Direction
    baseline: float | None
    target: float | None
    target_on: str | None
    planned: float | None
    value: float | None
    p10: float | None
    p90: float | None
    reason: str | None
    proxy: str | None
    stands_for: str | None
    expires_on: str | None
    counts: bool
    standing: str
    as_of: str | None
    rests_on: str | None
    not_counted: str | None
    model: str | None
    batches: list[str]


class HealthAnswer(_Answer):
    """How a value case fares; rates are money a week, in the currency.

    ``rests_on`` are the periods that the value rate rests on; ``not_counted`` says why it says
    nothing of today.
    """

    project: str
    value_case: str
    model: str | None
    model_version: str | None
    health: str
    reason: str
    age_days: int | None
    currency: str
    planned_rate: float | None
    value_rate: float | None
    value_rate_p10: float | None
    value_rate_p90: float | None
    rests_on: str | None
    not_counted: str | None
    value_gap: float | None


class Verified(_Answer):
    """Whether database, ledger and raw files agree; ``path`` is the backup that was made."""

    ok: bool
    checks: list[CheckAnswer]
    path: str | None = None


class DemoLoaded(_Answer):
    """How many files of the demo were imported; those in force before are not counted."""

    imported: int


class DemoRemoved(_Answer):
    """How many batches of the demo were undone."""

    undone: int


def _projects(request: Request, workspace: Workspace) -> Response:
    return JSONResponse(
        to_jsonable_python(registers.projects(_as_of(request, workspace), actor(request)))
    )


def _kpis(request: Request, workspace: Workspace) -> Response:
    return JSONResponse(
        portfolio_export.kpis_json(_as_of(request, workspace), actor(request), _wanted(request))
    )


def _health(request: Request, workspace: Workspace) -> Response:
    return JSONResponse(
        portfolio_export.health_json(_as_of(request, workspace), actor(request), _wanted(request))
    )


def _metrics(request: Request, workspace: Workspace) -> Response:
    text = portfolio_export.prometheus_text(workspace, actor(request))
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _export(request: Request, workspace: Workspace) -> Response:
    table = request.query_params.get("table")
    if not table:
        raise InputError(f"Say which table: {', '.join(exports.tables())}.")
    found = exports.export(
        _as_of(request, workspace),
        actor(request),
        request.path_params["project"],
        table,
        request.query_params.get("format", "csv"),
    )
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.filename)}",
        "X-MLPM-Rows": str(found.n_rows),
        "X-MLPM-As-Of": found.as_of.isoformat(),
    }
    return Response(
        found.data, media_type=_MEDIA[found.filename.rpartition(".")[2]], headers=headers
    )


_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _verify(request: Request, workspace: Workspace) -> Response:
    actor(request)
    checks = backups.verify(workspace, head=request.query_params.get("since"))
    return JSONResponse(backups.told(checks) | {"path": None})


def _backup(request: Request, workspace: Workspace) -> Response:
    actor(request)
    path, checks = backups.backup(workspace)
    return JSONResponse(backups.told(checks) | {"path": str(path)}, 201)


def _demo_load(request: Request, workspace: Workspace) -> Response:
    done = demo.load(workspace, actor(request))
    return JSONResponse({"imported": sum(r.status is Status.COMMITTED for r in done)})


def _demo_remove(request: Request, workspace: Workspace) -> Response:
    others = None if flag(request, "with_others") else ()
    return JSONResponse({"undone": len(demo.remove(workspace, actor(request), others=others))})


def _as_of(request: Request, workspace: Workspace) -> Workspace:
    given = request.query_params
    when = given.get("as_of", given.get("known"))
    if when is None:
        return workspace
    if when.startswith("B"):
        refuse_foreign_batch(request, workspace, when)
    return workspace.as_of(when)


def _wanted(request: Request) -> str | None:
    return request.query_params.get("project")


_AS_OF = Parameter(
    "as_of",
    "query",
    "As of the end of a day (2026-01-31), at a moment in UTC, or after a batch (B00012).",
    {
        "anyOf": [
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
            {"type": "string", "pattern": "^B[0-9]{5}$"},
        ]
    },
)
_ONE = (Parameter("project", "query", "One project only.", {"type": "string"}), _AS_OF)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/v1/projects",
        "projects",
        "Every project that is not archived.",
        guarded(_projects, "as_of", "known"),
        {200: list[Project]},
        (_AS_OF,),
        action=Action.READ,
    ),
    Endpoint(
        "GET",
        "/api/v1/kpis",
        "kpis",
        "Where every KPI stands.",
        guarded(_kpis, "project", "as_of", "known"),
        {200: list[KpiAnswer]},
        _ONE,
        action=Action.READ,
    ),
    Endpoint(
        "GET",
        "/api/v1/health",
        "health",
        "How every value case fares.",
        guarded(_health, "project", "as_of", "known"),
        {200: list[HealthAnswer]},
        _ONE,
        action=Action.READ,
    ),
    Endpoint(
        "GET",
        "/api/v1/metrics",
        "metrics",
        "Value rates and health in the text format of Prometheus.",
        guarded(_metrics),
        {200: None},
        action=Action.READ,
    ),
    Endpoint(
        "GET",
        "/api/v1/projects/{project}/export",
        "export",
        "A table of a project as a file: any kind of record, its history, kpi_values or health.",
        guarded(_export, "table", "format", "as_of", "known"),
        {200: None},
        (
            Parameter("project", "path", "Whose table.", {"type": "string"}, required=True),
            Parameter(
                "table",
                "query",
                "Which table.",
                {"type": "string", "enum": list(exports.tables())},
                required=True,
            ),
            Parameter(
                "format", "query", "csv or xlsx.", {"type": "string", "enum": ["csv", "xlsx"]}
            ),
            _AS_OF,
            NAMED,
        ),
        text_type="text/csv",
        action=Action.READ,
    ),
    Endpoint(
        "GET",
        "/api/v1/verify",
        "verify",
        "Whether database, ledger and raw files agree, down to every cell and every byte.",
        guarded(_verify, "since"),
        {200: Verified},
        (
            Parameter(
                "since",
                "query",
                "A last hash of the ledger noted elsewhere: what it stood for must be there.",
                {"type": "string"},
            ),
            NAMED,
        ),
        action=Action.ADMIN,
    ),
    Endpoint(
        "POST",
        "/api/v1/backups",
        "backup",
        "Write database, ledger and raw files into one file under MLPM_DATA/backups.",
        guarded(_backup),
        {201: Verified},
        (NAMED,),
        action=Action.ADMIN,
    ),
    Endpoint(
        "POST",
        "/api/v1/demo",
        "load_demo",
        "Load the demo: every file of it that is not in force.",
        guarded(_demo_load),
        {200: DemoLoaded},
        (NAMED,),
        action=Action.ADMIN,
    ),
    Endpoint(
        "DELETE",
        "/api/v1/demo",
        "remove_demo",
        "Remove the demo by undoing its batches, all at once.",
        guarded(_demo_remove, "with_others"),
        {200: DemoRemoved},
        (
            Parameter(
                "with_others",
                "query",
                "Undo batches of others that rest on the demo too; else they stop the removal.",
                {"type": "boolean", "default": False},
            ),
            NAMED,
        ),
        action=Action.ADMIN,
    ),
)
