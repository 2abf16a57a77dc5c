"""What came in gzip or zip, unpacked and counted on the way out."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from mlpm_core.intake.files.text_of_rows import over_limit
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.row_parts import Parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Question

_FIRST, _LARGEST = 1 << 8, 1 << 20
_MOST_MEMBERS: Final = 100_000  # a block-wise packer writes one for every 64 kB
_PADDING: Final = re.compile(rb"\x00*")
_MOST_FILES: Final = 1000  # of a zip archive
_MOST_LISTED: Final = 50
_READ: Final = (
    ".csv", ".tsv", ".txt", ".csv.gz", ".xlsx", ".xlsm", ".parquet", ".pq", ".json", ".jsonl",
    ".ndjson",
)  # fmt: skip
_TEXTS: Final = (".csv", ".tsv", ".txt")
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_HEADER: Final = 1 << 14
_ZIP: Final = b"PK\x03\x04"
_ZIP_FAULTS: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError,
    NotImplementedError,
)  # fmt: skip


ALL_FILES: Final = "all files"
"""The answer that takes every file with the same first line, one below the other."""


class Member(NamedTuple):
    """One file of an archive, or several as one, and the names of those that are left.

    ``lines`` says how many lines of each of several files stand in it, the header of the first.
    """

    data: bytes
    filename: str
    left: tuple[str, ...]
    lines: tuple[tuple[str, int], ...] = ()

    @property
    def part(self) -> str:
        """Which part of its archive it is, where that holds others."""
        return ALL_FILES if self.lines else f"file {shown(self.filename)}" if self.left else ""

    def numbered(self, text: Text) -> Text:
        """A text that was made of several files, with the line of its file for each of its own."""
        if not self.lines or text.rows is not None:
            return text
        names = [f"file {name}" for name, _ in self.lines]
        parts = Parts.of(max(n for _, n in self.lines) + 1, names)
        rows, at = {}, 0
        for part, (_, n) in enumerate(self.lines):
            first = 1 if part == 0 else 2  # the header of the others is not in the text
            for own in range(first, first + n):
                at += 1
                rows[at] = own if parts is None else parts.number(own, part)
        return replace(text, rows=rows, parts=parts)


def names_in_zip(data: bytes) -> list[str]:
    """The names of the files of an archive, which a workbook is, too; none of other files."""
    if not data.startswith(_ZIP):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except _ZIP_FAULTS:
        return []


def zip_member(data: bytes, filename: str, profile: Profile, limits: Limits) -> Member:
    """The file that a zip archive holds, or that of several which was answered.

    Raises
    ------
    Refusal
        When it is damaged, encrypted, larger than the limit once unpacked or holds nothing that is
        read; or with the question which of several files it is.
    """
    try:
        return _member_of_zip(data, filename, profile, limits)
    except _ZIP_FAULTS:
        raise Refusal.of("unread-type", file=filename, type="a damaged zip archive") from None


def _member_of_zip(data: bytes, filename: str, profile: Profile, limits: Limits) -> Member:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if len(infos) > _MOST_FILES:
            kind = f"a zip archive of more than {_MOST_FILES:,} files"
            raise Refusal.of("unread-type", file=filename, type=kind)
        if any(info.filename.lower() == "xl/workbook.xml" for info in infos):
            raise Refusal.of("wrong-type", file=filename, type="an XLSX workbook")
        files = [info for info in infos if not info.is_dir() and not _is_hidden(info.filename)]
        read = [info for info in files if info.filename.lower().endswith(_READ)]
        if not read:
            names = ", ".join(shown(info.filename) for info in files[:_MOST_LISTED]) or "nothing"
            raise Refusal.of("nothing-in-archive", file=filename, names=names)
        if any(info.flag_bits & 1 for info in read):
            raise Refusal.of("unread-type", file=filename, type="an encrypted zip archive")
        alike = _with_one_header(archive, read)
        chosen = [info for info in read if info.filename.strip() == profile.member] or read
        if profile.member == ALL_FILES and len(alike) > 1:
            chosen = alike
        elif len(chosen) > 1:
            raise Refusal(questions=[_about_members(archive, read, alike)])
        pieces, left_bytes = [], limits.file_bytes
        for info in chosen:
            pieces.append(_unpacked(archive, info, left_bytes, limits.file_bytes))
            left_bytes -= len(pieces[-1])
        left = tuple(shown(info.filename) for info in files if info not in chosen)
        name = chosen[0].filename.rpartition("/")[2]
        if len(chosen) == 1:
            return Member(pieces[0], name, left)
        return _below_each_other(pieces, [shown(info.filename) for info in chosen], left)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, most: int) -> bytes:
    out = bytearray()
    with archive.open(info) as stream:
        while len(out) <= left and (piece := stream.read(_LARGEST)):
            out += piece
    if len(out) > left:
        raise over_limit(most)
    return bytes(out)


def _with_one_header(
    archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]
) -> list[zipfile.ZipInfo]:
    """The texts whose first line is that of the first of them."""
    texts = [i for i in infos if i.filename.lower().endswith(_TEXTS)][:_MOST_LISTED]
    first = [_start(archive, info) for info in texts]
    return [i for i, line in zip(texts, first, strict=True) if line and line == first[0]]


def _start(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The first line of a file, without the mark of its encoding."""
    with archive.open(info) as stream:
        lines = stream.read(_LONGEST_HEADER).removeprefix(_BOM).splitlines()
    return lines[0] if lines and b"\x00" not in lines[0] else b""


