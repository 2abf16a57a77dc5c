"""What was accepted, kept outside the database: raw bytes by hash and one line per batch.

A database can lose its tail without a word (a write-ahead log cut short opens cleanly), so what was
acknowledged is also written here, flushed to disk before anybody hears "committed". Every line
holds the hash of itself and of the line before it, so that none can be changed, added, moved or
taken out unseen (a hash chain; Haber and Stornetta, "How to time-stamp a digital document", 1991).
Who can write the file can also write all of it anew: only a hash noted elsewhere shows that.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import StoreError
from mlpm_core.store.raw_files import RawFiles, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mlpm_core.store.raw_files import Arrival


class Ledger:
    """The folder of raw files and the append-only list of batches."""

    def __init__(self, folder: Path) -> None:
        self.raw_files = RawFiles(folder)
        self._file = folder / "ledger.jsonl"
        self._state: _State | None = None
        self.acknowledged = 0
        """The newest batch that is known to have stood in the ledger, whatever it holds now."""

    def arriving(self, data: bytes | Path) -> AbstractContextManager[Arrival]:
        """Lay a file down while the caller judges it; afterwards it is gone unless it was kept."""
        return self.raw_files.arriving(data)

    def raw(self, sha256: str) -> bytes:
        """The bytes kept under a hash.

        Raises
        ------
        StoreError
            When they are missing or no longer have that hash.
        """
        return b"".join(self.raw_files.pieces(sha256))

    def keep_bytes(self, data: bytes) -> str:
        """Keep bytes under their SHA-256, flushed to disk, and return it.

        Raises
        ------
        StoreError
            When the disk refuses; nothing is half written.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        with self.arriving(data) as keep:
            keep(sha256)
        return sha256

    def note(self, entry: Mapping[str, Any]) -> None:
        """Append one batch and flush it to disk.

        Raises
        ------
        StoreError
            When the ledger holds that batch already, or the disk refuses; it is then as before.
        """
        state = self._read()
        if entry["seq"] in state.entries:
            raise StoreError(f"The ledger holds batch {entry['seq']} already; nothing was written.")
        line, head = _chained(entry, state.head)
        try:
            with self._file.open("a+b") as file:
                file.truncate(state.whole)  # a torn last line would swallow this one
                try:
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    with suppress(OSError):
                        file.truncate(state.whole)
                    raise
        except OSError as error:
            raise StoreError(f"The ledger could not be written: {error.strerror}.") from error
        self.acknowledged = max(self.acknowledged, entry["seq"])
        entries = {**state.entries, entry["seq"]: json.loads(line)}
        self._state = replace(
            state, mark=_mark(self._file), entries=entries, head=head,
            whole=state.whole + len(line), heads=state.heads | {head},
        )  # fmt: skip

    def entries(self) -> list[dict[str, Any]]:
        """Every batch noted, by number; a torn or damaged line is left out.

        In a ledger of before its lines were chained, a batch may stand several times; it counts as
        it was noted last.
        """
        entries = self._read().entries
        return [entries[seq] for seq in sorted(entries)]

    @property
    def last_seq(self) -> int:
        """The number of the newest batch ever noted; 0 before the first."""
        return max([self.acknowledged, *self._read().entries])

    @property
    def head(self) -> str:
        """The hash of the last line, which stands for all before it; empty before the first."""
        return self._read().head

    def ever_was(self, head: str) -> bool:
        """Whether the ledger once ended, or ends, with this hash."""
        return head in self._read().heads

    @property
    def is_unchained(self) -> bool:
        """Whether it was written before its lines were chained."""
        return self._read().is_unchained

    def faults(self) -> list[str]:
        """What shows that its lines are not as they were written, each as a part of a sentence."""
        return list(self._read().faults)

    def missing(self, stored: Iterable[int]) -> tuple[list[int], list[int]]:
        """Sequence numbers the database lacks, and those the ledger lacks."""
        noted, stored = set(self._read().entries), set(stored)
        return sorted(noted - stored), sorted(stored - noted)

    def rewrite(self, entries: Iterable[Mapping[str, Any]], aside: Path) -> None:
        """Write the ledger anew from these batches, and move the old one aside, never away.

        Raises
        ------
        StoreError
            When the disk refuses; the old one then stays in its place.
        """
        draft, head = self._file.with_suffix(".draft"), ""
        try:
            with draft.open("wb") as file:
                for entry in entries:
                    line, head = _chained(entry, head)
                    file.write(line)
                file.flush()
                os.fsync(file.fileno())
            if self._file.exists() and self._file.stat().st_size:
                aside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._file, aside)
            draft.replace(self._file)
            sync_folder(self._file.parent)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StoreError(f"The ledger could not be written: {error.strerror}.") from error

    def _read(self) -> _State:
        """What the file says; it is read again only when somebody else wrote it."""
        mark = _mark(self._file)
        if self._state is None or self._state.mark != mark:
            data = self._file.read_bytes() if mark is not None else b""
            self._state = _state(data, mark)
        return self._state


@dataclass(frozen=True, slots=True)
class _State:
    """A ledger as it was read: ``whole`` is how many bytes end with a whole line."""

    mark: tuple[int, int, int] | None
    entries: Mapping[int, dict[str, Any]]
    head: str
    heads: frozenset[str]
    whole: int
    faults: tuple[str, ...]
    is_unchained: bool


def _state(data: bytes, mark: tuple[int, int, int] | None) -> _State:
    whole = data.rfind(b"\n") + 1
    lines = data[:whole].split(b"\n")[:-1]
    entries: dict[int, dict[str, Any]] = {}
    head, heads, faults = "", set(), []
    n_chained = n_unchained = 0
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("seq"), int):
            faults.append(f"line {number} is no batch")
            continue
        named = f"line {number} ({entry.get('batch')})"
        if "chain" not in entry:
            n_unchained += 1
        else:
            n_chained += 1
            if line + b"\n" != _chained(entry, head)[0]:
                faults.append(f"{named} does not follow from the line before it")
            if entry["seq"] in entries:
                faults.append(f"{named} notes a batch again")
            head = str(entry["chain"])
            heads.add(head)
        entries[entry["seq"]] = entry
    if n_chained and n_unchained:
        faults.append(f"{n_unchained} lines hold no hash")
    is_unchained = n_unchained > 0 and n_chained == 0
    return _State(mark, entries, head, frozenset(heads), whole, tuple(faults), is_unchained)


def _chained(entry: Mapping[str, Any], head: str) -> tuple[bytes, str]:
    """The line of a batch behind a line with the hash ``head``, and its own hash."""
    body = {k: v for k, v in entry.items() if k != "chain"}
    text = json.dumps(body, sort_keys=True, default=str)
    chain = hashlib.sha256(f"{head}\n{text}".encode()).hexdigest()
    line = json.dumps({**body, "chain": chain}, sort_keys=True, default=str)
    return f"{line}\n".encode(), chain


def _mark(file: Path) -> tuple[int, int, int] | None:
    """What changes whenever somebody writes a file; None when there is none."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
