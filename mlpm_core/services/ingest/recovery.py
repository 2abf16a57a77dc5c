"""What is made to agree when a store is opened: database, ledger and raw files.

The ledger holds every batch, the raw folder every file: reading a file again with the answers of
its receipt gives the rows that were stored, as their hash says. A file of before a question was
asked, or a word understood, is read as it was then. What cannot be read is set aside, never thrown
away.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import MlpmError, StoreError
from mlpm_core.intake import ImportRequest, Profile, Refusal, judged
from mlpm_core.records import Receipt, Status, record_of
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.row_rules import judged_with_rules
from mlpm_core.services.ingest.saved_answers import SANDBOX
from mlpm_core.services.ingest.stored_rows import (
    Stored,
    complete_rows,
    content_of,
    lay_down,
    register_used,
)
from mlpm_core.services.session import data_folder
from mlpm_core.services.session.data_folder import DATABASE, LEDGER
from mlpm_core.services.session.workspace import Workspace
from mlpm_core.services.valuation.currency_rules import currency_of
from mlpm_core.store import BatchContent, DamagedError, Ledger, Store, days_of_batch, recount

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mlpm_core.services.session.settings import Settings
    from mlpm_core.store import Writer

_NOT_CHAINED: Final = -1
# New models were agreed to then, errors not asked about were taken as shares, and running totals
# as they are written.
_TODAY: Final = Profile(new_model="new", errors_in="share", running_totals="as_written")
_AS_THEN: Final = _TODAY.model_copy(update={"is_replay": True})
_BEFORE_ZONES: Final = _TODAY.model_copy(update={"before_zones": True})
_BEFORE_LAYOUTS: Final = _TODAY.model_copy(update={"before_layouts": True})


class _ReadOtherwiseError(StoreError):
    """A file gives other rows today than those that were stored."""


class Recovery:
    """Opens the store of a data folder that is held, and mends what can be mended.

    Parameters
    ----------
    settings : Settings

    Attributes
    ----------
    ledger : Ledger
    healed : list of str
        What had to be mended, each a sentence for people.

    Raises
    ------
    StoreError
        When a restore did not come to its end and what was there cannot be put back.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.healed: list[str] = []
        self._rests_on_ledger = False
        self._put_back()
        self.ledger = Ledger(settings.data)

    @property
    def database(self) -> Path:
        """Where the database lies."""
        return self.settings.data / DATABASE

    def _put_back(self) -> None:
        """Undo a restore that did not come to its end."""
        folder = self.settings.data
        if self.settings.read_only and data_folder.is_interrupted(folder):
            raise StoreError(
                f"A restore did not come to its end; what was there before lies in {folder}. Start "
                "MLPM once without MLPM_READ_ONLY, which puts it back."
            )
        if not self.settings.read_only and data_folder.put_back(folder):
            self.healed.append(
                "A restore did not come to its end: the data are as they were before it."
            )

    def opened(self) -> Store:
        """The store, in agreement with the ledger as far as it can be.

        Raises
        ------
        StoreError
            When it cannot be read and the ledger cannot bring it back.
        """
        store = self._opened()
        if self.settings.read_only:
            return store
        try:
            store = self._with_lost_batches(store)
            self._hash_older_batches(store)
            self._note_unnoted(store)
        except BaseException:
            store.close()
            raise
        return store

    def _opened(self) -> Store:
        """The store; what of it cannot be read is set aside if the ledger can bring it back."""
        try:
            return Store.open(self.database, read_only=self.settings.read_only)
        except DamagedError:
            if self.settings.read_only or not self.ledger.entries():
                raise
        wal = self.database.with_name(f"{self.database.name}.wal")
        if wal.exists():
            aside = data_folder.set_aside(self.settings.data, wal)
            try:
                store = Store.open(self.database)
            except DamagedError:
                pass
            else:
                self.healed.append(f"The last changes could not be read; they are kept in {aside}.")
                return store
        aside = data_folder.set_aside(self.settings.data, self.database)
        self.healed.append(f"The database could not be read; it is kept in {aside}.")
        return Store.open(self.database)

    def _with_lost_batches(self, store: Store) -> Store:
        """The store once it holds again what the ledger holds and it had lost."""
        with store.reader() as reader:
            seqs = {row["seq"] for row in reader.rows("all_seqs")}
        self._rests_on_ledger = not seqs
        lost = [entry for entry in self.ledger.entries() if entry["seq"] not in seqs]
        if not lost:
            return store
        if seqs and lost[0]["seq"] < max(seqs):  # a hole: what follows was judged upon it
            store, lost = self._started_over(store, "had lost a batch in the middle")
        try:
            n, why = self._replayed(store, lost)
        except DamagedError:
            store, lost = self._started_over(store, "could not be read")
            n, why = self._replayed(store, lost)
        if n:
            plural = "batch was" if n == 1 else "batches were"
            self.healed.append(f"{n} {plural} stored again from the ledger and the raw files.")
        if why is not None:
            self.healed.append(f"{len(lost) - n} could not be: {why}")
        return store

    def _started_over(self, store: Store, why: str) -> tuple[Store, list[dict[str, Any]]]:
        """An empty store in the place of a damaged one, and all that the ledger can bring back."""
        with suppress(DamagedError):
            store.close()
        wal = self.database.with_name(f"{self.database.name}.wal")
        aside = [
            data_folder.set_aside(self.settings.data, f) for f in (self.database, wal) if f.exists()
        ]
        self.healed.append(f"The database {why}; it is kept in {aside[0].parent}.")
        self._rests_on_ledger = True
        return Store.open(self.database), self.ledger.entries()

    def _replayed(self, store: Store, entries: list[dict[str, Any]]) -> tuple[int, str | None]:
        """Store batches again in order, until one cannot be: how many came back, and why no more.

        Raises
        ------
        DamagedError
            When the database itself cannot be read: it must be built anew.
        """
        for n, entry in enumerate(entries):
            try:
                self._again(store, entry)
            except DamagedError:
                raise
            except (MlpmError, ValueError, KeyError) as error:
                return n, f"{entry.get('batch', entry['seq'])} could not be read again: {error}"
        return len(entries), None

    def _again(self, store: Store, entry: Mapping[str, Any]) -> None:
        """Store a batch again, its file read in that way of reading which gives what was stored."""
        if "receipt" not in entry and "notes" not in entry:
            raise StoreError("the ledger of that time did not keep its receipt; restore a backup.")
        ways: tuple[Profile, ...] = (_TODAY, _BEFORE_ZONES, _BEFORE_LAYOUTS, _AS_THEN)
        if not entry.get("content"):  # nothing tells which of them is right
            ways = (_AS_THEN, _BEFORE_LAYOUTS, _TODAY)
        errors: list[Exception] = []
        for way in ways:
            try:
                with store.writer() as writer:
                    self._in_one_way(writer, entry, way, is_exact=True)
            except DamagedError:
                raise
            except (MlpmError, ValueError, KeyError) as error:
                errors.append(error)
            else:
                return
        close = [isinstance(error, _ReadOtherwiseError) for error in errors]
        if not any(close):
            raise errors[0]
        with store.writer() as writer:
            self._in_one_way(writer, entry, ways[close.index(True)], is_exact=False)
        self.healed.append(
            f"{batches.receipt_of(entry).batch} is read otherwise today than when it came in: "
            "compare its figures with a backup."
        )

    def _in_one_way(
        self, writer: Writer, entry: Mapping[str, Any], way: Profile, *, is_exact: bool
    ) -> None:
        seq = int(entry["seq"])
        if int(writer.rows("last_seq")[0]["seq"]) >= seq:
            raise StoreError("a later batch is stored already.")
        receipt, undoes = batches.receipt_of(entry), entry.get("undoes")
        if undoes is None:
            receipt, content = self._rows_again(writer, seq, receipt, entry["channel"], way)
            batches.add(writer, seq, receipt, entry["channel"], undoes=None)
            touched = days_of_batch(writer, record_of(receipt.kind), seq)
        else:
            touched = days_of_batch(writer, record_of(receipt.kind), undoes)
            batches.add(writer, seq, receipt, entry["channel"], undoes=undoes)
            content = register_used(writer, seq, receipt.project)[1]
        recount(writer, touched)
        batches.complete(writer, seq, receipt, content, noted=self.ledger.last_seq)
        if is_exact and entry.get("content") not in (None, "", content.hexdigest()):
            raise _ReadOtherwiseError("its file now gives other rows.")

    def _rows_again(
        self, writer: Writer, seq: int, receipt: Receipt, channel: str, way: Profile
    ) -> tuple[Receipt, BatchContent]:
        """Append the rows of a batch again; its receipt with what was rejected, and their hash."""
        own = currency_of(writer, receipt.project) if way.reads_layouts else None
        profile = way.model_copy(update={"own_currency": own or ""})
        for answer in receipt.answers:
            key, _, value = answer.partition("=")
            profile = profile.answered(key, value)
        with self.ledger.raw_files.laid_out(receipt.sha256) as path:
            asked = ImportRequest(
                path,
                receipt.filename,
                receipt.kind,
                receipt.project,
                receipt.received_at or datetime.min,
                profile,
                self.settings.limits(receipt.kind),
                by_application=channel == batches.FORM,
            )
            try:
                read = SANDBOX.read(asked)
                judgement = judged_with_rules(writer, asked, read, accept_good=receipt.accept_good)
            except Refusal as refusal:
                raise StoreError("its file is now refused.") from refusal
        if judgement.n_stored != receipt.stored:  # no later rule is held against what was accepted
            stored = Stored(writer, receipt.project)
            judgement = judged(read, asked, stored, accept_good=receipt.accept_good).placed()
        again = judgement.receipt
        if (again.status, judgement.n_stored) != (Status.DRY_RUN, receipt.stored):
            raise StoreError(f"its file now gives {judgement.n_stored} rows, not {receipt.stored}.")
        record = record_of(receipt.kind)
        content = content_of(record, judgement)
        lay_down(writer, record, seq, judgement)
        complete_rows(writer, record, seq, receipt.project, judgement, content)
        return receipt.model_copy(update={"rejects": again.rejects}), content

    def _hash_older_batches(self, store: Store) -> None:
        """Give batches of before `content` the hash of the rows they hold."""
        with store.reader() as reader:
            without = [r["seq"] for r in reader.rows("batch_rows", after=0) if not r["content"]]
            contents = reader.contents() if without else {}
        if not without:
            return
        nothing = BatchContent().hexdigest()
        with store.writer() as writer:
            for seq in without:
                writer.run("set_content", seq=seq, content=contents.get(seq, nothing))

    def _note_unnoted(self, store: Store) -> None:
        """Note what a crash kept from the ledger, and chain the lines of one of before.

        What was acknowledged and is gone from the ledger is not written again: that was no crash,
        and `verify` must see it.
        """
        with store.reader() as reader:
            acknowledged = int(reader.rows("acknowledged")[0]["seq"])
            rows = reader.rows("batch_rows", after=0)
        is_older = acknowledged == _NOT_CHAINED or self._rests_on_ledger
        if is_older and (self.ledger.is_unchained or not self.ledger.entries()):
            self._chain(rows)
        self.ledger.acknowledged = max(self.ledger.last_seq, acknowledged)
        for row in rows:
            if row["seq"] > self.ledger.last_seq:
                self.ledger.note(row)
        if self.ledger.last_seq > acknowledged:
            with store.writer() as writer:
                writer.run("acknowledge", seq=self.ledger.last_seq)

    def _chain(self, rows: list[dict[str, Any]]) -> None:
        """Write the ledger anew with chained lines; batches that only it has stay in it."""
        entries = {entry["seq"]: entry for entry in self.ledger.entries()}
        entries |= {row["seq"]: row for row in rows}
        aside = data_folder.quarantine(self.settings.data) / LEDGER
        self.ledger.rewrite([entries[seq] for seq in sorted(entries)], aside)


def open_recovered(settings: Settings, *, patience: float = 0.0) -> Workspace:
    """The workspace of a data folder: held against other processes, its damage mended.

    Parameters
    ----------
    settings : Settings
    patience : float
        For how many seconds to wait while another process holds the folder.

    Raises
    ------
    StoreError
        When another process holds the folder, or it cannot be read or written.
    """
    lock = data_folder.claim(settings, patience=patience)
    try:
        recovery = Recovery(settings)
        store = recovery.opened()
        workspace = Workspace(settings, store, recovery.ledger, lock=lock, healed=recovery.healed)
    except BaseException:
        lock.close()
        raise
    if not settings.read_only:  # what a killed process left of uploads
        shutil.rmtree(settings.spool, ignore_errors=True)
    return workspace
