"""What an evaluation must satisfy: its statements about one value fit together."""

from __future__ import annotations

from typing import Any

from mlpm_core.quantity.stated import contradiction
from mlpm_core.records.metrics import METRICS

__all__ = ["evaluation_fault", "is_share_metric"]


def is_share_metric(name: str) -> bool:
    """Whether a metric counts cases, as far as the registry knows; an unknown one might not.

    Examples
    --------
    >>> is_share_metric("recall"), is_share_metric("rmse"), is_share_metric("ours")
    (True, False, False)
    """
    metric = METRICS.get(name)
    return metric is not None and (metric.low, metric.high) == (0, 1)


def evaluation_fault(row: dict[str, Any]) -> tuple[str, str] | None:
    """Which column of an evaluation contradicts another, and the question that settles it."""
    fault = contradiction(
        row["value"],
        is_share=is_share_metric(row["metric"]),
        n=row["n"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        interval=(row["ci_low"], row["ci_high"]),
    )
    if fault is not None:
        return fault
    if row["agreement"] is not None and not row["compared_with"]:
        return "compared_with", "The agreement is with no candidate; name the other one."
    if row["compared_with"] and row["compared_with"] == row["candidate"]:
        return "compared_with", "A candidate is compared with another one, not with itself."
    if row["agreement"] is not None and row["agreement"] < 0 and is_share_metric(row["metric"]):
        return "agreement", "Of a share the agreement is itself a share of the cases, 0 to 1."
    return None
