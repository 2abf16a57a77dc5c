"""The pages of a Parquet file: what each unpacks to, before any of them is unpacked.

The footer's sizes are what a file says of itself; those of the pages are what a reader obeys.

References
----------
Apache Parquet format, parquet.thrift (PageHeader); Apache Thrift compact protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 16
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = (
    *(0, 1, 2, 3, 7, 8, 9, 10, 11, 12),
)
_INTEGERS: Final = frozenset({4, 5, 6})
_DATA, _DATA_V2 = 5, 8  # fields of a page's header
_ENCODING: Final = {_DATA: 2, _DATA_V2: 4}
_PREFIXED: Final = 7  # DELTA_BYTE_ARRAY: a value may repeat all of the one before


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a column: its size once unpacked, its values, whether they repeat each other."""

    column: int
    n_bytes: int
    n_values: int
    is_prefixed: bool


def pages_of(data: bytes, metadata: Any) -> Iterator[Page]:  # noqa: ANN401  Arrow has no types
    """Every page of a Parquet file.

    Parameters
    ----------
    metadata : pyarrow.parquet.FileMetaData
        What the footer says.

    Raises
    ------
    ValueError
        When a page's header cannot be read.
    """
    for i in range(metadata.num_row_groups):
        group = metadata.row_group(i)
        for j in range(metadata.num_columns):
            chunk = group.column(j)
            start = chunk.data_page_offset
            if chunk.has_dictionary_page and chunk.dictionary_page_offset is not None:
                start = min(start, chunk.dictionary_page_offset)
            for page in _pages(data, start, chunk.total_compressed_size, chunk.num_values):
                yield Page(j, *page)


def _pages(data: bytes, start: int, n_bytes: int, n_values: int) -> Iterator[tuple[int, int, bool]]:
    """The pages of one column of a row group, until all its values were there."""
    end = start + n_bytes
    if not 0 <= start <= end <= len(data):
        raise ValueError("a column lies outside the file")
    n_seen = 0
    while start < end and n_seen < n_values:
        reader = _Compact(data, start)
        header = reader.struct(0)
        unpacked, packed = header.get(2), header.get(3)
        if (
            not isinstance(unpacked, int)
            or not isinstance(packed, int)
            or min(unpacked, packed) < 0
        ):
            raise ValueError("a page without a size")
        values, is_prefixed = 0, False
        for kind, encoding in _ENCODING.items():
            if isinstance(fields := header.get(kind), dict):
                values = fields.get(1, 0)
                is_prefixed = fields.get(encoding) == _PREFIXED
        n_seen += values
        start = reader.at + packed
        yield unpacked, values, is_prefixed


class _Compact:
    """Thrift's compact protocol, as far as headers of pages need it."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def struct(self, depth: int) -> dict[int, Any]:
        if depth > _DEEPEST:
            raise ValueError("a header nested too deeply")
        fields: dict[int, Any] = {}
        name = 0
        while (head := self.byte()) != _STOP:
            kind, step = head & 0x0F, head >> 4
            name = name + step if step else self.zigzag()
            fields[name] = self.value(kind, depth)
        return fields

    def value(self, kind: int, depth: int) -> Any:  # noqa: ANN401  any value
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind in _INTEGERS:
            return self.zigzag()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _BINARY:
            return self.skip(self.varint())
        if kind == _BYTE:
            return self.skip(1)
        if kind == _DOUBLE:
            return self.skip(8)
        raise ValueError("a header that no page has")  # lists, sets and maps among them

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise ValueError("a header that is cut off")
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        number = 0
        for shift in range(0, 70, 7):
            part = self.byte()
            number |= (part & 0x7F) << shift
            if part < 0x80:
                return number
        raise ValueError("a number that does not end")

    def zigzag(self) -> int:
        number = self.varint()
        return (number >> 1) ^ -(number & 1)

    def skip(self, n_bytes: int) -> None:
        if n_bytes > len(self.data) - self.at:
            raise ValueError("a header that is cut off")
        self.at += n_bytes
