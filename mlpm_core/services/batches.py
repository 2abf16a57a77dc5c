"""What came in, batch by batch: its receipt, its file, and how the ledger is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.errors import NotFoundError
from mlpm_core.records import Receipt

if TYPE_CHECKING:
    from mlpm_core.services.workspace import Workspace
    from mlpm_core.store import Reader, Writer

__all__ = ["FORM", "add", "batch_of", "note", "project_of", "raw_file", "receipt", "receipts"]

FORM = "form"
"""The channel of what the application writes itself; no file from outside comes through it."""


def receipts(workspace: Workspace, actor: str, project: str) -> list[dict[str, Any]]:
    """Every batch of a project, newest first: ``receipt``, ``channel`` and ``undone_by``."""
    del actor  # everyone may read until roles come (shared safely)
    with workspace.store.reader() as reader:
        return [
            row | {"receipt": Receipt.model_validate_json(row["receipt"])}
            for row in reader.rows("batches", project=project)
        ]


def receipt(workspace: Workspace, actor: str, project: str, batch: str) -> Receipt:
    """The receipt of one batch.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    """
    del actor
    with workspace.store.reader() as reader:
        return Receipt.model_validate_json(batch_of(reader, project, batch)["receipt"])


def project_of(workspace: Workspace, batch: str) -> str:
    """The project of a batch, for whoever only has its number.

    Raises
    ------
    NotFoundError
        When there is no such batch.
    """
    with workspace.store.reader() as reader:
        found = reader.rows("batch_project", batch=batch)
    if not found:
        raise NotFoundError(f"There is no batch {batch!r}; the Imports screen lists them.")
    return str(found[0]["project"])


def raw_file(workspace: Workspace, actor: str, project: str, batch: str) -> bytes:
    """The bytes of a batch as they came.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    StoreError
        When the bytes are missing or were damaged on disk.
    """
    del actor
    with workspace.store.reader() as reader:
        return workspace.ledger.raw(batch_of(reader, project, batch)["sha256"])


def batch_of(reader: Reader, project: str, batch: str) -> dict[str, Any]:
    """A batch as ``receipts`` lists it, its receipt still as JSON.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    """
    rows = reader.rows("batches", project=project)
    for row in rows:
        if row["batch"] == batch:
            return row
    raise NotFoundError.of(f"batch in project {project}", batch, [r["batch"] for r in rows])


def add(writer: Writer, seq: int, done: Receipt, channel: str, *, undoes: int | None) -> None:
    """Add a batch to those of the open transaction."""
    writer.run(
        "add_batch",
        seq=seq,
        batch=done.batch,
        project=done.project,
        kind=done.kind,
        channel=channel,
        sha256=done.sha256,
        actor=done.actor,
        received_at=done.received_at,
        undoes=undoes,
        receipt=done.model_dump_json(),
    )


def note(workspace: Workspace, done: Receipt) -> None:
    """Tell the ledger; only after this may anybody be told "committed"."""
    with workspace.store.reader() as reader:
        row = next(r for r in reader.rows("batches", project=done.project)
                   if r["batch"] == done.batch)  # fmt: skip
    workspace.ledger.note(
        {k: v for k, v in row.items() if k != "undone_by"} | {"project": done.project}
    )
