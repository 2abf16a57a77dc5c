"""Physical lines of a text, and strict RFC 4180 records on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

SPACES = " \t\u00a0\u202f"
"""What is dropped around numbers, dates and choices."""

_Places = np.ndarray[tuple[int], np.dtype[np.int64]]
_CHUNK = 1 << 20
_MOST_IN_A_BYTE = 256


class _Split(Sequence[str]):
    """Lines of a UTF-8 text, each made a string only when it is looked at."""

    def __init__(self, data: bytes, starts: _Places, stops: _Places) -> None:
        self.data, self.starts, self.stops = data, starts, stops

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> list[str]: ...
    def __getitem__(self, i: int | slice) -> str | list[str]:
        if isinstance(i, slice):
            return [self[j] for j in range(*i.indices(len(self)))]
        line = self.data[self.starts[i] : self.stops[i]]
        return line.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Lines:
    """The physical lines of a text without their ends, which LF, CRLF and CR may be."""

    lines: Sequence[str]
    ends: list[str] | str
    has_quotes: bool

    @classmethod
    def of(cls, text: str | bytes) -> Lines:
        r"""Split a text, or its UTF-8; the end of its last line begins no further line.

        Examples
        --------
        >>> list(Lines.of("a\r\nb\nc\n").lines)
        ['a', 'b', 'c']
        """
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        n_returns = data.count(b"\r") if b"\r" in data else 0
        n_both = data.count(b"\r\n") if n_returns else 0
        kinds = {
            end: n
            for end, n in (
                ("\r\n", n_both),
                ("\r", n_returns - n_both),
                ("\n", data.count(b"\n") - n_both if n_both else b"\n" in data),
            )
            if n
        }
        if len(kinds) > 1:
            parts = re.split("(\r\n|\r|\n)", data.decode("utf-8", "surrogateescape"))
            lines, ends = parts[::2], parts[1::2]
            if lines[-1] == "":
                lines.pop()
            return cls(lines, ends, b'"' in data)
        end = next(iter(kinds), "\n")
        last = _places(data, end[-1].encode())
        starts = np.concatenate([np.zeros(1, dtype=np.int64), last + 1])
        stops = np.concatenate([last - (len(end) - 1), np.full(1, len(data), dtype=np.int64)])
        if starts[-1] == len(data):
            starts, stops = starts[:-1], stops[:-1]
        return cls(_Split(data, starts, stops), end, b'"' in data)

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

    def block(self, start: int, stop: int) -> bytes | memoryview:
        """Some lines as UTF-8, the last one ended too."""
        if not isinstance(self.lines, _Split):
            return (self.raw(start, stop) + "\n").encode("utf-8", "surrogateescape")
        split = self.lines
        if stop < len(split) or split.data.endswith(str(self.ends).encode()):
            end = split.starts[stop] if stop < len(split) else len(split.data)
            return memoryview(split.data)[split.starts[start] : end]
        return split.data[split.starts[start] : split.stops[stop - 1]] + str(self.ends).encode()

    def are_short(self, start: int, most_bytes: int) -> bool:
        """Whether no quote stands in these lines for certain, and no cell can be too long."""
        split = self.lines
        if self.has_quotes or not isinstance(split, _Split) or start >= len(split):
            return False
        return int((split.stops[start:] - split.starts[start:]).max()) <= most_bytes

    def are_plain(
        self, start: int, delimiter: str, width: int, most_bytes: int
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which lines from one on are records of this width and need not be taken apart.

        They hold no quotes, or two a cell and none to spare, and no cell can be too long. A line
        inside a quoted cell may look like one: the caller knows where quoted cells end.
        """
        split = self.lines
        if not isinstance(split, _Split):
            return np.zeros(len(split) - start, dtype=bool)
        starts, stops = split.starts[start:], split.stops[start:]
        n_between = _n_in_each(split.data, delimiter.encode(), starts, stops)
        is_plain = (n_between == width - 1) & (stops - starts <= most_bytes) & (stops > starts)
        if not self.has_quotes:
            return np.asarray(is_plain, dtype=bool)
        quotes = _places(split.data, b'"')
        n_quotes = _counts(quotes, starts, stops)
        data = np.frombuffer(split.data, dtype=np.uint8)
        before = quotes[:-2]
        between = before[
            (np.diff(quotes)[:-1] == 2) & (data[before + 1] == ord(delimiter))
        ] if len(quotes) > 2 else quotes[:0]  # fmt: skip
        is_clear = np.ones(len(starts), dtype=bool)
        for at in between[np.flatnonzero(np.diff(between) == 2)]:  # quotes shared by two of them
            is_clear[np.searchsorted(starts, at, "right") - 1] = False
        ends_quoted = (data[np.minimum(starts, len(data) - 1)] == 34) & (data[stops - 1] == 34)
        is_quoted = (
            (n_quotes == 2 * width)
            & (_counts(between, starts, stops) == width - 1)
            & ends_quoted
            & is_clear
            & (stops - starts <= most_bytes)
        )
        return np.asarray(np.where(n_quotes == 0, is_plain, is_quoted), dtype=bool)

    def kinds_of_ends(self, inner: set[int]) -> set[str]:
        """How lines end, those inside quoted cells left out."""
        if isinstance(self.ends, str):
            return {self.ends}
        return {end for i, end in enumerate(self.ends) if i not in inner}


def _places(data: bytes, mark: bytes) -> _Places:
    """Where a byte stands."""
    places = [np.zeros(0, dtype=np.int64)]
    whole = np.frombuffer(data, dtype=np.uint8)
    for at in range(0, len(data), _CHUNK):
        places.append(np.flatnonzero(whole[at : at + _CHUNK] == mark[0]) + at)
    return np.concatenate(places)


def _n_in_each(data: bytes, mark: bytes, starts: _Places, stops: _Places) -> _Places:
    """How often a byte stands in each of some lines in a row."""
    if len(starts) and int((stops - starts).max()) < _MOST_IN_A_BYTE:  # much the fastest way
        is_there = (np.frombuffer(data, dtype=np.uint8) == mark[0]).view(np.uint8)
        return np.add.reduceat(is_there, starts, dtype=np.uint8).astype(np.int64)
    return _counts(_places(data, mark), starts, stops)


def _counts(places: _Places, starts: _Places, stops: _Places) -> _Places:
    """How many of the places lie in each of some lines in a row; none lie between two lines."""
    bounds = np.append(starts, stops[-1:])
    return np.diff(np.searchsorted(places, bounds))


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
