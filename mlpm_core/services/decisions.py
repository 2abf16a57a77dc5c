"""What was decided: who recorded it, whether it still stands, what was promised and realised.

Only what the application recorded itself, with evidence of its own making, is a promise. Nothing is
ever taken away: a decision is withdrawn by an undo, or superseded by another, and stays listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import StoreError
from mlpm_core.quantity import Dimension
from mlpm_core.records import Decision, columns
from mlpm_core.services.batches import FORM
from mlpm_core.services.evidence import Option, Range, thawed
from mlpm_core.services.realised import DecidedModels, Realised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from mlpm_core.services.workspace import Workspace
    from mlpm_core.store import Ledger, Reader

__all__ = [
    "DecisionState",
    "DecisionView",
    "Origin",
    "RecordedDecision",
    "decisions",
    "decisions_of",
    "decisions_table",
    "options_table",
    "origin_of",
    "superseding",
    "with_origin",
]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAMES = tuple(c.name for c in columns(Decision))
_COPIED = tuple(c.name for c in columns(Decision) if c.name != "project" and not c.by_application)


class Origin(StrEnum):
    """How a decision came in: the application recorded it, or it was told by a file."""

    RECORDED = "recorded"
    IMPORTED = "imported"


class DecisionState(StrEnum):
    """Whether a decision still stands."""

    IN_FORCE = "in force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


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


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with what was promised then beside what is realised now.

    ``promised`` is the net of the chosen option as it stood then, corrected for the luck of the
    best of many; ``measured`` is it as measured, None in decisions recorded before nets were
    corrected, which promise the measured one. ``realised`` is the net that the
    monitored metrics of the decided model imply; each is None, with the reason beside it, when it
    cannot be said. Only a decision that the application recorded and that still stands promises
    anything. ``options`` are kept whatever became of the decision. ``instead`` names the model that
    is in use while the decided one is not.

    ``recorded_at`` (UTC) is when it was written down, by the clock; ``decided_on`` is what was
    typed. ``superseded_by`` is the decision in force that took its place.
    """

    decision_id: str
    title: str
    value_case_id: str
    case_title: str
    chosen: str
    model_id: str
    model_version: str
    why: str
    decided_by: str
    attendees: str
    decided_on: date
    review_on: date | None
    supersedes: str
    conditions: str
    dissent: str
    superseded_by: str | None
    origin: Origin
    state: DecisionState
    batch: str
    recorded_at: datetime
    recorded_by: str
    withdrawn_in: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    options: tuple[Option, ...]
    promised: Range | None
    promised_reason: str
    realised: Range | None
    realised_when: str | None
    realised_reason: str
    instead: str
    is_review_due: bool
    measured: Range | None = None

    @property
    def is_before_correction(self) -> bool:
        """Whether its promise is the net as measured, for none was corrected yet."""
        return self.promised is not None and self.measured is None

    @property
    def is_promise(self) -> bool:
        """Whether it counts as a promise: recorded here, and still in force."""
        return self.origin is Origin.RECORDED and self.state is DecisionState.IN_FORCE


