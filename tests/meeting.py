"""The win-back project of the demo on the day of its adoption meeting, nothing decided yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.services.admin import demo
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.ingest import imports

if TYPE_CHECKING:
    from mlpm_core.records import Receipt
    from mlpm_core.services.evaluate.decisions import DecisionView
    from mlpm_core.services.session.workspace import Workspace

WINBACK, CASE = "bike-shop-winback", "voucher-letter"
GOOD = {"chosen": "champion-1.0", "title": "Keep", "why": "worth more", "decided_by": "Jonas Weil"}
HEAD = "value_case_id,candidate,metric,value,n,test_set,evaluated_on\n"
TOLD = "decision_id,title,value_case_id,chosen,why,decided_by,decided_on"


def before_the_meeting(workspace: Workspace) -> None:
    """Fill a store with the project's files, its decisions left out."""
    for project, kind, path in demo.files():
        if project == WINBACK and kind != "decisions":
            imports.import_file(
                workspace.acting_as("demo"), project, kind, path.name, path.read_bytes()
            )


def measured(n: int) -> bytes:
    """A file of evaluations: so many candidates along a line of precision and recall."""
    rows = []
    for i in range(n):
        recall = 0.3 + 0.5 * i / max(n - 1, 1)
        for metric, value, cases in (("precision", 0.13 / recall, 900), ("recall", recall, 456)):
            rows.append(f"{CASE},candidate-{i:03},{metric},{value:.4f},{cases},board,2026-06-20\n")
    return (HEAD + "".join(rows)).encode()


def decide(workspace: Workspace, **what: Any) -> Receipt:
    """A decision of the meeting, sound unless told otherwise."""
    return decisions.decide(workspace.acting_as("ada"), WINBACK, CASE, **(GOOD | what))


def told_by_file(
    workspace: Workspace, row: str, header: str = TOLD, channel: str = "http", **options: Any
) -> Receipt:
    """A file of decisions from outside."""
    data = f"{header}\n{row}\n".encode()
    return imports.import_file(
        workspace.acting_as("eve"), WINBACK, "decisions", "d.csv", data, channel=channel, **options
    )


def decision(workspace: Workspace, decision_id: str) -> DecisionView:
    """One decision as it is listed."""
    listed = decisions.decisions(workspace, WINBACK)
    (found,) = [d for d in listed if d.decision_id == decision_id]
    return found
