"""Signs that stand about a number: percent, currency, brackets and a minus behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.rows import distinct
from mlpm_core.intake.columns.written_units import money_of
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.quantity import PERCENT_WORDS, SHARE, currency_of_sign, is_percent
from mlpm_core.records import ColumnKind, Cost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.intake.columns.header import Fields
    from mlpm_core.intake.columns.readings import Reading
    from mlpm_core.intake.files.table import Codes

_SIGN: Final = "(?:(?:US|AU?|CA?|NZ|HK|S|R|MX|NT)?\\$|[\u20ac\u00a3\u00a5\u20b9])"
_PERCENT: Final = re.compile(
    rf"(?P<number>.*[0-9.,])[\s\u00a0\u202f]*"
    rf"(?P<sign>%|{'|'.join(map(re.escape, PERCENT_WORDS))}|\u2030|bps?)",
    re.IGNORECASE,
)
_PARTS: Final = {"\u2030": 0.001, "bp": 0.0001, "bps": 0.0001}
"""Signs of smaller parts than hundredths: per mille, and basis points."""
_BRACKETS: Final = re.compile(r"\((?P<number>[^()]+)\)")
_TRAILING: Final = re.compile(r"(?P<number>[0-9.,' ]+)-")
_MINUS: Final = re.compile(
    rf"(?:[\u2212\u2012\u2013][\s\u00a0]*|[\u25b2\u25b3])(?P<number>(?:{_SIGN}[\s\u00a0]*)?[0-9.,].*)"
)
"""A printed minus, and the triangle by which ledgers of Japan mark it."""
_SIDE: Final = re.compile(r"(?P<number>.*[0-9.,])[\s\u00a0\u202f]*(?P<side>CR|DR)")
"""An amount that is credited, or debited, as an accountant marks it."""
_SCALES: Final = {
    "k": 1e3, "tsd": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9, "mrd": 1e9,
    "billion": 1e9, "lakh": 1e5, "cr": 1e7, "crore": 1e7, "t": 1e3,
}  # fmt: skip
_SCALE: Final = "(?:[kKM]|[Tt]sd|mn|bn|[Mm]io|[Mm]rd|[mb]illion|lakh|[Cc]r|crore)\\.?"
_SCALED: Final = re.compile(rf"(?P<number>.*[0-9.])[\s\u00a0\u202f]*(?P<scale>{_SCALE}|T)")
_CURRENCY: Final = (
    re.compile(rf"(?P<sign>[+-]?)\s*(?:{_SIGN}|[A-Z]{{3}}\s)\s*(?P<number>-?[0-9.].*)"),
    re.compile(
        rf"(?P<sign>)(?P<number>.*[0-9.](?:[\s\u00a0\u202f]*(?:{_SCALE}|T))?)\s*"
        rf"(?:{_SIGN}|(?<![A-Z])[A-Z]{{3}}|(?<=[kT])[A-Z]{{3}})"
    ),
)


SIGN: Final = "sign "
"""Beginning of the note of a number that stood with the sign of a currency, or of percent."""

_CODE: Final = re.compile(r"(?:^|[^A-Z]|T)([A-Z]{3})(?![A-Z])")


def currency_of(text: str, own: str = "") -> str:
    """The currency that stands about a number; empty when none does.

    Parameters
    ----------
    own : str
        The currency of the project: a sign of several currencies is its sign, if it can be.

    Examples
    --------
    >>> currency_of("CHF 12.50"), currency_of("12,50 \u20ac"), currency_of("12.50")
    ('CHF', 'EUR', '')
    >>> currency_of("51,2 T\u20ac"), currency_of("12 TEUR"), currency_of("1.2M")
    ('EUR', 'EUR', '')
    >>> currency_of("$12"), currency_of("$12", "CAD"), currency_of("12 US$", "CAD")
    ('USD', 'CAD', 'USD')
    """
    sign, code = re.search(_SIGN, text), _CODE.search(text)
    return currency_of_sign(sign[0], own) if sign else code[1] if code else ""


def unit_of(text: str, taken: str, own: str) -> str:
    """The unit that the signs about a number say, once they are taken off; empty when none do."""
    return SHARE if taken == "%" else currency_of(text, own) if taken == "currency" else ""


def with_signs(column: pa.Array, numbers: Reading) -> pa.Array:
    """Units, or currencies, of rows that say none: as the signs about their numbers say them."""
    notes = [note for note in numbers.notes if note.startswith(SIGN)]
    texts = column.cast(pa.string())
    is_open = pc.equal(pc.fill_null(texts, ""), "")
    for note in notes:
        said = pc.and_(is_open, pa.array(numbers.noting(note)))
        texts = pc.if_else(said, note.removeprefix(SIGN), texts)
    return texts if notes else column


def units_noted(readings: Mapping[str, Reading], fields: Fields, n: int) -> dict[str, Codes]:
    """Which numbers stand in percent or in a currency, by a note of field and unit.

    A sign about a number says it, or the header of its column. Numbers with a column of their own
    for units or currencies are left out: there the unit stands beside them.
    """
    own = fields.profile.own_currency
    noted: dict[str, Codes] = {}
    for name, column in fields.columns.items():
        has_own = name == "value" and "unit" in fields.columns
        if column.kind is not ColumnKind.NUMBER or has_own or fields.record is Cost:
            continue
        for note in readings[name].notes:
            if note.startswith(SIGN):
                key = f"{SIGN}{name} {note.removeprefix(SIGN)}"
                noted[key] = readings[name].noting(note).astype(np.int64)
        unit = fields.units.get(name, "")
        money = money_of(unit, own)
        said = SHARE if is_percent(unit) else money.currency if money is not None else ""
        if said:
            noted[f"{SIGN}{name} {said}"] = np.ones(n, dtype=np.int64)
    return noted


def in_codes(column: pa.Array, own: str) -> pa.Array:
    """Currencies by their codes, where some are told by their signs.

    Examples
    --------
    >>> in_codes(pa.array(["EUR", "$", ""]), "AUD").to_pylist()
    ['EUR', 'AUD', '']
    """
    codes, cells = distinct(column)
    meant = [cell and (currency_of_sign(cell, own) or cell) for cell in cells]
    return column if meant == cells else pa.array(meant, pa.string()).take(pa.array(codes))


def without_signs(text: str) -> tuple[str, float, str]:
    """A number without its signs, what it is then to be multiplied with, and what was taken off.

    Examples
    --------
    >>> without_signs("81,4 Prozent"), without_signs("(12.50)")
    (('81,4', 0.01, '%'), ('12.50', -1.0, 'brackets'))
    >>> without_signs("51,2 T\u20ac"), without_signs("1.2M"), without_signs("\u221212")
    (('51,2', 1000.0, 'currency'), ('1.2', 1000000.0, 'scale'), ('-12', 1.0, 'minus'))
    >>> without_signs("$1,000.00 CR"), without_signs("\u25b220,450")
    (('1,000.00', -1.0, 'currency'), ('-20,450', 1.0, 'minus'))
    """
    plain = text.strip(SPACES)
    if match := _PERCENT.fullmatch(plain):
        return match["number"].strip(SPACES), _PARTS.get(match["sign"].lower(), 0.01), "%"
    factor, taken = 1.0, ""
    if match := _SIDE.fullmatch(plain):
        plain, taken = match["number"], "minus"
        factor = -1.0 if match["side"] == "CR" else 1.0
    if match := _MINUS.fullmatch(plain):
        plain, taken = f"-{match['number'].strip(SPACES)}", "minus"
    if match := _BRACKETS.fullmatch(plain):
        plain, factor, taken = match["number"].strip(SPACES), -factor, "brackets"
    for pattern in _CURRENCY:
        if match := pattern.fullmatch(plain):
            plain, taken = f"{match['sign']}{match['number'].strip(SPACES)}", "currency"
    if (match := _SCALED.fullmatch(plain)) and (match["scale"] != "T" or taken == "currency"):
        plain = match["number"].strip(SPACES)
        factor *= _SCALES[match["scale"].rstrip(".").lower()]
        taken = taken or "scale"
    if match := _TRAILING.fullmatch(plain):
        plain, factor, taken = match["number"].strip(SPACES), -factor, taken or "minus"
    return plain, factor, taken
