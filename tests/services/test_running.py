"""Commands beside a really running server: found by server.json, answered alike, never in its way.

One server for the module, started by `mlpm serve`, with a token of its own for other programs.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import forked
from tests.patience import PATIENCE
from tests.serving import ROOT, own_environment, run_server

MLPM = str(Path(sys.executable).with_name("mlpm"))
FILE = "model_id,metric,period_start,value\nm,recall,2026-01-05,0.5\nm,recall,2026-01-12,x\n"
GIVEN_OUT = "token-given-to-a-pipeline"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("running")


@pytest.fixture(scope="module")
def server(folder):
    with run_server(folder, demo=False, command=[MLPM, "serve"], MLPM_TOKEN=GIVEN_OUT) as running:
        yield running


def mlpm(data, *arguments, **settings):
    """Exit status, the JSON document and the sentences of a command, with nothing but its data."""
    environment = own_environment(data, **settings)
    done = forked.run(forked.MLPM, [*arguments, "--json"], environment, data.parent)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def session(data, file):
    """Status, receipt and sentences of all that a person does with one file."""
    imported = ["import", file, "--kind", "metric_results", "--project", "shop / north"]
    first = [
        mlpm(data, *imported),
        mlpm(data, *imported, "--accept-good", "--dry-run"),
        mlpm(data, *imported, "--accept-good"),
        mlpm(data, *imported, "--accept-good"),
    ]
    batch = first[2][1]["batch"]
    return [
        *first,
        mlpm(data, "undo", batch),
        mlpm(data, "undo", batch),
        mlpm(data, "undo", batch, "--project", "other"),
        mlpm(data, "import", file, "--kind", "no_such_kind"),
    ]


def ask(server, path, *, token=GIVEN_OUT, method="GET", body=None):
    request = urllib.request.Request(f"{server.url}/api/v1/{path}", data=body, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_receipts_are_the_same_whether_the_app_runs_or_not(server, folder, tmp_path):
    """Apart from batch number and time; the words are compared with the batch taken out."""
    file = tmp_path / "results.csv"
    file.write_text(FILE)
    told = {
        "beside the app": session(server.data, file),
        "alone": session(tmp_path / "alone", file),
    }
    statuses = [status for status, *_ in told["alone"]]
    assert statuses == [2, 0, 0, 0, 0, 2, 2, 2]
    kinds = [receipt.get("status") for _, receipt, _ in told["alone"]]
    assert kinds == ["rejected", "dry_run", "committed", "duplicate", "committed", *[None] * 3]

    def comparable(answers):
        text = json.dumps(
            [
                (status, {k: v for k, v in receipt.items() if k != "received_at"}, words)
                for status, receipt, words in answers
            ]
        )
        for n, batch in enumerate(dict.fromkeys(a[1].get("batch") for a in answers)):
            text = text.replace(str(batch), f"batch {n}") if batch else text
        return json.loads(text)

    assert comparable(told["beside the app"]) == comparable(told["alone"])


def test_a_command_goes_through_the_app_that_holds_the_store(server, tmp_path):
    file = tmp_path / "through.csv"
    file.write_text(FILE.replace("x\n", "0.75\n"))
    _, receipt, _ = mlpm(server.data, "import", file, "--kind", "metric_results")
    assert receipt["status"] == "committed"
    status, text = ask(server, f"projects/default/imports/{receipt['batch']}")
    assert (status, json.loads(text)) == (200, receipt)
    assert receipt["actor"].endswith("(command)")


def test_a_table_is_exported_through_the_app_as_it_is_alone(server, tmp_path):
    file = tmp_path / "exported.csv"
    file.write_text(FILE.replace("x\n", "0.71\n"))
    mlpm(server.data, "import", file, "--kind", "metric_results", "--project", "exported")
    out = tmp_path / "table.csv"
    asked = ["export", "metric_results", "--project", "exported", "--out", out]
    status, told, words = mlpm(server.data, *asked)
    assert (status, told["path"]) == (0, str(out))
    lines = out.read_bytes().decode("utf-8-sig").splitlines()
    assert told["rows"] == len(lines) - 1 > 0
    assert f"rows of metric_results as of {told['as_of']} UTC" in words
    status, told, _ = mlpm(server.data, *asked[:2], "--project", "nowhere", "--out", out)
    assert status == 2
    assert "nowhere" in told["error"]


def test_a_command_that_only_reads_changes_nothing_through_the_app_either(server, tmp_path):
    file = tmp_path / "read-only.csv"
    file.write_text(FILE.replace("x\n", "0.73\n"))
    imported = ("import", file, "--kind", "metric_results", "--project", "only-read")
    _, receipt, _ = mlpm(server.data, *imported)
    for changing in (imported, ("undo", receipt["batch"]), ("demo", "load"), ("demo", "remove")):
        status, told, words = mlpm(server.data, *changing, MLPM_READ_ONLY="1")
        assert (status, list(told)) == (1, ["error"])
        assert "MLPM_READ_ONLY=1" in words
    assert mlpm(server.data, "verify", MLPM_READ_ONLY="1")[0] == 0
    assert mlpm(server.data, *imported)[1]["batch"] == receipt["batch"]


@pytest.mark.parametrize("project", ["..", ".", "*"])
def test_a_name_no_address_can_hold_is_refused_with_a_sentence(server, tmp_path, project):
    file = tmp_path / "named.csv"
    file.write_text(FILE.replace("x\n", "0.74\n"))
    imported = ("import", file, "--kind", "metric_results", "--project", project)
    status, told, _ = mlpm(server.data, *imported)
    assert (status, told) == mlpm(tmp_path / "alone", *imported)[:2]
    assert status == 2
    assert "is no name for a project" in told["error"]


def test_four_commands_at_once_each_get_a_batch_of_their_own(server, tmp_path):
    started = []
    for n in range(4):
        file = tmp_path / f"at-once-{n}.csv"
        file.write_text(f"model_id,metric,period_start,value\nm{n},recall,2026-01-05,0.5\n")
        started.append(
            subprocess.Popen(
                [MLPM, "import", file, "--kind", "metric_results", "--json"],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=own_environment(server.data),
            )
        )  # fmt: skip
    values = [json.loads(p.communicate()[0]) for p in started]
    assert [t["status"] for t in values] == ["committed"] * 4
    assert len({t["batch"] for t in values}) == 4


def test_a_connection_that_drops_at_half_of_the_length_stores_nothing(server):
    """Case 48a of the intake's specification."""
    before = ask(server, "projects")
    body = b"model_id,metric,period_start,value\n" + b"dropped,recall,2026-01-05,0.5\n" * 50
    with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as wire:
        wire.sendall(
            b"POST /api/v1/projects/dropped/imports?kind=metric_results HTTP/1.1\r\n"
            b"Host: localhost\r\nAuthorization: Bearer " + GIVEN_OUT.encode() + b"\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body[: len(body) // 2]
        )
        time.sleep(0.3)
    assert ask(server, "projects") == before
    assert "dropped" not in before[1]


