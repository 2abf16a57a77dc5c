"""What a project is asked in its phase, what is due, and whether its models can be built again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.planning.artefacts import ArtefactGap, KeptArtefact, kept_artefact
from mlpm_core.planning.check_packs import (
    Check,
    CheckState,
    Readiness,
    blocking,
    check_packs,
    checks_in,
    own_question,
    readiness,
)
from mlpm_core.planning.rebuild import RebuildScore, rebuild_score
from mlpm_core.records import (
    Artefact,
    ArtefactType,
    CheckQuestion,
    CheckResult,
    Deployment,
    Phase,
    Project,
    Rebuild,
    Slot,
    Task,
    TaskCategory,
    TaskStatus,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace

__all__ = [
    "ArtefactGap", "Check", "CheckState", "ChecksView", "KeptArtefact", "Readiness",
    "RebuildScore", "checks", "question_titles",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChecksView:
    """What is asked in a phase of a project on a day.

    ``documents`` are tasks that write one and have a day, those due first; ``rebuilds`` the score
    of each model that is kept, ``not_kept`` the models in use of which nothing is. ``artefacts``
    has all that is kept, those with most unsettled first.
    """

    project: Project
    day: date
    phase: Phase
    checks: tuple[Check, ...]
    readiness: Readiness
    documents: tuple[Task, ...]
    rebuilds: tuple[RebuildScore, ...]
    not_kept: tuple[str, ...]
    artefacts: tuple[KeptArtefact, ...]

    @property
    def blocking(self) -> tuple[Check, ...]:
        """The gates that keep the phase from being left."""
        return blocking(self.checks)

    @property
    def harms(self) -> tuple[CheckResult, ...]:
        """Answers, still fresh, that name who is harmed."""
        return tuple(
            c.result
            for c in self.checks
            if c.result and not c.state.is_stale
            if c.result.harm_if_works.strip() or c.result.harm_if_fails.strip()
        )


def checks(workspace: Workspace, project: str, phase: str = "") -> ChecksView:
    """The checks of a phase; of the one in which the project stands unless named.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    listed, today = workspace.project(project), workspace.today(project)
    with workspace.store.reader() as reader:
        row = reader.one(Project, (project,)) or listed  # the list has not every column
        own = [q for q in reader.current(CheckQuestion, project) if not q.archived]
        results = [r for r in reader.current(CheckResult, project) if not r.archived]
        tasks = [t for t in reader.current(Task, project) if not t.archived]
        artefacts = [a for a in reader.current(Artefact, project) if not a.archived]
        tries = [r for r in reader.current(Rebuild, project) if not r.archived]
        deployed = [d for d in reader.current(Deployment, project) if not d.archived]
    in_use = [d for d in deployed if d.slot is Slot.CHAMPION and _is_running(d, today)]
    versions = {row.data_version, *(d.model_version for d in in_use)} - {""}
    questions = (*check_packs(), *(own_question(q) for q in own))
    chosen = Phase(phase) if phase else row.phase
    kept = {a.artefact_id: a for a in artefacts}
    models = [a for a in artefacts if a.artefact_type is ArtefactType.MODEL]
    known = {(a.model_id, a.model_version) for a in models}
    return ChecksView(
        project=row,
        day=today,
        phase=chosen,
        checks=checks_in(questions, results, chosen, today, versions),
        readiness=readiness(questions, results, today, versions),
        documents=_documents(tasks),
        rebuilds=tuple(
            rebuild_score(
                m,
                kept,
                [t for t in tries if t.artefact_id == m.artefact_id and t.attempted_on <= today],
            )
            for m in models
        ),
        artefacts=tuple(
            sorted(
                (kept_artefact(a, kept, today) for a in artefacts),
                key=lambda a: (-len(a.gaps), a.record.artefact_id),
            )
        ),
        not_kept=tuple(
            sorted(
                {
                    f"{d.model_id} {d.model_version}".strip()
                    for d in in_use
                    if not any(
                        name == d.model_id and (not d.model_version or version == d.model_version)
                        for name, version in known
                    )
                }
            )
        ),
    )


def question_titles(workspace: Workspace, project: str) -> dict[str, str]:
    """Every question a project may be asked, by its short name, with its pack before it."""
    with workspace.store.reader() as reader:
        own = [q for q in reader.current(CheckQuestion, project) if not q.archived]
    questions = (*(own_question(q) for q in own), *check_packs())
    return {q.check_id: f"{q.pack}: {q.question}" for q in questions}


def _is_running(deployment: Deployment, today: date) -> bool:
    ends = deployment.to_on
    return deployment.from_on <= today and (ends is None or today <= ends)


def _documents(tasks: Sequence[Task]) -> tuple[Task, ...]:
    done = {TaskStatus.DONE, TaskStatus.DROPPED}
    due = [
        (t.due_on, t.task_id, t)
        for t in tasks
        if t.category is TaskCategory.DOCUMENT and t.due_on is not None and t.status not in done
    ]
    return tuple(task for _, _, task in sorted(due, key=lambda entry: entry[:2]))
