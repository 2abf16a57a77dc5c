"""What came in, batch by batch: its receipt, its file, and what the ledger notes of it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from mlpm_core.errors import NotFoundError
from mlpm_core.records import Receipt, Reject, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import BatchContent, Reader, Writer

FORM: Final = "form"
"""The channel of what the application writes itself; no file from outside comes through it."""

_SAID: Final = (
    "batch", "kind", "project", "filename", "sha256", "actor", "received_at", "lines", "accepted",
    "rejected", "blank", "ignored", "new", "changed", "identical", "stored",
)  # fmt: skip
_NOTES: Final = {"warnings", "effect", "answers", "accept_good", "read_as", "shape"}
_REJECTS: Final = TypeAdapter(list[Reject])


def receipts(workspace: Workspace, project: str) -> list[dict[str, Any]]:
    """Every batch of a project, newest first: ``receipt``, ``channel`` and ``undone_by``.

    These receipts count what was rejected and do not list it; `receipt` does.
    """
    with workspace.store.reader() as reader:
        rows = reader.rows("batches", project=project)
    return [row | {"receipt": receipt_of(row)} for row in rows]


def receipt(workspace: Workspace, project: str, batch: str) -> Receipt:
    """The receipt of one batch, with what was rejected of it.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    """
    with workspace.store.reader() as reader:
        return whole_receipt(reader, batch_of(reader, project, batch))


def receipt_in_force(workspace: Workspace, project: str, batch: str) -> Receipt | None:
    """The receipt of a batch that counts; None when there is none, or it was undone."""
    with workspace.store.reader() as reader:
        rows = reader.rows("batch", project=project, batch=batch)
        if not rows or rows[0]["undone_by"] is not None:
            return None
        return whole_receipt(reader, rows[0])


def project_of(workspace: Workspace, batch: str) -> str:
    """The project of a batch, for whoever only has its number.

    Raises
    ------
    NotFoundError
        When there is no such batch.
    """
    with workspace.store.reader() as reader:
        rows = reader.rows("batch_project", batch=batch)
    if not rows:
        raise NotFoundError(f"There is no batch {batch!r}; the Imports screen lists them.")
    return str(rows[0]["project"])


def raw_file(workspace: Workspace, project: str, batch: str) -> bytes:
    """The bytes of a batch as they came.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    StoreError
        When the bytes are missing or were damaged on disk.
    """
    with workspace.store.reader() as reader:
        return workspace.ledger.raw(batch_of(reader, project, batch)["sha256"])


def batch_of(reader: Reader, project: str, batch: str) -> dict[str, Any]:
    """A batch as the store has it, and ``undone_by``.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    """
    rows = reader.rows("batch", project=project, batch=batch)
    if rows:
        return rows[0]
    others = [row["batch"] for row in reader.rows("batches", project=project)]
    raise NotFoundError.of(f"batch in project {project}", batch, others)


def receipt_of(row: Mapping[str, Any]) -> Receipt:
    """The receipt of a batch without the list of what was rejected.

    Parameters
    ----------
    row
        The batch as the store or the ledger has it; an older ledger holds the receipt whole.
    """
    if "receipt" in row:
        return Receipt.model_validate_json(row["receipt"])
    return Receipt(
        status=Status.COMMITTED,
        undoes=None if row["undoes"] is None else name_of(row["undoes"]),
        **{name: row[name] for name in _SAID},
        **json.loads(row["notes"]),
    )


def whole_receipt(reader: Reader, row: Mapping[str, Any]) -> Receipt:
    """The receipt of a batch with what was rejected of it."""
    as_stored = receipt_of(row)
    listed = reader.rows("rejects", seq=row["seq"]) if row["rejects"] else []
    rejects = _REJECTS.validate_json(listed[0]["listed"]) if listed else []
    return as_stored.model_copy(update={"rejects": rejects})


def name_of(seq: int) -> str:
    """How people call a batch.

    Examples
    --------
    >>> name_of(12)
    'B00012'
    """
    return f"B{seq:05d}"


def as_row(
    seq: int, done: Receipt, channel: str, *, undoes: int | None, content: str = ""
) -> dict[str, Any]:
    """A batch as the store keeps it."""
    listed = _listed(done)
    return {
        "seq": seq,
        "channel": channel,
        "undoes": undoes,
        **{name: getattr(done, name) for name in _SAID},
        "stored": done.stored or 0,
        "notes": _notes(done),
        "rejects": hashlib.sha256(listed.encode()).hexdigest() if listed else "",
        "content": content,
    }


def add(writer: Writer, seq: int, done: Receipt, channel: str, *, undoes: int | None) -> None:
    """Add a batch to those of the open transaction, and what was rejected of it."""
    writer.add_batch(as_row(seq, done, channel, undoes=undoes))
    if listed := _listed(done):
        writer.run("add_rejects", seq=seq, listed=listed)


def complete(
    writer: Writer, seq: int, done: Receipt, content: BatchContent, *, noted: int | None
) -> None:
    """Say what a batch changed and what it holds, before its transaction ends.

    Parameters
    ----------
    noted : int
        The newest batch that stands in the ledger now; None leaves that to the next batch.
    """
    writer.run("complete_batch", seq=seq, notes=_notes(done), content=content.hexdigest())
    if noted is not None:
        writer.run("acknowledge", seq=noted)


def next_seq(workspace: Workspace, reader: Reader) -> int:
    """A number that neither the store nor the ledger ever gave to a batch."""
    newest = int(reader.rows("last_seq")[0]["seq"])
    return max(newest, workspace.ledger.last_seq, reader.numbered_after) + 1


def newest_of(reader: Reader, project: str) -> int:
    """The number of the newest batch of a project; 0 before the first."""
    newest = reader.seqs("project_versions", "project")
    return newest.get(project, 0)


def note(workspace: Workspace) -> None:
    """Note in the ledger what it lacks; only after this may anybody hear "committed".

    Raises
    ------
    StoreError
        When the disk refuses; the next start notes it then.
    """
    with workspace.store.reader() as reader:
        rows = reader.rows("batch_rows", after=workspace.ledger.last_seq)
    for row in rows:
        workspace.ledger.note(row)


def _listed(done: Receipt) -> str:
    if not done.rejects:
        return ""
    # Without a part they are written as before there were any, which the hash of then says.
    is_plain = not any(reject.part for reject in done.rejects)
    left_out = {"__all__": {"part"}} if is_plain else None
    return _REJECTS.dump_json(done.rejects, exclude=left_out).decode()


def _notes(done: Receipt) -> str:
    return done.model_dump_json(include=_NOTES)
