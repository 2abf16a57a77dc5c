"""A client for each test that speaks HTTP, and the document that answers must keep to."""

from __future__ import annotations

import pytest

from tests.http_client import Client


@pytest.fixture
def client(workspace):
    return Client()


@pytest.fixture(scope="session")
def answers_by_the_document():
    """Holds an answer against what the OpenAPI document says of its route and status."""
    from jsonschema import Draft202012Validator

    document = Client().get("/api/v1/openapi.json").json()

    def check(answer, method, path):
        said = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        schema = said["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**schema, "components": document["components"]})
        assert [error.message for error in validator.iter_errors(answer.json())] == []

    return check
