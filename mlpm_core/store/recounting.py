"""Which days of logs a batch has a say on, and their counts made anew; see `log_counts`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mlpm_core.records import Label, Prediction
from mlpm_core.store.log_counts import TABLES, rollup, rollup_of_groups
from mlpm_core.store.schema import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mlpm_core.records import Record
    from mlpm_core.store.cursor import Reader
    from mlpm_core.store.log_counts import CountTable
    from mlpm_core.store.writer import Writer

_GAP: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DaysOfModels:
    """Models of a project, and days of their predictions."""

    models: frozenset[str]
    days: frozenset[date]


def days_of_batch(reader: Reader, record: type[Record], seq: int) -> dict[str, DaysOfModels]:
    """The days on which a batch in force has a say, by project: what counts there rests on it.

    They are those of predictions that it tells, of predictions that these replaced, or of
    predictions to which it gives an outcome; none for what is no prediction and no label.

    Raises
    ------
    StoreError
        When DuckDB refuses.
    """
    rows = []
    if record is Prediction:
        rows = reader.rows("days_of_predictions", seq=seq)
    elif record is Label:
        rows = reader.rows("days_of_labels", seq=seq)
    return {
        project: DaysOfModels(
            frozenset(row["model_id"] for row in rows if row["project"] == project),
            frozenset(row["day"] for row in rows if row["project"] == project),
        )
        for project in {row["project"] for row in rows}
    }


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one table of counts: which they are, and the ``SELECT`` that counts them, as SQL.

    ``has_labels`` says whether outcomes of theirs may have come as labels.
    """

    table: CountTable
    project: str
    which: str
    counts: str
    has_labels: bool


@dataclass(frozen=True, slots=True)
class CountedDays:
    """Days of one table of counts, and what takes the place of its rows."""

    days: Days
    counts: pa.Table


def recount(writer: Writer, touched: Mapping[str, DaysOfModels]) -> None:
    """Replace the counts of some days by what the rows that hold now give.

    Parameters
    ----------
    touched : mapping of str to DaysOfModels
        As `days_of_batch` gives them: of a batch that is undone, as long as it is in force.

    Raises
    ------
    StoreError
        When DuckDB refuses; the transaction is then rolled back.
    """
    for days in _days(writer, touched):
        _delete(writer, days)
        _lay_down(writer, days)


def counted_ahead(
    writer: Writer, record: type[Record], seq: int, rows: pa.Table, groups: Mapping[str, pa.Table]
) -> list[CountedDays]:
    """Count the days on which a batch has a say, while others may write, and change nothing stored.

    Days without counts get theirs at once; for others it is left to `replace_counts`.

    Parameters
    ----------
    rows : pyarrow.Table
        All rows of the batch, which replace none.
    groups : mapping of str to pyarrow.Table
        Predictions as `log_groups.groups_of` groups them, so that they need not be read again.

    Raises
    ------
    StoreError
        When DuckDB refuses; the transaction is then rolled back.
    """
    ahead = []
    touched = _days_of_rows(rows) if record is Prediction else days_of_batch(writer, record, seq)
    for days in _days(writer, touched):
        if _are_counted(writer, days):
            counts = writer.arrow(days.counts, project=days.project)
            ahead.append(CountedDays(days, counts))
        elif days.table.name in groups and not days.has_labels:
            given = groups[days.table.name]
            writer.insert(days.table.name, given, rollup_of_groups(days.table, given))
        else:
            _lay_down(writer, days)
    return ahead


def _days_of_rows(rows: pa.Table) -> dict[str, DaysOfModels]:
    """The days and models of predictions of one project."""
    projects, models = (rows.column(name).unique().to_pylist() for name in ("project", "model_id"))
    days = rows.column("ts").cast(pa.date32(), safe=False).unique().to_pylist()
    return {project: DaysOfModels(frozenset(models), frozenset(days)) for project in projects}


def replace_counts(writer: Writer, counted: Iterable[CountedDays]) -> None:
    """Put counts in the place of those that are stored of the same days.

    Raises
    ------
    StoreError
        When DuckDB refuses; the transaction is then rolled back.
    """
    for ahead in counted:
        _delete(writer, ahead.days)
        table = ahead.days.table
        writer.insert(table.name, ahead.counts, table.stored("SELECT * FROM new_rows"))


