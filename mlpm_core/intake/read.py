"""The structure of a text file: physical lines, strict RFC 4180 records, coded columns."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mlpm_core.intake.faults import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.profile import Limits

__all__ = [
    "Coded",
    "Codes",
    "Damage",
    "Lines",
    "Record",
    "Table",
    "is_blank",
    "read_record",
    "table",
]

Codes = np.ndarray[tuple[int], np.dtype[np.int64]]

SPACES = " \t\u00a0\u202f"

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Lines:
    """The physical lines of a text without their ends, which LF, CRLF and CR may be."""

    lines: list[str]
    ends: list[str] | str
    has_quotes: bool

    @classmethod
    def of(cls, text: str) -> Lines:
        """Split a text; the end of its last line begins no further line.

        Examples
        --------
        >>> Lines.of("a\\r\\nb\\nc\\n").lines
        ['a', 'b', 'c']
        """
        n_both = text.count("\r\n")
        kinds = {
            end: n
            for end, n in (
                ("\r\n", n_both),
                ("\r", text.count("\r") - n_both),
                ("\n", text.count("\n") - n_both),
            )
            if n
        }
        ends: list[str] | str
        if len(kinds) > 1:
            parts = re.split("(\r\n|\r|\n)", text)
            lines, ends = parts[::2], parts[1::2]
        else:
            ends = next(iter(kinds), "\n")
            lines = text.split(ends)
        if lines[-1] == "":
            lines.pop()
        return cls(lines, ends, '"' in text)

    def end(self, i: int) -> str:
        """How line ``i`` ends."""
        if isinstance(self.ends, str):
            return self.ends
        return self.ends[i] if i < len(self.ends) else ""

    def kinds_of_ends(self, inner: set[int]) -> set[str]:
        """How lines end, those inside quoted cells left out."""
        if isinstance(self.ends, str):
            return {self.ends}
        return {end for i, end in enumerate(self.ends) if i not in inner}


class Record(NamedTuple):
    """The cells of a record, or what broke it: a code and the position of the cell."""

    cells: list[str]
    next: int
    code: str | None = None


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


def is_blank(cell: str) -> bool:
    """Is a cell empty or nothing but spaces?"""
    return not cell.strip(SPACES)


def read_record(
    lines: Lines,
    i: int,
    delimiter: str,
    passes: Callable[[str], bool] = lambda _: False,
    until: int | None = None,
) -> Record:
    """The record that starts on line ``i``.

    Parameters
    ----------
    passes : callable
        Would a line be a valid row by itself? Then no quoted cell may swallow it.
    until : int, optional
        The line before which the record must have ended.

    Examples
    --------
    >>> read_record(Lines.of('1,"a ""b"" c"'), 0, ",").cells
    ['1', 'a "b" c']
    >>> read_record(Lines.of('1,"open'), 0, ",").code
    'unterminated-quote'
    """
    rows = lines.lines
    stop = len(rows) if until is None else until
    line, j, pos = rows[i], i, 0
    cells: list[str] = []
    while True:
        if not line.startswith('"', pos):
            end = line.find(delimiter, pos)
            cell = line[pos:] if end < 0 else line[pos:end]
            if '"' in cell:
                return Record(cells, i + 1, "bad-quote")
            cells.append(cell)
            if end < 0:
                return Record(cells, j + 1)
            pos = end + 1
            continue
        began, parts, at = j, [], pos + 1
        while True:
            quote = line.find('"', at)
            if quote < 0:
                parts += [line[at:], lines.end(j)]
                j, at = j + 1, 0
                if j >= stop or passes(rows[j]):
                    return Record(cells, i + 1, "unterminated-quote")
                line = rows[j]
            elif line.startswith('"', quote + 1):
                parts.append(line[at : quote + 1])
                at = quote + 2
            else:
                parts.append(line[at:quote])
                break
        pos = quote + 1
        if pos < len(line) and line[pos] != delimiter:
            return Record(cells, i + 1, "bad-quote" if began == j else "unterminated-quote")
        cells.append("".join(parts))
        if pos == len(line):
            return Record(cells, j + 1)
        pos += 1


def table(
    lines: Lines,
    start: int,
    delimiter: str,
    headers: Sequence[str],
    passes: Callable[[str], bool],
    limits: Limits,
) -> Table:
    """Every record from line ``start`` on.

    Raises
    ------
    Refusal
        When there are more records, or longer cells, than the limits allow.
    """
    reader = _Reader(lines, delimiter, headers, passes, limits)
    i = start
    while i < len(lines.lines):
        i = reader.block(i)
    return reader.table()


class _Reader:
    """Blocks of lines into coded columns."""

    def __init__(
        self,
        lines: Lines,
        delimiter: str,
        headers: Sequence[str],
        passes: Callable[[str], bool],
        limits: Limits,
    ) -> None:
        self._lines, self._delimiter, self._passes = lines, delimiter, passes
        self._headers, self._limits = headers, limits
        self._width = len(headers)
        self._numbers = [defaultdict[str, int](count().__next__) for _ in headers]
        self._codes: list[list[Codes]] = [[] for _ in headers]
        self._starts: list[Codes] = []
        self._blank: list[int] = []
        self._damaged: list[Damage] = []
        self._spans: dict[int, int] = {}
        self._n_records = 0

    def block(self, i: int) -> int:
        """Read one block from line ``i`` on and say where the next begins."""
        block = self._lines.lines[i : i + _BLOCK]
        delimiter = self._delimiter
        if self._lines.has_quotes:
            starts, rows, after = self._quoted(i, i + len(block))
        else:
            starts, rows = list(range(i, i + len(block))), [s.split(delimiter) for s in block]
            after = i + len(block)
        self._n_records += len(starts)
        if self._n_records > self._limits.rows:
            raise Refusal.of("limit-rows", limit=self._limits.rows)
        if max(map(len, block)) > self._limits.cell_chars or after > i + len(block):
            self._check_cells(starts, rows)
        if set(map(len, rows)) - {self._width}:
            starts, rows = self._whole(starts, rows)
        self._code(starts, rows)
        return after

    def _quoted(self, i: int, stop: int) -> tuple[list[int], list[list[str]], int]:
        """The records that start in a stretch of lines, some with quotes."""
        starts, rows = [], []
        delimiter, all_lines = self._delimiter, self._lines.lines
        between = f'"{delimiter}"'
        while i < stop:
            line = all_lines[i]
            if '"' not in line:
                starts.append(i)
                rows.append(line.split(delimiter))
                i += 1
                continue
            cells = line[1:-1].split(between)
            if line[0] == '"' == line[-1] and len(line) > 1 and not any('"' in c for c in cells):
                starts.append(i)
                rows.append(cells)
                i += 1
                continue
            found = read_record(self._lines, i, delimiter, self._passes)
            if found.code is not None:
                got = len(found.cells)
                self._damaged.append(Damage(i, found.code, got, line.split(delimiter)))
                self._n_records += 1
            else:
                starts.append(i)
                rows.append(found.cells)
                if found.next > i + 1:
                    self._spans[i] = found.next - i
            i = found.next
        return starts, rows, i

    def _check_cells(self, starts: list[int], rows: list[list[str]]) -> None:
        most = self._limits.cell_chars
        for start, row in zip(starts, rows, strict=True):
            for j, cell in enumerate(row):
                if len(cell) > most:
                    column = self._headers[j] if j < self._width else f"cell {j + 1}"
                    raise Refusal.of(
                        "limit-cell",
                        column=column.strip() or f"column {j + 1}",
                        line=start + 1,
                        got=len(cell),
                        limit=most,
                    )

    def _whole(self, starts: list[int], rows: list[list[str]]) -> tuple[list[int], list[list[str]]]:
        """The records of the header's width; blank and damaged ones are set apart."""
        kept, width = [], self._width
        for start, row in zip(starts, rows, strict=True):
            if len(row) == width:
                kept.append((start, row))
            elif all(map(is_blank, row)):
                self._blank.append(start)
            else:
                code = "extra-cell" if len(row) > width else "missing-cell"
                self._damaged.append(Damage(start, code, len(row), row))
        return [s for s, _ in kept], [r for _, r in kept]

    def _code(self, starts: list[int], rows: list[list[str]]) -> None:
        if not rows:
            return
        self._starts.append(np.array(starts, dtype=np.int64))
        for j, column in enumerate(zip(*rows, strict=True)):
            coded = map(self._numbers[j].__getitem__, column)
            self._codes[j].append(np.fromiter(coded, dtype=np.int64, count=len(column)))

    def table(self) -> Table:
        """All that was read."""
        none = np.zeros(0, dtype=np.int64)
        starts = np.concatenate(self._starts) if self._starts else none
        columns = [
            Coded(np.concatenate(codes) if codes else none, list(numbers))
            for codes, numbers in zip(self._codes, self._numbers, strict=True)
        ]
        blank = np.ones(len(starts), dtype=bool)
        for column in columns:
            if not blank.any():
                break
            of_cell = np.array([is_blank(c) for c in column.cells], dtype=bool)
            blank &= of_cell[column.codes]
        if blank.any():
            self._blank = sorted([*self._blank, *starts[blank].tolist()])
            starts = starts[~blank]
            columns = [Coded(c.codes[~blank], c.cells) for c in columns]
        return Table(starts, columns, self._blank, self._damaged, self._spans)
