"""The one DuckDB file: opened hardened, read by cursors, written by one writer at a time."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from mlpm_core.errors import StoreError
from mlpm_core.records import columns
from mlpm_core.store.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from mlpm_core.records import Record

__all__ = ["DamagedError", "Reader", "Store", "Writer"]


class DamagedError(StoreError):
    """The file, or what was to be added to it, cannot be read."""


def _refused(sentence: str, error: duckdb.Error) -> StoreError:
    """The error for what DuckDB refused; damage is told apart, for it can be mended."""
    is_damage = isinstance(error, duckdb.FatalException | duckdb.IOException)
    return (DamagedError if is_damage and "Corrupt" in str(error) else StoreError)(sentence)


@cache
def query(name: str) -> str:
    """The text of ``queries/<name>.sql``."""
    return resources.files(__package__).joinpath("queries", f"{name}.sql").read_text("utf-8")


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """Every numbered migration with its text, in order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted(f.name for f in folder.iterdir() if f.name.endswith(".sql"))
    return tuple((int(n[:4]), folder.joinpath(n).read_text("utf-8")) for n in files)


class Reader:
    """Questions to the store, on a cursor of their own (a shared one returns wrong rows)."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def rows(self, name: str, **parameters: object) -> list[dict[str, Any]]:
        """The rows of ``queries/<name>.sql`` as dictionaries.

        Raises
        ------
        StoreError
            When DuckDB refuses.
        """
        return self._rows(query(name), parameters)

    def frame(self, name: str, **parameters: object) -> pd.DataFrame:
        """The rows of ``queries/<name>.sql`` as a frame.

        Raises
        ------
        StoreError
            When DuckDB refuses.
        """
        try:
            return self._cursor.execute(query(name), parameters).df()
        except duckdb.Error as error:
            raise StoreError(f"The store could not answer {name!r}: {error}") from error

    def current(
        self, record: type[Record], project: str, *, last: int | None = None
    ) -> list[dict[str, Any]]:
        """What holds now for one kind and project, by key; ``last`` keeps the newest rows only."""
        names = ", ".join(quoted(c.name) for c in columns(record))
        order = ", ".join(quoted(k) for k in record.key)
        sql = f"SELECT {names} FROM {quoted(record.kind + '_current')} WHERE project = $project "
        if last is None:
            return self._rows(sql + f"ORDER BY {order}", {"project": project})
        return self._rows(
            sql + f"ORDER BY batch_seq DESC, {order} LIMIT $last",
            {"project": project, "last": last},
        )

    def count(self, record: type[Record], seq: int) -> int:
        """How many rows of a file a batch holds; what it registered by the way is not counted."""
        found = self._rows(
            f"SELECT count(*) AS n FROM {quoted(record.kind)} WHERE batch_seq = $seq AND line > 0",
            {"seq": seq},
        )
        return int(found[0]["n"])

    def history(self, record: type[Record], project: str) -> list[dict[str, Any]]:
        """Every version ever written of one kind in a project, with who wrote it and when."""
        names = ", ".join(f"r.{quoted(c.name)}" for c in columns(record))
        order = ", ".join(f"r.{quoted(k)}" for k in record.key)
        return self._rows(
            f"SELECT b.received_at, b.actor, b.batch, {names} FROM {quoted(record.kind)} r "
            "JOIN batches b ON b.seq = r.batch_seq WHERE r.project = $project "
            f"ORDER BY {order}, r.batch_seq",
            {"project": project},
        )

    def one(self, record: type[Record], key: tuple[object, ...]) -> dict[str, Any] | None:
        """The row that holds now under a key, in the order of ``record.key``; None without one."""
        names = ", ".join(quoted(c.name) for c in columns(record))
        where = " AND ".join(f"{quoted(k)} = ${k}" for k in record.key)
        found = self._rows(
            f"SELECT {names} FROM {quoted(record.kind + '_current')} WHERE {where}",
            dict(zip(record.key, key, strict=True)),
        )
        return found[0] if found else None

    def matching(self, record: type[Record], keys: pa.Table) -> dict[int, dict[str, Any]]:
        """The current rows that have one of these keys.

        Parameters
        ----------
        keys : pyarrow.Table
            With the columns ``record.key``.

        Returns
        -------
        dict
            By the place of the key in the table.
        """
        if not self._rows(f"SELECT 1 FROM {quoted(record.kind)} LIMIT 1", {}):
            return {}
        names = [c.name for c in columns(record)]
        told = ", ".join(f"c.{quoted(n)}" for n in names)
        same = " AND ".join(f"w.{quoted(k)} = c.{quoted(k)}" for k in record.key)
        wanted = keys.append_column("place", pa.array(range(keys.num_rows), pa.int64()))
        self._cursor.register("wanted_keys", wanted)
        try:
            found = self._rows(
                f"SELECT w.place, {told} FROM {quoted(record.kind + '_current')} c "
                f"JOIN wanted_keys w ON {same}",
                {},
            )
        finally:
            self._cursor.unregister("wanted_keys")
        return {row.pop("place"): row for row in found}

    def _rows(self, sql: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
        try:
            result = self._cursor.execute(sql, dict(parameters))
            names = [d[0] for d in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        except duckdb.Error as error:
            raise StoreError(f"The store could not answer: {error}") from error


class Writer(Reader):
    """A reader inside a transaction that may also append."""

    def append(
        self, record: type[Record], batch_seq: int, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """Append rows that stand on no line of the batch's file.

        Raises
        ------
        StoreError
            When a constraint of the table refuses a row; the transaction is then rolled back.
        """
        for row in rows:
            given = {"batch_seq": batch_seq, "line": 0, **row}
            names = ", ".join(map(quoted, given))
            values = ", ".join(f"${n}" for n in given)
            self.execute(f"INSERT INTO {quoted(record.kind)} ({names}) VALUES ({values})", **given)

    def append_table(
        self, record: type[Record], batch_seq: int, lines: object, rows: pa.Table
    ) -> None:
        """Append typed rows, with the columns of the record, as part of a batch.

        Parameters
        ----------
        lines : array of int
            The line of the file each row comes from.

        Raises
        ------
        StoreError
            When a constraint of the table refuses a row; the transaction is then rolled back.
        """
        if not rows.num_rows:
            return
        names = ", ".join(quoted(c.name) for c in columns(record))
        placed = rows.append_column("line", pa.array(lines, pa.int32()))
        self._cursor.register("new_rows", placed)
        try:
            self.execute(
                f"INSERT INTO {quoted(record.kind)} (batch_seq, line, {names}) "
                f"SELECT $batch_seq, line, {names} FROM new_rows",
                batch_seq=batch_seq,
            )
        finally:
            self._cursor.unregister("new_rows")

    def execute(self, sql: str, **parameters: object) -> None:
        """Run one statement that returns nothing.

        Raises
        ------
        StoreError
            When DuckDB refuses.
        """
        try:
            self._cursor.execute(sql, parameters or None)
        except duckdb.Error as error:
            raise _refused(f"The store refused to write: {error}", error) from error

    def run(self, name: str, **parameters: object) -> None:
        """Run the statement of ``queries/<name>.sql``."""
        self.execute(query(name), **parameters)


class Store:
    """The open file. One process holds it; inside, any thread may read and one may write."""

    def __init__(self, root: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
        self._root, self._path = root, path
        self._write_lock = threading.RLock()
        self.read_only = read_only

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, memory_limit: str = "2GB") -> Store:
        """Open (or create) the file, bring its schema up to date and lock the engine down.

        Raises
        ------
        StoreError
            When another process holds the file, it is damaged, or it is of a later version.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            root = duckdb.connect(
                str(path),
                read_only=read_only,
                config={
                    "memory_limit": memory_limit,
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                    "allow_community_extensions": "false",
                    "temp_directory": str(path.parent / "spill"),
                },
            )
            # The order matters: directories can be named only while external access is on.
            root.execute(
                f"SET allowed_directories=['{path.parent / 'backup'}/']".replace("\\", "/")
            )
            root.execute("SET enable_external_access=false")
            root.execute("SET lock_configuration=true")
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise DamagedError(f"The store {path} cannot be read: {error}") from error
            raise StoreError(
                f"The store {path} is held by another process, or cannot be read: {error}. "
                "If the app is running, commands find it by themselves; else stop that process."
            ) from error
        except duckdb.Error as error:
            raise DamagedError(f"The store {path} could not be opened: {error}") from error
        store = cls(root, path, read_only=read_only)
        try:
            store._migrate()
        except BaseException:
            root.close()
            raise
        return store

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """A reader on a cursor of its own."""
        cursor = self._root.cursor()
        try:
            yield Reader(cursor)
        finally:
            cursor.close()

    @contextmanager
    def writer(self, *, keep: bool = True) -> Iterator[Writer]:
        """A writer inside one transaction: kept when the block ends well, else rolled back.

        Parameters
        ----------
        keep : bool
            False rolls back in any case: "what would happen if".

        Raises
        ------
        StoreError
            When the store was opened read-only, or the commit fails.
        """
        if self.read_only:
            raise StoreError(
                "This copy of MLPM only reads (MLPM_READ_ONLY=1); nothing was changed."
            )
        with self._write_lock:
            cursor = self._root.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                try:
                    yield Writer(cursor)
                except BaseException:
                    # A COMMIT after a failed statement would succeed and write nothing.
                    cursor.execute("ROLLBACK")
                    raise
                try:
                    cursor.execute("COMMIT" if keep else "ROLLBACK")
                except duckdb.Error as error:
                    raise _refused(
                        f"The store refused to keep the change: {error}", error
                    ) from error
            finally:
                cursor.close()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let nobody write while the block runs."""
        with self._write_lock:
            yield

    def snapshot(self, path: Path) -> None:
        """Copy the file whole while nobody writes.

        Raises
        ------
        StoreError
            When the disk refuses; what was copied is removed.
        """
        with self._write_lock:
            try:
                self._root.execute("CHECKPOINT")
                shutil.copyfile(self._path, path)
            except (OSError, duckdb.Error) as error:
                path.unlink(missing_ok=True)
                raise StoreError(f"The store could not be copied: {error}") from error

    def close(self) -> None:
        """Checkpoint and close; the store cannot be used afterwards.

        Raises
        ------
        DamagedError
            When the file turns out to be damaged; it is closed all the same.
        """
        with self._write_lock:
            try:
                if not self.read_only:
                    self._root.execute("CHECKPOINT")
            except (duckdb.IOException, duckdb.FatalException) as error:
                raise DamagedError(f"The store could not be written out: {error}") from error
            finally:
                self._root.close()

    def _migrate(self) -> None:
        with self.reader() as reader:
            known = reader._rows(
                "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'schema_version'", {}
            )[0]["n"]
            at = (
                reader._rows("SELECT max(version) AS v FROM schema_version", {})[0]["v"]
                if known
                else 0
            )
        newest = migrations()[-1][0]
        if at > newest:
            raise StoreError(
                f"The store is of version {at}, this MLPM knows {newest}: start the newer MLPM."
            )
        for number, text in migrations():
            if number <= at:
                continue
            with self.writer() as writer:
                for statement in duckdb.extract_statements(text):
                    writer.execute(statement.query)
                writer.execute(
                    "INSERT INTO schema_version VALUES ($version, now() AT TIME ZONE 'UTC')",
                    version=number,
                )
