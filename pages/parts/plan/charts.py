"""Charts of plans: what a value case rests on and pays, what an estimate and a brief hold."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import altair as alt

from pages.parts.common import lines
from pages.parts.common.charts import Spec, finished, over_time
from pages.parts.common.hover import (
    DATES,
    EIGHT,
    INK,
    MUTED,
    ROUNDED,
    SHORT,
    at_pointer,
    ranged,
    tooltip_line,
)

if TYPE_CHECKING:
    import pandas as pd

LOW_END, HIGH_END = "low end (P5)", "high end (P95)"
"""What a bar of the tornado shows at its ends."""


@lru_cache(maxsize=16)
def tornado(unit: str) -> Spec:
    """How far each input alone moves net, the largest first; its high end solid, its low hollow.

    The frame has the columns input (str, in the order shown), base (net at the medians), net, end
    (LOW_END or HIGH_END) and taken (the input there, as text); two rows for each input.
    """
    y = alt.Y(field="input", type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=190))
    bars = alt.Chart().encode(
        y,
        alt.X(field="base", type="quantitative", title=unit, axis=alt.Axis(**SHORT)),
        alt.X2(field="net"),
        tooltip=[
            tooltip_line("input", "Input"),
            tooltip_line("end", "At its"),
            tooltip_line("taken", "That is"),
            tooltip_line("net", unit, ROUNDED),
        ],
    )
    is_high = alt.FieldEqualPredicate(field="end", equal=HIGH_END)
    base = (
        alt.Chart()
        .mark_rule(color=MUTED)
        .encode(alt.X(field="base", type="quantitative", aggregate="min"))
    )
    zero = alt.Chart().mark_rule(color=MUTED, strokeDash=[2, 2]).encode(x=alt.datum(0))
    layers = [
        bars.mark_bar(height=13, filled=False, strokeWidth=1.5),
        bars.transform_filter(is_high).mark_bar(height=13, opacity=0.85),
        base,
        zero,
    ]
    return finished(
        alt.layer(*layers).properties(height=alt.Step(24)),
        "How far each input alone moves the net benefit",
    )


@lru_cache(maxsize=16)
def bridge(unit: str) -> Spec:
    """Steps from the planned value to today's; totals and gains solid, losses hollow.

    The frame has the columns order, step, from, to, change (money), label (the change as text) and
    kind (planned, gain, loss or now).
    """
    y = alt.Y(
        field="step",
        type="nominal",
        sort=alt.EncodingSortField(field="order", order="ascending"),
        axis=alt.Axis(title=None, labelLimit=190),
    )
    bars = alt.Chart().encode(
        y,
        alt.X(field="from", type="quantitative", title=unit, axis=alt.Axis(**SHORT)),
        alt.X2(field="to"),
        tooltip=[
            tooltip_line("step", "Step"),
            tooltip_line("change", unit, ROUNDED),
            tooltip_line("to", "Total then", ROUNDED),
        ],
    )
    is_solid = alt.FieldOneOfPredicate(field="kind", oneOf=["gain", "now"])
    words = (
        alt.Chart()
        .mark_text(align="left", dx=6, color=INK)
        .encode(
            y,
            alt.X(field="right", type="quantitative"),
            alt.Text(field="label", type="nominal"),
        )
    )
    layers = [
        bars.mark_bar(height=14, filled=False, strokeWidth=1.5),
        bars.transform_filter(is_solid).mark_bar(height=14, opacity=0.85),
        words,
    ]
    return finished(
        alt.layer(*layers).properties(height=alt.Step(26)), "What changed the net benefit"
    )


def of_cumulative(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for `cumulative` with its line named."""
    return lines.named(frame, {"mean": "on average"}, pixels=140, drawn=("low", "high"))


@lru_cache(maxsize=16)
def cumulative(unit: str) -> Spec:
    """What has come back after each year of use, with its P10-P90 band; paid back above zero.

    The frame has the columns year (int, 0 the start of use), mean, low and high (money).
    """
    x = alt.X(
        field="year",
        type="quantitative",
        title="Years of use",
        scale=alt.Scale(range=lines.ROOM),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )
    base = ranged(alt.Chart()).encode(x)
    tooltip = [
        tooltip_line("year", "After year", "d"),
        tooltip_line("mean", f"Average, {unit}", ROUNDED),
        tooltip_line("range", EIGHT),
    ]
    zero = alt.Chart().mark_rule(color=MUTED, strokeDash=[2, 2]).encode(y=alt.datum(0))
    y = alt.Y(field="mean", type="quantitative", title=unit, axis=alt.Axis(**SHORT))
    layers = [
        at_pointer(base, tooltip),
        zero,
        base.mark_area(opacity=0.22).encode(
            alt.Y(field="low", type="quantitative", title=unit), alt.Y2(field="high")
        ),
        base.mark_line(point={"size": 24}).encode(y),
        alt.Chart()
        .transform_filter("datum['year'] === 0")
        .mark_text(**lines.AS_NAME, dy=-7, color=INK)
        .encode(
            x=alt.value(alt.ExprRef(lines.RIGHT)),
            y=alt.datum(0),
            text=alt.value("paid back ↑"),
        ),
        *lines.name_layers(("mean",), x),
    ]
    return finished(alt.layer(*layers).properties(height=200), "Paid back, year by year")


