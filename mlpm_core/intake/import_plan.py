"""What an import was judged to be: its receipt and its rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from mlpm_core.records import Example, Receipt, Reject, Status

if TYPE_CHECKING:
    from mlpm_core.intake.files.table import Codes
    from mlpm_core.intake.row_parts import Parts


def _no_lines() -> Codes:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The outcome of a check; nothing is stored by it.

    Attributes
    ----------
    receipt : Receipt
        Its status is ``dry_run`` when the file would be stored.
    lines : array of int
        The line of the file each row comes from.
    rows : pyarrow.Table
        The new and changed rows, in the order of ``columns(record)``.
    same_lines, same_rows
        The same of rows equal to a stored one. They count as ignored, yet stand in the batch, so
        that the fact outlives an undo of the batch that told it first.
    new_models : list of str
        Models to register first.
    parts : Parts, optional
        Where several records have a row of one number: what tells them apart in ``lines``.
    """

    receipt: Receipt
    lines: Codes = field(default_factory=_no_lines)
    rows: pa.Table = field(default_factory=lambda: pa.table({}))
    same_lines: Codes = field(default_factory=_no_lines)
    same_rows: pa.Table = field(default_factory=lambda: pa.table({}))
    new_models: list[str] = field(default_factory=list)
    changed_lines: Codes = field(default_factory=_no_lines)
    registers_models: bool = False
    parts: Parts | None = None

    def placed(self) -> ImportPlan:
        """The plan with its rejects by row and part of it, once nothing more is rejected."""
        if self.parts is None:
            return self
        rejects = self.parts.placed(self.receipt.rejects)
        return replace(self, receipt=self.receipt.model_copy(update={"rejects": rejects}))

    @property
    def n_stored(self) -> int:
        """How many rows storing it would add."""
        return int(self.rows.num_rows + self.same_rows.num_rows)

    @property
    def replaces_any(self) -> bool:
        """Whether a row has a key that is stored; else all keys are new."""
        return bool(len(self.changed_lines) or self.same_rows.num_rows)

    def examples(self, most: int = 20) -> list[Example]:
        """The first new and the first changed rows as text, at most so many of each."""
        is_changed = np.isin(self.lines, self.changed_lines)
        examples = []
        for change, of in (("new", ~is_changed), ("changed", is_changed)):
            places = np.flatnonzero(of)[:most]
            for line, row in zip(
                self.lines[places].tolist(), self.rows.take(pa.array(places)).to_pylist(),
                strict=True,
            ):  # fmt: skip
                cells = {name: str(v) for name, v in row.items() if v not in (None, "")}
                row_of_file = line if self.parts is None else self.parts.place(line)[0]
                examples.append(Example(line=row_of_file, change=change, row=cells))
        return examples

    def rejecting(self, faults: list[Reject], *, accept_good: bool) -> ImportPlan:
        """The plan once further rows are rejected, each named by its line.

        Parameters
        ----------
        faults : list of Reject
            What is wrong, with ``row`` set to the line of an accepted row.
        accept_good : bool
            Keep the other rows, or reject the file.
        """
        bad = np.array([f.row for f in faults], dtype=np.int64)
        keeps = ~np.isin(self.lines, bad)
        rows = self.rows.filter(pa.array(keeps))
        new_models = self.new_models
        if self.registers_models:
            used = set(rows.column("model_id").to_pylist())
            new_models = [m for m in new_models if m in used]
        gone = np.unique(self.lines[~keeps])
        n_changed = int(np.isin(self.changed_lines, gone).sum())
        was = self.receipt
        accepted, rejected = was.accepted - len(gone), was.rejected + len(gone)
        warnings = [w for w in was.warnings if w.code != "new-model" or new_models]
        receipt = was.model_copy(
            update={
                "accepted": accepted,
                "rejected": rejected,
                "new": was.new - len(gone) + n_changed,
                "changed": was.changed - n_changed,
                "rejects": [*was.rejects, *faults],
                "warnings": warnings,
                "status": status_of(accepted, rejected, accept_good=accept_good),
            }
        )
        return replace(
            self, receipt=receipt, lines=self.lines[keeps], rows=rows, new_models=new_models
        )


def status_of(accepted: int, rejected: int, *, accept_good: bool) -> Status:
    """All or nothing, unless the good rows were asked for and there are some."""
    if rejected and not (accept_good and accepted):
        return Status.REJECTED
    return Status.DRY_RUN
