"""The shape of a file: what answers about it may be kept for the next one of the same shape."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.intake.files.unpack import names_in_zip
from mlpm_core.intake.metric_names import normal

if TYPE_CHECKING:
    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.table import Table

_ABOUT_BYTES = frozenset({"encoding", "sheet", "hidden_rows", "hours_per_day", "two_heads"})
_ABOUT_MARKS = frozenset({"decimal", "thousands"})
_START = 4096
_DIGITS = 10


class Shape(NamedTuple):
    """A file's first line, its header with the delimiter, and the marks in its numbers.

    Of a workbook it is not the first line, but what it is made of.

    Examples
    --------
    >>> Shape.read("a1.b2.c").fits("decimal", Shape("x", "b2", "p"))
    False
    >>> Shape.read("a1.b2.c").fits("date_order", Shape("x", "b2", "p"))
    True
    """

    start: str = ""
    header: str = ""
    marks: str = ""

    @classmethod
    def read(cls, text: str) -> Shape:
        """The shape that a receipt keeps."""
        return cls(*[*text.split("."), "", "", ""][:3])

    @property
    def text(self) -> str:
        """As a receipt keeps it."""
        return ".".join(self)

    def fits(self, key: str, other: Shape) -> bool:
        """Whether an answer that was given for this shape holds for another."""
        if key in _ABOUT_BYTES:
            return bool(self.start) and self.start == other.start
        if not self.header or self.header != other.header:
            return False
        return key not in _ABOUT_MARKS or self.marks == other.marks


def start_of_file(data: bytes) -> str:
    """What tells the first lines of files apart before anything else is known of them.

    Of a workbook, whose bytes hold the moment at which they were written, it is what it is made of.
    """
    if names := names_in_zip(data):
        return _short("\n".join(sorted(names)).encode("utf-8", "surrogateescape"))
    return _short(re.split(rb"[\r\n]", data[:_START], maxsplit=1)[0])


def header_shape(header: Header) -> str:
    """What tells headers apart: their delimiter and their names."""
    return _short(
        "\n".join([header.delimiter, *map(normal, header.cells)]).encode("utf-8", "surrogatepass")
    )


def marks_in(records: Table, header: Header, fields: Fields) -> str:
    """Which of point and comma stand in the numbers of a file."""
    marks = ""
    texts = [
        "".join(records.columns[j].cells)
        for j in header.numbers(fields)
        if not (records.columns[j].has_many and records.columns[j].numbers is not None)
    ]
    for mark, sign in ((",", "c"), (".", "p")):
        marks += sign if any(mark in text for text in texts) else ""
    return marks


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]
