"""Decisions as they are stored: how each came in, whether it stands, which one supersedes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mlpm_core.records import Decision, columns
from mlpm_core.services.ingest.batches import FORM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from mlpm_core.store import Reader

_NAMES = tuple(c.name for c in columns(Decision))


class Origin(StrEnum):
    """How a decision came in: the application recorded it, or it was told by a file."""

    RECORDED = "recorded"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision as it is stored, with the batch it first came in and what took it back."""

    row: Mapping[str, Any]
    batch: str
    recorded_at: datetime
    recorded_by: str
    origin: Origin
    withdrawn_in: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


def decisions_of(reader: Reader, project: str) -> list[RecordedDecision]:
    """Every decision ever stored in a project, by id, withdrawn ones too.

    The same decision told again by another file is one decision, which stands as long as one of
    its batches does.
    """
    same: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for row in reader.history(Decision, project):  # by id, those of one id by batch
        same.setdefault(tuple(row[name] for name in _NAMES), []).append(row)
    return [_recorded(rows) for rows in same.values()]


def superseding(stored: Iterable[RecordedDecision]) -> dict[str, str]:
    """By id of a superseded decision the next one of its chain that is not withdrawn."""
    by_id = {d.row["decision_id"]: d for d in stored}
    superseded: dict[str, str] = {}
    for decision in by_id.values():
        earlier = None if decision.withdrawn_in else by_id.get(decision.row["supersedes"])
        while earlier is not None and earlier.row["decision_id"] not in superseded:
            superseded[earlier.row["decision_id"]] = decision.row["decision_id"]
            earlier = by_id.get(earlier.row["supersedes"]) if earlier.withdrawn_in else None
    return superseded


def origin_of(row: Mapping[str, Any]) -> Origin:
    """How a decision came in, by the channel of its batch and the evidence that only we write."""
    is_ours = row["channel"] == FORM and row["evidence"]
    return Origin.RECORDED if is_ours else Origin.IMPORTED


def with_origin(row: Mapping[str, Any]) -> dict[str, Any]:
    """A version of a decision with its origin; evidence that is not of our making is left out."""
    origin = origin_of(row)
    evidence = row["evidence"] if origin is Origin.RECORDED else ""
    return {"origin": origin.value, **row, "evidence": evidence}


def _recorded(rows: Sequence[Mapping[str, Any]]) -> RecordedDecision:
    first = rows[0]
    is_withdrawn = all(row["undone_in"] is not None for row in rows)
    last = max(rows, key=lambda r: r["undone_at"]) if is_withdrawn else None
    return RecordedDecision(
        row={name: first[name] for name in _NAMES},
        batch=first["batch"],
        recorded_at=first["received_at"],
        recorded_by=first["actor"],
        origin=origin_of(first),
        withdrawn_in=last["undone_in"] if last else None,
        withdrawn_by=last["undone_by"] if last else None,
        withdrawn_at=last["undone_at"] if last else None,
    )
