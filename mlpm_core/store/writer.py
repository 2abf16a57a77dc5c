"""Additions to the store, inside one transaction, and what they make of the rows before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from mlpm_core.records import Model, Project, columns, record_of
from mlpm_core.store import replaced_rows
from mlpm_core.store.cursor import ROW_GROUP, Reader, query, refused
from mlpm_core.store.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Record


class NotAloneError(Exception):
    """Rows that are there have to change, and others may write meanwhile."""


class Writer(Reader):
    """A reader inside a transaction that may also append, and then reads what it appended."""

    _reads_once = False
    is_alone = True
    """Whether nobody else may write while it does; else it may add rows and change none."""
    is_kept = False
    """Whether what it did was committed."""

    def as_it_is(self) -> Reader:
        """A reader of what the transaction holds by now, for one answer."""
        reader = Reader(self._cursor)
        reader.figures = self.figures
        return reader

    def commit(self) -> None:
        """Keep what was done.

        Raises
        ------
        StoreError
            When DuckDB refuses; nothing is kept then.
        """
        try:
            self.is_kept = True
            self._cursor.execute("COMMIT")
        except duckdb.Error as error:
            raise refused(f"The store refused to keep the change: {error}", error) from error

    def close(self) -> None:
        """Give the cursor back."""
        self._cursor.close()

    def append(
        self, record: type[Record], batch_seq: int, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """Append rows, with every field of the record, that stand on no line of the batch's file.

        Raises
        ------
        StoreError
            When a constraint of the table refuses a row; the transaction is then rolled back.
        """
        self.append_table(record, batch_seq, [0] * len(rows), pa.Table.from_pylist([*rows]))
        self.replace(record, batch_seq)

    def append_table(
        self, record: type[Record], batch_seq: int, lines: object, rows: pa.Table
    ) -> None:
        """Append typed rows, with the columns of the record, as part of a batch.

        Where a key may be there already, `replace` follows.

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
        self._insert(
            rows.append_column("line", pa.array(lines, pa.int32())),
            f"INSERT INTO {quoted(record.kind)} (batch_seq, line, {names}) "
            f"SELECT $batch_seq, line, {names} FROM new_rows",
            batch_seq=batch_seq,
        )

    def insert(self, table: str, rows: pa.Table, select: str = "SELECT * FROM new_rows") -> None:
        """Append rows, with all columns of a table, to one that holds no records.

        Parameters
        ----------
        select : str
            What makes them of those that are given, as SQL.

        Raises
        ------
        StoreError
            When DuckDB refuses; the transaction is then rolled back.
        """
        self._insert(rows, f"INSERT INTO {quoted(table)} BY NAME {select}")

    def _insert(self, rows: pa.Table, sql: str, **parameters: object) -> None:
        """Run a statement that reads ``new_rows``."""
        parts = rows.combine_chunks().to_batches(max_chunksize=ROW_GROUP)  # for every processor
        self._cursor.register("new_rows", pa.Table.from_batches(parts, rows.schema))
        try:
            self.execute(sql, **parameters)
        finally:
            self._cursor.unregister("new_rows")

    def add_batch(self, row: Mapping[str, Any]) -> None:
        """Add a batch; where it undoes another, what that one replaced is current again.

        A batch holds rows of its kind, and the models and the project that it was first to name.

        Raises
        ------
        StoreError
            When DuckDB refuses; the transaction is then rolled back.
        """
        self.run("add_batch", **row)
        if row["undoes"] is not None:
            records: set[type[Record]] = {record_of(row["kind"]), Model, Project}
            for record in records:
                self._release(record, row["undoes"])

    def rebuild_notes(self, record: type[Record]) -> None:
        """Note anew on every row of a kind which batch replaced it."""
        self.execute(replaced_rows.rebuild(record))

    def replace(self, record: type[Record], seq: int) -> None:
        """Note on the rows that held until now under a key of a batch that it replaces them."""
        if not self._rows(replaced_rows.any_earlier(record), {"seq": seq}):
            return
        if self.is_alone:
            self.execute(replaced_rows.replace(record), seq=seq)
        elif self._rows(replaced_rows.any_to_replace(record), {"seq": seq}):
            raise NotAloneError

    def _release(self, record: type[Record], seq: int) -> None:
        """Note on the rows that a batch replaced what replaces them once it is undone."""
        if not self._rows(replaced_rows.any_replaced(record), {"seq": seq}):
            return
        if not self.is_alone:
            raise NotAloneError
        self.execute(replaced_rows.release(record), seq=seq)

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
            raise refused(f"The store refused to write: {error}", error) from error

    def run(self, name: str, **parameters: object) -> None:
        """Run the statement of ``queries/<name>.sql``."""
        self.execute(query(name), **parameters)
