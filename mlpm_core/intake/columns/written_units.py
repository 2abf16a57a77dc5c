"""Units as headers and cells write them: %, k EUR, T€, million USD, hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.field_words import total_since
from mlpm_core.quantity import CURRENCIES, PERCENT_WORDS, currency_of_sign, is_percent

_SCALES: Final = {
    "k": 1e3, "t": 1e3, "tsd": 1e3, "thousand": 1e3, "thousands": 1e3, "'000": 1e3, "000": 1e3,
    "'000s": 1e3, "000s": 1e3, "\u5343": 1e3, "\u4e07": 1e4,
    "m": 1e6, "mn": 1e6, "mm": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6, "mln": 1e6,
    "\u767e\u4e07": 1e6, "\u5104": 1e8, "\u4ebf": 1e8,
    "bn": 1e9, "mrd": 1e9, "billion": 1e9, "billions": 1e9, "lakh": 1e5, "lakhs": 1e5, "cr": 1e7,
    "crore": 1e7, "crores": 1e7,
}  # fmt: skip
_ALONE: Final = frozenset(_SCALES) - {"t", "m", "mm", "cr"}
"""Scales that say by themselves that a number counts thousands, or more, of a currency."""
_SIGNS: Final = {
    "euro": "EUR", "euros": "EUR", "rs": "INR", "rs.": "INR", "z\u0142": "PLN",
    "\u5186": "JPY", "\u5143": "CNY",
}  # fmt: skip
_USUAL: Final = (
    "EUR", "USD", "GBP", "CHF", "JPY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK",
    "CNY", "BRL",
)  # fmt: skip
"""Currencies that are known in small letters too: others, such as ALL and TOP, are words."""
_SIGN: Final = (
    r"(?:(?:US|AU?|CA?|NZ|HK|S|R|MX|NT)?\$|[\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba\u20b4"
    r"\u20aa\u5186\u5143]|z\u0142|Rs\.?)"
)
_CODE: Final = rf"(?:{_SIGN}|[A-Z]{{3}}|{'|'.join(_USUAL).lower()}|[Ee]uros?)"
_CJK: Final = "\u5343|\u767e?\u4e07|\u5104|\u4ebf"
_LONG: Final = r"[Tt]housands?|[Mm]illions?|[Bb]illions?|[Ll]akhs?|[Cc]rores?|'?000s?"
_SCALE: Final = rf"(?:k|K|T|Tsd|m|M|mn|mln|Mio|Mrd|bn|Cr|{_CJK}|{_LONG})"
_MONEY: Final = re.compile(
    rf"(?P<scale>'?[A-Za-z0]*?|{_CJK})\.?[\s_]*(?P<sign>{_CODE})(?:\s*/\s*(?P<per>[a-z]+))?"
)
_BEHIND: Final = re.compile(rf"(?P<sign>{_CODE})[\s_]*(?P<scale>'?[A-Za-z0]+)\.?")
_JOINED: Final = re.compile(r"\s*,\s*|\s+(?:in|of)\s+")
_PERCENT: Final = "|".join(map(re.escape, PERCENT_WORDS))
_HEADERS: Final = (
    re.compile(
        r"(?P<name>.+?)\s*[(\[\uff08]\s*(?:in\s+)?(?P<unit>[^()\[\]\uff08\uff09]+?)\s*[)\]\uff09]"
    ),
    re.compile(r"(?P<name>.+?)[\s_]+in[\s_]+(?P<unit>.+)"),
    re.compile(r"(?P<name>.+?)[\s_,]*(?P<unit>%)"),
    re.compile(rf"(?P<name>.+?)[\s_,]+(?P<unit>{_PERCENT})", re.IGNORECASE),
    re.compile(
        rf"(?P<name>.+?)[\s_,]+(?P<unit>(?:{_SCALE}\.?[\s_]*)?{_CODE}(?:\s?/\s?[a-z]+)?|"
        rf"{_CODE}[\s_]+{_SCALE}|(?:{_SIGN}|{'|'.join(_USUAL)}){_SCALE}|{_LONG})"
    ),
    re.compile(rf"(?P<name>.*[a-z])(?P<unit>{'|'.join(_USUAL)})"),
    re.compile(
        r"(?P<name>.+?)[\s_]+(?P<unit>ms|msec|s|secs?|seconds|mins|minutes|h|hrs?|hours|days)"
    ),
)
_LONGEST: Final = 60
_POWERS: Final = {float(f"1e{n}"): n for n in range(-12, 13)}
_LARGEST_DENOMINATOR: Final = 1_000_000

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Money:
    """So many of a currency, a time when one is named: k EUR/month.

    ``currency`` is empty where a scale stands alone, as in "millions": it is our own then.
    """

    factor: float
    currency: str
    per: str = ""


def money_of(unit: str, own: str = "") -> Money | None:
    """A unit of money; None when it is no money. A sign of several may be that of our ``own``.

    Examples
    --------
    >>> money_of("k\u20ac"), money_of("TEUR"), money_of("million USD/month")
    (Money(factor=1000.0, currency='EUR', per=''), Money(factor=1000.0, currency='EUR', per=''), \
Money(factor=1000000.0, currency='USD', per='month'))
    >>> money_of("Rs in lakh"), money_of("millions")
    (Money(factor=100000.0, currency='INR', per=''), Money(factor=1000000.0, currency='', per=''))
    >>> money_of("hours") is None
    True
    """
    text = _JOINED.sub(" ", unit.strip())
    if len(text) > _LONGEST:
        return None
    if (alone := text.lower().rstrip(".")) in _ALONE:
        return Money(_SCALES[alone], "")
    match = _MONEY.fullmatch(text) or _BEHIND.fullmatch(text)
    if match is None:
        return None
    sign, scale = match["sign"], match["scale"].lower()
    currency = _SIGNS.get(sign.lower()) or currency_of_sign(sign, own) or sign.upper()
    if currency not in CURRENCIES or (scale and scale not in _SCALES):
        return None
    return Money(_SCALES.get(scale, 1.0), currency, match.groupdict().get("per") or "")


def header_unit(header: str) -> tuple[str, str] | None:
    """The name and the unit that a header is made of; None when it names no unit.

    Examples
    --------
    >>> header_unit("value (%)"), header_unit("amount (k EUR)"), header_unit("wape_pct")
    (('value', '%'), ('amount', 'k EUR'), ('wape', '%'))
    >>> header_unit("cost_usd"), header_unit("CostUSD"), header_unit("value_ms")
    (('cost', 'usd'), ('Cost', 'USD'), ('value', 'ms'))
    >>> header_unit("value (checked)"), header_unit("value"), header_unit("cost_all")
    (('value', 'checked'), None, None)
    >>> header_unit("Prozent"), header_unit("Cost USD (thousands)"), header_unit("cost $M")
    (('Prozent', '%'), ('Cost', 'USD thousands'), ('cost', '$M'))
    >>> header_unit("cost YTD") is None
    True
    """
    text = header.strip()
    if len(text) > _LONGEST:
        return None
    if is_percent(text):
        return text, "%"
    for pattern in _HEADERS:
        match = pattern.fullmatch(text)
        if match is not None:
            name, unit = match["name"], match["unit"]
            if total_since(unit) is not None:
                return None
            if (money := money_of(unit)) and not money.currency and (of := header_unit(name)):
                name, unit = of[0], f"{of[1]} {unit}"
            return name, "%" if is_percent(unit) else unit
    return None


def times(number: float, factor: float) -> float:
    """A number times another, as a person computes it: from the decimals that stand there.

    A factor such as 1/60 is that fraction.

    Examples
    --------
    >>> times(81.4, 0.01), times(0.07, 100.0), times(36.6, 1 / 60)
    (0.814, 7.0, 0.61)
    """
    try:
        return float(Fraction(repr(number)) * _exact(factor))
    except (ValueError, OverflowError):  # beyond what a double holds
        return number * factor


def less(number: float, *others: float) -> float:
    """A number less others, as a person computes it; see `times`.

    Examples
    --------
    >>> less(0.3, 0.1), less(1.1, 2.2), less(0.6, 0.1, 0.2)
    (0.2, -1.1, 0.3)
    """
    return float(Fraction(repr(number)) - sum(Fraction(repr(other)) for other in others))


def all_times(numbers: pa.Array, factors: Floats | float) -> pa.Array:
    """A column of numbers times one factor, or each its own; see `times`.

    Examples
    --------
    >>> all_times(pa.array([81.4, None, 1.2e-9]), 0.01).to_pylist()
    [0.814, None, 1.2e-11]
    """
    numbers = numbers.cast(pa.float64())
    each = np.broadcast_to(np.asarray(factors, dtype=np.float64), len(numbers))
    for factor in np.unique(each[each != 1.0]).tolist():
        mine = pa.array(each == factor)
        chosen = numbers.filter(mine)
        numbers = pc.replace_with_mask(numbers, mine, _scaled(chosen, factor))
    return numbers


def _scaled(numbers: pa.Array, factor: float) -> pa.Array:
    """A column times one factor; where that is a power of ten, only the point moves."""
    power, texts = _POWERS.get(factor), numbers.cast(pa.string())
    if power is None or pc.any(pc.match_substring_regex(texts, "[ein]"), min_count=0).as_py():
        scaled = [None if x is None else times(x, factor) for x in numbers.to_pylist()]
        return pa.array(scaled, pa.float64())
    return pc.binary_join_element_wise(texts, f"e{power}", "").cast(pa.float64())


def _exact(factor: float) -> Fraction:
    near = Fraction(factor).limit_denominator(_LARGEST_DENOMINATOR)
    return near if float(near) == factor else Fraction(repr(factor))
