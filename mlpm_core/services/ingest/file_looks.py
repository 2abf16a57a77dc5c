"""A file before it is stored: its columns to map, its rejected lines to correct."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.intake import ImportRequest, Refusal, SandboxError
from mlpm_core.services.ingest.row_rules import judged_with_rules
from mlpm_core.services.ingest.saved_answers import (
    SANDBOX,
    judged_as_before,
    read_as_before,
    with_own_currency,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import FileLook, RejectedLines
    from mlpm_core.services.ingest.uploads import Upload
    from mlpm_core.services.session.workspace import Workspace

MOST_CORRECTED: Final = 200
"""How many rejected lines are shown to be corrected at once."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected file: how it is to be imported, and its bytes."""

    upload: Upload
    data: bytes


def look(workspace: Workspace, upload: Upload, data: bytes) -> FileLook | None:
    """What the columns of a file are read as, and what they may be.

    Returns
    -------
    FileLook or None
        None when its columns cannot be told apart yet: something about its text comes first.
    """
    try:
        return SANDBOX.look(_asked(workspace, upload, data))
    except (Refusal, SandboxError):
        return None


def to_correct(workspace: Workspace, upload: Upload, data: bytes) -> RejectedLines:
    """The first rejected lines of a file, cell by cell, each with its reasons.

    Raises
    ------
    InputError
        When the file is refused or asks as a whole, or its reader was stopped.
    """
    asked = _asked(workspace, upload, data)
    try:
        with workspace.store.reader() as reader:
            asked, parsed, _ = read_as_before(reader, asked, ask_again=upload.ask_again)
            judgement, asked, _ = judged_as_before(
                reader,
                asked,
                parsed.receipt.shape,
                lambda asked: judged_with_rules(reader, asked, parsed, accept_good=False),
            )
        return SANDBOX.to_correct(asked, judgement.receipt.rejects, MOST_CORRECTED)
    except (Refusal, SandboxError) as error:
        raise InputError("No line of this file was judged, so none can be corrected.") from error


def corrected(
    workspace: Workspace, upload: Upload, data: bytes, corrections: Mapping[int, Sequence[str]]
) -> Corrected:
    """The file with some of its rejected lines written anew, as a file of its own.

    It is CSV in UTF-8 whatever the file was, has as many lines, and goes the path of any other
    file: what was answered about the file is answered about it too, but for its encoding.

    Raises
    ------
    InputError
        When the file is refused or asks as a whole, or its reader was stopped.
    """
    asked = _asked(workspace, upload, data)
    try:
        with workspace.store.reader() as reader:
            asked, _, _ = read_as_before(reader, asked, ask_again=upload.ask_again)
        anew = SANDBOX.corrected(asked, corrections)
    except (Refusal, SandboxError) as error:
        raise InputError("No line of this file was judged, so none can be corrected.") from error
    of_text = ("encoding=", "sheet=", "hidden_rows=")
    answers = [a for a in asked.profile.answers() if not a.startswith(of_text)]
    stem = upload.filename.rpartition(".")[0] or upload.filename
    name = f"{stem.removesuffix(' corrected')} corrected.csv"
    return Corrected(replace(upload, filename=name, answers=tuple(answers), profile=None), anew)


def _asked(workspace: Workspace, upload: Upload, data: bytes) -> ImportRequest:
    return ImportRequest(
        data,
        upload.filename,
        upload.kind,
        upload.project,
        workspace.now(),
        with_own_currency(workspace, upload.project, upload.check()),
        workspace.settings.limits(upload.kind),
    )
