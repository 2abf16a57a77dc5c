"""What may be read from outside: projects, KPIs, health, and the numbers Prometheus collects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from mlpm_core.api.caller import OpenWorkspace, may, refuse_foreign_batch
from mlpm_core.api.health import CheckAnswer
from mlpm_core.api.imports import Parameters
from mlpm_core.api.imports import Project as ProjectName
from mlpm_core.api.problems import PROBLEMS
from mlpm_core.quantity import Dimension
from mlpm_core.records import Direction, Project, Status
from mlpm_core.services.admin import backups, demo, exports
from mlpm_core.services.admin.tokens import Action
from mlpm_core.services.in_life import portfolio_export
from mlpm_core.services.ingest import registers, source_states
from mlpm_core.services.plan import plan_summaries

if TYPE_CHECKING:
    from mlpm_core.services.session.workspace import Workspace

ROUTER = APIRouter(prefix="/api/v1", responses=PROBLEMS)
_READ, _ADMIN = [may(Action.READ)], [may(Action.ADMIN)]
_READ_ONE = [may(Action.READ, is_by_query=True)]
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class KpiAnswer(_Answer):
    """Where a KPI stands, in its unit; what cannot be said is null, with a reason.

    The value rests on the results of ``model``, whatever was decided.

    ``rests_on`` are the periods of these results, ``not_counted`` says why they say nothing of
    today, ``standing`` how what is implied stands towards the KPI's target. ``state`` is the one of
    the screens (off, cannot tell, on the way, reached), ``judged_by`` whether it is told by what
    the business measured in the period ``measured_in``, or else by what is implied.

    ``numbers_not_checked``, such as "7 of 9", is how many of the numbers behind what is implied or
    planned are typical values that nobody has checked; null when none is.

    Where no value of all cases was measured and an experiment, a control or a roll-out says less
    than is implied, it is judged by that: ``proven``, with ``proven_grade``, the end of the proof
    and a range that holds 19 times in 20.

    What the ``value_cases`` imply is added; ``adding_nothing`` says which of them are not in it.

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
    planned_p10: float | None
    planned_p90: float | None
    value: float | None
    p10: float | None
    p90: float | None
    grade: str | None
    reason: str | None
    proxy: str | None
    stands_for: str | None
    expires_on: str | None
    counts: bool
    standing: str
    state: str
    judged_by: str
    measured: float | None
    measured_in: str | None
    proven: float | None
    proven_low: float | None
    proven_high: float | None
    proven_grade: str | None
    proven_as_of: str | None
    as_of: str | None
    rests_on: str | None
    not_counted: str | None
    numbers_not_checked: str | None
    value_cases: list[str]
    adding_nothing: list[str]
    model: str | None
    batches: list[str]


class HealthAnswer(_Answer):
    """How a value case fares; rates are money a week, in the currency.

    ``rests_on`` are the periods that the value rate rests on; ``not_counted`` says why it says
    nothing of today. The cost rates are those of the last 92 days where costs were recorded, and
    ``value_after_actual_cost`` has the actual in the place of the planned one. ``grade`` is how far
    the value can be put down to the model, A to D. ``..._p10`` and ``..._p90`` are the ends of the
    range in which a figure lies 8 times in 10; ``as_of`` is the end of the newest results.
    ``numbers_not_checked``, such as "7 of 9", is how many of the numbers behind the value are
    typical values that nobody has checked; null when none is.
    """

    project: str
    value_case: str
    model: str | None
    model_version: str | None
    health: str
    reason: str
    age_days: int | None
    currency: str
    unit: str
    planned_rate: float | None
    planned_rate_p10: float | None
    planned_rate_p90: float | None
    value_rate: float | None
    value_rate_p10: float | None
    value_rate_p90: float | None
    as_of: str | None
    rests_on: str | None
    not_counted: str | None
    value_gap: float | None
    value_gap_p10: float | None
    value_gap_p90: float | None
    value_after_actual_cost: float | None
    value_after_actual_cost_p10: float | None
    value_after_actual_cost_p90: float | None
    actual_cost_rate: float | None
    planned_cost_rate: float | None
    grade: str | None
    numbers_not_checked: str | None


class PercentilesAnswer(_Answer):
    """What is enough 1, 5, 8 and 19 in 20 times."""

    P10: float
    P50: float
    P80: float
    P95: float


class DriverAnswer(_Answer):
    """What moves the effort: by rank correlation, or as a share of its variance (quick)."""

    name: str
    label: str
    correlation: float | None = None
    share: float | None = None


class EstimateAnswer(_Answer):
    """What a project takes if a usable model comes out; what is not known is null, with a reason.

    Effort is in person-days, duration in working days, cost in ``currency``. ``mode`` is "tasks",
    "quick" (an engineer's guess of the whole) or empty; ``snapshot`` is the SHA-256 of the plan it
    was made of. The chances ``p_date`` and ``p_budget`` are of the project's day and budget.
    """

    project: str
    mode: str
    currency: str
    effort: PercentilesAnswer | None
    duration: PercentilesAnswer | None
    cost: PercentilesAnswer | None
    p_no_go: float | None
    drivers: list[DriverAnswer]
    snapshot: str | None
    reason: str | None
    explanation: str
    is_promisable: bool
    refusals: list[str]
    finish_on: dict[str, str] | None
    p_date: float | None
    p_budget: float | None
    p_value_above_cost: float | None


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


class AsOfParameters(Parameters):
    """The moment as of which is asked; ``known`` is its former name."""

    as_of: str | SkipJsonSchema[None] = Field(
        None,
        validation_alias=AliasChoices("as_of", "known"),
        description="As of the end of a day (2026-01-31), at a moment in UTC, or after a batch "
        "(B00012).",
        json_schema_extra={
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "format": "date-time"},
                {"type": "string", "pattern": "^B[0-9]{5}$"},
            ]
        },
    )


