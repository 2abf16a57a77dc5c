"""What is monitored of a deployed model, period by period, as its mechanism reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.in_life.observation import Observation
from mlpm_core.in_life.periods import Monitored, Period, periods_of
from mlpm_core.records import Deployment, Slot, ValueCase, stored
from mlpm_core.services.valuation.log_reading import LogReading, ask_logs_ahead, with_log
from mlpm_core.services.valuation.reported_units import needs_unit, unit_factor
from mlpm_core.store import rows_of_one
from mlpm_core.value.rates import flags_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlpm_core.store import MomentReader, Reader
    from mlpm_core.value.mechanism import Mechanism

WINDOW_DAYS: Final = 92
"""No more days count as now: a quarter of a year, whichever it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one period tells of a mechanism's inputs, each in the unit in which it is asked.

    ``is_idle`` when the model flagged nothing: precision is then undefined, and recall is 0.
    """

    observations: Mapping[str, Observation] = field(default_factory=dict)
    is_idle: bool = False


def champions(reader: Reader, case: ValueCase) -> list[Deployment]:
    """The champion deployments of a case; else its model, every version, as if deployed."""
    deployments = [
        d
        for d in reader.current(Deployment, case.project)
        if d.value_case_id == case.value_case_id and d.slot == "champion" and not d.archived
    ]
    return deployments or [as_if_deployed(case.model_id)]


def as_if_deployed(model_id: str) -> Deployment:
    """A champion of every version of a model that reports without a deployment: since None."""
    blank = dict.fromkeys(("project", "deployment_id", "value_case_id"), "")
    return stored(Deployment, {**blank, "model_id": model_id, "from_on": None})


def deployed(reader: Reader, case: ValueCase) -> Deployment:
    """The champion that runs, of several the one that began last."""
    return max(champions(reader, case), key=lambda d: (d.to_on is None, d.from_on))


def watched_deployments(reader: Reader, project: str) -> list[Deployment]:
    """Everything of a project of which results are asked: what is deployed, or as if it were."""
    recorded = [d for d in reader.current(Deployment, project) if not d.archived]
    cases = [case for case in reader.current(ValueCase, project) if not case.archived]
    as_if = [d for case in cases for d in champions(reader, case) if not d.deployment_id]
    return recorded + as_if


def years_in_use(
    reader: Reader, case: ValueCase, today: date, *, is_monitored: bool
) -> float | None:
    """Since the first champion of a case came into use; None while none did.

    It is 0 when nothing but its results says that one is in use.
    """
    begun = [d.from_on for d in champions(reader, case) if d.from_on]
    begun = [day for day in begun if day <= today]
    if not begun:
        return 0.0 if is_monitored else None
    return float((today - min(begun)).days / 365.25)


def monitored_periods(
    reader: Reader,
    project: str,
    deployment: Deployment | None,
    today: date,
    mechanism: Mechanism | None = None,
    currency: str = "",
) -> dict[Period, dict[str, Monitored]]:
    """Monitored metrics of the deployed model by period, up to today.

    With a mechanism, what nobody reports of the metrics that it asks is computed from the
    prediction log where there is one (``log_reading.with_log``); the currency is the project's.
    """
    if not deployment or not deployment.model_id:
        return {}
    rows = reader.rows("monitored_metrics", **_of(project, deployment))
    reported = {p: m for p, m in periods_of(rows).items() if p.start.date() <= today}
    return with_log(
        reader, project, deployment, mechanism, reported, currency=currency, today=today
    ).periods


def recent_periods(
    reader: Reader,
    project: str,
    deployment: Deployment | None,
    today: date,
    mechanism: Mechanism | None = None,
    currency: str = "",
) -> dict[Period, dict[str, Monitored]]:
    """The same, only what a value today rests on.

    Of each length of period those of the newest ``WINDOW_DAYS``, the first 12 as the reference, and
    of each metric the newest result.
    """
    return recent_reading(reader, project, deployment, today, mechanism, currency).periods


def recent_reading(
    reader: Reader,
    project: str,
    deployment: Deployment | None,
    today: date,
    mechanism: Mechanism | None,
    currency: str,
) -> LogReading:
    """The ``recent_periods`` with what is to be said of the prediction log."""
    if not deployment or not deployment.model_id:
        return LogReading({})
    reported = periods_of(
        rows_of_one(reader, "recent_metrics", _recent(project, deployment, today))
    )
    return with_log(
        reader, project, deployment, mechanism, reported,
        currency=currency, today=today, days=WINDOW_DAYS,
    )  # fmt: skip


def ask_recent_ahead(reader: MomentReader, asked: Iterable[tuple[str, Deployment, date]]) -> None:
    """Ask for the ``recent_periods`` of many deployments at once: their project, they, its day."""
    of_models = [question for question in asked if question[1].model_id]
    reader.ask_ahead("recent_metrics", [_recent(*question) for question in of_models])
    reported = (
        (*one, periods_of(rows_of_one(reader, "recent_metrics", _recent(*one))))
        for one in of_models
    )
    ask_logs_ahead(reader, reported, WINDOW_DAYS)


def _recent(project: str, deployment: Deployment, today: date) -> dict[str, object]:
    until = datetime.combine(today, time.max)
    return {**_of(project, deployment), "until": until, "days": WINDOW_DAYS}


def _of(project: str, deployment: Deployment) -> dict[str, object]:
    """The results of a deployment, as queries ask for them."""
    return {
        "project": project,
        "model_id": deployment.model_id,
        "model_version": deployment.model_version,
        "also_source": "shadow" if deployment.slot == Slot.SHADOW else "production",
    }


def seen(
    mechanism: Mechanism, period: Period, metrics: Mapping[str, Monitored], currency: str
) -> Seen:
    """What a period's metrics tell of a mechanism's inputs.

    What rests on no case is left out, and so is a quantity without a unit that fits.
    """
    observations = {}
    for entry in mechanism.inputs:
        monitored = metrics.get(entry.reported_as)
        if monitored is None or monitored.is_empty:
            continue
        try:
            factor = unit_factor(entry, monitored.unit, period, currency)
        except InputError:
            continue
        observations[entry.name] = monitored.observation(is_share=entry.is_share, factor=factor)
    recall, precision = (_reported(mechanism, name) for name in ("recall", "precision"))
    if not (recall and precision and _is_idle(metrics)):
        return Seen(observations)
    missed = Observation(0.0, observations[recall].cases if recall in observations else None)
    follow = [entry.name for entry in mechanism.inputs if entry.same_as == recall]
    kept = {name: o for name, o in observations.items() if name != precision}
    return Seen(kept | dict.fromkeys((recall, *follow), missed), is_idle=True)


def as_asked(
    monitored: Mapping[Period, Mapping[str, Monitored]],
    mechanism: Mechanism | None,
    currency: str,
) -> dict[Period, dict[str, Monitored]]:
    """Monitored metrics in the unit in which the mechanism asks them, as limits and plans are.

    One whose unit does not fit is left out, as it is of the value. What the mechanism does not ask,
    and a volume, stay as they were reported.
    """
    entries = {e.reported_as: e for e in mechanism.inputs if not needs_unit(e)} if mechanism else {}
    asked: dict[Period, dict[str, Monitored]] = {}
    for period, metrics in monitored.items():
        asked[period] = {}
        for name, result in metrics.items():
            try:
                factor = (
                    unit_factor(entries[name], result.unit, period, currency)
                    if name in entries
                    else 1.0
                )
            except InputError:
                continue
            asked[period][name] = result.times(factor)
    return asked


def _reported(mechanism: Mechanism, metric: str) -> str | None:
    """The input that a metric feeds."""
    return next((e.name for e in mechanism.metrics if e.reported_as == metric), None)


def _is_idle(metrics: Mapping[str, Monitored]) -> bool:
    """Whether a period's results say that nothing was flagged (``value.rates.flags_nothing``)."""
    recall, precision = metrics.get("recall"), metrics.get("precision")
    if recall is None or recall.is_empty:
        return precision is not None and precision.is_empty
    if precision is None or precision.is_empty:
        return flags_nothing(recall.value, None)
    return flags_nothing(recall.value, precision.value, recall.cases, precision.cases)


def newest_period(
    monitored: Mapping[Period, Mapping[str, Monitored]], mechanism: Mechanism, currency: str
) -> Period | None:
    """The period that is current: the one that ends last, of several the longest."""
    telling = [p for p, m in monitored.items() if seen(mechanism, p, m, currency).observations]
    return max(telling, key=lambda p: (p.end, p.end - p.start), default=None)
