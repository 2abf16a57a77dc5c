"""Reads what lies outside MLPM, in a process of its own that `external` starts and can stop.

A request comes as one JSON document on standard input, so that no secret stands in a list of
processes. Each file that came out lies in the folder it names, and one JSON document on standard
output says which; a fault is a sentence in it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import unquote

import duckdb

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_FILES: Final = 10_000
_AT_ONCE: Final = 10_000  # rows
_STILL_SECONDS: Final = 2.0  # for so long nobody wrote to a file that counts as complete
_SHORTEST_SECRET: Final = 4
_HIDDEN: Final = "***"
_DUCKDB: Final = (".duckdb", ".ddb", ".db")
_CHANGING: Final = (
    "Somebody is writing to it; it is read at the next run. Write under another name, such as "
    ".part in another folder, and rename it when it is complete."
)
_READERS: Final = {
    ".parquet": "read_parquet($files, union_by_name = true)",
    # Every cell of a text stays the text it is: what it means is judged by the intake, or written
    # in the query.
    ".csv": "read_csv($files, header = true, all_varchar = true, union_by_name = true)",
    ".json": "read_json($files, union_by_name = true)",
}
_ENDINGS: Final = {".pq": ".parquet", ".tsv": ".csv", ".txt": ".csv", ".jsonl": ".json",
                   ".ndjson": ".json"}  # fmt: skip
_LOCKED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "temp_directory": "",
    "threads": "1",
    "memory_limit": "2GB",
}


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    signal.alarm(int(request["seconds"]) + 10)  # though nobody is left to stop it
    try:
        answer: dict[str, Any] = {"files": _answered(request)}
    except InputError as error:
        answer = {"error": str(error)}
    except (OSError, MemoryError) as error:
        answer = {"error": f"It could not be read: {error}."}
    json.dump(answer, sys.stdout)


def _answered(request: dict[str, Any]) -> list[dict[str, Any]]:
    folder, most = Path(request["folder"]), int(request["most_bytes"])
    if not request["dsn"] and not request["query"]:
        return _as_they_lie(matching(request["files"]), folder, most, set(request["held"]))
    rows = _of_postgres(request) if request["dsn"] else _of_files(request)
    return _kept_rows(rows, folder, request["name"], most, int(request["most_rows"]))


def matching(pattern: str) -> list[Path]:
    """The files that a path names, by name: one file, all of a folder, or those like ``*.csv``.

    Raises
    ------
    InputError
        When there is none, or too many.
    """
    named = Path(pattern)
    if named.is_dir():
        paths = [path for path in named.iterdir() if not path.name.startswith(".")]
    else:
        paths = [named] if named.exists() else [*Path("/").glob(pattern.lstrip("/"))]
    files = sorted(path for path in paths if path.is_file())
    if not files:
        raise InputError(
            f"No file is there: {pattern}. Check the path, and whether MLPM may read it."
        )
    if len(files) > MOST_FILES:
        raise InputError(
            f"{pattern} names {len(files):,} files, and {MOST_FILES:,} at most are read; name "
            "fewer, such as those of one year."
        )
    return files


def _as_they_lie(
    paths: Sequence[Path], folder: Path, most: int, held: set[str]
) -> list[dict[str, Any]]:
    """A copy of each file, so that nobody changes it while it is judged; none of what is held."""
    answer = []
    for number, path in enumerate(paths):
        copy, before = folder / str(number), _state([path])
        with path.open("rb") as file, copy.open("wb") as kept:
            sha256, size = _copied(file, kept, most)
        entry: dict[str, Any] = {"name": path.name, "sha256": sha256, "path": None}
        if _state([path]) != before:
            entry["error"] = _CHANGING
        elif size > most:
            entry["error"] = (
                f"It has more than the {most:,} bytes that are taken; split it by period."
            )
        elif sha256 not in held:
            entry["path"] = str(copy)
        if entry["path"] is None:
            copy.unlink()
        answer.append(entry)
    return answer


def _state(paths: Sequence[str | Path]) -> list[tuple[int, int]]:
    """Size and time of change of files, once nobody has written to them for a moment.

    A line cut in its midst can look whole, with another number at its end.
    """
    stats = [Path(path).stat() for path in paths]
    age = time.time() - max(s.st_mtime for s in stats)
    if 0 <= age < _STILL_SECONDS:
        time.sleep(_STILL_SECONDS - age)
        stats = [Path(path).stat() for path in paths]
    return [(s.st_size, s.st_mtime_ns) for s in stats]


def _copied(file: BinaryIO, kept: BinaryIO, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while size <= most and (part := file.read(1 << 20)):
        digest.update(part)
        kept.write(part)
        size += len(part)
    return digest.hexdigest(), size


def _kept_rows(
    rows: Iterator[Sequence[str | None]], folder: Path, name: str, most: int, most_rows: int
) -> list[dict[str, Any]]:
    """Rows as one CSV in an order of their own, so that the same rows are the same bytes."""
    header, lines, size = _line(next(rows)), [], 0
    for row in rows:
        lines.append(_line(row))
        size += len(lines[-1])
        if len(lines) > most_rows:
            raise InputError(
                f"The query gives more than {most_rows:,} rows, the limit for a file of this kind; "
                "narrow it, by period for instance."
            )
        if size > most:
            raise InputError(
                f"What the query gives has more than the {most:,} bytes that are taken of a file; "
                "narrow it, by period for instance."
            )
    lines.sort()
    kept, digest = folder / "rows.csv", hashlib.sha256()
    with kept.open("wb") as file:
        for line in (header, *lines):
            digest.update(line)
            file.write(line)
    found = {"name": f"{name}.csv", "path": str(kept) if lines else None, "rows": len(lines)}
    return [found | {"sha256": digest.hexdigest()}]


def _line(cells: Iterable[str | None]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow("" if c is None else c for c in cells)
    return text.getvalue().encode()


def _of_files(request: dict[str, Any]) -> Iterator[Sequence[str | None]]:
    """The rows of a query over files, asked of a DuckDB that can reach nothing but these."""
    paths = [str(path.resolve()) for path in matching(request["files"])]
    before = _state(paths)
    with duckdb.connect(config=_LOCKED) as database:
        try:
            _open_files(database, paths, request["files"])
            (statement,) = _one_question(request["query"])
            asked = statement.query.rstrip("; \n")
            cursor = database.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (\n{asked}\n) AS _")
            yield [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(_AT_ONCE):
                yield from rows
            if _state(paths) != before:
                raise InputError(f"{request['files']}: {_CHANGING}")
        except duckdb.Error as error:
            raise InputError(
                f"The query over {request['files']} failed: {_in_short(error)}"
            ) from error


def _open_files(database: duckdb.DuckDBPyConnection, paths: list[str], pattern: str) -> None:
    """Make the files the table ``files``; afterwards nothing outside them can be reached."""
    ending = _ending(paths, pattern)
    if ending in _DUCKDB:
        quoted = paths[0].replace("'", "''")
        database.execute(f"ATTACH '{quoted}' AS files (READ_ONLY)")
        database.execute("USE files")
    allowed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    if ending not in _DUCKDB:
        reader = _READERS[ending].replace("$files", f"[{allowed}]")
        database.execute(f"CREATE VIEW files AS SELECT * FROM {reader}")
        database.execute(f"SET allowed_paths = [{allowed}]")
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


def _ending(paths: list[str], pattern: str) -> str:
    """The one ending by which all files are read."""
    endings = set()
    for path in paths:
        suffixes = [s.lower() for s in Path(path).suffixes]
        suffix = (
            suffixes[-2]
            if suffixes[-1:] == [".gz"] and len(suffixes) > 1
            else "".join(suffixes[-1:])
        )
        endings.add(_ENDINGS.get(suffix, suffix))
    known = [*_READERS, *_DUCKDB]
    if len(endings) > 1 or not endings <= set(known):
        found = ", ".join(sorted(e or "no ending" for e in endings))
        raise InputError(
            f"A query reads files of one kind, and {pattern} has {found}. Name files that end in "
            f"one of {', '.join(known)} (or leave the query out)."
        )
    (ending,) = endings
    if ending in _DUCKDB and len(paths) > 1:
        raise InputError(f"{pattern} names {len(paths)} databases; name one.")
    return ending


def _one_question(query: str) -> list[duckdb.Statement]:
    statements = duckdb.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise InputError("The query must be one SELECT; it may only read.")
    return statements


def _in_short(error: Exception) -> str:
    return " ".join(str(error).split())[:500]


def _of_postgres(request: dict[str, Any]) -> Iterator[Sequence[str | None]]:
    """The rows of a query to Postgres, in a transaction that can only read."""
    try:
        import psycopg
    except ImportError as error:
        raise InputError(
            "Reading Postgres needs psycopg, which is not installed here: install it beside MLPM "
            "with .venv/bin/pip install 'psycopg[binary]'."
        ) from error

    dsn, query = request["dsn"], request["query"].strip().rstrip(";")
    milliseconds = int(request["seconds"]) * 1000
    variable = request["dsn_env"]
    try:
        psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.Error:  # what the driver says of it repeats it
        raise InputError(
            f"The environment variable {variable} holds no address that Postgres understands; "
            "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        ) from None
    try:
        with psycopg.connect(
            dsn, connect_timeout=15, application_name="mlpm", client_encoding="utf8"
        ) as connection:
            connection.read_only = True
            with connection.cursor() as cursor:
                for setting in (
                    f"statement_timeout = {milliseconds}", "TimeZone = 'UTC'",
                    "DateStyle = 'ISO, YMD'", "IntervalStyle = 'iso_8601'",
                ):  # fmt: skip
                    cursor.execute(f"SET LOCAL {setting}".encode())
                asked = f"(\n{query}\n)"  # in binary a text can hold no second statement
                cursor.execute(f"SELECT * FROM {asked} AS _ LIMIT 0".encode(), binary=True)
                yield [column.name for column in cursor.description or ()]
                with cursor.copy(f"COPY (SELECT * FROM {asked} AS _) TO STDOUT".encode()) as copy:
                    yield from copy.rows()
            connection.rollback()
    except psycopg.Error as error:
        message = without_secrets(_in_short(error), dsn)
        raise InputError(f"Postgres refused or could not be reached: {message}") from None


def without_secrets(text: str, dsn: str) -> str:
    """What a driver says, without what of a connection's address must not be shown.

    Examples
    --------
    >>> without_secrets('no "=" after "s3cret!"', "postgresql://anna:s3cret%21@db/sales")
    'no "=" after "***"'
    >>> without_secrets('FATAL: role "anna" may not', "host=db user=anna password=s3cret!")
    'FATAL: role "***" may not'
    """
    secrets = {dsn}
    if userinfo := re.search(r"://([^/\s]*)@", dsn):
        user, _, password = userinfo[1].partition(":")
        secrets |= {userinfo[1], user, password}
    secrets |= {
        value.strip("'\"")
        for value in re.findall(
            r"(?:password|user|passfile|sslpassword)\s*=\s*('(?:\\.|[^'])*'|[^\s&]+)", dsn
        )
    }
    if "=" not in dsn and "://" not in dsn:  # nobody knows which part is the password
        secrets |= set(re.split(r"[\s:@/]+", dsn))
    secrets |= {os.environ.get("PGPASSWORD", "")}
    secrets |= {unquote(secret) for secret in secrets}
    secrets |= {re.sub(r"\\(.)", r"\1", secret) for secret in secrets}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        if len(secret) < _SHORTEST_SECRET and secret in text:
            return "its message is not shown, for it could hold the password."
        text = text.replace(secret, _HIDDEN)
    return re.sub(r"://[^/\s]*@", f"://{_HIDDEN}@", text)


if __name__ == "__main__":
    main()
