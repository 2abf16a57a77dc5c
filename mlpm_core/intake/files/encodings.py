"""Which of several encodings a text was probably written in, by the letters that come out."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOOKED_AT = 1 << 16  # bytes
_MOST_LETTERS = 2000
_USUAL = frozenset(
    "\u20ac\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u00b0\u00a7\u00a3\u00b5\u2026\u3001\u3002"
)


def likeliest(data: bytes, encodings: Sequence[str]) -> list[str]:
    """The encodings of a text, by how much of it they read as words.

    Examples
    --------
    >>> likeliest("M\u00fcnchen".encode("cp1252"), ["cp1251", "cp1252"])
    ['cp1252', 'cp1251']
    """
    return sorted(encodings, key=lambda e: -_sense(data[:_LOOKED_AT].decode(e, "ignore"), e))


def _sense(text: str, encoding: str) -> float:
    """How much of the letters beyond ASCII look like words of one script."""
    weights: list[float] = []
    before = " "
    for character in text:
        if character > "\x7f" and len(weights) < _MOST_LETTERS:
            weights.append(_weight(character, before, encoding))
        before = character
    return sum(weights) / len(weights) if weights else 0.0


def _weight(character: str, before: str, encoding: str) -> float:
    """How usual a letter is, after the one before it."""
    if character in _USUAL:
        return 0.5
    name, category = unicodedata.name(character, ""), unicodedata.category(character)
    if not category.startswith("L"):
        return 0.0 if category.startswith(("Z", "N")) else -1.0
    if name.startswith("LATIN"):
        is_odd = category == "Lu" and before.islower()  # a capital in the middle of a word
        return -0.5 if is_odd else (1.0 if name.endswith(_MARKED) else 0.3)
    if name.startswith("CYRILLIC"):
        return -0.5 if before.isascii() and before.isalpha() else 0.9
    for script, weight in (("HIRAGANA", 1.2), ("KATAKANA", 1.2), ("HALF", -0.5), ("HANGUL", 0.9)):
        if name.startswith(script):
            return weight
    return 0.9 if _is_common(character, encoding) else 0.1


def _is_common(character: str, encoding: str) -> bool:
    """Whether a character is one of the common ones of its script, by its place in the code."""
    codec, low, high = _COMMON.get(encoding, ("", b"", b""))
    try:
        return bool(codec) and low <= character.encode(codec) <= high
    except UnicodeEncodeError:
        return False


_COMMON = {
    "gb18030": ("gb2312", b"\xb0\xa1", b"\xd7\xff"),
    "cp932": ("shift_jis", b"\x88\x9f", b"\x98\x72"),
    "big5": ("big5", b"\xa4\x40", b"\xc6\x7e"),
}
_MARKED = (
    *("ACUTE", "GRAVE", "DIAERESIS", "CIRCUMFLEX", "TILDE", "CEDILLA", "SHARP S", "STROKE"),
    *("RING ABOVE", "AE", "CARON", "OGONEK", "DOT ABOVE"),
)
