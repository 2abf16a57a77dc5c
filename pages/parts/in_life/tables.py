"""Models in use as tidy frames, for their charts and their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mlpm_core.services.in_life.metric_signals import Rule
from mlpm_core.services.in_life.portfolio import Grade
from pages.parts.common.cache import made_once
from pages.parts.common.format import (
    NOTHING,
    WORDS,
    day,
    digits_beside,
    number,
    percent,
    period_name,
)
from pages.parts.common.tables import likely, unchecked
from pages.parts.in_life import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.in_life.deployments import DeploymentLine, DeploymentView, LimitCheck
    from mlpm_core.services.in_life.metric_signals import WatchedMetric
    from mlpm_core.services.in_life.segments import Segments

_DIGITS = 4
_LOG = "prediction log"


def deployments(lines: Sequence[DeploymentLine]) -> pd.DataFrame:
    """Every deployment, a row each."""
    return pd.DataFrame(
        {
            "Health": [WORDS[x.health.health] for x in lines],
            "Model": [x.model for x in lines],
            "Slot": [_slot(x) for x in lines],
            "Value case": [x.case_title for x in lines],
            "Gap to plan": [text.gap(x) for x in lines],
            "Likely": [likely(*x.value.gap_range) if x.value else NOTHING for x in lines],
            "Grade": [(x.value.grade if x.value else None) or NOTHING for x in lines],
            **unchecked([x.value.case.unchecked if x.value else None for x in lines]),
            "Why": [x.health.reason for x in lines],
            "Results to": [day(x.data_to) for x in lines],
            "Project": [x.project_title for x in lines],
        }
    )


@made_once
def slots(lines: Sequence[DeploymentLine]) -> pd.DataFrame:
    """The deployments of one model, a row each."""
    return pd.DataFrame(
        {
            "Slot": [_slot(x) for x in lines],
            "Version": [x.model_version or "every version" for x in lines],
            "From": [day(x.from_on) for x in lines],
            "To": [_until(x) for x in lines],
            "Days": [x.days_in_slot for x in lines],
            "Health": [WORDS[x.health.health] for x in lines],
            "Why": [x.health.reason for x in lines],
        }
    )


@made_once
def limits(line: DeploymentLine) -> pd.DataFrame:
    """Every limit with the newest value beside it."""
    checks = line.checks
    return pd.DataFrame(
        {
            "Metric": [c.label for c in checks],
            "Newest": [
                NOTHING if c.value is None else number(c.value, max(_DIGITS, c.digits(c.value)))
                for c in checks
            ],
            "Likely (9 times in 10)": [
                NOTHING
                if c.low is None or c.high is None
                else f"{number(c.low, _apart(c, c.low))} to {number(c.high, _apart(c, c.high))}"
                for c in checks
            ],
            "Limit": [c.limit for c in checks],
            "State": [c.state.value for c in checks],
            "Counts as": [WORDS[c.health] for c in checks],
        }
    )


def _apart(check: LimitCheck, end: float) -> int:
    """Digits that tell an end of an interval from the other end, and from the limit."""
    return max(check.digits(end), digits_beside(end, check.low, check.high))


def digits(watched: WatchedMetric) -> int:
    """Digits for a metric's chart: as many as tell its values from the limit, four at least."""
    check = watched.check
    if check is None:
        return _DIGITS
    return max(_DIGITS, *(check.digits(point.value) for point in watched.series.points))


