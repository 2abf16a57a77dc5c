"""The hash of what a batch holds: of every cell of every row that came with it.

It does not depend on the pieces in which the rows are handed in. A column that holds nothing but
its default leaves no trace, so that a record may get a new field and old hashes still fit.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.records import Column, ColumnKind, Record, columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_TEXT: Final = pa.string()
_ARROW_TYPE: Final[Mapping[ColumnKind, pa.DataType]] = {
    ColumnKind.NAME: _TEXT,
    ColumnKind.TEXT: _TEXT,
    ColumnKind.CHOICE: _TEXT,
    ColumnKind.NOTATION: _TEXT,
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.WHOLE: pa.int64(),
    ColumnKind.DAY: pa.date32(),
    ColumnKind.MOMENT: pa.timestamp("us"),
    ColumnKind.FLAG: pa.bool_(),
}
_PIECE: Final = 1 << 16
_MANY: Final = 1 << 16


class BatchContent:
    """SHA-256 over the rows of one batch, in whatever pieces they come.

    Examples
    --------
    >>> from mlpm_core.records import Model
    >>> rows = pa.table({"project": ["p", "p"], "model_id": ["a", "b"]})
    >>> whole, pieces = BatchContent(), BatchContent()
    >>> whole.add(Model, pa.array([2, 3]), rows)
    >>> for i in (0, 1):
    ...     pieces.add(Model, pa.array([2 + i]), rows.slice(i, 1))
    >>> whole.hexdigest() == pieces.hexdigest() != BatchContent().hexdigest()
    True
    """

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, _ColumnHash]] = {}

    def add(self, record: type[Record], lines: pa.Array, rows: pa.Table) -> None:
        """Take further rows of one kind, which follow those before in the order of `in_order`.

        Parameters
        ----------
        lines : pyarrow.Array of int
            The line of the batch's file each row comes from; 0 for none.
        rows : pyarrow.Table
            A column of the record that is missing holds its default.
        """
        if not rows.num_rows:
            return
        hashes = self._kinds.setdefault(
            record.kind,
            {"": _ColumnHash(pa.int64(), None)}
            | {c.name: _ColumnHash.of(c) for c in columns(record)},
        )
        given = [(hashes[name], rows.column(name)) for name in rows.column_names if name in hashes]
        given.append((hashes[""], lines))
        if rows.num_rows < _MANY:
            for hashed, values in given:
                hashed.add(values)
            return
        with ThreadPoolExecutor(2) as pool:  # hashing runs beside Python
            list(pool.map(lambda column: column[0].add(column[1]), given))

    def hexdigest(self) -> str:
        """The hash of all that was taken."""
        whole = hashlib.sha256()
        for kind in sorted(self._kinds):
            for name, hashed in sorted(self._kinds[kind].items()):
                if hashed.holds_other:
                    whole.update(f"{kind}.{name}:{hashed.digest}\n".encode())
        return whole.hexdigest()


def in_order(record: type[Record], lines: pa.Array, rows: pa.Table) -> tuple[pa.Array, pa.Table]:
    """Lines and rows by line and then by key, as they are hashed."""
    numbers = lines.to_numpy(zero_copy_only=False)
    if len(numbers) < 2 or bool((numbers[1:] > numbers[:-1]).all()):
        return lines, rows
    keyed = pa.table({"": lines, **{key: rows.column(key) for key in record.key}})
    order = pc.sort_indices(
        pa.table([_plain(c) for c in keyed.columns], names=keyed.column_names),
        sort_keys=[(name, "ascending") for name in keyed.column_names],
    )
    return lines.take(order), rows.take(order)


def portions(
    sizes: Iterable[tuple[int, int, int]], most: int
) -> Iterator[tuple[int, int, int, int]]:
    """Batches and lines to read at once, so that whoever sorts them sorts about so many rows.

    Parameters
    ----------
    sizes : iterable of (batch, rows, last line)
        By batch. Rows are taken to be spread over the lines evenly.
    most : int
        Rows of a portion.

    Yields
    ------
    tuple of int
        First and last batch, first and last line, all of them included.

    Examples
    --------
    >>> list(portions([(1, 3, 4), (2, 4, 5), (3, 2, 3), (4, 20, 21)], 8))
    [(1, 2, 0, 5), (3, 3, 0, 3), (4, 4, 0, 7), (4, 4, 8, 15), (4, 4, 16, 23)]
    """
    small: list[tuple[int, int, int]] = []
    for batch, n_rows, last_line in [*sizes, (0, most, -1)]:  # the last one has no line
        if small and sum(n for _, n, _ in small) + n_rows > most:
            yield small[0][0], small[-1][0], 0, max(line for *_, line in small)
            small = []
        if n_rows < most:
            small.append((batch, n_rows, last_line))
            continue
        step = max(1, (last_line + 1) * most // n_rows)
        for line in range(0, last_line + 1, step):
            yield batch, batch, line, line + step - 1


class _ColumnHash:
    """The hash of one column: which cells are filled, how long its texts are, and the bytes."""

    def __init__(self, arrow_type: pa.DataType, default: object) -> None:
        self._type = arrow_type
        self._default = pa.scalar(default, arrow_type)
        of_type = {_TEXT: "", pa.bool_(): False, pa.date32(): date.min}
        self._blank = pa.scalar(of_type.get(arrow_type, 0), arrow_type)
        self._filled, self._lengths, self._bytes = (hashlib.sha256() for _ in range(3))
        self._n_default = 0
        self.holds_other = False
        """Whether anything but the default was there."""

    @classmethod
    def of(cls, column: Column) -> _ColumnHash:
        return cls(_ARROW_TYPE[column.kind], column.default)

    @property
    def digest(self) -> str:
        return "".join(h.hexdigest() for h in (self._filled, self._lengths, self._bytes))

    def add(self, values: pa.ChunkedArray | pa.Array) -> None:
        chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
        for chunk in chunked.chunks:
            if not self.holds_other and self._is_default(chunk):
                self._n_default += len(chunk)
                continue
            self.holds_other = True
            while self._n_default:
                n = min(self._n_default, _PIECE)
                self._feed(pa.array([self._default.as_py()], self._type).take(pa.array([0] * n)))
                self._n_default -= n
            for start in range(0, len(chunk), _PIECE):  # few at a time stay near the processor
                cells = chunk.slice(start, _PIECE)
                cells = cells.cast(cells.type.value_type) if _is_coded(cells) else cells
                self._feed(cells.cast(self._type))

    def _is_default(self, cells: pa.Array) -> bool:
        if not len(cells):  # its dictionary may still hold words
            return True
        if not self._default.is_valid:
            return int(cells.null_count) == len(cells)
        if cells.null_count:
            return False
        if _is_coded(cells) and len(cells.dictionary) == 1:
            return bool(cells.dictionary[0].as_py() == self._default.as_py())
        some = cells.slice(0, 1)  # most often it tells of all
        return all(
            bool(pc.all(pc.equal(part.cast(self._type), self._default), min_count=0).as_py())
            for part in (some, cells)
        )

    def _feed(self, cells: pa.Array) -> None:
        is_filled = pc.is_valid(cells) if cells.null_count else np.ones(len(cells), dtype=bool)
        self._filled.update(_numbers(is_filled))
        filled = pc.fill_null(cells, self._blank) if cells.null_count else cells
        if self._type == _TEXT:
            self._lengths.update(_numbers(pc.binary_length(filled)))
            self._bytes.update(_text(filled))
        else:
            self._bytes.update(_numbers(filled))


def _plain(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray:
    """The values themselves, where each is told by its place in a dictionary."""
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    return chunked.cast(chunked.type.value_type) if _is_coded(chunked) else chunked


def _is_coded(values: pa.ChunkedArray | pa.Array) -> bool:
    return bool(pa.types.is_dictionary(values.type))


def _numbers(cells: pa.Array | np.ndarray[Any, Any]) -> memoryview:
    """The bytes of numbers, moments or flags."""
    numbers = cells if isinstance(cells, np.ndarray) else cells.to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(numbers).view(np.uint8).data


def _text(cells: pa.Array) -> memoryview:
    """The bytes of all texts, one after the other."""
    _, offsets, data = cells.buffers()
    if data is None:
        return memoryview(b"")
    bounds = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return memoryview(data)[int(bounds[0]) : int(bounds[-1])]
