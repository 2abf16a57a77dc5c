"""Which row holds is noted on the rows: each tells the batch that replaced it.

Of the versions of a key in force each tells the number of the next one's batch, and the newest
none: what holds is read without looking at any other version. An undo links the version before its
batch to the one behind it, as one takes a link out of a chain, and looks only at rows that the
batch had replaced. Rows of a batch that was undone tell nothing any more, and stay as they are.

The note follows from the batches and can always be made anew; the window over all versions, by
which the past is read, says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.store.schema import not_undone, quoted

if TYPE_CHECKING:
    from mlpm_core.records import Record

_IN_FORCE = not_undone("r.batch_seq")


def any_earlier(record: type[Record]) -> str:
    """Whether there is a row of another batch than ``$seq``, as SQL."""
    return f"SELECT 1 FROM {quoted(record.kind)} WHERE batch_seq <> $seq LIMIT 1"


def any_replaced(record: type[Record]) -> str:
    """Whether the batch ``$seq`` replaced a row of another, as SQL."""
    return (
        f"SELECT 1 FROM {quoted(record.kind)} "
        "WHERE replaced_by = $seq AND batch_seq <> $seq LIMIT 1"
    )


def replace(record: type[Record]) -> str:
    """Note on each row that held under a key of the batch ``$seq`` that this replaces it, as SQL.

    A batch holds no key twice, and is the newest.
    """
    return f"UPDATE {quoted(record.kind)} AS r SET replaced_by = $seq FROM {_to_replace(record)}"


def any_to_replace(record: type[Record]) -> str:
    """Whether `replace` has any row to note that on, as SQL."""
    return f"SELECT 1 FROM {quoted(record.kind)} AS r, {_to_replace(record)} LIMIT 1"


def release(record: type[Record]) -> str:
    """Note on each row that the batch ``$seq`` replaced what replaces it without that, as SQL."""
    return (
        f"UPDATE {quoted(record.kind)} AS r SET replaced_by = n.replaced_by "
        f"FROM {_last_of_batch(record)} AS n WHERE {_was_replaced(record)}"
    )


def n_released(record: type[Record]) -> str:
    """How many rows hold again once the batch ``$seq`` is undone, as SQL."""
    return (
        f"SELECT count(*) AS n FROM {quoted(record.kind)} AS r, {_last_of_batch(record)} AS n "
        f"WHERE {_was_replaced(record)} AND n.line > 0 AND n.replaced_by IS NULL"
    )


def rebuild(record: type[Record]) -> str:
    """Make all notes of a kind anew from its batches, as SQL."""
    return (
        f"UPDATE {quoted(record.kind)} AS r SET replaced_by = n.next FROM ({_next(record)}) AS n "
        "WHERE r.rowid = n.row AND n.replaced_by IS DISTINCT FROM n.next"
    )


def n_wrong(record: type[Record], part: int = 0, of_parts: int = 1) -> str:
    """How many rows in force do not tell the batch that replaced them, as SQL.

    Of one of the parts into which the keys fall, for what is sorted at once; numbers that are
    written in cost the engine a tenth of what bound ones do.
    """
    keys = ", ".join(map(quoted, record.key))
    which = f"AND hash({keys}) % {of_parts:d} = {part:d}" if of_parts > 1 else ""
    next_of_part = _next(record, which)
    return f"SELECT count(*) AS n FROM ({next_of_part}) WHERE replaced_by IS DISTINCT FROM next"


def _next(record: type[Record], which: str = "") -> str:
    """Every row in force with the batch of the next version of its key."""
    keys = ", ".join(map(quoted, record.key))
    return (
        'SELECT rowid AS "row", replaced_by, '
        f'lead(batch_seq) OVER (PARTITION BY {keys} ORDER BY batch_seq, line) AS "next" '
        f"FROM {quoted(record.kind)} AS r WHERE {_IN_FORCE} {which}"
    )


def _to_replace(record: type[Record]) -> str:
    """The keys of the batch ``$seq``, and which rows held under them until now."""
    keys = ", ".join(map(quoted, record.key))
    return (
        f"(SELECT {keys} FROM {quoted(record.kind)} WHERE batch_seq = $seq) AS n "
        f"WHERE r.replaced_by IS NULL AND r.batch_seq < $seq AND {_IN_FORCE} AND {_same(record)}"
    )


def _last_of_batch(record: type[Record]) -> str:
    """The rows of the batch ``$seq``, of each key the last."""
    keys = ", ".join(map(quoted, record.key))
    return (
        f"(SELECT {keys}, line, replaced_by FROM {quoted(record.kind)} "
        "WHERE batch_seq = $seq AND replaced_by IS DISTINCT FROM batch_seq)"
    )


def _was_replaced(record: type[Record]) -> str:
    return f"r.replaced_by = $seq AND r.batch_seq <> $seq AND {_IN_FORCE} AND {_same(record)}"


def _same(record: type[Record]) -> str:
    return " AND ".join(f"r.{quoted(k)} = n.{quoted(k)}" for k in record.key)
