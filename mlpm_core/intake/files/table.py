"""The records of a file column by column; distinct cells are told apart when somebody asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from mlpm_core.intake.files.lines import SPACES, is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")
Codes = np.ndarray[tuple[int], np.dtype[np.signedinteger[Any]]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

_SAMPLE = 4096
_BLOCK = 1 << 22  # read at once; more needs more memory at a time
_LONGEST = 1 << 25
_BOM = b"\xef\xbb\xbf"


class Damage(NamedTuple):
    """A record whose structure is broken: its line (from 0), code, cells (or position) it has."""

    line: int
    code: str
    got: int
    cells: list[str]


class DictionaryColumn:
    """A column of cells as Arrow holds them: as text, or as bytes when some are no UTF-8.

    ``cells`` are its distinct cells and ``codes`` say which one each record has, so that each
    distinct cell is read once. Those who ask for ``strings`` alone need them in one piece.
    """

    def __init__(self, strings: pa.Array | pa.ChunkedArray) -> None:
        is_whole = isinstance(strings, pa.Array)
        self._pieces = pa.chunked_array([strings]) if is_whole else strings
        # cached_property would have one column of all wait for the other, before Python 3.12.
        self._dictionary: pa.DictionaryArray | None = None
        self._numbers: list[pa.Array | None] = []

    def __len__(self) -> int:
        return len(self._pieces)

    @cached_property
    def strings(self) -> pa.Array:
        """The cells of all records in one piece."""
        return in_one_piece(self._pieces)

    @classmethod
    def of(cls, cells: list[str]) -> DictionaryColumn:
        """A column from its cells, record by record."""
        return cls(pa.array([c.encode("utf-8", "surrogateescape") for c in cells], pa.binary()))

    @property
    def is_text(self) -> bool:
        """Whether every cell is known to be UTF-8."""
        return bool(pa.types.is_string(self._pieces.type))

    @property
    def _encoded(self) -> pa.DictionaryArray:
        if self._dictionary is None:
            self._dictionary = in_one_piece(self._pieces.dictionary_encode())
        return self._dictionary

    @property
    def codes(self) -> Codes:
        """Which of the distinct cells each record has."""
        codes: Codes = self._encoded.indices.to_numpy()
        return codes

    @cached_property
    def cells(self) -> list[str]:
        """Every distinct cell, in order of appearance."""
        cells = self._encoded.dictionary.to_pylist()
        return cells if self.is_text else [c.decode("utf-8", "surrogateescape") for c in cells]

    def first(self, n: int) -> list[str]:
        """The first of its distinct cells, without telling all of many apart."""
        if not self.has_many:
            return self.cells[:n]
        cells = self._pieces.slice(0, _SAMPLE).unique().slice(0, n).to_pylist()
        return cells if self.is_text else [c.decode("utf-8", "surrogateescape") for c in cells]

    def cell(self, record: int) -> str:
        """The cell of one record."""
        value = self._pieces[record].as_py()
        return str(value) if self.is_text else str(value, "utf-8", "surrogateescape")

    @cached_property
    def has_many(self) -> bool:
        """Whether most cells differ, as far as the first of them tell."""
        if len(self) < _SAMPLE:
            return False
        return len(self._pieces.slice(0, _SAMPLE).unique()) > _SAMPLE // 8

    @property
    def numbers(self) -> pa.Array | None:
        """The cells as finite numbers, empty ones as null; None when one is anything else.

        Arrow reads a subset of our grammar of numbers, and what it reads it reads alike.
        """
        if not self._numbers:
            self._numbers = [self._as_numbers()]
        return self._numbers[0]

    def _as_numbers(self) -> pa.Array | None:
        if not self.is_text:
            return None
        texts = self._pieces if self.has_many else self._encoded.dictionary
        try:
            _as_numbers(texts.slice(0, 64))  # Arrow goes on after a failure, and slowly
            numbers = _as_numbers(texts)
        except pa.ArrowInvalid:
            return None
        if not pc.all(pc.is_finite(numbers), min_count=0).as_py():
            return None
        return in_one_piece(numbers) if self.has_many else numbers.take(self._encoded.indices)

    def are_blank(self) -> Flags:
        """Which cells are empty or nothing but spaces."""
        if self.has_many and self.is_text:
            trimmed = pc.utf8_trim(self._pieces, characters=SPACES)
            return pc.equal(trimmed, "").to_numpy()  # type: ignore[no-any-return]
        blank = np.array([is_blank(c) for c in self.cells], dtype=bool)
        return blank[self.codes] if blank.any() else np.zeros(len(self), dtype=bool)

    def joined(
        self, other: DictionaryColumn, written: Callable[[str, str], str]
    ) -> DictionaryColumn:
        """A column of what is written of this cell and that of another column beside it.

        Examples
        --------
        >>> years, weeks = DictionaryColumn.of(["2024", "2025"]), DictionaryColumn.of(["1", "1"])
        >>> years.joined(weeks, lambda year, week: f"{year}-W{week}").cells
        ['2024-W1', '2025-W1']
        """
        n = len(other.cells)
        pairs, places = np.unique(
            self.codes.astype(np.int64) * n + other.codes.astype(np.int64), return_inverse=True
        )
        texts = [written(self.cells[pair // n], other.cells[pair % n]) for pair in pairs.tolist()]
        return DictionaryColumn(pa.array(texts, pa.string()).take(pa.array(places)))

    def taken(self, kept: Flags) -> DictionaryColumn:
        """The cells of some records."""
        strings = self._pieces.filter(pa.array(kept))
        if not self.is_text:
            with suppress(pa.ArrowInvalid):
                strings = strings.cast(pa.string())
        return DictionaryColumn(strings)


def in_one_piece(pieces: pa.ChunkedArray) -> pa.Array:
    """A column as one array, without a copy where it is one already."""
    return pieces.chunk(0) if pieces.num_chunks == 1 else pieces.combine_chunks()


def told_apart(columns: list[DictionaryColumn]) -> None:
    """Find what columns are asked for first: cells that differ as numbers, others as codes."""
    n_records = len(columns[0]) if columns else 0
    side_by_side(lambda c: c.numbers if c.has_many else c.codes, columns, n_records)


def side_by_side(work: Callable[[T], R], items: Sequence[T], n_records: int) -> list[R]:
    """Work on several columns: of many records it is Arrow's, which runs beside Python."""
    if n_records < _SAMPLE:  # threads would take longer to start
        return [*map(work, items)]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, items))