def decisions(workspace: Workspace, actor: str, project: str) -> list[DecisionView]:
    """Every decision that a project ever held, newest first, promised beside realised.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    del actor  # everyone may read until roles come
    today, row = workspace.today(project), workspace.project(project)
    with workspace.store.reader() as reader:
        stored = decisions_of(reader, project)
        models = DecidedModels(reader, row, today)
        superseded = superseding(stored)
        views = [_view(d, superseded, models, workspace.ledger, today) for d in stored]
    return sorted(views, key=lambda d: (d.decided_on, d.recorded_at, d.decision_id), reverse=True)


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


def _view(
    stored: RecordedDecision,
    superseded: Mapping[str, str],
    models: DecidedModels,
    ledger: Ledger,
    today: date,
) -> DecisionView:
    row = stored.row
    state = DecisionState.IN_FORCE
    if stored.withdrawn_in is not None:
        state = DecisionState.WITHDRAWN
    elif row["decision_id"] in superseded:
        state = DecisionState.SUPERSEDED
    options, damage = _options(stored, ledger)
    why_not = _no_promise(stored.origin, state)
    chosen = next((o for o in options if o.name == row["chosen"]), None)
    realised = Realised(reason=why_not) if why_not else models.realised(row)
    is_open = state is DecisionState.IN_FORCE and row["review_on"] is not None
    return DecisionView(
        **{name: row[name] for name in _COPIED},
        case_title=models.title(row["value_case_id"]),
        superseded_by=superseded.get(row["decision_id"]),
        origin=stored.origin,
        state=state,
        batch=stored.batch,
        recorded_at=stored.recorded_at,
        recorded_by=stored.recorded_by,
        withdrawn_in=stored.withdrawn_in,
        withdrawn_by=stored.withdrawn_by,
        withdrawn_at=stored.withdrawn_at,
        options=options,
        promised=chosen.net if chosen and not why_not else None,
        promised_reason=why_not or damage or ("" if chosen else "Its options were not kept."),
        realised=realised.value,
        realised_when=realised.when,
        realised_reason=realised.reason,
        instead=realised.instead,
        is_review_due=is_open and row["review_on"] <= today,
        measured=chosen.measured if chosen and not why_not else None,
    )


def _no_promise(origin: Origin, state: DecisionState) -> str:
    """Why a decision is no promise, whatever it says; empty when it is one."""
    if state is DecisionState.WITHDRAWN:
        return "It was withdrawn, so it promises nothing."
    if state is DecisionState.SUPERSEDED:
        return "It was superseded, so another decision promises in its place."
    if origin is Origin.IMPORTED:
        return "It was imported: MLPM did not see the options it was taken on."
    return ""


def _options(stored: RecordedDecision, ledger: Ledger) -> tuple[tuple[Option, ...], str]:
    """The options that a decision kept, or what is wrong with them."""
    if stored.origin is Origin.IMPORTED:
        return (), ""
    evidence = str(stored.row["evidence"])
    if not _SHA256.fullmatch(evidence):
        return thawed(evidence), ""  # as it was kept before migration 0009
    try:
        return _thawed(ledger.raw(evidence)), ""
    except StoreError as error:
        return (), f"Its evidence cannot be read: {error}"


@lru_cache(maxsize=32)
def _thawed(evidence: bytes) -> tuple[Option, ...]:
    return thawed(evidence)


def decisions_table(workspace: Workspace, actor: str, project: str) -> list[dict[str, Any]]:
    """Every decision as it is exported, with its origin and state; what cannot be said is None.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return [
        {"project": project}
        | {name: getattr(d, name) for name in _COPIED}
        | {
            "origin": d.origin.value,
            "state": d.state.value,
            "superseded_by": d.superseded_by,
            "batch": d.batch,
            "recorded_at": d.recorded_at,
            "recorded_by": d.recorded_by,
            "withdrawn_at": d.withdrawn_at,
            "withdrawn_by": d.withdrawn_by,
            **_ranged("promised", d.promised, d.promised_reason),
            "promised_as_measured": d.measured.mean if d.measured else None,
            "promised_before_correction": d.is_before_correction,
            **_ranged("realised", d.realised, d.realised_reason),
            "realised_when": d.realised_when,
            "in_use_instead": d.instead or None,
        }
        for d in decisions(workspace, actor, project)
    ]


def options_table(workspace: Workspace, actor: str, project: str) -> list[dict[str, Any]]:
    """The options that every decision was taken on, as they stood then: a row each.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return [
        {
            "project": project,
            "decision_id": d.decision_id,
            "batch": d.batch,
            "state": d.state.value,
            "option": option.name,
            "is_chosen": option.name == d.chosen,
            **_ranged("net", option.net),
            **_ranged("measured", option.measured),
            "probability_of_loss": option.probability_of_loss,
            "p_best": option.p_best,
            "expected_regret": option.expected_regret,
            "is_dominated": option.is_dominated,
            **{
                name: cell
                for dimension in Dimension
                for name, cell in _ranged(dimension.value, option.kpis[dimension]).items()
            },
        }
        for d in decisions(workspace, actor, project)
        for option in d.options
    ]


def _ranged(name: str, value: Range | None, reason: str | None = None) -> dict[str, object]:
    """The columns of a range: mean, P10, P90 and unit, and why there is none where that is told."""
    cells: dict[str, object] = {
        name: value.mean if value else None,
        f"{name}_p10": value.p10 if value else None,
        f"{name}_p90": value.p90 if value else None,
        f"{name}_unit": value.unit if value else None,
    }
    return cells if reason is None else cells | {f"{name}_reason": reason or None}
