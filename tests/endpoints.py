"""What is served, one entry a method of a path, with what a token must be allowed for it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.routing import iter_route_contexts

from mlpm_core.api import API
from mlpm_core.services.admin.tokens import Action


@dataclass(frozen=True)
class Endpoint:
    """A method of a path; ``action`` is None where no token is needed."""

    method: str
    path: str
    name: str
    action: Action | None
    query: frozenset[str]
    takes_file: bool


def _endpoint(route) -> Endpoint:
    (method,) = route.methods
    said = API.openapi()["paths"][route.path_format][method.lower()]
    actions = [scope for needed in route.dependencies for scope in needed.scopes]
    return Endpoint(
        method,
        route.path_format,
        route.name,
        Action(*actions) if actions else None,
        frozenset(p["name"] for p in said.get("parameters", []) if p["in"] == "query"),
        "requestBody" in said,
    )


ENDPOINTS = [_endpoint(route) for route in iter_route_contexts(API.routes)]
