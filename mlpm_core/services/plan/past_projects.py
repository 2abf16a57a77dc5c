"""What past work tells of a project: closed projects and estimators of the whole workspace."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.planning.calibration import Calibration, estimator_calibration, is_off_target
from mlpm_core.planning.reference_class import PastProject, ReferenceClass, reference_class
from mlpm_core.records import ClosedProject, Outcome, Project, Task, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import MomentReader


NOBODY: Final = "Nobody named"
PAST_WORK: Final = (Project, ClosedProject, Task)
"""The kinds of every project that `own_history` rests on."""


@dataclass(frozen=True, slots=True)
class EstimatorLine:
    """One estimator: how their ranges held, over all projects."""

    name: str
    calibration: Calibration

    @property
    def may_be_luck(self) -> bool:
        """Whether ranges that hold 8 times in 10 would look like this often enough."""
        return not is_off_target(self.calibration)


@dataclass(frozen=True, slots=True)
class OwnHistory:
    """What own past work changes in an estimate.

    ``too_narrow`` are the estimators whose ranges held too seldom, over ten estimates or more.
    """

    reference: ReferenceClass
    too_narrow: tuple[EstimatorLine, ...] = ()

    def of(self, estimator: str) -> EstimatorLine | None:
        """Whose ranges are to be widened, by the name as a task has it; None when they are not."""
        return next((e for e in self.too_narrow if _key(e.name) == _key(estimator)), None)


def own_history(workspace: Workspace, project: Project) -> OwnHistory:
    """How far own estimates were off, by the closed projects and tasks of every project."""

    def made() -> tuple[OwnHistory, bool]:
        with workspace.store.one_moment() as reader:
            every = asked_of_all(reader, project)
            past = past_projects(reader, every)
            tasks = [t for p in every for t in reader.current(Task, p) if not t.archived]
        too_narrow = (e for e in estimators(tasks) if e.calibration.widening > 1)
        return OwnHistory(
            reference_class([as_past(closed) for closed in past]),
            tuple(e for e in too_narrow if e.name != NOBODY),
        ), True

    question = "own history of the demo" if project.is_demo else "own history"
    version = workspace.version_of("", *PAST_WORK)
    return workspace.answers.of(question, "", version, made)


def estimators(tasks: Iterable[Task]) -> tuple[EstimatorLine, ...]:
    """Everybody who gave three numbers for work that is done, the one with most first."""
    given: defaultdict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    spelled: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for task in tasks:
        if task.status is not TaskStatus.DONE or task.spent_days is None:
            continue
        if task.p10 is None or task.p50 is None or task.p90 is None or task.p10 > task.p90:
            continue
        name = " ".join(task.estimated_by.split()) or NOBODY
        spelled[_key(name)][name] += 1
        given[_key(name)].append((task.p10, task.p50, task.p90, task.spent_days))
    found = [
        EstimatorLine(_commonest(spelled[key]), estimator_calibration(*zip(*rows, strict=True)))
        for key, rows in given.items()
    ]
    return tuple(sorted(found, key=lambda e: (-e.calibration.n_closed, e.name)))


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _commonest(names: Counter[str]) -> str:
    """The spelling used most, of several the first by letter: capitals before small ones."""
    return min(names, key=lambda name: (-names[name], name))


def asked_of_all(reader: MomentReader, project: Project) -> tuple[str, ...]:
    """The projects that tell something of this one: all, but the demo's only of the demo.

    What the reader is asked of one of them it then asks of all at once.
    """
    reader.projects_asked = tuple(
        p.project for p in reader.projects() if p.is_demo == project.is_demo
    )
    return reader.projects_asked


def past_projects(reader: MomentReader, projects: Iterable[str]) -> list[ClosedProject]:
    """The closed projects that are not archived."""
    return [c for p in projects for c in reader.current(ClosedProject, p) if not c.archived]


def as_past(closed: ClosedProject) -> PastProject:
    """A closed project as the maths takes it."""
    return PastProject(closed.estimated_days, closed.actual_days, closed.outcome is Outcome.STOPPED)
