"""What a limit of a metric must satisfy: it limits something that the metric can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mlpm_core.records import METRICS, PERCENT_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST_ERROR: Final = 10
"""1,000 %: so high a limit of an error that is a share of the truth is in percent."""


def limit_fault(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Which column of a limit is wrong, and a sentence that says why; None when none is.

    Examples
    --------
    >>> limit_fault({"metric": "recall", "low": 60.0, "high": None})
    ('low', '60 lies outside 0 to 1 of recall. A percentage? 60% is 0.6.')
    >>> limit_fault({"metric": "recall", "low": 0.6, "high": None})
    """
    low, high = row["low"], row["high"]
    if low is None and high is None:
        return "low", "A limit without a number limits nothing; write low or high."
    if low is not None and high is not None and low >= high:
        return "high", f"high is {high:.15g}, low is {low:.15g}; high must lie above."
    for column in ("low", "high"):
        sentence = _beyond_its_metric(row["metric"], row[column])
        if sentence is not None:
            return column, sentence
    return None


def _beyond_its_metric(name: str, limit: float | None) -> str | None:
    """What is wrong with a limit that no value of its metric can pass, or none can keep."""
    metric = METRICS.get(name)
    if metric is None or limit is None:
        return None
    if not metric.low <= limit <= metric.high:
        return f"{limit:.15g} lies outside {metric.range} of {name}. A percentage? 60% is 0.6."
    if name in PERCENT_ERRORS and limit > _LARGEST_ERROR:
        return f"{limit:.15g} of {name} is {limit * 100:,.15g}%. A percentage? 30% is 0.3."
    return None
