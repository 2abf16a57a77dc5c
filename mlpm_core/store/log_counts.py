"""Counts of prediction logs, laid down with every batch, from which their figures are read.

One table counts predictions by day, model version, segment and pair of predicted and actual class;
the other counts those with a score by bins of a hundredth. A screen reads these few rows, however
many predictions there are. What comes late (outcomes, corrections, an undo) replaces its days whole
inside the transaction of its batch: nothing is ever added to a stored day, so that counting twice
changes nothing.

The text keeps to SQL that engines share, so that the same counts can be made where a log lives: no
``GROUP BY ALL``, no ``ISNAN``, no ``LEAST``; bins by order, so that what is no number reaches
``ELSE``; ``FLOOR(FLOOR(score * 1000) / 10)``, for ``FLOOR(0.29 * 100)`` is 28; moments are compared
as they are stored. Only ``TRY_CAST`` is not everywhere: it serves numbers that are kept as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

    from mlpm_core.store.cursor import Reader
    from mlpm_core.store.writer import Writer

N_BINS: Final = 100
MOST_LISTED: Final = 20
"""Where a version predicts, or meets, more classes than these in a day, they are not listed."""

_LARGEST: Final = "1.7976931348623157e308"


@dataclass(frozen=True, slots=True)
class CountTable:
    """A table of counts: what it counts by, what is counted, and what is summed."""

    name: str
    keys: tuple[str, ...]
    counts: tuple[str, ...]
    sums: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order in which they are stored."""
        return *self.keys, *self.counts, *self.sums

    @property
    def create(self) -> str:
        """Its ``CREATE TABLE``."""
        of_key = [f"    {k} {t}" for k, t in zip(self.keys, self.types, strict=True)]
        counts = [f"    {c} BIGINT NOT NULL" for c in self.counts]
        sums = [f"    {s} DOUBLE NOT NULL" for s in self.sums]
        lines = ",\n".join([*of_key, *counts, *sums])
        return f"CREATE TABLE {self.name} (\n{lines}\n);"

    @property
    def known_view(self) -> str:
        """The ``CREATE VIEW`` of what the counts are, or were at the moment a reader asks about.

        The engine knows before it reads which of the two is asked for.
        """
        names = ", ".join(self.columns)
        past = rollup(self, where="getvariable('known_until') IS NOT NULL")
        return (
            f"CREATE VIEW {self.name}_known AS\n"
            f"SELECT {names} FROM {self.name} WHERE getvariable('known_until') IS NULL\n"
            f"UNION ALL\nSELECT {names} FROM (\n{past}\n);"
        )


_DAYS: Final = ("project", "model_id", "model_version", "day", "segment")
_DAY_TYPES: Final = (
    *("VARCHAR NOT NULL", "VARCHAR NOT NULL", "VARCHAR NOT NULL", "DATE NOT NULL"),
    "VARCHAR NOT NULL",
)

CLASSES: Final = CountTable(
    "log_counts",
    (*_DAYS, "y_pred", "y_true"),
    ("n", "n_followed", "n_wrong", "n_numbers"),
    ("sum_error", "sum_abs_error", "sum_sq_error", "sum_actual", "sum_abs_actual",
     "sum_sq_actual", "sum_error_actual"),
    (*_DAY_TYPES, "VARCHAR", "VARCHAR"),
)  # fmt: skip
"""By predicted and actual class: empty for none, NULL for numbers, which are not listed."""

SCORES: Final = CountTable(
    "log_scores",
    (*_DAYS, "score_bin", "y_true"),
    ("n",),
    ("sum_p", "sum_p2", "sum_p3", "sum_p4"),
    (*_DAY_TYPES, "INTEGER NOT NULL", "VARCHAR"),
)
"""By bin k for scores from k/100 on, and actual class; -1 for no score, whatever happened."""

TABLES: Final = (CLASSES, SCORES)


def rollup(
    table: CountTable,
    *,
    where: str = "TRUE",
    log: str = "prediction_log_current",
    has_labels: bool = True,
) -> str:
    """The ``SELECT`` that counts a log, as SQL.

    An outcome that came as a label of its own goes before the one in the log, and a label that
    names the model before one that does not.

    Parameters
    ----------
    table : CountTable
    where : str
        Which predictions are counted, of the columns of ``p``; days of them whole.
    log : str
        What is read as ``p``; the labels are those that hold.
    has_labels : bool
        False where these predictions have no labels of their own: none is looked for then.
    """
    groups, counts = (_PAIRS, _CLASSES) if table is CLASSES else (_BINS, _SCORES)
    return counts.format(groups=groups).format(
        outcome=f"{_LATE} AS y_true" if has_labels else "p.y_true",
        log=log,
        labels=_LABELS if has_labels else "",
        where=where,
    )


