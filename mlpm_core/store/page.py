"""One page of what holds now: what is looked for in which cells, and in which order, as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mlpm_core.records import Column, ColumnKind, Record, columns
from mlpm_core.store.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NUMBER: Final = frozenset("0123456789.e+-inf")
_LETTERS: Final[Mapping[ColumnKind, frozenset[str]]] = {
    ColumnKind.NUMBER: _NUMBER,
    ColumnKind.WHOLE: _NUMBER,
    ColumnKind.DAY: frozenset("0123456789-"),
    ColumnKind.MOMENT: frozenset("0123456789-:. "),
    ColumnKind.FLAG: frozenset("truefals"),
}
"""Of which letters the cells of a column are made, where these are not any."""


def found(record: type[Record], find: str, words: Sequence[str]) -> str:
    """Whether a row has ``$find`` in a cell, whatever its case, or one of ``$words`` as a cell.

    A column that cannot hold them is not read.
    """
    if not find:
        return "true"
    cells = [f"contains(lower({_text(c)}), lower($find))" for c in _holding(record, find)]
    for word, name in ((word, f"$word_{i}") for i, word in enumerate(words)):
        cells += [f"{_text(c)} = {name}" for c in _holding(record, word)]
    return f"({' OR '.join(cells)})"


def parameters(find: str, words: Sequence[str]) -> dict[str, object]:
    """What is bound to the names in `found`."""
    if not find:
        return {}
    return {"find": find, **{f"word_{i}": word for i, word in enumerate(words)}}


def order(record: type[Record], order_by: str, *, is_descending: bool) -> str:
    """By a column, whose empty cells come last, and then by the key; else by the key alone.

    The project, which is the same for all rows of a page, is no part of it.
    """
    key = ", ".join(quoted(k) for k in record.key if k != "project") or "batch_seq"
    if order_by not in [c.name for c in columns(record)]:
        return key
    by = quoted(order_by)
    is_empty = f"ifnull({by}::VARCHAR, '') = ''"
    return f"{is_empty}, {by}{' DESC' * is_descending}, {key}"


def rows_of_page(record: type[Record], condition: str, order: str) -> str:
    """The rows ``$first`` to ``$first`` + ``$n`` of a project that meet a condition, in an order.

    Their places are found by the columns of condition and order alone; only the rows of the page
    are read whole.
    """
    names = ", ".join(quoted(c.name) for c in columns(record))
    place = ", ".join(map(quoted, ("batch_seq", "line", *record.key)))
    return (
        f"SELECT {names} FROM {quoted(record.kind)} SEMI JOIN ("
        f"SELECT {place} FROM {quoted(record.kind + '_current')} "
        f"WHERE project = $project AND {condition} ORDER BY {order} LIMIT $n OFFSET $first"
        f") USING ({place}) ORDER BY {order}"
    )


def _holding(record: type[Record], text: str) -> list[Column]:
    """The columns whose cells may have a text in them."""
    letters = set(text.lower())
    return [c for c in columns(record) if letters <= _LETTERS.get(c.kind, letters)]


def _text(column: Column) -> str:
    name = quoted(column.name)
    return f"CAST({name} AS VARCHAR)" if column.kind in _LETTERS else name
