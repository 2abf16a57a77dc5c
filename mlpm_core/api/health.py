"""Is the process up, and can it do its work: the two routes a supervisor asks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from starlette.responses import PlainTextResponse

from mlpm_core.errors import MlpmError
from mlpm_core.services.ingest import source_states
from mlpm_core.services.lifecycle import open_workspace
from mlpm_core.services.session.workspace import Check

OPEN: dict[str, Any] = {"security": []}  # what the document says of a route that needs no token
ROUTER = APIRouter()


class CheckAnswer(BaseModel):
    """One thing that must hold, and what was found."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name: str
    ok: bool
    detail: str


class Readiness(BaseModel):
    """Whether the application can do its work, and every check by name."""

    model_config = ConfigDict(extra="forbid")

    ok: bool
    checks: list[CheckAnswer]


@ROUTER.get("/healthz", response_class=PlainTextResponse, openapi_extra=OPEN)
async def healthz() -> str:
    """Answer "ok" while the process can answer at all."""
    return "ok"


@ROUTER.get("/readyz", responses={503: {"model": Readiness}}, openapi_extra=OPEN)
def readyz(response: Response) -> Readiness:
    """Whether the application can do its work; 503 when one of its checks fails."""
    try:
        workspace = open_workspace()
        checks = workspace.checks() + source_states.checks(workspace.settings, workspace.now())
    except MlpmError as error:
        checks = [Check("store", ok=False, detail=str(error))]
    is_ready = all(check.ok for check in checks)
    response.status_code = 200 if is_ready else 503
    return Readiness(ok=is_ready, checks=[CheckAnswer.model_validate(check) for check in checks])
