"""What the reports of other tools are made of: one number with all that is said of it."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.intake.metric_names import Meaning, known_metric, normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = dict[str, Any]

NAMES: Final = {
    "f1-score": "f1", "f1score": "f1", "tpr": "recall", "tnr": "specificity", "r2score": "r2",
    "r2_score": "r2", "mean_error": "bias", "me": "bias", "mean_abs_error": "mae",
    "rocauc": "roc_auc", "logloss": "log_loss",
    "mape": "mape_percent", "mean_abs_perc_error": "mape_percent",
}  # fmt: skip
"""Evidently's percentages stay apart from ours, which are shares."""
_LONGEST_INTEGER: Final = 1100  # bits; a double has no more before its point


@dataclass(frozen=True, slots=True)
class ReportedMetric:
    """One number of a report, with what the report says of it; None where it says nothing."""

    metric: str
    value: str
    model: str | None = None
    run: str | None = None
    at: str | None = None
    n: str | None = None
    slice_key: str | None = None
    slice_value: str | None = None
    dataset: str | None = None
    until: str | None = None
    error: str | None = None
    low: str | None = None
    high: str | None = None
    status: str | None = None


def named_twice(metrics: Iterable[ReportedMetric], meanings: Mapping[str, str]) -> list[str]:
    """Two names under which a report tells different values of one metric; none if it does not.

    Parameters
    ----------
    meanings : mapping of str to str
        What was answered that a name stands for, by the name in its plain spelling.

    Examples
    --------
    >>> named_twice([ReportedMetric("TPR", "0.7"), ReportedMetric("recall", "0.6")], {})
    ['TPR', 'recall']
    >>> named_twice([ReportedMetric("TPR", "0.7"), ReportedMetric("recall", "0.70")], {})
    []
    """
    first: dict[tuple[object, ...], ReportedMetric] = {}
    for metric in metrics:
        answer = meanings.get(normal(metric.metric))
        meant = (
            known_metric(metric.metric)
            if answer is None
            else Meaning.read(metric.metric, answer).metric
        )
        about = replace(metric, metric=meant or metric.metric, value="", n=None, error=None)
        other = first.setdefault(astuple(about), metric)
        if other.metric != metric.metric and not _are_equal(other.value, metric.value):
            return [other.metric, metric.metric]
    return []


def _are_equal(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def number(name: str, value: object, **about: str | None) -> ReportedMetric | str:
    """A metric, if its value is one number or says that it is none; else its name."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return name
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return name
    spelled = name.strip().lower().replace(" ", "_")
    return ReportedMetric(NAMES.get(spelled, name.strip()), str(value), **about)


def dicts(value: object) -> list[Json]:
    """The objects of a list; none of anything else."""
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def as_dict(value: object) -> Json:
    """An object; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str | None:
    """A value as text; None stays None."""
    return None if value is None else str(value)


def moment_of(milliseconds: object) -> str | None:
    """Milliseconds since 1970 as ISO 8601; what is none stands as it is, to be refused by name."""
    try:
        moment = datetime.fromtimestamp(int(float(str(milliseconds))) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return text_of(milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
