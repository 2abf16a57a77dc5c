"""What a piece of work takes at most of memory, told by a process of its own.

``python -m tests.peak verify FOLDER``, ``backup FOLDER TO``, ``restore FOLDER BACKUP``,
``reopen FOLDER`` and ``import FOLDER KIND FILE`` print the most bytes that the application, and the
process that reads files for it, ever held in memory.

It is VmHWM of Linux, not ``ru_maxrss``: that one begins with what the process held that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PROCESSORS = 2


@dataclass(frozen=True)
class Peak:
    """The most bytes two processes held; ``reader`` is 0 where none was needed."""

    application: int
    reader: int

    @property
    def both(self) -> int:
        return self.application + self.reader

    def above(self, other: Peak) -> Peak:
        """What it held more than another, which did the same with next to nothing."""
        return Peak(self.application - other.application, self.reader - other.reader)


def peak_of(*work: object) -> Peak:
    """What a piece of work takes, which must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.peak", *map(str, work)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Peak(*json.loads(done.stdout))


def _work(what: str, folder: Path, rest: list[str]) -> None:
    from mlpm_core.services.admin import backups
    from mlpm_core.services.ingest import imports
    from mlpm_core.services.ingest.recovery import open_recovered
    from mlpm_core.services.session.settings import Settings

    settings = Settings(data=folder, demo=False)
    if what == "restore":
        assert all(check.ok for check in backups.restore(settings, Path(rest[0])))
        return
    workspace = open_recovered(settings)
    if what == "import":
        kind, file = rest
        receipt = imports.import_file(workspace.acting_as("ana"), "shop", kind, "f.csv", Path(file))
        assert receipt.status == "committed", receipt
    elif what == "reopen":
        assert "stored again" in workspace.healed[-1]
    elif what == "verify":
        assert all(check.ok for check in backups.verify(workspace))
    else:
        assert all(check.ok for check in backups.backup(workspace, Path(rest[0]))[1])


def _children() -> list[int]:
    told = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii")
    return [int(number) for number in told.split()]


def _most(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return next(int(x.split()[1]) for x in status.splitlines() if x.startswith("VmHWM:")) * 1024


if __name__ == "__main__":
    # as many threads on every machine, each of which holds memory of its own
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:_PROCESSORS])
    _work(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
    print(json.dumps([_most(os.getpid()), sum(map(_most, _children()))]))
