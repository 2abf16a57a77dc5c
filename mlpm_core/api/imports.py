"""Files in, receipts out, and the way back."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from mlpm_core.api.caller import Channel, OpenWorkspace, may, may_read
from mlpm_core.api.idempotency import replays_of
from mlpm_core.api.problems import PROBLEMS, Problem
from mlpm_core.records import KINDS, Receipt, Status
from mlpm_core.services.admin.tokens import Action
from mlpm_core.services.ingest import batches, uploads
from mlpm_core.services.ingest import undo as undo_service
from mlpm_core.services.ingest.kpi_effects import without_figures

if TYPE_CHECKING:
    from starlette.responses import Response

_HTTP_STATUS = {
    Status.COMMITTED: 201,
    Status.DRY_RUN: 200,
    Status.DUPLICATE: 200,
    Status.REJECTED: 422,
    Status.ASKED: 422,
    Status.FAILED: 503,
}
_ANYTHING: dict[str, object] = {"schema": {}}
_FILE = {
    "required": True,
    "description": "The file as it is. Columns of a row by kind: "
    + ", ".join(f"{kind} ({record.__name__})" for kind, record in KINDS.items())
    + ".",
    "content": {"text/csv": _ANYTHING, "application/octet-stream": _ANYTHING},
}
ROUTER = APIRouter(prefix="/api/v1", responses=PROBLEMS)
Project = Annotated[str, Path(description="Short name of the project.")]
Batch = Annotated[str, Path(description="Number of the batch, such as B00012.")]


class Parameters(BaseModel):
    """What a query may say; a misspelt ``dry_run`` would otherwise store the file."""

    model_config = ConfigDict(extra="forbid")


class ImportParameters(Parameters):
    """What is said of a file; see `uploads.Upload`."""

    kind: str = Field(
        description="What a row of the file is.", json_schema_extra={"enum": [*sorted(KINDS)]}
    )
    filename: str = Field("", description="Name of the file; its ending must fit the content.")
    dry_run: bool = Field(default=False, description="Judge the file and store nothing.")
    ask_again: bool = Field(default=False, description="Ask also what the project answered before.")
    accept_good: bool = Field(
        default=False, description="Store the good rows though others are rejected."
    )
    confirm_restatement: bool = Field(
        default=False, description="New values may replace stored ones."
    )
    answers: tuple[str, ...] = Field(
        (), alias="answer", description="An answer to a question, as KEY=VALUE."
    )
    profile: str | SkipJsonSchema[None] = Field(
        None, description="Answers kept from an earlier import, as JSON."
    )


class UndoParameters(Parameters):
    """How a batch is undone."""

    dry_run: bool = Field(default=False, description="Say what it would do, and do not.")


@ROUTER.post(
    "/projects/{project:path}/imports",
    status_code=201,
    response_model=Receipt,
    responses={
        200: {"model": Receipt},
        400: {"model": Receipt, "description": "The upload broke off."},
        413: {"model": Receipt, "description": "The file is too large."},
        415: {"model": Problem, "description": "The body is a form, not the file."},
        422: PROBLEMS[422] | {"model": Receipt | Problem},
        503: PROBLEMS[503] | {"model": Receipt | Problem},
    },
    dependencies=[may(Action.IMPORT)],
    openapi_extra={"requestBody": _FILE},
)
async def import_file(
    request: Request,
    workspace: OpenWorkspace,
    channel: Channel,
    project: Project,
    query: Annotated[ImportParameters, Query()],
    key: Annotated[
        str | SkipJsonSchema[None],
        Header(
            alias="Idempotency-Key",
            description="The same key again answers the first receipt and stores nothing.",
        ),
    ] = None,
) -> Response:
    """Import a file; the body is the file. The receipt says what happened."""
    upload = uploads.Upload(project=project, **query.model_dump())
    upload.check()
    if request.headers.get("content-type", "").startswith("multipart/"):
        sentence = "The body is the file itself: curl --data-binary @FILE, not -F."
        return JSONResponse({"error": sentence}, 415)
    length = request.headers.get("content-length", "")
    announced = int(length) if length.isdecimal() and len(length) < 20 else 0
    most = uploads.max_bytes()
    if announced > most:
        return _answer(request, uploads.too_large(workspace, upload, announced), 413)
    broken_off = partial(uploads.broken_off, workspace, upload, announced=announced)
    digest = hashlib.sha256(repr(upload).encode())
    with uploads.spooled(workspace) as (file, path):
        size = 0
        try:
            async for part in request.stream():
                size += len(part)
                if size > most:
                    return _answer(request, uploads.too_large(workspace, upload, size), 413)
                digest.update(part)
                file.write(part)
        except ClientDisconnect:
            return _answer(request, broken_off(size), 400)
        if announced and size != announced:
            return _answer(request, broken_off(size), 400)
        file.flush()

        def do() -> Receipt:
            return uploads.import_upload(workspace, upload, path, channel=channel)

        if not key:
            return _answer(request, await run_in_threadpool(do))
        once = replays_of(workspace).once
        return _answer(request, await run_in_threadpool(once, project, key, digest.hexdigest(), do))


@ROUTER.get(
    "/projects/{project:path}/imports/{batch}",
    response_model=Receipt,
    dependencies=[may(Action.READ)],
)
def receipt(
    request: Request, workspace: OpenWorkspace, project: Project, batch: Batch,
    query: Annotated[Parameters, Query()],
) -> Response:  # fmt: skip
    """The receipt of a batch."""
    return _answer(request, batches.receipt(workspace, project, batch), 200)


@ROUTER.delete(
    "/projects/{project:path}/imports/{batch}",
    response_model=Receipt,
    dependencies=[may(Action.UNDO)],
)
def undo(
    request: Request, workspace: OpenWorkspace, channel: Channel, project: Project,
    batch: Batch, query: Annotated[UndoParameters, Query()],
) -> Response:  # fmt: skip
    """Take a batch back; answers the receipt of the batch that does so."""
    done = undo_service.undo(workspace, project, batch, dry_run=query.dry_run, channel=channel)
    return _answer(request, done, 200)


@ROUTER.delete("/imports/{batch}", response_model=Receipt, dependencies=[may(Action.UNDO)])
def undo_by_number(
    request: Request, workspace: OpenWorkspace, channel: Channel,
    batch: Batch, query: Annotated[UndoParameters, Query()],
) -> Response:  # fmt: skip
    """Take a batch back, whatever its project."""
    project = batches.project_of(workspace, batch)
    return undo(request, workspace, channel, project, batch, query)


def _answer(request: Request, receipt: Receipt, status: int | None = None) -> Response:
    if not may_read(request):
        receipt = without_figures(receipt)
    return JSONResponse(receipt.model_dump(mode="json"), status or _HTTP_STATUS[receipt.status])
