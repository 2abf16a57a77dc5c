"""Questions about many projects at once, as of one moment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.store.cursor import Reader
from mlpm_core.store.page import OF_PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

    from mlpm_core.records import Project, Record

    Rows = list[dict[str, Any]]

_RESTS_ON: Final = {"log_pairs": "log_counts", "log_bins": "log_scores"}
"""Questions that are dear to plan, and the table without a row of which there is no answer."""


class MomentReader(Reader):
    """A reader that sees one moment of the store, whatever is committed while it is open.

    What it is asked of one project it asks of all its ``projects`` at once, and keeps.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        super().__init__(cursor)
        self.projects_asked: tuple[str, ...] = ()
        self._for_all: dict[tuple[str, str], dict[str, Rows]] = {}
        self._of_each: dict[tuple[object, ...], Rows] = {}
        self._every_project: list[Project] | None = None
        self._asks_for_all = False

    def projects(self) -> list[Project]:
        """Every project, whether archived or not, by title."""
        if self._every_project is None:
            self._every_project = super().projects()
        return list(self._every_project)

    def table(self, record: type[Record], project: str) -> Rows:
        """As of every reader."""
        return self._of_all("table", record, project, partial(super().table, record, project))

    def history(self, record: type[Record], project: str, *, last: int | None = None) -> Rows:
        """As of every reader."""
        ask = partial(super().history, record, project, last=last)
        return ask() if last is not None else self._of_all("history", record, project, ask)

    def _of_all(
        self, what: str, record: type[Record], project: str, ask: Callable[[], Rows]
    ) -> Rows:
        """The rows of one project, of what is asked once for all."""
        if project not in self.projects_asked:
            return ask()
        key = (what, record.kind)
        if key not in self._for_all:
            self._asks_for_all = True
            try:
                rows = ask()
            finally:
                self._asks_for_all = False
            by_project: dict[str, Rows] = {name: [] for name in self.projects_asked}
            for row in rows:
                by_project[row["project"]].append(row)
            self._for_all[key] = by_project
        return self._for_all[key][project]

    def _rows(self, sql: str, parameters: Mapping[str, object]) -> Rows:
        if self._asks_for_all:
            parameters = {f"project_{i}": name for i, name in enumerate(self.projects_asked)}
            every = ", ".join(f"${name}" for name in parameters)
            sql = sql.replace(OF_PROJECT, f"project IN ({every})")
        return super()._rows(sql, parameters)

    def ask_ahead(self, name: str, asked: Sequence[Mapping[str, object]]) -> None:
        """Ask ``rows_of_each`` for many questions at once, whose rows it then has."""
        unasked = {_key(name, question): question for question in asked}
        unasked = {key: q for key, q in unasked.items() if key not in self._of_each}
        if unasked:
            rows = _rows_of_each(self, super().rows, name, list(unasked.values()))
            self._of_each |= dict(zip(unasked, rows, strict=True))

    def rows_of_one(self, name: str, question: Mapping[str, object]) -> Rows:
        """The rows of one question of a query that takes many."""
        self.ask_ahead(name, [question])
        return self._of_each[_key(name, question)]


def rows_of_one(reader: Reader, name: str, question: Mapping[str, object]) -> list[dict[str, Any]]:
    """The rows of ``queries/<name>.sql``, which takes many questions at once, for one of them."""
    if isinstance(reader, MomentReader):
        return reader.rows_of_one(name, question)
    return reader.once(
        _key(name, question), lambda: _rows_of_each(reader, reader.rows, name, [question])[0]
    )


def _key(name: str, question: Mapping[str, object]) -> tuple[object, ...]:
    return (name, *sorted(question.items()))


def _rows_of_each(
    reader: Reader, ask: Callable[..., Rows], name: str, asked: Sequence[Mapping[str, object]]
) -> list[Rows]:
    """The rows of each question: every parameter is the list of what the questions say."""
    lists = {parameter: [question[parameter] for question in asked] for parameter in asked[0]}
    of_each: list[Rows] = [[] for _ in asked]
    if name in _RESTS_ON and not reader.holds_rows_of(_RESTS_ON[name], lists["project"]):
        return of_each
    for row in ask(name, **lists):
        of_each[row.pop("question") - 1].append(row)
    return of_each
