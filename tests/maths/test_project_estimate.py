"""The estimate in tasks: the worked example, exact cases, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning import (
    FACTORS,
    Documentation,
    FactorAnswer,
    ProjectPlan,
    RiskPlan,
    RolePlan,
    TaskPlan,
    ThreePoint,
    Tries,
    project_estimate,
    role_views,
)
from tests.plans import CERTAIN, EXAMPLE, NO, example_plan, one_task, random_plan

PERCENTILES = ("p10", "p50", "p80", "p95")


@pytest.fixture(scope="module")
def example():
    return project_estimate(example_plan())


def of(spread):
    return [getattr(spread, name) for name in PERCENTILES]


@pytest.mark.parametrize("what", ["effort", "duration", "cost"])
def test_the_worked_example_is_reproduced_within_two_percent(example, what):
    expected = [EXAMPLE["results"][what][name.upper()] for name in PERCENTILES]
    assert of(getattr(example, what)) == pytest.approx(expected, rel=0.02)


def test_the_waterfall_of_the_worked_example_is_reproduced_in_its_order(example):
    """P50 and P80 after each step, from the published table of the example."""
    table = {
        "raw": (76, 76),
        "ranges": (86, 97),
        "data_complex": (112, 132),
        "data_dirty": (123, 153),
        "ethics_privacy": (127, 161),
        "eval_complicated": (130, 164),
        "models": (140, 175),
        "cycles": (144, 180),
        "bias": (183, 265),
        "risks": (186, 268),
        "overhead": (209, 300),
    }
    assert [step.name for step in example.waterfall] == list(table)
    for step in example.waterfall:
        assert (step.p50, step.p80) == pytest.approx(table[step.name], rel=0.02), step.name
    assert sum(step.change for step in example.waterfall[1:]) == pytest.approx(
        example.effort.p50 - 76
    )
    assert example.waterfall[-1].p80 == pytest.approx(example.effort.p80)


def test_chances_drivers_and_answers_of_the_worked_example(example):
    assert example.p_no_go == pytest.approx(0.064)
    assert example.no_go.cost.p50 == pytest.approx(98_500, rel=0.02)
    assert example.probability_within_effort(76) == pytest.approx(0.007, abs=0.004)
    assert example.probability_within_cost(100_000) == pytest.approx(0.30, abs=0.01)
    assert example.probability_within_days(100) == pytest.approx(0.05, abs=0.01)
    assert example.drivers[0].name == "bias"
    correlations = {driver.name: driver.correlation for driver in example.drivers}
    assert correlations["bias"] == pytest.approx(0.79, abs=0.03)
    assert correlations["data_dirty"] == pytest.approx(0.28, abs=0.05)
    assert correlations["data_complex"] == pytest.approx(0.26, abs=0.05)
    assert correlations["task:T06"] == pytest.approx(0.19, abs=0.05)
    dirty = example.find_out_first
    assert dirty.name == "data_dirty"
    assert (dirty.p80_if_no, dirty.p80_if_yes) == pytest.approx((268, 331), rel=0.02)


def test_a_head_more_changes_only_what_could_be_done_at_the_same_time(example):
    by_role = {view.name: view for view in role_views(example)}
    assert by_role["DE"].p80_one_more == pytest.approx(288, rel=0.02)
    assert by_role["DE"].p80_one_more == by_role["DE"].p80_now
    assert by_role["DE"].p80_full_time is None
    assert by_role["MLE"].p80_full_time == pytest.approx(276, rel=0.02)


def test_one_model_and_clean_data_take_what_the_example_says():
    clean = {**example_plan().factors, "data_dirty": FactorAnswer(0.0)}
    less = project_estimate(example_plan(n_models=1, factors=clean))
    assert less.effort.p80 == pytest.approx(246, rel=0.02)
    assert less.duration.p80 == pytest.approx(231, rel=0.02)
    assert less.cost.p80 == pytest.approx(144_000, rel=0.02)


def test_three_numbers_are_hit_exactly():
    at = ThreePoint(2, 4, 8).at(np.array([-1.2815515655446004, 0.0, 1.2815515655446004]))
    assert at.tolist() == pytest.approx([2, 4, 8], rel=1e-12)


def test_one_task_that_nothing_multiplies_has_its_own_percentiles():
    estimate = project_estimate(one_task(2, 4, 8))
    assert estimate.effort.p10 == pytest.approx(2, rel=0.01)
    assert estimate.effort.p50 == pytest.approx(4, rel=0.01)
    assert estimate.effort_at(0.9) == pytest.approx(8, rel=0.01)


def test_without_spread_the_example_is_a_sum_and_a_schedule():
    plan = example_plan(bias=CERTAIN, factors=NO, n_models=1, loop=None, risks=(),
                        overhead_share=0.0, fixed_cost=0.0)  # fmt: skip
    exact = tuple(
        replace(t, days=ThreePoint(t.days.p50, t.days.p50, t.days.p50)) for t in plan.tasks
    )
    estimate = project_estimate(replace(plan, tasks=exact), n=100)
    assert of(estimate.effort) == pytest.approx([76.0] * 4, rel=1e-12)
    assert of(estimate.duration) == pytest.approx([76.125] * 4, rel=1e-12)
    assert of(estimate.cost) == pytest.approx([44_840.0] * 4, rel=1e-12)
    assert estimate.drivers == ()
    with_fixed = project_estimate(replace(plan, tasks=exact, fixed_cost=1800.0), n=100)
    assert with_fixed.cost.p50 == pytest.approx(46_640.0)


@pytest.mark.parametrize(
    ("p", "no_go", "cycles"), [(1.0, 0.0, {1}), (0.0, 1.0, {3}), (0.6, 0.064, {1, 2, 3})]
)
def test_the_loop_ends_with_a_model_or_after_the_last_cycle(p, no_go, cycles):
    """The effort of a loop task of exactly 10 days is 10, 16 or 22."""
    task = TaskPlan("T1", ThreePoint(10, 10, 10), "train", "DS", in_loop=True)
    plan = ProjectPlan((task,), {"DS": RolePlan()}, CERTAIN, NO, loop=Tries(p, 3), focus=1.0)
    estimate = project_estimate(plan)
    assert estimate.p_no_go == pytest.approx(no_go)
    found = set(np.round((estimate.draws.effort - 10) / 6 + 1).astype(int).tolist())
    assert found == cycles
    if no_go:
        assert estimate.no_go.effort.p50 == pytest.approx(22)
    if p == 0.6:
        shares = np.bincount(np.round((estimate.draws.effort - 10) / 6).astype(int)) / estimate.n
        assert shares.tolist() == pytest.approx(np.array([0.6, 0.24, 0.096]) / 0.936, abs=0.005)


def test_without_a_usable_model_the_tasks_behind_the_loop_cost_nothing():
    plan = example_plan()
    assert plan.after_loop == set(EXAMPLE["project"]["loop"]["skip_if_nogo"])
    estimate = project_estimate(plan)
    assert all(not estimate.no_go_draws.by_task[name].any() for name in plan.after_loop)
    assert estimate.no_go_draws.by_task["T09"].min() > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(sorted(FACTORS)), st.sampled_from([0.0, 0.5]))
def test_a_factor_turned_on_never_lowers_a_percentile(seed, name, before):
    plan = random_plan(np.random.default_rng(seed))
    off, on = (
        project_estimate(
            replace(plan, factors={**plan.factors, name: FactorAnswer(p)}), n=4000, details=False
        )
        for p in (before, 1.0)
    )
    for what in ("effort", "duration", "cost"):
        pairs = zip(of(getattr(off, what)), of(getattr(on, what)), strict=True)
        assert all(more >= less for less, more in pairs)


def test_the_same_plan_and_seed_give_the_same_bytes():
    one, two = (project_estimate(example_plan(), n=2000, seed=7) for _ in range(2))
    assert one.draws.cost.tobytes() == two.draws.cost.tobytes()
    assert one.drivers == two.drivers
    other = project_estimate(example_plan(), n=2000, seed=8)
    assert one.draws.cost.tobytes() != other.draws.cost.tobytes()


def test_a_factor_answered_before_the_estimate_changes_nothing_unless_overridden():
    def p80(answer, **task):
        plan = one_task(2, 4, 8, factors={**NO, "data_complex": answer})
        return project_estimate(replace(plan, tasks=(replace(plan.tasks[0], **task),)))

    given_on = {"estimated_on": date(2026, 3, 2)}
    nothing = p80(FactorAnswer(0.0))
    known = p80(FactorAnswer(1.0, date(2026, 3, 1)), **given_on)
    assert known.effort == nothing.effort
    assert known.is_held_back
    later = p80(FactorAnswer(1.0, date(2026, 3, 3)), **given_on)
    assert later.effort.p50 == pytest.approx(8, rel=0.02)
    assert known.effort_if_all == later.effort
    assert not later.is_held_back
    told = p80(FactorAnswer(1.0, date(2026, 3, 1), on_all_tasks=True), **given_on)
    assert told.effort == later.effort
    assert p80(FactorAnswer(1.0), includes=("data_complex",)).effort == nothing.effort


def test_a_factor_acts_on_its_own_kinds_of_tasks_only():
    for name, factor in FACTORS.items():
        for category in ("data", "evaluate", "deploy", "explore"):
            plan = one_task(4, 4, 4, category=category, factors={**NO, name: FactorAnswer(1.0)})
            is_moved = project_estimate(plan, n=200).effort.p50 > 4.1
            assert is_moved == (category in factor.categories), (name, category)
    card = one_task(4, 4, 4, category="document", documentation=Documentation.FULL)
    assert project_estimate(card).effort.p50 == pytest.approx(8, rel=0.01)


def test_an_open_factor_that_nobody_named_applies_half_the_time():
    estimate = project_estimate(one_task(4, 4, 4, category="evaluate", factors={}))
    assert np.mean(estimate.draws.effort != 4) == pytest.approx(0.5, abs=0.02)


def test_two_heads_share_what_can_be_done_at_once():
    def duration(heads):
        tasks = tuple(TaskPlan(f"T{i}", ThreePoint(4, 4, 4), "data", "DE") for i in range(4))
        plan = ProjectPlan(tasks, {"DE": RolePlan(heads)}, CERTAIN, NO, focus=1.0)
        return project_estimate(plan, n=50).duration.p50

    assert [duration(heads) for heads in (1, 2, 3, 4, 100)] == [16, 8, 8, 4, 4]


def test_days_of_a_risk_that_cost_nobody_anything_delay_and_are_no_effort():
    late = RiskPlan("late", 1.0, ThreePoint(5, 5, 5), 0.5, 0.0, fixed_cost=70.0)
    estimate = project_estimate(one_task(4, 4, 4, risks=(late,)), n=50)
    assert of(estimate.effort) == [4.0] * 4
    assert of(estimate.duration) == [6.5] * 4
    assert of(estimate.cost) == [70.0] * 4


def test_what_is_done_by_a_day_is_what_ends_before_it(example):
    ends = {end.name: end.end.p80 for end in example.task_ends()}
    day = example.duration.p50
    assert set(example.done_by(day)) == {name for name, p80 in ends.items() if p80 <= day}
    assert example.probability_within_days(example.days_at(0.8)) == pytest.approx(0.8, abs=1e-3)
    with pytest.raises(InputError, match="above 0 and below 1"):
        example.days_at(1.0)


def test_tasks_above_ten_days_are_named_and_above_twenty_block_a_promise():
    assert not project_estimate(one_task(5, 10, 20), n=50).sizes.above_ten
    warned = project_estimate(one_task(5, 10.5, 20), n=50)
    assert warned.sizes.above_ten == ("T1",)
    assert warned.is_promisable
    blocked = project_estimate(one_task(5, 21, 40), n=50)
    assert not blocked.is_promisable
    assert "at least" in blocked.explanation
    assert "promise nothing" in blocked.explanation


def test_the_sentence_says_plan_promise_reserve_and_the_chance_of_nothing(example):
    assert example.explanation == (
        "We plan 210 person-days (EUR 124,000), promise 305 person-days (EUR 178,000) and hold a "
        "reserve up to 435 person-days (EUR 252,000); the chance that no usable model comes out "
        "is 6%, known after about 165 working days and 170 person-days (EUR 100,000)."
    )
    hopeless = project_estimate(example_plan(loop=Tries(0.0, 3)), n=500)
    assert "for nothing" in hopeless.explanation
    assert not hopeless.is_promisable


def task(name="T1", role="DE", **rest):
    return TaskPlan(name, ThreePoint(1, 2, 3), rest.pop("category", "data"), role, **rest)


@pytest.mark.parametrize(
    ("tasks", "rest", "says"),
    [
        ((), {}, "There are no tasks"),
        ((task("A", depends_on=("B",)), task("B", depends_on=("A",))), {}, "in a circle"),
        ((task("A", depends_on=("A",)),), {}, "in a circle"),
        ((task("A", depends_on=("Z",)),), {}, "'Z', which is no task"),
        ((task("A", "XX"),), {}, "role 'XX' is unknown; the roles of the project are: DE"),
        ((task("A", ""),), {}, "no role does it"),
        ((task("A"), task("A")), {}, "is there twice"),
        ((task("A", category="tea"),), {}, "category is 'tea'"),
        ((task("A"),), {"roles": {"DE": RolePlan(0)}}, "nobody plays it"),
        ((task("A"),), {"roles": {"DE": RolePlan(1, 0.0)}}, "availability"),
        ((task("A"),), {"roles": {"DE": RolePlan(1, 1.0, float("nan"))}}, "day rate"),
        ((task("A"),), {"focus": 0.0}, "focus"),
        ((task("A"),), {"focus": float("nan")}, "focus"),
        ((task("A"),), {"n_models": 0}, "number of models"),
        ((task("A"),), {"factors": {"weather": FactorAnswer(1)}}, "is no factor"),
        ((task("A"),), {"factors": {"data_big": FactorAnswer(1.5)}}, "its probability"),
        ((task("A"),), {"risks": (RiskPlan("R", 2.0),)}, "its probability"),
        (tuple(task(f"T{i}") for i in range(1001)), {}, "at most 1,000"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_says_why(tasks, rest, says):
    with pytest.raises((InputError, NotEnoughDataError), match=says):
        ProjectPlan(tasks, **({"roles": {"DE": RolePlan()}} | rest))


@pytest.mark.parametrize(
    "numbers",
    [(0, 1, 2), (2, 1, 3), (1, 3, 2), (-1, 1, 2), (1, 2, float("inf")), (1, float("nan"), 2),
     (None, 1, 2), (1e-320, 1, 2e9)],
)  # fmt: skip
def test_three_numbers_that_cannot_be_say_why(numbers):
    with pytest.raises(InputError):
        ThreePoint(*numbers)


def test_a_milestone_takes_nothing():
    estimate = project_estimate(one_task(0, 0, 0), n=50)
    assert of(estimate.effort) == of(estimate.duration) == of(estimate.cost) == [0.0] * 4
    assert estimate.explanation.startswith("We plan 0 person-days (EUR 0)")


def test_only_waits_take_time_and_nobody():
    wait = TaskPlan("W", ThreePoint(3, 8, 20), "wait")
    estimate = project_estimate(ProjectPlan((wait,), {}), n=2000)
    assert of(estimate.effort) == [0.0] * 4
    assert estimate.duration.p50 == pytest.approx(8, rel=0.01)
