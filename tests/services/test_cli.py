"""The command: exact values, sentences apart from JSON, exit status, and whoever holds the store.

Worked examples: golden/value_examples.json (computed by hand at full precision).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlpm_core.cli import main
from mlpm_core.services.admin.server_file import announced, new_token
from mlpm_core.services.ingest import uploads
from mlpm_core.store import Store
from tests.serving import free_port, own_environment

EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "golden" / "value_examples.json").read_text("utf-8")
)["examples"]
NUMBERS = {"M1": "M1", "M1_cap": "M1", "M3": "M3", "M4": "M4", "M10": "M10", "M11_uplift": "M11"}
KEYS = {
    "revenue": "revenue",
    "cost_saving": "cost_saving",
    "cycle_time": "cycle_h",
    "people_intensity": "people_h_1k",
    "customer_experience": "cx_1k",
}
GOOD = "model_id,metric,period_start,value\nm,recall,2026-01-05,0.5\nm,recall,2026-01-12,0.6\n"
BAD = GOOD + "m,recall,2026-01-19,lots\n"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """A data folder of the test's own, in which no app runs."""
    for name in [n for n in os.environ if n.startswith("MLPM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MLPM_DATA", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def mlpm(capsys):
    """Runs a command: exit status, standard output, standard error."""

    def run(*arguments):
        capsys.readouterr()
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as end:
            status = end.code
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text(GOOD)
    return path


def given(name, **changes):
    inputs = EXAMPLES[name]["inputs"] | changes
    return [word for n, v in inputs.items() if v is not None for word in ("-q", f"{n}={v!r}")]


@pytest.mark.parametrize("by", ["slug", "number"])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_worked_example_comes_out_to_the_ninth_digit(mlpm, name, by):
    example = EXAMPLES[name]
    called = example["mechanism"] if by == "slug" else NUMBERS[name]
    status, out, err = mlpm("value", called, *given(name), "--json")
    document = json.loads(out)
    assert (status, err) == (0, "")
    assert document["mechanism"] == example["mechanism"]
    for kpi, key in KEYS.items():
        expected = pytest.approx(example["results"][key], rel=1e-9, abs=1e-9)
        for point in ("mean", "p10", "p50", "p90"):
            assert document["kpis"][kpi][point] == expected, (kpi, point)
    for point in ("mean", "p10", "p50", "p90"):
        assert document["net"][point] == pytest.approx(
            example["results"]["net"], rel=1e-9, abs=1e-9
        )
    assert document["net"]["probability_of_loss"] == 0


def test_ranges_spread_the_answer(mlpm):
    changes = {"acceptance": None, "customer_value": None}
    ranges = ["-q", "acceptance=30/100", "-q", "customer_value=120 to 300"]
    status, out, _ = mlpm("value", "M1", *given("M1", **changes), *ranges, "--json")
    assert status == 0
    net = json.loads(out)["net"]
    assert net["p10"] < net["p50"] < net["p90"]
    assert 0 < net["probability_of_loss"] < 1


def test_money_is_printed_in_the_currency_asked_for(mlpm):
    _, out, _ = mlpm("value", "M1", *given("M1"), "--currency", "CHF", "--json")
    assert json.loads(out)["net"]["unit"] == "CHF/year"


def test_a_value_says_what_share_of_its_draws_is_impossible(mlpm):
    """Printed as in JSON: the worst of the outcomes were left out without a word."""
    words = [*given("M1", precision=None), "-q", "precision=0.02 to 0.3"]
    document = json.loads(mlpm("value", "M1", *words, "--json")[1])
    share = f"{1 - document['feasible_share']:.0%} of the draws are impossible"
    assert document["notes"][0].startswith(share)
    assert share in mlpm("value", "M1", *words)[1]
    assert document["costs"]["mean"] > 0


@pytest.mark.parametrize(
    ("written", "currency", "unit"),
    [
        ("200", [], "EUR/year"),
        ("200 USD", [], "USD/year"),
        ("200", ["--currency", "CHF"], "CHF/year"),
        ("100 USD at 2 EUR/USD on 2026-05-31", ["--currency", "EUR"], "EUR/year"),
    ],
)
def test_money_is_counted_in_one_currency(mlpm, written, currency, unit):
    words = given("M1", customer_value=None)
    status, out, _ = mlpm(
        "value", "M1", *words, "-q", f"customer_value={written}", *currency, "--json"
    )
    document = json.loads(out)
    assert (status, document["net"]["unit"]) == (0, unit)
    assert document["net"]["mean"] == pytest.approx(62_100)
    assert mlpm("value", "M1", *words, "-q", "customer_value=200 JPY", "--currency", "EUR")[0] == 2


def test_a_value_for_people_is_a_table_of_the_same_numbers(mlpm):
    status, out, err = mlpm("value", "M1", *given("M1"))
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "targeted_intervention against none, 8,192 draws"
    rows = {line.split()[0]: line.split()[1:] for line in lines[2:8]}
    assert rows["revenue"] == ["162,000"] * 4 + ["EUR/year"]
    assert rows["people_intensity"] == ["-10.8"] * 4 + ["hour/kcase"]
    assert rows["net"] == ["62,100"] * 4 + ["EUR/year"]
    assert lines[8].split() == ["probability", "of", "loss", "0.0%"]
    assert "breaks even at               0.1642  precision" in lines


def test_mechanisms_for_people_are_one_line_each(mlpm):
    status, out, err = mlpm("mechanisms")
    assert (status, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()][:2] == [
        ["M1", "targeted_intervention"],
        ["M2", "fraud_blocking"],
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["M1"], ["precision", "recall", "population", "annoyance"]),
        (
            ["M1", *given("M1", recall=None, annoyance=None), "-q", "recal=0.6", "-q", "shoe=1"],
            ["recall", "annoyance", "recal", "shoe"],
        ),
        (["M1", "-q", "recall", "-q", "=3"], ["'recall'", "'=3'", "NAME=QUANTITY"]),
        (["M1", *given("M1"), "-q", "recall=0.7"], ["recall", "twice", "0.6", "0.7"]),
        (["M1", *given("M1", recall="lots")], ["recall", "lots"]),
        (["M1", *given("M1", recall=1.5)], ["recall", "1.5"]),
        (["targeted_interventon", *given("M1")], ["targeted_intervention"]),
        (["M99"], ["M99"]),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_wrong_inputs_are_one_error_that_names_all(mlpm, arguments, words, as_json):
    status, out, err = mlpm("value", *arguments, *(["--json"] if as_json else []))
    assert status == 2
    assert [w for w in words if w not in err] == []
    assert err.count("\n") == 1
    if as_json:
        assert json.loads(out) == {"error": err.rstrip("\n")}
    else:
        assert out == ""


@pytest.mark.parametrize("arguments", [[], ["valu"], ["value", "M1", "--baseline", "some"]])
def test_a_command_that_cannot_be_read_is_refused_with_2(mlpm, arguments):
    status, out, err = mlpm(*arguments)
    assert (status, out) == (2, "")
    assert "usage: mlpm" in err


def test_an_import_answers_its_receipt_and_says_it(mlpm, results):
    status, out, err = mlpm("import", results, "--kind", "metric_results", "--json")
    assert status == 0
    document = json.loads(out)
    assert (document["status"], document["batch"]) == ("committed", "B00001")
    assert document["project"] == "default"
    assert document["actor"].endswith("(command)")
    assert err.splitlines()[-1] == (
        "committed: 2 lines = 2 accepted + 0 rejected + 0 blank + 0 ignored; B00001."
    )


def test_an_import_for_people_leaves_standard_output_empty(mlpm, results):
    status, out, err = mlpm("import", results, "--kind", "metric_results")
    assert (status, out) == (0, "")
    assert "committed" in err


def test_a_dry_run_stores_nothing(mlpm, results):
    status, out, err = mlpm("import", results, "--kind", "metric_results", "--dry-run", "--json")
    assert (status, json.loads(out)["status"]) == (0, "dry_run")
    assert "nothing stored" in err
    _, out, _ = mlpm("import", results, "--kind", "metric_results", "--json")
    assert json.loads(out)["batch"] == "B00001"


def test_a_faulty_file_is_refused_with_2_by_line_and_column(mlpm, results):
    results.write_text(BAD)
    status, out, err = mlpm("import", results, "--kind", "metric_results", "--json")
    assert (status, json.loads(out)["status"]) == (2, "rejected")
    assert err.startswith("1 x not-a-number: Write digits")
    assert "  line 4, value: lots is not a number." in err
    status, out, _ = mlpm("import", results, "--kind", "metric_results", "--accept-good", "--json")
    assert (status, json.loads(out)["status"]) == (0, "committed")


def test_many_faults_are_counted_not_listed(mlpm, results):
    results.write_text(GOOD + "m,recall,2026-02-01,x\n" * 30)
    status, _, err = mlpm("import", results, "--kind", "metric_results")
    assert status == 2
    assert "30 x not-a-number: " in err
    assert "... and 20 more." in err
    assert sum(line.startswith("  line ") for line in err.splitlines()) == 10


def test_an_open_question_is_2_and_says_how_to_answer(mlpm, results):
    results.write_text("model_id,metric,period_start,value\nm,recall,01/02/2026,0.5\n")
    status, out, err = mlpm("import", results, "--kind", "metric_results", "--json")
    assert (status, json.loads(out)["status"]) == (2, "asked")
    key = json.loads(out)["questions"][0]["key"]
    assert f"Answer with --answer {key}=" in err
    status, _, _ = mlpm(
        "import", results, "--kind", "metric_results", "--answer", f"{key}=dmy", "--dry-run"
    )
    assert status == 0


def test_a_profile_answers_and_an_answer_wins(mlpm, results, tmp_path):
    results.write_text("model_id,metric,period_start,value\nm,recall,01/13/2026,0.5\n")
    profile = tmp_path / "profile.json"
    profile.write_text('{"date_order": "dmy"}')
    arguments = ["import", results, "--kind", "metric_results", "--profile", profile]
    assert mlpm(*arguments)[0] == 2
    assert mlpm(*arguments, "--answer", "date_order=mdy")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--kind", "metric_result"], ["metric_results"]),
        (["--kind", "models", "--answer", "colour"], ["colour", "KEY=VALUE"]),
        (["--kind", "models", "--answer", "colour=red", "--answer", "x=y"], ["colour", "'x'"]),
        (["--kind", "models", "--profile", "no-such.json"], ["no-such.json"]),
        (["--kind", "models", "--project", " "], ["project"]),
    ],
)
def test_what_is_said_of_a_file_is_checked(mlpm, results, arguments, words):
    status, out, err = mlpm("import", results, *arguments)
    assert (status, out) == (2, "")
    assert [w for w in words if w not in err] == []


