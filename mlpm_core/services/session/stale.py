"""What is stale of many projects, made anew from one moment of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date

    from mlpm_core.records import Project
    from mlpm_core.services.session.answers import Answers
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import MomentReader

T = TypeVar("T")
_WORTH_WRITING: Final = 16  # valuing so many again takes a restart longer than a moment


@dataclass(frozen=True, slots=True)
class StaleProjects:
    """Projects of which a question has no answer of now, and one moment of the store to make it.

    ``days`` are the days the projects live on.
    """

    reader: MomentReader
    projects: tuple[Project, ...]
    days: Mapping[str, date]
    _versions: Mapping[str, int]
    _answers: Answers

    def is_kept(self, question: str, project: str) -> bool:
        """Whether there is an answer to another question of this moment."""
        return self._answers.has(question, project, self._state(project, None))

    def _state(self, project: str, rests_on: Hashable) -> tuple[Hashable, ...]:
        return _state(self._versions.get(project, 0), self.days[project], rests_on)

    def kept(
        self, question: str, project: str, compute: Callable[[], T], *, rests_on: Hashable = None
    ) -> T:
        """As ``consistent.kept``, of this moment: what is computed reads by ``reader`` alone."""
        state = self._state(project, rests_on)
        return self._answers.of(question, project, state, lambda: (compute(), True))


def _state(version: int, day: date, rests_on: Hashable) -> tuple[Hashable, ...]:
    """What an answer about a project rests on, as ``consistent.kept`` has it."""
    return (version, day) if rests_on is None else (version, day, rests_on)


def stale_projects(
    workspace: Workspace, question: str, rests_on: Callable[[Project], Hashable] | None = None
) -> set[str]:
    """The projects, but archived ones, of which nothing of now is kept for a question.

    ``rests_on`` gives what else the answer about a project rests on, as ``consistent.kept``.
    """
    today = workspace.now().date()
    return {
        p.project
        for p in workspace.store.projects()
        if not p.archived
        and not workspace.answers.has(
            question,
            p.project,
            _state(
                workspace.version_of(p.project),
                p.clock_on or today,
                rests_on(p) if rests_on else None,
            ),
        )
    }


def make_stale(
    workspace: Workspace,
    question: str,
    make: Callable[[StaleProjects], object],
    *,
    rests_on: Callable[[Project], Hashable] | None = None,
) -> None:
    """Have answers made of the `stale_projects` of a question.

    What the store is asked of one of them it is asked of all at once.
    """
    today = workspace.now().date()
    stale = stale_projects(workspace, question, rests_on)
    if not stale:
        return
    with workspace.store.one_moment() as reader:
        versions = reader.seqs("project_versions", "project")
        projects = tuple(p for p in reader.projects() if p.project in stale)
        reader.projects_asked = tuple(p.project for p in projects)
        days = {p.project: p.clock_on or today for p in projects}
        make(StaleProjects(reader, projects, days, versions, workspace.answers))
    workspace.store.save_figures(at_least=_WORTH_WRITING)
