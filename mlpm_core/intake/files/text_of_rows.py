"""Rows written down as the text of a CSV, held to the limit while it grows."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.messages import Refusal
from mlpm_core.records import kept_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.row_parts import Parts

_ENDS: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A table as the text of a CSV.

    ``rows`` gives for the line on which each record starts (both from 1) its row in the file;
    None when they are the same. ``parts`` tells apart rows of one number, of several sheets;
    ``left`` names sheets that were not read, ``part`` says which one was, where there are several.
    """

    data: bytes
    rows: dict[int, int] | None = None
    left: tuple[str, ...] = ()
    parts: Parts | None = None
    part: str = ""


def size(n_bytes: int) -> str:
    """A size as people read it."""
    return f"{n_bytes / 2**20:.0f} MB" if n_bytes >= 2**20 else f"{n_bytes} bytes"


def span_of(time: timedelta) -> str:
    """A span of time as it is written; nothing says in which unit a number would count it.

    Examples
    --------
    >>> span_of(timedelta(hours=30, seconds=5)), span_of(-timedelta(minutes=1))
    ('30:00:05', '-0:01:00')
    """
    minutes, seconds = divmod(abs(time).total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    sign = "-" if time < timedelta(0) else ""
    second = f"{seconds:02.0f}" if seconds.is_integer() else f"{seconds:09.6f}"
    return f"{sign}{hours}:{minutes:02}:{second}"


def over_limit(most_bytes: int) -> Refusal:
    """The refusal of what is larger than the limit, whatever it says of its size itself."""
    return Refusal.of("limit-size", got=f"more than {size(most_bytes)}", limit=size(most_bytes))


class TextOfRows:
    r"""The text of a CSV that grows row by row, and the row of the file for each of its lines.

    Examples
    --------
    >>> text = TextOfRows(most_bytes=100)
    >>> text.add(1, ["a", "b"])
    >>> text.add(4, ["1", "two\nlines"])
    >>> text.unpacked()
    Unpacked(data=b'a,b\n1,"two\nlines"\n', rows={1: 1, 2: 4}, left=(), parts=None, part='')
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._data = bytearray()
        self._writer = csv.writer(self, lineterminator="\n")
        self._starts: dict[int, int] = {}
        self._line, self._is_same = 1, True

    def add(self, row: int, cells: Sequence[str]) -> None:
        """One row of the file, by its number.

        Raises
        ------
        Refusal
            When the text is now larger than the limit.
        """
        self._note(row)
        cells = [kept_cell(cell) for cell in cells]
        if len(cells) == 1 and not cells[0]:
            self.write("\n")  # the writer would quote a lone empty cell
        else:
            self._writer.writerow(cells)
        self._line += 1 + sum(len(_ENDS.findall(x)) for x in cells if "\n" in x or "\r" in x)

    def add_lines(self, row: int, n_rows: int, text: bytes) -> None:
        """Rows in a row, each of which is one line of a text that is written already.

        Raises
        ------
        Refusal
            As ``add``.
        """
        if self._is_same and row == self._line:
            self._line += n_rows
        else:
            for i in range(n_rows):
                self._note(row + i)
                self._line += 1
        self._take(text)

    def expect(self, n_bytes: int) -> None:
        """Refuse text of which it is known, before it is made, that it is too much.

        Raises
        ------
        Refusal
            When it would make the text larger than the limit.
        """
        if len(self._data) + n_bytes > self._most_bytes:
            raise over_limit(self._most_bytes)

    def write(self, text: str) -> None:
        """What the writer of CSV hands on."""
        self._take(text.encode("utf-8", "surrogatepass"))

    def unpacked(
        self, left: Sequence[str] = (), parts: Parts | None = None, part: str = ""
    ) -> Unpacked:
        """All that was added."""
        rows = None if self._is_same else self._starts
        return Unpacked(bytes(self._data), rows, tuple(left), parts, part)

    def _take(self, text: bytes) -> None:
        self.expect(len(text))
        self._data += text

    def _note(self, row: int) -> None:
        """Which row the next line is; as long as all are the same, none needs to be kept."""
        if self._is_same and row != self._line:
            self._starts = {line: line for line in range(1, self._line)}
            self._is_same = False
        if not self._is_same:
            self._starts[self._line] = row
