"""One page of what holds now: what is looked for in which cells, and in which order, as SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.records import Column, ColumnKind, Record, columns
from mlpm_core.store.places import Bands, Term, by_all
from mlpm_core.store.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlpm_core.store.places import Place

OF_PROJECT: Final = "project = $project"
_NUMBER: Final = frozenset("0123456789.e+-inf")
_LETTERS: Final[Mapping[ColumnKind, frozenset[str]]] = {
    ColumnKind.NUMBER: _NUMBER,
    ColumnKind.WHOLE: _NUMBER,
    ColumnKind.DAY: frozenset("0123456789-"),
    ColumnKind.MOMENT: frozenset("0123456789-:. "),
    ColumnKind.FLAG: frozenset("truefals"),
}
"""Of which letters the cells of a column are made, where these are not any."""
_FEW: Final = {ColumnKind.NAME, ColumnKind.CHOICE, ColumnKind.FLAG, ColumnKind.DAY}
"""What is written again and again, as the model and the metric of results are."""


def found(
    record: type[Record], find: str, words: Sequence[str]
) -> tuple[str, Mapping[str, object]]:
    """Whether a row has a text in a cell, whatever its case, or one of some words as a cell.

    A column that cannot hold them is not read.

    Returns
    -------
    tuple
        The condition, and what is bound to the names in it.
    """
    cells = [f"contains({_small(c)}, lower($find))" for c in _holding(record, find)]
    bound: dict[str, object] = {"find": find}
    for i, word in enumerate(words):
        bound[f"word_{i}"] = word
        cells += [f"{_text(c)} = $word_{i}" for c in _holding(record, word)]
    return f"({' OR '.join(cells)})", bound


def order(
    record: type[Record], order_by: str = "", *, is_descending: bool = False
) -> tuple[Term, ...]:
    """By a column, whose empty cells come last, and then by the key; else by the key alone.

    The project, which is the same for all rows of a page, is no part of it.
    """
    by_name = {c.name: c for c in columns(record)}
    names = [k for k in record.key if k not in ("project", order_by)]
    key = [_term(record, by_name[k]) for k in names] or [Term("batch_seq")]
    if order_by not in by_name:
        return tuple(key)
    by, column = quoted(order_by), by_name[order_by]
    empty = f"{by} IS NULL" if column.kind in _LETTERS else f"ifnull({by}, '') = ''"
    term = _term(record, column)
    empty = "" if column.required else f"({empty})"
    return replace(term, empty=empty, is_descending=is_descending), *key


def newest(record: type[Record]) -> tuple[Term, ...]:
    """By batch, the newest first, and then by the key."""
    return Term("batch_seq", Bands.VALUE, is_descending=True), *order(record)


def whole_rows(record: type[Record], place: Place, by: Iterable[Term]) -> str:
    """The question for the rows of a page, in their order.

    Their places are found by the columns of condition and order alone; only the rows of the page
    are read whole.
    """
    names = ", ".join(quoted(c.name) for c in columns(record))
    return f"SELECT {names} FROM {_at(record, place)} ORDER BY {by_all(by)}"


def versions(record: type[Record], place: Place | None = None) -> str:
    """The question for versions of a kind, with who wrote them and when: all by key, or a page."""
    names = ", ".join(f"r.{quoted(c.name)}" for c in columns(record))
    key = ", ".join(f"r.{quoted(k)}" for k in record.key)
    if place is None:
        rows, condition, order = quoted(record.kind), f"WHERE r.{OF_PROJECT}", f"{key}, b.seq"
    else:
        rows, condition, order = _at(record, place), "", f"b.seq DESC, {key}"
    return (
        "SELECT b.received_at, b.actor, b.batch, b.channel, u.batch AS undone_in, "
        f"u.actor AS undone_by, u.received_at AS undone_at, {names} FROM {rows} r "
        "JOIN batches_known b ON b.seq = r.batch_seq "
        f"LEFT JOIN batches_known u ON u.undoes = b.seq {condition} ORDER BY {order}"
    )


def _at(record: type[Record], place: Place) -> str:
    """The whole rows of a page, in any order, as a table inside a statement."""
    key = ", ".join(map(quoted, ("batch_seq", "line", *record.key)))
    return f"(SELECT * FROM {quoted(record.kind)} SEMI JOIN ({place.rows(key)}) USING ({key}))"


def _term(record: type[Record], column: Column) -> Term:
    """A column in an order; names are few, but the last of a key, which tells rows apart."""
    if column.kind is ColumnKind.MOMENT:
        return Term(quoted(column.name), Bands.DAY)
    is_few = column.kind in _FEW and column.name != record.key[-1]
    return Term(quoted(column.name), Bands.VALUE if is_few else Bands.NONE)


def _holding(record: type[Record], text: str) -> list[Column]:
    """The columns whose cells may have a text in them."""
    letters = set(text.lower())
    return [c for c in columns(record) if letters <= _LETTERS.get(c.kind, letters)]


def _small(column: Column) -> str:
    """A cell in small letters; of numbers, days and flags the engine writes no others."""
    return _text(column) if column.kind in _LETTERS else f"lower({_text(column)})"


def _text(column: Column) -> str:
    name = quoted(column.name)
    return f"CAST({name} AS VARCHAR)" if column.kind in _LETTERS else name
