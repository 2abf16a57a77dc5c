"""What a file looks like before its columns are known: what a mapping step is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Self

from mlpm_core.records.record import ColumnKind

METRIC_PREFIX: Final = "metric:"
"""Before the name of a metric, where a column holds the values of one: ``metric:recall``."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column of a file, with what it is read as and what it may be.

    Attributes
    ----------
    key : str
        What answers call it: its header, or its place such as ``column 3``.
    samples : list of str
        Its first filled cells.
    has_numbers : bool
        Whether most of these are numbers.
    field : str
        What it is read as: a field, ``metric:NAME``, or nothing.
    unit, factor : str, float
        The unit of its cells and what they are multiplied with, as answered.
    is_ignored : bool
        Whether an answer puts it aside.
    suggestion, suggested_unit : str
        What it may be, where it is read as nothing; never used without a person's word.
    must_be_told : bool
        Whether the import would ask about it, or refuse it, if nothing were said.
    is_told : bool
        Whether it is read as it is because an answer says so.
    is_beside : bool
        Whether it says more of times beside it, which are read with it unless it is put aside.
    """

    key: str
    header: str
    samples: list[str]
    has_numbers: bool
    field: str = ""
    unit: str = ""
    factor: float = 1.0
    is_ignored: bool = False
    suggestion: str = ""
    suggested_unit: str = ""
    must_be_told: bool = False
    is_told: bool = False
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class FileField:
    """A field that a column may hold; see `mlpm_core.records.Column`."""

    name: str
    label: str
    help: str
    kind: str
    is_required: bool
    choices: list[str]
    refers_to: str | None
    tells_rows_apart: bool

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers, which have a unit."""
        return self.kind in (ColumnKind.NUMBER, ColumnKind.WHOLE)


@dataclass(frozen=True, slots=True)
class FileLook:
    """The header of a file, column by column, its first lines, and the fields there are.

    ``header_line`` counts from 1; ``constants`` are the fields answered for the whole file;
    ``metrics`` are the known metrics, where the kind may have one column for each.
    """

    columns: list[FileColumn]
    header_line: int
    first_lines: list[str]
    fields: list[FileField]
    constants: dict[str, str] = field(default_factory=dict)
    metrics: list[str] = field(default_factory=list)

    @classmethod
    def unpacked(cls, document: dict[str, Any]) -> Self:
        """The look that `dataclasses.asdict` made a document of."""
        columns = [FileColumn(**c) for c in document["columns"]]
        fields = [FileField(**f) for f in document["fields"]]
        return cls(**{**document, "columns": columns, "fields": fields})


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that was rejected: its number, its cells by column, what is wrong and where it stands.

    The number tells apart lines of one number, of several sheets; ``place`` is for people.
    """

    row: int
    cells: list[str]
    message: str
    place: str


@dataclass(frozen=True, slots=True)
class RejectedLines:
    """The rejected lines of a file as a table; ``headers`` may be longer than the file's own."""

    headers: list[str]
    lines: list[RejectedLine]

    @classmethod
    def unpacked(cls, document: dict[str, Any]) -> Self:
        """The lines that `dataclasses.asdict` made a document of."""
        return cls(document["headers"], [RejectedLine(**line) for line in document["lines"]])
