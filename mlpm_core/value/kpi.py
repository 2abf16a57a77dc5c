"""From an improvement in one of the five dimensions to where a KPI stands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.quantity import CURRENCIES, Dimension

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.value.worth import Estimate

DAYS_PER_YEAR = 365.25

_TREND: Final = 16
_FEWEST: Final = 5
_BY_CHANCE: Final = 0.05
_SLIGHT: Final = 0.02
_MONEY_PERIODS = {"year": 1.0, "month": 1 / 12, "week": 7 / DAYS_PER_YEAR}
_UNITS = {
    Dimension.CYCLE_TIME: {"hour/case": 1.0, "minute/case": 60.0, "day/case": 1 / 24},
    Dimension.PEOPLE_INTENSITY: {"hour/kcase": 1.0},
    Dimension.CUSTOMER_EXPERIENCE: {"1/kcase": 1.0},
}
_MONEY_SIGNS: Final = "€$£¥"
_SAME_HEAD: Final = {
    "h": "hour", "hr": "hour", "hrs": "hour", "hours": "hour", "min": "minute", "mins": "minute",
    "minutes": "minute", "d": "day", "days": "day",
}  # fmt: skip
_SAME_PER: Final = {
    "cases": "case",
    "kcases": "kcase",
    "1,000 cases": "kcase",
    "1000 cases": "kcase",
}


@dataclass(frozen=True, slots=True)
class KpiStanding:
    """A KPI's value with its P10 and P90, in the KPI's unit."""

    mean: float
    p10: float
    p90: float


def kpi_units(dimension: Dimension, currency: str) -> dict[str, float]:
    """The units a KPI of a dimension may have, each with how many of it one of the dimension's is.

    Examples
    --------
    >>> list(kpi_units(Dimension.REVENUE, "EUR"))
    ['EUR/year', 'EUR/month', 'EUR/week']
    """
    if dimension in (Dimension.REVENUE, Dimension.COST_SAVING):
        return {f"{currency}/{period}": factor for period, factor in _MONEY_PERIODS.items()}
    return _UNITS[dimension]


def is_measured_only(dimension: Dimension, unit: str) -> bool:
    """Whether a KPI's unit is one that no mechanism implies, such as NPS points or a count a week.

    Money and the units of the dimensions never are, however they are written: those that do not fit
    are mistakes.

    Examples
    --------
    >>> is_measured_only(Dimension.CYCLE_TIME, "minutes")
    True
    >>> [is_measured_only(Dimension.CYCLE_TIME, u) for u in ("hour/case", "hours/case", "USD/year")]
    [False, False, False]
    """
    if unit in _UNITS.get(dimension, {}):
        return False
    head, slash, per = unit.strip().partition("/")
    words = head.split()
    if any(word.upper() in CURRENCIES or word.lower() == "money" for word in words):
        return False
    if any(sign in unit for sign in _MONEY_SIGNS):
        return False
    plain = f"{_SAME_HEAD.get(head.strip().lower(), head.strip().lower())}{slash}"
    plain += _SAME_PER.get(per.strip().lower(), per.strip().lower())
    return not any(plain in units for units in _UNITS.values())


def is_mean_over_cases(unit: str) -> bool:
    """Whether a KPI's unit is one of the means over cases that mechanisms imply.

    Examples
    --------
    >>> is_mean_over_cases("hour/kcase"), is_mean_over_cases("EUR/year")
    (True, False)
    """
    return any(unit in units for units in _UNITS.values())


def per_unit(dimension: Dimension, unit: str, currency: str) -> float:
    """How many of a KPI's unit one unit of the dimension is.

    Raises
    ------
    InputError
        When the unit does not fit the dimension or the project's currency.

    Examples
    --------
    >>> per_unit(Dimension.CYCLE_TIME, "minute/case", "EUR")
    60.0
    """
    factors = kpi_units(dimension, currency)
    if unit not in factors:
        units = " or ".join(factors)
        raise InputError(
            f"The unit {unit!r} does not fit {dimension.label.lower()}; write {units}."
        )
    return factors[unit]


def standing(
    improvement: Estimate,
    *,
    dimension: Dimension,
    unit: str,
    currency: str,
    baseline: float,
    direction: str,
) -> KpiStanding:
    """Where the KPI stands when the model improves its dimension by so much.

    Parameters
    ----------
    improvement : Estimate
        Of the dimension, positive is better, in the dimension's own unit.
    baseline : float
        The KPI without the model, in its unit.
    direction : str
        "higher" or "lower": which way is better.

    Raises
    ------
    InputError
        When the unit does not fit the dimension.
    """
    factor = per_unit(dimension, unit, currency) * (1 if direction == "higher" else -1)
    ends = sorted(baseline + factor * end for end in (improvement.p10, improvement.p90))
    return KpiStanding(baseline + factor * improvement.mean, ends[0], ends[1])


def heading(levels: Sequence[float], direction: str, scale: float) -> int:
    """Which way a KPI has gone of late.

    Parameters
    ----------
    levels : sequence of float
        Of the KPI by period, oldest first; the newest 16 count.
    direction : str
        "higher" or "lower": which way is better.
    scale : float
        The way from the start to the target, in the KPI's unit.

    Returns
    -------
    int
        1 for better, -1 for worse. 0 when chance explains the order of the levels (Kendall's tau,
        two-sided at 5 %), when fewer than 5 differ from the one before, and when the newer half
        lies within 2 % of the scale of the older one.

    References
    ----------
    Mann (1945). Nonparametric tests against trend. Econometrica 13(3).

    Examples
    --------
    >>> down = [10, 9, 8, 7, 6, 5]
    >>> heading(down, "lower", 10), heading(down, "higher", 10), heading(down, "higher", 1000)
    (1, -1, 0)
    >>> heading([5, 6, 5, 6, 5, 6, 5], "higher", 10)
    0
    """
    newest = list(levels[-_TREND:])
    moved = newest[:1] + [y for x, y in pairwise(newest) if x != y]
    if len(moved) < _FEWEST:
        return 0
    half = len(moved) // 2
    if abs(fmean(moved[half:]) - fmean(moved[:half])) < _SLIGHT * abs(scale):
        return 0
    from scipy.stats import kendalltau  # see draws.uniform_points

    trend = kendalltau(range(len(moved)), moved)
    if not trend.pvalue < _BY_CHANCE:
        return 0
    return (1 if trend.statistic > 0 else -1) * (1 if direction == "higher" else -1)
