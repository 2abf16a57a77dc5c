"""Typed rows, column by column, in Arrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mlpm_core.intake.files.table import Codes

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

ARROW: dict[ColumnKind, Any] = {
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.WHOLE: pa.int64(),
    ColumnKind.DAY: pa.date32(),
    ColumnKind.MOMENT: pa.timestamp("us"),
    ColumnKind.FLAG: pa.bool_(),
}
"""How the values of a column are held; words of any kind are strings."""


def flags(items: Iterable[bool]) -> Flags:
    """An array of yes and no."""
    return np.fromiter(items, dtype=bool)


def array_of(kind: ColumnKind, codes: Codes, values: Sequence[object]) -> pa.Array:
    """A column given by codes into values, of which several may be equal.

    Examples
    --------
    >>> array_of(ColumnKind.NAME, np.array([0, 1, 2]), ["a", "b", "a"]).dictionary.to_pylist()
    ['a', 'b']
    """
    if kind in ARROW:
        return _taken(pa.array(values, ARROW[kind]), codes)
    number: dict[object, int] = {}
    places = [None if v is None else number.setdefault(v, len(number)) for v in values]
    narrow = np.dtype(np.int8 if len(number) < 127 else np.int32)
    if None in places or len(places) == 1:
        indices = _taken(pa.array(places, pa.from_numpy_dtype(narrow)), codes)
    else:
        indices = pa.array(np.array(places, narrow)[codes])
    return pa.DictionaryArray.from_arrays(indices, pa.array(map(str, number), pa.string()))


def _taken(values: pa.Array, codes: Codes) -> pa.Array:
    return pa.repeat(values[0], len(codes)) if len(values) == 1 else values.take(pa.array(codes))


def distinct(column: pa.Array) -> tuple[Codes, list[Any]]:
    """A column as codes into its distinct values; null is a value like any other."""
    codes, values = _encoded(column)
    return codes.astype(np.int64), [*values.to_pylist(), None]


def values_in(column: pa.Array | pa.ChunkedArray) -> set[Any]:
    """The distinct values of a column, told without a look at every row where it has a dictionary.

    Examples
    --------
    >>> sorted(values_in(pa.array(["b", "a", "b"]).dictionary_encode()))
    ['a', 'b']
    """
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return {
        value
        for chunk in chunks
        for value in (chunk.dictionary if is_coded(chunk) else chunk.unique()).to_pylist()
    }


def are_among(column: pa.ChunkedArray, names: Collection[str]) -> Flags:
    """Which cells of a column of names are one of these; each distinct name is looked up once.

    Examples
    --------
    >>> are_among(pa.chunked_array([["a", None, "b"]]), {"b"}).tolist()
    [False, False, True]
    """
    parts = [np.zeros(0, dtype=bool)]
    for chunk in column.chunks:
        coded = chunk if is_coded(chunk) else chunk.dictionary_encode()
        found = flags([*(value in names for value in coded.dictionary.to_pylist()), False])
        codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy()
        parts.append(found[codes] if found.any() else np.zeros(len(codes), dtype=bool))
    return np.concatenate(parts)


def is_coded(column: pa.Array) -> bool:
    """Whether a column tells each value by its place in a dictionary."""
    return bool(pa.types.is_dictionary(column.type))


def _encoded(column: pa.Array) -> tuple[Codes, pa.Array]:
    """Codes into the distinct values of a column; one beyond the last of them is null."""
    if not pa.types.is_dictionary(column.type):
        if pa.types.is_floating(column.type):
            column = pc.add(column, 0.0)  # -0 and 0 are one number
        column = column.dictionary_encode()
    codes = column.indices
    if codes.null_count:
        codes = codes.cast(pa.int32()).fill_null(len(column.dictionary))
    return codes.to_numpy(), column.dictionary


@dataclass(frozen=True, slots=True)
class Rows:
    """What would be stored: every field, and the record of the file each row comes from."""

    of: Codes
    fields: dict[str, pa.Array]

    def taken(self, kept: Flags) -> Rows:
        """Some of the rows."""
        if kept.all():
            return self
        chosen = pa.array(kept)
        return Rows(self.of[kept], {f: v.filter(chosen) for f, v in self.fields.items()})

    def numbered(self, names: Iterable[str]) -> Codes:
        """A number per row, equal for rows that agree in all of these fields."""
        return keyed([self.fields[n] for n in names], len(self.of))

    def table(self, names: Sequence[str]) -> pa.Table:
        """The rows with these fields in order."""
        return pa.table([self.fields[n] for n in names], names=list(names))

    @classmethod
    def joined(cls, parts: Sequence[Rows]) -> Rows:
        """Several sets of rows as one, in the order of their records."""
        of = np.concatenate([p.of for p in parts])
        order = np.argsort(of, kind="stable")
        fields = {}
        for name in parts[0].fields:
            arrays = [p.fields[name] for p in parts]
            if any(pa.types.is_dictionary(a.type) for a in arrays):
                arrays = [a.cast(pa.string()) for a in arrays]
            fields[name] = pa.concat_arrays(arrays).take(pa.array(order))
        return cls(of[order], fields)


def keyed(columns: Sequence[pa.Array], n_rows: int) -> Codes:
    """A number per row, equal for rows with equal values in every column.

    Examples
    --------
    >>> keyed([pa.array(["x", "x", "y"]), pa.array([0.5, 0.5, 0.5])], 3).tolist()
    [0, 0, 1]
    """
    key, n_keys = np.zeros(n_rows, dtype=np.int64), 1
    for column in columns:
        if is_coded(column) and len(column.dictionary) < 2 and not column.null_count:
            continue  # one value everywhere
        codes, values = _encoded(column)
        n_values = len(values) + 1
        if n_values < 3 and not codes.any():  # likewise
            continue
        if n_keys > 2**62 // n_values:
            _, key = np.unique(key, return_inverse=True)
            n_keys = int(key.max(initial=0)) + 1
        key *= n_values
        key += codes
        n_keys *= n_values
    return key