@lru_cache(maxsize=4)
def waterfall() -> Spec:
    """Steps that lead from one level to the next, from left to right.

    The frame has the columns order, step, from, to and change (person-days).
    """
    base = alt.Chart().encode(
        alt.Y(
            field="step",
            type="nominal",
            sort=alt.EncodingSortField(field="order", order="ascending"),
            axis=alt.Axis(title=None, labelLimit=220),
        )
    )
    scale = alt.Scale(range=[0, alt.ExprRef("width - 44")])
    title = "Person-days, at even odds"
    bars = base.mark_bar(height=14).encode(
        alt.X(field="from", type="quantitative", title=title, scale=scale, axis=alt.Axis(**SHORT)),
        alt.X2(field="to"),
        tooltip=[
            tooltip_line("step", "Step"),
            tooltip_line("change", "Adds person-days", ROUNDED),
            tooltip_line("to", "Person-days then", ROUNDED),
        ],
    )
    sign = "(datum.order && datum.change > 0 ? '+' : '')"
    words = (
        base.transform_calculate(
            right="max(datum.from, datum.to)",
            label=f"{sign} + format(datum.change, '{ROUNDED}')",
        )
        .mark_text(align="left", dx=6, fontSize=11, color=INK)
        .encode(alt.X(field="right", type="quantitative"), alt.Text(field="label", type="nominal"))
    )
    return finished(
        alt.layer(bars, words).properties(height=alt.Step(26)), "From the guess to the plan"
    )


def of_work_left(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for `work_left` with its lines named."""
    names = {"p50": "even odds", "p80": "to be safe"}
    return lines.named(frame, names, pixels=160, drawn=("p10", "p95"))


@lru_cache(maxsize=4)
def work_left() -> Spec:
    """Person-days still to do: what was left on days past, and how it may burn down from here.

    The frame has the columns day (datetime), p10, p50, p80 and p95 (person-days), told (str, the
    day) and part ("was left" or "from here on").
    """
    base = alt.Chart().encode(over_time("day"))

    def y(field: str) -> alt.Y:
        axis = alt.Axis(tickCount=5)
        return alt.Y(field=field, type="quantitative", title="Person-days left", axis=axis)

    tooltip = [
        tooltip_line("told", "Day"),
        tooltip_line("part", "This"),
        tooltip_line("p50", "At even odds", ROUNDED),
        tooltip_line("p80", "To be safe (P80)", ROUNDED),
        tooltip_line("p95", "With reserve (P95)", ROUNDED),
    ]
    is_past = alt.FieldEqualPredicate(field="part", equal="was left")
    layers = [
        at_pointer(base, tooltip),
        base.transform_filter(alt.FieldEqualPredicate(field="part", equal="from here on"))
        .mark_area(opacity=0.18)
        .encode(y("p10"), alt.Y2(field="p95")),
        base.mark_line().encode(y("p50"), detail=alt.Detail(field="part", type="nominal")),
        base.mark_line(strokeDash=[5, 3]).encode(
            y("p80"), detail=alt.Detail(field="part", type="nominal")
        ),
        base.transform_filter(is_past).mark_point(filled=True, size=40).encode(y("p50")),
        *lines.name_layers(("p50", "p80"), alt.X(field="day", type="temporal")),
    ]
    return finished(alt.layer(*layers).properties(height=220), "Person-days left")


@lru_cache(maxsize=4)
def findings_by_area() -> Spec:
    """Findings of each area as a bar, the surest full, the unknown hollow.

    The frame has the columns area (str, in the order shown), confidence (str), rank (0 for the
    surest) and findings (count).
    """
    confidence = ["Proven", "Checked", "Assumed", "Unknown"]
    bars = (
        alt.Chart()
        .mark_bar(height=14, stroke=MUTED)
        .encode(
            alt.Y(
                field="area", type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=190)
            ),
            alt.X(
                field="findings",
                type="quantitative",
                title="Findings",
                axis=alt.Axis(tickMinStep=1, format="d"),
            ),
            alt.FillOpacity(
                field="confidence",
                type="nominal",
                scale=alt.Scale(type="ordinal", domain=confidence, range=[1, 0.6, 0.25, 0]),
            ),
            strokeWidth=alt.condition(
                alt.FieldGTPredicate(field="findings", gt=0), alt.value(1), alt.value(0)
            ),
            order=alt.Order(field="rank", type="quantitative"),
            tooltip=[
                tooltip_line("area", "Area"),
                tooltip_line("confidence", "Confidence"),
                tooltip_line("findings", "Findings", ","),
            ],
        )
    )
    return finished(bars.properties(height=alt.Step(26)), "How well each area is known")


@lru_cache(maxsize=4)
def weekly_done() -> Spec:
    """Tasks finished in each week, a bar each.

    The frame has the columns start and end of the week's bar (datetime), week (its Monday as text)
    and done (count).
    """
    bars = (
        alt.Chart()
        .mark_rect(opacity=0.85)
        .encode(
            alt.X(field="start", type="temporal", axis=alt.Axis(**DATES)),
            alt.X2(field="end"),
            alt.Y(
                field="done",
                type="quantitative",
                title="Tasks done a week",
                axis=alt.Axis(tickMinStep=1, format="d"),
            ),
            y2=alt.datum(0),
            tooltip=[
                tooltip_line("week", "Week from"),
                tooltip_line("done", "Tasks done", ","),
            ],
        )
    )
    return finished(bars.properties(height=180), "Tasks done by week")
