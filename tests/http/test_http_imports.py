"""Files in over HTTP, receipts out, and the way back."""

from __future__ import annotations

import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from mlpm_core.api.idempotency import Replays
from mlpm_core.errors import InputError
from mlpm_core.records import Receipt, Status
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import uploads
from mlpm_core.services.lifecycle import close_workspace, open_workspace
from tests.http_client import BAD, GOOD, IMPORTS, RESULTS, batches
from tests.patience import PATIENCE


def test_a_good_file_is_stored_with_201(client, workspace, answers_by_the_document):
    answer = client.upload()
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told["batch"], told["new"]) == ("committed", "B00001", 2)
    assert (told["project"], told["kind"], told["filename"]) == (
        "shop", "metric_results", "results.csv",
    )  # fmt: skip
    assert batches(workspace) == ["B00001"]
    assert answer.headers["cache-control"] == "no-store"
    answers_by_the_document(answer, "POST", "/api/v1/projects/{project}/imports")


def test_a_dry_run_answers_200_and_stores_nothing(client, workspace):
    answer = client.upload(dry_run="true")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["batch"]) == ("dry_run", None)
    assert batches(workspace) == []


def test_the_same_bytes_again_are_a_duplicate_with_200(client, workspace):
    first = client.upload().json()
    answer = client.upload()
    assert answer.status_code == 200
    assert answer.json() == first | {"status": "duplicate"}
    assert batches(workspace) == ["B00001"]


def test_a_faulty_file_is_a_422_that_names_line_and_column(
    client, workspace, answers_by_the_document
):
    answer = client.upload(BAD)
    assert answer.status_code == 422
    (reject,) = answer.json()["rejects"]
    assert (reject["row"], reject["column"], reject["code"]) == (4, "value", "not-a-number")
    assert batches(workspace) == []
    answers_by_the_document(answer, "POST", "/api/v1/projects/{project}/imports")


def test_the_good_rows_are_stored_on_request(client):
    answer = client.upload(BAD, accept_good="true")
    assert answer.status_code == 201
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, 1)


def test_a_question_is_a_422_and_its_answer_goes_on(client, workspace):
    data = b"model_id,metric,period_start,value\nm,recall,01/02/2026,0.5\n"
    answer = client.upload(data)
    assert (answer.status_code, answer.json()["status"]) == (422, "asked")
    (question,) = answer.json()["questions"]
    assert batches(workspace) == []
    answer = client.upload(data, answer=f"{question['key']}=dmy")
    assert answer.status_code == 201
    with workspace.store.reader() as reader:
        (row,) = reader._rows("SELECT period_start FROM metric_results_current", {})
    assert str(row["period_start"].date()) == "2026-02-01"


def test_a_kept_profile_answers_too(client):
    data = b"model_id,metric,period_start,value\nm,recall,01/02/2026,0.5\n"
    assert client.upload(data, profile='{"date_order": "dmy"}').status_code == 201


def test_a_restatement_must_be_confirmed(client):
    client.upload()
    newer = GOOD.replace(b"0.6", b"0.7")
    assert client.upload(newer).json()["questions"][0]["code"] == "restatement"
    answer = client.upload(newer, confirm_restatement="true")
    assert (answer.status_code, answer.json()["changed"]) == (201, 1)


def test_a_workbook_s_name_is_held_against_its_content(client):
    answer = client.upload(filename="results.xlsx")
    assert (answer.status_code, answer.json()["rejects"][0]["code"]) == (422, "wrong-type")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"kind": "metric_result"}, ["metric_result", "metric_results"]),
        ({"kind": ""}, ["kind"]),
        ({"dryrun": "true"}, ["dryrun", "dry_run"]),
        ({"x": "1", "y": "2"}, ["x, y"]),
        ({"dry_run": "maybe"}, ["dry_run", "maybe"]),
        ({"dry_run": ""}, ["dry_run"]),
        ({"answer": ["date_order", "colour=red"]}, ["date_order", "colour"]),
        ({"profile": "{"}, ["profile"]),
        ({"profile": '{"colour": "red"}'}, ["profile", "colour"]),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_stores_nothing(client, workspace, params, words):
    answer = client.upload(**params)
    assert answer.status_code in {404, 422}
    assert [w for w in words if w not in answer.json()["error"]] == []
    assert batches(workspace) == []


def test_a_form_is_told_how_to_send_a_file(client, workspace):
    answer = client.request("POST", IMPORTS, params=RESULTS, files={"file": ("results.csv", GOOD)})
    assert answer.status_code == 415
    assert "--data-binary" in answer.json()["error"]
    assert batches(workspace) == []


