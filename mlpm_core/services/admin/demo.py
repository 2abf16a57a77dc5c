"""The Bike Shop: demo files a company's managers would upload, loaded the way they would."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError, StoreError
from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, Decision, Status
from mlpm_core.services.admin import demo_decisions
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.undo import resting_on, undo_all

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mlpm_core.records import Receipt
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

ACTOR = "demo"
"""Who loads the demo at the first start; afterwards it is whoever asks for it."""

_CHANNEL = "demo"  # by it the batches of the demo are told from those of others
_SHOWN = ("seq", "batch", "project", "kind", "filename", "actor", "received_at")
_MOST_NAMED = 12

_FOLDER = Path(__file__).resolve().parents[3] / "data" / "demo" / "bike_shop"


@dataclass(frozen=True, slots=True)
class DemoBatch:
    """A batch of the demo, or one that is tied to it."""

    seq: int
    batch: str
    project: str
    kind: str
    filename: str
    actor: str
    received_at: datetime

    def __str__(self) -> str:
        """As a sentence names it."""
        moment = f"{self.received_at:%Y-%m-%d %H:%M}"
        return f"{self.batch} ({self.kind} in {self.project}, by {self.actor}, {moment} UTC)"


@dataclass(frozen=True, slots=True)
class LoadedDemo:
    """The batches of the demo that are in force, and those of others that are tied to them.

    ``resting`` refer to what the demo brought, or changed it: they cannot stay without it.
    ``staying`` are the others in its projects. All are listed newest first. ``n_batches`` is how
    many the whole demo is.
    """

    batches: tuple[DemoBatch, ...]
    resting: tuple[DemoBatch, ...]
    staying: tuple[DemoBatch, ...]
    n_batches: int

    @property
    def is_whole(self) -> bool:
        """Whether all of it is loaded."""
        return len(self.batches) >= self.n_batches


def files() -> Iterator[tuple[str, str, Path]]:
    """Project, kind and path of every demo file, in the order in which they go in."""
    if not _FOLDER.is_dir():
        raise InputError("The package has no demo; it lies in a checkout of MLPM.")
    for folder in sorted(p for p in _FOLDER.iterdir() if p.is_dir()):
        paths = sorted(folder.glob("*.csv"))
        with paths[0].open(newline="", encoding="utf-8") as file:
            project = next(csv.DictReader(file))["project"]
        for path in paths:
            stem = re.sub(r"^\d+_", "", path.stem)
            kind = next(k for k in sorted(KINDS, key=len, reverse=True) if stem.startswith(k))
            yield project, kind, path


def load(
    workspace: Workspace,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> list[Receipt]:
    """Import every demo file that is not in force yet.

    Parameters
    ----------
    on_progress : callable, optional
        Told what is being done, and the how manieth of how many files comes next.

    Raises
    ------
    StoreError
        When a demo file is refused: the demo is broken, not the user's data.
    """
    theirs = workspace if workspace.actor else workspace.acting_as(ACTOR)
    done = []
    every = list(files())
    for n, (project, kind, path) in enumerate(every, 1):
        if on_progress is not None:
            on_progress("loading the demo", n, len(every))
        if kind == Decision.kind:
            done += demo_decisions.recorded(workspace.acting_as(ACTOR), project, path)
            continue
        receipt = import_file(
            theirs,
            project,
            kind,
            path.name,
            path.read_bytes(),
            profile=Profile(restatement="confirm"),
            channel=_CHANNEL,
        )
        if receipt.status not in (Status.COMMITTED, Status.DUPLICATE):
            fault = receipt.rejects[0].message if receipt.rejects else receipt.status.value
            raise StoreError(f"The demo file {path.name} was not taken: {fault}")
        done.append(receipt)
    return done


def load_if_empty(
    workspace: Workspace, on_progress: Callable[[str, int, int], None] | None = None
) -> None:
    """Load the demo into a store that holds nothing else; a load cut short is completed."""
    with workspace.store.reader() as reader:
        batches = reader.rows("all_seqs")
    is_untouched = all(b["actor"] == ACTOR and b["undoes"] is None for b in batches)
    if is_untouched and len(batches) < _n_batches():
        load(workspace, on_progress=on_progress)


def loaded(workspace: Workspace) -> LoadedDemo:
    """What of the demo is in force, and which batches of others are tied to it."""
    if workspace.store.read_only:  # nothing can be removed, so nothing need be asked
        with workspace.store.reader() as reader:
            rows = reader.rows("batch_summaries")
            return _loaded(rows, _of_demo(reader, rows), ())
    with workspace.store.writer(keep=False) as writer:
        rows = writer.rows("batch_summaries")
        ours = _of_demo(writer, rows)
        return _loaded(rows, ours, resting_on(writer, ours))


def remove(workspace: Workspace, *, others: Collection[str] | None = ()) -> list[Receipt]:
    """Undo the batches of the demo in one transaction, newest first; its history is kept.

    Parameters
    ----------
    others : collection of str, optional
        The batches of others that may be undone with it, should they rest on it; None allows all.

    Raises
    ------
    InputError
        When a batch of others rests on the demo that may not be undone; it names all of them.
    """
    with workspace.store.write_locked():
        demo = loaded(workspace)
        asked = [b for b in demo.resting if others is not None and b.batch not in others]
        if asked:
            raise InputError(
                f"{_counted(len(asked))} on the demo and would be undone "
                f"with it: {'; '.join(map(str, asked[:_MOST_NAMED]))}"
                f"{f'; and {len(asked) - _MOST_NAMED} more' if len(asked) > _MOST_NAMED else ''}. "
                "Nothing was removed."
            )
        targets = sorted((*demo.batches, *demo.resting), key=lambda b: b.seq, reverse=True)
        return undo_all(workspace, [(b.project, b.batch) for b in targets], channel=_CHANNEL)


def _of_demo(reader: Reader, rows: Iterable[Mapping[str, Any]]) -> set[int]:
    """The numbers of the demo's batches among those in force; its decisions are recorded, by it."""
    decisions = {
        batch
        for project, kind, path in files()
        if kind == Decision.kind
        for batch in demo_decisions.in_force(reader, ACTOR, project, path).values()
    }
    return {
        int(row["seq"]) for row in rows if row["channel"] == _CHANNEL or row["batch"] in decisions
    }


def _n_batches() -> int:
    """How many batches the whole demo is: one for each file, and one for each decision."""
    n_batches = 0
    for _, kind, path in files():
        with path.open(newline="", encoding="utf-8") as file:
            n_batches += sum(1 for _ in csv.DictReader(file)) if kind == Decision.kind else 1
    return n_batches


def _loaded(
    rows: Sequence[Mapping[str, Any]], demo: Collection[int], resting: Collection[int]
) -> LoadedDemo:
    lines = {int(row["seq"]): DemoBatch(**{k: row[k] for k in _SHOWN}) for row in rows}
    projects = {lines[seq].project for seq in demo}
    return LoadedDemo(
        batches=tuple(line for seq, line in lines.items() if seq in demo),
        resting=tuple(line for seq, line in lines.items() if seq in resting),
        staying=tuple(
            line
            for seq, line in lines.items()
            if line.project in projects and seq not in demo and seq not in resting
        ),
        n_batches=_n_batches(),
    )


def _counted(n: int) -> str:
    return "1 batch of others rests" if n == 1 else f"{n} batches of others rest"