def test_a_file_that_cannot_be_read_is_a_sentence(mlpm, tmp_path):
    status, _, err = mlpm("import", tmp_path / "no-such.csv", "--kind", "models")
    assert status == 2
    assert "cannot be read" in err
    assert err.count("\n") == 1


def test_a_file_over_the_limit_is_refused_unread(mlpm, results, monkeypatch):
    monkeypatch.setattr("mlpm_core.cli.backend.max_bytes", lambda: 10)
    monkeypatch.setattr(uploads, "max_bytes", lambda: 10)
    status, out, _ = mlpm("import", results, "--kind", "metric_results", "--json")
    assert status == 2
    assert json.loads(out)["rejects"][0]["code"] == "limit-size"


def test_an_undo_finds_the_batch_s_project(mlpm, results):
    mlpm("import", results, "--kind", "metric_results", "--project", "shop")
    assert "nothing stored; it would undo B00001." in mlpm("undo", "B00001", "--dry-run")[2]
    status, out, err = mlpm("undo", "B00001", "--json")
    assert (status, json.loads(out)["undoes"], json.loads(out)["project"]) == (0, "B00001", "shop")
    assert "undoes B00001" in err


def test_an_undo_stays_behind_the_wall_of_the_project_named(mlpm, results):
    mlpm("import", results, "--kind", "metric_results", "--project", "shop")
    for project in (["--project", "other"], []):
        status, out, err = mlpm("undo", "B00001" if project else "B00009", *project)
        assert (status, out) == (2, "")
        assert "There is no batch" in err


