"""Tables as they were printed, by pandas, DuckDB and scikit-learn, and by others as documented."""

from datetime import datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import classification_report

from tests.intake.real_cases import Case, holds

ROWS = [
    ("churn", "recall", "2026-01-05", 0.81, 410),
    ("churn", "recall", "2026-01-12", 0.79, 395),
    ("churn v2", "precision", "2026-01-12", 0.5, 80),
]
NAMES = ("model", "metric", "week", "value", "n")
FRAME = pd.DataFrame(ROWS, columns=NAMES)
READ = tuple(
    {"model_id": m, "metric": k, "period_start": datetime.fromisoformat(w), "value": v, "n": n}
    for m, k, w, v, n in ROWS
)

MARKDOWN = """
| model    | metric    | week       | value |   n |
|:---------|:----------|:-----------|------:|----:|
| churn    | recall    | 2026-01-05 |  0.81 | 410 |
| churn    | recall    | 2026-01-12 |  0.79 | 395 |
| churn v2 | precision | 2026-01-12 |  0.5  |  80 |
"""
BARE = """model | metric | week | value | n
--- | --- | --- | --- | ---
churn | recall | 2026-01-05 | 0.81 | 410
churn | recall | 2026-01-12 | 0.79 | 395
churn v2 | precision | 2026-01-12 | 0.5 | 80
"""
PSQL = """  model   |  metric   |    week    | value |  n
----------+-----------+------------+-------+-----
 churn    | recall    | 2026-01-05 |  0.81 | 410
 churn    | recall    | 2026-01-12 |  0.79 | 395
 churn v2 | precision | 2026-01-12 |   0.5 |  80
(3 rows)

"""
SPARK = """+--------+---------+----------+-----+---+
|   model|   metric|      week|value|  n|
+--------+---------+----------+-----+---+
|   churn|   recall|2026-01-05| 0.81|410|
|   churn|   recall|2026-01-12| 0.79|395|
|churn v2|precision|2026-01-12|  0.5| 80|
+--------+---------+----------+-----+---+
"""
MYSQL = SPARK.replace("|", " | ").strip() + "\n3 rows in set (0.00 sec)\n"
GRID = """+----------+-----------+------------+---------+-----+
| model    | metric    | week       |   value |   n |
+==========+===========+============+=========+=====+
| churn    | recall    | 2026-01-05 |    0.81 | 410 |
+----------+-----------+------------+---------+-----+
| churn    | recall    | 2026-01-12 |    0.79 | 395 |
+----------+-----------+------------+---------+-----+
| churn v2 | precision | 2026-01-12 |    0.5  |  80 |
+----------+-----------+------------+---------+-----+
"""
POLARS = """shape: (3, 5)
\u250c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2500\u2510
\u2502 model    \u2506 metric    \u2506 week       \u2506 value \u2506 n   \u2502
\u2502 ---      \u2506 ---       \u2506 ---        \u2506 ---   \u2506 --- \u2502
\u2502 str      \u2506 str       \u2506 str        \u2506 f64   \u2506 i64 \u2502
\u255e\u2550\u2550\u2550\u2550\u2550\u2550\u2550\u2550\u2550\u2550\u256a\u2550\u2550\u2550\u2550\u2561
\u2502 churn    \u2506 recall    \u2506 2026-01-05 \u2506 0.81  \u2506 410 \u2502
\u2502 churn    \u2506 recall    \u2506 2026-01-12 \u2506 0.79  \u2506 395 \u2502
\u2502 churn v2 \u2506 precision \u2506 2026-01-12 \u2506 0.5   \u2506 80  \u2502
\u2514\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2534\u2500\u2500\u2500\u2500\u2518
"""
R = """     model    metric       week value   n
1    churn    recall 2026-01-05  0.81 410
2    churn    recall 2026-01-12  0.79 395
3 churn v2 precision 2026-01-12  0.50  80
"""
TIBBLE = """# A tibble: 3 \u00d7 5
  model    metric    week       value     n
  <chr>    <chr>     <chr>      <dbl> <int>
1 churn    recall    2026-01-05  0.81   410
2 churn    recall    2026-01-12  0.79   395
3 churn v2 precision 2026-01-12  0.5     80
"""
COLUMNS = """MODEL      METRIC     WEEK        VALUE  N
churn      recall     2026-01-05  0.81   410
churn      recall     2026-01-12  0.79   395
churn v2   precision  2026-01-12  0.5    80
"""

