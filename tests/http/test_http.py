"""The HTTP interface without a port: what may be read, by whom, and what is refused."""

from __future__ import annotations

import pytest

from mlpm_core.services.admin import demo as demo_service
from mlpm_core.services.ingest import registers
from mlpm_core.services.lifecycle import close_workspace, open_workspace
from mlpm_core.services.session.settings import Settings
from tests.http_client import GIVEN_OUT, IMPORTS, LOCAL, RESULTS, Client, batches, channel_and_actor
from tests.stores import copied


@pytest.fixture(scope="module")
def demo(tmp_path_factory, demo_folder):
    """A client of a store that holds the demo; for reading only."""
    close_workspace()
    open_workspace(Settings(data=copied(demo_folder, tmp_path_factory.mktemp("demo")), demo=True))
    yield Client()
    close_workspace()


def test_projects_are_records(demo):
    answer = demo.get("/api/v1/projects")
    assert answer.status_code == 200
    demand = {p["project"]: p for p in answer.json()}["bike-shop-demand"]
    assert (demand["currency"], demand["clock_on"]) == ("EUR", "2026-06-30")
    assert demand["is_demo"] is True


def test_kpis_say_where_they_stand_or_why_not(demo):
    kpis = demo.get("/api/v1/kpis").json()
    assert {k["project"] for k in kpis} > {"bike-shop-demand", "bike-shop-workshop"}
    assert all(k["value"] is not None or k["reason"] for k in kpis)
    assert any(k["value"] is not None for k in kpis)
    assert all(k["p10"] <= k["value"] <= k["p90"] for k in kpis if k["value"] is not None)


def test_health_names_the_sick_model_and_the_money(demo):
    health = demo.get("/api/v1/health").json()
    assert {h["health"] for h in health} <= {"healthy", "watch", "sick", "unknown"}
    for h in health:
        if h["value_rate"] is not None:
            assert h["value_gap"] == pytest.approx(h["planned_rate"] - h["value_rate"])


@pytest.mark.parametrize("what", ["kpis", "health"])
def test_one_project_may_be_asked_for(demo, what):
    some = demo.get(f"/api/v1/{what}", params={"project": "bike-shop-demand"}).json()
    assert some
    assert {entry["project"] for entry in some} == {"bike-shop-demand"}
    every = demo.get(f"/api/v1/{what}").json()
    assert [e for e in every if e["project"] == "bike-shop-demand"] == some


@pytest.mark.parametrize("what", ["kpis", "health"])
def test_an_unknown_project_is_a_404_with_near_names(demo, what):
    answer = demo.get(f"/api/v1/{what}", params={"project": "bike-shop-demnd"})
    assert answer.status_code == 404
    assert "bike-shop-demand" in answer.json()["error"]


