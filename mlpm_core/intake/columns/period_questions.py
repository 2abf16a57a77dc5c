"""The questions how long periods are, and whether their dates begin or end them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.intake.columns.dates import after, is_about_month_end, start_of
from mlpm_core.intake.columns.period_words import EACH, INSTANT, day_in_words, in_words
from mlpm_core.intake.messages import question

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mlpm_core.intake.columns.spacing import Spacing
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

    Moments = np.ndarray[tuple[int], np.dtype[np.datetime64]]

_MOST_SHOWN: Final = 3


def about_length(starts: Moments, even: Spacing, profile: Profile, *, are_ends: bool) -> Question:
    """How long the periods are of dates that stand evenly apart.

    Parameters
    ----------
    are_ends : bool
        Whether the dates are the last days of their periods.
    """
    length = even.length
    is_midnight = bool((starts.astype("datetime64[D]") == starts).all())
    choices = [length, *(["P1D"] if is_midnight and length != "P1D" else []), INSTANT]
    first, second = (d.item() for d in even.example[:2])
    is_exact = after(first, length) == second or is_about_month_end(second)
    return question(
        "period-length", "period", choices,
        first=f"{first:%Y-%m-%d}", second=f"{second:%Y-%m-%d}",
        gap=EACH[length] if is_exact else f"about {EACH[length]}",
        order=_order(profile), preview=_readings((first, second), choices, are_ends=are_ends),
    )  # fmt: skip


def about_few(
    days: Moments, longer: Sequence[str], column: str, profile: Profile, *, are_ends: bool
) -> Question:
    """How long the periods are of one or two days; ``longer`` are the lengths beside a day."""
    first = [day.item() for day in days.astype("datetime64[us]")]
    choices = ["P1D", *longer, INSTANT]
    return question(
        "period-of-few", "period", choices, column=column, order=_order(profile),
        days=" and ".join(f"{day:%Y-%m-%d}" for day in first),
        preview=_readings(first, choices, are_ends=are_ends),
    )  # fmt: skip


def about_ends(starts: Moments, lengths: Sequence[str], profile: Profile) -> Question:
    """Whether dates are the first or the last days of their periods, which have these lengths."""
    _, first_of = np.unique(starts, return_index=True)
    some = np.sort(first_of)[:_MOST_SHOWN].tolist()
    dates = [(starts[i].item(), lengths[i]) for i in some]
    as_start = [in_words(start, length) for start, length in dates]
    as_end = [in_words(start_of(end, length), length) for end, length in dates]
    first, length = dates[0]
    return question(
        "period-end", "dates_are", ["start", "end"],
        date=day_in_words(first), order=_order(profile), period=EACH[length].split(" ")[1],
        preview=[f"start: {'; '.join(as_start)}", f"end: {'; '.join(as_end)}"],
    )  # fmt: skip


def _readings(days: Sequence[datetime], choices: Sequence[str], *, are_ends: bool) -> list[str]:
    """What the first dates are by each choice, and for how many days a value of them counts."""
    return [
        f"{length}: {', then '.join(_in_words(day, length, are_ends=are_ends) for day in days)}"
        f"{_counted(days[0], length)}"
        for length in choices
    ]


def _in_words(day: datetime, length: str, *, are_ends: bool) -> str:
    is_end = are_ends and length not in (INSTANT, "P1D")
    return in_words(start_of(day, length) if is_end else day, length)


def _counted(day: datetime, length: str) -> str:
    """The days for which a value of such a period counts in a KPI.

    Examples
    --------
    >>> from datetime import datetime
    >>> _counted(datetime(2026, 1, 5), "P1W"), _counted(datetime(2026, 1, 5), "P1D")
    (' (each counts for 7 days)', ' (each counts for 1 day)')
    """
    if length in (INSTANT, "PT1H"):
        return ""
    n = (after(day, length) - day).days
    return f" (each counts for {n} day{'s' * (n != 1)})"


def _order(profile: Profile) -> str:
    """In which order the dates of a question were read, where somebody said it."""
    words = {"dmy": ", read with the day first,", "mdy": ", read with the month first,",
             "ymd": ", read with the year first,"}  # fmt: skip
    return words.get(profile.date_order or "", "")
