"""The n-th call of the system fails, or a file may not grow: nothing is half done, and it is told.

``strace`` makes a call fail wherever it is made, in the database's own code too.
"""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests import forked
from tests.crash.test_crashes import ROOT, SOAK, checked, said
from tests.patience import PATIENCE
from tests.serving import own_environment
from tests.strace import traced

if TYPE_CHECKING:
    from pathlib import Path

CAUSES = ("Input/output error", "No space left on device", "File too large")
MOST = 60
TRIED = range(1, MOST)
CALLS = ("fsync", "rename", "pwrite64", "ftruncate")
CALLS_OF_SOAK = ("write", "mkdir", "openat")
OTHERS = (
    "fdatasync", "sync_file_range", "msync", "renameat", "renameat2", "pwritev", "pwritev2",
    "writev", "truncate", "fallocate", "link", "linkat", "sendfile", "copy_file_range",
)  # fmt: skip


class Done(NamedTuple):
    """What a process said, and what went wrong."""

    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a batch in it, cleanly closed."""
    folder = tmp_path_factory.mktemp("faults") / "store"
    done = worked(folder)
    assert said(done.stdout, "ACK") == ["B00001"], done.stderr
    return folder


def worked(folder: Path, *arguments: str, log: Path | None = None, options=()) -> Done:
    """One import in a process of its own, watched by strace when there is a log to write."""
    environment = own_environment(folder, PYTHONPATH=str(ROOT))
    target = "tests.crash.faulty:main" if log is None else "tests.crash.faulty:watched"
    process = forked.Forked(target, [folder, *arguments], environment, ROOT)
    said_, told = process.communicate(PATIENCE) if log is None else traced(process, log, *options)
    return Done(said_, told)


def held(folder: Path, done: Done) -> None:
    """What was acknowledged is there, whole; what failed is not, and its cause was named."""
    acknowledged = {"B00001", *said(done.stdout, "ACK")}
    n = checked(folder, acknowledged)
    told = said(done.stdout, "FAILED")
    for sentence in told:
        assert any(cause in sentence for cause in CAUSES), sentence
    assert n <= 2
    if told and "stored but" not in told[0] and "ledger could not" not in told[0]:
        assert n == 1, told


def test_no_call_that_writes_is_left_untried(store, tmp_path):
    """An import uses these calls to write, flush, move or cut files, and no others."""
    copy, log = shutil.copytree(store, tmp_path / "store"), tmp_path / "calls.log"
    calls = f"trace={','.join((*CALLS, *CALLS_OF_SOAK, *OTHERS))}"
    done = worked(copy, log=log, options=("-y", "-e", calls))
    assert said(done.stdout, "ACK") == ["B00002"], done.stderr
    text = log.read_text(errors="replace")
    used = {call for call in (*CALLS, *CALLS_OF_SOAK, *OTHERS) if f" {call}(" in text}
    assert used - set(OTHERS) == {*CALLS, *CALLS_OF_SOAK}
    in_data = [x for x in text.splitlines() if str(copy) in x]
    assert [x for x in in_data if any(f" {call}(" in x for call in OTHERS)] == []


@pytest.mark.parametrize("call", CALLS + (CALLS_OF_SOAK if SOAK > 1 else ()))
def test_every_call_of_the_system_may_fail_once(store, tmp_path, tell, call):
    counts = {}
    for error in ("EIO", "ENOSPC") if SOAK > 1 else ("EIO",):
        tried = 0
        for n in TRIED:
            wrong = "ENOSPC" if SOAK == 1 and tried % 2 else error
            copy = shutil.copytree(store, tmp_path / f"{call}-{error}-{n}")
            log = tmp_path / "strace.log"
            inject = f"inject={call}:error={wrong}:when={n}"
            done = worked(copy, log=log, options=("-e", f"trace={call}", "-e", inject))
            if "(INJECTED)" not in log.read_text(errors="replace"):
                assert said(done.stdout, "ACK") == ["B00002"], done.stderr
                break
            held(copy, done)
            shutil.rmtree(copy)
            tried += 1
        counts[error] = tried
    tell(f"{call} failed once: {counts}")
    assert all(counts.values())


def test_a_file_that_may_not_grow_leaves_nothing_half_done(store, tmp_path, tell):
    """A stand-in for a full disk that needs no rights: a bound on the size of any file."""
    rng = random.Random(7)
    largest = max(f.stat().st_size for f in store.rglob("*") if f.is_file())
    outcomes = {"ACK": 0, "FAILED": 0, "died": 0}
    for i in range(8 * SOAK):
        copy = shutil.copytree(store, tmp_path / f"{i}")
        bound = 100 + 2 ** rng.uniform(6, 15) if i % 4 else rng.randrange(largest, 2 * largest)
        done = worked(copy, str(int(bound)))
        held(copy, done)
        told = next((w for w in ("ACK", "FAILED") if said(done.stdout, w)), "died")
        outcomes[told] += 1
        shutil.rmtree(copy)
    tell(f"bounded files: {outcomes}")
    assert outcomes["FAILED"] + outcomes["died"] > 0
