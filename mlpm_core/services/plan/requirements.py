"""What was asked for against what is really needed, and whether sprint 0 is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.planning.brief import SETTLED
from mlpm_core.planning.requirements import LimitState, UsePart, limit_state, missing_use
from mlpm_core.records import (
    FindingRecord,
    Requirement,
    RequirementStatus,
    StakeholderRecord,
)
from mlpm_core.services.valuation.kpis import kpi_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.kpis import KpiValue

__all__ = [
    "LimitState",
    "RequirementView",
    "RequirementsView",
    "SprintZero",
    "UsePart",
    "requirements",
    "sprint_zero",
]


@dataclass(frozen=True, slots=True)
class RequirementView:
    """A requirement with what it leaves open.

    ``asked_by`` is a name, empty when nobody is named. ``missing_use`` are the parts of its use
    point that nobody wrote down.
    """

    record: Requirement
    asked_by: str
    missing_use: tuple[UsePart, ...]
    limit: LimitState

    @property
    def is_live(self) -> bool:
        """Whether it still has to be met; a dropped one need not."""
        return self.record.status is not RequirementStatus.DROPPED

    @property
    def is_changed(self) -> bool:
        """Whether what is needed was changed after it was first written down."""
        return self.record.changed_on is not None or bool(self.record.change_reason.strip())

    @property
    def contradicts(self) -> bool:
        """Whether it is called met while its limit is not kept, or is not known to be."""
        is_called_met = self.record.status is RequirementStatus.MET
        return is_called_met and self.limit not in (LimitState.NONE, LimitState.MET)


@dataclass(frozen=True, slots=True)
class RequirementsView:
    """The requirements of a project, those that need attention first."""

    requirements: tuple[RequirementView, ...]

    @property
    def live(self) -> tuple[RequirementView, ...]:
        """Those that were not dropped."""
        return tuple(r for r in self.requirements if r.is_live)

    @property
    def without_use(self) -> tuple[RequirementView, ...]:
        """Live ones of which nobody says who decides what with the prediction, and when."""
        return tuple(r for r in self.live if r.missing_use)

    @property
    def changed(self) -> tuple[RequirementView, ...]:
        """What was changed, dropped ones too, the newest change first."""
        changed = (r for r in self.requirements if r.is_changed)
        return tuple(sorted(changed, key=_newest_change_first))

    def n_limits(self, state: LimitState) -> int:
        """How many live ones have a limit that stands like this."""
        return sum(r.limit is state for r in self.live)


@dataclass(frozen=True, slots=True)
class SprintZero:
    """Whether work may go on after sprint 0, and what is missing.

    ``unowned``, ``undated`` and ``overdue`` are statements of open blockers: without an owner,
    without a date, and with a date that has passed. ``moved`` are the titles of the KPIs that a
    value case moves, ``unmoved`` those of the others with the reason.
    """

    n_findings: int
    n_blockers: int
    unowned: tuple[str, ...]
    undated: tuple[str, ...]
    overdue: tuple[str, ...]
    moved: tuple[str, ...]
    unmoved: tuple[tuple[str, str], ...]

    @property
    def is_passed(self) -> bool:
        """Whether blockers were looked for, each is in somebody's hands, and one KPI is moved."""
        is_owned = not (self.unowned or self.undated or self.overdue)
        return bool(self.n_findings) and is_owned and bool(self.moved)


def requirements(workspace: Workspace, project: str) -> RequirementsView:
    """What was asked of a project, what is really needed, and what of it is kept.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    workspace.project(project)
    with workspace.store.reader() as reader:
        rows = [r for r in reader.current(Requirement, project) if not r.archived]
        names = {p.stakeholder_id: p.name for p in reader.current(StakeholderRecord, project)}
    views = [
        RequirementView(
            record=row,
            asked_by=names.get(row.stakeholder_id, row.stakeholder_id),
            missing_use=missing_use(row),
            limit=limit_state(row.comparison, row.limit, row.measured),
        )
        for row in rows
    ]
    return RequirementsView(tuple(sorted(views, key=_attention)))


def sprint_zero(workspace: Workspace, project: str) -> SprintZero:
    """Whether the blockers are in somebody's hands, and a value case moves a KPI.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    workspace.project(project)
    day = workspace.today(project)
    with workspace.store.reader() as reader:
        findings = [f for f in reader.current(FindingRecord, project) if not f.archived]
        kpis = [k for k in kpi_values(reader, project, workspace.today) if k.counts]
    blockers = [f for f in findings if f.is_blocker and f.confidence not in SETTLED]
    return SprintZero(
        n_findings=len(findings),
        n_blockers=len(blockers),
        unowned=tuple(f.statement for f in blockers if not f.owner.strip()),
        undated=tuple(f.statement for f in blockers if f.due_on is None),
        overdue=_overdue(blockers, day),
        moved=tuple(k.title for k in kpis if _is_moved(k)),
        unmoved=tuple((k.title, _unmoved(k)) for k in kpis if not _is_moved(k)),
    )


def _overdue(blockers: Sequence[FindingRecord], day: date) -> tuple[str, ...]:
    return tuple(f.statement for f in blockers if f.due_on is not None and f.due_on < day)


def _is_moved(kpi: KpiValue) -> bool:
    return kpi.planned is not None and kpi.planned.mean != kpi.baseline


def _unmoved(kpi: KpiValue) -> str:
    if kpi.planned is not None:
        return "Its value case leaves it where it is."
    return kpi.reason or "No value case says yet how the model moves this KPI."


def _attention(view: RequirementView) -> tuple[object, ...]:
    """Live before dropped, missed limits and contradictions first, then those of no use."""
    return (
        not view.is_live,
        not (view.limit is LimitState.MISSED or view.contradicts),
        not view.missing_use,
        view.record.requirement_id,
    )


def _newest_change_first(view: RequirementView) -> tuple[int, str]:
    changed_on = view.record.changed_on
    return (-changed_on.toordinal() if changed_on else 0, view.record.requirement_id)
