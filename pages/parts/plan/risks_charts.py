"""The chart of what is at risk week by week."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from pages.parts.common.charts import Spec, finished
from pages.parts.common.hover import DATES, ROUNDED, SHORT, at_pointer, tooltip_line


@lru_cache(maxsize=16)
def burn_down(title: str) -> Spec:
    """What is at risk on average, a step for each week.

    The frame has the columns day (date), on (the day as text), at_risk (in what the title says),
    risks (count) and unsized (count).
    """
    base = alt.Chart().encode(
        alt.X(
            field="day",
            type="temporal",
            axis=alt.Axis(**DATES),
        )
    )
    y = alt.Y(
        field="at_risk",
        type="quantitative",
        title=title,
        scale=alt.Scale(zero=True),
        axis=alt.Axis(**SHORT),
    )
    tooltip = [
        tooltip_line("on", "On"),
        tooltip_line("at_risk", title, ROUNDED),
        tooltip_line("risks", "Risks", ","),
        tooltip_line("unsized", "Not counted: no size", ","),
    ]
    layers = [
        at_pointer(base, tooltip),
        base.mark_area(opacity=0.22, interpolate="step-after").encode(y),
        base.mark_line(interpolate="step-after", point={"size": 24}).encode(y),
    ]
    return finished(alt.layer(*layers).properties(height=240), "What is at risk, week by week")
