"""Everything that is served besides the screens: the one list of endpoints, and their routes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match, Route, Router

from mlpm_core.api import health, imports, reading
from mlpm_core.api.endpoint import Endpoint
from mlpm_core.api.openapi import document

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send


@cache
def _document() -> dict[str, Any]:
    return document(ENDPOINTS)


async def _openapi(request: Request) -> Response:
    return JSONResponse(_document())


ENDPOINTS: tuple[Endpoint, ...] = (
    *health.ENDPOINTS,
    *imports.ENDPOINTS,
    *reading.ENDPOINTS,
    Endpoint(
        "GET",
        "/api/v1/openapi.json",
        "openapi",
        "This document.",
        _openapi,
        {200: dict[str, Any]},
    ),
)

_UNDER_API = [e.route for e in ENDPOINTS if e.path.startswith("/api/")]


async def _no_such_route(scope: Scope, receive: Receive, send: Send) -> None:
    """An unknown path under /api/ is a 404; Streamlit would answer it with its page."""
    answer = JSONResponse({"error": f"There is no route {scope['path']}."}, status_code=404)
    await answer(scope, receive, send)


class _Api:
    """Every route under /api/, answering in JSON also when a method does not fit."""

    router = Router(_UNDER_API, redirect_slashes=False, default=_no_such_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.router(scope, receive, send)
        except HTTPException as error:
            headers = dict(error.headers or {})
            if error.status_code == 405:
                fitting = [r for r in _UNDER_API if r.matches(scope)[0] is not Match.NONE]
                headers["Allow"] = ", ".join(sorted({m for r in fitting for m in r.methods or ()}))
            answer = JSONResponse({"error": f"{error.detail}."}, error.status_code, headers)
            await answer(scope, receive, send)


ROUTES: list[BaseRoute] = [
    *(e.route for e in ENDPOINTS if not e.path.startswith("/api/")),
    Route("/api/{rest:path}", _Api()),
]
