"""Tasks to begin with: packs that come with MLPM, with own closed tasks' days where there are."""

from __future__ import annotations

import csv
import io
import math
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtrit

from mlpm_core.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import ArrayLike

_FOLDER: Final = files("mlpm_core") / "catalogue" / "tasks"
FEWEST_TASKS: Final = 5
"""The product's own: fewer closed tasks of a category give no range."""
LARGEST_DAYS: Final = 10.0
"""Thompson's 20-day rule asks for small tasks; none of a template is above that."""
_LEAST, _MOST = 0.01, 10_000.0  # what a record of a task takes
GUESSED: Final = "Days are a guess that came with MLPM: replace them by your own."


@dataclass(frozen=True, slots=True)
class Days:
    """Three numbers for a piece of work [person-days; of a wait working days]."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class OwnRange:
    """What own closed tasks of a category took, and how many they are."""

    days: Days
    n_tasks: int


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """A task of a template; names are those of the record of tasks.

    ``n_own`` is the number of own closed tasks its days come from, None for a guess of MLPM's own.
    """

    task_id: str
    title: str
    category: str
    days: Days
    role: str
    depends_on: str
    phase: str
    in_loop: bool
    is_early_result: bool
    acceptance: str
    note: str
    n_own: int | None = None

    @property
    def days_note(self) -> str:
        """Where its days come from."""
        if self.n_own is None:
            return GUESSED
        return f"Days are those of {self.n_own} own closed tasks of this category."

    def row(self, template_id: str) -> dict[str, object]:
        """Its cells as the record of tasks has them."""
        return {
            "task_id": self.task_id,
            "title": self.title,
            "category": self.category,
            "p10": self.days.p10,
            "p50": self.days.p50,
            "p90": self.days.p90,
            "role": self.role,
            "depends_on": self.depends_on,
            "phase": self.phase,
            "in_loop": self.in_loop,
            "is_early_result": self.is_early_result,
            "acceptance": self.acceptance,
            "source": f"template {template_id}",
            "note": f"{self.note} {self.days_note}".strip(),
        }


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """A pack of tasks."""

    id: str
    title: str
    sentence: str
    tasks: tuple[TemplateTask, ...]

    @property
    def p50_days(self) -> float:
        """Sum of the P50 of its work, waits left out [person-days]."""
        return math.fsum(task.days.p50 for task in self.tasks if task.category != "wait")

    @property
    def n_guessed(self) -> int:
        """Tasks whose days are a guess that came with MLPM."""
        return sum(task.n_own is None for task in self.tasks)

    def with_own(self, own: Mapping[str, OwnRange]) -> TaskTemplate:
        """The same with the days of own closed tasks, by category, where there are.

        Examples
        --------
        >>> first = find_task_template("first_project")
        >>> own = first.with_own({"data": OwnRange(Days(1, 2, 9), 7)})
        >>> {task.days.p90 for task in own.tasks if task.category == "data"}
        {9}
        >>> first.n_guessed - own.n_guessed
        2
        """
        return replace(
            self,
            tasks=tuple(
                replace(task, days=found.days, n_own=found.n_tasks)
                if (found := own.get(task.category))
                else task
                for task in self.tasks
            ),
        )

    def without(self, task_ids: Collection[str]) -> TaskTemplate:
        """The same without the tasks of these ids, such as those that a project has already."""
        return replace(self, tasks=tuple(t for t in self.tasks if t.task_id not in task_ids))

    def csv(self) -> str:
        """The tasks as a CSV that the import of tasks reads."""
        out = io.StringIO(newline="")
        rows = [task.row(self.id) for task in self.tasks]
        writer = csv.DictWriter(out, [*rows[0]] if rows else ["task_id"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {k: ("no", "yes")[v] if isinstance(v, bool) else v for k, v in row.items()}
            for row in rows
        )
        return out.getvalue()


def own_range(spent_days: ArrayLike) -> OwnRange | None:
    """A range for the next task of a category from those that are done.

    Parameters
    ----------
    spent_days : array of shape (n,)
        Person-days that closed tasks of one category took; those of 0 or less are left out.

    Returns
    -------
    OwnRange or None
        None for fewer than five.

    Raises
    ------
    InputError
        When a number is not finite.

    Notes
    -----
    Student's range for the next value of the logarithm: exp(mean -+ t(n - 1, .9) * sd *
    sqrt(1 + 1 / n)), so that few tasks give a wide range. The product's own.

    Examples
    --------
    >>> own = own_range([1, 2, 2, 4, 8])
    >>> own.n_tasks, round(own.days.p10, 1), round(own.days.p50, 1), round(own.days.p90, 1)
    (5, 0.7, 2.6, 9.9)
    >>> own_range([1, 2, 3, 4]) is None
    True
    """
    days = np.atleast_1d(np.asarray(spent_days, dtype=np.float64))
    if not np.isfinite(days).all():
        raise InputError("Days that tasks took must be finite numbers.")
    logs = np.log(days[days > 0])
    n = logs.size
    if n < FEWEST_TASKS:
        return None
    mean = float(logs.mean())
    reach = float(stdtrit(n - 1, 0.9)) * float(logs.std(ddof=1)) * math.sqrt(1 + 1 / n)
    ends = np.exp(np.clip([mean - reach, mean, mean + reach], *np.log([_LEAST, _MOST])))
    p10, p50, p90 = np.round(ends, 2).tolist()
    return OwnRange(Days(p10, p50, p90), n)


@lru_cache(maxsize=1)
def task_templates() -> dict[str, TaskTemplate]:
    """The packs that come with MLPM, by id, in their order.

    Examples
    --------
    >>> list(task_templates())
    ['first_project', 'forecast', 'classifier', 'assistant', 'buying']
    """
    packs = tomllib.loads((_FOLDER / "packs.toml").read_text("utf-8"))
    return {
        name: TaskTemplate(
            name,
            pack["title"],
            pack["sentence"],
            read_tasks((_FOLDER / f"{name}.csv").read_text("utf-8")),
        )
        for name, pack in packs.items()
    }


def find_task_template(name: str) -> TaskTemplate:
    """The pack of that id.

    Raises
    ------
    NotFoundError
        When there is none.
    """
    packs = task_templates()
    if name not in packs:
        raise NotFoundError.of("task template", name, packs)
    return packs[name]


def read_tasks(text: str) -> tuple[TemplateTask, ...]:
    """The tasks of a pack's CSV.

    Raises
    ------
    InputError
        When days do not rise or a task waits for one that is not there; the sentence names it.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    ids = {row["task_id"] for row in rows}
    tasks = []
    for row in rows:
        days = Days(*(float(row[name]) for name in ("p10", "p50", "p90")))
        if not 0 < days.p10 <= days.p50 <= days.p90:
            raise InputError(f"{row['task_id']}: the three numbers of days must rise from above 0.")
        waits = [name.strip() for name in row["depends_on"].split(";") if name.strip()]
        if missing := [name for name in waits if name not in ids]:
            raise InputError(f"{row['task_id']} waits for {missing[0]}, which is not there.")
        tasks.append(
            TemplateTask(
                task_id=row["task_id"],
                title=row["title"],
                category=row["category"],
                days=days,
                role=row["role"],
                depends_on=row["depends_on"],
                phase=row["phase"],
                in_loop=row["in_loop"] == "yes",
                is_early_result=row["is_early_result"] == "yes",
                acceptance=row["acceptance"],
                note=row["note"],
            )
        )
    return tuple(tasks)
