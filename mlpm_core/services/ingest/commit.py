"""Rows that were judged become a batch, in one transaction, and what that changes is said.

Many rows are laid down while others may write; only their place among the batches waits for the
turn to write.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from mlpm_core.intake import warned
from mlpm_core.records import Decision, Label, Receipt, Status, ValueCase, Warned
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.batches import FORM
from mlpm_core.services.ingest.kpi_effects import Before
from mlpm_core.services.ingest.monitored_lines import lines_on_metrics
from mlpm_core.services.ingest.stored_rows import complete_rows, lay_down
from mlpm_core.store import days_of_batch, recount

if TYPE_CHECKING:
    from mlpm_core.intake import ImportPlan
    from mlpm_core.records import Record
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Arrival, BatchContent, Reader, Writer

MANY_ROWS: Final = 100_000
"""From so many rows on others may write while they are laid down."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What storing a file would do, judged when a batch was the newest of its project.

    ``content`` is the hash of its rows; what is registered with them is added to it.
    """

    record: type[Record]
    newest: int
    judgement: ImportPlan
    done: Receipt
    content: BatchContent


@dataclass(frozen=True, slots=True)
class _Laid:
    """Rows that were laid down under a number, and the KPIs before."""

    seq: int
    before: Before


class _OutdatedError(Exception):
    """Something came into the project since it was judged."""


def would_be(workspace: Workspace, judged: Judged, channel: str) -> Receipt:
    """The receipt of a file if it was stored; nothing is."""

    def work(writer: Writer) -> Receipt:
        laid = _laid(workspace, judged, writer)
        return _committed(workspace, writer, judged, laid, laid.seq, channel, is_dry=True)

    examples = judged.judgement.examples()
    return workspace.store.trial(work).model_copy(
        update={"batch": None, "status": Status.DRY_RUN, "examples": examples}
    )


def kept(
    workspace: Workspace, writer: Writer, judged: Judged, channel: str, arrival: Arrival
) -> Receipt:
    """Store what was judged, and its file, inside the open transaction."""
    with ThreadPoolExecutor(1) as beside:  # disk and processor need not wait for each other
        file = beside.submit(arrival, judged.done.sha256)
        laid, noted = _laid(workspace, judged, writer), workspace.ledger.last_seq
        done = _committed(workspace, writer, judged, laid, laid.seq, channel, noted=noted)
        file.result()
    return done


def kept_many(
    workspace: Workspace, judged: Judged, channel: str, arrival: Arrival
) -> Receipt | None:
    """Store what was judged, and its file; None when something came into the project meanwhile."""
    laid: list[_Laid] = []

    def lay(writer: Writer) -> None:
        laid.append(_laid(workspace, judged, writer))

    note = partial(batches.note, workspace)
    try:
        with workspace.store.writer(beforehand=lay, after=note) as writer:
            seq = _place(workspace, judged)
            arrival(judged.done.sha256)
            return _committed(workspace, writer, judged, laid[0], seq, channel)
    except _OutdatedError:
        return None


def _place(workspace: Workspace, judged: Judged) -> int:
    """The next number, whatever came in elsewhere since the rows were laid down."""
    with workspace.store.reader() as reader:  # the writer sees nothing that came since
        if batches.newest_of(reader, judged.done.project) != judged.newest:
            raise _OutdatedError
        return batches.next_seq(workspace, reader)


def _laid(workspace: Workspace, judged: Judged, writer: Writer) -> _Laid:
    """Lay judged rows down under the next number."""
    seq = batches.next_seq(workspace, writer)
    before = Before(workspace, writer, judged.record, judged.done.project)
    lay_down(writer, judged.record, seq, judged.judgement)
    return _Laid(seq, before)


def _committed(
    workspace: Workspace,
    writer: Writer,
    judged: Judged,
    laid: _Laid,
    seq: int,
    channel: str,
    *,
    noted: int | None = None,
    is_dry: bool = False,
) -> Receipt:
    """Make the rows that were laid down a batch, and say what they change."""
    record, judgement, content = judged.record, judged.judgement, judged.content
    project = judged.done.project
    if seq != laid.seq:
        writer.renumber(record, laid.seq, seq)
    complete_rows(writer, record, seq, project, judgement, content)
    done = judged.done.model_copy(
        update={"batch": batches.name_of(seq), "status": Status.COMMITTED}
    )
    batches.add(writer, seq, done, channel, undoes=None)  # rows count only as part of a batch
    if not is_dry or writer.holds_any(ValueCase, project):  # what a log changes is read from counts
        recount(writer, days_of_batch(writer, record, seq))
    after = writer.as_it_is()
    changes, unsaid = laid.before.effect(after)
    warnings = [
        *done.warnings,
        *_orphans(writer, record, seq, project),
        *_imported_decisions(record, judgement, channel),
        *unsaid,
        *lines_on_metrics(after, record, project, _models(judgement), workspace.today),
    ]
    done = done.model_copy(update={"effect": changes, "warnings": warnings})
    if not is_dry:
        batches.complete(writer, seq, done, content, noted=noted)
    return done


def _models(judgement: ImportPlan) -> list[str]:
    """The models that the rows of a file name; none where rows name no model."""
    if "model_id" not in judgement.rows.column_names:
        return []
    return [str(m or "") for m in judgement.rows.column("model_id").unique().to_pylist()]


def _orphans(reader: Reader, record: type[Record], seq: int, project: str) -> list[Warned]:
    """That labels of a batch came before their predictions."""
    n = reader.rows("orphan_labels", project=project, seq=seq)[0]["n"] if record is Label else 0
    return [warned("orphan-label", n, n=n)] if n else []


def _imported_decisions(record: type[Record], judgement: ImportPlan, channel: str) -> list[Warned]:
    """That decisions from outside are told, and nothing more."""
    if record is not Decision or channel == FORM:
        return []
    n = judgement.n_stored
    sentence = (
        f"Kept as imported: {n}. A decision from a file shows no promise and is not compared with "
        "what is realised; record one on the Adoption screen."
    )
    return [Warned(code="imported-decision", message=sentence, rows=n)]
