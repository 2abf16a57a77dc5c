"""Charts of promised and realised: money and levels by month, and money to date."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import altair as alt

from pages.parts.common import charts, event_marks, lines
from pages.parts.common.hover import EIGHT, INK, MUTED, PAPER, at_pointer, ranged, tooltip_line

if TYPE_CHECKING:
    import pandas as pd

_TO_DATE: Final = ("realised", "planned")
_MONTHS_HEIGHT: Final = 280
_OF_MONEY: Final = {"realised": "realised", "promised": "promised"}
_OF_LEVELS: Final = {"realised": "realised", "promised": "promised", "planned": "target"}


def of_money_months(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for `promised_by_month` with its bars named."""
    return _named(frame, _OF_MONEY, ("low", "high", "in_use"))


def of_levels(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for `level_by_month` with its marks and its target named."""
    return _named(frame, _OF_LEVELS, ("low", "high"))


def _named(frame: pd.DataFrame, names: dict[str, str], drawn: tuple[str, ...]) -> pd.DataFrame:
    return lines.named(frame, names, pixels=_MONTHS_HEIGHT - charts.AXIS, drawn=drawn)


@lru_cache(maxsize=16)
def promised_by_month(unit: str) -> charts.Spec:
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
        base.mark_bar(**outline, strokeDash=[3, 3]).encode(
            charts.height("in_use", unit, zero=True)
        ),
        base.mark_bar(width={"band": 0.5}).encode(
            charts.height("realised", unit, zero=True), opacity=_paler_until_final()
        ),
        base.mark_bar(**outline, strokeWidth=1.5).encode(
            charts.height("promised", unit, zero=True)
        ),
        *(
            base.mark_rule(color=colour, strokeWidth=width, opacity=1).encode(
                charts.height("low", unit, zero=True), alt.Y2(field="high")
            )
            for colour, width in ((PAPER, 3), (INK, 1.5))  # edged, to be seen on its bar
        ),
        *lines.name_layers(tuple(_OF_MONEY), _at_end()),
        *event_marks.layers(_month()),
    ]
    return charts.finished(
        alt.layer(*layers).properties(height=_MONTHS_HEIGHT), "Promised and realised by month"
    )


def of_to_date(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for `realised_to_date` with its lines named."""
    names = {"realised": "realised", "planned": "promised"}
    return lines.named(
        frame, names, pixels=charts.VALUE_HEIGHT - charts.AXIS, drawn=("low", "high")
    )


@lru_cache(maxsize=16)
def realised_to_date(unit: str) -> charts.Spec:
    """Everything realised up to the end of each month with P10 to P90, the promise dashed.

    The frame has the columns end (datetime), month, realised, low, high, planned, days and
    redefined, as for the value rate.
    """
    base = _by_month(alt.Chart().encode(charts.over_time("end")), "planned")
    layers = [
        at_pointer(base, _of_month(f"Realised to date, {unit}", "Promised to date")),
        base.mark_area(opacity=0.22).encode(
            charts.height("low", unit, zero=True), alt.Y2(field="high")
        ),
        base.mark_line(point={"size": 24}).encode(charts.height("realised", unit, zero=True)),
    ]
    marks = [
        charts.planned_line(base),
        charts.redefined_mark(),
        *lines.name_layers(_TO_DATE, alt.X(field="end", type="temporal")),
        *event_marks.layers(),
    ]
    return charts.finished(
        alt.layer(*layers, *marks).properties(height=charts.VALUE_HEIGHT),
        "Promised and realised to date",
    )


@lru_cache(maxsize=64)
def level_by_month(unit: str) -> charts.Spec:
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
            charts.height("low", unit, zero=False), alt.Y2(field="high")
        ),
        marks.mark_point(size=60, filled=True).encode(
            charts.height("realised", unit, zero=False), opacity=_paler_until_final()
        ),
        marks.mark_point(
            shape="diamond", size=110, filled=False, color=MUTED, strokeWidth=1.8, opacity=1
        ).encode(charts.height("promised", unit, zero=False)),
    ]
    layers += [
        charts.planned_line(base),
        *lines.name_layers(tuple(_OF_LEVELS), _at_end()),
        *event_marks.layers(_month()),
    ]
    return charts.finished(
        alt.layer(*layers).properties(height=_MONTHS_HEIGHT), "Promised and realised level by month"
    )


def _month() -> alt.X:
    axis = alt.Axis(
        title=None, labelAngle=0, labelOverlap="greedy", labelSeparation=8, labelFlush=False
    )
    scale = alt.Scale(range=lines.ROOM)
    return alt.X(field="month", type="ordinal", sort=None, scale=scale, axis=axis)


def _at_end() -> alt.X:
    """Where a month ends, for names beside bars."""
    return alt.X(field="month", type="ordinal", sort=None, bandPosition=1)


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
