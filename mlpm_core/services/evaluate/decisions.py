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

from mlpm_core.errors import InputError, StoreError, quoted
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import Decision, ProofDesign, ValueCase, columns
from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.decided_models import DecidedModels, Realised
from mlpm_core.services.evaluate.preferences import choosing, weights_of
from mlpm_core.services.evaluate.proof_plans import kpis_to_prove, stored_proof
from mlpm_core.services.evaluate.views import Option, Range, frozen, thawed
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recorded_decisions import (
    Origin,
    RecordedDecision,
    decisions_of,
    superseding,
)
from mlpm_core.services.plan.briefs import brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from mlpm_core.records import Receipt
    from mlpm_core.services.evaluate.proof_plans import ProofChoice
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Ledger, Reader


_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBERED = re.compile(r"D([0-9]{1,9})")
_COPIED = tuple(c.name for c in columns(Decision) if c.name != "project" and not c.by_application)


class DecisionState(StrEnum):
    """Whether a decision still stands."""

    IN_FORCE = "in force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


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

    ``proof_by`` and what follows say how it is to be proven: the share held out, the effect of one
    case to be seen, the weeks to a verdict, and the chance of one by the review date.
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
    proof_by: ProofDesign
    proof_kpi_id: str
    proof_held_out: float | None
    proof_effect: float | None
    proof_weeks: int | None
    proof_chance: float | None
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


