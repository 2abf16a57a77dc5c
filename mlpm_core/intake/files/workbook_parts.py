"""The XML inside a workbook, read element by element, once, and in time that grows with it alone.

Whatever a part says of its own size, what comes out of the archive is counted.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from mlpm_core.intake.files.text_of_rows import over_limit, size
from mlpm_core.intake.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mlpm_core.intake.profile import Limits

    Start = Callable[[str, Mapping[str, str]], None]


_CHUNK: Final = 1 << 16
_LONGEST_TAG: Final = 1 << 20
_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "ascii"})
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
TRUE: Final = frozenset({"1", "true"})


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
    parse(part, lambda _, __: None)


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

    parse(links, link)
    parse(book, sheet)
    return sheets


def is_computed_on_load(book: bytes) -> bool:
    """Whether a workbook was written by a program that computes nothing.

    Such a program lets the next one compute its formulas, and writes 0 for each result until then.
    """
    found = False

    def start(tag: str, has: Mapping[str, str]) -> None:
        nonlocal found
        found = found or (tag == "calcPr" and has.get("fullCalcOnLoad") in TRUE)

    parse(book, start)
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

    parse(strings, start, text)
    return lengths


def _local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def parse(xml: bytes, start: Start, text: Callable[[str], None] | None = None) -> None:
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
