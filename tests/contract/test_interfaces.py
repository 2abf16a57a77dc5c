"""What other programs rely on: commands, routes, JSON keys and a document that describes them all.

The lists are those of the project's interface notes ("Interfaces that stay"); a name that
disappears here breaks somebody's script. Adding is free.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from jsonschema import Draft202012Validator

from mlpm_core import api
from mlpm_core.cli import main
from mlpm_core.records import KINDS, Effect, Question, Receipt, Reject, Status, Warned, columns
from mlpm_core.services.valuation.mechanisms import mechanisms

COMMANDS = {
    "mechanisms": {"--json"},
    "value": {"-q", "--baseline", "--json"},
    "import": {
        "--kind", "--project", "--dry-run", "--accept-good", "--confirm-restatement", "--answer",
        "--profile", "--json",
    },
    "undo": {"--project", "--json"},
    "estimate": {"--json"},
    "serve": set(),
    "demo": {"load", "remove", "--yes"},
}  # fmt: skip
ROUTES = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/api/v1/openapi.json"),
    ("POST", "/api/v1/projects/{project}/imports"),
    ("GET", "/api/v1/projects/{project}/imports/{batch}"),
    ("DELETE", "/api/v1/projects/{project}/imports/{batch}"),
    ("GET", "/api/v1/projects"),
    ("GET", "/api/v1/kpis"),
    ("GET", "/api/v1/health"),
    ("GET", "/api/v1/metrics"),
    ("GET", "/api/v1/projects/{project}/estimate"),
}
RECEIPT = {
    "batch", "status", "kind", "project", "lines", "accepted", "rejected", "blank", "ignored",
    "new", "changed", "identical", "rejects", "questions", "warnings", "sha256", "actor",
    "received_at", "effect",
}  # fmt: skip
PARTS = {
    Reject: {"row", "column", "code", "message", "hint"},
    Question: {"code", "key", "message", "choices"},
    Warned: {"code", "message", "rows"},
    Effect: {"kpi", "before", "after"},
}
MECHANISM = {
    "id", "name", "sentence", "case", "volume", "bad_experience", "metrics", "quantities",
}  # fmt: skip
WORTH = {"mechanism", "baseline", "draws", "kpis", "net", "break_even"}
DIMENSIONS = {"revenue", "cost_saving", "cycle_time", "people_intensity", "customer_experience"}
ESTIMATE = {"unit", "mean", "p10", "p50", "p90"}

DOCUMENT = api.API.openapi()
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def served():
    """Method and path of every route of the application to which all our paths lead."""
    leads_to_a_screen = {"/portfolio"}
    ours = [route for route in api.ROUTES if route.path not in leads_to_a_screen]
    assert {route.app for route in ours} == {api.API}
    routes = iter_route_contexts(api.API.routes)
    return {(method, route.path_format) for route in routes for method in route.methods}


def printed(capsys, *arguments):
    """Exit status, standard output and standard error of a command."""
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    told = capsys.readouterr()
    return status, told.out, told.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_promised_command_knows_its_options(command, capsys):
    status, out, _ = printed(capsys, command, "--help")
    assert status == 0
    assert {option for option in COMMANDS[command] if option not in out} == set()


def test_the_command_is_installed_under_its_name():
    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text("utf-8")
    assert '\nmlpm = "mlpm_core.cli:main"\n' in text


def loaded_by(script):
    """What a new process prints, and the top modules it has loaded by then."""
    script += "\nprint()\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    *out, modules = done.stdout.rstrip().split("\n")
    return out, {name.split(".")[0] for name in modules.split()}


def test_the_version_needs_no_library():
    """Which modules are loaded, rather than how long it takes."""
    out, loaded = loaded_by(
        "import sys\nfrom mlpm_core.cli import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass"
    )
    assert out[0].startswith("mlpm 0.")
    assert (
        loaded & {"numpy", "pandas", "scipy", "pydantic", "duckdb", "pint", "starlette", "fastapi"}
        == set()
    )


def test_the_list_of_mechanisms_needs_neither_frames_nor_store():
    out, loaded = loaded_by("import sys\nfrom mlpm_core.cli import main\nmain(['mechanisms'])")
    assert "M1" in out[0]
    assert loaded & {"pandas", "duckdb", "starlette", "fastapi", "streamlit"} == set()


def test_every_promised_route_is_served():
    assert served() >= ROUTES


def test_the_document_describes_what_is_served_and_nothing_else():
    assert set(OPERATIONS) == served()


def test_a_receipt_has_the_promised_keys():
    assert set(Receipt.model_fields) >= RECEIPT
    for part, keys in PARTS.items():
        assert set(part.model_fields) >= keys
    told = json.loads(
        Receipt(status=Status.FAILED, kind="models", project="shop").model_dump_json()
    )
    assert set(told) >= RECEIPT
    assert (told["batch"], told["rejects"], told["lines"]) == (None, [], 0)
    assert {s.value for s in Status} == {
        "committed", "dry_run", "rejected", "asked", "duplicate", "failed",
    }  # fmt: skip


def test_mechanisms_have_the_promised_keys(capsys):
    status, out, err = printed(capsys, "mechanisms", "--json")
    assert (status, err) == (0, "")
    listed = json.loads(out)
    assert {m["id"] for m in listed} == {m.id for m in mechanisms().values()}
    for mechanism in listed:
        assert set(mechanism) >= MECHANISM
        for entry in mechanism["metrics"]:
            assert set(entry) >= {"name", "unit"}
        for entry in mechanism["quantities"]:
            assert set(entry) >= {"name", "unit", "question"}


def test_a_value_has_the_promised_keys(capsys):
    golden = Path(__file__).resolve().parents[1] / "golden" / "value_examples.json"
    inputs = json.loads(golden.read_text("utf-8"))["examples"]["M1"]["inputs"]
    given = [word for name, number in inputs.items() for word in ("-q", f"{name}={number}")]
    status, out, err = printed(capsys, "value", "M1", *given, "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert set(told) >= WORTH
    assert set(told["kpis"]) == DIMENSIONS
    assert all(set(kpi) >= ESTIMATE for kpi in told["kpis"].values())
    assert set(told["net"]) >= ESTIMATE | {"probability_of_loss"}
    assert set(told["break_even"]) == set(inputs)
    unsaid = {name for name, at in told["break_even"].items() if at is None}
    assert unsaid == set(told["break_even_reason"])


def walk(node):
    """Every dictionary inside a document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def test_the_document_is_openapi_3_1():
    """The rules of the specification that a generator can break.

    The whole document was validated with openapi-spec-validator 0.9.0 when this was written.
    """
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for node in walk(DOCUMENT):
        if isinstance(node.get("$ref"), str):
            found = DOCUMENT
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    for (_, path), operation in OPERATIONS.items():
        assert operation["responses"]
        for response in operation["responses"].values():
            assert response["description"]
            for content in response["content"].values():
                Draft202012Validator.check_schema(content["schema"])
        parameters = operation.get("parameters", [])
        in_path = {p["name"] for p in parameters if p["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path))
        assert all(p["required"] for p in parameters if p["in"] == "path")
        assert len({(p["name"], p["in"]) for p in parameters}) == len(parameters)


def test_the_document_is_what_is_answered_as_json():
    assert json.loads(json.dumps(DOCUMENT, allow_nan=False)) == DOCUMENT


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_is_a_schema_with_its_fields_and_words(kind):
    record = KINDS[kind]
    schema = DOCUMENT["components"]["schemas"][record.__name__]
    assert list(schema["properties"]) == [c.name for c in columns(record)]
    for column in columns(record):
        told = schema["properties"][column.name]
        if "description" not in told:  # pydantic leaves out what the choice's own words say
            told = DOCUMENT["components"]["schemas"][told["$ref"].split("/")[-1]]
        assert told["description"] == column.help


def test_only_what_a_supervisor_or_a_client_needs_first_is_open():
    is_open = {path for (_, path), op in OPERATIONS.items() if op.get("security") == []}
    assert is_open == {"/healthz", "/readyz", "/api/v1/openapi.json"}
    assert DOCUMENT["security"] == [{"token": []}]


def test_an_import_says_all_it_may_be_told_and_answer():
    operation = OPERATIONS["POST", "/api/v1/projects/{project}/imports"]
    parameters = {p["name"]: p for p in operation["parameters"]}
    assert {"kind", "dry_run", "Idempotency-Key"} <= set(parameters)
    assert parameters["kind"]["schema"]["enum"] == sorted(KINDS)
    assert {"200", "201", "413", "422"} <= set(operation["responses"])
    assert typing.cast("dict[str, object]", operation["requestBody"])["required"] is True
