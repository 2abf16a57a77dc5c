"""What a comma, a point, a space or an apostrophe in a number means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mlpm_core.intake.columns.cell_parser import Grammar, is_missing
from mlpm_core.intake.columns.rows import distinct
from mlpm_core.intake.columns.signs import without_signs
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.messages import question

if TYPE_CHECKING:
    from datetime import datetime

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.table import DictionaryColumn, Table
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
_MARKED = re.compile(r"[+-]?[0-9][0-9.,'\u2019 \u00a0\u202f]*(?:[eE][+-]?[0-9]+)?")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]*)?"),
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?"),
}
NUMBERS_OR_CLASSES: Final = frozenset({"y_pred", "y_true"})
"""Fields that hold numbers, or classes of whatever name."""
_FIRST: Final = 1000  # cells of a column that are looked at
_LEAST: Final = 2  # numbers with a thousands mark: one may be a slip
_BOTH: Final = (
    (re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}"), ",", "."),
    (re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}"), ".", ","),
    (re.compile(r"[+-]?[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]*)?"), ".", "indian"),
    (re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"), ",", "."),
    (re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+"), ".", ","),
    (re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u202f\u2009][0-9]{3})+,[0-9]+"), ",", "space"),
    (re.compile(r"[+-]?[0-9]{1,3}(?:['\u2019][0-9]{3})+,[0-9]+"), ",", "'"),
)
"""Numbers with two marks, of which the last can only mark the decimals if it differs."""


def _numbers(records: Table, header: Header, fields: Fields) -> list[int]:
    """The places of columns of numbers; predictions and outcomes are such when they bear marks."""
    may_be = {
        j: cells
        for j, name in enumerate(header.fields)
        if name in NUMBERS_OR_CLASSES
        and all(map(_MARKED.fullmatch, cells := _first_of(records.columns[j])))
    }
    every = [cell for cells in may_be.values() for cell in cells]
    may_group = header.delimiter != "," and fields.profile.reads_layouts
    points = [cell for cell in every if "." in cell] if may_group else []
    are_marked = any("," in cell for cell in every) or (
        bool(points) and all(map(_GROUPED["."].fullmatch, points))
    )
    return header.numbers(fields) + (list(may_be) if are_marked else [])


def _first_of(column: DictionaryColumn) -> list[str]:
    """The first distinct cells of a column that hold something."""
    return [c for cell in column.first(_FIRST) if not is_missing(c := cell.strip(SPACES))]


def plain_numbers(column: pa.Array, grammar: Grammar) -> pa.Array:
    """Predictions or outcomes whose numbers bear other marks, as numbers are written here.

    Examples
    --------
    >>> from datetime import datetime
    >>> from mlpm_core.intake.profile import Profile
    >>> german = Grammar(Profile(decimal=",", thousands="."), datetime(2026, 6, 30))
    >>> plain_numbers(pa.array(["1.209,5", "", "7,0"]), german).to_pylist()
    ['1209.5', '', '7']
    >>> plain_numbers(pa.array(["a,b", "7,0"]), german).to_pylist()
    ['a,b', '7,0']
    """
    if grammar.is_plain:
        return column
    codes, texts = distinct(column)
    numbers = [grammar.number(text) if text else None for text in texts]
    if any(text and number is None for text, number in zip(texts, numbers, strict=True)):
        return column
    plain = [
        text if number is None else repr(number).removesuffix(".0")
        for text, number in zip(texts, numbers, strict=True)
    ]
    return pa.array(plain, pa.string()).take(pa.array(codes))


def settled_marks(
    records: Table, header: Header, fields: Fields, profile: Profile, now: datetime
) -> Profile:
    """The profile with the marks that the numbers of a file settle by themselves.

    They do where a number bears both, as 1.234,56 does, or one twice, as 1.234.567 and 1,23,456
    do, or where one bears a mark that can only mark decimals, as 0.85 does, beside 1,200 and 3,450;
    and all others can be read alike. A space or an apostrophe as thousands mark stays a question;
    it settles the decimal mark.
    """
    if profile.decimal is not None:
        return profile
    cells = [
        without_signs(text)[0]
        for j in _numbers(records, header, fields)
        if not (records.columns[j].has_many and records.columns[j].numbers is not None)
        for cell in records.columns[j].cells
        if not is_missing(text := cell.strip(SPACES))
    ]
    settled = {
        (decimal, thousands)
        for pattern, decimal, thousands in _BOTH
        if any(map(pattern.fullmatch, cells))
    }
    if not settled:
        settled = _settled_beside(cells)
    if len(settled) != 1:
        return profile
    decimal, thousands = settled.pop()
    if profile.thousands not in (None, thousands):
        return profile
    marked = profile.answered("decimal", decimal).answered("thousands", thousands)
    grammar = Grammar(marked, now)
    if not all(map(grammar.is_number, cells)):
        return profile
    is_settled = thousands in (",", ".", "indian") or profile.thousands is not None
    return marked if is_settled else profile.answered("decimal", decimal)


def _settled_beside(cells: list[str]) -> set[tuple[str, str]]:
    """The marks of decimals and thousands, where each number bears one of two at most."""
    settled = set()
    for decimal, thousands in ((".", ","), (",", ".")):
        marked = [cell for cell in cells if thousands in cell]
        others = [cell for cell in cells if decimal in cell]
        if (
            len(marked) >= _LEAST
            and all(map(_GROUPED[thousands].fullmatch, marked))
            and any(not _GROUPED[decimal].fullmatch(cell) for cell in others)
        ):
            settled.add((decimal, thousands))
    return settled


def marks_in_words(profile: Profile) -> str:
    """The marks of a profile, as a receipt says them.

    Examples
    --------
    >>> from mlpm_core.intake.profile import Profile
    >>> marks_in_words(Profile(decimal=",", thousands="."))
    'numbers with a decimal comma and a point for thousands'
    """
    words = {",": "comma", ".": "point", "indian": "comma"}
    decimals = f"numbers with a decimal {words[profile.decimal_mark]}"
    thousands = words.get(profile.thousands or "")
    return f"{decimals} and a {thousands} for thousands" if thousands else decimals


def about_marks(records: Table, header: Header, fields: Fields, profile: Profile) -> list[Question]:
    """The question what a comma or a point in a number means, asked once."""
    cells: list[str] = []
    for j in _numbers(records, header, fields):
        if (
            header.delimiter == ","
            and profile.decimal is None
            and records.columns[j].has_many
            and records.columns[j].numbers is not None
        ):
            continue  # no comma in it, and a point is a decimal point
        joined = "\n".join(records.columns[j].cells)
        if "," in joined or ("." in joined and (header.delimiter != "," or profile.decimal)):
            cells += [
                without_signs(c)[0]
                for t in records.columns[j].cells
                if not is_missing(c := t.strip(SPACES))
            ]
    if profile.decimal is None and profile.thousands in (None, "none", "'", "space"):
        comma = next((c for c in cells if _COMMA.fullmatch(c)), None)
        if comma is not None:
            return [_about_mark("decimal", [",", "."], comma, ",")]
        points = [c for c in cells if "." in c]
        if header.delimiter != "," and points and all(map(_GROUPED["."].fullmatch, points)):
            return [_about_mark("decimal", [".", ","], points[0], ".")]
    if profile.decimal is not None and profile.thousands is None:
        mark = "." if profile.decimal == "," else ","
        grouped = next((c for c in cells if _GROUPED[mark].fullmatch(c)), None)
        if grouped is not None:
            return [_about_mark("thousands", [mark, "none"], grouped, profile.decimal)]
    return []


def _about_mark(key: str, choices: list[str], value: str, mark: str) -> Question:
    if key == "thousands":
        readings = (value.replace(choices[0], "").replace(mark, "."), "a mistake")
    else:
        readings = (value.replace(mark, "."), value.replace(mark, ""))
    preview = [f"{c}: {r}" for c, r in zip(choices, readings, strict=True)]
    first, second = readings
    return question(
        "decimal-mark", key, choices, value=value, first=first, second=second, preview=preview
    )
