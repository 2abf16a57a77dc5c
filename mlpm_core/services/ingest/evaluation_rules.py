"""What an evaluation must satisfy: its statements about one value fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError
from mlpm_core.intake.columns.written_units import times
from mlpm_core.quantity.stated import contradiction
from mlpm_core.records.metrics import METRICS
from mlpm_core.services.valuation.reported_units import check_registered, error_fault, unit_factor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.value.mechanism import Input

_IN_ITS_UNIT = ("value", "value_se", "ci_low", "ci_high")


def in_asked_units(
    row: Mapping[str, Any], metrics: Mapping[str, Input], currency: str
) -> dict[str, Any]:
    """An evaluation with its value and errors in the unit in which its mechanism asks the metric.

    Raises
    ------
    InputError
        When its unit does not fit.
    """
    entry = metrics.get(row["metric"])
    factor = 1.0 if entry is None else unit_factor(entry, row["unit"], None, currency)
    if factor == 1.0:
        return dict(row)
    scaled = {n: None if row[n] is None else times(row[n], factor) for n in _IN_ITS_UNIT}
    return {**row, **scaled, "unit": ""}


def unit_fault(
    row: Mapping[str, Any], metrics: Mapping[str, Input], currency: str
) -> tuple[str, str] | None:
    """Why the unit of an evaluation does not fit its metric; None when it does."""
    try:
        if row["metric"] in metrics:
            in_asked_units(row, metrics, currency)
        else:
            check_registered(row["metric"], row["unit"])
    except InputError as error:
        return "unit", str(error)
    return None


def is_share_metric(name: str) -> bool:
    """Whether a metric counts cases, as far as the registry knows; an unknown one might not.

    Examples
    --------
    >>> is_share_metric("recall"), is_share_metric("rmse"), is_share_metric("ours")
    (True, False, False)
    """
    metric = METRICS.get(name)
    return metric is not None and metric.is_share


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
    fault = fault or error_fault(row)
    if fault is not None:
        return fault
    if row["agreement"] is not None and not row["compared_with"]:
        return "compared_with", "The agreement is with no candidate; name the other one."
    if row["compared_with"] and row["compared_with"] == row["candidate"]:
        return "compared_with", "A candidate is compared with another one, not with itself."
    if row["agreement"] is not None and row["agreement"] < 0 and is_share_metric(row["metric"]):
        return "agreement", "The agreement on a share is itself a share of the cases, from 0 to 1."
    return None
