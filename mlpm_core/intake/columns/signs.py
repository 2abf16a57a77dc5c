"""Signs that stand about a number: percent, currency, brackets and a minus behind it."""

from __future__ import annotations

import re
from typing import Final

from mlpm_core.intake.files.lines import SPACES
from mlpm_core.quantity import PERCENT_WORDS

_SIGN: Final = "[\u20ac$\u00a3\u00a5\u20b9]"
_PERCENT: Final = re.compile(
    rf"(?P<number>.*[0-9.,])[\s\u00a0\u202f]*(?:%|{'|'.join(map(re.escape, PERCENT_WORDS))})",
    re.IGNORECASE,
)
_BRACKETS: Final = re.compile(r"\((?P<number>[^()]+)\)")
_TRAILING: Final = re.compile(r"(?P<number>[0-9.,' ]+)-")
_CURRENCY: Final = (
    re.compile(rf"(?P<sign>[+-]?)\s*(?:{_SIGN}|[A-Z]{{3}}\s)\s*(?P<number>-?[0-9.].*)"),
    re.compile(rf"(?P<sign>)(?P<number>.*[0-9.])\s*(?:{_SIGN}|[A-Z]{{3}})"),
)


MONEY: Final = "money "
"""Beginning of the note of a number that stood with the sign of a currency."""

_LETTERS: Final = 3
_NAMES: Final = {
    "\u20ac": "EUR", "$": "USD", "\u00a3": "GBP", "\u00a5": "JPY", "\u20b9": "INR",
}  # fmt: skip


def currency_of(text: str) -> str:
    """The currency that stands about a number; empty when none does.

    Examples
    --------
    >>> currency_of("CHF 12.50"), currency_of("12,50 \u20ac"), currency_of("12.50")
    ('CHF', 'EUR', '')
    """
    sign = re.sub(r"[^A-Z\u20ac$\u00a3\u00a5\u20b9]", "", text)
    return _NAMES.get(sign, sign if len(sign) == _LETTERS else "")


def without_signs(text: str) -> tuple[str, float, str]:
    """A number without its signs, what it is then to be multiplied with, and what was taken off.

    Examples
    --------
    >>> without_signs("81,4 Prozent"), without_signs("(12.50)")
    (('81,4', 0.01, '%'), ('12.50', -1.0, 'brackets'))
    """
    plain = text.strip(SPACES)
    if match := _PERCENT.fullmatch(plain):
        return match["number"].strip(SPACES), 0.01, "%"
    factor, taken = 1.0, ""
    if match := _BRACKETS.fullmatch(plain):
        plain, factor, taken = match["number"].strip(SPACES), -1.0, "brackets"
    for pattern in _CURRENCY:
        if match := pattern.fullmatch(plain):
            plain, taken = f"{match['sign']}{match['number'].strip(SPACES)}", "currency"
    if match := _TRAILING.fullmatch(plain):
        plain, factor, taken = match["number"].strip(SPACES), -factor, "minus"
    return plain, factor, taken
