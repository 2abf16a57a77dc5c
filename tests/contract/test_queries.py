"""What the SQL files promise: headers, constraints, and tables that follow from the records."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from mlpm_core.records import KINDS, columns
from mlpm_core.store import Store, connection, log_counts
from mlpm_core.store.schema import KNOWN, current_view, table

STORE = Path(__file__).resolve().parents[2] / "mlpm_core" / "store"
QUERIES = sorted((STORE / "queries").glob("*.sql"))
MIGRATIONS = sorted((STORE / "migrations").glob("*.sql"))
TYPES = {"BIGINT", "INTEGER", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN", "BLOB"}
TYPES |= {f"{type_}[]" for type_ in TYPES}  # of many questions at once
CONTENT = re.compile(r"^(-- .+\n)+-- params:(?P<params>.*)\n-- returns: (?P<returns>.+)\n(?!--)")


@pytest.fixture(scope="module")
def connected(tmp_path_factory):
    """A cursor on a migrated, empty store."""
    store = Store.open(tmp_path_factory.mktemp("store") / "mlpm.duckdb")
    with store.reader() as reader:
        yield reader._cursor
    store.close()


def header(text):
    """The parameters and columns a query's header names, each as name -> type."""
    found = CONTENT.match(text)
    assert found, "the header is: what it is, '-- params:', '-- returns:'"
    params, returns = found["params"].strip(), found["returns"].strip()
    named = [p.split() for p in params.split(", ")] if params else []
    shown = [r.split() for r in returns.split(", ")] if returns != "nothing" else []
    assert {type_ for _, type_ in [*named, *shown]} <= TYPES
    return {name.removeprefix("$"): type_ for name, type_ in named}, dict(shown)


def example(type_):
    """A value of a type, to bind; NULL would let DuckDB choose another type."""
    written = {
        "BIGINT": "7", "INTEGER": "7", "DOUBLE": "0.5", "VARCHAR": "'x'", "BOOLEAN": "true",
        "BLOB": "'x'::BLOB",
        "DATE": "DATE '2026-06-30'", "TIMESTAMP": "TIMESTAMP '2026-06-30 12:00:00'",
    }  # fmt: skip
    single = written[type_.removesuffix("[]")]
    return f"[{single}]" if type_.endswith("[]") else single


def bound(text, named):
    """The query with an example in place of each parameter, for DESCRIBE takes no parameters."""
    for name, type_ in named.items():
        text = re.sub(rf"\${name}\b", f"CAST({example(type_)} AS {type_})", text)
    return text


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_a_query_is_one_statement_and_its_header_names_every_parameter(path):
    text = path.read_text("utf-8")
    named, _ = header(text)
    (statement,) = duckdb.extract_statements(text)
    assert set(statement.named_parameters) == set(named)


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_a_query_returns_what_its_header_says(path, connected):
    text = path.read_text("utf-8")
    named, shown = header(text)
    body = CONTENT.sub("", text)
    if not shown:
        connected.execute(f"EXPLAIN {bound(body, named)}")
        assert body.startswith(("INSERT INTO", "UPDATE", "DELETE FROM"))
        return
    described = connected.execute(f"DESCRIBE {bound(body, named)}").fetchall()
    assert {name: type_ for name, type_, *_ in described} == shown
    assert [name for name, *_ in described] == list(shown)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 AS i",
        "-- One.\n-- returns: i INTEGER\nSELECT 1 AS i",
        "-- params:\n-- returns: i INTEGER\nSELECT 1 AS i",
        "-- One.\n-- params:  $x TEXT\n-- returns: i INTEGER\nSELECT $x AS i",
    ],
)
def test_a_poor_header_is_found(text):
    with pytest.raises(AssertionError):
        header(text)


def test_every_query_is_used():
    code = "".join(p.read_text("utf-8") for p in STORE.parent.rglob("*.py"))
    assert [p.stem for p in QUERIES if f'"{p.stem}"' not in code] == []


def test_migrations_are_numbered_without_a_gap():
    """A store that has the higher number never gets one that is put in below it later."""
    assert [number for number, _ in connection.migrations()] == [*range(1, len(MIGRATIONS) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.sql", p.name) for p in MIGRATIONS)


def test_the_store_has_the_tables_the_records_call_for_and_no_others(connected):
    found = connected.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert {name for (name,) in found} == {
        "schema_version", "batches", "batch_rejects", "acknowledged", "kept_figures", "log_counts",
        "log_scores", *KINDS,
    }  # fmt: skip
    found = connected.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    current = {f"{kind}_current" for kind in KINDS}
    assert {name for (name,) in found} == {
        "batches_known", "batches_in_force", "log_counts_known", "log_scores_known", *current,
    }  # fmt: skip


def described(connection, kind):
    """Columns and constraints of a table, as the engine sees them."""
    shown = connection.execute(
        "SELECT column_name, data_type, is_nullable, column_default FROM duckdb_columns() "
        "WHERE table_name = $kind ORDER BY column_index", {"kind": kind},
    ).fetchall()  # fmt: skip
    constraints = connection.execute(
        "SELECT constraint_type, constraint_text FROM duckdb_constraints() "
        "WHERE table_name = $kind ORDER BY ALL", {"kind": kind},
    ).fetchall()  # fmt: skip
    return shown, constraints


@pytest.mark.parametrize("kind", KINDS)
def test_a_migrated_table_is_what_its_record_calls_for(kind, connected):
    """By the engine's own description, so that migrations may reach it in steps."""
    record = KINDS[kind]
    with duckdb.connect() as derived:
        derived.execute("CREATE TABLE batches (seq BIGINT, undoes BIGINT)")
        derived.execute(KNOWN)
        derived.execute(table(record))
        derived.execute(current_view(record))
        assert described(connected, kind) == described(derived, kind)
        view = "SELECT sql FROM duckdb_views() WHERE view_name = $view"
        named = {"view": f"{kind}_current"}
        assert connected.execute(view, named).fetchall() == derived.execute(view, named).fetchall()
    names = [name for name, *_ in described(connected, kind)[0]]
    assert names == ["batch_seq", "line", *(c.name for c in columns(record)), "replaced_by"]


@pytest.mark.parametrize("counts", log_counts.TABLES, ids=lambda table: table.name)
def test_migrated_counts_are_what_the_rollup_calls_for(counts, connected):
    """A table, and a view whose text is that of the rollup."""
    view = "SELECT sql FROM duckdb_views() WHERE view_name = $view"
    named = {"view": f"{counts.name}_known"}
    with duckdb.connect() as derived:
        derived.execute("CREATE TABLE batches (seq BIGINT, undoes BIGINT)")
        derived.execute(KNOWN)
        for kind in ("prediction_log", "labels"):
            derived.execute(table(KINDS[kind]))
            derived.execute(current_view(KINDS[kind]))
        derived.execute(counts.create)
        derived.execute(counts.known_view)
        assert described(connected, counts.name) == described(derived, counts.name)
        assert connected.execute(view, named).fetchall() == derived.execute(view, named).fetchall()
        given = derived.execute(f"SELECT * FROM {counts.name}_known").description
    assert [name for name, *_ in given] == list(counts.columns)


def test_the_engine_s_description_would_show_a_difference():
    record = KINDS["metric_results"]
    with duckdb.connect() as one, duckdb.connect() as other:
        one.execute(table(record))
        other.execute(table(record).replace('"n" BIGINT CHECK ("n" >= 0)', '"n" BIGINT'))
        assert described(one, "metric_results") != described(other, "metric_results")
