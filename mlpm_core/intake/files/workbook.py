"""Workbooks, turned into text: the values that cells were saved with.

Nothing of a workbook runs and no link is followed.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.intake.files.number_formats import signs_shown
from mlpm_core.intake.files.sheet_scan import LAST_COLUMN, NO_RESULT, SheetScan
from mlpm_core.intake.files.text_of_rows import TextOfRows, Unpacked, over_limit, span_of
from mlpm_core.intake.files.workbook_parts import (
    Archive,
    Sheet,
    check_part,
    is_computed_on_load,
    sheets_of,
    text_lengths,
)
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.row_parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Question

    _Table = list[tuple[int, list[str]]]

_BOOK: Final = "xl/workbook.xml"
_LINKS: Final = "xl/_rels/workbook.xml.rels"
_STRINGS: Final = "xl/sharedStrings.xml"
_STYLES: Final = "xl/styles.xml"
_PASSED_ON: Final = ("[Content_Types].xml", "_rels/.rels", _STYLES)
_NEEDED: Final = (*_PASSED_ON, _BOOK, _LINKS, _STRINGS)
_MOST_CELLS: Final = 2**25  # from the first to the last; the reader of values lays them all out
_MOST_SHEETS: Final = 1000
_MOST_LOOKED_AT: Final = 20
_HEADER_WITHIN: Final = 20  # rows of a sheet
_MOST_PREVIEWED: Final = 3
_MOST_LISTED: Final = 12
_DAY: Final = timedelta(days=1)
ALL_SHEETS: Final = "all sheets"
"""The answer that takes every sheet with the same header."""
_ZIP_FAULTS: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, OSError, RuntimeError,
    ValueError,
)  # fmt: skip


def unpacked_workbook(
    data: bytes,
    filename: str,
    profile: Profile,
    limits: Limits,
    is_header: Callable[[Sequence[str]], bool],
) -> Unpacked:
    """The first sheet of a workbook that holds anything, or those that were answered.

    Raises
    ------
    Refusal
        When it is damaged, unsafe or too large, or hides something: that is a question.
    """
    try:
        return _unpacked(data, profile, limits, is_header)
    except (*_ZIP_FAULTS, _calamine_error()) as error:
        raise Refusal.of("wrong-type", file=filename, type="a damaged workbook") from error


def _unpacked(
    data: bytes, profile: Profile, limits: Limits, is_header: Callable[[Sequence[str]], bool]
) -> Unpacked:
    archive = Archive(data, limits)
    parts = {name: part for name in _NEEDED if (part := archive.part(name)) is not None}
    for name in _PASSED_ON:
        check_part(parts.get(name, b"<none/>"))
    sheets = sheets_of(parts[_BOOK], parts[_LINKS])
    if len(sheets) > _MOST_SHEETS:
        got = f"{len(sheets):,} sheets"
        raise Refusal.of("limit-size", got=got, limit=f"{_MOST_SHEETS:,} sheets")
    lengths = text_lengths(parts[_STRINGS]) if _STRINGS in parts else []
    signs = {} if profile.is_replay else signs_shown(parts.get(_STYLES, b"<none/>"))
    is_computed = profile.is_replay or not is_computed_on_load(parts[_BOOK])
    chosen: list[tuple[Sheet, SheetScan]] = []
    others: list[Sheet] = []
    for sheet in sheets:
        if not sheet.is_shown and profile.hidden_rows != "read":
            continue
        part = archive.part(sheet.part) or b"<worksheet/>"
        scan = SheetScan.of(part, lengths, limits.file_bytes, signs, is_computed=is_computed)
        is_chosen = profile.sheet in (sheet.name, ALL_SHEETS) or (
            profile.sheet is None and not chosen
        )
        if scan.n_rows and is_chosen:
            chosen.append((sheet, scan))
            parts[sheet.part] = part
        elif scan.n_rows:
            others.append(sheet)
    if not chosen:
        return Unpacked(b"")
    hidden = [*_hidden_in(chosen, [sheet for sheet in sheets if not sheet.is_shown])]
    if hidden and profile.hidden_rows is None:
        raise Refusal(questions=[_about_hidden(hidden)])
    for _, scan in chosen:
        _check_size(scan, limits, reads_hidden=profile.hidden_rows == "read")
        if profile.is_replay:  # a formula without a result was nothing
            scan.errors = [error for error in scan.errors if error[2] != NO_RESULT]
    if profile.sheet == ALL_SHEETS:
        tables = {sheet.name: [*_cells(_values(parts, sheet), scan)] for sheet, scan in chosen}
        left = [sheet.name for sheet in others]
        return _joined(tables, left, limits, is_header, tells_sheets=profile.reads_layouts)
    sheet, scan = chosen[0]
    values = _values(parts, sheet, is_replay=profile.is_replay)
    if others and profile.sheet is None and not profile.is_replay:
        top = [cells for _, cells in islice(_cells(values, scan), _HEADER_WITHIN)]
        _ask_which_sheet(archive, parts, top, [sheet, *others], is_header)
    text = TextOfRows(limits.file_bytes)
    for i, cells in _cells(values, scan):
        text.add(i, cells)
    said = f"sheet {shown(sheet.name)}" if others else ""
    return text.unpacked([sheet.name for sheet in others], part=said)


def _hidden_in(
    chosen: Sequence[tuple[Sheet, SheetScan]], sheets: Sequence[Sheet]
) -> Iterator[tuple[int, str]]:
    """How many rows, columns and sheets are hidden, and what they are called, kind by kind."""
    for sheet, scan in chosen:
        name = shown(sheet.name)
        if scan.hidden_rows:
            first = ", ".join(map(str, sorted(scan.hidden_rows)[:_MOST_LISTED]))
            yield len(scan.hidden_rows), f"rows of {name}: {first}"
        if scan.hidden_columns:
            first = ", ".join(map(_letters, sorted(scan.hidden_columns)[:_MOST_LISTED]))
            yield len(scan.hidden_columns), f"columns of {name}: {first}"
    if sheets:
        yield len(sheets), f"sheets: {', '.join(shown(s.name) for s in sheets[:_MOST_LISTED])}"


def _letters(number: int) -> str:
    """What a spreadsheet calls a column, by its number from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _about_hidden(hidden: Sequence[tuple[int, str]]) -> Question:
    said = "; ".join(text for _, text in hidden)
    preview = [f"read: also the hidden {said}", f"skip: not the hidden {said}"]
    n = sum(n for n, _ in hidden)
    return question("hidden-rows", "hidden_rows", ["read", "skip"], n=n, preview=preview)