def rollup_of_groups(table: CountTable, groups: pa.Table) -> str:
    """The ``SELECT`` that counts what `log_groups.grouped` gave, as SQL, read as ``new_rows``."""
    if table is CLASSES:
        return _CLASSES.format(groups=_GIVEN_PAIRS)
    is_listed = len(groups.column("y_true").unique()) <= MOST_LISTED  # and so on every day
    return "SELECT * FROM new_rows" if is_listed else _SCORES.format(groups=_GIVEN_BINS)


_LATE: Final = "COALESCE(own.y_true, shared.y_true, p.y_true)"
_LABELS: Final = """
    LEFT JOIN labels_current own ON own.project = p.project
        AND own.model_id = p.model_id AND own.prediction_id = p.prediction_id
    LEFT JOIN labels_current shared ON shared.project = p.project
        AND shared.model_id = '' AND shared.prediction_id = p.prediction_id"""
_CASES: Final = """\
SELECT p.project, p.model_id, p.model_version, CAST(p.ts AS DATE) AS day, p.segment,
           p.y_pred, p.y_pred_proba AS score, p.decision, {outcome}
    FROM {log} p{labels}
    WHERE {where}"""

# What is told of a pair holds for each of its predictions, so that a pair is judged once.
_OF_PAIR: Final = """\
TRY_CAST(y_pred AS DOUBLE) AS predicted, TRY_CAST(y_true AS DOUBLE) AS happened,
           CASE WHEN y_pred = '' OR y_true = '' THEN 0 ELSE 1 END AS is_judged"""
_PAIRS: Final = f"""\
WITH cases AS (
    {_CASES}
), pairs AS (
    SELECT project, model_id, model_version, day, segment, y_pred, y_true, COUNT(*) AS n,
           SUM(CASE WHEN decision = '' OR decision = y_pred THEN 1 ELSE 0 END) AS n_followed,
           {_OF_PAIR}
    FROM cases
    GROUP BY project, model_id, model_version, day, segment, y_pred, y_true
)"""
_GIVEN_PAIRS: Final = f"""\
WITH pairs AS (
    SELECT project, model_id, model_version, day, segment, y_pred, y_true, n, n_followed,
           {_OF_PAIR}
    FROM new_rows
)"""
_CLASSES: Final = f"""\
{{groups}}, judged AS (
    SELECT project, model_id, model_version, day, segment, y_pred, y_true, n, n_followed,
           CASE WHEN is_judged = 0 THEN 0
                WHEN predicted IS NULL OR happened IS NULL THEN
                    CASE WHEN y_pred <> y_true THEN n ELSE 0 END
                WHEN predicted <> happened THEN n ELSE 0 END AS n_wrong,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= {_LARGEST}
                THEN n ELSE 0 END AS n_numbers,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= {_LARGEST}
                THEN predicted - happened ELSE 0 END AS error,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= {_LARGEST}
                THEN happened ELSE 0 END AS actual
    FROM pairs
), classes AS (
    SELECT project, model_id, model_version, day,
           CASE WHEN y_pred = '' THEN 0 ELSE 1 END AS has_class,
           COUNT(DISTINCT y_pred) AS n_predicted, COUNT(DISTINCT y_true) AS n_actual
    FROM pairs
    GROUP BY project, model_id, model_version, day, CASE WHEN y_pred = '' THEN 0 ELSE 1 END
), listed AS (
    SELECT j.project, j.model_id, j.model_version, j.day, j.segment,
           CASE WHEN j.y_pred = '' OR c.n_predicted <= {MOST_LISTED} THEN j.y_pred END AS y_pred,
           CASE WHEN j.y_true = '' OR c.n_actual <= {MOST_LISTED} THEN j.y_true END AS y_true,
           j.n, j.n_followed, j.n_wrong, j.n_numbers,
           j.n * j.error AS sum_error, j.n * ABS(j.error) AS sum_abs_error,
           j.n * j.error * j.error AS sum_sq_error, j.n * j.actual AS sum_actual,
           j.n * ABS(j.actual) AS sum_abs_actual, j.n * j.actual * j.actual AS sum_sq_actual,
           j.n * ABS(j.error * j.actual) AS sum_error_actual
    FROM judged j
    JOIN classes c ON c.project = j.project AND c.model_id = j.model_id
        AND c.model_version = j.model_version AND c.day = j.day
        AND c.has_class = CASE WHEN j.y_pred = '' THEN 0 ELSE 1 END
)
SELECT project, model_id, model_version, day, segment, y_pred, y_true,
       n, CAST(n_followed AS BIGINT) AS n_followed, n_wrong, n_numbers, sum_error, sum_abs_error,
       sum_sq_error, sum_actual, sum_abs_actual, sum_sq_actual, sum_error_actual
FROM listed
WHERE y_pred IS NOT NULL AND y_true IS NOT NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, y_pred, y_true,
       CAST(SUM(n) AS BIGINT), CAST(SUM(n_followed) AS BIGINT),
       CAST(SUM(n_wrong) AS BIGINT), CAST(SUM(n_numbers) AS BIGINT),
       SUM(sum_error), SUM(sum_abs_error), SUM(sum_sq_error), SUM(sum_actual),
       SUM(sum_abs_actual), SUM(sum_sq_actual), SUM(sum_error_actual)
FROM listed
WHERE y_pred IS NULL OR y_true IS NULL
GROUP BY project, model_id, model_version, day, segment, y_pred, y_true"""

