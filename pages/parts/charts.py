"""Charts: one function each, a tidy frame in, an Altair chart out; the theme colours them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["break_even_chart", "dotplot", "metric_chart", "value_rate_chart"]

# The theme's tokens that a mark must name itself; both stand out on both surfaces (>= 3:1).
PRIMARY = "#3D7CC9"
MUTED = "#7A8696"

_TIME = {"labelOverlap": True, "title": None, "format": "%b %Y"}


def _time(field: str) -> alt.X:
    return alt.X(field=field, type="temporal", axis=alt.Axis(labelOverlap=True, title=None))


def _y(field: str, title: str, *, zero: bool) -> alt.Y:
    return alt.Y(field=field, type="quantitative", title=title, scale=alt.Scale(zero=zero))


def value_rate_chart(rates: pd.DataFrame, unit: str, planned: float | None) -> alt.LayerChart:
    """Value rate over time with its P10-P90 band, the planned rate dashed.

    Parameters
    ----------
    rates : DataFrame
        Columns start (datetime), period (str), rate, low, high (money a week).
    """
    base = alt.Chart(rates).encode(_time("start"))
    band = base.mark_area(opacity=0.22, color=PRIMARY).encode(
        _y("low", unit, zero=True), alt.Y2(field="high")
    )
    line = base.mark_line(color=PRIMARY, point={"size": 22, "color": PRIMARY}).encode(
        _y("rate", unit, zero=True),
        tooltip=[
            alt.Tooltip(field="period", type="nominal", title="Period"),
            alt.Tooltip(field="rate", type="quantitative", title="Value rate", format=",.0f"),
            alt.Tooltip(field="low", type="quantitative", title="P10", format=",.0f"),
            alt.Tooltip(field="high", type="quantitative", title="P90", format=",.0f"),
        ],
    )
    layers = [band, line]
    if planned is not None:
        # One datum of its own: a rule over the whole chart would draw once per row.
        rule = (
            alt.Chart(alt.InlineData(values=[{"planned": planned}]))
            .mark_rule(strokeDash=[6, 4], color=MUTED, strokeWidth=1.5)
            .encode(
                alt.Y(field="planned", type="quantitative"),
                tooltip=[
                    alt.Tooltip(
                        field="planned", type="quantitative", title="Planned", format=",.0f"
                    )
                ],
            )
        )
        layers.append(rule)
    return alt.layer(*layers).properties(height=280)


def metric_chart(results: pd.DataFrame, title: str) -> alt.LayerChart:
    """One monitored metric over time with its 90 % interval where it is known.

    Parameters
    ----------
    results : DataFrame
        Columns start (datetime), period (str), value, low, high; low and high may be missing.
    """
    base = alt.Chart(results).encode(_time("start"))
    band = base.mark_area(opacity=0.22, color=PRIMARY).encode(
        _y("low", title, zero=False), alt.Y2(field="high")
    )
    line = base.mark_line(color=PRIMARY, point={"size": 22, "color": PRIMARY}).encode(
        _y("value", title, zero=False),
        tooltip=[
            alt.Tooltip(field="period", type="nominal", title="Period"),
            alt.Tooltip(field="value", type="quantitative", title=title, format=".4f"),
            alt.Tooltip(field="n", type="quantitative", title="Cases", format=","),
            alt.Tooltip(field="batch", type="nominal", title="Batch"),
        ],
    )
    return alt.layer(band, line).properties(height=200)


def dotplot(dots: pd.DataFrame, unit: str) -> alt.LayerChart:
    """Equally likely outcomes as dots, losses hollow.

    Parameters
    ----------
    dots : DataFrame
        Columns at (value of the column of dots), row (1 is the lowest), is_loss (bool).
    """
    marks = (
        alt.Chart(dots)
        .mark_circle(size=90, opacity=1, strokeWidth=1.5, stroke=PRIMARY)
        .encode(
            alt.X(
                field="at",
                type="quantitative",
                title=unit,
                axis=alt.Axis(format="~s", grid=False),
            ),
            alt.Y(field="row", type="quantitative", axis=None, scale=alt.Scale(domainMin=0)),
            color=alt.Color(
                field="outcome",
                type="nominal",
                legend=None,
                scale=alt.Scale(domain=["gain", "loss"], range=[PRIMARY, "#00000000"]),
            ),
            tooltip=[
                alt.Tooltip(field="at", type="quantitative", title=unit, format=",.0f"),
                alt.Tooltip(field="outcome", type="nominal", title="Outcome"),
            ],
        )
    )
    zero = (
        alt.Chart(alt.InlineData(values=[{"at": 0}]))
        .mark_rule(color=MUTED, strokeDash=[2, 2])
        .encode(alt.X(field="at", type="quantitative"))
    )
    return alt.layer(zero, marks).properties(height=170)