def _check_size(scan: SheetScan, limits: Limits, *, reads_hidden: bool) -> None:
    if scan.n_rows * scan.n_columns > _MOST_CELLS:
        got = f"{scan.n_rows:,} rows of {scan.n_columns:,} cells"
        raise Refusal.of("limit-size", got=got, limit=f"{_MOST_CELLS:,} cells")
    if reads_hidden:
        scan.hidden_rows, scan.hidden_columns = set(), set()
    if scan.n_shown > limits.file_bytes:  # each is at least a comma or the end of a line
        raise over_limit(limits.file_bytes)


def _ask_which_sheet(
    archive: Archive,
    parts: dict[str, bytes],
    top: list[list[str]],
    sheets: Sequence[Sheet],
    is_header: Callable[[Sequence[str]], bool],
) -> None:
    """Ask for the sheet unless the first has the only header that is known."""
    first, *others = sheets
    rows = {first.name: top}
    for sheet in others[:_MOST_LOOKED_AT]:
        part = archive.part(sheet.part)
        if part is not None:
            values = _values({**parts, sheet.part: part}, sheet)[:_HEADER_WITHIN]
            rows[sheet.name] = [list(map(_written, cells)) for cells in values]
    known = [name for name, top in rows.items() if any(map(is_header, top))]
    if known == [first.name]:
        return
    names = sorted((s.name for s in sheets), key=lambda n: (n not in known, -_n_filled(rows, n)))
    header = _header_of(rows[names[0]], is_header)
    alike = [name for name in names if header and header in rows.get(name, ())]
    preview = [f"{name}: {_first_rows(rows[name])}" if name in rows else f"{name}: not looked into"
               for name in names]  # fmt: skip
    if len(alike) > 1:
        names.append(ALL_SHEETS)
        preview.append(f"{ALL_SHEETS}: {', '.join(map(shown, alike))}, one below the other")
    raise Refusal(questions=[question("sheet", "sheet", names, preview=preview)])