PRINTS = {
    "Markdown": MARKDOWN, "Markdown without frames": BARE, "psql": PSQL, "Spark": SPARK,
    "MySQL": MYSQL, "tabulate": GRID, "polars": POLARS, "pandas": f"{FRAME}\n",
    "pandas without index": FRAME.to_string(index=False) + "\n",
    "pandas, numbered from 1": FRAME.set_index([pd.RangeIndex(1, 4)]).to_string() + "\n",
    "R": R, "a tibble": TIBBLE,
    "columns on the left": COLUMNS,
    "DuckDB": str(duckdb.from_df(FRAME)),
}  # fmt: skip


Y = np.array([0] * 90 + [1] * 10)
PREDICTED = np.array([0] * 88 + [1] * 2 + [0] * 4 + [1] * 6)
TEXT_REPORT = classification_report(Y, PREDICTED)
NAMED = ["stays with us", "leaves"]
NAMED_REPORT = classification_report(Y, PREDICTED, target_names=NAMED, digits=4)
OF_REPORT = ("constants.value_case_id=v", "constants.candidate=boost")
TIMES = pd.DataFrame(
    {"model": ["m", "m"], "metric": ["recall"] * 2,
     "timestamp": pd.to_datetime(["2026-01-05 10:00:00", "2026-01-06 11:30:00"]),
     "value": [0.8, 0.7]}
)  # fmt: skip
WRAPPED, WRAPPED_BY_WEEK = (
    f"{frame.to_string(line_width=34)}\n" for frame in (FRAME, FRAME.set_index("week"))
)
INDEXED = FRAME.set_index("week")

CASES = [
    *(Case(name, text, rows=READ, n=3) for name, text in PRINTS.items()),
    Case("dates with a time are one column", f"{TIMES}\n",
         rows=({"period_start": datetime(2026, 1, 5, 10)},
               {"period_start": datetime(2026, 1, 6, 11, 30)})),
    Case("an index with a name", f"{INDEXED}\n", rows=READ, n=3),
    Case("columns below others", WRAPPED, rows=READ, n=3),
    Case("columns below others, by an index with a name", WRAPPED_BY_WEEK, rows=READ, n=3),
    Case("Windows' line ends", SPARK.replace("\n", "\r\n"), rows=READ, n=3),
    Case("a bar in a cell", MARKDOWN.replace("churn v2", r"churn\|v2"),
         n=3, rows=(*READ[:2], {"model_id": "churn|v2"})),
    Case("only in part", SPARK + "only showing top 3 rows\n", n=3, warns=("print-cut",)),
    Case("rows left out of the midst", FRAME.to_string(max_rows=2) + "\n", n=2,
         warns=("print-cut",)),
    Case("a faulty cell is told by its line", MARKDOWN.replace("0.79", "much"),
         rejects=("not-a-number",)),
    Case("columns of other names are mapped", MARKDOWN.replace("week ", "when "),
         asked=("which-column",)),
    # Reports of scikit-learn.
    Case("a printed report", TEXT_REPORT, kind="evaluations", answers=OF_REPORT,
         asked=("positive-class",), choices=("1", "0", "none of these")),
    Case("a printed report, read", TEXT_REPORT, kind="evaluations",
         answers=(*OF_REPORT, "positive_class=1"),
         rows=({"metric": "precision", "value": 0.75, "n": 8},
               {"metric": "recall", "value": 0.6, "n": 10}, {"metric": "f1", "value": 0.67})),
    Case("a printed report with names", NAMED_REPORT, kind="evaluations",
         answers=(*OF_REPORT, "positive_class=leaves"),
         rows=({"metric": "precision", "value": 0.75},)),
    # What is no print stays what it was.
    Case("a bar as delimiter", "model|metric|week|value\nm|recall|2026-01-05|0.8\n", n=1),
    Case("one column", "model\nm\n", rejects=("missing-column",)),
    Case("words are no table", "Dear all\nplease find the numbers below\n",
         rejects=("missing-column",)),
]  # fmt: skip


def test_the_frames_are_printed_in_two_parts():
    assert "\\" in WRAPPED
    assert "\\" in WRAPPED_BY_WEEK


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_printed_tables_are_read(case):
    holds(case)


def test_a_faulty_cell_has_its_line_in_the_print():
    case = Case("x", MARKDOWN.replace("0.79", "much"))
    (reject,) = case.told().receipt.rejects
    assert reject.row == 5
