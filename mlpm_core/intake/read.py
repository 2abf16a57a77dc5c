"""The structure of a text file: every record below its header, whole, blank or damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.intake.faults import Refusal
from mlpm_core.intake.lines import Lines, is_blank, read_record
from mlpm_core.intake.table import Coded, Damage, Table, coded_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.profile import Limits

__all__ = ["table"]


def table(
    lines: Lines,
    start: int,
    delimiter: str,
    headers: Sequence[str],
    passes: Callable[[str], bool],
    limits: Limits,
) -> Table:
    """Every record from line ``start`` on.

    Parameters
    ----------
    headers : sequence of str
        The cells of the header; a whole record has as many.
    passes : callable
        Would a line be a valid row by itself? Then no quoted cell may swallow it.

    Raises
    ------
    Refusal
        When there are more records, or longer cells, than the limits allow.
    """
    reader = _Reader(lines, delimiter, headers, passes, limits)
    reader.scan(start)
    return reader.table()


class _Reader:
    """One pass that finds the records and which are whole; then all their cells at once."""

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
        self._starts: list[int] = []
        self._whole: list[str] = []
        self._blank: list[int] = []
        self._damaged: list[Damage] = []
        self._spans: dict[int, int] = {}

    def scan(self, start: int) -> None:
        """Sort every record from a line on by what it is."""
        lines, delimiter, n_between = self._lines.lines, self._delimiter, self._width - 1
        most_chars, most_rows = self._limits.cell_chars, self._limits.rows
        between = f'"{delimiter}"'
        n_records, i = 0, start
        while i < len(lines):
            n_records += 1
            if n_records > most_rows:
                raise Refusal.of("limit-rows", limit=most_rows)
            line = lines[i]
            if len(line) <= most_chars:
                n_quotes = line.count('"') if self._lines.has_quotes else 0
                # No quotes, or two a cell and none to spare: nothing to take apart here.
                is_whole = (
                    line.count(delimiter) == n_between
                    if not n_quotes
                    else n_quotes == 2 * n_between + 2
                    and line.count(between) == n_between
                    and line[0] == line[-1] == '"'
                )
                if is_whole:
                    self._starts.append(i)
                    self._whole.append(line)
                    i += 1
                    continue
            i = self._unusual(i)

    def _unusual(self, i: int) -> int:
        """A record that must be taken apart to know it; where the next begins."""
        lines, delimiter = self._lines.lines, self._delimiter
        record = read_record(self._lines, i, delimiter, self._passes)
        cells = record.cells
        if record.code is not None:
            raw = lines[i].split(delimiter)
            self._damaged.append(Damage(i, record.code, len(cells), raw))
            return record.next
        self._check_lengths(i, cells)
        if record.next > i + 1:
            self._spans[i] = record.next - i
        if len(cells) == self._width:
            self._starts.append(i)
            self._whole.append(self._lines.raw(i, record.next))
        elif all(map(is_blank, cells)):
            self._blank.append(i)
        else:
            code = "extra-cell" if len(cells) > self._width else "missing-cell"
            self._damaged.append(Damage(i, code, len(cells), cells))
        return record.next

    def _check_lengths(self, i: int, cells: list[str]) -> None:
        for j, cell in enumerate(cells):
            if len(cell) > self._limits.cell_chars:
                header = self._headers[j].strip() if j < self._width else ""
                raise Refusal.of(
                    "limit-cell",
                    column=header or f"column {j + 1}",
                    line=i + 1,
                    got=len(cell),
                    limit=self._limits.cell_chars,
                )

    def table(self) -> Table:
        """All that was read, with blank records of full width set apart too."""
        starts = np.array(self._starts, dtype=np.int64)
        columns = coded_columns(
            self._whole, self._delimiter, self._width, has_quotes=self._lines.has_quotes
        )
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
