"""Absences of single people: they slow the work of their role on those days, and nothing else."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mlpm_core.planning import ProjectPlan, RolePlan, TaskPlan, ThreePoint, WorkCalendar
from mlpm_core.planning.absences import role_absences
from mlpm_core.planning.capacity import Availability
from mlpm_core.planning.plan_json import read_plan, written_plan
from mlpm_core.planning.project_estimate import project_estimate
from mlpm_core.planning.project_plan import Away
from mlpm_core.planning.schedule import Reached, ends_of
from mlpm_core.records import Role
from tests.plans import CERTAIN, NO, example_plan

MONDAY = date(2026, 6, 1)


def ends(days, *away, heads=1, availability=1.0, starts_at=0.0):
    """When tasks of so many person-days end that wait for nothing, in their order."""
    tasks = [TaskPlan(f"T{i}", ThreePoint(d, d, d), "data", "DE") for i, d in enumerate(days)]
    role = RolePlan(heads, availability, 500, tuple(Away(*a) for a in away))
    plan = ProjectPlan(tuple(tasks), {"DE": role}, CERTAIN, NO, focus=1.0)
    drawn = {f"T{i}": np.full(3, float(d)) for i, d in enumerate(days)}
    _, found = ends_of(plan, drawn, Reached(day=starts_at))
    return [float(found[task.name][0]) for task in tasks]


@pytest.mark.parametrize(
    ("expected", "away"),
    [
        (5, ()),
        (5, ((5, 9, 1.0),)),
        (10, ((4, 9, 1.0),)),
        (10, ((0, 5, 1.0),)),
        (7.5, ((0, 5, 0.5),)),
        (9, ((1, 3, 1.0), (3, 7, 0.5))),
        (5, ((50, 60, 1.0),)),
        (7, ((1, 2, 1.0), (5, 6, 9.0))),
    ],
)
def test_work_stands_still_or_is_slower_while_people_are_away(expected, away):
    assert ends([5], *away) == [pytest.approx(expected)]


def test_what_follows_begins_when_it_can_and_what_is_behind_does_not_count():
    assert ends([2, 3], (2, 4, 1.0)) == pytest.approx([2, 7])
    assert ends([2], (0, 4, 1.0), starts_at=6.0) == pytest.approx([8])
    assert ends([0, 1], (0, 4, 1.0)) == pytest.approx([0, 5])
    # Half of one head's time, all of it away for two days.
    assert ends([2], (1, 3, 0.5), availability=0.5) == pytest.approx([6])


def test_of_two_heads_one_away_leaves_half_to_both():
    assert ends([4, 4], (2, 4, 1.0), heads=2) == pytest.approx([5, 5])


def test_somebody_away_never_makes_a_project_sooner():
    plan = example_plan()
    role = plan.roles["DE"]
    away = RolePlan(role.heads, role.availability, role.day_rate, (Away(10.0, 30.0, 1.0),))
    before = project_estimate(plan, n=500, details=False)
    after = project_estimate(example_plan(roles={**plan.roles, "DE": away}), n=500, details=False)
    assert np.all(after.draws.duration >= before.draws.duration - 1e-9)
    assert after.duration.p50 > before.duration.p50 + 5
    assert after.effort == before.effort
    assert after.cost == before.cost


def test_a_plan_keeps_its_absences_and_without_any_stays_the_same_bytes():
    task = TaskPlan("T", ThreePoint(1, 2, 3), "data", "DE")
    without = ProjectPlan((task,), {"DE": RolePlan()}, CERTAIN, NO)
    assert '"away"' not in written_plan(without, Reached(), n=9, seed=1)
    plan = ProjectPlan((task,), {"DE": RolePlan(away=(Away(1.0, 3.0, 0.5),))}, CERTAIN, NO)
    assert read_plan(written_plan(plan, Reached(), n=9, seed=1))[0] == plan


def test_days_off_count_on_working_days_of_the_project_from_today_on():
    role = Role(project="p", role_id="DE", day_rate=500, heads=2, availability=0.5)
    calendar = WorkCalendar(MONDAY, frozenset({date(2026, 6, 4)}))
    week = (date(2026, 6, 3), date(2026, 6, 9))

    def away(*people, today=MONDAY):
        return role_absences(role, people, calendar, today)

    half = Availability("DE", 0.5, away=(week, week))
    assert away(half) == (Away(2.0, 6.0, 0.5),)
    assert away(half, today=date(2026, 6, 8)) == (Away(4.0, 6.0, 0.5),)
    assert away(half, half) == (Away(2.0, 6.0, 1.0),)
    assert away(Availability("DS", 0.5, away=(week,))) == ()
    assert away(Availability("DE", 0.5, to_on=date(2026, 6, 3), away=(week,))) == (
        Away(2.0, 3.0, 0.5),
    )
    assert away(Availability("DE", 0.5, from_on=date(2026, 6, 10), away=(week,))) == ()
    # Of three halves the plan counts on two: one more is away before anything is missing.
    spare = Availability("DE", 0.5)
    assert away(half, spare, spare) == ()
    assert away(half, half, spare) == (Away(2.0, 6.0, 0.5),)
    wrong_way = Availability("DE", 0.5, away=((week[1], week[0]),))
    assert away(wrong_way) == ()