def test_a_file_over_the_limit_is_a_413_with_a_receipt(
    client, workspace, monkeypatch, answers_by_the_document
):
    monkeypatch.setattr(uploads, "max_bytes", lambda: 10)
    answer = client.upload()
    assert answer.status_code == 413
    told = answer.json()
    assert (told["status"], told["rejects"][0]["code"]) == ("rejected", "limit-size")
    assert (told["lines"], told["accepted"], told["rejects"][0]["row"]) == (0, 0, None)
    assert f"{len(GOOD)} bytes" in told["rejects"][0]["message"]
    assert batches(workspace) == []
    answers_by_the_document(answer, "POST", "/api/v1/projects/{project}/imports")


def test_a_file_that_is_announced_too_large_is_not_read(client, monkeypatch):
    monkeypatch.setattr(uploads, "max_bytes", lambda: 10)
    query = "kind=metric_results"
    status, receipt = client.raw(IMPORTS, query, [], **{"content-length": "11"})
    assert (status, receipt.rejects[0].code) == (413, "limit-size")


def test_a_file_of_unknown_length_is_read_no_further_than_the_limit(client, monkeypatch):
    monkeypatch.setattr(uploads, "max_bytes", lambda: 10)
    part = {"type": "http.request", "body": b"12345", "more_body": True}
    status, receipt = client.raw(IMPORTS, "kind=metric_results", [part] * 3)
    assert (status, receipt.rejects[0].code) == (413, "limit-size")


@pytest.mark.parametrize(
    ("messages", "announced"),
    [
        ([{"type": "http.disconnect"}], "500"),
        (
            [
                {"type": "http.request", "body": GOOD[:50], "more_body": True},
                {"type": "http.disconnect"},
            ],
            "500",
        ),
        ([{"type": "http.request", "body": GOOD, "more_body": False}], str(2 * len(GOOD))),
    ],
)
def test_an_upload_that_breaks_off_failed_and_stores_nothing(
    client, workspace, messages, announced
):
    """The last one: a whole file as far as it goes, cut at the end of a line."""
    status, receipt = client.raw(
        IMPORTS, "kind=metric_results", messages, **{"content-length": announced}
    )
    assert (status, receipt.status) == (400, Status.FAILED)
    assert (receipt.lines, receipt.accepted, receipt.batch) == (0, 0, None)
    assert receipt.rejects[0].code == "broken-off"
    assert batches(workspace) == []
    assert list((workspace.settings.data / "raw").iterdir()) == []


def test_an_idempotency_key_answers_the_first_receipt(client, workspace):
    headers = {"Idempotency-Key": "run-17"}
    first = client.upload(headers=headers)
    again = client.upload(headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert batches(workspace) == ["B00001"]


def test_nothing_is_answered_as_stored_that_no_longer_counts(client, workspace):
    """After an undo the request is done anew, as it is without a key."""
    headers = {"Idempotency-Key": "run-18"}
    client.upload(headers=headers)
    client.request("DELETE", f"{IMPORTS}/B00001")
    for _ in range(2):
        answer = client.upload(headers=headers)
        assert (answer.status_code, answer.json()["batch"]) == (201, "B00003")
    assert batches(workspace) == ["B00001", "B00002", "B00003"]


@pytest.mark.parametrize("brought", ["restored", "by hand"])
def test_a_key_does_not_outlive_the_data_it_was_told_of(
    client, workspace, tmp_path_factory, brought
):
    """Under the number of the batch lies another file after a restore."""
    folder, headers = workspace.settings.data, {"Idempotency-Key": "run-24"}
    client.upload(GOOD + b"other,recall,2026-02-02,0.1\n")
    path, _ = backups.backup(workspace, tmp_path_factory.mktemp("kept"))
    close_workspace()
    for name in ("mlpm.duckdb", "ledger.jsonl"):
        (folder / name).unlink()
    open_workspace(workspace.settings)
    first = client.upload(headers=headers).json()
    assert (first["batch"], first["status"]) == ("B00001", "committed")
    close_workspace()
    if brought == "restored":
        backups.restore(workspace.settings, path)
    else:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    again = open_workspace(workspace.settings)
    answer = client.upload(headers=headers)
    assert (answer.status_code, answer.json()["batch"]) == (201, "B00002")
    assert answer.json()["sha256"] == first["sha256"]
    assert batches(again) == ["B00001", "B00002"]


@pytest.mark.parametrize("change", [{"data": GOOD + b"\n"}, {"accept_good": "true"}])
def test_an_idempotency_key_of_another_request_is_refused(client, workspace, change):
    headers = {"Idempotency-Key": "run-19"}
    client.upload(headers=headers)
    answer = client.upload(headers=headers, **change)
    assert answer.status_code == 422
    assert "B00001" in answer.json()["error"]
    assert batches(workspace) == ["B00001"]


def test_a_request_that_stored_nothing_leaves_its_key_free(client):
    headers = {"Idempotency-Key": "run-20"}
    assert client.upload(BAD, headers=headers).status_code == 422
    assert client.upload(GOOD, headers=headers).status_code == 201


def test_keys_of_two_projects_are_two_keys(client, workspace):
    headers = {"Idempotency-Key": "run-21"}
    client.upload(headers=headers)
    other = client.upload(path="/api/v1/projects/other/imports", headers=headers)
    assert other.json()["batch"] == "B00002"


def test_an_idempotency_key_outlives_the_process(client, workspace):
    headers = {"Idempotency-Key": "run-22"}
    first = client.upload(headers=headers)
    close_workspace()
    again = open_workspace(workspace.settings)
    answer = client.upload(headers=headers)
    assert (answer.status_code, answer.json()) == (201, first.json())
    assert batches(again) == ["B00001"]
    answer = client.upload(GOOD + b"\n", headers=headers)
    assert (answer.status_code, "B00001" in answer.json()["error"]) == (422, True)


def test_a_torn_line_of_keys_is_left_out(client, workspace):
    client.upload(headers={"Idempotency-Key": "run-23"})
    file = workspace.settings.data / "idempotency.jsonl"
    file.write_text(file.read_text() + '["shop", "run-24", "ab')
    assert len(Replays(workspace)._done) == 1


def test_two_equal_requests_at_once_are_carried_out_once(client, workspace):
    replays, n_done, gate = Replays(workspace), [], threading.Event()
    receipt = Receipt.model_validate(client.upload().json())

    def do():
        n_done.append(1)
        gate.wait(PATIENCE)
        return receipt

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(replays.once, "shop", "key", "same", do) for _ in range(2)]
        gate.set()
        assert [a.result(PATIENCE) for a in asked] == [receipt, receipt]
    assert len(n_done) == 1


