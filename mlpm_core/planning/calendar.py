"""Working days and dates: weekends and days on which nobody works are left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from datetime import date

_MOST_DAYS = 100_000  # some 380 years


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of a project from its start on, Monday to Friday without its holidays.

    Examples
    --------
    >>> from datetime import date
    >>> calendar = WorkCalendar(date(2026, 1, 1), frozenset({date(2026, 1, 1)}))
    >>> calendar.date_after(1.0), calendar.date_after(2.5)
    (datetime.date(2026, 1, 2), datetime.date(2026, 1, 6))
    >>> calendar.days_until(date(2026, 1, 6))
    3
    """

    starts_on: date
    holidays: frozenset[date] = frozenset()

    def date_after(self, working_days: float) -> date:
        """The day in whose course so many working days since the start are over.

        Raises
        ------
        InputError
            When it lies beyond what a calendar can tell.
        """
        if not 0 <= working_days <= _MOST_DAYS:
            raise InputError(f"{working_days!r} working days have no date.")
        ahead = max(0, math.ceil(working_days - 1e-9) - 1)
        day = np.busday_offset(self.starts_on, ahead, roll="forward", holidays=self._holidays)
        found: date = day.astype(object)
        return found

    def days_until(self, day: date) -> int:
        """Working days from the start to the end of a day; 0 for one before the start."""
        after = np.datetime64(day) + 1
        return max(0, int(np.busday_count(self.starts_on, after, holidays=self._holidays)))

    def days_before(self, day: date) -> int:
        """Working days from the start to the beginning of a day; 0 for one before the start."""
        return max(0, int(np.busday_count(self.starts_on, day, holidays=self._holidays)))

    @property
    def _holidays(self) -> list[np.datetime64]:
        return sorted(np.datetime64(day) for day in self.holidays)


def each_day(from_on: date, to_on: date) -> list[date]:
    """Every day from one to another, both ends included; none when they stand the wrong way."""
    n = min((to_on - from_on).days + 1, _MOST_DAYS)
    return [from_on + timedelta(days=i) for i in range(n)]
