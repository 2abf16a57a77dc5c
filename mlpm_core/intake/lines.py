"""Physical lines of a text, and strict RFC 4180 records on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SPACES", "Lines", "Record", "is_blank", "read_record"]

SPACES = " \t\u00a0\u202f"
"""What is dropped around numbers, dates and choices."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The physical lines of a text without their ends, which LF, CRLF and CR may be."""

    lines: list[str]
    ends: list[str] | str
    has_quotes: bool

    @classmethod
    def of(cls, text: str) -> Lines:
        r"""Split a text; the end of its last line begins no further line.

        Examples
        --------
        >>> Lines.of("a\r\nb\nc\n").lines
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

    def raw(self, start: int, stop: int) -> str:
        """Some lines as they stand in the text, without the end of the last."""
        if stop == start + 1:
            return self.lines[start]
        within = (self.lines[i] + self.end(i) for i in range(start, stop - 1))
        return "".join(within) + self.lines[stop - 1]

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


def is_blank(cell: str) -> bool:
    """Whether a cell is empty or nothing but spaces."""
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
