"""Scheduled sources of Postgres, asked of a real server."""

from __future__ import annotations

import sys

import psycopg
import pytest

from mlpm_core.errors import InputError
from mlpm_core.services.ingest import batches, registers, source_runs
from mlpm_core.store import Wanted, external_reader, fetched
from tests.postgres import postgres

PASSWORD = "s3cret-of-postgres"
ROWS = """
DROP TABLE IF EXISTS results;
CREATE TABLE results (model_id text, metric text, period_start date, granularity text,
                      value numeric, note text, seen_at timestamptz);
INSERT INTO results VALUES
    ('m', 'recall', '2026-01-12', 'P1W', 0.60, NULL, '2026-01-19 12:00+02'),
    ('m', 'recall', '2026-01-05', 'P1W', 0.5, E'two\\nlines, "quoted" größe', NULL);
"""
ASKED = "SELECT model_id, metric, period_start, granularity, value FROM results -- all"


@pytest.fixture(scope="module")
def server():
    with postgres(PASSWORD) as dsn:
        yield dsn


@pytest.fixture
def dsn(server):
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(ROWS)
    return server


def count(dsn):
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT count(*) FROM results").fetchone()[0]


def asked(dsn, query, tmp_path, **more):
    wanted = Wanted("x", query=query, dsn=dsn, dsn_env="SALES_DSN", **more)
    with fetched(wanted, tmp_path) as (found,):
        return found.path.read_text("utf-8")


def test_what_a_query_gives_is_imported_once_and_without_its_secret(workspace, dsn, monkeypatch):
    monkeypatch.setenv("SALES_DSN", dsn)
    workspace.settings.source_file.write_text(
        '[[source]]\nname = "sales"\nproject = "shop"\nkind = "metric_results"\nevery = "1 hour"\n'
        f'connection = "postgres"\ndsn_env = "SALES_DSN"\nquery = """{ASKED}"""\n'
    )
    done = source_runs.run(workspace, "sales")
    assert (done.outcome, done.faults) == ("stored", [])
    rows = registers.records(workspace, "shop", "metric_results")
    assert sorted(row["value"] for row in rows) == [0.5, 0.6]
    assert source_runs.run(workspace, "sales").outcome == "unchanged"
    assert len(batches.receipts(workspace, "shop")) == 1
    kept = [p.read_bytes() for p in workspace.settings.data.rglob("*") if p.is_file()]
    assert PASSWORD.encode() not in b"".join(kept)


def test_cells_come_as_they_are_in_one_order_whatever_the_server_gives(dsn, tmp_path):
    query = "SELECT value, note, seen_at FROM results ORDER BY value"
    text = asked(dsn, query, tmp_path)
    assert text == (
        'value,note,seen_at\n0.5,"two\nlines, ""quoted"" größe",\n0.60,,2026-01-19 10:00:00+00\n'
    )
    assert asked(dsn, f"{query} DESC;", tmp_path) == text


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM results RETURNING *",
        "SELECT 1; DELETE FROM results",
        "COMMIT; DELETE FROM results",
        "SELECT 1) AS a; DELETE FROM results; SELECT (1",
        "WITH gone AS (DELETE FROM results RETURNING *) SELECT * FROM gone",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SELECT * FROM no_such_table",
        "",
    ],
)
def test_a_query_can_only_read(dsn, tmp_path, query):
    with pytest.raises(InputError) as refused:
        asked(dsn, query, tmp_path)
    assert PASSWORD not in str(refused.value)
    assert count(dsn) == 2


def test_a_function_that_writes_is_refused_too(dsn, tmp_path):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION wipe() RETURNS int LANGUAGE sql AS "
            "'DELETE FROM results RETURNING 1'"
        )
    with pytest.raises(InputError, match="read-only transaction"):
        asked(dsn, "SELECT wipe() AS n", tmp_path)
    assert count(dsn) == 2


def test_more_rows_than_the_limit_are_refused(dsn, tmp_path):
    with pytest.raises(InputError, match="more than 10 rows"):
        asked(dsn, "SELECT * FROM generate_series(1, 100) AS n", tmp_path, most_rows=10)


def test_a_refused_password_is_not_repeated(dsn, tmp_path):
    wrong = dsn.replace(PASSWORD, "another-secret")
    with pytest.raises(InputError, match="authentication failed") as refused:
        asked(wrong, "SELECT 1", tmp_path)
    assert "another-secret" not in str(refused.value)


def test_without_the_driver_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    request = {"dsn": "postgresql://x", "query": "SELECT 1", "seconds": 1, "dsn_env": "D"}
    with pytest.raises(InputError, match=r"psycopg\[binary\]"):
        next(external_reader._of_postgres(request))


@pytest.mark.parametrize(
    ("said", "dsn"),
    [
        ('missing "=" after "top-secret"', "postgres top-secret"),
        ('missing "=" after "postgres:top-secret" in', "postgres:top-secret"),
        ("no user anna with top-secret", "postgresql://anna:top-secret@db/x"),
        ("no top-secret!", "postgresql://anna:top%2Dsecret%21@db/x"),
        ("could not read top secret", "host=db password='top secret'"),
        ("could not read it's", "host=db password='it\\'s'"),
        ("try postgresql://bob:else@db/x", "host=db"),
        ("it is abc", "host=db password=abc"),
    ],
)
def test_what_a_driver_says_is_told_without_secrets(said, dsn):
    shown = external_reader.without_secrets(said, dsn)
    for secret in ("top-secret", "top secret", "it's", "else", "abc", "anna"):
        assert secret not in shown
