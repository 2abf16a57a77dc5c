"""What the XML of a sheet says of its cells beside their values: faults, what is hidden, signs."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.text_of_rows import over_limit
from mlpm_core.intake.files.workbook_parts import TRUE, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
_CELL: Final = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
NO_RESULT: Final = "=a formula saved without its result"
"""What a cell is read as whose formula nobody computed."""


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
    signed : dict of array
        By the signs before and behind them, which cells show these: the cells before each in the
        rows of a sheet, all columns wide.
    """

    n_rows: int = 0
    n_columns: int = 0
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    signed: dict[tuple[str, str], array[int]] = field(default_factory=dict)

    @property
    def n_shown(self) -> int:
        """How many cells the rows and columns make that are not hidden, empty ones included."""
        n_rows = self.n_rows - sum(row <= self.n_rows for row in self.hidden_rows)
        hidden = sum(column <= self.n_columns for column in self.hidden_columns)
        return n_rows * (self.n_columns - hidden)

    @classmethod
    def of(
        cls,
        sheet: bytes,
        lengths: list[int],
        most_chars: int,
        signs: Mapping[str, tuple[str, str]] | None = None,
        *,
        is_computed: bool = True,
    ) -> SheetScan:
        """Look through a sheet.

        Parameters
        ----------
        lengths : list of int
            Of the shared texts.
        most_chars : int
            The most that the texts of its cells may be together.
        signs : mapping, optional
            What cells of a style show about their numbers.
        is_computed : bool
            Is a formula whose result is 0 known to be 0? See ``is_computed_on_load``.

        Raises
        ------
        Refusal
            When its shared texts are too large once each stands in its cells.
        ValueError
            When a cell lies where no sheet has one, or names a text that is not there.
        """
        return _SheetReader(lengths, most_chars, signs or {}, is_computed=is_computed).scan(sheet)


class _SheetReader:
    """The position in a sheet while it is read."""

    def __init__(
        self,
        lengths: list[int],
        most_chars: int,
        signs: Mapping[str, tuple[str, str]],
        *,
        is_computed: bool,
    ) -> None:
        self.signs = signs
        self.no_result = ("",) if is_computed else ("", "0")
        self.lengths, self.most_chars, self.n_chars = lengths, most_chars, 0
        self.scanned = SheetScan()
        self.row, self.column = 0, 0
        self.kind: str | None = None
        self.text: list[str] | None = None
        self.is_formula = False  # whose result did not come yet
        self.hides: dict[int, int] = {}  # where columns begin and cease to be hidden

    def scan(self, sheet: bytes) -> SheetScan:
        parse(sheet, self.start, self.characters)
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
                if self.signs and (about := self.signs.get(has.get("s", ""))):
                    cells = self.scanned.signed.setdefault(about, array("q"))
                    cells.append((self.row - 1) * LAST_COLUMN + self.column - 1)
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
                if has.get("hidden") in TRUE:
                    self.scanned.hidden_rows.add(self.row)
            case "col" if has.get("hidden") in TRUE and "min" in has:
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
