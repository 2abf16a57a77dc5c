"""`mlpm sources`: what is configured is checked, read now and listed, where no app runs."""

from __future__ import annotations

import json
import os

import pytest

from mlpm_core.cli import main
from tests.scheduled import FIRST, put


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder of the test's own."""
    for name in [n for n in os.environ if n.startswith("MLPM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MLPM_DATA", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def mlpm(data, capsys):
    """Runs a command: exit status, standard output, standard error."""

    def run(*arguments):
        capsys.readouterr()
        status = main(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def results(tmp_path):
    return put(tmp_path, "results.csv", FIRST)


def scheduled(data, text):
    data.mkdir(exist_ok=True)
    (data / "sources.toml").write_text(text)


def test_sources_are_checked_run_and_listed(mlpm, data, results):
    scheduled(
        data,
        '[[source]]\nname = "weekly"\nproject = "shop"\nkind = "metric_results"\nevery = "1 day"\n'
        f'files = "{results}"\n',
    )
    status, out, _ = mlpm("sources", "check", "--json")
    assert (status, json.loads(out)["ok"]) == (0, True)
    status, out, err = mlpm("sources", "run", "weekly", "--dry-run", "--json")
    assert (status, json.loads(out)["outcome"]) == (0, "judged")
    status, out, _ = mlpm("sources", "run", "weekly", "--json")
    assert (status, json.loads(out)["batch"]) == (0, "B00001")
    status, _, err = mlpm("sources", "run", "weekly")
    assert (status, err) == (0, "unchanged: 1 file, 0 stored.\n")
    status, out, _ = mlpm("sources", "list")
    assert out.startswith("weekly               metric_results into shop, every day; unchanged at ")
    (state,) = json.loads(mlpm("sources", "list", "--json")[1])
    assert state["last"]["batch"] == "B00001"


def test_a_source_that_cannot_be_read_or_is_not_there_ends_with_a_sentence(mlpm, data, results):
    put(results.parent, results.name, FIRST + "m,recall,2026-01-19,P1W,lots\n")
    common = 'project = "shop"\nkind = "metric_results"\nevery = "1 day"\n'
    scheduled(
        data,
        f'[[source]]\nname = "gone"\n{common}files = "/no/such/file.csv"\n'
        f'[[source]]\nname = "bad"\n{common}files = "{results}"\n[[source]]\nname = "half"\n',
    )
    status, _, err = mlpm("sources", "run", "gone")
    assert (status, "No file is there" in err) == (1, True)
    status, _, err = mlpm("sources", "run", "bad")
    assert (status, "results.csv: line 3" in err) == (2, True)
    status, _, err = mlpm("sources", "run", "half")
    assert (status, "There is no source 'half'" in err, "every is missing" in err) == (
        2,
        True,
        True,
    )
    assert mlpm("sources", "run")[0] == 2
    status, _, err = mlpm("sources", "check")
    assert (status, "every is missing" in err) == (1, True)
