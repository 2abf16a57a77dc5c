"""`mlpm demo remove` asks before it takes what others built on the demo."""

import io
import json
import os
import sys

import pytest

from mlpm_core.cli import main
from mlpm_core.errors import InputError
from mlpm_core.services.admin import demo
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

DEMAND = "bike-shop-demand"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, demo_folder):
    """A store with the demo, and a batch of Ben's that rests on it."""
    folder = copied(demo_folder, tmp_path_factory.mktemp("demo") / "store")
    workspace = open_recovered(Settings(data=folder, demo=False))
    row = dict(workspace.project(DEMAND)) | {"question": "Ours"}
    registers.save(workspace.acting_as("ben"), DEMAND, "projects", [row])
    workspace.close()
    return folder


@pytest.fixture
def mlpm(folder, monkeypatch, capsys):
    """Runs a command in that store: exit status, standard output, standard error."""
    for name in [n for n in os.environ if n.startswith("MLPM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MLPM_DATA", str(folder))

    def run(*arguments):
        capsys.readouterr()
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def projects(folder):
    workspace = open_recovered(Settings(data=folder, demo=False))
    try:
        return [p.project for p in registers.projects(workspace)]
    finally:
        workspace.close()


def answering(monkeypatch, answer):
    """Somebody sits at the terminal and types this; nothing when they close it."""
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", terminal)


def test_a_script_is_refused_and_told_whose_batches_they_are(mlpm, folder):
    status, out, err = mlpm("demo", "remove", "--json")
    assert status == 2
    assert f"projects in {DEMAND}, by ben" in err
    assert "--yes" in err
    assert "--yes" in json.loads(out)["error"]
    assert len(projects(folder)) == 4


@pytest.mark.parametrize("answer", ["\n", "no\n", ""])
def test_who_does_not_say_yes_keeps_everything(mlpm, folder, monkeypatch, answer):
    answering(monkeypatch, answer)
    status, out, err = mlpm("demo", "remove")
    assert (status, out) == (2, "")
    assert "by ben" in err
    assert err.endswith("Undo them too? [y/N] ")
    assert len(projects(folder)) == 4


def test_who_says_yes_removes_it_and_may_load_it_again(mlpm, folder, monkeypatch):
    n_files = len(list(demo.files()))
    answering(monkeypatch, "y\n")
    status, out, _ = mlpm("demo", "remove", "--json")
    assert (status, json.loads(out)) == (0, {"undone": n_files + 1})
    assert projects(folder) == []
    status, out, _ = mlpm("demo", "load", "--json")
    assert (status, json.loads(out)) == (0, {"imported": n_files})
    status, out, err = mlpm("demo", "remove", "--json")
    assert (status, json.loads(out)) == (0, {"undone": n_files})
    assert "Undo them too" not in err


def test_a_load_that_fails_is_not_answered_with_yes(mlpm, folder, monkeypatch):
    def fail(*_):
        raise InputError("The disk is full.")

    monkeypatch.setattr(demo, "load", fail)
    status, _, err = mlpm("demo", "load")
    assert (status, "--yes" in err, "The disk is full." in err) == (2, False, True)
