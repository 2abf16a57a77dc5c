"""What waiting for others does to the end of a project."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlpm_core.planning import Reached, RolePlan, TaskPlan, ThreePoint, updated_estimate
from mlpm_core.planning.project_estimate import project_estimate
from mlpm_core.planning.waiting import waiting
from tests.plans import one_task


def task(name, days, category="data", after=()):
    role = "" if category == "wait" else "DE"
    return TaskPlan(name, ThreePoint(days, days, days), category, role, tuple(after))


def plan(*tasks):
    return replace(one_task(1, 1, 1), tasks=tasks, roles={"DE": RolePlan()})


def test_a_wait_in_the_chain_delays_all_of_it_and_one_beside_the_work_nothing():
    chain = plan(task("w", 10, "wait"), task("a", 30, after=["w"]))
    found = waiting(project_estimate(chain, n=200))
    assert (found.n_ahead, found.n_over) == (1, 0)
    assert (found.days, found.share) == (pytest.approx(10), pytest.approx(0.25))
    beside = plan(task("w", 10, "wait"), task("a", 30))
    found = waiting(project_estimate(beside, n=200))
    assert (found.n_ahead, found.days, found.share) == (1, 0, 0)


def test_a_project_of_nothing_but_waits_is_all_waiting():
    found = waiting(project_estimate(plan(task("w", 10, "wait")), n=50))
    assert (found.days, found.share) == (pytest.approx(10), 1)


def test_a_project_without_waits_says_nothing_of_them():
    assert waiting(project_estimate(plan(task("a", 3)), n=50)) is None


def test_a_wait_that_is_over_is_told_by_what_it_took():
    chain = plan(task("w", 5, "wait"), task("a", 30, after=["w"]))
    reached = Reached(day=12, actual={"w": 12}, ends={"w": 12})
    found = waiting(updated_estimate(chain, reached, n=200).estimate)
    assert (found.n_ahead, found.days) == (0, 0)
    assert (found.n_over, found.taken_days, found.planned_days) == (1, 12, 5)
