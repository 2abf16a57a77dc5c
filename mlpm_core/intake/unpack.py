"""Files that hold a table in a shell of their own: gzip, workbooks and Parquet, turned into text.

Nothing of a workbook runs and no link is followed: cells are the values it was saved with.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.intake.faults import Refusal, question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpm_core.intake.profile import Limits, Profile

__all__ = ["Unpacked", "unpacked_gzip", "unpacked_parquet", "unpacked_workbook"]

_CHUNK: Final = 1 << 20
_ENDS: Final = re.compile(r"\r\n|\r|\n")
_ENTITIES: Final = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype", b"<!entity")
_HIDDEN: Final = re.compile(rb'<(row|col)\b[^>]*\bhidden="(?:1|true)"[^>]*>')
_ZIP_FAULTS: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, OSError, RuntimeError,
    ValueError,
)  # fmt: skip
_NUMBER: Final = re.compile(rb'\b(r|min|max)="(\d+)"')
_ERROR: Final = re.compile(
    rb'<c\b[^>]*\br="([A-Z]+)(\d+)"[^>]*\bt="e"[^>]*>.*?<v>([^<]*)</v>', re.S
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A table as the text of a CSV.

    ``rows`` gives for the line on which each record starts (both from 1) its row in the file;
    None when they are the same. ``left`` names sheets that were not read.
    """

    data: bytes
    rows: dict[int, int] | None = None
    left: tuple[str, ...] = ()


def size(n_bytes: int) -> str:
    """A size as people read it."""
    return f"{n_bytes / 2**20:.0f} MB" if n_bytes >= 2**20 else f"{n_bytes} bytes"


def unpacked_gzip(data: bytes, filename: str, limits: Limits) -> bytes:
    """What a gzip archive holds.

    Raises
    ------
    Refusal
        When it is damaged, or larger than the limit once unpacked.
    """
    out = bytearray()
    rest = data
    while rest:
        stream = zlib.decompressobj(wbits=31)
        try:
            while rest and not stream.eof:
                out += stream.decompress(rest, max(1, limits.file_bytes + 1 - len(out)))
                rest = stream.unconsumed_tail
                if len(out) > limits.file_bytes:
                    over = f"more than {size(limits.file_bytes)}"
                    raise Refusal.of("limit-size", got=over, limit=size(limits.file_bytes))
        except zlib.error:
            raise Refusal.of("wrong-type", file=filename, type="a damaged gzip archive") from None
        if not stream.eof:
            raise Refusal.of("wrong-type", file=filename, type="a gzip archive that is cut off")
        rest = stream.unused_data.lstrip(b"\x00")
    return bytes(out)


def unpacked_workbook(data: bytes, filename: str, profile: Profile, limits: Limits) -> Unpacked:
    """The first sheet of a workbook that holds anything.

    Raises
    ------
    Refusal
        When it is damaged, unsafe or too large, or hides something: that is a question.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        parts = _checked_parts(data, limits)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [s for s in book.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]
        shown = [s.name for s in sheets if s.visible is SheetVisibleEnum.Visible]
        names = [s.name for s in sheets] if profile.hidden_rows == "read" else shown
        cells = {name: book.get_sheet_by_name(name) for name in names}
    except (*_ZIP_FAULTS, _calamine_error()) as error:
        raise Refusal.of("wrong-type", file=filename, type="a damaged workbook") from error
    filled = [name for name in names if cells[name].height]
    if not filled:
        return Unpacked(b"")
    name = filled[0]
    sheet = parts.sheet(name)
    rows, columns = _hidden(sheet)
    n_hidden = len(rows) + len(columns) + (len(sheets) - len(shown))
    if n_hidden and profile.hidden_rows is None:
        raise Refusal(
            questions=[question("hidden-rows", "hidden_rows", ["read", "skip"], n=n_hidden)]
        )
    if profile.hidden_rows == "read":
        rows, columns = frozenset(), frozenset()
    table = cells[name].to_python(skip_empty_area=False)
    _overwrite_errors(table, sheet)
    width = max(
        (j + 1 for row in table for j, x in enumerate(row) if x not in ("", None)), default=0
    )
    texts = (
        (i, [_written(x) for j, x in enumerate(row[:width], start=1) if j not in columns])
        for i, row in enumerate(table, start=1)
        if i not in rows
    )
    made = _as_text(texts)
    return Unpacked(made.data, made.rows, tuple(filled[1:]))


def unpacked_parquet(data: bytes, filename: str, limits: Limits) -> Unpacked:
    """The table of a Parquet file.

    Raises
    ------
    Refusal
        When it is damaged, too large, or has columns that no cell can hold.
    """
    import pyarrow as pa
    from pyarrow import compute, parquet
    from pyarrow import csv as arrow_csv

    try:
        file = parquet.ParquetFile(pa.BufferReader(data))
        meta = file.metadata
        n_bytes = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        _check_limits(meta.num_rows, meta.num_columns, n_bytes, limits)
        if any(pa.types.is_nested(f.type) or _is_binary(f.type) for f in file.schema_arrow):
            raise Refusal.of(
                "wrong-type", file=filename, type="a Parquet file with nested or binary columns"
            )
        table = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Refusal.of("wrong-type", file=filename, type="a damaged Parquet file") from error
    columns = [_as_strings(column, pa, compute) for column in table.columns]
    table = pa.table(columns, names=list(table.column_names))
    if any(_has_line_ends(column, compute) for column in columns):
        texts = [[x or "" for x in column.to_pylist()] for column in columns]
        header = (1, list(table.column_names))
        below = ((i, list(row)) for i, row in enumerate(zip(*texts, strict=True), start=2))
        return _as_text(_chained(header, below))
    out = io.BytesIO()
    arrow_csv.write_csv(
        table, out, arrow_csv.WriteOptions(quoting_style="needed", batch_size=1 << 16)
    )
    return Unpacked(out.getvalue())


def _check_limits(n_rows: int, n_columns: int, n_bytes: int, limits: Limits) -> None:
    if n_bytes > limits.file_bytes:
        raise Refusal.of("limit-size", got=size(n_bytes), limit=size(limits.file_bytes))
    if n_rows > limits.rows:
        raise Refusal.of("limit-rows", limit=limits.rows)
    if n_columns > limits.columns:
        raise Refusal.of("limit-columns", got=n_columns, limit=limits.columns)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The XML of a workbook's sheets, read once and held to the limit."""

    members: dict[str, bytes]

    def sheet(self, name: str) -> bytes:
        """The XML of a sheet; of the only one when its name cannot be followed."""
        book = self.members.get("xl/workbook.xml", b"").decode("utf-8", "replace")
        links = self.members.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")
        for tag in re.findall(r"<sheet\b[^>]*>", book):
            named, link = re.search(r'\bname="([^"]*)"', tag), re.search(r'r:id="([^"]*)"', tag)
            if named and link and _unescaped(named[1]) == name:
                for way in re.findall(r"<Relationship\b[^>]*>", links):
                    if f'Id="{link[1]}"' in way and (to := re.search(r'Target="([^"]*)"', way)):
                        path = to[1].lstrip("/")
                        return self.members.get(
                            path if path.startswith("xl/") else f"xl/{path}", b""
                        )
        sheets = [x for path, x in self.members.items() if path.startswith("xl/worksheets/")]
        return sheets[0] if len(sheets) == 1 else b""


