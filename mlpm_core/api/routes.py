"""Everything that is served besides the screens, and the OpenAPI document of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from mlpm_core import __version__
from mlpm_core.api import health, imports, reading, sources
from mlpm_core.api.problems import answer_problems
from mlpm_core.records import KINDS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send


class _HeadAsGet:
    """Answers HEAD as GET; the server leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The document of the routes, with the records that are the rows of a file."""
        if self.openapi_schema is None:
            document = super().openapi()
            _, schemas = models_json_schema(
                [(record, "serialization") for record in KINDS.values()],
                ref_template="#/components/schemas/{model}",
            )
            components = document["components"]
            components["schemas"] = schemas["$defs"] | components["schemas"]
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}]
        return super().openapi()


API = _Api(
    title="MLPM",
    version=__version__,
    description="What a model is worth. A file goes in, a receipt comes out.",
    servers=[{"url": "/"}],
    openapi_url=None,  # it is a route like the others, and described as they are
    redirect_slashes=False,
    generate_unique_id_function=lambda route: route.name,
)
API.add_middleware(_HeadAsGet)
API.include_router(health.ROUTER)
API.include_router(imports.ROUTER)
API.include_router(reading.ROUTER)
API.include_router(sources.ROUTER)
answer_problems(API)


@API.get("/api/v1/openapi.json", response_model=dict[str, Any], openapi_extra=health.OPEN)
async def openapi() -> JSONResponse:
    """The document of everything that is served here."""
    return JSONResponse(API.openapi())


def _first_screen(request: Request) -> RedirectResponse:
    """The screen that opens first has no name in addresses; whoever writes it there gets it."""
    query = request.url.query
    return RedirectResponse(f"./?{query}" if query else "./")


# Streamlit would answer an unknown path under /api/ with its page.
ROUTES: list[BaseRoute] = [
    *(Route(path, API) for path in ("/healthz", "/readyz", "/api/{rest:path}")),
    Route("/portfolio", _first_screen),
]
