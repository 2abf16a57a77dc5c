"""What reading a file found, before anything stored is asked; it can leave the reader's process."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.extra_columns import file_columns
from mlpm_core.intake.columns.readings import Faults
from mlpm_core.intake.columns.rows import ARROW, Flags, Rows
from mlpm_core.intake.row_parts import Parts
from mlpm_core.records import ColumnKind, Receipt, Reject, Warned, record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.files.table import Codes
    from mlpm_core.records import Record

NOTES = ("trimmed", "utc-assumed", "hour-twice", "hour-never", "number-like-id")
PERIOD_UNSAID = "period-unsaid"
"""Note of a result of which nothing says how long its period is."""
SET_ASIDE = "set-aside"
"""Note of a record that an answer left out: a total, or an outcome that is not known yet."""

_FIELD, _COUNT = "field ", "note "


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The good records of a file as typed rows, and all that was wrong with the others.

    Attributes
    ----------
    labels : dict
        What the file calls each field.
    rows : Rows
        Of the records without a fault.
    faults : Faults
        By record; ``lines`` are rows of the file, from 0.
    n_damaged : int
        Records whose structure is broken; they are no records of ``faults``.
    notes : dict
        How many cells of each record have a note.
    receipt : Receipt
        With the counts that no stored row can change, and the warnings about the file.
    parts : Parts, optional
        Where several records have a row of one number: what tells them apart.
    """

    record: type[Record]
    labels: dict[str, str]
    rows: Rows
    faults: Faults
    n_damaged: int
    notes: dict[str, Codes]
    receipt: Receipt
    parts: Parts | None = None

    def row_in_words(self, record: int) -> str:
        """The row of a record, as a sentence names it."""
        number = int(self.faults.lines[record]) + 1
        return str(number) if self.parts is None else self.parts.in_words(number)

    def packed(self) -> tuple[dict[str, Any], list[pa.Table]]:
        """The same as JSON and Arrow tables."""
        document = {
            "labels": self.labels,
            "n_damaged": self.n_damaged,
            "parts": self.parts,
            "receipt": self.receipt.model_dump(mode="json"),
            "rejects": [r.model_dump() for r in self.faults.rejects],
        }
        rows = {"of": _packed_codes(self.rows.of)} | {
            _FIELD + name: pa.nulls(len(column)) if column.null_count == len(column) else column
            for name, column in self.rows.fields.items()
        }
        document["first"] = [int(c[0]) if len(c) else 0 for c in (self.rows.of, self.faults.lines)]
        records = {
            "line": _packed_codes(self.faults.lines),
            "is_bad": pa.array(self.faults.is_bad),
        } | {_COUNT + note: pa.array(n.astype(np.uint8)) for note, n in self.notes.items()}
        return document, [pa.table(rows), pa.table(records)]

    @classmethod
    def unpacked(cls, document: dict[str, Any], tables: list[pa.Table]) -> ParsedFile:
        """What `packed` packed."""
        rows, records = ({n: _one(t.column(n)) for n in t.column_names} for t in tables)
        of, lines = _unpacked_codes((rows["of"], records["line"]), document["first"])
        faults = Faults(lines, [Reject.model_construct(**r) for r in document["rejects"]])
        faults.is_bad = records["is_bad"].to_numpy(zero_copy_only=False).copy()
        receipt = Receipt.model_validate(document["receipt"])
        record = record_of(receipt.kind)
        empty: dict[pa.DataType, pa.Array] = {}
        return cls(
            record,
            document["labels"],
            Rows(
                of,
                {
                    c.name: _typed(rows[_FIELD + c.name], c.kind, empty)
                    for c in file_columns(record)
                    if _FIELD + c.name in rows
                },
            ),
            faults,
            document["n_damaged"],
            {
                n.removeprefix(_COUNT): c.to_numpy()
                for n, c in records.items()
                if n.startswith(_COUNT)
            },
            receipt,
            Parts(parts[0], tuple(parts[1])) if (parts := document["parts"]) else None,
        )

    def lines_noting(self, note: str) -> Codes:
        """The lines, from 1, of the records that have a note."""
        if note not in self.notes:
            return np.zeros(0, dtype=np.int64)
        lines: Codes = self.faults.lines[self.notes[note] > 0] + 1
        return lines

    @property
    def set_aside(self) -> Flags:
        """Which records were left out by an answer; they count as ignored."""
        flags = self.notes.get(SET_ASIDE)
        return np.zeros(len(self.faults.lines), dtype=bool) if flags is None else flags > 0

    def warned(self, *more: Warned) -> list[Warned]:
        """The warnings about the file, and more."""
        return [*self.receipt.warnings, *more]


def _packed_codes(codes: Codes) -> pa.Array:
    """Places of records; of one after the other, as in a clean file, nothing but their number."""
    n = len(codes)
    is_in_a_row = n and int(codes[-1]) - int(codes[0]) == n - 1 and (np.diff(codes) == 1).all()
    return pa.nulls(n) if is_in_a_row else pa.array(codes)


def _unpacked_codes(packed: Sequence[pa.Array], first: Sequence[int]) -> list[Codes]:
    """Places of records as they were; those of one after the other are parts of one long row.

    Numbers of records may lie far behind their places, see `Parts`: each then has its own.
    """
    spans = [range(start, start + len(codes)) for codes, start in zip(packed, first, strict=True)]
    in_a_row = [pa.types.is_null(codes.type) for codes in packed]
    of = [*compress(spans, in_a_row)]
    whole = range(min((s.start for s in of), default=0), max((s.stop for s in of), default=0))
    if len(whole) <= sum(map(len, of)):
        row = _numbers(whole)
        numbers = {span: row[span.start - whole.start :][: len(span)] for span in of}
    else:
        numbers = {span: _numbers(span) for span in of}
    return [
        numbers[span] if is_in_a_row else codes.to_numpy()
        for codes, span, is_in_a_row in zip(packed, spans, in_a_row, strict=True)
    ]


def _numbers(span: range) -> Codes:
    """Numbers one after the other, which nobody may change."""
    numbers = np.arange(span.start, span.stop, dtype=np.int64)
    numbers.flags.writeable = False
    return numbers


def _typed(column: pa.Array, kind: ColumnKind, empty: dict[pa.DataType, pa.Array]) -> pa.Array:
    """A column that was sent without a type, for it holds nothing; one of each type serves all."""
    if not pa.types.is_null(column.type):
        return column
    arrow_type = ARROW.get(kind, pa.string())
    if arrow_type not in empty:
        empty[arrow_type] = pa.nulls(len(column), arrow_type)
    return empty[arrow_type]


def _one(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.combine_chunks() if column.num_chunks else pa.array([], column.type)


def counted(flags: list[np.ndarray[tuple[int], np.dtype[np.bool_]]], n: int) -> Codes:
    """How many of the flags each record has."""
    total = np.zeros(n, dtype=np.int64)
    for flag in flags:
        total += flag
    return total
