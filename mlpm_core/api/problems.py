"""What a refused request is answered: one sentence, whatever refused it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from mlpm_core.api.caller import Forbidden, projects_of
from mlpm_core.errors import MlpmError, NotFoundError, StoreError, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response


class Problem(BaseModel):
    """What went wrong, as a sentence."""

    model_config = ConfigDict(extra="forbid")

    error: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": sentence}
    for status, sentence in {
        401: "A token is needed.",
        403: "This token, Host or Origin may not do that.",
        404: "There is no such thing; the sentence lists near names.",
        422: "The request cannot be read; the sentence names all that is wrong.",
        503: "The store cannot be reached or refused; nothing was changed.",
    }.items()
}


def answer_problems(app: FastAPI) -> None:
    """Have an application answer its errors in sentences.

    What nobody foresaw goes on to the front door, which logs it and shows nothing of it.
    """
    app.add_exception_handler(MlpmError, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(Exception, _unforeseen)


async def _refused(request: Request, error: Exception) -> Response:
    sentence = str(error)
    if isinstance(error, NotFoundError) and error.what == "project" and projects_of(request):
        sentence = error.without_hint  # the hint names projects of others
    match error:
        case NotFoundError():
            status = 404
        case StoreError():
            status = 503
        case Forbidden():
            status = 403
        case _:
            status = 422
    return JSONResponse({"error": sentence}, status)


async def _unreadable(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    methods = request.app.openapi()["paths"][request.scope["route"].path_format]
    parameters = methods[request.method.lower()].get("parameters", [])
    schemas = {p["name"]: p["schema"] for p in parameters if p["in"] == "query"}
    unknown = sorted(fault["loc"][-1] for fault in faults if fault["type"] == "extra_forbidden")
    sentences = [
        _sentence(fault, schemas) for fault in faults if fault["type"] != "extra_forbidden"
    ]
    if unknown:
        sentences.insert(
            0,
            f"Unknown parameters: {', '.join(unknown)}. "
            f"This route reads: {', '.join(schemas) or 'none'}.",
        )
    return JSONResponse({"error": " ".join(sentences)}, 422)


def _sentence(fault: dict[str, Any], schemas: Mapping[str, Any]) -> str:
    """What is wrong with one parameter."""
    name = fault["loc"][-1]
    if fault["type"] == "missing":
        choices = schemas.get(name, {}).get("enum", [])
        return f"Say which {name}{': ' if choices else ''}{', '.join(choices)}."
    if fault["type"] == "bool_parsing":
        return f"{name} is {quoted(fault['input'])}; write true or false."
    return f"{name} is {quoted(fault['input'])}: {fault['msg']}."


async def _not_routed(request: Request, error: Exception) -> Response:
    """A path that is not there, or a method that it does not have."""
    if not isinstance(error, HTTPException):
        raise error
    headers, sentence = dict(error.headers or {}), f"{error.detail}."
    if error.status_code == 404:
        sentence = f"There is no route {request.scope['path']}."
    elif error.status_code == 405:
        routes = iter_route_contexts(request.app.routes)
        fitting = [r.methods or set() for r in routes if r.matches(request.scope)[0] != Match.NONE]
        methods = set().union(*fitting)
        headers["Allow"] = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    return JSONResponse({"error": sentence}, error.status_code, headers)


async def _unforeseen(request: Request, error: Exception) -> Response:
    raise error
