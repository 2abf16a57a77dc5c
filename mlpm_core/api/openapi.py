"""The OpenAPI document, made from the records and the endpoints, so that it cannot be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.json_schema import models_json_schema

from mlpm_core import __version__
from mlpm_core.records import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.api.endpoint import Endpoint, Parameter

_REFERENCE = "#/components/schemas/{model}"
_PROBLEMS = {
    "401": "A token is needed.",
    "403": "This token, Host or Origin may not do that.",
    "404": "There is no such thing; the sentence lists near names.",
    "422": "The request cannot be read; the sentence names all that is wrong.",
    "503": "The store cannot be reached or refused; nothing was changed.",
}


class Problem(BaseModel):
    """What went wrong, as a sentence."""

    model_config = ConfigDict(extra="forbid")

    error: str


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these endpoints.

    Parameters
    ----------
    endpoints
        Everything that is served; each becomes one operation.
    """
    answered = {a for e in endpoints for a in e.answers.values() if isinstance(a, type)}
    lists = {a.__args__[0] for e in endpoints for a in e.answers.values() if hasattr(a, "__args__")}
    models = {m for m in answered | lists if issubclass(m, BaseModel)}
    models |= {Problem, *KINDS.values()}
    _, schemas = models_json_schema(
        [(m, "serialization") for m in sorted(models, key=lambda m: m.__name__)],
        ref_template=_REFERENCE,
    )
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MLPM",
            "version": __version__,
            "description": "What a model is worth. A file goes in, a receipt comes out.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "responses": {
            str(status): _response(answer, endpoint.text_type)
            for status, answer in endpoint.answers.items()
        },
    }
    if endpoint.parameters:
        operation["parameters"] = [_parameter(p) for p in endpoint.parameters]
    if endpoint.takes_file:
        anything: dict[str, Any] = {"schema": {}}
        operation["requestBody"] = {
            "required": True,
            "description": "The file as it is. Columns of a row by kind: "
            + ", ".join(f"{kind} ({record.__name__})" for kind, record in KINDS.items())
            + ".",
            "content": {"text/csv": anything, "application/octet-stream": anything},
        }
    if not endpoint.needs_token:
        operation["security"] = []
        return operation
    for status, sentence in _PROBLEMS.items():
        problem = _response(Problem, "") | {"description": sentence}
        known = operation["responses"].setdefault(status, problem)
        if known is not problem:  # a receipt or a sentence
            content = known["content"]["application/json"]
            content["schema"] = {
                "anyOf": [content["schema"], problem["content"]["application/json"]["schema"]]
            }
    return operation


def _response(answer: Any, text_type: str) -> dict[str, Any]:  # noqa: ANN401  any type
    if answer is None:
        return {"description": "Text.", "content": {text_type: {"schema": {"type": "string"}}}}
    described = answer.__args__[0] if hasattr(answer, "__args__") else answer
    schema = TypeAdapter(answer).json_schema(ref_template=_REFERENCE, mode="serialization")
    if isinstance(described, type) and issubclass(described, BaseModel):
        one = {"$ref": _REFERENCE.format(model=described.__name__)}
        schema = one if described is answer else {"type": "array", "items": one}
    text = (getattr(described, "__doc__", None) or "JSON.").split("\n")[0]
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.help,
        "required": parameter.required,
        "schema": dict(parameter.schema),
    }
