"""Two people, one record: a form writes what was changed in it, and overwrites nobody unseen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import columns, record_of
from mlpm_core.services.ingest.registers import save, written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from mlpm_core.records import Receipt, Record
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

_LONGEST = 80  # characters of a value that a sentence repeats


@dataclass(frozen=True, slots=True)
class Edit:
    """What one form wants to change in one record.

    ``read`` is the record as the form was filled from, None when there was none: then ``changes``
    hold the whole new record. ``along`` goes in with the changes and is never compared, such as
    the reason for them.
    """

    read: Mapping[str, Any] | None
    changes: Mapping[str, object]
    along: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a field what it is, when, and with which batch; an undo is one too."""

    actor: str
    at: datetime
    batch: str

    def __str__(self) -> str:
        """As a sentence names it."""
        return f"{self.actor} on {self.at:%Y-%m-%d %H:%M} UTC ({self.batch})"


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that two people changed: how both found it, and what each made of it."""

    edit: int
    record_id: str
    column: str
    label: str
    read: object
    theirs: object
    mine: object
    origin: Origin | None

    @property
    def sentence(self) -> str:
        """Both changes and whose the first one is."""
        who = f" by {self.origin}" if self.origin else ""
        return (
            f"{self.label} of {self.record_id} was changed to {_shown(self.theirs)}{who}; yours is "
            f"{_shown(self.mine)}."
        )


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A field that somebody else changed and this form did not: it was kept."""

    record_id: str
    column: str
    label: str
    theirs: object
    origin: Origin | None

    @property
    def sentence(self) -> str:
        """The change that was kept."""
        who = f" by {self.origin}" if self.origin else ""
        return (
            f"{self.label} of {self.record_id} was changed to {_shown(self.theirs)}{who}; that is "
            "kept."
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why ``edits`` were not saved: fields that two people changed, or records that are gone.

    ``current`` are the records as they are now, one for each edit; ``gone`` names those that were
    undone, by edit, with who did it.
    """

    kind: str
    edits: tuple[Edit, ...]
    fields: tuple[FieldConflict, ...]
    gone: Mapping[int, Origin | None]
    current: tuple[Mapping[str, Any] | None, ...]
    is_new_model: bool = False

    @property
    def sentence(self) -> str:
        """All of it."""
        sentences = [conflict.sentence for conflict in self.fields]
        sentences += [
            "The record was undone meanwhile" + (f" by {origin}." if origin else ".")
            for origin in self.gone.values()
        ]
        return f"{' '.join(sentences)} Nothing was saved."

    def settled(self, theirs: Collection[tuple[int, str]]) -> list[Edit]:
        """The edits as they are to be saved once somebody chose.

        Parameters
        ----------
        theirs : collection of (edit, column)
            Where the other's change stays; everywhere else one's own replaces it.
        """
        settled = []
        for i, edit in enumerate(self.edits):
            now = self.current[i]
            if now is None:
                whole = {**(edit.read or {}), **edit.changes}
                settled.append(replace(edit, read=None, changes=whole))
                continue
            mine = {k: v for k, v in edit.changes.items() if (i, k) not in theirs}
            settled.append(replace(edit, read=now, changes=mine))
        return [e for e in settled if e.changes]


@dataclass(frozen=True, slots=True)
class Saved:
    """The receipt of what was saved, and what of others' changes was kept beside it."""

    receipt: Receipt
    meanwhile: tuple[Meanwhile, ...] = ()


class EditConflictError(InputError):
    """Somebody else changed the same field since the form was filled; nothing was saved."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(conflict.sentence)
        self.conflict = conflict


@for_everybody()
def save_edits(
    workspace: Workspace,
    project: str,
    kind: str,
    edits: Sequence[Edit],
    *,
    is_new_model: bool = False,
) -> Saved:
    """Write what forms changed, all in one batch; every other field stays as it is by now.

    Nobody else can write between the look at what is there and the write.

    Parameters
    ----------
    is_new_model : bool
        Whether a name that is not among the models is meant to be a new one; else it is asked.

    Raises
    ------
    EditConflictError
        When somebody changed a field to something else that is changed here too, added the record
        that was to be added, or took it back.
    InputError
        When there is nothing to write.
    NotFoundError
        When the kind is unknown.
    """
    record = record_of(kind)
    with workspace.store.write_locked():
        with workspace.store.reader() as reader:
            judged = [_judged(reader, record, project, i, edit) for i, edit in enumerate(edits)]
        conflict = Conflict(
            kind,
            tuple(edits),
            tuple(field for edit in judged for field in edit.conflicts),
            {i: edit.gone_by for i, edit in enumerate(judged) if edit.is_gone},
            tuple(edit.current for edit in judged),
            is_new_model,
        )
        if conflict.fields or conflict.gone:
            raise EditConflictError(conflict)
        rows = [edit.row for edit in judged]
        receipt = save(workspace, project, kind, rows, is_new_model=is_new_model)
    return Saved(receipt, tuple(change for edit in judged for change in edit.meanwhile))


def changed_since(
    workspace: Workspace, project: str, kind: str, read: Mapping[str, Any]
) -> tuple[Meanwhile, ...]:
    """What others made of a record since it was read, field by field; nothing once it is gone."""
    with workspace.store.reader() as reader:
        return _judged(reader, record_of(kind), project, 0, Edit(read, {})).meanwhile


@dataclass(frozen=True, slots=True)
class _Judged:
    """An edit held against the record as it is now."""

    current: Mapping[str, Any] | None
    row: Mapping[str, object]
    conflicts: tuple[FieldConflict, ...] = ()
    meanwhile: tuple[Meanwhile, ...] = ()
    is_gone: bool = False
    gone_by: Origin | None = None


def _judged(reader: Reader, record: type[Record], project: str, i: int, edit: Edit) -> _Judged:
    read = edit.read or {}
    content = {"project": project} | dict(read) | dict(edit.changes)
    key = tuple(content.get(k) for k in record.key)
    stored = reader.one(record, tuple(written(part).strip() for part in key))
    current = None if stored is None else dict(stored)
    record_id = written(key[-1])
    if current is None:
        if edit.read is None:
            return _Judged(None, content | dict(edit.along))
        return _Judged(None, content, is_gone=True, gone_by=_newest(reader, record, key))
    labels = {c.name: c.label for c in columns(record) if not c.is_key}
    changes = dict(edit.changes)
    if edit.read is None and "archived" in labels:  # whoever adds it means to see it
        changes.setdefault("archived", False)
    changed = {
        name: value
        for name, value in changes.items()
        if name in labels
        and not _same(current[name], value)
        and (edit.read is None or current[name] != read[name])
    }
    kept = [
        name
        for name in labels
        if edit.read is not None
        and name not in changes
        and name not in edit.along
        and current[name] != read[name]
    ]
    origins = _origins(reader, record, key) if changed or kept else {}
    return _Judged(
        current,
        dict(current) | changes | dict(edit.along),
        tuple(
            FieldConflict(
                i, record_id, name, labels[name], read.get(name), current[name], mine,
                origins.get(name),
            )
            for name, mine in changed.items()
        ),
        tuple(
            Meanwhile(record_id, name, labels[name], current[name], origins.get(name))
            for name in kept
        ),
    )  # fmt: skip


def _same(stored: object, given: object) -> bool:
    """Whether a value as a form gives it would be stored as what is there."""
    if isinstance(stored, int | float) and isinstance(given, int | float):
        return stored == given
    return written(stored).strip() == written(given).strip()


def _shown(value: object) -> str:
    """A value as it stands in a sentence."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:,.12g}"
    text = written(value)
    if not text:
        return "nothing"
    return f"“{text if len(text) <= _LONGEST else f'{text[:_LONGEST]}…'}”"


def _origins(reader: Reader, record: type[Record], key: tuple[object, ...]) -> dict[str, Origin]:
    """Who made each field of a record what it is now."""
    origins: dict[str, Origin] = {}
    before: Mapping[str, Any] | None = None
    for origin, now in _versions(reader, record, key):
        for column in columns(record):
            if now is not None and (before is None or now[column.name] != before[column.name]):
                origins[column.name] = origin
        before = now
    return origins


def _newest(reader: Reader, record: type[Record], key: tuple[object, ...]) -> Origin | None:
    """Who wrote a record last, or took it back."""
    return next((origin for origin, _ in reversed(list(_versions(reader, record, key)))), None)


def _versions(
    reader: Reader, record: type[Record], key: tuple[object, ...]
) -> Iterator[tuple[Origin, Mapping[str, Any] | None]]:
    """A record after each batch that touched it, undos too; None while there is none."""
    project = written(key[0])
    key_parts = [written(part).strip() for part in key]
    rows = {
        row["batch"]: row
        for row in reader.history(record, project)
        if [written(row[k]) for k in record.key] == key_parts
    }
    batches = {int(b["seq"]): b for b in reader.rows("batches", project=project)}
    in_force: dict[int, Mapping[str, Any]] = {}
    for seq, batch in sorted(batches.items()):
        undone = batch["undoes"]
        is_touched = undone is not None and in_force.pop(undone, None) is not None
        if batch["batch"] in rows:  # an undo may register a name again
            in_force[seq] = rows[batch["batch"]]
        elif not is_touched:
            continue
        now = in_force[max(in_force)] if in_force else None
        yield Origin(batch["actor"], batch["received_at"], batch["batch"]), now
