"""Charts: one function each gives a specification, built once and drawn with the data of the day.

Every chart is drawn by `draw`, so that all of them say the same five things and leave with them.
The theme colours the first series, so that it follows light and dark. Encodings name their field;
Altair's shorthand would read a user's ``a:Q`` or ``count()`` as a command.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import altair as alt
import streamlit as st

from pages.parts.common import event_marks, files, lines, printing
from pages.parts.common.format import literal, spoken
from pages.parts.common.hover import (
    EIGHT,
    INK,
    MUTED,
    NINE,
    ROUNDED,
    SHORT,
    at_pointer,
    ranged,
    silenced,
    tooltip_line,
    with_earlier,
)
from pages.parts.common.locales import current

if TYPE_CHECKING:
    import pandas as pd

ALARM = "#D04A3F"  # 3:1 on both surfaces; with a form of its own: dots a limit, a sign a signal
Spec = dict[str, Any]
VALUE_HEIGHT, METRIC_HEIGHT, SEGMENTS_HEIGHT = 260, 200, 210
AXIS = 60  # pixels of a chart's height that are no plot
RATE_LINES = ("rate", "planned", "earlier")
METRIC_LINES = ("planned", "at_least", "at_most", "earlier")


def draw(
    frame: pd.DataFrame,
    spec: Spec,
    sentence: str,
    *,
    grade: str,
    ranges: str = "",
    period: str = "",
    name: str = "",
    is_said: bool = True,
) -> None:
    """A chart over what it rests on, the sentence that says what is seen, and its pictures.

    Parameters
    ----------
    sentence : str
        What is seen, escaped or not; a screen reader says it, and a picture has it on top.
    grade, ranges, period : str
        What it rests on. Ranges and period are taken from the chart where left out.
    name : str
        What it is called in its files, where the chart's own name does not say it.
    is_said : bool
        Whether the sentence stands below; not where a heading says it.
    """
    said = spoken(sentence)
    about = files.facts(
        period=period or files.period_of_chart(frame),
        ranges=ranges or files.ranges_of_chart(spec),
        grade=grade,
    )
    source = files.source_lines(about)
    spec = spec | {"config": spec["config"] | current().chart}
    on_screen = spec | {"title": source, "padding": {"top": 8, "bottom": 2}}
    del on_screen["description"]  # a screen reader says what is seen
    if isinstance(spec.get("height"), int):
        on_screen["height"] = spec["height"] + len(source["text"]) * source["lineHeight"]
    st.vega_lite_chart(printing.as_sent(frame), on_screen, alt=said)
    if is_said:
        st.caption(literal(said))
    if not printing.is_on():
        files.of_chart(frame, spec, name or spec["description"], said, about)


def of_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for `value_rate_over_time` with its lines named and its outliers at the edge."""
    shown = lines.held(frame, ("rate",), around=("low", "high", "earlier"), keep=("planned",))
    names = {"rate": "estimated", "planned": "planned", "earlier": "compared with"}
    return lines.named(shown, names, pixels=VALUE_HEIGHT - AXIS, drawn=("low", "high"))


@lru_cache(maxsize=64)
def value_rate_over_time(unit: str, *, has_earlier: bool = False) -> Spec:
    """Value rate over time with its P10-P90 band, the planned rate dashed.

    The frame has the columns start (datetime), period (str), rate, low, high (money a week),
    planned, which may be missing, and redefined (datetime): the start of the period in which the
    mechanism's definition became another, else missing.
    """
    base = ranged(alt.Chart().encode(over_time("start")), rate_text="rate", planned_text="planned")
    tooltip = [
        tooltip_line("period", "Period"),
        tooltip_line("rate_text", f"Value, {unit}"),
        tooltip_line("range", EIGHT),
        tooltip_line("planned_text", "Planned"),
    ]
    base, grey = with_earlier(
        base, tooltip, height("earlier", unit, zero=True), is_drawn=has_earlier
    )
    layers = [
        at_pointer(base, tooltip),
        *grey,
        base.mark_area(opacity=0.22).encode(height("low", unit, zero=True), alt.Y2(field="high")),
        base.mark_line(point={"size": 24}).encode(height("rate", unit, zero=True)),
    ]
    marks = [
        planned_line(base),
        redefined_mark(),
        *lines.name_layers(RATE_LINES),
        lines.beyond_layer(),
        *event_marks.layers(),
    ]
    return finished(
        alt.layer(*layers, *marks).properties(height=VALUE_HEIGHT), "Estimated value by period"
    )


def of_metric(frame: pd.DataFrame, digits: int) -> pd.DataFrame:
    """A frame for `metric_over_time` with its lines named and its outliers at the edge."""
    shown = lines.held(
        frame,
        ("value",),
        around=("low", "high", "earlier", "fast", "slow"),
        keep=("planned", "at_least", "at_most"),
        digits=digits,
    )
    names = {
        "planned": "planned",
        "at_least": "limit, at least",
        "at_most": "limit, at most",
        "earlier": "compared with",
    }
    return lines.named(shown, names, pixels=METRIC_HEIGHT - AXIS, drawn=("value", "low", "high"))


