"""What a prediction log adds to what is reported of a model: metrics of periods nobody reports.

A reported result always goes first. What is computed is marked so, and of how many predictions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.in_life.observation import Observation, pooled
from mlpm_core.in_life.window import standard_errors_apart
from mlpm_core.services.valuation.log_metrics import (
    COMPUTED,
    FIRST_MONDAY,
    LogCounts,
    log_question,
    n_and_outcomes,
)
from mlpm_core.services.valuation.model_log import (
    ModelLog,
    needs_answers,
    needs_bins,
    operating_points,
)
from mlpm_core.services.valuation.reported_units import unit_factor
from mlpm_core.store import rows_of_one

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Deployment
    from mlpm_core.store import MomentReader, Reader
    from mlpm_core.value.mechanism import Input, Mechanism

    Periods = Mapping[Period, Mapping[str, Monitored]]

N_FIRST: Final = 12
"""So many of the first periods are read whatever is left out."""

_WHOLE_DAYS: Final = ("P1D", "P1W", "P1M", "P3M", "P6M", "P1Y")
_DAY: Final = timedelta(days=1)
_NOT_CHANCE: Final = 3.2905267314919255  # z of a two-sided 1 in 1,000


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A metric that is reported otherwise than the log gives it, over the periods that have both.

    ``n`` are the cases that the log counts.
    """

    label: str
    reported: float
    computed: float
    n: int
    n_periods: int
    last: Period


@dataclass(frozen=True, slots=True)
class LogNotes:
    """What is to be said of a prediction log that a value case rests on, or could rest on.

    ``n_outcomes`` of the ``n`` predictions that were read have an outcome. ``unsaid`` are the
    labels of the metrics that could be computed if ``asks_threshold`` or ``asks_positive`` was
    answered. ``waiting`` are periods left out because far fewer of their ``n_waiting`` predictions
    have an outcome (``outcomes_waiting``) than earlier ones have. ``goes_by`` says in words which
    threshold and class that somebody named the computed metrics go by; it is empty where none is.
    """

    n: int = 0
    n_outcomes: int = 0
    asks_threshold: bool = False
    asks_positive: bool = False
    unsaid: tuple[str, ...] = ()
    waiting: tuple[Period, ...] = ()
    n_waiting: int = 0
    outcomes_waiting: int = 0
    disagreements: tuple[Disagreement, ...] = ()
    goes_by: str = ""


@dataclass(frozen=True, slots=True)
class LogReading:
    """The periods of a model, reported and computed, and what is to be said of its log."""

    periods: dict[Period, dict[str, Monitored]]
    notes: LogNotes = field(default_factory=LogNotes)


def with_log(
    reader: Reader,
    project: str,
    deployment: Deployment,
    mechanism: Mechanism | None,
    reported: dict[Period, dict[str, Monitored]],
    *,
    currency: str,
    today: date,
    days: int = 0,
) -> LogReading:
    """Reported periods with what the prediction log gives of the metrics that a mechanism asks.

    Parameters
    ----------
    reported : mapping
        What is reported; it stays as it is.
    days : int
        0 for all periods, else those of the newest days and the first ones.

    Notes
    -----
    The log is read by periods of the length in which results were reported last, else by week. A
    metric is computed for a period only where no result of it overlaps that period. Periods that
    still run, or whose outcomes are still to come, are left out as long as there are others.
    """
    asked = {e.reported_as: e for e in mechanism.metrics} if mechanism else {}
    asked = {name: entry for name, entry in asked.items() if name in COMPUTED}
    if not asked:
        return LogReading(reported)
    question = _question(project, deployment, reported, today, days)
    pairs = rows_of_one(reader, "log_pairs", question)
    if not pairs:
        return LogReading(reported)
    bins = rows_of_one(reader, "log_bins", question) if needs_bins(pairs, asked.keys()) else []
    points = operating_points(reader, project) if needs_answers(pairs, asked.keys()) else {}
    log = ModelLog.of(LogCounts(pairs, bins), asked, points.get(deployment.model_id))
    length = str(question["by"])
    computed, waiting = log.computed(length, today)
    free = where_unreported(computed, reported, length, days)
    periods = {p: dict(metrics) for p, metrics in reported.items()}
    for period, metrics in free.items():
        periods[period] = metrics | periods.get(period, {})
    given = {name for metrics in reported.values() for name in metrics}
    unsaid = [asked[n].label for n in log.unsaid if n not in given]
    n, n_outcomes = n_and_outcomes(pairs)
    notes = LogNotes(
        n=n,
        n_outcomes=n_outcomes,
        asks_threshold=bool(unsaid) and log.asks_threshold,
        asks_positive=bool(unsaid) and log.asks_positive,
        unsaid=tuple(unsaid),
        waiting=tuple(p for p, _ in waiting),
        n_waiting=sum(said.n for _, said in waiting),
        outcomes_waiting=sum(said.n_outcomes for _, said in waiting),
        disagreements=tuple(_disagreements(asked, reported, computed, currency)),
        goes_by=log.point.sentences if free else "",
    )
    return LogReading(dict(sorted(periods.items())), notes)


