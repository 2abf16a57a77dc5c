"""Tables that tools export as CSV, known by their headers: each number becomes a reported metric.

MLflow's screen (Download CSV), Weights & Biases (a chart's data, of runs or of groups of them),
NannyML (``to_df`` with two lines of headers, three for the drift of single columns, or joined with
underscores; before 0.7 one line of other names), Databricks (profile metrics of a monitor); tables
of candidates stand in ``leaderboards``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.leaderboards import check_told_apart, is_metric, leaderboard_of
from mlpm_core.intake.files.report_parts import ReportedMetric
from mlpm_core.records import Evaluation, MetricResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.records import Record

Rows = list[list[str]]
Reader = Callable[[Rows], Iterator[ReportedMetric | str]]

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MLFLOW: Final = frozenset({"Start Time", "Run ID", "Name", "Status"})
_MLFLOW_OTHER: Final = frozenset(
    {"Duration", "Source Type", "Source Name", "User", "Version", "Models", "Created", "Dataset"}
)
_WANDB_RUNS: Final = frozenset({"Name", "State", "Created", "Runtime"})
_WANDB_OTHER: Final = frozenset({"Notes", "User", "Tags", "Sweep", "ID", "Updated", "End Time"})
_WANDB: Final = re.compile(r"(?P<run>.+) - (?P<metric>.+?)(?P<end>__MIN|__MAX)?")
_WANDB_BEFORE: Final = re.compile(r"(?P<run>.+?) - (?P<metric>[^_].*?)(?P<end>__MIN|__MAX)?")
_WANDB_FIRST: Final = frozenset({"Step", "_step", "epoch", "trainer/global_step", "Relative Time"})
_WANDB_STEP: Final = re.compile(r"(?i).*(?:step|epoch|relative time|wall time|runtime).*")
_GROUP: Final = "Group: "
_FLAT: Final = frozenset({"key", "start_index", "end_index", "start_date", "end_date"})
_FLAT_FIELDS: Final = {
    "estimated_": "value", "realized_": "realized", "confidence_": "sampling_error",
    "upper_confidence_": "upper", "lower_confidence_": "lower",
    "upper_threshold_": "upper_threshold", "lower_threshold_": "lower_threshold", "alert_": "alert",
}  # fmt: skip
_BAND: Final = 3  # standard errors from the estimate to the end of its band
_NANNYML: Final = frozenset({"key", "chunk_index", "start_date", "end_date"})
_DRIFT: Final = (
    "jensen_shannon", "kolmogorov_smirnov", "wasserstein", "hellinger", "chi2", "l_infinity",
)  # fmt: skip
"""The methods of NannyML's univariate drift."""
_ENDS: Final = ("lower", "upper")
_STRUCT: Final = re.compile(
    r'[{\[(]\s*"?(?:start"?\s*[:=]\s*"?)?([^,"]+)"?,\s*"?(?:end"?\s*[:=]\s*"?)?([^}\])"]+)'
)


def reader_of(rows: Rows, record: type[Record], *, is_before: bool = False) -> Reader | None:
    """The way to read a table by its first two lines; None when it is no table that is known.

    Parameters
    ----------
    is_before : bool
        Whether it is read as before groups of runs and what was realised were told apart.

    Examples
    --------
    >>> reader_of([["model", "metric", "period_start", "value"]], MetricResult) is None
    True
    >>> reader_of([["Model", "Accuracy", "AUC", "TT (Sec)"]], Evaluation) is None
    False
    """
    header = rows[0]
    names = set(header)
    if not header:
        return None
    if not header[0].strip() and len(header) > 1:  # the index of a data frame
        inner = reader_of([row[1:] for row in rows], record, is_before=is_before)
        return inner and (lambda all_rows: inner([row[1:] for row in all_rows]))
    if record is Evaluation:
        is_chart = not is_before and _is_wandb(header)
        return leaderboard_of(header) or (_wandb if is_chart else None)
    if record is not MetricResult:
        return None
    if names >= _MLFLOW:
        return _mlflow_screen
    if names >= _WANDB_RUNS:
        return _wandb_runs
    if is_before and _was_wandb(header):
        return lambda all_rows: _wandb(all_rows, _WANDB_BEFORE)
    if not is_before and _is_wandb(header):
        return _wandb
    nannyml = partial(_nannyml, is_before=is_before)
    if len(rows) > 1 and header[0] == "chunk" and set(rows[1]) >= _NANNYML:
        return lambda all_rows: nannyml(all_rows[0], all_rows[1], all_rows[2:])
    above = [row[:1] for row in rows[:3]]
    if above == [["chunk"], ["chunk"], ["key"]] and set(rows[2]) >= _NANNYML:
        return lambda all_rows: nannyml(_joined(*all_rows[:2]), all_rows[2], all_rows[3:])
    if {f"chunk_{name}" for name in ("start_date", "end_date")} <= names:
        return lambda all_rows: nannyml(*_two_lines(all_rows[0]), all_rows[1:])
    if not is_before and names >= _FLAT and _flat_metrics(header):
        return lambda all_rows: nannyml(*_of_one_line(all_rows))
    if {"window", "granularity"} <= names and "slice_key" in names:
        return _databricks
    return None