@lru_cache(maxsize=64)
def metric_over_time(title: str, digits: int = 4, *, has_earlier: bool = False) -> Spec:
    """One metric over time: 90% interval, planned value dashed, limit dotted, signals as signs.

    The frame has the columns start (datetime), period (str), value, low, high, n and batch, and
    those that may be missing: planned, at_least, at_most, fast and slow (the value where that rule
    fired) and z (standard errors). ``digits`` tell its values from the limit.
    """
    base = ranged(
        alt.Chart().encode(over_time("start")),
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
    base, grey = with_earlier(
        base, tooltip, height("earlier", None, zero=False), is_drawn=has_earlier
    )
    layers = [
        at_pointer(base, tooltip),
        *grey,
        base.mark_area(opacity=0.22).encode(height("low", None, zero=False), alt.Y2(field="high")),
        base.mark_line(point={"size": 24}).encode(height("value", None, zero=False)),
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
                tooltip_line("z", "Times as far as chance moves it", ".1f"),
            ],
        )
        for rule, shape, filled, word in (
            ("fast", "triangle-up", True, "Left its usual range"),
            ("slow", "diamond", False, "Drifting slowly"),
        )
    ]
    layers += [
        planned_line(base),
        *lines.name_layers(METRIC_LINES),
        lines.beyond_layer(),
        *event_marks.layers(),
    ]
    return finished(alt.layer(*layers).properties(height=METRIC_HEIGHT), title)


@lru_cache(maxsize=64)
def segments_over_time(title: str, number_format: str) -> Spec:
    """A line for each segment, named at its end in its colour.

    The frame has the columns start (datetime), period (str), segment, value and n, and name and
    name_at in the row where a line ends.
    """
    base = alt.Chart().encode(
        over_time("start"),
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
    colour = alt.Color(field="segment", type="nominal", sort=None, legend=None)
    names = (
        alt.Chart()
        .transform_filter("isValid(datum['name'])")
        .mark_text(**lines.AS_NAME)
        .encode(
            over_time("start"),
            alt.Y(field="name_at", type="quantitative"),
            alt.Text(field="name", type="nominal"),
            colour,
        )
    )
    layers = [
        at_pointer(base, tooltip, by=("x", "y")),
        base.mark_line(point={"size": 14}, strokeWidth=1.6).encode(colour),
        names,
        *event_marks.layers(),
    ]
    return finished(alt.layer(*layers).properties(height=SEGMENTS_HEIGHT), title)


@lru_cache(maxsize=16)
def dotplot(unit: str) -> Spec:
    """Equally likely outcomes as dots, gains solid and losses hollow.

    The frame has the columns at and row (where the dot sits), value and outcome (gain or loss).
    """
    dots = alt.Chart().encode(
        alt.X(field="at", type="quantitative", title=unit, axis=alt.Axis(**SHORT, grid=False)),
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
    return finished(alt.layer(*layers).properties(height=180), "Fifty equally likely outcomes")


@lru_cache(maxsize=16)
def intervals(unit: str) -> Spec:
    """Options one under the other, each a dot at its mean on a bar from P10 to P90.

    The frame has the columns option (str, in the order shown), mean, low, high and label (the mean
    as text).
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
    low = alt.X(
        field="low",
        type="quantitative",
        title=unit,
        scale=alt.Scale(range=[0, alt.ExprRef("width - 56")]),
        axis=alt.Axis(**SHORT),
    )
    zero = alt.Chart().mark_rule(color=MUTED, strokeDash=[2, 2]).encode(x=alt.datum(0))
    layers = [
        bars.mark_bar(opacity=0.3, height=10).encode(low, alt.X2(field="high")),
        bars.mark_point(size=90, filled=True, opacity=1).encode(
            alt.X(field="mean", type="quantitative")
        ),
        alt.Chart()
        .mark_text(align="left", dx=8, fontSize=11, color=INK)
        .encode(
            option,
            alt.X(field="high", type="quantitative"),
            alt.Text(field="label", type="nominal"),
        ),
        zero,
    ]
    return finished(
        alt.layer(*layers).properties(height={"step": 44}), "Net benefit of each option"
    )


def finished(chart: alt.Chart | alt.LayerChart | alt.FacetChart, name: str) -> Spec:
    """The specification without Altair's empty data, whose marks say what is written or nothing.

    ``name`` is what the chart is called in its files. A screen reader is told what it shows and its
    axes; the table beside has every value.
    """
    spec = chart.to_dict()
    spec["description"] = name
    for part in (spec, *spec.get("layer", ())):
        part.pop("data", None)
    spec.pop("datasets", None)
    return silenced(spec)


def over_time(field: str) -> alt.X:
    return alt.X(
        field=field,
        type="temporal",
        scale=alt.Scale(range=lines.ROOM),
        axis=alt.Axis(title=None, labelOverlap=True, grid=False, tickCount=8),
    )


def height(field: str, title: str | None, *, zero: bool) -> alt.Y:
    return alt.Y(
        field=field,
        type="quantitative",
        title=title,
        scale=alt.Scale(zero=zero),
        axis=alt.Axis(tickCount=5) if title is None else alt.Axis(**SHORT),
    )


def planned_line(base: alt.Chart) -> alt.Chart:
    line: alt.Chart = base.mark_line(strokeDash=[6, 4], color=MUTED, strokeWidth=1.5).encode(
        alt.Y(field="planned", type="quantitative")
    )
    return line


def redefined_mark() -> alt.Chart:
    """A mark where the definition changed: earlier values rest on today's definition too."""
    says = alt.Tooltip(field="redefined", type="temporal", title="Definition changed after")
    mark: alt.Chart = (
        alt.Chart()
        .transform_filter("isValid(datum.redefined)")
        .mark_rule(color=MUTED, strokeWidth=1.5)
        .encode(
            alt.X(field="redefined", type="temporal"),
            tooltip=[says],
        )
    )
    return mark