def _lay_down(writer: Writer, days: Days) -> None:
    stored = days.table.stored(days.counts)
    writer.execute(f"INSERT INTO {days.table.name} BY NAME {stored}", project=days.project)


def _delete(writer: Writer, days: Days) -> None:
    writer.execute(f"DELETE {_stored(days)}", project=days.project)


def _are_counted(reader: Reader, days: Days) -> bool:
    any_of_them = f"SELECT 1 AS is_there {_stored(days)} LIMIT 1"
    return bool(reader.arrow(any_of_them, project=days.project).num_rows)


def _stored(days: Days) -> str:
    return f"FROM {days.table.name} WHERE project = $project AND ({days.which})"


def _days(reader: Reader, touched: Mapping[str, DaysOfModels]) -> Iterator[Days]:
    for project, of_project in touched.items():
        listed = ", ".join(map(literal, sorted(of_project.models)))
        spans = spans_of(of_project.days)
        moments = [(datetime.combine(a, time()), datetime.combine(b, time())) for a, b in spans]
        stored = f"model_id IN ({listed}) AND ({_within('day', 'DATE', spans)})"
        predicted = f"p.model_id IN ({listed}) AND ({_within('p.ts', 'TIMESTAMP', moments)})"
        has_labels = bool(reader.rows("any_label", project=project))
        for table in TABLES:
            counted = rollup(
                table, where=f"p.project = $project AND {predicted}", has_labels=has_labels
            )
            yield Days(table, project, stored, counted, has_labels)


def spans_of(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as spans, each from a day to the one before which it ends.

    A gap of less than a week is taken along: a day that is counted again stays as it is.

    Examples
    --------
    >>> from datetime import date
    >>> [(str(a), str(b)) for a, b in spans_of(date(2026, 6, d) for d in (1, 4, 20))]
    [('2026-06-01', '2026-06-05'), ('2026-06-20', '2026-06-21')]
    """
    ordered = sorted(days)
    if not ordered:
        return []
    breaks = [(a, b) for a, b in pairwise(ordered) if b - a >= _GAP]
    begins = [ordered[0], *(b for _, b in breaks)]
    ends = [*(a for a, _ in breaks), ordered[-1]]
    return [(a, b + _DAY) for a, b in zip(begins, ends, strict=True)]


def _within(column: str, kind: str, spans: Sequence[tuple[date, date]]) -> str:
    return " OR ".join(
        f"{column} >= {kind} '{first}' AND {column} < {kind} '{end}'" for first, end in spans
    )


def wrong_counts(reader: Reader) -> int:
    """How many counts are not as the stored predictions and labels give them, or stand twice.

    Counts are held to the unit, sums to a billionth: the order in which numbers are added shows in
    their last digits.
    """
    return sum(int(reader._rows(_n_wrong(table), {})[0]["n"]) for table in TABLES)


def recount_all(writer: Writer) -> None:
    """Make all counts anew from the stored predictions and labels."""
    for table in TABLES:
        writer.execute(f"DELETE FROM {table.name}")
        writer.execute(f"INSERT INTO {table.name} BY NAME {table.stored(rollup(table))}")


def _n_wrong(table: CountTable) -> str:
    same = " AND ".join(f"a.{k} IS NOT DISTINCT FROM b.{k}" for k in table.keys)
    differ = [f"a.{c} IS DISTINCT FROM b.{c}" for c in ("times", *table.counts)]
    differ += [
        f"(a.{s} IS DISTINCT FROM b.{s} AND NOT coalesce(abs(a.{s} - b.{s}) <= "
        f"1e-9 * greatest(1, {_scale(s)}), false))"
        for s in table.sums
    ]
    summed = ", ".join(f"sum({c}) AS {c}" for c in (*table.counts, *table.sums))
    keys = ", ".join(table.keys)
    return (
        f"SELECT count(*) AS n FROM (SELECT *, 1 AS times FROM ({rollup(table)})) a FULL JOIN "
        f"(SELECT {keys}, count(*) AS times, {summed} FROM {table.counts_in(table.name)} "
        f"GROUP BY {keys}) b ON {same} WHERE {' OR '.join(differ)}"
    )


def _scale(name: str) -> str:
    """The size of a sum's terms together: errors to both sides cancel, their sizes do not."""
    of = {"sum_error": "sum_abs_error", "sum_actual": "sum_abs_actual"}.get(name, name)
    return f"abs(a.{of})"
