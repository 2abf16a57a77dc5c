"""KPIs as tidy frames, for the list, the chart and the tables of the KPI screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from mlpm_core.records import METRICS
from mlpm_core.services.in_life.portfolio import Grade
from mlpm_core.services.in_life.shown_period import fiscal_end
from pages.parts.common import event_marks, period_frames
from pages.parts.common.format import (
    KPI_STATES,
    NOTHING,
    day,
    digits_beside,
    figure,
    grade_in_words,
    number,
    percent,
    period_name,
    plain,
    span,
    written_unit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mlpm_core.records import Promise
    from mlpm_core.services.in_life.kpi_since import Moved, SinceDay
    from mlpm_core.services.in_life.kpi_view import KpiLine, KpiSeries, KpiView
    from mlpm_core.services.in_life.shown_period import ShownPeriod


_DRAWN: Final = ("measured", "unfinished", "implied", "low", "high", "earlier")


def lines(shown: Sequence[KpiLine]) -> pd.DataFrame:
    """A project's KPIs, a row each."""
    return pd.DataFrame(
        {
            "KPI": [x.kpi.title for x in shown],
            "State": [KPI_STATES[x.state][0] for x in shown],
            "Now": [_now(x) for x in shown],
            "Likely (8 times in 10)": [_likely(x) for x in shown],
            "Target": [_target(x) for x in shown],
            "Newest values": [list(x.spark) for x in shown],
            "Based on": [_based_on(x) for x in shown],
            "Data to": [_data_to(x) for x in shown],
            "Owner": [x.kpi.owner or "nobody yet" for x in shown],
        }
    )


def _now(line: KpiLine) -> str:
    newest = line.series.newest if line.series else None
    if newest is not None:
        target = line.target.target if line.target else None
        return figure(newest.value, line.kpi.unit, digits_beside(newest.value, target))
    current = line.proven.level if line.proven else line.kpi.value
    return NOTHING if current is None else figure(current, line.kpi.unit)


def _likely(line: KpiLine) -> str:
    """The range of what is implied; what was measured stands as it was counted."""
    if line.is_measured:
        return "as counted"
    if line.proven is not None:
        return f"{span(line.proven.low, line.proven.high)} (19 in 20)"
    current = line.kpi.current
    return NOTHING if current is None else span(current.p10, current.p90)


def _target(line: KpiLine) -> str:
    if line.target is None:
        return NOTHING
    text = number(line.target.target)
    return f"{text} by {day(line.target.on)}" if line.target.on else text


def _based_on(line: KpiLine) -> str:
    if line.is_measured:
        return "measured"
    if line.proven is not None:
        return f"proven (grade {line.proven.grade}), less than implied"
    if line.kpi.current is not None:
        return f"implied ({grade_in_words(Grade.MODEL_IMPLIED, line.kpi.unchecked)})"
    return "planned only" if line.kpi.planned is not None else "nothing yet"


def _data_to(line: KpiLine) -> str:
    newest = line.series.newest if line.series else None
    if newest is not None:
        return day(newest.period.last_on)
    if line.proven is not None:
        return day(line.proven.until)
    return day(line.kpi.as_of.last_on) if line.kpi.as_of else NOTHING


