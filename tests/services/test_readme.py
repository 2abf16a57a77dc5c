"""The README's commands print what it says, in the situation of a reader who followed "Start"."""

from __future__ import annotations

import shlex

import pytest

from mlpm_core import cli
from tests.contract.test_docs import README, ROOT, sessions
from tests.serving import run_server


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The application as `make run` starts it the first time: with the demo."""
    with run_server(tmp_path_factory.mktemp("readme"), demo=True) as server:
        yield server


def test_the_readme_prints_what_the_commands_print(served, monkeypatch, capfd):
    """Every block, in the situation of a reader who followed "Start": the demo in, the app up."""
    monkeypatch.chdir(ROOT)
    for name in ("MLPM_TOKEN", "MLPM_READ_ONLY", "MLPM_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLPM_DATA", str(served.data))
    for command, printed in (step for session in sessions(README) for step in session):
        program, *arguments = shlex.split(command)
        assert program == ".venv/bin/mlpm"
        capfd.readouterr()
        cli.main(arguments)
        captured = capfd.readouterr()
        assert (captured.out + captured.err).strip() == printed
