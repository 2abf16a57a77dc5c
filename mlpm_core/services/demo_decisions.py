"""The demo's decisions: recorded as any decision is, with evidence from the store they go into."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

from mlpm_core.records import Status
from mlpm_core.services import batches, evaluations
from mlpm_core.services.decisions import DecisionState

if TYPE_CHECKING:
    from pathlib import Path

    from mlpm_core.records import Receipt
    from mlpm_core.services.workspace import Workspace

__all__ = ["recorded"]


def recorded(workspace: Workspace, actor: str, project: str, path: Path) -> list[Receipt]:
    """Record every decision of a demo file that the actor has not recorded before.

    Raises
    ------
    MlpmError
        When a decision cannot be recorded: the demo is broken, not the user's data.
    """
    before = {
        (d.title, d.decided_on): d.batch
        for d in evaluations.decisions(workspace, actor, project)
        if d.recorded_by == actor and d.state is not DecisionState.WITHDRAWN
    }
    receipts = []
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            decided_on = date.fromisoformat(row["decided_on"])
            batch = before.get((row["title"], decided_on))
            if batch is not None:
                receipt = batches.receipt(workspace, actor, project, batch)
                receipts.append(receipt.model_copy(update={"status": Status.DUPLICATE}))
                continue
            texts = ("chosen", "title", "why", "decided_by", "attendees", "conditions", "dissent")
            receipts.append(
                evaluations.decide(
                    workspace,
                    actor,
                    project,
                    row["value_case_id"],
                    **{name: row[name] for name in texts},
                    decided_on=decided_on,
                    review_on=date.fromisoformat(row["review_on"]),
                    runs_as=(row["model_id"], row["model_version"]),
                )
            )
    return receipts
