"""What freshness, metric limits and value make of a deployment: the one way to its health."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.in_life.health import Health, LimitCheck, Verdict, verdict
from mlpm_core.quantity.words import day_in_words
from mlpm_core.records import METRICS, Incident, IncidentStatus, MetricLimit
from mlpm_core.services.in_life.log_words import log_findings, log_notes
from mlpm_core.services.valuation.monitored import as_asked, monitored_periods, recent_periods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Deployment, Project
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Mechanism
    from mlpm_core.value.worth import Worth


class LimitsAndIncidents(NamedTuple):
    """What the deployments of a project are held against, whatever their value.

    ``limits`` are by the deployment they watch, ``incidents`` those not resolved yet, by model.
    """

    limits: dict[str, list[MetricLimit]]
    incidents: dict[str, list[Incident]]


def held_against(reader: Reader, project: str) -> LimitsAndIncidents:
    """The metric limits and the open incidents of a project."""
    held = LimitsAndIncidents({}, {})
    for limit in reader.current(MetricLimit, project):
        if not limit.archived:
            held.limits.setdefault(limit.deployment_id, []).append(limit)
    for incident in reader.current(Incident, project):
        if incident.status in (IncidentStatus.OPEN, IncidentStatus.MITIGATED):
            held.incidents.setdefault(incident.model_id, []).append(incident)
    return held


def _incident(incident: Incident) -> tuple[Health, str]:
    """What an incident that is not over makes of a deployment: a grave one makes it critical."""
    is_grave = incident.severity in ("SEV1", "SEV2") and incident.status == IncidentStatus.OPEN
    since = day_in_words(incident.started_at.date())
    what = f"{incident.incident_id} ({incident.severity}, {incident.status})"
    return (Health.SICK if is_grave else Health.WATCH), f"incident {what} began on {since}"


def limits_held(
    reader: Reader,
    deployment: Deployment,
    limits: Sequence[MetricLimit],
    *,
    mechanism: Mechanism | None,
    project: Project,
    today: date,
) -> tuple[LimitCheck, ...]:
    """The newest results of a deployment beside its limits, in the units its mechanism asks."""
    if not limits:
        return ()
    asked = (reader, project.project, deployment, today, mechanism, project.currency)
    reported = recent_periods(*asked)
    monitored = as_asked(reported, mechanism, project.currency)
    if any(len(monitored[period]) < len(metrics) for period, metrics in reported.items()):
        # The newest result in a unit that fits may be older than what counts as recent.
        reported = monitored_periods(*asked)
        monitored = as_asked(reported, mechanism, project.currency)
    fresh = deployment.fresh_within_days
    return limit_checks(limits, monitored, today=today, fresh_within_days=fresh)


def limit_checks(
    limits: Iterable[MetricLimit],
    monitored: Mapping[Period, Mapping[str, Monitored]],
    *,
    today: date,
    fresh_within_days: int,
) -> tuple[LimitCheck, ...]:
    """The newest value of every metric with a limit, beside that limit; in the limits' order."""
    checks = []
    for limit in limits:
        name = limit.metric
        registered = METRICS.get(name)
        period = newest(p for p, metrics in monitored.items() if name in metrics)
        latest = monitored[period][name] if period else None
        low, high = None, None
        if latest is not None:
            low, high = latest.interval(is_share=registered is not None and registered.is_share)
        checks.append(
            LimitCheck(
                metric=name,
                label=registered.label if registered else name,
                value=latest.value if latest else None,
                low=low,
                high=high,
                at_least=limit.low,
                at_most=limit.high,
                breach=Health(limit.breach),
                is_stale=(age_in_days(period, today) or 0) > fresh_within_days,
            )
        )
    return tuple(checks)


def health_of(
    deployment: Deployment,
    *,
    today: date,
    age_days: int | None,
    checks: Iterable[LimitCheck],
    case: CaseValue | None,
    incidents: Iterable[Incident] = (),
) -> Verdict:
    """The health of a deployment on a day; ``case`` is None when it does not count for value.

    ``incidents`` are those of its model that are not resolved; one of another version, or one that
    began later, is left out.
    """
    from_on, to_on = deployment.from_on, deployment.to_on
    if to_on is not None and to_on < today:
        return Verdict(
            Health.UNKNOWN, f"It is no longer in use; its last day was {day_in_words(to_on)}."
        )
    if from_on is not None and from_on > today:
        return Verdict(
            Health.UNKNOWN, f"It is not in use yet; its first day is {day_in_words(from_on)}."
        )
    current = case.current if case else None
    return verdict(
        age_days=age_days,
        fresh_within_days=deployment.fresh_within_days,
        promised_rate=_mean(case.planned if case else None),
        current_rate=_mean(current),
        probability_of_loss=current.probability_of_loss if current else None,
        settled=_settled(case),
        unvalued=case.unvalued if case else None,
        unmonitored=_unmonitored(case),
        limits=checks,
        counts_for_value=case is not None,
        incidents=[
            _incident(row)
            for row in incidents
            if row.started_at.date() <= today
            and (not row.model_version or row.model_version == deployment.model_version)
        ],
        of_log=log_findings(case.log, deployment.model_id) if case and case.log else (),
        notes=log_notes(case.log) if case and case.log else (),
    )


def _unmonitored(case: CaseValue | None) -> list[str]:
    """The metrics that the value needs and nobody reports, though others are reported."""
    if case is None or case.current is None:
        return []
    return [
        entry.label
        for entry in case.inputs
        if entry.is_metric and entry.is_asked and entry.is_needed and entry.monitored is None
    ]


def newest(periods: Iterable[Period]) -> Period | None:
    """The period that ends last, of several the longest."""
    return max(periods, key=lambda p: (p.end, p.end - p.start), default=None)


def age_in_days(period: Period | None, today: date) -> int | None:
    """Days from the end of a period to a day; a period that still runs has none."""
    return max((today - period.end.date()).days, 0) if period else None


def _settled(case: CaseValue | None) -> tuple[float, float] | None:
    """What value is without what chance explains, and how likely a loss it is then."""
    if case is None or case.settled_net is None or case.settled_loss is None:
        return None
    return case.settled_net, case.settled_loss


def _mean(worth: Worth | None) -> float | None:
    return worth.net.mean if worth else None
