"""Packs of tasks for a project: what they would add, and adding them with a receipt and an undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.planning.task_templates import (
    TaskTemplate,
    find_task_template,
    task_templates,
)
from mlpm_core.records import EstimateRecord, Role, Status, Task
from mlpm_core.services.ingest.registers import write_rows
from mlpm_core.services.plan.learning import own_ranges

if TYPE_CHECKING:
    from mlpm_core.records import Receipt
    from mlpm_core.services.session.workspace import Workspace

_ROLES: Final = {
    "BT": ("Business translator", False),
    "DE": ("Data engineer", True),
    "DS": ("Data scientist", True),
    "MLE": ("Machine-learning engineer", True),
}
"""Roles of the packs: their title, and whether they build models."""


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A pack as a project would get it: own days where there are, what is there already left out.

    ``n_there`` tasks of it are in the project already. ``missing_roles`` are roles that it needs
    and the project does not have; ``day_rate`` is what a person-day costs by the newest estimate,
    None without one.
    """

    template: TaskTemplate
    n_there: int
    missing_roles: tuple[str, ...]
    day_rate: float | None


def template_views(workspace: Workspace, project: str) -> tuple[TemplateView, ...]:
    """Every pack as the project would get it.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    own = own_ranges(workspace, project)
    with workspace.store.reader() as reader:
        there = {t.task_id for t in reader.current(Task, project)}
        roles = {r.role_id for r in reader.current(Role, project)}
        guesses = [e for e in reader.current(EstimateRecord, project) if not e.archived]
    rate = guesses[0].day_rate if guesses else None
    return tuple(
        TemplateView(
            template=left,
            n_there=len(pack.tasks) - len(left.tasks),
            missing_roles=tuple(
                dict.fromkeys(t.role for t in left.tasks if t.role and t.role not in roles)
            ),
            day_rate=rate,
        )
        for pack in task_templates().values()
        for left in [pack.with_own(own).without(there)]
    )


def add_template(
    workspace: Workspace, project: str, template_id: str, *, day_rate: float | None = None
) -> list[Receipt]:
    """Add the tasks of a pack that a project does not have, and the roles that they need.

    Parameters
    ----------
    template_id : str
        The pack.
    day_rate : float, optional
        What a person-day of a role costs that the project does not have yet; by default that of
        the newest estimate.

    Returns
    -------
    list of Receipt
        That of the roles, where any was missing, and that of the tasks; each can be undone.

    Raises
    ------
    NotFoundError
        When there is no such project or pack.
    InputError
        When every task of it is there already, or a role is missing and nothing says its cost.
    """
    find_task_template(template_id)
    view = next(v for v in template_views(workspace, project) if v.template.id == template_id)
    if not view.template.tasks:
        raise InputError(f"Every task of {view.template.title!r} is in this project already.")
    rate = view.day_rate if day_rate is None else day_rate
    today = workspace.today(project)
    receipts = []
    if view.missing_roles:
        if rate is None:
            raise InputError(
                f"The project lacks the roles {', '.join(view.missing_roles)}: say what a "
                "person-day of them costs."
            )
        receipts.append(write_rows(workspace, project, Role.kind, _roles(view, rate)))
        if receipts[0].status is not Status.COMMITTED:
            return receipts
    rows = [task.row(template_id) | {"added_on": today} for task in view.template.tasks]
    receipts.append(write_rows(workspace, project, Task.kind, rows))
    return receipts


def _roles(view: TemplateView, rate: float) -> list[dict[str, object]]:
    rows = []
    for role in view.missing_roles:
        title, is_core_ml = _ROLES.get(role, (role, False))
        row = {"role_id": role, "title": title, "day_rate": rate, "is_core_ml": is_core_ml}
        rows.append({**row, "heads": 1, "availability": 1.0})
    return rows
