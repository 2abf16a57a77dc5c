"""Tokens given out: hashed, for some projects and actions, and nothing beyond."""

import json
import stat
from datetime import date

import pytest

from mlpm_core import cli
from mlpm_core.api.security import OPEN_ROUTES, TOKEN_ROUTES
from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.services.admin.tokens import ALL_PROJECTS, Action, Token, Tokens
from tests.endpoints import ENDPOINTS
from tests.http_client import GOOD, IMPORTS, Client, channel_and_actor

TODAY = date(2026, 6, 30)
GUARDED = [e for e in ENDPOINTS if e.path.startswith(TOKEN_ROUTES) and e.path not in OPEN_ROUTES]


def made(workspace, projects=("shop",), actions=("read",), **more):
    tokens = Tokens(workspace.settings.data)
    return tokens.make("ci", projects, actions, actor="ada", today=TODAY, **more)


def test_every_route_behind_the_door_says_what_it_takes():
    assert [e.name for e in GUARDED if e.action is None] == []
    assert {e.action for e in GUARDED} == set(Action)


def asked(endpoint, project):
    """A request to an endpoint, about a project where it can be."""
    path = endpoint.path.replace("{project}", project).replace("{batch}", "B00001")
    params = {"project": project} if "project" in endpoint.query else {}
    params |= {"table": "models"} if "table" in endpoint.query else {}
    params |= {"kind": "metric_results", "dry_run": "true"} if "kind" in endpoint.query else {}
    return path, params


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("projects", [("shop",), ("other",), (ALL_PROJECTS,)], ids=lambda p: p[0])
@pytest.mark.parametrize("endpoint", GUARDED, ids=lambda e: e.name)
def test_a_token_opens_what_it_is_for_and_nothing_else(workspace, endpoint, projects, action):
    client = Client(workspace.settings.data)
    client.upload()
    secret = made(workspace, projects, [action])
    path, params = asked(endpoint, "shop")
    params |= {"dry_run": "true"} if endpoint.method == "DELETE" and "imports" in path else {}
    if endpoint.name == "load_demo" and action is Action.ADMIN and projects == (ALL_PROJECTS,):
        return  # it takes ten seconds; remove_demo is let in the same way
    answer = client.request(
        endpoint.method, path, token=secret, params=params,
        content=GOOD if endpoint.takes_file else None,
    )  # fmt: skip
    is_of_all = "{project}" not in endpoint.path and "project" not in params
    is_of_all &= "{batch}" not in endpoint.path
    is_open = projects == (ALL_PROJECTS,) or (projects == ("shop",) and not is_of_all)
    if endpoint.name == "run_source" and action is endpoint.action and is_open:
        assert answer.status_code == 404, answer.text  # it was let in, and none is configured
    elif action is endpoint.action and is_open:
        assert answer.status_code < 400, answer.text
    else:
        assert answer.status_code == 403, answer.text
        assert "Token ci" in answer.json()["error"]


def test_a_query_does_not_say_whose_batch_it_is(workspace):
    client = Client(workspace.settings.data)
    client.upload(path="/api/v1/projects/other/imports")
    secret = made(workspace, actions=["undo"])
    for path in ("/api/v1/imports/B00001", "/api/v1/projects/other/imports/B00001"):
        answer = client.request("DELETE", path, token=secret, params={"project": "shop"})
        assert (answer.status_code, "for project shop only" in answer.text) == (403, True)


def test_a_token_brings_its_own_name_and_may_not_be_somebody(workspace):
    client = Client(workspace.settings.data)
    secret = made(workspace, actions=["import"])
    assert client.upload(token=secret).status_code == 201
    assert channel_and_actor(workspace) == ("http", "token ci")
    answer = client.upload(GOOD + b"\n", token=secret, headers={"X-MLPM-Actor": "boss"})
    assert answer.status_code == 403


def test_a_revoked_or_expired_token_opens_nothing(workspace):
    client, tokens = Client(workspace.settings.data), Tokens(workspace.settings.data)
    secret = made(workspace, actions=["import"], days=1)
    answer = client.upload(token=secret)
    assert (answer.status_code, "expired on 2026-07-01" in answer.json()["error"]) == (403, True)
    tokens.revoke("ci")
    secret = made(workspace, actions=["import"])
    assert client.upload(token=secret).status_code == 201
    tokens.revoke("ci")
    answer = client.upload(token=secret)
    assert (answer.status_code, answer.json()["error"]) == (
        403, "This token does not open this door.",
    )  # fmt: skip
    with pytest.raises(NotFoundError):
        tokens.revoke("ci")