def decisions(workspace: Workspace, project: str) -> list[DecisionView]:
    """Every decision that a project ever held, newest first, promised beside realised.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    today, row = workspace.today(project), workspace.project(project)
    with workspace.store.reader() as reader:
        stored = decisions_of(reader, project)
        models = DecidedModels(reader, row, today)
        superseded = superseding(stored)
        views = [_view(d, superseded, models, workspace.ledger, today) for d in stored]
    return sorted(views, key=lambda d: (d.decided_on, d.recorded_at, d.decision_id), reverse=True)


def n_reviews_due(reader: Reader, project: str, today: date) -> int:
    """How many decisions in force should have been reviewed by a day, or on it."""
    stored = decisions_of(reader, project)
    superseded = superseding(stored)
    return sum(_is_review_due(d.row, _state(d, superseded), today) for d in stored)


def _state(stored: RecordedDecision, superseded: Mapping[str, str]) -> DecisionState:
    if stored.withdrawn_in is not None:
        return DecisionState.WITHDRAWN
    if stored.row["decision_id"] in superseded:
        return DecisionState.SUPERSEDED
    return DecisionState.IN_FORCE


def _is_review_due(row: Mapping[str, Any], state: DecisionState, today: date) -> bool:
    review_on = row["review_on"]
    return state is DecisionState.IN_FORCE and review_on is not None and review_on <= today


def _view(
    stored: RecordedDecision,
    superseded: Mapping[str, str],
    models: DecidedModels,
    ledger: Ledger,
    today: date,
) -> DecisionView:
    row, state = stored.row, _state(stored, superseded)
    options, damage = _options(stored, ledger)
    why_not = _no_promise(stored.origin, state)
    chosen = next((o for o in options if o.name == row["chosen"]), None)
    realised = Realised(reason=why_not) if why_not else models.realised(row)
    return DecisionView(
        **{name: row[name] for name in _COPIED} | {"proof_by": ProofDesign(row["proof_by"])},
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
        promised_reason=why_not or damage or ("" if chosen else "Its options were not stored."),
        realised=realised.value,
        realised_when=realised.when,
        realised_reason=realised.reason,
        instead=realised.instead,
        is_review_due=_is_review_due(row, state, today),
        measured=chosen.measured if chosen and not why_not else None,
    )


def _no_promise(origin: Origin, state: DecisionState) -> str:
    """Why a decision is no promise, whatever it says; empty when it is one."""
    if state is DecisionState.WITHDRAWN:
        return "This decision was withdrawn, so it promises nothing."
    if state is DecisionState.SUPERSEDED:
        return "This decision was superseded by another one, which now holds the promise."
    if origin is Origin.IMPORTED:
        return "This decision was imported. MLPM does not know the options it chose from."
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


@for_everybody()
def decide(
    workspace: Workspace,
    project: str,
    value_case_id: str,
    *,
    chosen: str,
    title: str,
    why: str,
    decided_by: str,
    review_on: date | None = None,
    decided_on: date | None = None,
    supersedes: str = "",
    runs_as: tuple[str, str] = ("", ""),
    attendees: str = "",
    conditions: str = "",
    dissent: str = "",
    proof: ProofChoice | None = None,
) -> Receipt:
    """Record a decision, with the options frozen as they stand now.

    The only way to a decision that promises anything. Its moment of recording is that of its batch.

    Parameters
    ----------
    decided_on : date, optional
        The day it was decided; today unless told, and never ahead.
    supersedes : str
        The decision in whose place it stands.
    runs_as : tuple of str
        Model and version as which the chosen candidate is deployed, where it goes by another name.
    proof : ProofChoice, optional
        How it is to be proven; what that brings by the review date is computed and kept with it.

    Raises
    ------
    InputError
        When something is left empty, what was chosen is no option, the value case is archived, the
        day lies ahead, the review does not, or what it supersedes does not stand.
    NotFoundError
        When the project or the value case does not exist.
    StoreError
        When the disk refuses; nothing is recorded.
    """
    decided_on = _checked(
        workspace, project, decided_on, review_on,
        {"the decision in one line": title, "why": why, "who decided": decided_by},
    )  # fmt: skip
    view = candidates(workspace, project, value_case_id)
    _refuse_archived(registers.records(workspace, project, ValueCase.kind), value_case_id)
    if chosen not in [o.name for o in view.options]:
        raise InputError(
            f"{quoted(chosen)} is not one of the options that can be valued. Choose one of them."
        )
    kpis = kpis_to_prove(workspace, project, value_case_id) if proof else ()
    review_weeks = (review_on - decided_on).days // 7 if review_on else None
    planned = stored_proof(kpis, proof, review_weeks)
    with workspace.store.writer(keep=False):
        pass  # a copy that only reads says so before anything is kept
    weighed = choosing(view, weights_of(brief(workspace, project)))
    newest = f"B{workspace.version:05d}"
    evidence = workspace.ledger.keep_bytes(frozen(view, weighed.camps if weighed else {}, newest))
    model_id, model_version = runs_as
    row = {
        "title": title,
        "value_case_id": value_case_id,
        "chosen": chosen,
        "model_id": model_id,
        "model_version": model_version,
        "why": why,
        "decided_by": decided_by,
        "attendees": attendees,
        "decided_on": decided_on,
        "review_on": review_on,
        "supersedes": supersedes,
        "conditions": conditions,
        "dissent": dissent,
        "evidence": evidence,
        **planned,
    }
    with workspace.store.write_locked():  # nobody else takes the id meanwhile
        with workspace.store.reader() as reader:
            decision_id = next_id(d.row["decision_id"] for d in decisions_of(reader, project))
        row = {"decision_id": decision_id} | row
        return registers.write_rows(workspace, project, Decision.kind, [row])


def _checked(
    workspace: Workspace,
    project: str,
    decided_on: date | None,
    review_on: date | None,
    texts: Mapping[str, str],
) -> date:
    """The day of a decision, once all that is typed is found right."""
    today = workspace.today(project)
    for label, text in texts.items():
        if not text.strip():
            raise InputError(
                f"Please enter {label}. Without it nobody can understand the decision later."
            )
    if decided_on is not None and decided_on > today:
        raise InputError(
            f"The day of the decision, {decided_on}, lies ahead; today is {today}. Choose an "
            "earlier day."
        )
    decided_on = decided_on or today
    if review_on is not None and review_on <= decided_on:
        raise InputError(
            f"The review date {review_on} is not after the day of the decision, {decided_on}. "
            "Choose a later day."
        )
    return decided_on


def _refuse_archived(cases: Sequence[Mapping[str, Any]], value_case_id: str) -> None:
    if any(c["archived"] for c in cases if c["value_case_id"] == value_case_id):
        raise InputError(
            f"The value case {value_case_id} is archived. Restore it to record a decision on it."
        )


def next_id(ids: Iterable[str]) -> str:
    """The id of the next decision: one more than the highest ever given, whatever became of it.

    Examples
    --------
    >>> next_id(["D001", "D007", "board-4", "D99999999999999999999"])
    'D008'
    """
    taken = set(ids)
    numbers = [int(m[1]) for decision_id in taken if (m := _NUMBERED.fullmatch(decision_id))]
    number = max(numbers, default=0) + 1
    while f"D{number:03d}" in taken:
        number += 1
    return f"D{number:03d}"
