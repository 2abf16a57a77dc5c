"""Typed rows, column by column, with equal values numbered alike whatever their spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlpm_core.intake.check import Reading
    from mlpm_core.intake.table import Codes

__all__ = ["Flags", "Rows", "Values", "flags", "keyed"]

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def flags(items: Iterable[bool]) -> Flags:
    """An array of yes and no."""
    return np.fromiter(items, dtype=bool)


class Values(NamedTuple):
    """One field of every row: numbers that are equal exactly when the values are."""

    ids: Codes
    values: list[object]

    @classmethod
    def of(cls, reading: Reading) -> Values:
        """The values of a reading."""
        return cls.unified(reading.codes, reading.cells.values)

    @classmethod
    def unified(cls, codes: Codes, values: Sequence[object]) -> Values:
        """Values given by code, equal ones brought together."""
        number: dict[object, int] = {}
        of_code = np.fromiter(
            (number.setdefault(v, len(number)) for v in values), np.int64, len(values)
        )
        return cls(of_code[codes], list(number))

    def floats(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The values as numbers, NaN where there is none."""
        numbers = [v if isinstance(v, int | float) else np.nan for v in self.values]
        return np.array(numbers, dtype=np.float64)[self.ids]

    def taken(self, rows: Codes | Flags) -> Values:
        """The values of some rows."""
        return Values(self.ids[rows], self.values)

    def objects(self) -> list[object]:
        """The values themselves, row by row."""
        listed = np.empty(len(self.values), dtype=object)
        listed[:] = self.values
        return listed[self.ids].tolist()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Rows:
    """What would be stored: every field, and the record of the file each row comes from."""

    of: Codes
    fields: dict[str, Values]

    def taken(self, rows: Codes | Flags) -> Rows:
        """Some of the rows."""
        return Rows(self.of[rows], {f: v.taken(rows) for f, v in self.fields.items()})

    def numbered(self, names: Iterable[str]) -> Codes:
        """A number per row, equal for rows that agree in all of these fields."""
        return keyed([self.fields[n] for n in names], len(self.of))

    def tuples(self, names: Sequence[str]) -> list[tuple[object, ...]]:
        """The rows, with these fields in order."""
        return list(zip(*(self.fields[n].objects() for n in names), strict=True))

    @classmethod
    def joined(cls, parts: Sequence[Rows]) -> Rows:
        """Several sets of rows as one, in the order of their records."""
        of = np.concatenate([p.of for p in parts])
        order = np.argsort(of, kind="stable")
        fields = {}
        for name in parts[0].fields:
            codes, values, shift = [], [], 0
            for part in parts:
                codes.append(part.fields[name].ids + shift)
                values += part.fields[name].values
                shift = len(values)
            fields[name] = Values.unified(np.concatenate(codes)[order], values)
        return cls(of[order], fields)


def keyed(columns: Sequence[Values], n_rows: int) -> Codes:
    """A number per row, equal for rows with equal values in every column.

    Examples
    --------
    >>> a = Values(np.array([0, 0, 1]), ["x", "y"])
    >>> keyed([a, Values(np.array([1, 1, 1]), [0.5, 0.6])], 3).tolist()
    [0, 0, 1]
    """
    key, n_keys = np.zeros(n_rows, dtype=np.int64), 1
    for column in columns:
        n_values = len(column.values)
        if n_values < 2:
            continue
        if n_keys > 2**62 // n_values:
            _, key = np.unique(key, return_inverse=True)
            n_keys = int(key.max(initial=0)) + 1
        key = key * n_values + column.ids
        n_keys *= n_values
    return np.unique(key, return_inverse=True)[1].astype(np.int64)