_BINS: Final = f"""\
WITH cases AS (
    {_CASES}
), binned AS (
    SELECT project, model_id, model_version, day, segment, y_true, score,
           CASE WHEN score < 0 THEN -1
                WHEN score < 1 THEN CAST(FLOOR(FLOOR(score * 1000) / 10) AS INTEGER)
                WHEN score = 1 THEN {N_BINS - 1} ELSE -1 END AS score_bin
    FROM cases
), bins AS (
    SELECT project, model_id, model_version, day, segment, score_bin,
           CASE WHEN score_bin >= 0 THEN y_true END AS y_true, COUNT(*) AS n,
           SUM(CASE WHEN score_bin >= 0 THEN score ELSE 0 END) AS sum_p,
           SUM(CASE WHEN score_bin >= 0 THEN score * score ELSE 0 END) AS sum_p2,
           SUM(CASE WHEN score_bin >= 0 THEN score * score * score ELSE 0 END) AS sum_p3,
           SUM(CASE WHEN score_bin >= 0 THEN score * score * score * score ELSE 0 END) AS sum_p4
    FROM binned
    GROUP BY project, model_id, model_version, day, segment, score_bin,
           CASE WHEN score_bin >= 0 THEN y_true END
)"""
_GIVEN_BINS: Final = "WITH bins AS (SELECT * FROM new_rows)"
_SCORES: Final = f"""\
{{groups}}, classes AS (
    SELECT project, model_id, model_version, day, COUNT(DISTINCT y_true) AS n_actual
    FROM bins
    GROUP BY project, model_id, model_version, day
), listed AS (
    SELECT b.project, b.model_id, b.model_version, b.day, b.segment, b.score_bin,
           CASE WHEN b.y_true = '' OR c.n_actual <= {MOST_LISTED} THEN b.y_true END AS y_true,
           b.n, b.sum_p, b.sum_p2, b.sum_p3, b.sum_p4
    FROM bins b
    JOIN classes c ON c.project = b.project AND c.model_id = b.model_id
        AND c.model_version = b.model_version AND c.day = b.day
)
SELECT project, model_id, model_version, day, segment, score_bin, y_true,
       n, sum_p, sum_p2, sum_p3, sum_p4
FROM listed
WHERE y_true IS NOT NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, score_bin, y_true,
       CAST(SUM(n) AS BIGINT), SUM(sum_p), SUM(sum_p2), SUM(sum_p3), SUM(sum_p4)
FROM listed
WHERE y_true IS NULL
GROUP BY project, model_id, model_version, day, segment, score_bin, y_true"""


def wrong_counts(reader: Reader) -> int:
    """How many counts are not as the stored predictions and labels give them.

    Counts are held to the unit, sums to a billionth: the order in which numbers are added shows in
    their last digits.
    """
    return sum(int(reader._rows(_n_wrong(table), {})[0]["n"]) for table in TABLES)


def recount_all(writer: Writer) -> None:
    """Make all counts anew from the stored predictions and labels."""
    for table in TABLES:
        writer.execute(f"DELETE FROM {table.name}")
        writer.execute(f"INSERT INTO {table.name} {rollup(table)}")


def _n_wrong(table: CountTable) -> str:
    same = " AND ".join(f"a.{k} IS NOT DISTINCT FROM b.{k}" for k in table.keys)
    differ = [f"a.{c} IS DISTINCT FROM b.{c}" for c in table.counts]
    differ += [
        f"(a.{s} IS DISTINCT FROM b.{s} AND NOT coalesce(abs(a.{s} - b.{s}) <= "
        f"1e-9 * greatest(1, {_scale(s)}), false))"
        for s in table.sums
    ]
    return (
        f"SELECT count(*) AS n FROM ({rollup(table)}) a FULL JOIN {table.name} b ON {same} "
        f"WHERE {' OR '.join(differ)}"
    )


def _scale(name: str) -> str:
    """The size of a sum's terms together: errors to both sides cancel, their sizes do not."""
    of = {"sum_error": "sum_abs_error", "sum_actual": "sum_abs_actual"}.get(name, name)
    return f"abs(a.{of})"
