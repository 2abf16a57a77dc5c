"""What a chart says where the pointer is: the value there, its range and its period, rounded.

Vega shows the first point of a whole line or area, wherever the pointer is on it, and Streamlit
every encoded field that nobody named. So lines and areas say nothing themselves: a rule at the
nearest point says what holds there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import altair as alt

from pages.parts.common.format import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

MUTED: Final = "#7A8696"  # at least 3:1 on both surfaces
EARLIER: Final = MUTED
"""What is compared with: the days before, or those of a year ago, as a solid grey line."""
PAPER: Final = alt.ExprRef("background")  # of the theme, where the chart is drawn
INK: Final = alt.ExprRef("luminance(background) > 0.5 ? '#1B1F24' : '#E6EAF0'")
"""Text on it: Streamlit's theme colours axes and legends, and leaves marks of text black."""
QUIET: Final = alt.ExprRef("luminance(background) > 0.5 ? '#57606A' : '#9AA4B2'")
"""Small text that steps back, at least 4.5:1 on both surfaces."""
ROUNDED: Final = ",.3~r"  # three digits, as everywhere on the screens
SHORT: Final[dict[str, Any]] = {
    "tickCount": 5,
    "labelExpr": "format(datum.value, abs(datum.value) < 1000 ? ',.6~r' : '~s')",
}
"""What an axis of money and amounts says: five ticks or so, thousands as k, and 0 as 0."""
DAY_MONTH: Final = "day_month"
"""The parameter of a chart that holds how its reader writes a day without its year."""
DATES: Final[dict[str, Any]] = {
    "title": None,
    "grid": False,
    "tickCount": 8,
    "labelOverlap": "greedy",
    "labelSeparation": 6,
    "labelExpr": "hours(datum.value) ? datum.label : "
    f"timeFormat(datum.value, date(datum.value) === 1 ? '%b %Y' : {DAY_MONTH})",
}
"""What an axis of days says: each month with its year, for on a phone few of them have a place."""
EIGHT: Final = "Likely (8 times in 10)"
NINE: Final = "Likely (9 times in 10)"
Spec = dict[str, Any]


def tooltip_line(field: str, title: str, number_format: str | None = None) -> alt.Tooltip:
    """One line of a tooltip: a text, or a number that no row lacks."""
    if number_format is None:
        return alt.Tooltip(field=field, type="nominal", title=title)
    return alt.Tooltip(field=field, type="quantitative", title=title, format=number_format)


def ranged(chart: alt.Chart, number_format: str = ROUNDED, **numbers: str) -> alt.Chart:
    """A chart whose rows hold texts to be told: ``range``, and one for each of the numbers.

    The frame has the columns low and high; where they are missing or the same there is no range.

    Parameters
    ----------
    numbers : mapping of str
        Names of texts to make, with the column of each that may be missing.
    """
    low, high = _full("low"), _full("high")
    ends = [f"format({end}, '{number_format}')" for end in (low, high)]
    has_range = f"isValid({low}) && isValid({high}) && {low} < {high}"
    texts = {"range": f"{has_range} ? {ends[0]} + ' to ' + {ends[1]} : '{NOTHING}'"}
    for name, column in numbers.items():
        number = _full(column)
        texts[name] = f"isValid({number}) ? format({number}, '{number_format}') : '{NOTHING}'"
    return chart.transform_calculate(**texts)


def _full(column: str) -> str:
    """A number as it is, also where the picture holds it at its edge."""
    return f"(isValid(datum['full_{column}']) ? datum['full_{column}'] : datum['{column}'])"


def with_earlier(
    base: alt.Chart,
    tooltip: list[alt.Tooltip],
    y: alt.Y,
    *,
    is_drawn: bool,
    number_format: str = ROUNDED,
) -> tuple[alt.Chart, list[alt.Chart]]:
    """What is compared with as a grey line, told in the tooltip, which is added to; or nothing.

    The frame has the columns earlier, which may be missing, and earlier_period (str).
    """
    if not is_drawn:
        return base, []
    was = _full("earlier")
    text = f"isValid({was}) ? format({was}, '{number_format}') : '{NOTHING}'"
    tooltip += [tooltip_line("earlier_text", "Compared with"), tooltip_line("earlier_period", "Of")]
    told = base.transform_calculate(earlier_text=text)
    return told, [told.mark_line(strokeWidth=2, color=EARLIER, opacity=0.8).encode(y)]


def at_pointer(
    base: alt.Chart, tooltip: Sequence[alt.Tooltip], *, by: Sequence[Literal["x", "y"]] = ("x",)
) -> alt.Chart:
    """A mark at the point that is nearest to the pointer, with all that holds there.

    It goes below the other layers. ``by`` names the directions that count for what is nearest.
    """
    nearest = alt.selection_point(
        name="at_pointer",
        encodings=list(by),
        nearest=True,
        on="pointerover",
        clear="pointerout",
        empty=False,
    )
    is_line = list(by) == ["x"]
    mark = (
        base.mark_rule(color=MUTED, strokeWidth=1.5)
        if is_line
        else base.mark_point(color=MUTED, size=110, strokeWidth=1.5)
    )
    marked: alt.Chart = mark.encode(
        opacity=alt.condition(nearest, alt.value(0.7), alt.value(0)), tooltip=list(tooltip)
    ).add_params(nearest)
    return marked


def silenced(spec: Spec) -> Spec:
    """A specification whose marks say what is written for them or nothing; never raw fields.

    To a screen reader they say nothing: the chart has a text of its own.
    """
    spec.setdefault("config", {}).setdefault("mark", {})["aria"] = False
    for part in spec.get("layer", [spec]):
        part["encoding"].setdefault("tooltip", None)
    return spec