def test_a_table_is_a_file_with_its_rows_and_moment(demo):
    where = "/api/v1/projects/bike-shop-demand/export"
    answer = demo.get(where, params={"table": "kpis"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].endswith("bike-shop-demand-kpis.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("project,kpi_id,title")
    assert int(answer.headers["x-mlpm-rows"]) == len(lines) - 1 > 0
    assert demo.get(where, params={"table": "kpis", "format": "xlsx"}).content[:2] == b"PK"
    assert demo.get(where).status_code == 422
    assert demo.get(where, params={"table": "kpi"}).status_code == 404
    assert demo.get(where, params={"table": "kpis", "format": "pdf"}).status_code == 422
    other = demo.get("/api/v1/projects/nowhere/export", params={"table": "kpis"})
    assert other.status_code == 404


def test_metrics_are_what_prometheus_reads(demo):
    """Text format 0.0.4: HELP and TYPE before the samples of a name, a float after each."""
    answer = demo.get("/api/v1/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    health = {h["value_case"]: h for h in demo.get("/api/v1/health").json()}
    assert len(samples) > len(health)
    ends = {"mlpm_value_rate_p10": "value_rate_p10", "mlpm_value_rate_p90": "value_rate_p90"}
    rates = {"mlpm_value_rate": "value_rate"} | ends
    for line in samples:
        name, rest = line.split("{", 1)
        labels, value = rest.rsplit("} ", 1)
        case = labels.split('value_case="')[1].split('"')[0]
        if name in rates:
            assert float(value) == health[case][rates[name]]
        elif name == "mlpm_value_rate_end_seconds":
            assert float(value) > 0
        else:
            assert (name, value) == ("mlpm_health", "1")
            assert f'health="{health[case]["health"]}"' in labels
    for name in ("mlpm_value_rate", "mlpm_health"):
        assert [line for line in lines if line.startswith("#") and line.split()[2] == name] == [
            line for line in lines if line.startswith((f"# HELP {name} ", f"# TYPE {name} "))
        ]


def test_everything_read_keeps_to_its_schema(demo, answers_by_the_document):
    for path in ("projects", "kpis", "health"):
        answers_by_the_document(demo.get(f"/api/v1/{path}"), "GET", f"/api/v1/{path}")
    for path in ("/readyz", "/api/v1/openapi.json"):
        answers_by_the_document(demo.get(path), "GET", path)


def test_the_actor_follows_from_the_token(client, workspace):
    assert client.upload().json()["actor"] == "local"
    client.request("DELETE", f"{IMPORTS}/B00001", token=GIVEN_OUT)
    assert channel_and_actor(workspace) == ("http", "API token")


def test_a_command_names_its_user_with_the_local_token(client, workspace):
    answer = client.upload(headers={"X-MLPM-Actor": "J%C3%B6rg%20%28command%29"})
    assert answer.json()["actor"] == "Jörg (command)"
    assert channel_and_actor(workspace) == ("command", "Jörg (command)")


def test_a_token_given_out_may_not_name_a_user(client, workspace):
    headers = {"X-MLPM-Actor": "the%20chief"}
    for method, path in [("POST", IMPORTS), ("GET", "/api/v1/projects"), ("POST", "/api/v1/demo")]:
        params = RESULTS if path == IMPORTS else {}
        answer = client.request(method, path, token=GIVEN_OUT, headers=headers, params=params)
        assert answer.status_code == 403
    assert batches(workspace) == []


@pytest.mark.parametrize("name", ["", "%20", "a%0Ab", "%1B%5B31m", "x" * 101, "%E2%80%AEabc"])
def test_a_user_s_name_is_printable_and_short(client, workspace, name):
    assert client.upload(headers={"X-MLPM-Actor": name}).status_code == 422
    assert batches(workspace) == []


@pytest.mark.parametrize("token", [LOCAL, GIVEN_OUT])
def test_both_tokens_open(client, token):
    assert client.get("/api/v1/projects", token=token).status_code == 200


def test_the_demo_is_loaded_and_removed(client, workspace):
    loaded = client.request("POST", "/api/v1/demo").json()
    assert loaded["imported"] == len(batches(workspace)) > 10
    assert client.request("POST", "/api/v1/demo").json() == {"imported": 0}
    assert client.request("DELETE", "/api/v1/demo").json() == {"undone": loaded["imported"]}
    assert client.get("/api/v1/projects").json() == []
    assert channel_and_actor(workspace, "bike-shop-demand")[1] == "local"


def test_removing_the_demo_names_what_others_built_on_it_and_takes_it_when_told_to(
    client, workspace
):
    demo_service.load(workspace)
    row = dict(workspace.project("bike-shop-demand")) | {"question": "Ours"}
    own = registers.save(workspace.acting_as("ben"), "bike-shop-demand", "projects", [row]).batch
    refused = client.request("DELETE", "/api/v1/demo")
    assert refused.status_code == 422
    assert f"{own} (projects in bike-shop-demand, by ben" in refused.json()["error"]
    assert workspace.project("bike-shop-demand").question == "Ours"
    told = client.request("DELETE", "/api/v1/demo", params={"with_others": "true"})
    assert told.json()["undone"] == len(list(demo_service.files())) + 1
    assert client.get("/api/v1/projects").json() == []


def test_a_method_that_does_not_fit_is_named_with_those_that_do(client):
    answer = client.request("PUT", f"{IMPORTS}/B00001")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"DELETE", "GET", "HEAD"}
    assert "error" in answer.json()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/v1/projects", "/api/v1/kpis"])
def test_what_is_got_may_be_asked_for_by_its_head(client, path):
    head, got = client.request("HEAD", path), client.get(path)
    assert (head.status_code, head.headers) == (got.status_code, got.headers)


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("POST", IMPORTS, ["Say which kind", "metric_results"]),
        ("GET", "/api/v1/projects/shop/export", ["Say which table", "kpi_values"]),
        ("GET", "/api/v1/kpis?as_of=B00001&known=B00002", ["Unknown parameters: known", "as_of"]),
        ("GET", "/api/v1/metrics?project=shop", ["Unknown parameters: project", "none"]),
        ("GET", f"{IMPORTS}/B00001?dry_run=true", ["Unknown parameters: dry_run", "none"]),
        ("POST", "/api/v1/backups?to=/tmp", ["Unknown parameters: to", "none"]),
        (
            "POST", f"{IMPORTS}?dry_run=perhaps&accept_good=&colour=red",
            ["colour", "kind", "dry_run is 'perhaps'", "accept_good is ''"],
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_all_that_is_wrong_and_what_may_be_said(client, method, path, words):
    answer = client.request(method, path)
    assert answer.status_code == 422
    assert [word for word in words if word not in answer.json()["error"]] == []


@pytest.mark.parametrize("path", ["/api/v1/projects/", "/api/v1/", "/api/v1/project"])
def test_a_path_that_is_not_there_is_a_404(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "no route" in answer.json()["error"]


def test_a_store_that_only_reads_refuses_with_a_sentence(tmp_path):
    close_workspace()
    open_workspace(Settings(data=tmp_path, demo=False))
    close_workspace()
    open_workspace(Settings(data=tmp_path, demo=False, read_only=True))
    client = Client()
    assert client.get("/api/v1/projects").status_code == 200
    answer = client.upload()
    close_workspace()
    assert answer.status_code == 503
    assert answer.json()["status"] == "failed"
    assert "only reads" in answer.json()["rejects"][0]["message"]
