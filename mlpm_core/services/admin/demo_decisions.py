"""The demo's decisions: recorded as any decision is, with evidence from the store they go into."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

from mlpm_core.records import Status
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.recorded_decisions import decisions_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mlpm_core.records import Receipt
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader


def in_force(reader: Reader, actor: str, project: str, path: Path) -> dict[tuple[str, date], str]:
    """The batches in which an actor recorded the decisions of a demo file, by title and day."""
    keys = {_key(row) for row in _rows(path)}
    return {
        key: decision.batch
        for decision in decisions_of(reader, project)
        if decision.recorded_by == actor and decision.withdrawn_in is None
        for key in [(decision.row["title"], decision.row["decided_on"])]
        if key in keys
    }


def recorded(workspace: Workspace, project: str, path: Path) -> list[Receipt]:
    """Record every decision of a demo file that the actor has not recorded before.

    Raises
    ------
    MlpmError
        When a decision cannot be recorded: the demo is broken, not the user's data.
    """
    with workspace.store.reader() as reader:
        before = in_force(reader, workspace.actor, project, path)
    receipts = []
    for row in _rows(path):
        batch = before.get(_key(row))
        if batch is not None:
            receipt = batches.receipt(workspace, project, batch)
            receipts.append(receipt.model_copy(update={"status": Status.DUPLICATE}))
            continue
        texts = ("chosen", "title", "why", "decided_by", "attendees", "conditions", "dissent")
        receipts.append(
            decisions.decide(
                workspace,
                project,
                row["value_case_id"],
                **{name: row[name] for name in texts},
                decided_on=date.fromisoformat(row["decided_on"]),
                review_on=date.fromisoformat(row["review_on"]),
                runs_as=(row["model_id"], row["model_version"]),
                proof=None,
            )
        )
    return receipts


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _key(row: Mapping[str, str]) -> tuple[str, date]:
    """What a decision of the file is known by."""
    return row["title"], date.fromisoformat(row["decided_on"])
