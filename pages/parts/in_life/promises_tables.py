"""Promised and realised as tidy frames, for its charts and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mlpm_core.services.in_life.promises import Grade
from pages.parts.common.cache import made_once
from pages.parts.common.format import (
    NOTHING,
    day,
    digits_beside,
    figure,
    month,
    number,
    percent,
    span,
    written_unit,
)
from pages.parts.common.tables import redefined
from pages.parts.in_life import promises_text as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.in_life.promises import (
        DeliveredView,
        Estimate,
        KpiMonth,
        KpiMonths,
        Month,
        PromiseLine,
    )


def money_months(view: DeliveredView) -> pd.DataFrame:
    """Net benefit by month for its chart."""
    shown = view.months
    return pd.DataFrame(
        {
            **_realised(shown, [m.realised for m in shown]),
            "promised": [m.promised_same_days or None for m in shown],
            "in_use": [m.promised for m in shown],
        }
    )


def to_date(view: DeliveredView) -> pd.DataFrame:
    """Everything to the end of each month for its chart."""
    shown = view.to_date
    return pd.DataFrame(
        {
            **_realised(shown, [m.realised for m in shown]),
            "end": [pd.Timestamp(m.start) + pd.offsets.MonthEnd(0) for m in shown],
            "planned": [m.promised_same_days for m in shown],
            "redefined": redefined([pd.Timestamp(m.start) for m in shown], view.case),
        }
    )


def kpi_months(view: KpiMonths) -> pd.DataFrame:
    """A KPI's level by month for its chart."""
    shown = view.months
    return pd.DataFrame(
        {
            **_realised(shown, [m.level for m in shown]),
            "promised": pd.Series([m.promised for m in shown], dtype="float64"),
            "planned": pd.Series([view.kpi.target] * len(shown), dtype="float64"),
        }
    )


def _realised(
    shown: tuple[Month, ...] | tuple[KpiMonth, ...], estimates: list[Estimate | None]
) -> dict[str, Any]:
    return {
        "month": [month(m.start) for m in shown],
        "realised": [e.mean if e else None for e in estimates],
        "low": [e.p10 if e else None for e in estimates],
        "high": [e.p90 if e else None for e in estimates],
        "days": [say.coverage(m.days_monitored, m.days_in_use) for m in shown],
        "labels": ["not final" if m.days_not_final else "final" for m in shown],
        "missing": [say.missing(m.days_in_use - m.days_monitored) for m in shown],
    }


def money_table(view: DeliveredView) -> pd.DataFrame:
    """Net benefit by month as a table, newest first."""
    months, to_date, currency = view.months[::-1], view.to_date[::-1], view.case.currency
    return pd.DataFrame(
        {
            "Month": [month(m.start) for m in months],
            "Days monitored": [_of_days(m) for m in months],
            f"Promised, {currency}": [_rounded(m.promised) for m in months],
            f"Promised, same days, {currency}": [_rounded(m.promised_same_days) for m in months],
            f"Realised, {currency}": [_mean(m.realised) for m in months],
            **_money_ends("", months),
            "Grade": [_grade(view, m.realised) for m in months],
            f"Gap, {currency}": [_rounded(m.gap) for m in months],
            "Outcomes": [_labels(m) for m in months],
            f"Promised to date, {currency}": [_rounded(m.promised_same_days) for m in to_date],
            f"Realised to date, {currency}": [_mean(m.realised) for m in to_date],
            **_money_ends("To date, l", to_date),
        }
    )


def _money_ends(start: str, months: Sequence[Month]) -> dict[str, list[int | None]]:
    """P10 and P90 of what was realised."""
    like = f"{start or 'L'}ikely"
    return {
        f"{like} from (P10)": [_rounded(m.realised.p10 if m.realised else None) for m in months],
        f"{like} to (P90)": [_rounded(m.realised.p90 if m.realised else None) for m in months],
    }


def _grade(view: DeliveredView, figure: Estimate | None) -> str:
    """The grade of evidence of what was realised, beside the figure itself."""
    return NOTHING if figure is None else view.grade.value


def kpi_table(view: KpiMonths) -> pd.DataFrame:
    """A KPI's level by month as a table, newest first."""
    months, unit = view.months[::-1], written_unit(view.kpi.unit)
    implied = Grade.MODEL_IMPLIED.value
    return pd.DataFrame(
        {
            "Month": [month(m.start) for m in months],
            "Days monitored": [_of_days(m) for m in months],
            "Promise in force": [_number(m.promised, "no promise due") for m in months],
            f"Realised, {unit}": [_level(m.level, m.promised, view.kpi.target) for m in months],
            "Likely (8 times in 10)": [_ends(m.level) for m in months],
            "Grade": [implied if m.level else NOTHING for m in months],
            "Target": _number(view.kpi.target, "no target yet"),
            "Outcomes": [_labels(m) for m in months],
        }
    )


@made_once
def promises(view: DeliveredView) -> pd.DataFrame:
    """Every promise of the project with what became of it."""
    lines = view.promises
    return pd.DataFrame(
        {
            "Standing": [say.OUTCOMES[x.outcome] for x in lines],
            "Judged by": [say.judged_by(x) for x in lines],
            "KPI": [x.kpi_title for x in lines],
            "Promised": [figure(x.promised, x.unit) for x in lines],
            "For": [day(x.promised_for_on) for x in lines],
            "That month": [_level(x.then, x.promised) for x in lines],
            "Since then": [_level(x.level, x.promised) for x in lines],
            "Likely (8 times in 10)": [_likely(x) for x in lines],
            "Grade": [say.grade_of(x) for x in lines],
            "Implied since": [_level(x.implied, x.promised) for x in lines],
            "Chance that it is kept": [_chance(x.probability, x.level) for x in lines],
            "Chance given when made": [_share(x.confidence) for x in lines],
            "Promised to": [x.made_to or NOTHING for x in lines],
            "Made on": [day(x.made_on) for x in lines],
            "Based on": [say.rests_on(x) for x in lines],
        }
    )


def _level(level: Estimate | None, *beside: float | None) -> str:
    """A mean with as many digits as tell it from what was promised."""
    if level is None:
        return NOTHING
    return number(level.mean, digits_beside(level.mean, *beside))


def _chance(share: float | None, level: Estimate | None) -> str:
    """How likely a promise holds; none or certain only where the level is exact."""
    if share is not None and level is not None and level.p10 < level.p90:
        share = min(max(share, 0.001), 0.999)  # of so many draws none is not never
    return _share(share)


def _share(share: float | None) -> str:
    return NOTHING if share is None else percent(share)


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def _mean(estimate: Estimate | None) -> int | None:
    return None if estimate is None else round(estimate.mean)


def _number(value: float | None, otherwise: str = NOTHING) -> str:
    return otherwise if value is None else number(value)


def _ends(estimate: Estimate | None) -> str:
    if estimate is None:
        return NOTHING
    return span(estimate.p10, estimate.p90)


def _likely(line: PromiseLine) -> str:
    """Where the level of a promise lies; a plain mean of few periods is not an exact one."""
    if line.measured is not None and line.measured.doubt is not None:
        return "not told"
    return _ends(line.level)


def _labels(month: Month | KpiMonth) -> str:
    if not month.days_monitored:
        return NOTHING
    if not month.days_not_final:
        return "final"
    return f"{say.days(month.days_not_final)} not final"


def _of_days(month: Month | KpiMonth) -> str:
    coverage = say.coverage(month.days_monitored, month.days_in_use)
    return coverage.removesuffix(" monitored").removesuffix(" days").removesuffix(" day")
