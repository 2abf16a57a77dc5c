"""What the intake is asked: a file, how it is to be read, and what is stored already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from mlpm_core.intake.profile import Limits, Profile
from mlpm_core.records import Receipt, Status, record_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from mlpm_core.intake.columns.column_reader import Checker
    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.files.lines import Lines
    from mlpm_core.intake.files.table import Table
    from mlpm_core.intake.messages import Refusal
    from mlpm_core.intake.shape import Shape
    from mlpm_core.records import Record


class StoredRecords(Protocol):
    """What the intake asks about the stored rows of the project."""

    def names(self, kind: str) -> Collection[str]:
        """Every id of a kind."""
        ...

    def matching(self, record: type[Record], keys: pa.Table) -> pa.Table:
        """The stored rows that have one of these keys, with the key's ``place`` among them."""
        ...

    def keys_are_unique(self, keys: pa.Table) -> bool:
        """Whether it is certain that no two of these keys are equal; a no need not be."""
        ...


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file and how it is to be read.

    Attributes
    ----------
    data : bytes or Path
        The file as it came, or where it lies.
    filename : str
        Serves the type check and sentences, never as a path.
    kind : str
        What a row is: one of ``records.KINDS``.
    project : str
        Whose wall no row may leave; the project of rows that name none.
    now : datetime
        This moment in UTC, without a zone.
    profile : Profile
        Answers to earlier questions.
    limits : Limits
        The largest file that is read.
    by_application : bool
        Whether the application wrote the file itself, with columns that no other file may have.
    """

    data: bytes | Path
    filename: str
    kind: str
    project: str
    now: datetime
    profile: Profile = field(default_factory=Profile)
    limits: Limits = field(default_factory=Limits)
    by_application: bool = False

    @property
    def record(self) -> type[Record]:
        """What a row is."""
        return record_of(self.kind)

    def content(self) -> bytes:
        """The file's bytes."""
        return self.data if isinstance(self.data, bytes) else self.data.read_bytes()

    def receipt(self, refusal: Refusal) -> Receipt:
        """The receipt of a file that was refused, or that raised questions."""
        return Receipt(
            status=Status.ASKED if refusal.questions else Status.REJECTED,
            kind=self.kind,
            project=self.project,
            filename=self.filename,
            rejects=refusal.rejects,
            questions=refusal.questions,
        )


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """A file as text, with the records it holds; no cell was read yet.

    ``own_header`` is that of the text; ``header`` has columns of their own for errors that stand in
    the cells of its values, and ``spread`` says what these errors are.
    """

    text: Text
    lines: Lines
    fields: Fields
    own_header: Header
    header: Header
    checker: Checker
    table: Table
    shape: Shape
    spread: str
