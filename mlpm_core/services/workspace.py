"""The open house: one store, one ledger, one clock, shared by screens, routes and commands."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from mlpm_core.errors import NotFoundError, StoreError
from mlpm_core.services.settings import Settings
from mlpm_core.store import Ledger, Store

__all__ = ["Check", "Settings", "Workspace", "close_workspace", "open_workspace"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold for the app to serve, and what was found."""

    name: str
    ok: bool
    detail: str


class Workspace:
    """An open store with its ledger."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"MLPM_DATA={settings.data} cannot be made: {error.strerror}."
            ) from error
        self.store = Store.open(settings.data / "mlpm.duckdb", read_only=settings.read_only)
        self.ledger = Ledger(settings.data)
        self._reconcile()

    @property
    def version(self) -> int:
        """The newest batch's number: whatever was read before it is stale."""
        with self.store.reader() as reader:
            return int(reader.rows("last_seq")[0]["seq"])

    def project(self, project: str) -> dict[str, Any]:
        """The record of a project.

        Raises
        ------
        NotFoundError
            When there is none of that name.
        """
        with self.store.reader() as reader:
            rows = reader.rows("projects")
        for row in rows:
            if row["project"] == project:
                return row
        raise NotFoundError.of("project", project, [r["project"] for r in rows])

    def today(self, project: str | None = None) -> date:
        """The day a project lives on: its own clock if it has one (the demo), else the calendar."""
        clock = self.project(project)["clock_on"] if project else None
        return clock if isinstance(clock, date) else self.now().date()

    @staticmethod
    def now() -> datetime:
        """The present moment in UTC, as it is stored: without a zone."""
        return datetime.now(UTC).replace(tzinfo=None)

    def checks(self) -> list[Check]:
        """Whether the store is open, the ledger agrees with it, and there is disk left."""
        checks = []
        try:
            lost = self._lost()
            checks.append(Check("store", True, "open"))
            checks.append(
                Check("ledger", True, "agrees with the store")
                if not lost
                else Check("ledger", False, _loss(lost))
            )
        except StoreError as error:
            checks.append(Check("store", False, str(error)))
        usage = shutil.disk_usage(self.settings.data)
        free = usage.free / usage.total
        enough = free > 0.02 or usage.free > 10 * 2**30
        checks.append(Check("disk", enough, f"{free:.0%} free"))
        return checks

    def close(self) -> None:
        """Checkpoint and close."""
        self.store.close()

    def _lost(self) -> list[int]:
        with self.store.reader() as reader:
            return self.ledger.missing(r["seq"] for r in reader.rows("all_seqs"))[0]

    def _reconcile(self) -> None:
        """Note batches that were committed but not yet in the ledger when the process died."""
        if self.settings.read_only:
            return
        with self.store.reader() as reader:
            stored = {r["seq"]: r for r in reader.rows("all_seqs")}
        for seq in self.ledger.missing(stored)[1]:
            self.ledger.note(stored[seq])


def _loss(lost: list[int]) -> str:
    batches = "batch is" if len(lost) == 1 else "batches are"
    some = ", ".join(str(seq) for seq in lost[:5]) + (", ..." if len(lost) > 5 else "")
    return f"{len(lost)} acknowledged {batches} not in the store: {some}"


_lock = threading.Lock()
_open: dict[str, Workspace] = {}


def open_workspace(settings: Settings | None = None) -> Workspace:
    """The process's workspace, opened on first use; loads the demo into an empty store.

    Raises
    ------
    StoreError
        When another process holds the store, or it cannot be read.
    """
    from mlpm_core.services import demo

    with _lock:
        if "it" not in _open:
            workspace = Workspace(settings or Settings.from_environment())
            try:
                if workspace.settings.demo and not workspace.settings.read_only:
                    demo.load_if_empty(workspace)
            except BaseException:
                workspace.close()
                raise
            _open["it"] = workspace
        return _open["it"]


def close_workspace() -> None:
    """Checkpoint and close the process's workspace, if it is open."""
    with _lock:
        workspace = _open.pop("it", None)
        if workspace is not None:
            workspace.close()
