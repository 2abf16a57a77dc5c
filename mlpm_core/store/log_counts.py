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

N_BINS: Final = 100
MOST_LISTED: Final = 20
"""Where a version predicts, or meets, more classes than these in a day, they are not listed."""

_LARGEST: Final = "1.7976931348623157e308"


@dataclass(frozen=True, slots=True)
class CountTable:
    """A table of counts: what it counts by, what is counted, and what is summed.

    ``bin_key`` is the key of which a stored row lists several, each with its counts and sums.
    """

    name: str
    keys: tuple[str, ...]
    counts: tuple[str, ...]
    sums: tuple[str, ...]
    types: tuple[str, ...]
    bin_key: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of its counts."""
        return *self.keys, *self.counts, *self.sums

    @property
    def row_keys(self) -> tuple[str, ...]:
        """What a stored row is of: all it counts by but the bin, of which a row lists several."""
        return tuple(key for key in self.keys if key != self.bin_key)

    @property
    def of_bin(self) -> tuple[str, ...]:
        """What stands in the list of bins of a stored row; nothing where there are no bins."""
        return (self.bin_key, *self.counts, *self.sums) if self.bin_key else ()

    @property
    def create(self) -> str:
        """Its ``CREATE TABLE``."""
        types = dict(zip(self.keys, self.types, strict=True))
        types |= dict.fromkeys(self.counts, "BIGINT NOT NULL")
        types |= dict.fromkeys(self.sums, "DOUBLE NOT NULL")
        if self.bin_key:
            fields = ", ".join(f"{c} {types.pop(c).removesuffix(' NOT NULL')}" for c in self.of_bin)
            types["bins"] = f"STRUCT({fields})[] NOT NULL"
        lines = ",\n".join(f"    {name} {kind}" for name, kind in types.items())
        return f"CREATE TABLE {self.name} (\n{lines}\n);"

    def stored(self, counts: str) -> str:
        """The ``SELECT`` of the rows to store of a ``SELECT`` of counts, as SQL."""
        if not self.bin_key:
            return counts
        of_bin = ", ".join(f"'{name}': {name}" for name in self.of_bin)
        keys = ", ".join(self.row_keys)
        bins = f"list_sort(list({{{of_bin}}})) AS bins"
        return f"SELECT {keys}, {bins} FROM ({counts}) GROUP BY {keys}"

    def counts_in(self, rows: str) -> str:
        """The counts that stored rows hold, as SQL; like ``rows`` as it stands after ``FROM``."""
        if not self.bin_key:
            return rows
        names = ", ".join(f"bin.{c}" if c in self.of_bin else c for c in self.columns)
        each = f"SELECT {', '.join(self.row_keys)}, unnest(bins) AS bin FROM {rows}"
        return f"(SELECT {names} FROM ({each}))"

    @property
    def known_view(self) -> str:
        """The ``CREATE VIEW`` of what the counts are, or were at the moment a reader asks about.

        The engine knows before it reads which of the two is asked for.
        """
        names = ", ".join(self.columns)
        past = rollup(self, where="getvariable('known_until') IS NOT NULL")
        return (
            f"CREATE VIEW {self.name}_known AS\n"
            f"SELECT {names} FROM {self.counts_in(self.name)} "
            "WHERE getvariable('known_until') IS NULL\n"
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
    bin_key="score_bin",
)
"""By bin k for scores from k/100 on, and actual class; -1 for no score, whatever happened.

A stored row lists its bins: a text beside every bin is most of what laying them down costs.
"""

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
    """The rows to store of what `log_groups.grouped` gave, as SQL that reads ``new_rows``."""
    if table is CLASSES:
        return _CLASSES.format(groups=_GIVEN_PAIRS)
    is_listed = len(groups.column("y_true").unique()) <= MOST_LISTED  # and so on every day
    given = f"WITH bins AS (SELECT * FROM {table.counts_in('new_rows')})"
    return "SELECT * FROM new_rows" if is_listed else table.stored(_SCORES.format(groups=given))


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