class ProjectParameters(AsOfParameters):
    """Of which project, and when."""

    project: str | SkipJsonSchema[None] = Field(None, description="One project only.")


class ExportParameters(AsOfParameters):
    """Which table, as which file."""

    table: str = Field(
        min_length=1, description="Which table.", json_schema_extra={"enum": list(exports.tables())}
    )
    format: str = Field(
        "csv", description="csv or xlsx.", json_schema_extra={"enum": ["csv", "xlsx"]}
    )


class VerifyParameters(Parameters):
    """What must be there."""

    since: str | SkipJsonSchema[None] = Field(
        None,
        description="A last hash of the ledger noted elsewhere: what it stood for must be there.",
    )


class RemovalParameters(Parameters):
    """What goes with the demo."""

    with_others: bool = Field(
        default=False,
        description="Undo batches of others that rest on the demo too; else they stop the removal.",
    )


NoParameters = Annotated[Parameters, Query()]


@ROUTER.get("/projects", dependencies=_READ)
def projects(
    request: Request, workspace: OpenWorkspace,
    query: Annotated[AsOfParameters, Query()],
) -> list[Project]:  # fmt: skip
    """Every project that is not archived."""
    return registers.projects(_as_of(request, workspace, query))


@ROUTER.get("/kpis", response_model=list[KpiAnswer], dependencies=_READ_ONE)
def kpis(
    request: Request, workspace: OpenWorkspace,
    query: Annotated[ProjectParameters, Query()],
) -> list[dict[str, Any]]:  # fmt: skip
    """Where every KPI stands."""
    return portfolio_export.kpis_json(_as_of(request, workspace, query), query.project)


@ROUTER.get("/health", response_model=list[HealthAnswer], dependencies=_READ_ONE)
def health(
    request: Request, workspace: OpenWorkspace,
    query: Annotated[ProjectParameters, Query()],
) -> list[dict[str, Any]]:  # fmt: skip
    """How every value case fares."""
    return portfolio_export.health_json(_as_of(request, workspace, query), query.project)


def _text(media_type: str) -> dict[int | str, dict[str, Any]]:
    """How the document describes a text."""
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}}}


@ROUTER.get("/metrics", response_class=Response, responses=_text("text/plain"), dependencies=_READ)
def metrics(workspace: OpenWorkspace, query: NoParameters) -> Response:
    """Value rates, health and scheduled sources in the text format of Prometheus."""
    text = portfolio_export.prometheus_text(workspace)
    text += source_states.prometheus_text(workspace.settings, workspace.now())
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


@ROUTER.get(
    "/projects/{project:path}/export",
    response_class=Response,
    responses=_text("text/csv"),
    dependencies=_READ,
)
def export(
    request: Request, workspace: OpenWorkspace, project: ProjectName,
    query: Annotated[ExportParameters, Query()],
) -> Response:  # fmt: skip
    """A table of a project as a file: a kind of record, its history, kpi_values, health, proven."""
    past = _as_of(request, workspace, query)
    exported = exports.export(past, project, query.table, query.format)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(exported.filename)}",
        "X-MLPM-Rows": str(exported.n_rows),
        "X-MLPM-As-Of": exported.as_of.isoformat(),
    }
    return Response(
        exported.data, media_type=_MEDIA[exported.filename.rpartition(".")[2]], headers=headers
    )


@ROUTER.get(
    "/projects/{project:path}/estimate",
    response_model=EstimateAnswer,
    response_model_exclude_unset=True,
    dependencies=_READ,
)
def estimate(
    request: Request, workspace: OpenWorkspace, project: ProjectName,
    query: Annotated[AsOfParameters, Query()],
) -> dict[str, Any]:  # fmt: skip
    """What a project takes, by its tasks or, where it has none, by an engineer's guess."""
    return plan_summaries.estimate_json(_as_of(request, workspace, query), project)


@ROUTER.get("/verify", response_model=Verified, dependencies=_ADMIN)
def verify(workspace: OpenWorkspace, query: Annotated[VerifyParameters, Query()]) -> dict[str, Any]:
    """Whether database, ledger and raw files agree, down to every cell and every byte."""
    return backups.checks_json(backups.verify(workspace, head=query.since))


@ROUTER.post("/backups", status_code=201, response_model=Verified, dependencies=_ADMIN)
def backup(workspace: OpenWorkspace, query: NoParameters) -> dict[str, Any]:
    """Write database, ledger and raw files into one file under MLPM_DATA/backups."""
    path, checks = backups.backup(workspace)
    return backups.checks_json(checks) | {"path": str(path)}


@ROUTER.post("/demo", dependencies=_ADMIN)
def load_demo(workspace: OpenWorkspace, query: NoParameters) -> DemoLoaded:
    """Load the demo: every file of it that is not in force."""
    done = demo.load(workspace)
    return DemoLoaded(imported=sum(r.status is Status.COMMITTED for r in done))


@ROUTER.delete("/demo", dependencies=_ADMIN)
def remove_demo(
    workspace: OpenWorkspace, query: Annotated[RemovalParameters, Query()]
) -> DemoRemoved:
    """Remove the demo by undoing its batches, all at once."""
    others = None if query.with_others else ()
    return DemoRemoved(undone=len(demo.remove(workspace, others=others)))


def _as_of(request: Request, workspace: Workspace, query: AsOfParameters) -> Workspace:
    if query.as_of is None:
        return workspace
    if query.as_of.startswith("B"):
        refuse_foreign_batch(request, workspace, query.as_of)
    return workspace.as_of(query.as_of)