def over_time(
    view: KpiView, series: KpiSeries | None, shown: ShownPeriod
) -> tuple[pd.DataFrame, event_marks.Numbered]:
    """Measured and implied by period for the chart, with what they are compared with, and events.

    ``earlier`` holds the whole values of the days compared with, at the days shown.
    """
    rows: dict[datetime, dict[str, Any]] = {}
    ends: list[datetime] = []
    for level in view.implied:
        if shown.holds(level.period):
            row = rows.setdefault(level.period.start, {"period": period_name(level.period)})
            row |= {"implied": level.level, "low": level.low, "high": level.high}
            ends.append(level.period.end)
    for value in series.values if series else ():
        if shown.holds(value.period):
            row = rows.setdefault(value.period.start, {})
            row["period"] = period_name(value.period)
            row["measured" if value.is_whole else "unfinished"] = value.value
            ends.append(value.period.end)
    if rows and series is not None:
        whole = ((v.period, v.value) for v in series.whole)
        for start, (period, was) in period_frames.under(sorted(rows), whole, shown).items():
            rows[start] |= {"earlier": was, "earlier_period": period_name(period)}
    starts = sorted(rows)
    columns, blank = ("period", "earlier_period", *_DRAWN), {"earlier_period": NOTHING}
    frame = pd.DataFrame(
        [blank | {"start": s} | rows[s] for s in starts], columns=("start", *columns)
    )
    for name in _DRAWN:
        frame[name] = frame[name].astype("float64")
    frame["baseline"] = pd.Series([view.kpi.baseline] * len(starts), dtype="float64")
    targets = [_target_at(view, s.date()) for s in starts]
    frame["target"] = pd.Series(targets, dtype="float64")
    if not starts:
        return frame, ()
    events = event_marks.numbered(view.events, starts[0], max(ends))
    return event_marks.marked(frame, starts, max(ends), events), events


def _target_at(view: KpiView, on: date) -> float | None:
    """The target that was in force on a day: the next one to come, else the last."""
    coming = [t for t in view.targets if t.on is None or t.on >= on]
    chosen = next(iter(coming), view.targets[-1] if view.targets else None)
    return chosen.target if chosen else None


def values(view: KpiView, series: KpiSeries) -> pd.DataFrame:
    """Measured values with what the models imply, newest first."""
    shown = series.values[::-1]
    implied = [view.implied_in(v.period) for v in shown]
    ends = [view.implied_ends_in(v.period) for v in shown]
    unit = written_unit(view.kpi.unit)
    return pd.DataFrame(
        {
            "Period": [period_name(v.period) for v in shown],
            f"Measured, {unit}": [number(v.value, digits_beside(v.value)) for v in shown],
            "Whole": ["yes" if v.is_whole else "not over when it came" for v in shown],
            f"Implied, {unit}": [NOTHING if i is None else number(i) for i in implied],
            "Implied, likely": [NOTHING if e is None else span(*e) for e in ends],
            "Grade of implied": [NOTHING if i is None else "C" for i in implied],
            "Other": [
                NOTHING if i is None else number(v.value - i)
                for v, i in zip(shown, implied, strict=True)
            ],
            "Cases": [NOTHING if v.n is None else plain(v.n) for v in shown],
            "Source": [v.source for v in shown],
            "Batch": [v.batch for v in shown],
        }
    )


def targets(view: KpiView) -> pd.DataFrame:
    """Targets by date with what was measured then."""
    unit = view.kpi.unit
    return pd.DataFrame(
        {
            "By": [_by(t.on, view.year_starts_in) if t.on else "always" for t in view.targets],
            "Target": [figure(t.target, unit) for t in view.targets],
            "Floor": [_number(t.at_least) for t in view.targets],
            "Stretch": [_number(t.stretch) for t in view.targets],
            "Measured then": [
                _number(t.measured.value if t.measured else None) for t in view.targets
            ],
            "Reached": [_reached(t.is_reached) for t in view.targets],
        }
    )


def _by(on: date, year_starts_in: int) -> str:
    """The day of a target, with the fiscal year or quarter that ends on it."""
    name = fiscal_end(on, year_starts_in)
    return f"{day(on)} (end of {name})" if name else day(on)


def _reached(is_reached: bool | None) -> str:
    if is_reached is None:
        return NOTHING
    return "✓ reached" if is_reached else "✕ missed"


