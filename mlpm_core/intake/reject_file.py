"""The rejected records of a file as they came, each with its reasons, to mend and upload alone."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.header import is_own
from mlpm_core.records import as_written, safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpm_core.intake.request import DecodedFile
    from mlpm_core.records import Reject

_ADDED = ("_row", "_column", "_code", "_message", "_hint")
_IN_QUOTES = re.compile(r'"(?:[^"]|"")*"')
_ANY_NUMBER = re.compile(r"[+-]?[0-9][0-9.,'\u2019 \u00a0\u202f\u2009]*(?:[eE][+-]?[0-9]+)?")


def rejected_records(opened: DecodedFile, rejects: Iterable[Reject]) -> bytes:
    """The rejected records of a file that was opened.

    The cells are the file's own bytes, in its encoding, but those that a spreadsheet could take for
    a formula: they get the apostrophe that an import drops again (``safe_cell``). A record whose
    quotes are broken comes back with every cell quoted, because it could not stand in a CSV
    otherwise.
    """
    text, lines, header, table = opened.text, opened.lines, opened.own_header, opened.table
    end, delimiter = lines.end(header.line), header.delimiter
    reasons: dict[int, list[Reject]] = defaultdict(list)
    for line, fault in text.with_lines(rejects):
        reasons[line].append(fault)
    broken = {
        d.line: d.cells for d in table.damaged if d.code in ("bad-quote", "unterminated-quote")
    }
    own = [j for j, cell in enumerate(header.cells) if is_own(cell)]
    above = [_kept(lines.lines[i], [], delimiter) + lines.end(i) for i in range(header.line)]
    head = _kept(lines.raw(header.line, header.below), own, delimiter)
    out = [
        text.bom,
        text.bytes_of("".join(above)),
        text.bytes_of(head + delimiter),
        text.bytes_of(delimiter.join(_ADDED) + end, is_ours=True),
    ]
    for line in sorted(reasons):
        cells = broken.get(line)
        record = (
            _kept(lines.raw(line, line + table.spans.get(line, 1)), own, delimiter)
            if cells is None
            else delimiter.join(_quoted(_safe(c), delimiter) for c in cells)
        )
        added = delimiter.join(_quoted(c, delimiter) for c in _reason_cells(reasons[line]))
        out.append(text.bytes_of(record + delimiter))
        out.append(text.bytes_of(added + end, is_ours=True))
    return b"".join(out)


def _kept(raw: str, left: list[int], delimiter: str) -> str:
    """A record as it came, without some of its cells, and none of them a formula."""
    cells, at = list[str](), 0
    while at <= len(raw):
        end = _IN_QUOTES.match(raw, at)
        stop = raw.find(delimiter, end.end() if end else at)
        stop = len(raw) if stop < 0 else stop
        cells.append(raw[at:stop])
        at = stop + 1
    return delimiter.join(_as_it_came(c, delimiter) for j, c in enumerate(cells) if j not in left)


def _as_it_came(raw: str, delimiter: str) -> str:
    is_quoted = _IN_QUOTES.fullmatch(raw) is not None
    text = raw[1:-1].replace('""', '"') if is_quoted else raw
    safe = _safe(text)
    return raw if safe == text else _quoted(safe, delimiter)


def _safe(text: str) -> str:
    """A cell of the file: a number is none the less one for its marks, nor a dash for nothing."""
    if _ANY_NUMBER.fullmatch(text) or is_missing(text):
        return text
    return safe_cell(as_written(text))


def as_cell(text: str, delimiter: str) -> str:
    """A cell that somebody typed, as it is written into a file: never a formula, quoted at need.

    Examples
    --------
    >>> as_cell("=1+1", ","), as_cell("a,b", ","), as_cell("-5", ",")
    ("'=1+1", '"a,b"', '-5')
    """
    return _quoted(_safe(text), delimiter)


def _reason_cells(faults: list[Reject]) -> list[str]:
    def joined(parts: list[str | None]) -> str:
        return safe_cell("; ".join(dict.fromkeys(p for p in parts if p)))

    return [
        faults[0].place.removeprefix("line "),
        joined([f.column for f in faults]),
        joined([f.code for f in faults]),
        safe_cell(" ".join(f.message for f in faults)),
        " ".join(dict.fromkeys(f.hint for f in faults)),
    ]


def _quoted(cell: str, delimiter: str) -> str:
    if any(c in cell for c in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
