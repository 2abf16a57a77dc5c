"""Tables of candidates with a metric a column: PyCaret, AutoGluon, H2O, scikit-learn and the like.

AutoGluon writes every score so that larger is better, errors with a minus in front (its
documentation of ``leaderboard``); of a time series and before 0.8 it does not say which metric.
"""

from __future__ import annotations

import re
from math import sqrt
from statistics import fmean, variance
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.report_parts import ReportedMetric
from mlpm_core.intake.messages import Refusal
from mlpm_core.intake.metric_names import known_metric, near_metrics, normal
from mlpm_core.records import METRICS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Rows = list[list[str]]

_CANDIDATE: Final = (
    "model", "estimator", "candidate", "model_name", "name", "algorithm", "model_id", "modell",
)  # fmt: skip
CANDIDATE_NAMES: Final = frozenset(map(normal, _CANDIDATE))
_SCORES: Final = ("score_test", "score_val")
_OF_AUTOGLUON: Final = frozenset(
    {
        *("eval_metric", "pred_time_test", "pred_time_val", "fit_time", "fit_order"),
        *("fit_time_marginal", "can_infer", "stack_level"),
    }
)
_LEAST: Final = 2  # folds, and metrics of a table that has more columns than these
_FOLD_NAMES: Final = ("fold", "cv_fold", "fold_id")
_FOLD: Final = re.compile(r"test_(?P<metric>.+)")
_MEAN: Final = re.compile(r"mean_test_(?P<metric>.+)")
_SPLIT: Final = re.compile(r"split[0-9]+_test_.+")


def leaderboard_of(
    header: Sequence[str],
) -> Callable[[Rows], Iterator[ReportedMetric | str]] | None:
    """The way to read a table of candidates by its header; None when it is none.

    Examples
    --------
    >>> leaderboard_of(["Model", "Accuracy", "AUC", "TT (Sec)"]) is _board
    True
    >>> leaderboard_of(["fit_time", "score_time", "test_recall"]) is _folds
    True
    >>> leaderboard_of(["candidate", "metric", "value"]) is None
    True
    """
    names = [name.strip().lower() for name in header]
    if {"metric", "value"} & set(names):
        return None
    if set(_FOLD_NAMES) & set(names) and any(map(is_metric, names)):
        return _rows_of_folds
    if {"fit_time", "score_time"} <= set(names) and any(map(_FOLD.fullmatch, names)):
        return _folds
    if "params" in names and any(map(_MEAN.fullmatch, names)):
        return _search
    if not set(_CANDIDATE) & set(map(_spelled, names)):
        return None
    if set(_SCORES) & set(names) and _OF_AUTOGLUON & set(names):
        return _autogluon
    n_metrics, n_others = sum(map(is_metric, names)), sum(1 for name in names if name) - 1
    return _board if n_metrics >= min(_LEAST, n_others) > 0 else None


def is_metric(name: str) -> bool:
    """Whether a name is a metric of the registry, or close to one."""
    return known_metric(name) is not None or bool(near_metrics(name))


def check_told_apart(header: Sequence[str]) -> None:
    """See that no two columns have one name, of which only one could be read."""
    for name in header:
        at = [j for j, other in enumerate(header, start=1) if other.strip() == name.strip()]
        if name.strip() and len(at) > 1:
            positions = " and ".join(f"{name.strip()} (column {j})" for j in at)
            raise Refusal.of("duplicate-label", field=name.strip(), positions=positions)


def _places(rows: Rows) -> tuple[list[str], int]:
    """The names of the columns, and the place of the candidate's."""
    check_told_apart(rows[0])
    header = [name.strip() for name in rows[0]]
    names = [_spelled(name.lower()) for name in header]
    return header, next(names.index(name) for name in _CANDIDATE if name in names)


