"""Who asks, what they may do, and the workspace that answers them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, params
from fastapi.security import SecurityScopes
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request

from mlpm_core.api.security import API_TOKEN, CALLER
from mlpm_core.errors import InputError, MlpmError, NotFoundError
from mlpm_core.services.admin.tokens import Action, Token
from mlpm_core.services.ingest import batches
from mlpm_core.services.lifecycle import open_workspace
from mlpm_core.services.session.workspace import Workspace

MAX_ACTOR = 100
_ACTOR = re.compile(r"[A-Za-z0-9._~%-]+")


class Forbidden(MlpmError):
    """What a token may not do; never leaves the room."""


def _permitted(request: Request, needed: SecurityScopes) -> None:
    """Refuse what the caller's token is not for, in the project that the path concerns."""
    project, batch = request.path_params.get("project"), request.path_params.get("batch")
    if project is None and batch and isinstance(request.scope.get(CALLER), Token):
        with suppress(NotFoundError):  # no batch, and one of another project, are refused alike
            project = batches.project_of(open_workspace(), batch)
    _refuse(request, needed, project)


async def _permitted_by_query(request: Request, needed: SecurityScopes) -> None:
    """The same where the query says which project it is."""
    _refuse(request, needed, request.query_params.get("project"))


def _refuse(request: Request, needed: SecurityScopes, project: str | None) -> None:
    caller = request.scope.get(CALLER)
    if isinstance(caller, Token):
        for action in needed.scopes:
            refusal = caller.refusal(Action(action), project, datetime.now(UTC).date())
            if refusal is not None:
                raise Forbidden(refusal)


def may(action: Action, *, is_by_query: bool = False) -> params.Security:
    """What a route needs a token to be allowed; `is_by_query` where its query says the project."""
    return params.Security(_permitted_by_query if is_by_query else _permitted, scopes=[action])


def may_read(request: Request) -> bool:
    """Whether the caller may read what is stored; a token may be for writing alone."""
    caller = request.scope.get(CALLER)
    return not isinstance(caller, Token) or caller.may(Action.READ)


def refuse_foreign_batch(request: Request, workspace: Workspace, batch: str) -> None:
    """Refuse a batch of a project that the caller's token is not for, as if there were none.

    Raises
    ------
    NotFoundError
        When the caller may not know of it, or there is none.
    """
    projects = projects_of(request)
    if not projects:
        return
    try:
        is_theirs = batches.project_of(workspace, batch) in projects
    except NotFoundError:
        is_theirs = False
    if not is_theirs:
        raise NotFoundError(f"There is no batch {batch!r} in {', '.join(projects)}.")


def projects_of(request: Request) -> tuple[str, ...]:
    """The projects to which the caller's token is bound; empty when it is bound to none."""
    caller = request.scope.get(CALLER)
    return caller.projects if isinstance(caller, Token) and not caller.is_for_all else ()


async def _actor(
    request: Request,
    named: Annotated[
        str | SkipJsonSchema[None],
        Header(
            alias="X-MLPM-Actor",
            description="The user whom a command on this machine names (percent-encoded); only "
            "with the local token.",
            json_schema_extra={
                "minLength": 1, "maxLength": MAX_ACTOR, "pattern": "^[A-Za-z0-9_.~-]+$",
            },
        ),
    ] = None,
) -> str:  # fmt: skip
    """Who is asking, by the token; only a command on this machine may name its user.

    Raises
    ------
    Forbidden
        When a caller with the configured token wants to be somebody.
    InputError
        When the name is no name.
    """
    caller = request.scope.get(CALLER)
    if caller == API_TOKEN or isinstance(caller, Token):
        if named is not None:
            raise Forbidden("This token has a name of its own: leave X-MLPM-Actor out.")
        return f"token {caller.name}" if isinstance(caller, Token) else "API token"
    if named is None:
        return "local"
    name = unquote(named).strip()
    is_name = _ACTOR.fullmatch(named) and name.isprintable()
    if not is_name or not 0 < len(name) <= MAX_ACTOR:
        raise InputError(
            f"X-MLPM-Actor must be a name of 1 to {MAX_ACTOR} printable characters, "
            "percent-encoded beyond letters, digits and -._~."
        )
    return name


async def _channel(request: Request) -> str:
    """The way a write came in, as batches note it."""
    return "command" if "x-mlpm-actor" in request.headers else "http"


def _workspace(actor: Annotated[str, Depends(_actor)]) -> Workspace:
    """The workspace of this process in the caller's name; it loads the demo into an empty store."""
    return open_workspace().acting_as(actor)


Channel = Annotated[str, Depends(_channel)]
OpenWorkspace = Annotated[Workspace, Depends(_workspace)]
