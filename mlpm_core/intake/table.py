"""The records of a file column by column, each distinct cell kept once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv

from mlpm_core.intake.lines import Lines, read_record

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Coded", "Codes", "Damage", "Table", "coded_columns"]

Codes = np.ndarray[tuple[int], np.dtype[np.int64]]


class Damage(NamedTuple):
    """A record whose structure is broken: its line (from 0), code, cells (or position) it has."""

    line: int
    code: str
    got: int
    cells: list[str]


class Coded(NamedTuple):
    """A column as codes into its distinct cells, so that each distinct cell is read once."""

    codes: Codes
    cells: list[str]


@dataclass(slots=True)
class Table:
    """All records below a header: whole ones column by column, blank and damaged ones apart."""

    lines: Codes
    columns: list[Coded]
    blank: list[int]
    damaged: list[Damage]
    spans: dict[int, int] = field(default_factory=dict)

    @property
    def n_records(self) -> int:
        """Every record, blank and damaged ones included."""
        return len(self.lines) + len(self.blank) + len(self.damaged)

    def without(self, is_dropped: Callable[[int], bool]) -> Table:
        """The table without the records that start on certain lines."""
        kept = np.array([not is_dropped(int(i)) for i in self.lines], dtype=bool)
        return Table(
            self.lines[kept],
            [_recoded(c.codes[kept], c.cells) for c in self.columns],
            [i for i in self.blank if not is_dropped(i)],
            [d for d in self.damaged if not is_dropped(d.line)],
            self.spans,
        )


def _recoded(codes: Codes, cells: list[str]) -> Coded:
    """A column that lists only the cells it still has."""
    used, again = np.unique(codes, return_inverse=True)
    return Coded(again.astype(np.int64), [cells[i] for i in used])


def coded_columns(
    records: list[str], delimiter: str, width: int, *, has_quotes: bool
) -> list[Coded]:
    """Whole, well-formed records of one width, column by column.

    Examples
    --------
    >>> first, second = coded_columns(["a,1", "b,1", 'a,"x, y"'], ",", 2, has_quotes=True)
    >>> first.codes.tolist(), second.cells
    ([0, 1, 0], ['1', 'x, y'])
    """
    if not records:
        return [Coded(np.zeros(0, dtype=np.int64), []) for _ in range(width)]
    names = [str(j) for j in range(width)]
    try:
        # The first line keeps Arrow from taking a mark at the start of the data for a BOM.
        data = (delimiter.join(names) + "\n" + "\n".join(records) + "\n").encode()
    except UnicodeEncodeError:  # bytes that the file's encoding does not know
        return _coded_one_by_one(records, delimiter, width)
    read = csv.read_csv(
        pa.py_buffer(data),
        read_options=csv.ReadOptions(column_names=names, skip_rows=1, block_size=1 << 25),
        parse_options=csv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if has_quotes else False,
            newlines_in_values=has_quotes,
            ignore_empty_lines=False,
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    return [_coded(column) for column in read.columns]


def _coded(column: pa.ChunkedArray) -> Coded:
    encoded = column.combine_chunks().dictionary_encode()
    codes: Codes = encoded.indices.to_numpy().astype(np.int64)
    return Coded(codes, encoded.dictionary.to_pylist())


def _coded_one_by_one(records: list[str], delimiter: str, width: int) -> list[Coded]:
    numbers = [defaultdict[str, int](count().__next__) for _ in range(width)]
    rows = [read_record(Lines.of(r or "\n"), 0, delimiter).cells for r in records]
    return [
        Coded(np.array([number[cell] for cell in column], dtype=np.int64), list(number))
        for number, column in zip(numbers, zip(*rows, strict=True), strict=True)
    ]