def _as_numbers(strings: pa.Array) -> pa.Array:
    is_empty = pc.equal(strings, "")
    if pc.any(is_empty, min_count=0).as_py():
        strings = pc.if_else(is_empty, pa.scalar(None, pa.string()), strings)
    return pc.cast(strings, pa.float64())


@dataclass(slots=True)
class Table:
    """All records below a header: whole ones column by column, blank and damaged ones apart.

    ``n_left`` are those that an answer left out; ``times_of_day`` tells by the position of a column
    of days the one whose times were joined to it.
    """

    lines: Codes
    columns: list[DictionaryColumn]
    blank: list[int]
    damaged: list[Damage]
    spans: dict[int, int] = field(default_factory=dict)
    n_left: int = 0
    times_of_day: dict[int, int] = field(default_factory=dict)

    @property
    def n_records(self) -> int:
        """Every record, blank and damaged ones included."""
        return len(self.lines) + len(self.blank) + len(self.damaged)

    def without(self, is_dropped: Callable[[int], bool]) -> Table:
        """The table without the records that start on certain lines."""
        kept = np.array([not is_dropped(int(i)) for i in self.lines], dtype=bool)
        left = Table(
            self.lines[kept],
            [c.taken(kept) for c in self.columns],
            [i for i in self.blank if not is_dropped(i)],
            [d for d in self.damaged if not is_dropped(d.line)],
            self.spans,
            times_of_day=self.times_of_day,
        )
        left.n_left = self.n_left + self.n_records - left.n_records
        return left


def coded_columns(
    records: bytes | memoryview,
    delimiter: str,
    width: int,
    *,
    has_quotes: bool,
    most_bytes: int | None = None,
) -> list[DictionaryColumn]:
    r"""Whole, well-formed records of one width, column by column.

    Parameters
    ----------
    records : bytes
        As UTF-8, stray bytes left as they are; every record is ended.
    most_bytes : int, optional
        No record is longer, as far as it is known.

    Examples
    --------
    >>> first, second = coded_columns(b'a,1\nb,1\na,"x, y"\n', ",", 2, has_quotes=True)
    >>> first.codes.tolist(), second.cells
    ([0, 1, 0], ['1', 'x, y'])
    """
    if not len(records):
        return [DictionaryColumn(pa.array([], pa.string())) for _ in range(width)]
    names = [str(j) for j in range(width)]

    has_mark = bytes(records[:3]) == _BOM  # Arrow would take it away
    if has_mark:
        records = b"\n" + bytes(records)

    def read(kind: Any) -> list[DictionaryColumn]:  # noqa: ANN401  Arrow has no types
        parsed = csv.read_csv(
            pa.py_buffer(records),
            read_options=csv.ReadOptions(
                column_names=names,
                skip_rows=int(has_mark),
                block_size=max(_BLOCK, most_bytes or _LONGEST),
            ),
            parse_options=csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if has_quotes else False,
                newlines_in_values=has_quotes,
                ignore_empty_lines=False,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, kind), strings_can_be_null=False
            ),
        )
        return [DictionaryColumn(column) for column in parsed.columns]

    try:
        return read(pa.string())
    except pa.ArrowInvalid:  # bytes that are no UTF-8
        return read(pa.binary())
