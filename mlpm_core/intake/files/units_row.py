"""A row of units below the names of the columns, as instruments and reports write them."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.files.rewritten import DELIMITERS, TableText, first_lines, records_of
from mlpm_core.intake.messages import Refusal, question, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

_LONGEST: Final = 20  # characters of a unit
_FEW: Final = 3  # rows that show which columns hold numbers
_NUMBER: Final = re.compile(r"[^\w]*[0-9].*")
_NOTHING: Final = frozenset({"", "-", "--", "\u2013", "\u2014", "()", "[]", "n/a"})
_NO_UNIT: Final = re.compile(
    r"(?i)(?:case|count|row|record|sample|observation|item|prediction)s?|obs|n|#"
    r"|number|int(?:eger)?|float|double|text|string|date(?:time)?"
)
"""What says that a column counts, or of what type it is: no unit behind its name."""


def with_units_in_names(
    text: Text, profile: Profile, is_header: Callable[[Sequence[str]], bool]
) -> Text:
    """The text with each unit behind the name above it, once that is answered.

    Raises
    ------
    Refusal
        With the question whether the row below the names is of units.
    """
    if profile.units_row == "no":
        return text
    first = first_lines(text)
    for delimiter in DELIMITERS:
        some = [cells for cells in csv.reader(first, delimiter=delimiter) if cells]
        for i, (names, cells) in enumerate(pairwise(some), start=2):
            if _are_units(names, cells, some[i : i + _FEW]) and is_header(names):
                if profile.units_row is None:
                    raise Refusal(questions=[_about(names, cells)])
                return _joined(text, delimiter, names, cells)
    return text


def _are_units(names: Sequence[str], cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether cells are units of the columns that hold numbers below them, and nothing else.

    Examples
    --------
    >>> _are_units(["kpi", "month", "value"], ["", "", "EUR"], [["a", "2026-01", "100"]])
    True
    >>> _are_units(["kpi", "month", "value"], ["b", "2026-01", "n/a"], [["a", "2026-01", "100"]])
    False
    """
    if len(cells) != len(names) or not below or len(below[0]) < len(names):
        return False
    said = {j: cell.strip() for j, cell in enumerate(cells) if cell.strip() not in _NOTHING}
    return bool(said) and all(
        len(unit) <= _LONGEST
        and not any(map(str.isdigit, unit))
        and not is_blank(names[j])
        and any(j < len(row) and _NUMBER.fullmatch(row[j]) for row in below)
        for j, unit in said.items()
    )


def _named(names: Sequence[str], cells: Sequence[str]) -> list[str]:
    """The names with the units behind them."""
    units = ["" if c.strip() in _NOTHING else c.strip().strip("()[]") for c in cells]
    return [
        f"{name.strip()} ({unit})" if unit and not _NO_UNIT.fullmatch(unit) else name
        for name, unit in zip(names, units, strict=True)
    ]


def _about(names: Sequence[str], cells: Sequence[str]) -> Question:
    said = [cell.strip() not in _NOTHING for cell in cells]
    joined = [name for name, is_said in zip(_named(names, cells), said, strict=True) if is_said]
    units = [cell.strip() for cell, is_said in zip(cells, said, strict=True) if is_said]
    return question(
        "units-row", "units_row", ["yes", "no"], row=", ".join(map(shown, units)),
        preview=[f"yes: {', '.join(map(shown, joined))}", "no: it is a row like the others"],
    )  # fmt: skip


def _joined(text: Text, delimiter: str, names: Sequence[str], cells: Sequence[str]) -> Text:
    out, is_left = TableText(delimiter), False
    for row, record in records_of(text, delimiter):
        if record == cells and not is_left:
            is_left = True
            continue
        out.add(text.row_at(row), _named(names, cells) if record == names else record)
    return replace(text, data=out.data, rows=out.rows, n_left=text.n_left + 1)
