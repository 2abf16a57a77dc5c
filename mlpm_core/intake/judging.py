"""The whole check of a file, stage by stage; a stage that refuses or asks ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mlpm_core.errors import InputError
from mlpm_core.intake.cells import Grammar
from mlpm_core.intake.check import Checker, Faults
from mlpm_core.intake.compare import Gathered, compared
from mlpm_core.intake.faults import Fault, Refusal, warned
from mlpm_core.intake.header import Fields, Header
from mlpm_core.intake.judgement import Judgement, Source
from mlpm_core.intake.layout import asked_about_dates, asked_about_layout, checked_header
from mlpm_core.intake.lines import Lines, is_blank
from mlpm_core.intake.names import read_name
from mlpm_core.intake.read import table
from mlpm_core.intake.recognise import text_of
from mlpm_core.intake.results import check_results
from mlpm_core.intake.structure import check_header_bytes, structural_rejects, without_bad_bytes
from mlpm_core.records import Receipt, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.intake.recognise import Text
    from mlpm_core.intake.table import Table
    from mlpm_core.records import Record, Warned

__all__ = ["Stored", "judge"]


class Stored(Protocol):
    """What the intake asks about the stored rows of the project."""

    def names(self, kind: str) -> Collection[str]:
        """Every id of a kind."""
        ...

    def matching(
        self, record: type[Record], keys: Sequence[tuple[object, ...]]
    ) -> Mapping[tuple[object, ...], Mapping[str, object]]:
        """The stored rows that have one of these keys, by key."""
        ...


def judge(
    data: bytes,
    filename: str,
    record: type[Record],
    *,
    project: str,
    stored: Stored,
    now: datetime,
    profile: Profile,
    limits: Limits,
    accept_good: bool,
) -> Judgement:
    """Check a file and say what storing it would do; nothing is stored.

    Parameters
    ----------
    data : bytes
        The file as it came.
    filename : str
        Serves the type check and sentences, never as a path.
    record : type[Record]
        What a row is.
    project : str
        Whose wall no row may leave; the project of rows that name none.
    stored : Stored
        The rows that hold now.
    now : datetime
        This moment in UTC, without a zone.
    profile : Profile
        Answers to earlier questions.
    limits : Limits
        The largest file that is read.
    accept_good : bool
        Would good rows be stored although others are rejected?

    Returns
    -------
    Judgement
        Its receipt's status is dry_run, rejected or asked.

    Raises
    ------
    InputError
        When the project's name, or an answer of the profile, cannot be used.
    """
    name = read_name(project)
    if isinstance(name, Fault) or name[0] != project:
        raise InputError(
            f"{project!r} is no name for a project: letters and digits, spaces only inside, "
            "none of < > or a leading = + - @."
        )
    try:
        return _judged(
            data, filename, record, project, stored, now, profile, limits, accept_good=accept_good
        )
    except Refusal as refusal:
        status = Status.ASKED if refusal.questions else Status.REJECTED
        return Judgement(
            Receipt(
                status=status,
                kind=record.kind,
                project=project,
                filename=filename,
                rejects=refusal.rejects,
                questions=refusal.questions,
            )
        )


def _judged(
    data: bytes,
    filename: str,
    record: type[Record],
    project: str,
    stored: Stored,
    now: datetime,
    profile: Profile,
    limits: Limits,
    *,
    accept_good: bool,
) -> Judgement:
    text = text_of(data, filename, profile, limits)
    lines = Lines.of(text.text)
    if all(map(is_blank, lines.lines)):
        raise Refusal.of("empty-file")
    fields = Fields(record, profile)
    header = Header.found(lines, fields, limits)
    check_header_bytes(header, lines, text)
    checker = Checker(fields, header, Grammar(profile, now), project)
    found = table(lines, header.below, header.delimiter, header.cells, checker.passes, limits)
    found = asked_about_layout(found, header, fields, profile)
    checked_header(found, header, fields, profile)
    if found.n_records == len(found.blank):
        raise Refusal.of("no-rows")
    found = without_bad_bytes(found, text)
    faults = Faults(found.lines)
    readings = checker.readings(found, faults)
    asked_about_dates(readings)
    if fields.has_metrics:
        check_results(readings, checker, faults)
    gathered = Gathered(
        record,
        profile,
        checker,
        readings,
        faults,
        structural_rejects(found, header, lines, text),
        _about_file(text, lines, found, header, checker),
        Receipt(
            status=Status.DRY_RUN,
            kind=record.kind,
            project=project,
            filename=filename,
            lines=found.n_records,
            blank=len(found.blank),
        ),
        Source(text, lines, header, found),
    )
    judged = compared(gathered, stored, accept_good=accept_good)
    return judged if text.rows is None else judged.renumbered(text.rows)


def _about_file(
    text: Text, lines: Lines, found: Table, header: Header, checker: Checker
) -> list[Warned]:
    """The warnings about the file as a whole."""
    inner = {i for start, n in found.spans.items() for i in range(start, start + n - 1)}
    inner |= set(range(header.line, header.below - 1))
    told = [warned("mixed-newlines")] if len(lines.kinds_of_ends(inner)) > 1 else []
    if text.left:
        told.append(warned("extra-sheet", names=list(text.left)))
    extra = checker.unused_headers()
    return [*told, warned("extra-column", headers=extra)] if extra else told