def test_the_oldest_keys_are_forgotten_first(client, workspace):
    replays = Replays(workspace, most=2)
    receipt = Receipt.model_validate(client.upload().json())
    for key in ("a", "b", "c"):
        replays.once("shop", key, "first", lambda: receipt)
    assert replays.once("shop", "a", "second", lambda: receipt) is receipt
    with pytest.raises(InputError):
        replays.once("shop", "a", "third", lambda: receipt)
    assert len(workspace.settings.data.joinpath("idempotency.jsonl").read_text().splitlines()) <= 2


def test_an_upload_leaves_nothing_in_the_spool_whatever_becomes_of_it(client, workspace):
    spool = workspace.settings.spool
    for data in (GOOD, BAD, b"", b"%PDF-1.7"):
        client.upload(data)
        assert list(spool.iterdir()) == []
    (spool / "upload-left").write_bytes(b"x")  # by a process that was killed
    close_workspace()
    assert not open_workspace(workspace.settings).settings.spool.exists()


def test_a_receipt_is_read_again(client, answers_by_the_document):
    first = client.upload().json()
    answer = client.get(f"{IMPORTS}/B00001")
    assert (answer.status_code, answer.json()) == (200, first)
    answers_by_the_document(answer, "GET", "/api/v1/projects/{project}/imports/{batch}")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_batch_is_behind_its_project_s_wall(client, workspace, method):
    client.upload()
    answer = client.request(method, "/api/v1/projects/other/imports/B00001")
    assert answer.status_code == 404
    assert "B00001" in answer.json()["error"]
    assert batches(workspace) == ["B00001"]


@pytest.mark.parametrize("path", [f"{IMPORTS}/B00001", "/api/v1/imports/B00001"])
def test_a_delete_undoes_by_a_batch_of_its_own(client, workspace, path):
    client.upload()
    answer = client.request("DELETE", path)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["batch"], told["undoes"], told["status"]) == ("B00002", "B00001", "committed")
    assert batches(workspace) == ["B00001", "B00002"]
    with workspace.store.reader() as reader:
        assert reader._rows("SELECT * FROM metric_results_current", {}) == []


def test_nothing_is_undone_twice(client, workspace):
    client.upload()
    client.request("DELETE", f"{IMPORTS}/B00001")
    for batch, word in [("B00001", "B00002"), ("B00002", "B00001")]:
        answer = client.request("DELETE", f"{IMPORTS}/{batch}")
        assert answer.status_code == 422
        assert word in answer.json()["error"]
    assert batches(workspace) == ["B00001", "B00002"]


def test_an_undone_file_may_be_imported_again(client):
    client.upload()
    client.request("DELETE", f"{IMPORTS}/B00001")
    assert client.upload().json()["batch"] == "B00003"


@pytest.mark.parametrize("project", ["a/b", "north & south", "50%", "größe", "a?b#c"])
def test_a_project_s_name_may_hold_what_a_path_may_not(client, project):
    quoted = httpx.URL("http://x/").copy_with(params={"p": project}).query.decode()[2:]
    path = f"/api/v1/projects/{quoted.replace('+', '%20')}/imports"
    answer = client.upload(path=path)
    assert (answer.status_code, answer.json()["project"]) == (201, project)
    assert client.get(f"{path}/B00001").json()["project"] == project
