"""The tables that the record definitions call for, as SQL text.

Migrations hold this text literally, so that a file can be opened by any later version; a contract
test holds the two equal.
"""

from __future__ import annotations

import re
from functools import cache

from mlpm_core.records import KINDS, Column, ColumnKind, Record, columns
from mlpm_core.store.log_counts import TABLES

_SQL_TYPE = {
    ColumnKind.NAME: "VARCHAR",
    ColumnKind.TEXT: "VARCHAR",
    ColumnKind.CHOICE: "VARCHAR",
    ColumnKind.NOTATION: "VARCHAR",
    ColumnKind.NUMBER: "DOUBLE",
    ColumnKind.WHOLE: "BIGINT",
    ColumnKind.DAY: "DATE",
    ColumnKind.MOMENT: "TIMESTAMP",
    ColumnKind.FLAG: "BOOLEAN",
}

_NAMES = dict.fromkeys(("project", "model_id", "model_version"), "DICTIONARY")
_COMPRESSION = {
    "metric_results": dict.fromkeys(("metric", "granularity", "label_status"), "DICTIONARY")
    | _NAMES,
    "prediction_log": {"prediction_id": "FSST", "decision": "DICTIONARY", "segment": "DICTIONARY"}
    | _NAMES,
}
"""How columns of long files are kept; the engine would try all ways on every piece of them."""


def quoted(identifier: str) -> str:
    '''An SQL identifier, quoted; the only place where one is written into a statement.

    Examples
    --------
    >>> print(quoted('odd "name"'))
    "odd ""name"""
    '''
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL text, quoted, for the few statements that take no parameters.

    Examples
    --------
    >>> print(literal("/srv/Ada's data"))
    '/srv/Ada''s data'
    """
    return "'" + text.replace("'", "''") + "'"


def _column(column: Column, compression: str | None) -> str:
    text = f"{quoted(column.name)} {_SQL_TYPE[column.kind]}"
    if column.required or column.default is not None:
        text += " NOT NULL"
    if compression:
        text += f" USING COMPRESSION {compression}"
    name = quoted(column.name)
    bounds = [f"{name} >= {column.low:g}"] if column.low is not None else []
    bounds += [f"{name} <= {column.high:g}"] if column.high is not None else []
    if column.kind is ColumnKind.NUMBER:
        bounds.append(f"isfinite({name})")
    return text + (f" CHECK ({' AND '.join(bounds)})" if bounds else "")


def table(record: type[Record]) -> str:
    """The ``CREATE TABLE`` of a record: its columns after the batch and line they came from.

    Behind them the batch by which the row was replaced; see `mlpm_core.store.replaced_rows`.
    """
    kept = _COMPRESSION.get(record.kind, {})
    lines = ["batch_seq BIGINT NOT NULL", "line INTEGER NOT NULL"]
    lines += [*(_column(c, kept.get(c.name)) for c in columns(record)), "replaced_by BIGINT"]
    return f"CREATE TABLE {quoted(record.kind)} (\n    " + ",\n    ".join(lines) + "\n);"


KNOWN = """\
CREATE VIEW batches_known AS SELECT * FROM batches
WHERE seq <= coalesce(CAST(getvariable('known_until') AS BIGINT), 9223372036854775807);
CREATE VIEW batches_in_force AS SELECT * FROM batches_known
WHERE seq NOT IN (SELECT undoes FROM batches_known WHERE undoes IS NOT NULL);
"""
"""The batches that had come in at the moment a reader asks about, and those of them that count."""


def not_undone(seq: str) -> str:
    """Whether a row's batch was not undone, as SQL: the few that were are looked up, not the rows.

    Examples
    --------
    >>> not_undone("batch_seq")
    'batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)'
    """
    return f"{seq} NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)"


def held_now(record: type[Record]) -> str:
    """What holds now, as a table inside a statement: the first half of ``current_view``."""
    table = quoted(record.kind)
    return f"(SELECT * FROM {table} WHERE replaced_by IS NULL AND {not_undone('batch_seq')})"


_VIEW = re.compile(r'"?\b([a-z_]+_(?:current|known|in_force))\b"?')


@cache
def of_now(sql: str) -> str:
    """A statement with what its views say of now in their place.

    Half as dear to plan, and a tenth where counts of a log are asked, which is most of what a
    question about few rows costs: a view also says what was, and the engine looks at both halves.

    Examples
    --------
    >>> of_now("SELECT max(seq) FROM batches_known")
    'SELECT max(seq) FROM batches'
    >>> of_now("SELECT n FROM log_counts_known WHERE is_known")
    'SELECT n FROM log_counts WHERE is_known'
    """
    return _VIEW.sub(lambda name: _views_now().get(name[1], name[0]), sql)


@cache
def _views_now() -> dict[str, str]:
    kept = {"batches_known": "batches"} | {
        f"{table.name}_known": table.counts_in(table.name) for table in TABLES
    }
    in_force = {"batches_in_force": f"(SELECT * FROM batches WHERE {not_undone('seq')})"}
    return kept | in_force | {f"{k}_current": held_now(record) for k, record in KINDS.items()}


def current_view(record: type[Record]) -> str:
    """The ``CREATE VIEW`` of what holds: per key the latest row of a batch in force.

    Now it is the one that nothing replaced; at a moment in the past, where ``known_until`` is set,
    all versions are looked at. The engine knows before it reads which of the two is asked for.
    """
    key = ", ".join(quoted(k) for k in record.key)
    return (
        f"CREATE VIEW {quoted(record.kind + '_current')} AS\n"
        f"SELECT * FROM {quoted(record.kind)}\n"
        "WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL\n"
        f"  AND {not_undone('batch_seq')}\n"
        "UNION ALL\n"
        f"SELECT * FROM {quoted(record.kind)}\n"
        "WHERE getvariable('known_until') IS NOT NULL\n"
        "  AND batch_seq IN (SELECT seq FROM batches_in_force)\n"
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY batch_seq DESC, line DESC) = 1;"
    )