def _n_filled(rows: dict[str, list[list[str]]], name: str) -> int:
    return sum(bool(cell.strip()) for cells in rows.get(name, ()) for cell in cells)


def _header_of(
    rows: Sequence[list[str]], is_header: Callable[[Sequence[str]], bool]
) -> list[str] | None:
    """The header among the first rows of a sheet: one that is known, or the first of two cells."""
    wide = [row for row in rows if sum(map(bool, row)) > 1]
    return next(filter(is_header, wide), None) or next(iter(wide), None)


def _joined(
    tables: dict[str, _Table],
    left: list[str],
    limits: Limits,
    is_header: Callable[[Sequence[str]], bool],
    *,
    tells_sheets: bool,
) -> Unpacked:
    """The rows of all sheets that have one header, each with the name of its sheet behind it."""
    tops = {name: [cells for _, cells in table[:_HEADER_WITHIN]] for name, table in tables.items()}
    headers = [h for top in tops.values() if (h := _header_of(top, is_header)) is not None]
    header = max(headers, key=lambda h: (is_header(h), sum(h in top for top in tops.values())))
    text = TextOfRows(limits.file_bytes)
    text.add(1, [*header, "sheet"])
    read = [name for name in tables if header in tops[name]]
    left += [name for name in tables if name not in read]
    most = max(i for name in read for i, _ in tables[name][-1:])
    parts = Parts.of(most, [f"sheet {shown(name)}" for name in read]) if tells_sheets else None
    for part, name in enumerate(read):
        for i, cells in tables[name][tops[name].index(header) + 1 :]:
            number = i if parts is None else parts.number(i, part)
            text.add(number, [*cells, name] if any(map(str.strip, cells)) else [""])
    return text.unpacked(left, parts, ALL_SHEETS)


def _first_rows(rows: Sequence[list[str]]) -> str:
    """The first rows of a sheet that hold anything, in one line."""
    filled = [[text for c in row if (text := c.strip())] for row in rows]
    shown_rows = [", ".join(shown(cell, 30) for cell in row[:8]) for row in filled if row]
    return " / ".join(shown_rows[:_MOST_PREVIEWED])


def _values(parts: dict[str, bytes], sheet: Sheet, *, is_replay: bool = False) -> list[list[Any]]:
    """The values of a sheet's cells from the first on; in a replay, spans of time count days.

    The parts are packed anew, so that what is read is what was looked through and nothing else.
    """
    from python_calamine import CalamineWorkbook

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    packed.seek(0)
    book = CalamineWorkbook.from_filelike(packed)
    cells: list[list[Any]] = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    if not is_replay:
        return cells
    return [[x / _DAY if isinstance(x, timedelta) else x for x in row] for row in cells]


def _cells(table: list[list[Any]], scan: SheetScan) -> Iterator[tuple[int, list[str]]]:
    """The rows that are shown, each with its number, as far as any of them reaches."""
    for row, column, text in scan.errors:  # the reader of values leaves them empty
        if row <= len(table):
            cells = table[row - 1]
            cells += [None] * (column - len(cells))
            cells[column - 1] = text
    for (before, behind), places in scan.signed.items():
        for i, j in (divmod(place, LAST_COLUMN) for place in places):
            value = table[i][j] if i < len(table) and j < len(table[i]) else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                table[i][j] = f"{before}{_written(float(value))}{behind}"
    width = max(
        (j + 1 for row in table for j, x in enumerate(row) if x not in ("", None)), default=0
    )
    shown = [j for j in range(width) if j + 1 not in scan.hidden_columns]
    for i, cells in enumerate(table, start=1):
        if i not in scan.hidden_rows:
            yield i, [_written(cells[j]) if j < len(cells) else "" for j in shown]


def _written(value: object) -> str:
    """A cell as text that the checks of cells read."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case float():
            return repr(value)
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return span_of(value)
        case _:
            return str(value)


def _calamine_error() -> type[Exception]:
    from python_calamine import CalamineError

    return CalamineError
