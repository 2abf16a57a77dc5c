"""The packs of tasks that come with MLPM, and days from own closed tasks."""

from __future__ import annotations

import csv
import io
from graphlib import TopologicalSorter

import numpy as np
import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.planning.task_templates import (
    LARGEST_DAYS,
    Days,
    OwnRange,
    find_task_template,
    own_range,
    read_tasks,
    task_templates,
)
from mlpm_core.planning.team import USUAL_ROLES

PACKS = [*task_templates()]


@pytest.mark.parametrize("name", PACKS)
def test_no_task_of_a_template_is_above_ten_days_and_none_waits_in_a_circle(name):
    tasks = find_task_template(name).tasks
    work = [task for task in tasks if task.category != "wait"]
    assert max(task.days.p90 for task in work) <= LARGEST_DAYS
    assert {task.category for task in work} <= set(USUAL_ROLES)
    assert all(task.role and task.acceptance for task in work)
    assert len({task.task_id for task in tasks}) == len(tasks)
    waits = {t.task_id: [w.strip() for w in t.depends_on.split(";") if w] for t in tasks}
    assert set(TopologicalSorter(waits).static_order()) == set(waits)


@pytest.mark.parametrize("name", PACKS)
def test_each_modelling_cycle_has_a_hypothesis_what_is_expected_and_a_time_box(name):
    modelling = [t for t in find_task_template(name).tasks if t.category in ("train", "feature")]
    assert bool(modelling) == (name != "buying")  # who buys has somebody else's model to score
    assert any(task.in_loop for task in find_task_template(name).tasks)
    for task in modelling:
        assert all(word in task.note for word in ("Hypothesis:", "Expected:", "Time box:"))
        assert task.acceptance


@pytest.mark.parametrize("name", PACKS)
def test_a_template_looks_after_the_model_in_life_and_shows_something_early(name):
    tasks = find_task_template(name).tasks
    assert any(task.category == "support" and task.phase == "in_life" for task in tasks)
    assert any(task.is_early_result for task in tasks)


def test_days_that_came_with_mlpm_are_marked_as_a_guess_and_own_ones_with_their_number():
    first = find_task_template("first_project")
    assert first.n_guessed == len(first.tasks)
    own = first.with_own({"train": OwnRange(Days(1, 2, 3), 6)})
    notes = {task.category: str(task.row(own.id)["note"]) for task in own.tasks}
    assert "6 own closed tasks" in notes["train"]
    assert "guess that came with MLPM" in notes["deploy"]


def test_fewer_than_five_closed_tasks_give_no_range():
    assert own_range([]) is None
    assert own_range([1, 2, 3, 4, 0]) is None  # a task of no days says nothing
    assert own_range([3] * 5) == OwnRange(Days(3, 3, 3), 5)
    with pytest.raises(InputError):
        own_range([np.nan] * 5)


def test_no_closed_tasks_give_days_that_a_record_refuses():
    wild = own_range([1e-300, 1e300, 1, 1, 1]).days
    assert (wild.p10, wild.p90) == (0.01, 10_000)


def test_the_range_of_own_tasks_holds_the_next_one_eight_times_in_ten():
    """Seven tasks of a log-normal, 4,000 times: the eighth lies from P10 to P90. Seed 5."""
    rng = np.random.default_rng(5)
    drawn = np.exp(1 + 0.7 * rng.standard_normal((4000, 8)))
    ranges = [own_range(row[:7]).days for row in drawn]
    held = [r.p10 <= row[7] <= r.p90 for r, row in zip(ranges, drawn, strict=True)]
    assert np.mean(held) == pytest.approx(0.8, abs=0.02)


def test_a_template_is_a_csv_that_reads_the_same_again():
    pack = find_task_template("classifier")
    rows = list(csv.DictReader(io.StringIO(pack.csv())))
    assert [row["task_id"] for row in rows] == [task.task_id for task in pack.tasks]
    assert read_tasks(pack.csv())[0].days == pack.tasks[0].days
    assert pack.without({rows[0]["task_id"]}).tasks == pack.tasks[1:]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a,A,data,3,2,4,DE,,sprint_1,no,no,x,", "must rise"),
        ("a,A,data,1,2,4,DE,b,sprint_1,no,no,x,", "waits for b"),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused(line, says):
    header = "task_id,title,category,p10,p50,p90,role,depends_on,phase,in_loop,is_early_result,"
    with pytest.raises(InputError, match=says):
        read_tasks(f"{header}acceptance,note\n{line}\n")


def test_an_unknown_template_is_named_with_those_there_are():
    with pytest.raises(NotFoundError, match="forecast"):
        find_task_template("forcast")
