"""Servers, commands and backups side by side on one folder, in any order, with kills.

However they meet: one process writes, what was acknowledged is there under the number it was
acknowledged with, and the store agrees with itself.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mlpm_core.services.admin import backups
from mlpm_core.services.admin.server_file import read_server_file
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.crash.test_crashes import ROOT
from tests.forked import MLPM, Forked, run
from tests.patience import PATIENCE
from tests.serving import free_port, own_environment, run_server

SOAK = int(os.environ.get("SOAK", "1"))
N_ROUNDS = 200 if SOAK > 1 else 4
HEAD = "model_id,metric,period_start,value\n"


def environment(folder):
    return own_environment(folder, PYTHONPATH=str(ROOT), MLPM_DEMO="0")


def server(folder):
    """A server that is started; whether it may serve shows in its first line."""
    return Forked("tests.crash.serve:main", [free_port()], environment(folder))


def first_line(process):
    return process.stdout.readline().strip()


def stopped(process, how=signal.SIGTERM):
    """End a server and return what it said last."""
    process.send_signal(how)
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err or "KeyboardInterrupt" in err, err
    return out


def mlpm(folder, *arguments):
    """A command to its end: its status, its JSON and its sentences."""
    done = run(MLPM, [*arguments, "--json"], environment(folder), timeout=PATIENCE)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


@pytest.fixture
def file(tmp_path):
    """Makes a file of one result that no other file holds."""
    numbers = iter(range(10_000_000))

    def make():
        n = next(numbers)
        path = tmp_path / f"{n}.csv"
        path.write_text(f"{HEAD}m{n},recall,2026-01-05,0.5\n")
        return path

    return make


def imported(folder, path):
    return mlpm(folder, "import", path, "--kind", "metric_results", "--project", "shop")


def held(folder):
    """Every batch of a folder that nobody holds any more, after `verify` found it in order."""
    workspace = open_recovered(Settings(data=folder, demo=False))
    try:
        answer = backups.checks_json(backups.verify(workspace))
        assert answer["ok"], answer
        return {row["batch"]: row["receipt"] for row in batches.receipts(workspace, "shop")}
    finally:
        workspace.close()


def test_a_second_server_is_refused_and_leaves_the_first_alone(tmp_path, file):
    """The order of the fault: backup through the server, then a second one, which then stops."""
    folder = tmp_path / "store"
    with run_server(tmp_path, demo=False) as first:
        assert imported(folder, file())[0] == 0
        assert mlpm(folder, "backup")[0] == 0
        said = read_server_file(folder)
        second = server(folder)
        assert first_line(second).startswith("REFUSED The data in")
        assert second.wait(PATIENCE) == 2
        second.communicate()
        streamlit = subprocess.run(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(free_port())],
            cwd=ROOT, env=environment(folder), capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        assert streamlit.returncode == 2
        assert f"in use by another process ({first.process.pid})" in streamlit.stderr
        assert "Traceback" not in streamlit.stderr
        assert read_server_file(folder) == said
        status, receipt, _ = imported(folder, file())
        assert (status, receipt["batch"]) == (0, "B00002")
    assert set(held(folder)) == {"B00001", "B00002"}


def test_the_lock_outlives_every_backup_and_dies_with_the_process(tmp_path, file):
    folder = tmp_path / "store"
    first = server(folder)
    assert first_line(first) == "READY"
    for _ in range(3):
        imported(folder, file())
        assert mlpm(folder, "backup")[0] == 0
        assert mlpm(folder, "verify")[0] == 0
        second = server(folder)
        assert first_line(second).startswith("REFUSED")
        stopped(second)
    stopped(first, signal.SIGKILL)
    third = server(folder)
    assert first_line(third) == "READY"
    assert imported(folder, file())[1]["batch"] == "B00004"
    stopped(third)
    assert len(held(folder)) == 4


def test_a_restore_is_refused_while_a_server_holds_the_data(tmp_path, file):
    folder = tmp_path / "store"
    first = server(folder)
    assert first_line(first) == "READY"
    imported(folder, file())
    path = mlpm(folder, "backup")[1]["path"]
    status, answer, _ = mlpm(folder, "restore", path)
    assert (status, "stop it" in answer["error"]) == (2, True)
    (folder / "server.json").unlink()  # the command no longer finds it, the lock is still there
    status, answer, _ = mlpm(folder, "restore", path)
    assert (status, "in use by another process" in answer["error"]) == (1, True)
    stopped(first)
    assert mlpm(folder, "restore", path)[0] == 0
    assert list(held(folder)) == ["B00001"]


class Round:
    """Two people at work with servers and commands at once; remembers what they were told."""

    def __init__(self, folder, file, seed):
        self.folder, self.file, self.seed = folder, file, seed
        self.acknowledged = {}
        self.faults = []

    def person(self, number):
        try:
            rng = random.Random(f"{self.seed} {number}")
            for _ in range(rng.randrange(2, 4)):
                getattr(self, rng.choice(["serves", "serves", "imports", "imports", "backs_up"]))(
                    rng
                )
        except BaseException as fault:
            self.faults.append(fault)

    def serves(self, rng):
        process = server(self.folder)
        time.sleep(rng.uniform(0, 1.5))
        if rng.random() < 0.7 and first_line(process) == "READY":
            self.imports(rng)
        stopped(process, rng.choice([signal.SIGTERM, signal.SIGKILL, signal.SIGINT]))

    def imports(self, rng):
        path = self.file()
        command = ["import", path, "--kind", "metric_results", "--project", "shop", "--json"]
        process = Forked(MLPM, command, environment(self.folder))
        if rng.random() < 0.25:
            time.sleep(rng.uniform(0, 0.8))
            process.kill()
        out, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err, err
        receipt = json.loads(out) if out.strip() else {}
        if receipt.get("status") in ("committed", "duplicate"):
            assert receipt["batch"] not in self.acknowledged
            self.acknowledged[receipt["batch"]] = receipt["sha256"]

    def backs_up(self, rng):
        status, answer, _ = mlpm(self.folder, "backup")
        if status == 0:
            assert all(c.ok for c in backups.read_back(Path(answer["path"])))


def test_whatever_meets_on_one_folder_nothing_acknowledged_is_lost(tmp_path, file, tell):
    folder = tmp_path / "store"
    acknowledged = {}
    for n in range(N_ROUNDS):
        one = Round(folder, file, seed=20261128 + n)
        people = [threading.Thread(target=one.person, args=(p,)) for p in (1, 2)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        for fault in one.faults:
            raise fault
        assert not acknowledged.keys() & one.acknowledged.keys()
        acknowledged |= one.acknowledged
        stored = held(folder)
        assert {b: stored[b].sha256 for b in acknowledged} == acknowledged, f"round {n}"
    assert acknowledged
    tell(f"{N_ROUNDS} rounds of two people, {len(acknowledged)} batches acknowledged, all there")
