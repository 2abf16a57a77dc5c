"""Which of several encodings a text was probably written in, by the letters that come out."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOOKED_AT = 1 << 16  # bytes
_MOST_LETTERS = 2000
_OFTEN = {
    "CYRILLIC": frozenset("\u043e\u0435\u0430\u0438\u043d\u0442\u0441\u0440\u0432\u043b\u043a"),
    "GREEK": frozenset(
        "\u03b1\u03bf\u03b9\u03b5\u03c4\u03c3\u03bd\u03b7\u03c5\u03c1\u03c0\u03ba\u03ac\u03c2"
    ),
    "HEBREW": frozenset("\u05d9\u05d5\u05d4\u05dc\u05d0\u05e8\u05ea\u05e9\u05de"),
    "ARABIC": frozenset("\u0627\u0644\u064a\u0645\u0648\u0646\u0631\u062a\u0628"),
}
"""Letters that come often in the words of a script."""
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
    for character, after in zip(text, [*text[1:], " "], strict=True):
        if character > "\x7f" and len(weights) < _MOST_LETTERS:
            weights.append(_weight(character, before, after, encoding))
        before = character
    return sum(weights) / len(weights) if weights else 0.0


def _weight(character: str, before: str, after: str, encoding: str) -> float:
    """How usual a letter is between its neighbours."""
    if character in _USUAL:
        return 0.75
    name, category = unicodedata.name(character, ""), unicodedata.category(character)
    if not category.startswith("L"):
        return 0.0 if category.startswith(("Z", "N")) else -1.0
    if category == "Lu" and before.islower():  # a capital in the middle of a word
        return -0.5
    n_beyond = sum(c > "\x7f" and c.isalpha() for c in (before, after))
    if name.startswith("LATIN"):  # whose words are of ASCII but for some letters
        if not before.isalpha() and (n_beyond or not after.isalpha() or category == "Ll"):
            return 0.6  # few words begin with one
        return (1.0, 0.7, -0.3)[n_beyond] if name.endswith(_MARKED) else 0.3
    if any(c.isascii() and c.isalpha() for c in (before, after)):  # no word is of two scripts
        return -0.5
    script = name.partition(" ")[0]
    if script in _OFTEN:
        is_shouted = category == "Lu" and before.isupper()
        return 0.4 if is_shouted else 1.0 if character in _OFTEN[script] else 0.7
    for start, weight in (("HIRAGANA", 1.2), ("KATAKANA", 1.2), ("HALF", -0.5), ("HANGUL", 0.95)):
        if name.startswith(start):
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
    "euc_jp": ("shift_jis", b"\x88\x9f", b"\x98\x72"),
    "cp932": ("shift_jis", b"\x88\x9f", b"\x98\x72"),
    "big5": ("big5", b"\xa4\x40", b"\xc6\x7e"),
}
_MARKED = (
    *("ACUTE", "GRAVE", "DIAERESIS", "CIRCUMFLEX", "TILDE", "CEDILLA", "SHARP S", "STROKE"),
    *("RING ABOVE", "AE", "OE", "CARON", "OGONEK", "DOT ABOVE", "BREVE", "DOTLESS I"),
)
