"""The open house: one store, one ledger, one clock, shared by screens, routes and commands."""

from __future__ import annotations

import re
import shutil
import threading
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.services.settings import Settings
from mlpm_core.store import DamagedError, Ledger, Store

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Check", "Settings", "Workspace", "close_workspace", "open_workspace"]

_BATCH = re.compile(r"B\d{5,}")
_DAY_LENGTH = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold for the app to serve, and what was found."""

    name: str
    ok: bool
    detail: str


class Workspace:
    """An open store with its ledger, which mends the store when it is opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.known_at: datetime | None = None
        """The moment as of which all is told; None is now."""
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"MLPM_DATA={settings.data} cannot be made: {error.strerror}."
            ) from error
        self.ledger = Ledger(settings.data)
        self.healed: list[str] = []
        """What had to be mended when the store was opened, each a sentence for people."""
        self.store = self._opened()
        self._reconcile()
        if not settings.read_only:  # what a killed process left of uploads
            shutil.rmtree(settings.spool, ignore_errors=True)

    @property
    def version(self) -> int:
        """The newest batch's number: whatever was read before it is stale."""
        return int(self.store.remembered("last_seq")[0]["seq"])

    def project(self, project: str) -> dict[str, Any]:
        """The record of a project.

        Raises
        ------
        NotFoundError
            When there is none of that name.
        """
        rows = self.store.remembered("projects")
        for row in rows:
            if row["project"] == project:
                return dict(row)
        raise NotFoundError.of("project", project, [r["project"] for r in rows])

    def today(self, project: str | None = None) -> date:
        """The day a project lives on: its own clock if it has one (the demo), else the calendar."""
        clock = self.project(project)["clock_on"] if project else None
        return clock if isinstance(clock, date) else self.now().date()

    def now(self) -> datetime:
        """The present moment in UTC, as it is stored: without a zone."""
        return self.known_at or datetime.now(UTC).replace(tzinfo=None)

    def as_known(self, when: str) -> Workspace:
        """The same house as it was known at a moment: later batches, undos too, did not happen.

        It only reads, and its clock stands at the moment.

        Parameters
        ----------
        when : str
            A day (its end counts), a moment in UTC, or the number of a batch.

        Raises
        ------
        InputError
            When it is none of these.
        NotFoundError
            When there is no such batch.
        """
        with self.store.reader() as reader:
            if _BATCH.fullmatch(when):
                found = reader.rows("batch_moment", batch=when)
                if not found:
                    raise NotFoundError(f"There is no batch {when}; the Imports screen lists them.")
                seq, moment = found[0]["seq"], found[0]["received_at"]
            else:
                moment = _moment(when)
                seq = reader.rows("seq_at", moment=moment)[0]["seq"]
        past = copy(self)
        past.known_at, past.store = moment, self.store.as_known(int(seq))
        return past

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
        checks += [Check("healed", True, sentence) for sentence in self.healed]
        usage = shutil.disk_usage(self.settings.data)
        free = usage.free / usage.total
        enough = free > 0.02 or usage.free > 10 * 2**30
        checks.append(Check("disk", enough, f"{free:.0%} free"))
        return checks

    def close(self) -> None:
        """Checkpoint and close; a damaged database is set aside, so that it is built anew."""
        try:
            self.store.close()
        except DamagedError:
            if self.settings.read_only or not self.ledger.entries():
                raise
            for file in self._files():
                if file.exists():
                    self._set_aside(file)

    def _start_over(self, why: str) -> list[dict[str, Any]]:
        """Set the database aside and open an empty one; what the ledger can bring back."""
        with suppress(DamagedError):
            self.store.close()
        aside = [self._set_aside(file) for file in self._files() if file.exists()]
        self.healed.append(f"The database {why} and lies in {aside[0].parent}.")
        self.store = Store.open(self._file)
        return self.ledger.entries()

    def _files(self) -> tuple[Path, Path]:
        """The database and its log of changes."""
        return self._file, self._file.with_name(f"{self._file.name}.wal")

    def _lost(self) -> list[int]:
        with self.store.reader() as reader:
            return self.ledger.missing(r["seq"] for r in reader.rows("all_seqs"))[0]

    @property
    def _file(self) -> Path:
        return self.settings.data / "mlpm.duckdb"

    def _opened(self) -> Store:
        """The store; what of it cannot be read is set aside if the ledger can bring it back."""
        try:
            return Store.open(self._file, read_only=self.settings.read_only)
        except DamagedError:
            if self.settings.read_only or not self.ledger.entries():
                raise
        wal = self._files()[1]
        if wal.exists():
            aside = self._set_aside(wal)
            try:
                store = Store.open(self._file)
            except DamagedError:
                pass
            else:
                self.healed.append(f"The last changes could not be read; they lie in {aside}.")
                return store
        aside = self._set_aside(self._file)
        self.healed.append(f"The database could not be read and lies in {aside}.")
        return Store.open(self._file)

    def _set_aside(self, file: Path) -> Path:
        """Move a file out of the way, never away."""
        folder = self.settings.data / "quarantine" / f"{self.now():%Y%m%dT%H%M%S%f}"
        folder.mkdir(parents=True)
        return file.rename(folder / file.name)

    def _reconcile(self) -> None:
        """Make ledger and store agree: note what it lacks, store again what the store lacks."""
        if self.settings.read_only:
            return
        entries = self.ledger.entries()
        with self.store.reader() as reader:
            stored = {r["seq"]: r for r in reader.rows("batch_rows")}
        whole = {e["seq"] for e in entries if "receipt" in e}
        for seq in sorted(stored.keys() - whole):
            self.ledger.note(stored[seq])
        lost = [e for e in entries if e["seq"] not in stored]
        if not lost:
            return
        from mlpm_core.services.replay import replay

        if stored and lost[0]["seq"] < max(stored):  # a hole: what follows was judged upon it
            lost = self._start_over("had lost a batch in its midst")
        try:
            n, why = replay(self.store, self.ledger, lost, self.settings.limits)
        except DamagedError:
            lost = self._start_over("could not be read")
            n, why = replay(self.store, self.ledger, lost, self.settings.limits)
        if n:
            batches = "batch was" if n == 1 else "batches were"
            self.healed.append(f"{n} {batches} stored again from the ledger and the raw files.")
        if why is not None:
            self.healed.append(f"{len(lost) - n} could not be: {why}")


def _moment(when: str) -> datetime:
    try:
        moment = datetime.fromisoformat(when)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise InputError(
            f"{when!r} is no moment; write a day as 2026-01-31, a moment as 2026-01-31T12:00, or "
            "the number of a batch."
        ) from None
    is_day = len(when) <= _DAY_LENGTH and moment.date() < date.max
    return moment + timedelta(days=1, microseconds=-1) if is_day else moment


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
