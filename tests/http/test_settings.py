"""What people write in the environment is what they get, or one sentence."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mlpm_core import cli
from mlpm_core.errors import InputError
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings, misspelt
from tests.http_client import GOOD
from tests.serving import ROOT, own_environment

MLPM = str(Path(sys.executable).with_name("mlpm"))
YES = ["1", "true", "True", "TRUE", "yes", "YES", "on", "On", "y", "t", " 1 ", "true\n"]
NO = ["0", "false", "False", "FALSE", "no", "NO", "off", "Off", "n", "f", " 0 ", "\tno"]
EMPTY = ["", " ", "\n"]


@pytest.fixture
def said(monkeypatch, tmp_path):
    """The settings when the environment says this and no more."""
    for name in list(os.environ):
        if name.startswith("MLPM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MLPM_DATA", str(tmp_path))

    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"MLPM_{name}", value)
        return Settings.from_environment()

    return read


@pytest.mark.parametrize("name", ["DEMO", "READ_ONLY"])
@pytest.mark.parametrize(("written", "meant"), [(w, True) for w in YES] + [(w, False) for w in NO])
def test_yes_and_no_mean_that(said, name, written, meant):
    settings = said(**{name: written})
    assert {"DEMO": settings.demo, "READ_ONLY": settings.read_only}[name] is meant


@pytest.mark.parametrize("written", EMPTY)
def test_what_is_empty_is_not_set(said, written):
    names = ("ADDRESS", "DEMO", "MAX_FILE_MB", "MAX_LOG_ROWS", "MAX_ROWS", "PORT", "READ_ONLY")
    data = said().data
    assert said(**dict.fromkeys([*names, "TOKEN"], written)) == Settings(data=data)
    assert said(DATA=written).data == ROOT / "data" / "store"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *[(n, w) for n in ("DEMO", "READ_ONLY") for w in ("maybe", "2", "-1", "yes no", "truee")],
        *[
            ("PORT", w)
            for w in ("abc", "0", "65536", "-1", "8501.0", "8 501", "1e3", "٨٥٠١", "99999999999")
        ],
        *[
            (n, w)
            for n in ("MAX_FILE_MB", "MAX_ROWS", "MAX_LOG_ROWS")
            for w in ("0", "-1", "many", "1.5", "1,00", "10,0000", "1,000 000", "9" * 400, "²")
        ],
        ("MAX_FILE_MB", "512 MB"),
        ("MAX_FILE_MB", "9999999"),
        ("ADDRESS", "0.0.0.0"),
        ("TOKEN", "one\ntwo"),
        ("TOKEN", "one\x07two"),
    ],
)
def test_another_word_is_refused_by_name_and_never_means_the_opposite(said, name, written):
    with pytest.raises(InputError, match=rf"^MLPM_{name} ") as error:
        said(**{name: written})
    assert "\n" not in str(error.value)


def test_one_refusal_names_every_variable_that_is_wrong(said):
    with pytest.raises(InputError) as error:
        said(PORT="70000", DEMO="maybe", MAX_ROWS="0", TOKEN="a\nb", READ_ONLY="1")
    assert str(error.value) == (
        "MLPM_PORT is '70000'; expected a port from 1 to 65535, such as 8501. "
        "MLPM_DEMO is 'maybe'; write 1, true, yes or on, or 0, false, no or off. "
        "MLPM_MAX_ROWS is '0'; expected a whole number from 1 to 10,000,000,000, such as "
        "1,000,000. MLPM_TOKEN holds a line break or another control character, which no request "
        "can send; use letters, digits and dashes."
    )


def test_settings_made_by_hand_are_those_given_whatever_the_environment_says(said, tmp_path):
    assert said(PORT="9000", READ_ONLY="1", TOKEN="secret").port == 9000
    made = Settings(data=tmp_path)
    assert (made.port, made.read_only, made.token) == (8501, False, None)
    assert "secret" not in repr(Settings.from_environment())


@pytest.mark.parametrize(
    "written", ["20000000", "20,000,000", "20_000_000", "20 000 000", " 2" + "0" * 7]
)
def test_a_number_may_be_written_as_the_readme_prints_it(said, written):
    assert said(MAX_ROWS=written).max_rows == 20_000_000
    assert said(MAX_LOG_ROWS=written).max_log_rows == 20_000_000


def test_an_address_and_a_token_lose_the_spaces_around_them(said):
    settings = said(ADDRESS=" [::1] ", TOKEN=" given to ci\n", PORT=" 9000 ")
    assert (settings.address, settings.token, settings.port) == ("::1", "given to ci", 9000)


def test_the_home_folder_and_links_are_followed(said, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert said(DATA="~/store").data == tmp_path / "store"
    assert said(DATA=f"{tmp_path}/link/").data == tmp_path / "there"
    with pytest.raises(InputError, match="no path of a folder"):
        said(DATA="~nobody-of-this-name/store")


@pytest.mark.parametrize(
    "name",
    [
        "Ada's data", "o''brien", "a b", " begins and ends ", "größe ☃ 数据", "line\nbreak", "100%",
        "%s%d{x}", "a*b[c]", "#hash", "semi;colon", 'quo"te', "back\\slash", "dollar$HOME", "-dash",
        "a:b", "tab\there", "end'",
    ],
)  # fmt: skip
def test_a_data_folder_may_have_any_name(said, tmp_path, name):
    settings = said(DATA=f"{tmp_path}/{name}/", DEMO="no")
    assert settings.data == tmp_path / name
    for _ in range(2):  # made, and opened again
        workspace = open_recovered(settings)
        workspace.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "sentence"), [("a?b", "question mark"), ("\udce9", "no path of a folder")]
)
def test_a_name_that_cannot_hold_a_database_is_refused(said, tmp_path, name, sentence):
    with pytest.raises(InputError, match=sentence):
        said(DATA=f"{tmp_path}/{name}")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_made_with_those_above_it_for_its_owner_alone(tmp_path):
    Settings(data=tmp_path / "a" / "b").make_folder()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300, "/proc/mlpm", "/dev/null/x"])
def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"^MLPM_DATA is ") as error:
        Settings(data=tmp_path / place).make_folder()
    assert str(error.value).endswith(".")


def test_a_folder_that_may_only_be_read_is_for_reading():
    """As another user, for whom it is read-only; the superuser may write everywhere."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from mlpm_core.services.session.settings import Settings, InputError\n"
        "os.getuid() or os.setuid(65534)\n"
        "folder = Path(sys.argv[1])\n"
        "Settings(data=folder, read_only=True).make_folder()\n"
        "try:\n"
        "    Settings(data=folder).make_folder()\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", script, folder], capture_output=True, text=True, check=False,
            env=own_environment(Path(folder), PYTHONPATH=str(ROOT)), cwd="/",
        )  # fmt: skip
    assert "nothing can be written (Permission denied)" in done.stdout, done.stderr
    assert "MLPM_READ_ONLY=1" in done.stdout


