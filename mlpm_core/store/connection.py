"""The one DuckDB file: opened hardened, read by cursors, written by one writer at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar

import duckdb

from mlpm_core.errors import StoreError
from mlpm_core.store.cursor import ConflictError, DamagedError, Reader
from mlpm_core.store.figures import FigureTable
from mlpm_core.store.moment import MomentReader
from mlpm_core.store.project_records import ProjectRecords
from mlpm_core.store.schema import literal
from mlpm_core.store.schema_steps import VIEWS, first_schema, intended_views, migrations
from mlpm_core.store.turns import Turns
from mlpm_core.store.writer import NotAloneError, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mlpm_core.records import Project
    from mlpm_core.store.project_records import Rows

T = TypeVar("T")
R = TypeVar("R", bound=Reader)

_TRIES: Final = 600
_TRIALS: Final = count(2**40, 2**20)
"""Behind which number each trial adds its batches: far behind all that are kept."""
_PAUSE: Final = 0.05  # seconds; a question to the store takes a fraction of it

_COPY: Final = "import shutil, sys; shutil.copyfile(*sys.argv[1:])"


class Store:
    """The open file. One process holds it; inside, any thread may read and one may write."""

    def __init__(self, root: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
        self._root, self._path = root, path
        self._turns = Turns()
        self._until: int | None = None
        self._cached: dict[str, Rows] = {}
        self._made: dict[str, tuple[Rows, dict[str, Any]]] = {}
        self._project_records = ProjectRecords()
        self.figures = FigureTable()
        """What was computed from the records; no write makes any of it wrong."""
        self.n_commits = 0
        """Counts up before and after each commit: nothing is committed while it stands still, even.

        While it is odd, a commit is on its way.
        """
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
            backups = literal(f"{(path.parent / 'backup').as_posix()}/")
            root.execute(f"SET allowed_directories=[{backups}]")
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

    def as_of(self, seq: int) -> Store:
        """The same store as it was when a batch was the newest; it only reads."""
        past = copy(self)
        past._until, past.read_only, past._cached, past.n_commits = seq, True, {}, 0
        past._made, past.figures = {}, self.figures.of_the_past()
        return past

    def cached_rows(self, query: str) -> Rows:
        """The rows of ``queries/<query>.sql``, which are asked for once between two writes.

        Its callers share them, and must leave them as they are.
        """
        cached = self._cached  # a write meanwhile begins another one
        if self.n_commits % 2:  # what is cached may be of before what others read by now
            cached = {}
        if query not in cached:
            with self.reader() as reader:
                cached[query] = reader.rows(query)
        return cached[query]

    def cached_seqs(self, query: str, by: str) -> Mapping[str, int]:
        """The ``seq`` of each of the `cached_rows` by another column, which tells them apart."""
        return self._made_of(query, lambda rows: {row[by]: int(row["seq"]) for row in rows})

    def projects(self) -> list[Project]:
        """Every project, whether archived or not, by title."""
        return list(self.projects_by_name().values())

    def projects_by_name(self) -> Mapping[str, Project]:
        """The same by their short names."""
        return self._made_of("projects", self._project_records.of)

    def _made_of(self, query: str, make: Callable[[Rows], dict[str, T]]) -> dict[str, T]:
        """What is made of `cached_rows` once."""
        rows = self.cached_rows(query)
        if query not in self._made or self._made[query][0] is not rows:
            self._made[query] = rows, make(rows)
        return self._made[query][1]

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """A reader on a cursor of its own."""
        with self._cursor() as cursor:
            yield self._with_figures(Reader(cursor))

    @contextmanager
    def one_moment(self) -> Iterator[MomentReader]:
        """A reader that sees the store as it is at its first question, until the block ends."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            yield self._with_figures(MomentReader(cursor))

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._root.cursor()
        try:
            if self._until is not None:  # the views look at it; see schema.KNOWN
                cursor.execute(f"SET VARIABLE known_until = {self._until:d}")
            yield cursor
        finally:
            cursor.close()

    def trial(self, work: Callable[[Writer], T]) -> T:
        """What work would give if it was written; it is rolled back, and nobody waits for it.

        Only what has to change rows that are there, or that others changed since, keeps others
        from writing meanwhile: it is then begun anew. Whatever comes in while it runs, it sees
        the store of when it began.

        Raises
        ------
        StoreError
            When the store only reads.
        """
        self._refuse_reading_only()
        if not self._turns.is_writing:
            try:
                with self._turns.trying(), self._transaction() as writer:
                    writer.is_alone, writer.numbered_after = False, next(_TRIALS)
                    return work(writer)
            except (NotAloneError, ConflictError):
                pass
        with self.writer(keep=False) as writer:
            return work(writer)

    @contextmanager
    def writer(
        self,
        *,
        keep: bool = True,
        beforehand: Callable[[Writer], None] | None = None,
        after: Callable[[], None] | None = None,
    ) -> Iterator[Writer]:
        """A writer inside one transaction: kept when the block ends well, else rolled back.

        Parameters
        ----------
        keep : bool
            False rolls back in any case: "what would happen if".
        beforehand : callable, optional
            Done with it while others may write. It then sees the store of when it began, in the
            block too: what came since only a reader shows. It may add rows and change none.
        after : callable, optional
            Done once it is kept, before anybody else may write.

        Raises
        ------
        StoreError
            When the store was opened read-only, or the commit fails.
        """
        self._refuse_reading_only()
        with ExitStack() as turns:
            if beforehand is None or self._turns.is_writing:
                turns.enter_context(self._turns.writing())
            else:
                turns.enter_context(self._turns.trying())
            with self._transaction() as writer:
                if beforehand is not None:
                    writer.is_alone = False
                    beforehand(writer)
                    turns.enter_context(self._turns.writing())
                    writer.is_alone = True
                yield writer
                if keep:
                    self._commit(writer)
            if keep and after is not None:
                after()

    def _refuse_reading_only(self) -> None:
        if self._until is not None:
            raise StoreError("This is a past moment; go back to now to change anything.")
        if self.read_only:
            raise StoreError(
                "This copy of MLPM only reads (MLPM_READ_ONLY=1); nothing was changed."
            )

    @contextmanager
    def _transaction(self) -> Iterator[Writer]:
        """A writer inside a transaction, which is rolled back unless the block commits it."""
        writer = Writer(self._root.cursor())
        try:
            writer.execute("BEGIN TRANSACTION")
            try:
                yield self._with_figures(writer)
            finally:
                # A COMMIT after a failed statement would succeed and write nothing.
                if not writer.is_kept:
                    writer.execute("ROLLBACK")
        finally:
            writer.close()

    def _commit(self, writer: Writer) -> None:
        self.n_commits += 1
        try:
            writer.commit()
        finally:
            self._cached = {}
            self.n_commits += 1

    def _with_figures(self, reader: R) -> R:
        reader.figures, reader.project_records = self.figures, self._project_records
        reader.is_of_the_past = self._until is not None
        return reader

    def save_figures(self, *, at_least: int = 1) -> None:
        """Write the figures that were computed, if so many are not written yet; nobody waits.

        Whoever writes records goes first. What cannot be written is computed again after a restart.
        """
        if self.figures.n_unsaved >= at_least:
            self._write_figures(self.figures.save)

    def forget_figures(self, places: Sequence[tuple[str, str]]) -> None:
        """Have what is kept of some value cases computed anew."""
        self._write_figures(partial(self.figures.forget, places))

    def _write_figures(self, write: Callable[[Callable[..., None]], None]) -> None:
        if self.read_only:
            return
        with self._turns.writing_at_once() as is_mine, suppress(duckdb.Error, StoreError):
            if not is_mine:
                return
            with self._cursor() as cursor:
                cursor.execute("BEGIN TRANSACTION")
                write(Writer(cursor).run)
                cursor.execute("COMMIT")

    def changed_views(self) -> list[str]:
        """The views and macros that are not as the migrations make them.

        Everything is read through views, so one that was changed tells what was never stored.
        """
        with self.reader() as reader:
            there = {(row["name"], row["text"]) for row in reader._rows(VIEWS, {})}
        return sorted({str(name) for name, _ in there ^ intended_views()})

    @contextmanager
    def write_locked(self) -> Iterator[None]:
        """Let nobody write while the block runs."""
        with self._turns.writing():
            yield

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Let nobody write or try to while the block runs, for whoever copies the file in it."""
        with self._turns.quiet():
            yield

    def snapshot(self, path: Path) -> None:
        """Copy the file whole while nobody writes.

        A process of its own copies: were the file opened and closed in this one, the system would
        drop the lock that DuckDB holds on it (`fcntl(2)`, advisory record locking).

        Raises
        ------
        StoreError
            When the disk refuses; what was copied is removed.
        """
        copy = [sys.executable, "-I", "-S", "-c", _COPY, str(self._path), str(path)]
        with self._turns.quiet():
            try:
                self._checkpoint()
                subprocess.run(copy, check=True, capture_output=True, text=True)
            except (OSError, duckdb.Error) as error:
                path.unlink(missing_ok=True)
                raise StoreError(f"The store could not be copied: {error}") from error
            except subprocess.CalledProcessError as error:
                path.unlink(missing_ok=True)
                why = (error.stderr.strip().splitlines() or [str(error)])[-1]
                raise StoreError(f"The store could not be copied: {why}") from error

    def close(self) -> None:
        """Checkpoint and close; the store cannot be used afterwards.

        Raises
        ------
        DamagedError
            When the file turns out to be damaged; it is closed all the same.
        """
        with self._turns.quiet():
            try:
                if not self.read_only:
                    self.save_figures()
                    self._checkpoint()
            except (duckdb.IOException, duckdb.FatalException) as error:
                raise DamagedError(f"The store could not be written out: {error}") from error
            finally:
                self._root.close()

    def _checkpoint(self) -> None:
        """Write the file out; DuckDB refuses while somebody reads what was changed meanwhile."""
        for _ in range(_TRIES):
            try:
                self._root.execute("CHECKPOINT")
            except duckdb.TransactionException:
                time.sleep(_PAUSE)
            else:
                return
        self._root.execute("CHECKPOINT")

    def _migrate(self) -> None:
        with self.reader() as reader:
            has_version_table = reader._rows(
                "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'schema_version'", {}
            )[0]["n"]
            at = (
                reader._rows("SELECT max(version) AS v FROM schema_version", {})[0]["v"]
                if has_version_table
                else 0
            )
        newest = migrations()[-1][0]
        if at > newest:
            raise StoreError(
                f"The store is of version {at}, this MLPM knows {newest}: start the newer MLPM."
            )
        first, text = first_schema()
        if at == 0 and first <= newest:
            self._apply(text, *range(1, first + 1))
            at = first
        for number, text in migrations():
            if number > at:
                self._apply(text, number)

    def _apply(self, text: str, *versions: int) -> None:
        """Change the schema, and note the versions it thereby has, or do neither."""
        with self.writer() as writer:
            for statement in duckdb.extract_statements(text):
                writer.execute(statement.query)
            for version in versions:
                writer.execute(
                    "INSERT INTO schema_version VALUES ($version, now() AT TIME ZONE 'UTC')",
                    version=version,
                )
