"""A restore happens whole or not at all, whatever is in the file and whenever it is broken off."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from mlpm_core.errors import InputError, StoreError
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session import data_folder
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Ledger
from tests import forked
from tests.patience import PATIENCE
from tests.services.test_healing import clock, everything, filled, opened
from tests.serving import ROOT, own_environment

PLACES = ("mlpm.duckdb", "ledger.jsonl", "raw")


@pytest.fixture(scope="module")
def backed(tmp_path_factory):
    """What a store holds, and a backup of it."""
    folder = tmp_path_factory.mktemp("backed")
    workspace = filled(folder / "store")
    held = everything(workspace)
    path, _ = backups.backup(workspace, folder / "kept")
    workspace.close()
    return held, path


@pytest.fixture
def other(tmp_path):
    """Another store that is in the place, and what it holds."""
    folder = tmp_path / "other"
    workspace = opened(folder)
    clock(workspace, "2024-01-01", title="Another shop")
    held = everything(workspace)
    workspace.close()
    (folder / "idempotency.jsonl").write_text('["shop", "k", "r", "B00001"]\n')
    return folder, held


def settings(folder):
    return Settings(data=folder, demo=False)


def holds(folder):
    workspace = opened(folder)
    try:
        assert backups.checks_json(backups.verify(workspace))["ok"]
        return everything(workspace), list(workspace.healed)
    finally:
        workspace.close()


def forged(path, to, **members):
    """A backup with some members replaced and a manifest whose hashes fit, as a forger makes it."""
    schema = members.pop("schema", None)
    with zipfile.ZipFile(path) as given:
        document = json.loads(given.read("manifest.json"))
        data = {n: given.read(n) for n in given.namelist() if n != "manifest.json"}
    data = {n: d for n, d in (data | members).items() if d is not None}
    document["sha256"] = {n: hashlib.sha256(d).hexdigest() for n, d in data.items()}
    document["schema"] = document["schema"] if schema is None else schema
    with zipfile.ZipFile(to, "w") as out:
        for name, content in data.items():
            out.writestr(name, content)
        out.writestr("manifest.json", json.dumps(document))
    return to


def ledger_of(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("ledger.jsonl").decode().splitlines()


def rehashed(path, folder):
    """The ledger of a backup with another actor in it and all hashes made anew."""
    folder.mkdir()
    with zipfile.ZipFile(path) as archive:
        archive.extract("ledger.jsonl", folder)
    ledger = Ledger(folder)
    entries = ledger.entries()
    entries[2]["actor"] = "eve"
    ledger.rewrite(entries, folder / "aside")
    return (folder / "ledger.jsonl").read_bytes()


def all_of(path):
    with zipfile.ZipFile(path) as archive:
        return {n: None for n in archive.namelist() if n != "manifest.json"}


FORGED = {
    "only a manifest": lambda p, t: forged(p, t / "f.zip", **all_of(p)),
    "no database": lambda p, t: forged(p, t / "f.zip", **{"mlpm.duckdb": None}),
    "a junk database": lambda p, t: forged(p, t / "f.zip", **{"mlpm.duckdb": b"junk" * 9999}),
    "an empty database": lambda p, t: forged(p, t / "f.zip", **{"mlpm.duckdb": b""}),
    "no ledger": lambda p, t: forged(p, t / "f.zip", **{"ledger.jsonl": None}),
    "a schema of before": lambda p, t: forged(p, t / "f.zip", schema=-5),
    "a schema of none": lambda p, t: forged(p, t / "f.zip", schema=0),
    "an edited ledger": lambda p, t: forged(
        p, t / "f.zip", **{"ledger.jsonl": "\n".join(ledger_of(p)).replace("ada", "eve").encode()}
    ),
    "a ledger with new hashes": lambda p, t: forged(
        p, t / "f.zip", **{"ledger.jsonl": rehashed(p, t / "forged")}
    ),
    "a ledger without its last line": lambda p, t: forged(
        p, t / "f.zip", **{"ledger.jsonl": "\n".join([*ledger_of(p)[:-1], ""]).encode()}
    ),
    "other raw bytes": lambda p, t: forged(
        p, t / "f.zip", **{next(n for n in all_of(p) if n.startswith("raw/")): b"other"}
    ),
    "no raw files": lambda p, t: forged(
        p, t / "f.zip", **{n: None for n in all_of(p) if n.startswith("raw/")}
    ),
}


@pytest.mark.parametrize("how", list(FORGED))
def test_a_backup_that_does_not_agree_with_itself_changes_nothing(tmp_path, backed, other, how):
    folder, held = other
    before = sorted(p.name for p in folder.iterdir())
    with pytest.raises(InputError, match="cannot be restored"):
        backups.restore(settings(folder), FORGED[how](backed[1], tmp_path))
    assert sorted(p.name for p in folder.iterdir()) == before
    assert holds(folder) == (held, [])


def test_what_other_programs_were_told_goes_with_the_data_it_was_told_of(backed, other):
    folder, _ = other
    backups.restore(settings(folder), backed[1])
    assert not (folder / "idempotency.jsonl").exists()
    assert next(folder.glob("replaced-*/idempotency.jsonl")).exists()


@pytest.mark.parametrize("n", range(1, 8))
def test_a_rename_that_fails_leaves_everything_as_it_was(backed, other, monkeypatch, n):
    folder, held = other
    real, calls = Path.rename, iter(range(1, 1000))

    def rename(self, target):
        if next(calls) == n:
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    try:
        backups.restore(settings(folder), backed[1])
    except StoreError as error:
        assert "They are as they were" in str(error)  # noqa: PT017  it may also come through
        monkeypatch.undo()
        assert holds(folder) == (held, [])
        assert not list(folder.glob("replaced-*"))
    else:
        monkeypatch.undo()
        assert n > 6
        assert holds(folder)[0] == backed[0]


def restore_and_die() -> None:
    """A restore that is killed before a rename: ``FOLDER BACKUP HOW_MANY_COME_BEFORE``."""
    real, left = Path.rename, [int(sys.argv[3])]

    def rename(self, target):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, target)

    Path.rename = rename
    backups.restore(Settings(data=Path(sys.argv[1]), demo=False), Path(sys.argv[2]))


def killed(folder, path, after):
    target = f"{__name__}:{restore_and_die.__name__}"
    environment = own_environment(folder, PYTHONPATH=str(ROOT))
    return forked.run(target, [folder, path, after], environment, ROOT, PATIENCE).returncode


def test_killed_between_any_two_renames_the_next_start_puts_back_what_was_there(
    tmp_path, backed, other, tell
):
    folder, held = other
    n = 0
    for n in range(20):
        copy = shutil.copytree(folder, tmp_path / f"copy{n}")
        status = killed(copy, backed[1], n)
        if status == 0:
            assert holds(copy)[0] == backed[0]
            break
        assert status == -signal.SIGKILL
        now, healed = holds(copy)
        assert now == held
        assert healed in (["A restore did not come to its end: the data are as they were before "
                           "it."], [])  # fmt: skip
        assert (copy / "idempotency.jsonl").exists()
        assert not list(copy.glob("replaced-*"))
        assert holds(copy) == (held, [])
    assert n >= 5
    tell(f"{n} kills of a restore")


def test_a_copy_that_only_reads_says_that_a_restore_broke_off(tmp_path, backed, other):
    folder, _ = other
    assert killed(folder, backed[1], 2) == -signal.SIGKILL
    with pytest.raises(StoreError, match="without MLPM_READ_ONLY"):
        data_folder_of(folder, read_only=True)
    assert data_folder.is_interrupted(folder)


def data_folder_of(folder, **more):

    return open_recovered(Settings(data=folder, demo=False, **more))


def test_a_journal_that_cannot_be_read_stops_the_start_and_names_the_old_data(other):
    folder, _ = other
    (folder / "restore.json").write_text("{")
    with pytest.raises(StoreError, match=r"replaced-\*"):
        opened(folder)


def test_a_backup_larger_than_the_disk_is_refused_before_anything_is_laid_down(
    backed, other, monkeypatch
):
    folder, held = other
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=100))
    with pytest.raises(StoreError, match="100 are free"):
        backups.restore(settings(folder), backed[1])
    assert holds(folder) == (held, [])


def modes(folder):
    """Whatever of a folder somebody else could open, by name."""
    every = [folder, *folder.rglob("*")]
    return {p.name: oct(stat.S_IMODE(p.stat().st_mode)) for p in every if p.stat().st_mode & 0o077}


def test_only_its_owner_reads_the_data_whatever_the_umask(tmp_path, backed):
    """Database, its log of changes, ledger, raw files, backups, what was replaced."""
    was = os.umask(0)
    try:
        folder = tmp_path / "store"
        workspace = filled(folder)
        assert (folder / "mlpm.duckdb.wal").exists()
        assert modes(folder) == {}
        path, _ = backups.backup(workspace)
        assert modes(folder) == {}
        workspace.close()
        assert os.umask(0) == 0
        reading = data_folder_of(folder, read_only=True)
        backups.backup(reading, tmp_path / "kept" / "elsewhere")
        reading.close()
        assert modes(tmp_path / "kept" / "elsewhere") == {}
        backups.restore(settings(folder), path)
        holds(folder)
        assert modes(folder) == {}
    finally:
        os.umask(was)


def test_what_an_earlier_umask_let_others_read_is_closed_at_the_next_start(tmp_path):
    workspace = filled(tmp_path / "store")
    backups.backup(workspace)
    workspace.close()
    for path in (tmp_path / "store", *(tmp_path / "store").rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o644)
    opened(tmp_path / "store").close()
    assert modes(tmp_path / "store") == {}
