"""Promises of the repository itself: locks, the traps they avoid, and the commands we print."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest

from mlpm_core import __version__
from mlpm_core.services.session.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
RUNTIME = {
    "altair", "babel", "duckdb", "fastapi", "numpy", "pandas", "pint", "pyarrow", "pydantic",
    "pydantic-core", "pydantic-settings", "python-calamine", "pyyaml", "scipy", "starlette",
    "streamlit", "vl-convert-python", "xlsxwriter",
}  # fmt: skip


def locked(name: str) -> dict[str, str]:
    """Requirement -> its lines in a lock file."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {re.split(r"[=<>!~ ;\[]", line)[0].lower(): line for line in lines}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_and_hashed(name):
    requirements = locked(name)
    assert len(requirements) > 30
    loose = [r for r, line in requirements.items() if "==" not in line or "--hash=" not in line]
    assert loose == []


def test_the_developer_lock_holds_the_runtime_lock_whole():
    runtime, developer = (
        {name: line.split()[0] for name, line in locked(lock).items()} for lock in LOCKS
    )
    assert runtime.items() <= developer.items()


def test_a_default_install_pulls_no_more_than_needed():
    declared = tomllib.loads(PYPROJECT)["project"]["dependencies"]
    assert {re.match("[a-z-]+", entry)[0] for entry in declared} == RUNTIME


def test_there_is_one_lock_to_run_and_one_to_develop():
    assert sorted(path.name for path in ROOT.glob("requirements*")) == sorted(LOCKS)


def test_the_benchmark_s_own_package_stays_in_an_environment_of_its_own():
    """It is pinned, and neither declared nor locked; `make bench` installs it beside .venv."""
    pinned = re.findall(r"install (squigglepy==[0-9.]+)$", MAKEFILE, re.MULTILINE)
    assert len(pinned) == 1
    assert ".bench-venv/bin/python -m pip" in MAKEFILE
    assert "squigglepy" not in {name for lock in LOCKS for name in locked(lock)}


def test_what_is_imported_is_declared_whenever_the_rest_is_checked():
    recipe = MAKEFILE.split("\nstatic: ")[1].split("\n\n")[0]
    assert "$(BIN)/deptry ." in recipe
    assert "$(BIN)/deptry tests benchmarks" in recipe


def test_the_version_is_the_newest_of_the_changelog_and_unreleased_stands_above():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
    newest, day = headings[1].split(" - ")
    assert newest == __version__ == tomllib.loads(PYPROJECT)["project"]["version"]
    assert date.fromisoformat(day).isoformat() == day


@pytest.mark.parametrize("name", LOCKS)
def test_duckdb_is_locked_where_the_trap_is_absent(name):
    assert locked(name)["duckdb"].startswith("duckdb==1.5.6 ")
    assert version("duckdb") == "1.5.6"


def test_an_empty_ctas_then_a_large_insert_in_one_transaction_keeps_its_rows():
    """DuckDB 2.0.0 loses them without an error: count(*) 500000, sum(i) NULL, scans empty.

    A move to 2.0.x must pass here first.
    """
    with duckdb.connect() as connection:
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE t AS SELECT 0::BIGINT AS i LIMIT 0")
        connection.execute("INSERT INTO t SELECT range FROM range(500000)")
        connection.execute("COMMIT")
        found = connection.execute("SELECT count(*), count(i), sum(i) FROM t").fetchall()
    assert found == [(500_000, 500_000, 500_000 * 499_999 // 2)]


def test_a_commit_after_a_failed_statement_writes_nothing_and_says_nothing():
    """Why every error rolls back: DuckDB #25300, "expected behavior"."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (i INTEGER PRIMARY KEY)")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(duckdb.TransactionException):
            connection.execute("SELECT 1")
        connection.execute("COMMIT")
        assert connection.execute("SELECT count(*) FROM t").fetchall() == [(0,)]


def test_continuous_integration_runs_what_a_developer_runs():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text("utf-8")
    assert "set -euo pipefail" in text
    assert re.search(r"^exec make test$", text, re.MULTILINE)


def test_the_promised_targets_exist_and_are_explained():
    assert {"run", "test", "check", "setup", "help"} <= TARGETS
    explained = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    assert explained == TARGETS


def test_the_settings_we_print_are_those_there_are():
    """README's table line by line, and the names in `make help`, from the one declaration."""
    said = {True: "1", False: "0", None: "none"}
    defaults = {
        "data": "`data/store` in a checkout, else `mlpm-data` in this folder",
        "port": "8501",
    }
    table = [
        f"| `MLPM_{name.upper()}` | "
        f"{defaults.get(name) or said.get(field.default) or shown(field.default)} | "
        f"{field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [line for line in readme.splitlines() if line.startswith("| `MLPM_")] == table
    (printed,) = re.findall(r"MLPM_PORT=9000: (.+)\"", MAKEFILE)
    assert printed.split() == [f"MLPM_{name.upper()}" for name in Settings.model_fields]


def shown(default):
    return f"{default:,}" if isinstance(default, int) else str(default)


def test_scripts_the_makefile_calls_exist():
    scripts = re.findall(r"python ((?:[a-z_]+/)+[a-z_]+\.py)", MAKEFILE)
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_every_make_command_we_print_is_a_target(page):
    text = (ROOT / page).read_text("utf-8")
    printed = set(re.findall(r"(?:`|^\s*\$?\s*)make ([a-z-]+)", text, re.MULTILINE))
    assert printed <= TARGETS
