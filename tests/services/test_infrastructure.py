"""Improvements of the infrastructure: whether they pay, and whether they did."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mlpm_core.services.plan.support import project_support, with_cycles
from tests.services.test_support import opened_shop, save


@pytest.fixture
def shop(tmp_path, empty_folder):
    yield from opened_shop(tmp_path, empty_folder)


def task(name, **more):
    return {"task_id": name, "title": name, "category": "infra"} | more


def test_an_improvement_is_an_investment_and_is_checked_afterwards(shop):
    def cycle(i):
        began = date(2026, 1, 1) + timedelta(14 * i)
        ended = began + timedelta((9 if i < 5 else 3) + i % 2)
        done = {"status": "done", "started_on": began, "finished_on": ended}
        return task(f"cycle{i}", in_loop=True, **done)

    cycles = [cycle(i) for i in range(10)]
    tool = task("tool", p10=2.0, p50=3.0, p90=5.0, saves_days=2.0, status="done",
                started_on=date(2026, 3, 1), finished_on=date(2026, 3, 10))  # fmt: skip
    save(shop, "tasks", *cycles, tool, task("hope", saves_days=1.0))
    done, hope = sorted(project_support(shop, "shop").improvements, key=lambda v: v.task.task_id)[
        ::-1
    ]
    assert with_cycles(done, 3).answer.pays
    assert not with_cycles(done, 1).answer.pays
    assert done.paid_back.is_faster
    assert done.paid_back.faster == pytest.approx(6, abs=1)
    assert hope.answer is None
    assert "no three numbers" in hope.problem
    assert hope.not_paid_back == "It is not done yet."
