"""The structure of a text file: every record below its header, whole, blank or damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from mlpm_core.intake.files.lines import SPACES, Lines, is_blank, read_record
from mlpm_core.intake.files.table import Codes, Damage, DictionaryColumn, Table, coded_columns
from mlpm_core.intake.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.profile import Limits

_WIDEST = 100_000  # cells


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
    columns = reader.all_whole(start)
    if columns is None:
        reader.scan(start)
    return reader.table(columns)


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
        self._starts: list[Codes] = []
        self._whole: list[bytes | memoryview] = []
        self._blank: list[int] = []
        self._damaged: list[Damage] = []
        self._spans: dict[int, int] = {}
        self._n_records = 0

    def all_whole(self, start: int) -> list[DictionaryColumn] | None:
        """The cells of every line, if each is a whole record by itself; the commonest file."""
        lines = self._lines
        if not lines.are_short(start, self._limits.cell_chars):
            return None
        stop = len(lines.lines)
        try:
            columns = self._cells(lines.block(start, stop), most_bytes=self._limits.cell_chars)
        except pa.ArrowInvalid:  # some record is of another width
            return None
        if len(columns[0]) != stop - start:
            return None
        self._count(stop - start)
        self._starts = [np.arange(start, stop, dtype=np.int64)]
        return columns

    def scan(self, start: int) -> None:
        """Sort every record from a line on by what it is."""
        lines, most = self._lines, self._limits.cell_chars
        is_plain = lines.are_plain(start, self._delimiter, self._width, most)
        i = start
        for at in (np.flatnonzero(~is_plain) + start).tolist():
            if at < i:  # a line inside a quoted cell
                continue
            self._keep(i, at, at - i)
            self._count(1)
            i = self._unusual(at)
        self._keep(i, start + len(is_plain), start + len(is_plain) - i)

    def _count(self, n: int) -> None:
        self._n_records += n
        if self._n_records > self._limits.rows:
            raise Refusal.of("limit-rows", limit=self._limits.rows)

    def _keep(self, i: int, stop: int, n: int) -> None:
        """Take lines as they are, as so many whole records."""
        if n > 0:
            self._count(n)
            self._starts.append(np.arange(i, i + n, dtype=np.int64))
            self._whole.append(self._lines.block(i, stop))

    def _unusual(self, i: int) -> int:
        """A record that must be taken apart to know it; where the next begins."""
        lines, delimiter = self._lines.lines, self._delimiter
        n_between = lines[i].count(delimiter)
        if n_between > _WIDEST and '"' not in lines[i]:  # not worth taking apart
            if lines[i].strip(delimiter + SPACES):
                self._damaged.append(Damage(i, "extra-cell", n_between + 1, []))
            else:
                self._blank.append(i)
            return i + 1
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
            self._starts.append(np.array([i], dtype=np.int64))
            self._whole.append(self._lines.block(i, record.next))
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

    def _cells(
        self, records: bytes | memoryview, most_bytes: int | None = None
    ) -> list[DictionaryColumn]:
        has_quotes = self._lines.has_quotes
        return coded_columns(
            records, self._delimiter, self._width, has_quotes=has_quotes, most_bytes=most_bytes
        )

    def table(self, columns: list[DictionaryColumn] | None) -> Table:
        """All that was found, with blank records of full width set apart too.

        ``columns`` are the cells, if they were read already.
        """
        starts = np.concatenate([np.zeros(0, dtype=np.int64), *self._starts])
        if columns is None:
            whole = self._whole[0] if len(self._whole) == 1 else b"".join(self._whole)
            columns = self._cells(whole)
        blank = np.ones(len(starts), dtype=bool)
        for column in sorted(columns, key=lambda c: c.has_many):  # few are looked through soonest
            if not blank.any():
                break
            blank &= column.are_blank()
        if blank.any():
            self._blank = sorted([*self._blank, *starts[blank].tolist()])
            starts = starts[~blank]
            columns = [c.taken(~blank) for c in columns]
        return Table(starts, columns, self._blank, self._damaged, self._spans)
