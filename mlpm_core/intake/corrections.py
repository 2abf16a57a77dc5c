"""Rejected lines as a table to correct, and the file with their corrections in place."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mlpm_core.intake.columns.header import is_own
from mlpm_core.intake.files.lines import is_blank, read_record
from mlpm_core.intake.reject_file import as_cell
from mlpm_core.records import RejectedLine, RejectedLines, as_written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlpm_core.intake.request import DecodedFile
    from mlpm_core.records import Reject


def rejected_lines(opened: DecodedFile, rejects: Iterable[Reject], most: int) -> RejectedLines:
    """The first rejected lines of a file, cell by cell, each with what is wrong with it.

    Parameters
    ----------
    most : int
        How many lines at most.
    """
    messages: dict[int, list[str]] = defaultdict(list)
    places: dict[int, str] = {}
    for line, fault in opened.text.with_lines(rejects):
        where = f"{fault.column}: " if fault.column else ""
        messages[line].append(f"{where}{fault.message} {fault.hint}")
        places[line] = fault.place.removeprefix("line ")
    lines = sorted(messages)[:most]
    damaged = {d.line: d.cells for d in opened.table.damaged if d.cells}
    cells = {line: _cells(opened, line, damaged) for line in lines}
    own = {j for j, header in enumerate(opened.own_header.cells) if is_own(header)}
    width = max([len(opened.own_header.cells), *map(len, cells.values())])
    shown = [j for j in range(width) if j not in own]
    keys = [opened.own_header.key(j) for j in range(len(opened.own_header.cells))]
    headers = [*keys, *(f"extra cell {j + 1}" for j in range(width - len(keys)))]
    return RejectedLines(
        [headers[j] for j in shown],
        [
            RejectedLine(
                opened.text.row_at(line + 1),
                [cells[line][j] if j < len(cells[line]) else "" for j in shown],
                " ".join(dict.fromkeys(messages[line])),
                places[line],
            )
            for line in lines
        ],
    )


def corrected_file(opened: DecodedFile, corrections: Mapping[int, Sequence[str]]) -> bytes:
    """The whole file as UTF-8, with some of its records written anew; the others stay as they came.

    Parameters
    ----------
    corrections : mapping of int to sequence of str
        By row of the file, the cells as `rejected_lines` shows them. No record is dropped or added,
        so what is counted of the file is counted of the corrected one.
    """
    lines, header, table = opened.lines, opened.own_header, opened.table
    own = {j for j, cell in enumerate(header.cells) if is_own(cell)}
    starts = opened.text.starts()
    out: list[str] = []
    anew = {starts.get(row, row) - 1: cells for row, cells in corrections.items()}
    i = 0
    while i < len(lines.lines):
        span = table.spans.get(i, 1)
        if i in anew:
            record = _record(list(anew[i]), header.delimiter, len(header.cells), own)
        else:
            record = lines.raw(i, i + span)
        out.append(record + lines.end(i + span - 1))
        i += span
    return "".join(out).encode("utf-8", "surrogateescape")


def _cells(opened: DecodedFile, line: int, damaged: Mapping[int, list[str]]) -> list[str]:
    if line in damaged:
        return [as_written(cell) for cell in damaged[line]]
    read = read_record(opened.lines, line, opened.own_header.delimiter)
    return [as_written(cell) for cell in read.cells]


def _record(cells: list[str], delimiter: str, width: int, own: set[int]) -> str:
    """A record of a corrected file, with the cells that `rejected_lines` does not show empty."""
    for j in sorted(own):
        cells.insert(j, "")
    while len(cells) > width and is_blank(cells[-1]):
        cells.pop()
    return delimiter.join(as_cell(cell, delimiter) for cell in cells)
