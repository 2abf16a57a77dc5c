"""A batch is taken back by another one; what rests on it is told, and never left in the air."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.records import (
    KINDS,
    Decision,
    Evaluation,
    Prediction,
    Receipt,
    Record,
    Status,
    ValueCase,
    Warned,
    columns,
    record_of,
)
from mlpm_core.services import batches
from mlpm_core.services.decisions import decisions_of
from mlpm_core.services.effects import Before
from mlpm_core.services.mechanisms import refuse_orphans
from mlpm_core.services.stored import register_used

if TYPE_CHECKING:
    from mlpm_core.services.workspace import Workspace
    from mlpm_core.store import Reader

__all__ = ["undo"]

_MOST_NAMED = 5


def undo(
    workspace: Workspace,
    actor: str,
    project: str,
    batch: str,
    *,
    dry_run: bool = False,
    channel: str = "screen",
) -> Receipt:
    """Take a batch back by a compensating batch; what it replaced holds again.

    Models and a project that the batch was the first to name stay registered as long as other
    batches name them.

    Parameters
    ----------
    dry_run : bool
        Do everything, effect on KPIs included, and roll it back.

    Returns
    -------
    Receipt
        Of the compensating batch; ``undoes`` names the batch taken back, ``warnings`` say what
        stops counting, what holds again and what was built on it.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    InputError
        When it was undone before, is itself an undo, or other records rest on it; it names the
        batches to take back first.
    """
    if not actor.strip():
        raise InputError("An undo names who undoes; the actor is empty.")
    note = partial(batches.note, workspace)
    with workspace.store.writer(keep=not dry_run, after=note) as writer:
        found = batches.batch_of(writer, project, batch)
        first = batches.receipt_of(found)
        if first.undoes is not None:
            again = "import its file again"
            if record_of(first.kind) is Decision:
                again = "record a new decision: what was withdrawn stays withdrawn"
            raise InputError(f"{batch} itself took {first.undoes} back. To have it again, {again}.")
        if found["undone_by"] is not None:
            raise InputError(f"{batch} was already undone by {found['undone_by']}.")
        seq = batches.next_seq(workspace, writer)
        record = record_of(first.kind)
        before = Before(workspace, writer, record, project)
        lost_before = set(_resting(writer, project))
        n_own, n_held = writer.n_counting(record, found["seq"])
        done = first.model_copy(
            update={
                "batch": batches.name_of(seq),
                "status": Status.COMMITTED,
                "actor": actor,
                "received_at": workspace.now(),
                "undoes": batch,
                "stored": 0,
                "rejects": [],
                "warnings": [],
                "effect": [],
                "answers": [],
                "accept_good": False,
            }
        )
        batches.add(writer, seq, done, channel, undoes=found["seq"])
        registered, content = register_used(writer, seq, project)
        _refuse_orphans(batch, [r for r in _resting(writer, project) if r not in lost_before])
        refuse_orphans(writer, project)
        n_left = writer.n_counting(record, found["seq"])[1]
        n_stay = registered.get(record, 0)
        n_again = n_left - (n_held - n_own) - n_stay
        changes, unsaid = before.effect()
        told = [
            *_counted(n_own - n_again - n_stay, n_again, n_held - n_own, n_stay),
            *_built_upon(writer, record, found["seq"], project),
            *unsaid,
            *_withdrawn(writer, record, project, f"B{seq:05d}"),
        ]
        done = done.model_copy(update={"effect": changes, "warnings": told})
        if dry_run:
            return done.model_copy(update={"batch": None, "status": Status.DRY_RUN})
        batches.complete(writer, seq, done, content, noted=workspace.ledger.last_seq)
    return done


def _resting(reader: Reader, project: str) -> list[tuple[str, str]]:
    """What refers to something that is not there, and the batch that told it."""
    return [
        (f"{record.singular} {row['id']} on {row['missing']}", row["batch"])
        for record in KINDS.values()
        if record is not Decision  # it holds all it was taken on, and outlives it
        for column in columns(record)
        if column.refers_to is not None
        for row in reader.orphans(record, column.name, record_of(column.refers_to), project)
    ]


def _refuse_orphans(batch: str, orphans: list[tuple[str, str]]) -> None:
    """Refuse an undo that leaves references to what is no longer there."""
    if not orphans:
        return
    told = ", ".join(sentence for sentence, _ in orphans[:_MOST_NAMED])
    told += f" and {len(orphans) - _MOST_NAMED} more" if len(orphans) > _MOST_NAMED else ""
    raise InputError(
        f"{batch} cannot be taken back, for others rest on it: {told}. "
        f"Take back first: {', '.join(sorted({b for _, b in orphans}, reverse=True))}."
    )


def _counted(n_gone: int, n_again: int, n_replaced: int, n_stay: int) -> list[Warned]:
    told = []
    if n_gone:
        sentence = f"Rows that stop counting: {n_gone:,}."
        told.append(Warned(code="stops-counting", message=sentence, rows=n_gone))
    if n_again:
        sentence = f"Rows in whose place an earlier value holds again: {n_again:,}."
        told.append(Warned(code="holds-again", message=sentence, rows=n_again))
    if n_replaced:
        sentence = f"Rows that a later batch replaced, which stays: {n_replaced:,}."
        told.append(Warned(code="replaced-later", message=sentence, rows=n_replaced))
    if n_stay:
        sentence = (
            f"Names that others use, which stay registered without their details: {n_stay:,}."
        )
        told.append(Warned(code="stays-registered", message=sentence, rows=n_stay))
    return told


def _built_upon(reader: Reader, record: type[Record], seq: int, project: str) -> list[Warned]:
    """What others made of the batch, which the undo does not touch."""
    told = []
    if record in (Evaluation, ValueCase):
        for row in reader.rows("decisions_since", project=project, seq=seq):
            sentence = (
                f"Decision {row['decision_id']} ({row['batch']}) was taken on it and keeps the "
                "figures as they stood."
            )
            told.append(Warned(code="decided-on", message=sentence))
    if record is Prediction:
        n = int(reader.rows("orphan_labels", project=project, seq=0)[0]["n"])
        if n:
            sentence = f"Labels that have no prediction now and wait for one: {n:,}."
            told.append(Warned(code="orphan-label", message=sentence, rows=n))
    return told


def _withdrawn(reader: Reader, record: type[Record], project: str, undo: str) -> list[Warned]:
    """The decisions that an undo withdraws: they stay listed, and no longer stand."""
    if record is not Decision:
        return []
    return [
        Warned(
            code="decision-withdrawn",
            message=f"Decision {d.row['decision_id']} is withdrawn: it stays listed with its "
            "evidence, and promises nothing any more.",
        )
        for d in decisions_of(reader, project)
        if d.withdrawn_in == undo
    ]
