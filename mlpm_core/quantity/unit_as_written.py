"""Units as people write them behind, or before, a number."""

from __future__ import annotations

import re
from typing import Final

from mlpm_core.errors import InputError
from mlpm_core.quantity.unit import CURRENCIES

_SIGNS: Final = {
    "€": ("EUR",),
    "£": ("GBP",),
    "₹": ("INR",),
    "₩": ("KRW", "KPW"),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "₴": ("UAH",),
    "₪": ("ILS",),
    "¥": ("JPY", "CNY"),
    "$": (
        *("USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD"),
        *("HKD", "JMD", "KYD", "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD"),
        *("XCD", "ARS", "UYU", "CVE", "DOP", "NIO"),
    ),
}
_SHORT: Final = {"US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD",
                 "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "R$": "BRL", "MX$": "MXN",
                 "NT$": "TWD"}  # fmt: skip
_WORDS: Final = (
    (r"\b(?:1[ ,.']?000|thousand)\s+cases?\b", "kcase"),
    (r"\bsku[- ]periods?\b", "sku_period"),
    (r"\bp\.?\s?a\.?(?=$|\s)|\b(?:yearly|annually|annual)\b", "/year"),
    (r"\bmonthly\b", "/month"),
    (r"\bweekly\b", "/week"),
    (r"\b(?:per|an?|each|every)\s+", "/"),
    (r"\byrs?\b", "year"),
    (r"\bhrs?\b", "hour"),
    (r"\bminutes?\b|\bmins?\b", "min"),
    (r"\bsecs?\b", "second"),
)
_PLURALS: Final = re.compile(r"\b([a-z]{3,}[a-rt-z])s\b")


def currency_of_sign(sign: str, own: str = "") -> str:
    """The currency that a sign stands for where nothing else is said; empty when it is no sign.

    Parameters
    ----------
    own : str
        The currency in which money is counted: a sign of several currencies is its sign, if it can
        be, and else that of the one which it stands for most often.

    Examples
    --------
    >>> currency_of_sign("$"), currency_of_sign("$", "AUD"), currency_of_sign("$", "EUR")
    ('USD', 'AUD', 'USD')
    >>> currency_of_sign("C$", "AUD"), currency_of_sign("\u00a5", "CNY"), currency_of_sign("x")
    ('CAD', 'CNY', '')
    """
    codes = _SIGNS.get(sign, (_SHORT.get(sign, ""),))
    return own if own in codes else codes[0]


def unit_written(
    before: str, behind: str, asked: str, currency: str | None, text: str
) -> str | None:
    """The unit that a person wrote, in the words of units; empty when the field's own is meant.

    Parameters
    ----------
    before : str
        What stands before the number: a sign or a code of a currency, or nothing.
    behind : str
        What stands behind it.
    asked : str
        The unit in which it is asked.
    currency : str, optional
        The currency in which money is counted.
    text : str
        All that was written, for an error.

    Returns
    -------
    str or None
        None when what stands before the number is no currency.

    Raises
    ------
    InputError
        When a sign stands for several currencies.

    Examples
    --------
    >>> unit_written("€", "", "money/customer", "EUR", "€15")
    'EUR/customer'
    >>> unit_written("", " customers a year", "customer/year", "EUR", "9 customers a year")
    'customer/year'
    >>> unit_written("", " / year", "money/year", "EUR", "62.1k / year")
    ''
    """
    unit = _spelled(behind)
    sign = re.match(r"([A-Z]{0,3}[€$£¥₹₩₽₺₴₪])|([A-Za-z]{3})(?![A-Za-z_])", unit)
    code = _code(before, currency, text) if before else None
    if before and code is None:
        return None
    if sign and (behind_code := _code(sign[0], currency, text)) is not None:
        if code not in (None, behind_code):
            return f"{code}*{behind_code}"  # refused with both names
        code, unit = behind_code, unit[sign.end() :]
    if code is None:
        return "" if unit and asked.endswith(unit) and unit.startswith("/") else unit
    head, slash, per = asked.partition("/")
    if not unit and head in ("money", code):
        return f"{code}{slash}{per}"
    return f"{code}{unit}"


def _spelled(behind: str) -> str:
    """The words that people use for units, as units are spelled; without spaces."""
    unit = behind.strip()
    for pattern, name in _WORDS:
        unit = re.sub(pattern, name, unit, flags=re.IGNORECASE)
    unit = re.sub(r"\s*([*/])\s*", r"\1", unit).replace("//", "/")
    unit = re.sub(r"(?<=[\w€$£¥])\s+(?=/)", "", unit).strip()
    unit = re.sub(r"/1(?=kcase)", "/", unit)
    return _PLURALS.sub(r"\1", unit)


def _code(written: str, currency: str | None, text: str) -> str | None:
    """The code of a currency that was written as a code or a sign."""
    if written in CURRENCIES:
        return written
    if written in _SHORT:
        return _SHORT[written]
    if currency is not None and written.upper() == currency:
        return currency
    codes = _SIGNS.get(written)
    if codes is None:
        return None
    if len(codes) == 1:
        return codes[0]
    if currency in codes:
        return currency
    raise InputError(
        f"{text.strip()!r}: {written} may be several currencies; write the code, such as 15 "
        f"{codes[0]}."
    )
