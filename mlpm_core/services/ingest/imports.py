"""The one way anything is written: a file is judged, kept, committed, and can be undone.

A form on screen goes the same way as a file of one row, so that every write has an actor, a
receipt, raw bytes to replay and an undo.
"""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, StoreError
from mlpm_core.intake import ImportRequest, Profile, Refusal, SandboxError
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import Receipt, Reject, Status, Warned, record_of
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.batches import FORM
from mlpm_core.services.ingest.commit import MANY_ROWS, Judged, kept, kept_many, would_be
from mlpm_core.services.ingest.kpi_effects import (
    asks_only_to_confirm,
    shortened,
    with_effect_told,
)
from mlpm_core.services.ingest.row_rules import judged_with_rules
from mlpm_core.services.ingest.saved_answers import (
    SANDBOX,
    judged_as_before,
    read_as_before,
    with_own_currency,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Arrival, Reader

_MOST_TRIES: Final = 3
_OURS = ("sha256", "actor", "received_at", "answers", "accept_good")


def _silent(share: float, stage: str) -> None:
    del share, stage


@for_everybody()
def import_file(
    workspace: Workspace,
    project: str,
    kind: str,
    filename: str,
    data: bytes | Path,
    *,
    profile: Profile | None = None,
    accept_good: bool = False,
    dry_run: bool = False,
    ask_again: bool = False,
    channel: str = "screen",
    on_stage: Callable[[float, str], None] | None = None,
) -> Receipt:
    """Judge a file and, unless it is a dry run, store its rows in one transaction.

    Parameters
    ----------
    workspace : Workspace
        In the name of whoever imports; see ``Workspace.acting_as``.
    project : str
        The project whose wall the rows may not leave.
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
    ask_again : bool
        Ask also what the project answered before.
    channel : str
        screen, form, http, command, demo or source.
    on_stage : callable, optional
        Told how far it is, as a share and in words, for whoever waits.

    Returns
    -------
    Receipt
        Its ``status`` says what happened; a refusal is a receipt, not an exception.

    Raises
    ------
    InputError
        When nobody acts, or the project is empty.
    NotFoundError
        When the kind is unknown.
    StoreError
        When the batch was stored but could not be told to the ledger; the next start tells it.
    """
    record_of(kind)
    if not workspace.actor.strip() or not project.strip():
        raise InputError(
            "An import names who imports and into which project; one of them is empty."
        )
    asked = _asked(workspace, project, kind, filename, data, profile, channel)
    blank = Receipt(
        status=Status.FAILED,
        kind=kind,
        project=project,
        filename=filename,
        sha256=_sha256(data),
        actor=workspace.actor,
        received_at=asked.now,
        answers=asked.profile.answers(),
        accept_good=accept_good,
    )
    say = on_stage or _silent
    say(0.05, "Reading the file and checking every cell")
    began = workspace.version
    try:
        with workspace.store.reader() as reader:
            if channel != FORM and (first := _first(reader, blank, ask_again=ask_again)):
                return first
        with nullcontext() if dry_run else workspace.ledger.arriving(data) as arrival:
            with workspace.store.reader() as reader:
                asked, parsed, warnings = read_as_before(reader, asked, ask_again=ask_again)
            blank = blank.model_copy(update={"answers": asked.profile.answers()})
            say(0.5, "Comparing it with what is stored")
            done = _stored(
                workspace, asked, parsed, warnings, blank,
                accept_good=accept_good, ask_again=ask_again, arrival=arrival, channel=channel,
                on_stage=say, began=began,
            )  # fmt: skip
    except Refusal as refusal:
        return asked.receipt(refusal).model_copy(update={k: getattr(blank, k) for k in _OURS})
    except SandboxError as error:
        return _failed(
            blank, "reader-stopped", f"Reading the file was stopped: {error}.",
            "Nothing was stored. Split the file by period; parts give the same result.",
        )  # fmt: skip
    except StoreError as error:
        return _failed(
            blank, "store", str(error),
            "Nothing was stored. Fix the cause and import the same file again.",
        )  # fmt: skip
    if asks_only_to_confirm(done):
        confirmed = asked.profile.answered("restatement", "confirm")
        would_be = import_file(
            workspace, project, kind, filename, data,
            profile=confirmed, accept_good=accept_good, dry_run=True, channel=channel,
            on_stage=say,
        )  # fmt: skip
        return with_effect_told(done, would_be.effect)
    return done


def _asked(
    workspace: Workspace,
    project: str,
    kind: str,
    filename: str,
    data: bytes | Path,
    profile: Profile | None,
    channel: str,
) -> ImportRequest:
    return ImportRequest(
        data,
        filename,
        kind,
        project,
        workspace.now(),
        with_own_currency(workspace, project, profile or Profile()),
        workspace.settings.limits(kind),
        by_application=channel == FORM,
    )


def _sha256(data: bytes | Path) -> str:
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first(reader: Reader, asked: Receipt, *, ask_again: bool = False) -> Receipt | None:
    """The receipt of the same bytes, if the project holds them, or the part asked for, already.

    Whoever is to be asked again may choose another part of a file of several.
    """
    batches_of_file = reader.rows(
        "batches_of_file", project=asked.project, kind=asked.kind, sha256=asked.sha256
    )
    earlier = [batches.whole_receipt(reader, batch) for batch in batches_of_file]
    if ask_again and not asked.chosen_part and any(e.chosen_part for e in earlier):
        return None
    first = next((e for e in earlier if asked.chosen_part <= e.chosen_part), None)
    return first and first.model_copy(update={"status": Status.DUPLICATE})


def _failed(blank: Receipt, code: str, message: str, hint: str) -> Receipt:
    fault = Reject(row=None, column=None, code=code, message=message, hint=hint)
    return blank.model_copy(update={"rejects": [fault]})


def _stored(
    workspace: Workspace,
    asked: ImportRequest,
    parsed: ParsedFile,
    warnings: list[Warned],
    blank: Receipt,
    *,
    accept_good: bool,
    ask_again: bool,
    arrival: Arrival | None,
    channel: str,
    on_stage: Callable[[float, str], None],
    began: int,
) -> Receipt:
    """Judge what was read against what is stored, and store it, in one transaction.

    Nobody waits while it is judged, nor while many rows are laid down: it is done again when
    others wrote meanwhile. Few rows are judged again when nobody else may write, and so are many
    after some tries. ``arrival`` is the file itself; without it nothing is kept, as in a dry run;
    ``began`` is the newest batch of all when the import began.
    """

    def judge(reader: Reader) -> Judged:
        newest = batches.newest_of(reader, asked.project)
        judgement, as_answered, said = judged_as_before(
            reader,
            asked,
            parsed.receipt.shape,
            lambda asked: judged_with_rules(
                reader, asked, parsed, accept_good=accept_good, ask_again=ask_again
            ),
            ask_again=ask_again,
        )
        receipt = shortened(judgement.receipt)
        ours = {k: getattr(blank, k) for k in _OURS}
        ours |= {
            "answers": as_answered.profile.answers(),
            "warnings": [*receipt.warnings, *warnings, *said],
        }
        done = receipt.model_copy(update=ours)
        if done.status is Status.DRY_RUN:
            done = done.model_copy(update={"stored": judgement.n_stored})
        return Judged(asked.record, newest, judgement, done)

    def as_of_now(reader: Reader, judged: Judged) -> Judged:
        if channel != FORM and (first := _first(reader, judged.done)):  # it came twice at once
            return replace(judged, done=first)
        is_newest = batches.newest_of(reader, asked.project) == judged.newest
        return judged if is_newest else judge(reader)

    with workspace.store.reader() as reader:
        judged = judge(reader)
    if judged.done.status is not Status.DRY_RUN:
        return judged.done
    on_stage(0.7, "Working out what it changes")
    if arrival is None:
        return would_be(workspace, judged, channel)
    arrival.settle(judged.done.sha256)
    for _ in range(_MOST_TRIES):
        if judged.judgement.n_stored < MANY_ROWS:
            break
        if done := kept_many(workspace, judged, channel, arrival, began=began):
            return done
        with workspace.store.reader() as reader:
            judged = as_of_now(reader, judged)
        if judged.done.status is not Status.DRY_RUN:
            return judged.done
    with workspace.store.writer(after=partial(batches.note, workspace)) as writer:
        judged = as_of_now(writer, judged)
        if judged.done.status is not Status.DRY_RUN:
            return judged.done
        return kept(workspace, writer, judged, channel, arrival)


def rejected_csv(
    workspace: Workspace,
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
    asked = _asked(workspace, project, kind, filename, data, profile, "screen")
    try:
        with workspace.store.reader() as reader:
            asked, parsed, _ = read_as_before(reader, asked)
            judgement, asked, _ = judged_as_before(
                reader,
                asked,
                parsed.receipt.shape,
                lambda asked: judged_with_rules(reader, asked, parsed, accept_good=False),
            )
        return SANDBOX.rejected_csv(asked, judgement.receipt.rejects)
    except (Refusal, SandboxError) as error:
        raise InputError("No row of this file was judged, so none was rejected alone.") from error