def since(view: KpiView, changed: SinceDay) -> pd.DataFrame:
    """The KPI and the model's metrics then and now."""
    unit = view.kpi.unit
    shown = [("Measured", unit, changed.measured), ("Implied (grade C)", unit, changed.implied)]
    shown += [(_metric(m), "", m) for m in changed.metrics]
    told = [(label, of, m) for label, of, m in shown if m is not None]
    return pd.DataFrame(
        {
            "What": [label for label, _, _ in told],
            "Then": [_figure(m.before, of, m.now) for _, of, m in told],
            "Period then": [
                NOTHING if m.before_in is None else str(m.before_in) for _, _, m in told
            ],
            "Now": [_figure(m.now, of, m.before) for _, of, m in told],
            "Now, likely": [
                span(*changed.implied_ends)
                if m is changed.implied and changed.implied_ends
                else NOTHING
                for _, _, m in told
            ],
            "Period now": [str(m.now_in) for _, _, m in told],
            "Change": [_change(m) for _, _, m in told],
        }
    )


def _metric(moved: Moved) -> str:
    """A metric's name, with the value case that it feeds where there are several."""
    label = METRICS[str(moved.metric)].label
    return f"{label} ({moved.of})" if moved.of else label


def parts(view: KpiView) -> pd.DataFrame:
    """What each of several value cases adds to a KPI, and all of them together."""
    kpi, baseline = view.kpi, view.kpi.baseline or 0.0
    rows = dict(kpi.alone) | ({"Together": kpi.current} if kpi.current else {})
    digits = digits_beside(*(at.mean - baseline for at in rows.values()))
    return pd.DataFrame(
        {
            "Value case": list(rows),
            f"Moves it by, {written_unit(kpi.unit)}": [
                number(at.mean - baseline, digits) for at in rows.values()
            ],
            "Likely (8 in 10)": [
                span(at.p10 - baseline, at.p90 - baseline) for at in rows.values()
            ],
            "Grade": ["C" for _ in rows],
        }
    )


def _figure(value: float | None, unit: str, other: float | None) -> str:
    if value is None:
        return NOTHING
    digits = digits_beside(value, other)
    return figure(value, unit, digits) if unit else number(value, digits)


def _change(moved: Moved) -> str:
    difference = moved.difference
    if difference is None:
        return "nothing known then" if moved.before is None else "no newer value"
    sign = "+" if difference > 0 else ""
    return f"{sign}{number(difference)}"


def promises(view: KpiView) -> pd.DataFrame:
    """What was promised of the KPI, to whom, with which confidence."""
    unit = view.kpi.unit
    return pd.DataFrame(
        {
            "Promised": [figure(p.promised, unit) for p in view.promises],
            "For": [day(p.promised_for_on) for p in view.promises],
            "To": [p.made_to or NOTHING for p in view.promises],
            "Made on": [day(p.made_on) for p in view.promises],
            "Chance given when made": [
                NOTHING if p.confidence is None else percent(p.confidence) for p in view.promises
            ],
            "Measured then": [_then(view, p) for p in view.promises],
            "Measured since, on average": [_since(view, p) for p in view.promises],
        }
    )


def _then(view: KpiView, promise: Promise) -> str:
    """What was measured in the period of the promised day, and whether that is as good."""
    value = view.measured_on(promise.promised_for_on)
    return NOTHING if value is None else _held_against(view, promise, value)


def _since(view: KpiView, promise: Promise) -> str:
    """The mean of what was measured since the promised day, and over how many periods."""
    since = view.measured_since(promise.promised_for_on)
    if since is None:
        return NOTHING
    return f"{_held_against(view, promise, since[0])} (mean of {since[1]})"


def _held_against(view: KpiView, promise: Promise, value: float) -> str:
    sign = 1 if view.kpi.direction == "higher" else -1
    is_kept = sign * (value - promise.promised) >= 0
    shown = number(value, digits_beside(value, promise.promised))
    return f"{'✓' if is_kept else '✕'} {shown}"


def _number(value: float | None) -> str:
    return NOTHING if value is None else number(value)
