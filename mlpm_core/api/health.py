"""Is the process up, and can it do its work: the two routes a supervisor asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from mlpm_core.errors import MlpmError
from mlpm_core.services.workspace import Check, open_workspace

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["ROUTES"]


async def healthz(request: Request) -> Response:
    """Answer "ok" while the process can answer at all; touches nothing else."""
    return PlainTextResponse("ok")


def readyz(request: Request) -> Response:
    """Every check of the workspace by name; 503 when one of them fails."""
    try:
        checks = open_workspace().checks()
    except MlpmError as error:
        checks = [Check("store", ok=False, detail=str(error))]
    is_ready = all(check.ok for check in checks)
    body = {
        "ok": is_ready,
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks],
    }
    return JSONResponse(body, status_code=200 if is_ready else 503)


ROUTES = [Route("/healthz", healthz), Route("/readyz", readyz)]
