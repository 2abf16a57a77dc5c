"""What a token learns that may write a project and not read it, or that is for another project."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mlpm_core.services.admin.tokens import Tokens
from tests.http_client import GOOD, IMPORTS, Client
from tests.monitored_shop import SHOP, WEEKS, in_use, kpi, planned, results

TODAY = date(2026, 6, 30)
HEAD = "model_id,metric,period_start,value,granularity,label_status\n"
RESTATED = f"{HEAD}m,wape,2024-07-22,0.23,P1W,final\n".encode()
LATER = f"{HEAD}m,wape,2024-07-29,0.26,P1W,final\n".encode()
SECRETS = ("money saved", "0.27", "0.24", "400,000", "EUR/year")


@pytest.fixture
def shop(workspace):
    """A client of a shop whose KPI follows its monitored results, and a maker of tokens."""
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    kpi(workspace, "money saved", "higher")
    results(workspace, WEEKS.rpartition("2024-07-29")[0])
    return Client(workspace.settings.data)


def token(workspace, *actions, project=SHOP):
    """The secret of a token for a project and some actions."""
    name = "-".join(["t", *actions, project])
    tokens = Tokens(workspace.settings.data)
    return tokens.make(name, [project], actions, actor="ada", today=TODAY)


def figures(answer):
    """What of an answer tells something that is stored; digits of a time of day are none."""
    assert answer.status_code < 500, answer.text
    told = re.sub(r"\d\d:\d\d:\d\d\.\d+", "", answer.text)
    return [secret for secret in SECRETS if secret in told]


@pytest.mark.parametrize("data", [RESTATED, LATER], ids=["restated", "later"])
def test_who_may_only_import_is_not_told_what_it_does_to_kpis(shop, workspace, data):
    secret = token(workspace, "import")
    for dry_run, status in (("true", "dry_run"), ("false", "committed")):
        answer = shop.upload(data, token=secret, dry_run=dry_run, confirm_restatement="true")
        assert answer.json()["status"] == status
        assert (answer.json()["effect"], figures(answer)) == ([], [])
        assert answer.json()["accepted"] == 1


def test_who_may_also_read_is_told(shop, workspace):
    """Else the test above would hold whatever was left out."""
    answer = shop.upload(LATER, token=token(workspace, "import", "read"), dry_run="true")
    (effect,) = answer.json()["effect"]
    assert effect["title"] == "money saved"
    assert effect["before"] != effect["after"]


def test_a_question_says_nothing_that_is_stored_to_who_may_only_import(shop, workspace):
    answer = shop.upload(RESTATED, token=token(workspace, "import"))
    (question,) = answer.json()["questions"]
    assert (answer.status_code, question["code"], question["preview"]) == (422, "restatement", [])
    assert question["choices"] == ["confirm"]
    assert (answer.json()["effect"], figures(answer)) == ([], [])
    reader = shop.upload(RESTATED, token=token(workspace, "import", "read"))
    assert {"money saved", "0.27"} <= set(figures(reader))


def test_the_same_file_again_does_not_tell_what_the_first_one_did(shop, workspace):
    first = shop.upload(LATER).json()
    assert first["effect"]
    key = {"Idempotency-Key": "run-1"}
    secret = token(workspace, "import")
    answer = shop.upload(LATER, token=secret)
    assert answer.json() == first | {"status": "duplicate", "effect": []}
    shop.upload(RESTATED, confirm_restatement="true", headers=key)
    answer = shop.upload(RESTATED, token=secret, confirm_restatement="true", headers=key)
    assert (answer.status_code, answer.json()["effect"], figures(answer)) == (201, [], [])


@pytest.mark.parametrize("path", [f"{IMPORTS}/%s", "/api/v1/imports/%s"])
def test_who_may_only_undo_is_not_told_what_it_does_to_kpis(shop, workspace, path):
    batch, secret = shop.upload(LATER).json()["batch"], token(workspace, "undo")
    for dry_run in ("true", "false"):
        answer = shop.request("DELETE", path % batch, token=secret, params={"dry_run": dry_run})
        assert (answer.status_code, answer.json()["effect"], figures(answer)) == (200, [], [])
        assert answer.json()["warnings"]


def test_nothing_is_read_without_the_right_to(shop, workspace):
    paths = (
        "/api/v1/projects", "/api/v1/kpis?project=shop", "/api/v1/health?project=shop",
        "/api/v1/metrics", "/api/v1/projects/shop/export?table=kpis", f"{IMPORTS}/B00001",
    )  # fmt: skip
    for actions in (["import"], ["undo"], ["import", "undo"]):
        secret = token(workspace, *actions)
        for path in paths:
            answer = shop.get(path, token=secret)
            assert (answer.status_code, figures(answer)) == (403, []), (actions, path)


def test_which_batches_others_have_is_not_told(shop, workspace):
    """A batch of another project and no batch at all are answered alike, by every route."""
    requests = [
        ("GET", "/api/v1/projects/north/imports/%s", {}),
        ("DELETE", "/api/v1/projects/north/imports/%s", {}),
        ("GET", "/api/v1/projects/shop/imports/%s", {}),
        ("DELETE", "/api/v1/projects/shop/imports/%s", {}),
        ("DELETE", "/api/v1/imports/%s", {}),
        ("DELETE", "/api/v1/imports/%s", {"dry_run": "true"}),
        ("GET", "/api/v1/projects/north/export", {"table": "kpis", "known": "%s"}),
        ("GET", "/api/v1/kpis", {"project": "north", "known": "%s"}),
        ("GET", "/api/v1/health", {"project": "north", "known": "%s"}),
    ]
    for actions in (["read"], ["import"], ["undo"], ["read", "import", "undo"]):
        secret = token(workspace, *actions, project="north")
        for method, path, params in requests:
            answers = []
            for batch in ("B00001", "B99999"):
                asked = {key: value.replace("%s", batch) for key, value in params.items()}
                answer = shop.request(method, path.replace("%s", batch), token=secret, params=asked)
                sentence = answer.text.replace(batch, "B")
                answers.append((answer.status_code, sentence, answer.headers.get("x-mlpm-as-of")))
            existing, missing = answers
            assert existing == missing, (actions, method, path)
            assert existing[0] in {403, 404}
            assert "shop" not in existing[1] or "/shop/" in path


def test_one_s_own_batches_are_known_as_before(shop, workspace):
    batch = shop.upload(path="/api/v1/projects/north/imports").json()["batch"]
    secret = token(workspace, "read", "undo", project="north")
    answer = shop.get("/api/v1/kpis", token=secret, params={"project": "north", "known": batch})
    assert answer.status_code == 200
    path = f"/api/v1/imports/{batch}"
    assert shop.request("DELETE", path, token=secret).json()["undoes"] == batch
    assert shop.request("DELETE", "/api/v1/imports/B99999").status_code == 404


def test_which_projects_there_are_is_not_told(shop, workspace):
    """Neither by a status nor by the names that a sentence proposes."""
    secret = token(workspace, "read", "import", "undo", project="sho")
    paths = ("kpis?project=%s", "health?project=%s", "projects/%s/export?table=kpis")
    for project in ("shop", "shp", "nowhere"):
        for path in (*paths, "projects/%s/imports/B00001"):
            answer = shop.get(f"/api/v1/{path % project}", token=secret)
            assert answer.status_code == 403
            sentence = answer.json()["error"]
            assert sentence.startswith("Token t-read-import-undo-sho is for project sho ")
    for path in paths:
        answer = shop.get(f"/api/v1/{path % 'sho'}", token=secret)
        assert (answer.status_code, "shop" in answer.text) == (404, False), path
    assert "shop" in shop.get("/api/v1/kpis?project=sho").text


def test_the_same_bytes_in_another_project_are_no_duplicate(shop, workspace):
    shop.upload(GOOD)
    secret = token(workspace, "import", project="north")
    path = "/api/v1/projects/north/imports"
    answer = shop.upload(GOOD, path=path, token=secret, headers={"Idempotency-Key": "run-1"})
    assert (answer.status_code, answer.json()["status"]) == (201, "committed")
    assert "shop" not in answer.text
