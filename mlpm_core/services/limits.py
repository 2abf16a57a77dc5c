"""What freshness, metric limits and value make of a deployment: the one way to its health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.in_life.health import Health, LimitCheck, Verdict, verdict
from mlpm_core.records import METRICS, MetricLimit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlpm_core.services.periods import Monitored, Period
    from mlpm_core.services.valuation import CaseValue
    from mlpm_core.store import Reader
    from mlpm_core.value.worth import Worth

__all__ = ["Limits", "age_in_days", "health_of", "limit_checks", "limits_of_project", "newest"]

Limits = dict[str, list[dict[str, Any]]]
"""Limits that are not archived, by the deployment they watch."""


def limits_of_project(reader: Reader, project: str) -> Limits:
    """The metric limits of a project's deployments."""
    found: Limits = {}
    for row in reader.current(MetricLimit, project):
        if not row["archived"]:
            found.setdefault(row["deployment_id"], []).append(row)
    return found


def limit_checks(
    limits: Iterable[Mapping[str, Any]],
    monitored: Mapping[Period, Mapping[str, Monitored]],
    *,
    today: date,
    fresh_within_days: int,
) -> tuple[LimitCheck, ...]:
    """The newest value of every metric with a limit, beside that limit; in the limits' order."""
    checks = []
    for limit in limits:
        name = limit["metric"]
        known = METRICS.get(name)
        period = newest(p for p, metrics in monitored.items() if name in metrics)
        told = monitored[period][name] if period else None
        low, high = None, None
        if told is not None:
            low, high = told.interval(
                is_share=known is not None and (known.low, known.high) == (0, 1)
            )
        checks.append(
            LimitCheck(
                metric=name,
                label=known.label if known else name,
                value=told.value if told else None,
                low=low,
                high=high,
                at_least=limit["low"],
                at_most=limit["high"],
                breach=Health(limit["breach"]),
                is_stale=(age_in_days(period, today) or 0) > fresh_within_days,
            )
        )
    return tuple(checks)


def health_of(
    deployment: Mapping[str, Any],
    *,
    today: date,
    age_days: int | None,
    checks: Iterable[LimitCheck],
    case: CaseValue | None,
) -> Verdict:
    """The health of a deployment on a day; ``case`` is None when it does not count for value."""
    from_on, to_on = deployment["from_on"], deployment["to_on"]
    if to_on is not None and to_on < today:
        return Verdict(Health.UNKNOWN, f"It is no longer in use; its last day was {_day(to_on)}.")
    if from_on is not None and from_on > today:
        return Verdict(Health.UNKNOWN, f"It is not in use yet; its first day is {_day(from_on)}.")
    current = case.current if case else None
    return verdict(
        age_days=age_days,
        fresh_within_days=deployment["fresh_within_days"],
        promised_rate=_mean(case.planned if case else None),
        current_rate=_mean(current),
        probability_of_loss=current.probability_of_loss if current else None,
        unvalued=case.unvalued if case else None,
        limits=checks,
        counts_for_value=case is not None,
    )


def newest(periods: Iterable[Period]) -> Period | None:
    """The period that ends last, of several the longest."""
    return max(periods, key=lambda p: (p.end, p.end - p.start), default=None)


def age_in_days(period: Period | None, today: date) -> int | None:
    """Days from the end of a period to a day; a period that still runs has none."""
    return max((today - period.end.date()).days, 0) if period else None


def _mean(worth: Worth | None) -> float | None:
    return worth.net.mean if worth else None


def _day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"