def _dicts(rows: Rows) -> Iterator[dict[str, str]]:
    check_told_apart(rows[0])
    return (dict(zip(rows[0], row, strict=True)) for row in rows[1:])


def _mlflow_screen(rows: Rows) -> Iterator[ReportedMetric | str]:
    """``Download CSV`` of MLflow's runs: parameters and metrics stand side by side, unmarked."""
    return _runs(rows, _MLFLOW | _MLFLOW_OTHER, run="Run ID", at="Start Time")


def _wandb_runs(rows: Rows) -> Iterator[ReportedMetric | str]:
    """The table of runs of Weights & Biases."""
    return _runs(rows, _WANDB_RUNS | _WANDB_OTHER, run="Name", at="Created")


def _runs(
    rows: Rows, about: frozenset[str], *, run: str, at: str
) -> Iterator[ReportedMetric | str]:
    """A run a row: what is no metric of the registry, nor close to one, is a parameter."""
    for name in rows[0]:
        if name not in about and not is_metric(name):
            yield name
    for row in _dicts(rows):
        for name, value in row.items():
            if name not in about and is_metric(name) and value:
                metric = name.rpartition("/")[2]
                yield ReportedMetric(metric, value, run=row[run], at=row[at] or None)


def _is_wandb(header: Sequence[str]) -> bool:
    """Whether a header is that of a chart: a step, and a column for each run and metric."""
    has_ends = any(name.endswith("__MIN") for name in header)
    is_step = header[0] in _WANDB_FIRST or _WANDB_STEP.fullmatch(header[0]) is not None
    return len(header) > 1 and (is_step or has_ends) and all(map(_WANDB.fullmatch, header[1:]))


def _was_wandb(header: Sequence[str]) -> bool:
    """Whether a header was taken as that of a chart before groups were."""
    is_chart = header[0] in _WANDB_FIRST or any(name.endswith("__MIN") for name in header)
    return is_chart and len(header) > 1 and all(map(_WANDB_BEFORE.fullmatch, header[1:]))


def _wandb(rows: Rows, pattern: re.Pattern[str] = _WANDB) -> Iterator[ReportedMetric | str]:
    """The data of a chart: a column for each run and metric, a row for each step; the last counts.

    The smallest and largest of several runs in one line are left out; the line of a group is the
    mean of its runs.
    """
    for j, name in enumerate(rows[0][1:], start=1):
        match = pattern.fullmatch(name)
        if match is None or match["end"] or match["metric"].startswith("_"):
            continue
        filled = [row[j] for row in rows[1:] if row[j].strip()]
        if len(filled) > 1:
            yield f"earlier steps of {name}"
        if pattern is _WANDB and _has_other_ends(rows, name, j):
            yield f"smallest and largest of {name}"
        metric = match["metric"].rpartition("/")[2]
        run = match["run"]
        model = run.removeprefix(_GROUP) if pattern is _WANDB else run
        for value in filled[-1:]:
            yield ReportedMetric(metric, value, model=model, run=run)


def _has_other_ends(rows: Rows, name: str, j: int) -> bool:
    """Whether the smallest and largest of a line differ from it, as they do of several runs."""
    ends = [i for i, other in enumerate(rows[0]) if other in (f"{name}__MIN", f"{name}__MAX")]
    return any(row[i].strip() != row[j].strip() for row in rows[1:] for i in ends)


def _flat_metrics(header: Sequence[str]) -> list[str]:
    """The metrics of a table that NannyML made before 0.7, estimated or calculated."""
    estimated = [n.removeprefix("estimated_") for n in header if n.startswith("estimated_")]
    calculated = [name for name in header if f"{name}_alert" in header]
    return estimated or calculated


def _of_one_line(rows: Rows) -> tuple[list[str], list[str], Rows]:
    """Such a table as one of two lines of headers; the error of an estimate is a third of its band.

    Up to 0.4 a column says how far estimates spread, and ``partition`` what is now the period.
    """
    metrics = _flat_metrics(rows[0])
    first, second = [], []
    for name in rows[0]:
        prefix = next(
            (p for p in _FLAT_FIELDS if name.removeprefix(p) in metrics and p in name), ""
        )
        if name in metrics:
            pair = (name, "value")
        elif prefix and name.startswith(prefix):
            pair = (name.removeprefix(prefix), _FLAT_FIELDS[prefix])
        else:
            pair = ("chunk", "period" if name == "partition" else name)
        first.append(pair[0])
        second.append(pair[1])
    at = {pair: j for j, pair in enumerate(zip(first, second, strict=True))}
    banded = [m for m in metrics if {(m, "upper"), (m, "value")} <= at.keys()]
    below = [
        [*row, *(_third(row[at[m, "value"]], row[at[m, "upper"]]) for m in banded)]
        for row in rows[1:]
    ]
    return [*first, *banded], [*second, *["sampling_error"] * len(banded)], below


