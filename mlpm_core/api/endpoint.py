"""One route of the interface: how it is answered, and what the OpenAPI document says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mlpm_core.api.security import API_TOKEN, CALLER
from mlpm_core.errors import InputError, MlpmError, NotFoundError, StoreError
from mlpm_core.services.admin.tokens import Action, Token
from mlpm_core.services.ingest import batches
from mlpm_core.services.lifecycle import open_workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request

    from mlpm_core.services.session.workspace import Workspace

MAX_ACTOR = 100
_ACTOR = re.compile(r"[A-Za-z0-9._~%-]+")


class Forbidden(MlpmError):
    """What a token may not do; never leaves the room."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a request may say besides its body."""

    name: str
    where: str
    help: str
    schema: Mapping[str, object]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method of a path: its answer, and all that a client must know of it.

    ``answers`` says by status what comes back: any type pydantic can describe, or None for text.
    ``action`` is what a token must be allowed; None needs no token.
    """

    method: str
    path: str
    name: str
    summary: str
    handle: Callable[[Request], Any]
    answers: Mapping[int, Any]
    parameters: Sequence[Parameter] = ()
    takes_file: bool = False
    action: Action | None = None
    text_type: str = "text/plain"

    @property
    def needs_token(self) -> bool:
        """Whether anybody may ask."""
        return self.action is not None

    @property
    def route(self) -> Route:
        """As Starlette serves it; a project's name may hold a slash."""
        path = self.path.replace("{project}", "{project:path}")
        handle = self.handle if self.action is None else self._allowed
        return Route(path, handle, methods=[self.method])

    async def _allowed(self, request: Request) -> Response:
        """The answer, if the token may do this in the project that it concerns."""
        caller = request.scope.get(CALLER)
        if self.action is not None and isinstance(caller, Token):
            project = request.path_params.get("project")
            if any((p.name, p.where) == ("project", "query") for p in self.parameters):
                project = request.query_params.get("project")
            if project is None and (batch := request.path_params.get("batch")):
                try:
                    workspace = await run_in_threadpool(open_workspace)
                    project = await run_in_threadpool(batches.project_of, workspace, batch)
                except NotFoundError:
                    pass  # no batch, and one of another project, are refused alike
                except MlpmError as error:
                    return JSONResponse({"error": str(error)}, _status_of(error))
            refusal = caller.refusal(self.action, project, datetime.now(UTC).date())
            if refusal is not None:
                return JSONResponse({"error": refusal}, 403)
        answer: Response = await self.handle(request)
        return answer


def guarded(
    handle: Callable[[Request, Workspace], Response | Awaitable[Response]], *allowed: str
) -> Callable[[Request], Awaitable[Response]]:
    """A handler with the workspace handed in and our errors turned into sentences.

    Parameters
    ----------
    handle
        A coroutine function, or a function that then runs in a thread of its own.
    *allowed
        The query parameters it reads. Another name is refused, for a misspelt ``dry_run`` would
        otherwise store the file.
    """

    async def answer(request: Request) -> Response:
        try:
            unknown = sorted(set(request.query_params) - set(allowed))
            if unknown:
                raise InputError(
                    f"Unknown parameters: {', '.join(unknown)}. "
                    f"This route reads: {', '.join(allowed) or 'none'}."
                )
            workspace = await run_in_threadpool(open_workspace)
            answered = await run_in_threadpool(handle, request, workspace)
            return answered if isinstance(answered, Response) else await answered
        except MlpmError as error:
            sentence = str(error)
            if isinstance(error, NotFoundError) and error.what == "project" and _scope(request):
                sentence = error.without_hint  # the hint names projects of others
            return JSONResponse({"error": sentence}, _status_of(error))

    return answer


def may_read(request: Request) -> bool:
    """Whether the caller may be told what is stored; a token may be for writing alone."""
    caller = request.scope.get(CALLER)
    return not isinstance(caller, Token) or caller.may(Action.READ)


def refuse_foreign_batch(request: Request, workspace: Workspace, batch: str) -> None:
    """Refuse a batch of a project that the caller's token is not for, as if there were none.

    Raises
    ------
    NotFoundError
        When the caller may not know of it, or there is none.
    """
    projects = _scope(request)
    if not projects:
        return
    try:
        is_theirs = batches.project_of(workspace, batch) in projects
    except NotFoundError:
        is_theirs = False
    if not is_theirs:
        raise NotFoundError(f"There is no batch {batch!r} in {', '.join(projects)}.")


def _scope(request: Request) -> tuple[str, ...]:
    """The projects to which the caller's token is bound; empty when it is bound to none."""
    caller = request.scope.get(CALLER)
    return caller.projects if isinstance(caller, Token) and not caller.is_for_all else ()


def _status_of(error: MlpmError) -> int:
    match error:
        case NotFoundError():
            return 404
        case StoreError():
            return 503
        case Forbidden():
            return 403
        case _:
            return 422


def actor(request: Request) -> str:
    """Who is asking, by the token; only a command on this machine may name its user.

    Raises
    ------
    Forbidden
        When a caller with the configured token wants to be somebody.
    InputError
        When the name is no name.
    """
    named = request.headers.get("x-mlpm-actor")
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


def channel(request: Request) -> str:
    """The way a write came in, as batches note it."""
    return "command" if "x-mlpm-actor" in request.headers else "http"


def flag(request: Request, name: str) -> bool:
    """A yes or no of the query; False when it is not there.

    Raises
    ------
    InputError
        When it says something else.
    """
    said = request.query_params.get(name, "false").lower()
    if said in {"1", "true", "yes"}:
        return True
    if said in {"0", "false", "no"}:
        return False
    raise InputError(f"{name} is {said!r}; write true or false.")
