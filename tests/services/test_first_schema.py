"""An empty store gets in one step what the migrations make of it one after the other."""

from __future__ import annotations

import duckdb
import pytest

from mlpm_core.records import record_of
from mlpm_core.store import Store, connection
from mlpm_core.store.schema import table
from mlpm_core.store.writer import Writer

FACTS = {
    "tables": "SELECT table_name, sql FROM duckdb_tables() ORDER BY ALL",
    "views": "SELECT view_name, replace(sql, '\"', '') FROM duckdb_views() WHERE NOT internal "
    "ORDER BY ALL",
    "columns": "SELECT table_name, column_name, column_index, data_type, is_nullable, "
    "column_default FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
    "constraints": "SELECT table_name, constraint_text FROM duckdb_constraints() ORDER BY ALL",
    "indexes": "SELECT index_name, sql FROM duckdb_indexes() ORDER BY ALL",
    "macros": "SELECT function_name FROM duckdb_functions() WHERE NOT internal ORDER BY ALL",
    "versions": "SELECT version FROM schema_version ORDER BY ALL",
    "acknowledged": "SELECT seq FROM acknowledged",
    "rows": "SELECT table_name FROM duckdb_tables() WHERE estimated_size > 0 ORDER BY ALL",
}


def opened(path, monkeypatch):
    """What a new store holds, and how many statements of definition it took."""
    run, execute = [], Writer.execute

    def noting(writer, text, **parameters):
        run.append(text)
        return execute(writer, text, **parameters)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "execute", noting)
        Store.open(path).close()
    with duckdb.connect(str(path), read_only=True) as file:
        return {name: file.execute(text).fetchall() for name, text in FACTS.items()}, run


def as_text(number):
    """The definitions of a store to which the migrations up to a number were applied.

    This is what the file of the first schema holds below its header.
    """
    with duckdb.connect() as blank, duckdb.connect() as again:
        for n, text in connection.migrations():
            if n <= number:
                blank.execute(text)
        left = blank.execute(
            "SELECT sql FROM (SELECT 0 AS kind, table_oid AS oid, sql FROM duckdb_tables() UNION "
            "ALL SELECT 1, view_oid, sql FROM duckdb_views() WHERE NOT internal) ORDER BY kind, oid"
        ).fetchall()
        statements = []
        while left:  # a view after those that it reads
            waiting = []
            for (text,) in left:
                try:
                    again.execute(text)
                    statements.append(text.strip())
                except duckdb.CatalogException:
                    waiting.append((text,))
            assert len(waiting) < len(left)
            left = waiting
    return "\n".join([*statements, "INSERT INTO acknowledged VALUES (0);"]) + "\n"


def test_the_first_schema_is_what_the_migrations_make():
    number, text = connection.first_schema()
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--")) + "\n"
    assert body == as_text(number)


def test_an_empty_store_is_the_same_by_both_ways(tmp_path, monkeypatch):
    at_once, few = opened(tmp_path / "once.duckdb", monkeypatch)
    monkeypatch.setattr(connection, "first_schema", lambda: (10**6, "SELECT 1/0;"))
    by_steps, many = opened(tmp_path / "steps.duckdb", monkeypatch)
    assert at_once == by_steps
    assert at_once["rows"]
    assert len(few) < len(many) / 3


def test_a_later_migration_follows_the_first_schema(tmp_path, monkeypatch):
    steps, newer = connection.migrations(), "CREATE TABLE added (i INTEGER);"
    monkeypatch.setattr(connection, "migrations", lambda: (*steps, (steps[-1][0] + 1, newer)))
    facts, _ = opened(tmp_path / "newer.duckdb", monkeypatch)
    assert facts["versions"] == [(n,) for n, _ in connection.migrations()]
    assert "added" in {name for name, _ in facts["tables"]}


KEPT = {
    "metric_results": dict.fromkeys(
        ("project", "model_id", "model_version", "metric", "granularity", "label_status"),
        "Dictionary",
    ),
    "prediction_log": {
        "prediction_id": "FSST",
        **dict.fromkeys(
            ("project", "model_id", "model_version", "decision", "segment"), "Dictionary"
        ),
    },
}


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("first", ["at once", "by steps"])
def test_columns_of_long_files_are_kept_as_they_name(kind, first, tmp_path, monkeypatch):
    """Texts for which the engine would choose otherwise; it does not tell what a column names."""
    if first == "by steps":
        monkeypatch.setattr(connection, "first_schema", lambda: (10**6, "SELECT 1/0;"))
    path = tmp_path / "kept.duckdb"
    Store.open(path).close()
    with duckdb.connect(str(path)) as file:
        described = file.execute(f"DESCRIBE {kind}").fetchall()
        constant = {"VARCHAR": "md5(CAST(i AS VARCHAR))", "TIMESTAMP": "TIMESTAMP '2026-01-01'"}
        cells = ["'same'" if name == "prediction_id" else constant.get(type_, "1")
                 for name, type_, *_ in described]  # fmt: skip
        file.execute(f"INSERT INTO {kind} SELECT {', '.join(cells)} FROM range(5000) t(i)")
        file.execute("CHECKPOINT")
        found = dict(file.execute(
            f"SELECT column_name, min(compression) FROM pragma_storage_info('{kind}') "
            "WHERE segment_type = 'VARCHAR' GROUP BY ALL HAVING min(compression) = max(compression)"
        ).fetchall())  # fmt: skip
    assert {name: found[name] for name in KEPT[kind]} == KEPT[kind]
    assert any(table(record_of(kind)) in text for _, text in connection.migrations())
    assert "Dictionary" not in {found[name] for name in found.keys() - KEPT[kind].keys()}
