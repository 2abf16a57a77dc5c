"""Units of what is monitored: a weekly count becomes the yearly one that a mechanism asks for."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.quantity import SHARE, Unit, is_percent
from mlpm_core.quantity.written import fig
from mlpm_core.records import METRICS
from mlpm_core.value.kpi import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.in_life.periods import Period
    from mlpm_core.value.mechanism import Input

PURE_METRICS: Final = frozenset(
    {name for name, metric in METRICS.items() if isfinite(metric.low) and isfinite(metric.high)}
    | {"wape", "mape", "smape", "r2", "psi", "lift", "log_loss"}
)
"""Metrics that are a share or a score, whichever mechanism asks for them."""

_A_YEAR: Final = "/year"
_WIDEST: Final = 8  # largest standard errors: normal ends of a level of .9999
_PER: Final = re.compile(r"(.+)/\s*(hour|day|week|month|quarter|year)s?\s*")
_DAYS: Final = {
    "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": DAYS_PER_YEAR / 12,
    "quarter": DAYS_PER_YEAR / 4, "year": DAYS_PER_YEAR,
}  # fmt: skip


def needs_unit(entry: Input) -> bool:
    """Whether a number for an input says nothing without its unit: a quantity, and no metric."""
    return not entry.is_metric and entry.reported_as not in METRICS


def check_pure(name: str, unit: str) -> None:
    """See that the unit of a pure number, a share or a score, is none: empty, 1, share or percent.

    Raises
    ------
    InputError
        When it is another one.

    Examples
    --------
    >>> check_pure("recall", "%"), check_pure("recall", "1")
    (None, None)
    """
    if not unit.strip() or is_percent(unit):
        return
    try:
        is_pure = Unit.read(unit).is_pure
    except InputError:
        is_pure = False
    if not is_pure:
        raise InputError(
            f"The unit {unit.strip()!r} does not fit {name}, which is a pure number: leave the "
            "unit empty, write share, or write % where 24 stands for 0.24."
        )


def check_registered(metric: str, unit: str) -> None:
    """See that a metric which no mechanism asks for has no unit, where it is a pure number.

    Raises
    ------
    InputError
        When it has one.
    """
    if metric in PURE_METRICS:
        check_pure(metric, unit)


def largest_error(metric: str) -> float | None:
    """The largest standard error of a metric with two ends: values at both, half of them at each.

    None of any other metric.

    Examples
    --------
    >>> largest_error("recall"), largest_error("mcc"), largest_error("rmse")
    (0.5, 1.0, None)

    References
    ----------
    Popoviciu (1935). Sur les équations algébriques ayant toutes leurs racines réelles.
    """
    registered = METRICS.get(metric)
    if registered is None or not (isfinite(registered.low) and isfinite(registered.high)):
        return None
    return (registered.high - registered.low) / 2


def error_fault(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Which statement of how far off a metric may be is impossible, and a sentence that says so.

    Percentages beside a share are the usual reason; None when none is.

    Examples
    --------
    >>> error_fault({"metric": "recall", "value_se": 5.0, "ci_low": None, "ci_high": None})[0]
    'value_se'
    """
    most = largest_error(row["metric"])
    if most is None:
        return None
    error, low, high = (row[name] for name in ("value_se", "ci_low", "ci_high"))
    name, hint = row["metric"], "In percent? Then write the unit %, and all of the row in percent."
    if error is not None and error > most:
        return "value_se", f"The standard error of {name} cannot be above {fig(most):g}. {hint}"
    if low is not None and high is not None and high - low > _WIDEST * most:
        return (
            "ci_high",
            f"{fig(low):g} to {fig(high):g} is too wide for an interval of {name}. {hint}",
        )
    return None


def unit_factor(entry: Input, unit: str, period: Period | None, currency: str) -> float:
    """What turns a monitored number into one in the unit in which its input is asked.

    Parameters
    ----------
    entry : Input
    unit : str
        As the file writes it; a volume without "/week" or the like is that of its period.
    period : Period, optional
        The period that the number is of; None when nothing says how long it is.
    currency : str
        That of the project.

    Raises
    ------
    InputError
        When a quantity has no unit, or one that does not fit.

    Examples
    --------
    >>> from datetime import datetime
    >>> from mlpm_core.in_life.periods import Period
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> asked, week = find_mechanism("M1").input("population"), Period(datetime(2026, 6, 22), "P1W")
    >>> 700 * unit_factor(asked, "customer", week, "EUR")
    36525.0
    >>> unit_factor(find_mechanism("M1").input("recall"), "%", week, "EUR")
    0.01
    >>> unit_factor(asked, "customer/month", week, "EUR")
    12.0
    """
    text = unit.strip()
    if not text:
        if needs_unit(entry):
            what = "share" if entry.unit == "1" else f"quantity, asked in {entry.unit}"
            raise InputError(
                f"{entry.name} is a {what}: write its unit, such as {_example(entry)}. Leave the "
                "row out if it is not meant for the value."
            )
        return 1.0
    if entry.unit == "1":
        check_pure(entry.name, text)
        return 0.01 if is_percent(text) else 1.0
    return _factor(entry, text, period, currency)


def _factor(entry: Input, text: str, period: Period | None, currency: str) -> float:
    asked = Unit.read(entry.unit)
    per_year = 1.0
    if entry.unit.endswith(_A_YEAR):
        match = _PER.fullmatch(text)
        if not match and period is None:
            raise InputError(
                f"{entry.name} is asked in {entry.unit}, and nothing says how long the period of "
                f"this number is: write its length, such as P1W, in the column granularity, or a "
                f"unit with its time, such as {_example(entry)}."
            )
        days = _DAYS[match[2]] if match else period.days if period else 0.0
        if not days:
            raise InputError(
                f"{text!r} of one moment is no volume of a year; write the length of the period, "
                f"such as P1W, or a unit such as {_example(entry)}."
            )
        per_year = DAYS_PER_YEAR / days
        text = f"{(match[1] if match else text).strip()}{_A_YEAR}"
    given = Unit.read(text)
    factor = given.factor_to(asked)
    if factor is None:
        what = "A share or a percentage" if text == SHARE else f"The unit {text!r}"
        raise InputError(
            f"{what} does not fit {entry.name}, which is asked in {entry.unit}; write "
            f"one such as {_example(entry)}."
        )
    if given.currency not in (None, currency):
        raise InputError(
            f"{entry.name} is in {given.currency}, the project in {currency}; convert it first."
        )
    return factor * per_year


def _example(entry: Input) -> str:
    if entry.unit == "1":
        return "share"
    return entry.unit.replace(_A_YEAR, "/week") if entry.unit.endswith(_A_YEAR) else entry.unit
