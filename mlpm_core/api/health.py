"""Is the process up, and can it do its work: the two routes a supervisor asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, PlainTextResponse

from mlpm_core.api.endpoint import Endpoint
from mlpm_core.errors import MlpmError
from mlpm_core.services.lifecycle import open_workspace
from mlpm_core.services.session.workspace import Check

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


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


async def healthz(request: Request) -> Response:
    """Answer "ok" while the process can answer at all; touches nothing else."""
    return PlainTextResponse("ok")


def readyz(request: Request) -> Response:
    """Every check of the workspace by name; 503 when one of them fails."""
    try:
        checks = open_workspace().checks()
    except MlpmError as error:
        checks = [Check("store", ok=False, detail=str(error))]
    found = Readiness(
        ok=all(check.ok for check in checks),
        checks=[CheckAnswer.model_validate(check) for check in checks],
    )
    return JSONResponse(found.model_dump(), status_code=200 if found.ok else 503)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/healthz",
        "healthz",
        'Answers "ok" while the process can answer at all.',
        healthz,
        {200: None},
    ),
    Endpoint(
        "GET",
        "/readyz",
        "readyz",
        "Whether the application can do its work.",
        readyz,
        {200: Readiness, 503: Readiness},
    ),
)