def _spelled(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")


def _board(rows: Rows) -> Iterator[ReportedMetric | str]:
    """A row a candidate, a column a metric."""
    header, j = _places(rows)
    columns = [i for i, name in enumerate(header) if i != j and is_metric(name)]
    yield from (name for i, name in enumerate(header) if i not in (j, *columns) and name)
    for row in rows[1:]:
        for i in columns:
            if row[i].strip():
                yield ReportedMetric(header[i], row[i], model=row[j])


def _autogluon(rows: Rows) -> Iterator[ReportedMetric | str]:
    """The score of the metric that it was fitted for, on test data where there are any."""
    header, j = _places(rows)
    names = [name.lower() for name in header]
    score = next(names.index(name) for name in _SCORES if name in names)
    named = names.index("eval_metric") if "eval_metric" in names else None
    others = [i for i, name in enumerate(header) if i not in (j, score, named) and is_metric(name)]
    if named is None and others:  # then nothing says of which metric the score is
        yield header[score]
    read = {j, score, *others} | ({named} if named is not None else set())
    yield from (name for i, name in enumerate(header) if i not in read and name)
    are_errors = named is None and all(row[score].lstrip().startswith("-") for row in rows[1:])
    for row in rows[1:]:
        metric = row[named].strip() if named is not None else ""
        value = row[score].strip().lstrip("-") if are_errors else _with_sign(metric, row[score])
        if value and (metric or not others):
            yield ReportedMetric(metric, value, model=row[j])
        for i in others:
            if row[i].strip() and known_metric(header[i]) != known_metric(metric):
                yield ReportedMetric(header[i], _with_sign(header[i], row[i]), model=row[j])


def _with_sign(metric: str, score: str) -> str:
    """A score as the metric is written: an error without the minus that makes it the larger."""
    known = known_metric(metric)
    is_error = known is not None and METRICS[known].better == "lower"
    return score.strip().removeprefix("-") if is_error else score.strip()


def _folds(rows: Rows) -> Iterator[ReportedMetric | str]:
    """scikit-learn's ``cross_validate``: a row a fold of one candidate; the mean counts."""
    check_told_apart(rows[0])
    for i, name in enumerate(rows[0]):
        match = _FOLD.fullmatch(name.strip())
        if match is None:
            yield from [name.strip()] if name.strip() else []
            continue
        values = _numbers([row[i] for row in rows[1:]])
        if values is None:
            yield name.strip()
            continue
        metric = "" if match["metric"] == "score" else match["metric"]
        error = _error(variance(values), len(values)) if len(values) >= _LEAST else None
        yield ReportedMetric(metric, repr(fmean(values)), error=error)


def _rows_of_folds(rows: Rows) -> Iterator[ReportedMetric | str]:
    """A row a fold, of one candidate or of several: the mean over the folds of each counts.

    PyCaret writes the mean and the spread below them, by name.
    """
    check_told_apart(rows[0])
    header = [name.strip() for name in rows[0]]
    names = [_spelled(name.lower()) for name in header]
    fold = next(names.index(name) for name in _FOLD_NAMES if name in names)
    of = next((names.index(name) for name in _CANDIDATE if name in names), None)
    folds: dict[str, Rows] = {}
    for row in rows[1:]:
        if any(c.isdigit() for c in row[fold]):
            folds.setdefault("" if of is None else row[of].strip(), []).append(row)
    for i, name in enumerate(header):
        if i in (fold, of) or not is_metric(name):
            yield from [name] if name and i not in (fold, of) else []
            continue
        for candidate, some in folds.items():
            values = _numbers([row[i] for row in some])
            if values is not None:
                error = _error(variance(values), len(values)) if len(values) >= _LEAST else None
                yield ReportedMetric(
                    name, repr(fmean(values)), model=candidate or None, error=error
                )


def _search(rows: Rows) -> Iterator[ReportedMetric | str]:
    """``cv_results_`` of scikit-learn's searches: a row a setting, its scores over the folds."""
    check_told_apart(rows[0])
    header = [name.strip() for name in rows[0]]
    means = {i: m["metric"] for i, name in enumerate(header) if (m := _MEAN.fullmatch(name))}
    first = next(iter(means.values()))
    n_folds = sum(1 for n in header if _SPLIT.fullmatch(n) and n.endswith(f"_test_{first}"))
    spread = {i: header.index(n) for i, m in means.items() if (n := f"std_test_{m}") in header}
    at = header.index("params")
    used = {at, *means, *spread.values()}
    yield from (n for i, n in enumerate(header) if i not in used and n)
    for row in rows[1:]:
        for i, metric in means.items():
            std = _numbers([row[spread[i]]]) if i in spread else None
            error = None
            if std is not None and n_folds >= _LEAST:  # numpy's, which divides by n
                error = _error(std[0] ** 2 * n_folds / (n_folds - 1), n_folds)
            name = "" if metric == "score" else metric
            yield ReportedMetric(name, row[i], model=row[at].strip(), error=error)


def _numbers(cells: Sequence[str]) -> list[float] | None:
    try:
        return [float(cell.replace(",", ".")) for cell in cells if cell.strip()] or None
    except ValueError:
        return None


def _error(spread: float, n_folds: int) -> str:
    """The standard error of a mean over folds, which share their training data.

    Notes
    -----
    The variance over k folds times 1/k + 1/(k - 1): Nadeau and Bengio, Inference for the
    Generalization Error, Machine Learning 52 (2003).
    """
    return repr(sqrt(spread * (1 / n_folds + 1 / (n_folds - 1))))
