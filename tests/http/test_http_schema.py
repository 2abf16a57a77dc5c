"""schemathesis asks every route what the OpenAPI document allows, and what it does not."""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import positive_data_acceptance

from mlpm_core.services.lifecycle import close_workspace, open_workspace
from mlpm_core.services.session.settings import Settings
from tests.http_client import LOCAL, Client
from tests.stores import copied

TOKEN = {"Authorization": f"Bearer {LOCAL}", "Host": "localhost"}
NO_HURRY = 600  # seconds; a machine that is busy is no fault
N_EXAMPLES = 15 * int(os.environ.get("SOAK", "1"))


APP = Client().app
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", APP, headers=TOKEN)


@pytest.fixture(scope="module", autouse=True)
def shop(tmp_path_factory, empty_folder):
    """A store with one batch, which the requests may change as they like."""
    close_workspace()
    folder = copied(empty_folder, tmp_path_factory.mktemp("schema"))
    open_workspace(Settings(data=folder, demo=False))
    Client().upload()
    yield
    close_workspace()


@schema.parametrize()
@settings(
    max_examples=N_EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_every_answer_is_one_that_the_document_knows(case):
    # No schema can say what a good file is; the intake's own tests do.
    takes_file = case.operation.definition.raw.get("requestBody") is not None
    left = [positive_data_acceptance] if takes_file else []
    case.call_and_validate(headers=TOKEN, excluded_checks=left, timeout=NO_HURRY)
