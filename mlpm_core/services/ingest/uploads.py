"""A file from outside, by screen, route or command: what is said of it, and its limit."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from pydantic import ValidationError

from mlpm_core.errors import InputError, StoreError, quoted
from mlpm_core.intake import Profile, check_project
from mlpm_core.records import Receipt, Reject, Status, record_of
from mlpm_core.services.session.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlpm_core.services.session.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Upload:
    """What is said about a file: where it belongs, and the answers to its questions.

    ``answers`` are ``KEY=VALUE``, and win over ``profile``, the JSON of an earlier import.
    """

    project: str
    kind: str
    filename: str
    answers: tuple[str, ...] = ()
    profile: str | None = None
    confirm_restatement: bool = False
    accept_good: bool = False
    dry_run: bool = False
    ask_again: bool = False

    def check(self) -> Profile:
        """The profile, once everything said is found right; no row is judged.

        Raises
        ------
        NotFoundError
            When there is no such kind of record.
        InputError
            When the project is no name, or an answer or the profile cannot be read; it names every
            such answer.
        """
        record_of(self.kind)
        check_project(self.project)
        try:
            profile = Profile.model_validate_json(self.profile or "{}")
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = f"{quoted('.'.join(map(str, first['loc'])))}: " if first["loc"] else ""
            raise InputError(f"The profile cannot be read: {where}{first['msg']}.") from error
        faults = []
        for answer in self.answers:
            key, equals, value = answer.partition("=")
            if not equals:
                faults.append(f"The answer {quoted(answer)} must be written KEY=VALUE.")
                continue
            try:
                profile = profile.answered(key.strip(), value.strip())
            except InputError as error:
                faults.append(str(error))
        if faults:
            raise InputError(" ".join(faults))
        return profile.answered("restatement", "confirm") if self.confirm_restatement else profile


def max_bytes() -> int:
    """The largest file that is taken."""
    return Settings.from_environment().max_bytes


def limits_told(workspace: Workspace, kind: str) -> str:
    """The largest file of a kind that is read, as a sentence."""
    most = workspace.settings.limits(kind)
    return (
        f"At most {most.file_bytes // 2**20:,} MB unpacked, {most.rows:,} rows, {most.columns:,} "
        f"columns, and {most.cell_chars:,} characters in a cell."
    )


@contextmanager
def spooled(workspace: Workspace) -> Iterator[tuple[BinaryIO, Path]]:
    """A private file for what arrives piece by piece; it is gone afterwards, whatever happens.

    Raises
    ------
    StoreError
        When the disk refuses.
    """
    folder = workspace.settings.spool
    try:
        folder.mkdir(exist_ok=True)
        file = NamedTemporaryFile(dir=folder, prefix="upload-")  # noqa: SIM115  closed below
    except OSError as error:
        raise StoreError(f"The upload could not be kept: {error.strerror}.") from error
    with file:
        try:
            yield cast("BinaryIO", file), Path(file.name)
        except OSError as error:
            raise StoreError(f"The upload could not be kept: {error.strerror}.") from error


def import_upload(
    workspace: Workspace,
    upload: Upload,
    data: bytes | Path,
    *,
    channel: str,
    on_stage: Callable[[float, str], None] | None = None,
) -> Receipt:
    """Judge and store a file from outside; see `mlpm_core.services.ingest.imports.import_file`.

    Raises
    ------
    NotFoundError
        When there is no such kind of record.
    InputError
        When an answer or the profile cannot be read.
    """
    from mlpm_core.services.ingest.imports import (
        import_file,  # a command beside the app needs it not
    )

    return import_file(
        workspace,
        upload.project,
        upload.kind,
        upload.filename,
        data,
        profile=upload.check(),
        accept_good=upload.accept_good,
        dry_run=upload.dry_run,
        ask_again=upload.ask_again,
        channel=channel,
        on_stage=on_stage,
    )


def too_large(workspace: Workspace, upload: Upload, n_bytes: int) -> Receipt:
    """The receipt of a file that was not even read, for it is over the limit."""
    fault = Reject(
        row=None,
        column=None,
        code="limit-size",
        message=f"The file has {n_bytes:,} bytes, the limit is {max_bytes():,}.",
        hint="Split it by period; parts give the same result.",
    )
    return _unread(workspace, upload, Status.REJECTED, fault)


def broken_off(workspace: Workspace, upload: Upload, n_bytes: int, announced: int) -> Receipt:
    """The receipt of a file of which only a part arrived."""
    of = f" of {announced:,}" if announced else ""
    fault = Reject(
        row=None,
        column=None,
        code="broken-off",
        message=f"The upload broke off after {n_bytes:,}{of} bytes.",
        hint="Nothing was stored. Send the same file again.",
    )
    return _unread(workspace, upload, Status.FAILED, fault)


def _unread(workspace: Workspace, upload: Upload, status: Status, fault: Reject) -> Receipt:
    return Receipt(
        status=status,
        kind=upload.kind,
        project=upload.project,
        filename=upload.filename,
        actor=workspace.actor,
        received_at=workspace.now(),
        rejects=[fault],
    )
