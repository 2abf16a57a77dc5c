"""What a file is: its type by its first bytes, and its text in the encoding it was written in."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from mlpm_core.intake.files.cost_exports import bill_of
from mlpm_core.intake.files.decoded_text import Text
from mlpm_core.intake.files.encodings import likeliest
from mlpm_core.intake.files.json_rows import rows_of_json
from mlpm_core.intake.files.layouts import laid_out
from mlpm_core.intake.files.parquet_file import unpacked_parquet
from mlpm_core.intake.files.printed_tables import is_of_bars, printed_table
from mlpm_core.intake.files.text_of_rows import size
from mlpm_core.intake.files.tool_reports import report_of
from mlpm_core.intake.files.tracker_exports import issues_of
from mlpm_core.intake.files.unpack import unpacked_gzip, zip_member
from mlpm_core.intake.files.workbook import unpacked_workbook
from mlpm_core.intake.messages import Refusal, question, shown, warned
from mlpm_core.intake.profile import MIXED, NONE_OF_THESE
from mlpm_core.records import Cost, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Record

_OLD_WORKBOOK = "an XLS workbook"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
"""What a workbook with a password lies in, within a file that begins as an XLS workbook does."""
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_WORKBOOK),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF87a", "an image"),
    (b"GIF89a", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
)
_LOOKS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"PAR1[^ -~\t\r\n]"), "a Parquet file"),
    (re.compile(rb"RIFF.{4}WEBP", re.S), "an image"),
    (re.compile(rb"BM.{4}\0\0\0\0", re.S), "an image"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "a bzip2 archive"),
)
_MARKUP: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"<(!doctype\s+html|html|head|body|script|table)\b", re.I), "an HTML page"),
    (re.compile(rb"<(\?xml|!doctype|!--)", re.I), "an XML document"),
    (re.compile(rb'\{\s*("|\}$)|\[\s*(\{|\[|"|\]$|-?\d+\s*[,\]])'), "a JSON document"),
)
_NAMED = {
    "xlsx": "an XLSX workbook",
    "xlsm": "an XLSX workbook",
    "xls": _OLD_WORKBOOK,
    "parquet": "a Parquet file",
    "pq": "a Parquet file",
    "gz": "a gzip archive",
    "zip": "a zip archive",
    "pdf": "a PDF document",
    "json": "a JSON document",
    "jsonl": "a JSON document",
    "ndjson": "a JSON document",
    "html": "an HTML page",
    "htm": "an HTML page",
    "xml": "an XML document",
    "sqlite": "an SQLite database",
    "png": "an image",
    "jpg": "an image",
    "gif": "an image",
}
_GZIP, _ZIP, _WORKBOOK = "a gzip archive", "a zip archive", "an XLSX workbook"
_JSON = "a JSON document"
_PACKED = frozenset({_GZIP, _ZIP, _WORKBOOK, _JSON, "a Parquet file"})

_BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CANDIDATES = ("cp1252", "cp932", "gb18030", "cp949", "big5", "euc_jp")
_OF_ANY_BYTES = (
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859-2", "koi8-r", "cp866"),
    *("mac-roman", "cp850", "iso8859-15"),
)
_WITHOUT_BOM = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_MOST_SHOWN, _MOST_LINES = 8, 3


def text_of(
    data: bytes,
    filename: str,
    record: type[Record],
    profile: Profile,
    limits: Limits,
    is_header: Callable[[Sequence[str]], bool],
) -> Text:
    """The text of a file; a report of another tool is turned into the CSV of the record.

    Parameters
    ----------
    is_header : callable
        Whether cells are a header that is known; it chooses the sheet of a workbook.

    Raises
    ------
    Refusal
        When it is too large, no text, or its encoding is a question.
    """
    is_printed = profile.reads_layouts and is_of_bars(data)  # its rule is no row of a tool's
    made = None if is_printed else _of_tool(data, record, profile, limits)
    if made is not None:
        return made
    text = _unpacked_text(data, filename, profile, limits, is_header)
    if profile.reads_layouts:
        text = laid_out(text, record, profile, is_header)
    if text.data is data or profile.is_replay:
        return text
    made = _of_tool(text.data, record, profile, limits)  # packed, or in another encoding
    if made is None:
        return text
    return replace(
        made, left=text.left, warnings=(*text.warnings, *made.warnings), n_left=text.n_left,
        part=text.part,
    )  # fmt: skip


def _of_tool(data: bytes, record: type[Record], profile: Profile, limits: Limits) -> Text | None:
    """The export of a tool as the CSV of the record; None when it is none that is known."""
    bill = bill_of(data, profile, limits) if record is Cost else None
    if bill is not None:
        text = _made(bill.data, limits)
        added = warned("bill-added", bill.n_lines, n=bill.n_lines)
        return replace(text, warnings=(added,) if bill.n_lines else ())
    issues = issues_of(data, profile, limits) if record is Task else None
    if issues is not None:
        text = _made(issues.data, limits)
        return replace(text, rows=issues.rows, warnings=issues.warnings)
    report = report_of(data, record, profile, limits)
    if report is None:
        return None
    return replace(_made(report.data, limits), unread=report.unread)


def _made(data: bytes, limits: Limits) -> Text:
    """A text that was made here, whatever was answered of the encoding of its file."""
    if len(data) > limits.file_bytes:
        raise Refusal.of("limit-size", got=size(len(data)), limit=size(limits.file_bytes))
    return _decoded(data, b"", "utf-8")


def _unpacked_text(
    data: bytes,
    filename: str,
    profile: Profile,
    limits: Limits,
    is_header: Callable[[Sequence[str]], bool],
) -> Text:
    """The text of a file, whatever it is packed as."""
    kind = _type(data, filename)
    if kind == _ZIP:
        member = zip_member(data, filename, profile, limits)
        if _type(member.data, member.filename) == _ZIP:
            raise Refusal.of("unread-type", file=filename, type="an archive inside an archive")
        text = _unpacked_text(member.data, member.filename, profile, limits, is_header)
        text = member.numbered(text).of_part(member.part)
        said = (warned("extra-member", names=[*member.left]),) if member.left else ()
        return replace(text, warnings=(*said, *text.warnings))
    if kind == _GZIP:
        data, filename = unpacked_gzip(data, filename, limits), filename.rpartition(".")[0]
        kind = _type(data, filename)
        if kind not in (None, _JSON):
            raise Refusal.of("wrong-type", file=filename, type="an archive inside an archive")
    if kind == _JSON:
        has_lines = not filename.lower().endswith(".json")
        rows = rows_of_json(data, limits, has_lines=has_lines)
        if rows is None:
            raise Refusal.of("unknown-report", file=filename, type=kind)
        return replace(_made(rows.data, limits), rows=rows.rows)
    if kind is not None:
        unpacked = (
            unpacked_workbook(data, filename, profile, limits, is_header)
            if kind == _WORKBOOK
            else unpacked_parquet(data, filename, limits, is_replay=profile.is_replay)
        )
        text = _plain_text(unpacked.data, profile, limits)
        text = replace(text, rows=unpacked.rows, left=unpacked.left, parts=unpacked.parts)
        return text.of_part(unpacked.part)
    text = _plain_text(data, profile, limits)
    printed = None if profile.is_replay else printed_table(text.data)
    if printed is None:
        return text
    return replace(text, data=printed.data, rows=printed.rows, warnings=printed.warnings)


def _plain_text(data: bytes, profile: Profile, limits: Limits) -> Text:
    bom, bom_encoding = next(((b, e) for b, e in _BOMS if data.startswith(b)), (b"", ""))
    if len(data) > limits.file_bytes:
        raise Refusal.of("limit-size", got=size(len(data)), limit=size(limits.file_bytes))
    if profile.encoding in _WITHOUT_BOM:
        return _decoded(data, b"", profile.encoding)
    if bom_encoding not in ("utf-16", "utf-32") and (
        b"\x00" in data and (data.endswith(b"\x00") or data.count(b"\x00") * 10 > len(data))
    ):
        if profile.encoding is None and not profile.is_replay:
            _ask_without_bom(data)
        raise Refusal.of("nul-file")
    if bom_encoding == "utf-8":
        marked = _decoded(data, bom, "utf-8")
        if not marked.has_bad_bytes or profile.is_replay:
            return marked
        data = data[len(bom) :]  # somebody added to it in another encoding
        bom_encoding = ""
    if bom_encoding:
        return _with_bom(data, bom, bom_encoding, profile)
    if profile.encoding == NONE_OF_THESE:
        return _decoded(data, b"", "utf-8")
    if profile.encoding == MIXED:
        return Text(_line_by_line(data).encode(), "utf-8", b"", has_bad_bytes=False)
    if profile.encoding not in (None, "utf-16", "utf-32"):
        return _decoded(data, b"", profile.encoding)
    as_utf_8 = _decoded(data, b"", "utf-8")
    if not as_utf_8.has_bad_bytes:
        return as_utf_8
    fitting = encodings_of(data)
    if fitting:
        previews = [f"{e}: {_preview(data.decode(e))}" for e in fitting]
        if _is_mixed(data):
            fitting = [MIXED, *fitting]
            previews = [f"{MIXED}: {_preview(_line_by_line(data))}", *previews]
        previews.append(f"{NONE_OF_THESE}: the lines with such bytes are faulty")
        choices = [*fitting, NONE_OF_THESE]
        raise Refusal(questions=[question("encoding", "encoding", choices, preview=previews)])
    return as_utf_8


def _is_mixed(data: bytes) -> bool:
    """Whether some lines are UTF-8 beyond ASCII, and all others are cp1252."""
    beyond = [line for line in data.split(b"\n") if not line.isascii()]
    n_utf_8 = sum(_fits(line, "utf-8") for line in beyond)
    return 0 < n_utf_8 < len(beyond) and _fits(data, "cp1252")


def _line_by_line(data: bytes) -> str:
    """A text of which each line is UTF-8 or, where it is not, cp1252."""
    lines = data.split(b"\n")
    return "\n".join(x.decode("utf-8" if _fits(x, "utf-8") else "cp1252") for x in lines)


def _ask_without_bom(data: bytes) -> None:
    """Ask whether a text full of NUL is one of two or four bytes a character."""
    fitting = [e for e in _WITHOUT_BOM if _fits(data, e) and _is_text(data.decode(e))]
    if fitting:
        previews = [f"{e}: {_preview(data.decode(e))}" for e in fitting]
        previews.append(f"{NONE_OF_THESE}: the file is no text")
        choices = [*fitting, NONE_OF_THESE]
        raise Refusal(questions=[question("encoding", "encoding", choices, preview=previews)])


def _is_text(text: str) -> bool:
    """Whether a text has lines of several cells, and nothing that no text holds."""
    first = text.partition("\n")[0]
    return "\n" in text and any(d in first for d in ",;\t|") and "\0" not in text


def _type(data: bytes, filename: str) -> str | None:
    """What a file is packed as; None for text. Its content must agree with its name."""
    bom = next((b for b, _ in _BOMS if data.startswith(b)), b"")
    head = data[:4096]
    start = head[len(bom) :].lstrip()
    looks = next((t for s, t in _SIGNATURES if head.startswith(s)), None)
    looks = looks or next((t for p, t in _LOOKS if p.match(head)), None)
    looks = looks or next((t for p, t in _MARKUP if p.match(start)), None)
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    named = _NAMED.get(extension)
    if looks == _ZIP != named and (b"[Content_Types].xml" in data or b"xl/workbook" in data):
        looks = _WORKBOOK
    file = filename or "The file"
    if looks == _OLD_WORKBOOK and _LOCKED in data:
        raise Refusal.of("locked-workbook", file=file)
    if looks is not None and looks == named and looks in _PACKED:
        return looks
    if looks is not None and looks == named:
        raise Refusal.of("unread-type", file=file, type=looks)
    if looks is not None or (named is not None and data):
        raise Refusal.of("wrong-type", file=file, type=looks or "text")
    return None


def _decoded(data: bytes, bom: bytes, encoding: str) -> Text:
    body = data[len(bom) :] if bom else data
    if encoding == "utf-8" and body.isascii():
        return Text(body, encoding, bom, has_bad_bytes=False)
    try:
        text = body.decode(encoding)
        is_same = encoding == "utf-8"
        return Text(body if is_same else text.encode(), encoding, bom, has_bad_bytes=False)
    except UnicodeDecodeError:
        pass
    try:
        text = body.decode(encoding, "surrogateescape")
        return Text(text.encode("utf-8", "surrogateescape"), encoding, bom, has_bad_bytes=True)
    except UnicodeDecodeError as error:  # UTF-16 and UTF-32 cannot carry a stray byte along
        raise Refusal.of(
            "bad-encoding", line=1, byte=error.start + 1, encoding=encoding.upper()
        ) from error


def _with_bom(data: bytes, bom: bytes, encoding: str, profile: Profile) -> Text:
    decoded = _decoded(data[len(bom) :], b"", f"{encoding}-{'le' if bom[0] == 0xFF else 'be'}")
    if profile.encoding != encoding:
        preview = [f"{encoding}: {_preview(decoded.data.decode(errors='replace'))}"]
        raise Refusal(questions=[question("encoding", "encoding", [encoding], preview=preview)])
    return Text(decoded.data, encoding, bom, decoded.has_bad_bytes)


def encodings_of(data: bytes) -> list[str]:
    """The encodings that a text may be written in, the likeliest first; of those alike, one.

    Those in which any bytes are text are candidates only beside one that says more.

    Examples
    --------
    >>> encodings_of("Präzision;Größe".encode("cp1252"))[:2]
    ['cp1252', 'cp850']
    """
    fitting = [e for e in _CANDIDATES if _fits(data, e)]
    if fitting:
        fitting += [e for e in _OF_ANY_BYTES if _fits(data, e)]
    of_text: dict[int, str] = {}
    for encoding in likeliest(data, fitting):
        of_text.setdefault(hash(data.decode(encoding)), encoding)
    return [*of_text.values()][:_MOST_SHOWN]


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _preview(text: str) -> str:
    """The first lines that tell encodings apart."""
    telling = (line for line in text.splitlines() if not line.isascii())
    first = list(islice(telling, _MOST_LINES)) or text.splitlines()[:1]
    return " / ".join(map(shown, first))
