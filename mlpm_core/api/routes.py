"""The HTTP interface under ``/api/v1``: thin, every answer comes from a service."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from mlpm_core.api.openapi import document
from mlpm_core.errors import MlpmError, NotFoundError, StoreError
from mlpm_core.intake import Limits, Profile
from mlpm_core.records import Receipt, Status
from mlpm_core.services import demo, imports, portfolio, registers
from mlpm_core.services.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["ROUTES"]

_HTTP_STATUS = {
    Status.COMMITTED: 201,
    Status.DRY_RUN: 200,
    Status.DUPLICATE: 200,
    Status.REJECTED: 422,
    Status.ASKED: 422,
    Status.FAILED: 500,
}


class _Replays:
    """Receipts by Idempotency-Key, so that a repeated request is answered, not done again."""

    def __init__(self, most: int = 1000) -> None:
        self._known: OrderedDict[tuple[str, str], Receipt] = OrderedDict()
        self._most = most

    def get(self, project: str, key: str | None) -> Receipt | None:
        return self._known.get((project, key)) if key else None

    def keep(self, project: str, key: str | None, receipt: Receipt) -> None:
        if key and receipt.status is Status.COMMITTED:
            self._known[project, key] = receipt
            while len(self._known) > self._most:
                self._known.popitem(last=False)


_replays = _Replays()


def _answer(receipt: Receipt) -> Response:
    return JSONResponse(receipt.model_dump(mode="json"), _HTTP_STATUS[receipt.status])


def _guarded(
    endpoint: Callable[[Request, Workspace], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint with the workspace handed in and our errors turned into sentences."""

    async def handle(request: Request) -> Response:
        try:
            return await endpoint(request, await run_in_threadpool(open_workspace))
        except NotFoundError as error:
            return JSONResponse({"error": str(error)}, 404)
        except StoreError as error:
            return JSONResponse({"error": str(error)}, 503)
        except MlpmError as error:
            return JSONResponse({"error": str(error)}, 422)

    return handle


def _actor(request: Request) -> str:
    return request.headers.get("x-mlpm-actor") or "token"


def _yes(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() in ("1", "true", "yes")


async def _body(request: Request) -> bytes:
    """The whole body, or a refusal as soon as it is over the limit."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > Limits().bytes:
            raise HTTPException(413, f"The file is larger than {Limits().bytes} bytes.")
        parts.append(part)
    return b"".join(parts)


async def _import(request: Request, workspace: Workspace) -> Response:
    project, kind = request.path_params["project"], request.query_params.get("kind", "")
    profile = Profile()
    for answer in request.query_params.getlist("answer"):
        key, _, value = answer.partition("=")
        profile = profile.answered(key, value)
    if _yes(request, "confirm_restatement"):
        profile = profile.answered("restatement", "confirm")
    idempotency_key = request.headers.get("idempotency-key")
    try:
        data = await _body(request)
    except ClientDisconnect:
        return JSONResponse({"error": "The upload broke off; nothing was stored."}, 400)
    earlier = _replays.get(project, idempotency_key)
    if earlier is not None:
        return _answer(earlier)
    receipt = await run_in_threadpool(
        lambda: imports.import_file(
            workspace,
            _actor(request),
            project,
            kind,
            request.query_params.get("filename", ""),
            data,
            profile=profile,
            accept_good=_yes(request, "accept_good"),
            dry_run=_yes(request, "dry_run"),
            channel="command" if "x-mlpm-actor" in request.headers else "http",
        )
    )
    _replays.keep(project, idempotency_key, receipt)
    return _answer(receipt)


async def _receipt(request: Request, workspace: Workspace) -> Response:
    project, batch = request.path_params["project"], request.path_params["batch"]
    found = await run_in_threadpool(imports.receipt, workspace, _actor(request), project, batch)
    return JSONResponse(found.model_dump(mode="json"))


async def _undo(request: Request, workspace: Workspace) -> Response:
    batch = request.path_params["batch"]
    project = request.path_params.get("project") or imports.project_of(workspace, batch)
    return _answer(
        await run_in_threadpool(imports.undo, workspace, _actor(request), project, batch)
    )


async def _projects(request: Request, workspace: Workspace) -> Response:
    rows = await run_in_threadpool(registers.projects, workspace, _actor(request))
    return JSONResponse([r | {"clock_on": r["clock_on"] and str(r["clock_on"])} for r in rows])


async def _kpis(request: Request, workspace: Workspace) -> Response:
    return JSONResponse(
        await run_in_threadpool(portfolio.kpis_json, workspace, _actor(request), _wanted(request))
    )


async def _health(request: Request, workspace: Workspace) -> Response:
    return JSONResponse(
        await run_in_threadpool(portfolio.health_json, workspace, _actor(request), _wanted(request))
    )


async def _metrics(request: Request, workspace: Workspace) -> Response:
    text = await run_in_threadpool(portfolio.prometheus_text, workspace, _actor(request))
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


async def _demo_load(request: Request, workspace: Workspace) -> Response:
    done = await run_in_threadpool(demo.load, workspace)
    return JSONResponse({"imported": sum(r.status is Status.COMMITTED for r in done)}, 201)


async def _demo_remove(request: Request, workspace: Workspace) -> Response:
    done = await run_in_threadpool(demo.remove, workspace, _actor(request))
    return JSONResponse({"undone": len(done)})


async def _openapi(request: Request) -> Response:
    return JSONResponse(document())


def _wanted(request: Request) -> str | None:
    return request.query_params.get("project")


def _route(path: str, endpoint: Any, *methods: str) -> Route:  # noqa: ANN401  any endpoint
    return Route("/api/v1" + path, _guarded(endpoint), methods=list(methods))


ROUTES = [
    Route("/api/v1/openapi.json", _openapi),
    _route("/projects", _projects, "GET"),
    _route("/kpis", _kpis, "GET"),
    _route("/health", _health, "GET"),
    _route("/metrics", _metrics, "GET"),
    _route("/demo", _demo_load, "POST"),
    _route("/demo", _demo_remove, "DELETE"),
    _route("/projects/{project}/imports", _import, "POST"),
    _route("/projects/{project}/imports/{batch}", _receipt, "GET"),
    _route("/projects/{project}/imports/{batch}", _undo, "DELETE"),
    _route("/imports/{batch}", _undo, "DELETE"),
]
