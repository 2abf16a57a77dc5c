"""What somebody names on the command line: only files are read, and no name commands a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata

import pytest

from mlpm_core.cli import main
from mlpm_core.errors import InputError
from mlpm_core.named_file import read_named
from mlpm_core.records import Receipt, Status
from tests.patience import PATIENCE

GOOD = "model_id,metric,period_start,value\nm,recall,2026-01-05,0.5\nm,recall,2026-01-12,0.6\n"
HOSTILE = "\x1b[2J\u202evsc\x9b31m\x07\n.csv"
_RUN = "import sys; from mlpm_core.cli import main; sys.exit(main())"
PLACES = {
    "import": ["import", "{}", "--kind", "metric_results"],
    "profile": ["import", "results.csv", "--kind", "metric_results", "--profile", "{}"],
    "information": ["information", "{}"],
    "restore": ["restore", "{}"],
}


@pytest.fixture
def mlpm(tmp_path):
    """Runs a command as a process, for one that waits for a pipe would wait for ever."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLPM_")}
    (tmp_path / "results.csv").write_text(GOOD)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-c", _RUN, *map(str, arguments)],
            capture_output=True, cwd=tmp_path, timeout=PATIENCE, check=False,
            env=environment | {"MLPM_DATA": str(tmp_path / "store"), "MLPM_DEMO": "0"},
        )  # fmt: skip

    return run


@pytest.mark.parametrize("place", PLACES)
def test_a_pipe_is_refused_with_a_sentence_and_never_waited_for(mlpm, tmp_path, place):
    named = tmp_path / "named.csv"
    os.mkfifo(named)
    done = mlpm(*(argument.format(named) for argument in PLACES[place]))
    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert f"{named} is no file but a folder, pipe or device." in said


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_file_or_not_there_is_refused_with_a_sentence(
    tmp_path, monkeypatch, capsys, place
):
    monkeypatch.setenv("MLPM_DATA", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results.csv").write_text(GOOD)
    for named, reason in (
        ("/dev/zero", "is no file but"),
        (tmp_path, "is no file but"),
        (tmp_path / "gone.csv", "cannot be read: No such file"),
    ):
        status = main([argument.format(named) for argument in PLACES[place]])
        assert status == 2
        assert f"{named} {reason}" in capsys.readouterr().err


def test_of_a_file_somebody_writes_by_hand_no_more_is_read_than_one_is_long(tmp_path):
    path = tmp_path / "choice.toml"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a sparse file: as long as memory never is
    with pytest.raises(InputError, match="holds more than the 16,777,216 bytes that are read"):
        read_named(path)


def test_a_name_that_no_file_can_have_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be read: embedded null byte"):
        read_named(tmp_path / "a\0b")


def test_a_file_may_be_named_through_a_link(tmp_path):
    (tmp_path / "there").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert read_named(tmp_path / "link") == b"x"


def test_no_name_of_a_file_commands_the_terminal_or_turns_words_around(mlpm, tmp_path):
    (tmp_path / HOSTILE).write_text(GOOD + "m,recall,2026-01-19,lo\x1b[2J\u202ets\n")
    done = mlpm("import", HOSTILE, "--kind", "metric_results", "--json", "--project", "p\x1b[2J")
    done_too = mlpm("import", HOSTILE, "--kind", "metric_results", "--json")
    missing = mlpm("restore", f"gone{HOSTILE}")
    assert missing.returncode == 2
    assert b"gone\\x1b[2J\\u202evsc" in missing.stderr
    for text in (done.stdout, done.stderr, done_too.stdout, done_too.stderr, missing.stderr):
        unseen = {c for c in text.decode() if unicodedata.category(c) in ("Cc", "Cf")}
        assert unseen <= {"\n"}
    receipt = json.loads(done_too.stdout)
    assert receipt["filename"] == r"\x1b[2J\u202evsc\x9b31m\x07\n.csv"
    assert receipt["rejected"] == 1


def test_a_receipt_shows_any_name_and_keeps_its_ending():
    def shown(filename):
        return Receipt(
            status=Status.FAILED, kind="models", project="p", filename=filename,
            received_at="2026-01-01T00:00:00",
        ).filename  # fmt: skip

    for usual in ("", "Größe 5\u00a0µm – März.csv", "売上.xlsx", "a'b\"c;.csv"):
        assert shown(usual) == usual
    assert shown("a\tb.csv") == r"a\tb.csv"
    assert shown("bad\udcff.csv") == r"bad\udcff.csv"  # bytes of a name that are no UTF-8
    assert shown(shown(HOSTILE)) == shown(HOSTILE)
    long = "x" * 10_000 + ".parquet"
    assert len(shown(long)) == 255
    assert shown(long).endswith("xxx.parquet")
