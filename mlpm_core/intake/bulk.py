"""Long columns at once: the same answers as cell by cell, for columns without anything unusual."""

from __future__ import annotations

import re
from math import isinf
from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.intake.cells import MISSING, Cell, default_of
from mlpm_core.intake.names import LONGEST
from mlpm_core.records import Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.faults import Fault


__all__ = ["Cells", "read_all"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_WHOLE = r"[0-9]{1,18}"
_NAME = r"[A-Za-z_][A-Za-z0-9_./-]*"


def _column_of(cell: str) -> re.Pattern[str]:
    """Cells one below the other; atomic, so that a mismatch costs no second look."""
    return re.compile(rf"(?>(?:{cell})?\n)*+")


_PATTERNS = {
    ColumnKind.NUMBER: _column_of(_NUMBER),
    ColumnKind.WHOLE: _column_of(_WHOLE),
    ColumnKind.NAME: _column_of(_NAME),
}


class Cells(NamedTuple):
    """The distinct cells of a column as read, with the faulty and the noteworthy ones by place."""

    values: list[object]
    faults: dict[int, Fault]
    notes: dict[str, list[int]]

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> Cells:
        """Cells that were read one by one."""
        faults, notes = {}, dict[str, list[int]]()
        for i, cell in enumerate(cells):
            if cell.fault is not None:
                faults[i] = cell.fault
            for note in cell.notes:
                notes.setdefault(note, []).append(i)
        return cls([c.value for c in cells], faults, notes)


def read_all(
    column: Column, texts: list[str], read: Callable[[str], Cell], *, is_plain: bool
) -> Cells:
    """Every distinct cell of a column.

    Parameters
    ----------
    read : callable
        The way to read one cell.
    is_plain : bool
        Whether ``read`` is the grammar's own way, with a decimal point and no thousands mark.
    """
    values = _plain_values(column, texts) if is_plain else None
    if values is not None:
        return Cells(values, {}, {})
    return Cells.of([*map(read, texts)])


def _plain_values(column: Column, texts: list[str]) -> list[object] | None:
    """The values of a column in which every cell is of the commonest form, else None."""
    joined = "\n".join(texts) + "\n"
    default = default_of(column)
    if column.kind is ColumnKind.TEXT:
        is_common = not column.required and default == "" and not _CONTROL.search(joined)
        return list(texts) if is_common else None
    pattern = _PATTERNS.get(column.kind)
    if pattern is None or joined.count("\n") != len(texts) or (column.required and "" in texts):
        return None
    if pattern.fullmatch(joined) is None:
        return None
    if column.kind is ColumnKind.NAME:
        if not MISSING.isdisjoint(map(str.lower, texts)) and column.required:
            return None
        return [t or default for t in texts] if max(map(len, texts)) <= LONGEST else None
    number = float if column.kind is ColumnKind.NUMBER else int
    values = [number(t) if t else default for t in texts]
    given = [v for v in values if isinstance(v, int | float)]
    if not given:
        return values
    low, high = min(given), max(given)
    is_inside = (column.low is None or low >= column.low) and (
        column.high is None or high <= column.high
    )
    return values if is_inside and not isinf(low) and not isinf(high) else None
