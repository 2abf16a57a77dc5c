"""Charts: one function each gives a specification, built once and drawn with the data of the day.

The theme colours the first series, so that it follows light and dark. Encodings name their field;
Altair's shorthand would read a user's ``a:Q`` or ``count()`` as a command.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import altair as alt
import streamlit as st

from pages.parts.common import event_marks
from pages.parts.common.format import spoken
from pages.parts.common.hover import (
    EIGHT,
    INK,
    MUTED,
    NINE,
    PAPER,
    ROUNDED,
    at_pointer,
    ranged,
    silenced,
    tooltip_line,
    with_earlier,
)

if TYPE_CHECKING:
    import pandas as pd

ALARM = "#D04A3F"  # 3:1 on both surfaces; with a form of its own: dots a limit, a sign a signal
Spec = dict[str, Any]


def draw(frame: pd.DataFrame, spec: Spec, alt_text: str) -> None:
    """Show a chart; ``alt_text`` is what a screen reader says of it, escaped or not."""
    st.vega_lite_chart(frame, spec, alt=spoken(alt_text))


@lru_cache(maxsize=64)
def value_rate_over_time(unit: str, *, has_earlier: bool = False) -> Spec:
    """Value rate over time with its P10-P90 band, the planned rate dashed.

    The frame has the columns start (datetime), period (str), rate, low, high (money a week),
    planned, which may be missing, and redefined (datetime): the start of the period in which the
    mechanism's definition became another, else missing.
    """
    base = ranged(alt.Chart().encode(_time("start")), rate_text="rate", planned_text="planned")
    tooltip = [
        tooltip_line("period", "Period"),
        tooltip_line("rate_text", f"Value, {unit}"),
        tooltip_line("range", EIGHT),
        tooltip_line("planned_text", "Planned"),
    ]
    base, grey = with_earlier(base, tooltip, _y("earlier", unit, zero=True), is_drawn=has_earlier)
    layers = [
        at_pointer(base, tooltip),
        *grey,
        base.mark_area(opacity=0.22).encode(_y("low", unit, zero=True), alt.Y2(field="high")),
        base.mark_line(point={"size": 24}).encode(_y("rate", unit, zero=True)),
    ]
    marks = [_planned(base), _redefined(), *event_marks.layers()]
    return finished(alt.layer(*layers, *marks).properties(height=280))


@lru_cache(maxsize=64)
def metric_over_time(title: str, digits: int = 4, *, has_earlier: bool = False) -> Spec:
    """One metric over time: 90% interval, planned value dashed, limit dotted, signals as signs.

    The frame has the columns start (datetime), period (str), value, low, high, n and batch, and
    those that may be missing: planned, at_least, at_most, fast and slow (the value where that rule
    fired) and z (standard errors). ``digits`` tell its values from the limit.
    """
    base = ranged(
        alt.Chart().encode(_time("start")),
        f",.{digits}~r",
        value_text="value",
        planned_text="planned",
        least_text="at_least",
        most_text="at_most",
    )
    tooltip = [
        tooltip_line("period", "Period"),
        tooltip_line("value_text", title),
        tooltip_line("range", NINE),
        tooltip_line("planned_text", "Planned"),
        tooltip_line("least_text", "Limit, at least"),
        tooltip_line("most_text", "Limit, at most"),
        tooltip_line("n", "Cases", ","),
        tooltip_line("batch", "Batch"),
    ]
    base, grey = with_earlier(base, tooltip, _y("earlier", None, zero=False), is_drawn=has_earlier)
    layers = [
        at_pointer(base, tooltip),
        *grey,
        base.mark_area(opacity=0.22).encode(_y("low", None, zero=False), alt.Y2(field="high")),
        base.mark_line(point={"size": 24}).encode(_y("value", None, zero=False)),
    ]
    layers += [
        base.mark_line(strokeDash=[2, 3], color=ALARM, strokeWidth=2).encode(
            alt.Y(field=end, type="quantitative")
        )
        for end in ("at_least", "at_most")
    ]
    layers += [
        base.mark_point(
            shape=shape, size=90, color=ALARM, filled=filled, strokeWidth=1.8, opacity=1
        ).encode(
            alt.Y(field=rule, type="quantitative"),
            tooltip=[
                tooltip_line("period", word),
                tooltip_line("value_text", title),
                tooltip_line("z", "Standard errors from what was usual", ".1f"),
            ],
        )
        for rule, shape, filled, word in (
            ("fast", "triangle-up", True, "Left its usual range"),
            ("slow", "diamond", False, "Drifting slowly"),
        )
    ]
    layers += [_planned(base), *event_marks.layers()]
    return finished(alt.layer(*layers).properties(height=200))


@lru_cache(maxsize=64)
def segments_over_time(title: str, number_format: str) -> Spec:
    """A line for each segment.

    The frame has the columns start (datetime), period (str), segment, value and n.
    """
    base = alt.Chart().encode(
        _time("start"),
        alt.Y(
            field="value",
            type="quantitative",
            title=None,
            scale=alt.Scale(zero=True),
            axis=alt.Axis(tickCount=5, format=number_format),
        ),
    )
    tooltip = [
        tooltip_line("period", "Period"),
        tooltip_line("segment", "Segment"),
        tooltip_line("value", title, number_format),
        tooltip_line("n", "Cases", ","),
    ]
    lines = base.mark_line(point={"size": 14}, strokeWidth=1.6).encode(
        alt.Color(
            field="segment",
            type="nominal",
            sort=None,
            legend=alt.Legend(title=None, orient="bottom", columns=3, labelLimit=150),
        )
    )
    layers = [at_pointer(base, tooltip, by=("x", "y")), lines, *event_marks.layers()]
    return finished(alt.layer(*layers).properties(height=220))


@lru_cache(maxsize=16)
def dotplot(unit: str) -> Spec:
    """Equally likely outcomes as dots, gains solid and losses hollow.

    The frame has the columns at and row (where the dot sits), value and outcome (gain or loss).
    """
    dots = alt.Chart().encode(
        alt.X(field="at", type="quantitative", title=unit, axis=alt.Axis(format="~s", grid=False)),
        alt.Y(field="row", type="quantitative", axis=None, scale=alt.Scale(domainMin=0)),
        tooltip=[tooltip_line("value", unit, ROUNDED), tooltip_line("outcome", "Outcome")],
    )
    is_gain = alt.FieldEqualPredicate(field="outcome", equal="gain")
    zero = alt.Chart().mark_rule(color=MUTED, strokeDash=[2, 2]).encode(x=alt.datum(0))
    layers = [
        zero,
        dots.mark_point(size=80, filled=False, strokeWidth=1.5, opacity=1),
        dots.transform_filter(is_gain).mark_point(size=80, filled=True, opacity=1),
    ]
    return finished(alt.layer(*layers).properties(height=180))


@lru_cache(maxsize=16)
def intervals(unit: str) -> Spec:
    """Options one under the other, each a dot at its mean on a bar from P10 to P90.

    The frame has the columns option (str, in the order shown), mean, low and high.
    """
    option = alt.Y(
        field="option", type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=130)
    )
    bars = ranged(alt.Chart()).encode(
        option,
        tooltip=[
            tooltip_line("option", "Option"),
            tooltip_line("mean", f"Mean, {unit}", ROUNDED),
            tooltip_line("range", EIGHT),
        ],
    )
    low = alt.X(field="low", type="quantitative", title=unit, axis=alt.Axis(format="~s"))
    zero = alt.Chart().mark_rule(color=MUTED, strokeDash=[2, 2]).encode(x=alt.datum(0))
    layers = [
        bars.mark_bar(opacity=0.3, height=10).encode(low, alt.X2(field="high")),
        bars.mark_point(size=90, filled=True, opacity=1).encode(
            alt.X(field="mean", type="quantitative")
        ),
        zero,
    ]
    return finished(alt.layer(*layers).properties(height={"step": 44}))


@lru_cache(maxsize=16)
def promised_by_month(unit: str) -> Spec:
    """Each month's promise as an outline, what was realised as a solid bar with P10 to P90.

    The frame has the columns month (str, oldest first), promised (of the monitored days), in_use
    (of all days in use), realised, low, high, days, missing and labels (final or not final). A
    realised bar is paler while its labels are not final.
    """
    base = _by_month(alt.Chart().encode(_month()), "promised").encode(
        tooltip=_of_month(f"Realised, {unit}", "Promised for these days")
    )
    outline: dict[str, Any] = {"filled": False, "stroke": MUTED, "opacity": 1}
    outline["width"] = {"band": 0.86}
    layers = [
        _missing_days(base),
        base.mark_bar(**outline, strokeDash=[3, 3]).encode(_y("in_use", unit, zero=True)),
        base.mark_bar(width={"band": 0.5}).encode(
            _y("realised", unit, zero=True), opacity=_paler_until_final()
        ),
        base.mark_bar(**outline, strokeWidth=1.5).encode(_y("promised", unit, zero=True)),
        *(
            base.mark_rule(color=colour, strokeWidth=width, opacity=1).encode(
                _y("low", unit, zero=True), alt.Y2(field="high")
            )
            for colour, width in ((PAPER, 3), (INK, 1.5))  # edged, to be seen on its bar
        ),
        *event_marks.layers(_month()),
    ]
    return finished(alt.layer(*layers).properties(height=280))


@lru_cache(maxsize=16)
def realised_to_date(unit: str) -> Spec:
    """Everything realised up to the end of each month with P10 to P90, the promise dashed.

    The frame has the columns end (datetime), month, realised, low, high, planned, days and
    redefined, as for the value rate.
    """
    base = _by_month(alt.Chart().encode(_time("end")), "planned")
    layers = [
        at_pointer(base, _of_month(f"Realised to date, {unit}", "Promised to date")),
        base.mark_area(opacity=0.22).encode(_y("low", unit, zero=True), alt.Y2(field="high")),
        base.mark_line(point={"size": 24}).encode(_y("realised", unit, zero=True)),
    ]
    marks = [_planned(base), _redefined(), *event_marks.layers()]
    return finished(alt.layer(*layers, *marks).properties(height=220))


@lru_cache(maxsize=64)
def level_by_month(unit: str) -> Spec:
    """A KPI's level of each month as a solid dot on P10 to P90, the promise in force hollow.

    The frame has the columns month (str, oldest first), realised, low, high, promised, planned
    (the target), days, missing and labels (final or not final).
    """
    base = _by_month(alt.Chart().encode(_month()), "promised", target_text="planned")
    marks = base.encode(
        tooltip=[*_of_month(f"Realised, {unit}", "Promised"), tooltip_line("target_text", "Target")]
    )
    layers = [
        _missing_days(marks),
        marks.mark_bar(size=7, opacity=0.3).encode(
            _y("low", unit, zero=False), alt.Y2(field="high")
        ),
        marks.mark_point(size=60, filled=True).encode(
            _y("realised", unit, zero=False), opacity=_paler_until_final()
        ),
        marks.mark_point(
            shape="diamond", size=110, filled=False, color=MUTED, strokeWidth=1.8, opacity=1
        ).encode(_y("promised", unit, zero=False)),
    ]
    layers += [_planned(base), *event_marks.layers(_month())]
    return finished(alt.layer(*layers).properties(height=280))


def _month() -> alt.X:
    axis = alt.Axis(
        title=None, labelAngle=0, labelOverlap="greedy", labelSeparation=8, labelFlush=False
    )
    return alt.X(field="month", type="ordinal", sort=None, axis=axis)


def _paler_until_final() -> Any:  # noqa: ANN401  what alt.condition gives
    is_final = alt.FieldEqualPredicate(field="labels", equal="final")
    return alt.condition(is_final, alt.value(1), alt.value(0.5))


def _missing_days(base: alt.Chart) -> alt.Chart:
    """How many days of a month have no results, above it; it also names every month in order."""
    marks: alt.Chart = base.mark_text(color=MUTED, fontSize=11).encode(
        alt.Text(field="missing", type="nominal"), y=alt.value(-10)
    )
    return marks


def _by_month(chart: alt.Chart, promised: str, **more: str) -> alt.Chart:
    return ranged(chart, realised_text="realised", promised_text=promised, **more)


def _of_month(realised: str, promised: str) -> list[alt.Tooltip]:
    return [
        tooltip_line("month", "Month"),
        tooltip_line("realised_text", realised),
        tooltip_line("range", EIGHT),
        tooltip_line("promised_text", promised),
        tooltip_line("days", "Monitored"),
    ]


def finished(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> Spec:
    """The specification without Altair's empty data, whose marks say what is written or nothing.

    A screen reader is told what the chart shows and its axes; the table beside has every value.
    """
    spec = chart.to_dict()
    for part in (spec, *spec.get("layer", ())):
        part.pop("data", None)
    spec.pop("datasets", None)
    return silenced(spec)


def _time(field: str) -> alt.X:
    return alt.X(
        field=field,
        type="temporal",
        axis=alt.Axis(title=None, labelOverlap=True, grid=False, tickCount=8),
    )


def _y(field: str, title: str | None, *, zero: bool) -> alt.Y:
    return alt.Y(
        field=field,
        type="quantitative",
        title=title,
        scale=alt.Scale(zero=zero),
        axis=alt.Axis(tickCount=5),
    )


def _planned(base: alt.Chart) -> alt.Chart:
    line: alt.Chart = base.mark_line(strokeDash=[6, 4], color=MUTED, strokeWidth=1.5).encode(
        alt.Y(field="planned", type="quantitative")
    )
    return line


def _redefined() -> alt.Chart:
    """A mark where the definition changed: earlier values rest on today's definition too."""
    mark: alt.Chart = (
        alt.Chart()
        .transform_filter("isValid(datum.redefined)")
        .mark_rule(color=MUTED, strokeWidth=1.5)
        .encode(
            alt.X(field="redefined", type="temporal"),
            tooltip=[
                alt.Tooltip(field="redefined", type="temporal", title="Definition changed after")
            ],
        )
    )
    return mark
