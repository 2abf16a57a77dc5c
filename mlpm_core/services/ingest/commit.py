"""Rows that were judged become a batch, in one transaction, and what that changes is said.

Many rows are laid down and counted while others may write; only that they become a batch waits for
the turn to write.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from mlpm_core.intake import warned
from mlpm_core.records import Decision, Label, Prediction, Receipt, Status, ValueCase, Warned
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.batches import FORM
from mlpm_core.services.ingest.kpi_effects import Before
from mlpm_core.services.ingest.monitored_lines import lines_on_metrics, rows_of_later_days
from mlpm_core.services.ingest.stored_rows import complete_rows, content_of, lay_down
from mlpm_core.store import (
    BatchContent,
    counted_ahead,
    days_of_batch,
    groups_of,
    recount,
    replace_counts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from mlpm_core.intake import ImportPlan
    from mlpm_core.records import Record
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Arrival, CountedDays, Reader, Writer

MANY_ROWS: Final = 100_000
"""From so many rows on others may write while they are laid down."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What storing a file would do, judged when a batch was the newest of its project."""

    record: type[Record]
    newest: int
    judgement: ImportPlan
    done: Receipt


@dataclass(frozen=True, slots=True)
class _Laid:
    """Rows that were laid down under a number, and the KPIs before.

    ``counts`` are those of logs that take the place of others of the same days, None where
    nothing is counted yet.
    """

    seq: int
    before: Before
    counts: list[CountedDays] | None = None


class _OutdatedError(Exception):
    """Something came into the project since it was judged, or the number was taken."""


def would_be(workspace: Workspace, judged: Judged, channel: str) -> Receipt:
    """The receipt of a file if it was stored; nothing is.

    What is said of the batch that it would be is said of the file: its number is of this trial.
    """

    def work(writer: Writer) -> Receipt:
        laid = _laid(workspace, judged, writer)
        return _committed(workspace, writer, judged, laid, channel, BatchContent(), is_dry=True)

    examples = judged.judgement.examples()
    done = workspace.store.trial(work)
    batch = str(done.batch)
    warnings = [
        w.model_copy(update={"message": w.message.replace(batch, "this file")})
        for w in done.warnings
    ]
    return done.model_copy(
        update={
            "batch": None, "status": Status.DRY_RUN, "examples": examples, "warnings": warnings,
        }
    )  # fmt: skip


def kept(
    workspace: Workspace, writer: Writer, judged: Judged, channel: str, arrival: Arrival
) -> Receipt:
    """Store what was judged, and its file, inside the open transaction."""
    with ThreadPoolExecutor(2) as beside:  # disk and processor need not wait for each other
        file = beside.submit(arrival, judged.done.sha256)
        content = beside.submit(content_of, judged.record, judged.judgement)
        laid, noted = _laid(workspace, judged, writer), workspace.ledger.last_seq
        done = _committed(workspace, writer, judged, laid, channel, content.result(), noted=noted)
        file.result()
    return done


def kept_many(
    workspace: Workspace, judged: Judged, channel: str, arrival: Arrival, *, began: int
) -> Receipt | None:
    """Store what was judged, and its file; None when others wrote meanwhile, and it was in vain.

    Parameters
    ----------
    began : int
        The newest batch of all when the import began. Where others wrote since, they will go on:
        for each of them two numbers are left to those who write while rows are laid down.
    """
    ready: list[tuple[_Laid, BatchContent]] = []

    def lay(writer: Writer) -> None:
        n_free = 2 * (int(writer.rows("last_seq")[0]["seq"]) - began)
        is_log = judged.record is Prediction
        with ThreadPoolExecutor(1) as beside:  # counting lets a processor rest, laying down hardly
            hashed = partial(beside.submit, content_of, judged.record, judged.judgement)
            content = None if is_log else hashed()
            groups = beside.submit(_grouped, judged)
            laid = _laid(workspace, judged, writer, n_free)
            content = content or hashed()
            ready.append((_counted(laid, judged, writer, groups.result()), content.result()))

    note = partial(batches.note, workspace)
    try:
        with workspace.store.writer(beforehand=lay, after=note) as writer:
            laid, content = ready[0]
            _check_place(workspace, judged, laid)
            arrival(judged.done.sha256)
            return _committed(workspace, writer, judged, laid, channel, content)
    except _OutdatedError:
        return None


def _check_place(workspace: Workspace, judged: Judged, laid: _Laid) -> None:
    """See that rows may become a batch under their number, whatever came in meanwhile."""
    with workspace.store.reader() as reader:  # the writer sees nothing that came since
        if (
            batches.newest_of(reader, judged.done.project) != judged.newest
            or batches.next_seq(workspace, reader) > laid.seq
        ):
            raise _OutdatedError


def _laid(workspace: Workspace, judged: Judged, writer: Writer, n_free: int = 0) -> _Laid:
    """Lay judged rows down under the next number, or the one behind so many free ones."""
    seq = batches.next_seq(workspace, writer) + n_free
    before = Before(workspace, writer, judged.record, judged.done.project)
    lay_down(writer, judged.record, seq, judged.judgement)
    return _Laid(seq, before)


def _grouped(judged: Judged) -> dict[str, pa.Table]:
    """Predictions that replace none, by what their counts tell apart; nothing of other rows."""
    is_new_log = judged.record is Prediction and not judged.judgement.replaces_any
    return groups_of(judged.judgement.rows) if is_new_log else {}


def _counted(laid: _Laid, judged: Judged, writer: Writer, groups: Mapping[str, pa.Table]) -> _Laid:
    """Rows that were laid down, and counted if they replace nothing that is counted yet."""
    if judged.judgement.replaces_any:
        return laid
    rows = judged.judgement.rows
    return replace(laid, counts=counted_ahead(writer, judged.record, laid.seq, rows, groups))


def _committed(
    workspace: Workspace,
    writer: Writer,
    judged: Judged,
    laid: _Laid,
    channel: str,
    content: BatchContent,
    *,
    noted: int | None = None,
    is_dry: bool = False,
) -> Receipt:
    """Make the rows that were laid down a batch, and say what they change.

    ``content`` is the hash of its rows; what is registered with them is added to it.
    """
    record, judgement = judged.record, judged.judgement
    project, seq = judged.done.project, laid.seq
    complete_rows(writer, record, seq, project, judgement, content)
    done = judged.done.model_copy(
        update={"batch": batches.name_of(seq), "status": Status.COMMITTED}
    )
    batches.add(writer, seq, done, channel, undoes=None)  # rows count only as part of a batch
    if laid.counts is not None:
        replace_counts(writer, laid.counts)
    elif not is_dry or writer.holds_any(ValueCase, project):  # a log's changes are read from counts
        recount(writer, days_of_batch(writer, record, seq))
    after = writer.as_it_is()
    changes, unsaid = laid.before.effect(after)
    warnings = [
        *done.warnings,
        *_orphans(writer, record, seq, project),
        *_imported_decisions(record, judgement, channel),
        *unsaid,
        *lines_on_metrics(after, record, project, _models(judgement), workspace.today),
        *rows_of_later_days(after, record, project, judgement.rows, workspace.today),
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