def ask_logs_ahead(
    reader: MomentReader,
    asked: Iterable[tuple[str, Deployment, date, Mapping[Period, Any]]],
    days: int,
) -> None:
    """Ask the counts of many logs at once: their project, deployment, day and reported periods."""
    questions = [
        (project, _question(project, deployment, reported, today, days))
        for project, deployment, today, reported in asked
    ]
    reader.ask_ahead("log_pairs", [question for _, question in questions])
    counted = [
        (p, q, pairs) for p, q in questions if (pairs := rows_of_one(reader, "log_pairs", q))
    ]
    scored = [q for _, q, pairs in counted if any(row["y_pred"] == "" for row in pairs)]
    reader.ask_ahead("log_bins", scored)
    projects = dict.fromkeys(p for p, _, _ in counted)
    reader.ask_ahead("log_answers", [{"project": p} for p in projects])


def _question(
    project: str,
    deployment: Deployment,
    reported: Iterable[Period],
    today: date,
    days: int,
) -> dict[str, object]:
    whole = [p for p in reported if p.granularity in _WHOLE_DAYS and p.start.time() == time()]
    newest = max(whole, key=lambda p: (p.end, p.end - p.start), default=None)
    return log_question(
        project,
        deployment.model_id,
        deployment.model_version,
        length=newest.granularity if newest else "P1W",
        today=today,
        anchor=newest.start.date() if newest else FIRST_MONDAY,
        days=days,
    )


def where_unreported(
    computed: Mapping[Period, Mapping[str, Monitored]],
    reported: Periods,
    length: str,
    days: int,
) -> dict[Period, dict[str, Monitored]]:
    """What is computed of periods that no result of the same metric overlaps."""
    same_grid = [p for p in reported if p.granularity == length]
    is_unread = _unread(same_grid, days)
    others: dict[str, list[Period]] = {}
    for period, metrics in reported.items():
        if period not in computed:
            for name in metrics:
                others.setdefault(name, []).append(period)
    spans = {name: [(p.start, p.end) for p in periods] for name, periods in others.items()}
    free: dict[Period, dict[str, Monitored]] = {}
    for period, metrics in computed.items():
        if is_unread(period):
            continue
        there, start, end = reported.get(period, {}), period.start, period.end
        kept = {
            name: result
            for name, result in metrics.items()
            if name not in there
            and not any(a < end and (b > start or a == b >= start) for a, b in spans.get(name, ()))
        }
        if kept:
            free[period] = kept
    return free


def _unread(reported: Sequence[Period], days: int) -> Any:  # noqa: ANN401  a function
    """Whether a period lies where only a part of what is reported was read."""
    if not days or len(reported) <= N_FIRST:
        return lambda _: False
    first = sorted(reported)
    gap_from, gap_to = first[N_FIRST - 1].start, first[-1].start - days * _DAY
    return lambda period: gap_from < period.start <= gap_to


def _disagreements(
    asked: Mapping[str, Input],
    reported: Periods,
    computed: Mapping[Period, Mapping[str, Monitored]],
    currency: str,
) -> Iterable[Disagreement]:
    """The metrics of which results and log say something else, beyond 1 in 1,000."""
    for name, entry in asked.items():
        there = [p for p, m in computed.items() if name in m and name in reported.get(p, {})]
        both = {
            p: two
            for p in there
            if (two := _both(entry, p, reported[p][name], computed[p][name], currency))
        }
        if not both:
            continue
        one, other = pooled([r for r, _ in both.values()]), pooled([c for _, c in both.values()])
        if standard_errors_apart(one, other) > _NOT_CHANCE:
            n = sum(computed[p][name].n or 0 for p in both)
            yield Disagreement(entry.label, one.value, other.value, n, len(both), max(both))


def _both(
    entry: Input, period: Period, reported: Monitored, computed: Monitored, currency: str
) -> tuple[Observation, Observation] | None:
    """A result and what the log gives, both in the unit that is asked; None where it cannot be."""
    if reported.is_empty:
        return None
    try:
        factor = unit_factor(entry, reported.unit, period, currency)
    except InputError:
        return None
    return (
        reported.observation(is_share=entry.is_share, factor=factor),
        computed.observation(is_share=entry.is_share),
    )
