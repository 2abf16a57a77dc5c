"""Days that a team really has, by role, beside what the work asks of each role."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Days = tuple[date, date]
"""First and last day, both counted."""
HOURS_A_DAY: Final = 8.0
"""Hours of work that a person-day holds; the product's own."""


@dataclass(frozen=True, slots=True)
class Availability:
    """When somebody works for a project, and with which share of their time.

    ``from_on`` and ``to_on`` are None where nobody said; ``away`` are days off.
    """

    role: str
    fraction: float
    from_on: date | None = None
    to_on: date | None = None
    away: tuple[Days, ...] = ()


def working_days(first: date, last: date, away: Collection[Days] = ()) -> int:
    """Days from Monday to Friday between two days, both counted, without those away.

    Examples
    --------
    >>> working_days(date(2026, 6, 1), date(2026, 6, 12), [(date(2026, 6, 4), date(2026, 6, 8))])
    7
    >>> working_days(date(2026, 6, 2), date(2026, 6, 1))
    0
    """
    if last < first:
        return 0
    off: list[date] = []
    for start, end in away:
        begin, stop = max(start, first), min(end, last)
        off += [begin + timedelta(days=n) for n in range((stop - begin).days + 1)]
    return int(
        np.busday_count(
            np.datetime64(first),
            np.datetime64(last) + np.timedelta64(1),
            holidays=np.array(off, dtype="datetime64[D]"),
        )
    )


def capacity_by_role(
    team: Sequence[Availability],
    first: date,
    last: date,
    *,
    holidays: Collection[Days] = (),
    focus: float = 1.0,
) -> dict[str, float]:
    """Person-days that each role has between two days.

    Parameters
    ----------
    team : sequence of Availability
        One for each person.
    first, last : date
        First and last day, both counted.
    holidays : collection of (date, date)
        Days on which nobody works.
    focus : float
        Share of a day on the project that goes into its tasks, in (0, 1].

    Returns
    -------
    dict of str to float
        Person-days of tasks; a role whose people are not there then has 0.

    Raises
    ------
    InputError
        When the focus is not above 0 and at most 1, or a fraction is not from 0 to 1.

    Examples
    --------
    >>> ana = Availability("DS", 0.5, away=((date(2026, 6, 4), date(2026, 6, 5)),))
    >>> capacity_by_role([ana], date(2026, 6, 1), date(2026, 6, 12), focus=0.8)
    {'DS': 3.2}
    """
    if not 0 < focus <= 1:
        raise InputError(f"The focus is {focus!r}; give a share above 0 and at most 1.")
    days: dict[str, float] = defaultdict(float)
    for person in team:
        if not 0 <= person.fraction <= 1:
            raise InputError(f"A share of time is {person.fraction!r}; give a number from 0 to 1.")
        begin = max(first, person.from_on) if person.from_on else first
        end = min(last, person.to_on) if person.to_on else last
        present = working_days(begin, end, (*holidays, *person.away))
        days[person.role] += present * person.fraction * focus
    return dict(days)


@dataclass(frozen=True, slots=True)
class RoleLoad:
    """What the work asks of a role (P80), and what its people have, both in person-days.

    ``capacity_days`` is None for a role that nobody plays.
    """

    role: str
    demand_days: float
    capacity_days: float | None

    @property
    def short_days(self) -> float:
        """Person-days that are missing; 0 when there are enough."""
        return max(0.0, self.demand_days - (self.capacity_days or 0.0))

    @property
    def load(self) -> float | None:
        """Demand over capacity; None where there is no capacity."""
        return self.demand_days / self.capacity_days if self.capacity_days else None


def role_loads(
    demand_p80: Mapping[str, float], capacity: Mapping[str, float]
) -> tuple[RoleLoad, ...]:
    """Demand of each role beside its capacity, the one that lacks most first.

    Parameters
    ----------
    demand_p80 : mapping of str to float
        Person-days that are enough 8 times in 10, by role.
    capacity : mapping of str to float
        Person-days there are, by role, for the same time.

    Examples
    --------
    >>> loads = role_loads({"DE": 40, "DS": 9}, {"DE": 30})
    >>> [(load.role, load.short_days, load.capacity_days) for load in loads]
    [('DE', 10, 30), ('DS', 9.0, None)]
    """
    roles = dict.fromkeys([*demand_p80, *capacity])
    loads = [RoleLoad(role, demand_p80.get(role, 0.0), capacity.get(role)) for role in roles]
    return tuple(sorted(loads, key=lambda load: (-load.short_days, load.role)))
