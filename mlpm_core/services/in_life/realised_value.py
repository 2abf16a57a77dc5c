"""The days a value case was in use, and what its monitored periods tell of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.in_life.realisation import (
    PeriodValue,
    Span,
    WindowTotal,
    counted_parts,
    days_within,
    months,
    window_totals,
)
from mlpm_core.services.valuation.monitored import champions, monitored_periods, seen
from mlpm_core.services.valuation.moved_together import luck
from mlpm_core.services.valuation.settled import settled_metrics
from mlpm_core.value.kpi import DAYS_PER_YEAR
from mlpm_core.value.worth import Valuation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.quantity import Dimension
    from mlpm_core.records import Deployment, ValueCase
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader

NET: Final = "net"
"""Name of the net money of a day; a dimension goes by its own name."""
BEFORE_COST: Final = "net before running cost"
"""The same, with nothing counted for running the model."""

_DAY = timedelta(days=1)
_DRAWS = 1024
_AT_ONCE = 64
_NOT_FINAL = ("partial", "estimated", "none")


@dataclass(frozen=True, slots=True)
class LifeMonth:
    """A calendar month with its days in use and what the periods tell of it."""

    start: date
    days_in_use: float
    window_total: WindowTotal


@dataclass(frozen=True, slots=True)
class RealisedValue:
    """What the monitored periods of a value case tell, up to a day.

    ``since`` holds, for each day asked, what they tell from that day on; ``unvalued`` what is wrong
    with periods that have no value, ``n_unvalued`` how many these are; ``in_use`` when each of its
    champions was in use; ``within`` holds what they tell of each stretch of days asked.
    """

    months: tuple[LifeMonth, ...]
    since: Mapping[date, WindowTotal]
    unvalued: tuple[str, ...]
    n_unvalued: int
    in_use: tuple[Span, ...] = ()
    within: Mapping[Span, WindowTotal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Held:
    """One period of one champion: when it counts, and the metrics that hold in it.

    ``luck`` names the result each metric comes from: its error is its own, and is the same error
    wherever the result is carried to.
    """

    span: Span
    n_told: int
    metrics: Mapping[str, str]
    luck: Mapping[str, str]
    is_final: bool


def realised_value(
    reader: Reader,
    row: ValueCase,
    case: CaseValue,
    today: date,
    *,
    dimensions: Collection[Dimension] = (),
    since: Collection[date] = (),
    within: Collection[Span] = (),
    before_cost: bool = False,
    beside_others: bool = False,
    only_within: bool = False,
) -> RealisedValue:
    """What the monitored periods of a value case tell of its days in use.

    Only days in use count: those of its champion deployments, else from the first result on. Where
    periods overlap, the champion that began last counts, then the period that tells more of the
    metrics the value rests on, then the shorter one.

    Parameters
    ----------
    row : mapping
        The record of the value case.
    today : date
        The last day that counts.
    dimensions : collection of Dimension
        Gathered beside net.
    since : collection of date
        Days from which on everything is gathered once more.
    within : collection of Span
        Stretches of days of which everything is gathered once more.
    before_cost : bool
        Whether net before running cost is gathered beside net.
    beside_others : bool
        Whether its draws are added to those of other value cases: what they share is drawn alike,
        all else apart (``moved_together.luck``).
    only_within : bool
        Whether nothing but those stretches is asked: periods that touch none are not valued, and
        no months are told.
    """
    in_use: list[Span] = []
    held: list[_Held] = []
    begun = [c for c in champions(reader, row) if c.from_on is None or c.from_on <= today]
    for champion in sorted(begun, key=lambda c: c.from_on or today, reverse=True):
        monitored = monitored_periods(
            reader, row.project, champion, today, case.mechanism, case.currency
        )
        by_period = {
            period: metrics
            for period, metrics in monitored.items()
            if period.start < period.end
            and seen(case.mechanism, period, metrics, case.currency).observations
        }
        use = _use(champion, by_period, today)
        if use is not None:
            in_use.append(use)
            whose = f"{champion.model_id} {champion.model_version}"
            held += sorted(
                _held(case, by_period, use, whose), key=lambda h: (-h.n_told, h.span.days)
            )
    windows = [] if only_within else months(in_use)
    days = sorted(since)
    asked = [
        *windows,
        *(Span(_midnight(d), _midnight(max(d, today)) + _DAY) for d in days),
        *within,
    ]
    faults: list[str] = []
    written = planned_inputs(case) if beside_others else None
    counting = [
        (period, parts)
        for period, parts in zip(held, counted_parts([h.span for h in held]), strict=True)
        if parts and (not only_within or any(w.within(p) for w in within for p in parts))
    ]
    own = {name for period in held for name in period.metrics}
    valued = _valued(
        case, counting, own, dimensions, faults, before_cost=before_cost, apart=written
    )
    totals = window_totals(valued, asked)
    return RealisedValue(
        months=tuple(
            LifeMonth(window.start.date(), days_within(in_use, window), part)
            for window, part in zip(windows, totals, strict=False)
        ),
        since=dict(zip(days, totals[len(windows) : len(windows) + len(days)], strict=True)),
        unvalued=tuple(dict.fromkeys(faults)),
        n_unvalued=len(faults),
        in_use=tuple(in_use),
        within=dict(zip(within, totals[len(windows) + len(days) :], strict=True)),
    )


def _use(champion: Deployment, by_period: Mapping[Period, object], today: date) -> Span | None:
    """The days a champion was in use; None when there is none yet."""
    first_on = champion.from_on or min((p.start.date() for p in by_period), default=None)
    last_on = min(champion.to_on or today, today)
    if first_on is None or first_on > last_on:
        return None
    return Span(_midnight(first_on), _midnight(last_on) + _DAY)


def _held(
    case: CaseValue, by_period: Mapping[Period, Mapping[str, Monitored]], use: Span, whose: str
) -> Iterator[_Held]:
    """Every period of a champion in its days of use; metrics are carried as in value rates."""
    for granularity in dict.fromkeys(period.granularity for period in by_period):
        periods = {p: m for p, m in by_period.items() if p.granularity == granularity}
        held = settled_metrics(case, periods)
        for (period, metrics), carried in zip(periods.items(), held, strict=True):
            span = Span(period.start, period.end).within(use)
            if span is None:
                continue
            entries = [i for i in case.mechanism.inputs if i.reported_as in metrics]
            yield _Held(
                span,
                len(entries),
                {name: text for name, (text, _) in carried.items()},
                {n: f"{whose} {when.granularity} {when.start}" for n, (_, when) in carried.items()},
                all(metrics[i.reported_as].label_status not in _NOT_FINAL for i in entries),
            )  # fmt: skip


def _valued(
    case: CaseValue,
    counting: Sequence[tuple[_Held, tuple[Span, ...]]],
    own: Collection[str],
    dimensions: Collection[Dimension],
    faults: list[str],
    *,
    before_cost: bool,
    apart: Mapping[str, str] | None,
) -> Iterator[PeriodValue]:
    """The periods that count with their draws; what is wrong with the others goes to ``faults``.

    ``own`` names the inputs that are a metric in any period of the case. ``apart`` is what is
    written of all inputs, where each has luck of its own.
    """
    of_written = {} if apart is None else luck(case, apart, {})
    own = {*own, *of_written}
    try:
        common = _valuation(case, own, planned_inputs(case))
        free = _valuation(case, own, without_running_cost(case)) if before_cost else None
    except InputError as error:
        faults += [str(error)] * len(counting)
        return
    # Periods that are pooled follow each other.
    runs = [list(run) for _, run in groupby(counting, key=lambda x: _settled(x[0]))]
    for start in range(0, len(runs), _AT_ONCE):
        some = runs[start : start + _AT_ONCE]
        settled = [run[0][0] for run in some]
        asked = [one.metrics for one in settled], [{**of_written, **one.luck} for one in settled]
        figures = common.by_draw(*asked, dimensions)
        freed = free.by_draw(*asked) if free else figures
        for run, by_draw, without in zip(some, figures, freed, strict=True):
            if isinstance(by_draw, MlpmError):
                faults += [str(by_draw)] * len(run)
                continue
            values = {d.value if d else NET: drawn for d, drawn in by_draw.items()}
            values[NET] = values[NET] / DAYS_PER_YEAR
            if free and not isinstance(without, MlpmError):
                values[BEFORE_COST] = without[None] / DAYS_PER_YEAR
            yield from (PeriodValue(p, values, is_final=one.is_final) for one, p in run)


def _valuation(case: CaseValue, own: Collection[str], quantities: Mapping[str, str]) -> Valuation:
    return Valuation(
        case.mechanism,
        quantities,
        own=own,
        baseline=case.baseline or None,
        currency=case.currency,
        draws=_DRAWS,
    )


def planned_inputs(case: CaseValue) -> dict[str, str]:
    """What is written for every input that a value case asks for, or its default."""
    return {i.name: text for i in case.inputs if i.is_asked and (text := i.planned or i.default)}


def without_running_cost(case: CaseValue) -> dict[str, str]:
    """The same with nothing for running the model."""
    free = {i.name for i in case.mechanism.inputs if i.is_running_cost}
    return {name: "0" if name in free else text for name, text in planned_inputs(case).items()}


def _settled(period: _Held) -> tuple[object, ...]:
    """What is equal in periods that are worth the same."""
    return (*period.metrics.items(), *period.luck.items())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
