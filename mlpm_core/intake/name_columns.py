"""Tables with a column for each model, candidate, KPI or unit, or for each count of a matrix.

Each number becomes a row of its own, as the reader of rows needs it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.mapping import has_own_word
from mlpm_core.intake.columns.totals import is_total
from mlpm_core.intake.columns.year_parts import is_of_years
from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.metric_names import known_metric, normal
from mlpm_core.intake.period_columns import in_rows, is_date, lines_of, unfolded
from mlpm_core.records import Evaluation, KpiActual, MetricResult, RolloutResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Record

_NAMES: Final[dict[type[Record], tuple[str, str]]] = {
    MetricResult: ("model_id", "model"),
    Evaluation: ("candidate", "candidate"),
    KpiActual: ("kpi_id", "KPI"),
    RolloutResult: ("unit_id", "unit (a shop, a team)"),
}
_OF_PERIODS: Final = (KpiActual, RolloutResult)
_LOOKED_AT: Final = 20  # rows
_LEAST: Final = 2
_MOST_SHOWN: Final = 6
_NUMBER: Final = re.compile(
    r"[(+-]?[\s\u20ac$\u00a3]*(?:[0-9][0-9.,'\u2019\s\u00a0\u202f]*|\.[0-9]+)(?:e[+-]?[0-9]+)?"
    r"[\s%\u20ac$\u00a3)-]*",
    re.IGNORECASE,
)
_PERIODS: Final = ("period_start", "period", "period_end")
_COUNT: Final = re.compile(r"[0-9]+(?:\.0*)?")
_COUNTS: Final = {
    normal(name): count
    for count, names in {
        "tp": ("tp", "true positives", "true positive", "n_tp", "tps"),
        "fp": ("fp", "false positives", "false positive", "n_fp", "fps"),
        "fn": ("fn", "false negatives", "false negative", "n_fn", "fns"),
        "tn": ("tn", "true negatives", "true negative", "n_tn", "tns"),
    }.items()
    for name in names
}
_SHARES: Final = (
    ("precision", ("tp",), ("tp", "fp")),
    ("recall", ("tp",), ("tp", "fn")),
    ("specificity", ("tn",), ("tn", "fp")),
    ("accuracy", ("tp", "tn"), ("tp", "fp", "fn", "tn")),
)
"""Metrics that a confusion matrix gives: hits and cases, each a sum of its counts."""


def with_rows_of_names(text: Text, header: Header, fields: Fields, profile: Profile) -> Text:
    """The text with a row for each number of a table whose columns are models, or KPIs.

    Raises
    ------
    Refusal
        With the question whether the columns are what they seem to be.
    """
    if fields.record not in _NAMES or profile.is_replay or profile.name_columns == "no":
        return text
    field, label = _NAMES[fields.record]
    if {field, "value"} & {*header.fields, *profile.fields, *profile.constants}:
        return text
    rows = [cells for _, cells in islice(lines_of(text, header), _LOOKED_AT)]
    given = _given(rows, header, fields)
    columns = {
        j: (header.cells[j].strip(),)
        for j in _of_numbers(rows, header, fields)
        if given and j not in given
    }
    names = [name for (name,) in columns.values()]
    if len({*names}) < max(_LEAST, len(names)) or any(
        has_own_word(name, fields.columns["value"]) for name in names
    ):
        return text
    if profile.name_columns is None:
        listed = ", ".join(map(shown, names[:_MOST_SHOWN]))
        asked = question(
            "name-columns", "name_columns", ["yes", "no"], n=len(columns), what=label,
            preview=[f"yes: {listed}", "no: they are columns of another meaning"],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    return in_rows(text, header, profile, columns, (field,), "value", given)


def _given(rows: Sequence[Sequence[str]], header: Header, fields: Fields) -> dict[int, str]:
    """The column that says which metric, or which period, each row is of, and its field."""
    wanted = _PERIODS if fields.record in _OF_PERIODS else ("metric",)
    named = {j: header.cells[j] for j, name in enumerate(header.fields) if name in wanted}
    if named:
        return named
    fits = is_date if fields.record in _OF_PERIODS else _is_metric
    for j, name in enumerate(header.fields):
        cells = [row[j] for row in rows if not is_blank(row[j]) and not is_total(row[j])]
        if name is None and len(cells) >= _LEAST and all(map(fits, cells)):
            return {j: wanted[0]}
    return {}


def _is_metric(cell: str) -> bool:
    return known_metric(cell) is not None


def _of_numbers(rows: Sequence[Sequence[str]], header: Header, fields: Fields) -> Iterator[int]:
    """The columns of numbers whose names are no fields and no metrics."""
    for j, (cell, name) in enumerate(zip(header.cells, header.fields, strict=True)):
        cells = [row[j].strip() for row in rows if not is_blank(row[j])]
        is_open = name is None and not is_blank(cell) and not header.is_ignored(j, fields)
        is_open = is_open and not (fields.may_be_metric(cell) or is_of_years(cell)) and bool(cells)
        if is_open and all(map(_NUMBER.fullmatch, cells)):
            yield j


def with_rows_of_counts(text: Text, header: Header, fields: Fields, profile: Profile) -> Text:
    """The text with a row for each metric that the counts of a confusion matrix give."""
    if fields.record not in (MetricResult, Evaluation) or profile.is_replay:
        return text
    at = {count: j for j, cell in enumerate(header.cells) if (count := _COUNTS.get(normal(cell)))}
    if not at.keys() >= {"tp", "fp", "fn"} or {"metric", "value"} & set(header.fields):
        return text
    if any(fields.may_be_metric(cell) for cell in header.cells):
        return text  # they stand there themselves
    first = [cells for _, cells in islice(lines_of(text, header), _LOOKED_AT)]
    if not all(_COUNT.fullmatch(cells[j].strip()) for cells in first for j in at.values()):
        return text
    kept = {
        j: cell
        for j, cell in enumerate(header.cells)
        if cell.strip() and j not in at.values() and header.fields[j] != "n"
    }
    names = ("metric", "numerator", "denominator", "value")
    made = [metric for metric, _, _ in _SHARES]
    return unfolded(
        text, header, profile, kept, names, made,
        lambda cells: ((made.index(row[0]), row) for row in _metrics(cells, at)),
    )  # fmt: skip


def _metrics(cells: Sequence[str], at: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """The metrics of one row: hits, cases and the share that they are."""
    faulty = [cells[j] for j in at.values() if not _COUNT.fullmatch(cells[j].strip())]
    if faulty:
        yield ("recall", "", "", f"{faulty[0]} (a count)")
        return
    counts = {count: int(float(cells[j])) for count, j in at.items()}
    for metric, hits, cases in _SHARES:
        if counts.keys() >= {*hits, *cases}:
            numerator, denominator = (sum(counts[c] for c in some) for some in (hits, cases))
            if denominator:
                yield metric, str(numerator), str(denominator), repr(numerator / denominator)