def wired(server, head, *parts):
    """What the server says to raw bytes until it closes; a token is sent with them."""
    with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as wire:
        wire.settimeout(PATIENCE)
        wire.sendall(
            head.encode() + b"Host: localhost\r\nConnection: close\r\n"
            b"Authorization: Bearer " + GIVEN_OUT.encode() + b"\r\n" + b"".join(parts)
        )
        said = b""
        while part := wire.recv(65536):
            said += part
    return said


def test_a_body_in_chunks_is_the_same_file(server):
    good = FILE.partition("m,recall,2026-01-12")[0].encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (good[:20], good[20:]))
    said = wired(
        server, "POST /api/v1/projects/chunks/imports?kind=metric_results HTTP/1.1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n", chunks, b"0\r\n\r\n",
    )  # fmt: skip
    assert said.startswith(b"HTTP/1.1 201 ")
    assert json.loads(said.partition(b"\r\n\r\n")[2])["accepted"] == 1


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
        b"Content-Length: 0\r\nContent-Length: 400\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n",
    ],
)
def test_no_second_request_hides_in_the_body_of_a_first(server, lengths):
    """Whichever of two lengths is believed, one request gets one answer."""
    hidden = (
        b"POST /api/v1/projects/smuggled/imports?kind=models HTTP/1.1\r\nHost: localhost\r\n"
        b"Authorization: Bearer " + GIVEN_OUT.encode() + b"\r\n"
        b"Content-Length: 13\r\n\r\nmodel_id\nm1\n\n"
    )
    said = wired(
        server, "POST /api/v1/projects/outer/imports?kind=models HTTP/1.1\r\n",
        lengths, b"\r\n0\r\n\r\n", hidden,
    )  # fmt: skip
    assert said.count(b"HTTP/1.1 ") == 1
    assert b"HTTP/1.1 201" not in said
    assert "smuggled" not in ask(server, "projects")[1]