def _third(value: str, upper: str) -> str:
    """The standard error of an estimate, by the upper end of its band; empty without one."""
    try:
        return str((Decimal(upper) - Decimal(value)) / _BAND)
    except ArithmeticError:
        return ""


def _two_lines(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """A header joined with underscores as the two lines that it was made of."""
    fields = ("sampling_error", "realized", "upper_threshold", "lower_threshold", "alert", "value",
              "upper_confidence_boundary", "lower_confidence_boundary")  # fmt: skip
    first, second = [], []
    for name in header:
        field = next((f for f in fields if name.endswith(f"_{f}")), None)
        if name.startswith("chunk_") and field is None:
            above, below = "chunk", name.removeprefix("chunk_")
        else:
            above, below = (name, "") if field is None else (name.removesuffix(f"_{field}"), field)
        first.append(above)
        second.append(below)
    return first, second


def _joined(columns: Sequence[str], methods: Sequence[str]) -> list[str]:
    """The first two of three lines of headers as one; those of the chunk stay ``chunk``."""
    names = zip(columns, methods, strict=True)
    return ["chunk" if pair == ("chunk", "chunk") else "_".join(pair) for pair in names]


def _of_column(metric: str) -> tuple[str, str | None]:
    """The method of a drift and the column whose drift it is; a metric of the model has none.

    Examples
    --------
    >>> _of_column("salary_range_jensen_shannon"), _of_column("roc_auc")
    (('jensen_shannon', 'salary_range'), ('roc_auc', None))
    """
    method = next((m for m in _DRIFT if metric.endswith(f"_{m}")), None)
    return (metric, None) if method is None else (method, metric.removesuffix(f"_{method}"))


def _nannyml(
    first: Sequence[str], second: Sequence[str], rows: Rows, *, is_before: bool
) -> Iterator[ReportedMetric | str]:
    """Results of NannyML's estimators and calculators, a chunk a row.

    Where the outcomes of a chunk are known, what was realised counts, not its estimate. Calculators
    have no estimates: theirs is realised.

    The drift of a column is a slice of its method: no metric of the model can be taken for it.
    """
    at = {pair: j for j, pair in enumerate(zip(first, second, strict=True))}
    metrics = [m for m in dict.fromkeys(first) if (m, "value") in at and m != "chunk"]

    def cell(row: Sequence[str], metric: str, name: str) -> str | None:
        j = at.get((metric, name))
        return (row[j].strip() or None) if j is not None else None

    for row in rows:
        if cell(row, "chunk", "period") == "reference":
            yield "chunks of the reference period"
            continue
        start, end_date = (cell(row, "chunk", name) for name in ("start_date", "end_date"))
        for metric in metrics:
            value = cell(row, metric, "value")
            realized = cell(row, metric, "realized")
            is_realized = realized is not None and realized.lower() != "nan"
            low, high = (cell(row, metric, f"{end}_confidence_boundary") for end in _ENDS)
            name, column = _of_column(metric)
            status = None if column is not None else "final" if is_realized else "estimated"
            if not is_before and column is None and (metric, "realized") not in at:
                status = (
                    "partial"
                    if _lacks_outcomes(cell(row, "chunk", "targets_missing_rate"))
                    else ("final")
                )
            if is_realized and not is_before and realized != value:
                value, low, high = realized, None, None
            if value is None:
                yield f"chunks without a value of {metric}"
                continue
            yield ReportedMetric(
                name, value, at=start, until=end_date, error=cell(row, metric, "sampling_error"),
                status=status,
                slice_key=None if column is None else "column", slice_value=column,
                low=low, high=high,
            )  # fmt: skip


def _lacks_outcomes(rate: str | None) -> bool:
    """Whether a part of the outcomes of a chunk is missing."""
    return rate is not None and _NUMBER.fullmatch(rate) is not None and float(rate) > 0


def _databricks(rows: Rows) -> Iterator[ReportedMetric | str]:
    """The profile metrics table of a monitor: a window and a slice a row, a metric a column."""
    about = {"window", "log_type", "granularity", "model_id", "slice_key", "slice_value",
             "column_name", "monitor_version", "logging_table_commit_version"}  # fmt: skip
    for name in rows[0]:
        if name not in about and not is_metric(name):
            yield name
    for row in _dicts(rows):
        if row.get("log_type", "").upper() == "BASELINE":
            yield "rows of the baseline table"
            continue
        if row.get("column_name", ":table") not in (":table", ""):
            yield f"rows of the column {row['column_name']}"
            continue
        ends = _STRUCT.match(row["window"])
        start, end = (ends[1].strip(), ends[2].strip()) if ends else (row["window"], None)
        for name, value in row.items():
            if name not in about and is_metric(name) and _NUMBER.fullmatch(value.strip()):
                yield ReportedMetric(
                    name, value, model=row.get("model_id") or None, at=start, until=end,
                    slice_key=row.get("slice_key") or None,
                    slice_value=row.get("slice_value") or None,
                )  # fmt: skip
