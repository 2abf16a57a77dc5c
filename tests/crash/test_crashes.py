"""Killed at named points and at any moment, hurt in any file: nothing acknowledged is ever lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from mlpm_core.errors import StoreError
from mlpm_core.records import record_of
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.crash.child import POINTS, ROWS
from tests.forked import Forked
from tests.patience import PATIENCE
from tests.serving import own_environment

ROOT = Path(__file__).resolve().parents[2]
SOAK = int(os.environ.get("SOAK", "1"))  # make soak does many times as much
N_AT_POINTS, N_AT_ANY_TIME, N_HURT = 3 * SOAK, 8 * SOAK, 24 * SOAK
START_SECONDS = 10.0  # of processor time, whatever else the machine does
RESULTS = record_of("metric_results")


def started(folder: Path, point: str, n: int, start: int) -> Forked:
    return Forked(
        "tests.crash.child:main", [folder, point, n, start],
        own_environment(folder, PYTHONPATH=str(ROOT)),
    )  # fmt: skip


def said(lines: str, word: str) -> list[str]:
    return [line.split(" ", 1)[1] for line in lines.splitlines() if line.startswith(f"{word} ")]


def checked(folder: Path, acknowledged: set[str]) -> int:
    """Open as the next start does; how many batches there are. Everything must be there."""
    began = time.process_time()
    workspace = open_recovered(Settings(data=folder, demo=False))
    took = time.process_time() - began
    try:
        receipts = batches.receipts(workspace, "shop") if acknowledged else []
        stored = {row["batch"]: row for row in receipts}
        assert acknowledged <= set(stored)
        told = backups.checks_json(backups.verify(workspace))
        assert told["ok"], told
        for row in stored.values():
            receipt = row["receipt"]
            with workspace.store.reader() as reader:
                n = reader.count(RESULTS, row["seq"])
            assert n == (0 if receipt.undoes else ROWS), row["batch"]
        assert not list(folder.rglob("*.duckdb.part"))
    finally:
        workspace.close()
    assert took < START_SECONDS
    return len(stored)


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point_nothing_acknowledged_is_lost(tmp_path, point, tell):
    """The same store goes on after each kill, so that one scar lies upon another."""
    acknowledged: set[str] = set()
    killed = 0
    for n in range(1, N_AT_POINTS + 1):
        child = started(tmp_path, point, 1 + n % 3, start=100 * n)
        out, err = child.communicate(timeout=PATIENCE)
        acknowledged |= set(said(out, "ACK"))
        assert child.returncode == -signal.SIGKILL, err
        killed += 1
        assert checked(tmp_path, acknowledged) <= len(acknowledged) + killed
        for path in said(out, "BACKUP"):
            assert all(c.ok for c in backups.read_back(tmp_path / "backups" / path))
    leftovers = [p.name for p in tmp_path.glob("backups/*") if p.suffix == ".zip"]
    assert all(backups.read_back(tmp_path / "backups" / name)[0].ok for name in leftovers)
    assert acknowledged
    tell(f"{killed} kills {point}, {len(acknowledged)} acknowledged")


def test_killed_at_any_moment_nothing_acknowledged_is_lost(tmp_path, tell):
    rng = random.Random(20261125)
    acknowledged: set[str] = set()
    for n in range(N_AT_ANY_TIME):
        child = started(tmp_path, "", 1, start=100 * n)
        first = [child.stdout.readline()]
        assert first == ["READY\n"]
        for _ in range(rng.randrange(5)):  # however slow the machine is, some are acknowledged
            first.append(child.stdout.readline())
        time.sleep(rng.uniform(0, 0.4))
        child.kill()
        out, _ = child.communicate(timeout=PATIENCE)
        acknowledged |= set(said("".join(first) + out, "ACK"))
        assert checked(tmp_path, acknowledged) <= len(acknowledged) + n + 1
    assert len(acknowledged) > N_AT_ANY_TIME
    tell(f"{N_AT_ANY_TIME} kills, {len(acknowledged)} acknowledged")


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A store as a crash leaves it, with a log of changes beside the database."""
    folder = tmp_path_factory.mktemp("crashed")
    out, _ = started(folder, "after note", 9, start=0).communicate(timeout=PATIENCE)
    assert (folder / "mlpm.duckdb.wal").exists()
    return folder, set(said(out, "ACK"))


def hurt(path: Path, rng: random.Random) -> None:
    """Cut it, flip a bit of it, take it away, or fill a stretch of it with zeros."""
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data))
    match rng.choice(["cut", "flip", "gone", "zeros"]):
        case "cut":
            path.write_bytes(data[:at])
        case "flip":
            data[at] ^= 1 << rng.randrange(8)
            path.write_bytes(data)
        case "gone":
            path.unlink()
        case _:
            data[at : at + 512] = bytes(min(512, len(data) - at))
            path.write_bytes(data)


def test_whatever_file_is_hurt_it_is_mended_or_told_never_silently_less(crashed, tmp_path, tell):
    folder, acknowledged = crashed
    outcomes = {"whole": 0, "told": 0}
    for n in range(N_HURT):
        rng = random.Random(n)
        copy = shutil.copytree(folder, tmp_path / f"{n}")
        raws = sorted((copy / "raw").iterdir())
        victims = [copy / "mlpm.duckdb", copy / "mlpm.duckdb.wal", copy / "ledger.jsonl"]
        victim = [*victims, rng.choice(raws)][n % 4]
        hurt(victim, rng)
        try:
            workspace = open_recovered(Settings(data=copy, demo=False))
        except StoreError:
            outcomes["told"] += 1
            continue
        try:
            held = {row["batch"] for row in batches.receipts(workspace, "shop")}
            is_told = not all(c.ok for c in (*workspace.checks(), *backups.verify(workspace)))
            is_whole = acknowledged <= held
        except StoreError:
            is_told, is_whole = True, False
        finally:
            workspace.close()
        assert is_whole or is_told, (n, victim.name)
        if victim.name != "ledger.jsonl" and "raw" not in victim.parts:
            again = open_recovered(
                Settings(data=copy, demo=False)
            )  # what was set aside is built anew
            stored = {row["batch"] for row in batches.receipts(again, "shop")}
            again.close()
            assert acknowledged <= stored, (n, victim.name)
        outcomes["whole" if is_whole and not is_told else "told"] += 1
        shutil.rmtree(copy)
    assert outcomes["whole"] > N_HURT // 3  # of the other half most is told: ledger and raw files
    tell(f"{N_HURT} hurt files: {outcomes}")
