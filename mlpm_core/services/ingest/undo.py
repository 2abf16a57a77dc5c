"""A batch is undone by another one; what rests on it is named, and never left without a base."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import (
    KINDS,
    Decision,
    Evaluation,
    Label,
    Prediction,
    Receipt,
    Record,
    Status,
    ValueCase,
    Warned,
    columns,
    record_of,
)
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.kpi_effects import Before
from mlpm_core.services.ingest.meanings import Meanings, meanings, refuse_other_meaning
from mlpm_core.services.ingest.recorded_decisions import decisions_of
from mlpm_core.services.ingest.stored_rows import register_used
from mlpm_core.services.valuation.kpis import MOVING
from mlpm_core.services.valuation.mechanisms import refuse_orphans
from mlpm_core.store import BatchContent, days_of_batch, recount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader, Writer

_MOST_NAMED = 5


@for_everybody()
def undo(
    workspace: Workspace,
    project: str,
    batch: str,
    *,
    dry_run: bool = False,
    channel: str = "screen",
) -> Receipt:
    """Take a batch back by a compensating batch; what it replaced is current again.

    Models and a project that the batch was the first to name stay registered as long as other
    batches name them.

    Parameters
    ----------
    dry_run : bool
        Do everything, effect on KPIs included, and roll it back.

    Returns
    -------
    Receipt
        Of the compensating batch; ``undoes`` names the batch undone, ``warnings`` say what
        stops counting, what is current again and what was built on it.

    Raises
    ------
    NotFoundError
        When the project has no such batch.
    InputError
        When it was undone before, is itself an undo, or other records rest on it; it names the
        batches to undo first.
    """
    (done,) = undo_all(workspace, [(project, batch)], dry_run=dry_run, channel=channel)
    return done


@for_everybody()
def undo_all(
    workspace: Workspace,
    targets: Sequence[tuple[str, str]],
    *,
    dry_run: bool = False,
    channel: str = "screen",
    check: Callable[[Writer], None] | None = None,
) -> list[Receipt]:
    """Take several batches back in one transaction: all of them, or none.

    Parameters
    ----------
    targets : sequence of (project, batch)
        In the order in which they are undone; what rests on another batch comes first.
    check : callable, optional
        Asked inside the transaction before anything is undone; what it raises stops all.

    Returns
    -------
    list of Receipt
        Of the compensating batches, in the order of ``targets``; see `undo`.

    Raises
    ------
    NotFoundError
        When a project has no such batch.
    InputError
        When one was undone before, is itself an undo, or records that stay rest on one.
    """
    if not workspace.actor.strip():
        raise InputError("An undo names who undoes; the actor is empty.")
    work = partial(_all_undone, workspace, targets, dry_run=dry_run, channel=channel, check=check)
    if dry_run:
        return workspace.store.trial(work)
    with workspace.store.writer(after=partial(batches.note, workspace)) as writer:
        return work(writer)


def _all_undone(
    workspace: Workspace,
    targets: Sequence[tuple[str, str]],
    writer: Writer,
    *,
    dry_run: bool,
    channel: str,
    check: Callable[[Writer], None] | None,
) -> list[Receipt]:
    """Take several batches back inside the open transaction, unless something rests on them."""
    if check is not None:
        check(writer)
    projects = list(dict.fromkeys(project for project, _ in targets))
    lost_before = {project: set(_resting(writer, project)) for project in projects}
    meant = {project: meanings(writer, project) for project in projects}
    befores: dict[tuple[str, bool], Before] = {}  # valued once from one undo to the next
    done = [
        _undone(workspace, writer, befores, workspace.actor, project, batch, dry_run, channel)
        for project, batch in targets
    ]
    for project in projects:
        orphans = [r for r in _resting(writer, project) if r not in lost_before[project]]
        _refuse_orphans([b for p, b in targets if p == project], orphans)
        refuse_orphans(writer, project)
        _refuse_other_meaning(writer, project, meant[project], targets)
    return done


def _undone(
    workspace: Workspace,
    writer: Writer,
    befores: dict[tuple[str, bool], Before],
    actor: str,
    project: str,
    batch: str,
    dry_run: bool,
    channel: str,
) -> Receipt:
    """Take one batch back inside the open transaction, whatever still rests on it."""
    row = batches.batch_of(writer, project, batch)
    first = batches.receipt_of(row)
    record = record_of(first.kind)
    if first.undoes is not None:
        again = "import its file again"
        if record is Decision:
            again = "record a new decision: what was withdrawn stays withdrawn"
        raise InputError(f"{batch} itself undid {first.undoes}. To bring that back, {again}.")
    if row["undone_by"] is not None:
        raise InputError(f"{batch} was already undone by {row['undone_by']}.")
    seq = batches.next_seq(workspace, writer)
    key = project, record in MOVING
    before = befores.get(key) or Before(workspace, writer, record, project)
    befores[key] = before
    n_own, n_again, n_replaced = writer.undo_counts(record, row["seq"])
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
            "read_as": "",
        }
    )
    # Nothing but a value case shows in a preview what the counts become.
    is_counted = not dry_run or writer.holds_any(ValueCase, project)
    touched = days_of_batch(writer, record, row["seq"]) if is_counted else {}
    batches.add(writer, seq, done, channel, undoes=row["seq"])
    registered: dict[type[Record], int] = {}
    content = BatchContent()
    if writer.rows("registers_any", seq=row["seq"])[0]["n"]:  # else no name can be lost with it
        registered, content = register_used(writer, seq, project)
    n_stay = registered.get(record, 0)
    recount(writer, touched)
    changes, unsaid = before.effect(writer)
    warnings = [
        *_counted(n_own - n_again - n_stay, n_again, n_replaced, n_stay),
        *_built_upon(writer, record, row["seq"], project),
        *unsaid,
        *_withdrawn(writer, record, project, batches.name_of(seq)),
    ]
    done = done.model_copy(update={"effect": changes, "warnings": warnings})
    if dry_run:
        return done.model_copy(update={"batch": None, "status": Status.DRY_RUN})
    batches.complete(writer, seq, done, content, noted=workspace.ledger.last_seq)
    return done


def resting_on(writer: Writer, seqs: Iterable[int]) -> list[int]:
    """The batches that could not stay if some were undone: they refer to or replace theirs.

    Parameters
    ----------
    writer : Writer
        Of a transaction that is rolled back afterwards, for the batches are undone in it.
    seqs : iterable of int
        The batches to undo, by number.

    Returns
    -------
    list of int
        By number, the newest first; those that rest on a batch found so are found too.
    """
    rows = {row["seq"]: row for row in writer.rows("all_seqs")}
    by_name = {row["batch"]: seq for seq, row in rows.items()}
    gone, waiting = set(seqs), set(seqs)
    projects = {rows[seq]["project"] for seq in gone}
    lost_before = {project: set(_resting(writer, project)) for project in projects}
    while waiting:
        replacing = [
            seq
            for kind in {rows[seq]["kind"] for seq in waiting}
            for seq in writer.replacing(record_of(kind), sorted(waiting))
        ]
        last = int(writer.rows("last_seq")[0]["seq"])
        for number, seq in enumerate(sorted(waiting), start=last + 1):
            parts = {k: rows[seq][k] for k in ("project", "kind", "sha256", "actor", "received_at")}
            trial = Receipt(batch=batches.name_of(number), status=Status.DRY_RUN, **parts)
            batches.add(writer, number, trial, "screen", undoes=seq)
        for project in projects:
            register_used(writer, last + len(waiting), project)
        orphaned = [
            by_name[batch]
            for project in projects
            for orphan, batch in _resting(writer, project)
            if (orphan, batch) not in lost_before[project]
        ]
        waiting = {*replacing, *orphaned} - gone
        gone |= waiting
    return sorted(gone - set(seqs), reverse=True)


def _resting(reader: Reader, project: str) -> list[tuple[str, str]]:
    """What refers to something that is not there, and the batch that told it."""
    return [
        (f"{record.singular} {row['id']} on {row['missing']}", row["batch"])
        for record in KINDS.values()
        if record is not Decision  # it holds all it was taken on, and outlives it
        for column in columns(record)
        if column.refers_to is not None
        for row in reader.orphans(record, column, record_of(column.refers_to), project)
    ]


def _refuse_orphans(undone: Sequence[str], orphans: list[tuple[str, str]]) -> None:
    """Refuse an undo that leaves references to what is no longer there."""
    if not orphans:
        return
    reasons = ", ".join(sentence for sentence, _ in orphans[:_MOST_NAMED])
    reasons += f" and {len(orphans) - _MOST_NAMED} more" if len(orphans) > _MOST_NAMED else ""
    named = undone[0] if len(undone) == 1 else f"{undone[0]} and {len(undone) - 1} more"
    raise InputError(
        f"{named} cannot be undone, because others rest on {'it' if len(undone) == 1 else 'them'}: "
        f"{reasons}. "
        f"Undo first: {', '.join(sorted({b for _, b in orphans}, reverse=True))}."
    )


def _refuse_other_meaning(
    reader: Reader, project: str, before: Meanings, targets: Sequence[tuple[str, str]]
) -> None:
    """Refuse an undo after which stored numbers would mean something else."""
    try:
        refuse_other_meaning(reader, project, before)
    except InputError as error:
        named = ", ".join(batch for of, batch in targets if of == project)
        raise InputError(f"{named} cannot be undone: {error}") from None


def _counted(n_gone: int, n_again: int, n_replaced: int, n_stay: int) -> list[Warned]:
    warnings = []
    if n_gone:
        sentence = f"Rows that stop counting: {n_gone:,}."
        warnings.append(Warned(code="stops-counting", message=sentence, rows=n_gone))
    if n_again:
        sentence = f"Rows that go back to an earlier value: {n_again:,}."
        warnings.append(Warned(code="holds-again", message=sentence, rows=n_again))
    if n_replaced:
        sentence = f"Rows that a later batch replaced; its values stay: {n_replaced:,}."
        warnings.append(Warned(code="replaced-later", message=sentence, rows=n_replaced))
    if n_stay:
        sentence = f"Names that other records use; they stay, without their details: {n_stay:,}."
        warnings.append(Warned(code="stays-registered", message=sentence, rows=n_stay))
    return warnings


def _built_upon(reader: Reader, record: type[Record], seq: int, project: str) -> list[Warned]:
    """What others made of the batch, which the undo does not touch."""
    warnings = []
    if record in (Evaluation, ValueCase):
        for row in reader.rows("decisions_since", project=project, seq=seq):
            sentence = (
                f"Decision {row['decision_id']} ({row['batch']}) was taken on it and keeps the "
                "figures as they stood."
            )
            warnings.append(Warned(code="decided-on", message=sentence))
    if record is Prediction and reader.holds_any(Label, project):
        n = int(reader.rows("orphan_labels", project=project, seq=0)[0]["n"])
        if n:
            sentence = f"Labels that now wait for a prediction: {n:,}."
            warnings.append(Warned(code="orphan-label", message=sentence, rows=n))
    return warnings


def _withdrawn(reader: Reader, record: type[Record], project: str, undo: str) -> list[Warned]:
    """The decisions that an undo withdraws: they stay listed, and no longer stand."""
    if record is not Decision:
        return []
    return [
        Warned(
            code="decision-withdrawn",
            message=f"Decision {d.row['decision_id']} is withdrawn: it stays listed with its "
            "evidence, and no longer promises anything.",
        )
        for d in decisions_of(reader, project)
        if d.withdrawn_in == undo
    ]
