"""A finished project as one that later estimates learn from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import ClosedProject, Outcome, TaskCategory
from mlpm_core.services.ingest import registers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.records import Receipt
    from mlpm_core.services.plan.task_estimates import TaskEstimateView
    from mlpm_core.services.session.workspace import Workspace

_FEWEST_DAYS = 0.1  # what a closed project holds at least


def to_close(
    workspace: Workspace, view: TaskEstimateView, baseline_on: date | None
) -> Mapping[str, object] | None:
    """A finished project as a closed one; None before its end, and once it is written down.

    Estimated is what its tasks said at even odds, without those added after the day of the
    baseline; taken is what the estimate says of a project at its end, delivery management included.
    """
    if view.estimated is None or not view.is_finished:
        return None
    with workspace.store.reader() as reader:
        if reader.one(ClosedProject, (view.project, view.project)):
            return None
    estimated = math.fsum(
        t.p50
        for t in view.stored.tasks
        if t.p50 and t.category is not TaskCategory.WAIT
        if baseline_on is None or t.added_on is None or t.added_on <= baseline_on
    )
    taken = view.estimated.now.effort.p50
    if min(estimated, taken) < _FEWEST_DAYS:
        return None
    return {
        "closed_id": view.project,
        "title": workspace.project(view.project).title,
        "estimated_days": round(estimated, 2),
        "actual_days": round(taken, 2),
        "outcome": Outcome.DELIVERED,
        "closed_on": view.done_on,
    }


@for_everybody()
def close(workspace: Workspace, view: TaskEstimateView, baseline_on: date | None) -> Receipt:
    """Write a finished project down as a closed one.

    Raises
    ------
    InputError
        When it is not finished, or written down already.
    StoreError
        When the disk refuses; nothing is recorded.
    """
    row = to_close(workspace, view, baseline_on)
    if row is None:
        raise InputError("The project is not finished, or already among the closed ones.")
    return registers.write_rows(workspace, view.project, ClosedProject.kind, [row])
