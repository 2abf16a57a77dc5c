"""The XML inside a workbook, read element by element, once, and in time that grows with it alone.

Whatever a part says of its own size, what comes out of the archive is counted.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from mlpm_core.intake.files.text_of_rows import over_limit, size
from mlpm_core.intake.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mlpm_core.intake.profile import Limits

    Start = Callable[[str, Mapping[str, str]], None]


LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
_CHUNK: Final = 1 << 16
_LONGEST_TAG: Final = 1 << 20
_CELL: Final = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "ascii"})
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_TRUE: Final = frozenset({"1", "true"})
NO_RESULT: Final = "=a formula saved without its result"
"""What a cell is read as whose formula nobody computed."""


class Archive:
    """The parts of a workbook by their names, unpacked when they are asked for.

    Raises
    ------
    Refusal
        When it announces more than the limit.
    ValueError
        When two parts have one name.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._left = limits.file_bytes
        self._limits = limits
        total = sum(info.file_size for info in self._zip.infolist())
        if total > limits.file_bytes:
            raise Refusal.of("limit-size", got=size(total), limit=size(limits.file_bytes))
        self._parts = {info.filename.lower(): info for info in self._zip.infolist()}
        if len(self._parts) != len(self._zip.infolist()):
            raise ValueError("two parts have one name")

    def part(self, name: str) -> bytes | None:
        """What a part holds; None when there is none of that name.

        Raises
        ------
        Refusal
            When all that was unpacked so far is more than the limit.
        ValueError, zipfile.BadZipFile, zlib.error, EOFError
            When it is packed as no spreadsheet program packs, or damaged.
        """
        info = self._parts.get(name.lower())
        if info is None:
            return None
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("no spreadsheet program packs like that")
        out = bytearray()
        with self._zip.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                out += chunk
                if len(out) > self._left:
                    raise over_limit(self._limits.file_bytes)
        self._left -= len(out)
        return bytes(out)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, the part it is, and whether it is shown."""

    name: str
    part: str
    is_shown: bool


def check_part(part: bytes) -> None:
    """Refuse a part of which only another reader will make something, as all others are.

    Raises
    ------
    Refusal
        When it declares a type or entities of its own.
    ValueError
        When it is no XML.
    """
    _parse(part, lambda _, __: None)


def sheets_of(book: bytes, links: bytes) -> list[Sheet]:
    """The sheets with cells that a workbook lists, in its order.

    Raises
    ------
    Refusal, ValueError
        As ``Archive.part``, or when the XML is no workbook's.
    """
    parts: dict[str, str] = {}
    sheets: list[Sheet] = []

    def link(tag: str, has: Mapping[str, str]) -> None:
        if tag == "Relationship" and has.get("Type", "").endswith("/worksheet"):
            target = has.get("Target", "").lstrip("/")
            parts[has.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"

    def sheet(tag: str, has: Mapping[str, str]) -> None:
        if tag != "sheet":
            return
        given = {_local(name): value for name, value in has.items()}
        if (part := parts.get(given.get("id", ""))) is not None:
            is_shown = given.get("state", "visible") == "visible"
            sheets.append(Sheet(given.get("name", ""), part, is_shown))

    _parse(links, link)
    _parse(book, sheet)
    return sheets


def is_computed_on_load(book: bytes) -> bool:
    """Whether a workbook was written by a program that computes nothing.

    Such a program lets the next one compute its formulas, and writes 0 for each result until then.
    """
    found = False

    def start(tag: str, has: Mapping[str, str]) -> None:
        nonlocal found
        found = found or (tag == "calcPr" and has.get("fullCalcOnLoad") in _TRUE)

    _parse(book, start)
    return found


def text_lengths(strings: bytes) -> list[int]:
    """How many characters each of the texts has that the cells of all sheets share.

    Raises
    ------
    Refusal, ValueError
        As ``sheets_of``.
    """
    lengths: list[int] = []
    is_reading = False

    def start(tag: str, _: Mapping[str, str]) -> None:
        nonlocal is_reading
        if tag == "si":
            lengths.append(0)
        is_reading = tag == "t" and bool(lengths)

    def text(data: str) -> None:
        if is_reading:
            lengths[-1] += len(data)

    _parse(strings, start, text)
    return lengths


@dataclass(slots=True)
class SheetScan:
    """What a sheet's XML says of its cells, without their values.

    Attributes
    ----------
    n_rows, n_columns : int
        The last row and column, from 1, that hold anything.
    errors : list of tuple
        Row, column and text of every error cell, which a reader of values leaves empty, and of
        every formula that was saved without its result.
    hidden_rows, hidden_columns : set of int
        From 1.
    """

    n_rows: int = 0
    n_columns: int = 0
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    @property
    def n_shown(self) -> int:
        """How many cells the rows and columns make that are not hidden, empty ones included."""
        n_rows = self.n_rows - sum(row <= self.n_rows for row in self.hidden_rows)
        hidden = sum(column <= self.n_columns for column in self.hidden_columns)
        return n_rows * (self.n_columns - hidden)

    @classmethod
    def of(
        cls, sheet: bytes, lengths: list[int], most_chars: int, *, is_computed: bool = True
    ) -> SheetScan:
        """Look through a sheet.

        Parameters
        ----------
        lengths : list of int
            Of the shared texts.
        most_chars : int
            The most that the texts of its cells may be together.
        is_computed : bool
            Is a formula whose result is 0 known to be 0? See ``is_computed_on_load``.

        Raises
        ------
        Refusal
            When its shared texts are too large once each stands in its cells.
        ValueError
            When a cell lies where no sheet has one, or names a text that is not there.
        """
        return _SheetReader(lengths, most_chars, is_computed=is_computed).scan(sheet)


class _SheetReader:
    """The position in a sheet while it is read."""

    def __init__(self, lengths: list[int], most_chars: int, *, is_computed: bool) -> None:
        self.no_result = ("",) if is_computed else ("", "0")
        self.lengths, self.most_chars, self.n_chars = lengths, most_chars, 0
        self.scanned = SheetScan()
        self.row, self.column = 0, 0
        self.kind: str | None = None
        self.text: list[str] | None = None
        self.is_formula = False  # whose result did not come yet
        self.hides: dict[int, int] = {}  # where columns begin and cease to be hidden

    def scan(self, sheet: bytes) -> SheetScan:
        _parse(sheet, self.start, self.characters)
        self.settle()
        depth = 0
        for column in range(1, LAST_COLUMN + 1):
            depth += self.hides.get(column, 0)
            if depth:
                self.scanned.hidden_columns.add(column)
        return self.scanned

    def start(self, tag: str, has: Mapping[str, str]) -> None:
        match tag:
            case "c":
                if self.text is not None or self.is_formula:
                    self.settle()
                self.place(has.get("r"))
                self.kind = has.get("t")
            case "v" | "is" if self.row:
                if self.row > self.scanned.n_rows:
                    self.scanned.n_rows = self.row
                if self.column > self.scanned.n_columns:
                    self.scanned.n_columns = self.column
                is_read = tag == "v" and (self.is_formula or self.kind in ("s", "e"))
                self.text = [] if is_read else None
            case "f" if self.row:
                self.is_formula, self.text = True, None
            case "row":
                self.settle()
                self.row = _number(has["r"], LAST_ROW) if "r" in has else self.row + 1
                self.column = 0
                if self.row > LAST_ROW:
                    raise ValueError("a row below the last")
                if has.get("hidden") in _TRUE:
                    self.scanned.hidden_rows.add(self.row)
            case "col" if has.get("hidden") in _TRUE and "min" in has:
                first = _number(has["min"], LAST_COLUMN)
                last = min(_number(has.get("max", has["min"])), LAST_COLUMN)
                if first <= last:
                    self.hides[first] = self.hides.get(first, 0) + 1
                    self.hides[last + 1] = self.hides.get(last + 1, 0) - 1
            case _:
                self.settle()

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def place(self, at: str | None) -> None:
        """The position of a cell, which may leave it to the order of cells."""
        if at is None:
            self.column += 1
        else:
            named = _CELL.fullmatch(at)
            if named is None or (row := int(named[2])) > LAST_ROW:
                raise ValueError(f"no cell is called {at[:20]}")
            self.row, self.column = row, _column(named[1])
        if self.column > LAST_COLUMN:
            raise ValueError("a column beyond the last")

    def settle(self) -> None:
        """What the text of the cell before this element meant."""
        is_formula, self.is_formula = self.is_formula, False
        if self.text is None:
            if is_formula:
                self.scanned.errors.append((self.row, self.column, NO_RESULT))
            return
        text, self.text = "".join(self.text).strip(), None
        if is_formula and self.kind not in ("s", "e"):
            if text in self.no_result and self.kind != "str":
                self.scanned.errors.append((self.row, self.column, NO_RESULT))
            return
        if self.kind == "e":
            self.scanned.errors.append((self.row, self.column, text))
            return
        number = _number(text)
        if number >= len(self.lengths):
            raise ValueError("a text that is not there")
        self.n_chars += self.lengths[number]
        if self.n_chars > self.most_chars:
            raise over_limit(self.most_chars)


def _number(text: str, most: int | None = None) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(f"{text[:20]!r} is no number")
    number = int(text)
    if most is not None and not 1 <= number <= most:
        raise ValueError(f"{number} lies outside a sheet")
    return number


@lru_cache(maxsize=LAST_COLUMN)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def _parse(xml: bytes, start: Start, text: Callable[[str], None] | None = None) -> None:
    """Hand every element of a part on, and its text.

    Raises
    ------
    Refusal
        When it declares a type or entities of its own.
    ValueError
        When it is no XML, or holds a tag longer than any spreadsheet program writes.
    """
    parser = expat.ParserCreate()

    def unsafe(*_: object) -> None:
        raise Refusal.of("unsafe-file")

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise ValueError(f"encoded in {encoding[:20]}")

    def begun(tag: str, has: Mapping[str, str]) -> None:
        start(_local(tag), has)

    parser.StartDoctypeDeclHandler = unsafe
    parser.EntityDeclHandler = unsafe
    parser.XmlDeclHandler = declared
    parser.StartElementHandler = begun
    if text is not None:
        parser.CharacterDataHandler = text
    if xml.startswith(_BOMS):
        raise Refusal.of("unsafe-file")
    n_fed = 0
    try:
        for chunk in _chunks(xml):
            parser.Parse(chunk, False)
            n_fed += len(chunk)
            # What is not yet understood is looked at again with every chunk.
            if n_fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise ValueError("a tag without an end")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def _chunks(data: bytes) -> Iterable[memoryview]:
    whole = memoryview(data)
    return (whole[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
