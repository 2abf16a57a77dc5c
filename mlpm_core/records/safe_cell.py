"""Text that no spreadsheet takes for a formula, wherever it thinks that a cell begins.

What could be one gets an apostrophe before it, as in a spreadsheet, and loses it again when it is
read: ``as_written(safe_cell(text)) == text`` for every text.

References
----------
OWASP, CSV Injection; OWASP ASVS 5.0, requirement 1.2.10.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SIGNS: Final = frozenset("=+-@")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Cs", "Co", "Zs", "Zl", "Zp"})
# Unicode's Default_Ignorable_Code_Point beyond the categories above, and blanks that are letters.
_BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
    + "".join(map(chr, range(0xE0100, 0xE01F0)))
)
# What programs take for the end of a cell whatever the file says: semicolons where a comma marks
# decimals, tabs, and the ends of lines.
_ENDS: Final = re.compile("([;\t\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]+)")
_LEADING: Final = frozenset("\t\r\n")
# Text without any of these is fine as it is: every character that NFKC turns into a sign, and what
# is risky at the very beginning.
_WORTH_A_LOOK: Final = re.compile(
    "[=+\\-@\u207a\u207c\u208a\u208c\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b"
    "\uff0b\uff0d\uff1d\uff20\\x00\t\r\n]"
)


def neutral(text: str) -> str:
    """Text that is no formula where it begins: one that could be gets an apostrophe before.

    A plain number stays one.

    Examples
    --------
    >>> neutral("=1+1"), neutral(" @SUM(A1)"), neutral("-5"), neutral("a=b")
    ("'=1+1", "' @SUM(A1)", '-5', 'a=b')
    """
    return _marked(text, 1, is_first_only=True)


def safe_cell(text: str) -> str:
    r"""Text for a cell of a CSV: no formula where it begins, nor where another cell could begin.

    What opens the file may part cells elsewhere than it says. ``as_written`` is the way back.

    Examples
    --------
    >>> safe_cell("a;=1+1"), safe_cell("note\n@SUM(A1)"), safe_cell("a; -5; b")
    ("a;'=1+1", "note\n'@SUM(A1)", 'a; -5; b')
    """
    return _marked(text, 1)


def as_written(text: str) -> str:
    """What a cell means: without the apostrophes that only keep it from being a formula.

    Examples
    --------
    >>> as_written("'-5 to 0"), as_written("a;'=1+1"), as_written("'tis 5' wide")
    ('-5 to 0', 'a;=1+1', "'tis 5' wide")
    """
    return _marked(text, -1) if "'" in text else text


def kept_cell(text: str) -> str:
    """Text for a cell that an import reads as it is, whatever apostrophes it begins with.

    Examples
    --------
    >>> kept_cell("=1+1"), kept_cell("'=1+1")
    ('=1+1', "''=1+1")
    """
    return text if as_written(text) == text else safe_cell(text)


def _marked(text: str, change: int, *, is_first_only: bool = False) -> str:
    """Text with an apostrophe more, or less, before each piece that could be a formula.

    Whether a piece could be one never depends on the apostrophes before it, so that one step back
    undoes one step on, also for text that began with some of its own.
    """
    if not _WORTH_A_LOOK.search(text):
        return text
    pieces = _ENDS.split(text)  # every other one is what parts them
    for i in range(0, 1 if is_first_only else len(pieces), 2):
        rest = pieces[i].lstrip("'")
        n_marks = len(pieces[i]) - len(rest)
        is_risky = _begins(pieces, rest) if i == 0 else _goes_on(rest)
        if is_risky and n_marks + change >= 0:
            pieces[i] = "'" * (n_marks + change) + rest
    return "".join(pieces)


def _begins(pieces: list[str], rest: str) -> bool:
    """Whether a text whose first piece is this could be a formula."""
    if rest.startswith("\x00") or (not rest and pieces[1:] and pieces[1][0] in _LEADING):
        return True
    is_number = len(pieces) == 1 and _NUMBER.fullmatch(rest) is not None
    return not is_number and _is_formula(rest + "".join(p.lstrip("'") for p in pieces[1:]))


def _goes_on(rest: str) -> bool:
    """Whether a piece within a text could be a formula, also one in quotes of its own."""
    return _is_formula(rest.lstrip('"')) and not _NUMBER.fullmatch(rest.strip())


def _is_formula(text: str) -> bool:
    """Whether the first character that is seen begins a formula, its wide forms among them."""
    for character in text:
        if character in _BLANK or unicodedata.category(character) in _UNSEEN:
            continue
        return unicodedata.normalize("NFKC", character)[:1] in _SIGNS
    return False
