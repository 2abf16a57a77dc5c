"""The fields of every record as they were read, and what is faulty about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.intake.columns.rows import array_of
from mlpm_core.intake.messages import Fault, reject
from mlpm_core.records import as_written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import pyarrow as pa

    from mlpm_core.intake.columns.fast_path import Cells, FastColumn
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.files.table import Codes, DictionaryColumn
    from mlpm_core.records import ColumnKind, Reject


class Reading:
    """A field of every record: its distinct cells as read, by code."""

    def __init__(self, codes: Codes, texts: list[str], cells: Cells) -> None:
        self.codes, self.texts, self.cells = codes, texts, cells

    @property
    def notes(self) -> Collection[str]:
        """What is worth knowing of some cells."""
        return self.cells.notes

    def noting(self, note: str) -> Flags:
        """Which records have a cell with a note."""
        return self._at(self.cells.notes.get(note, ()))

    def is_faulty(self) -> Flags:
        """Which records have a faulty cell."""
        return self._at(self.cells.faults)

    def faults(self) -> Iterator[tuple[int, Fault]]:
        """Each record whose cell is faulty, and why."""
        if self.cells.faults:
            for record in np.flatnonzero(self.is_faulty()).tolist():
                yield record, self.cells.faults[int(self.codes[record])]

    def text(self, record: int) -> str:
        """The cell of a record as it stands in the file."""
        return self.texts[int(self.codes[record])]

    def array(self, kind: ColumnKind) -> pa.Array:
        """The values, null where there is none."""
        return array_of(kind, self.codes, self.cells.values)

    def has_percent_sign(self) -> Flags:
        """Which records have a cell that ends with a percent sign."""
        return self._at(i for i, text in enumerate(self.texts) if text.rstrip().endswith("%"))

    def _at(self, places: Iterable[int]) -> Flags:
        at = np.zeros(len(self.texts), dtype=bool)
        at[list(places)] = True
        return at[self.codes]


class PlainReading(Reading):
    """A field of every record, read as a whole; no cell is faulty."""

    def __init__(self, coded: DictionaryColumn, whole: FastColumn) -> None:
        self._coded, self._whole = coded, whole

    @property
    def notes(self) -> Collection[str]:
        """What is worth knowing of some cells."""
        return self._whole.notes

    def noting(self, note: str) -> Flags:
        """Which records have a cell with a note."""
        return self._whole.notes.get(note, self.is_faulty())

    def is_faulty(self) -> Flags:
        """Which records have a faulty cell: none."""
        return np.zeros(len(self._whole.values), dtype=bool)

    def has_percent_sign(self) -> Flags:
        """Which records have a cell that ends with a percent sign: none."""
        return self.is_faulty()

    def faults(self) -> Iterator[tuple[int, Fault]]:
        """Each record whose cell is faulty: none."""
        return iter(())

    def text(self, record: int) -> str:
        """The cell of a record as it stands in the file."""
        return str(self._coded.strings[record].as_py())

    def array(self, kind: ColumnKind) -> pa.Array:
        """The values, null where there is none."""
        del kind
        return self._whole.values


class Faults:
    """Faulty cells and rows, gathered by record."""

    def __init__(self, lines: Codes, rejects: Sequence[Reject] = ()) -> None:
        self.lines = lines
        self.is_bad = np.zeros(len(lines), dtype=bool)
        self.rejects = list(rejects)

    def copy(self) -> Faults:
        """The same so far; what is added to one is not added to the other."""
        copy = Faults(self.lines, self.rejects)
        copy.is_bad = self.is_bad.copy()
        return copy

    def add(
        self, record: int, column: str | None, code: str, value: object, **filled: object
    ) -> None:
        """One fault of one record."""
        self.is_bad[record] = True
        row = int(self.lines[record]) + 1
        self.rejects.append(reject(code, row, column, value, **filled))

    def add_cells(self, column: str, reading: Reading) -> None:
        """Every faulty cell of a field."""
        for record, fault in reading.faults():
            self.add(record, column, fault.code, as_written(reading.text(record)), **fault.filled)
