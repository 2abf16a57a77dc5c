"""Questions to the store, each on a cursor of its own."""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from mlpm_core.errors import StoreError
from mlpm_core.records import KINDS, Project, columns, names_in, stored
from mlpm_core.store import replaced_rows
from mlpm_core.store.content import BatchContent, portions
from mlpm_core.store.page import OF_PROJECT, found, newest, order, versions, whole_rows
from mlpm_core.store.places import Place
from mlpm_core.store.project_records import ProjectRecords
from mlpm_core.store.schema import of_now, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mlpm_core.records import AnyRecord, Column, Record
    from mlpm_core.store.figures import FigureTable

T = TypeVar("T")

ROW_GROUP: Final = 122_880
"""So many rows DuckDB keeps together."""
_SORTED_AT_ONCE: Final = 500_000
"""So many rows are sorted by their keys at once, so that memory does not follow what is stored."""


class DamagedError(StoreError):
    """The file, or what was to be added to it, cannot be read."""


class ConflictError(StoreError):
    """Two transactions wanted to change the same rows; whoever begins anew may do so."""


def refused(sentence: str, error: duckdb.Error) -> StoreError:
    """The error for what DuckDB refused; damage is told apart, for it can be mended."""
    if isinstance(error, duckdb.TransactionException) and "onflict" in str(error):
        return ConflictError(sentence)
    is_damage = isinstance(error, duckdb.FatalException | duckdb.IOException)
    return (DamagedError if is_damage and "Corrupt" in str(error) else StoreError)(sentence)


@cache
def query(name: str) -> str:
    """The text of ``queries/<name>.sql``."""
    return resources.files(__package__).joinpath("queries", f"{name}.sql").read_text("utf-8")


