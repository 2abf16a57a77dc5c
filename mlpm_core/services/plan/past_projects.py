"""Closed projects that tell something of a project: those of the whole workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.planning.reference_class import PastProject, ReferenceClass, reference_class
from mlpm_core.records import ClosedProject, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpm_core.records import Project
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import MomentReader


def own_reference(workspace: Workspace, project: Project) -> ReferenceClass:
    """How far own estimates were off, by the closed projects of every project."""

    def made() -> tuple[ReferenceClass, bool]:
        with workspace.store.one_moment() as reader:
            past = past_projects(reader, asked_of_all(reader, project))
        return reference_class([as_past(closed) for closed in past]), True

    question = "own reference of the demo" if project.is_demo else "own reference"
    return workspace.answers.of(question, "", workspace.version, made)


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
