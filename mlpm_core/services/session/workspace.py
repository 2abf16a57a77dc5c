"""An open data folder: one store, one ledger, one clock, shared by screens, routes and commands."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.services.session import data_folder
from mlpm_core.services.session.answers import Answers
from mlpm_core.services.session.data_folder import DATABASE
from mlpm_core.store import DamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mlpm_core.records import Project, Record
    from mlpm_core.services.session.settings import Settings
    from mlpm_core.store import FolderLock, Ledger, Store

_BATCH = re.compile(r"B[0-9]{5,18}")
_LONGEST_SHOWN = 40
_DAY_LENGTH = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold for the app to serve, and what was found."""

    name: str
    ok: bool
    detail: str


class Workspace:
    """An open store with its ledger: the only one on its folder that writes, until it is closed.

    Parameters
    ----------
    settings : Settings
    store, ledger
        Of the data folder, in agreement with each other.
    lock : FolderLock
        What holds the folder; it is closed with the workspace.
    healed : sequence of str
        What had to be mended when the store was opened, each a sentence for people.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        ledger: Ledger,
        *,
        lock: FolderLock,
        healed: Sequence[str] = (),
    ) -> None:
        self.settings, self.store, self.ledger, self.healed = settings, store, ledger, healed
        self.moment: datetime | None = None
        """The past moment as of which all is shown; None is now."""
        self.actor = ""
        """Who acts; every write names it. See `acting_as`."""
        self.answers = Answers()
        """What was computed; see `consistent.kept`."""
        self._lock = lock

    @property
    def version(self) -> int:
        """The newest batch's number: whatever was read before it is stale."""
        return max(self.store.cached_seqs("project_versions", "project").values(), default=0)

    def acting_as(self, actor: str) -> Workspace:
        """The same workspace in somebody's name, who is noted with everything written."""
        theirs = copy(self)
        theirs.actor = actor
        return theirs

    def version_of(self, project: str, *elsewhere: type[Record]) -> int:
        """The newest batch of a project: a write to another one makes nothing of it stale.

        Of the kinds ``elsewhere`` the newest batch of any project, if that is newer; see
        `newest_of`.
        """
        return newest_of(self.store.cached_seqs, project, elsewhere)

    def project(self, project: str) -> Project:
        """The record of a project.

        Raises
        ------
        NotFoundError
            When there is none of that name.
        """
        projects = self.store.projects_by_name()
        if project not in projects:
            raise NotFoundError.of("project", project, projects)
        return projects[project]

    def today(self, project: str | None = None) -> date:
        """The day a project lives on: its own clock if it has one (the demo), else the calendar."""
        clock = self.project(project).clock_on if project else None
        return clock or self.now().date()

    def now(self) -> datetime:
        """The present moment in UTC, as it is stored: without a zone."""
        return self.moment or datetime.now(UTC).replace(tzinfo=None)

    def as_of(self, when: str) -> Workspace:
        """The workspace as of a moment: later batches, undos too, did not happen.

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
                rows = reader.rows("batch_moment", batch=when)
                if not rows:
                    raise NotFoundError(f"There is no batch {when}; the Imports screen lists them.")
                seq, moment = rows[0]["seq"], rows[0]["received_at"]
            else:
                moment = _moment(when)
                seq = reader.rows("seq_at", moment=moment)[0]["seq"]
        past = copy(self)
        past.answers = Answers()
        past.moment, past.store = moment, self.store.as_of(int(seq))
        return past

    def checks(self) -> list[Check]:
        """Whether the store is open, the ledger agrees with it, and there is disk left."""
        checks = []
        try:
            with self.store.reader() as reader:
                lost, cut = self.ledger.missing(r["seq"] for r in reader.rows("all_seqs"))
            checks.append(Check("store", True, "open"))
            problem = _loss(lost) if lost else _cut(cut) if cut else None
            checks.append(Check("ledger", problem is None, problem or "agrees with the store"))
        except StoreError as error:
            checks.append(Check("store", False, str(error)))
        checks += [Check("healed", True, sentence) for sentence in self.healed]
        usage = shutil.disk_usage(self.settings.data)
        free = usage.free / usage.total
        enough = free > 0.02 or usage.free > 10 * 2**30
        checks.append(Check("disk", enough, f"{free:.0%} free"))
        return checks

    def close(self) -> None:
        """Checkpoint, close and let others in; a damaged database is set aside and built anew."""
        try:
            with suppress(StoreError):  # what it would not write now it says at the next start
                self.acknowledge()
            self.store.close()
        except DamagedError:
            if self.settings.read_only or not self.ledger.entries():
                raise
            for name in (DATABASE, f"{DATABASE}.wal"):
                if (self.settings.data / name).exists():
                    data_folder.set_aside(self.settings.data, self.settings.data / name)
        finally:
            self._lock.close()

    def acknowledge(self) -> None:
        """Say in the store how far the ledger goes, so that a line cut from it is missed."""
        if self.settings.read_only:
            return
        with self.store.reader() as reader:
            acknowledged = int(reader.rows("acknowledged")[0]["seq"])
        if self.ledger.last_seq > acknowledged:
            with self.store.writer() as writer:
                writer.run("acknowledge", seq=self.ledger.last_seq)


def newest_of(
    seqs: Callable[[str, str], Mapping[str, int]],
    project: str,
    elsewhere: Collection[type[Record]] = (),
) -> int:
    """The newest batch of a project, or of some kinds in any project; 0 without one.

    Parameters
    ----------
    seqs : callable
        Gives ``seq`` of the rows of a query by another column of it.
    elsewhere : collection of types of Record
        Kinds of which the rows of every project count. A batch holds rows of its kind alone, but
        for the models and the project that it was first to name: models are none of these kinds,
        and a project that was only named has nothing yet.
    """
    newest = seqs("project_versions", "project").get(project, 0)
    if not elsewhere:
        return newest
    of_kinds = seqs("kind_versions", "kind")
    return max(newest, *(of_kinds.get(record.kind, 0) for record in elsewhere))


def _moment(when: str) -> datetime:
    try:
        moment = datetime.fromisoformat(when)
        if moment.tzinfo is not None:  # in UTC it may lie before the first year, or after the last
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        shown = when if len(when) <= _LONGEST_SHOWN else f"{when[:_LONGEST_SHOWN]}..."
        raise InputError(
            f"{shown!r} is no moment; write a day as 2026-01-31, a moment as 2026-01-31T12:00, or "
            "the number of a batch."
        ) from None
    is_day = len(when) <= _DAY_LENGTH and moment.date() < date.max
    return moment + timedelta(days=1, microseconds=-1) if is_day else moment


def _loss(lost: list[int]) -> str:
    batches = "batch is" if len(lost) == 1 else "batches are"
    some = ", ".join(str(seq) for seq in lost[:5]) + (", ..." if len(lost) > 5 else "")
    return f"{len(lost)} acknowledged {batches} not in the store: {some}"


def _cut(cut: list[int]) -> str:
    return f"The ledger lacks {len(cut)} of the batches in the store; 'mlpm verify' says what to do"
