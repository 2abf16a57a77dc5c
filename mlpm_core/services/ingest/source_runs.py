"""A source read once: what it gives is imported in its own name, and what came of it is kept."""

from __future__ import annotations

import logging
from traceback import format_tb
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import MlpmError, StoreError
from mlpm_core.records import Receipt, Status
from mlpm_core.services.ingest.source_states import (
    FAILING,
    FileOutcome,
    Outcome,
    SourceRun,
    is_of,
    keep_run,
    last_runs,
    runs_file,
    source_file,
)
from mlpm_core.services.ingest.uploads import import_upload
from mlpm_core.services.session.private_file import locked
from mlpm_core.store import Wanted, fetched

if TYPE_CHECKING:
    from threading import Event

    from mlpm_core.services.ingest.source_file import Source
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Fetched

LOG = logging.getLogger("mlpm.sources")
CHANNEL: Final = "source"
_MOST_KEPT: Final = 5  # faults of a file, and files of an outcome
_OF_STATUS: Final = {
    Status.COMMITTED: Outcome.STORED,
    Status.DRY_RUN: Outcome.JUDGED,
    Status.DUPLICATE: Outcome.UNCHANGED,
    Status.REJECTED: Outcome.REJECTED,
    Status.ASKED: Outcome.ASKED,
    Status.FAILED: Outcome.FAILED,
}


def run(
    workspace: Workspace, name: str, *, dry_run: bool = False, stop: Event | None = None
) -> SourceRun:
    """Read a source now and import what is new of it, in its own name; one source at a time.

    Parameters
    ----------
    workspace : Workspace
    name : str
    dry_run : bool
        Judge what it gives and keep nothing, not even that it was tried.
    stop : Event, optional
        Gives up reading as soon as it is set.

    Raises
    ------
    NotFoundError
        When no such source can be read.
    StoreError
        When this copy of MLPM only reads, or the disk refuses.
    """
    settings = workspace.settings
    if settings.read_only:
        raise StoreError("This copy of MLPM only reads (MLPM_READ_ONLY=1); no source was read.")
    source = source_file(settings).source(name)
    theirs = workspace.acting_as(source.actor)
    try:
        with locked(runs_file(settings)):
            before = last_runs(settings).get(name)
            done = _done(theirs, source, before, dry_run=dry_run, stop=stop)
            if not dry_run and not (stop is not None and stop.is_set()):
                keep_run(settings, done)
    except OSError as error:
        raise StoreError(f"What became of source {name} was not kept: {error}.") from error
    return done


def _done(
    workspace: Workspace,
    source: Source,
    before: SourceRun | None,
    *,
    dry_run: bool,
    stop: Event | None,
) -> SourceRun:
    started_at, files, reason = workspace.now(), list[FileOutcome](), ""
    limits = workspace.settings.limits(source.kind)
    try:
        with workspace.store.reader() as reader:
            rows = reader.rows("batches_by_bytes", project=source.project, kind=source.kind)
        held = {row["sha256"]: row for row in rows}
        wanted = Wanted(
            name=source.name,
            files=source.files,
            query=source.query,
            dsn=source.dsn(),
            dsn_env=source.dsn_env,
            seconds=source.timeout.total_seconds(),
            most_bytes=limits.file_bytes,
            most_rows=limits.rows,
            held=frozenset(held),
        )
        with fetched(wanted, workspace.settings.spool, stop) as found:
            for each in found:
                if stop is not None and stop.is_set():
                    break
                files.append(_imported(workspace, source, each, held, dry_run=dry_run))
    except MlpmError as error:
        reason = str(error)
    except Exception as error:  # a source must not end the thread that reads the others
        trace = "".join(format_tb(error.__traceback__))  # its message could hold what it read
        LOG.error("Source %s broke off: %s\n%s", source.name, type(error).__name__, trace)  # noqa: TRY400
        reason = f"It broke off ({type(error).__name__}), a fault of MLPM; its log says where."
    outcome = _worst(files) if not reason else Outcome.UNREAD
    batches = [f.batch for f in files if f.outcome is Outcome.STORED]
    ended_at, is_same = workspace.now(), before is not None and is_of(source, before)
    return SourceRun(
        source=source.name,
        project=source.project,
        kind=source.kind,
        started_at=started_at,
        ended_at=ended_at,
        outcome=outcome,
        reason=reason,
        n_files=len(files),
        n_stored=len(batches),
        files=_told(files),
        batch=batches[-1] if batches else before.batch if before and is_same else None,
        succeeded_at=ended_at
        if outcome not in FAILING
        else before.succeeded_at
        if before and is_same
        else None,
    )


def _imported(
    workspace: Workspace,
    source: Source,
    each: Fetched,
    held: dict[str, dict[str, str | None]],
    *,
    dry_run: bool,
) -> FileOutcome:
    """What became of one file; what was undone stays undone until the file is another one."""
    if each.error:
        return FileOutcome(file=each.name, outcome=Outcome.FAILED, faults=[each.error])
    if each.rows == 0:
        return FileOutcome(file=each.name, outcome=Outcome.EMPTY)
    if each.sha256 in held:
        batch = held[each.sha256]
        outcome = Outcome.UNDONE if batch["undone_by"] else Outcome.UNCHANGED
        return FileOutcome(file=each.name, outcome=outcome, batch=batch["batch"])
    if each.path is None:
        raise StoreError(f"{each.name} came without its content.")
    upload = source.upload(each.name, dry_run=dry_run)
    receipt = import_upload(workspace, upload, each.path, channel=CHANNEL)
    if receipt.batch:  # the same content may lie there under another name too
        held[each.sha256] = {"batch": receipt.batch, "undone_by": None}
    return _of_receipt(each.name, receipt)


def _of_receipt(name: str, receipt: Receipt) -> FileOutcome:
    faults = [
        f"{fault.place}: {fault.message} {fault.hint}"
        if fault.row is not None
        else f"{fault.message} {fault.hint}"
        for fault in receipt.rejects[:_MOST_KEPT]
    ]
    if len(receipt.rejects) > _MOST_KEPT:
        faults.append(f"{len(receipt.rejects) - _MOST_KEPT:,} more lines were refused.")
    return FileOutcome(
        file=receipt.filename or name,
        outcome=_OF_STATUS[receipt.status],
        batch=receipt.batch,
        rows=receipt.accepted,
        faults=faults,
        questions=receipt.questions,
    )


def _worst(files: list[FileOutcome]) -> Outcome:
    order = list(Outcome)
    return min((each.outcome for each in files), key=order.index, default=Outcome.EMPTY)


def _told(files: list[FileOutcome]) -> list[FileOutcome]:
    """The files that say something, a few of each outcome."""
    told: list[FileOutcome] = []
    for outcome in (o for o in Outcome if o is not Outcome.UNCHANGED):
        told += [each for each in files if each.outcome is outcome][:_MOST_KEPT]
    return told