def _below_each_other(
    pieces: Sequence[bytes], names: Sequence[str], left: tuple[str, ...]
) -> Member:
    """Files with one header as one."""
    joined, lines = [], []
    for i, (piece, name) in enumerate(zip(pieces, names, strict=True)):
        rows = re.split(rb"\r\n|\r|\n", piece.removeprefix(_BOM))
        rows = rows[i > 0 : len(rows) - (rows[-1] == b"")]
        joined += rows
        lines.append((name, len(rows)))
    return Member(b"\n".join(joined) + b"\n", f"{names[0]}", left, tuple(lines))


def _about_members(
    archive: zipfile.ZipFile, read: Sequence[zipfile.ZipInfo], alike: Sequence[zipfile.ZipInfo]
) -> Question:
    listed = read[:_MOST_LISTED]
    choices = [info.filename.strip() for info in listed]
    preview = [f"{i.filename.strip()}: {_first_line(archive, i)}" for i in listed]
    if len(alike) > 1:
        choices.append(ALL_FILES)
        names = ", ".join(shown(info.filename) for info in alike)
        preview.append(f"{ALL_FILES}: {names}, one below the other")
    return question("member", "member", choices, preview=preview)


def _is_hidden(name: str) -> bool:
    """Whether a program put a file there for itself, as macOS does."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith((".", "~$"))


def _first_line(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    """The first line of a text, for a question; of anything else its size."""
    plain = f"{info.file_size:,} bytes"
    if not info.filename.lower().endswith(_TEXTS):
        return plain
    return f"{shown(_start(archive, info).decode('utf-8', 'replace'))} ({plain})"


def unpacked_gzip(data: bytes, filename: str, limits: Limits) -> bytes:
    """What a gzip archive holds, all its members one after the other.

    Raises
    ------
    Refusal
        When it is damaged, or larger than the limit once unpacked.
    """
    out = bytearray()
    at, n_members = 0, 0
    while at < len(data):
        n_members += 1
        if n_members > _MOST_MEMBERS:
            kind = f"a gzip archive of more than {_MOST_MEMBERS:,} parts"
            raise Refusal.of("wrong-type", file=filename, type=kind)
        try:
            at = _member(data, at, out, limits.file_bytes)
        except zlib.error:
            raise Refusal.of("wrong-type", file=filename, type="a damaged gzip archive") from None
        except EOFError:
            kind = "a gzip archive that is cut off"
            raise Refusal.of("wrong-type", file=filename, type=kind) from None
        padding = _PADDING.match(data, at)
        at = padding.end() if padding else at
    return bytes(out)


def _member(data: bytes, at: int, out: bytearray, most: int) -> int:
    """Unpack one member, and return where it ends.

    What lies behind a member is handed back as a copy, so that a small one must be given little
    beyond itself: pieces begin small and grow.
    """
    stream = zlib.decompressobj(wbits=31)
    piece = _FIRST
    while not stream.eof:
        if at >= len(data):
            raise EOFError
        rest = data[at : at + piece]
        at += len(rest)
        piece = min(2 * piece, _LARGEST)
        while rest and not stream.eof:
            out += stream.decompress(rest, min(_LARGEST, most + 1 - len(out)))
            rest = stream.unconsumed_tail
            if len(out) > most:
                raise over_limit(most)
    return at - len(stream.unused_data)
