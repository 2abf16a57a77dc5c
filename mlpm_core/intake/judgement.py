"""What an import was judged to be: its receipt, its rows, and its rejected records as they came."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlpm_core.intake.header import is_own
from mlpm_core.records import Receipt, Reject, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.intake.header import Header
    from mlpm_core.intake.lines import Lines
    from mlpm_core.intake.recognise import Text
    from mlpm_core.intake.table import Table

__all__ = ["Judgement", "Source", "status_of"]

_ADDED = ("_row", "_column", "_code", "_message", "_hint")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Source:
    """The file's own text, to give records back as they came."""

    text: Text
    lines: Lines
    header: Header
    table: Table

    def raw_header(self) -> str:
        """The header as it stands in the file."""
        return self.lines.raw(self.header.line, self.header.below)

    def raw(self, line: int) -> str:
        """The record that starts on a line (from 0), without the end of its last line."""
        return self.lines.raw(line, line + self.table.spans.get(line, 1))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of a check; nothing is stored by it.

    Attributes
    ----------
    receipt : Receipt
        Its status is ``dry_run`` when the file would be stored.
    lines : list of int
        The line of the file each row comes from.
    rows : list of tuple
        The new and changed rows, in the order of ``columns(record)``.
    new_models : list of str
        Models to register first.
    """

    receipt: Receipt
    lines: list[int] = field(default_factory=list)
    rows: list[tuple[object, ...]] = field(default_factory=list)
    new_models: list[str] = field(default_factory=list)
    changed_lines: frozenset[int] = frozenset()
    model_position: int | None = None
    source: Source | None = None

    def renumbered(self, rows: Mapping[int, int]) -> Judgement:
        """The judgement in the file's own rows, where its text was made from them."""

        def of(line: int) -> int:
            return rows.get(line, line)

        rejects = [
            r if r.row is None else r.model_copy(update={"row": of(r.row)})
            for r in self.receipt.rejects
        ]
        return replace(
            self,
            receipt=self.receipt.model_copy(update={"rejects": rejects}),
            lines=[of(line) for line in self.lines],
            changed_lines=frozenset(map(of, self.changed_lines)),
        )

    def rejecting(self, faults: list[Reject], *, accept_good: bool) -> Judgement:
        """The judgement once further rows are rejected, each named by its line.

        Parameters
        ----------
        faults : list of Reject
            What is wrong, with ``row`` set to the line of an accepted row.
        accept_good : bool
            Keep the other rows, or reject the file.
        """
        bad = {f.row for f in faults}
        keeps = [line not in bad for line in self.lines]
        lines = [n for n, keep in zip(self.lines, keeps, strict=True) if keep]
        rows = [r for r, keep in zip(self.rows, keeps, strict=True) if keep]
        new_models = self.new_models
        if self.model_position is not None:
            used = {row[self.model_position] for row in rows}
            new_models = [m for m in new_models if m in used]
        gone = set(self.lines) & bad
        n_changed = len(gone & self.changed_lines)
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
        return replace(self, receipt=receipt, lines=lines, rows=rows, new_models=new_models)

    def rejected_csv(self) -> bytes:
        """The rejected records as they came, each with its reasons behind it, to mend and upload.

        The original cells are the file's own bytes, in its encoding; only the added columns are
        made safe for a spreadsheet. A record whose quotes are broken comes back with every cell
        quoted, because it could not stand in a CSV otherwise.
        """
        if self.source is None:
            return b""
        source, header = self.source, self.source.header
        end = source.lines.end(header.line)
        delimiter = header.delimiter
        starts = {row: line for line, row in (source.text.rows or {}).items()}
        reasons: dict[int, list[Reject]] = defaultdict(list)
        for fault in self.receipt.rejects:
            if fault.row is not None:
                reasons[starts.get(fault.row, fault.row) - 1].append(fault)
        broken = {
            d.line: d.cells
            for d in source.table.damaged
            if d.code in ("bad-quote", "unterminated-quote")
        }
        own = [j for j, cell in enumerate(header.cells) if is_own(cell)]
        above = [source.lines.lines[i] + source.lines.end(i) for i in range(header.line)]
        out = [source.text.bom, source.text.bytes_of("".join(above))]
        head = _without(source.raw_header(), own, delimiter)
        out.append(source.text.bytes_of(head + delimiter))
        out.append(source.text.bytes_of(delimiter.join(_ADDED) + end, is_ours=True))
        for line in sorted(reasons):
            cells = broken.get(line)
            record = (
                _without(source.raw(line), own, delimiter)
                if cells is None
                else delimiter.join(_quoted(c, delimiter) for c in cells)
            )
            added = delimiter.join(_quoted(c, delimiter) for c in _said(reasons[line]))
            out.append(source.text.bytes_of(record + delimiter))
            out.append(source.text.bytes_of(added + end, is_ours=True))
        return b"".join(out)


def status_of(accepted: int, rejected: int, *, accept_good: bool) -> Status:
    """All or nothing, unless the good rows were asked for and there are some."""
    if rejected and not (accept_good and accepted):
        return Status.REJECTED
    return Status.DRY_RUN


def _without(raw: str, positions: list[int], delimiter: str) -> str:
    """A record as it came, without some of its cells."""
    if not positions:
        return raw
    cells, at = list[str](), 0
    while at <= len(raw):
        end = re.compile(r'"(?:[^"]|"")*"').match(raw, at)
        stop = raw.find(delimiter, end.end() if end else at)
        stop = len(raw) if stop < 0 else stop
        cells.append(raw[at:stop])
        at = stop + 1
    return delimiter.join(c for j, c in enumerate(cells) if j not in positions)


def _said(faults: list[Reject]) -> list[str]:
    def joined(parts: list[str | None]) -> str:
        told = "; ".join(dict.fromkeys(p for p in parts if p))
        return f"'{told}" if told.startswith(_FORMULA) else told

    return [
        str(faults[0].row),
        joined([f.column for f in faults]),
        joined([f.code for f in faults]),
        " ".join(_safe(f.message) for f in faults),
        " ".join(dict.fromkeys(f.hint for f in faults)),
    ]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _quoted(cell: str, delimiter: str) -> str:
    if any(c in cell for c in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
