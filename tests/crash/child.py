"""A process that imports, undoes and backs up until it is killed; tells what it was acknowledged.

Run as ``python child.py FOLDER POINT N``: it kills itself the moment it has come N times to the
point. Without a point it goes on until somebody kills it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpm_core.intake import ImportRequest
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import batches, imports
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.saved_answers import SANDBOX
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Arrival, Ledger, Store, connection

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 40
POINTS = (
    "before raw", "in raw", "raw written", "before rename", "after rename", "after raw",
    "in transaction", "before commit", "after commit", "before note", "in note", "after note",
    "in backup", "before checkpoint",
)  # fmt: skip


def die() -> None:
    """As if the power went: nothing is flushed, nothing is closed."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Kills the process when it has come to the point as often as told."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self) -> None:
        self.left -= 1
        if self.left <= 0:
            die()


def around(owner: Any, name: str, *, before: Callable[[], None] | None = None,
           after: Callable[[], None] | None = None) -> None:  # fmt: skip
    """Put a step before or after a function of a class or module."""
    real = getattr(owner, name)

    def stepped(*args: Any, **kwargs: Any) -> Any:
        if before is not None:
            before()
        told = real(*args, **kwargs)
        if after is not None:
            after()
        return told

    setattr(owner, name, stepped)


class Torn:
    """A file that writes half of what it is given and is then gone."""

    def __init__(self, file: Any, tick: Countdown) -> None:
        self.file, self.tick = file, tick

    def __enter__(self) -> Torn:
        return self

    def __exit__(self, *told: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, data: bytes) -> int:
        if self.tick.left <= 1:
            self.file.write(data[: len(data) // 2])
            self.file.flush()
        self.tick()
        return int(self.file.write(data))


def torn(kind: str, tick: Countdown) -> None:
    """Tear what is written to raw files, or to the ledger."""
    real = Path.open

    def opened(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        file = real(self, mode, *args, **kwargs)
        is_raw, is_ledger = self.name.endswith(".part"), self.name == "ledger.jsonl"
        wanted = (kind == "raw" and is_raw) or (kind == "note" and is_ledger and "a" in mode)
        return Torn(file, tick) if wanted else file

    Path.open = opened  # type: ignore[method-assign]


def armed(point: str, n: int) -> None:
    """Lay the trap."""
    tick = Countdown(n)
    match point:
        case "before raw":
            around(Arrival, "__call__", before=tick)
        case "after raw":
            around(Arrival, "__call__", after=tick)
        case "in raw" | "in note":
            torn(point.removeprefix("in "), tick)
        case "raw written":
            tick.left = 3 * n - 2  # an import flushes its file, the folder, and the ledger
            around(os, "fsync", after=tick)
        case "before rename":
            around(Path, "replace", before=tick)
        case "after rename":
            around(Path, "replace", after=tick)
        case "in transaction":
            around(connection.Writer, "append", after=tick)
        case "before commit":
            tick.left = 3 * n - n % 3  # an import adds a batch, completes it, and acknowledges one
            around(connection.Writer, "run", after=tick)
        case "after commit":
            around(Ledger, "note", before=tick)
        case "before note":
            around(batches, "note", before=tick)
        case "after note":
            around(Ledger, "note", after=tick)
        case "in backup":
            around(Store, "snapshot", after=tick)
        case "before checkpoint":
            around(Store, "snapshot", before=tick)


def file_of(i: int) -> bytes:
    """A file of forty results; no two alike."""
    days = range(1, 29)
    rows = [
        f"m{i},recall,2024-{1 + r // 28:02}-{days[r % 28]:02},0.{i % 9 + 1}" for r in range(ROWS)
    ]
    return ("model_id,metric,period_start,value\n" + "\n".join(rows) + "\n").encode()


def main() -> None:
    """Work until killed, or through twelve files."""
    folder, point, n, start = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    workspace = open_recovered(Settings(data=folder, demo=False))
    warm = ImportRequest(file_of(0), "0.csv", "metric_results", "shop", workspace.now())
    SANDBOX.read(warm)  # else most kills would come before the first file is read
    armed(point, n)
    print("READY", flush=True)
    for i in range(start, start + 12):
        told = imports.import_file(
            workspace.acting_as("ada"), "shop", "metric_results", f"{i}.csv", file_of(i)
        )
        assert told.status == "committed", told
        print(f"ACK {told.batch}", flush=True)
        if i % 3 == 2:
            undone = undoing.undo(workspace.acting_as("ada"), "shop", str(told.batch))
            print(f"ACK {undone.batch}", flush=True)
        if i % 4 == 3:
            path, _ = backups.backup(workspace)
            print(f"BACKUP {path.name}", flush=True)
    print("DONE", flush=True)


if __name__ == "__main__":
    main()
