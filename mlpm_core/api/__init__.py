"""The HTTP side of MLPM: its routes, and the door in front of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route, Router

from mlpm_core.api import health
from mlpm_core.api.security import FrontDoor, content_security_policy, startup_refusal
from mlpm_core.errors import MlpmError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

__all__ = ["ROUTES", "MlpmError", "front_door", "startup_refusal"]


async def _no_such_route(scope: Scope, receive: Receive, send: Send) -> None:
    """An unknown path under /api/ is a 404; Streamlit would answer it with its page."""
    answer = JSONResponse({"error": f"There is no route {scope['path']}."}, status_code=404)
    await answer(scope, receive, send)


# Routes under /api/ carry their whole path, e.g. Route("/api/v1/projects", projects).
API_ROUTES: list[BaseRoute] = []

ROUTES: list[BaseRoute] = [
    *health.ROUTES,
    Route("/api/{rest:path}", Router(API_ROUTES, default=_no_such_route)),
]


def front_door(index_html: Path, *, token: str, address: str) -> list[Middleware]:
    """The middleware that stands before everything; see `mlpm_core.api.security`.

    Parameters
    ----------
    index_html
        Streamlit's page, whose inline script the policy must allow.
    token
        The token that opens ``/api/v1/``.
    address
        The address served.
    """
    policy = content_security_policy(index_html)
    return [Middleware(FrontDoor, policy=policy, token=token, address=address)]
