"""A text that is read as a table and written anew, with the row of the file for each line."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.messages import warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.row_parts import Parts

    Rows = list[tuple[int, list[str]]]

DELIMITERS: Final = (",", ";", "\t", "|")
_WITHIN: Final = 20  # lines
_START: Final = 1 << 16  # bytes that hold them


def first_lines(text: Text) -> list[str]:
    """The lines in which a table shows how it is laid out."""
    start = text.data[:_START].decode("utf-8", "replace")
    return start.splitlines()[:_WITHIN]


def records_of(text: Text, delimiter: str) -> Rows:
    """Every record with the line on which it starts, from 1."""
    data = text.data.decode("utf-8", "surrogateescape")
    return [*_with_lines(csv.reader(io.StringIO(data, newline=""), delimiter=delimiter))]


def _with_lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num  # type: ignore[attr-defined]


def n_named(header: Sequence[str]) -> int:
    """How many columns there are up to the last that has a name.

    Examples
    --------
    >>> n_named(["metric", "", "2026-01", " "])
    3
    """
    return max((j for j, cell in enumerate(header, start=1) if not is_blank(cell)), default=0)


def surplus_of(cells: Sequence[str], width: int) -> list[str]:
    """The cells of a record behind the last column, if any holds something: its cells have shifted.

    They go with what is made of the record, so that it is rejected as it would be untouched.

    Examples
    --------
    >>> surplus_of(["a", "1", "234.5", "7"], 3), surplus_of(["a", "1", "2", " "], 3)
    (['7'], [])
    """
    surplus = [*cells[width:]]
    return [] if all(map(is_blank, surplus)) else surplus


def with_short_ones_said(text: Text, places: Sequence[str]) -> Text:
    """A text that was written anew, with the rows named that ended before their last column.

    Spreadsheets leave trailing empty cells out; where a cell is lost instead, others have shifted.
    """
    if not places:
        return text
    said = warned("short-records", len(places), names=[*places])
    return replace(text, warnings=(*text.warnings, said))


class TableText:
    """A table that is written anew, with the row of the file for each of its lines."""

    def __init__(self, delimiter: str) -> None:
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, delimiter=delimiter, lineterminator="\n")
        self.rows: dict[int, int] = {}
        self._line = 1

    def add(self, row: int, cells: Sequence[str]) -> None:
        """One row, by its number in the file."""
        self.rows[self._line] = row
        self._writer.writerow(cells)
        self._line += 1 + sum(len(re.findall(r"\r\n|\r|\n", c)) for c in cells)

    @property
    def data(self) -> bytes:
        """All that was added."""
        return self._text.getvalue().encode("utf-8", "surrogateescape")


def number_at(text: Text, line: int, parts: Parts | None, added: int) -> int:
    """The number of a record that is made of a line, as one of several parts where it is."""
    return text.row_at(line) + (0 if parts is None else added)