def test_the_demo_says_how_much_it_did(mlpm):
    status, out, err = mlpm("demo", "load", "--json")
    assert status == 0
    assert json.loads(out)["imported"] > 10
    assert "batches of the demo imported." in err
    assert json.loads(mlpm("demo", "load", "--json")[1]) == {"imported": 0}


def test_a_pipe_that_closes_early_is_no_trace(data):
    done = subprocess.run(
        f"{sys.executable} -m mlpm_core.cli mechanisms | head -c 1",
        shell=True, capture_output=True, text=True, check=True, env=own_environment(data),
    )  # fmt: skip
    assert done.stderr == ""


def test_a_store_held_by_another_command_is_one_clear_sentence(mlpm, results, data):
    script = (
        "import sys, time; from pathlib import Path; from mlpm_core.store import Store\n"
        "s = Store.open(Path(sys.argv[1])); print('open', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, data / "mlpm.duckdb"], stdout=subprocess.PIPE
    ) as other:
        try:
            other.stdout.readline()
            status, out, err = mlpm("import", results, "--kind", "metric_results", "--json")
        finally:
            other.kill()
    assert status == 1
    assert "held by another process" in err
    assert str(other.pid) in err
    assert err.count("\n") == 1
    assert json.loads(out) == {"error": err.rstrip("\n")}


