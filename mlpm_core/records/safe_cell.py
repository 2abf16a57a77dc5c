"""Text that no spreadsheet takes for a formula, wherever it thinks that a cell begins."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["neutral", "original", "safe_cell"]

_SIGNS: Final = frozenset("=+-@")
_LEADING: Final = ("\t", "\r", "\n", "\x00")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"})
# Unicode's Default_Ignorable_Code_Point beyond the categories above, and blanks that are letters.
_BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
    + "".join(map(chr, range(0xE0100, 0xE01F0)))
)
# What programs take for the end of a cell whatever the file says: semicolons where a comma marks
# decimals, tabs, and the ends of lines.
_ENDS: Final = re.compile("([;\t\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]+)")


def neutral(text: str) -> str:
    """Text that is no formula where it begins: one that could be gets an apostrophe before.

    A plain number stays one.

    Examples
    --------
    >>> neutral("=1+1"), neutral(" @SUM(A1)"), neutral("-5"), neutral("a=b")
    ("'=1+1", "' @SUM(A1)", '-5', 'a=b')
    """
    is_risky = text.startswith(_LEADING) or (_begins_formula(text) and not _NUMBER.fullmatch(text))
    return f"'{text}" if is_risky else text


def original(text: str) -> str:
    """A band or a quantity as it was before ``neutral``: neither begins with an apostrophe itself.

    Examples
    --------
    >>> original("'-5 to 0"), original("'tis")
    ('-5 to 0', "'tis")
    """
    return text[1:] if text.startswith("'") and neutral(text[1:]) == text else text


def safe_cell(text: str) -> str:
    r"""Text for a cell of a CSV: no formula where it begins, nor where another cell could begin.

    What opens the file may part cells elsewhere than it says. Read back, the apostrophes are a
    part of free text; see ``original``.

    Examples
    --------
    >>> safe_cell("a;=1+1"), safe_cell("note\n@SUM(A1)"), safe_cell("a; -5; b")
    ("a;'=1+1", "note\n'@SUM(A1)", 'a; -5; b')
    """
    first, *others = _ENDS.split(text)
    told = ["" if neutral(text) == text else "'", first]
    for end, piece in zip(others[::2], others[1::2], strict=True):
        is_number = _NUMBER.fullmatch(piece.strip()) is not None
        is_risky = _begins_formula(piece.lstrip("\"'")) and not is_number
        told += [end, "'" if is_risky else "", piece]
    return "".join(told)


def _begins_formula(text: str) -> bool:
    """Whether the first character that is seen begins a formula, its wide forms among them."""
    for character in text:
        if character in _BLANK or unicodedata.category(character) in _UNSEEN:
            continue
        return unicodedata.normalize("NFKC", character)[:1] in _SIGNS
    return False