def test_a_misspelt_setting_is_named_with_the_one_that_was_meant():
    written = {
        "MLPM_READONLY": "MLPM_READ_ONLY",
        "MLPM_ADRESS": "MLPM_ADDRESS",
        "MLPM_DATA_DIR": "MLPM_DATA",
        "MLPM_MAXROWS": "MLPM_MAX_ROWS",
        "MLPM_TOKENS": "MLPM_TOKEN",
        "mlpm_port": "MLPM_PORT",
    }
    warnings = misspelt(dict.fromkeys([*written, "MLPM_DEMO", "PATH", "XMLPM_PORT"], "1"))
    assert warnings == [
        f"{name} is no setting and changes nothing; did you mean {meant}?"
        for name, meant in sorted(written.items())
    ]
    (sentence,) = misspelt({"MLPM_Q": "1"})
    assert "there are MLPM_ADDRESS, " in sentence


def test_a_command_says_so_too(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MLPM_DATA", str(tmp_path))
    monkeypatch.setenv("MLPM_REDONLY", "1")
    assert cli.main(["token", "list", "--json"]) == 0
    answer = capsys.readouterr()
    assert json.loads(answer.out) == []
    assert answer.err.count("did you mean MLPM_READ_ONLY?") == 1


@pytest.mark.parametrize(
    ("command", "variables", "word"),
    [
        (["make", "run"], {"MLPM_PORT": "abc"}, "MLPM_PORT"),
        (["make", "run"], {"MLPM_ADDRESS": "0.0.0.0"}, "MLPM_ADDRESS"),
        ([MLPM, "serve"], {"MLPM_READ_ONLY": "perhaps"}, "MLPM_READ_ONLY"),
        ([MLPM, "serve"], {"MLPM_DATA": "/dev/null"}, "MLPM_DATA"),
        ([MLPM, "verify"], {"MLPM_DEMO": "2"}, "MLPM_DEMO"),
        ([MLPM, "import", "FILE", "--kind", "metric_results"], {"MLPM_DATA": "/dev/null"}, "file"),
        ([MLPM, "token", "list"], {"MLPM_DATA": "/dev/null/x"}, "MLPM_DATA"),
    ],
)
def test_a_process_ends_with_one_sentence_and_2(tmp_path, command, variables, word):
    file = tmp_path / "results.csv"
    file.write_bytes(GOOD)
    done = subprocess.run(
        [str(file) if part == "FILE" else part for part in command],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env=own_environment(tmp_path / "store", **variables),
    )  # fmt: skip
    lines = [x for x in done.stderr.splitlines() if not re.match(r"make(\[\d+\])?: ", x)]
    assert done.returncode == 2, done.stderr
    assert len(lines) == 1, done.stderr
    assert word in lines[0]
    assert not (tmp_path / "store").exists()
