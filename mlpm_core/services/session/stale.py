"""What is stale of many projects, made anew from one moment of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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
        return self._answers.has(question, project, self._rests_on(project))

    def _rests_on(self, project: str) -> tuple[int, date]:
        return self._versions.get(project, 0), self.days[project]

    def kept(self, question: str, project: str, compute: Callable[[], T]) -> T:
        """As ``consistent.kept``, of this moment: what is computed reads by ``reader`` alone."""
        return self._answers.of(
            question, project, self._rests_on(project), lambda: (compute(), True)
        )


def make_stale(
    workspace: Workspace, question: str, make: Callable[[StaleProjects], object]
) -> None:
    """Have answers made of the projects of which nothing of now is kept for a question.

    Archived ones are left out. What the store is asked of one of them it is asked of all at once.
    """
    today = workspace.now().date()
    stale = {
        p.project
        for p in workspace.store.projects()
        if not p.archived
        and not workspace.answers.has(
            question, p.project, (workspace.version_of(p.project), p.clock_on or today)
        )
    }
    if not stale:
        return
    with workspace.store.one_moment() as reader:
        versions = {row["project"]: int(row["seq"]) for row in reader.rows("project_versions")}
        projects = tuple(p for p in reader.projects() if p.project in stale)
        reader.projects_asked = tuple(p.project for p in projects)
        days = {p.project: p.clock_on or today for p in projects}
        make(StaleProjects(reader, projects, days, versions, workspace.answers))
    workspace.store.save_figures(at_least=_WORTH_WRITING)
