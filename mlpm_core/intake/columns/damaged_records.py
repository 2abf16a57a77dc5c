"""Records whose structure is broken, as rejects; those with undecodable bytes among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.intake.files.table import Damage, Table
from mlpm_core.intake.messages import Refusal, reject

if TYPE_CHECKING:
    from mlpm_core.intake.columns.header import Header
    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.files.lines import Lines
    from mlpm_core.records import Reject

_FEWEST_ROWS = 20


def check_header_bytes(header: Header, lines: Lines, text: Text) -> None:
    """The header can be decoded.

    Raises
    ------
    Refusal
        When it holds a byte that its encoding does not know.
    """
    if any(_bad_byte_in(cell) >= 0 for cell in header.cells):
        line, byte = _place(lines, header.line, header.below - header.line, text)
        raise Refusal.of("bad-encoding", line=line, byte=byte, encoding=text.encoding.upper())


def without_bad_bytes(records: Table, text: Text) -> Table:
    """The table with records that hold undecodable bytes set apart as damaged."""
    if not text.has_bad_bytes:
        return records
    is_bad = np.zeros(len(records.lines), dtype=bool)
    for column in records.columns:
        of_cell = np.array([_bad_byte_in(c) >= 0 for c in column.cells], dtype=bool)
        is_bad |= of_cell[column.codes] if len(of_cell) else False
    damaged = [
        Damage(int(records.lines[i]), "bad-encoding", 0, []) for i in np.nonzero(is_bad)[0].tolist()
    ]
    return Table(
        records.lines[~is_bad],
        [c.taken(~is_bad) for c in records.columns],
        records.blank,
        sorted([*records.damaged, *damaged], key=lambda d: d.line),
        records.spans,
    )


def _bad_byte_in(text: str) -> int:
    """Where the first undecodable byte stands, or -1."""
    if text.isascii():
        return -1
    return next((i for i, c in enumerate(text) if "\udc80" <= c <= "\udcff"), -1)


def structural_rejects(records: Table, header: Header, lines: Lines, text: Text) -> list[Reject]:
    """One reject per damaged record, and one for the file when most are of the wrong width."""
    rejects = []
    want = len(header.cells)
    for damage in records.damaged:
        row = damage.line + 1
        match damage.code:
            case "bad-encoding":
                at_line, byte = _place(lines, damage.line, records.spans.get(damage.line, 1), text)
                encoding = text.encoding.upper()
                rejects.append(
                    reject("bad-encoding", row, None, line=at_line, byte=byte, encoding=encoding)
                )
            case "extra-cell" | "missing-cell":
                rejects.append(reject(damage.code, row, None, got=damage.got, want=want))
            case _:
                rejects.append(reject(damage.code, row, header.label(damage.got)))
    n_rows = len(records.lines) + len(records.damaged)
    n_bad = sum(d.code != "bad-encoding" for d in records.damaged)
    if n_rows >= _FEWEST_ROWS and n_bad * 2 > n_rows:
        rejects.insert(0, reject("wrong-width", None, None, bad=n_bad, rows=n_rows, want=want))
    return rejects


def _place(lines: Lines, start: int, n_lines: int, text: Text) -> tuple[int, int]:
    """The line (from 1) and byte of that line (from 1) of the first undecodable byte."""
    for i in range(start, start + n_lines):
        at = _bad_byte_in(lines.lines[i])
        if at >= 0:
            return i + 1, len(text.bytes_of(lines.lines[i][:at])) + 1
    return start + 1, 1
