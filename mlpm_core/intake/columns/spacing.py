"""Dates that stand evenly apart: a sign of how long the periods are that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from mlpm_core.intake.columns.rows import Flags

    Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]
    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]

_LEAST: Final = 3  # dates of one series: two may be any distance apart
_HOUR: Final = 3600
_A_DAY: Final = 24 * _HOUR
_LAST_DAYS: Final = 2
_MONTHS_OF: Final = {1: "P1M", 3: "P3M", 12: "P1Y"}


class Spacing(NamedTuple):
    """The length that evenly spaced dates suggest, which rows have such, and some of the dates."""

    length: str
    is_even: Flags
    example: Moments


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
    if example is None:
        return None
    counts = [*lengths.values()]
    most = max(dict.fromkeys(counts), key=counts.count)
    chosen = np.array([n for n, length in lengths.items() if length == most])
    return Spacing(most, np.isin(series, chosen), example.astype("datetime64[s]"))


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
    days = seconds.astype("datetime64[s]").astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    of_month = (days - months).astype(np.int64)
    left = ((months + 1).astype("datetime64[D]") - days).astype(np.int64) - 1
    if len(np.unique(of_month)) > 1 and not (left <= _LAST_DAYS).all():
        return None
    gaps: Numbers = np.diff(months.astype(np.int64)).astype(np.int64)
    least = int(gaps.min())
    length = _MONTHS_OF.get(least)
    return length if length is not None and (gaps % least == 0).all() else None
