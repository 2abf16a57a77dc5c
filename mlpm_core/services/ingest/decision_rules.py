"""What a decision must satisfy: an id of its own, a day that has come, a chain without forks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.records import Project
from mlpm_core.services.ingest.recorded_decisions import Origin, decisions_of, superseding

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from mlpm_core.services.ingest.recorded_decisions import RecordedDecision
    from mlpm_core.store import Reader

Row = dict[str, Any]


def decision_fault(
    reader: Reader, project: str, today: date
) -> Callable[[Row], tuple[str, str] | None]:
    """What asks of each decision, line by line, which column is wrong, and why.

    Parameters
    ----------
    today : date
        By the calendar; a project with a clock of its own goes by that.
    """
    record = reader.one(Project, (project,))
    day = (record.clock_on if record else None) or today
    stored = decisions_of(reader, project)
    superseded = superseding(stored)
    by_id: dict[str, list[RecordedDecision]] = {}
    for decision in stored:
        by_id.setdefault(decision.row["decision_id"], []).append(decision)

    def fault(row: Row) -> tuple[str, str] | None:
        decision_id, earlier = row["decision_id"], row["supersedes"]
        if any(not _is_told_again(row, d) for d in by_id.get(decision_id, ())):
            return "decision_id", (
                f"Decision {decision_id} was recorded already and is never changed, nor is its id "
                "used again; record a new decision that supersedes it."
            )
        if row["decided_on"] > day:
            return "decided_on", f"It was decided on {row['decided_on']}, which is after {day}."
        if earlier:
            if earlier not in by_id or earlier == decision_id:
                return "supersedes", f"There is no earlier decision {earlier!r} in this project."
            if earlier in superseded:
                later = superseded[earlier]
                return "supersedes", (
                    f"Decision {earlier} was superseded by {later} already; supersede that one."
                )
            was = by_id[earlier]
            if was and all(d.withdrawn_in is not None for d in was):
                return "supersedes", f"Decision {earlier} was withdrawn, so it no longer stands."
            if not row["evidence"] and any(d.origin is Origin.RECORDED for d in was):
                return "supersedes", (
                    f"Decision {earlier} was recorded in MLPM; a file cannot take its place. "
                    "Record the new one on the Adoption screen."
                )
            superseded[earlier] = decision_id
        by_id.setdefault(decision_id, [])
        return None

    return fault


def _is_told_again(row: Row, decision: RecordedDecision) -> bool:
    """Whether a file tells a decision again that a file told before, to the letter."""
    return decision.origin is Origin.IMPORTED and decision.row == row
