"""The one way anything is written: a file is judged, kept, committed, and can be undone.

A form on screen goes the same way as a file of one row, so that every write has an actor, a
receipt, raw bytes to replay and an undo.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.intake import Asked, CageError, Judgement, Profile, Refusal, judged
from mlpm_core.records import (
    MechanismRecord,
    Receipt,
    Record,
    Reject,
    Status,
    Warned,
    record_of,
)
from mlpm_core.services import rules
from mlpm_core.services.effects import (
    asks_only_to_confirm,
    effect,
    shortened,
    with_effect_told,
)
from mlpm_core.services.kpis import MOVING, KpiValue, kpi_values
from mlpm_core.services.mechanisms import refuse_orphans
from mlpm_core.services.reading import CAGE, read_as_before
from mlpm_core.services.stored import Stored, append

if TYPE_CHECKING:
    from pathlib import Path

    from mlpm_core.intake.found import Found
    from mlpm_core.services.workspace import Workspace
    from mlpm_core.store import Reader, Writer

__all__ = [
    "import_file",
    "project_of",
    "raw_file",
    "receipt",
    "receipts",
    "rejected_csv",
    "undo",
]


_OURS = ("sha256", "actor", "received_at", "answers", "accept_good")


def import_file(
    workspace: Workspace,
    actor: str,
    project: str,
    kind: str,
    filename: str,
    data: bytes | Path,
    *,
    profile: Profile | None = None,
    accept_good: bool = False,
    dry_run: bool = False,
    channel: str = "screen",
) -> Receipt:
    """Judge a file and, unless it is a dry run, store its rows in one transaction.

    Parameters
    ----------
    actor, project : str
        Who imports, and the project whose wall the rows may not leave.
    kind : str
        What a row is: one of ``records.KINDS``.
    filename : str
        As uploaded; serves the type check and the receipt, never as a path.
    data : bytes or Path
        The file as it came, or where it lies.
    profile : Profile, optional
        Answers to the questions of an earlier try; what the project answered before holds too.
    accept_good : bool
        Store the good rows of a file that also has rejected ones.
    dry_run : bool
        Do everything, effect on KPIs included, and roll it back.
    channel : str
        screen, form, http, command or demo.

    Returns
    -------
    Receipt
        Its ``status`` says what happened; a refusal is a receipt, not an exception.

    Raises
    ------
    InputError
        When actor or project is empty.
    NotFoundError
        When the kind is unknown.
    StoreError
        When the batch was stored but could not be told to the ledger; the next start tells it.
    """
    record_of(kind)
    if not actor.strip() or not project.strip():
        raise InputError(
            "An import names who imports and into which project; one of them is empty."
        )
    asked = Asked(
        data, filename, kind, project, workspace.now(), profile or Profile(),
        workspace.settings.limits(kind),
    )  # fmt: skip
    blank = Receipt(
        status=Status.FAILED,
        kind=kind,
        project=project,
        filename=filename,
        sha256=_sha256(data),
        actor=actor,
        received_at=asked.now,
        answers=asked.profile.answers(),
        accept_good=accept_good,
    )
    try:
        with workspace.store.reader() as reader:
            if channel != "form" and (first := _first(reader, blank)):
                return first
            asked, found, told = read_as_before(reader, asked)
        blank = blank.model_copy(update={"answers": asked.profile.answers()})
        done = _stored(
            workspace, asked, found, told, blank,
            accept_good=accept_good, dry_run=dry_run, channel=channel,
        )  # fmt: skip
    except Refusal as refusal:
        return asked.receipt(refusal).model_copy(update={k: getattr(blank, k) for k in _OURS})
    except CageError as error:
        return _failed(
            blank, "reader-stopped", f"Reading the file was stopped: {error}.",
            "Nothing was stored. Split the file by period; parts give the same result.",
        )  # fmt: skip
    except StoreError as error:
        return _failed(
            blank, "store", str(error),
            "Nothing was stored. Mend the cause and import the same file again.",
        )  # fmt: skip
    if done.status is Status.COMMITTED:
        _note(workspace, done)
    if asks_only_to_confirm(done):
        confirmed = asked.profile.answered("restatement", "confirm")
        would_be = import_file(
            workspace, actor, project, kind, filename, data,
            profile=confirmed, accept_good=accept_good, dry_run=True, channel=channel,
        )  # fmt: skip
        return with_effect_told(done, would_be.effect)
    return done


def _sha256(data: bytes | Path) -> str:
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first(reader: Reader, blank: Receipt) -> Receipt | None:
    """The receipt of the same bytes, if the project holds them already."""
    earlier = reader.rows(
        "batch_in_force", project=blank.project, kind=blank.kind, sha256=blank.sha256
    )
    if not earlier:  # a form may well set back what it set before
        return None
    first = Receipt.model_validate_json(earlier[0]["receipt"])
    return first.model_copy(update={"status": Status.DUPLICATE})


def _failed(blank: Receipt, code: str, message: str, hint: str) -> Receipt:
    fault = Reject(row=None, column=None, code=code, message=message, hint=hint)
    return blank.model_copy(update={"rejects": [fault]})


def _stored(
    workspace: Workspace,
    asked: Asked,
    found: Found,
    told: list[Warned],
    blank: Receipt,
    *,
    accept_good: bool,
    dry_run: bool,
    channel: str,
) -> Receipt:
    """Judge what was read against what is stored, and store it, in one transaction."""
    with workspace.store.writer(keep=not dry_run) as writer:
        if channel != "form" and (first := _first(writer, blank)):  # it came twice at once
            return first
        judgement = judged(found, asked, Stored(writer, asked.project), accept_good=accept_good)
        judgement = rules.applied(judgement, asked.record, writer, accept_good=accept_good)
        receipt = shortened(judgement.receipt)
        done = receipt.model_copy(
            update={k: getattr(blank, k) for k in _OURS} | {"warnings": [*receipt.warnings, *told]}
        )
        if done.status is not Status.DRY_RUN:
            return done
        if not dry_run:
            workspace.ledger.keep(asked.data)
        return _commit(workspace, writer, asked.record, judgement, done, channel, dry_run)


def _commit(
    workspace: Workspace,
    writer: Writer,
    record: type[Record],
    judgement: Judgement,
    done: Receipt,
    channel: str,
    dry_run: bool,
) -> Receipt:
    """Append the judged rows inside the open transaction, and say what they change."""
    seq = int(writer.rows("last_seq")[0]["seq"]) + 1
    before = _kpis(workspace, writer, record, done.project)
    append(writer, record, seq, done.project, judgement)
    done = done.model_copy(update={"batch": f"B{seq:05d}", "status": Status.COMMITTED})
    _add_batch(writer, seq, done, channel, undoes=None)  # rows count only as part of a batch
    changes = effect(before, _kpis(workspace, writer, record, done.project))
    done = done.model_copy(update={"effect": changes})
    if dry_run:
        return done.model_copy(update={"batch": None, "status": Status.DRY_RUN})
    writer.run("set_receipt", seq=seq, receipt=done.model_dump_json())
    return done


def undo(
    workspace: Workspace, actor: str, project: str, batch: str, *, channel: str = "screen"
) -> Receipt:
    """Take a batch back by a compensating batch; what it replaced holds again.

    Returns
    -------
    Receipt
        Of the compensating batch; ``undoes`` names the batch taken back.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    InputError
        When it was undone before, or is itself an undo.
    """
    if not actor.strip():
        raise InputError("An undo names who undoes; the actor is empty.")
    with workspace.store.writer() as writer:
        found = _batch(writer, project, batch)
        first = Receipt.model_validate_json(found["receipt"])
        if first.undoes is not None:
            raise InputError(
                f"{batch} itself took {first.undoes} back. To have it again, import its file again."
            )
        if found["undone_by"] is not None:
            raise InputError(f"{batch} was already undone by {found['undone_by']}.")
        seq = int(writer.rows("last_seq")[0]["seq"]) + 1
        record = record_of(first.kind)
        before = _kpis(workspace, writer, record, project)
        done = first.model_copy(
            update={
                "batch": f"B{seq:05d}",
                "status": Status.COMMITTED,
                "actor": actor,
                "received_at": workspace.now(),
                "undoes": batch,
                "rejects": [],
                "warnings": [],
                "effect": [],
                "answers": [],
                "accept_good": False,
            }
        )
        _add_batch(writer, seq, done, channel, undoes=found["seq"])
        if record is MechanismRecord:
            refuse_orphans(writer, project)
        after = _kpis(workspace, writer, record, project)
        done = done.model_copy(update={"effect": effect(before, after)})
        writer.run("set_receipt", seq=seq, receipt=done.model_dump_json())
    _note(workspace, done)
    return done


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
        return Receipt.model_validate_json(_batch(reader, project, batch)["receipt"])


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
        return workspace.ledger.raw(_batch(reader, project, batch)["sha256"])


def rejected_csv(
    workspace: Workspace,
    actor: str,
    project: str,
    kind: str,
    filename: str,
    data: bytes | Path,
    *,
    profile: Profile | None = None,
) -> bytes:
    """The rejected rows of a file as they came, each with its reason, to mend and upload alone.

    Raises
    ------
    InputError
        When the file is refused or asks as a whole, or its reader was stopped.
    """
    del actor
    asked = Asked(
        data, filename, kind, project, workspace.now(), profile or Profile(),
        workspace.settings.limits(kind),
    )  # fmt: skip
    try:
        with workspace.store.reader() as reader:
            asked, found, _ = read_as_before(reader, asked)
            judgement = judged(found, asked, Stored(reader, project), accept_good=False)
            judgement = rules.applied(judgement, asked.record, reader, accept_good=False)
        return CAGE.rejected_csv(asked, judgement.receipt.rejects)
    except (Refusal, CageError) as error:
        raise InputError("No row of this file was judged, so none was rejected alone.") from error


def _batch(reader: Reader, project: str, batch: str) -> dict[str, Any]:
    rows = reader.rows("batches", project=project)
    for row in rows:
        if row["batch"] == batch:
            return row
    raise NotFoundError.of(f"batch in project {project}", batch, [r["batch"] for r in rows])


def _kpis(
    workspace: Workspace, reader: Reader, record: type[Record], project: str
) -> list[KpiValue]:
    """The KPIs that a batch of this kind of record can move."""
    return kpi_values(reader, project, workspace.today) if record in MOVING else []


def _add_batch(
    writer: Writer, seq: int, done: Receipt, channel: str, *, undoes: int | None
) -> None:
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


def _note(workspace: Workspace, done: Receipt) -> None:
    """Tell the ledger; only after this may anybody be told "committed"."""
    with workspace.store.reader() as reader:
        row = next(r for r in reader.rows("batches", project=done.project)
                   if r["batch"] == done.batch)  # fmt: skip
    workspace.ledger.note(
        {k: v for k, v in row.items() if k != "undone_by"} | {"project": done.project}
    )
