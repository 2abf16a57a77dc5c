"""Dates that stand evenly apart, or are too few to: which lengths their periods may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa

from mlpm_core.intake.columns.dates import HALF, days_left

if TYPE_CHECKING:
    from datetime import datetime

    from mlpm_core.intake.columns.rows import Flags

    Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]
    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]

_LEAST: Final = 3  # dates of one series: two may be any distance apart
_HOUR: Final = 3600
_A_DAY: Final = 24 * _HOUR
_LAST_DAYS: Final = 2
_A_MONTH, _ABOUT = 365.2425 / 12, 6  # days
_MONTHS_OF: Final = {1: "P1M", 3: "P3M", 6: HALF, 12: "P1Y"}
_FRIDAY, _BEGIN_OR_END_A_WEEK = 4, frozenset({0, 4, 5, 6})


class Spacing(NamedTuple):
    """The length that evenly spaced dates suggest, which rows have such, and some of the dates.

    ``is_of_series`` says that the dates of one series are apart so; else only those of all are.
    """

    length: str
    is_even: Flags
    example: Moments
    is_of_series: bool = True


def evenly_apart(starts: Moments, series: Numbers) -> Spacing | None:
    """The length of period by which the dates of most series are apart, when it is not a day.

    Parameters
    ----------
    starts : array of datetime64
        None of them missing.
    series : array of int
        What each is a result of; series are looked at one by one.

    Examples
    --------
    >>> days = np.array(["2024-01-07", "2024-01-14", "2024-01-21"], dtype="datetime64[us]")
    >>> evenly_apart(days, np.zeros(3, dtype=np.int64)).length
    'P1W'
    >>> evenly_apart(days[:2], np.zeros(2, dtype=np.int64)) is None
    True
    """
    seconds, of_time = np.unique(
        starts.astype("datetime64[s]").astype(np.int64), return_inverse=True
    )
    numbers, of_series = np.unique(series, return_inverse=True)
    if len(seconds) < _LEAST:
        return None
    key = of_series * len(seconds) + of_time
    pairs = _told_apart(key)[0] if len(numbers) > 1 else None
    lengths: dict[int, str] = {}
    example = None
    for i, number in enumerate(numbers.tolist()):
        mine = seconds
        if pairs is not None:
            low, high = np.searchsorted(pairs, [i * len(seconds), (i + 1) * len(seconds)])
            mine = seconds[pairs[low:high] - i * len(seconds)]
        length = _length(mine)
        if length is not None:
            lengths[number] = length
            example = mine if example is None else example
    if example is None:  # no series has enough: all together may
        length = _length(seconds)
        every = np.ones(len(series), dtype=bool)
        return None if length is None else Spacing(
            length, every, seconds.astype("datetime64[s]"), is_of_series=False
        )  # fmt: skip
    counts = [*lengths.values()]
    most = max(dict.fromkeys(counts), key=counts.count)
    chosen = np.array([n for n, length in lengths.items() if length == most])
    return Spacing(most, np.isin(series, chosen), example.astype("datetime64[s]"))


def may_be_of(days: Moments) -> list[str]:
    """The lengths, longer than a day, that the periods of one or two days may have.

    A day alone may be of a week, month, quarter or year that it begins or ends; two days may, too,
    where so many of these lie between them. Two days nearer to each other than a week are days.

    Parameters
    ----------
    days : array of datetime64
        In order, each once.

    Examples
    --------
    >>> def lengths(*days):
    ...     return may_be_of(np.array(days, dtype="datetime64[us]"))
    >>> lengths("2026-01-05"), lengths("2026-01-07"), lengths("2026-03-31")
    (['P1W'], [], ['P1M', 'P3M'])
    >>> lengths("2026-01-05", "2026-01-12"), lengths("2026-01-05", "2026-01-06")
    (['P1W'], [])
    >>> lengths("2025-11-30", "2025-12-31"), lengths("2026-01-01", "2026-02-01")
    (['P1M'], ['P1M'])
    """
    if not len(days) or (days.astype("datetime64[D]") != days).any():
        return []
    first, last = (day.astype("datetime64[us]").item() for day in days[[0, -1]])
    lengths = []
    if len(days) == 1:
        is_week = first.weekday() in _BEGIN_OR_END_A_WEEK
    else:
        is_week = (last - first).days % 7 == 0
    if is_week:
        lengths.append("P1W")
    for is_edge, month in ((first.day == last.day == 1, 0), (_end(first) and _end(last), 1)):
        gap = 12 * (last.year - first.year) + last.month - first.month
        if is_edge and (gap or len(days) == 1):
            lengths += [
                length for n, length in _MONTHS_OF.items()
                if gap % n == 0 and (first.month - 1 + month) % n == 0
            ]  # fmt: skip
    return lengths


def _end(day: datetime) -> bool:
    """Whether a day is the last of its month, or a Friday before nothing but a weekend of it."""
    left = days_left(day)
    return left == 0 or (day.weekday() == _FRIDAY and left <= _LAST_DAYS)


def _told_apart(values: Numbers) -> tuple[Numbers, Numbers]:
    """The distinct values in order, and the place of each value among them."""
    encoded = pa.array(values).dictionary_encode()
    distinct = encoded.dictionary.to_numpy()
    order = np.argsort(distinct)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return distinct[order], place[encoded.indices.to_numpy()]


def _length(seconds: Numbers) -> str | None:
    """The length that the distances of one series suggest; None of days, and of uneven ones."""
    if len(seconds) < _LEAST:
        return None
    gaps = np.diff(seconds)
    least = int(gaps.min())
    is_day = bool((seconds % _A_DAY == 0).all())
    if least == 7 * _A_DAY and (gaps % least == 0).all():
        return "P1W"
    if least >= 27 * _A_DAY and is_day:
        return _months(seconds)
    if is_day:
        return None
    if _is_nearly(gaps, 7 * _A_DAY):
        return "P1W"
    if _is_nearly(gaps, _A_DAY):
        return "P1D"
    if least == _HOUR and (gaps % _HOUR == 0).all():
        return "PT1H"
    return None


def _is_nearly(gaps: Numbers, length: int) -> bool:
    """Whether all gaps are about so long, or several of it; summer time moves one by an hour."""
    times = np.round(gaps / length)
    return bool(times.min() == 1 and (np.abs(gaps - times * length) <= _HOUR).all())


def _months(seconds: Numbers) -> str | None:
    """The months, quarters or years that days of the calendar, or of a retailer's, are apart.

    Examples
    --------
    >>> days = ["2026-01-31", "2026-02-28", "2026-04-04", "2026-05-02"]  # 4, 4 and 5 weeks
    >>> _months(np.array(days, "datetime64[s]").astype(np.int64))
    'P1M'
    """
    days = seconds.astype("datetime64[s]").astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    of_month = (days - months).astype(np.int64)
    left = ((months + 1).astype("datetime64[D]") - days).astype(np.int64) - 1
    gaps: Numbers = np.diff(months.astype(np.int64)).astype(np.int64)
    if len(np.unique(of_month)) > 1 and not (left <= _LAST_DAYS).all():
        apart = np.diff(days).astype(np.int64)
        gaps = np.round(apart / _A_MONTH).astype(np.int64)
        if (np.abs(apart - gaps * _A_MONTH) > _ABOUT).any():
            return None
    least = int(gaps.min())
    length = _MONTHS_OF.get(least)
    return length if length is not None and (gaps % least == 0).all() else None