def _checked_parts(data: bytes, limits: Limits) -> _Parts:
    members: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        total = sum(info.file_size for info in archive.infolist())
        if total > limits.file_bytes:
            raise Refusal.of("limit-size", got=size(total), limit=size(limits.file_bytes))
        for info in archive.infolist():
            if not info.filename.endswith((".xml", ".rels")):
                continue
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("no spreadsheet program packs like that")
            with archive.open(info) as stream:  # reads at most the size that was announced
                text = stream.read(info.file_size + 1)
            head = text[:4]
            if any(word in text for word in _ENTITIES) or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise Refusal.of("unsafe-file")
            members[info.filename] = text
    return _Parts(members)


def _hidden(sheet: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """Rows and columns that are hidden, from 1."""
    rows: set[int] = set()
    columns: set[int] = set()
    for found in _HIDDEN.finditer(sheet):
        at = {name: int(n) for name, n in _NUMBER.findall(found[0])}
        if found[1] == b"row" and b"r" in at:
            rows.add(at[b"r"])
        elif found[1] == b"col" and b"min" in at:
            columns |= set(range(at[b"min"], min(at.get(b"max", at[b"min"]), 16_384) + 1))
    return frozenset(rows), frozenset(columns)


def _overwrite_errors(table: list[list[Any]], sheet: bytes) -> None:
    """Error cells as the sheet shows them: the reader leaves them empty."""
    for letters, row, text in _ERROR.findall(sheet):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        if int(row) <= len(table) and column <= len(table[int(row) - 1]):
            table[int(row) - 1][column - 1] = text.decode("utf-8", "replace")


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
            return str(value.total_seconds() / 86_400)
        case _:
            return str(value)


def _as_text(rows: Iterator[tuple[int, list[str]]]) -> Unpacked:
    """Rows as CSV, with the row of the file for each line on which a record starts."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    starts: dict[int, int] = {}
    line = 1
    for number, cells in rows:
        starts[line] = number
        if len(cells) == 1 and not cells[0]:
            out.write("\n")  # the writer would quote a lone empty cell
        else:
            writer.writerow(cells)
        line += 1 + sum(len(_ENDS.findall(cell)) for cell in cells)
    is_same = all(at == number for at, number in starts.items())
    return Unpacked(out.getvalue().encode(), None if is_same else starts)


def _chained(
    first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def _as_strings(column: Any, pa: Any, compute: Any) -> Any:  # noqa: ANN401  Arrow has no types
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        utc = column.type.tz is not None
        return compute.strftime(column, format="%Y-%m-%dT%H:%M:%SZ" if utc else "%Y-%m-%dT%H:%M:%S")
    return column.cast(pa.string())


def _is_binary(kind: Any) -> bool:  # noqa: ANN401
    import pyarrow as pa

    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )  # fmt: skip


def _has_line_ends(column: Any, compute: Any) -> bool:  # noqa: ANN401
    found = compute.match_substring_regex(column, "[\r\n]")
    return bool(compute.any(found).as_py())


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


def _calamine_error() -> type[Exception]:
    from python_calamine import CalamineError

    return CalamineError
