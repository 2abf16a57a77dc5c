"""Workbooks, turned into text: the values that cells were saved with.

Nothing of a workbook runs and no link is followed.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.intake.files.text_of_rows import TextOfRows, Unpacked, over_limit, span_of
from mlpm_core.intake.files.workbook_parts import (
    Archive,
    Sheet,
    SheetScan,
    check_part,
    sheets_of,
    text_lengths,
)
from mlpm_core.intake.messages import Refusal, question, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.profile import Limits, Profile

_BOOK: Final = "xl/workbook.xml"
_LINKS: Final = "xl/_rels/workbook.xml.rels"
_STRINGS: Final = "xl/sharedStrings.xml"
_PASSED_ON: Final = ("[Content_Types].xml", "_rels/.rels", "xl/styles.xml")
_NEEDED: Final = (*_PASSED_ON, _BOOK, _LINKS, _STRINGS)
_MOST_CELLS: Final = 2**25  # from the first to the last; the reader of values lays them all out
_MOST_SHEETS: Final = 1000
_MOST_LOOKED_AT: Final = 20
_HEADER_WITHIN: Final = 20  # rows of a sheet
_MOST_PREVIEWED: Final = 3
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
    """The first sheet of a workbook that holds anything, or the one that was answered.

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
    n_hidden_sheets = sum(not sheet.is_shown for sheet in sheets)
    first: tuple[Sheet, SheetScan] | None = None
    left = []
    others: list[Sheet] = []
    for sheet in sheets:
        if not sheet.is_shown and profile.hidden_rows != "read":
            continue
        part = archive.part(sheet.part) or b"<worksheet/>"
        scan = SheetScan.of(part, lengths, limits.file_bytes)
        is_chosen = profile.sheet in (None, sheet.name)
        if scan.n_rows and first is None and is_chosen:
            first, parts[sheet.part] = (sheet, scan), part
        elif scan.n_rows:
            left.append(sheet.name)
            others.append(sheet)
    if first is None:
        return Unpacked(b"")
    sheet, scan = first
    n_hidden = len(scan.hidden_rows) + len(scan.hidden_columns) + n_hidden_sheets
    if n_hidden and profile.hidden_rows is None:
        raise Refusal(
            questions=[question("hidden-rows", "hidden_rows", ["read", "skip"], n=n_hidden)]
        )
    if scan.n_rows * scan.n_columns > _MOST_CELLS:
        got = f"{scan.n_rows:,} rows of {scan.n_columns:,} cells"
        raise Refusal.of("limit-size", got=got, limit=f"{_MOST_CELLS:,} cells")
    if profile.hidden_rows == "read":
        scan.hidden_rows, scan.hidden_columns = set(), set()
    if scan.n_shown > limits.file_bytes:  # each is at least a comma or the end of a line
        raise over_limit(limits.file_bytes)
    values = _values(parts, sheet)
    if others and profile.sheet is None and not profile.is_replay:
        _ask_which_sheet(archive, parts, values, [sheet, *others], is_header)
    return _as_text(values, scan, left, limits)


def _ask_which_sheet(
    archive: Archive,
    parts: dict[str, bytes],
    values: list[list[Any]],
    sheets: Sequence[Sheet],
    is_header: Callable[[Sequence[str]], bool],
) -> None:
    """Ask for the sheet when the first has no header and another one has."""

    def has_header(rows: list[list[Any]]) -> bool:
        return any(is_header([_written(c) for c in row]) for row in rows[:_HEADER_WITHIN])

    if has_header(values):
        return
    first, *others = sheets
    with_header, previews = [], {first.name: _first_rows(values)}
    for sheet in others[:_MOST_LOOKED_AT]:
        part = archive.part(sheet.part)
        if part is None:
            continue
        rows = _values({**parts, sheet.part: part}, sheet)
        previews[sheet.name] = _first_rows(rows)
        if has_header(rows):
            with_header.append(sheet.name)
    if with_header:
        rest = [s.name for s in (first, *others) if s.name not in with_header]
        names = [*with_header, *rest]
        preview = [f"{name}: {previews.get(name, 'not looked into')}" for name in names]
        raise Refusal(questions=[question("sheet", "sheet", names, preview=preview)])


def _first_rows(rows: list[list[Any]]) -> str:
    """The first rows of a sheet that hold anything, in one line."""
    filled = [[text for c in row if (text := _written(c).strip())] for row in rows[:_HEADER_WITHIN]]
    shown_rows = [", ".join(shown(cell, 30) for cell in row[:8]) for row in filled if row]
    return " / ".join(shown_rows[:_MOST_PREVIEWED])


def _values(parts: dict[str, bytes], sheet: Sheet) -> list[list[Any]]:
    """The values of a sheet's cells from the first on.

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
    return cells


def _as_text(
    table: list[list[Any]], scan: SheetScan, left: Sequence[str], limits: Limits
) -> Unpacked:
    for row, column, text in scan.errors:  # the reader of values leaves them empty
        if row <= len(table) and column <= len(table[row - 1]):
            table[row - 1][column - 1] = text
    width = max(
        (j + 1 for row in table for j, x in enumerate(row) if x not in ("", None)), default=0
    )
    shown = [j for j in range(width) if j + 1 not in scan.hidden_columns]
    text_of_rows = TextOfRows(limits.file_bytes)
    for i, cells in enumerate(table, start=1):
        if i not in scan.hidden_rows:
            text_of_rows.add(i, [_written(cells[j]) for j in shown])
    return text_of_rows.unpacked(left)


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