class Reader:
    """Questions to the store, on a cursor of their own (a shared one returns wrong rows).

    One reader is for one answer: it asks about a kind, a record or a model's metrics once.
    """

    _reads_once = True
    figures: FigureTable | None = None
    """What was computed from what is stored; see there."""
    is_of_the_past = False
    """Whether it is asked about a moment that is over."""
    numbered_after = 0
    """Batches are added behind this number; in a trial behind those that others may take."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self.project_records = ProjectRecords()
        self._answers: dict[tuple[object, ...], Any] = {}

    def rows(self, name: str, **parameters: object) -> list[dict[str, Any]]:
        """The rows of ``queries/<name>.sql`` as dictionaries.

        Raises
        ------
        StoreError
            When DuckDB refuses.
        """
        return self._rows(query(name), parameters)

    def seqs(self, name: str, by: str) -> dict[str, int]:
        """The ``seq`` of each row of a query by another column, which tells them apart."""
        return {row[by]: int(row["seq"]) for row in self.rows(name)}

    def once(self, question: tuple[object, ...], ask: Callable[[], T]) -> T:
        """The answer to a question, which a reader asks once; its askers share it."""
        if not self._reads_once:
            return ask()
        if question not in self._answers:
            self._answers[question] = ask()
        answer: T = self._answers[question]
        return answer

    def current(self, record: type[AnyRecord], project: str) -> list[AnyRecord]:
        """What holds now for one kind and project, by key."""
        return list(
            self.once(
                ("current", record.kind, project),
                lambda: [stored(record, row) for row in self.table(record, project)],
            )
        )

    def projects(self) -> list[Project]:
        """Every project, whether archived or not, by title."""
        return list(self.project_records.of(self.rows("projects")).values())

    def table(self, record: type[Record], project: str) -> list[dict[str, Any]]:
        """The rows of what holds now, for lists of any kind, by key."""
        names = ", ".join(quoted(c.name) for c in columns(record))
        key = ", ".join(map(quoted, record.key))
        return self._rows(
            f"SELECT {names} FROM {self._held(record)} WHERE project = $project ORDER BY {key}",
            {"project": project},
        )

    def page(
        self,
        record: type[Record],
        project: str,
        *,
        first: int,
        n: int,
        find: str = "",
        words: Sequence[str] = (),
        order_by: str = "",
        is_descending: bool = False,
        with_archived: bool = True,
    ) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """Some rows of what holds now, and how many there are: ``found``, ``all``, ``archived``.

        Parameters
        ----------
        first, n : int
            How many rows come before them, and how many they are.
        find, words : str, sequence of str
            Part of any of their cells, whatever its case, or one of these; empty takes all.
        order_by : str
            A column, before the key; empty orders by the key alone. Empty cells come last.
        """
        names = [c.name for c in columns(record)]
        archived = "archived" if "archived" in names else ""
        shown = "NOT archived" if archived and not with_archived else ""
        by = order(record, order_by, is_descending=is_descending)
        every = Place(self._held(record), OF_PROJECT, by, first, n, {"project": project})
        place = every.meeting(shown)
        if find:
            place = place.meeting(*found(record, find, words))
            in_all = self._rows(every.counts(archived), every.parameters)[0]
            counts = self._rows(place.bands(), place.parameters)[0]
        else:
            in_all = counts = self._rows(every.bands(archived, shown), every.parameters)[0]
        rows = []
        if first < counts["shown"]:
            place = self._narrowed(place, counts)
            rows = self._rows(whole_rows(record, place, by), place.parameters)
        n_of = {"found": counts["shown"], "all": in_all["all"], "archived": in_all["archived"]}
        return rows, {name: int(number) for name, number in n_of.items()}

    def _narrowed(self, place: Place, counts: Mapping[str, object]) -> Place:
        """The same rows among as few as it takes; of a moment that is over each look is dear."""
        place = place.narrowed(counts)
        while place.may_be_narrowed and not self.is_of_the_past:
            place = place.narrowed(self._rows(place.bands(), place.parameters)[0])
        return place

    def count(self, record: type[Record], seq: int) -> int:
        """How many rows of a file a batch holds; what it registered by the way is not counted."""
        sql = f"SELECT count(*) AS n FROM {quoted(record.kind)} WHERE batch_seq = $seq AND line > 0"
        return int(self._rows(sql, {"seq": seq})[0]["n"])

    def undo_counts(self, record: type[Record], seq: int) -> tuple[int, int, int]:
        """What undoing a batch in force would do to the keys that stand on a line of its file.

        Returns
        -------
        tuple of int
            How many hold by a row of the batch, how many of these go back to an earlier row, and
            how many hold by a row of a later batch.
        """
        own, replaced = self._rows(
            "SELECT count(*) FILTER (replaced_by IS NULL) AS own, "
            "count(*) FILTER (replaced_by <> batch_seq) AS replaced "
            f"FROM {quoted(record.kind)} WHERE batch_seq = $seq AND line > 0",
            {"seq": seq},
        )[0].values()
        again = 0
        if self._rows(replaced_rows.any_replaced(record), {"seq": seq}):
            (again,) = self._rows(replaced_rows.n_released(record), {"seq": seq})[0].values()
        return int(own), int(again), int(replaced)

    def wrong_notes(self) -> dict[type[Record], int]:
        """How many rows in force do not tell the batch that replaced them, of kinds with any."""
        counts = {record: self._n_wrong(record) for record in KINDS.values()}
        return {record: n for record, n in counts.items() if n}

    def _n_wrong(self, record: type[Record]) -> int:
        (size,) = self._rows(f"SELECT count(*) AS n FROM {quoted(record.kind)}", {})
        parts = 1 + int(size["n"]) // _SORTED_AT_ONCE
        questions = [replaced_rows.n_wrong(record, part, parts) for part in range(parts)]
        return sum(int(self._rows(question, {})[0]["n"]) for question in questions)

    def replacing(self, record: type[Record], seqs: Sequence[int]) -> list[int]:
        """The batches in force, besides these, that hold a row under a key of theirs, by number."""
        keys = ", ".join(map(quoted, record.key))
        rows = self._rows(
            f"SELECT DISTINCT batch_seq FROM {quoted(record.kind)} SEMI JOIN (SELECT {keys} "
            f"FROM {quoted(record.kind)} WHERE list_contains($seqs, batch_seq) AND line > 0) "
            f"USING ({keys}) WHERE line > 0 AND NOT list_contains($seqs, batch_seq) "
            "AND batch_seq IN (SELECT seq FROM batches_in_force) ORDER BY batch_seq",
            {"seqs": list(seqs)},
        )
        return [int(row["batch_seq"]) for row in rows]

    def orphans(
        self, record: type[Record], column: Column, referred: type[Record], project: str
    ) -> list[dict[str, Any]]:
        """The current rows of a project whose reference leads nowhere.

        Returns
        -------
        list of dict
            ``id`` of the row (the last part of its key), ``missing`` and ``batch``.
        """
        named = quoted(column.name)
        sql = (
            f"SELECT c.{quoted(record.key[-1])} AS id, c.{named} AS missing, b.batch "
            f"FROM {self._held(record)} c JOIN batches b ON b.seq = c.batch_seq "
            f"WHERE c.project = $project AND c.{named} <> ''"
        )
        key, asked = referred.key[-1], {"project": project}
        names = f"SELECT {quoted(key)} FROM {self._held(referred)} WHERE project = $project"
        if not column.several:
            return self._rows(
                f"{sql} AND c.{named} NOT IN ({names}) ORDER BY c.batch_seq, id", asked
            )
        rows = self._rows(f"{sql} ORDER BY c.batch_seq, id", asked)
        there = {row[key] for row in self._rows(names, asked)} if rows else set()
        return [
            row | {"missing": name}
            for row in rows
            for name in names_in(row["missing"])
            if name not in there
        ]

    def holds_any(self, record: type[Record], project: str) -> bool:
        """Whether any row of a kind holds now in a project."""
        sql = f"SELECT 1 FROM {self._held(record)} WHERE project = $project LIMIT 1"
        return bool(self._rows(sql, {"project": project}))

    def history(
        self, record: type[Record], project: str, *, last: int | None = None
    ) -> list[dict[str, Any]]:
        """Every version ever written of one kind in a project, with who wrote it and when.

        By key, the oldest version first; ``last`` keeps the newest only, and these come first.

        Returns
        -------
        list of dict
            The columns of the record behind those of its batch; ``undone_in``, ``undone_by`` and
            ``undone_at`` say in which batch, by whom and when it was undone, None when it
            was not.
        """
        asked: Mapping[str, object] = {"project": project}
        if last is None:
            return self._rows(versions(record), asked)
        place = Place(quoted(record.kind), OF_PROJECT, newest(record), 0, last, asked)
        place = place.meeting("batch_seq IN (SELECT seq FROM batches_known)")
        place = self._narrowed(place, self._rows(place.bands(), asked)[0])
        return self._rows(versions(record, place), place.parameters)

    def one(self, record: type[AnyRecord], key: tuple[object, ...]) -> AnyRecord | None:
        """What holds now under a key, in the order of ``record.key``; None without it."""
        names = ", ".join(quoted(c.name) for c in columns(record))
        where = " AND ".join(f"{quoted(k)} = ${k}" for k in record.key)
        sql = f"SELECT {names} FROM {self._held(record)} WHERE {where}"
        asked = dict(zip(record.key, key, strict=True))
        rows = self.once(("one", record.kind, *key), lambda: self._rows(sql, asked))
        return stored(record, rows[0]) if rows else None

    def matching(self, record: type[Record], keys: pa.Table) -> pa.Table:
        """The current rows that have one of these keys.

        Parameters
        ----------
        keys : pyarrow.Table
            With the columns ``record.key``.

        Returns
        -------
        pyarrow.Table
            The columns of the record behind ``place``, the key's place in ``keys``, by which the
            rows are ordered.
        """
        column_list = ", ".join(f"c.{quoted(c.name)}" for c in columns(record))
        same = " AND ".join(f"w.{quoted(k)} = c.{quoted(k)}" for k in record.key)
        if not self._rows(f"SELECT 1 FROM {quoted(record.kind)} LIMIT 1", {}):
            keys = keys.slice(0, 0)  # nothing is there to look for
        places = pa.array(np.arange(keys.num_rows, dtype=np.int64))
        self._cursor.register("wanted_keys", keys.append_column("place", places))
        try:
            return self.arrow(
                f"SELECT w.place, {column_list} FROM {self._held(record)} c "
                f"JOIN wanted_keys w ON {same} ORDER BY w.place"
            )
        finally:
            self._cursor.unregister("wanted_keys")

    def keys_are_unique(self, keys: pa.Table) -> bool:
        """Whether it is certain that no two of these keys are equal.

        Equal keys have equal hashes, so a yes is certain; a no may also be two hashes that happen
        to be equal. A fifth of the time of telling the keys themselves apart.
        """
        of = ", ".join(map(quoted, keys.column_names))
        self._cursor.register("told_keys", keys)
        try:
            hashes = self.arrow(f"SELECT hash({of}) AS h FROM told_keys")
        finally:
            self._cursor.unregister("told_keys")
        ordered = np.sort(hashes.column("h").to_numpy())
        return not bool((ordered[1:] == ordered[:-1]).any())

    def contents(self, seq: int | None = None) -> dict[int, str]:
        """The hash of the rows of every batch that has any, by its number; of one batch if told.

        Only a portion of the rows is read, sorted and held at a time, however many there are.
        """
        by_batch: dict[int, BatchContent] = {}
        for record in KINDS.values():
            for batch, rows in self._by_batch(record, seq):
                by_batch.setdefault(batch, BatchContent()).add(record, rows.column("line"), rows)
        return {batch: content.hexdigest() for batch, content in by_batch.items()}

    def _by_batch(self, record: type[Record], seq: int | None) -> Iterator[tuple[int, pa.Table]]:
        """The rows of a kind in pieces of one batch each, in the order in which they are hashed."""
        names = ", ".join(quoted(c.name) for c in columns(record))
        order = ", ".join(quoted(k) for k in ("batch_seq", "line", *record.key))
        sizes = self._rows(
            f"SELECT batch_seq, count(*) AS n, max(line) AS last FROM {quoted(record.kind)} "
            "WHERE $seq IS NULL OR batch_seq = $seq GROUP BY batch_seq ORDER BY batch_seq",
            {"seq": seq},
        )
        for place in portions((tuple(size.values()) for size in sizes), ROW_GROUP):
            rows = self.arrow(
                f"SELECT batch_seq, line, {names} FROM {quoted(record.kind)} "
                "WHERE batch_seq BETWEEN $first AND $last AND line BETWEEN $top AND $bottom "
                f"ORDER BY {order}",
                **dict(zip(("first", "last", "top", "bottom"), place, strict=True)),
            )
            batches = rows.column("batch_seq").to_numpy()
            starts = [0, *(np.flatnonzero(np.diff(batches)) + 1).tolist(), len(batches)]
            for start, end in pairwise(starts):
                if end > start:
                    yield int(batches[start]), rows.slice(start, end - start)

    def holds_rows_of(self, table: str, projects: Sequence[object]) -> bool:
        """Whether a table has any row of these projects, whether it counts or not."""
        sql = f"SELECT 1 FROM {quoted(table)} WHERE list_contains($projects, project) LIMIT 1"
        return bool(self._rows(sql, {"projects": list(projects)}))

    @staticmethod
    def _held(record: type[Record]) -> str:
        """The rows of a kind that hold at the moment that is asked about, as a table."""
        return quoted(record.kind + "_current")

    def _of_its_time(self, sql: str) -> str:
        """A statement of ours, which names views, as it is asked about the reader's moment."""
        return sql if self.is_of_the_past else of_now(sql)

    def arrow(self, sql: str, **parameters: object) -> pa.Table:
        """The rows that a statement of this room gives.

        Raises
        ------
        StoreError
            When DuckDB refuses.
        """
        try:
            return self._cursor.execute(self._of_its_time(sql), parameters).to_arrow_table()
        except duckdb.Error as error:
            raise StoreError(f"The store could not answer: {error}") from error

    def _rows(self, sql: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
        try:
            result = self._cursor.execute(self._of_its_time(sql), dict(parameters))
            names = [d[0] for d in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        except duckdb.Error as error:
            raise StoreError(f"The store could not answer: {error}") from error
