"""Hours that a value case's model freed: as they were counted, beside what its metrics imply."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlpm_core.in_life.kpi_series import is_over, level_within
from mlpm_core.in_life.periods import Period, following
from mlpm_core.proof.agreement import implied_change
from mlpm_core.proof.freed_hours import (
    CASHABLE,
    FEWEST_PERIODS,
    Destination,
    FreedHours,
    HoursReason,
    freed_hours,
)
from mlpm_core.proof.interval import Interval
from mlpm_core.quantity import Z90
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.value_cases import case_value
from mlpm_core.services.valuation.value_rates import hours_of
from mlpm_core.value.kpi import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.services.valuation.value_rates import HoursPoint
    from mlpm_core.store import Reader

    Array = NDArray[np.float64]

__all__ = [
    "CASHABLE", "FEWEST_PERIODS", "CaseHours", "Destination", "FreedHours", "HoursOfPeriod",
    "HoursReason", "Interval", "case_hours",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class HoursOfPeriod:
    """Hours freed in one period and where they went; ``implied`` is None where nothing is.

    ``implied_ends`` are its P10 and P90.
    """

    period: Period
    freed: float
    went_to: Mapping[Destination, float]
    implied: float | None
    batch: str
    implied_ends: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class CaseHours:
    """Freed hours of a value case, a period.

    ``told`` is None where ``reason`` says why. ``is_implied`` is False where no period that was
    counted has monitored metrics. ``n_left_out`` counted periods are of another length, not over,
    or without metrics. ``until`` is the first moment after the newest period.
    """

    word: str
    periods: tuple[HoursOfPeriod, ...]
    told: FreedHours | None
    reason: str | None
    is_implied: bool
    n_left_out: int
    until: datetime
    batches: tuple[str, ...]
    sources: tuple[str, ...]


def case_hours(workspace: Workspace, project: str, value_case_id: str) -> CaseHours | None:
    """What was counted of the hours that a value case's model freed; None where nothing was.

    Periods of the commonest length count, once they are over; where the model was monitored, only
    those whose metrics imply hours too, so that both are of the same time.

    Raises
    ------
    NotFoundError
        When there is no such project or value case.
    """
    case = case_value(workspace, project, value_case_id)
    day = workspace.today(project)
    stands_still = workspace.project(project).clock_on is not None
    with workspace.store.reader() as reader:
        rows = reader.rows("freed_hours", project=project, value_case_id=value_case_id)
        rows = [r for r in rows if r["period_start"].date() <= day]
        if not rows:
            return None
        hours, problem = or_reason(
            f"Implied hours of {value_case_id} of {project}",
            lambda: _implied(reader, project, case, day),
        )
    whole = [
        r for r in rows if is_over(_period(r), day, None if stands_still else r["received_at"])
    ]
    length = Counter(r["granularity"] for r in whole or rows).most_common(1)[0][0]
    counted = [_of_period(r, hours or []) for r in whole if r["granularity"] == length]
    if any(h.implied is not None for h in counted):
        counted = [h for h in counted if h.implied is not None]
    told, reason = or_reason(
        f"Freed hours of {value_case_id} of {project}", lambda: _told(counted, hours or [])
    )
    return CaseHours(
        Period(rows[0]["period_start"], length).word,
        tuple(counted),
        told,
        reason or (None if told else _UNEQUAL) or problem,
        any(h.implied is not None for h in counted),
        len(rows) - len(counted),
        max(_period(r).end for r in rows),
        tuple(dict.fromkeys(r["batch"] for r in rows)),
        tuple(dict.fromkeys(r["source"] for r in rows if r["source"])),
    )


_UNEQUAL: Final = "The periods do not follow each other: they begin on different days."


def _period(row: Mapping[str, Any]) -> Period:
    return Period(row["period_start"], row["granularity"])


def _implied(reader: Reader, project: str, case: CaseValue, day: date) -> list[HoursPoint]:
    if case.as_of is None:
        return []
    return hours_of(reader, project, case, case.as_of.granularity, day)


def _of_period(row: Mapping[str, Any], hours: Sequence[HoursPoint]) -> HoursOfPeriod:
    period = _period(row)
    share = period.days / DAYS_PER_YEAR
    levels = ({h.period: x for h, x in zip(hours, of, strict=True)} for of in _figures(hours))
    mean, low, high = (level_within(of, period) for of in levels)
    return HoursOfPeriod(
        period,
        row["freed"],
        {place: row[place.value] for place in Destination if row[place.value] is not None},
        None if mean is None else mean * share,
        row["batch"],
        None if low is None or high is None else (low * share, high * share),
    )


def _figures(hours: Sequence[HoursPoint]) -> tuple[list[float], list[float], list[float]]:
    """Means, P10 and P90 of all periods; the draws are common to them, so that ends average."""
    return [h.mean for h in hours], [h.low for h in hours], [h.high for h in hours]


def _told(counted: Sequence[HoursOfPeriod], hours: Sequence[HoursPoint]) -> FreedHours | None:
    """What the periods say; None where they do not follow each other."""
    by_period = {h.period: h for h in counted}
    grid = following(by_period)
    if counted and not grid:
        return None
    rows = [by_period.get(period) for period in grid]
    places = [place for place in Destination if any(place in h.went_to for h in counted)]
    return freed_hours(
        np.array([h.freed if h else np.nan for h in rows]),
        {
            place: np.array([h.went_to.get(place, np.nan) if h else np.nan for h in rows])
            for place in places
        },
        _draws(counted, hours),
    )


def _draws(counted: Sequence[HoursOfPeriod], hours: Sequence[HoursPoint]) -> Array:
    """Equally likely hours that the model frees in a period; 0 where nothing is implied."""
    implied = [h.implied for h in counted if h.implied is not None]
    if not implied:
        return np.zeros(1)
    days = fmean(h.period.days for h in counted)
    half = fmean((h.high - h.low) / 2 for h in hours)  # the draws are common to all periods
    return implied_change(fmean(implied), half / Z90 * days / DAYS_PER_YEAR)
