"""Who is absent when, as the share of a role that is missing on each working day."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.planning.calendar import each_day
from mlpm_core.planning.capacity import Availability
from mlpm_core.planning.project_plan import Away

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mlpm_core.planning.calendar import WorkCalendar
    from mlpm_core.records import Absence, Role, TeamMember


def availabilities(
    members: Sequence[TeamMember], absences: Iterable[Absence]
) -> list[Availability]:
    """When each person works for a project, with their own days off."""
    away: defaultdict[str, list[tuple[date, date]]] = defaultdict(list)
    for absence in absences:
        away[absence.person_id].append((absence.from_on, absence.to_on))
    return [
        Availability(m.role, m.fraction, m.from_on, m.to_on, tuple(away[m.person_id]))
        for m in members
    ]


def role_absences(
    role: Role, people: Iterable[Availability], calendar: WorkCalendar, today: date
) -> tuple[Away, ...]:
    """The working days from today on, on which some of a role are missing.

    Parameters
    ----------
    role : Role
        Its heads times their availability are the full-time people that the plan counts on.
    people : iterable of Availability
        Everybody with their days off; those of other roles do not count.
    calendar : WorkCalendar
        Which days are working days, and the first of them.

    Returns
    -------
    tuple of Away
        Runs of days on which as much is missing, in working days since the start. Where more people
        are named than the plan counts on, the others stand in first.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.planning.calendar import WorkCalendar
    >>> from mlpm_core.records import Role
    >>> monday = date(2026, 6, 1)
    >>> role = Role(project="p", role_id="DE", day_rate=500, heads=2)
    >>> ana = Availability("DE", 1.0, away=((date(2026, 6, 4), date(2026, 6, 8)),))
    >>> role_absences(role, [ana], WorkCalendar(monday), monday)
    (Away(from_day=3.0, to_day=6.0, people=1.0),)
    """
    own = [person for person in people if person.role == role.role_id]
    counted_on = role.heads * role.availability
    spare = max(0.0, sum(person.fraction for person in own) - counted_on)
    missing: defaultdict[int, float] = defaultdict(float)
    for person in own:
        for day in _working_days_off(person, calendar, today):
            missing[day] += person.fraction
    runs: list[Away] = []
    for day in sorted(missing):
        people_missing = min(counted_on, missing[day] - spare)
        if people_missing <= 0:
            continue
        if runs and runs[-1].to_day == day and runs[-1].people == people_missing:
            runs[-1] = Away(runs[-1].from_day, day + 1.0, people_missing)
        else:
            runs.append(Away(float(day), day + 1.0, people_missing))
    return tuple(runs)


def _working_days_off(person: Availability, calendar: WorkCalendar, today: date) -> set[int]:
    """The working days, counted from the start as 0, on which somebody is away from the project."""
    begin = max(today, calendar.starts_on, person.from_on or today)
    days = {
        day
        for first, last in person.away
        for day in each_day(max(first, begin), min(last, person.to_on or last))
    }
    if not days:
        return set()
    off = np.array(sorted(days), dtype="datetime64[D]")
    holidays = np.array(sorted(calendar.holidays), dtype="datetime64[D]")
    off = off[np.is_busday(off, holidays=holidays)]
    start = np.datetime64(calendar.starts_on)
    return {int(n) for n in np.busday_count(start, off, holidays=holidays)}
