"""The chart of a KPI: measured, implied, without the model, target and events."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import altair as alt

from pages.parts.common import event_marks, lines
from pages.parts.common.charts import ALARM, Spec, finished, over_time
from pages.parts.common.hover import (
    EIGHT,
    MUTED,
    at_pointer,
    ranged,
    tooltip_line,
    with_earlier,
)

if TYPE_CHECKING:
    import pandas as pd

_HEIGHT: Final = 300
LINES: Final = ("measured", "implied", "target", "baseline", "earlier")


def of_kpi(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for `kpi_over_time` with its lines named and its outliers at the edge."""
    drawn = ("low", "high", "unfinished")
    shown = lines.held(
        frame,
        ("measured", "implied"),
        around=(*drawn, "earlier"),
        keep=("target", "baseline"),
    )
    names = {
        "measured": "measured",
        "implied": "implied",
        "target": "target",
        "baseline": "baseline",
        "earlier": "compared with",
    }
    return lines.named(shown, names, pixels=_HEIGHT - 60, drawn=drawn)


@lru_cache(maxsize=64)
def kpi_over_time(unit: str, *, has_implied: bool, has_earlier: bool = False) -> Spec:
    """Measured as a solid line, implied dotted with its range, baseline and target dashed.

    The frame has the columns start (datetime), period (str), measured, unfinished (a value of a
    period that is not over), implied, low, high (of the implied), earlier (of the days compared
    with, and ``earlier_period``), baseline and target, of which any may be missing, and those of
    ``event_marks``; `of_kpi` adds the names of the lines.
    """
    base = ranged(
        alt.Chart().encode(over_time("start")),
        measured_text="measured",
        unfinished_text="unfinished",
        implied_text="implied",
        target_text="target",
    )
    tooltip = [
        tooltip_line("period", "Period"),
        tooltip_line("measured_text", f"Measured, {unit}"),
        tooltip_line("unfinished_text", "Not over yet"),
    ]
    if has_implied:
        tooltip += [tooltip_line("implied_text", "Implied"), tooltip_line("range", EIGHT)]
    tooltip.append(tooltip_line("target_text", "Target"))
    base, grey = with_earlier(base, tooltip, _y("earlier", unit), is_drawn=has_earlier)
    layers = [at_pointer(base, tooltip), *grey]
    if has_implied:
        layers += [
            base.mark_area(opacity=0.18).encode(_y("low", unit), alt.Y2(field="high")),
            base.mark_line(strokeDash=[2, 3], strokeWidth=2).encode(_y("implied", unit)),
        ]
    layers += [
        base.mark_line(strokeWidth=1.5, strokeDash=[6, 4], color=MUTED).encode(
            _y("baseline", unit)
        ),
        base.mark_line(strokeWidth=1.8, strokeDash=[8, 3], color=ALARM, interpolate="step-after")
        .encode(_y("target", unit)),
        base.mark_line(strokeWidth=2.2, point={"size": 22, "filled": True}).encode(
            _y("measured", unit)
        ),
        base.mark_point(filled=False, size=60, strokeWidth=1.8, opacity=1).encode(
            _y("unfinished", unit)
        ),
        *lines.name_layers(LINES),
        lines.beyond_layer(),
        *event_marks.layers(),
    ]  # fmt: skip
    return finished(alt.layer(*layers).properties(height=_HEIGHT), "KPI over time")


def _y(field: str, title: str) -> alt.Y:
    return alt.Y(
        field=field,
        type="quantitative",
        title=title,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(tickCount=5),
    )
