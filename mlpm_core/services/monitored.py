"""What is monitored of a deployed model, period by period, as its mechanism reads it."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from mlpm_core.records import Deployment, Slot
from mlpm_core.services.periods import Monitored, Period, periods_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Mechanism

__all__ = [
    "champions",
    "deployed",
    "monitored_periods",
    "newest_period",
    "newest_periods",
    "written_metrics",
    "years_in_use",
]


def champions(reader: Reader, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The champion deployments of a case; else its model, every version, as if deployed."""
    found = [
        d
        for d in reader.current(Deployment, case["project"])
        if d["value_case_id"] == case["value_case_id"]
        and d["slot"] == "champion"
        and not d["archived"]
    ]
    return found or [
        {
            "deployment_id": "",
            "model_id": case["model_id"],
            "model_version": "",
            "fresh_within_days": 14,
            "from_on": None,
            "to_on": None,
        }
    ]


def deployed(reader: Reader, case: Mapping[str, Any]) -> dict[str, Any]:
    """The champion that runs, of several the one that began last."""
    return max(champions(reader, case), key=lambda d: (d["to_on"] is None, d["from_on"]))


def years_in_use(
    reader: Reader, case: Mapping[str, Any], today: date, *, is_monitored: bool
) -> float | None:
    """Since the first champion of a case came into use; None while none did.

    It is 0 when nothing but its results says that one is in use.
    """
    begun = [d["from_on"] for d in champions(reader, case) if d["from_on"]]
    begun = [day for day in begun if day <= today]
    if not begun:
        return 0.0 if is_monitored else None
    return float((today - min(begun)).days / 365.25)


def monitored_periods(
    reader: Reader, project: str, deployment: Mapping[str, Any] | None, today: date
) -> dict[Period, dict[str, Monitored]]:
    """Monitored metrics of the deployed model by period, up to today."""
    rows = _results(reader, "monitored_metrics", project, deployment)
    return {p: m for p, m in periods_of(rows).items() if p.start.date() <= today}


def newest_periods(
    reader: Reader, project: str, deployment: Mapping[str, Any] | None, today: date
) -> dict[Period, dict[str, Monitored]]:
    """The same, of each metric and length of period the newest: all that a value today rests on."""
    until = datetime.combine(today, time.max)
    return periods_of(_results(reader, "newest_metrics", project, deployment, until=until))


def _results(
    reader: Reader,
    query: str,
    project: str,
    deployment: Mapping[str, Any] | None,
    **more: object,
) -> list[dict[str, Any]]:
    if not deployment or not deployment["model_id"]:
        return []
    return reader.rows(
        query,
        project=project,
        model_id=deployment["model_id"],
        model_version=deployment["model_version"],
        also_source="shadow" if deployment.get("slot") == Slot.SHADOW else "production",
        **more,
    )


def newest_period(
    monitored: Mapping[Period, Mapping[str, Monitored]], mechanism: Mechanism
) -> Period | None:
    """The period that is current: the one that ends last, of several the longest."""
    told = [p for p, metrics in monitored.items() if written_metrics(mechanism, metrics)]
    return max(told, key=lambda p: (p.end, p.end - p.start), default=None)


def written_metrics(mechanism: Mechanism, metrics: Mapping[str, Monitored]) -> dict[str, str]:
    """Monitored metrics as inputs of the mechanism, in the notation of quantities."""
    return {
        entry.name: metrics[entry.reported_as].written(entry.low, entry.high)
        for entry in mechanism.inputs
        if entry.reported_as in metrics
    }
