"""Units: money, counts, calendar periods and durations, checked with pint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pint
from pint.util import to_units_container

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pint.util import UnitsContainer

_CODES: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
    GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
    KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
    NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK
    SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS
    VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CODES.split())
"""Active ISO 4217 codes; each is read as money and remembered."""

_COUNTS: Final = (
    *("application", "asset", "click", "contact", "customer", "document", "failure", "instance"),
    *("item", "order", "period", "session", "sku_period", "ticket", "transaction", "unit"),
    *("job", "quote", "repair", "sale"),
)
# Every one of them is a case by another name: how many hours or how much money each takes is the
# same kind of number.


def _registry() -> pint.UnitRegistry[float]:
    """Our own few units, so that no prefix or foreign unit can slip in."""
    registry: pint.UnitRegistry[float] = pint.UnitRegistry(None)
    for line in (
        "money = [money]",
        "case = [case]",
        "kcase = 1000 * case",
        *(f"{name} = case" for name in _COUNTS),
        "share = []",
        # Calendar periods do not convert: EUR/week where EUR/year is meant must be refused.
        "year = [year]",
        "month = [month]",
        "week = [week]",
        "hour = [time] = h",
        "minute = hour / 60 = min",
        "second = hour / 3600 = s = sec",
        "day = 24 * hour",
    ):
        registry.define(line)
    return registry


_REGISTRY: Final = _registry()
_WORDS: Final = (
    *("EUR", "1", "share", "second", "min", "hour", "day", "week", "month", "year"),
    *("money", "case", "kcase", *_COUNTS),
)
_SYMBOLS: Final = ("h", "s")
# The registry is asked for nothing but these: it would look any other word up in its own code.
_NAMES: Final[Mapping[str, str]] = {
    spelling: name for name in (*_WORDS[2:], "minute", "sec") for spelling in (name, f"{name}s")
} | {symbol: symbol for symbol in _SYMBOLS}
_UNIT_TEXT: Final = re.compile(r"(?:1|[A-Za-z_]+)(?:[*/][A-Za-z_]+)*")
_LONGEST: Final = 100  # characters
_MOST_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class Unit:
    """A checked unit: what it measures and how many base units it is."""

    text: str
    factor: float
    dimension: UnitsContainer
    per_count_dimension: UnitsContainer
    per_count_factor: float
    currency: str | None

    @staticmethod
    @lru_cache(maxsize=1024)
    def read(text: str) -> Unit:
        """The unit written as names joined by ``*`` and ``/``; ``1`` is a pure number.

        Raises
        ------
        InputError
            When a name is unknown; the sentence lists near ones.

        Examples
        --------
        >>> Unit.read("min/contact").factor * 60
        1.0
        >>> Unit.read("EUR/year").currency
        'EUR'
        """
        compact = "".join(text.split())
        if len(text) > _LONGEST or not _UNIT_TEXT.fullmatch(compact):
            raise InputError(
                f"{text[:_LONGEST]!r} is not a unit; write one such as EUR/year, min or 1."
            )
        words = re.findall(r"[A-Za-z_]+", compact)
        if len(words) > _MOST_NAMES:
            raise InputError(f"The unit {text!r} has more than {_MOST_NAMES} parts; shorten it.")
        for word in words:
            if word not in _NAMES and word not in CURRENCIES:
                raise InputError(f"There is no unit {word!r}. {_hint(word)}")
        currencies = sorted(set(words) & CURRENCIES)
        if len(currencies) > 1:
            raise InputError(
                f"The unit {text!r} mixes {' and '.join(currencies)}; keep one currency."
            )
        plain = re.sub("[A-Za-z_]+", lambda w: _NAMES.get(w[0], "money"), compact)
        unit = _REGISTRY.parse_units(plain) if plain != "1" else _REGISTRY.parse_units("")
        uncounted = _REGISTRY.parse_units("")
        for name, power in to_units_container(unit).items():
            if "[case]" not in _REGISTRY.get_dimensionality(name):
                uncounted *= _REGISTRY.parse_units(name) ** power
        return Unit(
            text=text,
            factor=_factor(unit),
            dimension=unit.dimensionality,
            per_count_dimension=uncounted.dimensionality,
            per_count_factor=_factor(uncounted),
            currency=currencies[0] if currencies else None,
        )

    @property
    def is_pure(self) -> bool:
        """Whether it is the unit of a pure number."""
        return not self.dimension and self.factor == 1.0

    def factor_to(self, asked: Unit) -> float | None:
        """What to multiply a number by to have it in the unit asked; None when they differ.

        Counts may be left out: ``6 min`` answers a question asked in ``min/contact``.
        """
        if self.dimension == asked.dimension:
            return 1.0 if self.factor == asked.factor else self.factor / asked.factor
        if self.dimension == asked.per_count_dimension:
            return self.factor / asked.per_count_factor
        return None


def _hint(word: str) -> str:
    """What to write instead of a word that is no unit."""
    if word.upper() in CURRENCIES:
        return f"Did you mean {word.upper()}?"
    if word[-3:] in CURRENCIES:  # kEUR, TEUR, mEUR
        return f"Write the amount in full, in {word[-3:]}."
    near = get_close_matches(word, sorted({*_WORDS, *CURRENCIES}), n=3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Use {', '.join(_WORDS[:9])} and counts."


def _factor(unit: pint.Unit) -> float:
    return float(_REGISTRY.Quantity(1.0, unit).to_base_units().magnitude)
