"""The line of a header that names no field, by its shape among the lines about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.dates import moment
from mlpm_core.intake.files.lines import is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    _At = Callable[[int, str], tuple[list[str], int]]

LEAST: Final = 2
"""Cells that a line of a table has."""
_NUMBER: Final = re.compile(r"\W*[0-9][0-9.,\s/:-]*\W*")


def likeliest(delimiters: Sequence[str], first: int, end: int, at: _At) -> str:
    """The delimiter of a header that names no field: one that cuts its next line alike."""

    def width(delimiter: str) -> int:
        cells, below = at(first, delimiter)
        is_alike = below < end and len(at(below, delimiter)[0]) == len(cells)
        return len(cells) if is_alike else 0

    return max(delimiters, key=width)


def wider(delimiters: Sequence[str], first: int, end: int, at: _At) -> tuple[int, str] | None:
    """The first line of names, or dates, below a head of fewer cells, above another such line."""

    def n_filled(i: int, delimiter: str) -> int:
        return sum(not is_blank(cell) for cell in at(i, delimiter)[0])

    def has_gaps(delimiter: str) -> bool:  # as names have that stand above several columns
        cells = at(first, delimiter)[0]
        return not all(map(is_blank, cells[n_filled(first, delimiter) :]))

    if any(map(has_gaps, delimiters)):
        return None
    for i in range(first + 1, end):
        for delimiter in delimiters:
            cells, below = at(i, delimiter)
            n = n_filled(i, delimiter)
            numbers = [cell for cell in cells if _NUMBER.fullmatch(cell)]
            is_name = all(moment(cell.strip(), "dmy", None) is not None for cell in numbers)
            is_wider = n > max(LEAST, n_filled(first, delimiter)) and below < end
            if is_name and is_wider and n_filled(below, delimiter) >= n - 1:
                return i, delimiter
    return None