def test_only_the_hash_is_stored_and_only_the_owner_reads_it(workspace):
    secret = made(workspace)
    file = workspace.settings.data / "tokens.json"
    assert secret not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (kept,) = json.loads(file.read_text())
    assert len(kept["sha256"]) == 64
    file.write_text("[{}]")
    answer = Client(workspace.settings.data).get(f"{IMPORTS}/B00001", token=secret)
    assert answer.status_code == 503
    with pytest.raises(StoreError, match="cannot be read"):
        Tokens(workspace.settings.data).all()


@pytest.mark.parametrize(
    ("name", "projects", "actions", "days", "told"),
    [
        ("no name", ("shop",), ["read"], None, "no name for a token"),
        ("", ("shop",), ["read"], None, "no name for a token"),
        ("ci", (), ["read"], None, "for which projects"),
        ("ci", ("shop",), [], None, "got none"),
        ("ci", ("shop",), ["read", "write"], None, "got write"),
        ("ci", ("shop",), ["read"], 0, "1 to 3,650 days"),
    ],
)
def test_what_cannot_be_a_token_is_refused(tmp_path, name, projects, actions, days, told):
    with pytest.raises(InputError, match=told):
        Tokens(tmp_path).make(name, projects, actions, actor="ada", today=TODAY, days=days)
    assert not (tmp_path / "tokens.json").exists()


def test_the_command_makes_lists_and_revokes(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MLPM_DATA", str(tmp_path))

    def mlpm(*arguments):
        status = cli.main(["token", *arguments])
        return status, capsys.readouterr().out

    status, secret = mlpm("new", "ci", "--project", "shop", "--may", "read,import", "--days", "30")
    assert (status, len(secret.strip()) > 40) == (0, True)
    assert Tokens(tmp_path).find(secret.strip()).projects == ("shop",)
    status, told = mlpm("list")
    assert "may read, import in shop, until" in told
    assert secret.strip() not in told
    (listed,) = json.loads(mlpm("list", "--json")[1])
    assert "sha256" not in listed
    assert mlpm("new", "ci")[0] == 2
    assert mlpm("new")[0] == 2
    assert mlpm("revoke", "ci")[0] == 0
    assert mlpm("revoke", "ci")[0] == 2
    assert json.loads(mlpm("new", "all", "--json")[1])["name"] == "all"
    assert Tokens(tmp_path).all()[0].projects == (ALL_PROJECTS,)


def test_actions_add_up_however_they_are_written_and_the_scope_is_said(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("MLPM_DATA", str(tmp_path))

    def made(*arguments):
        assert cli.main(["token", "new", *arguments]) == 0
        answer = capsys.readouterr()
        return Tokens(tmp_path).find(answer.out.strip()), answer.err

    token, words = made("one", "--may", "read", "--may", "import")
    assert token.actions == ("read", "import")
    assert "one may read, import in all projects." in words
    token, _ = made("two", "--may", "undo,read", "--may", "admin, read")
    assert token.actions == ("undo", "read", "admin")
    token, words = made("three", "--project", "shop", "--project", "a, b")
    assert (token.actions, token.projects) == (("read", "import"), ("shop", "a, b"))
    assert "three may read, import in shop, a, b." in words
    assert cli.main(["token", "new", "four", "--may", "read", "--may", "write", "--json"]) == 2
    assert "write" in json.loads(capsys.readouterr().out)["error"]
    assert cli.main(["token", "new", "five", "--project", "shop", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["projects"], answer["actions"]) == (["shop"], ["read", "import"])


@pytest.mark.parametrize("projects", [["*"], ["shop", "*"], ["*", "*"]])
def test_a_project_called_as_all_projects_are_does_not_widen_a_token(
    tmp_path, monkeypatch, capsys, projects
):
    monkeypatch.setenv("MLPM_DATA", str(tmp_path))
    given = [part for project in projects for part in ("--project", project)]
    assert cli.main(["token", "new", "ci", *given]) == 2
    assert "leave --project out" in capsys.readouterr().err
    assert Tokens(tmp_path).all() == []


@pytest.mark.parametrize("projects", [("shop", "*"), ("",), (" ",), ("shop", "")])
def test_projects_that_are_none_are_refused(tmp_path, projects):
    with pytest.raises(InputError):
        Tokens(tmp_path).make("ci", projects, ["read"], actor="ada", today=TODAY)
    kept = {"name": "ci", "sha256": "x", "projects": projects, "actions": ["read"]}
    token = Token(**kept, made_on="2026-01-01", made_by="ada", expires_on=None)
    assert token.refusal(Action.READ, None, TODAY) is not None
    assert token.refusal(Action.READ, "north", TODAY) is not None
