"""A scheduled source read over HTTP, and what supervisors are told of it."""

from __future__ import annotations

from tests.scheduled import FIRST, configure, put, values


def test_a_source_is_read_now_and_supervisors_hear_of_one_that_fails(
    client, workspace, tmp_path_factory, answers_by_the_document
):
    folder = tmp_path_factory.mktemp("incoming")
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    configure(workspace, folder / "none", name="gone")
    path = "/api/v1/sources/{source}/runs"
    tried = client.request("POST", "/api/v1/sources/weekly/runs?dry_run=true")
    assert (tried.status_code, tried.json()["outcome"]) == (200, "judged")
    assert values(workspace) == []
    done = client.request("POST", "/api/v1/sources/weekly/runs")
    answers_by_the_document(done, "POST", path)
    assert (done.json()["outcome"], done.json()["batch"]) == ("stored", "B00001")
    assert values(workspace) == [0.5]
    assert client.request("POST", "/api/v1/sources/gone/runs").json()["outcome"] == "unread"
    assert client.request("POST", "/api/v1/sources/nobody/runs").status_code == 404
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["ok"]) == (200, True)
    (check,) = [c for c in ready.json()["checks"] if c["name"] == "sources"]
    assert check["detail"] == "2 scheduled; failing: gone"
    metrics = client.get("/api/v1/metrics").text
    assert 'mlpm_source_failing{source="gone",project="shop"} 1\n' in metrics