@made_once
def metric(watched: WatchedMetric) -> pd.DataFrame:
    """One metric's results for its chart."""
    points = watched.series.points
    check = watched.check
    fired = {(mark.period, mark.rule): mark for mark in watched.marks}
    marks = {
        rule: [fired.get((p.period, rule)) for p in points] for rule in (Rule.SHEWHART, Rule.CUSUM)
    }
    return pd.DataFrame(
        {
            "start": [p.period.start for p in points],
            "period": [period_name(p.period) for p in points],
            "value": [p.value for p in points],
            "low": [p.value if p.low is None else p.low for p in points],
            "high": [p.value if p.high is None else p.high for p in points],
            "n": [p.monitored.n for p in points],
            "batch": [p.monitored.batch or _LOG for p in points],
            "planned": watched.series.planned_median,
            "at_least": check.at_least if check else None,
            "at_most": check.at_most if check else None,
            "fast": [
                p.value if m else None for p, m in zip(points, marks[Rule.SHEWHART], strict=True)
            ],
            # Where both fired at once the jump is shown.
            "slow": [
                p.value if slow and not fast else None
                for p, slow, fast in zip(
                    points, marks[Rule.CUSUM], marks[Rule.SHEWHART], strict=True
                )
            ],
            "z": [
                m.z if (m := fast or slow) else None
                for slow, fast in zip(marks[Rule.CUSUM], marks[Rule.SHEWHART], strict=True)
            ],
        }
    )


def by_period(view: DeploymentView) -> pd.DataFrame:
    """What the charts of a deployment show, as a table, newest first."""
    values: dict[str, dict[Any, Any]] = {}
    for point in view.rates:
        currency = view.line.value.case.currency if view.line.value else ""
        value = f"Value of a week, {currency}".removesuffix(", ")
        values.setdefault(value, {})[point.period] = round(point.rate)
        values.setdefault("Likely from (P10)", {})[point.period] = round(point.rate_low)
        values.setdefault("Likely to (P90)", {})[point.period] = round(point.rate_high)
        values.setdefault("Grade", {})[point.period] = Grade.MODEL_IMPLIED.value
    batches: dict[Any, dict[str, None]] = {}
    for watched in view.metrics:
        for result in watched.series.points:
            values.setdefault(watched.series.metric.label, {})[result.period] = result.value
            batches.setdefault(result.period, {})[result.monitored.batch or _LOG] = None
    periods = sorted({p for column in values.values() for p in column}, reverse=True)
    return pd.DataFrame(
        {"Period": [str(p) for p in periods]}
        | {name: [column.get(p) for p in periods] for name, column in values.items()}
        | {"Batches": [", ".join(batches.get(p, ())) for p in periods]}
    )


def shares(view: Segments) -> pd.DataFrame:
    """The share of each segment for its chart."""
    return pd.DataFrame(
        [
            (p.period.start, period_name(p.period), segment.name, p.share, p.n)
            for segment in view.segments
            for p in segment.points
            if p.share is not None
        ],
        columns=["start", "period", "segment", "value", "n"],
    )


def errors(view: Segments) -> pd.DataFrame:
    """The error of each segment for its chart."""
    return pd.DataFrame(
        [
            (p.period.start, period_name(p.period), segment.name, p.error, p.n_judged or None)
            for segment in view.segments
            for p in segment.points
            if p.error is not None
        ],
        columns=["start", "period", "segment", "value", "n"],
    )


def segments(view: Segments) -> pd.DataFrame:
    """What the charts of segments show, as a table, newest first."""
    rows: list[dict[str, Any]] = [
        {
            "Period": period_name(p.period),
            view.title.capitalize(): segment.name,
            "Cases": p.n,
            "Share": NOTHING if p.share is None else percent(p.share),
            "With outcome": p.n_judged,
            view.measure.capitalize(): None if p.error is None else round(p.error, 4),
            "_": p.period,
        }
        for segment in view.segments
        for p in segment.points
    ]
    rows.sort(key=lambda row: row["_"], reverse=True)
    return pd.DataFrame(rows).drop(columns="_")


def _slot(line: DeploymentLine) -> str:
    if line.is_in_use:
        return line.slot
    return f"{line.slot}, {'over' if line.to_on and line.days_in_slot else 'not yet'}"


def _until(line: DeploymentLine) -> str:
    return day(line.to_on) if line.to_on else "today"
