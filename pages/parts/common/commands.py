"""What screens do: each action names its actor, leaves a receipt, and is said once afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.records import Receipt, Status, record_of
from mlpm_core.services.admin import demo
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.ingest import editing, uploads
from mlpm_core.services.ingest import undo as undo_service
from mlpm_core.services.plan import proxies, start, task_templates
from pages.parts.common import addresses, queries

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from mlpm_core.services.evaluate.proof_plans import ProofChoice
    from mlpm_core.services.valuation.value_cases import CaseValue


def save_edits(
    project: str, kind: str, edits: Sequence[editing.Edit], *, is_new_model: bool = False
) -> editing.Saved:
    """Write what a form changed; see `editing.save_edits` for what it raises."""
    return editing.save_edits(queries.workspace(), project, kind, edits, is_new_model=is_new_model)


def set_archived(project: str, kind: str, row: Mapping[str, Any], *, archived: bool) -> bool:
    """Archive a record or restore it, and say so with the way back; whether it was done."""
    name = row.get("title") or row.get("name") or row[record_of(kind).key[-1]]
    try:
        saved = save_edits(project, kind, [editing.Edit(row, {"archived": archived})])
    except MlpmError as error:
        say(str(error), is_error=True)
        return False
    if saved.receipt.status is Status.COMMITTED:
        what = "archived: it is kept, and no longer shown" if archived else "restored"
        say(f"{name} is {what}.", saved.receipt)
    elif saved.receipt.rejects:
        say(saved.receipt.rejects[0].message, is_error=True)
    return saved.receipt.status is Status.COMMITTED


def restore(project: str, kind: str, row: Mapping[str, Any]) -> None:
    """Bring an archived record back; a callback."""
    set_archived(project, kind, row, archived=False)


def commit(upload: uploads.Upload, data: bytes) -> Receipt:
    """Store a file that was previewed."""
    return uploads.import_upload(queries.workspace(), upload, data, channel="screen")


def decide(
    project: str,
    value_case_id: str,
    *,
    chosen: str,
    title: str,
    why: str,
    decided_by: str,
    review_on: date | None,
    decided_on: date | None,
    supersedes: str,
    runs_as: tuple[str, str],
    attendees: str,
    conditions: str,
    dissent: str,
    proof: ProofChoice | None,
) -> Receipt:
    """Record what was decided, with the options as they stand now."""
    return decisions.decide(
        queries.workspace(),
        project,
        value_case_id,
        chosen=chosen,
        title=title,
        why=why,
        decided_by=decided_by,
        review_on=review_on,
        decided_on=decided_on,
        supersedes=supersedes,
        runs_as=runs_as,
        attendees=attendees,
        conditions=conditions,
        dissent=dissent,
        proof=proof,
    )


def write_proxy(
    project: str,
    candidate: str,
    *,
    stands_for: str,
    expires_on: date,
    baseline: float | None,
    target: float | None,
    owner: str,
    counted: str,
    since: Mapping[str, Any],
) -> editing.Saved:
    """Write a KPI down that stands in for one nobody has named."""
    receipt = proxies.write_proxy(
        queries.workspace(),
        project,
        candidate,
        stands_for=stands_for,
        expires_on=expires_on,
        baseline=baseline,
        target=target,
        owner=owner,
        counted=counted,
        since=since,
    )
    return editing.Saved(receipt)


def start_case(project: str, mechanism: str, kpi: str) -> proxies.StartedCase:
    """Write a value case with a mechanism, named in the KPI that it moves."""
    return proxies.start_case(queries.workspace(), project, mechanism, kpi)


def start_project(
    title: str, *, kind: str | None, currency: str, owner: str, model: str
) -> start.Started:
    """Write a project with its model, and a first value where the kind of model is known."""
    return start.start_project(
        queries.workspace(), title, kind_id=kind, currency=currency, owner=owner, model=model
    )


def start_value(project: str, kind: str) -> start.Started:
    """Write a value case with the typical numbers of a kind of model."""
    return start.start_value(queries.workspace(), project, kind)


def fill_in(project: str, case: CaseValue, kind: str) -> Receipt:
    """Write typical numbers for what a value case still needs."""
    return start.fill_in(queries.workspace(), project, case, kind)


def add_template(project: str, template: str, day_rate: float | None) -> list[Receipt]:
    """Add the tasks of a pack, and the roles that they need."""
    return task_templates.add_template(queries.workspace(), project, template, day_rate=day_rate)


def undo(project: str, batch: str) -> Receipt:
    """Undo a batch."""
    return undo_service.undo(queries.workspace(), project, batch)


def load_demo() -> NoReturn:
    """Load what of the demo is not loaded."""
    done = demo.load(queries.workspace())
    n_loaded = sum(receipt.status is Status.COMMITTED for receipt in done)
    say_and_rerun(f"The demo is loaded: {n_loaded} batches came in.")


def remove_demo(others: Collection[str]) -> NoReturn:
    """Undo the demo with these batches of others; its history stays in the imports."""
    undone = demo.remove(queries.workspace(), others=others)
    if not queries.project_title(str(st.session_state.get("project"))):
        addresses.leave("project")  # it went with the demo
    say_and_rerun(f"The demo is removed: {len(undone)} batches were undone.")


def say(message: str, *receipts: Receipt, is_error: bool = False) -> None:
    """Say it at the top of the next screen; receipts give it a button that undoes them."""
    st.session_state["notice"] = {
        "message": message,
        "is_error": is_error,
        "undo": [
            (receipt.project, receipt.batch)
            for receipt in receipts
            if receipt.status is Status.COMMITTED
        ],
        "page": None,
    }


def say_and_rerun(message: str, *receipts: Receipt) -> NoReturn:
    """Say it at the top of the screen after the rerun that shows what changed."""
    say(message, *receipts)
    st.rerun()
    raise AssertionError  # pragma: no cover  st.rerun does not come back


def undo_what_was_said() -> None:
    """Undo exactly what the message at the top reports, the newest batch first; a callback."""
    notice = st.session_state.pop("notice", None)
    if notice is None:  # pressed twice
        return
    targets = [(str(project), str(batch)) for project, batch in reversed(notice["undo"])]
    try:
        undone = undo_service.undo_all(queries.workspace(), targets)
    except MlpmError as error:
        say(str(error), is_error=True)
        return
    pairs = " and ".join(f"{receipt.undoes} is undone by {receipt.batch}" for receipt in undone)
    say(f"{pairs}. {_outcome(undone)}")


def _outcome(undone: Sequence[Receipt]) -> str:
    """What stands in the place of what was undone."""
    warnings = [warning for receipt in undone for warning in receipt.warnings]
    withdrawn = [w.message for w in warnings if w.code == "decision-withdrawn"]
    if withdrawn:
        return " ".join(withdrawn)
    if any(w.code == "replaced-later" for w in warnings):
        return "What was saved after it stays as it was saved, with this change in it."
    return "What was there before is there again."
