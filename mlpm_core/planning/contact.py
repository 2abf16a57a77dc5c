"""How stakeholders are kept in touch with: days since, days to answer, early results."""

from __future__ import annotations

from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

EARLY_WORKDAYS: Final = 10
"""Working days from the start within which a first result should be shown."""
DEMO_DAYS: Final = 14
"""Days without a demo after which somebody should be shown something."""


def early_until(start: date) -> date:
    """The last of the first ten working days (Monday to Friday) from a start on.

    Examples
    --------
    >>> from datetime import date
    >>> early_until(date(2026, 6, 1)), early_until(date(2026, 6, 6))  # a Monday, a Saturday
    (datetime.date(2026, 6, 12), datetime.date(2026, 6, 19))
    """
    first = np.busday_offset(np.datetime64(start, "D"), 0, roll="forward")
    return date.fromisoformat(str(np.busday_offset(first, EARLY_WORKDAYS - 1)))


def days_to_answer(spans: Iterable[tuple[date, date]]) -> float | None:
    """The median of the days from question to answer; None without an answer.

    Parameters
    ----------
    spans : iterable of (date, date)
        The day of each question and of its answer. An answer before its question is left out.

    Examples
    --------
    >>> from datetime import date
    >>> days_to_answer([(date(2026, 6, 1), date(2026, 6, 4)), (date(2026, 6, 1), date(2026, 6, 2))])
    2.0
    >>> days_to_answer([]) is None
    True
    """
    days = [(answered - asked).days for asked, answered in spans if answered >= asked]
    return float(median(days)) if days else None