@pytest.mark.parametrize("pid", ["dead", "reused"])
def test_a_stale_server_file_blocks_nothing(mlpm, results, data, pid):
    """After a crash the file stays; its process number may meanwhile be somebody else's."""
    with announced(data, port=free_port(), address="127.0.0.1", token=new_token()):
        path = data / "server.json"
        if pid == "dead":
            gone = subprocess.Popen([sys.executable, "-c", ""])
            gone.wait()
            path.write_text(json.dumps(json.loads(path.read_text()) | {"pid": gone.pid}))
        status, _, _ = mlpm("import", results, "--kind", "metric_results")
    assert status == 0


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b'HTTP/1.1 403 Forbidden\r\nContent-Length: 14\r\n\r\n{"error": "no"}'[:-1],
        b"HTTP/1.1 503 Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
    ],
)
def test_another_program_on_the_port_blocks_nothing(mlpm, results, data, answer):
    """Another MLPM may listen there with a token of its own, or something that is no MLPM."""
    script = (
        "import socket, sys; s = socket.socket(); s.bind(('127.0.0.1', int(sys.argv[1])))\n"
        "s.listen(); print('open', flush=True); c = s.accept()[0]; c.recv(9999)\n"
        "c.sendall(bytes.fromhex(sys.argv[2])); c.close()"
    )
    port = free_port()
    command = [sys.executable, "-c", script, str(port), answer.hex()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        try:
            other.stdout.readline()
            with announced(data, port=port, address="127.0.0.1", token=new_token()):
                status, _, _ = mlpm("import", results, "--kind", "metric_results")
        finally:
            other.kill()
    assert status == 0


def test_a_read_only_copy_refuses_with_a_sentence(mlpm, results, data, monkeypatch):
    Store.open(data / "mlpm.duckdb").close()
    monkeypatch.setenv("MLPM_READ_ONLY", "1")
    status, out, err = mlpm("import", results, "--kind", "metric_results", "--json")
    assert (status, json.loads(out)["status"]) == (1, "failed")
    assert "only reads" in err


def test_a_bad_setting_is_a_sentence(mlpm, results, monkeypatch):
    monkeypatch.setenv("MLPM_PORT", "eighty")
    status, _, err = mlpm("import", results, "--kind", "metric_results")
    assert status == 2
    assert "MLPM_PORT" in err