def test_no_token_and_no_cell_is_in_the_log(server):
    secret = "4711-of-a-customer"
    body = f"model_id,metric,period_start,value\n{secret},recall,{secret},{secret}\n".encode()
    assert ask(server, "projects/p/imports?kind=metric_results", method="POST", body=body)[0] == 422
    assert ask(server, "projects", token="wrong-but-somebody-s")[0] == 403
    log = server.log.read_text("utf-8")
    assert [w for w in (secret, GIVEN_OUT, server.token, "wrong-but-somebody-s") if w in log] == []


def test_an_announced_terabyte_is_refused_before_it_is_sent(server):
    with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as wire:
        wire.settimeout(PATIENCE)
        wire.sendall(
            b"POST /api/v1/projects/large/imports?kind=metric_results HTTP/1.1\r\n"
            b"Host: localhost\r\nAuthorization: Bearer " + GIVEN_OUT.encode() + b"\r\n"
            b"Content-Length: 1099511627776\r\n\r\n"
        )
        head = wire.recv(65536)
    assert head.startswith(b"HTTP/1.1 413 ")


def test_a_file_over_the_limit_gets_the_same_receipt_from_the_app(server, tmp_path):
    file = tmp_path / "large.csv"
    with file.open("wb") as sparse:
        sparse.truncate(600 * 2**20)
    answers = [
        mlpm(data, "import", file, "--kind", "metric_results")
        for data in (server.data, tmp_path / "alone")
    ]
    (beside, alone) = ((s, r | {"received_at": None}, w) for s, r, w in answers)
    assert beside == alone
    assert (alone[0], alone[1]["rejects"][0]["code"]) == (2, "limit-size")


def test_the_tokens_of_a_running_server(server):
    assert ask(server, "projects", token=server.token)[0] == 200
    assert ask(server, "projects", token=GIVEN_OUT)[0] == 200
    assert ask(server, "projects", token="neither")[0] == 403
    assert server.token != GIVEN_OUT


def test_a_relative_data_folder_is_the_caller_s(folder, tmp_path):
    """`mlpm serve` changes its directory, so it must fix the folder before."""
    script = (
        "import os, sys; from mlpm_core.cli import main\n"
        "os.execv = lambda path, run: (print(os.environ['MLPM_DATA'], os.getcwd(), *run))\n"
        "main(['serve'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env=own_environment(Path("kept"), PYTHONPATH=str(ROOT), MLPM_PORT="8765"),
    )  # fmt: skip
    data, where, *run = done.stdout.split()
    assert (data, where) == (str(tmp_path / "kept"), str(ROOT))
    assert run[-4:] == ["--server.port", "8765", "--server.address", "127.0.0.1"]


def test_after_the_app_has_stopped_a_command_opens_the_store_itself(folder, tmp_path):
    """A server of its own, for the others still need theirs."""
    file = tmp_path / "results.csv"
    file.write_text(FILE.replace("x\n", "0.75\n"))
    imported = ("import", file, "--kind", "metric_results")
    with run_server(tmp_path, demo=False) as running:
        _, beside, _ = mlpm(running.data, *imported)
        _, undone_beside, _ = mlpm(running.data, "undo", beside["batch"])
    _, alone, words = mlpm(running.data, *imported)
    _, undone_alone, _ = mlpm(running.data, "undo", alone["batch"])
    assert [r["batch"] for r in (beside, undone_beside, alone, undone_alone)] == [
        "B00001", "B00002", "B00003", "B00004",
    ]  # fmt: skip
    for one, other in [(beside, alone), (undone_beside, undone_alone)]:
        varying = dict.fromkeys(("batch", "received_at", "undoes"))
        assert one | varying == other | varying
    assert "B00003" in words


def test_a_server_that_was_killed_blocks_nothing(tmp_path):
    """It leaves server.json and the lock of a dead process behind."""
    file = tmp_path / "results.csv"
    file.write_text(FILE.replace("x\n", "0.75\n"))
    left = None
    with (  # noqa: PT012  the check is at the end of the inner block
        pytest.raises(AssertionError, match="stopped badly"),
        run_server(tmp_path, demo=False) as running,
    ):
        _, first, _ = mlpm(running.data, "import", file, "--kind", "metric_results")
        os.kill(running.process.pid, 9)
        running.process.wait()
        left = (running.data / "server.json").exists()
    assert left is True
    status, again, _ = mlpm(running.data, "import", file, "--kind", "metric_results")
    assert (status, again["status"], again["batch"]) == (0, "duplicate", first["batch"])
