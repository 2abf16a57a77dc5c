"""What the database lost comes back from the ledger and the raw files, batch by batch.

The ledger holds every receipt, the raw folder every file: reading a file again with the answers of
its receipt gives the rows that were stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError, StoreError
from mlpm_core.intake import Asked, Profile, Refusal, judged
from mlpm_core.records import Receipt, Status, record_of
from mlpm_core.services.batches import FORM
from mlpm_core.services.reading import CAGE
from mlpm_core.services.rules import judged_with_rules
from mlpm_core.services.stored import Stored, append, register_used
from mlpm_core.store import DamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlpm_core.intake import Limits
    from mlpm_core.store import Ledger, Store, Writer

__all__ = ["replay"]


def replay(
    store: Store,
    ledger: Ledger,
    entries: Sequence[Mapping[str, Any]],
    limits: Callable[[str], Limits],
) -> tuple[int, str | None]:
    """Store batches again, as the ledger notes them, in order, until one cannot be.

    Parameters
    ----------
    limits
        The largest file of a kind that is read.

    Returns
    -------
    tuple of int and str or None
        How many came back, and why the next did not.

    Raises
    ------
    DamagedError
        When the database itself cannot be read: it must be built anew.
    """
    for n, entry in enumerate(entries):
        try:
            with store.writer() as writer:
                _again(writer, ledger, entry, limits)
        except DamagedError:
            raise
        except (MlpmError, ValueError, KeyError) as error:
            return n, f"{entry.get('batch', entry.get('seq'))} could not be read again: {error}"
    return len(entries), None


def _again(
    writer: Writer,
    ledger: Ledger,
    entry: Mapping[str, Any],
    limits: Callable[[str], Limits],
) -> None:
    if "receipt" not in entry:
        raise StoreError("the ledger of that time did not keep its receipt; restore a backup.")
    seq = int(entry["seq"])
    if int(writer.rows("last_seq")[0]["seq"]) >= seq:
        raise StoreError("a later batch is stored already.")
    told = Receipt.model_validate_json(entry["receipt"])
    if told.undoes is None:
        _rows_again(writer, ledger, seq, told, limits, str(entry["channel"]))
    writer.run(
        "add_batch",
        **{k: entry[k] for k in ("batch", "project", "kind", "channel", "sha256", "actor")},
        seq=seq,
        received_at=datetime.fromisoformat(str(entry["received_at"])),
        undoes=entry.get("undoes"),
        receipt=entry["receipt"],
    )
    if told.undoes is not None:
        register_used(writer, seq, told.project)


def _rows_again(
    writer: Writer,
    ledger: Ledger,
    seq: int,
    told: Receipt,
    limits: Callable[[str], Limits],
    channel: str,
) -> None:
    record = record_of(told.kind)
    profile = Profile(new_model="new")  # asked since; what was stored then was agreed to
    for answer in told.answers:
        key, _, value = answer.partition("=")
        profile = profile.answered(key, value)
    asked = Asked(
        ledger.raw(told.sha256),
        told.filename,
        told.kind,
        told.project,
        told.received_at or datetime.min,
        profile,
        limits(told.kind),
        by_application=channel == FORM,
    )
    try:
        found = CAGE.read(asked)
    except Refusal as refusal:
        raise StoreError("its file is now refused.") from refusal
    judgement = judged_with_rules(writer, asked, found, accept_good=told.accept_good)
    if judgement.n_stored != told.stored:  # a rule of later is not held against what was accepted
        stored = Stored(writer, told.project)
        judgement = judged(found, asked, stored, accept_good=told.accept_good)
    again = judgement.receipt
    if (again.status, judgement.n_stored) != (Status.DRY_RUN, told.stored):
        raise StoreError(f"its file now gives {judgement.n_stored} rows, not {told.stored}.")
    append(writer, record, seq, told.project, judgement)
