"""Backups: whole or not at all, restored as they were, and what does not agree is named."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest

from mlpm_core.cli import main
from mlpm_core.errors import InputError, StoreError
from mlpm_core.services.admin import backups
from mlpm_core.services.session.settings import Settings
from tests.services.test_healing import clock, everything, filled, flip, opened


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A closed store, what is in it, and a backup of it."""
    folder = tmp_path_factory.mktemp("whole")
    workspace = filled(folder / "store")
    answers = everything(workspace)
    path, checks = backups.backup(workspace, folder / "kept")
    assert backups.checks_json(checks)["ok"]
    workspace.close()
    return folder / "store", answers, path


def test_a_backup_restores_everything_and_keeps_what_was_there(tmp_path, whole):
    other = opened(tmp_path)
    clock(other, "2024-01-01", title="Another shop")
    other.close()
    checks = backups.restore(Settings(data=tmp_path, demo=False), whole[2])
    assert [(c.name, c.ok) for c in checks] == [
        (name, True)
        for name in (
            "backup",
            "schema",
            "rows",
            "current rows",
            "counts",
            "receipts",
            "ledger",
            "raw files",
            "replaced",
        )
    ]
    restored = opened(tmp_path)
    assert everything(restored) == whole[1]
    assert restored.healed == []
    restored.close()
    assert (next(tmp_path.glob("replaced-*")) / "mlpm.duckdb").exists()
    assert not list(tmp_path.glob(".restore-*"))


def changed(path, to, **members):
    """A backup with some of its members replaced, or left out when None."""
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(to, "w") as out:
        for name in given.namelist():
            data = members.pop(name, given.read(name))
            if data is not None:
                out.writestr(name, data)
        for name, data in members.items():
            out.writestr(name, data)
    return to


def manifest(path, **more):
    with zipfile.ZipFile(path) as archive:
        return json.dumps(json.loads(archive.read("manifest.json")) | more)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda p, t: changed(p, t, **{"ledger.jsonl": b"{}\n"}), "ledger.jsonl are not as they"),
        (lambda p, t: changed(p, t, **{"mlpm.duckdb": None}), "mlpm.duckdb are not as they were"),
        (lambda p, t: changed(p, t, **{"../evil": b"x"}), "holds '../evil'"),
        (lambda p, t: changed(p, t, **{"raw/../../evil": b"x"}), "holds 'raw/../../evil'"),
        (lambda p, t: changed(p, t, **{"manifest.json": manifest(p, schema=99)}), "version 99"),
        (lambda p, t: changed(p, t, **{"manifest.json": b"[]"}), "no backup of MLPM"),
        (lambda p, t: t.write_bytes(p.read_bytes()[:-100]) and t, "no backup of MLPM"),
        (lambda p, t: t.write_text("x") and t, "no backup of MLPM"),
    ],
)
def test_what_is_no_whole_backup_changes_nothing(tmp_path, whole, spoil, sentence):
    store = shutil.copytree(whole[0], tmp_path / "store")
    bad = tmp_path / "bad.zip"
    spoil(whole[2], bad)
    with pytest.raises(InputError, match=sentence):
        backups.restore(Settings(data=store, demo=False), bad)
    assert sorted(p.name for p in store.iterdir()) == sorted(p.name for p in whole[0].iterdir())
    assert not list(tmp_path.rglob("evil"))


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path, whole):
    store = shutil.copytree(whole[0], tmp_path / "store")
    workspace = opened(store)
    (tmp_path / "a file").write_text("x")
    with pytest.raises(StoreError, match="could not be written"):
        backups.backup(workspace, tmp_path / "a file")
    workspace.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a file", "store"]


def test_verify_names_what_does_not_agree(tmp_path, whole):
    store = shutil.copytree(whole[0], tmp_path / "store")
    workspace = opened(store)
    assert backups.checks_json(backups.verify(workspace))["ok"]
    raw = next((store / "raw").iterdir())
    flip(raw, 0.5)
    with workspace.store.writer() as writer:
        writer.execute("DELETE FROM kpis")
    checks = {c.name: c for c in backups.verify(workspace)}
    workspace.close()
    assert not checks["rows"].ok
    assert "move mlpm.duckdb away" in checks["rows"].detail
    assert raw.name[:12] in checks["raw files"].detail
    assert checks["ledger"].ok


def test_the_commands_print_checks_and_their_status(tmp_path, whole, monkeypatch, capsys):
    store = shutil.copytree(whole[0], tmp_path / "store")
    monkeypatch.setenv("MLPM_DATA", str(store))
    monkeypatch.setenv("MLPM_DEMO", "0")
    assert main(["verify", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    assert {"name", "ok", "detail"} == set(document["checks"][0])
    assert main(["backup", str(tmp_path / "kept"), "--json"]) == 0
    path = json.loads(capsys.readouterr().out)["path"]
    assert main(["restore", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert main(["restore", str(tmp_path / "nothing.zip")]) == 2
    flip(next((store / "raw").iterdir()), 0.5)
    assert main(["verify"]) == 1
    assert "NOT OK raw files" in capsys.readouterr().err
